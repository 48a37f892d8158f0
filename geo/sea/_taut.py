"""Pull a crooked way tight against the land, as a string would lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.sea._water import between, length_m

if TYPE_CHECKING:
    from geo.sea._water import Place, Water

_ROUNDS = 4
"""Rounds of tightening; fewer where a round gains less than one part in ten thousand."""

_HALVINGS = 7
"""How finely a corner is moved towards the shore."""

_LONGEST_RUN = 32
"""Cells of a straight run that may be skipped as stops."""


class ShutError(Exception):
    """A step of the way crosses land that the cells did not show; ``step`` is where."""

    def __init__(self, step: int) -> None:
        super().__init__(step)
        self.step = step


def pull_taut(water: Water, places: list[Place], stops: list[int]) -> list[Place]:
    """Shorten a way over cells to the corners it needs.

    Parameters
    ----------
    water : Water
        What must stay clear.
    places : list of (lon, lat)
        The way, step by step; every step should be clear.
    stops : list of int
        Positions at which it turns, first and last included.

    Raises
    ------
    ShutError
        If a step is not clear.
    """
    corners = _skip(water, places, stops)
    length = length_m(corners)
    for _ in range(_ROUNDS):
        try:
            tried = _straighten(water, _tighten(water, _split(corners)))
        except ShutError:  # a rounded stop fell on land: what is there is good enough
            return corners
        shorter = length_m(tried)
        if shorter >= length * (1 - 1e-4):
            return tried if shorter < length else corners
        corners, length = tried, shorter
    return corners


def turning_points(cells: list[tuple[int, int]]) -> list[int]:
    """Positions at which a way over cells turns, and some on long straight runs; first and last included.

    Examples
    --------
    >>> turning_points([(0, 0), (0, 1), (0, 2), (1, 3)])
    [0, 2, 3]
    """
    stops = [0]
    for i in range(1, len(cells) - 1):
        (row0, column0), (row1, column1), (row2, column2) = cells[i - 1 : i + 2]
        straight = (row1 - row0, column1 - column0) == (row2 - row1, column2 - column1)
        if not straight or i - stops[-1] >= _LONGEST_RUN:
            stops.append(i)
    return [*stops, len(cells) - 1] if len(cells) > 1 else stops


def _skip(water: Water, places: list[Place], stops: list[int]) -> list[Place]:
    """From each corner go to the farthest stop in sight."""
    corners, here = [places[0]], 0
    while here < len(places) - 1:
        ahead = [stop for stop in reversed(stops) if stop > here]
        ahead += [here + step for step in (16, 8, 4, 2, 1) if here + step < len(places)]
        there = next((stop for stop in ahead if water.clear(places[here], places[stop])), None)
        if there is None:
            raise ShutError(here)
        corners.append(places[there])
        here = there
    return corners


def _straighten(water: Water, corners: list[Place]) -> list[Place]:
    """Leave out the corners that are not needed."""
    return _skip(water, corners, list(range(len(corners))))


def _split(corners: list[Place]) -> list[Place]:
    """Add stops beside each inner corner, a fifth of the way to its neighbours."""
    split = corners[:1]
    for i in range(1, len(corners) - 1):
        before, here, after = corners[i - 1 : i + 2]
        split += [between(here, before, 0.2), here, between(here, after, 0.2)]
    return [*split, corners[-1]]


def _tighten(water: Water, corners: list[Place]) -> list[Place]:
    """Move each inner corner towards the chord of its neighbours, as far as both sides stay clear."""
    moved = list(corners)
    for i in range(1, len(moved) - 1):
        before, here, after = moved[i - 1 : i + 2]
        near, far = length_m([before, here]), length_m([here, after])
        aim = between(before, after, near / (near + far)) if near + far else here
        moved[i] = _slide(water, before, here, after, aim)
    return moved


def _slide(water: Water, before: Place, here: Place, after: Place, aim: Place) -> Place:
    """Move a corner towards ``aim`` by halving, as far as both its sides stay clear."""
    best, low, high, share = here, 0.0, 1.0, 1.0
    for _ in range(_HALVINGS):
        tried = between(here, aim, share)
        if water.clear(before, tried) and water.clear(tried, after):
            best, low = tried, share
        else:
            high = share
        if low == 1.0:
            break
        share = (low + high) / 2
    return best
