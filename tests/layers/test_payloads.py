"""Data is never code: hostile texts in every field, through every public function, in a real browser.

Each payload would set ``window.ran`` if a browser ran it, or an environment variable if Python evaluated it.
Texts of this package's own must come out letter by letter; texts that folium's own layers take as markup may
show as markup, and do nothing.
"""

import dataclasses
import io
import json
import os
import re

import folium
import folium.plugins
import geopandas as gpd
import jinja2
import pytest
from shapely import LineString, Point

import layers
from layers.dossier import Dossier, Options
from layers.page import page_html, render_page, save_page
from layers.sheet import RouteMap, build_map
from layers.vendor import AssetError

FLAG = "ROUTEWAYS_PROBE"
TOUCH = f"cycler.__init__.__globals__.os.environ.__setitem__('{FLAG}', '1')"
TEMPLATES = (
    "{{ " + TOUCH + " }}",
    "{{" + TOUCH + "}}",
    "{% print " + TOUCH + " %}",
    "{%- set x = " + TOUCH + " -%}",
    "{% if",
    "{# hidden",
    "{% raw %}",
    "{{'x'}}",
)
SCRIPTS = (
    "${window.ran=1}",
    "`+(window.ran=1)+`",
    "\\`${window.ran=1}",
    "\\",
    "\\${window.ran=1}`",
    "'+(window.ran=1)+'",
    '"+(window.ran=1)+"',
    "</script><script>window.ran=1</script>",
    "</SCRIPT ><script>window.ran=1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg onload=window.ran=1>",
    "<svg/onload=window.ran=1//",
    '"><svg onload=window.ran=1>',
    "\"'><img src=x onerror='window.ran=1'>",
    "' autofocus tabindex=0 onfocus=window.ran=1 x='",
    '" onmouseover="window.ran=1',
    "javascript:window.ran=1",
    "<a href='java\tscript:window.ran=1'>x</a>",
    "<iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "<form><button formaction=javascript:window.ran=1>x",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=window.ran=1>'>",
    "<svg><style><img src=x onerror=window.ran=1></style></svg>",
    "<svg><a xlink:href='javascript:window.ran=1'><text>x</text></a></svg>",
    "<svg><animate onbegin=window.ran=1 attributeName=x dur=1s>",
    "<details open ontoggle=window.ran=1>x</details>",
    "<style>@import url(//a.org/b.css)</style><b style='background:url(//a.org/c.png)'>x</b>",
    "<link rel=stylesheet href=//a.org/b.css><base href=//a.org/>",
    "<!--<script>window.ran=1",
    "--><script>window.ran=1</script>",
    "]]><script>window.ran=1</script>",
    "</title></style><script>window.ran=1</script>",
    "&lt;img src=x onerror=window.ran=1&gt;",
    "\u2028window.ran=1//\u2029",
    "__proto__",
    "constructor",
)
PAYLOADS = TEMPLATES + SCRIPTS
ALL = " ¦ ".join(PAYLOADS)
"""Every payload in one text: shown letter by letter, or something was read as code."""


@pytest.fixture(autouse=True)
def probe(monkeypatch):
    """Fail where any test lets Python evaluate a template in data."""
    monkeypatch.delenv(FLAG, raising=False)
    yield
    assert FLAG not in os.environ


def text_of(locator):
    return locator.evaluate("e => e.textContent")


def bare(title="A map"):
    """A map with nothing of ours on it, as large as the others."""
    sheet = RouteMap(title)
    sheet.page.opening, sheet.page.closing = '<figure class="rw-map">', "</figure>"
    return sheet


def assert_inert(seen):
    """Nothing ran, nothing was asked for, nothing broke."""
    assert seen.page.evaluate("window.ran") is None
    assert seen.page.evaluate("Object.prototype.ran") is None
    seen.assert_quiet()


def hostile_map(make, payload, **given):
    """A map with a payload in every text, id and column a user can give."""
    routes = make.routes(texts=(payload, "b", "c", "d"), names=(payload, "B", "C", "D"), corridor=payload)
    for column in ("note", "method", "certainty"):
        routes[column] = payload
    routes["mode"] = [payload, "sea", "land", "sea"]
    routes["countries"] = [(payload, "YY")] * 4
    routes["crossings"] = [(payload,)] * 4
    routes[payload] = payload
    routes.index = [payload, "leg_1", "leg_2", "leg_3"]
    places = make.places((payload, "B", "C", "D")).assign(kind=payload, country_a=payload, country_b=payload)
    places.index = [payload, "p1", "p2", "p3"]
    figures = make.figures(unit=payload, sentence=payload).assign(source=payload, measure=payload)
    figures.index = routes.index
    corridors = make.corridors(payload, corridor=payload).assign(summary=payload, caption=payload)
    stats = make.stats(payload, corridor=payload).assign(source=payload, measure=payload)
    counts = make.counts(corridor=payload).assign(unit=payload, source=payload)
    return build_map(
        corridors, stats, counts, routes=routes, places=places, figures=figures, title=payload, **given
    )


# --- the probe itself ------------------------------------------------------------------------------
@pytest.mark.parametrize("payload", TEMPLATES[:4])
def test_the_probe_would_notice(payload, monkeypatch):
    jinja2.Template(payload).render()
    assert os.environ.pop(FLAG) == "1"


def test_stock_folium_evaluates_what_our_map_leaves_alone():
    """Why all this: the same marker on a map of folium's own runs its template."""
    stock = folium.Map(tiles=None)
    folium.Marker((0, 0), popup=TEMPLATES[0]).add_to(stock)
    stock.get_root().render()
    assert os.environ.pop(FLAG) == "1"
    ours = bare("A map")
    folium.Marker((0, 0), popup=TEMPLATES[0]).add_to(ours)
    page_html(ours)
    assert FLAG not in os.environ


# --- every public function -------------------------------------------------------------------------
def case_build_map(make, visit, tmp_path):
    seen = visit(page_html(hostile_map(make, ALL)))
    page = seen.page
    assert text_of(page.locator("h1")) == ALL
    page.locator("path.rw-hit").first.dispatch_event("click")
    assert text_of(page.locator(".rw-card-title")) == ALL
    assert page.locator(".rw-card").get_attribute("aria-label") == ALL
    page.locator("path.rw-area").dispatch_event("click")
    page.locator(".rw-point").first.dispatch_event("click")
    page.hover(".leaflet-control-layers")
    assert ALL in text_of(page.locator(".leaflet-control-layers-overlays"))
    assert page.locator("body img, body iframe, main style").count() == 0
    assert_inert(seen)


def case_save_page(make, visit, tmp_path):
    path = save_page(hostile_map(make, ALL), tmp_path / "map.html")
    again = save_page(path.read_text(encoding="utf-8"), tmp_path / "again.html")
    assert again.read_bytes() == path.read_bytes()
    seen = visit(again)
    assert " ".join(seen.page.title().split()) == " ".join(ALL.split())
    assert_inert(seen)


def case_build_brief(make, visit, tmp_path):
    dossier = hostile_dossier()
    page = layers.build_brief(dossier, hostile_map(make, ALL), command=ALL)
    seen = visit(page)
    main = seen.page.locator("body")
    words = text_of(main).replace("\u00a0", " ")
    assert words.count(ALL) > 20
    assert "Figures for " + ALL in words
    assert_inert(seen)


def case_dossier(make, visit, tmp_path):
    dossier = hostile_dossier()
    assert dossier.records[0].detail["text"] == ALL
    with pytest.raises(Exception, match="Invalid corridor"):
        Dossier(Options(corridors=(ALL,))).definitions  # noqa: B018 - read for its error


def case_options(make, visit, tmp_path):
    assert Options(source=ALL, place=ALL).place == ALL
    assert Options(corridors=(ALL,)).corridors == (ALL,)


def case_layer_frame(make, visit, tmp_path):
    routes = make.routes(texts=(ALL, "b", "c", "d"))
    assert layers.layer_frame("legs", routes=routes)["title"].iloc[0] == ALL


def case_layer_metadata(make, visit, tmp_path):
    frame = layers.layer_frame("legs", routes=make.routes())
    assert layers.layer_metadata("legs", frame, title=ALL, command=ALL)["title"] == ALL


def case_export_layer(make, visit, tmp_path):
    routes = make.routes(texts=(ALL, "b", "c", "d"))
    frame = layers.layer_frame("legs", routes=routes)
    known = layers.layer_metadata("legs", frame, title=ALL, command=ALL)
    stream = io.BytesIO()
    layers.export_layer(frame, stream, format="geojson", metadata=known)
    told = json.loads(stream.getvalue())
    assert told["title"] == ALL
    assert told["features"][0]["properties"]["title"] == ALL
    for ending in ("geojsonl", "gpkg", "parquet", "fgb", "csv"):
        path = layers.export_layer(frame, tmp_path / f"legs.{ending}", metadata=known)[0]
        assert path.stat().st_size
    assert gpd.read_file(tmp_path / "legs.gpkg")["title"].iloc[0] == ALL
    assert gpd.read_parquet(tmp_path / "legs.parquet")["title"].iloc[0] == ALL
    # A stranger's file, opened on a map of ours.
    sheet = bare("A map")
    folium.GeoJson(told, tooltip=folium.GeoJsonTooltip(["title", "mode"])).add_to(sheet)
    seen = visit(page_html(sheet), ready=None)
    seen.page.locator("path.leaflet-interactive").first.dispatch_event("mouseover")
    assert text_of(seen.page.locator(".leaflet-tooltip td").first) == ALL
    assert_inert(seen)


def case_write_bundle(make, visit, tmp_path):
    name = "a {{7*7}} ${1} `.txt"
    layers.write_bundle(tmp_path / "out", {name: ALL}, manifest={"command": ALL, "inputs": [{ALL: ALL}]})
    assert (tmp_path / "out" / name).read_text(encoding="utf-8") == ALL
    known = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert known["command"] == ALL
    assert known["inputs"] == [{ALL: ALL}]


def case_check_names(make, visit, tmp_path):
    assert layers.check_names() is None


def hostile_frame():
    shapes = [LineString([(0, 0), (1, 1)]), Point(0.5, 0.5)]
    return gpd.GeoDataFrame({"name": [ALL, "b"], ALL: [ALL, "c"]}, geometry=shapes, crs="EPSG:4326")


def case_show(make, visit, tmp_path):
    shown = layers.show(make.stats(ALL))
    seen = visit(render_page("A table", shown._repr_html_()), ready=None)
    assert ALL in text_of(seen.page.locator("main")).replace("\u00a0", " ")
    assert_inert(seen)


def case_explore(make, visit, tmp_path):
    sheet = layers.explore(hostile_frame(), column="name", name=ALL, title=ALL)
    seen = visit(page_html(sheet))
    assert text_of(seen.page.locator("h1")) == ALL
    assert_inert(seen)


def case_add_lines(make, visit, tmp_path):
    sheet = hostile_map(make, ALL)
    layers.add_lines(sheet, hostile_frame().iloc[:1], name=ALL, columns=["name", ALL], title="name")
    seen = visit(page_html(sheet))
    seen.page.hover(".leaflet-control-layers")
    assert ALL in text_of(seen.page.locator(".leaflet-control-layers-overlays"))
    assert_inert(seen)


def hostile_picture(make):
    corridors = make.corridors(ALL)
    routes = make.routes(texts=(ALL, "b", "c", "d"), names=(ALL, "B", "C", "D"))
    return layers.draw_map(corridors, make.stats(ALL), None, routes=routes, title=ALL)


def case_draw_map(make, visit, tmp_path):
    path = layers.save_picture(hostile_picture(make), tmp_path / "map.svg")
    drawing = path.read_text(encoding="utf-8").partition("<svg")
    seen = visit(without_policy(render_page("A picture", "<svg" + drawing[2])), ready=None)
    assert "{{" in text_of(seen.page.locator("main"))
    assert_inert(seen)


def case_save_picture(make, visit, tmp_path):
    for ending in ("png", "pdf", "svg"):
        assert layers.save_picture(hostile_picture(make), tmp_path / f"map.{ending}").stat().st_size


def case_thumbnail(make, visit, tmp_path):
    small = layers.thumbnail(make.corridors(ALL), make.stats(ALL), None, routes=make.routes(), title=ALL)
    assert all(payload in small.alt for payload in TEMPLATES)


CASES = {
    "Dossier": case_dossier,
    "Options": case_options,
    "add_lines": case_add_lines,
    "build_brief": case_build_brief,
    "build_map": case_build_map,
    "check_names": case_check_names,
    "draw_map": case_draw_map,
    "explore": case_explore,
    "export_layer": case_export_layer,
    "layer_frame": case_layer_frame,
    "layer_metadata": case_layer_metadata,
    "save_page": case_save_page,
    "save_picture": case_save_picture,
    "show": case_show,
    "thumbnail": case_thumbnail,
    "write_bundle": case_write_bundle,
}


def hostile_dossier():
    """A dossier of the Channel with the payloads in titles, notes, sentences, units and names of places."""
    dossier = Dossier(Options(corridors=("channel",)))
    held = vars(dossier)
    texts = dict.fromkeys(("title", "summary", "caption"), ALL)
    held["records"] = [
        dataclasses.replace(
            record, sentence=ALL, unit=ALL, detail={**record.detail, "text": ALL, "caption": ALL}
        )
        for record in dossier.records
    ]
    held["definitions"] = dossier.definitions.assign(**texts)
    held["routes"] = dossier.routes.assign(from_name=ALL, to_name=ALL, mode=ALL, certainty=ALL)
    held["places"] = dossier.places.assign(name=ALL)
    held["figures"] = dossier.figures.assign(unit=ALL)
    return dossier


def test_every_public_function_has_a_case():
    assert set(CASES) == {*layers.__all__, "check_names"}


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(CASES))
def test_no_public_function_lets_data_be_code(name, make, visit, tmp_path):
    CASES[name](make, visit, tmp_path)


@pytest.mark.browser
@pytest.mark.parametrize(
    "payload", [TEMPLATES[0], SCRIPTS[0], SCRIPTS[2], SCRIPTS[7], SCRIPTS[27], SCRIPTS[-2]]
)
def test_a_payload_alone_is_inert_as_well(payload, make, visit):
    """One may hide another in the long text: some stand alone."""
    seen = visit(page_html(hostile_map(make, payload)))
    assert text_of(seen.page.locator("h1")) == payload
    assert_inert(seen)


@pytest.mark.browser
def test_our_own_layers_need_no_policy(make, visit):
    seen = visit(without_policy(page_html(hostile_map(make, ALL))))
    seen.page.locator("path.rw-hit").first.dispatch_event("click")
    assert text_of(seen.page.locator(".rw-card-title")) == ALL
    assert_inert(seen)


# --- folium's own layers, added by the user --------------------------------------------------------
def without_policy(page):
    """The page as a browser sees it that knows no policies: what is inert then is inert by itself."""
    return re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)


@pytest.mark.browser
@pytest.mark.parametrize("kept", [True, False], ids=["with policy", "without policy"])
def test_texts_of_folium_layers_are_never_code(kept, visit):
    sheet = bare(ALL)
    sheet.get_root().title = ALL
    for at, payload in enumerate(PAYLOADS):
        group = folium.FeatureGroup(name=f"{payload} {at}").add_to(sheet)
        place = (at * 0.1, at * 0.1)
        folium.Marker(place, popup=payload, tooltip=payload).add_to(group)
        folium.Marker(place, popup=folium.Popup(payload, lazy=True), title=payload, alt=payload).add_to(group)
        folium.CircleMarker(
            place,
            popup=folium.Popup(payload, parse_html=True),
            tooltip=folium.Tooltip(payload, style=payload),
        ).add_to(group)
        folium.Marker(place, icon=folium.DivIcon(html=payload, class_name=f"mine-{at}")).add_to(group)
    folium.LayerControl().add_to(sheet)
    page = page_html(sheet)
    seen = visit(page if kept else without_policy(page), ready=None)
    page = seen.page
    page.wait_for_selector(".mine-0", state="attached")
    shown = page.evaluate(
        """() => {
          const found = [];
          document.querySelectorAll(".leaflet-marker-icon, path.leaflet-interactive").forEach(e => {
            for (const kind of ["mouseover", "mousemove", "click"]) {
              e.dispatchEvent(new MouseEvent(kind, {bubbles: true, cancelable: true, view: window}));
            }
            const box = Array.from(document.querySelectorAll(".leaflet-popup-content")).pop();
            found.push(box ? box.textContent.trim() : null);
          });
          return found;
        }"""
    )
    page.wait_for_timeout(200)
    whole = [payload.strip() for payload in PAYLOADS if not re.search(r"[<&\\`]", payload)]
    assert len(whole) > 15
    assert set(whole) <= set(shown)
    parsed = {payload.strip() for payload in PAYLOADS if "`" not in payload}
    assert {text.replace("\\", "") for text in parsed} <= {(text or "").replace("\\", "") for text in shown}
    names = text_of(page.locator(".leaflet-control-layers-overlays"))
    assert all(f"{payload} {at}" in names for at, payload in enumerate(PAYLOADS))
    assert page.title().split() == ALL.split()
    acting = (
        "[onerror], [onload], [onfocus], [onmouseover], [ontoggle], [onbegin], [formaction], iframe, form"
    )
    assert page.locator(acting).count() == 0
    assert page.locator("main script, main style, main link, base, [src^=x]").count() == 0
    assert_inert(seen)


@pytest.mark.browser
@pytest.mark.parametrize("kept", [True, False], ids=["with policy", "without policy"])
def test_values_and_names_of_geojson_are_never_code(kept, visit):
    """As values, as names of fields, as what tells features apart, and in styles."""
    sheet = bare("A map")
    for at, payload in enumerate(PAYLOADS):
        name = f"{payload}#{at}"
        features = [
            {
                "type": "Feature",
                "properties": {name: f"{payload}{n}", "b": payload},
                "geometry": {"type": "LineString", "coordinates": [[at, n], [at + 1, n]]},
            }
            for n in range(2)
        ]
        folium.GeoJson(
            {"type": "FeatureCollection", "features": features},
            name=payload,
            style_function=lambda _, text=payload: {"color": text, "className": "own", text: text},
            highlight_function=lambda _, text=payload: {"fillColor": text},
            tooltip=folium.GeoJsonTooltip([name, "b"], aliases=[payload, "b"]),
            popup=folium.GeoJsonPopup([name], localize=at % 2 == 0),
        ).add_to(sheet)
    page = page_html(sheet)
    seen = visit(page if kept else without_policy(page), ready=None)
    page = seen.page
    page.wait_for_selector("path.leaflet-interactive", state="attached")
    rows = page.evaluate(
        """() => Array.from(document.querySelectorAll("path.leaflet-interactive")).map(e => {
          e.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
          const row = Array.from(document.querySelectorAll(".leaflet-tooltip")).pop().querySelector("tr");
          const told = [row.cells[0].textContent, row.cells[1].textContent];
          e.dispatchEvent(new MouseEvent("mouseout", {bubbles: true}));
          return told;
        })"""
    )
    assert rows == [[payload, f"{payload}{n}"] for payload in PAYLOADS for n in range(2)]
    assert_inert(seen)


@pytest.mark.parametrize("payload", TEMPLATES[:4])
def test_texts_of_raw_elements_are_no_templates(payload):
    from branca.element import Element, Html, MacroElement

    sheet = bare("A map")
    root = sheet.get_root()
    root.html.add_child(Element(f"<p>{payload}</p>"))
    root.header.add_child(Element(f"<style>/* {payload} */</style>"))
    root.script.add_child(Element(f"/* {payload} */"))
    root.html.add_child(Html(payload))
    folium.Marker((0, 0), popup=folium.Popup(Element(f"<b>{payload}</b>"))).add_to(sheet)
    page = page_html(sheet)
    assert page.count(payload) >= 3
    assert FLAG not in os.environ
    element = MacroElement()
    element.add_to(sheet)
    assert page_html(sheet)


@pytest.mark.parametrize(
    "payload",
    [text for text in SCRIPTS if re.search(r"<[^>]*\son\w+=|<script|javascript:|<iframe|<form|src", text)],
)
def test_acting_markup_in_raw_elements_is_refused(payload):
    from branca.element import Element

    sheet = bare("A map")
    sheet.get_root().html.add_child(Element(f"<div>{payload}</div>"))
    if payload.startswith(("javascript:", "&lt;", "<math>")):  # a word, and text of a title: they do nothing
        assert "<script>window.ran" not in page_html(sheet)
        return
    with pytest.raises(AssetError, match=r"Invalid page|Unknown asset"):
        page_html(sheet)


BOX = [[0, 0], [1, 1]]
EMPTY = {"type": "FeatureCollection", "features": []}


def marker(**given):
    return folium.Marker((0, 0), **given)


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (lambda: folium.TileLayer("OpenStreetMap"), "'TileLayer'. It fetches tiles"),
        (lambda: folium.WmsTileLayer("https://a.org/wms", "x"), "'WmsTileLayer'. It fetches tiles"),
        (lambda: folium.plugins.MiniMap(), "'MiniMap'. It fetches tiles"),
        (lambda: marker(icon=folium.Icon()), "'folium.Icon'"),
        (lambda: folium.ClickForMarker(), "'ClickForMarker'. It is not among"),
        (lambda: folium.plugins.FloatImage("x"), "'FloatImage'. It is not among"),
        (lambda: folium.raster_layers.VideoOverlay("https://a.org/b.mp4", BOX), "'VideoOverlay'"),
        (lambda: folium.raster_layers.ImageOverlay("https://a.org/b.png", BOX), "asset 'https://a.org/b.png'"),
        (lambda: marker(icon=folium.CustomIcon("https://a.org/i.png")), "asset 'https://a.org/i.png'"),
        (lambda: marker(popup=folium.Popup(folium.IFrame("<b>x</b>"))), "'IFrame'. It is not among"),
        (lambda: folium.plugins.HeatMap([(0, 0)]), r"asked for by HeatMap"),
        (lambda: folium.plugins.MeasureControl(), r"asked for by MeasureControl"),
        (lambda: folium.plugins.TimestampedGeoJson(EMPTY), "TimestampedGeoJson"),
        (lambda: folium.LinearColormap(["red", "blue"]), "LinearColormap"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_safe_is_refused_by_name(layer, message):
    sheet = bare("A map")
    sheet.add_child(layer())
    with pytest.raises(AssetError, match=re.escape(message)):
        page_html(sheet)


def test_a_geojson_that_is_not_embedded_is_refused(tmp_path):
    file = tmp_path / "a.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    sheet = bare("A map")
    folium.GeoJson(str(file), embed=False).add_to(sheet)
    with pytest.raises(AssetError, match=r"Invalid layer 'GeoJson'\. It fetches"):
        page_html(sheet)


def test_layers_are_left_as_they_were():
    sheet = bare("A map")
    marker = folium.Marker((0, 0), popup="{{1}}", tooltip="x").add_to(sheet)
    feature = {
        "type": "Feature",
        "properties": {"a b": 1},
        "geometry": {"type": "Point", "coordinates": [0, 0]},
    }
    layer = folium.GeoJson(feature, style_function=lambda _: {"color": "{{x}}"}).add_to(sheet)
    before = [dict(vars(one)) for one in (marker, layer, *marker._children.values())]
    first = page_html(sheet)
    after = [dict(vars(one)) for one in (marker, layer, *marker._children.values())]
    for old, new in zip(before, after, strict=True):
        new.pop("parent_map", None), old.pop("parent_map", None)
        new.pop("style_map", None), old.pop("style_map", None)
        assert old == new
    assert page_html(sheet) == first


# --- plugins in the wheel --------------------------------------------------------------------------
def plugins():
    line = [(44, 9), (45, 10), (46, 11)]
    cluster = folium.plugins.MarkerCluster([(45, 10), (45, 10.001)], popups=["One", "Two"])
    path = folium.PolyLine(line)
    fast = "function (row) { return L.circleMarker([row[0], row[1]]); }"
    return {
        "Fullscreen": ([folium.plugins.Fullscreen()], ".leaflet-control-zoom-fullscreen"),
        "MarkerCluster": ([cluster], ".marker-cluster"),
        "FastMarkerCluster": (
            [folium.plugins.FastMarkerCluster([[45, 10], [45, 10.001]], callback=fast)],
            ".marker-cluster",
        ),
        "FeatureGroupSubGroup": (
            [(group := folium.plugins.MarkerCluster()), sub(group)],
            ".marker-cluster",
        ),
        "PolyLineOffset": ([folium.plugins.PolyLineOffset(line, offset=9)], "path.leaflet-interactive"),
        "PolyLineTextPath": ([path, folium.plugins.PolyLineTextPath(path, ALL, repeat=False)], "textPath"),
        "AntPath": ([folium.plugins.AntPath(line, popup=ALL)], ".leaflet-ant-path"),
    }


def sub(group):
    layer = folium.plugins.FeatureGroupSubGroup(group, "Sub")
    for at in range(3):
        folium.CircleMarker((45, 10 + at * 0.001)).add_to(layer)
    return layer


@pytest.mark.browser
def test_plugins_in_the_wheel_work_with_no_network(visit):
    for name, (parts, mark) in plugins().items():
        sheet = bare("A map")
        for part in parts:
            sheet.add_child(part)
        seen = visit(page_html(sheet), ready=None)
        assert_inert(seen)
        seen.page.wait_for_selector(mark, state="attached", timeout=5000)
        if name == "PolyLineTextPath":
            assert text_of(seen.page.locator(mark)).replace("\u00a0", " ") == ALL
        assert_inert(seen)


def test_the_wheel_stands_in_for_the_very_links_of_folium():
    """A new folium that asks for other versions fails here, not on a user's page."""
    from layers.vendor import VENDORED

    for parts, _ in plugins().values():
        for part in parts:
            links = [*getattr(part, "default_js", ()), *getattr(part, "default_css", ())]
            assert all(url in VENDORED for _, url in links)


@pytest.mark.browser
def test_pictures_that_are_embedded_are_shown(visit):
    import numpy as np

    sheet = bare("A map")
    folium.raster_layers.ImageOverlay(np.zeros((2, 2, 4)), [[0, 0], [1, 1]], name="x").add_to(sheet)
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs="EPSG:4326")
    folium.GeoJson(frame, popup=folium.GeoJsonPopup(["a"])).add_to(sheet)
    folium.GeoJson(LineString([(0, 0), (1, 1)]), tooltip="x").add_to(sheet)
    seen = visit(page_html(sheet), ready=None)
    seen.page.wait_for_selector("img.leaflet-image-layer", state="attached")
    assert_inert(seen)


@pytest.mark.browser
def test_markup_of_the_users_own_stays_markup(visit):
    sheet = bare("A map")
    text = "<b>Bold</b> <a href='https://a.org'>link</a> <span style='color:red'>red</span><br><custom>x"
    folium.Marker((0, 0), popup=folium.Popup(text, show=True)).add_to(sheet)
    seen = visit(page_html(sheet), ready=None)
    box = seen.page.locator(".leaflet-popup-content")
    assert box.locator("b").inner_text() == "Bold"
    assert box.bounding_box()["width"] > 60
    assert box.locator("a").get_attribute("rel") == "noopener noreferrer"
    assert box.locator("span").get_attribute("style") == "color:red"
    assert "x" in box.inner_text()
    assert_inert(seen)


@pytest.mark.parametrize(
    ("given", "drawn"), [("100%", 300), (120, 120), ("250px", 250), ("90.5", 90), ("${1}", 300), ("", None)]
)
def test_popups_are_as_wide_as_they_were_told(given, drawn):
    sheet = bare()
    folium.Popup("x", max_width=given).add_to(folium.Marker((0, 0)).add_to(sheet))
    told = re.search(r'"maxWidth": ([^,]*),', page_html(sheet))
    assert (told and json.loads(told.group(1))) == drawn or (drawn is None and told.group(1) == '""')
