"""Published sentences, held against the figures: supported, contradicted, or not checkable.

A sentence is about a period and keeps that period whatever data date it is held against; the data date only
says how far ranks and records look. Who published the sentence (``source``) and where the figures come from
(``figures``) are two things.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo import _claim_phrases as phrases
from geo import terms
from geo._claim_answers import LOOKS_ON, Answer, Tongue, ask, series_of
from geo._claim_files import Claim, read_claims
from geo._claim_phrases import CONTRADICTED, NOT_CHECKABLE, SUPPORTED
from geo.checks import check_choice, check_date, raise_faults
from geo.counts import series_info
from geo.display import Displayed
from geo.errors import UnknownNameError
from geo.stats import read_voice
from geo.stats.choice import read_meta

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from geo.stats import Stat

__all__ = ["VERDICTS", "Claim", "OtherBasis", "Verdict", "check_claims", "claims_document", "read_claims"]

VERDICTS: Final = (SUPPORTED, CONTRADICTED, NOT_CHECKABLE)
"""The three answers."""
SCHEMA_VERSION: Final = 1
"""Version of the JSON form (``geo/data/schemas/verdicts.schema.json``)."""


@dataclass(frozen=True, slots=True)
class OtherBasis(Displayed):
    """Other figures on which a sentence holds.

    Attributes
    ----------
    source, basis : str
        The series, of the same measure.
    value : float
        What it gives.
    known_on : date or None
        When that was published.
    text : str
        Such as ``true on the final figures: 45,774``.
    """

    source: str
    basis: str
    value: float
    known_on: dt.date | None
    text: str


@dataclass(frozen=True, slots=True)
class Verdict(Displayed):
    """What the figures say of one sentence.

    Attributes
    ----------
    claim : Claim
        The sentence.
    verdict : str
        ``supported``, ``contradicted`` or ``not checkable``.
    value : float
        What was computed; NaN where nothing could be.
    unit : str
        Its unit.
    difference : float
        Computed less printed, in that unit (points, of percentages); NaN where nothing was computed.
    rounding : str
        The rounding that the printed number implies.
    as_of : date or None
        Data date that it was held against.
    known_on : date or None
        The vintage: newest publication date among the figures used.
    source, measure, basis : str
        The series used; "" where none could be.
    elsewhere : tuple of OtherBasis
        Other sources and bases of the measure on which the sentence holds.
    notes : tuple of str
        What else has to be said: of the figures, of a tolerated point, of an earlier data date.
    figure : str
        What was computed, as it is written; "" where nothing could be.
    why : str
        What the verdict rests on.
    sentence : str
        The verdict in one sentence.
    """

    claim: Claim
    verdict: str
    value: float = math.nan
    unit: str = ""
    difference: float = math.nan
    rounding: str = ""
    as_of: dt.date | None = None
    known_on: dt.date | None = None
    source: str = ""
    measure: str = ""
    basis: str = ""
    elsewhere: tuple[OtherBasis, ...] = ()
    notes: tuple[str, ...] = ()
    figure: str = ""
    why: str = ""
    sentence: str = ""


def check_claims(
    claims: Iterable[Claim],
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    as_of: dt.date | str | None = None,
    known_on: dt.date | str | None = None,
    language: str = "en",
    catalogues: str | os.PathLike[str] | None = None,
) -> list[Verdict]:
    """Hold published sentences against the figures.

    Parameters
    ----------
    claims : iterable of Claim
        From :func:`read_claims`.
    counts : DataFrame
        A tidy table (:func:`geo.counts.read_counts`), of one or many vintages.
    corridors : DataFrame, str or iterable of str, optional
        Corridors as :func:`geo.stats.corridor_stats` takes them; default those that the claims name.
    as_of : date or str, optional
        Ask every sentence again at this data date, whatever its own is; what it is about stays.
    known_on : date or str, optional
        Use figures published by this day for every sentence, whatever its own is.
    language : str
        Language of the verdicts, see :func:`geo.stats.read_voice`.
    catalogues : path, optional
        Folder of your own catalogues.

    Returns
    -------
    verdicts : list of Verdict
        One per claim, in their order.

    Raises
    ------
    InvalidInputError
        If a claim names a corridor or a source of figures that is not held; all are listed, with suggestions.
        If `as_of` or `known_on` is no day.
    UnknownNameError
        If there is no catalogue of the language.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> [verdict.verdict for verdict in check_claims(read_claims(), read_counts())]
    ['supported', 'supported', 'supported', 'supported', 'supported']
    >>> print(check_claims(read_claims()[3:4], read_counts(), as_of="2026-08-20")[0].sentence)
    Contradicted: rank 3 (the sentence: 1), up to 20 August 2026, on provisional figures of UK Home Office
    published 21 August 2026; it held up to 12 December 2024.
    """
    listed = list(claims)
    days = {
        name: check_date(day, name=name)
        for name, day in (("as_of", as_of), ("known_on", known_on))
        if day is not None
    }
    held = _corridors(listed, counts, corridors)
    tongue = Tongue(read_voice(language, catalogues=catalogues), language, catalogues)
    return [_check(claim, days, counts, held[claim.corridor], tongue) for claim in listed]


def _corridors(
    claims: Sequence[Claim], counts: pd.DataFrame, corridors: pd.DataFrame | str | Iterable[str] | None
) -> dict[str, Any]:
    """Return what statistics take for each corridor; tell every name that is not held."""
    from geo.routes import read_corridors

    sources = set(counts[terms.SOURCE].unique())
    table = read_corridors() if corridors is None else corridors
    known: dict[str, Any]
    if hasattr(table, "index") and hasattr(table, "loc"):
        known = {str(name): table.loc[[name]] for name in table.index}
    else:
        known = {meta.id: meta.id for meta in read_meta(table, counts)}
    if corridors is None:
        known = {**{str(name): str(name) for name in counts[terms.CORRIDOR].unique()}, **known}
    faults = []
    for claim in claims:
        for name, value, choices in (
            ("corridor", claim.corridor, known),
            ("figures", claim.figures or None, sources),
        ):
            try:
                if value is not None:
                    check_choice(value, choices, name=name)
            except UnknownNameError as error:
                faults.append(f"claim '{claim.id}', field '{name}': {error}")
    raise_faults("claims", faults)
    return known


def _check(
    claim: Claim,
    override: Mapping[str, dt.date],
    counts: pd.DataFrame,
    corridor: Any,  # noqa: ANN401 - an id or a table
    tongue: Tongue,
) -> Verdict:
    as_of = override.get("as_of") or claim.as_of or claim.until
    known_on = override.get("known_on") or claim.known_on
    voice = tongue.voice
    rounding = phrases.rounding(voice, claim.printed, percent=claim.percent)
    part, answer = _part(counts, claim), Answer(None, None, phrases.no_part(voice, _people(claim)))
    series: dict[str, str] = {}
    if part is counts or (part[terms.CORRIDOR] == claim.corridor).any():
        series = series_of(claim, part, corridor)
        answer = ask(claim, part, corridor, as_of, known_on, series, tongue)
    stat, judgement = answer.stat, answer.judgement
    if stat is None or judgement is None:
        return _open(claim, answer.reason, tongue, rounding=rounding, as_of=as_of, known_on=known_on)
    others: tuple[OtherBasis, ...] = ()
    extra = [phrases.remark(voice, judgement.remark)] if judgement.remark else []
    notes = [*extra, *(str(note) for note in stat.detail.get("notes", []))]
    if not judgement.holds:
        others = tuple(_elsewhere(claim, part, corridor, as_of, known_on, stat, tongue))
        until = claim.until
        if claim.statistic in LOOKS_ON and until and as_of and as_of > until:
            before = ask(claim, part, corridor, until, known_on, series, tongue)
            if before.judgement and before.judgement.holds:
                extra.append(phrases.held_until(voice, until))
                notes.insert(0, extra[-1])
    difference = answer.figure - float(claim.printed.value) if claim.asked != "threshold_date" else math.nan
    verdict = SUPPORTED if judgement.holds else CONTRADICTED
    why = phrases.why(
        voice,
        stat,
        f"{claim.qualifier} {claim.value}".strip(),
        instead=answer.reason,
        until=as_of if claim.asked in LOOKS_ON else None,
        publisher=series_info(stat.source, stat.measure)["publisher"],
        extra=[*extra, *(other.text for other in others)],
    )
    return Verdict(
        claim=claim,
        verdict=verdict,
        value=stat.value,
        unit=stat.unit,
        difference=round(difference, 6) + 0.0,
        rounding=rounding,
        as_of=as_of,
        known_on=stat.known_on,
        source=stat.source,
        measure=stat.measure,
        basis=stat.basis,
        elsewhere=others,
        notes=tuple(notes),
        figure=phrases.figure(voice, stat),
        why=why,
        sentence=phrases.sentence(voice, verdict, why),
    )


def _open(claim: Claim, reason: str, tongue: Tongue, **about: Any) -> Verdict:  # noqa: ANN401 - fields of Verdict
    """Return the verdict on a sentence that cannot be checked."""
    told = f"{reason.rstrip('.')}."
    sentence = phrases.sentence(tongue.voice, NOT_CHECKABLE, told)
    return Verdict(claim, NOT_CHECKABLE, why=told, sentence=sentence, **about)


def _part(counts: pd.DataFrame, claim: Claim) -> pd.DataFrame:
    """Return the rows of the sex and the age group that a sentence is about, as a table of its own."""
    if not (claim.sex or claim.age_group):
        return counts
    same = (counts[terms.SEX] == claim.sex) & (counts[terms.AGE_GROUP] == claim.age_group)
    return counts[same].assign(**{terms.SEX: "", terms.AGE_GROUP: ""})


def _people(claim: Claim) -> str:
    return ", ".join(f"{name} '{value}'" for name, value in claim.people if value)


def _elsewhere(
    claim: Claim,
    counts: pd.DataFrame,
    corridor: Any,  # noqa: ANN401 - an id or a table
    as_of: dt.date | None,
    known_on: dt.date | None,
    used: Stat,
    tongue: Tongue,
) -> Iterable[OtherBasis]:
    """Yield the other sources and bases of the same measure on which a sentence holds."""
    same = (counts[terms.CORRIDOR] == claim.corridor) & (counts[terms.MEASURE] == used.measure)
    found = (
        counts.loc[same, [terms.SOURCE, terms.BASIS]]
        .drop_duplicates()
        .sort_values([terms.SOURCE, terms.BASIS])
    )
    for source, basis in found.itertuples(index=False):
        if (source, basis) == (used.source, used.basis):
            continue
        series = {"source": source, "measure": used.measure, "basis": basis}
        other = ask(claim, counts, corridor, as_of, known_on, series, tongue)
        if other.stat is None or other.judgement is None or not other.judgement.holds:
            continue
        title = series_info(source, used.measure)["title"]
        named = str(basis) if basis != used.basis else ""
        text = phrases.other_basis(tongue.voice, other.stat, named, title)
        yield OtherBasis(str(source), str(basis), other.stat.value, other.stat.known_on, text)


def claims_document(verdicts: Sequence[Verdict], *, command: str | None = None) -> dict[str, Any]:
    """Lay verdicts out as JSON: no NaN, days as text.

    Examples
    --------
    >>> claims_document([])["verdicts"]
    []
    """
    counted = {name: sum(verdict.verdict == name for verdict in verdicts) for name in VERDICTS}
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "counted": counted,
        "verdicts": [_plain(dataclasses.asdict(verdict)) for verdict in verdicts],
    }
    if command is not None:
        document["command"] = command
    return document


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a record, made JSON-safe
    if isinstance(value, dict):
        if set(value) == {"start", "end", "days"}:
            return f"{value['start'].isoformat()}/{value['end'].isoformat()}"
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return None if not math.isfinite(value) else int(value) if value.is_integer() else value
    return value.isoformat() if hasattr(value, "isoformat") else value
