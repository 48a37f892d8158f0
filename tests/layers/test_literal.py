import folium
import pytest
from branca.element import Element

from geo.errors import InvalidInputError
from layers.literal import DataBlock, Raw, single_pass


def test_raw_text_is_no_template():
    assert Raw("{{ 6 * 7 }}").render() == "{{ 6 * 7 }}"


def test_elements_made_in_one_pass_keep_their_text():
    with single_pass():
        assert Element("{{ 6 * 7 }}{% if %}").render() == "{{ 6 * 7 }}{% if %}"
    assert Element("{{ 6 * 7 }}").render() == "42"


def test_a_data_block_needs_a_figure():
    with pytest.raises(InvalidInputError, match="Invalid data block"):
        DataBlock({}, "draw", [folium.FeatureGroup()]).render()


def test_a_failing_rendering_leaves_templates_as_they_were():
    with pytest.raises(ValueError, match="stop"), single_pass():
        raise ValueError("stop")
    assert Element("{{ 6 * 7 }}").render() == "42"
