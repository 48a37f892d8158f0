"""Phrases of composition; a part of the one catalogue (:mod:`geo.stats.phrases`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.stats.when import when

if TYPE_CHECKING:
    from geo.stats.composition_tables import Composition
    from geo.stats.locales import Voice
    from geo.stats.periods import Period


def _mark(message: str) -> str:
    """Mark a message for the catalogue."""
    return message


_RECORDED: Final = {
    "nationality": _mark("the {people} whose nationality was recorded"),
    "sex": _mark("the {people} whose sex was recorded"),
    "age_group": _mark("the {people} whose age was recorded"),
}
_NOUNS: Final = {
    "nationality": _mark("nationality"),
    "sex": _mark("sex"),
    "age_group": _mark("age group"),
}
ASSUMPTIONS: Final = (
    _mark("Quarters stand for the groups in which people arrive."),
    _mark("People whose category was not recorded are like those of whom it was."),
)
GIVEN: Final = _mark("People arrive in groups as large as the design effect that was given says.")


def percent(v: Voice, value: float) -> str:
    r"""Write a share: whole, as publishers do, or with a decimal under 1 %.

    >>> from geo.stats.locales import read_voice
    >>> [percent(read_voice(), share).replace("\N{NO-BREAK SPACE}", " ") for share in (27.8, 0.44, 0.02)]
    ['28 %', '0.4 %', 'under 0.1 %']
    """
    if 0 < value < 0.05:
        return v.say("under {number}\N{NO-BREAK SPACE}%", number=v.number(0.1, places=1))
    number = v.number(value, places=1 if 0 < abs(value) < 1 else 0).replace("-", "−")
    return v.say("{number}\N{NO-BREAK SPACE}%", number=number)


def people(v: Voice, wording: dict[str, str], number: float) -> str:
    """Count people in the words of the series."""
    noun = v.say_plural(wording["singular"], wording["plural"], number)
    return v.say("{number} {noun}", number=v.number(number), noun=noun)


def whole(v: Voice, by: str, counted: str) -> str:
    """Name the denominator."""
    return v.messages.gettext(_RECORDED[by]).format(people=counted)


def group(v: Voice, by: str, category: str) -> str:
    """Name the people of a category."""
    if by == "nationality":
        if category == "stateless":
            return v.say("stateless people")
        if category == "other":
            return v.say("people of nationalities that are not named")
        return v.say("nationals of {country}", country=v.country(category))
    if by == "sex":
        return (
            v.say("people recorded as female") if category == "female" else v.say("people recorded as male")
        )
    if category == "other":
        return v.say("people of other ages")
    return v.say("people aged {group}", group=category)


def not_recorded_tail(v: Voice, clause: str, parts: Composition) -> str:
    """Add for how many it was not recorded."""
    number = v.number(parts.unknown)
    if parts.unknown_most > parts.unknown:
        if parts.unknown == 0:
            return v.say("{clause}; for how many it was not recorded is withheld", clause=clause)
        return v.say("{clause}; for at least {number} it was not recorded", clause=clause, number=number)
    if parts.unknown == 0:
        return v.say("{clause}; the figures give none as not recorded", clause=clause)
    return v.say("{clause}; for {number} it was not recorded", clause=clause, number=number)


def share(v: Voice, name: str, told: str, denominator: str, period: Period, parts: Composition) -> str:
    """Say which share a group made up."""
    clause = v.say(
        "{group} made up {share} of {whole} {when}",
        group=name,
        share=told,
        whole=denominator,
        when=when(v, period),
    )
    return not_recorded_tail(v, clause, parts)


def between(v: Voice, low: float, high: float) -> str:
    """Write a share that is known as a range."""
    ends = percent(v, low), percent(v, high)
    return ends[0] if ends[0] == ends[1] else v.say("{low} to {high}", low=ends[0], high=ends[1])


def unknown(v: Voice, by: str, parts: Composition, counted: str, period: Period, value: float) -> str:
    """Say for how many nothing was recorded."""
    number = parts.unknown
    if parts.unknown_most > number:
        if number == 0:
            return v.say(
                "{when}, for how many of {people} the {by} was not recorded is withheld",
                when=when(v, period),
                people=counted,
                by=v.messages.gettext(_NOUNS[by]),
            )
        return v.say(
            "{when}, the {by} of at least {number} of {people} was not recorded ({share})",
            when=when(v, period),
            by=v.messages.gettext(_NOUNS[by]),
            number=v.number(number),
            people=counted,
            share=percent(v, value),
        )
    if number == 0:
        return v.say(
            "{when}, the figures give none of {people} as not recorded by {by}",
            when=when(v, period),
            people=counted,
            by=v.messages.gettext(_NOUNS[by]),
        )
    return v.say(
        "{when}, the {by} of {number} of {people} was not recorded ({share})",
        when=when(v, period),
        by=v.messages.gettext(_NOUNS[by]),
        number=v.number(number),
        people=counted,
        share=percent(v, value),
    )


def five(v: Voice, value: float, denominator: str, period: Period, parts: Composition, high: float) -> str:
    """Say which share the five largest nationalities made up."""
    told = percent(v, value)
    if high == high:
        told = v.say("at least {share}", share=told)
    clause = v.say(
        "the five largest nationalities made up {share} of {whole} {when}",
        share=told,
        whole=denominator,
        when=when(v, period),
    )
    return not_recorded_tail(v, clause, parts)


def concentration(v: Voice, by: str, low: float, high: float, period: Period) -> str:
    """Say how concentrated the composition was."""
    parts = {"by": v.messages.gettext(_NOUNS[by]), "when": when(v, period)}
    if low == high:
        return v.say(
            "{when}, the Herfindahl index by {by} was {value}, as of {number} groups of equal size",
            value=v.number(low, places=3),
            number=v.number(1 / low, places=1),
            **parts,
        )
    return v.say(
        "{when}, the Herfindahl index by {by} was between {low} and {high}, as of {few} to {many} groups of "
        "equal size: the groups that are not named are not known apart",
        low=v.number(low, places=3),
        high=v.number(high, places=3),
        few=v.number(1 / high, places=1),
        many=v.number(1 / low, places=1),
        **parts,
    )


def change(
    v: Voice, name: str, shares: tuple[float, float], period: Period, base: Period, ends: tuple[float, float]
) -> str:
    """Say how a share changed."""
    clause = v.say(
        "{group} made up {share} of those recorded {when}, and {before} {base}",
        group=name,
        share=percent(v, shares[0]),
        when=when(v, period),
        before=percent(v, shares[1]),
        base=when(v, base),
    )
    points = _points(v, shares[0] - shares[1])
    if ends[0] != ends[0]:
        return v.say(
            "{clause}, a change of {points} percentage points; how sure it is cannot be said from these "
            "figures",
            clause=clause,
            points=points,
        )
    parts = {"clause": clause, "points": points, "low": _points(v, ends[0]), "high": _points(v, ends[1])}
    text = v.say(
        "{clause}, a change of {points} percentage points (95\N{NO-BREAK SPACE}% interval {low} to {high})",
        **parts,
    )
    if ends[0] <= 0 <= ends[1]:
        return v.say("{clause}, no more than groups that arrive together can bring", clause=text)
    return text


def _points(v: Voice, value: float) -> str:
    return v.number(value, places=1).replace("-", "−")


def range_note(v: Voice, low: float, high: float) -> list[str]:
    """Say how far the share could lie off, were all those not recorded of the group, or none."""
    ends = percent(v, low), percent(v, high)
    if ends[0] == ends[1]:
        return []
    return [v.say("Of all counted, recorded or not, it is {low} to {high}.", low=ends[0], high=ends[1])]


def rest_note(v: Voice) -> str:
    """Say what the groups that are not named may hold."""
    return v.say("What is not named may include people who were not identified yet.")


def withheld(v: Voice, number: int) -> str:
    """Say that groups are withheld."""
    return v.say_plural(
        "Figures of {number} group are withheld, to protect small groups.",
        "Figures of {number} groups are withheld, to protect small groups.",
        number,
        number=number,
    )


def some_unknown_withheld(v: Voice) -> str:
    """Say that some of those not recorded stand among those recorded."""
    return v.say("A few of those not recorded are withheld and stand among those recorded.")


def method(v: Voice, effects: tuple[float, float], *, given: bool) -> str:
    """Say how the interval of a change was found."""
    if given:
        return v.say(
            "Difference of two shares; binomial variance times a given design effect of {effect}.",
            effect=v.number(effects[0], places=1),
        )
    return v.say(
        "Difference of two shares; variance between quarters, {now} and {before} times that of independent "
        "people; Student's t.",
        now=v.number(effects[0], places=1),
        before=v.number(effects[1], places=1),
    )


def unknown_range(v: Voice) -> str:
    """Name the range that those not recorded leave."""
    return v.say("possible range, whatever those not recorded are")


def rest_range(v: Voice) -> str:
    """Name the range that the groups not named leave."""
    return v.say("possible range, whatever the groups not named are")


def withheld_range(v: Voice) -> str:
    """Name the range that withheld figures leave."""
    return v.say("possible range, whatever the withheld figures are")


def parts_notes(v: Voice, parts: Composition) -> list[str]:
    """Say what is not named, and what is withheld."""
    notes = [rest_note(v)] if parts.rest > parts.recorded / 100 else []
    if parts.unknown_most > parts.unknown:
        notes.append(some_unknown_withheld(v))
    if parts.withheld:
        notes.append(withheld(v, len(parts.withheld)))
    return notes


def confidence(v: Voice) -> str:
    """Name the interval of a change."""
    return v.say("95\N{NO-BREAK SPACE}% confidence")


def parts_exceed(v: Voice) -> str:
    """Say that the parts are more than the whole."""
    return v.say("the parts add up to more than the published whole")


def too_few(v: Voice, number: float, least: float) -> str:
    """Say that too few people were recorded."""
    return v.say(
        "{number} people were recorded, and shares are given from {least} on",
        number=v.number(number),
        least=v.number(least),
    )


def too_fine(v: Voice) -> str:
    """Say that the figures are too fine to show."""
    return v.say("nationality by place is shown for a quarter or longer only")


def group_withheld(v: Voice, name: str = "") -> str:
    """Say that figures of a group are withheld."""
    if name:
        return v.say("figures of {group} are withheld to protect small groups", group=name)
    return v.say("figures of some groups are withheld to protect small groups")


def unknown_withheld(v: Voice) -> str:
    """Say that too much is withheld to tell how many were recorded."""
    return v.say("so much is withheld that it cannot be said how many were recorded")


def few_unknown(v: Voice) -> str:
    """Say that those not recorded are too few to be shown in a table of two dimensions."""
    return v.say("those not recorded are too few to be shown beside the others")


def not_named(v: Voice, name: str) -> str:
    """Say that the other period does not name the group."""
    return v.say("the figures of the other period do not name {group}", group=name)


def nothing(v: Voice, corridor: str, by: str) -> str:
    """Say that no such figures are held."""
    return v.say(
        "No counts of {corridor} by {by} are held.", corridor=corridor, by=v.messages.gettext(_NOUNS[by])
    )
