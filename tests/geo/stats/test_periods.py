"""Periods: reading, neighbours, the same point of another year."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidInputError
from geo.stats import periods
from geo.stats.periods import Period, parse_period

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2060, 12, 31))


@pytest.mark.parametrize(
    ("text", "start", "end", "kind"),
    [
        ("2024-12-12", "2024-12-12", "2024-12-12", "day"),
        ("2024-W50", "2024-12-09", "2024-12-15", "week"),
        ("2025-W01", "2024-12-30", "2025-01-05", "week"),
        ("2024-02", "2024-02-01", "2024-02-29", "month"),
        ("2024-Q3", "2024-07-01", "2024-09-30", "quarter"),
        ("2024", "2024-01-01", "2024-12-31", "year"),
        ("2024-07-05/2024-12-31", "2024-07-05", "2024-12-31", "span"),
        ("2024-01/2024-11", "2024-01-01", "2024-11-30", "span"),
        (" 2024-Q3 / 2024-Q4 ", "2024-07-01", "2024-12-31", "span"),
        ("2024-01-01/2024-12-31", "2024-01-01", "2024-12-31", "year"),
    ],
)
def test_reading_passes(text, start, end, kind):
    period = parse_period(text)
    assert (period.start.isoformat(), period.end.isoformat(), period.kind) == (start, end, kind)


def test_reading_takes_dates_and_periods():
    day = dt.date(2024, 12, 12)
    assert parse_period(day) == parse_period(dt.datetime(2024, 12, 12, 8)) == Period(day, day)
    assert parse_period(Period(day, day)) == Period(day, day)


@pytest.mark.parametrize(
    "text", ["", "12/12/2024", "2024-13", "2024-02-30", "2023-W53", "2024-Q5", "24", "2024-W1", "٢٠٢٤"]
)
def test_reading_fails(text):
    with pytest.raises(InvalidInputError, match="Invalid period"):
        parse_period(text)


def test_a_span_that_ends_before_it_begins_fails():
    with pytest.raises(InvalidInputError, match="It ends before it begins"):
        parse_period("2024-12/2024-11")


def test_an_unknown_kind_fails():
    with pytest.raises(InvalidInputError, match="Invalid kind of period 'fortnight'"):
        periods.period_at("fortnight", dt.date(2024, 1, 1))


@pytest.mark.parametrize(
    ("text", "years", "whole", "expected"),
    [
        ("2024-02-29", -1, False, "2023-02-28"),
        ("2024-02-28", -1, False, "2023-02-28"),
        ("2024-01-01/2024-02-29", -1, False, "2023-01-01/2023-02-28"),
        ("2023-01-01/2023-02-28", 1, False, "2024-01-01/2024-02-28"),
        ("2023-01-01/2023-02-28", 1, True, "2024-01-01/2024-02-29"),
        ("2024-02", -1, False, "2023-02"),
        ("2024-Q1", -2, False, "2022-Q1"),
        ("2024-W50", -1, False, "2023-W50"),
        ("2024", -4, False, "2020"),
    ],
)
def test_the_same_point_of_another_year(text, years, whole, expected):
    assert periods.shift_years(parse_period(text), years, whole_months=whole) == parse_period(expected)


def test_week_53_has_no_counterpart_in_most_years():
    with pytest.raises(InvalidInputError, match=r"Invalid week '2020-W53'. 2019 has no week 53"):
        periods.shift_years(parse_period("2020-W53"), -1)


@pytest.mark.parametrize(
    ("end", "start"),
    [
        ("2024-12-12", "2023-12-13"),
        ("2024-12-31", "2024-01-01"),
        ("2024-02-29", "2023-03-01"),
        ("2025-02-28", "2024-03-01"),
    ],
)
def test_twelve_months_end_on_the_day(end, start):
    assert periods.twelve_months(dt.date.fromisoformat(end)).start.isoformat() == start


@given(DAYS, st.sampled_from(periods.KINDS))
def test_a_period_holds_its_day_and_names_its_kind(day, kind):
    period = periods.period_at(kind, day)
    assert period.start <= day <= period.end
    assert period.kind == kind
    assert periods.following(kind, day).start == period.end + dt.timedelta(days=1)
    newest = periods.last_complete(kind, day)
    assert newest.end <= day < periods.following(kind, newest.start).end + dt.timedelta(days=1)


@given(DAYS, st.integers(0, 1500), st.sampled_from(periods.KINDS))
def test_edges_are_all_whole_periods_in_order(first, days, kind):
    last = first + dt.timedelta(days=days)
    starts, ends = periods.period_edges(kind, first, last)
    expected = []
    period = periods.period_at(kind, first)
    while period.end <= last:
        if period.start >= first:
            expected.append((period.start.toordinal(), period.end.toordinal()))
        period = periods.following(kind, period.start)
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == expected
