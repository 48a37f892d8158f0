"""One HTML file that fetches nothing: assets inlined, values escaped, a policy of which scripts may run.

A folium map renders through :class:`OfflineFigure`, which swaps every link for the file behind it and
refuses the others. Folium and branca render text twice, as a template each time; here it is
rendered once, so that ``{{…}}`` in anybody's data stays what it is.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import os
import re
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from branca.element import CssLink, Element, Figure, JavascriptLink, Link

from layers.literal import DataBlock, single_pass
from layers.notebook import FRAME_HEIGHT, frame_html
from layers.packing import unpack_block
from layers.still import still_svg
from layers.stock import asks_for, refuse_elements, stock_safe, unknown_asset
from layers.texts import literal_html
from layers.vendor import (
    VENDORED,
    AssetError,
    asset_text,
    own_asset,
    refuse_loads,
    style_block,
    walk_elements,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_SMALL_PAGE: Final = (
    "<style>main{padding:.6rem .8rem}h1{font-size:1.05rem}"
    ".rw-map .folium-map{height:calc(100vh - 8rem);min-height:320px}</style>"
)
_SCRIPT = re.compile(r"<script\b(?![^>]*application/(?:ld\+)?json)", re.IGNORECASE)
_PATTERN = re.compile(r"\{\{'(\w+_[0-9a-f]{32})'\}\}")
"""How folium writes the name of a fill pattern into a style."""
_LOCK = threading.RLock()


class PageParts(NamedTuple):
    """What a page needs to show a map inside a text of its own.

    Attributes
    ----------
    head : str
        Style sheets, for ``<head>``.
    body : str
        The map, its legend, summary and table: HTML without scripts.
    scripts : tuple of str
        Sources of the scripts, in order, for the end of ``<body>``. Equal ones of several maps run once.
    """

    head: str
    body: str
    scripts: tuple[str, ...]


class OfflineFigure(Figure):
    """A folium figure that holds everything it needs.

    Parameters
    ----------
    title : str
        Title of the page.
    lang : str
        Language of its text, a BCP 47 tag.

    Notes
    -----
    It serves whatever renders through the figure: ``save``, Jupyter's display, and layers of folium's own
    that a user adds. Element ids are numbered in the order of their appearance: equal input, equal bytes.
    """

    def __init__(self, title: str = "Map", lang: str = "en") -> None:
        super().__init__(height=FRAME_HEIGHT, title=title)
        self.lang = lang
        self.heading = ""
        self.opening = ""
        self.closing = ""
        self.tail = ""
        self.summary = ""
        self.assets: dict[str, str | os.PathLike[str]] = {}

    def parts(
        self, *, prefix: str = "rw", assets: Mapping[str, str | os.PathLike[str]] | None = None
    ) -> PageParts:
        """Render the map once and return what a page needs to show it.

        Parameters
        ----------
        prefix : str
            Start of all element ids; give each map on a page its own.
        assets : mapping of str to path, optional
            Files by the link they stand in for, beside those of the attribute ``assets``.

        Raises
        ------
        AssetError
            If a layer links to a file that is not vendored, or would fetch one from the page.
        """
        copies = {**self.assets, **(assets or {})}
        with _LOCK, single_pass(), self._slots_kept():
            refuse_elements(self, copies)
            with stock_safe(self):
                for child in list(self._children.values()):
                    child.render()
                styles, scripts, head = _split_header(self.header, copies, asks_for(self))
                body = "\n".join(_text(child) for child in self.html._children.values())
                calls = "\n".join(_text(child) for child in self.script._children.values())
        refuse_loads(head + body)
        rename = _renumber(self, prefix)
        calls = rename(_closed(_PATTERN.sub(r"\1", calls)))
        blocks = tuple(
            itertools.chain((_closed(text) for text in scripts), [f"(function () {{\n{calls}\n}})();"])
        )
        shown = "\n".join((self.opening, rename(body), self.closing))
        if self.opening:
            past = f"{prefix}-past-map"
            skip = f'<a class="rw-skip" href="#{past}">Skip the map</a>'
            shown = f'{skip}\n{shown}\n<div id="{past}" tabindex="-1"></div>'
        return PageParts(rename("\n".join([*styles, head])), shown, blocks)

    @contextlib.contextmanager
    def _slots_kept(self) -> Iterator[None]:
        """Put back what head, body and script held before: branca would add to it at each rendering."""
        slots = (self.header, self.html, self.script)
        held = [slot._children.copy() for slot in slots]
        try:
            yield
        finally:
            for slot, children in zip(slots, held, strict=True):
                slot._children = children

    def render(self, **kwargs: object) -> str:  # noqa: ARG002 - branca's signature
        """Return the whole page."""
        return self.page()

    def page(
        self, assets: Mapping[str, str | os.PathLike[str]] | None = None, *, map_first: bool = False
    ) -> str:
        """Return the whole page, with files of the user's own for links the package has no copy of.

        With ``map_first`` only its title stands above the map.
        """
        parts = self.parts(assets=assets)
        title = self.title or "Map"
        heading = self.heading or f"<h1>{literal_html(title)}</h1>"
        above, end, below = heading.partition("</h1>") if map_first else (heading, "", "")
        body = "\n".join(text for text in (above + end, parts.body, below, self.tail) if text)
        head = f"{parts.head}\n{_SMALL_PAGE}" if map_first else parts.head
        return render_page(
            title, body, head=head, scripts=parts.scripts, lang=self.lang, description=self.summary
        )

    def _repr_html_(self, **kwargs: object) -> str:  # noqa: ARG002 - branca's signature
        title = self.title or "Map"
        blocks = [block.data for block in walk_elements(self) if isinstance(block, DataBlock)]
        drawn = [unpack_block(data) if "texts" in data else data for data in blocks]
        layers = [layer for data in drawn for layer in data.get("layers", ())]
        whole = next((data for data in drawn if "base" in data), None)
        picture = still_svg({**whole, "layers": layers}, title=title) if whole else ""
        return frame_html(
            self.page(map_first=True), title=title, summary=self.summary, height=self.height, picture=picture
        )


def map_parts(
    sheet: Any,  # noqa: ANN401 - folium is not typed
    *,
    prefix: str = "rw",
    assets: Mapping[str, str | os.PathLike[str]] | None = None,
) -> PageParts:
    """Return a map as parts of a larger page: head, body and script sources.

    Parameters
    ----------
    sheet : folium.Map
        Of :func:`layers.build_map`.
    prefix : str
        Start of all element ids; give each map on a page its own.
    assets : mapping of str to path, optional
        Local copies of the files that a plugin of your own links to, by link. They are put into the page.

    Returns
    -------
    parts : PageParts
        Hand them to :func:`render_page` together with a body of your own.

    Raises
    ------
    AssetError
        If the map is not of this package, or holds something that would have to be fetched.

    Examples
    --------
    >>> import folium
    >>> map_parts(folium.Map(tiles=None))
    Traceback (most recent call last):
    layers.vendor.AssetError: Invalid map 'Map'. Its figure fetches files: build it with layers.build_map.
    """
    return _offline(sheet).parts(prefix=prefix, assets=assets)


def page_html(
    sheet: Any,  # noqa: ANN401 - folium is not typed
    *,
    assets: Mapping[str, str | os.PathLike[str]] | None = None,
) -> str:
    """Return a map as one page of HTML that fetches nothing; for ``assets`` see :func:`save_page`."""
    return _offline(sheet).page(assets)


def save_page(
    sheet: Any,  # noqa: ANN401 - folium is not typed
    path: str | os.PathLike[str],
    *,
    assets: Mapping[str, str | os.PathLike[str]] | None = None,
) -> Path:
    """Write a map, or a page that is already HTML, to one file, whole or not at all.

    Parameters
    ----------
    sheet : folium.Map or str
        Of :func:`layers.build_map`, or the text of a page.
    path : path
        Where to; its folder must be there.
    assets : mapping of str to path, optional
        Local copies of the files that a plugin of your own links to, by link. They are put into the page,
        comments and all, so that their licence travels with them. How such a plugin treats texts is not known
        here: make them inert with :func:`layers.texts.literal_html` before they go to it.

    Returns
    -------
    path : Path
        What was written.

    Raises
    ------
    AssetError
        If the map holds a layer that would fetch something, or that no copy is there for.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_page("<!doctype html>", Path(folder) / "map.html").name
    'map.html'
    """
    text = sheet if isinstance(sheet, str) else page_html(sheet, assets=assets)
    target = Path(path)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8"))
        Path(temporary).chmod(0o644)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target


def render_page(
    title: str,
    body: str,
    *,
    head: str = "",
    scripts: Sequence[str] = (),
    lang: str = "en",
    description: str = "",
) -> str:
    """Return a whole page around a body, with a policy under which only the given scripts run.

    Parameters
    ----------
    title, description : str
        Plain text; escaped here.
    body, head : str
        HTML. Text from data in it must have gone through :func:`layers.texts.literal_html`. The body should
        hold one ``<h1>``; where it holds no ``<main>`` it is put into one.
    scripts : sequence of str
        Sources of scripts; equal ones run once.
    lang : str
        Language of the text.

    Raises
    ------
    AssetError
        If head or body would fetch something, or hold a script.

    Examples
    --------
    >>> page = render_page("A <b>", "<h1>Hello</h1>", scripts=["let a = 1;"])
    >>> "<title>A &lt;b&gt;</title>" in page, page.count("sha256-")
    (True, 1)
    """
    refuse_loads(head + body)
    found = _SCRIPT.search(head + body)
    if found:
        raise AssetError(
            "Invalid page 'inline script'. Head and body hold no scripts: "
            "give their sources as scripts, so that the policy of the page knows them."
        )
    sources = list(dict.fromkeys(_closed(source) for source in scripts))
    hashes = " ".join(f"'sha256-{_digest(source)}'" for source in sources) or "'none'"
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )
    main = body if re.search(r"<main\b", body) else f"<main>\n{body}\n</main>"
    about = f'<meta name="description" content="{literal_html(description)}">\n' if description else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{literal_html(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{literal_html(title)}</title>\n{about}{head}\n</head>\n<body>\n{main}\n"
        + "".join(f"<script>{source}</script>\n" for source in sources)
        + "</body>\n</html>\n"
    )


def _offline(sheet: Any) -> OfflineFigure:  # noqa: ANN401 - folium is not typed
    figure = sheet.get_root()
    if not isinstance(figure, OfflineFigure):
        raise AssetError(
            f"Invalid map '{type(sheet).__name__}'. Its figure fetches files: build it with layers.build_map."
        )
    return figure


def _split_header(
    header: Element, copies: Mapping[str, str | os.PathLike[str]], asking: Mapping[str, str]
) -> tuple[list[str], list[str], str]:
    """Return style blocks, script sources and the rest of a figure's header."""
    styles: list[str] = []
    scripts: list[str] = []
    rest: list[str] = []
    for name, child in header._children.items():
        if name == "meta_http":
            continue
        if not isinstance(child, Link):
            rest.append(_text(child))
            continue
        own = own_asset(child.url, copies[child.url]) if child.url in copies else ""
        files = VENDORED.get(child.url)
        if not own and files is None:
            raise unknown_asset(child.url, asking.get(child.url, str(name)))
        if isinstance(child, CssLink):
            styles.append(f"<style>\n{own}</style>" if own else style_block(*(files or ())))
        elif isinstance(child, JavascriptLink):
            scripts.extend([own] if own else (asset_text(file) for file in files or ()))
    return styles, scripts, "\n".join(rest)


def _text(element: Element) -> str:
    return str(element.render())


def _renumber(figure: Figure, prefix: str) -> Any:  # noqa: ANN401 - a function on text
    """Return a function that replaces the random ids of elements by numbers in order of appearance."""
    ids = {element._id for element in walk_elements(figure)}
    pattern = re.compile(r"_([0-9a-f]{32})(?![0-9a-f])")
    numbers: dict[str, str] = {}

    def replace(match: re.Match[str]) -> str:
        found = match[1]
        return "_" + (numbers.setdefault(found, f"{prefix}{len(numbers) + 1}") if found in ids else found)

    return lambda text: pattern.sub(replace, text)


def _closed(script: str) -> str:
    """Return a script in which no text can end the element around it."""
    return re.sub(r"<(?=/script|!--)", r"\\x3c", script, flags=re.IGNORECASE)


def _digest(source: str) -> str:
    return base64.b64encode(hashlib.sha256(source.encode("utf-8")).digest()).decode("ascii")
