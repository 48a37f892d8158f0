"""Colours, widths and symbols, each defined once and used by map, legend and page alike.

The width scale is fixed: a figure has the same width on every map, whatever else is drawn. Nothing here
adapts to the data, so two maps can be laid side by side.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from geo.errors import InvalidInputError

SEA: Final = "#e3ebf0"
LAND: Final = "#fbfaf7"
BACKDROP: Final = "#f1f1ee"
"""Coarse land outside the detailed clips."""
COAST: Final = "#9aa5ad"
BORDER: Final = "#b9b3a6"
INK: Final = "#1f2a33"
MUTED: Final = "#55606a"
AREA: Final = "#5b6b7a"
BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"

MORE: Final = "#762a83"
LESS: Final = "#1b7837"
"""Purple and green stay apart in the common kinds of colour blindness; lines of less are also dashed."""

MODE_COLOURS: Final = {"sea": BLUE, "land": VERMILLION}
"""Blue and vermillion stay apart in the common kinds of colour blindness; the mode is also said in words."""

WIDTH_MIN_PX: Final = 1.2
WIDTH_MAX_PX: Final = 18.0
WIDTH_FULL: Final = 100_000
"""The figure that is drawn at the full width; larger ones are not drawn wider."""
WIDTH_MARKS: Final = (1_000, 10_000, 50_000, 100_000)
"""The figures whose widths the legend shows, always these."""
WIDTH_SCALE: Final = (WIDTH_MIN_PX, WIDTH_MAX_PX, WIDTH_FULL)
"""What the script needs to draw a month with the widths of :func:`line_width`."""
NO_FIGURE_PX: Final = 1.6

FIGURE_CLASSES: Final = ("own", "bound", "zero", "none")


@dataclass(frozen=True, slots=True)
class Symbol:
    """How a kind of place is drawn: by shape first, by colour second.

    Attributes
    ----------
    shape : str
        One of ``square``, ``diamond``, ``triangle``, ``circle``, ``disc``, ``cross``, ``ring`` and ``none``.
    colour : str
        Fill or stroke, ``#rrggbb``.
    size_px : int
        Width of the symbol.
    label : str
        Words for legend, layer control and screen readers, in the plural.
    one : str
        The same for a single place.
    small : bool
        Left out of views of half a continent.
    """

    shape: str
    colour: str
    size_px: int
    label: str
    one: str
    small: bool = False


SYMBOLS: Final[dict[str, Symbol]] = {
    "road_crossing": Symbol(
        "square", "#1f2a33", 9, "Border crossings, road", "border crossing, road", small=True
    ),
    "rail_crossing": Symbol(
        "diamond", "#1f2a33", 10, "Border crossings, rail", "border crossing, rail", small=True
    ),
    "port": Symbol("triangle", "#00567f", 11, "Ports and landing places", "port or landing place"),
    "city": Symbol("disc", "#55606a", 9, "Cities", "city"),
    "town": Symbol("circle", "#55606a", 8, "Towns", "town", small=True),
    "headland": Symbol("cross", "#55606a", 8, "Headlands", "headland", small=True),
    "zone": Symbol(
        "ring", "#55606a", 14, "Zones (a representative point)", "zone, at a representative point"
    ),
    "country": Symbol("none", "#55606a", 0, "Countries", "country"),
}
OTHER_SYMBOL: Final = Symbol("circle", "#55606a", 8, "Other places", "place")


def line_width(value: float) -> float:
    """Return the width in pixels of a line that stands for ``value``.

    Parameters
    ----------
    value : float
        A published figure, 0 or more.

    Returns
    -------
    width_px : float
        From 1.2 to 18 pixels, to one decimal.

    Raises
    ------
    InvalidInputError
        If ``value`` is negative or no number: a missing figure has no width, it has a dashed line.

    Notes
    -----
    ``18 * sqrt(value / 100000)``, held between 1.2 and 18. The square root keeps small figures visible beside
    large ones, and the reference never depends on the data.

    Examples
    --------
    >>> [line_width(value) for value in (0, 1_000, 10_000, 50_000, 100_000, 900_000)]
    [1.2, 1.8, 5.7, 12.7, 18.0, 18.0]
    """
    number = float(value)
    if not number >= 0:
        raise InvalidInputError(
            f"Invalid figure '{value}'. A line's width needs a number of 0 or more; "
            "a missing figure is drawn dashed."
        )
    width = WIDTH_MAX_PX * math.sqrt(min(number, WIDTH_FULL) / WIDTH_FULL)
    return round(max(WIDTH_MIN_PX, width), 1)


def figure_class(low: float, high: float) -> str:
    """Return how a leg is drawn, from the least and the most that its published figures allow.

    Returns
    -------
    kind : str
        ``own`` for a figure of the leg itself, ``zero`` for a published 0, ``bound`` where only an upper
        bound is known, ``none`` where nobody publishes a figure.

    Examples
    --------
    >>> figure_class(1812, 1812), figure_class(0, 19460), figure_class(0, 0), figure_class(float("nan"), 3.0)
    ('own', 'bound', 'zero', 'none')
    """
    least, most = float(low), float(high)
    if math.isnan(least) or math.isnan(most):
        return "none"
    if most == 0:
        return "zero"
    return "own" if least == most else "bound"


def place_symbol(kind: str) -> Symbol:
    """Return the symbol of a kind of place; kinds that are not known share one.

    Examples
    --------
    >>> place_symbol("port").shape, place_symbol("lighthouse").label
    ('triangle', 'Other places')
    """
    return SYMBOLS.get(kind, OTHER_SYMBOL)


def contrast_ratio(first: str, second: str) -> float:
    """Return the contrast of two colours by WCAG 2: 1 for equal colours, 21 for black on white.

    Parameters
    ----------
    first, second : str
        Colours as ``#rrggbb``.

    Raises
    ------
    InvalidInputError
        If one is not of that form.

    Examples
    --------
    >>> round(contrast_ratio("#0072B2", "#f2f2f2"), 1)
    4.6
    """
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise InvalidInputError(f"Invalid colour '{colour}'. Write it as #rrggbb.")
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
