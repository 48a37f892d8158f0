"""Which months of two corridors are laid side by side, and whether they can be: a part of displacement."""

from __future__ import annotations

import datetime as dt
import math
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo import terms
from geo.errors import InvalidInputError, UnknownNameError
from geo.stats import displacement_phrases as say
from geo.stats import periods
from geo.stats.asking import ask
from geo.stats.choice import read_meta
from geo.stats.displacement_maths import MIN_MONTHS, LagTest, block_permutation
from geo.stats.displacement_whitening import prewhiten
from geo.stats.periods import Period
from geo.stats.question import Question, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from geo.stats.locales import Voice
    from geo.stats.series import CountSeries

OTHER_ROUTES: Final = "other_routes"
"""Id of the routes that a source adds up in ``all_routes`` and that are not held on their own: derived."""
SMALL_MONTH: Final = 10
"""A corridor is refused if more than a quarter of its months hold fewer."""
_MISSING = 0.05
_SMALL = 0.25
_TOTALS_ONLY = ("dead_missing",)


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for, checked."""

    wanted: Period | None
    max_lag: int
    level: float
    permutations: int
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two corridors' months, whitened and tested once for both directions; or why they cannot be."""

    questions: tuple[Question, Question]
    window: Period | None = None
    n_months: int = 0
    missing: int = 0
    preliminary: int = 0
    scales: tuple[float, float] = (math.nan, math.nan)
    orders: tuple[int, int] = (0, 0)
    white: tuple[NDArray[np.float64], ...] = ()
    test: LagTest | None = None
    why: UnavailableError | None = None


def name_corridors(
    counts: pd.DataFrame, corridors: pd.DataFrame | str | Iterable[str] | None
) -> tuple[pd.DataFrame, pd.DataFrame | None, list[str]]:
    """Return the counts (with the derived other routes, if asked for), the corridors' table and ids."""
    table = corridors if isinstance(corridors, pd.DataFrame) else None
    if table is not None or corridors is None:
        metas = read_meta(table, counts)
    else:
        wanted = [corridors] if isinstance(corridors, str) else [str(name) for name in corridors]
        if OTHER_ROUTES in wanted:
            counts = pd.concat([counts, _other_routes(counts)], ignore_index=True)
        metas = read_meta(wanted, counts)
    names = list(dict.fromkeys(meta.id for meta in metas))
    if terms.ALL_ROUTES in names:
        raise InvalidInputError(
            "Invalid corridor 'all_routes'. It is a sum that holds the others; compare with other_routes, "
            "the rest."
        )
    if len(names) < 2:
        raise InvalidInputError(f"Invalid corridors '{', '.join(names)}'. Displacement compares two or more.")
    return counts, table, names


def _other_routes(counts: pd.DataFrame) -> pd.DataFrame:
    """Take the routes held off the sum of all routes, where both were published for the same period."""
    by = [name for name in terms.COUNT_COLUMNS if name not in {terms.CORRIDOR, terms.VALUE, terms.FLAG}]
    by = [name for name in by if name not in {terms.SCOPE, terms.NATIVE_LABEL, terms.QUALIFIER}]
    whole = counts[counts[terms.CORRIDOR] == terms.ALL_ROUTES]
    same = counts[terms.SOURCE].isin(whole[terms.SOURCE]) & (counts[terms.CORRIDOR] != terms.ALL_ROUTES)
    if whole.empty or not same.any():
        raise UnknownNameError(
            "Invalid corridor 'other_routes'. The counts hold no sum of all routes with routes beside it."
        )
    number = counts.loc[same, terms.CORRIDOR].nunique()
    held = counts[same].groupby(by)[terms.VALUE].agg(["sum", "count"])
    parts = held.loc[held["count"] == number, "sum"].rename("part").reset_index()
    rest = whole.merge(parts, on=by)
    values = rest[terms.VALUE] - rest["part"]
    rest[terms.CORRIDOR], rest[terms.VALUE], rest[terms.SCOPE] = OTHER_ROUTES, values, "derived"
    return rest.loc[rest[terms.VALUE].ge(0), list(terms.COUNT_COLUMNS)]


def ask_pair(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | None,
    pair: tuple[str, str],
    asked: tuple[str | None, str | None, str | None],
    days: dict[str, Any],
    voice: Voice,
) -> tuple[Question, Question]:
    """Make the question of each of two corridors, on one series where both have it."""
    series = asked if any(asked) else _shared(counts, pair)
    found = []
    for name in pair:
        chosen = name if corridors is None else corridors.loc[[name]]
        questions, notes = ask(counts, chosen, series=(*series, "", ""), voice=voice, **days)
        if not questions:
            raise UnknownNameError(notes[0]["note"])
        title = voice.say("Other routes") if name == OTHER_ROUTES else questions[0].title
        found.append(replace(questions[0], title=title))
    return found[0], found[1]


def _shared(counts: pd.DataFrame, pair: tuple[str, str]) -> tuple[str | None, str | None, str | None]:
    """Return the longest series by months or days that both corridors have, or none."""
    whole = [terms.PLACE, terms.NATIONALITY, terms.SEX, terms.AGE_GROUP]
    rows = counts[counts[terms.CORRIDOR].isin(pair) & (counts[whole] == "").all(axis=1)]
    best: tuple[str, str, str] | None = None
    longest = 0
    for key, held in rows.groupby(list(terms.SERIES_COLUMNS), sort=True):
        short = held[(held[terms.PERIOD_END] - held[terms.PERIOD_START]).dt.days < 31]
        months = short[terms.PERIOD_START].dt.to_period("M").groupby(short[terms.CORRIDOR]).nunique()
        if str(key[1]) not in _TOTALS_ONLY and len(months) == 2 and int(months.min()) > longest:
            best, longest = (str(key[0]), str(key[1]), str(key[2])), int(months.min())
    return best or (None, None, None)


def compare(questions: tuple[Question, Question], options: Options) -> Pair:
    """Lay two corridors' months side by side, whiten and test them."""
    try:
        return _tested(questions, options)
    except UnavailableError as why:
        return Pair(questions, why=why)


def _tested(questions: tuple[Question, Question], options: Options) -> Pair:
    voice = questions[0].voice
    columns, dropped = zip(*(_months(question, options.wanted) for question in questions), strict=True)
    table = pd.concat(columns, axis=1, keys=["a", "b"], join="inner")
    both = table.notna().all(axis=1).to_numpy()
    if int(both.sum()) < MIN_MONTHS:
        raise UnavailableError(say.too_short(voice, int(both.sum()), MIN_MONTHS), "outside")
    held = np.flatnonzero(both)
    table = table.iloc[held[0] : held[-1] + 1].asfreq("MS")
    window = Period(table.index[0].date(), periods.period_at("month", table.index[-1].date()).end)
    missing = len(table) - len(held)
    if missing > _MISSING * len(table):
        told = say.too_many_missing(voice, missing, len(table))
        raise UnavailableError(told, "missing", period=window)
    for name, question in zip("ab", questions, strict=True):
        if float((table[name] < SMALL_MONTH).mean()) > _SMALL:
            told = say.too_small(voice, question.title, SMALL_MONTH)
            raise UnavailableError(told, "small_base", period=window)
    white = [prewhiten(table[name].to_numpy()) for name in "ab"]
    known = [np.isfinite(one.innovations) for one in white]
    begin = max(int(mask.argmax()) for mask in known)
    if min(one.scale for one in white) < 1e-9:
        raise UnavailableError(say.no_variation(voice), "not_applicable", period=window)
    first, second = (one.standardised[begin:] for one in white)
    ids = "|".join(f"{q.series.corridor} {q.series.source} {q.series.measure}" for q in questions)
    test = block_permutation(
        first,
        second,
        max_lag=options.max_lag,
        permutations=options.permutations,
        seed=(options.seed + zlib.crc32(ids.encode())) % 2**32,
    )
    return Pair(
        questions,
        window,
        len(held),
        missing,
        max(dropped),
        (white[0].scale, white[1].scale),
        (white[0].order, white[1].order),
        (first, second),
        test,
    )


def _months(question: Question, wanted: Period | None) -> tuple[pd.Series[float], int]:
    """Return the whole months of a series, without the preliminary newest ones, and how many those are."""
    series = question.series
    if series.overlapping or series.frequency not in {"day", "month"}:
        raise UnavailableError(say.not_monthly(question.voice, question.title), "not_applicable", "coarse")
    bins = series.bins("month", question.cut)
    keep = np.ones(len(bins.value), dtype=bool)
    if wanted is not None:
        keep = (bins.start >= wanted.start.toordinal()) & (bins.end <= wanted.end.toordinal())
    settled = keep & (bins.end < _first_preliminary(series))
    index = pd.DatetimeIndex([dt.date.fromordinal(int(day)) for day in bins.start[settled]])
    values = pd.Series(bins.value[settled], index=index, dtype="float64")
    return values, int(keep.sum() - settled.sum())


def _first_preliminary(series: CountSeries) -> int:
    """Return from which day on figures are preliminary, as an ordinal."""
    marked = np.array(["preliminary" in str(flag).split() for flag in series.flags], dtype=bool)
    newest = int(series.info["preliminary_periods"])
    if newest:
        marked[-newest:] = True
    settled = series.end[~marked]
    return int(settled.max()) + 1 if settled.size else int(series.start[0])
