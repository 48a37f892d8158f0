"""Composition: shares of those recorded, the unknown beside them, and small groups withheld."""

import json
import math
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest

from geo.counts import check_counts, read_counts
from geo.disclosure import protected
from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.stats import to_json
from geo.stats.composition import composition_stats, grouped_share, herfindahl, share_change
from geo.stats.composition_maths import Share
from geo.stats.composition_tables import withhold

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "geo" / "data" / "schemas" / "stats.schema.json").read_text(encoding="utf-8"))
QUARTERS = {
    "Q1": ("01-01", "03-31"),
    "Q2": ("04-01", "06-30"),
    "Q3": ("07-01", "09-30"),
    "Q4": ("10-01", "12-31"),
}


@pytest.fixture
def tally():
    """Build a quarterly table of one corridor: {(year, quarter): {category: value}}."""

    def build(quarters, *, by="nationality", whole=True, **columns):
        rows = []
        for (year, quarter), cells in quarters.items():
            first, last = QUARTERS[quarter]
            span = {"period_start": f"{year}-{first}", "period_end": f"{year}-{last}"}
            rows += [span | {by: name, "value": value} for name, value in cells.items()]
            if whole:
                total = whole if whole is not True else sum(cells.values())
                rows.append(span | {by: "", "value": total})
        frame = {"source": "tally", "corridor": "north", "measure": "arrival"}
        return check_counts(pd.DataFrame(rows).assign(**(frame | columns)))

    return build


def _year(year, *cells):
    return {(year, quarter): one for quarter, one in zip(QUARTERS, cells, strict=True)}


def _of(table, statistic, category=None):
    found = [
        row
        for (_, name), row in zip(table.index, table.to_dict("records"), strict=True)
        if name == statistic and category in {None, row["detail"].get("category")}
    ]
    assert len(found) == 1
    return found[0]


# --- published shares
@pytest.mark.parametrize(
    ("year", "category", "value", "words"),
    [
        ("2022", "ALB", 27.8, "Nationals of Albania made up 28 % of the 45,573 people whose nationality was"),
        (
            "2018",
            "IRN",
            79.6,
            "Nationals of Iran made up 80 % of the 299 people whose nationality was recorded",
        ),
    ],
)
def test_published_shares_come_out(counts, year, category, value, words):
    row = _of(composition_stats(counts, "channel", period=year), "share_of_recorded", category)
    assert row["value"] == value
    assert row["sentence"].replace("\N{NO-BREAK SPACE}", " ").startswith(words)


def test_those_not_recorded_stay_out_of_the_denominator_and_are_named(counts):
    table = composition_stats(counts, "channel", period="2022")
    row = _of(table, "share_of_recorded", "ALB")
    assert row["base_value"] + row["detail"]["unknown"] == 45774
    assert "for 201 it was not recorded" in row["sentence"]
    assert row["low"] < row["detail"]["exact"] < row["high"]
    unknown = _of(table, "unknown_count")
    assert (unknown["value"], unknown["base_value"]) == (201, 45774)
    jsonschema.validate(to_json(table), SCHEMA)


def test_running_totals_are_read_at_their_date_and_the_rest_is_a_range(counts):
    table = composition_stats(counts, "central_med", period="2023")
    row = _of(table, "share_of_recorded", "GIN")
    assert (row["value"], row["base_value"]) == (11.6, 157652)
    five = _of(table, "top_five_share")
    assert five["low"] == five["value"] == 47.4
    assert five["high"] == pytest.approx(69.27, abs=0.01)
    assert "at least 47" in five["sentence"]
    index = _of(table, "herfindahl")
    assert math.isnan(index["value"])
    assert "range_only" in index["flags"]
    assert index["low"] < index["high"]
    assert "may include people who were not identified yet" in row["sentence"]
    jsonschema.validate(to_json(table), SCHEMA)


def test_a_corridor_without_nationalities_is_noted(counts):
    table = composition_stats(counts, period="2022", top=1)
    assert {"channel", "central_med"} == set(table.index.get_level_values(0))
    notes = [{"corridor": "western_balkans", "note": "No counts of Western Balkans by nationality are held."}]
    assert table.attrs["notes"] == notes


# --- own tables
def test_shares_of_a_table_of_ones_own(tally):
    quarters = _year(2031, *[{"AFG": 60, "IRN": 30, "not_recorded": 10}] * 4)
    table = composition_stats(tally(quarters), "north", period="2031")
    assert _of(table, "share_of_recorded", "AFG")["value"] == 66.7
    assert _of(table, "unknown_count")["value"] == 40
    assert _of(table, "top_five_share")["value"] == 100
    assert _of(table, "herfindahl")["value"] == pytest.approx(5 / 9)
    assert _of(table, "herfindahl")["detail"]["effective_number"] == pytest.approx(1.8)


def test_what_the_parts_do_not_list_counts_as_not_recorded(tally):
    quarters = {(2031, "Q1"): {"AFG": 60, "IRN": 30}}
    table = composition_stats(tally(quarters, whole=100), "north")
    assert _of(table, "unknown_count")["value"] == 10
    exceeded = composition_stats(tally(quarters, whole=80), "north")
    assert "the parts add up to more than the published whole" in exceeded["sentence"].iloc[0]


def test_without_a_published_whole_the_parts_are_added(tally):
    quarters = {(2031, "Q1"): {"AFG": 60, "IRN": 30, "unknown": 5}}
    table = composition_stats(tally(quarters, whole=False), "north")
    assert _of(table, "unknown_count")["base_value"] == 95


def test_the_rest_is_never_ranked(tally):
    table = composition_stats(tally({(2031, "Q1"): {"AFG": 60, "other": 300}}), "north", top=1)
    first, second = table["detail"].iloc[:2]
    assert (first["category"], second["category"]) == ("AFG", "other")
    assert "People of nationalities that are not named" in table["sentence"].iloc[1]


@pytest.mark.parametrize(
    ("by", "cells", "words"),
    [
        ("sex", {"female": 30, "male": 120, "not_recorded": 5}, "People recorded as male made up 80"),
        ("sex", {"female": 90, "male": 10}, "People recorded as female made up 90"),
        ("age_group", {"17 and under": 30, "18 to 24": 70, "other": 40}, "People aged 18 to 24 made up 50"),
        ("nationality", {"stateless": 80, "AFG": 20}, "Stateless people made up 80"),
    ],
)
def test_sex_age_and_stateless_people_have_their_words(tally, by, cells, words):
    table = composition_stats(tally({(2031, "Q1"): cells}, by=by), "north", by=by)
    assert table["sentence"].iloc[0].startswith(words)


def test_a_table_crossed_by_sex_is_added_up_or_taken_by_part(tally):
    tables = [
        tally({(2031, "Q1"): {"AFG": afg, "IRN": irn}}, whole=False, sex=sex)
        for sex, afg, irn in (("female", 3, 60), ("male", 47, 90))
    ]
    counts = pd.concat(tables, ignore_index=True)
    whole = composition_stats(counts, "north")
    assert _of(whole, "share_of_recorded", "AFG")["detail"]["part"] == 50
    women = composition_stats(counts, "north", sex="female")
    assert _of(women, "unknown_count")["detail"]["withheld"] == ["AFG", "IRN"]
    assert "share_of_recorded" not in women.index.get_level_values(1)
    assert (
        "Figures of 2 groups are withheld, to protect small groups."
        in _of(women, "unknown_count")["sentence"]
    )
    assert {"unavailable", "suppressed"} <= set(_of(women, "top_five_share")["flags"])
    assert "suppressed" in _of(women, "herfindahl")["flags"]
    jsonschema.validate(to_json(women), SCHEMA)


# --- small groups
def test_a_single_withheld_cell_takes_the_next_with_it():
    cells = pd.Series({"AFG": 100.0, "ALB": 2.0, "IRN": 7.0, "IRQ": 0.0})
    assert withhold(cells).to_dict() == {"AFG": False, "ALB": True, "IRN": True, "IRQ": False}
    assert not withhold(cells.drop("ALB")).any()


def test_small_cells_are_shown_in_one_dimension_and_withheld_in_two(tally):
    cells = {"AFG": 90, "IRN": 20, "ALB": 3}
    quarterly = composition_stats(tally({(2031, "Q1"): cells}), "north")
    assert _of(quarterly, "share_of_recorded", "ALB")["value"] == 2.7
    rows = tally({(2031, "Q1"): cells})
    monthly = rows.assign(period_end=pd.Timestamp("2031-01-31"))
    table = composition_stats(monthly, "north")
    assert _of(table, "unknown_count")["detail"]["withheld"] == ["ALB", "IRN"]
    shown = [row["category"] for row in table["detail"] if "part" in row]
    assert shown == ["AFG"]


def test_those_not_recorded_are_a_cell_of_a_cross_table_too(tally):
    cells = {"female": 60, "male": 90, "unknown": 3}
    rows = tally({(2031, "Q1"): cells}, by="sex", nationality="AFG")
    table = composition_stats(rows, "north", by="sex", nationality="AFG")
    assert "those not recorded are too few to be shown beside the others" in table["sentence"].iloc[0]
    assert table["value"].isna().all()
    assert "Nationality Afghanistan" in table["sentence"].iloc[0]


def test_small_groups_have_no_shares(tally):
    table = composition_stats(tally({(2031, "Q1"): {"AFG": 30, "IRN": 19, "unknown": 400}}), "north")
    assert {"unavailable", "small_base"} <= set(table["flags"].iloc[0])
    assert "49 people were recorded, and shares are given from 50 on" in table["sentence"].iloc[0]
    assert table["value"].isna().all()


def test_nationality_by_place_is_refused_below_a_quarter(tally):
    cells = {"AFG": 90, "IRN": 60}
    rows = tally({(2031, "Q1"): cells}, place="XK")
    assert composition_stats(rows, "north", place="XK")["value"].notna().iloc[0]
    monthly = rows.assign(period_end=pd.Timestamp("2031-01-31"))
    table = composition_stats(monthly, "north", place="XK")
    assert "nationality by place is shown for a quarter or longer only" in table["sentence"].iloc[0]
    assert table["value"].isna().all()


def test_a_withheld_part_is_not_guessed(tally):
    rows = tally({(2031, "Q1"): {"AFG": 90, "IRN": 60}})
    hidden = rows["nationality"] == "IRN"
    rows.loc[hidden, "value"] = math.nan
    rows.loc[hidden, "flag"] = "suppressed"
    table = composition_stats(rows, "north")
    assert _of(table, "share_of_recorded", "AFG")["value"] == 60
    assert _of(table, "unknown_count")["detail"]["withheld"] == ["IRN"]


@pytest.fixture(scope="module")
def withheld():
    """Return the embedded figures with small cells withheld, as the commands read them."""
    return protected(read_counts())


@pytest.mark.parametrize("period", ["2018", "2020", "2021", "2022-Q3", "2018/2023"])
def test_withholding_small_cells_changes_no_share_and_no_ranking_of_large_groups(counts, withheld, period):
    open_table = composition_stats(counts, "channel", period=period)
    table = composition_stats(withheld, "channel", period=period)
    published = {row["category"]: row["exact"] for row in open_table["detail"] if "part" in row}
    rows = table.xs("share_of_recorded", level=1).to_dict("records")
    for row in rows:
        category = row["detail"]["category"]
        if category in published and row["value"] == row["value"]:
            assert row["detail"]["exact"] == pytest.approx(published[category], abs=0.05)
        elif category in published:
            assert row["low"] <= published[category] <= row["high"]
    if period != "2018":
        told = [row["detail"]["category"] for row in rows if row["detail"]["category"] != "other"]
        assert told[:3] == [name for name in published if name != "other"][:3]
    unknown, true = _of(table, "unknown_count"), _of(open_table, "unknown_count")["value"]
    assert unknown["value"] <= true
    if unknown["value"] < true:
        assert unknown["low"] <= true <= unknown["high"]
        assert "the figures give none" not in " ".join(table["sentence"])
    five, true = _of(table, "top_five_share"), _of(open_table, "top_five_share")["value"]
    assert five["value"] <= true + 0.11
    assert true <= (five["high"] if five["high"] == five["high"] else five["value"]) + 0.11
    assert five["value"] == pytest.approx(true, abs=0.11) or "at least" in five["sentence"]


def test_a_change_keeps_its_interval_where_other_groups_are_withheld(withheld):
    row = _of(composition_stats(withheld, "channel", period="2022"), "share_change", "IRN")
    assert row["low"] < row["value"] < row["high"]
    assert row["detail"]["design_effect"] > 1


def test_a_value_that_is_rounded_stays_within_its_range(counts):
    row = _of(composition_stats(counts, "channel", period="2023"), "share_of_recorded", "other")
    assert row["low"] <= row["value"] <= row["high"]
    assert row["low"] <= row["detail"]["exact"] <= row["high"]


def test_so_much_unrecorded_that_is_withheld_leaves_no_shares(tally):
    rows = tally({(2031, "Q1"): {"AFG": 90, "IRN": 60, "unknown": 30}})
    hidden = rows["nationality"].isin(["IRN", "unknown"])
    rows.loc[hidden, "value"] = math.nan
    rows.loc[hidden, "flag"] = "suppressed"
    table = composition_stats(rows, "north")
    assert table["value"].isna().all()
    assert "it cannot be said how many were recorded" in table["sentence"].iloc[0]


# --- changes
def test_a_change_has_an_interval_wider_than_that_of_independent_people(tally):
    quarters = _year(2030, *[{"AFG": x, "IRN": 100 - x} for x in (10, 30, 20, 20)])
    quarters |= _year(2031, *[{"AFG": x, "IRN": 100 - x} for x in (40, 70, 50, 60)])
    row = _of(composition_stats(tally(quarters), "north", period="2031"), "share_change", "AFG")
    assert (row["value"], row["base_value"]) == (35, 20)
    assert row["low"] < 35 < row["high"]
    assert row["detail"]["design_effect"] > 1
    naive = 196 * math.sqrt(0.55 * 0.45 / 400 + 0.2 * 0.8 / 400)
    assert row["high"] - 35 > naive
    assert "Quarters stand for the groups" in row["assumptions"][0]


def test_a_given_design_effect_is_used_and_named(tally):
    quarters = {(year, "Q1"): {"AFG": x, "IRN": 100 - x} for year, x in ((2030, 40), (2031, 50))}
    table = composition_stats(tally(quarters), "north", design_effect=4)
    row = _of(table, "share_change", "AFG")
    assert row["high"] - row["value"] == pytest.approx(196 * math.sqrt(4 * (0.25 + 0.24) / 100), abs=0.01)
    assert "a given design effect of 4.0" in row["method"]
    assert "no more than groups that arrive together can bring" in row["sentence"]


def test_without_quarters_or_a_design_effect_a_change_has_no_interval(tally):
    quarters = {(year, "Q1"): {"AFG": x, "IRN": 100 - x} for year, x in ((2030, 40), (2031, 50))}
    row = _of(composition_stats(tally(quarters), "north"), "share_change", "AFG")
    assert row["value"] == 10
    assert math.isnan(row["low"])
    assert "how sure it is cannot be said from these figures" in row["sentence"]


def test_running_totals_are_differenced_into_quarters(counts):
    row = _of(composition_stats(counts, "central_med", period="2023"), "share_change", "GIN")
    assert row["value"] == 7.3
    assert row["low"] < 7.3 < row["high"]
    assert row["detail"]["design_effect"] > 50


def test_a_group_that_the_other_year_does_not_name_has_no_change(tally):
    quarters = {(2030, "Q1"): {"AFG": 60, "other": 40}, (2031, "Q1"): {"AFG": 60, "IRN": 90}}
    table = composition_stats(tally(quarters), "north")
    row = _of(table, "share_change", "IRN")
    assert "the figures of the other period do not name nationals of Iran" in row["sentence"]
    plain = {(2030, "Q1"): {"AFG": 60}, (2031, "Q1"): {"AFG": 60, "IRN": 90}}
    assert _of(composition_stats(tally(plain), "north"), "share_change", "IRN")["value"] == 60


def test_a_change_against_a_withheld_group_or_a_missing_year_is_refused(tally):
    women = {(2030, "Q1"): {"AFG": 3, "IRN": 60, "SYR": 70}, (2031, "Q1"): {"AFG": 60, "IRN": 90, "SYR": 7}}
    table = composition_stats(tally(women, sex="female"), "north", sex="female")
    assert "suppressed" in _of(table, "share_change", "AFG")["flags"]
    alone = composition_stats(tally({(2031, "Q1"): {"AFG": 60, "IRN": 90}}), "north")
    assert "outside" in _of(alone, "share_change")["flags"]


def test_quarters_with_a_gap_or_a_changing_list_give_no_interval(tally):
    even = [{"AFG": 50, "IRN": 50}] * 4
    gap = _year(2030, *even) | _year(2031, *even[:3], {"AFG": 50, "other": 50})
    table = composition_stats(tally(gap), "north", period="2031")
    assert math.isnan(_of(table, "share_change", "IRN")["low"])
    rows = tally(_year(2030, *even) | _year(2031, *even))
    rows.loc[(rows["nationality"] == "IRN") & (rows["period_start"] == "2031-04-01"), "value"] = math.nan
    rows.loc[rows["value"].isna(), "flag"] = "suppressed"
    table = composition_stats(rows, "north", period="2031")
    assert _of(table, "share_change", "AFG")["low"] < 0 < _of(table, "share_change", "AFG")["high"]
    assert "IRN" in _of(table, "unknown_count")["detail"]["withheld"]
    over = tally(_year(2030, *even) | _year(2031, *even))
    over.loc[(over["nationality"] == "") & (over["period_start"] == "2031-04-01"), "value"] = 99
    over.loc[(over["nationality"] == "") & (over["period_start"] == "2031-07-01"), "value"] = 101
    assert math.isnan(_of(composition_stats(over, "north", period="2031"), "share_change", "AFG")["low"])


def test_months_and_falling_totals_give_no_interval(tally):
    even = [{"AFG": 50, "IRN": 50}] * 4
    rows = tally(_year(2030, *even) | _year(2031, *even))
    monthly = rows.assign(period_end=rows["period_start"] + pd.offsets.MonthEnd(0))
    changed = _of(composition_stats(monthly, "north", period="2031-10"), "share_change", "AFG")
    assert math.isnan(changed["low"])
    running = rows.assign(flag="cumulative")
    running["period_start"] = pd.to_datetime(rows["period_start"].dt.year.astype(str) + "-01-01")
    later = running["period_end"].dt.month > 3
    running.loc[later & (running["nationality"] != ""), "value"] += 10
    running.loc[later & (running["nationality"] == ""), "value"] += 20
    assert _of(composition_stats(running, "north", period="2031"), "share_change", "AFG")["value"] == 0
    fallen = (running["nationality"] == "AFG") & (running["period_end"] == "2031-09-30")
    running.loc[fallen, "value"] = 20
    assert math.isnan(_of(composition_stats(running, "north", period="2031"), "share_change", "AFG")["low"])


def test_the_headline_source_is_preferred(tally, make_corridors):
    two = [tally({(2031, "Q1"): {"AFG": 60}}, source=name) for name in ("tally", "another")]
    table = composition_stats(pd.concat(two, ignore_index=True), make_corridors("north"))
    assert set(table["source"]) == {"tally"}


# --- what fails
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "place"}, "Invalid by 'place'"),
        ({"by": "sex", "sex": "female"}, "Invalid sex 'female'. It is what people are told apart by"),
        ({"top": 0}, "Invalid top '0'"),
        ({"smallest_group": 5}, "Invalid smallest_group '5'"),
        ({"design_effect": 0.5}, "Invalid design_effect '0.5'"),
    ],
)
def test_bad_options_fail(counts, options, message):
    with pytest.raises((InvalidInputError, UnknownNameError), match=message):
        composition_stats(counts, "channel", **options)


def test_series_that_are_not_held_or_not_clear_fail(counts, tally):
    with pytest.raises(UnknownNameError, match="It has no figures by nationality for corridor 'channel'"):
        composition_stats(counts, "channel", source="home_office_daily")
    with pytest.raises(NotCoveredError, match="Invalid known_on '2019-01-01'"):
        composition_stats(counts, "channel", known_on="2019-01-01")
    with pytest.raises(UnknownNameError, match="\n"):
        composition_stats(counts, ["channel", "central_med"], source="home_office_daily")
    two = [tally({(2031, "Q1"): {"AFG": 60}}, source=name) for name in ("a", "b")]
    with pytest.raises(UnknownNameError, match="Several of 'north' tell nationality apart"):
        composition_stats(pd.concat(two, ignore_index=True), "north")


# --- the mathematics
def test_the_index_runs_from_even_to_single():
    assert herfindahl([1] * 8) == pytest.approx(1 / 8)
    assert herfindahl([5, 0]) == 1
    assert math.isnan(herfindahl([0]))
    with pytest.raises(InvalidInputError, match="Invalid counts of groups"):
        herfindahl([1, -1])


def test_shares_that_cannot_be_fail():
    with pytest.raises(InvalidInputError, match="Each must be at most its whole"):
        grouped_share([5], [4])
    with pytest.raises(InvalidInputError, match="Each must be at most its whole"):
        grouped_share([0], [0])
    with pytest.raises(InvalidInputError, match="Invalid design_effect '0'"):
        grouped_share([1], [4], design_effect=0)


def test_a_share_of_all_or_of_one_group_has_no_variance_of_its_own():
    assert math.isnan(grouped_share([4, 4], [4, 4]).variance)
    assert math.isnan(grouped_share([2], [4]).variance)
    low = share_change(grouped_share([2], [4]), Share(0.4, 0.01, 2.0, 3.0))[1]
    assert math.isnan(low)


def test_the_interval_covers_the_true_change_when_people_come_in_groups():
    rng = np.random.default_rng(20260822)
    covered = naive = 0
    for _ in range(1000):
        shares = []
        for mean in (0.2, 0.35):
            wholes = rng.integers(500, 2000, 4)
            parts = rng.binomial(wholes, rng.beta(20 * mean, 20 * (1 - mean), 4))
            shares.append((parts, wholes))
        found = [
            share_change(*(grouped_share(x, n, design_effect=effect) for x, n in shares[::-1]))
            for effect in (None, 1)
        ]
        covered += found[0][1] <= 0.15 <= found[0][2]
        naive += found[1][1] <= 0.15 <= found[1][2]
    assert 0.92 <= covered / 1000 <= 0.98
    assert naive / 1000 < 0.5
