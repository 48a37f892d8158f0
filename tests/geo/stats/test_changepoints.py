"""Changes of level: where they are, how sure, and how large."""

import sys

import numpy as np
import pandas as pd
import pytest

from geo.errors import InvalidInputError, MissingExtraError
from geo.stats.changepoints import change_points
from geo.stats.segmentation import level_of, partition, segment_costs, spread_levels

SEASON = 1 + 0.5 * np.sin(2 * np.pi * np.arange(12) / 12)


def seasonal(levels, alpha=0.05, seed=0):
    rng = np.random.default_rng(seed)
    mean = np.asarray(levels) * SEASON[np.arange(len(levels)) % 12]
    noise = rng.gamma(1 / alpha, alpha, len(levels)) if alpha else 1.0
    return rng.poisson(mean * noise).astype(float)


def test_a_fall_is_dated_and_sized():
    index = pd.date_range("2018-01-01", periods=96, freq="MS")
    found = change_points(pd.Series(seasonal(np.repeat([800.0, 200], [60, 36])), index=index))
    (one,) = found.changes
    assert one.first <= 60 <= one.last
    assert one.last - one.first < 6
    assert one.percent_low < -75 < one.percent_high < 0
    assert one.before == pytest.approx(800, rel=0.15)
    assert found.levels.index.equals(index)
    assert sorted(set(found.levels)) == pytest.approx([one.after, one.before])
    assert found.season.mean() == pytest.approx(1)
    np.testing.assert_allclose(found.season, SEASON, atol=0.3)


def test_a_peak_is_two_changes():
    found = change_points(seasonal(np.repeat([300.0, 3000, 300], [40, 14, 50])))
    assert [one.percent > 0 for one in found.changes] == [True, False]
    assert all(one.first <= true <= one.last for one, true in zip(found.changes, (40, 54), strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_a_season_alone_is_no_change(seed):
    assert change_points(seasonal(np.full(96, 400.0), alpha=0.1, seed=seed)).changes == ()


def test_a_weaker_change_has_a_wider_date():
    widths = []
    for after in (100.0, 260.0):
        (one,) = change_points(seasonal(np.repeat([400.0, after], 48), seed=3)).changes
        widths.append(one.last - one.first)
    assert widths[0] <= widths[1]


def test_options_overrule_the_estimates():
    values = seasonal(np.repeat([400.0, 150], 48))
    assert change_points(values, penalty=1e6).changes == ()
    found = change_points(values, dispersion=0.5, autocorrelation=0.3, min_size=10)
    assert (found.dispersion, found.rho, found.min_size) == (0.5, 0.3, 10)
    assert found.inflation == pytest.approx(1.3 / 0.7)
    assert change_points(values, dispersion=5.0, autocorrelation=0.8).changes == ()


def test_many_zeros_do_not_hide_a_change():
    rng = np.random.default_rng(1)
    mean = np.repeat([20.0, 120], 60) * (rng.random(120) > 0.15)
    found = change_points(rng.poisson(mean), 1)
    assert any(one.first <= 60 <= one.last for one in found.changes)


def test_costs_are_those_of_each_stretch():
    y, s = np.array([4.0, 9, 2, 30, 28]), np.array([1.0, 2, 0.5, 1, 1])
    for alpha in (0.0, 0.4):
        costs = segment_costs(y, s, alpha)
        level = level_of(y[1:4], s[1:4], alpha)
        mean = level * s[1:4]
        told = y[1:4] * np.log(mean) - ((y[1:4] + 1 / alpha) * np.log1p(alpha * mean) if alpha else mean)
        assert costs[1, 4] == pytest.approx(-2 * told.sum(), rel=1e-6)
    assert np.tril(costs).sum() == 0
    assert partition(segment_costs(np.repeat([3.0, 60], 6), np.ones(12), 0.0), 3, 5.0) == [6, 12]
    assert spread_levels(y, np.ones(5), 0.0, [3, 5]).tolist() == [5, 5, 5, 29, 29]


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (np.ones(20), {}, "20 of them are fewer than 24"),
        (np.ones(10), {"period": 1}, "10 of them are fewer than 14"),
        (np.ones(30), {"min_size": 1}, "Invalid min_size '1'"),
        (np.ones(30), {"min_size": 20}, "from 2 to 15"),
        (np.ones(30), {"penalty": -1}, "Invalid penalty '-1'"),
        (np.ones(30), {"dispersion": np.inf}, "Invalid dispersion 'inf'"),
        (np.ones(30), {"autocorrelation": 0.9}, "Invalid autocorrelation '0.9'"),
        (np.ones(30), {"date_level": 90}, "Invalid date_level '90'"),
        (np.ones(30), {"level": 0.2}, "Invalid level '0.2'"),
        (np.zeros(30), {}, "Nothing was counted"),
        ([1.0, np.nan] * 15, {}, "Missing is not zero"),
    ],
)
def test_bad_questions_are_refused(values, options, message):
    with pytest.raises(InvalidInputError, match=message):
        change_points(values, **options)


def test_the_extra_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "ruptures", None)
    with pytest.raises(MissingExtraError, match=r"change points: pip install 'routeways\[stats\]'"):
        change_points(np.ones(30))
