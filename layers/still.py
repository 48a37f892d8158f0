"""A map as a small picture: an SVG made from the features that the page draws, for where scripts are off."""

from __future__ import annotations

import html
import math
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from layers.features import BASE_DECIMALS, LINE_DECIMALS, decode_line
from layers.packing import unpack_block
from layers.palette import NO_FIGURE_PX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    _Project = Callable[[Sequence[tuple[float, float]]], NDArray[np.float64]]
    _Frame = tuple[float, float, float, float]

WIDTH_PX: Final = 960
HEIGHT_PX: Final = 600
_HEAD_PX: Final = 34
_FOOT_PX: Final = 24
_PAD_PX: Final = 26
_MOST_LABELS: Final = 16
_WORDS: Final = "solid: a published figure · pale band: at most that · dashed: no published figure"
_BACKDROP_DECIMALS: Final = 2


def still_svg(data: Mapping[str, Any], *, title: str) -> str:
    """Return the map as an SVG without scripts, links or fonts of its own.

    Parameters
    ----------
    data : mapping
        What the script of the page draws, as :func:`layers.build_map` puts it on the map.
    title : str
        Plain text, written above the map and told to screen readers.

    Returns
    -------
    svg : str
        960 by 600 pixels, Web Mercator, coordinates in whole pixels.

    Examples
    --------
    >>> base = {"backdrop": [], "boxes": [], "land": [], "borders": []}
    >>> colours = {"sea": "#ffffff", "modes": {}, "other": "#000000"}
    >>> svg = still_svg({"base": base, "layers": [], "bounds": [0, 0, 1, 1], "colours": colours}, title="<b>")
    >>> svg.startswith("<svg "), "<b>" in svg
    (True, False)
    """
    data = unpack_block(data) if "texts" in data else data
    colours, base = data["colours"], data["base"]
    project = _projection(data["bounds"])
    frame = (0.0, float(_HEAD_PX), float(WIDTH_PX), float(HEIGHT_PX - _FOOT_PX))
    parts = [_rect(frame, colours["sea"])]
    parts += _areas(
        base["backdrop"], _BACKDROP_DECIMALS, project, frame, fill=colours.get("backdrop", "#eee")
    )
    for box in base["boxes"]:
        (west, south), (east, north) = project([(box[0], box[1]), (box[2], box[3])])
        clear = (max(west, 0), max(north, frame[1]), min(east, WIDTH_PX), min(south, frame[3]))
        parts += [_rect(clear, colours["sea"])] if clear[2] > clear[0] and clear[3] > clear[1] else []
    coast = f'stroke="{_colour(colours.get("coast"))}" stroke-width=".6"'
    parts += _areas(base["land"], BASE_DECIMALS, project, frame, fill=colours.get("land"), more=coast)
    edge = f'fill="none" stroke="{_colour(colours.get("backdrop"))}" stroke-width="2.5"'
    whole = shapely.union_all([shapely.box(*project([box[:2], box[2:]]).ravel()) for box in base["boxes"]])
    parts += [f'<path d="{_path(one.exterior.coords, close=True)}" {edge}/>' for one in _polygons(whole)]
    borders = [decode_line(line, decimals=BASE_DECIMALS) for line in base["borders"]]
    path = "".join(_line_paths(shapely.LineString(project(line)), frame, 0.8) for line in borders)
    parts.append(
        f'<path d="{path}" fill="none" stroke="{_colour(colours.get("border"))}" stroke-width=".8"/>'
    )
    for layer in data["layers"]:
        for feature in layer["features"]:
            parts += _DRAWN.get(layer["type"], _nothing)(feature, data, project, frame)
    parts += _labels(data.get("labels", ()), project)
    said = html.escape(_xml_text(title))
    parts += [
        _rect((0, 0, WIDTH_PX, _HEAD_PX), "#ffffff"),
        f'<text x="10" y="22" font-size="15" font-weight="600">{html.escape(_short(title, 110))}</text>',
        _rect((0, HEIGHT_PX - _FOOT_PX, WIDTH_PX, HEIGHT_PX), "#ffffff"),
        f'<text x="10" y="{HEIGHT_PX - 8}" font-size="11">{html.escape(_foot(data))}</text>',
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {HEIGHT_PX}" width="{WIDTH_PX}" '
        f'height="{HEIGHT_PX}" role="img" font-family="system-ui,sans-serif" fill="#1f2a33">'
        f"<title>{said}</title>{''.join(parts)}</svg>"
    )


def _foot(data: Mapping[str, Any]) -> str:
    drawn = {layer["type"] for layer in data["layers"]}
    words = ["Static picture of an interactive map", *([_WORDS] if "leg" in drawn else [])]
    return _short(" · ".join([*words, *map(str, data.get("credits", ()))]), 170)


def _short(text: str, most: int) -> str:
    text = _xml_text(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _xml_text(text: object) -> str:
    """Return text without the characters that no XML document may hold."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", str(text))


def _colour(value: object) -> str:
    """Return a colour of the palette; whatever is not of its form becomes grey."""
    return str(value) if re.fullmatch(r"#[0-9a-fA-F]{3,6}", str(value)) else "#8a949c"


def _projection(bounds: Sequence[float]) -> _Project:
    """Return the function from degrees to pixels that shows the bounds, north up."""
    west, south, east, north = (float(edge) for edge in bounds)
    low, high = _mercator(south), _mercator(north)
    room = (WIDTH_PX - 2 * _PAD_PX, HEIGHT_PX - _HEAD_PX - _FOOT_PX - 2 * _PAD_PX)
    scale = min(room[0] / max(math.radians(east - west), 1e-9), room[1] / max(high - low, 1e-9))
    middle = (math.radians(west + east) / 2, (low + high) / 2)
    centre = (WIDTH_PX / 2, (_HEAD_PX + HEIGHT_PX - _FOOT_PX) / 2)

    def project(points: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
        pairs = np.radians(np.asarray(points, dtype=float).reshape(-1, 2))
        # What lies west of a view beyond 180 degrees is drawn on the far side of the antimeridian.
        lon = np.where((east > 180) & (pairs[:, 0] < 0), pairs[:, 0] + 2 * math.pi, pairs[:, 0])
        lat = np.arcsinh(np.tan(np.clip(pairs[:, 1], -1.48, 1.48)))
        return np.column_stack([centre[0] + (lon - middle[0]) * scale, centre[1] - (lat - middle[1]) * scale])

    return project


def _mercator(lat_deg: float) -> float:
    return math.asinh(math.tan(math.radians(max(-85.0, min(85.0, lat_deg)))))


def _rect(box: Sequence[float], fill: str) -> str:
    x, y, width, height = (round(part) for part in (box[0], box[1], box[2] - box[0], box[3] - box[1]))
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" fill="{_colour(fill)}"/>'


def _areas(
    shapes: Iterable[Any], decimals: int, project: _Project, frame: _Frame, *, fill: object, more: str = ""
) -> list[str]:
    """Return polygons, encoded as rings, in one path; those too small to see are left out."""
    path = []
    for part in shapes:
        rings = [project(decode_line(ring, decimals=decimals)) for ring in part]
        shape = shapely.Polygon(rings[0], rings[1:]) if len(rings[0]) > 3 else shapely.Polygon()
        if not shape.is_valid:
            shape = shapely.make_valid(shape)
        shape = shapely.simplify(shapely.clip_by_rect(shape, *frame), 1.0)
        for polygon in _polygons(shape):
            if polygon.area >= 6:
                path += [_path(ring.coords, close=True) for ring in (polygon.exterior, *polygon.interiors)]
    return [f'<path d="{"".join(path)}" fill="{_colour(fill)}" {more}/>'] if path else []


def _polygons(shape: Any) -> Iterator[Any]:  # noqa: ANN401 - shapely
    if shape.geom_type == "Polygon" and not shape.is_empty:
        yield shape
    for part in getattr(shape, "geoms", ()):
        yield from _polygons(part)


def _lines(shape: Any) -> Iterator[Any]:  # noqa: ANN401 - shapely
    if shape.geom_type == "LineString" and not shape.is_empty:
        yield shape
    for part in getattr(shape, "geoms", ()):
        yield from _lines(part)


def _line_paths(line: Any, frame: _Frame, tolerance: float) -> str:  # noqa: ANN401 - shapely
    shape = shapely.simplify(shapely.clip_by_rect(line, *frame), tolerance)
    return "".join(_path(part.coords) for part in _lines(shape) if part.length >= 1)


def _path(points: Iterable[Sequence[float]], *, close: bool = False) -> str:
    """Return a path in whole pixels, its first point and then the steps."""
    whole = np.round(np.asarray([tuple(point) for point in points])).astype(int)
    steps = np.diff(whole, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    text = "".join(f"{x}{y:+d}" if at == 0 else f"{x:+d}{y:+d}" for at, (x, y) in enumerate(steps))
    return f"M{whole[0][0]} {whole[0][1]}l{text or '0+0'}{'z' if close else ''}"


def _leg(feature: Mapping[str, Any], data: Mapping[str, Any], project: _Project, frame: _Frame) -> list[str]:
    kind, width = feature["kind"], feature["w"] or NO_FIGURE_PX
    colour = _colour(data["colours"]["modes"].get(feature["mode"], data["colours"]["other"]))
    line = shapely.simplify(
        shapely.LineString(project(decode_line(feature["line"], decimals=LINE_DECIMALS))), 0.9
    )
    if line.length < 1:
        return []
    # Pixels count downwards: what shapely calls the left of a line lies to the right of its way.
    path = _line_paths(shapely.offset_curve(line, width / 2 + 1.2), frame, 0.5)
    look = f'<path d="{path}" fill="none" stroke="{colour}"'
    if not path:
        return []
    if kind == "bound":
        band = f'{look} stroke-width="{width}" stroke-opacity=".16"/>'
        return [band, f'{look} stroke-width="1.5"/>']
    if kind == "zero":
        return [f'{look} stroke-width="1.2" stroke-opacity=".45"/>']
    if kind == "none":
        return [f'{look} stroke-width="{NO_FIGURE_PX}" stroke-dasharray="5 4"/>']
    return [f'{look} stroke-width="{width}" stroke-opacity=".88"/>']


def _area(feature: Mapping[str, Any], data: Mapping[str, Any], project: _Project, frame: _Frame) -> list[str]:
    colour = _colour(data["colours"].get("area"))
    more = f'fill-opacity=".1" stroke="{colour}" stroke-opacity=".6" stroke-dasharray="2 3"'
    return _areas(feature["shape"], BASE_DECIMALS, project, frame, fill=colour, more=more)


def _point(
    feature: Mapping[str, Any], data: Mapping[str, Any], project: _Project, frame: _Frame
) -> list[str]:
    if not feature.get("used"):
        return []
    looks = data.get("symbols") or []
    look = looks[feature["look"]] if feature["look"] < len(looks) else {}
    return _dot(project(decode_line(feature["at"])), frame, 3, look.get("colour"))


def _dot(points: NDArray[np.float64], frame: Sequence[float], radius: int, colour: object) -> list[str]:
    x, y = (float(part) for part in points[0])
    inside = frame[0] <= x <= frame[2] and frame[1] <= y <= frame[3]
    style = f'r="{radius}" fill="{_colour(colour)}" stroke="#fff"'
    return [f'<circle cx="{x:.0f}" cy="{y:.0f}" {style}/>'] if inside else []


def _shape(
    feature: Mapping[str, Any], data: Mapping[str, Any], project: _Project, frame: _Frame
) -> list[str]:
    """Draw a feature of :func:`layers.explore`."""
    parts, colour = feature["shape"], _colour(feature.get("colour", data["colours"]["other"]))
    if feature["as"] == "point":
        return [
            circle for part in parts for ring in part
            for circle in _dot(project(decode_line(ring)), frame, 4, colour)
        ]  # fmt: skip
    if feature["as"] == "area":
        more = f'fill-opacity=".5" stroke="{colour}"'
        return _areas(parts, LINE_DECIMALS, project, frame, fill=colour, more=more)
    lines = (
        shapely.LineString(project(decode_line(ring))) for part in parts for ring in part if len(ring) > 3
    )
    path = "".join(_line_paths(line, frame, 0.9) for line in lines)
    return [f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>'] if path else []


def _nothing(*_: object) -> list[str]:
    return []


_DRAWN: Final[dict[str, Any]] = {"leg": _leg, "area": _area, "point": _point, "shape": _shape}


def _labels(labels: Iterable[Mapping[str, Any]], project: _Project) -> list[str]:
    """Write the first names that keep clear of each other."""
    written: list[str] = []
    taken: list[tuple[float, float, float, float]] = []
    for label in labels:
        text = _short(str(label["text"]), 40)
        x, y = (float(part) for part in project(decode_line(label["at"]))[0])
        half = 3.2 * len(text) if label["country"] else 0.0
        box = (x - half if half else x + 6, y - 8, x + (half or 6 + 6 * len(text)), y + 8)
        if len(written) >= _MOST_LABELS or box[0] < 4 or box[2] > WIDTH_PX - 4:
            continue
        if box[1] < _HEAD_PX + 4 or box[3] > HEIGHT_PX - _FOOT_PX - 4:
            continue
        if any(box[0] < b[2] and box[2] > b[0] and box[1] < b[3] and box[3] > b[1] for b in taken):
            continue
        taken.append(box)
        look = 'fill="#5d6770" text-anchor="middle"' if half else ""
        at = x if half else x + 6
        written.append(f'<text x="{at:.0f}" y="{y + 4:.0f}" font-size="11" {look}>{html.escape(text)}</text>')
    return written
