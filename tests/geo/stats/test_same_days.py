"""What is compared with what: days with days, ISO weeks with ISO weeks; and what is said of dates."""

import math

import pytest

from geo.counts import read_counts
from geo.stats import corridor_stats


@pytest.fixture(scope="module")
def counts():
    return read_counts()


def ask(counts, corridor, **options):
    return corridor_stats(counts, corridor, **options).loc[corridor]


@pytest.mark.parametrize(
    ("as_of", "name", "base", "change"),
    [
        ("2024-07-07", "month_to_date_change", 686, -87.6),
        ("2024-07-07", "quarter_to_date_change", 686, -87.6),
        ("2023-05-07", "month_to_date_change", 1_059, -43.1),
        ("2024-04-07", "month_to_date_change", 770, None),
    ],
)
def test_a_span_from_monday_to_sunday_is_held_against_the_same_calendar_days(
    counts, as_of, name, base, change
):
    row = ask(counts, "channel", as_of=as_of).loc[name]
    assert row["base_value"] == base
    assert change is None or row["value"] == change
    assert "week" not in row["sentence"]


def test_the_same_point_of_a_year_that_began_with_a_week_is_the_same_day(counts):
    assert (
        "By Saturday 7 January 2023"
        in ask(counts, "channel", as_of="2024-01-07").loc["same_point", "sentence"]
    )


def test_a_week_is_held_against_the_week_of_its_number(counts):
    row = ask(counts, "channel", period="2024-W27").loc["total_change"]
    assert (row["against_start"].isoformat()[:10], row["against_end"].isoformat()[:10]) == (
        "2023-07-03",
        "2023-07-09",
    )


def test_a_week_53_is_described_and_only_its_change_is_missing(counts):
    stats = ask(counts, "channel", period="2020-W53")
    assert stats.loc["total", "value"] == 58
    assert "total_change" not in stats.index or math.isnan(stats.loc["total_change", "value"])


def test_an_earlier_figure_that_was_published_earlier_says_so(counts):
    row = ask(counts, "central_med", as_of="2025-12-31").loc["year_to_date_change"]
    assert "base_published_earlier" in row["flags"]
    assert "the one published by 31 December 2024 and may have been revised since" in row["sentence"]
    same = ask(counts, "channel", as_of="2025-12-31").loc["year_to_date_change"]
    assert "base_published_earlier" not in same["flags"]


def test_a_publication_date_that_was_not_printed_is_not_told(counts):
    row = ask(counts, "channel", source="home_office_detailed", as_of="2022-12-31").loc["year_to_date"]
    assert "inferred_known_on" in row["flags"]
    assert "published" not in row["sentence"]


def test_a_basis_alone_finds_the_one_series_that_has_it(counts):
    assert ask(counts, "channel", basis="final", period="2022").loc["total", "value"] == 45_774


def test_a_series_begins_with_its_first_published_value(counts):
    row = ask(counts, "channel", measure="boat_uncontrolled").loc["all_time"]
    assert "Since 1 January 2023" in row["sentence"]


def test_minimum_counts_say_at_least_and_are_not_divided_into_shares(counts):
    stats = ask(counts, "channel", measure="dead_missing", as_of="2024-12-31")
    assert "share" not in stats.index
    assert "an average of at least" in stats.loc["rolling_mean_3_months", "sentence"]


def test_a_place_of_a_series_that_is_published_by_place_can_be_asked_for(counts):
    stats = ask(counts, "western_balkans", source="croatia_interior", place="HR", period="2024")
    assert stats.loc["total", "value"] == 29_294
