"""Routes: the legs of each corridor as lines, with how each was made and how sure it is.

The embedded legs are generalised lines between named places, never tracks. What belongs to one corridor
stands in its definition; nothing here knows a corridor by name.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from geo import geodesic, terms
from geo.definitions import own_places, read_definitions
from geo.errors import GeometryError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    import geopandas as gpd
    import pandas as pd

    from geo.legs import LegLine

__all__ = ["CORRIDOR_COLUMNS", "read_corridors", "read_definitions", "read_routes", "route_table"]

_log = logging.getLogger(__name__)

CORRIDOR_COLUMNS = (
    "title",
    "summary",
    "source",
    "measure",
    "basis",
    "caption",
    "beside",
    "figures",
    "notes",
    "routes_file",
)
"""Columns of what is known of corridors (:func:`read_corridors`)."""


def read_corridors(
    corridors: str | Iterable[str] | None = None, *, routes: str | os.PathLike[str] | None = None
) -> pd.DataFrame:
    """Read what is known of corridors, without geometry.

    Parameters
    ----------
    corridors : str or iterable of str, optional
        One id or several; default all.
    routes : path, optional
        A definition file of one's own (:func:`read_definitions`).

    Returns
    -------
    table : DataFrame, one row per corridor
        Index ``corridor``; columns ``title``, ``summary``; ``source``, ``measure``, ``basis`` of the headline
        series ("" where there is none) and its ``caption``; ``beside`` (list of dicts: series beside it,
        never joined), ``figures`` (list of dicts: published numbers that cover sets of legs), ``notes`` (list
        of sentences) and ``routes_file`` (path, "" if embedded).

    Raises
    ------
    UnknownNameError
        If a corridor is not known.
    InvalidInputError
        If the file is not sound.

    Examples
    --------
    >>> table = read_corridors(["western_balkans"])
    >>> table.loc["western_balkans", ["source", "measure", "caption"]].tolist()
    ['frontex', 'detection_entry', 'EU re-entry detections, not people']
    """
    import pandas as pd

    definitions = read_definitions(corridors, routes=routes)
    rows = []
    for definition in definitions.values():
        headline = definition["headline"] or {"source": "", "measure": "", "basis": ""}
        known = {**definition, **headline, "routes_file": definition["file"] or ""}
        rows.append([known[column] for column in CORRIDOR_COLUMNS])
    index = pd.Index(list(definitions), name="corridor", dtype=object)
    return pd.DataFrame(rows, index=index, columns=list(CORRIDOR_COLUMNS))


def read_routes(
    corridors: str | Iterable[str] | None = None,
    *,
    routes: str | os.PathLike[str] | None = None,
    roads: Any = None,  # noqa: ANN401 - a road graph in any form that geo.land takes
) -> gpd.GeoDataFrame:
    """Read the legs of corridors as lines.

    Parameters
    ----------
    corridors : str or iterable of str, optional
        One id or several; default all.
    routes : path, optional
        A definition file of one's own (:func:`read_definitions`), anywhere on Earth.
    roads : networkx.MultiDiGraph or geo.land.Roads, optional
        A road graph in OSMnx form, to build land legs on instead of the embedded extract.

    Returns
    -------
    legs : GeoDataFrame, one row per leg
        Index ``leg``; columns ``corridor``, ``title``, ``mode``, ``from_place``, ``to_place``, ``from_name``,
        ``to_name``; ``length_km`` (geodesic, along the line), ``direct_km`` (geodesic between its ends),
        ``road_km`` (along the roads as their source records it, NaN off the roads); ``countries`` (tuple of
        ISO alpha-2 codes in order), ``crossings`` (tuple of place ids in order), ``counted`` (whether the
        headline series sees the leg), ``method``, ``certainty`` (:data:`geo.legs.CERTAINTIES`), ``note``,
        ``connector_start_km``, ``connector_end_km`` and ``geometry`` (LineString in the direction of travel,
        EPSG:4326; over the antimeridian longitudes run on past ±180°). ``attrs["routes_file"]`` is the path
        of the own file, or None.

    Raises
    ------
    UnknownNameError
        If a corridor is not known.
    InvalidInputError
        If the file is not sound.
    GeometryError
        If lines cannot be built; every such leg is listed.

    Examples
    --------
    >>> legs = read_routes("central_med")
    >>> legs.loc["cm_zuwara_lampedusa", ["mode", "certainty", "countries"]].tolist()
    ['sea', 'checked', ('LY', 'IT')]
    """
    import geopandas as gpd
    import pandas as pd

    from geo.places import read_places

    definitions = read_definitions(corridors, routes=routes)
    own = own_places(definitions)
    places = read_places(extra=own) if own else read_places()
    legs = [(name, leg) for name, definition in definitions.items() for leg in definition["legs"]]
    lines = _lines([leg for _, leg in legs], places, roads)
    rows = [_row(name, leg, line, places) for (name, leg), line in zip(legs, lines, strict=True)]
    index = pd.Index([leg["id"] for _, leg in legs], name=terms.LEG, dtype=object)
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, index=index), geometry="geometry", crs=terms.CRS)
    frame.attrs["routes_file"] = None if routes is None else str(routes)
    return frame


def _lines(legs: Sequence[dict[str, Any]], places: gpd.GeoDataFrame, roads: Any) -> list[LegLine]:  # noqa: ANN401
    """Take or build the line of each leg; list every one that cannot be built."""
    from geo.legs import build_leg, leg_hash, read_built_legs

    built = read_built_legs()
    lines, faults = [], []
    prepared = roads
    for leg in legs:
        on_own_roads = roads is not None and leg["mode"] == "land"
        line = None if on_own_roads else built.get(leg_hash(leg, places))
        if line is None:
            _log.info("building leg %s", leg["id"])
            if on_own_roads and prepared is roads:
                prepared = _prepared(roads)
            try:
                line = build_leg(leg, places, roads=prepared if on_own_roads else None)
            except GeometryError as error:
                faults.append(f"leg '{leg['id']}': {error}")
                continue
        lines.append(line)
    if faults:
        raise GeometryError("Invalid legs. Their lines cannot be built:\n  - " + "\n  - ".join(faults))
    return lines


def _prepared(roads: Any) -> Any:  # noqa: ANN401 - a road graph in any form that geo.land takes
    """Turn a road graph into arrays, once for all legs."""
    from geo.roads import Roads, prepare_roads

    return roads if isinstance(roads, Roads) else prepare_roads(roads)


def _row(corridor: str, leg: dict[str, Any], built: LegLine, places: gpd.GeoDataFrame) -> dict[str, Any]:
    """Describe one leg."""
    start, end = places.loc[leg["from"]], places.loc[leg["to"]]
    points = built.line.coords
    crossings = [place for place in leg["via"] if places.loc[place, "kind"] in terms.CROSSING_KINDS]
    return {
        "corridor": corridor,
        "title": leg["title"] or f"{start['name']} to {end['name']}",
        "mode": leg["mode"],
        "from_place": leg["from"],
        "to_place": leg["to"],
        "from_name": start["name"],
        "to_name": end["name"],
        "length_km": round(geodesic.line_length_km(points), 3),
        "direct_km": round(geodesic.line_length_km([points[0], points[-1]]), 3),
        "road_km": built.road_km,
        "countries": _countries([places.loc[place] for place in (leg["from"], *leg["via"], leg["to"])]),
        "crossings": tuple(crossings),
        "counted": bool(leg["counted"]),
        "method": built.method,
        "certainty": built.certainty,
        "note": " ".join(note for note in (_sentence(leg["note"]), built.note) if note),
        "connector_start_km": built.connector_start_km,
        "connector_end_km": built.connector_end_km,
        "geometry": built.line,
    }


def _sentence(text: str) -> str:
    """Return a text as a sentence; nothing where there is none."""
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def _countries(rows: Sequence[Any]) -> tuple[str, ...]:
    """List the countries of a leg in the order of travel; a crossing leads on to its other country."""
    found: list[str] = []
    for row in rows:
        pair = [code for code in (row["country_a"], row["country_b"]) if code]
        if found and found[-1] in pair:
            pair.remove(found[-1])
            if row["kind"] not in terms.CROSSING_KINDS:
                continue
        found += pair
    return tuple(code for position, code in enumerate(found) if position == 0 or found[position - 1] != code)


def route_table(
    routes: gpd.GeoDataFrame, *, definitions: dict[str, dict[str, Any]] | None = None
) -> gpd.GeoDataFrame:
    """Join the legs of each named route into one line.

    Parameters
    ----------
    routes : GeoDataFrame
        Legs, from :func:`read_routes`.
    definitions : dict, optional
        Definitions that name the routes; default those of the corridors in `routes`.

    Returns
    -------
    table : GeoDataFrame, one row per route
        Index ``route``; columns ``corridor``, ``title``, ``legs`` (tuple in order), ``n_legs``, ``length_km``
        (sum over the legs), ``direct_km`` (geodesic between its ends), ``countries``, ``crossings`` and
        ``geometry`` (LineString, or MultiLineString where legs do not touch). Routes with a leg that `routes`
        lacks are left out.

    Examples
    --------
    >>> table = route_table(read_routes("western_balkans"))
    >>> table.loc["thessaloniki_budapest", "legs"][:2]
    ('wb_thessaloniki_skopje', 'wb_skopje_nis')
    """
    import geopandas as gpd
    import pandas as pd

    if definitions is None:
        wanted = list(dict.fromkeys(routes["corridor"]))
        definitions = read_definitions(wanted, routes=routes.attrs.get("routes_file"))
    named = [
        (corridor, route)
        for corridor, definition in definitions.items()
        for route in definition["routes"]
        if set(route["legs"]) <= set(routes.index)
    ]
    rows = [_route_row(corridor, route, routes.loc[route["legs"]]) for corridor, route in named]
    columns = [
        "corridor",
        "title",
        "legs",
        "n_legs",
        "length_km",
        "direct_km",
        "countries",
        "crossings",
        "geometry",
    ]
    index = pd.Index([route["id"] for _, route in named], name=terms.ROUTE, dtype=object)
    return gpd.GeoDataFrame(
        pd.DataFrame(rows, index=index, columns=columns), geometry="geometry", crs=terms.CRS
    )


def _route_row(corridor: str, route: dict[str, Any], legs: gpd.GeoDataFrame) -> dict[str, Any]:
    """Describe one route."""
    lines = list(legs.geometry)
    countries = [code for chain in legs["countries"] for code in chain]
    ends = [lines[0].coords[0], lines[-1].coords[-1]]
    return {
        "corridor": corridor,
        "title": route["title"],
        "legs": tuple(route["legs"]),
        "n_legs": len(lines),
        "length_km": round(float(legs["length_km"].sum()), 3),
        "direct_km": round(geodesic.line_length_km(ends), 3),
        "countries": tuple(code for at, code in enumerate(countries) if at == 0 or countries[at - 1] != code),
        "crossings": tuple(place for chain in legs["crossings"] for place in chain),
        "geometry": _joined(lines),
    }


def _joined(lines: Sequence[Any]) -> Any:  # noqa: ANN401 - shapely lines
    """Join lines end to end; keep them apart where they do not touch."""
    from shapely import LineString, MultiLineString

    points = list(lines[0].coords)
    for line in lines[1:]:
        if line.coords[0] != points[-1]:
            return MultiLineString(list(lines))
        points += line.coords[1:]
    return LineString(points)
