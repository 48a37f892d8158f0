"""What a map needs and was not given: legs, places and figures, read for its corridors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.errors import NotCoveredError
from layers.features import view_bounds
from layers.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geopandas import GeoDataFrame
    from pandas import DataFrame


def routes_of(corridors: GeoDataFrame) -> GeoDataFrame | None:
    """Read the legs of the corridors, from the file they came from."""
    from geo.routes import read_routes

    file = corridors.attrs.get("routes_file")
    if file is None and "routes_file" in corridors.columns and len(corridors):
        file = text_of(corridors["routes_file"].iloc[0]) or None
    return read_routes([str(corridor) for corridor in corridors.index], routes=file)


def places_of(legs: GeoDataFrame | None) -> GeoDataFrame:
    """Read the embedded places, and those of the file the legs came from."""
    from geo.definitions import own_places, read_definitions
    from geo.places import read_places

    file = None if legs is None else legs.attrs.get("routes_file")
    return read_places(extra=(own_places(read_definitions(routes=file)) or None) if file else None)


def figures_of(
    counts: DataFrame | None,
    corridors: GeoDataFrame,
    legs: GeoDataFrame | None,
    **question: Any,  # noqa: ANN401 - what geo.leg_figures takes
) -> DataFrame | None:
    """Return the figures of legs, or None where the counts do not reach them."""
    if counts is None or legs is None or not len(counts):
        return None
    from geo.stats import leg_figures

    try:
        return leg_figures(counts, corridors, legs, **question)
    except NotCoveredError:
        return None


def used_places(legs: GeoDataFrame | None) -> set[str]:
    """Return the ids of places on a leg."""
    return set(titles_at(legs))


def titles_at(legs: GeoDataFrame | None) -> dict[str, list[str]]:
    """Return titles of legs by the places they touch."""
    at: dict[str, list[str]] = {}
    if legs is None:
        return at
    for _, row in legs.iterrows():
        crossings = row.get("crossings")
        stops = [
            row.get("from_place"),
            row.get("to_place"),
            *(crossings if isinstance(crossings, tuple | list) else ()),
        ]
        for stop in dict.fromkeys(text_of(stop) for stop in stops):
            if stop:
                at.setdefault(stop, []).append(text_of(row.get("title")))
    return at


def near_places(
    places: GeoDataFrame | None, corridors: GeoDataFrame, legs: GeoDataFrame | None
) -> GeoDataFrame | None:
    """Return the places on a leg, and the crossings and ports inside a corridor."""
    if places is None or not len(places):
        return places
    used = places.index.isin(list(used_places(legs)))
    inside = used & False
    if "geometry" in corridors.columns and len(corridors):
        known = places["kind"].isin(["road_crossing", "rail_crossing", "port"])
        inside = known & places.geometry.within(corridors.geometry.union_all())
    return places[used | inside]


def named_views(
    corridors: GeoDataFrame, legs: GeoDataFrame | None, titles: Mapping[str, str], bounds: Sequence[float]
) -> list[dict[str, Any]]:
    """Return the named views: all, then each corridor."""
    views = [{"name": "All corridors", "bounds": list(bounds)}]
    for corridor, title in titles.items():
        own = None if legs is None else legs[legs["corridor"] == corridor]
        area = (
            corridors[[str(key) == corridor for key in corridors.index]]
            if "geometry" in corridors.columns
            else None
        )
        views.append({"name": title, "bounds": list(view_bounds(area, own))})
    return views if len(views) > 2 else []
