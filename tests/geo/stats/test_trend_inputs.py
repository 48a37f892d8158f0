"""Evenly spaced values, scales, and the noise about a level."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInputError, UnknownNameError
from geo.stats.trend_inputs import (
    SCALES,
    autoregressive,
    choose_scale,
    difference_noise,
    from_scale,
    regular,
    to_scale,
)


def dated(*days, values=None):
    return pd.Series(values or [1.0] * len(days), index=pd.DatetimeIndex(days))


def test_months_are_laid_out_and_missing_is_not_zero():
    laid = regular(dated("2024-01-31", "2024-04-30"), 12)
    assert laid.index.tolist() == list(pd.date_range("2024-01-01", "2024-04-01", freq="MS"))
    assert laid.isna().tolist() == [False, True, True, False]


def test_weeks_are_laid_out():
    laid = regular(dated("2024-01-01", "2024-01-22"), 52)
    assert len(laid) == 4
    assert laid.isna().sum() == 2
    assert len(regular(dated("2024-01-01"), 52)) == 1


def test_other_values_are_taken_as_they_stand_and_not_changed():
    given_values = np.array([1, 2, 3])
    assert regular(given_values, 1).tolist() == [1, 2, 3]
    assert regular([1, None, 3], 1).isna().tolist() == [False, True, False]
    assert given_values.dtype.kind == "i"


@pytest.mark.parametrize(
    ("values", "period", "message"),
    [
        ([1, 2], 0, "Invalid period '0'"),
        ([1, 2], True, "Invalid period 'True'"),
        ([1, 2], 1.5, "Invalid period '1.5'"),
        (["x"], 12, "They must be numbers"),
        ([[1, 2]], 12, "must be one row"),
        ([], 12, "must be one row"),
        (np.zeros(3000), 12, "1 to 2500 numbers"),
        ([1, np.inf], 12, "finite and 0 or more"),
        ([1, -1], 12, "finite and 0 or more"),
        ([np.nan, np.nan], 12, "They hold no number"),
        (dated("2024-02-01", "2024-01-01"), 12, "in order, each once"),
        (dated("2024-02-01", "2024-02-01"), 52, "in order, each once"),
        (dated("2024-02-01", "2024-02-09"), 12, "at most one value a month"),
        (dated("2024-02-01", "2024-02-09"), 52, "7 days apart"),
        (dated("2024-02-01", "2024-02-03", "2024-02-06"), 365, "2 days apart"),
    ],
)
def test_bad_values_are_refused(values, period, message):
    with pytest.raises(InvalidInputError, match=message):
        regular(values, period)


def test_a_gap_is_named_where_none_is_allowed():
    with pytest.raises(InvalidInputError, match=r"1 missing, the first at '2024-02-01'"):
        regular(dated("2024-01-01", "2024-03-01"), 12, gaps=False)
    with pytest.raises(InvalidInputError, match=r"the first at '1'. Missing is not zero"):
        regular([1, np.nan, 2], 1, gaps=False)


@settings(max_examples=40)
@given(st.lists(st.floats(0, 1e7), min_size=1), st.sampled_from(SCALES))
def test_every_scale_has_its_way_back(values, scale):
    array = np.array(values)
    np.testing.assert_allclose(from_scale(to_scale(array, scale), scale), array, rtol=1e-9, atol=1e-6)


def test_what_is_below_nought_goes_back_to_nought():
    for scale in SCALES:
        assert from_scale(np.array([-3.0]), scale).tolist() == [0]


def test_unknown_scales_are_refused():
    for function in (to_scale, from_scale):
        with pytest.raises(UnknownNameError, match="Invalid scale 'cube'"):
            function(np.ones(2), "cube")


@pytest.mark.parametrize(
    ("spread", "scale"),
    [
        (lambda level: level * 0.3, "log1p"),
        (lambda level: np.sqrt(level), "anscombe"),
        (lambda level: 3.0 + 0 * level, "none"),
    ],
)
def test_the_scale_follows_spread_against_level(spread, scale):
    rng = np.random.default_rng(4)
    level = np.repeat([100.0, 400, 1600, 6400, 25600, 102400], 12)
    assert choose_scale(level + spread(level) * rng.standard_normal(72), 12) == scale


def test_too_little_to_tell_the_scale_by_gives_anscombe():
    assert choose_scale(np.arange(30.0), 12) == "anscombe"
    assert choose_scale(np.tile([5.0, 7, 9, 4, 6, 8], 12), 6) == "anscombe"


@pytest.mark.parametrize("rho", [0.0, 0.4, 0.7])
def test_differences_tell_the_noise_across_steps(rho):
    noise = autoregressive(np.random.default_rng(1), (3000,), rho)
    stepped = 2 * noise + np.repeat([0.0, 40, -10], 1000)
    found = difference_noise(stepped, breaks=[1000, 2000])
    np.testing.assert_allclose(found, (rho, 2), atol=0.12)


def test_no_noise_is_none():
    assert difference_noise(np.ones(20)) == (0.0, 0.0)
