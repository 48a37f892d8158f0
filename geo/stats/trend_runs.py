"""The whole months or weeks of a series that a trend is fitted to, and how its findings become records."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.stats import decomposition, note_phrases
from geo.stats import trend_phrases as say
from geo.stats.periods import Period, period_at
from geo.stats.question import UnavailableError, iso, too_fine
from geo.stats.series import Span, merge_periods

if TYPE_CHECKING:
    from geo.stats.question import Question
    from geo.stats.records import Stat

FREQUENCIES: Final = {"month": 12, "week": 52}
"""Kinds of period that are followed, and how many a year has."""
FEWEST_COUNTED: Final = 5
"""Mean count of a period below which nothing is fitted."""


@dataclass(eq=False)
class Run:
    """The values of one series that are analysed; what several statistics need is computed once.

    Attributes
    ----------
    q : Question
        What is asked.
    kind : str
        ``month`` or ``week``.
    values : Series of float
        Counts; index: first days; NaN where missing.
    gaps : tuple of Period
        What is missing.
    dropped : int
        Preliminary periods that were left out.
    flags : tuple of str
        Flags of the rows used.
    known : date or None
        Newest publication date among them.
    reference : Period or None
        Years that signals are measured against, as asked.
    draws, seed, arl, autocorrelation, scale
        As for :func:`~geo.stats.trends.trend_stats`.
    """

    q: Question
    kind: str
    values: pd.Series[float]
    gaps: tuple[Period, ...]
    dropped: int
    flags: tuple[str, ...]
    known: dt.date | None
    reference: Period | None
    draws: int
    seed: int
    arl: float | None
    autocorrelation: float | None
    scale: str
    _parts: decomposition.Decomposition | None = field(default=None)

    @property
    def year(self) -> int:
        """Periods in a year."""
        return FREQUENCIES[self.kind]

    @property
    def what(self) -> str:
        """What is followed, in words."""
        return say.counted(self.q.voice, self.q.wording, self.kind)

    def unbroken(self) -> pd.Series[float]:
        """Return the values behind the last gap."""
        hollow = np.flatnonzero(self.values.isna().to_numpy())
        return self.values if not hollow.size else self.values.iloc[hollow[-1] + 1 :]

    def parts(self) -> decomposition.Decomposition:
        """Return trend and season of the values behind the last gap."""
        if self._parts is None:
            self._parts = decomposition.decompose(
                self.need(self.unbroken(), decomposition.MIN_SEASONS),
                self.year,
                scale=self.scale,
                draws=self.draws,
                seed=self.seed,
            )
        return self._parts

    def need(self, values: pd.Series[float], years: int) -> pd.Series[float]:
        """Refuse values that are too few or too small."""
        v, q = self.q.voice, self.q
        if len(values) < years * self.year:
            raise UnavailableError(
                v.say("fewer than {number} years without a gap are held", number=v.number(years)), "outside"
            )
        if float(values.mean()) < FEWEST_COUNTED:
            reason = v.say(
                "the counts are too small, under {number} on average", number=v.number(FEWEST_COUNTED)
            )
            raise UnavailableError(reason, "small_base", period=q.period)
        return values

    def period(self, values: pd.Series[float] | None = None) -> Period:
        """Return the stretch of days that values cover."""
        index = (self.values if values is None else values).index
        end = period_at(self.kind, index[-1].date()).end
        return Period(index[0].date(), end, days=True)

    def at(self, values: pd.Series[float], position: int) -> Period:
        """Return the period at a position."""
        return period_at(self.kind, values.index[position].date())

    def stat(
        self,
        statistic: str,
        value: float,
        clause: str,
        values: pd.Series[float],
        *,
        method: str | None = None,
        scale: str = "",
        further: tuple[str, ...] = (),
        **more: Any,  # noqa: ANN401 - further fields of the record
    ) -> Stat:
        """Make a record of a finding; gaps and preliminary figures are told with it."""
        v = self.q.voice
        said = [clause]
        behind = len(values) < len(self.values)
        if self.gaps:
            said.append(say.gaps_left(v, self.gaps, self.at(values, 0) if behind else None))
        if self.dropped:
            said.append(say.left_out(v, self.kind, self.dropped))
        if self.autocorrelation is not None and statistic.startswith("change_point"):
            said.append(say.given(v, self.autocorrelation))
        span = Span(self.period(values), np.nan, "ok", (), self.flags, self.known)
        more["detail"] = {
            "kind": self.kind,
            "n": int(values.notna().sum()),
            "missing": [iso(gap) for gap in self.gaps[:20]],
            "preliminary_left_out": self.dropped,
            **more.get("detail", {}),
        }
        source = method or statistic
        return self.q.answer(
            statistic,
            value,
            ". ".join(part.rstrip(".") for part in said),
            span,
            method=say.method(v, source, scale=scale),
            assumptions=(*say.assumptions(v, source), *further),
            **more,
        )


def regular_values(q: Question, kind: str, *, preliminary: bool = False) -> tuple[pd.Series[float], int]:
    """Return the whole months (weeks) of a question's series, up to its data date and within its period.

    Parameters
    ----------
    q : Question
        What is asked.
    kind : str
        ``month`` or ``week``.
    preliminary : bool
        Whether the newest, preliminary figures are kept.

    Returns
    -------
    values : Series of float
        Index: first days; NaN where a period has no figure. Begins and ends with a figure.
    dropped : int
        How many preliminary ones were left out.

    Raises
    ------
    UnavailableError
        If the series has no such periods, or none is left.
    """
    series, v = q.series, q.voice
    if (
        series.overlapping
        or not series.regular
        or too_fine(kind, q.base_kind)
        or (q.base_kind == "week" != kind)
    ):
        raise UnavailableError(note_phrases.coarse(v, q.base_kind), "not_applicable")
    bins = series.bins(kind, q.cut)
    keep = np.ones(len(bins.start), dtype=bool)
    if q.asked is not None:
        keep = (bins.start >= q.period.start.toordinal()) & (bins.end <= q.period.end.toordinal())
    bins = bins.keep(keep)
    told = np.flatnonzero(~np.isnan(bins.value))
    if not told.size:
        raise UnavailableError(v.say("no whole period is held"), "outside")
    first, last = int(told[0]), int(told[-1]) + 1
    dropped = 0
    if not preliminary:
        unsure = preliminary_days(q)
        while last > first and any(a <= bins.end[last - 1] and b >= bins.start[last - 1] for a, b in unsure):
            last, dropped = last - 1, dropped + 1
        while last > first and np.isnan(bins.value[last - 1]):
            last -= 1
    if last == first:
        raise UnavailableError(v.say("all figures of it are preliminary"), "incomplete")
    days = np.array([dt.date.fromordinal(int(one)) for one in bins.start[first:last]], dtype="datetime64[us]")
    return pd.Series(bins.value[first:last], index=pd.DatetimeIndex(days), dtype="float64"), dropped


def preliminary_days(q: Question) -> list[tuple[int, int]]:
    """Return the days of rows that are preliminary."""
    series = q.series
    marked = np.array(["preliminary" in str(text).split() for text in series.flags], dtype=bool)
    newest = int(series.info["preliminary_periods"])
    if newest:
        marked[-newest:] = True
    return [(int(a), int(b)) for a, b in zip(series.start[marked], series.end[marked], strict=True)]


def build_run(
    q: Question,
    kind: str,
    reference: Period | None,
    options: tuple[int, int, float | None, float | None, str],
    *,
    preliminary: bool,
) -> Run:
    """Gather the values of one question."""
    values, dropped = regular_values(q, kind, preliminary=preliminary)
    hollow = [period_at(kind, day.date()) for day in values.index[values.isna().to_numpy()]]
    first, last = values.index[0].toordinal(), period_at(kind, values.index[-1].date()).end.toordinal()
    rows = (q.series.start >= first) & (q.series.end <= last)
    words = {word for text in q.series.flags[rows] for word in str(text).split()}
    flags: list[str] = [word for word in ("partial", "inferred_known_on") if word in words]
    unsure = preliminary_days(q) if preliminary else []
    if any(b <= last for _, b in unsure):
        flags.append("preliminary")
    known = dt.date.fromordinal(int(q.series.known[rows].max())) if rows.any() else None
    return Run(q, kind, values, merge_periods(hollow), dropped, tuple(flags), known, reference, *options)
