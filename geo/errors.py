"""Errors that say what is wrong, by which rule, and where.

Every class is also a builtin, so that callers who do not know this package can catch them. Messages follow
one form, ``Invalid <thing> '<value>'. <rule>.``, with the place (file, row, column) where there is one.
"""

from __future__ import annotations


class RoutewaysError(Exception):
    """Base of all errors that this package raises on purpose."""


class InvalidInputError(RoutewaysError, ValueError):
    """A value, a file or a table breaks a rule; the message lists every fault that was found."""


class UnknownNameError(RoutewaysError, LookupError):
    """A corridor, leg, place, series or statistic is not known by that name."""


class MixedUnitsError(RoutewaysError, ValueError):
    """Figures that count different things were about to be added."""


class NotCoveredError(RoutewaysError, LookupError):
    """The figures that are held do not reach the date or period that was asked for."""


class GeometryError(RoutewaysError, ValueError):
    """A line or area cannot be built, or would break a promise (a sea leg over land)."""


class FetchError(RoutewaysError, OSError):
    """A file could not be fetched whole and right; the message says what to do next."""


class MissingExtraError(RoutewaysError, ImportError):
    """An optional dependency is not installed."""
