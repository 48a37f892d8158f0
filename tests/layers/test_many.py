import json
import re

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, MultiLineString, Point

from geo.errors import InvalidInputError
from layers.many import CANVAS_FEATURES, add_lines
from layers.packing import unpack_numbers
from layers.page import page_html
from layers.palette import line_width
from layers.sheet import RouteMap


def frame_of(*shapes, crs="EPSG:4326", **columns):
    return gpd.GeoDataFrame(
        columns or {"name": list("abcdefgh")[: len(shapes)]}, geometry=list(shapes), crs=crs
    )


def data_of(frame, **options):
    sheet = RouteMap("Lines")
    add_lines(sheet, frame, **options)
    block = re.search(
        r'<script type="application/json" id="[^"]*">(.*?)</script>', page_html(sheet), re.DOTALL
    )
    return json.loads(block.group(1))


A, B = LineString([(0, 0), (1, 1)]), LineString([(2, 2), (3, 2), (4, 4)])


def test_all_vertices_are_one_chain_of_differences():
    data = data_of(frame_of(A, B), decimals=0)
    assert unpack_numbers(data["line"]) == [0, 0, 1, 1, 1, 1, 1, 0, 1, 2]
    assert unpack_numbers(data["sizes"]) == [2, 3]
    assert data["bounds"] == [0, 0, 4, 4]
    assert not data["canvas"]


def test_parts_of_a_line_belong_to_one_row_and_rows_without_shape_are_left_out():
    data = data_of(frame_of(MultiLineString([A, B]), None, A, name=["x", "y", "z"]))
    assert unpack_numbers(data["parts"]) == [2, 1]
    assert data["columns"][0]["texts"] == ["x", "z"]


def test_lines_go_on_beyond_the_antimeridian():
    data = data_of(frame_of(A, LineString([(179, 0), (-179, 1), (-178, 1)]), B), decimals=0)
    assert np.cumsum(unpack_numbers(data["line"])[::2]).tolist() == [0, 1, 179, 181, 182, 2, 3, 4]


def test_other_coordinates_are_turned_to_degrees():
    metres = frame_of(A).to_crs(3857)
    assert data_of(metres)["line"] == data_of(frame_of(A))["line"]


def test_widths_are_those_of_the_scale_with_missing_and_zero_apart():
    data = data_of(frame_of(A, A, A, A, count=[1_000, None, 0, 900_000]), value="count")
    widths = unpack_numbers(data["widths"])
    assert widths == [round(line_width(1_000) * 10), 0, 1, 180]
    assert [entry["w"] for entry in data["legend"]][-1] == 18.0


def test_many_lines_go_on_a_canvas():
    assert data_of(frame_of(*[A] * CANVAS_FEATURES, n=range(CANVAS_FEATURES)))["canvas"]


def test_no_lines_make_an_empty_layer():
    assert data_of(frame_of(A).iloc[:0])["count"] == 0


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (frame_of(A), {"columns": ["b"]}, "Invalid column 'b'"),
        (frame_of(A), {"title": "b"}, "Invalid column 'b'"),
        (frame_of(A), {"colour": "red;}"}, "Invalid colour 'red;}'"),
        (frame_of(A, n=[-1]), {"value": "n"}, "Invalid figure '-1' in column 'n'"),
        (frame_of(Point(0, 0)), {}, "Every shape must be a line"),
        (frame_of(LineString([(0, 0), (1, np.inf)])), {}, "finite number"),
        (frame_of(A, crs=None), {}, "has no CRS"),
    ],
)
def test_faults_are_named(frame, options, message):
    with pytest.raises(InvalidInputError, match=re.escape(message)):
        add_lines(RouteMap("Lines"), frame, **options)


def test_a_map_that_fetches_is_refused():
    with pytest.raises(InvalidInputError, match="Invalid map 'Map'"):
        add_lines(folium.Map(tiles=None), frame_of(A))


def test_nothing_given_is_changed_and_two_pages_are_equal():
    frame = frame_of(A, B, n=[1, 2], when=pd.to_datetime(["2024-01-01", None]))
    before = frame.copy()
    assert data_of(frame, value="n") == data_of(frame, value="n")
    assert frame.equals(before)


@pytest.mark.browser
def test_lines_on_a_corridor_map_have_popups_keys_and_a_box(make, sheet, visit):
    for payload in make.payloads[7:9]:
        frame = frame_of(A, B, **{"name": [payload, "b"], payload: [payload, None], "n": [1_000, None]})
        add_lines(sheet, frame, name=payload, title="name", value="n")
    seen = visit(page_html(sheet))
    page = seen.page
    assert page.locator("path.rw-line").count() == 4
    page.locator("path.rw-line").first.dispatch_event("click")
    card = page.locator(".rw-card")
    assert card.locator(".rw-card-title").evaluate("e => e.textContent") == make.payloads[7]
    assert make.payloads[7] in card.locator("dt").all_text_contents()
    assert page.locator("path.rw-line").nth(1).get_attribute("stroke-dasharray") == "5 4"
    page.hover(".leaflet-control-layers")
    names = page.locator(".leaflet-control-layers-overlays").evaluate("h => h.textContent")
    assert make.payloads[8] in names
    assert page.locator("body img").count() == 0
    seen.assert_quiet()


@pytest.mark.browser
def test_a_canvas_draws_finds_and_hides(visit):
    shapes = [LineString([(x / 100, 0), (x / 100, 10)]) for x in range(CANVAS_FEATURES)]
    sheet = RouteMap("Lines")
    add_lines(sheet, frame_of(*shapes, n=range(CANVAS_FEATURES)), name="Many", title="n")
    folium.LayerControl().add_to(sheet)
    seen = visit(page_html(sheet))
    page = seen.page
    canvas = page.locator("canvas.rw-canvas")
    assert canvas.get_attribute("aria-label") == "Many: 5,000 lines"
    inked = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v)"
    assert canvas.evaluate(inked)
    box = page.locator(".folium-map").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert abs(int(page.locator(".rw-card-title").inner_text()) - 2500) < 40
    page.hover(".leaflet-control-layers")
    page.locator(".leaflet-control-layers-overlays input").uncheck()
    assert canvas.count() == 0
    seen.assert_quiet()
