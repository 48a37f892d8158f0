"""Keeping the solver's own words out of the data on stdout."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def _flush_c() -> None:
    """Write out what C code has printed so far."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("ucrtbase" if os.name == "nt" else None).fflush(None)


@contextlib.contextmanager
def stdout_kept() -> Iterator[None]:
    """Send what C code prints to stderr instead of stdout, for as long as the block runs.

    HiGHS prints a line of its own now and then, whatever its options say; on stdout it would stand in the
    middle of JSON.

    Examples
    --------
    >>> with stdout_kept():
    ...     pass
    """
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:
        yield
        return
    try:
        _flush_c()
        os.dup2(2, 1)
        yield
    finally:
        _flush_c()
        os.dup2(kept, 1)
        os.close(kept)
