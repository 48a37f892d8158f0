"""The sea as triangles between its shores: no strait is too narrow for them.

Cells miss what is narrower than they are. The triangles of a constrained Delaunay triangulation end
exactly at the shores, so that two places of one sea are always joined. The way is rough; it is pulled taut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.sea._water import distance_m, to_place

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.sea._water import Place, Water

_STEP_M = 5_000.0
"""The way is cut into steps of this length, so that geodesics keep to the straight lines they stand for."""

_PAD_DEG = 0.5
"""How far around a caller's own land the open sea is meshed."""


def mesh_way(water: Water, a: Place, b: Place) -> list[Place] | None:
    """Find a way from a to b, both at sea, over the middles of the sides of triangles.

    Returns
    -------
    places : list of (lon, lat), or None
        Steps of at most 5 km; None where a and b lie in two seas.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import dijkstra

    corners = _triangles(water, a, b)
    middles, sides_of = _sides(corners)
    ends = [_sides_around(corners, sides_of, place) for place in (a, b)]
    if not len(ends[0]) or not len(ends[1]):
        return None
    count = len(middles)
    nodes = np.vstack([middles, [a, b]])
    pairs = [sides_of[:, pair] for pair in ([0, 1], [1, 2], [2, 0])]
    pairs += [np.column_stack([np.full(len(sides), count + i), sides]) for i, sides in enumerate(ends)]
    links = np.unique(np.sort(np.vstack(pairs), axis=1), axis=0)
    links = links[links[:, 0] >= 0]
    steps = nodes[links[:, 1]] - nodes[links[:, 0]]
    shrink = np.cos(np.radians(nodes[links].mean(axis=1)[:, 1]))
    lengths = np.hypot(steps[:, 0] * shrink, steps[:, 1]) + 1e-9
    graph = coo_array((lengths, (links[:, 0], links[:, 1])), shape=(count + 2, count + 2)).tocsr()
    away, before = dijkstra(graph, directed=False, indices=count, return_predecessors=True)
    if not np.isfinite(away[count + 1]):
        return None
    way = [count + 1]
    while way[-1] != count:
        way.append(int(before[way[-1]]))
    return _cut(nodes[way[::-1]])


def _triangles(water: Water, a: Place, b: Place) -> NDArray[np.float64]:
    """Corners (n, 3, 2) of the triangles of the sea in degrees."""
    known = water.region
    if known is None:
        boxes = np.array([water.bounds, (*a, *a), (*b, *b)])
        west, south = boxes[:, :2].min(axis=0) - _PAD_DEG
        east, north = boxes[:, 2:].max(axis=0) + _PAD_DEG
        known = shapely.box(max(west, -180), max(south, -90), min(east, 180), min(north, 90))
    sea = shapely.get_parts(shapely.difference(known, water.land))
    held = shapely.get_parts(shapely.constrained_delaunay_triangles(sea[shapely.area(sea) > 0]))
    triangles = shapely.get_parts(held)
    corners: NDArray[np.float64] = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3]
    return corners


def _sides(corners: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Middles of all sides that two triangles share, and for each triangle its three sides (-1: a shore)."""
    _, vertex = np.unique(corners.reshape(-1, 2), axis=0, return_inverse=True)
    vertex = vertex.reshape(-1, 3)
    pairs = np.sort(np.stack([vertex, np.roll(vertex, -1, axis=1)], axis=2).reshape(-1, 2), axis=1)
    _, first, side, uses = np.unique(
        pairs, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    shared = uses == 2
    number = np.where(shared, np.cumsum(shared) - 1, -1)
    middles = ((corners + np.roll(corners, -1, axis=1)) / 2).reshape(-1, 2)[first[shared]]
    return middles, number[side.reshape(-1)].reshape(-1, 3)


def _sides_around(corners: NDArray[np.float64], sides_of: NDArray[np.intp], place: Place) -> NDArray[np.intp]:
    """Shared sides of the triangles in which a place lies."""
    point = shapely.Point(place)
    near = np.flatnonzero(
        (corners.min(axis=1) <= place).all(axis=1) & (corners.max(axis=1) >= place).all(axis=1)
    )
    around = near[shapely.intersects(shapely.polygons(corners[near]), point)]
    sides = np.unique(sides_of[around])
    return sides[sides >= 0]


def _cut(way: NDArray[np.float64]) -> list[Place]:
    """Round the way and cut it into short steps along straight lines in degrees."""
    places = [to_place(*way[0])]
    for here in way[1:]:
        before, there = places[-1], to_place(*here)
        steps = int(distance_m(before, there) / _STEP_M) + 1
        shares = (np.arange(steps) + 1) / steps
        places += [
            to_place(before[0] + share * (there[0] - before[0]), before[1] + share * (there[1] - before[1]))
            for share in shares
        ]
    return places
