"""How a series was revised: its triangle and the ranges of its newest periods, as text, chart and section."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

import geo
from geo import terms
from geo.counts import series_info
from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.vintages import LEAST_VINTAGES, young_periods
from layers.charts import revision_triangle_chart
from layers.tables import frame_text

if TYPE_CHECKING:
    import datetime as dt

    from geo.stats import Stat
    from layers.dossier import Dossier

_SHOWN: Final = 12
_DAYS_IN_MONTH: Final = 28


@dataclass(frozen=True)
class Revised:
    """A triangle, and what is to be said of it.

    Attributes
    ----------
    triangle : DataFrame, shape (periods, vintages)
        From :func:`geo.revision_triangle`.
    ranges : DataFrame
        From :func:`geo.revision_ranges`; no row where none can be given.
    notes : tuple of str
        Sentences: how many vintages and revisions there are, and why a range is not given.
    name : dict
        ``source``, ``measure``, ``corridor``, ``basis``, ``place``, ``unit``, ``by``.
    """

    triangle: pd.DataFrame
    ranges: pd.DataFrame
    notes: tuple[str, ...]
    name: dict[str, str]

    @property
    def title(self) -> str:
        """What the series counts, and where."""
        label = series_info(self.name["source"], self.name["measure"])["wording"]["label"]
        parts = (label, self.name["corridor"].replace("_", " "), self.name["place"])
        return ", ".join(part for part in parts if part)


def read_revised(
    source: str,
    measure: str,
    corridor: str,
    *,
    vintages: pd.DataFrame | None = None,
    basis: str | None = None,
    place: str = "",
    by: str | None = None,
    known_on: dt.date | None = None,
    as_published: bool = False,
) -> Revised:
    """Read how a series was revised.

    Parameters
    ----------
    source, measure, corridor, basis, place, by
        As for :func:`geo.revision_triangle`.
    vintages : DataFrame, optional
        All vintages; default those that are kept.
    known_on : date, optional
        Only what was published by then.
    as_published : bool
        Whether the publisher's own small cells of a place are shown; they are withheld otherwise.

    Raises
    ------
    UnknownNameError, NotCoveredError, InvalidInputError
        As :func:`geo.revision_triangle` does.

    Examples
    --------
    >>> rows = geo.read_counts().assign(vintage="embedded")
    >>> revised = read_revised("frontex", "detection_entry", "western_balkans", vintages=rows)
    >>> revised.notes[0]
    'One vintage of the series is held, published 4 August 2026, so nothing can be said of its revisions.'
    """
    rows = geo.read_vintages() if vintages is None else vintages
    if known_on is not None:
        rows = _known(rows, source, known_on)
    if place and not as_published:
        rows = geo.protected(rows[rows["source"] == source])
    triangle = geo.revision_triangle(
        source, measure, corridor, vintages=rows, basis=basis, place=place, by=by
    )
    named = {"source": source, "measure": measure, "corridor": corridor, "place": place}
    same = rows[(rows[list(named)] == pd.Series(named)).all(axis=1)]
    unit = str(triangle.attrs["unit"])
    ranges, why = _ranges(triangle, young_periods(same), by)
    notes = [_said(triangle), *([why] if why else [])]
    return Revised(
        triangle, ranges, tuple(notes), named | {"basis": basis or "", "unit": unit, "by": by or ""}
    )


def _known(rows: pd.DataFrame, source: str, known_on: dt.date) -> pd.DataFrame:
    """Return what was published by a day."""
    known = rows[rows[terms.KNOWN_ON] <= pd.Timestamp(known_on)]
    held = rows.loc[rows[terms.SOURCE] == source, terms.KNOWN_ON]
    if len(held) and held.min() > pd.Timestamp(known_on):
        raise NotCoveredError(
            f"Invalid known_on '{known_on}'. The first figures of source '{source}' that are held were "
            f"published on {held.min():%Y-%m-%d}."
        )
    return known


def _ranges(triangle: pd.DataFrame, preliminary: int, by: str | None) -> tuple[pd.DataFrame, str]:
    """Return the ranges of the newest periods, or why there are none."""
    columns = ("value", "age", "low", "high", "cases", "method")
    none = pd.DataFrame(index=triangle.index[:0], columns=list(columns), dtype=float)
    if preliminary < 1:
        return none, "The newest figures of this source are not marked as preliminary: no range is given."
    if by == "month":
        preliminary = math.ceil(preliminary / _DAYS_IN_MONTH)
    number = triangle.shape[1]
    if number == 1:
        return none, ""
    if number < LEAST_VINTAGES:
        why = f"{number} vintages are held; a range of past revisions needs at least {LEAST_VINTAGES}."
        return none, why
    found = geo.revision_ranges(triangle, preliminary=preliminary)
    found["low"] = found["low"].round(6).map(math.floor, na_action="ignore")
    found["high"] = found["high"].round(6).map(math.ceil, na_action="ignore")
    return found, ""


def changed_periods(triangle: pd.DataFrame) -> pd.Series[bool]:
    """Return which periods have had more than one value.

    Examples
    --------
    >>> changed_periods(pd.DataFrame({"a": [1.0, 2.0, None], "b": [1.0, 3.0, 4.0]})).tolist()
    [False, True, False]
    """
    return triangle.max(axis=1) > triangle.min(axis=1)


def _said(triangle: pd.DataFrame) -> str:
    """Say in one sentence how often the series was published and revised."""
    number, days = triangle.shape[1], pd.DatetimeIndex(triangle.columns)
    first, newest = _day(days[0]), _day(days[-1])
    if number == 1:
        return (
            f"One vintage of the series is held, published {newest}, so nothing can be said of its revisions."
        )
    revised, told = int(changed_periods(triangle).sum()), int((triangle.notna().sum(axis=1) > 1).sum())
    return (
        f"{number:,} vintages of the series are held, published {first} to {newest}. "
        f"Of the {told:,} periods in more than one, {revised:,} {'was' if revised == 1 else 'were'} revised."
    )


def _day(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"


def revised_text(revised: Revised, format_: str, *, periods: int = _SHOWN, vintages: int = 8) -> str:
    """Return a triangle and its ranges as text: table, csv, json, markdown or svg.

    Parameters
    ----------
    revised : Revised
        From :func:`read_revised`.
    format_ : str
        Form of the text.
    periods, vintages : int
        How many of the newest are shown; csv and json give all.

    Examples
    --------
    >>> rows = geo.read_counts().assign(vintage="embedded")
    >>> revised = read_revised("frontex", "detection_entry", "western_balkans", vintages=rows)
    >>> print(revised_text(revised, "csv").splitlines()[0])
    period_start,2026-08-04,low,high,cases,method
    """
    if format_ == "svg":
        return revision_triangle_chart(
            revised.triangle,
            title=revised.title,
            message=" ".join(revised.notes),
            periods=periods,
            vintages=vintages,
        )
    if format_ == "json":
        return json.dumps(_document(revised), indent=2, ensure_ascii=False) + "\n"
    if format_ == "csv":
        return frame_text(_frame(revised, revised.triangle), "csv")
    recent = revised.triangle.iloc[:, -vintages:].dropna(how="all").iloc[-periods:]
    frame = _frame(revised, recent)
    if revised.ranges.empty:
        frame = frame.drop(columns=["low", "high", "cases", "method"])
    if format_ == "table":
        frame = _narrow(frame, triangle=recent)
        head = f"{revised.title} ({revised.name['unit']})"
        return "\n".join([head, frame_text(frame, "table"), *revised.notes]) + "\n"
    return _markdown(revised, frame)


def _frame(revised: Revised, triangle: pd.DataFrame) -> pd.DataFrame:
    """Return a triangle as plain columns, with the ranges of its newest periods."""
    whole = triangle.join(revised.ranges[["low", "high", "cases", "method"]])
    whole.columns = [name if isinstance(name, str) else f"{name:%Y-%m-%d}" for name in whole.columns]
    whole["method"] = whole["method"].astype(object).where(whole["method"].notna(), "")
    whole.insert(0, terms.PERIOD_START, [f"{start:%Y-%m-%d}" for start in triangle.index])
    return whole.reset_index(drop=True)


def _narrow(frame: pd.DataFrame, *, triangle: pd.DataFrame) -> pd.DataFrame:
    """Return a table that fits a terminal: months by name, no method."""
    frame = frame.drop(columns="method", errors="ignore").rename(columns={terms.PERIOD_START: "period"})
    if all(start.day == 1 for start in triangle.index):
        frame["period"] = [f"{start:%Y-%m}" for start in triangle.index]
    return frame


def _markdown(revised: Revised, frame: pd.DataFrame) -> str:
    heads = [str(name).replace("_", " ") for name in frame.columns]
    lines = [f"## {revised.title} ({revised.name['unit']})", "", f"| {' | '.join(heads)} |"]
    lines.append("|---|" + "---:|" * (len(heads) - 1))
    cells = ([number_text(value) for value in row] for row in frame.itertuples(index=False))
    lines += [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([*lines, "", *(f"- {note}" for note in revised.notes)]) + "\n"


def number_text(value: Any) -> str:  # noqa: ANN401 - a cell
    """Return a cell as text: a number with its thousands, nothing for a missing one."""
    if isinstance(value, str):
        return value
    return "" if math.isnan(value) else f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _document(revised: Revised) -> dict[str, Any]:
    frame = revised.triangle
    return {
        **revised.name,
        "published": [f"{day:%Y-%m-%d}" for day in frame.columns],
        "periods": [
            {"period_start": f"{start:%Y-%m-%d}", "values": [_number(value) for value in row]}
            for start, row in zip(frame.index, frame.to_numpy(), strict=True)
        ],
        "ranges": [
            {
                "period_start": f"{start:%Y-%m-%d}",
                **{name: _number(row[name]) for name in ("value", "low", "high", "age", "cases")},
                "method": str(row["method"]),
            }
            for start, row in revised.ranges.iterrows()
        ],
        "interval": "90 % of past revisions" if len(revised.ranges) else "",
        "notes": list(revised.notes),
    }


def _number(value: float) -> float | int | None:
    if math.isnan(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def revised_sections(dossier: Dossier) -> list[dict[str, Any]]:
    """Return a part of the briefing for each headline series of which a value was revised.

    Parameters
    ----------
    dossier : Dossier
        Counts and statistics.

    Returns
    -------
    sections : list of dict
        ``title``, ``notes``, ``svg`` and ``rows``: the newest periods that were revised or still have a
        range, with the first and the newest value.
    """
    found = []
    for corridor, title in dossier.definitions["title"].items():
        record = next((one for one in dossier.records if one.corridor == corridor), None)
        revised = None if record is None else _of_record(dossier, record)
        if revised is None or revised.triangle.shape[1] < 2:
            continue
        changed = changed_periods(revised.triangle)
        if not changed.any():
            continue
        kept = revised.triangle[changed | revised.triangle.index.isin(revised.ranges.index)].iloc[-_SHOWN:]
        chart = revision_triangle_chart(
            kept, title=f"{revised.title}: revised periods", unit=revised.name["unit"],
            message=" ".join(revised.notes), ident=f"{corridor}-revisions",
        )  # fmt: skip
        rows = [_row(revised, kept, start) for start in reversed(kept.index)]
        found.append({"title": title, "notes": revised.notes, "svg": chart, "rows": rows})
    return found


def _of_record(dossier: Dossier, record: Stat) -> Revised | None:
    """Read how the series of a statistic was revised, up to both dates; None where it has no triangle."""
    try:
        whole = read_revised(
            record.source,
            record.measure,
            record.corridor,
            vintages=dossier.history,
            basis=record.basis,
            place=dossier.options.place,
            known_on=dossier.options.known_on,
            as_published=dossier.options.as_published,
        )
    except (InvalidInputError, NotCoveredError, UnknownNameError):
        return None
    through = pd.Timestamp(record.as_of)
    triangle = whole.triangle[whole.triangle.index <= through]
    return replace(whole, triangle=triangle, ranges=whole.ranges[whole.ranges.index <= through])


def _row(revised: Revised, kept: pd.DataFrame, start: pd.Timestamp) -> dict[str, str]:
    """Return one period: the first value, the newest, how it changed, and the range."""
    held = kept.loc[start].dropna()
    values = held.to_numpy(dtype=float)
    first, newest = float(values[0]), float(values[-1])
    days = [pd.Timestamp(str(day)) for day in held.index]
    monthly = all(one.day == 1 for one in revised.triangle.index)
    ranges = revised.ranges[revised.ranges.index == start].to_dict("records")
    ranged = [f"{one['low']:,.0f}–{one['high']:,.0f}" for one in ranges if not math.isnan(one["low"])]
    change = f"{(newest - first) / first:+.1%}".replace("%", " %").replace("-", "−") if first else ""
    return {
        "period": f"{start:%B %Y}" if monthly else _day(start),
        "first": f"{number_text(first)} ({_day(days[0])})",
        "newest": f"{number_text(newest)} ({_day(days[-1])})",
        "change": "–"
        if len(held) < 2
        else "unchanged"
        if held.max() == held.min()
        else change or "from zero",
        "range": ranged[0] if ranged else "–",
    }
