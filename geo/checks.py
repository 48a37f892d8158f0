"""Checks that report every fault at once and return the normalised object.

Each ``check_*`` function takes what a user gave and either returns the normal form or raises one
:class:`~geo.errors.InvalidInputError` with one line per fault.
"""

from __future__ import annotations

import datetime as dt
import importlib
from typing import TYPE_CHECKING, Any

from geo.errors import InvalidInputError, MissingExtraError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType


def raise_faults(thing: str, faults: Sequence[str], *, most: int = 50) -> None:
    """Raise one error that lists every fault, or return where there is none.

    Parameters
    ----------
    thing : str
        What was checked, with its place, such as ``routes file 'mine.yaml'``.
    faults : sequence of str
        One sentence per fault, each naming its own place.
    most : int
        How many are listed before the rest is counted.

    Raises
    ------
    InvalidInputError
        If there is at least one fault.

    Examples
    --------
    >>> raise_faults("table 'x.csv'", [])
    >>> raise_faults("table 'x.csv'", ["row 2, column 'value': -1 is below 0"])
    Traceback (most recent call last):
    geo.errors.InvalidInputError: Invalid table 'x.csv'. 1 fault:
      - row 2, column 'value': -1 is below 0
    """
    if not faults:
        return
    lines = [f"  - {fault}" for fault in faults[:most]]
    if len(faults) > most:
        lines.append(f"  - and {len(faults) - most} more")
    count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
    raise InvalidInputError(f"Invalid {thing}. {count}:\n" + "\n".join(lines))


def check_date(value: object, *, name: str) -> dt.date:
    """Return a date from a date, a datetime or an ISO text (``2024-12-12``).

    Raises
    ------
    InvalidInputError
        If it is none of these, or no day of the calendar.

    Examples
    --------
    >>> check_date("2024-12-12", name="as_of")
    datetime.date(2024, 12, 12)
    >>> check_date("12/12/2024", name="as_of")
    Traceback (most recent call last):
    geo.errors.InvalidInputError: Invalid as_of '12/12/2024'. Write a day of the calendar as YYYY-MM-DD.
    """
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    text = str(value).strip()
    try:
        if len(text) != 10:
            raise ValueError(text)  # noqa: TRY301 - the week and compact forms of ISO 8601 are refused alike
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InvalidInputError(
            f"Invalid {name} '{value}'. Write a day of the calendar as YYYY-MM-DD."
        ) from None


def check_choice(value: str, choices: Iterable[str], *, name: str) -> str:
    """Return ``value`` if it is one of ``choices``.

    Raises
    ------
    UnknownNameError
        If it is not; the message lists the choices and, where there is one, the nearest.

    Examples
    --------
    >>> check_choice("sea", ["sea", "land"], name="mode")
    'sea'
    >>> check_choice("see", ["sea", "land"], name="mode")
    Traceback (most recent call last):
    geo.errors.UnknownNameError: Invalid mode 'see'. It must be one of: land, sea. Did you mean 'sea'?
    """
    import difflib

    known = sorted(choices)
    if value in known:
        return value
    close = difflib.get_close_matches(str(value), known, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    raise UnknownNameError(f"Invalid {name} '{value}'. It must be one of: {', '.join(known)}.{hint}")


def import_extra(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional dependency, or say how to get it.

    Raises
    ------
    MissingExtraError
        If the module is not installed; the message names the extra for pip and the package for conda.

    Examples
    --------
    >>> import_extra("json", extra="osm", purpose="reading roads").__name__
    'json'
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        raise MissingExtraError(
            f"Missing package '{package}'. It is needed for {purpose}: "
            f"pip install 'routeways[{extra}]' or conda install -c conda-forge {package}."
        ) from None


def check_lon_lat(lon: Any, lat: Any, *, name: str) -> tuple[float, float]:  # noqa: ANN401 - whatever a file held
    """Return a longitude and a latitude as floats.

    Raises
    ------
    InvalidInputError
        If one is no number, or outside −180…180 and −90…90 degrees.

    Examples
    --------
    >>> check_lon_lat("1.85", 50.9667, name="place 'calais'")
    (1.85, 50.9667)
    """
    try:
        pair = float(lon), float(lat)
    except (TypeError, ValueError):
        pair = (float("nan"), float("nan"))
    if not (-180 <= pair[0] <= 180 and -90 <= pair[1] <= 90):
        raise InvalidInputError(
            f"Invalid {name} '{lon}, {lat}'. Longitude is a number from -180 to 180, "
            "latitude a number from -90 to 90, in that order."
        )
    return pair
