"""Mann–Kendall and Theil–Sen: known values, ties, gaps, autocorrelation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.errors import InvalidInputError, UnknownNameError
from geo.stats.slopes import mann_kendall, rank_autocorrelation, theil_sen
from geo.stats.trend_inputs import autoregressive


@pytest.fixture(scope="module")
def poisson():
    return np.random.default_rng(3).poisson(30, 96).astype(float)


def test_known_values_of_an_independent_implementation(poisson):
    """S, its variance and p as pymannkendall 1.4.3 gives them for the same numbers."""
    plain = mann_kendall(poisson, 1, correction="none")
    assert (plain.s, round(plain.variance, 3)) == (203, 99209.667)
    assert plain.p == pytest.approx(0.5213151906166991)
    seasonal = mann_kendall(poisson, 12, correction="none")
    assert (seasonal.s, round(seasonal.variance, 6)) == (30, 764)
    assert seasonal.z == pytest.approx(1.0491831776740113)
    assert seasonal.tau == pytest.approx(0.08928571428571429)
    covariance = mann_kendall(poisson, 12, correction="hirsch_slack")
    assert covariance.variance == pytest.approx(902.6666666666667)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 20), min_size=6, max_size=40))
def test_tau_without_ties_in_time_is_kendalls(values):
    found = mann_kendall(values, 1, correction="none")
    n = len(values)
    brute = sum(np.sign(values[j] - values[i]) for i in range(n) for j in range(i + 1, n))
    assert found.s == brute
    if len(set(values)) == n:
        assert found.tau == pytest.approx(stats.kendalltau(range(n), values).statistic)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 50), min_size=24, max_size=60))
def test_turned_round_the_trend_turns_round(values):
    values = values[: len(values) // 12 * 12]
    forth, back = (mann_kendall(one, correction="none") for one in (values, values[::-1]))
    assert forth.s == -back.s
    assert forth.z == pytest.approx(-back.z)
    assert theil_sen(values).slope == pytest.approx(-theil_sen(values[::-1]).slope)


def test_the_slope_of_a_straight_line_is_exact():
    line = 100 + 2.0 * np.arange(48)
    found = theil_sen(line, scale="none")
    assert (found.per_year, found.per_year_low, found.per_year_high) == (24, 24, 24)
    assert found.intercept == 100
    assert theil_sen(line, 1, scale="none").slope == stats.theilslopes(line)[0]


def test_a_season_does_not_disturb_and_gaps_are_not_filled():
    months = pd.date_range("2016-01-01", periods=96, freq="MS")
    season = np.tile(np.arange(1.0, 13), 8)
    values = pd.Series(1000 * season * 1.2 ** (np.arange(96) // 12), index=months)
    whole, holed = theil_sen(values), theil_sen(values.drop(months[[20, 21, 50]]))
    assert whole.per_year == pytest.approx(20, abs=0.1)
    assert holed.per_year == pytest.approx(20, abs=0.1)
    assert holed.n == 93


def test_autocorrelation_widens():
    noise = autoregressive(np.random.default_rng(8), (120,), 0.7)
    values = 500 * np.exp(0.4 * noise)
    none, wide = (theil_sen(values, correction=how) for how in ("none", "ar1"))
    assert wide.slope == none.slope
    assert wide.inflation > 2
    assert wide.high - wide.low > 1.5 * (none.high - none.low)
    tests = [mann_kendall(values, correction=how).p for how in ("none", "hirsch_slack", "ar1")]
    assert tests[0] < min(tests[1:])


def test_equal_values_have_no_trend():
    found = mann_kendall(np.full(36, 7.0))
    assert (found.s, found.z, found.p, found.variance) == (0, 0, 1, 0)
    assert theil_sen(np.full(36, 7.0)).per_year == 0


def test_too_few_for_an_autocorrelation_is_none():
    assert rank_autocorrelation(np.arange(5.0)) == 0
    assert rank_autocorrelation(np.ones(20)) == 0
    assert mann_kendall([1, 2, 3, 4, 5, 6], 1).inflation == 1


def test_sparse_seasons_are_passed_over():
    values = np.full(60, np.nan)
    values[::12] = [1, 3, 5, 7, 9]
    assert theil_sen(values, scale="none").per_year == 2
    assert mann_kendall(values, correction="hirsch_slack").s == 10


@pytest.mark.parametrize("function", [theil_sen, mann_kendall])
def test_bad_questions_are_refused(function):
    with pytest.raises(InvalidInputError, match="Only 3 pairs can be compared; at least 4"):
        function(np.arange(15.0))
    with pytest.raises(UnknownNameError, match="Invalid correction 'ar2'"):
        function(np.arange(60.0), correction="ar2")


def test_bad_levels_are_refused():
    with pytest.raises(InvalidInputError, match="Invalid level '95'"):
        theil_sen(np.arange(60.0), level=95)
