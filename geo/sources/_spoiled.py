"""Cells that a workbook parser hands over as blank, though they are not: errors, empty formulas, merges.

The parser returns ``""`` for ``#DIV/0!``, for a formula that was never calculated and for all but the first
cell of a merged range. Read as blank they would become "not published", which is a statement; so they are
found in the XML.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator

Spoiled = dict[tuple[int, int], str]

_WHY: Final = "entities are refused before; expat bounds the rest"
"""Why the XML of a foreign workbook may be parsed here."""
ERROR: Final = "an error value"
FORMULA: Final = "a formula without a result"
MERGED: Final = "a part of a merged cell"
_ERROR_TEXT: Final = re.compile(r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)|Err:\d{3}")
_REFERENCE: Final = re.compile(rb"\br=[\"']([A-Za-z]{1,4})(\d{1,9})[\"']")
_MARKS: Final = {
    "ods": (b"covered-table-cell", b"spanned", b":formula", b">#", b">Err:"),
    "xlsx": (b't="e"', b"t='e'", b"<f", b":f>", b"mergeCell"),
}
"""Without one of these marks a sheet need not be parsed a second time."""
_MOST_MERGED: Final = 20_000
_REPEATS: Final = 100


def find(data: bytes, kind: str, sheet: str) -> Spoiled:
    """Return the spoiled cells of a sheet by (row, column), both from 1."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = "content.xml" if kind == "ods" else _xlsx_part(archive, sheet)
        xml = archive.read(part) if part else b""
    if not any(mark in xml for mark in _MARKS[kind]):
        return {}
    return _find_ods(xml, sheet) if kind == "ods" else _find_xlsx(xml)


def extents(data: bytes, kind: str) -> list[tuple[str, int]]:
    """Return how many cells each sheet spans, by name (ODS) or part (XLSX), before a parser fills them in."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if kind == "ods":
            return _extents_ods(archive.read("content.xml"))
        parts = [
            name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")
        ]
        return [(part, _extent_xlsx(archive.read(part))) for part in parts]


def _extent_xlsx(xml: bytes) -> int:
    places = set(_REFERENCE.findall(xml))
    rows = max((int(row) for _, row in places), default=0)
    return rows * max(
        (column_number(letters.decode()) for letters in {name for name, _ in places}), default=0
    )


def _extents_ods(xml: bytes) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    name, row, last, width = "", 0, 0, 0
    for event, element in ET.iterparse(io.BytesIO(xml), events=("start", "end")):  # noqa: S314 - see _WHY
        tag = _local(element.tag)
        if tag == "table" and event == "start":
            name, row, last, width = _attribute(element, "name"), 0, 0, 0
        elif tag == "table" and event == "end":
            found.append((name, last * width))
        elif tag == "table-row" and event == "end":
            column = here = 0
            for cell in element:
                column += _repeated(cell, "columns")
                if len(cell) or _attribute(cell, "value-type"):
                    here = column
            row += _repeated(element, "rows")
            if here:
                last, width = row, max(width, here)
            element.clear()
    return found


def _repeated(element: ET.Element, way: str) -> int:
    """Return how often a cell or row is repeated; what is no number is 1, as parsers take it."""
    text = _attribute(element, f"number-{way}-repeated")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 1


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _attribute(element: ET.Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if _local(key) == name), "")


def _xlsx_part(archive: zipfile.ZipFile, sheet: str) -> str | None:
    book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - see _WHY
    links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - see _WHY
    targets = {_attribute(link, "Id"): _attribute(link, "Target") for link in links}
    for element in book.iter():
        if _local(element.tag) == "sheet" and _attribute(element, "name") == sheet:
            target = targets.get(_attribute(element, "id"), "").lstrip("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            return part if part in archive.namelist() else None
    return None


def column_number(letters: str) -> int:
    """Return 1 for ``A``, 27 for ``AA``."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number


def _find_xlsx(xml: bytes) -> Spoiled:
    spoiled: Spoiled = {}
    row = column = 0
    for _, element in ET.iterparse(io.BytesIO(xml)):  # noqa: S314 - see _WHY
        name = _local(element.tag)
        if name == "c":
            column += 1
            if place := re.fullmatch(r"([A-Za-z]+)(\d+)", _attribute(element, "r")):
                column = column_number(place[1])
                here = (int(place[2]), column)
            else:
                here = (row + 1, column)
            children = {_local(child.tag): child for child in element}
            value = children["v"].text if "v" in children else ""
            if _attribute(element, "t") == "e":
                spoiled[here] = ERROR
            elif "f" in children and not value and "is" not in children:
                spoiled[here] = FORMULA
        elif name == "row":
            row, column = int(_attribute(element, "r") or row + 1), 0
            element.clear()
        elif name == "mergeCell":
            spoiled |= dict.fromkeys(_inside(_attribute(element, "ref")), MERGED)
    return spoiled


def _inside(ref: str) -> Iterator[tuple[int, int]]:
    """Yield the cells of a merged range."""
    ends = re.fullmatch(r"([A-Za-z]+)(\d+):([A-Za-z]+)(\d+)", ref)
    if not ends:
        return
    left, right = column_number(ends[1]), column_number(ends[3])
    count = 0
    for row in range(int(ends[2]), int(ends[4]) + 1):
        for column in range(left, right + 1):
            count += 1
            if count > _MOST_MERGED:
                return
            yield row, column


def _find_ods(xml: bytes, sheet: str) -> Spoiled:
    spoiled: Spoiled = {}
    inside = False
    row = 0
    for event, element in ET.iterparse(io.BytesIO(xml), events=("start", "end")):  # noqa: S314 - see _WHY
        name = _local(element.tag)
        if name == "table":
            inside = event == "start" and _attribute(element, "name") == sheet
            row = 0
        elif inside and event == "end" and name == "table-row":
            times = _repeated(element, "rows")
            found = _ods_row(element)
            for again in range(min(times, _REPEATS) if found else 0):
                spoiled |= {(row + again + 1, column): why for column, why in found.items()}
            row += times
            element.clear()
    return spoiled


def _ods_row(row: ET.Element) -> dict[int, str]:
    found: dict[int, str] = {}
    column = 0
    for cell in row:
        name = _local(cell.tag)
        if name not in {"table-cell", "covered-table-cell"}:
            continue
        times = _repeated(cell, "columns")
        spans = [int(_attribute(cell, f"number-{way}-spanned") or 1) for way in ("columns", "rows")]
        text = "".join(cell.itertext()).strip()
        why = ""
        if name == "covered-table-cell" or max(spans) > 1:
            why = MERGED
        elif _ERROR_TEXT.fullmatch(text):
            why = ERROR
        elif _attribute(cell, "formula") and not text and not _attribute(cell, "value"):
            why = FORMULA
        if why:
            found |= dict.fromkeys(range(column + 1, column + 1 + min(times, _REPEATS)), why)
        column += times
    return found
