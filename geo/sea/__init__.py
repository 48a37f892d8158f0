"""Ways over the sea that never touch land.

A leg is the geodesic where that is clear. Elsewhere cells of sea are searched for the least-cost path
(``skimage.graph.MCP_Geometric`` on a Lambert azimuthal equal-area grid), which is then pulled taut against
the land. What is checked is what is written: the rounded coordinates of the drawn line.

Notes
-----
The search window grows until no way outside it can be shorter: a path of length L between ends d apart stays
within an ellipse that reaches sqrt(L² − d²) / 2 to either side. Both directions give the same line: the
search always starts at the end farther west. Among many islands a way may be 0.5 % longer than the shortest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.checks import check_lon_lat
from geo.coast import coverage, covered_regions, read_land
from geo.display import Displayed
from geo.errors import GeometryError, InvalidInputError
from geo.sea._grid import Cell, Grid, build_grid, cheapest_way
from geo.sea._mesh import mesh_way
from geo.sea._taut import ShutError, pull_taut, turning_points
from geo.sea._water import GEOD, SNAP_KM, Flat, Place, Water, distance_m, length_m, to_place, walk_all

if TYPE_CHECKING:
    from collections.abc import Callable

GEODESIC: Final = "geodesic"
PULLED: Final = "least-cost path, pulled taut"

_UNCHECKED = "Outside the embedded coast: drawn as the geodesic and not checked against land."
_DETOUR = 1.02
"""Ways longer than this many times the direct distance are also searched on finer cells."""
_FEWEST_CELLS = 100
"""Smaller pieces of sea are ponds and harbours."""
_SLACK_M = 1_000.0
"""An end may be joined to a shore this much farther than the nearest, where that lies on the way."""


@dataclass(frozen=True, slots=True)
class SeaPath(Displayed):
    """A way over the sea.

    Attributes
    ----------
    line : shapely.LineString
        From start to end in degrees, a vertex at least every 10 km; it touches no land where ``checked``.
    length_km : float
        Geodesic length of ``line``.
    method : str
        ``geodesic`` or ``least-cost path, pulled taut``.
    connector_start_km, connector_end_km : float
        How far the ends of the line lie from the places that were asked for (0 where these are at sea).
    checked : bool
        Whether the line was checked against land.
    note : str
        What a reader should know; may be empty.
    """

    line: shapely.LineString
    length_km: float
    method: str
    connector_start_km: float
    connector_end_km: float
    checked: bool
    note: str


def sea_path(
    start_lon: float,
    start_lat: float,
    end_lon: float,
    end_lat: float,
    *,
    land: Any = None,  # noqa: ANN401 - a geometry, GeoSeries or GeoDataFrame
    cell_m: float | None = None,
) -> SeaPath:
    """Find the shortest way by sea between two places.

    Parameters
    ----------
    start_lon, start_lat, end_lon, end_lat : float
        Degrees. An end on land is moved to the nearest sea, at most 7 km away.
    land : shapely geometry, GeoSeries or GeoDataFrame, optional
        Polygons in EPSG:4326 to keep clear of, in place of the embedded coast; all else is taken for sea.
    cell_m : float, optional
        Side of the search cells in metres. Default: by the detail of the coast (2,000 m in the Mediterranean,
        400 m in the Channel) and finer for short or roundabout ways.

    Returns
    -------
    path : SeaPath
        The same line in both directions. Beyond the embedded coast, with no ``land``, it is the geodesic
        and ``checked`` is False.

    Raises
    ------
    InvalidInputError
        If a coordinate, ``land`` or ``cell_m`` is not what it should be.
    GeometryError
        If an end lies more than 7 km from the sea, both ends are one place, or no way by sea joins them.

    Examples
    --------
    >>> path = sea_path(12.05, 32.95, 12.60, 35.49)    # off Zuwara, to Lampedusa
    >>> path.method, path.checked, round(path.length_km)
    ('geodesic', True, 284)
    """
    start = to_place(*check_lon_lat(start_lon, start_lat, name="start"))
    end = to_place(*check_lon_lat(end_lon, end_lat, name="end"))
    if start == end:
        raise GeometryError(f"Invalid sea leg '{_words(start)}'. Its start and its end are the same place.")
    _check_cell(cell_m)
    water = _embedded_water(start, end) if land is None else _own_water(land, start, end)
    if water is None:
        stops = [start, end]
        return SeaPath(
            _line(stops), length_m(stops) / 1000, GEODESIC, 0.0, 0.0, checked=False, note=_UNCHECKED
        )
    first, last = sorted([start, end])
    stops = _find(water, first, last, cell_m)
    return _finish(water, stops if start == first else stops[::-1], start, end)


@dataclass(frozen=True)
class _Task:
    """One search: two places, cells of one size, and how far around the ends to look at first."""

    water: Water
    a: Place
    b: Place
    cell_m: float
    margin_m: float
    turn_deg: float = 0.0


class _NoWayError(Exception):
    """No way within this window, or on cells of this size."""


def _find(water: Water, a: Place, b: Place, cell_m: float | None) -> list[Place]:
    """Find the stops of the shortest way from a to b."""
    if water.is_sea(a) and water.is_sea(b) and water.clear(a, b):
        return [a, b]
    for place in (a, b):
        if water.is_inland(place):
            raise GeometryError(
                f"Invalid end of a sea leg '{_words(place)}'. It must lie within {SNAP_KM:g} km of the sea."
            )
    direct_m = distance_m(a, b)
    coarse = cell_m or min(water.cell_m, max(direct_m / 40, 50.0))
    task = _Task(water, a, b, coarse, margin_m=max(40_000.0, 0.3 * direct_m))
    ways = _both_turns(task)
    roundabout_m = _DETOUR * direct_m
    if not ways or (cell_m is None and _shortest_m(ways) > roundabout_m):
        ways += _tries(_through_straits, task)
    if not ways:
        raise GeometryError(
            f"Invalid sea leg '{_words(a)} to {_words(b)}'. No way by sea that is known joins its ends."
        )
    if cell_m is None and _shortest_m(ways) > roundabout_m:
        margin_m = max(1.02 * _reach(_shortest_m(ways), direct_m), 20_000.0)
        ways += _both_turns(replace(task, cell_m=coarse / 4, margin_m=margin_m))
    return min(ways, key=lambda stops: length_m([a, *stops, b]))


def _both_turns(task: _Task) -> list[list[Place]]:
    """Search on cells that lie north–south, and on cells turned against them, unless the way is straight.

    Steps to eight neighbours favour some directions, and so one side of an island; turned cells, others.
    """
    ways = _tries(_widen, task)
    straight = bool(ways) and len(ways[0]) == 2
    return ways if straight else ways + _tries(_widen, replace(task, turn_deg=22.5))


def _shortest_m(ways: list[list[Place]]) -> float:
    return min(map(length_m, ways))


def _tries(search: Callable[[_Task], list[Place]], task: _Task) -> list[list[Place]]:
    """List the way that a search finds, or nothing."""
    try:
        return [search(task)]
    except _NoWayError:
        return []


def _through_straits(task: _Task) -> list[Place]:
    """Search on triangles, which end at the shores, for straits that no cell fits into."""
    ends = [_near_shore(task, *pair) for pair in ((task.a, task.b), (task.b, task.a))]
    places = mesh_way(task.water, *ends)
    if places is None:
        raise _NoWayError
    try:
        return pull_taut(task.water, places, list(range(len(places))))
    except ShutError as shut:
        raise _NoWayError from shut


def _near_shore(task: _Task, place: Place, other: Place) -> Place:
    """Return the place itself where it is at sea, else the nearest sea as small cells show it."""
    if task.water.is_sea(place):
        return place
    flat, half_m = Flat(*place), 1.5 * SNAP_KM * 1000
    grid = build_grid(task.water, flat, (-half_m, -half_m, half_m, half_m), task.water.cell_m / 20)
    for piece in _pieces_near(grid, place):
        anchor = _anchor(task, grid, piece, place, other)
        if anchor is not None:
            return anchor[0]
    raise _NoWayError


def _widen(task: _Task) -> list[Place]:
    """Search in a window that grows until no way outside it can be shorter."""
    flat = _plane(task)
    limit = _limit(task, flat)
    margin_m = task.margin_m
    while True:
        window, whole = _window(task, flat, margin_m, limit)
        try:
            stops = _search(task, build_grid(task.water, flat, window, task.cell_m))
        except _NoWayError:
            if whole:
                raise
            margin_m *= 2
            continue
        needed_m = _reach(length_m(stops), distance_m(stops[0], stops[-1]))
        if whole or needed_m <= margin_m:
            return stops
        margin_m = needed_m * 1.02


def _search(task: _Task, grid: Grid) -> list[Place]:
    """Find the stops of the shortest way on one grid."""
    other = set(_pieces_near(grid, task.b))
    for piece in (piece for piece in _pieces_near(grid, task.a) if piece in other):
        anchors = [_anchor(task, grid, piece, *ends) for ends in ((task.a, task.b), (task.b, task.a))]
        if anchors[0] is None or anchors[1] is None:
            continue
        (first, cell_a), (last, cell_b) = anchors[0], anchors[1]
        if task.water.clear(first, last):
            return [first, last]
        return _trace(task, grid, piece, (first, cell_a), (last, cell_b))
    raise _NoWayError


def _trace(
    task: _Task, grid: Grid, piece: int, start: tuple[Place, Cell], end: tuple[Place, Cell]
) -> list[Place]:
    """Follow the cells and pull the way taut; shut the cells that hid a spit of land and repeat."""
    blocked: set[Cell] = set()
    for _ in range(20):
        cells = cheapest_way(grid, piece, start[1], end[1], blocked)
        if cells is None:
            break
        places = [start[0], *grid.flat.to_places(grid.centres(np.array(cells))), end[0]]
        stops = [0, *(stop + 1 for stop in turning_points(cells)), len(places) - 1]
        try:
            return pull_taut(task.water, places, stops)
        except ShutError as shut:
            blocked |= set(cells[max(shut.step - 1, 0) : shut.step + 1])
    raise _NoWayError


def _pieces_near(grid: Grid, place: Place) -> list[int]:
    """List the connected pieces of sea near a place, the largest first."""
    cells, _ = grid.near(place, SNAP_KM * 1000 + 3 * grid.cell_m)
    pieces = set(grid.labels[tuple(cells.T)].tolist())
    large = [piece for piece in pieces if grid.sizes[piece] >= _FEWEST_CELLS]
    return sorted(large, key=lambda piece: (-grid.sizes[piece], piece))


def _anchor(task: _Task, grid: Grid, piece: int, place: Place, other: Place) -> tuple[Place, Cell] | None:
    """Where a leg begins: the place itself or the nearest sea, and a cell in sight of it."""
    cells, away = grid.near(place, SNAP_KM * 1000 + 3 * grid.cell_m)
    mine = grid.labels[tuple(cells.T)] == piece
    cells, away = cells[mine], away[mine]
    if not len(cells):
        return None
    cells = cells[away <= away[0] + _SLACK_M + 2 * grid.cell_m][:200]
    centres = grid.flat.to_places(grid.centres(cells))
    pairs = list(zip(centres, cells, strict=True))
    if task.water.is_sea(place):
        seen = next((cell for centre, cell in pairs if task.water.clear(place, centre)), None)
        return None if seen is None else (place, (int(seen[0]), int(seen[1])))
    shores = _shores(task.water, place, pairs)
    if not shores:
        return None
    nearest_m = min(connector for connector, _, _ in shores)
    within = [shore for shore in shores if shore[0] <= nearest_m + _SLACK_M]
    _, at, cell = min(within, key=lambda shore: (shore[0] + distance_m(shore[1], other), shore[1]))
    return at, cell


def _shores(water: Water, place: Place, pairs: list[tuple[Place, Any]]) -> list[tuple[float, Place, Cell]]:
    """List places just off the shore: distance to ``place`` in metres, where, and the cell in sight."""
    shores = []
    for centre, cell in pairs:
        at = water.first_contact(centre, place)
        if not water.clear(at, centre):
            at = centre
        connector_m = distance_m(place, at)
        if connector_m <= SNAP_KM * 1000:
            shores.append((connector_m, at, (int(cell[0]), int(cell[1]))))
    return shores


def _plane(task: _Task) -> Flat:
    """Plane around the middle of the geodesic."""
    lon, lat = GEOD.npts(*task.a, *task.b, 1)[0]
    return Flat(lon, lat, task.turn_deg)


def _window(
    task: _Task, flat: Flat, margin_m: float, limit: tuple[float, float, float, float]
) -> tuple[tuple[float, float, float, float], bool]:
    """Box in metres around both ends, cut at what is known, and whether it holds all that is known."""
    xy = flat.to_xy(np.array([task.a, task.b]))
    (west, south), (east, north) = xy.min(axis=0) - margin_m, xy.max(axis=0) + margin_m
    cut = (max(west, limit[0]), max(south, limit[1]), min(east, limit[2]), min(north, limit[3]))
    return cut, cut == limit


def _limit(task: _Task, flat: Flat) -> tuple[float, float, float, float]:
    """Box in metres beyond which there is nothing to go round."""
    west, south, east, north = task.water.bounds
    rim = shapely.segmentize(shapely.box(west, south, east, north).exterior, 1.0)
    ends = flat.to_xy(np.vstack([shapely.get_coordinates(rim), [task.a, task.b]]))
    ends = ends[np.isfinite(ends).all(axis=1)]
    low, high = ends.min(axis=0) - 5 * task.cell_m, ends.max(axis=0) + 5 * task.cell_m
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _reach(length: float, direct: float) -> float:
    """Half the width of the ellipse that holds every way of this length."""
    return math.sqrt(max(length**2 - direct**2, 0.0)) / 2


def _embedded_water(a: Place, b: Place) -> Water | None:
    """Embedded land around both places, or None where one lies outside or they lie in two regions."""
    for region in covered_regions():
        if all(bool(shapely.covers(region, shapely.Point(place))) for place in (a, b)):
            boxes = coverage()
            detail_deg = boxes.loc[boxes.within(region), "simplify_deg"].max()
            return Water(read_land(), region, 400_000.0 * float(detail_deg))
    return None


def _own_water(land: Any, a: Place, b: Place) -> Water:  # noqa: ANN401 - see sea_path
    """Make one valid land of a caller's polygons."""
    crs = getattr(land, "crs", None)
    if crs is not None and crs.to_epsg() != 4326:
        raise InvalidInputError(
            f"Invalid land '{crs}'. Give polygons in EPSG:4326, longitude before latitude."
        )
    shapes = np.atleast_1d(np.asarray(getattr(land, "geometry", land), dtype=object))
    if not all(isinstance(shape, (shapely.Polygon, shapely.MultiPolygon)) for shape in shapes) or not len(
        shapes
    ):
        raise InvalidInputError(f"Invalid land '{type(land).__name__}'. Give polygons, at least one.")
    union = shapely.union_all(shapely.make_valid(shapes))
    return Water(union, None, min(max(distance_m(a, b) / 200, 200.0), 2_000.0))


def _check_cell(cell_m: float | None) -> None:
    if cell_m is not None and not (isinstance(cell_m, (int, float)) and 10 <= cell_m <= 100_000):
        raise InvalidInputError(f"Invalid cell_m '{cell_m}'. Give a number of metres from 10 to 100,000.")


def _finish(water: Water, stops: list[Place], start: Place, end: Place) -> SeaPath:
    """Draw the line, check it against land once more, and say how it was made."""
    line = _line(stops)
    if not water.holds(line):
        raise GeometryError(f"Invalid sea leg '{_words(start)} to {_words(end)}'. It would cross land.")
    away_start, away_end = distance_m(start, stops[0]) / 1000, distance_m(end, stops[-1]) / 1000
    notes = [
        f"The {word} lies {away:.1f} km from the line, on land."
        for word, away in (("start", away_start), ("end", away_end))
        if away > 0
    ]
    method = GEODESIC if len(stops) == 2 else PULLED
    length = length_m([(lon, lat) for lon, lat in line.coords]) / 1000
    return SeaPath(line, length, method, away_start, away_end, checked=True, note=" ".join(notes))


def _line(stops: list[Place]) -> shapely.LineString:
    """Line from stop to stop along geodesics."""
    return shapely.LineString(walk_all(stops))


def _words(place: Place) -> str:
    return f"{place[0]:g}, {place[1]:g}"
