"""Phrases of displacement; a part of the one catalogue (:mod:`geo.stats.phrases`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.stats.when import name_period

if TYPE_CHECKING:
    from geo.stats.locales import Voice
    from geo.stats.periods import Period


def _mark(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


ASSUMPTIONS: Final = (
    _mark("The season is that of calendar months and a yearly wave that grows or shrinks evenly."),
    _mark("What is left after season, trend and the last months is alike over the whole period."),
    _mark("A third cause that moves both corridors at once shows as a coincidence too, or hides one."),
)
_ROUTES: Final = {
    "channel": _mark("the Channel"),
    "central_med": _mark("the central Mediterranean"),
    "western_balkans": _mark("the Western Balkans"),
    "other_routes": _mark("the other routes"),
}
OTHER_SOURCES: Final = _mark(
    "The two series count different things, so only their unexpected growth is compared, never their size."
)


def route(v: Voice, corridor: str, title: str) -> str:
    """Name a corridor within a sentence ("the Western Balkans"); one of the user's own by its title."""
    return v.messages.gettext(_ROUTES[corridor]) if corridor in _ROUTES else title


def _signed(v: Voice, value: float, places: int) -> str:
    return v.number(value, places=places).replace("-", "−")


def _later(v: Voice, lag: int) -> str:
    if lag == 0:
        return v.say("in the same month")
    return v.say_plural("{number} month later", "{number} months later", lag, number=lag)


def correlation(v: Voice, value: float, low: float, high: float, level: float) -> str:
    """Write a correlation with its interval."""
    return v.say(
        "correlation {value}, {percent}\N{NO-BREAK SPACE}% interval {low} to {high}",
        value=_signed(v, value, 2),
        percent=v.number((1 - level) * 100, places=0 if round((1 - level) * 100, 6).is_integer() else 1),
        low=_signed(v, low, 2),
        high=_signed(v, high, 2),
    )


def found(
    v: Voice, verdict: str, names: tuple[str, str], lag: int, told: str, effect: tuple[float, float, float]
) -> str:
    """Say what was found for one ordered pair.

    Parameters
    ----------
    v : Voice
        The language.
    verdict : str
        ``consistent_with_displacement``, ``no_evidence`` or ``reversed``.
    names : tuple of str
        Corridors from and to.
    lag : int
        Months by which the second follows.
    told : str
        The correlation in words.
    effect : tuple of float
        Change on the second that goes with a fall of 10 % on the first, and its ends, in per cent.
    """
    parts = {"first": names[0], "second": names[1], "later": _later(v, lag), "correlation": told}
    size = {
        "size": v.number(abs(effect[0]), places=1),
        "low": _signed(v, effect[1], 1),
        "high": _signed(v, effect[2], 1),
    }
    if verdict == "no_evidence":
        return v.say(
            "no evidence of displacement from {first} to {second}: the strongest coincidence, {later}, is "
            "within what chance alone gives ({correlation})",
            **parts,
        )
    if verdict == "reversed":
        return v.say(
            "the reverse of displacement from {first} to {second}: a fall on {first} coincides with a fall "
            "on {second} {later} ({correlation}); 10\N{NO-BREAK SPACE}% fewer than expected on the first "
            "goes with {size}\N{NO-BREAK SPACE}% fewer on the second ({low} to {high}\N{NO-BREAK SPACE}%)",
            **parts,
            **size,
        )
    return v.say(
        "consistent with displacement from {first} to {second}: a fall on {first} coincides with a rise on "
        "{second} {later} ({correlation}); 10\N{NO-BREAK SPACE}% fewer than expected on the first goes with "
        "{size}\N{NO-BREAK SPACE}% more on the second ({low} to {high}\N{NO-BREAK SPACE}%)",
        **parts,
        **size,
    )


def no_cause(v: Voice) -> str:
    """Say what a coincidence is not."""
    return v.say("A coincidence of figures does not show that people changed route.")


def on_what(v: Voice, period: Period, months: int, max_lag: int, pairs: int, q_value: float) -> str:
    """Say on what the verdict rests."""
    return v.say(
        "On {months} months, {period}, without their season, trend and own past; lags of 0 to {lag} months; "
        "q\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{q} over {pairs} ordered pairs.",
        months=months,
        period=name_period(v, period),
        lag=max_lag,
        q=v.number(q_value, places=3),
        pairs=pairs,
    )


def between(v: Voice) -> str:
    """Say why an interval that leaves 0 out is no finding."""
    return v.say("The interval leaves out 0, but not after allowing for the number of pairs examined.")


def not_people(v: Voice, units: list[str]) -> str:
    """Say that the units counted are not persons."""
    return v.say(
        "{units} are not people, and the same person may be counted on both corridors.",
        units=v.join(units).capitalize(),
    )


def left_out(v: Voice, number: int) -> str:
    """Say that preliminary months do not count."""
    return v.say_plural(
        "The newest month is preliminary and left out.",
        "The newest {number} months are preliminary and left out.",
        number,
        number=number,
    )


def missing(v: Voice, number: int) -> str:
    """Say that months are missing."""
    return v.say_plural(
        "{number} month is missing and adds nothing.",
        "{number} months are missing and add nothing.",
        number,
        number=number,
    )


def derived(v: Voice) -> str:
    """Say what the other routes are."""
    return v.say("Other routes are derived: the published sum of all routes less the routes held.")


def method(v: Voice, permutations: int, block: int) -> str:
    """Say how the correlation, the interval and the q-value were found."""
    return v.say(
        "Lagged correlation of pre-whitened log counts; interval and p-value over all lags together from "
        "{number} permutations in blocks of {block} months; q-values after Benjamini and Yekutieli.",
        number=v.number(permutations),
        block=block,
    )


def interval(v: Voice, level: float) -> str:
    """Name the interval."""
    percent = v.number((1 - level) * 100, places=0 if round((1 - level) * 100, 6).is_integer() else 1)
    return v.say("{percent}\N{NO-BREAK SPACE}% confidence, all lags together", percent=percent)


def too_short(v: Voice, months: int, least: int) -> str:
    """Say that too few months are shared."""
    return v.say_plural(
        "the two share {number} month, and it takes {least}",
        "the two share {number} months, and it takes {least}",
        months,
        number=months,
        least=least,
    )


def too_many_missing(v: Voice, number: int, of: int) -> str:
    """Say that too many months are missing."""
    return v.say("{number} of the {of} months are missing, more than one in twenty", number=number, of=of)


def too_small(v: Voice, name: str, number: int) -> str:
    """Say that a corridor's months are too small."""
    return v.say(
        "more than a quarter of the months on {corridor} hold fewer than {number}",
        corridor=name,
        number=number,
    )


def not_monthly(v: Voice, name: str) -> str:
    """Say that figures cannot be laid out by month."""
    return v.say("the figures of {corridor} are not published by the month or day", corridor=name)


def no_variation(v: Voice) -> str:
    """Say that nothing is left to compare."""
    return v.say("one of the two does not vary beyond its season and trend")
