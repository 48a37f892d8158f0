import math

import folium
import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, Point, box

import geo
import layers
from geo.errors import InvalidInputError, UnknownNameError
from layers.exploration import explore
from layers.literal import DataBlock
from layers.packing import unpack_block
from layers.page import page_html
from layers.vendor import walk_elements


def _own(values=("a", "b", "c")):
    shapes = [Point(20, 45), LineString([(19, 44), (21, 46)]), box(20, 44, 21, 45)]
    return gpd.GeoDataFrame({"name": list(values), "n": [1, 2, math.nan]}, geometry=shapes, crs="EPSG:4326")


def _blocks(sheet):
    return [one for one in walk_elements(sheet) if isinstance(one, DataBlock)]


def _legs(sheet):
    layers_ = unpack_block(_blocks(sheet)[0].data)["layers"]
    return [one["title"] for layer in layers_ if layer["type"] == "leg" for one in layer["features"]]


def test_own_shapes_are_a_layer_with_a_legend_and_a_table():
    sheet = explore(_own(), column="n", name="Camps & roads")
    base, own = (block.data for block in _blocks(sheet))
    assert base["layers"] == []
    assert [part["title"] for part in base["legend"]["parts"]] == ["n"]
    assert [entry["label"] for entry in base["legend"]["parts"][0]["entries"]] == [
        "1 (1)",
        "2 (1)",
        "no value (1)",
    ]
    assert own["layers"][0]["name"] == "Camps & roads"
    page = page_html(sheet)
    assert "<title>Camps &amp; roads</title>" in page
    assert "n: 3 on the map" in page
    assert "no tracks, and nobody" not in page


def test_any_crs_is_taken_and_none_is_refused():
    far = _own().to_crs("EPSG:3035")
    shapes = [
        block.data["layers"][0]["features"][0]["shape"]
        for block in (_blocks(explore(far))[1], _blocks(explore(_own()))[1])
    ]
    assert shapes[0] == shapes[1]
    with pytest.raises(InvalidInputError, match="set the CRS"):
        explore(_own().set_crs(None, allow_override=True))
    legs = geo.read_routes(["channel"])
    with pytest.raises(InvalidInputError, match="set the CRS"):
        explore(legs.set_crs(None, allow_override=True))


def test_a_series_of_shapes_will_do():
    assert len(_blocks(explore(_own().geometry))[1].data["layers"][0]["features"]) == 3


def test_rows_without_a_shape_are_counted():
    frame = pd.concat([_own(), gpd.GeoDataFrame({"name": ["d"]}, geometry=[None], crs="EPSG:4326")])
    assert "3 with a shape. 1 without one, left out." in page_html(explore(frame))
    with pytest.raises(InvalidInputError, match="None of the rows holds one"):
        explore(gpd.GeoDataFrame(geometry=[None], crs="EPSG:4326"))


def test_ids_bring_legs_and_embedded_figures():
    for ids in ("channel", ["channel"], ("channel",)):
        sheet = explore(ids, as_of="2024-12-12")
        assert _legs(sheet)
        assert "34,582" in page_html(sheet)
    with pytest.raises(UnknownNameError, match="chanel"):
        explore("chanel")


def test_tables_of_the_package_bring_the_corridors_they_speak_of():
    counts = geo.read_counts()
    legs = list(geo.read_routes(["channel"])["title"])
    channel = counts[counts["corridor"] == "channel"]
    stats = geo.corridor_stats(counts, ["channel"], statistics=["year_to_date"])
    routes = geo.read_routes(["channel"])
    corridors = geo.build_corridors(routes)
    assert _legs(explore(channel)) == legs
    assert _legs(explore(stats, counts=channel)) == legs
    assert _legs(explore(routes)) == legs
    assert _legs(explore(corridors, counts=counts)) == legs
    ranges = geo.leg_figures(counts, corridors, routes)
    assert _legs(explore(ranges, title="Ranges")) == legs
    dossier = layers.Dossier(layers.Options(corridors=("channel",)))
    assert _legs(explore(dossier)) == legs


def test_legs_and_segments_can_be_coloured_by_a_column():
    routes = geo.read_routes(["western_balkans"])
    features = _blocks(explore(routes, column="length_km", tooltip=["title", "length_km"]))[1].data["layers"][
        0
    ]["features"]
    assert {one["as"] for one in features} == {"line"}
    assert len({one["colour"] for one in features}) == 5
    segments = _blocks(explore(geo.build_segments(routes)))
    assert segments[0].data["legend"]["parts"][0]["title"] == "n legs"


def test_what_cannot_be_explored_is_refused_by_kind(make):
    for wrong in (3, None, [], {"a": 1}, [1]):
        with pytest.raises(InvalidInputError, match=rf"Invalid thing to explore '{type(wrong).__name__}'"):
            explore(wrong)
    with pytest.raises(InvalidInputError, match="neither shapes nor figures"):
        explore(pd.DataFrame({"a": [1]}))
    with pytest.raises(InvalidInputError, match="names no embedded corridor"):
        explore(make.counts())
    with pytest.raises(InvalidInputError, match="names no embedded leg"):
        explore(make.figures())


def test_it_is_public_a_folium_map_and_the_same_bytes_each_time():
    assert layers.explore is explore
    sheet = layers.explore(_own())
    assert isinstance(sheet, folium.Map)
    assert page_html(sheet) == page_html(layers.explore(_own()))
    folium.CircleMarker((45, 20)).add_to(sheet)
    assert "circleMarker" in page_html(sheet)


@pytest.mark.browser
def test_shapes_are_drawn_told_and_reached_by_keyboard(visit):
    seen = visit(page_html(explore(_own(), column="n")))
    page = seen.page
    assert page.locator("path.rw-shape").count() == 3
    assert page.locator("path.rw-shape[tabindex='0']").count() == 1
    page.locator("path.rw-shape").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "b; n: 2"
    page.keyboard.press("Enter")
    page.wait_for_selector(".rw-card")
    assert page.locator(".rw-card-title").inner_text() == "b"
    page.keyboard.press("Escape")
    page.wait_for_selector(".rw-card", state="detached")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "b; n: 2"
    page.locator("path.rw-shape").last.hover()
    page.wait_for_selector(".leaflet-tooltip")
    seen.assert_quiet()


@pytest.mark.browser
def test_hostile_tables_stay_text(make, visit):
    rows = len(make.payloads)
    frame = gpd.GeoDataFrame(
        {payload: list(make.payloads) for payload in make.payloads},
        geometry=[Point(at, at / 2) for at in range(rows)], index=list(make.payloads), crs="EPSG:4326",
    )  # fmt: skip
    for column in make.payloads[7:9]:
        sheet = explore(frame, column=column, name=column, title=column, tooltip=list(make.payloads))
        seen = visit(page_html(sheet))
        page = seen.page
        assert page.locator("h1").inner_text() == column
        for at in (0, 8, 12):
            page.locator("path.rw-shape").nth(at).focus()
            page.keyboard.press("Enter")
            page.wait_for_selector(".rw-card")
            assert make.payloads[at] in page.locator(".rw-card").text_content()
            page.keyboard.press("Escape")
            page.wait_for_selector(".rw-card", state="detached")
        seen.assert_quiet()


@pytest.mark.browser
def test_thousands_of_shapes_go_on_a_canvas(visit):
    frame = gpd.GeoDataFrame(geometry=[Point(at % 50, at // 50) for at in range(2_000)], crs="EPSG:4326")
    seen = visit(page_html(explore(frame)))
    assert seen.page.locator("canvas").count() == 1
    assert seen.page.locator("path.rw-shape").count() == 0
    seen.assert_quiet()
