"""Intervals over incidents: what they hold, what they refuse, how often they cover."""

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.counts import read_incidents
from geo.errors import InvalidInputError
from geo.stats.bootstrap import clustered_interval, incidents_needed, poisson_interval, ratio_interval

BENCHMARK = Path(__file__).resolve().parents[3] / "benchmarks" / "coverage_rates.py"
sizes_lists = st.lists(st.integers(1, 60), min_size=5, max_size=40)


def test_same_seed_same_interval():
    sizes = list(range(1, 40))
    assert clustered_interval(sizes, rng=7) == clustered_interval(sizes, rng=np.random.default_rng(7))
    assert clustered_interval(sizes, rng=7) != clustered_interval(sizes, rng=8)


@given(sizes_lists, st.integers(0, 99))
def test_the_interval_holds_the_sum_and_no_negative_number(sizes, seed):
    low, high = clustered_interval(sizes, replicates=499, rng=seed)
    assert 0 <= low <= sum(sizes) <= high


@given(sizes_lists, st.integers(2, 9))
def test_deaths_in_larger_incidents_scale_the_interval(sizes, factor):
    once = clustered_interval(sizes, replicates=499, rng=1)
    times = clustered_interval([size * factor for size in sizes], replicates=499, rng=1)
    np.testing.assert_allclose(times, [end * factor for end in once], rtol=1e-9)


def test_order_and_empty_incidents_do_not_matter():
    assert clustered_interval([9, 1, 0, 4, 2, 1, 0, 3], rng=1) == clustered_interval(
        [1, 1, 2, 3, 4, 9], rng=1
    )


def test_the_same_deaths_in_fewer_incidents_are_less_certain():
    single = clustered_interval([1] * 120, rng=1)
    together = clustered_interval([1] * 20 + [20] * 5, rng=1)
    assert together[1] - together[0] > 3 * (single[1] - single[0])


def test_incidents_of_one_death_give_about_the_poisson_interval():
    np.testing.assert_allclose(clustered_interval([1] * 200, rng=1), poisson_interval(200), rtol=0.03)


def test_wider_for_more_confidence():
    ends = [clustered_interval([1] * 30 + [9], confidence=level, rng=1) for level in (0.8, 0.95, 0.99)]
    assert ends[2][0] < ends[1][0] < ends[0][0]
    assert ends[0][1] < ends[1][1] < ends[2][1]


def test_too_few_incidents_have_no_interval():
    assert all(math.isnan(end) for end in clustered_interval([40, 30, 20, 10]))
    assert all(math.isnan(end) for end in clustered_interval([9] * 6, confidence=0.99))
    assert all(math.isfinite(end) for end in clustered_interval([9] * 5, replicates=199))
    assert incidents_needed(0.95) == 5


def test_many_incidents_are_drawn_in_blocks(monkeypatch):
    whole = clustered_interval(range(1, 50), replicates=400, rng=3)
    monkeypatch.setattr("geo.stats.bootstrap._BLOCK", 49 * 100)
    assert clustered_interval(range(1, 50), replicates=400, rng=3) == whole


@pytest.mark.parametrize(
    ("sizes", "options", "match"),
    [
        ([1.5, 2], {}, r"Invalid number of people '1\.5'\. It must be a whole number from 0"),
        ([-1], {}, r"Invalid number of people '-1'"),
        ([math.nan], {}, r"Invalid number of people 'nan'"),
        ([1], {"confidence": 95}, r"Invalid confidence '95'\. It must lie above 0\.5 and below 1"),
        ([1], {"confidence": 0.5}, r"Invalid confidence '0\.5'"),
        ([1], {"replicates": 100}, r"Invalid replicates '100'\. It must be a whole number from 199"),
    ],
)
def test_clustered_interval_fails(sizes, options, match):
    with pytest.raises(InvalidInputError, match=match):
        clustered_interval(sizes, **options)


def test_poisson_interval_is_garwoods():
    np.testing.assert_allclose(poisson_interval(0), (0, 3.688879), rtol=1e-6)
    np.testing.assert_allclose(poisson_interval(1), (0.0253178, 5.571643), rtol=1e-5)
    np.testing.assert_allclose(poisson_interval(100), (81.36397, 121.6267), rtol=1e-5)


def test_poisson_interval_fails():
    with pytest.raises(InvalidInputError, match="Invalid number of people"):
        poisson_interval(2.5)


def test_ratio_turns_round_with_its_figures():
    first, second = (20.0, 15.0, 31.0), (12.0, 8.0, 15.0)
    low, high = ratio_interval(first, second)
    assert low < 20 / 12 < high
    np.testing.assert_allclose(ratio_interval(second, first), (1 / high, 1 / low))


def test_ratio_of_exact_figures_is_exact():
    np.testing.assert_allclose(ratio_interval((6, 6, 6), (3, 3, 3)), (2, 2))


def test_ratio_without_a_bound_has_none():
    assert ratio_interval((5, 2, 9), (4, 0, 8))[1] == math.inf
    assert ratio_interval((5, 0, 9), (4, 2, 8))[0] == 0
    assert all(math.isnan(end) for end in ratio_interval((5, math.nan, math.nan), (4, 2, 8)))


@pytest.mark.parametrize("wrong", [(0, 0, 1), (5, 6, 7), (5, 1, 4)])
def test_ratio_interval_fails(wrong):
    with pytest.raises(InvalidInputError, match="Invalid figure"):
        ratio_interval(wrong, (1, 1, 1))


def coverage(draw, numbers, mean, *, sets, seed):
    """Return the share of intervals that hold the truth, and of percentile and Poisson ones (two of them)."""
    rng = np.random.default_rng(seed)
    hits = []
    while len(hits) < sets:
        n = int(rng.choice(numbers))
        sizes = draw(rng, int(rng.poisson(n)))
        if len(sizes) < 5 or sizes.sum() < 10:
            continue
        ends = clustered_interval(sizes, replicates=599, rng=rng), poisson_interval(float(sizes.sum()))
        hits.append([low <= n * mean <= high for low, high in ends])
    return np.mean(hits, axis=0)


@pytest.mark.parametrize("n", [30, 150])
def test_light_tails_are_covered_as_stated(n):
    clustered, naive = coverage(lambda rng, k: rng.geometric(1 / 3, k), [n], 3, sets=900, seed=20240101)
    assert 0.93 <= clustered <= 0.97
    assert naive < 0.75


def test_real_sizes_are_covered_nine_times_in_ten():
    table = read_incidents()
    table = table[(table["corridor"] == "central_med") & (table["dead_missing"] > 0)]
    sizes = table["dead_missing"].to_numpy()
    years = table.groupby(table["month"].str[:4]).size().to_numpy()
    clustered, naive = coverage(
        lambda rng, k: rng.choice(sizes, k), years, sizes.mean(), sets=800, seed=20240101
    )
    assert clustered >= 0.90
    assert naive < 0.30


def test_the_benchmark_runs_and_repeats_itself():
    spec = importlib.util.spec_from_file_location("coverage_rates", BENCHMARK)
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    table = benchmark.run(sets=2, replicates=199, seed=5)
    assert table.equals(benchmark.run(sets=2, replicates=199, seed=5))
    assert table["clustered"].between(0, 100).all()
    assert {"geometric, mean 3", "central Mediterranean", "Channel, drowning-coded"} <= set(table["sizes"])
