"""UK Home Office: the pages "last 7 days" and "weekly summary" of GOV.UK, as HTML or from the Content API."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo import terms
from geo.errors import InvalidInputError
from geo.sources import _frames, _parse, home_office
from geo.sources._files import Grid
from geo.sources._html import Page, parse_page

if TYPE_CHECKING:
    from geo.sources._files import SourceFile

SOURCES: Final = ("home_office_daily", "home_office_weekly")
_WEEK: Final = re.compile(r"Week ending:? (?:Sunday )?(\d{1,2} [A-Za-z]+ \d{4})", re.IGNORECASE)
_UPDATED: Final = ("govuk:public-updated-at", "govuk:updated-at", "article:modified_time", "time")


def recognise(file: SourceFile) -> bool:
    """Return whether the file is one of the two pages."""
    if file.kind not in {"html", "json"}:
        return False
    head = file.data.decode("utf-8", "replace")
    return ("igrants arrived" in head or "igrants prevented" in head) and (
        file.kind == "html" or '"details"' in head
    )


def read(file: SourceFile, options: _frames.Options) -> pd.DataFrame:
    """Read either page.

    Raises
    ------
    InvalidInputError
        If no table, or more than one, has the columns of one of the pages, or a cell holds no count.
    """
    page, updated = _page(file)
    reading = _parse.Reading(f"file '{file.name}'")
    known = _frames.facts()["home_office_columns"]
    weekly = {_parse.fold(word) for word in known["SB_02"]["prevention"]}
    daily = {_parse.fold(word) for word in known["SB_01"]["date"]}
    fits = []
    for number, table in enumerate(page.tables):
        words = {_parse.fold(cell) for cell in (table[0] if table else ())}
        if weekly & words:
            fits.append((number, "weekly"))
        elif daily & words and any("arrived" in word for word in words):
            fits.append((number, "daily"))
    if len(fits) != 1:
        raise file.fail(
            f"{len(fits)} of its {len(page.tables)} tables have the columns of the page; one must."
        )
    number, kind = fits[0]
    if page.merged[number]:
        raise file.fail("Its table has merged cells.")
    grid = Grid(file.name, "", [list(row) for row in page.tables[number]])
    uneven = [index for index, row in enumerate(grid.rows) if len(row) != len(grid.rows[0])]
    for index in uneven:
        reading.fault(
            f"table {grid.at(index)}", f"has {len(grid.rows[index])} cells, the header {len(grid.rows[0])}"
        )
    reading.close()
    records = _daily(grid, reading) if kind == "daily" else _weekly(grid, page, reading)
    reading.close()
    last = max((record[terms.PERIOD_END] for record in records), default=dt.date(1990, 1, 1))
    known_on, inferred = _frames.publication(file, options, updated, last)
    return _frames.finish(records, file=file, reading=reading, known_on=known_on, inferred=inferred)


def _page(file: SourceFile) -> tuple[Page, dt.date | None]:
    """Return the page, and the day it was last updated."""
    if file.kind == "json":
        told = file.json
        details = told.get("details") if isinstance(told, dict) else None
        body = details.get("body") if isinstance(details, dict) else None
        if not isinstance(body, str):
            raise file.fail("It holds no details.body: it is no answer of the Content API for a page.")
        return parse_page(body), _day_of(told.get("public_updated_at") or told.get("updated_at"))
    page = parse_page(file.text)
    found = (_day_of(page.meta.get(name)) for name in _UPDATED)
    return page, next((day for day in found if day), None)


def _day_of(stamp: object) -> dt.date | None:
    try:
        return dt.datetime.fromisoformat(str(stamp)).date()
    except ValueError:
        return None


def _daily(grid: Grid, reading: _parse.Reading) -> list[dict[str, Any]]:
    aliases = _frames.facts()["home_office_columns"]["SB_01"]
    columns = _parse.find_columns(grid, 0, aliases, optional=("notes",))
    labels = {key: str(grid.rows[0][index]) for key, index in columns.items()}
    lines: list[dict[str, Any]] = []
    for index in range(1, len(grid.rows)):
        line = home_office.read_line(grid, index, columns, labels, reading)
        if line is None:
            continue
        line["labels"] = labels
        if lines and line["date"] != lines[-1]["date"] + dt.timedelta(days=1):
            reading.fault(
                grid.at(index, labels["date"]), f"'{line['date']}' does not follow '{lines[-1]['date']}'"
            )
        if line["date"] < _frames.source_facts_cached("home_office_daily")["first_day"]:
            reading.fault(grid.at(index, labels["date"]), f"'{line['date']}' lies before the series")
        lines.append(line)
    return [
        home_office.record("home_office_daily", measure, line, 1)
        for line in lines
        for measure in home_office.DAILY
    ]


def _weekly(grid: Grid, page: Page, reading: _parse.Reading) -> list[dict[str, Any]]:
    aliases = {
        key: words
        for key, words in _frames.facts()["home_office_columns"]["SB_02"].items()
        if key not in {"date", "notes"}
    }
    columns = _parse.find_columns(grid, 0, aliases)
    labels = {key: str(grid.rows[0][index]) for key, index in columns.items()}
    text = {match[1] for heading in page.headings for match in [_WEEK.search(heading)] if match}
    if len(text) != 1 or len(grid.rows) != 2:
        raise InvalidInputError(
            f"Invalid {grid.thing}. One heading 'Week ending …' must stand over one row; "
            f"found {len(text)} and {len(grid.rows) - 1}."
        )
    line = home_office.read_line(grid, 1, columns, labels, reading, date=text.pop())
    if line is None:
        return []
    if line["date"].weekday() != 6:
        reading.fault("heading 'Week ending'", f"'{line['date']}' is no Sunday")
    if line["date"] < _frames.source_facts_cached("home_office_daily")["first_day"]:
        reading.fault("heading 'Week ending'", f"'{line['date']}' lies before the series")
    return home_office.preventions([line | {"labels": labels}], reading)


def overlay(series: pd.DataFrame, page: pd.DataFrame) -> pd.DataFrame:
    """Lay the last 7 days over the time series.

    Parameters
    ----------
    series, page : DataFrame
        Tidy counts of the ODS and of the page, as :func:`geo.sources.read_source` returns them.

    Returns
    -------
    counts : DataFrame
        One row a number. Of two values for one day the row with the flag ``revised`` wins, else the one that
        was published later, else the time series. ``attrs["ledger"]`` says how many were passed over.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> counts = read_counts(source="home_office_daily")
    >>> len(overlay(counts, counts)) == len(counts)
    True
    """
    key = list(_frames.KEY)
    parts = [part.assign(_rank=rank) for rank, part in enumerate((page, series))]
    both = pd.concat(parts, ignore_index=True)
    both["_revised"] = both[terms.FLAG].str.split().map(lambda words: "revised" in words).astype(bool)
    both = both.sort_values(["_revised", terms.KNOWN_ON, "_rank"], kind="stable")
    kept = both.drop_duplicates(key, keep="last").sort_values(key, kind="stable")
    table = kept[list(terms.COUNT_COLUMNS)].reset_index(drop=True)
    ledger = [dict(entry) for part in (series, page) for entry in part.attrs.get("ledger", [])]
    passed = both.loc[both.index.difference(kept.index)]
    if len(passed):
        ledger.append(
            {
                "reason": "the same day in the time series and on the page: one kept",
                "rows": len(passed),
                "value": float(passed[terms.VALUE].sum()),
            }
        )
    table.attrs = {**series.attrs, "ledger": ledger, "known_on": f"{table[terms.KNOWN_ON].max():%Y-%m-%d}"}
    return table
