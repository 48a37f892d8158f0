"""Trends of corridors by month or week: slope, season, changes of level and signals, with their sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from geo.checks import check_choice
from geo.errors import InvalidInputError, MissingExtraError
from geo.stats.asking import ask
from geo.stats.changepoints import check_autocorrelation
from geo.stats.locales import read_voice
from geo.stats.monitoring import check_arl
from geo.stats.periods import Period, parse_period
from geo.stats.question import UnavailableError
from geo.stats.records import Stat, to_frame
from geo.stats.trend_answers import TREND_STATISTICS
from geo.stats.trend_inputs import SCALES
from geo.stats.trend_runs import FREQUENCIES, build_run, regular_values

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Iterable


def trend_stats(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: Period | dt.date | str | None = None,
    frequency: str = "month",
    statistics: Iterable[str] | None = None,
    source: str | None = None,
    measure: str | None = None,
    basis: str | None = None,
    place: str = "",
    nationality: str = "",
    preliminary: bool = False,
    reference: Period | str | None = None,
    arl: float | None = None,
    autocorrelation: float | None = None,
    scale: str = "auto",
    draws: int = 199,
    seed: int = 0,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Compute trend, season, changes of level and signals of corridors.

    Parameters
    ----------
    counts, corridors, as_of, known_on, source, measure, basis, place, nationality, language, catalogues
        As for :func:`~geo.stats.summary.corridor_stats`.
    period : Period, date or str, optional
        The stretch that is analysed; default all whole months (weeks) up to `as_of`.
    frequency : str
        ``month``, or ``week`` where the figures are daily or weekly.
    statistics : iterable of str, optional
        Names (:data:`TREND_STATISTICS`); default all.
    preliminary : bool
        Whether the newest, preliminary figures count too.
    reference : Period or str, optional
        Years that signals are measured against; default the first half, three years at least.
    arl : float, optional
        Months (weeks) between signals by chance; default twenty years of them.
    autocorrelation : float, optional
        For changes of level, as for :func:`~geo.stats.changepoints.change_points`; default estimated.
    scale : str
        For the season, as for :func:`~geo.stats.decomposition.decompose`; default chosen.
    draws, seed : int
        Simulated series for the season, and the seed of every simulation.

    Returns
    -------
    table : DataFrame, one row per statistic
        As from :func:`~geo.stats.summary.corridor_stats`. ``change_points`` and ``signals`` give how many
        there are, each followed by one row ``change_point`` or ``signal`` per finding. ``attrs["notes"]``
        lists corridors and statistics that were left out.

    Raises
    ------
    UnknownNameError, NotCoveredError, InvalidInputError
        As for :func:`~geo.stats.summary.corridor_stats`.
    MissingExtraError
        If an asked statistic needs statsmodels or ruptures and it is not installed.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> found = trend_stats(read_counts(), "western_balkans", as_of="2024-12-31", period="2018/2024",
    ...                     statistics=["trend_test"])
    >>> print(found["detail"].iloc[0]["text"])
    From January 2018 to December 2024, the monthly count of detections shows ...
    """
    check_choice(frequency, FREQUENCIES, name="frequency")
    names = None if statistics is None else [_name(one) for one in statistics]
    _check_options(draws, seed, arl, autocorrelation, scale)
    against = None if reference is None else parse_period(reference)
    voice = read_voice(language, catalogues=catalogues)
    questions, notes = ask(
        counts,
        corridors,
        as_of=as_of,
        known_on=known_on,
        period=period,
        series=(source, measure, basis, place, nationality),
        voice=voice,
    )
    found: list[Stat] = []
    for q in questions:
        try:
            run = build_run(
                q, frequency, against, (draws, seed, arl, autocorrelation, scale), preliminary=preliminary
            )
        except UnavailableError as why:
            found += [q.refusal(name, why) for name in names or TREND_STATISTICS]
            continue
        for name in names or TREND_STATISTICS:
            try:
                found += TREND_STATISTICS[name](run)
            except UnavailableError as why:
                if names is not None or "not_applicable" not in why.flags:
                    found.append(q.refusal(name, why))
            except MissingExtraError as missing:
                if names is not None:
                    raise
                notes.append({"corridor": q.series.corridor, "note": f"{name}: {missing}"})
    return to_frame(found, notes=notes)


def trend_values(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: Period | dt.date | str | None = None,
    frequency: str = "month",
    source: str | None = None,
    measure: str | None = None,
    basis: str | None = None,
    place: str = "",
    nationality: str = "",
    preliminary: bool = False,
) -> pd.DataFrame:
    """Return the values that :func:`trend_stats` analyses, for functions over plain series and for charts.

    Parameters
    ----------
    counts, corridors, as_of, known_on, period, frequency, source, measure, basis, place, nationality
        As for :func:`trend_stats`.
    preliminary : bool
        Whether the newest, preliminary figures are kept.

    Returns
    -------
    table : DataFrame, periods × corridors
        Index: first days of months or weeks; NaN where a figure is missing or lies outside the series.
        ``attrs["preliminary_left_out"]`` counts them per corridor, ``attrs["notes"]`` lists corridors left
        out.

    Raises
    ------
    UnknownNameError, NotCoveredError, InvalidInputError
        As for :func:`trend_stats`.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> from geo.stats.slopes import theil_sen
    >>> values = trend_values(read_counts(), "channel", period="2021/2025")["channel"]
    >>> len(values), theil_sen(values).n
    (60, 60)
    """
    check_choice(frequency, FREQUENCIES, name="frequency")
    questions, notes = ask(
        counts,
        corridors,
        as_of=as_of,
        known_on=known_on,
        period=period,
        series=(source, measure, basis, place, nationality),
    )
    columns: dict[str, pd.Series[float]] = {}
    dropped: dict[str, int] = {}
    for q in questions:
        try:
            values, number = regular_values(q, frequency, preliminary=preliminary)
        except UnavailableError as why:
            notes.append({"corridor": q.series.corridor, "note": why.reason})
            continue
        columns[q.series.corridor], dropped[q.series.corridor] = values, number
    table = pd.DataFrame(columns)
    table.attrs.update(preliminary_left_out=dropped, notes=notes)
    return table


def _name(name: str) -> str:
    return check_choice(name, TREND_STATISTICS, name="statistic")


def _check_options(
    draws: int, seed: int, arl: float | None, autocorrelation: float | None, scale: str
) -> None:
    if isinstance(draws, bool) or not isinstance(draws, int) or not 99 <= draws <= 10_000:
        raise InvalidInputError(f"Invalid draws '{draws}'. It must be a whole number from 99 to 10000.")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InvalidInputError(f"Invalid seed '{seed}'. It must be a whole number, 0 or more.")
    if scale != "auto":
        check_choice(scale, SCALES, name="scale")
    check_arl(arl)
    check_autocorrelation(autocorrelation)
