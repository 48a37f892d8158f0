"""One period against another: what changed on each corridor and leg, and what cannot be compared."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from geo.errors import NotCoveredError
from layers.features import encode_line
from layers.palette import LESS, MORE, line_width
from layers.texts import count_text, number, text_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from pandas import DataFrame

SMALL_BASE: Final = 50
"""A change on a smaller base is withheld, as in the statistics."""
COLUMNS: Final = ("kind", "change", "sign", "sentence")
_MARKS: Final = (1_000, 10_000)


def period_changes(
    counts: DataFrame,
    corridors: GeoDataFrame,
    routes: GeoDataFrame | None,
    *,
    period: str,
    against: str,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the change of each corridor and leg from one period to another.

    Parameters
    ----------
    counts : DataFrame
        The tidy counts.
    corridors : GeoDataFrame
        As :func:`geo.build_corridors` gives them.
    routes : GeoDataFrame or None
        Legs, as :func:`geo.read_routes` gives them.
    period, against : str
        What is described, and the earlier period it is held against: ``2024`` and ``2023``,
        ``2024-01/2024-11`` and ``2023-01/2023-11``.
    as_of, known_on : date or str, optional
        Data date and publication date.

    Returns
    -------
    changes : dict
        ``corridors`` and ``legs``, by id: ``kind`` (``more``, ``less``, ``same`` or ``none``), ``change`` (in
        the unit, NaN where there is none), ``sign`` (a short text) and ``sentence``.

    Notes
    -----
    A corridor's change is ``total_change`` of :func:`geo.corridor_stats`. A leg has one only where both
    periods have a figure of that leg alone, of one series: bounds are not subtracted. A change on a base
    below 50 is withheld.
    """
    from geo.stats import corridor_stats

    dates: dict[str, Any] = {"as_of": as_of, "known_on": known_on}
    stats = corridor_stats(
        counts, corridors, period=period, against=against, statistics=["total_change"], **dates
    )
    rows = {
        str(name): row
        for name, (_, row) in zip(stats.index.get_level_values(0), stats.iterrows(), strict=True)
    }
    held = {corridor: _of_stat(row) for corridor, row in rows.items()}
    if routes is None:
        return {"corridors": held, "legs": {}}
    legs = _of_legs(counts, corridors, routes, period, _base_of(rows, against), dates)
    return {"corridors": held, "legs": legs}


def _base_of(rows: Mapping[str, Any], against: str) -> str:
    """Return the earlier period in full, as the statistics took it."""
    for row in rows.values():
        first, last = text_of(row.get("against_start"))[:10], text_of(row.get("against_end"))[:10]
        if first and last:
            return f"{first}/{last}"
    return against


def _of_stat(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of a table
    detail = row.get("detail") if isinstance(row.get("detail"), dict) else {}
    now, then, percent = (
        number(detail.get("current_value")),
        number(row.get("base_value")),
        number(row.get("value")),
    )
    sentence = text_of(row.get("sentence")) or "Not compared."
    if math.isnan(percent) or math.isnan(now) or math.isnan(then):
        return {"kind": "none", "change": math.nan, "sign": "not compared", "sentence": sentence}
    return {**_signed(now, then), "sentence": sentence}


def _of_legs(
    counts: DataFrame,
    corridors: GeoDataFrame,
    routes: GeoDataFrame,
    period: str,
    against: str,
    dates: Mapping[str, Any],
) -> dict[str, dict[str, Any]]:
    from geo.stats import leg_figures

    try:
        now = leg_figures(counts, corridors, routes, period=period, **dates)
        then = leg_figures(counts, corridors, routes, period=against, **dates)
    except NotCoveredError:
        return {}
    found = {str(leg): _of_leg(now.loc[leg], then.loc[leg]) for leg in routes.index}
    return found | _of_own_counts(counts, routes, period, against, dates)


def _of_own_counts(
    counts: DataFrame, routes: GeoDataFrame, period: str, against: str, dates: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Return the changes of legs that a user's own counts name as places."""
    from geo.checks import check_date
    from geo.stats import parse_period
    from geo.stats.choice import series_rows
    from geo.stats.series import build_series

    known = dates.get("known_on")
    found = {}
    for leg in set(map(str, routes.index)) & set(counts["place"]):
        keys = counts[counts["place"] == leg][["corridor", "source", "measure", "basis"]].drop_duplicates()
        corridor, source, measure, basis = (str(part) for part in keys.iloc[0])
        rows = series_rows(counts, corridor, source, measure, basis, leg)
        series = build_series(rows, known_on=None if known is None else check_date(known, name="known_on"))
        spans = [series.span(parse_period(one)) for one in (period, against)]
        about = {"source": series.source, "measure": series.measure, "basis": series.basis, "label": ""}
        now, then = ({**about, "unit": series.unit, "value": span.value} for span in spans)
        found[leg] = _of_leg(now, then)
    return found


def _of_leg(now: Any, then: Any) -> dict[str, Any]:  # noqa: ANN401 - rows of a table
    series = ("source", "measure", "basis", "unit", "label")
    value, base = number(now["value"]), number(then["value"])
    if (
        math.isnan(value)
        or math.isnan(base)
        or any(text_of(now[key]) != text_of(then[key]) for key in series)
    ):
        return {
            "kind": "none", "change": math.nan, "sign": "",
            "sentence": "Not compared: no figure of this leg alone in both periods.",
        }  # fmt: skip
    if base < SMALL_BASE:
        return {
            "kind": "none", "change": math.nan, "sign": "withheld",
            "sentence": f"Change withheld: the earlier figure, {count_text(base)}, is below {SMALL_BASE}.",
        }  # fmt: skip
    found = _signed(value, base)
    told = f"{count_text(value)} {text_of(now['unit'])} after {count_text(base)}: {found['sign']}."
    return {**found, "sentence": told}


def _signed(now: float, then: float) -> dict[str, Any]:
    """Return kind, size and sign of a change.

    Examples
    --------
    >>> [_signed(now, 100)["kind"] for now in (120, 80, 100)], _signed(80, 100)["sign"].split("\u00a0")[0]
    (['more', 'less', 'same'], '−20 (−20.0')
    """
    change = now - then
    kind = "more" if change > 0 else "less" if change < 0 else "same"
    mark = {"more": "+", "less": "−", "same": "±"}[kind]
    percent = f"{mark}{abs(change) / then * 100:,.1f}\u00a0%" if then else "from 0"
    return {"kind": kind, "change": change, "sign": f"{mark}{count_text(abs(change))} ({percent})"}


def add_differences(
    data: dict[str, Any],
    changes: Mapping[str, Mapping[str, Mapping[str, Any]]],
    *,
    areas: list[str],
    about: str,
) -> None:
    """Draw changes instead of figures: by kind of line, by sign in words, and by colour last.

    Parameters
    ----------
    data : dict
        Of a page; its legs, areas, labels, legend and colours are changed.
    changes : dict
        Of :func:`period_changes`.
    areas : list of str
        Ids of the corridors that have an area, in their order.
    about : str
        The two periods in words, the title of the legend.
    """
    signs = []
    for layer in data["layers"]:
        for place, feature in enumerate(layer["features"]):
            if layer["type"] == "leg":
                found = changes["legs"].get(feature["id"])
                _change_leg(feature, found)
                signs += _sign_at(found, _middle(feature["line"]))
            elif layer["type"] == "area" and place < len(areas):
                found = changes["corridors"].get(areas[place])
                feature["change"] = found["kind"] if found else "none"
                feature["sentences"] = [found["sentence"] if found else "Not compared."]
                feature["aria"] = f"{feature['title']}, corridor. {feature['sentences'][0]}"
                named = {**found, "sign": f"{feature['title']} {found['sign']}"} if found else None
                signs += _sign_at(named, _centre(feature["shape"]))
    data["labels"] = [*signs, *data["labels"]]
    data["colours"] |= {"more": MORE, "less": LESS}
    data["legend"]["parts"] = [_legend_part(about), *data["legend"]["parts"][2:]]


def _change_leg(feature: dict[str, Any], found: Mapping[str, Any] | None) -> None:
    kind = found["kind"] if found else "none"
    size = abs(found["change"]) if found and kind in ("more", "less") else None
    sentence = found["sentence"] if found else "Not compared."
    where = next((fact[1] for fact in feature["facts"] if fact[0] == "Mode"), "")
    feature |= {
        "kind": "zero" if kind == "same" else kind,
        "mode": "",
        "w": None if size is None else line_width(size),
        "figure": sentence,
        "short": sentence,
        "aria": f"{feature['title']}, {where}. {sentence}",
    }


def _sign_at(found: Mapping[str, Any] | None, at: list[int]) -> list[dict[str, Any]]:
    if not found or not found["sign"]:
        return []
    return [{"text": found["sign"], "at": at, "from": 0.0, "country": False, "sign": True}]


def _middle(line: list[int]) -> list[int]:
    half = len(line) // 4 * 2 + 2
    return [sum(line[0:half:2]), sum(line[1:half:2])]


def _centre(shape: list[list[list[int]]]) -> list[int]:
    import shapely

    from layers.features import BASE_DECIMALS, decode_line

    ring = max((part[0] for part in shape), key=len)
    point = shapely.Polygon(decode_line(ring, decimals=BASE_DECIMALS)).buffer(0).representative_point()
    return encode_line([(point.x, point.y)])


def _legend_part(about: str) -> dict[str, Any]:
    entries = [
        {"label": f"{word} by {mark:,}", "kind": kind, "mode": "", "w": line_width(mark)}
        for kind, word in (("more", "More,"), ("less", "Fewer, dashed,"))
        for mark in _MARKS
    ]
    entries.append({"label": "Equal", "kind": "zero", "mode": "", "w": line_width(0)})
    entries.append({"label": "Not compared, or withheld", "kind": "none", "mode": "", "w": None})
    areas = {"more": "Corridor: more", "less": "Corridor: fewer", "none": "Corridor: not compared"}
    entries += [{"label": label, "area": True, "kind": kind} for kind, label in areas.items()]
    return {"title": about, "entries": entries}
