"""Least and greatest flows under counts and assumptions, and the assumption that drives each range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.errors import InvalidInputError
from geo.stats.flow_assumptions import FlowAssumptions
from geo.stats.flow_model import build_program

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from geo.stats.flow_model import FlowCount, Program

_MODEL: Final = ("stay_share", "leak_share", "legs_per_person")
_End = tuple[float, "NDArray[np.float64]", "NDArray[np.float64]"]
"""Value, flows and prices at one end of a range."""


def flow_bounds(
    edges: Mapping[str, Sequence[str]],
    counts: Sequence[FlowCount],
    assumptions: FlowAssumptions | None = None,
    *,
    regions: Mapping[str, Iterable[str]] | None = None,
    joins: Iterable[str] = (),
    kinds: Iterable[str] = ("leg", "node", "region"),
    drivers: bool = True,
) -> pd.DataFrame:
    """Find the least and the greatest number of people on each leg, in each node and each region.

    Parameters
    ----------
    edges : dict
        Leg id to the nodes that it passes in order; a leg inside one node names it alone.
    counts : sequence of FlowCount
    assumptions : FlowAssumptions, optional
    regions : dict, optional
        Name to a set of nodes.
    joins : iterable of str
        Nodes where any number of people may join from outside the graph.
    kinds : iterable of str
        What to bound.
    drivers : bool
        Whether to find the assumption that drives each range; it takes several times as long.

    Returns
    -------
    bounds : DataFrame, one row per leg, node and region
        Index ``target`` (``leg:…``, ``node:…``, ``region:…``). ``low``, ``high`` in people, rounded outwards;
        ``high`` is infinite where the counts give no upper bound. ``driver``: the assumption whose halving
        narrows the range most, "" where none does. ``narrowing``: dict of assumption to the part of the width
        that its halving takes away (1 where it makes an unbounded range bounded; NaN where the counts
        contradict the halved one). ``counts``: positions of the counts that hold the range at its ends.

    Raises
    ------
    InvalidInputError
        If no flows fulfil counts and assumptions (:func:`geo.stats.flow_conflicts.find_conflict` says why),
        or a count does not fit the graph.

    Examples
    --------
    >>> from geo.stats.flow_model import FlowCount
    >>> count = FlowCount("border", "detection_entry", 300, frozenset({"a", "b"}))
    >>> flow_bounds({"a": ("X", "Y"), "b": ("X", "Z")}, [count]).loc["leg:a", ["low", "high"]].tolist()
    [0.0, 612.0]
    """
    assumed = assumptions or FlowAssumptions()
    groups, free = {name: tuple(nodes) for name, nodes in (regions or {}).items()}, tuple(joins)
    program = build_program(edges, counts, assumed, groups, free)
    if not program.feasible():
        raise InvalidInputError("Invalid counts of flows. No flows fulfil them under the assumptions.")
    chosen = tuple(f"{kind}:" for kind in kinds)
    wanted = [at for at, name in enumerate(program.names) if name.startswith(chosen)]
    ends = _all_ends(program, wanted)
    frame = pd.DataFrame(
        {
            "low": [math.floor(round(low[0], 2)) + 0.0 for low, _ in ends],
            "high": [math.ceil(round(-top[0], 2)) if math.isfinite(top[0]) else math.inf for _, top in ends],
        },
        index=pd.Index([program.names[at] for at in wanted], name="target", dtype=object),
        dtype="float64",
    )
    found: list[dict[str, float]] = [{} for _ in ends]
    for name in _candidates(counts) if drivers else ():
        tight = build_program(edges, counts, assumed.halved(name), groups, free)
        for parts, part in zip(found, _narrowing(program, tight, wanted, ends), strict=True):
            parts[name] = part
    frame["driver"] = [_driver(parts) for parts in found]
    frame["narrowing"] = pd.Series(found, index=frame.index, dtype=object)
    frame["counts"] = pd.Series([_binding(program, *pair) for pair in ends], index=frame.index, dtype=object)
    return frame


def _candidates(counts: Sequence[FlowCount]) -> list[str]:
    """List the assumptions that the rows rest on."""
    return list(dict.fromkeys([*_MODEL, *(name for count in counts for name in count.needs())]))


def _all_ends(program: Program, wanted: Sequence[int]) -> list[tuple[_End, _End]]:
    """Solve for the least and the greatest value of columns; the greatest with its sign turned.

    No column is below 0, so one that known flows leave empty needs no solution for its least value.
    """
    known: list[NDArray[np.float64]] = []
    free = np.zeros(len(program.limit))
    found = []
    for at in wanted:
        cost = np.zeros(len(program.names))
        cost[at] = 1.0
        empty = next((x for x in known if x[at] <= 0), None)
        low = program.solve(cost) if empty is None else (0.0, empty, free)
        high = program.solve(-cost)
        known += [end[1] for end in (low, high) if end[1].size]
        found.append((low, high))
    return found


def _narrowing(
    program: Program, tight: Program, wanted: Sequence[int], ends: Sequence[tuple[_End, _End]]
) -> list[float]:
    """Return how much of each range goes when one assumption is halved.

    Halving only takes flows away, so an end stays where some flows that still hold reach it; that saves most
    solutions.
    """
    if not tight.feasible():
        return [math.nan] * len(ends)
    same = tight.matrix.shape == program.matrix.shape and bool((tight.matrix == program.matrix).all())
    held = [end[1] for pair in ends for end in pair if end[1].size and tight.holds(end[1])]
    pool = _Pool(tight, held)
    parts = []
    for at, (low, high) in zip(wanted, ends, strict=True):
        if math.isinf(high[0]):
            parts.append(0.0 if same or math.isinf(pool.least(-1.0, at, high[0])) else 1.0)
            continue
        width = -high[0] - low[0]
        if width <= 0:
            parts.append(0.0)
            continue
        left = -pool.least(-1.0, at, high[0]) - pool.least(1.0, at, low[0])
        parts.append(min(1.0, max(0.0, 1 - left / width)))
    return parts


class _Pool:
    """Flows that are known to hold, to save solving again for an end that one of them reaches."""

    def __init__(self, program: Program, held: Sequence[NDArray[np.float64]]) -> None:
        self._program, self._held = program, list(held)

    def least(self, sign: float, at: int, before: float) -> float:
        """Minimise one column times a sign; before is its least value under looser rows."""
        scale = self._program.scale
        if any(sign * x[at] * scale <= before + 1e-6 * scale for x in self._held):
            return before
        cost = np.zeros(len(self._program.names))
        cost[at] = sign
        value, x, _ = self._program.solve(cost)
        if x.size:
            self._held.append(x)
        return value


def _driver(parts: Mapping[str, float]) -> str:
    known = {name: part for name, part in parts.items() if part > 1e-4}
    return max(known, key=lambda name: known[name]) if known else ""


def _binding(program: Program, low: _End, high: _End) -> tuple[int, ...]:
    """List the counts with a price at either end."""
    held: set[int] = set()
    for _, _, prices in (low, high):
        if prices.size:
            held |= {int(at) for at in program.count[np.abs(prices) > 1e-9] if at >= 0}
    return tuple(sorted(held))
