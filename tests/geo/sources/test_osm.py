"""OpenStreetMap through Overpass: official crossings as places, main roads as a file."""

import json

import pytest

from geo import places, roads
from geo.errors import FetchError, InvalidInputError
from geo.sources import osm

HORGOS = {
    "type": "node",
    "id": 1,
    "lat": 46.176,
    "lon": 19.984,
    "tags": {"barrier": "border_control", "name": "Horgoš"},
}
ELEMENTS = [
    HORGOS,
    HORGOS | {"id": 2, "lat": 46.1765},
    {"type": "way", "id": 3, "center": {"lat": 46.168, "lon": 19.559}, "tags": {"barrier": "border_control"}},
    HORGOS | {"id": 4, "lat": 44.82, "lon": 20.29},
    HORGOS | {"id": 5, "tags": {"barrier": "border_control", "access": "private"}},
    HORGOS | {"id": 6, "tags": {"barrier": "gate"}},
]
BOX = (19.0, 45.9, 20.3, 46.3)


def _answer(*elements, **more):
    return json.dumps({"version": 0.6, "elements": list(elements)} | more)


def test_official_crossings_near_a_land_border_become_places(write):
    table = osm.read_crossings(write("x.json", _answer(*ELEMENTS)))
    assert table["id"].tolist() == ["osm_node_1", "osm_way_3"]
    assert table["name"].tolist() == ["Horgoš", "Crossing HU–RS"]
    assert set(zip(table["country_a"], table["country_b"], strict=True)) == {("HU", "RS")}
    assert {entry["reason"]: entry["rows"] for entry in table.attrs["ledger"]} == {
        "within 1 km of another point of the same border": 1,
        "not within 3 km of a land border": 1,
        "closed to the public": 1,
        "no border control": 1,
    }
    assert (table.attrs["licence"], table.attrs["attribution"]) == (
        "ODbL-1.0",
        "© OpenStreetMap contributors",
    )


def test_they_join_the_places_that_are_listed(write):
    table = osm.read_crossings(write("x.json", _answer(HORGOS)))
    joined = places.read_places(extra=table)
    assert joined.loc["osm_node_1", "kind"] == "road_crossing"
    assert "OpenStreetMap contributors" in joined.loc["osm_node_1", "source"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1}', "holds no elements"),
        ("<osm/>", "holds no elements"),
        (_answer(5), r"elements\[0\] is no record"),
        (_answer({"center": 5}), r"elements\[0\] has no position"),
        (_answer({"lat": 99, "lon": 5}), r"Invalid elements\[0\] '5, 99'"),
        (_answer(remark="runtime error: Query timed out"), "did not finish: runtime error"),
    ],
)
def test_what_is_no_answer_is_refused(write, text, message):
    with pytest.raises(InvalidInputError, match=message):
        osm.read_crossings(write("x.json", text))


@pytest.mark.parametrize("bounds", [(1, 2, 1, 3), (1, 3, 2, 2), (0, 0, 20, 20), (190, 0, 191, 1)])
def test_an_area_must_be_one(bounds):
    with pytest.raises(InvalidInputError, match="Invalid bounds"):
        osm.roads_query(bounds)


def test_areas_are_asked_for_once_and_kept(publisher, tmp_path):
    address = publisher.serve("/api", _answer(HORGOS), kind="application/json")
    file = osm.fetch_crossings(BOX, address=address, home=tmp_path, pause_s=0)
    assert len(osm.read_crossings(file.path)) == 1
    assert "border_control" in publisher.asked[0][0]
    publisher.serve("/api", '<?xml version="1.0"?><osm version="0.6"></osm>', kind="application/osm3s+xml")
    file = osm.fetch_roads(BOX, address=address, home=tmp_path, pause_s=0)
    assert file.path.suffix == ".osm"
    publisher.serve("/api", b"busy", status=429, kind="text/html")
    with pytest.raises(FetchError, match=r"fewer requests .429."):
        osm.fetch_roads(BOX, address=address, home=tmp_path, pause_s=0, retries=0)
    assert osm.fetch_roads(BOX, address=address, home=tmp_path, offline=True).sha256 == file.sha256


ROADS = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="Overpass API">
<note>The data included in this document is from www.openstreetmap.org.</note>
<meta osm_base="2031-01-01T00:00:00Z"/>
<node id="1" lat="46.00" lon="19.50"/><node id="2" lat="46.01" lon="19.60"/>
<node id="3" lat="46.02" lon="19.70"/><node id="4" lat="46.10" lon="19.70"/>
<way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/>
<tag k="highway" v="trunk"/><tag k="maxspeed" v="80"/></way>
<way id="11"><nd ref="3"/><nd ref="4"/><tag k="highway" v="motorway"/><tag k="oneway" v="yes"/></way>
{end}</osm>
"""


def test_roads_of_an_area_are_read_back_as_a_graph_that_can_be_searched(publisher, tmp_path):
    pytest.importorskip("osmnx")
    address = publisher.serve("/api", ROADS.format(end=""), kind="application/osm3s+xml")
    file = osm.fetch_roads(BOX, address=address, home=tmp_path, pause_s=0)
    graph = roads.read_roads(file.path)
    assert sorted(graph.nodes) == [1, 3, 4]
    assert sorted((u, v) for u, v, _ in graph.edges) == [(1, 3), (3, 1), (3, 4)]
    assert 15_500 < graph.edges[1, 3, 0]["length"] < 15_800
    ready = roads.prepare_roads(graph)
    assert (ready.both, len(ready.u)) == (False, 3)
    assert "highway" in publisher.asked[0][0]


def test_what_overpass_did_not_finish_replaces_nothing_and_is_refused(publisher, tmp_path, write):
    pytest.importorskip("osmnx")
    address = publisher.serve("/api", ROADS.format(end=""), kind="application/osm3s+xml")
    held = osm.fetch_roads(BOX, address=address, home=tmp_path, pause_s=0)
    cut = ROADS.format(end="<remark> runtime error: Query timed out in query </remark>")
    publisher.serve("/api", cut, kind="application/osm3s+xml")
    with pytest.raises(FetchError, match=r"did not finish: runtime error: Query timed out .* smaller area"):
        osm.fetch_roads(BOX, address=address, home=tmp_path, pause_s=0)
    assert held.path.read_text() == ROADS.format(end="")
    publisher.serve("/api", _answer(remark="runtime error: out of memory"), kind="application/json")
    with pytest.raises(FetchError, match="out of memory"):
        osm.fetch_crossings(BOX, address=address, home=tmp_path, pause_s=0)
    with pytest.raises(InvalidInputError, match="did not finish: runtime error: Query timed out"):
        roads.read_roads(write("by_hand.osm", cut))


def test_an_area_without_roads_is_told_when_it_is_read(publisher, tmp_path):
    pytest.importorskip("osmnx")
    address = publisher.serve("/api", '<osm version="0.6"></osm>', kind="application/osm3s+xml")
    file = osm.fetch_roads(BOX, address=address, home=tmp_path, pause_s=0)
    with pytest.raises(InvalidInputError, match="cannot read roads from it"):
        roads.read_roads(file.path)
