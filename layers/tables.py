"""Statistics as text: a table for the terminal, CSV, JSON and Markdown. All four say the same; and frames."""

from __future__ import annotations

import calendar
import csv
import io
import json
import math
from typing import TYPE_CHECKING, Any

from geo.checks import check_choice
from geo.stats import from_frame, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from geo.stats import Stat
    from layers.dossier import Dossier

SIGNED = ("change_point", "trend_slope", "wave_effect")
"""Statistics, besides changes, whose value has a direction."""
_SHARES = ("%", "percentage points")
_FINE = {"index": 2, "correlation": 2, "ratio": 2, "p": 3}
"""Decimals of units whose values are small, by the unit's first word."""
FORMATS = ("table", "csv", "json", "markdown")
COLUMNS = (
    "corridor",
    "statistic",
    "value",
    "unit",
    "measure",
    "basis",
    "source",
    "period_start",
    "period_end",
    "as_of",
    "known_on",
    "against_start",
    "against_end",
    "base_value",
    "low",
    "high",
    "interval",
    "method",
    "flags",
    "sentence",
)
"""Columns of the CSV, in their order."""


def stats_text(dossier: Dossier, format_: str = "table", *, command: str = "") -> str:
    """Return the statistics of a dossier as text.

    Parameters
    ----------
    dossier : Dossier
        What was asked for.
    format_ : {"table", "csv", "json", "markdown"}
        Form of the text.
    command : str
        The command that made it, kept in the JSON.

    Returns
    -------
    text : str
        Ends with a line break.

    Raises
    ------
    UnknownNameError
        If the format is none of these.

    Examples
    --------
    >>> import datetime as dt
    >>> from layers.dossier import Dossier, Options
    >>> dossier = Dossier(Options(corridors=("channel",), as_of=dt.date(2024, 12, 12)))
    >>> stats_text(dossier, "csv").splitlines()[0][:24]
    'corridor,statistic,value'
    """
    check_choice(format_, FORMATS, name="format")
    if format_ == "csv":
        return stats_csv(from_frame(dossier.stats))
    if format_ == "json":
        return json.dumps(stats_document(dossier, command=command), indent=2, ensure_ascii=False) + "\n"
    if format_ == "markdown":
        return _markdown(dossier)
    return _table(dossier)


def stats_document(dossier: Dossier, *, command: str = "") -> dict[str, Any]:
    """Return the statistics as the document that ``geo/data/schemas/stats.schema.json`` describes."""
    document = to_json(dossier.stats, command=command or None, vintages=dossier.used())
    return document | {"disclosure": dossier.disclosure}


def stats_csv(records: Sequence[Stat]) -> str:
    """Return statistics as CSV, one row each, in the columns of :data:`COLUMNS`."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in records:
        writer.writerow([_cell(getattr(record, column)) for column in COLUMNS])
    return stream.getvalue()


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, tuple):
        return " ".join(str(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _rows(dossier: Dossier) -> dict[str, list[Stat]]:
    rows: dict[str, list[Stat]] = {}
    for record in from_frame(dossier.stats):
        rows.setdefault(record.corridor, []).append(record)
    return rows


def value_text(record: Stat) -> str:
    """Return a value with its unit, as a reader expects it: ``34,582 persons``, ``+18.9 %``."""
    value = float(record.value)
    if math.isnan(value):
        return "not available"
    if record.unit == "month":
        return calendar.month_name[int(value)]
    signed = record.statistic.endswith("_change") or record.statistic in SIGNED
    if record.unit.startswith(_SHARES):
        return f"{value:{'+' if signed and value else ''},.1f} {record.unit}".replace("-", "−")
    if _kind(record) in _FINE:
        places = _places(record)
        named = record.unit if record.unit in {"correlation", "ratio"} else ""
        return f"{value:.{places}f} {named}".rstrip().replace("-", "−")
    number = f"{value:,.0f}" if value.is_integer() else f"{value:,.1f}"
    return f"{number} {record.unit}".rstrip()


def _places(record: Stat) -> int:
    """Return how many decimals a value with decimals is shown with."""
    return _FINE.get(_kind(record), 1)


def _kind(record: Stat) -> str:
    return record.unit.partition(" ")[0].rstrip(",")


def range_text(record: Stat) -> str:
    """Return the range of a value: ``1,130–1,470``; "" where none is given."""
    if math.isnan(record.low) or math.isnan(record.high):
        return ""
    whole = float(record.low).is_integer() and float(record.high).is_integer()
    places = 0 if whole else _places(record)
    low, high = (f"{end:,.{places}f}".replace("-", "−") for end in (record.low, record.high))
    return f"{low} to {high}" if record.low < 0 else f"{low}–{high}"


def cell_text(record: Stat) -> str:
    """Return a value with its unit and its range: ``1,302 detections (1,130–1,470)``."""
    told = range_text(record)
    if math.isnan(record.value):
        return f"{told} {record.unit}".rstrip() if told else value_text(record)
    return f"{value_text(record)} ({told})" if told else value_text(record)


def _title(dossier: Dossier, corridor: str) -> str:
    if corridor not in dossier.definitions.index:
        return corridor
    return str(dossier.definitions.loc[corridor, "title"])


def _markdown(dossier: Dossier) -> str:
    lines = []
    for corridor, records in _rows(dossier).items():
        lines += [f"## {_title(dossier, corridor)}", "", "| statistic | value | sentence |", "|---|---:|---|"]
        lines += [
            f"| {record.statistic} | {cell_text(record)} | {record.sentence.replace('|', '&#124;')} |"
            for record in records
        ]
        lines.append("")
    lines += [f"- {note['corridor']}: {note['note']}" for note in dossier.notes]
    return "\n".join(lines).rstrip() + "\n"


def _table(dossier: Dossier) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    stream = io.StringIO()
    console = Console(file=stream, width=terminal_width(), highlight=False, markup=False, emoji=False)
    for corridor, records in _rows(dossier).items():
        table = Table(
            title=_title(dossier, corridor), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
        )
        table.add_column("statistic", no_wrap=True)
        table.add_column("value", justify="right", no_wrap=True)
        table.add_column("sentence", ratio=1)
        for record in records:
            table.add_row(record.statistic, cell_text(record), record.sentence)
        console.print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def terminal_width() -> int:
    """Return the width of the terminal, or 120 columns where the output goes into a file or a pipe."""
    import shutil

    return max(80, shutil.get_terminal_size((120, 24)).columns)


def frame_text(table: pd.DataFrame, format_: str) -> str:
    """Return a table as text for the terminal, CSV or JSON; it ends with a line break."""
    plain = table.copy()
    plain.attrs = {}
    for name in plain.columns:
        if plain[name].dtype.kind == "M":
            plain[name] = plain[name].dt.strftime("%Y-%m-%d")
    if format_ == "csv":
        return str(plain.to_csv(index=False, lineterminator="\n"))
    if format_ == "json":
        rows = json.loads(plain.to_json(orient="records"))
        return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
    return _frame_table(plain)


def _frame_table(plain: pd.DataFrame) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    stream = io.StringIO()
    console = Console(file=stream, width=terminal_width(), highlight=False, markup=False, emoji=False)
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in plain.columns:
        number = plain[name].dtype.kind in "if"
        shown.add_column(
            str(name).replace("_", " "),
            justify="right" if number else "left",
            overflow="fold",
            no_wrap=name in {"vintage", "source", "measure", "period"} or str(name)[:2] == "20",
        )
    for row in plain.itertuples(index=False):
        shown.add_row(*[_frame_cell(value) for value in row])
    console.print(shown)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()).strip("\n") + "\n"


def _frame_cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return "" if value != value else f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
