"""Published sentences and what the figures say of them, as text and as rows of the briefing."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import geo
from geo.checks import check_choice
from geo.claims import VERDICTS, Verdict, check_claims, claims_document, read_claims
from layers.texts import count_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from layers.dossier import Dossier

FORMATS = ("table", "json", "markdown")


def file_verdicts(
    path: Path | None,
    counts: pd.DataFrame,
    *,
    routes: Path | None = None,
    as_of: dt.date | None = None,
    known_on: dt.date | None = None,
    as_known: Callable[[dt.date], pd.DataFrame] | None = None,
) -> list[Verdict]:
    """Check the sentences of a file; None is the embedded example.

    Parameters
    ----------
    path : Path or None
        A claims file.
    counts : DataFrame
        The tidy table.
    routes : Path, optional
        The user's own corridors, known beside the embedded ones.
    as_of, known_on : date, optional
        Dates that every sentence is held against, whatever its own are.
    as_known : callable, optional
        Gives the tidy table as it was known on a day, for sentences with a publication date; default `counts`
        for all of them.

    Examples
    --------
    >>> [verdict.verdict for verdict in file_verdicts(None, geo.read_counts())][:2]
    ['supported', 'supported']
    """
    claims, corridors = read_claims(path), _corridors(routes)
    found: dict[str, Verdict] = {}
    for day in dict.fromkeys(known_on or claim.known_on for claim in claims):
        table = counts if day is None or as_known is None else as_known(day)
        asked = [claim for claim in claims if (known_on or claim.known_on) == day]
        verdicts = check_claims(asked, table, corridors, as_of=as_of, known_on=day)
        found |= {verdict.claim.id: verdict for verdict in verdicts}
    return [found[claim.id] for claim in claims]


def _corridors(routes: Path | None) -> pd.DataFrame | None:
    import pandas as pd

    if routes is None:
        return None
    own, embedded = geo.read_corridors(routes=routes), geo.read_corridors()
    return pd.concat([own, embedded[~embedded.index.isin(own.index)]])


def verdicts_text(verdicts: Sequence[Verdict], format_: str = "table", *, command: str = "") -> str:
    """Return verdicts as text; each form says the same.

    Raises
    ------
    UnknownNameError
        If the format is none of table, json and markdown.

    Examples
    --------
    >>> verdicts_text([], "markdown").splitlines()[0]
    '| id | verdict | printed | computed | why |'
    """
    check_choice(format_, FORMATS, name="format")
    if format_ == "json":
        document = claims_document(verdicts, command=command or None)
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    return _markdown(verdicts) if format_ == "markdown" else _table(verdicts)


def summary_text(verdicts: Sequence[Verdict]) -> str:
    """Count the verdicts in words.

    Examples
    --------
    >>> summary_text([])
    '0 supported, 0 contradicted, 0 not checkable'
    """
    counted = (sum(verdict.verdict == name for verdict in verdicts) for name in VERDICTS)
    return ", ".join(f"{count} {name}" for count, name in zip(counted, VERDICTS, strict=True))


def verdict_rows(verdicts: Sequence[Verdict]) -> list[dict[str, str]]:
    """Return the rows of the briefing's table.

    Examples
    --------
    >>> verdict_rows([])
    []
    """
    return [
        {
            "text": verdict.claim.text,
            "source": verdict.claim.source,
            "printed": _printed(verdict),
            "verdict": f"{verdict.verdict[:1].upper()}{verdict.verdict[1:]}",
            "value": _value(verdict),
            "why": _why(verdict),
        }
        for verdict in verdicts
    ]


def checked_sentences(dossier: Dossier) -> list[dict[str, str]]:
    """Return the rows of a dossier's claims file, each held against its own dates; none without a file."""
    options = dossier.options
    if options.claims is None:
        return []
    verdicts = file_verdicts(
        options.claims, dossier.counts, routes=options.routes, as_known=counts_known(options.counts)
    )
    return verdict_rows(verdicts)


def counts_known(own: Path | None) -> Callable[[dt.date], pd.DataFrame] | None:
    """Return what gives the counts as they were known on a day; None where no vintages are kept.

    Parameters
    ----------
    own : Path or None
        The user's own counts, joined in.
    """
    from geo.vintages import has_store
    from layers.dossier import Dossier, Options

    return (lambda day: Dossier(Options(counts=own, known_on=day)).counts) if has_store() else None


def _printed(verdict: Verdict) -> str:
    return f"{verdict.claim.qualifier} {verdict.claim.value}".strip()


def _value(verdict: Verdict) -> str:
    if math.isnan(verdict.value):
        return "not available"
    if verdict.unit in {"%", "rank"}:
        return verdict.figure
    return f"{count_text(verdict.value)} {verdict.unit}".strip()


def _why(verdict: Verdict) -> str:
    """Return the sentence without the verdict that stands beside it, and the notes it does not hold."""
    return " ".join([verdict.why, *(note for note in verdict.notes if note not in verdict.why)])


def _markdown(verdicts: Sequence[Verdict]) -> str:
    lines = ["| id | verdict | printed | computed | why |", "|---|---|---:|---:|---|"]
    for verdict in verdicts:
        cells = (
            verdict.claim.id, verdict.verdict, _printed(verdict), _value(verdict),
            f"“{verdict.claim.text}” ({verdict.claim.source}): {_why(verdict)}",
        )  # fmt: skip
        lines.append(f"| {' | '.join(map(markdown_cell, cells))} |")
    return "\n".join([*lines, "", summary_text(verdicts)]) + "\n"


def markdown_cell(text: str) -> str:
    """Return text that stays in its cell and is no markup."""
    for character, escaped in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        ("|", "&#124;"),
        ("`", "&#96;"),
        ("[", "&#91;"),
    ):
        text = text.replace(character, escaped)
    return " ".join(text.split())


def _table(verdicts: Sequence[Verdict]) -> str:
    import io
    import shutil

    from rich import box
    from rich.console import Console
    from rich.table import Table

    stream = io.StringIO()
    width = max(80, shutil.get_terminal_size((120, 24)).columns)
    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("id")
    table.add_column("verdict", no_wrap=True)
    table.add_column("printed", justify="right")
    table.add_column("computed", justify="right")
    table.add_column("why", ratio=1)
    for verdict in verdicts:
        row = (verdict.claim.id, verdict.verdict, _printed(verdict), _value(verdict), _why(verdict))
        table.add_row(*(_visible(cell) for cell in row))
    console.print(table)
    lines = "\n".join(line.rstrip() for line in stream.getvalue().splitlines())
    return f"{lines}\n{summary_text(verdicts)}\n"


def _visible(text: str) -> str:
    """Return text without control characters, which a terminal would obey."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
