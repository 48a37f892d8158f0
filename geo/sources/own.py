"""Anybody's own table (CSV, XLSX, ODS, Parquet) with a small mapping: which column is what.

A mapping is a YAML file or a dict::

    source: my_tally                  # any id that the catalogue does not hold
    sheet: Counts                     # of a workbook; default the first
    header_row: 1                     # as a spreadsheet numbers rows
    dates_are: month                  # what the first day of a month stands for: day or month
    columns:                          # tidy column: name in the table
      period: Month                   # 2024-12-12, 2024-12, 2024-Q3 or 2024; or period_start and period_end
      value: People
      nationality: Country            # ISO 3166-1 alpha-3, or names in English or Italian
    constants: {corridor: channel, measure: arrival, basis: provisional, licence: internal}
    missing: ["", "-"]                # cells that mean: not published
    suppressed: ["<5", "[c]"]         # cells that mean: withheld
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo._identities import first_of_person, reads_like_person
from geo.checks import raise_faults
from geo.errors import InvalidInputError
from geo.sources import _frames, _nationality, _parse
from geo.sources._files import Grid

if TYPE_CHECKING:
    import pandas as pd

    from geo.sources._files import SourceFile

SOURCES: Final = ()
_KEYS: Final = frozenset(
    {"source", "sheet", "header_row", "dates_are", "columns", "constants", "missing", "suppressed"}
)
_PERIOD: Final = "period"
_NEEDED: Final = (terms.CORRIDOR, terms.MEASURE, terms.VALUE)
_MOST_ROWS: Final = 2_000_000


def recognise(file: SourceFile) -> bool:  # noqa: ARG001 - the same form as the other readers
    """Return False: an own table is never guessed at, it comes with a mapping."""
    return False


def read_mapping(mapping: Mapping[str, Any] | str | Path) -> dict[str, Any]:
    """Return a mapping, checked.

    Raises
    ------
    InvalidInputError
        If it cannot be read, has keys or columns that are not known, lacks one that is needed, or names a
        source of the catalogue.

    Examples
    --------
    >>> told = read_mapping({"source": "tally", "columns": {"period": "Month", "value": "People"},
    ...     "constants": {"corridor": "channel", "measure": "arrival"}})
    >>> told["header_row"], told["missing"]
    (1, [''])
    """
    name = "mapping"
    if not isinstance(mapping, Mapping):
        import yaml

        name = f"mapping '{Path(mapping).name}'"
        try:
            mapping = yaml.safe_load(Path(mapping).read_text(encoding="utf-8"))
        except OSError:
            raise InvalidInputError(f"Invalid {name}. There is no such file that can be read.") from None
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            raise InvalidInputError(f"Invalid {name}. It cannot be read as YAML: {error}.") from None
        if not isinstance(mapping, Mapping):
            raise InvalidInputError(f"Invalid {name}. It must hold keys and values.")
    told: dict[str, Any] = {
        "sheet": None,
        "header_row": 1,
        "dates_are": None,
        "columns": {},
        "constants": {},
        "missing": [""],
        "suppressed": [],
    }
    told |= dict(mapping)
    raise_faults(name, [*_mapping_faults(told)])
    return told


def _mapping_faults(told: Mapping[str, Any]) -> list[str]:
    faults = [
        f"key '{key}' is not known; known: {', '.join(sorted(_KEYS))}" for key in told if key not in _KEYS
    ]
    columns, constants = told["columns"], told["constants"]
    if not isinstance(columns, Mapping) or not isinstance(constants, Mapping):
        return [*faults, "keys 'columns' and 'constants' must hold names and values"]
    source = told.get("source", "")
    if not re.fullmatch(r"[a-z][a-z0-9_]*", str(source)):
        faults.append(f"source: '{source}' must be small letters, digits and _")
    elif source in _frames.facts()["sources"]:
        faults.append(f"source: '{source}' is a publisher's; give your own table an id of its own")
    known = {*terms.COUNT_COLUMNS, _PERIOD} - {terms.SOURCE, terms.UNIT}
    faults += [f"columns: '{key}' is not known" for key in columns if key not in known]
    faults += [f"constants: '{key}' is not known" for key in constants if key not in known - {_PERIOD}]
    faults += [f"'{key}' stands in columns and in constants" for key in columns if key in constants]
    faults += [f"'{key}' is missing" for key in _NEEDED if key not in columns and key not in constants]
    if (_PERIOD in columns) == ({terms.PERIOD_START, terms.PERIOD_END} <= {*columns, *constants}):
        faults.append("give either the column period, or both period_start and period_end")
    if not isinstance(told["header_row"], int) or not 1 <= told["header_row"] <= 1000:
        faults.append(f"header_row: '{told['header_row']}' must be a row number from 1")
    if told["dates_are"] not in {None, "day", "month"}:
        faults.append(f"dates_are: '{told['dates_are']}' must be day or month")
    for key in ("missing", "suppressed"):
        if not isinstance(told[key], list) or not all(isinstance(word, str) for word in told[key]):
            faults.append(f"{key}: must be a list of texts")
    return faults


def read(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read a table through its mapping.

    Raises
    ------
    InvalidInputError
        If the mapping or the table is not valid, or the table has columns with data of single persons.
    """
    told = read_mapping(options.mapping)
    reading = _parse.Reading(f"file '{file.name}'")
    grid = _grid(file, told)
    header = told["header_row"] - 1
    if header >= len(grid.rows):
        raise file.fail(
            f"It has {len(grid.rows)} rows, and the mapping's header_row is {told['header_row']}."
        )
    for cell in grid.rows[header]:
        if reads_like_person(str(cell)):
            reading.fault(
                grid.at(header), f"column '{cell}' reads like data of single persons; counts belong here"
            )
    for index, what in first_of_person(grid.rows[header + 1 :]):
        reading.fault(grid.at(header + 1 + index), f"holds {what}; counts belong here")
    columns = _columns(grid, header, told["columns"])
    records, rows = [], []
    for index in range(header + 1, len(grid.rows)):
        if all(_parse.is_blank(cell) for cell in grid.rows[index]):
            continue
        if file.kind == "csv" and len(grid.rows[index]) != len(grid.rows[header]):
            cells = len(grid.rows[index])
            reading.fault(grid.at(index), f"has {cells} cells, the header {len(grid.rows[header])}")
            continue
        record = _record(grid, index, columns, told, options, reading)
        if record is not None:
            records.append(record)
            rows.append(index + grid.first_row)
    if _PERIOD in columns and told["dates_are"] is None and _only_first_days(records):
        reading.fault(
            grid.at(header, told["columns"][_PERIOD]),
            "holds first days of months alone: say in the mapping whether they stand for days or for months, "
            "dates_are: day or dates_are: month",
        )
    reading.close()
    last = max((record[terms.PERIOD_END] for record in records), default=dt.date(1990, 1, 1))
    known_on, inferred = _frames.publication(file, options, None, last)
    return _frames.finish(
        records, file=file, reading=reading, known_on=known_on, inferred=inferred, file_rows=rows
    )


def _only_first_days(records: list[dict[str, Any]]) -> bool:
    """Return whether periods are days, more than one, and each the first of its month."""
    days = {record[terms.PERIOD_START] for record in records}
    return (
        len(days) > 1
        and all(day.day == 1 for day in days)
        and all(record[terms.PERIOD_START] == record[terms.PERIOD_END] for record in records)
    )


def _columns(grid: Grid, header: int, columns: Mapping[str, Any]) -> dict[str, int]:
    """Return where the mapped columns stand; own names are compared as they are written."""
    names = [str(cell).strip() for cell in grid.rows[header]]
    faults = []
    for key, name in columns.items():
        if names.count(str(name)) != 1:
            found = ", ".join(f"'{word}'" for word in names[:30])
            faults.append(
                f"{grid.at(header)}: column '{name}' ({key}) stands {names.count(str(name))} times in {found}"
            )
    raise_faults(grid.thing, faults)
    return {key: names.index(str(name)) for key, name in columns.items()}


def _grid(file: SourceFile, told: Mapping[str, Any]) -> Grid:
    if file.kind in {"xlsx", "ods"}:
        sheet = told["sheet"] or file.sheets[0]
        if sheet not in file.sheets:
            raise file.fail(f"It has no sheet '{sheet}'; found: {', '.join(file.sheets)}.")
        return file.grid(sheet)
    if file.kind == "parquet":
        return _parquet(file)
    if file.kind == "csv":
        return file.table
    raise file.fail("An own table must be CSV, XLSX, ODS or Parquet.")


def _parquet(file: SourceFile) -> Grid:
    import io

    import pyarrow as pa
    from pyarrow import parquet

    try:
        opened = parquet.ParquetFile(io.BytesIO(file.data))
        if opened.metadata.num_rows > _MOST_ROWS or opened.metadata.num_columns > 200:
            raise file.fail(f"It has more than {_MOST_ROWS} rows or 200 columns.")
        table = opened.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, InvalidInputError):
            raise
        raise file.fail(f"It is no Parquet file that can be read ({error}).") from None
    rows = [list(row.values()) for row in table.to_pylist()]
    cells = [["" if cell is None else cell for cell in row] for row in rows]
    return Grid(file.name, "", [list(table.column_names), *cells])


def _record(
    grid: Grid,
    index: int,
    columns: Mapping[str, int],
    told: Mapping[str, Any],
    options: _frames.Options,
    reading: _parse.Reading,
) -> dict[str, Any] | None:
    faults = len(reading.faults)
    row: dict[str, Any] = {}
    for key in (*columns, *told["constants"]):
        try:
            cell = _parse.cell_of(grid, index, columns[key]) if key in columns else told["constants"][key]
            row |= _read_cell(key, cell, told, options)
        except ValueError as error:
            name = told["columns"].get(key, f"{key} (constant)")
            reading.fault(grid.at(index, str(name)), str(error))
    if len(reading.faults) > faults:
        return None
    withheld = row.pop("withheld", "")
    row[terms.FLAG] = _frames.flags(row.get(terms.FLAG, ""), withheld)
    return _frames.rows_of(told["source"], row.pop(terms.MEASURE), **row)


def _read_cell(key: str, cell: object, told: Mapping[str, Any], options: _frames.Options) -> dict[str, Any]:
    """Return the tidy cells of one cell; ValueError where it breaks a rule."""
    text = str(cell).strip() if cell is not None else ""
    if key == terms.VALUE:
        if text in told["suppressed"]:
            return {key: math.nan, "withheld": "suppressed"}
        return {key: _parse.count(cell, missing=told["missing"])}
    if key == _PERIOD:
        start, end = period(cell)
        if told["dates_are"] == "month" and start == end:
            if start.day != 1:
                raise ValueError(f"'{start}' is no first day of a month, and dates_are is month")
            end = _parse.month_end(start.year, start.month)
        return {terms.PERIOD_START: start, terms.PERIOD_END: end}
    if key in terms.DATE_COLUMNS:
        return {key: None if key == terms.KNOWN_ON and not text else _parse.day(cell)}
    if key == terms.NATIONALITY:
        code = (
            text
            if not text or _nationality.is_code(text)
            else _nationality.code_of(text, aliases=options.aliases)
        )
        if code is None:
            raise ValueError(f"'{text}' is no nationality that is known; give its code with aliases")
        return {key: code}
    if key == terms.MEASURE and text not in terms.MEASURES:
        raise ValueError(f"'{text}' is none of: {', '.join(terms.MEASURES)}")
    return {key: text.lower() if key in {terms.SEX, terms.BASIS} else text}


def period(cell: object) -> tuple[dt.date, dt.date]:
    """Return first and last day of a day, month, quarter or year.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> period("2024-Q3")
    (datetime.date(2024, 7, 1), datetime.date(2024, 9, 30))
    """
    text = str(cell).strip().removesuffix(".0") if isinstance(cell, (str, int, float)) else ""
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})|[ -]?Q([1-4]))?", text, re.ASCII)
    if not match:
        day = _parse.day(cell)
        return day, day
    year = int(match[1])
    first, last = (1, 12)
    if match[2]:
        first = last = int(match[2])
    elif match[3]:
        first, last = 3 * int(match[3]) - 2, 3 * int(match[3])
    if not (1 <= first <= 12 and _parse.FIRST_YEAR <= year <= _parse.LAST_YEAR):
        raise ValueError(f"'{text}' is no period from {_parse.FIRST_YEAR} to {_parse.LAST_YEAR}")
    return dt.date(year, first, 1), _parse.month_end(year, last)
