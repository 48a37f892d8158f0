"""What a printed number implies: its rounding, and whether a figure bears it out under a qualifier."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

QUALIFIERS: Final = (
    "exactly",
    "about",
    "nearly",
    "almost",
    "over",
    "more than",
    "at least",
    "at most",
    "fewer than",
)
"""Words that may stand before a figure; none at all means that the figure rounds to what is printed."""
NEAR_SHARE: Final = Decimal("0.01")
"""How far below "nearly" and how far above "over" is near: one step of the rounding, or this part of it."""
TOLERATED_POINTS: Final = 1
"""Percentages printed as whole points are borne out within this distance: printed rounding can be off."""

_SCALES: Final[Mapping[str, Decimal]] = {
    "k": Decimal(1_000),
    "thousand": Decimal(1_000),
    "m": Decimal(1_000_000),
    "million": Decimal(1_000_000),
}
_PRINTED: Final = re.compile(
    r"(?P<sign>[+\-\u2212]?)\s?(?P<number>\d{1,3}(?:[, \u00a0\u2009\u202f]\d{3})+|\d+)(?P<decimals>\.\d+)?"
    r"\s*(?P<unit>%|per\s?cent|k|thousand|m|million)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as a sentence prints it.

    Attributes
    ----------
    value : Decimal
        The number, its sign included.
    step : Decimal
        Distance between the numbers that could have been printed at the same rounding.
    last : Decimal
        Worth of the last digit that is printed, zeros included.
    percent : bool
        Whether a sign of per cent stands behind it.
    """

    value: Decimal
    step: Decimal
    last: Decimal
    percent: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a figure bears out a printed number.

    Attributes
    ----------
    holds : bool
        Whether it does.
    remark : str
        What else has to be said: ``far`` (true, but not close) or ``tolerated`` (within one point); "" for
        nothing. :mod:`geo._claim_phrases` puts it into words.
    """

    holds: bool
    remark: str = ""


def parse_printed(text: str, *, whole: bool = False) -> Printed:
    """Read a number as it is printed, with the rounding that it implies.

    Parameters
    ----------
    text : str
        ``34,500``, ``34 500``, ``19 %``, ``-26 per cent``, ``18.9``, ``1.8 m``, ``250 thousand``.
    whole : bool
        Whether zeros at the end are digits like others, as in ranks, days and percentages.

    Returns
    -------
    printed : Printed
        With decimals, the step is that of the last one. Of a whole number it is the power of ten that its
        zeros leave, at most a tenth of the leading digit's worth, so that two digits always count:
        34,500 is a hundred, 34,582 exact, 1,000 a hundred.

    Raises
    ------
    InvalidInputError
        If it is no such number.

    Examples
    --------
    >>> [str(parse_printed(text).step) for text in ("34,500", "34,582", "19 %", "18.9", "1.8 m", "1,000")]
    ['100', '1', '1', '0.1', '100000', '100']
    """
    match = _PRINTED.fullmatch(text.strip())
    if match is None:
        raise InvalidInputError(
            f"Invalid value '{text}'. Write a number as printed: 34,500 or 19 % or 18.9 or 1.8 m; "
            "words such as 'nearly' are the qualifier's."
        )
    unit = (match["unit"] or "").lower()
    percent = unit.startswith(("%", "per"))
    scale = _SCALES.get(unit, Decimal(1))
    digits = re.sub(r"\D", "", match["number"])
    decimals = match["decimals"] or ""
    value = Decimal(digits + decimals) * scale
    last = Decimal(1).scaleb(-(len(decimals) - 1)) * scale if decimals else scale
    step = last
    if not decimals and not percent and not whole:
        stripped = len(digits) - len(digits.rstrip("0"))
        step = Decimal(10 ** max(0, min(stripped, len(digits.lstrip("0")) - 2))) * scale
        if scale != 1 and len(digits) == 1:
            step = scale / 10
    if match["sign"] in {"-", "\u2212"}:
        value = -value
    return Printed(value, _plain(step), _plain(last), percent)


def _plain(number: Decimal) -> Decimal:
    """Return a power of ten without an exponent."""
    return Decimal(format(number.normalize(), "f"))


def judge(printed: Printed, figure: float, *, qualifier: str = "", percent: bool = False) -> Judgement:
    """Say whether a figure bears out a printed number.

    Parameters
    ----------
    printed : Printed
        What the sentence prints.
    figure : float
        What was computed, unrounded.
    qualifier : str
        One of :data:`QUALIFIERS`, or "" where the number stands alone.
    percent : bool
        Whether both are percentages or points.

    Returns
    -------
    judgement : Judgement
        Of a fall (a value below 0) the qualifier speaks of its size: "fell by over 26 %" is -26, over.

    Notes
    -----
    With v printed, s its step, d its last digit, c the figure and n = max(s, v / 100): alone, |c - v| <= s/2;
    exactly, |c - v| <= d/2 for decimals and percentages, else c = v; about, |c - v| <= s; nearly and almost,
    v - n <= c < v; over and more than, c > v, and ``far`` above v + n; at least, at most and fewer than
    as they say. A percentage printed as whole points and alone or with about holds within one point of c, if
    both have one sign (domain practice: 30.3 was printed as 31 %).

    Examples
    --------
    >>> judge(parse_printed("34,500"), 34_582, qualifier="over").holds
    True
    >>> judge(parse_printed("34,500"), 34_582).holds
    False
    >>> judge(parse_printed("31 %"), 30.3, percent=True)
    Judgement(holds=True, remark='tolerated')
    """
    value, computed = printed.value, Decimal(repr(float(figure)))
    if value < 0:
        value, computed = -value, -computed
    near = max(printed.step, value * NEAR_SHARE)
    if qualifier in {"nearly", "almost"}:
        return Judgement(value - near <= computed < value)
    if qualifier in {"over", "more than"}:
        far = computed > value + near
        return Judgement(computed > value, "far" if far else "")
    if qualifier == "at least":
        return Judgement(computed >= value)
    if qualifier == "at most":
        return Judgement(computed <= value)
    if qualifier == "fewer than":
        return Judgement(computed < value)
    off = abs(computed - value)
    if qualifier == "exactly":
        loose = percent or printed.last < 1
        return Judgement(off <= printed.last / 2 if loose else off == 0)
    if off <= (printed.step if qualifier == "about" else printed.step / 2):
        return Judgement(True)
    tolerated = percent and printed.last == 1 and off <= TOLERATED_POINTS and computed * value > 0
    return Judgement(tolerated, "tolerated" if tolerated else "")
