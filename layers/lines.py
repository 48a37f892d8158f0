"""Legs as lines: which layer each belongs to, and where its figure comes from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.counts import series_info
from layers.features import leg_features
from layers.texts import day_text, text_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from pandas import DataFrame

MOST_LAYERS: Final = 8
"""With more corridors than this, all legs share one layer."""


def leg_layers(
    routes: GeoDataFrame,
    figures: DataFrame | None,
    *,
    titles: Mapping[str, str],
    words: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Return one layer of legs per corridor, in the order of ``titles``.

    Parameters
    ----------
    routes : GeoDataFrame
        Legs, as :func:`geo.read_routes` gives them.
    figures : DataFrame or None
        Figures by leg, as :func:`geo.leg_figures` gives them.
    titles : mapping of str to str
        Corridor titles by id.
    words : mapping of str to str, optional
        Names of places by id.

    Returns
    -------
    layers : list of dict
        With ``type`` ``"leg"``, ``name`` and ``features``; each feature also has ``source`` (lines) and
        ``series``, the place of its corridor in ``titles``.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import LineString
    >>> legs = gpd.GeoDataFrame(
    ...     {"corridor": ["c"], "title": ["A to B"], "mode": ["sea"]},
    ...     geometry=[LineString([(0, 0), (1, 0)])], index=["c_a_b"], crs="EPSG:4326")
    >>> [layer["name"] for layer in leg_layers(legs, None, titles={"c": "A strait"})]
    ['Legs: A strait']
    """
    features = leg_features(routes, figures, words=words)
    order = {corridor: at for at, corridor in enumerate(titles)}
    for feature in features:
        feature["series"] = order.get(feature["corridor"])
        feature["source"] = [] if figures is None else _source(figures, feature["id"])
        feature["corridor"] = order.get(feature["corridor"])
    if len(order) > MOST_LAYERS:
        return [{"type": "leg", "name": "Legs", "features": features}]
    named = {at: f"Legs: {title}" for at, title in enumerate(titles.values())} | {None: "Legs"}
    layers = [
        {"type": "leg", "name": name, "features": [one for one in features if one["corridor"] == at]}
        for at, name in named.items()
    ]
    return [layer for layer in layers if layer["features"]]


def source_lines(row: Mapping[str, Any]) -> list[str]:
    """Return where a figure comes from: its period and vintage, then publisher and licence.

    Parameters
    ----------
    row : mapping
        With ``source``, ``measure``, ``period_start``, ``period_end`` and ``known_on``, as figures have them.

    Examples
    --------
    >>> source_lines({"source": "my tally", "measure": "arrival", "period_start": "2024-01-01",
    ...               "period_end": "2024-12-12", "known_on": "2024-12-20"})[0]
    '1 January 2024 to 12 December 2024; figures published 20 December 2024.'
    """
    source = text_of(row.get("source"))
    if not source:
        return []
    first, last, known = (day_text(row.get(key)) for key in ("period_start", "period_end", "known_on"))
    span = first if first == last else " to ".join(day for day in (first, last) if day)
    vintage = f"figures published {known}" if known else ""
    when = "; ".join(part for part in (span, vintage) if part)
    return [line for line in (f"{when[:1].upper()}{when[1:]}." if when else "", credit_line(row)) if line]


def credit_line(row: Mapping[str, Any]) -> str:
    """Return publisher, title and licence of a series, or of several joined by " + ".

    Examples
    --------
    >>> credit_line({"source": "frontex", "measure": "detection_entry"}).startswith("Source: Frontex")
    True
    """
    several = [part.strip() for part in text_of(row.get("source")).split(" + ")]
    told = []
    for source in several:
        info = series_info(source, text_of(row.get("measure")) or None)
        names = [text_of(info.get("publisher")), text_of(info.get("title"))]
        named = ", ".join(dict.fromkeys(name for name in names if name)) or source
        licence = text_of(info.get("licence")) or text_of(row.get("licence"))
        told.append(f"{named} ({licence})" if licence else named)
    return f"Source: {'; '.join(told)}."


def _source(figures: DataFrame, leg: str) -> list[str]:
    if leg not in figures.index:
        return []
    return source_lines({str(key): value for key, value in figures.loc[leg].items()})


def monthly_series(
    counts: DataFrame | None,
    corridor: str,
    series: Mapping[str, Any],
    *,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
) -> dict[str, Any] | None:
    """Return the months of a corridor's series as a page charts them, or None where there are none.

    Parameters
    ----------
    counts : DataFrame or None
        The tidy counts.
    corridor : str
        Id of the corridor.
    series : mapping
        With ``source``, ``measure`` and ``basis``.
    as_of : date or str, optional
        Months that end later are left out.
    known_on : date or str, optional
        Figures published later are left out.

    Returns
    -------
    chart : dict or None
        ``first`` (year, month), ``values`` (a number or None per month: None is not published), ``unit``,
        ``label`` and ``source`` (lines of text).

    Notes
    -----
    A month of daily or weekly rows has a value only if its days are all there; a row that spans several
    months gives none to any of them, because nobody published it.

    Examples
    --------
    >>> monthly_series(None, "a", {"source": ""})
    """
    if counts is None or not text_of(series.get("source")):
        return None
    rows = counts[(counts["corridor"] == corridor) & (counts["source"] == series["source"])]
    for column in ("measure", "basis"):
        rows = rows[rows[column] == text_of(series.get(column))] if text_of(series.get(column)) else rows
    for column in ("place", "nationality", "sex", "age_group"):
        rows = rows[rows[column] == ""]
    rows = rows[~rows["flag"].astype(str).str.contains("cumulative|partial|suppressed")]
    if known_on is not None:
        rows = rows[rows["known_on"] <= pd.Timestamp(text_of(known_on)[:10])]
    if as_of is not None:
        rows = rows[rows["period_end"] <= pd.Timestamp(text_of(as_of)[:10])]
    rows = rows.sort_values("known_on", kind="stable").drop_duplicates(
        ["period_start", "period_end"], keep="last"
    )
    first, last = rows["period_start"], rows["period_end"]
    rows = rows[(first.dt.year == last.dt.year) & (first.dt.month == last.dt.month)]
    if not len(rows):
        return None
    values = _months(rows)
    values = values[values.first_valid_index() : values.last_valid_index()]
    if not values.notna().any():
        return None
    label = series_info(text_of(series["source"]), text_of(series["measure"]))["wording"]["label"]
    return {
        "first": [values.index[0].year, values.index[0].month],
        "values": [
            None if math.isnan(value) else (int(value) if value == int(value) else value) for value in values
        ],
        "unit": text_of(rows["unit"].iloc[0]),
        "label": f"{label}, by month",
        "source": source_lines(
            {
                **series,
                "period_start": values.index[0].start_time.date().isoformat(),
                "period_end": values.index[-1].end_time.date().isoformat(),
                "known_on": text_of(rows["known_on"].max())[:10],
            }
        ),
    }


def _months(rows: DataFrame) -> pd.Series[float]:
    """Return sums by month, NaN where days of it are missing or not published."""
    month = rows["period_start"].dt.to_period("M")
    days = (rows["period_end"] - rows["period_start"]).dt.days + 1
    sums = rows["value"].groupby(month).agg(lambda values: values.sum(skipna=False))
    covered = days.groupby(month).sum()
    whole = sums.where(covered == pd.PeriodIndex(covered.index).days_in_month)
    return whole.reindex(pd.period_range(whole.index.min(), whole.index.max(), freq="M"))
