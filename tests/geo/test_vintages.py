"""Vintages: what was known when, from small snapshots written by hand."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import vintages
from geo.counts import add_counts, check_counts, read_counts, select_counts
from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError

ROOT = Path(__file__).resolve().parents[2]


def monthly(values, *, known_on="", start="2031-01", source="tally", flag="", **other):
    """Return a tidy table of months; a value None is published as missing, a gap is left out with ``...``."""
    months = pd.period_range(start, periods=len(values), freq="M")
    rows = [
        {
            "source": source,
            "corridor": "north",
            "measure": "arrival",
            "period_start": month.start_time.date().isoformat(),
            "period_end": month.end_time.date().isoformat(),
            "value": value,
            "known_on": known_on,
            "flag": flag,
            **other,
        }
        for month, value in zip(months, values, strict=True)
        if value is not ...
    ]
    return pd.DataFrame(rows)


def known(home, day=None):
    rows = vintages.counts_as_known(day, home)
    rows = rows[rows["source"] == "tally"].sort_values("period_start")
    return dict(zip(rows["period_start"].dt.strftime("%Y-%m"), rows["value"], strict=True))


@pytest.fixture
def raw():
    named = os.environ.get("ROUTEWAYS_RAW")
    above = [parent / "shared" / "raw" for parent in Path(__file__).resolve().parents]
    found = next((folder for folder in ([Path(named)] if named else above) if folder.is_dir()), None)
    if found is None:
        pytest.skip("no publishers' files here")
    return found


# --- the store


def test_without_a_store_only_the_embedded_figures_are_known(tmp_path):
    home = tmp_path / "absent"
    assert not vintages.has_store(home)
    assert vintages.list_vintages(home)["vintage"].tolist() == ["embedded"]
    assert len(vintages.counts_as_known(None, home)) == len(vintages.read_vintages(home))
    assert not home.exists()


def test_a_snapshot_keeps_what_it_was_made_from(tmp_path):
    table = monthly([1, 2], known_on="2031-03-05")
    table.attrs["ledger"] = [{"reason": "empty rows", "rows": 3, "value": 0.0}]
    held = vintages.add_snapshot(table, home=tmp_path)
    assert held.new
    assert vintages.has_store(tmp_path)
    assert (held.known_on, held.data_through) == (dt.date(2031, 3, 5), dt.date(2031, 2, 28))
    assert held.path.name == f"tally__2031-03-05__{held.sha256}.parquet"
    assert held.ledger[0]["rows"] == 3
    listed = vintages.list_vintages(tmp_path).iloc[1]
    assert (listed["vintage"], listed["rows"], listed["inferred"]) == (held.id, 2, False)
    rows = vintages.read_vintage(held.id, tmp_path)
    assert rows["value"].tolist() == [1.0, 2.0]
    assert {str(rows[name].dtype) for name in ("period_start", "known_on")} == {"datetime64[us]"}


def test_the_same_bytes_are_kept_once(tmp_path):
    first = vintages.add_snapshot(monthly([1]), home=tmp_path, published="2031-02-05")
    again = vintages.add_snapshot(monthly([1]), home=tmp_path, published="2031-02-05")
    assert (first.new, again.new) == (True, False)
    assert again.path == first.path


def test_the_same_file_with_another_stated_date_is_refused(tmp_path):
    for day, new in (("2031-02-05", True), ("2031-02-09", False)):
        table = monthly([1])
        table.attrs["sha256"] = "a" * 64
        if new:
            vintages.add_snapshot(table, home=tmp_path, published=day)
        else:
            with pytest.raises(InvalidInputError, match="same bytes are held as published on 2031-02-05"):
                vintages.add_snapshot(table, home=tmp_path, published=day)


def test_of_two_writers_of_one_snapshot_the_second_finds_it_held(tmp_path, monkeypatch):
    from geo import _store

    first = vintages.add_snapshot(monthly([1]), home=tmp_path)
    monkeypatch.setattr(_store, "read_snapshots", lambda _: [])  # it looked before the first was done
    second = vintages.add_snapshot(monthly([1]), home=tmp_path)
    assert (second.new, second.path, second.id) == (False, first.path, first.id)
    assert not list((tmp_path / "vintages").glob(".*"))


def test_a_part_of_a_file_that_is_held_is_held_and_the_rest_of_it_is_added(tmp_path):
    both = pd.concat([monthly([1]), monthly([2], source="tally_weekly")])
    both.attrs["sha256"] = "c" * 64
    part = vintages.add_snapshot(both, home=tmp_path, source="tally", published="2031-02-05")
    whole = vintages.add_snapshot(both, home=tmp_path, published="2031-02-05")
    again = vintages.add_snapshot(both, home=tmp_path, source="tally_weekly", published="2031-02-05")
    assert (part.new, whole.new, again.new) == (True, True, False)
    assert whole.id == f"{part.id}+2"
    assert known(tmp_path) == {"2031-01": 1}


def test_a_stated_date_takes_the_place_of_an_inferred_one(tmp_path):
    for day in (None, "2031-02-20"):
        table = monthly([7])
        table.attrs["sha256"] = "b" * 64
        held = vintages.add_snapshot(table, home=tmp_path, published=day)
    assert not held.inferred
    assert known(tmp_path, "2031-02-10") == {}
    assert known(tmp_path, "2031-02-20") == {"2031-01": 7}
    assert vintages.list_vintages(tmp_path)["inferred"].tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("table", "options", "says"),
    [
        (monthly([]), {}, "It holds no row"),
        (monthly([1, -4]), {}, "must not be below 0"),
        (monthly([1]), {"published": "2031-01-15"}, "is before the last day it speaks of"),
        (monthly([1]), {"published": "soon"}, "published"),
        (monthly([1]), {"source": "other"}, "It holds no row"),
    ],
)
def test_a_table_that_breaks_a_rule_is_refused_and_nothing_is_kept(tmp_path, table, options, says):
    with pytest.raises(InvalidInputError, match=says):
        vintages.add_snapshot(table, home=tmp_path, **options)
    assert not vintages.has_store(tmp_path)


def test_a_file_that_is_no_publishers_is_refused(tmp_path):
    file = tmp_path / "words.csv"
    file.write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInputError, match="none of the formats that are known"):
        vintages.add_snapshot(file, home=tmp_path)


@pytest.mark.parametrize("spoiled", [b"", b"PAR1 and no more", "other"])
def test_a_spoiled_snapshot_is_named(tmp_path, spoiled):
    held = vintages.add_snapshot(monthly([1]), home=tmp_path)
    if spoiled == "other":
        pd.DataFrame({"a": [1]}).to_parquet(held.path)
    else:
        held.path.write_bytes(spoiled)
    with pytest.raises(InvalidInputError, match=f"Invalid snapshot '.*{held.sha256}.*move it away"):
        vintages.list_vintages(tmp_path)


def test_rows_that_were_cut_off_are_named(tmp_path):
    from geo import _store

    held = vintages.add_snapshot(monthly([1]), home=tmp_path)
    held.path.unlink()
    with pytest.raises(InvalidInputError, match="It cannot be read"):
        _store.read_rows(held)


def test_what_a_killed_writer_left_is_passed_over_and_swept(tmp_path):
    held = vintages.add_snapshot(monthly([1]), home=tmp_path)
    old, young = held.path.with_name(".old.part"), held.path.with_name(".young.part")
    for part in (old, young):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert len(vintages.list_vintages(tmp_path)) == 2
    vintages.add_snapshot(monthly([2]), home=tmp_path)
    assert (old.exists(), young.exists()) == (False, True)


def test_a_file_system_without_links_gets_the_file_by_renaming(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    assert vintages.add_snapshot(monthly([1]), home=tmp_path).new
    assert known(tmp_path) == {"2031-01": 1}


WRITER = """
import sys, pandas as pd
from geo import vintages
home, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
for value in range(first, last):
    table = pd.DataFrame({"source": ["tally"] * 2000, "corridor": [f"c{i}" for i in range(2000)],
        "measure": ["arrival"] * 2000, "period_start": ["2031-01-01"] * 2000,
        "period_end": ["2031-01-31"] * 2000, "value": [float(value)] * 2000})
    vintages.add_snapshot(table, home=home, published="2031-02-05")
    print(value, flush=True)
"""


def writer(home, first, last):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home), str(first), str(last)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_two_writers_at_once_lose_nothing(tmp_path):
    running = [writer(tmp_path, 0, 6), writer(tmp_path, 3, 9)]
    for one in running:
        one.communicate()
        assert one.returncode == 0
    listed = vintages.list_vintages(tmp_path)
    assert len(listed) == 10
    assert listed["sha256"].nunique() == 10
    assert listed["rows"].tolist()[1:] == [2000] * 9
    assert not list((tmp_path / "vintages").glob(".*"))


@pytest.mark.parametrize("wait_s", [0.0, 0.004, 0.009, 0.015, 0.023, 0.031])
def test_a_writer_killed_at_any_point_leaves_whole_snapshots(tmp_path, wait_s):
    process = writer(tmp_path, 0, 500)
    assert process.stdout.readline() == "ready\n"
    process.stdout.readline()
    time.sleep(wait_s)
    os.kill(process.pid, signal.SIGKILL)
    told, _ = process.communicate()
    whole = {1 + int(line) for line in told.split("\n")[:-1]} | {1}
    rows = vintages.read_vintages(tmp_path, source="tally")
    assert rows.groupby("vintage").size().eq(2000).all()
    assert rows["vintage"].nunique() >= max(whole)
    assert vintages.add_snapshot(monthly([1]), home=tmp_path).new


STEPS = """
import os, signal, sys
step = sys.argv.pop()
module, name, when = step.split(".")
real = getattr(os if module == "os" else __import__("tempfile"), name)
def die(*words, **named):
    if when == "after":
        real(*words, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(os if module == "os" else __import__("tempfile"), name, die)
"""


@pytest.mark.parametrize(
    ("step", "whole"),
    [
        ("tempfile.mkstemp.before", 0),
        ("tempfile.mkstemp.after", 0),
        ("os.fsync.before", 0),
        ("os.fsync.after", 0),
        ("os.link.before", 0),
        ("os.link.after", 1),
    ],
)
def test_a_writer_killed_at_each_step_leaves_all_or_nothing(tmp_path, step, whole):
    code = WRITER.replace('print("ready", flush=True)', STEPS)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), "0", "1", step],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    assert len(vintages.list_vintages(tmp_path)) == 1 + whole
    assert vintages.add_snapshot(monthly([1]), home=tmp_path).new


# --- what was known when


def test_a_later_vintage_revises_adds_and_takes_back(tmp_path):
    vintages.add_snapshot(monthly([10, 20, 30]), home=tmp_path, published="2031-04-05")
    vintages.add_snapshot(monthly([10, 21, ..., 40]), home=tmp_path, published="2031-05-05")
    assert known(tmp_path, "2031-04-04") == {}
    assert known(tmp_path, "2031-04-05") == {"2031-01": 10, "2031-02": 20, "2031-03": 30}
    assert known(tmp_path, "2031-05-05") == {"2031-01": 10, "2031-02": 21, "2031-04": 40}
    assert known(tmp_path) == known(tmp_path, "2031-05-05")


def test_a_whole_file_that_ends_earlier_takes_the_end_back(tmp_path):
    vintages.add_snapshot(monthly([10, 20, 30]), home=tmp_path, published="2031-04-05")
    vintages.add_snapshot(monthly([10, 20]), home=tmp_path, published="2031-05-05")
    assert known(tmp_path) == {"2031-01": 10, "2031-02": 20}


def test_a_file_of_some_months_leaves_the_others(tmp_path):
    vintages.add_snapshot(monthly([10, 20, 30, 40]), home=tmp_path, published="2031-05-05")
    vintages.add_snapshot(monthly([22], start="2031-02"), home=tmp_path, published="2031-06-05")
    assert known(tmp_path) == {"2031-01": 10, "2031-02": 22, "2031-03": 30, "2031-04": 40}


def test_snapshots_added_in_any_order_are_known_by_their_publication(tmp_path):
    vintages.add_snapshot(monthly([10, 21]), home=tmp_path, published="2031-05-05")
    vintages.add_snapshot(monthly([10, 20]), home=tmp_path, published="2031-03-05")
    assert known(tmp_path)["2031-02"] == 21
    assert known(tmp_path, "2031-05-04")["2031-02"] == 20


def test_of_two_files_of_one_day_the_later_added_holds(tmp_path):
    for value in (20, 21, 19):
        vintages.add_snapshot(monthly([value]), home=tmp_path, published="2031-05-05")
    assert known(tmp_path) == {"2031-01": 19}


def test_another_division_of_a_series_is_no_part_of_it(tmp_path):
    vintages.add_snapshot(monthly([10, 20]), home=tmp_path, published="2031-03-05")
    parts = monthly([4, 9], nationality="ALB")
    vintages.add_snapshot(parts, home=tmp_path, published="2031-04-05")
    rows = vintages.counts_as_known(None, tmp_path)
    assert set(rows.loc[rows["source"] == "tally", "nationality"]) == {"", "ALB"}
    assert len(rows[rows["source"] == "tally"]) == 4


def test_a_partial_month_gives_way_to_the_whole_one(tmp_path):
    part = monthly([5], flag="partial")
    part["period_end"] = "2031-01-22"
    vintages.add_snapshot(part, home=tmp_path, published="2031-01-23")
    vintages.add_snapshot(monthly([9]), home=tmp_path, published="2031-02-05")
    assert known(tmp_path, "2031-01-31") == {"2031-01": 5}
    assert known(tmp_path) == {"2031-01": 9}
    first, last = vintages.list_vintages(tmp_path)["vintage"][1:]
    assert vintages.diff_vintages(first, last, home=tmp_path)["change"].tolist() == ["added"]


def test_the_vintages_that_were_used_are_told(tmp_path):
    held = vintages.add_snapshot(monthly([10, 20]), home=tmp_path, published="2031-03-05")
    told = vintages.counts_as_known(None, tmp_path).attrs["vintages"]
    assert [one["vintage"] for one in told] == ["embedded", held.id]
    assert told[1]["sha256"] == held.sha256
    assert told[1]["rows"] == 2
    early = vintages.counts_as_known("2030-01-01", tmp_path).attrs["vintages"]
    assert [one["vintage"] for one in early] == ["embedded"]


def test_a_series_that_is_not_known_yet_can_be_kept_to_say_so(tmp_path):
    for value, day in ((1, "2031-03-05"), (2, "2031-04-05")):
        vintages.add_snapshot(monthly([value]), home=tmp_path, published=day)
    rows = vintages.counts_as_known("2031-01-01", tmp_path, keep_unreached=True)
    tally = rows[rows["source"] == "tally"]
    assert tally["value"].tolist() == [1.0]
    assert tally["known_on"].iloc[0] == pd.Timestamp("2031-03-05")
    all_known = vintages.counts_as_known("2031-05-01", tmp_path, keep_unreached=True)
    assert len(all_known) == len(vintages.counts_as_known("2031-05-01", tmp_path))


def test_a_day_that_is_none_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="known_on"):
        vintages.counts_as_known("yesterday", tmp_path)


@given(
    st.lists(
        st.lists(st.one_of(st.just(...), st.integers(0, 99)), min_size=1, max_size=6), min_size=1, max_size=4
    )
)
def test_the_newest_whole_vintage_is_what_is_known(tables):
    """A law: what begins with the first month replaces everything that was said before."""
    rows, order = [], {}
    for place, values in enumerate(tables):
        name = f"v{place}"
        order[name] = place
        rows.append(
            monthly([1, *values], known_on=f"2032-0{place + 1}-05", place="", unit="persons", basis="",
                    nationality="", sex="", age_group="", scope="").assign(vintage=name)
        )  # fmt: skip
    stacked = pd.concat(rows, ignore_index=True)
    for name in ("period_start", "period_end", "known_on"):
        stacked[name] = pd.to_datetime(stacked[name])
    from geo import _revisions

    laid = _revisions.lay(stacked, order)
    pd.testing.assert_frame_equal(
        laid.reset_index(drop=True), stacked[stacked["vintage"] == name_of(tables)].reset_index(drop=True)
    )


def name_of(tables):
    return f"v{len(tables) - 1}"


# --- names


def test_a_vintage_is_found_by_its_beginning_its_hash_and_its_day(tmp_path):
    held = vintages.add_snapshot(monthly([1]), home=tmp_path, published="2031-02-05")
    for name in (held.id, "tally@2031", held.sha256[:8], held.sha256, "2031-02-05"):
        assert vintages.find_vintage(name, tmp_path) == held.id


def test_a_vintage_that_is_not_held_or_not_one_is_refused(tmp_path):
    for value in (1, 2):
        vintages.add_snapshot(monthly([value]), home=tmp_path, published=f"2031-02-0{value}")
    with pytest.raises(UnknownNameError, match="It may mean: tally@2031-02-01"):
        vintages.find_vintage("tally", tmp_path)
    with pytest.raises(UnknownNameError, match="Vintages held: embedded, tally@2031-02-01"):
        vintages.read_vintage("nothing", tmp_path)


# --- differences


def test_a_difference_names_and_sizes_every_change(tmp_path):
    a = vintages.add_snapshot(monthly([10, 20, 30, None, 50]), home=tmp_path, published="2031-06-05")
    b = vintages.add_snapshot(monthly([10, 25, ..., 4, None, 6]), home=tmp_path, published="2031-07-05")
    changes = vintages.diff_vintages(a.id, b.id, home=tmp_path)
    told = changes.set_index([changes["period_start"].dt.month, "change"])
    assert sorted(told.index) == [
        (2, "revised"), (3, "withdrawn"), (4, "added"), (5, "withdrawn"), (6, "added"),
    ]  # fmt: skip
    assert told.loc[(2, "revised"), "difference"] == 5
    assert told.loc[(2, "revised"), "share"] == 0.25
    summary = changes.attrs["summary"][0]
    assert {name: summary[name] for name in ("compared", "unchanged", "added", "revised", "withdrawn")} == {
        "compared": 4, "unchanged": 1, "added": 2, "revised": 1, "withdrawn": 2,
    }  # fmt: skip
    assert summary["revised_share"] == 0.75
    assert (
        "1 revised and 2 withdrawn of 4 values compared (75.0 %), more than 5.0 %"
        in changes.attrs["warnings"][0]
    )


def test_a_route_month_that_fell_by_half_is_warned_of_whatever_the_share():
    before = monthly([1000] * 39 + [9977], known_on="2035-01-01")
    after = monthly([1000] * 39 + [4000], known_on="2035-02-01")
    for table in (before, after):
        table[["place", "unit", "basis", "nationality", "sex", "age_group", "scope"]] = ""
        for name in ("period_start", "period_end", "known_on"):
            table[name] = pd.to_datetime(table[name])
    changes = vintages.diff_vintages(before, after, threshold=0.5)
    assert changes.attrs["warnings"] == [
        "tally, arrival, north: 2034-04-01 to 2034-04-30 went from 9,977 to 4,000"
    ]
    many = vintages.diff_vintages(before, after.assign(value=after["value"] / 4), threshold=1)
    assert many.attrs["warnings"][-1] == "30 more values moved by more than half"


def test_what_a_shorter_file_does_not_repeat_is_not_withdrawn(tmp_path):
    a = vintages.add_snapshot(monthly([10, 20, 30]), home=tmp_path, published="2031-06-05")
    b = vintages.add_snapshot(monthly([20], start="2031-02"), home=tmp_path, published="2031-07-05")
    changes = vintages.diff_vintages(a.id, b.id, home=tmp_path)
    assert changes.empty
    assert changes.attrs["summary"][0]["compared"] == 1


def test_series_that_only_one_of_two_holds_are_not_taken_back(tmp_path):
    a = vintages.add_snapshot(monthly([10]), home=tmp_path, published="2031-06-05")
    b = vintages.add_snapshot(monthly([4], nationality="ALB"), home=tmp_path, published="2031-07-05")
    assert vintages.diff_vintages(a.id, b.id, home=tmp_path)["change"].tolist() == ["added"]


def test_vintages_of_different_sources_are_not_compared(tmp_path):
    a = vintages.add_snapshot(monthly([10]), home=tmp_path, published="2031-06-05")
    with pytest.raises(InvalidInputError, match="no source is in both"):
        vintages.diff_vintages("embedded", a.id, home=tmp_path)
    with pytest.raises(InvalidInputError, match="must be a share"):
        vintages.diff_vintages("embedded", a.id, home=tmp_path, threshold=5)


# --- revisions


def test_a_triangle_lays_periods_against_vintages(tmp_path):
    vintages.add_snapshot(monthly([10, 20]), home=tmp_path, published="2031-03-05")
    vintages.add_snapshot(monthly([10, 21, 30]), home=tmp_path, published="2031-04-05")
    rows = vintages.read_vintages(tmp_path, source="tally")
    triangle = vintages.revision_triangle("tally", "arrival", "north", vintages=rows)
    assert [f"{day:%Y-%m-%d}" for day in triangle.columns] == ["2031-03-05", "2031-04-05"]
    np.testing.assert_equal(triangle.to_numpy(), [[10, 10], [20, 21], [np.nan, 30]])
    assert triangle.attrs["unit"] == "persons"


def test_days_are_added_up_to_whole_months():
    triangle = vintages.revision_triangle("home_office_daily", "arrival", "channel", by="month")
    rows = select_counts(read_counts(), source="home_office_daily", measure="arrival")
    december = rows[(rows["period_start"] >= "2024-12-01") & (rows["period_start"] <= "2024-12-31")]
    assert triangle.loc["2024-12-01"].iloc[0] == add_counts(december)
    assert np.isnan(triangle.loc["2026-08-01"].iloc[0])


def test_a_triangle_of_no_series_or_of_several_is_refused(tmp_path):
    with pytest.raises(UnknownNameError, match="source"):
        vintages.revision_triangle("nobody", "arrival", "channel")
    with pytest.raises(NotCoveredError, match="No vintage holds a row"):
        vintages.revision_triangle("frontex", "arrival", "channel")
    with pytest.raises(InvalidInputError, match="It must be month"):
        vintages.revision_triangle("frontex", "detection_entry", "central_med", by="week")
    for basis in ("provisional", "final"):
        vintages.add_snapshot(monthly([1], basis=basis), home=tmp_path, published="2031-06-05")
    rows = vintages.read_vintages(tmp_path, source="tally")
    with pytest.raises(
        InvalidInputError, match=r"Invalid basis 'None'\. It must be one of: final, provisional"
    ):
        vintages.revision_triangle("tally", "arrival", "north", vintages=rows)


def simulated(random, months, *, noise, settled=2, scale=0.06):
    """Return vintages of months, each with the newest ones still short of their settled value."""
    starts = pd.date_range("2020-01-01", periods=months, freq="MS")
    true = random.uniform(500, 5000, months)
    steps = np.array([[noise(random) * scale / (age + 1) for age in range(settled)] for _ in range(months)])
    columns = {}
    for last in range(months - 1):
        values = true[: last + 1].copy()
        for age in range(settled):
            if last - age >= 0:
                values[last - age] = true[last - age] * np.exp(-0.05 + steps[last - age, age])
        columns[starts[last + 1]] = pd.Series(values, starts[: last + 1])
    return pd.DataFrame(columns), true


@pytest.mark.parametrize("months", [16, 40])
@pytest.mark.parametrize("noise", [lambda random: random.normal(), lambda random: random.gumbel()])
def test_nine_of_ten_settled_values_lie_in_the_range(months, noise):
    random = np.random.default_rng(20310105)
    hits = []
    for _ in range(150):
        triangle, true = simulated(random, months, noise=noise)
        ranges = vintages.revision_ranges(triangle, preliminary=2)
        assert ranges["age"].tolist() == [1, 0]
        settled = true[[months - 3, months - 2]]
        hits += ((ranges["low"].to_numpy() <= settled) & (settled <= ranges["high"].to_numpy())).tolist()
    assert 0.85 <= np.mean(hits) <= 0.95


def test_the_range_says_how_it_was_found():
    random = np.random.default_rng(1)
    long, _ = simulated(random, 40, noise=lambda random: random.normal())
    short, _ = simulated(random, 14, noise=lambda random: random.normal())
    assert set(vintages.revision_ranges(long, preliminary=2)["method"]) == {"empirical"}
    assert set(vintages.revision_ranges(short, preliminary=2)["method"]) == {"normal"}
    few = vintages.revision_ranges(short, preliminary=6)
    assert set(few["method"]) >= {"too few cases"}
    assert few.loc[few["method"] == "too few cases", "low"].isna().all()
    long.attrs["source"] = "frontex"
    assert len(vintages.revision_ranges(long)) == 2


def test_a_range_of_few_vintages_is_refused():
    random = np.random.default_rng(1)
    eleven, _ = simulated(random, 12, noise=lambda random: random.normal())
    with pytest.raises(NotCoveredError, match=r"Invalid number of vintages '11'.*at least 12"):
        vintages.revision_ranges(eleven, preliminary=2)
    twelve, _ = simulated(random, 13, noise=lambda random: random.normal())
    assert vintages.revision_ranges(twelve, preliminary=2)["low"].notna().all()
    with pytest.raises(InvalidInputError, match="No period of this source is preliminary"):
        vintages.revision_ranges(twelve, preliminary=0)
    with pytest.raises(InvalidInputError, match="Invalid coverage"):
        vintages.revision_ranges(twelve, preliminary=2, coverage=90)


# --- publishers' own files


def test_the_two_home_office_files_are_two_vintages_and_nothing_was_revised(tmp_path, raw):
    old, new = (
        vintages.add_snapshot(raw / f"home_office_small_boats_time_series_{day}.ods", home=tmp_path)
        for day in ("2025-12-12", "2026-08-21")
    )
    assert (old.data_through, new.data_through) == (dt.date(2025, 12, 11), dt.date(2026, 8, 20))
    assert not old.inferred
    assert not new.inferred
    assert len(vintages.list_vintages(tmp_path)) == 3
    changes = vintages.diff_vintages(old.id, new.id, home=tmp_path)
    assert set(changes["change"]) == {"added"}
    arrivals = changes[changes["measure"] == "arrival"]
    assert (arrivals["period_start"].min(), len(arrivals)) == (pd.Timestamp("2025-12-12"), 252)
    assert changes.attrs["warnings"] == []
    assert vintages.diff_vintages(new.id, "embedded", home=tmp_path).empty


def test_the_frontex_file_differs_from_the_embedded_in_the_sum_of_all_routes_alone(tmp_path, raw):
    held = vintages.add_snapshot(raw / "frontex_monthly_detections_2025-06.xlsx", home=tmp_path)
    changes = vintages.diff_vintages(held.id, "embedded", home=tmp_path)
    assert set(changes.loc[changes["change"] == "revised", "corridor"]) == {"all_routes"}
    assert "withdrawn" not in set(changes["change"])


def test_revised_small_cells_are_withheld_unless_asked_for():
    def table(values, known_on):
        names = ("", "AFG", "IRN", "SYR")
        parts = [
            monthly([value], nationality=name, known_on=known_on)
            for name, value in zip(names, values, strict=True)
        ]
        return check_counts(pd.concat(parts, ignore_index=True))

    before, after = table([60, 3, 40, 17], "2031-02-05"), table([62, 2, 41, 19], "2031-03-05")
    shown = vintages.diff_vintages(before, after, as_published=True).set_index("nationality")
    assert shown["value_after"].to_dict() == {"": 62, "AFG": 2, "IRN": 41, "SYR": 19}
    assert not shown["withheld"].any()
    changes = vintages.diff_vintages(before, after)
    hidden = changes.set_index("nationality")
    assert hidden["change"].tolist() == ["revised"] * 4
    assert hidden.index[hidden["withheld"]].tolist() == ["AFG", "SYR"]
    assert (
        hidden.loc[["AFG", "SYR"], ["value_before", "value_after", "difference", "share"]]
        .isna()
        .all(axis=None)
    )
    assert hidden.loc["IRN", "value_after"] == 41
    assert changes.attrs["summary"][0]["largest_share"] == pytest.approx(2 / 60)
