"""Crossings and places as points: one layer for each family of kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from layers.features import place_features
from layers.palette import place_symbol

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
_NAMED_FIRST: Final = ("zone", "city", "port", "town", "headland", "road_crossing", "rail_crossing")


def point_layers(
    places: GeoDataFrame | None,
    *,
    used: Iterable[str] = (),
    legs: Mapping[str, Iterable[str]] | None = None,
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
    layers = []
    for name, kinds in FAMILIES.items():
        chosen = [one for one in features if (one["kind"] in kinds if kinds else one["kind"] not in listed)]
        if chosen:
            layers.append({"type": "point", "name": name, "features": chosen})
    return layers


def point_looks(layers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the symbols that ``look`` of the features counts into.

    Examples
    --------
    >>> point_looks([{"features": [{"kind": "port", "look": 0}]}])[0]["shape"]
    'triangle'
    """
    from layers.legend import symbol_entry

    kinds = {one["look"]: one["kind"] for layer in layers for one in layer["features"]}
    return [symbol_entry(place_symbol(kinds[look])) for look in sorted(kinds)]


def point_labels(layers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the names to write beside points on a leg, the more telling kinds first.

    Names of crossings wait for a close view. A page drops those that would overlap.

    Examples
    --------
    >>> point_labels([{"features": [{"kind": "city", "used": True, "at": [0, 0], "name": "A"}]}])
    [{'text': 'A', 'at': [0, 0], 'from': 5.5, 'country': False}]
    """
    nearest = {"road_crossing": 8.0, "rail_crossing": 8.0, "headland": 7.5, "zone": 6.5}
    chosen = [one for layer in layers for one in layer["features"] if one["used"]]
    rank = {kind: at for at, kind in enumerate(_NAMED_FIRST)}
    chosen.sort(key=lambda one: rank.get(one["kind"], len(rank)))
    return [
        {"text": one["name"], "at": one["at"], "from": nearest.get(one["kind"], 5.5), "country": False}
        for one in chosen
    ]
