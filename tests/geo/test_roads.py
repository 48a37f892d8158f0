"""Road graphs: what is read and refused, the embedded extract, and the script that makes it."""

import gzip
import importlib.util
import json
import zipfile
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from pyproj import Geod
from shapely import LineString, Point

from geo import roads as module
from geo.errors import InvalidInputError, MissingExtraError
from geo.roads import FOOT_ONLY, check_roads, prepare_roads, read_roads

CROSSING = Path(__file__).parent / "data" / "crossing.osm"
TOOL = Path(__file__).parents[2] / "tools" / "build_roads.py"
OSM = Path(module.__file__).parent / "data" / "osm"


def make_graph(**graph_attributes):
    graph = nx.MultiDiGraph(**{"crs": "epsg:4326", **graph_attributes})
    graph.add_node(1, x=20.0, y=45.0)
    graph.add_node(2, x=20.1, y=45.0)
    graph.add_edge(1, 2, length=7900.0)
    return graph


@pytest.fixture(scope="module")
def embedded():
    return read_roads()


def test_embedded_graph_has_the_form_of_osmnx(embedded):
    assert check_roads(embedded) is embedded
    assert (len(embedded), embedded.number_of_edges()) == (17_245, 2 * 24_105)
    assert nx.is_strongly_connected(embedded)
    assert "OpenStreetMap contributors" in embedded.graph["attribution"]


def test_embedded_graph_is_the_readers_own(embedded):
    other = read_roads()
    other.clear()
    assert len(read_roads()) == len(embedded)


def test_osmnx_takes_the_embedded_graph(embedded):
    osmnx = pytest.importorskip("osmnx")
    part = nx.MultiDiGraph(embedded.subgraph(list(embedded)[:200]))
    nodes, edges = osmnx.graph_to_gdfs(part)
    assert len(nodes) == 200
    assert set(edges.geom_type) == {"LineString"}


def test_embedded_lengths_are_never_below_the_geodesic(embedded):
    ends = np.array([(*at(embedded, u), *at(embedded, v)) for u, v in embedded.edges()])
    geodesic = Geod(ellps="WGS84").inv(*ends.T)[2]
    lengths = np.array([length for _, _, length in embedded.edges(data="length")])
    assert (lengths >= geodesic - 1e-6).all()


def at(graph, node):
    return graph.nodes[node]["x"], graph.nodes[node]["y"]


def test_embedded_files_say_whose_they_are():
    notice = (OSM / "NOTICE.md").read_text(encoding="utf-8")
    for part in ("© OpenStreetMap contributors", "ODbL", "17,245 nodes and 24,105 edges", "joined"):
        assert part in notice
    assert sum(path.stat().st_size for path in OSM.iterdir()) < 300_000
    for name in ("nodes.csv.gz", "edges.csv.gz"):
        assert (OSM / name).read_bytes()[4:8] == bytes(4), "the gzip header holds a time"


def test_osm_xml_keeps_the_roads_for_vehicles():
    pytest.importorskip("osmnx")
    roads = read_roads(CROSSING)
    kinds = {kind for _, _, kind in roads.edges(data="highway")}
    assert kinds == {"primary", "secondary", "tertiary", "residential", "motorway", "unclassified"}
    assert kinds.isdisjoint(FOOT_ONLY)
    assert {22, 23, 28, 29}.isdisjoint(roads.nodes), "a river and a building are no roads"


def test_graphml_of_osmnx_is_read_back(tmp_path):
    osmnx = pytest.importorskip("osmnx")
    graph = osmnx.graph_from_xml(CROSSING)
    osmnx.save_graphml(graph, tmp_path / "crossing.graphml")
    again = read_roads(str(tmp_path / "crossing.graphml"))
    assert sorted(again.edges(data="length")) == sorted(graph.edges(data="length"))
    assert dict(again.nodes(data="x")) == dict(graph.nodes(data="x"))


def test_files_that_are_no_roads_are_refused(tmp_path):
    pytest.importorskip("osmnx")
    with pytest.raises(InvalidInputError, match=r"must end in \.graphml, \.osm or \.xml"):
        read_roads("roads.pbf")
    with pytest.raises(InvalidInputError, match=r"absent\.osm'\. There is no such file"):
        read_roads(tmp_path / "absent.osm")
    (tmp_path / "broken.graphml").write_text("<graphml", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"OSMnx cannot read roads from it: ParseError"):
        read_roads(tmp_path / "broken.graphml")
    foot = CROSSING.read_text(encoding="utf-8").replace('k="highway" v="', 'k="highway" v="footway" n="')
    (tmp_path / "foot.osm").write_text(foot, encoding="utf-8")
    with pytest.raises(InvalidInputError, match="no way with a 'highway' tag that is open to vehicles"):
        read_roads(tmp_path / "foot.osm")


def test_missing_osmnx_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "osmnx", None)
    with pytest.raises(
        MissingExtraError, match=r"reading roads from \.osm files: pip install 'routeways\[osm\]'"
    ):
        read_roads(CROSSING)


def test_all_faults_of_a_graph_are_listed_at_once():
    graph = make_graph(crs="EPSG:32634")
    graph.add_node(3, x=20.0)
    graph.add_node(4, x="far", y=45.0)
    graph.add_edge(1, 3)
    graph.add_edge(2, 3, length="12.5")
    graph.add_edge(2, 4, length=-1.0)
    graph.add_edge(2, 1, length=1.0, geometry="LINESTRING (0 0, 1 1)")
    with pytest.raises(InvalidInputError, match=r"Invalid roads\. 7 faults") as caught:
        check_roads(graph)
    for part in (
        "'crs' is 'EPSG:32634' and must be EPSG:4326",
        "to_latlong=True",
        "node 3: x, y '20.0, None'",
        "edge 1 → 3: 'length' is 'None'",
        "edge 2 → 3: 'length' is '12.5'",
        "edge 2 → 4: 'length' is '-1.0'",
        "edge 2 → 1: 'geometry' must be a shapely LineString",
    ):
        assert part in str(caught.value)


def test_positions_outside_the_globe_are_refused():
    graph = make_graph()
    graph.nodes[1]["y"] = 450.0
    with pytest.raises(InvalidInputError, match=r"Invalid node 1 '20\.0, 450\.0'"):
        check_roads(graph)


@pytest.mark.parametrize("crs", [None, "no such thing"])
def test_a_graph_needs_a_known_reference_system(crs):
    with pytest.raises(InvalidInputError, match=f"graph attribute 'crs' is '{crs}'"):
        check_roads(make_graph(crs=crs))


@pytest.mark.parametrize("crs", ["epsg:4326", "EPSG:4326", "WGS 84", 4326, "OGC:CRS84"])
def test_reference_systems_of_one_meaning_are_taken(crs):
    assert len(check_roads(make_graph(crs=crs))) == 2


def test_other_graphs_are_refused():
    with pytest.raises(InvalidInputError, match=r"a Graph is not a networkx\.MultiDiGraph"):
        check_roads(nx.Graph())
    with pytest.raises(InvalidInputError, match="the graph has no edges"):
        check_roads(nx.MultiDiGraph(crs="epsg:4326"))


def test_edges_for_walking_are_left_out_and_counted():
    graph = make_graph()
    graph.add_edge(2, 1, length=7900.0, highway=["residential", "steps"])
    graph.add_edge(1, 2, length=100.0, highway="footway")
    ready = prepare_roads(graph)
    assert ready.note == "2 edges for walking or cycling were left out"
    assert ready.length_m.tolist() == [7900.0]


def test_a_graph_for_walking_alone_is_refused():
    graph = make_graph()
    graph.edges[1, 2, 0]["highway"] = "footway"
    with pytest.raises(
        InvalidInputError, match=r"Invalid roads '1 edges'\. None of them is open to vehicles"
    ):
        prepare_roads(graph)


def test_preparing_keeps_the_shortest_of_parallel_edges_and_every_geometry():
    graph = make_graph()
    graph.add_edge(1, 2, length=7890.0, geometry=LineString([(20, 45), (20.05, 45.01), (20.1, 45)]))
    graph.add_edge(2, 2, length=50.0)
    ready = prepare_roads(graph)
    assert ready.matrix.toarray().tolist() == [[0.0, 7890.0], [0.0, 50.0]]
    assert [len(points) for points in np.split(ready.xy, ready.first[1:-1])] == [2, 3, 2]


def test_preparing_changes_nothing():
    graph = make_graph()
    before = nx.node_link_data(graph, edges="edges")
    prepare_roads(graph)
    assert nx.node_link_data(graph, edges="edges") == before


# --- the script that rebuilds the extract ---


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("build_roads", TOOL)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def wheel(tmp_path):
    """Return a wheel of the package's form: 2 and 3 dangle, 5 and 6 are an island, 7 is outside."""
    nodes = [
        [45.0, 20.0],
        [45.0, 20.1],
        [45.0, 20.2],
        [45.005, 20.2],
        [45.1, 20.2],
        [40.0, 15.0],
        [40.0, 15.1],
        [60, 20],
    ]
    links = {(0, 1): 8.2, (1, 2): 7.9, (3, 4): 10.6, (5, 6): 8.6, (4, 7): 1700.0}
    rows = [
        "{"
        + ", ".join(f"{v if u == node else u}: {km}" for (u, v), km in links.items() if node in (u, v))
        + "}"
        for node in range(len(nodes))
    ]
    text = f"\nfrom x import y\ngraph=[{', '.join(rows)}]\nnodes={json.dumps(nodes)}\nz = y(graph, nodes)\n"
    path = tmp_path / "package.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("scgraph_data/world_highways.py", text)
    return path


def test_the_script_joins_junctions_and_keeps_the_largest_component(tool, wheel, tmp_path):
    assert tool.build(wheel, tmp_path / "out") == "5 nodes, 4 edges, 1 of them joined"
    edges = gzip.decompress((tmp_path / "out" / "edges.csv.gz").read_bytes()).decode().splitlines()
    assert edges == ["u,v,length_m,joined", "0,1,8200,0", "1,2,7900,0", "2,3,556,1", "3,4,10600,0"]
    nodes = gzip.decompress((tmp_path / "out" / "nodes.csv.gz").read_bytes()).decode().splitlines()
    assert nodes[:2] == ["lon,lat", "20.000,45.000"]
    assert "(7 nodes, 4 edges)" in " ".join(
        (tmp_path / "out" / "NOTICE.md").read_text(encoding="utf-8").split()
    )


def test_the_script_writes_the_same_bytes_twice(tool, wheel, tmp_path):
    for name in ("one", "two"):
        tool.build(wheel, tmp_path / name)
    files = ("nodes.csv.gz", "edges.csv.gz", "NOTICE.md")
    assert all(
        (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files
    )


def test_the_script_leaves_near_nodes_alone_where_a_road_joins_them(tool):
    lon, lat = np.array([20.0, 20.005, 20.01]), np.full(3, 45.0)
    edges, metres = np.array([[0, 1], [1, 2]]), np.array([400.0, 400.0])
    assert tool.find_joins(lon, lat, edges, metres).size == 0
    assert tool.find_joins(lon, lat, edges[:1], metres[:1]).tolist() == [[1, 2]]


def test_the_script_stops_at_a_package_of_another_form(tool, tmp_path):
    path = tmp_path / "package.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("scgraph_data/world_highways.py", "graph=[{1: 2.0}]\nnodes=[[1, 2], [3, 4]]\n")
    with pytest.raises(SystemExit, match="1 rows for 2 nodes"):
        tool.build(path, tmp_path / "out")


def test_notice_in_the_repository_is_the_scripts(tool):
    assert tool.NOTICE.splitlines()[0] == (OSM / "NOTICE.md").read_text(encoding="utf-8").splitlines()[0]
    assert Point(tool.BOX[:2]).x == 12
