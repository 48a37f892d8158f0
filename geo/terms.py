"""The words of the field: column names, dimensions, measures and kinds, each defined once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CRS: Final = "EPSG:4326"
"""Coordinates are WGS 84, longitude before latitude, everywhere but inside ``layers.features``."""

# --- columns of the tidy counts table, in their order
SOURCE: Final = "source"
CORRIDOR: Final = "corridor"
PLACE: Final = "place"
MEASURE: Final = "measure"
UNIT: Final = "unit"
BASIS: Final = "basis"
NATIONALITY: Final = "nationality"
SEX: Final = "sex"
AGE_GROUP: Final = "age_group"
PERIOD_START: Final = "period_start"
PERIOD_END: Final = "period_end"
VALUE: Final = "value"
QUALIFIER: Final = "qualifier"
SCOPE: Final = "scope"
KNOWN_ON: Final = "known_on"
FLAG: Final = "flag"
LICENCE: Final = "licence"
NATIVE_LABEL: Final = "native_label"

COUNT_COLUMNS: Final = (
    SOURCE,
    CORRIDOR,
    PLACE,
    MEASURE,
    UNIT,
    BASIS,
    NATIONALITY,
    SEX,
    AGE_GROUP,
    PERIOD_START,
    PERIOD_END,
    VALUE,
    QUALIFIER,
    SCOPE,
    KNOWN_ON,
    FLAG,
    LICENCE,
    NATIVE_LABEL,
)
DATE_COLUMNS: Final = (PERIOD_START, PERIOD_END, KNOWN_ON)
SERIES_COLUMNS: Final = (SOURCE, MEASURE, BASIS)
"""What names a series: one source × measure × basis."""

# --- dimensions of cubes and ids of shapes
TIME: Final = "time"
LEG: Final = "leg"
ROUTE: Final = "route"
SEGMENT: Final = "segment"

# --- values
BASES: Final = ("provisional", "final", "")
QUALIFIERS: Final = (
    "",
    "about",
    "over",
    "almost",
    "nearly",
    "more than",
    "at least",
    "at most",
    "fewer than",
)
FLAGS: Final = ("revised", "partial", "preliminary", "cumulative", "inferred_known_on", "suppressed")
"""What a row may say of its value; several are joined with a space.

``suppressed`` goes with an empty value: the publisher (or this package) withheld it; that is neither missing
nor 0.
``cumulative`` marks a running total since ``period_start``; such rows overlap and are never added.
``inferred_known_on`` says that the publication date is the last data day plus one, for want of a printed one.
"""
SEXES: Final = ("", "female", "male", "unknown", "not_recorded")
NATIONALITY_WORDS: Final = ("", "stateless", "other", "unknown", "not_recorded")
MODES: Final = ("sea", "land")
PLACE_KINDS: Final = (
    "road_crossing",
    "rail_crossing",
    "port",
    "town",
    "city",
    "headland",
    "zone",
    "country",
)
CROSSING_KINDS: Final = ("road_crossing", "rail_crossing")
ALL_ROUTES: Final = "all_routes"
"""Corridor value of rows that hold the sum of every route a source reports; never added to its parts."""

CONTEXT: Final = "context"
"""Corridor value of rows that belong to no corridor: asylum applications, returns, stocks of people."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a source counts.

    Attributes
    ----------
    code : str
        Name in the ``measure`` column.
    unit : str
        Unit of the values, as in the ``unit`` column.
    meaning : str
        One line, for captions and docs.
    caveat : str
        Why it must not be added to another measure, or read as more than it is.
    persons : bool
        Whether one unit is one person who arrived or was found, once.
    additive_over_places : bool
        Whether values of several places may be added. False where the same person is counted again in each.
    """

    code: str
    unit: str
    meaning: str
    caveat: str
    persons: bool = False
    additive_over_places: bool = False


_MEASURES = (
    Measure(
        "arrival",
        "persons",
        "people who reached the territory or were brought ashore",
        "arrivals count persons at one border; other sources count the same people at other points",
        persons=True,
        additive_over_places=True,
    ),
    Measure(
        "detection_entry",
        "detections",
        "illegal border-crossings between crossing points detected on entry",
        "detections are not persons: the same person may cross the external border several times",
        additive_over_places=True,
    ),
    Measure(
        "detection_exit",
        "detections",
        "detected attempts to leave the EU towards the United Kingdom, crossings and preventions together",
        "exit attempts hold crossings and preventions of the same people; they are not arrivals",
    ),
    Measure(
        "prevention",
        "persons prevented",
        "people prevented from leaving or returned, an operational estimate of the French authorities",
        "preventions are not unique people: the same person may be prevented several times, and then arrive",
    ),
    Measure(
        "prevention_event",
        "events",
        "events of prevention: departures stopped, equipment found, facilitators arrested",
        "events are not people, and some involve nobody who meant to cross",
    ),
    Measure(
        "interception",
        "persons, repeated",
        "people pulled back at sea by a state of departure",
        "the same person may be intercepted several times, and arrive later",
    ),
    Measure(
        "registration",
        "registrations",
        "first registrations by authorities in transit",
        "registrations repeat across countries: the same person is registered again in the next one",
    ),
    Measure(
        "asylum_intention",
        "intentions",
        "expressed wishes to seek asylum",
        "intentions are neither applications nor arrivals, and a blank is not a zero",
    ),
    Measure(
        "asylum_application",
        "applications",
        "applications for asylum",
        "applications are not arrivals: they come later, elsewhere, and the same person may apply again",
        additive_over_places=False,
    ),
    Measure(
        "return",
        "persons returned",
        "people returned to a third country after an order to leave",
        "people returned in a period did not all arrive in it, and returns are not taken off arrivals",
        additive_over_places=True,
    ),
    Measure(
        "refugee_stock",
        "persons on the day",
        "refugees under UNHCR's mandate on the last day of a year",
        "a stock on one day, not a movement: stocks of two days are never added",
    ),
    Measure(
        "asylum_seeker_stock",
        "persons on the day",
        "asylum-seekers with a pending claim on the last day of a year",
        "a stock on one day, not a movement: stocks of two days are never added",
    ),
    Measure(
        "mixed_movement",
        "persons, estimated",
        "people in mixed movements, an estimate of UNHCR",
        "an estimate on a definition of its own; not comparable with detections or registrations",
    ),
    Measure(
        "illegal_entry",
        "entries",
        "irregular entries counted by a national police",
        "entries repeat: the same person may enter several times",
    ),
    Measure(
        "pushback_or_prevention",
        "attempts",
        "attempts prevented at, or people removed across, a border fence",
        "attempts repeat, many times for some people",
    ),
    Measure(
        "dead_missing",
        "persons dead or missing",
        "recorded deaths and disappearances, a minimum",
        "a minimum that grows as deaths become known",
        persons=True,
        additive_over_places=True,
    ),
    Measure("boat", "boats", "boats that arrived", "boats are not people", additive_over_places=True),
    Measure(
        "boat_uncontrolled",
        "boats",
        "boats involved in uncontrolled landings, a part of the boats that arrived",
        "a subset of boats, already counted among them",
        additive_over_places=True,
    ),
    Measure(
        "event",
        "events",
        "boats arriving together, counted as one event",
        "events are not boats: several boats may make one event",
    ),
)

MEASURES: Final[dict[str, Measure]] = {measure.code: measure for measure in _MEASURES}
"""Every measure by its code."""
