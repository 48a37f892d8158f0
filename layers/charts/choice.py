"""The chart for a table of statistics, chosen by the names of the statistics in it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from layers.charts import strokes as svg
from layers.charts.intervals import flow_bars, interval_chart, share_bars
from layers.charts.ladder import Row, digits_of, plain
from layers.charts.trends import ChangeBand, percent_words, trend_chart

if TYPE_CHECKING:
    import pandas as pd

Record = Mapping[str, Any]
_REFERENCES: Final[dict[str, tuple[float, str]]] = {
    "death_rate_ratio": (1.0, "1: no difference"),
    "share_change": (0.0, "0: no change"),
    "displacement": (0.0, "0: no connection"),
    "trend_slope": (0.0, "0: no trend"),
    "change_point": (0.0, "0: no change"),
}
_WORDS: Final = {
    "suppressed": "withheld",
    "small_base": "too few to give",
    "missing": "not published",
    "outside": "outside the figures",
    "coarse": "not published so finely",
    "incomplete": "not complete",
    "not_applicable": "does not apply",
}
_TENTHS: Final = ("%", "percentage points", "% a year")
CHARTED: Final = (
    "death_rate",
    "death_rate_ratio",
    "share_of_recorded",
    "flow_range",
    "unique_persons",
    "share_change",
    "displacement",
    "change_point",
    "trend_slope",
)
"""Statistics with a chart of their own, the first that a table holds is drawn; then any with intervals."""


def chart_for(
    table: pd.DataFrame,
    *,
    values: pd.Series[float] | None = None,
    trend: pd.DataFrame | None = None,
    statistic: str | None = None,
    corridor: str | None = None,
    names: Mapping[str, str] | None = None,
    title: str | None = None,
    message: str = "",
    ident: str = "",
) -> str:
    """Draw the chart that suits a table of statistics, or nothing where none does.

    Parameters
    ----------
    table : DataFrame
        As :func:`geo.stats.to_frame` lays records out: index (corridor, statistic), with ``value``, ``low``,
        ``high``, ``unit``, ``interval``, ``flags`` and ``detail``.
    values : Series of float, optional
        The series by first day of each period (:func:`geo.stats.trend_values`); with it, changes of level and
        slopes are drawn over the series.
    trend : DataFrame, optional
        As for :func:`layers.charts.trend_chart`.
    statistic, corridor : str, optional
        Draw this statistic, this corridor alone.
    names : mapping of str to str, optional
        Titles of corridors and legs by their ids.
    title : str, optional
        Heading; by default the statistic's title, and what all rows share.
    message, ident : str
        As for :func:`layers.charts.interval_chart`.

    Returns
    -------
    svg : str
        One ``<svg>`` element; "" where no statistic of the table has a chart.

    Notes
    -----
    Rates, ratios, correlations and changes of shares become points with whiskers; shares become bars; flows
    become bands; persons in a period stand as a range beside the counters, which are never added; changes
    of level stand over the series. Numbers of different units never share an axis: rows of the first unit are
    drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> index = pd.MultiIndex.from_tuples([("sea", "death_rate")], names=["corridor", "statistic"])
    >>> row = {"value": 16.0, "low": 10.0, "high": 36.4, "unit": "per 1,000", "interval": "95 % confidence"}
    >>> "Sea: 16.0 (10.0 to 36.4)." in chart_for(pd.DataFrame([row], index=index))
    True
    """
    records = _records(table, corridor)
    chosen = statistic or _chosen(records)
    found = [record for record in records if record["statistic"] == chosen]
    if chosen == "unique_persons":
        found += [record for record in records if record["statistic"] == "counter"]
    if not found:
        return ""
    known = dict(names or {})
    heading = _title(found, known) if title is None else title
    words: dict[str, Any] = {"title": heading, "message": message, "ident": ident}
    if values is not None and chosen in ("change_point", "trend_slope", "change_points"):
        return trend_chart(values, trend=trend, changes=_bands(records), unit=_unit_of(values), **words)
    if chosen == "flow_range":
        return flow_bars([_row(record, _label(record, found, known)) for record in found], **words)
    if chosen == "share_of_recorded":
        return _shares(found, words)
    unit = next((record["unit"] for record in found if record["unit"]), "")
    if chosen == "unique_persons":
        rows = [_row(one, _counted(one)) for one in found]
        return interval_chart(rows, unit="as each row counts; never to be added", most=12, **words)
    same = [record for record in found if record["unit"] in (unit, "")]
    rows = [_row(record, _label(record, same, known)) for record in same]
    reference, told = _REFERENCES.get(chosen, (None, ""))
    interval = next((record["interval"] for record in same if record["interval"]), "")
    return interval_chart(
        rows, unit=unit, interval=interval, reference=reference, reference_words=told, **words
    )


def _records(table: pd.DataFrame, corridor: str | None) -> list[dict[str, Any]]:
    """Return the rows of a table as mappings, with empty text and mappings where a column is missing."""
    records = []
    for (owner, statistic), cells in zip(table.index, table.to_dict("records"), strict=True):
        if corridor is not None and str(owner) != corridor:
            continue
        record: dict[str, Any] = {"corridor": str(owner), "statistic": str(statistic)}
        for name in ("value", "low", "high"):
            cell = cells.get(name)
            record[name] = math.nan if cell is None else float(cell)
        for name in ("unit", "interval", "source"):
            record[name] = cells[name] if isinstance(cells.get(name), str) else ""
        flags = cells.get("flags")
        record["flags"] = tuple(flags) if isinstance(flags, tuple | list) else ()
        record["detail"] = cells["detail"] if isinstance(cells.get("detail"), Mapping) else {}
        for name in ("period_start", "period_end"):
            day = cells.get(name)
            record[name] = day.date() if isinstance(day, dt.datetime) and day == day else None
        records.append(record)
    return records


def _chosen(records: list[dict[str, Any]]) -> str:
    """Return the statistic to draw: the first with a chart of its own, else one with intervals, else none."""
    held = {record["statistic"] for record in records}
    own = next((name for name in CHARTED if name in held), "")
    return own or next(
        (one["statistic"] for one in records if not (math.isnan(one["low"]) and math.isnan(one["high"]))), ""
    )


def _row(record: Record, label: str) -> Row:
    """Return a record as a row: its figure, its range, or why there is none."""
    value, low, high = record["value"], record["low"], record["high"]
    detail, flags = record["detail"], record["flags"]
    if "unavailable" in flags or "suppressed" in flags:
        return Row(label, words=next((_WORDS[flag] for flag in flags if flag in _WORDS), "no figure"))
    naive = _pair(detail.get("naive_low"), detail.get("naive_high"))
    bounds = detail.get("rate_bounds")
    inner = _pair(*bounds) if math.isnan(value) and isinstance(bounds, list | tuple) else None
    text = ""
    if record["statistic"] in ("flow_range", "unique_persons") and record["unit"] in ("persons", ""):
        text = _rough(low, high)
    elif inner:
        text = "{} to {} ({} to {})".format(
            *(plain(end, digits=digits_of(inner[1])) for end in (*inner, low, high))
        )
    elif record["unit"] in _TENTHS and not math.isnan(value):
        span = "" if math.isnan(low) or math.isnan(high) else " ({} to {})".format(*map(_tenth, (low, high)))
        text = _tenth(value) + span
    return Row(label, value, low, high, naive=naive, inner=inner, text=text)


def _tenth(value: float) -> str:
    return plain(value, digits=1)


def _pair(low: object, high: object) -> tuple[float, float] | None:
    if isinstance(low, int | float) and isinstance(high, int | float) and low <= high:
        return float(low), float(high)
    return None


def _rough(low: float, high: float) -> str:
    """Return a range to two digits, as its sentence gives it."""
    ends = ["" if math.isnan(end) else plain(float(f"{end:.2g}")) for end in (low, high)]
    if all(ends):
        return f"{ends[0]} to {ends[1]}"
    return f"at least {ends[0]}" if ends[0] else f"at most {ends[1]}" if ends[1] else ""


def _label(record: Record, among: list[dict[str, Any]], names: Mapping[str, str]) -> str:
    """Return what tells a record from the others: corridor, category or leg, period, denominator."""
    detail = record["detail"]
    parts = []
    if len({one["corridor"] for one in among}) > 1 or len(among) == 1:
        parts.append(_name(record["corridor"], names))
    for key in ("leg", "category", "to", "denominator"):
        cell = detail.get(key)
        told = {one["detail"].get(key) for one in among if isinstance(one["detail"].get(key), str)}
        if isinstance(cell, str) and (len(told) > 1 or key in ("leg", "category", "to")):
            word = (
                _country(cell) if key == "category" else _name(cell, names) if key != "denominator" else cell
            )
            parts.append(f"to {word}" if key == "to" else word)
    if len({(one["period_start"], one["period_end"]) for one in among}) > 1:
        parts.append(_period(record))
    return ", ".join(part for part in parts if part) or _name(record["corridor"], names)


def _name(ident: str, names: Mapping[str, str]) -> str:
    """Return a title, or an id as words.

    >>> _name("central_med", {}), _name("a", {"a": "A strait"})
    ('Central med', 'A strait')
    """
    words = ident.replace("_", " ")
    return names.get(ident) or words[:1].upper() + words[1:]


def _country(code: str) -> str:
    from geo.stats import read_voice

    name = read_voice().country(code)
    return name[:1].upper() + name[1:]


def _counted(record: Record) -> str:
    if record["statistic"] == "unique_persons":
        return "Different people"
    from geo.counts import series_info

    publisher = str(series_info(record["source"], None).get("publisher") or record["source"])
    return f"{publisher}: {record['unit']}" if record["unit"] else publisher


def _period(record: Record) -> str:
    """Return a period in words: a year, a month, or its days."""
    start, end = record["period_start"], record["period_end"]
    if start is None or end is None:
        return ""
    after = end + dt.timedelta(days=1)
    if (start.month, start.day, after.month, after.day) == (1, 1, 1, 1):
        return str(start.year) if after.year == start.year + 1 else f"{start.year}–{end.year}"
    if start.day == 1 and after.day == 1 and (end - start).days < 31:
        return f"{svg.MONTHS[start.month - 1]} {start.year}"
    return svg.day_name_of(end) if start == end else f"{svg.day_name_of(start)} to {svg.day_name_of(end)}"


def _title(found: list[dict[str, Any]], names: Mapping[str, str]) -> str:
    """Return the title of a statistic, with the corridor and the period that all rows share."""
    from geo.stats import read_voice, statistic_title

    try:
        title = statistic_title(read_voice(), found[0]["statistic"])
    except KeyError:
        title = _name(found[0]["statistic"], {})
    corridors = {record["corridor"] for record in found}
    periods = {_period(record) for record in found}
    shared = [_name(corridors.pop(), names)] if len(corridors) == 1 and len(found) > 1 else []
    shared += [periods.pop()] if len(periods) == 1 else []
    return ", ".join([title, *(part for part in shared if part)])


def _shares(found: list[dict[str, Any]], words: dict[str, str]) -> str:
    first = found[0]
    same = [one for one in found if one["corridor"] == first["corridor"]]
    same = [one for one in same if one["period_start"] == first["period_start"]]
    labels = [_country(str(one["detail"].get("category", ""))) for one in same]
    shares, ranges = {}, {}
    for label, one in zip(labels, same, strict=True):
        shares[label] = math.nan if "unavailable" in one["flags"] else one["value"]
        if not (math.isnan(one["low"]) or math.isnan(one["high"])):
            ranges[label] = (one["low"], one["high"])
    rest = [
        label for label, one in zip(labels, same, strict=True) if one["detail"].get("category") == "other"
    ]
    detail = first["detail"]
    by = {"nationality": "Nationality", "sex": "Sex", "age_group": "Age"}.get(str(detail.get("by")), "Group")
    return share_bars(
        shares,
        ranges=ranges,
        recorded=detail.get("recorded"),
        unknown=detail.get("unknown"),
        rest=rest,
        words=f"{by} not recorded",
        **words,
    )


def _bands(records: list[dict[str, Any]]) -> list[ChangeBand]:
    """Return the records of changes of level as bands: their dates and sizes."""
    bands = []
    for record in records:
        days = [_day(record["detail"].get(key)) for key in ("first", "date", "last")]
        at = days[1] or record["period_start"]
        if record["statistic"] != "change_point" or at is None:
            continue
        size = (
            ""
            if math.isnan(record["value"])
            else percent_words(record["value"], record["low"], record["high"])
        )
        bands.append(ChangeBand(days[0] or at, at, days[2] or at, size))
    return bands


def _day(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(f"{str(text)[:10]}-01"[:10]) if text else None
    except ValueError:
        return None


def _unit_of(values: pd.Series[float]) -> str:
    return str(values.attrs.get("unit", "persons"))
