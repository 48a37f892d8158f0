"""IOM Missing Migrants Project: a list of incidents, summed to months by corridor on load.

Coordinates are generalised to a cell of 1°; links, place names, information sources and survivors' details
are never kept. An imprecise date never becomes a day: month and year stand in columns of their own.
"""

from __future__ import annotations

import calendar
import datetime as dt
import difflib
import math
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.sources import _frames, _parse

if TYPE_CHECKING:
    from geo.sources._files import Grid, SourceFile

SOURCES: Final = ("iom_missing_migrants",)
INCIDENT_COLUMNS: Final = (
    "event", "month", "corridor", "dead", "missing", "dead_missing", "survivors", "cause", "region",
    "cell_lat", "cell_lon", "source_quality",
)  # fmt: skip
_DATE_WORDS: Final = re.compile(r"[A-Za-z0-9?.,:/ –-]*", re.ASCII)
_POINT: Final = re.compile(r"POINT ?\( ?(-?[\d.]+) (-?[\d.]+) ?\)", re.ASCII)
_OF_CORRIDORS: Final = re.compile(
    r"\bbalkan|\benglish channel\b|\bcentral med|\bto (the )?(uk|united kingdom|great britain)\b"
)
_PAIR: Final = re.compile(r"(-?\d+(?:\.\d+)?) ?, ?(-?\d+(?:\.\d+)?)", re.ASCII)


class _CellError(ValueError):
    """A cell that breaks a rule, with the key of its column."""

    def __init__(self, key: str, rule: str) -> None:
        super().__init__(rule)
        self.key = key


def recognise(file: SourceFile) -> bool:
    """Return whether the file is a list of incidents of this project."""
    if file.kind == "csv":
        head = file.data[:3000].decode("utf-8", "replace").splitlines()
        words = {_parse.fold(cell) for cell in (head[0].split(",") if head else ())}
    elif file.kind == "xlsx" and file.sheets:
        words = {_parse.fold(cell) for row in file.grid(file.sheets[0]).rows[:3] for cell in row}
    else:
        return False
    ids = {"main id", "web id", "webid", "incident id"} & words
    told = {"number dead", "number of dead", "total number of dead and missing", "cause of death"} & words
    return bool(ids and told)


def read(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read incidents and add them up by corridor and month.

    A month without an incident inside the range of the file is a recorded 0; the month of the last incident
    is partial.

    Raises
    ------
    InvalidInputError
        If a column lacks, or a row that concerns a corridor has no month or no count.
    """
    reading = _parse.Reading(f"file '{file.name}'")
    incidents, first, last, stated = _incidents(file, reading)
    reading.close()
    known_on, inferred = _frames.publication(file, options, None, last)
    labels = _frames.source_facts_cached(SOURCES[0])["labels"]
    sums = incidents.groupby(["corridor", "month"])["dead_missing"].sum()
    records = []
    for month in pd.period_range(first, last, freq="M"):
        start, end = month.start_time.date(), month.end_time.date()
        partial = end > last or (end == last and not stated)
        for corridor, label in labels.items():
            records.append(
                _frames.rows_of(
                    SOURCES[0],
                    "dead_missing",
                    corridor=corridor,
                    period_start=start,
                    period_end=last if partial else end,
                    value=float(sums.get((corridor, str(month)), 0.0)),
                    qualifier="at least",
                    flag="partial" if partial else "",
                    native_label=label,
                )
            )
    return _frames.finish(records, file=file, reading=reading, known_on=known_on, inferred=inferred)


def read_incidents(path: str) -> pd.DataFrame:
    """Read incidents, generalised as in :func:`geo.counts.read_incidents`: for statistics, never shown.

    Parameters
    ----------
    path : path
        CSV or XLSX of the project.

    Returns
    -------
    incidents : DataFrame
        One row an event: ``event`` (a number without meaning), ``month`` (``2026-01``), ``corridor``,
        ``dead``, ``missing``, ``dead_missing``, ``survivors`` (persons), ``cause``, ``region``,
        ``cell_lat``, ``cell_lon`` (the south-west corner of a 1° cell, degrees), ``source_quality``.

    Raises
    ------
    InvalidInputError
        As :func:`read`.
    """
    from geo.sources._files import SourceFile

    file = SourceFile(path)
    reading = _parse.Reading(f"file '{file.name}'")
    incidents, *_ = _incidents(file, reading)
    reading.close()
    incidents.attrs["ledger"] = reading.entries()
    return incidents


def _incidents(file: SourceFile, reading: _parse.Reading) -> tuple[pd.DataFrame, dt.date, dt.date, bool]:
    """Return generalised incidents, first and last day of the file, whether a row states the last."""
    grid = file.table if file.kind == "csv" else file.grid(file.sheets[0])
    aliases = _frames.source_facts_cached(SOURCES[0])["columns"]
    header = _parse.find_header(grid, [*aliases["main"], *aliases["incident"]], within=3)
    optional = (
        "incident",
        "kind",
        "survivors",
        "cause",
        "region",
        "coordinates",
        "quality",
        "main",
        "total",
        "dead",
    )
    columns = _parse.find_columns(grid, header, aliases, optional=optional)
    if "total" not in columns and "dead" not in columns:
        reading.fault(
            grid.at(header), "column 'Total Number of Dead and Missing' or 'Number Dead' is missing"
        )
    if "main" not in columns and "incident" not in columns:
        reading.fault(grid.at(header), "column 'Main ID' or 'Incident ID' is missing")
    reading.close()
    events: dict[tuple[str, str], dict[str, Any]] = {}
    seen: dict[str, str] = {}
    months: list[tuple[int, int]] = []
    days: list[dt.date] = []
    for index in range(header + 1, len(grid.rows)):
        row = grid.rows[index]
        if all(_parse.is_blank(cell) for cell in row):
            continue
        if file.kind == "csv" and len(row) != len(grid.rows[header]):
            reading.fault(grid.at(index), f"has {len(row)} cells, the header {len(grid.rows[header])}")
            continue
        told = _event(grid, index, columns, reading, seen)
        if told is None:
            continue
        months.append(told.pop("when"))
        if told["day"]:
            days.append(told["day"])
        if told.pop("keep"):
            _merge(events, told)
    if not months and not reading.faults:
        reading.fault(grid.thing, "holds no incident")
    reading.close()
    for told in events.values():
        if told["dead_missing"] < 0:
            reading.drop("corrections without what they correct: counted as 0", told["dead_missing"])
            told["dead_missing"] = 0.0
    first = dt.date(*min(months), 1)
    newest = max(months)
    last = max((day for day in days if (day.year, day.month) == newest), default=None)
    return _frame(events), first, last or _parse.month_end(*newest), last is not None


def _event(
    grid: Grid, index: int, columns: dict[str, int], reading: _parse.Reading, seen: dict[str, str]
) -> dict[str, Any] | None:
    """Return one row, generalised; ``keep`` says whether it counts for a corridor."""
    cells = {}
    for key, column in columns.items():
        try:
            cells[key] = _parse.cell_of(grid, index, column)
        except ValueError as error:
            reading.fault(grid.at(index, str(grid.rows[0][column])), str(error))
            return None
    identity = str(cells.get("incident") or cells.get("main") or "").strip()
    told: dict[str, Any] = {"main": str(cells.get("main") or identity), "keep": False}
    try:
        told["when"], told["day"] = _when(cells)
        told |= _persons(cells)
        corridors = _corridors(cells["route"])
    except _CellError as error:
        reading.fault(grid.at(index, str(grid.rows[0][columns[error.key]])), str(error))
        return None
    except ValueError as error:
        reading.fault(grid.at(index), str(error))
        return None
    if not identity:
        reading.fault(grid.at(index), "has no id")
    elif identity in seen:
        if seen[identity] != repr(cells):
            reading.fault(grid.at(index), f"the id '{identity}' stands twice, with different cells")
        else:
            reading.drop("said twice", told["dead_missing"])
        return None
    seen[identity] = repr(cells)
    if not corridors:
        label = str(cells["route"]).strip() or "none given"
        reading.drop(f"on a route that is no corridor here: {label}", told["dead_missing"])
    elif _parse.fold(cells.get("kind", "")).startswith("cumulative"):
        reading.drop("cumulative incidents: several events in one row", told["dead_missing"])
    elif told["dead_missing"] == 0:
        reading.drop("nobody dead or missing")
    else:
        if len(corridors) > 1:
            reading.drop(
                f"counts for several corridors ({', '.join(sorted(corridors))}): kept in the first", 0.0, 0
            )
        year, month = told["when"]
        told |= {"keep": True, "corridor": corridors[0], "month": f"{year}-{month:02d}"} | _surroundings(
            cells
        )
    return told


def _when(cells: dict[str, Any]) -> tuple[tuple[int, int], dt.date | None]:
    """Return year and month, and the day where the date is precise and agrees with them."""
    year_text = str(cells["year"]).strip().removesuffix(".0")
    if not re.fullmatch(r"\d{4}", year_text, re.ASCII) or not 2014 <= int(year_text) <= _parse.LAST_YEAR:
        raise ValueError(f"'{cells['year']}' is no year from 2014 on")
    month = _parse.MONTHS.get(str(cells["month"]).strip().lower())
    text = str(cells["month"]).strip().removesuffix(".0")
    if month is None and text.isascii() and text.isdigit() and 1 <= int(text) <= 12:
        month = int(text)
    if month is None:
        raise ValueError(f"'{cells['month']}' is no month")
    day = _precise_day(cells["date"])
    if day and abs((day.year - int(year_text)) * 12 + day.month - month) > 1:
        raise ValueError(f"the date '{cells['date']}' contradicts {calendar.month_name[month]} {year_text}")
    if day and (day.year, day.month) != (int(year_text), month):
        day = None
    return (int(year_text), month), day


def _precise_day(cell: object) -> dt.date | None:
    """Return a day where the cell states exactly one, else None; what is no date is no day either."""
    text = str(cell).strip()
    if not _DATE_WORDS.fullmatch(text):
        raise ValueError(f"'{text}' is no date, not even an imprecise one")
    american = re.fullmatch(
        r"(?:[A-Z][a-z]{2}, )?(\d{1,2})/(\d{1,2})/(\d{4})(?: - \d{1,2}:\d{2})?", text, re.ASCII
    )
    try:
        if american:
            found = dt.date(int(american[3]), int(american[1]), int(american[2]))
        elif isinstance(cell, dt.datetime):
            found = cell.date()
        elif re.fullmatch(r"\d{5}(\.0)?", text, re.ASCII):
            found = _parse.day(int(float(text)), serial=True)
        else:
            found = _parse.day(cell)
    except ValueError as error:
        if "lies outside" in str(error):
            raise
        return None
    if not 2000 <= found.year <= _parse.LAST_YEAR:
        raise ValueError(f"'{text}' lies outside the years of the project")
    return found


def _number(cells: dict[str, Any], key: str, *, signed: bool = False) -> float:
    """Return persons; NaN for blank. ``signed`` allows corrections below 0 (bodies counted as missing)."""
    try:
        return _counted(cells.get(key, ""), signed=signed)
    except ValueError as error:
        raise _CellError(key, str(error)) from None


def _counted(cell: object, *, signed: bool) -> float:
    if signed and isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell < 0:
        return -_parse.count(-cell)
    if signed and isinstance(cell, str) and re.fullmatch(r"-\d+(\.0)?", cell.strip(), re.ASCII):
        return -_parse.count(cell.strip()[1:].removesuffix(".0"))
    text = cell.strip().removesuffix(".0") if isinstance(cell, str) else cell
    return _parse.count(text, missing=("",))


def _persons(cells: dict[str, Any]) -> dict[str, Any]:
    """Return persons of a row; the total is the publisher's own, else dead and missing together."""
    dead, missing = _number(cells, "dead"), _number(cells, "missing", signed=True)
    known = [value for value in (dead, missing) if not math.isnan(value)]
    total = _number(cells, "total", signed=True)
    if math.isnan(total):
        if not known:
            raise ValueError("neither dead nor missing nor their total is given")
        total = sum(known)
    elif len(known) == 2 and total != sum(known):
        raise ValueError(f"the total {total:.0f} is not {dead:.0f} dead and {missing:.0f} missing")
    return {"dead": dead, "missing": missing, "dead_missing": total, "survivors": _survivors(cells)}


def _survivors(cells: dict[str, Any]) -> float:
    """Return survivors; below 0 means that nobody knows."""
    number = _number(cells, "survivors", signed=True)
    return math.nan if number < 0 else number


def _corridors(cell: object) -> list[str]:
    """Return corridors by membership in the list of routes, never by a part of a name.

    Other routes are many and change; a name that is nearly one of a corridor is a fault.
    """
    routes = {
        _parse.fold(label): corridor
        for label, corridor in _frames.source_facts_cached(SOURCES[0])["routes"].items()
    }
    found = []
    for part in str(cell).split(","):
        word = _parse.fold(part)
        if word in routes:
            found.append(routes[word])
        elif near := difflib.get_close_matches(word, routes, n=1, cutoff=0.86):
            raise _CellError(
                "route", f"the route '{part.strip()}' is not known, and reads almost like '{near[0]}'"
            )
        elif _OF_CORRIDORS.search(word):
            raise _CellError("route", f"the route '{part.strip()}' is not known, and may be a corridor's")
    return list(dict.fromkeys(found))


def _surroundings(cells: dict[str, Any]) -> dict[str, Any]:
    """Return what is kept besides persons: cause, region, the 1° cell and the quality of the sources."""
    told: dict[str, Any] = {key: str(cells.get(key, "")).strip() for key in ("cause", "region")}
    quality = re.findall(r"[1-5]", str(cells.get("quality", "")).removesuffix(".0"))
    told["source_quality"] = max(quality, default="")
    text = str(cells.get("coordinates", "")).strip()
    point, pair = _POINT.fullmatch(text), _PAIR.fullmatch(text)
    lon, lat = (point[1], point[2]) if point else (pair[2], pair[1]) if pair else ("", "")
    try:
        inside = abs(float(lon)) <= 180 and abs(float(lat)) <= 90
    except ValueError:
        inside = False
    told["cell_lat"] = float(math.floor(float(lat))) if inside else math.nan
    told["cell_lon"] = float(math.floor(float(lon))) if inside else math.nan
    return told


def _merge(events: dict[tuple[str, str], dict[str, Any]], told: dict[str, Any]) -> None:
    """Add a split incident to its event of the same month and corridor."""
    told.pop("day")
    key = (told["main"], told["corridor"])
    held = events.get(key)
    if held is None:
        events[key] = told
        return
    for name in ("dead", "missing", "dead_missing", "survivors"):
        known = [value for value in (held[name], told[name]) if not math.isnan(value)]
        held[name] = sum(known) if known else math.nan


def _frame(events: dict[tuple[str, str], dict[str, Any]]) -> pd.DataFrame:
    rows = [told | {"event": number} for number, told in enumerate(events.values(), start=1)]
    return pd.DataFrame.from_records(rows, columns=list(INCIDENT_COLUMNS))
