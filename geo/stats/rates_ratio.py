"""Death rates of two periods compared, saying no more than the interval allows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from geo.errors import InvalidInputError
from geo.stats import periods, rate_phrases
from geo.stats.bootstrap import REPLICATES, ratio_interval
from geo.stats.locales import read_voice
from geo.stats.question import UnavailableError
from geo.stats.rates import finish, interval_of, iso, limits, refusal
from geo.stats.rates_asking import Found, Setting, default_period, find, gather, read_periods, read_setting
from geo.stats.records import Stat, to_frame

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Iterable

    import pandas as pd

    from geo.stats.choice import Corridor
    from geo.stats.locales import Voice
    from geo.stats.periods import Period
    from geo.stats.question import Question


def death_rate_ratio(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    denominator: str,
    period: Period | str | None = None,
    against: Period | str | None = None,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    source: str | None = None,
    basis: str | None = None,
    place: str = "",
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
    **options: Any,  # noqa: ANN401 - further ones of death_rate
) -> pd.DataFrame:
    """Compare the death rates of two periods, and say no more than the interval allows.

    Parameters
    ----------
    counts, corridors, denominator, as_of, known_on, source, basis, place, language, catalogues
        As for :func:`geo.stats.rates.death_rate`.
    period : Period or str, optional
        Whole months. Default the last complete calendar year of arrivals and incidents.
    against : Period or str, optional
        Whole months that are compared with, none of them in `period`. Default the same a year before.
    **options
        ``incidents``, ``incidents_cover``, ``confidence``, ``replicates`` and ``seed`` of
        :func:`geo.stats.rates.death_rate`.

    Returns
    -------
    table : DataFrame
        Rows ``death_rate_ratio``: ``value``, ``low`` and ``high`` of the ratio, ``base_value`` the rate of
        `against`. ``detail["verdict"]`` is ``higher``, ``lower`` or ``not distinguishable`` (the interval
        holds 1, or there is none).

    Raises
    ------
    InvalidInputError
        If the periods overlap, and as for :func:`geo.stats.rates.death_rate`.
    MixedUnitsError, UnknownNameError, NotCoveredError
        As for :func:`geo.stats.rates.death_rate`.

    Notes
    -----
    The interval follows from those of the two rates (:func:`~geo.stats.bootstrap.ratio_interval`); where
    causes give bounds only, from the outer ends of both. Deaths that nobody recorded may differ between the
    periods.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> table = death_rate_ratio(
    ...     read_counts(), "central_med", denominator="arrivals+deaths", period="2024", against="2023")
    >>> table["detail"].iloc[0]["verdict"]
    'not distinguishable'
    """
    given = {
        "incidents": None, "incidents_cover": None, "confidence": 0.95, "replicates": REPLICATES, "seed": 1
    }  # fmt: skip
    if unknown := set(options) - set(given):
        raise InvalidInputError(f"Invalid option '{min(unknown)}'. It must be one of: {', '.join(given)}.")
    voice = read_voice(language, catalogues=catalogues)
    chosen: dict[str, Any] = {**given, **options, "known_on": known_on, "undercount": None}
    setting = read_setting(counts, denominator, voice, **chosen)
    this, other = (read_periods(None if one is None else [one]) for one in (period, against))

    def answer(q: Question, meta: Corridor) -> list[Stat]:
        try:
            one = this[0] if this else default_period(q, setting.held)
            base = other[0] if other else periods.shift_years(one, -1, whole_months=True)
            if base.start <= one.end and one.start <= base.end:
                raise InvalidInputError(f"Invalid against '{base.start}/{base.end}'. It overlaps the period.")
            found = [find(q, meta, setting, when, setting.asked) for when in (one, base)]
        except UnavailableError as why:
            return [refuse(q, why)]
        return [_ratio(q, meta, setting, *found)]

    def refuse(q: Question, why: UnavailableError) -> Stat:
        return refusal(q, setting, "death_rate_ratio", why)

    records, notes = gather(setting, corridors, as_of, (source, "arrival", basis, place, ""), answer, refuse)
    return to_frame(records, notes=notes)


def _ratio(q: Question, meta: Corridor, setting: Setting, found: Found, base: Found) -> Stat:
    """Put the ratio of two rates into a record."""
    v = q.voice
    pairs = (found.rates[0], base.rates[-1]), (found.rates[-1], base.rates[0])
    lowest, highest = (one.value / two.value for one, two in pairs)
    known = all(rate.has_interval for one in (found, base) for rate in one.rates)
    low, high = math.nan, math.nan
    if known:
        low, high = (
            ratio_interval(*((rate.value, rate.low, rate.high) for rate in pair))[at]
            for at, pair in enumerate(pairs)
        )
    verdict = "higher" if low > 1 else "lower" if high < 1 else "not distinguishable"
    single = len(found.rates) == 1
    least = min(low, lowest) if known else lowest
    said = [_said(v, one) for one in (found, base)]
    ends = rate_phrases.number(v, lowest, least), rate_phrases.number(v, highest, least)
    clause = rate_phrases.ratio(
        v,
        found.period,
        base.period,
        rate_phrases.route(v, meta.id, meta.title),
        deaths=(found.deaths, base.deaths),
        rates=(said[0], said[1]),
        value=ends[0] if single else rate_phrases.span(v, *ends),
        ends=(rate_phrases.number(v, low, least), rate_phrases.number(v, high, least)) if known else None,
        unit=found.unit,
        confidence=setting.confidence,
        verdict=verdict,
    )
    shown = (low, high) if known or single else (lowest, highest)
    stat = q.answer(
        "death_rate_ratio",
        lowest if single else math.nan,
        clause,
        *found.spans,
        *base.spans,
        unit="ratio",
        period=found.period,
        against=base.period,
        base=base.rates[0].value if single else math.nan,
        flags=() if single else ("range_only",),
        detail=_detail(setting, found, base, verdict),
        low=shown[0],
        high=shown[1],
        interval=interval_of(v, setting, bounded=known, single=single),
        method=" ".join(
            [
                rate_phrases.method(v, setting.confidence, setting.replicates, setting.seed),
                rate_phrases.method_of_ratio(v),
            ]
        ),
        assumptions=rate_phrases.assumptions(v),
    )
    notes = [rate_phrases.not_included(v, found.denominator), *limits(q, setting, found, base)]
    return finish(stat, setting.held, notes)


def _detail(setting: Setting, found: Found, base: Found, verdict: str) -> dict[str, Any]:
    """Lay the figures of a ratio out for machines."""
    return {
        "verdict": verdict,
        "denominator": found.denominator,
        "rates": [rate.value for rate in found.rates],
        "base_rates": [rate.value for rate in base.rates],
        "deaths": found.deaths,
        "base_deaths": base.deaths,
        "confidence": setting.confidence,
        "replicates": setting.replicates,
        "seed": setting.seed,
        "deaths_known_on": iso(setting.held.known_on),
    }


def _said(v: Voice, found: Found) -> str:
    """Write a rate, or the bounds of one."""
    ends = [rate_phrases.number(v, rate.value, found.rates[0].value) for rate in found.rates]
    return ends[0] if len(ends) == 1 else rate_phrases.span(v, *ends)
