"""Names of the statistics, for headings; a part of the one catalogue (:mod:`geo.stats.phrases`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from geo.stats.locales import Voice


def _mark(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


TITLES: Final = {
    "total": _mark("Total"),
    "last_7_days": _mark("Last seven days"),
    "month_to_date": _mark("Month to date"),
    "quarter_to_date": _mark("Quarter to date"),
    "year_to_date": _mark("Year to date"),
    "same_point": _mark("Same point of an earlier year"),
    "since": _mark("Since a date"),
    "all_time": _mark("Since the figures begin"),
    "last_12_months": _mark("Last twelve months"),
    "rolling_mean_7_days": _mark("Mean of seven days"),
    "rolling_mean_28_days": _mark("Mean of 28 days"),
    "rolling_mean_3_months": _mark("Mean of three months"),
    "per_boat": _mark("People per boat"),
    "per_boat_year_to_date": _mark("People per boat, year to date"),
    "share": _mark("Share"),
    "share_year_to_date": _mark("Share, year to date"),
    "rank": _mark("Rank among all periods of its length"),
    "rank_same_month": _mark("Rank within the same calendar month"),
    "rank_same_year": _mark("Rank within the year"),
    "record": _mark("Highest of all"),
    "record_same_month": _mark("Highest within the same calendar month"),
    "peak": _mark("Highest of the year"),
    "highest_since": _mark("Highest since"),
    "lowest_since": _mark("Lowest since"),
    "days_with_arrivals": _mark("Days with arrivals"),
    "longest_run_without": _mark("Longest run without arrivals"),
    "current_run_without": _mark("Current run without arrivals"),
    "threshold_date": _mark("Date a figure was reached"),
    "seasonal_index": _mark("Seasonal index"),
    "death_rate": _mark("People dead or missing per 1,000"),
    "death_rate_ratio": _mark("Ratio of death rates"),
    "flow_range": _mark("Possible flow of a leg"),
    "unique_persons": _mark("Different people"),
    "counter": _mark("Counters side by side"),
    "displacement": _mark("Displacement between corridors"),
    "share_of_recorded": _mark("Share of those recorded"),
    "unknown_count": _mark("Number not recorded"),
    "top_five_share": _mark("Share of the largest groups"),
    "herfindahl": _mark("Concentration"),
    "wave_effect": _mark("Counts and the height of the sea"),
    "expected_given_conditions": _mark("Expected given the conditions"),
    "calmer_days": _mark("Calmer-sea days"),
    "per_calmer_day": _mark("Count per calmer-sea day"),
    "trend_slope": _mark("Trend, per year"),
    "trend_test": _mark("Test of a trend"),
    "trend_strength": _mark("Strength of the trend"),
    "season_strength": _mark("Strength of the season"),
    "seasonal_peak_month": _mark("Month of the seasonal peak"),
    "change_points": _mark("Changes of level"),
    "change_point": _mark("Change of level"),
    "signals": _mark("Signals of monitoring"),
    "signal": _mark("Signal of monitoring"),
}


def statistic_title(v: Voice, statistic: str) -> str:
    """Name a statistic, for headings.

    >>> from geo.stats.locales import read_voice
    >>> statistic_title(read_voice(), "year_to_date_change")
    'Year to date, change'
    """
    stem = statistic.removesuffix("_change")
    name = v.messages.gettext(TITLES[stem])
    return name if stem == statistic else v.say("{name}, change", name=name)
