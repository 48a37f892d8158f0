"""Which published numbers add up to which: the relations by which a hidden cell could be worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo import terms
from geo._suppression import Cells
from geo.checks import raise_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

TOTAL_COST: Final = 1000.0
"""A total is hidden only where nothing else protects a cell."""
_ZERO_COST: Final = 12.0
"""That nobody was counted is worth showing: a zero is hidden before a total, after most other cells."""
_ADDED_COST: Final = 20.0
_MOST_ADDED: Final = 8
WHOLES: Final = {
    terms.CORRIDOR: terms.ALL_ROUTES,
    terms.PLACE: "",
    terms.NATIONALITY: "",
    terms.SEX: "",
    terms.AGE_GROUP: "",
}
"""The word that stands for the whole, in each column of the tidy table that divides it."""
_SPANS: Final = (terms.PERIOD_START, terms.PERIOD_END)
_ABOUT: Final = (terms.SOURCE, terms.MEASURE, terms.UNIT, terms.BASIS, terms.SCOPE)


class Gathering:
    """Cells and relations on their way to :class:`~geo._suppression.Cells`."""

    def __init__(self, value: NDArray[np.float64], hidden: NDArray[np.bool_] | None = None) -> None:
        self.told = ~np.isnan(value)
        self.hidden = set() if hidden is None else {int(at) for at in np.flatnonzero(hidden)}
        self.value = [round(one) if one == one else 0 for one in value.tolist()]
        self.n_rows = len(self.value)
        self.unknown: set[int] = set()
        self.kept: set[int] = set()
        self.assumed: dict[int, tuple[str, str]] = {}
        self.added: dict[int, tuple[int, str, str]] = {}
        self.relations: list[tuple[int, tuple[int, ...]]] = []
        self.faults: list[str] = []

    def cell(self, value: int, *, unknown: bool = False, kept: bool = False) -> int:
        """Add a cell that is no row of the table."""
        self.value.append(value)
        at = len(self.value) - 1
        if unknown:
            self.unknown.add(at)
        if kept:
            self.kept.add(at)
        return at

    def relate(self, total: int, parts: Sequence[int], *, strict: str = "", whole: bool = True) -> None:
        """Say that a total is the sum of parts, and of a rest that nobody is told of.

        Parameters
        ----------
        total : int
            Position of the total.
        parts : sequence of int
            Positions of the parts.
        strict : str
            What to call the total in a fault where the published parts do not make it; "" for no fault.
        whole : bool
            Whether the parts are all there are, so that a total that was not published can be worked out.
        """
        if self.hidden & {total, *parts}:
            self.relations.append((total, tuple(parts)))
            return
        known = [at for at in parts if at >= self.n_rows or self.told[at]]
        if total < self.n_rows and not self.told[total]:
            if not whole or len(known) < len(parts) or not parts:
                return
            total = self.cell(sum(self.value[at] for at in known), unknown=True)
        if not known:
            return
        rest = self.value[total] - sum(self.value[at] for at in known)
        if strict and (rest < 0 or (rest and len(known) == len(parts))):
            self.faults.append(
                f"{strict}: the parts make {self.value[total] - rest}, not {self.value[total]}"
            )
        if rest > 0:
            known.append(self.cell(rest, unknown=True))
        elif rest < 0:  # the publisher's parts exceed its total; whoever knows by how much can still subtract
            known.append(self.cell(rest, kept=True))
        self.relations.append((total, tuple(known)))

    def cells(
        self,
        small: NDArray[np.bool_],
        must: NDArray[np.bool_],
        kept: NDArray[np.bool_],
        totals: Iterable[int],
    ) -> Cells:
        """Return what was gathered; arrays are by row of the table."""
        from scipy.sparse import csr_array

        n, rows = len(self.value), self.n_rows
        value = np.array(self.value, dtype=np.int64)
        masks = {name: np.zeros(n, dtype=bool) for name in ("small", "must", "kept", "unknown")}
        masks["small"][:rows], masks["must"][:rows], masks["kept"][:rows] = small, must, kept
        masks["kept"][list(self.kept)] = True
        masks["unknown"][list(self.unknown)] = True
        masks["unknown"][:rows] |= ~self.told
        cost = np.where(value > 0, 1.0 + np.log2(np.maximum(value, 1)), _ZERO_COST)
        cost[list(totals)] += TOTAL_COST
        cost[list(self.added)] = _ADDED_COST
        put = [
            (i, at, 1 if first else -1)
            for i, (total, parts) in enumerate(self.relations)
            for first, at in [(True, total), *((False, part) for part in parts)]
        ]
        i, j, sign = (
            (np.array(column, dtype=np.int64) for column in zip(*put, strict=True))
            if put
            else (np.zeros(0, dtype=np.int64),) * 3
        )
        ties = csr_array((sign, (i, j)), shape=(len(self.relations), n))
        return Cells(value=value, relations=ties, cost=cost, **masks)


# --- a cross-table, as a Series with one level of the index per dimension


def gather_table(
    values: pd.Series[float],
    margins: str | None,
    groups: Mapping[str, Mapping[str, Sequence[str]]],
    hidden: NDArray[np.bool_] | None = None,
    *,
    assume: bool = True,
) -> Gathering:
    """Relate the cells of a cross-table to its margins, or to margins that are assumed to be known.

    With `hidden`, the table is one that was published, and what is hidden ties cells as well.

    Raises
    ------
    InvalidInputError
        If a margin is not the sum of its parts.
    """
    found = Gathering(np.asarray(values, dtype=np.float64), hidden)
    keys = [tuple(str(word) for word in key) for key in values.index]
    place = {key: at for at, key in enumerate(keys)}
    for level, name in enumerate(values.index.names):
        tree = {
            str(parent): [str(one) for one in parts] for parent, parts in groups.get(str(name), {}).items()
        }
        below = {one for parts in tree.values() for one in parts}
        sets: dict[tuple[str, ...], dict[str, int]] = {}
        for key, at in place.items():
            sets.setdefault((*key[:level], *key[level + 1 :]), {})[key[level]] = at
        for rest, held in sets.items():
            beside = ", ".join(word for word in rest if word != margins)
            top = [at for word, at in held.items() if word != margins and word not in below]
            if margins in held and top:
                found.relate(held[margins], top, strict=f"total over {name} ({beside})")
            for parent, parts in tree.items():
                if parent in held and any(one in held for one in parts):
                    inside = [held[one] for one in parts if one in held]
                    found.relate(held[parent], inside, strict=f"'{parent}' over {name} ({beside})")
    if assume:
        _assume_margins(found, keys, margins, groups, list(values.index.names))
    raise_faults("cross-table", found.faults)
    return found


def _assume_margins(
    found: Gathering,
    keys: list[tuple[str, ...]],
    margins: str | None,
    groups: Mapping[str, Mapping[str, Sequence[str]]],
    names: list[Any],
) -> None:
    """Take the one-dimensional totals as known from elsewhere, where the table does not print them."""
    tops = [set(groups.get(str(name), {})) for name in names]
    leaves = [at for at, key in enumerate(keys) if margins not in key and found.told[at]]
    leaves = [at for at in leaves if not any(word in top for word, top in zip(keys[at], tops, strict=True))]
    grand = None
    for level in range(len(names)):
        others = [other for other in range(len(names)) if other != level]
        printed = any(
            key[level] != margins and all(key[other] == margins for other in others) for key in keys if others
        )
        labels: dict[str, list[int]] = {}
        for at in leaves:
            labels.setdefault(keys[at][level] if others else "", []).append(at)
        if printed:
            continue
        totals = []
        for label, parts in labels.items():
            total = parts[0]
            if len(parts) > 1:
                total = found.cell(sum(found.value[at] for at in parts), kept=True)
                found.assumed[total] = str(names[level]), label
                found.relate(total, parts)
            totals.append(total)
        if len(totals) > 1:
            if grand is None:
                grand = found.cell(sum(found.value[at] for at in leaves), kept=True)
                found.assumed[grand] = "", ""
            found.relate(grand, totals)


# --- the tidy counts table


def gather_counts(rows: pd.DataFrame) -> Gathering:
    """Relate the rows of one series to each other: wholes and parts of every column, and of time.

    Parameters
    ----------
    rows : DataFrame
        Rows of one source, measure and basis, with the index 0 … n − 1.
    """
    found = Gathering(rows[terms.VALUE].to_numpy(dtype=float))
    _relate_time(found, rows)
    timed = {at for total, parts in found.relations for at in (total, *parts)}
    columns = {name: rows[name].tolist() for name in WHOLES}
    for name, whole in WHOLES.items():
        labels = columns[name]
        if len(set(labels)) < 2 or whole not in labels:
            continue
        rest = [*_ABOUT, *(other for other in WHOLES if other != name), *_SPANS, terms.KNOWN_ON]
        for group in rows.groupby(rest, sort=False, dropna=False).indices.values():
            totals = [int(at) for at in group if labels[at] == whole]
            parts = [int(at) for at in group if labels[at] not in {whole, terms.CONTEXT}]
            if totals and parts:
                more = _absent(found, labels, totals[0], parts, name, whole, timed)
                found.relate(totals[0], [*parts, *more], whole=False)
    return found


def _absent(
    found: Gathering, labels: list[str], total: int, parts: list[int], name: str, whole: str, timed: set[int]
) -> list[int]:
    """Add the labels of other periods that a complete breakdown leaves out because they are 0."""
    told = found.told[[total, *parts]].all()
    complete = told and found.value[total] == sum(found.value[at] for at in parts)
    if name != terms.NATIONALITY or not complete or timed & {total, *parts}:
        return []
    held = {labels[at] for at in parts}
    others = list(dict.fromkeys(word for word in labels if word != whole and word not in held))
    added = []
    for word in others[:_MOST_ADDED]:
        at = found.cell(0)
        found.added[at] = (total, name, word)
        added.append(at)
    return added


def _relate_time(found: Gathering, rows: pd.DataFrame) -> None:
    """Relate longer periods to the shorter ones within them, in the newest vintage of each number."""
    plain = ~rows[terms.FLAG].astype("str").str.contains("cumulative")
    key = [*_ABOUT, *WHOLES]
    newest = rows[plain].sort_values(terms.KNOWN_ON, kind="stable")
    newest = newest[~newest.duplicated([*key, *_SPANS], keep="last")]
    days = (newest[terms.PERIOD_END] - newest[terms.PERIOD_START]).dt.days + 1
    if days.empty or days.max() < 2 * days.min():
        return
    start = newest[terms.PERIOD_START].to_numpy().astype("datetime64[D]").astype(np.int64)
    length = days.to_numpy()
    kind = np.digitize(length, [2, 8, 32, 93, 367])
    at = newest.index.to_numpy()
    for group in newest.groupby(key, sort=False, dropna=False).indices.values():
        if len(np.unique(kind[group])) < 2:
            continue
        for one in group:
            first, last = start[one], start[one] + length[one]
            inside = group[(start[group] >= first) & (start[group] + length[group] <= last)]
            for shorter in np.unique(kind[inside][kind[inside] < kind[one]]):
                parts = inside[kind[inside] == shorter]
                parts = parts[np.argsort(start[parts])]
                if (start[parts][1:] >= (start[parts] + length[parts])[:-1]).all():
                    whole = length[parts].sum() == length[one]
                    found.relate(int(at[one]), [int(at[part]) for part in parts], whole=bool(whole))
