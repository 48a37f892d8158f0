"""Data of single persons is refused: by the names of columns, and by what stands in their cells."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.checks import raise_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_PERSONS: Final = re.compile(
    r"""(?:^|\ )(?:
    (?:first|last|full|given|family|middle|maiden|sur|fore)\ ?names?
    |(?:person|migrant|victim|contact|applicant|passenger|refugee|beneficiary|head\ of\ household)\ ?names?
    |names?\ of\ (?:the\ )?(?:person|migrant|victim|applicant|passenger|deceased|beneficiary)
    |prenoms?|nom\ (?:de\ famille|complet)|nom\ et\ prenoms?
    |cognom[ei]|nome\ (?:e\ cognome|completo|di\ battesimo)|nominativ[oi]
    |(?:nach|vor|familien|geburts|ruf)\ ?namen?
    |apellidos?|nombres?\ (?:completo|y\ apellidos?)|sobrenomes?|prezimena?|ime\ i\ prezime|imie|nazwisko
    |(?:tele)?phones?|phone\ ?(?:no|nr|number)|telephon[eo]s?|telefon[oei]?s?|tel|tel\ ?(?:no|nr|number)
    |mobile|mobile\ ?(?:no|nr|number|phone)|cell\ ?phones?|cellular[ei]|handy\ ?(?:nummer|nr)|portable
    |whats\ ?app|telegram|imei|imsi|msisdn
    |passports?|passport\ ?(?:no|nr|number|id)|passaport[oi]|passeports?|reisepass(?:nummer)?|pasaportes?
    |documents?|document\ ?(?:no|nr|num|number|id)|documento|numero\ (?:di\ |de\ |du\ )?document[oe]?
    |(?:id|identity|identification)\ ?(?:no|nr|num|number|card|document)|carta\ (?:di\ )?identita
    |carte\ (?:d\ )?identite|ausweis(?:nummer|nr)?|personal\ ?ausweis|dni|nie|codice\ fiscale|tax\ ?id
    |national\ id|national\ insurance(?:\ no|\ number)?|social\ security(?:\ no|\ number)?|ssn
    |eurodac(?:\ \w+)?
    |case\ ?(?:no|nr|number|id)
    |(?:person|personal|individual|migrant|applicant|biometric|fingerprint)\ ?(?:id|no|nr|number)
    |fingerprints?|biometrics?|visa\ ?(?:no|nr|number)
    |e\ ?mails?|mail|mail\ ?address|(?:e\ ?)?mail\ ?(?:address|adresse)|courriels?|posta\ elettronica
    |(?:home|street|postal)\ ?address|indirizzo|anschrift
    |(?:date|day|place|year)\ ?of\ ?births?|births?|birth\ ?(?:date|day|place|year)s?|dob|d\ o\ b|yob
    |naissance|(?:date|lieu|annee)\ de\ naissance|nascita|(?:data|luogo|anno)\ di\ nascita
    |nato\ il|nata\ il|geburt|geburts\ ?(?:datum|tag|ort|jahr|namen?)|fecha\ de\ nacimiento|nacimiento
    |datum\ rodjenja
    )(?:$|\ )""",
    re.VERBOSE,
)
_ALONE: Final = frozenset(
    {"name", "names", "nom", "noms", "nome", "nomi", "namen", "nombre", "nombres", "ime", "initials"}
)
"""Words that name a person where they are a whole column's name, and need not otherwise."""
_HARMLESS: Final = frozenset(
    {"document type", "document types", "document kind", "source document", "document title", "document url"}
)
_VALUES: Final = {
    "an e-mail address": r"[\w.+-]+@[\w-]+\.[\w.]*[A-Za-z]{2,}",
    "a telephone number": r"(?:\+|\b00)[1-9]\d{0,2}[ ()./-]*(?:\d[ ()./-]*){6,13}\d\b",
    "the code line of a travel document": (
        r"\b[PIACV][A-Z<][A-Z]{3}[A-Z]+<<[A-Z<]{3,}|[A-Z0-9<]{9}\d[A-Z]{3}\d{6}\d[MFX<]"
    ),
    "a passport number": (
        r"(?i:pass(?:port|aporto|eport)|reisepass)\W{0,3}"
        r"(?:(?i:n[or°.]*|number|num)\W{0,3})?[A-Z]{0,3}\d{5,9}"
    ),
}


def check_no_identities(
    columns: Iterable[Any] | pd.DataFrame, *, place: str, texts: Iterable[str] | None = None
) -> None:
    """Refuse a table whose columns, or texts, read like data of single persons.

    Parameters
    ----------
    columns : iterable of str, or DataFrame
        Names of columns; of a DataFrame the cells of its text columns are looked at too.
    place : str
        What is read, for the message: ``counts file 'x.csv'``.
    texts : iterable of str, optional
        Columns of the DataFrame whose cells are looked at; default all that hold text.

    Raises
    ------
    InvalidInputError
        If a column is named like a name, telephone, passport or document number, e-mail address or birth
        date (English, French, Italian, German and some Spanish and Serbo-Croatian words), or a cell holds
        an e-mail address, a telephone number with its country code, or a passport number. The message never
        repeats the cell.

    Examples
    --------
    >>> check_no_identities(["corridor", "native_label", "place_name", "document_type"], place="table")
    >>> check_no_identities(["corridor", "Cognome"], place="table 'x.csv'")
    Traceback (most recent call last):
    geo.errors.InvalidInputError: Invalid table 'x.csv'. 1 fault:
      - column 'Cognome' reads like data of single persons; only published counts belong here
    """
    faults = identity_faults(columns)
    if isinstance(columns, pd.DataFrame):
        faults += value_faults(columns, texts)
    raise_faults(place, faults)


def identity_faults(columns: Iterable[Any]) -> list[str]:
    """List the columns that read like data of single persons.

    Examples
    --------
    >>> identity_faults(["source_name", "Geburtsdatum"])
    ["column 'Geburtsdatum' reads like data of single persons; only published counts belong here"]
    """
    return [
        f"column '{name}' reads like data of single persons; only published counts belong here"
        for name in columns
        if reads_like_person(str(name))
    ]


def reads_like_person(name: str) -> bool:
    """Return whether a column's name is that of an attribute by which a single person is known.

    Examples
    --------
    >>> [reads_like_person(name) for name in ("passportNo", "e-mail", "place_name", "age_group", "Prénom")]
    [True, True, False, False, True]
    """
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    plain = " ".join(re.sub(r"[^a-z0-9]+", " ", plain.lower()).split())
    if plain in _HARMLESS:
        return False
    return plain in _ALONE or _PERSONS.search(plain) is not None


def value_faults(table: pd.DataFrame, texts: Iterable[str] | None = None) -> list[str]:
    """List the text columns with a cell that holds an address or number of a person; cells are not repeated.

    Examples
    --------
    >>> value_faults(pd.DataFrame({"native_label": ["landed", "call +44 20 7946 0018"]}))
    ["column 'native_label', row 1: holds a telephone number; only published counts belong here"]
    """
    faults = []
    for name in table.columns if texts is None else [one for one in texts if one in table.columns]:
        column = table[name]
        if not (pd.api.types.is_string_dtype(column) or column.dtype == object):
            continue
        cells = column.reset_index(drop=True)
        kinds = cells.dropna().astype("str").drop_duplicates()
        for what, pattern in _VALUES.items():
            hit = kinds[kinds.str.contains(pattern, regex=True)]
            if len(hit):
                faults.append(
                    f"column '{name}', row {hit.index[0]}: holds {what}; only published counts belong here"
                )
    return faults


def first_of_person(rows: Iterable[Sequence[Any]]) -> list[tuple[int, str]]:
    """Return, of each kind of address or number of a person, the first row that holds one.

    Examples
    --------
    >>> first_of_person([["2031-01", 12], ["a.b@example.org", 3]])
    [(1, 'an e-mail address')]
    """
    found: dict[str, int] = {}
    seen: set[str] = set()
    for index, row in enumerate(rows):
        for cell in row:
            if not isinstance(cell, str) or cell in seen:
                continue
            seen.add(cell)
            for what, pattern in _VALUES.items():
                if what not in found and re.search(pattern, cell):
                    found[what] = index
    return [(index, what) for what, index in found.items()]
