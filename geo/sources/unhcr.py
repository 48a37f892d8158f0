"""UNHCR Operational Data Portal: time series (JSON, or CSV with ``export=csv``) and sublocations (JSON)."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from geo import terms
from geo.sources import _frames, _parse

if TYPE_CHECKING:
    import pandas as pd

    from geo.sources._files import SourceFile

SOURCES: Final = ("unhcr",)
_CSV_HEAD: Final = ["date", "individuals"]
_SEA: Final = "4797"


def recognise(file: SourceFile) -> bool:
    """Return whether the file is an answer of the portal."""
    if file.kind == "csv":
        lines = file.data[:2000].decode("utf-8", "replace").lstrip("\ufeff").splitlines()[:3]
        return any([_parse.fold(cell) for cell in line.split(";")][:2] == _CSV_HEAD for line in lines)
    if file.kind != "json":
        return False
    told = file.data[:4000].decode("utf-8", "replace")
    return '"individuals"' in told and ('"timeseries"' in told or '"geomaster_name"' in told)


def read(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read arrivals by sea per month or day, or running totals by country.

    The time series does not say its country: it is taken from the address that the file was fetched from,
    from ``scope``, or from the file's name; else the file is refused.

    Raises
    ------
    InvalidInputError
        If the country or the first day of running totals is not known, or a value is no count.
    """
    reading = _parse.Reading(f"file '{file.name}'")
    if file.kind == "json" and isinstance(_data(file), list):
        return _read_places(file, options, reading)
    country = _country(file, options)
    entries = _csv_entries(file, reading) if file.kind == "csv" else _json_entries(file, reading)
    reading.close()
    return _read_series(file, options, reading, country, entries)


def _data(file: SourceFile) -> Any:  # noqa: ANN401 - whatever JSON holds
    told = file.json
    return told.get("data") if isinstance(told, dict) else None


def _places() -> dict[str, dict[str, Any]]:
    places: dict[str, dict[str, Any]] = _frames.source_facts_cached("unhcr")["places"]
    return places


def _country(file: SourceFile, options: _frames.Options) -> str:
    """Return the country of a time series; a guess would put people on another route."""
    query = parse_qs(urlsplit(options.url).query)
    for name, facts in _places().items():
        if query.get("geo_id") == [str(facts["geo_id"])]:
            return name
    if options.scope:
        if options.scope not in _places():
            raise file.fail(f"Its scope '{options.scope}' is none of: {', '.join(sorted(_places()))}.")
        return options.scope
    words = _parse.fold(file.name).split()
    if file.kind == "csv":
        words += _parse.fold(file.text.lstrip().splitlines()[0]).split()
    found = [name for name in _places() if name.lower() in words]
    if len(found) == 1:
        return found[0]
    raise file.fail("It does not say which country it is about; say it with scope, such as scope='Italy'.")


Entry = tuple[str, dt.date, dt.date, float]


def _json_entries(file: SourceFile, reading: _parse.Reading) -> list[Entry]:
    data = _data(file)
    series = data.get("timeseries") if isinstance(data, dict) else None
    if not isinstance(series, list):
        raise file.fail("It holds no data.timeseries.")
    entries = []
    for number, item in enumerate(series, start=1):
        where = f"data.timeseries[{number - 1}]"
        if not isinstance(item, dict):
            reading.fault(where, "is no record")
            continue
        try:
            value = _parse.count(_bare(item.get("individuals")), missing=("-",))
            if "data_date" in item:
                day = _parse.day(str(item["data_date"])[:10])
                entries.append((where, day, day, value))
            else:
                year, month = _parse.count(item.get("year")), _parse.count(item.get("month"))
                entries.append((where, *_month(int(year), int(month)), value))
        except ValueError as error:
            reading.fault(where, str(error))
    return entries


def _bare(value: object) -> object:
    """Return a value that may be a number written as text; true and false are none."""
    return value.strip() if isinstance(value, str) else value


def _month(year: int, month: int) -> tuple[dt.date, dt.date]:
    first = _frames.source_facts_cached("unhcr")["first_day"].year
    if not (1 <= month <= 12 and first <= year <= _parse.LAST_YEAR):
        raise ValueError(f"'{year}-{month:02d}' is no month from {first} on")
    return dt.date(year, month, 1), _parse.month_end(year, month)


def _csv_entries(file: SourceFile, reading: _parse.Reading) -> list[Entry]:
    rows = [line.split(";") for line in file.text.splitlines()]
    head = next(
        index for index, row in enumerate(rows[:3]) if [_parse.fold(cell) for cell in row[:2]] == _CSV_HEAD
    )
    entries = []
    for index, row in enumerate(rows[head + 1 :], start=head + 2):
        cells = [cell.strip().strip('"') for cell in row]
        if not any(cells):
            continue
        where = f"line {index}"
        if len(cells) != len(rows[head]):
            reading.fault(where, f"has {len(cells)} cells, the header {len(rows[head])}")
            continue
        try:
            value = _parse.count(cells[1], missing=("-",))
            if match := re.fullmatch(r"(\d{4})-(\d{1,2})|(\d{1,2})[/-](\d{4})", cells[0], re.ASCII):
                year, month = (match[1], match[2]) if match[1] else (match[4], match[3])
                entries.append((where, *_month(int(year), int(month)), value))
            else:
                day = _parse.day(cells[0])
                entries.append((where, day, day, value))
        except ValueError as error:
            reading.fault(where, str(error))
    if entries and all(start == end and start.day == 1 for _, start, end, _ in entries):
        entries = [
            (where, start, _parse.month_end(start.year, start.month), value)
            for where, start, _, value in entries
        ]
    return entries


def _read_series(
    file: SourceFile, options: _frames.Options, reading: _parse.Reading, country: str, entries: list[Entry]
) -> pd.DataFrame:
    corridor = _places()[country]["corridor"]
    kinds = {start == end for _, start, end, _ in entries}
    if len(kinds) > 1:
        reading.fault("data", "mixes days and months")
    starts = [start for _, start, _, _ in entries]
    for (before, after), entry in zip(pairwise(starts), entries[1:], strict=True):
        if after <= before:
            reading.fault(entry[0], f"'{after}' does not come after '{before}'")
    first = _frames.source_facts_cached("unhcr")["first_day"]
    for where, start, _, _ in entries:
        if start < first:
            reading.fault(where, f"'{start}' lies before {first}")
    reading.close()
    begin, last = max(((start, end) for _, start, end, _ in entries), default=(first, first))
    reached = options.published
    partial = reached is not None and begin <= reached <= last and begin != last
    known_on, inferred = _frames.publication(file, options, None, last)
    records = [
        _row(
            corridor,
            country,
            start,
            reached if partial and start == begin and reached else end,
            value,
            flag=_frames.flags(
                "partial" if partial and start == begin else "",
                "preliminary" if start == begin and begin != last else "",
            ),
        )
        for _, start, end, value in entries
    ]
    return _frames.finish(records, file=file, reading=reading, known_on=known_on, inferred=inferred)


def _read_places(file: SourceFile, options: _frames.Options, reading: _parse.Reading) -> pd.DataFrame:
    """Read sums since a first day by country, each with a last day of its own."""
    query = parse_qs(urlsplit(options.url).query)
    since = options.since or _frames.as_date(query.get("fromDate", [""])[0], name="fromDate")
    if since is None:
        raise file.fail("Its values are sums since a day that it does not state; say it with since.")
    records = []
    for number, item in enumerate(_data(file)):
        where = f"data[{number}]"
        try:
            value, day = _running_total(item, since)
        except ValueError as error:
            reading.fault(where, str(error))
            continue
        name, group = str(item.get("geomaster_name")), str(item.get("population_group_id", _SEA))
        if name not in _places() or group not in {_SEA, "None"}:
            reading.drop(f"not arrivals by sea in a country of these routes: {name}, group {group}", value)
            continue
        records.append(
            _row(_places()[name]["corridor"], name, since, day, value, flag="cumulative")
            | {terms.KNOWN_ON: options.published or day + dt.timedelta(days=1)}
        )
        if options.published is None:
            records[-1][terms.FLAG] = _frames.flags(records[-1][terms.FLAG], _frames.INFERRED)
    return _frames.finish(records, file=file, reading=reading)


def _running_total(item: object, since: dt.date) -> tuple[float, dt.date]:
    """Return people and the last day of a record; ValueError where it has none."""
    told = item if isinstance(item, dict) else {}
    value = _parse.count(_bare(told.get("individuals")), missing=("-",))
    day = _parse.day(str(told.get("date"))[:10])
    if day < since:
        raise ValueError(f"its date {day} lies before {since}")
    return value, day


def _row(
    corridor: str, country: str, start: dt.date, end: dt.date, value: float, *, flag: str
) -> dict[str, Any]:
    return _frames.rows_of(
        "unhcr",
        "arrival",
        corridor=corridor,
        scope=country,
        period_start=start,
        period_end=end,
        value=value,
        flag=flag,
        native_label=_frames.source_facts_cached("unhcr")["native_labels"][corridor],
    )
