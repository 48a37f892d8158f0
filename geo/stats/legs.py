"""What published figures say of single legs: a point, a range that several legs share, or nothing."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo import terms
from geo.checks import check_date
from geo.errors import InvalidInputError, NotCoveredError
from geo.stats import leg_phrases, periods
from geo.stats.choice import Corridor, read_meta, series_rows
from geo.stats.locales import Voice, read_voice
from geo.stats.periods import Period, parse_period
from geo.stats.series import CountSeries, build_series

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

COLUMNS: Final = (
    "low",
    "high",
    "value",
    "unit",
    "measure",
    "source",
    "basis",
    "label",
    "period_start",
    "period_end",
    "known_on",
    "n_legs_sharing",
    "sentence",
)
_DATES: Final = ("period_start", "period_end", "known_on")
_NUMBERS: Final = ("low", "high", "value")


@dataclass(frozen=True, slots=True)
class _Bound:
    """One published figure and the legs that it covers together."""

    label: str
    series: CountSeries
    period: Period
    value: float
    known_on: dt.date | None
    qualifier: str
    legs: frozenset[str]


def leg_figures(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None,
    routes: pd.DataFrame,
    *,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: Period | str | None = None,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Bound each leg by the published figures that cover it; never divide a figure among legs.

    Parameters
    ----------
    counts : DataFrame
        A tidy table.
    corridors : DataFrame, str or iterable of str, optional
        As for :func:`~geo.stats.summary.corridor_stats`; a table needs the column ``figures`` for more than
        the headline.
    routes : DataFrame
        Legs with the index ``leg`` and the columns ``corridor`` and ``counted``
        (:func:`geo.routes.read_routes`).
    as_of : date or str, optional
        Data date; default everything held.
    known_on : date or str, optional
        Take each value as published by this day; default the newest.
    period : Period or str, optional
        What is described. Default the last complete calendar year of the headline series by `as_of`, for all
        figures of a corridor alike; a figure that lacks it is taken for its own newest period.
    language : str
        Language of the sentences.
    catalogues : path, optional
        Folder of further language catalogues.

    Returns
    -------
    figures : DataFrame, one row per leg in the order of `routes`
        ``low``, ``high``, ``value`` (in ``unit``): equal where a figure covers this leg alone; else ``low``
        0, ``high`` the figure and ``value`` NaN, for the figure covers ``n_legs_sharing`` legs together; all
        NaN where none covers it. ``measure``, ``source``, ``basis``, ``label``, ``period_start``,
        ``period_end``, ``known_on`` say which figure, ``sentence`` says it in words.

    Raises
    ------
    InvalidInputError
        If `routes` lacks columns.

    Notes
    -----
    A figure that lacks the period is taken for its newest calendar year, else its newest period.
    Of several figures the one of the headline's measure comes first, then the newest period, then the
    smallest figure, the tightest bound. A figure over all legs bounds each of them, because
    counts are not negative.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> legs = pd.DataFrame({"corridor": "channel", "counted": True}, index=["ch_one", "ch_two"])
    >>> leg_figures(read_counts(), "channel", legs, as_of="2024-12-12")[["low", "high"]].iloc[0].tolist()
    [0.0, 29437.0]
    """
    if not {"corridor", "counted"} <= set(routes.columns):
        raise InvalidInputError(
            "Invalid routes. They need the columns corridor and counted; take them from read_routes."
        )
    day = None if as_of is None else check_date(as_of, name="as_of")
    known = None if known_on is None else check_date(known_on, name="known_on")
    asked = None if period is None else parse_period(period)
    voice = read_voice(language, catalogues=catalogues)
    rows: dict[Any, dict[str, Any]] = {}
    for meta in read_meta(corridors, counts):
        legs = routes[routes["corridor"] == meta.id]
        bounds = _bounds(counts, meta, legs, day, known, asked)
        for leg in legs.index:
            rows[leg] = _row(voice, meta, [bound for bound in bounds if leg in bound.legs])
    nothing = _row(voice, None, [])
    return _table(routes.index, [rows.get(leg, nothing) for leg in routes.index])


def _table(index: pd.Index[Any], rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns: dict[str, pd.Series[Any]] = {}
    for name in COLUMNS:
        dtype = "datetime64[us]" if name in _DATES else "float64" if name in _NUMBERS else None
        dtype = "int64" if name == "n_legs_sharing" else dtype or "object"
        columns[name] = pd.Series([row[name] for row in rows], index=index, dtype=dtype)
    return pd.DataFrame(columns, index=index, columns=list(COLUMNS))


def _bounds(
    counts: pd.DataFrame,
    meta: Corridor,
    legs: pd.DataFrame,
    day: dt.date | None,
    known: dt.date | None,
    asked: Period | None,
) -> list[_Bound]:
    """Find the figures of a corridor, best first."""
    headline = (
        _series(counts, meta.id, meta.source, meta.measure, meta.basis, "", known) if meta.source else None
    )
    main = asked or (None if headline is None else _year(headline, day))
    found = []
    if headline is not None:
        counted = frozenset(legs.index[legs["counted"].astype(bool)])
        found.append(
            _bound(headline.info["wording"]["label"], headline, counted, main, day, own=asked is None)
        )
    for figure in meta.figures:
        series = _series(
            counts, meta.id, figure["source"], figure["measure"], figure["basis"], figure["place"], known
        )
        if series is not None:
            found.append(
                _bound(figure["label"], series, frozenset(figure["legs"]), main, day, own=asked is None)
            )
    kept = [bound for bound in found if bound is not None]
    return sorted(
        kept,
        key=lambda bound: (bound.series.measure != meta.measure, -bound.period.end.toordinal(), bound.value),
    )


def _series(
    counts: pd.DataFrame,
    corridor: str,
    source: str,
    measure: str,
    basis: str,
    place: str,
    known: dt.date | None,
) -> CountSeries | None:
    rows = series_rows(counts, corridor, source, measure, basis or None, place)
    if rows.empty or len(rows[terms.BASIS].unique()) > 1:
        return None
    try:
        return build_series(rows, known_on=known)
    except NotCoveredError:
        return None


def _year(series: CountSeries, day: dt.date | None) -> Period | None:
    """Return the last complete calendar year that is held by the data date."""
    cut = min(day or series.last, series.last)
    year = periods.last_complete("year", cut)
    while year.start >= series.first:
        if series.span(year).ok:
            return year
        year = periods.period_at("year", year.start - dt.timedelta(days=1))
    return None


def _bound(
    label: str,
    series: CountSeries,
    legs: frozenset[str],
    main: Period | None,
    day: dt.date | None,
    *,
    own: bool,
) -> _Bound | None:
    """Take a figure for the main period or, where allowed, for its own newest one."""
    span = series.span(main) if main is not None else None
    if (span is None or not span.ok) and own:
        last = (day or series.last).toordinal()
        ended = [int(at) for at in range(len(series.end)) if series.end[at] <= last]
        if series.frequency in {"day", "week", "month"} and ended:
            cut = series.cut(min(day or series.last, series.last))
            first = max(series.first, periods.period_at("year", cut).start)
            span = series.span(Period(first, cut)) if first <= cut else None
        elif ended:
            span = series.span(
                max((_held(series, at) for at in ended), key=lambda one: (one.kind == "year", one.end))
            )
    if span is None or not span.ok:
        return None
    return _Bound(label, series, span.period, span.value, span.known_on, span.qualifier, legs)


def _held(series: CountSeries, at: int) -> Period:
    return Period(dt.date.fromordinal(int(series.start[at])), dt.date.fromordinal(int(series.end[at])))


def _row(voice: Voice, meta: Corridor | None, bounds: list[_Bound]) -> dict[str, Any]:
    """Describe one leg by the best of its figures."""
    if not bounds or meta is None:
        empty: dict[str, Any] = dict.fromkeys(COLUMNS, "")
        empty |= dict.fromkeys(_NUMBERS, math.nan) | dict.fromkeys(_DATES, None)
        return empty | {"n_legs_sharing": 0, "sentence": leg_phrases.no_figure(voice)}
    best = bounds[0]
    alone = len(best.legs) == 1
    series = best.series
    return {
        "low": best.value if alone else 0.0,
        "high": best.value,
        "value": best.value if alone else math.nan,
        "unit": series.unit,
        "measure": series.measure,
        "source": series.source,
        "basis": series.basis,
        "label": best.label,
        "period_start": best.period.start,
        "period_end": best.period.end,
        "known_on": best.known_on,
        "n_legs_sharing": len(best.legs),
        "sentence": leg_phrases.figure(
            voice,
            series.info["wording"],
            best.period,
            best.value,
            label=best.label,
            legs=len(best.legs),
            publisher=series.info["publisher"],
            qualifier=best.qualifier,
        ),
    }
