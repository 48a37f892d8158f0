"""Corridors: all legs of one id as one area, and the stretches of line that its legs share.

Measures (:func:`length_km`, :func:`sinuosity`, :func:`area_km2`) are plain functions over a table of shapes
that return a Series aligned to its index.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from geo import geodesic, terms
from geo.errors import GeometryError, InvalidInputError, UnknownNameError
from geo.segments import build_segments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from pyproj import Proj

    _Floats = NDArray[np.float64]

__all__ = ["area_km2", "buffer_line", "build_corridors", "build_segments", "length_km", "sinuosity"]

PIECE_KM = 100.0
"""Length of the pieces of a line that are buffered each in a plane of its own."""

_QUARTER_SEGMENTS = 16  # a polygon of 64 sides falls 0.12 % short of its circle
_TOLERANCE = 0.002  # points within this share of the half width from the outline's edges are left out


def build_corridors(routes: gpd.GeoDataFrame, *, width_km: float = 40) -> gpd.GeoDataFrame:
    """Join the legs of each corridor into one area.

    Parameters
    ----------
    routes : GeoDataFrame
        Legs, from :func:`geo.routes.read_routes`.
    width_km : float
        Full width of the band: every point within half of it from a leg is inside.

    Returns
    -------
    corridors : GeoDataFrame, one row per corridor
        Index ``corridor``; the columns of :func:`geo.routes.read_corridors` (``title``, ``source``,
        ``measure``, ``basis``, ``caption``, … so that statistics take either table), then ``n_legs``,
        ``length_km`` (sum over the legs), ``width_km``, ``area_km2`` (geodesic), ``sinuosity`` (length over
        direct distance, both summed over the legs), ``crossings`` (tuple of the ids of border crossings
        inside, in the order of the places table) and ``geometry`` (Polygon or MultiPolygon, EPSG:4326; over
        the antimeridian longitudes run on past ±180°, as the legs' do).

    Raises
    ------
    InvalidInputError
        If the width is not a positive number, or `routes` is no table of legs in longitude and latitude.
    GeometryError
        If a band would reach a pole.

    Notes
    -----
    The width is true in metres: each leg is cut into pieces of at most 100 km, and each piece is buffered in
    an azimuthal equidistant plane about its middle (:func:`buffer_line`). Distances from the outline to the
    legs are within 1 % of half the width at any latitude.

    Examples
    --------
    >>> from geo.routes import read_routes
    >>> corridors = build_corridors(read_routes("channel"), width_km=20)
    >>> corridors.loc["channel", ["title", "source", "crossings"]].tolist()
    ['English Channel', 'home_office_daily', ()]
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    _check_legs(routes)
    if not (np.isfinite(width_km) and width_km > 0):
        raise InvalidInputError(f"Invalid width_km '{width_km}'. It must be a number above 0.")
    meta, places = _known_of(routes)
    rows = []
    ids = list(dict.fromkeys(routes["corridor"]))
    for corridor in ids:
        legs = routes[routes["corridor"] == corridor]
        area = shapely.union_all([buffer_line(line, half_width_km=width_km / 2) for line in legs.geometry])
        lengths = length_km(legs)
        rows.append(
            {
                **meta[corridor],
                "n_legs": len(legs),
                "length_km": round(float(lengths.sum()), 3),
                "width_km": float(width_km),
                "sinuosity": float(lengths.sum() / _direct_km(legs).sum()),
                "crossings": _crossings_inside(area, places),
                "geometry": shapely.orient_polygons(area),
            }
        )
    index = pd.Index(ids, name=terms.CORRIDOR, dtype=object)
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, index=index), geometry="geometry", crs=terms.CRS)
    frame.insert(list(frame.columns).index("sinuosity"), "area_km2", area_km2(frame))
    frame.attrs["routes_file"] = routes.attrs.get("routes_file")
    return frame


def buffer_line(line: Any, *, half_width_km: float) -> Any:  # noqa: ANN401 - shapely geometries
    """Return the area within a true distance of a line.

    Parameters
    ----------
    line : LineString
        Longitudes and latitudes in degrees; between its points it follows the geodesics.
    half_width_km : float
        Distance in km.

    Returns
    -------
    area : Polygon or MultiPolygon
        In degrees; over the antimeridian longitudes run on past ±180°.

    Raises
    ------
    GeometryError
        If the area would reach a pole.

    Examples
    --------
    >>> from shapely import LineString
    >>> area = buffer_line(LineString([(0, 0), (2, 0)]), half_width_km=10)
    >>> round(geodesic.wgs84().inv(1, area.bounds[1], 1, area.bounds[3])[2] / 1000, 1)
    20.0
    """
    import shapely

    step_km = float(np.clip(half_width_km / 2, 0.5, 10.0))
    points = geodesic.densify(line.coords, step_km)
    shapes = [_buffer_piece(piece, half_width_km, step_km) for piece in _pieces(points)]
    area = shapely.union_all(shapes)
    return shapely.make_valid(shapely.simplify(area, half_width_km * _TOLERANCE / 111.2))


def _pieces(points: _Floats) -> Iterator[_Floats]:
    """Cut a dense line into pieces of at most :data:`PIECE_KM`; each begins where the one before ends."""
    run = np.r_[0.0, np.cumsum(geodesic.edge_lengths_km(points))]
    cuts = np.unique(np.r_[0, np.searchsorted(run, np.arange(PIECE_KM, run[-1], PIECE_KM)), len(points) - 1])
    for start, end in itertools.pairwise(cuts):
        yield points[start : end + 1]


def _buffer_piece(points: _Floats, half_width_km: float, step_km: float) -> Any:  # noqa: ANN401
    """Buffer a short line in the azimuthal equidistant plane about its middle."""
    import shapely

    lon, lat = points[len(points) // 2]
    if abs(lat) + (PIECE_KM + half_width_km) / 111.0 > 90:
        raise GeometryError(
            f"Invalid width_km '{2 * half_width_km:g}'. The band would reach a pole at latitude {lat}."
        )
    plane = _plane(float(lon), float(lat))
    flat = np.column_stack(plane(points[:, 0], points[:, 1]))
    shape = shapely.LineString(flat).buffer(half_width_km * 1000, quad_segs=_QUARTER_SEGMENTS)

    def back(corners: _Floats) -> _Floats:
        lons, lats = plane(corners[:, 0], corners[:, 1], inverse=True)
        return np.column_stack([lons + 360 * np.rint((lon - lons) / 360), lats])

    return shapely.transform(shapely.segmentize(shape, step_km * 1000), back)


def _plane(lon: float, lat: float) -> Proj:
    """Return the plane about a point: a projection alone, which costs less to make than a transformer."""
    from pyproj import Proj

    return Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84", units="m")


def _check_legs(routes: gpd.GeoDataFrame) -> None:
    """Refuse a table that holds no legs, or none in longitude and latitude."""
    missing = [column for column in ("corridor", "geometry") if column not in getattr(routes, "columns", ())]
    if missing or not hasattr(routes, "crs"):
        raise InvalidInputError(
            "Invalid routes. It must be a GeoDataFrame with columns 'corridor' and 'geometry'."
        )
    if routes.crs is None or not routes.crs.equals(terms.CRS):
        raise InvalidInputError(
            f"Invalid routes '{routes.crs}'. Their coordinate system must be {terms.CRS}."
        )


def _known_of(routes: gpd.GeoDataFrame) -> tuple[dict[str, dict[str, Any]], gpd.GeoDataFrame]:
    """Return what is known of the corridors of some legs, and the places to look for crossings in."""
    from geo.definitions import own_places, read_definitions
    from geo.places import read_places
    from geo.routes import CORRIDOR_COLUMNS, read_corridors

    file = routes.attrs.get("routes_file")
    meta: dict[str, dict[str, Any]] = {}
    for corridor in dict.fromkeys(routes["corridor"]):
        try:
            meta[corridor] = read_corridors(corridor, routes=file).loc[corridor].to_dict()
        except UnknownNameError:  # legs of another making: no series is known for them
            lists: dict[str, Any] = {column: [] for column in ("beside", "figures", "notes")}
            meta[corridor] = {**dict.fromkeys(CORRIDOR_COLUMNS, ""), **lists, "title": str(corridor)}
    own = own_places(read_definitions(routes=file)) if file else []
    return meta, read_places(extra=own) if own else read_places()


def _crossings_inside(area: Any, places: gpd.GeoDataFrame) -> tuple[str, ...]:  # noqa: ANN401 - a shapely area
    """List the border crossings in an area that may run on past the antimeridian."""
    import shapely

    crossings = places[places["kind"].isin(terms.CROSSING_KINDS)]
    shapely.prepare(area)
    lon, lat = crossings.geometry.x.to_numpy(), crossings.geometry.y.to_numpy()
    inside = np.any([shapely.intersects_xy(area, lon + turn, lat) for turn in (-360, 0, 360)], axis=0)
    return tuple(crossings.index[inside])


# --- measures ---------------------------------------------------------------------------------------------


def length_km(lines: gpd.GeoDataFrame) -> pd.Series[float]:
    """Measure the geodesic length of lines.

    Parameters
    ----------
    lines : GeoDataFrame or GeoSeries
        LineStrings or MultiLineStrings in degrees.

    Returns
    -------
    length_km : Series
        In km, aligned to the index.

    Examples
    --------
    >>> from geo.routes import read_routes
    >>> length_km(read_routes("channel")).round().loc["ch_calais_kent"]
    np.float64(35.0)
    """
    return _measure(lines, "length_km", lambda line: sum(map(geodesic.line_length_km, _parts(line))))


def sinuosity(lines: gpd.GeoDataFrame) -> pd.Series[float]:
    """Measure how much longer lines are than the geodesic between their ends.

    Parameters
    ----------
    lines : GeoDataFrame or GeoSeries
        LineStrings in degrees.

    Returns
    -------
    sinuosity : Series
        1 for a geodesic, NaN where a line ends where it begins; aligned to the index.

    Examples
    --------
    >>> from geo.routes import read_routes
    >>> sinuosity(read_routes("channel")).round(3).loc["ch_calais_kent"]
    np.float64(1.0)
    """
    direct = _direct_km(lines)
    return (length_km(lines) / direct.where(direct > 0)).rename("sinuosity")


def area_km2(areas: gpd.GeoDataFrame) -> pd.Series[float]:
    """Measure the area of polygons on the ellipsoid.

    Parameters
    ----------
    areas : GeoDataFrame or GeoSeries
        Polygons or MultiPolygons in degrees.

    Returns
    -------
    area_km2 : Series
        In km², aligned to the index; holes are left out.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> area_km2(gpd.GeoSeries([box(0, 0, 1, 1)], crs="EPSG:4326")).round().tolist()
    [12309.0]
    """
    import shapely

    def measure(area: Any) -> float:  # noqa: ANN401 - a shapely area
        return abs(float(geodesic.wgs84().geometry_area_perimeter(shapely.orient_polygons(area))[0])) / 1e6

    return _measure(areas, "area_km2", measure)


def _direct_km(lines: gpd.GeoDataFrame) -> pd.Series[float]:
    def measure(line: Any) -> float:  # noqa: ANN401 - a shapely line
        parts = _parts(line)
        return geodesic.line_length_km([parts[0][0], parts[-1][-1]])

    return _measure(lines, "direct_km", measure)


def _parts(line: Any) -> list[Sequence[Any]]:  # noqa: ANN401 - a shapely line
    return [part.coords for part in getattr(line, "geoms", [line])]


def _measure(shapes: Any, name: str, measure: Any) -> pd.Series[float]:  # noqa: ANN401 - geopandas tables alike
    import pandas as pd

    geometry = shapes.geometry
    return pd.Series([measure(shape) for shape in geometry], index=geometry.index, name=name, dtype=float)
