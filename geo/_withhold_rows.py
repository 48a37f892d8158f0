"""Small cells of the tidy counts table: which rows are withheld (used through :mod:`geo.disclosure`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo import _margins, _suppression, terms
from geo._withhold import DIVIDING, LEAST, RECORD, SUPPRESSED, check_least, record_of
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_KEY: Final = tuple(
    name
    for name in terms.COUNT_COLUMNS
    if name
    not in {terms.VALUE, terms.QUALIFIER, terms.KNOWN_ON, terms.FLAG, terms.LICENCE, terms.NATIVE_LABEL}
)


def suppress_counts(
    counts: pd.DataFrame,
    *,
    dimensions: Iterable[str] | None = None,
    least: int = LEAST,
    elsewhere: pd.DataFrame | None = None,
    strict: bool = True,
) -> pd.DataFrame:
    """Withhold small cells of a tidy table, and the companions by which they could be worked out.

    Parameters
    ----------
    counts : DataFrame
        A tidy table (:func:`geo.counts.read_counts`), of one or many vintages.
    dimensions : iterable of str, optional
        Columns that make a row a cell of people or places; default place, nationality, sex, age_group.
    least : int
        Smallest number that is shown, at least 3.
    elsewhere : DataFrame, optional
        Rows in the tidy form that readers can find elsewhere, such as yearly totals; taken as known.
    strict : bool
        Whether cells must be safe even from a reader who knows which of them are small, the default. Then a
        total may have to be withheld, though never a corridor's deaths.

    Returns
    -------
    counts : DataFrame
        The same rows, of which withheld ones have no value and the flag ``suppressed``. Where a complete
        breakdown has only one nationality, others that it leaves out as 0 are added, withheld as well.
        ``attrs["disclosure"]``: ``rule``, ``least``, ``small``, ``companions``, ``totals``, ``added``,
        ``blind`` (numbers of rows), ``checked``.

    Raises
    ------
    InvalidInputError
        If `least` is below 3, a dimension is no dividing column, or a cell cannot be protected.

    Notes
    -----
    Rows are tied by every whole they have in the table: all routes, whole corridor, all nationalities, both
    sexes, all ages, and longer periods made of shorter ones. Of several vintages, a number is withheld in all
    or in none. See :func:`geo._suppression.protect` for the programme and docs/method.md for its limits.

    Examples
    --------
    >>> table = pd.DataFrame({name: [""] * 4 for name in terms.COUNT_COLUMNS}).assign(
    ...     nationality=["", "AFG", "IRN", "SYR"], value=[60.0, 3, 40, 17],
    ...     period_start=pd.Timestamp("2031-01-01"), period_end=pd.Timestamp("2031-03-31"),
    ...     known_on=pd.Timestamp("2031-05-01"))
    >>> suppress_counts(table)["value"].tolist()
    [60.0, nan, 40.0, nan]
    """
    check_least(least)
    rows = counts.reset_index(drop=True)
    divided = divided_rows(rows, dimensions)
    small = divided & rows[terms.VALUE].gt(0).to_numpy() & rows[terms.VALUE].lt(least).to_numpy()
    hidden, blind = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    joint, extra = True, []
    for key, group in rows.groupby(list(terms.SERIES_COLUMNS), sort=False):
        at = group.index.to_numpy()
        if small[at].any():
            known = None if elsewhere is None else elsewhere[_same_series(elsewhere, key)]
            found, added = _protect_rows(group, small[at], divided[at], least, known, strict=strict)
            hidden[at], blind[at] = found.hidden[: len(at)], found.blind[: len(at)]
            joint &= found.joint
            extra += [added] if len(added) else []
    shown = emptied(rows, hidden).set_axis(counts.index)
    if extra:
        shown = pd.concat([shown, *extra], ignore_index=True)
    told = record_of(least, small, hidden, blind, joint=joint)
    told |= {"totals": int((hidden & ~divided).sum()), "added": sum(map(len, extra))}
    before = counts.attrs.get(RECORD, {})
    again = not hidden.any() and before.get("least") == least
    shown.attrs = {**counts.attrs, RECORD: before if again else told}
    return shown


def divided_rows(rows: pd.DataFrame, dimensions: Iterable[str] | None) -> NDArray[np.bool_]:
    """Return which rows are about a part of the people, or a part of a corridor."""
    columns = list(DIVIDING) if dimensions is None else list(dimensions)
    wrong = [name for name in columns if name not in DIVIDING]
    if wrong:
        raise InvalidInputError(f"Invalid dimension '{wrong[0]}'. It must be one of: {', '.join(DIVIDING)}.")
    return np.asarray((rows[columns] != "").any(axis=1), dtype=bool)


def _same_series(rows: pd.DataFrame, key: Any) -> pd.Series[bool]:  # noqa: ANN401 - what groupby gives
    return (rows[list(terms.SERIES_COLUMNS)] == list(key)).all(axis=1)


def emptied(rows: pd.DataFrame, hidden: NDArray[np.bool_]) -> pd.DataFrame:
    """Return rows of which some are withheld."""
    shown = rows.copy()
    shown.loc[hidden, terms.VALUE] = np.nan
    flags = shown.loc[hidden, terms.FLAG].astype("str") + f" {SUPPRESSED}"
    shown.loc[hidden, terms.FLAG] = flags.str.strip()
    return shown


def _protect_rows(
    rows: pd.DataFrame,
    small: NDArray[np.bool_],
    divided: NDArray[np.bool_],
    least: int,
    known: pd.DataFrame | None,
    *,
    strict: bool,
) -> tuple[_suppression.Pattern, pd.DataFrame]:
    """Find the rows of one series to withhold, and the rows to add to them."""
    whole = rows if known is None else pd.concat([rows, known])
    whole = whole.reset_index(drop=True)
    beyond = np.zeros(len(whole) - len(rows), dtype=bool)
    small, total = np.append(small, beyond), np.append(~divided, ~beyond)
    deaths = (whole[terms.MEASURE] == "dead_missing").to_numpy() & total
    always = deaths | (np.arange(len(whole)) >= len(rows))
    number = whole.groupby(list(_KEY), sort=False, dropna=False).ngroup().to_numpy()
    told = whole[terms.VALUE].notna().to_numpy()
    gathered = _margins.gather_counts(whole)

    def pattern(kept: NDArray[np.bool_]) -> _suppression.Pattern:
        must = np.zeros_like(small)
        while True:
            cells = gathered.cells(small, must, kept, np.flatnonzero(total))
            found = _suppression.protect(cells, least=least)
            here = found.hidden[: len(whole)]
            again = np.isin(number, number[here]) & told & ~kept & ~here
            if not again.any():
                return found
            must |= again

    found = pattern(total)
    if found.bare.any() or (strict and found.blind.any()):
        found = pattern(always)
    if found.bare.any() or (strict and found.blind.any()):
        row = whole.iloc[int(np.flatnonzero((found.bare | found.blind)[: len(whole)])[0])]
        raise InvalidInputError(
            f"Invalid counts of '{row[terms.SOURCE]}' ({row[terms.MEASURE]}). A small cell of "
            f"{row[terms.PERIOD_START]:%Y-%m-%d} to {row[terms.PERIOD_END]:%Y-%m-%d} can be worked out from "
            "totals that are published in any case: leave this breakdown out."
        )
    added = [
        whole.iloc[at].to_dict() | {column: word, terms.VALUE: np.nan, terms.NATIVE_LABEL: ""}
        for cell, (at, column, word) in gathered.added.items()
        if found.hidden[cell]
    ]
    extra = pd.DataFrame(added, columns=list(rows.columns)).astype(dict(rows.dtypes)) if added else rows[:0]
    return found, emptied(extra, np.ones(len(extra), dtype=bool))


def as_published(counts: pd.DataFrame, *, least: int = LEAST) -> pd.DataFrame:
    """Mark a tidy table to be shown with the publisher's own cells, small ones too.

    Returns
    -------
    counts : DataFrame
        The same rows; ``attrs["disclosure"]`` says so and counts the small cells.

    Examples
    --------
    >>> table = pd.DataFrame({"value": [3.0], "place": "", "nationality": "AFG", "sex": "", "age_group": ""})
    >>> as_published(table).attrs["disclosure"]["small"]
    1
    """
    shown = counts.copy()
    small = divided_rows(counts, None) & counts[terms.VALUE].between(0, least, inclusive="neither").to_numpy()
    told = {"rule": "as published: the publisher's own cells", "least": None, "small": int(small.sum())}
    shown.attrs = {**counts.attrs, RECORD: told}
    return shown


def protected(counts: pd.DataFrame) -> pd.DataFrame:
    """Return counts that may be shown: as they are where that was decided, else with small cells withheld.

    Examples
    --------
    >>> table = pd.DataFrame({"value": [3.0], "place": "", "nationality": "AFG", "sex": "", "age_group": ""})
    >>> protected(as_published(table))["value"].tolist()
    [3.0]
    """
    return counts if RECORD in counts.attrs else suppress_counts(counts)
