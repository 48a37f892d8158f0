"""Names of nationalities, English and Italian, into ISO 3166-1 alpha-3.

Names and codes come from the Unicode CLDR through Babel; what publishers write otherwise stands in
``geo/data/nationality_names.yaml``. A name that neither knows is a fault, never a guess.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from geo import terms
from geo.sources import _parse

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOCALES: Final = ("en", "it")
_UNASSIGNED: Final = re.compile("AA[A-Z]|Q[M-Z][A-Z]|X[A-Z]{2}|ZZ[A-Z]")
"""Codes that ISO 3166-1 leaves to its users."""
_OWN: Final = {"XK": "XKX"}
"""Kosovo has no code of ISO 3166-1; XKX is what is used."""


@cache
def alpha3_by_alpha2() -> dict[str, str]:
    """Return ISO 3166-1 alpha-3 by alpha-2, with XKX for Kosovo.

    Examples
    --------
    >>> alpha3_by_alpha2()["CI"], alpha3_by_alpha2()["XK"]
    ('CIV', 'XKX')
    """
    from babel import Locale
    from babel.core import get_global

    held = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()}
    pairs = {
        new[0]: old
        for old, new in get_global("territory_aliases").items()
        if re.fullmatch("[A-Z]{3}", str(old)) and not _UNASSIGNED.match(str(old))
        if len(new) == 1 and new[0] in held
    }
    return pairs | _data()["alpha3"] | _OWN


@cache
def _data() -> dict[str, dict[str, str]]:
    from geo._catalogue import _load

    data: dict[str, dict[str, str]] = _load("nationality_names.yaml")
    return data


@cache
def _names() -> dict[str, str]:
    from babel import Locale

    codes = alpha3_by_alpha2()
    names = {
        _parse.fold(name): codes[two]
        for locale in _LOCALES
        for two, name in Locale(locale).territories.items()
        if two in codes
    }
    return names | {_parse.fold(name): code for name, code in _data()["names"].items()}


def code_of(label: object, *, aliases: Mapping[str, str] | None = None) -> str | None:
    """Return the code of a nationality, or None where the name is not known.

    Parameters
    ----------
    label : object
        What the publisher wrote; footnote marks, accents and case do not matter.
    aliases : mapping, optional
        The caller's own names and codes.

    Returns
    -------
    code : str or None
        ISO 3166-1 alpha-3, ``XKX``, ``stateless``, ``other``, ``unknown`` or ``not_recorded``.

    Examples
    --------
    >>> [code_of(name) for name in ("Costa d’Avorio", "Kosovo*", "Congo (Democratic Republic)", "altre*")]
    ['CIV', 'XKX', 'COD', 'other']
    """
    folded = _parse.fold(label)
    if aliases:
        own = {_parse.fold(name): code for name, code in aliases.items()}
        if folded in own:
            return own[folded]
    return _names().get(folded)


def from_alpha2(code: str) -> str | None:
    """Return alpha-3 for alpha-2, with the codes of the European Union for Greece and the United Kingdom.

    Examples
    --------
    >>> from_alpha2("EL"), from_alpha2("XK"), from_alpha2("QQ")
    ('GRC', 'XKX', None)
    """
    return alpha3_by_alpha2().get({"EL": "GR", "UK": "GB"}.get(code, code))


def is_code(code: str) -> bool:
    """Return whether a nationality column may hold this.

    Examples
    --------
    >>> is_code("SYR"), is_code("stateless"), is_code("ZZZ")
    (True, True, False)
    """
    return code in set(alpha3_by_alpha2().values()) or (code != "" and code in terms.NATIONALITY_WORDS)
