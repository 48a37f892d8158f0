"""All kinds of statistics behind one call: what the command and the briefing ask."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.checks import check_choice, check_date
from geo.errors import InvalidInputError, NotCoveredError, RoutewaysError, UnknownNameError
from geo.stats.choice import choose_rows, read_meta
from geo.stats.periods import Period, parse_period, period_at, period_edges
from geo.stats.records import from_frame, to_frame
from geo.stats.series import build_series
from geo.stats.summary import corridor_stats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import xarray as xr

    from geo.stats.records import Stat

EACH: Final = ("month", "quarter", "year")
STEPS: Final = ("month", "week")
GROUPS: Final = ("nationality", "sex", "age_group")
_SERIES: Final = ("source", "measure", "basis")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, whatever the kind; each kind takes what it knows.

    Attributes
    ----------
    as_of, known_on, period, since, against, threshold, source, measure, basis, place, language
        As for :func:`~geo.stats.summary.corridor_stats`.
    denominator : str, optional
        Of death rates (:data:`geo.stats.DENOMINATORS`); they need one.
    each : {"month", "quarter", "year"}, optional
        Give death rates for every such part of `period`.
    steps : {"month", "week"}
        Steps of trends and of sea states.
    divide_by : {"nationality", "sex", "age_group"}
        What people are divided by.
    waves : DataArray, optional
        Wave heights (:func:`geo.stats.read_waves`); conditions need them.
    calm_m : float, optional
        Wave height below which a day is a calmer-sea one, in metres.
    vintages : DataFrame, optional
        As for :func:`~geo.stats.summary.corridor_stats`.
    """

    as_of: dt.date | str | None = None
    known_on: dt.date | str | None = None
    period: Period | str | None = None
    since: dt.date | str | None = None
    against: int | str | Period | None = None
    threshold: float | None = None
    source: str | None = None
    measure: str | None = None
    basis: str | None = None
    place: str = ""
    language: str = "en"
    denominator: str | None = None
    each: str | None = None
    steps: str = "month"
    divide_by: str = "nationality"
    waves: xr.DataArray | None = None
    calm_m: float | None = None
    vintages: pd.DataFrame | None = None

    def take(self, *names: str) -> dict[str, Any]:
        """Return some of the options, the dates and the language among them."""
        return {name: getattr(self, name) for name in ("as_of", "known_on", "language", *names)}


def analyse(
    counts: pd.DataFrame,
    corridors: pd.DataFrame | str | Iterable[str] | None = None,
    *,
    about: str | Iterable[str] = "headline",
    **options: Any,  # noqa: ANN401 - the fields of Asked
) -> pd.DataFrame:
    """Compute statistics of one or several kinds as one table.

    Parameters
    ----------
    counts : DataFrame
        A tidy table.
    corridors : DataFrame, str or iterable of str, optional
        As for :func:`~geo.stats.summary.corridor_stats`.
    about : str or iterable of str
        Kinds, in the order of the answer: ``headline``, ``rates``, ``trends``, ``displacement``, ``flows``,
        ``conditions``, ``composition``.
    **options
        The attributes of :class:`Asked`.

    Returns
    -------
    table : DataFrame
        As of :func:`~geo.stats.summary.corridor_stats`; ``attrs["notes"]`` says which corridor has no
        statistics of a kind, and why.

    Raises
    ------
    UnknownNameError
        If a kind or a corridor is not known.
    InvalidInputError
        If an option makes no sense, or a kind lacks what it needs.
    NotCoveredError
        If no kind of statistics could be computed.

    Examples
    --------
    >>> from geo.counts import read_counts
    >>> table = analyse(read_counts(), "central_med", about="rates", denominator="arrivals+deaths",
    ...                 period="2024")
    >>> round(float(table["value"].iloc[0]), 1)
    26.6
    """
    kinds = [about] if isinstance(about, str) else list(about)
    for kind in kinds:
        check_choice(kind, KINDS, name="kind of statistics")
    try:
        asked = Asked(**options)
    except TypeError:
        unknown = sorted(set(options) - set(Asked.__slots__))
        raise InvalidInputError(
            f"Invalid option '{unknown[0]}'. It must be one of: {', '.join(Asked.__slots__)}."
        ) from None
    for name, choices in (("each", EACH), ("steps", STEPS), ("divide_by", GROUPS)):
        if getattr(asked, name) is not None:
            check_choice(getattr(asked, name), choices, name=name)
    records: list[Stat] = []
    notes: list[dict[str, str]] = []
    faults: list[RoutewaysError] = []
    for kind in dict.fromkeys(kinds):
        try:
            table = KINDS[kind](counts, corridors, asked)
        except (NotCoveredError, UnknownNameError) as error:
            faults.append(error)
            notes.append({"corridor": kind, "note": str(error)})
            continue
        records += from_frame(table)
        notes += [note for note in table.attrs.get("notes", []) if note not in notes]
    if faults and not records:
        raise faults[0]
    return to_frame(records, notes=notes)


def _headline(counts: pd.DataFrame, corridors: Any, asked: Asked) -> pd.DataFrame:  # noqa: ANN401 - as of analyse
    return corridor_stats(
        counts,
        corridors,
        **asked.take("period", "since", "against", "threshold", *_SERIES, "place", "vintages"),
    )


def _rates(counts: pd.DataFrame, corridors: Any, asked: Asked) -> pd.DataFrame:  # noqa: ANN401 - as above
    """Return death rates, and the ratio to an earlier period where one is asked for."""
    from geo.stats.rates import death_rate
    from geo.stats.rates_figures import DENOMINATORS
    from geo.stats.rates_ratio import death_rate_ratio

    if asked.denominator is None:
        raise InvalidInputError(
            "Invalid denominator 'None'. A death rate is never given without one (--denominator): name "
            "one of "
            f"{', '.join(DENOMINATORS)}."
        )
    options = asked.take("source", "basis", "place", "denominator")
    found = death_rate(counts, corridors, period=_parts(asked), **options)
    if asked.against is None:
        return found
    if asked.each is not None:
        raise InvalidInputError(
            f"Invalid each '{asked.each}'. A comparison (against) is of one period; leave one of the two out."
        )
    against = f"{asked.against:04d}" if isinstance(asked.against, int) else asked.against
    ratio = death_rate_ratio(counts, corridors, period=asked.period, against=against, **options)
    notes = [*found.attrs["notes"], *ratio.attrs["notes"]]
    return to_frame([*from_frame(found), *from_frame(ratio)], notes=notes)


def _parts(asked: Asked) -> Any:  # noqa: ANN401 - a period, several, or None
    """Divide the period as asked."""
    if asked.each is None:
        return asked.period
    if asked.period is None:
        raise InvalidInputError(f"Invalid each '{asked.each}'. Say of which period (2018/2024).")
    whole = parse_period(asked.period)
    starts, ends = period_edges(asked.each, whole.start, whole.end)
    if not len(starts):
        raise InvalidInputError(
            f"Invalid each '{asked.each}'. The period {whole.start}/{whole.end} holds no whole {asked.each}."
        )
    day = dt.date.fromordinal
    return [Period(day(int(a)), day(int(b))) for a, b in zip(starts, ends, strict=True)]


def _trends(counts: pd.DataFrame, corridors: Any, asked: Asked) -> pd.DataFrame:  # noqa: ANN401 - as above
    from geo.stats.trends import trend_stats

    return trend_stats(counts, corridors, frequency=asked.steps, **asked.take("period", *_SERIES, "place"))


def _displacement(counts: pd.DataFrame, corridors: Any, asked: Asked) -> pd.DataFrame:  # noqa: ANN401 - as above
    from geo.stats.displacement import displacement_stats

    return displacement_stats(counts, corridors, **asked.take("period", *_SERIES))


def _flows(counts: pd.DataFrame, corridors: Any, asked: Asked) -> pd.DataFrame:  # noqa: ANN401 - as above
    """Return ranges of flows, by default of the last whole year of each corridor's headline series."""
    from geo.stats.flow_records import flow_stats

    if asked.period is not None:
        return flow_stats(counts, corridors, period=asked.period, **asked.take())
    records, notes = [], []
    known = None if asked.known_on is None else check_date(asked.known_on, name="known_on")
    for meta in read_meta(corridors, counts):
        rows = choose_rows(counts, meta)
        if rows is None:
            notes.append({"corridor": meta.id, "note": f"{meta.title} has no counts, so it has no flows."})
            continue
        series = build_series(rows, known_on=known)
        day = series.last_whole
        if asked.as_of is not None:
            day = min(day, series.cut(check_date(asked.as_of, name="as_of")))
        year = period_at("year", day)
        if year.end > day:
            year = parse_period(f"{year.start.year - 1:04d}")
        only = corridors.loc[[meta.id]] if isinstance(corridors, pd.DataFrame) else meta.id
        table = flow_stats(counts, only, period=year, **asked.take())
        records += from_frame(table)
        notes += table.attrs["notes"]
    return to_frame(records, notes=notes)


def _conditions(counts: pd.DataFrame, corridors: Any, asked: Asked) -> pd.DataFrame:  # noqa: ANN401 - as above
    from geo.stats.conditions import conditions_stats

    if asked.waves is None:
        raise InvalidInputError(
            "Invalid waves 'None'. Conditions need wave heights: a file of ERA5 or Copernicus, read by "
            "geo.read_waves (--waves FILE)."
        )
    return conditions_stats(
        counts,
        asked.waves,
        corridors,
        calm_m=asked.calm_m,
        by=asked.steps,
        **asked.take("period", *_SERIES),
    )


def _composition(counts: pd.DataFrame, corridors: Any, asked: Asked) -> pd.DataFrame:  # noqa: ANN401 - as above
    from geo.stats.composition import composition_stats

    return composition_stats(
        counts,
        corridors,
        by=asked.divide_by,
        **asked.take("period", "against", *_SERIES, "place"),
    )


KINDS: Final[Mapping[str, Callable[[pd.DataFrame, Any, Asked], pd.DataFrame]]] = {
    "headline": _headline,
    "rates": _rates,
    "trends": _trends,
    "displacement": _displacement,
    "flows": _flows,
    "conditions": _conditions,
    "composition": _composition,
}
"""Every kind of statistics by its name."""
