"""Ranks: where a period stands among all periods of its length up to the data date."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.stats import note_phrases, phrases, rank_phrases
from geo.stats.question import UnavailableError, iso, too_fine
from geo.stats.series import merge_periods
from geo.stats.settling import settled_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.stats.periods import Period
    from geo.stats.question import Question
    from geo.stats.records import Stat
    from geo.stats.series import Bins, Span

_LISTED = 3
"""Periods above the described one that its sentence names."""


@dataclass(frozen=True, eq=False)
class _Field:
    """The periods of one length that are compared."""

    kind: str
    scope: str
    bins: Bins


def rank(scope: str) -> Callable[[Question, str], Stat]:
    """Make the rank of the described period: 1 is the highest, ties are equal."""

    def statistic(q: Question, name: str) -> Stat:
        span = _described(q)
        found = _field(q, scope)
        value, values = span.value, found.bins.value
        _check_gaps(q, found, value)
        higher = np.flatnonzero(values > value)
        equals = int((values == value).sum()) - 1
        place = len(higher) + 1
        earlier = np.flatnonzero((found.bins.end < span.period.start.toordinal()) & ~np.isnan(values))
        before = _pair(found.bins, int(earlier[np.argmax(values[earlier])])) if earlier.size else None
        among = rank_phrases.group(q.voice, found.kind, scope, span.period, len(values))
        until = rank_phrases.up_to(q.voice, q.cut, span.period)
        top = sorted(higher.tolist(), key=lambda at: (-values[at], at))
        if value == 0:
            clause = rank_phrases.rank_of_zero(
                q.voice,
                phrases.happened(q.voice, q.wording, span.period, 0, span.qualifier),
                zeros=q.voice.number(equals + 1),
                among=among,
                until=until,
            )
        else:
            clause = rank_phrases.rank(
                q.voice,
                phrases.count(q.voice, q.wording, value, span.qualifier),
                span.period,
                rank=place,
                of=len(values),
                equals=equals,
                among=among,
                until=until,
                before=before,
                above=[_pair(found.bins, at) for at in top] if len(top) <= _LISTED else [],
            )
        detail: dict[str, Any] = {
            "rank": place,
            "of": len(values),
            "equals": equals,
            "kind": found.kind,
            "scope": scope,
            "up_to": q.cut.isoformat(),
            "current_value": value,
            "previous_highest": _told(before),
            "above": [_told(_pair(found.bins, at)) for at in top[:10]],
        }
        flags = ("equal",) if equals else ()
        return q.answer(name, place, clause, _of_all(q, span), unit="rank", flags=flags, detail=detail)

    return statistic


def highest(scope: str) -> Callable[[Question, str], Stat]:
    """Make the highest period of the described length up to the data date."""

    def statistic(q: Question, name: str) -> Stat:
        found = _field(q, scope)
        values = found.bins.value
        if not (~np.isnan(values)).any():
            raise UnavailableError(note_phrases.begins(q.voice, q.series.first, q.series.last), "outside")
        best = int(np.nanargmax(values))
        value = float(values[best])
        if value == 0:
            raise UnavailableError(q.voice.say("nothing was counted"), "not_applicable")
        _check_gaps(q, found, value)
        equals = int((values == value).sum()) - 1
        period = found.bins.period(best)
        top = q.need(period)
        clause = rank_phrases.highest(
            q.voice,
            phrases.count(q.voice, q.wording, value, top.qualifier),
            period,
            equals=equals,
            among=rank_phrases.group(q.voice, found.kind, scope, _asked(q), len(values)),
            until=q.voice.say("up to {day}", day=q.voice.day(q.cut)),
        )
        detail = {
            "kind": found.kind,
            "scope": scope,
            "of": len(values),
            "equals": equals,
            "up_to": q.cut.isoformat(),
        }
        flags = ("equal",) if equals else ()
        settled = settled_range(q, top)
        return q.answer(
            name, value, clause, _of_all(q, top), period=period, flags=flags, detail=detail, **settled
        )

    return statistic


def since(*, low: bool) -> Callable[[Question, str], Stat]:
    """Make the latest earlier period with a figure as high (or as low) as the described one."""

    def statistic(q: Question, name: str) -> Stat:
        span = _described(q)
        found = _field(q, "all")
        if span.value == 0:
            raise UnavailableError(q.voice.say("nothing was counted"), "not_applicable")
        earlier = found.bins.keep(found.bins.end < span.period.start.toordinal())
        reaches = earlier.value <= span.value if low else earlier.value >= span.value
        at = int(np.flatnonzero(reaches)[-1]) if reaches.any() else None
        later = np.arange(len(earlier.value)) > (-1 if at is None else at)
        _check_gaps(q, _Field(found.kind, "all", earlier.keep(later)), span.value, low=low)
        pair = None if at is None else _pair(earlier, at)
        direct = at is not None and at == len(earlier.value) - 1
        clause = rank_phrases.extreme_since(
            q.voice,
            phrases.count(q.voice, q.wording, span.value, span.qualifier),
            span.period,
            pair,
            low=low,
            direct=direct,
            first=q.series.first,
        )
        detail = {"since": _told(pair), "kind": found.kind, "periods_between": int(later.sum())}
        return q.answer(
            name,
            span.value,
            clause,
            _of_all(q, span),
            against=None if pair is None else pair[1],
            base=float("nan") if pair is None else pair[0],
            detail=detail,
            **settled_range(q, span),
        )

    return statistic


def _asked(q: Question) -> Period:
    return q.asked or q.period


def _described(q: Question) -> Span:
    """Return the described period's sum; a rank needs the whole of it."""
    if not q.whole:
        reason = q.voice.say("the period is not complete by {day}", day=q.voice.day(q.cut))
        raise UnavailableError(reason, "incomplete")
    return q.need(q.period)


def _field(q: Question, scope: str) -> _Field:
    """Gather the periods to compare."""
    asked, series = _asked(q), q.series
    kind = asked.kind
    if series.overlapping or not series.regular or kind == "span":
        raise UnavailableError(
            q.voice.say("only days, weeks, months, quarters and years are ranked"), "not_applicable"
        )
    if too_fine(kind, q.base_kind) or (q.base_kind == "week" != kind):
        raise UnavailableError(note_phrases.coarse(q.voice, q.base_kind), "not_applicable")
    bins = series.bins(kind, q.cut)
    if scope == "all":
        return _checked(q, _Field(kind, scope, bins))
    if kind == "year" or (scope == "month" and kind == "week"):
        raise UnavailableError(q.voice.say("it makes no sense for this length"), "not_applicable")
    return _checked(q, _Field(kind, scope, bins.keep(_alike(bins, asked, scope))))


def _checked(q: Question, found: _Field) -> _Field:
    """Refuse a comparison of one with itself."""
    if len(found.bins.value) < 2:
        raise UnavailableError(q.voice.say("there is no other period to compare with"), "outside")
    return found


def _alike(bins: Bins, asked: Period, scope: str) -> NDArray[np.bool_]:
    """Choose the periods of the same calendar month (or quarter), or of the same year."""
    epoch = dt.date(1970, 1, 1).toordinal()
    middle = 3 if bins.kind == "week" else 0
    months = (bins.start + middle - epoch).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    one = asked.start + dt.timedelta(days=middle)
    if scope == "month":
        return np.asarray(months % 12 == one.month - 1)
    return np.asarray(months // 12 == one.year - 1970)


def _check_gaps(q: Question, found: _Field, value: float, *, low: bool = False) -> None:
    """Refuse where a period without a figure could change the answer.

    A missing period that lies inside a published longer one holds at most that one's figure; where this is
    below `value`, it cannot rank above.
    """
    empty = np.flatnonzero(np.isnan(found.bins.value))
    gaps = [found.bins.period(int(at)) for at in empty]
    apart = gaps if low else [gap for gap in gaps if q.series.at_most(gap) >= value]
    if not apart:
        return
    open_ = merge_periods(apart)
    states = {q.series.span(gap).state for gap in apart}
    state = states.pop() if len(states) == 1 else "missing"
    raise UnavailableError(
        note_phrases.gaps(q.voice, open_, state=state),
        *dict.fromkeys(("missing", state) if state != "suppressed" else (state,)),
        detail={"missing": [iso(gap) for gap in open_[:20]], "missing_count": len(apart)},
    )


def _of_all(q: Question, span: Span) -> Span:
    """Let a sum carry the vintage of all figures up to the data date: a rank rests on all of them."""
    used = q.series.known[q.series.end <= q.cut.toordinal()]
    known = dt.date.fromordinal(int(used.max())) if used.size else span.known_on
    return dataclasses.replace(span, known_on=known)


def _pair(bins: Bins, at: int) -> tuple[float, Period]:
    return float(bins.value[at]), bins.period(at)


def _told(pair: tuple[float, Period] | None) -> dict[str, Any] | None:
    if pair is None:
        return None
    return {
        "value": pair[0],
        "period": iso(pair[1]),
        "start": pair[1].start.isoformat(),
        "end": pair[1].end.isoformat(),
    }
