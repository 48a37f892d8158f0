import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import geo
from geo.errors import InvalidInputError
from geo.stats.hedges import hedged_number, rounded_number


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (34_582, 3, "almost 34,600"),
        (34_500, 3, "34,500"),
        (34_510, 3, "just over 34,500"),
        (177_921, 3, "almost 178,000"),
        (177_921, 2, "about 180,000"),
        (609, 3, "609"),
        (0, 3, "0"),
        (1_055, 2, "about 1,100"),
    ],
)
def test_the_word_follows_from_the_true_value(value, digits, text):
    assert hedged_number(value, digits=digits) == text


@given(st.integers(min_value=1, max_value=10**9), st.integers(min_value=2, max_value=5))
def test_almost_is_below_and_just_over_is_above(value, digits):
    near, text = rounded_number(value, digits=digits), hedged_number(value, digits=digits)
    assert abs(near - value) <= 0.5 * 10 ** (math.floor(math.log10(value)) + 1 - digits)
    assert not text.startswith("almost") or value < near <= 1.005 * value
    assert not text.startswith("just over") or near < value <= near / 0.995 + 1e-6


@pytest.mark.parametrize(("value", "digits", "thing"), [(5, 0, "digits '0'"), (math.nan, 3, "value 'nan'")])
def test_what_cannot_be_rounded_fails(value, digits, thing):
    with pytest.raises(InvalidInputError, match=f"Invalid {thing}"):
        rounded_number(value, digits=digits)


def test_totals_bring_a_round_number_for_headlines():
    stats = geo.corridor_stats(geo.read_counts(), "channel", as_of="2024-12-12")
    assert stats.loc[("channel", "year_to_date"), "detail"]["rounded"] == "almost 34,600"
    assert "rounded" not in stats.loc[("channel", "total"), "detail"]
    assert "rounded" not in stats.loc[("channel", "year_to_date_change"), "detail"]
