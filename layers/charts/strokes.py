"""The strokes that charts are made of, as SVG text: escaped text, lines, bars, and the words they share."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
import math
import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from geo.errors import InvalidInputError
from layers.palette import BLUE, INK, MUTED

if TYPE_CHECKING:
    from collections.abc import Sequence

MONTHS: Final = tuple(calendar.month_name)[1:]
FAINT: Final = "#8C8C8C"
GRID: Final = "#D9D9D9"
TEXT: Final = 13.0
SMALL: Final = 12.0
WIDTH: Final = 360.0
SCALES: Final = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
NOTHING: Final = "No figures published for this period"

_FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
_INERT: Final = {ord(sign): f"&#{ord(sign)};" for sign in "\\`${}\"'"}
_FORBIDDEN: Final = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    r"""Return text without the characters that XML does not allow.

    Examples
    --------
    >>> printable("a\x00b")
    'a\ufffdb'
    """
    return _FORBIDDEN.sub("\ufffd", str(text))


def safe(text: str) -> str:
    """Return text escaped for element content and attributes, and inert in templates and scripts.

    Examples
    --------
    >>> safe("<b> & {{ 7 }}")
    '&lt;b&gt; &amp; &#123;&#123; 7 &#125;&#125;'
    """
    return escape(printable(text)).translate(_INERT)


def number(value: float) -> str:
    """Return a value with thousands separators, and decimals only where they matter.

    Examples
    --------
    >>> number(34582), number(52.97), number(0.125), number(2e21)
    ('34,582', '53.0', '0.125', '2e+21')
    """
    if value >= 1e15:
        return f"{value:.3g}"
    if value == round(value) or value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.3g}"


def short(value: float) -> str:
    """Return a value for a label in the drawing: very large ones in millions and above, to four digits.

    Examples
    --------
    >>> short(34582), short(246e12), short(12_345_678)
    ('34,582', '246 trillion', '12.35 million')
    """
    for size, word in SCALES:
        if 10_000_000 <= value < 1e15 and value >= size:
            return f"{value / size:.4g} {word}"
    return number(value)


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is drawn.

    Examples
    --------
    >>> text_width("34,582", 10)
    34.2
    """
    return round(0.57 * size * len(text), 3)


def label(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    size: float = SMALL,
    bold: bool = False,
    colour: str = MUTED,
    strong: bool = False,
) -> str:
    """Return a text; a strong one is a figure that stands over the drawing, with a pale edge.

    Examples
    --------
    >>> label(1, 2, "a < b")
    '<text x="1" y="2" font-size="12" fill="#55606a">a &lt; b</text>'
    """
    extra = f' text-anchor="{anchor}"' if anchor != "start" else ""
    extra += ' font-weight="600"' if bold or strong else ""
    extra += (
        ' stroke="#FFFFFF" stroke-width="4" stroke-linejoin="round" paint-order="stroke"' if strong else ""
    )
    size, colour = (TEXT, INK) if strong else (size, colour)
    return f'<text x="{at(x)}" y="{at(y)}" font-size="{at(size)}" fill="{colour}"{extra}>{safe(text)}</text>'


def rule(
    x: float, y: float, x_end: float, y_end: float, colour: str, *, dash: str = "", weight: float = 1.0
) -> str:
    """Return a straight line.

    Examples
    --------
    >>> rule(0, 0, 5, 0, "#000000")
    '<path d="M0 0L5 0" fill="none" stroke="#000000" stroke-width="1"/>'
    """
    extra = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="M{at(x)} {at(y)}L{at(x_end)} {at(y_end)}" fill="none" stroke="{colour}" '
        f'stroke-width="{at(weight)}"{extra}/>'
    )


def dot(x: float, y: float, colour: str, *, radius: float = 3.2) -> str:
    """Return a disc with a pale edge.

    Examples
    --------
    >>> dot(1, 2, "#000000", radius=2)
    '<circle cx="1" cy="2" r="2" fill="#000000" stroke="#FFFFFF" stroke-width="1"/>'
    """
    place = f'cx="{at(x)}" cy="{at(y)}" r="{at(radius)}"'
    return f'<circle {place} fill="{colour}" stroke="#FFFFFF" stroke-width="1"/>'


def bar(x: float, width: float, top: float, bottom: float, fill: str, *, outline: bool = False) -> str:
    """Return an upright bar; a value of 0 keeps a hairline, so that it is seen to be there.

    Examples
    --------
    >>> bar(0, 4, 10, 10, "#000000")
    '<rect x="0" y="8.5" width="4" height="1.5" fill="#000000"/>'
    """
    top = min(top, bottom - 1.5)
    edge = BLUE if fill.startswith("url") else INK
    extra = f' stroke="{edge}" stroke-width="1"' if outline or fill.startswith("url") else ""
    size = f'width="{at(width)}" height="{at(bottom - top)}"'
    return f'<rect x="{at(x)}" y="{at(top)}" {size} fill="{fill}"{extra}/>'


def hatch(key: str, *, colour: str = BLUE) -> str:
    """Return the pattern that fills part months and figures not given; a fill of ``url(#key)`` uses it.

    Examples
    --------
    >>> hatch("k").startswith('<defs><pattern id="k"')
    True
    """
    return (
        f'<defs><pattern id="{key}" width="4" height="4" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><path d="M0 0H4V4H0Z" fill="#FFFFFF"/>'
        f'<path d="M0 0V4" stroke="{colour}" stroke-width="{3 if colour == BLUE else 1.6}"/></pattern></defs>'
    )


def curve(points: Sequence[tuple[float, float]], *, colour: str, weight: float, dash: str = "") -> list[str]:
    """Return lines through points; one that is NaN is a gap, and one between gaps a dot.

    Examples
    --------
    >>> nan = float("nan")
    >>> curve([(0, 1), (1, 1), (2, 1), (3, nan)], colour="#000000", weight=1)
    ['<path d="M0 1L2 1" fill="none" stroke="#000000" stroke-width="1" stroke-linejoin="round"/>']
    >>> curve([(0, nan), (3, 1)], colour="#000000", weight=1)
    ['<circle cx="3" cy="1" r="1.6" fill="#000000" stroke="#FFFFFF" stroke-width="1"/>']
    """
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if math.isnan(point[1]):
            runs.append([])
        else:
            runs[-1].append(point)
    extra = f' stroke-dasharray="{dash}"' if dash else ""
    body = []
    for run in runs:
        if len(run) == 1:
            body.append(dot(*run[0], colour, radius=weight + 0.6))
        elif run:
            path = "L".join(f"{at(x)} {at(y)}" for x, y in _thinned(run))
            body.append(
                f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="{at(weight)}"{extra} '
                'stroke-linejoin="round"/>'
            )
    return body


def document(width: float, height: float, title: str, message: str, body: Sequence[str], key: str) -> str:
    """Return the whole ``<svg>`` element, named and described for those who cannot see it.

    Examples
    --------
    >>> document(10, 5, "T", "M", [], "k").partition(">")[0]
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 5" width="100%" role="img" ...'
    """
    head = f'<title id="{key}-t">{safe(title)}</title><desc id="{key}-d">{safe(message)}</desc>'
    box = f'viewBox="0 0 {at(width)} {at(height)}" width="100%"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-labelledby="{key}-t {key}-d" '
        f'font-family="{_FONT}">{head}{"".join(body)}</svg>'
    )


def at(value: float) -> str:
    """Return a coordinate with one decimal at most.

    Examples
    --------
    >>> at(3.04), at(2.55), at(-0.01)
    ('3', '2.5', '0')
    """
    return f"{round(value, 1) + 0.0:g}"


def check_values(values: Sequence[float | None], *, name: str) -> list[float]:
    """Return counts as floats, NaN where none was published.

    Raises
    ------
    InvalidInputError
        If a value is negative, infinite or no number.

    Examples
    --------
    >>> check_values([1, None], name="values")
    [1.0, nan]
    """
    numbers = []
    for place, value in enumerate(values):
        try:
            number = math.nan if value is None else float(value)
        except (TypeError, ValueError):
            number = -1.0
        if number < 0 or math.isinf(number):
            raise InvalidInputError(
                f"Invalid {name}[{place}] '{value}'. A count is a number of 0 or more; None if not published."
            )
        numbers.append(number)
    return numbers


def content_key(ident: str, *parts: str) -> str:
    """Return a name for the ids inside that depends on nothing but the content.

    Examples
    --------
    >>> content_key("a b", "title", "[1.0]")
    'a-bc7fa2c3edba'
    """
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:10]
    return f"{''.join(sign if sign.isalnum() else '-' for sign in ident)}c{digest}"


def join_text(message: str, said: str) -> str:
    """Return the caller's message and the made one as one text.

    Examples
    --------
    >>> join_text("", "Highest 3.")
    'Highest 3.'
    """
    return " ".join(part for part in (message, said) if part)


def leap_day(day: dt.date) -> int:
    """Return the place of a day in a year that has a 29 February, from 1, so that years line up by date.

    Examples
    --------
    >>> leap_day(dt.date(2023, 3, 1)), leap_day(dt.date(2024, 3, 1))
    (61, 61)
    """
    return dt.date(2000, day.month, day.day).timetuple().tm_yday


def day_name(place: int) -> str:
    """Return the day of such a place in words.

    Examples
    --------
    >>> day_name(347)
    '12 December'
    """
    day = dt.date(1999, 12, 31) + dt.timedelta(days=place)
    return f"{day.day} {MONTHS[day.month - 1]}"


def day_name_of(day: dt.date) -> str:
    """Return a day in words, with its year.

    Examples
    --------
    >>> day_name_of(dt.date(2024, 3, 4))
    '4 March 2024'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _thinned(run: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Leave out points that lie within a tenth of a unit of the line that stays."""
    kept = [run[0]]
    anchor = 0
    for end in range(2, len(run) + 1):
        if end < len(run) and _straight(run[anchor : end + 1]):
            continue
        kept.append(run[end - 1])
        anchor = end - 1
    return kept


def _straight(run: Sequence[tuple[float, float]]) -> bool:
    (x, y), (x_end, y_end) = run[0], run[-1]
    slope = (y_end - y) / (x_end - x) if x_end != x else 0.0
    return all(abs(point[1] - y - slope * (point[0] - x)) <= 0.1 for point in run[1:-1])
