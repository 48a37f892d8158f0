"""The frame of a chart: title, unit, axis and grid."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from layers.charts import strokes as svg
from layers.palette import INK

PLOT: Final = 150.0
"""Height of the plot."""


@dataclass(frozen=True)
class Frame:
    """Title, unit, axis and grid of a chart, and where values land in it.

    Attributes
    ----------
    title, unit, per : str
        Heading; the unit under it; what follows the unit, such as ``a month``.
    most : float
        Highest value that is drawn.
    right : float
        Room for labels to the right of the plot.
    notes : str
        One line under the plot.
    rows : int
        Lines of labels under the axis.

    Examples
    --------
    >>> Frame("Arrivals", "persons", "a month", 34_582).ticks
    [0.0, 10000.0, 20000.0, 30000.0, 40000.0]
    """

    title: str
    unit: str
    per: str
    most: float
    right: float = 8.0
    notes: str = ""
    rows: int = 1

    @cached_property
    def lines(self) -> list[str]:
        """The title, broken into lines that fit."""
        return textwrap.wrap(svg.printable(self.title), 45) or [""]

    @cached_property
    def ticks(self) -> list[float]:
        """Multiples of 1, 2 or 5 times a power of ten, from 0 to the first at or above the highest value."""
        most = max(self.most, 1e-9) if self.most > 0 else 1.0
        power = 10.0 ** math.floor(math.log10(most / 4))
        step = next(power * factor for factor in (1, 2, 5, 10, 20) if power * factor * 5 >= most)
        step = max(step, 1.0) if most >= 1 else step
        return [step * place for place in range(math.ceil(most / step - 1e-9) + 1)]

    @cached_property
    def scale(self) -> tuple[float, str]:
        """The number that axis labels are divided by, and its word."""
        return next(((size, word) for size, word in svg.SCALES if self.ticks[-1] >= 10 * size), (1.0, ""))

    @cached_property
    def labels(self) -> list[str]:
        """The ticks in words."""
        return [svg.number(tick / self.scale[0]) for tick in self.ticks]

    @cached_property
    def left(self) -> float:
        """Where the plot begins."""
        return 10.0 + max(svg.text_width(label, svg.SMALL) for label in self.labels)

    @cached_property
    def width(self) -> float:
        """Width of the plot."""
        return svg.WIDTH - self.left - self.right

    @cached_property
    def above(self) -> float:
        """Where the plot begins, from the top."""
        return 17.0 * len(self.lines) + 42.0

    @cached_property
    def bottom(self) -> float:
        """Where the value 0 is, from the top."""
        return self.above + PLOT

    @property
    def height(self) -> float:
        """Height of the whole drawing."""
        return self.bottom + 8.0 + 15.0 * self.rows + (20.0 if self.notes else 0.0)

    def x(self, share: float) -> float:
        """Return the place of a share of the width, 0 to 1."""
        return self.left + self.width * share

    def y(self, value: float) -> float:
        """Return the place of a value, from the top."""
        return self.bottom - PLOT * (value / self.ticks[-1])

    def head(self, *, drawn: bool) -> list[str]:
        """Return title, unit, grid and notes, or the words that there is nothing to draw."""
        body = [
            svg.label(0, 14 + 17 * place, line, size=14, bold=True, colour=INK)
            for place, line in enumerate(self.lines)
        ]
        unit = ", ".join(
            word
            for word in (f"{self.unit} {self.per}".strip(), self.scale[1] and self.scale[1] + "s")
            if word
        )
        body.append(svg.label(0, 14 + 17 * len(self.lines), unit))
        for tick, text in zip(self.ticks, self.labels, strict=True) if drawn else ():
            body.append(
                svg.rule(self.left, self.y(tick), self.x(1), self.y(tick), svg.GRID if tick else svg.FAINT)
            )
            body.append(svg.label(self.left - 5, self.y(tick) + 4, text, anchor="end"))
        if not drawn:
            body.append(svg.rule(self.left, self.bottom, self.x(1), self.bottom, svg.FAINT))
            body.append(
                svg.label(svg.WIDTH / 2, self.above + PLOT / 2, svg.NOTHING, anchor="middle", size=svg.TEXT)
            )
        if self.notes:
            body.append(svg.label(0, self.height - 5, self.notes))
        return body

    def value_label(self, middle: float, value: float) -> str:
        """Return the number above a bar, kept inside the drawing."""
        text = svg.short(value)
        half = svg.text_width(text, svg.TEXT) / 2
        return svg.label(
            min(max(middle, half), svg.WIDTH - half), self.y(value) - 4, text, anchor="middle", strong=True
        )
