"""Levels of counts: the negative binomial cost of every stretch, and the partition of least cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.checks import import_extra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_PURPOSE: Final = "change points"


def segment_costs(values: Floats, offset: Floats, dispersion: float) -> Floats:
    """Return twice the negative log-likelihood of every stretch, at its own level.

    Parameters
    ----------
    values, offset : array of float, shape (n,)
        Counts, and their season (mean = level × offset).
    dispersion : float
        α of the variance μ + α μ²; 0 is Poisson.

    Returns
    -------
    costs : array of float, shape (n + 1, n + 1)
        ``costs[i, j]`` of the values from i to before j; 0 where j ≤ i. Terms without a level are left out.

    Notes
    -----
    −2 Σ [y log μ − (y + 1/α) log(1 + α μ)], Poisson −2 Σ [y log μ − μ]; the level solves
    Σ v (y − level × offset) = 0 with v = 1/(1 + α μ) by three steps from Σ y / Σ offset.

    Examples
    --------
    >>> costs = segment_costs(np.array([3.0, 3.0, 9.0]), np.ones(3), 0.0)
    >>> bool(costs[0, 2] + costs[2, 3] < costs[0, 3])
    True
    """
    n = len(values)
    costs = np.zeros((n + 1, n + 1))
    total, weight = np.cumsum(values), np.cumsum(offset)
    for start in range(n):
        y, s = values[start:], offset[start:]
        before = (total[start - 1], weight[start - 1]) if start else (0.0, 0.0)
        level = np.maximum((total[start:] - before[0]) / (weight[start:] - before[1]), 1e-9)
        inside = np.tri(n - start, dtype=bool)
        if dispersion > 0:
            for _ in range(3):
                v = inside / (1 + dispersion * level[:, None] * s)
                level = np.maximum((v @ y) / (v @ s), 1e-9)
        mean = level[:, None] * s
        if dispersion > 0:
            told = y * np.log(mean) - (y + 1 / dispersion) * np.log1p(dispersion * mean)
        else:
            told = y * np.log(mean) - mean
        costs[start, start + 1 :] = -2 * np.where(inside, told, 0.0).sum(axis=1)
    return costs


def partition(costs: Floats, min_size: int, penalty: float) -> list[int]:
    """Return the ends of the stretches of least cost.

    Parameters
    ----------
    costs : array of float, shape (n + 1, n + 1)
        Cost of every stretch (:func:`segment_costs`).
    min_size : int
        Shortest stretch.
    penalty : float
        Cost of each further stretch.

    Raises
    ------
    MissingExtraError
        If ruptures is not installed.

    Examples
    --------
    >>> partition(segment_costs(np.repeat([5.0, 50.0], 8), np.ones(16), 0.0), 4, 10.0)
    [8, 16]
    """
    ruptures: Any = import_extra("ruptures", extra="stats", purpose=_PURPOSE)
    base: Any = import_extra("ruptures.base", extra="stats", purpose=_PURPOSE)

    class _Table(base.BaseCost):  # type: ignore[misc]  # ruptures is untyped and optional
        """Costs that are known for every stretch."""

        model = "routeways_counts"
        min_size = 1

        def fit(self, signal: Floats) -> _Table:
            self.signal = signal
            return self

        def error(self, start: int, end: int) -> float:
            return float(costs[start, end])

    search = ruptures.Pelt(custom_cost=_Table(), min_size=min_size, jump=1)
    found = search.fit(np.zeros((costs.shape[0] - 1, 1))).predict(pen=penalty)
    return [int(one) for one in found]


def spread_levels(y: Floats, offset: Floats, alpha: float, ends: list[int]) -> Floats:
    """Return the level of each value, given the ends of the stretches.

    >>> spread_levels(np.array([1.0, 3.0, 8.0]), np.ones(3), 0.0, [2, 3]).tolist()
    [2.0, 2.0, 8.0]
    """
    levels = np.empty(len(y))
    for start, end in zip([0, *ends], ends, strict=False):
        levels[start:end] = level_of(y[start:end], offset[start:end], alpha)
    return levels


def level_of(y: Floats, offset: Floats, alpha: float) -> float:
    """Return the level of one stretch.

    >>> level_of(np.array([2.0, 6.0]), np.array([1.0, 3.0]), 0.5)
    2.0
    """
    level = max(float(y.sum() / offset.sum()), 1e-9)
    for _ in range(5):
        v = 1 / (1 + alpha * level * offset)
        level = max(float((v @ y) / (v @ offset)), 1e-9)
    return level
