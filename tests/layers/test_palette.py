import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InvalidInputError
from geo.terms import PLACE_KINDS
from layers import palette


@given(st.floats(min_value=0, max_value=1e9), st.floats(min_value=0, max_value=1e9))
def test_wider_never_means_less(first, second):
    low, high = sorted((first, second))
    assert palette.WIDTH_MIN_PX <= palette.line_width(low) <= palette.line_width(high) <= palette.WIDTH_MAX_PX


def test_width_follows_the_square_root_between_its_bounds():
    assert palette.line_width(40_000) == pytest.approx(2 * palette.line_width(10_000), abs=0.1)


@pytest.mark.parametrize("value", [-1, math.nan])
def test_no_width_without_a_figure(value):
    with pytest.raises(InvalidInputError, match=r"Invalid figure '.*'\. A line's width needs"):
        palette.line_width(value)


@pytest.mark.parametrize(
    ("low", "high", "kind"),
    [(5, 5, "own"), (0, 5, "bound"), (0, 0, "zero"), (math.nan, math.nan, "none"), (math.nan, 5, "none")],
)
def test_four_classes_of_figure_stay_apart(low, high, kind):
    assert palette.figure_class(low, high) == kind


def test_lines_and_symbols_stand_out_from_land_and_sea():
    for ground in (palette.LAND, palette.SEA, palette.BACKDROP):
        for colour in palette.MODE_COLOURS.values():
            assert palette.contrast_ratio(colour, ground) >= 3
        for symbol in palette.SYMBOLS.values():
            assert palette.contrast_ratio(symbol.colour, ground) >= 3
        for words in (palette.INK, palette.MUTED):
            assert palette.contrast_ratio(words, ground) >= 4.5


def test_kinds_of_places_differ_by_shape_alone():
    shapes = [symbol.shape for symbol in palette.SYMBOLS.values()]
    assert len(set(shapes)) == len(shapes)
    assert set(palette.SYMBOLS) == set(PLACE_KINDS)
    assert palette.place_symbol("lighthouse") is palette.OTHER_SYMBOL


def test_modes_differ_in_lightness_or_hue():
    for first, second in itertools.combinations(palette.MODE_COLOURS.values(), 2):
        assert first[1:3] != second[1:3]


def test_colour_must_be_hexadecimal():
    with pytest.raises(InvalidInputError, match="Invalid colour 'red'"):
        palette.contrast_ratio("red", "#ffffff")
