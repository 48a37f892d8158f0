"""Tables and headings of an HTML page, from the document itself: copies inside scripts are not seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Page:
    """What a page shows.

    Attributes
    ----------
    tables : list of list of list of str
        Rows of cells of each table.
    merged : list of bool
        Whether a table has cells that span others.
    headings : list of str
        Texts of headings and captions, in order.
    meta : dict
        Contents of ``meta`` elements by name, and ``time`` for the first machine-readable time.
    """

    tables: list[list[list[str]]] = field(default_factory=list)
    merged: list[bool] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    meta: dict[str, str] = field(default_factory=dict)


class _Parser(HTMLParser):
    _HEADINGS = frozenset({"h1", "h2", "h3", "h4", "caption"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page()
        self.depth = 0
        self.cell: list[str] | None = None
        self.heading: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "table":
            self.depth += 1
            self.page.tables.append([])
            self.page.merged.append(False)
        elif tag == "tr" and self.depth:
            self._end_cell()
            self.page.tables[-1].append([])
        elif tag in {"td", "th"} and self.depth and self.page.tables[-1]:
            self._end_cell()
            self.cell = []
            if any(told.get(name, "1").strip() not in {"1", ""} for name in ("colspan", "rowspan")):
                self.page.merged[-1] = True
        elif tag in self._HEADINGS:
            self.heading = []
        elif tag == "meta" and (name := told.get("name") or told.get("property")):
            self.page.meta.setdefault(name, told.get("content", ""))
        elif tag == "time" and told.get("datetime"):
            self.page.meta.setdefault("time", told["datetime"])

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr"}:
            self._end_cell()
        elif tag == "table" and self.depth:
            self._end_cell()
            self.depth -= 1
        elif tag in self._HEADINGS and self.heading is not None:
            self.page.headings.append(" ".join("".join(self.heading).split()))
            self.heading = None

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)
        if self.heading is not None:
            self.heading.append(data)

    def _end_cell(self) -> None:
        if self.cell is not None:
            self.page.tables[-1][-1].append(" ".join("".join(self.cell).split()))
            self.cell = None


def parse_page(text: str) -> Page:
    """Return tables, headings and meta of a page.

    Examples
    --------
    >>> page = parse_page('<script>{"text": "<table><tr><td>9"}</script><table><tr><td>1<td>2</table>')
    >>> page.tables
    [[['1', '2']]]
    """
    parser = _Parser()
    parser.feed(text)
    parser.close()
    return parser.page
