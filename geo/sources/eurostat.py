"""Eurostat: JSON-stat 2.0 of asylum applicants (monthly) and returns (yearly), context of the corridors.

A key that is absent is missing, not 0; values are rounded to 5, so that cells do not add up to totals.
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

    from geo.sources._files import SourceFile

SOURCES: Final = ("eurostat_asylum", "eurostat_returns")
_MOST: Final = 2_000_000
_SEXES: Final = {"T": "", "F": "female", "M": "male", "UNK": "unknown"}
_CITIZENS: Final = {"TOTAL": "", "STLS": "stateless", "UNK": "unknown", "RNC": "other", "UK_OCT": "GBR"}
_AGES: Final = {"TOTAL": "", "UNK": "unknown"}
_WHOLE: Final = {"freq": ("A", "M", "Q"), "unit": ("PER",), "c_dest": ("TOTAL",)}
_STATUS: Final = {"p": "preliminary", "r": "revised", "c": "suppressed"} | dict.fromkeys("ebu:zdns", "")
_TOTAL_APPLICANTS: Final = ("ASY_APP", "TOTAL")


def recognise(file: SourceFile) -> bool:
    """Return whether the file is JSON-stat with a dimension for citizens or countries."""
    head = file.data[:20_000].decode("utf-8", "replace")
    return file.kind == "json" and '"dimension"' in file.data.decode("utf-8", "replace") and '"size"' in head


def read(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read one dataset; its ``extension.id``, its file's name or its dimensions say which.

    Raises
    ------
    InvalidInputError
        If sizes, positions and codes do not fit together, or a value is no count.
    """
    reading = _parse.Reading(f"file '{file.name}'")
    told = file.json
    ids, sizes, codes = _dimensions(file, told)
    source = _source(file, told, ids)
    values = _cells(file, told, math.prod(sizes), "value")
    statuses = _cells(file, told, math.prod(sizes), "status")
    withheld = {
        place: None for place, status in statuses.items() if place not in values and "c" in str(status)
    }
    found = [
        _record(source, position, value, str(statuses.get(position, "")), (ids, sizes, codes), reading)
        for position, value in [*values.items(), *withheld.items()]
    ]
    records = [record for record in found if record is not None]
    reading.close()
    last = max((record[terms.PERIOD_END] for record in records), default=dt.date(1990, 1, 1))
    known_on, inferred = _frames.publication(file, options, _updated(told), last)
    return _frames.finish(records, file=file, reading=reading, known_on=known_on, inferred=inferred)


def _source(file: SourceFile, told: dict[str, Any], ids: list[str]) -> str:
    extension = told.get("extension")
    named = f"{extension.get('id', '') if isinstance(extension, dict) else ''} {file.name}".lower()
    for source in SOURCES:
        if _frames.source_facts_cached(source)["dataset"] in named:
            return source
    if "c_dest" in ids:
        return "eurostat_returns"
    if "applicant" in ids or "asyl_app" in ids:
        return "eurostat_asylum"
    raise file.fail("Its dataset is neither migr_asyappctzm nor migr_eirtn.")


def _dimensions(file: SourceFile, told: Any) -> tuple[list[str], list[int], list[list[str]]]:  # noqa: ANN401 - JSON
    """Return dimensions, their sizes, and the codes of each in their order."""
    try:
        ids, sizes = [str(name) for name in told["id"]], list(told["size"])
        _check_sizes(ids, sizes)
        codes = [_codes(told["dimension"][name], name, size) for name, size in zip(ids, sizes, strict=True)]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise file.fail(f"It is no JSON-stat dataset ({error}).") from None
    if {"time", "geo"} - set(ids):
        raise file.fail(f"It lacks the dimension time or geo; found: {', '.join(ids)}.")
    return ids, sizes, codes


def _check_sizes(ids: list[str], sizes: list[Any]) -> None:
    if len(ids) != len(sizes) or len(set(ids)) != len(ids):
        raise ValueError("'id' and 'size' differ in length, or an id stands twice")
    if not all(type(size) is int and size >= 0 for size in sizes) or math.prod(sizes) > _MOST:
        raise ValueError(f"'size' must hold whole numbers with a product of at most {_MOST}")


def _codes(dimension: Any, name: str, size: int) -> list[str]:  # noqa: ANN401 - JSON
    """Return the codes of a dimension in the order of its index."""
    index = dimension["category"]["index"]
    listed = isinstance(index, list)
    places = {code: place for place, code in enumerate(index)} if listed else dict(index)
    if sorted(places.values()) != list(range(size)):
        raise ValueError(f"the index of dimension '{name}' does not number its {size} categories")
    return [str(code) for code in sorted(places, key=places.__getitem__)]


def _cells(file: SourceFile, told: dict[str, Any], most: int, name: str) -> dict[int, Any]:
    """Return values or statuses by flat position; a list with None is as sparse as a dict without the key."""
    held = told.get(name, {})
    if isinstance(held, str) and name == "status":
        return {}
    try:
        pairs = (
            enumerate(held) if isinstance(held, list) else ((int(key), cell) for key, cell in held.items())
        )
        cells = {position: cell for position, cell in pairs if cell is not None}
    except (AttributeError, ValueError):
        raise file.fail(f"Its '{name}' is neither a list nor keyed by position.") from None
    if isinstance(held, list) and len(held) != most:
        raise file.fail(f"Its '{name}' lists {len(held)} cells, and its sizes make {most}.")
    if any(not 0 <= position < most for position in cells):
        raise file.fail(f"Its '{name}' has a position outside 0 to {most - 1}.")
    return cells


def _record(
    source: str,
    position: int,
    value: object,
    status: str,
    shape: tuple[list[str], list[int], list[list[str]]],
    reading: _parse.Reading,
) -> dict[str, Any] | None:
    """Return the row of one flat position, or None where it is not carried."""
    ids, sizes, codes = shape
    cell = {}
    rest = position
    for name, size, words in zip(reversed(ids), reversed(sizes), reversed(codes), strict=True):
        rest, place = divmod(rest, size)
        cell[name] = words[place]
    where = f"value[{position}] ({', '.join(cell[name] for name in ids)})"
    try:
        number = math.nan if value is None else _parse.count(value)
        told_of = _labels(cell, number, reading)
        if told_of is None:
            return None
        start, end = _period(cell["time"])
    except ValueError as error:
        reading.fault(where, str(error))
        return None
    words = [_STATUS[letter] for letter in status if letter in _STATUS]
    if unknown := [letter for letter in status if letter not in _STATUS]:
        reading.fault(where, f"its status '{''.join(unknown)}' is not known")
    if "suppressed" in words and not math.isnan(number):
        words.remove("suppressed")
    return _frames.rows_of(
        source,
        _frames.source_facts_cached(source)["measure"],
        corridor=terms.CONTEXT,
        period_start=start,
        period_end=end,
        value=number,
        flag=_frames.flags(*words),
        native_label=" ".join(cell[name] for name in ids if name not in {"time", "freq"}),
        **told_of,
    )


def _labels(cell: dict[str, str], number: float, reading: _parse.Reading) -> dict[str, str] | None:
    """Return nationality, sex, age, place and scope of a cell; None where it is another aggregate."""
    for name, allowed in _WHOLE.items():
        if name in cell and cell[name] not in allowed:
            reading.drop(f"{name} {cell[name]} is not carried", number)
            return None
    citizen = cell.get("citizen", "TOTAL")
    nationality = _CITIZENS.get(citizen, _nationality.from_alpha2(citizen) if len(citizen) == 2 else None)
    if nationality is None:
        reading.drop(f"citizen {citizen} is an aggregate or has no code", number)
        return None
    sex = cell.get("sex", "T")
    if sex not in _SEXES:
        raise ValueError(f"'{sex}' is no code of sex")
    age = cell.get("age", "TOTAL")
    geo = {"EL": "GR", "UK": "GB"}.get(cell["geo"], cell["geo"])
    one = geo in _nationality.alpha3_by_alpha2()
    kind = cell.get("applicant", cell.get("asyl_app", ""))
    scope = [] if one else [geo]
    scope += [kind] if kind and kind not in _TOTAL_APPLICANTS else []
    return {
        "nationality": nationality,
        "sex": _SEXES[sex],
        "age_group": _AGES.get(age, age),
        "place": geo if one else "",
        "scope": " ".join(scope),
    }


def _period(text: str) -> tuple[dt.date, dt.date]:
    match = re.fullmatch(r"(\d{4})(?:-(\d{2})|M(\d{2})|-Q([1-4]))?", text, re.ASCII)
    year = int(match[1]) if match else 0
    if (
        not match
        or not _frames.source_facts_cached("eurostat_asylum")["first_day"].year <= year <= _parse.LAST_YEAR
    ):
        raise ValueError(f"'{text}' is no month, quarter or year from 2008 on")
    if match[4]:
        return dt.date(year, 3 * int(match[4]) - 2, 1), _parse.month_end(year, 3 * int(match[4]))
    month = int(match[2] or match[3] or 0)
    if month > 12 or (not month and (match[2] or match[3])):
        raise ValueError(f"'{text}' is no month")
    if month:
        return dt.date(year, month, 1), _parse.month_end(year, month)
    return dt.date(year, 1, 1), dt.date(year, 12, 31)


def _updated(told: dict[str, Any]) -> dt.date | None:
    """Return the day in ``updated`` (2026-08-20T23:00:00+0200)."""
    match = re.match(r"(\d{4}-\d{2}-\d{2})", str(told.get("updated", "")), re.ASCII)
    try:
        return dt.date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
