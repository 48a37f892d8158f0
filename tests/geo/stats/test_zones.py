"""Weights of cells in polygons: exact areas on the sphere, made once, renormalised over what has a value."""

import numpy as np
import pytest
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidInputError
from geo.stats.zones import RADIUS_KM, sphere_areas_km2, zonal_mean, zonal_weights

LAT = np.arange(49.0, 53.1, 0.5)
LON = np.arange(-2.0, 4.1, 0.5)


def brute_force(lat, lon, polygon, n=60):
    """Sum the areas of many small boxes whose middles lie in a polygon, cell by cell."""
    half_lat, half_lon = (lat[1] - lat[0]) / 2, (lon[1] - lon[0]) / 2
    fine = (np.arange(n) + 0.5) / n * 2 - 1
    y = (lat[:, None] + half_lat * fine).ravel()
    x = (lon[:, None] + half_lon * fine).ravel()
    inside = shapely.contains_xy(polygon, *np.meshgrid(x, y))
    height = np.sin(np.radians(y + abs(half_lat) / n)) - np.sin(np.radians(y - abs(half_lat) / n))
    area = RADIUS_KM**2 * height[:, None] * np.radians(2 * abs(half_lon) / n) * inside
    return area.reshape(len(lat), n, len(lon), n).sum(axis=(1, 3)).ravel()


@settings(max_examples=25, deadline=None)
@given(
    corners=st.lists(
        st.tuples(st.floats(-1.9, 3.9), st.floats(49.1, 52.9)), min_size=3, max_size=8, unique=True
    ),
    falling=st.booleans(),
)
def test_weights_are_the_areas_that_brute_force_finds(corners, falling):
    polygon = shapely.MultiPoint(corners).convex_hull
    if polygon.geom_type != "Polygon" or polygon.area < 0.05:
        return
    lat = LAT[::-1] if falling else LAT
    weights = zonal_weights(lat, LON, [polygon]).toarray()[0]
    cell = RADIUS_KM**2 * np.radians(0.5) ** 2 * np.cos(np.radians(49))
    np.testing.assert_allclose(weights, brute_force(lat, LON, polygon), atol=0.02 * cell)
    assert weights.sum() == pytest.approx(sphere_areas_km2(np.array([polygon]))[0], rel=1e-9)


def test_holes_and_parts_count_as_they_are():
    ring = shapely.box(-1, 50, 2, 52).difference(shapely.box(0, 50.6, 1.1, 51.2))
    parts = shapely.MultiPolygon([shapely.box(-1, 49.5, 0, 50), shapely.box(2.2, 51, 3, 51.3)])
    weights = zonal_weights(LAT, LON, [ring, parts])
    whole = zonal_weights(LAT, LON, [shapely.box(-1, 50, 2, 52), shapely.box(0, 50.6, 1.1, 51.2)])
    np.testing.assert_allclose(weights.toarray()[0], whole.toarray()[0] - whole.toarray()[1], atol=1e-6)
    assert weights[1].sum() == pytest.approx(sphere_areas_km2(np.array([parts]))[0])


def test_a_box_has_the_area_of_a_zone_of_the_sphere():
    box = shapely.box(0.3, 50.1, 1.7, 51.9)
    zone = RADIUS_KM**2 * np.radians(1.4) * (np.sin(np.radians(51.9)) - np.sin(np.radians(50.1)))
    assert zonal_weights(LAT, LON, [box]).sum() == pytest.approx(zone)


def test_a_polygon_across_180_degrees_meets_the_cells_on_both_sides():
    lon = np.arange(-179.5, 180, 1.0)
    weights = zonal_weights([0.0, 1.0], lon, [shapely.box(179, -0.5, 181, 0.5)])
    held = weights.indices
    assert sorted(lon[held % len(lon)].tolist()) == [-179.5, 179.5]


def test_weights_beyond_the_grid_are_none():
    assert zonal_weights(LAT, LON, [shapely.box(50, 0, 51, 1)]).nnz == 0
    assert zonal_weights(LAT, LON, []).shape == (0, len(LAT) * len(LON))


def test_means_are_renormalised_over_cells_with_a_value_in_each_step(monkeypatch):
    rng = np.random.default_rng(3)
    values = rng.random((7, 2, len(LAT), len(LON)))
    values[rng.random(values.shape) < 0.3] = np.nan
    values[2, 1] = np.nan
    cube = xr.DataArray(values, dims=("time", "kind", "lat", "lon"), coords={"time": np.arange(7)})
    polygons = [shapely.box(-1, 50, 1, 51.2), shapely.Point(2, 51).buffer(0.9)]
    weights = zonal_weights(LAT, LON, polygons)
    monkeypatch.setattr("geo.stats.zones._BLOCK", 500)
    means = zonal_mean(cube, weights)
    assert means.dims == ("time", "kind", "box")
    for at, row in enumerate(weights.toarray()):
        flat = values.reshape(7, 2, -1)
        held = ~np.isnan(flat)
        with np.errstate(invalid="ignore"):
            wanted = (np.where(held, flat, 0) * row).sum(axis=-1) / (held * row).sum(axis=-1)
        np.testing.assert_allclose(means.values[..., at], wanted)
    assert np.isnan(means.values[2, 1]).all()


@pytest.mark.parametrize(
    ("lat", "lon", "shapes", "message"),
    [
        ([50.0], LON, [], "Invalid lat of a grid"),
        (LAT, [1.0, 1.0], [], "Invalid lon of a grid"),
        (LAT, LON, [shapely.Point(1, 51)], "Invalid shape 0. It must be a polygon"),
        (LAT, LON, [shapely.box(0, 50, 1, 51), shapely.Polygon()], "Invalid shape 1"),
    ],
)
def test_what_is_no_grid_or_polygon_is_refused(lat, lon, shapes, message):
    with pytest.raises(InvalidInputError, match=message):
        zonal_weights(lat, lon, shapes)


def test_weights_of_another_grid_are_refused():
    weights = zonal_weights(LAT, LON, [shapely.box(0, 50, 1, 51)])
    with pytest.raises(InvalidInputError, match=r"Invalid weights for 117 cells\. The cube has dimensions"):
        zonal_mean(xr.DataArray(np.zeros((2, 3, 4)), dims=("time", "lat", "lon")), weights)
