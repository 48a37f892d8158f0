"""Numbers that were read, put into the tidy form with their date of publication, licence and ledger."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo import _tidy, counts, terms
from geo.checks import check_date
from geo.sources import _parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.sources._files import SourceFile

INFERRED: Final = "inferred_known_on"
KEY: Final = (
    terms.SOURCE,
    terms.CORRIDOR,
    terms.PLACE,
    terms.MEASURE,
    terms.BASIS,
    terms.NATIONALITY,
    terms.SEX,
    terms.AGE_GROUP,
    terms.SCOPE,
    terms.PERIOD_START,
    terms.PERIOD_END,
)
"""What a number is about; with ``known_on`` it stands once."""
_TEXT: Final = tuple(name for name in terms.COUNT_COLUMNS if name not in {*terms.DATE_COLUMNS, terms.VALUE})


@cache
def facts() -> dict[str, Any]:
    """Return what is known of sources besides their series: ``geo/data/sources.yaml``."""
    from geo._catalogue import _load

    known: dict[str, Any] = _load("sources.yaml")
    return known


def source_facts(source: str) -> dict[str, Any]:
    """Return the entry of one source, with title and licence from the series catalogue where it has them."""
    entry = dict(facts()["sources"].get(source, {}))
    if source in counts.catalogued_sources():
        info = counts.series_info(source)
        entry |= {name: info[name] for name in ("title", "publisher", "url", "licence", "attribution")}
    return entry


@dataclass
class Options:
    """What a caller may say about a file.

    Attributes
    ----------
    published : date, optional
        Publication date, instead of the one that is found.
    by : tuple of str, optional
        Columns among nationality, sex and age_group that rows are told apart by; None means the reader's
        usual ones.
    scope : str
        Country or set of countries that a file without a name of its own is about.
    since : date, optional
        First day of a running total that does not say it.
    url : str
        Where the file was fetched from.
    aliases : mapping
        Names of nationalities and their codes, besides the known ones.
    mapping : mapping or path, optional
        The user's own mapping file.
    """

    published: dt.date | None = None
    by: tuple[str, ...] | None = None
    scope: str = ""
    since: dt.date | None = None
    url: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    mapping: Any = None


def rows_of(source: str, measure: str, **columns: Any) -> dict[str, Any]:  # noqa: ANN401 - cells of a row
    """Return one row as a dict, with what follows from source and measure filled in."""
    made: dict[str, Any] = dict.fromkeys(terms.COUNT_COLUMNS, "")
    made |= {
        terms.SOURCE: source,
        terms.MEASURE: measure,
        terms.UNIT: terms.MEASURES[measure].unit,
        terms.BASIS: source_facts_cached(source).get("basis", "provisional"),
        terms.LICENCE: source_facts_cached(source).get("licence", ""),
        terms.KNOWN_ON: None,
    }
    return made | columns


@cache
def source_facts_cached(source: str) -> dict[str, Any]:
    """Return :func:`source_facts`, looked up once."""
    return source_facts(source)


def flags(*words: str) -> str:
    """Join flags, empty ones left out, none twice."""
    return " ".join(dict.fromkeys(word for part in words for word in part.split()))


def date_in_name(name: str) -> dt.date | None:
    """Return the one day that a file's name states, or None where it states none or several.

    Examples
    --------
    >>> date_in_name("21_August_2026_Small_boats_-_time_series.ods")
    datetime.date(2026, 8, 21)
    >>> date_in_name("Monthly_detections_of_IBC_20220204.xlsx")
    datetime.date(2022, 2, 4)
    """
    found = set()
    stem = name.rpartition(".")[0] or name
    for match in re.finditer(r"(?<!\d)(20\d{2})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)", stem):
        found.add("-".join(match.groups()))
    for match in re.finditer(
        r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[ _-]([A-Za-z]{3,9})[ _-](20\d{2})(?!\d)", stem
    ):
        number = _parse.MONTHS.get(match[2].lower())
        if number:
            found.add(f"{match[3]}-{number:02d}-{int(match[1]):02d}")
    days = set()
    for text in found:
        try:
            days.add(dt.date.fromisoformat(text))
        except ValueError:
            continue
    return days.pop() if len(days) == 1 else None


def publication(
    file: SourceFile, options: Options, printed: dt.date | None, last: dt.date
) -> tuple[dt.date, bool]:
    """Return the publication date of a file, and whether it is inferred.

    The caller's word first, then what the file prints, then its name; else the day after the last data day.
    A date in a name that lies before the last data day is the name of something else, and is passed over.
    """
    if options.published is not None:
        return options.published, False
    for found in (printed, date_in_name(file.name)):
        if found is not None and found >= last:
            return found, False
    return last + dt.timedelta(days=1), True


def finish(
    records: Sequence[Mapping[str, Any]],
    *,
    file: SourceFile,
    reading: _parse.Reading,
    known_on: dt.date | None = None,
    inferred: bool = False,
    summed: bool = False,
    file_rows: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Return records in the tidy form, checked.

    Parameters
    ----------
    records : sequence of mapping
        Rows as :func:`rows_of` makes them.
    file, reading
        Where they come from.
    known_on : date, optional
        Publication date of the rows that have none of their own.
    inferred : bool
        Whether that date is inferred.
    summed : bool
        Whether rows of one key are parts to be added (labels that share a code) rather than contradictions.
    file_rows : sequence of int, optional
        Row of the file that each record stands in, for messages; not with `summed`.

    Raises
    ------
    InvalidInputError
        If faults were noted, nothing was read, or rows contradict.
    """
    if not records and not reading.faults:
        reading.fault("table", "holds no row that can be read")
    reading.close()
    table = pd.DataFrame.from_records(list(records), columns=list(terms.COUNT_COLUMNS))
    own = table[terms.KNOWN_ON].notna()
    if known_on is not None:
        last = max(table.loc[~own, terms.PERIOD_END], default=known_on)
        if last > known_on:
            raise file.fail(f"Its publication date '{known_on}' is before the last day it speaks of, {last}.")
        table[terms.KNOWN_ON] = table[terms.KNOWN_ON].where(own, known_on)
        if inferred:
            flagged = table[terms.FLAG].map(lambda words: flags(words, INFERRED))
            table[terms.FLAG] = table[terms.FLAG].where(own, flagged)
    for name in _TEXT:
        table[name] = table[name].astype("str")
    for name in terms.DATE_COLUMNS:
        table[name] = pd.to_datetime(table[name]).astype("datetime64[us]")
    table[terms.VALUE] = table[terms.VALUE].astype("float64")
    if summed and table.duplicated([*KEY, terms.KNOWN_ON]).any():
        table = _add_parts(table)
    table = table.sort_values(
        [terms.SOURCE, terms.MEASURE, terms.BASIS, terms.CORRIDOR, terms.PLACE, terms.NATIONALITY, terms.SEX,
         terms.AGE_GROUP, terms.PERIOD_START, terms.PERIOD_END],
        kind="stable",
    )  # fmt: skip
    rows = None if file_rows is None else [file_rows[place] for place in table.index]
    table = table.reset_index(drop=True)
    table.attrs["ledger"] = reading.entries()
    checked = _tidy.check_table(table, name=f"file '{file.name}'", first_line=None, file_rows=rows)
    return describe(checked, file=file)


def describe(table: pd.DataFrame, *, file: SourceFile) -> pd.DataFrame:
    """Write into ``attrs`` where a table comes from; plain values, so that any format keeps them."""
    sources = sorted(set(table[terms.SOURCE]))
    table.attrs |= {
        "source": " ".join(sources),
        "sources": sources,
        "known_on": f"{table[terms.KNOWN_ON].max():%Y-%m-%d}",
        "known_on_inferred": bool(table[terms.FLAG].str.contains(INFERRED).any()),
        "sha256": file.sha256,
        "file": file.name,
    }
    return table


def _add_parts(table: pd.DataFrame) -> pd.DataFrame:
    """Add rows of one key; a missing part makes the sum missing, labels are joined."""
    others = [
        name
        for name in terms.COUNT_COLUMNS
        if name not in {*KEY, terms.KNOWN_ON, terms.VALUE, terms.NATIVE_LABEL}
    ]
    grouped = table.groupby([*KEY, terms.KNOWN_ON], sort=False, dropna=False)
    added = grouped.agg(
        **{
            **{name: (name, "first") for name in others},
            terms.VALUE: (terms.VALUE, lambda values: values.sum(skipna=False)),
            terms.NATIVE_LABEL: (terms.NATIVE_LABEL, lambda labels: "; ".join(dict.fromkeys(labels))),
        }
    ).reset_index()
    return added[list(terms.COUNT_COLUMNS)]


def as_date(value: object, *, name: str) -> dt.date | None:
    """Return a date or None."""
    return None if value in (None, "") else check_date(value, name=name)
