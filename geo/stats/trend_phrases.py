"""Phrases of trends, seasons, changes of level and signals; a part of the one catalogue.

See :mod:`geo.stats.phrases`. They speak of the count of a series, since detections are not people, and claim
no cause.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from geo.stats.when import name_period, when

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from geo.stats.locales import Voice
    from geo.stats.periods import Period
    from geo.stats.phrases import Wording


def _mark(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


_COUNTS: Final = {
    "month": _mark("the monthly count of {noun}"),
    "week": _mark("the weekly count of {noun}"),
}
_SAME: Final = {"month": _mark("the same months"), "week": _mark("the same weeks")}


def counted(v: Voice, wording: Wording, kind: str) -> str:
    """Name what is followed: "the monthly count of detections"."""
    noun = v.say_plural(wording["singular"], wording["plural"], 2)
    return v.messages.gettext(_COUNTS[kind]).format(noun=noun)


def signed(v: Voice, value: float) -> str:
    """Write a percentage with its sign, as exactly as its size deserves.

    >>> from geo.stats.locales import read_voice
    >>> [signed(read_voice(), value) for value in (-84.25, 3, 123.4, 4616)]
    ['−84.3 %', '+3.0 %', '+123 %', '+4,600 %']
    """
    amount = percentage(v, abs(value))
    if not any(one in amount for one in "123456789"):
        return amount
    return v.say("+{amount}", amount=amount) if value > 0 else v.say("−{amount}", amount=amount)


def percentage(v: Voice, value: float) -> str:
    """Write a percentage, 0 or more: to one decimal, from 100 on whole, from 1,000 on to two figures."""
    if value >= 1000:
        return v.say("{number} %", number=about_number(v, value))
    return v.say("{number} %", number=v.number(value, places=0 if value >= 100 else 1))


def about_number(v: Voice, value: float) -> str:
    """Write a level to two or three figures.

    >>> from geo.stats.locales import read_voice
    >>> [about_number(read_voice(), value) for value in (12_843, 2_096, 87.4, 3.24)]
    ['12,800', '2,100', '87', '3.2']
    """
    if value < 10:
        return v.number(value, places=1)
    step = 10 ** max(0, math.floor(math.log10(value)) - (2 if value >= 10_000 else 1))
    return v.number(round(value / step) * step)


def probability(v: Voice, p: float) -> str:
    """Write a probability of chance.

    >>> from geo.stats.locales import read_voice
    >>> probability(read_voice(), 0.0314), probability(read_voice(), 1e-9)
    ('p = 0.031', 'p < 0.001')
    """
    if p < 0.001:
        return v.say("p < {number}", number=v.number(0.001, places=3))
    return v.say("p = {number}", number=v.number(p, places=3))


def interval(v: Voice, level: float, low: float, high: float) -> str:
    """Write an interval of percentages."""
    return v.say(
        "{level} % interval {low} to {high}",
        level=v.number(100 * level),
        low=signed(v, low),
        high=signed(v, high),
    )


def slope(
    v: Voice, what: str, kind: str, period: Period, found: tuple[float, float, float], level: float
) -> str:
    """Say how steep a trend is, or that there is none to tell from chance."""
    value, low, high = found
    parts = {
        "when": when(v, period),
        "what": what,
        "value": signed(v, value),
        "same": v.messages.gettext(_SAME[kind]),
        "interval": interval(v, level, low, high),
    }
    if low <= 0 <= high:
        return v.say(
            "{when}, {what} shows no trend that the data can tell from chance: {value} a year, the median of "
            "comparisons of {same} between years ({interval})",
            **parts,
        )
    parts["value"] = percentage(v, abs(value))
    if value > 0:
        return v.say(
            "{when}, {what} rose by {value} a year, the median of comparisons of {same} between years "
            "({interval})",
            **parts,
        )
    return v.say(
        "{when}, {what} fell by {value} a year, the median of comparisons of {same} between years "
        "({interval})",
        **parts,
    )


def trend_test(v: Voice, what: str, period: Period, *, z: float, p: float) -> str:
    """Say whether a series rises or falls throughout."""
    parts = {"when": when(v, period), "what": what, "p": probability(v, p)}
    if p > 0.05:
        return v.say("{when}, {what} shows no trend that the data can tell from chance ({p})", **parts)
    if z > 0:
        return v.say("{when}, {what} shows a rising trend, hardly by chance ({p})", **parts)
    return v.say("{when}, {what} shows a falling trend, hardly by chance ({p})", **parts)


def strength(v: Voice, what: str, period: Period, value: float, *, chance: float | None) -> str:
    """Say how strong trend (no `chance`) or season is."""
    parts = {"when": when(v, period), "what": what, "value": v.number(value, places=2)}
    if chance is None:
        return v.say(
            "{when}, the strength of the smooth trend of {what} is {value}, from 0 for none to 1 for nothing "
            "else",
            **parts,
        )
    parts["p"] = probability(v, chance)
    if chance > 0.05:
        return v.say(
            "{when}, {what} shows no season that the data can tell from chance: strength {value} of 1 ({p})",
            **parts,
        )
    return v.say(
        "{when}, the strength of the season of {what} is {value}, from 0 for none to 1 for nothing else, "
        "hardly by chance ({p})",
        **parts,
    )


def peak_month(v: Voice, what: str, period: Period, month: dt.date, *, factor: float, support: float) -> str:
    """Say in which month a series is usually highest."""
    return v.say(
        "{when}, {what} was usually highest in {month}, at {factor} times its trend; the same month comes "
        "first in {support} of simulated series",
        when=when(v, period),
        what=what,
        month=v.month_name(month),
        factor=v.number(factor, places=1),
        support=v.say("{number} %", number=v.number(100 * support)),
    )


def changes(v: Voice, what: str, period: Period, found: Sequence[Period], *, wanders: bool) -> str:
    """Say how often a level changed; where values wander, that steps cannot be told from wandering."""
    parts = {"when": when(v, period), "what": what, "number": v.number(len(found))}
    if not found and wanders:
        return v.say(
            "{when}, {what} shows no change of level that the data can tell from slow wandering: each figure "
            "depends too much on the one before",
            **parts,
        )
    if not found:
        return v.say("{when}, {what} shows no change of level that the data can tell from chance", **parts)
    named = v.join([name_period(v, one) for one in found])
    if len(found) == 2:
        return v.say(
            "{when}, the level of {what} changed twice, more than chance explains: most likely from {named} "
            "on",
            named=named,
            **parts,
        )
    return v.say_plural(
        "{when}, the level of {what} changed once, more than chance explains: most likely from {named} on",
        "{when}, the level of {what} changed {number} times, more than chance explains: most likely from "
        "{named} on",
        len(found),
        named=named,
        **parts,
    )


def change(
    v: Voice,
    what: str,
    dates: Period,
    levels: tuple[float, float],
    percents: tuple[float, float, float] | None,
    shares: tuple[float, float],
) -> str:
    """Say when a level changed, and by how much; no `percents` where the base is small."""
    share = v.say("{number} %", number=v.number(100 * shares[0]))
    dated = {"dates": name_period(v, dates), "share": share}
    if dates.kind in {"month", "week"}:
        moment = v.say("from {dates} on ({share} interval)", **dated)
    else:
        moment = v.say("at some point of {dates} ({share} interval)", **dated)
    parts = {
        "moment": moment,
        "what": what,
        "before": about_number(v, levels[0]),
        "after": about_number(v, levels[1]),
    }
    if levels[1] < levels[0]:
        clause = v.say("{moment}, the level of {what} fell from about {before} to {after}", **parts)
    else:
        clause = v.say("{moment}, the level of {what} rose from about {before} to {after}", **parts)
    if percents is None:
        return clause
    return v.say(
        "{clause}, {value} ({interval} given the date)",
        clause=clause,
        value=signed(v, percents[0]),
        interval=interval(v, shares[1], percents[1], percents[2]),
    )


def dependent(v: Voice) -> str:
    """Say that intervals are too narrow where figures depend much on the one before (docs/method.md)."""
    return v.say(
        "Figures that depend much on the one before make these intervals too narrow: in simulations with an "
        "autocorrelation of 0.6 those of dates (90 %) held {dates} % and those of sizes (95 %) {sizes} %.",
        dates=v.number(81),
        sizes=v.number(84),
    )


def given(v: Voice, autocorrelation: float) -> str:
    """Say that the autocorrelation was given, not estimated."""
    return v.say(
        "An autocorrelation of {number} was given, not estimated: where figures wander more, this describes "
        "and does not test.",
        number=v.number(autocorrelation, places=2),
    )


def signals(v: Voice, what: str, period: Period, reference: Period, number: int, years: float) -> str:
    """Say how often a series left its reference."""
    parts = {
        "when": when(v, period),
        "what": what,
        "reference": name_period(v, reference),
        "years": v.number(years),
        "number": v.number(number),
    }
    if not number:
        return v.say(
            "{when}, {what} did not leave the reference of {reference} by more than chance explains (chance "
            "passes the limit about once in {years} years)",
            **parts,
        )
    return v.say_plural(
        "{when}, {what} left the reference of {reference} once (chance passes the limit about once in "
        "{years} years)",
        "{when}, {what} left the reference of {reference} {number} times (chance passes the limit about once "
        "in {years} years)",
        number,
        **parts,
    )


def signal(v: Voice, what: str, period: Period, reference: Period, *, above: bool, ratio: float) -> str:
    """Say when a series ran above or below its reference."""
    parts = {
        "when": when(v, period),
        "what": what,
        "reference": name_period(v, reference),
        "ratio": v.number(ratio, places=1 if ratio >= 0.95 else 2),
    }
    if above:
        return v.say(
            "{when}, {what} ran above the reference of {reference}: {ratio} times its level", **parts
        )
    return v.say("{when}, {what} ran below the reference of {reference}: {ratio} times its level", **parts)


def left_out(v: Voice, kind: str, number: int) -> str:
    """Say that preliminary figures were left out."""
    if kind == "week":
        return v.say_plural(
            "The newest week is preliminary and left out.",
            "The newest {number} weeks are preliminary and left out.",
            number,
            number=v.number(number),
        )
    return v.say_plural(
        "The newest month is preliminary and left out.",
        "The newest {number} months are preliminary and left out.",
        number,
        number=v.number(number),
    )


def gaps_left(v: Voice, missing: Sequence[Period], since: Period | None) -> str:
    """Say what is missing, and that the figures are taken from behind the last gap."""
    named = [name_period(v, one) for one in missing[:3]]
    if len(missing) > 3:
        named.append(v.say("{number} more", number=v.number(len(missing) - 3)))
    listed = v.join(named)
    if since is None:
        return v.say("The figures lack {periods}; nothing is filled in.", periods=listed)
    return v.say(
        "The figures lack {periods}; only those from {first} on are taken.",
        periods=listed,
        first=name_period(v, since),
    )


METHODS: Final = {
    "trend_slope": _mark(
        "Theil–Sen slope between the same months or weeks of different years, on log(1 + count); interval "
        "from the variance of Kendall's S, widened for autocorrelation."
    ),
    "trend_test": _mark("Seasonal Mann–Kendall test, ties and autocorrelation taken into account."),
    "trend_strength": _mark(
        "Robust STL on the scale {scale}; one minus the variance of remainder over that "
        "of trend and remainder."
    ),
    "season_strength": _mark(
        "Robust STL with a steady season on the scale {scale}; chance by simulated series without a season."
    ),
    "seasonal_peak_month": _mark(
        "Robust STL with a steady season on the scale {scale}; support by simulated series."
    ),
    "change_points": _mark(
        "Best partition into levels of a negative binomial with a season, autocorrelation taken into "
        "account; a change has to gain 3 log n in twice the log-likelihood."
    ),
    "change_point": _mark(
        "Date by the share of the likelihood, change of level by the negative binomial given the date."
    ),
    "signals": _mark(
        "CUSUM of residuals from the reference's level and season, its limit set by simulated series without "
        "a change; looking back only."
    ),
}
"""What was done, by statistic."""
ASSUMPTIONS: Final = {
    "trend_slope": (
        _mark("One direction throughout: a rise and a fall cancel out."),
        _mark("Autocorrelation is of the first order."),
    ),
    "trend_test": (
        _mark("One direction throughout: a rise and a fall cancel out."),
        _mark("Autocorrelation is of the first order."),
    ),
    "trend_strength": (_mark("The season is the same in all years."),),
    "season_strength": (_mark("The season is the same in all years."),),
    "seasonal_peak_month": (_mark("The season is the same in all years."),),
    "change_points": (
        _mark("Levels change in steps; a slow change shows as several steps."),
        _mark("The season is the same in all years."),
    ),
    "change_point": (
        _mark("Levels change in steps; a slow change shows as several steps."),
        _mark("Only changes that stand out are told, so their sizes tend to be too large."),
    ),
    "signals": (
        _mark("The reference years are typical of what would have been."),
        _mark("The season is the same in all years."),
    ),
}
"""What has to hold, by statistic."""


def method(v: Voice, statistic: str, *, scale: str = "") -> str:
    """Say how a statistic was found."""
    return v.messages.gettext(METHODS[statistic]).format(scale=scale)


def assumptions(v: Voice, statistic: str) -> tuple[str, ...]:
    """Say what has to hold for a statistic."""
    return tuple(v.messages.gettext(one) for one in ASSUMPTIONS[statistic])
