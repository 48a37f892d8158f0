"""Intervals end where their numbers are, ranges have no point, what is withheld is hatched and said."""

import math
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidInputError
from layers.charts import Row, flow_bars, interval_chart, share_bars
from layers.charts.intervals import MOST_ROWS
from layers.charts.ladder import PALE, Scale, plain
from layers.palette import BLUE, INK, MUTED, contrast_ratio

SVG = "{http://www.w3.org/2000/svg}"
NAN = math.nan
HOSTILE = (
    "</title><script>alert(1)</script>",
    "{{ 7*7 }}{% print 1 %}",
    "a\" onload='x' b",
    "`${1}` \\ &amp;",
    "null\x00 and \ud800",
    "wide " * 60,
)
RATE = Row("2024", 27.3, 21.2, 34.1, naive=(26.1, 28.6))


def parse(svg):
    return ET.fromstring(svg)


def texts(svg):
    return [element.text for element in parse(svg).iter(f"{SVG}text")]


def description(svg):
    return parse(svg).find(f"{SVG}desc").text


def scale_of(svg):
    """Return the function from numbers to places, read from the axis as it is drawn."""
    ticks = {}
    for element in parse(svg).iter(f"{SVG}text"):
        if element.get("text-anchor") == "middle" and re.fullmatch(r"−?[\d,.]+", element.text):
            ticks[float(element.text.replace("−", "-").replace(",", ""))] = float(element.get("x"))
    inner = sorted(ticks)[1:-1] or sorted(ticks)
    low, high = inner[0], inner[-1]
    step = (ticks[high] - ticks[low]) / (high - low)
    return lambda value: ticks[low] + step * (value - low)


def strokes(svg, colour, weight):
    """Return the ends of the level lines of a colour and weight."""
    found = []
    for element in parse(svg).iter(f"{SVG}path"):
        if element.get("stroke") == colour and element.get("stroke-width") == weight:
            x, y, x_end, y_end = map(float, re.findall(r"[-\d.]+", element.get("d")))
            if y == y_end and x_end > 30:
                found.append((x, x_end))
    return found


def draw_all(title="Deaths", label="2024", message=""):
    words = {"title": title, "message": message}
    rows = [Row(label, 27.3, 21.2, 34.1, naive=(26.1, 28.6)), Row("b", low=0, high=9), Row("c", words=label)]
    return {
        "interval_chart": interval_chart(rows, unit=label, reference=1, reference_words=label, **words),
        "flow_bars": flow_bars([Row(label, low=0, high=9), Row(label + "2")], unit=label, **words),
        "share_bars": share_bars({label: 40.0, "x": NAN}, recorded=90, unknown=10, **words),
    }


CHARTS = sorted(draw_all())


@pytest.mark.parametrize("name", CHARTS)
def test_charts_are_named_described_small_and_stand_alone(name):
    svg = draw_all(message="Deaths rose.")[name]
    root = parse(svg)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Deaths"
    assert root.find(f"{SVG}desc").text.startswith("Deaths rose. ")
    named = {element.get("id") for element in root.iter() if element.get("id")}
    assert set(root.get("aria-labelledby").split()) <= named
    assert not re.search(r"<script|<style|<image|<a |href|\son\w+=|style=|@import", svg)
    assert svg.count("http") == 1
    assert len(svg.encode()) < 25_000
    sizes = [float(size) for size in re.findall(r'<text[^>]* font-size="([^"]+)"', svg)]
    assert min(sizes) * 334 / 360 >= 11
    assert svg == draw_all(message="Deaths rose.")[name]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", CHARTS)
def test_hostile_text_is_shown_and_does_nothing(name, text):
    svg = draw_all(title=text, label=text, message=text)[name]
    root = parse(svg)
    assert root.find(f"{SVG}title").text == text.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
    assert not re.search(r"<script|\{\{|\{%|\$\{|`", svg)
    assert not [element for element in root.iter() if element.get("onload")]
    width = float(root.get("viewBox").split()[2])
    assert all(0 <= float(element.get("x")) <= width for element in root.iter(f"{SVG}text"))


def test_whiskers_end_where_the_numbers_are():
    svg = interval_chart([RATE, Row("2019", 109.6, 54.7, 186.9)], title="t")
    x = scale_of(svg)
    assert strokes(svg, BLUE, "2.4") == [
        pytest.approx((x(21.2), x(34.1)), abs=0.2),
        pytest.approx((x(54.7), x(186.9)), abs=0.2),
    ]
    assert strokes(svg, MUTED, "1.2") == [pytest.approx((x(26.1), x(28.6)), abs=0.2)]
    dots = [
        float(element.get("cx")) for element in parse(svg).iter(f"{SVG}circle") if element.get("r") == "4.4"
    ]
    assert dots == pytest.approx([x(27.3), x(109.6)], abs=0.2)


def test_negative_numbers_lie_left_of_the_reference():
    svg = interval_chart([Row("a", -6.2, -10.8, -1.6)], title="t", reference=0)
    x = scale_of(svg)
    assert strokes(svg, BLUE, "2.4") == [pytest.approx((x(-10.8), x(-1.6)), abs=0.2)]
    dashed = [one for one in parse(svg).iter(f"{SVG}path") if one.get("stroke-dasharray") == "4 3"]
    assert float(re.findall(r"[-\d.]+", dashed[0].get("d"))[0]) == pytest.approx(x(0), abs=0.2)


def bands(svg):
    found = [one for one in parse(svg).iter(f"{SVG}rect") if one.get("fill") == PALE]
    return [(float(one.get("x")), float(one.get("x")) + float(one.get("width"))) for one in found]


def test_a_range_is_a_band_without_a_point():
    svg = flow_bars([Row("A to B", low=1000, high=4000)], title="t")
    x = scale_of(svg)
    assert bands(svg)[0] == pytest.approx((x(1000), x(4000)), abs=0.2)
    assert list(parse(svg).iter(f"{SVG}circle")) == []
    assert "A to B: 1,000 to 4,000." in description(svg)


def test_an_open_end_is_an_arrow_and_said():
    svg = flow_bars([Row("A to B", low=408), Row("B to C", low=0, high=900)], title="t")
    assert "A to B: at least 408." in description(svg)
    assert len([one for one in parse(svg).iter(f"{SVG}path") if one.get("fill") == BLUE]) == 1


def test_bounds_of_a_figure_lie_inside_their_whiskers():
    svg = interval_chart([Row("2024", low=0.9, high=3.8, inner=(1.7, 2.2))], title="t")
    x = scale_of(svg)
    assert bands(svg)[0] == pytest.approx((x(1.7), x(2.2)), abs=0.2)
    assert strokes(svg, BLUE, "2.4") == [pytest.approx((x(0.9), x(3.8)), abs=0.2)]


def test_what_is_withheld_is_hatched_and_said_in_words():
    svg = interval_chart([Row("2019", words="too few to give"), Row("2020")], title="t")
    assert {"too few to give", "no figure", "No figure is given"} <= set(texts(svg))
    hatched = [one for one in parse(svg).iter(f"{SVG}rect") if one.get("fill", "").startswith("url(#")]
    assert len(hatched) == 3
    assert list(parse(svg).iter(f"{SVG}circle")) == []


def test_rows_beyond_the_most_are_counted():
    svg = interval_chart([Row(str(at), at) for at in range(MOST_ROWS + 3)], title="t")
    assert "3 more rows are not drawn." in description(svg)
    assert "1 more row is not drawn." in description(interval_chart([RATE, RATE], title="t", most=1))
    assert len(svg.encode()) < 25_000


def test_shares_are_bars_of_their_length_and_the_unknown_is_hatched():
    svg = share_bars(
        {"Albania": 27.8, "Other": 10.0}, rest=["Other"], recorded=45_573, unknown=201, title="t",
        ranges={"Albania": (27.7, 28.1)},
    )  # fmt: skip
    x = scale_of(svg)
    bars = [one for one in parse(svg).iter(f"{SVG}rect") if one.get("height") == "12"]
    assert [one.get("fill") for one in bars[:2]] == [BLUE, PALE]
    assert bars[2].get("fill").startswith("url(#")
    ends = [float(one.get("x")) + float(one.get("width")) for one in bars]
    assert ends[:2] == pytest.approx([x(27.8), x(10)], abs=0.2)
    assert "Nationality not recorded: 201, 0.4 % of all 45,774." in description(svg)
    assert strokes(svg, INK, "1.6") == [pytest.approx((x(27.7), x(28.1)), abs=0.2)]


def test_a_share_that_is_withheld_has_no_bar():
    svg = share_bars({"A": NAN, "B": 40.0}, title="t")
    assert "A: withheld. B: 40.0 %." in description(svg)


@pytest.mark.parametrize("draw", [interval_chart, flow_bars])
def test_nothing_to_draw_is_said_in_words(draw):
    assert description(draw([], title="t")) == "No figures published for this period."
    assert description(share_bars({}, title="t")) == "No figures published for this period."


numbers = st.floats(-1e12, 1e12).filter(lambda number: not number or abs(number) > 1e-6)


@given(st.lists(st.tuples(numbers, numbers, numbers), max_size=12))
def test_any_numbers_stay_inside_the_drawing(triples):
    ordered = [sorted(three) for three in triples]
    rows = [Row(f"row {at}", three[1], three[0], three[2]) for at, three in enumerate(ordered)]
    svg = interval_chart(rows, title="t", reference=0)
    assert "nan" not in svg
    width, height = map(float, parse(svg).get("viewBox").split()[2:])
    for element in parse(svg).iter(f"{SVG}circle"):
        assert 0 <= float(element.get("cx")) <= width
    for element in parse(svg).iter(f"{SVG}path"):
        if element.get("d").startswith("M0 0") or "V" in element.get("d"):
            continue
        places = list(map(float, re.findall(r"-?[\d.]+", element.get("d"))))
        assert all(-0.1 <= place <= width + 10 for place in places[::2])
        assert all(-0.1 <= place <= height for place in places[1::2])


@given(numbers, numbers)
def test_ticks_hold_all_numbers_and_are_few(first, second):
    scale = Scale(min(first, second), max(first, second))
    assert 2 <= len(scale.ticks) <= 8
    near = 1e-6 * (scale.ticks[-1] - scale.ticks[0])
    assert scale.ticks[0] <= min(first, second, 0) + near
    assert scale.ticks[-1] >= max(first, second, 0) - near


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: interval_chart([Row("a", math.inf)], title="t"), "numbers must be finite"),
        (lambda: interval_chart([Row("a", 1, 3, 2)], title="t"), "ends at 2 before it begins at 3"),
        (lambda: interval_chart([Row("a", 1, naive=(3, 2))], title="t"), "before it begins"),
        (lambda: interval_chart([RATE], title="t", most=0), "Invalid most '0'"),
        (lambda: flow_bars([Row("A to B", 5.0)], title="t"), "it has no value of its own"),
        (lambda: share_bars({"A": 101.0}, title="t"), "from 0 to 100 per cent"),
        (lambda: share_bars({"A": 1.0}, unknown=-1, title="t"), "number of 0 or more"),
    ],
)
def test_charts_refuse_what_they_cannot_draw(call, match):
    with pytest.raises(InvalidInputError, match=match):
        call()


def test_strokes_and_bands_can_be_told_from_paper():
    assert min(contrast_ratio(colour, "#FFFFFF") for colour in (BLUE, MUTED, INK)) >= 4.5
    assert contrast_ratio(BLUE, PALE) >= 3


def test_numbers_are_written_as_sentences_write_them():
    assert [plain(one) for one in (0.0, 0.004, 99.95, 1e16)] == ["0", "0.00", "100.0", "1e+16"]
