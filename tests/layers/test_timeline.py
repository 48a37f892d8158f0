"""Months: their data first, then the slider in a browser that reaches no network."""

import re

import numpy as np
import pandas as pd
import pytest

import geo
import layers
from geo.errors import InvalidInputError
from layers.months import months_entry
from layers.packing import unpack_numbers
from layers.page import page_html
from layers.palette import line_width
from layers.sheet import build_map
from layers.timeline import figure_text, months_of_counts, months_of_table, small_multiples

MONTHS = ["2024-01", "2024-02", "2024-03", "2024-04"]


def table(**columns):
    return pd.DataFrame(columns, index=MONTHS)


def own_map(make, months, **options):
    return build_map(
        make.corridors(),
        None,
        None,
        routes=make.routes(),
        places=make.places(),
        months=months,
        **options,
    )


# --- data ------------------------------------------------------------------------------------------
def test_missing_zero_and_withheld_stay_apart():
    months = months_of_table(table(a=[5, 0, None, "suppressed"]), legs=["a"])
    row = months.legs["a"]
    assert unpack_numbers(row.entry()["v"]) == [10, 0, -1, -2]
    texts = [figure_text(row, at) for at in range(4)]
    assert texts == ["5", "0", "not published", "withheld"]


def test_months_that_no_row_stands_for_are_missing():
    months = months_of_table(pd.DataFrame({"a": [1, 2]}, index=["2023-11", "2024-02"]), legs=["a"])
    assert unpack_numbers(months.legs["a"].entry()["v"]) == [2, -1, -1, 4]


@pytest.mark.parametrize(
    "index",
    [
        pd.period_range("2024-01", periods=4, freq="M"),
        pd.date_range("2024-01-01", periods=4, freq="MS"),
        MONTHS,
    ],
)
def test_an_index_of_months_is_read_in_any_of_its_forms(index):
    months = months_of_table(pd.DataFrame({"a": range(4)}, index=index), places=["a"])
    assert str(months.index[0]) == "2024-01"
    assert months.places["a"].values.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (pd.DataFrame({"b": [1.0]}, index=["2024-01"]), "Invalid column 'b'"),
        (pd.DataFrame({"a": [-1.0]}, index=["2024-01"]), "Invalid figure '-1.0' of 'a'"),
        (pd.DataFrame({"a": ["many"]}, index=["2024-01"]), "Invalid figure 'many' of 'a'"),
        (pd.DataFrame({"a": [np.inf]}, index=["2024-01"]), "Invalid figure 'inf'"),
        (pd.DataFrame({"a": [1.0]}, index=["soon"]), r"Invalid months\. Each row"),
        (pd.DataFrame({"a": [1.0, 2.0]}, index=["2024-01", "2024-01"]), r"Invalid months\. The table"),
        (pd.DataFrame({"a": []}, index=[]), r"Invalid months\. The table"),
    ],
)
def test_a_table_is_refused_by_name(given, message):
    with pytest.raises(InvalidInputError, match=message):
        months_of_table(given, legs=["a"])


def test_fractions_keep_one_decimal():
    entry = months_of_table(table(a=[1.5, 2, 3, None]), legs=["a"]).legs["a"].entry()
    assert entry["per"] == 10
    assert unpack_numbers(entry["v"]) == [30, 40, 60, -1]


def test_counts_of_a_corridor_bound_each_of_its_legs(make):
    months = months_of_counts(make.counts(), make.corridors(), make.routes())
    assert months.corridors["strait"].values.tolist()[:2] == [100, 0]
    row = months.legs["leg_0"]
    assert [figure_text(row, at) for at in range(4)] == [
        "0 to 100 persons",
        "0 persons",
        "not published",
        "0 to 300 persons",
    ]


def test_a_users_own_counts_by_leg_come_before_the_corridors(make):
    own = make.counts((7, None, 9, 0)).assign(place="leg_1")
    own.loc[1, "flag"] = "suppressed"
    months = months_of_counts(
        pd.concat([make.counts(), own], ignore_index=True), make.corridors(), make.routes()
    )
    texts = [figure_text(months.legs["leg_1"], at) for at in range(4)]
    assert texts == ["7 persons", "withheld", "9 persons", "0 persons"]
    assert months.legs["leg_0"].bound.all()


def test_counts_of_a_place_are_its_own(make):
    own = make.counts((7, 8)).assign(place="p1")
    months = months_of_counts(
        pd.concat([make.counts(), own]), make.corridors(), make.routes(), places=["p1", "p2"]
    )
    assert list(months.places) == ["p1"]


def test_the_begun_month_says_how_far_it_runs():
    counts, routes = geo.read_counts(), geo.read_routes(["channel"])
    months = months_of_counts(counts, geo.build_corridors(routes), routes, as_of="2024-12-12")
    assert figure_text(months.corridors["channel"], len(months.index) - 1) == (
        "1,020 persons (to 12 December 2024)"
    )
    assert str(months.index[-1]) == "2024-12"


def test_equal_rows_are_shipped_once(make):
    months = months_of_counts(make.counts(), make.corridors(), make.routes())
    entry, at = months_entry(months, ["strait", "elsewhere"])
    assert len(entry["rows"]) == 2
    assert set(at["legs"].values()) == {1}
    assert entry["corridors"] == [0, None]


def test_no_counts_no_slider(make):
    assert months_of_counts(None, make.corridors(), make.routes()) is None
    page = page_html(own_map(make, True))
    assert '"months"' not in page
    assert "rw-multiples" not in page.split("</head>")[1].split("<script>")[0]


def test_small_maps_draw_the_four_signs(make):
    months = months_of_table(
        table(leg_0=[4000, 0, None, "suppressed"], leg_1=[1, 1, 1, 1]),
        legs=["leg_0", "leg_1"],
    )
    features = [{"id": f"leg_{at}", "mode": "sea", "line": [0, 0, 9000, 9000]} for at in range(2)]
    svg = small_multiples([{"type": "leg", "features": features}], months, (0, 0, 1, 1), ident="x")
    first = re.findall(r'<use href="#x-0"[^>]*>', svg)
    assert first == [
        f'<use href="#x-0" stroke-width="{line_width(4000) / 2:.2f}"/>',
        '<use href="#x-0" stroke-width=".6" stroke-opacity=".45"/>',
        '<use href="#x-0" stroke-width=".8" stroke-dasharray="3 2"/>',
        '<use href="#x-0" stroke-width=".8" stroke-dasharray="1 3"/>',
    ]
    assert "Jan 2024" in svg
    assert svg.count("<path id=") == 2


def test_nothing_to_draw_makes_no_small_maps(make):
    months = months_of_table(table(a=[1, 2, 3, 4]), legs=["a"])
    assert small_multiples([], months, (0, 0, 1, 1)) == ""


def test_hostile_titles_stay_text_in_small_maps(make):
    months = months_of_table(table(strait=[1, 2, 3, 4]), corridors=["strait"])
    leg = [{"type": "leg", "features": [{"id": "x", "mode": "sea", "line": [0, 0, 9000, 9000]}]}]
    for payload in make.payloads:
        svg = small_multiples(leg, months, (0, 0, 1, 1), titles={"strait": payload})
        assert "<script" not in svg
        assert "onload=alert(1)>" not in svg
        assert "{{" not in svg


def test_three_corridors_with_all_months_fit_in_400_kb():
    counts, routes = geo.read_counts(), geo.read_routes()
    corridors = geo.build_corridors(routes, width_km=40)
    stats = geo.corridor_stats(counts, corridors, as_of="2024-12-12")
    page = page_html(layers.build_map(corridors, stats, counts))
    assert len(page.encode()) <= 400_000
    months = re.search(r'"count":(\d+)', page)
    assert int(months.group(1)) >= 190


# --- in a browser --------------------------------------------------------------------------------
def widths(page):
    return page.eval_on_selector_all(
        "path.rw-leg",
        "all => all.map(p => [p.getAttribute('stroke-width'), p.getAttribute('stroke-dasharray')])",
    )


LEGS = {
    "leg_0": [10_000, 1_000, None, 0],
    "leg_1": ["suppressed", 50_000, 5, 5],
    "p1": [400, None, 0, 7],
    "strait": [100_000, None, 0, "suppressed"],
}


@pytest.mark.browser
def test_keys_on_the_slider_move_widths_label_table_and_lines_for_screen_readers(make, visit):
    seen = visit(page_html(own_map(make, table(**LEGS))))
    page = seen.page
    slider = page.locator(".rw-slider")
    assert slider.get_attribute("aria-valuetext") == "April 2024"
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "January 2024"
    assert page.locator(".rw-time-label").inner_text() == "January 2024 A strait: 100,000 counted."
    assert widths(page)[0] == [str(line_width(10_000)), None]
    assert page.locator("path.rw-leg").nth(1).get_attribute("class") == "rw-leg rw-held"
    label = page.locator("path.rw-hit").first.get_attribute("aria-label")
    assert label == "A to B, by sea, 100 km. January 2024: 10,000 counted."
    cells = page.locator(".rw-legs tbody tr td:nth-child(3)")
    assert cells.all_inner_texts()[:2] == ["10,000 counted", "withheld, a figure exists"]
    assert "Figures of January 2024" in page.locator(".rw-legs caption").inner_text()
    page.keyboard.press("ArrowRight")
    assert widths(page)[0] == [str(line_width(1_000)), None]
    assert widths(page)[1] == [str(line_width(50_000)), None]
    page.keyboard.press("ArrowUp")
    assert widths(page)[0][1] == "5 4"
    assert cells.first.inner_text() == "not published"
    page.keyboard.press("PageDown")
    assert slider.get_attribute("aria-valuetext") == "January 2024"
    page.keyboard.press("End")
    assert page.locator("path.rw-leg").first.get_attribute("class") == "rw-leg rw-zero"
    page.locator(".rw-live", has_text="April 2024. A strait: withheld").wait_for(state="attached")
    assert page.locator(".folium-map").get_attribute("aria-label").endswith(", April 2024")
    seen.assert_quiet()


@pytest.mark.browser
def test_areas_and_points_follow_the_month(make, visit):
    seen = visit(page_html(own_map(make, table(**LEGS))))
    page = seen.page
    page.locator(".rw-slider").focus()
    page.keyboard.press("Home")
    area = page.locator("path.rw-area")
    assert float(area.get_attribute("fill-opacity")) == 0.56
    assert page.locator(".rw-halo-own").count() == 1 + 2
    page.keyboard.press("ArrowRight")
    assert area.get_attribute("fill").startswith("url(#rw-hatch")
    assert page.locator(".leaflet-marker-icon .rw-halo-none").count() == 1
    page.keyboard.press("ArrowRight")
    assert float(area.get_attribute("fill-opacity")) == 0
    assert page.locator(".leaflet-marker-icon .rw-halo-zero").count() == 1
    page.keyboard.press("ArrowRight")
    assert area.get_attribute("fill").startswith("url(#rw-hatch")
    assert "withheld" in area.get_attribute("aria-label")
    seen.assert_quiet()


@pytest.mark.browser
def test_the_slider_begins_with_the_period_and_goes_back_to_it(sheet, visit):
    seen = visit(page_html(sheet))
    page = seen.page
    before = widths(page)
    assert before[0][0] == "5.7"
    held = page.locator(".rw-legs tbody").inner_text()
    page.get_by_role("button", name="Next month").click()
    page.get_by_role("button", name="Previous month").click()
    assert "March 2024" in page.locator(".rw-time-label").inner_text()
    assert widths(page)[0][1] == "5 4"
    page.get_by_role("button", name="Figures of the period").click()
    assert widths(page) == before
    assert page.locator(".rw-legs tbody").inner_text() == held
    seen.assert_quiet()


@pytest.mark.browser
def test_a_layer_that_was_off_comes_back_with_the_month(make, visit):
    seen = visit(page_html(own_map(make, table(**LEGS))))
    page = seen.page
    page.hover(".leaflet-control-layers")
    box = page.locator(".leaflet-control-layers-overlays input").nth(1)
    box.uncheck()
    page.locator(".rw-slider").focus()
    page.keyboard.press("Home")
    page.hover(".leaflet-control-layers")
    box.check()
    assert widths(page)[0] == [str(line_width(10_000)), None]
    assert page.locator("path.rw-leg").nth(1).get_attribute("class") == "rw-leg rw-held"
    seen.assert_quiet()


@pytest.mark.browser
def test_an_open_popup_tells_the_month(make, visit):
    page = visit(page_html(own_map(make, table(**LEGS)))).page
    page.locator("path.rw-hit").first.dispatch_event("click")
    page.locator(".rw-slider").focus()
    page.keyboard.press("Home")
    assert page.locator(".rw-card .rw-month").inner_text() == "January 2024: 10,000 counted."


@pytest.mark.browser
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_play_steps_to_the_end_and_stops(make, visit, motion):
    seen = visit(page_html(own_map(make, table(**LEGS))), reduced_motion=motion)
    page = seen.page
    page.clock.install()
    page.get_by_role("button", name="Play").click()
    assert page.locator(".rw-slider").get_attribute("aria-valuetext") == "January 2024"
    page.clock.run_for(900)
    moved = page.locator(".rw-slider").get_attribute("aria-valuetext")
    assert moved == ("February 2024" if motion == "no-preference" else "January 2024")
    page.clock.run_for(10_000)
    assert page.locator(".rw-slider").get_attribute("aria-valuetext") == "April 2024"
    assert page.get_by_role("button", name="Play").count() == 1
    seen.assert_quiet()


@pytest.mark.browser
def test_hostile_months_stay_what_they_are(make, visit):
    for payload in make.payloads[7:12]:
        months = table(leg_0=[1, 2, 3, 4], strait=[1, 2, 3, 4])
        months.attrs["unit"] = payload
        sheet = build_map(
            make.corridors(payload), None, None, routes=make.routes(), places=make.places(), months=months
        )
        seen = visit(page_html(sheet))
        seen.page.locator(".rw-slider").focus()
        seen.page.keyboard.press("Home")
        told = seen.page.locator(".rw-time-label").evaluate("e => e.textContent")
        assert told == f"January 2024 {payload}: 1 {payload}."
        assert seen.page.locator("body img").count() == 0
        seen.assert_quiet()


@pytest.mark.browser
def test_paper_and_pages_without_scripts_show_small_maps(sheet, visit):
    page = visit(page_html(sheet)).page
    assert not page.locator(".rw-multiples").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".rw-multiples svg").is_visible()
    assert not page.locator(".rw-time-bar").is_visible()
    bare = visit(page_html(sheet), ready=None, java_script_enabled=False).page
    assert bare.locator(".rw-multiples svg").is_visible()
