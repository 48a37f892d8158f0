"""What is asked of one series, and how an answer becomes a record with its flags and sentence."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from geo.errors import InvalidInputError
from geo.stats import note_phrases, periods, phrases
from geo.stats.hedges import hedged_number
from geo.stats.locales import round_half_up
from geo.stats.periods import Period
from geo.stats.records import Stat
from geo.stats.when import name_period

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from geo.stats.locales import Voice
    from geo.stats.series import CountSeries, Span
    from geo.stats.settling import History

SMALL_BASE: Final = 50
"""A change on a smaller base is withheld."""
_ROUNDED: Final = 1000
"""Counts from here on also get a round number, with its word, for headlines."""
_REVISED_DAYS = 31
"""The longest stretch that carries the flag of a revised day."""


class UnavailableError(Exception):
    """A statistic has no value; carries why. Caught where statistics are gathered.

    Parameters
    ----------
    reason : str
        A clause that completes "not available, because".
    flags : str
        What to flag.
    period : Period, optional
        What was to be described.
    detail : dict, optional
        Machine-readable extras.
    """

    def __init__(
        self, reason: str, *flags: str, period: Period | None = None, detail: dict[str, Any] | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.flags = flags
        self.period = period
        self.detail = detail or {}


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked of one series.

    Attributes
    ----------
    series : CountSeries
        The figures.
    title, caption : str
        Of the corridor.
    as_of, cut : date
        Data date, and the end of the last whole period by then.
    period : Period
        What is described, already cut at the data date.
    asked : Period or None
        The period as it was asked for; None for the default.
    since : date or None
        First day of ``since``.
    against_year : int or None
        Year that is compared with; None for the year before.
    against : Period or None
        What the total is compared with, where it is no year.
    threshold : float or None
        Figure of ``threshold_date``.
    voice : Voice
        Language of the sentences.
    companion : callable
        Finds another series of the same source: ``companion(corridor, measure)``, None where there is none.
    siblings : callable
        Lists the corridors that the same series has.
    history : History or None
        The vintages of the series.
    """

    series: CountSeries
    title: str
    caption: str
    as_of: dt.date
    cut: dt.date
    period: Period
    asked: Period | None
    since: dt.date | None
    against_year: int | None
    against: Period | None
    threshold: float | None
    voice: Voice
    companion: Callable[[str, str], CountSeries | None]
    siblings: Callable[[], list[str]]
    history: History | None = None

    @property
    def wording(self) -> Mapping[str, str]:
        """Nouns and verbs of the series."""
        wording: Mapping[str, str] = self.series.info["wording"]
        return wording

    @property
    def base_kind(self) -> str:
        """Kind of the published periods."""
        return self.series.frequency

    @property
    def whole(self) -> bool:
        """Whether the described period is complete by the data date."""
        return self.asked is None or self.asked == self.period

    def to_date(self, kind: str) -> Period:
        """Return the part of the current month, quarter or year that counts.

        Raises
        ------
        UnavailableError
            If no whole period of it is held by the data date.
        """
        current = periods.period_at(kind, self.as_of)
        if too_fine(kind, self.base_kind):
            raise UnavailableError(
                note_phrases.coarse(self.voice, self.base_kind), "not_applicable", period=current
            )
        if self.cut < current.start:
            if kind == self.base_kind:
                return self._begun(current)
            raise self._nothing_yet(current)
        return Period(current.start, self.cut, days=True)

    def _nothing_yet(self, current: Period, *flags: str) -> UnavailableError:
        named = name_period(self.voice, current)
        reason = self.voice.say("no complete period of {period} is held by then", period=named)
        return UnavailableError(reason, *(flags or ("incomplete",)), period=current)

    def _begun(self, current: Period) -> Period:
        """Return the part of a published period that is held though it has not ended."""
        series = self.series
        rows = (series.start == current.start.toordinal()) & (series.end <= self.as_of.toordinal())
        if not rows.any():
            raise self._nothing_yet(current, "incomplete" if self.base_kind == "year" else "not_applicable")
        return Period(current.start, dt.date.fromordinal(int(series.end[rows].max())))

    def described(self) -> Period:
        """Return what counts of days and runs are about: the asked period, else the year to date."""
        if self.asked is not None and self.period.n_days > 1:
            return self.period
        return Period(periods.period_at("year", self.period.end).start, self.period.end, days=True)

    def years_back(self, period: Period) -> int:
        """Return how many years before a period the comparison lies.

        Raises
        ------
        UnavailableError
            If it does not lie before.
        """
        years = 1 if self.against_year is None else period.end.year - self.against_year
        if years < 1:
            raise UnavailableError(
                self.voice.say("the year to compare with is not earlier"), "not_applicable"
            )
        return years

    def back(self, period: Period) -> Period:
        """Return the same stretch of an earlier year."""
        whole = self.base_kind in {"month", "quarter", "year"}
        try:
            return periods.shift_years(period, -self.years_back(period), whole_months=whole)
        except InvalidInputError:
            years = self.years_back(period)
            reason = self.voice.say("{year} has no week 53", year=period.start.isocalendar()[0] - years)
            raise UnavailableError(reason, "not_applicable", period=period) from None

    def need(self, period: Period, series: CountSeries | None = None) -> Span:
        """Return the sum of a stretch of days.

        Raises
        ------
        UnavailableError
            If it has none; with the reason.
        """
        held = series or self.series
        span = held.span(period)
        if span.ok:
            return span
        raise UnavailableError(
            why_not(self.voice, held, span),
            span.state,
            period=period,
            detail={"missing": [_iso(gap) for gap in span.gaps[:20]], "missing_count": len(span.gaps)},
        )

    def answer(
        self,
        statistic: str,
        value: float,
        clause: str,
        *spans: Span,
        unit: str | None = None,
        period: Period | None = None,
        against: Period | None = None,
        base: float = math.nan,
        flags: tuple[str, ...] = (),
        detail: dict[str, Any] | None = None,
        said: tuple[str, ...] = (),
        told: Mapping[str, Any] | None = None,
        **more: Any,  # noqa: ANN401 - further fields of the record: low, high, interval, method, assumptions
    ) -> Stat:
        """Make a record; flags and notes follow from the sums that it rests on.

        `said` and `told` are further notes, and further entries of the detail.
        """
        period = period or (spans[0].period if spans else self.period)
        known = max((span.known_on for span in spans if span.known_on), default=None)
        held = [*flags, *dict.fromkeys(word for span in spans for word in _carried(span))]
        notes = self._notes(
            held, period, known, to_date=statistic.partition("_change")[0].endswith("_to_date")
        )
        if "base_published_earlier" in held and detail and against:
            earlier = dt.date.fromisoformat(detail["base_known_on"])
            notes.append(note_phrases.base_published(self.voice, against, earlier))
        notes += said
        detail, moved = self._extras(detail, value, counted=unit is None)
        notes += moved
        lead = phrases.sentence(phrases.about(self.voice, self.series.place, self.series.nationality, clause))
        tail = self._tail(held, known)
        return Stat(
            statistic=statistic,
            corridor=self.series.corridor,
            value=float(value),
            unit=self.series.unit if unit is None else unit,
            measure=self.series.measure,
            basis=self.series.basis,
            source=self.series.source,
            period_start=period.start,
            period_end=period.end,
            as_of=self.as_of,
            known_on=known,
            against_start=against.start if against else None,
            against_end=against.end if against else None,
            base_value=base,
            flags=tuple(held),
            detail={
                **self._frame(),
                **(detail or {}),
                **(told or {}),
                "text": lead,
                "notes": notes,
                "caption": tail,
            },
            sentence=" ".join([lead, *notes, tail]),
            **more,
        )

    def _tail(self, held: list[str], known: dt.date | None) -> str:
        """Return the caption and the source, with the publication date where it has to be said."""
        printed = "inferred_known_on" not in held
        published = known if "published_later" in held and printed else None
        return note_phrases.caption(
            self.voice, self.title, self.caption, self.series.info["publisher"], published
        )

    def _extras(
        self, detail: dict[str, Any] | None, value: float, *, counted: bool
    ) -> tuple[dict[str, Any], list[str]]:
        """Return the details with a round number for counts, and the note on how a comparison moves."""
        found = dict(detail or {})
        if counted and math.isfinite(value) and abs(value) >= _ROUNDED:
            found["rounded"] = hedged_number(value, voice=self.voice)
        moved = found.get("sensitivity", {}).get("text")
        return found, [moved] if moved else []

    def _frame(self) -> dict[str, Any]:
        found: dict[str, Any] = {"data_through": self.cut.isoformat(), "frequency": self.base_kind}
        for name in ("place", "nationality"):
            if getattr(self.series, name):
                found[name] = getattr(self.series, name)
        return found

    def _notes(self, held: list[str], period: Period, known: dt.date | None, *, to_date: bool) -> list[str]:
        """Add the flags that follow from the dates, and say what the flags mean."""
        notes = []
        lag = dt.timedelta(days=int(self.series.info["lag_days"]))
        if known is not None and known > self.as_of + lag:
            held.append("published_later")
        kind = self.base_kind
        if self.cut < self.as_of and period.end == self.cut and period != self.asked:
            held.append("whole_periods")
            if not self.series.regular:
                notes.append(note_phrases.newest_by(self.voice, self.as_of, self.cut))
            elif periods.last_complete(kind, self.as_of).end == self.cut:
                newest = periods.last_complete(kind, self.cut)
                notes.append(note_phrases.last_complete(self.voice, kind, self.as_of, newest))
            else:
                held.append("not_held_yet")
                notes.append(note_phrases.not_held_yet(self.voice, periods.following(kind, self.cut)))
        described = period == self.period and not to_date and "unavailable" not in held
        if self.asked is not None and not self.whole and described:
            held.append("incomplete")
            notes.append(note_phrases.not_complete(self.voice, self.asked, self.period.end))
        if "preliminary" in held:
            told = int(self.series.info["preliminary_periods"])
            number = told if told or self.history is None else self.history.preliminary
            notes.append(note_phrases.preliminary(self.voice, max(1, number)))
        if "partial" in held:
            notes.append(note_phrases.partial_rows(self.voice))
        return notes

    def refusal(self, statistic: str, why: UnavailableError) -> Stat:
        """Make the record of a statistic that has no value."""
        return self.answer(
            statistic,
            math.nan,
            note_phrases.unavailable(self.voice, statistic, why.reason),
            unit="",
            period=why.period or self.period,
            flags=("unavailable", *why.flags),
            detail={"reason": why.reason, **why.detail},
        )


def _carried(span: Span) -> tuple[str, ...]:
    """Return the flags of a sum; that some day was once revised says nothing of a year."""
    return tuple(word for word in span.flags if word != "revised" or span.period.n_days <= _REVISED_DAYS)


def why_not(voice: Voice, series: CountSeries, span: Span) -> str:
    """Say why a stretch of days has no sum."""
    if span.state == "outside":
        return note_phrases.begins(voice, series.first, series.last)
    if span.state == "coarse" and not _cut_on_edges(series.frequency, span.period):
        return note_phrases.coarse(voice, series.frequency)
    return note_phrases.gaps(voice, span.gaps, state=span.state)


def _cut_on_edges(frequency: str, period: Period) -> bool:
    """Return whether a stretch begins and ends with periods of the kind that a series is published by.

    >>> _cut_on_edges("month", Period(dt.date(2017, 9, 1), dt.date(2017, 9, 30)))
    True
    """
    if frequency not in periods.KINDS:
        return False
    edges = period.start - dt.timedelta(days=1), period.end
    return all(periods.last_complete(frequency, day).end == day for day in edges)


def too_fine(kind: str, base_kind: str) -> bool:
    """Say whether a kind of period is too short for a series."""
    if base_kind not in periods.KINDS:
        return kind != "year"
    return base_kind != "week" and periods.KINDS.index(kind) < periods.KINDS.index(base_kind)


def percent_change(value: float, base: float) -> float:
    """Return the change in per cent, rounded to one decimal, half away from zero.

    >>> percent_change(34582, 29090), percent_change(20595, 97940)
    (18.9, -79.0)
    """
    return percent(value - base, base)


def percent(part: float, whole: float) -> float:
    """Return a part in per cent of a whole, to one decimal, half away from zero; exact on whole numbers.

    >>> percent(1, 16), percent(-1, 800)
    (6.3, -0.1)
    """
    exact = Fraction(part) * 1000 / Fraction(whole)
    half = Fraction(1, 2)
    tenths = (exact + half).__floor__() if exact >= 0 else -((-exact + half).__floor__())
    return float(round_half_up(tenths / 10, 1))


def _iso(period: Period) -> str:
    """Write a period as a/b, or as a day."""
    if period.start == period.end:
        return period.start.isoformat()
    return f"{period.start.isoformat()}/{period.end.isoformat()}"


iso = _iso
