"""Files written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from geo.errors import InvalidInputError


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a file in one step: readers see the old one or the new one, never a part.

    Parameters
    ----------
    path : path
        File to write; its folder has to exist.
    data : bytes
        What it will hold.

    Raises
    ------
    InvalidInputError
        If the folder does not exist, the path is a folder, or it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_bytes(Path(folder) / "a.txt", b"whole")
    ...     [path.name for path in Path(folder).iterdir()]
    ['a.txt']
    """
    path = Path(path)
    if path.is_dir():
        raise InvalidInputError(f"Invalid output '{path}'. It is a folder; name a file.")
    if not path.parent.is_dir():
        raise InvalidInputError(f"Invalid output '{path}'. The folder '{path.parent}' does not exist.")
    try:
        _replace(path, data)
    except OSError as error:
        reason = (error.strerror or str(error) or "it failed").lower()
        raise InvalidInputError(
            f"Invalid output '{path}'. It cannot be written there: {reason}. Name another file or folder."
        ) from None


def _replace(path: Path, data: bytes) -> None:
    if path.exists() and not path.is_file():  # a device or a named pipe: there is nothing to replace
        path.write_bytes(data)
        return
    part = path.resolve().with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path.resolve())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
