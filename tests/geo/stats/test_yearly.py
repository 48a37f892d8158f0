"""Each month beside the same one of the year before."""

import numpy as np
import pytest

from geo.counts import join_counts
from geo.errors import UnknownNameError
from geo.stats.yearly import year_on_year


def test_changes_small_bases_and_gaps(make_table, make_corridors):
    values = [100, 49, 50, None, *[200] * 8, 150, 80, 0, 90]
    table = year_on_year(make_table(values, kind="month"), make_corridors("north")).loc["north"]
    assert table.loc["2031-01", ["base_value", "change", "change_percent"]].tolist() == [100, 50, 50]
    assert np.isnan(table.loc["2031-02", "change_percent"])
    assert table.loc["2031-02", "withheld"] == "the base is under 50"
    assert table.loc["2031-02", "change"] == 31
    assert table.loc["2031-03", "change_percent"] == -100
    assert "April 2030" in table.loc["2031-04", "withheld"]
    assert "cover" in table.loc["2030-01", "withheld"]
    assert np.isnan(table.loc["2030-04", "value"])
    assert table.loc["2031-01", "base_start"] == np.datetime64("2030-01-01")


def test_every_given_change_is_the_ratio(counts):
    table = year_on_year(counts, ["channel", "central_med", "western_balkans"])
    told = table[table["withheld"] == ""]
    assert len(told) > 250
    assert (told["base_value"] >= 50).all()
    np.testing.assert_allclose(
        told["change_percent"], 100 * (told["value"] / told["base_value"] - 1), atol=0.0501
    )
    assert table.loc[table["withheld"] != "", "change_percent"].isna().all()
    assert table.loc[("western_balkans", "2026-06"), "preliminary"]
    assert not table.loc[("western_balkans", "2026-04"), "preliminary"]


def test_weeks_keep_their_number_and_week_53_has_no_base(make_table, make_corridors):
    table = year_on_year(
        make_table([60] * 160, kind="week", first="2019-12-30"), make_corridors("north"), frequency="week"
    ).loc["north"]
    assert table.loc["2021-W10", "change_percent"] == 0
    assert table.loc["2021-W10", "base_end"].isocalendar()[:2] == (2020, 10)
    assert table.loc["2020-W53", "withheld"] == "2019 has no week 53"


def test_a_stretch_is_listed(counts):
    table = year_on_year(counts, "channel", period="2024-03/2024-05", as_of="2024-06-15")
    assert table.index.get_level_values("period").tolist() == ["2024-03", "2024-04", "2024-05"]


def test_what_has_no_months_is_noted(make_table, make_corridors):
    counts = join_counts(make_table([1, 2], kind="year"), make_table([3], kind="month", corridor="south"))
    table = year_on_year(counts, make_corridors("north", "south"))
    assert table.index.tolist() == [("south", "2030-01")]
    assert "yearly" in table.attrs["notes"][0]["note"]
    empty = year_on_year(make_table([1, 2], kind="year"), make_corridors("north"))
    assert empty.empty
    assert empty["value"].dtype == float


def test_unknown_frequencies_are_refused(counts):
    with pytest.raises(UnknownNameError, match="Invalid frequency 'day'"):
        year_on_year(counts, "channel", frequency="day")
