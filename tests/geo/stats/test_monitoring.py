"""Charts against a seasonal reference."""

import numpy as np
import pandas as pd
import pytest

from geo.errors import InvalidInputError, UnknownNameError
from geo.stats.monitoring import METHODS, _limit, monitoring_chart

SEASON = 1 + 0.5 * np.sin(2 * np.pi * np.arange(12) / 12)


def months(levels, seed=0):
    mean = np.asarray(levels) * SEASON[np.arange(len(levels)) % 12]
    rng = np.random.default_rng(seed)
    index = pd.date_range("2016-01-01", periods=len(levels), freq="MS")
    return pd.Series(rng.poisson(mean * rng.lognormal(0, 0.2, len(levels))), index=index)


@pytest.mark.parametrize("method", METHODS)
def test_a_doubling_and_a_return_are_one_signal(method):
    levels = np.repeat([300.0, 600, 300], [72, 18, 18])
    chart = monitoring_chart(months(levels), reference=60, method=method, draws=200)
    (one,) = [signal for signal in chart.signals if signal.direction == "above"]
    assert 66 <= one.start <= 74
    assert one.crossed < 80
    assert 82 <= one.end <= 95
    assert one.mean_ratio == pytest.approx(2, abs=0.35)
    told = chart.table["signal"]
    assert (told.iloc[one.start : one.end + 1] == "above").all()
    assert chart.table["up"].iloc[one.crossed] > chart.limit
    assert chart.table["limit"].eq(chart.limit).all()


def test_a_halving_is_below():
    chart = monitoring_chart(months(np.repeat([300.0, 150], [72, 24])), reference=60, draws=200)
    assert [one.direction for one in chart.signals][-1] == "below"


def test_the_reference_makes_no_signal_and_adds_up():
    values = months(np.full(96, 200.0))
    chart = monitoring_chart(values, draws=200)
    held = chart.table[chart.table["in_reference"]]
    assert chart.n_reference == len(held) == 48
    assert held["reference"].sum() == pytest.approx(values.iloc[:48].sum())
    assert (held[["up", "down"]] == 0).all(axis=None)
    assert held["signal"].eq("").all()


def test_limits_grow_with_the_run_and_keep_to_the_seed():
    values = months(np.full(120, 200.0), seed=4)
    short, long = (monitoring_chart(values, reference=48, arl=arl, draws=200).limit for arl in (60, 360))
    assert short < long
    assert monitoring_chart(values, reference=48, arl=60, draws=200).limit == short
    assert monitoring_chart(values, reference=48, arl=60, draws=200, seed=1).limit != short


def test_a_signal_at_the_very_end_is_told():
    chart = monitoring_chart(months(np.repeat([300.0, 1500], [70, 3])), reference=60, draws=200)
    assert chart.signals[-1].end == 72


def test_a_short_reference_has_a_wider_limit():
    counts = tuple(np.exp(np.full(12, 5.0)))
    short, long = (_limit(counts, held, "cusum", 240.0, 0.1, 0.0, 200, 0) for held in (24, 120))
    assert short > long


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"reference": 20}, "at least 24"),
        ({"reference": 60}, "It leaves none of the 60 values"),
        ({"arl": 5}, "Invalid arl '5'"),
        ({"draws": 10}, "Invalid draws '10'"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(InvalidInputError, match=message):
        monitoring_chart(np.ones(60), **options)


def test_bad_values_are_refused():
    with pytest.raises(UnknownNameError, match="Invalid method 'shewhart'"):
        monitoring_chart(np.ones(60), method="shewhart")
    with pytest.raises(InvalidInputError, match="Nothing was counted in it"):
        monitoring_chart(np.r_[np.zeros(40), np.ones(20)])
    with pytest.raises(InvalidInputError, match="Missing is not zero"):
        monitoring_chart(np.r_[np.ones(40), np.nan, np.ones(20)])
