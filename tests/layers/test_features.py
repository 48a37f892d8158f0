import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from geo.errors import InvalidInputError
from layers.features import decode_line, encode_line, encode_shape, leg_features, place_features, view_bounds

points = st.lists(
    st.tuples(st.floats(min_value=-80, max_value=80), st.floats(min_value=-85, max_value=85)),
    min_size=2,
    max_size=20,
)


@given(points)
def test_lines_read_back_within_half_a_step(line):
    back = decode_line(encode_line(line))
    assert back[0] == pytest.approx(line[0], abs=6e-5)
    assert back[-1] == pytest.approx(line[-1], abs=6e-5)
    assert len(back) <= len(line)


def test_a_line_over_the_antimeridian_goes_on():
    back = decode_line(encode_line([(179, 0), (-179, 1), (-178, 1)]))
    assert [lon for lon, _ in back] == [179, 181, 182]


def test_points_that_fall_together_are_merged_but_a_line_keeps_two():
    assert len(encode_line([(0, 0), (1e-6, 0), (1, 0)])) == 4
    assert len(encode_line([(0, 0), (1e-6, 0)])) == 4


def test_a_line_needs_finite_numbers():
    with pytest.raises(InvalidInputError, match="Invalid line"):
        encode_line([(0, 0), (np.nan, 1)])


def test_polygons_keep_holes_and_lose_slivers():
    shape = MultiPolygon(
        [Polygon(box(0, 0, 4, 4).exterior, [box(1, 1, 2, 2).exterior]), box(9, 9, 9.00001, 9.00001)]
    )
    encoded = encode_shape(shape)
    assert [len(part) for part in encoded] == [2]


def test_points_are_no_areas():
    assert encode_shape(None) == []
    with pytest.raises(InvalidInputError, match="Invalid shape 'Point'"):
        encode_shape(GeometryCollection([Point(0, 0)]))


def test_bounds_of_one_point_are_wide_enough_to_look_at():
    frame = gpd.GeoDataFrame(geometry=[Point(10, 10)], crs="EPSG:4326")
    west, south, east, north = view_bounds(frame)
    assert (east - west, north - south) == (0.5, 0.5)
    assert view_bounds() == (-170.0, -55.0, 170.0, 75.0)


def test_bounds_around_the_antimeridian_stay_narrow():
    frame = gpd.GeoDataFrame(
        geometry=[LineString([(178, -17), (179.5, -17)]), Point(-179, -16)], crs="EPSG:4326"
    )
    west, _, east, _ = view_bounds(frame)
    assert (west, east) == (178, 181)


def test_legs_tell_their_figures_apart(make):
    features = leg_features(make.routes(), make.figures())
    assert [one["kind"] for one in features] == ["own", "bound", "none", "zero"]
    assert [one["w"] for one in features] == [5.7, 12.7, None, 1.2]
    assert [one["short"] for one in features] == [
        "10,000 persons",
        "between 0 and 50,000 persons",
        "no published figure",
        "0 persons",
    ]


def test_an_upper_bound_is_never_told_as_a_figure(make):
    bounded = leg_features(make.routes(), make.figures())[1]
    assert bounded["figure"] == "Between 0 and 50,000 persons."
    assert "no published figure" in leg_features(make.routes(), None)[0]["short"]


def test_a_range_is_told_with_its_lower_end(make):
    figures = make.figures()
    figures["low"] = figures["low"].where(figures["high"] != 50_000, 400.0)
    assert leg_features(make.routes(), figures)[1]["short"] == "between 400 and 50,000 persons"


def test_crossings_are_named(make):
    features = leg_features(make.routes(), None, words={"p1": "Bridge – Brücke"})
    assert ["Crossings", "Bridge – Brücke"] in features[1]["facts"]


def test_countries_are_no_points(make):
    places = make.places()
    places.loc["p0", "kind"] = "country"
    features = place_features(places, used=["p1"])
    assert [one["id"] for one in features] == ["p1", "p2", "p3"]
    assert [one["used"] for one in features] == [True, False, False]


def test_kosovo_carries_its_footnote_mark(make):
    places = make.places()
    places["country_b"] = "XK"
    assert place_features(places)[0]["countries"] == "XX – XK*"


def test_inputs_are_left_alone(make):
    routes, figures = make.routes(), make.figures()
    before = routes.copy(), figures.copy()
    leg_features(routes, figures)
    assert routes.equals(before[0])
    assert figures.equals(before[1])


def test_a_range_above_zero_keeps_its_lower_end(make):
    figures = make.figures()
    figures.loc["leg_1", "low"] = 10_000.0
    feature = leg_features(make.routes(), figures)[1]
    assert feature["short"] == "between 10,000 and 50,000 persons"
    assert (feature["least"], feature["w"]) == (5.7, 12.7)
    assert leg_features(make.routes(), make.figures())[1]["least"] is None
