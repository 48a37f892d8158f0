"""How figures changed from vintage to vintage (used through :mod:`geo.vintages`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo import _sums, _tidy, terms
from geo.counts import read_counts, select_counts, series_info
from geo.errors import InvalidInputError, NotCoveredError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

LEAST_VINTAGES: Final = 12
_LEAST_CASES: Final = 8
_LARGE: Final = 0.5
_PARTS: Final = (terms.PLACE, terms.NATIONALITY, terms.SEX, terms.AGE_GROUP)
_KEY: Final = list(_tidy.KEY)
_BEGUN: Final = [name for name in _KEY if name != terms.PERIOD_END]
_SERIES: Final = [*terms.SERIES_COLUMNS, terms.CORRIDOR]
_VINTAGE: Final = "vintage"


def grains(rows: pd.DataFrame) -> pd.Series[Any]:
    """Return a number per row: rows of one number are one whole series, divided in one way, of one scope."""
    by: list[Any] = [rows[name] for name in (*_SERIES, terms.SCOPE)]
    by += [rows[name] != "" for name in _PARTS]
    by.append(_sums.has_flag(rows, "cumulative"))
    return rows.groupby(by, sort=False).ngroup()


def replaced(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows of an earlier vintage lie in the stretch that a later one of the grain covers."""
    start = before[terms.PERIOD_START]
    first = after[terms.PERIOD_START].min()
    whole = first <= start.min()
    inside: pd.Series[bool] = (start >= first) & (whole | (start <= after[terms.PERIOD_END].max()))
    return inside


def lay(rows: pd.DataFrame, order: Mapping[str, int]) -> pd.DataFrame:
    """Lay the vintages of each series over each other, earliest first."""
    if rows[_VINTAGE].nunique() < 2:
        return rows
    kept = []
    for _, grain in rows.groupby(grains(rows), sort=False):
        parts = [
            (part[terms.KNOWN_ON].max(), order[str(name)], part) for name, part in grain.groupby(_VINTAGE)
        ]
        parts.sort(key=lambda item: item[:2])
        laid = parts[0][2]
        for _, _, part in parts[1:]:
            laid = pd.concat([laid[~replaced(laid, part)], part])
        kept.append(laid)
    return pd.concat(kept)


def unreached(rows: pd.DataFrame, known: pd.DataFrame, order: Mapping[str, int]) -> pd.DataFrame:
    """Return the first vintage of each series of which nothing is known yet."""
    held = pd.MultiIndex.from_frame(known[_SERIES])
    rest = rows[~pd.MultiIndex.from_frame(rows[_SERIES]).isin(held)]
    if rest.empty:
        return rest
    dates = rest.groupby([*_SERIES, _VINTAGE], sort=False)[terms.KNOWN_ON].transform("max")
    ranked = dates.astype("int64") * 1_000 + rest[_VINTAGE].map(order)
    first = ranked.groupby([rest[name] for name in _SERIES], sort=False).transform("min")
    return rest[ranked == first]


def compare(before: pd.DataFrame, after: pd.DataFrame, *, threshold: float) -> pd.DataFrame:
    """Compare two tables; see :func:`geo.vintages.diff_vintages`."""
    both = before[[*_KEY, terms.VALUE, terms.FLAG]].merge(
        after[[*_KEY, terms.VALUE]], on=_KEY, how="outer", suffixes=("_before", "_after"), indicator=True
    )
    old, new = both["value_before"], both["value_after"]
    gone = _gone(both, before, after)
    both["change"] = np.select(
        [old.isna() & new.notna(), old.notna() & new.notna() & (old != new), gone & old.notna()],
        ["added", "revised", "withdrawn"],
        default="",
    )
    both["difference"] = new - old
    both["share"] = (both["difference"] / old).where(old > 0)
    both["compared"] = old.notna() & (new.notna() | gone)
    changes = both.loc[
        both["change"] != "", ["change", *_KEY, "value_before", "value_after", "difference", "share"]
    ]
    changes = changes.sort_values(["change", *_KEY], kind="stable", ignore_index=True)
    summary = [_summed(key, part) for key, part in both.groupby(_SERIES, sort=True)]
    changes.attrs = {"summary": summary, "warnings": _warnings(summary, changes, threshold)}
    return changes


def _gone(both: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows the later table took back: it covers their stretch and does not hold them."""
    whole = pd.concat([before.assign(_late=False), after.assign(_late=True)], ignore_index=True)
    marks: list[pd.DataFrame] = []
    for _, grain in whole.groupby(grains(whole), sort=False):
        early, late = grain[~grain["_late"]], grain[grain["_late"]]
        if len(early) and len(late):
            rows = early[replaced(early, late)]
            longest = late.groupby(_BEGUN)[terms.PERIOD_END].max().rename("longest").reset_index()
            rows = rows.merge(longest, on=_BEGUN, how="left")
            grown = _sums.has_flag(rows, "partial") & (rows["longest"] > rows[terms.PERIOD_END])
            marks.append(rows.loc[~grown.to_numpy(), _KEY])
    if not marks:
        return pd.Series(False, index=both.index)
    covered = pd.MultiIndex.from_frame(pd.concat(marks))
    return pd.Series(
        pd.MultiIndex.from_frame(both[_KEY]).isin(covered) & both["value_after"].isna().to_numpy(),
        index=both.index,
    )


def _summed(key: Any, part: pd.DataFrame) -> dict[str, Any]:  # noqa: ANN401 - a key of groupby
    number = part["change"].value_counts()
    compared = int(part["compared"].sum())
    revised, withdrawn = int(number.get("revised", 0)), int(number.get("withdrawn", 0))
    shares = part.loc[part["change"] == "revised", "share"].abs()
    return {
        **dict(zip(_SERIES, map(str, key), strict=True)),
        "compared": compared,
        "unchanged": compared - revised - withdrawn,
        "added": int(number.get("added", 0)),
        "revised": revised,
        "withdrawn": withdrawn,
        "revised_share": (revised + withdrawn) / compared if compared else 0.0,
        "largest_share": float(shares.max()) if shares.notna().any() else 0.0,
        "difference": float(part.loc[part["change"] == "revised", "difference"].sum()),
    }


def _warnings(summary: list[dict[str, Any]], changes: pd.DataFrame, threshold: float) -> list[str]:
    told = [
        f"{one['source']}, {one['measure']}, {one['corridor']}: {one['revised']:,} revised and "
        f"{one['withdrawn']:,} withdrawn of {one['compared']:,} values compared "
        f"({one['revised_share']:.1%}), more than {threshold:.1%}".replace("%", " %")
        for one in summary
        if one["revised_share"] > threshold
    ]
    moved = changes[(changes["change"] == "revised") & (changes["share"].abs() > _LARGE)]
    told += [
        f"{row[terms.SOURCE]}, {row[terms.MEASURE]}, {row[terms.CORRIDOR]}: "
        f"{row[terms.PERIOD_START]:%Y-%m-%d} to {row[terms.PERIOD_END]:%Y-%m-%d} went from "
        f"{row['value_before']:,.0f} to {row['value_after']:,.0f}"
        for row in moved.head(10).to_dict("records")
    ]
    if len(moved) > 10:
        told.append(f"{len(moved) - 10:,} more values moved by more than half")
    return told


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
    rows = rows[~_sums.has_flag(rows, "partial")]
    if _VINTAGE not in rows:
        rows = rows.assign(**{_VINTAGE: ""})
    columns = {
        part[terms.KNOWN_ON].max(): _values(part, by) for _, part in rows.groupby(_VINTAGE, sort=False)
    }
    triangle = pd.DataFrame(columns).sort_index()
    triangle = triangle[sorted(triangle.columns)]
    triangle.index.name, triangle.columns.name = terms.PERIOD_START, terms.KNOWN_ON
    unit = str(rows[terms.UNIT].iloc[0]) if len(rows) else ""
    triangle.attrs = {"source": source, "measure": measure, "corridor": corridor, "unit": unit}
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
    triangle: pd.DataFrame, *, preliminary: int | None = None, coverage: float = 0.9
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
        past = _revisions_at(values[:, :-1], ages[:, :-1], values, ages, age, settled)
        low, high, method = _band(past, coverage)
        rows.append((triangle.index[int(place)], value, age, value * low, value * high, past.size, method))
    names = [terms.PERIOD_START, "value", "age", "low", "high", "cases", "method"]
    return pd.DataFrame(rows, columns=names).set_index(terms.PERIOD_START)


def _ages(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return, per period and vintage, how many newer periods the vintage holds; -1 where it has no value."""
    held = ~np.isnan(values)
    newer = held[::-1].cumsum(axis=0)[::-1] - held
    return np.where(held, newer, -1).astype(np.int64)


def _revisions_at(
    early: NDArray[np.float64],
    early_ages: NDArray[np.int64],
    values: NDArray[np.float64],
    ages: NDArray[np.int64],
    age: int,
    settled: int,
) -> NDArray[np.float64]:
    """Return settled value over value at an age, of each period that was seen at both."""
    found = []
    for place in range(len(values)):
        seen = np.flatnonzero((early_ages[place] == age) & (early[place] > 0))
        done = np.flatnonzero(ages[place] >= settled)
        if seen.size and done.size and seen[-1] < done[0] and values[place, done[0]] > 0:
            found.append(values[place, done[0]] / early[place, seen[-1]])
    return np.array(found, dtype=float)


def _band(past: NDArray[np.float64], coverage: float) -> tuple[float, float, str]:
    """Return the range of the next revision, as factors, and how it was found."""
    tail, n = (1 - coverage) / 2, past.size
    if n < _LEAST_CASES:
        return np.nan, np.nan, "too few cases"
    if tail * (n + 1) >= 1 - 1e-9:
        low, high = np.quantile(past, [tail, 1 - tail], method="weibull")
        return float(low), float(high), "empirical"
    from scipy import stats

    logs = np.log(past)
    half = float(stats.t.ppf(1 - tail, n - 1)) * logs.std(ddof=1) * np.sqrt(1 + 1 / n)
    return float(np.exp(logs.mean() - half)), float(np.exp(logs.mean() + half)), "normal"
