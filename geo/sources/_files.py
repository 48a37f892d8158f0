"""A file from anywhere, opened without trusting it: sizes first, then type, text and cells."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Final

from geo.errors import InvalidInputError
from geo.sources import _spoiled

MEBIBYTE: Final = 2**20
MOST_BYTES: Final = 64 * MEBIBYTE
MOST_UNPACKED: Final = 80 * MEBIBYTE
MOST_PARTS: Final = 5_000
MOST_CELLS: Final = 5_000_000
_WORKBOOKS: Final = ("ods", "xlsx")


@dataclass(frozen=True)
class Grid:
    """Rows of one sheet or table, and where they stand.

    Attributes
    ----------
    file, sheet : str
        Names for messages; ``sheet`` is empty for CSV and HTML.
    rows : list of list
        Cells as numbers, dates, text or ``""``.
    first_row : int
        Number that a reader of the file sees at ``rows[0]``.
    spoiled : dict
        Cells (row, column from 1) that must not be read, and why.
    """

    file: str
    sheet: str
    rows: list[list[Any]]
    first_row: int = 1
    spoiled: dict[tuple[int, int], str] = field(default_factory=dict)

    def at(self, index: int, column: str | None = None) -> str:
        """Name a place of the grid by its index in ``rows``."""
        sheet = f"sheet '{self.sheet}', " if self.sheet else ""
        where = f"{sheet}row {index + self.first_row}"
        return f"{where}, column '{column}'" if column is not None else where

    @property
    def thing(self) -> str:
        """Name the grid for an error."""
        return f"file '{self.file}'" + (f", sheet '{self.sheet}'" if self.sheet else "")


class SourceFile:
    """One file: its bytes, its kind and the views that readers ask for.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    InvalidInputError
        If it is not there, empty, too large, or a zip that would unpack to too much or is broken.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.name = self.path.name
        if self.path.is_dir():
            raise InvalidInputError(f"Invalid file '{path}'. It is a folder; name the file in it.")
        if not self.path.is_file():
            raise InvalidInputError(f"Invalid file '{path}'. There is no such file.")
        size = self.path.stat().st_size
        if size > MOST_BYTES:
            raise InvalidInputError(
                f"Invalid file '{self.name}'. It has {size} bytes, more than {MOST_BYTES}."
            )
        self.data = self.path.read_bytes()
        if not self.data.strip(b"\x00\xef\xbb\xbf \t\r\n"):
            raise InvalidInputError(f"Invalid file '{self.name}'. It is empty.")
        self.sha256 = hashlib.sha256(self.data).hexdigest()
        self.kind = self._kind()

    def fail(self, rule: str) -> InvalidInputError:
        """Return an error about the whole file."""
        return InvalidInputError(f"Invalid file '{self.name}'. {rule}")

    def _kind(self) -> str:
        if self.data.startswith(b"PK"):
            names = self._check_zip()
            if "content.xml" in names:
                return "ods"
            return "xlsx" if any(name.startswith("xl/") for name in names) else "zip"
        if self.data.startswith(b"PAR1"):
            return "parquet"
        if self.data.startswith(b"\xd0\xcf\x11\xe0"):
            return "xls"
        begin = self.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:300].lower()
        if begin.startswith((b"{", b"[")):
            return "json"
        if begin.startswith((b"<!doctype html", b"<html", b"<table", b"<!--", b"<div", b"<h")):
            return "html"
        return "csv"

    def _check_zip(self) -> set[str]:
        """Unpack every member into nothing, within a bound, before a parser may."""
        try:
            with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
                members = archive.infolist()
                self._check_sizes(members)
                for member in members:
                    with archive.open(member) as part:
                        self._check_part(member.filename, part)
                return {member.filename for member in members}
        except InvalidInputError:
            raise
        except Exception as error:  # noqa: BLE001 - zipfile, zlib and lzma raise their own on broken streams
            raise self.fail(f"It is a broken, encrypted or cut zip ({error}).") from None

    def _check_sizes(self, members: list[zipfile.ZipInfo]) -> None:
        total = sum(member.file_size for member in members)
        if total > MOST_UNPACKED or len(members) > MOST_PARTS:
            raise self.fail(
                f"It would unpack to {total} bytes in {len(members)} parts, more than "
                f"{MOST_UNPACKED} bytes or {MOST_PARTS} parts."
            )

    def _check_part(self, name: str, part: IO[bytes]) -> None:
        """Read a member to its end, where its checksum is compared; refuse XML that defines entities."""
        before = b""
        while chunk := part.read(MEBIBYTE):
            if b"<!ENTITY" in before + chunk:
                raise self.fail(f"Its part '{name}' defines XML entities.")
            before = chunk[-16:]

    @cached_property
    def _workbook(self) -> Any:  # noqa: ANN401 - python-calamine's own type
        import python_calamine

        try:
            self._check_extent()
            return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(self.data))
        except InvalidInputError:
            raise
        except BaseException as error:  # a panic of the parser is no Exception
            if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
                raise
            raise self.fail(f"It is no readable workbook ({error}).") from None

    @cached_property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets of a workbook, empty for other files."""
        return tuple(self._workbook.sheet_names) if self.kind in _WORKBOOKS else ()

    def sheet_like(self, pattern: str) -> str | None:
        """Return the first sheet whose name matches, ignoring case."""
        return next(
            (name for name in self.sheets if re.fullmatch(pattern, name.strip(), re.IGNORECASE)), None
        )

    def _check_extent(self) -> None:
        """Refuse sheets that one far cell makes huge: the parser would fill all that lies between."""
        for name, cells in _spoiled.extents(self.data, self.kind):
            if cells > MOST_CELLS:
                raise self.fail(f"Its sheet '{name}' spans {cells} cells, more than {MOST_CELLS}.")

    def grid(self, sheet: str) -> Grid:
        """Return the cells of a sheet, from its first row on.

        Raises
        ------
        InvalidInputError
            If the sheet cannot be read or has too many cells.
        """
        try:
            rows = self._workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            spoiled = _spoiled.find(self.data, self.kind, sheet)
        except InvalidInputError:
            raise
        except BaseException as error:  # a panic of the parser is no Exception
            if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
                raise
            raise self.fail(f"Its sheet '{sheet}' cannot be read ({error}).") from None
        return Grid(self.name, sheet, [[_plain(cell) for cell in row] for row in rows], spoiled=spoiled)

    @cached_property
    def text(self) -> str:
        """The file as text.

        Raises
        ------
        InvalidInputError
            If it is neither UTF-8 nor UTF-16 with its mark: a guess could turn names into others.
        """
        encoding = "utf-16" if self.data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
        try:
            text = self.data.decode(encoding)
        except UnicodeDecodeError as error:
            raise self.fail(
                f"It is not in UTF-8 (byte {error.start}, line {self.data[: error.start].count(10) + 1}). "
                "Save it again as UTF-8."
            ) from None
        if "\x00" in text:
            raise self.fail("It holds zero bytes: it is no text.")
        return text

    @cached_property
    def json(self) -> Any:  # noqa: ANN401 - whatever the file holds
        """The file as JSON, NaN and infinities refused.

        Raises
        ------
        InvalidInputError
            If it is no JSON.
        """

        def refuse(word: str) -> None:
            raise self.fail(f"It holds '{word}', which is no number of JSON.")

        try:
            return json.loads(self.text, parse_constant=refuse)
        except (ValueError, RecursionError) as error:
            if isinstance(error, InvalidInputError):
                raise
            raise self.fail(f"It is no JSON ({error}).") from None

    @cached_property
    def table(self) -> Grid:
        """The file as CSV, separated by commas, semicolons or tabs.

        Raises
        ------
        InvalidInputError
            If a row has more cells than the header, or a quotation never ends.
        """
        lines = self.text.splitlines()
        head = next((line for line in lines if line.strip()), "")
        separator = max(",;\t", key=head.count)
        try:
            rows: list[list[Any]] = list(
                csv.reader(io.StringIO(self.text, newline=""), delimiter=separator, strict=True)
            )
        except csv.Error as error:
            raise self.fail(f"It is no CSV ({error}).") from None
        return Grid(self.name, "", rows)


def _plain(cell: Any) -> Any:  # noqa: ANN401 - a cell is anything
    """Return a cell with text stripped of the blanks that spreadsheets keep."""
    return re.sub(r"\s+", " ", cell).strip() if isinstance(cell, str) else cell
