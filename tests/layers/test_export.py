"""Every format reads back equal, GeoJSON keeps to RFC 7946, and a second run writes the same bytes."""

import datetime as dt
import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas
import numpy as np
import pandas as pd
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon

from geo.errors import InvalidInputError, UnknownNameError
from layers.density import incident_cells
from layers.export import (
    FORMATS,
    LAYERS,
    encode_layer,
    export_layer,
    layer_frame,
    layer_metadata,
    style_text,
    write_bytes,
    write_style,
)
from layers.export.geojson import bounding_box, collection_text, geometry_json

HOSTILE = "Ö'\"<script>{{7*7}}</script>;=1+1,\n`${x}` \\ \u2028 خليج"
METADATA = {
    "title": "Test layer",
    "licences": ["ODbL-1.0"],
    "as_of": "2024-12-12",
    "ledger": [{"reason": "no date", "rows": 2, "value": 3.0}],
    "command": "routeways export legs",
}


def box(west, south, east, north):
    return Polygon([(west, south), (west, north), (east, north), (east, south)])  # clockwise on purpose


@pytest.fixture
def tables():
    """Invented tables in the form that geo gives."""
    routes = geopandas.GeoDataFrame(
        {
            "corridor": ["one", "one", "two"],
            "title": ["A to B", HOSTILE, "C to A"],
            "mode": ["sea", "land", "land"],
            "from_place": ["a", "b", "c"],
            "to_place": ["b", "c", "a"],
            "length_km": [10.5, 20.25, np.nan],
            "countries": [("FR", "GB"), ("GB",), ()],
            "crossings": [(), ("x",), ()],
            "counted": [True, False, True],
        },
        index=pd.Index(["one_ab", "one_bc", "two_ca"], name="leg"),
        geometry=[
            LineString([(1, 50), (1.5, 51)]),
            LineString([(1.5, 51), (2.123456789, 52)]),
            LineString([(2, 52), (1, 50)]),
        ],
        crs="EPSG:4326",
    )
    corridors = geopandas.GeoDataFrame(
        {
            "title": ["One", HOSTILE],
            "source": ["frontex", ""],
            "measure": ["detection_entry", ""],
            "crossings": [("x",), ()],
            "figures": [[{"id": "f", "legs": ["one_ab"]}], []],
            "routes_file": ["/home/someone/mine.yaml", None],
            "width_km": [40, 40],
        },
        index=pd.Index(["one", "two"], name="corridor"),
        geometry=[box(1, 50, 2, 52), MultiPolygon([box(1, 50, 2, 51), box(3, 50, 4, 51)])],
        crs="EPSG:4326",
    )
    segments = geopandas.GeoDataFrame(
        {
            "corridor": ["one"],
            "legs_forward": [("one_ab", "one_bc")],
            "legs_backward": [()],
            "length_km": [3.0],
        },
        index=pd.Index(["s1"], name="segment"),
        geometry=[LineString([(1, 50), (1.5, 51)])],
        crs="EPSG:4326",
    )
    places = geopandas.GeoDataFrame(
        {
            "name": ["Alpha", HOSTILE, "Gamma", "Cross", "Far away"],
            "kind": ["port", "town", "zone", "road_crossing", "rail_crossing"],
            "country_a": ["FR", "GB", "GB", "FR", "RS"],
            "source": ["GeoNames", "OSM", "own", "OSM via waypoint", "OSM"],
            "routable": [True, True, False, True, True],
        },
        index=pd.Index(["a", "b", "c", "x", "far"], name="place"),
        geometry=[Point(1, 50), Point(1.5, 51), Point(2, 52), Point(1.7, 51.2), Point(20, 45)],
        crs="EPSG:4326",
    )
    stats = pd.DataFrame(
        {
            "corridor": ["one", "one", "one", "three"],
            "statistic": ["total", "change", "change", "total"],
            "value": [3.0, 0.5, np.nan, 1.0],
            "source": ["frontex", "frontex", "frontex", "home_office_daily"],
            "measure": ["detection_entry", "detection_entry", "detection_entry", "arrival"],
            "as_of": [dt.date(2024, 12, 12)] * 4,
            "against_start": [None, dt.date(2023, 1, 1), dt.date(2022, 1, 1), None],
            "flags": [(), ("partial", "preliminary"), (), ()],
            "detail": [{"b": 1, "a": [2]}, {}, {}, {"note": HOSTILE}],
            "sentence": ["One.", HOSTILE, "Three.", "Four."],
        }
    ).set_index(["corridor", "statistic"], drop=False)
    return {
        "routes": routes,
        "corridors": corridors,
        "segments": segments,
        "places": places,
        "stats": stats,
        "incidents": incident_cells(corridors=["channel"], as_of="2024-12-12"),
    }


def layer(name, tables):
    needed = {
        "corridors": ("corridors",),
        "legs": ("routes",),
        "segments": ("segments",),
        "places": ("places",),
        "crossings": ("places", "routes"),
        "stats": ("stats", "corridors"),
        "incidents": ("incidents",),
    }[name]
    return layer_frame(name, **{key: tables[key] for key in needed})


def read(path, format_):
    if format_ == "parquet":
        return geopandas.read_parquet(path)
    if format_ == "csv":
        table = pd.read_csv(path, keep_default_na=False, na_values={})
        shapes = geopandas.GeoSeries.from_wkt(table["WKT"].replace("", None), crs="EPSG:4326")
        return geopandas.GeoDataFrame(table.drop(columns="WKT"), geometry=shapes)
    return pyogrio.read_dataframe(path)


def as_cell(value):
    """One form for what the formats write differently: lists, missing values, numbers."""
    if isinstance(value, np.ndarray | list | tuple):
        return tuple(value)
    if isinstance(value, str):
        if value.startswith(("[", "{")):
            parsed = json.loads(value)
            return (
                tuple(parsed)
                if isinstance(parsed, list) and all(isinstance(i, str) for i in parsed)
                else parsed
            )
        return value or None
    if value is None or value != value:
        return None
    if isinstance(value, pd.Timestamp):  # GDAL takes ISO days in GeoJSON for dates
        return value.date().isoformat()
    return value.item() if hasattr(value, "item") else value


def assert_equal(got, frame, format_):
    assert list(got[frame.index.name]) == list(frame.index)
    for column in frame.columns.drop("geometry"):
        left, right = [as_cell(value) for value in got[column]], [as_cell(value) for value in frame[column]]
        if format_ == "csv":
            pairs = zip(left, right, strict=True)
            left = [float(a) if isinstance(b, float) and a is not None else a for a, b in pairs]
        assert left == right, column
    for before, after in zip(frame.geometry, got.geometry, strict=True):
        assert (before is None) == (after is None)
        if before is not None:
            assert shapely.equals_exact(
                before.normalize(), multi_as(before, after).normalize(), tolerance=2e-7
            )
    assert got.crs is not None
    assert got.crs.to_epsg() == 4326


def multi_as(before, after):
    """The shape as read, single again where the file's layer has multi-part shapes only."""
    if (
        after.geom_type.startswith("Multi")
        and not before.geom_type.startswith("Multi")
        and len(after.geoms) == 1
    ):
        return after.geoms[0]
    return after


# --- layers ---


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_reads_back_equal_in_every_format(name, format_, tables, tmp_path):
    frame = layer(name, tables)
    path = tmp_path / f"{name}{FORMATS[format_][0]}"
    export_layer(frame, path, metadata=METADATA)
    assert_equal(read(path, format_), frame, format_)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_second_run_writes_the_same_bytes(format_, tables):
    frame = layer("corridors", tables)
    first = encode_layer(frame, format_, metadata=METADATA)
    if format_ == "gpkg":
        time.sleep(1.1)  # a clock in the file would show
    assert encode_layer(layer("corridors", tables), format_, metadata=METADATA) == first


@pytest.mark.parametrize("format_", FORMATS)
def test_a_layer_without_rows_can_be_written(format_, tables):
    frame = layer("legs", tables).iloc[:0]
    assert isinstance(encode_layer(frame, format_, metadata=METADATA), bytes)


def test_tables_given_are_left_as_they_were(tables):
    before = {name: table.copy() for name, table in tables.items()}
    for name in LAYERS:
        encode_layer(layer(name, tables), "geojson", metadata=METADATA)
    for name, table in tables.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(before[name]))


def test_a_path_of_the_users_machine_is_left_out(tables):
    assert "someone" not in encode_layer(layer("corridors", tables), "geojson", metadata={}).decode()


def test_statistics_are_one_row_each_with_their_own_id_at_a_point_inside_the_corridor(tables):
    frame = layer("stats", tables)
    assert list(frame.index) == ["one.total", "one.change.2023-01-01", "one.change.2022-01-01", "three.total"]
    assert frame.geometry.iloc[0].within(tables["corridors"].geometry.iloc[0])
    assert frame.geometry.iloc[3] is None
    assert json.loads(frame["detail"].iloc[0]) == {"a": [2], "b": 1}
    assert frame["as_of"].iloc[0] == "2024-12-12"


def test_statistics_alike_in_everything_are_numbered(tables):
    twice = pd.concat([tables["stats"].iloc[:1]] * 2)
    name = "one.total.frontex.detection_entry"
    assert list(layer_frame("stats", stats=twice).index) == [name, f"{name}.2"]


def test_places_and_crossings_keep_to_the_legs(tables):
    places = layer_frame("places", places=tables["places"], routes=tables["routes"])
    assert list(places.index) == ["a", "b", "c", "x"]
    assert places.loc["a", "corridors"] == ("one", "two")
    crossings = layer_frame("crossings", places=tables["places"], corridors=tables["corridors"])
    assert list(crossings.index) == ["x"]
    assert len(layer_frame("places", places=tables["places"])) == 5


def test_figures_are_joined_to_the_legs_they_belong_to(tables):
    figures = pd.DataFrame({"low": [0.0, 5.0], "high": [9.0, 5.0]}, index=["one_bc", "two_ca"])
    legs = layer_frame("legs", routes=tables["routes"], figures=figures)
    assert legs["high"].tolist()[1:] == [9.0, 5.0]
    assert np.isnan(legs["high"].iloc[0])


def test_segments_are_made_from_legs_where_none_are_given(tables):
    assert layer_frame("segments", routes=tables["routes"]).index.name == "segment"


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("corridors", "corridors"),
        ("legs", "routes"),
        ("segments", "segments"),
        ("places", "places"),
        ("stats", "stats"),
    ],
)
def test_a_layer_needs_what_it_is_made_from(name, thing):
    with pytest.raises(
        InvalidInputError, match=rf"Invalid layer '{name}'. It is made from {thing}, which were not"
    ):
        layer_frame(name)


def test_layer_frame_fails(tables):
    with pytest.raises(UnknownNameError, match=r"Invalid layer 'leg'.*Did you mean 'legs'"):
        layer_frame("leg")
    twice = pd.concat([tables["routes"]] * 2)
    with pytest.raises(InvalidInputError, match="These ids stand more than once: one_ab, one_bc, two_ca"):
        layer_frame("legs", routes=twice)
    with pytest.raises(InvalidInputError, match="Its coordinates are in EPSG:3857, not WGS 84"):
        layer_frame("legs", routes=tables["routes"].to_crs(3857))


# --- GeoJSON ---


def test_a_collection_carries_its_provenance_and_no_crs(tables):
    data = json.loads(encode_layer(layer("legs", tables), "geojson", metadata=METADATA))
    assert {key: data[key] for key in METADATA} == METADATA
    assert "crs" not in data
    assert data["bbox"] == [1.0, 50.0, 2.1234568, 52.0]
    assert [feature["id"] for feature in data["features"]] == ["one_ab", "one_bc", "two_ca"]
    assert data["features"][0]["properties"]["countries"] == ["FR", "GB"]
    assert data["features"][2]["properties"]["length_km"] is None
    assert data["features"][1]["properties"]["title"] == HOSTILE


def test_lines_hold_one_feature_each_and_nothing_else(tables):
    text = encode_layer(layer("places", tables), "geojsonl").decode()
    features = [json.loads(line) for line in text.split("\n")[:-1]]
    assert {feature["type"] for feature in features} == {"Feature"}
    assert len(features) == 5


def test_foreign_members_cannot_replace_those_of_the_format(tables):
    with pytest.raises(
        InvalidInputError, match=r"Invalid metadata 'bbox, features'. GeoJSON uses these names"
    ):
        collection_text(layer("legs", tables), {"features": [], "bbox": []})


def rings(geometry):
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    for part in parts:
        for place, ring in enumerate(part):
            yield place == 0, ring


def positions(nested):
    if nested and isinstance(nested[0], float):
        yield nested
    else:
        for item in nested:
            yield from positions(item)


lons = st.integers(-2100, 2100).map(lambda tenths: tenths / 10)
lats = st.integers(-800, 800).map(lambda tenths: tenths / 10)


@st.composite
def areas(draw):
    """A convex area anywhere, up to 80 degrees wide, with a hole or not, wrapped at 180 degrees or not."""
    middle = draw(lons)
    points = draw(st.lists(st.tuples(st.floats(-40, 40), st.floats(-80, 80)), min_size=3, max_size=8))
    hull = shapely.MultiPoint([(middle + x, y) for x, y in points]).convex_hull
    if hull.geom_type != "Polygon" or hull.area < 1:
        hull = box(middle - 2, -3, middle + 2, 3)
    inner = shapely.affinity.scale(hull, 0.3, 0.3, origin="centroid") if draw(st.booleans()) else None
    area = Polygon(hull.exterior, [inner.exterior] if inner is not None else [])
    if draw(st.booleans()):
        area = shapely.transform(
            area, lambda pairs: np.column_stack([(pairs[:, 0] + 180) % 360 - 180, pairs[:, 1]])
        )
    return area, hull.area - (inner.area if inner is not None else 0.0)


@given(areas())
def test_areas_anywhere_are_valid_right_handed_and_keep_their_size(drawn):
    area, size = drawn
    geometry = geometry_json(area)
    shape = shapely.geometry.shape(geometry)
    assert shape.is_valid
    assert shape.area == pytest.approx(size, rel=1e-4)
    for outer, ring in rings(geometry):
        assert ring[0] == ring[-1]
        assert shapely.is_ccw(shapely.LinearRing(ring)) == outer
    for lon, lat in positions(geometry["coordinates"]):
        assert -180 <= lon <= 180
        assert -90 <= lat <= 90
        assert (round(lon, 7), round(lat, 7)) == (lon, lat)


@given(st.lists(st.tuples(lons, lats), min_size=2, max_size=6))
def test_lines_anywhere_stay_on_the_globe_and_keep_their_length(points):
    steps = [points[0]]
    for lon, lat in points[1:]:  # no step is longer than a third of the globe
        steps.append((steps[-1][0] + (lon - steps[-1][0] + 60) % 120 - 60, lat))
    middle = 360 * round((min(x for x, _ in steps) + max(x for x, _ in steps)) / 720)
    line = LineString([(x - middle, y) for x, y in steps])
    if max(abs(x) for x, _ in line.coords) > 500:
        return
    geometry = geometry_json(line)
    shape = shapely.geometry.shape(geometry)
    assert shape.length == pytest.approx(line.length, rel=1e-6, abs=1e-6)
    assert all(-180 <= lon <= 180 for lon, _ in positions(geometry["coordinates"]))


def test_a_box_over_the_antimeridian_has_its_west_above_its_east():
    line = geometry_json(LineString([(178, 1), (184, 4)]))
    assert line["type"] == "MultiLineString"
    assert bounding_box([line]) == [178.0, 1.0, -176.0, 4.0]
    area = geometry_json(box(170, -5, 190, 5))
    assert bounding_box([area, line, None]) == [170.0, -5.0, -170.0, 5.0]
    assert bounding_box([area, geometry_json(Point(10, 0))]) == [10.0, -5.0, -170.0, 5.0]


def test_a_box_that_does_not_touch_the_antimeridian_is_plain():
    shapes = [geometry_json(Point(-179, 1)), geometry_json(Point(179, 2))]
    assert bounding_box(shapes) == [-179.0, 1.0, 179.0, 2.0]
    assert bounding_box([geometry_json(box(-180, -90, 180, 90))]) == [-180.0, -90.0, 180.0, 90.0]
    assert bounding_box([]) == bounding_box([None]) == []


def test_shapes_without_an_inside_become_null():
    assert geometry_json(None) is None
    assert geometry_json(Polygon()) is None


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (shapely.GeometryCollection([Point(0, 0)]), "Points, lines and areas are exported, no collections"),
        (Point(2, 91), "Longitude and latitude are degrees, in that order"),
        (LineString([(0, 0), (np.inf, 1)]), "Longitude and latitude are degrees"),
        (Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), "Invalid geometry of 'x'. Self-intersection"),
    ],
)
def test_geometry_json_fails(shape, message):
    with pytest.raises(InvalidInputError, match=message):
        geometry_json(shape, name="x")


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="gdal-bin is not installed")
@pytest.mark.parametrize("name", LAYERS)
def test_ogrinfo_reads_the_stream(name, tables):
    data = encode_layer(layer(name, tables), "geojson", metadata=METADATA)
    done = subprocess.run(
        ["ogrinfo", "-al", "-so", "/vsistdin/"], input=data, capture_output=True, check=True
    )
    said = done.stdout.decode()
    assert f"Feature Count: {len(layer(name, tables))}" in said
    assert "WGS 84" in said
    assert not done.stderr.strip()


# --- files and streams ---


@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "gpkg"])
def test_a_stream_gets_the_bytes_of_the_file(format_, tables, tmp_path):
    frame, stream = layer("legs", tables), io.BytesIO()
    path = tmp_path / f"x{FORMATS[format_][0]}"
    assert export_layer(frame, stream, format=format_, metadata=METADATA) == ()
    export_layer(frame, path, metadata=METADATA)
    assert stream.getvalue() == path.read_bytes()


def test_a_dash_is_standard_output(tables, capfdbinary):
    export_layer(layer("legs", tables), "-")
    assert json.loads(capfdbinary.readouterr().out)["type"] == "FeatureCollection"


def test_the_ending_decides_and_must_not_contradict_the_format(tables, tmp_path):
    frame = layer("legs", tables)
    export_layer(frame, tmp_path / "x.JSON")
    assert json.loads((tmp_path / "x.JSON").read_text())["type"] == "FeatureCollection"
    export_layer(frame, tmp_path / "x.dat", format="csv")
    assert (tmp_path / "x.dat").read_text().startswith("leg,corridor")
    with pytest.raises(InvalidInputError, match=r"x.csv'. Its ending means csv, the format is fgb"):
        export_layer(frame, tmp_path / "x.csv", format="fgb")
    with pytest.raises(InvalidInputError, match=r"x.shp'. Its ending is none of .geojson, .geojsonl"):
        export_layer(frame, tmp_path / "x.shp")
    with pytest.raises(UnknownNameError, match="Invalid format 'shp'"):
        export_layer(frame, tmp_path / "x.shp", format="shp")
    with pytest.raises(UnknownNameError, match="Invalid format 'shp'"):
        encode_layer(frame, "shp")
    with pytest.raises(
        InvalidInputError, match=r"Invalid format 'gpkg'. GeoPackage is a database and needs a file"
    ):
        export_layer(frame, io.BytesIO(), format="gpkg")


def test_csv_can_leave_out_the_shapes(tables, tmp_path):
    export_layer(layer("stats", tables), tmp_path / "s.csv", with_geometry=False)
    assert "WKT" not in (tmp_path / "s.csv").read_text()
    with pytest.raises(InvalidInputError, match=r"Invalid format 'fgb'. Only csv can leave out the shapes"):
        export_layer(layer("stats", tables), tmp_path / "s.fgb", with_geometry=False)


@pytest.mark.parametrize("format_", ["geojsonl", "csv"])
def test_formats_without_room_for_metadata_get_a_file_beside(format_, tables, tmp_path):
    path = tmp_path / f"x.{format_}"
    written = export_layer(layer("legs", tables), path, metadata=METADATA)
    assert written == (path, tmp_path / f"x.{format_}-metadata.json")
    assert json.loads(written[1].read_text()) == METADATA
    assert export_layer(layer("legs", tables), path) == (path,)


@pytest.mark.parametrize("format_", ["gpkg", "fgb"])
def test_databases_carry_their_metadata(format_, tables, tmp_path):
    path = tmp_path / f"x.{format_}"
    export_layer(layer("legs", tables), path, metadata=METADATA)
    info = pyogrio.read_info(path)
    assert info["layer_name"] == "legs"
    known = {key.lower(): value for key, value in info["layer_metadata"].items()}  # fgb has its own TITLE
    assert known["title"] == "Test layer"
    assert json.loads(info["layer_metadata"]["ledger"]) == METADATA["ledger"]


def test_parquet_carries_its_metadata_and_native_lists(tables, tmp_path):
    path = tmp_path / "x.parquet"
    export_layer(layer("legs", tables), path, metadata=METADATA)
    schema = pyarrow.parquet.read_schema(path)
    assert json.loads(schema.metadata[b"routeways"]) == METADATA
    assert str(schema.field("countries").type).startswith("list")
    assert json.loads(schema.metadata[b"geo"])["primary_column"] == "geometry"


def test_the_date_in_a_geopackage_is_that_of_the_figures_and_the_setting_is_put_back(tables):
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    data = encode_layer(layer("legs", tables), "gpkg", metadata=METADATA)
    assert b"2024-12-12T00:00:00.000Z" in data
    assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == before


def test_nothing_half_written_is_left_and_the_old_file_stays(tables, tmp_path, monkeypatch):
    path = tmp_path / "x.geojson"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", lambda number: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(InvalidInputError, match="cannot be written there: disk full"):
        export_layer(layer("legs", tables), path)
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["x.geojson"]


def test_a_shape_that_cannot_be_written_leaves_no_file(tables, tmp_path):
    frame = layer("legs", tables)
    frame.loc["one_ab", "geometry"] = LineString([(0, 99), (1, 1)])
    with pytest.raises(InvalidInputError, match="Invalid geometry of 'one_ab'"):
        export_layer(frame, tmp_path / "x.geojson")
    assert list(tmp_path.iterdir()) == []


def test_a_file_gets_ordinary_rights_and_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    write_bytes(link, b"new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    (tmp_path / "plain.txt").write_text("")
    assert real.stat().st_mode == (tmp_path / "plain.txt").stat().st_mode
    write_bytes(Path(os.devnull), b"gone")


def test_write_bytes_fails(tmp_path):
    with pytest.raises(InvalidInputError, match="It is a folder; name a file"):
        write_bytes(tmp_path, b"")
    with pytest.raises(InvalidInputError, match=r"The folder '.*none' does not exist"):
        write_bytes(tmp_path / "none" / "x.csv", b"")


def test_a_closed_pipe_ends_the_export_with_the_error_the_command_expects(tables):
    read_end, write_end = os.pipe()
    os.close(read_end)
    with pytest.raises(BrokenPipeError), os.fdopen(write_end, "wb", buffering=0) as stream:
        export_layer(layer("legs", tables), stream)


# --- metadata ---


def test_road_lines_bring_their_licence(tables):
    legs = layer("legs", tables)
    land = layer_metadata("legs", legs, as_of=dt.date(2024, 12, 12), command="routeways export legs")
    assert "ODbL-1.0" in land["licences"]
    assert "OpenStreetMap contributors" in land["attribution"]
    assert any("Open Database Licence" in said for said in land["restrictions"])
    assert land["as_of"] == "2024-12-12"
    assert land["generator"].startswith("routeways ")
    sea = layer_metadata("legs", legs.iloc[:1])
    assert sea["restrictions"] == []
    assert sea["licences"] == ["public domain"]


def test_areas_and_segments_follow_the_legs_they_were_made_from(tables):
    corridors = layer("corridors", tables)
    assert "ODbL-1.0" in layer_metadata("corridors", corridors)["licences"]
    assert (
        "ODbL-1.0" not in layer_metadata("corridors", corridors, routes=tables["routes"].iloc[:1])["licences"]
    )


def test_figures_that_are_not_open_say_so(tables):
    stats = layer("stats", tables)
    known = layer_metadata("stats", stats)
    assert any("not under an open licence" in said and "Frontex" in said for said in known["restrictions"])
    assert "OGL-3.0" in known["licences"]
    assert known["as_of"] == "2024-12-12", "the newest in the layer, where none is given"
    assert known["known_on"] is None
    bare = layer_frame("stats", stats=tables["stats"][tables["stats"]["corridor"] == "three"])
    assert layer_metadata("stats", bare)["licences"] == ["OGL-3.0"]
    added = layer_metadata("corridors", layer("corridors", tables), sources=["frontex"])
    assert any("Frontex" in said for said in added["restrictions"])


def test_places_from_openstreetmap_say_so(tables):
    assert layer_metadata("places", layer("places", tables))["licences"] == ["ODbL-1.0"]
    own = layer_frame("places", places=tables["places"].loc[["c"]])
    assert layer_metadata("places", own)["restrictions"] == []


def test_metadata_can_be_written_and_is_the_same_each_time(tables):
    frame = layer("stats", tables)
    first = layer_metadata("stats", frame, ledger=[{"reason": "r", "rows": 1, "value": None}])
    assert json.loads(json.dumps(first)) == first == layer_metadata("stats", frame, ledger=first["ledger"])
    with pytest.raises(UnknownNameError, match="Invalid layer 'roads'"):
        layer_metadata("roads", frame)


# --- styles ---


@pytest.mark.parametrize("name", LAYERS)
def test_a_style_has_a_category_and_a_symbol_for_each_value(name, tables):
    frame = layer(name, tables)
    root = ET.fromstring(style_text(name, frame))
    renderer = root.find("renderer-v2")
    column = renderer.get("attr")
    present = list(dict.fromkeys(frame.index if column == frame.index.name else frame[column]))
    assert [category.get("value") for category in renderer.iter("category")] == present
    symbols = {symbol.get("name"): symbol.get("type") for symbol in renderer.iter("symbol")}
    assert {category.get("symbol") for category in renderer.iter("category")} == set(symbols)
    kind = {"0": "marker", "1": "line", "2": "fill"}[root.find("layerGeometryType").text]
    assert set(symbols.values()) == {kind}
    wanted = {"Point": "marker", "LineString": "line", "Polygon": "fill", "MultiPolygon": "fill"}
    assert {wanted[shape.geom_type] for shape in frame.geometry if shape is not None} == {kind}
    for option in renderer.iter("Option"):
        if option.get("name", "").endswith("color"):
            assert [0 <= int(part) <= 255 for part in option.get("value").split(",")] == [True] * 4


def test_hostile_values_are_plain_text_in_a_style(tables, tmp_path):
    frame = layer("places", tables)
    frame["kind"] = [HOSTILE + "\x01"] * len(frame)
    path = write_style("places", tmp_path / "places.geojson", frame=frame)
    assert path == tmp_path / "places.qml"
    (category,) = ET.parse(path).getroot().iter("category")
    assert category.get("value") == HOSTILE + "\ufffd"


def test_styles_fail(tables):
    with pytest.raises(UnknownNameError, match="Invalid layer 'roads'"):
        style_text("roads", layer("legs", tables))


def test_the_export_needs_no_map_library():
    heavy = ("folium", "branca", "geopandas")
    code = f"import sys, layers.export; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2]).returncode == 0


# --- the real ones ---


@pytest.mark.parametrize("name", ["corridors", "legs", "segments", "places", "crossings"])
def test_the_embedded_layers_read_back_equal(name, tmp_path):
    import geo

    routes = geo.read_routes()
    corridors = geo.build_corridors(routes)
    frame = layer_frame(name, corridors=corridors, routes=routes, places=geo.read_places())
    metadata = layer_metadata(name, frame, routes=routes)
    for format_ in FORMATS:
        path = tmp_path / f"{name}{FORMATS[format_][0]}"
        export_layer(frame, path, metadata=metadata)
        assert_equal(read(path, format_), frame, format_)
    for feature in json.loads((tmp_path / f"{name}.geojson").read_text())["features"]:
        assert shapely.geometry.shape(feature["geometry"]).is_valid


@pytest.mark.parametrize("format_", FORMATS)
def test_the_embedded_statistics_read_back_equal(format_, tmp_path):
    import geo

    counts, definitions, routes = geo.read_counts(), geo.read_corridors(), geo.read_routes()
    stats = geo.corridor_stats(counts, definitions, as_of="2024-12-12")
    frame = layer_frame("stats", stats=stats, corridors=geo.build_corridors(routes))
    metadata = layer_metadata("stats", frame, routes=routes, as_of="2024-12-12")
    assert len(metadata["restrictions"]) == 2
    path = tmp_path / f"stats{FORMATS[format_][0]}"
    export_layer(frame, path, metadata=metadata)
    assert_equal(read(path, format_), frame, format_)


def test_legs_carry_the_range_that_published_figures_allow():
    import geo

    counts, definitions, routes = geo.read_counts(), geo.read_corridors(), geo.read_routes()
    figures = geo.leg_figures(counts, definitions, routes, as_of="2024-12-12")
    frame = layer_frame("legs", routes=routes, figures=figures)
    data = json.loads(encode_layer(frame, "geojson", metadata=layer_metadata("legs", frame)))
    assert any("Frontex" in said for said in data["restrictions"])
    assert {"low", "high", "sentence"} <= set(data["features"][0]["properties"])
