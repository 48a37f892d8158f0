"""Ratios of death rates: no verdict beyond the interval."""

import math

import pandas as pd
import pytest

from geo.errors import InvalidInputError
from geo.stats.rates import death_rate
from geo.stats.rates_ratio import death_rate_ratio

OPTIONS = {"denominator": "arrivals+deaths", "replicates": 1999}


def one(table):
    return table.iloc[0].to_dict()


def test_2024_is_not_claimed_to_be_above_2023(counts):
    record = one(death_rate_ratio(counts, "central_med", period="2024", against="2023", **OPTIONS))
    assert record["detail"]["verdict"] == "not distinguishable"
    assert record["low"] < 1 < record["value"] < record["high"]
    assert "the two rates are not distinguishable" in record["sentence"]
    assert "at least 1,810 people" in record["sentence"]
    assert "in 2023, at least 2,526" in record["sentence"]
    assert "not a risk per attempt" in record["sentence"]
    assert "higher" not in record["sentence"]


@pytest.mark.parametrize(
    ("period", "against", "verdict"), [("2024", "2022", "higher"), ("2022", "2021", "lower")]
)
def test_years_that_the_interval_tells_apart(counts, period, against, verdict):
    record = one(death_rate_ratio(counts, "central_med", period=period, against=against, **OPTIONS))
    assert record["detail"]["verdict"] == verdict
    assert f"the rate was {verdict}" in record["sentence"]
    rates = death_rate(counts, "central_med", period=[period, against], **OPTIONS)["value"]
    assert record["value"] == pytest.approx(rates.iloc[0] / rates.iloc[1])
    assert record["base_value"] == rates.iloc[1]


def test_a_ratio_turns_round(counts):
    here = one(death_rate_ratio(counts, "central_med", period="2024", against="2022", **OPTIONS))
    back = one(death_rate_ratio(counts, "central_med", period="2022", against="2024", **OPTIONS))
    assert (here["low"], here["high"]) == pytest.approx((1 / back["high"], 1 / back["low"]))


def test_the_year_before_is_the_default(counts):
    record = one(death_rate_ratio(counts, "central_med", as_of="2025-06-30", **OPTIONS))
    assert record["period_end"].year == 2024
    assert record["against_end"].year == 2023


def test_the_channel_has_a_range_of_ratios(counts):
    record = one(death_rate_ratio(counts, "channel", period="2025", against="2024", **OPTIONS))
    assert math.isnan(record["value"])
    assert "range_only" in record["flags"]
    rates, base = record["detail"]["rates"], record["detail"]["base_rates"]
    assert record["low"] < rates[0] / base[1] < rates[1] / base[0] < record["high"]


def test_what_is_not_held_is_said(counts):
    table = death_rate_ratio(counts, ["central_med", "western_balkans"], period="2017", **OPTIONS)
    assert table["value"].isna().all()
    assert "the figures cover 1 January 2017" in table["detail"].iloc[0]["reason"]
    assert "nobody publishes arrivals" in table["detail"].iloc[1]["reason"]


def test_too_few_incidents_tell_nothing(make_table, make_corridors):
    months = ["2030-02"] * 3 + ["2031-02"] * 3
    sizes = [4, 4, 4, 40, 40, 40]
    incidents = pd.DataFrame({"corridor": "north", "month": months, "dead_missing": sizes})
    record = one(
        death_rate_ratio(
            make_table([1000] * 24, kind="month"),
            make_corridors("north"),
            denominator="arrivals",
            incidents=incidents,
            incidents_cover="2030/2031",
        )
    )
    assert record["value"] == 10
    assert math.isnan(record["low"])
    assert record["detail"]["verdict"] == "not distinguishable"
    assert "no interval, for the incidents are too few" in record["sentence"]


def test_a_ratio_may_have_no_upper_end(make_table, make_corridors):
    months = ["2030-02"] * 6 + ["2031-02"] * 6
    sizes = [4, 4, 4, 4, 4, 4, 1, 1, 1, 1, 1, 400]
    incidents = pd.DataFrame({"corridor": "north", "month": months, "dead_missing": sizes})
    record = one(
        death_rate_ratio(
            make_table([1000] * 24, kind="month"),
            make_corridors("north"),
            denominator="arrivals",
            incidents=incidents,
            incidents_cover="2030/2031",
            period="2030",
            against="2031",
        )
    )
    assert record["high"] == math.inf
    assert "–∞)" in record["sentence"]


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"period": "2024", "against": "2024-Q1"}, "Invalid against '2024-01-01/2024-03-31'. It overlaps"),
        ({"period": "2024-05-05"}, "a death rate needs whole months"),
        ({"period": ["2024", "2023"]}, "Invalid period"),
        ({"undercount": None}, "Invalid option 'undercount'. It must be one of: incidents,"),
    ],
)
def test_death_rate_ratio_fails(counts, options, match):
    with pytest.raises(InvalidInputError, match=match):
        death_rate_ratio(counts, "central_med", **(OPTIONS | options))
