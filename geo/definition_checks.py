"""What a definition may contradict although its form is sound: ids, places, joins, countries, own lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo import terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LARGEST_OWN_GAP_KM = 25.0
"""How far the end of an own line may lie from its place: zones are wide, other places are nearer."""

_Path = tuple[str | int, ...]
_Fault = tuple[_Path, str]


def list_contradictions(document: dict[str, Any], broken: Sequence[_Path]) -> list[tuple[_Path, str]]:
    """List the faults of sense of a document, passing over the parts whose form is broken already.

    Parameters
    ----------
    document : dict
        What a definition file held.
    broken : sequence of tuple
        Paths of the faults of form.

    Returns
    -------
    faults : list of (path, str)

    Examples
    --------
    >>> leg = {"id": "a_b", "from": "calais", "to": "calais", "mode": "sea"}
    >>> list_contradictions({"corridors": [{"id": "x", "title": "X", "legs": [leg]}]}, [])
    [(('corridors', 0, 'legs', 0, 'to'), "'calais' is also where the leg begins")]
    """
    own = list(_sound(document, ("places",), broken))
    places = _embedded_places()
    faults = [
        ((*path, "id"), f"'{place['id']}' is the id of an embedded place; choose another")
        for path, place in own
        if place["id"] in places
    ]
    faults += _doubles(own, "place")
    places = {**places, **{place["id"]: place for _, place in own}}
    corridors = list(_items(document, ("corridors",)))
    named = [(path, item) for path, item in corridors if isinstance(item.get("id"), str)]
    faults += _doubles(named, "corridor")
    legs = [found for path, _ in corridors for found in _sound(document, (*path, "legs"), broken)]
    faults += _doubles(legs, "leg")
    for path, leg in legs:
        faults += _leg_faults(path, leg, places)
    for path, _ in corridors:
        known = {leg["id"]: leg for leg_path, leg in legs if leg_path[: len(path)] == path}
        faults += _corridor_faults(document, path, known, broken)
    return faults


def _corridor_faults(
    document: dict[str, Any], path: _Path, known: dict[str, dict[str, Any]], broken: Sequence[_Path]
) -> Iterator[_Fault]:
    """List the faults of a corridor's routes and figures."""
    named = list(_items(document, (*path, "legs")))
    ids = {leg.get("id") for _, leg in named}
    for key, word in (("routes", "route"), ("figures", "figure")):
        items = list(_sound(document, (*path, key), broken))
        yield from _doubles(items, word)
        for item_path, item in items:
            for position, leg in enumerate(item["legs"] if item["legs"] != "all" else []):
                if leg not in ids:
                    yield (*item_path, "legs", position), f"'{leg}' is no leg of this corridor"
    for item_path, item in _sound(document, (*path, "routes"), broken):
        for position, (first, second) in enumerate(zip(item["legs"], item["legs"][1:], strict=False)):
            if first in known and second in known and known[first]["to"] != known[second]["from"]:
                end, start = known[first]["to"], known[second]["from"]
                where = (*item_path, "legs", position + 1)
                yield where, f"'{second}' begins at '{start}', but '{first}' ends at '{end}'"


def _leg_faults(path: _Path, leg: dict[str, Any], places: dict[str, dict[str, Any]]) -> Iterator[_Fault]:
    """List the faults of a leg."""
    stops: list[tuple[_Path, str]] = [((*path, "from"), leg["from"])]
    stops += [((*path, "via", position), stop) for position, stop in enumerate(leg.get("via") or [])]
    stops.append(((*path, "to"), leg["to"]))
    missing = [(where, _unknown_place(stop, places)) for where, stop in stops if stop not in places]
    yield from missing
    if leg["from"] == leg["to"]:
        yield (*path, "to"), f"'{leg['to']}' is also where the leg begins"
    if leg["mode"] == "sea":
        for where, stop in stops[1:-1]:
            if stop in places and places[stop]["kind"] in terms.CROSSING_KINDS:
                yield where, f"'{stop}' is a border crossing on land; a sea leg cannot pass it"
    elif not missing and not leg.get("geometry"):
        yield from _border_faults([(where, places[stop]) for where, stop in stops])
    if leg.get("geometry") and not missing:
        yield from _own_line_faults((*path, "geometry"), leg, places)


def _border_faults(stops: Sequence[tuple[_Path, dict[str, Any]]]) -> Iterator[_Fault]:
    """Check that each crossing of a land leg lies between the country before it and the country after it."""
    here: set[str] = set()  # empty: not known, because a place names no country
    for where, place in stops:
        countries = {code for code in (place["country_a"], place["country_b"]) if code}
        if here and countries and not here & countries:
            yield (
                where,
                f"'{place['id']}' is in {_or(countries)}, but the leg is in {_or(here)} there; "
                "name the crossing between them in via",
            )
        is_crossing = place["kind"] in terms.CROSSING_KINDS and len(countries) > 1
        passed = here & countries
        here = countries - passed if is_crossing and len(passed) == 1 else countries


def _own_line_faults(path: _Path, leg: dict[str, Any], places: dict[str, dict[str, Any]]) -> Iterator[_Fault]:
    """Check that a line of one's own has a length and begins and ends at the leg's places."""
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    line = leg["geometry"]
    if all(point == line[0] for point in line):
        yield path, "the line has no length"
        return
    for position, end in ((0, "from"), (len(line) - 1, "to")):
        place = places[leg[end]]
        gap_km = geod.inv(line[position][0], line[position][1], place["lon"], place["lat"])[2] / 1000
        if gap_km > LARGEST_OWN_GAP_KM:
            most = f"{LARGEST_OWN_GAP_KM:.0f} km is the most"
            yield (*path, position), f"the line is {gap_km:.0f} km from '{leg[end]}' there; {most}"


def _unknown_place(stop: str, places: dict[str, dict[str, Any]]) -> str:
    import difflib

    close = difflib.get_close_matches(stop, places, n=1)
    hint = f"; did you mean '{close[0]}'?" if close else ""
    return f"'{stop}' is no place of this file or of the embedded ones{hint}"


def _doubles(items: Iterable[tuple[_Path, dict[str, Any]]], word: str) -> list[_Fault]:
    """List items whose id an earlier one has."""
    seen: set[str] = set()
    faults: list[_Fault] = []
    for path, item in items:
        if item["id"] in seen:
            faults.append(((*path, "id"), f"'{item['id']}' is the id of an earlier {word}"))
        seen.add(item["id"])
    return faults


def _items(document: dict[str, Any], path: _Path) -> Iterator[tuple[_Path, dict[str, Any]]]:
    """Walk over the dicts of a list in a document that may be broken anywhere."""
    found: Any = document
    for part in path:
        if isinstance(part, str):
            found = found.get(part) if isinstance(found, dict) else None
        else:
            found = found[part] if isinstance(found, list) else None
    for position, item in enumerate(found if isinstance(found, list) else []):
        if isinstance(item, dict):
            yield (*path, position), item


def _sound(
    document: dict[str, Any], path: _Path, broken: Sequence[_Path]
) -> Iterator[tuple[_Path, dict[str, Any]]]:
    """Walk over the items of a list whose own form is sound."""
    for item_path, item in _items(document, path):
        if not any(fault[: len(item_path)] == item_path for fault in broken):
            yield item_path, _with_countries(item) if path == ("places",) else item


def _with_countries(place: dict[str, Any]) -> dict[str, Any]:
    return {"country_a": "", "country_b": "", **place}


def _embedded_places() -> dict[str, dict[str, Any]]:
    """Read the embedded places as plain dicts by id."""
    from geo.places import read_places

    table = read_places()
    table = table.assign(id=table.index, lon=table.geometry.x, lat=table.geometry.y)
    rows = table[["id", "kind", "country_a", "country_b", "lon", "lat"]].to_dict("records")
    return {row["id"]: row for row in rows}


def _or(countries: set[str]) -> str:
    return " or ".join(sorted(countries))
