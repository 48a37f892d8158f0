"""Phrases of what past revisions say of a preliminary figure; a part of the one catalogue.

See :mod:`geo.stats.phrases`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from geo.stats.locales import Voice


def _mark(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


def _mark_plural(singular: str, plural: str) -> tuple[str, str]:
    """Mark a message with a plural for the catalogue."""
    return singular, plural


_HOW: Final = {
    "empirical": _mark("The range of past revisions: 5 % and 95 % quantiles of {cases}."),
    "normal": _mark("The range of past revisions: prediction interval of normal logarithms of {cases}."),
}
_REFUSED: Final = {
    "zero": _mark("nothing was counted, and past revisions are shares of what was"),
    "apart": _mark("its newest figures were not published together"),
    "settled": _mark("in its vintage the figure was not among the newest"),
    "partial": _mark("it holds a period that was not complete when it was published"),
    "irregular": _mark("the figures are not published by calendar periods"),
    "differs": _mark("the vintages that are held give another figure"),
}


def interval(v: Voice) -> str:
    """Name the interval."""
    return v.say("90 % of past revisions")


def suggests(v: Voice, low: str, high: str, vintages: int) -> str:
    """Say between which figures a preliminary one is likely to settle."""
    parts = {"low": low, "high": high, "interval": interval(v), "vintages": _vintages(v, vintages)}
    if low == high:
        return v.say("Revisions so far suggest a settled figure of {low} ({interval}, {vintages}).", **parts)
    return v.say(
        "Revisions so far suggest a settled figure between {low} and {high} ({interval}, {vintages}).",
        **parts,
    )


def method(v: Voice, how: str, cases: int, vintages: int) -> str:
    """Say how the range was found."""
    told = v.say_plural(
        "{number} earlier case at the same age, in {vintages}",
        "{number} earlier cases at the same age, in {vintages}",
        cases,
        number=v.number(cases),
        vintages=_vintages(v, vintages),
    )
    return v.messages.gettext(_HOW[how]).format(cases=told)


def assumptions(v: Voice, preliminary: int) -> tuple[str, ...]:
    """Say what has to hold for the range."""
    return (
        v.say("Figures are revised as they were in the past."),
        v.say_plural(
            "A figure is settled once a newer one is published; later revisions are not counted in.",
            "A figure is settled once {number} newer ones are published; later revisions are not counted in.",
            preliminary,
            number=v.number(preliminary),
        ),
    )


def few_vintages(v: Voice, number: int, least: int) -> str:
    """Say that too few vintages are held for a range."""
    return v.say_plural(
        "{number} vintage of the series is held; a range of past revisions needs at least {least}",
        "{number} vintages of the series are held; a range of past revisions needs at least {least}",
        number,
        number=v.number(number),
        least=v.number(least),
    )


def few_cases(v: Voice, number: int, least: int) -> str:
    """Say that too few earlier figures have settled."""
    return v.say_plural(
        "{number} earlier case of the same age has settled; a range needs at least {least}",
        "{number} earlier cases of the same age have settled; a range needs at least {least}",
        number,
        number=v.number(number),
        least=v.number(least),
    )


def refused(v: Voice, why: str) -> str:
    """Say why there is no range."""
    return v.messages.gettext(_REFUSED[why])


def _vintages(v: Voice, number: int) -> str:
    return v.say_plural("{number} vintage", "{number} vintages", number, number=v.number(number))
