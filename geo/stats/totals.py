"""Totals, their changes, means, ratios and shares."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from geo import terms
from geo.stats import note_phrases, periods, phrases
from geo.stats.periods import Period
from geo.stats.question import SMALL_BASE, UnavailableError, percent, percent_change
from geo.stats.sensitivity import sensitivity
from geo.stats.settling import settled_range
from geo.stats.when import when

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.stats.question import Question
    from geo.stats.records import Stat
    from geo.stats.series import CountSeries, Span


def total(q: Question, name: str) -> Stat:
    """Total of the described period."""
    span = q.need(q.period)
    return q.answer(name, span.value, _happened(q, span), span, **settled_range(q, span))


def total_change(q: Question, name: str) -> Stat:
    """Change of the described period on the same one of an earlier year, or on the one it is held against."""
    return _change(q, name, q.period, q.against or q.back(q.period), _happened)


def last_7_days(q: Question, name: str) -> Stat:
    """Total of the seven days that end on the data date."""
    span = q.need(_seven(q))
    return q.answer(name, span.value, _last_days(q, span), span, **settled_range(q, span))


def last_7_days_change(q: Question, name: str) -> Stat:
    """Change on the same seven calendar days of an earlier year."""
    period = _seven(q)
    end = q.back(Period(period.end, period.end)).end
    base = Period(end - dt.timedelta(days=6), end, days=True)
    return _change(q, name, period, base, _last_days, against=phrases.same_days(q.voice, base))


def to_date(kind: str) -> Callable[[Question, str], Stat]:
    """Make the total of a month, quarter or year up to the data date."""

    def statistic(q: Question, name: str) -> Stat:
        span = q.need(q.to_date(kind))
        clause = _year_clause(q, span) if kind == "year" else _happened(q, span)
        return q.answer(name, span.value, clause, span, **settled_range(q, span))

    return statistic


def to_date_change(kind: str) -> Callable[[Question, str], Stat]:
    """Make the change on the same part of the month, quarter or year of an earlier year."""

    def statistic(q: Question, name: str) -> Stat:
        period = q.to_date(kind)
        if kind != "year":
            return _change(q, name, period, q.back(period), _happened)
        base = q.back(period)
        against = phrases.same_point_of(q.voice, base.end.year) if q.base_kind == "day" else None
        return _change(q, name, period, base, _year_clause, against=against)

    return statistic


def same_point(q: Question, name: str) -> Stat:
    """Year to date at the same point of an earlier year."""
    span = q.need(q.back(q.to_date("year")))
    return q.answer(name, span.value, _year_clause(q, span), span, **settled_range(q, span))


def since(q: Question, name: str) -> Stat:
    """Total from a date, inclusive."""
    if q.since is None:
        raise UnavailableError(q.voice.say("no date was given"), "not_applicable")
    if q.since > q.cut:
        raise UnavailableError(q.voice.say("the date lies after the figures"), "outside")
    span = q.need(Period(q.since, q.cut, days=True))
    return q.answer(name, span.value, _happened(q, span), span, **settled_range(q, span))


def all_time(q: Question, name: str) -> Stat:
    """Total since the figures begin."""
    first = q.series.first
    if q.base_kind == "cumulative":
        raise UnavailableError(note_phrases.coarse(q.voice, "cumulative"), "not_applicable")
    span = q.need(Period(first, q.cut, days=True))
    clause = phrases.all_time(q.voice, q.wording, span.period, span.value, span.qualifier)
    return q.answer(name, span.value, clause, span, **settled_range(q, span))


def last_12_months(q: Question, name: str) -> Stat:
    """Total of the twelve months that end on the data date."""
    span = q.need(_twelve(q))
    return q.answer(name, span.value, _twelve_clause(q, span), span, **settled_range(q, span))


def last_12_months_change(q: Question, name: str) -> Stat:
    """Change on the twelve months that end a year, or more years, earlier."""
    period = _twelve(q)
    earlier = period
    for _ in range(q.years_back(period)):
        earlier = periods.twelve_months(earlier.start - dt.timedelta(days=1))
    return _change(q, name, period, earlier, _twelve_clause)


def rolling_mean(kind: str, number: int) -> Callable[[Question, str], Stat]:
    """Make the mean of the last days or months."""

    def statistic(q: Question, name: str) -> Stat:
        if kind == "day":
            _only(q, "day")
            period = Period(q.cut - dt.timedelta(days=number - 1), q.cut, days=True)
        else:
            _only(q, "day", "month")
            period = periods.back_months(periods.last_complete("month", q.cut).end, number)
        span = q.need(period)
        value = span.value / number
        clause = phrases.mean(
            q.voice, q.wording, period, value, kind=kind, number=number, qualifier=span.qualifier
        )
        unit = f"{q.series.unit} a {kind}"
        detail = {"total": span.value, "periods": number}
        settled = settled_range(q, span, parts=number)
        return q.answer(name, value, clause, span, unit=unit, detail=detail, **settled)

    return statistic


def per_boat(*, year: bool) -> Callable[[Question, str], Stat]:
    """Make people per boat: the sum of people over the sum of boats."""

    def statistic(q: Question, name: str) -> Stat:
        _boats(q)
        people, boats = _people_and_boats(q, q.to_date("year") if year else q.period)
        return _ratio(q, name, people, boats)

    return statistic


def per_boat_change(*, year: bool) -> Callable[[Question, str], Stat]:
    """Make the change of people per boat on the same period of an earlier year."""

    def statistic(q: Question, name: str) -> Stat:
        _boats(q)
        period = q.to_date("year") if year else q.period
        base_period = q.back(period) if year else q.against or q.back(period)
        people, boats = _people_and_boats(q, period)
        people_before, boats_before = _people_and_boats(q, base_period)
        ratio, base = people.value / boats.value, people_before.value / boats_before.value
        if people_before.value < SMALL_BASE:
            raise UnavailableError(q.voice.say("the base is too small"), "small_base", period=period)
        changed = percent(
            people.value * boats_before.value - people_before.value * boats.value,
            people_before.value * boats.value,
        )
        clause = phrases.per_boat_changed(
            q.voice,
            phrases.per_boat(q.voice, period, ratio, *_told(q, people, boats)),
            when(q.voice, base_period),
            change=changed,
            base=base,
        )
        return q.answer(
            name,
            changed,
            clause,
            people,
            boats,
            people_before,
            boats_before,
            unit="%",
            period=period,
            against=base_period,
            base=base,
            detail={"current_value": ratio},
        )

    return statistic


def share(*, year: bool) -> Callable[[Question, str], Stat]:
    """Make the share among the routes or corridors of one series."""

    def statistic(q: Question, name: str) -> Stat:
        members, corridors = _members(q)
        period = q.to_date("year") if year else q.period
        part = q.need(period)
        if part.qualifier:
            reason = q.voice.say("counts that are a minimum or an estimate are not divided into shares")
            raise UnavailableError(reason, "not_applicable", period=period)
        whole = [q.need(period, series) for series in members]
        value = sum(span.value for span in whole)
        if value == 0:
            raise UnavailableError(q.voice.say("the whole is zero"), "small_base", period=period)
        result = percent(part.value, value)
        clause = phrases.share(
            q.voice,
            q.wording,
            period,
            name=q.voice.messages.gettext(q.title or q.series.corridor),
            percent=result,
            part=part.value,
            whole=value,
            corridors=corridors,
        )
        detail = {
            "part": part.value,
            "whole": value,
            "of": terms.ALL_ROUTES if not corridors else "corridors",
        }
        return q.answer(name, result, clause, part, *whole, unit="%", base=value, detail=detail)

    return statistic


def _members(q: Question) -> tuple[list[CountSeries], int]:
    """Find what a share is of: the sum of all routes (0), else so many corridors of the same series."""
    if q.series.corridor == terms.ALL_ROUTES:
        raise UnavailableError(q.voice.say("it is the whole itself"), "not_applicable")
    everything = q.companion(terms.ALL_ROUTES, q.series.measure)
    if everything is not None:
        return [everything], 0
    names = q.siblings()
    measure = terms.MEASURES.get(q.series.measure)
    if len(names) < 2 or not (measure and measure.additive_over_places):
        raise UnavailableError(q.voice.say("the series has no other corridor or route"), "not_applicable")
    found = [q.series if name == q.series.corridor else q.companion(name, q.series.measure) for name in names]
    return [series for series in found if series is not None], len(names)


def _boats(q: Question) -> CountSeries:
    """Find the boats that belong to the people."""
    boats = q.companion(q.series.corridor, "boat") if q.series.measure == "arrival" else None
    if boats is None:
        raise UnavailableError(q.voice.say("the source counts no boats beside people"), "not_applicable")
    return boats


def _people_and_boats(q: Question, period: Period) -> tuple[Span, Span]:
    pair = q.need(period), q.need(period, _boats(q))
    if pair[1].value == 0:
        raise UnavailableError(
            q.voice.say("no boats arrived {when}", when=when(q.voice, period)), "small_base", period=period
        )
    return pair


def _ratio(q: Question, name: str, people: Span, boats: Span) -> Stat:
    ratio = people.value / boats.value
    clause = phrases.per_boat(q.voice, people.period, ratio, *_told(q, people, boats))
    detail = {"people": people.value, "boats": boats.value}
    return q.answer(name, ratio, clause, people, boats, unit="persons per boat", detail=detail)


def _told(q: Question, people: Span, boats: Span) -> tuple[str, str]:
    words = _boats(q).info["wording"]
    return phrases.count(q.voice, q.wording, people.value), phrases.count(q.voice, words, boats.value)


def _only(q: Question, *kinds: str) -> None:
    if q.base_kind not in kinds:
        raise UnavailableError(note_phrases.coarse(q.voice, q.base_kind), "not_applicable")


def _seven(q: Question) -> Period:
    _only(q, "day")
    return Period(q.cut - dt.timedelta(days=6), q.cut, days=True)


def _twelve(q: Question) -> Period:
    if q.base_kind == "cumulative":
        raise UnavailableError(note_phrases.coarse(q.voice, "cumulative"), "not_applicable")
    return periods.twelve_months(q.cut)


def _happened(q: Question, span: Span) -> str:
    return phrases.happened(q.voice, q.wording, span.period, span.value, span.qualifier)


def _last_days(q: Question, span: Span) -> str:
    return phrases.last_days(q.voice, q.wording, span.period.end, span.value)


def _twelve_clause(q: Question, span: Span) -> str:
    return phrases.twelve_months(q.voice, q.wording, span.period, span.value, span.qualifier)


def _year_clause(q: Question, span: Span) -> str:
    """Say a year to date: by a day, or from a month to a month."""
    if q.base_kind not in {"day", "cumulative"}:
        return _happened(q, span)
    this_year = span.period.end.year == q.as_of.year == q.series.newest_known.year
    return phrases.had_happened(
        q.voice, q.wording, span.period.end, span.value, this_year=this_year, qualifier=span.qualifier
    )


def _change(
    q: Question,
    name: str,
    period: Period,
    base_period: Period,
    clause_of: Callable[[Question, Span], str],
    *,
    against: str | None = None,
) -> Stat:
    """Make a change: withheld on a small base, with the base in any case."""
    span = q.need(period)
    try:
        base = q.need(base_period)
    except UnavailableError as why:
        why.period = period
        raise
    clause, named = clause_of(q, span), against or when(q.voice, base_period)
    detail: dict[str, Any] = {"current_value": span.value}
    if base.value < SMALL_BASE:
        told = phrases.not_compared(q.voice, clause, named, base=base.value)
        return q.answer(
            name,
            float("nan"),
            told,
            span,
            base,
            unit="%",
            against=base_period,
            base=base.value,
            flags=("unavailable", "small_base"),
            detail=detail,
        )
    changed = percent_change(span.value, base.value)
    told = phrases.compared(
        q.voice, clause, named, change=changed, equal=span.value == base.value, base=base.value
    )
    detail["exact"] = (span.value / base.value - 1) * 100
    flags: tuple[str, ...] = ()
    if base.known_on is not None and base.known_on != span.known_on:
        detail["base_known_on"] = base.known_on.isoformat()
        flags = ("base_published_earlier",)
    to_date = name.partition("_change")[0].endswith("_to_date")
    detail["sensitivity"] = moved = sensitivity(q, period, base_period, to_date=to_date)
    if moved["flips"]:
        flags = (*flags, "sign_flips")
    return q.answer(
        name,
        changed,
        told,
        span,
        base,
        unit="%",
        against=base_period,
        base=base.value,
        flags=flags,
        detail=detail,
    )
