"""Land paths: along main roads from listed place to listed place, over the embedded roads or any OSMnx graph.

A path is a generalised line that describes a route between named places. It holds no travel time, follows no
foot path, and is not for finding one's way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from geo.checks import check_lon_lat
from geo.display import Displayed
from geo.errors import GeometryError, InvalidInputError
from geo.places import reach_km, read_places
from geo.roads import Roads, prepare_roads
from geo.roads import check_roads as check_roads
from geo.roads import read_roads as read_roads

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import networkx as nx
    import numpy.typing as npt
    import pandas as pd
    from shapely import LineString

    _Floats: TypeAlias = npt.NDArray[np.float64]

_NEAR_M: Final = 50.0  # an edge this much farther off than the nearest may be the other carriageway
_MANY: Final = 200  # lines of more points are generalised …
_FINE_DEG: Final = 0.0005  # … by at most this, 56 m


@dataclass(frozen=True, slots=True)
class LandPath(Displayed):
    """A path over roads.

    Attributes
    ----------
    line : LineString
        The way from the first stop to the last, lon before lat; it begins and ends on the road.
    length_km : float
        Sum of the ``length`` of the road edges, in part where a stop lies between their ends.
    line_km : float
        Geodesic length of the drawn line before it was generalised; falls short of ``length_km`` where edges
        are drawn straighter than the road runs.
    method : str
        How the path was made.
    connectors_km : tuple of float
        For each stop its geodesic distance from the road; no part of the line or of its length.
    note : str
        What limits the path; empty where there is nothing to say.
    """

    line: LineString
    length_km: float
    line_km: float
    method: str
    connectors_km: tuple[float, ...]
    note: str


@dataclass(frozen=True, slots=True)
class _Stop:
    lon: float
    lat: float
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class _Touch:
    """Where a stop meets an edge: at ``share`` of its length, ``gap_km`` from the stop."""

    edge: int
    share: float
    gap_km: float


@dataclass(frozen=True, slots=True)
class _Way:
    """A way from one touch to another, which leaves and enters their edges at a share of these, at an end."""

    start: _Touch
    end: _Touch
    length_m: float
    nodes: tuple[int, ...] = ()
    leaves: float = 0.0
    enters: float = 0.0


def land_path(
    stops: Sequence[tuple[float, float] | pd.Series[Any]],
    *,
    roads: nx.MultiDiGraph[Any] | Roads | None = None,
) -> LandPath:
    """Find the shortest way along roads from stop to stop, in their order.

    Parameters
    ----------
    stops : sequence
        Two or more listed places: rows of a places table (:func:`geo.places.find_place`) or their (lon, lat).
    roads : networkx.MultiDiGraph or Roads, optional
        Any OSMnx graph, or :func:`geo.roads.prepare_roads` of one where many paths are wanted; the embedded
        extract where absent.

    Returns
    -------
    path : LandPath
        The line, its length and how it was made.

    Raises
    ------
    GeometryError
        If a stop lies too far from every road (over 3 km; over 10 km for a city or a zone, whose point stands
        for an area), or no road joins two stops.
    InvalidInputError
        If there are not two different stops, or a position or the road graph is faulty.

    Notes
    -----
    Each stop is moved to the nearest point of the nearest edge; then Dijkstra's algorithm runs from stop to
    stop over ``length``. Where edges have a direction, edges at most 50 m farther off serve too (the other
    carriageway). Embedded edges carry the road length that the source records, and are drawn straight. Lines
    of more than 200 points are generalised by at most 56 m.

    Examples
    --------
    >>> from geo.places import find_place
    >>> path = land_path([find_place("nis"), find_place("belgrade")])
    >>> round(path.length_km)
    234
    """
    ready = roads if isinstance(roads, Roads) else prepare_roads(roads)
    wanted = [_stop(stop, number) for number, stop in enumerate(stops, start=1)]
    if len({(stop.lon, stop.lat) for stop in wanted}) < 2:
        listed = ", ".join(stop.name for stop in wanted)
        raise InvalidInputError(f"Invalid stops '{listed}'. A path needs at least two different stops.")
    touches = [_touches(ready, stop) for stop in wanted]
    ways = []
    for number in range(1, len(wanted)):
        way = _search(ready, touches[number - 1], touches[number])
        if way is None:
            raise GeometryError(
                f"Invalid stops '{wanted[number - 1].name}' and '{wanted[number].name}'. "
                "No road of this graph leads from the first to the second."
            )
        ways.append(way)
    points = np.vstack([_points(ready, way) for way in ways])
    gaps = (ways[0].start.gap_km, *(way.end.gap_km for way in ways))
    return _path(ready, points, sum(way.length_m for way in ways), gaps)


def _path(roads: Roads, points: _Floats, length_m: float, gaps: tuple[float, ...]) -> LandPath:
    """Return the path through some points, generalised where there are many."""
    from pyproj import Geod
    from shapely import LineString

    moved = np.r_[True, np.any(np.diff(points, axis=0) != 0, axis=1)]
    points = points[moved] if moved.sum() > 1 else points[[0, -1]]
    line = LineString(points)
    drawn_m = Geod(ellps="WGS84").line_length(points[:, 0], points[:, 1])
    if len(points) > _MANY:
        line = line.simplify(_FINE_DEG)
    return LandPath(line, length_m / 1000, drawn_m / 1000, roads.method, gaps, roads.note)


def _stop(stop: Any, number: int) -> _Stop:  # noqa: ANN401 - a pair, or a row of places
    """Return a stop with the name and kind of its place."""
    if hasattr(stop, "index") and "geometry" in getattr(stop.index, "array", ()):
        point = stop["geometry"]
        return _Stop(point.x, point.y, str(stop.name), str(stop["kind"]))
    try:
        lon, lat = stop
    except (TypeError, ValueError):
        raise InvalidInputError(
            f"Invalid stop {number} '{stop}'. It must be a row of a places table, or (lon, lat) of one."
        ) from None
    pair = check_lon_lat(lon, lat, name=f"stop {number}")
    name, kind = _listed().get(pair, (f"stop {number} at {pair[0]:g}, {pair[1]:g}", "town"))
    return _Stop(*pair, name, kind)


@cache
def _listed() -> dict[tuple[float, float], tuple[str, str]]:
    """Return id and kind of the embedded places by their position."""
    table = read_places()
    pairs = zip(table.geometry.x, table.geometry.y, strict=True)
    return dict(zip(pairs, zip(table.index, table["kind"], strict=True), strict=True))


def _touches(roads: Roads, stop: _Stop) -> list[_Touch]:
    """Return where a stop meets the roads: the nearest edge, or up to eight where edges have a direction."""
    from pyproj import Geod

    scale = np.array([np.cos(np.radians(stop.lat)), 1.0]) * 111_195.0  # local metres are enough to compare
    here = np.array([stop.lon, stop.lat])
    at = (roads.xy - here) * scale
    tails = np.delete(np.arange(len(at)), roads.first[1:] - 1)
    step = at[tails + 1] - at[tails]
    square = np.einsum("ij,ij->i", step, step)
    along = -np.einsum("ij,ij->i", at[tails], step) / np.where(square > 0, square, 1.0)
    near = at[tails] + np.clip(along, 0.0, 1.0)[:, None] * step
    gap_m = np.hypot(near[:, 0], near[:, 1])
    order = np.argsort(gap_m, kind="stable")
    order = order[: 1 if roads.both else np.searchsorted(gap_m[order], gap_m.min() + _NEAR_M, side="right")]
    found: dict[int, _Touch] = {}
    for segment in order.tolist():
        edge = int(np.searchsorted(roads.first, tails[segment], side="right")) - 1
        if edge not in found:
            point = near[segment] / scale + here
            upto = np.vstack([roads.xy[roads.first[edge] : tails[segment] + 1], point])
            gap_km = Geod(ellps="WGS84").inv(*here, *point)[2] / 1000
            found[edge] = _Touch(edge, _share(roads, edge, upto), gap_km)
    nearest, reach = min(touch.gap_km for touch in found.values()), reach_km(stop.kind)
    if nearest > reach:
        raise GeometryError(
            f"Invalid stop '{stop.name}'. It lies {nearest:.1f} km from the nearest road of this graph, "
            f"and may lie {reach:g} km from it."
        )
    return list(found.values())[:8]


def _share(roads: Roads, edge: int, upto: _Floats) -> float:
    """Return which share of an edge's drawn length the points up to somewhere on it take."""
    whole = _steps(_edge_points(roads, edge)).sum()
    return float(min(1.0, _steps(upto).sum() / whole)) if whole > 0 else 0.0


def _steps(points: _Floats) -> _Floats:
    """Return the lengths of the steps from point to point, in degrees of latitude."""
    step = np.diff(points, axis=0)
    middle = points[:-1, 1] + step[:, 1] / 2
    return np.hypot(step[:, 0] * np.cos(np.radians(middle)), step[:, 1])


def _edge_points(roads: Roads, edge: int) -> _Floats:
    """Return the points of an edge from ``u`` to ``v``."""
    return roads.xy[roads.first[edge] : roads.first[edge + 1]]


def _ends(roads: Roads, touch: _Touch, *, leaving: bool) -> Iterator[tuple[int, float, float]]:
    """Yield (node, metres, share) for each end of its edge by which a touch can be left, or else reached."""
    length = float(roads.length_m[touch.edge])
    if leaving or roads.both or touch.share == 1:
        yield int(roads.v[touch.edge]), (1 - touch.share) * length, 1.0
    if not leaving or roads.both or touch.share == 0:
        yield int(roads.u[touch.edge]), touch.share * length, 0.0


def _search(roads: Roads, starts: list[_Touch], ends: list[_Touch]) -> _Way | None:
    """Return the shortest way between two stops, their distances from the road counted in."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    exits: dict[int, tuple[float, float, float, _Touch]] = {}
    for touch in starts:
        for node, metres, share in _ends(roads, touch, leaving=True):
            cost = max(touch.gap_km * 1000 + metres, 1e-6)
            if node not in exits or cost < exits[node][0]:
                exits[node] = (cost, metres, share, touch)
    size = len(roads.matrix.indptr)  # the nodes, and one more for the start
    data = np.r_[roads.matrix.data, [found[0] for found in exits.values()]]
    targets = np.r_[roads.matrix.indices, list(exits)]
    rows = np.r_[roads.matrix.indptr, len(data)]
    graph = csr_matrix((data, targets, rows), shape=(size, size))
    far, before = dijkstra(graph, indices=size - 1, return_predecessors=True)
    best: tuple[float, _Way] | None = None
    for touch in ends:
        for node, metres, share in _ends(roads, touch, leaving=False):
            cost = float(far[node]) + metres + touch.gap_km * 1000
            if np.isfinite(cost) and (best is None or cost < best[0]):
                nodes = [node]
                while before[nodes[-1]] != size - 1:
                    nodes.append(int(before[nodes[-1]]))
                first_cost, first_m, leaves, start = exits[nodes[-1]]
                length = max(first_m + float(far[node]) - first_cost + metres, 0.0)
                best = cost, _Way(start, touch, length, tuple(reversed(nodes)), leaves, share)
    for start in starts:
        for end in ends:
            if start.edge == end.edge and (roads.both or start.share <= end.share):
                length = abs(end.share - start.share) * float(roads.length_m[start.edge])
                cost = length + (start.gap_km + end.gap_km) * 1000
                if best is None or cost <= best[0]:
                    best = cost, _Way(start, end, length)
    return None if best is None else best[1]


def _points(roads: Roads, way: _Way) -> _Floats:
    """Return the points of a way."""
    if not way.nodes:
        return _piece(roads, way.start.edge, way.start.share, way.end.share)
    pieces = [_piece(roads, way.start.edge, way.start.share, way.leaves)]
    size = len(roads.matrix.indptr) - 1
    for start, end in zip(way.nodes, way.nodes[1:], strict=False):
        edge = int(roads.arc_edge[np.searchsorted(roads.arc_key, start * size + end)])
        forward = float(roads.u[edge] == start)
        pieces.append(_piece(roads, edge, 1 - forward, forward))
    pieces.append(_piece(roads, way.end.edge, way.enters, way.end.share))
    return np.vstack(pieces)


def _piece(roads: Roads, edge: int, start: float, end: float) -> _Floats:
    """Return the points of an edge from one share of its length to another, backwards where that is less."""
    points = _edge_points(roads, edge)
    steps = _steps(points)
    share = np.r_[0.0, np.cumsum(steps)] / (steps.sum() or 1.0)
    low, high = min(start, end), max(start, end)
    inner = points[(share > low) & (share < high)]
    tips = np.column_stack([np.interp([low, high], share, points[:, axis]) for axis in (0, 1)])
    piece = np.vstack([tips[:1], inner, tips[1:]])
    return piece if start <= end else piece[::-1]
