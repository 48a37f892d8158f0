"""Legs as lines: those that are embedded keep their promises, and a user's own go anywhere on Earth."""

from __future__ import annotations

import json

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely

from geo import geodesic, legs, terms
from geo.coast import read_land
from geo.errors import GeometryError, UnknownNameError
from geo.legs import CERTAINTIES
from geo.places import read_places
from geo.routes import read_corridors, read_routes, route_table

STRAIT = ("ch_dunkirk_dover", "ch_calais_kent", "ch_boulogne_folkestone", "ch_boulogne_dungeness")


@pytest.fixture(scope="module")
def routes():
    return read_routes()


def place(name, lon, lat, country="QA", kind="town", other=""):
    row = {"id": name, "name": name.title(), "kind": kind, "country_a": country, "lon": lon, "lat": lat}
    return {**row, "country_b": other} if other else row


def own_file(path, places, legs, **corridor):
    corridors = [{"id": "own", "title": "Own", "legs": legs, **corridor}]
    path.write_text(
        json.dumps({"schema_version": 1, "places": places, "corridors": corridors}), encoding="utf-8"
    )
    return path


class TestEmbeddedLegs:
    def test_columns_index_and_crs(self, routes):
        assert routes.index.name == terms.LEG
        assert routes.index.is_unique
        assert routes.crs == terms.CRS
        assert set(routes.geom_type) == {"LineString"}
        assert routes["counted"].dtype == bool
        assert set(routes["certainty"]) <= set(CERTAINTIES)
        assert routes.attrs["routes_file"] is None

    def test_no_sea_leg_touches_land(self, routes):
        sea = routes[routes["mode"] == "sea"]
        assert not shapely.intersects(sea.geometry.to_numpy(), read_land()).any()
        assert set(sea["certainty"]) == {"checked"}

    def test_legs_over_the_dover_strait(self, routes):
        assert routes.loc[list(STRAIT), "length_km"].between(33, 80).all()

    def test_zuwara_to_lampedusa(self, routes):
        assert 285 <= routes.loc["cm_zuwara_lampedusa", "length_km"] <= 300

    def test_thessaloniki_to_budapest_through_presevo_and_horgos(self, routes):
        route = route_table(routes).loc["thessaloniki_budapest"]
        assert 950 <= route["length_km"] <= 1060
        assert {"presevo_tabanovce", "horgos_roszke"} <= set(route["crossings"])
        assert route["countries"] == ("GR", "MK", "RS", "HU")

    def test_length_is_that_of_the_line_and_never_below_the_direct_way(self, routes):
        measured = [geodesic.line_length_km(line.coords) for line in routes.geometry]
        assert np.allclose(routes["length_km"], measured, atol=0.001)
        assert (routes["length_km"] >= routes["direct_km"] - 0.001).all()

    def test_no_leg_makes_a_wild_detour(self, routes):
        assert (routes["length_km"] / routes["direct_km"]).max() < 2

    def test_lines_run_in_the_direction_of_travel(self, routes):
        points = read_places().geometry
        for row in routes.itertuples():
            for end, connector, name in (
                (0, row.connector_start_km, row.from_place),
                (-1, row.connector_end_km, row.to_place),
            ):
                place_ = points[name]
                gap = geodesic.line_length_km([row.geometry.coords[end], (place_.x, place_.y)])
                assert gap == pytest.approx(connector, abs=0.01), row.Index
                assert gap < 10

    def test_land_legs_pass_their_crossings(self, routes):
        points = read_places().geometry
        for row in routes[routes["mode"] == "land"].itertuples():
            for crossing in row.crossings:
                east, north = np.cos(np.radians(points[crossing].y)) * 111.2, 111.2
                line = shapely.transform(row.geometry, lambda xy, e=east, n=north: xy * [e, n])
                spot = shapely.Point(points[crossing].x * east, points[crossing].y * north)
                assert line.distance(spot) < 5, (row.Index, crossing)

    def test_countries_change_at_crossings_only(self, routes):
        land = routes[routes["mode"] == "land"]
        assert (land["countries"].map(len) == land["crossings"].map(len) + 1).all()

    def test_every_note_of_a_schematic_leg_says_why(self, routes):
        schematic = routes[routes["certainty"] == "schematic"]
        assert schematic["note"].str.contains("Schematic where no road of the graph serves").all()

    def test_lines_along_roads_credit_their_source(self, routes):
        assert routes.loc[routes["road_km"].notna(), "method"].str.contains("OpenStreetMap").all()

    def test_coordinates_are_short(self, routes):
        points = shapely.get_coordinates(routes.geometry.to_numpy())
        assert np.allclose(points, points.round(legs.DECIMALS), atol=1e-12)

    def test_no_line_has_a_short_spur(self, routes):
        for name, line in routes.geometry.items():
            points = list(line.coords)
            assert all(first != third for first, third in zip(points, points[2:], strict=False)), name

    def test_unknown_corridor(self):
        with pytest.raises(UnknownNameError, match="Invalid corridor 'moon'"):
            read_routes("moon")


class TestCorridorTable:
    def test_what_a_headline_carries(self):
        table = read_corridors()
        assert table.index.name == terms.CORRIDOR
        assert table.loc["western_balkans", "caption"] == "EU re-entry detections, not people"
        assert [line["source"] for line in table.loc["central_med", "beside"]][:2] == ["unhcr", "frontex"]
        assert [line["place"] for line in table.loc["central_med", "figures"]] == ["LY", "TN", "DZ"]

    def test_an_own_corridor_without_figures(self, tmp_path):
        path = own_file(
            tmp_path / "own.json",
            [place("a", 0, 0, kind="port"), place("b", 1, 0, kind="port")],
            [{"id": "o_a_b", "from": "a", "to": "b", "mode": "sea"}],
        )
        row = read_corridors(routes=path).loc["own"]
        assert row[["source", "measure", "basis", "caption"]].tolist() == ["", "", "", ""]
        assert row["routes_file"] == str(path)


class TestOwnCorridors:
    def test_sea_outside_the_coast_is_a_geodesic_and_says_so(self, tmp_path):
        path = own_file(
            tmp_path / "own.json",
            [place("a", -40, 10, kind="port"), place("b", -30, 12, kind="port")],
            [{"id": "o_a_b", "from": "a", "to": "b", "mode": "sea"}],
        )
        leg = read_routes(routes=path).loc["o_a_b"]
        assert leg["certainty"] == "approximate"
        assert "not checked against land" in leg["note"]
        assert leg["length_km"] == pytest.approx(leg["direct_km"], abs=0.01)
        assert leg["title"] == "A to B"

    def test_a_land_leg_without_roads_is_schematic(self, tmp_path):
        gate = place("gate", -59, 2, kind="road_crossing", other="QB")
        path = own_file(
            tmp_path / "own.json",
            [place("a", -60, 2), gate, place("b", -59, 3, "QB")],
            [{"id": "o_a_b", "from": "a", "to": "b", "via": ["gate"], "mode": "land"}],
        )
        routes = read_routes(routes=path)
        leg = routes.loc["o_a_b"]
        assert routes.attrs["routes_file"] == str(path)
        assert leg["certainty"] == "schematic"
        assert leg["countries"] == ("QA", "QB")
        assert leg["crossings"] == ("gate",)
        assert leg.geometry.distance(shapely.Point(-59, 2)) < 1e-9
        assert "A lies" in leg["note"]
        assert np.isnan(leg["road_km"])

    def test_a_land_leg_on_an_own_road_graph(self, tmp_path):
        roads = nx.MultiDiGraph(crs="epsg:4326")
        for node, lon in enumerate((-60.0, -59.5, -59.0)):
            roads.add_node(node, x=lon, y=2.0)
        for start, end in ((0, 1), (1, 0), (1, 2), (2, 1)):
            roads.add_edge(start, end, length=60_000.0)
        gate = place("gate", -59.5, 2, kind="road_crossing", other="QB")
        path = own_file(
            tmp_path / "own.json",
            [place("a", -60, 2), {**gate, "verified": "yes"}, place("b", -59, 2, "QB")],
            [
                {"id": "o_a_b", "from": "a", "to": "b", "via": ["gate"], "mode": "land"},
                {"id": "o_b_a", "from": "b", "to": "a", "via": ["gate"], "mode": "land"},
            ],
        )
        legs_ = read_routes(routes=path, roads=roads)
        assert legs_["road_km"].tolist() == [120, 120]
        assert set(legs_["certainty"]) == {"checked"}
        assert legs_.loc["o_b_a"].geometry.coords[0][0] == -59.0

    def test_an_own_line(self, tmp_path):
        path = own_file(
            tmp_path / "own.json",
            [place("a", 100, 60), place("b", 102, 60)],
            [
                {
                    "id": "o_a_b",
                    "from": "a",
                    "to": "b",
                    "mode": "land",
                    "geometry": [[100, 60.1], [101, 61], [102, 60]],
                }
            ],
        )
        leg = read_routes(routes=path).loc["o_a_b"]
        assert leg["method"] == "own line"
        assert leg["connector_start_km"] == pytest.approx(11.1, abs=0.1)
        assert list(leg.geometry.coords) == [(100, 60.1), (101, 61), (102, 60)]

    def test_own_lines_at_sea_stay_off_the_land_and_all_that_do_not_are_named(self, tmp_path):
        over = [[1.85, 50.97], [0.5, 51.3], [1.3333, 51.1167]]
        path = own_file(
            tmp_path / "own.json",
            [place("x", 1.0, 50.5, "FR")],
            [
                {"id": "o_over", "from": "calais", "to": "dover", "mode": "sea", "geometry": over},
                {"id": "o_back", "from": "dover", "to": "calais", "mode": "sea", "geometry": over[::-1]},
                {
                    "id": "o_clear",
                    "from": "calais",
                    "to": "dover",
                    "mode": "sea",
                    "geometry": [over[0], over[2]],
                },
            ],
        )
        with pytest.raises(GeometryError, match=r"(?s)'o_over'.*stay clear of land.*'o_back'") as caught:
            read_routes(routes=path)
        assert "o_clear" not in str(caught.value)

    def test_over_the_antimeridian_longitudes_run_on(self, tmp_path):
        path = own_file(
            tmp_path / "own.json",
            [place("a", 178, -17, kind="port"), place("b", -175, -15, kind="port")],
            [
                {"id": "o_a_b", "from": "a", "to": "b", "mode": "sea"},
                {"id": "o_b_a", "from": "b", "to": "a", "mode": "sea", "geometry": [[-175, -15], [178, -17]]},
            ],
        )
        routes = read_routes(routes=path)
        assert routes["length_km"].between(700, 800).all()
        for line in routes.geometry:
            assert np.abs(np.diff(np.asarray(line.coords)[:, 0])).max() < 8
        assert routes.loc["o_a_b"].geometry.coords[-1] == (185.0, -15.0)

    def test_own_places_may_be_joined_with_embedded_ones(self, tmp_path):
        path = own_file(
            tmp_path / "own.json",
            [place("off_calais", 1.6, 51.05, "FR", kind="zone")],
            [{"id": "o_x", "from": "off_calais", "to": "dover", "mode": "sea"}],
        )
        assert read_routes(routes=path).loc["o_x", "certainty"] == "checked"

    def test_without_a_way_by_sea_the_leg_is_named(self, tmp_path):
        path = own_file(
            tmp_path / "own.json",
            [place("inland", 0.5, 51.9, "GB", kind="zone")],
            [{"id": "o_x", "from": "inland", "to": "dover", "mode": "sea"}],
        )
        with pytest.raises(GeometryError, match=r"Invalid legs.*\n  - leg 'o_x': .*within 7 km of the sea"):
            read_routes(routes=path)


class TestRouteTable:
    def test_lines_are_joined_and_lengths_add_up(self, routes):
        table = route_table(routes)
        assert table.index.name == terms.ROUTE
        for row in table.itertuples():
            assert row.length_km == pytest.approx(routes.loc[list(row.legs), "length_km"].sum(), abs=0.01)
            assert row.n_legs == len(row.legs)
            assert len(row.countries) == len(set(row.countries))

    def test_legs_that_do_not_touch_stay_apart(self):
        line = shapely.LineString
        frame = gpd.GeoDataFrame(
            {"corridor": "c", "length_km": 1.0, "countries": [("QA",)] * 3, "crossings": [()] * 3},
            index=["one", "two", "far"],
            geometry=[line([(0, 0), (1, 0)]), line([(1, 0), (2, 0)]), line([(5, 0), (6, 0)])],
            crs=terms.CRS,
        )
        named = [
            {"id": "near", "title": "N", "legs": ["one", "two"]},
            {"id": "gap", "title": "G", "legs": ["one", "far"]},
        ]
        named.append({"id": "lost", "title": "L", "legs": ["one", "gone"]})
        table = route_table(frame, definitions={"c": {"routes": named}})
        assert table.geom_type.to_dict() == {"near": "LineString", "gap": "MultiLineString"}
        assert list(table.loc["near"].geometry.coords) == [(0, 0), (1, 0), (2, 0)]

    def test_corridors_without_routes_give_an_empty_table(self):
        table = route_table(read_routes("channel"))
        assert table.empty
        assert table.crs == terms.CRS
