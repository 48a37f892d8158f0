import html
import json

import jinja2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidInputError
from layers.texts import count_text, day_text, json_for_html, literal_html, number, text_of

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_json_reads_back_equal(data):
    assert json.loads(json_for_html(data)) == data


@given(json_values)
def test_json_is_inert_in_html_and_in_templates(data):
    text = json_for_html(data)
    for mark in ("{{", "{%", "{#", "${", "<", ">", "&", "`", "\u2028", "\u2029"):
        assert mark not in text
    assert jinja2.Template(text).render().rstrip("\n") == text.rstrip("\n")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_literal_html_shows_the_text_and_nothing_else(text):
    escaped = literal_html(text)
    assert html.unescape(escaped) == text
    assert not set(escaped) & set("<>\"'`{}$\\")
    assert jinja2.Template(escaped).render() == escaped.rstrip("\n")


def test_payloads_are_inert(make):
    for payload in make.payloads:
        assert jinja2.Template(literal_html(payload)).render() == literal_html(payload)
        assert json.loads(json_for_html([payload])) == [payload]


def test_missing_numbers_become_null():
    assert json_for_html([np.float64("nan"), np.int64(3), float("inf")]) == "[null,3,null]"


def test_what_is_no_json_is_refused():
    with pytest.raises(InvalidInputError, match="Invalid page data"):
        json_for_html({"a": object()})


def test_words():
    assert [text_of(value) for value in (None, float("nan"), "x", 3)] == ["", "", "x", "3"]
    assert np.isnan(number("x"))
    assert count_text(0) == "0"
    assert day_text("2024-02-29") == "29 February 2024"
