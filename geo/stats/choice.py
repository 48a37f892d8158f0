"""Which rows of the counts a corridor's statistics are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo import terms
from geo.disclosure import RECORD, protected
from geo.errors import InvalidInputError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEEDED = ("title", "source", "measure", "basis", "caption")
_LISTS = ("figures", "beside")


@dataclass(frozen=True, slots=True)
class Corridor:
    """What statistics need to know of a corridor.

    Attributes
    ----------
    id, title, caption : str
        As in its definition.
    source, measure, basis : str
        Headline series; "" where there is none.
    figures : tuple of dict
        Published numbers that cover sets of legs.
    beside : tuple of dict
        Other series, each with its ``label``.
    """

    id: str
    title: str
    caption: str
    source: str
    measure: str
    basis: str
    figures: tuple[dict[str, Any], ...] = ()
    beside: tuple[dict[str, Any], ...] = ()

    def caption_of(self, source: str, measure: str, basis: str) -> str:
        """Return what is said of a series: the caption of the headline one, the label of one beside it."""
        if (self.source, self.measure, self.basis or basis) == (source, measure, basis):
            return self.caption
        for other in self.beside:
            known = other["source"], other["measure"], other.get("basis") or basis
            if known == (source, measure, basis):
                return str(other.get("label", ""))
        return ""


def read_meta(corridors: pd.DataFrame | str | Iterable[str] | None, counts: pd.DataFrame) -> list[Corridor]:
    """Read what is known of corridors, from their table or by id.

    Raises
    ------
    InvalidInputError
        If a table lacks columns.
    UnknownNameError
        If an id is neither defined nor in the counts.

    Examples
    --------
    >>> read_meta("channel", pd.DataFrame({"corridor": []}))[0].title
    'English Channel'
    """
    if isinstance(corridors, pd.DataFrame):
        lacking = [name for name in _NEEDED if name not in corridors.columns]
        if lacking:
            raise InvalidInputError(
                f"Invalid table of corridors. It lacks the columns {', '.join(lacking)}; "
                "take it from read_corridors."
            )
        columns = [*_NEEDED, *(name for name in _LISTS if name in corridors.columns)]
        rows = pd.DataFrame(corridors)[columns].to_dict("index")
        return [_meta(str(name), row) for name, row in rows.items()]
    from geo.routes import read_corridors

    if corridors is None:
        return read_meta(read_corridors(), counts)
    names = [corridors] if isinstance(corridors, str) else list(corridors)
    held = set(counts[terms.CORRIDOR].unique())
    found = []
    for name in names:
        try:
            found += read_meta(read_corridors([name]), counts)
        except UnknownNameError:
            if name not in held:
                raise
            found.append(Corridor(name, "All routes" if name == terms.ALL_ROUTES else name, "", "", "", ""))
    return found


def _meta(name: str, row: dict[Any, Any]) -> Corridor:
    words = {key: "" if row[key] is None or row[key] != row[key] else str(row[key]) for key in _NEEDED}
    lists: dict[str, Any] = {
        key: tuple(row[key]) for key in _LISTS if isinstance(row.get(key), (list, tuple))
    }
    return Corridor(id=name, **{**words, **lists})


def series_rows(
    counts: pd.DataFrame,
    corridor: str,
    source: str | None,
    measure: str | None,
    basis: str | None,
    place: str = "",
    nationality: str = "",
) -> pd.DataFrame:
    """Return the rows of a series, both sexes and all ages; None leaves a column free.

    Of one place or nationality, small cells are withheld (:func:`geo.disclosure.protected`).

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> len(series_rows(read_counts(), "channel", "home_office_daily", "boat", None))
    3154
    """
    if place or nationality:
        counts = _protected(counts, source)
    keep = counts[terms.CORRIDOR] == corridor
    asked = {
        terms.SOURCE: source,
        terms.MEASURE: measure,
        terms.BASIS: basis,
        terms.PLACE: place,
        terms.NATIONALITY: nationality,
        terms.SEX: "",
        terms.AGE_GROUP: "",
    }
    for column, value in asked.items():
        if value is not None:
            keep &= counts[column] == value
    return counts[keep]


def _protected(counts: pd.DataFrame, source: str | None) -> pd.DataFrame:
    """Withhold small cells where that is not decided yet; whole sources, whose totals tie them."""
    if RECORD in counts.attrs:
        return counts
    return protected(counts if source is None else counts[counts[terms.SOURCE] == source])


def choose_rows(
    counts: pd.DataFrame,
    meta: Corridor,
    source: str | None = None,
    measure: str | None = None,
    basis: str | None = None,
    place: str = "",
    nationality: str = "",
) -> pd.DataFrame | None:
    """Return the rows of the headline series, or of the one that was asked for.

    Returns
    -------
    rows : DataFrame or None
        None where the corridor has no headline series and none was asked for, or no counts of it.

    Raises
    ------
    UnknownNameError
        If an asked series does not exist for the corridor, or is not clear; what exists is listed.
    """
    explicit = any((source, measure, basis, place, nationality))
    if not explicit:
        if not meta.source or not (counts["corridor"] == meta.id).any():
            return None
        rows = series_rows(counts, meta.id, meta.source, meta.measure, meta.basis or None)
        if rows.empty:
            raise UnknownNameError(
                f"Invalid series '{meta.source}, {meta.measure}, {meta.basis}'. The counts hold no such rows "
                f"for corridor '{meta.id}'. {_existing(counts, meta.id)}"
            )
    else:
        source = source or _headline_source(counts, meta, measure, basis)
        rows = series_rows(counts, meta.id, source, measure, basis, place, nationality)
        rows = _prefer_headline(rows, meta)
        if rows.empty:
            asked = ", ".join(part for part in (source, measure, basis, place, nationality) if part)
            raise UnknownNameError(
                f"Invalid series '{asked}'. Corridor '{meta.id}' has none of that name. "
                f"{_existing(counts, meta.id)}"
            )
    series = rows[list(terms.SERIES_COLUMNS)].drop_duplicates()
    if len(series) > 1:
        raise UnknownNameError(
            f"Invalid series '{source or ''}'. Several fit, so name source, measure and basis. "
            f"{_existing(counts, meta.id)}"
        )
    return rows


def _headline_source(
    counts: pd.DataFrame, meta: Corridor, measure: str | None, basis: str | None
) -> str | None:
    """Keep to the headline source where it has the measure on the basis."""
    if meta.source and not series_rows(counts, meta.id, meta.source, measure, basis).empty:
        return meta.source
    return None


def _prefer_headline(rows: pd.DataFrame, meta: Corridor) -> pd.DataFrame:
    """Of several measures or bases, keep those of the headline."""
    for column, word in ((terms.MEASURE, meta.measure), (terms.BASIS, meta.basis)):
        if word and (rows[column] == word).any():
            rows = rows[rows[column] == word]
    return rows


def _existing(counts: pd.DataFrame, corridor: str) -> str:
    """List the series of a corridor."""
    rows = counts[counts[terms.CORRIDOR] == corridor]
    if rows.empty:
        return "It has no counts at all."
    columns = [*terms.SERIES_COLUMNS, terms.PLACE, terms.NATIONALITY]
    found: dict[str, list[str]] = {}
    for source, measure, basis, place, nationality in rows[columns].drop_duplicates().itertuples(index=False):
        name = f"{source} {measure} {basis}".rstrip()
        found.setdefault(name, []).extend(part for part in (place, nationality) if part)
    listed = []
    for name, parts in found.items():
        few = sorted(set(parts))
        told = ", ".join(few[:8]) + (f" and {len(few) - 8} more" if len(few) > 8 else "")
        listed.append(f"{name} ({told})" if told else name)
    return "There are: " + "; ".join(sorted(listed)) + "."
