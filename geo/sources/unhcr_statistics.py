"""UNHCR refugee statistics API: yearly stocks and applications, context only."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo.sources import _frames, _nationality, _parse

if TYPE_CHECKING:
    import pandas as pd

    from geo.sources._files import SourceFile

SOURCES: Final = ("unhcr_refugee_statistics",)
_STOCKS: Final = {"refugees": "refugee_stock", "asylum_seekers": "asylum_seeker_stock"}
_KINDS: Final = ("procedure_type", "app_type", "dec_level", "app_pc")


def recognise(file: SourceFile) -> bool:
    """Return whether the file is an answer of this API."""
    head = file.data[:4000].decode("utf-8", "replace")
    return file.kind == "json" and '"items"' in head and '"coo' in head


def read(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read ``population`` (stocks on 31 December) or ``asylum-applications`` (in a year).

    Raises
    ------
    InvalidInputError
        If only a page of the answer is there, or a value, year or code cannot be read.
    """
    reading = _parse.Reading(f"file '{file.name}'")
    told = file.json
    items = told.get("items") if isinstance(told, dict) else None
    if not isinstance(items, list):
        raise file.fail("It holds no items.")
    if str(told.get("maxPages", 1)) not in {"0", "1"}:
        raise file.fail(f"It is one of {told.get('maxPages')} pages; ask again with a higher limit.")
    records: list[dict[str, Any]] = []
    for number, item in enumerate(items):
        where = f"items[{number}]"
        if not isinstance(item, dict):
            reading.fault(where, "is no record")
            continue
        try:
            records += _records(item, reading)
        except ValueError as error:
            reading.fault(where, str(error))
    reading.close()
    last = max((record[terms.PERIOD_END] for record in records), default=dt.date(1990, 1, 1))
    known_on, inferred = _frames.publication(file, options, None, last)
    return _frames.finish(records, file=file, reading=reading, known_on=known_on, inferred=inferred)


def _records(item: dict[str, Any], reading: _parse.Reading) -> list[dict[str, Any]]:
    year = int(_parse.count(item.get("year")))
    if not _parse.FIRST_YEAR <= year <= _parse.LAST_YEAR:
        raise ValueError(f"'{year}' is no year from {_parse.FIRST_YEAR} on")
    origin = _country(item, "coo", reading)
    asylum = _country(item, "coa", reading)
    if origin is None or asylum is None:
        return []
    shared = {
        "corridor": terms.CONTEXT,
        "place": asylum,
        "nationality": origin,
        "scope": " ".join(str(item[key]) for key in _KINDS if item.get(key) not in (None, "", "-")),
        "period_end": dt.date(year, 12, 31),
        "native_label": f"{item.get('coo_name', '')} in {item.get('coa_name', '')}",
    }
    if "applied" in item:
        return [
            _frames.rows_of(
                SOURCES[0],
                "asylum_application",
                **shared,
                period_start=dt.date(year, 1, 1),
                value=_value(item, "applied"),
            )
        ]
    found = [
        _frames.rows_of(
            SOURCES[0], measure, **shared, period_start=dt.date(year, 12, 31), value=_value(item, key)
        )
        for key, measure in _STOCKS.items()
        if key in item
    ]
    if not found:
        raise ValueError("holds neither 'applied' nor 'refugees' nor 'asylum_seekers'")
    return found


def _value(item: dict[str, Any], key: str) -> float:
    value = item[key]
    return math.nan if value is None else _parse.count(value, missing=("-", ""))


def _country(item: dict[str, Any], role: str, reading: _parse.Reading) -> str | None:
    """Return alpha-3 of the origin or alpha-2 of the country of asylum, "" for all; None without a code."""
    code = str(item.get(f"{role}_iso") or item.get(role) or "-").strip()
    name = str(item.get(f"{role}_name") or "").strip()
    if code == "-" and name in {"", "-"}:
        return ""
    by_two = _nationality.alpha3_by_alpha2()
    if code in set(by_two.values()):
        return code if role == "coo" else next(two for two, three in by_two.items() if three == code)
    found = _nationality.code_of(name)
    if role == "coo" and found in {"stateless", "unknown", "other"}:
        return found
    reading.drop(f"no code of ISO 3166-1: {code} {name} (ask with cf_type=ISO)".strip())
    return None
