"""Lengths and points on the ellipsoid."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.geodesic import densify, edge_lengths_km, line_length_km, unroll

points = st.lists(st.tuples(st.floats(-180, 180), st.floats(-85, 85)), min_size=2, max_size=6)


@given(points, st.floats(50, 2000))
def test_densify_keeps_length_and_points_and_holds_the_step(line, step_km):
    dense = densify(line, step_km)
    assert np.isclose(line_length_km(dense), line_length_km(line), rtol=1e-9, atol=1e-6)
    assert edge_lengths_km(dense).max() <= step_km * (1 + 1e-6)
    turns = {(round(lon % 360, 6) % 360, round(lat, 6)) for lon, lat in dense}
    assert {(round(lon % 360, 6) % 360, round(lat, 6)) for lon, lat in line} <= turns


@given(points)
def test_unroll_leaves_no_jump_and_moves_by_whole_turns(line):
    flat = unroll(line)
    assert np.all(np.abs(np.diff(flat[:, 0])) <= 180 + 1e-9)
    turns = (flat[:, 0] - np.array(line)[:, 0]) / 360
    assert np.allclose(turns, np.rint(turns), atol=1e-9)


def test_a_point_has_no_length():
    assert line_length_km([(1.0, 2.0)]) == 0.0
