"""QGIS styles: a ``.qml`` beside a layer, with categories by corridor, mode or kind in the map's colours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import quoteattr

from geo.checks import check_choice
from layers.density import CLASSES
from layers.export.frames import LAYERS, clean_text
from layers.palette import AREA, BLUE, MODE_COLOURS, VERMILLION, place_symbol
from layers.writing import write_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geopandas import GeoDataFrame

CYCLE: Final = (BLUE, VERMILLION, "#251025", "#8A867E", "#00199B", "#7E0E08")
"""Colours of corridors in the order in which they stand in the layer.

Any two are at least 15 apart (CIEDE2000) for full colour vision and for the three kinds of colour blindness.
"""

_BY: Final = {
    "corridors": ("corridor", "fill"),
    "legs": ("mode", "line"),
    "segments": ("corridor", "line"),
    "places": ("kind", "marker"),
    "crossings": ("kind", "marker"),
    "stats": ("corridor", "marker"),
    "incidents": ("people_class", "fill"),
}
_CLASS_PATTERNS: Final = dict(
    zip((words for _, words in CLASSES), ("dense6", "b_diagonal", "diagonal_x", "dense2"), strict=True)
)
_GEOMETRY: Final = {"marker": 0, "line": 1, "fill": 2}
_SHAPES: Final = {"square": "square", "diamond": "diamond", "triangle": "triangle", "cross": "cross"}


def write_style(name: str, path: str | Path, *, frame: GeoDataFrame) -> Path:
    """Write the style of a layer beside its file, where QGIS finds it by its name.

    Parameters
    ----------
    name : str
        Name of the layer.
    path : path
        File of the layer; the style has the same name and the ending ``.qml``.
    frame : GeoDataFrame
        The layer, for the values that get a category.

    Returns
    -------
    style : Path
        The file that was written.

    Raises
    ------
    UnknownNameError
        If there is no such layer.
    InvalidInputError
        If the folder does not exist.

    Examples
    --------
    >>> import geopandas, tempfile
    >>> frame = geopandas.GeoDataFrame({"kind": ["port"]}, geometry=[None], crs="EPSG:4326")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_style("places", Path(folder) / "places.geojson", frame=frame).name
    'places.qml'
    """
    style = Path(path).with_suffix(".qml")
    write_bytes(style, style_text(name, frame).encode())
    return style


def style_text(name: str, frame: GeoDataFrame) -> str:
    """Return the style of a layer as XML.

    Raises
    ------
    UnknownNameError
        If there is no such layer.

    Examples
    --------
    >>> import geopandas
    >>> frame = geopandas.GeoDataFrame({"mode": ["sea", "land"]}, geometry=[None, None], crs="EPSG:4326")
    >>> style_text("legs", frame).count("<category ")
    2
    """
    check_choice(name, LAYERS, name="layer")
    column, kind = _BY[name]
    values = _values(frame, column)
    categories, symbols = [], []
    for place, value in enumerate(values):
        label = place_symbol(value).label if column == "kind" else value
        categories.append(
            f'   <category render="true" type="string" symbol="{place}" value={_quoted(value)} '
            f"label={_quoted(label)}/>"
        )
        symbols.append(_symbol(place, kind, _look(column, kind, value, place)))
    return "\n".join(
        (
            "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>",
            '<qgis version="3.22.0" styleCategories="Symbology">',
            f' <renderer-v2 type="categorizedSymbol" attr={_quoted(column)} forceraster="0" symbollevels="0" '
            'enableorderby="0">',
            "  <categories>",
            *categories,
            "  </categories>",
            "  <symbols>",
            *symbols,
            "  </symbols>",
            " </renderer-v2>",
            f" <layerGeometryType>{_GEOMETRY[kind]}</layerGeometryType>",
            "</qgis>",
            "",
        )
    )


def _values(frame: GeoDataFrame, column: str) -> list[str]:
    """Return each value once, in the order of the layer."""
    cells = frame.index if column == frame.index.name or column not in frame.columns else frame[column]
    return list(dict.fromkeys(str(cell) for cell in cells))


def _look(column: str, kind: str, value: str, place: int) -> dict[str, str]:
    """Return the properties of one symbol layer, in the words of QGIS."""
    if column == "kind":
        symbol = place_symbol(value)
        hollow = symbol.shape in ("ring", "circle")
        return {
            "name": _SHAPES.get(symbol.shape, "circle"),
            "color": _colour("#ffffff" if hollow else symbol.colour, 0 if hollow else 255),
            "outline_color": _colour(symbol.colour),
            "outline_width": "0.4",
            "outline_width_unit": "MM",
            "size": f"{max(symbol.size_px, 5) * 0.26:.2f}",
            "size_unit": "MM",
        }
    by_mode = MODE_COLOURS.get(value, AREA) if column == "mode" else AREA
    colour = by_mode if column in ("mode", "people_class") else CYCLE[place % len(CYCLE)]
    if kind == "marker":
        return {"name": "circle", "color": _colour(colour), "outline_color": _colour("#ffffff"), "size": "3"}
    if kind == "line":
        return {
            "line_color": _colour(colour),
            "line_width": "0.7",
            "line_width_unit": "MM",
            "line_style": "solid",
            "capstyle": "round",
            "joinstyle": "round",
        }
    pattern = _CLASS_PATTERNS.get(value, "solid") if column == "people_class" else "solid"
    return {
        "color": _colour(colour, 45 if pattern == "solid" else 255),
        "style": pattern,
        "outline_color": _colour(colour),
        "outline_style": "solid",
        "outline_width": "0.4",
        "outline_width_unit": "MM",
    }


def _symbol(place: int, kind: str, look: dict[str, str]) -> str:
    simple = {"marker": "SimpleMarker", "line": "SimpleLine", "fill": "SimpleFill"}[kind]
    options = "".join(
        f'<Option type="QString" name={_quoted(key)} value={_quoted(look[key])}/>' for key in look
    )
    return (
        f'   <symbol type="{kind}" name="{place}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="{simple}" enabled="1" locked="0" pass="0">'
        f'<Option type="Map">{options}</Option></layer></symbol>'
    )


def _colour(colour: str, alpha: int = 255) -> str:
    channels = [str(int(colour[start : start + 2], 16)) for start in (1, 3, 5)]
    return ",".join([*channels, str(alpha)])


def _quoted(text: str) -> str:
    allowed: Sequence[str] = [
        sign if sign >= " " or sign in "\t\n" else "\ufffd" for sign in clean_text(text)
    ]
    return quoteattr(
        "".join(allowed).replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd"), {"\n": "&#10;"}
    )
