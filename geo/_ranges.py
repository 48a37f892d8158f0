"""The triangle of a series, period by vintage, and the range of its revisions (see :mod:`geo.vintages`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo import _sums, terms
from geo.counts import read_counts, select_counts, series_info
from geo.errors import InvalidInputError, NotCoveredError

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_VINTAGES: Final = 12
"""With fewer no range is given."""
LEAST_CASES: Final = 8
"""Likewise, past periods that were seen at the same age and have settled since."""
COVERAGE: Final = 0.9
_VINTAGE: Final = "vintage"


@dataclass(frozen=True, slots=True)
class Settling:
    """What past revisions say of the young periods in a stretch of time.

    Attributes
    ----------
    refused : str
        Why there is no range: ``vintages`` (too few), ``cases`` (too few), ``zero`` (nothing was counted),
        ``apart`` (they stand in different vintages), ``settled`` (none is young); "" where there is one.
    value : float
        Sum of the young periods as last published.
    low, high : float
        Range of what they settle at; NaN where refused.
    starts : tuple of Timestamp
        Their first days.
    vintages, cases : int
        Vintages of the series, and past stretches of the same ages that have settled since.
    method : str
        ``empirical`` or ``normal``; "" where refused.
    """

    refused: str
    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    starts: tuple[pd.Timestamp, ...] = ()
    vintages: int = 0
    cases: int = 0
    method: str = ""


def revision_triangle(
    source: str,
    measure: str,
    corridor: str,
    *,
    vintages: pd.DataFrame | None = None,
    basis: str | None = None,
    place: str = "",
    nationality: str = "",
    by: str | None = None,
) -> pd.DataFrame:
    """Lay out a series by period and vintage.

    Parameters
    ----------
    source, measure, corridor : str
        The series.
    vintages : DataFrame, optional
        From :func:`geo.vintages.read_vintages`; default the embedded figures alone.
    basis : str, optional
        Needed where the series has several.
    place, nationality : str
        A part of the series; "" for the whole.
    by : {"month"}, optional
        Add days up to months; a month has a value where every day of it is held.

    Returns
    -------
    triangle : DataFrame, shape (periods, vintages)
        Index ``period_start``; columns the publication dates (of two vintages of a day the later added).
        NaN where a vintage does not hold a period. ``attrs``: source, measure, corridor, unit.

    Raises
    ------
    UnknownNameError
        If the source, the measure or the corridor does not occur.
    NotCoveredError
        If the combination does not occur.
    InvalidInputError
        If the series has several bases or scopes and none was chosen, or `by` is not known.

    Examples
    --------
    >>> triangle = revision_triangle("frontex", "detection_entry", "western_balkans")
    >>> triangle.shape[1], float(triangle.iloc[0, 0])
    (1, 177.0)
    """
    if by not in {None, "month"}:
        raise InvalidInputError(f"Invalid by '{by}'. It must be month, or left out.")
    table = read_counts() if vintages is None else vintages
    rows = select_counts(
        table, source=source, measure=measure, corridor=corridor, basis=basis, place=place,
        nationality=nationality, sex="", age_group="",
    )  # fmt: skip
    if rows.empty:
        raise NotCoveredError(
            f"Invalid series '{source}, {measure}, {corridor}'. No vintage holds a row of it."
        )
    for name in (terms.BASIS, terms.SCOPE):
        found = sorted(set(rows[name]))
        if len(found) > 1:
            raise InvalidInputError(f"Invalid {name} 'None'. It must be one of: {', '.join(found)}.")
    triangle = lay_out(rows, by)
    unit = str(rows[terms.UNIT].iloc[0])
    triangle.attrs = {"source": source, "measure": measure, "corridor": corridor, "unit": unit}
    return triangle


def lay_out(rows: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Lay out the rows of one series by period and vintage; rows of no named vintage by publication date."""
    rows = rows[~_sums.has_flag(rows, "partial")]
    dates = rows[terms.KNOWN_ON].dt.strftime("%Y-%m-%d")
    named = rows[_VINTAGE].where(rows[_VINTAGE].fillna("") != "", dates) if _VINTAGE in rows else dates
    columns = {part[terms.KNOWN_ON].max(): _values(part, by) for _, part in rows.groupby(named, sort=False)}
    triangle = pd.DataFrame(columns).sort_index()
    triangle = triangle[sorted(triangle.columns)]
    triangle.index.name, triangle.columns.name = terms.PERIOD_START, terms.KNOWN_ON
    return triangle


def _values(part: pd.DataFrame, by: str | None) -> pd.Series[float]:
    newest = part.sort_values(terms.KNOWN_ON, kind="stable").drop_duplicates(terms.PERIOD_START, keep="last")
    values: pd.Series[float] = newest.set_index(terms.PERIOD_START)[terms.VALUE].sort_index()
    if by is None or values.empty:
        return values
    months = values.index.to_period("M").to_timestamp()  # type: ignore[attr-defined]
    grouped = values.groupby(months)
    whole = grouped.count() == pd.DatetimeIndex(grouped.mean().index).days_in_month
    return grouped.sum().where(whole)


def revision_ranges(
    triangle: pd.DataFrame, *, preliminary: int | None = None, coverage: float = COVERAGE
) -> pd.DataFrame:
    """Give the newest, still preliminary periods the range of past revisions at the same age.

    Parameters
    ----------
    triangle : DataFrame, shape (periods, vintages)
        From :func:`revision_triangle`, at least 12 vintages.
    preliminary : int, optional
        How many of the newest periods are still revised; default what the catalogue says of the source.
    coverage : float
        Share of cases that the range is to hold, between 0 and 1.

    Returns
    -------
    ranges : DataFrame, one row per preliminary period
        Index ``period_start``; columns value (in the newest vintage), age (newer periods in that vintage),
        low, high, cases (past periods that were seen at this age and have settled since), method
        (``empirical``, ``normal``, or ``too few cases`` with low and high NaN).

    Raises
    ------
    NotCoveredError
        If there are fewer than 12 vintages.
    InvalidInputError
        If no period of the source is preliminary, or `coverage` is no share.

    Notes
    -----
    A period is settled in the first vintage that holds at least `preliminary` newer ones. A revision is the
    settled value over the value at the age. The range is the value times the quantiles of past revisions at
    ranks p(n + 1), the usual distribution-free prediction interval. Where n is so small that these ranks lie
    outside what was seen, it is the prediction interval of normal logarithms with n - 1 degrees of freedom.

    Examples
    --------
    >>> days = pd.date_range("2030-01-01", periods=40, freq="MS")
    >>> held = {days[j + 1]: pd.Series(100.0, days[: j + 1]).mask(days[: j + 1] == days[j], 80.0 + j % 4)
    ...     for j in range(39)}
    >>> ranges = revision_ranges(pd.DataFrame(held), preliminary=1)
    >>> ranges[["age", "cases", "method"]].astype(str).iloc[0].tolist()
    ['0', '38', 'empirical']
    """
    if not 0 < coverage < 1:
        raise InvalidInputError(f"Invalid coverage '{coverage}'. It must lie between 0 and 1.")
    if triangle.shape[1] < LEAST_VINTAGES:
        raise NotCoveredError(
            f"Invalid number of vintages '{triangle.shape[1]}'. A range of past revisions needs at least "
            f"{LEAST_VINTAGES}; add earlier files (routeways sources add FILE)."
        )
    settled = preliminary
    if settled is None:
        settled = int(series_info(str(triangle.attrs.get("source", "")))["preliminary_periods"])
    if settled < 1:
        raise InvalidInputError(
            f"Invalid preliminary '{settled}'. No period of this source is preliminary; say how many are."
        )
    values = triangle.to_numpy(dtype=float)
    ages = _ages(values)
    rows = []
    for place in np.flatnonzero((ages[:, -1] >= 0) & (ages[:, -1] < settled)):
        age, value = int(ages[place, -1]), float(values[place, -1])
        past = past_revisions(values, ages, (age,), settled)
        low, high, method = _band(past, coverage)
        rows.append((triangle.index[int(place)], value, age, value * low, value * high, past.size, method))
    names = [terms.PERIOD_START, "value", "age", "low", "high", "cases", "method"]
    return pd.DataFrame(rows, columns=names).set_index(terms.PERIOD_START)


def young_periods(rows: pd.DataFrame) -> int:
    """Return how many of the newest periods of a series are revised: as catalogued, else as most flagged.

    Parameters
    ----------
    rows : DataFrame
        Rows of one series, of many vintages.
    """
    if rows.empty:
        return 0
    source, measure = (str(rows[name].iloc[0]) for name in (terms.SOURCE, terms.MEASURE))
    told = int(series_info(source, measure)["preliminary_periods"])
    flagged = rows[_sums.has_flag(rows, "preliminary")]
    return told or int(flagged.groupby(terms.KNOWN_ON).size().max() if len(flagged) else 0)


def settle(
    triangle: pd.DataFrame,
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    preliminary: int,
    coverage: float = COVERAGE,
) -> Settling:
    """Say what the young periods of a stretch will settle at, all together.

    Parameters
    ----------
    triangle : DataFrame, shape (periods, vintages)
        From :func:`lay_out`.
    start, end : Timestamp
        The stretch: periods that begin in it, both ends included.
    preliminary : int
        How many of the newest periods are still revised.
    coverage : float
        Share of cases that the range is to hold.

    Returns
    -------
    settling : Settling

    Notes
    -----
    Revisions of neighbouring periods go together, so ranges of single periods are not added: a past case is
    the sum of the periods that stood at the same ages in one vintage, and the revision is what they summed to
    once settled, over that sum.
    """
    values = triangle.to_numpy(dtype=float)
    ages, number = _ages(values), triangle.shape[1]
    inside = np.flatnonzero((triangle.index >= start) & (triangle.index <= end) & (ages >= 0).any(axis=1))
    newest = {int(place): int(np.flatnonzero(ages[place] >= 0)[-1]) for place in inside}
    young = [place for place, column in newest.items() if ages[place, column] < preliminary]
    starts = tuple(triangle.index[place] for place in young)
    if not young:
        return Settling("settled", vintages=number)
    value = float(sum(values[place, newest[place]] for place in young))
    if number < LEAST_VINTAGES:
        return Settling("vintages", value, starts=starts, vintages=number)
    if len({newest[place] for place in young}) > 1:
        return Settling("apart", value, starts=starts, vintages=number)
    if value <= 0:
        return Settling("zero", value, starts=starts, vintages=number)
    pattern = tuple(int(ages[place, newest[place]]) for place in young)
    past = past_revisions(values, ages, pattern, preliminary)
    low, high, method = _band(past, coverage)
    if np.isnan(low):
        return Settling("cases", value, starts=starts, vintages=number, cases=past.size)
    return Settling("", value, value * low, value * high, starts, number, past.size, method)


def _ages(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return, per period and vintage, how many newer periods the vintage holds; -1 where it has no value."""
    held = ~np.isnan(values)
    newer = held[::-1].cumsum(axis=0)[::-1] - held
    return np.where(held, newer, -1).astype(np.int64)


def past_revisions(
    values: NDArray[np.float64], ages: NDArray[np.int64], pattern: tuple[int, ...], settled: int
) -> NDArray[np.float64]:
    """Return settled sum over seen sum, of each run of periods that one vintage held at some ages.

    Parameters
    ----------
    values, ages : array, shape (periods, vintages)
        Of a triangle.
    pattern : tuple of int
        The ages.
    settled : int
        Age from which on a period is settled: its first value at that age or above counts.

    Returns
    -------
    past : array of float
        A run that several vintages held at these ages counts once, as the last of them had it.
    """
    done = ages >= settled
    first = np.where(done.any(axis=1), done.argmax(axis=1), ages.shape[1])
    found: dict[tuple[int, ...], float] = {}
    for column in range(ages.shape[1]):
        places = [np.flatnonzero(ages[:, column] == age) for age in pattern]
        if not all(place.size for place in places):
            continue
        run = tuple(int(place[0]) for place in places)
        if any(not column < first[place] < ages.shape[1] for place in run):
            continue
        seen = sum(values[place, column] for place in run)
        final = sum(values[place, first[place]] for place in run)
        if seen > 0 and final > 0:
            found[run] = float(final / seen)
    return np.array(list(found.values()), dtype=float)


def _band(past: NDArray[np.float64], coverage: float) -> tuple[float, float, str]:
    """Return the range of the next revision, as factors, and how it was found."""
    tail, n = (1 - coverage) / 2, past.size
    if n < LEAST_CASES:
        return np.nan, np.nan, "too few cases"
    if tail * (n + 1) >= 1 - 1e-9:
        low, high = np.quantile(past, [tail, 1 - tail], method="weibull")
        return float(low), float(high), "empirical"
    from scipy import stats

    logs = np.log(past)
    half = float(stats.t.ppf(1 - tail, n - 1)) * logs.std(ddof=1) * np.sqrt(1 + 1 / n)
    return float(np.exp(logs.mean() - half)), float(np.exp(logs.mean() + half)), "normal"
