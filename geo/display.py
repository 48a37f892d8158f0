"""Records as notebooks show them: small tables of escaped text, with a caption and a header to each row.

Nothing here draws. A record that is a :class:`Displayed` answers a notebook; a terminal gets its ``repr``.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import html
import math
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

LITERAL: Final = "mathjax_ignore tex2jax_ignore"
"""Classes under which JupyterLab leaves dollar signs alone; elsewhere it reads formulas between them."""
_LEFT: Final = "text-align:left;vertical-align:top;white-space:normal"
_RIGHT: Final = "text-align:right;vertical-align:top;white-space:nowrap"
_MOST_ITEMS: Final = 12


class Displayed:
    """A frozen record that a notebook shows as a table of its fields.

    Examples
    --------
    >>> @dataclasses.dataclass
    ... class Reading(Displayed):
    ...     name: str
    >>> "&lt;b&gt;" in Reading("<b>")._repr_html_()
    True
    """

    __slots__ = ()

    def _repr_html_(self) -> str:
        return record_html(self)


def literal(text: object) -> str:
    """Return text as HTML that shows it as it is, whatever reads it on the way.

    Examples
    --------
    >>> literal("<b> {{1}}")
    '&lt;b&gt; &#123;&#123;1&#125;&#125;'
    """
    clean = re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", str(text))
    escaped = html.escape(clean, quote=True)
    for character in "\\`${}":
        escaped = escaped.replace(character, f"&#{ord(character)};")
    return escaped


def table_html(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: Collection[int] = (),
) -> str:
    """Return a table whose first column heads its rows.

    Parameters
    ----------
    caption : str
        What the table shows.
    head : sequence of str
        Headings of the columns; empty where the rows speak for themselves.
    rows : iterable of sequences
        Cells, as text; the first heads its row.
    numbers : collection of int
        Places of the columns that are set flush right.

    Examples
    --------
    >>> table_html("Legs", ["leg", "persons"], [["A to B", "3"]], numbers={1}).count('scope="')
    3
    """
    looks = [_RIGHT if at in numbers else _LEFT for at in range(max(len(head), 1))]
    titles = "".join(
        f'<th scope="col" style="{look}">{literal(word)}</th>'
        for word, look in zip(head, looks, strict=False)
    )
    body = []
    for row in rows:
        first, *rest = row
        cells = "".join(
            f'<td style="{_RIGHT if at in numbers else _LEFT}">{literal(cell)}</td>'
            for at, cell in enumerate(rest, start=1)
        )
        body.append(f'<tr><th scope="row" style="{_LEFT}">{literal(first)}</th>{cells}</tr>')
    top = f"<thead><tr>{titles}</tr></thead>" if head else ""
    return (
        f'<div class="{LITERAL}" style="overflow-x:auto"><table>'
        f'<caption style="text-align:left;font-weight:600">{literal(caption)}</caption>'
        f"{top}<tbody>{''.join(body)}</tbody></table></div>"
    )


def record_html(record: Any) -> str:  # noqa: ANN401 - any dataclass
    """Return the fields of a record that hold something, as a table.

    Examples
    --------
    >>> from geo.stats import parse_period
    >>> "2024-12-01" in record_html(parse_period("2024-12"))
    True
    """
    return table_html(type(record).__name__, (), record_rows(record))


def record_rows(record: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any dataclass
    """Return names and values of a record's fields as text; those that hold nothing are left out.

    Examples
    --------
    >>> from geo.stats import parse_period
    >>> record_rows(parse_period("2024-12"))[0]
    ('start', '2024-12-01')
    """
    pairs = ((item.name, getattr(record, item.name)) for item in dataclasses.fields(record) if item.repr)
    found = [(name.replace("_", " "), value_text(value)) for name, value in pairs]
    return [(name, text) for name, text in found if text]


def value_text(value: object) -> str:
    """Return a value as a reader expects it; "" for nothing.

    Examples
    --------
    >>> value_text(34582.0), value_text((1.0, 3.0)), value_text(float("nan")), value_text(None)
    ('34,582', '1; 3', '', '')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, dt.datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat() if value == value else ""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return "; ".join(f"{name} {text}" for name, text in record_rows(value))
    if isinstance(value, dict):
        return _several(f"{key}: {value_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return _several(value_text(item) for item in value)
    if hasattr(value, "geom_type"):
        return f"{value.geom_type}"
    shape = getattr(value, "shape", None)
    if shape:
        return f"{' × '.join(str(size) for size in shape)} values"
    if hasattr(value, "item"):
        return value_text(value.item())
    return "" if value is None or str(value) in ("NaT", "<NA>", "nan") else str(value)


def number_text(value: float) -> str:
    """Return a number with a comma between thousands; "" where there is none.

    Examples
    --------
    >>> number_text(1234), number_text(0.02), number_text(-3.0)
    ('1,234', '0.02', '−3')
    """
    number = float(value)
    if math.isnan(number):
        return ""
    if math.isinf(number):
        return "unlimited"
    text = (
        f"{number:,.0f}"
        if number.is_integer()
        else f"{number:,.1f}"
        if abs(number) >= 100
        else f"{number:.4g}"
    )
    return text.replace("-", "−")


def _several(texts: Iterable[str]) -> str:
    told = [text for text in texts if text]
    rest = len(told) - _MOST_ITEMS
    return "; ".join(told[:_MOST_ITEMS]) + (f"; and {rest} more" if rest > 0 else "")
