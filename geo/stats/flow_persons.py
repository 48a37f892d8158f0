"""How many different people stand behind counts that repeat them, and the counters side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from geo import terms
from geo.checks import raise_faults
from geo.display import Displayed
from geo.errors import MixedUnitsError
from geo.stats.flow_assumptions import FlowAssumptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TRANSIT: Final = frozenset({"western_balkans", "channel"})
"""Corridors whose counts repeat people who were counted at a border of first arrival before."""
_DETECTED: Final = ("first_arrivals_per_person", "already_counted", "attempts_per_person", "revision")


@dataclass(frozen=True, slots=True)
class PeopleRange(Displayed):
    """A possible range of different people.

    Attributes
    ----------
    low, high : float
        People, rounded outwards; `high` may be infinite.
    driver : str
        The assumption whose halving narrows it most, "" where none does.
    narrowing : dict
        Assumption to the part of the width that its halving takes away.
    """

    low: float
    high: float
    driver: str = ""
    narrowing: dict[str, float] = field(default_factory=dict)


def add_first_arrivals(counts: Mapping[str, float], *, transit: Iterable[str] = TRANSIT) -> float:
    """Add counts of borders of first arrival; refuse those of transit borders.

    Parameters
    ----------
    counts : dict
        Corridor or border to its count.
    transit : iterable of str
        Borders that repeat people of others.

    Raises
    ------
    MixedUnitsError
        If one of the borders is a transit border.
    InvalidInputError
        If a count is no number of at least 0.

    Examples
    --------
    >>> add_first_arrivals({"eastern_med": 885000, "central_med": 153946})
    1038946.0
    """
    _check(counts)
    repeated = sorted(set(counts) & set(transit))
    if repeated:
        raise MixedUnitsError(
            f"Invalid sum of borders '{', '.join(counts)}'. Only borders of first arrival are added: "
            f"{', '.join(repeated)} is a transit border, whose count repeats people who were counted before."
        )
    return float(sum(counts.values()))


def people_detected(
    first: Mapping[str, float],
    transit: Mapping[str, float] | None = None,
    assumptions: FlowAssumptions | None = None,
) -> PeopleRange:
    """Bound the number of different people behind detections at several borders.

    Parameters
    ----------
    first : dict
        Detections at borders of first arrival.
    transit : dict, optional
        Detections at transit borders.
    assumptions : FlowAssumptions, optional

    Raises
    ------
    InvalidInputError
        If a count is no number of at least 0.

    Notes
    -----
    With F and T detections at the borders of first arrival and of transit, at most a and between b and B of
    them per person, and a share in [o, O] of the people at transit borders detected at a first one before:
    max(F/a + (1 − O) T/B, T/B) ≤ N ≤ F + (1 − o) T/b; F and T themselves within the revision.

    Examples
    --------
    >>> found = people_detected({"all others": 1058069}, {"western_balkans": 764033})
    >>> found.low, found.high, found.driver
    (691271.0, 1858545.0, 'attempts_per_person')
    """
    _check({**first, **(transit or {})})
    assumed = assumptions or FlowAssumptions()
    arrived = add_first_arrivals(first)
    passed = float(sum((transit or {}).values()))
    low, high = _detected(arrived, passed, assumed)
    parts = {}
    for name in _DETECTED:
        least, most = _detected(arrived, passed, assumed.halved(name))
        parts[name] = 1 - (most - least) / (high - low) if high > low else 0.0
    best = max(parts, key=lambda name: parts[name])
    return PeopleRange(
        math.floor(round(low, 2)) + 0.0,
        math.ceil(round(high, 2)) + 0.0,
        best if parts[best] > 1e-4 else "",
        parts,
    )


def _detected(first: float, transit: float, assumed: FlowAssumptions) -> tuple[float, float]:
    fewest, most = assumed.attempts_per_person
    least_seen, most_seen = assumed.already_counted
    down, up = 1 - assumed.revision, 1 + assumed.revision
    people = down * transit / most
    low = max(down * first / assumed.first_arrivals_per_person + (1 - most_seen) * people, people)
    return low, up * first + (1 - least_seen) * up * transit / fewest


def _check(counts: Mapping[str, float]) -> None:
    bad = [f"'{name}': {value} is no count" for name, value in counts.items() if not 0 <= value < math.inf]
    raise_faults("counts of borders", bad)


def split_routes(held: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """Tell borders of first arrival from those of transit; the sum of all routes stands for those not held.

    Examples
    --------
    >>> split_routes({"all_routes": 10, "western_balkans": 4, "central_med": 3})
    ({'central_med': 3, 'other routes': 3}, {'western_balkans': 4})
    """
    transit = {name: value for name, value in held.items() if name in TRANSIT}
    first = {name: value for name, value in held.items() if name not in {*TRANSIT, terms.ALL_ROUTES}}
    if terms.ALL_ROUTES in held:
        rest = held[terms.ALL_ROUTES] - sum(first.values()) - sum(transit.values())
        first["other routes"] = max(0, rest)
    return first, transit
