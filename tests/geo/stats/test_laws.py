"""Laws that hold for any figures and any date."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.counts import check_counts
from geo.stats import corridor_stats
from geo.stats.periods import Period, parse_period
from geo.stats.question import percent_change
from geo.stats.series import build_series

FIRST = dt.date(2030, 1, 1)
DAYS = 500
VALUES = st.lists(st.integers(0, 40) | st.just(0), min_size=DAYS, max_size=DAYS)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
CORRIDORS = pd.DataFrame(
    {"title": ["North", "South"], "source": "tally", "measure": "arrival", "basis": "", "caption": ""},
    index=pd.Index(["north", "south"], name="corridor"),
)


def _table(values, corridor="north"):
    days = pd.date_range(FIRST, periods=len(values), freq="D")
    return check_counts(
        pd.DataFrame(
            {
                "source": "tally",
                "corridor": corridor,
                "measure": "arrival",
                "period_start": days,
                "period_end": days,
                "value": values,
            }
        )
    )


def _stats(values, offset, **options):
    day = FIRST + dt.timedelta(days=offset)
    return corridor_stats(_table(values), CORRIDORS.loc[["north"]], as_of=day, **options).loc["north"], day


@FEW
@given(VALUES, st.integers(0, DAYS - 1))
def test_the_months_to_date_add_up_to_the_year_to_date(values, offset):
    stats, day = _stats(values, offset, statistics=["month_to_date", "year_to_date"])
    series = build_series(_table(values))
    earlier = Period(dt.date(day.year, 1, 1), day.replace(day=1) - dt.timedelta(days=1))
    before = series.span(earlier).value if earlier.end >= earlier.start else 0
    assert stats.loc["month_to_date", "value"] + before == stats.loc["year_to_date", "value"]


@FEW
@given(VALUES, st.tuples(*[st.integers(0, DAYS - 1)] * 3).map(sorted))
def test_a_total_over_adjacent_spans_adds(values, at):
    series = build_series(_table(values))
    a, b, c = (FIRST + dt.timedelta(days=step) for step in at)
    if b < c:
        after = Period(b + dt.timedelta(days=1), c)
        assert series.span(Period(a, b)).value + series.span(after).value == series.span(Period(a, c)).value
    assert series.span(Period(a, b)).value == sum(values[at[0] : at[1] + 1])


@FEW
@given(VALUES, st.integers(1, DAYS - 1))
def test_rank_one_is_the_record(values, offset):
    names = ["total", "rank", "record", "highest_since"]
    stats, _ = _stats(values, offset, statistics=names)
    seen = values[: offset + 1]
    value = values[offset]
    assert stats.loc["rank", "value"] == 1 + sum(other > value for other in seen)
    if max(seen) > 0:
        assert stats.loc["record", "value"] == max(seen)
        assert (stats.loc["rank", "value"] == 1) == (value == stats.loc["record", "value"])
    if value > 0:
        earlier = [other for other in seen[:-1] if other >= value]
        assert (math.isnan(stats.loc["highest_since", "base_value"])) == (not earlier)


@FEW
@given(VALUES, st.integers(0, DAYS - 1), st.integers(1, 4000))
def test_the_threshold_date_is_the_first_day_at_or_above_it(values, offset, threshold):
    stats, day = _stats(values, offset, statistics=["threshold_date"], threshold=threshold)
    first = 0 if day.year == 2030 else 365
    cumulative = np.cumsum(values[first : offset + 1])
    reached = stats.loc["threshold_date", "detail"]["reached_on"]
    if cumulative[-1] < threshold:
        assert reached is None
    else:
        expected = dt.date(day.year, 1, 1) + dt.timedelta(days=int(np.argmax(cumulative >= threshold)))
        assert reached == expected.isoformat()


@FEW
@given(VALUES, st.integers(0, DAYS - 1))
def test_runs_and_days_agree_with_counting(values, offset):
    stats, day = _stats(values, offset, statistics=["days_with_arrivals", "current_run_without"])
    first = 0 if day.year == 2030 else 365
    assert stats.loc["days_with_arrivals", "value"] == sum(value > 0 for value in values[first : offset + 1])
    run = 0
    for value in reversed(values[: offset + 1]):
        if value:
            break
        run += 1
    assert stats.loc["current_run_without", "value"] == run


@FEW
@given(VALUES, VALUES, st.integers(0, DAYS - 1))
def test_shares_are_parts_of_one_whole(values, others, offset):
    table = pd.concat([_table(values), _table(others, "south")], ignore_index=True)
    day = FIRST + dt.timedelta(days=offset)
    stats = corridor_stats(table, CORRIDORS, as_of=day, statistics=["share"])
    given_ = stats["value"].dropna()
    assert ((given_ >= 0) & (given_ <= 100)).all()
    if len(given_):
        parts = [detail["part"] for detail in stats["detail"]]
        assert sum(parts) == stats["detail"].iloc[0]["whole"]


@given(st.integers(1, 10**7), st.integers(0, 10**7))
def test_changes_are_rounded_half_away_from_zero(base, value):
    change = percent_change(value, base)
    exact = (value - base) * 1000 / base
    assert abs(change * 10 - exact) <= 0.5 + 1e-6
    assert change == -percent_change(2 * base - value, base)


@pytest.mark.parametrize(
    ("value", "base", "change"), [(16_01, 1600, 0.1), (1599, 1600, -0.1), (2001, 4000, -50.0)]
)
def test_halves_go_away_from_zero(value, base, change):
    assert percent_change(value, base) == change


@FEW
@given(st.lists(st.integers(0, 10**6), min_size=30, max_size=30), st.integers(0, 29))
def test_the_order_of_rows_does_not_matter(values, seed):
    table = _table(values)
    mixed = table.sample(frac=1, random_state=seed)
    period = parse_period("2030-01-03/2030-01-20")
    assert build_series(mixed).span(period).value == build_series(table).span(period).value
