import base64
import hashlib
import re
import threading

import branca.element
import folium
import folium.plugins
import pytest

from layers.page import frame_html, map_parts, page_html, render_page, save_page
from layers.sheet import RouteMap
from layers.vendor import AssetError


def offline(*children):
    sheet = RouteMap("A map")
    for child in children:
        child.add_to(sheet)
    return sheet


def test_a_page_has_language_title_viewport_main_and_one_heading(sheet):
    page = page_html(sheet)
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert page.count("<h1>") == 1
    assert page.count("<main>") == 1
    assert "<title>Routes and crossings: A strait</title>" in page
    assert "user-scalable" not in page
    assert "<noscript>" in page


def test_the_policy_names_the_hash_of_each_script_and_no_other(sheet):
    page = page_html(sheet)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = {
        "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts
    }
    assert hashes == set(re.findall(r"'(sha256-[^']*)'", policy))
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy


def test_a_page_links_to_nothing(sheet):
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=", page_html(sheet))


def test_an_unknown_link_is_refused_by_name():
    with pytest.raises(AssetError, match=r"Unknown asset 'https://[^']*' \(asked for by MousePosition\)"):
        page_html(offline(folium.plugins.MousePosition()))


def test_a_link_in_the_figure_itself_is_refused_by_name():
    sheet = offline()
    sheet.get_root().header.add_child(branca.element.JavascriptLink("https://a.org/b.js"))
    with pytest.raises(AssetError, match=r"Unknown asset 'https://a\.org/b\.js' \(asked for by a link"):
        page_html(sheet)


def test_a_copy_of_the_users_own_stands_in_for_a_link(tmp_path):
    links = [
        url for _, url in folium.plugins.MousePosition.default_js + folium.plugins.MousePosition.default_css
    ]
    copies = {}
    for at, url in enumerate(links):
        copies[url] = tmp_path / f"{at}{url[-4:]}"
        copies[url].write_text(f"/* copy {at} */", encoding="utf-8")
    sheet = offline(folium.plugins.MousePosition())
    page = page_html(sheet, assets=copies)
    assert "/* copy 0 */" in page
    assert save_page(sheet, tmp_path / "map.html", assets=copies).read_text(encoding="utf-8") == page
    assert "/* copy 1 */" in map_parts(sheet, assets=copies).head
    with pytest.raises(AssetError, match="MousePosition"):
        page_html(sheet)
    sheet.page.assets = copies
    assert page_html(sheet) == page


def test_tiles_and_icon_fonts_are_refused_by_name():
    with pytest.raises(AssetError, match=r"Invalid layer 'TileLayer'\. It fetches tiles"):
        page_html(offline(folium.TileLayer("OpenStreetMap")))
    with pytest.raises(AssetError, match=r"Invalid layer 'folium\.Icon'"):
        page_html(offline(folium.Marker((0, 0), icon=folium.Icon())))


def test_an_image_from_elsewhere_is_refused_by_name():
    for sheet in (offline(), offline()):
        sheet.get_root().html.add_child(branca.element.Element('<img src="https://example.org/a.png">'))
        with pytest.raises(AssetError, match=r"Unknown asset 'https://example.org/a.png'"):
            page_html(sheet)


def test_an_inline_script_in_body_or_head_is_refused():
    with pytest.raises(AssetError, match="Invalid page 'inline script'"):
        render_page("t", "<script>1</script>")


def test_a_stock_map_is_refused():
    with pytest.raises(AssetError, match="Invalid map 'Map'"):
        map_parts(folium.Map(tiles=None))
    with pytest.raises(AssetError, match="Invalid map 'Map'"):
        page_html(folium.Map(tiles=None))


def test_no_template_in_data_is_evaluated(make):
    probe = "{{ 71993 * 81239 }}"
    group = folium.FeatureGroup(name=probe)
    folium.Marker((1, 2), popup=probe, tooltip=probe).add_to(group)
    feature = {
        "type": "Feature",
        "properties": {"a": probe, "b": "{% print 7*7 %}"},
        "geometry": {"type": "Point", "coordinates": [0, 0]},
    }
    sheet = offline(group, folium.GeoJson(feature), folium.LayerControl())
    page = page_html(sheet)
    assert str(71993 * 81239) not in page
    assert "71993 * 81239" in page
    assert "{% print 7*7 %}" in page
    assert page == page_html(sheet)


def test_templates_work_as_before_outside_of_a_rendering(sheet):
    page_html(sheet)
    assert branca.element.Element("{{ 6 * 7 }}").render() == "42"


def test_templates_of_other_threads_are_left_alone(sheet, monkeypatch):
    found = []

    def elsewhere():
        found.append(branca.element.Element("{{ 6 * 7 }}").render())

    class Busy(branca.element.Element):
        def render(self, **kwargs):
            other = threading.Thread(target=elsewhere)
            other.start()
            other.join()

    sheet.get_root().add_child(Busy())
    page_html(sheet)
    assert found == ["42"]


def test_data_that_looks_like_an_id_is_left_alone(make):
    from layers.sheet import build_map

    lookalike = "leg_0123456789abcdef0123456789abcdef"
    sheet = build_map(make.corridors(lookalike), None, None, routes=make.routes(), places=make.places())
    assert lookalike in page_html(sheet)


def test_two_renderings_are_the_same_bytes(sheet):
    assert page_html(sheet) == page_html(sheet)


def test_parts_of_two_maps_share_scripts_but_no_ids(make):
    from layers.sheet import build_map

    pair = [
        build_map(make.corridors(), None, None, routes=make.routes(), places=make.places()) for _ in range(2)
    ]
    first, second = (map_parts(one, prefix=name) for one, name in zip(pair, ("a", "b"), strict=True))
    ids = [set(re.findall(r'id="([^"]+)"', parts.body)) for parts in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]
    page = render_page(
        "Two",
        f"<h1>Two</h1>{first.body}{second.body}",
        head=first.head,
        scripts=first.scripts + second.scripts,
    )
    assert len(re.findall(r"<script>", page)) == len(first.scripts) + 1


def test_title_and_language_are_text(make):
    page = render_page("</title><script>alert(1)</script>", "x", lang='en"><script>', description="{{7*7}}")
    assert "<script>" not in page
    assert "&lt;/title&gt;" in page
    assert "{{" not in page


def test_a_page_is_written_whole_or_not_at_all(tmp_path, sheet, monkeypatch):
    target = save_page(sheet, tmp_path / "map.html")
    assert target.read_text(encoding="utf-8").endswith("</html>\n")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        save_page("other", tmp_path / "map.html")
    assert target.read_text(encoding="utf-8").endswith("</html>\n")
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_a_notebook_gets_a_sandboxed_frame_with_words_beside_it(sheet):
    shown = sheet._repr_html_()
    assert 'sandbox="allow-scripts allow-popups allow-downloads"' in shown
    assert "allow-same-origin" not in shown
    assert "height:640px" in shown
    assert "4 legs, 4 places." in shown
    assert "<b>" not in frame_html("<p>", title="<b>")


def test_folium_saves_the_same_page(sheet, tmp_path):
    sheet.save(str(tmp_path / "map.html"))
    assert (tmp_path / "map.html").read_text(encoding="utf-8") == page_html(sheet)
