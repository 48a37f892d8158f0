"""Layers as plain tables: one row per shape, a unique text id, and no cell that a file cannot hold."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo.checks import check_choice
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from geopandas import GeoDataFrame

LAYERS: Final = ("corridors", "legs", "segments", "places", "crossings", "stats", "incidents")
INDEX: Final = {
    "corridors": terms.CORRIDOR,
    "legs": terms.LEG,
    "segments": terms.SEGMENT,
    "places": terms.PLACE,
    "crossings": terms.PLACE,
    "stats": "stat_id",
    "incidents": "cell",
}
"""What the rows of a layer are named by; the same word is the name of the column of ids."""

_PRIVATE: Final = ("routes_file",)
_TELL_APART: Final = ("against_start", "period_start", "source", "measure", "basis", "period_end")
_FORBIDDEN: Final = re.compile("[\x00\ud800-\udfff]")


def layer_frame(
    name: str,
    *,
    corridors: GeoDataFrame | None = None,
    routes: GeoDataFrame | None = None,
    segments: GeoDataFrame | None = None,
    places: GeoDataFrame | None = None,
    stats: pd.DataFrame | None = None,
    figures: pd.DataFrame | None = None,
    incidents: GeoDataFrame | None = None,
) -> GeoDataFrame:
    """Return one layer as a table that every format can hold.

    Parameters
    ----------
    name : str
        ``corridors``, ``legs``, ``segments``, ``places``, ``crossings``, ``stats`` or ``incidents``.
    corridors, routes, segments, places : GeoDataFrame, optional
        What ``geo.build_corridors``, ``geo.read_routes``, ``geo.build_segments`` and ``geo.read_places``
        return. A layer needs its own; places and crossings with ``routes`` or ``corridors`` keep to those on
        them; stats stand at a point inside their corridor, for labels: its area is in the layer of corridors.
    stats : DataFrame, optional
        What ``geo.corridor_stats`` returns: one row per corridor and statistic.
    figures : DataFrame, optional
        What ``geo.leg_figures`` returns, joined to the legs.
    incidents : GeoDataFrame, optional
        What :func:`layers.density.incident_cells` returns: cells of at least 1° with at least 5 incidents.

    Returns
    -------
    frame : GeoDataFrame
        WGS 84, index of unique text ids (``stat_id`` is made of corridor and statistic), geometry last. Days
        are ISO text; lists are tuples; a list or a mapping that holds more than text is JSON text. A path of
        the user's machine is left out. ``attrs["layer"]`` names the layer.

    Raises
    ------
    UnknownNameError
        If there is no such layer.
    InvalidInputError
        If what the layer is made from was not given, ids repeat, or the coordinates are not WGS 84.

    Examples
    --------
    >>> import geopandas
    >>> from shapely import Point
    >>> place = geopandas.GeoDataFrame(
    ...     {"name": ["Inland"], "kind": ["port"]}, index=["in"], geometry=[Point(1, 2)], crs="EPSG:4326"
    ... )
    >>> layer_frame("places", places=place).index.name
    'place'
    """
    check_choice(name, LAYERS, name="layer")
    if name == "corridors":
        frame = _needed(corridors, name, "corridors")
    elif name == "legs":
        frame = _needed(routes, name, "routes")
        if figures is not None:
            known = [column for column in figures.columns if column not in frame.columns]
            frame = frame.join(figures[known])
    elif name == "segments":
        frame = (
            _needed(segments, name, "segments") if routes is None or segments is not None else _merged(routes)
        )
    elif name == "stats":
        frame = _stats(_needed(stats, name, "stats"), corridors)
    elif name == "incidents":
        frame = _cells(_needed(incidents, name, "incidents"))
    else:
        frame = _places(_needed(places, name, "places"), routes, corridors)
        if name == "crossings":
            frame = frame[frame["kind"].isin(terms.CROSSING_KINDS)]
    plain = _plain(frame, name)
    plain.attrs |= {"incident_grid": frame.attrs["incident_grid"]} if name == "incidents" else {}
    return plain


def list_columns(frame: GeoDataFrame) -> tuple[str, ...]:
    """Return the columns that hold tuples of text.

    Examples
    --------
    >>> import geopandas
    >>> list_columns(geopandas.GeoDataFrame({"countries": [("FR", "GB")], "geometry": [None]}))
    ('countries',)
    """
    columns = [column for column in frame.columns if column != "geometry"]
    return tuple(name for name in columns if any(isinstance(value, tuple) for value in frame[name]))


def json_text(value: object) -> str:
    """Return a list or mapping as JSON text, the same for the same value.

    Examples
    --------
    >>> json_text(("FR", "GB"))
    '["FR", "GB"]'
    """
    return json.dumps(_jsonable(value), ensure_ascii=False, sort_keys=True)


def clean_text(text: str) -> str:
    r"""Return text without NUL and lone surrogates, which files cut or refuse; the rest is kept as it is.

    Examples
    --------
    >>> clean_text("a\x00b")
    'a\ufffdb'
    """
    return _FORBIDDEN.sub("\ufffd", text)


def _needed(table: Any, layer: str, thing: str) -> Any:  # noqa: ANN401 - a table of any kind
    if table is None:
        raise InvalidInputError(f"Invalid layer '{layer}'. It is made from {thing}, which were not given.")
    return table


def _cells(cells: GeoDataFrame) -> GeoDataFrame:
    """Return cells of incidents; single incidents, or cells too fine or with too few, are refused."""
    if "incident_grid" not in cells.attrs or not {"size_deg", "incidents"} <= set(cells.columns):
        raise InvalidInputError(
            "Invalid layer 'incidents'. It is made of cells (layers.density.incident_cells), no incidents."
        )
    if (cells["size_deg"] < 1).any() or (cells["incidents"] < 5).any():
        raise InvalidInputError(
            "Invalid layer 'incidents'. Cells are at least 1° wide and hold at least 5 incidents."
        )
    return cells


def _merged(routes: GeoDataFrame) -> GeoDataFrame:
    from geo.corridors import build_segments

    return build_segments(routes)


def _stats(stats: pd.DataFrame, corridors: GeoDataFrame | None) -> GeoDataFrame:
    """Return one row per statistic, at a point inside its corridor or nowhere."""
    import geopandas

    table = stats.copy()
    for level in ("statistic", "corridor"):
        if level not in table.columns:
            table.insert(0, level, table.index.get_level_values(level))
    table.index = _stat_ids(table)
    points = (
        {}
        if corridors is None
        else dict(zip(corridors.index, corridors.geometry.representative_point(), strict=True))
    )
    shapes = [points.get(corridor) for corridor in table["corridor"]]
    crs = terms.CRS if corridors is None else corridors.crs
    return geopandas.GeoDataFrame(table, geometry=geopandas.GeoSeries(shapes, index=table.index, crs=crs))


def _stat_ids(table: pd.DataFrame) -> pd.Index[str]:
    """Return corridor and statistic as one id, with what tells two of one name apart, at last a number."""
    import pandas as pd

    ids = [f"{row.corridor}.{row.statistic}" for row in table[["corridor", "statistic"]].itertuples()]
    for column in _TELL_APART:
        counted = pd.Series(ids).value_counts()
        if column in table.columns and counted.gt(1).any():
            ids = [
                f"{name}.{_cell(value)}" if counted[name] > 1 and _cell(value) not in (None, "") else name
                for name, value in zip(ids, table[column], strict=True)
            ]
    series = pd.Series(ids, dtype="str")
    order = series.groupby(series).cumcount()
    return pd.Index(
        [name if not place else f"{name}.{place + 1}" for name, place in zip(ids, order, strict=True)]
    )


def _places(
    places: GeoDataFrame, routes: GeoDataFrame | None, corridors: GeoDataFrame | None
) -> GeoDataFrame:
    """Return the places on the given legs and in the given corridors, with the corridors each belongs to."""
    if routes is None and corridors is None:
        return places
    owners: dict[str, set[str]] = {}
    for row in _rows(routes):
        for place in (row.get("from_place"), row.get("to_place"), *_items(row.get("crossings"))):
            owners.setdefault(str(place), set()).add(str(row["corridor"]))
    for row in _rows(corridors):
        for place in _items(row.get("crossings")):
            owners.setdefault(str(place), set()).add(str(row["corridor"]))
    kept = places[places.index.isin(owners)].copy()
    kept.insert(0, "corridors", [tuple(sorted(owners[place])) for place in kept.index])
    return kept


def _rows(table: GeoDataFrame | None) -> Iterable[dict[str, Any]]:
    if table is None:
        return []
    flat = table.drop(columns="geometry")
    if "corridor" not in flat.columns:
        flat = flat.assign(corridor=flat.index)
    return [dict(zip(flat.columns, row, strict=True)) for row in flat.itertuples(index=False)]


def _items(value: object) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _plain(frame: GeoDataFrame, name: str) -> GeoDataFrame:
    import geopandas
    import pandas as pd

    if frame.crs is not None and frame.crs.to_epsg() != 4326:
        raise InvalidInputError(
            f"Invalid layer '{name}'. Its coordinates are in {frame.crs.to_string()}, not WGS 84."
        )
    ids = [clean_text(str(item)) for item in frame.index]
    repeated = sorted({item for item in ids if ids.count(item) > 1}) if len(set(ids)) < len(ids) else []
    if repeated:
        raise InvalidInputError(
            f"Invalid layer '{name}'. These ids stand more than once: {', '.join(repeated)}."
        )
    index = pd.Index(ids, dtype="str", name=INDEX[name])
    columns = {}
    for column in frame.columns:
        if column != frame.geometry.name and column not in (*_PRIVATE, INDEX[name]):
            columns[str(column)] = _column(frame[column], index)
    shapes = geopandas.GeoSeries(list(frame.geometry), index=index, crs=terms.CRS)
    plain = geopandas.GeoDataFrame(pd.DataFrame(columns, index=index), geometry=shapes)
    plain.attrs = {"layer": name}
    return plain


def _column(series: pd.Series[Any], index: pd.Index[Any]) -> pd.Series[Any]:
    """Return a column of numbers, booleans, text or tuples of text."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(series.dtype):
        return pd.Series(series.to_numpy(), index=index)
    cells = [_cell(value) for value in series]
    lists = [cell for cell in cells if isinstance(cell, tuple)]
    if lists and any(not isinstance(item, str) for cell in lists for item in cell):
        cells = [json_text(cell) if isinstance(cell, tuple) else cell for cell in cells]
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {int, float} and kinds:
        return pd.Series(
            [None if cell is None else float(cell) for cell in cells], index=index, dtype="float64"
        )
    if tuple in kinds or (kinds == {bool} and None not in cells):
        return pd.Series(cells, index=index, dtype=object if tuple in kinds else bool)
    return pd.Series([cell if cell is None else str(cell) for cell in cells], index=index, dtype="str")


def _cell(value: Any) -> Any:  # noqa: ANN401 - whatever a table holds
    """Return a value as None, a number, a boolean, text, or a tuple; mappings become JSON text."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return clean_text(json_text(value))
    if isinstance(value, list | tuple | set | frozenset) or getattr(value, "ndim", 0) == 1:
        items = sorted(value) if isinstance(value, set | frozenset) else list(value)
        return tuple(clean_text(item) if isinstance(item, str) else _jsonable(item) for item in items)
    return _jsonable(value)


def _jsonable(value: Any) -> Any:  # noqa: ANN401 - whatever a table holds
    """Return a value as JSON can write it; missing values as None, days as ISO text."""
    import pandas as pd

    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    if value is None or value is pd.NaT or value is pd.NA or value != value:
        return None
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if hasattr(value, "item"):
        return value.item()
    return value if isinstance(value, bool | int | float) else str(value)
