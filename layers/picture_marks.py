"""Legs and places on a picture, and the same signs in its legend: one function draws both.

Widths are those of the page: :func:`layers.palette.line_width` in pixels of 1/96 inch, never fitted to data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from layers import palette

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

PT_PER_PX: Final = 0.75
_GAP_PX: Final = 1.5
_VAGUE_PT: Final = 9.0
_BEND: Final = 1.6
"""How much farther out a corner may go than its sides."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a leg is drawn; lengths in points.

    Attributes
    ----------
    colour : str
    width : float
        What the leg takes up in all.
    line, opacity : float
        Of the line itself.
    dashes : tuple of float
        Empty for a whole line.
    band : float
        Width of the light band of a range; 0 without one.
    head : float
        Length of the arrow.
    """

    colour: str
    width: float
    line: float
    opacity: float
    dashes: tuple[float, ...]
    band: float
    head: float


def leg_look(kind: str, mode: str, high: float, low: float = 0.0) -> Look:
    """Return how a leg is drawn.

    Parameters
    ----------
    kind : str
        Of :func:`layers.palette.figure_class`.
    mode : str
        ``sea`` or ``land``; others are drawn in ink.
    high, low : float
        Its published figure or range; not read where the kind is ``none``.

    Examples
    --------
    >>> look = leg_look("none", "sea", float("nan"))
    >>> look.dashes, look.band, leg_look("bound", "sea", 50_000).band
    ((3.75, 3.0), 0.0, 9.524999999999999)
    """
    colour = palette.MODE_COLOURS.get(mode, palette.INK)
    if kind == "none":
        line = palette.NO_FIGURE_PX * PT_PER_PX
        return Look(colour, line, line, 0.85, (3.75, 3.0), 0.0, _head(palette.NO_FIGURE_PX))
    width_px = palette.line_width(high)
    if kind == "bound":
        inner = palette.line_width(low) if low > 0 else 1.5
        return Look(
            colour,
            width_px * PT_PER_PX,
            inner * PT_PER_PX,
            0.9,
            (),
            width_px * PT_PER_PX,
            _head(max(4.0, inner)),
        )
    opacity = 0.45 if kind == "zero" else 0.88
    return Look(colour, width_px * PT_PER_PX, width_px * PT_PER_PX, opacity, (), 0.0, _head(width_px))


def _head(width_px: float) -> float:
    return max(7.0, min(20.0, width_px * 0.9 + 5)) * PT_PER_PX


def beside(line: NDArray[np.float64], offset: float) -> NDArray[np.float64]:
    """Return a line moved to the right of its way.

    Parameters
    ----------
    line : array of shape (n, 2)
        In points, y upwards.
    offset : float
        In points.

    Returns
    -------
    moved : array of shape (m, 2)
        From its start to its end; loops that a wiggly line would make are cut off.

    Examples
    --------
    >>> beside(np.array([[0.0, 0.0], [10.0, 0.0]]), 2.0).tolist()
    [[0.0, -2.0], [10.0, -2.0]]
    """
    way = shapely.LineString(line)
    smooth = shapely.simplify(way, max(0.3, offset * 0.35))
    moved = shapely.offset_curve(smooth, -offset, join_style="mitre", mitre_limit=_BEND)
    parts = [part for part in shapely.get_parts(np.atleast_1d(moved)) if part.length > offset]
    whole = shapely.line_merge(shapely.MultiLineString(parts)) if len(parts) > 1 else (parts or [None])[0]
    if whole is None or whole.geom_type != "LineString" or whole.length < 0.6 * smooth.length:
        return _side(shapely.get_coordinates(smooth), offset)
    found: NDArray[np.float64] = shapely.get_coordinates(whole)
    ahead = np.hypot(*(found[0] - line[0])) + np.hypot(*(found[-1] - line[-1]))
    back = np.hypot(*(found[-1] - line[0])) + np.hypot(*(found[0] - line[-1]))
    return found if ahead <= back else found[::-1]


def _side(line: NDArray[np.float64], offset: float) -> NDArray[np.float64]:
    """Move every corner along the mean of its two normals; for lines whose offset falls apart."""
    steps = np.diff(line, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    keep = np.concatenate([[True], lengths > 0])
    line, steps, lengths = line[keep], steps[lengths > 0], lengths[lengths > 0]
    if len(line) < 2:
        return line
    normals = np.column_stack([steps[:, 1], -steps[:, 0]]) / lengths[:, None]
    mean = (np.vstack([normals[:1], normals]) + np.vstack([normals, normals[-1:]])) / 2
    size = np.maximum(np.hypot(mean[:, 0], mean[:, 1]), 1e-9)
    moved: NDArray[np.float64] = line + mean / size[:, None] * offset * np.minimum(_BEND, 1 / size)[:, None]
    return moved


def draw_leg(
    axes: Axes,
    line: NDArray[np.float64],
    look: Look,
    *,
    name: str,
    vague: bool = False,
    zorder: float = 4.0,
) -> NDArray[np.float64]:
    """Draw a leg to the right of its way, with its arrow.

    Parameters
    ----------
    axes : matplotlib axes whose units are points
    line : array of shape (n, 2)
    look : Look
    name : str
        Written into SVG as ``leg-NAME`` of the line, ``band-NAME`` and ``arrow-NAME`` of its other parts.
    vague : bool
        Whether the line is schematic: it is drawn as straight as its ends and bends of 9 points allow.
    zorder : float

    Returns
    -------
    moved : array of shape (m, 2)
        Where it lies.
    """
    if vague:
        line = shapely.get_coordinates(shapely.simplify(shapely.LineString(line), _VAGUE_PT))
    moved = beside(line, look.width / 2 + _GAP_PX * PT_PER_PX)
    draw_way(axes, moved, look, name=name, zorder=zorder)
    return moved


def draw_way(axes: Axes, line: NDArray[np.float64], look: Look, *, name: str, zorder: float) -> None:
    """Draw a leg on its line as it stands."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Polygon

    way = shapely.LineString(line)
    head = min(look.head, 0.6 * way.length)
    if way.length <= 0:
        return
    body = shapely.get_coordinates(_until(way, way.length - head * 0.9))
    tip = line[-1]
    back = shapely.get_coordinates(way.interpolate(way.length - head))[0]
    ahead = (tip - back) / max(1e-9, float(np.hypot(*(tip - back))))
    across = np.array([ahead[1], -ahead[0]]) * head / 2

    def gid(part: str) -> str | None:
        return f"{part}-{name}" if name else None

    if look.band:
        axes.add_line(
            Line2D(*body.T, color=look.colour, linewidth=look.band, alpha=0.16, zorder=zorder,
                   solid_capstyle="butt", solid_joinstyle="round", gid=gid("band"))
        )  # fmt: skip
    style: Any = (0, tuple(dash / look.line for dash in look.dashes)) if look.dashes else "solid"
    axes.add_line(
        Line2D(*body.T, color=look.colour, linewidth=look.line, alpha=look.opacity, zorder=zorder + 0.5,
               linestyle=style, dash_capstyle="butt", solid_capstyle="butt", solid_joinstyle="round",
               gid=gid("leg"))
    )  # fmt: skip
    axes.add_patch(
        Polygon([tip, tip - ahead * head + across, tip - ahead * head - across], closed=True,
                edgecolor="none", facecolor=look.colour, zorder=zorder + 0.6, gid=gid("arrow"))
    )  # fmt: skip


def _until(way: Any, length: float) -> Any:  # noqa: ANN401 - shapely
    from shapely.ops import substring

    return substring(way, 0, max(length, way.length * 0.2))


def draw_symbol(axes: Axes, x: float, y: float, shape: str, colour: str, size_px: float) -> None:
    """Draw the symbol of a place about a point of axes whose units are points."""
    from matplotlib.patches import Circle, Polygon

    half = size_px * PT_PER_PX / 2
    sides: Mapping[str, list[tuple[float, float]]] = {
        "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        "diamond": [(0, 1.1), (1.1, 0), (0, -1.1), (-1.1, 0)],
        "triangle": [(0, 1.0), (1.04, -0.88), (-1.04, -0.88)],
    }
    if shape in sides:
        corners = [(x + dx * half, y + dy * half) for dx, dy in sides[shape]]
        axes.add_patch(
            Polygon(
                corners,
                closed=True,
                facecolor=colour,
                edgecolor="white",
                linewidth=0.7,
                joinstyle="round",
                zorder=6,
            )
        )
    elif shape == "cross":
        _cross(axes, x, y, half, colour)
    elif shape in ("disc", "circle", "ring"):
        solid, radius = shape == "disc", half * (0.92 if shape != "circle" else 0.8)
        axes.add_patch(
            Circle((x, y), radius, facecolor=colour if solid else "white",
                   edgecolor="white" if solid else colour,
                   linewidth=0.7 if solid else 1.1, zorder=6,
                   linestyle=(0, (2.0, 1.4)) if shape == "ring" else "solid")
        )  # fmt: skip


def _cross(axes: Axes, x: float, y: float, half: float, colour: str) -> None:
    from matplotlib.lines import Line2D

    arm = half * 0.8
    for slope in (1, -1):
        axes.add_line(
            Line2D(
                (x - arm, x + arm), (y - slope * arm, y + slope * arm), color=colour, linewidth=1.4, zorder=6
            )
        )


def draw_swatch(axes: Axes, x: float, y: float, entry: Mapping[str, Any]) -> float:
    """Draw the sign of a legend's entry from ``x`` on, its middle at ``y``; return its height."""
    from matplotlib.patches import Rectangle

    if entry.get("symbol"):
        symbol = entry["symbol"]
        draw_symbol(axes, x + 17, y, symbol["shape"], symbol["colour"], symbol["size"])
        return float(symbol["size"] * PT_PER_PX)
    if entry.get("area"):
        for face, edge, opacity in ((palette.AREA, "none", 0.12), ("none", palette.AREA, 0.8)):
            axes.add_patch(
                Rectangle((x + 1, y - 4.5), 32, 9, facecolor=face, edgecolor=edge, alpha=opacity,
                          linewidth=0.6, linestyle=(0, (2.5, 3.0)), zorder=4)
            )  # fmt: skip
        return 9.0
    high = _figure(entry.get("w"))
    look = leg_look(entry["kind"], entry["mode"], high)
    draw_way(axes, np.array([[x, y], [x + 34.0, y]]), look, name="", zorder=4)
    return max(look.width, look.head)


def _figure(width_px: float | None) -> float:
    """Return the figure that a width stands for."""
    if width_px is None:
        return math.nan
    return palette.WIDTH_FULL * (width_px / palette.WIDTH_MAX_PX) ** 2
