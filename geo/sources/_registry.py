"""Which reader a file belongs to (used through :mod:`geo.sources`)."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo.checks import check_choice
from geo.errors import InvalidInputError
from geo.sources import _frames
from geo.sources._files import SourceFile

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

    import pandas as pd

READERS: Final = (
    "home_office",
    "home_office_pages",
    "frontex",
    "italy",
    "iom",
    "unhcr",
    "unhcr_statistics",
    "eurostat",
)
"""Modules of :mod:`geo.sources`, each with ``SOURCES``, ``recognise(file)`` and ``read(file, options)``."""
_BY: Final = (terms.NATIONALITY, terms.SEX, terms.AGE_GROUP)


def _reader(name: str) -> ModuleType:
    return importlib.import_module(f"geo.sources.{name}")


def read_source(
    path: str | Path,
    *,
    source: str | None = None,
    published: dt.date | str | None = None,
    by: Sequence[str] | None = None,
    scope: str = "",
    since: dt.date | str | None = None,
    aliases: Mapping[str, str] | None = None,
    mapping: Mapping[str, Any] | str | Path | None = None,
) -> pd.DataFrame:
    """Read a publisher's own file into tidy counts.

    Parameters
    ----------
    path : path
        A workbook (ODS, XLSX), CSV, JSON, HTML page or Parquet file as the publisher gives it.
    source : str, optional
        Source id (see :func:`list_sources`). Default: the format is recognised. Where a file holds several
        sources, only the rows of this one are returned.
    published : date or str, optional
        Publication date. Default: what the file prints or its name states; without either the day after the
        last data day, with the flag ``inferred_known_on``.
    by : sequence of str, optional
        What rows are told apart by, among ``nationality``, ``sex`` and ``age_group``; the whole is always
        there. Default: nationality, where the source has it.
    scope : str
        The country of a file that does not say it (UNHCR time series), such as ``Italy``.
    since : date or str, optional
        First day of running totals in a file that does not say it (UNHCR sublocations).
    aliases : mapping, optional
        Names of nationalities that are not known yet, and their codes.
    mapping : mapping or path, optional
        For a table of your own: which column is what (see :mod:`geo.sources.own`).

    Returns
    -------
    counts : DataFrame
        Columns ``terms.COUNT_COLUMNS`` as :func:`geo.counts.read_counts` returns them. ``attrs``: ``source``
        (ids, joined by a blank), ``sources`` (list), ``known_on`` (newest, ISO 8601), ``known_on_inferred``,
        ``sha256`` of the file, ``file`` (its name), ``ledger`` (what was left out: ``reason``, ``rows``,
        ``value``).

    Raises
    ------
    InvalidInputError
        If the file is none that is known, or is not as its publisher makes it; every fault names its place.
    UnknownNameError
        If ``source`` or a name in ``by`` is not known.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> page = pathlib.Path(tempfile.mkdtemp()) / "nazionalita.csv"
    >>> lines = ["Data_Report,Nazione,ISO_3166-1,Valore", "2031-01-31,Siria,SY,12", "2031-01-31,altre,,5"]
    >>> _ = page.write_text(chr(10).join(lines))
    >>> counts = read_source(page, source="italy_ministry")
    >>> counts["value"].tolist(), counts.attrs["known_on"]
    ([17.0], '2031-01-31')
    """
    file = SourceFile(path)
    options = _frames.Options(
        published=_frames.as_date(published, name="published"),
        by=None if by is None else tuple(check_choice(name, _BY, name="by") for name in by),
        scope=scope,
        since=_frames.as_date(since, name="since"),
        url=_fetched_from(file),
        aliases=dict(aliases or {}),
        mapping=mapping,
    )
    table: pd.DataFrame = _find(file, source, options).read(file, options)
    if source is None or mapping is not None:
        return table
    rows = table[table[terms.SOURCE] == source]
    if rows.empty:
        raise InvalidInputError(
            f"Invalid file '{file.name}'. It holds {table.attrs['source']}, and no row of {source}."
        )
    kept = rows.reset_index(drop=True)
    kept.attrs["ledger"] = table.attrs["ledger"]
    return _frames.describe(kept, file=file)


def _fetched_from(file: SourceFile) -> str:
    from geo import fetch

    told = fetch.read_sidecar(file.path)
    return str(told.get("url", "")) if told.get("sha256") == file.sha256 else ""


def _find(file: SourceFile, source: str | None, options: _frames.Options) -> ModuleType:
    """Return the module that reads a file."""
    if options.mapping is not None:
        return _reader("own")
    if source is not None:
        check_choice(source, _frames.facts()["sources"], name="source")
        able = [module for module in map(_reader, READERS) if source in module.SOURCES]
        return next((module for module in able if module.recognise(file)), able[0])
    for name in READERS:
        module = _reader(name)
        if module.recognise(file):
            return module
    formats = "; ".join(dict.fromkeys(entry["format"] for entry in _frames.facts()["sources"].values()))
    raise file.fail(
        f"It is {_kind_words(file)}, and none of the formats that are known: {formats}. "
        "For a table of your own, give a mapping; for a known format, say source."
    )


def _kind_words(file: SourceFile) -> str:
    words = {
        "zip": "a zip that is no workbook: unpack it first",
        "xls": "a workbook in the old XLS form: save it as XLSX",
        "csv": "a text file",
        "json": "JSON",
        "html": "an HTML page",
        "parquet": "a Parquet file",
    }
    return words.get(file.kind, f"a workbook with the sheets {', '.join(file.sheets)}")


def list_sources() -> pd.DataFrame:
    """List the sources that can be read, and how their files are got.

    Returns
    -------
    sources : DataFrame
        Index ``source``; columns ``title``, ``publisher``, ``url``, ``licence``, ``format``, ``fetched``
        (``by program`` or why not) and ``by_hand`` (what to do without a program).

    Examples
    --------
    >>> list_sources().index[:3].tolist()
    ['home_office_daily', 'home_office_weekly', 'home_office_detailed']
    """
    import pandas as pd

    rows = []
    for name in _frames.facts()["sources"]:
        facts = _frames.source_facts(name)
        by_hand = "by hand where the host refuses programs"
        rows.append(
            {
                "source": name,
                **{
                    key: str(facts.get(key, "")).strip()
                    for key in ("title", "publisher", "url", "licence", "format")
                },
                "fetched": by_hand if facts["fetch"] == "frontex" else "by program",
                "by_hand": str(facts["by_hand"]).strip(),
            }
        )
    return pd.DataFrame(rows).set_index("source")
