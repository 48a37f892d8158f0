import datetime as dt
import math
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from shapely import LineString

from geo.claims import OtherBasis, Verdict
from geo.display import Displayed, literal, number_text, record_html, record_rows, table_html, value_text
from geo.sea import SeaPath
from geo.stats import Period, Stat
from geo.stats.flow_assumptions import FlowAssumptions


@dataclass(frozen=True, slots=True)
class Reading(Displayed):
    name: str
    value: float = math.nan
    detail: dict = field(default_factory=dict)
    hidden: int = field(default=3, repr=False)


def _cells(html):
    tree = ET.fromstring(html)
    return [[cell.text or "" for cell in row] for row in tree.iter("tr")]


def test_a_record_is_a_table_with_a_caption_and_a_header_to_each_row():
    html = Reading("A", 1234.5, {"a": 1})._repr_html_()
    tree = ET.fromstring(html)
    assert tree.find(".//caption").text == "Reading"
    assert {head.get("scope") for head in tree.iter("th")} == {"row"}
    assert _cells(html) == [["name", "A"], ["value", "1,234.5"], ["detail", "a: 1"]]


def test_a_terminal_still_gets_the_plain_repr():
    assert repr(Period(dt.date(2024, 1, 1), dt.date(2024, 1, 2))) == (
        "Period(start=datetime.date(2024, 1, 1), end=datetime.date(2024, 1, 2))"
    )
    assert repr(Reading("A")) == "Reading(name='A', value=nan, detail={})"


@pytest.mark.parametrize("kind", [Stat, Verdict, OtherBasis, Period, FlowAssumptions, SeaPath])
def test_records_of_the_package_show_themselves_and_stay_slotted(kind):
    assert issubclass(kind, Displayed)
    assert "__dict__" not in dir(kind)


def test_hostile_text_stays_text(make):
    for payload in (*make.payloads, "$x^2$", "\x00\x1b[31m", "\ud800"):
        html = Reading(payload, detail={payload: [payload]})._repr_html_()
        shown = _cells(html)[0][1]
        assert shown.replace("\r", "\n") == payload.replace("\x00", "\ufffd").replace(
            "\x1b", "\ufffd"
        ).replace("\ud800", "\ufffd")
        assert "mathjax_ignore" in html
        for mark in ("{{", "{%", "{#", "${", "`", "<img", "<script", "<svg", "$x"):
            assert mark not in html


def test_numbers_are_set_flush_right_and_columns_have_headers():
    html = table_html("Legs <1>", ["leg", "persons"], [["A", "1"], ["B", "2"]], numbers={1})
    tree = ET.fromstring(html)
    assert [head.get("scope") for head in tree.iter("th")] == ["col", "col", "row", "row"]
    assert all("right" in cell.get("style") for cell in tree.iter("td"))
    assert tree.find(".//caption").text == "Legs <1>"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "yes"),
        (np.int64(1234), "1,234"),
        (np.float64("nan"), ""),
        (math.inf, "unlimited"),
        (-0.25, "−0.25"),
        (1234.56, "1,234.6"),
        (pd.NaT, ""),
        (pd.NA, ""),
        (pd.Timestamp("2024-12-12"), "2024-12-12"),
        (pd.Timestamp("2024-12-12 10:00"), "2024-12-12 10:00:00"),
        (dt.date(2024, 12, 12), "2024-12-12"),
        ((1, None, "a"), "1; a"),
        (np.zeros((2, 3)), "2 × 3 values"),
        (LineString([(0, 0), (1, 1)]), "LineString"),
        (list(range(14)), "0; 1; 2; 3; 4; 5; 6; 7; 8; 9; 10; 11; and 2 more"),
        (Period(dt.date(2024, 1, 1), dt.date(2024, 1, 2)), "start 2024-01-01; end 2024-01-02"),
    ],
)
def test_values_are_told_as_a_reader_expects_them(value, text):
    assert value_text(value) == text


def test_what_holds_nothing_is_left_out():
    assert record_rows(Reading("A")) == [("name", "A")]
    assert number_text(math.nan) == ""
    assert literal("a`b") == "a&#96;b"
    assert "Reading" in record_html(Reading("A"))
