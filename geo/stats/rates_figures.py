"""The arithmetic of death rates: a numerator of incidents, a named denominator, an interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.checks import check_choice
from geo.display import Displayed
from geo.errors import InvalidInputError, MixedUnitsError
from geo.stats.bootstrap import REPLICATES, clustered_interval, poisson_interval
from geo.terms import MEASURES

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

DENOMINATORS: Final = (
    "arrivals",
    "arrivals+deaths",
    "arrivals+interceptions",
    "arrivals+interceptions+deaths",
)
"""What deaths may be divided by; always said, never a default."""
PER: Final = 1000
FEWEST: Final = 10
"""Deaths below which no rate is given."""
_REFUSED: Final = {"preventions": "prevention", "detections": "detection_entry"}


@dataclass(frozen=True, slots=True)
class Rate(Displayed):
    """Deaths per 1,000 of a denominator.

    Attributes
    ----------
    deaths, incidents : int
        Numerator, and the incidents it comes from.
    value, low, high : float
        Per 1,000; ends of the interval clustered by incident, NaN where there are too few incidents.
    naive_low, naive_high : float
        Ends of the exact Poisson interval, as if every death were an incident of its own.
    width_ratio : float
        How many times wider the first is than the second.
    one_in : float
        The denominator for one death.
    largest_share : float
        Share of the largest incident in the deaths, 0 to 1.
    """

    deaths: int
    incidents: int
    value: float
    low: float
    high: float
    naive_low: float
    naive_high: float
    width_ratio: float
    one_in: float
    largest_share: float

    @property
    def has_interval(self) -> bool:
        """Whether there are enough incidents for an interval."""
        return not math.isnan(self.low)


@dataclass(frozen=True, slots=True)
class Undercount(Displayed):
    """A scenario of deaths that nobody recorded.

    Attributes
    ----------
    name : str
        What it is called.
    low, high : float
        True deaths as a multiple of those recorded, 1 or more.
    source : str
        Where these factors are published. No factor is built in.
    """

    name: str
    low: float
    high: float
    source: str

    def __post_init__(self) -> None:
        if not (1 <= self.low <= self.high < math.inf):
            raise InvalidInputError(
                f"Invalid undercount '{self.low}, {self.high}'. Both are factors from 1, the lower one first."
            )
        if not (self.name.strip() and self.source.strip()):
            raise InvalidInputError(
                f"Invalid undercount '{self.name}'. It needs a name and the source of its factors."
            )


def check_denominator(denominator: str) -> str:
    """Return a denominator if it is one.

    Raises
    ------
    MixedUnitsError
        If it names something that is not counted in persons.
    UnknownNameError
        If it is none of :data:`DENOMINATORS`.

    Examples
    --------
    >>> check_denominator("arrivals + deaths")
    'arrivals+deaths'
    """
    name = denominator.replace(" ", "")
    for part in name.split("+"):
        code = _REFUSED.get(part, part)
        if code in MEASURES and code not in {"arrival", "interception", "dead_missing"}:
            raise MixedUnitsError(
                f"Invalid denominator '{denominator}'. {MEASURES[code].caveat[:1].upper()}"
                f"{MEASURES[code].caveat[1:]}. Deaths are divided by: {', '.join(DENOMINATORS)}."
            )
    return check_choice(name, DENOMINATORS, name="denominator")


def per_thousand(deaths: float, others: float, *, with_deaths: bool) -> float:
    """Divide deaths by a denominator.

    Parameters
    ----------
    deaths, others : float
        People; `others` are arrivals, and interceptions where they count.
    with_deaths : bool
        Whether the deaths are a part of the denominator.

    Examples
    --------
    >>> round(per_thousand(2526, 157652, with_deaths=True), 1)
    15.8
    """
    if math.isinf(deaths):
        return float(PER) if with_deaths else math.inf
    return PER * deaths / (others + deaths if with_deaths else others)


def incident_rate(
    sizes: ArrayLike,
    others: float,
    *,
    with_deaths: bool,
    confidence: float = 0.95,
    replicates: int = REPLICATES,
    rng: np.random.Generator | int = 0,
) -> Rate:
    """Compute a death rate with its interval from the sizes of incidents.

    Parameters
    ----------
    sizes : array_like of shape (incidents,)
        People dead or missing in each.
    others : float
        Arrivals, with interceptions where they count; above 0 and taken as exact.
    with_deaths : bool
        Whether deaths are a part of the denominator; then they vary in it too.
    confidence, replicates, rng
        As for :func:`~geo.stats.bootstrap.clustered_interval`.

    Returns
    -------
    rate : Rate

    Raises
    ------
    InvalidInputError
        If `others` is not above 0, there are no deaths, or as for the interval.

    Notes
    -----
    The rate 1000 D / (A + D) grows with D, so the ends of its interval are those of D put into it.

    Examples
    --------
    >>> rate = incident_rate([1] * 40 + [20, 60], 9880, with_deaths=True)
    >>> rate.value, rate.one_in, rate.low < 12 < rate.high, rate.width_ratio > 2
    (12.0, 83.33333333333333, True, True)
    """
    values = np.asarray(sizes, dtype=np.float64).ravel()
    deaths = float(values.sum())
    if not others > 0 or not deaths > 0:
        raise InvalidInputError(
            f"Invalid rate '{deaths:g} of {others:g}'. It needs deaths and a denominator above 0."
        )
    ends = clustered_interval(values, confidence=confidence, replicates=replicates, rng=rng)
    low, high = (per_thousand(end, others, with_deaths=with_deaths) for end in ends)
    naive = poisson_interval(deaths, confidence=confidence)
    naive_low, naive_high = (per_thousand(end, others, with_deaths=with_deaths) for end in naive)
    value = per_thousand(deaths, others, with_deaths=with_deaths)
    return Rate(
        deaths=int(deaths),
        incidents=int((values > 0).sum()),
        value=value,
        low=low,
        high=high,
        naive_low=naive_low,
        naive_high=naive_high,
        width_ratio=(high - low) / (naive_high - naive_low),
        one_in=PER / value,
        largest_share=float(values.max()) / deaths,
    )
