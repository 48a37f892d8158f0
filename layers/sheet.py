"""Layers, legend, title and attribution put together: one folium map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import folium
from folium.template import Template

from geo.errors import InvalidInputError, NotCoveredError
from layers import palette
from layers.areas import area_layer, basemap_features, corridor_sentences
from layers.captions import (
    as_of_text,
    corridors_html,
    figure_html,
    heading_html,
    latest_day,
    legs_html,
    widths_text,
)
from layers.features import KOSOVO_CODES, view_bounds
from layers.legend import DISCLAIMER, FOOTNOTE_KOSOVO, build_legend
from layers.lines import credit_line, leg_layers, monthly_series
from layers.literal import DataBlock
from layers.packing import pack_block
from layers.page import OfflineFigure
from layers.points import point_labels, point_layers, point_looks
from layers.texts import number, text_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from geopandas import GeoDataFrame
    from pandas import DataFrame

MAX_ZOOM: Final = 12
"""Lines are generalised: a closer view would promise more than they hold."""
NATURAL_EARTH: Final = "Natural Earth"
OPENSTREETMAP: Final = "© OpenStreetMap contributors (ODbL)"


class RouteMap(folium.Map):
    """A folium map that holds all it needs, with no tiles; layers of folium's own can be added to it.

    Parameters
    ----------
    title : str
        Plain text, shown as it is.
    """

    _template = Template("""
        {% macro html(this, kwargs) %}
            <div class="folium-map" id="{{ this.get_name() }}"></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map("{{ this.get_name() }}", {
                center: {{ this.location|tojson }},
                crs: L.CRS.{{ this.crs }},
                ...{{ this.options|tojavascript }}
            });
            {%- if this.objects_to_stay_in_front %}
            function objects_in_front() {
                {%- for obj in this.objects_to_stay_in_front %}
                {{ obj.get_name() }}.bringToFront();
                {%- endfor %}
            }
            {{ this.get_name() }}.on("overlayadd", objects_in_front);
            $(document).ready(objects_in_front);
            {%- endif %}
        {% endmacro %}
        """)
    default_js = [*folium.Map.default_js[:2], ("routeways_js", "routeways:js")]  # noqa: RUF012 - folium's form
    default_css = [*folium.Map.default_css[:1], ("routeways_css", "routeways:css")]  # noqa: RUF012 - the same

    def __init__(self, title: str) -> None:
        super().__init__(
            location=(45.0, 10.0),
            zoom_start=4,
            tiles=None,
            maxZoom=MAX_ZOOM,
            minZoom=2,
            zoomSnap=0.25,
            zoomDelta=0.5,
        )
        self.page = OfflineFigure(title)
        self.page.add_child(self)

    def render(self, **kwargs: object) -> str:
        """Render the map and its layers in the figure, the layer control after whatever it controls."""
        for name, child in list(self._children.items()):
            if isinstance(child, folium.LayerControl):
                self._children.move_to_end(name)
        super().render(**kwargs)  # type: ignore[no-untyped-call]  # folium is typed in part
        return ""


def build_map(
    corridors: GeoDataFrame,
    stats: DataFrame | None,
    counts: DataFrame | None,
    *,
    routes: GeoDataFrame | None = None,
    places: GeoDataFrame | None = None,
    title: str | None = None,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: str | None = None,
    figures: DataFrame | None = None,
) -> RouteMap:
    """Build the map of corridors: legs, areas, crossings and places, with figures, legend and sources.

    Parameters
    ----------
    corridors : GeoDataFrame
        As :func:`geo.build_corridors` gives them.
    stats : DataFrame or None
        As :func:`geo.corridor_stats` gives them; None where there are no figures.
    counts : DataFrame or None
        The tidy counts, for monthly charts and figures of legs.
    routes : GeoDataFrame, optional
        Legs, as :func:`geo.read_routes` gives them; by default read for the corridors.
    places : GeoDataFrame, optional
        As :func:`geo.read_places` gives them; by default the embedded ones and those of the routes file.
    title : str, optional
        Title of the page; by default made from the corridors' titles.
    as_of, known_on : date or str, optional
        Data date and publication date; by default those of ``stats``.
    period : str, optional
        What the figures of legs describe; by default what :func:`geo.leg_figures` takes.
    figures : DataFrame, optional
        Figures by leg, instead of those made from ``counts``.

    Returns
    -------
    sheet : folium.Map
        Jupyter shows it as it is, :func:`layers.save_page` writes it; neither fetches anything.

    Raises
    ------
    InvalidInputError
        If ``corridors`` has no column ``title``.

    Notes
    -----
    Line widths follow :func:`layers.palette.line_width`, the same on every map. A missing figure is dashed.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString, box
    >>> corridors = gpd.GeoDataFrame({"title": ["A strait"]}, geometry=[box(0, 0, 1, 1)], index=["a"],
    ...                              crs="EPSG:4326")
    >>> legs = gpd.GeoDataFrame({"corridor": ["a"], "title": ["A to B"], "mode": ["sea"]},
    ...                         geometry=[LineString([(0, 0), (1, 1)])], index=["a_b"], crs="EPSG:4326")
    >>> build_map(corridors, None, None, routes=legs).get_root().title
    'Routes and crossings: A strait'
    """
    if "title" not in corridors.columns:
        raise InvalidInputError(
            "Invalid corridors. Column 'title' is missing: take what geo.build_corridors gives."
        )
    legs = _routes_of(corridors) if routes is None else routes
    titles = {str(corridor): text_of(name) or str(corridor) for corridor, name in corridors["title"].items()}
    through = as_of or latest_day(stats, "as_of")
    if figures is None:
        figures = _figures_of(counts, corridors, legs, as_of=through, known_on=known_on, period=period)
    places = _places_of(legs) if places is None else places
    series = [
        monthly_series(counts, str(key), row, as_of=through, known_on=known_on)
        for key, row in corridors.iterrows()
    ]
    data, text = _sheet_data(corridors, stats, legs, figures, places, titles)
    data["series"] = series
    text["asof"] = as_of_text(stats, through, corridors)
    sheet = RouteMap(title or f"Routes and crossings: {', '.join(titles.values()) or 'none'}")
    _fill(sheet, data, text)
    return sheet


def _fill(sheet: RouteMap, data: dict[str, Any], text: Mapping[str, Any]) -> None:
    """Put groups, data and control on the map, and the words around it in its figure."""
    groups = []
    for at in range(1, len(data["layers"]) + 1):
        group = folium.FeatureGroup(name=f"Layer {at} of routeways")
        group.add_to(sheet)
        groups.append(group)
    figure = sheet.page
    data["label"] = f"Map: {figure.title}"
    sheet.add_child(DataBlock(pack_block(data), "draw", [sheet, *groups]))
    folium.LayerControl(collapsed=True).add_to(sheet)
    figure.heading = heading_html(str(figure.title), text["asof"], text["summary"])
    figure.opening, figure.closing = figure_html(text["notes"])
    figure.tail = "\n".join(part for part in (corridors_html(text["summary"]), text["legs"]) if part)
    figure.summary = f"{figure.title}. {text['asof']} {text['drawn']}"


def _sheet_data(
    corridors: GeoDataFrame,
    stats: DataFrame | None,
    legs: GeoDataFrame | None,
    figures: DataFrame | None,
    places: GeoDataFrame | None,
    titles: Mapping[str, str],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the script draws, and the words around it."""
    names = {} if places is None else {str(place): text_of(name) for place, name in places["name"].items()}
    lines = [] if legs is None else leg_layers(legs, figures, titles=titles, words=names)
    areas = area_layer(corridors, stats, order={corridor: at for at, corridor in enumerate(titles)})
    points = point_layers(_near(places, corridors, legs), used=_used(legs), legs=_titles_at(legs))
    bounds = view_bounds(corridors if "geometry" in corridors.columns else None, legs)
    base = basemap_features(bounds)
    labels = [*base.pop("labels"), *point_labels(points)]
    width = (
        number(corridors["width_km"].iloc[0]) if "width_km" in corridors.columns and len(corridors) else None
    )
    kosovo = base.pop("kosovo") or _crosses_kosovo(legs)
    sources = _sources(base, legs, stats, figures)
    data = {
        "base": base,
        "layers": [*areas, *lines, *points],
        "symbols": point_looks(points),
        "labels": labels,
        "titles": list(titles.values()),
        "legend": build_legend(_all(lines), _all(points), width_km=width if areas else None),
        "credits": [credit for credit in sources if not credit.startswith("Source:")],
        "bounds": bounds,
        "reach": [bounds[0] - 20, max(-85, bounds[1] - 12), bounds[2] + 20, min(85, bounds[3] + 12)],
        "views": _views(corridors, legs, titles, bounds),
        "colours": {
            "sea": palette.SEA, "land": palette.LAND, "coast": palette.COAST, "border": palette.BORDER,
            "backdrop": palette.BACKDROP, "area": palette.AREA, "other": palette.INK,
            "modes": dict(palette.MODE_COLOURS),
        },
    }  # fmt: skip
    notes = [
        *widths_text(figures),
        *_as_sentences(sources),
        DISCLAIMER,
        *([FOOTNOTE_KOSOVO] if kosovo else []),
    ]
    notes += (
        []
        if base["boxes"]
        else ["Only a coarse outline of land is embedded here: it is for orientation, no coast."]
    )
    text = {
        "summary": [(title, corridor_sentences(stats, corridor)) for corridor, title in titles.items()],
        "notes": notes,
        "legs": legs_html(lines),
        "drawn": f"{len(_all(lines))} legs, {len(_all(points))} places.",
    }
    return data, text


def _all(layers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [feature for layer in layers for feature in layer["features"]]


def _routes_of(corridors: GeoDataFrame) -> GeoDataFrame | None:
    """Read the legs of the corridors, from the file they came from."""
    from geo.routes import read_routes

    file = corridors.attrs.get("routes_file")
    if file is None and "routes_file" in corridors.columns and len(corridors):
        file = text_of(corridors["routes_file"].iloc[0]) or None
    return read_routes([str(corridor) for corridor in corridors.index], routes=file)


def _places_of(legs: GeoDataFrame | None) -> GeoDataFrame:
    """Read the embedded places, and those of the file the legs came from."""
    from geo.definitions import own_places, read_definitions
    from geo.places import read_places

    file = None if legs is None else legs.attrs.get("routes_file")
    return read_places(extra=(own_places(read_definitions(routes=file)) or None) if file else None)


def _figures_of(
    counts: DataFrame | None,
    corridors: GeoDataFrame,
    legs: GeoDataFrame | None,
    **question: Any,  # noqa: ANN401 - what geo.leg_figures takes
) -> DataFrame | None:
    """Return the figures of legs, or None where the counts do not reach them."""
    if counts is None or legs is None or not len(counts):
        return None
    from geo.stats import leg_figures

    try:
        return leg_figures(counts, corridors, legs, **question)
    except NotCoveredError:
        return None


def _used(legs: GeoDataFrame | None) -> set[str]:
    return set(_titles_at(legs))


def _titles_at(legs: GeoDataFrame | None) -> dict[str, list[str]]:
    """Return titles of legs by the places they touch."""
    at: dict[str, list[str]] = {}
    if legs is None:
        return at
    for _, row in legs.iterrows():
        crossings = row.get("crossings")
        stops = [
            row.get("from_place"),
            row.get("to_place"),
            *(crossings if isinstance(crossings, tuple | list) else ()),
        ]
        for stop in dict.fromkeys(text_of(stop) for stop in stops):
            if stop:
                at.setdefault(stop, []).append(text_of(row.get("title")))
    return at


def _near(
    places: GeoDataFrame | None, corridors: GeoDataFrame, legs: GeoDataFrame | None
) -> GeoDataFrame | None:
    """Return the places on a leg, and the crossings and ports inside a corridor."""
    if places is None or not len(places):
        return places
    used = places.index.isin(list(_used(legs)))
    inside = used & False
    if "geometry" in corridors.columns and len(corridors):
        known = places["kind"].isin(["road_crossing", "rail_crossing", "port"])
        inside = known & places.geometry.within(corridors.geometry.union_all())
    return places[used | inside]


def _crosses_kosovo(legs: GeoDataFrame | None) -> bool:
    if legs is None or "countries" not in legs.columns:
        return False
    return any(
        code in KOSOVO_CODES
        for codes in legs["countries"]
        if isinstance(codes, tuple | list)
        for code in codes
    )


def _views(
    corridors: GeoDataFrame, legs: GeoDataFrame | None, titles: Mapping[str, str], bounds: Sequence[float]
) -> list[dict[str, Any]]:
    """Return the named views: all, then each corridor."""
    views = [{"name": "All corridors", "bounds": list(bounds)}]
    for corridor, title in titles.items():
        own = None if legs is None else legs[legs["corridor"] == corridor]
        area = (
            corridors[[str(key) == corridor for key in corridors.index]]
            if "geometry" in corridors.columns
            else None
        )
        views.append({"name": title, "bounds": list(view_bounds(area, own))})
    return views if len(views) > 2 else []


def _sources(
    base: Mapping[str, Any], legs: GeoDataFrame | None, stats: DataFrame | None, figures: DataFrame | None
) -> list[str]:
    sources = [NATURAL_EARTH] if base["boxes"] or base["backdrop"] else []
    if (
        legs is not None
        and "method" in legs.columns
        and legs["method"].astype(str).str.contains("road|OSM", case=False).any()
    ):
        sources.append(OPENSTREETMAP)
    for frame in (stats, figures):
        if frame is None or not {"source", "measure"} <= set(frame.columns):
            continue
        pairs = frame[["source", "measure"]].dropna().drop_duplicates()
        sources += [
            credit_line({"source": source, "measure": measure})
            for source, measure in pairs.itertuples(index=False)
            if source
        ]
    return list(dict.fromkeys(sources))


def _as_sentences(sources: Sequence[str]) -> list[str]:
    """Return the credits as they stand below the map."""
    words = {
        NATURAL_EARTH: "Coast and borders: Natural Earth (public domain).",
        OPENSTREETMAP: f"Land legs: {OPENSTREETMAP}.",
    }
    figures = [source.removeprefix("Source: ").removesuffix(".") for source in sources if source not in words]
    ground = " ".join(words[source] for source in sources if source in words)
    return [line for line in (f"Figures: {'; '.join(figures)}." if figures else "", ground) if line]
