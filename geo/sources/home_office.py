"""UK Home Office: the small-boats time series (ODS) and the quarterly detailed dataset (XLSX, ODS).

The pages of GOV.UK stand in :mod:`geo.sources.home_office_pages`.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo.sources import _frames, _nationality, _parse

if TYPE_CHECKING:
    import pandas as pd

    from geo.sources._files import Grid, SourceFile

SOURCES: Final = ("home_office_daily", "home_office_weekly", "home_office_detailed")
DAILY: Final = ("arrival", "boat", "boat_uncontrolled")
WEEKLY: Final = ("prevention", "prevention_event")
BOATS: Final = "Small boat arrivals"
_DAILY_SHEET: Final = r"SB[_ ]?01"
_WEEKLY_SHEET: Final = r"SB[_ ]?02"
_DETAILED_SHEET: Final = r"Data[ _-]+(Irr|IER)_D01|(IER|Irr)_D01"
_NOT_PUBLISHED: Final = ("-", "–", "", ":", "..")
_SEXES: Final = {
    "female": "female",
    "male": "male",
    "unknown": "unknown",
    "unknown sex": "unknown",
    "not currently recorded": "not_recorded",
}


def recognise(file: SourceFile) -> bool:
    """Return whether the file is one of this publisher's workbooks."""
    return bool(file.sheet_like(_DAILY_SHEET) or file.sheet_like(_WEEKLY_SHEET) or _detailed_sheet(file))


def read(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read the time series or the detailed dataset, whichever the file is."""
    if _detailed_sheet(file) and not file.sheet_like(_DAILY_SHEET):
        return read_detailed(file, options)
    return read_time_series(file, options)


# --- time series
# ------------------------------------------------------------------------------------------------
def read_time_series(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read sheets SB_01 (daily) and SB_02 (weekly, of which only the preventions are carried).

    Raises
    ------
    InvalidInputError
        If a sheet or column lacks, a day is missing or out of order, or a cell holds no count.
    """
    reading = _parse.Reading(f"file '{file.name}'")
    sheets = {
        word: file.sheet_like(pattern)
        for word, pattern in (("SB_01", _DAILY_SHEET), ("SB_02", _WEEKLY_SHEET))
    }
    for word, name in sheets.items():
        if name is None:
            reading.fault(f"sheet '{word}'", f"is missing; found: {', '.join(file.sheets)}")
    reading.close()
    daily = _lines(file.grid(str(sheets["SB_01"])), "SB_01", 1, reading)
    weekly = _lines(file.grid(str(sheets["SB_02"])), "SB_02", 7, reading)
    reading.close()
    _hold_together(daily, weekly, reading)
    records = [record("home_office_daily", measure, line, 1) for line in daily for measure in DAILY]
    records += preventions(weekly, reading)
    last = max(line["date"] for line in daily)
    known_on, inferred = _frames.publication(file, options, None, last)
    return _frames.finish(records, file=file, reading=reading, known_on=known_on, inferred=inferred)


def preventions(weekly: list[dict[str, Any]], reading: _parse.Reading) -> list[dict[str, Any]]:
    """Return the rows of preventions from weekly lines; the rest of them repeats the daily rows."""
    records = []
    for line in weekly:
        if all(math.isnan(line[measure]) for measure in WEEKLY):
            reading.drop("weeks before the series of preventions starts: not published")
        else:
            records += [record("home_office_weekly", measure, line, 7) for measure in WEEKLY]
            for measure, word in (("arrival", "arrivals"), ("boat", "boats")):
                reading.drop(f"weekly {word} repeat the daily ones (Monday to Sunday)", line[measure])
    return records


def record(source: str, measure: str, line: dict[str, Any], days: int) -> dict[str, Any]:
    """Return the row of one measure of a line that covers ``days`` days."""
    return _frames.rows_of(
        source,
        measure,
        corridor=_frames.source_facts_cached(source)["corridor"],
        period_start=line["date"] - dt.timedelta(days=days - 1),
        period_end=line["date"],
        value=line[measure],
        flag="revised" if line["revised"] else "",
        native_label=line["labels"][measure],
    )


def _lines(grid: Grid, sheet: str, step: int, reading: _parse.Reading) -> list[dict[str, Any]]:
    """Return one dict per row of a sheet; rows must follow each other by ``step`` days."""
    aliases = _frames.facts()["home_office_columns"][sheet]
    header = _parse.find_header(grid, aliases["date"])
    columns = _parse.find_columns(grid, header, aliases, optional=("notes",))
    labels = {key: str(grid.rows[header][index]) for key, index in columns.items()}
    lines: list[dict[str, Any]] = []
    for index in range(header + 1, len(grid.rows)):
        row = grid.rows[index]
        if all(_parse.is_blank(cell) for cell in row) or _is_end(row):
            continue
        line = read_line(grid, index, columns, labels, reading)
        if line is None:
            continue
        line |= {"labels": labels, "where": grid.at(index)}
        if lines and line["date"] != lines[-1]["date"] + dt.timedelta(days=step):
            reading.fault(
                grid.at(index, labels["date"]),
                f"'{line['date']}' does not follow '{lines[-1]['date']}' by {step} day{'s' * (step > 1)}",
            )
        lines.append(line)
    _hold_start(lines, labels["date"], step, reading)
    return lines


def _is_end(row: list[Any]) -> bool:
    return any(_parse.fold(cell).startswith("end of") for cell in row if isinstance(cell, str))


def _hold_start(lines: list[dict[str, Any]], column: str, step: int, reading: _parse.Reading) -> None:
    first = _frames.source_facts_cached("home_office_daily")["first_day"]
    if lines and lines[0]["date"] != first + dt.timedelta(days=step - 1):
        reading.fault(
            f"{lines[0]['where']}, column '{column}'",
            f"'{lines[0]['date']}' is not where the series starts, {first}",
        )


def read_line(
    grid: Grid,
    index: int,
    columns: dict[str, int],
    labels: dict[str, str],
    reading: _parse.Reading,
    *,
    date: str | None = None,
) -> dict[str, Any] | None:
    """Return the cells of a row as counts, its date and whether it is revised; None where it has no date.

    ``date`` is the date of a row that has no column for it.
    """
    line: dict[str, Any] = {"revised": False}
    if date is not None:
        try:
            line["date"] = _parse.day(date)
        except ValueError as error:
            reading.fault(grid.at(index), str(error))
    for key, column in columns.items():
        try:
            cell = _parse.cell_of(grid, index, column)
            if key == "date":
                line[key] = _parse.day(cell)
            elif key == "notes":
                line["revised"] = _is_revised(cell)
            else:
                line[key] = _parse.count(cell, missing=_NOT_PUBLISHED)
        except ValueError as error:
            reading.fault(grid.at(index, labels[key]), str(error))
            line[key] = math.nan
    return line if isinstance(line.get("date"), dt.date) else None


def _is_revised(cell: object) -> bool:
    """Return whether a note says revised; another note is a fault, it may change a meaning."""
    text = _parse.fold(cell)
    if text in {"", "revised", "r"}:
        return text != ""
    if "revised" in text.split():
        return True
    raise ValueError(f"'{cell}' is a note that is not known; only 'Revised' is")


def _hold_together(
    daily: list[dict[str, Any]], weekly: list[dict[str, Any]], reading: _parse.Reading
) -> None:
    """Note weeks whose sums differ from their days; the publisher's two sheets say the same thing twice."""
    days = {line["date"]: line for line in daily}
    for line in weekly:
        week = [days.get(line["date"] - dt.timedelta(days=back)) for back in range(7)]
        if line["date"].weekday() != 6:
            reading.fault(f"{line['where']}, column 'Week ending'", f"'{line['date']}' is no Sunday")
        for measure in ("arrival", "boat"):
            total = math.fsum(part[measure] if part else math.nan for part in week)
            if not math.isnan(total + line[measure]) and total != line[measure]:
                reading.fault(
                    line["where"],
                    f"the week ending {line['date']} holds {line[measure]:.0f} ({line['labels'][measure]}), "
                    f"and its days in sheet SB_01 add up to {total:.0f}",
                )
    reading.close()


# --- detailed dataset
# -------------------------------------------------------------------------------------------
def _detailed_sheet(file: SourceFile) -> str | None:
    return file.sheet_like(r"Data[ _-]+(Irr|IER)_D01") or file.sheet_like(_DETAILED_SHEET)


def read_detailed(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read Irr_D01 / IER_D01: people who arrived by small boat, by quarter and what ``options.by`` asks for.

    By default rows by nationality and, for each quarter, their sum. Sex and age are read and checked always,
    and told apart where ``by`` names them; the publisher prints cells of 1, which this package does not
    export.

    Raises
    ------
    InvalidInputError
        If a column lacks, or a cell holds no count, no quarter or a name that is not known.
    """
    reading = _parse.Reading(f"file '{file.name}'")
    sheet = _detailed_sheet(file)
    if sheet is None:
        reading.fault("sheet 'Data_IER_D01'", f"is missing; found: {', '.join(file.sheets)}")
        reading.close()
    grid = file.grid(str(sheet))
    header = _parse.find_header(grid, ["Year"])
    columns = _parse.find_columns(
        grid, header, _frames.facts()["home_office_columns"]["D01"], optional=("region",)
    )
    by = ("nationality",) if options.by is None else options.by
    sums: dict[tuple[Any, ...], float] = defaultdict(float)
    labels: dict[tuple[Any, ...], dict[str, None]] = defaultdict(dict)
    seen: dict[tuple[Any, ...], str] = {}
    for index in range(header + 1, len(grid.rows)):
        row = grid.rows[index]
        if all(_parse.is_blank(cell) for cell in row) or _is_end(row):
            continue
        cells = _detailed_cells(grid, index, columns, options, reading)
        if cells is None:
            continue
        if (told := tuple(row[column] for key, column in columns.items() if key != "value")) in seen:
            reading.fault(grid.at(index), f"says again what {seen[told]} says")
        seen[told] = grid.at(index)
        parts = tuple(cells[name] if name in by else "" for name in ("nationality", "sex", "age_group"))
        key = (cells["start"], *parts)
        sums[key] += cells["value"]
        labels[key][cells["label"] if "nationality" in by else ""] = None
        if any(parts):
            sums[cells["start"], "", "", ""] += cells["value"]
    reading.close()
    return _finish_detailed(sums, labels, file, options, reading)


def _finish_detailed(
    sums: dict[tuple[Any, ...], float],
    labels: dict[tuple[Any, ...], dict[str, None]],
    file: SourceFile,
    options: _frames.Options,
    reading: _parse.Reading,
) -> pd.DataFrame:
    records = []
    for key, value in sums.items():
        start, nationality, sex, age = key
        whole = not any(key[1:])
        records.append(
            _frames.rows_of(
                "home_office_detailed",
                "arrival",
                corridor=_frames.source_facts_cached("home_office_detailed")["corridor"],
                nationality=nationality,
                sex=sex,
                age_group=age,
                period_start=start,
                period_end=_parse.month_end(start.year, start.month + 2),
                value=value,
                native_label="all nationalities (sum of this table)" if whole else "; ".join(labels[key]),
            )
        )
    last = max((record[terms.PERIOD_END] for record in records), default=dt.date(1990, 1, 1))
    known_on, inferred = _frames.publication(file, options, _printed_day(file), last)
    return _frames.finish(records, file=file, reading=reading, known_on=known_on, inferred=inferred)


def _detailed_cells(
    grid: Grid, index: int, columns: dict[str, int], options: _frames.Options, reading: _parse.Reading
) -> dict[str, Any] | None:
    """Return what a row says, or None where it is not about small boats or is faulty."""
    names = {key: str(words[0]) for key, words in _frames.facts()["home_office_columns"]["D01"].items()}
    cells: dict[str, Any] = {}
    before = len(reading.faults)
    for key in ("method", "year", "quarter", "nationality", "sex", "age_group", "value"):
        try:
            cell = _parse.cell_of(grid, index, columns[key])
            cells |= _read_cell(key, cell, options)
        except ValueError as error:
            reading.fault(grid.at(index, names[key]), str(error))
    if len(reading.faults) > before:
        return None
    if cells["start"].year != cells["year"]:
        reading.fault(
            grid.at(index, "Year"), f"'{cells['year']}' is not the year of quarter {cells['start']}"
        )
        return None
    if _parse.fold(cells["method"]) != _parse.fold(BOATS):
        reading.drop(f"not by small boat: {cells['method']}", cells["value"])
        return None
    return cells


_METHODS: Final = (
    "small boat arrivals",
    "inadequately documented air arrivals",
    "recorded detections at uk ports",
    "recorded detections in the uk",
)


def _read_cell(key: str, cell: object, options: _frames.Options) -> dict[str, Any]:
    """Return what one cell says; ValueError where it says nothing that is known."""
    if key == "value":
        return {"value": _parse.count(cell)}
    if key == "year":
        return {"year": int(_parse.count(cell))}
    text = str(cell).strip()
    if key == "quarter":
        match = re.fullmatch(r"(\d{4}) ?Q([1-4])", text, re.ASCII)
        if not match or int(match[1]) < 2018 or int(match[1]) > _parse.LAST_YEAR:
            raise ValueError(f"'{text}' is no quarter such as '2018 Q1', from 2018 on")
        return {"start": dt.date(int(match[1]), 3 * int(match[2]) - 2, 1)}
    if key == "method":
        if _parse.fold(text) not in _METHODS:
            raise ValueError(f"'{text}' is no method of entry that is known")
        return {"method": text}
    if key == "sex":
        if _parse.fold(text) not in _SEXES:
            raise ValueError(f"'{text}' is none of Female, Male, Unknown, Not currently recorded")
        return {"sex": _SEXES[_parse.fold(text)]}
    if key == "nationality":
        code = _nationality.code_of(text, aliases=options.aliases)
        if code is None:
            raise ValueError(f"'{text}' is no nationality that is known; give its code with aliases")
        return {"nationality": code, "label": text}
    folded = _parse.fold(text)
    if not re.fullmatch(
        r"(\d+ )?(and under|to|and over|unknown|not currently recorded|under \d+)( \d+)?", folded
    ):
        raise ValueError(f"'{text}' is no age group")
    return {"age_group": "not_recorded" if "recorded" in folded else folded}


def _printed_day(file: SourceFile) -> dt.date | None:
    """Return the day after "Published:" on the cover sheet."""
    cover = file.sheet_like(r"cover[ _]?(sheet)?")
    for row in file.grid(cover).rows[:40] if cover else ():
        for cell in row:
            match = re.search(r"Published:?\s*(\d{1,2} [A-Za-z]+ \d{4})", str(cell))
            if match:
                try:
                    return _parse.day(match[1])
                except ValueError:
                    return None
    return None
