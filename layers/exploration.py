"""Anything on a map, in one line: own shapes, counts, statistics, ranges, legs, corridors by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import folium
import geopandas as gpd
import pandas as pd
from branca.element import Figure, JavascriptLink
from shapely import box

from geo.display import table_html
from geo.errors import InvalidInputError
from layers.dossier import Dossier
from layers.features import view_bounds
from layers.literal import DataBlock
from layers.shapes import has_shape, shape_features, to_degrees
from layers.sheet import RouteMap, _fill, _sheet_data, build_map

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from geopandas import GeoDataFrame

_STATS: Final = ["corridor", "statistic"]
_COUNTS: Final = {"source", "corridor", "measure", "period_start", "value", "native_label"}
_RANGES: Final = {"low", "high", "sentence"}
_LEGS: Final = {"corridor", "from_place", "to_place", "mode"}
_CORRIDORS: Final = {"title", "n_legs", "routes_file"}
_SEGMENTS: Final = {"legs_forward", "legs_backward", "n_legs"}
_MOST_ROWS: Final = 200
_WHAT: Final = (
    "Explore takes a GeoDataFrame, counts, statistics, ranges of flows, a dossier, or ids of corridors."
)


class _ShapeBlock(DataBlock):
    """The shapes of a user, and the script that draws them."""

    def render(self, **kwargs: object) -> str:
        """Put data, call and script in the figure; the script after the one it builds on."""
        figure = self.get_root()
        text = super().render(**kwargs)
        if isinstance(figure, Figure):
            figure.header.add_child(JavascriptLink("routeways:explore"), name="routeways_explore_js")
        return text


def explore(
    shown: Any,  # noqa: ANN401 - tables of several kinds, or ids
    *,
    column: str | None = None,
    tooltip: bool | str | Sequence[str] = True,
    name: str | None = None,
    title: str | None = None,
    counts: pd.DataFrame | None = None,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: str | None = None,
) -> RouteMap:
    """Put anything on a map that needs no network.

    Parameters
    ----------
    shown : GeoDataFrame, GeoSeries, DataFrame, Dossier, str or sequence of str
        Shapes of any kind in any CRS; legs, corridors and segments as ``geo`` gives them; the tidy counts; a
        table of statistics; ranges of flows; a dossier; or ids of corridors, with the embedded figures.
    column : str, optional
        Column of a GeoDataFrame to colour by: numbers in classes of about equal size, words in one each.
    tooltip : bool, str or sequence of str
        What is told beside the pointer: columns, True for the row's name and ``column``, False for nothing. A
        popup tells all columns.
    name : str, optional
        Name of the layer.
    title : str, optional
        Title of the map; by default made from what is shown.
    counts : DataFrame, optional
        The tidy counts, for legs, corridors, statistics and ids; by default the embedded ones for ids, and
        none for frames.
    as_of, known_on : date or str, optional
        Data date and publication date of the figures.
    period : str, optional
        What the figures describe.

    Returns
    -------
    sheet : folium.Map
        Jupyter shows it as it is, :func:`layers.save_page` writes it, layers of folium's own can be added.

    Raises
    ------
    InvalidInputError
        If it is nothing of these, has no CRS, holds no shape, or lacks a column.

    Notes
    -----
    Up to 1,000 shapes are drawn as SVG and reached by keyboard; more on a canvas, with the first 200 in the
    table below the map. Whatever the columns hold is shown as text.

    See Also
    --------
    layers.show : The same in words and figures.

    Examples
    --------
    >>> from shapely import Point
    >>> camps = gpd.GeoDataFrame({"name": ["A"], "beds": [40]}, geometry=[Point(20.1, 45.2)], crs="EPSG:4326")
    >>> explore(camps, column="beds", name="Centres").get_root().title
    'Centres'
    """
    dates = {"as_of": as_of, "known_on": known_on, "period": period}
    if isinstance(shown, Dossier):
        return build_map(
            shown.corridors, shown.stats, shown.counts, routes=shown.routes, places=shown.places,
            figures=shown.figures, title=title,
        )  # fmt: skip
    if isinstance(shown, gpd.GeoSeries):
        shown = gpd.GeoDataFrame(geometry=shown)
    if isinstance(shown, pd.DataFrame):
        columns = {str(one) for one in shown.columns}
        ours = columns >= _LEGS or columns >= _CORRIDORS
        if ours and column is None and isinstance(shown, gpd.GeoDataFrame):
            return _own_kind(shown, columns, counts, dates, title)
        if isinstance(shown, gpd.GeoDataFrame):
            plain = column or ("n_legs" if columns >= _SEGMENTS else None)
            return _shapes(shown, column=plain, tooltip=tooltip, name=name, title=title)
        return _figures(shown, columns, counts, dates, title)
    ids = [shown] if isinstance(shown, str) else shown
    if isinstance(ids, list | tuple | set | pd.Index) and ids and all(isinstance(one, str) for one in ids):
        return _by_id(list(ids), counts, dates, title)
    raise InvalidInputError(f"Invalid thing to explore '{type(shown).__name__}'. {_WHAT}")


def _own_kind(
    frame: GeoDataFrame,
    columns: set[str],
    counts: pd.DataFrame | None,
    dates: Mapping[str, Any],
    title: str | None,
) -> RouteMap:
    """Draw legs or corridors as ``geo`` gives them."""
    from geo.corridors import build_corridors

    legs = frame if columns >= _LEGS else None
    if frame.crs is None:
        to_degrees(frame)
    corridors = frame if legs is None else build_corridors(legs)
    stats = None if counts is None else _stats(counts, corridors, dates)
    return build_map(corridors, stats, counts, routes=legs, title=title, **dates)


def _figures(
    table: pd.DataFrame,
    columns: set[str],
    counts: pd.DataFrame | None,
    dates: Mapping[str, Any],
    title: str | None,
) -> RouteMap:
    """Draw the corridors that a table of counts, statistics or ranges speaks of."""
    from geo.corridors import build_corridors
    from geo.routes import read_corridors, read_routes

    if columns >= _COUNTS:
        spoken = set(table["corridor"])
        ids = [str(one) for one in read_corridors().index if one in spoken]
        return _by_id(_some(ids, "corridor"), table, dates, title)
    if list(table.index.names) == _STATS and "sentence" in columns:
        spoken = set(table.index.get_level_values("corridor"))
        ids = [str(one) for one in read_corridors().index if one in spoken]
        corridors = build_corridors(read_routes(_some(ids, "corridor")))
        return build_map(corridors, table, counts, title=title, **dates)
    if columns >= _RANGES:
        routes = read_routes()
        routes = routes[routes.index.isin(table.index)]
        _some(list(routes.index), "leg")
        corridors = build_corridors(read_routes(list(dict.fromkeys(map(str, routes["corridor"])))))
        return build_map(corridors, None, counts, routes=routes, figures=table, title=title, **dates)
    raise InvalidInputError(
        f"Invalid table to explore. It has neither shapes nor figures of corridors. {_WHAT}"
    )


def _some(ids: list[Any], kind: str) -> list[Any]:
    if not ids:
        raise InvalidInputError(
            f"Invalid table to explore. It names no embedded {kind}: "
            "hand corridors of your own to layers.build_map."
        )
    return ids


def _by_id(
    ids: list[str], counts: pd.DataFrame | None, dates: Mapping[str, Any], title: str | None
) -> RouteMap:
    from geo.corridors import build_corridors
    from geo.counts import read_counts
    from geo.routes import read_routes

    table = read_counts() if counts is None else counts
    corridors = build_corridors(read_routes(ids))
    return build_map(corridors, _stats(table, corridors, dates), table, title=title, **dates)


def _stats(counts: pd.DataFrame, corridors: GeoDataFrame, dates: Mapping[str, Any]) -> pd.DataFrame:
    from geo.stats import corridor_stats

    return corridor_stats(counts, corridors, **dates)


def _shapes(
    frame: GeoDataFrame,
    *,
    column: str | None,
    tooltip: bool | str | Sequence[str],
    name: str | None,
    title: str | None,
) -> RouteMap:
    """Draw shapes of any kind over the embedded coast."""
    turned = to_degrees(frame)
    features, classes = shape_features(turned, column=column, tooltip=tooltip)
    if not features:
        raise InvalidInputError("Invalid shapes. None of the rows holds one.")
    layer = name or "Shapes"
    bounds = view_bounds(turned)
    view = gpd.GeoDataFrame({"title": [""]}, geometry=[box(*bounds)], index=["view"], crs="EPSG:4326")
    data, text = _sheet_data(view, None, None, None, None, {})
    entries = classes or [{"label": layer, "colour": features[0]["colour"], "n": len(features)}]
    shape = "disc" if {one["as"] for one in features} == {"point"} else "square"
    looks = [
        {"label": f"{one['label']} ({one['n']:,})", "symbol": _swatch(shape, one["colour"])}
        for one in entries
    ]
    heading = column.replace("_", " ") if column else "Shapes"
    data |= {
        "layers": [],
        "symbols": [],
        "legend": {"title": "Legend", "parts": [{"title": heading, "entries": looks}]},
    }
    rest = len(frame) - int(has_shape(frame).sum())
    told = f"{len(frame) - rest:,} with a shape." + (f" {rest:,} without one, left out." if rest else "")
    text["notes"] = [note.partition(" Lines are generalised")[0] for note in text["notes"]]
    text |= {"asof": told, "summary": [], "legs": "", "drawn": told}
    sheet = RouteMap(title or name or "Map")
    _fill(sheet, data, text)
    group = folium.FeatureGroup(name="Shapes of routeways").add_to(sheet)
    block = {"layers": [{"type": "shape", "name": layer, "features": features}], "east": bounds[2]}
    sheet.add_child(_ShapeBlock(block, "explore", [sheet, group]))
    sheet.page.tail = _table(features, heading if column else layer)
    sheet.page.summary = f"{sheet.page.title}. {told}"
    return sheet


def _swatch(shape: str, colour: str) -> dict[str, Any]:
    return {"shape": shape, "colour": colour, "size": 11, "small": False, "one": ""}


def _table(features: Sequence[Mapping[str, Any]], caption: str) -> str:
    """Return the first shapes as a table, so that the map has an equal in text."""
    rows = [
        [one["title"], "; ".join(": ".join(pair) for pair in one["facts"])] for one in features[:_MOST_ROWS]
    ]
    size = f"{len(features):,}"
    shown = f"first {_MOST_ROWS} of {size}" if len(features) > _MOST_ROWS else size
    table = table_html(f"{caption}: {shown} on the map", ["Name", "What is told of it"], rows)
    return f'<div class="rw-table">{table}</div>'
