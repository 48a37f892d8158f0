"""How a comparison moves when its dates or its base year move, and whether its sign flips."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from geo.errors import InvalidInputError
from geo.stats import periods, sensitivity_phrases
from geo.stats.periods import Period
from geo.stats.question import SMALL_BASE, iso, percent_change

if TYPE_CHECKING:
    from geo.stats.question import Question

_DAYS: Final = 7
_STEPS: Final = {"day": "week", "week": "week", "month": "month", "quarter": "quarter"}
"""How far dates are moved, by how often the series is published."""
_MONTHS: Final = {"month": 1, "quarter": 3}


def sensitivity(
    question: Question, period: Period, against: Period, *, to_date: bool | None = None
) -> dict[str, Any]:
    """Recompute a change with its dates a week (or month) earlier and later, and against other years.

    Parameters
    ----------
    question : Question
        What is asked; its series is in one vintage, and nothing after its data date is looked at.
    period, against : Period
        What is compared, and with what.
    to_date : bool, optional
        Whether it is a month, quarter or year to date; default if it begins with one and is a stretch of
        days.

    Returns
    -------
    found : dict
        ``change``: the comparison itself, in per cent; ``step``: ``week``, ``month``, ``quarter`` or "";
        ``shifts``: a week, month or quarter earlier and later, and ``base_years``: the neighbouring base
        years, each a dict of ``by`` (steps or years, negative for earlier), ``period``, ``against``,
        ``change`` and ``state`` (``ok``, ``small_base``, or why there is none); ``flips``: whether the sign
        of any of them is the other one; ``text``: a sentence, "" where nothing could be recomputed.
        JSON-safe.

    Notes
    -----
    Daily and weekly series move by seven days, monthly ones by a month, quarterly ones by a quarter; both
    sides move alike. A period to date keeps its first day and moves its last within its month, quarter or
    year; any other moves as a whole. Changes on a base below 50 are withheld. A step later is left out where
    it would end after the data date: by then it was not known.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> from geo.stats.asking import ask
    >>> (question,), _ = ask(read_counts(), "channel", as_of="2024-12-12")
    >>> period = question.to_date("year")
    >>> print(sensitivity(question, period, question.back(period))["text"])
    A week earlier the change would be +16.8 %; it would be −22.8 % against 2022: the sign flips.
    """
    step = _STEPS.get(question.base_kind, "")
    main = _compare(question, period, against)
    shifts = [{"by": by, **_shift(question, period, against, by, to_date)} for by in (-1, 1)] if step else []
    bases = [{"by": by, **_rebase(question, period, against, by)} for by in (-1, 1)]
    changes = [row["change"] for row in (*shifts, *bases) if row["change"] is not None]
    flips = main["change"] is not None and any(main["change"] * other < 0 for other in changes)
    found = {"change": main["change"], "step": step, "shifts": shifts, "base_years": bases, "flips": flips}
    return {**found, "text": "" if main["change"] is None else _text(question, found)}


def _text(q: Question, found: dict[str, Any]) -> str:
    moved = {row["by"]: row["change"] for row in found["shifts"]}
    dates = sensitivity_phrases.shifted(q.voice, found["step"], moved.get(-1), moved.get(1))
    held = [
        (periods.parse_period(row["against"]), row["change"])
        for row in found["base_years"]
        if row["change"] is not None
    ]
    return sensitivity_phrases.told(
        q.voice, dates, sensitivity_phrases.rebased(q.voice, held, alone=not dates), flips=found["flips"]
    )


def _compare(q: Question, period: Period, against: Period) -> dict[str, Any]:
    """Compare two stretches, or say why not."""
    row: dict[str, Any] = {"period": iso(period), "against": iso(against), "change": None}
    if period.end > q.cut:
        return {**row, "state": "after_as_of"}
    span, base = q.series.span(period), q.series.span(against)
    for one in (span, base):
        if not one.ok:
            return {**row, "state": one.state}
    if base.value < SMALL_BASE:
        return {**row, "state": "small_base"}
    return {**row, "change": percent_change(span.value, base.value), "state": "ok"}


def _shift(q: Question, period: Period, against: Period, by: int, to_date: bool | None) -> dict[str, Any]:
    """Move both sides by one step."""
    moved, base = (_moved(one, by, q.base_kind, to_date) for one in (period, against))
    years = period.end.year - against.end.year
    if moved is not None and years > 0 and _back(period, years, q) == against:
        base = _back(moved, years, q)
    if moved is None or base is None:
        return {"period": iso(period), "against": iso(against), "change": None, "state": "outside"}
    return _compare(q, moved, base)


def _back(period: Period, years: int, q: Question) -> Period | None:
    """Return the same stretch so many years earlier; None for a week 53 without counterpart."""
    try:
        return periods.shift_years(period, -years, whole_months=q.base_kind in {"month", "quarter"})
    except InvalidInputError:
        return None


def _moved(period: Period, by: int, kind: str, to_date: bool | None) -> Period | None:
    """Move a stretch by a step: a period to date at its end, any other as a whole."""
    end = _step(period.end, by, kind, end=True)
    holder = None if to_date is False else _holder(period, sure=bool(to_date))
    if holder is None:
        return Period(_step(period.start, by, kind, end=False), end, days=period.days)
    inside = period.start <= end <= holder.end
    return Period(period.start, end, days=True) if inside else None


def _holder(period: Period, *, sure: bool) -> Period | None:
    """Return the shortest calendar period of which a stretch is the part to date; None if it is none."""
    for kind in ("month", "quarter", "year"):
        whole = periods.period_at(kind, period.end)
        if (sure or period.days) and whole.start == period.start and period.n_days > 1:
            return whole
    return None


def _step(day: dt.date, by: int, kind: str, *, end: bool) -> dt.date:
    """Move a day by a step; the end of a month stays one."""
    months = _MONTHS.get(kind)
    if months is None:
        return day + dt.timedelta(days=by * _DAYS)
    count = day.year * 12 + day.month - 1 + by * months
    first = dt.date(count // 12, count % 12 + 1, 1)
    return periods.period_at("month", first).end if end else first


def _rebase(q: Question, period: Period, against: Period, by: int) -> dict[str, Any]:
    """Compare with the year before the base, or after it."""
    row = {"period": iso(period), "against": "", "change": None}
    base = _back(against, -by, q)
    if base is None or base.end >= period.start:
        return {**row, "state": "not_applicable"}
    return _compare(q, period, base)
