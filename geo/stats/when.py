"""Periods in words: "on Thursday 12 December 2024", "from January to November 2024"."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.stats.locales import Voice
    from geo.stats.periods import Period


def when(v: Voice, period: Period) -> str:
    """Say when something happened.

    Examples
    --------
    >>> from geo.stats.locales import read_voice
    >>> from geo.stats.periods import parse_period
    >>> voice = read_voice()
    >>> when(voice, parse_period("2024-12-12"))
    'on Thursday 12 December 2024'
    >>> when(voice, parse_period("2024-01/2024-11"))
    'from January to November 2024'
    >>> when(voice, parse_period("2024-07-05/2024-12-31"))
    'from 5 July to 31 December 2024'
    """
    kind = period.kind
    if kind == "day":
        return v.say("on {day}", day=v.weekday(period.start))
    if kind == "span":
        return from_to(v, period)
    return v.say("in {period}", period=name_period(v, period))


def name_period(v: Voice, period: Period) -> str:
    """Name a period.

    Examples
    --------
    >>> from geo.stats.locales import read_voice
    >>> from geo.stats.periods import parse_period
    >>> [name_period(read_voice(), parse_period(text)) for text in ("2024-12-12", "2024-W50", "2024-Q4")]
    ['Thursday 12 December 2024', 'week 50 of 2024', 'the fourth quarter of 2024']
    """
    kind, start = period.kind, period.start
    if kind == "day":
        return v.weekday(start)
    if kind == "week":
        year, week, _ = start.isocalendar()
        return v.say("week {week} of {year}", week=week, year=year)
    if kind == "month":
        return v.month(start)
    if kind == "quarter":
        return _name_quarter(v, start.month // 3, start.year)
    if kind == "year":
        return v.say("{year}", year=start.year)
    return _to(v, period)


def _name_quarter(v: Voice, quarter: int, year: int) -> str:
    return (
        v.say("the first quarter of {year}", year=year),
        v.say("the second quarter of {year}", year=year),
        v.say("the third quarter of {year}", year=year),
        v.say("the fourth quarter of {year}", year=year),
    )[quarter]


def from_to(v: Voice, period: Period) -> str:
    """Say from when to when, whatever kind of period it is."""
    start, end = _ends(v, period)
    return v.say("from {start} to {end}", start=start, end=end)


def _to(v: Voice, period: Period) -> str:
    start, end = _ends(v, period)
    return v.say("{start} to {end}", start=start, end=end)


def _ends(v: Voice, period: Period) -> tuple[str, str]:
    """Write both ends, without saying the same month or year twice."""
    start, end = period.start, period.end
    if period.whole_months:
        return (v.month_name(start) if start.year == end.year else v.month(start)), v.month(end)
    if (start.year, start.month) == (end.year, end.month):
        return v.number(start.day), v.day(end)
    return (v.day_month(start) if start.year == end.year else v.day(start)), v.day(end)
