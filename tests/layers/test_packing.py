import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidInputError
from layers.packing import ALPHABET, pack_block, pack_numbers, unpack_block, unpack_numbers
from layers.texts import json_for_html
from layers.vendor import asset_text

WHOLE = st.integers(-(2**52), 2**52)
EDGES = [0, 1, -1, 29, 30, -30, -31, 749, 750, -750, -751, 18_029, 18_030, 2**31, -(2**31), 2**52, -(2**52)]


@given(st.lists(WHOLE))
def test_numbers_come_back(numbers):
    assert unpack_numbers(pack_numbers(np.asarray(numbers, dtype=np.int64))) == numbers


def test_small_differences_take_one_character():
    assert [len(pack_numbers([number])) for number in (0, 29, -30, 30, -31, 749, 750)] == [
        1,
        1,
        1,
        2,
        2,
        2,
        3,
    ]


def test_nothing_packed_is_ever_escaped():
    assert len(set(ALPHABET)) == 84
    assert json_for_html(ALPHABET) == json.dumps(ALPHABET) == f'"{ALPHABET}"'


@pytest.mark.parametrize("numbers", [[0.5], [2**53], ["a"]])
def test_numbers_are_whole_and_not_too_large(numbers):
    with pytest.raises(InvalidInputError, match="Invalid numbers"):
        pack_numbers(numbers)


@pytest.mark.parametrize(
    ("text", "why"), [("!e", "stops within"), ("! !", "none of its letters"), ("é", "none")]
)
def test_a_broken_text_is_refused(text, why):
    with pytest.raises(InvalidInputError, match=f"Invalid packed numbers.*{why}"):
        unpack_numbers(text)


def test_a_block_comes_back(make):
    told = ["1 January 2024", "Source: <b>"]
    features = [
        {"title": "A", "line": [5, 5, -1, 0], "source": told, "facts": [["Mode", "by sea"]], "w": 1.8},
        {"title": "B", "line": [7, 5, 9, 0], "source": told, "facts": [["Mode", "by sea"]], "w": None},
    ]
    area = {"title": "C", "shape": [[[1, 0, 0, 1, -1, 0]], [[4, 4, 4, 4, 4, 4]]], "sentences": ["{{7*7}}"]}
    data = {
        "base": {
            "land": [[[1, 2, 3, 4]]],
            "borders": [[1, 2, 3, 4]],
            "backdrop": [],
            "boxes": [[0, 0, 1.5, 1]],
        },
        "labels": [{"text": "D", "at": [1, 2]}],
        "layers": [{"type": "leg", "name": "L", "features": features}, {"type": "area", "features": [area]}],
    }
    block = json.loads(json.dumps(pack_block(data)))
    assert unpack_block(block) == data
    assert block["texts"] == ["1 January 2024", "Source: <b>", "Mode", "by sea"]


def test_texts_that_look_like_places_in_the_list_stay_texts():
    features = [{"title": "1"}, {"title": "1"}, {"title": "None"}, {"title": "None"}]
    data = {"layers": [{"type": "area", "features": features}]}
    assert unpack_block(pack_block(data))["layers"] == data["layers"]


@pytest.mark.browser
def test_the_script_reads_what_python_wrote(browser):
    """The same edges and random numbers, out of Python's letters, in the page's own function."""
    random = np.random.default_rng(20240521)
    numbers = [
        *EDGES,
        *random.integers(-(2**40), 2**40, 200).tolist(),
        *random.integers(-900, 900, 800).tolist(),
    ]
    page = browser.new_page()
    page.add_script_tag(content=asset_text("leaflet-1.9.3/leaflet.js"))
    page.add_script_tag(content=asset_text("routeways.js"))
    assert page.evaluate("text => routeways.unpack(text)", pack_numbers(numbers)) == numbers
    for broken in ("!e", "! !", "é", "€"):
        refused = page.evaluate(
            "text => { try { routeways.unpack(text); return ''; } catch (error) { return error.message; } }",
            broken,
        )
        assert refused.startswith("Invalid packed numbers")
    page.close()
