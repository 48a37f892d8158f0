"""Shapes and figures as plain features: dicts of numbers and text that any page, in any language, can read.

Geometry is shipped once, as whole numbers and differences; values once; text as text. Nothing here knows a
map library. A page reads the features from one block of JSON and orders longitude and latitude itself.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import InvalidInputError
from layers.palette import figure_class, line_width
from layers.texts import count_text, number, text_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from pandas import DataFrame, Series

LINE_DECIMALS: Final = 4
"""Decimals of legs and areas: about 11 m, far finer than what a generalised line says."""
BASE_DECIMALS: Final = 3
"""Decimals of the basemap: about 110 m."""
KOSOVO_CODES: Final = frozenset({"XK", "XKX"})


def encode_line(coordinates: Sequence[Sequence[float]], *, decimals: int = LINE_DECIMALS) -> list[int]:
    """Return a line as whole numbers: its first longitude and latitude, then the differences.

    Parameters
    ----------
    coordinates : sequence of (lon, lat), length n
        WGS 84 degrees; further dimensions are dropped.
    decimals : int
        Decimals of a degree that are kept.

    Returns
    -------
    numbers : list of int, length 2 n or less
        ``[lon, lat, dlon, dlat, …]`` in units of ``10**-decimals`` degrees. Points that fall together are
        merged. A line over the antimeridian goes on beyond 180.

    Raises
    ------
    InvalidInputError
        If a coordinate is no finite number.

    Examples
    --------
    >>> encode_line([(12.5, 35.5), (12.6, 35.4), (12.6, 35.4)])
    [125000, 355000, 1000, -1000]
    >>> encode_line([(179.9, 0), (-179.9, 0)], decimals=1)
    [1799, 0, 2, 0]
    """
    points = np.asarray([tuple(point[:2]) for point in coordinates], dtype=float).reshape(-1, 2)
    if not np.isfinite(points).all():
        raise InvalidInputError("Invalid line. Every coordinate must be a finite number.")
    points = np.column_stack([_unwrap(points[:, 0]), points[:, 1]])
    whole = np.round(points * 10**decimals).astype(np.int64)
    keep = np.ones(len(whole), dtype=bool)
    keep[1:] = (np.diff(whole, axis=0) != 0).any(axis=1)
    if keep.sum() < 2:
        keep[-1:] = True
    whole = whole[keep]
    return [int(number) for number in np.vstack([whole[:1], np.diff(whole, axis=0)]).ravel()]


def decode_line(numbers: Sequence[int], *, decimals: int = LINE_DECIMALS) -> list[tuple[float, float]]:
    """Return the (lon, lat) pairs of :func:`encode_line`.

    Examples
    --------
    >>> decode_line([125000, 355000, 1000, -1000])
    [(12.5, 35.5), (12.6, 35.4)]
    """
    pairs = np.cumsum(np.asarray(numbers, dtype=np.int64).reshape(-1, 2), axis=0) / 10**decimals
    return [(float(lon), float(lat)) for lon, lat in pairs]


def _unwrap(longitudes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return longitudes whose steps are never longer than half the globe."""
    if len(longitudes) < 2:
        return longitudes
    turns = np.cumsum(-np.round(np.diff(longitudes) / 360.0))
    unwrapped: NDArray[np.float64] = longitudes + np.concatenate([[0.0], turns * 360.0])
    return unwrapped


def encode_shape(shape: Any, *, decimals: int = LINE_DECIMALS) -> list[list[list[int]]]:  # noqa: ANN401 - shapely
    """Return a polygon or a line, single or multiple, as parts, each a list of encoded rings or lines.

    Examples
    --------
    >>> from shapely import box
    >>> encode_shape(box(0, 0, 1, 1), decimals=0)
    [[[1, 0, 0, 1, -1, 0, 0, -1, 1, 0]]]
    """
    if shape is None or shape.is_empty:
        return []
    kind = shape.geom_type
    if kind == "Polygon":
        rings = [shape.exterior, *shape.interiors]
        encoded = [encode_line(ring.coords, decimals=decimals) for ring in rings]
        return [[ring for ring in encoded if len(ring) > 6]] if len(encoded[0]) > 6 else []
    if kind in ("LineString", "LinearRing"):
        return [[encode_line(shape.coords, decimals=decimals)]]
    if hasattr(shape, "geoms"):
        return [part for one in shape.geoms for part in encode_shape(one, decimals=decimals)]
    raise InvalidInputError(f"Invalid shape '{kind}'. Areas are polygons, lines are line strings.")


def view_bounds(*frames: GeoDataFrame | None) -> tuple[float, float, float, float]:
    """Return west, south, east and north around all shapes, at least half a degree wide.

    East may exceed 180 where the shapes lie on both sides of the antimeridian. No shape gives the world.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> view_bounds(gpd.GeoDataFrame(geometry=[LineString([(0, 0), (2, 1)])], crs="EPSG:4326"))
    (0.0, 0.0, 2.0, 1.0)
    """
    shapes = [shape for frame in frames if frame is not None for shape in frame.geometry if _drawn(shape)]
    if not shapes:
        return (-170.0, -55.0, 170.0, 75.0)
    boxes = np.array([shape.bounds for shape in shapes], dtype=float)
    west, south = float(boxes[:, 0].min()), float(boxes[:, 1].min())
    east, north = float(boxes[:, 2].max()), float(boxes[:, 3].max())
    if east - west > 180 and _spans_pacific(shapes):
        pairs = np.concatenate([_coordinates(shape) for shape in shapes])
        longitudes = np.where(pairs[:, 0] < 0, pairs[:, 0] + 360, pairs[:, 0])
        west, east = float(longitudes.min()), float(longitudes.max())
    pad_lon, pad_lat = max(0.0, 0.25 - (east - west) / 2), max(0.0, 0.25 - (north - south) / 2)
    return (west - pad_lon, south - pad_lat, east + pad_lon, north + pad_lat)


def _drawn(shape: Any) -> bool:  # noqa: ANN401 - shapely or None
    return shape is not None and not shape.is_empty


def _coordinates(shape: Any) -> NDArray[np.float64]:  # noqa: ANN401 - shapely
    import shapely

    pairs: NDArray[np.float64] = shapely.get_coordinates(shape)
    return pairs


def _spans_pacific(shapes: Sequence[Any]) -> bool:
    """Whether the shapes fit more tightly around the antimeridian than around Greenwich."""
    longitudes = np.concatenate([_coordinates(shape)[:, 0] for shape in shapes])
    shifted = np.where(longitudes < 0, longitudes + 360, longitudes)
    return bool(np.ptp(shifted) < np.ptp(longitudes))


def leg_features(
    routes: GeoDataFrame, figures: DataFrame | None, *, words: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return one feature per leg: its line, how it is drawn, and what is said of it.

    Parameters
    ----------
    routes : GeoDataFrame
        Legs, as :func:`geo.read_routes` gives them.
    figures : DataFrame or None
        Figures by leg, as :func:`geo.leg_figures` gives them; None where there are none.
    words : mapping of str to str, optional
        Names of places by id, for the crossings on a leg.

    Returns
    -------
    features : list of dict
        With ``id``, ``corridor``, ``line``, ``mode``, ``kind`` (:func:`layers.palette.figure_class`), ``w``
        (width in pixels, None without a figure), ``title``, ``aria`` (a line for screen readers), ``figure``
        (a sentence), ``short`` (the figure alone) and ``facts`` (pairs of words).

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> legs = gpd.GeoDataFrame(
    ...     {"corridor": ["c"], "title": ["A to B"], "mode": ["sea"], "from_name": ["A"], "to_name": ["B"],
    ...      "length_km": [111.2]},
    ...     geometry=[LineString([(0, 0), (1, 0)])], index=["c_a_b"], crs="EPSG:4326")
    >>> leg_features(legs, None)[0]["aria"]
    'A to B, by sea, 111 km. No published figure.'
    """
    return [
        _leg_feature(str(leg), row, _figure_row(figures, leg), words or {})
        for leg, row in routes.iterrows()
        if _drawn(row.geometry)
    ]


def _figure_row(figures: DataFrame | None, leg: Hashable) -> Mapping[str, Any]:
    if figures is None or leg not in figures.index:
        return {}
    return {str(key): value for key, value in figures.loc[str(leg)].items()}


def _leg_feature(
    leg: str, row: Series, figure: Mapping[str, Any], words: Mapping[str, str]
) -> dict[str, Any]:
    low, high = number(figure.get("low")), number(figure.get("high"))
    kind = figure_class(low, high)
    mode = str(row.get("mode", ""))
    unit = text_of(figure.get("unit")) or "counted"
    short = {
        "own": f"{count_text(high)} {unit}",
        "bound": f"between {count_text(low)} and {count_text(high)} {unit}",
        "zero": f"0 {unit}",
        "none": "no published figure",
    }[kind]
    sentence = text_of(figure.get("sentence")) or (
        "No published figure." if kind == "none" else f"{short[:1].upper()}{short[1:]}."
    )
    title = text_of(row.get("title")) or f"{text_of(row.get('from_name'))} to {text_of(row.get('to_name'))}"
    length = number(row.get("length_km"))
    where = f"{title}, by {mode}" + (f", {length:,.0f} km" if math.isfinite(length) else "")
    return {
        "id": leg,
        "corridor": text_of(row.get("corridor")),
        "line": encode_line(row.geometry.coords),
        "mode": mode,
        "kind": kind,
        "w": None if kind == "none" else line_width(high),
        "vague": text_of(row.get("certainty")) == "schematic",
        "title": title,
        "short": short,
        "figure": sentence,
        "aria": f"{where}. {sentence}",
        "facts": _leg_facts(row, words),
    }


def _leg_facts(row: Series, words: Mapping[str, str]) -> list[list[str]]:
    length, made = number(row.get("length_km")), text_of(row.get("method"))
    certainty, note = text_of(row.get("certainty")), text_of(row.get("note"))
    crossings = [words.get(str(one), str(one)) for one in _several(row.get("crossings"))]
    facts = [
        ["From", text_of(row.get("from_name"))],
        ["To", text_of(row.get("to_name"))],
        [
            "Mode",
            f"by {row.get('mode')}, {length:,.0f} km" if math.isfinite(length) else f"by {row.get('mode')}",
        ],
        ["Crossings", ", ".join(crossings)],
        ["Line", ", ".join(part for part in (made, certainty) if part)],
        ["Note", note],
    ]
    return [fact for fact in facts if fact[1]]


def _several(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple, set)) else []


def place_features(places: GeoDataFrame | None, *, used: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Return one feature per place that is a point of its own: id, kind, position, name, countries, use.

    Countries are left out. ``used`` holds ids of places on a leg; they are drawn from farther away.

    Examples
    --------
    >>> place_features(None)
    []
    """
    if places is None:
        return []
    on_leg = set(used)
    features = []
    for place, row in places.iterrows():
        kind = str(row.get("kind", ""))
        if kind == "country" or not _drawn(row.geometry):
            continue
        codes = [text_of(row.get("country_a")), text_of(row.get("country_b"))]
        features.append(
            {
                "id": str(place),
                "kind": kind,
                "at": encode_line([(row.geometry.x, row.geometry.y)]),
                "name": text_of(row.get("name")) or str(place),
                "countries": " – ".join(code + "*" * (code in KOSOVO_CODES) for code in codes if code),
                "used": str(place) in on_leg,
            }
        )
    return features
