"""The regression of counts on wave height: known coefficients come back, and intervals hold them."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from geo.errors import InvalidInputError, UnknownNameError
from geo.stats.wave_model import fit_conditions

BENCHMARK = Path(__file__).resolve().parents[3] / "benchmarks" / "coverage_conditions.py"


def simulate(seed, *, days=1096, alpha=0.5, slope=-1.2, level=5.0):
    """Days of a sea with a season, and counts that follow it with a season, weekdays and a trend."""
    rng = np.random.default_rng([20260822, seed])
    day = np.datetime64("2031-01-01") + np.arange(days)
    turn = 2 * np.pi * np.arange(days) / 365.2425
    height = np.exp(-0.3 + 0.35 * np.cos(turn) + rng.normal(0, 0.45, days))
    weekday = np.array([0.4, 0, -0.2, 0, 0, -0.4, 0])[(day.astype(int) + 3) % 7]
    mean = np.exp(level + slope * height - 0.5 * np.cos(turn) + weekday + np.linspace(0, 0.6, days))
    return day, height, rng.poisson(mean * rng.gamma(1 / alpha, alpha, days)), mean


def test_known_coefficients_come_back():
    day, height, counts, mean = simulate(0)
    fit = fit_conditions(day, day, counts, height, kind="day")
    truth = 100 * (np.exp(-0.6) - 1)
    assert fit.low < truth < fit.high
    assert fit.effect == pytest.approx(truth, abs=4)
    assert fit.alpha == pytest.approx(0.5, abs=0.08)
    assert fit.converged
    assert (fit.n, fit.n_terms) == (1096, 15)
    assert fit.pseudo_r2 > fit.pseudo_r2_without + 0.1
    assert np.corrcoef(np.log(fit.expected), np.log(mean))[0, 1] > 0.97


def test_the_mean_model_is_that_of_statsmodels_maximum_likelihood():
    sm = pytest.importorskip("statsmodels.api")

    day, height, counts, _ = simulate(1)
    fit = fit_conditions(day, day, counts, height, kind="day")
    start = np.r_[np.linalg.lstsq(fit.design, np.log(counts + 1), rcond=None)[0], 0.5]
    other = sm.NegativeBinomial(counts, fit.design).fit(
        start_params=start, method="newton", maxiter=200, disp=0
    )
    assert fit.coefficient == pytest.approx(other.params[0], rel=1e-4)
    assert fit.alpha == pytest.approx(other.params[-1], rel=1e-3)


def test_robust_errors_are_those_of_newey_and_west():
    sm = pytest.importorskip("statsmodels.api")

    day, height, counts, _ = simulate(2)
    fit = fit_conditions(day, day, counts, height, kind="day", lags=10)
    other = sm.GLM(counts, fit.design, family=sm.families.NegativeBinomial(alpha=fit.alpha)).fit(
        cov_type="HAC", cov_kwds={"maxlags": 10, "use_correction": False}
    )
    ratio = np.sqrt(np.diag(fit.covariance) / np.diag(np.asarray(other.cov_params())))
    assert np.all((ratio > 0.99) & (ratio < 1.05))  # residuals are divided by the root of 1 − leverage
    assert fit.error >= np.sqrt(fit.model_covariance[0, 0])


def test_many_days_without_anybody_are_no_obstacle():
    day, height, counts, _ = simulate(3, alpha=6.0, level=3.0)
    assert (counts == 0).mean() > 0.4
    fit = fit_conditions(day, day, counts, height, kind="day")
    assert fit.converged
    assert fit.low < 100 * (np.exp(-0.6) - 1) < fit.high


def test_counts_without_overdispersion_are_no_obstacle():
    rng = np.random.default_rng(4)
    day, height, _, mean = simulate(4)
    fit = fit_conditions(day, day, rng.poisson(mean), height, kind="day")
    assert fit.converged
    assert fit.alpha < 0.01


def test_days_without_count_or_waves_are_left_out():
    day, height, counts, _ = simulate(5)
    seen, sea = counts.astype(float), height.copy()
    seen[100:110], sea[500:520] = np.nan, np.nan
    fit = fit_conditions(day, day, seen, sea, kind="day")
    assert fit.n == 1096 - 30
    keep = np.isfinite(seen) & np.isfinite(sea)
    same = fit_conditions(day[keep], day[keep], seen[keep], sea[keep], kind="day")
    assert same.effect == fit.effect


def test_an_effect_is_told_in_steps_whatever_the_unit_of_the_count():
    day, height, counts, _ = simulate(6)
    one, ten = (fit_conditions(day, day, counts * k, height, kind="day") for k in (1, 10))
    assert one.effect == pytest.approx(ten.effect, abs=1.0)


def test_weeks_and_months_are_fitted_with_their_lengths():
    day, height, counts, _ = simulate(7, days=365 * 5)
    month = day.astype("datetime64[M]").astype(int)
    first = np.flatnonzero(np.r_[True, np.diff(month) > 0])
    last = np.r_[first[1:] - 1, len(day) - 1]
    total, mean = (np.add.reduceat(x, first) for x in (counts, height))
    fit = fit_conditions(day[first], day[last], total, mean / (last - first + 1), kind="month")
    assert (fit.n, fit.lags) == (60, 3)
    assert fit.effect < 0
    assert fit.observed.sum() == total.sum()


def test_what_is_expected_adds_up_with_an_interval_around_it():
    day, height, counts, mean = simulate(8)
    fit = fit_conditions(day, day, counts, height, kind="day")
    first = int(fit.start[100])
    expected, low, high, observed, n = fit.expected_total(first, first + 29)
    assert n == 30
    assert expected == pytest.approx(fit.expected[100:130].sum())
    assert observed == counts[100:130].sum()
    assert low < expected < high
    assert low < mean[100:130].sum() < high
    assert np.isnan(fit.expected_total(0, 10)[0])


@pytest.mark.skipif(not BENCHMARK.exists(), reason="the benchmarks are not shipped")
def test_intervals_hold_the_truth_about_as_often_as_they_say():
    spec = importlib.util.spec_from_file_location("coverage_conditions", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = module.run_case("3 years of days, light tails", 60)
    assert 88 <= found["effect"] <= 100
    assert 88 <= found["expected"] <= 100
    assert found["converged"] == 100


def sample(**changes):
    day, height, counts, _ = simulate(9, days=800)
    held = {"start": day, "end": day, "counts": counts.astype(float), "wave_m": height, "kind": "day"}
    return held | {key: value(held) if callable(value) else value for key, value in changes.items()}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"counts": [1.0, 2.0]}, "Invalid sample of 800, 800, 2 and 800 values"),
        ({"counts": lambda held: held["counts"] - 1e6}, "Invalid count '-"),
        ({"start": lambda held: held["start"][::-1]}, "Invalid periods of the sample"),
        ({"start": "yesterday"}, "Invalid start of the sample"),
        (
            {"counts": lambda held: np.where(np.arange(800) < 100, np.nan, held["counts"])},
            "Invalid sample of 700 days",
        ),
        ({"counts": np.zeros(800)}, "Invalid sample of 800 days, 0 with a count above 0"),
        ({"wave_m": np.ones(800)}, "Invalid wave heights. They never change"),
        ({"lags": 800}, "Invalid lags '800'"),
        ({"lags": -1}, "Invalid lags '-1'"),
    ],
)
def test_a_sample_that_tells_nothing_is_refused(changes, message):
    options = sample(**changes)
    with pytest.raises(InvalidInputError, match=message):
        fit_conditions(
            options.pop("start"), options.pop("end"), options.pop("counts"), options.pop("wave_m"), **options
        )


def test_another_kind_of_period_is_refused():
    with pytest.raises(UnknownNameError, match="Invalid kind of period 'year'"):
        fit_conditions([], [], [], [], kind="year")
