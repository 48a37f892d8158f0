"""Charts say in words what they draw, keep missing, zero and partial apart, and keep text in its place."""

import math
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidInputError, UnknownNameError
from layers.charts import monthly_bars, seasonal_profile, sparkline, year_lines

SVG = "{http://www.w3.org/2000/svg}"
SEASON = [20, 20, 50, 80, 90, 110, 150, 190, 210, 160, 90, 30]
HOSTILE = (
    "</title><script>alert(1)</script>",
    "{{ 7*7 }}{% print 1 %}",
    "a\" onload='x' b",
    "`${1}` \\ &amp;",
    "null\x00 and \ud800",
)


def draw_all(title="Arrivals", unit="persons", message=""):
    words = {"title": title, "message": message}
    return {
        "sparkline": sparkline([1, None, 3], unit=unit, **words),
        "year_lines": year_lines({2023: [2] * 365, 2024: [3] * 366}, "2024-12-12", unit=unit, **words),
        "monthly_bars": monthly_bars(
            [5, None, 0, 7], first_month="2024-09", partial=True, unit=unit, **words
        ),
        "seasonal_profile": seasonal_profile(SEASON, month=12, **words),
    }


CHARTS = sorted(draw_all())


def parse(svg):
    return ET.fromstring(svg)


def description(svg):
    return parse(svg).find(f"{SVG}desc").text


def texts(svg):
    return [element.text for element in parse(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", CHARTS)
def test_charts_are_named_described_and_stand_alone(name):
    svg = draw_all(message="Arrivals rose.")[name]
    root = parse(svg)
    assert root.get("role") == "img"
    assert root.get("width") == "100%"
    assert root.find(f"{SVG}title").text == "Arrivals"
    assert root.find(f"{SVG}desc").text.startswith("Arrivals rose. ")
    named = {element.get("id") for element in root.iter() if element.get("id")}
    assert set(root.get("aria-labelledby").split()) <= named
    assert not re.search(r"<script|<style|<image|<a |href|\son\w+=|style=|@import", svg)
    assert svg.count("http") == 1  # the namespace


@pytest.mark.parametrize("name", CHARTS)
def test_text_is_readable_at_the_width_of_a_phone(name):
    svg = draw_all()[name]
    width = float(parse(svg).get("viewBox").split()[2])
    sizes = [float(size) for size in re.findall(r'<text[^>]* font-size="([^"]+)"', svg)]
    assert min(sizes) * min(334 / width, 1) >= 11


@pytest.mark.parametrize("name", CHARTS)
def test_the_same_input_draws_the_same_bytes(name):
    assert draw_all()[name] == draw_all()[name]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", CHARTS)
def test_hostile_text_is_shown_and_does_nothing(name, text):
    svg = draw_all(title=text, unit=text, message=text)[name]
    shown = text.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
    root = parse(svg)
    assert root.find(f"{SVG}title").text == shown
    assert shown in root.find(f"{SVG}desc").text
    assert not re.search(r"<script|\{\{|\{%|\$\{|`", svg)
    assert not [element for element in root.iter() if element.get("onload")]


def test_ids_differ_between_charts_and_by_ident():
    keys = {parse(svg).get("aria-labelledby") for svg in draw_all().values()}
    assert len(keys) == 4
    first, second = (sparkline([1], title="a", ident=ident) for ident in ("left", "right"))
    assert parse(first).get("aria-labelledby") != parse(second).get("aria-labelledby")


values = st.lists(st.none() | st.floats(0, 1e300) | st.integers(0, 10**18), max_size=40)


@given(values=values)
def test_any_counts_stay_inside_the_drawing(values):
    for svg in (
        sparkline(values, title="t"),
        monthly_bars(values, first_month="2020-05", title="t", partial=True),
        year_lines({2023: values, 2024: values}, "2024-02-29", title="t"),
    ):
        root = parse(svg)
        _, _, width, height = (float(part) for part in root.get("viewBox").split())
        assert "nan" not in svg.replace("Jan", "")
        for element in root.iter(f"{SVG}rect"):
            assert float(element.get("y")) >= 0
            assert float(element.get("y")) + float(element.get("height")) <= height + 0.2
            assert float(element.get("x")) + float(element.get("width")) <= width + 0.2
        for element in root.iter(f"{SVG}circle"):
            assert 0 <= float(element.get("cx")) <= width
            assert 0 <= float(element.get("cy")) <= height


@pytest.mark.parametrize("nothing", [[], [None], [None, math.nan, None]])
def test_nothing_published_is_said_in_words(nothing):
    for svg in (
        sparkline(nothing, title="t"),
        monthly_bars(nothing, first_month="2024-01", title="t"),
        year_lines({2024: nothing}, "2024-12-12", title="t"),
        year_lines({}, "2024-12-12", title="t"),
        seasonal_profile([None] * 12, title="t"),
    ):
        assert description(svg) == "No figures published for this period."
    assert texts(sparkline(nothing, title="t")) == ["no figures"]


# --- years ---


def test_years_are_compared_at_the_same_calendar_day():
    svg = year_lines({2022: [1] * 365, 2023: [2] * 365, 2024: [3] * 366}, "2024-12-12", title="t")
    assert (
        description(svg)
        == "Totals from 1 January to 12 December, persons: 2024: 1,041; 2023: 692; 2022: 346."
    )
    assert "2024: 1,041" in texts(svg)
    assert {"12 December", "2022", "2023"} <= set(texts(svg))


def test_the_29th_of_february_compares_with_the_28th():
    svg = year_lines({2023: [1] * 365, 2024: [1] * 366}, "2024-02-29", title="t")
    assert "2024: 60; 2023: 59" in description(svg)


def test_days_after_the_data_date_are_not_drawn():
    until = year_lines({2024: [1] * 100}, "2024-01-20", title="t")
    assert "to 20 January" in description(until)
    assert "2024: 20" in description(until)
    later = year_lines({2024: [1] * 20, 2025: [9] * 5}, "2024-01-20", title="t")
    assert "2025" not in later


def test_months_stop_at_the_last_complete_one():
    svg = year_lines({2023: [10] * 12, 2024: [5] * 12}, "2024-12-12", frequency="month", title="t")
    assert "to 30 November, persons: 2024: 55; 2023: 110" in description(svg)


def test_a_series_that_ends_before_the_data_date_is_marked_where_it_ends():
    svg = year_lines(
        {2025: [1] * 12, 2026: [2] * 6}, "2026-08-20", frequency="month", title="t", unit="detections"
    )
    assert "to 30 June, detections: 2026: 12; 2025: 6" in description(svg)


def test_a_missing_day_ends_the_total_of_its_year():
    svg = year_lines({2023: [1] * 10 + [None] + [1] * 300, 2024: [1] * 366}, "2024-06-30", title="t")
    assert "2023" not in description(svg)
    label = next(element for element in parse(svg).iter(f"{SVG}text") if element.text == "2023")
    assert float(label.get("x")) < 100, "the label stands where the line ends"


def test_a_missing_total_is_a_gap_where_totals_are_given():
    totals = [100, 250, None, 500]
    svg = year_lines({2024: totals}, "2024-04-30", frequency="month", cumulative=True, title="t")
    assert "2024: 500" in description(svg)


def test_only_the_newest_years_are_drawn():
    svg = year_lines(
        {year: [1] * 12 for year in range(2000, 2025)}, "2024-12-31", frequency="month", title="t", most=3
    )
    assert {"2022", "2023"} <= set(texts(svg))
    assert "2021" not in texts(svg)


def test_labels_of_years_do_not_cover_each_other():
    svg = year_lines({year: [100] * 365 for year in range(2015, 2026)}, "2025-12-31", title="t", most=11)
    heights = sorted(
        float(element.get("y"))
        for element in parse(svg).iter(f"{SVG}text")
        if re.fullmatch(r"20\d\d", element.text)
    )
    assert len(heights) == 10
    assert min(after - before for before, after in pairwise(heights)) >= 12.9


@pytest.mark.parametrize(
    ("years", "options", "message"),
    [
        ({2024: [1, -1]}, {}, r"Invalid years\[2024\]\[1\] '-1'. A count is a number of 0 or more"),
        ({2024: ["many"]}, {}, r"Invalid years\[2024\]\[0\] 'many'"),
        ({2023: [1] * 366, 2024: []}, {}, r"Invalid years\[2023\] '366 values'. That year has 365."),
        ({2024: [1] * 13}, {"frequency": "month"}, r"Invalid years\[2024\] '13 values'. That year has 12."),
        ({2024: [1]}, {"most": 0}, "Invalid most '0'. From 1 to 11 years can be drawn."),
    ],
)
def test_year_lines_fails(years, options, message):
    with pytest.raises(InvalidInputError, match=message):
        year_lines(years, "2024-12-12", title="t", **options)


def test_year_lines_refuses_another_frequency_or_date():
    with pytest.raises(UnknownNameError, match="Invalid frequency 'week'"):
        year_lines({}, "2024-12-12", title="t", frequency="week")
    with pytest.raises(InvalidInputError, match="Invalid as_of 'today'"):
        year_lines({}, "today", title="t")


# --- months ---


def test_missing_zero_and_part_months_look_different():
    svg = monthly_bars([5, None, 0, 7], first_month="2024-09", title="t", partial=True, through="2024-12-12")
    bars = list(parse(svg).iter(f"{SVG}rect"))
    assert len(bars) == 3
    assert float(bars[1].get("height")) == 1.5
    assert [bar.get("fill").startswith("url(#") for bar in bars] == [False, False, True]
    assert texts(svg).count("–") == 1
    assert "Hatched: to 12 December, 7  ·  –  not published" in texts(svg)
    assert description(svg) == (
        "September 2024 to December 2024, persons. Highest: December 2024 (7). Last: December 2024 (7). "
        "1 month was not published. December 2024 is not complete."
    )


def test_a_part_month_without_a_figure_is_not_hatched():
    svg = monthly_bars([5, None], first_month="2024-11", title="t", partial=True)
    assert "pattern" not in svg
    assert "not complete" not in svg


def test_axis_labels_have_thousands_separators():
    assert "20,000" in texts(monthly_bars([19_500, 3], first_month="2024-01", title="t"))
    assert "20" in texts(monthly_bars([19_500_000, 3], first_month="2024-01", title="t"))
    assert "persons a month, millions" in texts(
        monthly_bars([19_500_000, 3], first_month="2024-01", title="t")
    )


def test_counts_have_whole_numbers_on_the_axis():
    ticks = [text for text in texts(monthly_bars([1, 2], first_month="2024-01", title="t")) if "." in text]
    assert ticks == []


def test_the_last_number_moves_under_the_plot_where_bars_stand_in_its_way():
    assert "Last month: 5" in texts(monthly_bars([90, 80, 5], first_month="2024-01", title="t"))
    assert "5" in texts(monthly_bars([90, *[0] * 10, 5], first_month="2024-01", title="t"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"first_month": "2024"}, "Invalid first_month '2024-01'"),
        ({"first_month": "2024-01", "through": "12/12"}, "Invalid through '12/12'"),
    ],
)
def test_monthly_bars_fails(options, message):
    with pytest.raises(InvalidInputError, match=message):
        monthly_bars([1], title="t", **options)


@pytest.mark.parametrize("value", [-1, math.inf, "x"])
def test_no_chart_draws_what_is_no_count(value):
    for draw in (
        lambda: sparkline([value], title="t"),
        lambda: monthly_bars([value], first_month="2024-01", title="t"),
        lambda: seasonal_profile([value] * 12, title="t"),
    ):
        with pytest.raises(InvalidInputError, match=r"\[0\] '.*'. A count is a number of 0 or more"):
            draw()


# --- seasons ---


def test_a_season_names_its_highest_and_lowest_month():
    said = "An average month is 100. Highest: September (210). Lowest: January (20)."
    assert description(seasonal_profile(SEASON, title="t")) == said
    assert description(seasonal_profile([value / 100 for value in SEASON], title="t", base=1)) == said
    assert description(seasonal_profile(dict(enumerate(SEASON, 1)), title="t")) == said


def test_the_month_of_the_text_is_outlined_and_labelled():
    svg = seasonal_profile(SEASON, title="t", month=6)
    outlined = [bar for bar in parse(svg).iter(f"{SVG}rect") if bar.get("stroke")]
    assert len(outlined) == 1
    assert "110" in texts(svg)


@pytest.mark.parametrize(
    ("index", "options", "message"),
    [
        ([1] * 11, {}, "Invalid index '11 values'. It has one value for each of 12 months."),
        (SEASON, {"base": 0}, "Invalid base '0'. It is the value of an average month, above 0."),
        (SEASON, {"month": 13}, "Invalid month '13'. It is a number from 1 to 12."),
    ],
)
def test_seasonal_profile_fails(index, options, message):
    with pytest.raises(InvalidInputError, match=message):
        seasonal_profile(index, title="t", **options)
