"""Small things on the WGS 84 ellipsoid: lengths, points along a line, longitudes that do not jump."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pyproj import Geod

    _Points = NDArray[np.float64] | Sequence[Sequence[float]]


@functools.cache
def wgs84() -> Geod:
    """Return the ellipsoid on which every distance and area is measured.

    Examples
    --------
    >>> round(wgs84().inv(1.85, 50.9667, 1.3333, 51.1167)[2] / 1000)
    40
    """
    from pyproj import Geod

    return Geod(ellps="WGS84")


def line_length_km(points: _Points) -> float:
    """Return the geodesic length of a line in km.

    Parameters
    ----------
    points : array of shape (n, 2)
        Longitudes and latitudes in degrees.

    Examples
    --------
    >>> round(line_length_km([(0, 0), (1, 0), (1, 1)]), 1)
    221.9
    """
    return float(edge_lengths_km(points).sum())


def edge_lengths_km(points: _Points) -> NDArray[np.float64]:
    """Return the geodesic length in km of each edge of a line.

    Parameters
    ----------
    points : array of shape (n, 2)
        Longitudes and latitudes in degrees.

    Returns
    -------
    lengths : array of shape (n - 1,)

    Examples
    --------
    >>> edge_lengths_km([(0, 0), (1, 0), (1, 1)]).round(1).tolist()
    [111.3, 110.6]
    """
    array = np.asarray(points, dtype=float)
    if len(array) < 2:
        return np.zeros(0)
    lon, lat = array[:, 0].copy(), array[:, 1].copy()
    if len(array) == 2:  # arrays of one element are taken for numbers by pyproj, which numpy warns of
        return np.array([wgs84().inv(float(lon[0]), float(lat[0]), float(lon[1]), float(lat[1]))[2]]) / 1000
    return np.asarray(wgs84().inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]) / 1000


def unroll(points: _Points) -> NDArray[np.float64]:
    """Shift longitudes by whole turns so that no edge is longer than half a turn.

    A line over the antimeridian runs on past ±180° instead of jumping to the other side of the world.

    Parameters
    ----------
    points : array of shape (n, 2)
        Longitudes and latitudes in degrees.

    Returns
    -------
    points : array of shape (n, 2)
        The first point as it was.

    Examples
    --------
    >>> unroll([(179.0, 10.0), (-179.0, 11.0)]).tolist()
    [[179.0, 10.0], [181.0, 11.0]]
    """
    array = np.array(points, dtype=float)
    turns = np.rint(np.diff(array[:, 0]) / 360)
    array[1:, 0] -= 360 * np.cumsum(turns)
    return array


def densify(points: _Points, step_km: float) -> NDArray[np.float64]:
    """Add points along the geodesics between the points of a line, at most `step_km` apart.

    Parameters
    ----------
    points : array of shape (n, 2)
        Longitudes and latitudes in degrees.
    step_km : float
        Longest edge of the result, in km.

    Returns
    -------
    points : array of shape (m, 2), m ≥ n
        All the points given and those between them, longitudes without jumps (:func:`unroll`).

    Examples
    --------
    >>> densify([(0, 0), (3, 0)], 120).round(2).tolist()
    [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0], [3.0, 0.0]]
    """
    array = np.asarray(points, dtype=float)
    pieces = [array[:1]]
    for start, end, length_km in zip(array[:-1], array[1:], edge_lengths_km(array), strict=True):
        count = int(np.ceil(length_km / step_km - 1e-9)) - 1
        if count > 0:
            pieces.append(np.asarray(wgs84().npts(start[0], start[1], end[0], end[1], count)))
        pieces.append(end[np.newaxis])
    return unroll(np.concatenate(pieces))
