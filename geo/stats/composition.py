"""Composition: shares by nationality, sex or age of those recorded, and how they change."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo import terms
from geo.checks import check_choice, check_date
from geo.errors import InvalidInputError, NotCoveredError, UnknownNameError
from geo.stats import composition_phrases as say
from geo.stats.asking import build_question
from geo.stats.choice import read_meta
from geo.stats.composition_maths import Share, check_options, grouped_share, herfindahl, share_change
from geo.stats.composition_tables import (
    BY,
    QUARTER_DAYS,
    REST,
    Composition,
    choose_parts,
    compose,
    five_ends,
    known_tables,
    leading_groups,
    quarters,
)
from geo.stats.locales import read_voice, round_half_up
from geo.stats.periods import Period, parse_period
from geo.stats.question import Question, UnavailableError, percent
from geo.stats.records import Stat, to_frame

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Iterable

    import pandas as pd

__all__ = ["composition_stats", "grouped_share", "herfindahl", "share_change"]


_SAME = 5e-4
"""A range of an index that is narrower is printed as one number."""


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """One composition that is asked for."""

    q: Question
    rows: pd.DataFrame
    by: str
    crossed: int
    fixed: dict[str, str]
    top: int
    smallest: float
    design_effect: float | None

    def parts(self, period: Period) -> Composition:
        """Return the parts of a period, or raise why there are none."""
        place = bool(self.fixed[terms.PLACE])
        told = self.by == terms.NATIONALITY or bool(self.fixed[terms.NATIONALITY])
        if place and told and period.n_days < QUARTER_DAYS:
            raise UnavailableError(say.too_fine(self.q.voice), "not_applicable", period=period)
        return compose(self.q, self.rows, self.by, period, crossed=self.crossed, smallest=self.smallest)


def composition_stats(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    by: str = "nationality",
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    period: Period | dt.date | str | None = None,
    against: int | str | Period | None = None,
    source: str | None = None,
    measure: str | None = None,
    basis: str | None = None,
    place: str = "",
    nationality: str = "",
    sex: str = "",
    age_group: str = "",
    top: int = 5,
    smallest_group: float = 50,
    design_effect: float | None = None,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> pd.DataFrame:
    r"""Divide the people of a period by nationality, sex or age, of those for whom it was recorded.

    Parameters
    ----------
    counts : DataFrame
        A tidy table with rows by `by` (:func:`geo.counts.read_counts`; sex and age from the reader of the
        Home Office's detailed dataset, with ``by``).
    corridors, as_of, known_on, period, against
        As for :func:`~geo.stats.summary.corridor_stats`; `against` is what shares are compared with, default
        the same period a year before.
    by : str
        ``nationality``, ``sex`` or ``age_group``.
    source, measure, basis : str, optional
        The series; needed where several tell `by` apart and none is the headline's source.
    place, nationality, sex, age_group : str
        A part of the people; with one of them the table has two dimensions, and cells of 1 to 4 are withheld.
    top : int
        How many of the largest groups get a record.
    smallest_group : float
        Fewest people recorded for which shares are given; at least 10.
    design_effect : float, optional
        How many times larger the variance of a share is than that of as many independent people, since people
        arrive in groups; default as estimated between quarters, and no interval where that cannot be.
    language, catalogues
        As for :func:`~geo.stats.summary.corridor_stats`.

    Returns
    -------
    table : DataFrame
        Index (corridor, statistic): ``share_of_recorded`` (%, per group, ``detail["category"]``),
        ``unknown_count``, ``top_five_share`` (%, of nationalities), ``herfindahl`` (0 to 1;
        ``detail["effective_number"]``) and ``share_change`` (percentage points, per group). Where a report
        has a rest that it does not name (``other``), what depends on it is a range.

    Raises
    ------
    InvalidInputError
        If an option is out of range.
    UnknownNameError, NotCoveredError
        If no corridor can be answered; of several, those that can are, and the others noted.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> table = composition_stats(read_counts(), "channel", period="2022", top=2)
    >>> table.loc[("channel", "share_of_recorded"), "value"].tolist()
    [27.8, 19.9, 0.1]
    >>> print(table["detail"].iloc[0]["text"].replace("\N{NO-BREAK SPACE}", " "))
    Nationals of Albania made up 28 % of the 45,573 people whose nationality was recorded in 2022; for 201 it
    was not recorded.
    """
    check_choice(by, BY, name="by")
    check_options(top, smallest_group, design_effect)
    fixed = {"place": place, "nationality": nationality, "sex": sex, "age_group": age_group}
    if fixed[by]:
        raise InvalidInputError(f"Invalid {by} '{fixed[by]}'. It is what people are told apart by.")
    voice = read_voice(language, catalogues=catalogues)
    days = (
        None if as_of is None else check_date(as_of, name="as_of"),
        None if known_on is None else check_date(known_on, name="known_on"),
        None,
    )
    wanted = None if period is None else parse_period(period)
    records: list[Stat] = []
    notes: list[dict[str, str]] = []
    faults: list[UnknownNameError | NotCoveredError] = []
    for meta in read_meta(corridors, counts):
        try:
            rows = choose_parts(counts, meta, by, fixed, (source, measure, basis))
            if rows is None:
                notes.append({"corridor": meta.id, "note": say.nothing(voice, meta.title, by)})
                continue
            rows, whole = known_tables(counts, rows, by, fixed, days[1])
            q = build_question(counts, meta, whole, days, wanted, against, None, voice)
        except (UnknownNameError, NotCoveredError) as error:
            faults.append(error)
            notes.append({"corridor": meta.id, "note": str(error)})
            continue
        crossed = 1 + sum(1 for part in fixed.values() if part)
        asked = _Asked(q, rows, by, crossed, fixed, top, smallest_group, design_effect)
        records += _records(asked)
    if faults and not records:
        raise faults[0] if len(faults) == 1 else type(faults[0])("\n".join(str(fault) for fault in faults))
    return to_frame(records, notes=notes)


def _records(asked: _Asked) -> list[Stat]:
    """Answer for one corridor."""
    q = asked.q
    try:
        now = asked.parts(q.period)
    except UnavailableError as why:
        names = ("share_of_recorded", "unknown_count", "top_five_share", "herfindahl", "share_change")
        return [q.refusal(name, why) for name in names]
    leading = leading_groups(now, asked.top)
    shares = [_share(asked, now, name) for name in leading]
    if now.rest:
        shares.append(_share(asked, now, REST))
    return [
        *shares,
        _unknown(asked, now),
        *([_top_five(asked, now)] if asked.by == terms.NATIONALITY else []),
        _herfindahl(asked, now),
        *_changes(asked, now, leading),
    ]


def _told(asked: _Asked, parts: Composition, **more: object) -> dict[str, Any]:
    """Return what every record says of its denominator."""
    kept = {name: value for name, value in asked.fixed.items() if value}
    return {
        "by": asked.by,
        "recorded": parts.recorded,
        "unknown": parts.unknown,
        "withheld": list(parts.withheld),
        **kept,
        **more,
    }


def _whole(asked: _Asked, number: float) -> str:
    return say.whole(asked.q.voice, asked.by, say.people(asked.q.voice, dict(asked.q.wording), number))


def _answer(
    asked: _Asked,
    parts: Composition,
    name: str,
    value: float,
    clause: str,
    **more: Any,  # noqa: ANN401 - further fields of the record
) -> Stat:
    """Make a record, and note what is withheld."""
    q = asked.q
    notes = [*more.pop("notes", []), *say.parts_notes(q.voice, parts)]
    stat = q.answer(name, value, clause, q.need(q.period), **more)
    if not notes:
        return stat
    told = [*notes, *stat.detail["notes"]]
    sentence = " ".join([stat.detail["text"], *told, stat.detail["caption"]])
    return dataclasses.replace(stat, detail=stat.detail | {"notes": told}, sentence=sentence)


def _share(asked: _Asked, now: Composition, category: str) -> Stat:
    """Make the share of one group."""
    q, part = asked.q, float(now.cells[category])
    name = say.group(q.voice, asked.by, category)
    if category in now.withheld:
        return _share_range(asked, now, category, name)
    value, exact = percent(part, now.recorded), part / now.recorded * 100
    told = say.percent(q.voice, exact)
    clause = say.share(q.voice, name, told, _whole(asked, now.recorded), q.period, now)
    more: dict[str, Any] = {}
    if now.unknown_most:
        total = now.recorded + now.unknown
        low, high = part / total * 100, (part + now.unknown_most) / total * 100
        notes = say.range_note(q.voice, low, high)
        more = {"low": min(low, value), "high": max(high, value), "notes": notes}
        more["interval"] = say.unknown_range(q.voice)
    detail = _told(asked, now, category=category, part=part, exact=exact)
    return _answer(
        asked, now, "share_of_recorded", value, clause, unit="%", base=now.recorded, detail=detail, **more
    )


def _share_range(asked: _Asked, now: Composition, category: str, name: str) -> Stat:
    """Make the share of a group of which a figure is withheld, as the range that the others leave."""
    voice = asked.q.voice
    low = float(now.least[category]) / now.recorded * 100
    fewest = now.recorded + now.unknown - now.unknown_most
    high = min(float(now.most[category]) / fewest * 100, 100.0)
    told = say.between(voice, low, high)
    clause = say.share(voice, name, told, _whole(asked, now.recorded), asked.q.period, now)
    more: dict[str, Any] = {"unit": "%", "base": now.recorded, "flags": ("range_only",), "low": low}
    more |= {
        "high": high,
        "interval": say.withheld_range(voice),
        "detail": _told(asked, now, category=category),
    }
    return _answer(asked, now, "share_of_recorded", math.nan, clause, **more)


def _unknown(asked: _Asked, now: Composition) -> Stat:
    """Make the number of people of whom nothing was recorded."""
    q = asked.q
    total = now.recorded + now.unknown
    counted = say.people(q.voice, dict(q.wording), total)
    value = now.unknown / total * 100
    clause = say.unknown(q.voice, asked.by, now, counted, q.period, value)
    detail = _told(asked, now, percent=percent(now.unknown, total))
    more: dict[str, Any] = {}
    if now.unknown_most > now.unknown:
        more = {"low": now.unknown, "high": now.unknown_most, "interval": say.withheld_range(q.voice)}
    return _answer(asked, now, "unknown_count", now.unknown, clause, base=total, detail=detail, **more)


def _top_five(asked: _Asked, now: Composition) -> Stat:
    """Make the share of the five largest groups; at least so much where a rest could hold a larger one."""
    q, (low, top, names) = asked.q, five_ends(now)
    value, high = percent(low, now.recorded), math.nan
    more: dict[str, Any] = {}
    if top - low > _SAME * now.recorded:
        if now.withheld and (not low or top - low > now.recorded / 2):
            why = UnavailableError(say.group_withheld(q.voice), "suppressed", period=q.period)
            return q.refusal("top_five_share", why)
        high = top / now.recorded * 100
        interval = say.withheld_range(q.voice) if now.withheld else say.rest_range(q.voice)
        more = {"low": min(value, high), "high": high, "interval": interval}
    exact = low / now.recorded * 100
    clause = say.five(q.voice, exact, _whole(asked, now.recorded), q.period, now, high)
    detail = _told(asked, now, categories=names, exact=exact)
    return _answer(
        asked, now, "top_five_share", value, clause, unit="%", base=now.recorded, detail=detail, **more
    )


def _herfindahl(asked: _Asked, now: Composition) -> Stat:
    """Make the Herfindahl index; a range where a rest is not told apart, nothing where a cell is withheld."""
    q = asked.q
    if now.withheld:
        why = UnavailableError(say.group_withheld(q.voice), "suppressed", period=q.period)
        return q.refusal("herfindahl", why)
    low = float(((now.named / now.recorded) ** 2).sum())
    high = low + (now.rest / now.recorded) ** 2
    ends = (low, low if high - low < _SAME else high)
    clause = say.concentration(q.voice, asked.by, *ends, q.period)
    more: dict[str, Any] = {"low": low, "high": high, "interval": say.rest_range(q.voice)} if now.rest else {}
    if high - low < _SAME:
        detail = _told(asked, now, effective_number=1 / low)
        return _answer(asked, now, "herfindahl", low, clause, unit="index", detail=detail, **more)
    detail = _told(asked, now, effective_number_low=1 / high, effective_number_high=1 / low)
    more["flags"] = ("range_only",)
    return _answer(asked, now, "herfindahl", math.nan, clause, unit="index", detail=detail, **more)


def _changes(asked: _Asked, now: Composition, leading: list[str]) -> list[Stat]:
    """Make the changes of the leading groups' shares."""
    q = asked.q
    try:
        base = q.against or q.back(q.period)
        before = asked.parts(base)
    except UnavailableError as why:
        told = UnavailableError(why.reason, *why.flags, period=q.period, detail=why.detail)
        return [q.refusal("share_change", told)]
    return [_change(asked, now, before, base, category) for category in leading]


def _change(asked: _Asked, now: Composition, before: Composition, base: Period, category: str) -> Stat:
    """Make the change of one group's share, in percentage points."""
    q = asked.q
    hidden = category in {*now.withheld, *before.withheld}
    if hidden or (category not in before.cells and before.rest):
        name = say.group(q.voice, asked.by, category)
        reason = say.group_withheld(q.voice, name) if hidden else say.not_named(q.voice, name)
        flag = "suppressed" if hidden else "not_applicable"
        about = {"by": asked.by, "category": category}
        return q.refusal("share_change", UnavailableError(reason, flag, period=q.period, detail=about))
    pair = _grouped(asked, now, q.period, category), _grouped(asked, before, base, category)
    given = asked.design_effect is not None
    change, low, high = (100 * value for value in share_change(*pair))
    shares = (pair[0].value * 100, pair[1].value * 100)
    name = say.group(q.voice, asked.by, category)
    clause = say.change(q.voice, name, shares, q.period, base, (low, high))
    detail: dict[str, Any] = _told(
        asked,
        now,
        category=category,
        share=shares[0],
        share_before=shares[1],
        recorded_before=before.recorded,
        unknown_before=before.unknown,
        exact=change,
    )
    more: dict[str, Any] = {}
    if not math.isnan(low):
        effects = (pair[0].design_effect, pair[1].design_effect)
        detail |= {"design_effect": effects[0], "design_effect_before": effects[1], "given": given}
        said = (say.GIVEN, say.ASSUMPTIONS[1]) if given else say.ASSUMPTIONS
        more = {
            "low": low,
            "high": high,
            "interval": say.confidence(q.voice),
            "method": say.method(q.voice, effects, given=given),
            "assumptions": tuple(q.voice.messages.gettext(text) for text in said),
        }
    return _answer(
        asked,
        now,
        "share_change",
        float(round_half_up(change, 1)),
        clause,
        unit="percentage points",
        against=base,
        base=shares[1],
        detail=detail,
        **more,
    )


def _grouped(asked: _Asked, parts: Composition, period: Period, category: str) -> Share:
    """Return the share of a group with its variance, between quarters where they are held."""
    part = float(parts.cells.get(category, 0.0))
    if asked.design_effect is not None:
        return grouped_share([part], [parts.recorded], design_effect=asked.design_effect)
    held = quarters(asked.q, asked.rows, asked.by, period, category)
    if len(held) < 3:
        return grouped_share([part], [parts.recorded])
    split = grouped_share([x for x, _ in held], [n for _, n in held])
    return dataclasses.replace(split, value=part / parts.recorded)
