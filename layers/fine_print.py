"""What a briefing says of its numbers, whatever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.counts import series_info

if TYPE_CHECKING:
    import datetime as dt

    from layers.dossier import Dossier

READING: Final = (
    "The data date says up to which day or month figures count; the publication date says when they were "
    "printed. Ranks and highest values are computed on the figures as published on the date that is given, "
    "not as they were known on the day itself.",
    "Missing, zero and suppressed are three different things. Where a period inside a span was not "
    "published, the total is not given.",
    "Changes compare the same calendar days, or the same complete months, of both years, on the newest "
    "figures held of each. Where the earlier figure was published earlier, it stands as it was then, and the "
    "sentence says so.",
    "Lines are generalised between named zones, ports and official crossings. They show no track, no beach "
    "and no unofficial crossing point.",
    "A range beside a preliminary figure says where such figures settled before, in nine cases of ten. It "
    "holds as long as figures are revised as they were, and is given from 12 publications on.",
    "Hardly any figure is published for a single leg. Where a published figure covers several legs, each leg "
    "carries a range from zero to that figure.",
)


def used_sources(dossier: Dossier) -> list[dict[str, str]]:
    """Return the sources of figures and of shapes, with licence and dates.

    Parameters
    ----------
    dossier : Dossier
        What was asked for.
    """
    used = {(record.source, record.measure) for record in dossier.records}
    for beside in dossier.definitions["beside"]:
        used |= {(series["source"], series["measure"]) for series in beside}
    rows = []
    held = dossier.series[dossier.series["corridor"].isin(dossier.definitions.index)]
    for source, measure in sorted(used):
        series = held[(held["source"] == source) & (held["measure"] == measure)]
        if series.empty:
            continue
        info = series_info(source, measure)
        rows.append(
            {
                "title": info["title"],
                "publisher": info["publisher"],
                "through": _day(series["last_day"].max().date()),
                "published": _day(dossier.printed_on(source, measure)),
                "licence": info["licence"],
            }
        )
    return [*rows, *_shapes(dossier)]


def _shapes(dossier: Dossier) -> list[dict[str, str]]:
    rows = [
        {
            "title": "Coast, countries and borders, 1:10,000,000, generalised",
            "publisher": "Natural Earth",
            "through": "–",
            "published": "not stated",
            "licence": "public domain",
        }
    ]
    if (dossier.routes["mode"] == "land").any():
        rows.append(
            {
                "title": "Main roads and crossings",
                "publisher": "© OpenStreetMap contributors",
                "through": "–",
                "published": "not stated",
                "licence": "ODbL 1.0",
            }
        )
    return rows


def _day(day: dt.date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "not stated"
