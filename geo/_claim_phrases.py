"""Phrases of the verdicts on published sentences; a part of the one catalogue (:mod:`geo.stats.phrases`)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from geo._claim_rounding import Printed
from geo.stats.when import name_period

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from geo._claim_rounding import Printed
    from geo.stats import Period, Stat
    from geo.stats.locales import Voice

SUPPORTED: Final = "supported"
CONTRADICTED: Final = "contradicted"
NOT_CHECKABLE: Final = "not checkable"


def _mark(message: str) -> str:
    """Return a message id as it is; the catalogue finds it by this name."""
    return message


_REMARKS: Final[Mapping[str, str]] = {
    "tolerated": _mark("within the one point that is tolerated, as printed rounding can be off"),
    "far": _mark("true, but not close"),
}
_REASONS: Final[Mapping[str, str]] = {
    "none_earlier": _mark("no earlier period reaches it"),
    "incomplete": _mark("its period is not over, or not held whole, by the data date"),
    "not_held_yet": _mark("the newest period that it needs is not held"),
}


def remark(v: Voice, code: str) -> str:
    """Say what a judgement has to add; "" for nothing.

    >>> from geo.stats import read_voice
    >>> remark(read_voice(), "far")
    'true, but not close'
    """
    return v.say(_REMARKS[code]) if code else ""


def reason(v: Voice, code: str) -> str:
    """Say why there is no answer, or what the answer is instead."""
    return v.say(_REASONS[code])


def not_over(v: Voice, day: dt.date) -> str:
    """Say that the period goes on after the data date."""
    return v.say("its period is not over by the data date, {day}", day=v.day(day))


def goes_beyond(v: Voice, end: dt.date, day: dt.date) -> str:
    """Say that a sentence to date goes beyond the data date."""
    return v.say("it goes to {end}, after the data date, {day}", end=v.day(end), day=v.day(day))


def begins(v: Voice, day: dt.date) -> str:
    """Say that the figures do not reach back to the period that is named."""
    return v.say("the figures begin on {day}, after the period that it names", day=v.day(day))


def no_rows(v: Voice, corridor: str) -> str:
    """Say that nothing is held of a corridor."""
    return v.say("no figures of corridor '{corridor}' are held", corridor=corridor)


def no_part(v: Voice, part: str) -> str:
    """Say that nothing is held of a part of people."""
    return v.say("no figures are held of {part} alone", part=part)


def unavailable(v: Voice, why: str) -> str:
    """Say that the statistic has no value."""
    return v.say("the figure is not available, because {reason}", reason=why)


def held_by(v: Voice, period: Period) -> str:
    """Say which period holds a record instead."""
    return v.say("held by {period}", period=name_period(v, period))


def earlier_one(v: Voice, day: dt.date) -> str:
    """Say which earlier period it is instead."""
    return v.say("the earlier one is {day}", day=v.day(day))


def reached(v: Voice, day: dt.date) -> str:
    """Say when a figure was passed."""
    return v.say("reached on {day}", day=v.day(day))


def by(v: Voice, day: dt.date) -> str:
    """Say up to when a figure was not passed."""
    return v.say("by {day}", day=v.day(day))


def held_until(v: Voice, day: dt.date) -> str:
    """Say up to when a sentence held."""
    return v.say("it held up to {day}", day=v.day(day))


def figure(v: Voice, stat: Stat) -> str:
    """Write a figure with its unit, where that is rank or per cent."""
    if math.isnan(stat.value):
        return v.say("not reached")
    if stat.unit == "rank":
        return v.say("rank {rank}", rank=v.number(stat.value))
    if stat.unit == "%":
        sign = "+" if stat.value > 0 else "\u2212" if stat.value < 0 else ""
        signed = sign if stat.statistic.endswith("_change") or stat.value < 0 else ""
        return f"{signed}{v.percent(abs(stat.value))}"
    return v.number(stat.value, places=0 if float(stat.value).is_integer() else 2)


def other_basis(v: Voice, stat: Stat, basis: str, title: str) -> str:
    """Say on which other figures a sentence holds: another basis, or another source by its title."""
    told = figure(v, stat)
    if basis == "final":
        return v.say("true on the final figures: {figure}", figure=told)
    if basis == "provisional":
        return v.say("true on the provisional figures: {figure}", figure=told)
    return v.say("true on the figures of {title}: {figure}", title=title, figure=told)


def _figures(v: Voice, basis: str, publisher: str, published: dt.date | None) -> str:
    """Name the figures used."""
    parts = {"publisher": publisher, "day": v.day(published) if published else ""}
    if published is None:
        return {
            "final": v.say("on final figures of {publisher}", **parts),
            "provisional": v.say("on provisional figures of {publisher}", **parts),
        }.get(basis) or v.say("on figures of {publisher}", **parts)
    return {
        "final": v.say("on final figures of {publisher} published {day}", **parts),
        "provisional": v.say("on provisional figures of {publisher} published {day}", **parts),
    }.get(basis) or v.say("on figures of {publisher} published {day}", **parts)


def why(
    v: Voice,
    stat: Stat,
    printed: str,
    *,
    instead: str,
    until: dt.date | None,
    publisher: str,
    extra: Sequence[str],
) -> str:
    """Say what was computed, from what, and what has to be added.

    Parameters
    ----------
    v : Voice
        The language.
    stat : Stat
        What was computed.
    printed : str
        The number with its qualifier, as the sentence has it.
    instead : str
        What holds instead, "" for nothing.
    until : date or None
        How far it looks, where that matters.
    publisher : str
        Whose figures they are.
    extra : sequence of str
        Remarks and other bases.
    """
    told = figure(v, stat)
    if printed != told:
        told = v.say("{figure} (the sentence: {printed})", figure=told, printed=printed)
    parts = [told]
    if instead:
        parts.append(instead.rstrip("."))
    if until:
        parts.append(v.say("up to {day}", day=v.day(until)))
    parts.append(_figures(v, stat.basis, publisher, stat.known_on))
    return "; ".join([", ".join(parts), *extra]) + "."


def sentence(v: Voice, verdict: str, told: str) -> str:
    """Put the verdict before what it rests on."""
    if verdict == NOT_CHECKABLE:
        return v.say("Not checkable: {why}", why=told)
    if verdict == SUPPORTED:
        return v.say("Supported: {why}", why=told)
    return v.say("Contradicted: {why}", why=told)


def rounding(v: Voice, printed: Printed, *, percent: bool = False) -> str:
    """Name the rounding that a printed number implies.

    Examples
    --------
    >>> from geo._claim_rounding import parse_printed
    >>> from geo.stats import read_voice
    >>> rounding(read_voice(), parse_printed("34,500"))
    'to the nearest 100'
    >>> rounding(read_voice(), parse_printed("19 %"), percent=True)
    'to a whole point'
    """
    places = max(0, -int(printed.step.as_tuple().exponent))
    step = v.number(float(printed.step), places=places)
    if percent:
        whole = printed.step == 1
        return v.say("to a whole point") if whole else v.say("to the nearest {step} points", step=step)
    return v.say("exact") if printed.step == 1 else v.say("to the nearest {step}", step=step)
