"""The sea of boxes by week or month, from a cube of wave heights; never by day."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo import terms
from geo.checks import check_choice, check_date
from geo.errors import InvalidInputError, NotCoveredError
from geo.stats import periods
from geo.stats.wave_files import LAT, LON
from geo.stats.zones import BOX, blocks, sphere_areas_km2, weighted, zonal_weights

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

    import pandas as pd
    import xarray as xr
    from numpy.typing import NDArray

    _Floats = NDArray[np.float64]

SMALLEST_BOX_KM2: Final = 1000.0
"""A sea box is a stretch of sea, never a beach."""
FEWEST_DAYS: Final = 7
"""A figure rests on at least so many days."""
_PERIODS: Final = ("week", "month")
_COVERED: Final = 0.95
"""Share of a box that a grid has to cover."""
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_COLUMNS: Final = (
    "period_start",
    "period_end",
    "mean_m",
    "max_m",
    "calmer_days",
    "n_days",
    "missing_days",
    "n_cells",
    "land_share",
    "complete",
)


@dataclass(frozen=True, eq=False)
class SeaDays:
    """The sea of one box by UTC day: what weeks and months are made of, and a model is fitted on.

    Attributes
    ----------
    day : array of int, shape (days,)
        Proleptic ordinals, ascending; days without any step are left out.
    mean_m, max_m : arrays of float, shape (days,)
        Mean of the steps' area-weighted means, and highest value of any cell, in metres.
    whole : array of bool, shape (days,)
        Whether every step of the day is held.
    n_cells : int
        Cells with sea, in part at least.
    land_share : float
        Share of the box's area without values.
    """

    day: NDArray[np.int64]
    mean_m: _Floats
    max_m: _Floats
    whole: NDArray[np.bool_]
    n_cells: int
    land_share: float

    def until(self, last: dt.date) -> SeaDays:
        """Leave out what lies after a day."""
        held = self.day <= last.toordinal()
        return dataclasses.replace(
            self,
            day=self.day[held],
            mean_m=self.mean_m[held],
            max_m=self.max_m[held],
            whole=self.whole[held],
        )

    def means_of(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> _Floats:
        """Average the daily means of stretches of days, in metres; NaN where a day is not whole.

        Parameters
        ----------
        start, end : arrays of int, shape (periods,)
            Ordinals of first and last days.
        """
        sums = np.concatenate(([0.0], np.cumsum(np.where(self.whole, self.mean_m, 0.0))))
        number = np.concatenate(([0], np.cumsum(self.whole)))
        i = np.searchsorted(self.day, start, side="left")
        j = np.maximum(np.searchsorted(self.day, end, side="right"), i)
        length = end - start + 1
        return np.where(number[j] - number[i] == length, (sums[j] - sums[i]) / length, np.nan)


def sea_box(
    corridor: str,
    *,
    legs: str | Iterable[str] | None = None,
    margin_deg: float = 0.25,
    routes: str | os.PathLike[str] | None = None,
) -> tuple[float, float, float, float]:
    """Return the box of sea that a corridor's legs over sea span.

    Parameters
    ----------
    corridor : str
        Its id.
    legs : str or iterable of str, optional
        Only these legs, where a corridor spans several seas.
    margin_deg : float
        How much wider the box is on each side, in degrees.
    routes : path, optional
        A definition file of one's own (:func:`geo.read_definitions`).

    Returns
    -------
    box : (west, south, east, north)
        In degrees.

    Raises
    ------
    InvalidInputError
        If the corridor has no leg over sea, or the margin is below 0.
    UnknownNameError
        If the corridor or a leg is not known.

    Examples
    --------
    >>> tuple(round(edge, 1) for edge in sea_box("channel", legs="ch_calais_kent"))
    (1.1, 50.7, 2.0, 51.4)
    """
    from geo.routes import read_routes

    if not margin_deg >= 0:
        raise InvalidInputError(f"Invalid margin_deg '{margin_deg}'. It must be 0 or more.")
    lines = read_routes([corridor], routes=routes)
    lines = lines[lines["mode"] == "sea"]
    if lines.empty:
        raise InvalidInputError(
            f"Invalid corridor '{corridor}'. It has no leg over sea, so it has no sea box."
        )
    if legs is not None:
        named = [legs] if isinstance(legs, str) else list(legs)
        lines = lines.loc[[check_choice(leg, lines.index, name="leg over sea") for leg in named]]
    west, south, east, north = lines.total_bounds
    return (
        float(west - margin_deg),
        float(max(south - margin_deg, -90.0)),
        float(east + margin_deg),
        float(min(north + margin_deg, 90.0)),
    )


def sea_state(
    waves: xr.DataArray,
    boxes: Mapping[str, Any],
    *,
    calm_m: float,
    by: str = "month",
    as_of: dt.date | str | None = None,
) -> pd.DataFrame:
    """Describe the sea of boxes by week or month, never by day.

    Parameters
    ----------
    waves : DataArray, dims (time, lat, lon)
        Significant wave height in metres (:func:`read_waves`).
    boxes : mapping of str to (west, south, east, north) or polygon
        Stretches of sea by name, of 1,000 km² or more (:func:`sea_box`).
    calm_m : float
        Height in metres below which the day's mean makes a calmer-sea day. It has no default: it describes,
        and is no limit of safety.
    by : {"month", "week"}
        Calendar months, or weeks from Monday to Sunday.
    as_of : date or str, optional
        Leave out later days.

    Returns
    -------
    table : DataFrame, one row per box and period
        Index (``box``, ``period_start``); ``period_end``; ``mean_m``, mean of the daily means; ``max_m``, the
        highest value of any cell; ``calmer_days``; ``n_days``, whole days held; ``missing_days``, days
        without a value or with steps missing; ``n_cells``, cells with sea; ``land_share``, share of the box
        without values, land mostly; ``complete``. Figures rest on whole days; NaN where there is none.

    Raises
    ------
    InvalidInputError
        If a box is too small, `calm_m` is not above 0, or the steps are longer than a day.
    NotCoveredError
        If a box leaves the grid or holds no sea of it.
    UnknownNameError
        If `by` is neither.

    Notes
    -----
    Daily means are area-weighted (:func:`zonal_mean`) over the UTC day. A calmer-sea day is a day whose mean
    significant wave height in the box was below `calm_m`; it says nothing of a crossing on it.

    Examples
    --------
    >>> import xarray as xr
    >>> time = np.arange("2031-01-01", "2031-02-01", 12, dtype="datetime64[h]").astype("datetime64[ns]")
    >>> waves = xr.DataArray(np.full((62, 2, 2), 0.4), dims=("time", "lat", "lon"),
    ...     coords={"time": time, "lat": [50.5, 51.0], "lon": [1.0, 1.5]}, attrs={"units": "m"})
    >>> sea_state(waves, {"strait": (0.75, 50.25, 1.75, 51.25)}, calm_m=0.5)["calmer_days"].tolist()
    [31.0]
    """
    check_choice(by, _PERIODS, name="by")
    check_calm(calm_m)
    last = None if as_of is None else check_date(as_of, name="as_of")
    rows: list[dict[str, Any]] = []
    for name, state in sea_days(waves, boxes).items():
        days = state if last is None else state.until(last)
        rows.extend({BOX: name, **row} for row in period_rows(days, by, calm_m))
    return _table(rows)


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame(rows, columns=[BOX, *_COLUMNS])
    for column in ("period_start", "period_end"):
        table[column] = pd.to_datetime(table[column]).astype("datetime64[us]")
    return table.set_index([BOX, "period_start"])


def period_rows(days: SeaDays, by: str, calm_m: float) -> list[dict[str, Any]]:
    """Describe each week or month that days reach into; the columns of :func:`sea_state`."""
    if not len(days.day):
        return []
    first, last = (dt.date.fromordinal(int(day)) for day in (days.day[0], days.day[-1]))
    starts, ends = periods.period_edges(
        by, periods.period_at(by, first).start, periods.period_at(by, last).end
    )
    return [_row(days, int(start), int(end), calm_m) for start, end in zip(starts, ends, strict=True)]


def _row(days: SeaDays, start: int, end: int, calm_m: float) -> dict[str, Any]:
    within = (days.day >= start) & (days.day <= end) & days.whole
    number, length = int(within.sum()), end - start + 1
    told = number >= FEWEST_DAYS
    mean = days.mean_m[within]
    return {
        "period_start": dt.date.fromordinal(start),
        "period_end": dt.date.fromordinal(end),
        "mean_m": float(mean.mean()) if told else np.nan,
        "max_m": float(days.max_m[within].max()) if told else np.nan,
        "calmer_days": float((mean < calm_m).sum()) if told else np.nan,
        "n_days": number,
        "missing_days": length - number,
        "n_cells": days.n_cells,
        "land_share": round(days.land_share, 6),
        "complete": number == length,
    }


def check_calm(calm_m: float) -> None:
    """Refuse a height that bounds nothing.

    Raises
    ------
    InvalidInputError
        If it is not above 0.
    """
    if not 0 < calm_m < np.inf:
        raise InvalidInputError(f"Invalid calm_m '{calm_m}'. It must be a height in metres above 0.")


def sea_days(waves: xr.DataArray, boxes: Mapping[str, Any]) -> dict[str, SeaDays]:
    """Average wave heights over boxes and UTC days; what weeks and months are made of.

    Parameters
    ----------
    waves : DataArray, dims (time, lat, lon)
        Read once, in blocks, whatever the number of boxes.
    boxes : mapping of str to bounds or polygon
        Stretches of sea by name.

    Raises
    ------
    InvalidInputError
        If the cube is no such cube, or a box is too small.
    NotCoveredError
        If a box leaves the grid or holds no sea of it.
    """
    per_day = _check_waves(waves)
    shapes = {name: check_box(name, box) for name, box in boxes.items()}
    weights = zonal_weights(waves[LAT].to_numpy(), waves[LON].to_numpy(), shapes.values())
    wanted = sphere_areas_km2(np.array(list(shapes.values()), dtype=object))
    whole_area = np.asarray(weights.sum(axis=1)).ravel()
    for name, covered, area in zip(shapes, whole_area, wanted, strict=True):
        if covered < _COVERED * area:
            raise NotCoveredError(
                f"Invalid box '{name}'. The wave grid covers {100 * covered / area:.0f} % of it; read waves "
                "for a larger area."
            )
    columns = [
        np.sort(weights.indices[a:b]) for a, b in zip(weights.indptr, weights.indptr[1:], strict=False)
    ]
    size = (waves.sizes[terms.TIME], len(shapes))
    mean, most, area = np.empty(size), np.full(size, -np.inf), np.empty(size)
    ever = np.zeros(weights.shape[1], dtype=bool)
    for rows, block in blocks(waves):
        flat = block.reshape(-1, weights.shape[1])
        mean[rows], area[rows] = weighted(flat, weights)
        ever |= ~np.isnan(flat).all(axis=0)
        for at, cells in enumerate(columns):
            most[rows, at] = np.nan_to_num(flat[:, cells], nan=-np.inf).max(axis=1)
    day = waves[terms.TIME].to_numpy().astype("datetime64[D]").astype(np.int64) + _EPOCH
    found = {}
    for at, name in enumerate(shapes):
        n_cells = int(ever[columns[at]].sum())
        if not n_cells:
            raise NotCoveredError(f"Invalid box '{name}'. No cell of the wave grid in it holds sea.")
        share = max(0.0, float(1 - area[:, at].max() / whole_area[at]))
        found[name] = _by_day(day, mean[:, at], most[:, at], per_day, n_cells, share)
    return found


def _by_day(
    day: NDArray[np.int64], mean: _Floats, most: _Floats, per_day: int, n_cells: int, land: float
) -> SeaDays:
    """Gather the steps of each day; a step without a value is a missing one."""
    held = ~np.isnan(mean)
    days, at = np.unique(day[held], return_inverse=True)
    number = np.bincount(at, minlength=len(days))
    highest = np.full(len(days), -np.inf)
    np.maximum.at(highest, at, most[held])
    mean_m = np.bincount(at, weights=mean[held], minlength=len(days)) / np.maximum(number, 1)
    return SeaDays(days, mean_m, highest, number >= per_day, n_cells, land)


def _check_waves(waves: xr.DataArray) -> int:
    """Check a cube of wave heights; return how many steps a day has."""
    if tuple(getattr(waves, "dims", ())) != (terms.TIME, LAT, LON) or waves.attrs.get("units") != "m":
        raise InvalidInputError(
            "Invalid waves. They must be a cube of metres on time, lat and lon, as read_waves returns it."
        )
    time = waves[terms.TIME].to_numpy().astype("datetime64[s]")
    moves = np.diff(time).astype(np.int64)
    if not len(moves) or (moves <= 0).any() or np.median(moves) > 86_400:
        raise InvalidInputError(
            "Invalid times of the waves. There must be several, ascending, a day apart at most: monthly "
            "means do not tell the days."
        )
    return max(1, round(86_400 / float(np.median(moves))))


def check_box(name: str, box: Any) -> Any:  # noqa: ANN401 - bounds or a shapely polygon
    """Return a box as a polygon of at least the smallest area.

    Raises
    ------
    InvalidInputError
        If it is neither bounds nor a sound polygon, or too small.
    """
    import shapely

    shape = box
    if not hasattr(box, "geom_type"):
        try:
            west, south, east, north = (float(edge) for edge in box)
        except (TypeError, ValueError):
            west = south = east = north = np.nan
        if not (-180 <= west < east <= 540 and east - west <= 360 and -90 <= south < north <= 90):
            raise InvalidInputError(
                f"Invalid box '{name}'. Give west, south, east, north in degrees, or a polygon."
            )
        shape = shapely.box(west, south, east, north)
    if shape.geom_type not in {"Polygon", "MultiPolygon"} or not shape.is_valid:
        raise InvalidInputError(f"Invalid box '{name}'. It must be a polygon that does not cross itself.")
    area = float(sphere_areas_km2(np.array([shape], dtype=object))[0])
    if area < SMALLEST_BOX_KM2:
        raise InvalidInputError(
            f"Invalid box '{name}' of {area:.0f} km². A sea box has {SMALLEST_BOX_KM2:,.0f} km² or more: "
            "wave data are told for a stretch of sea, not for a beach."
        )
    return shape
