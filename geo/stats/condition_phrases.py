"""Phrases of counts and the sea; a part of the one catalogue (:mod:`geo.stats.phrases`)."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from geo.stats.phrases import count
from geo.stats.sensitivity_phrases import change
from geo.stats.when import from_to, name_period, when

if TYPE_CHECKING:
    from geo.stats.locales import Voice
    from geo.stats.periods import Period
    from geo.stats.phrases import Wording


def effect(v: Voice, period: Period, kind: str, value: float, low: float, high: float) -> str:
    """Say how counts went with the sea."""
    parts = {
        "when": from_to(v, period),
        "change": change(v, value),
        "percent": v.percent(abs(value)),
        "low": change(v, low),
        "high": change(v, high),
    }
    if low <= 0 <= high:
        return v.say(
            "{when}, no association of the count with the height of the sea could be shown: {change} for "
            "half a metre more (95 % interval {low} to {high})",
            **parts,
        )
    if kind == "day":
        parts["others"] = v.say("season, weekday and trend being equal")
    else:
        parts["others"] = v.say("season and trend being equal")
    if value < 0:
        return v.say(
            "{when}, the expected count was {percent} lower where the sea was half a metre higher, {others} "
            "(95 % interval {low} to {high})",
            **parts,
        )
    return v.say(
        "{when}, the expected count was {percent} higher where the sea was half a metre higher, {others} "
        "(95 % interval {low} to {high})",
        **parts,
    )


def expected(
    v: Voice, wording: Wording, period: Period, *, value: float, low: float, high: float, observed: float
) -> str:
    """Say what was counted and what the conditions let expect."""
    return v.say(
        "{when}, {count} {verb}; going by the sea, the season and the trend of the same years, {expected} "
        "would have been expected (95 % interval of the expectation {low} to {high})",
        when=when(v, period),
        count=count(v, wording, observed),
        verb=v.say_plural(wording["past_singular"], wording["past"], observed),
        expected=v.number(value),
        low=v.number(low),
        high=v.number(high),
    )


def waves_of(v: Voice, source: str) -> str:
    """Say that the sea is not that of the publisher of the counts; of a path only the file is named."""
    if source and source != "dataset":
        return v.say("Wave heights: {source}, not the publisher of the counts.", source=PurePath(source).name)
    return v.say("Wave heights: those that were given, not the publisher of the counts.")


def calmer(v: Voice, period: Period, *, days: int, of: int, calm_m: float) -> str:
    """Say how many days had a calmer sea."""
    return v.say(
        "{when}, {calmer} of {all}: days whose mean significant wave height in the box was below {height} m",
        when=when(v, period),
        calmer=v.say_plural(
            "there was {number} calmer-sea day",
            "there were {number} calmer-sea days",
            days,
            number=v.number(days),
        ),
        all=v.number(of),
        height=v.number(calm_m, places=2).rstrip("0").rstrip(".,"),
    )


def per_calmer_day(
    v: Voice, wording: Wording, period: Period, *, value: float, total: float, days: int
) -> str:
    """Say how many were counted for each calmer-sea day."""
    return v.say(
        "{when}, {count} {verb} and there were {days}: {number} for each, whatever the day on which they "
        "came",
        when=when(v, period),
        count=count(v, wording, total),
        verb=v.say_plural(wording["past_singular"], wording["past"], total),
        days=v.say_plural("{number} calmer-sea day", "{number} calmer-sea days", days, number=v.number(days)),
        number=v.number(value, places=1),
    )


def method(v: Voice, kind: str) -> str:
    """Say how the model was made."""
    if kind == "day":
        return v.say(
            "Negative-binomial regression of daily counts on the day's area-weighted mean significant wave "
            "height, with season (two harmonics), weekday and trend (natural spline); Newey–West errors."
        )
    return v.say(
        "Negative-binomial regression of counts on the period's area-weighted mean significant wave height, "
        "with season (two harmonics) and trend (natural spline); Newey–West errors."
    )


def assumptions(v: Voice) -> tuple[str, ...]:
    """Say what has to hold."""
    return (
        v.say("The logarithm of the expected count goes with wave height in a straight line."),
        v.say("The mean over the box stands for the sea where people were."),
        v.say("Days of the sea are UTC days; those of the count are the publisher's."),
        v.say("What else changed over the years is followed by a smooth trend."),
    )


def cannot_claim(v: Voice) -> tuple[str, ...]:
    """Say what must not be read from it."""
    return (
        v.say("An association over past weeks and months, not a cause, and no forecast."),
        v.say(
            "Policing, departures held back for better days, the size of boats, wind, light and detection "
            "are not in the model; some of them go with the sea."
        ),
        v.say("A calmer-sea day is no statement of safety: people died on such days too."),
    )


def too_short(v: Voice, kind: str, held: int) -> str:
    """Say why there is no model."""
    number = v.number(held)
    if kind == "day":
        return v.say(
            "only {number} days have both a count and waves, or too few of them a count above 0",
            number=number,
        )
    if kind == "week":
        return v.say(
            "only {number} weeks have both a count and waves, or too few of them a count above 0",
            number=number,
        )
    return v.say(
        "only {number} months have both a count and waves, or too few of them a count above 0", number=number
    )


def none_whole(v: Voice, by: str, period: Period) -> str:
    """Say that no week or month is whole."""
    named = name_period(v, period)
    if by == "week":
        return v.say("no week of {period} has a count and waves for all its days", period=named)
    return v.say("no month of {period} has a count and waves for all its days", period=named)
