"""Route definitions: what a corridor is, read from readable files and held to one form.

A definition file holds corridors as small directed graphs of named legs between places, in YAML or JSON
(``geo/data/schemas/routes.schema.json``). The embedded corridors have the same form as a user's own.
Nothing here draws a line: geometry is made by :mod:`geo.legs` and gathered by :mod:`geo.routes`.
"""

from __future__ import annotations

import functools
import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from geo import checks
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

SCHEMA_VERSION = 1
"""Version of the form of definition files."""

_Definition = dict[str, Any]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # the C loader where it is built in
    """YAML with true and false only, so that the country code NO stays a text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if not (tag.endswith(":bool") and first not in "tTfF")]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}


def read_definitions(
    corridors: str | Iterable[str] | None = None, *, routes: str | os.PathLike[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Read the definitions of corridors, without geometry.

    Parameters
    ----------
    corridors : str or iterable of str, optional
        One id or several. Default: all corridors of the file given as `routes`, or else all embedded ones.
    routes : path, optional
        A definition file of one's own, YAML or JSON. Its corridors are used instead of the embedded ones,
        except ids in `corridors` that only the embedded files hold.

    Returns
    -------
    definitions : dict of dict
        By corridor id, in the order asked for. Every key of the form is present: ``id``, ``title``,
        ``summary``, ``names``, ``mode_words``, ``headline`` (None where there is none), ``caption``,
        ``beside``, ``notes``, ``figures`` (``legs: all`` written out), ``legs``, ``routes``, and of the file
        ``places`` (its own places) and ``file`` (its path, None if embedded). The dicts are the caller's own.

    Raises
    ------
    UnknownNameError
        If an id is in neither the file nor the embedded corridors.
    InvalidInputError
        If the file breaks the form or contradicts itself: one error with every fault and its path.

    Examples
    --------
    >>> definitions = read_definitions("channel")
    >>> definitions["channel"]["title"], definitions["channel"]["headline"]["source"]
    ('English Channel', 'home_office_daily')
    """
    own = _read_file(Path(routes)) if routes is not None else {}
    wanted = [corridors] if isinstance(corridors, str) else None if corridors is None else list(corridors)
    if wanted is None:
        wanted = list(own) if routes is not None else list(_embedded_ids())
    chosen: dict[str, _Definition] = {}
    for corridor in wanted:
        if corridor in own:
            chosen[corridor] = own[corridor]
            continue
        checks.check_choice(corridor, {*own, *_embedded_ids()}, name="corridor")
        chosen[corridor] = _read_embedded(corridor)
    _check_unique_legs(chosen)
    return {corridor: json.loads(json.dumps(found)) for corridor, found in chosen.items()}


def _check_unique_legs(chosen: dict[str, _Definition]) -> None:
    """Refuse leg ids that two of the chosen corridors share."""
    seen: dict[str, str] = {}
    faults = []
    for corridor, definition in chosen.items():
        for leg in definition["legs"]:
            if leg["id"] in seen:
                both = f"corridor '{seen[leg['id']]}' and by '{corridor}'"
                faults.append(f"leg id '{leg['id']}' is used by {both}")
            seen.setdefault(leg["id"], corridor)
    checks.raise_faults("choice of corridors", faults)


@functools.cache
def _embedded_ids() -> tuple[str, ...]:
    return tuple(yaml.safe_load(_read_data("routes", "index.yaml")))


@functools.cache
def _read_embedded(corridor: str) -> _Definition:
    """Read an embedded corridor; the tests hold these files to the form, so it is not done on each use."""
    name = f"{corridor}.yaml"
    return _normalise(_parse(_read_data("routes", name), name=name), file=None)[corridor]


def _read_data(*parts: str) -> str:
    return resources.files("geo").joinpath("data", *parts).read_text(encoding="utf-8")


def _read_file(path: Path) -> dict[str, _Definition]:
    """Read and check a file of one's own."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "It is not UTF-8 text"
        raise InvalidInputError(f"Invalid routes file '{path}'. It cannot be read: {reason}.") from error
    document = _parse(text, name=str(path))
    checks.raise_faults(f"routes file '{path}'", check_document(document))
    return _normalise(document, file=str(path))


def _parse(text: str, *, name: str) -> Any:  # noqa: ANN401 - whatever the file held
    """Parse JSON or YAML."""
    try:
        if name.lower().endswith(".json"):
            return json.loads(text)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader with fewer words for true and false
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}: {error.msg}"
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        where = f"line {mark.line + 1}, column {mark.column + 1}: {problem}" if mark else problem
    raise InvalidInputError(f"Invalid routes file '{name}'. It is no YAML or JSON: {where}.")


def check_document(document: Any) -> list[str]:  # noqa: ANN401 - whatever the file held
    """List every fault of a definition document: of its form first, then of its sense.

    Parameters
    ----------
    document : object
        What a YAML or JSON file held.

    Returns
    -------
    faults : list of str
        One sentence per fault, each beginning with its path such as ``corridors[0].legs[3].from``.

    Examples
    --------
    >>> check_document({"schema_version": 1})
    ["top level: 'corridors' is a required property"]
    """
    import jsonschema

    from geo.definition_checks import list_contradictions

    errors = list(jsonschema.Draft202012Validator(_schema()).iter_errors(document))
    broken = [tuple(error.absolute_path) for error in errors]
    faults = [f"{_path_text(error.absolute_path)}: {_form_fault(error)}" for error in errors]
    if isinstance(document, dict):
        faults += [f"{_path_text(path)}: {fault}" for path, fault in list_contradictions(document, broken)]
    return list(dict.fromkeys(faults))


def _form_fault(error: Any) -> str:  # noqa: ANN401 - jsonschema's error
    """Say in one short sentence what of the form is broken."""
    if error.validator == "oneOf":
        return "write 'all' or a list of leg ids, each once"
    if error.validator == "const" and "description" in error.schema:
        return f"'{error.instance}' must be {error.schema['description']}"
    if error.validator == "pattern":
        rule = error.schema.get("description") or "letters, digits, _ and - only, no space"
        return f"'{error.instance}' does not have the form ({rule})"
    text = str(error.message)
    return text if len(text) <= 160 else f"{text[:80]} … {text[-70:]}"


def _path_text(path: Iterable[str | int]) -> str:
    """Write a path as ``corridors[0].legs[3].from``.

    >>> _path_text(["corridors", 0, "legs", 3, "from"])
    'corridors[0].legs[3].from'
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "top level"


@functools.cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(_read_data("schemas", "routes.schema.json"))
    return schema


def _normalise(document: dict[str, Any], *, file: str | None) -> dict[str, _Definition]:
    """Write out every key of every corridor."""
    places = [_normal_place(place) for place in document.get("places") or []]
    return {
        corridor["id"]: {**_normal_corridor(corridor), "places": places, "file": file}
        for corridor in document["corridors"]
    }


def _normal_place(place: dict[str, Any]) -> dict[str, Any]:
    defaults = {"country_b": "", "verified": "approximate", "source": "own file"}
    return {**defaults, **place}


def _normal_corridor(corridor: dict[str, Any]) -> _Definition:
    headline = corridor.get("headline")
    legs = [_normal_leg(leg, counted=headline is not None) for leg in corridor["legs"]]
    everyone = [leg["id"] for leg in legs]
    figures = [
        {"basis": "", "place": "", **figure, "legs": everyone if figure["legs"] == "all" else figure["legs"]}
        for figure in corridor.get("figures") or []
    ]
    return {
        "id": corridor["id"],
        "title": corridor["title"],
        "summary": corridor.get("summary", ""),
        "names": corridor.get("names") or {},
        "mode_words": corridor.get("mode_words") or {},
        "headline": _normal_series(headline) if headline else None,
        "caption": corridor.get("caption", ""),
        "beside": [_normal_series(series) for series in corridor.get("beside") or []],
        "notes": list(corridor.get("notes") or []),
        "figures": figures,
        "legs": legs,
        "routes": corridor.get("routes") or [],
    }


def _normal_series(series: dict[str, Any]) -> dict[str, Any]:
    return {"basis": "", "label": "", **series}


def _normal_leg(leg: dict[str, Any], *, counted: bool) -> dict[str, Any]:
    """Write out a leg; where the file does not say, a headline series is taken to see it."""
    defaults: dict[str, Any] = {"via": [], "title": "", "counted": counted, "note": "", "geometry": None}
    return {**defaults, **leg}


def own_places(definitions: dict[str, dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """List the own places of the files behind some definitions, each once.

    Examples
    --------
    >>> own_places(read_definitions("channel"))
    []
    """
    found = {place["id"]: place for definition in definitions.values() for place in definition["places"]}
    return list(found.values())
