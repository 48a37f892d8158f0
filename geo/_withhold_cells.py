"""Small cells of cross-tables and cubes: which are withheld (used through :mod:`geo.disclosure`)."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from geo import _margins, _suppression, terms
from geo._withhold import LEAST, RECORD, SUPPRESSED, check_least, record_of
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import xarray as xr
    from numpy.typing import NDArray

    Table = pd.DataFrame | pd.Series[float] | xr.DataArray | xr.Dataset


def suppress_table(
    table: Table,
    *,
    margins: str | None = "All",
    groups: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    dimensions: Iterable[str] | None = None,
    least: int = LEAST,
    strict: bool = True,
) -> Table:
    """Withhold small cells of a cross-table or cube, and the companions by which they could be worked out.

    Parameters
    ----------
    table : DataFrame, Series, DataArray or Dataset
        Whole numbers, NaN where nothing was published; every level of the index and the columns, and every
        dimension, is a dimension of the table. Of a Dataset, ``count`` by measure.
    margins : str, optional
        Label that stands for a total. Where a table prints none, its one-dimensional totals are taken as
        known from elsewhere.
    groups : mapping, optional
        Of a dimension, labels that are the sum of others: ``{"nationality": {"Africa": ["SDN", "ERI"]}}``.
    dimensions : iterable of str, optional
        Dimensions that divide people, places or time finer than a quarter; default all. A cell that is a
        total over all of these is not small.
    least, strict
        As for :func:`suppress_counts`.

    Returns
    -------
    table : as given
        NaN where withheld. ``attrs["disclosure"]`` holds the record and, in ``cells``, the labels of what is
        withheld (:func:`is_suppressed`): what else is NaN was never published. ``unknown_totals`` lists the
        totals (dimension and label) that must not be published elsewhere, for want of other protection.

    Raises
    ------
    InvalidInputError
        If the values are no whole numbers from 0, labels repeat, margins are not the sums of their parts,
        `least` is below 3, or a cell cannot be protected.

    Examples
    --------
    >>> table = pd.DataFrame({"Q1": [1, 20, 30], "Q2": [9, 12, 14]}, index=["AFG", "IRN", "SYR"])
    >>> suppress_table(table).isna().to_numpy().tolist()
    [[True, True], [True, True], [False, False]]
    """
    check_least(least)
    if isinstance(table, (pd.DataFrame, pd.Series)):
        return _suppress_frame(table, margins, groups or {}, dimensions, least, strict=strict)
    made: Table = _suppress_cube(table, margins, groups or {}, dimensions, least, strict=strict)
    return made


def _flat(table: pd.DataFrame | pd.Series[float]) -> pd.Series[float]:
    """Return a cross-table as one column, one level of the index per dimension."""
    axes = [table.index] if isinstance(table, pd.Series) else [table.index, table.columns]
    names = [name for axis in axes for name in axis.names]
    names = [f"dimension {at}" if name is None else str(name) for at, name in enumerate(names, 1)]
    index = pd.MultiIndex.from_tuples(_labels(table), names=names)
    values = pd.Series(np.asarray(table, dtype=float).ravel(), index=index)
    broken = values.notna() & ((values < 0) | (values != values.round()))
    if broken.any():
        raise InvalidInputError(
            f"Invalid cross-table. Cell {_told(index, broken)} holds "
            f"'{values[broken].iloc[0]:g}'; counts are whole numbers from 0."
        )
    if index.has_duplicates:
        twice = _told(index, index.duplicated())
        raise InvalidInputError(f"Invalid cross-table. Its labels must be unique; '{twice}' stands twice.")
    return values


def _told(index: pd.MultiIndex, cells: Any) -> str:  # noqa: ANN401 - a mask
    """Name the first of some cells by its labels."""
    return ", ".join(map(str, index[int(np.asarray(cells).argmax())]))


def _labels(table: pd.DataFrame | pd.Series[float]) -> list[tuple[str, ...]]:
    """Return the labels of every cell, row by row."""
    axes = [table.index] if isinstance(table, pd.Series) else [table.index, table.columns]
    words = [[key if isinstance(key, tuple) else (key,) for key in axis] for axis in axes]
    return [tuple(str(word) for part in parts for word in part) for parts in itertools.product(*words)]


def _suppress_frame(
    table: pd.DataFrame | pd.Series[float],
    margins: str | None,
    groups: Mapping[str, Mapping[str, Sequence[str]]],
    dimensions: Iterable[str] | None,
    least: int,
    *,
    strict: bool,
) -> pd.DataFrame | pd.Series[float]:
    values = _flat(table)
    n, gathered = len(values), _margins.gather_table(values, margins, groups)
    small, kept, totals = _roles(values, gathered, margins, dimensions, least)
    costly = [*np.flatnonzero(totals), *gathered.assumed]
    for known in (True, False):
        gathered.kept = set(gathered.assumed) if known else set()
        cells = gathered.cells(small, np.zeros_like(small), kept & known, costly)
        found = _suppression.protect(cells, least=least)
        open_ = found.bare | (found.blind & strict)
        if not open_.any():
            break
    else:
        label = _told(cast("pd.MultiIndex", values.index), open_[:n])
        raise InvalidInputError(
            f"Invalid cross-table. Cell {label} can be worked out from what is not withheld."
        )
    hidden = found.hidden[:n]
    if RECORD in table.attrs and not hidden.any():
        return table.copy()
    shown = table.astype(float).mask(hidden.reshape(table.shape))
    told = record_of(least, small, hidden, found.blind[:n], joint=found.joint)
    told |= {
        "totals": int((hidden & totals).sum()),
        "unknown_totals": [list(gathered.assumed[at]) for at in gathered.assumed if found.hidden[at]],
        "cells": [list(key) for key in values.index[hidden]],
    }
    shown.attrs = {**table.attrs, RECORD: told}
    return cast("pd.DataFrame", shown)


def _roles(
    values: pd.Series[float],
    gathered: _margins.Gathering,
    margins: str | None,
    dimensions: Iterable[str] | None,
    least: int,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which cells are small, which are kept, and which are totals."""
    names = [str(name) for name in values.index.names]
    dividing = names if dimensions is None else [str(name) for name in dimensions]
    wrong = [name for name in dividing if name not in names]
    if wrong:
        raise InvalidInputError(f"Invalid dimension '{wrong[0]}'. The table has: {', '.join(names)}.")
    columns = [values.index.get_level_values(at) != margins for at in range(len(names))]
    parts: NDArray[np.bool_] = np.column_stack(columns)
    exempt = np.asarray((parts.sum(axis=1) <= 1) & (len(names) > 1), dtype=bool)
    exempt |= ~parts[:, [names.index(name) for name in dividing]].any(axis=1)
    small = (values.gt(0) & values.lt(least)).to_numpy() & ~exempt
    copies = [(total, held[0]) for total, held in gathered.relations if len(held) == 1]
    for _ in names:  # the total of one part is that part again
        for total, part in copies:
            if total < len(values) and part < len(values) and small[part]:
                small[total], exempt[total] = True, False
    return small, exempt, np.asarray(~parts.all(axis=1), dtype=bool)


def _suppress_cube(
    cube: Any,  # noqa: ANN401 - a DataArray or Dataset
    margins: str | None,
    groups: Mapping[str, Mapping[str, Sequence[str]]],
    dimensions: Iterable[str] | None,
    least: int,
    *,
    strict: bool,
) -> Any:  # noqa: ANN401 - as given
    count = cube["count"] if hasattr(cube, "data_vars") else cube
    chosen = None if dimensions is None else list(dimensions)
    outer = [terms.MEASURE] if terms.MEASURE in count.dims else []
    inner = [str(dim) for dim in count.dims if dim not in outer]
    shape = count.transpose(*outer, *inner)
    ids = {dim: cube.coords.get(f"{dim}_id", shape[dim]) for dim in inner}
    labels = [pd.Index([str(word) for word in ids[dim].to_numpy()], name=dim) for dim in inner]
    index = pd.MultiIndex.from_product(labels)
    parts = shape.to_numpy().reshape(-1, len(index))
    tables = [
        _suppress_frame(pd.Series(part, index=index), margins, groups, chosen, least, strict=strict)
        for part in parts
    ]
    data = np.stack([np.asarray(part) for part in tables]).reshape(shape.shape)
    told = [part.attrs[RECORD] for part in tables]
    record = {key: value for key, value in told[0].items() if key != "cells"}
    record |= {key: sum(one[key] for one in told) for key in ("small", "companions", "blind", "totals")}
    made = shape.copy(data=data).transpose(*count.dims)
    made.attrs = dict(count.attrs)
    withheld = (count.notnull() & made.isnull()).drop_attrs()  # noqa: PD003, PD004 - xarray
    if SUPPRESSED in cube.coords or SUPPRESSED in getattr(cube, "data_vars", ()):
        withheld |= cube[SUPPRESSED]
    if not hasattr(cube, "data_vars"):
        return made.assign_coords({SUPPRESSED: withheld}).assign_attrs({RECORD: json.dumps(record)})
    return cube.assign({"count": made, SUPPRESSED: withheld}).assign_attrs({RECORD: json.dumps(record)})


def is_suppressed(table: Any) -> Any:  # noqa: ANN401 - as given
    """Return which cells were withheld, in the shape of the table.

    Raises
    ------
    InvalidInputError
        If the table carries no record of :func:`suppress_table`.

    Examples
    --------
    >>> table = pd.DataFrame({"Q1": [1, 20], "Q2": [9, 12]}, index=["AFG", "IRN"])
    >>> is_suppressed(suppress_table(table)).to_numpy().all()
    np.True_
    """
    cross = isinstance(table, (pd.DataFrame, pd.Series))
    if RECORD not in table.attrs or (cross and "cells" not in table.attrs[RECORD]):
        raise InvalidInputError(
            "Invalid table. It carries no record of what was withheld: use suppress_table. "
            "Tidy counts tell it in their column flag."
        )
    if not cross:
        return table[SUPPRESSED]
    index = pd.MultiIndex.from_tuples(_labels(table))
    mask = index.isin([tuple(key) for key in table.attrs[RECORD]["cells"]]).reshape(table.shape)
    return table.isna() & mask


def audit_table(
    published: pd.DataFrame | pd.Series[float],
    *,
    suppressed: pd.DataFrame | pd.Series[bool] | None = None,
    margins: str | None = "All",
    groups: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    least: int = LEAST,
    small: pd.DataFrame | pd.Series[bool] | None = None,
) -> pd.DataFrame:
    """Work out what a reader can say of withheld cells: the least and the greatest whole number each can be.

    Parameters
    ----------
    published : DataFrame or Series
        A cross-table as printed.
    suppressed : DataFrame or Series of bool, optional
        What is withheld; default what the table's record says, or else every NaN.
    margins, groups, least
        As for :func:`suppress_table`; margins that are not in the table are not known.
    small : DataFrame or Series of bool, optional
        Cells of which the reader knows that they hold 1 … `least` − 1; default none.

    Returns
    -------
    bounds : DataFrame
        One row per withheld cell, by its labels: ``low``, ``high``, ``safe`` (they differ).

    Examples
    --------
    >>> table = pd.DataFrame({"Q1": [1, 20], "Q2": [9, 12], "All": [10, 32]}, index=["AFG", "IRN"])
    >>> audit_table(table.mask(table < 5))["safe"].tolist()
    [False]
    """
    values = _flat(published)
    if suppressed is None:
        suppressed = is_suppressed(published) if RECORD in published.attrs else published.isna()
    hidden = np.asarray(suppressed, dtype=bool).ravel() & values.isna().to_numpy()
    gathered = _margins.gather_table(values, margins, groups or {}, hidden, assume=False)
    none = np.zeros_like(hidden)
    cells = gathered.cells(none, none, none, ())
    low, high = np.zeros(len(cells.value)), np.full(len(cells.value), np.inf)
    if small is not None:
        known = np.flatnonzero(np.asarray(small, dtype=bool).ravel() & hidden)
        low[known], high[known] = 1, least - 1
    free = cells.unknown.copy()
    free[: len(hidden)] |= hidden
    at = np.flatnonzero(hidden)
    ends = _suppression.bounds(cells.relations, cells.value.astype(float), free, low, high, at)
    found = pd.DataFrame({"low": ends[0], "high": ends[1]}, index=values.index[at])
    return found.assign(safe=found["high"] > found["low"])
