"""Flows of corridors: ranges from the tidy table, what is not used and why, people and counters."""

import json
import math
from importlib.resources import files

import jsonschema
import pandas as pd
import pytest

from geo.counts import check_counts, join_counts
from geo.errors import InvalidInputError, MixedUnitsError, NotCoveredError, UnknownNameError
from geo.routes import read_routes
from geo.stats.flow_assumptions import NAMES, FlowAssumptions
from geo.stats.flow_persons import add_first_arrivals, people_detected, split_routes
from geo.stats.flow_phrases import assumption
from geo.stats.flow_records import flow_stats, unique_persons
from geo.stats.flows import TELLING, diagnose_flows, flow_ranges
from geo.stats.legs import COLUMNS, leg_figures
from geo.stats.locales import read_voice
from geo.stats.records import to_json

FREE = FlowAssumptions(revision=0, undercount=0)


@pytest.fixture(scope="module")
def routes():
    """The embedded legs."""
    return read_routes()


@pytest.fixture(scope="module")
def balkans(counts, routes):
    """Ranges of the Western Balkans in 2022."""
    return flow_ranges(counts, routes[routes["corridor"] == "western_balkans"], period="2022")


def _legs(*legs, corridor="north", mode="land"):
    """Lay out legs: id, countries, counted."""
    rows = [
        {
            "corridor": corridor,
            "mode": mode,
            "countries": tuple(chain),
            "from_place": f"{chain[0].lower()}_town",
            "to_place": f"{chain[-1].lower()}_town",
            "crossings": (f"{leg}_gate",) if len(chain) > 1 else (),
            "counted": counted,
        }
        for leg, chain, counted in legs
    ]
    return pd.DataFrame(rows, index=pd.Index([leg for leg, _, _ in legs], name="leg"))


CHAIN = _legs(("a", ("TR", "GR"), False), ("b", ("GR", "MK"), True), ("c", ("MK", "RS"), False))


# --- the Western Balkans in 2022


def test_the_balkans_of_2022_have_ranges_and_name_what_drives_them(balkans, routes):
    assert balkans.index.equals(routes.index[routes["corridor"] == "western_balkans"])
    assert set(COLUMNS) <= set(balkans.columns)
    bounded = balkans[balkans["high"].notna()]
    assert len(bounded) > 25
    assert (bounded["low"] <= bounded["high"]).all()
    assert set(bounded["driver"]) <= set(NAMES)
    assert (bounded["driver"] != "").all()
    assert set(balkans.loc["wb_belgrade_szeged", "counts"]) == {"Registrations in Serbia"}
    assert balkans.loc["wb_belgrade_szeged", "driver"] == "registered_share"
    assert balkans.loc["wb_skopje_pristina", ["low", "high"]].tolist() == [408, 2124]
    assert balkans.loc["wb_belgrade_szeged", "source"] == "frontex + iom_western_balkans"


def test_no_leg_ever_has_one_number(balkans):
    assert balkans["value"].isna().all()
    assert not (balkans["low"] == balkans["high"]).any()


def test_legs_that_no_count_bounds_say_so_instead_of_a_huge_number(balkans):
    free = balkans.loc["wb_istanbul_edirne"]
    assert free["status"] == "no_upper"
    assert math.isnan(free["high"])
    assert "no upper bound from the counts" in free["sentence"]
    wide = balkans.loc["wb_ljubljana_graz"]
    assert wide["status"] == "no_upper"
    assert "more than five times the largest count" in wide["sentence"]
    assert balkans["high"].max() <= TELLING * 192266


def test_the_sentence_says_range_period_and_driver(balkans):
    said = balkans.loc["wb_skopje_pristina", "sentence"]
    assert said.startswith("In 2022: between 400 and 2,130 people passed this leg, a possible range")
    assert "The width is driven most by an assumption: how many people are never registered." in said


def test_where_no_driver_was_looked_for_the_sentence_names_none_and_denies_none(counts, routes):
    legs = routes[routes["corridor"] == "western_balkans"]
    found = flow_ranges(counts, legs, period="2022", drivers=False)
    assert not found["sentence"].str.contains("drive|No count sees|would need to know").any()
    assert found.loc["wb_sofia_nis", "sentence"].endswith("a possible range (rounded outwards).")


def test_assumptions_travel_with_each_range(balkans):
    told = balkans.loc["wb_skopje_nis", "assumptions"]
    assert "Nothing is assumed of how many people stay in a country or leave it another way." in told
    assert sum("assumption, no source" in one for one in told) >= 5
    assert not any("arrivals" in one for one in told), "only those that the counts rest on"


def test_what_is_not_used_is_listed_with_the_reason(balkans):
    unused = {item["label"]: item["reason"] for item in balkans["unused"].iloc[0]}
    assert unused["Attempts prevented or returned at the Hungarian fence"].startswith("the figures cover")
    assert "People in mixed movements, UNHCR, estimate" in unused


def test_attempts_at_a_fence_and_estimates_bound_no_flow(counts, routes):
    legs = routes[routes["corridor"] == "western_balkans"]
    found = flow_ranges(counts, legs, period="2022-01/2022-07", drivers=False)
    fence = next(item for item in found["unused"].iloc[0] if item["source"] == "hungary_police")
    assert fence["reason"] == "it bounds no flow (attempts repeat, many times for some people)"
    assert fence["value"] == 132000


def test_a_regional_total_bounds_the_people_of_its_countries_together(counts, routes):
    legs = routes[routes["corridor"] == "western_balkans"]
    found = flow_ranges(counts, legs, period="2021", drivers=False)
    together = 120513 * 1.02 / 0.5
    assert found.loc["wb_nis_belgrade", "high"] == math.ceil(together)
    assert found.loc["wb_skopje_nis", "high"] == math.ceil(together / 2), "who passes is in both countries"


# --- other corridors


def test_departure_zones_of_the_channel_are_not_told_apart(counts, routes):
    legs = routes[routes["corridor"] == "channel"]
    found = flow_ranges(counts, legs, period="2024")
    assert found["low"].tolist() == [0.0] * 8
    assert found["high"].nunique() == 1
    assert set(found["status"]) == {"whole_corridor"}
    assert "Shares are not estimated." in found["sentence"].iloc[0]
    assert (found["n_legs_sharing"] == 8).all()


def test_counts_below_the_country_are_not_used_at_sea(counts, routes, make_table):
    legs = routes[routes["corridor"] == "channel"]
    before = flow_ranges(counts, legs, period="2024", drivers=False)
    for place in ("dover", "zone_calais_wissant", "ch_calais_kent"):
        own = make_table([5], first="2024-01-01", kind="year", corridor="channel", place=place)
        after = flow_ranges(join_counts(counts, own), legs, period="2024", drivers=False)
        assert after["high"].equals(before["high"])
        assert after["low"].equals(before["low"])
    reasons = [item["reason"] for item in after["unused"].iloc[0]]
    assert "departures by sea are not told apart below the country, and should not be" in reasons
    by_place = flow_ranges(join_counts(counts, own), legs, period="2024", level="place", drivers=False)
    assert by_place["high"].equals(before["high"])


def test_departures_by_country_bound_the_legs_of_that_country(counts, routes):
    legs = routes[routes["corridor"] == "central_med"]
    found = flow_ranges(counts, legs, period="2025", drivers=False)
    figures = leg_figures(counts, "central_med", legs, period="2025")
    split = figures["label"] != "Sea landings in Italy, Ministry of the Interior"
    assert (found.loc[split, "high"] >= figures.loc[split, "high"]).sum() == 13
    libya = found.loc["cm_zuwara_lampedusa"]
    assert libya["high"] == math.ceil(58408 * 1.02 / 0.9)
    assert libya["n_legs_sharing"] == 7
    algeria = found.loc["cm_annaba_sardinia"]
    assert algeria["low"] < 1812 < algeria["high"], "a range even where a figure covers one leg alone"
    assert found.loc["cm_west_libya_malta", "status"] == "no_upper"
    reasons = {item["source"]: item["reason"] for item in found["unused"].iloc[0]}
    assert reasons["frontex"] == "which legs it covers is not stated"


def test_a_corridor_with_one_count_gives_its_counted_legs_one_range(counts, routes):
    legs = routes[routes["corridor"] == "western_balkans"]
    found = flow_ranges(counts, legs, period="2015", drivers=False)
    assert set(found["status"]) == {"whole_corridor", "nothing"}
    assert (found["status"] == "whole_corridor").equals(legs["counted"].astype(bool))
    assert "does not see this leg" in found.loc["wb_budapest_vienna", "sentence"]


# --- a table and graph of one's own


def test_own_counts_by_country_leg_crossing_and_place(make_table, make_corridors):
    def found(**place):
        table = make_table([100], kind="year", **place)
        more = {"assumptions": FREE, "period": "2030", "drivers": False}
        return flow_ranges(table, CHAIN, make_corridors("north"), **more)["high"].fillna(-1).tolist()

    assert found() == [-1, 100, -1]
    assert found(place="c") == found(place="c_gate") == [-1, -1, 100]
    assert found(place="MK") == [-1, 100, 200]
    assert found(place="MK", measure="registration") == [-1, 200, 200]


def test_places_may_be_the_nodes(make_table, make_corridors):
    legs = pd.DataFrame(
        {
            "corridor": "north",
            "counted": False,
            "from_place": ["here", "there"],
            "to_place": ["there", "beyond"],
        },
        index=["a", "b"],
    )
    table = make_table([100], kind="year", measure="registration", place="beyond")
    found = flow_ranges(
        table, legs, make_corridors("north"), period="2030", level="place", assumptions=FREE, drivers=False
    )
    assert found["high"].tolist()[1] == 200
    assert math.isnan(found["high"].tolist()[0])


def test_a_graph_of_nodes_alone_knows_no_crossings(make_table, make_corridors):
    legs = CHAIN.drop(columns=["crossings", "to_place", "from_place", "mode"])
    table = make_table([100], kind="year", place="c_gate")
    found = flow_ranges(table, legs, make_corridors("north"), period="2030")
    assert found["unused"].iloc[0][0]["reason"] == "what it covers is not on the graph of legs"


def test_a_lower_bound_is_told_where_the_upper_one_tells_nothing(make_table, make_corridors):
    table = make_table([100], kind="year", place="c")
    loose = FlowAssumptions(undercount=0.9)
    row = flow_ranges(table, CHAIN, make_corridors("north"), period="2030", assumptions=loose).loc["c"]
    assert row["low"] == 98
    assert math.isnan(row["high"])
    assert "At least 98 people passed this leg." in row["sentence"]


def test_a_count_off_the_graph_is_listed(make_table, make_corridors):
    tables = [
        make_table([5], kind="year", place="FR"),
        make_table([6], kind="year", place="FR", measure="registration"),
        make_table([7], kind="year", measure="registration"),
    ]
    found = flow_ranges(join_counts(*tables), CHAIN, make_corridors("north"), period="2030")
    assert [item["reason"] for item in found["unused"].iloc[0]] == [
        "what it covers is not on the graph of legs"
    ] * 3
    assert set(found["status"]) == {"nothing"}
    assert "no published count bounds the flows" in found["sentence"].iloc[0]


def test_a_corridor_whose_headline_counts_no_leg_has_nothing(make_table, make_corridors):
    legs = CHAIN.assign(counted=False)
    found = flow_ranges(make_table([5], kind="year"), legs, make_corridors("north"), period="2030")
    assert set(found["status"]) == {"nothing"}


def test_counts_not_yet_published_are_not_used(make_table, make_corridors):
    table = make_table([5], kind="year", known_on="2031-02-01")
    found = flow_ranges(table, CHAIN, make_corridors("north"), period="2030", known_on="2031-01-15")
    assert found["unused"].iloc[0][0]["reason"] == "it was not yet published"


def test_legs_of_no_corridor_that_is_asked_for_are_kept(make_table, make_corridors):
    legs = pd.concat([CHAIN, _legs(("z", ("A", "B"), True), corridor="elsewhere")])
    found = flow_ranges(make_table([5], kind="year"), legs, make_corridors("north"), period="2030")
    assert found.loc["z", "sentence"] == "No published figure covers this leg."
    assert found.loc["z", "status"] == "nothing"


def test_ranges_of_embedded_corridors_need_no_routes(counts):
    found = flow_ranges(counts, corridors="channel", period="2024", drivers=False)
    assert len(found) == 8


# --- contradictions in plain words


def _contradicting(make_table):
    return join_counts(
        make_table([100], kind="year", place="MK", measure="registration"),
        make_table([90_000], kind="year", place="c", measure="illegal_entry"),
        make_table([40], kind="year", place="RS", measure="asylum_intention"),
    )


def test_counts_that_contradict_are_named_with_place_period_and_source(make_table, make_corridors):
    found = diagnose_flows(_contradicting(make_table), CHAIN, make_corridors("north"), period="2030").iloc[0]
    assert not found["agree"]
    assert len(found["counts"]) == 2
    said = found["sentence"]
    assert said.startswith("In 2030, these counts contradict each other: ")
    assert "(c): 90,000 (tally)" in said
    assert "(North Macedonia): 100 (tally)" in said
    assert "Their bounds would have to move by" in said
    assert "how many people are never registered" in said
    assert found["people"] > 10_000
    assert found["used"] == 3


def test_contradicting_counts_give_no_ranges(make_table, make_corridors):
    args = _contradicting(make_table), CHAIN, make_corridors("north")
    found = flow_ranges(*args, period="2030")
    assert set(found["status"]) == {"contradiction"}
    assert found["high"].isna().all()
    assert "contradict each other" in found["sentence"].iloc[0]
    table = flow_stats(
        args[0], args[2], routes=CHAIN, period="2030", statistics=["flow_range", "unique_persons"]
    )
    assert all("unavailable" in flags for flags in table["flags"])
    assert table["sentence"].str.contains("contradict each other").all()


def test_one_count_may_contradict_the_assumptions_alone(make_table, make_corridors):
    table = make_table([100], kind="year", place="a", measure="illegal_entry")
    odd = FlowAssumptions(stay_share=(1.0, 1.0))
    legs = _legs(("a", ("TR", "GR"), True))
    found = diagnose_flows(table, legs, make_corridors("north"), period="2030", assumptions=odd).iloc[0]
    assert found["sentence"].startswith("In 2030, this count contradicts the assumptions: ")


def test_counts_that_agree_are_said_to_agree(counts, make_table, make_corridors):
    found = diagnose_flows(counts, corridors="western_balkans", period="2022").iloc[0]
    assert found["agree"]
    assert (
        found["sentence"] == "In 2022, the 8 counts agree under the assumptions: some flows fulfil them all."
    )
    none = diagnose_flows(make_table([5], kind="year"), CHAIN, make_corridors("north"), period="2029").iloc[0]
    assert none["sentence"] == "In 2029, no count bounds the flows."


# --- different people, and the counters


def test_the_counters_of_2022_stand_side_by_side(counts):
    table = flow_stats(counts, "western_balkans", period="2022", statistics=["counter"])
    assert table["value"].tolist() == [144118, 192266, 26500]
    assert table["unit"].tolist() == ["detections", "registrations", "persons, estimated"]
    assert table["period_end"].dt.month.tolist() == [12, 12, 9]
    assert table["sentence"].str.contains("Side by side with other counters, not added to them").all()


def test_people_of_2022_are_a_range_that_holds_no_sum_of_counters(counts):
    row = unique_persons(counts, "western_balkans", period="2022").iloc[0]
    assert math.isnan(row["value"])
    assert row["flags"] == ("range_only",)
    assert row["interval"] == "possible range"
    assert 90_000 < row["low"] < 144_118 < row["high"] < 400_000
    assert row["detail"]["driver"] == "registered_share"
    assert row["detail"]["countries"] == ["AL", "BA", "ME", "MK", "RS", "XK"]


def test_people_of_2015_are_a_range_around_a_million(counts):
    row = unique_persons(counts, "all_routes", period="2015").iloc[0]
    assert row["detail"]["transit"] == {"western_balkans": 764033}
    assert sum(row["detail"]["first_arrival"].values()) == 1822102 - 764033
    assert 600_000 < row["low"] < 1_000_000 < row["high"] < 1_900_000
    assert "not added to those of first arrival" in row["sentence"]


def test_detections_of_two_sources_are_never_mixed(counts, make_table):
    own = make_table([9], first="2015-01-01", kind="year", corridor="eastern_med", measure="detection_entry")
    alone = unique_persons(own, "all_routes", period="2015", assumptions=FREE).iloc[0]
    assert (alone["low"], alone["high"]) == (6, 9)
    both = unique_persons(join_counts(counts, own), "all_routes", period="2015").iloc[0]
    assert both["high"] == unique_persons(counts, "all_routes", period="2015").iloc[0]["high"]
    assert both["source"] == "frontex"


def test_people_are_not_available_where_nothing_bounds_them(counts, make_table):
    row = unique_persons(counts, ["western_balkans"], period="2015").iloc[0]
    assert "unavailable" in row["flags"]
    assert "no count of people in its countries is held" in row["sentence"]
    row = unique_persons(counts, "all_routes", period="1999").iloc[0]
    assert "unavailable" in row["flags"]
    assert "no detections at borders of first arrival are held" in row["sentence"]
    late = unique_persons(counts, "all_routes", period="2015", known_on="2016-01-01").iloc[0]
    assert "unavailable" in late["flags"]


def test_transit_borders_are_never_added():
    with pytest.raises(
        MixedUnitsError, match="western_balkans is a transit border, whose count repeats people"
    ):
        add_first_arrivals({"eastern_med": 885_000, "western_balkans": 765_000})
    assert add_first_arrivals({"eastern_med": 885_000, "central_med": 153_946}) == 1_038_946
    assert add_first_arrivals({"western_balkans": 1}, transit=()) == 1
    with pytest.raises(InvalidInputError, match="'eastern_med': nan is no count"):
        add_first_arrivals({"eastern_med": math.nan})


def test_people_behind_detections_by_hand():
    sure = FlowAssumptions(revision=0, first_arrivals_per_person=1, attempts_per_person=(1.0, 2.0))
    found = people_detected({"eastern_med": 885_000}, {"western_balkans": 765_000}, sure)
    assert (found.low, found.high) == (885_000, 1_650_000)
    known = FlowAssumptions(
        revision=0, first_arrivals_per_person=1, attempts_per_person=(1.0, 1.0), already_counted=(1.0, 1.0)
    )
    exact = people_detected({"eastern_med": 885_000}, {"western_balkans": 765_000}, known)
    assert (exact.low, exact.high, exact.driver) == (885_000, 885_000, "")
    turned = people_detected({"eastern_med": 10}, {"western_balkans": 100}, known)
    assert turned.low == 100, "no fewer people than at the transit border alone"
    open_ = people_detected({"eastern_med": 10}, assumptions=sure.without("first_arrivals_per_person"))
    assert (open_.low, open_.high) == (0, 10)


def test_people_range_never_widens_when_an_assumption_is_halved():
    base = FlowAssumptions()
    wide = people_detected({"a": 100_000}, {"western_balkans": 70_000}, base)
    for name in NAMES:
        found = people_detected({"a": 100_000}, {"western_balkans": 70_000}, base.halved(name))
        assert wide.low <= found.low <= found.high <= wide.high


def test_routes_without_all_others_are_split():
    assert split_routes({"eastern_med": 5, "western_balkans": 4}) == (
        {"eastern_med": 5},
        {"western_balkans": 4},
    )


def test_records_fit_the_schema_and_carry_their_leg(counts):
    table = flow_stats(counts, ["channel", "all_routes"], period="2022")
    assert set(table.index.get_level_values("statistic")) == {"flow_range", "unique_persons", "counter"}
    legs = table.xs("flow_range", level="statistic")
    assert legs["detail"].map(lambda detail: detail["leg"]).tolist()[0] == "ch_dunkirk_dover"
    assert legs["sentence"].iloc[0].startswith("Dunkirk – Gravelines coast to Dover. In 2022: between 0 and ")
    schema = json.loads((files("geo") / "data" / "schemas" / "stats.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json.dumps(to_json(table))), schema)


def test_every_assumption_has_a_sentence():
    voice, wide = read_voice(), FlowAssumptions()
    for name in NAMES:
        assert assumption(voice, name, wide).endswith(".")
        assert assumption(voice, name, wide.without(name)).endswith(".")
    assert "2.5" in assumption(voice, "legs_per_person", FlowAssumptions(legs_per_person=2.5))
    assert "any number of" in assumption(voice, "legs_per_person", wide.without("legs_per_person"))


# --- input


def test_a_period_after_the_data_date_is_refused(counts):
    with pytest.raises(NotCoveredError, match="It ends after as_of"):
        flow_ranges(counts, corridors="channel", period="2024", as_of="2024-06-30")


def test_unknown_levels_and_statistics_are_refused(counts):
    with pytest.raises(InvalidInputError, match=r"Invalid level 'town'\. It must be one of"):
        flow_ranges(counts, corridors="channel", period="2024", level="town")
    with pytest.raises(UnknownNameError, match="Invalid statistic 'flow'"):
        flow_stats(counts, "channel", period="2024", statistics=["flow"])


def test_routes_without_columns_are_refused(counts):
    with pytest.raises(InvalidInputError, match="They need the column corridor"):
        flow_ranges(counts, pd.DataFrame({"leg": ["a"]}), period="2024")
    bare = pd.DataFrame({"corridor": ["channel"]}, index=["a"])
    with pytest.raises(InvalidInputError, match="They need the columns counted and countries"):
        flow_ranges(counts, bare, period="2024")


def test_arguments_are_not_changed(counts, routes):
    legs = routes[routes["corridor"] == "central_med"]
    before = check_counts(counts.copy())
    flow_ranges(counts, legs, period="2024", drivers=False)
    pd.testing.assert_frame_equal(counts, before)
