"""Is there a trend, and how steep? Seasonal Mann–Kendall test and Theil–Sen slope, with autocorrelation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.checks import check_choice
from geo.display import Displayed
from geo.errors import InvalidInputError
from geo.stats.trend_inputs import regular, to_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.stats.trend_inputs import Values

    Floats = NDArray[np.float64]

CORRECTIONS: Final = ("ar1", "hirsch_slack", "none")
"""How autocorrelation widens the variance of Kendall's S."""
_FEWEST = 4
_LARGEST_RHO = 0.95


@dataclass(frozen=True, slots=True)
class Slope(Displayed):
    """A Theil–Sen slope.

    Attributes
    ----------
    slope, low, high : float
        Change of a value on its scale in one step, with the ends of its interval.
    per_year, per_year_low, per_year_high : float
        The same over a year (`period` steps): in per cent on the scale ``log1p``, else in units of the scale.
    intercept : float
        Median of what remains, on the scale: the line is ``intercept + slope * step``.
    scale, correction : str
        As used.
    period, n : int
        Values in a year; values that were not missing.
    level : float
        Nominal coverage of the interval.
    rho, inflation : float
        Autocorrelation of the ranks of what remains, from one value to the next, and how many times wider it
        makes the variance.
    """

    slope: float
    low: float
    high: float
    per_year: float
    per_year_low: float
    per_year_high: float
    intercept: float
    scale: str
    correction: str
    period: int
    n: int
    level: float
    rho: float
    inflation: float


@dataclass(frozen=True, slots=True)
class MannKendall(Displayed):
    """A (seasonal) Mann–Kendall test.

    Attributes
    ----------
    s : float
        Kendall's S, summed over the seasons.
    variance : float
        Its variance without a trend: ties and autocorrelation taken into account.
    z, p : float
        Standardised S, and the two-sided probability of one as far from 0 by chance.
    tau : float
        S over the number of pairs that are compared, from −1 to 1.
    correction : str
        As used.
    period, n : int
        Values in a year; values that were not missing.
    rho, inflation : float
        As for :class:`Slope`.
    """

    s: float
    variance: float
    z: float
    p: float
    tau: float
    correction: str
    period: int
    n: int
    rho: float
    inflation: float


def theil_sen(
    values: Values,
    period: int = 12,
    *,
    scale: str = "log1p",
    level: float = 0.95,
    correction: str = "ar1",
) -> Slope:
    """Estimate how much values rise or fall a year: the median of the slopes between the same months.

    Parameters
    ----------
    values : Series or array of float, shape (n,)
        Counts, evenly spaced; NaN where missing (nothing is filled in).
    period : int
        Values in a year; only values whole years apart are compared. 1 compares all.
    scale : str
        ``log1p`` gives per cent a year, ``none`` a change in counts a year (also ``sqrt``, ``anscombe``).
    level : float
        Nominal coverage of the interval.
    correction : str
        ``ar1``, ``hirsch_slack`` or ``none``, see Notes.

    Returns
    -------
    slope : Slope

    Raises
    ------
    InvalidInputError
        If values, period or level make no sense, or fewer than four pairs can be compared.
    UnknownNameError
        If there is no such scale or correction.

    Notes
    -----
    Sen (1968), seasonal: Hirsch, Slack and Smith (1982). The interval ends at the pairwise slopes whose ranks
    lie q √Var(S) / 2 from the middle one. With ``ar1``, Var(S) is the tie-corrected variance times
    Σ cₛ cₜ ρ^|s−t| / Σ cₜ² (c: centred year), ρ the bias-corrected first autocorrelation of the ranks of what
    remains without slope and seasons, and q Student's t on the values that are effectively independent;
    ``hirsch_slack`` adds the covariances between seasons of Hirsch and Slack (1984). An inflation below 1
    counts as 1.

    Examples
    --------
    >>> steps = np.arange(60)
    >>> season = np.tile([1.0, 3.0, 2.0, 1.0, 1.0, 1.0, 4.0, 1.0, 1.0, 2.0, 1.0, 1.0], 5)
    >>> found = theil_sen(1000 * season * 1.1 ** (steps // 12))
    >>> round(found.per_year)
    10
    """
    check_choice(correction, CORRECTIONS, name="correction")
    if not 0.5 <= level < 1:
        raise InvalidInputError(f"Invalid level '{level}'. It must be from 0.5 to below 1.")
    y = to_scale(np.asarray(regular(values, period), dtype=np.float64), scale)
    slopes = np.sort(_pairwise(y, period))
    if slopes.size < _FEWEST:
        raise InvalidInputError(
            f"Invalid values. Only {slopes.size} pairs can be compared; at least {_FEWEST} are needed."
        )
    slope = float(np.median(slopes))
    variance, rho, inflation = _variance(y, period, slope, correction)
    quantile = _quantile(0.5 + level / 2, _degrees(y, inflation, correction))
    half = quantile * math.sqrt(variance)
    ranks = np.arange(1, slopes.size + 1, dtype=np.float64)
    low, high = np.interp([(slopes.size - half) / 2, (slopes.size + half) / 2 + 1], ranks, slopes)
    year = [_per_year(one, period, scale) for one in (slope, float(low), float(high))]
    return Slope(
        slope=slope,
        low=float(low),
        high=float(high),
        per_year=year[0],
        per_year_low=year[1],
        per_year_high=year[2],
        intercept=float(np.nanmedian(y - slope * np.arange(y.size))),
        scale=scale,
        correction=correction,
        period=period,
        n=int((~np.isnan(y)).sum()),
        level=level,
        rho=rho,
        inflation=inflation,
    )


def mann_kendall(values: Values, period: int = 12, *, correction: str = "ar1") -> MannKendall:
    """Test whether values rise or fall throughout, by comparing the same months of all years.

    Parameters
    ----------
    values : Series or array of float, shape (n,)
        Counts, evenly spaced; NaN where missing.
    period : int
        Values in a year; 1 compares all values.
    correction : str
        ``ar1``, ``hirsch_slack`` or ``none``, as for :func:`theil_sen`.

    Returns
    -------
    test : MannKendall

    Raises
    ------
    InvalidInputError
        If values or period make no sense, or fewer than four pairs can be compared.
    UnknownNameError
        If there is no such correction.

    Notes
    -----
    S = ΣΣ sgn(yₛ − yₜ) over pairs of the same season; Var(S) = Σ [n(n−1)(2n+5) − Σ t(t−1)(2t+5)] / 18 with t
    the sizes of the groups of ties (Hirsch, Slack and Smith 1982). ``ar1`` as for :func:`theil_sen`;
    ``hirsch_slack`` on the values as they are, as published. z = (S ∓ 1) / √Var(S), against the normal
    distribution (``ar1``: Student's t).

    Examples
    --------
    >>> test = mann_kendall([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], period=1, correction="none")
    >>> test.s, test.variance, round(test.p, 6)
    (45.0, 125.0, 8.3e-05)
    """
    check_choice(correction, CORRECTIONS, name="correction")
    y = np.asarray(regular(values, period), dtype=np.float64)
    slopes = _pairwise(np.log1p(y), period)
    if slopes.size < _FEWEST:
        raise InvalidInputError(
            f"Invalid values. Only {slopes.size} pairs can be compared; at least {_FEWEST} are needed."
        )
    s = float(np.sign(slopes).sum())
    slope = 0.0 if correction == "hirsch_slack" else float(np.median(slopes))
    variance, rho, inflation = _variance(np.log1p(y), period, slope, correction)
    z = (s - math.copysign(1, s)) / math.sqrt(variance) if s and variance > 0 else 0.0
    return MannKendall(
        s=s,
        variance=variance,
        z=z,
        p=_two_sided(z, _degrees(y, inflation, correction)),
        tau=s / slopes.size,
        correction=correction,
        period=period,
        n=int((~np.isnan(y)).sum()),
        rho=rho,
        inflation=inflation,
    )


def _pairwise(y: Floats, period: int) -> Floats:
    """Return the slope of each pair of values whole years apart."""
    found = [
        (y[lag:] - y[:-lag])[~np.isnan(y[lag:] - y[:-lag])] / lag for lag in range(period, y.size, period)
    ]
    return np.concatenate(found) if found else np.empty(0)


def _per_year(slope: float, period: int, scale: str) -> float:
    return 100 * math.expm1(min(slope * period, 700.0)) if scale == "log1p" else slope * period


def _variance(y: Floats, period: int, slope: float, correction: str) -> tuple[float, float, float]:
    """Return the variance of S, the autocorrelation of ranks of what remains, and the inflation."""
    plain = sum(_tied(y[season::period]) for season in range(period))
    rest = _remainders(y, period, slope)
    rho = rank_autocorrelation(rest)
    if correction == "none" or plain == 0:
        return plain, rho, 1.0
    if correction == "ar1":
        inflation = max(1.0, _inflation(~np.isnan(y), period, rho))
    else:
        inflation = max(1.0, 1 + _covariances(rest, period) / plain)
    return plain * inflation, rho, inflation


def _tied(values: Floats) -> float:
    """Return the variance of S of independent values, ties taken into account."""
    held = values[~np.isnan(values)]
    n, ties = held.size, np.unique(held, return_counts=True)[1]
    return float(n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18


def _remainders(y: Floats, period: int, slope: float) -> Floats:
    """Take the slope and the median of each season away."""
    rest = y - slope * np.arange(y.size)
    for season in range(period):
        part = rest[season::period]
        if (~np.isnan(part)).any():
            rest[season::period] = part - np.nanmedian(part)
    return rest


def rank_autocorrelation(rest: Floats) -> float:
    """Estimate the autocorrelation of ranks from one value to the next, corrected for its bias.

    Parameters
    ----------
    rest : array of float, shape (n,)
        Values without trend and season; NaN where missing.

    Notes
    -----
    ρ = (n r + 1) / (n − 3) undoes the bias −(1 + 3ρ)/n of the estimate r (Marriott and Pope 1954); at most
    0.95.

    Examples
    --------
    >>> round(rank_autocorrelation(np.tile([1.0, -1.0], 50)), 2)
    -0.95
    """
    from scipy.stats import rankdata

    held = ~np.isnan(rest)
    n = int(held.sum())
    pairs = held[1:] & held[:-1]
    if n < 8 or pairs.sum() < 4:
        return 0.0
    ranks = np.full(rest.size, np.nan)
    ranks[held] = rankdata(rest[held].round(10)) - (n + 1) / 2
    spread = float(np.mean(ranks[held] ** 2))
    if spread == 0:
        return 0.0
    r = float(np.mean(ranks[1:][pairs] * ranks[:-1][pairs])) / spread
    return float(np.clip((n * r + 1) / (n - 3), -_LARGEST_RHO, _LARGEST_RHO))


def _inflation(held: NDArray[np.bool_], period: int, rho: float) -> float:
    """Return how many times autocorrelation widens the variance of a sum weighted by years."""
    year = (np.arange(held.size) // period).astype(np.float64)
    weight = np.where(held, year - year[held].mean(), 0.0)
    total = float(weight @ weight)
    if total == 0:
        return 1.0
    spread = total
    for lag in range(1, held.size):
        power = rho**lag
        if abs(power) < 1e-6:
            break
        spread += 2 * power * float(weight[lag:] @ weight[:-lag])
    return spread / total


def _covariances(rest: Floats, period: int) -> float:
    """Sum the covariances between S of different seasons (Hirsch and Slack 1984, Dietz and Killeen 1981)."""
    years = math.ceil(rest.size / period)
    padded = np.full(years * period, np.nan)
    padded[: rest.size] = rest
    table = padded.reshape(years, period)
    signs = np.sign(table[:, None, :] - table[None, :, :])
    held = ~np.isnan(table)
    signs = np.where(np.isnan(signs), 0.0, signs)
    counts = held.sum(axis=0)
    ranks = np.where(held, (counts + 1 + signs.sum(axis=1)) / 2, (counts + 1) / 2)
    upper = np.triu_indices(years, 1)
    k = signs[upper].T @ signs[upper]
    r = ranks.T @ ranks
    both = (years * np.outer(counts + 1, counts + 1)).astype(np.float64)
    covariance = (k + 4 * r - both) / 3
    return float(covariance.sum() - np.trace(covariance))


def _degrees(y: Floats, inflation: float, correction: str) -> float:
    """Return the degrees of freedom of the corrected variance; infinite for the normal distribution."""
    if correction != "ar1":
        return math.inf
    return max(3.0, float((~np.isnan(y)).sum()) / inflation - 2)


def _quantile(probability: float, degrees: float) -> float:
    from scipy.special import ndtri, stdtrit

    return float(ndtri(probability) if math.isinf(degrees) else stdtrit(degrees, probability))


def _two_sided(z: float, degrees: float) -> float:
    from scipy.special import ndtr, stdtr

    tail = ndtr(-abs(z)) if math.isinf(degrees) else stdtr(degrees, -abs(z))
    return float(min(1.0, 2 * tail))
