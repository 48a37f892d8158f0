"""Cells into numbers and days, headers into columns; every fault with its place."""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from geo.checks import raise_faults
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.sources._files import Grid

MOST: Final = 20_000_000
"""No published monthly or daily count on these corridors comes near."""
FIRST_YEAR, LAST_YEAR = 1990, 2100
MONTHS: Final = {
    name.lower(): number
    for names in (calendar.month_name, calendar.month_abbr)
    for number, name in enumerate(names)
    if name
} | {"sept": 9}
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_EXCEL_ZERO: Final = dt.date(1899, 12, 30)


def fold(text: object) -> str:
    """Return text in one form for comparing: letters and digits of any script, no accents, no case.

    Examples
    --------
    >>> fold("Costa  d’Avorio*")
    'costa d avorio'
    """
    plain = unicodedata.normalize("NFKD", str(text).replace("&", " and "))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", bare.casefold()).strip()


@dataclass
class Reading:
    """Faults and ledger of one reading.

    Attributes
    ----------
    thing : str
        What is read, for messages.
    faults : list of str
        What cannot be read.
    ledger : dict
        What was left out: rows and value by reason.
    """

    thing: str
    faults: list[str] = field(default_factory=list)
    ledger: dict[str, list[float]] = field(default_factory=dict)

    def fault(self, where: str, rule: str) -> None:
        """Note a fault."""
        self.faults.append(f"{where}: {rule}")

    def drop(self, reason: str, value: float = 0.0, rows: int = 1) -> None:
        """Note rows that are left out, and what they add up to."""
        entry = self.ledger.setdefault(reason, [0, 0.0])
        entry[0] += rows
        entry[1] += 0.0 if math.isnan(value) else value

    def close(self) -> None:
        """Raise if there were faults."""
        raise_faults(self.thing, self.faults)

    def entries(self) -> list[dict[str, Any]]:
        """Return the ledger as records."""
        return [
            {"reason": reason, "rows": int(rows), "value": value}
            for reason, (rows, value) in self.ledger.items()
        ]


def is_blank(cell: object) -> bool:
    """Return whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def count(cell: object, *, missing: Sequence[str] = ()) -> float:
    """Return a count from a cell: a whole number of at least 0; NaN where the cell says that there is none.

    Parameters
    ----------
    cell : object
        A number, or text such as ``1,305``.
    missing : sequence of str
        Texts that mean "not published"; ``""`` allows blank cells.

    Raises
    ------
    ValueError
        If it is anything else; the message says the rule.

    Examples
    --------
    >>> count("1,305"), count("-", missing=["-"])
    (1305.0, nan)
    >>> count("12*")
    Traceback (most recent call last):
    ValueError: '12*' is no count
    """
    if isinstance(cell, str) or cell is None:
        text = (cell or "").strip()
        if text in missing:
            return math.nan
        if not text:
            raise ValueError("is empty")
        if not _THOUSANDS.fullmatch(text) or not text.isascii():
            raise ValueError(f"'{text}' is no count")
        cell = int(text.replace(",", "")) if len(text) < 20 else math.inf
    counted = isinstance(cell, (int, float)) and not isinstance(cell, bool)
    number = float(cell) if counted and abs(cell) < 1e18 else math.nan  # type: ignore[arg-type]
    if not math.isfinite(number) or number != int(number) or number < 0:
        raise ValueError(f"'{cell}' is no whole number of at least 0")
    if number > MOST:
        raise ValueError(f"{number:.0f} is more than {MOST}, which no such count reaches")
    return number


def day(cell: object, *, serial: bool = False) -> dt.date:
    """Return a day of the calendar from a date cell, ``2024-12-12`` or ``12 December 2024``.

    Parameters
    ----------
    cell : object
        The cell.
    serial : bool
        Whether a plain number is a day count of a spreadsheet.

    Raises
    ------
    ValueError
        If it is no day, has a time of day, or lies outside 1990 to 2100.

    Examples
    --------
    >>> day("15 August 2026"), day("2026-08-15")
    (datetime.date(2026, 8, 15), datetime.date(2026, 8, 15))
    """
    found: dt.date | None = None
    if isinstance(cell, dt.datetime):
        if cell.time() != dt.time():
            raise ValueError(f"'{cell}' is a time, not a day")
        found = cell.date()
    elif isinstance(cell, dt.date):
        found = cell
    elif serial and isinstance(cell, (int, float)) and not isinstance(cell, bool) and 0 < cell < 80_000:
        if cell != int(cell):
            raise ValueError(f"'{cell}' is a time, not a day")
        found = _EXCEL_ZERO + dt.timedelta(days=int(cell))
    elif isinstance(cell, str):
        found = _written_day(cell.strip())
    if found is None:
        raise ValueError(f"'{cell}' is no day")
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"'{found.isoformat()}' lies outside {FIRST_YEAR} to {LAST_YEAR}")
    return found


def _written_day(text: str) -> dt.date | None:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?", text, re.ASCII):
            return dt.date.fromisoformat(text[:10])
        words = re.fullmatch(
            r"(?:[A-Za-z]+,? )?(\d{1,2})(?:st|nd|rd|th)?[ _-]([A-Za-z]+)\.?,?[ _-](\d{4})", text, re.ASCII
        )
        if words and words[2].lower() in MONTHS:
            return dt.date(int(words[3]), MONTHS[words[2].lower()], int(words[1]))
    except ValueError:
        return None
    return None


def month_end(year: int, month: int) -> dt.date:
    """Return the last day of a month.

    Examples
    --------
    >>> month_end(2024, 2)
    datetime.date(2024, 2, 29)
    """
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def find_header(grid: Grid, first: Sequence[str], *, within: int = 20) -> int:
    """Return the index of the row that holds one of these words as a cell.

    Raises
    ------
    InvalidInputError
        If no row does, or more than one.
    """
    wanted = {fold(word) for word in first}
    rows = [
        index
        for index, row in enumerate(grid.rows[:within])
        if any(isinstance(cell, str) and fold(cell) in wanted for cell in row)
    ]
    if len(rows) != 1:
        found = "No row" if not rows else f"More than one of the first {within} rows"
        raise InvalidInputError(
            f"Invalid {grid.thing}. {found} is a header: a cell '{first[0]}' must stand in exactly one."
        )
    return rows[0]


def find_columns(
    grid: Grid, header: int, aliases: Mapping[str, Sequence[str]], *, optional: Sequence[str] = ()
) -> dict[str, int]:
    """Return where each column stands, by its names.

    Parameters
    ----------
    grid : Grid
        The table.
    header : int
        Index of the header row.
    aliases : mapping
        Names that a column may bear, by its key; the first is the usual one.
    optional : sequence of str
        Keys that may lack.

    Raises
    ------
    InvalidInputError
        If a column lacks or stands twice; the message lists what was found.
    """
    names = [fold(cell) if isinstance(cell, str) else "" for cell in grid.rows[header]]
    where: dict[str, int] = {}
    faults = []
    for key, words in aliases.items():
        wanted = {fold(word) for word in words}
        places = [index for index, name in enumerate(names) if name in wanted]
        if len(places) == 1:
            where[key] = places[0]
        elif places:
            faults.append(f"{grid.at(header)}: column '{words[0]}' stands {len(places)} times")
        elif key not in optional:
            found = ", ".join(f"'{cell}'" for cell in grid.rows[header][:30] if not is_blank(cell))
            faults.append(f"{grid.at(header)}: column '{words[0]}' is missing; found: {found or 'nothing'}")
    for key, index in where.items():
        if why := grid.spoiled.get((header + grid.first_row, index + 1)):
            faults.append(f"{grid.at(header, aliases[key][0])}: the header holds {why}")
    raise_faults(grid.thing, faults)
    return where


def cell_of(grid: Grid, index: int, column: int) -> Any:  # noqa: ANN401 - a cell is anything
    """Return a cell, blank where the row is short.

    Raises
    ------
    ValueError
        If the cell must not be read; the message says why.
    """
    if why := grid.spoiled.get((index + grid.first_row, column + 1)):
        raise ValueError(f"holds {why}")
    row = grid.rows[index]
    return row[column] if column < len(row) else ""
