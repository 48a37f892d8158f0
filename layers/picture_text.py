"""Words on a picture: measured, wrapped and placed in points, whatever the picture is saved as.

Text is never read as mathematics, markup or commands: ``$x$`` and ``<b>`` stay as they were written.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes

FONT: Final = "DejaVu Sans"
"""Comes with matplotlib, so that a picture is the same on every machine."""
LINE: Final = 1.32
"""Distance of lines of text, in sizes."""
_NEAR_SPOTS: Final = 8
Box = tuple[float, float, float, float]


def plain(text: object) -> str:
    r"""Return text on one line, without control characters that no file format holds.

    Examples
    --------
    >>> plain("A\nstrait\x00 $x$")
    'A strait\ufffd $x$'
    """
    words = re.sub(r"[^\S\xa0\u202f]+", " ", str(text)).strip()
    return "".join(
        "\ufffd" if unicodedata.category(one) in ("Cc", "Cs", "Cn") or one in "\ufffe\uffff" else one
        for one in words
    )


@lru_cache(maxsize=16)
def font(size: float, *, bold: bool = False) -> Any:  # noqa: ANN401 - matplotlib.font_manager.FontProperties
    """Return the font of a size in points."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text, in points.

    Examples
    --------
    >>> 10 < text_width("Zuwara", 7) < 40
    True
    """
    from matplotlib.textpath import text_to_path

    width: float = text_to_path.get_text_width_height_descent(text, font(size, bold=bold), ismath=False)[0]
    return float(width)


def wrap_text(
    text: str, width: float, size: float, *, bold: bool = False, most: int | None = None
) -> list[str]:
    """Return text as lines no wider than ``width`` points; words that are longer are broken.

    Parameters
    ----------
    text : str
        One paragraph.
    width, size : float
        In points.
    bold : bool
        Whether it is set in bold.
    most : int, optional
        How many lines; what is left out is told by an ellipsis.

    Examples
    --------
    >>> wrap_text("one two three", 48, 10)
    ['one two', 'three']
    """
    lines, line = [], ""
    for word in plain(text).replace(" %", "\xa0%").split(" "):
        for piece in _pieces(word, width, size, bold=bold):
            longer = f"{line} {piece}" if line else piece
            if line and text_width(longer, size, bold=bold) > width:
                lines.append(line)
                line = piece
            else:
                line = longer
    lines.append(line)
    if most is not None and len(lines) > most:
        last = lines[most - 1]
        while last and text_width(f"{last}…", size, bold=bold) > width:
            last = last[:-1]
        lines = [*lines[: most - 1], f"{last.rstrip()}…"]
    return lines


def _pieces(word: str, width: float, size: float, *, bold: bool) -> Iterable[str]:
    while len(word) > 1 and text_width(word, size, bold=bold) > width:
        fits = next(
            at
            for at in range(len(word) - 1, 0, -1)
            if at == 1 or text_width(word[:at], size, bold=bold) <= width
        )
        yield word[:fits]
        word = word[fits:]
    yield word


def write_text(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    size: float,
    *,
    colour: str,
    bold: bool = False,
    zorder: float = 9,
) -> None:
    """Write one line of text, its baseline starting at a point of the axes."""
    axes.text(
        x, y, text, fontproperties=font(size, bold=bold), color=colour, ha="left", va="baseline",
        parse_math=False, zorder=zorder, clip_on=False,
    )  # fmt: skip


def write_lines(
    axes: Axes, x: float, y: float, lines: Sequence[str], size: float, *, colour: str, bold: bool = False
) -> float:
    """Write lines of text below ``y``; return where the next ones start."""
    for line in lines:
        y -= size * LINE
        write_text(axes, x, y + size * 0.3, line, size, colour=colour, bold=bold)
    return y


@dataclass(frozen=True, slots=True)
class Label:
    """A name to be placed about a point.

    Attributes
    ----------
    text : str
    at : (x, y)
        In points of the axes.
    gap : float
        How far from the point it has to keep; below 0, it stands on it.
    size : float
    colour : str
    """

    text: str
    at: tuple[float, float]
    gap: float
    size: float
    colour: str


def place_labels(
    labels: Iterable[Label], taken: Sequence[Box], frame: Box, *, lines: Sequence[Any] = ()
) -> list[tuple[Label, float, float]]:
    """Return the labels that find a free place in their order, each with where its baseline starts.

    Parameters
    ----------
    labels : iterable of Label
        The more telling ones first.
    taken : sequence of (west, south, east, north)
        Boxes that have to stay free.
    frame : (west, south, east, north)
        Within which names stand.
    lines : sequence of arrays of shape (n, 2)
        What names should rather not cross.

    Examples
    --------
    >>> names = [Label(name, (20, 10), 4, 7, "#000000") for name in ("Zuwara", "Zawiya", "Zarzis")]
    >>> [label.text for label, x, y in place_labels(names, [(18, 8, 22, 12)], (0, 0, 60, 24))]
    ['Zuwara']
    """
    import shapely

    drawn = shapely.union_all([shapely.LineString(line) for line in lines if len(line) > 1])
    shapely.prepare(drawn)
    blocked = list(taken)
    placed = []
    for label in labels:
        width, height = text_width(label.text, label.size), label.size * 1.05
        best: tuple[float, Box] | None = None
        for rank, (dx, dy) in enumerate(_spots(label, width, height)):
            x, y = label.at[0] + dx, label.at[1] + dy
            box = (x, y, x + width, y + height)
            if not _inside(box, frame) or any(_overlap(box, other) for other in blocked):
                continue
            cost = (
                rank * 1.5
                + 16 * (rank >= _NEAR_SPOTS)
                + 0.6 * shapely.length(shapely.clip_by_rect(drawn, *box))
            )
            if best is None or cost < best[0]:
                best = (cost, box)
        if best is not None:
            blocked.append(best[1])
            placed.append((label, best[1][0], best[1][1] + label.size * 0.22))
    return placed


def _inside(box: Box, frame: Box) -> bool:
    low = box[0] > frame[0] + 3 and box[1] > frame[1] + 3
    return low and box[2] < frame[2] - 3 and box[3] < frame[3] - 3


def _spots(label: Label, width: float, height: float) -> list[tuple[float, float]]:
    if label.gap < 0:
        steps = (0, 9, -9, 18, -18)
        return [
            (-width / 2 + side, -height / 2 + step)
            for side in (0, width * 0.4, -width * 0.4)
            for step in steps
        ]
    spots: list[tuple[float, float]] = []
    for gap in (label.gap, label.gap * 2.2):
        over, under = gap, -gap - height
        spots += [
            (gap, -height / 2), (-gap - width, -height / 2), (-width / 2, over), (-width / 2, under),
            (gap * 0.8, over * 0.5), (gap * 0.8, under + gap * 0.5),
            (-gap * 0.8 - width, over * 0.5), (-gap * 0.8 - width, under + gap * 0.5),
        ]  # fmt: skip
    return spots


def _overlap(first: Box, second: Box) -> bool:
    return (
        first[0] < second[2] + 1.5
        and second[0] < first[2] + 1.5
        and first[1] < second[3]
        and second[1] < first[3]
    )


def draw_labels(axes: Axes, placed: Iterable[tuple[Label, float, float]]) -> None:
    """Write placed labels, each with a light edge that keeps it apart from the lines below it."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path
    from matplotlib.textpath import text_to_path

    for label, x, y in placed:
        prop = font(label.size)
        points, codes = text_to_path.get_text_path(prop, label.text, ismath=False)
        if len(points):
            scale = label.size / text_to_path.FONT_SCALE
            outline = Path([(x + px * scale, y + py * scale) for px, py in points], codes)
            axes.add_patch(
                PathPatch(outline, facecolor="white", edgecolor="white", linewidth=1.7, alpha=0.85,
                          zorder=7.9, joinstyle="round")
            )  # fmt: skip
        write_text(axes, x, y, label.text, label.size, colour=label.colour, zorder=8)
