"""Segments: what legs share is held once, nothing is lost and nothing is counted twice."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from geo import geodesic, terms
from geo.routes import read_routes
from geo.segments import build_segments


def table(lines, corridor="own"):
    rows = {"corridor": corridor}
    return gpd.GeoDataFrame(
        rows, index=list(lines), geometry=[LineString(line) for line in lines.values()], crs=terms.CRS
    )


def sums(segments):
    return (segments["length_km"] * segments["n_legs"]).groupby(segments["corridor"]).sum()


def measured(routes):
    return sum(geodesic.line_length_km(line.coords) for line in routes.geometry)


def test_a_shared_stretch_is_held_once_with_both_directions():
    segments = build_segments(table({"a": [(0, 0), (1, 0), (2, 0)], "b": [(3, 1), (2, 0), (1, 0)]}))
    assert segments[["legs_forward", "legs_backward"]].to_numpy().tolist() == [
        [("a",), ()],
        [("a",), ("b",)],
        [("b",), ()],
    ]
    assert list(segments.loc["own-002"].geometry.coords) == [(1, 0), (2, 0)]


def test_a_leg_that_begins_midway_on_anothers_edge():
    segments = build_segments(table({"a": [(0, 0), (4, 0)], "b": [(1, 0), (3, 0), (3, 1)]}))
    assert segments["legs_forward"].tolist() == [("a",), ("a", "b"), ("a",), ("b",)]
    assert sums(segments)["own"] == pytest.approx(
        measured(table({"a": [(0, 0), (4, 0)], "b": [(1, 0), (3, 0), (3, 1)]}))
    )


def test_legs_that_only_cross_share_nothing():
    segments = build_segments(table({"a": [(0, 0), (2, 2)], "b": [(0, 2), (2, 0)]}))
    assert segments["n_legs"].tolist() == [1, 1]


def test_a_leg_that_goes_there_and_back_is_named_in_both_directions():
    segments = build_segments(table({"a": [(0, 0), (1, 0), (1, 1), (1, 0), (2, 0)]}))
    spur = segments[segments["n_legs"] == 2]
    assert spur[["legs_forward", "legs_backward"]].to_numpy().tolist() == [[("a",), ("a",)]]
    assert sums(segments)["own"] == pytest.approx(
        measured(table({"a": [(0, 0), (1, 0), (1, 1), (1, 0), (2, 0)]}))
    )


def test_corridors_are_kept_apart():
    routes = table({"a": [(0, 0), (1, 0)], "b": [(0, 0), (1, 0)]})
    routes["corridor"] = ["one", "two"]
    assert build_segments(routes)["corridor"].to_dict() == {"one-001": "one", "two-001": "two"}


def test_embedded_legs():
    routes = read_routes()
    segments = build_segments(routes)
    assert segments.index.is_unique
    assert segments.index.name == terms.SEGMENT
    assert segments.crs == routes.crs
    assert np.allclose(
        sums(segments), routes.groupby("corridor")["length_km"].sum().loc[sums(segments).index], rtol=1e-5
    )
    shared = segments[
        segments["legs_forward"].map(lambda legs: {"wb_belgrade_szeged", "wb_belgrade_subotica"} <= set(legs))
    ]
    assert shared["length_km"].sum() > 150
    named = {leg for legs in segments["legs_forward"] + segments["legs_backward"] for leg in legs}
    assert named == set(routes.index)


def test_same_input_same_segments():
    routes = read_routes("western_balkans")
    assert build_segments(routes).equals(build_segments(routes))


spots = st.tuples(st.integers(0, 4), st.integers(0, 4))
walks = st.lists(spots, min_size=2, max_size=9).map(
    lambda walk: [spot for at, spot in enumerate(walk) if at == 0 or spot != walk[at - 1]]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(walks.filter(lambda walk: len(walk) > 1), min_size=1, max_size=5))
def test_the_sum_over_segments_is_the_sum_over_legs(walks):
    routes = table({f"leg{number}": walk for number, walk in enumerate(walks)})
    segments = build_segments(routes)
    assert sums(segments)["own"] == pytest.approx(
        measured(routes), rel=2e-3
    )  # edges in degrees are no geodesics
    drawn = sum(
        line.length * passes for line, passes in zip(segments.geometry, segments["n_legs"], strict=True)
    )
    assert drawn == pytest.approx(sum(line.length for line in routes.geometry))
    for leg in routes.index:
        passed = segments["legs_forward"].map(lambda legs, leg=leg: legs.count(leg))
        passed += segments["legs_backward"].map(lambda legs, leg=leg: legs.count(leg))
        lengths = [line.length for line in segments.geometry]
        assert (passed * lengths).sum() == pytest.approx(routes.geometry[leg].length)
