"""Altair charts of the user's own as static SVG: drawn without a browser, cleaned, named and described."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from xml.etree import ElementTree as ET

from geo.checks import import_extra
from geo.errors import InvalidInputError
from layers.charts import strokes as svg

MOST_KB: Final = 500
_SPACE: Final = "{http://www.w3.org/2000/svg}"
_TAGS: Final = frozenset(
    re.split(
        r"\s+",
        "svg g path rect circle ellipse line polyline polygon text tspan defs clipPath linearGradient "
        "radialGradient stop pattern",
    )
)
_ATTRIBUTES: Final = frozenset(
    re.split(
        r"\s+",
        "d x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy width height points transform fill stroke opacity "
        "offset fill-opacity fill-rule stroke-opacity stroke-width stroke-dasharray stroke-dashoffset "
        "stroke-linecap stroke-linejoin stroke-miterlimit font-family font-size font-weight font-style "
        "text-anchor clip-path dominant-baseline gradientUnits gradientTransform patternUnits "
        "stop-color stop-opacity display visibility id letter-spacing paint-order",
    )
)
_LOCAL: Final = re.compile(r"url\(#([A-Za-z0-9_.-]+)\)")


def altair_svg(
    chart: Any,  # noqa: ANN401 - altair is not needed here; whatever has to_dict
    *,
    title: str,
    alt: str,
    most_kb: int = MOST_KB,
    ident: str = "",
) -> str:
    """Return an Altair chart, or a Vega-Lite specification, as one static SVG that fetches nothing.

    Parameters
    ----------
    chart : altair chart or mapping
        Its data has to be inside. Nothing is read from an address or a file.
    title, alt : str
        Name, and what it shows in words for those who cannot see it; neither may be empty.
    most_kb : int
        Largest size, in units of 1,000 bytes.
    ident : str
        Prefix of the ids inside, for a page that shows the same chart twice.

    Returns
    -------
    svg : str
        One ``<svg>`` element of its natural width that shrinks with its box: ``role="img"``, named and
        described; without scripts, links, pictures, inline styles and event handlers.

    Raises
    ------
    MissingExtraError
        If vl-convert is not installed (extra ``charts``).
    InvalidInputError
        If the chart is none, reads data or pictures from outside, cannot be drawn, is too large, or a text is
        empty.

    Notes
    -----
    vl-convert draws without a browser and is given no address that it may read. What it returns is read as
    XML and written anew from lists of elements and attributes that can do nothing but draw.

    Examples
    --------
    >>> altair_svg({"mark": "bar"}, title="", alt="")
    Traceback (most recent call last):
    geo.errors.InvalidInputError: Invalid title ''. A chart needs a title and a text (alt) that tells what it
    shows.
    """
    for name, words in (("title", title), ("alt", alt)):
        if not isinstance(words, str) or not words.strip():
            raise InvalidInputError(
                f"Invalid {name} '{words}'. A chart needs a title and a text (alt) that tells what it shows."
            )
    spec = _spec(chart)
    _check_inside(spec, "chart")
    draw = import_extra("vl_convert", extra="charts", purpose="drawing Altair charts")
    try:
        drawn: str = draw.vegalite_to_svg(spec, vl_version=_version(spec, draw), allowed_base_urls=[])
    except ValueError as error:
        reason = str(error).strip().splitlines()
        raise InvalidInputError(
            f"Invalid chart '{title}'. It could not be drawn: {reason[0] if reason else 'no reason given'}"
        ) from None
    made = clean_svg(drawn, title=title, alt=alt, ident=ident)
    if len(made.encode()) > 1000 * most_kb:
        raise InvalidInputError(
            f"Invalid chart '{title}'. It is {len(made.encode()) / 1000:,.0f} KB as SVG, at most {most_kb:,} "
            "are allowed: draw fewer marks, or aggregate first."
        )
    return made


def clean_svg(drawn: str, *, title: str, alt: str, ident: str = "") -> str:
    """Return a drawing with nothing in it but shapes and text, named and described.

    Parameters
    ----------
    drawn : str
        One ``<svg>`` element.
    title, alt, ident : str
        As for :func:`altair_svg`.

    Raises
    ------
    InvalidInputError
        If it is no SVG, or declares entities.

    Examples
    --------
    >>> drawn = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="x()">'
    >>> drawn += '<script>x()</script><a href="http://x"><text style="y">t</text></a></svg>'
    >>> made = clean_svg(drawn, title="T", alt="A")
    >>> made[-20:], "onload" in made, "http://x" in made
    ('<text>t</text></svg>', False, False)
    """
    if "<!DOCTYPE" in drawn or "<!ENTITY" in drawn:
        raise InvalidInputError(f"Invalid chart '{title}'. Its drawing declares entities.")
    try:
        root = ET.fromstring(drawn)  # noqa: S314 - no entities can be declared
    except ET.ParseError as error:
        raise InvalidInputError(f"Invalid chart '{title}'. Its drawing is no XML: {error}") from None
    box = root.get("viewBox", "")
    if root.tag != f"{_SPACE}svg" or not re.fullmatch(r"[-+0-9.eE]+( [-+0-9.eE]+){3}", box):
        raise InvalidInputError(f"Invalid chart '{title}'. Its drawing is no SVG with a viewBox.")
    key = svg.content_key(ident, title, alt, drawn)
    width = box.split(" ")[2]
    head = f'<title id="{key}-t">{svg.safe(title)}</title><desc id="{key}-d">{svg.safe(alt)}</desc>'
    body = "".join(_written(child, key) for child in root)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width}" role="img" '
        f'aria-labelledby="{key}-t {key}-d">{head}{body}</svg>'
    )


def _spec(chart: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return the specification of a chart as plain data."""
    made = chart if isinstance(chart, Mapping) else chart.to_dict() if hasattr(chart, "to_dict") else None
    if not isinstance(made, Mapping):
        raise InvalidInputError(
            f"Invalid chart '{type(chart).__name__}'. Give an Altair chart or a Vega-Lite specification."
        )
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(made), default=str))
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"Invalid chart. It is no plain specification: {error}") from None
    return plain


def _check_inside(part: object, where: str) -> None:
    """Refuse what would be read from outside: data and pictures by address."""
    if isinstance(part, dict):
        data = part.get("data")
        if isinstance(data, dict) and "url" in data:
            raise InvalidInputError(
                f"Invalid chart. Its data at '{where}.data' would be read from '{data['url']}': nothing is "
                "fetched, put the data in the chart."
            )
        mark = part.get("mark")
        kind = mark.get("type") if isinstance(mark, dict) else mark
        if kind == "image":
            raise InvalidInputError(
                f"Invalid chart. The mark at '{where}' is an image: pictures are not taken in."
            )
        for name, child in part.items():
            if name != "datasets" and not (name == "values" and where.endswith(".data")):
                _check_inside(child, f"{where}.{name}")
    elif isinstance(part, list):
        for place, child in enumerate(part):
            _check_inside(child, f"{where}[{place}]")


def _version(spec: Mapping[str, Any], draw: Any) -> str | None:  # noqa: ANN401 - a module
    """Return the newest version that vl-convert has of the one the chart was made for."""
    found = re.search(r"/vega-lite/v(\d+)", str(spec.get("$schema", "")))
    known = [str(one) for one in draw.get_vegalite_versions()]
    fitting = [one for one in known if found and one.split(".")[0] == found.group(1)]
    return max(fitting, key=lambda one: tuple(map(int, one.split("."))), default=None)


def _written(element: ET.Element, key: str) -> str:
    """Return an element that draws, with what draws inside it; links give way to what they hold."""
    name = element.tag.removeprefix(_SPACE) if isinstance(element.tag, str) else ""
    inner = svg.safe(element.text) if element.text and name in ("text", "tspan") else ""
    for child in element:
        inner += _written(child, key)
        inner += svg.safe(child.tail) if child.tail and name in ("text", "tspan") else ""
    if name == "a":
        return inner
    if name not in _TAGS:
        return ""
    if name == "g" and not inner:
        return ""
    cells = "".join(
        f' {attribute}="{value}"'
        for attribute, raw in sorted(element.attrib.items())
        if attribute in _ATTRIBUTES and (value := _cell(attribute, raw, key)) is not None
    )
    return f"<{name}{cells}>{inner}</{name}>" if inner else f"<{name}{cells}/>"


def _cell(attribute: str, raw: str, key: str) -> str | None:
    """Return the value of an attribute, its ids made the chart's own; None where it points outside."""
    if attribute == "id":
        return f"{key}-{svg.safe(raw)}"
    if "url(" in raw.lower():
        found = _LOCAL.fullmatch(raw.strip())
        return f"url(#{key}-{found.group(1)})" if found else None
    return svg.safe(raw)
