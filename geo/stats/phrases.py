"""The one catalogue of phrases: every sentence that goes with a statistic.

Each function puts figures into one sentence or clause of a :class:`~geo.stats.locales.Voice`. The messages
are English and are the ids of the gettext catalogue ``geo/data/locale/routeways.pot``; nouns and verbs come
from the series catalogue (:func:`geo.counts.series_info`) and are ids too. Clauses stand without capital or
full stop; :func:`sentence` makes a sentence of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.stats.when import from_to, when

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

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


def about(v: Voice, place: str, nationality: str, clause: str) -> str:
    """Begin a clause with the part of the series that it is about.

    >>> from geo.stats.locales import read_voice
    >>> about(read_voice(), "", "ALB", "in 2022, 12,658 people arrived")
    'Nationality Albania: in 2022, 12,658 people arrived'
    """
    if nationality:
        clause = v.say("nationality {name}: {clause}", name=v.country(nationality), clause=clause)
    if place:
        clause = v.say("{name}: {clause}", name=v.country(place), clause=clause)
    return clause[:1].upper() + clause[1:]


def happened(v: Voice, wording: Wording, period: Period, value: float, qualifier: str = "") -> str:
    """Say what was counted in a period.

    Nothing counted by a source that gives minimums is nothing recorded, which is not to say that nothing
    happened.
    """
    if value == 0 and qualifier == "at least":
        noun = v.say_plural(wording["singular"], wording["plural"], 2)
        verb = v.messages.gettext(wording["past"])
        return v.say("{when}, no {noun} are recorded who {verb}", when=when(v, period), noun=noun, verb=verb)
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


def same_days(v: Voice, period: Period) -> str:
    """Name a stretch of days by its ends, also where it happens to be a calendar week."""
    return from_to(v, period)


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
    return v.say_plural(
        "{clause}; the {base} {against} is too few for a percentage",
        "{clause}; the {base} {against} are too few for a percentage",
        base,
        clause=clause,
        base=v.number(base, places=places),
        against=against,
    )


def mean(
    v: Voice, wording: Wording, period: Period, value: float, *, kind: str, number: int, qualifier: str = ""
) -> str:
    """Say what was counted on average."""
    average = v.number(value, places=1)
    if qualifier in _QUALIFIED:
        average = v.messages.gettext(_QUALIFIED[qualifier]).format(count=average)
    parts = {
        "periods": periods(v, kind, number),
        "day": v.month(period.end) if kind == "month" else v.weekday(period.end),
        "number": average,
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
        "{when}, the {name} corridor made up {percent} of the {noun} counted in {corridors} "
        "({part} of {whole})",
        **parts,
    )


def place(v: Voice, rank: int, *, equal: bool) -> str:
    """Put a rank into words; from the eleventh on the caller counts instead."""
    return v.messages.gettext((_EQUAL_PLACES if equal else _PLACES)[rank - 1])
