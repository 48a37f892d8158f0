"""Italian Ministry of the Interior, as ondata's "Liberiamoli tutti" takes it out of the ministry's reports.

Two forms: ``nazionalita.csv``, running totals since 1 January by declared nationality at each report date,
whose sums at the ends of months give the monthly series; ``sbarchi-per-giorno.csv``, people per day, each
month told again by each of its reports.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo.sources import _frames, _nationality, _parse

if TYPE_CHECKING:
    import pandas as pd

    from geo.sources._files import Grid, SourceFile

SOURCES: Final = ("italy_ministry", "italy_ministry_daily", "italy_ministry_nationality")
_DAILY: Final = {"day": ["Data"], "value": ["Valore"], "report": ["Data_Report"]}
_NATIONALITY: Final = {
    "report": ["Data_Report"],
    "name": ["Nazione", "Nazionalità"],
    "code": ["ISO_3166-1", "ISO_3166_1"],
    "value": ["Valore"],
}
_SCOPE: Final = "Italy"
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def recognise(file: SourceFile) -> bool:
    """Return whether the file is one of the two tables."""
    if file.kind != "csv":
        return False
    head = {
        _parse.fold(cell) for cell in file.data[:400].decode("utf-8", "replace").splitlines()[0].split(",")
    }
    return len(head & {"data report", "valore", "nazione", "iso 3166 1"}) >= 2


def read(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read either table."""
    grid = file.table
    names = {_parse.fold(cell) for cell in grid.rows[0]} if grid.rows else set()
    return _read_nationality(file, options) if "nazione" in names else _read_daily(file, options)


def _report_day(text: str) -> dt.date:
    found = _parse.day(text)
    if found < _frames.source_facts_cached("italy_ministry")["first_day"]:
        raise ValueError(f"'{text}' lies before the series")
    return found


# --- nationalities
# ----------------------------------------------------------------------------------------------
def _read_nationality(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    reading = _parse.Reading(f"file '{file.name}'")
    grid = file.table
    columns = _parse.find_columns(grid, 0, _NATIONALITY, optional=("code",))
    held: dict[tuple[dt.date, str], tuple[float, str, str]] = {}
    for index in range(1, len(grid.rows)):
        if all(_parse.is_blank(cell) for cell in grid.rows[index]):
            continue
        told = _nationality_cells(grid, index, columns, options, reading)
        if told is None:
            continue
        report, code, value, label = told
        before = held.get((report, code))
        if before is None:
            held[report, code] = (value, label, grid.at(index))
        elif before[0] == value and _parse.fold(before[1]) == _parse.fold(label):
            reading.drop("said twice, with the same value", value)
        else:
            reading.fault(grid.at(index, "Valore"), f"{value:.0f} contradicts {before[0]:.0f} in {before[2]}")
    reading.close()
    records = [
        _row(
            "italy_ministry_nationality",
            dt.date(report.year, 1, 1),
            report,
            value,
            options.published or report,
            flag="cumulative",
            nationality=code,
            native_label=label,
        )
        for (report, code), (value, label, _) in held.items()
    ]
    records += _months(held, options, reading)
    return _frames.finish(records, file=file, reading=reading)


def _nationality_cells(
    grid: Grid, index: int, columns: dict[str, int], options: _frames.Options, reading: _parse.Reading
) -> tuple[dt.date, str, float, str] | None:
    cells = {key: str(_parse.cell_of(grid, index, column)).strip() for key, column in columns.items()}
    if len(grid.rows[index]) != len(grid.rows[0]):
        reading.fault(grid.at(index), f"has {len(grid.rows[index])} cells, the header {len(grid.rows[0])}")
        return None
    faults = len(reading.faults)
    report, value = None, math.nan
    try:
        report = _report_day(cells["report"])
    except ValueError as error:
        reading.fault(grid.at(index, "Data_Report"), str(error))
    try:
        value = _parse.count(cells["value"])
    except ValueError as error:
        reading.fault(grid.at(index, "Valore"), str(error))
    code = _nationality.code_of(cells["name"], aliases=options.aliases)
    if code is None:
        reading.fault(
            grid.at(index, "Nazione"),
            f"'{cells['name']}' is no nationality that is known; give its code with aliases",
        )
    two = cells.get("code", "")
    if code and two and _nationality.from_alpha2(two) != code:
        reading.fault(grid.at(index, "ISO_3166-1"), f"'{two}' is not the code of '{cells['name']}' ({code})")
    if report is None or code is None or len(reading.faults) > faults:
        return None
    return report, code, value, cells["name"]


def _months(
    held: dict[tuple[dt.date, str], tuple[float, str, str]], options: _frames.Options, reading: _parse.Reading
) -> list[dict[str, Any]]:
    """Return months as differences of the totals at their ends; one without a report joins the next."""
    totals: dict[dt.date, float] = {}
    for (report, _), (value, _, _) in held.items():
        totals[report] = totals.get(report, 0.0) + value
    records: list[dict[str, Any]] = []
    year, reached, start = 0, 0.0, dt.date.min
    for report in sorted(totals):
        if report != _parse.month_end(report.year, report.month):
            reading.drop("reports within a month give no monthly figure")
            continue
        if report.year != year:
            year, reached, start = report.year, 0.0, dt.date(report.year, 1, 1)
        if totals[report] < reached:
            reading.fault(
                f"report of {report}", f"its total {totals[report]:.0f} is below {reached:.0f} at "
                "the end of the month before: running totals do not fall"
            )  # fmt: skip
        records.append(
            _row("italy_ministry", start, report, totals[report] - reached, options.published or report)
        )
        reached, start = totals[report], report + dt.timedelta(days=1)
    return records


# --- days
# -------------------------------------------------------------------------------------------------------
def _read_daily(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read days; of several reports on a day the newest counts."""
    reading = _parse.Reading(f"file '{file.name}'")
    grid = file.table
    columns = _parse.find_columns(grid, 0, _DAILY)
    held: dict[dt.date, tuple[dt.date, float, str]] = {}
    for index in range(1, len(grid.rows)):
        if all(_parse.is_blank(cell) for cell in grid.rows[index]):
            continue
        told = _daily_cells(grid, index, columns, reading)
        if told is None:
            continue
        day, value, report = told
        before = held.get(day)
        if before and before[0] == report and before[1] != value:
            reading.fault(grid.at(index, "Valore"), f"{value:.0f} contradicts {before[1]:.0f} in {before[2]}")
        elif before and before[0] >= report:
            same = before[0] == report
            reading.drop("said twice, with the same value" if same else "told again by a later report", value)
        else:
            if before:
                reading.drop("told again by a later report", before[1])
            held[day] = (report, value, grid.at(index))
    records = [
        _row(
            "italy_ministry_daily",
            day,
            day,
            value,
            options.published or report,
            flag="partial" if day == report else "",
        )
        for day, (report, value, _) in held.items()
    ]
    return _frames.finish(records, file=file, reading=reading)


def _daily_cells(
    grid: Grid, index: int, columns: dict[str, int], reading: _parse.Reading
) -> tuple[dt.date, float, dt.date] | None:
    """Return day, people and report date, or None where the row says nothing of a day."""
    cells = {key: str(_parse.cell_of(grid, index, column)).strip() for key, column in columns.items()}
    if len(grid.rows[index]) != len(grid.rows[0]):
        reading.fault(grid.at(index), f"has {len(grid.rows[index])} cells, the header {len(grid.rows[0])}")
        return None
    try:
        report = _report_day(cells["report"])
    except ValueError as error:
        reading.fault(grid.at(index, "Data_Report"), str(error))
        return None
    try:
        value = _parse.count(cells["value"], missing=("", "-", "nd"))
    except ValueError as error:
        reading.fault(grid.at(index, "Valore"), str(error))
        return None
    try:
        day = _parse.day(cells["day"])
    except ValueError as error:
        if (
            _DAY.fullmatch(cells["day"])
            and int(cells["day"][8:]) <= 31
            and cells["day"][:7] == f"{report:%Y-%m}"
        ):
            reading.drop("no day of the calendar (the report's form has 31 days in every month)", value)
        else:
            reading.fault(grid.at(index, "Data"), str(error))
        return None
    if (day.year, day.month) != (report.year, report.month):
        reading.fault(grid.at(index, "Data"), f"'{day}' is not in the month of its report, {report}")
        return None
    if day > report:
        reading.drop("placeholders for days after the report", value)
        if value > 0:
            reading.fault(
                grid.at(index, "Valore"), f"{value:.0f} people on a day after the report of {report}"
            )
        return None
    if math.isnan(value):
        reading.drop("days without a figure", rows=1)
        return None
    return day, value, report


def _row(
    source: str, start: dt.date, end: dt.date, value: float, known_on: dt.date, **other: str
) -> dict[str, Any]:
    return _frames.rows_of(
        source,
        "arrival",
        corridor=_frames.source_facts_cached(source)["corridor"],
        scope=_SCOPE,
        period_start=start,
        period_end=end,
        value=value,
        known_on=known_on,
        **other,
    ) | {terms.QUALIFIER: ""}
