"""Published counts: the tidy table, what its series are, and sums that refuse to mix.

One row is one published number (columns in :data:`geo.terms.COUNT_COLUMNS`). Missing, zero and suppressed
are three things: an empty value was not published, 0 was published as 0, and the flag ``suppressed`` says
that a value was withheld. What is dropped on reading is counted in ``attrs["ledger"]``, by reason.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo import _sums, _tidy, terms
from geo._catalogue import DATA, catalogued_sources, read_contents, series_info
from geo.checks import check_choice, check_date, raise_faults
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

__all__ = [
    "add_counts",
    "as_known",
    "catalogued_sources",
    "check_counts",
    "frequency",
    "join_counts",
    "list_series",
    "read_contents",
    "read_counts",
    "read_incidents",
    "select_counts",
    "series_info",
]

_FREQUENCIES: Final = ("day", "week", "month", "quarter", "year", "span", "cumulative")


@cache
def _embedded() -> pd.DataFrame:
    return _tidy.read_embedded()


def read_counts(path: str | Path | None = None, *, source: str | Iterable[str] | None = None) -> pd.DataFrame:
    """Read published counts: the embedded ones, or a table of your own in the tidy form.

    Parameters
    ----------
    path : path, optional
        A ``.csv`` or ``.parquet`` file. Columns source, corridor, measure, period_start, period_end and
        value are needed; the others of :data:`geo.terms.COUNT_COLUMNS` may be left out. Without ``known_on``
        a row counts as published on the day after the last data day of its series, with the flag
        ``inferred_known_on``.
    source : str or iterable of str, optional
        Only these sources.

    Returns
    -------
    counts : DataFrame
        Columns ``terms.COUNT_COLUMNS``: text as str ("" for empty), days as datetime64, value as float64
        (NaN for not published or suppressed). ``attrs["ledger"]`` lists what was left out: ``reason``,
        ``rows``, ``value``.

    Raises
    ------
    InvalidInputError
        If the file cannot be read or breaks a rule, such as periods of one series that run into each other;
        every fault is listed with its line and column.
    UnknownNameError
        If a source is not in the table.

    Examples
    --------
    >>> counts = read_counts(source="home_office_daily")
    >>> boats = select_counts(counts, measure="boat")
    >>> add_counts(boats[boats["period_start"].dt.year == 2024])
    695.0
    """
    if path is None:
        counts = _embedded().copy()
    else:
        told = _tidy.read_file(path)
        counts = _tidy.check_table(told, name=f"counts file '{path}'", first_line=2, kinds=period_kinds)
    return counts if source is None else select_counts(counts, source=source)


def check_counts(table: pd.DataFrame, *, name: str = "counts") -> pd.DataFrame:
    """Return a table in the tidy form, or report every fault at once.

    Parameters
    ----------
    table : DataFrame
        At least the columns source, corridor, measure, period_start, period_end and value.
    name : str
        What the table is called in the message.

    Returns
    -------
    counts : DataFrame
        As :func:`read_counts` returns it, with a fresh index.

    Raises
    ------
    InvalidInputError
        If a column is missing or personal, a cell breaks a rule, or two rows of one publication date
        contradict.

    Examples
    --------
    >>> table = pd.DataFrame({"source": ["tally"], "corridor": ["north"], "measure": ["arrival"],
    ...     "period_start": ["2031-01-01"], "period_end": ["2031-01-31"], "value": [12]})
    >>> check_counts(table)[["unit", "known_on", "flag"]].iloc[0].tolist()
    ['persons', Timestamp('2031-02-01 00:00:00'), 'inferred_known_on']
    """
    return _tidy.check_table(table, name=name, first_line=None)


def join_counts(*tables: pd.DataFrame) -> pd.DataFrame:
    """Join tidy tables into one; rows said twice are kept once, contradictions are refused.

    Raises
    ------
    InvalidInputError
        If no table is given, or two rows of the same key and publication date hold different values.

    Examples
    --------
    >>> counts = read_counts(source="frontex")
    >>> len(join_counts(counts, counts)) == len(counts)
    True
    """
    if not tables:
        raise InvalidInputError("Invalid tables to join. Give at least one.")
    joined = pd.concat([table.reset_index(drop=True) for table in tables], ignore_index=True)
    joined.attrs = {"ledger": [entry for table in tables for entry in table.attrs.get("ledger", [])]}
    checking = _tidy.Checking(joined, first_line=None)
    kept = checking.duplicates(joined).reset_index(drop=True)
    raise_faults("tables to join", checking.faults)
    kept.attrs["ledger"] = checking.ledger
    return kept


def select_counts(
    counts: pd.DataFrame,
    *,
    corridor: str | Iterable[str] | None = None,
    source: str | Iterable[str] | None = None,
    measure: str | Iterable[str] | None = None,
    basis: str | Iterable[str] | None = None,
    place: str | Iterable[str] | None = None,
    nationality: str | Iterable[str] | None = None,
    sex: str | Iterable[str] | None = None,
    age_group: str | Iterable[str] | None = None,
) -> pd.DataFrame:
    """Select rows by what they are about; None leaves a column free, "" means the whole.

    Returns
    -------
    rows : DataFrame
        The matching rows with the index they had; none where the combination does not occur.

    Raises
    ------
    UnknownNameError
        If a corridor, source, measure or basis does not occur in the table at all.

    Examples
    --------
    >>> rows = select_counts(read_counts(), corridor="western_balkans", measure="registration", place="XK")
    >>> rows["value"].tolist()
    [1041.0]
    """
    asked = {
        terms.CORRIDOR: corridor,
        terms.SOURCE: source,
        terms.MEASURE: measure,
        terms.BASIS: basis,
        terms.PLACE: place,
        terms.NATIONALITY: nationality,
        terms.SEX: sex,
        terms.AGE_GROUP: age_group,
    }
    keep = pd.Series(True, index=counts.index)
    for column, wanted in asked.items():
        if wanted is None:
            continue
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        if column in {terms.CORRIDOR, *terms.SERIES_COLUMNS}:
            known = counts[column].unique()
            for name in names:
                check_choice(name, known, name=column)
        keep &= counts[column].isin(names)
    return counts[keep]


def frequency(rows: pd.DataFrame) -> str:
    """Say how often a series is published.

    Partial periods count as the period they begin; where no kind of period makes up more than half, it is
    ``span``.

    Returns
    -------
    frequency : str
        ``day``, ``week`` (Monday to Sunday), ``month``, ``quarter``, ``year``, ``span`` or ``cumulative``.

    Raises
    ------
    InvalidInputError
        If there are no rows.

    Examples
    --------
    >>> frequency(read_counts(source="home_office_weekly"))
    'week'
    """
    if rows.empty:
        raise InvalidInputError("Invalid rows '0'. A frequency needs at least one row.")
    if _sums.has_flag(rows, "cumulative").any():
        return "cumulative"
    whole = rows[~_sums.has_flag(rows, "partial")]
    kinds = period_kinds(whole if len(whole) else rows).value_counts()
    return str(kinds.index[0]) if 2 * kinds.iloc[0] > kinds.sum() else "span"


def period_kinds(rows: pd.DataFrame) -> pd.Series[str]:
    """Return the kind of calendar period that each row covers, aligned to the rows.

    Examples
    --------
    >>> period_kinds(read_counts(source="slovenia_police")).tolist()
    ['span']
    """
    start, end = (
        rows[name].to_numpy().astype("datetime64[D]") for name in (terms.PERIOD_START, terms.PERIOD_END)
    )
    months_of = start.astype("datetime64[M]"), end.astype("datetime64[M]")
    days = (end - start).astype(np.int64) + 1
    whole = (start == months_of[0]) & (end + 1 == (months_of[1] + 1).astype("datetime64[D]"))
    months = (months_of[1] - months_of[0]).astype(np.int64) + 1
    month = months_of[0].astype(np.int64) % 12
    monday = (start.astype(np.int64) + 3) % 7 == 0
    kinds = np.select(
        [
            whole & (months == 12) & (month == 0),
            whole & (months == 3) & (month % 3 == 0),
            whole & (months == 1),
            (days == 7) & monday,
            days == 1,
        ],
        ["year", "quarter", "month", "week", "day"],
        default="span",
    )
    return pd.Series(kinds, index=rows.index, dtype="str")


def list_series(counts: pd.DataFrame) -> pd.DataFrame:
    """List the series of a table: one row per source, measure, basis, corridor and place.

    Returns
    -------
    series : DataFrame
        Columns source, measure, basis, corridor, place, frequency, first_day, last_day, known_on (newest),
        rows, licence, title.

    Examples
    --------
    >>> series = list_series(read_counts(source="unhcr"))
    >>> series[["corridor", "frequency", "first_day"]].iloc[0].tolist()
    ['central_med', 'month', Timestamp('2026-01-01 00:00:00')]
    """
    by = [*terms.SERIES_COLUMNS, terms.CORRIDOR, terms.PLACE]
    found = [
        dict(zip(by, key, strict=True))
        | {
            "frequency": frequency(rows),
            "first_day": rows[terms.PERIOD_START].min(),
            "last_day": rows[terms.PERIOD_END].max(),
            terms.KNOWN_ON: rows[terms.KNOWN_ON].max(),
            "rows": len(rows),
            terms.LICENCE: rows[terms.LICENCE].iloc[-1],
            "title": series_info(str(key[0]), str(key[1]))["title"],
        }
        for key, rows in counts.groupby(by, sort=True)
    ]
    columns = [*by, "frequency", "first_day", "last_day", terms.KNOWN_ON, "rows", terms.LICENCE, "title"]
    return pd.DataFrame(found, columns=columns)


def add_counts(rows: pd.DataFrame) -> float:
    """Add values, or say why they must not be added.

    Parameters
    ----------
    rows : DataFrame
        Rows of a tidy table.

    Returns
    -------
    total : float
        The sum; NaN where a value was not published or withheld, and where there is no row at all.

    Raises
    ------
    MixedUnitsError
        If measure, unit, basis, source or scope differ, periods overlap, running totals of several dates are
        among the rows, several places count the same person, or a whole stands beside its parts (all routes
        and a route, all nationalities and one). The message gives the caveat of each source.

    Examples
    --------
    >>> counts = read_counts(source="frontex")
    >>> rows = select_counts(counts, corridor="western_balkans")
    >>> add_counts(rows[rows["period_start"].dt.year == 2024])
    21525.0
    """
    return _sums.add(rows)


def as_known(counts: pd.DataFrame, known_on: dt.date | str) -> pd.DataFrame:
    """Return the figures as they were known on a day: of each number the newest one published by then.

    A partial period gives way to a later, longer publication of the same period.

    Parameters
    ----------
    counts : DataFrame
        A tidy table, of one or of many publication dates.
    known_on : date or str
        The day; what was published on it is known.

    Returns
    -------
    rows : DataFrame
        With the index they had.

    Raises
    ------
    InvalidInputError
        If ``known_on`` is not a day.

    Examples
    --------
    >>> rows = as_known(read_counts(source="italy_ministry"), "2024-03-31")
    >>> str(rows["period_end"].max().date())
    '2024-03-31'
    """
    day = pd.Timestamp(check_date(known_on, name="known_on"))
    placed = counts.reset_index(drop=True)
    rows = placed[placed[terms.KNOWN_ON] <= day].sort_values(terms.KNOWN_ON, kind="stable")
    rows = rows[~rows.duplicated(list(_tidy.KEY), keep="last")]
    partial = _sums.has_flag(rows, "partial")
    if partial.any():
        begun = [name for name in _tidy.KEY if name != terms.PERIOD_END]
        longest = rows.groupby(begun)[terms.PERIOD_END].transform("max")
        rows = rows[~(partial & (rows[terms.PERIOD_END] < longest))]
    return counts.iloc[sorted(rows.index)]


def read_incidents() -> pd.DataFrame:
    """Read the generalised incidents of IOM's Missing Migrants Project: input for statistics only.

    Returns
    -------
    incidents : DataFrame
        One row per event: event (an opaque number), month, corridor, dead, missing, dead_missing, survivors
        (persons), cause, region, cell_lat, cell_lon (degrees, the corner of a 1° cell; NaN outside the
        corridor) and source_quality (1 to 5).

    Examples
    --------
    >>> incidents = read_incidents()
    >>> int(incidents.loc[incidents["month"].str.startswith("2024"), "dead_missing"].sum())
    1937
    """
    with (DATA / "counts" / "iom_incidents.csv").open("rb") as file:
        table = pd.read_csv(file, dtype={"month": "str", "corridor": "str", "cause": "str", "region": "str"})
    words = ["month", "corridor", "cause", "region"]
    table[words] = table[words].fillna("").astype("str")
    return table
