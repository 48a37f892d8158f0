"""Snapshots on disk: one Parquet file each, written once, never changed (used by :mod:`geo.vintages`).

The folder is the index. A file is written under a temporary name, flushed to the disk, and linked to its own
name in one step, which fails where the name is taken: two writers cannot harm each other, and a process that
is killed leaves a whole snapshot or none.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo import fetch, terms
from geo.counts import check_counts
from geo.display import Displayed
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_META: Final = b"routeways"
_PART: Final = ".part"
_LEFT_BEHIND: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Snapshot(Displayed):
    """One published file as it was read, and where it came from.

    Attributes
    ----------
    id : str
        Name of the vintage: first source, publication date and the first eight digits of the hash.
    sources : tuple of str
        Ids of the sources whose rows it holds.
    known_on : date
        Publication date.
    inferred : bool
        Whether that date is the last data day plus one, for want of a printed one.
    data_through : date
        Last day that a row speaks of.
    rows : int
        Number of rows.
    sha256 : str
        Of the bytes that were read; where several files were laid together, of their hashes.
    file : str
        Name of the file that was read.
    added : int
        Its place in the order in which snapshots were added, from 1.
    path : Path
        Where it is kept.
    ledger : tuple of dict
        What was left out on reading: ``reason``, ``rows``, ``value``.
    new : bool
        Whether it was not held before.
    """

    id: str
    sources: tuple[str, ...]
    known_on: dt.date
    inferred: bool
    data_through: dt.date
    rows: int
    sha256: str
    file: str
    added: int
    path: Path
    ledger: tuple[dict[str, Any], ...] = field(default=(), repr=False)
    new: bool = False


def store_folder(home: str | Path | None = None) -> Path:
    """Return the folder of the snapshots, whether or not it is there."""
    return fetch.home_folder(home) / "vintages"


def vintage_id(sources: Sequence[str], known_on: dt.date, sha256: str) -> str:
    """Return the name of a vintage.

    Examples
    --------
    >>> vintage_id(["frontex"], dt.date(2026, 8, 4), "c0ffee00" * 8)
    'frontex@2026-08-04#c0ffee00'
    """
    return f"{sources[0]}@{known_on.isoformat()}#{sha256[:8]}"


def content_sha256(table: pd.DataFrame) -> str:
    """Return the hash of a table that came from no file: of its rows as CSV."""
    return hashlib.sha256(table.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def write_snapshot(table: pd.DataFrame, *, home: str | Path | None = None) -> Snapshot:
    """Keep a checked table as a snapshot; what is held already is left as it is.

    Raises
    ------
    InvalidInputError
        If the same bytes are held with another publication date that was stated, not inferred.
    """
    folder = store_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    held = read_snapshots(home)
    made = _describe(table, folder, added=max((one.added for one in held), default=0) + 1)
    for one in held:
        if one.sha256 != made.sha256 or not set(one.sources) >= set(made.sources):
            continue
        if one.known_on == made.known_on or (made.inferred and not one.inferred):
            return one
        if not one.inferred and not made.inferred:
            raise InvalidInputError(
                f"Invalid publication date '{made.known_on}'. The same bytes are held as published on "
                f"{one.known_on}; remove '{one.path}' first if that is wrong."
            )
    if made.id in {one.id for one in held}:  # the same file, more of its sources
        made = replace(made, id=f"{made.id}+{len(made.sources)}")
    if _link(_encode(table, made), made.path):
        return made
    return read_snapshot(made.path)


def _describe(table: pd.DataFrame, folder: Path, *, added: int) -> Snapshot:
    sources = tuple(sorted(set(table[terms.SOURCE])))
    known_on = table[terms.KNOWN_ON].max().date()
    sha256 = str(table.attrs["sha256"])
    digest = sha256 if len(sha256) == 64 else hashlib.sha256(sha256.encode()).hexdigest()
    name = "".join(sign if sign.isalnum() or sign in "_-" else "_" for sign in "+".join(sources))[:80]
    return Snapshot(
        id=vintage_id(sources, known_on, digest),
        sources=sources,
        known_on=known_on,
        inferred=bool(table.attrs["known_on_inferred"]),
        data_through=table[terms.PERIOD_END].max().date(),
        rows=len(table),
        sha256=digest,
        file=str(table.attrs["file"]),
        added=added,
        path=folder / f"{name}__{known_on.isoformat()}__{digest}.parquet",
        ledger=tuple(table.attrs.get("ledger", ())),
        new=True,
    )


def _encode(table: pd.DataFrame, made: Snapshot) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    told = {key: value for key, value in asdict(made).items() if key not in {"path", "new"}}
    told |= {"known_on": made.known_on.isoformat(), "data_through": made.data_through.isoformat()}
    plain = table.reset_index(drop=True)
    plain.attrs = {}
    whole = pa.Table.from_pandas(plain, preserve_index=False)
    meta = {_META: json.dumps(told, sort_keys=True, default=float).encode()}
    sink = pa.BufferOutputStream()
    parquet.write_table(whole.replace_schema_metadata({**(whole.schema.metadata or {}), **meta}), sink)
    return bytes(sink.getvalue().to_pybytes())


def _link(body: bytes, target: Path) -> bool:
    """Write a file whole under a name that is free; return False where it is taken."""
    handle, part = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=_PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(part).chmod(0o644)
        try:
            os.link(part, target)
        except FileExistsError:
            return False
        except OSError:  # a file system without hard links: same bytes, so replacing does no harm
            Path(part).replace(target)
        _sync(target.parent)
    finally:
        Path(part).unlink(missing_ok=True)
    return True


def _sync(folder: Path) -> None:
    """Flush the names in a folder, where the system allows it."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sweep(folder: Path) -> None:
    """Remove what killed writers left behind, once it is old enough to belong to nobody."""
    limit = dt.datetime.now(dt.UTC) - _LEFT_BEHIND
    for part in folder.glob(f".*{_PART}"):
        with contextlib.suppress(OSError):
            if dt.datetime.fromtimestamp(part.stat().st_mtime, dt.UTC) < limit:
                part.unlink()


def read_snapshot(path: Path) -> Snapshot:
    """Read what is known of one snapshot, without its rows.

    Raises
    ------
    InvalidInputError
        If the file is none of ours, or spoiled.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        told = json.loads(parquet.read_schema(path).metadata[_META])
        told["known_on"] = dt.date.fromisoformat(told["known_on"])
        told["data_through"] = dt.date.fromisoformat(told["data_through"])
        told["sources"], told["ledger"] = tuple(told["sources"]), tuple(told["ledger"])
        return Snapshot(**told, path=path)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        raise _spoiled(path, error) from None


def _spoiled(path: Path, error: Exception) -> InvalidInputError:
    return InvalidInputError(
        f"Invalid snapshot '{path}'. It cannot be read ({type(error).__name__}); move it away and add the "
        "publisher's file again."
    )


def read_snapshots(home: str | Path | None = None) -> list[Snapshot]:
    """Read what is known of every snapshot, in the order of publication, then of adding.

    Raises
    ------
    InvalidInputError
        If a file in the folder cannot be read.
    """
    folder = store_folder(home)
    if not folder.is_dir():
        return []
    found = [read_snapshot(path) for path in folder.glob("*.parquet") if not path.name.startswith(".")]
    return sorted(found, key=lambda one: (one.known_on, one.added, one.sha256))


def stated(found: Sequence[Snapshot]) -> list[Snapshot]:
    """Leave out snapshots with an inferred date where the same bytes are held with a stated one."""
    sure = {(one.sha256, one.sources) for one in found if not one.inferred}
    return [one for one in found if not one.inferred or (one.sha256, one.sources) not in sure]


def read_rows(snapshot: Snapshot) -> pd.DataFrame:
    """Read the rows of a snapshot.

    Raises
    ------
    InvalidInputError
        If the file cannot be read.
    """
    import pandas as pd
    import pyarrow as pa

    try:
        table = pd.read_parquet(snapshot.path)[list(terms.COUNT_COLUMNS)]
    except (pa.ArrowException, OSError, KeyError, ValueError) as error:
        raise _spoiled(snapshot.path, error) from None
    for name in terms.COUNT_COLUMNS:
        if name in terms.DATE_COLUMNS:
            table[name] = table[name].astype("datetime64[us]")
        elif name != terms.VALUE:
            table[name] = table[name].astype("str")
    table.attrs = {"ledger": [dict(entry) for entry in snapshot.ledger]}
    return table


def checked(table: pd.DataFrame, *, name: str) -> pd.DataFrame:
    """Return a table of a user in the tidy form, with what a snapshot needs to know of it.

    Raises
    ------
    InvalidInputError
        If the table breaks a rule of the tidy form, or holds no row.
    """
    if len(table) == 0:
        raise InvalidInputError(f"Invalid {name}. It holds no row.")
    told = dict(table.attrs)
    tidy = check_counts(table, name=name)
    tidy.attrs |= {
        "known_on_inferred": bool(
            told.get("known_on_inferred", tidy[terms.FLAG].str.contains("inferred_known_on").any())
        ),
        "sha256": told.get("sha256") or content_sha256(tidy),
        "file": told.get("file", ""),
    }
    return tidy
