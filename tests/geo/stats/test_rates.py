"""Death rates: a named denominator, an honest interval, and no number where there is none."""

import dataclasses
import json
import math

import numpy as np
import pandas as pd
import pytest

from geo.counts import check_counts, join_counts, read_counts, read_incidents
from geo.errors import InvalidInputError, MixedUnitsError, NotCoveredError, UnknownNameError
from geo.stats.rates import death_rate
from geo.stats.rates_figures import (
    DENOMINATORS,
    Undercount,
    check_denominator,
    incident_rate,
    per_thousand,
)
from geo.stats.records import from_frame, to_json

YEARS = [str(year) for year in range(2018, 2025)]
FAST = {"replicates": 999}


@pytest.fixture(scope="module")
def central(counts):
    """The central Mediterranean, 2018 to 2024."""
    return death_rate(counts, "central_med", denominator="arrivals+deaths", period=YEARS)


@pytest.fixture(scope="module")
def incidents():
    """Incidents of an invented corridor: twelve months of 2030, each with incidents of 1, 2 and 3."""
    rows = [
        {"corridor": "north", "month": f"2030-{month:02d}", "dead_missing": size, "cause": "Drowning"}
        for month in range(1, 13)
        for size in (1, 2, 3)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def tally(make_table):
    """A year of arrivals of the invented corridor."""
    return make_table([100] * 12, kind="month")


def rows_of(table):
    return [dataclasses.asdict(record) for record in from_frame(table)]


# --- the central Mediterranean
def test_clustered_intervals_are_several_times_wider_than_poisson(central):
    ratios = [detail["width_ratio"] for detail in central["detail"]]
    assert min(ratios) > 5
    assert np.median(ratios) < 13
    for record in rows_of(central):
        detail = record["detail"]
        assert record["low"] < detail["naive_low"] < record["value"] < detail["naive_high"] < record["high"]


def test_values_are_deaths_per_thousand(central):
    assert [detail["deaths"] for detail in central["detail"]] == [1305, 1257, 991, 1555, 1417, 2526, 1810]
    for record in rows_of(central):
        deaths, arrivals = record["detail"]["deaths"], record["detail"]["arrivals"]
        assert record["value"] == pytest.approx(1000 * deaths / (arrivals + deaths))
        assert record["detail"]["one_in"] == round((arrivals + deaths) / deaths)


def test_the_sentence_says_denominator_interval_limits_and_vintage(central):
    said = central["sentence"].iloc[5]
    assert said.startswith(
        "In 2023, at least 2,526 people were recorded dead or missing on the central Mediterranean, 15.8 per "
        "1,000 recorded arrivals in Italy plus deaths (95 % interval "
    )
    assert "), about 1 in 63; interceptions are not included, so this is not a risk per attempt." in said
    assert "The deaths are those known on 3 May 2026 (source: " in said
    assert "deaths reported only as a sum over time are left out" in said
    assert "The arrivals are those in Italy only" in said
    assert "One incident makes up 25.6 % of the deaths of 2023" in said
    assert "too narrow, because people die together" in said


def test_records_travel_as_json(central):
    document = json.loads(json.dumps(to_json(central), allow_nan=False))
    result = document["corridors"][0]["results"][0]
    assert document["corridors"][0]["series"]["source"] == "iom_missing_migrants"
    assert result["interval"] == "95 % confidence"
    assert {"text", "notes", "caption", "naive_low", "naive_high", "width_ratio"} <= set(result["detail"])


def test_a_rate_does_not_depend_on_what_else_is_asked(counts, central):
    alone = death_rate(counts, "central_med", denominator="arrivals+deaths", period="2021")
    assert alone["low"].iloc[0] == central["low"].iloc[3]


def test_quarters_months_and_spans_are_answered(counts):
    table = death_rate(
        counts,
        "central_med",
        denominator="arrivals",
        period=["2024-Q2", "2024-02", "2023-11/2024-03"],
        **FAST,
    )
    assert table["value"].notna().all()
    assert table["detail"].iloc[1]["deaths"] == 121
    assert "one for about every 20 of them" in table["sentence"].iloc[1]


def test_the_default_period_is_the_last_year_of_both(counts):
    table = death_rate(counts, denominator="arrivals+deaths", as_of="2025-06-30", **FAST)
    ends = table["period_end"].dt.year[table["value"].notna() | table["low"].notna()]
    assert ends.tolist() == [2024, 2024]


def test_a_year_with_a_gap_is_not_the_default(make_table, make_corridors, incidents):
    counts = make_table([100] * 17 + [None] + [100] * 6, kind="month")
    both = pd.concat([incidents, incidents.assign(month=incidents["month"].str.replace("2030", "2031"))])
    table = death_rate(counts, make_corridors("north"), denominator="arrivals", incidents=both, **FAST)
    assert table["period_end"].dt.year.tolist() == [2030]


def test_other_arrivals_are_asked_for_by_source(counts):
    record = rows_of(
        death_rate(
            counts, "central_med", denominator="arrivals", source="unhcr", period="2026-01/2026-04", **FAST
        )
    )[0]
    assert record["detail"]["arrivals_source"] == "unhcr"
    assert record["value"] == pytest.approx(1000 * record["detail"]["deaths"] / record["detail"]["arrivals"])


def test_deaths_published_long_after_the_data_date_are_flagged(counts):
    table = death_rate(counts, "central_med", denominator="arrivals", as_of="2024-12-31", **FAST)
    assert "published_later" in table["flags"].iloc[0]
    assert str(table["known_on"].iloc[0].date()) == "2026-05-03"


# --- the Channel
def test_deaths_of_the_channel_label_are_bounds_by_cause(counts):
    record = rows_of(death_rate(counts, "channel", denominator="arrivals", period="2024", **FAST))[0]
    detail = record["detail"]
    assert detail["deaths_bounds"] == [62, 82]
    assert math.isnan(record["value"])
    assert "range_only" in record["flags"]
    low, high = detail["rate_bounds"]
    assert (low, high) == pytest.approx((62000 / 36816, 82000 / 36816))
    assert record["low"] < low < high < record["high"]
    assert "62 are coded as drowning, 82 as anything but a vehicle accident" in record["sentence"]
    assert "not that of small-boat deaths" in record["sentence"]
    assert "the Channel, which includes deaths on land" in record["sentence"]


def test_bounds_without_enough_incidents_have_no_interval(counts):
    table = read_incidents()
    table = table[["corridor", "month", "dead_missing", "cause"]]
    year = table[(table["corridor"] == "channel") & table["month"].str.startswith("2021")]
    few = year.assign(dead_missing=20).head(3).assign(cause="Drowning")
    record = rows_of(
        death_rate(
            counts, "channel", denominator="arrivals", period="2021", incidents=few, incidents_cover="2021"
        )
    )[0]
    assert record["interval"] == "bounds by cause"
    assert record["low"] == record["high"] == pytest.approx(60000 / 28526)
    assert "no interval, for 3 incidents are too few" in record["sentence"]


# --- what is refused
def test_detections_are_not_divided_by(counts):
    record = rows_of(death_rate(counts, "western_balkans", denominator="arrivals"))[0]
    assert math.isnan(record["value"])
    assert {"unavailable", "not_applicable"} <= set(record["flags"])
    assert "nobody publishes arrivals of people" in record["detail"]["reason"]


@pytest.mark.parametrize(
    "wrong", ["preventions", "arrivals+prevention", "detections", "arrival+detection_exit", "boat"]
)
def test_what_does_not_count_persons_is_no_denominator(counts, wrong):
    with pytest.raises(
        MixedUnitsError, match=r"Invalid denominator '.*'\. .*Deaths are divided by: arrivals"
    ):
        death_rate(counts, "channel", denominator=wrong)


def test_unknown_denominators_are_refused():
    with pytest.raises(UnknownNameError, match="Invalid denominator 'attempts'"):
        check_denominator("attempts")
    assert [check_denominator(name) for name in DENOMINATORS] == list(DENOMINATORS)


def test_below_ten_deaths_there_is_no_rate(tally, make_corridors, incidents):
    few = incidents[incidents["month"] == "2030-05"].assign(dead_missing=3)
    options = {"denominator": "arrivals", "incidents_cover": "2030"}
    record = rows_of(death_rate(tally, make_corridors("north"), incidents=few, **options))[0]
    assert {"unavailable", "small_base"} <= set(record["flags"])
    assert record["detail"]["deaths"] == 9
    assert "at least 9 deaths are recorded, and below 10 no rate is given" in record["sentence"]
    ten = pd.concat([few, few.head(1).assign(dead_missing=1)])
    record = rows_of(death_rate(tally, make_corridors("north"), incidents=ten, **options))[0]
    assert record["value"] == pytest.approx(10000 / 1200)
    assert math.isnan(record["low"])
    assert "no interval, for 4 incidents are too few" in record["sentence"]


def test_few_drowning_coded_deaths_withhold_the_bounds(counts):
    record = rows_of(death_rate(counts, "channel", denominator="arrivals", period="2022"))[0]
    assert "small_base" in record["flags"]
    assert "5 of at least 16 recorded are coded as drowning" in record["detail"]["reason"]


@pytest.mark.parametrize(
    "period", ["2024-12-12", "2024-W20", "2024-01-02/2024-03-31", ["2024", "2024-05-01"]]
)
def test_periods_that_are_no_whole_months_are_refused(counts, period):
    with pytest.raises(InvalidInputError, match=r"Invalid period '.*'\. Incidents are dated by month"):
        death_rate(counts, "central_med", denominator="arrivals", period=period)


@pytest.mark.parametrize(
    ("period", "reason"),
    [
        ("2026", "the period ends after"),
        ("2013", "the incidents that are held cover January 2014 to April 2026"),
        ("2015", "the figures cover 1 January 2017"),
        ("2017-09", "only one figure was published for September to October 2017"),
    ],
)
def test_what_is_not_held_is_said(counts, period, reason):
    record = rows_of(death_rate(counts, "central_med", denominator="arrivals", period=period))[0]
    assert "unavailable" in record["flags"]
    assert reason in record["detail"]["reason"]


def test_months_after_the_list_of_incidents_are_not_taken_as_empty(counts):
    record = rows_of(death_rate(counts, "channel", denominator="arrivals", period="2026-01/2026-06"))[0]
    assert "to April 2026" in record["detail"]["reason"]


def test_without_a_common_year_a_period_is_asked_for(make_table, make_corridors, incidents):
    record = rows_of(
        death_rate(
            make_table([5] * 3, kind="month"),
            make_corridors("north"),
            denominator="arrivals",
            incidents=incidents,
        )
    )[0]
    assert "name a period" in record["detail"]["reason"]


def test_a_corridor_without_incidents_has_no_rate_of_zero(tally, make_corridors, incidents):
    other = incidents.assign(corridor="south")
    record = rows_of(
        death_rate(tally, make_corridors("north"), denominator="arrivals", incidents=other, period="2030")
    )[0]
    assert record["detail"]["reason"] == "no incident of it is held"


def test_no_arrivals_are_no_denominator(make_table, make_corridors, incidents):
    record = rows_of(
        death_rate(
            make_table([0] * 12, kind="month"),
            make_corridors("north"),
            denominator="arrivals",
            incidents=incidents,
        )
    )[0]
    assert record["detail"]["reason"] == "no arrival is recorded"


def test_dates_that_are_not_held_raise(counts):
    with pytest.raises(NotCoveredError, match="Invalid as_of '2027-01-01'"):
        death_rate(counts, "central_med", denominator="arrivals", as_of="2027-01-01")
    with pytest.raises(NotCoveredError, match=r"Invalid known_on '2025-01-01'\. The incidents that are held"):
        death_rate(counts, "central_med", denominator="arrivals", known_on="2025-01-01")
    with pytest.raises(NotCoveredError, match=r"(?s)as_of.*\n.*as_of"):
        death_rate(counts, ["channel", "central_med"], denominator="arrivals", as_of="2027-01-01")


def test_corridors_that_cannot_be_asked_are_noted(counts):
    table = death_rate(counts, ["channel", "central_med"], denominator="arrivals", as_of="2026-06-30", **FAST)
    assert set(table.index.get_level_values("corridor")) == {"channel"}
    assert table.attrs["notes"][0]["corridor"] == "central_med"


def test_options_are_checked(counts):
    with pytest.raises(InvalidInputError, match="Invalid seed '-1'"):
        death_rate(counts, "channel", denominator="arrivals", seed=-1)
    with pytest.raises(InvalidInputError, match="Invalid confidence '95'"):
        death_rate(counts, "channel", denominator="arrivals", confidence=95)
    with pytest.raises(UnknownNameError, match="Invalid series 'frontex, arrival'"):
        death_rate(counts, "central_med", denominator="arrivals", source="frontex")


# --- own corridors, interceptions, undercount
def test_an_own_corridor_needs_no_more_than_arrivals_and_incidents(tally, make_corridors, incidents):
    record = rows_of(
        death_rate(tally, make_corridors("north"), denominator="arrivals+deaths", incidents=incidents)
    )[0]
    assert record["value"] == pytest.approx(72000 / 1272)
    assert record["source"] == "incidents"
    assert record["low"] < record["value"] < record["high"]
    assert "on the route North" in record["sentence"]
    assert "When the list of deaths was published is not said" in record["sentence"]
    assert "Italy" not in record["sentence"]


def test_vintages_of_own_incidents_are_kept_apart(tally, make_corridors, incidents):
    late = incidents["month"] == "2030-12"
    dated = incidents.assign(known_on=np.where(late, "2032-01-01", "2031-01-15"), source="watch")
    for known_on, deaths, day in (("2031-06-30", 66, "2031-01-15"), (None, 72, "2032-01-01")):
        record = rows_of(
            death_rate(
                tally,
                make_corridors("north"),
                denominator="arrivals",
                incidents=dated,
                incidents_cover="2030",
                known_on=known_on,
            )
        )[0]
        assert record["detail"]["deaths"] == deaths
        assert record["detail"]["deaths_known_on"] == day
        assert record["source"] == "watch"


def with_interceptions(tally, values, **columns):
    months = pd.date_range("2030-01-01", periods=len(values), freq="MS")
    rows = pd.DataFrame(
        {"period_start": months, "period_end": months + pd.offsets.MonthEnd(0), "value": values}
    )
    rows = rows.assign(**{"source": "coastguard", "corridor": "north", "measure": "interception"} | columns)
    return join_counts(tally, check_counts(rows))


@pytest.mark.parametrize("denominator", DENOMINATORS)
def test_interceptions_give_both_rates(tally, make_corridors, incidents, denominator):
    counts = with_interceptions(tally, [50] * 12)
    table = death_rate(counts, make_corridors("north"), denominator=denominator, incidents=incidents, **FAST)
    deaths = 72 if denominator.endswith("deaths") else 0
    assert table["value"].tolist() == pytest.approx([72000 / (1200 + deaths), 72000 / (1800 + deaths)])
    without, both = table["sentence"]
    assert "interceptions are not included, so this is not a risk per attempt" in without
    assert "a rate per known attempt, not per person" in both
    assert [detail["interceptions"] for detail in table["detail"]] == [None, 600]


@pytest.mark.parametrize(
    ("values", "columns", "reason"),
    [
        ([50] * 11, {}, "the interceptions do not cover the period: the figures cover 1 January"),
        ([50] * 12, {"place": "LY"}, "no interceptions are held for the whole corridor"),
        ([50] * 12, {"known_on": "2033-01-01"}, "no interceptions were published by then"),
        ([50] * 12, {"source": ["a", "b"] * 6}, "interceptions of several sources are held"),
    ],
)
def test_interceptions_that_do_not_fit_are_refused(tally, make_corridors, incidents, values, columns, reason):
    counts = with_interceptions(tally, values, **columns)
    options = {"incidents": incidents.assign(known_on="2031-01-01"), "known_on": "2032-01-01", **FAST}
    table = death_rate(counts, make_corridors("north"), denominator="arrivals+interceptions", **options)
    assert table["value"].notna().tolist() == [True, False]
    assert reason in table["detail"].iloc[1]["reason"]
    only = death_rate(counts, make_corridors("north"), denominator="arrivals", **options)
    assert only["value"].notna().tolist() == [True]


def test_an_undercount_is_a_scenario_with_its_source(counts, central):
    case = Undercount("half unseen", 1.5, 2, "an invented survey, 2031")
    table = death_rate(counts, "central_med", denominator="arrivals+deaths", period="2024", undercount=case)
    told = table["detail"].iloc[0]["undercount"]
    assert told["source"] == "an invented survey, 2031"
    assert told["rates"] == pytest.approx([1000 * f * 1810 / (66317 + f * 1810) for f in (1.5, 2)])
    assert (
        "Scenario “half unseen” (an invented survey, 2031): if 1.5 to 2.0 times" in table["sentence"].iloc[0]
    )
    assert table["value"].iloc[0] == central["value"].iloc[6]
    assert "undercount" not in central["detail"].iloc[6]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (("x", 0.5, 2, "y"), "Both are factors from 1"),
        (("x", 3, 2, "y"), "the lower one first"),
        (("x", 1, math.inf, "y"), "Both are factors"),
        (("x", 1, 2, " "), "the source of its factors"),
        (("", 1, 2, "y"), "It needs a name"),
    ],
)
def test_undercount_fails(arguments, match):
    with pytest.raises(InvalidInputError, match=match):
        Undercount(*arguments)


# --- the arithmetic
def test_incident_rate_fails():
    for sizes, others in (([1, 2], 0), ([0], 10), ([], 10), ([1], math.nan)):
        with pytest.raises(InvalidInputError, match=r"Invalid rate '.*'\. It needs deaths and a denominator"):
            incident_rate(sizes, others, with_deaths=True)


def test_deaths_in_the_denominator_lower_the_rate_and_bound_it():
    plain = incident_rate([2] * 30, 100, with_deaths=False, replicates=999)
    within = incident_rate([2] * 30, 100, with_deaths=True, replicates=999)
    assert (plain.value, within.value) == (600, 375)
    assert within.high < 1000
    assert per_thousand(math.inf, 100, with_deaths=True) == 1000
    assert per_thousand(math.inf, 100, with_deaths=False) == math.inf


def test_another_language_is_asked_for_by_name(counts):
    with pytest.raises(UnknownNameError, match="Invalid language"):
        death_rate(counts, "central_med", denominator="arrivals", language="xx-none")


def test_counts_are_not_changed(counts):
    death_rate(counts, "channel", denominator="arrivals", period="2024", **FAST)
    pd.testing.assert_frame_equal(counts, read_counts())
