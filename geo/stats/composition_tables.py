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
        People whose category was not recorded.
    withheld : tuple of str
        Categories whose cells are not shown.
    """

    cells: pd.Series[float]
    recorded: float
    unknown: float
    withheld: tuple[str, ...]

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
    q: Question, rows: pd.DataFrame, by: str, period: Period, *, crossed: int, smallest: float
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

    Raises
    ------
    UnavailableError
        If the whole has no figure, the parts exceed it, fewer than `smallest` were recorded, or those
        not recorded would be a small cell of a cross-table.
    """
    total = q.need(period).value
    cells = period_cells(rows, by, period, exact=q.series.overlapping)
    unknown = float(cells.reindex(NOT_RECORDED).fillna(0.0).sum())
    known = cells.drop(list(NOT_RECORDED), errors="ignore")
    unlisted = 0.0 if cells.isna().any() else total - float(cells.sum())
    if unlisted < 0:
        raise UnavailableError(say.parts_exceed(q.voice), "not_applicable", period=period)
    unknown += unlisted
    recorded = total - unknown
    if recorded < smallest:
        reason = say.too_few(q.voice, recorded, smallest)
        raise UnavailableError(reason, "small_base", period=period)
    table = crossed + (period.n_days < QUARTER_DAYS) >= 2
    if table and 0 < unknown < SMALL_CELL:
        raise UnavailableError(say.few_unknown(q.voice), "suppressed", period=period)
    hidden = withhold(known) if table else known.isna()
    shown = known.mask(hidden).sort_index().sort_values(ascending=False, kind="stable")
    return Composition(shown, recorded, unknown, tuple(sorted(known.index[hidden])))


def period_cells(rows: pd.DataFrame, by: str, period: Period, *, exact: bool) -> pd.Series[float]:
    """Add up each category over a period; NaN where a part was withheld or is missing."""
    start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
    if exact:
        held = rows[(rows[terms.PERIOD_START] == start) & (rows[terms.PERIOD_END] == end)]
    else:
        held = rows[(rows[terms.PERIOD_START] >= start) & (rows[terms.PERIOD_END] <= end)]
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
            parts = compose(q, rows, by, stretch, crossed=0, smallest=0)
        except UnavailableError:
            return []
        cells = period_cells(rows, by, stretch, exact=running)
        if (category not in cells and parts.rest) or parts.cells.isna().any():
            return []
        held = float(cells.get(category, 0.0)), parts.recorded
        step = (held[0] - earlier[0], held[1] - earlier[1]) if running else held
        if not 0 <= step[0] <= step[1]:
            return []
        found.append(step)
        earlier = held
    return found
