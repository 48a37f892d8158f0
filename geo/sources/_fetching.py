"""From a source's name to its newest files (used through :mod:`geo.sources`)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urljoin, urlsplit

from geo import counts, fetch, terms
from geo.checks import check_choice, raise_faults
from geo.errors import FetchError, InvalidInputError
from geo.sources import _frames

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd

    from geo.fetch import Fetched

ADDRESSES: Final = "ROUTEWAYS_ADDRESSES"
"""Environment variable that names a file of addresses (:func:`read_addresses`)."""
_KINDS: Final = {
    str: "a text",
    list: "a list",
    dict: "names and values",
    int: "a whole number",
    dt.date: "a day",
}


def fetch_source(
    source: str,
    *,
    home: str | Path | None = None,
    offline: bool = False,
    addresses: Mapping[str, Any] | str | Path | None = None,
    query: Mapping[str, Any] | None = None,
    pause_s: float = 1.0,
    timeout_s: float = 30.0,
    total_s: float = 300.0,
) -> list[Fetched]:
    """Fetch the newest files of a source, politely; nothing is fetched twice that has not changed.

    Parameters
    ----------
    source : str
        Source id, see :func:`geo.sources.list_sources`.
    home : str or Path, optional
        Where files are kept, see :func:`geo.fetch.home_folder`.
    offline : bool
        Take the files that are held, and ask nobody.
    addresses : mapping or path, optional
        Addresses that have changed since this version, by the names in ``geo/data/sources.yaml`` (such as
        ``page`` or ``widgets``); or a file with those of several sources, see :func:`read_addresses`.
        Default: the file that the environment variable ``ROUTEWAYS_ADDRESSES`` names, if it does.
    query : mapping, optional
        What to ask an API for, instead of what ``geo/data/sources.yaml`` says: ``country`` (UNHCR portal),
        ``endpoint`` and its parameters (refugee statistics), dimensions and ``sinceTimePeriod`` (Eurostat).
    pause_s, timeout_s, total_s : float
        See :func:`geo.fetch.fetch`.

    Returns
    -------
    files : list of Fetched
        In the order in which :func:`read_fetched` lays them over each other.

    Raises
    ------
    FetchError
        If a host refuses or sends something else; the message says what to do by hand.
    InvalidInputError
        If the file of addresses cannot be read, or holds what is none.
    UnknownNameError
        If the source is not known.
    """
    check_choice(source, _frames.facts()["sources"], name="source")
    entry = _frames.facts()["sources"][source]
    changed = addresses if addresses is not None else os.environ.get(ADDRESSES) or {}
    if isinstance(changed, (str, Path)):
        changed = read_addresses(changed).get(entry["fetch"], {})
    told = {**_frames.facts()["fetch"][entry["fetch"]], **changed}
    usual = told.get("query", {})
    job = _Job(source, told, dict(usual.get(source, {}) if query is None else query), {
        "home": home, "offline": offline, "pause_s": pause_s, "timeout_s": timeout_s, "total_s": total_s,
        "allow_hosts": told.get("hosts", ()),
    })  # fmt: skip
    try:
        return _JOBS[entry["fetch"]](job)
    except FetchError as error:
        raise FetchError(f"{error}\nBy hand: {' '.join(str(entry['by_hand']).split())}") from None


def read_addresses(path: str | Path) -> dict[str, dict[str, Any]]:
    """Read a file of addresses that have changed, or that stand in for the publishers' own.

    Parameters
    ----------
    path : path
        YAML in the form of the part ``fetch`` of ``geo/data/sources.yaml``, with only what differs, such as
        ``frontex: {page: https://example.org/map/}``.

    Returns
    -------
    addresses : dict
        By the names of that part.

    Raises
    ------
    InvalidInputError
        If it cannot be read, or holds a name that the part does not; all are listed.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> page = pathlib.Path(tempfile.mkdtemp()) / "addresses.yaml"
    >>> _ = page.write_text("iom: {all: https://example.org/all.csv}")
    >>> read_addresses(page)
    {'iom': {'all': 'https://example.org/all.csv'}}
    """
    import yaml

    thing = f"addresses file '{path}'"
    try:
        told = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise InvalidInputError(f"Invalid {thing}. It cannot be read as YAML: {reason}.") from None
    known = _frames.facts()["fetch"]
    faults = []
    if not isinstance(told, dict):
        raise InvalidInputError(f"Invalid {thing}. It must hold names and addresses.")
    for name, entry in told.items():
        if name not in known:
            faults.append(f"'{name}' is not known; known: {', '.join(known)}")
        elif not isinstance(entry, dict):
            faults.append(f"'{name}' must hold names and addresses")
        else:
            faults += [
                f"{name}: '{key}' must be {_KINDS.get(type(known[name].get(key)), 'a name of this part')}"
                for key, value in entry.items()
                if key not in known[name] or type(value) is not type(known[name][key])
            ]
    raise_faults(thing, faults)
    return told


def fetched_together(source: str) -> list[str]:
    """Return the sources that come in the same files, the one itself among them.

    Raises
    ------
    UnknownNameError
        If the source is not known.

    Examples
    --------
    >>> fetched_together("home_office_weekly")
    ['home_office_daily', 'home_office_weekly']
    """
    entries = _frames.facts()["sources"]
    check_choice(source, entries, name="source")
    files = (entries[source]["fetch"], entries[source].get("dataset"))
    return [name for name, entry in entries.items() if (entry["fetch"], entry.get("dataset")) == files]


def read_fetched(files: Sequence[Fetched]) -> pd.DataFrame:
    """Read what :func:`fetch_source` returned into one table of tidy counts.

    Pages of the Home Office are laid over its time series; other files are joined.

    Raises
    ------
    InvalidInputError
        If no file is given, or one cannot be read.
    """
    from geo.sources import home_office_pages, read_source

    if not files:
        raise InvalidInputError("Invalid files. Give at least one.")
    tables = [
        read_source(
            file.path, source="unhcr" if file.source == "unhcr" else None, published=file.published or None
        )
        for file in files
    ]
    if files[0].source in {"home_office_daily", "home_office_weekly"}:
        laid = tables[0]
        for page in tables[1:]:
            laid = home_office_pages.overlay(laid, page)
        laid.attrs |= _origin(tables)
        return laid
    if len(tables) == 1:
        return tables[0]
    joined = counts.join_counts(*tables)
    joined.attrs |= {
        "source": " ".join(sorted(set(joined[terms.SOURCE]))),
        "sources": sorted(set(joined[terms.SOURCE])),
        "known_on": f"{joined[terms.KNOWN_ON].max():%Y-%m-%d}",
        "known_on_inferred": any(table.attrs["known_on_inferred"] for table in tables),
        **_origin(tables),
    }
    return joined


def _origin(tables: Sequence[pd.DataFrame]) -> dict[str, str]:
    return {
        "sha256": " ".join(table.attrs["sha256"] for table in tables),
        "file": ", ".join(table.attrs["file"] for table in tables),
    }


@dataclasses.dataclass(frozen=True)
class _Job:
    source: str
    told: dict[str, Any]
    query: dict[str, Any]
    limits: dict[str, Any]

    def get(self, url: str, kind: str, **other: Any) -> Fetched:  # noqa: ANN401 - passed on
        return fetch.fetch(url, kind=kind, source=self.source, **{**self.limits, **other})

    def ask(self, url: str) -> tuple[Any, Fetched]:
        """Fetch an index that leads to other files."""
        held = self.get(url, "json", name="index.json")
        try:
            return json.loads(held.path.read_text(encoding="utf-8")), held
        except ValueError as error:
            raise FetchError(f"Invalid answer of '{url}'. It is no JSON ({error}).") from None

    def allowed(self, url: str, base: str) -> bool:
        """Return whether an address that an index names may be asked."""
        return urlsplit(url).hostname in {urlsplit(base).hostname, *self.told.get("hosts", ())}


def _home_office(job: _Job) -> list[Fetched]:
    api = str(job.told["api"])
    index, _ = job.ask(api + job.told["time_series"])
    details = index.get("details", {}) if isinstance(index, dict) else {}
    links = [str(item.get("url", "")) for item in details.get("attachments", []) if isinstance(item, dict)]
    found = [link for link in links if re.search(r"time[_ -]series[^/]*\.ods$", link, re.IGNORECASE)]
    if len(found) != 1 or not job.allowed(found[0], api):
        raise FetchError(
            f"Invalid index '{api + job.told['time_series']}'. It names {len(found)} time series, not one."
        )
    series = job.get(found[0], "ods")
    printed = _frames.date_in_name(series.path.name)
    published = printed.isoformat() if printed else str(index.get("public_updated_at", ""))[:10]
    files = [dataclasses.replace(series, published=published)]
    pages = [job.get(api + job.told[page], "json", name=f"{page}.json") for page in ("last_7_days", "weekly")]
    return [*files, *pages]


def _home_office_detailed(job: _Job) -> list[Fetched]:
    api = str(job.told["api"])
    index, _ = job.ask(api + job.told["hub"])
    text = json.dumps(index, ensure_ascii=False)
    links = re.findall(r"https?://[^\s\"'<>\\]+", text)
    found = [link for link in dict.fromkeys(links) if re.search(job.told["asset"], link, re.IGNORECASE)]
    found = [link for link in found if job.allowed(link, api)]
    if not found:
        raise FetchError(
            f"Invalid index '{api + job.told['hub']}'. It names no detailed dataset of these arrivals."
        )
    return [job.get(found[0], "ods" if found[0].lower().endswith(".ods") else "xlsx")]


def _frontex(job: _Job) -> list[Fetched]:
    page = str(job.told["page"])
    held = job.get(page, "html", name="page.html")
    text = held.path.read_text(encoding="utf-8", errors="replace")
    found = {match.groups(): match[0] for match in re.finditer(job.told["link"], text)}
    if not found:
        raise FetchError(f"Invalid page '{page}'. It links no monthly workbook: it has moved.")
    return [job.get(urljoin(page, found[max(found)]), "xlsx")]


def _italy(job: _Job) -> list[Fetched]:
    return [job.get(url, "csv") for url in job.told["files"]]


def _unhcr(job: _Job) -> list[Fetched]:
    places = _frames.source_facts_cached("unhcr")["places"]
    country = check_choice(str(job.query.get("country", "Italy")), job.told["widgets"], name="country")
    asked = {
        "widget_id": job.told["widgets"][country],
        "geo_id": places[country]["geo_id"],
        "sv_id": job.told["sv_id"],
        "population_group": job.told["population_group"],
        "frequency": job.query.get("frequency", "month"),
        "fromDate": job.query.get("fromDate", job.told["from_date"]),
    }
    try:
        file = job.get(f"{job.told['timeseries']}?{urlencode(asked)}", "json", name=f"unhcr_{country}.json")
    except FetchError as error:
        raise FetchError(
            f"{error}\nThe widget of {country} was {asked['widget_id']} on {job.told['widgets_read']}; "
            "widgets change each year: look for widget_id in the page of the country, and pass "
            "addresses={'widgets': {…}}."
        ) from None
    return [dataclasses.replace(file, published=file.retrieved[:10])]


def _unhcr_statistics(job: _Job) -> list[Fetched]:
    query = {"limit": 10_000, "cf_type": "ISO", **job.query}
    endpoint = check_choice(
        str(query.pop("endpoint", "asylum-applications")),
        ["asylum-applications", "population"],
        name="endpoint",
    )
    url = f"{job.told['api']}/{endpoint}/?{urlencode(query, doseq=True)}"
    return [job.get(url, "json", name=f"{endpoint}.json")]


def _iom(job: _Job) -> list[Fetched]:
    return [job.get(str(job.told["all"]), "csv")]


def _eurostat(job: _Job) -> list[Fetched]:
    dataset = _frames.source_facts_cached(job.source)["dataset"]
    query = {"format": "JSON", "lang": "EN", **job.query}
    url = f"{job.told['api']}/{dataset}?{urlencode(query, doseq=True)}"
    return [job.get(url, "json", name=f"{dataset}.json")]


_JOBS: Final[dict[str, Callable[[_Job], list[Fetched]]]] = {
    "home_office": _home_office,
    "home_office_detailed": _home_office_detailed,
    "frontex": _frontex,
    "italy": _italy,
    "unhcr": _unhcr,
    "unhcr_refugee_statistics": _unhcr_statistics,
    "iom": _iom,
    "eurostat": _eurostat,
}
