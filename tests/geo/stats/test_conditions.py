"""Counts beside the sea, from a cube to sentences: known coefficients come back, nothing is told by day."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import shapely
import xarray as xr

from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.stats.conditions import CONDITIONS, conditions_stats
from geo.stats.records import to_json
from geo.stats.sea_state import sea_days

SCHEMA = Path(__file__).resolve().parents[3] / "geo" / "data" / "schemas" / "stats.schema.json"
BOX = (0.75, 50.25, 2.25, 51.25)
DAYS = 1096


def pick(table, statistic, corridor="north"):
    """Rows of one statistic."""
    keys = table.index.to_frame()
    return table[((keys["corridor"] == corridor) & (keys["statistic"] == statistic)).to_numpy()]


@pytest.fixture(scope="module")
def waves():
    """Three years, twice a day, on 0.5°, with land; heights differ from cell to cell."""
    rng = np.random.default_rng(20260822)
    turn = 2 * np.pi * np.arange(2 * DAYS) / (2 * 365.2425)
    sea = np.exp(-0.3 + 0.35 * np.cos(turn) + np.repeat(rng.normal(0, 0.45, DAYS), 2))
    values = sea[:, None, None] * (1 + 0.1 * rng.random((2 * DAYS, 4, 5)))
    values[:, 1, 1] = np.nan
    time = (np.datetime64("2028-01-01", "ns") + np.arange(2 * DAYS) * np.timedelta64(12, "h")).astype(
        "M8[ns]"
    )
    return xr.DataArray(
        values,
        dims=("time", "lat", "lon"),
        coords={"time": time, "lat": np.arange(50.0, 51.6, 0.5), "lon": np.arange(0.5, 2.6, 0.5)},
        attrs={"units": "m"},
    )


@pytest.fixture(scope="module")
def seen(waves):
    """Counts that the sea of the box drives, −1.2 per metre."""
    height = sea_days(waves, {"north": BOX})["north"].mean_m
    rng = np.random.default_rng(7)
    turn = 2 * np.pi * np.arange(DAYS) / 365.2425
    mean = np.exp(5.0 - 1.2 * height - 0.5 * np.cos(turn) + np.linspace(0, 0.5, DAYS))
    return rng.poisson(mean * rng.gamma(2.0, 0.5, DAYS))


@pytest.fixture(scope="module")
def daily(seen, make_table):
    return make_table([float(value) for value in seen], first="2028-01-01")


@pytest.fixture(scope="module")
def north(make_corridors):
    return make_corridors("north")


@pytest.fixture(scope="module")
def table(daily, waves, north):
    return conditions_stats(daily, waves, north, boxes={"north": BOX}, calm_m=0.6)


def test_the_effect_that_drove_the_counts_comes_back(table):
    row = pick(table, "wave_effect").iloc[0]
    assert row["low"] < 100 * (np.exp(-0.6) - 1) < row["high"] < 0
    assert (row["unit"], row["interval"]) == ("%", "95 % confidence")
    assert row["detail"]["n"] == DAYS
    assert row["detail"]["n_cells"] == 5
    assert 0.05 < row["detail"]["land_share"] < 0.25
    assert "Newey–West" in row["method"]
    assert len(row["assumptions"]) == 4
    assert any("no forecast" in text for text in row["detail"]["cannot_claim"])
    assert row["detail"]["text"].startswith("From January 2028 to December 2030, the expected count was ")
    assert (
        "lower where the sea was half a metre higher, season, weekday and trend being equal"
        in row["sentence"]
    )


def test_the_last_twelve_months_are_told_with_what_was_counted(table, seen):
    rows = pick(table, "expected_given_conditions")
    assert len(rows) == 12
    assert rows["period_start"].iloc[0].strftime("%Y-%m-%d") == "2030-01-01"
    assert rows["base_value"].sum() == seen[-365:].sum()
    assert ((rows["low"] < rows["value"]) & (rows["value"] < rows["high"])).all()
    assert abs(np.log(rows["value"].sum() / rows["base_value"].sum())) < 0.15
    assert rows["detail"].iloc[0]["ratio"] == pytest.approx(
        rows["base_value"].iloc[0] / rows["value"].iloc[0]
    )


def test_calmer_days_are_counted_by_month(table, waves):
    rows = pick(table, "calmer_days")
    mean = sea_days(waves, {"north": BOX})["north"].mean_m
    assert rows["value"].sum() == (mean[-365:] < 0.6).sum()
    assert "days whose mean significant wave height in the box was below 0.6 m" in rows["sentence"].iloc[0]
    assert set(rows["unit"]) == {"days"}


def test_the_sea_is_not_ascribed_to_the_publisher_of_the_counts(table, daily, waves, north):
    assert table["sentence"].str.contains("Wave heights: those that were given, not the publisher").all()
    named = waves.assign_attrs(source="/home/someone/era5.nc")
    boxes = {"north": BOX}
    found = conditions_stats(daily, named, north, boxes=boxes, calm_m=1.0, statistics=["calmer_days"])
    assert found["sentence"].str.contains("Wave heights: era5.nc, not the publisher of the counts").all()
    assert not found["sentence"].str.contains("someone").any()


def test_counts_are_divided_by_calmer_days(table, seen):
    row = pick(table, "per_calmer_day").iloc[0]
    days = pick(table, "calmer_days")["value"].sum()
    assert row["value"] == pytest.approx(seen[-365:].sum() / days)
    assert row["unit"] == "persons per calmer-sea day"


def test_nothing_is_told_of_less_than_a_week_and_nothing_speaks_of_safety(table, daily, waves, north):
    weekly = conditions_stats(daily, waves, north, boxes={"north": BOX}, calm_m=0.6, by="week", period="2029")
    for one, least in ((table, 28), (weekly, 7)):
        assert ((one["period_end"] - one["period_start"]).dt.days + 1 >= least).all()
        assert not one["sentence"].str.contains(r"\bsafe\b|window", case=False).any()
    assert len(pick(weekly, "calmer_days")) == 52


def test_it_is_json_of_the_schema(table):
    document = to_json(table)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert json.loads(json.dumps(document)) == document


def test_waves_after_the_data_date_are_left_out(daily, waves, north, table):
    early = conditions_stats(daily, waves, north, boxes={"north": BOX}, calm_m=0.6, as_of="2030-06-30")
    row = pick(early, "wave_effect").iloc[0]
    assert row["detail"]["later_days_left_out"] == 184
    assert row["detail"]["n"] == DAYS - 184
    assert early["period_end"].max().strftime("%Y-%m-%d") == "2030-06-30"
    cut = conditions_stats(
        daily,
        waves.sel(time=slice("2030-06-30")),
        north,
        boxes={"north": BOX},
        calm_m=0.6,
        as_of="2030-06-30",
    )
    assert cut["value"].tolist() == early["value"].tolist()


def test_months_of_a_monthly_series_are_fitted_as_months(seen, waves, make_table, north):
    month = np.arange(np.datetime64("2028-01-01"), np.datetime64("2031-01-01")).astype("M8[M]").astype(int)
    total = np.bincount(month - month[0], weights=seen)
    counts = make_table(total.tolist(), first="2028-01-01", kind="month")
    found = conditions_stats(counts, waves, north, boxes={"north": BOX}, calm_m=0.6)
    row = pick(found, "wave_effect").iloc[0]
    assert (row["detail"]["n"], row["detail"]["fitted_on"]) == (36, "month")
    assert "season and trend being equal" in row["sentence"] or "no association" in row["sentence"]
    weekly = conditions_stats(counts, waves, north, boxes={"north": BOX}, calm_m=0.6, by="week")
    assert "unavailable" in pick(weekly, "expected_given_conditions")["flags"].iloc[0]
    assert len(pick(weekly, "calmer_days")) == 52


def test_the_box_of_a_corridor_of_the_package_is_that_of_its_legs(counts, waves):
    wide = waves.assign_coords(
        time=waves["time"] - np.timedelta64(365 * 4 + 1, "D"),
        lat=[49.5, 50.0, 50.5, 51.5],
        lon=np.arange(0.0, 2.6, 0.6),
    )
    found = conditions_stats(counts, wide, ["channel", "western_balkans"], calm_m=0.6, period="2025")
    assert pick(found, "per_calmer_day", "channel")["value"].iloc[0] > 0
    assert set(found.loc["western_balkans", "flags"].map(lambda flags: flags[0])) == {"unavailable"}
    assert "it has no leg over sea" in pick(found, "wave_effect", "western_balkans")["sentence"].iloc[0]


@pytest.mark.parametrize(
    ("options", "statistic", "reason"),
    [
        ({"calm_m": None}, "calmer_days", "no height was given"),
        ({"calm_m": None}, "per_calmer_day", "no height was given"),
        ({"calm_m": 0.01}, "per_calmer_day", "too few calmer-sea days"),
        ({"as_of": "2029-06-30"}, "wave_effect", "only 547 days have both"),
        ({"period": "2030-06-03/2030-06-20"}, "expected_given_conditions", "no month of 3 to 20 June 2030"),
        ({"period": "2030-06-10"}, "calmer_days", "no month of Monday 10 June 2030"),
        ({"period": "2030-06-10", "by": "week"}, "calmer_days", "no week of Monday 10 June 2030"),
        ({"boxes": {"north": (20, 50, 22, 51)}}, "wave_effect", "the wave grid does not cover its sea box"),
        ({"boxes": {}}, "wave_effect", "no sea box was given"),
    ],
)
def test_what_cannot_be_told_says_why(daily, waves, north, options, statistic, reason):
    options = {"boxes": {"north": BOX}, "calm_m": 0.6, "statistics": [statistic]} | options
    row = conditions_stats(daily, waves, north, **options).iloc[0]
    assert np.isnan(row["value"])
    assert row["flags"][0] == "unavailable"
    assert reason in row["sentence"]


def test_waves_that_end_before_the_figures_begin_are_no_waves(make_table, waves, north):
    counts = make_table([5.0] * 40, first="2027-01-01")
    found = conditions_stats(counts, waves, north, boxes={"north": BOX}, calm_m=0.6)
    assert found["sentence"].str.contains("no day up to then has waves").all()


def test_a_model_that_does_not_settle_gives_no_figure(daily, waves, north, monkeypatch):
    monkeypatch.setattr("geo.stats.wave_model._ROUNDS", 2)
    found = conditions_stats(daily, waves, north, boxes={"north": BOX}, statistics=["wave_effect"])
    assert "the model did not settle" in found["sentence"].iloc[0]


def test_months_with_a_gap_in_the_waves_are_not_told_nor_divided(daily, waves, north):
    holed = waves.copy(deep=True)
    holed.loc[{"time": slice("2030-05-10", "2030-05-11")}] = np.nan
    found = conditions_stats(daily, holed, north, boxes={"north": BOX}, calm_m=0.6, period="2030")
    for name in ("expected_given_conditions", "calmer_days"):
        months = pick(found, name)["period_start"].dt.month.tolist()
        assert months == [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]
    assert "unavailable" in pick(found, "per_calmer_day")["flags"].iloc[0]


def test_a_quarterly_series_is_too_coarse(make_table, waves, north):
    counts = make_table([900.0] * 12, first="2028-01-01", kind="quarter")
    found = conditions_stats(counts, waves, north, boxes={"north": BOX}, calm_m=0.6)
    assert found["sentence"].str.contains("the figures are quarterly").all()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"by": "day"}, UnknownNameError, "Invalid by 'day'"),
        ({"calm_m": -1}, InvalidInputError, "Invalid calm_m '-1'"),
        ({"statistics": ["crossing_window"]}, UnknownNameError, "Invalid statistic 'crossing_window'"),
        ({"boxes": {"north": shapely.box(1, 50, 1.1, 50.1)}}, InvalidInputError, "1,000 km² or more"),
        ({"as_of": "2040-01-01"}, NotCoveredError, "Invalid as_of '2040-01-01'"),
    ],
)
def test_bad_input_is_refused(daily, waves, north, options, error, message):
    with pytest.raises(error, match=message):
        conditions_stats(daily, waves, north, **options)


def test_the_statistics_have_titles_and_come_in_their_order(table):
    assert list(dict.fromkeys(table.index.get_level_values("statistic"))) == list(CONDITIONS)


def test_effects_of_either_sign_and_none_are_told(waves):
    from geo.stats.condition_phrases import effect
    from geo.stats.locales import read_voice
    from geo.stats.periods import parse_period

    voice, year = read_voice(), parse_period("2030")
    assert "no association" in effect(voice, year, "day", -3.0, -8.0, 2.0)
    assert "4.0 % higher" in effect(voice, year, "week", 4.0, 1.0, 7.0)
    assert "−8.0 % to −1.0 %" in effect(voice, year, "month", -4.0, -8.0, -1.0)
