"""Many lines of anybody's: one packed block, drawn on one canvas where there are too many for elements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import folium
import numpy as np
import pandas as pd
import shapely

from geo.errors import InvalidInputError
from layers.captions import figure_html
from layers.features import LINE_DECIMALS
from layers.literal import DataBlock
from layers.packing import pack_numbers
from layers.page import OfflineFigure
from layers.palette import BLUE, WIDTH_FULL, WIDTH_MARKS, WIDTH_MAX_PX, WIDTH_MIN_PX, line_width
from layers.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

CANVAS_FEATURES: Final = 5_000
CANVAS_VERTICES: Final = 50_000
"""With as many lines or vertices, they are drawn on a canvas; with fewer each is an element of its own."""
_ZERO, _MISSING = 1, 0


def add_lines(
    sheet: folium.Map,
    frame: GeoDataFrame,
    *,
    name: str = "Lines",
    columns: Sequence[str] | None = None,
    title: str | None = None,
    value: str | None = None,
    colour: str = BLUE,
    decimals: int = LINE_DECIMALS,
) -> folium.FeatureGroup:
    """Add a table of lines to a map: packed, so that tens of thousands stay small and quick.

    Parameters
    ----------
    sheet : folium.Map
        Of :func:`layers.build_map` or :class:`layers.sheet.RouteMap`.
    frame : GeoDataFrame
        Line strings, single or multiple, with a known CRS; rows without a shape are left out.
    name : str
        Name of the layer, plain text.
    columns : sequence of str, optional
        Columns a popup tells, as text; by default all but the geometry, at most eight.
    title : str, optional
        Column with the title of a popup.
    value : str, optional
        Column with figures of 0 or more: widths by :func:`layers.palette.line_width`, the same on every map.
        A missing figure is dashed, a zero faint. By default all lines are 2 pixels wide.
    colour : str
        ``#rrggbb``.
    decimals : int
        Decimals of a degree that are kept, 4 by default: about 11 m.

    Returns
    -------
    group : folium.FeatureGroup
        The layer; the layer control has a box for it.

    Raises
    ------
    InvalidInputError
        If the map is not of this package, a column is not there, a shape is no line or has no CRS, the colour
        is none, or a figure is negative.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> from layers.sheet import RouteMap
    >>> frame = gpd.GeoDataFrame({"name": ["A"]}, geometry=[LineString([(0, 0), (1, 1)])], crs="EPSG:4326")
    >>> type(add_lines(RouteMap("Lines"), frame, title="name")).__name__
    'FeatureGroup'
    """
    figure: Any = sheet.get_root()
    if not isinstance(figure, OfflineFigure):
        raise InvalidInputError(
            f"Invalid map '{type(sheet).__name__}'. Lines are added to a map of layers.build_map."
        )
    wanted = _columns(frame, columns, title, value)
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise InvalidInputError(f"Invalid colour '{colour}'. Write it as #rrggbb.")
    data = _geometry(frame, decimals)
    kept = data.pop("kept")
    rows = pd.DataFrame(frame.drop(columns=frame.geometry.name)).iloc[kept]
    data |= {
        "name": name,
        "colour": colour,
        "columns": [{"name": str(column), **_texts(rows[column])} for column in wanted],
        "title": None if title is None else _texts(rows[title]),
        "legend": [],
    }
    if value is not None:
        data["widths"] = pack_numbers(_widths(rows[value], value))
        data["legend"] = [{"label": f"{mark:,}", "w": line_width(mark)} for mark in WIDTH_MARKS]
    if not figure.opening:
        figure.opening, figure.closing = figure_html([])
    group = folium.FeatureGroup(name="Lines of routeways")
    group.add_to(sheet)
    sheet.add_child(DataBlock(data, "lines", [sheet, group]))
    return group


def _columns(
    frame: GeoDataFrame, columns: Sequence[str] | None, title: str | None, value: str | None
) -> list[str]:
    """Return the columns a popup tells; raise for those that are not there."""
    held = [column for column in frame.columns if column != frame.geometry.name]
    wanted = held[:8] if columns is None else list(columns)
    for column in [*wanted, *(one for one in (title, value) if one is not None)]:
        if column not in held:
            raise InvalidInputError(f"Invalid column '{column}'. The table of lines has no such column.")
    return [column for column in wanted if column != title]


def _geometry(frame: GeoDataFrame, decimals: int) -> dict[str, Any]:
    """Return all vertices as one chain of differences, with the sizes of parts and of rows."""
    if frame.crs is None:
        raise InvalidInputError("Invalid lines. The table has no CRS: set it, so that degrees are known.")
    shapes = frame.geometry.to_crs(4326).to_numpy()
    kept = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    parts, owner = shapely.get_parts(shapes[kept], return_index=True)
    kinds = set(np.unique(shapely.get_type_id(parts)).tolist())
    if kinds - {1, 2}:
        raise InvalidInputError("Invalid lines. Every shape must be a line, single or multiple.")
    points, at = shapely.get_coordinates(parts, return_index=True)
    if not np.isfinite(points).all():
        raise InvalidInputError("Invalid line. Every coordinate must be a finite number.")
    whole = np.round(np.column_stack([_unwrapped(points[:, 0], at), points[:, 1]]) * 10**decimals)
    chain = np.diff(whole.astype(np.int64), axis=0, prepend=0)
    per_row = np.bincount(owner, minlength=len(kept))
    many = len(kept) >= CANVAS_FEATURES or len(points) >= CANVAS_VERTICES
    west, south, east, north = (
        (*whole.min(axis=0), *whole.max(axis=0)) if len(whole) else (-1_800_000, -600_000, 1_800_000, 750_000)
    )
    return {
        "kept": kept,
        "line": pack_numbers(chain),
        "sizes": pack_numbers(np.bincount(at, minlength=len(parts))),
        "parts": pack_numbers(per_row) if (per_row != 1).any() else "",
        "count": len(kept),
        "vertices": len(points),
        "scale": 10**decimals,
        "canvas": many,
        "bounds": [float(edge) / 10**decimals for edge in (west, south, east, north)],
    }


def _unwrapped(longitudes: NDArray[np.float64], part: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return longitudes that go on beyond 180 where a line crosses the antimeridian."""
    turns = -np.round(np.diff(longitudes, prepend=longitudes[:1]) / 360.0)
    starts = np.flatnonzero(np.diff(part, prepend=-1))
    turns[starts] = 0.0
    if not turns.any():
        return longitudes
    summed = np.cumsum(turns)
    begun = summed[starts[np.searchsorted(starts, np.arange(len(part)), side="right") - 1]]
    unwrapped: NDArray[np.float64] = longitudes + 360.0 * (summed - begun)
    return unwrapped


def _texts(column: pd.Series[Any]) -> dict[str, Any]:
    """Return a column as text: each distinct one once, and which one each row has."""
    if column.dtype.kind in "iu":
        return {"numbers": pack_numbers(column.to_numpy())}
    codes, distinct = pd.factorize(column.map(text_of) if column.dtype.kind not in "OTU" else column)
    texts = [text_of(one) for one in distinct]
    return {"texts": texts, "at": pack_numbers(codes.astype(np.int64))}


def _widths(column: pd.Series[Any], name: str) -> NDArray[np.int64]:
    """Return widths in tenths of a pixel: 0 for a missing figure, 1 for a zero."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    if (numbers < 0).any():
        raise InvalidInputError(
            f"Invalid figure '{numbers[numbers < 0][0]:g}' in column '{name}'. "
            "Widths need figures of 0 or more."
        )
    wide = WIDTH_MAX_PX * np.sqrt(np.minimum(np.nan_to_num(numbers), WIDTH_FULL) / WIDTH_FULL)
    tenths = np.round(np.maximum(WIDTH_MIN_PX, wide) * 10).astype(np.int64)
    return np.where(np.isnan(numbers), _MISSING, np.where(numbers == 0, _ZERO, tenths))
