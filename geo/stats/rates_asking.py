"""What a death rate is asked of: arrivals, interceptions and incidents of one corridor and period."""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo import terms
from geo.checks import check_date
from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.stats import periods, rate_phrases
from geo.stats.asking import ask
from geo.stats.bootstrap import incidents_needed
from geo.stats.choice import Corridor, read_meta, series_rows
from geo.stats.periods import Period, parse_period
from geo.stats.question import Question, UnavailableError, why_not
from geo.stats.rates_figures import FEWEST, Rate, Undercount, check_denominator, incident_rate
from geo.stats.rates_incidents import Incidents, cause_bounds, load_incidents
from geo.stats.series import build_series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from geo.stats.locales import Voice
    from geo.stats.records import Stat
    from geo.stats.series import Span

LAND_IN_LABEL: Final = frozenset({"channel"})
"""Corridors whose deaths include deaths on land: bounds by cause, never one number."""
ARRIVALS_IN: Final = {
    "italy_ministry": "IT",
    "italy_ministry_daily": "IT",
    "italy_ministry_departures": "IT",
    "unhcr": "IT",
}
"""Sources of arrivals that cover one country of a longer route."""


@dataclass(frozen=True, eq=False)
class Setting:
    """What all rates of one call share.

    Attributes
    ----------
    counts : DataFrame
        The tidy table.
    held : Incidents
        Numerators.
    denominators : tuple of str
        The one without interceptions, and the same with them.
    asked : str
        The one of the two that was asked for.
    known_on : date or None
        Vintage of the counts.
    confidence, replicates, seed : float, int, int
        Of the bootstrap.
    undercount : Undercount or None
        Scenario of unrecorded deaths.
    voice : Voice
        Language of the sentences.
    """

    counts: pd.DataFrame
    held: Incidents
    denominators: tuple[str, ...]
    asked: str
    known_on: dt.date | None
    confidence: float
    replicates: int
    seed: int
    undercount: Undercount | None
    voice: Voice


@dataclass(frozen=True, eq=False)
class Found:
    """The figures of one corridor, period and denominator.

    Attributes
    ----------
    denominator, unit : str
        Its name, and what it is called in sentences.
    period : Period
        What is described.
    deaths : int
        All that are recorded.
    rates : tuple of Rate
        One, or two where causes give bounds only.
    others : float
        The denominator without deaths.
    spans : tuple of Span
        Arrivals, and interceptions where they count.
    """

    denominator: str
    unit: str
    period: Period
    deaths: int
    rates: tuple[Rate, ...]
    others: float
    spans: tuple[Span, ...]


def read_setting(
    counts: pd.DataFrame,
    denominator: str,
    voice: Voice,
    *,
    known_on: dt.date | str | None,
    incidents: pd.DataFrame | None,
    incidents_cover: Period | str | None,
    undercount: Undercount | None,
    confidence: float,
    replicates: int,
    seed: int,
) -> Setting:
    """Check what all rates of one call share; see :func:`geo.stats.rates.death_rate`.

    Raises
    ------
    MixedUnitsError, UnknownNameError
        If the denominator is none.
    InvalidInputError, NotCoveredError
        If an option or the incidents break a rule, or none were published by `known_on`.
    """
    name = check_denominator(denominator)
    without = name.replace("+interceptions", "")
    if seed < 0:
        raise InvalidInputError(f"Invalid seed '{seed}'. It must be a whole number from 0.")
    incidents_needed(confidence)
    known = None if known_on is None else check_date(known_on, name="known_on")
    return Setting(
        counts=counts,
        held=load_incidents(incidents, covers=incidents_cover, known_on=known),
        denominators=(without, without.replace("arrivals", "arrivals+interceptions")),
        asked=name,
        known_on=known,
        confidence=confidence,
        replicates=replicates,
        seed=seed,
        undercount=undercount,
        voice=voice,
    )


def read_periods(period: Period | str | Iterable[Period | str] | None) -> list[Period]:
    """Read the periods that were asked for.

    Raises
    ------
    InvalidInputError
        If one is not made of whole months.

    Examples
    --------
    >>> [one.kind for one in read_periods(["2024", "2024-Q2", "2024-01/2024-02"])]
    ['year', 'quarter', 'span']
    """
    if period is None:
        return []
    given = [period] if isinstance(period, (Period, str)) else list(period)
    found = [parse_period(one) for one in given]
    for one, text in zip(found, given, strict=True):
        if not one.whole_months:
            raise InvalidInputError(
                f"Invalid period '{text}'. Incidents are dated by month, so a death rate needs whole months."
            )
    return found


def gather(
    setting: Setting,
    corridors: pd.DataFrame | str | Iterable[str] | None,
    as_of: dt.date | str | None,
    series: tuple[str | None, str | None, str | None, str, str],
    answer: Callable[[Question, Corridor], list[Stat]],
    refuse: Callable[[Question, UnavailableError], Stat],
) -> tuple[list[Stat], list[dict[str, str]]]:
    """Ask each corridor for its arrivals.

    Parameters
    ----------
    setting : Setting
        What all rates share.
    corridors, as_of
        As for :func:`geo.stats.rates.death_rate`.
    series : tuple
        ``source``, ``arrival``, ``basis``, ``place`` and ``nationality`` of the arrivals.
    answer, refuse : callable
        Make the records of a corridor; make the record of one that counts no persons.

    Raises
    ------
    UnknownNameError, NotCoveredError
        If no corridor can be asked; of several, those that cannot are noted.
    """
    found: list[Stat] = []
    notes: list[dict[str, str]] = []
    faults: list[UnknownNameError | NotCoveredError] = []
    for meta in read_meta(corridors, setting.counts):
        one = corridors.loc[[meta.id]] if isinstance(corridors, pd.DataFrame) else meta.id
        no_arrivals = series_rows(setting.counts, meta.id, None, "arrival", None).empty and meta.source != ""
        asked = (None, None, None, "", "") if no_arrivals and series[0] is None else series
        try:
            questions, more = ask(
                setting.counts, one, as_of=as_of, known_on=setting.known_on, series=asked, voice=setting.voice
            )
        except (UnknownNameError, NotCoveredError) as error:
            faults.append(error)
            notes.append({"corridor": meta.id, "note": str(error)})
            continue
        notes += more
        for q in questions:
            if asked is series:
                found += answer(q, meta)
            else:
                reason = rate_phrases.not_persons(q.voice, q.wording["label"])
                found.append(refuse(q, UnavailableError(reason, "not_applicable")))
    if faults and not found:
        raise faults[0] if len(faults) == 1 else type(faults[0])("\n".join(str(fault) for fault in faults))
    return found, notes


def default_period(q: Question, held: Incidents) -> Period:
    """Return the last complete calendar year of arrivals and incidents by the data date.

    Raises
    ------
    UnavailableError
        If there is none.
    """
    year = periods.last_complete("year", min(q.cut, held.covers.end))
    while year.start >= max(q.series.first, held.covers.start):
        if q.series.span(year).ok:
            return year
        year = periods.period_at("year", year.start - dt.timedelta(days=1))
    reason = q.voice.say("arrivals and incidents have no complete calendar year in common; name a period")
    raise UnavailableError(reason, "outside")


def find(q: Question, meta: Corridor, setting: Setting, period: Period, name: str) -> Found:
    """Look up numerator and denominator and compute the rate.

    Raises
    ------
    UnavailableError
        If one of them is not held for the whole period, or there are too few deaths.
    """
    v, held = q.voice, setting.held
    if period.end > q.as_of:
        raise UnavailableError(
            v.say("the period ends after {day}", day=v.day(q.as_of)), "incomplete", period=period
        )
    if period.start < held.covers.start or period.end > held.covers.end:
        reason = v.say(
            "the incidents that are held cover {first} to {last}",
            first=v.month(held.covers.start),
            last=v.month(held.covers.end),
        )
        raise UnavailableError(reason, "outside", period=period)
    if not held.known(meta.id):
        raise UnavailableError(v.say("no incident of it is held"), "missing", period=period)
    spans = [q.need(period)]
    if "interceptions" in name:
        spans.append(_interceptions(q, setting, period))
    others = sum(span.value for span in spans)
    rows = held.of(meta.id, period)
    deaths = int(rows["dead_missing"].sum())
    bounded = meta.id in LAND_IN_LABEL
    groups = cause_bounds(rows) if bounded else (rows["dead_missing"].to_numpy(),)
    fewest = int(groups[0].sum())
    if fewest < FEWEST:
        reason = rate_phrases.too_few(v, deaths, fewest if bounded else None)
        raise UnavailableError(reason, "small_base", period=period, detail={"deaths": deaths})
    if others <= 0:
        raise UnavailableError(v.say("no arrival is recorded"), "not_applicable", period=period)
    key = [setting.seed, period.start.toordinal(), period.end.toordinal(), zlib.crc32(meta.id.encode())]
    rates = tuple(
        incident_rate(
            sizes,
            others,
            with_deaths=name.endswith("deaths"),
            confidence=setting.confidence,
            replicates=setting.replicates,
            rng=np.random.default_rng(key),
        )
        for sizes in groups
    )
    unit = rate_phrases.denominator(v, name, country(q))
    return Found(name, unit, period, deaths, rates, others, tuple(spans))


def country(q: Question) -> str:
    """Name the country of the arrivals, where they are those of one."""
    code = ARRIVALS_IN.get(q.series.source)
    return q.voice.country(code) if code else ""


def _interceptions(q: Question, setting: Setting, period: Period) -> Span:
    """Return the interceptions of a period."""
    rows = series_rows(setting.counts, q.series.corridor, None, "interception", None)
    if rows.empty:
        reason = q.voice.say("no interceptions are held for the whole corridor; add them to the counts")
        raise UnavailableError(reason, "missing", period=period)
    if len(rows[[*terms.SERIES_COLUMNS]].drop_duplicates()) > 1:
        reason = q.voice.say("interceptions of several sources are held, and they are not added; keep one")
        raise UnavailableError(reason, "not_applicable", period=period)
    try:
        series = build_series(rows, known_on=setting.known_on)
    except NotCoveredError:
        reason = q.voice.say("no interceptions were published by then")
        raise UnavailableError(reason, "missing", period=period) from None
    span = series.span(period)
    if not span.ok:
        reason = rate_phrases.no_interceptions(q.voice, why_not(q.voice, series, span))
        raise UnavailableError(reason, span.state, period=period)
    return span
