"""Layers, legend, title and attribution put together: one folium map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import folium
from folium.template import Template

from geo.errors import InvalidInputError
from layers import palette
from layers.areas import area_layer, areas_drawn, basemap_features, corridor_sentences
from layers.boundaries import draw_borders
from layers.captions import (
    as_of_text,
    corridors_html,
    figure_html,
    heading_html,
    latest_day,
    legs_html,
    widths_text,
)
from layers.differences import add_differences, period_changes
from layers.features import view_bounds
from layers.gathering import (
    figures_of,
    named_views,
    near_places,
    places_of,
    routes_of,
    titles_at,
    used_places,
)
from layers.legend import build_legend, month_parts
from layers.lines import credit_line, leg_layers, monthly_series
from layers.literal import DataBlock
from layers.packing import pack_block
from layers.page import OfflineFigure
from layers.palette import WIDTH_SCALE
from layers.points import point_labels, point_layers, point_looks
from layers.texts import number, text_of
from layers.timeline import add_months, months_of_counts, months_of_table, small_multiples

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Iterable, Mapping, Sequence

    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from layers.boundaries import Borders
    from layers.months import Months

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
        self.borders: Borders | None = None

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
    months: DataFrame | bool = True,
    against: str | None = None,
    boundary_policy: str | None = None,
    boundaries: GeoDataFrame | str | os.PathLike[str] | None = None,
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
    months : bool or DataFrame
        True puts a slider under the map wherever monthly values exist; False leaves it out. A table of your
        own (:func:`layers.timeline.months_of_table`) is shown instead, from its newest month.
    against : str, optional
        An earlier period: the map shows how ``period`` changed against it
        (:func:`layers.differences.period_changes`), without a slider.
    boundary_policy : str, optional
        ``default`` (borders of Natural Earth), ``own`` (those in ``boundaries``, the default where there are
        any) or ``none``. The page says which; see :func:`layers.boundaries.border_policy`.
    boundaries : GeoDataFrame or path, optional
        Your own, official country borders: areas with a CRS, one row per country.

    Returns
    -------
    sheet : folium.Map
        Jupyter shows it as it is, :func:`layers.save_page` writes it; neither fetches anything.

    Raises
    ------
    InvalidInputError
        If ``corridors`` has no column ``title``, ``against`` is given without ``period`` and ``counts``, or
        the boundaries do not fit the policy.

    Notes
    -----
    Line widths follow :func:`layers.palette.line_width`, the same on every map and for every month. A missing
    figure is dashed, a withheld one dotted, a zero faint.

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
    if against is not None and (period is None or counts is None):
        raise InvalidInputError(
            f"Invalid against '{against}'. A change needs counts and a period of its own."
        )
    legs = routes_of(corridors) if routes is None else routes
    titles = {str(corridor): text_of(name) or str(corridor) for corridor, name in corridors["title"].items()}
    through = as_of or latest_day(stats, "as_of")
    if figures is None:
        figures = figures_of(counts, corridors, legs, as_of=through, known_on=known_on, period=period)
    places = places_of(legs) if places is None else places
    series = [
        monthly_series(counts, str(key), row, as_of=through, known_on=known_on)
        for key, row in corridors.iterrows()
    ]
    data, text = _sheet_data(corridors, stats, legs, figures, places, titles, (boundary_policy, boundaries))
    data["series"] = series
    text["asof"] = as_of_text(stats, through, corridors)
    by_month = _months_of(months, counts, corridors, legs, places, as_of=through, known_on=known_on)
    if against is not None and counts is not None:
        dates = {"as_of": through, "known_on": known_on}
        _add_changes(data, text, counts, corridors, legs, period=str(period), against=against, **dates)
    elif by_month is not None:
        _add_time(data, text, by_month, corridors, titles, own=not isinstance(months, bool))
    sheet = RouteMap(title or f"Routes and crossings: {', '.join(titles.values()) or 'none'}")
    sheet.borders = text["borders"]
    _fill(sheet, data, text)
    return sheet


def _months_of(
    asked: DataFrame | bool,
    counts: DataFrame | None,
    corridors: GeoDataFrame,
    legs: GeoDataFrame | None,
    places: GeoDataFrame | None,
    **dates: Any,  # noqa: ANN401 - as_of and known_on
) -> Months | None:
    """Return the months of the slider, or None where there are none or none are wanted."""
    if asked is False:
        return None
    spots = [] if places is None else [str(place) for place in places.index]
    if asked is True:
        return months_of_counts(counts, corridors, legs, places=spots, **dates)
    known = [] if legs is None else [str(leg) for leg in legs.index]
    return months_of_table(asked, corridors=map(str, corridors.index), legs=known, places=spots)


def _add_changes(
    data: dict[str, Any],
    text: dict[str, Any],
    counts: DataFrame,
    corridors: GeoDataFrame,
    legs: GeoDataFrame | None,
    **asked: Any,  # noqa: ANN401 - what period_changes takes
) -> None:
    """Draw the changes between two periods, and tell them in the table and the summary."""
    changes = period_changes(counts, corridors, legs, **asked)
    about = f"Change, {asked['period']} against {asked['against']}"
    add_differences(data, changes, areas=areas_drawn(corridors), about=about)
    text["legs"] = legs_html([layer for layer in data["layers"] if layer["type"] == "leg"])
    text["summary"] = [
        (text_of(title), [changes["corridors"].get(str(name), {}).get("sentence", "Not compared.")])
        for name, title in corridors["title"].items()
    ]
    text["notes"] = [f"{about}. Widths: the size of the change, the same on every map.", *text["notes"][1:]]


def _add_time(
    data: dict[str, Any],
    text: dict[str, Any],
    months: Months,
    corridors: GeoDataFrame,
    titles: Mapping[str, str],
    *,
    own: bool,
) -> None:
    """Put months on the page: for the slider, and as small maps for paper."""
    add_months(data, months, list(titles), corridors=areas_drawn(corridors))
    whole = not own and any(one["kind"] != "none" for one in _legs(data["layers"]))
    data["months"] |= {"whole": whole, "scale": list(WIDTH_SCALE)}
    data["legend"]["parts"] += month_parts(data["layers"], months)
    text["months"] = small_multiples(data["layers"], months, data["bounds"], titles=titles, base=data["base"])


def _legs(layers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return _all(layer for layer in layers if layer["type"] == "leg")


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
    figure.opening, figure.closing = figure_html(text["notes"], text.get("months", ""))
    figure.tail = "\n".join(part for part in (corridors_html(text["summary"]), text["legs"]) if part)
    figure.summary = f"{figure.title}. {text['asof']} {text['drawn']}"


def _sheet_data(
    corridors: GeoDataFrame,
    stats: DataFrame | None,
    legs: GeoDataFrame | None,
    figures: DataFrame | None,
    places: GeoDataFrame | None,
    titles: Mapping[str, str],
    borders: tuple[str | None, Any] = (None, None),
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the script draws, and the words around it."""
    names = {} if places is None else {str(place): text_of(name) for place, name in places["name"].items()}
    lines = [] if legs is None else leg_layers(legs, figures, titles=titles, words=names)
    areas = area_layer(corridors, stats, order={corridor: at for at, corridor in enumerate(titles)})
    near = near_places(places, corridors, legs)
    points = point_layers(near, used=used_places(legs), legs=titles_at(legs))
    bounds = view_bounds(corridors if "geometry" in corridors.columns else None, legs)
    base, said = draw_borders(basemap_features(bounds), bounds, *borders, frames=(legs, near))
    base.pop("kosovo")
    labels = [*base.pop("labels"), *point_labels(points)]
    width = (
        number(corridors["width_km"].iloc[0]) if "width_km" in corridors.columns and len(corridors) else None
    )
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
        "views": named_views(corridors, legs, titles, bounds),
        "colours": {
            "sea": palette.SEA, "land": palette.LAND, "coast": palette.COAST, "border": palette.BORDER,
            "backdrop": palette.BACKDROP, "area": palette.AREA, "other": palette.INK,
            "modes": dict(palette.MODE_COLOURS),
        },
    }  # fmt: skip
    notes = [
        *widths_text(figures),
        *_as_sentences(sources),
        *said.notes,
    ]
    notes += (
        []
        if base["boxes"]
        else ["Only a coarse outline of land is embedded here: it is for orientation, no coast."]
    )
    text = {
        "summary": [(title, corridor_sentences(stats, corridor)) for corridor, title in titles.items()],
        "notes": notes,
        "borders": said,
        "legs": legs_html(lines),
        "drawn": f"{len(_all(lines))} legs, {len(_all(points))} places.",
    }
    return data, text


def _all(layers: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [feature for layer in layers for feature in layer["features"]]


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
