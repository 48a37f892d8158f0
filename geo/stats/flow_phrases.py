"""Phrases of flows; a part of the one catalogue (:mod:`geo.stats.phrases`)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from geo.stats.phrases import sentence
from geo.stats.when import when

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.stats.flow_assumptions import FlowAssumptions
    from geo.stats.locales import Voice
    from geo.stats.periods import Period


def _mark(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


_DRIVERS: Final = {
    "stay_share": _mark("how many people stay in a country or leave it another way"),
    "leak_share": _mark("how many people come by none of the drawn legs"),
    "legs_per_person": _mark("by how many legs one person enters or leaves a country"),
    "registered_share": _mark("how many people are never registered"),
    "registrations_per_person": _mark("how often a person is registered in one country"),
    "detected_share": _mark("how many crossings are not detected"),
    "attempts_per_person": _mark("how often a person crosses a counted border"),
    "undercount": _mark("how many arrivals are missed"),
    "revision": _mark("how far published counts are revised"),
    "rounding": _mark("how far publishers round"),
    "first_arrivals_per_person": _mark("how often a person is detected at the borders of first arrival"),
    "already_counted": _mark("how many people at the transit borders were detected before"),
}


def driver(v: Voice, name: str) -> str:
    """Name an assumption as a question that one would have to answer.

    >>> from geo.stats.locales import read_voice
    >>> driver(read_voice(), "undercount")
    'how many arrivals are missed'
    """
    return v.messages.gettext(_DRIVERS[name])


_ASSUMED: Final = {
    "stay_share": _mark(
        "Between {low} and {high} of the people in a country do not leave it by a drawn leg in the period"
    ),
    "leak_share": _mark(
        "At most {high} of the people in a country, or in a count of a border, came by none of the drawn "
        "legs; countries of first arrival are exempt"
    ),
    "legs_per_person": _mark(
        "One person enters a country by at most {high} different legs on average, and leaves it by as many"
    ),
    "registered_share": _mark("A person in a country is registered at least {high} times on average"),
    "registrations_per_person": _mark(
        "A person is registered at most {high} times on average in one country"
    ),
    "detected_share": _mark("At least {high} of the crossings of a counted border are detected"),
    "attempts_per_person": _mark(
        "A person crosses a counted border between {low} and {high} times on average, attempts after a "
        "return among them"
    ),
    "undercount": _mark("A count of arrivals misses at most {high} of them"),
    "revision": _mark("A published count differs from the settled one by at most {high} either way"),
    "rounding": _mark("A figure told as about a number differs from it by at most {high}"),
    "first_arrivals_per_person": _mark(
        "A person is detected at most {high} times on average at the borders of first arrival"
    ),
    "already_counted": _mark(
        "Between {low} and {high} of the people detected at transit borders were detected at a border of "
        "first arrival before"
    ),
}
_IN_TIMES: Final = frozenset(
    {
        "legs_per_person",
        "registered_share",
        "registrations_per_person",
        "attempts_per_person",
        "first_arrivals_per_person",
    }
)
"""Assumptions told as a number of times; the others are shares."""


def assumption(v: Voice, name: str, assumed: FlowAssumptions) -> str:
    """Say an assumption in a sentence, and whether it has a source.

    >>> from geo.stats.flow_assumptions import FlowAssumptions
    >>> from geo.stats.locales import read_voice
    >>> assumption(read_voice(), "undercount", FlowAssumptions())
    'A count of arrivals misses at most 10 % of them (assumption, no source).'
    >>> own = FlowAssumptions(undercount=0.05, sources={"undercount": "our survey of 2024"})
    >>> assumption(read_voice(), "undercount", own)
    'A count of arrivals misses at most 5 % of them (source: our survey of 2024).'
    """
    value = getattr(assumed, name)
    low, high = value if isinstance(value, tuple) else (0.0, value)
    if (low, high) == (0.0, 1.0) and isinstance(value, tuple):
        return v.say("Nothing is assumed of {what}.", what=driver(v, name))
    write = _times if name in _IN_TIMES else _percent
    text = v.messages.gettext(_ASSUMED[name]).format(low=write(v, low), high=write(v, high))
    source = assumed.sources.get(name, "")
    if source:
        return v.say("{text} (source: {source}).", text=text, source=source)
    if name == "revision" and value == type(assumed)().revision:
        return v.say(
            "{text} (full-year figures of Frontex moved by up to 1 % after their first publication).",
            text=text,
        )
    return v.say("{text} (assumption, no source).", text=text)


def _percent(v: Voice, share: float) -> str:
    value = round(100.0 * share, 1)
    return v.say("{number} %", number=v.number(value, places=0 if value.is_integer() else 1))


def _times(v: Voice, factor: float) -> str:
    return v.say("any number of") if math.isinf(factor) else v.number(factor, places=_places(factor))


def _places(value: float) -> int:
    """Return how many decimals a short number needs, two at most."""
    return 0 if float(value).is_integer() else 1 if round(10 * value, 6).is_integer() else 2


def spoken(v: Voice, value: float, *, up: bool) -> str:
    """Write an end of a range with two or three figures, rounded outwards.

    >>> from geo.stats.locales import read_voice
    >>> spoken(read_voice(), 246602, up=True), spoken(read_voice(), 408, up=False)
    ('247,000', '400')
    """
    step = 10.0 ** max(0, len(str(int(value))) - 3) if value >= 1000 else 10.0 if value >= 100 else 1.0
    return v.number((math.ceil if up else math.floor)(value / step) * step)


def flow(v: Voice, period: Period, low: float, high: float, name: str | None) -> str:
    """Say the range of one leg, and what drives it."""
    parts: dict[str, Any] = {"when": when(v, period), "low": spoken(v, low, up=False)}
    if math.isinf(high):
        if low > 0:
            text = v.say(
                "{when}: at least {low} people passed this leg; no upper bound from the counts", **parts
            )
        else:
            text = v.say("{when}: no upper bound from the counts, and no lower one above 0", **parts)
    else:
        parts["high"] = spoken(v, high, up=True)
        text = v.say(
            "{when}: between {low} and {high} people passed this leg, a possible range (rounded outwards)",
            **parts,
        )
    return f"{sentence(text)} {driven(v, name, high)}".rstrip()


def driven(v: Voice, name: str | None, high: float) -> str:
    """Say which assumption drives a range; nothing where none was looked for (`name` is None)."""
    if name is None:
        return ""
    if not name and math.isinf(high):
        return v.say("No count sees this leg.")
    if not name:
        return v.say("No single assumption drives it; the counts do not tell the legs apart.")
    if math.isinf(high):
        return v.say("An upper bound would need to know {driver}.", driver=driver(v, name))
    return v.say("The width is driven most by an assumption: {driver}.", driver=driver(v, name))


def only_whole(v: Voice, title: str) -> str:
    """Say why the legs of a corridor all have the same range."""
    return v.say(
        "No usable count below the whole corridor ({title}) is held for this period, so the range is that of "
        "all its counted legs together. Shares are not estimated.",
        title=title,
    )


def not_counted(v: Voice, title: str, period: Period) -> str:
    """Say why a leg that the only count does not cover has no range."""
    text = v.say(
        "{when}: no range; the only count held is that of the whole corridor ({title}), which does not see "
        "this leg",
        when=when(v, period),
        title=title,
    )
    return sentence(text)


def too_wide(v: Voice, period: Period, low: float, name: str | None) -> str:
    """Say that an upper bound says more of the assumptions than of the counts."""
    text = v.say(
        "{when}: no upper bound from the counts that would tell anything, for the assumptions allow more "
        "than five times the largest count",
        when=when(v, period),
    )
    parts = [sentence(text)]
    if low > 0:
        parts.append(v.say("At least {low} people passed this leg.", low=spoken(v, low, up=False)))
    return " ".join([*parts, driven(v, name, math.inf)]).rstrip()


def nothing(v: Voice, title: str, period: Period) -> str:
    """Say that no count bounds the flows."""
    return sentence(
        v.say(
            "{when}: no published count bounds the flows of the corridor {title}",
            when=when(v, period),
            title=title,
        )
    )


def no_bound(v: Voice, caveat: str) -> str:
    """Say why a measure bounds no flow."""
    return v.say("it bounds no flow ({caveat})", caveat=caveat)


def not_on_graph(v: Voice) -> str:
    """Say that a count has no place on the graph."""
    return v.say("what it covers is not on the graph of legs")


def legs_not_stated(v: Voice) -> str:
    """Say that it is not known which legs a count covers."""
    return v.say("which legs it covers is not stated")


def too_fine_at_sea(v: Voice) -> str:
    """Say why a count below a country is not used at sea."""
    return v.say("departures by sea are not told apart below the country, and should not be")


def contradiction(
    v: Voice,
    period: Period,
    counts: Sequence[Mapping[str, Any]],
    people: float,
    percent: float,
    eased: Iterable[str],
) -> str:
    """Say which counts contradict each other, and by how much."""
    named = [
        v.say(
            "{label}: {value} ({publisher})",
            label=item["label"],
            value=v.number(item["value"]),
            publisher=item["publisher"],
        )
        for item in counts
    ]
    told = when(v, period)
    if len(named) > 1:
        listed = "; ".join(named)
        text = v.say("{when}, these counts contradict each other: {counts}", when=told, counts=listed)
    elif named:
        text = v.say("{when}, this count contradicts the assumptions: {counts}", when=told, counts=named[0])
    else:
        text = v.say("{when}, the assumptions contradict each other", when=told)
    parts = [sentence(text)]
    if math.isfinite(percent) and named:
        parts.append(
            v.say(
                "Their bounds would have to move by {percent} together; over all counts by {people} people.",
                percent=v.percent(percent),
                people=v.number(people),
            )
        )
    reasons = [driver(v, name) for name in eased]
    if reasons:
        parts.append(
            v.say("Any one of these assumptions, left out, would end it: {names}.", names="; ".join(reasons))
        )
    return " ".join(parts)


def persons(
    v: Voice, period: Period, low: float, high: float, name: str, *, places: Sequence[str] = ()
) -> str:
    """Say how many different people there may have been: in countries, or behind detections."""
    parts: dict[str, Any] = {"when": when(v, period), "low": spoken(v, low, up=False)}
    if math.isinf(high):
        text = v.say("{when}: at least {low} different people, no upper bound from the counts", **parts)
        return f"{sentence(text)} {driven(v, name, high)}"
    parts["high"] = spoken(v, high, up=True)
    if places:
        text = v.say(
            "{when}: between {low} and {high} different people were on the move in {places}, a possible "
            "range (rounded outwards)",
            places=v.join(list(places)),
            **parts,
        )
    else:
        text = v.say(
            "{when}: between {low} and {high} different people stand behind the detections, a possible range "
            "(rounded outwards); detections at transit borders are not added to those of first arrival",
            **parts,
        )
    return f"{sentence(text)} {driven(v, name, high)}"


def no_region(v: Voice, title: str, period: Period) -> str:
    """Say why the different people of a corridor are not bounded."""
    return sentence(
        v.say(
            "{when}: the number of different people on the corridor {title} is not available, because no "
            "count of people in its countries is held",
            when=when(v, period),
            title=title,
        )
    )


def no_detections(v: Voice, period: Period) -> str:
    """Say why the different people behind the detections are not bounded."""
    return sentence(
        v.say(
            "{when}: the number of different people is not available, because no detections at borders of "
            "first arrival are held",
            when=when(v, period),
        )
    )


def method(v: Voice) -> str:
    """Say how the ranges of flows were found."""
    return v.say(
        "Least and greatest value of a linear programme over the graph of legs: people are balanced in each "
        "country, and every count bounds the people on its legs or in its country."
    )


def method_detected(v: Voice) -> str:
    """Say how the different people behind detections were bounded."""
    return v.say(
        "Least and greatest number of people that the detections allow; those at transit borders may all, in "
        "part or not at all be people detected at a border of first arrival before."
    )


def counter(v: Voice, clause: str, caveat: str) -> str:
    """Say one counter's figure, and that it is not added to others."""
    return v.say(
        "{figure} Side by side with other counters, not added to them ({caveat}).",
        figure=sentence(clause),
        caveat=caveat.rstrip("."),
    )


def agree(v: Voice, period: Period, number: int) -> str:
    """Say that some flows fulfil all counts."""
    if number == 0:
        return sentence(v.say("{when}, no count bounds the flows", when=when(v, period)))
    return sentence(
        v.say_plural(
            "{when}, {number} count agrees with the assumptions: some flows fulfil it",
            "{when}, the {number} counts agree under the assumptions: some flows fulfil them all",
            number,
            when=when(v, period),
            number=v.number(number),
        )
    )
