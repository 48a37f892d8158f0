"""Means over areas of a cube on longitudes and latitudes: weights made once, used for every step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import InvalidInputError
from geo.stats.wave_files import LAT, LON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import xarray as xr
    from numpy.typing import NDArray

    _Floats = NDArray[np.float64]

RADIUS_KM: Final = 6371.0088
"""Mean radius of the Earth; areas are those on a sphere."""
BOX: Final = "box"
_BLOCK: Final = 4_000_000
"""Values that are held at a time."""


def zonal_weights(lat: Any, lon: Any, polygons: Iterable[Any]) -> Any:  # noqa: ANN401 - arrays, shapes; scipy's matrix
    """Measure how much of each cell of a grid lies in each polygon.

    Parameters
    ----------
    lat, lon : array-like of float, shapes (rows,) and (columns,)
        Middles of the cells in degrees, each rising or falling; edges lie half-way between.
    polygons : iterable of Polygon or MultiPolygon
        In degrees; sides are straight in longitude and latitude. Longitudes may run on past 180.

    Returns
    -------
    weights : scipy.sparse.csr_array, shape (polygons, rows × columns)
        Area of cell ∩ polygon in km²; cells by row, then column, as the grid is given.

    Raises
    ------
    InvalidInputError
        If the grid is none, or a shape is empty or no polygon.

    Notes
    -----
    On a sphere of radius R the area within a ring is R² |∮ sin φ dλ|; along a side on which latitude is
    linear in longitude, ∫ sin φ dλ = Δλ (cos φ₁ − cos φ₂) / (φ₂ − φ₁). Cells are cut by the polygon in
    longitude and latitude; so the weights are exact, and add up to the area of the polygon within the grid.
    They are made once per grid and serve every step and variable.

    Examples
    --------
    >>> import shapely
    >>> weights = zonal_weights([50.5, 51.5], [0.5, 1.5], [shapely.box(0, 50, 1, 51.5)])
    >>> weights.shape, weights.toarray().round().tolist()
    ((1, 4), [[7865.0, 0.0, 3870.0, 0.0]])
    """
    import scipy.sparse
    import shapely

    south, north = _edges(lat, name=LAT)
    west, east = _edges(lon, name=LON)
    rows, cells, areas = [np.zeros(0, dtype=int)], [np.zeros(0, dtype=int)], [np.zeros(0)]
    number = 0
    for number, polygon in enumerate(polygons, start=1):
        if getattr(polygon, "geom_type", "") not in {"Polygon", "MultiPolygon"} or polygon.is_empty:
            raise InvalidInputError(f"Invalid shape {number - 1}. It must be a polygon that is not empty.")
        sound = shapely.make_valid(polygon)
        for turn in (-360.0, 0.0, 360.0):
            shape = shapely.transform(sound, partial(np.add, [turn, 0.0])) if turn else sound
            held, area = _areas_km2(shape, (west, south, east, north))
            rows.append(np.full(len(held), number - 1))
            cells.append(held)
            areas.append(area)
    where = np.concatenate(rows), np.concatenate(cells)
    shape_of = (number, len(south) * len(west))
    return scipy.sparse.csr_array((np.concatenate(areas), where), shape=shape_of)


def _edges(middles: Any, *, name: str) -> tuple[_Floats, _Floats]:  # noqa: ANN401 - array-like
    """Return lower and upper edge of each cell."""
    values = np.asarray(middles, dtype=float)
    moves = np.diff(values) if values.ndim == 1 else np.zeros(1)
    if values.ndim != 1 or len(values) < 2 or not ((moves > 0).all() or (moves < 0).all()):
        raise InvalidInputError(f"Invalid {name} of a grid. It must rise or fall over at least two cells.")
    between = (values[:-1] + values[1:]) / 2
    edges = np.r_[values[0] - moves[0] / 2, between, values[-1] + moves[-1] / 2]
    if name == LAT:
        edges = np.clip(edges, -90.0, 90.0)
    return np.minimum(edges[:-1], edges[1:]), np.maximum(edges[:-1], edges[1:])


def _areas_km2(
    shape: Any,  # noqa: ANN401 - a shapely area
    edges: tuple[_Floats, _Floats, _Floats, _Floats],
) -> tuple[NDArray[np.intp], _Floats]:
    """Return the cells that a shape reaches, and its area in each."""
    import shapely

    west, south, east, north = edges
    x0, y0, x1, y1 = shape.bounds
    rows = np.flatnonzero((north > y0) & (south < y1))
    columns = np.flatnonzero((east > x0) & (west < x1))
    row, column = (axis.ravel() for axis in np.meshgrid(rows, columns, indexing="ij"))
    boxes = shapely.box(west[column], south[row], east[column], north[row])
    shapely.prepare(shape)
    inside = shapely.covers(shape, boxes)
    cut = np.flatnonzero(shapely.intersects(shape, boxes) & ~inside)
    area = RADIUS_KM**2 * np.radians(east - west)[column]
    area = area * (np.sin(np.radians(north)) - np.sin(np.radians(south)))[row] * inside
    area[cut] = sphere_areas_km2(shapely.intersection(boxes[cut], shape))
    held = area > 0
    return (row * len(west) + column)[held], area[held]


def sphere_areas_km2(shapes: NDArray[Any]) -> _Floats:
    """Measure polygons on the sphere, in km²; lines and points have none."""
    import shapely

    parts, owner = shapely.get_parts(shapes, return_index=True)
    more, again = shapely.get_parts(parts, return_index=True)
    flat = shapely.get_type_id(more) == 3
    rings, of_part = shapely.get_rings(shapely.orient_polygons(more[flat]), return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    found = np.zeros(len(shapes))
    if not len(points):
        return found
    lon, lat = np.radians(points).T
    same = ring[1:] == ring[:-1]
    half, middle = np.diff(lat) / 2, (lat[1:] + lat[:-1]) / 2
    side = np.where(same, -np.diff(lon) * np.sin(middle) * np.sinc(half / np.pi), 0.0)
    np.add.at(found, owner[again[flat]][of_part[ring[1:]]], side)
    return np.maximum(found, 0.0) * RADIUS_KM**2


def zonal_mean(cube: xr.DataArray, weights: Any) -> xr.DataArray:  # noqa: ANN401 - a sparse matrix
    """Average a cube over areas, step by step, over the cells that have a value.

    Parameters
    ----------
    cube : DataArray, dims (…, lat, lon)
        Read in blocks along its first dimension.
    weights : sparse matrix, shape (areas, cells)
        From :func:`zonal_weights` for the same grid.

    Returns
    -------
    means : DataArray, dims (…, box)
        NaN where no cell of an area has a value.

    Raises
    ------
    InvalidInputError
        If the weights belong to another grid.

    Notes
    -----
    Σ w x / Σ w over the cells with a value, anew in each step.

    Examples
    --------
    >>> import shapely, xarray as xr
    >>> cube = xr.DataArray([[[1.0, np.nan], [3.0, np.nan]]], dims=("time", "lat", "lon"))
    >>> weights = zonal_weights([-0.5, 0.5], [0.5, 1.5], [shapely.box(0, -1, 2, 1)])
    >>> zonal_mean(cube, weights).values.round(3).tolist()
    [[2.0]]
    """
    import xarray as xr

    check_weights(cube, weights)
    lead = cube.dims[:-2]
    sizes = tuple(cube.sizes[dim] for dim in lead)
    found = np.empty((*sizes[:1], int(np.prod(sizes[1:])), weights.shape[0]))
    for rows, block in blocks(cube):
        flat = block.reshape(-1, weights.shape[1])
        mean, _ = weighted(flat, weights)
        found[rows] = mean.reshape(found[rows].shape)
    coords = {name: cube.coords[name] for name in lead if name in cube.coords}
    return xr.DataArray(found.reshape(*sizes, -1), dims=(*lead, BOX), coords=coords, name=cube.name)


def check_weights(cube: xr.DataArray, weights: Any) -> None:  # noqa: ANN401 - a sparse matrix
    """Refuse weights of another grid."""
    if cube.ndim < 3 or weights.shape[1] != cube.shape[-2] * cube.shape[-1]:
        raise InvalidInputError(
            f"Invalid weights for {weights.shape[1]} cells. The cube has dimensions "
            f"'{', '.join(map(str, cube.dims))}' of {' × '.join(map(str, cube.shape))}; lat and lon come "
            "last."
        )


def blocks(cube: xr.DataArray) -> Iterator[tuple[slice, _Floats]]:
    """Read a cube a few steps at a time."""
    first, total = cube.dims[0], cube.sizes[cube.dims[0]]
    size = max(1, _BLOCK // max(1, int(np.prod(cube.shape[1:]))))
    for start in range(0, total, size):
        rows = slice(start, min(start + size, total))
        yield rows, np.asarray(cube.isel({first: rows}).to_numpy(), dtype=float)


def weighted(flat: _Floats, weights: Any) -> tuple[_Floats, _Floats]:  # noqa: ANN401 - a sparse matrix
    """Return mean over the cells with a value, and their area; both (steps, areas)."""
    valid = ~np.isnan(flat)
    area = (weights @ valid.T.astype(float)).T
    total = (weights @ np.where(valid, flat, 0.0).T).T
    return np.divide(total, area, out=np.full_like(total, np.nan), where=area > 0), area
