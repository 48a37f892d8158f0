"""Coast, countries and borders that are there with no network: clips of Natural Earth 1:10m (public domain).

Each region is one TopoJSON file in ``geo/data/coast``, built by ``tools/build_coast.py``: every stretch of
line is held once, so that neighbours share their border exactly. What lies outside the embedded boxes
(:func:`coverage`) is not known here; it is neither land nor sea.

Notes
-----
The borders lie 1 km (median) to 4 km (95 %) off those of OpenStreetMap: do not infer a country from a point
within 3 km of one. Lakes count as land. Codes are ISO 3166-1 alpha-3, Kosovo is ``XKX``.
"""

from __future__ import annotations

import functools
import json
import math
from importlib import resources
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import shapely

from geo.errors import InvalidInputError
from geo.terms import CRS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    Bounds = Sequence[float]


def read_countries(bounds: Bounds | None = None) -> gpd.GeoDataFrame:
    """Read the countries, clipped to the embedded boxes: one row per country, no seams.

    Parameters
    ----------
    bounds : (west, south, east, north) in degrees, optional
        Only what lies inside.

    Returns
    -------
    countries : geopandas.GeoDataFrame
        Index ``iso_a3`` (sorted; Kosovo is ``XKX``), columns ``name`` and ``geometry`` (MultiPolygon,
        EPSG:4326). A fresh copy that may be changed.

    Raises
    ------
    InvalidInputError
        If ``bounds`` is no box.

    Examples
    --------
    >>> read_countries(bounds=(20, 41, 22, 43)).loc[["MKD", "XKX"], "name"].tolist()
    ['North Macedonia', 'Kosovo']
    """
    import geopandas as gpd
    import pandas as pd

    codes, names, shapes = _countries()
    if bounds is not None:
        shapes = shapely.intersection(shapes, _box(bounds))
    frame = gpd.GeoDataFrame({"name": list(names)}, geometry=_as_multi(shapes, shapely.MultiPolygon), crs=CRS)
    frame.index = pd.Index(list(codes), name="iso_a3", dtype=object)
    return frame[~frame.geometry.is_empty]


def read_land(bounds: Bounds | None = None) -> shapely.MultiPolygon:
    """Read all land as one geometry, without the borders in it.

    Parameters
    ----------
    bounds : (west, south, east, north) in degrees, optional
        Only what lies inside.

    Returns
    -------
    land : shapely.MultiPolygon
        Land of the embedded boxes; geometries of shapely cannot be changed, so it is shared, not copied.

    Raises
    ------
    InvalidInputError
        If ``bounds`` is no box.

    Examples
    --------
    >>> from shapely import Point
    >>> land = read_land()
    >>> land.contains(Point(12.60, 35.515)), land.contains(Point(12.0, 35.0))    # Lampedusa, open sea
    (True, False)
    """
    if bounds is None:
        return _land()
    inside = shapely.intersection(_land(), _box(bounds))
    return cast("shapely.MultiPolygon", _as_multi(np.array([inside]), shapely.MultiPolygon)[0])


def read_coast(bounds: Bounds | None = None) -> gpd.GeoDataFrame:
    """Read the coast lines, without the edges at which the boxes cut through land.

    Parameters
    ----------
    bounds : (west, south, east, north) in degrees, optional
        Only what lies inside.

    Returns
    -------
    coast : geopandas.GeoDataFrame
        Index ``iso_a3`` of the country whose coast it is, ``geometry`` MultiLineString in EPSG:4326.

    Raises
    ------
    InvalidInputError
        If ``bounds`` is no box.

    Examples
    --------
    >>> list(read_coast(bounds=(1, 50.7, 2, 51.3)).index)    # the Dover Strait
    ['FRA', 'GBR']
    """
    import geopandas as gpd
    import pandas as pd

    codes, lines = _lines("coast")
    if bounds is not None:
        lines = shapely.intersection(lines, _box(bounds))
    frame = gpd.GeoDataFrame(geometry=_as_multi(lines, shapely.MultiLineString), crs=CRS)
    frame.index = pd.Index([code for (code,) in codes], name="iso_a3", dtype=object)
    return frame[~frame.geometry.is_empty]


def read_borders(bounds: Bounds | None = None) -> gpd.GeoDataFrame:
    """Read the land borders between two countries, each once.

    Parameters
    ----------
    bounds : (west, south, east, north) in degrees, optional
        Only what lies inside.

    Returns
    -------
    borders : geopandas.GeoDataFrame
        Columns ``a``, ``b`` (ISO alpha-3 codes, in alphabetical order) and ``geometry`` (MultiLineString).

    Raises
    ------
    InvalidInputError
        If ``bounds`` is no box.

    Examples
    --------
    >>> borders = read_borders()
    >>> borders.query("a == 'HUN' and b == 'SRB'").geometry.iloc[0].geom_type
    'MultiLineString'
    """
    import geopandas as gpd

    pairs, lines = _lines("borders")
    if bounds is not None:
        lines = shapely.intersection(lines, _box(bounds))
    columns = {"a": [a for a, _ in pairs], "b": [b for _, b in pairs]}
    frame = gpd.GeoDataFrame(columns, geometry=_as_multi(lines, shapely.MultiLineString), crs=CRS)
    return frame[~frame.geometry.is_empty].reset_index(drop=True)


def coverage() -> gpd.GeoDataFrame:
    """Tell which boxes are embedded.

    Returns
    -------
    boxes : geopandas.GeoDataFrame
        Index ``box``, columns ``region`` (boxes of one region touch and were simplified together),
        ``simplify_deg`` (how far a line may lie from its source, in degrees) and ``geometry``.

    Examples
    --------
    >>> coverage().bounds.loc["channel"].tolist()
    [-2.0, 49.0, 4.0, 52.5]
    """
    import geopandas as gpd

    rows = [
        {"box": box, "region": region, "simplify_deg": held["simplify_deg"], "geometry": shapely.box(*edges)}
        for region, held in _topologies().items()
        for box, edges in held["boxes"].items()
    ]
    return gpd.GeoDataFrame(rows, crs=CRS).set_index("box")


def covers(bounds: Bounds) -> bool:
    """Tell whether land and sea are known everywhere within (west, south, east, north) in degrees.

    Raises
    ------
    InvalidInputError
        If ``bounds`` is no box.

    Examples
    --------
    >>> covers((11, 32, 15, 37)), covers((0, 33, 15, 52))
    (True, False)
    """
    box = _box(bounds)
    return any(region.covers(box) for region in covered_regions())


@functools.cache
def covered_regions() -> tuple[shapely.Polygon, ...]:
    """Outlines within which land and sea are known; what lies between two of them is not.

    Examples
    --------
    >>> [region.geom_type for region in covered_regions()]
    ['Polygon', 'Polygon']
    """
    return tuple(
        shapely.union_all([shapely.box(*edges) for edges in held["boxes"].values()])
        for held in _topologies().values()
    )


def check_bounds(bounds: Bounds, *, name: str = "bounds") -> tuple[float, float, float, float]:
    """Return (west, south, east, north) as floats.

    Raises
    ------
    InvalidInputError
        If there are not four finite numbers, west is not west of east, or south is not south of north.

    Examples
    --------
    >>> check_bounds([1, 50, 2, 51])
    (1.0, 50.0, 2.0, 51.0)
    """
    try:
        west, south, east, north = (float(edge) for edge in bounds)
    except (TypeError, ValueError):
        west = south = east = north = math.nan
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise InvalidInputError(
            f"Invalid {name} '{bounds}'. Give west, south, east, north in degrees, "
            "with west < east and south < north."
        )
    return west, south, east, north


def _box(bounds: Bounds) -> shapely.Polygon:
    """Box of bounds that were checked."""
    return shapely.box(*check_bounds(bounds))


def _as_multi(shapes: NDArray[np.object_], kind: type[shapely.Geometry]) -> list[Any]:
    """Make each row one MultiPolygon or MultiLineString, even of one part; other parts (points) fall out."""
    single = {shapely.MultiLineString: "LineString", shapely.MultiPolygon: "Polygon"}[kind]
    rows = []
    for shape in shapes:
        parts = shapely.get_parts(shapely.get_parts(shape))
        rows.append(kind([part for part in parts if part.geom_type == single and not part.is_empty]))
    return rows


@functools.cache
def _topologies() -> dict[str, dict[str, Any]]:
    """Parse the files, by region, in the order of their names."""
    folder = resources.files("geo") / "data" / "coast"
    files = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".topojson")), key=lambda f: f.name
    )
    return {file.name.partition(".")[0]: json.loads(file.read_text(encoding="utf-8")) for file in files}


@functools.cache
def _arcs(region: str) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Coordinates of all arcs of a region in degrees, one below the other, and where each begins and ends."""
    held = _topologies()[region]
    lengths = [len(arc) for arc in held["arcs"]]
    starts = np.concatenate([[0], np.cumsum(lengths)])
    steps = np.array([step for arc in held["arcs"] for step in arc], dtype=np.int64)
    running = np.cumsum(steps, axis=0)
    before = np.vstack([[[0, 0]], running])[starts[:-1]]
    places = running - np.repeat(before, lengths, axis=0)
    return places / round(1 / held["transform"]["scale"][0]), starts


def _join(region: str, arcs: Sequence[int]) -> NDArray[np.float64]:
    """Coordinates of arcs joined end to end; ``~n`` is arc n walked backwards."""
    places, starts = _arcs(region)
    pieces = []
    for arc in arcs:
        number = ~arc if arc < 0 else arc
        piece = places[starts[number] : starts[number + 1]]
        pieces.append(piece[::-1] if arc < 0 else piece)
    return np.vstack([pieces[0], *(piece[1:] for piece in pieces[1:])])


@functools.cache
def _countries() -> tuple[tuple[str, ...], tuple[str, ...], NDArray[np.object_]]:
    """Codes (sorted), names and shapes of all countries; a country in two regions is one row."""
    names: dict[str, str] = {}
    parts: dict[str, list[shapely.Polygon]] = {}
    for region, held in _topologies().items():
        for country in held["objects"]["countries"]["geometries"]:
            names[country["id"]] = country["properties"]["name"]
            for rings in country["arcs"]:
                shell, *holes = (_join(region, ring) for ring in rings)
                parts.setdefault(country["id"], []).append(shapely.Polygon(shell, holes))
    codes = tuple(sorted(names))
    shapes = np.array([shapely.MultiPolygon(parts[code]) for code in codes], dtype=object)
    return codes, tuple(names[code] for code in codes), shapes


@functools.cache
def _land() -> shapely.MultiPolygon:
    """Union of all countries."""
    union = shapely.coverage_union_all(_countries()[2])
    return cast("shapely.MultiPolygon", _as_multi(np.array([union]), shapely.MultiPolygon)[0])


@functools.cache
def _lines(layer: str) -> tuple[tuple[tuple[str, ...], ...], NDArray[np.object_]]:
    """Code or pair of codes (sorted), and lines, of the coast or the borders."""
    parts: dict[tuple[str, ...], list[NDArray[np.float64]]] = {}
    for region, held in _topologies().items():
        for shape in held["objects"][layer]["geometries"]:
            key = (shape["id"],) if "id" in shape else (shape["properties"]["a"], shape["properties"]["b"])
            parts.setdefault(key, []).extend(_join(region, arcs) for arcs in shape["arcs"])
    keys = tuple(sorted(parts))
    return keys, np.array([shapely.MultiLineString(parts[key]) for key in keys], dtype=object)
