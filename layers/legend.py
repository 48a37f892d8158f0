"""What the signs on a map mean: plain entries that the page draws with the function that draws the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from layers.palette import MODE_COLOURS, OTHER_SYMBOL, SYMBOLS, WIDTH_MARKS, Symbol, line_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from layers.months import Months

AREA_MARKS: Final = (1_000, 10_000)
"""The figures of a month whose shades and rings the legend shows, always these."""
_CLASS_LABELS: Final = {
    "own": "A published figure of its own",
    "bound": "At most this: the figure covers several legs",
    "zero": "A published 0",
    "none": "No published figure",
}
_POSSIBLE_LABELS: Final = {
    "own": "Range of one number",
    "bound": "Possible range, from counts and assumptions",
    "zero": "No flow is possible",
    "none": "No upper bound from the counts",
}
_CLASS_VALUES: Final = {"own": 20_000, "bound": 50_000, "zero": 0, "none": None}
FOOTNOTE_KOSOVO: Final = (
    "* References to Kosovo shall be understood in the context of United Nations Security Council "
    "resolution 1244 (1999)."
)
DISCLAIMER: Final = (
    "The boundaries, names and lines shown on this map do not imply any official endorsement or acceptance. "
    "Lines are generalised between named places: they are no tracks, and nobody's way."
)


def symbol_entry(symbol: Symbol) -> dict[str, Any]:
    """Return a symbol as plain data.

    Examples
    --------
    >>> symbol_entry(SYMBOLS["port"])["shape"]
    'triangle'
    """
    return {
        "shape": symbol.shape,
        "colour": symbol.colour,
        "size": symbol.size_px,
        "small": symbol.small,
        "one": symbol.one,
    }


def build_legend(
    legs: Iterable[Mapping[str, Any]], places: Iterable[Mapping[str, Any]], *, width_km: float | None = None
) -> dict[str, Any]:
    """Return the legend of a map: what is drawn on it, with the same figures and widths on every map.

    Parameters
    ----------
    legs, places : iterables of dict
        Of :func:`layers.features.leg_features` and :func:`layers.features.place_features`.
    width_km : float, optional
        Full width of the corridor areas; left out where there are none.

    Returns
    -------
    legend : dict
        ``title`` and ``parts``; each part has a ``title`` and ``entries`` with a ``label`` and either
        ``kind``, ``mode`` and ``w`` (a line), ``symbol`` (a place) or ``area``.

    Examples
    --------
    >>> legend = build_legend([{"mode": "sea", "kind": "own"}], [])
    >>> [part["title"] for part in legend["parts"]]
    ['Legs, drawn to the right of their way', 'Width: the published figure, the same on every map']
    >>> [entry["w"] for entry in legend["parts"][1]["entries"]]
    [1.8, 5.7, 12.7, 18.0]
    """
    legs = list(legs)
    parts = _line_parts(legs) if legs else []
    kinds = {str(place["kind"]) for place in places}
    symbols = [symbol for kind, symbol in SYMBOLS.items() if kind in kinds and symbol.shape != "none"]
    if kinds - SYMBOLS.keys():
        symbols.append(OTHER_SYMBOL)
    entries: list[dict[str, Any]] = [
        {"label": symbol.label, "symbol": symbol_entry(symbol)} for symbol in symbols
    ]
    if width_km is not None:
        entries.append({"label": f"Corridor, {width_km:g} km wide, for orientation", "area": True})
    if entries:
        parts.append({"title": "Places and areas", "entries": entries})
    return {"title": "Legend", "parts": parts}


def month_parts(layers: Iterable[Mapping[str, Any]], months: Months) -> list[dict[str, Any]]:
    """Return what the slider adds to a legend: the signs that only a month can have.

    Examples
    --------
    >>> import pandas as pd
    >>> from layers.months import months_of_table
    >>> table = pd.DataFrame({"a": [1, "suppressed"]}, index=["2024-01", "2024-02"])
    >>> months = months_of_table(table, legs=["a"])
    >>> leg = {"type": "leg", "features": [{"mode": "sea", "months": 0}]}
    >>> [entry["label"] for entry in month_parts([leg], months)[0]["entries"]]
    ['Leg: a figure exists and is withheld']
    """
    types = {layer["type"] for layer in layers for one in layer["features"] if "months" in one}
    modes = [one["mode"] for layer in layers if layer["type"] == "leg" for one in layer["features"]]
    rows = [*months.corridors.values(), *months.legs.values(), *months.places.values()]
    withheld = any(row.withheld.any() for row in rows)
    entries: list[dict[str, Any]] = []
    if "leg" in types and withheld:
        entries.append(
            {"label": "Leg: a figure exists and is withheld", "kind": "held", "mode": modes[0], "w": None}
        )
    if "area" in types:
        entries += [
            {"label": f"Corridor: {value:,} in the month", "area": True, "value": value, "kind": "own"}
            for value in AREA_MARKS
        ]
        entries.append({"label": "Corridor: month not published", "area": True, "kind": "none"})
        if withheld:
            entries.append({"label": "Corridor: month withheld", "area": True, "kind": "held"})
    if "point" in types:
        entries += [
            {"label": f"Place: {value:,} in the month", "halo": True, "kind": "own", "w": line_width(value)}
            for value in AREA_MARKS
        ]
        entries.append({"label": "Place: month not published", "halo": True, "kind": "none", "w": None})
    return [{"title": "Month by month, the same scale throughout", "entries": entries}] if entries else []


def _line_parts(legs: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    modes = [mode for mode in MODE_COLOURS if any(leg["mode"] == mode for leg in legs)]
    shown = next(iter(modes), "other")
    possible = any(leg.get("possible") for leg in legs)
    labels = _POSSIBLE_LABELS if possible else _CLASS_LABELS
    classes = {leg["kind"] for leg in legs} | (set() if possible else {"own", "bound", "none"})
    entries = [
        {"label": label, "kind": kind, "mode": shown, "w": None if value is None else line_width(value)}
        for kind, label in labels.items()
        if kind in classes
        for value in [_CLASS_VALUES[kind]]
    ]
    if any(leg.get("least") for leg in legs):
        label = "Between two figures: the line inside is the least, the band the most"
        entries.append(
            {
                "label": label,
                "kind": "bound",
                "mode": shown,
                "w": line_width(50_000),
                "least": line_width(10_000),
            }
        )
    if any(leg.get("vague") for leg in legs):
        label = "Schematic: the line shows a direction only"
        entries.append({"label": label, "kind": "own", "mode": shown, "w": line_width(1_000), "vague": True})
    entries += [
        {"label": f"By {mode}", "kind": "own", "mode": mode, "w": line_width(5_000)}
        for mode in modes
        if len(modes) > 1
    ]
    widths: list[dict[str, Any]] = [
        {"label": f"{value:,}", "kind": "own", "mode": shown, "w": line_width(value)} for value in WIDTH_MARKS
    ]
    widths[-1]["label"] += " and more"
    return [
        {"title": "Legs, drawn to the right of their way", "entries": entries},
        {
            "title": "Width: the upper end, the same on every map"
            if possible
            else "Width: the published figure, the same on every map",
            "entries": widths,
        },
    ]
