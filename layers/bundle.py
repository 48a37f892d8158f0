"""A folder that can be handed over: written whole or not at all, with a manifest of what went in and out.

Everything is written into a folder of its own beside the target, which then takes the target's place by
renaming. Files in the target that no manifest lists belong to the user: they are carried over, and never
replaced. Whatever moment the process is ended at, one whole bundle stands in the target or beside it, as
``.NAME.routeways-old``; the next run puts such a one back, or clears it away.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import geo
from geo.checks import raise_faults
from geo.errors import InvalidInputError
from layers.export import write_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    Content = bytes | str | Callable[[Path], object]

MANIFEST: Final = "manifest.json"
SCHEMA_VERSION: Final = 1

_GENERATOR: Final = "routeways"
_OURS: Final = ("schema_version", "generator", "outputs")


def write_bundle(
    folder: str | Path, files: Mapping[str, Content], *, manifest: Mapping[str, Any]
) -> tuple[Path, ...]:
    """Write a folder of files with its manifest, or leave everything as it was.

    Parameters
    ----------
    folder : path
        Where the bundle will stand; the folder above has to exist. Files of an earlier bundle are replaced,
        or go if they are no longer made; other files stay.
    files : mapping of str to bytes, str or callable
        Content by path relative to ``folder``, such as ``layers/legs.geojson``. A callable is given the path
        to write to, and may write others beside it.
    manifest : mapping
        What the manifest says besides ``schema_version``, ``generator`` and ``outputs``: command, options,
        inputs, ledger, licences. Days are written as ISO text.

    Returns
    -------
    written : tuple of Path
        Every file of the bundle, sorted, the manifest among them.

    Raises
    ------
    InvalidInputError
        If a path leaves the folder, a file of the user stands where one would be written, the target is no
        folder or the current one, a callable writes nothing, the manifest cannot be written as JSON, or an
        earlier run was ended and its folder replaced by hand.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as here:
    ...     written = write_bundle(Path(here) / "out", {"a.txt": "one"}, manifest={"command": "x"})
    ...     [path.name for path in written]
    ['a.txt', 'manifest.json']
    """
    names = _check_names(files)
    target = _check_target(Path(folder))
    new, old = _beside(target, "new"), _beside(target, "old")
    _recover(target, old)
    kept = _foreign(target)
    _check_clashes(names, kept, target)
    shutil.rmtree(new, ignore_errors=True)
    try:
        new.mkdir()
        for name in names:
            _write(new, name, files[name])
        outputs = [
            describe_file(path, root=new) for path in sorted(_files(new), key=lambda path: _name(path, new))
        ]
        _check_clashes([entry["path"] for entry in outputs], kept, target)
        text = _manifest_text(manifest, outputs)
        write_bytes(new / MANIFEST, text.encode())
        _carry_over(target, new, kept)
        _sync(new)
        if target.exists():
            shutil.copymode(target, new)
        _swap(target, new, old)
    except BaseException:
        _recover(target, old)
        shutil.rmtree(new, ignore_errors=True)
        raise
    _discard(old, target)
    return tuple(Path(folder) / name for name in sorted([*(entry["path"] for entry in outputs), MANIFEST]))


def write_page(text: str, path: str | Path) -> Path:
    """Write one text file in one step.

    Raises
    ------
    InvalidInputError
        If its folder does not exist, or the path is a folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as here:
    ...     write_page("<p>Done</p>", Path(here) / "a.html").read_text()
    '<p>Done</p>'
    """
    write_bytes(path, text.encode())
    return Path(path)


def describe_file(path: str | Path, *, root: str | Path | None = None, **facts: object) -> dict[str, Any]:
    """Return a file's path, sha256 and size, with further facts, for the manifest.

    Parameters
    ----------
    path : path
        File to read.
    root : path, optional
        Folder that the path is told relative to; only the name where it is not given, so that no folder of
        this machine travels.
    **facts : object
        Such as ``known_on`` and ``title``.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as here:
    ...     _ = write_page("abc", Path(here) / "a.txt")
    ...     entry = describe_file(Path(here) / "a.txt", known_on="2026-08-21")
    >>> entry["path"], entry["bytes"], entry["sha256"][:8], entry["known_on"]
    ('a.txt', 3, 'ba7816bf', '2026-08-21')
    """
    path = Path(path)
    data = path.read_bytes()
    name = path.name if root is None else _name(path, Path(root))
    return {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data), **facts}


def read_manifest(folder: str | Path) -> dict[str, Any] | None:
    """Return the manifest of a bundle, or None where the folder holds none of ours.

    Examples
    --------
    >>> read_manifest("no/such/folder") is None
    True
    """
    try:
        known = json.loads((Path(folder) / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    ours = isinstance(known, dict) and str(known.get("generator", "")).startswith(_GENERATOR)
    return known if ours and isinstance(known.get("outputs"), list) else None


def _check_names(files: Mapping[str, Content]) -> list[str]:
    """Return the paths, sorted; none may leave the folder, or stand for a file and a folder at once."""
    faults = []
    for name in files:
        path = PurePosixPath(name)
        if name in ("", ".") or "\\" in name or path.is_absolute() or str(path) != name or ".." in path.parts:
            faults.append(f"'{name}' is no plain path inside the folder")
        elif name == MANIFEST:
            faults.append(f"'{name}' is written by the bundle itself")
        faults += [f"'{parent}' is a file and a folder" for parent in path.parents if str(parent) in files]
    raise_faults("files of a bundle", faults)
    return sorted(files)


def _check_target(folder: Path) -> Path:
    target = folder.resolve()
    if target.exists() and not target.is_dir():
        raise InvalidInputError(f"Invalid folder '{folder}'. It is a file.")
    if target == Path.cwd() or target in Path.cwd().parents:
        raise InvalidInputError(
            f"Invalid folder '{folder}'. Name one of its own inside the current folder, as out/."
        )
    if not target.parent.is_dir():
        raise InvalidInputError(f"Invalid folder '{folder}'. The folder above it does not exist.")
    return target


def _check_clashes(names: Iterable[str], kept: set[str], target: Path) -> None:
    """Raise where a file would take the place of one of the user's, or stand in the way of its folder."""
    wanted = {*names, MANIFEST}
    above = {str(parent) for name in wanted for parent in PurePosixPath(name).parents}
    below = {name for name in kept if wanted & {str(parent) for parent in PurePosixPath(name).parents}}
    clash = {name for name in kept & (wanted | above) if not _empty_folder(target / name)} | below
    raise_faults(
        f"folder '{target.name}'",
        [
            f"'{name}' is not listed in its manifest: move it, or choose another folder"
            for name in sorted(clash)
        ],
    )


def _beside(target: Path, word: str) -> Path:
    return target.with_name(f".{target.name}.routeways-{word}")


def _files(folder: Path) -> Iterator[Path]:
    """Yield files and links below a folder, and folders that are empty."""
    for root, folders, names in os.walk(folder):
        here = Path(root)
        links = [name for name in folders if (here / name).is_symlink()]
        yield from (here / name for name in (*names, *links))
        if here != folder and not names and not folders:
            yield here


def _name(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _foreign(target: Path) -> set[str]:
    """Return the paths in the target that no manifest of ours lists."""
    if not target.is_dir():
        return set()
    known = read_manifest(target)
    listed = {MANIFEST} | {str(entry.get("path")) for entry in known["outputs"]} if known else set()
    present = {_name(path, target): path for path in _files(target)}
    return {
        name for name, path in present.items() if name not in listed and not (known and _empty_folder(path))
    }


def _empty_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _write(new: Path, name: str, content: Content) -> None:
    path = new / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if callable(content):
        content(path)
        if not path.is_file():
            raise InvalidInputError(
                f"Invalid content of '{name}'. It was called to write that file, and did not."
            )
        return
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def _manifest_text(manifest: Mapping[str, Any], outputs: list[dict[str, Any]]) -> str:
    taken = sorted(set(manifest) & set(_OURS))
    if taken:
        raise InvalidInputError(f"Invalid manifest '{', '.join(taken)}'. The bundle writes these itself.")
    whole = {
        **manifest,
        "schema_version": SCHEMA_VERSION,
        "generator": f"{_GENERATOR} {geo.__version__}",
        "outputs": outputs,
    }
    try:
        return (
            json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False, default=_iso)
            + "\n"
        )
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"Invalid manifest. It cannot be written as JSON: {error}.") from None


def _iso(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _carry_over(target: Path, new: Path, kept: set[str]) -> None:
    """Give the user's files a second name in the new folder: the same file if the disk can, else a copy."""
    for name in sorted(kept):
        source, goal = target / name, new / name
        goal.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir() and not source.is_symlink():
            goal.mkdir(exist_ok=True)
            continue
        try:
            os.link(source, goal, follow_symlinks=False)
        except OSError:
            shutil.copy2(source, goal, follow_symlinks=False)


def _sync(folder: Path) -> None:
    """Have the disk hold the new files before they take the place of the old ones."""
    for path in _files(folder):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file, contextlib.suppress(OSError):
                os.fsync(file.fileno())


def _swap(target: Path, new: Path, old: Path) -> None:
    if target.exists():
        target.rename(old)
    new.rename(target)


def _recover(target: Path, old: Path) -> None:
    """Put back what an ended run had moved aside, or clear away what it had replaced."""
    if not old.is_dir():
        return
    if not target.exists():
        old.rename(target)
    elif read_manifest(target) is not None:
        _discard(old, target)
    else:
        raise InvalidInputError(
            f"Invalid folder '{target.name}'. A run was ended while it wrote it, and another folder took its "
            f"place: the earlier files are in '{old.name}' beside it; move one of the two away."
        )


def _discard(old: Path, target: Path) -> None:
    """Remove a replaced folder; what came into it meanwhile moves over, its manifest goes last."""
    if not old.is_dir():
        return
    foreign = _foreign(old)
    for path in [path for path in _files(old) if path.name != MANIFEST or path.parent != old]:
        goal = target / _name(path, old)
        if _name(path, old) not in foreign:
            path.rmdir() if _empty_folder(path) else path.unlink()
        elif not os.path.lexists(goal) and not _empty_folder(path):
            goal.parent.mkdir(parents=True, exist_ok=True)
            path.rename(goal)
    shutil.rmtree(old)
