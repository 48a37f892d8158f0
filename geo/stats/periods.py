"""Periods: days, ISO weeks, months, quarters, years and spans, both ends inclusive."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.display import Displayed
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS: Final = ("day", "week", "month", "quarter", "year")
"""Calendar periods, shortest first; every other stretch of days is a ``span``."""
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_DAY = dt.timedelta(days=1)
_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_RULE = "Write a day 2024-12-12, a week 2024-W50, a month 2024-12, a quarter 2024-Q4, a year 2024, or a/b"


@dataclass(frozen=True, slots=True, order=True)
class Period(Displayed):
    """A stretch of days.

    Attributes
    ----------
    start, end : date
        First and last day, both inclusive.
    days : bool
        A stretch of calendar days that is no ISO week, even where it runs from a Monday to a Sunday: a month
        to date, the last seven days, ``a/b``. It is compared with the same calendar days.
    """

    start: dt.date
    end: dt.date
    days: bool = field(default=False, compare=False, repr=False)

    @property
    def kind(self) -> str:
        """Kind of calendar period, or ``span``."""
        for kind in KINDS:
            if period_at(kind, self.start) == self and not (self.days and kind == "week"):
                return kind
        return "span"

    @property
    def n_days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1

    @property
    def whole_months(self) -> bool:
        """Whether it begins with a month and ends with one."""
        return self.start.day == 1 and is_month_end(self.end)


def parse_period(value: object) -> Period:
    """Read a period from text, a date or another period.

    Raises
    ------
    InvalidInputError
        If it is none of the forms, no day of the calendar, or ends before it begins.

    Examples
    --------
    >>> parse_period("2024-W50")
    Period(start=datetime.date(2024, 12, 9), end=datetime.date(2024, 12, 15))
    >>> parse_period("2024-07-05/2024-12-31").n_days
    180
    """
    if isinstance(value, Period):
        return value
    if isinstance(value, dt.datetime):
        return Period(value.date(), value.date())
    if isinstance(value, dt.date):
        return Period(value, value)
    text = str(value).strip()
    first, slash, second = text.partition("/")
    if not slash:
        return _parse_one(text, text)
    period = Period(_parse_one(first, text).start, _parse_one(second, text).end, days=True)
    if period.end < period.start:
        raise InvalidInputError(f"Invalid period '{text}'. It ends before it begins.")
    return period


def _parse_one(part: str, text: str) -> Period:
    """Read one calendar period."""
    match = re.fullmatch(r"(\d{4})(?:-(?:(\d\d)(?:-(\d\d))?|W(\d\d)|Q([1-4])))?", part.strip(), re.ASCII)
    if match is None:
        raise InvalidInputError(f"Invalid period '{text}'. {_RULE}.")
    year, month, day, week, quarter = (None if group is None else int(group) for group in match.groups())
    if year is None:  # pragma: no cover - the expression needs a year
        raise InvalidInputError(f"Invalid period '{text}'. {_RULE}.")
    try:
        if week is not None:
            return period_at("week", dt.date.fromisocalendar(year, week, 1))
        if quarter is not None:
            return period_at("quarter", dt.date(year, 3 * quarter, 1))
        kind = "year" if month is None else "month" if day is None else "day"
        return period_at(kind, dt.date(year, month or 1, day or 1))
    except ValueError:
        raise InvalidInputError(f"Invalid period '{text}'. It is not in the calendar.") from None


def period_at(kind: str, day: dt.date) -> Period:
    """Return the period of a kind that holds a day.

    Examples
    --------
    >>> period_at("quarter", dt.date(2024, 12, 12)).start
    datetime.date(2024, 10, 1)
    """
    if kind == "day":
        return Period(day, day)
    if kind == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return Period(monday, monday + dt.timedelta(days=6))
    if kind not in _MONTHS:
        raise InvalidInputError(f"Invalid kind of period '{kind}'. It must be one of: {', '.join(KINDS)}.")
    months = _MONTHS[kind]
    first = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
    last_month = first.month + months - 1
    return Period(first, dt.date(day.year, last_month, calendar.monthrange(day.year, last_month)[1]))


def last_complete(kind: str, day: dt.date) -> Period:
    """Return the newest period of a kind that ends on or before a day.

    Examples
    --------
    >>> last_complete("month", dt.date(2024, 12, 12)).end
    datetime.date(2024, 11, 30)
    """
    period = period_at(kind, day)
    return period if period.end <= day else period_at(kind, period.start - _DAY)


def following(kind: str, day: dt.date) -> Period:
    """Return the period of a kind after the one that holds a day.

    Examples
    --------
    >>> following("month", dt.date(2024, 12, 12)).start
    datetime.date(2025, 1, 1)
    """
    return period_at(kind, period_at(kind, day).end + _DAY)


def is_month_end(day: dt.date) -> bool:
    """Say whether a day is the last of its month.

    >>> is_month_end(dt.date(2024, 2, 29))
    True
    """
    return (day + _DAY).day == 1


def same_day(day: dt.date, years: int) -> dt.date:
    """Return the same calendar day some years later (or, negative, earlier); 29 February gives 28 February.

    Examples
    --------
    >>> same_day(dt.date(2024, 2, 29), -1)
    datetime.date(2023, 2, 28)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def shift_years(period: Period, years: int, *, whole_months: bool = False) -> Period:
    """Move a period by whole years.

    Parameters
    ----------
    period : Period
        A week keeps its ISO number; a month, quarter or year stays one; a span keeps its calendar days.
    years : int
        How many years; negative is earlier.
    whole_months : bool
        Whether a span that ends with a month shall still end with one (as monthly figures need: to
        28 February 2023 becomes to 29 February 2024).

    Raises
    ------
    InvalidInputError
        If a week 53 has no counterpart.

    Examples
    --------
    >>> shift_years(parse_period("2024-01-01/2024-02-29"), -1).end
    datetime.date(2023, 2, 28)
    """
    kind = period.kind
    if kind == "week":
        year, week, _ = period.start.isocalendar()
        try:
            return period_at("week", dt.date.fromisocalendar(year + years, week, 1))
        except ValueError:
            raise InvalidInputError(
                f"Invalid week '{year}-W{week}'. {year + years} has no week {week}."
            ) from None
    if kind in _MONTHS:
        return period_at(kind, same_day(period.start, years))
    end = same_day(period.end, years)
    if whole_months and period.whole_months:
        end = period_at("month", end).end
    return Period(same_day(period.start, years), end, days=period.days)


def twelve_months(end: dt.date) -> Period:
    """Return the twelve months that end on a day, inclusive; from a month's end they are whole months.

    Examples
    --------
    >>> twelve_months(dt.date(2024, 12, 12)).start
    datetime.date(2023, 12, 13)
    >>> twelve_months(dt.date(2025, 2, 28)).start
    datetime.date(2024, 3, 1)
    """
    before = same_day(end, -1)
    if is_month_end(end):
        before = period_at("month", before).end
    return Period(before + _DAY, end)


def back_months(end: dt.date, months: int) -> Period:
    """Return the whole months up to one that ends on a day.

    Examples
    --------
    >>> back_months(dt.date(2024, 11, 30), 3).start
    datetime.date(2024, 9, 1)
    """
    count = end.year * 12 + end.month - months
    return Period(dt.date(count // 12, count % 12 + 1, 1), end)


def period_edges(kind: str, first: dt.date, last: dt.date) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the periods of a kind that lie whole within a stretch of days.

    Returns
    -------
    starts, ends : arrays of int
        Proleptic ordinals of first and last days, in order.

    Examples
    --------
    >>> starts, ends = period_edges("month", dt.date(2024, 1, 2), dt.date(2024, 12, 30))
    >>> len(starts), dt.date.fromordinal(int(starts[0]))
    (10, datetime.date(2024, 2, 1))
    """
    begin = period_at(kind, first)
    if begin.start < first:
        begin = following(kind, first)
    close = last_complete(kind, last).end
    if close < begin.end:
        none = np.empty(0, dtype=np.int64)
        return none, none
    if kind in {"day", "week"}:
        step = 1 if kind == "day" else 7
        starts = np.arange(begin.start.toordinal(), close.toordinal() + 1, step, dtype=np.int64)
        return starts, starts + step - 1
    span = np.arange(
        np.datetime64(begin.start, "M"), np.datetime64(close, "M") + 1 + _MONTHS[kind], _MONTHS[kind]
    )
    edges = span.astype("datetime64[D]").astype(np.int64) + _EPOCH
    whole = edges[1:] - 1 <= close.toordinal()
    return edges[:-1][whole], edges[1:][whole] - 1
