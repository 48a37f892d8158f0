"""Places: what the embedded table promises, and how own places are checked."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely import Point, box

from geo import places as module
from geo.errors import InvalidInputError, UnknownNameError
from geo.places import PLACE_COLUMNS, find_place, nearest_places, places_within, reach_km, read_places
from geo.terms import CROSSING_KINDS, CRS, PLACE_KINDS

CORRIDOR_COUNTRIES = sorted(
    [
        "FR",
        "BE",
        "GB",
        "LY",
        "TN",
        "DZ",
        "TR",
        "IT",
        "MT",
        "GR",
        "BG",
        "MK",
        "AL",
        "XK",
        "RS",
        "ME",
        "BA",
        "RO",
        "HU",
        "HR",
        "SI",
        "AT",
    ]
)
TOWN = {"id": "aville", "name": "Aville", "kind": "town", "country_a": "FR", "lon": 2.0, "lat": 50.5}
GATE = {
    "id": "gate",
    "name": "A – B",
    "kind": "road_crossing",
    "country_a": "FR",
    "country_b": "BE",
    "lon": 3,
    "lat": 50.7,
}
HEADER = "id,name,kind,country_a,country_b,lon,lat\n"


@pytest.fixture(scope="module")
def table():
    return read_places()


def test_embedded_table_has_the_promised_form(table):
    assert tuple(table.columns) == PLACE_COLUMNS
    assert table.index.name == "place"
    assert table.index.is_unique
    assert table.crs == CRS
    assert set(table["kind"]) == set(PLACE_KINDS)
    assert table["routable"].dtype == bool
    assert len(table) == 208 + len(CORRIDOR_COUNTRIES)


def test_longitude_comes_before_latitude(table):
    assert table.geometry.x.between(-1, 35).all()
    assert table.geometry.y.between(30, 53).all()


def test_crossings_carry_two_countries_and_others_one(table):
    crossing = table["kind"].isin(CROSSING_KINDS)
    assert (table.loc[crossing, "country_b"].str.len() == 2).all()
    assert (table.loc[crossing, "country_a"] != table.loc[crossing, "country_b"]).all()
    assert (table.loc[~crossing, "country_b"] == "").all()


def test_each_country_of_the_corridors_has_a_point(table):
    countries = table[table["kind"] == "country"]
    assert sorted(countries.index) == sorted(CORRIDOR_COUNTRIES)
    assert (countries["verified"] == "approximate").all()
    assert not countries["routable"].any()


def test_countries_of_places_have_rows_of_their_own(table):
    named = set(table["country_a"]) | set(table["country_b"]) - {""}
    assert named <= set(CORRIDOR_COUNTRIES)


def test_reading_twice_gives_tables_of_their_own(table):
    first = read_places()
    first.loc["calais", "name"] = "changed"
    assert read_places().loc["calais", "name"] == "Calais"


@pytest.mark.parametrize("form", ["rows", "table", "indexed", "file", "generator"])
def test_own_places_are_added_in_any_form(form, tmp_path: Path):
    frame = pd.DataFrame([TOWN, GATE])
    path = tmp_path / "own.csv"
    frame.to_csv(path, index=False)
    forms = {
        "rows": [TOWN, GATE],
        "table": frame,
        "indexed": frame.set_index("id"),
        "file": path,
        "generator": (row for row in (TOWN, GATE)),
    }
    own = read_places(extra=forms[form]).iloc[-2:]
    assert own.index.tolist() == ["aville", "gate"]
    assert own["routable"].tolist() == [True, True]
    assert own["verified"].tolist() == ["approximate", "approximate"]
    assert own["country_b"].tolist() == ["", "BE"]
    assert own.geometry.iloc[0] == Point(2.0, 50.5)


def test_own_file_may_stand_in_place_of_the_table(tmp_path: Path):
    path = tmp_path / "own.csv"
    path.write_text("\ufeff" + HEADER + "aville,Aville,town,FR,,2.0,50.5\n", encoding="utf-8")
    assert read_places(path).index.tolist() == ["aville"]
    assert read_places(path, extra=[GATE]).index.tolist() == ["aville", "gate"]


def test_own_rail_crossings_and_countries_are_not_routable_unless_said():
    rail = {**GATE, "kind": "rail_crossing"}
    country = {"id": "ZZ", "name": "Zed", "kind": "country", "country_a": "ZZ", "lon": 0, "lat": 0}
    closed = {**TOWN, "routable": "false"}
    assert not read_places(extra=[rail, country, closed])["routable"].iloc[-3:].any()
    assert read_places(extra=[{**rail, "routable": True}])["routable"].iloc[-1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "a ville"}, "id 'a ville' may hold only letters, digits and underscores"),
        ({"id": ""}, "column 'id' is empty"),
        ({"name": "  "}, "column 'name' is empty"),
        ({"id": "calais"}, "id 'calais' is already taken"),
        ({"kind": "village"}, "kind 'village' must be one of: road_crossing"),
        ({"lat": 91}, "Longitude is a number from -180 to 180"),
        ({"lon": "2,0"}, "Invalid position '2,0, 50.5'"),
        ({"lon": float("nan")}, "column 'lon' is empty"),
        ({"lat": pd.NA}, "column 'lat' is empty"),
        ({"verified": "perhaps"}, "verified 'perhaps' must be one of: yes, position_only"),
        ({"routable": "maybe"}, "routable 'maybe' must be true or false"),
        ({"country_a": "fr"}, "country_a 'fr' must be an ISO 3166-1 alpha-2 code"),
        ({"country_b": "BE"}, "a town lies in one country"),
        ({"kind": "road_crossing"}, "country_b must be given"),
        ({"kind": "road_crossing", "country_b": "FR"}, "and not be country_a"),
        ({"kind": "country"}, "id 'aville' of a country must be its code 'FR'"),
        ({"colour": "red"}, "unknown column 'colour'"),
    ],
)
def test_a_fault_in_an_own_place_is_named_with_its_row(change, message):
    with pytest.raises(InvalidInputError, match=r"Invalid places\.") as caught:
        read_places(extra=[GATE, {**TOWN, **change}])
    line = next(line for line in str(caught.value).splitlines() if message in line)
    assert line.startswith("  - places[1]: ")


def test_all_faults_of_a_file_are_listed_at_once_with_their_rows(tmp_path: Path):
    path = tmp_path / "own.csv"
    path.write_text(HEADER + "a,A,town,FR,,2,95\nb,B,ford,F,,2,50\na,A,town,FR,,2,50,9\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"own\.csv'\. 5 faults") as caught:
        read_places(extra=path)
    text = str(caught.value)
    for part in ("row 2: Invalid position '2, 95'", "row 3: kind 'ford'", "row 3: country_a 'F'"):
        assert part in text
    assert "row 4: id 'a' is already taken" in text
    assert "row 4: unknown column '(no column)'" in text


def test_missing_columns_are_listed(tmp_path: Path):
    path = tmp_path / "own.csv"
    path.write_text("id,name,kind\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"column 'country_a' is missing\n.*'lon'.*\n.*'lat'"):
        read_places(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(
        InvalidInputError, match=r"Invalid places file '.*absent\.csv'\. It must be readable CSV"
    ):
        read_places(extra=tmp_path / "absent.csv")
    (tmp_path / "latin.csv").write_bytes(HEADER.encode() + b"a,Caf\xe9,town,FR,,2,50\n")
    with pytest.raises(InvalidInputError, match="readable CSV"):
        read_places(tmp_path / "latin.csv")


def test_own_places_are_not_changed():
    row = {**TOWN, "name": " Aville "}
    read_places(extra=[row])
    assert row == {**TOWN, "name": " Aville "}


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("presevo", "presevo"),
        ("PRESEVO", "presevo"),
        ("Preševo", "presevo"),
        ("İzmir", "izmir"),
        ("Kapıkule - Kapitan Andreevo", "kapikule_kapitan_andreevo"),
        ("Horgoš – Röszke", "horgos_roszke"),
        ("lampedusa harbour", "lampedusa"),
        ("Zuwara", "zuwara"),
        ("Kosovo", "XK"),
        ("turkiye", "TR"),
        ("Bihac", "bihac"),
    ],
)
def test_a_place_is_found_by_id_and_by_name(query, place):
    assert find_place(query).name == place


def test_every_place_is_found_by_its_id(table):
    assert [find_place(place, table).name for place in table.index] == table.index.tolist()


def test_an_unknown_place_gets_suggestions():
    with pytest.raises(UnknownNameError, match=r"Invalid place 'Belgrad'\. .* Did you mean 'belgrade'\?"):
        find_place("Belgrad")
    with pytest.raises(UnknownNameError, match=r"Did you mean .*horgos_roszke"):
        find_place("horgos")
    with pytest.raises(UnknownNameError, match=r"No place has that id or name\.$"):
        find_place("qqqqqq")
    with pytest.raises(UnknownNameError, match="Invalid place ''"):
        find_place("")


def test_a_name_of_two_places_lists_their_ids():
    with pytest.raises(
        UnknownNameError, match=r"2 places have that name.*dimitrovgrad_bg \(BG\), dimitrovgrad_rs"
    ):
        find_place("dimitrovgrad")


@given(lon=st.floats(-5, 35), lat=st.floats(30, 55), count=st.integers(1, 5))
def test_nearest_places_come_in_order_of_geodesic_distance(lon, lat, count):
    table = read_places()
    near = nearest_places(lon, lat, places=table, count=count)
    assert len(near) == count
    assert near["distance_km"].is_monotonic_increasing
    first = near.geometry.iloc[0]
    assert near["distance_km"].iloc[0] == pytest.approx(
        Geod(ellps="WGS84").inv(lon, lat, first.x, first.y)[2] / 1000
    )
    others = table[(table["kind"] != "country") & ~table.index.isin(near.index)].geometry
    far = [Geod(ellps="WGS84").inv(lon, lat, point.x, point.y)[2] / 1000 for point in others[::20]]
    assert min(far) >= near["distance_km"].iloc[-1]


def test_nearest_places_leave_countries_out_unless_asked_for():
    serbia = read_places().geometry["RS"]
    assert nearest_places(serbia.x, serbia.y).index[0] != "RS"
    assert nearest_places(serbia.x, serbia.y, kinds=["country", "city"]).index[0] == "RS"


def test_nearest_places_refuse_what_makes_no_sense():
    with pytest.raises(InvalidInputError, match="Invalid position '200, 0'"):
        nearest_places(200, 0)
    with pytest.raises(InvalidInputError, match="Invalid count '0'"):
        nearest_places(0, 0, count=0)
    with pytest.raises(UnknownNameError, match="Invalid kind 'harbour'"):
        nearest_places(0, 0, kinds="harbour")
    assert nearest_places(0, 0, places=read_places().iloc[:0]).empty


def test_places_within_takes_geometries_and_layers(table):
    strait = box(1.2, 51.0, 1.4, 51.2)
    expected = ["dover", "south_foreland", "folkestone", "zone_kent"]
    assert places_within(strait).index.tolist() == expected
    assert places_within(gpd.GeoSeries([strait], crs=CRS), table).index.tolist() == expected
    layer = gpd.GeoDataFrame({"a": [1, 2]}, geometry=[strait, box(0, 0, 1, 1)], crs=CRS)
    assert places_within(layer, kinds="headland").index.tolist() == ["south_foreland"]


def test_places_on_the_edge_are_within(table):
    point = table.geometry["calais"]
    assert "calais" in places_within(box(point.x, point.y, 3, 52)).index


def test_places_within_refuses_another_reference_system():
    projected = gpd.GeoSeries([box(0, 0, 1, 1)], crs="EPSG:3857")
    with pytest.raises(
        InvalidInputError, match=r"Invalid area 'EPSG:3857'.*must be that of the places, EPSG:4326"
    ):
        places_within(projected)
    with pytest.raises(InvalidInputError, match="Invalid area 'None'"):
        places_within(gpd.GeoSeries([box(0, 0, 1, 1)]))


def test_reach_of_an_unknown_kind_is_refused():
    assert {kind: reach_km(kind) for kind in PLACE_KINDS if reach_km(kind) != 3} == {"city": 10, "zone": 10}
    with pytest.raises(UnknownNameError, match="Invalid kind 'village'"):
        reach_km("village")


def test_the_module_needs_no_heavy_import():
    import subprocess
    import sys

    code = "import sys, geo.places; print('geopandas' in sys.modules, 'shapely' in sys.modules)"
    root = Path(module.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.split() == ["False", "False"]


def test_points_of_countries_lie_in_their_countries(table):
    coast = pytest.importorskip("geo.coast")
    alpha_3 = {
        "FR": "FRA",
        "GB": "GBR",
        "LY": "LBY",
        "MT": "MLT",
        "HR": "HRV",
        "XK": "XKX",
        "ME": "MNE",
        "AL": "ALB",
    }
    shapes = coast.read_countries().geometry
    assert [code for code, long in alpha_3.items() if not shapes[long].contains(table.geometry[code])] == []


def test_compiled_places_came_over_unchanged(table):
    compiled = Path(__file__).parents[3] / "shared" / "places.csv"
    if not compiled.is_file():
        pytest.skip("the compiled table is not at hand")
    rows = pd.read_csv(compiled, dtype=str, keep_default_na=False).set_index("id")
    ours = table.loc[rows.index]
    for column in ("name", "kind", "country_a", "country_b", "source", "verified"):
        assert ours[column].tolist() == rows[column].tolist()
    assert ours.geometry.x.tolist() == rows["lon"].astype(float).tolist()
    assert ours.geometry.y.tolist() == rows["lat"].astype(float).tolist()
