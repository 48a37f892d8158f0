"""Attackers of published tables: what can be worked out of withheld cells. They share no code with geo."""

from __future__ import annotations

import itertools

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


def equations(labels, *, total="All", groups=()):
    """Return (total, parts) positions of every sum that the labels of a table imply.

    `groups` holds (level, parent, children).
    """
    place = {key: at for at, key in enumerate(labels)}
    found = []
    for level in range(len(labels[0])):
        parents = {parent: children for at, parent, children in groups if at == level}
        below = {one for children in parents.values() for one in children}
        for rest in {(*key[:level], *key[level + 1 :]) for key in labels}:
            row = {
                word: place[(*rest[:level], word, *rest[level:])]
                for word in {key[level] for key in labels}
                if (*rest[:level], word, *rest[level:]) in place
            }
            if total in row:
                found.append(
                    (row[total], [at for word, at in row.items() if word != total and word not in below])
                )
            found += [
                (row[parent], [row[one] for one in children if one in row])
                for parent, children in parents.items()
                if parent in row
            ]
    return found


def system(sums, published, hidden):
    """Return A and b with A x = b for the hidden cells x."""
    ties = np.zeros((len(sums), len(published)))
    for row, (whole, parts) in enumerate(sums):
        ties[row, whole] += 1
        for part in parts:
            ties[row, part] -= 1
    told = np.where(hidden, 0, np.nan_to_num(published))
    return ties[:, hidden], -ties @ told


def fixed_by_algebra(sums, published, hidden):
    """Return which hidden cells linear algebra alone determines: zero rows of the null space."""
    ties, _ = system(sums, published, hidden)
    if ties.shape[1] == 0:
        return np.zeros(0, dtype=bool)
    _, sizes, right = np.linalg.svd(np.vstack([ties, np.zeros((1, ties.shape[1]))]), full_matrices=True)
    rank = int((sizes > 1e-9).sum())
    return (
        (np.abs(right[rank:]) < 1e-9).all(axis=0)
        if rank < ties.shape[1]
        else np.ones(ties.shape[1], dtype=bool)
    )


def fixed_by_programming(sums, published, hidden, low, high, seed=0):
    """Return which hidden cells have one value in all tables of whole numbers within bounds.

    Tables at random corners show most cells in two values; what is left is bounded cell by cell.
    """
    ties, right = system(sums, published, hidden)
    n = ties.shape[1]
    rule = LinearConstraint(ties, right, right) if len(sums) else ()
    box, whole = Bounds(low[hidden], np.minimum(high[hidden], 1e6)), np.ones(n)
    rng = np.random.default_rng(seed)
    seen_low, seen_high = np.full(n, np.inf), np.full(n, -np.inf)

    def look(goal):
        found = milp(goal, constraints=rule, bounds=box, integrality=whole)
        assert found.x is not None, "no table fits what was published"
        np.minimum(seen_low, np.rint(found.x), out=seen_low)
        np.maximum(seen_high, np.rint(found.x), out=seen_high)

    for _ in range(2):
        goal = rng.normal(size=n)
        look(goal)
        look(-goal)
    for at in range(n):
        for sign in (1, -1):
            if seen_low[at] == seen_high[at]:
                look(sign * np.eye(n)[at])
    return seen_low == seen_high


def fixed_by_paths(hidden, value, low, high):
    """Return which hidden cells of a two-way table with margins (last row and column) cannot change.

    The table is a circulation (rows to columns to the grand total and back): a cell can change if, and only
    if, a path of other changes leads back from its one end to the other (Gusfield 1988).
    """
    rows, columns = hidden.shape
    last, count = rows - 1, rows + columns
    ends = {}
    for i, j in itertools.product(range(rows), range(columns)):
        if hidden[i, j]:
            tail, head = i, rows + j
            if (i == last) != (j == columns - 1):  # a total flows the other way
                tail, head = head, tail
            ends[i, j] = tail, head
    arcs = {at: [] for at in range(count)}
    for (i, j), (tail, head) in ends.items():
        if value[i, j] < high[i, j]:
            arcs[tail].append((head, (i, j)))
        if value[i, j] > low[i, j]:
            arcs[head].append((tail, (i, j)))

    fixed = np.zeros_like(hidden)
    for (i, j), (tail, head) in ends.items():
        up = value[i, j] < high[i, j] and _leads(arcs, head, tail, (i, j))
        down = value[i, j] > low[i, j] and _leads(arcs, tail, head, (i, j))
        fixed[i, j] = not (up or down)
    return fixed


def _leads(arcs, start, goal, without):
    todo, met = [start], {start}
    while todo:
        here = todo.pop()
        if here == goal:
            return True
        for there, cell in arcs[here]:
            if cell != without and there not in met:
                met.add(there)
                todo.append(there)
    return False


def every_table(sums, published, hidden, low, high):
    """Yield every table of whole numbers within bounds that agrees with what was published."""
    ties, right = system(sums, published, hidden)
    at = np.flatnonzero(hidden)
    for values in itertools.product(*(range(int(low[one]), int(high[one]) + 1) for one in at)):
        if np.array_equal(ties @ np.array(values), right):
            yield values
