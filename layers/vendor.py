"""The files the package carries so that a page fetches nothing, and which links they stand in for."""

from __future__ import annotations

import base64
import itertools
import re
from functools import lru_cache
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from branca.element import Element

from geo.errors import RoutewaysError
from layers.lean import lean_script, lean_style
from layers.texts import json_for_html

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

_LEAFLET = "leaflet-1.9.3"
_CDNJS = "https://cdnjs.cloudflare.com/ajax/libs"
_NPM = "https://cdn.jsdelivr.net/npm"
VENDORED: Final[dict[str, tuple[str, ...]]] = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": (
        f"{_LEAFLET}/leaflet.js",
        "leaflet-icons",
        "guard.js",
    ),
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": (f"{_LEAFLET}/leaflet.css",),
    "https://code.jquery.com/jquery-3.7.1.min.js": ("jquery-shim.js",),
    "routeways:js": ("routeways.js",),
    "routeways:explore": ("explore.js",),
    "routeways:css": ("routeways.css",),
    f"{_CDNJS}/leaflet.markercluster/1.1.0/leaflet.markercluster.js": (
        "plugins/leaflet.markercluster-1.1.0/leaflet.markercluster.js",
    ),
    f"{_CDNJS}/leaflet.markercluster/1.1.0/MarkerCluster.css": (
        "plugins/leaflet.markercluster-1.1.0/MarkerCluster.css",
    ),
    f"{_CDNJS}/leaflet.markercluster/1.1.0/MarkerCluster.Default.css": (
        "plugins/leaflet.markercluster-1.1.0/MarkerCluster.Default.css",
    ),
    f"{_NPM}/leaflet.fullscreen@3.0.0/Control.FullScreen.min.js": (
        "plugins/leaflet.fullscreen-3.0.0/Control.FullScreen.js",
    ),
    f"{_NPM}/leaflet.fullscreen@3.0.0/Control.FullScreen.css": (
        "plugins/leaflet.fullscreen-3.0.0/Control.FullScreen.css",
    ),
    f"{_NPM}/leaflet-polylineoffset@1.1.1/leaflet.polylineoffset.min.js": (
        "plugins/leaflet-polylineoffset-1.1.1/leaflet.polylineoffset.js",
    ),
    f"{_NPM}/leaflet-textpath@1.2.3/leaflet.textpath.min.js": (
        "plugins/leaflet-textpath-1.2.3/leaflet.textpath.js",
    ),
    f"{_NPM}/leaflet-ant-path@1.1.2/dist/leaflet-ant-path.min.js": (
        "plugins/leaflet-ant-path-1.1.2/leaflet-ant-path.js",
    ),
    "https://unpkg.com/leaflet.featuregroup.subgroup@1.0.2/dist/leaflet.featuregroup.subgroup.js": (
        "plugins/leaflet.featuregroup.subgroup-1.0.2/leaflet.featuregroup.subgroup.js",
    ),
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
            r"url\(((?:images/)?[\w-]+\.(?:png|svg))\)",
            lambda match: f"url({_data_uri(f'{folder}/{match[1]}')})",
            text,
        )
        return _inline_style(text)
    return _inline_script(text)


def own_asset(url: str, file: str | os.PathLike[str]) -> str:
    """Return the text of a file that a user hands in for a link, ready to stand in a page.

    Parameters
    ----------
    url : str
        The link it stands in for; one that ends in ``.css`` is a style sheet.
    file : path
        A copy of what is behind the link.

    Raises
    ------
    AssetError
        If there is no such file, it is not text, or it is a style sheet that links to other files.
    """
    try:
        text = Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AssetError(
            f"Invalid asset '{file}' for '{url}'. It cannot be read as text: {error}."
        ) from error
    if not url.partition("?")[0].endswith(".css"):
        return _inline_script(text)
    found = re.search(r"""url\(\s*["']?(?!data:|#)([^"')]*)|@import\s+["']?([^"';]*)""", text)
    if found:
        raise AssetError(
            f"Invalid asset '{file}' for '{url}'. It links to '{found[1] or found[2]}', and the page must "
            "fetch nothing: put the content in as a data address."
        )
    return _inline_style(text)


def _inline_style(text: str) -> str:
    return re.sub(r"</style", r"<\\/style", text, flags=re.IGNORECASE)


def _inline_script(text: str) -> str:
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
    kind = "svg+xml" if name.endswith(".svg") else "png"
    return f"data:image/{kind};base64," + base64.b64encode(content).decode("ascii")


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


_ACTS = re.compile(r"\b(?:on\w+|href|src|srcdoc|(?:form)?action|to|values)\s*=", re.IGNORECASE)
_ACTING = re.compile(r"<(iframe|frame|object|embed|base|form)\b", re.IGNORECASE)


class _Acts(HTMLParser):
    """Names the first attribute of an element that would run as a script, wherever it stands.

    Nothing is taken for a comment or for raw text: where such parts end, browsers and this parser may differ.
    """

    found = ""

    def set_cdata_mode(self, *_: object, **__: object) -> None:
        """Read on as markup inside ``<script>``, ``<style>`` and their like."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]+", "", value or "").lower()
            if name.startswith("on") or name == "srcdoc" or address.startswith("javascript:"):
                self.found = self.found or f"{name} of <{tag}>"


def refuse_loads(text: str) -> None:
    """Raise for HTML that would fetch something, by its address, or hold a frame, a form or a handler.

    Raises
    ------
    AssetError
        Naming what was found.
    """
    if _ACTS.search(text):
        parser = _Acts(convert_charrefs=True)
        parser.feed(text.replace("<!", "<"))
        if parser.found:
            raise AssetError(
                f"Invalid page '{parser.found}'. Scripts in attributes never run in a page: take it out, or "
                "make text of it with layers.texts.literal_html."
            )
    found = _ACTING.search(text)
    if found:
        raise AssetError(
            f"Invalid page '<{found[1].lower()}>'. Pages hold no frames, forms or embedded objects: "
            "put the content in."
        )
    found = _LOADS.search(text)
    if found:
        raise AssetError(
            f"Unknown asset '{found[1]}'. The page must fetch nothing: put the content in, not a link."
        )
