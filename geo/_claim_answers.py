"""The statistic that answers a published sentence, and whether it bears the sentence out."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo import _claim_phrases as phrases
from geo import terms
from geo._claim_files import SHARES, TO_DATE, Claim
from geo._claim_rounding import Judgement, judge
from geo.errors import InvalidInputError, NotCoveredError, RoutewaysError, UnknownNameError
from geo.stats import Period, Stat, from_frame, parse_period, stats_records
from geo.stats.choice import read_meta, series_rows

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    import pandas as pd

    from geo.stats.locales import Voice

LOOKS_ON: Final = frozenset(
    {"rank", "rank_same_month", "rank_same_year", "record", "record_same_month", "peak", "seasonal_index"}
)
"""Statistics whose answer changes as further periods come in."""
_ALL: Final = 500
"""More groups than any table of nationalities has."""
_HELD_BY: Final = frozenset({"record", "record_same_month", "peak"})
_SINCE: Final = frozenset({"highest_since", "lowest_since"})


@dataclass(frozen=True, slots=True)
class Tongue:
    """The language of the answers: its voice, and how statistics are asked for it."""

    voice: Voice
    language: str = "en"
    catalogues: str | os.PathLike[str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The statistic of a claim, and the judgement; or why there is none."""

    stat: Stat | None
    judgement: Judgement | None
    reason: str = ""
    figure: float = math.nan


def series_of(claim: Claim, counts: pd.DataFrame, corridor: Any) -> dict[str, str]:  # noqa: ANN401 - an id or a table
    """Return the series of a claim: as named, else the headline, else the only one that has the part."""
    series = {"source": claim.figures, "measure": claim.measure, "basis": claim.basis}
    filters = claim.basis or None, claim.place, claim.nationality
    meta = read_meta(corridor, counts)[0]
    measure = claim.measure or meta.measure or None
    if claim.figures or not series_rows(counts, meta.id, meta.source, measure, *filters).empty:
        return series
    rows = series_rows(counts, meta.id, None, measure, *filters)
    found = rows[[terms.SOURCE, terms.MEASURE, terms.BASIS]].drop_duplicates()
    if len(found) == 1:
        return dict(zip(series, map(str, found.iloc[0]), strict=True))
    return series


def ask(
    claim: Claim,
    counts: pd.DataFrame,
    corridor: Any,  # noqa: ANN401 - an id or a table
    as_of: dt.date | None,
    known_on: dt.date | None,
    series: Mapping[str, str],
    tongue: Tongue,
) -> Answer:
    """Compute the statistic and judge the sentence by it."""
    until, voice = claim.until, tongue.voice
    if as_of is not None and until is not None:
        one_day = claim.period is not None and claim.period.n_days == 1
        if as_of < until and (one_day or claim.asked not in TO_DATE):
            return Answer(None, None, phrases.not_over(voice, as_of))
        if claim.asked not in LOOKS_ON:
            as_of = min(as_of, until)
        if claim.period is None and claim.as_of and as_of < claim.as_of:
            return Answer(None, None, phrases.goes_beyond(voice, claim.as_of, as_of))
    if claim.asked in SHARES or (claim.asked == "share" and claim.nationality):
        return _shared(claim, counts, corridor, as_of, known_on, series, tongue)
    options = _question(claim, as_of, known_on, series, tongue)
    try:
        stat = stats_records(counts, corridor, statistics=[claim.asked], **options)
    except (NotCoveredError, UnknownNameError, InvalidInputError) as error:
        return Answer(None, None, _clause(error))
    if not stat:
        return Answer(None, None, phrases.no_rows(voice, claim.corridor))
    if claim.asked in _SINCE and claim.against and stat[0].against_start is None:
        begins = _first_day(claim, counts, stat[0])
        if parse_period(claim.against).start < begins:
            return Answer(None, None, phrases.begins(voice, begins))
    return _judged(claim, stat[0], voice)


def _shared(
    claim: Claim,
    counts: pd.DataFrame,
    corridor: Any,  # noqa: ANN401 - an id or a table
    as_of: dt.date | None,
    known_on: dt.date | None,
    series: Mapping[str, str],
    tongue: Tongue,
) -> Answer:
    """Judge a sentence about the share of a nationality, or of the five largest, among those recorded."""
    from geo.stats.composition import composition_stats

    names: dict[str, Any] = {name: value or None for name, value in series.items()}
    names |= {"language": tongue.language, "catalogues": tongue.catalogues, "place": claim.place}
    try:
        table = composition_stats(
            counts, corridor, period=claim.period, as_of=as_of, known_on=known_on, top=_ALL, **names
        )
    except (NotCoveredError, UnknownNameError, InvalidInputError) as error:
        return Answer(None, None, _clause(error))
    name = "top_five_share" if claim.asked == "top_five_share" else "share_of_recorded"
    for stat in from_frame(table):
        if stat.statistic == name and stat.detail.get("category", claim.nationality) == claim.nationality:
            return _judged(claim, stat, tongue.voice)
    return Answer(None, None, phrases.no_rows(tongue.voice, claim.nationality or claim.corridor))


def _question(
    claim: Claim,
    as_of: dt.date | None,
    known_on: dt.date | None,
    series: Mapping[str, str],
    tongue: Tongue,
) -> dict[str, Any]:
    """Return what the statistics are asked for a claim."""
    options: dict[str, Any] = {name: value or None for name, value in series.items()}
    options |= {"language": tongue.language, "catalogues": tongue.catalogues}
    options |= {"place": claim.place, "nationality": claim.nationality, "as_of": as_of, "known_on": known_on}
    if claim.asked not in TO_DATE:
        options["period"] = claim.period
    if claim.against and claim.asked not in _SINCE:
        against = parse_period(claim.against)
        options["against"] = against.start.year if against.kind == "year" else against
    if claim.asked == "since" and claim.period:
        options["since"] = claim.period.start
    if claim.asked == "threshold_date":
        options["threshold"] = float(claim.printed.value)
    return options


def _first_day(claim: Claim, counts: pd.DataFrame, stat: Stat) -> dt.date:
    """Return the first day of the series that a statistic was computed from."""
    series = (stat.source, stat.measure, stat.basis, claim.place, claim.nationality)
    first: pd.Timestamp = series_rows(counts, claim.corridor, *series)[terms.PERIOD_START].min()
    return first.date()


def _clause(error: RoutewaysError) -> str:
    """Return what an error says after naming the value, without the list of what there is."""
    text = " ".join(str(error).split()).partition(" There are: ")[0]
    told = re.sub(r"^Invalid [^']*'[^']*'\. ", "", text)
    return told[:1].lower() + told[1:]


def _judged(claim: Claim, stat: Stat, voice: Voice) -> Answer:
    if claim.asked == "threshold_date" and ("not_reached" in stat.flags or not math.isnan(stat.value)):
        return _reached(claim, stat, voice)
    if "unavailable" in stat.flags or math.isnan(stat.value):
        return Answer(None, None, phrases.unavailable(voice, str(stat.detail.get("reason", ""))))
    for flag in ("incomplete", "not_held_yet"):
        if flag in stat.flags:
            return Answer(None, None, phrases.reason(voice, flag))
    exact = stat.detail.get("exact")
    figure = float(exact) if claim.percent and exact is not None else stat.value
    judgement = judge(claim.printed, figure, qualifier=claim.qualifier, percent=claim.percent)
    period = Period(stat.period_start or stat.as_of, stat.period_end or stat.as_of)
    if claim.asked in _HELD_BY and period != claim.period and not (judgement.holds and "equal" in stat.flags):
        return Answer(stat, Judgement(False), phrases.held_by(voice, period), figure)
    if claim.asked in _SINCE and claim.against:
        named = parse_period(claim.against)
        if stat.against_start is None or stat.against_end is None:
            return Answer(stat, Judgement(False), phrases.reason(voice, "none_earlier"), figure)
        if not (named.start <= stat.against_start and stat.against_end <= named.end):
            return Answer(stat, Judgement(False), phrases.earlier_one(voice, stat.against_start), figure)
    return Answer(stat, judgement, figure=figure)


def _reached(claim: Claim, stat: Stat, voice: Voice) -> Answer:
    """Judge the day on which a figure was passed."""
    reached = stat.detail.get("reached_on")
    if not reached or claim.period is None:
        return Answer(stat, Judgement(False), phrases.by(voice, stat.as_of), stat.value)
    day = dt.date.fromisoformat(str(reached))
    holds = claim.period.start <= day <= claim.period.end
    return Answer(stat, Judgement(holds), phrases.reached(voice, day), stat.value)
