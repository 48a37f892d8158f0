"""Wave heights in files of their publishers, read as one cube (time, lat, lon), a slice at a time.

ERA5 calls significant wave height ``swh``, Copernicus Marine ``VHM0``. Latitude may fall or rise, longitude
run to 180 or 360, values be packed, time be called ``valid_time``, and an old ERA5 file hold final and
preliminary values side by side (``expver`` 1 and 5): the cube that comes out is the same. Analyses of the
past only.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import xarray as xr
from xarray.backends import BackendArray
from xarray.core import indexing

from geo import terms
from geo.checks import check_choice, check_date, import_extra
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from numpy.typing import NDArray

WAVES: Final = "wave_height_m"
"""Name of the cube: significant wave height in metres."""
LAT: Final = "lat"
LON: Final = "lon"
_VARIABLES: Final = ("swh", "VHM0", WAVES)
_METRES: Final = {"m", "metre", "metres", "meter", "meters"}
_NAMES: Final = {
    terms.TIME: ("valid_time", "time"),
    LAT: ("latitude", "lat", "nav_lat"),
    LON: ("longitude", "lon", "nav_lon"),
}
_AHEAD: Final = ("step", "forecast_period", "leadtime", "lead_time", "forecast_hour")
"""Coordinates that say how far ahead of its making a value lies."""
_GRIB: Final = {".grib", ".grb", ".grib2", ".grb2"}
_HIGHEST_M: Final = 40.0
"""No significant wave height is higher; a larger number is a fill value, or in another unit."""


def read_waves(
    source: str | os.PathLike[str] | xr.Dataset | Iterable[str | os.PathLike[str] | xr.Dataset],
    *,
    variable: str | None = None,
    bounds: tuple[float, float, float, float] | None = None,
    retrieved_on: dt.date | str | None = None,
) -> xr.DataArray:
    """Read significant wave heights as one cube, whatever their publisher's layout.

    Parameters
    ----------
    source : path, Dataset, or iterable of them
        NetCDF (``.nc``), Zarr (a folder) or GRIB (``.grib``, ``.grb``; extra ``grib``) files of one grid, in
        any order; or datasets that are open already.
    variable : str, optional
        Name of the variable; default ``swh`` or ``VHM0``.
    bounds : (west, south, east, north) in degrees, optional
        Keep the cells whose middles lie within.
    retrieved_on : date or str, optional
        When the files were fetched; default today. Later times are a forecast, and refused.

    Returns
    -------
    waves : DataArray, shape (time, lat, lon)
        ``wave_height_m`` in metres, NaN on land; ``time`` (UTC) and ``lat`` ascending, ``lon`` ascending from
        −180 or from the first edge of a grid that runs across 180. Nothing is read before it is asked for.

    Raises
    ------
    InvalidInputError
        If a file cannot be read, holds no or several such variables, is not in metres or not on longitudes
        and latitudes, lies ahead of its making (a forecast), or two files give the same time or other grids.
    MissingExtraError
        If a GRIB file is given and cfgrib is not installed.

    Notes
    -----
    Of final and preliminary ERA5 values (``expver`` 1 and 5) the final one is taken where there is one.
    Values below 0 or above 40 m become missing.

    Examples
    --------
    >>> day = xr.Dataset(
    ...     {"VHM0": (("time", "latitude", "longitude"), np.full((8, 2, 2), 1.5), {"units": "m"})},
    ...     coords={"time": np.arange("2031-01-01", "2031-01-02", 3, dtype="datetime64[h]").astype("M8[ns]"),
    ...             "latitude": [51.0, 50.8], "longitude": [1.0, 1.2]})
    >>> waves = read_waves(day, retrieved_on="2031-02-01")
    >>> waves.dims, waves.lat.values.tolist(), float(waves[0, 0, 0])
    (('time', 'lat', 'lon'), [50.8, 51.0], 1.5)
    """
    fetched = dt.datetime.now(dt.UTC).date() if retrieved_on is None else None
    fetched = fetched or check_date(retrieved_on, name="retrieved_on")
    single = isinstance(source, (str, Path, xr.Dataset)) or hasattr(source, "__fspath__")
    items: list[Any] = [source] if single else list(source)  # type: ignore[arg-type]
    if not items:
        raise InvalidInputError("Invalid wave files ''. Give at least one.")
    parts = [_part(item, variable) for item in items]
    lat, lon = _one_grid(parts)
    owner, step, time = _in_order(parts, fetched)
    stack = _Stack([part.values for part in parts], owner, step, (len(lat), len(lon)))
    cube = xr.DataArray(
        xr.Variable((terms.TIME, LAT, LON), indexing.LazilyIndexedArray(stack)),
        coords={terms.TIME: time, LAT: lat, LON: lon},
        name=WAVES,
        attrs={"units": "m", "long_name": "significant wave height", "source": parts[0].label},
    )
    cube = cube.isel({LAT: np.argsort(lat), LON: _longitude_order(lon)})
    cube = cube.assign_coords({LON: _unwound(cube[LON].to_numpy())})
    return cube if bounds is None else _within(cube, bounds)


@dataclass(frozen=True, eq=False)
class _Part:
    """One file: its values, unread, one variable for each ``expver`` beside another; its times and grid."""

    label: str
    values: list[xr.Variable]
    time: NDArray[np.datetime64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    rank: NDArray[np.intp]


class _Stack(BackendArray):  # type: ignore[misc, no-any-unimported, unused-ignore]
    """Files one after the other in time, each read only where it is looked at."""

    def __init__(
        self,
        parts: list[list[xr.Variable]],
        owner: NDArray[np.intp],
        step: NDArray[np.intp],
        grid: tuple[int, int],
    ) -> None:
        self.parts, self.owner, self.step = parts, owner, step
        self.shape = (len(owner), *grid)
        self.dtype = np.dtype(np.float64)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:  # noqa: ANN401 - an array, as xarray wants it
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.OUTER, self._read)

    def _read(self, key: tuple[Any, ...]) -> NDArray[np.float64]:
        """Read a block: a slice, a number or an array of positions in each dimension."""
        rows = np.atleast_1d(np.arange(self.shape[0])[key[0]])
        grid = tuple(np.atleast_1d(np.arange(n)[k]) for n, k in zip(self.shape[1:], key[1:], strict=True))
        block = np.empty((len(rows), *(len(axis) for axis in grid)))
        for number in np.unique(self.owner[rows]):
            mine = np.flatnonzero(self.owner[rows] == number)
            steps = _plain(self.step[rows[mine]])
            block[mine] = _merged(self.parts[number], (steps, *(_plain(axis) for axis in grid)))
        single = tuple(
            0 if np.ndim(np.arange(n)[k]) == 0 else slice(None) for n, k in zip(self.shape, key, strict=True)
        )
        return block[single]


def _plain(positions: NDArray[np.intp]) -> Any:  # noqa: ANN401 - a slice or an array
    """Write positions that follow one another as a slice, which files read faster."""
    if len(positions) and (np.diff(positions) == 1).all():
        return slice(int(positions[0]), int(positions[-1]) + 1)
    return positions


def _merged(variables: list[xr.Variable], key: tuple[Any, ...]) -> NDArray[np.float64]:
    """Read the first of some variables, its gaps filled from the next; what cannot be is missing."""
    found = np.asarray(variables[0][key].to_numpy(), dtype=float)
    for other in variables[1:]:
        found = np.where(np.isnan(found), np.asarray(other[key].to_numpy(), dtype=float), found)
    return np.where((found >= 0) & (found <= _HIGHEST_M), found, np.nan)


def _part(item: Any, variable: str | None) -> _Part:  # noqa: ANN401 - a path or a dataset
    """Open one file and check that it holds wave heights of the past on longitudes and latitudes."""
    label = "dataset" if isinstance(item, xr.Dataset) else str(item)
    data = item if isinstance(item, xr.Dataset) else _open(Path(item))
    field = data[_variable(data, variable, label)]
    if str(field.attrs.get("units", "")).strip().lower() not in _METRES:
        raise InvalidInputError(
            f"Invalid unit '{field.attrs.get('units', '')}' of '{field.name}' in {label}. Wave heights must "
            "be in metres."
        )
    _check_past(data, label)
    names = {role: _coordinate(field, role, label) for role in (terms.TIME, LAT, LON)}
    dims = [field[name].dims[0] for name in names.values() if field[name].ndim]
    time = np.atleast_1d(field[names[terms.TIME]].to_numpy())
    if not np.issubdtype(time.dtype, np.datetime64):
        raise InvalidInputError(
            f"Invalid time in {label}. It must be dates, with units the CF conventions know."
        )
    if not field[names[terms.TIME]].ndim:
        field, dims = field.expand_dims("_time"), ["_time", *dims]
    versions = [field]
    if "expver" in field.dims:
        order = np.argsort(_version(field["expver"].to_numpy(), label))
        versions = [field.isel(expver=int(at)) for at in order]
    extra = [dim for dim in versions[0].dims if dim not in dims]
    if any(versions[0].sizes[dim] > 1 for dim in extra) or len(dims) != 3:
        raise InvalidInputError(
            f"Invalid dimensions '{', '.join(map(str, field.dims))}' in {label}. Wave heights must be on "
            "time, latitude and longitude alone."
        )
    values = [one.isel(dict.fromkeys(extra, 0)).transpose(*dims).variable for one in versions]
    rank = np.zeros(len(time), dtype=int)
    if "expver" in field.coords and "expver" not in field.dims:
        rank = np.broadcast_to(_version(field["expver"].to_numpy(), label), time.shape)
    lat, lon = (field[names[role]].to_numpy().astype(float) for role in (LAT, LON))
    return _Part(label, values, time.astype("datetime64[ns]"), lat, lon, rank)


def _version(values: Any, label: str) -> NDArray[np.intp]:  # noqa: ANN401 - an array of any kind
    """Read ``expver``: 1 for final, 5 for preliminary values."""
    try:
        return np.asarray(values).astype(str).astype(float).astype(np.intp)
    except ValueError:
        raise InvalidInputError(
            f"Invalid expver in {label}. It must be a number, as ERA5 gives it."
        ) from None


def _open(path: Path) -> xr.Dataset:
    """Open a file without reading its values."""
    import pyproj  # noqa: F401 - ecCodes, which xarray loads, brings a PROJ of its own, and the first one stays

    options: dict[str, Any] = {"chunks": None, "decode_timedelta": False}
    if path.suffix.lower() in _GRIB:
        import_extra("cfgrib", extra="grib", purpose=f"reading GRIB files ({path.name})")
        options |= {"engine": "cfgrib", "backend_kwargs": {"indexpath": ""}}
    elif path.is_dir():
        options |= {"engine": "zarr", "backend_kwargs": {"consolidated": False}}
    try:
        return xr.open_dataset(path, **options)
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise InvalidInputError(
            f"Invalid wave file '{path}'. It cannot be read as NetCDF, Zarr or GRIB: {error}."
        ) from error


def _variable(data: xr.Dataset, variable: str | None, label: str) -> str:
    if variable is not None:
        return check_choice(variable, [str(name) for name in data.data_vars], name=f"variable of {label}")
    found = [name for name in _VARIABLES if name in data.data_vars]
    if len(found) != 1:
        held = ", ".join(sorted(map(str, data.data_vars))) or "none"
        raise InvalidInputError(
            f"Invalid wave file '{label}'. It must hold one of swh and VHM0, or variable must name another; "
            f"it holds: {held}."
        )
    return found[0]


def _coordinate(field: xr.DataArray, role: str, label: str) -> str:
    """Find the coordinate of a role; of several the one that runs along the field."""
    held = [name for name in _NAMES[role] if name in field.coords]
    running = [name for name in held if field[name].ndim == 1]
    if role != terms.TIME:
        held = running
    if not held:
        raise InvalidInputError(
            f"Invalid wave file '{label}'. It has no {role} as a coordinate of one dimension "
            f"({' or '.join(_NAMES[role])})."
        )
    return (running or held)[0]


def _check_past(data: xr.Dataset, label: str) -> None:
    """Refuse values that lie ahead of their making."""
    for name in _AHEAD:
        if name in data.variables and np.any(np.asarray(data[name].to_numpy(), dtype=float) != 0):
            raise InvalidInputError(
                f"Invalid wave file '{label}'. Its '{name}' shows a forecast; only analyses of the past are "
                "read."
            )


def _one_grid(parts: list[_Part]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first = parts[0]
    for part in parts[1:]:
        same = len(part.lat) == len(first.lat) and len(part.lon) == len(first.lon)
        if not (same and np.allclose(part.lat, first.lat) and np.allclose(part.lon, first.lon)):
            raise InvalidInputError(
                f"Invalid wave files '{first.label}' and '{part.label}'. They must be on one grid."
            )
    for name, values, most in ((LAT, first.lat, 90.0), (LON, first.lon, 360.0)):
        moves = np.diff(values)
        if len(values) < 2 or not ((moves > 0).all() or (moves < 0).all()) or np.abs(values).max() > most:
            raise InvalidInputError(
                f"Invalid {name} in {first.label}. It must rise or fall, in degrees, over at least two cells."
            )
    return first.lat, first.lon


def _in_order(
    parts: list[_Part], fetched: dt.date
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.datetime64]]:
    """Return file, position in it and time of each step, by time; of two versions the final one."""
    time = np.concatenate([part.time for part in parts])
    owner = np.concatenate([np.full(len(part.time), at) for at, part in enumerate(parts)])
    step = np.concatenate([np.arange(len(part.time)) for part in parts])
    rank = np.concatenate([part.rank for part in parts])
    if not len(time) or np.isnat(time).any():
        raise InvalidInputError(
            f"Invalid time in {parts[0].label}. There must be at least one, none missing."
        )
    order = np.lexsort((rank, time))
    same = np.r_[False, time[order][1:] == time[order][:-1]]
    clash = same & np.r_[False, rank[order][1:] == rank[order][:-1]]
    if clash.any():
        at = order[int(clash.argmax())]
        raise InvalidInputError(
            f"Invalid wave files: {time[at].astype('datetime64[m]')} stands twice, the second time in "
            f"{parts[owner[at]].label}. Give each time once."
        )
    order = order[~same]
    last = time[order[-1]].astype("datetime64[D]").astype(dt.date)
    if last > fetched:
        raise InvalidInputError(
            f"Invalid wave files up to {last}. They were retrieved on {fetched}: what lies after it is a "
            "forecast, and only analyses of the past are read."
        )
    return owner[order], step[order], time[order]


def _longitude_order(lon: NDArray[np.float64]) -> NDArray[np.intp]:
    """Order longitudes from west to east; a grid that runs on past 180 is cut at its widest gap."""
    turned = (lon + 180.0) % 360.0 - 180.0
    order = np.argsort(turned, kind="stable")
    values = turned[order]
    gaps = np.diff(np.r_[values, values[0] + 360.0])
    if gaps.max() > 1.5 * np.median(gaps) and gaps.argmax() != len(gaps) - 1:
        order = np.roll(order, -(int(gaps.argmax()) + 1))
    return order


def _unwound(lon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Write ordered longitudes so that they rise, from −180 on."""
    turned = np.round((lon + 180.0) % 360.0 - 180.0, 9)
    found: NDArray[np.float64] = turned + 360.0 * np.r_[0, np.cumsum(np.diff(turned) < 0)]
    return found


def _within(cube: xr.DataArray, bounds: tuple[float, float, float, float]) -> xr.DataArray:
    from geo.coast import check_bounds

    west, south, east, north = check_bounds(bounds)
    lat, lon = cube[LAT].to_numpy(), cube[LON].to_numpy()
    rows = np.flatnonzero((lat >= south) & (lat <= north))
    columns = np.flatnonzero(((lon >= west) & (lon <= east)) | ((lon - 360 >= west) & (lon - 360 <= east)))
    if not (len(rows) and len(columns)):
        raise InvalidInputError(
            f"Invalid bounds '{bounds}'. No cell lies within; the grid runs from {lon[0]:g}, {lat[0]:g} to "
            f"{lon[-1]:g}, {lat[-1]:g}."
        )
    return cube.isel({LAT: rows, LON: columns})
