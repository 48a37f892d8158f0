"""Round numbers with the word that goes with them: "almost 178,000", "just over 34,500"."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geo.errors import InvalidInputError
from geo.stats.locales import read_voice, round_half_up

if TYPE_CHECKING:
    from geo.stats.locales import Voice

_NEAR = 0.005
"""How close, as a share of the value, a round number is to be called almost or just over it."""


def rounded_number(value: float, *, digits: int = 3) -> float:
    """Round a count to its first digits, half away from zero.

    Parameters
    ----------
    value : float
        A count; below ``10 ** digits`` it stays as it is.
    digits : int
        Digits to keep, at least 1.

    Raises
    ------
    InvalidInputError
        If `digits` is below 1 or the value is no number.

    Examples
    --------
    >>> rounded_number(34_582), rounded_number(609), rounded_number(177_921, digits=2)
    (34600.0, 609.0, 180000.0)
    """
    if digits < 1:
        raise InvalidInputError(f"Invalid digits '{digits}'. At least one digit is kept.")
    if not math.isfinite(value):
        raise InvalidInputError(f"Invalid value '{value}'. It must be a number.")
    if abs(value) < 10**digits:
        return float(value)
    step = float(10 ** (math.floor(math.log10(abs(value))) + 1 - digits))
    return float(round_half_up(value / step)) * step


def hedged_number(value: float, *, digits: int = 3, voice: Voice | None = None) -> str:
    """Write a count as publishers round it, with the word that the true value allows.

    Parameters
    ----------
    value : float
        A count.
    digits : int
        Digits to keep.
    voice : Voice, optional
        The language; default English.

    Returns
    -------
    text : str
        The number alone where rounding changes nothing; "almost" where the true value is below the round one
        by at most half a per cent of it, "just over" where it is above by as much, else "about".

    Raises
    ------
    InvalidInputError
        As for :func:`rounded_number`.

    Examples
    --------
    >>> [hedged_number(value) for value in (34_582, 34_610, 609, 1_043)]
    ['almost 34,600', 'just over 34,600', '609', 'just over 1,040']
    >>> hedged_number(177_921, digits=2)
    'about 180,000'
    """
    v = voice or read_voice()
    near = rounded_number(value, digits=digits)
    number: Any = v.number(near, places=0 if float(near).is_integer() else 1)
    if near == value:
        return str(number)
    if abs(near - value) > _NEAR * abs(value):
        return v.say("about {number}", number=number)
    return (
        v.say("almost {number}", number=number)
        if value < near
        else v.say("just over {number}", number=number)
    )
