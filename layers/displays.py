"""What a notebook shows of a result: sentences, values and intervals in tables that can be read."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.claims import VERDICTS, Verdict
from geo.counts import series_info
from geo.display import LITERAL, Displayed, literal, record_rows, table_html, value_text
from geo.errors import InvalidInputError
from geo.stats import Stat, from_frame, read_voice, statistic_title
from geo.stats.records import COLUMNS
from geo.stats.titles import TITLES
from geo.terms import MEASURES
from layers.dossier import Dossier
from layers.tables import cell_text, terminal_width
from layers.texts import day_text
from layers.verdicts import markdown_cell, summary_text, verdict_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_ROWS: Final = 40
"""Rows of a table that are shown; how many there are is said."""
_DIFF: Final = {"change", "value_before", "value_after", "difference"}
_RANGES: Final = {"low", "high", "sentence", "label", "n_legs_sharing"}
_NUMBER_KINDS: Final = "iuf"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of text.

    Attributes
    ----------
    caption : str
        What it shows.
    head : tuple of str
        Headings of the columns.
    rows : tuple of tuple of str
        Cells; the first heads its row.
    numbers : frozenset of int
        Places of the columns of numbers.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """What :func:`show` gives: a notebook shows it as HTML, Markdown or text, a terminal as text.

    Attributes
    ----------
    tables : tuple of Table
        In their order.
    notes : tuple of str
        Sentences below them.
    """

    tables: tuple[Table, ...]
    notes: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        tables = (table_html(one.caption, one.head, one.rows, numbers=one.numbers) for one in self.tables)
        notes = "".join(f"<li>{literal(note)}</li>" for note in self.notes)
        return f'<div class="{LITERAL}">{"".join(tables)}{f"<ul>{notes}</ul>" if notes else ""}</div>'

    def _repr_markdown_(self) -> str:
        parts = [part for one in self.tables for part in (f"**{markdown_cell(one.caption)}**", _pipes(one))]
        notes = "\n".join(f"- {markdown_cell(note)}" for note in self.notes)
        return "\n\n".join([*parts, *([notes] if notes else [])]) + "\n"

    def __repr__(self) -> str:
        return "\n".join([*map(_plain, self.tables), *self.notes]).rstrip("\n")


def show(result: object, *, most: int = MOST_ROWS) -> Shown:
    """Show a result in words and figures: statistics, ranges of flows, verdicts, changes, records, a dossier.

    Parameters
    ----------
    result : object
        A table of statistics (:func:`geo.corridor_stats` and its kin) or its records, ranges of flows
        (:func:`geo.flow_ranges`), verdicts (:func:`geo.check_claims`), what changed between two vintages
        (:func:`geo.diff_vintages`), a :class:`layers.Dossier`, any record of the package or a list of them,
        or any other DataFrame: shapes are left out of it.
    most : int
        Rows of each table that are shown.

    Returns
    -------
    shown : Shown
        Text in every form: whatever the data hold stays text.

    Raises
    ------
    InvalidInputError
        If it is nothing of these.

    See Also
    --------
    layers.explore : The same, on a map.

    Examples
    --------
    >>> import geo
    >>> stats = geo.corridor_stats(geo.read_counts(), ["channel"], as_of="2024-12-12",
    ...                            statistics=["year_to_date_change"])
    >>> shown = show(stats)
    >>> shown.tables[0].head
    ('Statistic', 'Value', 'Period', 'In words')
    >>> shown.tables[0].rows[0][1]
    '+18.9 %'
    """
    if isinstance(result, Shown):
        return result
    if isinstance(result, Dossier):
        return _dossier(result, most)
    if isinstance(result, pd.DataFrame):
        return _frame(result, most)
    if isinstance(result, Stat):
        return _stats([result], most)
    if isinstance(result, Verdict):
        return _verdicts([result], most)
    if isinstance(result, Displayed):
        return Shown((Table(type(result).__name__, (), tuple(record_rows(result))),))
    if isinstance(result, list | tuple) and result and all(isinstance(one, Displayed) for one in result):
        return _records(result, most)
    raise InvalidInputError(
        f"Invalid result '{type(result).__name__}'. Show takes a table, a dossier, or records of "
        "the package: statistics, verdicts, periods, assumptions."
    )


def _records(records: Sequence[Any], most: int) -> Shown:
    if all(isinstance(one, Stat) for one in records):
        return _stats(records, most)
    if all(isinstance(one, Verdict) for one in records):
        return _verdicts(records, most)
    parts = [(type(one).__name__, tuple(record_rows(one))) for one in records[:most]]
    return Shown(tuple(Table(name, (), rows) for name, rows in parts), _left_out(len(records), most))


def _frame(table: pd.DataFrame, most: int) -> Shown:
    columns = {str(name) for name in table.columns}
    if list(table.index.names) == ["corridor", "statistic"] and columns >= set(COLUMNS):
        return _stats(from_frame(table), most, notes=table.attrs.get("notes", ()))
    if columns >= _DIFF:
        return _changes(table, most)
    if columns >= _RANGES:
        return _ranges(table, most)
    return Shown((_generic(table, most),), _left_out(len(table), most))


def _stats(
    records: Sequence[Stat],
    most: int,
    *,
    notes: Iterable[Mapping[str, str]] = (),
    titles: Mapping[str, str] | None = None,
) -> Shown:
    """One table per corridor and series, its dates in the caption."""
    groups: dict[tuple[str, ...], list[Stat]] = {}
    for record in records:
        groups.setdefault((record.corridor, record.source, record.measure, record.basis), []).append(record)
    tables = []
    for (corridor, source, measure, basis), group in groups.items():
        told = any(record.interval for record in group)
        series = _series(source, measure, basis)
        caption = "; ".join(
            part
            for part in (
                f"{(titles or {}).get(corridor) or corridor or 'Figures'}: {series}",
                f"data through {_day(max(record.as_of for record in group))}",
                _published(group),
            )
            if part
        )
        head = ("Statistic", "Value", *(("Interval",) if told else ()), "Period", "In words")
        rows = tuple(_stat_row(record, told) for record in group[:most])
        tables.append(Table(caption, head, rows, frozenset({1})))
    more = [f"{note.get('corridor', '')}: {note.get('note', '')}" for note in notes]
    longest = max((len(group) for group in groups.values()), default=0)
    return Shown(tuple(tables), (*more, *_left_out(longest, most)))


def _stat_row(record: Stat, told: bool) -> tuple[str, ...]:
    spans = [record.period_start, record.period_end]
    period = " to ".join(dict.fromkeys(_day(day) for day in spans if day))
    known = record.statistic.removesuffix("_change") in TITLES
    title = statistic_title(read_voice("en"), record.statistic) if known else record.statistic
    return (title, cell_text(record), *((record.interval,) if told else ()), period, record.sentence)


def _series(source: str, measure: str, basis: str) -> str:
    """Name a series as its publisher's figures are named elsewhere."""
    if not source or measure not in MEASURES:
        return " ".join(part for part in (source, measure, basis) if part)
    label = str(series_info(source, measure)["wording"]["label"])
    return f"{label}, {basis}" if basis else label


def _published(group: Sequence[Stat]) -> str:
    days = [record.known_on for record in group if record.known_on]
    return f"published by {_day(max(days))}" if days else ""


def _day(value: object) -> str:
    return day_text(value)


def _verdicts(verdicts: Sequence[Verdict], most: int) -> Shown:
    rows = tuple(
        (row["text"], row["printed"], row["value"], row["verdict"], row["why"])
        for row in verdict_rows(verdicts[:most])
    )
    head = ("Sentence", "Printed", "Computed", "Verdict", "Why")
    table = Table("Published sentences, held against the figures", head, rows, frozenset({1, 2}))
    counted = {name: sum(verdict.verdict == name for verdict in verdicts) for name in VERDICTS}
    notes = [f"{summary_text(verdicts)}." if sum(counted.values()) else "No sentences."]
    return Shown((table,), (*notes, *_left_out(len(verdicts), most)))


def _changes(table: pd.DataFrame, most: int) -> Shown:
    summary = pd.DataFrame(table.attrs.get("summary", []))
    first = [_generic(summary, most, caption="What changed, by series")] if len(summary) else []
    empty = [name for name in table.columns if not any(map(value_text, table[name].head(most)))]
    rows = _generic(table.drop(columns=empty), most, caption="Changed figures")
    warnings = tuple(str(line) for line in table.attrs.get("warnings", ()))
    return Shown((*first, rows), (*warnings, *_left_out(len(table), most)))


def _ranges(table: pd.DataFrame, most: int) -> Shown:
    """Tell the range of each leg: an open end is said, a missing one is no zero."""
    rows = []
    for leg, row in table.head(most).iterrows():
        low, high = float(row["low"]), float(row["high"])
        unit = value_text(row.get("unit"))
        if math.isnan(low):
            told = "not bounded"
        elif math.isnan(high) or math.isinf(high):
            told = f"{low:,.0f} or more {unit}"
        else:
            told = f"{low:,.0f} {unit}" if low == high else f"{low:,.0f}–{high:,.0f} {unit}"
        period = " to ".join(
            dict.fromkeys(filter(None, (_day(row.get("period_start")), _day(row.get("period_end")))))
        )
        rows.append((str(leg), told.strip(), period, value_text(row["sentence"])))
    table_of = Table(
        "What published counts allow on each leg", ("Leg", "Range", "Period", "In words"), tuple(rows)
    )
    return Shown((table_of,), _left_out(len(table), most))


def _generic(table: pd.DataFrame, most: int, *, caption: str = "") -> Table:
    """Return any table as text, without its shapes; its index heads the rows where it has a name."""
    plain = pd.DataFrame(table.head(most)).copy()
    plain.attrs = {}
    plain = plain[[name for name in plain.columns if str(plain[name].dtype) != "geometry"]]
    if plain.index.names != [None] or not len(plain.columns):
        plain = plain.reset_index(
            names=[str(name or "row") for name in plain.index.names], allow_duplicates=True
        )
    head = tuple(str(name).replace("_", " ") for name in plain.columns)
    cells = [plain.iloc[:, at] for at in range(len(plain.columns))]
    rows = tuple(tuple(value_text(cell) for cell in row) for row in zip(*cells, strict=True))
    numbers = frozenset(at for at, cell in enumerate(cells) if at and cell.dtype.kind in _NUMBER_KINDS)
    size = f"{len(table):,} {'row' if len(table) == 1 else 'rows'}"
    return Table(f"{caption or 'Table'}: {size}", head, rows, numbers)


def _dossier(dossier: Dossier, most: int) -> Shown:
    from layers.verdicts import counts_known, file_verdicts

    titles = {str(key): str(title) for key, title in dossier.definitions["title"].items()}
    shown = _stats(dossier.records, most, notes=dossier.notes, titles=titles)
    options = dossier.options
    if options.claims is None:
        return shown
    known = counts_known(options.counts)
    held = file_verdicts(options.claims, dossier.counts, routes=options.routes, as_known=known)
    more = _verdicts(held, most)
    return Shown((*shown.tables, *more.tables), (*shown.notes, *more.notes))


def _left_out(size: int, most: int) -> tuple[str, ...]:
    return (f"{size - most:,} more rows are not shown.",) if size > most else ()


def _pipes(table: Table) -> str:
    width = len(table.head) or max((len(row) for row in table.rows), default=1)
    head = table.head or ("",) * width
    rule = ["---:" if at in table.numbers else "---" for at in range(width)]
    lines = [head, rule, *table.rows]
    cells = [[cell if line is rule else markdown_cell(cell) for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _plain(table: Table) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid

    stream = io.StringIO()
    console = Console(file=stream, width=terminal_width(), highlight=False, markup=False, emoji=False)
    grid = Grid(
        title=_printable(table.caption),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_header=bool(table.head),
    )
    width = len(table.head) or max((len(row) for row in table.rows), default=1)
    for at in range(width):
        grid.add_column(
            _printable(table.head[at]) if table.head else "",
            justify="right" if at in table.numbers else "left",
        )
    for row in table.rows:
        grid.add_row(*map(_printable, row))
    console.print(grid)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines())


def _printable(text: str) -> str:
    """Return text without control characters, which a terminal would obey."""
    return "".join(one if one.isprintable() else "\ufffd" if one not in "\n\t" else " " for one in text)
