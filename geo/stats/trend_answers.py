"""The statistics of trends, one function each: what is computed, and the record that says it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.stats import changepoints, monitoring, slopes
from geo.stats import trend_phrases as say
from geo.stats.locales import round_half_up
from geo.stats.periods import Period, period_at
from geo.stats.question import SMALL_BASE, UnavailableError, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from geo.stats.records import Stat
    from geo.stats.trend_runs import Run

_LEVEL: Final = 0.95
_DATE_LEVEL: Final = 0.90
_CHANCE: Final = 0.05
_DEPENDENT: Final = 0.45
"""Autocorrelation from which the intervals of changes are said to be too narrow."""
_INDEX: Final = "index, 0 to 1"


def _slope(run: Run) -> list[Stat]:
    values = run.need(run.values, 3)
    found = slopes.theil_sen(values, run.year, level=_LEVEL)
    told = found.per_year, found.per_year_low, found.per_year_high
    clause = say.slope(run.q.voice, run.what, run.kind, run.period(), told, _LEVEL)
    detail = {"rho": found.rho, "inflation": found.inflation, "scale": found.scale, "slope": found.slope}
    detail |= {"intercept": found.intercept}
    value, low, high = (_tenth(one) for one in told)
    interval = run.q.voice.say("95 % confidence")
    return [
        run.stat(
            "trend_slope",
            value,
            clause,
            values,
            unit="% a year",
            low=low,
            high=high,
            interval=interval,
            detail=detail,
        )
    ]


def _test(run: Run) -> list[Stat]:
    values = run.need(run.values, 3)
    found = slopes.mann_kendall(values, run.year)
    clause = say.trend_test(run.q.voice, run.what, run.period(), z=found.z, p=found.p)
    detail = {"s": found.s, "variance": found.variance, "z": found.z, "tau": found.tau, "rho": found.rho}
    detail |= {"inflation": found.inflation}
    return [run.stat("trend_test", found.p, clause, values, unit="p", detail=detail)]


def _trend_strength(run: Run) -> list[Stat]:
    parts, values = run.parts(), run.unbroken()
    value = round(parts.trend_strength, 4)
    clause = say.strength(run.q.voice, run.what, run.period(values), value, chance=None)
    detail = {"scale": parts.scale}
    return [run.stat("trend_strength", value, clause, values, unit=_INDEX, scale=parts.scale, detail=detail)]


def _season_strength(run: Run) -> list[Stat]:
    parts, values = run.parts(), run.unbroken()
    value = round(parts.season_strength, 4)
    clause = say.strength(run.q.voice, run.what, run.period(values), value, chance=parts.season_chance)
    detail = {"scale": parts.scale, "chance": parts.season_chance, "draws": parts.draws, "seed": run.seed}
    return [run.stat("season_strength", value, clause, values, unit=_INDEX, scale=parts.scale, detail=detail)]


def _peak(run: Run) -> list[Stat]:
    v = run.q.voice
    if run.kind != "month":
        raise UnavailableError(v.say("it belongs to months"), "not_applicable")
    parts, values = run.parts(), run.unbroken()
    if parts.season_chance > _CHANCE:
        raise UnavailableError(
            v.say("the data cannot tell a season from chance"), "not_applicable", period=run.period(values)
        )
    first = values.index[0].month
    months = {(first - 1 + at) % 12 + 1: share for at, share in enumerate(parts.peak_support)}
    peak = (first - 1 + parts.peak) % 12 + 1
    factor = float(parts.table["season"].iloc[parts.peak :: 12].median())
    clause = say.peak_month(
        v, run.what, run.period(values), dt.date(2000, peak, 1), factor=factor, support=months[peak]
    )
    detail: dict[str, Any] = {"support": dict(sorted(months.items())), "factor": factor, "scale": parts.scale}
    return [
        run.stat("seasonal_peak_month", peak, clause, values, unit="month", scale=parts.scale, detail=detail)
    ]


def _changes(run: Run) -> list[Stat]:
    v, values = run.q.voice, run.need(run.unbroken(), 2)
    found = changepoints.change_points(
        values, run.year, autocorrelation=run.autocorrelation, date_level=_DATE_LEVEL, level=_LEVEL
    )
    at = [run.at(values, one.at) for one in found.changes]
    wanders = found.rho >= changepoints.LARGEST_RHO and run.autocorrelation is None
    clause = say.changes(v, run.what, run.period(values), at, wanders=wanders)
    detail: dict[str, Any] = {
        "dates": [iso(one) for one in at],
        "levels": [float(one) for one in dict.fromkeys(found.levels.tolist())],
        "dispersion": found.dispersion,
        "rho": found.rho,
        "penalty": found.penalty,
    }
    head = run.stat("change_points", len(at), clause, values, unit="changes", detail=detail)
    return [head, *(_change(run, values, one, found.rho) for one in found.changes)]


def _change(run: Run, values: pd.Series[float], one: changepoints.Change, rho: float) -> Stat:
    v = run.q.voice
    dates = Period(run.at(values, one.first).start, run.at(values, one.last).end, days=one.first != one.last)
    percents = one.percent, one.percent_low, one.percent_high
    small = one.before < SMALL_BASE
    clause = say.change(
        v, run.what, dates, (one.before, one.after), None if small else percents, (_DATE_LEVEL, _LEVEL)
    )
    value, low, high = (np.nan,) * 3 if small else (_tenth(part) for part in percents)
    detail = {
        "date": iso(run.at(values, one.at)),
        "first": iso(run.at(values, one.first)),
        "last": iso(run.at(values, one.last)),
        "before": one.before,
        "after": one.after,
    }
    return run.stat(
        "change_point",
        value,
        clause,
        values,
        unit="%",
        period=dates,
        low=low,
        high=high,
        interval=v.say("95 % confidence, given the date"),
        base=one.before,
        flags=("unavailable", "small_base") if small else (),
        further=(say.dependent(v),) if rho >= _DEPENDENT else (),
        detail=detail,
    )


def _signals(run: Run) -> list[Stat]:
    v = run.q.voice
    values, held = _reference(run)
    chart = monitoring.monitoring_chart(
        values, run.year, reference=held, arl=run.arl, draws=2 * run.draws, seed=run.seed
    )
    reference = Period(run.at(values, 0).start, run.at(values, chart.n_reference - 1).end, days=True)
    watched = run.period(values.iloc[chart.n_reference :])
    clause = say.signals(v, run.what, watched, reference, len(chart.signals), chart.arl / run.year)
    detail = {
        "limit": chart.limit,
        "arl": chart.arl,
        "dispersion": chart.dispersion,
        "rho": chart.rho,
        "draws": chart.draws,
        "seed": chart.seed,
    }
    about: dict[str, Any] = {"method": "signals", "against": reference}
    found = [
        run.stat(
            "signals",
            len(chart.signals),
            clause,
            values,
            unit="signals",
            period=watched,
            detail=detail,
            **about,
        )
    ]
    for one in chart.signals:
        span = Period(run.at(values, one.start).start, run.at(values, one.end).end, days=one.start != one.end)
        above = one.direction == "above"
        said = say.signal(v, run.what, span, reference, above=above, ratio=one.mean_ratio)
        crossed = {"direction": one.direction, "crossed": iso(run.at(values, one.crossed))}
        ratio = round(one.mean_ratio, 4)
        found.append(
            run.stat(
                "signal",
                ratio,
                said,
                values,
                unit="times the reference",
                period=span,
                detail=crossed,
                **about,
            )
        )
    return found


def _reference(run: Run) -> tuple[pd.Series[float], int | None]:
    """Return the values from the reference on, and how many make it; None for the default."""
    v, values = run.q.voice, run.unbroken()
    if run.reference is None:
        run.need(values, 3)
        if len(values) <= 3 * run.year:
            raise UnavailableError(v.say("no figures lie behind the reference years"), "outside")
        return values, None
    starts = np.array([one.date() for one in values.index])
    ends = np.array([period_at(run.kind, one).end for one in starts])
    inside = (starts >= run.reference.start) & (ends <= run.reference.end)
    if inside.sum() < 2 * run.year or run.reference.start < period_at(run.kind, starts[0]).start:
        raise UnavailableError(v.say("the reference needs two years without a gap"), "outside")
    values = values.iloc[int(np.argmax(inside)) :]
    if len(values) <= int(inside.sum()):
        raise UnavailableError(v.say("no figures lie behind the reference years"), "outside")
    run.need(values.iloc[: int(inside.sum())], 2)
    return values, int(inside.sum())


def _tenth(value: float) -> float:
    return float(round_half_up(value, 1))


TREND_STATISTICS: Final[Mapping[str, Callable[[Run], list[Stat]]]] = {
    "trend_slope": _slope,
    "trend_test": _test,
    "trend_strength": _trend_strength,
    "season_strength": _season_strength,
    "seasonal_peak_month": _peak,
    "change_points": _changes,
    "signals": _signals,
}
"""Every statistic of trends by its name (docs/method.md)."""
