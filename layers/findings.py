"""The sections of a briefing that go beyond the headline: rates, composition, trends, flows and the like."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from geo.errors import RoutewaysError
from geo.stats import Period, from_frame, read_voice, statistic_title
from geo.stats.when import name_period
from layers.tables import range_text, value_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from geo.stats import Stat
    from layers.dossier import Dossier

DEFAULT: Final = ("rates", "composition")
"""Kinds that every briefing has."""
RATE_YEARS: Final = 3
DENOMINATOR: Final = "arrivals+deaths"
"""The denominator of a briefing's death rates, where none was chosen; each sentence names it."""
TITLES: Final = {
    "rates": "How dangerous, and how sure",
    "composition": "Who was counted, as far as it was recorded",
    "trends": "Trend, season and changes of level",
    "displacement": "Did a fall on one corridor coincide with a rise on another?",
    "flows": "What flows are possible, given the counts",
    "conditions": "The sea and the counts, looking back",
}
READING: Final = {
    "rates": "Deaths are minimums. Intervals take deaths of one incident together; where no point is given, "
    "only bounds are known.",
    "composition": "Shares are of those whose answer was recorded; groups of 1 to 4 people are withheld.",
    "trends": "What the figures did, not why. Newest, preliminary months are left out.",
    "displacement": "A coincidence of figures does not show that people changed route.",
    "flows": "Ranges only: what the counts and the stated assumptions allow. No number in it is likelier.",
    "conditions": "An association, looked at by week or month afterwards. It forecasts nothing.",
}


def finding_sections(dossier: Dossier) -> list[dict[str, Any]]:
    """Return one section per kind of statistics: those asked for, and those of :data:`DEFAULT`.

    Parameters
    ----------
    dossier : Dossier
        What was asked for.

    Returns
    -------
    sections : list of dict
        ``anchor``, ``title``, ``reading``, ``groups`` (per corridor ``title``, ``rows``, ``sentences``),
        ``methods``, ``assumptions``, ``notes``, ``table`` (the statistics). Kinds without any value are left
        out, unless they were asked for.

    Examples
    --------
    >>> import datetime as dt
    >>> from layers.dossier import Dossier, Options
    >>> dossier = Dossier(Options(corridors=("central_med",), as_of=dt.date(2024, 12, 31)))
    >>> [section["anchor"] for section in finding_sections(dossier)]
    ['finding-rates', 'finding-composition']
    """
    sections = []
    for kind, table in finding_tables(dossier).items():
        records = from_frame(table)
        if records and (kind in dossier.about or any(_told(record) for record in records)):
            sections.append(_section(dossier, kind, table, records))
    return sections


def finding_tables(dossier: Dossier) -> dict[str, pd.DataFrame]:
    """Return the statistics of a briefing beyond the headline, by kind: those asked for and the default.

    Parameters
    ----------
    dossier : Dossier
        What was asked for; the tables are made once and kept with it.
    """
    if not dossier.findings:
        asked = [kind for kind in dossier.about if kind != "headline"]
        for kind in dict.fromkeys([*DEFAULT, *asked]):
            table = _table(dossier, kind, kind in asked)
            if table is not None:
                dossier.findings[kind] = table
    return dossier.findings


def _table(dossier: Dossier, kind: str, asked: bool) -> pd.DataFrame | None:
    """Return the statistics of a kind; what nobody asked for may fail without a word."""
    if asked:
        return dossier.kinds[kind]
    try:
        return dossier.kind(kind, **_defaults(dossier, kind))
    except RoutewaysError:
        return None


def _defaults(dossier: Dossier, kind: str) -> dict[str, Any]:
    """Return what a briefing asks of a kind that was not asked for by name."""
    plain: dict[str, Any] = {"source": None, "measure": None, "basis": None, "place": "", "against": None}
    last = dossier.last_year
    if kind == "rates" and last is not None:
        return plain | {
            "denominator": DENOMINATOR,
            "period": f"{last - RATE_YEARS + 1}/{last}",
            "each": "year",
        }
    return plain | {"period": None if last is None else str(last)}


def _told(record: Stat) -> bool:
    return not (math.isnan(record.value) and math.isnan(record.low))


def _section(dossier: Dossier, kind: str, table: pd.DataFrame, records: Sequence[Stat]) -> dict[str, Any]:
    groups: dict[str, list[Stat]] = {}
    for record in records:
        groups.setdefault(record.corridor, []).append(record)
    return {
        "anchor": f"finding-{kind}",
        "kind": kind,
        "title": TITLES[kind],
        "reading": READING[kind],
        "groups": [_group(dossier, corridor, found) for corridor, found in groups.items()],
        "methods": _once(record.method for record in records if record.method),
        "assumptions": _once(text for record in records for text in record.assumptions),
        "notes": _once(note["note"] for note in table.attrs["notes"]) if kind in dossier.about else [],
        "table": table,
    }


def _group(dossier: Dossier, corridor: str, records: Sequence[Stat]) -> dict[str, Any]:
    known = corridor in dossier.definitions.index
    told = [record for record in records if _told(record)]
    return {
        "title": str(dossier.definitions.loc[corridor, "title"]) if known else corridor.replace("_", " "),
        "rows": [_row(dossier, record) for record in told],
        "sentences": [str(record.detail["text"]) for record in told],
        "refused": _once(str(record.detail["text"]) for record in records if not _told(record)),
        "caveats": _once(note for record in told for note in record.detail.get("notes", [])),
    }


def _row(dossier: Dossier, record: Stat) -> dict[str, str]:
    period = ""
    if record.period_start is not None and record.period_end is not None:
        period = name_period(read_voice(), Period(record.period_start, record.period_end))
    about = _about(dossier, record)
    return {
        "label": statistic_title(read_voice(), record.statistic) + (f": {about}" if about else ""),
        "period": period,
        "value": "–" if math.isnan(record.value) else value_text(record),
        "range": range_text(record),
        "interval": record.interval,
    }


def _about(dossier: Dossier, record: Stat) -> str:
    """Return which group, leg or other corridor a record is about; "" for none."""
    if category := record.detail.get("category"):
        return read_voice().country(str(category))
    if (leg := record.detail.get("leg")) and leg in dossier.routes.index:
        ends = dossier.routes.loc[leg]
        return f"{ends['from_name']} to {ends['to_name']}"
    if (other := record.detail.get("to")) and isinstance(other, str):
        known = other in dossier.definitions.index
        return "to " + str(dossier.definitions.loc[other, "title"] if known else other.replace("_", " "))
    return ""


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
