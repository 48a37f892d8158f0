"""A series: sums of spans, and the ways to have none."""

import datetime as dt

import pytest

from geo.counts import join_counts, select_counts
from geo.errors import NotCoveredError
from geo.stats.periods import parse_period
from geo.stats.series import build_series


def test_missing_suppressed_and_zero_are_three_things(make_table):
    table = make_table([1, 0, None, 4, 5, 6])
    table.loc[table["value"] == 5, ["value", "flag"]] = [float("nan"), "suppressed"]
    series = build_series(table)
    assert series.span(parse_period("2030-01-02")).value == 0
    absent = series.span(parse_period("2030-01-01/2030-01-04"))
    assert (absent.state, absent.gaps) == ("missing", (parse_period("2030-01-03"),))
    withheld = series.span(parse_period("2030-01-04/2030-01-06"))
    assert (withheld.state, withheld.gaps) == ("suppressed", (parse_period("2030-01-05"),))


def test_an_empty_value_is_missing(make_table):
    series = build_series(make_table([1, float("nan"), 3]))
    assert series.span(parse_period("2030-01-01/2030-01-03")).state == "missing"


def test_gaps_that_touch_are_one(make_table):
    series = build_series(make_table([1, None, None, 4, None, 6]))
    gaps = series.span(parse_period("2030-01-01/2030-01-06")).gaps
    assert gaps == (parse_period("2030-01-02/2030-01-03"), parse_period("2030-01-05"))


@pytest.mark.parametrize("text", ["2029-12", "2029-12/2030-01", "2030-02/2030-04"])
def test_a_span_beyond_the_figures_is_outside(make_table, text):
    series = build_series(make_table([1, 2, 3], kind="month"))
    assert series.span(parse_period(text)).state == "outside"


def test_a_span_that_cuts_a_period_is_coarse(make_table):
    series = build_series(make_table([1, 2, 3], kind="month"))
    span = series.span(parse_period("2030-01-15/2030-02-28"))
    assert (span.state, span.gaps) == ("coarse", (parse_period("2030-01"),))


def test_overlapping_rows_have_values_of_their_own_only(make_table):
    table = join_counts(make_table([7], kind="year"), make_table([1, 2], kind="month"))
    series = build_series(table)
    assert series.overlapping
    assert series.span(parse_period("2030")).value == 7
    assert series.span(parse_period("2030-02")).value == 2
    assert series.span(parse_period("2030-01/2030-02")).state == "coarse"


def test_an_overlapping_row_may_be_empty(make_table):
    table = join_counts(make_table([7], kind="year"), make_table([float("nan")], kind="month"))
    assert build_series(table).span(parse_period("2030-01")).state == "missing"
    table["flag"] = "suppressed"
    assert build_series(table).span(parse_period("2030-01")).state == "suppressed"


def test_rows_of_several_country_sets_are_not_added(make_table):
    table = make_table([1, 2], kind="year")
    table["scope"] = ["AL RS", "AL ME RS"]
    assert build_series(table).span(parse_period("2030/2031")).state == "coarse"


def test_each_number_is_taken_from_its_newest_vintage(make_table):
    table = join_counts(
        make_table([1, 2, 3], known_on="2030-01-04"), make_table([1, 5, 3, 4], known_on="2030-01-05")
    )
    assert build_series(table).span(parse_period("2030-01-01/2030-01-04")).value == 13
    older = build_series(table, known_on=dt.date(2030, 1, 4))
    assert (older.last, older.span(parse_period("2030-01-01/2030-01-03")).value) == (dt.date(2030, 1, 3), 6)


def test_nothing_known_by_a_day_is_refused(make_table):
    with pytest.raises(NotCoveredError, match=r"Invalid known_on '2029-01-01'.*published on 2030-01-04"):
        build_series(make_table([1, 2, 3], known_on="2030-01-04"), known_on=dt.date(2029, 1, 1))


def test_flags_and_qualifiers_of_the_rows_are_carried(make_table):
    table = make_table([1, 2, 3], kind="month", known_on="2030-05-01")
    table["flag"] = ["revised", "", "partial"]
    table["qualifier"] = ["about", "about", ""]
    span = build_series(table).span(parse_period("2030-01/2030-03"))
    assert (set(span.flags), span.qualifier) == ({"revised", "partial"}, "about")
    table["qualifier"] = ["about", "at least", ""]
    assert build_series(table).span(parse_period("2030-01/2030-03")).qualifier == "about"


def test_the_newest_months_of_frontex_are_preliminary(counts):
    series = build_series(select_counts(counts, source="frontex", corridor="western_balkans"))
    assert "preliminary" in series.span(parse_period("2026-06")).flags
    assert "preliminary" in series.span(parse_period("2026-05")).flags
    assert "preliminary" not in series.span(parse_period("2026-04")).flags


def test_what_a_missing_month_can_hold_at_most(counts):
    series = build_series(select_counts(counts, source="italy_ministry", corridor="central_med"))
    assert series.at_most(parse_period("2017-09")) == 12278
    assert series.at_most(parse_period("2017-08")) == 4317
    assert series.at_most(parse_period("2030-01")) == float("inf")


def test_how_far_a_series_reaches(make_table):
    daily, monthly = build_series(make_table([1, 2])), build_series(make_table([1, 2], kind="month"))
    assert daily.reach() == dt.date(2030, 1, 2)
    assert monthly.reach() == dt.date(2030, 3, 31)
    assert monthly.cut(dt.date(2030, 2, 27)) == dt.date(2030, 1, 31)
    assert monthly.cut(dt.date(2030, 3, 31)) == dt.date(2030, 2, 28)
