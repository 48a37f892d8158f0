"""The one catalogue of phrases: every sentence that goes with a statistic.

Each function puts figures into one sentence or clause of a :class:`~geo.stats.locales.Voice`. The messages
are English and are the ids of the gettext catalogue ``geo/data/locale/routeways.pot``; nouns and verbs come
from the series catalogue (:func:`geo.counts.series_info`) and are ids too. Clauses stand without capital or
full stop; :func:`sentence` makes a sentence of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.stats.titles import statistic_title
from geo.stats.when import name_period, when

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from geo.stats.locales import Voice
    from geo.stats.periods import Period

    Wording = Mapping[str, str]


def _mark(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


def _mark_plural(singular: str, plural: str) -> tuple[str, str]:
    """Mark a message with a plural for the catalogue."""
    return singular, plural


_QUALIFIED: Final = {
    "about": _mark("about {count}"),
    "over": _mark("over {count}"),
    "almost": _mark("almost {count}"),
    "nearly": _mark("nearly {count}"),
    "more than": _mark("more than {count}"),
    "at least": _mark("at least {count}"),
    "at most": _mark("at most {count}"),
    "fewer than": _mark("fewer than {count}"),
}
_KINDS: Final = {
    "day": _mark_plural("{number} day", "{number} days"),
    "week": _mark_plural("{number} week", "{number} weeks"),
    "month": _mark_plural("{number} month", "{number} months"),
    "quarter": _mark_plural("{number} quarter", "{number} quarters"),
    "year": _mark_plural("{number} year", "{number} years"),
}
_PLACES: Final = (
    _mark("highest"),
    _mark("second highest"),
    _mark("third highest"),
    _mark("fourth highest"),
    _mark("fifth highest"),
    _mark("sixth highest"),
    _mark("seventh highest"),
    _mark("eighth highest"),
    _mark("ninth highest"),
    _mark("tenth highest"),
)
_EQUAL_PLACES: Final = (
    _mark("equal highest"),
    _mark("equal second highest"),
    _mark("equal third highest"),
    _mark("equal fourth highest"),
    _mark("equal fifth highest"),
    _mark("equal sixth highest"),
    _mark("equal seventh highest"),
    _mark("equal eighth highest"),
    _mark("equal ninth highest"),
    _mark("equal tenth highest"),
)
_FREQUENCIES: Final = {
    "day": _mark("The figures are daily: on {day} the last complete day was {period}."),
    "week": _mark("The figures are weekly: on {day} the last complete week was {period}."),
    "month": _mark("The figures are monthly: on {day} the last complete month was {period}."),
    "quarter": _mark("The figures are quarterly: on {day} the last complete quarter was {period}."),
    "year": _mark("The figures are yearly: on {day} the last complete year was {period}."),
}
_COARSE: Final = {
    "day": _mark("the figures are daily and cannot be divided further"),
    "week": _mark("the figures are weekly and cannot be divided further"),
    "month": _mark("the figures are monthly and cannot be divided further"),
    "quarter": _mark("the figures are quarterly and cannot be divided further"),
    "year": _mark("the figures are yearly and cannot be divided further"),
    "span": _mark("the figures stand for irregular spans and cannot be divided further"),
    "cumulative": _mark("the figures are running totals of a year and cannot be divided further"),
}


def sentence(clause: str) -> str:
    """Begin a clause with a capital and end it with a full stop.

    >>> sentence("in 2024, no boats arrived")
    'In 2024, no boats arrived.'
    """
    return clause[:1].upper() + clause[1:] + ("" if clause.endswith(".") else ".")


def count(v: Voice, wording: Wording, value: float, qualifier: str = "") -> str:
    """Put a count and its noun into words.

    >>> from geo.stats.locales import read_voice
    >>> words = {"singular": "boat", "plural": "boats"}
    >>> [count(read_voice(), words, value) for value in (0, 1, 34582)]
    ['no boats', '1 boat', '34,582 boats']
    """
    noun = v.say_plural(wording["singular"], wording["plural"], value)
    if value == 0:
        return v.say("no {noun}", noun=noun)
    places = 0 if float(value).is_integer() else 1
    text = v.say("{number} {noun}", number=v.number(value, places=places), noun=noun)
    return v.messages.gettext(_QUALIFIED[qualifier]).format(count=text) if qualifier in _QUALIFIED else text


def periods(v: Voice, kind: str, number: int) -> str:
    """Count periods: "3 days"."""
    return v.say_plural(*_KINDS[kind], number, number=v.number(number))


def happened(v: Voice, wording: Wording, period: Period, value: float, qualifier: str = "") -> str:
    """Say what was counted in a period."""
    return v.say(
        "{when}, {count} {verb}",
        when=when(v, period),
        count=count(v, wording, value, qualifier),
        verb=v.say_plural(wording["past_singular"], wording["past"], value),
    )


def had_happened(
    v: Voice, wording: Wording, day: dt.date, value: float, *, this_year: bool, qualifier: str = ""
) -> str:
    """Say what had been counted in a year by a day."""
    message = "by {day}, {count} {verb} this year" if this_year else "by {day}, {count} {verb} in {year}"
    parts = {
        "day": v.weekday(day),
        "count": count(v, wording, value, qualifier),
        "verb": v.messages.gettext(wording["pluperfect"]),
        "year": day.year,
    }
    if message == "by {day}, {count} {verb} this year":
        return v.say("by {day}, {count} {verb} this year", **parts)
    return v.say("by {day}, {count} {verb} in {year}", **parts)


def last_days(v: Voice, wording: Wording, day: dt.date, value: float) -> str:
    """Say what was counted in the seven days to a day."""
    return v.say(
        "in the seven days to {day}, {count} {verb}",
        day=v.weekday(day),
        count=count(v, wording, value),
        verb=v.say_plural(wording["past_singular"], wording["past"], value),
    )


def twelve_months(v: Voice, wording: Wording, period: Period, value: float, qualifier: str = "") -> str:
    """Say what was counted in the twelve months to a day or month."""
    return v.say(
        "in the twelve months to {day}, {count} {verb}",
        day=v.month(period.end) if period.whole_months else v.day(period.end),
        count=count(v, wording, value, qualifier),
        verb=v.say_plural(wording["past_singular"], wording["past"], value),
    )


def all_time(v: Voice, wording: Wording, period: Period, value: float, qualifier: str = "") -> str:
    """Say what was counted since the figures begin."""
    return v.say(
        "since {first}, when the figures begin, and up to {last}, {count} {verb}",
        first=v.day(period.start),
        last=v.day(period.end),
        count=count(v, wording, value, qualifier),
        verb=v.messages.gettext(wording["pluperfect"]),
    )


def same_point_of(v: Voice, year: int) -> str:
    """Name the same point of another year."""
    return v.say("at the same point of {year}", year=year)


def compared(v: Voice, clause: str, against: str, *, change: float, equal: bool, base: float) -> str:
    """Add a comparison to a clause.

    >>> from geo.stats.locales import read_voice
    >>> compared(read_voice(), "609 people arrived", "in 2023", change=-79.0, equal=False, base=97940)
    '609 people arrived, 79.0 % fewer than in 2023 (97,940)'
    """
    places = 0 if float(base).is_integer() else 1
    parts: dict[str, Any] = {"clause": clause, "against": against, "base": v.number(base, places=places)}
    if equal:
        return v.say("{clause}, as many as {against}", **parts)
    if change == 0:
        return v.say("{clause}, about as many as {against} ({base})", **parts)
    parts["percent"] = v.percent(abs(change))
    if change > 0:
        return v.say("{clause}, {percent} more than {against} ({base})", **parts)
    return v.say("{clause}, {percent} fewer than {against} ({base})", **parts)


def not_compared(v: Voice, clause: str, against: str, *, base: float) -> str:
    """Add a base that is too small for a percentage."""
    if base == 0:
        return v.say(
            "{clause}; there were none {against}, so no percentage is given", clause=clause, against=against
        )
    places = 0 if float(base).is_integer() else 1
    return v.say(
        "{clause}; the {base} {against} are too few for a percentage",
        clause=clause,
        base=v.number(base, places=places),
        against=against,
    )


def mean(v: Voice, wording: Wording, period: Period, value: float, *, kind: str, number: int) -> str:
    """Say what was counted on average."""
    parts = {
        "periods": periods(v, kind, number),
        "day": v.month(period.end) if kind == "month" else v.weekday(period.end),
        "number": v.number(value, places=1),
        "noun": v.say_plural(wording["singular"], wording["plural"], 2),
        "verb": v.messages.gettext(wording["past"]),
    }
    if kind == "month":
        return v.say("in the {periods} to {day}, an average of {number} {noun} a month {verb}", **parts)
    return v.say("in the {periods} to {day}, an average of {number} {noun} a day {verb}", **parts)


def per_boat(v: Voice, period: Period, ratio: float, people: str, boats: str) -> str:
    """Say how many people a boat carried on average."""
    return v.say(
        "{when}, the average was {number} people per boat ({people}, {boats})",
        when=when(v, period),
        number=v.number(ratio, places=1),
        people=people,
        boats=boats,
    )


def per_boat_changed(v: Voice, clause: str, against: str, *, change: float, base: float) -> str:
    """Add a comparison to the people per boat."""
    parts = {
        "clause": clause,
        "against": against,
        "base": v.number(base, places=1),
        "percent": v.percent(abs(change)),
    }
    if change == 0:
        return v.say("{clause}, about as many as {against} ({base})", **parts)
    if change > 0:
        return v.say("{clause}, {percent} more than {against} ({base})", **parts)
    return v.say("{clause}, {percent} fewer than {against} ({base})", **parts)


def share(
    v: Voice,
    wording: Wording,
    period: Period,
    *,
    name: str,
    percent: float,
    part: float,
    whole: float,
    corridors: int,
) -> str:
    """Say which part of a whole one corridor makes up."""
    parts = {
        "when": when(v, period),
        "name": name,
        "percent": v.percent(percent),
        "noun": v.say_plural(wording["singular"], wording["plural"], 2),
        "part": v.number(part),
        "whole": v.number(whole),
    }
    if corridors == 0:
        return v.say(
            "{when}, the {name} corridor made up {percent} of the {noun} on all routes ({part} of {whole})",
            **parts,
        )
    parts["corridors"] = v.say_plural("{number} corridor", "{number} corridors", corridors, number=corridors)
    return v.say(
        "{when}, the {name} corridor made up {percent} of the {noun} of {corridors} ({part} of {whole})",
        **parts,
    )


def place(v: Voice, rank: int, *, equal: bool) -> str:
    """Put a rank into words; from the eleventh on the caller counts instead."""
    return v.messages.gettext((_EQUAL_PLACES if equal else _PLACES)[rank - 1])


def caption(v: Voice, name: str, text: str, publisher: str, published: dt.date | None) -> str:
    """Say what the figures are and whose.

    Parameters
    ----------
    v : Voice
        The language.
    name, text : str
        Title and caption of the corridor; either may be "".
    publisher : str
        Who published the figures.
    published : date or None
        When, where it was later than usual.
    """
    name, text = (v.messages.gettext(part) if part else "" for part in (name, text))
    head = (
        v.say("{name}: {text}.", name=name, text=text)
        if name and text
        else sentence(name or text)
        if name or text
        else ""
    )
    if published is None:
        source = v.say("Source: {publisher}.", publisher=publisher)
    else:
        source = v.say(
            "Source: {publisher}, on figures published {day}.", publisher=publisher, day=v.day(published)
        )
    return f"{head} {source}" if head else source


def last_complete(v: Voice, frequency: str, day: dt.date, period: Period) -> str:
    """Say why a span stops before the data date."""
    return v.messages.gettext(_FREQUENCIES[frequency]).format(day=v.day(day), period=name_period(v, period))


def not_held_yet(v: Voice, period: Period) -> str:
    """Say that a period has ended but is not held."""
    return sentence(v.say("{period} is not held yet", period=name_period(v, period)))


def preliminary(v: Voice, number: int) -> str:
    """Say that the newest figures are preliminary."""
    return v.say_plural(
        "The newest figure is preliminary.",
        "The newest {number} figures are preliminary.",
        number,
        number=number,
    )


def partial_rows(v: Voice) -> str:
    """Say that some published periods were not complete."""
    return v.say("Some of the published periods were not complete.")


def not_complete(v: Voice, period: Period, day: dt.date) -> str:
    """Say that a period is described up to a day only."""
    return sentence(
        v.say("{period} is described up to {day} only", period=name_period(v, period), day=v.day(day))
    )


def unavailable(v: Voice, statistic: str, reason: str) -> str:
    """Say that a statistic cannot be given."""
    return v.say(
        "{title}: not available, because {reason}", title=statistic_title(v, statistic), reason=reason
    )


def gaps(v: Voice, gaps_: Sequence[Period], *, state: str = "missing") -> str:
    """Name what is missing or was withheld."""
    named = [name_period(v, gap) for gap in gaps_[:3]]
    if len(gaps_) > 3:
        named.append(v.say("{number} more", number=v.number(len(gaps_) - 3)))
    listed = v.join(named)
    if state == "suppressed":
        return v.say("the publisher withheld {periods}", periods=listed)
    if state == "coarse":
        return v.say("no separate figure was published for {periods}", periods=listed)
    return v.say("the figures lack {periods}", periods=listed)


def begins(v: Voice, first: dt.date, last: dt.date) -> str:
    """Name the days that the figures cover."""
    return v.say("the figures cover {first} to {last}", first=v.day(first), last=v.day(last))


def coarse(v: Voice, frequency: str) -> str:
    """Say that a stretch of days cuts through published periods."""
    return v.messages.gettext(_COARSE[frequency])
