"""Rows over one axis: the words of a figure above, and the figure, its interval or its range below them."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from geo.errors import InvalidInputError
from layers.charts import strokes as svg
from layers.palette import BLUE, INK, MUTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Pair = tuple[float, float]

PALE: Final = "#B9D4E6"
LEFT: Final = 10.0
RIGHT: Final = 350.0
LINE: Final = 15.0
_NAN: Final = math.nan


@dataclass(frozen=True, slots=True)
class Row:
    """One figure with what is known of its size.

    Attributes
    ----------
    label : str
        What the figure is of.
    value : float
        The figure; NaN where only a range is known, or nothing.
    low, high : float
        Ends of its interval or range; NaN for an open end.
    naive : (float, float) or None
        A second interval to compare with, drawn thinner below the first.
    inner : (float, float) or None
        Bounds of the figure itself, where ``low`` and ``high`` hold their uncertainty too.
    words : str
        What stands in place of a figure that is withheld or not published.
    text : str
        The figure in words; made from the numbers where empty.
    """

    label: str
    value: float = _NAN
    low: float = _NAN
    high: float = _NAN
    naive: Pair | None = None
    inner: Pair | None = None
    words: str = ""
    text: str = ""

    @property
    def numbers(self) -> list[float]:
        """The finite numbers of the row."""
        ends = [self.value, self.low, self.high, *(self.naive or ()), *(self.inner or ())]
        return [end for end in ends if not math.isnan(end)]

    @property
    def told(self) -> str:
        """The figure in words.

        Examples
        --------
        >>> Row("a", 27.29, 21.2, 34.1).told, Row("a", low=0, high=4100).told, Row("a", low=408).told
        ('27.3 (21.2 to 34.1)', '0 to 4,100', 'at least 408')
        >>> Row("a", words="withheld").told, Row("a").told
        ('withheld', 'no figure')
        """
        if self.words or self.text:
            return self.words or self.text
        digits = digits_of(self.value, self.low, self.high)
        span = _span(self.low, self.high, digits)
        if math.isnan(self.value):
            return span or "no figure"
        value = plain(self.value, digits=digits)
        return f"{value} ({span})" if span else value


def _span(low: float, high: float, digits: int) -> str:
    ends = ["" if math.isnan(end) else plain(end, digits=digits) for end in (low, high)]
    if all(ends):
        return f"{ends[0]} to {ends[1]}"
    return f"at least {ends[0]}" if ends[0] else f"at most {ends[1]}" if ends[1] else ""


def digits_of(*numbers: float) -> int:
    """Return the decimals that numbers are written with side by side, the first that is known sets them.

    Examples
    --------
    >>> digits_of(27.29, 21.2), digits_of(1.7, 0.7), digits_of(3, 4), digits_of(float("nan"), 0, 11.6)
    (1, 2, 0, 1)
    """
    known = [abs(number) for number in numbers if not math.isnan(number)]
    if not known or all(number == round(number) for number in known):
        return 0
    leading = known[0] if not math.isnan(numbers[0]) else max(known)
    return 0 if leading >= 1000 else 1 if leading >= 9.995 else 2


def plain(value: float, *, digits: int | None = None) -> str:
    """Return a number as sentences round it: whole ones whole, small ones to two decimals, others to one.

    Examples
    --------
    >>> plain(109.58), plain(0.917), plain(-6.25), plain(45654.4), plain(12), plain(5e12)
    ('109.6', '0.92', '−6.25', '45,654', '12', '5 trillion')
    >>> plain(12, digits=1), plain(9.998), plain(-0.001)
    ('12.0', '10.0', '0.00')
    """
    size = abs(value)
    if size >= 1000:
        return ("−" if value < 0 else "") + svg.short(float(round(size)))
    text = f"{size:.{digits_of(size) if digits is None else digits}f}"
    return text if value >= 0 or not float(text) else f"−{text}"


def check_rows(rows: Iterable[Row]) -> list[Row]:
    """Return rows whose numbers are no surprise.

    Raises
    ------
    InvalidInputError
        If a number is infinite, or a range ends before it begins.

    Examples
    --------
    >>> check_rows([Row("a", 1.0)])[0].value
    1.0
    """
    kept = list(rows)
    for place, row in enumerate(kept):
        if any(math.isinf(number) for number in row.numbers):
            raise InvalidInputError(f"Invalid rows[{place}] '{row.label}'. Its numbers must be finite.")
        for low, high in ((row.low, row.high), row.naive or (0.0, 0.0), row.inner or (0.0, 0.0)):
            if low > high:
                raise InvalidInputError(
                    f"Invalid rows[{place}] '{row.label}'. Its range ends at {high:g} before it begins at "
                    f"{low:g}."
                )
    return kept


@dataclass(frozen=True, slots=True)
class Scale:
    """Where numbers land between left and right.

    Attributes
    ----------
    least, most : float
        Numbers that have to fit.
    """

    least: float
    most: float

    @property
    def ticks(self) -> list[float]:
        """Multiples of 1, 2 or 5 times a power of ten that hold all numbers; at least two.

        Examples
        --------
        >>> Scale(0, 187).ticks, Scale(-27.4, 58.9).ticks
        ([0.0, 50.0, 100.0, 150.0, 200.0], [-40.0, -20.0, 0.0, 20.0, 40.0, 60.0])
        """
        least, most = min(self.least, 0.0), max(self.most, 0.0)
        if most - least < 1e-9:
            most = 1.0
        power = 10.0 ** math.floor(math.log10((most - least) / 4))
        step = next(power * factor for factor in (1, 2, 5, 10, 20) if power * factor * 5 >= most - least)
        first, last = math.floor(least / step + 1e-9), math.ceil(most / step - 1e-9)
        return [step * place + 0.0 for place in range(first, last + 1)]

    def x(self, value: float) -> float:
        """Return the place of a number, kept between left and right."""
        ticks = self.ticks
        share = (value - ticks[0]) / (ticks[-1] - ticks[0])
        return LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0)

    def labels(self) -> tuple[list[str], str]:
        """Return the ticks in words, and the word of what they are counted in."""
        ticks = self.ticks
        largest = max(abs(tick) for tick in ticks)
        size, word = next(((size, word) for size, word in svg.SCALES if largest >= 10 * size), (1.0, ""))
        return [("−" if tick < 0 else "") + svg.number(abs(tick) / size) for tick in ticks], word


@dataclass(slots=True)
class Ladder:
    """A drawing that grows downwards: heading, rows, axis, and what the signs mean.

    Attributes
    ----------
    title, unit : str
        Heading and what the numbers are.
    scale : Scale
        Of all rows.
    key : str
        Name of the hatching inside.
    reference : float or None
        A number that rows are compared with, a dashed line across.
    """

    title: str
    unit: str
    scale: Scale
    key: str
    reference: float | None = None
    body: list[str] = field(default_factory=list)
    y: float = 0.0
    top: float = 0.0

    def __post_init__(self) -> None:
        """Write the heading."""
        for line in textwrap.wrap(svg.printable(self.title), 45) or [""]:
            self.y += 17.0
            self.body.append(svg.label(0, self.y - 3, line, size=14, bold=True, colour=INK))
        word = self.scale.labels()[1]
        parts = [part for part in (self.unit, word and word + "s") if part]
        for line in textwrap.wrap(svg.printable(", ".join(parts)), 52) or [""]:
            self.y += 16.0
            self.body.append(svg.label(0, self.y - 2, line))
        self.y += 4.0
        self.top = self.y

    def words(self, label: str, told: str) -> None:
        """Write a row's name on the left and its figure on the right, on lines of their own if long."""
        told = svg.printable(told)
        room = int((svg.WIDTH - svg.text_width(told, svg.TEXT) - 12) / (0.57 * svg.TEXT))
        name = svg.printable(label)
        lines = [name] if len(name) <= room else textwrap.wrap(name, 47)[:3] or [""]
        if len(lines[-1]) > room:
            lines.append("")
        self.y += 2.0
        for line in lines:
            self.y += LINE
            if line:
                self.body.append(svg.label(0, self.y, line, size=svg.TEXT, colour=INK))
        self.body.append(
            svg.label(svg.WIDTH, self.y, told[:47], anchor="end", size=svg.TEXT, bold=True, colour=INK)
        )

    def band(self, low: float, high: float, *, open_end: bool = False) -> None:
        """Draw a range without a point; an open end is an arrow."""
        start, stop = self.scale.x(low), self.scale.x(high)
        start, width = min(start, RIGHT - 2), max(stop - start, 2.0)
        size = f'width="{svg.at(width)}" height="10"'
        self.body.append(
            f'<rect x="{svg.at(start)}" y="{svg.at(self.y - 5)}" {size} fill="{PALE}" stroke="{BLUE}" '
            'stroke-width="1"/>'
        )
        if open_end:
            tip = svg.at(stop + 7)
            self.body.append(
                f'<path d="M{svg.at(stop)} {svg.at(self.y - 7)}L{tip} {svg.at(self.y)}'
                f'L{svg.at(stop)} {svg.at(self.y + 7)}Z" fill="{BLUE}"/>'
            )

    def whiskers(self, low: float, high: float, *, colour: str, weight: float, reach: float) -> None:
        """Draw an interval with upright ends."""
        start, stop = self.scale.x(low), self.scale.x(high)
        for x, x_end, rise in ((start, stop, 0.0), (start, start, reach), (stop, stop, reach)):
            self.body.append(svg.rule(x, self.y - rise, x_end, self.y + rise, colour, weight=weight))

    def hatched(self, words: str) -> None:
        """Draw a hatched box where a figure is withheld or missing."""
        self.body.append(
            f'<rect x="{svg.at(LEFT)}" y="{svg.at(self.y - 5)}" width="64" height="10" '
            f'fill="url(#{self.key})" stroke="{MUTED}" stroke-width="1"/>'
        )
        if words:
            self.body.append(svg.label(LEFT + 72, self.y + 4, words))

    def axis(self) -> None:
        """Draw grid, axis and reference line behind and below the rows."""
        ticks, (labels, _) = self.scale.ticks, self.scale.labels()
        self.y += 6.0
        behind = [
            svg.rule(self.scale.x(tick), self.top, self.scale.x(tick), self.y, svg.GRID) for tick in ticks
        ]
        if self.reference is not None:
            x = self.scale.x(self.reference)
            behind.append(svg.rule(x, self.top, x, self.y, MUTED, dash="4 3", weight=1.4))
        self.body[:0] = behind
        self.body.append(svg.rule(LEFT, self.y, RIGHT, self.y, svg.FAINT))
        for tick, text in zip(ticks, labels, strict=True):
            half = svg.text_width(text, svg.SMALL) / 2
            x = min(max(self.scale.x(tick), half), svg.WIDTH - half)
            self.body.append(svg.label(x, self.y + 14, text, anchor="middle"))
        self.y += 20.0

    def notes(self, lines: Sequence[str]) -> None:
        """Write lines below the axis, each on as many as it takes."""
        for note in lines:
            for line in textwrap.wrap(svg.printable(note), 52):
                self.y += LINE
                self.body.append(svg.label(0, self.y, line))

    def sign(self, kind: str, words: str) -> None:
        """Write what a sign means, with the sign before it."""
        lines = textwrap.wrap(words, 44)
        self.y += LINE + 1
        y, x = self.y - 4, 26.0
        if kind == "hatch":
            box = f'x="1" y="{svg.at(y - 5)}" width="25" height="10"'
            self.body.append(f'<rect {box} fill="url(#{self.key})" stroke="{MUTED}" stroke-width="1"/>')
        elif kind == "band":
            box = f'x="1" y="{svg.at(y - 5)}" width="25" height="10"'
            self.body.append(f'<rect {box} fill="{PALE}" stroke="{BLUE}" stroke-width="1"/>')
        elif kind == "dash":
            self.body.append(svg.rule(1, y, x, y, MUTED, dash="4 3", weight=1.4))
        else:
            look = {"naive": (MUTED, 1.2, 2.5), "thick": (BLUE, 2.4, 5.0), "thin": (INK, 1.6, 4.0)}[kind]
            for a, b, rise in ((1.0, x, 0.0), (1.0, 1.0, look[2]), (x, x, look[2])):
                self.body.append(svg.rule(a, y - rise, b, y + rise, look[0], weight=look[1]))
            if kind == "thick":
                self.body.append(svg.dot(13.5, y, BLUE, radius=4))
        for place, line in enumerate(lines):
            self.y += LINE * bool(place)
            self.body.append(svg.label(34, self.y, line))

    def document(self, message: str, said: str) -> str:
        """Return the whole drawing."""
        return svg.document(
            svg.WIDTH, self.y + 6, self.title, svg.join_text(message, said), self.body, self.key
        )
