"""Cubes in files: NetCDF and Zarr by the CF conventions, whole or not at all (used by :mod:`geo.cube`)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo import terms
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    import xarray as xr

COUNT: Final = "count"
COVERAGE: Final = "coverage"
_TIME_UNITS: Final = "days since 1970-01-01"


def write_cube(cube: xr.Dataset, path: str | Path) -> Path:
    """Write a cube as NetCDF (``.nc``) or Zarr (``.zarr``), whole or not at all.

    Returns
    -------
    path : Path
        Where it stands now; what was there before is replaced.

    Raises
    ------
    InvalidInputError
        If the name ends in neither, or a folder that is no Zarr store stands in the way.

    Notes
    -----
    Geometry is written by the CF conventions for geometries (CF 7.5), through xvec.

    Examples
    --------
    >>> import tempfile
    >>> from geo.counts import read_counts
    >>> from geo.cube import build_cube
    >>> cube = build_cube(read_counts(source="unhcr"))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = read_cube(write_cube(cube, Path(folder) / "cube.nc"))
    >>> again.equals(cube)
    True
    """
    target = Path(path)
    if target.suffix not in {".nc", ".zarr"}:
        raise InvalidInputError(f"Invalid cube file '{path}'. Its name must end in .nc or .zarr.")
    if target.is_dir() and not (target.suffix == ".zarr" and (target / ".zgroup").is_file()):
        raise InvalidInputError(f"Invalid cube file '{path}'. A folder that is no cube stands there.")
    plain = _encoded(cube)
    part = target.with_name(f".{target.name}.part")
    old = target.with_name(f".{target.name}.old")
    for leftover in (part, old):
        _remove(leftover)
    try:
        if target.suffix == ".nc":
            plain.to_netcdf(
                part, engine="netcdf4", encoding={COUNT: {"zlib": True}, COVERAGE: {"zlib": True}}
            )
        else:
            plain.to_zarr(part, mode="w", zarr_format=2, consolidated=True)
            if target.exists():
                target.rename(old)
        part.replace(target)
    finally:
        _remove(part)
        _remove(old)
    return target


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _encoded(cube: xr.Dataset) -> xr.Dataset:
    """Return a copy that files can hold: geometry as CF arrays, times in whole days."""
    import xvec  # noqa: F401 - registers the accessor

    plain: xr.Dataset = cube.xvec.encode_cf() if cube.xvec.geom_coords else cube.copy()
    plain = plain.reset_coords("time_bnds").assign_attrs(cube.attrs)  # xvec leaves the attributes behind
    for name in (terms.TIME, "time_bnds"):
        plain[name].encoding = {"units": _TIME_UNITS, "calendar": "proleptic_gregorian", "dtype": "int64"}
    return plain


def read_cube(path: str | Path) -> xr.Dataset:
    """Read a cube that :func:`write_cube` wrote, into memory.

    Raises
    ------
    InvalidInputError
        If there is no such file, or it holds no cube of counts.

    Examples
    --------
    >>> read_cube("nowhere.nc")
    Traceback (most recent call last):
    geo.errors.InvalidInputError: Invalid cube file 'nowhere.nc'. There is no such file.
    """
    import xarray as xr
    import xvec  # noqa: F401 - registers the accessor

    source = Path(path)
    if not source.exists():
        raise InvalidInputError(f"Invalid cube file '{path}'. There is no such file.")
    try:
        opened = xr.open_dataset(source, engine="zarr" if source.is_dir() else "netcdf4")
    except (OSError, ValueError, KeyError) as error:
        raise InvalidInputError(f"Invalid cube file '{path}'. It cannot be read: {error}.") from None
    with opened:
        if not {COUNT, COVERAGE} <= set(opened.data_vars):
            raise InvalidInputError(f"Invalid cube file '{path}'. It holds no variables count and coverage.")
        cube = opened.load()
    cube = cube.assign_coords(
        {name: cube[name].astype(str) for name in cube.coords if cube[name].dtype.kind in "OT"}
    )
    decoded: xr.Dataset = cube.xvec.decode_cf() if "geometry_container" in cube.variables else cube
    return decoded.set_coords("time_bnds").assign_attrs(cube.attrs)
