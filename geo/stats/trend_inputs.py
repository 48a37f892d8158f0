"""Evenly spaced values, scales on which their spread is steady, and their noise: where trends start from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.checks import check_choice
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Values = pd.Series[Any] | Sequence[float] | NDArray[Any]

SCALES: Final = ("none", "sqrt", "anscombe", "log1p")
"""Scales: x, √x, 2√(x + 3/8), log(1 + x)."""
_MOST: Final = 2500
"""Longest series that is taken: seven years of days, half a century of weeks."""
_WINDOWS: Final = 4


def regular(values: Values, period: int, *, name: str = "values", gaps: bool = True) -> pd.Series[float]:
    """Return values as an evenly spaced series of floats; what is missing is NaN.

    Parameters
    ----------
    values : Series or array of float, shape (n,)
        Counts in order, 0 or more, NaN where missing. A Series with a DatetimeIndex is laid out on every
        month (`period` 12) or week (52) between its first and last; other indexes count as evenly spaced.
    period : int
        Values in a year.
    name : str
        What to call them in an error.
    gaps : bool
        Whether missing values are allowed.

    Raises
    ------
    InvalidInputError
        If they are no numbers, negative or infinite, not in order, not months or weeks, have a missing value
        where none is allowed, or hold nothing.

    Examples
    --------
    >>> index = pd.DatetimeIndex(["2024-01-01", "2024-03-01"])
    >>> regular(pd.Series([5, 7], index=index), 12).tolist()
    [5.0, nan, 7.0]
    """
    if isinstance(period, bool) or not isinstance(period, (int, np.integer)) or not 1 <= period <= 366:
        raise InvalidInputError(f"Invalid period '{period}'. It must be a whole number from 1 to 366.")
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidInputError(f"Invalid {name} '{type(values).__name__}'. They must be numbers.") from None
    index = values.index if isinstance(values, pd.Series) else pd.RangeIndex(array.size)
    if array.ndim != 1 or not 0 < array.size <= _MOST:
        raise InvalidInputError(
            f"Invalid {name} '{array.shape}'. They must be one row of 1 to {_MOST} numbers."
        )
    if np.isinf(array).any() or (array < 0).any():
        raise InvalidInputError(f"Invalid {name}. Counts must be finite and 0 or more, or NaN where missing.")
    series = pd.Series(array, index=index)
    if isinstance(index, pd.DatetimeIndex):
        series = _laid_out(series, index, int(period), name)
    if np.isnan(series.to_numpy()).all():
        raise InvalidInputError(f"Invalid {name}. They hold no number.")
    if not gaps and series.isna().any():
        first = series.index[series.isna().to_numpy()][0]
        told = f"{first:%Y-%m-%d}" if isinstance(first, pd.Timestamp) else first
        raise InvalidInputError(
            f"Invalid {name}. {int(series.isna().sum())} missing, the first at '{told}'. "
            "Missing is not zero: take a stretch without a gap."
        )
    return series


def _laid_out(series: pd.Series[float], index: pd.DatetimeIndex, period: int, name: str) -> pd.Series[float]:
    """Put dated values onto every month or week."""
    if index.hasnans or not index.is_monotonic_increasing or not index.is_unique:
        raise InvalidInputError(f"Invalid {name}. Their dates must be in order, each once.")
    if period == 12:
        grid = index.to_period("M")
        if not grid.is_unique:
            raise InvalidInputError(f"Invalid {name}. There must be at most one value a month.")
        full = pd.period_range(grid[0], grid[-1], freq="M")
        laid = series.set_axis(grid).reindex(full)
        return laid.set_axis(full.to_timestamp())
    if len(index) < 2:
        return series
    steps = np.diff(index.to_numpy()).astype("timedelta64[D]").astype(np.int64)
    step = 7 if period == 52 else int(steps.min())
    if (steps % step).any() or step == 0:
        raise InvalidInputError(
            f"Invalid {name}. Their dates must be {step or 1} days apart, or a multiple of it."
        )
    return series.reindex(pd.date_range(index[0], index[-1], freq=f"{step}D"))


def to_scale(values: NDArray[np.float64], scale: str) -> NDArray[np.float64]:
    """Put counts onto a scale of :data:`SCALES`.

    Raises
    ------
    UnknownNameError
        If there is no such scale.

    Examples
    --------
    >>> to_scale(np.array([0.0, 9.0]), "sqrt").tolist()
    [0.0, 3.0]
    """
    check_choice(scale, SCALES, name="scale")
    if scale == "log1p":
        return np.log1p(values)
    if scale == "none":
        return np.asarray(values, dtype=np.float64)
    return np.sqrt(values) if scale == "sqrt" else 2.0 * np.sqrt(values + 0.375)


def from_scale(values: NDArray[np.float64], scale: str) -> NDArray[np.float64]:
    """Put values of a scale back onto that of counts; below nought gives nought.

    The inverse is the algebraic one: a mean of the scale becomes a typical (median-like) count, not a mean.

    Raises
    ------
    UnknownNameError
        If there is no such scale.

    Examples
    --------
    >>> from_scale(to_scale(np.array([0.0, 9.0]), "anscombe"), "anscombe").round(9).tolist()
    [0.0, 9.0]
    """
    check_choice(scale, SCALES, name="scale")
    if scale == "log1p":
        back = np.expm1(values)
    elif scale == "none":
        back = np.asarray(values, dtype=np.float64)
    elif scale == "sqrt":
        back = np.square(np.maximum(values, 0.0))
    else:
        back = np.square(np.maximum(values, 0.0) / 2.0) - 0.375
    return np.maximum(back, 0.0)


def choose_scale(values: NDArray[np.float64], period: int) -> str:
    """Choose the scale on which the spread within a year does not grow with its level.

    Parameters
    ----------
    values : array of float, shape (n,)
        Counts; NaN where missing.
    period : int
        Values in a year.

    Returns
    -------
    scale : str
        ``log1p`` where the spread grows about as the level does, ``anscombe`` where it grows as its square
        root, ``none`` where it does not grow; ``anscombe`` where fewer than four years can tell.

    Notes
    -----
    Spread against level: the slope b of log standard deviation on log mean over the years (median of pairwise
    slopes); b > 3/4 log1p, 1/4 < b ≤ 3/4 Anscombe, else none. Tukey, *Exploratory Data Analysis* (1977).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> level = np.repeat([10.0, 100, 1000, 10000], 12)
    >>> choose_scale(level * rng.lognormal(0, 0.3, 48), 12)
    'log1p'
    """
    width = max(period, 6)
    years = values[len(values) % width :].reshape(-1, width)
    years = years[~np.isnan(years).any(axis=1)]
    level, spread = years.mean(axis=1), years.std(axis=1)
    told = (level > 0) & (spread > 0)
    if told.sum() < _WINDOWS:
        return "anscombe"
    x, y = np.log(level[told]), np.log(spread[told])
    i, j = np.triu_indices(len(x), 1)
    apart = np.abs(x[j] - x[i]) > 0.1
    if apart.sum() < _WINDOWS:
        return "anscombe"
    slope = float(np.median((y[j] - y[i])[apart] / (x[j] - x[i])[apart]))
    return "log1p" if slope > 0.75 else "anscombe" if slope > 0.25 else "none"


def difference_noise(
    values: NDArray[np.float64], *, taken: int = 0, breaks: Sequence[int] = ()
) -> tuple[float, float]:
    """Estimate the autocorrelation and the standard deviation of noise around a level that moves slowly.

    Parameters
    ----------
    values : array of float, shape (n,)
        Values without their season, n ≥ 4.
    taken : int
        Degrees of freedom that the season took.
    breaks : sequence of int
        Positions of the first values of new levels; differences across them are left out.

    Returns
    -------
    rho, spread : float
        First autocorrelation, 0 to 0.9, and standard deviation of first-order autoregressive noise.

    Notes
    -----
    With Dₖ the mean square of differences k steps apart, ρ = D₂/D₁ − 1 and σ² = D₁ / 2(1 − ρ), after Chakar,
    Lebarbier, Lévy-Leduc and Robin (2017), who take medians; those are too unsteady on a hundred values.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(0, 2, 4000)
    >>> [round(one, 1) for one in difference_noise(noise)]
    [0.0, 2.0]
    """
    n = len(values)
    squares = []
    for lag in (1, 2):
        inside = np.ones(n - lag, dtype=bool)
        for at in breaks:
            inside[max(at - lag, 0) : at] = False
        squares.append(float(np.mean((values[lag:] - values[:-lag])[inside] ** 2)) if inside.any() else 0.0)
    if squares[0] == 0:
        return 0.0, 0.0
    rho = float(np.clip(squares[1] / squares[0] - 1, 0.0, 0.9))
    widened = squares[0] / (2 * (1 - rho)) * n / max(n - taken, n / 4)
    return rho, float(np.sqrt(widened))


def autoregressive(rng: np.random.Generator, shape: tuple[int, ...], rho: float) -> NDArray[np.float64]:
    """Draw first-order autoregressive normal noise of variance 1 along the last axis.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where chance comes from.
    shape : tuple of int
        Of the result.
    rho : float
        First autocorrelation, above −1 and below 1.

    Examples
    --------
    >>> autoregressive(np.random.default_rng(0), (2, 5), 0.5).shape
    (2, 5)
    """
    from scipy.signal import lfilter

    noise = rng.standard_normal(shape)
    noise[..., 1:] *= np.sqrt(1 - rho**2)
    return np.asarray(lfilter([1.0], [1.0, -rho], noise, axis=-1), dtype=np.float64)
