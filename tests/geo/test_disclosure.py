"""What is withheld, and that nobody can work it out: attackers on random tables, and the rules one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo import _suppression, disclosure, terms
from geo.counts import check_counts, read_counts, read_incidents
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
from geo.stats import corridor_stats
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


# --- rules of cross-tables


def test_totals_stay_and_zero_missing_and_withheld_stay_three_things():
    table = with_margins(pd.DataFrame({"q0": [3, 20, 0], "q1": [9, 12, 30]}, index=["AFG", "IRN", "SYR"]))
    shown = suppress_table(table)
    assert shown["All"].tolist() == table["All"].tolist()
    assert shown.loc["All"].tolist() == table.loc["All"].tolist()
    assert shown.loc["SYR"].tolist() == [0, 30, 30]
    assert shown.attrs["disclosure"]["cells"] == [["AFG", "q0"], ["AFG", "q1"], ["IRN", "q0"], ["IRN", "q1"]]
    gap = pd.DataFrame({"q0": [3.0, 20, np.nan], "q1": [9.0, 12, 30]}, index=["AFG", "IRN", "SYR"])
    seen = suppress_table(gap)
    assert np.isnan(seen.loc["SYR", "q0"])
    assert not is_suppressed(seen).loc["SYR", "q0"]


def test_the_least_loss_is_found():
    table = pd.DataFrame({"q0": [1, 90, 7], "q1": [80, 70, 6]}, index=["AFG", "IRN", "SYR"])
    assert is_suppressed(suppress_table(with_margins(table)))["q0"].tolist() == [True, False, True, False]


def test_a_total_of_one_part_goes_with_it():
    table = with_margins(pd.DataFrame({"q0": [3], "q1": [20], "q2": [8]}, index=["AFG"]))
    hidden = is_suppressed(suppress_table(table))
    assert hidden.loc["AFG"].tolist() == hidden.loc["All"].tolist() == [True, False, True, False]


def test_ones_that_make_up_a_total_are_safe_from_those_who_cannot_tell_them_from_zeros():
    table = with_margins(pd.DataFrame({"q0": [1, 0, 0], "q1": [30, 40, 50]}, index=["AFG", "IRN", "SYR"]))
    shown = suppress_table(table, strict=False)
    assert shown.loc["All", "q0"] == 1
    assert is_suppressed(shown)["q0"].sum() == 2
    assert shown.attrs["disclosure"]["blind"] > 0
    strict = suppress_table(table)
    assert strict.attrs["disclosure"]["blind"] == 0
    assert np.isnan(strict.loc["All", "q0"])
    assert audit_table(strict, small=(table > 0) & (table < 5))["safe"].all()


def test_only_dimensions_that_divide_people_make_a_cell_small():
    axes = [["north", "south"], ["q0", "q1"], ["", "AFG", "IRN"]]
    index = pd.MultiIndex.from_product(axes, names=["corridor", "time", "nationality"])
    table = pd.Series([3, 0, 3, 90, 40, 50, 60, 20, 40, 80, 30, 50], index)
    shown = suppress_table(table, margins="", dimensions=["nationality"])
    whole = index.get_level_values("nationality") == ""
    assert not is_suppressed(shown)[whole].any()
    assert is_suppressed(shown)["north", "q0", "IRN"]
    assert is_suppressed(suppress_table(table, margins=""))["north", "q0", ""]


def test_a_cube_keeps_its_form_and_counts_what_it_lost():
    counts = read_counts(source="home_office_detailed")
    raw = build_cube(counts, frequency="quarter", as_published=True)
    part = raw.isel(time=slice(0, 6))
    cube = suppress_table(part, margins=None, dimensions=["nationality"])
    assert cube["count"].dims == raw["count"].dims
    small = (part["count"] > 0) & (part["count"] < 5)
    assert bool(cube["suppressed"].where(small, True).all())
    assert int(is_suppressed(cube).sum()) > int(small.sum())
    assert bool(
        (cube["count"].fillna(part["count"]) == part["count"]).where(part["count"].notnull(), True).all()
    )
    array = suppress_table(part["count"], margins=None, dimensions=["nationality"])
    assert bool((is_suppressed(array) == cube["suppressed"]).all())
    again = suppress_table(cube, margins=None, dimensions=["nationality"])
    assert bool((is_suppressed(again) == cube["suppressed"]).all())


@pytest.mark.parametrize(
    ("table", "options", "text"),
    [
        ([[1, 2], [3, 4]], {"least": 2}, "Invalid least '2'"),
        ([[1, 2], [3, 4]], {"least": True}, "Invalid least 'True'"),
        ([[1.5, 2], [3, 4]], {}, "Cell 0, 0 holds '1.5'"),
        ([[-1, 2], [3, 4]], {}, "holds '-1'"),
        ([[1, 2], [3, 4]], {"dimensions": ["sex"]}, "Invalid dimension 'sex'"),
    ],
)
def test_tables_that_make_no_sense_are_refused(table, options, text):
    with pytest.raises(InvalidInputError, match=text):
        suppress_table(pd.DataFrame(table), **options)


def test_labels_that_repeat_and_margins_that_do_not_add_up_are_refused():
    with pytest.raises(InvalidInputError, match="'a, q' stands twice"):
        suppress_table(pd.DataFrame({"q": [1, 2]}, index=["a", "a"]))
    wrong = with_margins(pd.DataFrame({"q0": [3, 20], "q1": [9, 12]}, index=["AFG", "IRN"]))
    wrong.loc["All", "q0"] = 25
    with pytest.raises(InvalidInputError, match="the parts make 23, not 25"):
        suppress_table(wrong)
    with pytest.raises(InvalidInputError, match="no record of what was withheld"):
        is_suppressed(wrong)


def test_a_table_that_cannot_be_protected_is_not_given(monkeypatch):
    def never(cells, *, least):
        all_ = np.ones(len(cells.value), dtype=bool)
        return _suppression.Pattern(all_, all_, all_, joint=False)

    monkeypatch.setattr(_suppression, "protect", never)
    with pytest.raises(InvalidInputError, match="can be worked out from what is not withheld"):
        suppress_table(pd.DataFrame([[1, 2], [3, 4]]))
    with pytest.raises(InvalidInputError, match="leave this breakdown out"):
        suppress_counts(tidy([("", 60), ("AFG", 3), ("IRN", 57)]))


def test_large_tables_are_solved_one_cell_after_another_and_still_hold(monkeypatch):
    monkeypatch.setattr(_suppression, "_AT_ONCE", 4)
    rng = np.random.default_rng(7)
    table = with_margins(pd.DataFrame(rng.choice([1, 3, 7, 12, 30], size=(4, 5))))
    table.index, table.columns = [*"abcd", "All"], [*"vwxyz", "All"]
    shown = suppress_table(table)
    assert shown.attrs["disclosure"]["solved"] == "one cell after another"
    assert audit_table(shown)["safe"].all()


def test_a_witness_that_breaks_a_rule_proves_nothing():
    from scipy.sparse import csr_array

    none = np.zeros(3, dtype=bool)
    cells = _suppression.Cells(
        np.array([9, 3, 6]),
        csr_array([[1, -1, -1]]),
        np.array([False, True, False]),
        none,
        none,
        none,
        np.ones(3),
    )
    hidden = np.array([False, True, True])
    steps = {"sum": [0, 1, 1], "negative": [0, 7, -7], "published": [1, 1, 0], "not small": [0, 2, -2]}
    for step in steps.values():
        assert not _suppression.holds(cells, hidden, [np.array(step)], 5)
    assert not _suppression.holds(cells, np.ones(3, dtype=bool), [np.array([0, 1, -1])], 5)
    assert _suppression.holds(cells, np.ones(3, dtype=bool), [np.array([0, 1, -1])], 5, every=False)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.lists(st.sampled_from([0, 1, 2, 4, 5, 8, 30]), min_size=3, max_size=3), min_size=2, max_size=3
    ),
    st.booleans(),
)
def test_what_is_shown_is_never_changed_and_twice_is_once(values, margins):
    table = pd.DataFrame(values, index=[f"n{i}" for i in range(len(values))], columns=["q0", "q1", "q2"])
    table = with_margins(table) if margins else table
    shown = suppress_table(table)
    hidden = is_suppressed(shown)
    assert (shown.isna() == hidden).all(axis=None)
    assert (shown.mask(hidden, table) == table).all(axis=None)
    pd.testing.assert_frame_equal(suppress_table(shown), shown)


# --- rules of the tidy table


def tidy(cells, *, period=("2031-01-01", "2031-03-31"), **columns):
    """Return rows of one period, by nationality."""
    rows = pd.DataFrame(dict.fromkeys(terms.COUNT_COLUMNS, ""), index=range(len(cells)))
    rows[terms.SOURCE], rows[terms.CORRIDOR], rows[terms.MEASURE] = "tally", "north", "arrival"
    rows[terms.UNIT] = "persons"
    rows[terms.NATIONALITY] = [code for code, _ in cells]
    rows[terms.VALUE] = [float(value) for _, value in cells]
    rows[terms.PERIOD_START], rows[terms.PERIOD_END] = map(pd.Timestamp, period)
    rows[terms.KNOWN_ON] = pd.Timestamp("2033-01-01")
    return rows.assign(**columns)


def test_small_rows_and_a_companion_are_withheld_and_flagged_alike():
    shown = suppress_counts(tidy([("", 60), ("AFG", 3), ("IRN", 40), ("SYR", 17), ("SDN", 0)]))
    assert shown["value"].isna().tolist() == [False, True, False, True, False]
    assert shown["flag"].tolist() == ["", "suppressed", "", "suppressed", ""]
    told = shown.attrs["disclosure"]
    assert (told["small"], told["companions"], told["totals"], told["added"]) == (1, 1, 0, 0)


def test_corridor_totals_and_deaths_are_shown_however_small():
    days = [tidy([("", value)], period=(f"2031-01-0{day}",) * 2) for day, value in ((1, 0), (2, 3), (3, 1))]
    deaths = [part.assign(measure="dead_missing", unit="persons dead or missing") for part in days]
    rows = pd.concat([*days, *deaths], ignore_index=True)
    pd.testing.assert_series_equal(suppress_counts(rows)["value"], rows["value"])


@pytest.mark.parametrize("column", [terms.PLACE, terms.SEX, terms.AGE_GROUP])
def test_places_sexes_and_ages_divide_as_nationalities_do(column):
    rows = tidy([("", 3), ("", 57)])
    rows[column] = ["female", "male"]
    assert suppress_counts(rows)["value"].isna().tolist() == [True, False]
    assert suppress_counts(rows, dimensions=["nationality"])["value"].notna().all()
    with pytest.raises(InvalidInputError, match="Invalid dimension 'corridor'"):
        suppress_counts(rows, dimensions=["corridor"])


def test_quarters_cannot_be_subtracted_from_a_year():
    periods = [("2031-01-01", "2031-03-31"), ("2031-04-01", "2031-06-30"), ("2031-07-01", "2031-09-30")]
    periods += [("2031-10-01", "2031-12-31"), ("2031-01-01", "2031-12-31")]
    cells = [[("", 50), ("AFG", 3), ("IRN", 47)], [("", 60), ("AFG", 9), ("IRN", 51)]]
    cells += [[("", 70), ("AFG", 20), ("IRN", 50)], [("", 80), ("AFG", 30), ("IRN", 50)]]
    cells += [[("", 260), ("AFG", 62), ("IRN", 198)]]
    rows = pd.concat(
        [tidy(part, period=when) for part, when in zip(cells, periods, strict=True)], ignore_index=True
    )
    hidden = suppress_counts(rows)["value"].isna().to_numpy().reshape(5, 3)
    assert not hidden[:, 0].any()
    assert hidden[0].tolist() == [False, True, True]
    assert hidden[1:, 1].sum() == hidden[1:, 2].sum() == 1
    year = rows.iloc[-3:]
    assert suppress_counts(rows.iloc[:-3])["value"].isna().sum() == 2
    assert suppress_counts(rows.iloc[:-3], elsewhere=year)["value"].isna().sum() == 4


def test_a_breakdown_of_one_nationality_is_hidden_among_others():
    rows = pd.concat(
        [
            tidy([("", 4), ("ALB", 4)]),
            tidy([("", 30), ("IRN", 20), ("SYR", 10)], period=("2031-04-01", "2031-06-30")),
        ],
        ignore_index=True,
    )
    shown = suppress_counts(rows)
    first = shown[shown["period_start"] == "2031-01-01"]
    assert first["value"].isna().tolist() == [False, True, True]
    assert (first["flag"] == ["", "suppressed", "suppressed"]).all()
    assert shown.attrs["disclosure"]["added"] == 1


def test_a_total_that_is_the_cell_again_goes_too_but_deaths_are_refused():
    rows = tidy([("", 4), ("ALB", 4)])
    assert suppress_counts(rows)["value"].isna().all()
    assert suppress_counts(rows).attrs["disclosure"]["totals"] == 1
    with pytest.raises(InvalidInputError, match="leave this breakdown out"):
        suppress_counts(rows.assign(measure="dead_missing", unit="persons dead or missing"))


def test_a_number_is_withheld_in_all_its_vintages_or_in_none():
    old = tidy([("", 60), ("AFG", 4), ("IRN", 39), ("SYR", 17)], known_on=pd.Timestamp("2032-01-01"))
    new = tidy([("", 62), ("AFG", 6), ("IRN", 39), ("SYR", 17)])
    hidden = suppress_counts(pd.concat([old, new], ignore_index=True))["value"].isna().to_numpy()
    assert hidden.reshape(2, 4).tolist() == [[False, True, False, True]] * 2


def test_parts_that_exceed_their_total_are_protected_as_well():
    hidden = suppress_counts(tidy([("", 59), ("AFG", 3), ("IRN", 40), ("SYR", 17)]))["value"].isna()
    assert hidden.tolist() == [False, True, False, True]


def test_a_rest_that_nobody_publishes_protects_by_itself():
    hidden = suppress_counts(tidy([("", 90), ("AFG", 3), ("IRN", 40)]))["value"].isna()
    assert hidden.tolist() == [False, True, False]


def test_the_embedded_figures_are_protected_and_twice_is_once():
    counts = read_counts()
    shown = suppress_counts(counts)
    held = shown.iloc[: len(counts)]
    kept = held["value"].notna()
    assert (held.loc[kept, "value"] == counts.loc[kept, "value"]).all()
    divided = (counts[["place", "nationality", "sex", "age_group"]] != "").any(axis=1)
    assert held.loc[~divided, "value"].isna().equals(counts.loc[~divided, "value"].isna())
    assert not (divided & held["value"].between(1, 4)).any()
    pd.testing.assert_frame_equal(suppress_counts(shown), shown)
    assert shown.attrs["disclosure"]["blind"] == 0
    quarters = shown[shown["source"] == "home_office_detailed"].groupby("period_start")["value"]
    assert not (quarters.agg(lambda values: values.isna().sum()) == 1).any()


def test_a_table_goes_as_it_was_decided():
    rows = tidy([("", 60), ("AFG", 3), ("IRN", 57)])
    assert protected(rows)["value"].isna().sum() == 2
    shown = as_published(rows)
    assert protected(shown)["value"].notna().all()
    assert shown.attrs["disclosure"]["least"] is None
    assert "disclosure" not in rows.attrs


def test_shares_of_what_is_withheld_are_withheld():
    parts = pd.Series([40.0, np.nan, 17.0, np.nan], index=["IRN", "AFG", "SYR", "SDN"])
    assert withhold_shares(parts, total=60).round(1).dropna().to_dict() == {"IRN": 66.7, "SYR": 28.3}
    assert withhold_shares(parts).isna().all()
    assert withhold_shares(parts, total=0).isna().all()


# --- what reaches a reader


def test_statistics_of_a_nationality_say_that_a_value_is_withheld():
    counts = read_counts()
    asked = {
        "source": "home_office_detailed",
        "basis": "final",
        "nationality": "EGY",
        "period": "2020-04-01/2020-06-30",
        "statistics": ["total", "rank", "record", "year_to_date"],
    }
    shown = corridor_stats(as_published(counts), "channel", **asked)
    assert shown.loc[("channel", "total"), "value"] == 3
    found = corridor_stats(counts, "channel", **asked).loc["channel"]
    for name in ("total", "rank", "record"):
        assert np.isnan(found.loc[name, "value"])
        assert {"suppressed", "unavailable"} <= set(found.loc[name, "flags"])
        assert "to protect small groups" in found.loc[name, "sentence"]
    assert found.loc["year_to_date", "value"] > 4


def test_a_cube_leaves_small_cells_empty_and_counts_them_by_reason():
    import json

    counts = read_counts(source="home_office_detailed")
    cube, whole = (
        build_cube(counts, frequency="quarter"),
        build_cube(counts, frequency="quarter", as_published=True),
    )
    count = cube["count"]
    assert not bool(((count > 0) & (count < 5)).any())
    entries = {entry["reason"]: entry for entry in json.loads(cube.attrs["ledger"])}
    told = entries["withheld by the publisher or as small cells"]
    assert told["value"] is None
    assert told["rows"] >= int((whole["count"].notnull() & count.isnull()).sum()) > 290
    assert json.loads(cube.attrs["disclosure"])["least"] == 5
    assert json.loads(whole.attrs["disclosure"])["least"] is None


# --- places


def test_every_incident_is_in_one_cell_of_five_or_more():
    incidents = read_incidents()
    grid = incident_grid(incidents)
    told = grid.attrs["disclosure"]
    assert (grid["incidents"] >= 5).all()
    assert (grid["size_deg"] >= 1).all()
    assert told["given"] + told["left_out"] + told["without_cell"] == len(incidents)
    assert grid["incidents"].sum() == told["given"]
    assert not grid.duplicated(["corridor", "cell_lon", "cell_lat", "size_deg"]).any()
    assert (incident_grid(incidents, size_deg=2)["size_deg"] >= 2).all()


@pytest.mark.parametrize(
    ("options", "text"),
    [({"size_deg": 0.5}, "size_deg '0.5'"), ({"size_deg": 7}, "size_deg '7'"), ({"least": 4}, "least '4'")],
)
def test_a_grid_finer_than_allowed_is_refused(options, text):
    with pytest.raises(InvalidInputError, match=text):
        incident_grid(read_incidents(), **options)


def test_a_grid_needs_its_columns():
    with pytest.raises(InvalidInputError, match="lack the column 'cell_lon'"):
        incident_grid(read_incidents().drop(columns="cell_lon"))


def test_coordinates_become_corners_and_do_not_stay():
    table = pd.DataFrame({"x": [12.6, -0.2, None], "y": [35.5, -1.5, 3.0], "where": "beach", "dead": 1})
    made = generalise_places(table, lon="x", lat="y", drop=["where"])
    assert made.columns.tolist() == ["dead", "cell_lon", "cell_lat"]
    assert made["cell_lon"].tolist()[:2] == [12, -1]
    assert made["cell_lat"].tolist() == [35, -2, 3]
    with pytest.raises(InvalidInputError, match="lacks the column 'lon'"):
        generalise_places(table)
    with pytest.raises(InvalidInputError, match="Invalid x"):
        generalise_places(table.assign(x=200.0), lon="x", lat="y")


# --- single persons

PERSONAL = [
    "name",
    "Full Name",
    "surname",
    "first_name",
    "lastName",
    "nom",
    "Nom de famille",
    "prénom",
    "nome",
    "cognome",
    "Nachname",
    "Vorname",
    "apellidos",
    "phone",
    "Tel.",
    "telefono",
    "Telefonnummer nr tel",
    "mobile",
    "passport",
    "Passport No",
    "passaporto",
    "Reisepassnummer",
    "document",
    "document_no",
    "Numero di documento",
    "id_number",
    "e-mail",
    "EMail",
    "mail",
    "date_of_birth",
    "birthdate",
    "DOB",
    "Geburtsdatum",
    "data di nascita",
    "naissance",
    "victim_name",
    "Codice fiscale",
    "fingerprint_id",
    "personID",
]
HARMLESS = [
    *terms.COUNT_COLUMNS,
    "source_name",
    "place_name",
    "corridor_name",
    "document_type",
    "column",
    "nomenclature",
    "names_of_places",
    "Telford",
    "mailing",
    "Country",
    "Month",
    "People",
    "age_group",
    "number",
    "unit",
    "denominator",
    "birds",
    "nominal",
    "event",
    "month",
    "region",
    "cause",
    "cell_lat",
    "survivors",
    "Migrants arrived",
    "citizen",
]


@pytest.mark.parametrize("name", PERSONAL)
def test_columns_of_single_persons_are_refused(name):
    with pytest.raises(InvalidInputError, match="reads like data of single persons"):
        disclosure.check_no_identities(["corridor", name], place="table")


@pytest.mark.parametrize("name", HARMLESS)
def test_columns_of_counts_pass(name):
    disclosure.check_no_identities([name], place="table")


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("ask ali.b@example.org", "an e-mail address"),
        ("+49 30 901820 44", "a telephone number"),
        ("0039 06 4654 1234", "a telephone number"),
        ("passport no. AB1234567", "a passport number"),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<", "the code line of a travel document"),
    ],
)
def test_addresses_and_numbers_in_cells_are_refused_and_never_repeated(cell, what):
    table = pd.DataFrame({"value": [1, 2], "native_label": ["landed", cell]})
    with pytest.raises(InvalidInputError, match=f"column 'native_label', row 1: holds {what}") as caught:
        disclosure.check_no_identities(table, place="table")
    assert cell not in str(caught.value)
    with pytest.raises(InvalidInputError, match=what):
        check_counts(tidy([("", 9)], native_label=cell))


def test_all_that_is_embedded_passes():
    disclosure.check_no_identities(read_counts(), place="embedded counts")
    disclosure.check_no_identities(read_incidents(), place="embedded incidents")


def test_tidy_counts_are_no_table_whose_withheld_cells_can_be_looked_up():
    counts = disclosure.protected(read_counts(source="italy_ministry").head(40))
    with pytest.raises(InvalidInputError, match="carries no record of what was withheld"):
        disclosure.is_suppressed(counts)
