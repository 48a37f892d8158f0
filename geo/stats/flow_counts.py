"""Which counts of the tidy table bound the flows of a corridor, and which do not, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo.errors import InvalidInputError, NotCoveredError
from geo.stats import flow_phrases
from geo.stats.flow_conflicts import nodes_after_sources
from geo.stats.flow_model import MEASURES, FlowCount
from geo.stats.question import why_not
from geo.stats.series import build_series

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from geo.stats.choice import Corridor
    from geo.stats.locales import Voice
    from geo.stats.periods import Period
    from geo.stats.series import CountSeries, Span

_SILENT: Final = frozenset({"boat", "boat_uncontrolled", "event", "prevention_event", "dead_missing"})
"""Measures that count no people on the move; they are not even listed as unused."""
LEVELS: Final = ("country", "place")


@dataclass(frozen=True, eq=False)
class HeldCount:
    """A count that bounds flows, and where it stands in the table.

    Attributes
    ----------
    count : FlowCount
        What it says of the graph.
    series : CountSeries
        Its series.
    span : Span
        Its period and value.
    """

    count: FlowCount
    series: CountSeries
    span: Span


@dataclass(frozen=True, eq=False)
class FlowCase:
    """The graph of one corridor and its counts in one period.

    Attributes
    ----------
    meta : Corridor
        What is known of the corridor.
    legs : DataFrame
        Its rows of the routes.
    edges : dict
        Leg id to the nodes that it passes.
    held : tuple of HeldCount
        The counts that are used.
    unused : tuple of dict
        The others: ``label``, ``reason``, ``source``, ``measure``, ``place``, ``value``.
    joins : tuple of str
        Nodes where people join from outside the graph.
    region : tuple of str
        Nodes that have a count of their own people.
    period : Period
        What is described.
    """

    meta: Corridor
    legs: pd.DataFrame
    edges: dict[str, tuple[str, ...]]
    held: tuple[HeldCount, ...]
    unused: tuple[dict[str, Any], ...]
    joins: tuple[str, ...]
    region: tuple[str, ...]
    period: Period

    @property
    def counts(self) -> list[FlowCount]:
        """The counts alone."""
        return [item.count for item in self.held]

    @property
    def split(self) -> bool:
        """Whether any count says more than one about the whole corridor."""
        return any(item.series.place or item.count.kind == "nodes" for item in self.held)


def read_case(
    voice: Voice,
    counts: pd.DataFrame,
    meta: Corridor,
    legs: pd.DataFrame,
    period: Period,
    *,
    known_on: dt.date | None = None,
    level: str = "country",
    joins: Iterable[str] | None = None,
) -> FlowCase:
    """Read the graph of a corridor and attach the counts of a period to it.

    Parameters
    ----------
    voice : Voice
        Language of labels and reasons.
    counts : DataFrame
        A tidy table.
    meta : Corridor
        What is known of the corridor.
    legs : DataFrame
        Its legs (:func:`geo.routes.read_routes`).
    period : Period
        What is described.
    known_on : date, optional
        Take each value as published by this day.
    level : str
        ``country`` or ``place``: what the nodes of the graph are.
    joins : iterable of str, optional
        Nodes where any number of people may join; default those straight after a source of the graph.

    Notes
    -----
    People counted in a country (registrations, intentions) bound the people in its node; without a place
    and with a scope of countries, the sum over their nodes. Arrivals, detections and entries bound the
    legs that the corridor's definition names for them (``figures``), else: the counted legs (no place, the
    headline series), the legs into a country or place, through a crossing, or the leg itself. On legs at sea
    only counts of countries or of the whole corridor are used: departures are not told apart by zone.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> from geo.stats.choice import read_meta
    >>> from geo.stats.locales import read_voice
    >>> from geo.stats.periods import parse_period
    >>> import pandas as pd
    >>> legs = pd.DataFrame({"counted": True, "countries": [("FR", "GB")], "mode": "sea"}, index=["ch_one"])
    >>> case = read_case(read_voice(), counts := read_counts(), read_meta("channel", counts)[0], legs,
    ...                  parse_period("2024"))
    >>> [item.count.value for item in case.held], case.split
    ([36816.0], False)
    """
    edges = _edges(legs, level)
    rows = counts[
        (counts[terms.CORRIDOR] == meta.id)
        & (counts[[terms.NATIONALITY, terms.SEX, terms.AGE_GROUP]] == "").all(axis=1)
        & ~counts[terms.MEASURE].isin(_SILENT)
    ]
    held: list[HeldCount] = []
    unused: list[dict[str, Any]] = []
    keys = [terms.SOURCE, terms.MEASURE, terms.BASIS, terms.PLACE]
    for key, group in rows.groupby(keys, sort=True):
        source, measure, basis, place = (str(part) for part in key)
        label = _label(voice, meta, source, measure, basis, place)
        found = _read(voice, group, period, known_on)
        if isinstance(found, str):
            unused.append(_unused(label, found, source, measure, place, None))
            continue
        series, span = found
        scope = _scope(group, span)
        on, whole, reason = _covers(voice, meta, legs, edges, (source, measure, basis, place), scope)
        if reason:
            unused.append(_unused(label, reason, source, measure, place, span.value))
            continue
        count = FlowCount(label, measure, span.value, on, span.qualifier, whole)
        held.append(HeldCount(count, series, span))
    counted = sorted({node for item in held if item.count.kind == "nodes" for node in item.count.on})
    free = nodes_after_sources(edges) if joins is None else tuple(joins)
    return FlowCase(meta, legs, edges, tuple(held), tuple(unused), free, tuple(counted), period)


def _edges(legs: pd.DataFrame, level: str) -> dict[str, tuple[str, ...]]:
    """Read the nodes of each leg; a leg without countries joins its two places."""
    if level not in LEVELS:
        raise InvalidInputError(f"Invalid level '{level}'. It must be one of: {', '.join(LEVELS)}.")
    needed = {"counted", "countries" if level == "country" else "from_place"}
    if not needed <= set(legs.columns):
        raise InvalidInputError(
            f"Invalid routes. They need the columns {' and '.join(sorted(needed))}; take them from "
            "read_routes."
        )
    edges = {}
    for leg, row in legs.to_dict("index").items():
        chain = tuple(row["countries"]) if level == "country" else ()
        edges[str(leg)] = chain or (str(row["from_place"]), str(row["to_place"]))
    return edges


def _read(
    voice: Voice, rows: pd.DataFrame, period: Period, known_on: dt.date | None
) -> tuple[CountSeries, Span] | str:
    """Return a series and its sum over the period, or why there is none."""
    try:
        series = build_series(rows, known_on=known_on)
    except NotCoveredError:
        return voice.say("it was not yet published")
    span = series.span(period)
    return (series, span) if span.ok else why_not(voice, series, span)


def _scope(rows: pd.DataFrame, span: Span) -> tuple[str, ...]:
    """Return the countries that a figure without a place covers together."""
    same = rows[terms.PERIOD_END].dt.date == span.period.end
    said = set(rows.loc[same, terms.SCOPE])
    return tuple(said.pop().split()) if len(said) == 1 else ()


def _covers(
    voice: Voice,
    meta: Corridor,
    legs: pd.DataFrame,
    edges: Mapping[str, tuple[str, ...]],
    key: tuple[str, str, str, str],
    scope: tuple[str, ...],
) -> tuple[frozenset[str], bool, str]:
    """Find what a count covers, whether people off the drawn legs are inside, or why it covers nothing."""
    source, measure, _, place = key
    nothing: frozenset[str] = frozenset()
    nodes = {node for chain in edges.values() for node in chain}
    if measure not in MEASURES:
        return nothing, False, flow_phrases.no_bound(voice, terms.MEASURES[measure].caveat)
    if MEASURES[measure] == "nodes":
        on = frozenset({place} if place else scope)
        if on and on <= nodes:
            return on, True, ""
        return nothing, False, flow_phrases.not_on_graph(voice)
    if not place:
        if meta.source and (source, measure) != (meta.source, meta.measure):
            return nothing, False, flow_phrases.legs_not_stated(voice)
        counted = frozenset(str(leg) for leg in legs.index[legs["counted"].astype(bool)])
        return counted, True, "" if counted else flow_phrases.not_on_graph(voice)
    on, whole = _placed(meta, legs, edges, key, nodes)
    if not on:
        return nothing, False, flow_phrases.not_on_graph(voice)
    at_sea = "mode" in legs.columns and (legs.loc[sorted(on), "mode"] == "sea").any()
    if at_sea and place not in _countries(legs):
        return nothing, False, flow_phrases.too_fine_at_sea(voice)
    return on, whole, ""


def _placed(
    meta: Corridor,
    legs: pd.DataFrame,
    edges: Mapping[str, tuple[str, ...]],
    key: tuple[str, str, str, str],
    nodes: set[str],
) -> tuple[frozenset[str], bool]:
    """Find the legs of a count that has a place."""
    source, measure, basis, place = key
    if place in edges:
        return frozenset({place}), False
    for figure in meta.figures:
        if (figure["source"], figure["measure"], figure["place"]) == (source, measure, place) and (
            figure["basis"] in ("", basis)
        ):
            return frozenset(figure["legs"]) & frozenset(edges), True
    if place in nodes:
        return frozenset(leg for leg, chain in edges.items() if place in chain[1:]), True
    if "crossings" in legs.columns:
        through = frozenset(str(leg) for leg, passed in legs["crossings"].items() if place in passed)
        if through:
            return through, False
    if "to_place" in legs.columns:
        return frozenset(str(leg) for leg in legs.index[legs["to_place"] == place]), True
    return frozenset(), False


def _countries(legs: pd.DataFrame) -> set[str]:
    if "countries" not in legs.columns:
        return set()
    return {code for chain in legs["countries"] for code in chain}


def _label(voice: Voice, meta: Corridor, source: str, measure: str, basis: str, place: str) -> str:
    """Name a count: by the definition's own label, else by its series and place."""
    from geo.counts import series_info

    for figure in meta.figures:
        known = figure["source"], figure["measure"], figure["place"]
        if known == (source, measure, place) and figure["basis"] in ("", basis):
            return voice.messages.gettext(figure["label"])
    label = voice.messages.gettext(series_info(source, measure)["wording"]["label"])
    return voice.say("{label} ({place})", label=label, place=voice.country(place)) if place else label


def _unused(
    label: str, reason: str, source: str, measure: str, place: str, value: float | None
) -> dict[str, Any]:
    return {
        "label": label,
        "reason": reason,
        "source": source,
        "measure": measure,
        "place": place,
        "value": value,
    }


def read_cases(
    voice: Voice,
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None,
    routes: pd.DataFrame | None,
    period: Period,
    *,
    as_of: dt.date | None = None,
    known_on: dt.date | None = None,
    level: str = "country",
    joins: Iterable[str] | None = None,
) -> list[FlowCase]:
    """Read the cases of several corridors (:func:`read_case`); those without legs are left out.

    Raises
    ------
    NotCoveredError
        If the period ends after the data date.
    InvalidInputError
        If `routes` lacks columns or `level` is not known.
    """
    from geo.routes import read_routes
    from geo.stats.choice import read_meta

    if as_of is not None and period.end > as_of:
        raise NotCoveredError(
            f"Invalid period '{period.start}/{period.end}'. It ends after as_of ({as_of}); counts of flows "
            "are read for whole periods."
        )
    if routes is not None and "corridor" not in routes.columns:
        raise InvalidInputError("Invalid routes. They need the column corridor; take them from read_routes.")
    if corridors is None and routes is not None:
        corridors = list(dict.fromkeys(str(name) for name in routes["corridor"]))
    if isinstance(corridors, str):
        corridors = [corridors]
    if isinstance(corridors, (list, tuple, set)):
        corridors = [name for name in corridors if name != terms.ALL_ROUTES]
    metas = [meta for meta in read_meta(corridors, counts) if meta.id != terms.ALL_ROUTES]
    if routes is None:
        routes = read_routes([meta.id for meta in metas]) if metas else None
    free = None if joins is None else tuple(joins)
    cases = []
    for meta in metas:
        legs = None if routes is None else routes[routes["corridor"] == meta.id]
        if legs is not None and len(legs):
            case = read_case(voice, counts, meta, legs, period, known_on=known_on, level=level, joins=free)
            cases.append(case)
    return cases
