"""How figures changed from vintage to vintage (used through :mod:`geo.vintages`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo import _sums, _tidy, terms
from geo._withhold_rows import suppress_counts
from geo.checks import check_date
from geo.counts import as_known

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from numpy.typing import NDArray

_LARGE: Final = 0.5
_PARTS: Final = (terms.PLACE, terms.NATIONALITY, terms.SEX, terms.AGE_GROUP)
_KEY: Final = list(_tidy.KEY)
_BEGUN: Final = [name for name in _KEY if name != terms.PERIOD_END]
_SERIES: Final = [*terms.SERIES_COLUMNS, terms.CORRIDOR]
_SIZES: Final = ("value_before", "value_after", "difference", "share")
VINTAGE: Final = "vintage"


def grains(rows: pd.DataFrame) -> pd.Series[Any]:
    """Return a number per row: rows of one number are one whole series, divided in one way, of one scope."""
    by: list[Any] = [rows[name] for name in (*_SERIES, terms.SCOPE)]
    by += [rows[name] != "" for name in _PARTS]
    by.append(_sums.has_flag(rows, "cumulative"))
    return rows.groupby(by, sort=False).ngroup()


def replaced(before: pd.DataFrame, after: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows of an earlier vintage lie in the stretch that a later one of the grain covers."""
    start = before[terms.PERIOD_START]
    first = after[terms.PERIOD_START].min()
    whole = first <= start.min()
    inside: pd.Series[bool] = (start >= first) & (whole | (start <= after[terms.PERIOD_END].max()))
    return inside


def lay(rows: pd.DataFrame, order: Mapping[str, int]) -> pd.DataFrame:
    """Lay the vintages of each series over each other, earliest first."""
    if rows[VINTAGE].nunique() < 2:
        return rows
    kept = []
    for _, grain in rows.groupby(grains(rows), sort=False):
        parts = [
            (part[terms.KNOWN_ON].max(), order[str(name)], part) for name, part in grain.groupby(VINTAGE)
        ]
        parts.sort(key=lambda item: item[:2])
        laid = parts[0][2]
        for _, _, part in parts[1:]:
            laid = pd.concat([laid[~replaced(laid, part)], part])
        kept.append(laid)
    return pd.concat(kept)


def lay_vintages(
    rows: pd.DataFrame, known_on: dt.date | str | None = None, *, keep_unreached: bool = False
) -> pd.DataFrame:
    """Lay the rows of many vintages together to what was known on a day.

    Parameters
    ----------
    rows : DataFrame
        A tidy table with a column ``vintage``, as :func:`geo.vintages.read_vintages` gives it.
    known_on : date or str, optional
        The day; what was published on it is known. Default: everything.
    keep_unreached : bool
        Also return the first vintage of series of which nothing was published by then.

    Returns
    -------
    counts : DataFrame
        A tidy table with each number once. ``attrs["used"]`` lists what each series was laid together from:
        dicts of ``source``, ``measure``, ``basis``, ``corridor``, ``vintage``, ``known_on``, ``rows``.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> laid = lay_vintages(read_counts(source="frontex").assign(vintage="embedded"))
    >>> len(laid), laid.attrs["used"][0]["vintage"]
    (630, 'embedded')
    """
    day = None if known_on is None else pd.Timestamp(check_date(known_on, name="known_on"))
    named = dict.fromkeys([*rows.attrs.get("vintages", ()), *rows[VINTAGE].unique()])
    order = {str(name): place for place, name in enumerate(named)}
    known = rows if day is None else rows[rows[terms.KNOWN_ON] <= day]
    kept = lay(known, order)
    newest = kept[terms.KNOWN_ON].max() if len(kept) else pd.Timestamp.min
    kept = as_known(kept.sort_index(), (day or newest).date()) if len(kept) else kept
    used = _used(kept)
    if keep_unreached and day is not None:
        kept = pd.concat([kept, unreached(rows, known, order)]).sort_index()
    counts = kept.drop(columns=VINTAGE).reset_index(drop=True)
    counts.attrs = {"ledger": rows.attrs.get("ledger", []), "used": used}
    return counts


def _used(kept: pd.DataFrame) -> list[dict[str, Any]]:
    """Return what each series was laid together from."""
    grouped = kept.groupby([*_SERIES, VINTAGE], sort=False)[terms.KNOWN_ON].agg(["max", "size"])
    return [
        dict(zip([*_SERIES, VINTAGE], map(str, key), strict=True))
        | {terms.KNOWN_ON: f"{newest:%Y-%m-%d}", "rows": int(number)}
        for key, newest, number in grouped.itertuples()
    ]


def unreached(rows: pd.DataFrame, known: pd.DataFrame, order: Mapping[str, int]) -> pd.DataFrame:
    """Return the first vintage of each series of which nothing is known yet."""
    held = pd.MultiIndex.from_frame(known[_SERIES])
    rest = rows[~pd.MultiIndex.from_frame(rows[_SERIES]).isin(held)]
    if rest.empty:
        return rest
    dates = rest.groupby([*_SERIES, VINTAGE], sort=False)[terms.KNOWN_ON].transform("max")
    ranked = dates.astype("int64") * 1_000 + rest[VINTAGE].map(order)
    first = ranked.groupby([rest[name] for name in _SERIES], sort=False).transform("min")
    return rest[ranked == first]


def compare(
    before: pd.DataFrame, after: pd.DataFrame, *, threshold: float, as_published: bool
) -> pd.DataFrame:
    """Compare two tables; see :func:`geo.vintages.diff_vintages`."""
    both = before[[*_KEY, terms.VALUE, terms.FLAG]].merge(
        after[[*_KEY, terms.VALUE]], on=_KEY, how="outer", suffixes=("_before", "_after"), indicator=True
    )
    old, new = both["value_before"], both["value_after"]
    gone = _gone(both, before, after)
    both["change"] = np.select(
        [old.isna() & new.notna(), old.notna() & new.notna() & (old != new), gone & old.notna()],
        ["added", "revised", "withdrawn"],
        default="",
    )
    both["difference"] = new - old
    both["share"] = (both["difference"] / old).where(old > 0)
    both["compared"] = old.notna() & (new.notna() | gone)
    both["withheld"] = False if as_published else _withheld(both, before, after)
    both.loc[both["withheld"], list(_SIZES)] = np.nan
    changes = both.loc[both["change"] != "", ["change", *_KEY, *_SIZES, "withheld"]]
    changes = changes.sort_values(["change", *_KEY], kind="stable", ignore_index=True)
    summary = [_summed(key, part) for key, part in both.groupby(_SERIES, sort=True)]
    changes.attrs = {"summary": summary, "warnings": _warnings(summary, changes, threshold)}
    return changes


def _withheld(both: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which numbers are withheld because either table has a small cell, or a companion, there."""
    hidden = []
    for table in (before, after):
        shown = suppress_counts(table)[terms.VALUE].to_numpy()[: len(table)]
        hidden.append(table.loc[np.isnan(shown) & table[terms.VALUE].notna().to_numpy(), _KEY])
    numbers = pd.MultiIndex.from_frame(pd.concat(hidden))
    return np.asarray(pd.MultiIndex.from_frame(both[_KEY]).isin(numbers), dtype=bool)


def _gone(both: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows the later table took back: it covers their stretch and does not hold them."""
    whole = pd.concat([before.assign(_late=False), after.assign(_late=True)], ignore_index=True)
    marks: list[pd.DataFrame] = []
    for _, grain in whole.groupby(grains(whole), sort=False):
        early, late = grain[~grain["_late"]], grain[grain["_late"]]
        if len(early) and len(late):
            rows = early[replaced(early, late)]
            longest = late.groupby(_BEGUN)[terms.PERIOD_END].max().rename("longest").reset_index()
            rows = rows.merge(longest, on=_BEGUN, how="left")
            grown = _sums.has_flag(rows, "partial") & (rows["longest"] > rows[terms.PERIOD_END])
            marks.append(rows.loc[~grown.to_numpy(), _KEY])
    if not marks:
        return pd.Series(False, index=both.index)
    covered = pd.MultiIndex.from_frame(pd.concat(marks))
    return pd.Series(
        pd.MultiIndex.from_frame(both[_KEY]).isin(covered) & both["value_after"].isna().to_numpy(),
        index=both.index,
    )


def _summed(key: Any, part: pd.DataFrame) -> dict[str, Any]:  # noqa: ANN401 - a key of groupby
    number = part["change"].value_counts()
    compared = int(part["compared"].sum())
    revised, withdrawn = int(number.get("revised", 0)), int(number.get("withdrawn", 0))
    shares = part.loc[part["change"] == "revised", "share"].abs()
    return {
        **dict(zip(_SERIES, map(str, key), strict=True)),
        "compared": compared,
        "unchanged": compared - revised - withdrawn,
        "added": int(number.get("added", 0)),
        "revised": revised,
        "withdrawn": withdrawn,
        "revised_share": (revised + withdrawn) / compared if compared else 0.0,
        "largest_share": float(shares.max()) if shares.notna().any() else 0.0,
        "difference": float(part.loc[part["change"] == "revised", "difference"].sum()),
    }


def _warnings(summary: list[dict[str, Any]], changes: pd.DataFrame, threshold: float) -> list[str]:
    told = [
        f"{one['source']}, {one['measure']}, {one['corridor']}: {one['revised']:,} revised and "
        f"{one['withdrawn']:,} withdrawn of {one['compared']:,} values compared "
        f"({one['revised_share']:.1%}), more than {threshold:.1%}".replace("%", " %")
        for one in summary
        if one["revised_share"] > threshold
    ]
    moved = changes[(changes["change"] == "revised") & (changes["share"].abs() > _LARGE)]
    told += [
        f"{row[terms.SOURCE]}, {row[terms.MEASURE]}, {row[terms.CORRIDOR]}: "
        f"{row[terms.PERIOD_START]:%Y-%m-%d} to {row[terms.PERIOD_END]:%Y-%m-%d} went from "
        f"{row['value_before']:,.0f} to {row['value_after']:,.0f}"
        for row in moved.head(10).to_dict("records")
    ]
    if len(moved) > 10:
        told.append(f"{len(moved) - 10:,} more values moved by more than half")
    return told
