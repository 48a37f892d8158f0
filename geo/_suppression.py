"""The mathematics of hiding cells: which more go with the small ones, and the proof that it holds.

A table is a set of whole numbers tied by relations (a total less its parts is 0). A pattern of hidden cells
is accepted only with witnesses: other tables of whole numbers that agree with everything published and
differ in the hidden cells. They are found by mixed-integer programming and checked in whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo._solver import stdout_kept

if TYPE_CHECKING:
    from numpy.typing import NDArray

_AT_ONCE: Final = 400
"""Cells that may vary, up to which one programme covers all small cells of a component."""
_SECONDS: Final = 5.0


@dataclass(frozen=True, eq=False)
class Cells:
    """Cells and what ties them.

    Attributes
    ----------
    value : array of int, shape (cells,)
        True values, totals among them.
    relations : sparse array, shape (relations, cells)
        ``relations @ value`` is 0; +1 for the total, −1 for its parts.
    small : array of bool, shape (cells,)
        Cells that have to be hidden, and are known to lie within 1 and ``least`` − 1.
    must : array of bool, shape (cells,)
        Cells that have to be hidden whatever they hold.
    kept : array of bool, shape (cells,)
        Cells that are published in any case.
    unknown : array of bool, shape (cells,)
        Cells that nobody is told of: what a total holds beyond its published parts.
    cost : array of float, shape (cells,)
        What is lost where a cell is hidden.
    """

    value: NDArray[np.int64]
    relations: Any
    small: NDArray[np.bool_]
    must: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    unknown: NDArray[np.bool_]
    cost: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pattern:
    """Hidden cells, with what is guaranteed of them.

    Attributes
    ----------
    hidden : array of bool, shape (cells,)
    blind : array of bool, shape (cells,)
        Hidden cells that are safe only from a reader who does not know which of them are small.
    bare : array of bool, shape (cells,)
        Cells that cannot be protected while what is kept is kept.
    joint : bool
        Whether every component was solved at once, to the least loss; else one small cell after another.
    """

    hidden: NDArray[np.bool_]
    blind: NDArray[np.bool_]
    bare: NDArray[np.bool_]
    joint: bool


def protect(cells: Cells, *, least: int) -> Pattern:
    """Find the cells to hide at the least loss, with witnesses for each.

    Parameters
    ----------
    cells : Cells
        The table.
    least : int
        Smallest number that may be shown.

    Returns
    -------
    pattern : Pattern
        Small cells and their companions; every one that is not ``bare`` takes at least two values.

    Notes
    -----
    The programme of a component: binary h (hidden), whole z (the change of a witness); minimise cost · h with
    relations · z = 0, |z| ≤ M h, z ≠ 0 in every small cell, small cells within 1 … least − 1 and others not
    below 0. Where one witness cannot change all small cells, each gets its own. The criterion is that of
    Fischetti and Salazar (2001), with witnesses in whole numbers instead of protection levels.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> none = np.zeros(4, dtype=bool)
    >>> found = protect(Cells(np.array([23, 3, 12, 8]), csr_array([[1, -1, -1, -1]]),
    ...     np.array([False, True, False, False]), none, np.array([True, False, False, False]), none,
    ...     np.array([9.0, 1, 3, 2])), least=5)
    >>> found.hidden.tolist()
    [False, True, False, True]
    """
    wanted = cells.small | cells.must
    hidden, blind, bare = wanted.copy(), np.zeros_like(wanted), np.zeros_like(wanted)
    joint = True
    for columns, rows in _components(cells, wanted):
        part = _cut(cells, columns, rows)
        found = _protect_component(part, least)
        hidden[columns], blind[columns], bare[columns] = found.hidden, found.blind, found.bare
        joint &= found.joint
    return Pattern(hidden, blind, bare, joint)


def _components(cells: Cells, wanted: NDArray[np.bool_]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Split the table where nothing but kept cells connects it; only parts with a cell to hide."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    free = np.flatnonzero(~cells.kept)
    ties = abs(csr_array(cells.relations)[:, free])
    labels = connected_components(ties.T @ ties, directed=False)[1]
    where = csr_array(ties)
    first = np.full(where.shape[0], -1)
    holds = np.diff(where.indptr) > 0
    first[holds] = labels[where.indices[where.indptr[:-1][holds]]]
    wanted_in = np.unique(labels[wanted[free]])
    return [(free[labels == label], np.flatnonzero(first == label)) for label in wanted_in]


def _cut(cells: Cells, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> Cells:
    parts = {
        name: getattr(cells, name)[columns] for name in ("value", "small", "must", "kept", "unknown", "cost")
    }
    return Cells(relations=cells.relations[rows][:, columns], **parts)


def _protect_component(cells: Cells, least: int) -> Pattern:
    wanted = cells.small | cells.must
    none = np.zeros_like(wanted)
    if cells.relations.shape[0] == 0:
        return Pattern(wanted, none, none, joint=True)
    if len(wanted) <= _AT_ONCE:
        step = _witness(cells, wanted, wanted, least, best=True)
        if step is not None and holds(cells, wanted | ((step != 0) & ~cells.unknown), [step], least):
            return Pattern(wanted | ((step != 0) & ~cells.unknown), none, none, joint=True)
    return _one_by_one(cells, wanted, least)


def _one_by_one(cells: Cells, wanted: NDArray[np.bool_], least: int) -> Pattern:
    """Give each cell a witness of its own, each at the least further loss."""
    hidden, done = wanted.copy(), np.zeros_like(wanted)
    blind, bare = np.zeros_like(wanted), np.zeros_like(wanted)
    plain = replace(cells, small=np.zeros_like(wanted))
    for at in np.flatnonzero(wanted):
        if done[at]:
            continue
        target = np.zeros_like(wanted)
        target[at] = True
        for known in (cells, plain):
            step = _witness(known, hidden, target, least)
            if step is None:
                continue
            moved = (step != 0) & ~cells.unknown
            if known is plain and not _by_the_rule(cells, hidden | moved, step, least):
                continue
            if holds(known, hidden | moved, [step], least, every=False):
                hidden |= moved
                blind = blind & ~moved if known is cells else blind | (moved & ~done)
                done |= moved & (known is cells)
                break
        else:
            bare[at] = True
    return Pattern(hidden, blind & hidden, bare, joint=False)


def _by_the_rule(cells: Cells, hidden: NDArray[np.bool_], step: NDArray[np.int64], least: int) -> bool:
    """Return whether another table has a small cell as well, without which nothing would be hidden."""
    other = (cells.value + step)[hidden]
    return bool(((other >= 1) & (other < least)).any())


def _witness(
    cells: Cells, hidden: NDArray[np.bool_], target: NDArray[np.bool_], least: int, *, best: bool = False
) -> NDArray[np.int64] | None:
    """Find another table that differs in every target cell, at the least cost of further hidden cells.

    With `best`, one that was found when time ran out, before it was known to be the cheapest, does not count.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import block_array, csr_array, diags_array, eye_array

    n, count = len(hidden), int(target.sum())
    reach = float(least + count)
    low = -np.minimum(cells.value, reach).astype(float)
    high = np.full(n, reach)
    low[cells.small] = 1.0 - cells.value[cells.small]
    high[cells.small] = least - 1.0 - cells.value[cells.small]
    free = hidden | cells.unknown
    paid = ~free & ~cells.kept
    fixed = ~free & ~paid
    low[fixed] = high[fixed] = 0.0
    at = np.flatnonzero(target)
    if (high[at] < 1).any() and ((high[at] < 1) & (low[at] > -1)).any():
        return None
    closed = np.flatnonzero(paid)
    pick = eye_array(n, format="csr")
    opened, aimed = pick[closed], pick[at]
    k, m = len(closed), len(at)
    # variables: z (n), h (k), d (m)
    blocks = [
        [csr_array(cells.relations), None, None],
        [opened, -diags_array(high[closed], shape=(k, k)) if k else None, None],
        [opened, -diags_array(low[closed], shape=(k, k)) if k else None, None],
        [aimed, None, -diags_array(1.0 - low[at])],
        [aimed, None, -diags_array(high[at] + 1.0)],
    ]
    ends = [
        (np.zeros(cells.relations.shape[0]),) * 2,
        (np.full(k, -np.inf), np.zeros(k)),
        (np.zeros(k), np.full(k, np.inf)),
        (low[at], np.full(m, np.inf)),
        (np.full(m, -np.inf), np.full(m, -1.0)),
    ]
    if not k:
        blocks, ends = [[row[0], row[2]] for row in (blocks[0], *blocks[3:])], [ends[0], *ends[3:]]
    with stdout_kept():
        found = milp(
            np.concatenate((np.zeros(n), cells.cost[closed], np.zeros(m))),
            constraints=LinearConstraint(
                block_array(blocks, format="csr"),
                np.concatenate([end[0] for end in ends]),
                np.concatenate([end[1] for end in ends]),
            ),
            bounds=Bounds(
                np.concatenate((low, np.zeros(k), (low[at] > -1).astype(float))),
                np.concatenate((high, np.ones(k), (high[at] >= 1).astype(float))),
            ),
            integrality=np.ones(n + k + m),
            options={"time_limit": _SECONDS, "mip_rel_gap": 0.0},
        )
    return None if found.x is None or (best and found.status != 0) else np.rint(found.x[:n]).astype(np.int64)


def holds(
    cells: Cells,
    hidden: NDArray[np.bool_],
    witnesses: list[NDArray[np.int64]],
    least: int,
    *,
    every: bool = True,
) -> bool:
    """Check witnesses in whole numbers: same published figures, small cells small, hidden cells different.

    Parameters
    ----------
    cells : Cells
        The table.
    hidden : array of bool, shape (cells,)
        What is not published.
    witnesses : list of array of int, shape (cells,)
        Changes that lead from the table to others.
    least : int
        Smallest number that may be shown.
    every : bool
        Whether every hidden cell has to differ in at least one of them.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> none = np.zeros(3, dtype=bool)
    >>> cells = Cells(np.array([9, 3, 6]), csr_array([[1, -1, -1]]), np.array([False, True, False]),
    ...     none, none, none, np.ones(3))
    >>> hidden = np.array([False, True, True])
    >>> holds(cells, hidden, [np.array([0, 1, -1])], 5), holds(cells, hidden, [np.array([0, 2, -2])], 5)
    (True, False)
    """
    relations = cells.relations.astype(np.int64)
    changed = np.zeros_like(hidden)
    for step in witnesses:
        other = cells.value + step
        small = other[cells.small]
        if (relations @ step != 0).any() or (other < 0).any():
            return False
        if (step[~hidden & ~cells.unknown] != 0).any() or ((small < 1) | (small >= least)).any():
            return False
        changed |= step != 0
    return bool(changed[hidden].all()) if every else True


def bounds(
    relations: Any,  # noqa: ANN401 - a sparse array
    value: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    at: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and the greatest whole number that hidden cells can hold.

    Parameters
    ----------
    relations : sparse array, shape (relations, cells)
        As in :class:`Cells`.
    value : array, shape (cells,)
        What is published; anything where hidden.
    hidden : array of bool, shape (cells,)
        What is not.
    low, high : arrays, shape (cells,)
        What is known of hidden cells beforehand.
    at : array of int, shape (asked,)
        Cells that are asked for.

    Returns
    -------
    least, most : arrays, shape (asked,)
        NaN where no table of whole numbers fits; infinite where there is no limit.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> ends = bounds(csr_array([[1, -1, -1]]), np.array([7.0, 0, 0]), np.array([False, True, True]),
    ...     np.zeros(3), np.array([0, 4, np.inf]), np.array([1, 2]))
    >>> [end.tolist() for end in ends]
    [[0.0, 3.0], [4.0, 7.0]]
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    ties = csr_array(relations)
    free = np.flatnonzero(hidden)
    known = -(ties @ np.where(hidden, 0.0, value))
    inside = csr_array(ties[:, free])
    rule = LinearConstraint(inside, known, known) if ties.shape[0] else ()
    place = {int(cell): number for number, cell in enumerate(free)}
    ends: list[list[float]] = [[], []]
    for cell in at:
        for sign, end in ((1.0, ends[0]), (-1.0, ends[1])):
            goal = np.zeros(len(free))
            goal[place[int(cell)]] = sign
            with stdout_kept():
                found = milp(
                    goal,
                    constraints=rule,
                    bounds=Bounds(low[free], high[free]),
                    integrality=np.ones(len(free)),
                )
            unlimited = found.status in {3, 4} and sign < 0
            end.append(np.inf if unlimited else np.nan if found.x is None else round(sign * found.fun))
    return np.array(ends[0], dtype=float), np.array(ends[1], dtype=float)
