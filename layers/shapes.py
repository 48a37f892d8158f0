"""Any table of shapes as plain features: a user's own lines, areas and points, in classes of one column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from geo.display import number_text, value_text
from geo.errors import InvalidInputError
from layers.features import encode_line, encode_shape
from layers.palette import BLUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

STEPS: Final = ("#c06c00", "#a8505a", "#7d4a86", "#4c4291", "#1f2a6b")
"""Classes of numbers, from little to much: each darker than the one before, 3:1 and more against land."""
KINDS: Final = ("#0072B2", "#D55E00", "#1b7f5c", "#8c4a9e", "#7a5c00", "#b0306a", "#3b4a54")
"""Classes of words, the most frequent first; the rest shares one colour."""
NO_VALUE: Final = "#737d85"
_OTHER: Final = "#55606a"
MOST_FACTS: Final = 24
_FORMS: Final = {"Point": "point", "LineString": "line", "LinearRing": "line", "Polygon": "area"}
_NAMES: Final = ("title", "name", "label", "id")


def to_degrees(frame: GeoDataFrame) -> GeoDataFrame:
    """Return shapes in WGS 84, whatever they came in.

    Raises
    ------
    InvalidInputError
        If the frame does not say what its coordinates are, or if they become no numbers.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> frame = gpd.GeoDataFrame(geometry=[Point(111_319.49, 0)], crs="EPSG:3857")
    >>> round(to_degrees(frame).geometry.iloc[0].x, 3)
    1.0
    """
    if frame.crs is None:
        raise InvalidInputError(
            "Invalid shapes. They do not say what their coordinates are: set the CRS they were made in, "
            "such as frame.set_crs('EPSG:4326') for longitude and latitude."
        )
    turned = frame.to_crs("EPSG:4326")
    bounds = turned.geometry.bounds.to_numpy()
    if not np.isfinite(bounds[has_shape(turned)]).all():
        raise InvalidInputError(
            f"Invalid shapes. Some coordinates lie outside what the CRS {frame.crs.to_string()} covers: "
            "check that it is the one they were made in."
        )
    return turned


def has_shape(frame: GeoDataFrame) -> NDArray[np.bool_]:
    """Return whether each row has a shape that is not empty.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> has_shape(gpd.GeoDataFrame(geometry=[Point(1, 2), Point(), None])).tolist()
    [True, False, False]
    """
    shapes = frame.geometry.to_numpy()
    there: NDArray[np.bool_] = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return there


def shape_features(
    frame: GeoDataFrame, *, column: str | None = None, tooltip: bool | str | Sequence[str] = True
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return one feature per row that has a shape, and the classes they are drawn in.

    Parameters
    ----------
    frame : GeoDataFrame
        In WGS 84; points, lines, areas, also several of a kind in one row.
    column : str, optional
        Numbers fall into up to five classes of about equal size, words into one class each.
    tooltip : bool, str or sequence of str
        Columns told beside the pointer; True for the row's name and ``column``.

    Returns
    -------
    features : list of dict
        ``as`` (point, line, area), ``shape``, ``colour``, ``title``, ``tip``, ``aria`` and ``facts``.
    classes : list of dict
        ``label``, ``colour`` and the number ``n`` of rows.

    Raises
    ------
    InvalidInputError
        If a column is not there.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import Point
    >>> frame = gpd.GeoDataFrame({"name": ["A"], "n": [3]}, geometry=[Point(1, 2)], crs="EPSG:4326")
    >>> features, classes = shape_features(frame, column="n")
    >>> features[0]["tip"], classes[0]["label"]
    ('A; n: 3', '3')
    """
    told = [tooltip] if isinstance(tooltip, str) else [] if isinstance(tooltip, bool) else list(tooltip)
    for name in [*([column] if column is not None else []), *told]:
        if name not in frame.columns:
            there = ", ".join(str(one) for one in frame.columns if one != frame.geometry.name)
            raise InvalidInputError(f"Invalid column '{name}'. The table has: {there or 'none'}.")
    rows = frame[has_shape(frame)]
    places, classes = _classes(rows[column]) if column is not None else (None, [])
    names = [name for name in rows.columns if name != rows.geometry.name]
    cells = {str(name): [value_text(value) for value in rows[name]] for name in names}
    titles = _titles(rows, cells)
    if tooltip is True:
        told = [column] if column is not None else []
    features = []
    for at, shape in enumerate(rows.geometry):
        facts = [[name.replace("_", " "), values[at]] for name, values in cells.items() if values[at]]
        beside = [f"{str(name).replace('_', ' ')}: {cells[str(name)][at] or 'no value'}" for name in told]
        tip = "; ".join([*([titles[at]] if tooltip is True else []), *beside])
        colour = BLUE if places is None else classes[places[at]]["colour"]
        said = "; ".join([titles[at], *(beside if tooltip is True else [])])
        features += [
            {
                "as": form, "shape": parts, "colour": colour, "title": titles[at], "tip": tip, "aria": said,
                "facts": facts[:MOST_FACTS],
            }
            for form, parts in _parts(shape)
        ]  # fmt: skip
    return features, classes


def _titles(rows: GeoDataFrame, cells: dict[str, list[str]]) -> list[str]:
    named = next((cells[name] for name in _NAMES if name in cells), [""] * len(rows))
    kept = [value_text(key) for key in rows.index]
    return [name or f"{rows.index.name or 'row'} {key}" for name, key in zip(named, kept, strict=True)]


def _parts(shape: Any) -> list[tuple[str, list[Any]]]:  # noqa: ANN401 - shapely
    """Return the simple shapes of one row by form, encoded."""
    found: dict[str, list[Any]] = {}
    for part in _simple(shape):
        form = _FORMS[part.geom_type]
        encoded = [[encode_line([(part.x, part.y)])]] if form == "point" else encode_shape(part)
        found.setdefault(form, []).extend(encoded)
    return [(form, parts) for form, parts in found.items() if parts]


def _simple(shape: Any) -> list[Any]:  # noqa: ANN401 - shapely
    if shape.is_empty:
        return []
    return [one for part in shape.geoms for one in _simple(part)] if hasattr(shape, "geoms") else [shape]


def _classes(values: pd.Series[Any]) -> tuple[list[int], list[dict[str, Any]]]:
    """Return the class of each row, and the classes that hold a row."""
    if values.dtype.kind in "iuf":
        places, labels = _steps(values.to_numpy(dtype=float, na_value=math.nan))
        looks = [*_spread(len(labels)), NO_VALUE]
    else:
        places, labels = _kinds([value_text(value) for value in values])
        looks = [*KINDS[: len(labels)], *[_OTHER] * max(0, len(labels) - len(KINDS)), NO_VALUE]
    classes = [
        {"label": label, "colour": colour, "n": places.count(at)}
        for at, (label, colour) in enumerate(zip([*labels, "no value"], looks, strict=True))
    ]
    used = [at for at, one in enumerate(classes) if one["n"]]
    return [used.index(at) for at in places], [classes[at] for at in used]


def _spread(count: int) -> list[str]:
    """Return colours for so many steps, from the first to the last of :data:`STEPS`."""
    if count < 2:
        return list(STEPS[-1:] * count)
    return [STEPS[round(at * (len(STEPS) - 1) / (count - 1))] for at in range(count)]


def _steps(values: Any) -> tuple[list[int], list[str]]:  # noqa: ANN401 - an array of floats
    """Return classes of about equal size, cut at values that are there; missing ones come last."""
    known = np.sort(values[np.isfinite(values)])
    distinct = np.unique(known)
    if len(distinct) <= len(STEPS):
        starts = distinct
    else:
        cuts = np.linspace(0, 1, len(STEPS) + 1)[:-1]
        starts = np.unique(np.quantile(known, cuts, method="higher"))
        if len(starts) < 3:  # most rows share one value: cut the values, not the rows
            starts = np.unique(np.quantile(distinct, cuts, method="higher"))
    places = [
        int(np.searchsorted(starts, value, side="right")) - 1 if math.isfinite(value) else len(starts)
        for value in values
    ]
    ends = [known[known < after][-1] for after in starts[1:]] + list(known[-1:])
    labels = [
        number_text(low) if low == high else f"{number_text(low)} to {number_text(high)}"
        for low, high in zip(starts, ends, strict=True)
    ]
    return places, labels


def _kinds(words: list[str]) -> tuple[list[int], list[str]]:
    """Return one class per word, the most frequent first, the rest together; missing ones come last."""
    counted: dict[str, int] = {}
    for word in words:
        counted[word] = counted.get(word, 0) + bool(word)
    order = sorted((word for word in counted if word), key=lambda word: (-counted[word], word))
    rest = order[len(KINDS) :]
    labels = order[: len(KINDS)] + (rest if len(rest) < 2 else [f"{len(rest)} others"])
    place = {word: min(at, len(KINDS)) for at, word in enumerate(order)}
    return [place.get(word, len(labels)) for word in words], labels
