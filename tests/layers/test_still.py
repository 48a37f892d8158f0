from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest
from shapely import LineString, Point, box

import layers
from layers.literal import DataBlock
from layers.packing import unpack_block
from layers.sheet import build_map
from layers.still import still_svg
from layers.vendor import walk_elements

SVG = "{http://www.w3.org/2000/svg}"


def _data(sheet):
    return unpack_block(next(one.data for one in walk_elements(sheet) if isinstance(one, DataBlock)))


def test_a_map_is_a_picture_of_its_legs_areas_and_places(sheet):
    svg = ET.fromstring(still_svg(_data(sheet), title="A strait"))
    assert svg.get("viewBox") == "0 0 960 600"
    assert svg.find(f"{SVG}title").text == "A strait"
    dashed = [path for path in svg.iter(f"{SVG}path") if path.get("stroke-dasharray") == "5 4"]
    bands = [path for path in svg.iter(f"{SVG}path") if path.get("stroke-opacity") == ".16"]
    faint = [path for path in svg.iter(f"{SVG}path") if path.get("stroke-opacity") == ".45"]
    assert (len(dashed), len(bands), len(faint)) == (1, 1, 1)
    assert len(list(svg.iter(f"{SVG}circle"))) == 4
    assert "dashed: no published figure" in "".join(svg.itertext())


def test_a_picture_holds_nothing_that_runs_or_loads(make):
    for payload in (*make.payloads, "\x00\x08"):
        hostile = build_map(
            make.corridors(payload), make.stats(payload), make.counts(), routes=make.routes((payload,) * 4),
            places=make.places((payload,) * 4), figures=make.figures(), title=payload,
        )  # fmt: skip
        svg = ET.fromstring(still_svg(_data(hostile), title=payload))
        tags = {element.tag.removeprefix(SVG) for element in svg.iter()}
        assert tags <= {"svg", "title", "rect", "path", "circle", "text"}
        assert not [
            name for element in svg.iter() for name in element.attrib if "href" in name or name[:2] == "on"
        ]


def test_colours_that_are_none_become_grey(sheet):
    data = _data(sheet)
    hostile = data | {"colours": data["colours"] | {"sea": 'red" onload="alert(1)'}}
    svg = still_svg(hostile, title="x")
    assert "onload" not in svg
    assert "#8a949c" in svg


def test_equal_input_gives_equal_bytes(sheet):
    assert still_svg(_data(sheet), title="x") == still_svg(_data(sheet), title="x")


def test_own_shapes_are_in_the_picture_too():
    shapes = [Point(1.5, 51), LineString([(1, 51), (2, 50.5)]), box(1, 50.4, 1.5, 50.8)]
    frame = gpd.GeoDataFrame({"n": [1, 2, 3]}, geometry=shapes, crs="EPSG:4326")
    shown = layers.explore(frame, column="n")._repr_html_()
    for colour in ("c06c00", "7d4a86", "1f2a6b"):
        assert f"%23{colour}" in shown


def test_a_view_over_the_antimeridian_stays_together():
    frame = gpd.GeoDataFrame(geometry=[Point(179.5, 0), Point(-179.5, 0.5)], crs="EPSG:4326")
    blocks = [one.data for one in walk_elements(layers.explore(frame)) if isinstance(one, DataBlock)]
    svg = ET.fromstring(still_svg({**unpack_block(blocks[0]), "layers": blocks[1]["layers"]}, title="x"))
    places = sorted(float(dot.get("cx")) for dot in svg.iter(f"{SVG}circle"))
    assert len(places) == 2
    assert places[1] - places[0] == pytest.approx(908, abs=2)
