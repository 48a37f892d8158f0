"""What figures say of legs: a point, a range that several legs share, or nothing."""

import math

import pandas as pd
import pytest

from geo.counts import join_counts
from geo.errors import InvalidInputError
from geo.routes import read_corridors, read_definitions
from geo.stats import leg_figures


def _legs(corridor, counted):
    index = pd.Index(list(counted), name="leg")
    return pd.DataFrame({"corridor": corridor, "counted": list(counted.values())}, index=index)


@pytest.fixture
def embedded():
    """Legs of the embedded corridors, without their lines."""
    rows = [
        (leg["id"], name, leg["counted"])
        for name, found in read_definitions().items()
        for leg in found["legs"]
    ]
    return pd.DataFrame(rows, columns=["leg", "corridor", "counted"]).set_index("leg")


def test_a_figure_of_one_leg_is_a_point(make_table, make_corridors):
    found = leg_figures(
        make_table([70], kind="year"), make_corridors("north"), _legs("north", {"only": True})
    )
    row = found.loc["only"]
    assert (row["low"], row["high"], row["value"], row["n_legs_sharing"]) == (70, 70, 70, 1)
    assert "70 people. The figure" in row["sentence"]
    assert "covers this leg alone" in row["sentence"]


def test_a_figure_of_several_legs_is_a_range_and_never_divided(make_table, make_corridors):
    legs = _legs("north", {"a": True, "b": True, "c": False})
    found = leg_figures(make_table([70], kind="year"), make_corridors("north"), legs)
    assert found.loc["a", ["low", "high", "n_legs_sharing"]].tolist() == [0, 70, 2]
    assert math.isnan(found.loc["a", "value"])
    assert "between 0 and 70 people" in found.loc["b", "sentence"]
    assert "covers 2 legs together and is not divided among them" in found.loc["b", "sentence"]
    assert found.loc["c", ["low", "high", "value"]].isna().all()
    assert found.loc["c", "sentence"] == "No published figure covers this leg."


def test_the_tightest_bound_wins(make_table, make_corridors):
    table = join_counts(make_table([70], kind="year"), make_table([30], kind="year", place="LY"))
    figure = {
        "id": "f",
        "label": "From Libya",
        "source": "tally",
        "measure": "arrival",
        "basis": "",
        "place": "LY",
        "legs": ["a", "b"],
    }
    legs = _legs("north", {"a": True, "b": True, "c": True})
    found = leg_figures(table, make_corridors("north", figures=[figure]), legs)
    assert found["high"].tolist() == [30, 30, 70]
    assert found["label"].tolist()[:2] == ["From Libya", "From Libya"]


def test_figures_of_the_headline_measure_come_first(make_table, make_corridors):
    table = join_counts(make_table([70], kind="year"), make_table([5], kind="year", measure="registration"))
    figure = {
        "id": "f",
        "label": "Registered",
        "source": "tally",
        "measure": "registration",
        "basis": "",
        "place": "",
        "legs": ["a", "b"],
    }
    legs = _legs("north", {"a": True, "b": False})
    found = leg_figures(table, make_corridors("north", figures=[figure]), legs)
    assert found["unit"].tolist() == ["persons", "registrations"]


def test_the_period_is_the_last_complete_year_by_the_data_date(counts, embedded):
    found = leg_figures(counts, read_corridors(), embedded, as_of="2024-12-12")
    channel = found.loc["ch_calais_kent"]
    assert (channel["high"], channel["period_start"]) == (29437, pd.Timestamp("2023-01-01"))
    assert found.loc["wb_belgrade_zagreb", "high"] == 99002
    later = leg_figures(counts, read_corridors(), embedded)
    assert later.loc["ch_calais_kent", "high"] == 41472
    assert later.loc["cm_annaba_sardinia", ["low", "value", "high"]].tolist() == [1812] * 3
    assert later.loc["cm_zuwara_lampedusa", ["low", "high"]].tolist() == [0, 58408]


def test_a_figure_that_lacks_the_year_is_taken_for_its_own(counts, embedded):
    found = leg_figures(counts, read_corridors(), embedded)
    serbia = found.loc["wb_skopje_nis"]
    assert (serbia["high"], serbia["period_end"]) == (120883, pd.Timestamp("2022-12-31"))
    slovenia = found.loc[found["source"] == "slovenia_police"]
    assert (slovenia["period_end"] == pd.Timestamp("2023-08-31")).all()


def test_a_period_that_is_asked_for_is_kept_to(counts, embedded):
    found = leg_figures(counts, read_corridors(), embedded, period="2024")
    assert found.loc["ch_calais_kent", "high"] == 36816
    assert found.loc["cm_zuwara_lampedusa", "high"] == 42279
    assert math.isnan(found.loc["wb_skopje_nis", "high"]), "no registrations of Serbia for the whole of 2024"


def test_no_leg_has_a_point_value_but_those_that_a_figure_covers_alone(counts, embedded):
    for day in ("2019-06-30", "2023-12-31", "2024-12-12", "2026-08-20"):
        found = leg_figures(counts, read_corridors(), embedded, as_of=day)
        assert (found["value"].notna() == (found["n_legs_sharing"] == 1)).all()
        assert (found["low"].fillna(0) <= found["high"].fillna(0)).all()
        assert found.index.tolist() == embedded.index.tolist()
        assert (found["period_end"].dropna() <= pd.Timestamp(day)).all()


def test_before_the_first_full_year_the_year_to_date_stands_in(make_table, make_corridors):
    found = leg_figures(
        make_table([1, 2, 3, 4]), make_corridors("north"), _legs("north", {"a": True}), as_of="2030-01-03"
    )
    assert found.loc["a", ["value", "period_end"]].tolist() == [6, pd.Timestamp("2030-01-03")]


def test_before_the_figures_and_before_their_publication_there_is_none(make_table, make_corridors):
    table, legs = make_table([1, 2, 3], known_on="2030-02-01"), _legs("north", {"a": True})
    assert leg_figures(table, make_corridors("north"), legs, as_of="2029-01-01")["high"].isna().all()
    assert leg_figures(table, make_corridors("north"), legs, known_on="2030-01-01")["high"].isna().all()


def test_corridors_without_figures_and_legs_without_corridors_are_kept(make_table, make_corridors):
    legs = pd.concat([_legs("north", {"a": True}), _legs("elsewhere", {"z": True})])
    found = leg_figures(make_table([9]), make_corridors("north", source="", measure=""), legs)
    assert found["high"].isna().all()
    assert found.index.tolist() == ["a", "z"]


def test_a_figure_whose_basis_is_not_clear_is_left_out(make_table, make_corridors):
    table = join_counts(make_table([9], basis="final"), make_table([8], basis="provisional"))
    assert leg_figures(table, make_corridors("north"), _legs("north", {"a": True}))["high"].isna().all()


def test_a_year_with_a_gap_gives_way_to_the_one_before(make_table, make_corridors):
    table = make_table([10] * 12 + [10, None] + [10] * 10, kind="month")
    found = leg_figures(table, make_corridors("north"), _legs("north", {"a": True}))
    assert found.loc["a", ["value", "period_end"]].tolist() == [120, pd.Timestamp("2030-12-31")]
    figure = {
        "id": "f",
        "label": "x",
        "source": "nobody",
        "measure": "arrival",
        "basis": "",
        "place": "",
        "legs": ["a"],
    }
    again = leg_figures(table, make_corridors("north", figures=[figure]), _legs("north", {"a": True}))
    assert again["high"].tolist() == [120]


def test_a_rounded_figure_says_so(make_table, make_corridors):
    table = make_table([70], kind="year")
    table["qualifier"] = "over"
    found = leg_figures(table, make_corridors("north"), _legs("north", {"a": True, "b": True}))
    assert "between 0 and over 70 people" in found.loc["a", "sentence"]


def test_a_table_without_legs_is_refused(make_table, make_corridors):
    with pytest.raises(InvalidInputError, match="They need the columns corridor and counted"):
        leg_figures(make_table([9]), make_corridors("north"), pd.DataFrame({"leg": []}))
