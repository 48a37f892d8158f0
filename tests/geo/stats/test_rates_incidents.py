"""Lists of incidents: what is checked, and how causes are grouped."""

import pandas as pd
import pytest

from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.stats.periods import parse_period
from geo.stats.rates_incidents import DROWNING, VEHICLE, cause_bounds, coded, deaths_by_cause, load_incidents


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "event": [1, 2, 3],
            "corridor": "north",
            "month": ["2031-02", "2031-02", "2031-04"],
            "dead_missing": [4, 0, 9],
            "cause": ["Drowning,Violence", "Violence", "Vehicle accident / of a lorry"],
        }
    )


def test_the_embedded_list_ends_with_its_last_whole_month():
    held = load_incidents()
    assert (str(held.covers.start), str(held.covers.end)) == ("2014-01-01", "2026-04-30")
    assert str(held.known_on) == "2026-05-03"
    assert load_incidents(known_on="2026-05-03") is held


def test_a_list_covers_its_months_unless_more_is_said(table):
    assert load_incidents(table).covers == parse_period("2031-02/2031-04")
    assert load_incidents(table, covers="2031").covers == parse_period("2031")


def test_incidents_are_found_by_corridor_and_month(table):
    held = load_incidents(table)
    assert held.of("north", parse_period("2031-02"))["dead_missing"].tolist() == [4, 0]
    assert held.of("south", parse_period("2031")).empty
    assert held.known("north")
    assert not held.known("south")


def test_the_given_table_is_not_changed(table):
    before = table.copy()
    load_incidents(table)
    pd.testing.assert_frame_equal(table, before)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"passport": "x"}, "column 'passport' reads like data of single persons"),
        ({"birth_date": "x"}, "column 'birth_date' reads like data of single persons"),
        ({"dead_missing": [1, -2, 3]}, "row 1, column 'dead_missing': '-2' is no whole number from 0"),
        ({"dead_missing": [1, 2.5, 3]}, "row 1, column 'dead_missing': '2.5' is no whole number"),
        ({"month": ["2031-02", "2031-13", "x"]}, "2 faults"),
        ({"corridor": ["north", "", None]}, "row 1, column 'corridor': '' is empty"),
        ({"event": [1, 1, 2]}, "event '1' stands in several rows; merge them"),
        ({"known_on": ["2031-05-01", "soon", "2031-05-01"]}, "row 1, column 'known_on': 'soon' is no day"),
        ({"source": ["a", "b", "a"]}, r"It mixes sources \(a, b\)"),
    ],
)
def test_load_incidents_fails(table, change, match):
    with pytest.raises(InvalidInputError, match=match):
        load_incidents(table.assign(**change))


def test_missing_columns_are_all_named():
    with pytest.raises(InvalidInputError, match=r"(?s)'corridor' is missing.*'dead_missing' is missing"):
        load_incidents(pd.DataFrame({"month": ["2031-01"]}))


def test_an_empty_list_and_one_not_yet_published_are_told_apart(table):
    with pytest.raises(InvalidInputError, match="It needs at least one row"):
        load_incidents(table.head(0))
    with pytest.raises(NotCoveredError, match="No incident of the table was published by then"):
        load_incidents(table.assign(known_on="2031-06-01"), known_on="2031-05-01")


def test_what_a_list_covers_is_whole_months_and_its_own(table):
    with pytest.raises(
        InvalidInputError, match=r"Invalid covers '2031-W05'\. It must be made of whole months"
    ):
        load_incidents(table, covers="2031-W05")
    with pytest.raises(InvalidInputError, match="The embedded incidents say for themselves"):
        load_incidents(covers="2024")


def test_several_causes_of_one_incident(table):
    assert coded(table["cause"], DROWNING).tolist() == [True, False, False]
    mixed = pd.Series(
        ["Vehicle accident / x,Drowning", "Vehicle accident / x", None, "Lack of shelter, food"]
    )
    assert coded(mixed, VEHICLE).tolist() == [True, True, False, False]
    assert coded(mixed, VEHICLE, only=True).tolist() == [False, True, False, False]


def test_bounds_by_cause_are_nested(table):
    low, high = cause_bounds(table)
    assert (low.tolist(), high.tolist()) == ([4], [4, 0])
    with pytest.raises(InvalidInputError, match="need the column 'cause'"):
        cause_bounds(table.drop(columns="cause"))


def test_deaths_by_cause_add_up(table):
    found = deaths_by_cause(incidents=table)["deaths"]
    assert found.tolist() == [4, 9, 0, 13]
    every = deaths_by_cause(["channel", "central_med"], period="2024")["deaths"].unstack()
    assert every.loc["channel", ["drowning_coded", "vehicle_coded", "all"]].tolist() == [62, 3, 85]
    parts = every[["drowning_coded", "vehicle_coded", "other_coded"]].sum(axis=1)
    assert parts.tolist() == every["all"].tolist()


def test_deaths_by_cause_fails(table):
    with pytest.raises(InvalidInputError, match="whole months from 2014-01-01 to 2026-04-30"):
        deaths_by_cause("channel", period="2026")
    with pytest.raises(UnknownNameError, match="Invalid corridor 'south'"):
        deaths_by_cause("south", incidents=table)
