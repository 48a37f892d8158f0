"""OpenStreetMap through Overpass: official border crossings and main roads of an area. ODbL 1.0.

What is read are listed, official crossings (``barrier=border_control``) near a land border, one point each,
for ``geo.read_places(extra=…)``; and main roads as an OSM XML file for ``geo.read_roads`` (extra ``[osm]``).
Never a path, a track or a place to cross elsewhere. What is made from it is a derived database: ODbL
share-alike reaches it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import pandas as pd

from geo import fetch
from geo.checks import check_lon_lat
from geo.errors import FetchError, InvalidInputError
from geo.sources import _frames, _nationality
from geo.sources._files import SourceFile

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame

LICENCE: Final = "ODbL-1.0"
ATTRIBUTION: Final = "© OpenStreetMap contributors"
NEAR_KM: Final = 3.0
SAME_KM: Final = 1.0
MOST_DEGREES2: Final = 100.0
_COLUMNS: Final = (
    "id", "name", "kind", "country_a", "country_b", "lon", "lat", "verified", "source", "routable",
)  # fmt: skip
_CLOSED: Final = ("no", "private", "military")


def _box(bounds: tuple[float, float, float, float]) -> str:
    """Return bounds (west, south, east, north, degrees) in the order that Overpass wants."""
    west, south, east, north = bounds
    west, south = check_lon_lat(west, south, name="bounds")
    east, north = check_lon_lat(east, north, name="bounds")
    if not (west < east and south < north) or (east - west) * (north - south) > MOST_DEGREES2:
        raise InvalidInputError(
            f"Invalid bounds '{bounds}'. They are west, south, east, north in degrees, and hold at most "
            f"{MOST_DEGREES2:g} square degrees."
        )
    return f"{south:g},{west:g},{north:g},{east:g}"


def crossings_query(bounds: tuple[float, float, float, float]) -> str:
    """Return the question for official border crossings in an area.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north; degrees.

    Raises
    ------
    InvalidInputError
        If the bounds are no area, or too large a one.

    Examples
    --------
    >>> crossings_query((18.8, 45.9, 20.3, 46.3))
    '[out:json][timeout:60];nwr["barrier"="border_control"](45.9,18.8,46.3,20.3);out center;'
    """
    return f'[out:json][timeout:60];nwr["barrier"="border_control"]({_box(bounds)});out center;'


def roads_query(bounds: tuple[float, float, float, float]) -> str:
    """Return the question for main roads (motorway, trunk, primary) in an area.

    Raises
    ------
    InvalidInputError
        As :func:`crossings_query`.
    """
    return (
        f'[out:xml][timeout:180];way["highway"~"^(motorway|trunk|primary)(_link)?$"]({_box(bounds)});'
        "(._;>;);out body;"
    )


def fetch_crossings(bounds: tuple[float, float, float, float], **options: Any) -> fetch.Fetched:  # noqa: ANN401
    """Fetch official border crossings of an area; ``options`` are those of :func:`geo.fetch.fetch`.

    Returns
    -------
    file : Fetched
        JSON for :func:`read_crossings`.

    Raises
    ------
    FetchError
        If the host refuses or is busy.
    """
    return _ask(crossings_query(bounds), {"kind": "json", "name": "crossings.json"} | options)


def fetch_roads(bounds: tuple[float, float, float, float], **options: Any) -> fetch.Fetched:  # noqa: ANN401
    """Fetch main roads of an area; ``options`` are those of :func:`geo.fetch.fetch`.

    Returns
    -------
    file : Fetched
        OSM XML for ``geo.read_roads`` (needs the extra ``[osm]``).

    Raises
    ------
    FetchError
        If the host refuses or is busy.
    """
    return _ask(roads_query(bounds), {"kind": "xml", "name": "roads.osm"} | options)


def _ask(query: str, options: dict[str, Any]) -> fetch.Fetched:
    address = options.pop("address", _frames.facts()["fetch"]["osm"]["api"])
    return fetch.fetch(
        f"{address}?{urlencode({'data': query})}", source="osm", **{"check": _check_finished} | options
    )


def _check_finished(body: bytes) -> None:
    """Refuse an answer that Overpass broke off: it comes with status 200, and a remark at its end."""
    told = re.search(rb'(?:<remark>|"remark":\s*")([^<"]*)', body[-4000:])
    if told:
        said = " ".join(told[1].decode("utf-8", "replace").split())
        raise FetchError(f"Invalid answer of Overpass. It did not finish: {said}. Ask for a smaller area.")


def read_crossings(path: str | Path) -> pd.DataFrame:
    """Read an answer of Overpass as own places.

    Parameters
    ----------
    path : path
        JSON, as :func:`fetch_crossings` keeps it.

    Returns
    -------
    places : DataFrame
        Rows for ``geo.read_places(extra=…)``: ``id``, ``name``, ``kind``, ``country_a`` and ``country_b``
        (ISO 3166-1 alpha-2, alphabetic), ``lon``, ``lat`` (degrees), ``verified``, ``source`` and
        ``routable``. ``attrs["ledger"]`` says what was left out: not within 3 km of a land border (airports,
        ports), closed, a second point of one crossing.

    Raises
    ------
    InvalidInputError
        If it is no answer of Overpass.
    """
    file = SourceFile(path)
    told = file.json if file.kind == "json" else None
    elements = told.get("elements") if isinstance(told, dict) else None
    if not isinstance(elements, list):
        raise file.fail("It is no answer of Overpass in JSON: it holds no elements.")
    if isinstance(told, dict) and "remark" in told:
        raise file.fail(f"Overpass did not finish: {told['remark']}")
    from geo import coast

    countries = coast.read_countries()
    kept: list[dict[str, Any]] = []
    ledger: dict[str, int] = {}
    for number, element in enumerate(elements):
        row = _place(file, element, number, countries)
        why = row if isinstance(row, str) else _again(row, kept)
        if why:
            ledger[why] = ledger.get(why, 0) + 1
        elif not isinstance(row, str):
            kept.append(row)
    places = pd.DataFrame.from_records(kept, columns=list(_COLUMNS))
    places.attrs = {
        "licence": LICENCE,
        "attribution": ATTRIBUTION,
        "ledger": [{"reason": why, "rows": rows, "value": 0.0} for why, rows in ledger.items()],
    }
    return places


def _place(file: SourceFile, element: object, number: int, countries: GeoDataFrame) -> dict[str, Any] | str:
    """Return a crossing as a row, or why it is left out."""
    if not isinstance(element, dict) or not isinstance(element.get("tags", {}), dict):
        raise file.fail(f"Its elements[{number}] is no record.")
    centre = element.get("center", element)
    if not isinstance(centre, dict):
        raise file.fail(f"Its elements[{number}] has no position.")
    lon, lat = check_lon_lat(centre.get("lon"), centre.get("lat"), name=f"elements[{number}]")
    tags = element.get("tags", {})
    if tags.get("barrier") != "border_control":
        return "no border control"
    if str(tags.get("access", "")) in _CLOSED:
        return "closed to the public"
    pair = _two_nearest(lon, lat, countries)
    if pair is None:
        return f"not within {NEAR_KM:g} km of a land border"
    name = str(tags.get("name:en") or tags.get("name") or f"Crossing {pair[0]}–{pair[1]}")
    return {
        "id": f"osm_{element.get('type', 'node')}_{element.get('id', number)}",
        "name": " ".join(name.split())[:80],
        "kind": "rail_crossing" if "railway" in tags else "road_crossing",
        "country_a": pair[0],
        "country_b": pair[1],
        "lon": round(lon, 4),
        "lat": round(lat, 4),
        "verified": "approximate",
        "source": f"OSM {ATTRIBUTION}, {LICENCE}",
        "routable": "railway" not in tags,
    }


def _two_nearest(lon: float, lat: float, countries: GeoDataFrame) -> tuple[str, str] | None:
    """Return the two countries whose land is within reach of a point, alphabetic, or None."""
    from shapely import Point, box, ops

    here = Point(lon, lat)
    by_three = {three: two for two, three in _nationality.alpha3_by_alpha2().items()}
    around = box(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1)
    found = []
    for three, land in countries.geometry.items():
        if not land.intersects(around) or three not in by_three:
            continue
        _, near = ops.nearest_points(here, land.intersection(around))
        found.append((_km(lon, lat, near.x, near.y), by_three[three]))
    close = [code for distance, code in sorted(found)[:2] if distance <= NEAR_KM]
    return (min(close), max(close)) if len(close) == 2 else None


def _km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    from pyproj import Geod

    return float(Geod(ellps="WGS84").inv(lon, lat, other_lon, other_lat)[2]) / 1000


def _again(row: dict[str, Any], kept: list[dict[str, Any]]) -> str:
    """Return why a row is left out after those that are kept, "" where it is not."""
    pair = (row["country_a"], row["country_b"], row["kind"])
    for other in kept:
        same = pair == (other["country_a"], other["country_b"], other["kind"])
        if same and _km(row["lon"], row["lat"], other["lon"], other["lat"]) < SAME_KM:
            return f"within {SAME_KM:g} km of another point of the same border"
    return ""
