"""One map of a picture: ground, corridors, legs, places and names in a frame of points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from layers import palette
from layers.palette import place_symbol
from layers.picture_base import View, draw_ground, fill, polygons, read_ground, scale_length, stroke
from layers.picture_marks import PT_PER_PX, draw_leg, draw_symbol, leg_look
from layers.picture_text import Label, draw_labels, place_labels, plain, text_width, write_text
from layers.texts import text_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from layers.picture_base import Ground
    from layers.picture_text import Box
    from layers.scene import Leg, Scene

_CLOSE_KM_PER_PT: Final = 1.1
"""Nearer than this, small kinds of places are drawn and named."""
_FIRST: Final = ("zone", "city", "port", "town", "headland", "road_crossing", "rail_crossing")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a panel turned out to show: kinds of places, Kosovo or not, land in detail everywhere or not."""

    kinds: frozenset[str]
    kosovo: bool
    detailed: bool


@dataclass(frozen=True, slots=True)
class _Spot:
    kind: str
    name: str
    x: float
    y: float
    used: bool


def draw_panel(
    figure: Figure,
    scene: Scene,
    corridor: str | None,
    frame: tuple[float, float, float, float],
    *,
    small: bool = False,
) -> Seen:
    """Draw one corridor, or all, in a frame of the figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    scene : Scene
    corridor : str or None
        None draws all.
    frame : (left, bottom, width, height)
        In points.
    small : bool
        Leave out names of places and the bar of scale.

    Returns
    -------
    seen : Seen
    """
    left, bottom, width, height = frame
    whole = figure.get_size_inches() * 72
    axes = figure.add_axes(
        (left / whole[0], bottom / whole[1], width / whole[0], height / whole[1]), zorder=1
    )
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(color="#aab3ba", linewidth=0.6)
    view = View(scene.bounds(corridor), (width, height))
    ground = read_ground(view)
    draw_ground(axes, ground)
    legs = [leg for leg in scene.legs if corridor in (None, leg.corridor)]
    _draw_areas(axes, scene, corridor, view)
    lines = _draw_legs(axes, legs, view)
    spots = _spots(scene, corridor, view)
    shrink = 0.7 if small else 1.0 if corridor is None else 0.8
    for spot in spots:
        symbol = place_symbol(spot.kind)
        draw_symbol(axes, spot.x, spot.y, symbol.shape, symbol.colour, symbol.size_px * shrink)
    taken = [*([] if small else [_draw_scale(axes, view)]), *_heading(axes, scene, corridor, height)]
    labels = [*([] if small else _names(spots, shrink)), *_countries(ground)]
    blocked = [*taken, *(_box(spot, shrink) for spot in spots), *(_tip(line) for line in lines)]
    draw_labels(axes, place_labels(labels, blocked, (0, 0, width, height), lines=lines))
    return Seen(frozenset(spot.kind for spot in spots), kosovo=ground.kosovo, detailed=ground.detailed)


def _draw_areas(axes: Axes, scene: Scene, corridor: str | None, view: View) -> None:
    if "geometry" not in scene.corridors.columns:
        return
    for name, area in scene.corridors.geometry.items():
        if corridor not in (None, str(name)) or area is None or area.is_empty:
            continue
        shape = view.shape(area)
        fill(axes, shape, colour=palette.AREA, opacity=0.08, zorder=2)
        edge = shapely.MultiLineString(
            [ring for part in polygons(shape) for ring in (part.exterior, *part.interiors)]
        )
        stroke(axes, edge, colour=palette.AREA, width=0.6, opacity=0.55, zorder=2.1, dashes=(1.6, 2.2))


def _draw_legs(axes: Axes, legs: list[Leg], view: View) -> list[NDArray[np.float64]]:
    """Draw the legs, ranges first and the widest first; return the lines as they lie on paper."""
    lines = []
    for leg in sorted(legs, key=lambda one: (one.kind != "bound", -(max(0, one.high)), one.leg)):
        line = view.points(shapely.get_coordinates(leg.line))
        look = leg_look(leg.kind, leg.mode, leg.high, leg.low)
        lines.append(draw_leg(axes, line, look, name=plain(leg.leg), vague=leg.vague))
    return lines


def _spots(scene: Scene, corridor: str | None, view: View) -> list[_Spot]:
    """Return the places to be drawn, the more telling kinds last, so that they lie on top."""
    if scene.places is None or not len(scene.places):
        return []
    near = view.km_per_pt <= _CLOSE_KM_PER_PT
    room = shapely.box(-2, -2, view.size[0] + 2, view.size[1] + 2)
    own = _ends(scene, corridor)
    found = []
    for place, row in scene.places.iterrows():
        kind, used = str(row.get("kind", "")), str(place) in scene.used
        if kind == "country" or row.geometry is None or row.geometry.is_empty:
            continue
        if not used or (place_symbol(kind).small and not near and kind != "town"):
            continue
        x, y = (float(number) for number in view.points(np.array([[row.geometry.x, row.geometry.y]]))[0])
        if not room.contains(shapely.Point(x, y)) or (own is not None and not _touches(own, x, y, view)):
            continue
        found.append(_Spot(kind, plain(text_of(row.get("name")) or place), x, y, used))
    rank = {kind: at for at, kind in enumerate(_FIRST)}
    return sorted(found, key=lambda spot: (-rank.get(spot.kind, len(rank)), spot.name))


def _ends(scene: Scene, corridor: str | None) -> shapely.Geometry | None:
    lines = [leg.line for leg in scene.legs if leg.corridor == corridor]
    return shapely.MultiLineString(lines) if corridor is not None and lines else None


def _touches(lines: shapely.Geometry, x: float, y: float, view: View) -> bool:
    return bool(view.shape(lines).distance(shapely.Point(x, y)) < 8)


def _names(spots: list[_Spot], shrink: float) -> list[Label]:
    size = 6.8 if shrink == 1 else 6.3
    return [
        Label(spot.name, (spot.x, spot.y), _half(spot, shrink) + 2.2, size, palette.INK)
        for spot in reversed(spots)
    ]


def _countries(ground: Ground) -> list[Label]:
    return [Label(plain(name).upper(), at, -1.0, 6.4, "#5d6770") for name, at, _ in ground.names]


def _half(spot: _Spot, shrink: float) -> float:
    return place_symbol(spot.kind).size_px * PT_PER_PX / 2 * shrink


def _box(spot: _Spot, shrink: float) -> Box:
    half = _half(spot, shrink)
    return (spot.x - half, spot.y - half, spot.x + half, spot.y + half)


def _tip(line: NDArray[np.float64]) -> Box:
    x, y = (float(number) for number in line[-1])
    return (x - 3, y - 3, x + 3, y + 3)


def _heading(axes: Axes, scene: Scene, corridor: str | None, height: float) -> list[Box]:
    """Write the corridor's title into the corner of a panel that shows one of several."""
    if corridor is None:
        return []
    from matplotlib.patches import Rectangle

    title = plain(scene.titles[corridor])
    wide = text_width(title, 9, bold=True) + 12
    axes.add_patch(
        Rectangle((0, height - 17), wide, 17, facecolor="white", edgecolor="none", alpha=0.92, zorder=8.5)
    )
    write_text(axes, 6, height - 12, title, 9, colour=palette.INK, bold=True)
    return [(0, height - 17, wide, height)]


def _draw_scale(axes: Axes, view: View) -> Box:
    """Draw a bar of a round number of kilometres in the lower right corner."""
    km = scale_length(view.km_per_pt, 80)
    long = km / view.km_per_pt
    words = f"{km:,.0f} km" if km >= 1 else f"{km:g} km"
    east = view.size[0] - 8
    wide = max(long, text_width(words, 6.5))
    box = (east - wide - 4, 3.0, east + 4, 20.0)
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle(
            box[:2],
            box[2] - box[0],
            box[3] - box[1],
            facecolor="white",
            edgecolor="none",
            alpha=0.8,
            zorder=8.4,
        )
    )
    bar = shapely.LineString([(east - long, 9.5), (east - long, 7), (east, 7), (east, 9.5)])
    stroke(axes, bar, colour=palette.MUTED, width=0.8, zorder=8.6)
    write_text(axes, east - text_width(words, 6.5), 12, words, 6.5, colour=palette.INK)
    return box
