"""Days with arrivals, runs without, the date a figure was reached, and the season of a month."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from geo.stats import note_phrases, periods, rank_phrases
from geo.stats.periods import Period
from geo.stats.question import UnavailableError, iso

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.stats.question import Question
    from geo.stats.records import Stat
    from geo.stats.series import Span

_MIN_YEARS = 3
"""Complete years that a seasonal index needs."""


def days_with_arrivals(q: Question, name: str) -> Stat:
    """Days with a figure above zero in the described period, else in the year to date."""
    span = _daily(q, q.described())
    ordinals, values = _days(q, span.period.end)
    inside = ordinals >= span.period.start.toordinal()
    number = int((values[inside] > 0).sum())
    clause = rank_phrases.days_with(q.voice, q.wording, span.period, number)
    detail = {"of_days": span.period.n_days, "total": span.value}
    return q.answer(name, number, clause, span, unit="days", detail=detail)


def longest_run_without(q: Question, name: str) -> Stat:
    """Longest run of days at zero that ends within the described period, and the last longer one."""
    span = _daily(q, q.described())
    ordinals, values = _days(q, span.period.end)
    starts, ends = zero_runs(ordinals, values)
    inside = np.flatnonzero(ends >= span.period.start.toordinal())
    if not inside.size:
        clause = rank_phrases.longest_run(q.voice, q.wording, span.period, None, None)
        return q.answer(name, 0, clause, span, unit="days", detail={"run": None, "previous_longer": None})
    lengths = ends - starts + 1
    at = int(inside[len(inside) - 1 - np.argmax(lengths[inside][::-1])])
    run = _period(starts[at], ends[at])
    longer, known = _previous_longer(ordinals, values, starts, ends, at)
    clause = rank_phrases.longest_run(q.voice, q.wording, span.period, run, longer)
    detail = _run_detail(run, longer, known=known)
    return q.answer(name, run.n_days, clause, span, unit="days", detail=detail)


def current_run_without(q: Question, name: str) -> Stat:
    """Days at zero in a row up to the data date, and the last longer run before it."""
    span = _daily(q, Period(q.cut, q.cut))
    ordinals, values = _days(q, q.cut)
    starts, ends = zero_runs(ordinals, values)
    if not ends.size or int(ends[-1]) != q.cut.toordinal():
        clause = rank_phrases.current_run(q.voice, q.wording, q.cut, None, None)
        return q.answer(name, 0, clause, span, unit="days", detail={"run": None, "previous_longer": None})
    run = _period(starts[-1], ends[-1])
    longer, known = _previous_longer(ordinals, values, starts, ends, len(ends) - 1)
    clause = rank_phrases.current_run(q.voice, q.wording, q.cut, run, longer)
    detail = _run_detail(run, longer, known=known)
    return q.answer(name, run.n_days, clause, span, unit="days", period=run, detail=detail)


def threshold_date(q: Question, name: str) -> Stat:
    """First day (or month) on which the year to date reached a figure, and the same of an earlier year.

    The default figure is the last round thousand, below a thousand the last round hundred, that the year to
    date has passed.
    """
    period = q.to_date("year")
    if q.series.overlapping or not q.series.regular or q.base_kind == "year":
        raise UnavailableError(note_phrases.coarse(q.voice, q.base_kind), "not_applicable", period=period)
    span = q.need(period)
    figure = q.threshold if q.threshold is not None else _round_figure(span.value)
    if figure is None:
        raise UnavailableError(
            q.voice.say("no round figure has been reached"), "not_applicable", period=period
        )
    reached = _first_reaching(q, period, figure)
    before = period.end.year - q.years_back(period)
    before_year = periods.period_at("year", dt.date(before, 1, 1))
    known = q.series.span(before_year).ok
    earlier = _first_reaching(q, before_year, figure) if known else None
    clause = rank_phrases.threshold(
        q.voice, figure, period.end.year, reached, (before, earlier) if known else None
    )
    detail = {
        "threshold": figure,
        "reached_on": reached.end.isoformat() if reached else None,
        "reached_on_before": earlier.end.isoformat() if earlier else None,
        "year_before": before if known else None,
    }
    return q.answer(
        name,
        figure if reached else float("nan"),
        clause,
        span,
        period=Period(period.start, reached.end) if reached else period,
        against=Period(before_year.start, earlier.end) if earlier else None,
        base=figure if earlier else float("nan"),
        flags=() if reached else ("not_reached",),
        detail=detail,
    )


def seasonal_index(q: Question, name: str) -> Stat:
    """Average share of the calendar month in a complete year, relative to a twelfth (1 is an even month)."""
    month = periods.period_at("month", q.period.end)
    if q.base_kind not in {"day", "month"} or q.series.overlapping or q.period.n_days > 31:
        raise UnavailableError(q.voice.say("it belongs to a month"), "not_applicable")
    bins = q.series.bins("month", q.cut)
    first = [dt.date.fromordinal(int(start)) for start in bins.start]
    years = sorted({day.year for day in first})
    held = {(day.year, day.month): value for day, value in zip(first, bins.value, strict=True)}
    shares = {}
    for year in years:
        values = np.array([held.get((year, number), np.nan) for number in range(1, 13)])
        if not np.isnan(values).any() and values.sum() > 0:
            shares[year] = float(values[month.start.month - 1] / values.sum())
    if len(shares) < _MIN_YEARS:
        reason = q.voice.say("fewer than three complete years are held")
        raise UnavailableError(reason, "outside", period=month)
    mean = sum(shares.values()) / len(shares)
    years = sorted(shares)
    clause = rank_phrases.seasonal(
        q.voice, month.start, index=mean * 12, percent=mean * 100, first=years[0], last=years[-1]
    )
    spans = [q.need(periods.period_at("year", dt.date(year, 1, 1))) for year in years]
    covered = Period(dt.date(years[0], 1, 1), dt.date(years[-1], 12, 31))
    detail = {"month": month.start.month, "shares": shares, "mean_share": mean}
    unit = "index, 1 = an even month"
    return q.answer(name, round(mean * 12, 4), clause, *spans, unit=unit, period=covered, detail=detail)


def zero_runs(
    ordinals: NDArray[np.int64], values: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the runs of days at zero.

    Parameters
    ----------
    ordinals : array of int, shape (days,)
        Consecutive days.
    values : array of float, shape (days,)
        Their figures; a missing one ends a run.

    Returns
    -------
    starts, ends : arrays of int
        First and last day of each run.

    Examples
    --------
    >>> starts, ends = zero_runs(np.arange(10, 16), np.array([0.0, 0, 5, 0, np.nan, 0]))
    >>> starts.tolist(), ends.tolist()
    ([10, 13, 15], [11, 13, 15])
    """
    steps = np.diff(np.concatenate(([0], (values == 0).astype(np.int8), [0])))
    begin, stop = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1) - 1
    return ordinals[begin], ordinals[stop]


def _days(q: Question, last: dt.date) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    bins = q.series.bins("day", last)
    return bins.start, bins.value


def _daily(q: Question, period: Period) -> Span:
    if q.base_kind != "day" or q.series.overlapping:
        raise UnavailableError(note_phrases.coarse(q.voice, q.base_kind), "not_applicable")
    return q.need(period)


def _period(start: int | np.int64, end: int | np.int64) -> Period:
    return Period(dt.date.fromordinal(int(start)), dt.date.fromordinal(int(end)))


def _previous_longer(
    ordinals: NDArray[np.int64],
    values: NDArray[np.float64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    at: int,
) -> tuple[Period | None, bool]:
    """Find the last longer run before one, and whether no missing day could hide another."""
    lengths = ends - starts + 1
    longer = np.flatnonzero(lengths[:at] > lengths[at])
    since = int(ends[longer[-1]]) if longer.size else int(ordinals[0]) - 1
    hidden = np.isnan(values) & (ordinals > since) & (ordinals < starts[at])
    found = _period(starts[longer[-1]], ends[longer[-1]]) if longer.size else None
    return (None, False) if hidden.any() else (found, True)


def _run_detail(run: Period, longer: Period | None, *, known: bool) -> dict[str, object]:
    return {
        "run": iso(run),
        "previous_longer": iso(longer) if longer else None,
        "previous_longer_days": longer.n_days if longer else None,
        "previous_known": known,
    }


def _round_figure(value: float) -> float | None:
    """Return the last round thousand or hundred."""
    step = 1000 if value >= 1000 else 100
    return float(value // step * step) if value >= step else None


def _first_reaching(q: Question, period: Period, figure: float) -> Period | None:
    """Find the first published period that brings the sum since the period's start to a figure."""
    rows = (q.series.start >= period.start.toordinal()) & (q.series.end <= period.end.toordinal())
    reached = np.flatnonzero(np.cumsum(q.series.value[rows]) >= figure)
    if not reached.size:
        return None
    at = int(reached[0])
    return _period(q.series.start[rows][at], q.series.end[rows][at])
