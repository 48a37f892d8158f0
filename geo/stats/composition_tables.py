"""Which rows a composition is made of: whole, parts, those not recorded, and what is withheld."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from geo import terms
from geo.counts import as_known
from geo.errors import NotCoveredError, UnknownNameError
from geo.stats import composition_phrases as say
from geo.stats import periods
from geo.stats.periods import Period
from geo.stats.question import Question, UnavailableError

if TYPE_CHECKING:
    from geo.stats.choice import Corridor

BY: Final = (terms.NATIONALITY, terms.SEX, terms.AGE_GROUP)
"""Attributes that people can be told apart by."""
NOT_RECORDED: Final = ("unknown", "not_recorded")
"""Categories that stay out of denominators."""
REST: Final = "other"
"""The category that holds what a report does not name: in denominators, never ranked."""
FIVE: Final = 5
_LEADING: Final = 50
"""Fewest people of a group of which something is withheld, for a range of its share."""
_UNSURE: Final = 0.01
"""Part of the people recorded that may be withheld ones of whom nothing was recorded."""
SMALL_CELL: Final = 5
"""Cells of 1 to 4 are withheld in cross-tables."""
QUARTER_DAYS: Final = 90
"""Days of the shortest quarter."""


@dataclass(frozen=True, slots=True, eq=False)
class Composition:
    """The parts of one period.

    Attributes
    ----------
    cells : Series of float
        People per category that is recorded, largest first; NaN where withheld.
    recorded : float
        Their sum, withheld ones included: the denominator.
    unknown : float
        People whose category was not recorded; at least so many where some of them are withheld.
    withheld : tuple of str
        Categories whose cells are not shown.
    least, most : Series of float
        What the figures shown say of every category, withheld ones included.
    unknown_most : float
        Above `unknown` where some of those not recorded are withheld: the difference stands in `recorded`.
    """

    cells: pd.Series[float]
    recorded: float
    unknown: float
    withheld: tuple[str, ...]
    least: pd.Series[float]
    most: pd.Series[float]
    unknown_most: float

    @property
    def named(self) -> pd.Series[float]:
        """The categories that are named, without the rest and those withheld."""
        return self.cells.drop(REST, errors="ignore").dropna()

    @property
    def rest(self) -> float:
        """People of categories that are not named; 0 where that is withheld."""
        rest = float(self.cells.get(REST, 0.0))
        return rest if rest > 0 else 0.0


def choose_parts(
    counts: pd.DataFrame,
    meta: Corridor,
    by: str,
    fixed: dict[str, str],
    series: tuple[str | None, str | None, str | None],
) -> pd.DataFrame | None:
    """Return the rows of one series by an attribute, of the headline source where it has them.

    Returns
    -------
    rows : DataFrame or None
        None where the corridor has none and no source was named.

    Raises
    ------
    UnknownNameError
        If a named series has none, or several fit.
    """
    rows = counts[(counts[terms.CORRIDOR] == meta.id) & (counts[by] != "")]
    rows = rows[rows[terms.PLACE] == fixed[terms.PLACE]]
    for column, wanted in zip(terms.SERIES_COLUMNS, series, strict=True):
        if wanted is not None:
            rows = rows[rows[column] == wanted]
    for column in BY:
        if column != by and fixed[column]:
            rows = rows[rows[column] == fixed[column]]
    if meta.source and (rows[terms.SOURCE] == meta.source).any():
        rows = rows[rows[terms.SOURCE] == meta.source]
    keys = rows[list(terms.SERIES_COLUMNS)].drop_duplicates()
    if len(keys) > 1:
        names = "; ".join(" ".join(key).rstrip() for key in keys.itertuples(index=False))
        raise UnknownNameError(
            f"Invalid series ''. Several of '{meta.id}' tell {by} apart, so name source and measure. "
            f"There are: {names}."
        )
    if rows.empty and any(series):
        asked = ", ".join(part for part in series if part)
        raise UnknownNameError(
            f"Invalid series '{asked}'. It has no figures by {by} for corridor '{meta.id}' in the counts."
        )
    return None if rows.empty else rows


def known_tables(
    counts: pd.DataFrame, rows: pd.DataFrame, by: str, fixed: dict[str, str], known_on: dt.date | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows by category and the rows of the whole, as they were known on a day.

    Raises
    ------
    NotCoveredError
        If nothing was published by then.
    """
    others = [column for column in BY if column != by and not fixed[column]]
    for column in others:
        if (rows[column] == "").any():
            rows = rows[rows[column] == ""]
    head = rows.iloc[0]
    same = pd.Series(data=True, index=counts.index)
    for column in (terms.CORRIDOR, terms.PLACE, *terms.SERIES_COLUMNS):
        same &= counts[column] == head[column]
    for column in BY:
        same &= counts[column] == ("" if column == by else fixed[column])
    whole = counts[same]
    day = known_on or rows[terms.KNOWN_ON].max().date()
    rows, whole = as_known(rows, day), as_known(whole, day)
    if rows.empty:
        raise NotCoveredError(f"Invalid known_on '{day}'. No figures by {by} were published by then.")
    rows = _added(rows, others)
    return rows, _added(rows, [by]) if whole.empty else whole


def _added(rows: pd.DataFrame, over: list[str]) -> pd.DataFrame:
    """Add rows over attributes; a sum with a part missing is missing."""
    over = [column for column in over if (rows[column] != "").any()]
    if not over:
        return rows
    loose = {*over, terms.VALUE, terms.FLAG, terms.QUALIFIER, terms.NATIVE_LABEL, terms.KNOWN_ON}
    by = [column for column in terms.COUNT_COLUMNS if column not in loose]
    groups = rows.groupby(by, sort=False)
    added = groups.agg(
        value=(terms.VALUE, lambda values: values.sum(skipna=False)),
        known_on=(terms.KNOWN_ON, "max"),
        flag=(terms.FLAG, lambda flags: " ".join(sorted({word for text in flags for word in text.split()}))),
    ).reset_index()
    added = added.assign(**dict.fromkeys((*over, terms.QUALIFIER, terms.NATIVE_LABEL), ""))
    return added[list(terms.COUNT_COLUMNS)]


def compose(
    q: Question,
    rows: pd.DataFrame,
    by: str,
    period: Period,
    *,
    crossed: int,
    smallest: float,
    unsure: float = _UNSURE,
) -> Composition:
    """Return the parts of a period.

    Parameters
    ----------
    q : Question
        Of the whole.
    rows : DataFrame
        Rows by category.
    by : str
        The attribute.
    period : Period
        The period.
    crossed : int
        Dimensions of the table, time apart.
    smallest : float
        Fewest people recorded for which shares are given.
    unsure : float
        Greatest part of those recorded that may be withheld ones of whom nothing was recorded.

    Raises
    ------
    UnavailableError
        If the whole has no figure, the parts exceed it, fewer than `smallest` were recorded, or those
        not recorded would be a small cell of a cross-table.
    """
    total = q.need(period).value
    held = held_rows(rows, period, exact=q.series.overlapping)
    cells = _added_up(held, by)
    least, most = _ends(q, held, by, period)
    unknown = float(least.reindex(NOT_RECORDED).fillna(0.0).sum())
    unknown_most = float(most.reindex(NOT_RECORDED).fillna(0.0).sum())
    known = cells.drop(list(NOT_RECORDED), errors="ignore")
    unlisted = 0.0 if cells.isna().any() else total - float(cells.sum())
    if unlisted < 0:
        raise UnavailableError(say.parts_exceed(q.voice), "not_applicable", period=period)
    unknown, unknown_most = unknown + unlisted, min(unknown_most + unlisted, total)
    recorded = total - unknown
    if recorded < smallest:
        reason = say.too_few(q.voice, recorded, smallest)
        raise UnavailableError(reason, "small_base", period=period)
    table = crossed + (period.n_days < QUARTER_DAYS) >= 2
    if table and 0 < unknown < SMALL_CELL:
        raise UnavailableError(say.few_unknown(q.voice), "suppressed", period=period)
    if unknown_most - unknown > unsure * recorded:
        raise UnavailableError(say.unknown_withheld(q.voice), "suppressed", period=period)
    hidden = withhold(known) if table else known.isna()
    shown = known.mask(hidden).sort_index().sort_values(ascending=False, kind="stable")
    least = least.reindex(shown.index).mask(hidden & known.notna(), 0.0)
    most = most.reindex(shown.index).mask(hidden & known.notna(), recorded - float(shown.sum()))
    withheld = tuple(sorted(known.index[hidden]))
    return Composition(shown, recorded, unknown, withheld, least, most, unknown_most)


def _ends(
    q: Question, held: pd.DataFrame, by: str, period: Period
) -> tuple[pd.Series[float], pd.Series[float]]:
    """Return the least and the greatest number of each category that the figures shown allow.

    A withheld cell holds from 0 to what the published whole of its stretch leaves beside the cells shown.
    """
    groups = held.groupby([terms.PERIOD_START, terms.PERIOD_END])[terms.VALUE]
    shown = groups.transform("sum")
    missing = held[terms.VALUE].isna()
    left = pd.Series(0.0, index=held.index)
    ends = held.loc[missing, [terms.PERIOD_START, terms.PERIOD_END]].drop_duplicates()
    for start, end in ends.itertuples(index=False):
        try:
            whole = q.need(Period(start.date(), end.date())).value
        except UnavailableError:
            whole = q.need(period).value
        inside = missing & (held[terms.PERIOD_START] == start) & (held[terms.PERIOD_END] == end)
        left[inside] = (whole - shown[inside]).clip(lower=0.0)
    least = held[terms.VALUE].fillna(0.0)
    return least.groupby(held[by]).sum(), (least + left).groupby(held[by]).sum()


def leading_groups(parts: Composition, top: int) -> list[str]:
    """Return the largest groups that are shown, or known within a hundredth of those recorded."""
    least = parts.least.drop(REST, errors="ignore")
    loose = parts.most.reindex(least.index) - least
    withheld = least.index.isin(parts.withheld)
    known = ~withheld | ((least >= _LEADING) & (loose <= _UNSURE * parts.recorded))
    found = least[known].sort_values(ascending=False, kind="stable")
    return [str(name) for name in found.index[:top]]


def five_ends(parts: Composition) -> tuple[float, float, list[str]]:
    """Return how many people the five largest groups hold at least and at most, and which are told.

    A rest that is not named, and what is withheld, could hold a larger group than the fifth.
    """
    least = parts.least.drop(REST, errors="ignore")
    told = least[least > 0].nlargest(FIVE)
    low = float(told.sum())
    rest = float(parts.most.get(REST, 0.0))
    loose = parts.recorded - float(parts.least.sum()) if parts.withheld else 0.0
    candidates = float(parts.most.nlargest(FIVE).sum())
    top = min(candidates, low + loose + rest, parts.recorded)
    return low, max(top, low), [str(name) for name in told.index]


def held_rows(rows: pd.DataFrame, period: Period, *, exact: bool) -> pd.DataFrame:
    """Return the rows within a period; with `exact` those of the period itself."""
    start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
    if exact:
        return rows[(rows[terms.PERIOD_START] == start) & (rows[terms.PERIOD_END] == end)]
    return rows[(rows[terms.PERIOD_START] >= start) & (rows[terms.PERIOD_END] <= end)]


def _added_up(held: pd.DataFrame, by: str) -> pd.Series[float]:
    """Add up each category; NaN where a part was withheld or is missing."""
    cells: pd.Series[float] = held.groupby(by)[terms.VALUE].agg(lambda values: values.sum(skipna=False))
    return cells


def withhold(cells: pd.Series[float]) -> pd.Series[bool]:
    """Say which cells of a cross-table are withheld.

    Cells of 1 to 4, and where that is a single one the next larger too, so that it cannot be found by
    subtraction. This is the one place at which disclosure control enters compositions.

    Examples
    --------
    >>> withhold(pd.Series({"AFG": 40.0, "ALB": 3.0, "IRN": 12.0})).tolist()
    [False, True, True]
    """
    hidden = cells.isna() | ((cells > 0) & (cells < SMALL_CELL))
    left = cells[~hidden & (cells > 0)]
    if int(hidden.sum()) == 1 and len(left):
        hidden.loc[str(left.idxmin())] = True
    return hidden


def quarters(
    q: Question, rows: pd.DataFrame, by: str, period: Period, category: str
) -> list[tuple[float, float]]:
    """Return, per quarter, people of the group and people recorded; none where a quarter is not held."""
    starts, ends = periods.period_edges("quarter", period.start, period.end)
    if not len(starts) or starts[0] != period.start.toordinal() or ends[-1] != period.end.toordinal():
        return []
    found: list[tuple[float, float]] = []
    earlier = (0.0, 0.0)
    for start, end in zip(starts, ends, strict=True):
        running = q.series.overlapping
        begin = period.start if running else dt.date.fromordinal(int(start))
        stretch = Period(begin, dt.date.fromordinal(int(end)))
        try:
            parts = compose(q, rows, by, stretch, crossed=0, smallest=0, unsure=0.1)
        except UnavailableError:
            return []
        if category in parts.withheld or (category not in parts.cells and parts.rest):
            return []
        held = float(parts.cells.get(category, 0.0)), parts.recorded
        step = (held[0] - earlier[0], held[1] - earlier[1]) if running else held
        if not 0 <= step[0] <= step[1]:
            return []
        found.append(step)
        earlier = held
    return found
