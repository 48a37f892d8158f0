"""Time on a map: the months that a page's slider steps through, and the same as small maps for paper."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from layers.features import decode_line
from layers.months import SUPPRESSED as SUPPRESSED
from layers.months import MonthRow, Months, months_entry
from layers.months import months_of_counts as months_of_counts
from layers.months import months_of_table as months_of_table
from layers.palette import AREA, BACKDROP, INK, MODE_COLOURS, MUTED, SEA, line_width
from layers.texts import literal_html

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PANELS: Final = 12
"""Months on paper, the newest ones."""
_WIDTH_PX: Final = 240
_LINE_PX: Final = 13
_BOLD: Final = f' font-size="12" font-weight="600" fill="{INK}"'
_MOST_TOLD: Final = 4
_NAMES: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def add_months(
    data: dict[str, Any], months: Months, order: Sequence[str], *, corridors: Sequence[str] = ()
) -> None:
    """Put months into the data of a page: the rows once, and on each feature which row is its own.

    Parameters
    ----------
    data : dict
        Of a page; ``layers`` and their features gain what they need, ``months`` is added.
    months : Months
        Of :func:`months_of_counts` or :func:`months_of_table`.
    order : sequence of str
        Ids of the corridors, in the order of the page.
    corridors : sequence of str
        Ids of the corridors that have an area, in their order.
    """
    data["months"], at = months_entry(months, order)
    for layer in data["layers"]:
        for place, feature in enumerate(layer["features"]):
            if layer["type"] == "area":
                row = at["corridors"].get(corridors[place]) if place < len(corridors) else None
            else:
                row = at["legs" if layer["type"] == "leg" else "places"].get(feature["id"])
            if row is not None:
                feature["months"] = row


def month_name(months: Months, at: int) -> str:
    """Return a month in short, "Nov 2024"."""
    month = months.index[at]
    return f"{_NAMES[month.month - 1]} {month.year}"


def figure_text(row: MonthRow | None, at: int) -> str:
    """Return the figure of one month in words, its absence too.

    Examples
    --------
    >>> row = MonthRow(np.array([2901.0, np.nan, np.nan]), np.array([False, False, True]),
    ...                np.array([False, False, False]), "persons")
    >>> [figure_text(row, at) for at in range(3)]
    ['2,901 persons', 'not published', 'withheld']
    """
    if row is None:
        return "not published"
    value = row.values[at]
    if math.isnan(value):
        return "withheld" if row.withheld[at] else "not published"
    number = f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    until = f" (to {row.partial[1]})" if row.partial and row.partial[0] == at else ""
    return f"{'0 to ' if row.bound[at] and value else ''}{number} {row.unit}{until}".strip()


def small_multiples(
    layers: Sequence[Mapping[str, Any]],
    months: Months,
    bounds: Sequence[float],
    *,
    titles: Mapping[str, str] | None = None,
    base: Mapping[str, Any] | None = None,
    panels: int = PANELS,
    ident: str = "months",
) -> str:
    """Return the newest months as small maps side by side: one SVG that needs no script.

    Parameters
    ----------
    layers : sequence of dict
        Layers of a page; those of type ``leg`` are drawn.
    months : Months
        Of :func:`months_of_counts` or :func:`months_of_table`.
    bounds : (west, south, east, north) in degrees
        The view.
    titles : mapping of str to str, optional
        Titles of the corridors whose figures are told above each map, at most four.
    base : mapping, optional
        Of :func:`layers.areas.basemap_features`: its ``backdrop`` is the land under the lines.
    panels : int
        How many months, the newest ones.
    ident : str
        Start of the ids in the drawing.

    Returns
    -------
    svg : str
        Widths are half of those of the map, on the same fixed scale. "" where nothing would be drawn.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"a_b": [5.0, 0.0]}, index=["2024-01", "2024-02"])
    >>> months = months_of_table(table, legs=["a_b"])
    >>> legs = [{"type": "leg", "features": [{"id": "a_b", "mode": "sea", "line": [0, 0, 10000, 0]}]}]
    >>> small_multiples(legs, months, (0, -1, 1, 1)).count("<use")
    4
    """
    legs = [one for layer in layers if layer["type"] == "leg" for one in layer["features"]]
    shown = range(max(0, len(months.index) - panels), len(months.index))
    if not legs or not shown:
        return ""
    project, height = _projection(bounds)
    groups = _groups(legs, months, project)
    told = [(title, months.corridors.get(name)) for name, title in (titles or {}).items()]
    told = told if len(told) <= _MOST_TOLD and any(row for _, row in told) else []
    head = _LINE_PX * (len(told) + 1) + 6
    columns = min(4, len(shown))
    parts = [_definitions(groups, _ground(base or {}, bounds, project), height, ident)]
    for place, at in enumerate(shown):
        left, top = place % columns * (_WIDTH_PX + 12), place // columns * (head + height + 12)
        words = [month_name(months, at), *(f"{title}: {_short(figure_text(row, at))}" for title, row in told)]
        lines = "".join(
            f'<text y="{_LINE_PX * (line + 1) - 3}"{_BOLD if line == 0 else ""}>{literal_html(text)}</text>'
            for line, text in enumerate(words)
        )
        parts.append(
            f'<g transform="translate({left} {top})">{lines}<g transform="translate(0 {head})" '
            f'clip-path="url(#{ident}-clip)"><use href="#{ident}-ground"/>'
            + "".join(_drawn(group, at, f"{ident}-{number}") for number, group in enumerate(groups))
            + "</g></g>"
        )
    rows = -(-len(shown) // columns)
    size = columns * (_WIDTH_PX + 12) - 12, rows * (head + height + 12) - 12
    name = f"Small maps by month, {month_name(months, shown[0])} to {month_name(months, shown[-1])}"
    return (
        f'<svg viewBox="0 0 {size[0]} {size[1]}" role="img" aria-label="{literal_html(name)}">'
        f'<g font-family="system-ui, sans-serif" font-size="10" fill="{MUTED}">'
        f"{''.join(parts)}</g></svg>"
    )


def _short(text: str) -> str:
    """Return a figure with the day of a month that is not complete in few letters, "(to 12 Dec)"."""
    return re.sub(r"\(to (\d+) (\w{3})\w* \d+\)", r"(to \1 \2)", text)


def _projection(bounds: Sequence[float]) -> tuple[Any, int]:
    """Return a function from degrees to pixels of a panel, and the panel's height."""
    west, south, east, north = bounds
    pad = 0.03 * (east - west)
    west, east, south, north = west - pad, east + pad, south - pad, north + pad
    across = _WIDTH_PX / (east - west)
    up = across / max(0.2, math.cos(math.radians((south + north) / 2)))
    height = min(2 * _WIDTH_PX, max(60, round((north - south) * up)))

    def project(points: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
        return [(round((lon - west) * across), round((north - lat) * up)) for lon, lat in points]

    return project, height


def _path(points: Sequence[tuple[int, int]]) -> str:
    kept = [point for at, point in enumerate(points) if not at or point != points[at - 1]]
    return "M" + "L".join(f"{x} {y}" for x, y in kept)


def _ground(base: Mapping[str, Any], bounds: Sequence[float], project: Any) -> str:  # noqa: ANN401 - a function
    """Return the coarse land of the view as one path, no finer than a small map shows it."""
    import shapely

    parts = []
    for rings in base.get("backdrop", ()):
        ring = shapely.Polygon(decode_line(rings[0], decimals=2)) if len(rings[0]) > 6 else None
        if ring is None or not ring.intersects(shapely.box(*bounds)):
            continue
        thin = (
            ring.buffer(0)
            .intersection(shapely.box(*bounds).buffer(3))
            .simplify((bounds[2] - bounds[0]) / 200)
        )
        parts += [part for part in getattr(thin, "geoms", [thin]) if part.geom_type == "Polygon"]
    return "".join(_path(project(part.exterior.coords)) + "Z" for part in parts if not part.is_empty)


def _groups(
    legs: Sequence[Mapping[str, Any]],
    months: Months,
    project: Any,  # noqa: ANN401 - a function on points
) -> list[tuple[str, MonthRow | None, str]]:
    """Return legs that share months and mode as one path each: mode, months, path."""
    paths: dict[tuple[str, str], list[str]] = {}
    rows: dict[tuple[str, str], MonthRow | None] = {}
    for leg in legs:
        row = months.legs.get(str(leg["id"]))
        key = (str(leg["mode"]), "" if row is None else repr(row.entry()))
        rows[key] = row
        points = np.asarray(decode_line(leg["line"]))
        thin = points[:: max(1, len(points) // 12)]
        paths.setdefault(key, []).append(_path(project([*map(tuple, thin), tuple(points[-1])])))
    return [(mode, rows[mode, told], "".join(lines)) for (mode, told), lines in paths.items()]


def _definitions(
    groups: Sequence[tuple[str, MonthRow | None, str]], land: str, height: int, ident: str
) -> str:
    ground = f'<rect width="{_WIDTH_PX}" height="{height}" fill="{SEA}"/>'
    ground += f'<path d="{land}" fill="{BACKDROP}" stroke="{AREA}" stroke-width=".4"/>' if land else ""
    lines = "".join(
        f'<path id="{ident}-{number}" d="{path}" fill="none" stroke="{MODE_COLOURS.get(mode, INK)}"/>'
        for number, (mode, _, path) in enumerate(groups)
    )
    clip = f'<clipPath id="{ident}-clip"><rect width="{_WIDTH_PX}" height="{height}"/></clipPath>'
    return f'<defs>{clip}<g id="{ident}-ground">{ground}</g>{lines}</defs>'


def _drawn(group: tuple[str, MonthRow | None, str], at: int, ident: str) -> str:
    """Return one group of legs in one month, by the signs of the map at half its widths."""
    row = group[1]
    value = math.nan if row is None else float(row.values[at])
    if row is None or math.isnan(value):
        dashes = "1 3" if row is not None and row.withheld[at] else "3 2"
        return f'<use href="#{ident}" stroke-width=".8" stroke-dasharray="{dashes}"/>'
    if value == 0:
        return f'<use href="#{ident}" stroke-width=".6" stroke-opacity=".45"/>'
    width = f"{line_width(value) / 2:.2f}"
    if not row.bound[at]:
        return f'<use href="#{ident}" stroke-width="{width}"/>'
    return (
        f'<use href="#{ident}" stroke-width="{width}" stroke-opacity=".16"/>'
        f'<use href="#{ident}" stroke-width=".75"/>'
    )
