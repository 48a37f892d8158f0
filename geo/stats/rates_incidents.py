"""Incidents in which people died or went missing: what is held, for which months, and how it was coded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo import terms
from geo.checks import check_choice, check_date, raise_faults
from geo.counts import read_counts, read_incidents
from geo.disclosure import check_no_identities
from geo.errors import InvalidInputError, NotCoveredError
from geo.stats import periods
from geo.stats.periods import Period, parse_period

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from numpy.typing import NDArray

SOURCE: Final = "iom_missing_migrants"
"""Source of the embedded incidents."""
NEEDED: Final = ("corridor", "month", "dead_missing")
OPTIONAL: Final = ("event", "cause", "known_on", "source")
DROWNING: Final = "Drowning"
VEHICLE: Final = "Vehicle accident"
CAUSES: Final = ("drowning_coded", "vehicle_coded", "other_coded", "all")
"""Groups of :func:`deaths_by_cause`; a list of several causes counts as drowning if that is one of them."""
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, eq=False)
class Incidents:
    """A checked list of incidents, with the months for which it is complete.

    Attributes
    ----------
    table : DataFrame
        Columns corridor, month (first day of it), dead_missing, and cause where it was given.
    covers : Period
        Whole months for which the list holds what is known.
    known_on : date or None
        Newest publication date; None where none was given.
    source : str
        Who published it; "" for not said.
    """

    table: pd.DataFrame
    covers: Period
    known_on: dt.date | None
    source: str

    def of(self, corridor: str, period: Period) -> pd.DataFrame:
        """Return the incidents of one corridor in a period of whole months."""
        months = self.table["month"]
        inside = (months >= pd.Timestamp(period.start)) & (months <= pd.Timestamp(period.end))
        return self.table[inside & (self.table["corridor"] == corridor)]

    def known(self, corridor: str) -> bool:
        """Say whether the list holds any incident of a corridor."""
        return bool((self.table["corridor"] == corridor).any())


@cache
def _embedded() -> Incidents:
    table = read_incidents()[["corridor", "month", "dead_missing", "cause"]]
    table["month"] = pd.to_datetime(table["month"], format="%Y-%m")
    rows = read_counts(source=SOURCE)
    last = periods.last_complete("month", rows[terms.PERIOD_END].max().date())
    first = rows[terms.PERIOD_START].min().date()
    return Incidents(table, Period(first, last.end), rows[terms.KNOWN_ON].max().date(), SOURCE)


def load_incidents(
    incidents: pd.DataFrame | None = None,
    *,
    covers: Period | str | None = None,
    known_on: dt.date | str | None = None,
) -> Incidents:
    """Check a list of incidents, or take the embedded one.

    Parameters
    ----------
    incidents : DataFrame, optional
        One row per incident (of an event that was split, one row in all) with the columns ``corridor``,
        ``month`` (``2031-05``) and ``dead_missing`` (people, a whole number from 0); ``event`` (unique),
        ``cause``, ``known_on`` and ``source`` (one) may be added, other columns are not read. Default the
        embedded ones (:func:`geo.counts.read_incidents`).
    covers : Period or str, optional
        The whole months for which the list is complete; default from its first to its last month, for a list
        does not say that nothing happened after it ends. The embedded one brings its own.
    known_on : date or str, optional
        Keep what was published by this day; a list without ``known_on`` is kept whole, and the sentences say
        that its date is not known.

    Returns
    -------
    checked : Incidents

    Raises
    ------
    InvalidInputError
        If columns are missing or hold data of single persons, a cell breaks a rule, an event stands twice,
        or `covers` is not made of whole months.
    NotCoveredError
        If nothing was published by `known_on`; the embedded list is one vintage.

    Examples
    --------
    >>> load_incidents().covers.end
    datetime.date(2026, 4, 30)
    >>> table = pd.DataFrame({"corridor": ["north"], "month": ["2031-02"], "dead_missing": [3]})
    >>> load_incidents(table).covers.end
    datetime.date(2031, 2, 28)
    """
    day = None if known_on is None else check_date(known_on, name="known_on")
    if incidents is None:
        if covers is not None:
            raise InvalidInputError(f"Invalid covers '{covers}'. The embedded incidents say for themselves.")
        held = _embedded()
        if day is not None and held.known_on is not None and day < held.known_on:
            raise NotCoveredError(
                f"Invalid known_on '{day}'. The incidents that are held are those known on {held.known_on}; "
                "give a list of incidents as it was known then."
            )
        return held
    return _check(incidents, covers, day)


def _check(given: pd.DataFrame, covers: Period | str | None, day: dt.date | None) -> Incidents:
    """Check a list of one's own."""
    names = [str(name) for name in given.columns]
    faults = [f"column '{name}' is missing" for name in NEEDED if name not in names]
    raise_faults("table of incidents", faults)
    check_no_identities(given, place="table of incidents")
    table = given[[name for name in (*NEEDED, *OPTIONAL) if name in names]].reset_index(drop=True)
    raise_faults("table of incidents", [*_cells(table), *_events(table)])
    table["dead_missing"] = table["dead_missing"].astype("int64")
    table["month"] = pd.to_datetime(table["month"].astype(str), format="%Y-%m")
    sources = sorted(set(table["source"].astype(str))) if "source" in names else [""]
    if len(sources) > 1:
        raise InvalidInputError(
            f"Invalid table of incidents. It mixes sources ({', '.join(sources)}); an event may be in each."
        )
    published = None
    if "known_on" in names:
        known = pd.to_datetime(table["known_on"])
        if day is not None:
            table, known = table[known.dt.date <= day], known[known.dt.date <= day]
        published = None if known.empty else known.max().date()
    if table.empty:
        if len(given):
            raise NotCoveredError(
                f"Invalid known_on '{day}'. No incident of the table was published by then."
            )
        raise InvalidInputError("Invalid table of incidents '0'. It needs at least one row.")
    return Incidents(table, _covered(table["month"], covers), published, sources[0])


def _cells(table: pd.DataFrame) -> list[str]:
    """List the cells that break a rule."""
    faults = []
    sizes = pd.to_numeric(table["dead_missing"], errors="coerce").to_numpy(dtype=np.float64)
    wrong: dict[str, NDArray[Any]] = {
        "dead_missing": ~(np.isfinite(sizes) & (sizes >= 0) & (sizes == np.floor(sizes))),
        "month": ~table["month"].astype(str).str.fullmatch(_MONTH).to_numpy(dtype=bool),
        "corridor": (table["corridor"].isna() | (table["corridor"].astype(str) == "")).to_numpy(dtype=bool),
    }
    rules = {
        "dead_missing": "is no whole number from 0",
        "month": "is no month such as 2031-05",
        "corridor": "is empty",
    }
    if "known_on" in table.columns:
        wrong["known_on"] = pd.to_datetime(table["known_on"], errors="coerce").isna().to_numpy(dtype=bool)
        rules["known_on"] = "is no day such as 2031-05-31"
    for name, mask in wrong.items():
        faults += [
            f"row {row}, column '{name}': '{table[name].iloc[row]}' {rules[name]}"
            for row in np.flatnonzero(mask)
        ]
    return faults


def _events(table: pd.DataFrame) -> list[str]:
    """List the events that stand in several rows."""
    if "event" not in table.columns:
        return []
    twice = table.loc[table["event"].duplicated(), "event"].drop_duplicates()
    return [f"event '{event}' stands in several rows; merge them into one incident" for event in twice]


def _covered(months: pd.Series[Any], covers: Period | str | None) -> Period:
    """Return the months for which a list is complete."""
    first, last = months.min().date(), periods.period_at("month", months.max().date()).end
    if covers is None:
        return Period(first, last)
    period = parse_period(covers)
    if not period.whole_months:
        raise InvalidInputError(f"Invalid covers '{covers}'. It must be made of whole months.")
    return period


def coded(cause: pd.Series[Any], word: str, *, only: bool = False) -> pd.Series[Any]:
    """Say which incidents have a word among their causes (or, with `only`, in each of them).

    Causes of one incident are joined with commas that have no space after them.

    Examples
    --------
    >>> coded(pd.Series(["Drowning,Violence", "Violence"]), DROWNING).tolist()
    [True, False]
    """
    lists = cause.fillna("").astype(str).str.split(r",(?! )", regex=True)
    test = all if only else any
    return lists.map(lambda causes: test(word in one for one in causes)).astype(bool)


def cause_bounds(rows: pd.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the sizes of drowning-coded incidents, and of all but the vehicle-coded ones.

    Parameters
    ----------
    rows : DataFrame
        Incidents with a column ``cause``.

    Raises
    ------
    InvalidInputError
        If there is no such column.

    Examples
    --------
    >>> table = load_incidents().of("channel", parse_period("2024"))
    >>> [int(sizes.sum()) for sizes in cause_bounds(table)]
    [62, 82]
    """
    if "cause" not in rows.columns:
        raise InvalidInputError(
            "Invalid table of incidents. Deaths under a label that includes deaths on land need the column "
            "'cause' (Drowning, Vehicle accident, …)."
        )
    sizes = rows["dead_missing"].to_numpy(dtype=np.int64)
    low = coded(rows["cause"], DROWNING).to_numpy(dtype=bool)
    high = ~coded(rows["cause"], VEHICLE, only=True).to_numpy(dtype=bool)
    return sizes[low], sizes[high]


def deaths_by_cause(
    corridors: str | Iterable[str] | None = None,
    *,
    incidents: pd.DataFrame | None = None,
    period: Period | str | None = None,
    known_on: dt.date | str | None = None,
) -> pd.DataFrame:
    """Add up recorded deaths by how their cause was coded: minimum numbers, coded unevenly.

    Parameters
    ----------
    corridors : str or iterable of str, optional
        Corridor ids; default all of the list.
    incidents : DataFrame, optional
        As for :func:`load_incidents`; default the embedded ones.
    period : Period or str, optional
        Whole months; default all that the list covers.
    known_on : date or str, optional
        Keep what was published by this day.

    Returns
    -------
    deaths : DataFrame
        Index (corridor, cause) with :data:`CAUSES`; columns ``deaths`` (people), ``incidents``,
        ``period_start``, ``period_end``. What is coded as drowning and as something else counts as drowning;
        an incident is vehicle-coded only if nothing else is coded.

    Raises
    ------
    InvalidInputError
        If the period is not made of whole months that the list covers, or causes are missing.
    UnknownNameError
        If the list holds no incident of a corridor.

    Examples
    --------
    >>> deaths_by_cause("channel", period="2024")["deaths"].tolist()
    [62, 3, 20, 85]
    """
    held = load_incidents(incidents, known_on=known_on)
    asked = held.covers if period is None else parse_period(period)
    if not asked.whole_months or asked.start < held.covers.start or asked.end > held.covers.end:
        raise InvalidInputError(
            f"Invalid period '{period}'. It must be made of whole months from {held.covers.start} to "
            f"{held.covers.end}."
        )
    known = held.table["corridor"].unique()
    names = list(known) if corridors is None else [corridors] if isinstance(corridors, str) else corridors
    found = []
    for name in names:
        rows = held.of(check_choice(name, known, name="corridor"), asked)
        cause_bounds(rows)
        drowned = coded(rows["cause"], DROWNING)
        vehicle = coded(rows["cause"], VEHICLE, only=True)
        groups = (drowned, vehicle, ~drowned & ~vehicle, drowned | True)
        for group, mask in zip(CAUSES, groups, strict=True):
            sizes = rows.loc[mask, "dead_missing"]
            found.append((name, group, int(sizes.sum()), int((sizes > 0).sum()), asked.start, asked.end))
    columns = ["corridor", "cause", "deaths", "incidents", "period_start", "period_end"]
    table = pd.DataFrame(found, columns=columns).set_index(["corridor", "cause"])
    for name in ("period_start", "period_end"):
        table[name] = pd.to_datetime(table[name]).astype("datetime64[us]")
    return table
