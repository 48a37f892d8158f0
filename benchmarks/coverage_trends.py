"""Coverage, power and false alarms of the trend functions, on simulated series whose truth is known.

Run ``python benchmarks/coverage_trends.py [--share 1] [--seed 1] [--only NAME]``: the full run (share 1)
takes about ten minutes on one core and writes the tables of docs/method.md to standard output. Same seed and
share in, same tables out. A small share is run by the tests.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geo.stats.changepoints import change_points
from geo.stats.decomposition import decompose
from geo.stats.monitoring import monitoring_chart
from geo.stats.slopes import CORRECTIONS, mann_kendall, theil_sen
from geo.stats.trend_inputs import autoregressive

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Row = dict[str, float | str]

SEASON = 1 + 0.5 * np.sin(2 * np.pi * np.arange(12) / 12)
NOISES = (
    ("independent, α 0.1", 0.1, 0.0, "normal"),
    ("independent, α 0.3", 0.3, 0.0, "normal"),
    ("ρ 0.3, α 0.2", 0.2, 0.3, "normal"),
    ("ρ 0.6, α 0.3", 0.3, 0.6, "normal"),
    ("ρ 0.85, α 1", 1.0, 0.85, "normal"),
    ("heavy tails (t₃), α 0.2", 0.2, 0.0, "t3"),
)


def counts(
    rng: np.random.Generator, level: Floats, alpha: float, rho: float, tails: str = "normal"
) -> Floats:
    """Draw counts of a seasonal mean level, variance about μ + α μ², autocorrelated; n = len(level)."""
    wide = np.log1p(alpha)
    if tails == "t3":
        noise = rng.standard_t(3, size=len(level)) / np.sqrt(3)
    else:
        noise = autoregressive(rng, (len(level),), rho)
    mean = level * SEASON[np.arange(len(level)) % 12] * np.exp(np.sqrt(wide) * noise - wide / 2)
    return rng.poisson(np.minimum(mean, 1e9)).astype(np.float64)


def slopes(reps: int, seed: int) -> list[Row]:
    """Cover a slope of +10 % a year by 95 % intervals; count false positives and power of the test at 5 %."""
    rows: list[Row] = []
    for years in (8, 15):
        t = np.arange(12 * years)
        for name, alpha, rho, tails in NOISES:
            rng = np.random.default_rng([seed, years])
            held = dict.fromkeys(CORRECTIONS, 0)
            false = dict.fromkeys(CORRECTIONS, 0)
            power = 0
            for _ in range(reps):
                y = counts(rng, 500 * 1.1 ** (t / 12), alpha, rho, tails)
                flat = counts(rng, np.full(len(t), 500.0), alpha, rho, tails)
                power += mann_kendall(y).p <= 0.05
                for how in CORRECTIONS:
                    found = theil_sen(y, correction=how)
                    held[how] += found.per_year_low <= 10 <= found.per_year_high
                    false[how] += mann_kendall(flat, correction=how).p <= 0.05
            row: Row = {"noise": name, "years": years}
            row |= {f"coverage, {how}": 100 * held[how] / reps for how in CORRECTIONS}
            row |= {f"false positives, {how}": 100 * false[how] / reps for how in CORRECTIONS}
            rows.append(row | {"power, ar1": 100 * power / reps})
    return rows


def seasons(reps: int, seed: int) -> list[Row]:
    """Cover a smooth trend by its 95 % interval (mean over the months); find a season at 5 %."""
    n = 120
    smooth = 500 * np.exp(0.5 * np.sin(2 * np.pi * np.arange(n) / 100))
    flat = SEASON[np.arange(n) % 12]
    rows: list[Row] = []
    for name, alpha, rho, tails in NOISES:
        rng = np.random.default_rng([seed, 2])
        middle = ends = chance = found = peak = 0.0
        for at in range(reps):
            y = counts(rng, smooth, alpha, rho, tails)
            part = decompose(y, scale="log1p", draws=99, seed=at)
            # on the logarithm, the mean of the noise lies log(1 + α)/2 below 0, the season's below its own
            truth = smooth * np.exp(np.log(SEASON).mean() - np.log1p(alpha) / 2)
            inside = (part.table["trend_low"] <= truth) & (truth <= part.table["trend_high"])
            middle += inside.iloc[6:-6].mean()
            ends += (inside.iloc[:6].mean() + inside.iloc[-6:].mean()) / 2
            found += part.season_chance <= 0.05
            peak += part.peak in {2, 3, 4}
            bare = decompose(counts(rng, smooth / flat, alpha, rho, tails), scale="log1p", draws=99, seed=at)
            chance += bare.season_chance <= 0.05
        rows.append(
            {
                "noise": name,
                "coverage, inner months": 100 * middle / reps,
                "coverage, six months at each end": 100 * ends / reps,
                "season found where there is none": 100 * chance / reps,
                "season found where there is one": 100 * found / reps,
                "peak within a month": 100 * peak / reps,
            }
        )
    return rows


def changes(reps: int, seed: int) -> list[Row]:
    """Find a fall by 60 % after 60 of 108 months (mean 500 before); count false alarms without it."""
    n, true = 108, 60
    rows: list[Row] = []
    cases = [("Poisson", 0.0, 0.0, "normal", 500.0), *((*noise, 500.0) for noise in NOISES)]
    for name, alpha, rho, tails, level in [*cases, ("independent, α 0.3, mean 10", 0.3, 0.0, "normal", 10.0)]:
        rng = np.random.default_rng([seed, 3])
        false = near = alone = dates = sizes = 0
        widths: list[int] = []
        for _ in range(reps):
            false += bool(change_points(counts(rng, np.full(n, level), alpha, rho, tails)).changes)
            stepped = np.where(np.arange(n) < true, level, 0.4 * level)
            found = change_points(counts(rng, stepped, alpha, rho, tails)).changes
            alone += len(found) == 1
            if not found:
                continue
            best = min(found, key=lambda one: abs(one.at - true))
            near += abs(best.at - true) <= 6
            dates += best.first <= true <= best.last
            sizes += best.percent_low <= -60 <= best.percent_high
            widths.append(best.last - best.first + 1)
        told = max(len(widths), 1)
        rows.append(
            {
                "noise": name,
                "false alarms": 100 * false / reps,
                "found within six months": 100 * near / reps,
                "exactly one": 100 * alone / reps,
                "dates covered (90 %)": 100 * dates / told,
                "median width, months": float(np.median(widths)) if widths else float("nan"),
                "sizes covered (95 %)": 100 * sizes / told,
            }
        )
    return rows


def charts(reps: int, seed: int) -> list[Row]:
    """Run charts set for 120 months to a false signal; find a doubling after two watched years."""
    watched = 240
    rows: list[Row] = []
    for method in ("cusum", "ewma"):
        for held in (36, 60):
            for name, alpha, rho, tails in NOISES:
                rng = np.random.default_rng([seed, held])
                seen = signals = caught = early = 0
                for at in range(reps):
                    y = counts(rng, np.full(held + watched, 500.0), alpha, rho, tails)
                    chart = monitoring_chart(y, reference=held, method=method, arl=120, seed=at)
                    crossed = [one.crossed - held for one in chart.signals]
                    seen += min(crossed, default=watched - 1) + 1
                    signals += bool(crossed)
                    late = np.where(np.arange(held + 60) < held + 24, 500.0, 1000.0)
                    moved = monitoring_chart(
                        counts(rng, late, alpha, rho, tails), reference=held, method=method, arl=120, seed=at
                    ).signals
                    up = [one for one in moved if one.direction == "above" and one.end >= held + 24]
                    caught += any(one.crossed < held + 36 for one in up)
                    early += any(one.crossed < held + 24 for one in moved)
                rows.append(
                    {
                        "method": method,
                        "reference, months": held,
                        "noise": name,
                        "mean run to a false signal": seen / max(signals, 1),
                        "signal within two years by chance": 100 * early / reps,
                        "doubling found within a year": 100 * caught / reps,
                    }
                )
    return rows


STUDIES: dict[str, tuple[Callable[[int, int], list[Row]], int]] = {
    "slopes": (slopes, 1000),
    "seasons": (seasons, 100),
    "changes": (changes, 300),
    "charts": (charts, 40),
}
"""Each study, and its repetitions in the full run."""


def table(rows: list[Row]) -> str:
    """Write rows as a Markdown table."""
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for row in rows:
        cells = [f"{one:.1f}" if isinstance(one, float) else str(one) for one in row.values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Run the studies and write their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=sorted(STUDIES))
    given = parser.parse_args()
    for name, (study, full) in STUDIES.items():
        if given.only in {None, name}:
            reps = max(2, round(full * given.share))
            sys.stdout.write(f"\n## {name}: {study.__doc__} {reps} series a row, seed {given.seed}\n\n")
            sys.stdout.write(table(study(reps, given.seed)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
