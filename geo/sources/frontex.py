"""Frontex: the monthly workbook of detections of illegal border-crossings, in every layout that is known.

Not an open licence: what is read carries it, and no workbook or table made from one stands in this package.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo.sources import _frames, _nationality, _parse

if TYPE_CHECKING:
    import pandas as pd

    from geo.sources._files import Grid, SourceFile

SOURCES: Final = ("frontex",)
_SHEET: Final = r"(Monthly_)?Detections?_of_IBC.*"
_AS_OF: Final = re.compile(
    r"FRAN data as of\s+(\d{1,2})[ .-]?([A-Za-z]{3,9})[ .-]?(\d{4}|\d{2})\b", re.IGNORECASE
)
_MONTH: Final = re.compile(r"([A-Za-z]{3})[ -]?(\d{4})", re.ASCII)
_NUMERIC_MONTH: Final = re.compile(r"(\d{1,2})/(\d{4})", re.ASCII)
_COUNTED: Final = ("land", "sea")
_ALSO: Final = ("inland", "air")


def recognise(file: SourceFile) -> bool:
    """Return whether the file is the monthly workbook."""
    if file.sheet_like(_SHEET):
        return True
    return file.kind == "xlsx" and bool(file.sheets) and _has_route(file)


def _has_route(file: SourceFile) -> bool:
    rows = file.grid(file.sheets[0]).rows[:10]
    words = [{_parse.fold(cell) for cell in row if isinstance(cell, str)} for row in rows]
    return any("route" in row and {"nationality", "nationalitylong"} & row for row in words)


def read(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read detections by route and month, and by nationality for the corridors that the catalogue names.

    Rows whose border type is neither land nor sea are left out, as the publisher's own totals do. The sum
    over all routes stands under the corridor ``all_routes``. A blank cell is read as 0: every copy that has
    blanks lacks zeros.

    Raises
    ------
    InvalidInputError
        If columns or months lack or stand twice, or a cell holds no count or a name that is not known.
    """
    facts = _frames.source_facts_cached("frontex")
    reading = _parse.Reading(f"file '{file.name}'")
    grid = file.grid(file.sheet_like(_SHEET) or file.sheets[0])
    header = _parse.find_header(grid, facts["columns"]["route"])
    columns = _parse.find_columns(grid, header, facts["columns"])
    months = _months(grid, header, columns, reading)
    by = ("nationality",) if options.by is None else options.by
    sums = _add_up(grid, header, columns, months, options, reading, detailed="nationality" in by)
    reading.close()
    records = _records(sums, list(months.values()))
    last = _parse.month_end(max(months.values()).year, max(months.values()).month)
    known_on, inferred = _frames.publication(file, options, _as_of(file, grid), last)
    return _frames.finish(records, file=file, reading=reading, known_on=known_on, inferred=inferred)


def _months(grid: Grid, header: int, columns: dict[str, int], reading: _parse.Reading) -> dict[int, dt.date]:
    """Return the first day of the month of each column; months must follow each other without a gap."""
    months: dict[int, dt.date] = {}
    for index, cell in enumerate(grid.rows[header]):
        if index in columns.values():
            continue
        if _parse.is_blank(cell):
            held = any(not _parse.is_blank(row[index]) for row in grid.rows[header + 1 :] if index < len(row))
            if held:
                reading.fault(grid.at(header), f"column {index + 1} has no header, and holds values")
            continue
        month = _month_of(cell)
        if month is None:
            reading.fault(
                grid.at(header), f"'{cell}' is no month such as JAN2009, and no column that is known"
            )
        elif month in months.values():
            reading.fault(grid.at(header), f"the month {month:%Y-%m} stands twice")
        else:
            months[index] = month
    ordered = sorted(months.values())
    for before, after in pairwise(ordered):
        if (before.year * 12 + before.month + 1) != after.year * 12 + after.month:
            reading.fault(grid.at(header), f"no month stands between {before:%Y-%m} and {after:%Y-%m}")
    if not months:
        reading.fault(grid.at(header), "no column is a month")
    reading.close()
    return months


def _month_of(cell: object) -> dt.date | None:
    if isinstance(cell, str):
        word, number = _MONTH.fullmatch(cell.strip()), _NUMERIC_MONTH.fullmatch(cell.strip())
        if word and word[1].lower() in _parse.MONTHS:
            found = dt.date(int(word[2]), _parse.MONTHS[word[1].lower()], 1)
        elif number and 1 <= int(number[1]) <= 12:
            found = dt.date(int(number[2]), int(number[1]), 1)
        else:
            return None
    else:
        try:
            found = _parse.day(cell, serial=True).replace(day=1)
        except ValueError:
            return None
    first = _frames.source_facts_cached("frontex")["first_day"]
    return found if first <= found and found.year <= _parse.LAST_YEAR else None


Sums = dict[tuple[str, str, str], list[float]]


def _add_up(
    grid: Grid,
    header: int,
    columns: dict[str, int],
    months: dict[int, dt.date],
    options: _frames.Options,
    reading: _parse.Reading,
    *,
    detailed: bool,
) -> Sums:
    """Return a list of monthly values by corridor, nationality and labels."""
    facts = _frames.source_facts_cached("frontex")
    routes = {_parse.fold(label): corridor for label, corridor in facts["routes"].items()}
    sums: Sums = {}
    seen: dict[tuple[str, ...], str] = {}
    for index in range(header + 1, len(grid.rows)):
        labels = {key: grid.rows[index][column] for key, column in columns.items()}
        words = {key: _parse.fold(label) for key, label in labels.items()}
        if _is_remark(grid.rows[index], columns, labels):
            continue
        faults = _row_faults(labels, words, routes, options)
        if (key := tuple(words.values())) in seen:
            faults.append(("Route", f"says again what {seen[key]} says"))
        seen[key] = grid.at(index)
        values = _values(grid, index, months, reading)
        for column, rule in faults:
            reading.fault(grid.at(index, column), rule)
        if faults:
            continue
        if words["border"] not in _COUNTED:
            reading.drop(f"border type '{labels['border']}' is neither land nor sea", math.fsum(values))
            continue
        corridor = routes[words["route"]]
        code = _nationality.code_of(labels["nationality"], aliases=options.aliases) or ""
        targets = [(corridor, "", str(labels["route"])), (terms.ALL_ROUTES, "", "")]
        if detailed and corridor in facts["nationality_of"]:
            targets.append((corridor, code, str(labels["nationality"])))
        for corridor_, code_, label in targets:
            held = sums.setdefault((corridor_, code_, label), [0.0] * len(months))
            for position, value in enumerate(values):
                held[position] += value
    return sums


def _is_remark(row: list[Any], columns: dict[str, int], labels: dict[str, Any]) -> bool:
    """Return whether a row is a footnote: text in the route column alone, or nothing at all."""
    others = [cell for index, cell in enumerate(row) if index != columns["route"]]
    if any(not _parse.is_blank(cell) for cell in others):
        return False
    text = str(labels["route"]).strip()
    return not text or len(text.split()) > 6 or text.lower().startswith(("source", "note", "*", "^", "total"))


def _row_faults(
    labels: dict[str, Any], words: dict[str, str], routes: dict[str, str], options: _frames.Options
) -> list[tuple[str, str]]:
    faults = []
    if words["route"] not in routes:
        faults.append(("Route", f"'{labels['route']}' is no route that is known"))
    if words["border"] not in {*_COUNTED, *_ALSO}:
        faults.append(("Border type", f"'{labels['border']}' is no border type that is known"))
    if _nationality.code_of(labels["nationality"], aliases=options.aliases) is None:
        faults.append(
            (
                "Nationality",
                f"'{labels['nationality']}' is no nationality that is known; give its code with aliases",
            )
        )
    return faults


def _values(grid: Grid, index: int, months: dict[int, dt.date], reading: _parse.Reading) -> list[float]:
    values = []
    row = grid.rows[index]
    for column, month in months.items():
        cell = row[column] if column < len(row) else ""
        if type(cell) is float and cell >= 0 and cell.is_integer() and cell <= _parse.MOST:
            values.append(cell)
            continue
        try:
            number = _parse.count(_parse.cell_of(grid, index, column), missing=("",))
        except ValueError as error:
            reading.fault(grid.at(index, f"{month:%b%Y}".upper()), str(error))
            number = math.nan
        if math.isnan(number):
            reading.drop("blank cells, read as 0 (copies with blanks have no zeros)")
        values.append(0.0 if math.isnan(number) else number)
    return values


def _records(sums: Sums, months: list[dt.date]) -> list[dict[str, Any]]:
    merged: dict[tuple[str, str], tuple[list[str], list[float]]] = {}
    for (corridor, code, label), values in sums.items():
        labels, held = merged.setdefault((corridor, code), ([], [0.0] * len(values)))
        labels.append(label)
        for position, value in enumerate(values):
            held[position] += value
    fresh = sorted(months)[-_preliminary() :]
    base = _frames.rows_of("frontex", "detection_entry")
    return [
        base
        | {
            terms.CORRIDOR: corridor,
            terms.NATIONALITY: code,
            terms.PERIOD_START: month,
            terms.PERIOD_END: _parse.month_end(month.year, month.month),
            terms.VALUE: value,
            terms.SCOPE: "all nine routes" if corridor == terms.ALL_ROUTES else "",
            terms.FLAG: "preliminary" if month in fresh else "",
            terms.NATIVE_LABEL: "; ".join(word for word in labels if word),
        }
        for (corridor, code), (labels, held) in merged.items()
        for month, value in zip(months, held, strict=True)
    ]


def _preliminary() -> int:
    from geo import counts

    return int(counts.series_info("frontex", "detection_entry")["preliminary_periods"])


def _as_of(file: SourceFile, grid: Grid) -> dt.date | None:
    """Return the day in "FRAN data as of 04AUG26", wherever it stands."""
    sheets = [
        name
        for name in file.sheets
        if name != grid.sheet and re.search("note|info|read", name, re.IGNORECASE)
    ]
    for rows in (grid.rows[:5], grid.rows[-30:], *(file.grid(name).rows[:100] for name in sheets)):
        for row in rows:
            for cell in row:
                match = _AS_OF.search(cell) if isinstance(cell, str) else None
                month = _parse.MONTHS.get(match[2].lower()) if match else None
                if match and month:
                    year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
                    try:
                        return dt.date(year, month, int(match[1]))
                    except ValueError:
                        return None
    return None
