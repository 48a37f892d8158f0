"""The sea as cells: which are sea, which hang together, and the cheapest way over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.sea._water import Flat, Place, Water

Cell = tuple[int, int]
Window = tuple[float, float, float, float]

MOST_CELLS = 2_500_000
"""Larger windows get larger cells."""

CHORD_DEG = 0.05
"""Sides of polygons longer than this are bent with the projection."""


@dataclass(frozen=True)
class Grid:
    """Cells of one window, row 0 in the south.

    Attributes
    ----------
    flat : Flat
        The plane of the cells.
    west, south : float
        Corner of the window in metres.
    cell_m : float
        Side of a cell.
    labels : array of int, shape (rows, columns)
        0 where a cell is touched by land or not known, else the number of its connected piece of sea.
    sizes : array of int
        Cells in each piece.
    """

    flat: Flat
    west: float
    south: float
    cell_m: float
    labels: NDArray[np.int32]
    sizes: NDArray[np.int64]

    def centres(self, cells: NDArray[np.intp]) -> NDArray[np.float64]:
        """Centres (n, 2) in metres of cells (n, 2) given as row, column."""
        return np.column_stack(
            [self.west + (cells[:, 1] + 0.5) * self.cell_m, self.south + (cells[:, 0] + 0.5) * self.cell_m]
        )

    def near(self, place: Place, within_m: float) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Sea cells whose centre is within a distance, nearest first, and their distances in metres."""
        ((x, y),) = self.flat.to_xy(np.array([place]))
        reach = int(within_m / self.cell_m) + 2
        row, column = int((y - self.south) / self.cell_m), int((x - self.west) / self.cell_m)
        top, left = max(row - reach, 0), max(column - reach, 0)
        found = np.argwhere(self.labels[top : max(row + reach + 1, 0), left : max(column + reach + 1, 0)] > 0)
        cells = found + np.array([top, left])
        away = np.hypot(*(self.centres(cells) - (x, y)).T)
        order = np.argsort(away, kind="stable")
        order = order[away[order] <= within_m]
        return cells[order], away[order]


def build_grid(water: Water, flat: Flat, window: Window, cell_m: float) -> Grid:
    """Rasterize land and sea: a cell is sea if no shore runs through it and its centre is off the land."""
    from skimage.measure import label

    west, south, east, north = window
    area = (east - west) * (north - south)
    cell_m = max(cell_m, (area / MOST_CELLS) ** 0.5)
    shape = (int((north - south) / cell_m) + 1, int((east - west) / cell_m) + 1)
    corner = np.array([west, south])
    near = shapely.clip_by_rect(water.land, *_degrees(flat, window))
    filled, touched = _rasterize(near, flat, corner, cell_m, shape)
    sea = ~filled & ~touched
    if water.region is not None:
        known, edge = _rasterize(water.region, flat, corner, cell_m, shape)
        sea &= known & ~edge
    number: Any = label  # scikit-image leaves it untyped
    labels = number(sea, connectivity=2).astype(np.int32)
    return Grid(flat, west, south, cell_m, labels, np.bincount(labels.ravel()))


def cheapest_way(grid: Grid, piece: int, start: Cell, end: Cell, blocked: set[Cell]) -> list[Cell] | None:
    """Cells of the least-cost path within one piece of sea, or None where blocked cells close it."""
    from skimage.graph import MCP_Geometric

    costs = np.where(grid.labels == piece, 1.0, -1.0)
    for cell in blocked - {start, end}:
        costs[cell] = -1.0
    search = MCP_Geometric(costs, fully_connected=True)
    reached, _ = search.find_costs([start], [end])
    if not np.isfinite(reached[end]):
        return None
    return [(int(row), int(column)) for row, column in search.traceback(end)]


def _degrees(flat: Flat, window: Window) -> tuple[float, float, float, float]:
    """Box in degrees around a window in metres, a little larger."""
    west, south, east, north = window
    steps = np.linspace(0.0, 1.0, 33)
    xs, ys = west + steps * (east - west), south + steps * (north - south)
    rim = np.vstack(
        [np.column_stack([xs, np.full(33, y)]) for y in (south, north)]
        + [np.column_stack([np.full(33, x), ys]) for x in (west, east)]
    )
    places = np.array(flat.to_places(rim))
    low, high = places.min(axis=0) - 0.1, places.max(axis=0) + 0.1
    return low[0], low[1], high[0], high[1]


def _rasterize(
    shape: shapely.Geometry, flat: Flat, corner: NDArray[np.float64], cell_m: float, size: Cell
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Cells whose centre lies inside the polygons, and cells through which their outline runs."""
    filled, touched = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    bent = shapely.segmentize(shape, CHORD_DEG)
    lines = shapely.get_parts(shapely.get_parts(shapely.boundary(bent)))
    places, ring = shapely.get_coordinates(lines, return_index=True)
    if not len(places):
        return filled, touched
    cells = (flat.to_xy(places) - corner) / cell_m
    same = ring[1:] == ring[:-1]
    a, b = cells[:-1][same], cells[1:][same]
    return _fill(a, b, size), _touch(a, b, size)


def _fill(a: NDArray[np.float64], b: NDArray[np.float64], size: Cell) -> NDArray[np.bool_]:
    """Even-odd rule along each row of centres: inside is where an odd number of sides lies to the west."""
    rows, columns = size
    first = np.clip(np.ceil(np.minimum(a[:, 1], b[:, 1]) - 0.5), 0, rows).astype(np.intp)
    last = np.clip(np.ceil(np.maximum(a[:, 1], b[:, 1]) - 0.5), 0, rows).astype(np.intp)
    counts = last - first
    side = np.repeat(np.arange(len(a)), counts)
    row = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + np.repeat(first, counts)
    share = (row + 0.5 - a[side, 1]) / (b[side, 1] - a[side, 1])
    cut = a[side, 0] + share * (b[side, 0] - a[side, 0])
    column = np.clip(np.ceil(cut - 0.5), 0, columns).astype(np.intp)
    turns = np.bincount(row * (columns + 1) + column, minlength=rows * (columns + 1))
    return (np.cumsum(turns.reshape(rows, columns + 1), axis=1)[:, :columns] % 2).astype(bool)


def _touch(a: NDArray[np.float64], b: NDArray[np.float64], size: Cell) -> NDArray[np.bool_]:
    """Cells met when walking along the sides in steps of an eighth of a cell."""
    touched = np.zeros(size, dtype=bool)
    counts = np.ceil(np.hypot(*(b - a).T) * 8).astype(np.intp) + 1
    side = np.repeat(np.arange(len(a)), counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    share = (step / counts[side])[:, None]
    column, row = np.floor(a[side] + share * (b[side] - a[side])).astype(np.intp).T
    inside = (row >= 0) & (row < size[0]) & (column >= 0) & (column < size[1])
    touched[row[inside], column[inside]] = True
    return touched
