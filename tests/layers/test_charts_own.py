"""Altair charts come in as shapes and text only."""

import re
import sys
from xml.etree import ElementTree as ET

import pytest

from geo.errors import InvalidInputError, MissingExtraError
from layers.charts import altair_svg
from layers.charts.own import clean_svg

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ("<script>alert(1)</script>", "{{ 7*7 }}", "`${1}`", "\" onload='x'", "</svg><b>")
WORDS = {"title": "Arrivals", "alt": "Two bars."}


def spec(names=("a", "b"), version="v6", **more):
    values = [{"name": name, "n": 3 + at} for at, name in enumerate(names)]
    return {
        "$schema": f"https://vega.github.io/schema/vega-lite/{version}.json",
        "data": {"values": values},
        "mark": "bar",
        "encoding": {
            "x": {"field": "name", "type": "nominal"},
            "y": {"field": "n", "type": "quantitative"},
            "href": {"field": "name"},
            "tooltip": {"field": "name"},
        },
        **more,
    }


@pytest.mark.parametrize("version", ["v6", "v5", "v99"])
def test_a_specification_becomes_a_named_static_drawing(version):
    pytest.importorskip("vl_convert")
    svg = altair_svg(spec(version=version), **WORDS)
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert [root.find(f"{SVG}{tag}").text for tag in ("title", "desc")] == ["Arrivals", "Two bars."]
    assert not re.search(r"<script|<style|<image|<a |href|\son\w+=|style=|@import|aria-label=", svg)
    assert svg.count("http") == 1
    assert svg == altair_svg(spec(version=version), **WORDS)
    assert altair_svg(spec(), ident="left", **WORDS) != altair_svg(spec(), ident="right", **WORDS)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_data_stay_text(text):
    pytest.importorskip("vl_convert")
    svg = altair_svg(spec(names=(text, "b")), title=text, alt=text)
    assert text in [element.text for element in ET.fromstring(svg).iter(f"{SVG}text")]
    assert not re.search(r"<script|\{\{|\$\{|`|javascript:", svg)


def test_altair_charts_are_taken_as_they_are():
    pytest.importorskip("vl_convert")
    altair = pytest.importorskip("altair")
    chart = altair.Chart(altair.Data(values=[{"a": 1}])).mark_point().encode(x="a:Q")
    assert "<svg" in altair_svg(chart, **WORDS)


def test_ids_and_their_uses_are_made_the_charts_own():
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><defs><clipPath id="c"><path d="M0 0"/>'
        '</clipPath></defs><g clip-path="url(#c)"><path d="M1 1" fill="url(http://x/#y)"/></g></svg>'
    )
    svg = clean_svg(drawn, **WORDS)
    key = re.search(r'clipPath id="([^"]+)"', svg).group(1)
    assert f'clip-path="url(#{key})"' in svg
    assert "http://x" not in svg


@pytest.mark.parametrize(
    "inside",
    [
        "<script>x()</script>",
        '<image href="http://x/y.png"/>',
        "<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject>",
        "<style>@import 'x'</style>",
        '<use href="#x"/>',
        '<path d="M0 0" onclick="x()" style="fill:url(x)" class="k"/>',
        '<animate attributeName="href" to="javascript:x()"/>',
    ],
)
def test_what_does_more_than_draw_is_left_out(inside):
    svg = clean_svg(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>', **WORDS)
    assert not re.search(r"x\(\)|http://x|foreignObject|@import|<use|<animate|style=|class=", svg)


@pytest.mark.parametrize(
    ("chart", "words", "match"),
    [
        (spec(), {"title": "t", "alt": " "}, "Invalid alt ' '"),
        (spec(), {"title": "", "alt": "a"}, "Invalid title ''"),
        (7, WORDS, "Give an Altair chart"),
        ({"mark": "bar", "data": {"url": "http://x/y.csv"}}, WORDS, "read from 'http://x/y.csv'"),
        ({"layer": [{"mark": {"type": "image"}}]}, WORDS, r"mark at 'chart.layer\[0\]' is an image"),
        ({"transform": [{"from": {"data": {"url": "z.csv"}}}]}, WORDS, r"chart.transform\[0\].from.data"),
    ],
)  # fmt: skip
def test_charts_that_reach_outside_or_are_not_told_are_refused(chart, words, match):
    with pytest.raises(InvalidInputError, match=match):
        altair_svg(chart, **words)


def test_a_specification_that_cannot_be_written_is_refused():
    loop = {"mark": "bar"}
    loop["self"] = loop
    with pytest.raises(InvalidInputError, match="no plain specification"):
        altair_svg(loop, **WORDS)


def test_charts_that_cannot_be_drawn_or_are_too_large_are_refused():
    pytest.importorskip("vl_convert")
    with pytest.raises(InvalidInputError, match="could not be drawn"):
        altair_svg({"mark": "no such mark", "data": {"values": []}}, **WORDS)
    with pytest.raises(InvalidInputError, match="at most 1 are allowed"):
        altair_svg(spec(names=[str(at) for at in range(60)]), most_kb=1, **WORDS)


@pytest.mark.parametrize(
    ("drawn", "match"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "declares entities"),
        ("<svg", "no XML"),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "no SVG with a viewBox"),
        ("<html/>", "no SVG"),
    ],
)
def test_drawings_that_are_none_are_refused(drawn, match):
    with pytest.raises(InvalidInputError, match=match):
        clean_svg(drawn, **WORDS)


def test_without_the_extra_the_message_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(MissingExtraError, match=r"routeways\[charts\]"):
        altair_svg(spec(), **WORDS)
