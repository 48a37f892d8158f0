"""What is sea: land that may not be touched, and the legs that keep clear of it."""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod, Proj

if TYPE_CHECKING:
    from numpy.typing import NDArray

Place = tuple[float, float]
"""Longitude and latitude in degrees, rounded to :data:`DECIMALS`."""

GEOD = Geod(ellps="WGS84")
DECIMALS = 5
"""Coordinates of the results (about 1 m); what is checked is what is written."""

STEP_M = 10_000.0
"""Legs carry a vertex at least this often: the line drawn in degrees stays within 3 m of the geodesic."""

SNAP_KM = 7.0
"""How far an end may lie inside land."""


def to_place(lon: float, lat: float) -> Place:
    """Round a position."""
    return round(float(lon), DECIMALS), round(float(lat), DECIMALS)


def distance_m(a: Place, b: Place) -> float:
    """Geodesic distance in metres."""
    return float(GEOD.inv(*a, *b)[2])


def between(a: Place, b: Place, share: float) -> Place:
    """Place on the geodesic from a to b, at a share of its length."""
    azimuth, _, whole_m = GEOD.inv(*a, *b)
    lon, lat, _ = GEOD.fwd(*a, azimuth, share * whole_m)
    return to_place(lon, lat)


def walk(a: Place, b: Place) -> NDArray[np.float64]:
    """Points (n, 2) on the geodesic from a to b, both included, at most 10 km apart."""
    inner = math.ceil(distance_m(a, b) / STEP_M) - 1
    return np.array([a, *(GEOD.npts(*a, *b, inner) if inner > 0 else ()), b]).round(DECIMALS)


def walk_all(stops: list[Place]) -> NDArray[np.float64]:
    """Points (n, 2) on the geodesics from stop to stop."""
    legs = [walk(a, b)[1:] for a, b in itertools.pairwise(stops)]
    return np.vstack([np.array(stops[:1]), *legs])


def length_m(stops: list[Place]) -> float:
    """Geodesic length from stop to stop in metres."""
    return sum(distance_m(a, b) for a, b in itertools.pairwise(stops))


@dataclass(frozen=True)
class Water:
    """Land, and the region within which it is known.

    Attributes
    ----------
    land : shapely geometry
        Polygons in degrees.
    region : shapely.Polygon, optional
        Where land and sea are known; None where they are known everywhere.
    cell_m : float
        Size of the cells that suit the detail of the land.
    """

    land: shapely.Geometry
    region: shapely.Polygon | None
    cell_m: float

    def __post_init__(self) -> None:
        shapely.prepare(self.land)
        if self.region is not None:
            shapely.prepare(self.region)

    def is_sea(self, place: Place) -> bool:
        """Tell whether a place is off the land, shore included."""
        point = shapely.Point(place)
        known = self.region is None or bool(shapely.covers(self.region, point))
        return known and not shapely.intersects(self.land, point)

    def holds(self, line: shapely.LineString) -> bool:
        """Tell whether a line lies wholly in the sea."""
        known = self.region is None or bool(shapely.covers(self.region, line))
        return known and not shapely.intersects(self.land, line)

    def clear(self, a: Place, b: Place) -> bool:
        """Tell whether the geodesic from a to b, as it will be drawn, lies wholly in the sea."""
        return a == b or self.holds(shapely.linestrings(walk(a, b)))

    def is_inland(self, place: Place) -> bool:
        """Tell whether there is nothing but land within :data:`SNAP_KM`."""
        turns = np.arange(0.0, 360.0, 5.0)
        count = len(turns)
        lons, lats, _ = GEOD.fwd(
            np.full(count, place[0]), np.full(count, place[1]), turns, np.full(count, SNAP_KM * 1e3)
        )
        return bool(shapely.covers(self.land, shapely.Polygon(np.column_stack([lons, lats]))))

    def first_contact(self, sea: Place, inland: Place, *, off_m: float = 100.0) -> Place:
        """Last place at sea on the way from ``sea`` straight to ``inland``, ``off_m`` short of the shore."""
        way = shapely.LineString([sea, inland])
        hit = shapely.distance(shapely.Point(sea), shapely.intersection(self.land, way))
        share = hit / way.length - off_m / max(distance_m(sea, inland), off_m)
        if not share > 0:
            return sea
        return to_place(*(sea[axis] + share * (inland[axis] - sea[axis]) for axis in (0, 1)))

    @functools.cached_property
    def bounds(self) -> tuple[float, float, float, float]:
        """Box beyond which there is nothing to go round."""
        shape = self.land if self.region is None else self.region
        return tuple(shapely.bounds(shape).tolist())


@dataclass(frozen=True)
class Flat:
    """Lambert azimuthal equal-area plane around a place, in metres, turned by an angle against north."""

    lon: float
    lat: float
    turn_deg: float = 0.0

    @functools.cached_property
    def _proj(self) -> Proj:
        return Proj(proj="laea", lon_0=self.lon, lat_0=self.lat, ellps="WGS84")

    @functools.cached_property
    def _turn(self) -> NDArray[np.float64]:
        turn = math.radians(self.turn_deg)
        return np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])

    def to_xy(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Project an array (n, 2) of degrees to metres."""
        xy: NDArray[np.float64] = np.column_stack(self._proj(places[:, 0], places[:, 1])) @ self._turn
        return xy

    def to_places(self, xy: NDArray[np.float64]) -> list[Place]:
        """Round the places of an array (n, 2) of metres."""
        east, north = (xy @ self._turn.T).T
        lons, lats = self._proj(east, north, inverse=True)
        return [to_place(lon, lat) for lon, lat in zip(lons, lats, strict=True)]
