"""Text on its way to a page: inert for HTML, for templates and for scripts, and put as readers expect it."""

from __future__ import annotations

import datetime as dt
import html
import json
import math
import re
from typing import Any, Final

import numpy as np

from geo.errors import InvalidInputError

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_JSON_ESCAPES = {
    character: f"\\u{ord(character):04x}"
    for character in ("<", ">", "&", "'", "`", "{", "}", "$", "\u2028", "\u2029")
}
_JSON_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|\{')


def json_for_html(data: object) -> str:
    r"""Return JSON that is inert wherever it stands: in HTML, in a script block, in a template.

    Parameters
    ----------
    data : object
        Dicts, lists, text, numbers, booleans and None. NaN and infinities become null.

    Returns
    -------
    text : str
        JSON whose strings hold none of ``< > & ' ` { } $``; ``json.loads`` gives the data back.

    Notes
    -----
    Structural braces must stay; a space follows each that opens, so that neither ``{{`` nor ``{%`` nor ``{#``
    can be read as the start of a template.

    Examples
    --------
    >>> print(json_for_html({"a": "</script>{{7*7}}", "b": float("nan")}))
    { "a":"\u003c/script\u003e\u007b\u007b7*7\u007d\u007d","b":null}
    """
    text = json.dumps(_plain(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _JSON_TOKEN.sub(_inert, text)


def _inert(token: re.Match[str]) -> str:
    text = token.group()
    if text == "{":
        return "{ "
    for character, escape in _JSON_ESCAPES.items():
        text = text.replace(character, escape)
    return text


def _plain(data: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return data as JSON's own kinds: numpy scalars unpacked, NaN as None."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_plain(value) for value in data]
    if isinstance(data, np.generic):
        data = data.item()
    if isinstance(data, float) and not math.isfinite(data):
        return None
    if data is None or isinstance(data, (str, int, float, bool)):
        return data
    raise InvalidInputError(
        f"Invalid page data '{data!r}'. Only text, numbers, lists and dicts reach a page."
    )


def literal_html(text: object) -> str:
    """Return text as HTML that shows it literally, in element content and in quoted attributes.

    Beside HTML's own characters it encodes those of templates and of JavaScript's template strings.

    Notes
    -----
    On a map of this package, texts of folium's own layers are never read as templates or as code, and markup
    in popups, tooltips, ``DivIcon`` and credits is kept to what cannot act or fetch. It is markup still: wrap
    this function around data that is to be shown letter by letter, or use
    ``folium.Popup(text, parse_html=True)``. Names of layers and values of ``GeoJsonTooltip`` and
    ``GeoJsonPopup`` are shown letter by letter as they are.

    On a map of folium's own, and for plugins whose files are handed in as ``assets``, nothing of this holds:
    wrap it around every string. What a user writes as a program (``JsCode``, a template of an own
    ``MacroElement``, a callback) is run as one.

    Examples
    --------
    >>> literal_html("<b>{{7*7}}</b>")
    '&lt;b&gt;&#123;&#123;7*7&#125;&#125;&lt;/b&gt;'
    """
    escaped = html.escape(str(text), quote=True)
    for character in "\\`${}":
        escaped = escaped.replace(character, f"&#{ord(character)};")
    return escaped.replace("\x00", "\ufffd")


def text_of(value: object) -> str:
    """Return text, empty for None and NaN.

    Examples
    --------
    >>> text_of(float("nan")), text_of("Zuwara")
    ('', 'Zuwara')
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return "" if str(value) in ("NaT", "<NA>") else str(value)


def number(value: object) -> float:
    """Return a float, NaN where there is none.

    Examples
    --------
    >>> number("12.5"), number(None)
    (12.5, nan)
    """
    try:
        return float(value)  # type: ignore[arg-type]  # what is no number raises, and becomes NaN
    except (TypeError, ValueError):
        return math.nan


def count_text(value: float) -> str:
    """Return a figure as it stands in a sentence.

    Examples
    --------
    >>> count_text(34582.0), count_text(52.97)
    ('34,582', '53.0')
    """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def day_text(value: object) -> str:
    """Return a day as ``12 December 2024``; empty where there is none.

    Examples
    --------
    >>> day_text("2024-12-12"), day_text(None)
    ('12 December 2024', '')
    """
    text = text_of(value)[:10]
    if not text:
        return ""
    day = dt.date.fromisoformat(text)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
