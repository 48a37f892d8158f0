"""Wave files as publishers lay them out: one cube comes out, read a slice at a time, of the past only."""

import importlib.util
import subprocess
import sys

import netCDF4
import numpy as np
import pytest
import xarray as xr

from geo.errors import InvalidInputError, MissingExtraError, UnknownNameError
from geo.stats.wave_files import read_waves

LATER = "2031-06-01"
LAT = [51.0, 50.5, 50.0]
LON = [0.0, 0.5, 1.0, 1.5]


def heights(steps, *, first=0.0):
    """Wave heights that tell where they stand: hundredths by step, tenths by row, whole metres by column."""
    step, row, column = np.meshgrid(np.arange(steps), np.arange(3), np.arange(4), indexing="ij")
    values = first + 0.01 * step + 0.1 * row + 1.0 * column
    values[:, 0, 0] = np.nan  # land
    return values


def hours(first, steps, every=1):
    return (np.datetime64(first, "ns") + np.arange(steps) * np.timedelta64(every, "h")).astype(
        "datetime64[ns]"
    )


@pytest.fixture
def era5_old(tmp_path):
    """The old ERA5 layout: netCDF-3, int16 packed, latitude falling, hours since 1900, expver 1 and 5."""
    path = tmp_path / "era5_old.nc"
    with netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        for name, values in (("longitude", LON), ("latitude", LAT)):
            file.createDimension(name, len(values))
            file.createVariable(name, "f4", (name,))[:] = values
        file.createDimension("expver", 2)
        file.createVariable("expver", "i4", ("expver",))[:] = [1, 5]
        file.createDimension("time", None)
        time = file.createVariable("time", "i4", ("time",))
        time.units, time.calendar = "hours since 1900-01-01 00:00:00.0", "gregorian"
        time[:] = netCDF4.date2num(
            [moment.astype("datetime64[s]").item() for moment in hours("2031-01-01", 48)], time.units
        )
        swh = file.createVariable(
            "swh", "i2", ("time", "expver", "latitude", "longitude"), fill_value=np.int16(-32767)
        )
        swh.set_auto_maskandscale(False)
        swh.scale_factor, swh.add_offset, swh.missing_value = 0.001, 2.0, np.int16(-32767)
        swh.units, swh.long_name = "m", "Significant height of combined wind waves and swell"
        packed = np.full((48, 2, 3, 4), -32767, dtype=np.int16)
        plain = np.where(np.isnan(heights(48)), -32767, np.round((heights(48) - 2.0) / 0.001))
        packed[:30, 0] = plain[:30]
        packed[24:, 1] = np.where(
            plain[24:] == -32767, -32767, plain[24:] + (np.arange(24, 48) < 30)[:, None, None] * 500
        )
        swh[:] = packed
    return path


@pytest.fixture
def era5_new(tmp_path):
    """The new layout of the Climate Data Store: valid_time, scalar number, expver as text along time."""
    path = tmp_path / "era5_new.nc"
    data = xr.Dataset(
        {"swh": (("valid_time", "latitude", "longitude"), heights(24).astype("f4"), {"units": "m"})},
        coords={
            "valid_time": hours("2031-01-03", 24),
            "latitude": LAT,
            "longitude": LON,
            "number": 0,
            "expver": ("valid_time", ["0001"] * 12 + ["0005"] * 12),
        },
    )
    data["swh"].attrs |= {"GRIB_paramId": 140229, "standard_name": "unknown"}
    data.to_netcdf(path, encoding={"swh": {"_FillValue": np.float32(np.nan), "zlib": True}})
    return path


@pytest.fixture(params=["float", "int16"])
def copernicus(request, tmp_path):
    """The layout of Copernicus Marine: VHM0, three-hourly, latitude rising, packed or not."""
    path = tmp_path / f"cmems_{request.param}.nc"
    data = xr.Dataset(
        {"VHM0": (("time", "latitude", "longitude"), heights(8)[:, ::-1], {"units": "m"})},
        coords={"time": hours("2031-01-01", 8, 3), "latitude": LAT[::-1], "longitude": LON},
    )
    data["VHM0"].attrs["standard_name"] = "sea_surface_wave_significant_height"
    packed = {"dtype": "int16", "scale_factor": 0.01, "_FillValue": np.int16(-32767)}
    plain = {"dtype": "float32", "_FillValue": np.float32(-999.0)}
    data.to_netcdf(path, encoding={"VHM0": packed if request.param == "int16" else plain})
    return path


def expected(steps):
    return heights(steps)[:, ::-1]


def test_an_old_era5_file_is_unpacked_turned_and_its_versions_merged(era5_old):
    waves = read_waves(era5_old, retrieved_on=LATER)
    assert waves.dims == ("time", "lat", "lon")
    assert waves["lat"].values.tolist() == [50.0, 50.5, 51.0]
    np.testing.assert_allclose(waves.values, expected(48), atol=0.0006)
    assert np.isnan(waves.sel(lat=51.0, lon=0.0)).all()


def test_a_new_era5_file_reads_the_same(era5_new):
    waves = read_waves(era5_new, retrieved_on=LATER)
    assert set(waves.coords) == {"time", "lat", "lon"}
    np.testing.assert_allclose(waves.values, expected(24), atol=1e-5)


def test_a_copernicus_file_reads_the_same(copernicus):
    waves = read_waves(copernicus, retrieved_on=LATER)
    np.testing.assert_allclose(waves.values, expected(8), atol=0.006)
    assert waves.attrs["units"] == "m"


@pytest.mark.parametrize("version", [2, 3])
def test_a_zarr_store_reads_the_same(tmp_path, copernicus, version):
    with xr.open_dataset(copernicus) as data:
        data["VHM0"].encoding = {}
        data.to_zarr(tmp_path / "waves.zarr", zarr_format=version, consolidated=False)
    waves = read_waves(tmp_path / "waves.zarr", retrieved_on=LATER)
    np.testing.assert_allclose(waves.values, expected(8), atol=0.006)


def test_files_are_joined_in_order_of_time(era5_old, era5_new):
    waves = read_waves([era5_new, era5_old], retrieved_on=LATER)
    assert waves.sizes["time"] == 72
    assert (np.diff(waves["time"].values) == np.timedelta64(1, "h")).all()
    np.testing.assert_allclose(waves.values[48:], expected(24), atol=1e-5)


def test_of_two_versions_of_a_time_the_final_one_is_taken(tmp_path, era5_new):
    with xr.open_dataset(era5_new) as data:
        final = data.isel(valid_time=slice(12, 24)).load()
    final["expver"] = ("valid_time", ["0001"] * 12)
    waves = read_waves([era5_new, final.assign(swh=final["swh"] + 5)], retrieved_on=LATER)
    assert waves.sizes["time"] == 24
    np.testing.assert_allclose(waves.values[12:], expected(24)[12:] + 5, atol=1e-5)


def test_nothing_is_read_before_it_is_asked_for(era5_old, monkeypatch):
    from geo.stats import wave_files

    read = []
    honest = wave_files._merged
    monkeypatch.setattr(wave_files, "_merged", lambda parts, key: read.append(key[0]) or honest(parts, key))
    waves = read_waves(era5_old, retrieved_on=LATER)
    part = waves.isel(time=slice(5, 8)).sel(lat=slice(50.2, 51))
    assert read == []
    np.testing.assert_allclose(part.values, expected(48)[5:8, 1:], atol=0.0006)
    assert read == [slice(5, 8)]


@pytest.mark.parametrize(
    "key",
    [
        {"time": 3},
        {"time": [4, 1, 7], "lon": [2, 0]},
        {"time": slice(None, None, -2), "lat": 0, "lon": 1},
        {"lat": slice(2, 0, -1)},
    ],
)
def test_any_part_of_it_is_the_part_of_the_whole(copernicus, key):
    waves = read_waves(copernicus, retrieved_on=LATER)
    np.testing.assert_array_equal(waves.isel(key).values, waves.copy(data=waves.values).isel(key).values)


def test_longitudes_from_0_to_360_are_turned_and_a_grid_across_180_stays_whole():
    def cube(lon):
        values = np.broadcast_to(np.asarray(lon, dtype=float) / 100, (2, 2, len(lon)))
        return xr.Dataset(
            {"VHM0": (("time", "lat", "lon"), values, {"units": "m"})},
            coords={"time": hours("2031-01-01", 2), "lat": [50.0, 51.0], "lon": lon},
        )

    waves = read_waves(cube([0.0, 1.0, 2.0, 358.0, 359.0]), retrieved_on=LATER)
    assert waves["lon"].values.tolist() == [-2.0, -1.0, 0.0, 1.0, 2.0]
    np.testing.assert_allclose(waves.values[0, 0], [3.58, 3.59, 0.0, 0.01, 0.02])
    across = read_waves(cube([178.0, 179.0, 180.0, 181.0]), retrieved_on=LATER)
    assert across["lon"].values.tolist() == [178.0, 179.0, 180.0, 181.0]
    whole = read_waves(cube(np.arange(0.0, 360.0, 10.0)), retrieved_on=LATER)
    assert whole["lon"].values.tolist() == np.arange(-180.0, 180.0, 10.0).tolist()


def test_bounds_keep_the_cells_whose_middles_lie_within(copernicus):
    waves = read_waves(copernicus, bounds=(0.4, 50.4, 1.1, 51.2), retrieved_on=LATER)
    assert (waves["lat"].values.tolist(), waves["lon"].values.tolist()) == ([50.5, 51.0], [0.5, 1.0])
    with pytest.raises(InvalidInputError, match=r"Invalid bounds '\(5, 5, 6, 6\)'\. No cell lies within"):
        read_waves(copernicus, bounds=(5, 5, 6, 6), retrieved_on=LATER)


def test_fill_values_that_were_not_declared_become_missing():
    waves = read_waves(dataset(values=np.full((2, 2, 2), 9999.0)), retrieved_on=LATER)
    assert np.isnan(waves.values).all()


def dataset(
    *, values=None, units="m", name="VHM0", first="2031-01-01", lat=(50.0, 51.0), lon=(1.0, 2.0), **coords
):
    values = np.ones((2, len(lat), len(lon))) if values is None else values
    return xr.Dataset(
        {name: (("time", "lat", "lon"), values, {"units": units})},
        coords={"time": hours(first, 2), "lat": list(lat), "lon": list(lon), **coords},
    )


def test_another_variable_is_taken_by_name():
    assert read_waves(dataset(name="hs"), variable="hs", retrieved_on=LATER).name == "wave_height_m"
    with pytest.raises(UnknownNameError, match="Invalid variable of dataset 'hm0'"):
        read_waves(dataset(name="hs"), variable="hm0", retrieved_on=LATER)


def test_a_scalar_step_of_zero_and_a_single_time_are_an_analysis():
    one = dataset(step=0).isel(time=0)
    assert read_waves([one], retrieved_on=LATER).sizes == {"time": 1, "lat": 2, "lon": 2}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (dataset(units="cm"), "Invalid unit 'cm' of 'VHM0' in dataset. Wave heights must be in metres"),
        (dataset(units=""), "Invalid unit ''"),
        (dataset(name="tp"), "It must hold one of swh and VHM0, .* it holds: tp"),
        (dataset().assign(swh=dataset()["VHM0"]), "it holds: VHM0, swh"),
        (dataset(step=6), "Its 'step' shows a forecast"),
        (dataset(forecast_period=("time", [0, 3])), "Its 'forecast_period' shows a forecast"),
        (
            dataset(first="2031-06-01T23:00"),
            "They were retrieved on 2031-06-01: what lies after it is a forecast",
        ),
        (dataset().drop_vars("time"), "It has no time as a coordinate"),
        (dataset().drop_vars("lat"), "It has no lat as a coordinate"),
        (dataset().assign_coords(time=[0, 1]), "Invalid time in dataset. It must be dates"),
        (dataset().isel(time=[]), "There must be at least one, none missing"),
        (dataset().expand_dims(depth=2), "Invalid dimensions 'depth, time, lat, lon'"),
        (dataset(lat=(50.0, 50.0)), "Invalid lat in dataset. It must rise or fall"),
        (dataset(lon=(1.0, 361.0)), "Invalid lon in dataset"),
        (dataset(expver=("time", ["a", "b"])), "Invalid expver in dataset"),
        ([dataset(), dataset()], "2031-01-01T00:00 stands twice, the second time in dataset"),
        ([dataset(), dataset(first="2031-02-01", lat=(52.0, 53.0))], "They must be on one grid"),
        ([], "Invalid wave files ''. Give at least one"),
    ],
)
def test_what_is_no_cube_of_past_waves_is_refused(data, message):
    with pytest.raises(InvalidInputError, match=message):
        read_waves(data, retrieved_on=LATER)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "broken.nc").write_bytes(b"no waves")
    for name in ("broken.nc", "absent.nc"):
        with pytest.raises(InvalidInputError, match=f"{name}'. It cannot be read as NetCDF, Zarr or GRIB"):
            read_waves(tmp_path / name, retrieved_on=LATER)


def test_without_a_day_the_files_are_held_against_today():
    with pytest.raises(InvalidInputError, match="only analyses of the past are read"):
        read_waves(dataset(first="2231-01-01"))


@pytest.mark.skipif(importlib.util.find_spec("cfgrib") is not None, reason="cfgrib is installed")
def test_grib_names_its_extra(tmp_path):
    with pytest.raises(
        MissingExtraError, match=r"reading GRIB files \(waves.grib\): pip install 'routeways\[grib\]'"
    ):
        read_waves(tmp_path / "waves.grib", retrieved_on=LATER)


@pytest.mark.skipif(importlib.util.find_spec("cfgrib") is None, reason="needs the extra grib")
def test_a_grib_file_reads_the_same(tmp_path):
    import eccodes

    path = tmp_path / "era5.grib"
    values = heights(4)
    with path.open("wb") as file:
        for step in range(4):
            message = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib1")
            for name, value in {
                "Ni": 4,
                "Nj": 3,
                "latitudeOfFirstGridPointInDegrees": 51.0,
                "latitudeOfLastGridPointInDegrees": 50.0,
                "longitudeOfFirstGridPointInDegrees": 0.0,
                "longitudeOfLastGridPointInDegrees": 1.5,
                "iDirectionIncrementInDegrees": 0.5,
                "jDirectionIncrementInDegrees": 0.5,
                "dataDate": 20310101,
                "dataTime": 100 * step,
                "paramId": 140229,
                "bitmapPresent": 1,
                "missingValue": 9999.0,
                "bitsPerValue": 16,
            }.items():
                eccodes.codes_set(message, name, value)
            flat = np.where(np.isnan(values[step]), 9999.0, values[step]).ravel()
            eccodes.codes_set_values(message, flat)
            eccodes.codes_write(message, file)
            eccodes.codes_release(message)
    waves = read_waves(path, retrieved_on=LATER)
    np.testing.assert_allclose(waves.values, expected(4), atol=1e-3)
    assert waves["time"].values[0] == np.datetime64("2031-01-01T00:00")


def test_reading_waves_first_leaves_projections_whole(tmp_path):
    code = (
        "import sys, numpy as np, xarray as xr\n"
        "from geo.stats import read_waves\n"
        "data = xr.Dataset({'swh': (('time', 'latitude', 'longitude'), np.ones((1, 2, 2)), {'units': 'm'})},"
        " coords={'time': np.array(['2031-01-01'], 'M8[ns]'),"
        " 'latitude': [51.0, 51.5], 'longitude': [1.0, 1.5]})\n"
        "data.to_netcdf(sys.argv[1])\n"
        "read_waves(sys.argv[1], retrieved_on='2031-02-01')\n"
        "import pyproj\n"
        "print(pyproj.CRS(4326).name)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "waves.nc")], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "WGS 84"
