"""Corridors: bands of true width, their area and what lies inside; measures over shapes."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from geo import corridors as module
from geo import geodesic, terms
from geo.corridors import area_km2, buffer_line, build_corridors, length_km, sinuosity
from geo.errors import GeometryError, InvalidInputError
from geo.routes import CORRIDOR_COLUMNS, read_corridors, read_routes


def table(lines, corridor="own"):
    names = [f"leg{number}" for number in range(len(lines))]
    return gpd.GeoDataFrame({"corridor": corridor}, index=names, geometry=lines, crs=terms.CRS)


def outline_gaps_km(area, lines, step_km=0.5):
    """Measure the geodesic distance of points on an outline from the nearest of some lines."""
    dense = np.vstack([geodesic.densify(line.coords, step_km) for line in lines])
    rings = [ring for part in getattr(area, "geoms", [area]) for ring in (part.exterior, *part.interiors)]
    spots = np.vstack([np.asarray(ring.segmentize(0.1).coords) for ring in rings])[::3]
    gaps = []
    for lon, lat in spots:
        dx = (dense[:, 0] - lon) * np.cos(np.radians(lat))
        near = np.argsort(np.hypot(dx, dense[:, 1] - lat))[:12]
        starts = np.full(len(near), lon), np.full(len(near), lat)
        gaps.append(geodesic.wgs84().inv(*starts, dense[near, 0], dense[near, 1])[2])
    return np.min(gaps, axis=1) / 1000


LINES = {
    "36° north to south": LineString([(14, 34.5), (14.2, 37)]),
    "36° east to west": LineString([(12, 36), (22, 36)]),
    "51° short": LineString([(1.75, 50.94), (1.3, 51.1)]),
    "51° east to west, long": LineString([(-10, 51), (10, 51)]),
    "equator": LineString([(30, 0), (36, 1)]),
    "70° bent": LineString([(20, 70), (25, 71), (24, 69)]),
    "southern": LineString([(-70, -53), (-60, -55)]),
    "over the antimeridian": LineString([(177, -17), (184, -15)]),
}


class TestWidth:
    @pytest.mark.parametrize("name", LINES)
    @pytest.mark.parametrize("half_width_km", [5.0, 20.0])
    def test_outline_lies_at_half_the_width_from_the_line(self, name, half_width_km):
        gaps = outline_gaps_km(buffer_line(LINES[name], half_width_km=half_width_km), [LINES[name]])
        assert gaps.min() > half_width_km * 0.99
        assert gaps.max() < half_width_km * 1.01

    @pytest.mark.parametrize("corridor", ["channel", "central_med"])
    def test_embedded_corridors(self, corridor):
        legs = read_routes(corridor)
        area = build_corridors(legs, width_km=40).loc[corridor].geometry
        gaps = outline_gaps_km(area, list(legs.geometry), step_km=1.0)
        assert gaps.min() > 20 * 0.99
        assert gaps.max() < 20 * 1.01

    @settings(max_examples=15, deadline=None)
    @given(st.floats(-75, 75), st.floats(0, 360), st.floats(50, 1500), st.floats(2, 100))
    def test_any_line(self, lat, bearing, run_km, half_width_km):
        end_lon, end_lat, _ = geodesic.wgs84().fwd(0.0, lat, bearing, run_km * 1000)
        line = LineString(geodesic.unroll([(0.0, lat), (end_lon, end_lat)]))
        if max(map(abs, (lat, end_lat))) > 80:
            return
        gaps = outline_gaps_km(
            buffer_line(line, half_width_km=half_width_km), [line], step_km=half_width_km / 20
        )
        assert gaps.min() > half_width_km * 0.99
        assert gaps.max() < half_width_km * 1.01

    def test_a_band_that_would_reach_a_pole_is_refused(self):
        with pytest.raises(GeometryError, match="The band would reach a pole"):
            buffer_line(LineString([(0, 89), (10, 89)]), half_width_km=50)


class TestBuildCorridors:
    def test_columns(self):
        corridors = build_corridors(read_routes())
        assert corridors.index.name == terms.CORRIDOR
        assert corridors.crs == terms.CRS
        assert corridors.is_valid.all()
        assert list(corridors.columns) == [
            *CORRIDOR_COLUMNS,
            *("n_legs", "length_km", "width_km", "area_km2", "sinuosity", "crossings", "geometry"),
        ]
        assert corridors["n_legs"].sum() == len(read_routes())

    def test_they_carry_what_read_corridors_tells(self):
        corridors = build_corridors(read_routes())
        assert corridors[list(CORRIDOR_COLUMNS)].to_dict() == read_corridors().to_dict()

    def test_all_legs_lie_inside(self):
        routes = read_routes()
        areas = build_corridors(routes, width_km=10).geometry
        assert all(areas[leg.corridor].contains(leg.geometry) for leg in routes.itertuples())

    def test_the_crossings_of_its_legs_are_inside(self):
        routes = read_routes("western_balkans")
        inside = build_corridors(routes).loc["western_balkans", "crossings"]
        assert {name for names in routes["crossings"] for name in names} <= set(inside)

    def test_a_wider_band_holds_a_narrower_one(self):
        routes = read_routes("channel")
        wide, narrow = (build_corridors(routes, width_km=km).geometry["channel"] for km in (40, 20))
        assert wide.contains(narrow)

    def test_area_of_a_straight_band(self):
        line = LineString([(0, 51), (0, 53)])
        corridor = build_corridors(table([line]), width_km=10).loc["own"]
        run_km = geodesic.line_length_km(line.coords)
        assert corridor["area_km2"] == pytest.approx(run_km * 10 + np.pi * 25, rel=0.005)
        assert corridor["sinuosity"] == pytest.approx(1)

    def test_the_input_stays_as_it_was(self):
        routes = read_routes("channel")
        before = routes.copy()
        build_corridors(routes)
        assert routes.equals(before)

    def test_legs_of_another_making_have_no_series(self):
        corridor = build_corridors(table([LineString([(0, 0), (1, 0)])])).loc["own"]
        assert corridor[["title", "source", "caption", "figures"]].tolist() == ["own", "", "", []]

    def test_an_invented_corridor_over_the_antimeridian(self, tmp_path):
        places = [
            {"id": "a", "name": "A", "kind": "town", "country_a": "QA", "lon": 179, "lat": 10},
            {"id": "b", "name": "B", "kind": "town", "country_a": "QB", "lon": -178, "lat": 10},
            {
                "id": "g",
                "name": "G",
                "kind": "road_crossing",
                "country_a": "QA",
                "country_b": "QB",
                "lon": -179,
                "lat": 10,
            },
        ]
        leg = {"id": "o_a_b", "from": "a", "to": "b", "via": ["g"], "mode": "land"}
        headline = {"source": "mine", "measure": "arrival", "basis": "final"}
        corridors = [{"id": "own", "title": "Own", "headline": headline, "caption": "C", "legs": [leg]}]
        path = tmp_path / "own.json"
        path.write_text(json.dumps({"schema_version": 1, "places": places, "corridors": corridors}))
        built = build_corridors(read_routes(routes=path), width_km=20)
        own = built.loc["own"]
        assert own[["title", "source", "basis", "caption"]].tolist() == ["Own", "mine", "final", "C"]
        assert own["crossings"] == ("g",)
        assert own["area_km2"] == pytest.approx(own["length_km"] * 20 + np.pi * 100, rel=0.01)
        assert own.geometry.bounds[2] - own.geometry.bounds[0] < 5
        assert built.attrs["routes_file"] == str(path)

    @pytest.mark.parametrize("width_km", [0, -1, float("nan"), float("inf")])
    def test_width_must_be_above_0(self, width_km):
        with pytest.raises(InvalidInputError, match=r"Invalid width_km '.*'\. It must be a number above 0"):
            build_corridors(table([LINES["equator"]]), width_km=width_km)

    def test_other_tables_are_refused(self):
        with pytest.raises(InvalidInputError, match="with columns 'corridor' and 'geometry'"):
            build_corridors(table([LINES["equator"]]).drop(columns="corridor"))
        with pytest.raises(InvalidInputError, match="with columns 'corridor' and 'geometry'"):
            build_corridors([1, 2])

    @pytest.mark.parametrize(
        "change", [lambda legs: legs.to_crs(3857), lambda legs: legs.set_crs(None, allow_override=True)]
    )
    def test_other_coordinate_systems_are_refused(self, change):
        with pytest.raises(InvalidInputError, match="Their coordinate system must be EPSG:4326"):
            build_corridors(change(table([LINES["equator"]])))


class TestMeasures:
    @pytest.mark.parametrize("measure", [length_km, sinuosity])
    def test_aligned_to_the_index(self, measure):
        legs = read_routes("channel").sample(frac=1, random_state=1)
        result = measure(legs)
        assert result.index.equals(legs.index)
        assert result.name == measure.__name__

    def test_sinuosity_is_at_least_1_and_missing_for_a_loop(self):
        legs = table(
            [
                LineString([(0, 0), (1, 0)]),
                LineString([(0, 0), (1, 0), (1, 1)]),
                LineString([(0, 0), (1, 0), (0, 0)]),
            ]
        )
        straight, bent, loop = sinuosity(legs)
        assert straight == 1
        assert bent == pytest.approx(1.41, abs=0.01)
        assert np.isnan(loop)

    def test_length_of_parts(self):
        parts = shapely.MultiLineString([[(0, 0), (1, 0)], [(5, 0), (6, 0)]])
        assert length_km(gpd.GeoSeries([parts], crs=terms.CRS)).iloc[0] == pytest.approx(222.6, abs=0.1)

    def test_area_leaves_holes_out_whichever_way_rings_turn(self):
        hole = shapely.box(0.25, 0.25, 0.75, 0.75)
        ring = shapely.box(0, 0, 1, 1).difference(hole)
        areas = area_km2(gpd.GeoSeries([ring, ring.reverse(), shapely.box(0, 0, 1, 1), hole], crs=terms.CRS))
        assert areas.iloc[0] == pytest.approx(areas.iloc[2] - areas.iloc[3])
        assert areas.iloc[1] == pytest.approx(areas.iloc[0])

    def test_names_of_the_module(self):
        assert set(module.__all__) == {
            *("area_km2", "buffer_line", "build_corridors", "build_segments", "length_km", "sinuosity")
        }
