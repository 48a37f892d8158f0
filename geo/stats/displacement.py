"""Displacement: whether a fall on one corridor coincides with a rise on another."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from itertools import combinations
from typing import TYPE_CHECKING, Final

from geo import terms
from geo.checks import check_date
from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.stats import displacement_phrases as say
from geo.stats.displacement_maths import (
    MIN_MONTHS,
    block_permutation,
    cross_correlate,
    false_discovery,
    log_ratio_excess,
    log_ratio_shares,
)
from geo.stats.displacement_pairs import OTHER_ROUTES, Options, Pair, ask_pair, compare, name_corridors
from geo.stats.displacement_whitening import prewhiten
from geo.stats.locales import read_voice
from geo.stats.periods import parse_period
from geo.stats.question import UnavailableError
from geo.stats.records import Stat, to_frame
from geo.stats.series import Span

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    import pandas as pd

    from geo.stats.periods import Period
    from geo.stats.question import Question

__all__ = [
    "MIN_MONTHS",
    "OTHER_ROUTES",
    "block_permutation",
    "cross_correlate",
    "displacement_stats",
    "log_ratio_excess",
    "log_ratio_shares",
    "prewhiten",
]

VERDICTS: Final = ("consistent_with_displacement", "no_evidence", "reversed")


def displacement_stats(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: Period | dt.date | str | None = None,
    source: str | None = None,
    measure: str | None = None,
    basis: str | None = None,
    max_lag_months: int = 6,
    level: float = 0.05,
    permutations: int = 1999,
    seed: int = 20260822,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Test whether a fall on one corridor coincides with a rise on another, in the same or in later months.

    Parameters
    ----------
    counts : DataFrame
        A tidy table (:func:`geo.counts.read_counts`).
    corridors : DataFrame or iterable of str, optional
        Two or more corridors, as for :func:`~geo.stats.summary.corridor_stats`; ``other_routes`` stands for
        the sum of all routes of a source less those held. ``all_routes`` holds the others and is refused.
    as_of, known_on : date or str, optional
        Data date, and the publication date that figures are taken as of.
    period : Period, date or str, optional
        The months that are compared; default all that both corridors have.
    source, measure, basis : str, optional
        The series. By default a pair is compared within one that both have, and else on the headline of each.
    max_lag_months : int
        Longest time by which one follows the other, 0 to 12 months.
    level : float
        Error rate, of intervals (all lags together) and of verdicts (false discoveries over all pairs).
    permutations, seed : int
        Of the null; results do not depend on which other corridors are asked for, but q-values do.
    language, catalogues
        As for :func:`~geo.stats.summary.corridor_stats`.

    Returns
    -------
    table : DataFrame, one row per ordered pair
        Index (corridor, statistic): the corridor that falls, ``displacement``. ``value`` is the strongest
        correlation in that direction with its interval; ``detail`` holds ``to``, ``verdict``, ``lag_months``,
        ``correlation``, ``low``, ``high``, ``p_value``, ``q_value``, ``effect_of_10_percent_fall`` (per cent,
        with its ends), ``log_ratio_excess``, ``lags`` (all), ``n_months`` and ``series``.
        ``attrs["notes"]`` names pairs that could not be looked up.

    Raises
    ------
    InvalidInputError
        If fewer than two corridors, ``all_routes``, or an option out of range is asked for.
    UnknownNameError, NotCoveredError
        If no pair can be looked up.

    Notes
    -----
    docs/method.md gives the model. The verdict is about figures that coincide; it names no cause.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> table = displacement_stats(read_counts(), ["central_med", "western_balkans"], permutations=199)
    >>> [(row["to"], row["verdict"]) for row in table["detail"]]
    [('western_balkans', 'no_evidence'), ('central_med', 'no_evidence')]
    """
    options = _check(max_lag_months, level, permutations, seed, period)
    voice = read_voice(language, catalogues=catalogues)
    counts, corridors, names = name_corridors(counts, corridors)
    days = {"as_of": _day(as_of, "as_of"), "known_on": _day(known_on, "known_on")}
    asked = source, measure, basis
    pairs: list[Pair] = []
    notes: list[dict[str, str]] = []
    faults: list[UnknownNameError | NotCoveredError] = []
    for first, second in combinations(names, 2):
        try:
            questions = ask_pair(counts, corridors, (first, second), asked, days, voice)
        except (UnknownNameError, NotCoveredError) as error:
            faults.append(error)
            if {"corridor": first, "note": str(error)} not in notes:
                notes.append({"corridor": first, "note": str(error)})
            continue
        pairs.append(compare(questions, options))
    if faults and not pairs:
        raise faults[0]
    directed = [(pair, forward) for pair in pairs for forward in (True, False)]
    found = [None if pair.test is None else _strongest(pair, forward, level) for pair, forward in directed]
    q_values = false_discovery([math.nan if one is None else one["p_value"] for one in found])
    rows = zip(directed, found, q_values, strict=True)
    return to_frame([_record(*pair, one, q, len(directed), options) for pair, one, q in rows], notes=notes)


def _check(max_lag: int, level: float, permutations: int, seed: int, period: object) -> Options:
    """Check the options."""
    if isinstance(max_lag, bool) or not isinstance(max_lag, int) or not 0 <= max_lag <= 12:
        raise InvalidInputError(
            f"Invalid max_lag_months '{max_lag}'. It must be a whole number from 0 to 12."
        )
    if not 0 < level <= 0.2:
        raise InvalidInputError(f"Invalid level '{level}'. It must be above 0 and at most 0.2.")
    if permutations + 1 < 4 / level:
        raise InvalidInputError(
            f"Invalid permutations '{permutations}'. At level {level} it takes at least "
            f"{math.ceil(4 / level)}."
        )
    wanted = None if period is None else parse_period(period)
    return Options(wanted, max_lag, level, permutations, seed)


def _day(value: dt.date | str | None, name: str) -> dt.date | None:
    return None if value is None else check_date(value, name=name)


def _strongest(pair: Pair, forward: bool, level: float) -> dict[str, float]:
    if pair.test is None:  # pragma: no cover - asked for tested pairs only
        raise UnavailableError("")
    return pair.test.strongest(forward=forward, level=level)


def _record(
    pair: Pair, forward: bool, found: dict[str, float] | None, q_value: float, number: int, options: Options
) -> Stat:
    """Make the record of one ordered pair."""
    first, second = pair.questions if forward else pair.questions[::-1]
    about = {"to": second.series.corridor, "to_title": second.title, "series": _about(first, second)}
    if found is None or pair.test is None or pair.window is None:
        why = pair.why or UnavailableError("")
        more = {**about, "verdict": "unavailable", **why.detail}
        return first.refusal(
            "displacement", UnavailableError(why.reason, *why.flags, period=why.period, detail=more)
        )
    verdict = "no_evidence" if q_value > options.level else VERDICTS[0 if found["correlation"] < 0 else 2]
    scales = pair.scales if forward else pair.scales[::-1]
    effect = _effect(found, scales)
    voice, lag = first.voice, int(found["lag"])
    told = say.correlation(voice, found["correlation"], found["low"], found["high"], options.level)
    names = [say.route(voice, one.series.corridor, one.title) for one in (first, second)]
    clause = say.found(voice, verdict, (names[0], names[1]), lag, told, effect)
    used = pair.test.lags >= 0 if forward else pair.test.lags <= 0
    lags = [
        {"lag_months": abs(int(k)), "correlation": round(float(r), 6), "pairs": int(n)}
        for k, r, n in zip(
            pair.test.lags[used], pair.test.correlation[used], pair.test.pairs[used], strict=True
        )
    ]
    detail = about | {
        "verdict": verdict,
        "lag_months": lag,
        **{name: found[name] for name in ("correlation", "low", "high", "p_value")},
        "q_value": q_value,
        "ordered_pairs": number,
        "effect_of_10_percent_fall": dict(zip(("value", "low", "high"), effect, strict=True)),
        "log_ratio_excess": log_ratio_excess(*pair.white, lag=lag if forward else -lag),
        "lags": sorted(lags, key=lambda one: one["lag_months"]),
        "n_months": pair.n_months,
        "missing_months": pair.missing,
        "preliminary_months_left_out": pair.preliminary,
        "orders": list(pair.orders if forward else pair.orders[::-1]),
        "permutations": options.permutations,
        "block_months": pair.test.block,
        "seed": options.seed,
        "level": options.level,
    }
    stat = first.answer(
        "displacement",
        found["correlation"],
        clause,
        _span(first, pair.window),
        unit="correlation",
        detail=detail,
        low=found["low"],
        high=found["high"],
        interval=say.interval(voice, options.level),
        method=say.method(voice, options.permutations, pair.test.block),
        assumptions=_assumptions(first, second),
    )
    return _noted(stat, _notes(pair, first, second, q_value, number, verdict, found, options))


def _about(first: Question, second: Question) -> dict[str, dict[str, str]]:
    fields = ("corridor", "source", "measure", "basis", "unit")
    return {
        role: {name: str(getattr(question.series, name)) for name in fields}
        for role, question in (("from", first), ("to", second))
    }


def _effect(found: dict[str, float], scales: tuple[float, float]) -> tuple[float, float, float]:
    """Return the change on the second, in per cent, that goes with 10 % fewer on the first; low and high."""
    ratio = scales[1] / scales[0]
    value, high, low = ((0.9 ** (found[name] * ratio) - 1) * 100 for name in ("correlation", "low", "high"))
    return value, low, high


def _span(question: Question, window: Period) -> Span:
    """Return the publication date and flags of the rows in the window; its sum is not asked for."""
    series = question.series
    rows = (series.start >= window.start.toordinal()) & (series.end <= window.end.toordinal())
    words = {word for text in set(series.flags[rows].tolist()) for word in str(text).split()}
    kept = tuple(word for word in ("inferred_known_on",) if word in words)
    return Span(window, math.nan, "ok", (), kept, dt.date.fromordinal(int(series.known[rows].max())))


def _other(first: Question, second: Question) -> bool:
    return (first.series.source, first.series.measure) != (second.series.source, second.series.measure)


def _assumptions(first: Question, second: Question) -> tuple[str, ...]:
    said = (*say.ASSUMPTIONS, say.OTHER_SOURCES) if _other(first, second) else say.ASSUMPTIONS
    return tuple(first.voice.messages.gettext(text) for text in said)


def _notes(
    pair: Pair,
    first: Question,
    second: Question,
    q_value: float,
    number: int,
    verdict: str,
    found: dict[str, float],
    options: Options,
) -> list[str]:
    """Say on what the verdict rests, and what it is not."""
    voice = first.voice
    if pair.window is None:  # pragma: no cover - asked for tested pairs only
        return []
    notes = [
        say.on_what(voice, pair.window, pair.n_months, options.max_lag, number, q_value),
        say.no_cause(voice),
    ]
    units = [
        voice.messages.ngettext(question.wording["singular"], question.wording["plural"], 2)
        for question in (first, second)
        if not terms.MEASURES[question.series.measure].persons
    ]
    if units:
        notes.append(say.not_people(voice, list(dict.fromkeys(units))))
    if _other(first, second):
        notes.append(voice.messages.gettext(say.OTHER_SOURCES))
    if verdict == "no_evidence" and not found["low"] <= 0 <= found["high"]:
        notes.append(say.between(voice))
    if pair.preliminary:
        notes.append(say.left_out(voice, pair.preliminary))
    if pair.missing:
        notes.append(say.missing(voice, pair.missing))
    if OTHER_ROUTES in {first.series.corridor, second.series.corridor}:
        notes.append(say.derived(voice))
    return notes


def _noted(stat: Stat, notes: list[str]) -> Stat:
    """Put further notes before those of a record."""
    told = [*notes, *stat.detail["notes"]]
    sentence = " ".join([stat.detail["text"], *told, stat.detail["caption"]])
    return dataclasses.replace(stat, detail=stat.detail | {"notes": told}, sentence=sentence)
