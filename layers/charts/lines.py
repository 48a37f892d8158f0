"""Lines: a small one without axes, and the years laid over each other."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from typing import TYPE_CHECKING, Final

from geo.checks import check_choice, check_date
from geo.errors import InvalidInputError
from layers.charts import strokes as svg
from layers.charts.frame import Frame
from layers.palette import BLUE, INK, MUTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Path = list[tuple[int, float]]

_MONTH_ENDS: Final = (31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366)


def sparkline(
    values: Sequence[float | None], *, title: str, unit: str = "", message: str = "", ident: str = ""
) -> str:
    """Draw a line without axes, with its last value beside it: for a table cell or a popup.

    Parameters
    ----------
    values : sequence of float, shape (periods,)
        Counts in order of time; None or NaN where none was published, which leaves a gap.
    title : str
        What is shown.
    unit : str
        Unit of the values, for the description.
    message : str
        Main message; made from first, last and highest value where empty.
    ident : str
        Prefix of the ids inside, for a page that shows the same chart twice.

    Returns
    -------
    svg : str
        One ``<svg>`` element, 180 by 40 units.

    Raises
    ------
    InvalidInputError
        If a value is negative, infinite or no number.

    Examples
    --------
    >>> chart = sparkline([3, None, 0, 12], title="Arrivals")
    >>> "Highest 12, last 12." in chart
    True
    """
    numbers = svg.check_values(values, name="values")
    present = [value for value in numbers if not math.isnan(value)]
    shown, said = "no figures", svg.NOTHING + "."
    if present:
        shown = svg.short(present[-1])
        last = svg.number(present[-1])
        said = f"Highest {svg.number(max(present))}, last {last}{f' {unit}' if unit else ''}."
    right = 168.0 - svg.text_width(shown, svg.TEXT)
    top = max([*present, 1.0])
    step = (right - 6.0) / max(len(numbers) - 1, 1)
    points = [(6.0 + step * place, 34.0 - 28.0 * (value / top)) for place, value in enumerate(numbers)]
    drawn = [point for point in points if not math.isnan(point[1])]
    body = [svg.rule(6, 34, right, 34, svg.GRID), *svg.curve(points, colour=BLUE, weight=1.8)]
    body += [svg.dot(*point, BLUE) for point in drawn[-1:]]
    height = min(drawn[-1][1] + 4, 37.0) if drawn else 24.0
    body.append(
        svg.label(178, max(height, 12), shown, anchor="end", size=svg.TEXT, bold=bool(drawn), colour=INK)
    )
    return svg.document(
        180, 40, title, svg.join_text(message, said), body, svg.content_key(ident, title, said, str(numbers))
    )


def year_lines(
    years: Mapping[int, Sequence[float | None]],
    as_of: dt.date | str,
    *,
    title: str,
    frequency: str = "day",
    cumulative: bool = False,
    unit: str = "persons",
    message: str = "",
    most: int = 8,
    ident: str = "",
) -> str:
    """Draw totals since 1 January, one line a year, with the as-of day marked on each.

    Parameters
    ----------
    years : mapping of int to sequence of float
        Values by year from 1 January on, one a day or a month; None or NaN where none was published. A
        missing value ends the line of its year: what it adds up to from there on is not known.
    as_of : datetime.date or str
        Data date. Its year is drawn strong and stops there; other years are faint.
    title : str
        What is shown.
    frequency : str
        ``day`` or ``month``. Months are compared at the last one that ends on or before ``as_of``.
    cumulative : bool
        Whether the values are totals since 1 January already. A missing one is then a gap in the line.
    unit : str
        Unit of the values.
    message : str
        Main message, put before the description made from the values at the as-of day.
    most : int
        How many years are drawn, the newest ones.
    ident : str
        Prefix of the ids inside, for a page that shows the same chart twice.

    Returns
    -------
    svg : str
        One ``<svg>`` element, 360 units wide.

    Raises
    ------
    InvalidInputError
        If a value is negative, infinite or no number, a year has too many values, or ``as_of`` is no date.
    UnknownNameError
        If ``frequency`` is neither.

    Examples
    --------
    >>> chart = year_lines({2023: [5] * 365, 2024: [6] * 366}, "2024-03-01", title="Arrivals")
    >>> "2024: 366; 2023: 300" in chart
    True
    """
    check_choice(frequency, ("day", "month"), name="frequency")
    day = check_date(as_of, name="as_of")
    if not 1 <= most <= 11:
        raise InvalidInputError(f"Invalid most '{most}'. From 1 to 11 years can be drawn.")
    paths = {
        year: _year_path(year, years[year], day, monthly=frequency == "month", cumulative=cumulative)
        for year in sorted(year for year in years if year <= day.year)[-most:]
    }
    known = [place for place, value in paths.get(day.year, []) if not math.isnan(value)]
    mark = known[-1] if known else svg.leap_day(day)
    totals = {year: _value_at(path, mark) for year, path in paths.items()}
    values = [value for path in paths.values() for _, value in path if not math.isnan(value)]
    reached = [(year, total) for year, total in sorted(totals.items(), reverse=True) if total is not None]
    listed = [f"{year}: {svg.number(total)}" for year, total in reached]
    said = f"Totals from 1 January to {svg.day_name(mark)}, {unit}: {'; '.join(listed)}." if listed else ""
    said = said if values else svg.NOTHING + "."
    frame = Frame(title, unit, "since 1 January", max(values, default=0.0), right=38.0)
    body = frame.head(drawn=bool(values))
    for month, name in enumerate(svg.MONTHS):
        edge = frame.x(_MONTH_ENDS[month] / 366)
        middle = edge - frame.width / 24
        body.append(svg.rule(edge, frame.bottom, edge, frame.bottom + 4, svg.FAINT))
        body.append(svg.label(middle, frame.bottom + 15, name[0], anchor="middle"))
    if values:
        body += _year_marks(frame, paths, totals, day.year, mark)
    key = svg.content_key(ident, title, said, str(paths))
    return svg.document(svg.WIDTH, frame.height, title, svg.join_text(message, said), body, key)


def _year_path(
    year: int, values: Sequence[float | None], as_of: dt.date, *, monthly: bool, cumulative: bool
) -> Path:
    """Return the place in the year and the total since 1 January, one pair per day or month that counts."""
    numbers = svg.check_values(values, name=f"years[{year}]")
    longest = 12 if monthly else 365 + calendar.isleap(year)
    if len(numbers) > longest:
        raise InvalidInputError(f"Invalid years[{year}] '{len(numbers)} values'. That year has {longest}.")
    path: Path = []
    total = 0.0
    for place, value in enumerate(numbers):
        if monthly:
            end = dt.date(year, place + 1, calendar.monthrange(year, place + 1)[1])
            where = _MONTH_ENDS[place]
        else:
            end = dt.date(year, 1, 1) + dt.timedelta(days=place)
            where = svg.leap_day(end)
        if end > as_of:
            break
        total = value if cumulative else total + value
        path.append((where, total))
    return path


def _value_at(path: Path, mark: int) -> float | None:
    """Return the total at a day; 29 February compares with the 28th where there is no other."""
    found = dict(path)
    value = found.get(mark, found.get(59) if mark == 60 else None)
    return None if value is None or math.isnan(value) else value


def _year_marks(
    frame: Frame, paths: Mapping[int, Path], totals: Mapping[int, float | None], current: int, mark: int
) -> list[str]:
    """Return the lines, the as-of day across them, and a label for each."""
    across, left_half = frame.x(mark / 366), mark < 200
    body = [svg.rule(across, frame.above - 8, across, frame.bottom, svg.FAINT, dash="2 3")]
    anchor = "middle" if 40 < mark < 320 else "start" if left_half else "end"
    body.append(svg.label(across, frame.above - 11, svg.day_name(mark), anchor=anchor))
    ends = {}
    for year, path in paths.items():
        points = [(frame.x(0), frame.y(0))] + [
            (frame.x(place / 366), frame.y(value)) for place, value in path
        ]
        if year == current:
            body += svg.curve(points, colour=BLUE, weight=2.8)
        elif year == current - 1:
            body += svg.curve(points, colour=MUTED, weight=1.6, dash="6 2")
        else:
            body += svg.curve(points, colour=svg.FAINT, weight=1.0)
        drawn = [point for point in points if not math.isnan(point[1])]
        if year != current and len(drawn) > 1:
            if drawn[-1][0] < frame.x(
                0.98
            ):  # its total is not known further on: nothing may look as if it were
                x, y = drawn[-1]
                body.append(svg.label(x + 4, y + 4, str(year), bold=year == current - 1))
            else:
                ends[year] = drawn[-1]
            value = totals[year]
            body += [] if value is None else [svg.dot(across, frame.y(value), MUTED, radius=2.2)]
    for year, height in _spread({year: end[1] for year, end in ends.items()}, frame).items():
        x, y = ends[year]
        body.append(svg.rule(x, y, frame.x(1) + 4, height, svg.FAINT, weight=0.6))
        body.append(svg.label(frame.x(1) + 6, height + 4, str(year), bold=year == current - 1))
    value = totals.get(current)
    if value is not None:
        text = f"{current}: {svg.short(value)}"
        height = max(frame.y(value) - 7, frame.above + 4)
        body.append(svg.dot(across, frame.y(value), BLUE, radius=4))
        side = "start" if left_half else "end"
        body.append(svg.label(across + (6 if left_half else -7), height, text, anchor=side, strong=True))
    return body


def _spread(heights: Mapping[int, float], frame: Frame) -> dict[int, float]:
    """Move labels apart until none covers another, keeping their order."""
    placed: dict[int, float] = {}
    floor = frame.above - 100.0
    for year in sorted(heights, key=lambda year: (heights[year], -year)):
        placed[year] = floor = max(heights[year], floor + 13)
    ceiling = frame.bottom + 13.0
    for year in reversed(placed):
        placed[year] = ceiling = min(placed[year], ceiling - 13)
    return placed
