"""Road graphs: the embedded extract or any OSMnx graph, checked, and turned into arrays for search.

The extract holds main roads of the Balkans (© OpenStreetMap contributors, ODbL 1.0; ``data/osm/NOTICE.md``).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.checks import check_lon_lat, import_extra, raise_faults
from geo.display import Displayed
from geo.errors import InvalidInputError
from geo.terms import CRS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    import networkx as nx
    import numpy.typing as npt
    from scipy.sparse import csr_matrix

ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"
"""Credit for the embedded roads and for every line that follows them."""

FOOT_ONLY: Final = frozenset({"bridleway", "corridor", "cycleway", "footway", "path", "pedestrian", "steps"})
"""Values of OpenStreetMap's ``highway`` that no land leg follows."""

_OSM = Path(__file__).parent / "data" / "osm"


@dataclass(frozen=True, slots=True, eq=False)
class Roads(Displayed):
    """A road graph as arrays, ready for search; made by :func:`prepare_roads`.

    Attributes
    ----------
    u, v : array of int, shape (edges,)
        Numbers of the nodes that an edge leads from and to.
    length_m : array of float, shape (edges,)
        The ``length`` of each edge.
    both : bool
        Whether every edge is open in both directions; else each only from ``u`` to ``v``.
    xy : array of float, shape (points, 2)
        Points (lon, lat) of all edges; those of edge ``i`` are ``xy[first[i]:first[i + 1]]``.
    first : array of int, shape (edges + 1,)
        Where the points of each edge begin.
    matrix : scipy.sparse.csr_matrix, shape (nodes, nodes)
        Metres from node to node by the shortest edge between them.
    arc_key, arc_edge : array of int, shape (arcs,)
        ``start × nodes + end`` of each entry of ``matrix`` in rising order, and the edge that it stands for.
    method, note : str
        How paths over these roads are made, and what limits them.
    """

    u: npt.NDArray[np.int64]
    v: npt.NDArray[np.int64]
    length_m: npt.NDArray[np.float64]
    both: bool
    xy: npt.NDArray[np.float64]
    first: npt.NDArray[np.int64]
    matrix: csr_matrix
    arc_key: npt.NDArray[np.int64]
    arc_edge: npt.NDArray[np.int64]
    method: str
    note: str


def read_roads(path: str | Path | None = None) -> nx.MultiDiGraph[Any]:
    """Read a road graph in OSMnx form.

    Parameters
    ----------
    path : path, optional
        A ``.graphml`` file saved by OSMnx, or OpenStreetMap XML (``.osm``, ``.xml``), of which the roads for
        vehicles are kept; both need the extra ``osm``. Absent: the embedded extract, main roads at 12…31° E,
        34…49° N.

    Returns
    -------
    roads : networkx.MultiDiGraph
        ``x``, ``y`` (degrees) on nodes, ``length`` (metres) on edges, ``crs`` in the graph's attributes.

    Raises
    ------
    InvalidInputError
        If the file cannot be read, holds no roads or breaks a rule of :func:`check_roads`.
    MissingExtraError
        If OSMnx is needed and not installed.

    Examples
    --------
    >>> roads = read_roads()
    >>> len(roads), roads.number_of_edges() // 2, roads.graph["crs"]
    (17245, 24105, 'epsg:4326')
    """
    if path is None:
        return _embedded_graph()
    file = Path(path)
    suffix = file.suffix.lower()
    if suffix not in (".graphml", ".osm", ".xml"):
        raise InvalidInputError(f"Invalid roads file '{path}'. Its name must end in .graphml, .osm or .xml.")
    if not file.is_file():
        raise InvalidInputError(f"Invalid roads file '{path}'. There is no such file.")
    osmnx = import_extra("osmnx", extra="osm", purpose=f"reading roads from {suffix} files")
    try:
        graph = osmnx.load_graphml(file) if suffix == ".graphml" else _read_xml(osmnx, file)
    except Exception as error:  # OSMnx and its parsers raise many kinds on a broken file
        raise InvalidInputError(
            f"Invalid roads file '{path}'. OSMnx cannot read roads from it: {type(error).__name__}: {error}"
        ) from error
    return check_roads(graph, name=f"roads file '{path}'")


def check_roads(roads: nx.MultiDiGraph[Any], *, name: str = "roads") -> nx.MultiDiGraph[Any]:
    """Return a road graph that has the form OSMnx gives it, or list every fault.

    Parameters
    ----------
    roads : networkx.MultiDiGraph
        The graph.
    name : str
        What a message calls it.

    Returns
    -------
    roads : networkx.MultiDiGraph
        The same graph.

    Raises
    ------
    InvalidInputError
        If it is no MultiDiGraph, is not in longitude and latitude, has no edges, a node lacks ``x`` or ``y``,
        or an edge lacks a ``length`` or has a ``geometry`` that is no line.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph(crs="epsg:4326")
    >>> graph.add_node(1, x=20.0, y=45.0)
    >>> check_roads(graph)
    Traceback (most recent call last):
    geo.errors.InvalidInputError: Invalid roads. 1 fault:
      - the graph has no edges
    """
    import networkx as nx

    given: object = roads
    if not isinstance(given, nx.MultiDiGraph):
        raise_faults(name, [f"a {type(given).__name__} is not a networkx.MultiDiGraph, as OSMnx makes it"])
    raise_faults(name, list(_road_faults(roads)))
    return roads


def prepare_roads(roads: nx.MultiDiGraph[Any] | None = None) -> Roads:
    """Turn a road graph into arrays, once for many paths.

    Parameters
    ----------
    roads : networkx.MultiDiGraph, optional
        Any OSMnx graph in longitude and latitude; the embedded extract where absent. One-way edges stay
        one-way; edges that are in part for walking or cycling only (``FOOT_ONLY``) are left out, and the note
        says so.

    Returns
    -------
    roads : Roads
        The arrays.

    Raises
    ------
    InvalidInputError
        If :func:`check_roads` finds a fault, or no edge is open to vehicles.

    Examples
    --------
    >>> prepare_roads().both
    True
    """
    return _embedded_roads() if roads is None else _from_graph(check_roads(roads))


def _road_faults(roads: nx.MultiDiGraph[Any]) -> Iterator[str]:
    """Yield what is wrong with a graph."""
    import pyproj

    crs = roads.graph.get("crs")
    try:
        known = crs is not None and pyproj.CRS.from_user_input(crs).equals(CRS, ignore_axis_order=True)
    except pyproj.exceptions.CRSError:
        known = False
    if not known:
        yield (
            f"graph attribute 'crs' is '{crs}' and must be {CRS}; "
            "a projected graph goes back with osmnx.project_graph(graph, to_latlong=True)"
        )
    if roads.number_of_edges() == 0:
        yield "the graph has no edges"
    for node, data in roads.nodes(data=True):
        try:
            check_lon_lat(data.get("x"), data.get("y"), name=f"node {node}")
        except InvalidInputError as error:
            yield f"{error} (x, y)" if known else f"node {node}: x, y '{data.get('x')}, {data.get('y')}'"
    for u, v, data in roads.edges(data=True):
        length = data.get("length")
        if isinstance(length, bool | str) or length is None or not 0 <= length < math.inf:
            yield f"edge {u} → {v}: 'length' is '{length}' and must be metres, 0 or more"
        if "geometry" in data and getattr(data["geometry"], "geom_type", "") != "LineString":
            yield f"edge {u} → {v}: 'geometry' must be a shapely LineString"


def _read_xml(osmnx: ModuleType, file: Path) -> nx.MultiDiGraph[Any]:
    """Read OpenStreetMap XML, keep the roads for vehicles, and simplify them as OSMnx does."""
    with file.open("rb") as opened:
        opened.seek(max(0, file.stat().st_size - 4000))
        remark = re.search(rb"<remark>([^<]*)", opened.read())
    if remark:
        raise ValueError(f"Overpass did not finish: {remark[1].decode('utf-8', 'replace').strip()}")
    graph = osmnx.graph_from_xml(file, simplify=False, retain_all=True)
    drop = [
        (u, v, key)
        for u, v, key, data in graph.edges(keys=True, data=True)
        if not data.get("highway") or _foot_only(data)
    ]
    graph.remove_edges_from(drop)
    graph.remove_nodes_from([node for node, degree in list(graph.degree()) if degree == 0])
    if graph.number_of_edges() == 0:
        raise ValueError("it holds no way with a 'highway' tag that is open to vehicles")
    simple: nx.MultiDiGraph[Any] = osmnx.simplify_graph(graph)
    return simple


def _foot_only(data: dict[str, Any]) -> bool:
    """Return whether an edge, or a part of it, is for walking or cycling only."""
    value = data.get("highway")
    values = {value} if isinstance(value, str) else set(value or ())
    return not values.isdisjoint(FOOT_ONLY)


@cache
def _embedded_arrays() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return nodes (lon, lat) and edges (u, v, metres) of the extract."""
    import pandas as pd

    nodes = pd.read_csv(_OSM / "nodes.csv.gz", dtype=np.float64)
    edges = pd.read_csv(_OSM / "edges.csv.gz", dtype=np.int64)
    return nodes[["lon", "lat"]].to_numpy(), edges[["u", "v", "length_m"]].to_numpy()


def _embedded_graph() -> nx.MultiDiGraph[Any]:
    """Return the extract in OSMnx form, each edge in both directions."""
    import networkx as nx

    nodes, edges = _embedded_arrays()
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(crs=CRS.lower(), attribution=ATTRIBUTION, simplified=True)
    graph.add_nodes_from((number, {"x": x, "y": y}) for number, (x, y) in enumerate(nodes.tolist()))
    for u, v, metres in edges.tolist():
        graph.add_edge(u, v, length=float(metres), oneway=False, reversed=False)
        graph.add_edge(v, u, length=float(metres), oneway=False, reversed=True)
    return graph


@cache
def _embedded_roads() -> Roads:
    """Return the extract as arrays."""
    nodes, edges = _embedded_arrays()
    u, v, metres = edges.T
    return _arrays(
        (u, v, metres.astype(np.float64)),
        nodes[edges[:, :2].ravel()],
        np.arange(len(edges) + 1) * 2,
        len(nodes),
        both=True,
        texts=(
            f"shortest path on main roads, embedded extract ({ATTRIBUTION})",
            "generalised: edges are drawn straight, the length is the road length that the source records; "
            "mountain roads may read 10–20 % short",
        ),
    )


def _from_graph(graph: nx.MultiDiGraph[Any]) -> Roads:
    """Return a checked OSMnx graph as arrays, without edges for walking and cycling."""
    number = {node: position for position, node in enumerate(graph.nodes)}
    at = np.array([(data["x"], data["y"]) for _, data in graph.nodes(data=True)], dtype=np.float64)
    rows, lines, dropped = [], [], 0
    for u, v, data in graph.edges(data=True):
        if _foot_only(data):
            dropped += 1
            continue
        rows.append((number[u], number[v], float(data["length"])))
        line = data.get("geometry")
        points = at[[number[u], number[v]]] if line is None else np.asarray(line.coords, dtype=np.float64)
        lines.append(points[:, :2])
    if not rows:
        raise InvalidInputError(f"Invalid roads '{dropped} edges'. None of them is open to vehicles.")
    table = np.array(rows)
    note = f"{dropped} edges for walking or cycling were left out" if dropped else ""
    return _arrays(
        (table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2]),
        np.vstack(lines),
        np.cumsum([0, *map(len, lines)]),
        len(number),
        both=False,
        texts=("shortest path on the road graph given", note),
    )


def _arrays(
    edges: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]],
    xy: npt.NDArray[np.float64],
    first: npt.NDArray[np.int64],
    nodes: int,
    *,
    both: bool,
    texts: tuple[str, str],
) -> Roads:
    """Return the arrays with the matrix that is searched; of parallel edges it holds the shortest."""
    from scipy.sparse import csr_matrix

    u, v, metres = edges
    which = np.arange(len(u), dtype=np.int64)
    key = u * nodes + v
    if both:
        key, which = np.r_[key, v * nodes + u], np.r_[which, which]
    order = np.lexsort((which, metres[which], key))
    kept = order[np.r_[True, np.diff(key[order]) > 0]]
    key, which = key[kept], which[kept]
    starts = np.r_[0, np.cumsum(np.bincount(key // nodes, minlength=nodes))]
    matrix = csr_matrix((np.maximum(metres[which], 1e-6), key % nodes, starts), shape=(nodes, nodes))
    return Roads(u, v, metres, both, xy, first, matrix, key, which, *texts)
