"""Year on year: each month or week beside the same one of the year before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.checks import check_choice
from geo.errors import InvalidInputError
from geo.stats.asking import ask
from geo.stats.locales import read_voice
from geo.stats.periods import Period, period_at, shift_years
from geo.stats.question import SMALL_BASE, UnavailableError, percent_change, why_not
from geo.stats.trend_runs import FREQUENCIES, preliminary_days, regular_values

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Iterable

    from geo.stats.question import Question

COLUMNS = (
    "period_start", "period_end", "value", "base_start", "base_end", "base_value",
    "change", "change_percent", "withheld", "preliminary", "unit", "source", "measure", "basis",
)  # fmt: skip


def year_on_year(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: Period | dt.date | str | None = None,
    frequency: str = "month",
    source: str | None = None,
    measure: str | None = None,
    basis: str | None = None,
    place: str = "",
    nationality: str = "",
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Lay each month (week) beside the same one of the year before.

    Parameters
    ----------
    counts, corridors, as_of, known_on, source, measure, basis, place, nationality, language, catalogues
        As for :func:`~geo.stats.summary.corridor_stats`.
    period : Period, date or str, optional
        The stretch whose months are listed; default all whole ones up to `as_of`.
    frequency : str
        ``month``, or ``week`` (ISO weeks; a week 53 is compared with none).

    Returns
    -------
    table : DataFrame, one row per corridor and month
        Index (corridor, period), period as ``2024-07`` or ``2024-W30``. ``value`` and ``base_value`` (NaN
        where there is no figure), ``change`` (a difference, in the unit) and ``change_percent`` (to one
        decimal; NaN where withheld); ``withheld`` says why ("" where it is given): a base under 50, a missing
        figure; ``preliminary`` where either figure is. ``attrs["notes"]`` lists corridors left out.

    Raises
    ------
    UnknownNameError, NotCoveredError, InvalidInputError
        As for :func:`~geo.stats.summary.corridor_stats`.

    Notes
    -----
    Published counts are compared as they are; there is no interval, since nothing is sampled. Whether a
    level changed by more than chance explains is what :func:`~geo.stats.trends.trend_stats` tells.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> table = year_on_year(read_counts(), "western_balkans", period="2024-11")
    >>> table.loc[("western_balkans", "2024-11"), ["value", "base_value", "change_percent"]].tolist()
    [1403.0, 1206.0, 16.3]
    """
    check_choice(frequency, FREQUENCIES, name="frequency")
    questions, notes = ask(
        counts,
        corridors,
        as_of=as_of,
        known_on=known_on,
        period=period,
        series=(source, measure, basis, place, nationality),
        voice=read_voice(language, catalogues=catalogues),
    )
    rows: list[dict[str, Any]] = []
    for q in questions:
        try:
            values, _ = regular_values(q, frequency, preliminary=True)
        except UnavailableError as why:
            notes.append({"corridor": q.series.corridor, "note": why.reason})
            continue
        unsure = preliminary_days(q)
        rows += [_row(q, frequency, start.date(), unsure) for start in values.index]
    index = pd.MultiIndex.from_arrays(
        [[row.pop("corridor") for row in rows], [row.pop("period") for row in rows]],
        names=["corridor", "period"],
    )
    table = pd.DataFrame(rows, index=index, columns=list(COLUMNS))
    for name in ("period_start", "period_end", "base_start", "base_end"):
        table[name] = table[name].astype("datetime64[us]")
    for name in ("value", "base_value", "change", "change_percent"):
        table[name] = table[name].astype("float64")
    table["preliminary"] = table["preliminary"].astype(bool)
    table.attrs["notes"] = notes
    return table


def _row(q: Question, kind: str, start: dt.date, unsure: list[tuple[int, int]]) -> dict[str, Any]:
    """Compare one period with that of the year before."""
    period = period_at(kind, start)
    series, v = q.series, q.voice
    span = series.span(period)
    withheld = "" if span.ok else why_not(v, series, span)
    base: Period | None = None
    base_value = np.nan
    try:
        base = shift_years(period, -1)
    except InvalidInputError:
        withheld = withheld or v.say("{year} has no week 53", year=start.isocalendar()[0] - 1)
    else:
        before = series.span(base)
        base_value = before.value
        if not before.ok:
            withheld = withheld or why_not(v, series, before)
        elif before.value < SMALL_BASE:
            withheld = withheld or v.say("the base is under {number}", number=v.number(SMALL_BASE))
    touched = [one for one in (period, base) if one is not None]
    year, week, _ = start.isocalendar()
    return {
        "corridor": series.corridor,
        "period": f"{year}-W{week:02d}" if kind == "week" else f"{start:%Y-%m}",
        "period_start": period.start,
        "period_end": period.end,
        "value": span.value,
        "base_start": base.start if base else None,
        "base_end": base.end if base else None,
        "base_value": base_value,
        "change": span.value - base_value,
        "change_percent": np.nan if withheld else percent_change(span.value, base_value),
        "withheld": withheld,
        "preliminary": any(
            a <= one.end.toordinal() and b >= one.start.toordinal() for one in touched for a, b in unsure
        ),
        "unit": series.unit,
        "source": series.source,
        "measure": series.measure,
        "basis": series.basis,
    }
