"""Where the panels of a picture stand: rows or columns that make what has to be seen as large as can be."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Frame = tuple[float, float, float, float]
"""Left, bottom, width and height, in points."""


def lay_panels(
    aspects: Sequence[float], room: Frame, *, weights: Sequence[float] | None = None, gap: float = 6.0
) -> list[Frame]:
    """Return a frame for each panel, in their order.

    Parameters
    ----------
    aspects : sequence of float
        Width of what has to be seen, over its height; up to four.
    room : (left, bottom, width, height)
        What is divided, in points.
    weights : sequence of float, optional
        How much the size of each counts; by default the same.
    gap : float
        Between frames, in points.

    Notes
    -----
    All orders and all divisions into rows, and into columns, are tried. In each, panels share a row by their
    aspects, and rows the height by what they would take at full width, or half way from there to equal
    heights. The one with the largest weighted sum
    of the logarithms of scales is taken; the first of equals.

    Examples
    --------
    >>> lay_panels([1.0, 1.0], (0.0, 0.0, 206.0, 100.0))
    [(0.0, 0.0, 100.0, 100.0), (106.0, 0.0, 100.0, 100.0)]
    """
    counted = [1.0] * len(aspects) if weights is None else list(weights)
    left, bottom, width, height = room
    best: list[Frame] = []
    most = -math.inf
    for groups in _divisions(len(aspects)):
        for placed in _placements([[aspects[at] for at in group] for group in groups], width, height, gap):
            frames = dict(zip(itertools.chain(*groups), itertools.chain(*placed), strict=True))
            score = sum(
                counted[at] * math.log(max(1e-9, min(frame[2] / aspects[at], frame[3])))
                for at, frame in frames.items()
            )
            if score > most + 1e-9:
                most = score
                best = [
                    (left + x, bottom + y, w, h) for x, y, w, h in (frames[at] for at in range(len(aspects)))
                ]
    return best


def _divisions(count: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield all ways to put panels into rows, in all orders."""
    for order in itertools.permutations(range(count)):
        for cuts in itertools.product((False, True), repeat=count - 1):
            edges = [0, *(at + 1 for at, cut in enumerate(cuts) if cut), count]
            yield [order[first:last] for first, last in itertools.pairwise(edges)]


def _placements(
    groups: list[list[float]], width: float, height: float, gap: float
) -> Iterator[list[list[Frame]]]:
    """Yield the groups as rows and as columns, of their own heights and of heights nearer to each other."""
    for even in (0.0, 0.5):
        rows = _rows(groups, width, height, gap, even)
        yield [[(x, height - y - h, w, h) for x, y, w, h in row] for row in rows]
        columns = _rows([[1 / aspect for aspect in group] for group in groups], height, width, gap, even)
        yield [[(y, height - x - w, h, w) for x, y, w, h in row] for row in columns]


def _rows(
    groups: list[list[float]], width: float, height: float, gap: float, even: float
) -> list[list[Frame]]:
    """Return frames in rows from the top: x, y downwards, width, height."""
    natural = [(width - gap * (len(group) - 1)) / sum(group) for group in groups]
    mean = sum(natural) / len(natural)
    natural = [tall + (mean - tall) * even for tall in natural]
    scale = (height - gap * (len(groups) - 1)) / sum(natural)
    placed, y = [], 0.0
    for group, tall in zip(groups, natural, strict=True):
        share = (width - gap * (len(group) - 1)) / sum(group)
        starts = itertools.accumulate((aspect * share + gap for aspect in group), initial=0.0)
        placed.append(
            [(x, y, aspect * share, tall * scale) for x, aspect in zip(starts, group, strict=False)]
        )
        y += tall * scale + gap
    return placed
