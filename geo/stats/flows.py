"""What leg flows are possible, given counts at borders and in countries: ranges, never one number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.checks import check_date
from geo.stats import flow_phrases, leg_phrases, legs
from geo.stats.flow_assumptions import FlowAssumptions
from geo.stats.flow_conflicts import find_conflict
from geo.stats.flow_counts import read_cases
from geo.stats.flow_programme import flow_bounds
from geo.stats.locales import Voice, read_voice
from geo.stats.periods import Period, parse_period

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Iterable, Mapping

    from geo.stats.flow_conflicts import Conflict
    from geo.stats.flow_counts import FlowCase

COLUMNS: Final = (
    *legs.COLUMNS,
    "status",
    "driver",
    "narrowing",
    "counts",
    "unused",
    "assumptions",
)
"""Columns of :func:`flow_ranges`: those of :func:`~geo.stats.legs.leg_figures`, then what it rests on."""
STATUSES: Final = ("range", "no_upper", "whole_corridor", "contradiction", "nothing")
TELLING: Final = 5
"""An upper bound above so many times the largest count says more of the assumptions; it is not given."""
MEASURE: Final = "flow"
"""What ranges are about: the different people who passed a leg at least once in the period."""


def flow_ranges(
    counts: pd.DataFrame,
    routes: pd.DataFrame | None = None,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    period: Period | str,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    assumptions: FlowAssumptions | None = None,
    level: str = "country",
    joins: Iterable[str] | None = None,
    drivers: bool = True,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Find how many people each leg can have carried, given the counts of a period.

    Parameters
    ----------
    counts : DataFrame
        A tidy table.
    routes : DataFrame, optional
        Legs (:func:`geo.routes.read_routes`); default those of `corridors`.
    corridors : DataFrame, str or iterable of str, optional
        As for :func:`~geo.stats.summary.corridor_stats`; default those of `routes`. A table needs the column
        ``figures`` for the legs that its counts cover.
    period : Period or str
        What is described; only counts of exactly this stretch of days are used.
    as_of : date or str, optional
        Data date; the period may not end later.
    known_on : date or str, optional
        Take each value as published by this day; default the newest.
    assumptions : FlowAssumptions, optional
        Default those of the class, which are wide.
    level : str
        ``country``: people are balanced over whole countries; ``place``: at each place.
    joins : iterable of str, optional
        Countries (or places) where any number of people may join from outside the graph; default those
        straight after a source of the graph.
    drivers : bool
        Whether to find the assumption that drives each range.
    language : str
        Language of the sentences.
    catalogues : path, optional
        Folder of further language catalogues.

    Returns
    -------
    ranges : DataFrame, one row per leg in the order of `routes`
        ``low`` and ``high`` in people; ``value`` is always NaN. ``high`` is NaN where the counts give no
        upper bound, or none below five times the largest count; both are NaN where no count says anything.
        ``status`` is ``range``; ``no_upper``; ``whole_corridor`` (no count below the whole corridor, so all
        counted legs share one range); ``contradiction`` (see :func:`diagnose_flows`) or ``nothing``.
        ``driver``, ``narrowing`` as for :func:`~geo.stats.flow_programme.flow_bounds`; ``counts``: names
        of the counts at the ends of the range;
        ``unused``: tuple of dicts, counts that are not used and why; ``assumptions``: tuple of sentences.

    Raises
    ------
    NotCoveredError
        If the period ends after `as_of`.
    InvalidInputError
        If `routes` lacks columns, or `level` is not known.

    Notes
    -----
    A linear programme per end of each range (:func:`~geo.stats.flow_model.build_program`), solved by HiGHS.
    Departures at sea are never told apart below the country.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> from geo.routes import read_routes
    >>> found = flow_ranges(read_counts(), read_routes("western_balkans"), period="2022", drivers=False)
    >>> found.loc["wb_skopje_pristina", ["low", "high"]].astype(int).tolist()
    [408, 2124]
    """
    voice = read_voice(language, catalogues=catalogues)
    assumed = assumptions or FlowAssumptions()
    cases = _cases(voice, counts, corridors, routes, period, as_of, known_on, level, joins)
    rows: dict[Any, dict[str, Any]] = {}
    for case in cases:
        rows |= leg_rows(voice, case, assumed, *solve_case(case, assumed, drivers=drivers, kinds=["leg"]))
    index = pd.Index(list(rows), name="leg", dtype=object) if routes is None else routes.index
    empty = _row(voice, None, None) | {"sentence": leg_phrases.no_figure(voice)}
    return _table(index, [rows.get(leg, empty) for leg in index])


def diagnose_flows(
    counts: pd.DataFrame,
    routes: pd.DataFrame | None = None,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    period: Period | str,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    assumptions: FlowAssumptions | None = None,
    level: str = "country",
    joins: Iterable[str] | None = None,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Say for each corridor whether its counts agree, and if not, which contradict each other by how much.

    Parameters
    ----------
    counts, routes, corridors, period, as_of, known_on, assumptions, level, joins, language, catalogues
        As for :func:`flow_ranges`.

    Returns
    -------
    found : DataFrame, one row per corridor
        Index ``corridor``; ``agree`` (bool), ``counts`` (tuple of names: a smallest contradicting set),
        ``people`` and ``percent`` by which bounds would have to move, ``eased_by`` (tuple of assumptions),
        ``used`` (number of counts), ``unused`` (tuple of dicts) and ``sentence``.

    Raises
    ------
    NotCoveredError, InvalidInputError
        As for :func:`flow_ranges`.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> diagnose_flows(read_counts(), corridors="western_balkans", period="2022")["agree"].tolist()
    [True]
    """
    voice = read_voice(language, catalogues=catalogues)
    assumed = assumptions or FlowAssumptions()
    found = []
    cases = _cases(voice, counts, corridors, routes, period, as_of, known_on, level, joins)
    for case in cases:
        conflict = find_conflict(case.edges, case.counts, assumed, joins=case.joins)
        named = () if conflict is None else tuple(case.counts[at].label for at in conflict.counts)
        found.append(
            {
                "agree": conflict is None,
                "counts": named,
                "people": math.nan if conflict is None else conflict.people,
                "percent": math.nan if conflict is None else conflict.percent,
                "eased_by": () if conflict is None else conflict.eased_by,
                "used": len(case.held),
                "unused": case.unused,
                "sentence": flow_phrases.agree(voice, case.period, len(case.held))
                if conflict is None
                else contradiction(voice, case, conflict),
            }
        )
    index = pd.Index([case.meta.id for case in cases], name="corridor", dtype=object)
    return pd.DataFrame(found, index=index)


def _cases(
    voice: Voice,
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None,
    routes: pd.DataFrame | None,
    period: Period | str,
    as_of: dt.date | str | None,
    known_on: dt.date | str | None,
    level: str,
    joins: Iterable[str] | None,
) -> list[FlowCase]:
    return read_cases(
        voice,
        counts,
        corridors,
        routes,
        parse_period(period),
        as_of=None if as_of is None else check_date(as_of, name="as_of"),
        known_on=None if known_on is None else check_date(known_on, name="known_on"),
        level=level,
        joins=joins,
    )


def solve_case(
    case: FlowCase,
    assumed: FlowAssumptions,
    *,
    drivers: bool = True,
    kinds: Iterable[str] = ("leg", "region"),
) -> tuple[pd.DataFrame | None, Conflict | None]:
    """Find the bounds of a case, or why there are none; neither where it has no counts.

    Parameters
    ----------
    case : FlowCase
        Graph and counts (:func:`~geo.stats.flow_counts.read_case`).
    assumed : FlowAssumptions
    drivers : bool
        Whether to find the assumption that drives each range.
    kinds : iterable of str
        What to bound.

    Returns
    -------
    bounds : DataFrame or None
        As of :func:`~geo.stats.flow_programme.flow_bounds`, with the region ``counted`` where countries have
        counts of their own.
    conflict : Conflict or None
    """
    if not case.held:
        return None, None
    conflict = find_conflict(case.edges, case.counts, assumed, joins=case.joins)
    if conflict is not None:
        return None, conflict
    regions = {"counted": case.region} if case.region else {}
    bounds = flow_bounds(
        case.edges, case.counts, assumed, regions=regions, joins=case.joins, kinds=kinds, drivers=drivers
    )
    return bounds, None


def contradiction(voice: Voice, case: FlowCase, conflict: Conflict) -> str:
    """Say which counts of a case contradict each other.

    Parameters
    ----------
    voice : Voice
        The language.
    case : FlowCase
        Graph and counts.
    conflict : Conflict
        From :func:`~geo.stats.flow_conflicts.find_conflict`.
    """
    held = [case.held[at] for at in conflict.counts]
    named = [
        {"label": item.count.label, "value": item.count.value, "publisher": item.series.info["publisher"]}
        for item in held
    ]
    return flow_phrases.contradiction(
        voice, case.period, named, conflict.people, conflict.percent, conflict.eased_by
    )


def leg_rows(
    voice: Voice,
    case: FlowCase,
    assumed: FlowAssumptions,
    bounds: pd.DataFrame | None,
    conflict: Conflict | None,
) -> dict[str, dict[str, Any]]:
    """Describe each leg of a case by its range.

    Parameters
    ----------
    voice : Voice
        The language.
    case : FlowCase
        Graph and counts.
    assumed : FlowAssumptions
    bounds : DataFrame or None
        From :func:`solve_case`.
    conflict : Conflict or None
        Likewise.
    """
    told = tuple(flow_phrases.assumption(voice, name, assumed) for name in rests_on(case))
    rows = {}
    found: dict[str, Any] = {} if bounds is None else {str(k): v for k, v in bounds.to_dict("index").items()}
    for leg in case.edges:
        row = _row(voice, case, found.get(f"leg:{leg}"), leg)
        row["assumptions"] = told if row["status"] != "nothing" else ()
        if conflict is not None:
            row |= {"status": "contradiction", "sentence": contradiction(voice, case, conflict)}
        rows[leg] = row
    return rows


def rests_on(case: FlowCase) -> tuple[str, ...]:
    """List the assumptions that a case rests on."""
    if not case.held:
        return ()
    model = ("stay_share", "leak_share", "legs_per_person")
    return tuple(dict.fromkeys([*model, *(name for count in case.counts for name in count.needs())]))


def _row(
    voice: Voice, case: FlowCase | None, bound: Mapping[str, Any] | None, leg: str = ""
) -> dict[str, Any]:
    """Describe one leg."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    row |= dict.fromkeys(("low", "high", "value"), math.nan)
    row |= dict.fromkeys(("period_start", "period_end", "known_on"), None)
    row |= {"n_legs_sharing": 0, "status": "nothing", "narrowing": {}, "counts": (), "assumptions": ()}
    row["unused"] = () if case is None else case.unused
    if case is None:
        return row
    row |= {"period_start": case.period.start, "period_end": case.period.end}
    if bound is None:
        return row | {"sentence": flow_phrases.nothing(voice, case.meta.title, case.period)}
    seen = any(leg in count.on for count in case.counts)
    if not case.split and not seen:
        return row | {"sentence": flow_phrases.not_counted(voice, case.meta.title, case.period)}
    low, high = float(bound["low"]), float(bound["high"])
    most = TELLING * max(count.value for count in case.counts)
    shared = [len(count.on) for count in case.counts if count.kind == "legs" and leg in count.on]
    open_ = math.isinf(high) or high > most > 0
    says = not open_ or low > 0
    driver = bound["driver"] if bound["narrowing"] else None
    sentence = flow_phrases.flow(voice, case.period, low, high, driver)
    if open_ and math.isfinite(high):
        sentence = flow_phrases.too_wide(voice, case.period, low, driver)
    if not case.split and not open_:
        sentence = f"{sentence} {flow_phrases.only_whole(voice, case.meta.title)}"
    known = [item.span.known_on for item in case.held if item.span.known_on]
    return row | {
        "low": low if says else math.nan,
        "high": math.nan if open_ else high,
        "unit": "persons",
        "measure": MEASURE,
        "source": " + ".join(dict.fromkeys(item.series.source for item in case.held)),
        "label": voice.say("Possible range"),
        "known_on": max(known, default=None),
        "n_legs_sharing": min(shared, default=0),
        "status": "no_upper" if open_ else "range" if case.split else "whole_corridor",
        "driver": bound["driver"],
        "narrowing": dict(bound["narrowing"]),
        "counts": tuple(case.counts[at].label for at in bound["counts"]),
        "sentence": sentence,
    }


def _table(index: pd.Index[Any], rows: list[dict[str, Any]]) -> pd.DataFrame:
    columns: dict[str, pd.Series[Any]] = {}
    for name in COLUMNS:
        dates = name in {"period_start", "period_end", "known_on"}
        dtype = "datetime64[us]" if dates else "float64" if name in {"low", "high", "value"} else "object"
        dtype = "int64" if name == "n_legs_sharing" else dtype
        columns[name] = pd.Series([row[name] for row in rows], index=index, dtype=dtype)
    return pd.DataFrame(columns, index=index, columns=list(COLUMNS))
