"""The ground of a picture: degrees to points on paper, and coast, borders and names of countries below."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from layers import palette
from layers.features import KOSOVO_CODES, decode_line
from layers.texts import text_of
from layers.vendor import asset_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

FULL_TURN: Final = 360.0
WIDE_DEG: Final = 90.0
"""Views that are wider are drawn in a plain grid of degrees."""
FINE_PT: Final = 0.25
"""How far a line on paper may lie from its source, in points."""
_MARGIN_PT: Final = 12.0
_COUNTRY_SIDE_PT: Final = 9.0
"""Countries into which no circle of this radius fits get no name."""


class View:
    """From degrees to points of a frame, by an equal-area projection about its middle.

    Parameters
    ----------
    bounds : (west, south, east, north) in degrees
        What has to be seen; east may exceed 180.
    size : (width, height)
        Of the frame, in points.
    pad : float
        Free room around the bounds, in points.

    Notes
    -----
    Lambert's azimuthal equal-area projection about the middle of the bounds; views wider than 90° are drawn
    as equidistant cylindrical. Azimuthal views have no seam at the antimeridian.

    Examples
    --------
    >>> view = View((0.0, 50.0, 2.0, 51.0), (200.0, 150.0))
    >>> [round(float(number)) for number in view.points(np.array([[1.0, 50.5]]))[0]]
    [100, 75]
    """

    def __init__(
        self, bounds: tuple[float, float, float, float], size: tuple[float, float], *, pad: float = 16.0
    ) -> None:
        from pyproj import CRS, Transformer

        west, south, east, north = bounds
        self.size = size
        self._middle = (west + east) / 2
        middle = (south + north) / 2
        wide = max(east - west, north - south) > WIDE_DEG
        kind = f"+proj=eqc +lat_ts={middle:.6f}" if wide else f"+proj=laea +lat_0={middle:.6f}"
        crs = CRS.from_proj4(f"{kind} +lon_0={_turned(self._middle):.6f} +R=6371008.8 +units=m")
        self._transformer = Transformer.from_crs(
            CRS.from_proj4("+proj=longlat +R=6371008.8"), crs, always_xy=True
        )
        edge = shapely.get_coordinates(shapely.segmentize(shapely.box(*bounds), 0.5))
        x, y = self._project(edge)
        room = (size[0] - 2 * pad, size[1] - 2 * pad)
        self._scale = min(room[0] / float(np.ptp(x)), room[1] / float(np.ptp(y)))
        self._at = (float(x.min() + x.max()) / 2, float(y.min() + y.max()) / 2)

    def _project(self, degrees: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        x, y = self._transformer.transform(degrees[:, 0], degrees[:, 1])
        return np.asarray(x), np.asarray(y)

    def points(self, degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return (lon, lat) rows as points of the frame, from its lower left corner."""
        x, y = self._project(np.asarray(degrees, dtype=float))
        return np.column_stack(
            [
                (x - self._at[0]) * self._scale + self.size[0] / 2,
                (y - self._at[1]) * self._scale + self.size[1] / 2,
            ]
        )

    def shape(self, geometry: Any, *, fine: float = FINE_PT) -> Any:  # noqa: ANN401 - shapely
        """Return a geometry in points, cut at the frame and simplified to what paper shows."""
        placed = shapely.transform(geometry, self.points)
        width, height = self.size
        if not np.isfinite(shapely.bounds(placed)).all():
            return shapely.GeometryCollection()
        placed = shapely.simplify(placed, fine)
        if not placed.is_valid:
            placed = shapely.make_valid(placed)
        return shapely.clip_by_rect(placed, -_MARGIN_PT, -_MARGIN_PT, width + _MARGIN_PT, height + _MARGIN_PT)

    @property
    def km_per_pt(self) -> float:
        """Kilometres that a point of the frame stands for, in its middle."""
        return 0.001 / self._scale

    def seen(self) -> tuple[float, float, float, float]:
        """Return west, south, east and north of all that the frame shows, within a degree."""
        width, height = self.size
        grid = np.array([(x, y) for x in np.linspace(0, width, 21) for y in np.linspace(0, height, 21)])
        lon, lat = self._transformer.transform(
            (grid[:, 0] - width / 2) / self._scale + self._at[0],
            (grid[:, 1] - height / 2) / self._scale + self._at[1],
            direction="INVERSE",
        )
        lon, lat = np.asarray(lon), np.asarray(lat)
        known = np.isfinite(lon) & np.isfinite(lat)
        if not known.all():
            return (-180.0, -90.0, 180.0, 90.0)
        lon = self._middle + (lon - self._middle + FULL_TURN / 2) % FULL_TURN - FULL_TURN / 2
        return (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))


def _turned(longitude: float) -> float:
    return (longitude + FULL_TURN / 2) % FULL_TURN - FULL_TURN / 2


@dataclass(frozen=True, slots=True)
class Ground:
    """Coast, borders and countries in points of a frame.

    Attributes
    ----------
    backdrop, sea, land, coast, borders : shapely geometries
        ``backdrop`` is coarse land where no coast is embedded.
    names : tuple of (name, (x, y), side)
        Countries, the larger first; ``side`` is the radius of the widest circle inside.
    kosovo : bool
        Whether it is in view.
    detailed : bool
        Whether all of the view has an embedded coast.
    """

    backdrop: Any
    sea: Any
    land: Any
    coast: Any
    borders: Any
    names: tuple[tuple[str, tuple[float, float], float], ...]
    kosovo: bool
    detailed: bool


def read_ground(view: View) -> Ground:
    """Return the ground of a view from the embedded coast.

    Examples
    --------
    >>> ground = read_ground(View((0.3, 50.0, 2.5, 51.3), (300.0, 220.0)))
    >>> ground.detailed, ground.kosovo, [name for name, at, side in ground.names]
    (True, False, ['France', 'United Kingdom', 'Belgium'])
    """
    from geo.coast import coverage, read_borders, read_coast, read_countries

    seen = view.seen()
    frame = shapely.box(0, 0, *view.size)
    boxes = [
        shapely.box(*shape.bounds) for shape in coverage().geometry if shape.intersects(shapely.box(*seen))
    ]
    backdrop = view.shape(shapely.MultiPolygon(list(_backdrop(seen))), fine=0.4)
    empty = shapely.GeometryCollection()
    if not boxes:
        return Ground(backdrop, empty, empty, empty, empty, (), kosovo=False, detailed=False)
    west, south, east, north = shapely.union_all(boxes).intersection(shapely.box(*seen).buffer(2)).bounds
    hull = (max(-180.0, west), max(-90.0, south), min(180.0, east), min(90.0, north))
    sea = view.shape(shapely.segmentize(shapely.union_all(boxes), 0.25))
    countries = read_countries(hull)
    shapes = {
        str(code): view.shape(shapely.segmentize(shape, 0.25)) for code, shape in countries.geometry.items()
    }
    names = dict(zip(countries.index, countries["name"], strict=True))
    named = []
    for code, shape in shapes.items():
        name = text_of(names[code]) + "*" * (code in KOSOVO_CODES)
        found = _widest(shape.intersection(frame))
        if found is not None and found[1] >= _COUNTRY_SIDE_PT:
            named.append((name, *found))
    return Ground(
        backdrop=backdrop,
        sea=sea,
        land=shapely.MultiPolygon([part for shape in shapes.values() for part in polygons(shape)]),
        coast=view.shape(read_coast(hull).geometry.union_all()),
        borders=view.shape(read_borders(hull).geometry.union_all()),
        names=tuple(sorted(named, key=lambda one: -one[2])),
        kosovo=any(code in KOSOVO_CODES and shape.intersects(frame) for code, shape in shapes.items()),
        detailed=bool(sea.buffer(0.5).covers(frame)),
    )


def _widest(shape: Any) -> tuple[tuple[float, float], float] | None:  # noqa: ANN401 - shapely
    """Return the middle and the radius of the widest circle inside a shape."""
    parts = polygons(shape)
    if not parts:
        return None
    largest = max(parts, key=lambda part: part.area)
    radius = shapely.maximum_inscribed_circle(largest, tolerance=0.5)
    (x, y), _ = shapely.get_coordinates(radius)[:2]
    return (float(x), float(y)), float(shapely.length(radius))


def polygons(shape: Any) -> list[Any]:  # noqa: ANN401 - shapely
    """Return the polygons of any geometry."""
    parts = shapely.get_parts(shapely.get_parts(np.atleast_1d(shape)))
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]


def _backdrop(seen: tuple[float, float, float, float]) -> Iterable[Any]:
    """Yield coarse land within some degrees of a view, on the side of the antimeridian where it is seen."""
    reach = shapely.box(seen[0] - 4, seen[1] - 4, seen[2] + 4, seen[3] + 4)
    for part in json.loads(asset_text("backdrop.json"))["land"]:
        rings = [decode_line(ring, decimals=2) for ring in part]
        whole = shapely.Polygon(rings[0], rings[1:])
        for turn in (0, FULL_TURN, -FULL_TURN):
            moved = shapely.transform(whole, lambda pairs, by=turn: pairs + np.array([by, 0.0]))
            if moved.intersects(reach):
                cut = (moved if moved.is_valid else moved.buffer(0)).intersection(reach)
                yield from polygons(shapely.segmentize(cut, 1.0))


def draw_ground(axes: Axes, ground: Ground) -> None:
    """Draw land, coast and borders on axes whose units are points."""
    axes.set_facecolor(palette.SEA)
    fill(axes, ground.backdrop, colour=palette.LAND, zorder=1)
    fill(axes, ground.sea, colour=palette.SEA, zorder=1.1)
    fill(axes, ground.land, colour=palette.LAND, zorder=1.2, edge=0.3)
    stroke(axes, ground.coast, colour=palette.COAST, width=0.5, zorder=1.4)
    stroke(axes, ground.borders, colour=palette.LAND, width=1.6, zorder=1.5)
    stroke(axes, ground.borders, colour=palette.BORDER, width=0.7, zorder=1.6, dashes=(4, 2))


def fill(
    axes: Axes,
    shape: Any,  # noqa: ANN401 - shapely
    *,
    colour: str,
    zorder: float,
    opacity: float = 1.0,
    edge: float = 0.0,
) -> None:
    """Fill polygons; ``edge`` points over their outlines, where no seam may show."""
    from matplotlib.patches import PathPatch

    path = _path([ring for part in polygons(shape) for ring in _rings(part)], closed=True)
    if path is not None:
        axes.add_patch(
            PathPatch(path, facecolor=colour, edgecolor=colour if edge else "none", linewidth=2 * edge,
                      alpha=opacity, zorder=zorder, joinstyle="round")
        )  # fmt: skip


def _rings(polygon: Any) -> list[Any]:  # noqa: ANN401 - shapely
    turned = shapely.orient_polygons(polygon)
    return [turned.exterior, *turned.interiors]


def stroke(
    axes: Axes,
    shape: Any,  # noqa: ANN401 - shapely
    *,
    colour: str,
    width: float,
    zorder: float,
    dashes: tuple[float, ...] = (),
    opacity: float = 1.0,
) -> None:
    """Draw lines; dashes are given in points."""
    from matplotlib.patches import PathPatch

    parts = shapely.get_parts(shapely.get_parts(np.atleast_1d(shape)))
    lines = [part for part in parts if part.geom_type in ("LineString", "LinearRing") and not part.is_empty]
    path = _path(lines, closed=False)
    if path is not None:
        style: Any = (0, tuple(dash / width for dash in dashes)) if dashes else "solid"
        axes.add_patch(
            PathPatch(path, facecolor="none", edgecolor=colour, linewidth=width, linestyle=style,
                      alpha=opacity, zorder=zorder, joinstyle="round", capstyle="butt")
        )  # fmt: skip


def _path(lines: list[Any], *, closed: bool) -> Any:  # noqa: ANN401 - matplotlib.path.Path
    from matplotlib.path import Path

    made = [Path(shapely.get_coordinates(line), closed=closed) for line in lines]
    return Path.make_compound_path(*made) if made else None


def scale_length(km_per_pt: float, most_pt: float) -> float:
    """Return the longest round length, in kilometres, that fits into so many points.

    Examples
    --------
    >>> scale_length(0.5, 90)
    20.0
    """
    most = km_per_pt * most_pt
    tens = 10.0 ** math.floor(math.log10(most))
    return next(step * tens for step in (5.0, 2.0, 1.0) if step * tens <= most)
