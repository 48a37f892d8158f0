"""Trends of corridors: values, words, what is refused and what is left out."""

import json
import subprocess
import sys

import jsonschema
import numpy as np
import pytest

from geo.counts import join_counts
from geo.errors import InvalidInputError, MissingExtraError, NotCoveredError, UnknownNameError
from geo.stats import from_frame, to_json
from geo.stats.trend_answers import TREND_STATISTICS
from geo.stats.trends import trend_stats, trend_values

SEASON = 1 + 0.5 * np.sin(2 * np.pi * np.arange(12) / 12)


def seasonal(levels, seed=0):
    mean = np.asarray(levels) * SEASON[np.arange(len(levels)) % 12]
    rng = np.random.default_rng(seed)
    return rng.poisson(mean * rng.lognormal(0, 0.15, len(levels))).tolist()


@pytest.fixture(scope="module")
def stepped(make_table):
    return make_table(seasonal(np.repeat([800.0, 200], [60, 36])), kind="month", measure="detection_entry")


@pytest.fixture(scope="module")
def corridors(make_corridors):
    return make_corridors("north", measure="detection_entry")


@pytest.fixture(scope="module")
def found(stepped, corridors):
    return trend_stats(stepped, corridors)


def text(table, statistic):
    return table.xs(statistic, level="statistic")["detail"].iloc[0]["text"]


def one(table, statistic):
    return table.xs(statistic, level="statistic").iloc[0]


def test_every_statistic_is_answered_with_method_and_assumptions(found):
    names = found.index.get_level_values("statistic")
    assert set(TREND_STATISTICS) | {"change_point", "signal"} == set(names)
    assert (found["method"] != "").all()
    assert (found["assumptions"].map(len) > 0).all()
    assert found["unit"].ne("").all()


def test_a_fall_is_told_in_words(found):
    told = text(found, "change_point")
    assert "the level of the monthly count of detections fell from about" in told
    assert "(90 % interval)" in told
    assert "−7" in told
    change = one(found, "change_point")
    assert change["low"] < -75 < change["high"]
    assert change["interval"] == "95 % confidence, given the date"
    assert change["period_start"] <= np.datetime64("2035-01-01") <= change["period_end"]
    assert one(found, "change_points")["value"] == 1
    assert "changed once, more than chance explains" in text(found, "change_points")
    assert "people" not in " ".join(found["sentence"])


def test_the_other_findings(found):
    assert one(found, "seasonal_peak_month")["value"] in {3, 4, 5}
    assert one(found, "season_strength")["value"] > 0.6
    assert "hardly by chance" in text(found, "season_strength")
    assert "ran below the reference of January 2030 to December 2033" in text(found, "signal")
    assert one(found, "trend_slope")["unit"] == "% a year"
    assert one(found, "trend_slope")["low"] < one(found, "trend_slope")["value"] < 0


def test_records_travel_as_json(found):
    from geo.stats.records import SCHEMA_VERSION  # the schema is the one of all statistics

    document = to_json(found)
    assert document["schema_version"] == SCHEMA_VERSION
    from pathlib import Path

    import geo

    schema = json.loads((Path(geo.__file__).parent / "data/schemas/stats.schema.json").read_text("utf-8"))
    jsonschema.validate(document, schema)
    json.dumps(document, allow_nan=False)
    assert len(from_frame(found)) == len(found)


def test_noise_makes_no_claim(make_table, make_corridors):
    table = trend_stats(
        make_table(np.random.default_rng(6).poisson(400, 96).tolist(), kind="month"), make_corridors("north")
    )
    assert "shows no trend that the data can tell from chance" in text(table, "trend_slope")
    assert "shows no trend that the data can tell from chance (p = " in text(table, "trend_test")
    assert "no season that the data can tell from chance" in text(table, "season_strength")
    assert "no change of level that the data can tell from chance" in text(table, "change_points")
    assert "did not leave the reference" in text(table, "signals")
    assert "seasonal_peak_month" not in table.index.get_level_values("statistic")


def test_a_steady_rise_is_told(make_table, make_corridors):
    values = (400 * 1.15 ** (np.arange(84) / 12) * np.tile(SEASON, 7)).round().tolist()
    names = ["trend_slope", "trend_test"]
    table = trend_stats(make_table(values, kind="month"), make_corridors("north"), statistics=names)
    assert "the monthly count of people rose by 15.0 % a year" in text(table, "trend_slope")
    assert "shows a rising trend, hardly by chance (p < 0.001)" in text(table, "trend_test")
    falling = trend_stats(
        make_table(values[::-1], kind="month"),
        make_corridors("north"),
        statistics=["trend_slope", "trend_test"],
    )
    assert "the monthly count of people fell by 13.0 % a year" in text(falling, "trend_slope")
    assert "shows a falling trend" in text(falling, "trend_test")


def test_small_bases_are_withheld(make_table, make_corridors):
    values = seasonal(np.repeat([12.0, 900], [40, 40]))
    table = trend_stats(
        make_table(values, kind="month"), make_corridors("north"), statistics=["change_points"]
    )
    change = one(table, "change_point")
    assert np.isnan(change["value"])
    assert {"unavailable", "small_base"} <= set(change["flags"])
    assert change["sentence"].count("%") == 1
    assert "rose from about 12 to" in change["detail"]["text"]


def test_behind_a_gap_and_said_so(make_table, make_corridors):
    values = seasonal(np.full(96, 500.0))
    values[30] = None
    table = trend_stats(make_table(values, kind="month"), make_corridors("north"))
    assert "lack July 2032; nothing is filled in" in text(table, "trend_slope")
    assert "lack July 2032; only those from August 2032 on are taken" in text(table, "change_points")
    assert one(table, "change_points")["detail"]["n"] == 65
    assert one(table, "trend_slope")["detail"]["n"] == 95


@pytest.mark.parametrize(
    ("values", "statistic", "reason"),
    [
        ([100] * 30, "trend_slope", "fewer than 3 years without a gap are held"),
        ([100] * 20, "change_points", "fewer than 2 years without a gap are held"),
        ([1] * 60, "season_strength", "the counts are too small, under 5 on average"),
        ([0] * 60, "change_points", "the counts are too small"),
        ([100] * 36, "signals", "no figures lie behind the reference years"),
    ],
)
def test_what_is_too_short_or_small_has_a_reason(make_table, make_corridors, values, statistic, reason):
    table = trend_stats(make_table(values, kind="month"), make_corridors("north"), statistics=[statistic])
    assert np.isnan(table["value"].iloc[0])
    assert "unavailable" in table["flags"].iloc[0]
    assert reason in table["sentence"].iloc[0]


def test_what_does_not_apply_is_left_out_unless_asked(make_table, make_corridors):
    yearly = make_table([900] * 9, kind="year")
    table = trend_stats(yearly, make_corridors("north"))
    assert (table["value"].isna()).all()
    assert table["sentence"].str.contains("yearly and cannot be divided further").all()
    weekly = make_table([90] * 300, kind="week")
    asked = trend_stats(weekly, make_corridors("north"), frequency="week", statistics=["seasonal_peak_month"])
    assert "it belongs to months" in asked["sentence"].iloc[0]
    flat = trend_stats(
        make_table(np.random.default_rng(6).poisson(400, 96).tolist(), kind="month"),
        make_corridors("north"),
        statistics=["seasonal_peak_month"],
    )
    assert "the data cannot tell a season from chance" in flat["sentence"].iloc[0]
    empty = trend_stats(
        make_table([5] * 40),
        make_corridors("north"),
        period="2030-01-02/2030-01-20",
        statistics=["trend_test"],
    )
    assert "no whole period is held" in empty["sentence"].iloc[0]


def test_days_become_weeks(make_table, make_corridors):
    values = np.random.default_rng(0).poisson(30, 7 * 170)
    table = trend_stats(
        make_table(values.tolist(), first="2029-01-01"),
        make_corridors("north"),
        frequency="week",
        statistics=["trend_slope"],
    )
    assert "the weekly count of people shows no trend" in text(table, "trend_slope")
    assert "the same weeks" in text(table, "trend_slope")


def test_preliminary_months_are_left_out_and_said_so(counts):
    options = {"statistics": ["trend_test"], "period": "2018/2026"}
    table = trend_stats(counts, "western_balkans", **options)
    assert "From January 2018 to April 2026" in text(table, "trend_test")
    assert "The newest 2 months are preliminary and left out." in text(table, "trend_test")
    kept = trend_stats(counts, "western_balkans", preliminary=True, **options)
    assert "to June 2026" in text(kept, "trend_test")
    assert "preliminary" in kept["flags"].iloc[0]
    marked = counts[(counts["corridor"] == "western_balkans") & (counts["period_start"] >= "2026-05-01")]
    only = trend_stats(marked, "western_balkans", source="frontex", statistics=["trend_test"])
    assert "all figures of it are preliminary" in only["sentence"].iloc[0]


def test_a_data_date_hides_what_came_later(stepped, corridors):
    table = trend_stats(stepped, corridors, as_of="2034-12-31", statistics=["change_points"])
    assert table["value"].tolist() == [0]
    assert "to December 2034" in text(table, "change_points")


def test_a_reference_of_ones_own(stepped, corridors):
    table = trend_stats(stepped, corridors, reference="2031/2033", arl=120, statistics=["signals"])
    assert "the reference of January 2031 to December 2033" in text(table, "signals")
    assert "once in 10 years" in text(table, "signals")
    assert one(table, "signals")["against_start"] == np.datetime64("2031-01-01")
    for reference, reason in (
        ("2031", "the reference needs two years without a gap"),
        ("2025/2033", "the reference needs two years without a gap"),
        ("2030/2037", "no figures lie behind the reference years"),
    ):
        refused = trend_stats(stepped, corridors, reference=reference, statistics=["signals"])
        assert reason in refused["sentence"].iloc[0]


def test_a_given_autocorrelation_is_said(counts):
    options = {"statistics": ["change_points"], "as_of": "2026-04-30"}
    wandering = trend_stats(counts, "western_balkans", **options)
    assert "no change of level that the data can tell from slow wandering" in text(wandering, "change_points")
    given = trend_stats(counts, "western_balkans", autocorrelation=0.5, **options)
    assert "from September 2014 and March 2016 on" in text(given, "change_points")
    assert "An autocorrelation of 0.50 was given, not estimated" in text(given, "change_points")
    assert "make these intervals too narrow" in one(given, "change_point")["assumptions"][-1]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"frequency": "day"}, UnknownNameError, "Invalid frequency 'day'"),
        ({"statistics": ["slope"]}, UnknownNameError, "Invalid statistic 'slope'"),
        ({"scale": "cube"}, UnknownNameError, "Invalid scale 'cube'"),
        ({"draws": 5}, InvalidInputError, "Invalid draws '5'"),
        ({"seed": -1}, InvalidInputError, "Invalid seed '-1'"),
        ({"arl": 1}, InvalidInputError, "Invalid arl '1'"),
        ({"autocorrelation": 1.0}, InvalidInputError, "Invalid autocorrelation '1.0'"),
        ({"reference": "long ago"}, InvalidInputError, "Invalid period 'long ago'"),
        ({"as_of": "2050-01-01"}, NotCoveredError, "Invalid as_of '2050-01-01'"),
    ],
)
def test_bad_questions_are_refused(stepped, corridors, options, error, message):
    with pytest.raises(error, match=message):
        trend_stats(stepped, corridors, **options)


def test_without_the_extra_the_rest_is_answered(stepped, corridors, monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.tsa.seasonal", None)
    monkeypatch.setitem(sys.modules, "ruptures", None)
    table = trend_stats(stepped, corridors)
    assert set(table.index.get_level_values("statistic")) == {
        "trend_slope",
        "trend_test",
        "signals",
        "signal",
    }
    notes = " ".join(note["note"] for note in table.attrs["notes"])
    assert "change_points: Missing package 'ruptures'" in notes
    with pytest.raises(MissingExtraError, match="Missing package 'ruptures'"):
        trend_stats(stepped, corridors, statistics=["change_points"])


def test_importing_loads_no_heavy_package():
    code = (
        "import sys, geo.stats.trends, geo.stats.yearly; "
        "print([name for name in ('statsmodels', 'ruptures', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_several_corridors_and_one_without_figures(make_table, make_corridors):
    counts = join_counts(
        make_table(seasonal(np.full(60, 90.0)), kind="month"),
        make_table([80] * 60, kind="month", corridor="south"),
    )
    table = trend_stats(counts, make_corridors("north", "south", "west"), statistics=["trend_test"])
    assert list(table.index.get_level_values("corridor")) == ["north", "south"]
    assert table.attrs["notes"][0]["corridor"] == "west"


def test_the_values_behind_are_those_analysed(counts):
    table = trend_values(counts, ["central_med", "western_balkans"], period="2017/2026")
    assert table.index[0].isoformat()[:10] == "2017-01-01"
    assert table.attrs["preliminary_left_out"] == {"central_med": 0, "western_balkans": 2}
    assert table["western_balkans"].last_valid_index().isoformat()[:7] == "2026-04"
    assert table["central_med"].isna().sum() == 6
    with pytest.raises(UnknownNameError, match="Invalid frequency 'year'"):
        trend_values(counts, "channel", frequency="year")


def test_corridors_without_such_values_are_noted(make_table, make_corridors):
    table = trend_values(make_table([900] * 9, kind="year"), make_corridors("north"))
    assert table.empty
    assert "yearly" in table.attrs["notes"][0]["note"]


def test_two_changes_of_level_are_said_as_twice(make_table, make_corridors):
    values = seasonal(np.repeat([200.0, 900, 150], [36, 36, 36]))
    found = trend_stats(
        make_table(values, kind="month"), make_corridors("north"), statistics=["change_points"]
    )
    assert "changed twice, more than chance explains: most likely from " in text(found, "change_points")
