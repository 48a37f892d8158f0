"""Areas: the land under a map, and the corridors on it."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

from layers.features import BASE_DECIMALS, KOSOVO_CODES, decode_line, encode_shape
from layers.texts import number, text_of
from layers.vendor import asset_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from pandas import DataFrame

REACH_DEG: Final = (25.0, 15.0)
"""How far around the bounds coarse land is shipped, in degrees of longitude and latitude."""
AREA_TOLERANCE_DEG: Final = 0.003
"""How far the edge of a corridor's area may move: about 330 m, less than a pixel of the closest view that
shows a whole area; the areas are bands tens of kilometres wide."""
SENTENCES: Final = (
    ("year_to_date_change", "year_to_date"),
    ("total",),
    ("last_12_months_change", "last_12_months"),
    ("record",),
)
"""Statistics whose sentences a corridor shows: of each row the first that is there."""
MOST_SENTENCES: Final = 4
_LABEL_SQUARE_DEG: Final = 0.35
"""Countries that show less land than this, in square degrees, get no name."""


def basemap_features(bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    """Return coast, borders and country names around the bounds, from the embedded clips.

    Parameters
    ----------
    bounds : (west, south, east, north) in degrees

    Returns
    -------
    base : dict
        ``backdrop`` (coarse land of the world around, encoded with two decimals: orientation, no coast),
        ``boxes`` (west, south, east, north: where sea and land are told apart), ``land`` (encoded rings),
        ``borders`` (encoded lines), ``labels`` and ``kosovo``, whether it is among the countries. All but the
        first are empty where no coast is embedded.

    Notes
    -----
    Coordinates keep three decimals, about 110 m. Land is one shape, borders are lines on it.
    A box is taken whole as soon as the bounds touch it.

    Examples
    --------
    >>> base = basemap_features((0, 50, 3, 51.5))
    >>> len(base["boxes"]), base["kosovo"], basemap_features((-150, -40, -140, -30))["land"]
    (1, False, [])
    """
    from geo.coast import coverage, read_borders, read_countries, read_land

    boxes = [shape.bounds for shape in coverage().geometry if _touch(shape.bounds, bounds)]
    around = _backdrop(bounds)
    if not boxes:
        return {"backdrop": around, "boxes": [], "land": [], "borders": [], "labels": [], "kosovo": False}
    frame = _hull(boxes)
    countries = read_countries(frame)
    countries = countries[[any(_touch(shape.bounds, box) for box in boxes) for shape in countries.geometry]]
    parts = [part for part in read_land(frame).geoms if any(_touch(part.bounds, box) for box in boxes)]
    land = [ring for part in parts for ring in encode_shape(part, decimals=BASE_DECIMALS)]
    borders = [
        ring for shape in read_borders(frame).geometry for part in encode_shape(shape, decimals=BASE_DECIMALS)
        for ring in part
    ]  # fmt: skip
    return {
        "backdrop": around,
        "boxes": [[round(float(edge), 4) for edge in box] for box in boxes],
        "land": land,
        "borders": borders,
        "labels": _country_labels(countries),
        "kosovo": any(code in KOSOVO_CODES for code in countries.index),
    }


def _backdrop(bounds: tuple[float, float, float, float]) -> list[list[list[int]]]:
    """Return coarse land within reach of the bounds, in hundredths of a degree."""
    reach = (
        bounds[0] - REACH_DEG[0],
        bounds[1] - REACH_DEG[1],
        bounds[2] + REACH_DEG[0],
        bounds[3] + REACH_DEG[1],
    )
    chosen = []
    for part in json.loads(asset_text("backdrop.json"))["land"]:
        points = decode_line(part[0], decimals=2)
        lons, lats = zip(*points, strict=True)
        for turn in (0, 360) if reach[2] > 180 else (0,):
            if _touch((min(lons) + turn, min(lats), max(lons) + turn, max(lats)), reach):
                chosen += [[[ring[0] + turn * 100, *ring[1:]] for ring in part]]
    return chosen


def _touch(first: tuple[float, ...], second: tuple[float, ...]) -> bool:
    return first[0] < second[2] and second[0] < first[2] and first[1] < second[3] and second[1] < first[3]


def _hull(boxes: list[tuple[float, ...]]) -> tuple[float, float, float, float]:
    west, south, east, north = zip(*boxes, strict=True)
    return (min(west), min(south), max(east), max(north))


def _country_labels(countries: GeoDataFrame) -> list[dict[str, Any]]:
    """Return country names at a point well inside each, the larger ones first."""
    labels = []
    for code, row in countries.iterrows():
        largest = max(getattr(row.geometry, "geoms", [row.geometry]), key=lambda part: part.area)
        if largest.area < _LABEL_SQUARE_DEG:
            continue
        point = largest.representative_point()
        name = text_of(row["name"]) + "*" * (code in KOSOVO_CODES)
        at = [round(point.x * 1e4), round(point.y * 1e4)]
        labels.append((-largest.area, {"text": name, "at": at, "from": 3.0, "country": True}))
    return [label for _, label in sorted(labels, key=lambda pair: pair[0])]


def area_layer(
    corridors: GeoDataFrame, stats: DataFrame | None, *, order: Mapping[str, int] | None = None
) -> list[dict[str, Any]]:
    """Return the corridors as one layer of areas with their sentences, or nothing without geometry.

    Parameters
    ----------
    corridors : GeoDataFrame
        As :func:`geo.build_corridors` gives them.
    stats : DataFrame or None
        As :func:`geo.corridor_stats` gives them.
    order : mapping of str to int, optional
        Place of each corridor's monthly series in the page.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from shapely import box
    >>> corridors = gpd.GeoDataFrame({"title": ["A strait"], "length_km": [50.0]}, geometry=[box(0, 0, 1, 1)],
    ...                              index=["a"], crs="EPSG:4326")
    >>> area_layer(corridors, None)[0]["features"][0]["aria"]
    'A strait, corridor. No published figures.'
    """
    if "geometry" not in corridors.columns:
        return []
    features = []
    for corridor, row in corridors.iterrows():
        shape = encode_shape(_simple(row.geometry), decimals=BASE_DECIMALS)
        if not shape:
            continue
        sentences = corridor_sentences(stats, str(corridor))
        title = text_of(row.get("title")) or str(corridor)
        features.append(
            {
                "shape": shape,
                "title": title,
                "summary": text_of(row.get("summary")),
                "sentences": sentences or ["No published figures."],
                "caption": text_of(row.get("caption")),
                "facts": _area_facts(row),
                "series": (order or {}).get(str(corridor)),
                "aria": f"{title}, corridor. {sentences[0] if sentences else 'No published figures.'}",
            }
        )
    return [{"type": "area", "name": "Corridor areas", "features": features}] if features else []


def areas_drawn(corridors: GeoDataFrame) -> list[str]:
    """Return the ids of the corridors that :func:`area_layer` draws, in its order."""
    if "geometry" not in corridors.columns:
        return []
    return [
        str(corridor)
        for corridor, shape in corridors.geometry.items()
        if encode_shape(_simple(shape), decimals=BASE_DECIMALS)
    ]


def _simple(shape: Any) -> Any:  # noqa: ANN401 - shapely, or None
    return None if shape is None else shape.simplify(AREA_TOLERANCE_DEG)


def corridor_sentences(stats: DataFrame | None, corridor: str, *, most: int = MOST_SENTENCES) -> list[str]:
    """Return the sentences a corridor is headed with: the chosen statistics, or whatever there is.

    The first is told in full, with its source; the others without what they share with it.

    Examples
    --------
    >>> corridor_sentences(None, "channel")
    []
    """
    if stats is None or not len(stats) or "sentence" not in stats.columns:
        return []
    told: dict[str, tuple[str, str, str]] = {}
    details = stats["detail"] if "detail" in stats.columns else [None] * len(stats)
    for (name, statistic), line, detail in zip(stats.index, stats["sentence"], details, strict=True):
        if str(name) == corridor and text_of(line):
            parts = detail if isinstance(detail, dict) else {}
            told.setdefault(
                str(statistic), (text_of(line), text_of(parts.get("text")), text_of(parts.get("caption")))
            )
    chosen = [next((told[name] for name in names if name in told), None) for names in SENTENCES]
    rows = [row for row in chosen if row] or list(told.values())
    lines = [
        text if at and text and caption == rows[0][2] else sentence
        for at, (sentence, text, caption) in enumerate(rows)
    ]
    return list(dict.fromkeys(lines))[:most]


def _area_facts(row: Any) -> list[list[str]]:  # noqa: ANN401 - a row of a table
    length, legs, width = (number(row.get(key)) for key in ("length_km", "n_legs", "width_km"))
    crossings = row.get("crossings")
    facts = [
        ["Legs", f"{legs:,.0f}" + (f", {length:,.0f} km together" if math.isfinite(length) else "")]
        if math.isfinite(legs)
        else ["Legs", ""],
        ["Drawn", f"{width:g} km wide, for orientation" if math.isfinite(width) else ""],
        [
            "Crossings",
            f"{len(crossings)} inside" if isinstance(crossings, (list, tuple)) and crossings else "",
        ],
    ]
    return [fact for fact in facts if fact[1]]
