"""Single statistics on small tables."""

import math

import pandas as pd
import pytest

from geo.counts import join_counts
from geo.stats import corridor_stats


@pytest.fixture
def one(make_table, make_corridors):
    """Compute one statistic of a table of values."""

    def find(values, name, *, table=None, first="2030-01-01", kind="day", **options):
        counts = make_table(values, first=first, kind=kind) if table is None else table
        return corridor_stats(counts, make_corridors("north"), statistics=[name], **options).loc[
            ("north", name)
        ]

    return find


@pytest.mark.parametrize(
    ("now", "base", "value", "text"),
    [
        (119, 100, 19.0, "119 people arrived, 19.0 % more than in January 2030 (100)"),
        (21, 100, -79.0, "21 people arrived, 79.0 % fewer than in January 2030 (100)"),
        (100, 100, 0.0, "100 people arrived, as many as in January 2030."),
        (100001, 100000, 0.0, "100,001 people arrived, about as many as in January 2030 (100,000)"),
        (2001, 2000, 0.1, "0.1 % more"),
        (1999, 2000, -0.1, "0.1 % fewer"),
        (1, 100, -99.0, "1 person arrived, 99.0 % fewer"),
        (0, 100, -100.0, "no people arrived, 100.0 % fewer"),
    ],
)
def test_changes_in_words(one, now, base, value, text):
    values = [base] + [5] * 11 + [now]
    found = one(values, "total_change", kind="month")
    assert found["value"] == value
    assert (found["base_value"], found["detail"]["current_value"]) == (base, now)
    assert text in found["sentence"]


@pytest.mark.parametrize(
    ("base", "text"),
    [
        (0, "there were none in January 2030, so no percentage is given"),
        (49, "the 49 in January 2030 are too few"),
    ],
)
def test_a_change_on_a_small_base_is_withheld_with_its_base(one, base, text):
    found = one([base] + [5] * 11 + [80], "total_change", kind="month")
    assert math.isnan(found["value"])
    assert found["base_value"] == base
    assert found["flags"][:2] == ("unavailable", "small_base")
    assert text in found["sentence"]


def test_a_change_is_held_against_any_year_or_period(one):
    values = [100] * 12 + [200] * 12 + [400]
    assert one(values, "total_change", kind="month")["value"] == 100.0
    assert one(values, "total_change", kind="month", against=2030)["value"] == 300.0
    assert one(values, "total_change", kind="month", against="2031-05")["value"] == 100.0
    assert one(values, "last_12_months_change", kind="month", against="2030")["flags"][1] == "outside"


def test_a_year_that_is_not_earlier_than_the_period_is_not_compared(one):
    found = one([100] * 14, "total_change", kind="month", period="2030-03", against=2030)
    assert "not_applicable" in found["flags"]


def test_the_same_seven_days_of_another_year_are_named_by_their_ends(one):
    found = one([10] * 400, "last_7_days_change", as_of="2031-01-20")
    assert (found["value"], found["base_value"]) == (0.0, 70)
    assert "as many as from 14 to 20 January 2030" in found["sentence"]


def test_a_missing_day_makes_a_total_unavailable_and_is_named(one):
    found = one([1, 2, None, 4], "month_to_date")
    assert math.isnan(found["value"])
    assert found["flags"][:2] == ("unavailable", "missing")
    assert found["detail"]["missing"] == ["2030-01-03"]
    assert "the figures lack Thursday 3 January 2030" in found["sentence"]


def test_a_suppressed_day_is_told_apart(one, make_table):
    table = make_table([1, 2, 3, 4])
    table.loc[2, "value"], table.loc[2, "flag"] = float("nan"), "suppressed"
    found = one(None, "month_to_date", table=table)
    assert found["flags"][:2] == ("unavailable", "suppressed")
    assert "the values of Thursday 3 January 2030 are withheld" in found["sentence"]
    rank = one(None, "rank", table=table)
    assert rank["flags"][:2] == ("unavailable", "suppressed")


def test_since_needs_a_date_within_the_figures(one):
    assert one([1, 2, 3], "since", since="2030-01-02")["value"] == 5
    assert "outside" in one([1, 2, 3], "since", since="2030-01-09")["flags"]
    assert "outside" in one([1, 2, 3], "since", since="2029-01-09")["flags"]
    assert "not_applicable" in one([1, 2, 3], "since")["flags"]


def test_means(one):
    assert one(range(28), "rolling_mean_7_days")["value"] == 24
    assert one(range(28), "rolling_mean_28_days")["value"] == 13.5
    assert one([10, 20, 60], "rolling_mean_3_months", kind="month")["value"] == 30
    assert "outside" in one(range(27), "rolling_mean_28_days")["flags"]


@pytest.mark.parametrize(
    ("values", "rank", "equals", "words"),
    [
        ([5, 3, 9], 1, 0, "the highest of all 3 days up to then on these figures; the highest before was 5"),
        ([9, 3, 5], 2, 0, "the second highest of all 3 days up to then on these figures, after 9 on"),
        ([9, 5, 5], 2, 1, "the equal second highest of all 3 days"),
        (
            [5, 5],
            1,
            1,
            "the equal highest of all 2 days up to then on these figures; the highest before was 5",
        ),
        ([9, 8, 5], 3, 0, "the lowest of all 3 days"),
        ([9] * 10 + [1, 5], 11, 0, "in place 11 of all 12 days up to then on these figures."),
        (
            [9] * 10 + [5, 5],
            11,
            1,
            "in place 11 of all 12 days up to then on these figures, equal with 1 more",
        ),
        ([9, 0, 0], 2, 1, "no people arrived; that was so in 2 of all 3 days up to then"),
    ],
)
def test_ranks_and_their_words(one, values, rank, equals, words):
    found = one(values, "rank")
    assert (found["value"], found["detail"]["equals"]) == (rank, equals)
    assert ("equal" in found["flags"]) == (equals > 0)
    assert words in found["sentence"]


def test_a_rank_with_nothing_to_compare_or_with_gaps_is_unavailable(one):
    assert "outside" in one([5], "rank")["flags"]
    found = one([5, None, 3], "rank")
    assert found["flags"][:2] == ("unavailable", "missing")
    assert found["detail"]["missing"] == ["2030-01-02"]


def test_ranks_of_weeks_quarters_and_years(one):
    days = [1] * 800
    assert one(days, "rank", period="2030-W10")["detail"]["kind"] == "week"
    found = one(days, "rank_same_month", period="2031-Q1")
    assert "2 first quarters" in found["sentence"]
    assert one(days, "rank_same_year", period="2031")["flags"][1] == "not_applicable"
    assert one(days, "rank", period="2030-01-05/2030-02-05")["flags"][1] == "not_applicable"
    assert one([1] * 30, "rank_same_month", kind="month")["detail"]["of"] == 3


def test_the_highest_period_and_ties(one):
    found = one([3, 9, 9, 4], "record")
    assert (found["value"], found["period_start"]) == (9, pd.Timestamp("2030-01-02"))
    assert "equal" in found["flags"]
    assert "was the first of the highest, with 9 people" in found["sentence"]
    assert "not_applicable" in one([0, 0], "record")["flags"]
    assert one([3, None, 9], "record")["flags"][1] == "missing"
    empty = one([float("nan"), float("nan")], "record")
    assert "outside" in empty["flags"]


@pytest.mark.parametrize(
    ("name", "values", "base", "words"),
    [
        ("highest_since", [7, 9, 2, 5], 9, "was the highest since Wednesday 2 January 2030 (9)"),
        ("highest_since", [7, 9, 5], 9, "was no higher than Wednesday 2 January 2030 (9) directly before it"),
        ("highest_since", [1, 2, 5], None, "was the highest since the figures begin on 1 January 2030"),
        ("highest_since", [7, 5, 2, 5], 5, "was the highest since Wednesday 2 January 2030 (5)"),
        ("lowest_since", [3, 9, 8, 5], 3, "was the lowest since Tuesday 1 January 2030 (3)"),
        ("lowest_since", [9, 3, 5], 3, "was no lower than Wednesday 2 January 2030 (3) directly before it"),
        ("lowest_since", [9, 8, 5], None, "was the lowest since the figures begin on 1 January 2030"),
    ],
)
def test_highest_and_lowest_since(one, name, values, base, words):
    found = one(values, name)
    assert found["value"] == values[-1]
    assert (math.isnan(found["base_value"]) and base is None) or found["base_value"] == base
    assert words in found["sentence"]


def test_since_looks_no_further_back_than_it_must(one):
    assert one([None, 9, 2, 5], "highest_since", first="2029-12-31")["base_value"] == 9
    assert one([9, None, 2, 5], "highest_since")["flags"][1] == "missing"
    assert "not_applicable" in one([3, 0], "lowest_since")["flags"]


def test_many_gaps_are_counted(one):
    found = one([1, None] * 5 + [1], "month_to_date")
    assert "and 2 more" in found["sentence"]
    assert found["detail"]["missing_count"] == 5


def test_a_week_belongs_to_its_iso_year(one):
    found = one([5] * 56, "rank_same_year", kind="week", first="2026-01-05", period="2026-W53")
    assert "of all 52 weeks of 2026 up to" in found["sentence"]


def test_weeks_make_no_months(one):
    found = one([5] * 20, "rank", kind="week", first="2030-01-07", period="2030-03")
    assert found["flags"][1] == "coarse"
    record = one([5] * 20, "record", kind="week", first="2030-01-07", period="2030-03")
    assert record["flags"][1] == "not_applicable"
    assert one([5] * 20, "total", kind="week", first="2030-01-07", period="2030-W05/2030-W06")["value"] == 10


def test_a_series_of_irregular_spans_has_totals_only(one, make_table):
    table = make_table([5, 6], kind="year")
    table["period_end"] = pd.to_datetime(["2030-08-31", "2031-07-31"])
    found = one(None, "total", table=table, as_of="2031-07-31")
    assert (found["value"], found["period_start"]) == (6, pd.Timestamp("2031-01-01"))
    assert "not_applicable" in one(None, "rank", table=table)["flags"]
    earlier = one(None, "total", table=table, as_of="2031-05-05")
    assert earlier["value"] == 5
    assert "The newest figure by 5 May 2031 runs to 31 August 2030." in earlier["sentence"]


def test_a_companion_is_taken_from_the_same_vintage(one, make_table):
    people = make_table([10, 20], known_on="2030-01-03")
    boats = make_table([1, 2], measure="boat", known_on="2030-02-01")
    table = join_counts(people, boats)
    assert one(None, "per_boat", table=table)["value"] == 10
    assert "not_applicable" in one(None, "per_boat", table=table, known_on="2030-01-31")["flags"]


def test_days_with_arrivals(one):
    found = one([0, 3, 0, 4], "days_with_arrivals")
    assert (found["value"], found["unit"], found["detail"]["of_days"]) == (2, "days", 4)
    assert "people arrived on 2 of 4 days" in found["sentence"]
    assert "on none of 3 days" in one([0, 0, 0], "days_with_arrivals")["sentence"]
    assert one([0, None, 4], "days_with_arrivals")["flags"][1] == "missing"


@pytest.mark.parametrize(
    ("values", "days", "longer"),
    [
        ([1, 0, 0, 0, 1, 0, 0, 1], 3, None),
        ([0, 0, 0, 1, 0, 0], 3, None),
        ([1, 2, 3], 0, None),
    ],
)
def test_longest_runs(one, values, days, longer):
    found = one(values, "longest_run_without")
    assert found["value"] == days
    assert found["detail"]["previous_longer"] == longer


def test_a_run_counts_in_full_where_it_began_before(one):
    found = one([1, 0, 0, 0, 0, 1, 0, 0, 0, 1], "longest_run_without", first="2029-12-24")
    assert (found["value"], found["detail"]["run"]) == (3, "2029-12-30/2030-01-01")
    assert found["detail"]["previous_longer"] == "2029-12-25/2029-12-28"
    assert "the last longer one was 4 days, from 25 to 28 December 2029" in found["sentence"]


def test_the_current_run(one):
    found = one([0, 0, 0, 1, 0, 0], "current_run_without")
    assert (found["value"], found["detail"]["previous_longer_days"]) == (2, 3)
    assert "no people arrived for 2 days in a row; the last longer one was 3 days" in found["sentence"]
    assert one([0, 1], "current_run_without")["value"] == 0
    hidden = one([0, 0, 0, None, 1, 0], "current_run_without")
    assert (hidden["detail"]["previous_longer"], hidden["detail"]["previous_known"]) == (None, False)


def test_the_date_a_figure_was_reached(one):
    found = one([60, 50, 40, 30], "threshold_date")
    assert (found["value"], found["detail"]["reached_on"]) == (100, "2030-01-02")
    late = one([60, 50], "threshold_date", threshold=500)
    assert math.isnan(late["value"])
    assert "not_reached" in late["flags"]
    assert "the figure of 500 was not reached" in late["sentence"]
    assert "not_applicable" in one([6, 5], "threshold_date")["flags"]
    assert one([60, None, 70], "threshold_date")["flags"][1] == "missing"
    both = one([900] * 16, "threshold_date", kind="month")
    assert (both["value"], both["detail"]["reached_on_before"]) == (3000, "2030-04-30")
    assert "in 2030 it was reached in April 2030" in both["sentence"]


def test_the_season_of_a_month(one):
    values = [10] * 11 + [50]
    found = one(values * 3, "seasonal_index", kind="month", first="2027-01-01")
    assert found["value"] == round(50 / 160 * 12, 4)
    assert "over the complete years 2027 to 2029, december" in found["sentence"].lower()
    assert "outside" in one(values * 2, "seasonal_index", kind="month")["flags"]
    assert "not_applicable" in one([1] * 9, "seasonal_index", kind="year")["flags"]


def test_people_per_boat(one, make_table):
    people = make_table([10, 0, 20])
    table = join_counts(people, make_table([1, 0, 3], measure="boat"))
    found = one(None, "per_boat", table=table, period="2030-01-01/2030-01-03")
    assert (found["value"], found["unit"]) == (7.5, "persons per boat")
    assert found["detail"]["boats"] == 4
    assert one(None, "per_boat", table=table, period="2030-01-02")["flags"][1] == "small_base"
    assert one(None, "per_boat", table=people)["flags"][1] == "not_applicable"


def test_a_change_of_people_per_boat(one, make_table):
    table = join_counts(
        make_table([90] * 13, kind="month"), make_table([3] * 12 + [2], kind="month", measure="boat")
    )
    found = one(None, "per_boat_change", table=table)
    assert (found["value"], found["base_value"]) == (50.0, 30)
    assert "50.0 % more than in January 2030 (30.0)" in found["sentence"]
    assert one(None, "per_boat_change", table=table, period="2031-01", against="2030-03")["value"] == 50.0
    level = join_counts(
        make_table([90] * 13, kind="month"), make_table([3] * 13, kind="month", measure="boat")
    )
    assert "about as many as" in one(None, "per_boat_change", table=level)["sentence"]
    fewer = join_counts(
        make_table([90] * 13, kind="month"), make_table([3] * 12 + [4], kind="month", measure="boat")
    )
    assert "25.0 % fewer" in one(None, "per_boat_change", table=fewer)["sentence"]
    small = join_counts(
        make_table([9] * 13, kind="month"), make_table([3] * 13, kind="month", measure="boat")
    )
    assert one(None, "per_boat_change", table=small)["flags"][1] == "small_base"


def test_shares(one, make_table):
    table = join_counts(make_table([30]), make_table([10], corridor="south"))
    found = one(None, "share", table=table)
    assert (found["value"], found["detail"]["of"]) == (75.0, "corridors")
    whole = join_counts(table, make_table([60], corridor="all_routes"))
    assert one(None, "share", table=whole)["value"] == 50.0
    assert one([5], "share")["flags"][1] == "not_applicable"
    zero = join_counts(make_table([0]), make_table([0], corridor="south"))
    assert one(None, "share", table=zero)["flags"][1] == "small_base"


def test_the_whole_has_no_share(make_table, make_corridors):
    table = make_table([60], corridor="all_routes")
    found = corridor_stats(table, make_corridors("all_routes"), statistics=["share"]).iloc[0]
    assert "it is the whole itself" in found["sentence"]


def test_running_totals_have_a_year_to_date_only(make_table, make_corridors):
    rows = [
        ("2030-01-01", "2030-01-31", 100),
        ("2030-01-01", "2030-02-28", 250),
        ("2031-01-01", "2031-02-28", 300),
    ]
    table = make_table([100, 250, 300])
    table["period_start"], table["period_end"] = ([pd.Timestamp(row[at]) for row in rows] for at in (0, 1))
    table["value"], table["flag"] = [float(row[2]) for row in rows], "cumulative"
    stats = corridor_stats(table, make_corridors("north"), as_of="2031-03-05").loc["north"]
    assert set(stats.index) == {"total", "total_change", "year_to_date", "year_to_date_change", "same_point"}
    assert stats.loc["year_to_date_change", "value"] == 20.0
    assert "The newest figure by 5 March 2031 runs to 28 February 2031." in stats.loc["total", "sentence"]
    asked = corridor_stats(
        table, make_corridors("north"), statistics=["all_time", "last_12_months", "threshold_date"]
    )
    assert all(flags[1] == "not_applicable" for flags in asked["flags"])


def test_a_period_that_has_begun_is_given_as_far_as_it_is_held(make_table, make_corridors):
    table = make_table([100, 20], kind="month")
    table.loc[1, "period_end"], table.loc[1, "flag"] = pd.Timestamp("2030-02-12"), "partial"
    stats = corridor_stats(table, make_corridors("north"), as_of="2030-02-12").loc["north"]
    assert stats.loc["month_to_date", "value"] == 20
    assert "partial" in stats.loc["month_to_date", "flags"]
    assert stats.loc["year_to_date", "value"] == 100
    assert (
        "on 12 February 2030 the last complete month was January 2030"
        in stats.loc["year_to_date", "sentence"]
    )
    year = make_table([9], kind="year")
    early = corridor_stats(year, make_corridors("north"), as_of="2031-05-05").loc["north"]
    assert early.loc["year_to_date", "flags"][1] == "incomplete"
