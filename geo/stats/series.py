"""One series of one corridor in one vintage: its periods, and what may be said of any span of days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo import terms
from geo.counts import as_known, frequency, series_info
from geo.errors import NotCoveredError
from geo.stats import periods
from geo.stats.periods import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_DAY = dt.timedelta(days=1)
_CARRIED = ("revised", "partial", "preliminary", "inferred_known_on")


@dataclass(frozen=True, slots=True)
class Span:
    """What a series holds for a stretch of days.

    Attributes
    ----------
    period : Period
        The stretch.
    value : float
        The sum of its rows; NaN unless `state` is ``ok``.
    state : str
        ``ok``; ``outside`` (the series begins later or ends earlier), ``coarse`` (an end lies inside a
        published period), ``missing`` (a period was not published) or ``suppressed`` (a value was withheld).
    gaps : tuple of Period
        The stretches that are missing, withheld or not divided.
    flags : tuple of str
        Flags of the rows.
    known_on : date or None
        Newest publication date among the rows.
    qualifier : str
        What the rows say of their values (``about``, ``at least``), "" for nothing.
    """

    period: Period
    value: float
    state: str
    gaps: tuple[Period, ...] = ()
    flags: tuple[str, ...] = ()
    known_on: dt.date | None = None
    qualifier: str = ""

    @property
    def ok(self) -> bool:
        """Whether there is a value."""
        return self.state == "ok"


@dataclass(frozen=True, eq=False)
class CountSeries:
    """One source × measure × basis of one corridor, as known on one day.

    Attributes
    ----------
    corridor, source, measure, unit, basis, place, nationality : str
        What is counted.
    info : dict
        The catalogue's entry (:func:`geo.counts.series_info`).
    frequency : str
        ``day``, ``week``, ``month``, ``quarter``, ``year``, ``span`` or ``cumulative``.
    start, end, known : arrays of int, shape (rows,)
        Ordinals of first and last days and of publication dates, by start.
    value : array of float, shape (rows,)
        NaN for not published or suppressed.
    flags, qualifiers : arrays of str, shape (rows,)
    overlapping : bool
        Whether rows overlap or cover different sets of countries; then only whole rows have a value.
    """

    corridor: str
    source: str
    measure: str
    unit: str
    basis: str
    place: str
    nationality: str
    info: dict[str, Any]
    frequency: str
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    known: NDArray[np.int64]
    value: NDArray[np.float64]
    flags: NDArray[np.object_]
    qualifiers: NDArray[np.object_]
    overlapping: bool
    _sums: NDArray[np.float64] = field(init=False, repr=False)
    _holes: NDArray[np.int64] = field(init=False, repr=False)
    _days: NDArray[np.int64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        absent = np.isnan(self.value)
        object.__setattr__(self, "_sums", _cumulate(np.where(absent, 0.0, self.value)))
        object.__setattr__(self, "_holes", _cumulate(absent.astype(np.int64)))
        object.__setattr__(self, "_days", _cumulate(self.end - self.start + 1))

    @property
    def first(self) -> dt.date:
        """First day held."""
        return _date(self.start[0])

    @property
    def last(self) -> dt.date:
        """Last day held, that of a partial period included."""
        return _date(self.end.max())

    @property
    def regular(self) -> bool:
        """Whether it is published by calendar periods."""
        return self.frequency in periods.KINDS

    @property
    def last_whole(self) -> dt.date:
        """Last day of the newest whole period that is held."""
        if not self.regular:
            return self.last
        return periods.last_complete(self.frequency, self.last).end

    @property
    def newest_known(self) -> dt.date:
        """Newest publication date."""
        return _date(self.known.max())

    def reach(self) -> dt.date:
        """Return the last ``as_of`` that can be answered.

        Daily series answer to their last day. Others answer within the period after the last whole one and on
        to the day on which that period is usually published: later, a period that should count is not held.
        """
        if self.frequency == "day":
            return self.last
        lag = dt.timedelta(days=int(self.info["lag_days"]))
        if self.frequency == "span":
            return self.last + lag
        kind = self.frequency if self.regular else "month"
        return periods.following(kind, self.last_whole).end + lag

    def cut(self, as_of: dt.date) -> dt.date:
        """Return the last day that counts on a data date: the end of the last whole period held by then."""
        if self.regular:
            by_calendar = periods.last_complete(self.frequency, as_of).end
            return min(by_calendar, self.last_whole)
        ended = self.end[self.end <= as_of.toordinal()]
        return _date(ended.max()) if ended.size else self.first - _DAY

    def span(self, period: Period) -> Span:
        """Add up the rows of a stretch of days, or say why they have no sum."""
        a, b = period.start.toordinal(), period.end.toordinal()
        if self.overlapping:
            return self._exact(period, a, b)
        i = int(np.searchsorted(self.start, a, side="left"))
        j = int(np.searchsorted(self.end, b, side="right"))
        whole = j > i and self._days[j] - self._days[i] == b - a + 1
        if whole and self._holes[j] == self._holes[i]:
            return Span(period, float(self._sums[j] - self._sums[i]), "ok", (), *self._about(slice(i, j)))
        return self._fault(period, a, b)

    def _exact(self, period: Period, a: int, b: int) -> Span:
        """Find the one row that covers a stretch of days exactly."""
        rows = np.flatnonzero((self.start == a) & (self.end == b))
        if rows.size != 1:
            return Span(period, np.nan, "coarse", (period,))
        if np.isnan(self.value[rows[0]]):
            state = "suppressed" if "suppressed" in self.flags[rows[0]] else "missing"
            return Span(period, np.nan, state, (period,))
        return Span(period, float(self.value[rows[0]]), "ok", (), *self._about(slice(rows[0], rows[0] + 1)))

    def _about(self, rows: slice) -> tuple[tuple[str, ...], dt.date, str]:
        """Return flags, newest publication date and qualifier of some rows."""
        words = {word for text in set(self.flags[rows].tolist()) for word in text.split()}
        newest = int(self.info["preliminary_periods"])
        if newest and self.regular and (rows.stop or 0) > len(self.value) - newest:
            words.add("preliminary")
        said = {text for text in self.qualifiers[rows].tolist() if text}
        qualifier = said.pop() if len(said) == 1 else "about" if said else ""
        return tuple(word for word in _CARRIED if word in words), _date(self.known[rows].max()), qualifier

    def _fault(self, period: Period, a: int, b: int) -> Span:
        """Say why a stretch of days has no sum."""
        if a < self.start[0] or b > self.end.max():
            return Span(period, np.nan, "outside")
        held = (self.end >= a) & (self.start <= b)
        starts, ends, values = self.start[held], self.end[held], self.value[held]
        hollow = np.isnan(values)
        if hollow.any():
            withheld = ["suppressed" in text for text in self.flags[held][hollow]]
            state = "suppressed" if all(withheld) else "missing"
            return Span(period, np.nan, state, _merge(starts[hollow], ends[hollow]))
        edges = np.concatenate(([a - 1], ends)), np.concatenate((starts, [b + 1]))
        open_ = edges[1] > edges[0] + 1
        if open_.any():
            return Span(period, np.nan, "missing", _merge(edges[0][open_] + 1, edges[1][open_] - 1))
        crossing = (starts < a) | (ends > b)
        return Span(period, np.nan, "coarse", _merge(starts[crossing], ends[crossing]))

    def bins(self, kind: str, last: dt.date) -> Bins:
        """Add up every whole calendar period of a kind, from the first day held to `last`."""
        starts, ends = periods.period_edges(kind, self.first, last)
        i = np.searchsorted(self.start, starts, side="left")
        j = np.maximum(np.searchsorted(self.end, ends, side="right"), i)
        whole = (self._days[j] - self._days[i] == ends - starts + 1) & (self._holes[j] == self._holes[i])
        return Bins(kind, starts, ends, np.where(whole, self._sums[j] - self._sums[i], np.nan))

    def at_most(self, period: Period) -> float:
        """Return the most that a stretch of days can hold: the sum of the rows that cover it, or infinity."""
        a, b = period.start.toordinal(), period.end.toordinal()
        held = (self.end >= a) & (self.start <= b)
        starts, ends = self.start[held], self.end[held]
        covered = (
            held.any() and starts[0] <= a and ends[-1] >= b and bool((starts[1:] == ends[:-1] + 1).all())
        )
        return float(self.value[held].sum()) if covered and not np.isnan(self.value[held]).any() else np.inf


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """The totals of all whole periods of one kind.

    Attributes
    ----------
    kind : str
        Kind of period.
    start, end : arrays of int, shape (periods,)
        Ordinals of first and last days.
    value : array of float, shape (periods,)
        NaN where a period has no total.
    """

    kind: str
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    value: NDArray[np.float64]

    def period(self, position: int) -> Period:
        """Return one of the periods."""
        return Period(_date(self.start[position]), _date(self.end[position]))

    def keep(self, mask: NDArray[np.bool_]) -> Bins:
        """Return some of the periods."""
        return Bins(self.kind, self.start[mask], self.end[mask], self.value[mask])


def _date(ordinal: np.int64 | int) -> dt.date:
    return dt.date.fromordinal(int(ordinal))


def _cumulate(values: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate((np.zeros(1, dtype=values.dtype), np.cumsum(values)))


def _merge(
    starts: Sequence[int] | NDArray[np.int64], ends: Sequence[int] | NDArray[np.int64]
) -> tuple[Period, ...]:
    """Join stretches that touch."""
    found: list[list[int]] = []
    for start, end in zip(starts, ends, strict=True):
        if found and int(start) <= found[-1][1] + 1:
            found[-1][1] = max(found[-1][1], int(end))
        else:
            found.append([int(start), int(end)])
    return tuple(Period(_date(start), _date(end)) for start, end in found)


def merge_periods(found: Sequence[Period]) -> tuple[Period, ...]:
    """Join periods that touch.

    Parameters
    ----------
    found : sequence of Period
        In order.

    Examples
    --------
    >>> merge_periods([periods.parse_period("2017-09"), periods.parse_period("2017-10")])[0].n_days
    61
    """
    return _merge([one.start.toordinal() for one in found], [one.end.toordinal() for one in found])


def _ordinals(column: pd.Series[Any]) -> NDArray[np.int64]:
    return column.to_numpy().astype("datetime64[D]").astype(np.int64) + _EPOCH


def build_series(rows: pd.DataFrame, *, known_on: dt.date | None = None) -> CountSeries:
    """Make a series of the rows of one source, measure, basis, corridor, place and nationality.

    Parameters
    ----------
    rows : DataFrame
        At least one row of a tidy table, of any number of vintages.
    known_on : date, optional
        Take each number as published by that day; default the newest.

    Raises
    ------
    NotCoveredError
        If nothing was published by `known_on`.

    Examples
    --------
    >>> from geo.counts import read_counts, select_counts
    >>> rows = select_counts(read_counts(), source="frontex", corridor="western_balkans")
    >>> series = build_series(rows)
    >>> series.frequency, series.span(periods.parse_period("2024-01/2024-11")).value
    ('month', 20595.0)
    """
    newest = rows[terms.KNOWN_ON].max().date()
    known = as_known(rows, known_on or newest)
    head = rows.iloc[0]
    info = series_info(head[terms.SOURCE], head[terms.MEASURE])
    if known.empty:
        first = rows[terms.KNOWN_ON].min().date()
        raise NotCoveredError(
            f"Invalid known_on '{known_on}'. The first figures of series '{info['source']}' that are held "
            f"were published on {first}."
        )
    known = known.sort_values([terms.PERIOD_START, terms.PERIOD_END], kind="stable")
    known = known.iloc[_first_published(known) :]
    start, end = _ordinals(known[terms.PERIOD_START]), _ordinals(known[terms.PERIOD_END])
    return CountSeries(
        **{name: str(head[name]) for name in ("corridor", "source", "measure", "unit", "basis", "place")},
        nationality=str(head[terms.NATIONALITY]),
        info=info,
        frequency=frequency(known),
        start=start,
        end=end,
        known=_ordinals(known[terms.KNOWN_ON]),
        value=known[terms.VALUE].to_numpy(dtype=np.float64),
        flags=known[terms.FLAG].to_numpy(dtype=object),
        qualifiers=known[terms.QUALIFIER].to_numpy(dtype=object),
        overlapping=bool((start[1:] <= np.maximum.accumulate(end)[:-1]).any())
        or len(known[terms.SCOPE].unique()) > 1,
    )


def _first_published(rows: pd.DataFrame) -> int:
    """Return the place of the first row that is not over before anything was published or withheld."""
    told = rows[terms.VALUE].notna() | rows[terms.FLAG].str.contains("suppressed")
    if not told.any():
        return 0
    begins = rows.loc[told, terms.PERIOD_START].min()
    return int((rows[terms.PERIOD_END] >= begins).to_numpy().argmax())
