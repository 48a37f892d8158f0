"""Bars: one a month in order, and the twelve months of an average year."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from geo.checks import check_date
from geo.errors import InvalidInputError
from layers.charts import strokes as svg
from layers.charts.frame import Frame
from layers.palette import BLUE, INK

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

_PALE: Final = "#A9C9DF"
_FEW: Final = 15
"""Up to so many months, each has its initial under it."""


def monthly_bars(
    values: Sequence[float | None],
    *,
    first_month: str,
    title: str,
    partial: bool = False,
    through: dt.date | str | None = None,
    unit: str = "persons",
    message: str = "",
    ident: str = "",
) -> str:
    """Draw one bar a month; the last is hatched if it is a part month, a missing one is a gap with a dash.

    Parameters
    ----------
    values : sequence of float, shape (months,)
        Monthly totals in order; None or NaN where none was published.
    first_month : str
        Month of the first value, such as ``2023-01``.
    title : str
        What is shown.
    partial : bool
        Whether the last month is not complete.
    through : datetime.date or str, optional
        Last day in the part month, for its label.
    unit : str
        Unit of the values.
    message : str
        Main message, put before the description made from the values.
    ident : str
        Prefix of the ids inside, for a page that shows the same chart twice.

    Returns
    -------
    svg : str
        One ``<svg>`` element, 360 units wide.

    Raises
    ------
    InvalidInputError
        If a value is negative, infinite or no number, or a date does not read as one.

    Examples
    --------
    >>> chart = monthly_bars([10, 0, None, 4], first_month="2024-09", title="Arrivals", partial=True)
    >>> "1 month was not published" in chart, "December 2024 is not complete" in chart
    (True, True)
    """
    start = check_date(f"{first_month}-01", name="first_month")
    stop = check_date(through, name="through") if through is not None else None
    numbers = svg.check_values(values, name="values")
    names = [f"{svg.MONTHS[month % 12]} {start.year + month // 12}" for month in _months(start, len(numbers))]
    present = [place for place, value in enumerate(numbers) if not math.isnan(value)]
    part = len(numbers) - 1 if partial and present and present[-1] == len(numbers) - 1 else -1
    said = _bars_message(numbers, names, present, unit, part)
    top = max((numbers[place] for place in present), default=0.0)
    notes = _bars_notes(numbers, present, part, stop)
    frame = Frame(title, unit, "a month", top, notes=notes, rows=2 if len(numbers) <= _FEW else 1)
    key = svg.content_key(ident, title, said, str(numbers))
    body = [svg.hatch(key)] if part >= 0 else []
    body += frame.head(drawn=bool(present)) + _month_axis(frame, start, len(numbers))
    step = frame.width / max(len(numbers), 1)
    width = min(0.8 * step, 40.0)
    for place, value in enumerate(numbers):
        middle = frame.left + step * (place + 0.5)
        if math.isnan(value):
            dash = svg.label(middle, frame.bottom - 4, "–", anchor="middle", size=svg.TEXT, bold=True)
            body += [dash] * bool(present)
        else:
            fill = f"url(#{key})" if place == part else BLUE
            body.append(svg.bar(middle - width / 2, width, frame.y(value), frame.bottom, fill))
    for place in _labelled(numbers, present):
        body.append(frame.value_label(frame.left + step * (place + 0.5), numbers[place]))
    return svg.document(svg.WIDTH, frame.height, title, svg.join_text(message, said), body, key)


def seasonal_profile(
    index: Sequence[float | None] | Mapping[int, float],
    *,
    title: str,
    base: float = 100.0,
    month: int | None = None,
    message: str = "",
    ident: str = "",
) -> str:
    """Draw how each month of the year compares with an average month, which is a line across.

    Parameters
    ----------
    index : sequence of float, shape (12,), or mapping of month to float
        Seasonal index of January to December; None or NaN where it is not known.
    title : str
        What is shown.
    base : float
        Value of an average month, 100 or 1.
    month : int, optional
        Month that the text is about, 1 to 12; its bar is outlined and labelled.
    message : str
        Main message, put before the description made from the values.
    ident : str
        Prefix of the ids inside, for a page that shows the same chart twice.

    Returns
    -------
    svg : str
        One ``<svg>`` element, 360 units wide. Values are shown with an average month as 100.

    Raises
    ------
    InvalidInputError
        If there are not twelve values, one is negative, infinite or no number, ``base`` is not above 0, or
        ``month`` is no month.

    Examples
    --------
    >>> chart = seasonal_profile([20, 20, 50, 80, 90, 110, 150, 190, 210, 160, 90, 30], title="Season")
    >>> "Highest: September (210)" in chart
    True
    """
    items = [index.get(place + 1) for place in range(12)] if hasattr(index, "get") else list(index)
    if len(items) != 12:
        raise InvalidInputError(
            f"Invalid index '{len(items)} values'. It has one value for each of 12 months."
        )
    if not (base > 0 and math.isfinite(base)):
        raise InvalidInputError(f"Invalid base '{base}'. It is the value of an average month, above 0.")
    if month is not None and month not in range(1, 13):
        raise InvalidInputError(f"Invalid month '{month}'. It is a number from 1 to 12.")
    numbers = [100.0 * value / base for value in svg.check_values(items, name="index")]
    present = [place for place, value in enumerate(numbers) if not math.isnan(value)]
    said = svg.NOTHING + "."
    if present:
        high, low = max(present, key=numbers.__getitem__), min(present, key=numbers.__getitem__)
        said = f"An average month is 100. Highest: {svg.MONTHS[high]} ({numbers[high]:,.0f}). "
        said += f"Lowest: {svg.MONTHS[low]} ({numbers[low]:,.0f})."
    frame = Frame(title, "average month = 100", "", max([numbers[place] for place in present], default=0.0))
    body = frame.head(drawn=bool(present))
    width = frame.width / 12
    for place, value in enumerate(numbers):
        middle = frame.left + width * (place + 0.5)
        own = month == place + 1
        body.append(svg.label(middle, frame.bottom + 15, svg.MONTHS[place][0], anchor="middle", bold=own))
        if not math.isnan(value):
            fill = BLUE if value >= 100 else _PALE
            body.append(
                svg.bar(middle - 0.4 * width, 0.8 * width, frame.y(value), frame.bottom, fill, outline=own)
            )
            if own or place in (high, low):
                body.append(frame.value_label(middle, value))
    if present:
        body.append(
            svg.rule(frame.left, frame.y(100), frame.left + frame.width, frame.y(100), INK, dash="4 3")
        )
    return svg.document(
        svg.WIDTH,
        frame.height,
        title,
        svg.join_text(message, said),
        body,
        svg.content_key(ident, title, said, str(numbers)),
    )


def _months(start: dt.date, count: int) -> range:
    return range(start.month - 1, start.month - 1 + count)


def _month_axis(frame: Frame, start: dt.date, count: int) -> list[str]:
    """Return initials of months where there is room, and each year under its first month."""
    body = []
    width = frame.width / max(count, 1)
    for place, month in enumerate(_months(start, count)):
        left = frame.left + width * place
        if count <= _FEW:
            body.append(
                svg.label(left + width / 2, frame.bottom + 15, svg.MONTHS[month % 12][0], anchor="middle")
            )
        if month % 12 and place:
            continue
        body.append(svg.rule(left, frame.bottom, left, frame.bottom + 5, svg.FAINT))
        room = (min(12 - month % 12, count - place)) * width
        if room >= 30:
            lower = 31 if count <= _FEW else 17
            body.append(svg.label(left + 2, frame.bottom + lower, str(start.year + month // 12)))
    return body


def _labelled(numbers: Sequence[float], present: Sequence[int]) -> list[int]:
    """Return the bars that carry their number: the highest, and the last where nothing stands in its way."""
    if not present:
        return []
    high, last = max(present, key=numbers.__getitem__), present[-1]
    reach = math.ceil(len(numbers) * svg.text_width(svg.short(numbers[last]), svg.TEXT) / 290)
    near = [place for place in present if last - reach <= place < last]
    clear = all(numbers[place] < 0.9 * numbers[last] for place in near)
    return sorted({high, last} if clear else {high})


def _bars_notes(numbers: Sequence[float], present: Sequence[int], part: int, stop: dt.date | None) -> str:
    """Return the line under the plot: what marks mean, and the last number if it has no room above."""
    notes = []
    if part >= 0:
        until = f"to {svg.day_name(svg.leap_day(stop))}" if stop else "month not complete"
        notes.append(f"Hatched: {until}, {svg.short(numbers[part])}")
    elif present and present[-1] not in _labelled(numbers, present):
        notes.append(f"Last month: {svg.short(numbers[present[-1]])}")
    if 0 < len(present) < len(numbers):
        notes.append("–  not published")
    return "  ·  ".join(notes)


def _bars_message(
    numbers: Sequence[float], names: Sequence[str], present: Sequence[int], unit: str, part: int
) -> str:
    if not present:
        return svg.NOTHING + "."
    high = max(present, key=numbers.__getitem__)
    said = [f"{names[0]} to {names[-1]}, {unit}. Highest: {names[high]} ({svg.number(numbers[high])})."]
    said.append(f"Last: {names[present[-1]]} ({svg.number(numbers[present[-1]])}).")
    missing = len(numbers) - len(present)
    if missing:
        said.append(f"{missing} {'month was' if missing == 1 else 'months were'} not published.")
    if part >= 0:
        said.append(f"{names[part]} is not complete.")
    return " ".join(said)
