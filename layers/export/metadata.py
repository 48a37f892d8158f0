"""What travels with every layer: its sources and licences, its dates, and how it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geo
from geo.checks import check_choice
from layers.boundaries import border_policy, bounds_of
from layers.export.frames import LAYERS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from geopandas import GeoDataFrame

_ROADS: Final = "osm/edges.csv.gz"
_COAST: Final = "coast/"
_PLACES: Final = "places.csv"
_OSM: Final = "© OpenStreetMap contributors, ODbL 1.0 (openstreetmap.org/copyright)."
_SHARE_ALIKE: Final = (
    "Holds data derived from OpenStreetMap: a database made from it must be offered under the Open Database "
    "Licence (ODbL 1.0), with attribution to OpenStreetMap contributors."
)
_NOT_OPEN: Final = (
    "Holds figures of {who} that are not under an open licence: they are cited totals; ask the publisher "
    "before passing on more than a citation."
)
_TITLES: Final = {
    "corridors": "Corridors: bands around their legs",
    "legs": "Legs: directed lines between named places",
    "segments": "Segments: stretches of line with the legs on them",
    "places": "Places on the corridors",
    "crossings": "Official border crossings on the corridors",
    "stats": "Statistics by corridor",
    "incidents": "People dead or missing, at least, in cells of at least 1° with at least 5 incidents",
}


def layer_metadata(
    name: str,
    frame: GeoDataFrame,
    *,
    routes: GeoDataFrame | None = None,
    title: str | None = None,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    ledger: Sequence[Mapping[str, Any]] = (),
    command: str | None = None,
    sources: Iterable[str] = (),
    vintages: Iterable[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return what goes with a layer, for the foreign members of GeoJSON and their like elsewhere.

    Parameters
    ----------
    name : str
        Name of the layer.
    frame : GeoDataFrame
        The layer; the ids in the column ``source`` of legs and stats are looked up in the catalogue.
    routes : GeoDataFrame, optional
        Legs that corridors, segments and areas were made from. Without them, both modes are assumed.
    title : str, optional
        What the layer is; a general title where it is not given.
    as_of, known_on : datetime.date or str, optional
        Data date and publication date of the figures; the newest in columns of that name where not given.
    ledger : sequence of mapping, optional
        What was left out, and why: rows of ``reason``, ``rows``, ``value``.
    command : str, optional
        The command that made the layer.
    sources : iterable of str, optional
        Ids of further series whose figures the layer holds.
    vintages : iterable of mapping, optional
        What the figures were laid together from (``source``, ``measure``, ``basis``, ``corridor``,
        ``vintage``, ``known_on``, ``sha256``).

    Returns
    -------
    metadata : dict
        ``title``, ``name`` (which GDAL takes for the layer's), ``sources`` (title, publisher, url, licence,
        attribution), ``licences``, ``restrictions``, ``attribution``, ``as_of``, ``known_on``, ``vintages``,
        ``ledger``, ``command``, ``generator``, ``boundaries`` (what has to be said of borders and names); of
        incidents also ``incident_grid``: the rule of their cells, and how many incidents are given, left out
        and without a place.

    Raises
    ------
    UnknownNameError
        If there is no such layer.

    Examples
    --------
    >>> import geopandas
    >>> frame = geopandas.GeoDataFrame({"mode": ["land"]}, index=["a"], geometry=[None], crs="EPSG:4326")
    >>> layer_metadata("legs", frame)["licences"]
    ['ODbL-1.0']
    """
    check_choice(name, LAYERS, name="layer")
    found = [*_shape_sources(name, frame, routes), *_figure_sources(name, frame, sources)]
    licences = sorted({source["licence"] for source in found if source["licence"]})
    credits_ = list(dict.fromkeys(source["attribution"] for source in found if source["attribution"]))
    grid = {"incident_grid": frame.attrs["incident_grid"]} if "incident_grid" in frame.attrs else {}
    return {
        "title": title or _TITLES[name],
        "name": name,
        "sources": found,
        "licences": licences,
        "restrictions": _restrictions(found),
        "attribution": " ".join(credits_),
        "as_of": _day(as_of, frame, "as_of"),
        "known_on": _day(known_on, frame, "known_on"),
        "vintages": [dict(one) for one in vintages],
        "ledger": [dict(row) for row in ledger],
        "command": command,
        "generator": f"routeways {geo.__version__}",
        **grid,
        "boundaries": list(border_policy("none", bounds=bounds_of(frame), frames=(frame, routes)).cautions),
    }


def _day(given: dt.date | str | None, frame: GeoDataFrame, column: str) -> str | None:
    """Return a day as ISO text: the one that was given, or the newest in the layer."""
    if given is not None:
        return str(given)
    days = [day for day in frame[column] if isinstance(day, str) and day] if column in frame.columns else []
    return max(days, default=None)


def _shape_sources(name: str, frame: GeoDataFrame, routes: GeoDataFrame | None) -> list[dict[str, str]]:
    """Return where the shapes of a layer come from."""
    if name in ("places", "crossings"):
        named = frame["source"] if "source" in frame.columns else []
        osm = any("OSM" in str(source) or "OpenStreetMap" in str(source) for source in named)
        return _files(_PLACES, attribution=_OSM if osm else "", licence="ODbL-1.0" if osm else "")
    if name == "incidents" or (name == "stats" and frame.geometry.isna().all()):
        return []
    legs = frame if name == "legs" else routes
    modes = {"land", "sea"} if legs is None or "mode" not in legs.columns else set(legs["mode"])
    found = _files(_ROADS, attribution=_OSM) if "land" in modes else []
    return found + (_files(_COAST, attribution="") if "sea" in modes else [])


def _files(start: str, *, attribution: str, licence: str | None = None) -> list[dict[str, str]]:
    """Return the entry of the table of contents whose path begins so; files of one kind are one source."""
    from geo.counts import read_contents

    for entry in read_contents():
        if str(entry["path"]).startswith(start):
            return [
                {
                    "title": str(entry["title"]),
                    "publisher": str(entry["publisher"]),
                    "url": str(entry["url"]),
                    "licence": str(entry["licence"]) if licence is None else licence,
                    "attribution": attribution,
                }
            ]
    return []


def _figure_sources(name: str, frame: GeoDataFrame, sources: Iterable[str]) -> list[dict[str, str]]:
    """Return the series whose figures stand in a layer."""
    from geo.counts import series_info

    pairs: dict[tuple[str, str | None], None] = {}
    if name in ("stats", "legs", "incidents") and "source" in frame.columns:
        measures = frame["measure"] if "measure" in frame.columns else [None] * len(frame)
        for source, measure in zip(frame["source"], measures, strict=True):
            for one in _ids(source):
                pairs[one, measure if isinstance(measure, str) and measure else None] = None
    pairs.update({(source, None): None for source in sources})
    found = []
    for source, measure in sorted(pairs, key=lambda pair: (pair[0], pair[1] or "")):
        info = series_info(source, measure)
        keys = ("title", "publisher", "url", "licence", "attribution")
        entry = {key: str(info.get(key) or "") for key in keys}
        entry["title"] = entry["title"] or source
        if entry not in found:
            found.append(entry)
    return found


def _ids(source: object) -> list[str]:
    """Return the ids in a cell; a share among several series names them with ``+``."""
    if not isinstance(source, str):
        return []
    return [part.strip() for part in source.split("+") if part.strip()]


def _restrictions(sources: Sequence[Mapping[str, str]]) -> list[str]:
    said = [_SHARE_ALIKE] if any("odbl" in source["licence"].lower() for source in sources) else []
    closed = sorted({source["publisher"] for source in sources if "not open" in source["licence"].lower()})
    return said + [_NOT_OPEN.format(who=who) for who in closed]
