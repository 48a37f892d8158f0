"""Phrases of ranks, runs and dates; a part of the one catalogue (:mod:`geo.stats.phrases`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.stats.phrases import count, periods, place
from geo.stats.when import name_period, when

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from geo.stats.locales import Voice
    from geo.stats.periods import Period
    from geo.stats.phrases import Wording

_NAMED = 10
"""Ranks that have a word; later ones are given as a number."""


def group(v: Voice, kind: str, scope: str, period: Period, number: int) -> str:
    """Name the periods among which one is ranked: "353 December days".

    Parameters
    ----------
    v : Voice
        The language.
    kind : str
        Kind of period.
    scope : str
        ``all``, ``month`` (the same calendar month, or quarter) or ``year``.
    period : Period
        The one that is ranked.
    number : int
        How many there are.
    """
    counted = v.number(number)
    if scope == "month":
        month = v.month_name(period.start)
        if kind == "day":
            return v.say_plural(
                "{number} {month} day", "{number} {month} days", number, number=counted, month=month
            )
        if kind == "month":
            return v.say_plural(
                "{number} month of {month}", "{number} months of {month}", number, number=counted, month=month
            )
        return _quarters(v, period.start.month // 3, number)
    named = periods(v, kind, number)
    year = period.start.isocalendar().year if kind == "week" else period.start.year
    return v.say("{periods} of {year}", periods=named, year=year) if scope == "year" else named


def _quarters(v: Voice, quarter: int, number: int) -> str:
    counted = v.number(number)
    return (
        v.say_plural("{number} first quarter", "{number} first quarters", number, number=counted),
        v.say_plural("{number} second quarter", "{number} second quarters", number, number=counted),
        v.say_plural("{number} third quarter", "{number} third quarters", number, number=counted),
        v.say_plural("{number} fourth quarter", "{number} fourth quarters", number, number=counted),
    )[quarter]


def up_to(v: Voice, day: dt.date, period: Period) -> str:
    """Say up to when periods are compared."""
    return v.say("up to then") if period.end == day else v.say("up to {day}", day=v.day(day))


def rank(
    v: Voice,
    counted: str,
    period: Period,
    *,
    rank: int,
    of: int,
    equals: int,
    among: str,
    until: str,
    before: tuple[float, Period] | None,
    above: Sequence[tuple[float, Period]],
) -> str:
    """Say which place a period has among others."""
    parts = {
        "count": counted,
        "period": name_period(v, period),
        "among": among,
        "until": until,
    }
    if rank == of > 1 and not equals:
        return v.say("with {count}, {period} was the lowest of all {among} {until} on these figures", **parts)
    if rank <= _NAMED:
        parts["place"] = place(v, rank, equal=equals > 0)
        text = v.say(
            "with {count}, {period} was the {place} of all {among} {until} on these figures", **parts
        )
    else:
        parts["rank"] = v.number(rank)
        parts["others"] = v.number(equals)
        text = (
            v.say(
                "with {count}, {period} was in place {rank} of all {among} {until} on these figures", **parts
            )
            if not equals
            else v.say(
                "with {count}, {period} was in place {rank} of all {among} {until} on these figures, "
                "equal with {others} more",
                **parts,
            )
        )
    if rank == 1 and before is not None:
        return v.say(
            "{text}; the highest before was {value}, {when}",
            text=text,
            value=v.number(before[0]),
            when=when(v, before[1]),
        )
    if above:
        listed = v.join([v.say("{value} {when}", value=v.number(x), when=when(v, at)) for x, at in above])
        return v.say("{text}, after {listed}", text=text, listed=listed)
    return text


def rank_of_zero(v: Voice, clause: str, *, zeros: str, among: str, until: str) -> str:
    """Say that a period without any is one of many; a rank would say nothing."""
    return v.say(
        "{clause}; that was so in {zeros} of all {among} {until} on these figures",
        clause=clause,
        zeros=zeros,
        among=among,
        until=until,
    )


def highest(v: Voice, counted: str, period: Period, *, among: str, until: str, equals: int) -> str:
    """Say which period was the highest of all."""
    parts = {
        "among": among,
        "until": until,
        "period": name_period(v, period),
        "count": counted,
    }
    if equals:
        return v.say(
            "of all {among} {until} on these figures, {period} was the first of the highest, with {count}",
            **parts,
        )
    return v.say("of all {among} {until} on these figures, {period} was the highest, with {count}", **parts)


def extreme_since(
    v: Voice,
    counted: str,
    period: Period,
    earlier: tuple[float, Period] | None,
    *,
    low: bool,
    direct: bool,
    first: dt.date,
) -> str:
    """Say since when no period was as high, or as low."""
    parts = {"count": counted, "period": name_period(v, period), "first": v.day(first)}
    if earlier is None:
        if low:
            return v.say("with {count}, {period} was the lowest since the figures begin on {first}", **parts)
        return v.say("with {count}, {period} was the highest since the figures begin on {first}", **parts)
    parts |= {"earlier": name_period(v, earlier[1]), "value": v.number(earlier[0])}
    if direct and low:
        return v.say(
            "with {count}, {period} was no lower than {earlier} ({value}) directly before it", **parts
        )
    if direct:
        return v.say(
            "with {count}, {period} was no higher than {earlier} ({value}) directly before it", **parts
        )
    if low:
        return v.say("with {count}, {period} was the lowest since {earlier} ({value})", **parts)
    return v.say("with {count}, {period} was the highest since {earlier} ({value})", **parts)


def nothing(v: Voice, wording: Wording) -> str:
    """Say that nothing was counted: "no people arrived by small boat"."""
    return v.say(
        "{count} {verb}",
        count=count(v, wording, 0),
        verb=v.say_plural(wording["past_singular"], wording["past"], 0),
    )


def days_with(v: Voice, wording: Wording, period: Period, number: int) -> str:
    """Say on how many days something was counted."""
    parts = {
        "when": when(v, period),
        "noun": v.say_plural(wording["singular"], wording["plural"], 2),
        "verb": v.messages.gettext(wording["past"]),
        "days": periods(v, "day", period.n_days),
        "number": v.number(number),
    }
    if number == 0:
        return v.say("{when}, {noun} {verb} on none of {days}", **parts)
    return v.say("{when}, {noun} {verb} on {number} of {days}", **parts)


def longest_run(v: Voice, wording: Wording, period: Period, run: Period | None, longer: Period | None) -> str:
    """Say how long the longest run without was, and which one before was longer."""
    parts = {"when": when(v, period), "nothing": nothing(v, wording)}
    if run is None:
        return v.say("{when}, there was no day on which {nothing}", **parts)
    text = v.say(
        "{when}, the longest run of days on which {nothing} was {days}, {run}",
        **parts,
        days=periods(v, "day", run.n_days),
        run=when(v, run),
    )
    return _longer(v, text, longer)


def current_run(v: Voice, wording: Wording, day: dt.date, run: Period | None, longer: Period | None) -> str:
    """Say how long nothing has been counted."""
    if run is None:
        noun = v.say_plural(wording["singular"], wording["plural"], 2)
        return v.say(
            "on {day}, {noun} {verb}, so no run without is under way",
            day=v.weekday(day),
            noun=noun,
            verb=v.messages.gettext(wording["past"]),
        )
    text = v.say_plural(
        "up to {day}, {nothing} for {days}",
        "up to {day}, {nothing} for {days} in a row",
        run.n_days,
        day=v.weekday(day),
        nothing=nothing(v, wording),
        days=periods(v, "day", run.n_days),
    )
    return _longer(v, text, longer)


def _longer(v: Voice, text: str, longer: Period | None) -> str:
    if longer is None:
        return text
    return v.say(
        "{text}; the last longer one was {days}, {run}",
        text=text,
        days=periods(v, "day", longer.n_days),
        run=when(v, longer),
    )


def threshold(
    v: Voice, number: float, year: int, reached: Period | None, before: tuple[int, Period | None] | None
) -> str:
    """Say when the year to date reached a figure, and when an earlier year did."""
    parts = {"year": year, "number": v.number(number)}
    if reached is None:
        text = v.say("in {year}, the figure of {number} was not reached", **parts)
    else:
        text = v.say("in {year}, the figure of {number} was reached {when}", **parts, when=when(v, reached))
    if before is None:
        return text
    earlier, day = before
    if day is None:
        return v.say("{text}; in {year} it was not reached", text=text, year=earlier)
    return v.say("{text}; in {year} it was reached {when}", text=text, year=earlier, when=when(v, day))


def seasonal(v: Voice, month: dt.date, *, index: float, percent: float, first: int, last: int) -> str:
    """Say how much of a year falls into a month."""
    return v.say(
        "over the complete years {first} to {last}, {month} held {percent} of a year on average, "
        "{index} times an even twelfth",
        first=first,
        last=last,
        month=v.month_name(month),
        percent=v.percent(percent),
        index=v.number(index, places=2),
    )
