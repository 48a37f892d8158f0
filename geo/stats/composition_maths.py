"""Concentration, and how sure a change in shares is when people arrive in groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.display import Displayed
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def herfindahl(counts: ArrayLike) -> float:
    """Return the Herfindahl index of counts: the sum of their squared shares, from 1 / groups to 1.

    Parameters
    ----------
    counts : array_like of float, shape (groups,)
        Numbers of 0 or more. One over the index is the effective number of groups.

    Returns
    -------
    index : float
        NaN where all are 0.

    Raises
    ------
    InvalidInputError
        If a count is negative or missing.

    Examples
    --------
    >>> herfindahl([50, 50]), herfindahl([100])
    (0.5, 1.0)
    """
    values = _counts(counts)
    total = float(values.sum())
    return float(((values / total) ** 2).sum()) if total else float("nan")


def _counts(counts: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(counts, dtype=np.float64)
    if not np.isfinite(values).all() or (values < 0).any():
        raise InvalidInputError("Invalid counts of groups. They must be numbers of 0 or more, none missing.")
    return values


@dataclass(frozen=True, slots=True)
class Share(Displayed):
    """A share and how sure it is.

    Attributes
    ----------
    value : float
        Part over whole.
    variance : float
        Of the share; NaN where it cannot be estimated.
    design_effect : float
        That variance over the one of as many independent people; at least 1.
    freedom : float
        Degrees of freedom of the variance.
    """

    value: float
    variance: float
    design_effect: float
    freedom: float


def grouped_share(parts: ArrayLike, wholes: ArrayLike, *, design_effect: float | None = None) -> Share:
    """Return a share with the variance it has when people come in groups.

    Parameters
    ----------
    parts, wholes : array_like of float, shape (groups,)
        Per group (a quarter): people of the category, and people recorded.
    design_effect : float, optional
        How many times larger the variance is than that of independent people, at least 1; default as
        estimated between the groups.

    Returns
    -------
    share : Share

    Raises
    ------
    InvalidInputError
        If a part exceeds its whole, the whole is 0, or `design_effect` is below 1.

    Notes
    -----
    The ratio estimator of cluster sampling, k/(k-1) Σ(xᵢ - p nᵢ)² / N² with k - 1 degrees of freedom (Cochran
    1977, section 6.3), and never less than the binomial p(1 - p)/N.

    Examples
    --------
    >>> grouped_share([5, 45, 5, 45], [100, 100, 100, 100]).design_effect > 10
    True
    >>> grouped_share([100], [400], design_effect=4).variance == 4 * 0.25 * 0.75 / 400
    True
    """
    x, n = _counts(parts), _counts(wholes)
    if (x > n).any() or not n.sum() > 0:
        raise InvalidInputError(
            "Invalid parts of groups. Each must be at most its whole, and a whole above 0."
        )
    if design_effect is not None and not design_effect >= 1:
        raise InvalidInputError(
            f"Invalid design_effect '{design_effect}'. It must be a number of at least 1."
        )
    total, used = float(n.sum()), n > 0
    share = float(x.sum()) / total
    binomial = share * (1 - share) / total
    if design_effect is not None:
        return Share(share, binomial * design_effect, design_effect, float("inf"))
    groups = int(used.sum())
    if groups < 2 or binomial == 0:
        return Share(share, float("nan"), float("nan"), 0.0)
    spread = groups / (groups - 1) * float(((x - share * n) ** 2).sum()) / total**2
    effect = max(spread / binomial, 1.0)
    return Share(share, binomial * effect, effect, groups - 1.0)


def share_change(now: Share, before: Share, *, level: float = 0.05) -> tuple[float, float, float]:
    """Return the difference of two shares and its interval.

    Parameters
    ----------
    now, before : Share
        Of two periods that hold different people.
    level : float
        Error rate of the interval.

    Returns
    -------
    change, low, high : float
        As fractions; the ends NaN where a variance is not known.

    Notes
    -----
    Student's t with the degrees of freedom of Welch and Satterthwaite.

    Examples
    --------
    >>> now = grouped_share([30], [100], design_effect=1)
    >>> change, low, high = share_change(now, grouped_share([20], [100], design_effect=1))
    >>> round(change, 3), round(low, 3), round(high, 3)
    (0.1, -0.019, 0.219)
    """
    from scipy.special import ndtri, stdtrit

    change = now.value - before.value
    variance = now.variance + before.variance
    if not variance > 0:
        return change, float("nan"), float("nan")
    inverse = sum(one.variance**2 / one.freedom for one in (now, before) if one.variance > 0)
    freedom = variance**2 / inverse if inverse > 0 else float("inf")
    times = float(stdtrit(freedom, 1 - level / 2)) if np.isfinite(freedom) else float(ndtri(1 - level / 2))
    half = times * variance**0.5
    return change, max(change - half, -1.0), min(change + half, 1.0)


def check_options(top: int, smallest: float, design_effect: float | None) -> None:
    """Check the options."""
    if isinstance(top, bool) or not isinstance(top, int) or top < 1:
        raise InvalidInputError(f"Invalid top '{top}'. It must be a whole number of at least 1.")
    if not smallest >= 10:
        raise InvalidInputError(f"Invalid smallest_group '{smallest}'. It must be a number of at least 10.")
    if design_effect is not None and not design_effect >= 1:
        raise InvalidInputError(
            f"Invalid design_effect '{design_effect}'. It must be a number of at least 1."
        )
