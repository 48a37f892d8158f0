import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPoint, Point, box

from geo.errors import InvalidInputError
from layers.features import decode_line
from layers.palette import LAND, contrast_ratio
from layers.shapes import KINDS, NO_VALUE, STEPS, shape_features, to_degrees


def _frame(values, column="n", **columns):
    points = [Point(at, at) for at in range(len(values))]
    return gpd.GeoDataFrame({column: values, **columns}, geometry=points, crs="EPSG:4326")


def test_shapes_come_out_in_degrees_whatever_they_came_in():
    frame = gpd.GeoDataFrame(geometry=[Point(1_000_000, 6_000_000)], crs="EPSG:3857")
    assert to_degrees(frame).crs.to_epsg() == 4326
    assert to_degrees(frame).geometry.iloc[0].x == pytest.approx(8.983, abs=1e-3)


def test_a_frame_without_a_crs_is_refused():
    with pytest.raises(InvalidInputError, match=r"Invalid shapes\. They do not say .*set_crs\('EPSG:4326'\)"):
        to_degrees(gpd.GeoDataFrame(geometry=[Point(0, 0)]))


def test_coordinates_outside_their_crs_are_refused():
    frame = gpd.GeoDataFrame(geometry=[Point(1e12, 1e12)], crs="EPSG:27700")
    with pytest.raises(InvalidInputError, match="outside what the CRS EPSG:27700 covers"):
        to_degrees(frame)


def test_a_column_that_is_not_there_is_refused_by_name():
    with pytest.raises(InvalidInputError, match=r"Invalid column 'beds'\. The table has: n\."):
        shape_features(_frame([1]), column="beds")
    with pytest.raises(InvalidInputError, match="Invalid column 'x'"):
        shape_features(_frame([1]), tooltip=["x"])


def test_every_row_with_a_shape_is_one_feature_of_its_form():
    frame = gpd.GeoDataFrame(
        {"name": list("abcdef")},
        geometry=[
            Point(1, 2), LineString([(0, 0), (1, 1)]), box(0, 0, 1, 1), None, Point(),
            GeometryCollection([Point(3, 4), MultiPoint([(5, 6), (7, 8)]), LineString([(0, 0), (2, 2)])]),
        ],
        crs="EPSG:4326",
    )  # fmt: skip
    features, classes = shape_features(frame)
    assert [(one["title"], one["as"]) for one in features] == [
        ("a", "point"), ("b", "line"), ("c", "area"), ("f", "point"), ("f", "line"),
    ]  # fmt: skip
    assert classes == []
    assert decode_line(features[0]["shape"][0][0]) == [(1.0, 2.0)]
    assert len(features[3]["shape"]) == 3


def test_numbers_fall_into_classes_and_missing_ones_are_said():
    features, classes = shape_features(_frame([*range(100), None]), column="n")
    assert [one["label"] for one in classes] == [
        "0 to 19", "20 to 39", "40 to 59", "60 to 79", "80 to 99", "no value",
    ]  # fmt: skip
    assert [one["n"] for one in classes] == [20, 20, 20, 20, 20, 1]
    assert features[-1]["colour"] == NO_VALUE
    assert features[0]["colour"] == STEPS[0]


def test_where_most_rows_share_a_value_there_are_still_classes():
    _, classes = shape_features(_frame([1] * 90 + list(range(2, 12))), column="n")
    assert len(classes) == 5
    assert classes[0]["label"] == "1 to 2"


@given(st.lists(st.floats(-1e6, 1e6) | st.just(math.nan), min_size=1, max_size=60))
def test_every_row_is_in_one_class_whatever_the_numbers(values):
    features, classes = shape_features(_frame(np.array(values)), column="n")
    assert len(features) == len(values) == sum(one["n"] for one in classes)
    assert len({one["colour"] for one in classes}) == len(classes)
    assert sum(one["n"] for one in classes if one["label"] == "no value") == sum(map(math.isnan, values))


def test_words_have_a_class_each_the_frequent_first_and_the_rest_together():
    words = ["b", "b", "a", None, *"cdefghij"]
    _, classes = shape_features(_frame(words), column="n")
    assert [one["label"] for one in classes][:2] == ["b", "a"]
    assert [one["label"] for one in classes][-2:] == ["3 others", "no value"]
    assert sum(one["n"] for one in classes) == len(words)
    _, eight = shape_features(_frame([*"abcdefgh"]), column="n")
    assert eight[-1]["label"] == "h"


def test_booleans_and_categories_are_words():
    _, classes = shape_features(_frame([True, False, True]), column="n")
    assert [(one["label"], one["n"]) for one in classes] == [("yes", 2), ("no", 1)]
    _, classes = shape_features(_frame(pd.Categorical(["x", "y", "x"])), column="n")
    assert [one["label"] for one in classes] == ["x", "y"]


def test_the_tooltip_tells_the_columns_that_were_asked_for():
    frame = _frame([3, None], name=["A", "B"])
    tips = {
        True: "A; n: 3",
        False: "",
        "name": "name: A",
    }
    for tooltip, told in tips.items():
        assert shape_features(frame, column="n", tooltip=tooltip)[0][0]["tip"] == told
    assert shape_features(frame, tooltip=["name", "n"])[0][1]["tip"] == "name: B; n: no value"
    assert shape_features(_frame([3]))[0][0]["title"] == "row 0"


def test_colours_keep_contrast_and_numbers_grow_darker():
    assert all(contrast_ratio(colour, LAND) >= 3 for colour in (*STEPS, *KINDS, NO_VALUE))
    dark = [contrast_ratio(colour, LAND) for colour in STEPS]
    assert dark == sorted(dark)
