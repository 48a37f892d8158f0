"""Phrases of death rates; a part of the one catalogue (:mod:`geo.stats.phrases`)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from geo.stats.phrases import sentence
from geo.stats.when import name_period, when

if TYPE_CHECKING:
    import datetime as dt

    from geo.stats.locales import Voice
    from geo.stats.periods import Period
    from geo.stats.rates_figures import Rate, Undercount


def _mark(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


_ROUTES: Final = {
    "channel": _mark("under the label of the Channel, which includes deaths on land"),
    "central_med": _mark("on the central Mediterranean"),
    "western_balkans": _mark("in the Western Balkans"),
}
_DENOMINATORS: Final = {
    "arrivals": _mark("{arrivals}"),
    "arrivals+deaths": _mark("{arrivals} plus deaths"),
    "arrivals+interceptions": _mark("{arrivals} plus interceptions"),
    "arrivals+interceptions+deaths": _mark("known attempts ({arrivals}, interceptions and deaths)"),
}
_VERDICTS: Final = {
    "higher": _mark("the rate was higher"),
    "lower": _mark("the rate was lower"),
    "not distinguishable": _mark("the two rates are not distinguishable"),
}


def route(v: Voice, corridor: str, title: str) -> str:
    """Say where people died."""
    if corridor in _ROUTES:
        return v.messages.gettext(_ROUTES[corridor])
    return v.say("on the route {title}", title=v.messages.gettext(title))


def denominator(v: Voice, name: str, place: str) -> str:
    """Name what deaths are divided by."""
    arrivals = v.say("recorded arrivals in {place}", place=place) if place else v.say("recorded arrivals")
    return v.messages.gettext(_DENOMINATORS[name]).format(arrivals=arrivals)


def number(v: Voice, value: float, least: float) -> str:
    """Write a rate or ratio: one decimal, two where the least of them is below 1."""
    if math.isinf(value):
        return "∞"
    return v.number(value, places=1 if least >= 1 else 2)


def interval_name(v: Voice, confidence: float) -> str:
    """Name an interval: "95 % interval"."""
    percent = 100 * confidence
    places = 0 if math.isclose(percent, round(percent)) else 1
    return v.say("{number} % interval", number=v.number(percent, places=places))


def confidence_of(v: Voice, confidence: float) -> str:
    """Say what kind of interval it is: "95 % confidence"."""
    percent = 100 * confidence
    places = 0 if math.isclose(percent, round(percent)) else 1
    return v.say("{number} % confidence", number=v.number(percent, places=places))


def _people(v: Voice, deaths: float) -> str:
    return v.say_plural(
        "at least {number} person was recorded dead or missing",
        "at least {number} people were recorded dead or missing",
        deaths,
        number=v.number(deaths),
    )


def _limits(v: Voice, name: str) -> str:
    if "interceptions" in name:
        return v.say(
            "interceptions count the same person each time, so this is a rate per known attempt, "
            "not per person"
        )
    return v.say("interceptions are not included, so this is not a risk per attempt")


def _one_in(v: Voice, name: str, numbers: str) -> str:
    if name.endswith("deaths"):
        return v.say("about 1 in {number}", number=numbers)
    return v.say("one for about every {number} of them", number=numbers)


def rate(
    v: Voice, period: Period, place: str, found: Rate, *, name: str, unit: str, confidence: float
) -> str:
    """Say how many people died, and of how many.

    Parameters
    ----------
    v : Voice
        The language.
    period : Period
        When.
    place : str
        Where, from :func:`route`.
    found : Rate
        The figures.
    name, unit : str
        The denominator, and what :func:`denominator` calls it.
    confidence : float
        Of the interval.
    """
    least = min(found.value, found.low) if found.has_interval else found.value
    return v.say(
        "{when}, {people} {route}, {rate} per 1,000 {denominator} ({interval}), {one_in}; {limits}",
        when=when(v, period),
        people=_people(v, found.deaths),
        route=place,
        rate=number(v, found.value, least),
        denominator=unit,
        interval=_interval(v, found, confidence, least),
        one_in=_one_in(v, name, v.number(found.one_in)),
        limits=_limits(v, name),
    )


def _interval(v: Voice, found: Rate, confidence: float, least: float) -> str:
    if not found.has_interval:
        return v.say_plural(
            "no interval, for {number} incident is too few",
            "no interval, for {number} incidents are too few",
            found.incidents,
            number=v.number(found.incidents),
        )
    return v.say(
        "{name} {low}–{high}",
        name=interval_name(v, confidence),
        low=number(v, found.low, least),
        high=number(v, found.high, least),
    )


def rate_bounds(
    v: Voice,
    period: Period,
    place: str,
    deaths: int,
    bounds: tuple[Rate, Rate],
    *,
    name: str,
    unit: str,
    confidence: float,
) -> str:
    """Say between what a rate lies where causes are coded unevenly; as for :func:`rate`."""
    low, high = bounds
    known = low.has_interval
    least = min(low.value, low.low) if known else low.value
    parts = {
        "when": when(v, period),
        "people": _people(v, deaths),
        "route": place,
        "low": v.number(low.deaths),
        "high": v.number(high.deaths),
        "rate_low": number(v, low.value, least),
        "rate_high": number(v, high.value, least),
        "denominator": unit,
        "interval": v.say(
            "{name} of both together {low}–{high}",
            name=interval_name(v, confidence),
            low=number(v, low.low, least),
            high=number(v, high.high, least),
        )
        if known
        else _interval(v, low, confidence, least),
        "one_in": _one_in(
            v, name, v.say("{low} to {high}", low=v.number(high.one_in), high=v.number(low.one_in))
        ),
        "limits": _limits(v, name),
    }
    return v.say(
        "{when}, {people} {route}: {low} are coded as drowning, {high} as anything but a vehicle accident; "
        "that is between {rate_low} and {rate_high} per 1,000 {denominator} ({interval}), {one_in}; {limits}",
        **parts,
    )


def ratio(
    v: Voice,
    period: Period,
    against: Period,
    place: str,
    *,
    deaths: tuple[int, int],
    rates: tuple[str, str],
    value: str,
    ends: tuple[str, str] | None,
    unit: str,
    confidence: float,
    verdict: str,
) -> str:
    """Say how two rates compare; the verdict never rests on less than the interval."""
    interval = (
        v.say("{name} {low}–{high}", name=interval_name(v, confidence), low=ends[0], high=ends[1])
        if ends
        else v.say("no interval, for the incidents are too few")
    )
    return v.say(
        "{when}, {people} {route}, {rate} per 1,000 {denominator}; {earlier}, at least {base_deaths}, "
        "{base}; the ratio is {value} ({interval}): {verdict}",
        when=when(v, period),
        people=_people(v, deaths[0]),
        route=place,
        rate=rates[0],
        denominator=unit,
        earlier=when(v, against),
        base_deaths=v.number(deaths[1]),
        base=rates[1],
        value=value,
        interval=interval,
        verdict=v.messages.gettext(_VERDICTS[verdict]),
    )


def span(v: Voice, low: str, high: str) -> str:
    """Join the ends of a range: "1.7 to 2.2"."""
    return v.say("{low} to {high}", low=low, high=high)


def naive(v: Voice, low: float, high: float, times: float) -> str:
    """Say what an interval would be that takes each death for an incident of its own."""
    least = min(low, high)
    return v.say(
        "An interval that took each death for an incident of its own would be {low}–{high}, {times} times "
        "narrower; it is too narrow, because people die together.",
        low=number(v, low, least),
        high=number(v, high, least),
        times=v.number(times, places=0 if times >= 10 else 1),
    )


def vintage(v: Voice, publisher: str, day: dt.date | None, *, cumulative: bool) -> str:
    """Say whose deaths these are, and that their number grows."""
    head = (
        v.say(
            "The deaths are those known on {day} (source: {publisher})", publisher=publisher, day=v.day(day)
        )
        if publisher and day
        else v.say("The deaths are those known on {day}", day=v.day(day))
        if day
        else v.say("When the list of deaths was published is not said")
    )
    if cumulative:
        return v.say(
            "{head}; they grow as deaths become known, and deaths reported only as a sum over time are left "
            "out.",
            head=head,
        )
    return v.say("{head}; they grow as deaths become known.", head=head)


def one_country(v: Voice, place: str) -> str:
    """Say that arrivals cover less of a route than its deaths."""
    return v.say(
        "The arrivals are those in {place} only, the deaths those of the whole route; people who arrived "
        "elsewhere would lower the rate.",
        place=place,
    )


def label_only(v: Voice) -> str:
    """Say that deaths under a label are not all those of people in boats."""
    return v.say("The label is not that of small-boat deaths, and causes are coded unevenly.")


def one_incident(v: Voice, period: Period, share: float) -> str:
    """Warn where one incident makes a large part of the deaths."""
    return v.say(
        "One incident makes up {share} of the deaths of {period}; where one counts so much, the interval "
        "covers less often than it says.",
        share=v.percent(100 * share),
        period=name_period(v, period),
    )


def not_included(v: Voice, name: str) -> str:
    """Say in a sentence what a denominator lacks."""
    return sentence(_limits(v, name))


def undercount(v: Voice, scenario: Undercount, low: float, high: float) -> str:
    """Say what the rate would be if more people died than were recorded."""
    return sentence(
        v.say(
            "scenario “{name}” ({source}): if {few} to {many} times as many died as were recorded, {low} to "
            "{high} per 1,000",
            name=scenario.name,
            source=scenario.source,
            few=v.number(scenario.low, places=1),
            many=v.number(scenario.high, places=1),
            low=number(v, low, low),
            high=number(v, high, low),
        )
    )


# --- reasons for which there is no rate
def too_few(v: Voice, deaths: int, drowned: int | None) -> str:
    """Say that there are too few deaths for a rate; `drowned` of them, where causes give bounds only."""
    if drowned is not None:
        return v.say_plural(
            "{number} of at least {deaths} recorded is coded as drowning, and below 10 no rate is given",
            "{number} of at least {deaths} recorded are coded as drowning, and below 10 no rate is given",
            drowned,
            deaths=v.number(deaths),
            number=v.number(drowned),
        )
    return v.say_plural(
        "at least {number} death is recorded, and below 10 no rate is given",
        "at least {number} deaths are recorded, and below 10 no rate is given",
        deaths,
        number=v.number(deaths),
    )


def not_persons(v: Voice, label: str) -> str:
    """Say that a corridor has no arrivals of persons."""
    return v.say(
        "nobody publishes arrivals of people for it: what is counted is “{label}”, in which the same person "
        "may stand several times, and deaths are not divided by that",
        label=v.messages.gettext(label),
    )


def no_interceptions(v: Voice, reason: str) -> str:
    """Say that interceptions do not cover a period."""
    return v.say("the interceptions do not cover the period: {reason}", reason=reason)


def assumptions(v: Voice) -> tuple[str, ...]:
    """Say what has to hold for an interval."""
    return (
        v.say("Incidents happen independently of each other."),
        v.say("Their sizes in another such period would be like those recorded in this one."),
        v.say("The denominator is exact."),
        v.say("Deaths that nobody recorded are not in the interval."),
    )


def method(v: Voice, confidence: float, replicates: int, seed: int) -> str:
    """Say how an interval was found."""
    return v.say(
        "Studentised bootstrap over incidents with Poisson(1) weights, {replicates} replicates, seed {seed}, "
        "{name}; beside it the exact Poisson interval of the number of deaths.",
        replicates=v.number(replicates),
        seed=seed,
        name=interval_name(v, confidence),
    )


def method_of_ratio(v: Voice) -> str:
    """Say how the interval of a ratio was found."""
    return v.say(
        "The interval of the ratio follows from those of the two rates (variance recovery, on logs)."
    )
