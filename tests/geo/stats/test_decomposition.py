"""Trend, season and remainder."""

import sys

import numpy as np
import pandas as pd
import pytest

from geo.errors import InvalidInputError, MissingExtraError, UnknownNameError
from geo.stats.decomposition import decompose

SEASON = 1 + 0.5 * np.sin(2 * np.pi * np.arange(12) / 12)


@pytest.fixture(scope="module")
def monthly():
    rng = np.random.default_rng(11)
    level = np.linspace(400, 900, 96) * np.tile(SEASON, 8)
    return pd.Series(
        rng.poisson(level * rng.lognormal(0, 0.15, 96)),
        index=pd.date_range("2017-03-01", periods=96, freq="MS"),
    )


@pytest.fixture(scope="module")
def parts(monthly):
    return decompose(monthly, scale="log1p", draws=99, seed=5)


def test_the_parts_add_up_on_their_scale(monthly, parts):
    table = parts.table
    on_scale = np.log1p(table["trend"]) + table["remainder"]
    season = np.log1p(monthly) - on_scale
    np.testing.assert_allclose(np.expm1(np.log1p(monthly) - season), table["adjusted"])
    np.testing.assert_allclose(season, season.to_numpy()[np.arange(96) % 12 + 12], atol=0.02)
    assert table.index.equals(monthly.index)
    assert (table["trend_low"] < table["trend"]).all()
    assert (table["trend"] < table["trend_high"]).all()


def test_a_season_and_a_trend_are_found(parts):
    assert parts.season_strength > 0.8
    assert parts.trend_strength > 0.6
    assert parts.season_chance == pytest.approx(0.01)
    assert parts.peak in {2, 3, 4}
    assert sum(parts.peak_support) == pytest.approx(1)
    assert parts.table["season"].max() == pytest.approx(1.5, abs=0.15)


def test_same_seed_same_result(monthly, parts):
    again = decompose(monthly, scale="log1p", draws=99, seed=5)
    pd.testing.assert_frame_equal(parts.table, again.table)
    assert not decompose(monthly, scale="log1p", draws=99, seed=6).table.equals(parts.table)


def test_noise_has_no_season():
    rng = np.random.default_rng(2)
    assert decompose(rng.poisson(300, 96), draws=99).season_chance > 0.05


def test_one_odd_month_hardly_moves_the_trend(monthly):
    odd = monthly.copy()
    odd.iloc[40] *= 20
    moved = decompose(odd, scale="log1p").table["trend"] / decompose(monthly, scale="log1p").table["trend"]
    assert moved.between(0.9, 1.1).all()
    assert decompose(odd, scale="log1p").table["weight"].iloc[40] == 0


def test_weeks_and_several_seasons():
    weeks = 200 + 100 * np.sin(2 * np.pi * np.arange(208) / 52)
    found = decompose(weeks, 52, scale="none")
    assert found.season_strength > 0.95
    assert found.peak == 13
    t = np.arange(120)
    both = decompose(
        100 + 20 * np.sin(2 * np.pi * t / 4) + 30 * np.sin(2 * np.pi * t / 24), (4, 24), scale="none"
    )
    assert both.season_strength > 0.95
    assert both.draws == 0
    assert np.isnan(both.season_chance)


def test_nothing_at_all_has_no_strength():
    found = decompose(np.zeros(48), draws=9)
    assert (found.season_strength, found.trend_strength) == (0, 0)
    assert found.table["season"].isna().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"period": 1}, "A season has at least 2 values"),
        ({"period": ()}, "A season has at least 2 values"),
        ({"draws": -1}, "Invalid draws '-1'"),
        ({"level": 1}, "Invalid level '1'"),
        ({"period": 52}, "fewer than 3 seasons of 52"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(InvalidInputError, match=message):
        decompose(np.arange(100.0), **options)


def test_a_gap_and_an_unknown_scale_are_refused():
    with pytest.raises(InvalidInputError, match="Missing is not zero"):
        decompose([1.0] * 30 + [np.nan] + [1.0] * 30)
    with pytest.raises(UnknownNameError, match="Invalid scale 'log'"):
        decompose(np.arange(100.0), scale="log")


def test_the_extra_is_named_where_it_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "statsmodels.tsa.seasonal", None)
    with pytest.raises(MissingExtraError, match=r"seasonal decomposition: pip install 'routeways\[stats\]'"):
        decompose(np.arange(100.0))
