"""Displacement: what coincides, what does not, and how often chance alone is taken for it."""

import importlib.util
import json
import math
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest

from geo.counts import join_counts
from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.stats import to_json
from geo.stats.displacement import (
    MIN_MONTHS,
    block_permutation,
    cross_correlate,
    displacement_stats,
    log_ratio_excess,
    log_ratio_shares,
    prewhiten,
)
from geo.stats.displacement_maths import false_discovery, permute_blocks

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "geo" / "data" / "schemas" / "stats.schema.json").read_text(encoding="utf-8"))
QUICK = {"permutations": 199}


@pytest.fixture(scope="module")
def benchmark():
    path = ROOT / "benchmarks" / "coverage_displacement.py"
    spec = importlib.util.spec_from_file_location("coverage_displacement", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _levels(n, *, effect, lag=2, seed=5, size=1000):
    """Two seasonal series; what the first loses in a month shows on the second `lag` months later."""
    rng = np.random.default_rng(seed)
    shock = rng.normal(0, 0.4, n)
    other = effect * np.roll(shock, lag) + math.sqrt(1 - effect**2) * rng.normal(0, 0.4, n)
    season = np.cos(np.arange(n) * np.pi / 6)
    return [rng.poisson(size * np.exp(0.8 * season + part)).astype(float) for part in (shock, other)]


@pytest.fixture
def moved(make_table):
    """Build a table of two corridors in one source."""

    def build(n=120, effect=-0.8, holes=(), **columns):
        north, south = _levels(n, effect=effect)
        south = [None if month in holes else value for month, value in enumerate(south)]
        first = {"first": "2010-01-01", "kind": "month"}
        return join_counts(
            make_table(north, corridor="north", **first, **columns),
            make_table(south, corridor="south", **first, **columns),
        )

    return build


# --- what is said
def test_a_move_between_corridors_is_found_with_its_lag_and_direction(moved):
    table = displacement_stats(moved(), ["north", "south"], **QUICK)
    forth, back = table["detail"]
    assert (forth["to"], forth["verdict"], forth["lag_months"]) == (
        "south",
        "consistent_with_displacement",
        2,
    )
    assert forth["high"] < 0 < forth["effect_of_10_percent_fall"]["low"]
    assert forth["log_ratio_excess"] > 1.4
    assert back["to"] == "north"
    assert back["verdict"] == "no_evidence"
    row = table.iloc[0]
    assert row["value"] == forth["correlation"] == pytest.approx(-0.8, abs=0.12)
    assert row["low"] < -0.8 < row["high"]
    assert row["interval"] == "95\N{NO-BREAK SPACE}% confidence, all lags together"


def test_the_sentence_names_no_cause(moved):
    sentence = displacement_stats(moved(), ["north", "south"], **QUICK)["sentence"].iloc[0]
    assert "coincides with a rise on south 2 months later" in sentence
    assert "A coincidence of figures does not show that people changed route." in sentence
    assert "lags of 0 to 6 months" in sentence
    for word in ("cause", "because", "moved to", "diverted", "wave", "influx"):
        assert word not in sentence


def test_corridors_that_rise_and_fall_together_are_the_reverse(moved):
    table = displacement_stats(moved(effect=0.8), ["north", "south"], **QUICK)
    assert table["detail"].iloc[0]["verdict"] == "reversed"
    assert "a fall on north coincides with a fall on south" in table["sentence"].iloc[0]
    assert table["detail"].iloc[0]["effect_of_10_percent_fall"]["high"] < 0


def test_the_order_of_the_corridors_changes_names_only(moved):
    counts = moved()
    one = displacement_stats(counts, ["north", "south"], **QUICK)["detail"]
    two = displacement_stats(counts, ["south", "north"], **QUICK)["detail"]
    for name in ("verdict", "lag_months"):
        assert [one.iloc[0][name], one.iloc[1][name]] == [two.iloc[1][name], two.iloc[0][name]]
    assert one.iloc[0]["correlation"] == pytest.approx(two.iloc[1]["correlation"])


def test_the_same_seed_gives_the_same_answer(moved):
    counts = moved()
    first, again = (displacement_stats(counts, ["north", "south"], **QUICK) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    assert first.attrs == again.attrs


def test_the_embedded_routes_are_compared_within_one_source(counts):
    table = displacement_stats(counts, **QUICK)
    assert len(table) == 6
    series = {(row["series"]["from"]["corridor"], row["to"]): row["series"] for row in table["detail"]}
    pair = series["central_med", "western_balkans"]
    assert pair["from"]["source"] == pair["to"]["source"] == "frontex"
    across = next(
        row
        for name, row in zip(table.index.get_level_values(0), table.to_dict("records"), strict=True)
        if (name, row["detail"]["to"]) == ("channel", "western_balkans")
    )
    assert "The two series count different things" in across["sentence"]
    assert any("count different things" in text for text in across["assumptions"])
    jsonschema.validate(to_json(table), SCHEMA)


def test_embedded_routes_are_named_as_in_a_sentence(counts):
    found = displacement_stats(counts, ["western_balkans", "central_med"], source="frontex", permutations=199)
    assert "displacement from the Western Balkans to the central Mediterranean" in found["sentence"].iloc[0]


def test_preliminary_months_are_left_out_and_detections_are_not_people(counts):
    table = displacement_stats(counts, ["central_med", "western_balkans"], **QUICK)
    assert str(table["period_end"].iloc[0].date()) == "2026-04-30"
    assert table["detail"].iloc[0]["preliminary_months_left_out"] == 2
    assert "The newest 2 months are preliminary and left out." in table["sentence"].iloc[0]
    assert "Detections are not people" in table["sentence"].iloc[0]
    earlier = displacement_stats(counts, ["central_med", "western_balkans"], as_of="2024-12-12", **QUICK)
    assert earlier["detail"].iloc[0]["preliminary_months_left_out"] == 0
    assert str(earlier["period_end"].iloc[0].date()) == "2024-11-30"


def test_a_months_own_flag_leaves_it_out(moved):
    counts = moved()
    newest = counts["period_end"] == counts["period_end"].max()
    counts.loc[newest, "flag"] = "preliminary inferred_known_on"
    assert displacement_stats(counts, ["north", "south"], **QUICK)["detail"].iloc[0]["n_months"] == 119


def test_other_routes_are_derived_and_said_to_be(counts):
    table = displacement_stats(counts, ["western_balkans", "other_routes"], **QUICK)
    assert table["detail"].iloc[0]["to"] == "other_routes"
    assert "Other routes are derived" in table["sentence"].iloc[0]


def test_a_period_limits_the_months(counts):
    table = displacement_stats(counts, ["central_med", "western_balkans"], period="2015-01/2019-12", **QUICK)
    assert table["detail"].iloc[0]["n_months"] == 60
    assert table["period_start"].iloc[0] == pd.Timestamp("2015-01-01")


def test_an_interval_without_0_is_no_finding_after_allowing_for_the_pairs(moved, monkeypatch):
    module = importlib.import_module("geo.stats.displacement")
    monkeypatch.setattr(module, "false_discovery", lambda p_values: [0.06] * len(p_values))
    table = displacement_stats(moved(), ["north", "south"], **QUICK)
    assert table["detail"].iloc[0]["verdict"] == "no_evidence"
    assert "not after allowing for the number of pairs examined" in table["sentence"].iloc[0]
    assert "not after allowing" not in table["sentence"].iloc[1]


# --- what is refused
def test_short_series_are_refused_with_the_number(moved):
    for n, flag in ((MIN_MONTHS - 1, True), (MIN_MONTHS, False)):
        table = displacement_stats(moved(n=n), ["north", "south"], **QUICK)
        assert ("unavailable" in table["flags"].iloc[0]) == flag
    short = displacement_stats(moved(n=40), ["north", "south"], **QUICK)
    assert "the two share 40 months, and it takes 48" in short["sentence"].iloc[0]
    assert short["detail"].iloc[0]["verdict"] == "unavailable"
    assert short["value"].isna().all()
    jsonschema.validate(to_json(short), SCHEMA)


def test_few_missing_months_add_nothing_and_many_are_refused(moved):
    few = displacement_stats(moved(holes=(40, 77)), ["north", "south"], **QUICK)
    assert few["detail"].iloc[0]["missing_months"] == 2
    assert few["detail"].iloc[0]["verdict"] == "consistent_with_displacement"
    assert "2 months are missing and add nothing." in few["sentence"].iloc[0]
    many = displacement_stats(moved(holes=range(40, 50)), ["north", "south"], **QUICK)
    assert "10 of the 120 months are missing, more than one in twenty" in many["sentence"].iloc[0]
    assert {"unavailable", "missing"} <= set(many["flags"].iloc[0])


def test_small_months_are_refused(make_table):
    rng = np.random.default_rng(3)
    tables = [
        make_table(rng.poisson(level, 60), corridor=name, kind="month", first="2010-01-01")
        for name, level in (("north", 100), ("south", 4))
    ]
    table = displacement_stats(join_counts(*tables), ["north", "south"], **QUICK)
    assert "more than a quarter of the months on south hold fewer than 10" in table["sentence"].iloc[0]
    assert "small_base" in table["flags"].iloc[0]


def test_series_that_do_not_vary_or_are_not_monthly_are_refused(make_table):
    same = [make_table([50] * 60, corridor=name, kind="month") for name in ("north", "south")]
    table = displacement_stats(join_counts(*same), ["north", "south"], **QUICK)
    assert "does not vary beyond its season" in table["sentence"].iloc[0]
    quarters = [make_table([50, 60] * 30, corridor=name, kind="quarter") for name in ("north", "south")]
    table = displacement_stats(join_counts(*quarters), ["north", "south"], measure="arrival", **QUICK)
    assert "not published by the month or day" in table["sentence"].iloc[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"corridors": ["central_med", "all_routes"]}, "Invalid corridor 'all_routes'. It is a sum"),
        ({"corridors": "channel"}, "Invalid corridors 'channel'. Displacement compares two or more"),
        ({"max_lag_months": 13}, "Invalid max_lag_months '13'"),
        ({"max_lag_months": True}, "Invalid max_lag_months 'True'"),
        ({"level": 0}, "Invalid level '0'. It must be above 0"),
        ({"permutations": 19}, "Invalid permutations '19'. At level 0.05 it takes at least 80"),
    ],
)
def test_bad_options_fail(counts, options, message):
    with pytest.raises(InvalidInputError, match=message):
        displacement_stats(counts, **options)


def test_what_is_not_held_fails(counts, moved):
    with pytest.raises(UnknownNameError, match="tally"):
        displacement_stats(counts, ["central_med", "western_balkans"], source="tally")
    with pytest.raises(UnknownNameError, match=r"Invalid corridor 'other_routes'\. The counts hold no sum"):
        displacement_stats(moved(), ["north", "other_routes"])
    with pytest.raises(NotCoveredError, match="as_of"):
        displacement_stats(counts, ["central_med", "western_balkans"], as_of="2031-01-01")


def test_a_pair_that_cannot_be_looked_up_is_noted(counts):
    table = displacement_stats(counts, as_of="2026-07-15", source="frontex", **QUICK)
    assert len(table) == 2
    assert {note["corridor"] for note in table.attrs["notes"]} == {"channel"}


def test_a_corridor_without_any_series_is_refused(moved, make_corridors):
    corridors = make_corridors("north", "south", "west")
    with_none = corridors.assign(source=["tally", "tally", ""])
    table = displacement_stats(moved(), with_none, **QUICK)
    assert len(table) == 2
    assert "has no headline series" in table.attrs["notes"][0]["note"]


# --- the mathematics
def test_whitening_takes_season_and_memory_away():
    rng = np.random.default_rng(11)
    level = np.zeros(240)
    for t in range(1, 240):
        level[t] = 0.8 * level[t - 1] + rng.normal(0, 0.3)
    found = prewhiten(rng.poisson(3000 * np.exp(level + np.sin(np.arange(240) * np.pi / 6))))
    left = found.innovations[np.isfinite(found.innovations)]
    assert found.order >= 1
    assert found.coefficients[0] == pytest.approx(0.8, abs=0.15)
    assert abs(np.corrcoef(left[1:], left[:-1])[0, 1]) < 0.15
    assert abs(np.corrcoef(left[12:], left[:-12])[0, 1]) < 0.2
    assert np.nanstd(found.standardised) == pytest.approx(1, abs=0.1)


def test_a_missing_month_takes_the_following_ones_with_it_only():
    values = np.random.default_rng(2).poisson(200, 100).astype(float)
    values[50] = np.nan
    found = prewhiten(values, max_order=0)
    assert np.flatnonzero(np.isnan(found.innovations)).tolist() == [50]


@pytest.mark.parametrize("values", [[-1.0] * 40, [math.inf] * 40, [[1.0] * 40]])
def test_counts_that_are_none_fail(values):
    with pytest.raises(InvalidInputError, match="Invalid monthly counts"):
        prewhiten(values)


def test_too_few_months_fail():
    with pytest.raises(InvalidInputError, match="Invalid monthly counts of 35 months"):
        prewhiten(np.ones(35))


def test_lags_are_counted_from_the_first_series():
    rng = np.random.default_rng(4)
    first = rng.normal(size=100)
    lags, found, pairs = cross_correlate(first, np.roll(first, 3), max_lag=5)
    assert lags[found.argmax()] == 3
    assert pairs.tolist() == [95, 96, 97, 98, 99, 100, 99, 98, 97, 96, 95]
    _, mirrored, _ = cross_correlate(np.roll(first, 3), first, max_lag=5)
    assert mirrored[::-1] == pytest.approx(found)


def test_series_of_other_months_fail():
    with pytest.raises(InvalidInputError, match="must be rows of the same months"):
        cross_correlate([1.0, 2.0], [1.0])
    with pytest.raises(InvalidInputError, match="Invalid max_lag '6'"):
        cross_correlate(np.ones(12), np.ones(12))
    for name in ("block", "permutations"):
        with pytest.raises(InvalidInputError, match=f"Invalid {name} '0'"):
            block_permutation(np.ones(60), np.ones(60), **{name: 0})


def test_blocks_keep_neighbours_together():
    orders = permute_blocks(60, block=5, size=40, rng=np.random.default_rng(1))
    assert (np.sort(orders, axis=1) == np.arange(60)).all()
    assert ((np.diff(orders, axis=1) % 60 == 1).mean(axis=1) > 0.75).all()


def test_the_interval_leaves_out_0_exactly_where_the_test_rejects():
    rng = np.random.default_rng(8)
    for effect in (0.0, 0.2, 0.3, 0.5):
        first = rng.normal(size=100)
        test = block_permutation(first, effect * first + rng.normal(size=100), permutations=399, seed=3)
        found = test.strongest()
        assert (found["p_value"] <= 0.05) == (found["low"] > 0 or found["high"] < 0)


def test_q_values_keep_the_order_and_are_never_smaller():
    p_values = [0.001, 0.2, math.nan, 0.03, 1.0]
    q_values = false_discovery(p_values)
    assert math.isnan(q_values[2])
    held = [(p, q) for p, q in zip(p_values, q_values, strict=True) if p == p]
    assert all(p <= q <= 1 for p, q in held)
    assert [q for _, q in sorted(held)] == sorted(q for _, q in held)


def test_shares_of_independent_corridors_correlate_and_their_logs_do_not():
    rng = np.random.default_rng(6)
    counts = rng.poisson(1000 * np.exp(rng.normal(0, 0.5, (4000, 3))))
    ratios, logs = log_ratio_shares(counts), np.log(counts + 0.5)
    assert np.corrcoef(ratios[:, 0], ratios[:, 1])[0, 1] == pytest.approx(-0.5, abs=0.05)
    assert np.corrcoef(logs[:, 0], logs[:, 1])[0, 1] == pytest.approx(0, abs=0.05)
    assert log_ratio_excess(logs[:, 0], logs[:, 1]) == pytest.approx(1, abs=0.05)
    with pytest.raises(InvalidInputError, match="Shares need two or more columns"):
        log_ratio_shares([[1.0], [2.0]])


@pytest.mark.parametrize(
    ("n", "ar", "growing"), [(48, 0.0, ""), (72, 0.8, "walk"), (120, 0.8, ""), (200, 0.8, "linear")]
)
def test_independent_seasonal_series_are_seldom_called(benchmark, n, ar, growing):
    case = {"n": n, "ar": ar, "mean": 200, "size": 5, "amplitude": 1.0, "heavy": True, "growing": growing}
    (found,) = benchmark.rates([case], 300, 99)
    # 300 simulations at 5 %: one in a thousand lies above 9.3 %.
    assert found["ordered_pair"] < 0.093
    assert found["any_pair"] < 0.08


def test_true_displacement_is_found_and_with_its_sign(benchmark):
    case = {"n": 144, "ar": 0.6, "mean": 2000, "size": 50, "amplitude": 0.8, "heavy": False}
    (found,) = benchmark.rates([case | {"effect": -0.6, "lag": 1}], 60, 99)
    assert found["right_sign_and_lag"] > 0.8
    assert found["wrong_sign"] == 0
