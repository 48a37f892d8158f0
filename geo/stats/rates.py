"""Death rates: people dead or missing per 1,000 of a named denominator, clustered by incident."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from typing import TYPE_CHECKING, Any, Final

from geo.counts import series_info
from geo.stats import rate_phrases
from geo.stats.bootstrap import REPLICATES
from geo.stats.locales import read_voice
from geo.stats.question import UnavailableError
from geo.stats.rates_asking import (
    Found,
    Setting,
    country,
    default_period,
    find,
    gather,
    read_periods,
    read_setting,
)
from geo.stats.rates_figures import Undercount, per_thousand
from geo.stats.rates_incidents import SOURCE, Incidents
from geo.stats.records import Stat, to_frame

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    import pandas as pd

    from geo.stats.choice import Corridor
    from geo.stats.locales import Voice
    from geo.stats.periods import Period
    from geo.stats.question import Question

UNITS: Final = {
    "arrivals": "per 1,000 arrivals",
    "arrivals+deaths": "per 1,000 arrivals and deaths",
    "arrivals+interceptions": "per 1,000 arrivals and interceptions",
    "arrivals+interceptions+deaths": "per 1,000 arrivals, interceptions and deaths",
}
_LARGE_SHARE: Final = 0.2


def death_rate(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    denominator: str,
    period: Period | str | Iterable[Period | str] | None = None,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    incidents: pd.DataFrame | None = None,
    incidents_cover: Period | str | None = None,
    source: str | None = None,
    basis: str | None = None,
    place: str = "",
    undercount: Undercount | None = None,
    confidence: float = 0.95,
    replicates: int = REPLICATES,
    seed: int = 1,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Compute people dead or missing per 1,000 of a named denominator, with an interval.

    Parameters
    ----------
    counts : DataFrame
        A tidy table with arrivals (persons) and, where they shall count, interceptions of the corridor
        (measure ``interception``, of one source, for the whole corridor and the whole period).
    corridors : DataFrame, str or iterable of str, optional
        As for :func:`~geo.stats.summary.corridor_stats`.
    denominator : str
        ``arrivals``, ``arrivals+deaths``, ``arrivals+interceptions`` or ``arrivals+interceptions+deaths``.
        Where interceptions cover the period, the rate is given both without and with them.
    period : Period, str or iterable of them, optional
        Whole months. Default the last complete calendar year of arrivals and incidents by `as_of`.
    as_of : date or str, optional
        Data date of the arrivals: a period ends by then. Default their last day.
    known_on : date or str, optional
        Take each value as published by this day.
    incidents, incidents_cover
        As for :func:`~geo.stats.rates_incidents.load_incidents`; default the embedded ones.
    source, basis, place : str, optional
        Another series of arrivals than the headline one; it must match the route of the deaths.
    undercount : Undercount, optional
        A scenario of deaths that nobody recorded; its factors and their source are the caller's.
    confidence, replicates : float, int
        As for :func:`~geo.stats.bootstrap.clustered_interval`.
    seed : int
        Seed of the random numbers; a rate does not depend on what else is asked.
    language, catalogues
        As for :func:`~geo.stats.summary.corridor_stats`.

    Returns
    -------
    table : DataFrame
        Rows ``death_rate``, as :func:`~geo.stats.records.to_frame` lays them out: ``value``, ``low`` and
        ``high`` per 1,000. ``detail`` holds ``denominator``, ``deaths``, ``arrivals``, ``interceptions``,
        ``incidents``, ``one_in``, ``naive_low``, ``naive_high``, ``width_ratio`` and the publication dates.
        Below 10 deaths no rate is given, below five incidents no interval. Where causes give bounds only
        (:data:`~geo.stats.rates_asking.LAND_IN_LABEL`), ``value`` is NaN, ``detail["rate_bounds"]`` holds the
        bounds, and ``low`` and ``high`` the outer ends of their intervals. What is not held is said in a
        record flagged ``unavailable``.

    Raises
    ------
    MixedUnitsError
        If the denominator does not count persons.
    InvalidInputError
        If a period is not made of whole months, or incidents or options break a rule.
    UnknownNameError, NotCoveredError
        If no corridor can be asked.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> table = death_rate(read_counts(), "central_med", denominator="arrivals+deaths", period="2024")
    >>> print(table["sentence"].iloc[0])
    In 2024, at least 1,810 people were recorded dead or missing on the central Mediterranean, 26.6 per
    1,000 recorded arrivals in Italy plus deaths (95 % interval 21.1–33.6), about 1 in 38; interceptions
    are not included, so this is not a risk per attempt...
    """
    setting = read_setting(
        counts,
        denominator,
        read_voice(language, catalogues=catalogues),
        known_on=known_on,
        incidents=incidents,
        incidents_cover=incidents_cover,
        undercount=undercount,
        confidence=confidence,
        replicates=replicates,
        seed=seed,
    )
    asked = read_periods(period)

    def answer(q: Question, meta: Corridor) -> list[Stat]:
        try:
            wanted = asked or [default_period(q, setting.held)]
        except UnavailableError as why:
            return [refuse(q, why)]
        return [stat for one in wanted for stat in _rates(q, meta, setting, one)]

    def refuse(q: Question, why: UnavailableError) -> Stat:
        return refusal(q, setting, "death_rate", why)

    records, notes = gather(setting, corridors, as_of, (source, "arrival", basis, place, ""), answer, refuse)
    return to_frame(records, notes=notes)


def _rates(q: Question, meta: Corridor, setting: Setting, period: Period) -> list[Stat]:
    """Make the records of one period: without interceptions, and with them where they are held."""
    found = []
    for name in setting.denominators:
        try:
            found.append(_record(q, meta, setting, find(q, meta, setting, period, name)))
        except UnavailableError as why:
            if name == setting.asked:
                found.append(refusal(q, setting, "death_rate", why))
    return found


def _record(q: Question, meta: Corridor, setting: Setting, found: Found) -> Stat:
    """Put the figures of one rate into a record."""
    v, rates = q.voice, found.rates
    low, high = rates[0], rates[-1]
    route = rate_phrases.route(v, meta.id, meta.title)
    wording: dict[str, Any] = {
        "name": found.denominator, "unit": found.unit, "confidence": setting.confidence
    }  # fmt: skip
    if len(rates) == 1:
        clause = rate_phrases.rate(v, found.period, route, low, **wording)
    else:
        clause = rate_phrases.rate_bounds(v, found.period, route, found.deaths, (low, high), **wording)
    bounded = low.has_interval and high.has_interval
    ends = (low.low, high.high) if bounded else (low.value, high.value) if len(rates) > 1 else (math.nan,) * 2
    notes, scenario = _notes(q, setting, found)
    stat = q.answer(
        "death_rate",
        low.value if len(rates) == 1 else math.nan,
        clause,
        *found.spans,
        unit=UNITS[found.denominator],
        period=found.period,
        flags=() if len(rates) == 1 else ("range_only",),
        detail={**_detail(setting, found, q), **scenario},
        low=ends[0],
        high=ends[1],
        interval=interval_of(v, setting, bounded=bounded, single=len(rates) == 1),
        method=rate_phrases.method(v, setting.confidence, setting.replicates, setting.seed),
        assumptions=rate_phrases.assumptions(v),
    )
    return finish(stat, setting.held, notes)


def _detail(setting: Setting, found: Found, q: Question) -> dict[str, Any]:
    """Lay the figures out for machines."""
    low, high = found.rates[0], found.rates[-1]
    naive = low.naive_low, high.naive_high
    several = len(found.rates) > 1
    detail: dict[str, Any] = {
        "denominator": found.denominator,
        "deaths": found.deaths,
        "arrivals": found.spans[0].value,
        "interceptions": found.spans[1].value if len(found.spans) > 1 else None,
        "incidents": high.incidents,
        "one_in": [round(high.one_in), round(low.one_in)] if several else round(low.one_in),
        "confidence": setting.confidence,
        "replicates": setting.replicates,
        "seed": setting.seed,
        "naive_low": naive[0],
        "naive_high": naive[1],
        "width_ratio": _finite((high.high - low.low) / (naive[1] - naive[0])),
        "largest_share": max(rate.largest_share for rate in found.rates),
        "deaths_source": setting.held.source,
        "deaths_known_on": iso(setting.held.known_on),
        "arrivals_source": q.series.source,
        "arrivals_known_on": iso(found.spans[0].known_on),
    }
    if several:
        detail["rate_bounds"] = [rate.value for rate in found.rates]
        detail["deaths_bounds"] = [rate.deaths for rate in found.rates]
    return detail


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def iso(day: dt.date | None) -> str | None:
    """Write a day for machines."""
    return None if day is None else day.isoformat()


def _notes(q: Question, setting: Setting, found: Found) -> tuple[list[str], dict[str, Any]]:
    """Say what limits a rate; and the scenario of an undercount."""
    v, low, high = q.voice, found.rates[0], found.rates[-1]
    notes = limits(q, setting, found)
    if low.has_interval and len(found.rates) == 1:
        notes.insert(0, rate_phrases.naive(v, low.naive_low, low.naive_high, low.width_ratio))
    if (case := setting.undercount) is None:
        return notes, {}
    few, many = (
        per_thousand(factor * rate.deaths, found.others, with_deaths=found.denominator.endswith("deaths"))
        for factor, rate in ((case.low, low), (case.high, high))
    )
    told = {"name": case.name, "source": case.source, "factors": [case.low, case.high], "rates": [few, many]}
    return [*notes, rate_phrases.undercount(v, case, few, many)], {"undercount": told}


def refusal(q: Question, setting: Setting, statistic: str, why: UnavailableError) -> Stat:
    """Make the record of a rate that has no value."""
    why.detail["denominator"] = setting.asked
    return finish(q.refusal(statistic, why), setting.held, [])


def finish(stat: Stat, held: Incidents, notes: list[str]) -> Stat:
    """Name the numerator as the series of a record, and put further notes before those of the denominator."""
    info = series_info(held.source or "incidents", "dead_missing")
    every = [*notes, *stat.detail["notes"]]
    days = [day for day in (stat.known_on, held.known_on) if day is not None]
    late = max(days, default=stat.as_of) > stat.as_of + dt.timedelta(days=int(info["lag_days"]))
    return dataclasses.replace(
        stat,
        source=info["source"],
        measure="dead_missing",
        basis=info["basis"],
        known_on=max(days, default=None),
        flags=tuple(dict.fromkeys((*stat.flags, *(("published_later",) if late else ())))),
        detail={**stat.detail, "notes": every},
        sentence=" ".join([stat.detail["text"], *every, stat.detail["caption"]]),
    )


def interval_of(v: Voice, setting: Setting, *, bounded: bool, single: bool) -> str:
    """Name what `low` and `high` are."""
    if bounded:
        return rate_phrases.confidence_of(v, setting.confidence)
    return "" if single else v.say("bounds by cause")


def limits(q: Question, setting: Setting, *periods: Found) -> list[str]:
    """Say whose deaths these are, what one incident weighs, and how numerator and denominator differ."""
    v = q.voice
    notes = []
    for found in periods:
        share = max(rate.largest_share for rate in found.rates)
        if share > _LARGE_SHARE and found.rates[0].has_interval:
            notes.append(rate_phrases.one_incident(v, found.period, share))
    notes.append(vintage(v, setting.held))
    if country(q):
        notes.append(rate_phrases.one_country(v, country(q)))
    if len(periods[0].rates) > 1:
        notes.append(rate_phrases.label_only(v))
    return notes


def vintage(v: Voice, held: Incidents) -> str:
    """Say whose deaths these are and when they were known."""
    publisher = series_info(held.source, "dead_missing")["publisher"] if held.source else ""
    return rate_phrases.vintage(v, publisher, held.known_on, cumulative=held.source == SOURCE)
