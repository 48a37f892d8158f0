"""The statistic that answers a published sentence, and whether it bears the sentence out."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo._claim_files import TO_DATE, Claim
from geo._claim_rounding import Judgement, judge
from geo.errors import InvalidInputError, NotCoveredError, RoutewaysError, UnknownNameError
from geo.stats import Period, Stat, parse_period, read_voice, stats_records
from geo.stats.choice import read_meta, series_rows
from geo.stats.when import name_period

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

LOOKS_ON: Final = frozenset(
    {"rank", "rank_same_month", "rank_same_year", "record", "record_same_month", "peak", "seasonal_index"}
)
"""Statistics whose answer changes as further periods come in."""
_HELD_BY: Final = frozenset({"record", "record_same_month", "peak"})
_SINCE: Final = frozenset({"highest_since", "lowest_since"})


def day_words(day: dt.date) -> str:
    """Write a day.

    >>> day_words(dt.date(2024, 12, 12))
    '12 December 2024'
    """
    return read_voice().day(day)


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
) -> Answer:
    """Compute the statistic and judge the sentence by it."""
    until = claim.until
    if as_of is not None and until is not None:
        one_day = claim.period is not None and claim.period.n_days == 1
        if as_of < until and (one_day or claim.asked not in TO_DATE):
            return Answer(None, None, f"its period is not over by the data date, {day_words(as_of)}")
        if claim.asked not in LOOKS_ON:
            as_of = min(as_of, until)
        if claim.period is None and claim.as_of and as_of < claim.as_of:
            return Answer(
                None, None, f"it goes to {day_words(claim.as_of)}, after the data date, {day_words(as_of)}"
            )
    options: dict[str, Any] = {name: value or None for name, value in series.items()}
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
    try:
        stat = stats_records(counts, corridor, statistics=[claim.asked], **options)
    except (NotCoveredError, UnknownNameError, InvalidInputError) as error:
        return Answer(None, None, _clause(error))
    if not stat:
        return Answer(None, None, f"no figures of corridor '{claim.corridor}' are held")
    return _judged(claim, stat[0])


def _clause(error: RoutewaysError) -> str:
    """Return what an error says after naming the value, without the list of what there is."""
    text = " ".join(str(error).split()).partition(" There are: ")[0]
    told = re.sub(r"^Invalid [^']*'[^']*'\. ", "", text)
    return told[:1].lower() + told[1:]


def _judged(claim: Claim, stat: Stat) -> Answer:
    if claim.asked == "threshold_date" and ("not_reached" in stat.flags or not math.isnan(stat.value)):
        return _reached(claim, stat)
    if "unavailable" in stat.flags or math.isnan(stat.value):
        return Answer(None, None, f"the figure is not available, because {stat.detail.get('reason', '')}")
    for flag, reason in (
        ("incomplete", "its period is not over, or not held whole, by the data date"),
        ("not_held_yet", "the newest period that it needs is not held"),
    ):
        if flag in stat.flags:
            return Answer(None, None, reason)
    exact = stat.detail.get("exact")
    figure = float(exact) if claim.percent and exact is not None else stat.value
    judgement = judge(claim.printed, figure, qualifier=claim.qualifier, percent=claim.percent)
    period = Period(stat.period_start or stat.as_of, stat.period_end or stat.as_of)
    if claim.asked in _HELD_BY and period != claim.period and not (judgement.holds and "equal" in stat.flags):
        return Answer(stat, Judgement(False), f"held by {name_period(read_voice(), period)}", figure)
    if claim.asked in _SINCE and claim.against:
        named = parse_period(claim.against)
        if stat.against_start is None or stat.against_end is None:
            return Answer(stat, Judgement(False), "no earlier period reaches it", figure)
        if not (named.start <= stat.against_start and stat.against_end <= named.end):
            return Answer(
                stat, Judgement(False), f"the earlier one is {day_words(stat.against_start)}", figure
            )
    return Answer(stat, judgement, figure=figure)


def _reached(claim: Claim, stat: Stat) -> Answer:
    """Judge the day on which a figure was passed."""
    reached = stat.detail.get("reached_on")
    if not reached or claim.period is None:
        return Answer(stat, Judgement(False), f"by {day_words(stat.as_of)}", stat.value)
    day = dt.date.fromisoformat(str(reached))
    holds = claim.period.start <= day <= claim.period.end
    return Answer(stat, Judgement(holds), f"reached on {day_words(day)}", stat.value)
