"""What was known when: every published file is kept, and any date can be recovered.

A **snapshot** is one file of a publisher as it was read; a **vintage** is what it said. The embedded figures
are the first vintage, the others stand in one folder (:func:`geo.fetch.home_folder`), one Parquet file each.

As known on a day, a series is laid together from its vintages in the order of publication. Each one replaces
the rows that earlier ones hold of the stretch it covers, from its first period to its last; where it begins
no later than they do, it replaces them to their end. So a value that a publisher took back does not survive,
and a file of a single year does not erase the others.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo import _revisions, _store, terms
from geo._ranges import LEAST_VINTAGES, revision_ranges, revision_triangle, young_periods
from geo._revisions import lay_vintages
from geo._store import Snapshot
from geo.checks import check_date
from geo.counts import as_known, read_counts
from geo.errors import InvalidInputError, UnknownNameError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

__all__ = [
    "EMBEDDED",
    "LEAST_VINTAGES",
    "Snapshot",
    "add_snapshot",
    "counts_as_known",
    "diff_vintages",
    "find_vintage",
    "has_store",
    "lay_vintages",
    "list_vintages",
    "read_vintage",
    "read_vintages",
    "revision_ranges",
    "revision_triangle",
    "young_periods",
]

EMBEDDED: Final = "embedded"
"""Name of the first vintage: the figures that come with the package."""
VINTAGE: Final = "vintage"
_LISTED: Final = (
    VINTAGE, "sources", "known_on", "inferred", "data_through", "rows", "sha256", "file", "path"
)  # fmt: skip


def has_store(home: str | Path | None = None) -> bool:
    """Return whether any snapshot is kept; nothing is read.

    Examples
    --------
    >>> has_store("no/such/folder")
    False
    """
    folder = _store.store_folder(home)
    return folder.is_dir() and any(folder.glob("[!.]*.parquet"))


def add_snapshot(
    table_or_path: pd.DataFrame | str | Path,
    *,
    home: str | Path | None = None,
    source: str | None = None,
    published: dt.date | str | None = None,
    mapping: Mapping[str, Any] | str | Path | None = None,
    scope: str = "",
    since: dt.date | str | None = None,
) -> Snapshot:
    """Keep a publisher's file, or a table read from one, as a vintage.

    Parameters
    ----------
    table_or_path : DataFrame or path
        A file as :func:`geo.sources.read_source` reads it, or a tidy table.
    home : path, optional
        See :func:`geo.fetch.home_folder`.
    source, mapping, scope, since
        For a file: see :func:`geo.sources.read_source`.
    published : date or str, optional
        Publication date, instead of the one that the file or its name states.

    Returns
    -------
    snapshot : Snapshot
        ``new`` is False where it was held already.

    Raises
    ------
    InvalidInputError
        If the file cannot be read, the table breaks a rule of the tidy form, the date lies before the last
        data day, or the same bytes are held with another stated date.

    Examples
    --------
    >>> import tempfile
    >>> table = pd.DataFrame({"source": ["tally"], "corridor": ["north"], "measure": ["arrival"],
    ...     "period_start": ["2031-01-01"], "period_end": ["2031-01-31"], "value": [12]})
    >>> with tempfile.TemporaryDirectory() as home:
    ...     held = add_snapshot(table, home=home, published="2031-02-04")
    >>> held.id.partition("#")[0], held.inferred, held.new
    ('tally@2031-02-04', False, True)
    """
    if isinstance(table_or_path, pd.DataFrame):
        table = table_or_path.copy()
        if source is not None:
            table = table[table[terms.SOURCE] == source]
        if published is not None:
            table[terms.KNOWN_ON] = pd.Timestamp(check_date(published, name="published"))
            table.attrs["known_on_inferred"] = False
            if terms.FLAG in table.columns:
                words = table[terms.FLAG].astype("str").str.replace("inferred_known_on", "", regex=False)
                table[terms.FLAG] = words.str.split().str.join(" ")
        return _store.write_snapshot(_store.checked(table, name="snapshot"), home=home)
    from geo.sources import read_source

    told = {"source": source, "published": published, "mapping": mapping, "scope": scope, "since": since}
    table = read_source(table_or_path, **told)  # type: ignore[arg-type]  # as they were given
    name = f"snapshot '{Path(table_or_path).name}'"
    return _store.write_snapshot(_store.checked(table, name=name), home=home)


def list_vintages(home: str | Path | None = None) -> pd.DataFrame:
    """List the vintages, in the order of publication.

    Returns
    -------
    vintages : DataFrame
        Columns vintage, sources (joined by a blank), known_on, inferred, data_through, rows, sha256, file,
        path. The first row is the embedded figures, with the newest of their publication dates.

    Raises
    ------
    InvalidInputError
        If a file in the folder cannot be read.

    Examples
    --------
    >>> list_vintages("no/such/folder")["vintage"].tolist()
    ['embedded']
    """
    embedded = read_counts()
    rows: list[dict[str, Any]] = [
        {
            VINTAGE: EMBEDDED,
            "sources": " ".join(sorted(set(embedded[terms.SOURCE]))),
            "known_on": embedded[terms.KNOWN_ON].max().date(),
            "inferred": False,
            "data_through": embedded[terms.PERIOD_END].max().date(),
            "rows": len(embedded),
            **dict.fromkeys(("sha256", "file", "path"), ""),
        }
    ]
    rows += [
        {
            VINTAGE: one.id,
            "sources": " ".join(one.sources),
            **{name: getattr(one, name) for name in _LISTED[2:-1]},
            "path": str(one.path),
        }
        for one in _store.read_snapshots(home)
    ]
    table = pd.DataFrame(rows, columns=list(_LISTED))
    for name in ("known_on", "data_through"):
        table[name] = pd.to_datetime(table[name])
    return table


def read_vintages(
    home: str | Path | None = None, *, source: str | Iterable[str] | None = None
) -> pd.DataFrame:
    """Read the rows of all vintages, one below the other.

    Parameters
    ----------
    home : path, optional
        See :func:`geo.fetch.home_folder`.
    source : str or iterable of str, optional
        Only these sources.

    Returns
    -------
    rows : DataFrame
        The columns of the tidy table, and ``vintage``. The embedded rows come first, then snapshots in the
        order of publication; ``attrs["vintages"]`` lists the names in this order.

    Notes
    -----
    The same number stands once per vintage that holds it. To choose among them use :func:`counts_as_known`:
    row by row, :func:`geo.counts.as_known` cannot see that a later vintage took a value back.

    Examples
    --------
    >>> rows = read_vintages("no/such/folder", source="frontex")
    >>> set(rows["vintage"])
    {'embedded'}
    """
    wanted = None if source is None else {source} if isinstance(source, str) else set(source)
    parts = [(EMBEDDED, read_counts())]
    parts += [(one.id, _store.read_rows(one)) for one in _store.stated(_store.read_snapshots(home))]
    tables = []
    for name, part in parts:
        rows = part if wanted is None else part[part[terms.SOURCE].isin(wanted)]
        tables.append(rows.assign(**{VINTAGE: pd.Series(name, index=rows.index, dtype="str")}))
    whole = pd.concat([rows for rows in tables if len(rows)] or tables[:1], ignore_index=True)
    whole.attrs = {
        "ledger": [entry for _, part in parts for entry in part.attrs.get("ledger", [])],
        "vintages": [name for name, _ in parts],
    }
    return whole


def counts_as_known(
    known_on: dt.date | str | None = None,
    home: str | Path | None = None,
    *,
    keep_unreached: bool = False,
    vintages: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the counts as they were known on a day.

    Parameters
    ----------
    known_on : date or str, optional
        The day; what was published on it is known. Default: everything that is held.
    home : path, optional
        See :func:`geo.fetch.home_folder`.
    keep_unreached : bool
        Also return the first vintage of series of which nothing was published by then.
    vintages : DataFrame, optional
        What :func:`read_vintages` gave, where it was read already.

    Returns
    -------
    counts : DataFrame
        Each number once. ``attrs["used"]`` is as in :func:`lay_vintages`; ``attrs["vintages"]`` has a dict
        per vintage: ``vintage``, ``sources``, ``known_on``, ``inferred``, ``sha256``, ``file``, ``rows``.

    Raises
    ------
    InvalidInputError
        If ``known_on`` is not a day, or a file in the folder cannot be read.

    Notes
    -----
    A vintage whose rows have publication dates of their own (daily reports in one file) counts on a day with
    the rows that were published by then.

    Examples
    --------
    >>> counts = counts_as_known("2024-03-31", "no/such/folder")
    >>> set(counts["source"]) >= {"italy_ministry"}, bool((counts["known_on"] <= "2024-03-31").all())
    (True, True)
    """
    rows = read_vintages(home) if vintages is None else vintages
    counts = lay_vintages(rows, known_on, keep_unreached=keep_unreached)
    used: dict[str, int] = {}
    for one in counts.attrs["used"]:
        used[one[VINTAGE]] = used.get(one[VINTAGE], 0) + one["rows"]
    counts.attrs["vintages"] = _told(home, used)
    return counts


def _told(home: str | Path | None, used: Mapping[str, int]) -> list[dict[str, Any]]:
    listed = list_vintages(home)
    told = listed[listed[VINTAGE].isin(used)].drop(columns=["path", "data_through"])
    told["known_on"] = told["known_on"].dt.strftime("%Y-%m-%d")
    told["rows"] = told[VINTAGE].map(used)
    return [{str(key): value for key, value in row.items()} for row in told.to_dict("records")]


def find_vintage(name: str, home: str | Path | None = None) -> str:
    """Return the full name of a vintage from its name, its hash (or the start of one), or source@date.

    Raises
    ------
    UnknownNameError
        If no vintage, or more than one, is meant.

    Examples
    --------
    >>> find_vintage("embedded", "no/such/folder")
    'embedded'
    """
    listed = list_vintages(home)
    names = listed[VINTAGE].tolist()
    if name in names:
        return name
    dates = listed["known_on"].dt.strftime("%Y-%m-%d")
    meant = [
        one
        for one, sha256, date in zip(names[1:], listed["sha256"][1:], dates[1:], strict=True)
        if one.startswith(name) or (len(name) >= 4 and sha256.startswith(name)) or date == name
    ]
    if len(meant) == 1:
        return str(meant[0])
    rule = f"It may mean: {', '.join(meant)}" if meant else f"Vintages held: {', '.join(names)}"
    raise UnknownNameError(f"Invalid vintage '{name}'. {rule}.")


def read_vintage(name: str, home: str | Path | None = None) -> pd.DataFrame:
    """Read the rows of one vintage.

    Raises
    ------
    UnknownNameError
        If no vintage, or more than one, is meant.

    Examples
    --------
    >>> len(read_vintage("embedded", "no/such/folder")) == len(read_counts())
    True
    """
    full = find_vintage(name, home)
    return (
        read_counts()
        if full == EMBEDDED
        else next(_store.read_rows(one) for one in _store.read_snapshots(home) if one.id == full)
    )


def diff_vintages(
    a: str | pd.DataFrame,
    b: str | pd.DataFrame,
    *,
    home: str | Path | None = None,
    threshold: float = 0.05,
    as_published: bool = False,
) -> pd.DataFrame:
    """Say what a later vintage changed: values added, revised and withdrawn, and by how much.

    Parameters
    ----------
    a, b : str or DataFrame
        The earlier and the later vintage (:func:`find_vintage`), or tidy tables. Only sources that both hold
        are compared.
    home : path, optional
        See :func:`geo.fetch.home_folder`.
    threshold : float
        Share of the values compared, 0 to 1, above which revised and withdrawn values are warned of; a
        single value that moved by more than half of itself is always warned of.
    as_published : bool
        Give the publisher's own small cells. Default: they are withheld (:mod:`geo.disclosure`).

    Returns
    -------
    changes : DataFrame
        Columns change (``added``, ``revised``, ``withdrawn``), the columns that name the number,
        value_before, value_after, difference and share (difference by value before; NaN from 0), and
        withheld: whether these four are left out because either vintage has a small cell there.
        ``attrs["summary"]`` is a list of dicts, one per series: source, measure, basis, corridor, compared,
        unchanged, added, revised, withdrawn, revised_share, largest_share, difference. ``attrs["warnings"]``
        is a list of sentences.

    Raises
    ------
    InvalidInputError
        If the two have no source in common, `threshold` is no share, or small cells cannot be protected.
    UnknownNameError
        If a vintage is not known.

    Notes
    -----
    A value is withdrawn if it is missing in the stretch of days that the later vintage covers; what it does
    not repeat before its first period is not. A part of a month that became a longer part or the whole is
    added, not withdrawn.

    Examples
    --------
    >>> counts = read_counts(source="frontex")
    >>> later = counts.assign(value=counts["value"].where(counts.index != 7, 1.0))
    >>> diff_vintages(counts, later)["change"].tolist()
    ['revised']
    """
    if not 0 <= threshold <= 1:
        raise InvalidInputError(f"Invalid threshold '{threshold}'. It must be a share from 0 to 1.")
    before, after = (one if isinstance(one, pd.DataFrame) else read_vintage(one, home) for one in (a, b))
    common = set(before[terms.SOURCE]) & set(after[terms.SOURCE])
    if not common:
        raise InvalidInputError(
            f"Invalid vintages to compare. The one holds {', '.join(sorted(set(before[terms.SOURCE])))}, the "
            f"other {', '.join(sorted(set(after[terms.SOURCE])))}: no source is in both."
        )
    tables = [_newest(table[table[terms.SOURCE].isin(common)]) for table in (before, after)]
    return _revisions.compare(*tables, threshold=threshold, as_published=as_published)


def _newest(table: pd.DataFrame) -> pd.DataFrame:
    return as_known(table, table[terms.KNOWN_ON].max().date()).reset_index(drop=True)
