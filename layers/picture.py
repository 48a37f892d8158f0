"""The map as a picture: PNG, PDF or SVG on A4 landscape, drawn without a browser and the same every time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from layers import palette
from layers.legend import FOOTNOTE_KOSOVO
from layers.picture_files import picture_bytes, picture_format, quiet_style, small_png
from layers.picture_layout import lay_panels
from layers.picture_panel import draw_panel
from layers.picture_side import draw_legend, draw_sentences, legend_height, sentences_height
from layers.picture_text import LINE, plain, wrap_text, write_lines
from layers.scene import gather_scene
from layers.writing import write_bytes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from geopandas import GeoDataFrame
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from layers.picture_figure import Picture
    from layers.picture_layout import Frame
    from layers.scene import Scene

PAGE_MM: Final = (297.0, 210.0)
MM: Final = 72 / 25.4
"""Points of a millimetre."""
MARGIN_MM: Final = 11.0
SIDE_MM: Final = 62.0
MOST_PANELS: Final = 4
"""With up to so many corridors, each has a panel of its own; more share one."""
THUMBNAIL_BYTES: Final = 60_000
COARSE: Final = "Where land has no outline, it is coarse and stands for orientation: it is no coast."


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A small picture and what it shows in words.

    Attributes
    ----------
    png : bytes
        At most 60,000.
    alt : str
        For those who do not see it.
    """

    png: bytes
    alt: str


def draw_map(
    corridors: GeoDataFrame,
    stats: DataFrame | None,
    counts: DataFrame | None,
    *,
    routes: GeoDataFrame | None = None,
    places: GeoDataFrame | None = None,
    title: str | None = None,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: str | None = None,
    figures: DataFrame | None = None,
) -> Figure:
    """Draw the map of corridors on a page of A4 landscape: legs, areas, places, legend, dates and sources.

    Parameters
    ----------
    corridors, stats, counts, routes, places, title, as_of, known_on, period, figures
        As for :func:`layers.build_map`.

    Returns
    -------
    figure : matplotlib.figure.Figure
        11.69 by 8.27 inches; a notebook shows it as it is, :func:`save_picture` writes it.

    Raises
    ------
    InvalidInputError
        If ``corridors`` has no column ``title``.

    Notes
    -----
    Widths follow :func:`layers.palette.line_width`, 1 px being 1/96 inch, the same on every map. Lines lie to
    the right of their way by half their width, reckoned on paper. Up to four corridors have a panel each, by
    an equal-area projection about its middle, with its own bar of scale.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString, box
    >>> corridors = gpd.GeoDataFrame({"title": ["A strait"]}, geometry=[box(0, 0, 1, 1)], index=["a"],
    ...                              crs="EPSG:4326")
    >>> legs = gpd.GeoDataFrame({"corridor": ["a"], "title": ["A to B"], "mode": ["sea"]},
    ...                         geometry=[LineString([(0, 0), (1, 1)])], index=["a_b"], crs="EPSG:4326")
    >>> draw_map(corridors, None, None, routes=legs).get_size_inches().round(2).tolist()
    [11.69, 8.27]
    """
    scene = gather_scene(
        corridors, stats, counts, routes=routes, places=places, title=title, as_of=as_of, known_on=known_on,
        period=period, figures=figures,
    )  # fmt: skip
    with quiet_style():
        return _draw_page(scene)


def save_picture(figure: Figure, path: str | Path, *, format: str | None = None) -> Path:  # noqa: A002 - the word of savefig
    r"""Write a picture of :func:`draw_map`, whole or not at all; the same figure gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        To be written.
    path : path
        Its ending says the format.
    format : {"png", "pdf", "svg"}, optional
        Where the ending does not.

    Returns
    -------
    path : Path
        The file.

    Raises
    ------
    InvalidInputError
        If the ending names no format or another one than ``format``, or the file cannot be written.
    UnknownNameError
        If ``format`` is none of the three.

    Examples
    --------
    >>> import tempfile
    >>> from matplotlib.figure import Figure
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_picture(Figure((1, 1)), Path(folder) / "a.png").read_bytes()[:4]
    b'\x89PNG'
    """
    target = Path(path)
    write_bytes(target, picture_bytes(figure, picture_format(target, format)))
    return target


def thumbnail(
    corridors: GeoDataFrame,
    stats: DataFrame | None,
    counts: DataFrame | None,
    *,
    width_px: int = 900,
    **options: Any,  # noqa: ANN401 - those of draw_map
) -> Thumbnail:
    """Draw the map alone, small enough to be kept in a notebook, with a text that stands for it.

    Parameters
    ----------
    corridors, stats, counts
        As for :func:`draw_map`.
    width_px : int
        Its width; it is made smaller until it takes no more than 60,000 bytes.
    **options
        As for :func:`draw_map`.

    Returns
    -------
    thumbnail : Thumbnail
        ``png`` and ``alt``.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString, box
    >>> corridors = gpd.GeoDataFrame({"title": ["A strait"]}, geometry=[box(0, 0, 1, 1)], index=["a"],
    ...                              crs="EPSG:4326")
    >>> legs = gpd.GeoDataFrame({"corridor": ["a"], "title": ["A to B"], "mode": ["sea"]},
    ...                         geometry=[LineString([(0, 0), (1, 1)])], index=["a_b"], crs="EPSG:4326")
    >>> thumbnail(corridors, None, None, routes=legs).alt
    'Map. Routes and crossings: A strait. No published figures. 1 leg: 1 without a published figure.'
    """
    scene = gather_scene(corridors, stats, counts, **options)
    with quiet_style():
        width, height = width_px * 0.75, width_px * 0.75 * 0.58
        note = wrap_text(FOOTNOTE_KOSOVO, width - 4, 6)
        foot = len(note) * 6 * 1.32 + 4
        figure, page = _sheet(width / MM, height / MM)
        seen = [
            draw_panel(figure, scene, corridor, frame, small=True)
            for corridor, frame in _frames(scene, (1, foot, width - 2, height - foot - 1))
        ]
        if scene.kosovo or any(one.kosovo for one in seen):
            write_lines(page, 2, foot - 2, note, 6, colour=palette.MUTED)
    return Thumbnail(small_png(figure, most=THUMBNAIL_BYTES), _alt(scene))


def _alt(scene: Scene) -> str:
    kinds = {"own": "with a figure of its own", "bound": "with an upper bound", "zero": "with a published 0",
             "none": "without a published figure"}  # fmt: skip
    held = [leg.kind for leg in scene.legs]
    told = [f"{held.count(kind)} {words}" for kind, words in kinds.items() if kind in held]
    legs = f"{len(held)} {'leg' if len(held) == 1 else 'legs'}" + (f": {', '.join(told)}" if told else "")
    lines = [plain(line) for _, line in scene.sentences]
    return " ".join([f"Map. {plain(scene.title)}.", scene.asof, *lines, f"{legs}."])


def _sheet(width_mm: float, height_mm: float) -> tuple[Picture, Axes]:
    """Return an empty figure, and axes over all of it whose units are points."""
    from layers.picture_figure import Picture

    figure = Picture(figsize=(width_mm / 25.4, height_mm / 25.4), facecolor="white")
    page = figure.add_axes((0.0, 0.0, 1.0, 1.0), zorder=5)
    page.set_xlim(0, width_mm * MM)
    page.set_ylim(0, height_mm * MM)
    page.set_axis_off()
    page.patch.set_visible(False)
    return figure, page


def _draw_page(scene: Scene) -> Picture:
    """Lay title, panels, sentences, legend and footnotes on one page."""
    figure, page = _sheet(*PAGE_MM)
    figure.set_gid("routeways")
    figure.names = (plain(scene.title), plain(scene.asof))
    left, width = MARGIN_MM * MM, (PAGE_MM[0] - 2 * MARGIN_MM) * MM
    top, side = (PAGE_MM[1] - MARGIN_MM) * MM, SIDE_MM * MM
    head = wrap_text(scene.title, width, 17, bold=True, most=2)
    under = write_lines(page, left, top + 5, head, 17, colour=palette.INK, bold=True)
    dates = wrap_text(scene.asof, width, 8.5, most=2)
    under = write_lines(page, left, under + 1, dates, 8.5, colour=palette.MUTED) - 7
    floor = MARGIN_MM * MM + _notes_height(scene, width) + 7
    seen = [
        draw_panel(figure, scene, corridor, frame)
        for corridor, frame in _frames(scene, (left, floor, width - side - 12, under - floor))
    ]
    shown = {kind for one in seen for kind in one.kinds}
    _draw_side(page, scene, shown, (left + width - side, floor, left + width, under))
    notes = [*scene.notes]
    if not all(one.detailed for one in seen):
        notes.append(COARSE)
    if scene.kosovo or any(one.kosovo for one in seen):
        notes.append(FOOTNOTE_KOSOVO)
    _draw_notes(page, notes, (left, floor - 7, width))
    return figure


def _frames(scene: Scene, room: Frame) -> list[tuple[str | None, Frame]]:
    """Divide the room for maps: one frame, or one for each of a few corridors, dense ones larger."""
    names = list(scene.titles)
    if not 1 < len(names) <= MOST_PANELS:
        return [(None, room)]
    boxes = [scene.bounds(name) for name in names]
    aspects = [
        max(0.4, min(2.5, (east - west) * math.cos(math.radians((south + north) / 2)) / (north - south)))
        for west, south, east, north in boxes
    ]
    weights = [(1 + sum(leg.corridor == name for leg in scene.legs)) ** 0.75 for name in names]
    return list(zip(names, lay_panels(aspects, room, weights=weights), strict=True))


def _draw_side(page: Axes, scene: Scene, shown: set[str], room: tuple[float, float, float, float]) -> None:
    """Write the headlines and, below them, the legend."""
    west, south, east, north = room
    width = east - west
    below = legend_height(scene, shown)
    size = next(
        (
            size
            for size in (8.0, 7.5, 7.0, 6.5)
            if sentences_height(scene, width, size) + below <= north - south
        ),
        6.5,
    )
    under = draw_sentences(page, scene, (west, north, width), size, floor=south + below)
    draw_legend(page, scene, shown, (west, under))


_NOTE_PT: Final = 6.3
_COLUMN_GAP: Final = 16.0


def _note_lines(notes: Sequence[str], width: float) -> list[str]:
    column = (width - _COLUMN_GAP) / 2
    return [line for note in notes for line in wrap_text(note, column, _NOTE_PT)]


def _notes_height(scene: Scene, width: float) -> float:
    """Return the most that the notes can take."""
    lines = _note_lines([*scene.notes, COARSE, FOOTNOTE_KOSOVO], width)
    return -(-len(lines) // 2) * _NOTE_PT * LINE


def _draw_notes(page: Axes, notes: Sequence[str], at: tuple[float, float, float]) -> None:
    """Write sources, disclaimer and footnotes in two columns."""
    left, top, width = at
    lines = _note_lines(notes, width)
    half = -(-len(lines) // 2)
    shift = (width + _COLUMN_GAP) / 2
    for column, part in enumerate((lines[:half], lines[half:])):
        write_lines(page, left + column * shift, top, part, _NOTE_PT, colour=palette.MUTED)
