"""How a comparison moves: a step earlier and later, against neighbouring years, and where its sign flips."""

import datetime as dt
import json

import numpy as np
import pytest

from geo.stats.asking import ask
from geo.stats.periods import Period, parse_period, twelve_months
from geo.stats.sensitivity import sensitivity
from geo.stats.sensitivity_phrases import change, rebased, shifted, told


def question(table, corridors, **options):
    (found,), _ = ask(table, corridors, **options)
    return found


@pytest.fixture(scope="module")
def north(make_corridors):
    return make_corridors("north")


@pytest.fixture(scope="module")
def days(make_table):
    """Four years of days, 2030 to 2033: 10, 40, 20 and 24 a day, none in the first week of December 2033."""
    values = np.concatenate([np.full(365, 10.0), np.full(365, 40.0), np.full(366, 20.0), np.full(365, 24.0)])
    values[-31:-24] = 0
    return make_table(values.tolist(), first="2030-01-01")


def states(found):
    return [row["state"] for row in (*found["shifts"], *found["base_years"])]


def test_a_year_to_date_keeps_its_first_day_and_moves_its_last(days, north):
    q = question(days, north, as_of="2033-07-31")
    period = q.to_date("year")
    found = sensitivity(q, period, q.back(period), to_date=True)
    assert [row["period"] for row in found["shifts"]] == ["2033-01-01/2033-07-24", "2033-01-01/2033-08-07"]
    assert found["shifts"][0]["against"] == "2032-01-01/2032-07-24"
    assert states(found) == ["ok", "after_as_of", "ok", "not_applicable"]
    assert found["base_years"][0]["against"] == "2031-01-01/2031-07-31"
    assert found["flips"]
    assert found["text"] == (
        "A week earlier the change would be +19.4 %; it would be −40.0 % against 2031: the sign flips."
    )


def test_nothing_after_the_data_date_is_looked_at(days, north):
    early = question(days, north, as_of="2033-07-31")
    cut = question(days[days["period_end"] <= "2033-07-31"], north, as_of="2033-07-31")
    for period in (
        early.to_date("year"),
        parse_period("2033-07"),
        Period(dt.date(2033, 7, 25), dt.date(2033, 7, 31)),
    ):
        assert sensitivity(early, period, early.back(period)) == sensitivity(cut, period, cut.back(period))


def test_another_period_moves_as_a_whole_both_ways(days, north):
    q = question(days, north, as_of="2033-12-31", period="2033-06")
    found = sensitivity(q, q.period, q.back(q.period))
    assert [row["period"] for row in found["shifts"]] == ["2033-05-25/2033-06-23", "2033-06-08/2033-07-07"]
    assert [row["change"] for row in found["shifts"]] == [20.0, 20.0]
    assert found["text"].startswith("A week earlier the change would be +20.0 %, a week later +20.0 %;")


def test_seven_days_that_begin_a_month_are_no_month_to_date_when_that_is_said(days, north):
    q = question(days, north, as_of="2033-07-07")
    week = Period(dt.date(2033, 7, 1), dt.date(2033, 7, 7), days=True)
    whole = sensitivity(q, week, q.back(week), to_date=False)
    assert whole["shifts"][0]["period"] == "2033-06-24/2033-06-30"
    assert sensitivity(q, week, q.back(week))["shifts"][0]["state"] == "outside"


def test_both_neighbours_of_a_base_further_back_are_tried(days, north):
    q = question(days, north, as_of="2033-06-30", against=2031)
    period = q.to_date("year")
    found = sensitivity(q, period, q.back(period))
    assert [row["against"][:4] for row in found["base_years"]] == ["2030", "2032"]
    assert [row["change"] for row in found["base_years"]] == [140.0, 19.3]
    assert found["flips"]


def test_a_small_base_is_withheld_and_a_year_that_is_not_held_is_said(days, north):
    q = question(days, north, as_of="2030-12-31")
    period = parse_period("2030-12-28")
    found = sensitivity(q, period, parse_period("2030-12-21"))
    assert (found["change"], found["text"], found["flips"]) == (None, "", False)
    assert found["shifts"][0]["state"] == "small_base"
    assert found["base_years"][0]["state"] == "outside"


def test_monthly_figures_move_by_months_and_keep_their_ends(make_table, north):
    table = make_table([100.0 + month for month in range(36)], first="2030-01-01", kind="month")
    q = question(table, north, as_of="2032-03-31")
    period = q.to_date("year")
    found = sensitivity(q, period, q.back(period))
    assert found["step"] == "month"
    assert found["shifts"][0]["period"] == "2032-01-01/2032-02-29"
    assert found["shifts"][0]["against"] == "2031-01-01/2031-02-28"
    assert "a month earlier" in found["text"].lower()
    year = twelve_months(dt.date(2032, 2, 29))
    moved = sensitivity(q, year, twelve_months(dt.date(2031, 2, 28)))["shifts"]
    assert [row["period"] for row in moved] == ["2031-02-01/2032-01-31", "2031-04-01/2032-03-31"]
    assert [row["state"] for row in moved] == ["ok", "ok"]


@pytest.mark.parametrize(
    ("kind", "number", "step"), [("week", 120, "week"), ("quarter", 12, "quarter"), ("year", 4, "")]
)
def test_weeks_quarters_and_years_have_steps_of_their_own(make_table, north, kind, number, step):
    table = make_table([100.0 + at for at in range(number)], first="2030-01-07", kind=kind)
    q = question(table, north)
    found = sensitivity(q, q.period, q.back(q.period))
    assert found["step"] == step
    assert len(found["shifts"]) == (2 if step else 0)
    assert found["change"] is not None
    assert json.loads(json.dumps(found)) == found
    if step:
        assert f"a {step} earlier the change would be" in found["text"].lower()


def test_a_week_53_has_no_neighbour(make_table, north):
    table = make_table([100.0] * 420, first="2026-01-05", kind="week")
    q = question(table, north, period="2032-W53")
    found = sensitivity(q, q.period, parse_period("2026-W53"))
    assert found["base_years"][0]["state"] == "not_applicable"
    assert found["text"] == "A week earlier the change would be 0.0 %, a week later 0.0 %."


def test_phrases_leave_out_what_is_not_known(days, north):
    voice = question(days, north).voice
    assert shifted(voice, "quarter", None, None) == ""
    assert shifted(voice, "month", None, 3.0) == "a month later the change would be +3.0 %"
    assert shifted(voice, "quarter", -3.0, 0.0) == (
        "a quarter earlier the change would be −3.0 %, a quarter later 0.0 %"
    )
    assert rebased(voice, []) == ""
    spans = [(parse_period("2021-07/2022-06"), 5.0), (parse_period("2020-W01"), -5.0)]
    assert (
        rebased(voice, spans) == "it would be +5.0 % against July 2021 to June 2022 and −5.0 % against 2020"
    )
    assert told(voice, "", "", flips=True) == ""
    assert change(voice, -0.04) == change(voice, 0.0) == "0.0 %"
