"""What is withheld, and that nobody can work it out: attackers on random tables, and the rules one by one."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import disclosure, terms
from geo.counts import read_counts, read_incidents
from geo.cube import build_cube
from geo.disclosure import (
    as_published,
    audit_table,
    generalise_places,
    incident_grid,
    is_suppressed,
    protected,
    suppress_counts,
    suppress_table,
    withhold_shares,
)
from geo.errors import InvalidInputError
from tests.geo import attackers

BATCHES, EACH = 10, 100


def two_way(rng):
    """Draw a table: dense, sparse, with empty rows, with one small cell in a row, or of one row."""
    kind = rng.integers(5)
    rows, columns = (1 if kind == 4 else rng.integers(2, 5)), rng.integers(2, 6)
    pool = np.array([0, 1, 2, 3, 4, 5, 9, 20, 150])
    weights = (
        [0.2, 0.12, 0.1, 0.08, 0.08, 0.12, 0.12, 0.1, 0.08] if kind != 1 else [0.7, 0.15, *[0.15 / 7] * 7]
    )
    values = rng.choice(pool, size=(rows, columns), p=weights)
    if kind == 2:
        values[rng.integers(rows)] = 0
    if kind == 3:
        values = np.where(values < 5, values + 5, values)
        values[np.arange(rows), rng.integers(columns, size=rows)] = rng.integers(1, 5, size=rows)
    return pd.DataFrame(values, [f"n{i}" for i in range(rows)], [f"q{i}" for i in range(columns)])


def with_margins(table):
    whole = table.copy()
    whole.loc["All"] = whole.sum()
    whole["All"] = whole.sum(axis=1)
    return whole


def attack_two_way(table, *, margins, strict):
    """Return how many cells are known to a reader, and to one who knows which are small; and the record."""
    given_ = with_margins(table) if margins else table
    shown = suppress_table(given_, strict=strict)
    record, full = shown.attrs["disclosure"], with_margins(table)
    hidden = pd.DataFrame(False, full.index, full.columns)
    hidden.update(is_suppressed(shown))
    hidden = hidden.astype(bool)
    pd.testing.assert_frame_equal(shown.fillna(given_), given_.astype(float), check_exact=True)
    for dimension, label in record["unknown_totals"]:
        at = {"": ("All", "All"), "dimension 1": (label, "All"), "dimension 2": ("All", label)}[dimension]
        hidden.loc[at] = True
    if not margins and len(table) == 1:  # its column totals are the cells again
        hidden.loc["All", table.columns] = hidden.loc["n0", table.columns]
    hidden, value = hidden.to_numpy(), full.to_numpy()
    own = np.zeros_like(hidden)
    own[: given_.shape[0], : given_.shape[1]] = True
    small = np.zeros_like(hidden)
    small[:-1, :-1] = (table.to_numpy() > 0) & (table.to_numpy() < 5)
    assert hidden[small].all()
    zero, most = np.zeros(value.shape), np.full(value.shape, np.inf)
    blindly = attackers.fixed_by_paths(hidden, value, zero, most) & own
    knowing = attackers.fixed_by_paths(hidden, value, np.where(small, 1, 0), np.where(small, 4, np.inf)) & own
    sums = attackers.equations([*itertools.product(full.index, full.columns)])
    algebra = attackers.fixed_by_algebra(sums, value.ravel().astype(float), hidden.ravel())
    assert not algebra[own.ravel()[hidden.ravel()]].any()
    return int(blindly.sum()), int(knowing.sum()), record


@pytest.mark.parametrize("batch", range(BATCHES))
def test_no_withheld_cell_of_random_two_way_tables_can_be_worked_out(batch):
    rng = np.random.default_rng(20310 + batch)
    exposed, known, blind = 0, 0, 0
    for number in range(EACH):
        strict = number % 4 >= 2
        found = attack_two_way(two_way(rng), margins=bool(number % 2), strict=strict)
        exposed += found[0]
        known += found[1] if strict else max(0, found[1] - found[2]["blind"])
        blind += found[2]["blind"] if strict else 0
    assert (exposed, known, blind) == (0, 0, 0)


def three_way(rng, *, nested):
    """Draw a table of three dimensions, or of two with nationalities in regions, with all margins."""
    sizes = (4, 3) if nested else (2, 3, 2)
    values = rng.choice([0, 1, 2, 3, 6, 11, 40], size=sizes, p=[0.2, 0.15, 0.1, 0.1, 0.2, 0.15, 0.1])
    if nested:
        values = np.vstack([values, values[:2].sum(0), values[2:].sum(0), values.sum(0)])
        values = np.hstack([values, values.sum(1, keepdims=True)])
        axes = [["a", "b", "c", "d", "north", "south", "All"], ["q0", "q1", "q2", "All"]]
        names = ["nationality", "time"]
    else:
        for axis in range(3):
            values = np.concatenate([values, values.sum(axis, keepdims=True)], axis=axis)
        axes = [[*"abcdefg"[:size], "All"] for size in sizes]
        names = ["nationality", "sex", "time"]
    return pd.Series(values.ravel(), pd.MultiIndex.from_product(axes, names=names))


NESTED = {"nationality": {"north": ["a", "b"], "south": ["c", "d"]}}


@pytest.mark.parametrize(("nested", "batch"), [(True, 0), (True, 1), (False, 0), (False, 1)])
def test_no_withheld_cell_of_three_way_and_nested_tables_can_be_worked_out(nested, batch):
    rng = np.random.default_rng(20410 + batch)
    for number in range(20):
        table, strict = three_way(rng, nested=nested), bool(number % 2)
        shown = suppress_table(table, strict=strict, groups=NESTED if nested else None)
        hidden, record = is_suppressed(shown).to_numpy(), shown.attrs["disclosure"]
        groups = [(0, parent, parts) for parent, parts in NESTED["nationality"].items()] if nested else ()
        sums = attackers.equations(list(table.index), groups=groups)
        value = table.to_numpy(dtype=float)
        parts = np.array([sum(word != "All" for word in key) for key in table.index])
        small = (value > 0) & (value < 5) & (parts >= 2)
        assert hidden[small].all()
        if not hidden.any():
            continue
        assert not attackers.fixed_by_algebra(sums, value, hidden).any()
        low, high = np.zeros(len(value)), np.full(len(value), np.inf)
        assert not attackers.fixed_by_programming(sums, value, hidden, low, high).any()
        low, high = np.where(small, 1, low), np.where(small, 4, high)
        known = attackers.fixed_by_programming(sums, value, hidden, low, high)
        assert known.sum() <= record["blind"]
        assert record["blind"] == 0 or not strict


def test_the_attackers_agree_with_trying_every_table():
    rng = np.random.default_rng(5)
    caught = 0
    for _ in range(12):
        table = with_margins(pd.DataFrame(rng.integers(0, 4, size=(2, 3))))
        value = table.to_numpy()
        hidden = np.zeros(value.shape, dtype=bool)
        hidden[:-1, :-1] = rng.random((2, 3)) < 0.6
        hidden[0, 0] = True
        named = [(str(i) if i < 2 else "All", str(j) if j < 3 else "All") for i in range(3) for j in range(4)]
        sums, flat, mask = attackers.equations(named), value.ravel().astype(float), hidden.ravel()
        low, high = np.zeros(12), np.minimum(value[:, [-1]], value[[-1]]).ravel()
        tables = np.array(list(attackers.every_table(sums, flat, mask, low, high)))
        fixed = (tables == tables[0]).all(axis=0)
        caught += fixed.any()
        low, high = np.zeros(value.shape), np.full(value.shape, np.inf)
        assert (attackers.fixed_by_paths(hidden, value, low, high)[hidden] == fixed).all()
        assert (attackers.fixed_by_programming(sums, flat, mask, low.ravel(), high.ravel()) == fixed).all()
        shown = table.astype(float).mask(hidden)
        shown.columns = [*"abc", "All"]
        audit = audit_table(shown, suppressed=pd.DataFrame(hidden))
        assert (audit["low"] == tables.min(axis=0)).all()
        assert (audit["high"] == tables.max(axis=0)).all()
    assert caught > 2


def test_hiding_small_cells_alone_would_be_found_out():
    table = with_margins(pd.DataFrame({"q0": [1, 20], "q1": [9, 12]}, index=["AFG", "IRN"]))
    bare = audit_table(table.where(table >= 5))
    assert bare[["low", "high", "safe"]].iloc[0].tolist() == [1, 1, False]
    assert audit_table(suppress_table(table))["safe"].all()
