"""GeoJSON by RFC 7946: longitude before latitude, right-handed rings, cut at the antimeridian, stable ids."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.errors import InvalidInputError
from layers.export.frames import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

DECIMALS: Final = 7
"""Decimals of a degree: about 1 cm."""

_POINTS: Final = ("Point", "MultiPoint")
_LINES: Final = ("LineString", "MultiLineString")
_AREAS: Final = ("Polygon", "MultiPolygon")


def collection_text(frame: GeoDataFrame, metadata: Mapping[str, Any]) -> str:
    """Return a layer as one GeoJSON FeatureCollection, one feature a line.

    Parameters
    ----------
    frame : GeoDataFrame
        A layer of :func:`layers.export.layer_frame`.
    metadata : mapping
        Foreign members, written before the features; names that GeoJSON defines are refused.

    Returns
    -------
    text : str
        JSON without a ``crs`` member, whose features have the index as their ``id``.

    Raises
    ------
    InvalidInputError
        If a foreign member has a name that GeoJSON uses, or a shape cannot be written.

    Examples
    --------
    >>> import geopandas
    >>> from shapely import Point
    >>> frame = geopandas.GeoDataFrame(index=["a"], geometry=[Point(1.123456789, 2)], crs="EPSG:4326")
    >>> print(collection_text(frame, {"title": "One point"}))
    {"type": "FeatureCollection",
    "title": "One point",
    "bbox": [1.1234568, 2.0, 1.1234568, 2.0],
    "features": [
    {"type": "Feature", "id": "a", "properties": {},
     "geometry": {"type": "Point", "coordinates": [1.1234568, 2.0]}}
    ]}
    """
    taken = sorted(
        set(metadata) & {"type", "bbox", "features", "crs", "coordinates", "geometry", "properties", "id"}
    )
    if taken:
        raise InvalidInputError(f"Invalid metadata '{', '.join(taken)}'. GeoJSON uses these names itself.")
    features = list(_features(frame))
    lines = ['{"type": "FeatureCollection",']
    lines += [f"{_dumps(key)}: {_dumps(value)}," for key, value in metadata.items()]
    box = bounding_box(feature["geometry"] for feature in features)
    if box:
        lines.append(f'"bbox": {_dumps(box)},')
    lines += ['"features": [', ",\n".join(_dumps(feature) for feature in features), "]}"]
    return "\n".join(line for line in lines if line) + "\n"


def lines_text(frame: GeoDataFrame) -> str:
    """Return a layer as newline-delimited GeoJSON: one feature a line and nothing else.

    Examples
    --------
    >>> import geopandas
    >>> print(lines_text(geopandas.GeoDataFrame({"v": [1]}, index=["a"], geometry=[None], crs="EPSG:4326")))
    {"type": "Feature", "id": "a", "properties": {"v": 1}, "geometry": null}
    """
    return "".join(f"{_dumps(feature)}\n" for feature in _features(frame))


def geometry_json(shape: BaseGeometry | None, *, name: str = "shape") -> dict[str, Any] | None:
    """Return a shape as a GeoJSON geometry: cut at the antimeridian, right-handed, 7 decimals.

    Parameters
    ----------
    shape : shapely geometry or None
        Longitudes may run past 180 degrees, or jump from 180 to −180; edges are straight in longitude and
        latitude, and the shorter way round.
    name : str
        What is shown in an error.

    Returns
    -------
    geometry : dict or None
        None for no shape or an empty one.

    Raises
    ------
    InvalidInputError
        If an area crosses itself, a coordinate is no number or beyond the poles, or it is a collection.

    Examples
    --------
    >>> geometry_json(shapely.LineString([(179, 0), (181, 2)]))["coordinates"]
    [[[179.0, 0.0], [180.0, 1.0]], [[-180.0, 1.0], [-179.0, 2.0]]]
    """
    if shape is None or shape.is_empty:
        return None
    if shape.geom_type not in (*_POINTS, *_LINES, *_AREAS):
        raise InvalidInputError(
            f"Invalid geometry of '{name}'. Points, lines and areas are exported, no collections."
        )
    pairs = shapely.get_coordinates(shape)
    if not np.isfinite(pairs).all() or (np.abs(pairs[:, 1]) > 90).any() or (np.abs(pairs[:, 0]) > 540).any():
        raise InvalidInputError(
            f"Invalid geometry of '{name}'. Longitude and latitude are degrees, in that order."
        )
    parts = [_cut(part, name) for part in shapely.get_parts(shape)]
    flat = [piece for part in parts for piece in shapely.get_parts(part)]
    coordinates = [_coordinates(piece) for piece in flat]
    kind = flat[0].geom_type
    if shape.geom_type.startswith("Multi") or len(flat) > 1:
        return {"type": f"Multi{kind}", "coordinates": coordinates}
    return {"type": kind, "coordinates": coordinates[0]}


def bounding_box(geometries: Iterable[Mapping[str, Any] | None]) -> list[float]:
    """Return west, south, east and north of GeoJSON geometries; west is above east over the antimeridian.

    Returns
    -------
    box : list of float
        Empty where there is no geometry.

    Notes
    -----
    The box leaves out the widest stretch of longitudes that nothing reaches; it runs over the antimeridian
    only where shapes touch that line from both sides.

    Examples
    --------
    >>> bounding_box([{"type": "LineString", "coordinates": [[1.0, 2.0], [3.0, -2.0]]}])
    [1.0, -2.0, 3.0, 2.0]
    """
    spans: list[tuple[float, float]] = []
    heights: list[float] = []
    for geometry in geometries:
        for points in _runs(geometry):
            spans.append((min(point[0] for point in points), max(point[0] for point in points)))
            heights += [point[1] for point in points]
    if not spans:
        return []
    spans.sort()
    west, east = spans[0][0], max(span[1] for span in spans)
    if west == -180.0 and east == 180.0:
        reach, gaps = spans[0][1], []
        for start, stop in spans[1:]:
            gaps.append((start - reach, start, reach))
            reach = max(reach, stop)
        widest = max(gaps, default=(0.0, west, east))
        if widest[0] > 0:
            west, east = widest[1], widest[2]
    return [west, min(heights), east, max(heights)]


def _features(frame: GeoDataFrame) -> Iterator[dict[str, Any]]:
    columns = [column for column in frame.columns if column != frame.geometry.name]
    key = frame.index.name
    for place, (name, shape) in enumerate(zip(frame.index, frame.geometry, strict=True)):
        properties = {str(key): name} if key else {}
        properties.update({column: _value(frame[column].iloc[place]) for column in columns})
        yield {
            "type": "Feature",
            "id": str(name),
            "properties": properties,
            "geometry": geometry_json(shape, name=str(name)),
        }


def _value(value: Any) -> Any:  # noqa: ANN401 - a cell of a plain layer
    if isinstance(value, tuple):
        return list(value)
    if value is None or value != value:
        return None
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and math.isinf(value) else value


def _dumps(value: object) -> str:
    return clean_text(json.dumps(value, ensure_ascii=False, allow_nan=False))


def _cut(part: BaseGeometry, name: str) -> BaseGeometry:
    """Return a point, line or polygon in −180…180, rounded, rings right-handed; in parts where it crosses."""
    import antimeridian

    part = shapely.force_2d(part)
    if part.geom_type == "Point":
        lon = part.x if -180 <= part.x <= 180 else (part.x + 180) % 360 - 180
        return shapely.Point(lon, part.y)
    part = part if _within(part) else _unwrapped(part)
    if part.geom_type == "LineString":
        return part if _within(part) else antimeridian.fix_line_string(_wrapped(part), great_circle=False)
    if not part.is_valid:
        raise InvalidInputError(f"Invalid geometry of '{name}'. {shapely.is_valid_reason(part)}.")
    part = shapely.orient_polygons(part)
    if not _within(part):
        part = antimeridian.fix_polygon(_wrapped(part), great_circle=False, fix_winding=False)
    return _snapped(part)


def _snapped(area: BaseGeometry) -> BaseGeometry:
    """Return areas that stay valid when rounded: as they are where they do, else on the grid."""
    if shapely.is_valid(shapely.transform(area, lambda pairs: np.round(pairs, DECIMALS))):
        return shapely.orient_polygons(area)
    grid = shapely.set_precision(area, 10.0**-DECIMALS)
    parts = [part for part in shapely.get_parts(grid) if part.geom_type == "Polygon" and not part.is_empty]
    return shapely.orient_polygons(shapely.MultiPolygon(parts) if parts else area)


def _within(part: BaseGeometry) -> bool:
    """Return whether a shape stays in −180…180 without a jump; an edge once round the globe is none."""
    rings = [part] if part.geom_type == "LineString" else [part.exterior, *part.interiors]
    for ring in rings:
        lons = shapely.get_coordinates(ring)[:, 0]
        steps = np.abs(np.diff(lons))
        if (np.abs(lons) > 180).any() or ((steps > 180) & (steps < 360)).any():
            return False
    return True


def _unwrapped(part: BaseGeometry) -> BaseGeometry:
    """Return a line or polygon whose longitudes run on past 180 degrees instead of jumping."""
    if part.geom_type == "LineString":
        return shapely.LineString(_run_on(shapely.get_coordinates(part)))
    outer = _run_on(shapely.get_coordinates(part.exterior))
    holes = []
    for ring in part.interiors:
        pairs = _run_on(shapely.get_coordinates(ring))
        pairs[:, 0] += 360 * round((outer[:, 0].mean() - pairs[:, 0].mean()) / 360)
        holes.append(pairs)
    return shapely.Polygon(outer, holes)


def _wrapped(part: BaseGeometry) -> BaseGeometry:
    """Return a shape whose longitudes jump at 180 degrees, as the antimeridian package reads it."""
    return shapely.transform(
        part, lambda pairs: np.column_stack([(pairs[:, 0] + 180) % 360 - 180, pairs[:, 1]])
    )


def _run_on(pairs: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    turns = np.round((np.unwrap(pairs[:, 0], period=360) - pairs[:, 0]) / 360)
    lons = pairs[:, 0] + 360 * turns
    turns -= round((lons.min() + lons.max()) / 720)
    return np.column_stack(
        [pairs[:, 0] + 360 * turns, pairs[:, 1]]
    )  # whole turns, so that a ring stays closed


def _coordinates(shape: BaseGeometry) -> list[Any]:
    """Return nested lists of pairs, rounded; a value of −0 is 0."""
    if shape.geom_type == "Polygon":
        return [_pairs(ring) for ring in (shape.exterior, *shape.interiors)]
    pairs = _pairs(shape)
    return pairs[0] if shape.geom_type == "Point" else pairs


def _pairs(shape: BaseGeometry) -> list[list[float]]:
    rounded = np.round(shapely.get_coordinates(shape), DECIMALS) + 0.0
    pairs: list[list[float]] = rounded.tolist()
    return pairs


def _runs(geometry: Mapping[str, Any] | None) -> Iterator[Sequence[Sequence[float]]]:
    """Yield the positions of each simple part of a GeoJSON geometry; the outer ring of an area."""
    if geometry is None:
        return
    kind, coordinates = geometry["type"], geometry["coordinates"]
    parts = coordinates if kind.startswith("Multi") else [coordinates]
    for part in parts:
        yield [part] if kind.endswith("Point") else part[0] if kind.endswith("Polygon") else part
