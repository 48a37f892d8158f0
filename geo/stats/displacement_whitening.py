"""Pre-whitening: what is left of a monthly series without its season, trend and own past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

SEASON: Final = 12
_MAX_ORDER = 3
_FIXED = SEASON + 3
_HALF = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Prewhitened:
    """What is left of a monthly series when its season, its trend and its own past are taken away.

    Attributes
    ----------
    innovations : array of float, shape (months,)
        Surprise of each month, on the natural log scale; NaN where it or a month before it is missing.
    standardised : array of float, shape (months,)
        The same over their expected standard deviation (small counts vary more).
    order : int
        Number of months of its own past.
    coefficients : array of float, shape (order,)
        Autoregressive coefficients, newest month first.
    scale : float
        Standard deviation of the innovations.
    """

    innovations: Floats
    standardised: Floats
    order: int
    coefficients: Floats
    scale: float


def prewhiten(values: ArrayLike, *, max_order: int | None = None) -> Prewhitened:
    """Take season, linear trend and autocorrelation off a series of monthly counts.

    Parameters
    ----------
    values : array_like of float, shape (months,)
        Counts of consecutive months, at least 0; NaN for a month that is missing.
    max_order : int, optional
        Longest past that is tried; default 3.

    Returns
    -------
    whitened : Prewhitened

    Raises
    ------
    InvalidInputError
        If a count is negative or infinite, or fewer than 36 months are held.

    Notes
    -----
    Least squares of log(x + 1/2) on twelve calendar-month means, a linear trend, a yearly wave whose size
    changes evenly and p months of its own past, p by Akaike's information criterion (Haugh 1976 for why both
    series are whitened). The variance of a month is taken as α + 1/μ, that of the log of a negative
    binomial count to first order, α by moments.

    Examples
    --------
    >>> months = np.arange(96)
    >>> whitened = prewhiten(np.round(400 * np.exp(np.sin(months * np.pi / 6))))
    >>> bool(np.nanmax(np.abs(whitened.innovations)) < 0.02)
    True
    """
    counts = np.asarray(values, dtype=np.float64)
    if counts.ndim != 1 or np.isinf(counts).any() or (counts < 0).any():
        raise InvalidInputError("Invalid monthly counts. They must be a row of numbers of 0 or more.")
    number = int(np.isfinite(counts).sum())
    if number < 3 * SEASON:
        raise InvalidInputError(f"Invalid monthly counts of {number} months. It takes at least {3 * SEASON}.")
    logs = np.log(counts + _HALF)
    order = _choose_order(logs, _MAX_ORDER if max_order is None else max_order)
    fitted, coefficients = _fit(logs, order, order)
    innovations = logs - fitted
    held = np.isfinite(innovations)
    poisson = np.where(held, 1 / np.maximum(np.exp(np.where(held, fitted, 0.0)), _HALF), np.nan)
    extra = max(float(np.nanmean(innovations**2) - np.nanmean(poisson)), 0.0)
    standardised = innovations / np.sqrt(extra + poisson)
    return Prewhitened(innovations, standardised, order, coefficients, float(np.nanstd(innovations)))


def season_design(n: int) -> Floats:
    """Return calendar-month means, a linear trend and a yearly wave that grows, shape (n, 15)."""
    month = np.arange(n)[:, None] % SEASON == np.arange(SEASON)[None, :]
    trend, angle = np.linspace(-1.0, 1.0, n), np.arange(n) * 2 * np.pi / SEASON
    waves = trend * np.cos(angle), trend * np.sin(angle)
    return np.column_stack([month.astype(np.float64), trend, *waves])


def _design(logs: Floats, order: int, skip: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the design matrix and the months that it can be fitted to."""
    lags = [np.concatenate([np.full(k, np.nan), logs[:-k]]) for k in range(1, order + 1)]
    design = np.column_stack([season_design(len(logs)), *lags])
    held = np.isfinite(design).all(axis=1) & np.isfinite(logs)
    held[:skip] = False
    return design, held


def _fit(logs: Floats, order: int, skip: int) -> tuple[Floats, Floats]:
    """Fit by least squares; return fitted values, NaN where there are none, and coefficients of the past."""
    design, held = _design(logs, order, skip)
    solved = np.linalg.lstsq(design[held], logs[held], rcond=None)[0]
    fitted: Floats = np.where(held, np.where(held[:, None], design, 0.0) @ solved, np.nan)
    return fitted, np.asarray(solved[_FIXED:], dtype=np.float64)


def _choose_order(logs: Floats, most: int) -> int:
    """Return the order with the least information criterion on the months that all orders can use."""
    design, held = _design(logs, most, most)
    wanted, n = logs[held], int(held.sum())
    best, least = 0, np.inf
    for order in range(most + 1):
        used = design[held][:, : _FIXED + order]
        left = wanted - used @ np.linalg.lstsq(used, wanted, rcond=None)[0]
        score = n * np.log(max(float(left @ left) / n, 1e-12)) + 2 * order
        if score < least:
            best, least = order, score
    return best
