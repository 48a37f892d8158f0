"""Ways by sea: clear of land, the same both ways, no longer than they need be."""

from __future__ import annotations

import math
import subprocess
import sys

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo.coast import read_land
from geo.errors import GeometryError, InvalidInputError
from geo.sea import sea_path

GEOD = Geod(ellps="WGS84")

LAMPEDUSA = (12.601, 35.494)
ZUWARA = (12.1016, 32.9259)
CALAIS = (1.85, 50.9667)
DOVER = (1.3333, 51.1167)
DUNKIRK = (2.3833, 51.05)
RAMSGATE = (1.4167, 51.3333)
SFAX = (10.772, 34.7401)
TOBRUK = (23.9656, 32.0763)
CATANIA = (15.0833, 37.4833)
WEST_TURKIYE = (27.0, 38.0)
CALABRIA = (16.55, 38.4)
ANNABA = (7.8, 36.92)
SULCIS = (8.45, 39.0)
TRIESTE = (13.7768, 45.6495)
BARI = (16.8698, 41.1207)
REGGIO = (15.65, 38.129)
NAPLES_OFFING = (14.2, 40.75)
BLACK_SEA = (29.2, 41.4)
MARMARA = (28.5, 40.8)
VIENNA = (16.3721, 48.2085)


def between_km(a, b):
    return GEOD.inv(*a, *b)[2] / 1000


def assert_holds(path, start, end):
    """Check what every path on the embedded coast promises."""
    line = path.line
    assert path.checked
    assert not line.intersects(read_land())
    assert line.is_simple
    assert [round(value, 5) for value in shapely.get_coordinates(line).ravel()] == list(
        shapely.get_coordinates(line).ravel()
    )
    assert path.length_km == pytest.approx(GEOD.geometry_length(line) / 1000, abs=1e-6)
    assert path.length_km >= between_km(line.coords[0], line.coords[-1]) - 1e-6
    for place, vertex, away_km in (
        (start, line.coords[0], path.connector_start_km),
        (end, line.coords[-1], path.connector_end_km),
    ):
        assert away_km == pytest.approx(between_km([round(v, 5) for v in place], vertex), abs=1e-6)
        assert away_km <= 7
        assert (away_km > 0) == read_land().intersects(shapely.Point([round(v, 5) for v in place]))


class TestKnownLegs:
    @pytest.mark.parametrize(
        ("start", "end", "low_km", "high_km"),
        [
            (CALAIS, DOVER, 38, 41),
            (DUNKIRK, RAMSGATE, 71, 75),
            (SFAX, LAMPEDUSA, 184, 190),
            (ZUWARA, LAMPEDUSA, 285, 300),
            (TOBRUK, CATANIA, 1009, 1030),
            (ANNABA, SULCIS, 225, 250),
            (TRIESTE, BARI, 575, 600),
        ],
    )
    def test_lengths(self, start, end, low_km, high_km):
        path = sea_path(*start, *end)
        assert low_km <= path.length_km <= high_km
        assert_holds(path, start, end)

    def test_turkiye_to_calabria_goes_round_greece(self):
        path = sea_path(*WEST_TURKIYE, *CALABRIA)
        assert_holds(path, WEST_TURKIYE, CALABRIA)
        assert path.line.bounds[1] < 36.5
        assert 1005 < path.length_km < 1030

    def test_takes_the_strait_of_messina(self):
        path = sea_path(*NAPLES_OFFING, *CATANIA)
        assert_holds(path, NAPLES_OFFING, CATANIA)
        assert path.length_km < 410
        assert path.line.intersects(shapely.box(15.55, 38.15, 15.75, 38.3))

    def test_takes_the_bosporus_which_no_cell_fits_into(self):
        path = sea_path(*BLACK_SEA, *MARMARA)
        assert_holds(path, BLACK_SEA, MARMARA)
        assert path.length_km < 100

    def test_open_sea_is_crossed_on_the_geodesic(self):
        path = sea_path(12.0, 34.0, 18.0, 35.0)
        assert path.method == "geodesic"
        assert path.length_km == pytest.approx(between_km((12, 34), (18, 35)), rel=1e-6)
        assert path.note == ""
        midway = GEOD.npts(12, 34, 18, 35, 1)[0]
        assert path.line.distance(shapely.Point(midway)) < 1e-4

    def test_vertices_are_at_most_10_km_apart(self):
        line = sea_path(*TOBRUK, *CATANIA).line
        steps = [GEOD.inv(*a, *b)[2] for a, b in zip(line.coords, line.coords[1:], strict=False)]
        assert max(steps) < 10_010

    def test_an_end_on_land_is_moved_and_the_note_says_so(self):
        path = sea_path(*ZUWARA, *LAMPEDUSA)
        assert 0 < path.connector_start_km < 3
        assert path.note.startswith(
            f"The start lies {path.connector_start_km:.1f} km from the line, on land."
        )


class TestBothDirections:
    @pytest.mark.parametrize(
        "pair", [(TOBRUK, CATANIA), ((23.5, 36.2), BARI), (REGGIO, ANNABA), (DOVER, CALAIS)]
    )
    def test_give_the_same_line(self, pair):
        there, back = sea_path(*pair[0], *pair[1]), sea_path(*pair[1], *pair[0])
        assert there.line.equals_exact(back.line.reverse(), 0)
        assert there.length_km == pytest.approx(back.length_km, abs=1e-9)
        assert (there.connector_start_km, there.connector_end_km) == (
            back.connector_end_km,
            back.connector_start_km,
        )

    def test_give_the_same_bytes_again(self):
        assert sea_path(*TOBRUK, *CATANIA).line.wkb == sea_path(*TOBRUK, *CATANIA).line.wkb


boxes = st.sampled_from(
    [(-1.5, 49.5, 3.5, 52.0), (7, 32, 20, 40), (22.5, 34.5, 28, 41), (12.3, 40, 20, 45.5), (19, 35, 24, 40)]
)


@st.composite
def pairs_at_sea(draw):
    west, south, east, north = draw(boxes)
    lon = st.floats(west, east).map(lambda v: round(v, 5))
    lat = st.floats(south, north).map(lambda v: round(v, 5))
    start, end = draw(st.tuples(lon, lat)), draw(st.tuples(lon, lat))
    assume(between_km(start, end) > 1)
    for place in (start, end):
        assume(not read_land().intersects(shapely.Point(place)))
    return start, end


class TestLaws:
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(pairs_at_sea())
    def test_any_two_places_at_sea_are_joined_clear_of_land(self, pair):
        start, end = pair
        path = sea_path(*start, *end)
        assert_holds(path, start, end)
        assert path.line.coords[0] == start
        assert path.line.coords[-1] == end
        assert path.length_km >= between_km(start, end) - 1e-6
        assert sea_path(*end, *start).length_km == pytest.approx(path.length_km, abs=1e-9)

    @settings(max_examples=25, deadline=None, derandomize=True)
    @given(
        st.floats(-1.0, 1.0),
        st.floats(0.05, 0.4),
        st.floats(-0.4, 0.4),
    )
    def test_round_a_box_the_way_is_the_shortest(self, lon, half, lift):
        island = shapely.box(lon - half, lift - half, lon + half, lift + half)
        start, end = (lon - 1.0, 0.0), (lon + 1.0, 0.0)
        path = sea_path(*start, *end, land=island)
        corners = [[(lon - half, lift + sign * half), (lon + half, lift + sign * half)] for sign in (-1, 1)]
        around = [
            sum(between_km(a, b) for a, b in zip([start, *pair], [*pair, end], strict=True))
            for pair in corners
        ]
        crosses = abs(lift) < half
        shortest = min(around) if crosses else between_km(start, end)
        assert shortest * (1 - 1e-5) <= path.length_km <= shortest * 1.005


class TestOwnLand:
    WALL = shapely.box(49.9, -1.0, 50.1, 1.0)

    def test_is_gone_round(self):
        path = sea_path(49.0, 0.0, 51.0, 0.0, land=self.WALL)
        assert path.checked
        assert path.method == "least-cost path, pulled taut"
        assert not path.line.intersects(self.WALL)
        assert abs(shapely.get_coordinates(path.line)[:, 1]).max() == pytest.approx(1.0, abs=0.03)

    @pytest.mark.parametrize(
        "make", [gpd.GeoSeries, lambda shapes, crs: gpd.GeoDataFrame(geometry=shapes, crs=crs)]
    )
    def test_may_be_a_series_or_a_frame_with_overlaps(self, make):
        land = make([self.WALL, shapely.box(49.8, -0.5, 50.0, 0.5)], crs="EPSG:4326")
        before = land.copy()
        path = sea_path(49.0, 0.0, 51.0, 0.0, land=land)
        assert not land.intersects(path.line).any()
        assert land.equals(before)

    def test_takes_a_gap_narrower_than_the_cells(self):
        gap = shapely.union_all([shapely.box(49.9, -3, 50.1, -0.001), shapely.box(49.9, 0.001, 50.1, 3)])
        path = sea_path(49.0, 0.3, 51.0, 0.3, land=gap)
        assert path.length_km < 250
        assert not path.line.intersects(gap)

    def test_cell_size_may_be_given(self):
        path = sea_path(49.0, 0.0, 51.0, 0.0, land=self.WALL, cell_m=5000)
        assert path.length_km == pytest.approx(sea_path(49, 0, 51, 0, land=self.WALL).length_km, rel=0.01)

    def test_an_enclosed_sea_is_no_way_out(self):
        ring = shapely.box(49, -1, 51, 1).difference(shapely.box(49.5, -0.5, 50.5, 0.5))
        with pytest.raises(GeometryError, match=r"Invalid sea leg '48, 0 to 50, 0'\. No way by sea"):
            sea_path(50.0, 0.0, 48.0, 0.0, land=ring)

    def test_must_be_polygons(self):
        for land in (shapely.Point(0, 0), "coast", []):
            with pytest.raises(InvalidInputError, match=r"Invalid land .* Give polygons, at least one"):
                sea_path(0, 0, 1, 1, land=land)

    def test_must_be_in_degrees(self):
        land = gpd.GeoSeries([self.WALL], crs="EPSG:4326").to_crs("EPSG:3857")
        with pytest.raises(InvalidInputError, match=r"Invalid land 'EPSG:3857'\. Give polygons in EPSG:4326"):
            sea_path(0, 0, 1, 1, land=land)


class TestRefusals:
    def test_an_end_far_inland(self):
        with pytest.raises(GeometryError, match=r"'16\.3721, 48\.2085'\. It must lie within 7 km of the sea"):
            sea_path(*VIENNA, *BARI)

    def test_one_place_twice(self):
        with pytest.raises(GeometryError, match=r"start and its end are the same place"):
            sea_path(12, 34, 12.000001, 34)

    def test_a_latitude_that_is_none(self):
        with pytest.raises(InvalidInputError, match=r"Invalid end '12, 95'"):
            sea_path(12, 34, 12, 95)

    @pytest.mark.parametrize("cell_m", [0, -5, math.nan, "2 km", True])
    def test_a_cell_that_is_none(self, cell_m):
        with pytest.raises(InvalidInputError, match=r"Invalid cell_m .* metres from 10 to 100,000"):
            sea_path(12, 34, 13, 34, cell_m=cell_m)


class TestBeyondTheCoast:
    @pytest.mark.parametrize("pair", [((-20, 20), (-17, 28)), ((1, 51), (12, 34)), ((3.9, 51.9), (5, 53))])
    def test_is_the_geodesic_and_says_that_it_is_not_checked(self, pair):
        path = sea_path(*pair[0], *pair[1])
        assert not path.checked
        assert path.method == "geodesic"
        assert "not checked against land" in path.note
        assert path.length_km == pytest.approx(between_km(*pair), rel=1e-6)

    def test_a_way_stays_within_what_is_known(self):
        path = sea_path(6.05, 41.9, 8.5, 41.95)
        assert_holds(path, (6.05, 41.9), (8.5, 41.95))
        assert path.line.bounds[3] <= 42


def test_no_raster_work_at_import():
    code = "import sys, geo.sea; sys.exit(any(name.startswith(('skimage', 'scipy')) for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
