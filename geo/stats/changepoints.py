"""When did the level of counts change? Levels of a negative binomial, with intervals of the dates."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.display import Displayed
from geo.errors import InvalidInputError
from geo.stats.segmentation import level_of, partition, segment_costs, spread_levels
from geo.stats.trend_inputs import difference_noise, regular

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from geo.stats.trend_inputs import Values

    Floats = NDArray[np.float64]

LARGEST_RHO: Final = 0.8
"""Autocorrelation that is estimated at most; where it is reached, values wander."""
_ZEROS: Final = 0.05
"""Share of zeros above which logarithms tell nothing of the noise."""
_ROUNDS: Final = 3
"""Times that season, dispersion and levels are estimated in turn."""


@dataclass(frozen=True, slots=True)
class Change(Displayed):
    """One change of level.

    Attributes
    ----------
    at, first, last : int
        Position of the first value of the new level, and the range that holds it at the nominal coverage.
    before, after : float
        Level of a value in an average season, on both sides.
    percent, percent_low, percent_high : float
        Change of the level in per cent, with its interval given the date.
    """

    at: int
    first: int
    last: int
    before: float
    after: float
    percent: float
    percent_low: float
    percent_high: float


@dataclass(frozen=True, slots=True, eq=False)
class Changes(Displayed):
    """What :func:`change_points` found.

    Attributes
    ----------
    changes : tuple of Change
        In order of time; empty where no change stands out from chance.
    levels : Series of float
        Level of each value in an average season, on the index of the values.
    season : array of float, shape (period,)
        Factor of each position in the year, mean 1; the first belongs to the first value.
    dispersion, rho : float
        α of the variance μ + α μ², and the autocorrelation from one value to the next.
    inflation : float
        (1 + ρ) / (1 − ρ), by which likelihoods are divided.
    penalty : float
        What a change has to gain in twice the log-likelihood.
    period, min_size : int
        Values in a year; shortest stretch of one level.
    date_level, level : float
        Nominal coverage of the dates and of the changes in level.
    """

    changes: tuple[Change, ...]
    levels: pd.Series[float]
    season: Floats = field(repr=False)
    dispersion: float
    rho: float
    inflation: float
    penalty: float
    period: int
    min_size: int
    date_level: float
    level: float


def change_points(
    values: Values,
    period: int = 12,
    *,
    min_size: int | None = None,
    penalty: float | None = None,
    dispersion: float | None = None,
    autocorrelation: float | None = None,
    date_level: float = 0.90,
    level: float = 0.95,
) -> Changes:
    """Find the dates at which the level of counts changed.

    Parameters
    ----------
    values : Series or array of float, shape (n,)
        Counts, evenly spaced, without a gap; two years at least.
    period : int
        Values in a year; 1 for counts without a season.
    min_size : int, optional
        Shortest stretch of one level; default half a year, at least 6 values.
    penalty : float, optional
        What a change has to gain in twice the log-likelihood, over the inflation; default 3 log n.
    dispersion : float, optional
        α of the variance μ + α μ²; 0 is Poisson. Default estimated.
    autocorrelation : float, optional
        ρ of values about their level, from 0 to 0.8. Default estimated; where that gives 0.8, slow wandering
        cannot be told from changes of level, and a smaller one describes rather than tests.
    date_level, level : float
        Nominal coverage of the intervals of dates, and of changes in level.

    Returns
    -------
    found : Changes

    Raises
    ------
    InvalidInputError
        If values or options make no sense, there is a gap, fewer than two years, or nothing was counted.
    MissingExtraError
        If ruptures is not installed.

    Notes
    -----
    Counts are negative binomial with mean level × season. The optimal partition (PELT; Killick, Fearnhead and
    Eckley 2012) minimises −2 log-likelihood / ((1 + ρ)/(1 − ρ)) + penalty × changes. The penalty 3 log n is
    that of the modified BIC (Zhang and Siegmund 2007) without its term of segment lengths. Season: medians of
    log ratios to a centred moving mean, then means about the fitted levels. α and ρ: from differences of the
    adjusted logarithms within levels (after Chakar et al. 2017), where more than one value in twenty is 0 of
    ratios to the level; α is what a Poisson spread does not explain. Season, noise and levels are estimated
    in turn. Dates: the shortest run of values that holds the nominal share of the likelihood of the position,
    its neighbours fixed (Cobb 1978). Changes in level: normal on the logarithm, given the date; since only
    changes that stand out are told, they tend to be too large.

    Examples
    --------
    >>> counts = np.random.default_rng(5).poisson(np.repeat([200, 60], 30))
    >>> found = change_points(counts, period=1)
    >>> [(one.at, round(one.percent, -1)) for one in found.changes]
    [(30, -70.0)]
    """
    series = regular(values, period, gaps=False)
    y = np.asarray(series, dtype=np.float64)
    size = _check_size(len(y), period, min_size)
    _check_options(penalty, dispersion, autocorrelation, date_level, level)
    if not y.any():
        raise InvalidInputError("Invalid values. Nothing was counted, so there is no level to change.")
    toll = 3 * math.log(len(y)) if penalty is None else float(penalty)
    season = _first_season(y, period)
    alpha, rho, ends = 0.0, 0.0, [len(y)]
    cost = None
    for _ in range(_ROUNDS):
        offset = season[np.arange(len(y)) % period]
        alpha, rho = _noise(y, offset, period, ends)
        alpha = alpha if dispersion is None else float(dispersion)
        rho = rho if autocorrelation is None else float(autocorrelation)
        cost = segment_costs(y, offset, alpha) * ((1 - rho) / (1 + rho))
        found = partition(cost, size, toll)
        settled, ends = found == ends, found
        if settled:
            break
        if period > 1:
            season = _season(y, spread_levels(y, offset, alpha, ends), period)
    offset = season[np.arange(len(y)) % period]
    levels = spread_levels(y, offset, alpha, ends)
    inflation = (1 + rho) / (1 - rho)
    cost = segment_costs(y, offset, alpha) / inflation
    edges = [0, *ends]
    changes = tuple(
        _change(y, offset, alpha, inflation, cost, edges[at - 1 : at + 2], size, date_level, level)
        for at in range(1, len(edges) - 1)
    )
    return Changes(
        changes=changes,
        levels=series * 0 + levels,
        season=season,
        dispersion=alpha,
        rho=rho,
        inflation=inflation,
        penalty=toll,
        period=period,
        min_size=size,
        date_level=date_level,
        level=level,
    )


def _check_size(n: int, period: int, min_size: int | None) -> int:
    """Return the shortest stretch of one level."""
    if n < max(14, 2 * period):
        raise InvalidInputError(f"Invalid values. {n} of them are fewer than {max(14, 2 * period)}.")
    size = max(6, period // 2) if min_size is None else min_size
    if isinstance(size, bool) or not isinstance(size, int) or not 2 <= size <= n // 2:
        raise InvalidInputError(
            f"Invalid min_size '{min_size}'. It must be a whole number from 2 to {n // 2}."
        )
    return size


def check_autocorrelation(value: float | None) -> None:
    """Refuse an autocorrelation outside 0 to 0.8.

    Raises
    ------
    InvalidInputError
        If it is.

    Examples
    --------
    >>> check_autocorrelation(0.5)
    """
    if value is not None and not 0 <= value <= LARGEST_RHO:
        raise InvalidInputError(
            f"Invalid autocorrelation '{value}'. It must be a number from 0 to {LARGEST_RHO}."
        )


def _check_options(
    penalty: float | None,
    dispersion: float | None,
    autocorrelation: float | None,
    date_level: float,
    level: float,
) -> None:
    check_autocorrelation(autocorrelation)
    for name, value in (("penalty", penalty), ("dispersion", dispersion)):
        if value is not None and not 0 <= value < math.inf:
            raise InvalidInputError(f"Invalid {name} '{value}'. It must be a number, 0 or more.")
    for name, share in (("date_level", date_level), ("level", level)):
        if not 0.5 <= share < 1:
            raise InvalidInputError(f"Invalid {name} '{share}'. It must be from 0.5 to below 1.")


def _first_season(y: Floats, period: int) -> Floats:
    """Estimate the season against a centred moving mean, by medians of log ratios."""
    if period == 1:
        return np.ones(1)
    middle = _moving_mean(y, period)
    return _factors(np.log((y + 0.5) / (middle + 0.5)), period, np.median)


def _moving_mean(y: Floats, period: int) -> Floats:
    """Return the centred moving mean over a year; the first and last one reach to the ends."""
    width = max(period, 12)
    window = np.ones(width + 1 - width % 2)
    if width % 2 == 0:
        window[[0, -1]] = 0.5
    half = len(window) // 2
    sums = np.convolve(y, window, mode="valid") / window.sum()
    return np.concatenate((np.full(half, sums[0]), sums, np.full(half, sums[-1])))


def _season(y: Floats, levels: Floats, period: int) -> Floats:
    """Estimate the season against fitted levels."""
    return _factors(np.log((y + 0.5) / (levels + 0.5)), period, np.mean)


def _factors(ratios: Floats, period: int, average: Any) -> Floats:  # noqa: ANN401 - np.mean or np.median
    """Return factors of mean 1 from log ratios."""
    found = np.exp([float(average(ratios[at::period])) for at in range(period)])
    return np.asarray(found / found.mean(), dtype=np.float64)


def _noise(y: Floats, offset: Floats, period: int, ends: list[int]) -> tuple[float, float]:
    """Estimate dispersion and autocorrelation within the levels found so far."""
    if np.mean(y == 0) > _ZEROS:
        mean = offset * (_moving_mean(y, period) if len(ends) == 1 else spread_levels(y, offset, 0.0, ends))
        mean = np.maximum(mean, 1.0)
        rho, spread = difference_noise(y / mean, breaks=ends[:-1])
        return max(spread**2 - float(np.mean(1 / mean)), 0.0), min(rho, LARGEST_RHO)
    rho, spread = difference_noise(np.log((y + 0.5) / offset), taken=period - 1, breaks=ends[:-1])
    poisson = float(np.median(1 / np.maximum(y, 1.0)))
    return max(math.expm1(min(spread**2, 3.0)) - poisson, 0.0), min(rho, LARGEST_RHO)


def _change(
    y: Floats,
    offset: Floats,
    alpha: float,
    inflation: float,
    cost: Floats,
    edges: list[int],
    min_size: int,
    date_level: float,
    level: float,
) -> Change:
    """Describe the change between two neighbouring ones."""
    from scipy.special import ndtri

    start, at, end = edges
    shortest = min(min_size, 3)
    positions = np.arange(start + shortest, end - shortest + 1)
    gain = -0.5 * (cost[start, positions] + cost[positions, end])
    share = np.exp(gain - gain.max())
    first, last = _shortest(share / share.sum(), date_level)
    sides = [(y[start:at], offset[start:at]), (y[at:end], offset[at:end])]
    levels = [level_of(*side, alpha) for side in sides]
    spread = 0.0
    for (_, s), one in zip(sides, levels, strict=True):
        mean = max(one, 1 / len(s)) * s
        spread += 1 / float((mean / (1 + alpha * mean)).sum())
    half = float(ndtri(0.5 + level / 2)) * math.sqrt(spread * inflation)
    middle = math.log(max(levels[1], 1e-9) / max(levels[0], 1e-9))
    percents = [100 * math.expm1(min(one, 700.0)) for one in (middle, middle - half, middle + half)]
    return Change(
        at=at,
        first=min(int(positions[first]), at),
        last=max(int(positions[last]), at),
        before=levels[0],
        after=levels[1],
        percent=percents[0],
        percent_low=percents[1],
        percent_high=percents[2],
    )


def _shortest(share: Floats, level: float) -> tuple[int, int]:
    """Return the ends of the shortest run that holds a share of the whole."""
    sums = np.concatenate(([0.0], np.cumsum(share)))
    ends = np.searchsorted(sums, sums[:-1] + level - 1e-12, side="left")
    fits = ends < len(sums)
    lengths = np.where(fits, ends - np.arange(len(ends)), len(sums))
    first = int(np.argmin(lengths))
    return first, int(ends[first]) - 1
