"""Makes the question of one corridor: which series, data date, period and comparison."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from geo import terms
from geo.checks import check_date
from geo.disclosure import protected
from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.stats import periods
from geo.stats.choice import Corridor, choose_rows, read_meta, series_rows
from geo.stats.locales import Voice, read_voice
from geo.stats.periods import Period, parse_period
from geo.stats.question import Question
from geo.stats.series import CountSeries, build_series
from geo.stats.settling import History
from geo.vintages import VINTAGE, lay_vintages

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd


def ask(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None,
    *,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: Period | dt.date | str | None = None,
    since: dt.date | str | None = None,
    against: int | str | Period | None = None,
    threshold: float | None = None,
    series: tuple[str | None, str | None, str | None, str, str] = (None, None, None, "", ""),
    voice: Voice | None = None,
    vintages: pd.DataFrame | None = None,
) -> tuple[list[Question], list[dict[str, str]]]:
    """Make one question per corridor.

    Parameters
    ----------
    counts, corridors, as_of, known_on, period, since, against, threshold, vintages
        As for :func:`~geo.stats.summary.corridor_stats`.
    series : tuple
        ``source``, ``measure``, ``basis`` (None for that of the headline), ``place``, ``nationality``.
    voice : Voice, optional
        Language of the sentences; default English.

    Returns
    -------
    questions : list of Question
    notes : list of dict
        Corridors that have no answer: ``corridor``, ``note``.

    Raises
    ------
    UnknownNameError, NotCoveredError
        If no corridor can be asked; of several, those that can are, and the others noted.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> questions, notes = ask(read_counts(), "channel", as_of="2024-12-12")
    >>> questions[0].cut, notes
    (datetime.date(2024, 12, 12), [])
    """
    voice = voice or read_voice()
    days = tuple(
        None if day is None else check_date(day, name=name)
        for day, name in ((as_of, "as_of"), (known_on, "known_on"), (since, "since"))
    )
    vintages = counts if vintages is None else vintages
    if VINTAGE in counts.columns:
        counts = lay_vintages(counts, days[1], keep_unreached=True)
    wanted = None if period is None else parse_period(period)
    if any(series[3:]):
        counts = protected(counts)
    questions: list[Question] = []
    notes: list[dict[str, str]] = []
    faults: list[UnknownNameError | NotCoveredError] = []
    for meta in read_meta(corridors, counts):
        try:
            rows = choose_rows(counts, meta, *series)
            if rows is None:
                notes.append({"corridor": meta.id, "note": _nothing(voice, meta)})
                continue
            question = build_question(counts, meta, rows, days, wanted, against, threshold, voice, vintages)
            questions.append(question)
        except (UnknownNameError, NotCoveredError) as error:
            faults.append(error)
            notes.append({"corridor": meta.id, "note": str(error)})
    if faults and not questions:
        raise faults[0] if len(faults) == 1 else type(faults[0])("\n".join(str(fault) for fault in faults))
    return questions, notes


def _nothing(voice: Voice, meta: Corridor) -> str:
    """Say why a corridor has no statistics."""
    if meta.source:
        return voice.say("No counts of {corridor} are held, so it has no statistics.", corridor=meta.title)
    return voice.say("{corridor} has no headline series, so it has no statistics.", corridor=meta.title)


def build_question(
    counts: pd.DataFrame,
    meta: Corridor,
    rows: pd.DataFrame,
    days: tuple[dt.date | None, ...],
    wanted: Period | None,
    against: int | str | Period | None,
    threshold: float | None,
    voice: Voice,
    vintages: pd.DataFrame | None = None,
) -> Question:
    """Make the question for one corridor.

    Parameters
    ----------
    counts : DataFrame
        The tidy table, for companions of the series.
    meta : Corridor
        What is known of the corridor.
    rows : DataFrame
        Rows of its series.
    days : tuple
        ``as_of``, ``known_on`` and ``since``; None for the default.
    wanted : Period or None
        The period that was asked for.
    against : int, str, Period or None
        What changes are compared with.
    threshold : float or None
        Figure of ``threshold_date``.
    voice : Voice
        Language of the sentences.
    vintages : DataFrame, optional
        All vintages of the figures; default `counts`.

    Raises
    ------
    NotCoveredError
        If the figures do not reach the data date or the period, or nothing was published by ``known_on``.
    InvalidInputError
        If `against` is not earlier.
    """
    as_of, known_on, since = days
    series = build_series(rows, known_on=known_on)
    at = _data_date(series, as_of, known_on)
    cut = series.cut(at)
    described = _described(series, cut, at, wanted)
    against_year, other = _against(against, at)
    return Question(
        series=series,
        title=meta.title,
        caption=meta.caption_of(series.source, series.measure, series.basis),
        as_of=at,
        cut=cut,
        period=described,
        asked=wanted,
        since=since,
        against_year=against_year,
        against=other,
        threshold=threshold,
        voice=voice,
        companion=_Companions(counts, series, known_on),
        siblings=partial(_siblings, counts, series),
        history=History(counts if vintages is None else vintages, series, known_on),
    )


def _data_date(series: CountSeries, as_of: dt.date | None, known_on: dt.date | None) -> dt.date:
    """Check the data date against what is held."""
    if as_of is None:
        return series.last
    vintage = f", as known on {known_on}" if known_on else ""
    held = (
        f"The figures of series '{series.source}' ({series.measure}) for '{series.corridor}' run from "
        f"{_long(series.first)} to {_long(series.last)}: data through {_long(series.last)}{vintage}"
    )
    if as_of > series.reach():
        raise NotCoveredError(f"Invalid as_of '{as_of}'. {held}.")
    if series.cut(as_of) < series.first:
        raise NotCoveredError(f"Invalid as_of '{as_of}'. {held}; no period of them has ended by then.")
    return as_of


def _long(day: dt.date) -> str:
    return read_voice().day(day)


def _described(series: CountSeries, cut: dt.date, as_of: dt.date, wanted: Period | None) -> Period:
    """Choose the period that is described: as asked, up to the cut, or the newest published one."""
    if wanted is None:
        if series.regular:
            return periods.period_at(series.frequency, cut)
        ended = series.end == cut.toordinal()
        return Period(dt.date.fromordinal(int(series.start[ended].min())), cut)
    if wanted.start > as_of:
        raise NotCoveredError(f"Invalid period '{_asked_text(wanted)}'. It begins after as_of ({as_of}).")
    if wanted.end <= as_of and series.span(wanted).ok:
        return wanted
    if wanted.end < series.first or wanted.start > cut:
        raise NotCoveredError(
            f"Invalid period '{_asked_text(wanted)}'. The figures of series '{series.source}' for "
            f"'{series.corridor}' that count by {as_of} run from {series.first} to {cut}."
        )
    if series.regular and periods.KINDS.index(series.frequency) > _fineness(wanted):
        raise NotCoveredError(
            f"Invalid period '{_asked_text(wanted)}'. The figures of series '{series.source}' for "
            f"'{series.corridor}' are given by the {series.frequency}; ask for that or longer."
        )
    return Period(wanted.start, min(wanted.end, cut), days=wanted.days or wanted.end > cut)


def _asked_text(period: Period) -> str:
    """Return a period as it can be written."""
    return str(period.start) if period.n_days == 1 else f"{period.start}/{period.end}"


def _fineness(period: Period) -> int:
    """Return the position of the longest kind that a period can hold."""
    kind = period.kind
    return periods.KINDS.index(kind) if kind != "span" else len(periods.KINDS)


def _against(against: int | str | Period | None, as_of: dt.date) -> tuple[int | None, Period | None]:
    """Read what is compared with: a year, or a period."""
    if against is None:
        return None, None
    period = parse_period(f"{against:04d}" if isinstance(against, int) else against)
    if period.kind != "year":
        return None, period
    if period.start.year >= as_of.year:
        raise InvalidInputError(f"Invalid against '{against}'. It must be a year before {as_of.year}.")
    return period.start.year, None


class _Companions:
    """Finds further series of the same source in the same vintage, each read once."""

    def __init__(self, counts: pd.DataFrame, series: CountSeries, known_on: dt.date | None) -> None:
        self._counts, self._series, self._known_on = counts, series, known_on
        self._found: dict[tuple[str, str], CountSeries | None] = {}

    def __call__(self, corridor: str, measure: str) -> CountSeries | None:
        key = corridor, measure
        if key not in self._found:
            self._found[key] = self._find(corridor, measure)
        return self._found[key]

    def _find(self, corridor: str, measure: str) -> CountSeries | None:
        series = self._series
        rows = series_rows(
            self._counts, corridor, series.source, measure, series.basis, series.place, series.nationality
        )
        if rows.empty:
            return None
        try:
            return build_series(rows, known_on=self._known_on)
        except NotCoveredError:
            return None


def _siblings(counts: pd.DataFrame, series: CountSeries) -> list[str]:
    """List the corridors that hold the same series."""
    same = (
        (counts[terms.SOURCE] == series.source)
        & (counts[terms.MEASURE] == series.measure)
        & (counts[terms.BASIS] == series.basis)
        & (counts[terms.PLACE] == series.place)
        & (counts[terms.NATIONALITY] == series.nationality)
    )
    return sorted(set(counts.loc[same, terms.CORRIDOR]) - {terms.ALL_ROUTES})
