"""The files the package carries so that a page fetches nothing, and which links they stand in for."""

from __future__ import annotations

import base64
import itertools
import re
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from branca.element import Element

from geo.errors import RoutewaysError
from layers.lean import lean_script, lean_style
from layers.texts import json_for_html

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEAFLET = "leaflet-1.9.3"
VENDORED: Final[dict[str, tuple[str, ...]]] = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": (f"{_LEAFLET}/leaflet.js", "leaflet-icons"),
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": (f"{_LEAFLET}/leaflet.css",),
    "https://code.jquery.com/jquery-3.7.1.min.js": ("jquery-shim.js",),
    "routeways:js": ("routeways.js",),
    "routeways:explore": ("explore.js",),
    "routeways:css": ("routeways.css",),
}
"""Which files stand in for a link. Whatever is not listed here is refused by name."""


_LOADS = re.compile(
    r"<(?:script|img|iframe|source|link|video|audio|object|embed|base|input)\b[^>]*?"
    r"\b(?:src|href|data|srcset)\s*=\s*[\"']?\s*((?:https?:)?//[^\"'\s>]+)",
    re.IGNORECASE,
)


class AssetError(RoutewaysError, LookupError):
    """A page was about to fetch something, or needs a file that is not in the package."""


@lru_cache(maxsize=16)
def asset_text(name: str) -> str:
    """Return a vendored text file, with the images a style sheet names put into it.

    Raises
    ------
    AssetError
        If the package holds no such file.

    Examples
    --------
    >>> "leaflet-container" in asset_text("leaflet-1.9.3/leaflet.css")
    True
    """
    if name == "leaflet-icons":
        return _icon_script()
    file = resources.files("layers").joinpath("assets", *name.split("/"))
    if not file.is_file():
        raise AssetError(f"Missing asset '{name}'. The package is incomplete: install it again.")
    text = file.read_text(encoding="utf-8")
    if name.startswith("routeways."):
        text = lean_style(text) if name.endswith(".css") else lean_script(text)
    if name.endswith(".css"):
        folder = name.rpartition("/")[0]
        text = re.sub(
            r"url\((images/[\w.-]+)\)", lambda match: f"url({_data_uri(f'{folder}/{match[1]}')})", text
        )
        return text.replace("</style", "<\\/style")
    return re.sub(r"\n?//# sourceMappingURL=\S*\s*$", "\n", text)


def style_block(*names: str) -> str:
    """Return style sheets of the package as ``<style>`` elements.

    Examples
    --------
    >>> style_block("routeways.css").startswith("<style>")
    True
    """
    return "\n".join(f"<style>\n{asset_text(name)}</style>" for name in names)


def _icon_script() -> str:
    """Leaflet guesses the address of its icons from the style sheet; data addresses need to be given."""
    names = {"iconUrl": "marker-icon", "iconRetinaUrl": "marker-icon-2x", "shadowUrl": "marker-shadow"}
    options = {key: _data_uri(f"{_LEAFLET}/images/{name}.png") for key, name in names.items()}
    given = f"L.Icon.Default.mergeOptions({json_for_html(options)});"
    return f"delete L.Icon.Default.prototype._getIconUrl;\n{given}\n"


def _data_uri(name: str) -> str:
    content = resources.files("layers").joinpath("assets", *name.split("/")).read_bytes()
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")


def refuse_elements(figure: Element) -> None:
    """Raise for stock layers that cannot work without a network, by their own name."""
    import folium

    for element in walk_elements(figure):
        address = getattr(element, "tiles", None) or getattr(element, "url", None)
        if isinstance(element, folium.TileLayer | folium.WmsTileLayer):
            raise AssetError(
                f"Invalid layer '{type(element).__name__}'. It fetches tiles ({address}); "
                "the page must fetch nothing."
            )
        if isinstance(element, folium.Icon):
            raise AssetError(
                "Invalid layer 'folium.Icon'. It needs Leaflet.awesome-markers and icon fonts, which are not "
                "in the package: use folium.DivIcon or folium.CircleMarker."
            )


def walk_elements(element: Element, seen: set[int] | None = None) -> Iterator[Element]:
    """Yield an element and all below it, also those kept in attributes (icons, popups' parts)."""
    known = set() if seen is None else seen
    if id(element) in known:
        return
    known.add(id(element))
    yield element
    inside = [value for key, value in vars(element).items() if key != "_parent"]
    for value in itertools.chain(inside, element._children.values()):
        if isinstance(value, Element):
            yield from walk_elements(value, known)


def refuse_loads(text: str) -> None:
    """Raise for HTML that would fetch something, by its address."""
    found = _LOADS.search(text)
    if found:
        raise AssetError(
            f"Unknown asset '{found[1]}'. The page must fetch nothing: put the content in, not a link."
        )
