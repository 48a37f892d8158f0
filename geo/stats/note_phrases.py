"""Phrases of notes: whose figures, why a span stops, what is missing; a part of the one catalogue.

See :mod:`geo.stats.phrases`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.stats.phrases import sentence
from geo.stats.titles import statistic_title
from geo.stats.when import name_period

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from geo.stats.locales import Voice
    from geo.stats.periods import Period


def _mark(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


_FREQUENCIES: Final = {
    "day": _mark("The figures are daily: on {day} the last complete day was {period}."),
    "week": _mark("The figures are weekly: on {day} the last complete week was {period}."),
    "month": _mark("The figures are monthly: on {day} the last complete month was {period}."),
    "quarter": _mark("The figures are quarterly: on {day} the last complete quarter was {period}."),
    "year": _mark("The figures are yearly: on {day} the last complete year was {period}."),
}
_COARSE: Final = {
    "day": _mark("the figures are daily and cannot be divided further"),
    "week": _mark("the figures are weekly, and weeks do not end with months and years"),
    "month": _mark("the figures are monthly and cannot be divided further"),
    "quarter": _mark("the figures are quarterly and cannot be divided further"),
    "year": _mark("the figures are yearly and cannot be divided further"),
    "span": _mark("the figures stand for irregular spans and cannot be divided further"),
    "cumulative": _mark("the figures are running totals of a year and cannot be divided further"),
}


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


def base_published(v: Voice, period: Period, day: dt.date) -> str:
    """Say that the figure of comparison was published earlier, and stands as it was then."""
    return sentence(
        v.say(
            "the figure for {period} is the one published by {day} and may have been revised since",
            period=name_period(v, period),
            day=v.day(day),
        )
    )


def last_complete(v: Voice, frequency: str, day: dt.date, period: Period) -> str:
    """Say why a span stops before the data date."""
    return v.messages.gettext(_FREQUENCIES[frequency]).format(day=v.day(day), period=name_period(v, period))


def newest_by(v: Voice, day: dt.date, cut: dt.date) -> str:
    """Say to when the newest figure runs."""
    return v.say("The newest figure by {day} runs to {cut}.", day=v.day(day), cut=v.day(cut))


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
        return v.say(
            "the values of {periods} are withheld, by the publisher or to protect small groups",
            periods=listed,
        )
    if state == "coarse":
        return v.say("only one figure was published for {periods} together", periods=listed)
    return v.say("the figures lack {periods}", periods=listed)


def begins(v: Voice, first: dt.date, last: dt.date) -> str:
    """Name the days that the figures cover."""
    return v.say("the figures cover {first} to {last}", first=v.day(first), last=v.day(last))


def coarse(v: Voice, frequency: str) -> str:
    """Say that a stretch of days cuts through published periods."""
    return v.messages.gettext(_COARSE[frequency])
