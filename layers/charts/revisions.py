"""How figures changed from vintage to vintage: value by period and publication date, as a chart of cells."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Final

from geo.errors import InvalidInputError
from layers.charts import strokes as svg
from layers.palette import BLUE, INK

if TYPE_CHECKING:
    import pandas as pd

_ROW: Final = 20.0
_CELL: Final = 72.0
_LEFT: Final = 84.0
_PALE: Final = "#DCE9F5"


def revision_triangle_chart(
    triangle: pd.DataFrame,
    *,
    title: str,
    unit: str = "",
    message: str = "",
    periods: int = 12,
    vintages: int = 8,
    ident: str = "revisions",
) -> str:
    """Draw the newest periods and vintages of a revision triangle as a table of cells.

    Parameters
    ----------
    triangle : DataFrame, shape (periods, vintages)
        From :func:`geo.vintages.revision_triangle`.
    title : str
        Heading.
    unit : str
        Under the heading; default the triangle's own.
    message : str
        What the chart says, first in its description.
    periods, vintages : int
        How many of the newest are drawn.
    ident : str
        Name of the chart on its page.

    Returns
    -------
    chart : str
        SVG. A value that differs from the one before it in its row stands bold in a framed cell, with an
        arrow up or down, so that it reads without colour; what a vintage took back is a dash.

    Raises
    ------
    InvalidInputError
        If `periods` or `vintages` is below 1.

    Examples
    --------
    >>> import pandas as pd
    >>> months = pd.to_datetime(["2031-01-01", "2031-02-01"])
    >>> known = pd.to_datetime(["2031-03-04", "2031-04-04"])
    >>> chart = revision_triangle_chart(
    ...     pd.DataFrame([[9.0, 12.0], [None, 5.0]], index=months, columns=known), title="Arrivals")
    >>> "1 of 2 periods shown was revised." in chart, "12 ▲" in chart
    (True, True)
    """
    for name, value in (("periods", periods), ("vintages", vintages)):
        if value < 1:
            raise InvalidInputError(f"Invalid {name} '{value}'. It must be 1 or more.")
    recent = triangle.iloc[:, -vintages:].dropna(how="all").iloc[-periods:]
    named = unit or str(triangle.attrs.get("unit", ""))
    heading = textwrap.wrap(svg.printable(title), 45) or [""]
    top = 17.0 * len(heading)
    body = [
        svg.label(0, 14 + 17 * place, line, size=14, bold=True, colour=INK)
        for place, line in enumerate(heading)
    ]
    width = max(svg.WIDTH, _LEFT + _CELL * recent.shape[1] + 4)
    if recent.empty:
        body.append(svg.label(0, top + 34, f"{svg.NOTHING}."))
        return _document(width, top + 48, title, message, f"{svg.NOTHING}.", body, ident)
    body += _heads(recent, top, named)
    revised, spoken = 0, []
    for place, (period, row) in enumerate(recent.iterrows()):
        cells, changed = _cells([float(value) for value in row], top + 58 + _ROW * place)
        body.append(svg.label(_LEFT - 8, top + 58 + _ROW * place, _period(recent, period), anchor="end"))
        body += cells
        revised += changed
        spoken.append(_spoken(recent, period, row))
    shown = len(recent)
    verb = "was" if revised == 1 else "were"
    said = f"{revised:,} of {shown:,} periods shown {verb} revised. {' '.join(filter(None, spoken))}".strip()
    return _document(width, top + 58 + _ROW * shown, title, message, said, body, ident)


def _heads(recent: pd.DataFrame, top: float, unit: str) -> list[str]:
    """Return the line under the heading and the publication dates."""
    body = [svg.label(0, top + 14, ", ".join(word for word in (unit, "by publication date") if word))]
    for place, known in enumerate(recent.columns):
        right = _LEFT + _CELL * (place + 1) - 6
        body.append(svg.label(right, top + 36, f"{known:%d %b %y}", anchor="end"))
    body.append(svg.rule(0, top + 42, _LEFT + _CELL * recent.shape[1], top + 42, svg.GRID))
    return body


def _cells(values: list[float], y: float) -> tuple[list[str], bool]:
    """Return the cells of one period, and whether it was revised."""
    body, changed, before = [], False, math.nan
    for place, value in enumerate(values):
        right = _LEFT + _CELL * (place + 1) - 6
        if math.isnan(value):
            if not math.isnan(before):
                body.append(svg.label(right, y, "–", anchor="end"))
            continue
        differs = not math.isnan(before) and value != before
        if differs:
            body.append(svg.bar(right - _CELL + 12, _CELL - 8, y - 14, y + 4, _PALE, outline=False))
            body.append(svg.rule(right - _CELL + 12, y + 4, right + 4, y + 4, BLUE))
        sign = (" ▲" if value > before else " ▼") if differs else ""
        body.append(svg.label(right, y, f"{svg.short(value)}{sign}", anchor="end", bold=differs, colour=INK))
        changed, before = changed or differs, value
    return body, changed


def _period(recent: pd.DataFrame, period: object) -> str:
    monthly = all(start.day == 1 for start in recent.index)
    return f"{period:%b %Y}" if monthly else f"{period:%d %b %Y}"


def _spoken(recent: pd.DataFrame, period: object, row: pd.Series[float]) -> str:
    """Return what a revised period went through, for those who cannot see the cells."""
    held = row.dropna()
    steps = held[held.ne(held.shift())]
    if len(steps) < 2:
        return ""
    return f"{_period(recent, period)}: {', then '.join(svg.number(float(value)) for value in steps)}."


def _document(
    width: float, height: float, title: str, message: str, said: str, body: list[str], ident: str
) -> str:
    key = svg.content_key(ident, title, said, "".join(body))
    return svg.document(width, height, title, svg.join_text(message, said), body, key)
