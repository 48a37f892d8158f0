"""Months: what each corridor, leg and place has a figure for.

A month can be published, published as zero, missing or withheld. These stay four different things: on the
slider, in the table and in print.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.errors import InvalidInputError, NotCoveredError
from layers.packing import pack_numbers
from layers.texts import day_text, text_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from geopandas import GeoDataFrame
    from numpy.typing import NDArray
    from pandas import DataFrame

    from geo.stats.choice import Corridor

SUPPRESSED: Final = "suppressed"
"""In a table of a user's own: the figure exists and is withheld."""
_MISSING, _WITHHELD = -1, -2


@dataclass(frozen=True, eq=False)
class MonthRow:
    """The months of one corridor, leg or place.

    Attributes
    ----------
    values : array of float, shape (months,)
        NaN where a month is missing or withheld.
    withheld : array of bool, shape (months,)
        Where a figure exists and is not published.
    bound : array of bool, shape (months,)
        Where the figure covers several legs together, so that it is the most this one can have.
    unit : str
        What is counted.
    partial : (int, str) or None
        Place of a month that is not complete, and the day it runs to.
    """

    values: NDArray[np.float64]
    withheld: NDArray[np.bool_]
    bound: NDArray[np.bool_]
    unit: str = ""
    partial: tuple[int, str] | None = None

    def entry(self) -> dict[str, Any]:
        """Return the row as a page reads it: twice the value (and 1 for a bound), -1 missing, -2 withheld."""
        told = np.nan_to_num(self.values)
        per = 1 if (told == np.round(told)).all() else 10
        codes = np.round(told * per).astype(np.int64) * 2 + self.bound
        codes = np.where(np.isnan(self.values), np.where(self.withheld, _WITHHELD, _MISSING), codes)
        return {
            "v": pack_numbers(codes),
            "unit": self.unit or "counted",
            **({"per": per} if per > 1 else {}),
            **({"partial": list(self.partial)} if self.partial else {}),
        }


@dataclass(frozen=True, eq=False)
class Months:
    """Every month between the first and the last, and who has figures for them.

    Attributes
    ----------
    index : PeriodIndex, shape (months,)
        Without gaps.
    corridors, legs, places : dict of str to MonthRow
        By id; who has no figures at all is not in it.
    """

    index: pd.PeriodIndex
    corridors: dict[str, MonthRow] = field(default_factory=dict)
    legs: dict[str, MonthRow] = field(default_factory=dict)
    places: dict[str, MonthRow] = field(default_factory=dict)


def months_of_table(
    table: DataFrame,
    *,
    corridors: Iterable[str] = (),
    legs: Iterable[str] = (),
    places: Iterable[str] = (),
    unit: str = "",
) -> Months:
    """Read a user's own table of months: one row per month, one column per corridor, leg or place.

    Parameters
    ----------
    table : DataFrame, months × ids
        Index of months (periods, dates or text such as ``2024-11``); numbers of 0 or more, nothing (None or
        NaN) where a month is missing, ``"suppressed"`` where its figure is withheld. ``attrs["unit"]`` says
        what is counted. Months that no row stands for are missing.
    corridors, legs, places : iterables of str
        The ids that are drawn.
    unit : str
        What is counted, where ``attrs`` do not say it.

    Raises
    ------
    InvalidInputError
        If the index holds no months or one twice, a column is none of the ids, or a value is neither a number
        of 0 or more nor one of the two words for its absence.

    Examples
    --------
    >>> months = months_of_table(pd.DataFrame({"a_b": [5, None, 0]}, index=["2024-01", "2024-02", "2024-04"]),
    ...                          legs=["a_b"])
    >>> len(months.index), months.legs["a_b"].values.tolist()
    (4, [5.0, nan, nan, 0.0])
    """
    index = _month_index(table)
    known = {"corridors": set(corridors), "legs": set(legs), "places": set(places)}
    every = pd.period_range(index.min(), index.max(), freq="M")
    rows: dict[str, dict[str, MonthRow]] = {name: {} for name in known}
    for column in table.columns:
        kind = next((name for name, ids in known.items() if str(column) in ids), None)
        if kind is None:
            raise InvalidInputError(
                f"Invalid column '{column}'. Each column of months is the id of a corridor, leg or place "
                "on the map."
            )
        given = pd.Series(table[column].to_numpy(dtype=object), index=index).reindex(every)
        rows[kind][str(column)] = _table_row(given, str(column), text_of(table.attrs.get("unit")) or unit)
    return Months(every, **rows)


def _month_index(table: DataFrame) -> pd.PeriodIndex:
    try:
        index = (
            table.index.asfreq("M")
            if isinstance(table.index, pd.PeriodIndex)
            else pd.PeriodIndex([pd.Period(str(month)[:10], freq="M") for month in table.index], freq="M")
        )
    except ValueError as error:
        raise InvalidInputError(
            f"Invalid months. Each row of the table is a month such as 2024-11: {error}"
        ) from error
    if not len(index) or index.has_duplicates:
        raise InvalidInputError("Invalid months. The table needs at least one month, and each once.")
    return index


def _table_row(given: pd.Series[Any], column: str, unit: str) -> MonthRow:
    withheld = np.array([value == SUPPRESSED for value in given], dtype=bool)
    numbers = pd.to_numeric(given.mask(withheld), errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    odd = (np.isnan(numbers) & ~withheld & given.notna().to_numpy()) | (numbers < 0) | np.isinf(numbers)
    if odd.any():
        value = given.iloc[int(odd.argmax())]
        raise InvalidInputError(
            f"Invalid figure '{value}' of '{column}'. A month holds a number of 0 or more, nothing, or "
            f"'{SUPPRESSED}'."
        )
    return MonthRow(numbers, withheld, np.zeros(len(given), dtype=bool), unit)


def months_of_counts(
    counts: DataFrame | None,
    corridors: DataFrame,
    routes: GeoDataFrame | None,
    *,
    places: Iterable[str] = (),
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
) -> Months | None:
    """Return the months that the counts have for corridors, legs and places, or None where they have none.

    Parameters
    ----------
    counts : DataFrame or None
        The tidy counts.
    corridors : DataFrame
        As :func:`geo.build_corridors` gives them.
    routes : GeoDataFrame or None
        Legs, as :func:`geo.read_routes` gives them.
    places : iterable of str
        Ids of the places that are drawn.
    as_of, known_on : date or str, optional
        Data date and publication date.

    Notes
    -----
    A corridor has the months of its headline series (:func:`geo.stats.monthly_values`). A leg has its own
    where the counts hold rows whose place is the leg's id, or a published figure covers that leg alone;
    otherwise the smallest figure of the headline's measure that covers it, as the most it can be. Nothing is
    ever divided among legs.

    Examples
    --------
    >>> months_of_counts(None, pd.DataFrame(), None)
    """
    from geo.checks import check_date
    from geo.stats import monthly_values
    from geo.stats.choice import read_meta

    if (
        counts is None
        or not len(counts)
        or not {"source", "measure", "basis", "caption"} <= {*corridors.columns}
    ):
        return None
    day = None if as_of is None else check_date(str(as_of)[:10], name="as_of")
    known = None if known_on is None else check_date(str(known_on)[:10], name="known_on")
    table = monthly_values(counts, corridors, as_of=day, known_on=known)
    found = _Found(counts, known, day)
    heads = {
        str(name): found.headline(table, str(name)) for name in table.columns if table[name].notna().any()
    }
    legs: dict[str, _Series] = {}
    for meta in read_meta(corridors, counts):
        own = None if routes is None else routes[routes["corridor"] == meta.id]
        legs |= {} if own is None else found.legs(meta, own, heads.get(meta.id))
    spots = {str(place): row for place in places if (row := found.place(None, str(place), "")) is not None}
    held = [row for rows in (heads, legs, spots) for row in rows.values()]
    if not held:
        return None
    every = pd.period_range(
        min(row.values.index[0] for row in held), max(row.values.index[-1] for row in held), freq="M"
    )
    return Months(
        every, *({key: row.on(every) for key, row in rows.items()} for rows in (heads, legs, spots))
    )


@dataclass(frozen=True, eq=False)
class _Series:
    """Values by month before they are laid on the months of a page."""

    values: pd.Series[float]
    withheld: frozenset[Any]
    unit: str
    bound: bool = False
    partial: tuple[pd.Period, str] | None = None

    def on(self, every: pd.PeriodIndex) -> MonthRow:
        values = np.asarray(self.values.reindex(every), dtype=np.float64)
        withheld = np.array([month in self.withheld for month in every], dtype=bool) & np.isnan(values)
        partial = (
            None
            if self.partial is None or self.partial[0] not in every
            else (list(every).index(self.partial[0]), self.partial[1])
        )
        return MonthRow(values, withheld, np.full(len(every), self.bound), self.unit, partial)


class _Found:
    """Monthly series in a table of counts, as known on a day."""

    def __init__(self, counts: DataFrame, known: dt.date | None, day: dt.date | None) -> None:
        self.counts, self.known, self.day = counts, known, day
        self._held = set(counts["place"].unique())

    def headline(self, table: DataFrame, corridor: str) -> _Series:
        from geo.stats.choice import series_rows

        about, cut = table.attrs["series"][corridor], table.attrs["partial"].get(corridor)
        values = table[corridor].set_axis(pd.DatetimeIndex(table.index).to_period("M"))
        values = values[values.first_valid_index() : values.last_valid_index()]
        rows = series_rows(self.counts, corridor, about["source"], about["measure"], about["basis"])
        partial = (pd.Period(cut["month"], freq="M"), day_text(cut["to"])) if cut else None
        return _Series(values, _withheld(rows), about["unit"], partial=partial)

    def legs(self, meta: Corridor, legs: GeoDataFrame, head: _Series | None) -> dict[str, _Series]:
        """Return the months of a corridor's legs."""
        counted = legs.index[legs["counted"].astype(bool)] if "counted" in legs.columns else legs.index
        shared: list[tuple[set[str], _Series]] = [({str(leg) for leg in counted}, head)] if head else []
        for figure in meta.figures:
            if figure["measure"] == meta.measure:
                one = self._series(
                    meta.id, figure["source"], figure["measure"], figure["basis"], figure["place"]
                )
                shared += [({str(leg) for leg in figure["legs"]}, one)] if one else []
        found = {}
        for leg in map(str, legs.index):
            own = self.place(meta.id, leg, meta.measure)
            covers = [(ids, one) for ids, one in shared if leg in ids and one.unit == shared[0][1].unit]
            alone = own or next((one for ids, one in covers if len(ids) == 1), None)
            if alone or covers:
                found[leg] = alone or _tightest([one for _, one in covers])
        return found

    def place(self, corridor: str | None, place: str, measure: str) -> _Series | None:
        """Return the months of rows whose place is this id, those of the headline's measure first."""
        if place not in self._held:
            return None
        rows = self.counts[self.counts["place"] == place]
        rows = rows if corridor is None else rows[rows["corridor"].isin([corridor, ""])]
        keys = rows[["corridor", "source", "measure", "basis"]].drop_duplicates().itertuples(index=False)
        for key in sorted(keys, key=lambda one: one[2] != measure):
            one = self._series(str(key[0]), str(key[1]), str(key[2]), str(key[3]), place)
            if one is not None:
                return one
        return None

    def _series(self, corridor: str, source: str, measure: str, basis: str, place: str) -> _Series | None:
        from geo.stats.choice import series_rows
        from geo.stats.series import build_series

        rows = series_rows(self.counts, corridor, source, measure, basis or None, place)
        try:
            series = None if rows.empty else build_series(rows, known_on=self.known)
        except NotCoveredError:
            return None
        if series is None or series.overlapping or series.frequency not in {"day", "month"}:
            return None
        bins = series.bins("month", min(self.day or series.last, series.last))
        index = pd.PeriodIndex(
            [pd.Period(bins.period(at).start, freq="M") for at in range(len(bins.start))], freq="M"
        )
        values = pd.Series(bins.value, index=index, dtype=float)
        withheld = _withheld(rows)
        if not len(values) or not (values.notna().any() or withheld):
            return None
        return _Series(values, withheld, series.unit)


def _withheld(rows: DataFrame) -> frozenset[Any]:
    told = rows[rows["value"].isna() & rows["flag"].astype(str).str.contains("suppressed")]
    return frozenset(told["period_start"].dt.to_period("M"))


def _tightest(shared: Sequence[_Series]) -> _Series:
    """Return the smallest of figures that each cover a leg together with others."""
    frame = pd.concat([one.values for one in shared], axis=1).sort_index()
    return _Series(
        frame.min(axis=1), frozenset().union(*(one.withheld for one in shared)), shared[0].unit, bound=True,
        partial=shared[0].partial if len(shared) == 1 else None,
    )  # fmt: skip


def months_entry(months: Months, order: Sequence[str]) -> tuple[dict[str, Any], dict[str, dict[str, int]]]:
    """Return the months as a page reads them, and the row of each corridor, leg and place.

    Parameters
    ----------
    months : Months
        Of :func:`months_of_counts` or :func:`months_of_table`.
    order : sequence of str
        Ids of the corridors, in the order of the page.

    Returns
    -------
    entry : dict
        ``first`` (year, month), ``count``, ``rows`` (equal ones once) and ``corridors``, the row of each.
    places : dict
        ``corridors``, ``legs`` and ``places``: row by id.
    """
    rows: dict[str, int] = {}
    entries: list[dict[str, Any]] = []
    at: dict[str, dict[str, int]] = {}
    for kind in ("corridors", "legs", "places"):
        at[kind] = {}
        for name, row in getattr(months, kind).items():
            one = row.entry()
            place = rows.setdefault(repr(one), len(entries))
            entries += [one] if place == len(entries) else []
            at[kind][name] = place
    first = months.index[0]
    entry = {
        "first": [first.year, first.month],
        "count": len(months.index),
        "rows": entries,
        "corridors": [at["corridors"].get(name) for name in order],
    }
    return entry, at
