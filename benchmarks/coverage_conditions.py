"""How often the 95 % intervals of geo.stats.fit_conditions hold the truth, on simulated seas and counts.

Run ``python benchmarks/coverage_conditions.py [--runs N] [--case NAME]``. Each case draws a sea (log-normal,
with a season and days that resemble the day before) and counts around
log μ = b₀ − 1.2 × height + season + weekday + trend, seeded by (20260822, run); it prints the share of runs
whose interval holds −1.2 per metre, and the share of months whose interval of the expectation holds the true
one.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.stats.wave_model import fit_conditions

SEED = 20260822
TRUE = -1.2
CASES = {
    # name: kind, years, overdispersion of a day, spread and persistence of what the model does not know
    "3 years of days, light tails": ("day", 3, 0.5, 0.0, 0.0),
    "8 years of days, light tails": ("day", 8, 0.5, 0.0, 0.0),
    "3 years of days, six in ten without arrivals": ("day", 3, 12.0, 0.0, 0.0),
    "8 years of days, six in ten without arrivals": ("day", 8, 12.0, 0.0, 0.0),
    "3 years of days, lasting disturbances": ("day", 3, 0.5, 0.5, 0.8),
    "8 years of days, lasting disturbances": ("day", 8, 0.5, 0.5, 0.8),
    "5 years of weeks, light tails": ("week", 5, 0.5, 0.0, 0.0),
    "8 years of months, light tails": ("month", 8, 0.5, 0.0, 0.0),
}


def simulate(case: str, run: int) -> tuple[np.ndarray, ...]:
    """Draw starts, ends, counts, heights and true means of one case."""
    kind, years, alpha, spread, lasting = CASES[case]
    rng = np.random.default_rng([SEED, run])
    day = np.arange("2031-01-01", f"{2031 + years}-01-01", dtype="datetime64[D]")
    if kind == "week":
        day = day[5 : 5 + len(day) // 7 * 7 - 7]  # from a Monday on
    turn = 2 * np.pi * np.arange(len(day)) / 365.2425
    height = np.exp(-0.3 + 0.35 * np.cos(turn) + _ar1(rng, len(day), 0.45, 0.7))
    weekday = np.array([0.1, 0.0, -0.1, 0.05, 0.1, -0.05, -0.1])[np.arange(len(day)) % 7]
    trend = 0.4 * np.sin(np.linspace(0, np.pi, len(day)))
    mean = np.exp(5.2 + TRUE * height - 0.5 * np.cos(turn) + weekday + trend)
    hidden = np.exp(_ar1(rng, len(day), spread, lasting) - spread**2 / 2)
    counts = rng.poisson(mean * hidden * rng.gamma(1 / alpha, alpha, len(day)))
    if kind == "day":
        return day, day, counts, height, mean
    label = np.arange(len(day)) // 7 if kind == "week" else day.astype("datetime64[M]").astype(int)
    label = label - label[0]
    size = np.bincount(label)
    first = np.r_[0, np.cumsum(size)[:-1]]
    # a week or month has the same effect of its mean height, so that the truth is known
    level = np.bincount(label, weights=height) / size
    true = np.exp(5.2 + TRUE * level - 0.5 * np.cos(turn[first + size // 2])) * size
    seen = rng.poisson(true * rng.gamma(1 / (alpha / 4), alpha / 4, len(size)))
    return day[first], day[first + size - 1], seen, level, true


def _ar1(rng: np.random.Generator, n: int, spread: float, lasting: float) -> np.ndarray:
    values = rng.normal(0, spread, n)
    for at in range(1, n):
        values[at] = lasting * values[at - 1] + np.sqrt(1 - lasting**2) * values[at]
    return values


def run_case(case: str, runs: int) -> dict[str, float]:
    """Fit so many draws of a case and count what the intervals hold."""
    held, width, settled, months, right = 0, [], 0, 0, 0
    for run in range(runs):
        start, end, counts, height, mean = simulate(case, run)
        fit = fit_conditions(start, end, counts, height, kind=CASES[case][0])
        truth = 100 * np.expm1(0.5 * TRUE)
        held += fit.low <= truth <= fit.high
        settled += fit.converged
        width.append(fit.high - fit.low)
        for at in range(12):  # twelve stretches spread over the sample
            a = at * len(mean) // 12
            b = a + max(1, 28 // (fit.end[0] - fit.start[0] + 1)) - 1
            _, low, high, _, _ = fit.expected_total(int(fit.start[a]), int(fit.end[b]))
            right += low <= mean[a : b + 1].sum() <= high
            months += 1
    return {
        "runs": runs,
        "effect": 100 * held / runs,
        "expected": 100 * right / months,
        "width": float(np.mean(width)),
        "converged": 100 * settled / runs,
    }


def main() -> None:
    """Print a line per case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--case", choices=CASES, action="append")
    options = parser.parse_args()
    say = sys.stdout.write
    say("| case | runs | effect held, % | expectation held, % | width, points | converged, % | s |\n")
    say("|---|---|---|---|---|---|---|\n")
    for case in options.case or CASES:
        began = time.perf_counter()
        got = run_case(case, options.runs)
        took = time.perf_counter() - began
        say(
            f"| {case} | {got['runs']} | {got['effect']:.1f} | {got['expected']:.1f} | {got['width']:.1f} "
            f"| {got['converged']:.1f} | {took:.0f} |\n"
        )


if __name__ == "__main__":
    main()
