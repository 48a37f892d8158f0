"""The guard of every sum: what may be added to what, and why not. Used through :mod:`geo.counts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo import terms
from geo._catalogue import series_info
from geo.errors import MixedUnitsError

if TYPE_CHECKING:
    import pandas as pd

_ALIKE: Final = (
    (terms.MEASURE, "They count different things"),
    (terms.UNIT, "Their units differ"),
    (terms.BASIS, "Their bases differ"),
    (terms.SOURCE, "They come from different sources"),
)
_NESTED: Final = (
    (terms.PLACE, "The whole corridor already holds its places"),
    (terms.NATIONALITY, "The row for all nationalities already holds each of them"),
    (terms.SEX, "The row for both sexes already holds each of them"),
    (terms.AGE_GROUP, "The row for all ages already holds each of them"),
)
_WHO: Final = (terms.CORRIDOR, terms.PLACE, terms.NATIONALITY, terms.SEX, terms.AGE_GROUP)


def _caveats(rows: pd.DataFrame) -> str:
    series = rows[[terms.SOURCE, terms.MEASURE]].drop_duplicates().itertuples(index=False)
    told = [(info["publisher"], info["caveat"]) for info in (series_info(*pair) for pair in series)]
    return "".join(f" {publisher}: {caveat}" for publisher, caveat in dict.fromkeys(told) if caveat)


def _refuse(rows: pd.DataFrame, why: str) -> None:
    raise MixedUnitsError(f"Invalid sum of {len(rows)} rows. {why}.{_caveats(rows)}")


def has_flag(rows: pd.DataFrame, word: str) -> pd.Series[bool]:
    """Return which rows carry a flag, aligned to the rows."""
    return (" " + rows[terms.FLAG].astype("str") + " ").str.contains(f" {word} ", regex=False).astype(bool)


def _check_alike(rows: pd.DataFrame, column: str, why: str) -> None:
    found = sorted(rows[column].unique())
    if len(found) > 1:
        _refuse(rows, f"{why} ({', '.join(text or 'none' for text in found)}) and cannot be added")


def _check_parts(rows: pd.DataFrame) -> None:
    corridors = set(rows[terms.CORRIDOR])
    if terms.ALL_ROUTES in corridors and len(corridors) > 1:
        _refuse(rows, "The sum of all routes already holds each route")
    for column, why in _NESTED:
        found = set(rows[column])
        if "" in found and len(found) > 1:
            _refuse(rows, why)
    places = sorted(rows[terms.PLACE].unique())
    measure = terms.MEASURES.get(rows[terms.MEASURE].iloc[0])
    if len(places) > 1 and not (measure and measure.additive_over_places):
        _refuse(rows, f"Values of several places ({', '.join(places)}) count the same person again")


def _check_periods(rows: pd.DataFrame) -> None:
    if has_flag(rows, "cumulative").any():
        spans = rows[[terms.PERIOD_START, terms.PERIOD_END]].drop_duplicates()
        if len(spans) > 1:
            _refuse(rows, "Running totals overlap: each holds the ones before it")
    ordered = rows.sort_values([*_WHO, terms.PERIOD_START, terms.PERIOD_END, terms.KNOWN_ON])
    same = (ordered[list(_WHO)] == ordered[list(_WHO)].shift()).all(axis=1)
    reached = ordered.groupby(list(_WHO), sort=False)[terms.PERIOD_END].cummax().shift()
    clash = same & (ordered[terms.PERIOD_START] <= reached)
    if not clash.any():
        return
    position = int(clash.to_numpy().argmax())
    second = ordered.iloc[position]
    earlier = ordered.iloc[:position]
    first = earlier[earlier[terms.PERIOD_END] == reached.iloc[position]].iloc[-1]
    told = [
        f"{row[terms.PERIOD_START]:%Y-%m-%d} to {row[terms.PERIOD_END]:%Y-%m-%d}" for row in (first, second)
    ]
    if told[0] == told[1]:
        _refuse(rows, f"The period {told[0]} stands twice, in two vintages; choose one with as_known")
    _refuse(rows, f"Their periods overlap ({told[0]} and {told[1]})")


def add(rows: pd.DataFrame) -> float:
    """Return the guarded sum."""
    if rows.empty:
        return float("nan")
    for column, why in _ALIKE:
        _check_alike(rows, column, why)
    _check_parts(rows)
    _check_alike(rows, terms.SCOPE, "They cover different sets of countries")
    _check_periods(rows)
    return float(rows[terms.VALUE].sum(skipna=False))
