"""Monthly values side by side."""

import numpy as np
import pandas as pd

from geo.counts import join_counts
from geo.stats import monthly_values


def test_days_become_months_and_the_begun_one_is_marked(make_table, make_corridors):
    table = monthly_values(make_table([1] * 40), make_corridors("north"))
    assert table["north"].tolist() == [31, 9]
    assert table.attrs["partial"] == {"north": {"month": "2030-02-01", "to": "2030-02-09"}}
    assert table.attrs["series"]["north"]["unit"] == "persons"


def test_missing_months_are_not_zero(make_table, make_corridors):
    table = monthly_values(make_table([5, None, 0], kind="month"), make_corridors("north"))
    np.testing.assert_array_equal(table["north"], [5, np.nan, 0])


def test_corridors_stand_on_one_axis(counts):
    table = monthly_values(counts, None, as_of="2024-12-12")
    assert list(table.columns) == ["channel", "central_med", "western_balkans"]
    assert table.index[0] == pd.Timestamp("2009-01-01")
    assert table.loc["2024-11-01"].tolist() == [2901, 8013, 1403]
    assert np.isnan(table.loc["2017-09-01", "central_med"])
    assert np.isnan(table.loc["2009-01-01", "channel"])
    assert list(table.attrs["partial"]) == ["channel"]


def test_a_data_date_after_the_end_takes_what_there_is(counts):
    table = monthly_values(counts, "central_med", as_of="2026-08-20")
    assert table.index[-1] == pd.Timestamp("2025-12-01")


def test_what_has_no_months_is_noted(make_table, make_corridors):
    counts = join_counts(make_table([1, 2], kind="year"), make_table([3], kind="month", corridor="south"))
    corridors = make_corridors("north", "south", "west", "east")
    corridors.loc["west", ["source", "measure"]] = ""
    table = monthly_values(counts, corridors)
    assert list(table.columns) == ["south"]
    notes = {note["corridor"]: note["note"] for note in table.attrs["notes"]}
    assert notes["north"] == "North has figures by the year, not by the month."
    assert notes["west"] == "West has no counts of a headline series."
    assert notes["east"] == "East has no counts of a headline series."


def test_nothing_at_all_is_an_empty_table(make_table, make_corridors):
    table = monthly_values(make_table([1]), make_corridors("north", source="", measure=""))
    assert table.empty
    assert table.index.name == "month"
