import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import deltaE_ciede2000, rgb2lab

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


# --- how colours look to eyes that tell fewer of them apart ------------------------
# Machado, Oliveira and Fernandes 2009, doi 10.1109/TVCG.2009.113, table 1, severity 1.0, on linear RGB.
MACHADO = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "full colour": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}
APART = 15.0
"""CIEDE2000 between two colours that carry a class: far beyond the 2 that are just seen side by side."""


def seen_by(eyes, colour):
    """Return a colour as such eyes see it, in CIELAB."""
    coded = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    linear = np.clip(np.array(MACHADO[eyes]) @ linear, 0, 1)
    back = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return rgb2lab(back)


def apart(eyes, first, second):
    return float(deltaE_ciede2000(seen_by(eyes, first), seen_by(eyes, second)))


def test_the_simulation_knows_what_is_confused():
    """Red and green of equal lightness fall together for two kinds of eyes, and not for the others."""
    assert apart("deuteranopia", "#b06030", "#7a7a2a") < 12 < apart("full colour", "#b06030", "#7a7a2a")
    assert apart("full colour", "#000000", "#ffffff") == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize("eyes", sorted(MACHADO))
def test_modes_stay_apart_for_all_eyes(eyes):
    for first, second in itertools.combinations(palette.MODE_COLOURS.values(), 2):
        assert apart(eyes, first, second) >= APART


@pytest.mark.parametrize("eyes", sorted(MACHADO))
def test_lines_symbols_and_words_stay_apart_from_the_ground_for_all_eyes(eyes):
    colours = {*palette.MODE_COLOURS.values(), palette.INK, palette.MUTED, palette.AREA}
    colours |= {symbol.colour for symbol in palette.SYMBOLS.values()}
    for ground in (palette.LAND, palette.SEA, palette.BACKDROP, "#ffffff"):
        for colour in colours:
            assert apart(eyes, colour, ground) >= 2 * APART


@pytest.mark.parametrize("eyes", sorted(MACHADO))
def test_colours_of_exported_styles_stay_apart_for_all_eyes(eyes):
    """Styles of exports give each corridor a colour of its own."""
    from layers.export.styles import CYCLE

    for first, second in itertools.combinations(CYCLE, 2):
        assert apart(eyes, first, second) >= APART
    for colour in CYCLE:
        assert palette.contrast_ratio(colour, "#ffffff") >= 3


def test_classes_of_figures_are_told_without_colour():
    """Of one mode all classes share the colour: width, band, dash and faintness tell them apart."""
    from layers.legend import build_legend

    legs = [{"mode": "sea", "kind": kind} for kind in palette.FIGURE_CLASSES]
    entries = build_legend(legs, [])["parts"][0]["entries"]
    looks = {(entry["kind"], entry["w"]) for entry in entries}
    assert len(looks) == len(palette.FIGURE_CLASSES)
    assert all(entry["label"] for entry in entries)


def test_modes_are_told_in_words_as_well():
    from layers.legend import build_legend

    legs = [{"mode": mode, "kind": "own"} for mode in palette.MODE_COLOURS]
    labels = [entry["label"] for entry in build_legend(legs, [])["parts"][0]["entries"]]
    assert {"By sea", "By land"} <= set(labels)


@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        ("#46515a", "#ffffff", 4.5),  # credits, the button that closes
        ("#5d6770", palette.LAND, 4.5),  # names of countries
        ("#5d6770", palette.SEA, 4.5),
        ("#005a8e", "#ffffff", 4.5),  # links
        ("#8a949c", "#ffffff", 3.0),  # edges of buttons
        ("#1f2a33", palette.SEA, 3.0),  # the ring around what has the focus
    ],
)
def test_fixed_colours_of_the_style_sheet_have_contrast(text, ground, least):
    from layers.vendor import asset_text

    assert text in asset_text("routeways.css")
    assert palette.contrast_ratio(text, ground) >= least
