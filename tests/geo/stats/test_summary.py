"""Questions: which series, dates and comparison; and what is refused."""

import math

import pandas as pd
import pytest

from geo.counts import join_counts
from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.stats import STATISTICS, corridor_stats, stats_notes, stats_records


@pytest.fixture
def north(make_table):
    """Ten days of 2030."""
    return make_table([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])


def test_as_of_defaults_to_the_last_day_held(north, make_corridors):
    stats = corridor_stats(north, make_corridors("north"))
    assert stats["as_of"].unique().tolist() == [pd.Timestamp("2030-01-10")]
    assert stats.loc[("north", "total"), "value"] == 10


@pytest.mark.parametrize("day", ["2030-01-11", "2035-01-01", "2029-12-31", "2018-01-01"])
def test_a_data_date_beyond_the_figures_is_refused(north, make_corridors, day):
    with pytest.raises(NotCoveredError, match=f"Invalid as_of '{day}'.*data through 10 January 2030"):
        corridor_stats(north, make_corridors("north"), as_of=day)


@pytest.mark.parametrize(
    ("day", "ends"), [("2030-03-05", "02-28"), ("2030-03-31", "02-28"), ("2030-02-27", "01-31")]
)
def test_monthly_figures_answer_within_the_month_after_the_last(make_table, make_corridors, day, ends):
    table = make_table([100, 200], kind="month")
    found = corridor_stats(table, make_corridors("north"), as_of=day).loc[("north", "year_to_date")]
    assert found["period_end"] == pd.Timestamp(f"2030-{ends}")


@pytest.mark.parametrize("day", ["2030-04-01", "2030-01-30"])
def test_monthly_figures_refuse_later_and_earlier_days(make_table, make_corridors, day):
    with pytest.raises(NotCoveredError, match="Invalid as_of"):
        corridor_stats(make_table([100, 200], kind="month"), make_corridors("north"), as_of=day)


def test_a_vintage_is_taken_by_its_day_and_says_what_it_reaches(make_table, make_corridors):
    table = join_counts(
        make_table([1, 2], known_on="2030-01-03"), make_table([1, 9, 3], known_on="2030-01-04")
    )
    corridors = make_corridors("north")
    older = corridor_stats(table, corridors, known_on="2030-01-03")
    assert older.loc[("north", "all_time"), "value"] == 3
    assert older.loc[("north", "all_time"), "known_on"] == pd.Timestamp("2030-01-03")
    assert corridor_stats(table, corridors).loc[("north", "all_time"), "value"] == 13
    with pytest.raises(NotCoveredError, match="data through 2 January 2030, as known on 2030-01-03"):
        corridor_stats(table, corridors, as_of="2030-01-03", known_on="2030-01-03")
    with pytest.raises(NotCoveredError, match="Invalid known_on '2030-01-01'"):
        corridor_stats(table, corridors, known_on="2030-01-01")


def test_figures_published_later_than_usual_say_so(make_table, make_corridors):
    late = corridor_stats(make_table([1, 2], known_on="2031-05-06"), make_corridors("north"))
    assert "published_later" in late.loc[("north", "total"), "flags"]
    assert "on figures published 6 May 2031" in late.loc[("north", "total"), "sentence"]
    usual = corridor_stats(make_table([1, 2], known_on="2030-01-02"), make_corridors("north"))
    assert "published_later" not in usual.loc[("north", "total"), "flags"]


def test_a_corridor_that_cannot_be_answered_is_noted_beside_the_others(make_table, make_corridors):
    table = join_counts(make_table([1, 2]), make_table([1, 2], first="2031-01-01", corridor="south"))
    corridors = make_corridors("north", "south", "west")
    corridors.loc["west", ["source", "measure"]] = ""
    stats = corridor_stats(table, corridors, as_of="2030-01-02", statistics=["total"])
    assert stats.index.tolist() == [("north", "total")]
    assert [note["corridor"] for note in stats.attrs["notes"]] == ["south", "west"]
    assert "West has no headline series" in stats.attrs["notes"][1]["note"]
    assert stats_notes(table, corridors, as_of="2030-01-02") == stats.attrs["notes"]


def test_corridors_without_a_series_give_an_empty_table(north, make_corridors):
    stats = corridor_stats(north, make_corridors("north", source="", measure=""))
    assert stats.empty
    assert len(stats.attrs["notes"]) == 1


def test_a_headline_without_counts_is_refused_with_what_there_is(north, make_corridors):
    with pytest.raises(
        UnknownNameError, match=r"hold no such rows for corridor 'north'. There are: tally arrival"
    ):
        corridor_stats(north, make_corridors("north", source="elsewhere"))


def test_a_corridor_without_any_counts_is_noted(north, make_corridors):
    stats = corridor_stats(north, make_corridors("east"))
    assert stats.empty
    assert stats.attrs["notes"] == [
        {"corridor": "east", "note": "No counts of East are held, so it has no statistics."}
    ]


def test_all_refusals_are_listed(north, make_table, make_corridors):
    counts = join_counts(north, make_table([1], corridor="east"))
    with pytest.raises(UnknownNameError, match=r"'north'.*\n.*'east'"):
        corridor_stats(counts, make_corridors("north", "east", source="elsewhere"))


@pytest.mark.parametrize(
    "options",
    [
        {"source": "nobody"},
        {"measure": "detection_entry"},
        {"basis": "final"},
        {"place": "LY"},
        {"nationality": "ALB"},
    ],
)
def test_a_series_that_does_not_exist_is_refused(north, make_corridors, options):
    with pytest.raises(
        UnknownNameError, match=r"Corridor 'north' has none of that name. There are: tally arrival"
    ):
        corridor_stats(north, make_corridors("north"), **options)


def test_a_series_that_is_not_clear_is_refused(make_table, make_corridors):
    table = join_counts(make_table([1], measure="boat"), make_table([1], measure="event"))
    with pytest.raises(UnknownNameError, match="Several fit, so name source, measure and basis"):
        corridor_stats(table, make_corridors("north"), source="tally")


def test_the_headline_measure_is_preferred(make_table, make_corridors):
    table = join_counts(make_table([1], measure="boat"), make_table([7]))
    stats = corridor_stats(table, make_corridors("north"), source="tally", statistics=["total"])
    assert stats["value"].tolist() == [7]
    boats = corridor_stats(table, make_corridors("north"), measure="boat", statistics=["total"])
    assert boats["unit"].tolist() == ["boats"]


def test_unknown_names_are_refused(counts):
    with pytest.raises(UnknownNameError, match=r"Invalid statistic 'totl'.*Did you mean 'total'"):
        corridor_stats(counts, "channel", statistics=["totl"])
    with pytest.raises(UnknownNameError, match="chanel"):
        corridor_stats(counts, "chanel")
    with pytest.raises(InvalidInputError, match=r"Invalid table of corridors. It lacks the columns"):
        corridor_stats(counts, pd.DataFrame({"title": ["x"]}))


def test_a_corridor_id_that_only_the_counts_hold_is_answered(counts):
    stats = corridor_stats(counts, "all_routes", source="frontex", statistics=["total"], period="2025")
    assert stats.loc[("all_routes", "total"), "value"] == 179921
    assert corridor_stats(counts, ["all_routes"]).attrs["notes"][0]["corridor"] == "all_routes"


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"as_of": "12/12/2024"}, "Invalid as_of"),
        ({"known_on": "yesterday"}, "Invalid known_on"),
        ({"since": "2024"}, "Invalid since"),
        ({"period": "2024-13"}, "Invalid period"),
        ({"threshold": 0}, "Invalid threshold '0'. It must be a number above 0"),
        ({"threshold": math.nan}, "Invalid threshold"),
        ({"against": 2030}, "Invalid against '2030'. It must be a year before 2030"),
        ({"against": "soon"}, "Invalid period 'soon'"),
    ],
)
def test_nonsense_is_refused(north, make_corridors, options, match):
    with pytest.raises(InvalidInputError, match=match):
        corridor_stats(north, make_corridors("north"), **options)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"period": "2030-02"}, "It begins after as_of"),
        ({"period": "2029"}, "run from 2030-01-01 to 2030-01-10"),
        ({"period": "2030-01-06", "as_of": "2030-01-05"}, "It begins after as_of"),
    ],
)
def test_a_period_that_the_figures_do_not_cover_is_refused(north, make_corridors, options, match):
    with pytest.raises(NotCoveredError, match=match):
        corridor_stats(north, make_corridors("north"), **options)


@pytest.mark.parametrize("period", ["2030-01-05", "2030-W02"])
def test_a_period_shorter_than_the_published_ones_is_refused(make_table, make_corridors, period):
    with pytest.raises(NotCoveredError, match="given by the month; ask for that or longer"):
        corridor_stats(make_table([1, 2], kind="month"), make_corridors("north"), period=period)


def test_an_unfinished_period_is_described_up_to_the_data_date_and_not_ranked(north, make_corridors):
    stats = corridor_stats(north, make_corridors("north"), period="2030-01").loc["north"]
    assert stats.loc["total", "value"] == 55
    assert "incomplete" in stats.loc["total", "flags"]
    assert "January 2030 is described up to 10 January 2030 only" in stats.loc["total", "sentence"]
    assert {"unavailable", "incomplete"} <= set(stats.loc["highest_since", "flags"])


def test_only_statistics_that_apply_are_given_unless_asked(make_table, make_corridors):
    table = make_table([1, 2, 3], kind="month")
    every = corridor_stats(table, make_corridors("north")).loc["north"]
    assert "last_7_days" not in every.index
    assert "per_boat" not in every.index
    asked = corridor_stats(table, make_corridors("north"), statistics=["last_7_days"]).loc["north"]
    assert asked.loc["last_7_days", "flags"][:2] == ("unavailable", "not_applicable")
    assert "the figures are monthly" in asked.loc["last_7_days", "sentence"]


@pytest.mark.parametrize("name", STATISTICS)
def test_every_statistic_answers_or_says_why_not(counts, name):
    for corridor in ("channel", "western_balkans"):
        found = stats_records(counts, corridor, as_of="2024-12-12", statistics=[name])
        assert [stat.statistic for stat in found] == [name]
        stat = found[0]
        assert math.isnan(stat.value) == ("unavailable" in stat.flags)
        assert stat.sentence
        if "unavailable" not in stat.flags:
            assert stat.unit
            assert stat.known_on is not None


def test_records_equal_the_table(counts):
    records = stats_records(counts, "channel", as_of="2024-12-12")
    table = corridor_stats(counts, "channel", as_of="2024-12-12")
    assert [stat.statistic for stat in records] == table.index.get_level_values("statistic").tolist()
    assert [stat.sentence for stat in records] == table["sentence"].tolist()


def test_arguments_are_not_changed(counts, make_corridors):
    before, corridors = counts.copy(), make_corridors("channel", source="home_office_daily")
    kept = corridors.copy()
    corridor_stats(counts, corridors, as_of="2024-12-12")
    pd.testing.assert_frame_equal(counts, before)
    pd.testing.assert_frame_equal(corridors, kept)
