"""Counts and the sea: calmer-sea days, and what the conditions of past weeks and months let expect.

Waves are averaged by day, because counts are daily, and told by week or month only. Everything looks back;
there is no forecast, and no figure of a day or a place of departure.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.checks import check_choice
from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.stats import condition_phrases, note_phrases
from geo.stats.asking import ask
from geo.stats.locales import read_voice
from geo.stats.periods import Period, period_edges
from geo.stats.question import UnavailableError
from geo.stats.records import Stat, to_frame
from geo.stats.sea_state import SeaDays, check_box, check_calm, period_rows, sea_box, sea_days
from geo.stats.series import Span
from geo.stats.wave_model import STEP_M, ConditionsFit, fit_conditions

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping

    import xarray as xr

    from geo.stats.question import Question

CONDITIONS: Final = ("wave_effect", "expected_given_conditions", "calmer_days", "per_calmer_day")
"""Statistics of counts and the sea, in their order (docs/method.md)."""
INTERVAL: Final = "95 % confidence"
_LATEST: Final = {"month": 12, "week": 52}
"""How many periods are told where none were asked for."""
_FEWEST_CALMER: Final = 10
"""A count is not divided by fewer calmer-sea days."""


@dataclass(frozen=True, eq=False)
class _Asked:
    """Waves, boxes of one's own, definition files by corridor, and what is told."""

    waves: xr.DataArray
    own: Mapping[str, Any]
    files: Mapping[str, str]
    calm_m: float | None
    by: str


@dataclass(frozen=True, eq=False)
class _Sea:
    """The sea of one question: its days, how they are told, and which periods."""

    days: SeaDays
    left_out: int
    calm_m: float | None
    by: str
    told: tuple[Period, ...]
    said: tuple[str, ...]


def conditions_stats(
    counts: pd.DataFrame,
    waves: xr.DataArray,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    boxes: Mapping[str, Any] | None = None,
    calm_m: float | None = None,
    by: str = "month",
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: Period | dt.date | str | None = None,
    source: str | None = None,
    measure: str | None = None,
    basis: str | None = None,
    statistics: Iterable[str] | None = None,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    """Hold published counts beside the sea of the same weeks or months.

    Parameters
    ----------
    counts, corridors, as_of, known_on, source, measure, basis, language, catalogues
        As for :func:`~geo.stats.summary.corridor_stats`. Whole corridors only: waves are never joined to
        places.
    waves : DataArray, dims (time, lat, lon)
        Significant wave height in metres (:func:`~geo.stats.wave_files.read_waves`). What lies after the
        figures is left out.
    boxes : mapping of str to (west, south, east, north) or polygon, optional
        Sea box by corridor; default the extent of its legs over sea (:func:`~geo.stats.sea_state.sea_box`).
    calm_m : float, optional
        Height in metres below which the day's mean makes a calmer-sea day; without it no such days are
        counted.
    by : {"month", "week"}
        What is told.
    period : Period, date or str, optional
        The stretch whose whole weeks or months are told; default the last twelve months or 52 weeks. The
        model rests on all days up to `as_of` that have counts and waves, whatever is told.
    statistics : iterable of str, optional
        Names (:data:`CONDITIONS`); default all.

    Returns
    -------
    table : DataFrame, one row per statistic and period
        As of ``corridor_stats``. ``wave_effect``: change of the expected count in per cent for half a metre
        more, with its 95 % interval; ``expected_given_conditions``: per week or month, the count observed in
        ``base_value``; ``calmer_days`` per week or month; ``per_calmer_day``: the count of the told periods
        divided by their calmer-sea days. Where something is missing: ``unavailable``, and why.

    Raises
    ------
    UnknownNameError
        If a corridor, a series, a statistic or `by` is not known.
    NotCoveredError
        If no corridor's figures reach the dates.
    InvalidInputError
        If the waves, a box of one's own or `calm_m` are not what they should be.

    Notes
    -----
    The model is :func:`~geo.stats.wave_model.fit_conditions`, on the published periods of the series: days,
    weeks or months. It expects of periods in its own sample only. ``detail`` holds n, overdispersion,
    pseudo-R² with and without waves, lags, the box's cells, and what cannot be claimed.

    Examples
    --------
    >>> import xarray as xr
    >>> from geo.counts import read_counts
    >>> time = pd.date_range("2024-01-01", "2024-12-31T18:00", freq="6h").to_numpy()
    >>> lat, lon = np.arange(49.75, 52, 0.5), np.arange(-0.25, 3, 0.5)
    >>> waves = xr.DataArray(np.full((time.size, 5, 7), 0.9), dims=("time", "lat", "lon"),
    ...     coords={"time": time, "lat": lat, "lon": lon}, attrs={"units": "m"})
    >>> stats = conditions_stats(read_counts(), waves, "channel", as_of="2024-12-31", calm_m=1.0,
    ...     statistics=["per_calmer_day"])
    >>> print(stats["detail"].iloc[0]["text"])
    In 2024, 36,816 people arrived by small boat and there were 366 calmer-sea days: 100.6 for each, whatever
    the day on which they came.
    """
    check_choice(by, _LATEST, name="by")
    if calm_m is not None:
        check_calm(calm_m)
    names = [check_choice(name, CONDITIONS, name="statistic") for name in statistics or CONDITIONS]
    own = {name: check_box(name, box) for name, box in (boxes or {}).items()}
    questions, notes = ask(
        counts,
        corridors,
        as_of=as_of,
        known_on=known_on,
        period=period,
        series=(source, measure, basis, "", ""),
        voice=read_voice(language, catalogues=catalogues),
    )
    asked = _Asked(waves, own, _files(corridors), calm_m, by)
    return to_frame(
        [stat for question in questions for stat in _answers(question, asked, names)], notes=notes
    )


def _files(corridors: Any) -> dict[str, str]:  # noqa: ANN401 - a table, or names
    """Return the definition files of corridors of one's own."""
    if isinstance(corridors, pd.DataFrame) and "routes_file" in corridors.columns:
        return {str(name): str(file) for name, file in corridors["routes_file"].items() if file}
    return {}


def _answers(q: Question, asked: _Asked, names: list[str]) -> list[Stat]:
    """Answer each statistic of one question, or say why not."""
    fits: list[ConditionsFit] = []

    def fit(sea: _Sea) -> ConditionsFit:
        if not fits:
            fits.append(_fit(q, sea))
        return fits[0]

    found: list[Stat] = []
    try:
        sea = _look(q, asked)
    except UnavailableError as why:
        return [q.refusal(name, why) for name in names]
    for name in names:
        try:
            found.extend(_STATISTICS[name](q, name, sea, fit))
        except UnavailableError as why:
            found.append(q.refusal(name, why))
    return found


def _look(q: Question, asked: _Asked) -> _Sea:
    """Average the sea of a question's box, and choose the periods that are told."""
    corridor = q.series.corridor
    if q.base_kind not in {"day", "week", "month"} or q.series.overlapping:
        raise UnavailableError(note_phrases.coarse(q.voice, q.base_kind), "not_applicable")
    box = asked.own.get(corridor)
    if box is None:
        try:
            box = sea_box(corridor, routes=asked.files.get(corridor))
        except (InvalidInputError, UnknownNameError):
            reason = q.voice.say("it has no leg over sea, and no sea box was given")
            raise UnavailableError(reason, "not_applicable") from None
    try:
        whole = sea_days(asked.waves, {corridor: box})[corridor]
    except NotCoveredError:
        reason = q.voice.say("the wave grid does not cover its sea box, or holds no sea there")
        raise UnavailableError(reason, "outside") from None
    days = whole.until(q.cut)
    if not days.whole.any():
        raise UnavailableError(q.voice.say("no day up to then has waves"), "outside")
    said = (condition_phrases.waves_of(q.voice, str(asked.waves.attrs.get("source", ""))),)
    left_out = len(whole.day) - len(days.day)
    return _Sea(days, left_out, asked.calm_m, asked.by, _told(q, days, asked.by), said)


def _told(q: Question, days: SeaDays, by: str) -> tuple[Period, ...]:
    """List the weeks or months that are whole: in the asked stretch, else the latest."""
    held = days.day[days.whole]
    first = max(dt.date.fromordinal(int(held[0])), q.series.first)
    last = min(dt.date.fromordinal(int(held[-1])), q.cut)
    if q.asked is not None:
        first, last = max(first, q.period.start), min(last, q.period.end)
    if last < first:
        return ()
    starts, ends = period_edges(by, first, last)
    whole = np.isfinite(days.means_of(starts, ends))
    found = [
        Period(dt.date.fromordinal(int(a)), dt.date.fromordinal(int(b)))
        for a, b in zip(starts[whole], ends[whole], strict=True)
    ]
    return tuple(found if q.asked is not None else found[-_LATEST[by] :])


def _need_told(q: Question, sea: _Sea) -> tuple[Period, ...]:
    if not sea.told:
        asked = q.asked or Period(q.series.first, q.cut, days=True)
        raise UnavailableError(condition_phrases.none_whole(q.voice, sea.by, asked), "missing")
    return sea.told


def _fit(q: Question, sea: _Sea) -> ConditionsFit:
    """Fit the model on all published periods up to the data date that have waves."""
    series = q.series
    rows = series.end <= q.cut.toordinal()
    start, end, value = series.start[rows], series.end[rows], series.value[rows]
    height = sea.days.means_of(start, end)
    held = int((np.isfinite(height) & np.isfinite(value)).sum())
    try:
        fit = fit_conditions(start, end, value, height, kind=q.base_kind)
    except InvalidInputError:
        reason = condition_phrases.too_short(q.voice, q.base_kind, held)
        raise UnavailableError(reason, "small_base") from None
    if not fit.converged:
        raise UnavailableError(q.voice.say("the model did not settle"), "not_applicable")
    return fit


def _sample(q: Question, fit: ConditionsFit) -> Span:
    """Return the sample as a sum with its publication date and flags."""
    rows = np.isin(q.series.start, fit.start)
    words = {word for text in q.series.flags[rows].tolist() for word in text.split()}
    return Span(
        Period(dt.date.fromordinal(int(fit.start[0])), dt.date.fromordinal(int(fit.end[-1])), days=True),
        float(fit.observed.sum()),
        "ok",
        (),
        tuple(word for word in ("partial", "preliminary", "inferred_known_on") if word in words),
        dt.date.fromordinal(int(q.series.known[rows].max())),
    )


def _told_of(fit: ConditionsFit, q: Question, sea: _Sea) -> dict[str, Any]:
    """Return what is told of a model, machine-readable."""
    names = ("n", "n_with", "n_terms", "lags", "coefficient", "error", "alpha", "pseudo_r2")
    return {
        **{name: getattr(fit, name) for name in (*names, "pseudo_r2_without", "converged")},
        "fitted_on": q.base_kind,
        **_cells(sea),
        "cannot_claim": list(condition_phrases.cannot_claim(q.voice)),
    }


def _cells(sea: _Sea) -> dict[str, Any]:
    return {
        "n_cells": sea.days.n_cells,
        "land_share": round(sea.days.land_share, 6),
        "later_days_left_out": sea.left_out,
    }


def _effect(q: Question, name: str, sea: _Sea, fit_of: Callable[[_Sea], ConditionsFit]) -> list[Stat]:
    fit = fit_of(sea)
    span = _sample(q, fit)
    clause = condition_phrases.effect(q.voice, span.period, q.base_kind, fit.effect, fit.low, fit.high)
    return [
        q.answer(
            *(name, fit.effect, clause, span),
            unit="%",
            said=sea.said,
            detail={"step_m": STEP_M, **_told_of(fit, q, sea)},
            **_model(q, fit.low, fit.high),
        )
    ]


def _model(q: Question, low: float, high: float) -> dict[str, Any]:
    return {
        "low": low,
        "high": high,
        "interval": INTERVAL,
        "method": condition_phrases.method(q.voice, q.base_kind),
        "assumptions": condition_phrases.assumptions(q.voice),
    }


def _expected(q: Question, name: str, sea: _Sea, fit_of: Callable[[_Sea], ConditionsFit]) -> list[Stat]:
    fit, found = fit_of(sea), []
    for period in _need_told(q, sea):
        span = q.series.span(period)
        held = (fit.start >= period.start.toordinal()) & (fit.end <= period.end.toordinal())
        if not span.ok or int((fit.end - fit.start + 1)[held].sum()) != period.n_days:
            continue
        value, low, high, observed, n = fit.expected_total(period.start.toordinal(), period.end.toordinal())
        clause = condition_phrases.expected(
            q.voice, q.wording, period, value=value, low=low, high=high, observed=observed
        )
        found.append(
            q.answer(
                *(name, value, clause, span),
                against=period,
                base=observed,
                said=sea.said,
                **_model(q, low, high),
                detail={
                    "observed": observed,
                    "ratio": observed / value,
                    "fitted": n,
                    **_told_of(fit, q, sea),
                },
            )
        )
    if not found:
        asked = q.asked or Period(sea.told[0].start, sea.told[-1].end, days=True)
        raise UnavailableError(condition_phrases.none_whole(q.voice, sea.by, asked), "missing")
    return found


def _rows(q: Question, sea: _Sea) -> dict[Period, dict[str, Any]]:
    """Describe the told periods by their sea."""
    if sea.calm_m is None:
        reason = q.voice.say("no height was given below which a day counts as one of a calmer sea")
        raise UnavailableError(reason, "not_applicable")
    told = set(_need_told(q, sea))
    rows = period_rows(sea.days, sea.by, sea.calm_m)
    found = {Period(row.pop("period_start"), row.pop("period_end")): row for row in rows}
    return {period: row for period, row in found.items() if period in told}


def _calmer(q: Question, name: str, sea: _Sea, _: Callable[[_Sea], ConditionsFit]) -> list[Stat]:
    found = []
    for period, row in _rows(q, sea).items():
        days = int(row["calmer_days"])
        clause = condition_phrases.calmer(
            q.voice, period, days=days, of=row["n_days"], calm_m=float(sea.calm_m or np.nan)
        )
        detail = {"calm_m": sea.calm_m, **row, **_cells(sea)}
        found.append(q.answer(name, days, clause, unit="days", period=period, said=sea.said, detail=detail))
    return found


def _per_calmer(q: Question, name: str, sea: _Sea, _: Callable[[_Sea], ConditionsFit]) -> list[Stat]:
    rows = _rows(q, sea)
    whole = Period(min(rows).start, max(rows).end)
    if sum(period.n_days for period in rows) != whole.n_days:
        raise UnavailableError(condition_phrases.none_whole(q.voice, sea.by, whole), "missing", period=whole)
    span = q.need(whole)
    days = int(sum(row["calmer_days"] for row in rows.values()))
    if days < _FEWEST_CALMER:
        reason = q.voice.say("there were too few calmer-sea days to divide by")
        raise UnavailableError(reason, "small_base", period=whole, detail={"calmer_days": days})
    value = span.value / days
    clause = condition_phrases.per_calmer_day(
        q.voice, q.wording, whole, value=value, total=span.value, days=days
    )
    detail = {"total": span.value, "calmer_days": days, "calm_m": sea.calm_m, **_cells(sea)}
    detail["cannot_claim"] = list(condition_phrases.cannot_claim(q.voice))
    unit = f"{q.series.unit} per calmer-sea day"
    return [q.answer(name, value, clause, span, unit=unit, said=sea.said, detail=detail)]


_STATISTICS: Final[Mapping[str, Callable[..., list[Stat]]]] = {
    "wave_effect": _effect,
    "expected_given_conditions": _expected,
    "calmer_days": _calmer,
    "per_calmer_day": _per_calmer,
}
