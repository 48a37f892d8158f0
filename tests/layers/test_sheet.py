"""The whole map: its data first, then in a real browser that reaches no network."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import folium
import geopandas as gpd
import pytest
from shapely import LineString

from geo.errors import InvalidInputError
from layers.packing import pack_numbers, unpack_block
from layers.page import map_parts, page_html, render_page, save_page
from layers.sheet import build_map


def data_of(sheet):
    block = re.search(
        r'<script type="application/json" id="[^"]*">(.*?)</script>', page_html(sheet), re.DOTALL
    )
    return unpack_block(json.loads(block.group(1)))


def hostile(make, payload):
    """A map with the payload in every text a user can give."""
    routes = make.routes(texts=(payload, "b", "c", "d"), names=(payload, "B", "C", "D"))
    routes["note"] = payload
    routes["method"] = payload
    return build_map(
        make.corridors(payload).assign(summary=payload, caption=payload),
        make.stats(payload),
        make.counts().assign(unit=payload),
        routes=routes,
        places=make.places((payload, "B", "C", "D")).assign(kind=payload, country_a=payload),
        figures=make.figures(unit=payload, sentence=payload).assign(source=payload),
        title=payload,
    )


# --- data ------------------------------------------------------------------------------------------
def test_a_map_is_a_folium_map(sheet):
    assert isinstance(sheet, folium.Map)


def test_layers_are_areas_then_legs_then_points(sheet):
    layers = data_of(sheet)["layers"]
    assert [layer["type"] for layer in layers] == ["area", "leg", "point", "point", "point", "point"]
    assert layers[1]["name"] == "Legs: A strait"


def test_geometry_and_values_are_shipped_once(sheet):
    text = page_html(sheet)
    line = pack_numbers(data_of(sheet)["layers"][1]["features"][0]["line"])
    assert text.count(line) == 1
    assert text.count("[100,0,null,300]") == 1


def test_title_and_data_date_are_told(sheet):
    page = page_html(sheet)
    assert "<h1>Routes and crossings: A strait</h1>" in page
    assert "Data through 12 December 2024; figures published up to 20 December 2024." in page


def test_sources_disclaimer_and_kosovo_footnote(make):
    routes = make.routes()
    plain = page_html(build_map(make.corridors(), None, None, routes=routes, places=make.places()))
    assert "do not imply any opinion on the status" in plain
    assert "1244" not in plain
    routes.at["leg_1", "countries"] = ("RS", "XK")
    crossed = page_html(build_map(make.corridors(), None, None, routes=routes, places=make.places()))
    assert "1244" in crossed


def test_credits_follow_what_is_drawn(make):
    roads = make.routes()
    roads["method"] = "road path"
    assert "OpenStreetMap" in page_html(
        build_map(make.corridors(), None, None, routes=roads, places=make.places())
    )
    sea = build_map(make.corridors(), None, None, routes=make.routes(), places=make.places())
    assert "OpenStreetMap" not in page_html(sea)


def test_corridors_need_titles(make):
    with pytest.raises(InvalidInputError, match=r"Invalid corridors\. Column 'title' is missing"):
        build_map(make.corridors().drop(columns="title"), None, None)


def test_nothing_given_is_changed(make):
    given = (make.corridors(), make.stats(), make.counts(), make.routes(), make.places(), make.figures())
    before = [one.copy() for one in given]
    build_map(*given[:3], routes=given[3], places=given[4], figures=given[5])
    assert all(one.equals(other) for one, other in zip(given, before, strict=True))


def test_one_leg_and_no_figures_make_a_map(make):
    data = data_of(
        build_map(make.corridors(), None, None, routes=make.routes(texts=("A to B",)), places=make.places())
    )
    assert [one["kind"] for one in data["layers"][1]["features"]] == ["none"]


def test_a_corridor_over_the_antimeridian_is_seen_whole(make):
    line = LineString([(178, -17), (-179, -16)])
    routes = make.routes(texts=("Fiji to Fiji",)).set_geometry([line])
    sheet = build_map(
        make.corridors().drop(columns="geometry"), None, None, routes=routes, places=make.places()
    )
    west, _, east, _ = data_of(sheet)["bounds"]
    assert west >= 177
    assert east <= 182


def test_no_payload_reaches_a_page_as_code(make):
    for payload in make.payloads:
        page = page_html(hostile(make, payload))
        outside = re.sub(
            r"<script[^>]*>.*?</script>|<style>.*?</style>|sha256-\S*", "", page, flags=re.DOTALL
        )
        for mark in ("alert(1)</script>", "<img", "<svg onload", "{{", "{%", "${", "`"):
            assert mark not in outside
        assert str(71993 * 81239) not in page
        shown = data_of(hostile(make, payload))
        assert shown["layers"][1]["features"][0]["title"] == payload


def test_two_processes_write_the_same_bytes(tmp_path):
    script = tmp_path / "draw.py"
    script.write_text(
        "import sys\n"
        f"sys.path[:0] = {[str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]!r}\n"
        "import conftest as c\n"
        "from layers.sheet import build_map\n"
        "from layers.page import page_html\n"
        "sheet = build_map(c.make_corridors(), c.make_stats(), c.make_counts(), routes=c.make_routes(),\n"
        "                  places=c.make_places(), figures=c.make_figures())\n"
        "sys.stdout.buffer.write(page_html(sheet).encode())\n",
        encoding="utf-8",
    )
    first, second = (
        subprocess.run(
            [sys.executable, str(script)],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    )
    assert first
    assert first == second


# --- in a browser --------------------------------------------------------------------------------
@pytest.mark.browser
def test_the_map_draws_and_asks_for_nothing(sheet, visit, tmp_path):
    seen = visit(save_page(sheet, tmp_path / "map.html"))
    seen.assert_quiet()
    page = seen.page
    assert page.locator("path.rw-leg").count() == 4
    assert [page.locator(f"path.rw-{kind}").count() for kind in ("own", "bound", "none", "zero")] == [
        1,
        1,
        1,
        1,
    ]
    assert page.locator("path.rw-band").count() == 1
    assert page.locator("path.rw-area").count() == 1
    assert page.locator(".rw-point").count() == 4
    assert page.locator(".rw-legend li").count() >= 8
    assert page.locator(".leaflet-control-scale").count() == 1
    frame = page.locator(".folium-map").bounding_box()
    legend = page.locator(".rw-legend").bounding_box()
    for leg in page.locator("path.rw-leg").all():
        box = leg.bounding_box()
        assert box["x"] >= legend["x"] + legend["width"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
        assert frame["y"] <= box["y"] <= box["y"] + box["height"] <= frame["y"] + frame["height"]


@pytest.mark.browser
def test_widths_are_those_of_the_scale_and_missing_is_dashed(sheet, visit):
    page = visit(page_html(sheet)).page
    look = page.eval_on_selector_all(
        "path.rw-leg",
        "all => all.map(p => [p.getAttribute('stroke-width'), p.getAttribute('stroke-dasharray')])",
    )
    assert look[0] == ["5.7", None]
    assert page.get_attribute("path.rw-band", "stroke-width") == "12.7"
    assert look[2][1] == "5 4"
    assert float(look[2][0]) > 0


@pytest.mark.browser
def test_ranges_are_bands_and_schematic_lines_have_beads(make, visit):
    figures, routes = make.figures(), make.routes()
    figures.loc["leg_1", "low"] = 10_000.0
    routes.loc["leg_0", "certainty"] = "schematic"
    sheet = build_map(make.corridors(), None, None, routes=routes, places=make.places(), figures=figures)
    page = visit(page_html(sheet)).page
    assert page.get_attribute("path.rw-band", "stroke-width") == "12.7"
    assert page.get_attribute("path.rw-bound", "stroke-width") == "5.7"
    assert page.locator("path.rw-fuzzy").count() == 1
    legend = page.locator(".rw-legend").inner_text()
    assert "the line inside is the least" in legend
    assert "Schematic: the line shows a direction only" in legend


@pytest.mark.browser
def test_legs_keep_to_the_right_at_every_zoom_and_point_ahead(make, visit):
    """There and back: two legs on one line lie side by side, each with its arrow at its own end."""
    routes = make.routes(texts=("out", "back"))
    routes = routes.set_geometry([LineString([(0, 0), (2, 0)]), LineString([(2, 0), (0, 0)])])
    sheet = build_map(make.corridors(), None, None, routes=routes, places=make.places())
    page = visit(page_html(sheet)).page
    for _ in range(2):
        boxes = page.eval_on_selector_all("path.rw-leg", "all => all.map(p => p.getBoundingClientRect().y)")
        assert boxes[0] - boxes[1] > 3
        page.click(".leaflet-control-zoom-in")
        page.wait_for_timeout(500)
    assert all(
        "rw-arrow" in end
        for end in page.eval_on_selector_all(
            "path.rw-leg", "all => all.map(p => p.getAttribute('marker-end'))"
        )
    )


@pytest.mark.browser
def test_layers_come_and_go(sheet, visit):
    seen = visit(page_html(sheet))
    page = seen.page
    page.hover(".leaflet-control-layers")
    names = page.locator(".leaflet-control-layers-overlays label").all_inner_texts()
    assert [name.strip() for name in names][:2] == ["Corridor areas", "Legs: A strait"]
    box = page.locator(".leaflet-control-layers-overlays input").nth(1)
    box.uncheck()
    assert page.locator("path.rw-leg").count() == 0
    box.check()
    assert page.locator("path.rw-leg").count() == 4
    seen.assert_quiet()


@pytest.mark.browser
def test_a_popup_tells_figure_dates_source_and_chart(sheet, visit):
    seen = visit(page_html(sheet))
    seen.page.locator("path.rw-hit").first.dispatch_event("click")
    card = seen.page.locator(".rw-card")
    text = card.inner_text()
    assert "A to B" in text
    assert "10,000 persons" in text
    assert "figures published 20 December 2024" in text
    assert "Source:" in text
    chart = card.locator("svg[role=img]")
    assert "Jan 2024 to Apr 2024: highest 300 in Apr 2024" in chart.get_attribute("aria-label")
    assert chart.locator("path").nth(1).get_attribute("d").count("M") == 2
    seen.assert_quiet()


@pytest.mark.browser
def test_the_keyboard_reaches_everything_and_comes_back(sheet, visit):
    seen = visit(page_html(sheet))
    page = seen.page
    assert page.locator(".folium-map [role=button][tabindex='0']:not(a)").count() == 1
    first = page.locator("path.rw-area")
    first.focus()
    page.keyboard.press("ArrowRight")
    label = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(label).startswith("A to B, by sea, 100 km.")
    page.keyboard.press("Enter")
    assert "10,000 persons" in page.locator(".rw-card").inner_text()
    page.keyboard.press("Escape")
    page.wait_for_selector(".rw-card", state="detached")
    assert page.evaluate(label).startswith("A to B")
    page.keyboard.press("End")
    assert page.evaluate(label).startswith("D, place")
    page.keyboard.press("Enter")
    assert "D" in page.locator(".rw-card-title").inner_text()
    seen.assert_quiet()


@pytest.mark.browser
def test_the_keyboard_passes_over_what_a_far_view_leaves_out(sheet, visit):
    page = visit(page_html(sheet)).page
    for _ in range(6):
        page.click(".leaflet-control-zoom-out")
        page.wait_for_timeout(300)
    assert page.locator(".rw-point:visible").count() < page.locator(".rw-point").count()
    page.locator("path.rw-area").focus()
    seen = []
    for _ in range(12):
        seen.append(page.evaluate("document.activeElement.getAttribute('aria-label')"))
        page.keyboard.press("ArrowRight")
    shown = page.locator(".rw-point:visible").count() + 5
    assert len(set(seen)) == shown
    assert seen[shown] == seen[0]


@pytest.mark.browser
def test_places_off_the_legs_come_with_a_nearer_view(make, visit):
    """A far view is made without them; the first near one shows them, in their place of the tab order."""
    routes = make.routes().set_geometry(
        [LineString([(0, 0), (30, 5)]), LineString([(30, 5), (2, 0)]), *make.routes().geometry[2:]]
    )
    places = make.places()
    places.loc["p2", "kind"] = "port"
    sheet = build_map(make.corridors(), None, None, routes=routes[:1], places=places)
    seen = visit(page_html(sheet))
    page = seen.page
    before = page.locator(".rw-point").count()
    assert before == 2
    for _ in range(14):
        page.click(".leaflet-control-zoom-in")
        page.wait_for_timeout(300)
        if page.locator(".rw-far").count() == 0:
            break
    assert page.locator(".rw-point").count() == 3
    seen.assert_quiet()


@pytest.mark.browser
def test_hostile_strings_stay_what_they_are(make, visit):
    for payload in make.payloads:
        seen = visit(page_html(hostile(make, payload)))
        page = seen.page
        seen.assert_quiet()
        assert page.title().split() == payload.split()
        assert page.locator("h1").evaluate("h => h.textContent") == payload
        page.locator("path.rw-hit").first.dispatch_event("click")
        assert page.locator(".rw-card-title").evaluate("h => h.textContent") == payload
        page.locator("path.rw-area").dispatch_event("click")
        page.hover(".leaflet-control-layers")
        assert (
            page.locator(".leaflet-control-layers-overlays").evaluate("h => h.textContent").count(payload)
            == 1
        )
        assert page.locator("body img").count() == 0
        seen.assert_quiet()


@pytest.mark.browser
def test_a_users_own_folium_layers_are_shown_too(sheet, visit):
    group = folium.FeatureGroup(name="<b>Mine</b>").add_to(sheet)
    folium.Marker((0.5, 0.5), popup="A note", tooltip="Hover").add_to(group)
    folium.CircleMarker((0.2, 0.7), popup=folium.Popup("Another")).add_to(group)
    frame = gpd.GeoDataFrame({"name": ["x"]}, geometry=[LineString([(0, 1), (1, 1)])], crs="EPSG:4326")
    folium.GeoJson(frame.to_json(), name="A line", tooltip=folium.GeoJsonTooltip(["name"])).add_to(sheet)
    seen = visit(page_html(sheet))
    page = seen.page
    page.hover(".leaflet-control-layers")
    names = page.locator(".leaflet-control-layers-overlays").evaluate("h => h.textContent")
    assert "<b>Mine</b>" in names
    assert "A line" in names
    page.locator("img.leaflet-marker-icon").click()
    assert page.locator(".leaflet-popup-content").inner_text() == "A note"
    seen.assert_quiet()


@pytest.mark.browser
def test_an_invented_corridor_anywhere_draws(make, visit):
    line = LineString([(178, -17), (-179, -16)])
    routes = make.routes(texts=("Fiji to Fiji",)).set_geometry([line])
    sheet = build_map(
        make.corridors().drop(columns="geometry"), None, None, routes=routes, places=make.places()
    )
    seen = visit(page_html(sheet))
    box = seen.page.locator("path.rw-leg").bounding_box()
    assert box["width"] > 300
    seen.assert_quiet()


@pytest.mark.browser
def test_without_scripts_the_words_remain(sheet, visit):
    seen = visit(page_html(sheet), ready=None, java_script_enabled=False)
    text = seen.page.inner_text("main")
    assert "scripts are off" in text
    assert "between 0 and 50,000 persons" in text


@pytest.mark.browser
def test_two_maps_fit_in_one_page(make, visit):
    pair = [
        build_map(make.corridors(), None, None, routes=make.routes(), places=make.places()) for _ in range(2)
    ]
    first, second = (map_parts(one, prefix=name) for one, name in zip(pair, ("a", "b"), strict=True))
    page = render_page(
        "Two",
        f"<h1>Two</h1>{first.body}{second.body}",
        head=first.head,
        scripts=first.scripts + second.scripts,
    )
    seen = visit(page, ready=".folium-map[data-ready] >> nth=1")
    assert seen.page.locator("path.rw-leg").count() == 8
    seen.assert_quiet()


@pytest.mark.browser
def test_a_notebooks_frame_works_alone(sheet, visit):
    page = f"<!doctype html><title>n</title>{sheet._repr_html_()}"
    seen = visit(page, ready="iframe")
    frame = seen.page.frame_locator("iframe")
    frame.locator("path.rw-leg").first.wait_for(state="attached")
    assert frame.locator("path.rw-leg").count() == 4
    seen.assert_quiet()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_nothing_sticks_out_of_the_page(sheet, visit, width, height):
    page = visit(page_html(sheet), width=width, height=height).page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    boxes = page.eval_on_selector_all(
        ".rw-label",
        "all => all.filter(e => e.style.visibility === 'visible').map(e => e.getBoundingClientRect())"
        ".map(b => [b.left, b.top, b.right, b.bottom])",
    )
    for at, first in enumerate(boxes):
        for second in boxes[at + 1 :]:
            apart = (
                first[2] <= second[0]
                or second[2] <= first[0]
                or first[3] <= second[1]
                or second[3] <= first[1]
            )
            assert apart


def test_legs_and_places_of_a_routes_file_are_found_by_themselves(tmp_path):
    import geo

    file = tmp_path / "own.yaml"
    file.write_text(
        "schema_version: 1\n"
        "places:\n"
        "  - {id: alpha, name: 'Alpha {{7*7}}', kind: port, country_a: FJ, lon: 178.0, lat: -17.5}\n"
        "  - {id: beta, name: Beta, kind: port, country_a: TO, lon: -175.2, lat: -21.1}\n"
        "corridors:\n"
        "  - id: pacific\n"
        "    title: Fiji and Tonga\n"
        "    legs:\n"
        "      - {id: pa_ab, from: alpha, to: beta, mode: sea}\n",
        encoding="utf-8",
    )
    corridors = geo.build_corridors(geo.read_routes(routes=file))
    data = data_of(build_map(corridors, None, None))
    names = {layer["name"]: [one.get("name") for one in layer["features"]] for layer in data["layers"]}
    assert len(names["Legs: Fiji and Tonga"]) == 1
    assert names["Ports and landing places"] == ["Alpha {{7*7}}", "Beta"]
    assert data["bounds"][2] - data["bounds"][0] < 20
