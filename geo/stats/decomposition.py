"""Trend, season and remainder of a series of counts: STL or MSTL on a scale of steady spread."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.checks import check_choice, import_extra
from geo.display import Displayed
from geo.errors import InvalidInputError
from geo.stats.trend_inputs import (
    SCALES,
    autoregressive,
    choose_scale,
    difference_noise,
    from_scale,
    regular,
    to_scale,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.stats.trend_inputs import Values

    Floats = NDArray[np.float64]

MIN_SEASONS: Final = 3
"""Fewest whole years that are decomposed."""
_PURPOSE: Final = "seasonal decomposition"
_DUST: Final = 1e-20
"""A variance below is the rounding of numbers."""


@dataclass(frozen=True, eq=False)
class Decomposition(Displayed):
    """What :func:`decompose` found.

    Attributes
    ----------
    table : DataFrame
        On the index of the values: ``observed``; ``trend`` (a typical count, on the scale of counts) with
        ``trend_low`` and ``trend_high`` (NaN without draws); ``season`` (trend with season over trend: 1.2 is
        a fifth above; NaN where the trend is 0); ``adjusted`` (the count without its season); ``remainder``
        (on `scale`); ``weight`` (0 to 1: how far the robust fit trusted the value).
    scale : str
        One of :data:`~geo.stats.trend_inputs.SCALES`.
    period : tuple of int
        Values in each season.
    trend_strength, season_strength : float
        From 0 (none) to 1 (nothing else).
    season_chance : float
        Share of series without a season, made from this one, with as strong a season; NaN without draws.
    peak : int
        Position of the highest season from the first value (0 to period − 1).
    peak_support : tuple of float, shape (period,)
        Share of the draws in which each position was the highest; empty without draws.
    level : float
        Nominal coverage of the trend's interval.
    draws : int
        Bootstrap series.
    """

    table: pd.DataFrame
    scale: str
    period: tuple[int, ...]
    trend_strength: float
    season_strength: float
    season_chance: float
    peak: int
    peak_support: tuple[float, ...]
    level: float
    draws: int


def decompose(
    values: Values,
    period: int | tuple[int, ...] = 12,
    *,
    scale: str = "auto",
    robust: bool = True,
    draws: int = 0,
    level: float = 0.95,
    seed: int = 0,
) -> Decomposition:
    """Split counts into trend, season and remainder.

    Parameters
    ----------
    values : Series or array of float, shape (n,)
        Counts, evenly spaced, without a gap, three years at least.
    period : int or tuple of int
        Values in a season: 12 months, 52 weeks; several, as (7, 365) for days, use MSTL.
    scale : str
        ``auto`` chooses (:func:`~geo.stats.trend_inputs.choose_scale`), or one of
        :data:`~geo.stats.trend_inputs.SCALES`.
    robust : bool
        Whether single odd values are given less weight (one period only).
    draws : int
        Bootstrap series for the trend's interval, the chance of the season and the support of its peak;
        0 for none. With several periods none are drawn.
    level : float
        Nominal coverage of the trend's interval.
    seed : int
        Of the draws.

    Returns
    -------
    found : Decomposition

    Raises
    ------
    InvalidInputError
        If values or period make no sense, hold a gap, or are fewer than three seasons.
    UnknownNameError
        If there is no such scale.
    MissingExtraError
        If statsmodels is not installed.

    Notes
    -----
    STL (Cleveland et al. 1990), MSTL (Bandara, Hyndman and Bergmeir 2021). The season is held steady over the
    years (a smoothing window longer than ten times the series), since a season that may drift takes
    chance for season on short series. Strengths: max(0, 1 − Var R / Var(T + R)) and
    max(0, 1 − Var R / Var(S + R)) (Wang, Smith and Hyndman 2006). Interval of the trend: plus or minus a
    normal quantile times its standard deviation over refits of simulated series, trend + season + first-order
    autoregressive noise whose variance and autocorrelation come from differences of the adjusted values
    (:func:`~geo.stats.trend_inputs.difference_noise`), since remainders hold too little of the slow noise
    that the trend follows. It tells of chance around a smooth trend, not of the smoothing itself.

    Examples
    --------
    >>> months = np.arange(60)
    >>> counts = np.round(1000 * (1 + 0.5 * np.sin(2 * np.pi * months / 12)))
    >>> found = decompose(counts, 12, scale="none")
    >>> found.peak, round(found.season_strength, 2)
    (3, 1.0)
    """
    seasons = (period,) if isinstance(period, int) else tuple(period)
    if not seasons or any(isinstance(one, bool) or not isinstance(one, int) or one < 2 for one in seasons):
        raise InvalidInputError(f"Invalid period '{period}'. A season has at least 2 values.")
    if scale != "auto":
        check_choice(scale, SCALES, name="scale")
    if not isinstance(draws, int) or not 0 <= draws <= 10_000:
        raise InvalidInputError(f"Invalid draws '{draws}'. It must be a whole number from 0 to 10000.")
    if not 0.5 <= level < 1:
        raise InvalidInputError(f"Invalid level '{level}'. It must be from 0.5 to below 1.")
    series = regular(values, seasons[0], gaps=False)
    longest = max(seasons)
    if len(series) < MIN_SEASONS * longest:
        raise InvalidInputError(
            f"Invalid values. {len(series)} of them are fewer than {MIN_SEASONS} seasons of {longest}."
        )
    counts = np.asarray(series, dtype=np.float64)
    used = choose_scale(counts, longest) if scale == "auto" else scale
    y = to_scale(counts, used)
    fit = _fitter(seasons, robust=robust, n=len(y))
    trend, season, weight = fit(y)
    rest = y - trend - season
    plain = _fitter(seasons, robust=False, n=len(y))
    drawn = _draw(plain, trend, season, rest, seasons[0], draws, seed) if len(seasons) == 1 else None
    return Decomposition(
        table=_table(series, y, trend, season, weight, used, drawn, level),
        scale=used,
        period=seasons,
        trend_strength=_strength(rest, trend),
        season_strength=_strength(rest, season),
        season_chance=np.nan if drawn is None else _chance(drawn, _strength(rest, season)),
        peak=int(np.argmax(_pattern(season, longest))),
        peak_support=() if drawn is None else drawn.support,
        level=level,
        draws=0 if drawn is None else draws,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Draws:
    """What the refits of bootstrap series gave."""

    spread: Floats
    support: tuple[float, ...]
    strengths: Floats


def _fitter(
    seasons: tuple[int, ...], *, robust: bool, n: int
) -> Callable[[Floats], tuple[Floats, Floats, Floats]]:
    """Make the function that splits values of a scale into trend, season and weights."""
    stl: Any = import_extra("statsmodels.tsa.seasonal", extra="stats", purpose=_PURPOSE)
    steady = 10 * n + 1

    def fit(y: Floats) -> tuple[Floats, Floats, Floats]:
        if len(seasons) == 1:
            inner, outer = (2, 10) if robust else (2, 0)
            model = stl.STL(y, period=seasons[0], seasonal=steady, seasonal_deg=0, robust=robust)
            found = model.fit(inner_iter=inner, outer_iter=outer)
            season = np.asarray(found.seasonal)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                found = stl.MSTL(y, periods=seasons, windows=[steady] * len(seasons)).fit()
            season = np.asarray(found.seasonal).sum(axis=1)
        weight = np.asarray(found.weights, dtype=np.float64)
        return np.asarray(found.trend), season, weight

    return fit


def _draw(
    fit: Callable[[Floats], tuple[Floats, Floats, Floats]],
    trend: Floats,
    season: Floats,
    rest: Floats,
    period: int,
    draws: int,
    seed: int,
) -> _Draws | None:
    """Refit simulated series: with the season for the trend and the peak, without for the season's chance."""
    if not draws:
        return None
    rng = np.random.default_rng(seed)
    n = len(rest)
    rho, spread = difference_noise(trend + rest, taken=period - 1)
    trends, peaks, strengths = np.empty((draws, n)), np.empty(draws, dtype=np.int64), np.empty(draws)
    for at in range(draws):
        noise = spread * autoregressive(rng, (n,), rho)
        trends[at], again, _ = fit(trend + season + noise)
        peaks[at] = np.argmax(_pattern(again, period))
        bare_trend, bare, _ = fit(trend + noise)
        strengths[at] = _strength(trend + noise - bare_trend - bare, bare)
    support = np.bincount(peaks, minlength=period) / draws
    return _Draws(trends.std(axis=0, ddof=1), tuple(float(one) for one in support), strengths)


def _pattern(season: Floats, period: int) -> Floats:
    """Return the mean season of each position."""
    return np.array([season[at::period].mean() for at in range(period)])


def _strength(rest: Floats, part: Floats) -> float:
    """Return how much of the variance a part explains beside the remainder."""
    both = float(np.var(part + rest))
    return max(0.0, 1 - float(np.var(rest)) / both) if both > _DUST else 0.0


def _chance(drawn: _Draws, strength: float) -> float:
    return float((1 + (drawn.strengths >= strength).sum()) / (1 + drawn.strengths.size))


def _table(
    series: pd.Series[float],
    y: Floats,
    trend: Floats,
    season: Floats,
    weight: Floats,
    scale: str,
    drawn: _Draws | None,
    level: float,
) -> pd.DataFrame:
    """Lay the parts out on the scale of counts."""
    from scipy.special import ndtri

    half = np.full(len(y), np.nan) if drawn is None else ndtri(0.5 + level / 2) * drawn.spread
    typical = from_scale(trend, scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(typical > 1e-6, from_scale(trend + season, scale) / typical, np.nan)
    return pd.DataFrame(
        {
            "observed": series.to_numpy(),
            "trend": typical,
            "trend_low": from_scale(trend - half, scale),
            "trend_high": from_scale(trend + half, scale),
            "season": factor,
            "adjusted": from_scale(y - season, scale),
            "remainder": y - trend - season,
            "weight": weight,
        },
        index=series.index,
    )
