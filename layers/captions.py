"""The words around a map, as escaped HTML: title, dates, summary, a table of what is drawn, footnotes.

They are written into the page and not drawn by a script, so that they are there where scripts are off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from layers.texts import day_text, literal_html, text_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from geopandas import GeoDataFrame
    from pandas import DataFrame

_COLUMNS: Final = ("Leg", "Way", "Published figure", "Dates and source")
_SHARED: Final = "Where a figure covers several legs, each is given the range that it allows."
_POSSIBLE: Final = (
    "What published counts and stated assumptions allow; no number inside a range is likelier than another."
)


def heading_html(title: str, asof: str, summary: Sequence[tuple[str, Sequence[str]]] = ()) -> str:
    r"""Return the heading of a map page: one ``h1``, the dates, and the headline sentences of each corridor.

    Parameters
    ----------
    title, asof : str
        Plain text.
    summary : sequence of (title, sentences)
        One pair per corridor.

    Examples
    --------
    >>> heading_html("A <map>", "Data through 12 December 2024.")
    '<h1>A &lt;map&gt;</h1>\n<p class="rw-asof">Data through 12 December 2024.</p>'
    """
    lines = [f"<h1>{literal_html(title)}</h1>"]
    if asof:
        lines.append(f'<p class="rw-asof">{literal_html(asof)}</p>')
    told = [(name, _untitled(sentences[0], name)) for name, sentences in summary if sentences]
    if told:
        lines.append('<ul class="rw-summary">')
        lines += [
            f"<li><strong>{literal_html(name)}:</strong> {literal_html(line)}</li>" for name, line in told
        ]
        lines.append("</ul>")
    return "\n".join(lines)


def _untitled(sentence: str, title: str) -> str:
    """Leave out the title of a corridor where the sentence stands under it."""
    return sentence.replace(f" {title}. ", " ", 1) if title else sentence


def figure_html(notes: Iterable[str], months: str = "") -> tuple[str, str]:
    r"""Return what stands around the map: the opening and the closing of a ``figure`` with its caption.

    Parameters
    ----------
    notes : iterable of str
        Plain text; escaped here.
    months : str
        SVG of small maps by month (:func:`layers.timeline.small_multiples`), for paper and where scripts are
        off.

    Examples
    --------
    >>> figure_html(["Borders: Natural Earth."])[1]
    '<figcaption><p>Borders: Natural Earth.</p></figcaption>\n</figure>'
    """
    opening = (
        '<figure class="rw-map">\n<noscript><p class="rw-noscript">The map is drawn by a script, and scripts '
        "are off here. What it shows is written out on this page.</p></noscript>"
    )
    caption = "".join(f"<p>{literal_html(note)}</p>" for note in notes)
    small = (
        '<div class="rw-multiples"><p>The newest months, widths at half the scale of the map.</p>'
        f"{months}</div>"
        if months
        else ""
    )
    return opening, f"<figcaption>{caption}</figcaption>\n</figure>{small}"


def legs_html(layers: Iterable[Mapping[str, Any]]) -> str:
    """Return the table of all legs with their figures, the text alternative of the map.

    Parameters
    ----------
    layers : iterable of dict
        Of :func:`layers.lines.leg_layers`.

    Examples
    --------
    >>> legs_html([])
    ''
    """
    groups = [layer for layer in layers if layer["features"]]
    if not groups:
        return ""
    rows = []
    for layer in groups:
        rows += [_leg_row(feature) for feature in layer["features"]]
    possible = any(feature.get("possible") for layer in groups for feature in layer["features"])
    names = [name.replace("Published figure", "Possible range") if possible else name for name in _COLUMNS]
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return (
        '<section class="rw-legs">\n<h2>All legs and their figures</h2>\n'
        '<div class="rw-table" tabindex="0" role="region" '
        'aria-label="All legs and their figures"><table>\n'
        f"<caption>{_POSSIBLE if possible else _SHARED}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n"
        + "\n".join(rows)
        + "\n</tbody></table></div>\n</section>"
    )


def _leg_row(feature: Mapping[str, Any]) -> str:
    way = next((fact[1] for fact in feature["facts"] if fact[0] == "Mode"), "")
    source = " ".join(feature.get("source") or ())
    cells = (way, feature["short"], source)
    return (
        f'<tr><th scope="row">{literal_html(feature["title"])}</th>'
        + "".join(f"<td>{literal_html(cell)}</td>" for cell in cells)
        + "</tr>"
    )


def corridors_html(summary: Sequence[tuple[str, Sequence[str]]]) -> str:
    r"""Return the sentences of all corridors, each under its title.

    Examples
    --------
    >>> corridors_html([("A strait", ["12 people arrived."])])
    '<section>\n<h2>Figures by corridor</h2>\n<h3>A strait</h3>\n<p>12 people arrived.</p>\n</section>'
    """
    if not any(sentences for _, sentences in summary):
        return ""
    lines = ["<section>", "<h2>Figures by corridor</h2>"]
    for title, sentences in summary:
        lines.append(f"<h3>{literal_html(title)}</h3>")
        told = [_untitled(line, title) for line in sentences] or ["No published figures."]
        lines += [f"<p>{literal_html(line)}</p>" for line in told]
    return "\n".join([*lines, "</section>"])


def widths_text(figures: DataFrame | None) -> list[str]:
    """Return what the widths of legs stand for: the periods of their figures, or nothing without figures.

    Examples
    --------
    >>> widths_text(None)
    []
    """
    if figures is None or not {"high", "period_start", "period_end"} <= set(figures.columns):
        return []
    rows = figures[figures["high"].notna()][["period_start", "period_end"]].drop_duplicates()
    spans = sorted((text_of(first)[:10], text_of(last)[:10]) for first, last in rows.itertuples(index=False))
    told = [f"{day_text(first)} to {day_text(last)}" for first, last in spans if first and last]
    if not told:
        return []
    if "status" in figures.columns:
        return [f"Widths of legs: the upper ends of ranges that are possible, {'; '.join(told)}. {_POSSIBLE}"]
    return [f"Widths of legs: published figures of {'; '.join(told)}. Each leg tells its own."]


def latest_day(stats: DataFrame | None, column: str) -> str | None:
    """Return the newest day of a column of statistics, or nothing without one."""
    if stats is None or column not in stats.columns:
        return None
    days = [text_of(day)[:10] for day in stats[column] if text_of(day)]
    return max(days) if days else None


def as_of_text(stats: DataFrame | None, as_of: dt.date | str | None, corridors: GeoDataFrame) -> str:
    """Return the line of dates under a title: one data date, or one per corridor where they differ."""
    known = day_text(latest_day(stats, "known_on"))
    published = f"; figures published up to {known}" if known else ""
    through = {day_text(as_of)} if as_of else set()
    ends = {} if stats is None or "detail" not in stats.columns else _ends(stats)
    if len(set(ends.values())) > 1:
        told = "; ".join(
            f"{corridors['title'].get(name, name)} {day_text(day)}" for name, day in ends.items()
        )
        return f"Data through: {told}{published}."
    through = {day_text(day) for day in ends.values()} or through
    return f"Data through {through.pop()}{published}." if through else "No published figures."


def _ends(stats: DataFrame) -> dict[str, str]:
    """Return the last day that counts, by corridor."""
    pairs = zip(stats.index.get_level_values(0), stats["detail"], strict=True)
    return {
        str(name): detail["data_through"] for name, detail in pairs if detail and "data_through" in detail
    }
