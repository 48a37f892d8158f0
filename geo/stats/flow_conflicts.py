"""Why no flows fulfil a set of counts: which counts contradict each other, and by how much."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.display import Displayed
from geo.stats.flow_assumptions import NAMES, FlowAssumptions
from geo.stats.flow_model import build_program

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from geo.stats.flow_model import FlowCount, Program


@dataclass(frozen=True, slots=True)
class Conflict(Displayed):
    """A smallest set of counts that contradict each other.

    Attributes
    ----------
    counts : tuple of int
        Their positions. Leaving out any one of them ends this contradiction. Empty where the assumptions
        contradict each other without counts.
    people : float
        By how many people, at the least, the bounds of all counts together would have to move.
    percent : float
        By how many per cent all bounds of these counts would have to move together.
    eased_by : tuple of str
        Assumptions that end the contradiction of all counts when any one is left out.
    """

    counts: tuple[int, ...]
    people: float
    percent: float
    eased_by: tuple[str, ...]


def find_conflict(
    edges: Mapping[str, Sequence[str]],
    counts: Sequence[FlowCount],
    assumptions: FlowAssumptions | None = None,
    *,
    regions: Mapping[str, Iterable[str]] | None = None,
    joins: Iterable[str] = (),
) -> Conflict | None:
    """Find counts that contradict each other.

    Parameters
    ----------
    edges, counts, assumptions, regions, joins
        As for :func:`geo.stats.flow_programme.flow_bounds`.

    Returns
    -------
    conflict : Conflict or None
        None where some flows fulfil all counts.

    Notes
    -----
    The smallest set is an irreducible infeasible subset by deletion: each count in turn is left out for good
    if the rest still contradict each other [1]_. `people` is the least total slack of the elastic programme,
    in which each bound of a count may move at the price of one per person; `percent` the least t with every
    lower bound times 1 − t and every upper bound times 1 + t.

    .. [1] Chinneck, J. W. and Dravnieks, E. W. (1991). Locating minimal infeasible constraint sets in linear
       programs. ORSA Journal on Computing 3(2), 157–168.

    Examples
    --------
    >>> from geo.stats.flow_model import FlowCount
    >>> counts = [FlowCount("in", "arrival", 100, frozenset("a"), whole=False),
    ...           FlowCount("out", "arrival", 900, frozenset("b"), whole=False)]
    >>> sure = FlowAssumptions(leak_share=0, legs_per_person=1, undercount=0, revision=0)
    >>> found = find_conflict({"a": ("X", "Y"), "b": ("Y", "Z")}, counts, sure)
    >>> found.counts, found.people, found.percent, found.eased_by
    ((0, 1), 800.0, 80.0, ('leak_share', 'undercount', 'revision'))
    """
    assumed = assumptions or FlowAssumptions()
    groups, free = {name: tuple(nodes) for name, nodes in (regions or {}).items()}, tuple(joins)
    program = build_program(edges, counts, assumed, groups, free)
    if program.feasible():
        return None
    kept = list(range(len(counts)))
    for at in range(len(counts)):
        rest = [other for other in kept if other != at]
        if not program.feasible(np.isin(program.count, [-1, *rest])):
            kept = rest
    eased = [
        name for name in NAMES if build_program(edges, counts, assumed.without(name), groups, free).feasible()
    ]
    return Conflict(tuple(kept), _slack(program), _percent(program, kept), tuple(eased))


def _slack(program: Program) -> float:
    """Return the least total of people by which bounds of counts have to move."""
    from scipy.optimize import linprog

    ties = np.flatnonzero(program.count >= 0)
    slack = np.zeros((len(program.limit), len(ties)))
    slack[ties, np.arange(len(ties))] = -1.0
    cost = np.concatenate((np.zeros(program.matrix.shape[1]), np.ones(len(ties))))
    found = linprog(cost, A_ub=np.hstack((program.matrix, slack)), b_ub=program.limit, bounds=(0, None))
    return round(float(found.fun) * program.scale, 1) if found.status == 0 else math.nan


def _percent(program: Program, counts: Sequence[int]) -> float:
    """Return the least per cent by which all bounds of some counts have to move together."""
    from scipy.optimize import linprog

    rows = np.isin(program.count, [-1, *counts])
    matrix, limit = program.matrix[rows], program.limit[rows]
    move = np.where(program.count[rows] >= 0, -np.abs(limit), 0.0)[:, None]
    cost = np.zeros(matrix.shape[1] + 1)
    cost[-1] = 1.0
    found = linprog(cost, A_ub=np.hstack((matrix, move)), b_ub=limit, bounds=(0, None))
    return round(100 * float(found.fun), 1) if found.status == 0 else math.nan


def nodes_after_sources(edges: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Name the nodes that a leg reaches straight from a node into which none leads: those of first arrival.

    Examples
    --------
    >>> nodes_after_sources({"a": ("TR", "GR"), "b": ("GR", "MK"), "c": ("GR",)})
    ('GR',)
    """
    entered = {node for chain in edges.values() for node in chain[1:] if node != chain[0]}
    first = {
        chain[at + 1] for chain in edges.values() for at in range(len(chain) - 1) if chain[at] not in entered
    }
    return tuple(sorted(first))
