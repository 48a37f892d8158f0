"""One leg, one line: over sea clear of land, along roads through crossings, an own line, or a schematic one.

Lines of the embedded legs are built once (``tools/build_legs.py``) and kept under a hash of everything they
were made from; a line whose hash does not match is built anew.
"""

from __future__ import annotations

import functools
import hashlib
import json
import logging
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from shapely import LineString

from geo import geodesic
from geo.errors import GeometryError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

VERSION = 1
"""Version of the way in which lines are made; a higher one makes every built line stale."""

DECIMALS = 5
"""Decimals of the coordinates of a leg: about 1 m."""

STEP_KM = 25.0
"""Longest edge of a schematic line, so that drawing it straight stays near the geodesic."""

SPUR_KM = 2.0
"""Ways there and back on one road are left out up to this length: a crossing may lie beside the road."""

HARBOUR_KM = 7.0
"""How far from its ends an own sea line may be on land: harbours lie inside a generalised coast."""

CERTAINTIES = ("checked", "approximate", "schematic")
"""``checked``: tested against the coast, or along roads through crossings whose position is verified.
``approximate``: not tested, or a place on it is of general knowledge. ``schematic``: a geodesic through the
named places, no road."""

_Points = list[tuple[float, float]]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LegLine:
    """A leg's line and how it was made.

    Attributes
    ----------
    line : LineString
        In the direction of travel, longitude before latitude; over the antimeridian longitudes run on past
        ±180°.
    method : str
        How it was made.
    certainty : str
        One of :data:`CERTAINTIES`.
    note : str
        What limits it; empty where there is nothing to say.
    connector_start_km, connector_end_km : float
        Distance of the line's ends from the leg's places; no part of the line.
    road_km : float
        Length along the roads as their source records it; NaN off the roads.
    """

    line: LineString
    method: str
    certainty: str
    note: str
    connector_start_km: float
    connector_end_km: float
    road_km: float


def build_leg(leg: dict[str, Any], places: gpd.GeoDataFrame, *, roads: Any = None) -> LegLine:  # noqa: ANN401
    """Build the line of one leg.

    Parameters
    ----------
    leg : dict
        A leg of :func:`geo.definitions.read_definitions`.
    places : GeoDataFrame
        The places table that holds all its places.
    roads : networkx.MultiDiGraph or geo.land.Roads, optional
        A road graph for land legs; the embedded extract where absent.

    Returns
    -------
    built : LegLine

    Raises
    ------
    GeometryError
        If an own line at sea crosses land, or no sea joins the places.

    Notes
    -----
    Where no road of the graph serves a land leg, geodesics join its named places there: its certainty is
    ``schematic``, and its note says why.

    Examples
    --------
    >>> from geo.definitions import read_definitions
    >>> from geo.places import read_places
    >>> leg = read_definitions("channel")["channel"]["legs"][1]
    >>> built = build_leg(leg, read_places())
    >>> built.certainty, round(geodesic.line_length_km(built.line.coords))
    ('checked', 35)
    """
    rows = [places.loc[place] for place in (leg["from"], *leg["via"], leg["to"])]
    if leg["geometry"]:
        return _own_line(leg, rows)
    if leg["mode"] == "sea":
        return _over_sea(rows)
    return _over_land(rows, roads)


def _over_sea(rows: Sequence[Any]) -> LegLine:
    """Chain the sea paths from place to place; they are dense and checked as they are written."""
    from geo.sea import sea_path

    paths = [sea_path(*start, *end) for start, end in pairwise(_positions(rows))]
    return LegLine(
        _line([point for path in paths for point in path.line.coords]),
        " + ".join(dict.fromkeys(path.method for path in paths)),
        "checked" if all(path.checked for path in paths) else "approximate",
        " ".join(dict.fromkeys(path.note for path in paths if path.note)),
        round(float(paths[0].connector_start_km), 3),
        round(float(paths[-1].connector_end_km), 3),
        float("nan"),
    )


def _over_land(rows: Sequence[Any], roads: Any) -> LegLine:  # noqa: ANN401 - what geo.land takes
    """Follow the roads from place to place; where they do not reach, draw geodesics and say why."""
    from geo.land import land_path

    try:
        return _along_roads(rows, [land_path(list(rows), roads=roads)], [], own_roads=roads is not None)
    except GeometryError as error:
        _log.info("no road path through %s: %s", [row.name for row in rows], error)
    paths: list[Any] = []
    reasons = []
    for pair in pairwise(rows):
        try:
            paths.append(land_path(list(pair), roads=roads))
        except GeometryError as error:
            paths.append(_positions(pair))
            reasons.append(_plain_reason(str(error), pair))
    return _along_roads(rows, paths, list(dict.fromkeys(reasons)), own_roads=roads is not None)


def _along_roads(
    rows: Sequence[Any], paths: Sequence[Any], reasons: Sequence[str], *, own_roads: bool
) -> LegLine:
    """Join the paths of a leg: over roads, or pairs of positions for want of a road."""
    found = [path for path in paths if not isinstance(path, list)]
    drawn = [
        geodesic.densify(path, STEP_KM) if isinstance(path, list) else path.line.coords for path in paths
    ]
    points, spurs_km = _without_spurs(_points([point for line in drawn for point in line]))
    road_km = sum(path.length_km for path in found) - spurs_km
    gaps = [[0.0, 0.0] if isinstance(path, list) else path.connectors_km for path in (paths[0], paths[-1])]
    doubtful = [row["name"] for row in rows[1:-1] if row["verified"] != "yes"]
    notes = [f"Schematic where no road of the graph serves: {_sentence(reason)}" for reason in reasons]
    if not reasons:
        notes.append(f"Drawn straight between junctions; along the roads it is {road_km:.0f} km.")
    if doubtful:
        notes.append(f"The position of {' and '.join(doubtful)} is less sure.")
    if own_roads and found and found[0].note:
        notes.append(_sentence(found[0].note))
    methods = [path.method for path in found[:1]] + ["geodesic through the named places"] * bool(reasons)
    return LegLine(
        LineString(points),
        "; ".join(methods),
        "schematic" if reasons else "approximate" if doubtful else "checked",
        " ".join(notes),
        round(float(gaps[0][0]), 3),
        round(float(gaps[-1][-1]), 3),
        float("nan") if reasons else round(float(road_km), 3),
    )


def _plain_reason(message: str, rows: Sequence[Any]) -> str:
    """Say why there is no road path with the places' names, as a reader of the map knows them."""
    for row in rows:
        message = message.replace(f"Invalid stop '{row.name}'. It", str(row["name"]))
        message = message.replace(f"'{row.name}'", str(row["name"]))
    return message.replace("Invalid stops ", "")


def _without_spurs(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Leave out short ways there and back on one road, which a crossing beside the road makes.

    Returns the points, and how many km they are shorter by.
    """
    kept = [tuple(point) for point in points]
    shorter_km = 0.0
    tip = 1
    while tip < len(kept) - 1:
        depth = 0
        while depth < min(tip, len(kept) - 1 - tip) and kept[tip - depth - 1] == kept[tip + depth + 1]:
            depth += 1
        spur_km = geodesic.line_length_km(kept[tip - depth : tip + 1]) if depth else 0.0
        if depth and spur_km <= SPUR_KM and len(kept) - 2 * depth > 1:
            del kept[tip - depth + 1 : tip + depth + 1]
            shorter_km += 2 * spur_km
            tip = max(1, tip - depth)
        else:
            tip += 1
    return np.asarray(kept), shorter_km


def _sentence(text: str) -> str:
    """Return a text with a capital letter before and a full stop after it."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def _own_line(leg: dict[str, Any], rows: Sequence[Any]) -> LegLine:
    """Take the line of the definition, after a look at whether a sea leg stays at sea."""
    line = _line([(float(lon), float(lat)) for lon, lat in leg["geometry"]])
    if leg["mode"] == "sea":
        _check_at_sea(leg["id"], line)
    start, end = _positions(rows)[0], _positions(rows)[-1]
    return LegLine(
        line,
        "own line",
        "approximate",
        "The line is given in the routes file.",
        round(geodesic.line_length_km([start, line.coords[0]]), 3),
        round(geodesic.line_length_km([line.coords[-1], end]), 3),
        float("nan"),
    )


def _check_at_sea(leg: str, line: LineString) -> None:
    """Refuse a line that crosses embedded land farther than a harbour from its ends."""
    import shapely

    from geo.coast import read_land

    points = geodesic.densify(line.coords, 0.1)
    lon, lat = points[:, 0].copy(), points[:, 1].copy()
    near = np.zeros(len(points), dtype=bool)
    for end in (points[0], points[-1]):
        starts = np.full(len(points), end[0]), np.full(len(points), end[1])
        near |= np.asarray(geodesic.wgs84().inv(*starts, lon, lat)[2]) < HARBOUR_KM * 1000
    land = read_land()
    shapely.prepare(land)
    dry = shapely.intersects_xy(land, (lon + 180) % 360 - 180, lat) & ~near
    if dry.any():
        where = "{}, {}".format(*points[int(np.argmax(dry))].round(2))
        raise GeometryError(f"Invalid leg '{leg}'. A sea leg must stay clear of land; {where} is on it.")


def _positions(rows: Sequence[Any]) -> _Points:
    return [(float(row["geometry"].x), float(row["geometry"].y)) for row in rows]


def _line(points: Sequence[Sequence[float]]) -> LineString:
    return LineString(_points(points))


def _points(points: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    """Round the points of a line, without repeated ones and without jumps in longitude."""
    array: NDArray[np.float64] = geodesic.unroll(np.asarray(points, dtype=float)[:, :2])
    array = np.round(array, DECIMALS) + 0.0
    moved = np.r_[True, np.any(np.diff(array, axis=0) != 0, axis=1)]
    return array[moved] if moved.sum() > 1 else np.repeat(array[:1], 2, axis=0)


# --- lines that are built already ---------------------------------------------------------------------------


def leg_hash(leg: dict[str, Any], places: gpd.GeoDataFrame) -> str:
    """Return the hash of everything that a leg's line is made from.

    Parameters
    ----------
    leg : dict
        A leg of :func:`geo.definitions.read_definitions`.
    places : GeoDataFrame
        The places table that holds all its places.

    Returns
    -------
    digest : str
        The first 16 hexadecimal digits of a SHA-256 of: the version of the method, the leg's mode, places and
        own line, its places' positions and kinds, and the embedded coast or road files.

    Examples
    --------
    >>> from geo.definitions import read_definitions
    >>> from geo.places import read_places
    >>> legs = read_definitions("channel")["channel"]["legs"]
    >>> places = read_places()
    >>> leg_hash(legs[0], places) == leg_hash({**legs[0], "title": "another"}, places)
    True
    >>> leg_hash(legs[0], places) == leg_hash({**legs[0], "to": "folkestone"}, places)
    False
    """
    rows = [places.loc[place] for place in (leg["from"], *leg["via"], leg["to"])]
    made_from = {
        "version": VERSION,
        "mode": leg["mode"],
        "geometry": leg["geometry"],
        "places": [
            [row.name, row["kind"], row["verified"], row["geometry"].x, row["geometry"].y] for row in rows
        ],
        "files": None if leg["geometry"] and leg["mode"] == "land" else _files_hash(leg["mode"]),
    }
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()[:16]


@functools.cache
def _files_hash(mode: str) -> str:
    """Return the hash of the embedded files that legs of a mode are made from."""
    folder = resources.files("geo").joinpath("data", "coast" if mode == "sea" else "osm")
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.is_file() and file.name.endswith((".topojson", ".json", ".csv.gz", ".csv", ".gz")):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


@functools.cache
def read_built_legs() -> dict[str, LegLine]:
    """Read the built lines of the embedded legs by their hash.

    Returns
    -------
    built : dict of LegLine
        Not to be changed: it is kept between calls.

    Examples
    --------
    >>> all(built.certainty in CERTAINTIES for built in read_built_legs().values())
    True
    """
    file = resources.files("geo").joinpath("data", "routes", "built_legs.geojson")
    if not file.is_file():
        return {}
    collection = json.loads(file.read_text(encoding="utf-8"))
    return {feature["properties"]["hash"]: _from_feature(feature) for feature in collection["features"]}


def _from_feature(feature: dict[str, Any]) -> LegLine:
    known = feature["properties"]
    road_km = known["road_km"]
    return LegLine(
        LineString(feature["geometry"]["coordinates"]),
        known["method"],
        known["certainty"],
        known["note"],
        known["connector_start_km"],
        known["connector_end_km"],
        float("nan") if road_km is None else road_km,
    )


def built_feature(leg: str, digest: str, built: LegLine) -> dict[str, Any]:
    """Return a built line as a GeoJSON feature, as it is kept.

    Examples
    --------
    >>> line = LegLine(LineString([(0, 0), (1, 0)]), "own line", "approximate", "", 0.0, 0.0, float("nan"))
    >>> built_feature("a_b", "00ff", line)["properties"]["road_km"] is None
    True
    """
    properties = {
        "hash": digest,
        "method": built.method,
        "certainty": built.certainty,
        "note": built.note,
        "connector_start_km": built.connector_start_km,
        "connector_end_km": built.connector_end_km,
        "road_km": None if np.isnan(built.road_km) else built.road_km,
    }
    coordinates = [[float(lon), float(lat)] for lon, lat in built.line.coords]
    geometry = {"type": "LineString", "coordinates": coordinates}
    return {"type": "Feature", "id": leg, "properties": properties, "geometry": geometry}
