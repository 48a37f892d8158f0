"""How often the intervals of death rates cover the truth, on simulated incidents.

Run ``python benchmarks/coverage_rates.py [--sets N] [--replicates B] [--seed S] [-o FILE]`` from the root of
the repository; the table of docs/method.md was made with the defaults. Same arguments in, same table out.

Every set of incidents has Poisson(n) incidents with independent sizes. Light tails: sizes are geometric, a
rounded-up lognormal, or one plus a Poisson number. Real: sizes are drawn with replacement from the embedded
incidents of a label (all years together, or one year), and n from the numbers of incidents of its real years,
quarters or months with at least 10 deaths. As in use, a set counts if it has at least 10 deaths and enough
incidents for an interval. The truth is n times the mean size. Beside the interval of the package stand the
percentile bootstrap (same weights) and the exact Poisson interval of the number of deaths.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from geo.counts import read_incidents  # noqa: E402 - this checkout's package, also where none is installed
from geo.stats.bootstrap import (  # noqa: E402 - the same
    clustered_interval,
    incidents_needed,
    poisson_interval,
    ratio_interval,
)
from geo.stats.rates_incidents import DROWNING, VEHICLE, coded  # noqa: E402 - the same

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Draw = Callable[[np.random.Generator, int], NDArray[np.int64]]

FEWEST = 10
LIGHT_SIZES = (10, 20, 50, 150, 240)
COLUMNS = ("sizes", "incidents", "sets", "clustered", "low", "high", "percentile", "poisson", "wider")


def light_tails() -> dict[str, tuple[Draw, float]]:
    """Return light-tailed sizes: how to draw them, and their mean."""
    many = np.ceil(np.random.default_rng(0).lognormal(1, 0.5, 2_000_000)).mean()
    return {
        "geometric, mean 3": (lambda rng, n: rng.geometric(1 / 3, n), 3.0),
        "1 + Poisson(2)": (lambda rng, n: 1 + rng.poisson(2, n), 3.0),
        "lognormal(1, 0.5)": (lambda rng, n: np.ceil(rng.lognormal(1, 0.5, n)).astype(np.int64), float(many)),
    }


def real_sizes() -> dict[str, pd.DataFrame]:
    """Return the embedded incidents by label, those of the Channel by cause."""
    table = read_incidents()
    table = table[table["dead_missing"] > 0]
    channel = table[table["corridor"] == "channel"]
    return {
        "central Mediterranean": table[table["corridor"] == "central_med"],
        "Channel, drowning-coded": channel[coded(channel["cause"], DROWNING)],
        "Channel, all but vehicle-coded": channel[~coded(channel["cause"], VEHICLE, only=True)],
        "Western Balkans": table[table["corridor"] == "western_balkans"],
    }


def real_numbers(table: pd.DataFrame) -> dict[str, NDArray[np.int64]]:
    """Return the numbers of incidents of real years, quarters and months with enough deaths for a rate."""
    months = pd.to_datetime(table["month"], format="%Y-%m")
    found = {}
    for kind, code in (("years", "Y"), ("quarters", "Q"), ("months", "M")):
        sums = table.groupby(months.dt.to_period(code))["dead_missing"].agg(["sum", "size"])
        found[kind] = sums.loc[sums["sum"] >= FEWEST, "size"].to_numpy()
    return found


def percentile_interval(
    sizes: NDArray[np.int64], replicates: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the percentiles of the weighted sums, for comparison."""
    kinds, counts = np.unique(sizes, return_counts=True)
    return np.quantile(rng.poisson(counts, size=(replicates, counts.size)) @ kinds, [0.025, 0.975])


def cover(
    draw: Draw, mean: float, numbers: NDArray[np.int64], sets: int, replicates: int, rng: np.random.Generator
) -> dict[str, float]:
    """Count how often the intervals of one kind of incidents cover the truth, in per cent."""
    rows = []
    while len(rows) < sets:
        n = int(rng.choice(numbers))
        sizes = draw(rng, int(rng.poisson(n)))
        if sizes.sum() < FEWEST or sizes.size < incidents_needed(0.95):
            continue
        truth = n * mean
        ends = clustered_interval(sizes, replicates=replicates, rng=rng)
        plain = percentile_interval(sizes, replicates, rng)
        naive = poisson_interval(float(sizes.sum()))
        rows.append(
            (
                ends[0] <= truth <= ends[1],
                truth < ends[0],
                truth > ends[1],
                plain[0] <= truth <= plain[1],
                naive[0] <= truth <= naive[1],
                (ends[1] - ends[0]) / (naive[1] - naive[0]),
            )
        )
    table = np.array(rows, dtype=float)
    names = ("clustered", "low", "high", "percentile", "poisson")
    return {name: 100 * float(table[:, at].mean()) for at, name in enumerate(names)} | {
        "wider": float(np.median(table[:, 5]))
    }


def cover_ratio(
    draw: Draw, pairs: NDArray[np.int64], sets: int, replicates: int, rng: np.random.Generator
) -> dict[str, float]:
    """Count how often the intervals of ratios cover the truth, in per cent."""
    hits = []
    while len(hits) < sets:
        numbers = rng.choice(pairs, 2)
        sizes = [draw(rng, int(rng.poisson(n))) for n in numbers]
        if min(one.sum() for one in sizes) < FEWEST or min(map(len, sizes)) < incidents_needed(0.95):
            continue
        first, second = (
            (float(one.sum()), *clustered_interval(one, replicates=replicates, rng=rng)) for one in sizes
        )
        low, high = ratio_interval(first, second)
        hits.append(low <= numbers[0] / numbers[1] <= high)
    return {"clustered": 100 * float(np.mean(hits))}


def pool(sizes: NDArray[np.int64]) -> tuple[Draw, float]:
    """Return how to draw from real sizes, and their mean."""
    return lambda rng, n: rng.choice(sizes, n), float(sizes.mean())


def run(sets: int, replicates: int, seed: int) -> pd.DataFrame:
    """Simulate everything."""
    rows: list[dict[str, object]] = []

    def add(sizes: str, incidents: str, found: Callable[[np.random.Generator], dict[str, float]]) -> None:
        rng = np.random.default_rng([seed, zlib.crc32(f"{sizes}, {incidents}".encode())])
        rows.append({"sizes": sizes, "incidents": incidents, "sets": sets, **found(rng)})

    for name, (draw, mean) in light_tails().items():
        for n in LIGHT_SIZES:
            add(
                name,
                str(n),
                lambda rng, d=draw, m=mean, n=n: cover(d, m, np.array([n]), sets, replicates, rng),
            )
    for name, table in real_sizes().items():
        draw, mean = pool(table["dead_missing"].to_numpy())
        for kind, numbers in real_numbers(table).items():
            add(name, kind, lambda rng, d=draw, m=mean, n=numbers: cover(d, m, n, sets, replicates, rng))
    central = real_sizes()["central Mediterranean"]
    for year, table in central.groupby(central["month"].str[:4]):
        draw, mean = pool(table["dead_missing"].to_numpy())
        numbers = np.array([len(table)])
        add(f"central Mediterranean, {year} alone", str(len(table)),
            lambda rng, d=draw, m=mean, n=numbers: cover(d, m, n, sets, replicates, rng))  # fmt: skip
    draw, mean = light_tails()["geometric, mean 3"]
    add(
        "ratio, geometric", "20–240", lambda rng: cover_ratio(draw, np.arange(20, 241), sets, replicates, rng)
    )
    pooled, _ = pool(central["dead_missing"].to_numpy())
    for kind, numbers in real_numbers(central).items():
        add("ratio, central Mediterranean", kind,
            lambda rng, n=numbers: cover_ratio(pooled, n, sets, replicates, rng))  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def main() -> None:
    """Read the arguments, write the table as CSV."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, default=3000, help="sets of incidents per row (default 3000)")
    parser.add_argument("--replicates", type=int, default=1999, help="bootstrap replicates (default 1999)")
    parser.add_argument("--seed", type=int, default=20240101)
    parser.add_argument("-o", "--out", type=Path)
    given = parser.parse_args()
    text = run(given.sets, given.replicates, given.seed).round(1).to_csv(index=False)
    if given.out is None:
        sys.stdout.write(text)
    else:
        given.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
