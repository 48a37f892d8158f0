"""Retrospective monitoring: when did counts leave the seasonal reference of earlier years? CUSUM and EWMA."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.checks import check_choice
from geo.display import Displayed
from geo.errors import InvalidInputError
from geo.stats.trend_inputs import autoregressive, difference_noise, regular

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.stats.trend_inputs import Values

    Floats = NDArray[np.float64]

METHODS: Final = ("cusum", "ewma")
_SLACK: Final = 0.5
_WEIGHT: Final = 0.2
_HORIZON: Final = 6
"""Simulated runs are this many times as long as the average that is asked for."""


@dataclass(frozen=True, slots=True)
class Signal(Displayed):
    """One stretch of values away from the reference.

    Attributes
    ----------
    direction : str
        ``above`` or ``below``.
    start, crossed, end : int
        Positions: since when the chart rose, when it passed its limit, and when it was furthest.
    mean_ratio : float
        Sum of the counts from start to end over that of the reference.
    """

    direction: str
    start: int
    crossed: int
    end: int
    mean_ratio: float


@dataclass(frozen=True, eq=False)
class MonitoringChart(Displayed):
    """What :func:`monitoring_chart` found.

    Attributes
    ----------
    table : DataFrame
        On the index of the values: ``observed``, ``reference`` (expected count), ``in_reference`` (whether
        the value made the reference), ``residual`` (standardised), ``up`` and ``down`` (the chart's
        statistics, 0 or more; 0 in the reference), ``limit`` (of both) and ``signal`` ("", ``above``,
        ``below``).
    signals : tuple of Signal
        In order of time.
    method : str
        ``cusum`` or ``ewma``.
    limit, arl : float
        Limit, and the average number of values to a false signal that it was set for.
    dispersion, rho : float
        α of the variance μ + α μ², and the autocorrelation from one value to the next, in the reference.
    n_reference, period, draws, seed : int
        Values in the reference and in a year; simulated runs and their seed.
    """

    table: pd.DataFrame
    signals: tuple[Signal, ...]
    method: str
    limit: float
    arl: float
    dispersion: float
    rho: float
    n_reference: int
    period: int
    draws: int
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class _Reference:
    """Level, season and noise of the reference; each for every series along the first axis."""

    mean: Floats
    spread: Floats
    rho: Floats


def monitoring_chart(
    values: Values,
    period: int = 12,
    *,
    reference: int | None = None,
    method: str = "cusum",
    arl: float | None = None,
    draws: int = 400,
    seed: int = 0,
) -> MonitoringChart:
    """Chart how later counts depart from the season and level of the first years.

    Parameters
    ----------
    values : Series or array of float, shape (n,)
        Counts, evenly spaced, without a gap.
    period : int
        Values in a year.
    reference : int, optional
        How many values, from the first, make the reference: two years at least. Default the first half of the
        series in whole years, three years at least.
    method : str
        ``cusum`` (both sides, slack half a standard deviation) or ``ewma`` (weight 0.2).
    arl : float, optional
        Average number of values to a false signal where nothing changed; default twenty years.
    draws, seed : int
        Simulated runs that set the limit, and their seed.

    Returns
    -------
    chart : MonitoringChart

    Raises
    ------
    InvalidInputError
        If values or options make no sense, there is a gap, or no value is left to chart.
    UnknownNameError
        If there is no such method.

    Notes
    -----
    Residuals are differences of log(x + 1/2) from the reference (mean logarithm by season), over their
    standard deviation there. CUSUM C⁺ = max(0, C⁺ + r − 1/2) and C⁻ (Page 1954), begun anew behind the
    furthest value of each signal; EWMA Z = 0.2 r + 0.8 Z over its standard deviation (Roberts 1959). The
    limit comes from simulated series without a change: variance μ + α μ² and the reference's autocorrelation
    (Poisson counts of a log-normal autoregressive mean), each with its own reference estimated anew from as
    many values, so that the uncertainty of a short reference is in the limit. It is the one whose mean run is
    `arl`, with a geometric tail beyond the simulated horizon of six times that. For looking back: no
    forecast, no alarm.

    Examples
    --------
    >>> counts = np.random.default_rng(2).poisson(np.repeat([100, 160], [72, 24]))
    >>> chart = monitoring_chart(counts, reference=60, draws=200)
    >>> [(one.direction, 70 <= one.start <= 75) for one in chart.signals]
    [('above', True)]
    """
    check_choice(method, METHODS, name="method")
    series = regular(values, period, gaps=False)
    y = np.asarray(series, dtype=np.float64)
    held = _check_reference(len(y), period, reference)
    check_arl(arl)
    length = 20.0 * period if arl is None else float(arl)
    if not isinstance(draws, int) or not 100 <= draws <= 20_000:
        raise InvalidInputError(f"Invalid draws '{draws}'. It must be a whole number from 100 to 20000.")
    if not y[:held].any():
        raise InvalidInputError("Invalid reference. Nothing was counted in it.")
    found = _reference(y[None, :held], period)
    season = np.exp(found.mean[0])
    poisson = float(np.mean(1 / np.maximum(y[:held], 1.0)))
    alpha = max(math.expm1(min(float(found.spread[0]) ** 2, 3.0)) - poisson, 0.0)
    rho = float(found.rho[0])
    limit = _limit(tuple(season.round(6)), held, method, length, round(alpha, 4), round(rho, 3), draws, seed)
    residual = (np.log(y + 0.5) - found.mean[0][np.arange(len(y)) % period]) / found.spread[0]
    expected = _means(y[:held], season, period)[np.arange(len(y)) % period]
    up, down, signals = _both(residual[held:], method, limit)
    moved = [
        _signal(one, direction, y, expected, held)
        for direction, side in zip(("above", "below"), signals, strict=True)
        for one in side
    ]
    moved.sort(key=lambda one: one.start)
    return MonitoringChart(
        table=_table(series, expected, residual, up, down, limit, moved, held),
        signals=tuple(moved),
        method=method,
        limit=limit,
        arl=length,
        dispersion=alpha,
        rho=rho,
        n_reference=held,
        period=period,
        draws=draws,
        seed=seed,
    )


def check_arl(value: float | None) -> None:
    """Refuse an average run outside 10 to 10,000.

    Raises
    ------
    InvalidInputError
        If it is.

    Examples
    --------
    >>> check_arl(120)
    """
    if value is not None and not 10 <= value <= 10_000:
        raise InvalidInputError(f"Invalid arl '{value}'. It must be a number from 10 to 10000.")


def _check_reference(n: int, period: int, reference: int | None) -> int:
    """Return how many values make the reference."""
    fewest = max(2 * period, 8)
    held = max(3 * period, n // (2 * period) * period, fewest) if reference is None else reference
    if isinstance(held, bool) or not isinstance(held, int) or held < fewest:
        raise InvalidInputError(
            f"Invalid reference '{reference}'. It must be a whole number of at least {fewest}."
        )
    if held >= n:
        raise InvalidInputError(f"Invalid reference '{held}'. It leaves none of the {n} values to chart.")
    return held


def _reference(y: Floats, period: int) -> _Reference:
    """Estimate mean logarithms by season, spread and autocorrelation; y has shape (series, n)."""
    log = np.log(y + 0.5)
    n = y.shape[1]
    mean = np.stack([log[:, at::period].mean(axis=1) for at in range(period)], axis=1)
    rest = log - mean[:, np.arange(n) % period]
    spread = np.sqrt((rest**2).sum(axis=1) / (n - period))
    rho = np.array([difference_noise(one)[0] for one in rest]) if len(rest) == 1 else np.zeros(len(rest))
    return _Reference(mean, np.maximum(spread, 1e-6), rho)


def _means(y: Floats, season: Floats, period: int) -> Floats:
    """Return expected counts: the season of the logarithms, raised to the reference's total."""
    total = season[np.arange(len(y)) % period].sum()
    return np.asarray(season * (y.sum() / total), dtype=np.float64)


@lru_cache(maxsize=64)
def _limit(
    season: tuple[float, ...],
    held: int,
    method: str,
    arl: float,
    alpha: float,
    rho: float,
    draws: int,
    seed: int,
) -> float:
    """Find the limit at which simulated series without a change run `arl` values on average."""
    rng = np.random.default_rng(seed)
    horizon = math.ceil(_HORIZON * arl)
    period = len(season)
    n = held + horizon
    mean = np.asarray(season)[np.arange(n) % period]
    wide = math.log1p(alpha)
    noise = math.sqrt(wide) * autoregressive(rng, (draws, n), rho) - wide / 2
    y = rng.poisson(mean * np.exp(noise)).astype(np.float64)
    found = _reference(y[:, :held], period)
    where = np.arange(held, n) % period
    residual = (np.log(y[:, held:] + 0.5) - found.mean[:, where]) / found.spread[:, None]
    top = np.maximum.accumulate(_path(residual, method), axis=1)
    low, high = 0.0, float(top[:, -1].max()) + 1.0
    for _ in range(40):
        middle = (low + high) / 2
        if _mean_run(top, middle) < arl:
            low = middle
        else:
            high = middle
    return high


def _mean_run(top: Floats, limit: float) -> float:
    """Estimate the mean run: values seen over signals seen, as of a geometric tail."""
    horizon = top.shape[1]
    crossed = top[:, -1] > limit
    runs = np.where(crossed, (top <= limit).sum(axis=1) + 1, horizon)
    return float(runs.sum() / crossed.sum()) if crossed.any() else math.inf


def _path(residual: Floats, method: str) -> Floats:
    """Return the larger of both sides of a chart at each value, for series along the first axis."""
    found = np.empty_like(residual)
    up, down = np.zeros(len(residual)), np.zeros(len(residual))
    for at in range(residual.shape[1]):
        up, down = _step(up, down, residual[:, at], method)
        found[:, at] = np.maximum(up, down)
    return found


def _step(up: Floats, down: Floats, residual: Floats, method: str) -> tuple[Floats, Floats]:
    """Take both sides of a chart one value on."""
    if method == "cusum":
        return np.maximum(0.0, up + residual - _SLACK), np.maximum(0.0, down - residual - _SLACK)
    scale = math.sqrt(_WEIGHT / (2 - _WEIGHT))
    level = (up - down) * scale
    moved = (_WEIGHT * residual + (1 - _WEIGHT) * level) / scale
    return np.maximum(moved, 0.0), np.maximum(-moved, 0.0)


def _both(
    residual: Floats, method: str, limit: float
) -> tuple[Floats, Floats, tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]]:
    """Follow both sides; after a signal, a CUSUM begins anew behind its furthest value."""
    up, upper = _follow(residual, method, limit)
    down, lower = _follow(-residual, method, limit)
    return up, down, (upper, lower)


def _follow(residual: Floats, method: str, limit: float) -> tuple[Floats, list[tuple[int, int, int]]]:
    """Follow one side; signals are (start, crossed, end)."""
    n = len(residual)
    path, found = np.zeros(n), []
    at = 0
    while at < n:
        stop, run = at, []
        up, down = np.zeros(1), np.zeros(1)
        while stop < n:
            up, down = _step(up, down, residual[stop : stop + 1], method)
            run.append(float(up[0]))
            stop += 1
            if run[-1] <= 0:
                if method == "cusum" or max(run) > limit:
                    break
                run[-1] = 0.0
        path[at:stop] = run
        over = [place for place, one in enumerate(run) if one > limit]
        if not over:
            at = stop
            continue
        zeros = [place for place in range(over[0]) if run[place] <= 0]
        start = zeros[-1] + 1 if zeros else 0
        furthest = int(np.argmax(run)) if method == "cusum" else over[-1]
        found.append((at + start, at + over[0], at + furthest))
        at = at + furthest + 1 if method == "cusum" else stop
    return path, found


def _signal(found: tuple[int, int, int], direction: str, y: Floats, expected: Floats, held: int) -> Signal:
    start, crossed, end = (one + held for one in found)
    ratio = float(y[start : end + 1].sum() / max(expected[start : end + 1].sum(), 1e-9))
    return Signal(direction, start, crossed, end, ratio)


def _table(
    series: pd.Series[float],
    expected: Floats,
    residual: Floats,
    up: Floats,
    down: Floats,
    limit: float,
    signals: list[Signal],
    held: int,
) -> pd.DataFrame:
    """Lay the chart out."""
    words = np.full(len(series), "", dtype=object)
    for one in signals:
        words[one.start : one.end + 1] = one.direction
    none = np.zeros(held)
    return pd.DataFrame(
        {
            "observed": series.to_numpy(),
            "reference": expected,
            "in_reference": np.arange(len(series)) < held,
            "residual": residual,
            "up": np.concatenate((none, up)),
            "down": np.concatenate((none, down)),
            "limit": limit,
            "signal": words,
        },
        index=series.index,
    )
