"""Phrases of leg figures; a part of the one catalogue (:mod:`geo.stats.phrases`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.stats.phrases import count, sentence
from geo.stats.when import when

if TYPE_CHECKING:
    from geo.stats.locales import Voice
    from geo.stats.periods import Period
    from geo.stats.phrases import Wording


def no_figure(v: Voice) -> str:
    """Say that nothing is published.

    >>> from geo.stats.locales import read_voice
    >>> no_figure(read_voice())
    'No published figure covers this leg.'
    """
    return v.say("No published figure covers this leg.")


def figure(
    v: Voice,
    wording: Wording,
    period: Period,
    value: float,
    *,
    label: str,
    legs: int,
    publisher: str,
    qualifier: str = "",
) -> str:
    """Say what a figure means for one leg: itself, or a range that it shares with others."""
    parts = {
        "when": when(v, period),
        "label": v.messages.gettext(label),
        "publisher": publisher,
        "count": count(v, wording, value, qualifier),
    }
    if legs == 1:
        text = v.say(
            "{when}: {count}. The figure ({label}) covers this leg alone. Source: {publisher}.", **parts
        )
    else:
        text = v.say_plural(
            "{when}: between 0 and {count}. The figure ({label}) covers {legs} leg and is not divided. "
            "Source: {publisher}.",
            "{when}: between 0 and {count}. The figure ({label}) covers {legs} legs together and is not "
            "divided among them. Source: {publisher}.",
            legs,
            legs=v.number(legs),
            **parts,
        )
    return sentence(text)
