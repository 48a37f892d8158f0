"""The catalogue of series and the table of contents of the embedded data; used through :mod:`geo.counts`."""

from __future__ import annotations

import copy
import fnmatch
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from geo import terms

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

DATA: Final[Traversable] = files("geo") / "data"
_NOUNS: Final = {
    "persons": ("person", "people"),
    "persons dead or missing": ("person", "people"),
    "persons, estimated": ("person (estimate)", "people (estimate)"),
    "persons, repeated": ("person, each time", "people, each time"),
    "persons prevented": ("prevention of a person", "preventions of people"),
    "detections": ("detection", "detections"),
    "registrations": ("registration", "registrations"),
    "applications": ("application for asylum", "applications for asylum"),
    "persons returned": ("person", "people"),
    "persons on the day": ("person", "people"),
    "intentions": ("intention to seek asylum", "intentions to seek asylum"),
    "entries": ("irregular entry", "irregular entries"),
    "attempts": ("attempt", "attempts"),
    "boats": ("boat", "boats"),
    "events": ("event", "events"),
}
_DEEDS: Final = {
    "arrival": ("arrived", "arrived", "had arrived"),
    "dead_missing": ("died or went missing", "died or went missing", "had died or gone missing"),
    "return": ("were returned", "was returned", "had been returned"),
    "boat": ("arrived", "arrived", "had arrived"),
}
_COUNTED: Final = ("were counted", "was counted", "had been counted")


@cache
def _load(name: str) -> Any:  # noqa: ANN401 - whatever a YAML file holds
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - a safe loader


def _fallback(source: str, measure: str | None) -> dict[str, Any]:
    """Return what can be said of a series that the catalogue does not know."""
    known = terms.MEASURES.get(measure or "")
    singular, plural = _NOUNS.get(known.unit, ("count", "counts")) if known else ("count", "counts")
    past, past_singular, pluperfect = _DEEDS.get(measure or "", _COUNTED)
    meaning = known.meaning if known else (measure or "counts").replace("_", " ")
    return {
        "title": source,
        "publisher": source,
        "url": "",
        "licence": "",
        "licence_url": "",
        "attribution": f"Source: {source}.",
        "frequency": "",
        "day_boundary": "not stated",
        "lag_days": 0,
        "preliminary_periods": 0,
        "caveat": f"{known.caveat[:1].upper()}{known.caveat[1:]}." if known else "",
        "known_faults": [],
        "reported_by": [],
        "basis": "",
        "wording": {
            "singular": singular,
            "plural": plural,
            "past": past,
            "past_singular": past_singular,
            "pluperfect": pluperfect,
            "label": f"{meaning[:1].upper()}{meaning[1:]}, {source}",
        },
    }


def series_info(source: str, measure: str | None = None) -> dict[str, Any]:
    """Describe a series: who publishes it, how to read it, and how to put its figures into words.

    Parameters
    ----------
    source : str
        Source id, such as ``home_office_daily``. One that the catalogue does not know gets a generic
        description.
    measure : str, optional
        Measure code. Left out, what holds for the whole source is returned, with the words of its first
        measure.

    Returns
    -------
    info : dict
        Keys ``source``, ``measure``, ``measures``, ``unit``, ``basis``, ``title``, ``publisher``, ``url``,
        ``licence``, ``licence_url``, ``attribution``, ``frequency``, ``day_boundary``, ``lag_days`` (days),
        ``preliminary_periods``, ``caveat``, ``known_faults``, ``reported_by``, ``catalogued`` and ``wording``
        (``singular``, ``plural``, ``past``, ``past_singular``, ``pluperfect``, ``label``: English message
        ids).

    Examples
    --------
    >>> info = series_info("frontex", "detection_entry")
    >>> info["wording"]["plural"], info["wording"]["past"], info["lag_days"]
    ('detections', 'were recorded', 45)
    >>> series_info("my own tally", "arrival")["wording"]["label"]
    'People who reached the territory or were brought ashore, my own tally'
    """
    entry = _load("series.yaml")["sources"].get(source)
    measures = list(entry["measures"]) if entry else []
    chosen = measure or (measures[0] if measures else None)
    info = _fallback(source, chosen)
    if entry:
        info |= {key: value for key, value in entry.items() if key != "measures"}
        info |= entry["measures"].get(chosen, {})
    known = terms.MEASURES.get(chosen or "")
    info |= {
        "source": source,
        "measure": chosen or "",
        "measures": measures,
        "unit": known.unit if known else "",
        "catalogued": entry is not None and chosen in measures,
    }
    return copy.deepcopy(info)


def catalogued_sources() -> list[str]:
    """Return the ids of all sources in the catalogue, in its order."""
    return list(_load("series.yaml")["sources"])


def read_contents() -> list[dict[str, Any]]:
    """Read the table of contents of the embedded data.

    Returns
    -------
    contents : list of dict
        One entry per file below ``geo/data``, by path: ``path``, ``title``, ``publisher``, ``url``,
        ``licence``, ``published`` (a date as text, or None and the reason in ``published_note``),
        ``known_faults``, ``rows``, ``rows_are`` (what a row is, or "" where the file has none) and
        ``sha256``.

    Examples
    --------
    >>> [entry["rows"] for entry in read_contents() if entry["path"] == "counts/frontex.csv"]
    [630]
    """
    contents = _load("contents.yaml")
    return describe(contents["described"], contents["files"])


def describe(described: dict[str, Any], files_: dict[str, Any]) -> list[dict[str, Any]]:
    """Join what is written by hand about files, by path or pattern, with what was measured of each.

    Parameters
    ----------
    described : dict
        By path or pattern; an exact path wins, then the first pattern. ``series`` stands for what the series
        catalogue says of a source (and ``measure``).
    files_ : dict
        Rows, rows_are and sha256, by path.

    Returns
    -------
    contents : list of dict
        By path, as :func:`read_contents` returns it.

    Examples
    --------
    >>> describe({"a/*.csv": {"title": "tables"}}, {"a/b.csv": {"rows": 3}})
    [{'path': 'a/b.csv', 'title': 'tables', 'rows': 3}]
    """
    found = []
    for path, measured in sorted(files_.items()):
        entry: dict[str, Any] = described.get(path) or next(
            (about for pattern, about in described.items() if fnmatch.fnmatchcase(path, pattern)), {}
        )
        taken: dict[str, Any] = {}
        if "series" in entry:
            info = series_info(entry["series"], entry.get("measure"))
            taken = {key: info[key] for key in ("title", "publisher", "url", "licence", "known_faults")}
        published = {"published": str(entry["published"])} if entry.get("published") else {}
        found.append(copy.deepcopy({"path": path} | taken | entry | published | measured))
    return found
