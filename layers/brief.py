"""The briefing: one page of headline sentences, map, charts and tables that prints and needs no network."""

from __future__ import annotations

import math
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import geo
from geo import terms
from geo.counts import series_info
from geo.stats import Period, read_voice, statistic_title
from geo.stats.when import name_period
from layers import charts
from layers.boundaries import borders_of
from layers.findings import finding_sections
from layers.fine_print import READING, used_sources
from layers.page import map_parts, render_page
from layers.revisions import revised_sections
from layers.tables import range_text, value_text
from layers.texts import literal_html
from layers.verdicts import checked_sentences

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    import folium
    import jinja2

    from geo.stats import Stat
    from layers.dossier import Dossier

HEADLINES = ("year_to_date_change", "total", "rank_same_month", "last_7_days", "last_12_months_change")
"""Statistics whose sentences open a corridor, in their order, where they are there."""

DEATHS_YEARS = 5
CHART_MONTHS = 36


def build_brief(dossier: Dossier, sheet: folium.Map, *, command: str = "") -> str:
    """Return the briefing as one page of HTML that fetches nothing.

    Parameters
    ----------
    dossier : Dossier
        Counts, shapes and statistics.
    sheet : folium.Map
        The map of the same dossier, of :func:`layers.build_map`.
    command : str
        The command that makes the page again, printed at its end.

    Returns
    -------
    page : str
        HTML.

    Examples
    --------
    >>> import layers
    >>> from layers.dossier import Dossier, Options
    >>> dossier = Dossier(Options(corridors=("channel",)))
    >>> sheet = layers.build_map(dossier.corridors, dossier.stats, dossier.counts)
    >>> "<h1>" in build_brief(dossier, sheet)
    True
    """
    parts = map_parts(sheet, prefix="brief")
    corridors = [_corridor(dossier, str(corridor)) for corridor in dossier.definitions.index]
    title = "Figures for " + _joined([corridor["title"] for corridor in corridors])
    body = (
        _environment()
        .get_template("brief.html.j2")
        .render(
            title=title,
            dates=_dates(dossier),
            corridors=corridors,
            map=_safe(parts.body),
            findings=_findings(dossier),
            claims=checked_sentences(dossier),
            revisions=[{**part, "svg": _safe(part["svg"])} for part in revised_sections(dossier)],
            measures=_measures(dossier),
            reading=READING,
            sources=used_sources(dossier),
            boundaries=" ".join(borders_of(sheet, dossier.corridors, dossier.routes).notes),
            version=geo.__version__,
            command=command,
        )
    )
    style = resources.files("layers").joinpath("templates/brief.css").read_text(encoding="utf-8")
    head = f"{parts.head}\n<style>\n{style}</style>"
    return render_page(title, body, head=head, scripts=parts.scripts, description=_dates(dossier))


def _findings(dossier: Dossier) -> list[dict[str, Any]]:
    sections = finding_sections(dossier)
    for section in sections:
        section["groups"] = [{**group, "svg": _safe(group["svg"])} for group in section["groups"]]
    return sections


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("layers", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )


def _finalize(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """Escape text so that it is inert in HTML and in any template that might read the page again."""
    import markupsafe

    if isinstance(value, str) and not isinstance(value, markupsafe.Markup):
        return _safe(literal_html(value).replace(" %", "&#160;%"))  # a number keeps its sign
    return value


def _safe(text: str) -> Any:  # noqa: ANN401 - markupsafe.Markup
    import markupsafe

    return markupsafe.Markup(text)  # noqa: S704 - escaped by layers.page, layers.charts or literal_html


def _joined(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _day(day: dt.date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else "not stated"


def _dates(dossier: Dossier) -> str:
    """Return the line under the title: data date and publication date, once or per corridor."""
    dates = {}
    for corridor, title in dossier.definitions["title"].items():
        records = [record for record in dossier.records if record.corridor == corridor]
        if records:
            dates[title] = f"data to {_day(_through(records))}, published {_day(_published(records))}"
    if not dates:
        return "No published figures are held for these corridors"
    if len(set(dates.values())) == 1:
        only = next(iter(dates.values()))
        return f"{only[0].upper()}{only[1:]}"
    return "; ".join(f"{title}: {text}" for title, text in dates.items())


def _corridor(dossier: Dossier, corridor: str) -> dict[str, Any]:
    definition = dossier.definition(corridor)
    records = [record for record in dossier.records if record.corridor == corridor]
    by_name = {record.statistic: record for record in records}
    return {
        "anchor": f"corridor-{list(dossier.definitions.index).index(corridor) + 1}",
        "title": definition["title"],
        "summary": definition["summary"],
        "caption": definition["caption"],
        "key": _key(by_name),
        "headlines": _headlines(by_name),
        "notes": dossier.corridor_notes(corridor),
        "series": _series_line(records),
        "charts": list(_charts(dossier, corridor, records)),
        "sentences": [record.detail["text"] for record in records if "unavailable" not in record.flags],
        "stats": [_row(record) for record in records if "unavailable" not in record.flags],
        "beside": list(_beside(dossier, corridor)),
        "deaths": _deaths(dossier, corridor),
        "legs": _legs(dossier, corridor),
        "figure_head": "Possible range" if "flows" in dossier.about else "Published figure",
    }


def _headlines(by_name: dict[str, Stat]) -> list[str]:
    """Return the first sentences of a corridor, and once what has to be said of all of them."""
    said = [
        by_name[name] for name in HEADLINES if name in by_name and "unavailable" not in by_name[name].flags
    ]
    notes = dict.fromkeys(note for record in said for note in record.detail.get("notes", []))
    own = {
        record.statistic: [
            record.detail.get(key, {}).get(text, "")
            for key, text in (("sensitivity", "text"), ("revision_range", "sentence"))
        ]
        for record in said
    }
    told = [" ".join(filter(None, (record.detail["text"], *own[record.statistic]))) for record in said]
    beside = {text for texts in own.values() for text in texts}
    return [*told, *(note for note in notes if note not in beside)]


def _key(by_name: dict[str, Stat]) -> dict[str, str] | None:
    record = by_name.get("year_to_date") or next(iter(by_name.values()), None)
    if record is None or math.isnan(record.value):
        return None
    wording = series_info(record.source, record.measure)["wording"]
    label = f"{wording['plural']}, {_period_text(record)}"
    return {"value": f"{record.value:,.0f}", "label": label, "range": _range(record)}


def _range(record: Stat) -> str:
    """Return the range of a value and what it is, in words; "" where none is given."""
    told = range_text(record)
    return f"{told} ({record.interval})" if told and record.interval else told


def _period_text(record: Stat) -> str:
    if record.period_start is None or record.period_end is None:
        return ""
    return name_period(read_voice(), Period(record.period_start, record.period_end))


def _series_line(records: list[Stat]) -> str:
    if not records:
        return ""
    info = series_info(records[0].source, records[0].measure)
    return f"Headline series: {info['title']}, {info['publisher']}. {info['caveat']}"


def _row(record: Stat) -> dict[str, str]:
    return {
        "label": statistic_title(read_voice(), record.statistic),
        "value": value_text(record),
        "range": _range(record),
        "period": _period_text(record),
        "against": _against(record),
    }


def _against(record: Stat) -> str:
    """Return what a value is compared with: the figure and its period."""
    if record.against_start is None or record.against_end is None or math.isnan(record.base_value):
        return ""
    period = name_period(read_voice(), Period(record.against_start, record.against_end))
    number = f"{record.base_value:,.0f}" if record.base_value.is_integer() else f"{record.base_value:,.1f}"
    return f"{number}, {period}"


def _charts(dossier: Dossier, corridor: str, records: list[Stat]) -> Iterable[dict[str, Any]]:
    """Yield the charts of a corridor: running totals of the years, and the last three years by month."""
    if not records:
        return
    first = records[0]
    words = series_info(first.source, first.measure)["wording"]
    monthly, partial_to = dossier.monthly(corridor)
    if monthly.dropna().empty:
        return
    noun = words["plural"][:1].upper() + words["plural"][1:]
    caption = f"{words['label']}. Data to {_day(_through(records))}, published {_day(_published(records))}."
    years = dossier.years(first)
    shown = monthly.iloc[-CHART_MONTHS:]
    running = charts.year_lines(
        years,
        first.as_of,
        title=f"{noun}, running total of each year",
        frequency="day" if max(map(len, years.values())) > 12 else "month",
        unit=first.unit,
        ident=f"{corridor}-years",
    )
    bars = charts.monthly_bars(
        [float(value) for value in shown],
        first_month=f"{shown.index[0]:%Y-%m}",
        title=f"{noun} per month",
        partial=partial_to is not None,
        through=partial_to,
        unit=first.unit,
        ident=f"{corridor}-months",
    )
    yield {"svg": _safe(running), "caption": f"Running total of each year. {caption}"}
    yield {"svg": _safe(bars), "caption": f"Per month. {caption}"}


def _through(records: list[Stat]) -> dt.date:
    """Return the last day that counts: the data date, or the end of the last whole period by then."""
    ends = [record.period_end for record in records if record.statistic == "total" and record.period_end]
    return ends[0] if ends else records[0].as_of


def _published(records: list[Stat]) -> dt.date | None:
    return max((record.known_on for record in records if record.known_on), default=None)


def _beside(dossier: Dossier, corridor: str) -> Iterable[dict[str, Any]]:
    """Yield the other series of a corridor, each with its newest sentences; never added, never spliced."""
    for series in dossier.definition(corridor)["beside"]:
        if series["measure"] == "dead_missing":
            continue
        records = dossier.series_stats(corridor, series, statistics=["year_to_date_change", "total"])
        if records:
            sentences = list(dict.fromkeys(record.detail["text"] for record in records))
            yield {"label": series["label"], "sentences": sentences}


def _deaths(dossier: Dossier, corridor: str) -> dict[str, Any] | None:
    """Return recorded deaths by year, where the corridor has such a series beside it."""
    series = next((s for s in dossier.definition(corridor)["beside"] if s["measure"] == "dead_missing"), None)
    if series is None:
        return None
    now = dossier.series_stats(corridor, series, statistics=["year_to_date"])
    if not now:
        return None
    year = now[0].as_of.year
    earlier = (
        dossier.series_stats(corridor, series, statistics=["total"], period=str(past))
        for past in range(year - DEATHS_YEARS, year)
    )
    records = [*(record for records in earlier for record in records), *now]
    info = series_info(series["source"], series["measure"])
    known_on = _published(records)
    return {
        "rows": [{"period": _period_text(record), "value": f"{record.value:,.0f}"} for record in records],
        "note": f"{series['label']}. {info['publisher']}, published {_day(known_on)}. {info['caveat']}",
    }


def _legs(dossier: Dossier, corridor: str) -> list[dict[str, str]]:
    names = dossier.places["name"].to_dict()
    legs = dossier.routes[dossier.routes["corridor"] == corridor].drop(columns="geometry")
    return [
        {
            "from_name": leg["from_name"],
            "to_name": leg["to_name"],
            "mode": leg["mode"],
            "length": f"{leg['length_km']:,.0f}",
            "crossings": "; ".join(str(names.get(place, place)) for place in leg["crossings"]) or "–",
            "certainty": leg["certainty"],
            "figure": _figure_text(dossier.figure(str(name))),
        }
        for name, leg in zip(legs.index, legs.to_dict("records"), strict=True)
    ]


def _figure_text(figure: dict[str, Any] | None) -> str:
    """Return what is published of one leg: a figure, a range, or nothing."""
    if figure is None:
        return "none published"
    period = name_period(read_voice(), Period(figure["period_start"].date(), figure["period_end"].date()))
    if not math.isnan(figure["value"]):
        return f"{figure['value']:,.0f} {figure['unit']}, {period}"
    if "status" in figure:
        return f"{figure['low']:,.0f} to {figure['high']:,.0f} {figure['unit']}, {period}"
    sharing = int(figure["n_legs_sharing"])
    return f"0 to {figure['high']:,.0f} {figure['unit']}, {period} (one of {sharing} legs)"


def _measures(dossier: Dossier) -> list[dict[str, str]]:
    """Return what the measures on the page count, and what they must not be read as."""
    shown = {(record.measure) for record in dossier.records}
    for beside in dossier.definitions["beside"]:
        shown |= {series["measure"] for series in beside}
    return [
        {
            "name": measure.code.replace("_", " "),
            "meaning": measure.meaning,
            "caveat": measure.caveat[:1].upper() + measure.caveat[1:],
        }
        for code, measure in terms.MEASURES.items()
        if code in shown
    ]
