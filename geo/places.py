"""Places: cities, towns, ports, border crossings, coastal zones and countries, each named and listed.

A zone or a country is one representative point. Own places are added with ``extra``; every fault in them is
listed at once. What a row was compiled from stands in its ``source``; rows whose source names OSM are
© OpenStreetMap contributors (ODbL 1.0).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from geo.checks import check_choice, check_lon_lat, raise_faults
from geo.errors import InvalidInputError, UnknownNameError
from geo.terms import CROSSING_KINDS, CRS, PLACE, PLACE_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import pandas as pd
    from geopandas import GeoDataFrame, GeoSeries
    from shapely.geometry.base import BaseGeometry

_FACTS = ("name", "kind", "country_a", "country_b", "verified", "source", "routable")
PLACE_COLUMNS: Final = (*_FACTS, "geometry")
"""Columns of a places table, whose index is the place's id."""

VERIFIED: Final = ("yes", "position_only", "partial", "approximate")
"""How far a place was checked; ``position_only``: its name is from general knowledge."""

_EMBEDDED = Path(__file__).parent / "data" / "places.csv"
_REQUIRED = ("id", "name", "kind", "country_a", "lon", "lat")
_KNOWN = (*_REQUIRED, "country_b", "source", "verified", "routable")
_ID = re.compile(r"[A-Za-z0-9_]+")
_COUNTRY = re.compile(r"[A-Z]{2}")
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_LETTERS = str.maketrans({"ı": "i", "đ": "d", "Đ": "d", "ł": "l", "ø": "o", "’": "'", "–": "-", "—": "-"})


def read_places(
    path: str | Path | None = None,
    *,
    extra: str | Path | pd.DataFrame | Iterable[Mapping[str, Any]] | None = None,
) -> GeoDataFrame:
    """Read the places, with own places added.

    Parameters
    ----------
    path : path, optional
        A CSV file of the same form, read instead of the embedded table.
    extra : path, DataFrame or rows, optional
        Own places, added to the table: a CSV file, a table with the columns below, or an iterable of
        mappings (as in a routes file). Needed: ``id`` (letters, digits, underscores), ``name``, ``kind``,
        ``country_a`` (ISO alpha-2), ``lon``, ``lat``; crossings also ``country_b``. Optional: ``verified``
        (``approximate`` where absent), ``source``, ``routable`` (true where absent, but for countries and
        rail crossings).

    Returns
    -------
    places : GeoDataFrame
        Index ``place`` (the id); columns ``PLACE_COLUMNS``; points in EPSG:4326.

    Raises
    ------
    InvalidInputError
        If a file cannot be read or rows break a rule; the message lists every fault with its file and row.

    Notes
    -----
    ``routable`` says whether a land leg may stop there on the embedded roads: the nearest edge lies within
    :func:`reach_km` of the place. A rail crossing or a country is never routable.

    Examples
    --------
    >>> places = read_places()
    >>> places.loc["calais", ["name", "kind", "country_a"]].tolist()
    ['Calais', 'port', 'FR']
    >>> own = {"id": "ford", "name": "Ford", "kind": "town", "country_a": "FR", "lon": 2.0, "lat": 50.5}
    >>> read_places(extra=[own]).loc["ford", "verified"]
    'approximate'
    """
    rows = list(_embedded()) if path is None else _check(_read_csv(path), f"places file '{path}'", set())
    if extra is not None:
        thing, given = _own_rows(extra)
        rows += _check(given, thing, {row["id"] for row in rows})
    return _frame(rows)


def reach_km(kind: str) -> float:
    """Return how far a place of this kind may lie from the road that stands for it, in km.

    3 km; 10 km for a city or a zone, whose point stands for an area that main roads may go around. An unknown
    kind raises UnknownNameError.

    Examples
    --------
    >>> reach_km("road_crossing"), reach_km("city")
    (3.0, 10.0)
    """
    return 10.0 if check_choice(kind, PLACE_KINDS, name="kind") in ("city", "zone") else 3.0


def find_place(query: str, places: GeoDataFrame | None = None) -> pd.Series[Any]:
    """Find one place by its id or its name; case and diacritics are ignored.

    Parameters
    ----------
    query : str
        An id, a whole name, or a name without the part in brackets.
    places : GeoDataFrame, optional
        Where to look; the embedded table where absent.

    Returns
    -------
    place : Series
        The row, whose ``name`` attribute is the place's id.

    Raises
    ------
    UnknownNameError
        If no place or more than one has that name; ids are suggested.

    Examples
    --------
    >>> find_place("presevo").name, find_place("Niš")["country_a"]
    ('presevo', 'RS')
    >>> find_place("Dimitrovgrad")
    Traceback (most recent call last):
    geo.errors.UnknownNameError: Invalid place 'Dimitrovgrad'. 2 places have that name; write one of the ids:
      dimitrovgrad_bg (BG), dimitrovgrad_rs (RS).
    """
    table = read_places() if places is None else places
    if query in table.index:
        return cast("pd.Series[Any]", table.loc[query])
    wanted = _plain(str(query))
    tests: tuple[Callable[[str, str], bool], ...] = (
        lambda place, _: _plain(place) == wanted,
        lambda _, name: _plain(name) == wanted,
        lambda _, name: _plain(re.sub(r"\s*\([^)]*\)", "", name)) == wanted,
    )
    pairs = list(zip(table.index, table["name"], strict=True))
    for test in tests:
        found = [place for place, name in pairs if wanted and test(place, name)]
        if len(found) == 1:
            return cast("pd.Series[Any]", table.loc[found[0]])
        if found:
            listed = ", ".join(f"{place} ({table.loc[place, 'country_a']})" for place in found)
            many = f"{len(found)} places have that name; write one of the ids"
            raise UnknownNameError(f"Invalid place '{query}'. {many}: {listed}.")
    raise UnknownNameError(f"Invalid place '{query}'. No place has that id or name.{_suggest(wanted, pairs)}")


def nearest_places(
    lon: float,
    lat: float,
    *,
    places: GeoDataFrame | None = None,
    count: int = 1,
    kinds: str | Sequence[str] | None = None,
) -> GeoDataFrame:
    """Return the places nearest to a position, nearest first.

    Parameters
    ----------
    lon, lat : float
        Position in degrees.
    places : GeoDataFrame, optional
        Where to look; the embedded table where absent.
    count : int
        How many places; fewer where the table has fewer.
    kinds : str or sequence of str, optional
        Kinds to look at; all but countries where absent.

    Returns
    -------
    places : GeoDataFrame
        Rows of ``places`` with ``distance_km``, geodesic (WGS 84).

    Raises
    ------
    InvalidInputError
        If the position is outside the globe, or ``count`` is below 1.
    UnknownNameError
        If a kind is not known.

    Examples
    --------
    >>> calais = read_places().geometry["calais"]
    >>> nearest_places(calais.x, calais.y, count=2, kinds="port")["distance_km"].round(1).to_dict()
    {'calais': 0.0, 'gravelines': 19.1}
    """
    import numpy as np
    from pyproj import Geod

    lon, lat = check_lon_lat(lon, lat, name="position")
    if count < 1:
        raise InvalidInputError(f"Invalid count '{count}'. It must be 1 or more.")
    table = _of_kinds(read_places() if places is None else places, kinds)
    points = table.geometry
    ends = points.x.to_numpy(), points.y.to_numpy()
    metres = Geod(ellps="WGS84").inv(np.full(len(table), lon), np.full(len(table), lat), *ends)[2]
    order = np.argsort(metres, kind="stable")[:count]
    return table.iloc[order].assign(distance_km=np.asarray(metres)[order] / 1000)


def places_within(
    area: BaseGeometry | GeoDataFrame | GeoSeries,
    places: GeoDataFrame | None = None,
    *,
    kinds: str | Sequence[str] | None = None,
) -> GeoDataFrame:
    """Return the places in an area or on its edge, in the order of the table.

    Parameters
    ----------
    area : geometry, GeoDataFrame or GeoSeries
        One or more areas; a plain geometry is in degrees, longitude first.
    places, kinds
        As in :func:`nearest_places`.

    Returns
    -------
    places : GeoDataFrame
        Rows of ``places``.

    Raises
    ------
    InvalidInputError
        If the area's coordinate reference system is absent or another than that of the places.
    UnknownNameError
        If a kind is not known.

    Examples
    --------
    >>> from shapely import box
    >>> places_within(box(1.2, 51.0, 1.4, 51.2), kinds="port").index.tolist()
    ['dover', 'folkestone']
    """
    import shapely

    table = _of_kinds(read_places() if places is None else places, kinds)
    shape = area
    if hasattr(area, "geometry") and hasattr(area, "crs"):
        if area.crs is None or area.crs != table.crs:
            raise InvalidInputError(
                f"Invalid area '{area.crs}'. Its coordinate reference system must be that of the places, "
                f"{CRS}; convert it with to_crs()."
            )
        shape = area.geometry.union_all()
    shapely.prepare(shape)
    return table[shapely.covers(shape, table.geometry.to_numpy())]


def _frame(rows: Sequence[Mapping[str, Any]]) -> GeoDataFrame:
    """Return checked rows as a GeoDataFrame."""
    import geopandas as gpd
    import pandas as pd

    points = gpd.points_from_xy([row["lon"] for row in rows], [row["lat"] for row in rows], crs=CRS)
    columns = {column: [row[column] for row in rows] for column in _FACTS}
    index = pd.Index([row["id"] for row in rows], name=PLACE)
    return gpd.GeoDataFrame(columns, index=index, geometry=points)


@cache
def _embedded() -> tuple[dict[str, Any], ...]:
    """Return the rows of the embedded table."""
    return tuple(_check(_read_csv(_EMBEDDED), "embedded places", set()))


def _read_csv(path: str | Path) -> list[tuple[str, dict[str, Any]]]:
    """Return (where, cells) for each row of a CSV file; the header is row 1."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="(no column)", restval="")
            rows = [(f"row {reader.line_num}", row) for row in reader]
            header = reader.fieldnames or ()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"Invalid places file '{path}'. It must be readable CSV: {error}.") from None
    missing = [f"row 1: column '{column}' is missing" for column in _REQUIRED if column not in header]
    raise_faults(f"places file '{path}'", missing)
    return rows


def _own_rows(extra: object) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """Return what own places are called in a message, and (where, cells) for each of them."""
    if isinstance(extra, str | Path):
        return f"places file '{extra}'", _read_csv(extra)
    if hasattr(extra, "to_dict") and hasattr(extra, "columns"):
        table: Any = extra
        if "id" not in table.columns:
            table = table.rename_axis("id").reset_index()
        records = table.to_dict("records")
    else:
        records = list(extra) if not isinstance(extra, Mapping) else [extra]  # type: ignore[call-overload]
    return "places", [(f"places[{position}]", dict(record)) for position, record in enumerate(records)]


def _check(rows: Iterable[tuple[str, dict[str, Any]]], thing: str, taken: set[str]) -> list[dict[str, Any]]:
    """Return normal rows, or raise with every fault of every row."""
    faults: list[str] = []
    checked: list[dict[str, Any]] = []
    known = set(taken)
    for where, cells in rows:
        row = {column: _clean(cells.get(column)) for column in _KNOWN}
        found = [f"unknown column '{column}'" for column in cells if column not in _KNOWN]
        found += _row_faults(row)
        if row["id"] in known:
            found.append(f"id '{row['id']}' is already taken")
        known.add(row["id"])
        faults += [f"{where}: {fault}" for fault in found]
        if not found:
            checked.append(_normal(row))
    raise_faults(thing, faults)
    return checked


def _clean(value: object) -> Any:  # noqa: ANN401 - a cell of any kind
    """Return text without outer spaces, an empty text for a missing value."""
    if isinstance(value, str):
        return value.strip()
    return "" if value is None or str(value) in ("nan", "<NA>") else value


def _row_faults(row: Mapping[str, Any]) -> list[str]:
    """List what is wrong in one row."""
    faults = [f"column '{column}' is empty" for column in _REQUIRED if row[column] == ""]
    if row["id"] != "" and not _ID.fullmatch(str(row["id"])):
        faults.append(f"id '{row['id']}' may hold only letters, digits and underscores")
    if row["kind"] != "" and row["kind"] not in PLACE_KINDS:
        faults.append(f"kind '{row['kind']}' must be one of: {', '.join(PLACE_KINDS)}")
    if row["lon"] != "" and row["lat"] != "":
        try:
            check_lon_lat(row["lon"], row["lat"], name="position")
        except InvalidInputError as error:
            faults.append(str(error))
    if row["verified"] not in ("", *VERIFIED):
        faults.append(f"verified '{row['verified']}' must be one of: {', '.join(VERIFIED)}")
    if str(row["routable"]).lower() not in ("", *_BOOLEANS):
        faults.append(f"routable '{row['routable']}' must be true or false")
    return faults + _country_faults(row)


def _country_faults(row: Mapping[str, Any]) -> list[str]:
    """List what is wrong with the countries of one row."""
    faults = [
        f"{column} '{row[column]}' must be an ISO 3166-1 alpha-2 code in upper case"
        for column in ("country_a", "country_b")
        if row[column] != "" and not _COUNTRY.fullmatch(str(row[column]))
    ]
    if row["kind"] in CROSSING_KINDS and row["country_b"] in ("", row["country_a"]):
        faults.append("a crossing lies between two countries: country_b must be given, and not be country_a")
    if row["kind"] in PLACE_KINDS and row["kind"] not in CROSSING_KINDS and row["country_b"] != "":
        faults.append(f"a {row['kind']} lies in one country: country_b '{row['country_b']}' must be empty")
    if row["kind"] == "country" and row["id"] != row["country_a"]:
        faults.append(f"id '{row['id']}' of a country must be its code '{row['country_a']}'")
    return faults


def _normal(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a faultless row with numbers, booleans and defaults."""
    lon, lat = check_lon_lat(row["lon"], row["lat"], name="position")
    given = str(row["routable"]).lower()
    routable = _BOOLEANS[given] if given else row["kind"] not in ("country", "rail_crossing")
    texts = {"id": str(row["id"]), "name": str(row["name"]), "verified": row["verified"] or "approximate"}
    return {**row, **texts, "lon": lon, "lat": lat, "routable": routable}


def _of_kinds(places: GeoDataFrame, kinds: str | Sequence[str] | None) -> GeoDataFrame:
    """Return the rows of some kinds; all but countries where none are named."""
    if kinds is None:
        return places[places["kind"] != "country"]
    wanted = [kinds] if isinstance(kinds, str) else list(kinds)
    return places[places["kind"].isin([check_choice(kind, PLACE_KINDS, name="kind") for kind in wanted])]


def _plain(text: str) -> str:
    """Return a text without case, diacritics and doubled spaces."""
    letters = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


def _suggest(wanted: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Return a sentence that names the ids nearest to a query, or an empty text."""
    import difflib

    names: dict[str, str] = {}
    for place, name in pairs:
        names.setdefault(_plain(name), place)
        names[_plain(place)] = place
    close = difflib.get_close_matches(wanted, list(names), n=3)
    inside = [text for text in names if len(wanted) > 2 and wanted in text]
    ids = list(dict.fromkeys(names[text] for text in close + inside))[:3]
    return f" Did you mean {' or '.join(repr(place) for place in ids)}?" if ids else ""
