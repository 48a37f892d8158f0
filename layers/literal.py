"""Elements for folium's figures whose text is given out as it is, and never read as a template."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

import branca.element
from branca.element import Element, Figure, MacroElement

from geo.errors import InvalidInputError
from layers.texts import json_for_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Raw(Element):
    """An element whose text is given out as it is, never read as a template."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._name = "Raw"
        self._text = text

    def render(self, **kwargs: object) -> str:  # noqa: ARG002 - branca's signature
        """Return the text."""
        return self._text


class DataBlock(MacroElement):
    """A block of JSON in the page and one call that hands it to a script of ours.

    Parameters
    ----------
    data : mapping
        What the script draws. It reaches the page as JSON only.
    function : str
        Name of the function in ``routeways.js``.
    elements : sequence of Element
        The map and the groups the function draws on; only their generated names are written.
    """

    def __init__(self, data: Mapping[str, Any], function: str, elements: Sequence[Element]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca is typed in part
        self._name = "DataBlock"
        self.data = data
        self.function = function
        self.elements = tuple(elements)

    def render(self, **kwargs: object) -> str:  # noqa: ARG002 - branca's signature
        """Put the block and the call in the figure; there is nothing to show in its place."""
        figure = self.get_root()
        if not isinstance(figure, Figure):
            raise InvalidInputError("Invalid data block. It renders in a figure: add it to a map first.")
        name = self.get_name()
        block = f'<script type="application/json" id="{name}">{json_for_html(self.data)}</script>'
        figure.html.add_child(Raw(block), name=name)
        first, *groups = (element.get_name() for element in self.elements)
        call = f'routeways.{self.function}("{name}", {first}, [{", ".join(groups)}]);'
        figure.script.add_child(Raw(call), name=name)
        return ""


@contextlib.contextmanager
def single_pass() -> Iterator[None]:
    """Let elements made in this thread keep their text as it is, while a figure renders.

    branca wraps what an element rendered in another element, whose text is a template again. During the
    block, such text is not compiled.
    """
    held: Any = branca.element
    original = held.Template
    thread = threading.get_ident()

    class Literal:
        def __init__(self, text: str) -> None:
            self.text = text

        def render(self, *_: object, **__: object) -> str:
            return self.text

    def template(text: str) -> Any:  # noqa: ANN401 - a jinja2 template or a stand-in
        return Literal(text) if threading.get_ident() == thread else original(text)

    held.Template = template
    try:
        yield
    finally:
        held.Template = original
