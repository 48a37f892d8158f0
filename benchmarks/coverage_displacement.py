# ruff: noqa: ANN001, ANN201, T201 - a script that prints what it measured
"""How often the displacement test finds what is not there, and what is: simulated seasonal monthly counts.

Run ``python benchmarks/coverage_displacement.py [--simulations N] [--permutations N]``. Each series is
negative binomial around a level with a calendar season (fixed, growing or drifting), an autoregressive part
and, in half of the cases, heavy-tailed shocks with rare jumps; the two series of a pair are independent, or
the second takes up a share of what the first loses. Seeds are fixed: the same numbers come out again.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.stats.displacement_maths import block_permutation, false_discovery
from geo.stats.displacement_whitening import prewhiten

SEED = 20260822
LENGTHS = (48, 72, 96, 144, 200)


def innovations(rng, n, *, heavy):
    """Draw shocks of a log level: normal, or t with three degrees of freedom and rare jumps."""
    if not heavy:
        return rng.normal(0, 0.3, n)
    jumps = rng.random(n) < 0.02
    return 0.3 * rng.standard_t(3, n) / np.sqrt(3) + jumps * rng.normal(0, 1.5, n)


def series(rng, shocks, *, ar, mean, size, amplitude, growing=""):
    """Draw counts around a log level with season and autocorrelation; the first 60 months are thrown away."""
    level = np.zeros(len(shocks))
    for t in range(1, len(shocks)):
        level[t] = ar * level[t - 1] + shocks[t]
    months = np.arange(len(shocks))
    season = amplitude * np.cos((months - rng.integers(12)) * np.pi / 6) + rng.normal(0, 0.2, 12)[months % 12]
    if growing == "linear":
        season = season * np.linspace(0.3, 1.7, len(shocks))
    if growing == "walk":
        walk = np.cumsum(rng.normal(0, 0.02, (2, len(shocks))), axis=1)
        season = season + walk[0] * np.cos(months * np.pi / 6) + walk[1] * np.sin(months * np.pi / 6)
    expected = mean * np.exp(np.clip(level + season, -6, 6))
    return rng.poisson(expected * rng.gamma(size, 1 / size, len(shocks)))[60:].astype(float)


def pair(rng, n, *, ar, mean, size, amplitude, heavy, growing="", effect=0.0, lag=1):
    """Draw two series; `effect` is the correlation of their shocks at `lag`, negative for displacement."""
    a, own = innovations(rng, n + 60, heavy=heavy), innovations(rng, n + 60, heavy=heavy)
    b = effect * np.roll(a, lag) + np.sqrt(1 - effect**2) * own
    parts = {"ar": ar, "mean": mean, "size": size, "amplitude": amplitude, "growing": growing}
    return series(rng, a, **parts), series(rng, b, **parts)


def judge(first, second, *, permutations, seed, level=0.05):
    """Return the two ordered tests of a pair, and their q-values."""
    whitened = [prewhiten(one).standardised for one in (first, second)]
    skip = max(int(np.argmax(np.isfinite(one))) for one in whitened)
    test = block_permutation(*(one[skip:] for one in whitened), permutations=permutations, seed=seed)
    found = [test.strongest(forward=forward, level=level) for forward in (True, False)]
    return found, false_discovery([one["p_value"] for one in found])


def rates(cases, simulations, permutations):
    """Return, per case, how often an ordered pair and any pair is called."""
    rows = []
    for number, case in enumerate(cases):
        rng = np.random.default_rng([SEED, number])
        single, any_, right, wrong = 0, 0, 0, 0
        for _ in range(simulations):
            first, second = pair(rng, **case)
            found, q = judge(first, second, permutations=permutations, seed=int(rng.integers(2**31)))
            single += sum(one["p_value"] <= 0.05 for one in found)
            any_ += min(q) <= 0.05
            if case.get("effect"):
                called = q[0] <= 0.05
                right += (
                    called and found[0]["correlation"] * case["effect"] > 0 and found[0]["lag"] == case["lag"]
                )
                wrong += called and found[0]["correlation"] * case["effect"] < 0
        told = {"ordered_pair": single / 2 / simulations, "any_pair": any_ / simulations}
        if case.get("effect"):
            told |= {"right_sign_and_lag": right / simulations, "wrong_sign": wrong / simulations}
        rows.append(case | {"simulations": simulations} | told)
        print(json.dumps(rows[-1]), flush=True)
    return rows


def null_cases():
    """Return the independent cases: every length with every strength of autocorrelation, calm and heavy."""
    for n in LENGTHS:
        for ar in (0.0, 0.5, 0.8, 0.95):
            for heavy in (False, True):
                yield {"n": n, "ar": ar, "mean": 200, "size": 5, "amplitude": 1.0, "heavy": heavy}
        for growing in ("linear", "walk"):
            yield {
                "n": n,
                "ar": 0.8,
                "mean": 200,
                "size": 8,
                "amplitude": 1.0,
                "heavy": False,
                "growing": growing,
            }
        yield {"n": n, "ar": 0.8, "mean": 15, "size": 3, "amplitude": 1.2, "heavy": True}


def power_cases():
    """Return cases in which the second series takes up what the first loses, a month later."""
    for n in LENGTHS:
        for effect in (-0.3, -0.5, -0.7):
            yield {
                "n": n,
                "ar": 0.6,
                "mean": 2000,
                "size": 50,
                "amplitude": 0.8,
                "heavy": False,
                "effect": effect,
                "lag": 1,
            }


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--simulations", type=int, default=2000)
    parser.add_argument("--permutations", type=int, default=199)
    parser.add_argument("--part", choices=("null", "power", "both"), default="both")
    given = parser.parse_args()
    if given.part != "power":
        rates(list(null_cases()), given.simulations, given.permutations)
    if given.part != "null":
        rates(list(power_cases()), max(given.simulations // 4, 1), given.permutations)


if __name__ == "__main__":
    main()
