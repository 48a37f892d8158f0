"""Monthly values of headline series, side by side: what charts draw."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.checks import check_date
from geo.errors import NotCoveredError, UnknownNameError
from geo.stats import periods
from geo.stats.choice import choose_rows, read_meta
from geo.stats.periods import Period
from geo.stats.series import CountSeries, build_series

if TYPE_CHECKING:
    from collections.abc import Iterable


def monthly_values(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    source: str | None = None,
    measure: str | None = None,
    basis: str | None = None,
) -> pd.DataFrame:
    """Lay the months of each corridor's headline series side by side.

    Parameters
    ----------
    counts, corridors, as_of, known_on, source, measure, basis
        As for :func:`~geo.stats.summary.corridor_stats`; an `as_of` after a series' end takes what there is.

    Returns
    -------
    table : DataFrame, months × corridors
        Index ``month`` (first days, every month between the first and the last); one column per corridor in
        the unit of its own measure, NaN where a month was not published, lies outside, or is part of a longer
        published period. ``attrs["partial"]`` gives per corridor the month that is not complete (its first
        day) and the day it runs to, ``attrs["series"]`` source, measure, basis, unit and frequency, and
        ``attrs["notes"]`` the corridors left out: dicts of ``corridor``, ``note``.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> table = monthly_values(read_counts(), ["channel", "western_balkans"], as_of="2024-12-12")
    >>> table.loc["2024-11-01"].tolist(), table.attrs["partial"]
    ([2901.0, 1403.0], {'channel': {'month': '2024-12-01', 'to': '2024-12-12'}})
    """
    day = None if as_of is None else check_date(as_of, name="as_of")
    known = None if known_on is None else check_date(known_on, name="known_on")
    columns: dict[str, pd.Series[float]] = {}
    partial: dict[str, dict[str, str]] = {}
    about: dict[str, dict[str, str]] = {}
    notes: list[dict[str, str]] = []
    for meta in read_meta(corridors, counts):
        try:
            rows = choose_rows(counts, meta, source, measure, basis)
            series = None if rows is None else build_series(rows, known_on=known)
        except (UnknownNameError, NotCoveredError) as error:
            notes.append({"corridor": meta.id, "note": str(error)})
            continue
        if series is None or series.overlapping or series.frequency not in {"day", "month"}:
            why = (
                "no counts of a headline series"
                if series is None
                else f"figures by the {series.frequency}, not by the month"
            )
            notes.append({"corridor": meta.id, "note": f"{meta.title} has {why}."})
            continue
        columns[meta.id], open_ = _months(series, min(day or series.last, series.last))
        if open_ is not None:
            partial[meta.id] = {"month": open_.start.isoformat(), "to": open_.end.isoformat()}
        about[meta.id] = {
            name: getattr(series, name) for name in ("source", "measure", "basis", "unit", "frequency")
        }
    table = _table(columns)
    table.attrs.update(partial=partial, series=about, notes=notes)
    return table


def _table(columns: dict[str, pd.Series[float]]) -> pd.DataFrame:
    """Join the columns on every month between the first and the last."""
    held = [column.index for column in columns.values() if len(column)]
    if not held:
        months = pd.DatetimeIndex([], name="month")
    else:
        first, last = min(index[0] for index in held), max(index[-1] for index in held)
        months = pd.date_range(first, last, freq="MS", name="month")
    return pd.DataFrame({name: column.reindex(months) for name, column in columns.items()}, index=months)


def _months(series: CountSeries, last: dt.date) -> tuple[pd.Series[float], Period | None]:
    """Return the whole months up to a day, and the begun one where it has figures."""
    bins = series.bins("month", last)
    days = [dt.date.fromordinal(int(start)) for start in bins.start]
    values = bins.value.tolist()
    current = periods.period_at("month", last)
    open_ = None
    if current.end > last and current.start >= series.first:
        span = series.span(Period(current.start, last))
        if span.ok:
            days, values, open_ = [*days, current.start], [*values, span.value], span.period
    index = pd.DatetimeIndex(np.array(days, dtype="datetime64[D]").astype("datetime64[us]"))
    return pd.Series(values, index=index, dtype="float64"), open_
