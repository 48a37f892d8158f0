"""Lagged cross-correlation and its permutation null: the mathematics of displacement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.display import Displayed
from geo.errors import InvalidInputError
from geo.stats.displacement_whitening import season_design

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

MIN_MONTHS: Final = 48
"""Fewest months that two series must share: four of each calendar month (docs/method.md, displacement)."""
_HALF = 0.5


def cross_correlate(
    first: ArrayLike, second: ArrayLike, *, max_lag: int = 6
) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64]]:
    """Correlate two pre-whitened series at each lag.

    Parameters
    ----------
    first, second : array_like of float, shape (months,)
        Innovations of the same months, with mean 0; NaN for a month without one.
    max_lag : int
        Longest lag, in months.

    Returns
    -------
    lags : array of int, shape (2 max_lag + 1,)
        Months by which `second` follows `first`; negative where it leads.
    correlation : array of float
        One per lag; NaN where nothing varies.
    pairs : array of int
        Pairs of months per lag.

    Raises
    ------
    InvalidInputError
        If the series differ in length, or are not longer than twice `max_lag`.

    Examples
    --------
    >>> shock = np.zeros(40)
    >>> shock[[5, 20]] = 1.0, -1.0
    >>> lags, correlation, pairs = cross_correlate(shock, -np.roll(shock, 2), max_lag=3)
    >>> int(lags[correlation.argmin()]), float(correlation.min())
    (2, -1.0)
    """
    a, b = _aligned(first, second, max_lag)
    known = np.isfinite(a), np.isfinite(b)
    lags: NDArray[np.int64] = np.arange(-max_lag, max_lag + 1, dtype=np.int64)
    found = _correlations(np.nan_to_num(a), np.nan_to_num(b)[None, :], max_lag)[0]
    n = len(a)
    pairs = [
        int((known[0][max(0, -k) : n - max(0, k)] & known[1][max(0, k) : n + min(0, k)]).sum())
        for k in range(-max_lag, max_lag + 1)
    ]
    return lags, found, np.array(pairs, dtype=np.int64)


def _aligned(first: ArrayLike, second: ArrayLike, max_lag: int) -> tuple[Floats, Floats]:
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise InvalidInputError(
            f"Invalid series of shapes '{a.shape}' and '{b.shape}'. They must be rows of the same months."
        )
    if not 0 <= max_lag < len(a) / 2:
        raise InvalidInputError(
            f"Invalid max_lag '{max_lag}'. It must be at least 0 and less than half of {len(a)} months."
        )
    return a, b


def _correlations(a: Floats, many: Floats, max_lag: int) -> Floats:
    """Correlate one series with many at each lag, shape (many, 2 max_lag + 1); all have mean 0."""
    n = len(a)
    found = np.full((len(many), 2 * max_lag + 1), np.nan)
    for position, k in enumerate(range(-max_lag, max_lag + 1)):
        left, right = a[max(0, -k) : n - max(0, k)], many[:, max(0, k) : n + min(0, k)]
        size = np.sqrt((left @ left) * np.einsum("ij,ij->i", right, right))
        np.divide(right @ left, size, out=found[:, position], where=size > 0)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class LagTest(Displayed):
    """Correlations at each lag, held against what chance alone gives.

    Attributes
    ----------
    lags : array of int, shape (lags,)
    correlation : array of float, shape (lags,)
    pairs : array of int, shape (lags,)
    null : array of float, shape (permutations, lags)
        Fisher's z of each permutation, times the root of the pairs.
    block : int
        Length of a block, in months.
    """

    lags: NDArray[np.int64]
    correlation: Floats
    pairs: NDArray[np.int64]
    null: Floats
    block: int

    def strongest(self, *, forward: bool = True, level: float = 0.05) -> dict[str, float]:
        """Return the lag with the strongest correlation in one direction, its p-value and its interval.

        Parameters
        ----------
        forward : bool
            Whether `second` follows `first`; else the other way round. Lag 0 belongs to both.
        level : float
            Error rate over all lags of the direction together.

        Returns
        -------
        found : dict
            ``lag`` (months, at least 0), ``correlation``, ``low``, ``high``, ``pairs``, ``p_value``.
        """
        used = self.lags >= 0 if forward else self.lags <= 0
        z = np.arctanh(np.clip(self.correlation[used], -0.9999, 0.9999)) * np.sqrt(self.pairs[used])
        at = int(np.nanargmax(np.abs(z)))
        chance = np.abs(self.null[:, used]).max(axis=1)
        reached = int((chance >= abs(z[at]) - 1e-12).sum())
        root = float(np.sqrt(self.pairs[used][at]))
        critical = float(np.quantile(chance, 1 - level, method="higher"))
        return {
            "lag": float(abs(self.lags[used][at])),
            "correlation": float(self.correlation[used][at]),
            "low": float(np.tanh((z[at] - critical) / root)),
            "high": float(np.tanh((z[at] + critical) / root)),
            "pairs": float(self.pairs[used][at]),
            "p_value": (1 + reached) / (1 + len(chance)),
        }


def permute_blocks(n: int, *, block: int, size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw orders of `n` months in which blocks of neighbours stay together.

    Returns
    -------
    orders : array of int, shape (size, n)
        Each a permutation: a random rotation, cut into blocks, in random order.

    Examples
    --------
    >>> orders = permute_blocks(10, block=5, size=3, rng=np.random.default_rng(1))
    >>> [sorted(order) == list(range(10)) for order in orders.tolist()]
    [True, True, True]
    """
    months = np.arange(n)
    place = rng.permuted(np.tile(np.arange(-(-n // block)), (size, 1)), axis=1)
    key = place[:, months // block] * block + months % block
    order = np.argsort(key, axis=1)
    return np.asarray((order + rng.integers(n, size=(size, 1))) % n, dtype=np.int64)


def block_permutation(
    first: ArrayLike,
    second: ArrayLike,
    *,
    max_lag: int = 6,
    block: int | None = None,
    permutations: int = 1999,
    seed: int = 20260822,
) -> LagTest:
    """Correlate two pre-whitened series, and permutations of the second in blocks.

    Parameters
    ----------
    first, second : array_like of float, shape (months,)
        Innovations of the same months; NaN for a month without one.
    max_lag : int
        Longest lag, in months.
    block : int, optional
        Months that stay together; default the cube root of the number of months, rounded up.
    permutations : int
        How many.
    seed : int
        Of the permutations.

    Returns
    -------
    test : LagTest

    Raises
    ------
    InvalidInputError
        If the series differ in length or are too short, or `block` or `permutations` is less than 1.

    Notes
    -----
    Both series, and every permutation of the second, have the calendar-month means and the trend taken off
    once more: a series from which they were estimated has fewer degrees of freedom than months, and so must
    its permutations have (permute and refit; Freedman and Lane 1983). Blocks keep what autocorrelation is
    left. A missing innovation counts as 0, what is expected, and so adds nothing.

    Examples
    --------
    >>> rng = np.random.default_rng(7)
    >>> cause = rng.normal(size=120)
    >>> test = block_permutation(cause, -0.8 * np.roll(cause, 1) + 0.6 * rng.normal(size=120), seed=7)
    >>> found = test.strongest()
    >>> int(found["lag"]), found["p_value"] < 0.01, found["high"] < 0
    (1, True, True)
    """
    a, b = _aligned(first, second, max_lag)
    for name, number in (("block", block), ("permutations", permutations)):
        if number is not None and number < 1:
            raise InvalidInputError(f"Invalid {name} '{number}'. It must be a whole number of at least 1.")
    n = len(a)
    length = block or int(np.ceil(n ** (1 / 3)))
    basis = np.linalg.qr(season_design(n))[0]
    known = np.isfinite(a), np.isfinite(b)
    whole = [_refit(np.nan_to_num(one)[None, :], basis)[0] for one in (a, b)]
    rng = np.random.default_rng(seed)
    shuffled = _refit(whole[1][permute_blocks(n, block=length, size=permutations, rng=rng)], basis)
    marked = [np.where(mask, one, np.nan) for mask, one in zip(known, whole, strict=True)]
    lags, found, pairs = cross_correlate(*marked, max_lag=max_lag)
    null = np.nan_to_num(_correlations(whole[0], shuffled, max_lag))
    scaled = np.arctanh(np.clip(null, -0.9999, 0.9999)) * np.sqrt(pairs)
    return LagTest(lags, found, pairs, scaled, length)


def _refit(many: Floats, basis: Floats) -> Floats:
    """Take the season and trend off each row."""
    return np.asarray(many - (many @ basis) @ basis.T, dtype=np.float64)


def log_ratio_excess(first: ArrayLike, second: ArrayLike, *, lag: int = 0) -> float:
    """Return how much more the log ratio of two series varies than if they were independent.

    Parameters
    ----------
    first, second : array_like of float, shape (months,)
        Innovations of their logarithms.
    lag : int
        Months by which `second` follows.

    Returns
    -------
    ratio : float
        var(a - b) / (var(a) + var(b)): 1 for independent series, above 1 where shares move between the two,
        below 1 where the two move together.

    Notes
    -----
    The log-ratio variance measures association between parts of a whole and does not depend on which other
    parts are in the table (Aitchison 1986); correlations of shares do, and are negative for independent
    parts.
    So shares are described by it, and tested through the logs.

    Examples
    --------
    >>> wave = np.sin(np.arange(60))
    >>> round(log_ratio_excess(wave, -wave), 6), round(log_ratio_excess(wave, wave), 6)
    (2.0, 0.0)
    """
    a, b = _aligned(first, second, abs(lag))
    n = len(a)
    a, b = a[max(0, -lag) : n - max(0, lag)], b[max(0, lag) : n + min(0, lag)]
    held = np.isfinite(a) & np.isfinite(b)
    whole = float(np.var(a[held]) + np.var(b[held]))
    return float(np.var(a[held] - b[held])) / whole if whole > 0 else float("nan")


def log_ratio_shares(values: ArrayLike) -> Floats:
    """Return the centred log-ratios of corridors: the log of each over the geometric mean of all.

    Parameters
    ----------
    values : array_like of float, shape (months, corridors)
        Counts in one unit; 1/2 is added to each.

    Returns
    -------
    ratios : array of float, shape (months, corridors)
        Each row adds up to 0.

    Raises
    ------
    InvalidInputError
        If it is no table of two or more columns of numbers of 0 or more.

    Examples
    --------
    >>> log_ratio_shares([[9.5, 9.5], [99.5, 0.5]]).round(2).tolist()
    [[0.0, 0.0], [2.3, -2.3]]
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 2 or (table < 0).any() or np.isinf(table).any():
        raise InvalidInputError(
            "Invalid monthly counts. Shares need two or more columns of numbers of 0 or more."
        )
    logs = np.log(table + _HALF)
    return np.asarray(logs - logs.mean(axis=1, keepdims=True), dtype=np.float64)


def false_discovery(p_values: Sequence[float]) -> list[float]:
    """Return q-values after Benjamini and Yekutieli (2001); NaN stays NaN and is not counted.

    Notes
    -----
    Ordered pairs share corridors and months, so their tests depend on each other in no known way: the
    procedure that holds under any dependence is used.

    Examples
    --------
    >>> [round(q, 4) for q in false_discovery([0.01, float("nan"), 0.04])]
    [0.03, nan, 0.06]
    """
    values = np.asarray(p_values, dtype=np.float64)
    held = np.flatnonzero(np.isfinite(values))
    order = held[np.argsort(-values[held], kind="stable")]
    ranks = np.arange(len(order), 0, -1)
    price = len(order) * float((1 / ranks).sum())
    found = np.full(len(values), np.nan)
    found[order] = np.minimum.accumulate(np.minimum(values[order] * price / ranks, 1.0))
    return [float(value) for value in found]
