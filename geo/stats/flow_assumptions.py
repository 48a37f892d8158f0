"""What has to be assumed before counts at borders and in countries say anything of flows."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from geo.checks import raise_faults
from geo.display import Displayed
from geo.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

_NEUTRAL: Final = {
    "leak_share": 0.0,
    "legs_per_person": 1.0,
    "registered_share": 1.0,
    "registrations_per_person": 1.0,
    "detected_share": 1.0,
    "undercount": 0.0,
    "revision": 0.0,
    "rounding": 0.0,
    "first_arrivals_per_person": 1.0,
}
"""The end of an assumption at which it leaves no room."""
_LOOSEST: Final = {
    "stay_share": (0.0, 1.0),
    "leak_share": 1.0,
    "legs_per_person": math.inf,
    "registered_share": 0.0,
    "registrations_per_person": math.inf,
    "detected_share": 0.0,
    "attempts_per_person": (1.0, math.inf),
    "undercount": 1.0,
    "revision": 1.0,
    "rounding": 1.0,
    "first_arrivals_per_person": math.inf,
    "already_counted": (0.0, 1.0),
}
"""The end at which it says nothing."""
NAMES: Final = tuple(_LOOSEST)
"""The assumptions, in the order in which they are told."""
_RANGES: Final = ("stay_share", "attempts_per_person", "already_counted")
_FACTORS: Final = (
    "legs_per_person",
    "registrations_per_person",
    "attempts_per_person",
    "first_arrivals_per_person",
)


@dataclass(frozen=True, slots=True)
class FlowAssumptions(Displayed):
    """What is assumed of people between the counts. Wide by default: none of it but `revision` has a source.

    Attributes
    ----------
    stay_share : tuple of float
        Least and greatest share of the people on the move in a country who do not leave it by a drawn leg in
        the period: they stay, turn back, or travel another way. Default 0 to 1: nothing is assumed.
    leak_share : float
        Greatest share of the people in a country, or in a count of a border, who came there by no drawn leg:
        by air, on another road, or before the period. Default 0.5.
    legs_per_person : float
        Greatest mean number of different drawn legs by which one person enters, or leaves, one country.
        Default 1.5.
    registered_share : float
        Least number of registrations per person on the move in a country (people who are never registered
        count 0). Default 0.5.
    registrations_per_person : float
        Greatest number of registrations per person in one country. Default 1.25.
    detected_share : float
        Least share of crossings of a counted border that are detected. Default 0.5.
    attempts_per_person : tuple of float
        Least and greatest mean number of crossings of a counted border per person who crosses it, repeated
        attempts after a return among them. Default 1 to 3.
    undercount : float
        Greatest share of arrivals that a count of people misses. Default 0.1.
    revision : float
        Greatest part by which a published count differs from the settled one, either way. Default 0.02:
        full-year figures of Frontex moved by up to 1 % between press release and later file.
    rounding : float
        Greatest part by which a figure told with "about", "almost" or "nearly" differs. Default 0.05.
    first_arrivals_per_person : float
        Greatest mean number of detections per person at the borders of first arrival
        (:func:`geo.stats.flow_persons.people_detected`). Default 1.5.
    already_counted : tuple of float
        Least and greatest share of the people detected at a transit border who were detected at a border of
        first arrival before (same function). Default 0 to 1.
    sources : dict
        Assumption to where one's own value of it comes from; told with it.

    Raises
    ------
    InvalidInputError
        If a value is outside its range; every fault is listed.

    Examples
    --------
    >>> FlowAssumptions(leak_share=0.2).halved("leak_share").leak_share
    0.1
    """

    stay_share: tuple[float, float] = (0.0, 1.0)
    leak_share: float = 0.5
    legs_per_person: float = 1.5
    registered_share: float = 0.5
    registrations_per_person: float = 1.25
    detected_share: float = 0.5
    attempts_per_person: tuple[float, float] = (1.0, 3.0)
    undercount: float = 0.1
    revision: float = 0.02
    rounding: float = 0.05
    first_arrivals_per_person: float = 1.5
    already_counted: tuple[float, float] = (0.0, 1.0)
    sources: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults: list[str] = []
        for name in NAMES:
            value = getattr(self, name)
            ends = value if isinstance(value, tuple) else (value,)
            if len(ends) != (2 if name in _RANGES else 1):
                faults.append(f"{name}: {value} is not {'a pair' if name in _RANGES else 'one number'}")
                continue
            floor, roof = (1.0, math.inf) if name in _FACTORS else (0.0, 1.0)
            outside = [end for end in ends if not floor <= end <= roof]
            faults += [f"{name}: {end} is not from {floor:g} to {roof:g}" for end in outside]
            if len(ends) == 2 and ends[0] > ends[1]:
                faults.append(f"{name}: {ends[0]} is above {ends[1]}")
        faults += [f"sources: '{name}' is no assumption" for name in self.sources if name not in NAMES]
        raise_faults("assumptions", faults)

    def halved(self, name: str) -> FlowAssumptions:
        """Return the assumptions with the room of one halved.

        A range is halved about its middle; another moves half of the way to where it leaves no room.

        Raises
        ------
        UnknownNameError
            If there is no such assumption.

        Examples
        --------
        >>> FlowAssumptions().halved("attempts_per_person").attempts_per_person
        (1.5, 2.5)
        """
        value = getattr(self, _check(name))
        if isinstance(value, tuple):
            low, high = value
            if math.isinf(high):
                return self
            middle: Any = ((3 * low + high) / 4, (low + 3 * high) / 4)
            return dataclasses.replace(self, **{name: middle})
        if math.isinf(value):
            return self
        return dataclasses.replace(self, **{name: (value + _NEUTRAL[name]) / 2})

    def without(self, name: str) -> FlowAssumptions:
        """Return the assumptions with one left out: it no longer says anything.

        Left out, `revision` and `rounding` let a count be anything up to twice itself.

        Raises
        ------
        UnknownNameError
            If there is no such assumption.

        Examples
        --------
        >>> FlowAssumptions().without("leak_share").leak_share
        1.0
        """
        loosest: Any = _LOOSEST[_check(name)]
        return dataclasses.replace(self, **{name: loosest})


def _check(name: str) -> str:
    if name not in NAMES:
        raise UnknownNameError(f"Invalid assumption '{name}'. It must be one of: {', '.join(NAMES)}.")
    return name
