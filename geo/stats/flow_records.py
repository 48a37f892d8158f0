"""Records of flows: the range of each leg, the different people behind repeated counts, the counters."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo.checks import check_date
from geo.errors import NotCoveredError
from geo.stats import flow_phrases, note_phrases, phrases
from geo.stats.flow_assumptions import FlowAssumptions
from geo.stats.flow_counts import read_cases
from geo.stats.flow_persons import people_detected, split_routes
from geo.stats.flows import MEASURE, contradiction, leg_rows, rests_on, solve_case
from geo.stats.locales import Voice, read_voice
from geo.stats.periods import Period, parse_period
from geo.stats.records import Stat, to_frame
from geo.stats.series import build_series

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from geo.stats.flow_conflicts import Conflict
    from geo.stats.flow_counts import FlowCase
    from geo.stats.series import CountSeries, Span

STATISTICS: Final = ("flow_range", "unique_persons", "counter")
"""Statistics of :func:`flow_stats`."""
_COUNTERS: Final = frozenset(
    {"arrival", "detection_entry", "illegal_entry", "registration", "asylum_intention", "mixed_movement"}
)
_PERSONS: Final = "unique_persons"
_DETECTED: Final = ("first_arrivals_per_person", "already_counted", "attempts_per_person", "revision")
_INTERVAL: Final = "possible range"


def flow_stats(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    period: Period | str,
    statistics: Iterable[str] | None = None,
    routes: pd.DataFrame | None = None,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    assumptions: FlowAssumptions | None = None,
    level: str = "country",
    joins: Iterable[str] | None = None,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Lay out ranges of flows, of different people, and the counters side by side, as records.

    Parameters
    ----------
    counts, corridors, period, routes, as_of, known_on, assumptions, level, joins, language, catalogues
        As for :func:`~geo.stats.flows.flow_ranges`. The corridor ``all_routes`` has ``unique_persons`` and
        ``counter`` alone.
    statistics : iterable of str, optional
        ``flow_range`` (one record per leg, its id in ``detail["leg"]``), ``unique_persons`` (different people
        in the period) and ``counter`` (one record per source that counts the whole corridor; never added).
        Default all.

    Returns
    -------
    table : DataFrame
        As :func:`~geo.stats.records.to_frame` gives it. Ranges have no value but ``low`` and ``high``; an
        open upper end is NaN.

    Raises
    ------
    UnknownNameError
        If a statistic is not known.
    NotCoveredError, InvalidInputError
        As for :func:`~geo.stats.flows.flow_ranges`.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> table = flow_stats(read_counts(), "all_routes", period="2015", statistics=["unique_persons"])
    >>> table[["low", "high"]].astype(int).iloc[0].tolist()
    [691271, 1858545]
    """
    from geo.checks import check_choice

    wanted = [check_choice(name, STATISTICS, name="statistic") for name in statistics or STATISTICS]
    voice = read_voice(language, catalogues=catalogues)
    assumed = assumptions or FlowAssumptions()
    asked = parse_period(period)
    day = None if as_of is None else check_date(as_of, name="as_of")
    known = None if known_on is None else check_date(known_on, name="known_on")
    cases = read_cases(
        voice, counts, corridors, routes, asked, as_of=day, known_on=known, level=level, joins=joins
    )
    at = day or asked.end
    records: list[Stat] = []
    kinds = [kind for name, kind in (("flow_range", "leg"), (_PERSONS, "region")) if name in wanted]
    for case in cases:
        bounds, conflict = solve_case(case, assumed, kinds=kinds) if kinds else (None, None)
        if "flow_range" in wanted:
            found = leg_rows(voice, case, assumed, bounds, conflict)
            records += [_leg(voice, case, leg, row, at) for leg, row in found.items()]
        if _PERSONS in wanted:
            records.append(_persons(voice, case, assumed, bounds, conflict, at))
        if "counter" in wanted:
            records += _counters(voice, counts, (case.meta.id, case.meta.title), asked, known, at)
    if _asked_all(corridors):
        if _PERSONS in wanted:
            records.append(_all_routes(voice, counts, asked, known, assumed, at))
        if "counter" in wanted:
            records += _counters(voice, counts, (terms.ALL_ROUTES, "All routes"), asked, known, at)
    return to_frame(records)


def unique_persons(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    period: Period | str,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    assumptions: FlowAssumptions | None = None,
    routes: pd.DataFrame | None = None,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Bound the number of different people behind counts that repeat them.

    Parameters
    ----------
    counts, corridors, period, as_of, known_on, assumptions, routes, language, catalogues
        As for :func:`flow_stats`.

    Returns
    -------
    table : DataFrame, one row per corridor
        The records ``unique_persons`` of :func:`flow_stats`.

    Raises
    ------
    NotCoveredError, InvalidInputError
        As for :func:`flow_stats`.

    Notes
    -----
    Where countries have counts of their own: the people of their region in the linear programme
    (:func:`~geo.stats.flow_model.build_program`). For ``all_routes``: from the detections of its borders
    (:func:`~geo.stats.flow_persons.people_detected`), those of transit never added to those of first arrival.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> table = unique_persons(read_counts(), "western_balkans", period="2022")
    >>> table[["low", "high"]].astype(int).iloc[0].tolist()
    [94772, 392223]
    """
    return flow_stats(
        counts,
        corridors,
        period=period,
        statistics=[_PERSONS],
        routes=routes,
        as_of=as_of,
        known_on=known_on,
        assumptions=assumptions,
        language=language,
        catalogues=catalogues,
    )


def _asked_all(corridors: pd.DataFrame | str | Iterable[str] | None) -> bool:
    if corridors is None or isinstance(corridors, str):
        return corridors == terms.ALL_ROUTES
    import pandas as pd

    names = corridors.index if isinstance(corridors, pd.DataFrame) else corridors
    return terms.ALL_ROUTES in list(names)


def _leg(voice: Voice, case: FlowCase, leg: str, row: dict[str, Any], at: dt.date) -> Stat:
    """Make the record of one leg."""
    names = ("status", "driver", "narrowing", "counts", "unused")
    title = str(case.legs.loc[leg, "title"]) if "title" in case.legs.columns else leg
    return _record(
        voice,
        "flow_range",
        case.meta.id,
        case.period,
        [(item.series, item.span) for item in case.held],
        f"{title}. {row['sentence']}",
        as_of=at,
        ends=(row["low"], row["high"]),
        refused=row["status"] in {"nothing", "contradiction"},
        method=flow_phrases.method(voice),
        assumptions=row["assumptions"],
        detail={"leg": leg, **{name: row[name] for name in names}},
    )


def _persons(
    voice: Voice,
    case: FlowCase,
    assumed: FlowAssumptions,
    bounds: pd.DataFrame | None,
    conflict: Conflict | None,
    at: dt.date,
) -> Stat:
    """Make the record of the different people in the counted countries of a corridor."""
    ends, detail = (math.nan, math.nan), dict[str, Any]()
    if conflict is not None:
        text = contradiction(voice, case, conflict)
    elif bounds is None or not case.region:
        text = flow_phrases.no_region(voice, case.meta.title, case.period)
    else:
        row = bounds.loc["region:counted"].to_dict()
        ends = (float(row["low"]), float(row["high"]))
        places = [voice.country(node) for node in case.region]
        text = flow_phrases.persons(voice, case.period, *ends, row["driver"], places=places)
        detail = {
            "countries": list(case.region),
            "driver": row["driver"],
            "narrowing": row["narrowing"],
            "counts": [case.counts[one].label for one in row["counts"]],
        }
    return _record(
        voice,
        _PERSONS,
        case.meta.id,
        case.period,
        [(item.series, item.span) for item in case.held],
        text,
        as_of=at,
        ends=ends,
        method=flow_phrases.method(voice),
        assumptions=tuple(flow_phrases.assumption(voice, name, assumed) for name in rests_on(case)),
        detail=detail,
    )


def _record(
    voice: Voice,
    statistic: str,
    corridor: str,
    period: Period,
    held: Sequence[tuple[CountSeries, Span]],
    text: str,
    **more: Any,  # noqa: ANN401 - further fields of the record
) -> Stat:
    """Make a record that has a range, or nothing, and no value."""
    publishers = list(dict.fromkeys(series.info["publisher"] for series, _ in held))
    tail = voice.say("Source: {publishers}.", publishers=voice.join(publishers)) if publishers else ""
    low, high = more.pop("ends", (math.nan, math.nan))
    refused = math.isnan(low) and math.isnan(high) and more.pop("refused", True)
    more.pop("refused", None)
    detail = {**more.pop("detail", {}), "text": text, "notes": [], "caption": tail}
    return Stat(
        statistic=statistic,
        corridor=corridor,
        value=math.nan,
        unit="persons",
        measure=MEASURE,
        basis="",
        source=" + ".join(dict.fromkeys(series.source for series, _ in held)),
        period_start=period.start,
        period_end=period.end,
        known_on=max((span.known_on for _, span in held if span.known_on), default=None),
        low=low,
        high=high if math.isfinite(high) else math.nan,
        interval="" if refused else _INTERVAL,
        flags=("unavailable", "not_applicable") if refused else ("range_only",),
        detail=detail,
        sentence=f"{text} {tail}".rstrip(),
        **more,
    )


def _all_routes(
    voice: Voice,
    counts: pd.DataFrame,
    period: Period,
    known: dt.date | None,
    assumed: FlowAssumptions,
    at: dt.date,
) -> Stat:
    """Make the record of the different people behind the detections at all borders."""
    held = _detections(counts, period, known)
    first, transit = split_routes({name: span.value for name, (_, span) in held.items()})
    detail: dict[str, Any] = {"first_arrival": first, "transit": transit}
    if not first:
        text, ends = flow_phrases.no_detections(voice, period), (math.nan, math.nan)
    else:
        people = people_detected(first, transit, assumed)
        text = flow_phrases.persons(voice, period, people.low, people.high, people.driver)
        ends = (people.low, people.high)
        detail |= {"driver": people.driver, "narrowing": people.narrowing}
    return _record(
        voice,
        _PERSONS,
        terms.ALL_ROUTES,
        period,
        list(held.values()),
        text,
        as_of=at,
        ends=ends,
        method=flow_phrases.method_detected(voice),
        assumptions=tuple(flow_phrases.assumption(voice, name, assumed) for name in _DETECTED),
        detail=detail,
    )


def _detections(
    counts: pd.DataFrame, period: Period, known: dt.date | None
) -> dict[str, tuple[CountSeries, Span]]:
    """Read the detections of each corridor from one source: that with all routes, else with most."""
    rows = counts[(counts[terms.MEASURE] == "detection_entry") & _bare(counts)]
    best: dict[str, tuple[CountSeries, Span]] = {}
    for _, source in rows.groupby([terms.SOURCE, terms.BASIS], sort=True):
        held: dict[str, tuple[CountSeries, Span]] = {}
        for corridor, group in source.groupby(terms.CORRIDOR, sort=True):
            found = _held(group, period, known)
            if found is not None:
                held[str(corridor)] = found
        rank = (terms.ALL_ROUTES in held, len(held))
        if rank > (terms.ALL_ROUTES in best, len(best)):
            best = held
    return best


def _bare(counts: pd.DataFrame) -> pd.Series[bool]:
    """Tell the rows about everybody, of a whole corridor."""
    columns = [terms.PLACE, terms.NATIONALITY, terms.SEX, terms.AGE_GROUP]
    return (counts[columns] == "").all(axis=1)


def _held(
    rows: pd.DataFrame, period: Period, known: dt.date | None, *, part: bool = False
) -> tuple[CountSeries, Span] | None:
    """Return a series and its sum over a period; on demand over its longest row inside the period."""
    try:
        series = build_series(rows, known_on=known)
    except NotCoveredError:
        return None
    span = series.span(period)
    if not span.ok and part:
        inside = (series.start >= period.start.toordinal()) & (series.end <= period.end.toordinal())
        if not inside.any():
            return None
        longest = max(inside.nonzero()[0], key=lambda row: series.end[row] - series.start[row])
        first, last = int(series.start[longest]), int(series.end[longest])
        span = series.span(Period(dt.date.fromordinal(first), dt.date.fromordinal(last)))
    return (series, span) if span.ok else None


def _counters(
    voice: Voice,
    counts: pd.DataFrame,
    corridor: tuple[str, str],
    period: Period,
    known: dt.date | None,
    at: dt.date,
) -> list[Stat]:
    """Make one record per source that counts a whole corridor, also where it covers a part of the period."""
    rows = counts[
        (counts[terms.CORRIDOR] == corridor[0]) & counts[terms.MEASURE].isin(_COUNTERS) & _bare(counts)
    ]
    records = []
    for _, group in rows.groupby(list(terms.SERIES_COLUMNS), sort=True):
        irregular = group[terms.MEASURE].iloc[0] == "mixed_movement"
        found = _held(group, period, known, part=irregular)
        if found is None:
            continue
        series, span = found
        clause = phrases.happened(voice, series.info["wording"], span.period, span.value, span.qualifier)
        text = flow_phrases.counter(voice, clause, terms.MEASURES[series.measure].caveat)
        tail = note_phrases.caption(voice, corridor[1], "", series.info["publisher"], None)
        records.append(
            Stat(
                statistic="counter",
                corridor=corridor[0],
                value=span.value,
                unit=series.unit,
                measure=series.measure,
                basis=series.basis,
                source=series.source,
                period_start=span.period.start,
                period_end=span.period.end,
                as_of=at,
                known_on=span.known_on,
                flags=span.flags,
                detail={"qualifier": span.qualifier, "text": text, "notes": [], "caption": tail},
                sentence=f"{text} {tail}".rstrip(),
            )
        )
    return records
