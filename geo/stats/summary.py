"""All statistics of corridors, gathered: one question per corridor, one record per statistic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo.checks import check_choice
from geo.errors import InvalidInputError
from geo.stats import ranks, runs, totals
from geo.stats.asking import ask
from geo.stats.locales import Voice, read_voice
from geo.stats.question import Question, UnavailableError
from geo.stats.records import Stat, from_frame, to_frame

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from geo.stats.periods import Period

STATISTICS: Final[Mapping[str, Callable[[Question, str], Stat]]] = {
    "total": totals.total,
    "total_change": totals.total_change,
    "last_7_days": totals.last_7_days,
    "last_7_days_change": totals.last_7_days_change,
    "month_to_date": totals.to_date("month"),
    "month_to_date_change": totals.to_date_change("month"),
    "quarter_to_date": totals.to_date("quarter"),
    "quarter_to_date_change": totals.to_date_change("quarter"),
    "year_to_date": totals.to_date("year"),
    "same_point": totals.same_point,
    "year_to_date_change": totals.to_date_change("year"),
    "since": totals.since,
    "all_time": totals.all_time,
    "last_12_months": totals.last_12_months,
    "last_12_months_change": totals.last_12_months_change,
    "rolling_mean_7_days": totals.rolling_mean("day", 7),
    "rolling_mean_28_days": totals.rolling_mean("day", 28),
    "rolling_mean_3_months": totals.rolling_mean("month", 3),
    "per_boat": totals.per_boat(year=False),
    "per_boat_change": totals.per_boat_change(year=False),
    "per_boat_year_to_date": totals.per_boat(year=True),
    "per_boat_year_to_date_change": totals.per_boat_change(year=True),
    "share": totals.share(year=False),
    "share_year_to_date": totals.share(year=True),
    "rank": ranks.rank("all"),
    "rank_same_month": ranks.rank("month"),
    "rank_same_year": ranks.rank("year"),
    "record": ranks.highest("all"),
    "record_same_month": ranks.highest("month"),
    "peak": ranks.highest("year"),
    "highest_since": ranks.since(low=False),
    "lowest_since": ranks.since(low=True),
    "days_with_arrivals": runs.days_with_arrivals,
    "longest_run_without": runs.longest_run_without,
    "current_run_without": runs.current_run_without,
    "threshold_date": runs.threshold_date,
    "seasonal_index": runs.seasonal_index,
}
"""Every statistic by its name (docs/method.md)."""


def corridor_stats(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: Period | dt.date | str | None = None,
    since: dt.date | str | None = None,
    against: int | str | Period | None = None,
    threshold: float | None = None,
    source: str | None = None,
    measure: str | None = None,
    basis: str | None = None,
    place: str = "",
    nationality: str = "",
    statistics: Iterable[str] | None = None,
    vintages: pd.DataFrame | None = None,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Compute the statistics of corridors from published counts.

    Parameters
    ----------
    counts : DataFrame
        A tidy table (:func:`geo.counts.read_counts`), of one or many vintages; those of a table with a column
        ``vintage`` (:func:`geo.vintages.read_vintages`) are laid together as known on `known_on`.
    corridors : DataFrame, str or iterable of str, optional
        Corridors with the columns of :func:`geo.routes.read_corridors` (an own file's too), or ids; default
        the embedded ones.
    as_of : date or str, optional
        Data date: only periods that end by then count. Default per corridor the last day of its series.
    known_on : date or str, optional
        Take each value as published by this day; default the newest.
    period : Period, date or str, optional
        What is described: ``2024-12-12``, ``2024-W50``, ``2024-12``, ``2024-Q4``, ``2024`` or ``a/b``.
        Default the newest published period by `as_of`. Ranks look at periods of its length up to `as_of`.
        What of it lies after `as_of` is left out; the result is flagged ``incomplete`` and not ranked.
    since : date or str, optional
        First day of the statistic ``since``.
    against : int, str or Period, optional
        The year that changes are compared with, default the year before; or for ``total_change`` any period.
    threshold : float, optional
        Figure of ``threshold_date``; default the last round one.
    source, measure, basis : str, optional
        Another series than the headline one; what is left out is taken from the headline or must be clear.
    place, nationality : str
        A part of the series; "" for the whole.
    statistics : iterable of str, optional
        Names (:data:`STATISTICS`); default all that apply.
    vintages : DataFrame, optional
        All vintages (:func:`geo.vintages.read_vintages`), default those in `counts`: with 12 or more of a
        series its preliminary figures carry the range of past revisions. None that was published after
        `known_on` is used.
    language : str
        Language of the sentences (:func:`geo.stats.locales.read_voice`).
    catalogues : path, optional
        Folder of further language catalogues.

    Returns
    -------
    table : DataFrame, one row per statistic
        Index (corridor, statistic); columns the fields of :class:`~geo.stats.records.Stat`, each with its
        ``sentence``. A statistic whose figures are missing has value NaN, the flag ``unavailable`` and a
        sentence that says why. ``attrs["notes"]`` lists corridors without results: dicts of ``corridor``,
        ``note``.

    Raises
    ------
    UnknownNameError
        If a corridor, a statistic or an explicitly asked series does not exist; what exists is listed.
    NotCoveredError
        If no corridor's figures reach the dates; of several, those that do are answered and the others noted.
    InvalidInputError
        If a date, a period, `against` or `threshold` makes no sense.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> stats = corridor_stats(read_counts(), "channel", as_of="2024-12-12")
    >>> stats.loc[("channel", "year_to_date_change"), ["value", "base_value"]].tolist()
    [18.9, 29090.0]
    >>> print(stats.loc[("channel", "year_to_date_change"), "detail"]["text"])
    By Thursday 12 December 2024, 34,582 people had arrived by small boat in 2024, 18.9 % more than at the
    same point of 2023 (29,090).
    """
    records, notes = gather(
        counts,
        corridors,
        as_of=as_of,
        known_on=known_on,
        period=period,
        since=since,
        against=against,
        threshold=threshold,
        series=(source, measure, basis, place, nationality),
        statistics=statistics,
        voice=read_voice(language, catalogues=catalogues),
        vintages=vintages,
    )
    return to_frame(records, notes=notes)


def stats_records(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    **options: Any,  # noqa: ANN401 - those of corridor_stats
) -> list[Stat]:
    """Compute the statistics of corridors as records.

    Parameters
    ----------
    counts, corridors, **options
        As for :func:`corridor_stats`, which gives the notes too.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> [stat.value for stat in stats_records(
    ...     read_counts(), "western_balkans", as_of="2024-12-12", statistics=["year_to_date"])]
    [20595.0]
    """
    return from_frame(corridor_stats(counts, corridors, **options))


def stats_notes(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    **options: Any,  # noqa: ANN401 - those of corridor_stats
) -> list[dict[str, str]]:
    """List the corridors that have no results, and why: dicts of ``corridor`` and ``note``.

    Parameters
    ----------
    counts, corridors, **options
        As for :func:`corridor_stats`; the same notes are in its ``attrs["notes"]``.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> stats_notes(read_counts(), "channel", statistics=["total"])
    []
    """
    notes: list[dict[str, str]] = corridor_stats(counts, corridors, **options).attrs["notes"]
    return notes


def gather(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None,
    *,
    as_of: dt.date | str | None,
    known_on: dt.date | str | None,
    period: Period | dt.date | str | None,
    since: dt.date | str | None,
    against: int | str | Period | None,
    threshold: float | None,
    series: tuple[str | None, str | None, str | None, str, str],
    statistics: Iterable[str] | None,
    voice: Voice,
    vintages: pd.DataFrame | None = None,
) -> tuple[list[Stat], list[dict[str, str]]]:
    """Answer for each corridor; see :func:`corridor_stats`."""
    names = (
        None
        if statistics is None
        else [check_choice(name, STATISTICS, name="statistic") for name in statistics]
    )
    if threshold is not None and not threshold > 0:
        raise InvalidInputError(f"Invalid threshold '{threshold}'. It must be a number above 0.")
    questions, notes = ask(
        counts,
        corridors,
        as_of=as_of,
        known_on=known_on,
        period=period,
        since=since,
        against=against,
        threshold=threshold,
        series=series,
        voice=voice,
        vintages=vintages,
    )
    return [stat for question in questions for stat in _answers(question, names)], notes


def _answers(question: Question, names: list[str] | None) -> list[Stat]:
    """Answer each statistic; by default, those that apply."""
    found = []
    for name in names or STATISTICS:
        try:
            stat = STATISTICS[name](question, name)
        except UnavailableError as why:
            if names is None and "not_applicable" in why.flags:
                continue
            stat = question.refusal(name, why)
        found.append(stat)
    return found
