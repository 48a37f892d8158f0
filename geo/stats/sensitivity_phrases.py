"""Phrases of how a comparison moves; a part of the one catalogue (:mod:`geo.stats.phrases`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.stats.locales import round_half_up
from geo.stats.phrases import sentence
from geo.stats.when import name_period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.stats.locales import Voice
    from geo.stats.periods import Period


def change(v: Voice, value: float) -> str:
    """Write a change in per cent with its sign.

    >>> from geo.stats.locales import read_voice
    >>> [change(read_voice(), value) for value in (-23.4, 0.0, 17.2)]
    ['−23.4 %', '0.0 %', '+17.2 %']
    """
    rounded = round_half_up(value, 1)
    text = v.percent(abs(value))
    return f"−{text}" if rounded < 0 else f"+{text}" if rounded > 0 else text


def shifted(v: Voice, step: str, earlier: float | None, later: float | None) -> str:
    """Say how a change moves with its dates; "" where neither is known.

    Parameters
    ----------
    v : Voice
        The language.
    step : str
        ``week``, ``month`` or ``quarter``.
    earlier, later : float or None
        The change in per cent a step earlier and later.
    """
    parts = {
        "earlier": "" if earlier is None else change(v, earlier),
        "later": "" if later is None else change(v, later),
    }
    if earlier is None and later is None:
        return ""
    both, first, second = {
        "week": (
            v.say("a week earlier the change would be {earlier}, a week later {later}", **parts),
            v.say("a week earlier the change would be {earlier}", **parts),
            v.say("a week later the change would be {later}", **parts),
        ),
        "month": (
            v.say("a month earlier the change would be {earlier}, a month later {later}", **parts),
            v.say("a month earlier the change would be {earlier}", **parts),
            v.say("a month later the change would be {later}", **parts),
        ),
        "quarter": (
            v.say("a quarter earlier the change would be {earlier}, a quarter later {later}", **parts),
            v.say("a quarter earlier the change would be {earlier}", **parts),
            v.say("a quarter later the change would be {later}", **parts),
        ),
    }[step]
    return first if later is None else second if earlier is None else both


def rebased(v: Voice, bases: Sequence[tuple[Period, float]], *, alone: bool = False) -> str:
    """Say what the change would be against other years, alone or after a clause on dates; "" for none."""
    if not bases:
        return ""
    listed = [
        v.say("{change} against {base}", change=change(v, value), base=_named(v, period))
        for period, value in bases
    ]
    if alone:
        return v.say("the change would be {changes}", changes=v.join(listed))
    return v.say("it would be {changes}", changes=v.join(listed))


def _named(v: Voice, period: Period) -> str:
    if period.kind == "week":
        return v.say("{year}", year=period.start.isocalendar()[0])
    if period.start.year == period.end.year:
        return v.say("{year}", year=period.start.year)
    return name_period(v, period)


def told(v: Voice, dates: str, bases: str, *, flips: bool) -> str:
    """Join the clauses into a sentence, with a warning where the sign flips; "" for nothing.

    >>> from geo.stats.locales import read_voice
    >>> told(read_voice(), "a week earlier the change would be +1.0 %", "", flips=False)
    'A week earlier the change would be +1.0 %.'
    """
    if not (dates or bases):
        return ""
    text = v.say("{dates}; {bases}", dates=dates, bases=bases) if dates and bases else dates or bases
    return sentence(v.say("{text}: the sign flips", text=text) if flips else text)
