"""The cube: its sum is the table's, nothing is added that must not be, and files give back what they got."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import terms
from geo.counts import add_counts, check_counts, read_counts, select_counts
from geo.cube import build_cube, cube_total, read_cube, write_cube
from geo.disclosure import suppress_counts
from geo.errors import GeometryError, InvalidInputError, MixedUnitsError, NotCoveredError, UnknownNameError


@pytest.fixture(scope="module")
def table():
    return read_counts()


@pytest.fixture(scope="module")
def areas():
    holed = shapely.Polygon(
        [(10, 33), (20, 33), (20, 40), (10, 40)], [[(12, 34), (13, 34), (13, 35), (12, 34)]]
    )
    parts = shapely.MultiPolygon([shapely.box(20, 40, 22, 42), shapely.box(23, 43, 24, 44)])
    names = pd.Index(["channel", "central_med", "western_balkans"], name="corridor")
    return gpd.GeoDataFrame(index=names, geometry=[shapely.box(0, 49, 2, 51), holed, parts], crs=4326)


@pytest.fixture(scope="module")
def lines():
    names = pd.Index(["a_b", "b_c", "c_d"], name="leg")
    geometry = [shapely.LineString([(i, 0), (i + 1, 1), (i + 2, 0)]) for i in range(3)]
    return gpd.GeoDataFrame(
        {"corridor": ["north", "north", "south"]}, index=names, geometry=geometry, crs=4326
    )


def tidy(*rows, **columns):
    """Return a tidy table of (start, end, value) rows; the columns hold for all of them."""
    made = pd.DataFrame(rows, columns=["period_start", "period_end", "value"])
    given = {"source": "tally", "corridor": "north", "measure": "arrival", "known_on": "2040-01-01"} | columns
    return check_counts(made.assign(**given))


def ledger(cube):
    return {entry["reason"]: (entry["rows"], entry["value"]) for entry in json.loads(cube.attrs["ledger"])}


JANUARY = ("2031-01-01", "2031-01-31", 10)
FEBRUARY = ("2031-02-01", "2031-02-28", 4)


# --- what a cube holds ------


def test_days_add_up_to_the_published_year(table):
    cube = build_cube(select_counts(table, source="home_office_daily"), measures=["arrival", "boat"])
    year = cube["count"].sel(time="2024").sum(["time", "nationality", "corridor"])
    assert year.sel(measure="arrival") == 36816
    assert year.sel(measure="boat") == 695
    assert cube["unit"].sel(measure="boat") == "boats"
    assert cube["source"].sel(corridor="channel", measure="arrival") == "home_office_daily"
    assert cube["known_on"].sel(corridor="channel", measure="arrival") == "2026-08-21"


def test_what_was_not_published_is_nan_and_a_published_zero_is_zero(table):
    cube = build_cube(select_counts(table, measure="boat_uncontrolled"))
    value = cube["count"].squeeze(drop=True)
    assert value.sel(time=slice(None, "2022-12")).isnull().all()
    assert value.sel(time=slice("2023-01", None)).notnull().all()
    frame = tidy(("2031-01-01", "2031-01-31", 0), ("2031-03-01", "2031-03-31", None))
    assert np.array_equal(build_cube(frame)["count"].squeeze(), [0, np.nan, np.nan], equal_nan=True)


def test_time_is_the_first_day_with_bounds_that_meet(table):
    cube = build_cube(select_counts(table, source="frontex"))
    bounds = cube["time_bnds"].to_numpy()
    assert (bounds[:, 0] == cube["time"].to_numpy()).all()
    assert (bounds[1:, 0] == bounds[:-1, 1]).all()
    assert cube["time"].attrs["bounds"] == "time_bnds"
    assert cube.attrs["Conventions"].startswith("CF-")


def test_weeks_begin_on_monday(table):
    cube = build_cube(select_counts(table, source="home_office_weekly"), frequency="week")
    assert set(cube["time"].dt.dayofweek.to_numpy()) == {0}
    assert cube_total(cube)["prevention"] == add_counts(select_counts(table, measure="prevention"))


def test_a_step_that_is_covered_in_part_says_so(table):
    cube = build_cube(select_counts(table, source="home_office_daily", measure="arrival"))
    covered = cube["coverage"].squeeze(drop=True)
    assert covered.sel(time="2026-07-01") == 1
    assert covered.sel(time="2026-08-01") == pytest.approx(20 / 31)


def test_a_step_with_a_missing_day_is_missing_and_its_other_days_are_counted_as_dropped():
    frame = tidy(("2031-01-01", "2031-01-01", 5), ("2031-01-02", "2031-01-02", None), FEBRUARY)
    cube = build_cube(frame)
    assert np.array_equal(cube["count"].squeeze(), [np.nan, 4], equal_nan=True)
    assert ledger(cube) == {"in a step with a value that was not published": (1, 5.0)}


def test_nationalities_stand_alone_and_the_row_for_all_is_left_out(table):
    rows = select_counts(table, source="home_office_detailed")
    cube = build_cube(rows, frequency="quarter", as_published=True)
    assert "" not in cube["nationality"].to_numpy()
    assert float(cube["count"].sel(time="2022").sum()) == 45774
    assert ledger(cube)["all nationalities, beside a row for each of them"] == (
        24,
        cube_total(cube)["arrival"],
    )


def test_the_sum_of_all_routes_is_not_laid_beside_its_parts(table):
    rows = select_counts(table, source="frontex")
    cube = build_cube(rows, frequency="year")
    assert list(cube["corridor"].to_numpy()) == ["central_med", "western_balkans"]
    assert ledger(cube)["sum of all routes, never added to its parts"][0] == 210
    alone = build_cube(select_counts(rows, corridor="all_routes"), frequency="year")
    assert float(alone["count"].sel(time="2024").sum()) == 240101


def test_what_does_not_fit_is_counted_by_reason(table):
    rows = pd.concat(
        [
            tidy(JANUARY, FEBRUARY),
            tidy(("2031-01-01", "2031-12-31", 100), source="tally"),
            tidy(("2031-03-01", "2031-03-31", 7), place="XK"),
            tidy(("2031-04-01", "2031-04-30", 3), sex="female"),
            tidy(("2031-01-01", "2031-05-31", 30), flag="cumulative"),
            tidy(("2031-06-02", "2031-06-08", 2)),
            tidy(("2031-01-01", "2031-01-31", 9), known_on="2031-02-01"),
        ]
    )
    cube = build_cube(rows, as_published=True)
    assert cube_total(cube)["arrival"] == 14
    assert ledger(cube) == {
        "superseded by a newer vintage": (1, 9.0),
        "running total, holds the ones before it": (1, 30.0),
        "by sex or age, which are no dimensions of the cube": (1, 3.0),
        "describes a place, not the whole corridor": (1, 7.0),
        "weeks do not fill a month": (1, 2.0),
        "longer than a month, or across two": (1, 100.0),
    }


def test_sources_measures_and_bases_choose(table):
    cube = build_cube(
        select_counts(table, corridor="channel"), frequency="quarter", measures="arrival", bases="provisional"
    )
    assert cube["basis"].to_numpy().tolist() == [["provisional"]]
    with pytest.raises(UnknownNameError, match="Invalid source 'nobody'"):
        build_cube(table, sources="nobody")


def test_the_attributes_carry_source_licence_and_caveat(table):
    cube = build_cube(select_counts(table, source="frontex"))
    assert "Frontex" in cube.attrs["source"]
    assert cube.attrs["license"] == "Frontex (not open; cited totals)"
    assert "Detections are not persons" in cube.attrs["comment"]
    assert cube.attrs["attribution"].startswith("Source: Frontex")


# --- what is refused ------


@pytest.mark.parametrize(
    ("chosen", "frequency", "named"),
    [
        (
            {"source": ["home_office_daily", "home_office_detailed"], "measure": "arrival"},
            "quarter",
            "'channel', measure 'arrival' would be filled by "
            "home_office_daily provisional and home_office_detailed final",
        ),
        (
            {"source": ["italy_ministry", "italy_ministry_daily"]},
            "month",
            "italy_ministry provisional and italy_ministry_daily provisional",
        ),
        (
            {"source": ["italy_ministry", "unhcr"]},
            "month",
            "italy_ministry provisional and unhcr provisional",
        ),
    ],
)
def test_two_series_in_one_cell_are_refused_by_name(table, chosen, frequency, named):
    with pytest.raises(MixedUnitsError, match=named):
        build_cube(select_counts(table, **chosen), frequency=frequency)


def test_periods_of_one_series_that_overlap_are_refused():
    frame = tidy(JANUARY, ("2031-01-05", "2031-01-05", 1))
    with pytest.raises(MixedUnitsError, match=r"2031-01-01 to 2031-01-31 and 2031-01-05 to 2031-01-05"):
        build_cube(frame)


def test_a_cube_without_rows_says_why(table):
    rows = select_counts(table, source="italy_ministry_nationality")
    with pytest.raises(NotCoveredError, match=r"No row is left: running total.*\(2022 rows\)"):
        build_cube(rows)
    with pytest.raises(NotCoveredError, match="No row is left: none given"):
        build_cube(rows.iloc[:0])


def test_unknown_dimensions_and_frequencies_are_refused():
    with pytest.raises(UnknownNameError, match="Invalid dim 'route'"):
        build_cube(tidy(JANUARY), dim="route")
    with pytest.raises(UnknownNameError, match="Invalid frequency 'fortnight'"):
        build_cube(tidy(JANUARY), frequency="fortnight")


def test_a_cube_too_large_for_memory_is_refused(monkeypatch):
    monkeypatch.setattr("geo.cube._MOST_CELLS", 1)
    with pytest.raises(InvalidInputError, match="Invalid cube of 1 × 2 × 1 × 1 cells"):
        build_cube(tidy(JANUARY, FEBRUARY))


# --- shapes ------


def test_geometry_is_the_dimension_and_the_id_stands_beside_it(table, areas):
    cube = build_cube(select_counts(table, source="frontex"), corridors=areas)
    assert list(cube["corridor_id"].to_numpy()) == list(areas.index)
    assert cube.xvec.is_geom_variable("corridor")
    assert list(cube["corridor"].to_numpy()) == list(areas.geometry)
    found = cube.xvec.query("corridor", shapely.Point(1, 50))
    assert list(found["corridor_id"].to_numpy()) == ["channel"]
    assert cube["count"].isel(corridor=0).isnull().all()


def test_rows_without_a_shape_are_dropped_and_counted(table, areas):
    cube = build_cube(select_counts(table, source="iom_missing_migrants"), corridors=areas.iloc[1:])
    assert ledger(cube)["no shape for the corridor"][0] == 149


def test_legs_are_named_by_the_place(lines):
    frame = pd.concat([tidy(JANUARY, place="a_b"), tidy(FEBRUARY, place="b_c"), tidy(FEBRUARY)])
    cube = build_cube(frame, corridors=lines, dim="leg", as_published=True)
    assert cube["count"].dims == ("leg", "time", "nationality", "measure")
    assert list(cube["leg_id"].to_numpy()) == ["a_b", "b_c", "c_d"]
    assert list(cube["corridor"].to_numpy()) == ["north", "north", ""]
    assert ledger(cube) == {"describes the whole corridor, not a leg": (1, 4.0)}


def test_legs_are_merged_where_corridors_are_asked_for(lines):
    cube = build_cube(tidy(JANUARY), corridors=lines)
    assert list(cube["corridor_id"].to_numpy()) == ["north", "south"]
    assert [shape.geom_type for shape in cube["corridor"].to_numpy()] == ["MultiLineString", "LineString"]


def test_lines_and_areas_do_not_share_a_coordinate(areas, lines):
    both = pd.concat([areas, lines.drop(columns="corridor")])
    both.index.name = "corridor"
    with pytest.raises(GeometryError, match="Invalid shapes of kinds 'LineString, Polygon'"):
        build_cube(tidy(JANUARY), corridors=both)


def test_shapes_need_wgs84_a_geometry_and_one_name_each(areas):
    rows = tidy(JANUARY, corridor="channel")
    with pytest.raises(InvalidInputError, match=r"Invalid shapes in 'EPSG:3035'\. They must be in EPSG:4326"):
        build_cube(rows, corridors=areas.to_crs(3035))
    with pytest.raises(InvalidInputError, match="Invalid shapes in 'no CRS'"):
        build_cube(rows, corridors=areas.set_crs(None, allow_override=True))
    empty = areas.assign(geometry=[shapely.Polygon(), *areas.geometry[1:]])
    with pytest.raises(GeometryError, match=r"Invalid shapes 'channel'\. Each needs a geometry"):
        build_cube(rows, corridors=empty)
    with pytest.raises(InvalidInputError, match="must be unique"):
        build_cube(rows, corridors=pd.concat([areas, areas]))


# --- files ------


@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
@pytest.mark.parametrize("shape", ["areas", "lines", None])
def test_a_cube_comes_back_from_its_file_as_it_was(request, table, tmp_path, suffix, shape):
    if shape == "lines":
        cube = build_cube(
            tidy(JANUARY, FEBRUARY, place="a_b"), corridors=request.getfixturevalue("lines"), dim="leg"
        )
    else:
        rows = select_counts(table, source=["frontex", "iom_missing_migrants"])
        cube = build_cube(rows, corridors=request.getfixturevalue(shape) if shape else None)
    again = read_cube(write_cube(cube, tmp_path / f"cube{suffix}"))
    xr.testing.assert_identical(again, cube)
    assert not shape or again.xvec.geom_coords.keys() == cube.xvec.geom_coords.keys()


@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
def test_a_file_is_replaced_whole_and_nothing_else_is_left(table, tmp_path, suffix):
    path = tmp_path / f"cube{suffix}"
    write_cube(build_cube(tidy(JANUARY)), path)
    cube = build_cube(tidy(JANUARY, FEBRUARY))
    write_cube(cube, path)
    assert read_cube(path).identical(cube)
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", [".nc", ".zarr"])
def test_a_failed_write_leaves_the_old_file(tmp_path, suffix, monkeypatch):
    path = tmp_path / f"cube{suffix}"
    cube = build_cube(tidy(JANUARY))
    write_cube(cube, path)

    def fail(self, store, **kwargs):
        store.mkdir() if suffix == ".zarr" else store.write_text("half")
        raise OSError("disk full")

    monkeypatch.setattr(xr.Dataset, "to_netcdf" if suffix == ".nc" else "to_zarr", fail)
    with pytest.raises(OSError, match="disk full"):
        write_cube(cube, path)
    monkeypatch.undo()
    assert read_cube(path).identical(cube)
    assert [item.name for item in tmp_path.iterdir()] == [path.name]


def test_the_same_cube_writes_the_same_bytes(table, areas, tmp_path):
    cube = build_cube(select_counts(table, source="frontex"), corridors=areas)
    one, two = (write_cube(cube, tmp_path / name).read_bytes() for name in ("one.nc", "two.nc"))
    assert one == two


def test_times_in_files_are_whole_days_with_the_bounds_in_the_same_unit(table, tmp_path):
    path = write_cube(build_cube(select_counts(table, source="unhcr")), tmp_path / "cube.nc")
    with xr.open_dataset(path, decode_times=False) as plain:
        assert plain["time"].attrs["units"] == "days since 1970-01-01"
        assert plain["time"].attrs["calendar"] == "proleptic_gregorian"
        assert (plain["time_bnds"][:, 0] == plain["time"]).all()


def test_other_names_and_foreign_folders_are_refused(tmp_path):
    cube = build_cube(tidy(JANUARY))
    with pytest.raises(InvalidInputError, match=r"Its name must end in \.nc or \.zarr"):
        write_cube(cube, tmp_path / "cube.csv")
    (tmp_path / "mine.zarr").mkdir()
    (tmp_path / "mine.zarr" / "letter.txt").write_text("keep")
    with pytest.raises(InvalidInputError, match="A folder that is no cube stands there"):
        write_cube(cube, tmp_path / "mine.zarr")
    assert (tmp_path / "mine.zarr" / "letter.txt").read_text() == "keep"


def test_reading_what_is_no_cube_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="There is no such file"):
        read_cube(tmp_path / "none.nc")
    (tmp_path / "words.nc").write_text("words")
    with pytest.raises(InvalidInputError, match="It cannot be read"):
        read_cube(tmp_path / "words.nc")
    xr.Dataset({"waves": ("time", [1.0])}).to_netcdf(tmp_path / "waves.nc", engine="netcdf4")
    with pytest.raises(InvalidInputError, match="It holds no variables count and coverage"):
        read_cube(tmp_path / "waves.nc")


# --- the law: the cube adds up to the table ------


@st.composite
def tables(draw):
    """Tables of months, days, years, nationalities and gaps, one series for each corridor and measure."""
    number = st.one_of(st.none(), st.integers(0, 10_000))
    rows = []
    for corridor in draw(st.lists(st.sampled_from(["north", "south"]), min_size=1, unique=True)):
        for measure in draw(st.lists(st.sampled_from(["arrival", "boat"]), min_size=1, unique=True)):
            for nationality in draw(st.sampled_from([[""], ["AFG", "SYR"], ["", "AFG"]])):
                months = draw(st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True))
                for month in months:
                    start = pd.Period("2031-01", "M") + month
                    kind = draw(st.sampled_from(["month", "days", "span"]))
                    step = {"month": 0, "days": 0, "span": 45}[kind]
                    ends = [start.end_time.normalize() + pd.Timedelta(days=step)]
                    starts = [start.start_time]
                    if kind == "days":
                        starts = [start.start_time, start.start_time + pd.Timedelta(days=1)]
                        ends = starts
                    rows += [
                        (corridor, measure, nationality, begin, end, draw(number), kind)
                        for begin, end in zip(starts, ends, strict=True)
                    ]
    columns = ["corridor", "measure", "nationality", "period_start", "period_end", "value", "kind"]
    made = pd.DataFrame(rows, columns=columns)
    held = made[made["kind"] != "span"]
    spans = made[made["kind"] == "span"].assign(place="elsewhere")
    return pd.concat([held, spans]).drop(columns="kind").assign(source="tally", known_on="2040-01-01")


@given(tables(), st.sampled_from(["day", "month", "quarter", "year"]))
@settings(deadline=None, max_examples=40)
def test_the_cube_and_what_it_dropped_add_up_to_the_table(frame, frequency):
    rows = check_counts(frame.assign(place=frame.get("place", pd.Series("", index=frame.index)).fillna("")))
    try:
        cube = build_cube(rows, frequency=frequency, as_published=True)
    except NotCoveredError:
        return
    dropped = json.loads(cube.attrs["ledger"])
    held = cube_total(cube).sum() + sum(entry["value"] or 0 for entry in dropped)
    assert held == pytest.approx(rows["value"].sum())
    for measure in cube["measure"].to_numpy():
        part = build_cube(rows[rows["measure"] == measure], frequency=frequency, as_published=True)
        assert np.array_equal(cube_total(part), cube_total(cube)[[measure]], equal_nan=True)


@pytest.mark.parametrize("frequency", ["day", "month", "quarter", "year"])
@pytest.mark.parametrize("source", ["home_office_daily", "home_office_detailed", "frontex", "italy_ministry"])
def test_each_embedded_series_adds_up(table, source, frequency):
    rows = select_counts(table, source=source)
    try:
        cube = build_cube(rows, frequency=frequency)
    except NotCoveredError:
        return
    dropped = sum(entry["value"] or 0 for entry in json.loads(cube.attrs["ledger"]))
    assert cube_total(cube).sum() + dropped == suppress_counts(rows)[terms.VALUE].sum()


def test_a_total_of_nothing_is_not_zero():
    total = cube_total(build_cube(tidy(("2031-01-01", "2031-01-31", None))))
    assert np.isnan(total["arrival"])
