"""Layers of folium's own on a page that fetches nothing: which may stand there, and how they render safely.

Folium writes texts into JavaScript's template strings, values of GeoJSON into markup, and names of columns
into code. While a map of this package renders, such texts go through JSON instead.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, Final

import folium
from branca.element import Element, JavascriptLink
from folium.plugins import MiniMap
from folium.template import Template

from layers.vendor import VENDORED, AssetError, walk_elements

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_SAFE: Final = frozenset(
    {
        "branca.element": ("CssLink", "Element", "Figure", "Html", "JavascriptLink", "MacroElement"),
        "folium.elements": ("ElementAddToElement", "EventHandler", "IncludeStatement", "MethodCall"),
        "folium.features": (
            "ColorLine", "CustomIcon", "DivIcon", "GeoJson", "GeoJsonPopup", "GeoJsonTooltip", "LatLngPopup",
        ),
        "folium.folium": ("GlobalSwitches", "Map"),
        "folium.map": (
            "CustomPane", "FeatureGroup", "FitBounds", "FitOverlays", "LayerControl", "Marker", "SetIcon",
            "Popup", "Tooltip",
        ),
        "folium.raster_layers": ("ImageOverlay",),
        "folium.vector_layers": ("Circle", "CircleMarker", "PolyLine", "Polygon", "Rectangle"),
        "folium.plugins.antpath": ("AntPath",),
        "folium.plugins.fast_marker_cluster": ("FastMarkerCluster",),
        "folium.plugins.feature_group_sub_group": ("FeatureGroupSubGroup",),
        "folium.plugins.fullscreen": ("Fullscreen",),
        "folium.plugins.marker_cluster": ("MarkerCluster",),
        "folium.plugins.polyline_offset": ("PolyLineOffset",),
        "folium.plugins.polyline_text_path": ("PolyLineTextPath",),
    }.items()
)  # fmt: skip
SAFE: Final = frozenset(f"{module}.{name}" for module, names in _SAFE for name in names)
"""Classes of folium and branca that were tried on a page that fetches nothing, with hostile texts in them."""

POPUP_PX: Final = 300
"""Width of popups whose width is given in percent, which is folium's default."""

_DETAIL: Final = """
    function (layer) {
        let div = L.DomUtil.create("div");
        {% if this.fields %}
        div.appendChild(routewaysGuard.table(layer.feature.properties || {}, {{ this.fields|list|tojson }},
            {{ this.aliases|list|tojson }}, {{ this.labels|tojson }}, {{ this.localize|tojson }}));
        {% endif %}
        return div;
    }"""
_TEMPLATES: Final[dict[type, Any]] = {
    folium.Popup: Template("""
        var {{ this.get_name() }} = L.popup({{ this.options|tojavascript }});
        {% for name, element in this.html._children.items() %}
            {% if this.lazy %}
                {{ this._parent.get_name() }}.once("click", function () {
                    {{ this.get_name() }}.setContent($({{ this.markup(element, kwargs)|tojson }})[0]);
                });
            {% else %}
                {{ this.get_name() }}.setContent($({{ this.markup(element, kwargs)|tojson }})[0]);
            {% endif %}
        {% endfor %}
        {{ this._parent.get_name() }}.bindPopup({{ this.get_name() }})
        {% if this.show %}.openPopup(){% endif %};
        {% for name, element in this.script._children.items() %}
            {{ element.render() }}
        {% endfor %}
        """),
    folium.Tooltip: Template("""
        {% macro script(this, kwargs) %}
            {{ this._parent.get_name() }}.bindTooltip(
                {{ this.markup()|tojson }}, {{ this.options|tojavascript }});
        {% endmacro %}
        """),
    folium.GeoJsonTooltip: Template(
        "{% macro script(this, kwargs) %}{{ this._parent.get_name() }}.bindTooltip("
        + _DETAIL
        + ", {{ this.tooltip_options|tojavascript }});{% endmacro %}"
    ),
    folium.GeoJsonPopup: Template(
        "{% macro script(this, kwargs) %}{{ this._parent.get_name() }}.bindPopup("
        + _DETAIL
        + ", {{ this.popup_options|tojavascript }});{% endmacro %}"
    ),
}
_PLAIN_FIELD: Final = re.compile(r"feature\.(?:id|properties\.[A-Za-z_][A-Za-z0-9_]*)")


def refuse_elements(figure: Element, copies: Collection[str] = ()) -> None:
    """Raise for layers of folium's own that cannot stand on a page that fetches nothing, by their name.

    Parameters
    ----------
    figure : branca.element.Element
        A figure and all below it.
    copies : collection of str
        Links of which the user has given a copy. A layer whose files are all there is let through.

    Raises
    ------
    AssetError
        If a layer fetches something, or is not among :data:`SAFE`.

    Examples
    --------
    >>> refuse_elements(folium.plugins.MousePosition())
    Traceback (most recent call last):
    layers.vendor.AssetError: Unknown asset 'https://...' (asked for by MousePosition). The page must fetch
    nothing, and the package has no copy of it: leave the layer out, or hand in a copy of the file,
    assets={'https://...': 'file.js'}.
    """
    for element in walk_elements(figure):
        name = type(element).__name__
        _refuse_fetching(element, name)
        missing = [url for url in _links(element) if url not in VENDORED and url not in copies]
        if missing:
            raise unknown_asset(missing[0], name)
        stock = next((base for base in type(element).__mro__ if _is_stock(base)), Element)
        if f"{stock.__module__}.{stock.__qualname__.rpartition('.')[2]}" in SAFE:
            continue
        if not any(url in copies for url in _links(element)):
            raise AssetError(
                f"Invalid layer '{name}'. It is not among the layers of folium that were tried on a page "
                "that fetches nothing: leave it out."
            )


def unknown_asset(url: str, name: str) -> AssetError:
    """Return the error for a link without a copy, that says who asks for it and what to do.

    Examples
    --------
    >>> str(unknown_asset("https://a.org/b.js", "Plugin"))[:56]
    "Unknown asset 'https://a.org/b.js' (asked for by Plugin)"
    """
    return AssetError(
        f"Unknown asset '{url}' (asked for by {name}). The page must fetch nothing, and the package has no "
        f"copy of it: leave the layer out, or hand in a copy of the file, assets={{'{url}': "
        f"'file.{'css' if url.endswith('.css') else 'js'}'}}."
    )


def _refuse_fetching(element: Element, name: str) -> None:
    if isinstance(element, folium.TileLayer | folium.WmsTileLayer | MiniMap):
        address = getattr(getattr(element, "tile_layer", element), "tiles", None) or getattr(
            element, "url", ""
        )
        raise AssetError(
            f"Invalid layer '{name}'. It fetches tiles ({address}); the page must fetch nothing: leave it "
            "out, coast and borders are on the map."
        )
    if isinstance(element, folium.Icon) and not isinstance(element, folium.CustomIcon):
        raise AssetError(
            "Invalid layer 'folium.Icon'. It needs Leaflet.awesome-markers and icon fonts, which are not "
            "in the package: use folium.DivIcon or folium.CircleMarker."
        )
    link = getattr(element, "embed_link", None)
    if link:
        raise AssetError(
            f"Invalid layer '{name}'. It fetches '{link}'; the page must fetch nothing: embed it."
        )
    options = getattr(element, "options", None) or {}
    addresses = (
        [getattr(element, "url", None)] if isinstance(element, folium.raster_layers.ImageOverlay) else []
    )
    if isinstance(element, folium.CustomIcon):
        addresses += [options.get("icon_url"), options.get("shadow_url")]
    for address in addresses:
        if address and not re.match(r"data:image/", str(address)):
            raise AssetError(
                f"Unknown asset '{address}' (asked for by {name}). The page must fetch nothing: give the "
                "picture as a file or an array."
            )


def _links(element: Element) -> list[str]:
    if isinstance(element, folium.Map):
        return []
    pairs = [*getattr(element, "default_js", ()), *getattr(element, "default_css", ())]
    return [url for _, url in pairs]


def _is_stock(base: type) -> bool:
    return base.__module__.partition(".")[0] in ("folium", "branca")


@contextlib.contextmanager
def stock_safe(figure: Element) -> Iterator[None]:
    """Let layers of folium's own render with their texts as JSON, never as code, for the time of the block.

    Only the elements of this figure are changed, and put back as they were.
    """
    undo: list[Callable[[], None]] = []
    try:
        for element in list(walk_elements(figure)):
            for name, value in _replacements(element):
                undo.append(_swap(element, name, value))
        yield
    finally:
        for back in reversed(undo):
            back()


def _swap(element: Element, name: str, value: object) -> Callable[[], None]:
    """Set an attribute of one element; return what puts it back."""
    own, missing = vars(element), object()
    before = own.get(name, missing)
    own[name] = value

    def back() -> None:
        if before is missing:
            own.pop(name, None)
        else:
            own[name] = before

    return back


def _replacements(element: Element) -> Iterator[tuple[str, object]]:
    """Yield attributes of one element and what stands in for them while it renders."""
    template = getattr(element, "_template", None)
    for kind, safe in _TEMPLATES.items():
        if isinstance(element, kind) and template is getattr(kind, "_template", None):
            yield "_template", safe
    if isinstance(element, folium.Popup):
        yield "markup", _popup_markup
        yield "options", _popup_options(element.options)
    elif isinstance(element, folium.Tooltip):
        yield "markup", lambda: _tooltip_markup(element)
    elif isinstance(element, folium.GeoJson):
        yield from _geojson_parts(element)
    elif type(element) is Element and element._template_str is not None:
        yield "_template", _Literal(element._template_str)


class _Literal:
    """Stands in for a template, and gives its text as it is."""

    def __init__(self, text: str) -> None:
        self.text = text

    def render(self, **_: object) -> str:
        return self.text


def _popup_markup(element: Element, kwargs: dict[str, Any]) -> str:
    # Popup puts a backslash before each backtick of a text, for the template string it no longer stands in.
    return str(element.render(**kwargs)).replace("\\`", "`")


def _popup_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return options with a width in pixels: Leaflet makes a percentage one letter wide."""
    width = str(options.get("max_width", ""))
    found = re.fullmatch(r"(\d+)(?:\.\d+)?(px)?", width)
    if found or not width:
        return {**options, "max_width": int(found[1])} if found else options
    return {**options, "max_width": POPUP_PX}


def _tooltip_markup(tooltip: Any) -> str:  # noqa: ANN401 - folium is not typed
    style = str(getattr(tooltip, "style", "") or "").replace("&", "&amp;").replace('"', "&quot;")
    return f'<div style="{style}">{tooltip.text}</div>' if style else f"<div>{tooltip.text}</div>"


def _geojson_parts(layer: Any) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - folium is not typed
    """Yield styles without templates, and ids where a column's name would be written as code."""
    for name in ("style_function", "highlight_function"):
        function = getattr(layer, name, None)
        if function is not None:
            yield name, _plain_style(function)
    field = getattr(layer, "feature_identifier", None)
    if field is not None and not _PLAIN_FIELD.fullmatch(field):
        features = [{**feature, "id": str(at)} for at, feature in enumerate(layer.data["features"])]
        yield "data", {**layer.data, "features": features}
        yield "feature_identifier", "feature.id"


def _plain_style(function: Callable[[Any], dict[str, Any]]) -> Callable[[Any], dict[str, Any]]:
    """Return a style function whose texts folium takes for no template (it looks for braces at ends)."""

    def apart(value: object) -> object:
        return f" {value} " if isinstance(value, str) and ("{{" in value or "}}" in value) else value

    return lambda feature: {apart(key): apart(value) for key, value in function(feature).items()}  # type: ignore[misc]


def asks_for(figure: Element) -> dict[str, str]:
    """Return which class asks for each link of a figure.

    Examples
    --------
    >>> sorted(set(asks_for(MiniMap()).values()))
    ['MiniMap']
    """
    found = {url: type(element).__name__ for element in walk_elements(figure) for url in _links(element)}
    links = (element for element in walk_elements(figure) if isinstance(element, JavascriptLink))
    return {**{link.url: "a link in the figure" for link in links}, **found}
