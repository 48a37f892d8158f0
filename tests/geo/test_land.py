"""Land paths: known distances, laws, one-way roads, and what is refused."""

import itertools
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString

from geo import land
from geo.errors import GeometryError, InvalidInputError
from geo.land import LandPath, land_path, read_roads
from geo.places import find_place, reach_km, read_places
from geo.roads import prepare_roads
from geo.terms import CROSSING_KINDS

CROSSING = Path(__file__).parent / "data" / "crossing.osm"
WEST, GATE, EAST = (10.0, 10.0), (10.05, 10.0), (10.1, 10.0)
GEOD = Geod(ellps="WGS84")
PLACES = read_places()
FAR_CROSSINGS = {
    "bajmok_bacsalmas",
    "debeli_brijeg_karasovici",
    "dojran_doirani",
    "hanihotit_bozaj",
    "konculj_dheubardhe",
    "kula_kulla",
    "pavlovica_most_badovinci",
    "ripac_uzljebic",
    "scepan_polje_hum",
    "vardiste_kotroman",
    "vinogradi_asotthalom",
}

routable = st.sampled_from(sorted(PLACES.index[PLACES["routable"]]))
"""Listed places that the embedded roads reach."""


def path_of(*places, **options) -> LandPath:
    return land_path([PLACES.loc[place] for place in places], **options)


def direct_km(start, end):
    a, b = PLACES.geometry[start], PLACES.geometry[end]
    return GEOD.inv(a.x, a.y, b.x, b.y)[2] / 1000


@pytest.fixture(scope="module")
def crossing():
    """Return the graph that OSMnx makes of an invented crossing, with one-way roads and foot paths."""
    return pytest.importorskip("osmnx").graph_from_xml(CROSSING)


# --- the embedded extract ---


@pytest.mark.parametrize(
    ("places", "km"),
    [
        (("nis", "belgrade"), 231),
        (("thessaloniki", "skopje"), 218),
        (("belgrade", "zagreb"), 387),
        (("thessaloniki", "budapest"), 961),
        (("istanbul", "trieste"), 1523),
    ],
)
def test_reference_distances(places, km):
    assert path_of(*places).length_km == pytest.approx(km, rel=0.012)


def test_thessaloniki_budapest_through_presevo_and_horgos():
    path = path_of("thessaloniki", "bogorodica_evzoni", "presevo_tabanovce", "horgos_roszke", "budapest")
    assert 950 <= path.length_km <= 1060


def test_a_path_tells_how_it_was_made():
    path = path_of("nis", "belgrade")
    assert "OpenStreetMap contributors" in path.method
    assert "drawn straight" in path.note
    assert len(path.connectors_km) == 2
    assert not any("time" in field or "speed" in field for field in LandPath.__slots__)


@settings(max_examples=40, deadline=None)
@given(start=routable, end=routable)
def test_no_path_is_shorter_than_the_geodesic_and_both_directions_are_equal(start, end):
    if start == end:
        return
    path, back = path_of(start, end), path_of(end, start)
    assert path.length_km + sum(path.connectors_km) >= direct_km(start, end) * (1 - 1e-9)
    assert back.length_km == pytest.approx(path.length_km)
    assert back.connectors_km == pytest.approx(path.connectors_km[::-1])
    assert path.line_km <= path.length_km + 1e-6


@settings(max_examples=30, deadline=None)
@given(stops=st.lists(routable, min_size=3, max_size=4, unique=True))
def test_lengths_add_up_over_stops(stops):
    whole = path_of(*stops)
    parts = [path_of(a, b) for a, b in itertools.pairwise(stops)]
    assert whole.length_km == pytest.approx(sum(part.length_km for part in parts))
    assert whole.connectors_km == pytest.approx(
        (parts[0].connectors_km[0], *(part.connectors_km[1] for part in parts))
    )
    assert whole.line.coords[0] == parts[0].line.coords[0]
    assert whole.line.coords[-1] == parts[-1].line.coords[-1]


def test_a_line_leads_from_stop_to_stop():
    stops = ("thessaloniki", "bogorodica_evzoni", "presevo_tabanovce", "nis", "horgos_roszke", "budapest")
    path = path_of(*stops)
    for place, gap_km in zip(stops, path.connectors_km, strict=True):
        near = shapely.shortest_line(PLACES.geometry[place], path.line)
        assert GEOD.geometry_length(near) / 1000 <= gap_km + 0.1
    measured = [path.line.project(PLACES.geometry[place]) for place in stops]
    assert measured == sorted(measured)


def test_long_lines_are_generalised_within_a_hundred_metres(monkeypatch):
    path = path_of("istanbul", "trieste")
    monkeypatch.setattr(land, "_MANY", 10**9)
    full = path_of("istanbul", "trieste")
    assert len(path.line.coords) < len(full.line.coords)
    assert (path.length_km, path.line_km) == (full.length_km, full.line_km)
    assert shapely.hausdorff_distance(path.line, full.line) * 111.2 <= 0.1


def test_places_are_marked_routable_where_the_roads_reach_them():
    def reached(row):
        try:
            land_path([row, PLACES.loc["belgrade" if row.name != "belgrade" else "nis"]])
        except GeometryError:
            return False
        return True

    named = PLACES[~PLACES["kind"].isin(["country", "rail_crossing"])]
    assert [row.name for _, row in named.iterrows() if reached(row) != row["routable"]] == []
    crossings = PLACES[(PLACES["kind"] == "road_crossing") & ~PLACES["routable"]]
    assert set(crossings.index) == FAR_CROSSINGS
    assert not PLACES.loc[PLACES["kind"] == "rail_crossing", "routable"].any()
    assert set(CROSSING_KINDS) == {"road_crossing", "rail_crossing"}


def test_a_stop_far_from_every_road_is_named_with_its_distance():
    with pytest.raises(
        GeometryError, match=r"Invalid stop 'dojran_doirani'\. It lies 17\.\d km .* may lie 3 km"
    ):
        path_of("thessaloniki", "dojran_doirani")


def test_positions_of_listed_places_are_known_by_name_and_kind():
    zagreb, belgrade = PLACES.geometry["zagreb"], PLACES.geometry["belgrade"]
    path = land_path([(belgrade.x, belgrade.y), (zagreb.x, zagreb.y)])
    assert path == path_of("belgrade", "zagreb")
    assert 3 < path.connectors_km[1] < reach_km("city"), "a city's point stands for an area"
    dojran = PLACES.geometry["dojran_doirani"]
    with pytest.raises(GeometryError, match="Invalid stop 'dojran_doirani'"):
        land_path([(belgrade.x, belgrade.y), (dojran.x, dojran.y)])


def test_a_place_of_ones_own_is_held_to_the_reach_of_its_kind():
    own = {"id": "hut", "name": "Hut", "kind": "town", "country_a": "HR", "lon": 16.0, "lat": 43.0}
    with pytest.raises(GeometryError, match="Invalid stop 'hut'"):
        land_path([find_place("nis"), find_place("hut", read_places(extra=[own]))])
    with pytest.raises(GeometryError, match=r"Invalid stop 'stop 2 at 16, 43'"):
        land_path([find_place("nis"), (16.0, 43.0)])


@pytest.mark.parametrize(
    ("stops", "message"),
    [
        ([], "A path needs at least two different stops"),
        ([(21.9, 43.3)], "A path needs at least two different stops"),
        ([(21.9, 43.3), (21.9, 43.3)], "A path needs at least two different stops"),
        ([(21.9, 43.3), "nis"], "Invalid stop 2 'nis'"),
        ([(21.9, 43.3), (1, 2, 3)], "Invalid stop 2"),
        ([(43.3, 121.9), (20.4, 44.8)], "Invalid stop 1 '43.3, 121.9'. Longitude"),
    ],
)
def test_stops_that_are_none_are_refused(stops, message):
    with pytest.raises(InvalidInputError) as caught:
        land_path(stops)
    assert message in str(caught.value)


# --- any OSMnx graph ---


def test_a_graph_of_osmnx_stands_in_for_the_extract(crossing, tmp_path):
    osmnx = pytest.importorskip("osmnx")
    osmnx.save_graphml(crossing, tmp_path / "crossing.graphml")
    read = read_roads(tmp_path / "crossing.graphml")
    for roads in (crossing, read, read_roads(CROSSING), prepare_roads(crossing)):
        path = land_path([WEST, GATE, EAST], roads=roads)
        assert path.length_km == pytest.approx(12.33, abs=0.01)
        assert path.connectors_km == pytest.approx((0, 0, 0), abs=0.001)
        assert path.method == "shortest path on the road graph given"
        assert (10.035, 10.01) in path.line.coords, "the line follows the edge's geometry"


def test_foot_paths_are_left_out_with_a_note(crossing):
    path = land_path([WEST, EAST], roads=crossing)
    assert path.note == "6 edges for walking or cycling were left out"
    assert (10.04, 10.0) not in path.line.coords
    assert land_path([WEST, EAST], roads=read_roads(CROSSING)).note == ""


def test_one_way_roads_are_followed_one_way(crossing):
    there, back = land_path([GATE, EAST], roads=crossing), land_path([EAST, GATE], roads=crossing)
    assert (10.06, 10.0002) in there.line.coords
    assert (10.06, 9.99) in back.line.coords
    assert back.length_km - there.length_km == pytest.approx(0.93, abs=0.01)


def test_a_stop_between_the_ends_of_an_edge_takes_a_part_of_it():
    graph = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_node("a", x=0.0, y=0.0)
    graph.add_node("b", x=0.4, y=0.0)
    graph.add_edge("a", "b", length=50_000.0)
    path = land_path([(0.1, 0.01), (0.3, -0.01)], roads=graph)
    assert path.length_km == pytest.approx(25.0)
    assert path.connectors_km == pytest.approx((1.106, 1.106), abs=0.001)
    assert np.allclose(path.line.coords, [(0.1, 0.0), (0.3, 0.0)], atol=1e-9)
    with pytest.raises(GeometryError, match="No road of this graph leads from the first to the second"):
        land_path([(0.3, 0.0), (0.1, 0.0)], roads=graph)


def test_the_other_carriageway_serves_a_stop_too():
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for name, x, y in [("a", 0.0, 0.0), ("b", 0.4, 0.0), ("c", 0.4, 0.0003), ("d", 0.0, 0.0003)]:
        graph.add_node(name, x=x, y=y)
    for u, v, metres in [("a", "b", 44_000.0), ("b", "c", 30.0), ("c", "d", 44_000.0), ("d", "a", 30.0)]:
        graph.add_edge(u, v, length=metres)
    there = land_path([(0.1, 0.0001), (0.3, 0.0001)], roads=graph)
    back = land_path([(0.3, 0.0001), (0.1, 0.0001)], roads=graph)
    assert there.length_km == pytest.approx(22.0)
    assert back.length_km == pytest.approx(22.0), "not 66, once around"


def test_parts_of_a_graph_that_no_road_joins_are_named():
    with pytest.raises(GeometryError, match=r"Invalid stops 'stop 1 at 10, 10' and 'stop 2 at 10\.21, 10'"):
        land_path([WEST, (10.21, 10.0)], roads=read_roads(CROSSING))


def test_an_edge_bent_back_on_itself_is_measured_along_its_line():
    graph = nx.MultiDiGraph(crs="epsg:4326")
    graph.add_node(1, x=0.0, y=0.0)
    graph.add_node(2, x=0.0, y=0.01)
    bend = LineString([(0, 0), (0.1, 0), (0.1, 0), (0.1, 0.01), (0, 0.01)])
    graph.add_edge(1, 2, length=23_000.0, geometry=bend)
    graph.add_edge(2, 1, length=23_000.0, geometry=bend.reverse())
    path = land_path([(0.0, 0.0), (0.0, 0.01)], roads=graph)
    assert path.length_km == pytest.approx(23.0)
    assert path.line_km == pytest.approx(GEOD.geometry_length(bend) / 1000)
    half = land_path([(0.0, 0.0), (0.1, 0.005)], roads=graph)
    assert half.length_km == pytest.approx(11.5, abs=0.05)


def test_a_faulty_graph_is_refused(crossing):
    projected = nx.MultiDiGraph(crossing)
    projected.graph["crs"] = "EPSG:32632"
    with pytest.raises(InvalidInputError, match="must be EPSG:4326"):
        land_path([WEST, EAST], roads=projected)


def test_the_graph_given_is_not_changed(crossing):
    before = (sorted(crossing.edges(data="length")), dict(crossing.graph))
    land_path([WEST, EAST], roads=crossing)
    assert (sorted(crossing.edges(data="length")), dict(crossing.graph)) == before


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_paths_are_as_short_as_those_of_networkx(seed):
    draw = np.random.default_rng(seed)
    graph = nx.MultiDiGraph(crs="epsg:4326")
    spots = draw.uniform(0, 1, (12, 2)).round(3)
    for number, (x, y) in enumerate(np.unique(spots, axis=0)):
        graph.add_node(number, x=x, y=y)
    for u, v in draw.integers(0, len(graph), (40, 2)).tolist():
        a, b = graph.nodes[u], graph.nodes[v]
        metres = GEOD.inv(a["x"], a["y"], b["x"], b["y"])[2] * float(draw.uniform(1, 2)) + 1
        graph.add_edge(u, v, length=metres)
    start, end = (graph.nodes[n] for n in (0, 1))
    try:
        expected = nx.shortest_path_length(graph, 0, 1, weight="length") / 1000
    except nx.NetworkXNoPath:
        return
    if graph.degree(0) == 0 or graph.degree(1) == 0:
        return
    path = land_path([(start["x"], start["y"]), (end["x"], end["y"])], roads=graph)
    assert path.length_km <= expected + 1e-6
    assert path.connectors_km == pytest.approx((0, 0), abs=0.06)
