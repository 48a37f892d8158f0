"""Crossings and places as points: one layer for each family of kinds."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, Final

from layers.features import decode_line, place_features
from layers.legend import symbol_entry
from layers.palette import Symbol, place_symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from geopandas import GeoDataFrame

FAMILIES: Final = {
    "Border crossings": ("road_crossing", "rail_crossing"),
    "Ports and landing places": ("port",),
    "Cities and towns": ("city", "town"),
    "Zones and other places": None,
}
"""Layers of points and the kinds in each; None takes the rest."""
BANDS: Final = {"overview": (4.6, 5.25), "far": (5.8, 6.5)}
"""Views that put close points together: the zoom at which they are measured, and where the view ends."""
CLOSE_PX: Final = 20.0
"""Points nearer than this stand under one sign, if there are enough of them."""
FEWEST: Final = 3
_TILE_PX: Final = 256
_NAMED_FIRST: Final = ("zone", "city", "port", "town", "headland", "road_crossing", "rail_crossing")


def point_layers(
    places: GeoDataFrame | None,
    *,
    used: Iterable[str] = (),
    legs: Mapping[str, Iterable[str]] | None = None,
    cluster: bool = False,
) -> list[dict[str, Any]]:
    """Return the layers of points, each a family of kinds, empty ones left out.

    Parameters
    ----------
    places : GeoDataFrame or None
        As :func:`geo.read_places` gives them. Countries are no points and are left out.
    used : iterable of str
        Ids of places on a leg.
    legs : mapping of str to iterable of str, optional
        Titles of the legs at a place, by its id.
    cluster : bool
        Whether points that would cover each other in far views stand under one sign with their number there
        (:func:`cluster_points`); a page has to know ``hide`` and ``count`` for that.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> places = gpd.GeoDataFrame({"name": ["Zuwara"], "kind": ["port"]}, geometry=[Point(12.1, 32.9)],
    ...                           index=["zuwara"], crs="EPSG:4326")
    >>> [(layer["name"], len(layer["features"])) for layer in point_layers(places, used=["zuwara"])]
    [('Ports and landing places', 1)]
    """
    features = place_features(places, used=used)
    looks = list(dict.fromkeys(feature["kind"] for feature in features))
    for feature in features:
        feature["look"] = looks.index(feature["kind"])
        titles = sorted((legs or {}).get(feature["id"], ()))
        pairs = [["Countries", feature["countries"]], ["Legs", "; ".join(titles)]]
        feature["facts"] = [pair for pair in pairs if pair[1]]
    listed = {kind for kinds in FAMILIES.values() if kinds for kind in kinds}
    layers: list[dict[str, Any]] = []
    for name, kinds in FAMILIES.items():
        chosen = [one for one in features if (one["kind"] in kinds if kinds else one["kind"] not in listed)]
        if chosen:
            layers.append({"type": "point", "name": name, "features": chosen})
    if cluster:
        for layer in layers:
            layer["features"] += cluster_points(layer["features"], family=layer["name"])
        looks = list(dict.fromkeys(one["kind"] for layer in layers for one in layer["features"]))
        for layer in layers:
            for one in layer["features"]:
                one["look"] = looks.index(one["kind"])
    return layers


def cluster_points(features: list[dict[str, Any]], *, family: str) -> list[dict[str, Any]]:
    """Put points that are close together in far views under signs of their own, one for each such group.

    Parameters
    ----------
    features : list of dict
        Points of one layer; those that stand under a sign get ``hide``: the views (:data:`BANDS`) in which
        they are not drawn.
    family : str
        Name of the layer.

    Returns
    -------
    signs : list of dict
        Points of a kind of their own with ``count``, ``hide``, and the names of their places among ``facts``.

    Notes
    -----
    Groups are the same for the same points: taken in order, those used first, each point joins the first
    group whose first point is nearer than 20 pixels at the zoom of the view. Groups of fewer than three stay
    as they are. Only points on a leg are looked at: others are not drawn in far views.

    Examples
    --------
    >>> port = {"kind": "port", "name": "P", "used": True, "countries": ""}
    >>> ports = [{"id": str(at), "at": [at * 500, 0], **port} for at in range(3)]
    >>> [(sign["name"], sign["count"]) for sign in cluster_points(ports, family="Ports")]
    [('3 ports', 3)]
    >>> ports[0]["hide"]
    ['overview', 'far']
    """
    signs: dict[tuple[str, ...], dict[str, Any]] = {}
    for band, (zoom, _) in BANDS.items():
        for group in _groups([one for one in features if one["used"]], zoom):
            members = tuple(sorted(one["id"] for one in group))
            sign = signs.setdefault(members, _sign(group, family))
            sign["hide"].remove(band)
            for one in group:
                one.setdefault("hide", []).append(band)
    return list(signs.values())


def _groups(features: list[dict[str, Any]], zoom: float) -> list[list[dict[str, Any]]]:
    """Return the groups of points that are close at a zoom, those that are large enough."""
    groups: list[tuple[tuple[float, float], list[dict[str, Any]]]] = []
    for feature in sorted(features, key=lambda one: (not one["used"], one["id"])):
        x, y = _pixels(feature["at"], zoom)
        near = next((group for at, group in groups if math.dist(at, (x, y)) < CLOSE_PX), None)
        if near is None:
            groups.append(((x, y), [feature]))
        else:
            near.append(feature)
    return [group for _, group in groups if len(group) >= FEWEST]


def _pixels(at: list[int], zoom: float) -> tuple[float, float]:
    """Return where a point lands in Web Mercator, in pixels."""
    lon, lat = decode_line(at)[0]
    across = _TILE_PX * 2**zoom
    lat = math.radians(min(max(lat, -85.0), 85.0))
    return across * lon / 360, -across * math.log(math.tan(math.pi / 4 + lat / 2)) / (2 * math.pi)


def _sign(group: list[dict[str, Any]], family: str) -> dict[str, Any]:
    """Return one sign for a group of points, in their middle, with their names."""
    members = sorted(group, key=lambda one: (not one["used"], one["name"]))
    spots = [decode_line(one["at"])[0] for one in group]
    middle = [round(1e4 * sum(spot[axis] for spot in spots) / len(spots)) for axis in (0, 1)]
    countries = dict.fromkeys(code for one in members for code in one["countries"].split(" – ") if code)
    names = [one["name"] for one in members]
    told = "; ".join(names[:8]) + (f"; and {len(names) - 8} more" if len(names) > 8 else "")
    return {
        "id": "together-" + "-".join(sorted(one["id"] for one in group)),
        "kind": f"together: {members[0]['kind']}",
        "at": middle,
        "name": f"{len(group)} {family[:1].lower()}{family[1:]}",
        "countries": ", ".join(countries),
        "used": any(one["used"] for one in group),
        "count": len(group),
        "hide": ["overview", "far", "near"],
        "facts": [["Places", told]],
    }


def point_looks(layers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the symbols that ``look`` of the features counts into.

    Examples
    --------
    >>> point_looks([{"features": [{"kind": "port", "look": 0}]}])[0]["shape"]
    'triangle'
    """
    kinds = {one["look"]: one["kind"] for layer in layers for one in layer["features"]}
    return [symbol_entry(_symbol_of(kinds[look])) for look in sorted(kinds)]


def together_entries(layers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the legend's entry for signs that stand for several points; nothing where there are none.

    Examples
    --------
    >>> together_entries([{"features": [{"kind": "together: port", "count": 3}]}])[0]["label"]
    'With a number: so many places close together'
    """
    found = next((one for layer in layers for one in layer["features"] if one.get("count")), None)
    if found is None:
        return []
    symbol = symbol_entry(_symbol_of(found["kind"]))
    return [
        {"label": "With a number: so many places close together", "symbol": symbol, "count": found["count"]}
    ]


def _symbol_of(kind: str) -> Symbol:
    """Return the symbol of a kind; a sign for several is that of its first, larger and never left out."""
    first = kind.removeprefix("together: ")
    symbol = place_symbol(first)
    if first == kind:
        return symbol
    return dataclasses.replace(symbol, size_px=symbol.size_px + 3, one="close together", small=False)


def point_labels(layers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the names to write beside points on a leg, the more telling kinds first.

    Names of crossings wait for a close view. A page drops those that would overlap.

    Examples
    --------
    >>> point_labels([{"features": [{"kind": "city", "used": True, "at": [0, 0], "name": "A"}]}])
    [{'text': 'A', 'at': [0, 0], 'from': 5.5, 'country': False}]
    """
    nearest = {"road_crossing": 8.0, "rail_crossing": 8.0, "headland": 7.5, "zone": 6.5}
    chosen = [one for layer in layers for one in layer["features"] if one["used"] and not one.get("count")]
    rank = {kind: at for at, kind in enumerate(_NAMED_FIRST)}
    chosen.sort(key=lambda one: rank.get(one["kind"], len(rank)))
    return [
        {
            "text": one["name"],
            "at": one["at"],
            "from": max(
                nearest.get(one["kind"], 5.5), *(BANDS[band][1] for band in one.get("hide", ())), 0.0
            ),
            "country": False,
        }
        for one in chosen
    ]
