"""What stands beside the map of a picture: headlines, and the legend drawn with the map's own signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from layers import palette
from layers.legend import build_legend
from layers.picture_marks import draw_swatch
from layers.picture_text import LINE, wrap_text, write_lines, write_text
from layers.texts import number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from layers.scene import Scene

_HEAD_PT: Final = 7.2
_ENTRY_PT: Final = 7.0
_ROW_PT: Final = 11.6
_SWATCH_PT: Final = 41.0
_WIDTH_PT: Final = 176.0


def scene_legend(scene: Scene, kinds: set[str]) -> dict[str, Any]:
    """Return the legend of what was drawn.

    Parameters
    ----------
    scene : Scene
    kinds : set of str
        Kinds of places on the picture.

    Returns
    -------
    legend : dict
        Of :func:`layers.legend.build_legend`.
    """
    corridors = scene.corridors
    width = None
    if {"width_km", "geometry"} <= set(corridors.columns) and len(corridors):
        width = number(corridors["width_km"].iloc[0])
    legs = [{"mode": leg.mode, "kind": leg.kind, "possible": leg.possible} for leg in scene.legs]
    return build_legend(legs, [{"kind": kind} for kind in sorted(kinds)], width_km=width)


def _rows(entry: dict[str, Any]) -> tuple[list[str], float]:
    lines = wrap_text(entry["label"], _WIDTH_PT - _SWATCH_PT, _ENTRY_PT)
    tall = (entry.get("w") or 0) * 0.75 + 2.5
    return lines, max(_ROW_PT, len(lines) * _ENTRY_PT * LINE + 1.5, tall)


def legend_height(scene: Scene, kinds: set[str]) -> float:
    """Return how high the legend is, in points."""
    parts = scene_legend(scene, kinds)["parts"]
    heads = sum(
        len(wrap_text(part["title"], _WIDTH_PT, _HEAD_PT, bold=True)) * _HEAD_PT * LINE + 6 for part in parts
    )
    return float(heads + sum(_rows(entry)[1] for part in parts for entry in part["entries"]))


def draw_legend(page: Axes, scene: Scene, kinds: set[str], at: tuple[float, float]) -> None:
    """Draw the legend below a point of the page."""
    x, y = at
    for part in scene_legend(scene, kinds)["parts"]:
        head = wrap_text(part["title"], _WIDTH_PT, _HEAD_PT, bold=True)
        y = write_lines(page, x, y - 3, head, _HEAD_PT, colour=palette.INK, bold=True) - 3
        for entry in part["entries"]:
            lines, tall = _rows(entry)
            draw_swatch(page, x, y - tall / 2, entry)
            first = y - tall / 2 + (len(lines) - 1) * _ENTRY_PT * LINE / 2 - _ENTRY_PT * 0.34
            for row, line in enumerate(lines):
                write_text(
                    page, x + _SWATCH_PT, first - row * _ENTRY_PT * LINE, line, _ENTRY_PT, colour=palette.INK
                )
            y -= tall


def sentences_height(scene: Scene, width: float, size: float) -> float:
    """Return how high the headline sentences are, in points."""
    several = len(scene.titles) > 1
    return sum(
        (len(wrap_text(line, width, size)) + several) * size * LINE + 6 for _, line in scene.sentences
    ) + (4 if scene.sentences else 0)


def draw_sentences(
    page: Axes, scene: Scene, at: tuple[float, float, float], size: float, *, floor: float
) -> float:
    """Write the headline of each corridor below a point; return where the legend may start.

    Sentences that find no room above ``floor`` are left out; the page and the briefing hold them.
    """
    x, y, width = at
    for title, line in scene.sentences:
        lines = wrap_text(line, width, size)
        several = len(scene.titles) > 1
        if y - (len(lines) + several) * size * LINE < floor:
            break
        if several:
            y = write_lines(
                page,
                x,
                y,
                wrap_text(title, width, size, bold=True, most=1),
                size,
                colour=palette.INK,
                bold=True,
            )
        y = write_lines(page, x, y, lines, size, colour=palette.INK) - 6
    return y - (4 if scene.sentences else 0)
