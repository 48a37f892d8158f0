"""A series with its trend and the dates at which its level changed, and a chart that watches it."""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import InvalidInputError
from layers.charts import strokes as svg
from layers.charts.ladder import PALE, Scale, plain
from layers.charts.panels import RIGHT, Panel, check_series
from layers.palette import BLUE, INK, MUTED, VERMILLION

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import pandas as pd

    from geo.stats.changepoints import Changes
    from geo.stats.monitoring import MonitoringChart

PLOT: Final = 150.0
BAND: Final = "#DDE3E8"
MOST_CHANGES: Final = 9


@dataclass(frozen=True, slots=True)
class ChangeBand:
    """A date at which a level changed, with the dates it may have been.

    Attributes
    ----------
    first, at, last : datetime.date
        Earliest, best and latest first day of the new level.
    words : str
        What changed, such as ``−92 % (−95 to −88)``.
    """

    first: dt.date
    at: dt.date
    last: dt.date
    words: str = ""

    @property
    def told(self) -> str:
        """The dates in words.

        Examples
        --------
        >>> import datetime as dt
        >>> ChangeBand(dt.date(2016, 2, 1), dt.date(2016, 3, 1), dt.date(2016, 4, 1), "−92 %").told
        'March 2016 (February 2016 to April 2016): −92 %'
        """
        dates = _month(self.at)
        if self.first != self.last:
            dates += f" ({_month(self.first)} to {_month(self.last)})"
        return f"{dates}: {self.words}" if self.words else dates


def change_bands(changes: Changes, index: pd.Index[pd.Timestamp]) -> list[ChangeBand]:
    """Return the dates of changes of level, to be drawn.

    Parameters
    ----------
    changes : Changes
        From :func:`geo.stats.change_points`.
    index : DatetimeIndex
        Of the values it was given.

    Examples
    --------
    >>> import pandas as pd
    >>> from geo.stats.changepoints import Change, Changes
    >>> change = Change(1, 0, 2, before=9, after=3, percent=-66.7, percent_low=-80, percent_high=-50)
    >>> found = Changes((change,), pd.Series(dtype=float), None, 0, 0, 1, 0, 12, 6, 0.9, 0.95)
    >>> change_bands(found, pd.date_range("2024-01", periods=3, freq="MS"))[0].words
    '−67 % (−80 to −50)'
    """
    days = [day.date() for day in index]
    return [
        ChangeBand(
            days[change.first],
            days[change.at],
            days[change.last],
            percent_words(change.percent, change.percent_low, change.percent_high),
        )
        for change in changes.changes
    ]


def percent_words(value: float, low: float, high: float) -> str:
    """Return a change in per cent with its interval, in whole numbers.

    Examples
    --------
    >>> percent_words(427.1, 130.2, 1108.4), percent_words(-91.6, float("nan"), float("nan"))
    ('+427 % (+130 to +1,108)', '−92 %')
    """
    value, low, high = (end if math.isnan(end) else round(end) + 0.0 for end in (value, low, high))
    told = [("+" if end > 0 else "") + plain(end) for end in (value, low, high) if not math.isnan(end)]
    return f"{told[0]} % ({told[1]} to {told[2]})" if len(told) == 3 else f"{told[0]} %"


def trend_chart(
    values: pd.Series[float],
    *,
    title: str,
    trend: pd.DataFrame | None = None,
    changes: Iterable[ChangeBand] = (),
    unit: str = "persons",
    per: str = "a month",
    interval: str = "95 %",
    message: str = "",
    ident: str = "",
) -> str:
    """Draw a series faint, its trend strong with its interval, and changes of level as dated bands.

    Parameters
    ----------
    values : Series of float
        By first day of each period; NaN where none was published, which leaves a gap.
    title : str
        What is shown.
    trend : DataFrame, optional
        With ``trend``, and ``trend_low`` and ``trend_high`` where known, by day: ``table`` of
        :func:`geo.stats.decompose`.
    changes : iterable of ChangeBand
        As :func:`change_bands` makes them; numbered in the drawing and told below it.
    unit, per : str
        Unit of the values, and of what period they are.
    interval : str
        What the interval of the trend is.
    message, ident : str
        As for :func:`layers.charts.interval_chart`.

    Returns
    -------
    svg : str
        One ``<svg>`` element, 360 units wide.

    Raises
    ------
    InvalidInputError
        If an index is not of days in order, or a value is infinite or no number.

    Examples
    --------
    >>> import pandas as pd
    >>> values = pd.Series([3.0, 4.0, None, 1.0], index=pd.date_range("2024-01", periods=4, freq="MS"))
    >>> "Highest: February 2024 (4). Last: April 2024 (1)." in trend_chart(values, title="Arrivals")
    True
    """
    numbers = check_series(values, name="values")
    lines = _trend_lines(trend)
    bands = sorted(changes, key=lambda band: band.at)[:MOST_CHANGES]
    said = _trend_said(numbers, lines, bands, unit)
    key = svg.content_key(ident, title, said, str(numbers.to_list()), str(lines), str(bands))
    body, y = _heading(title, f"{unit} {per}".strip())
    present = numbers.dropna()
    if present.empty:
        body.append(svg.label(svg.WIDTH / 2, y + 40, svg.NOTHING, anchor="middle", size=svg.TEXT))
        return svg.document(svg.WIDTH, y + 60, title, svg.join_text(message, said), body, key)
    tops = [float(present.max()), *(float(one.max()) for one in lines.values() if not one.dropna().empty)]
    ceiling = min(max(tops), 1.6 * max(tops[0], float(lines["trend"].max()) if "trend" in lines else 0.0))
    panel = Panel(
        y + 16.0, PLOT, min(float(present.min()), 0.0), ceiling, *_ends(numbers), left=_left(ceiling)
    )
    for place, band in enumerate(bands, 1):
        body += _change_mark(panel, band, place)
    if {"trend_low", "trend_high"} <= lines.keys():
        body += panel.shade(panel.points(lines["trend_low"]), panel.points(lines["trend_high"]), PALE)
    body += panel.grid() + panel.years()
    body += svg.curve(panel.points(numbers), colour=MUTED, weight=1.0)
    if "trend" in lines:
        body += svg.curve(panel.points(lines["trend"]), colour=BLUE, weight=2.8)
    y = panel.bottom + 26.0
    notes = [("line", "Each month" if per == "a month" else "Each figure")]
    if "trend" in lines:
        told = f", its {interval} interval pale" if "trend_low" in lines else ""
        notes.append(("trend", f"Trend, without the season{told}"))
    for kind, words in notes:
        y += 16.0
        look = (MUTED, 1.0) if kind == "line" else (BLUE, 2.8)
        if kind == "trend" and "trend_low" in lines:
            body.append(f'<rect x="1" y="{svg.at(y - 9)}" width="25" height="10" fill="{PALE}"/>')
        body.append(svg.rule(1, y - 4, 26, y - 4, look[0], weight=look[1]))
        body.append(svg.label(34, y, words))
    for place, band in enumerate(bands, 1):
        for at, line in enumerate(textwrap.wrap(svg.printable(band.told), 46)):
            y += 16.0
            body += [svg.label(1, y, str(place), bold=True, colour=INK)] * (not at)
            body.append(svg.label(34, y, line))
    return svg.document(svg.WIDTH, y + 8, title, svg.join_text(message, said), body, key)


def monitoring_chart_svg(
    chart: MonitoringChart, *, title: str, unit: str = "persons", message: str = "", ident: str = ""
) -> str:
    """Draw counts beside what the first years lead to expect, and below how far they add up apart.

    Parameters
    ----------
    chart : MonitoringChart
        From :func:`geo.stats.monitoring_chart`, of a Series by day.
    title, unit, message, ident : str
        As for :func:`layers.charts.interval_chart`.

    Returns
    -------
    svg : str
        One ``<svg>`` element, 360 units wide. Upper plot: counts, expected counts, signals as triangles.
        Lower plot: the statistics of the chart, above and below, with their limits.

    Raises
    ------
    InvalidInputError
        If the chart is not of days in order.

    Notes
    -----
    It looks back: a signal says that later counts departed from the first years, not what comes next.
    """
    table = chart.table
    observed = check_series(table["observed"], name="chart")
    if observed.empty:
        raise InvalidInputError("Invalid chart. It holds no values.")
    top = float(max(observed.max(), table["reference"].max()))
    reach = 1.1 * float(max(table["up"].max(), table["down"].max(), chart.limit))
    body, y = _heading(title, unit)
    ends = _ends(observed)
    upper = Panel(y + 10.0, 110.0, 0.0, top, *ends, left=_left(top))
    lower = Panel(upper.bottom + 46.0, 90.0, -reach, reach, *ends, left=upper.left)
    held = table.index[table["in_reference"].astype(bool)]
    if len(held):
        stop = upper.x(held[-1].date())
        size = f'width="{svg.at(stop - upper.left)}" height="{svg.at(lower.bottom - upper.top)}"'
        body.append(f'<rect x="{svg.at(upper.left)}" y="{svg.at(upper.top)}" {size} fill="#EEF1F3"/>')
    body += upper.grid() + upper.years() + lower.grid()
    body += svg.curve(upper.points(table["reference"].astype(float)), colour=INK, weight=1.4, dash="4 3")
    body += svg.curve(upper.points(observed), colour=BLUE, weight=1.8)
    body.append(
        svg.label(
            0, lower.top - 8, f"{chart.method.upper()}: how far counts add up apart", bold=True, colour=INK
        )
    )
    body += svg.curve(lower.points(table["up"].astype(float)), colour=BLUE, weight=2.0)
    body += svg.curve(lower.points(-table["down"].astype(float)), colour=VERMILLION, weight=2.0, dash="6 2")
    for limit in (chart.limit, -chart.limit):
        body.append(svg.rule(lower.left, lower.y(limit), RIGHT, lower.y(limit), INK, dash="2 3", weight=1.4))
    for signal in chart.signals:
        day = table.index[signal.crossed]
        body.append(_signal(upper, day.date(), float(observed[day]), signal.direction))
    said = _watched(chart, observed)
    y = lower.bottom + 6.0
    for look, words in _watch_signs(chart):
        y += 16.0
        body += _sample(look, y)
        body.append(svg.label(34, y, words))
    key = svg.content_key(ident, title, said, repr(table.to_dict("list")))
    return svg.document(svg.WIDTH, y + 8, title, svg.join_text(message, said), body, key)


def _watch_signs(chart: MonitoringChart) -> list[tuple[str, str]]:
    signs = [
        ("own", "Counts; in the lower plot, departures upwards"),
        ("expected", "What the shaded first years lead to expect"),
        ("down", "Departures downwards"),
        ("limit", f"Limit: one false signal in {chart.arl:,.0f} {_periods(chart)}"),
    ]
    return signs + ([("signal", "Signal: the limit is passed")] if chart.signals else [])


def _sample(look: str, y: float) -> list[str]:
    if look == "signal":
        return [f'<path d="M13.5 {svg.at(y - 10)}L18.5 {svg.at(y - 1)}L8.5 {svg.at(y - 1)}Z" fill="{INK}"/>']
    colour, weight, dash = {
        "own": (BLUE, 2.0, ""),
        "expected": (INK, 1.4, "4 3"),
        "down": (VERMILLION, 2.0, "6 2"),
        "limit": (INK, 1.4, "2 3"),
    }[look]
    return [svg.rule(1, y - 4, 26, y - 4, colour, weight=weight, dash=dash)]


def _signal(panel: Panel, day: dt.date, value: float, side: str) -> str:
    """Return a triangle above or below a count, kept inside the plot."""
    x, up = panel.x(day), side != "below"
    y = max(panel.y(value) - 6, panel.top + 10) if up else min(panel.y(value) + 6, panel.bottom - 10)
    tip = y - 9 if up else y + 9
    return (
        f'<path d="M{svg.at(x)} {svg.at(tip)}L{svg.at(x + 5)} {svg.at(y)}L{svg.at(x - 5)} {svg.at(y)}Z" '
        f'fill="{INK}" stroke="#FFFFFF" stroke-width="1"/>'
    )


def _change_mark(panel: Panel, band: ChangeBand, place: int) -> list[str]:
    """Return the dates a change may have had as a band, its best date as a line, and its number above."""
    start, stop, at = (panel.x(day) for day in (band.first, band.last, band.at))
    size = f'width="{svg.at(max(stop - start, 3.0))}" height="{svg.at(PLOT)}"'
    return [
        f'<rect x="{svg.at(min(start, RIGHT - 3))}" y="{svg.at(panel.top)}" {size} fill="{BAND}"/>',
        svg.rule(at, panel.top - 3, at, panel.bottom, INK, dash="2 2", weight=1.2),
        svg.label(at, panel.top - 6, str(place), anchor="middle", bold=True),
    ]


def _heading(title: str, unit: str) -> tuple[list[str], float]:
    """Return the title and the unit, and where they end."""
    body, y = [], 0.0
    for line in textwrap.wrap(svg.printable(title), 45) or [""]:
        y += 17.0
        body.append(svg.label(0, y - 3, line, size=14, bold=True, colour=INK))
    for line in textwrap.wrap(svg.printable(unit), 52):
        y += 16.0
        body.append(svg.label(0, y - 2, line))
    return body, y


def _left(most: float) -> float:
    return 12.0 + max(svg.text_width(text, svg.SMALL) for text in Scale(0.0, most).labels()[0])


def _ends(series: pd.Series[float]) -> tuple[dt.date, dt.date]:
    return series.index[0].date(), series.index[-1].date()


def _trend_lines(trend: pd.DataFrame | None) -> dict[str, pd.Series[float]]:
    if trend is None:
        return {}
    names = [name for name in ("trend", "trend_low", "trend_high") if name in trend.columns]
    lines = {name: check_series(trend[name], name=name) for name in names}
    return {name: line for name, line in lines.items() if not line.dropna().empty}


def _month(day: dt.date) -> str:
    return f"{svg.MONTHS[day.month - 1]} {day.year}" if day.day == 1 else svg.day_name_of(day)


def _trend_said(
    numbers: pd.Series[float], lines: dict[str, pd.Series[float]], bands: list[ChangeBand], unit: str
) -> str:
    present = numbers.dropna()
    if present.empty:
        return svg.NOTHING + "."
    ends = present.index[[0, -1, int(present.argmax())]]
    first, last, high = (day.date() for day in ends)
    said = [f"{_month(first)} to {_month(last)}, {unit}. Highest: {_month(high)} ({plain(present.max())})."]
    said.append(f"Last: {_month(last)} ({plain(float(present.iloc[-1]))}).")
    missing = len(numbers) - len(present)
    said += [f"{missing} {'period was' if missing == 1 else 'periods were'} not published."] * bool(missing)
    if "trend" in lines:
        trend = lines["trend"].dropna()
        said.append(f"Trend: from {plain(round(trend.iloc[0]))} to {plain(round(trend.iloc[-1]))}.")
    if bands:
        said.append("The level changed: " + "; ".join(band.told for band in bands) + ".")
    return " ".join(said)


def _watched(chart: MonitoringChart, observed: pd.Series[float]) -> str:
    first, last = _ends(observed)
    said = (
        f"{_month(first)} to {_month(last)}; the first {chart.n_reference:,} {_periods(chart)} are the "
        f"reference. A limit lets one false signal through in {chart.arl:,.0f} {_periods(chart)} on average. "
    )
    if not chart.signals:
        return said + "No signal."
    days = [(_month(observed.index[signal.crossed].date()), signal.direction) for signal in chart.signals]
    return said + "Signals: " + "; ".join(f"{day}, {side}" for day, side in days) + "."


def _periods(chart: MonitoringChart) -> str:
    return "months" if chart.period == 12 else "weeks" if chart.period in (52, 53) else "periods"
