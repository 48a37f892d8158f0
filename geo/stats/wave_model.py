"""How counts went with the height of the sea: a negative-binomial regression."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.checks import check_choice
from geo.display import Displayed
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Floats = NDArray[np.float64]
    _Days = NDArray[np.int64]

STEP_M: Final = 0.5
"""The effect is told for a sea that is so much higher, in metres."""
_YEAR_DAYS: Final = 365.2425
_FEWEST: Final = {"day": 730, "week": 104, "month": 36}
"""Least number of periods: two years, or three of months, so that season and waves can be told apart."""
_FEWEST_WITH: Final = 24
"""Least number of periods with a count above 0."""
_LAGS: Final = {"day": 28, "week": 8, "month": 3}
"""Least number of lags of the robust errors."""
_ALPHA: Final = (1e-6, 1e3)
_POISSON: Final = 1e-4
"""Overdispersion below which it no longer matters."""
_ROUNDS: Final = 50
_HALVINGS: Final = 20


@dataclass(frozen=True, eq=False)
class ConditionsFit(Displayed):
    """A fitted regression of counts on wave height.

    Attributes
    ----------
    effect, low, high : float
        Change of the expected count in per cent where the sea is half a metre higher, season, weekday and
        trend as they are, with the ends of its 95 % interval.
    coefficient, error : float
        Of a metre, on the log scale, and its standard error.
    alpha : float
        Overdispersion: variance = mean + alpha × mean².
    pseudo_r2 : float
        Share of the null deviance that the model takes away (at its own alpha).
    pseudo_r2_without : float
        The same of the model without wave height.
    n, n_with : int
        Periods in the sample, and those with a count above 0.
    n_terms, lags : int
        Columns of the model; lags of the robust errors.
    converged : bool
        Whether mean and overdispersion settled.
    start, end : arrays of int, shape (n,)
        Ordinals of first and last days of the sample's periods.
    observed, expected : arrays of float, shape (n,)
        Counts, and what the model expects of the conditions.
    design : array of float, shape (n, n_terms)
        Columns of the model, wave height first.
    covariance, model_covariance : arrays of float, shape (n_terms, n_terms)
        Of the coefficients: robust, and as the model alone would have it.
    """

    effect: float
    low: float
    high: float
    coefficient: float
    error: float
    alpha: float
    pseudo_r2: float
    pseudo_r2_without: float
    n: int
    n_with: int
    n_terms: int
    lags: int
    converged: bool
    start: _Days
    end: _Days
    observed: _Floats
    expected: _Floats
    design: _Floats
    covariance: _Floats
    model_covariance: _Floats

    def expected_total(self, first: int, last: int) -> tuple[float, float, float, float, int]:
        """Add up what the conditions of a stretch of the sample let expect.

        Parameters
        ----------
        first, last : int
            Ordinals of its first and last day.

        Returns
        -------
        expected, low, high : float
            The sum, with the 95 % interval of the expectation (delta method on the log scale); it holds the
            uncertainty of the coefficients, not the scatter of single counts. NaN where the sample has none.
        observed : float
            The counts of the same periods.
        n : int
            How many periods of the sample lie within.
        """
        held = (self.start >= first) & (self.end <= last)
        if not held.any():
            return np.nan, np.nan, np.nan, np.nan, 0
        total = float(self.expected[held].sum())
        slope = self.expected[held] @ self.design[held] / total
        half = _critical(self.lags, self.n) * _error(slope, self.covariance, self.model_covariance)
        return (
            total,
            total * np.exp(-half),
            total * np.exp(half),
            float(self.observed[held].sum()),
            int(held.sum()),
        )


def fit_conditions(
    start: Any,  # noqa: ANN401 - array-like of dates
    end: Any,  # noqa: ANN401 - array-like of dates
    counts: Any,  # noqa: ANN401 - array-like
    wave_m: Any,  # noqa: ANN401 - array-like
    *,
    kind: str,
    lags: int | None = None,
) -> ConditionsFit:
    """Regress counts on wave height, with season, weekday and trend.

    Parameters
    ----------
    start, end : array-like of date, shape (periods,)
        First and last day of each period, ascending (datetime64, dates or proleptic ordinals).
    counts : array-like of float, shape (periods,)
        What was counted, 0 or more; NaN for not published, which is left out.
    wave_m : array-like of float, shape (periods,)
        Mean significant wave height of the period in metres; NaN where not held, which is left out.
    kind : {"day", "week", "month"}
        What the periods are.
    lags : int, optional
        Lags of the robust errors; default the larger of 4 (n/100)^(2/9), n^(1/3), and 28 days, 8 weeks or 3
        months.

    Returns
    -------
    fit : ConditionsFit

    Raises
    ------
    InvalidInputError
        If the arrays differ in length, a count is below 0, or the sample is too short, has too few counts
        above 0 or a sea that never changes.
    UnknownNameError
        If `kind` is none of these.

    Notes
    -----
    log E y = b₀ + b × wave_m + weekday + Σₖ (sₖ sin + cₖ cos)(2πk × day/365.2425), k = 1, 2 + trend + log
    days, Var y = μ + α μ² (NB2; Cameron and Trivedi 2013, ch. 3). The trend is a natural cubic spline with
    about one knot a year. Coefficients by Newton's method and α by maximum likelihood,
    in turn until both settle. Errors by Newey and West (1987) with Bartlett weights, residuals divided by √(1
    − leverage), allow for what lasts from one period to the next; where the model's own are larger, those
    count, since robust errors alone are too small in short or sparse samples (docs/method.md); intervals are
    symmetric on the log scale, with the critical values of Kiefer and Vogelsang (2005) for that number of
    lags. An association over days, weeks or months, and no effect of the sea on anybody's decision.

    Examples
    --------
    >>> day = np.arange("2031-01-01", "2033-01-01", dtype="datetime64[D]")
    >>> sea = 1 + 0.8 * np.random.default_rng(1).random(day.size)
    >>> seen = np.random.default_rng(2).poisson(np.exp(5 - 1.0 * sea))
    >>> fit = fit_conditions(day, day, seen, sea, kind="day")
    >>> bool(fit.low < 100 * (np.exp(-0.5) - 1) < fit.high), fit.n, fit.converged
    (True, 731, True)
    """
    check_choice(kind, _FEWEST, name="kind of period")
    first, last, y, height = _sample(start, end, counts, wave_m, kind)
    used = int(lags) if lags is not None else _default_lags(len(y), kind)
    if not 0 <= used < len(y):
        raise InvalidInputError(f"Invalid lags '{lags}'. They must be 0 or more, and fewer than the periods.")
    offset = np.log((last - first + 1).astype(float))
    others = _design(first, last, kind)
    design = np.column_stack([height, others])
    beta, expected, alpha, converged = _settle(y, design, offset)
    covariances = _covariances(design, y, expected, alpha, used)
    error, critical = _error(np.eye(design.shape[1])[0], *covariances), _critical(used, len(y))
    means = (expected, *(_fit_mean(y, fewer, offset, alpha)[1] for fewer in (others, others[:, :1])))
    deviances = [_deviance(y, mean, alpha) for mean in means]
    bounds = beta[0] * STEP_M + np.array([0.0, -1.0, 1.0]) * critical * error * STEP_M
    effect, low, high = (100 * np.expm1(bounds)).tolist()
    return ConditionsFit(
        effect=effect,
        low=low,
        high=high,
        coefficient=float(beta[0]),
        error=error,
        alpha=alpha,
        pseudo_r2=1 - deviances[0] / deviances[2],
        pseudo_r2_without=1 - deviances[1] / deviances[2],
        n=len(y),
        n_with=int((y > 0).sum()),
        n_terms=design.shape[1],
        lags=used,
        converged=converged,
        start=first,
        end=last,
        observed=y,
        expected=expected,
        design=design,
        covariance=covariances[0],
        model_covariance=covariances[1],
    )


def _critical(lags: int, n: int) -> float:
    """Return how many standard errors half a 95 % interval is, given the lags of the errors.

    Notes
    -----
    Kiefer and Vogelsang (2005, table 1), Bartlett: b = (lags + 1)/n; 1.96 + 2.9694 b + 0.4160 b² − 0.5324 b³.
    """
    b = (lags + 1) / n
    return float(np.polynomial.polynomial.polyval(b, (1.96, 2.9694, 0.4160, -0.5324)))


def _error(slope: _Floats, *covariances: _Floats) -> float:
    """Return the larger of the standard errors that covariances give a sum of coefficients."""
    return float(np.sqrt(max(slope @ covariance @ slope for covariance in covariances)))


def _covariances(
    design: _Floats, y: _Floats, mean: _Floats, alpha: float, lags: int
) -> tuple[_Floats, _Floats]:
    """Return two covariances of the coefficients: robust to what lasts, and the model's own."""
    weight = mean / (1 + alpha * mean)
    bread = np.linalg.inv(design.T @ (design * weight[:, None]))
    pull = weight * ((design @ bread) * design).sum(axis=1)
    rest = (y - mean) / (1 + alpha * mean) / np.sqrt(np.clip(1 - pull, 1e-6, None))
    score = design * rest[:, None]
    meat: _Floats = score.T @ score
    for lag in range(1, lags + 1):
        cross = score[lag:].T @ score[:-lag]
        meat += (1 - lag / (lags + 1)) * (cross + cross.T)
    return np.asarray(bread @ meat @ bread), np.asarray(bread)


def _default_lags(n: int, kind: str) -> int:
    return max(int(4 * (n / 100) ** (2 / 9)), int(n ** (1 / 3)), _LAGS[kind])


def _ordinals(days: Any, name: str) -> _Days:  # noqa: ANN401 - array-like of dates
    values = np.asarray(days)
    if np.issubdtype(values.dtype, np.integer):
        return values.astype(np.int64)
    try:
        return values.astype("datetime64[D]").astype(np.int64) + dt.date(1970, 1, 1).toordinal()
    except (TypeError, ValueError):
        raise InvalidInputError(f"Invalid {name} of the sample. Give days, as dates or datetime64.") from None


def _sample(
    start: Any,  # noqa: ANN401 - array-like
    end: Any,  # noqa: ANN401 - array-like
    counts: Any,  # noqa: ANN401 - array-like
    wave_m: Any,  # noqa: ANN401 - array-like
    kind: str,
) -> tuple[_Days, _Days, _Floats, _Floats]:
    """Check a sample and leave out what has no count or no sea."""
    first, last = _ordinals(start, "start"), _ordinals(end, "end")
    y, height = np.asarray(counts, dtype=float), np.asarray(wave_m, dtype=float)
    if not (first.ndim == 1 and first.shape == last.shape == y.shape == height.shape):
        raise InvalidInputError(
            f"Invalid sample of {first.size}, {last.size}, {y.size} and {height.size} values. Starts, ends, "
            "counts and wave heights must be as many."
        )
    if (np.diff(first) <= 0).any() or (last < first).any():
        raise InvalidInputError("Invalid periods of the sample. They must follow one another.")
    if (y < 0).any():
        raise InvalidInputError(f"Invalid count '{np.nanmin(y):g}'. It must be 0 or more.")
    held = np.isfinite(y) & np.isfinite(height)
    first, last, y, height = first[held], last[held], y[held], height[held]
    if len(y) < _FEWEST[kind] or int((y > 0).sum()) < _FEWEST_WITH:
        raise InvalidInputError(
            f"Invalid sample of {len(y)} {kind}s, {int((y > 0).sum())} with a count above 0. At least "
            f"{_FEWEST[kind]} with counts and waves are needed, and {_FEWEST_WITH} above 0."
        )
    if float(np.ptp(height)) < 1e-6:
        raise InvalidInputError("Invalid wave heights. They never change, so nothing can be told of them.")
    return first, last, y, height


def _design(first: _Days, last: _Days, kind: str) -> _Floats:
    """Return constant, season, weekday and trend as columns."""
    middle = (first + last) / 2
    turn = 2 * np.pi * middle / _YEAR_DAYS
    columns = [np.ones(len(middle))]
    columns += [wave(k * turn) for k in (1, 2) for wave in (np.sin, np.cos)]
    if kind == "day":
        weekday = (first - 1) % 7  # ordinal 1 was a Monday
        columns += [(weekday == at).astype(float) for at in range(1, 7)]
    years = (middle[-1] - middle[0]) / _YEAR_DAYS
    columns += list(_natural_spline(middle, int(np.clip(round(years), 1, 12))).T)
    return np.column_stack(columns)


def _natural_spline(x: _Floats, pieces: int) -> _Floats:
    """Return a natural cubic spline with evenly spaced knots; one piece is a straight line.

    Notes
    -----
    Hastie, Tibshirani and Friedman (2009), equations 5.4 and 5.5, without the constant, each column scaled to
    a spread of 1.
    """
    u = (x - x[0]) / (x[-1] - x[0])
    knots = np.linspace(0, 1, pieces + 1)

    def cubes(knot: float) -> _Floats:
        bent: _Floats = (np.maximum(u - knot, 0) ** 3 - np.maximum(u - 1, 0) ** 3) / (1 - knot)
        return bent

    columns = [u]
    if pieces > 1:
        last = cubes(knots[-2])
        columns += [cubes(knot) - last for knot in knots[:-2]]
    table = np.column_stack(columns)
    return np.asarray((table - table.mean(axis=0)) / table.std(axis=0))


def _fit_mean(
    y: _Floats, design: _Floats, offset: _Floats, alpha: float, start: _Floats | None = None
) -> tuple[_Floats, _Floats, bool]:
    """Return coefficients, means and whether they settled, at a given overdispersion.

    Newton steps, halved where they overshoot: the likelihood is concave in the coefficients.
    """
    beta = start
    if beta is None:
        beta = np.linalg.lstsq(design, np.log((y + y.mean()) / 2) - offset, rcond=None)[0]
    mean = _means(design, beta, offset)
    reached, settled = _deviance(y, mean, alpha), False
    for _ in range(_ROUNDS):
        weight = mean * (1 + alpha * y) / (1 + alpha * mean) ** 2
        pull = design.T @ ((y - mean) / (1 + alpha * mean))
        step = np.linalg.solve((design * weight[:, None]).T @ design, pull)
        for _ in range(_HALVINGS):
            tried = _means(design, beta + step, offset)
            now = _deviance(y, tried, alpha)
            if now <= reached + 1e-9 * abs(reached):
                break
            step = step / 2
        beta, mean, reached = beta + step, tried, now
        settled = bool(np.abs(step).max() < 1e-7)
        if settled:
            break
    return beta, mean, settled


def _means(design: _Floats, beta: _Floats, offset: _Floats) -> _Floats:
    return np.asarray(np.exp(np.clip(design @ beta + offset, -30, 30)))


def _settle(y: _Floats, design: _Floats, offset: _Floats) -> tuple[_Floats, _Floats, float, bool]:
    """Fit the mean at an overdispersion and the overdispersion at that mean, in turn until both settle."""
    alpha = 1.0
    beta, mean, _ = _fit_mean(y, design, offset, alpha)
    for _ in range(_ROUNDS):
        beta, mean, converged = _fit_mean(y, design, offset, alpha, beta)
        found = _alpha(y, mean)
        settled = abs(np.log(found / alpha)) < 1e-4 or max(found, alpha) < _POISSON
        alpha = found
        if settled:
            break
    return beta, mean, alpha, bool(settled and converged)


def _deviance(y: _Floats, mean: _Floats, alpha: float) -> float:
    """Return the negative-binomial deviance."""
    own = y * np.log(np.where(y > 0, y, 1) / mean)
    return float(2 * (own - (y + 1 / alpha) * np.log((1 + alpha * y) / (1 + alpha * mean))).sum())


def _alpha(y: _Floats, mean: _Floats) -> float:
    """Return the overdispersion of the highest likelihood for given means."""
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    def loss(log_alpha: float) -> float:
        r = np.exp(-log_alpha)
        told = gammaln(y + r) - gammaln(r) - (y + r) * np.log1p(mean / r) + y * np.log(mean / r)
        return -float(told.sum())

    found = minimize_scalar(loss, bounds=np.log(_ALPHA), method="bounded", options={"xatol": 1e-9})
    return float(np.exp(found.x))
