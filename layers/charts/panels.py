"""Plots over time: where days and numbers land, grid, years, lines and shaded stretches."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import InvalidInputError
from layers.charts import strokes as svg
from layers.charts.ladder import Scale
from layers.palette import BLUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    Points = list[tuple[float, float]]

RIGHT: Final = 354.0
MOST_POINTS: Final = 420
"""A line with more points is drawn as the least and most of each narrow stretch of time."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A plot over time.

    Attributes
    ----------
    top, height : float
        Where it begins, from the top, and how high it is.
    least, most : float
        Numbers that have to fit.
    first, last : datetime.date
        Days at its left and right edge.
    left : float
        Where it begins, from the left.
    """

    top: float
    height: float
    least: float
    most: float
    first: dt.date
    last: dt.date
    left: float = 50.0

    @property
    def scale(self) -> Scale:
        """The numbers of the axis."""
        return Scale(self.least, self.most)

    def x(self, day: dt.date) -> float:
        """Return the place of a day, from the left."""
        span = max((self.last - self.first).days, 1)
        share = (day - self.first).days / span
        return self.left + (RIGHT - self.left) * min(max(share, 0.0), 1.0)

    def y(self, value: float) -> float:
        """Return the place of a number, from the top; NaN for none."""
        ticks = self.scale.ticks
        if math.isnan(value):
            return value
        share = (value - ticks[0]) / (ticks[-1] - ticks[0])
        return self.top + self.height * (1 - min(max(share, 0.0), 1.0))

    @property
    def bottom(self) -> float:
        """Where the plot ends, from the top."""
        return self.top + self.height

    def grid(self) -> list[str]:
        """Return grid lines with their numbers, and the years below."""
        body = []
        for tick, text in zip(self.scale.ticks, self.scale.labels()[0], strict=True):
            colour = svg.GRID if tick else svg.FAINT
            body.append(svg.rule(self.left, self.y(tick), RIGHT, self.y(tick), colour))
            body.append(svg.label(self.left - 5, self.y(tick) + 4, text, anchor="end"))
        return body

    def years(self) -> list[str]:
        """Return each year under its first day where there is room, else every second or fifth."""
        years = [
            year for year in range(self.first.year, self.last.year + 1) if dt.date(year, 1, 1) >= self.first
        ]
        width = (RIGHT - self.left) / max(len(years), 1)
        step = next(step for step in (1, 2, 5, 10, 20, 50, 1000) if width * step >= 36)
        body = []
        for year in years:
            x = self.x(dt.date(year, 1, 1))
            shown = year % step == 0 and x < RIGHT - 14
            body.append(svg.rule(x, self.bottom, x, self.bottom + (6 if shown else 3), svg.FAINT))
            if shown:
                body.append(svg.label(x, self.bottom + 18, str(year), anchor="middle"))
        if not years:
            body.append(svg.label(self.left, self.bottom + 18, f"{self.first:%B %Y}"))
        return body

    def points(self, series: pd.Series[float]) -> Points:
        """Return the points of a series by day; NaN where there is no figure."""
        pairs = [
            (self.x(day.date()), self.y(float(value)))
            for day, value in zip(series.index, series, strict=True)
        ]
        return pairs if len(pairs) <= MOST_POINTS else _envelope(pairs)

    def shade(self, low: Points, high: Points, fill: str) -> list[str]:
        """Return the area between two lines, one piece for each stretch without a gap."""
        pieces: list[list[tuple[float, float, float]]] = [[]]
        for (x, down), (_, up) in zip(low, high, strict=True):
            if math.isnan(down) or math.isnan(up):
                pieces.append([])
            else:
                pieces[-1].append((x, down, up))
        body = []
        for piece in pieces:
            if len(piece) < 2:
                continue
            ring = [(x, up) for x, _, up in piece] + [(x, down) for x, down, _ in reversed(piece)]
            path = "L".join(f"{svg.at(x)} {svg.at(y)}" for x, y in ring)
            body.append(f'<path d="M{path}Z" fill="{fill}" stroke="{BLUE}" stroke-width="0.6"/>')
        return body


def check_series(values: pd.Series[float], *, name: str) -> pd.Series[float]:
    """Return a series of finite numbers by day, in order; NaN where there is no figure.

    Raises
    ------
    InvalidInputError
        If its index is not of days in order, each once, or a value is infinite or no number.

    Examples
    --------
    >>> import pandas as pd
    >>> check_series(pd.Series([1], index=pd.to_datetime(["2024-01-01"])), name="values").tolist()
    [1.0]
    """
    import numpy as np
    import pandas as pd

    if not isinstance(values.index, pd.DatetimeIndex):
        raise InvalidInputError(f"Invalid {name}. Their index must be days, the first of each period.")
    if not (values.index.is_monotonic_increasing and values.index.is_unique):
        raise InvalidInputError(f"Invalid {name}. Their days must be in order, each once.")
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    if np.isinf(numbers).any() or (numbers.isna() & values.notna()).any():
        raise InvalidInputError(f"Invalid {name}. They must be finite numbers, or missing.")
    return numbers


def _envelope(pairs: Points) -> Points:
    """Return the least and the most of each stretch, in the order in which they stand."""
    size = math.ceil(2 * len(pairs) / MOST_POINTS)
    kept: Points = []
    for start in range(0, len(pairs), size):
        stretch: Sequence[tuple[float, float]] = pairs[start : start + size]
        held = [pair for pair in stretch if not math.isnan(pair[1])]
        if len(held) < len(stretch):
            kept.append((stretch[0][0], math.nan))
        if held:
            ends = {min(held, key=lambda pair: pair[1]), max(held, key=lambda pair: pair[1])}
            kept += sorted(ends)
    return kept
