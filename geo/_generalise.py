"""Places made coarse: cells of at least one degree, each with enough incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo import terms
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

_FINEST_DEG: Final = 1.0
_DOUBLINGS: Final = 3
_ADDED: Final = ("dead", "missing", "dead_missing")
_CELL: Final = ("cell_lon", "cell_lat")


def _check_size(size_deg: float) -> float:
    size = float(size_deg)
    if not (size >= _FINEST_DEG and size.is_integer() and 180 % size == 0):
        raise InvalidInputError(
            f"Invalid size_deg '{size_deg}'. It must be a whole number of degrees from 1 that divides 180."
        )
    return size


def generalise_places(
    table: pd.DataFrame,
    *,
    lon: str = "lon",
    lat: str = "lat",
    size_deg: float = 1,
    drop: Iterable[str] = (),
) -> pd.DataFrame:
    """Replace coordinates by the south-west corners of cells of at least one degree.

    Parameters
    ----------
    table : DataFrame
        With longitudes and latitudes in degrees.
    lon, lat : str
        Their columns; they are not in the result.
    size_deg : float
        Edge of a cell in degrees, a whole number from 1.
    drop : iterable of str
        Further columns to leave out, such as place names and links.

    Returns
    -------
    table : DataFrame
        Without the coordinates, with ``cell_lon`` and ``cell_lat`` (NaN where there were none).

    Raises
    ------
    InvalidInputError
        If the cells would be finer than 1°, a column is missing, or a coordinate lies off the globe.

    Examples
    --------
    >>> generalise_places(pd.DataFrame({"lon": [12.6], "lat": [35.5], "dead": [3]})).iloc[0].tolist()
    [3.0, 12.0, 35.0]
    """
    size = _check_size(size_deg)
    lacking = [name for name in (lon, lat) if name not in table.columns]
    if lacking:
        raise InvalidInputError(f"Invalid table of places. It lacks the column '{lacking[0]}'.")
    made = table.drop(columns=[lon, lat, *drop])
    for name, column, most in (("cell_lon", lon, 180), ("cell_lat", lat, 90)):
        degrees = pd.to_numeric(table[column], errors="coerce").astype(float)
        wrong = degrees.abs() > most
        if wrong.any():
            raise InvalidInputError(f"Invalid {column}. It must lie within -{most} to {most} degrees.")
        made[name] = np.floor(degrees / size) * size
    return made


def incident_grid(incidents: pd.DataFrame, *, size_deg: float = 1, least: int = 5) -> pd.DataFrame:
    """Count incidents in cells that are wide enough to hold several of them.

    Parameters
    ----------
    incidents : DataFrame
        As :func:`geo.counts.read_incidents` gives them: one row per incident, with corridor, ``cell_lon`` and
        ``cell_lat`` (corners of 1° cells, degrees), dead, missing and dead_missing.
    size_deg : float
        Edge of the finest cells in degrees, a whole number from 1.
    least : int
        Fewest incidents of a cell that is given.

    Returns
    -------
    grid : DataFrame
        One row per corridor and cell: corridor, cell_lon, cell_lat, size_deg, incidents, dead, missing,
        dead_missing. Incidents of cells with fewer than `least` stand in the cell of twice the size, and so
        on up to eight times; such a row holds only what no finer row holds. ``attrs["disclosure"]``:
        ``least``, ``given``, ``merged``, ``left_out`` and ``without_cell`` (incidents).

    Raises
    ------
    InvalidInputError
        If the cells would be finer than 1°, `least` is below 5, or a column is missing.

    Notes
    -----
    Every incident is in one row at most, so that no row can be subtracted from another. The grid has no time:
    against the corridor's months it gives away how many incidents lie outside the given cells, not where.
    Grids of two stretches of time, or of two editions of the data, can be subtracted; do not publish both.

    Examples
    --------
    >>> table = pd.DataFrame({"corridor": "sea", "cell_lon": [12.0] * 6 + [13.0], "cell_lat": 35.0,
    ...     "dead": 1, "missing": 0, "dead_missing": 1})
    >>> grid = incident_grid(table)
    >>> grid[["cell_lon", "incidents"]].to_numpy().tolist(), grid.attrs["disclosure"]["left_out"]
    ([[12.0, 6.0]], 1)
    """
    size = _check_size(size_deg)
    if isinstance(least, bool) or not isinstance(least, int) or least < 5:
        raise InvalidInputError(f"Invalid least '{least}'. A cell that is given needs at least 5 incidents.")
    needed = [terms.CORRIDOR, *_CELL, *_ADDED]
    lacking = [name for name in needed if name not in incidents.columns]
    if lacking:
        raise InvalidInputError(f"Invalid incidents. They lack the column '{lacking[0]}'.")
    rest = incidents.loc[incidents[list(_CELL)].notna().all(axis=1), needed].assign(incidents=1)
    placed, parts = len(rest), []
    for step in range(_DOUBLINGS + 1):
        edge = size * 2**step
        for name in _CELL:
            rest[name] = np.floor(rest[name] / edge) * edge
        key = [terms.CORRIDOR, *_CELL]
        enough = rest.groupby(key)["incidents"].transform("sum") >= least
        found = rest[enough].groupby(key, as_index=False)[["incidents", *_ADDED]].sum()
        parts.append(found.assign(size_deg=edge))
        rest = rest[~enough].copy()
    columns = [terms.CORRIDOR, *_CELL, "size_deg", "incidents", *_ADDED]
    grid = pd.concat(parts, ignore_index=True)[columns]
    grid.attrs["disclosure"] = {
        "rule": f"cells of at least {size:g}° with at least {least} incidents",
        "least": least,
        "given": int(grid["incidents"].sum()),
        "merged": int(grid.loc[grid["size_deg"] > size, "incidents"].sum()),
        "left_out": len(rest),
        "without_cell": len(incidents) - placed,
    }
    return grid
