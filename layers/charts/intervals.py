"""Figures with their intervals, ranges without a figure, and shares with what is not known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from geo.errors import InvalidInputError
from layers.charts import strokes as svg
from layers.charts.ladder import LEFT, PALE, Ladder, Row, Scale, check_rows, plain
from layers.palette import BLUE, INK, MUTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MOST_ROWS: Final = 24
NAIVE: Final = "As if each death were an incident of its own: too narrow"


def interval_chart(
    rows: Iterable[Row],
    *,
    title: str,
    unit: str = "",
    interval: str = "",
    naive: str = NAIVE,
    reference: float | None = None,
    reference_words: str = "",
    most: int = MOST_ROWS,
    message: str = "",
    ident: str = "",
) -> str:
    """Draw figures as points with whiskers, ranges as bands without a point, what is withheld hatched.

    Parameters
    ----------
    rows : iterable of Row
        From top to bottom.
    title, unit : str
        What is shown, and what the numbers are.
    interval : str
        What the whiskers are, such as ``95 % confidence``.
    naive : str
        What the thinner whiskers are.
    reference : float, optional
        A number that rows are compared with, such as 1 for ratios: a dashed line.
    reference_words : str
        What that number is.
    most : int
        How many rows are drawn; a line tells how many more there are.
    message : str
        Main message, put before the description made from the rows.
    ident : str
        Prefix of the ids inside, for a page that shows the same chart twice.

    Returns
    -------
    svg : str
        One ``<svg>`` element, 360 units wide. Its description holds all rows in words.

    Raises
    ------
    InvalidInputError
        If a number is infinite, a range ends before it begins, or ``most`` is below 1.

    Examples
    --------
    >>> rows = [Row("2023", 16.0, 10.0, 36.4, naive=(15.4, 16.7)), Row("2019", words="withheld")]
    >>> chart = interval_chart(rows, title="Dead or missing", unit="per 1,000 arrivals")
    >>> "2023: 16.0 (10.0 to 36.4). 2019: withheld." in chart
    True
    """
    shown, left_out = _first(check_rows(rows), most)
    ladder = _ladder(shown, title, unit, interval, ident, reference)
    for row in shown:
        ladder.words(row.label, row.told)
        ladder.y += 11.0
        _mark(ladder, row)
        ladder.y += 12.0 if row.naive else 7.0
    ladder.axis()
    drawn = [row for row in shown if row.numbers and not row.words]
    if any(not math.isnan(row.value) and _closed(row) for row in drawn):
        ladder.sign("thick", f"Figure and its interval{f', {interval}' if interval else ''}")
    if any(row.inner for row in drawn):
        ladder.sign("band", "The figure lies in the band; whiskers hold the uncertainty of both ends")
    elif any(math.isnan(row.value) for row in drawn):
        ladder.sign("band", "Only a range is known")
    if any(row.naive for row in drawn):
        ladder.sign("naive", naive)
    if reference is not None:
        ladder.sign("dash", reference_words or plain(reference))
    if len(drawn) < len(shown):
        ladder.sign("hatch", "No figure is given")
    return ladder.document(message, _said(ladder, shown, left_out))


def flow_bars(
    rows: Iterable[Row],
    *,
    title: str,
    unit: str = "persons",
    most: int = MOST_ROWS,
    message: str = "",
    ident: str = "",
) -> str:
    """Draw what each leg can have carried as a band from the least to the most, never with a point.

    Parameters
    ----------
    rows : iterable of Row
        One a leg, with ``low`` and ``high``; a leg of which no count says anything has neither.
    title, unit, most, message, ident
        As for :func:`interval_chart`.

    Returns
    -------
    svg : str
        One ``<svg>`` element, 360 units wide. Legs without a range are named in a line below.

    Raises
    ------
    InvalidInputError
        If a row has a value, a number is infinite, a range ends before it begins, or ``most`` is below 1.

    Examples
    --------
    >>> rows = [Row("A to B", low=0, high=48_000), Row("B to C", low=408), Row("C to D")]
    >>> chart = flow_bars(rows, title="Flows")
    >>> "A to B: 0 to 48,000. B to C: at least 408." in chart, "No count says anything of: C to D." in chart
    (True, True)
    """
    known = check_rows(rows)
    pointed = next((row.label for row in known if not math.isnan(row.value)), None)
    if pointed is not None:
        raise InvalidInputError(f"Invalid rows '{pointed}'. A flow is a range: it has no value of its own.")
    silent = [row.label for row in known if not row.numbers]
    shown, left_out = _first([row for row in known if row.numbers], most)
    ladder = _ladder(shown, title, unit, "", ident, None)
    for row in shown:
        ladder.words(row.label, row.told)
        ladder.y += 11.0
        _range(ladder, row)
        ladder.y += 7.0
    ladder.axis()
    if shown:
        ladder.sign("band", "What the counts allow, least to most; no point is better supported than another")
    said = _said(ladder, shown, left_out)
    if silent:
        named = silent[:6] + ([f"and {len(silent) - 6} more legs"] if len(silent) > 6 else [])
        told = f"No count says anything of: {'; '.join(named)}."
        ladder.notes([told])
        said = svg.join_text("" if not shown else said, told)
    return ladder.document(message, said)


def share_bars(
    shares: Mapping[str, float],
    *,
    title: str,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    recorded: float | None = None,
    unknown: float | None = None,
    rest: Sequence[str] = (),
    words: str = "Nationality not recorded",
    message: str = "",
    ident: str = "",
) -> str:
    """Draw shares of those recorded as bars, the rest pale, and those not recorded hatched beside all.

    Parameters
    ----------
    shares : mapping of str to float
        Per cent of those recorded, by group; NaN where it is withheld.
    title : str
        What is shown.
    ranges : mapping of str to (float, float), optional
        Ends of what a share can be.
    recorded, unknown : float, optional
        How many people the shares are of, and how many more were counted without it.
    rest : sequence of str
        Groups that are no group of their own, such as all others.
    words : str
        What is not recorded of the unknown.
    message, ident : str
        As for :func:`interval_chart`.

    Returns
    -------
    svg : str
        One ``<svg>`` element, 360 units wide.

    Raises
    ------
    InvalidInputError
        If a share is not from 0 to 100, or a number is negative or infinite.

    Examples
    --------
    >>> shares = {"Albania": 27.8, "Afghanistan": 19.9}
    >>> chart = share_bars(shares, recorded=45_573, unknown=201, title="Arrivals")
    >>> "Nationality not recorded: 201, 0.4 % of all 45,774." in chart
    True
    """
    spans = dict(ranges or {})
    rows = [_share_row(name, share, spans.get(name)) for name, share in shares.items()]
    counts = svg.check_values([recorded, unknown], name="recorded, unknown")
    unit = "% of those recorded" if math.isnan(counts[0]) else f"% of the {svg.number(counts[0])} recorded"
    all_rows = check_rows(rows)
    if not math.isnan(counts[1]) and sum(counts) > 0:
        share = 100 * counts[1] / sum(counts)
        told = f"{svg.number(counts[1])}, {share:.1f} % of all {svg.number(sum(counts))}" if share else "0"
        unknowns = [Row(words, share, text=told)]
    else:
        unknowns = []
    ladder = _ladder([*all_rows, *unknowns], title, unit if all_rows else "", "", ident, None)
    for row in [*all_rows, *unknowns]:
        own = row in unknowns
        ladder.y += 5.0 * own
        ladder.words(row.label, row.told)
        ladder.y += 11.0
        fill = f"url(#{ladder.key})" if own else PALE if row.label in rest else BLUE
        _bar(ladder, row, fill)
        ladder.y += 7.0
    ladder.axis()
    if any(row.label in spans for row in all_rows):
        ladder.sign("thin", "Possible range, whatever the groups are of those that are not named")
    if unknowns or any(row.words for row in all_rows):
        ladder.sign("hatch", "Not recorded, of all; or no share is given")
    return ladder.document(message, _said(ladder, [*all_rows, *unknowns], 0))


def _share_row(name: str, share: float, span: tuple[float, float] | None) -> Row:
    value = math.nan if share is None else float(share)
    if not (math.isnan(value) or 0 <= value <= 100):
        raise InvalidInputError(f"Invalid share '{share}' of '{name}'. It is from 0 to 100 per cent.")
    if math.isnan(value):
        return Row(name, words="withheld")
    low, high = span or (math.nan, math.nan)
    return Row(name, value, low, high, text=f"{value:.1f} %")


def _first(rows: list[Row], most: int) -> tuple[list[Row], int]:
    if most < 1:
        raise InvalidInputError(f"Invalid most '{most}'. At least 1 row is drawn.")
    return rows[:most], max(len(rows) - most, 0)


def _ladder(
    rows: Sequence[Row], title: str, unit: str, interval: str, ident: str, reference: float | None
) -> Ladder:
    """Return a drawing with a scale for all rows."""
    numbers = [number for row in rows for number in row.numbers if not row.words]
    numbers += [] if reference is None or not numbers else [reference]
    key = svg.content_key(ident, title, unit, interval, repr(rows))
    ladder = Ladder(title, unit, Scale(min(numbers, default=0.0), max(numbers, default=0.0)), key, reference)
    ladder.body.insert(0, svg.hatch(key, colour=MUTED))
    if not rows:
        ladder.y += 24.0
        ladder.body.append(svg.label(svg.WIDTH / 2, ladder.y, svg.NOTHING, anchor="middle", size=svg.TEXT))
        ladder.y += 10.0
    return ladder


def _closed(row: Row) -> bool:
    return not (math.isnan(row.low) or math.isnan(row.high))


def _mark(ladder: Ladder, row: Row) -> None:
    """Draw one row: hatched, a range, or a point with whiskers."""
    if row.words or not row.numbers:
        ladder.hatched("")
        return
    if row.inner is not None and _closed(row):
        ladder.whiskers(row.low, row.high, colour=BLUE, weight=2.4, reach=5.0)
        ladder.band(*row.inner)
    elif math.isnan(row.value):
        _range(ladder, row)
    elif _closed(row):
        ladder.whiskers(row.low, row.high, colour=BLUE, weight=2.4, reach=5.0)
    if not math.isnan(row.value):
        ladder.body.append(svg.dot(ladder.scale.x(row.value), ladder.y, BLUE, radius=4.4))
    if row.naive is not None:
        ladder.y += 9.0
        ladder.whiskers(*row.naive, colour=MUTED, weight=1.2, reach=2.5)
        ladder.y -= 9.0


def _range(ladder: Ladder, row: Row) -> None:
    low = 0.0 if math.isnan(row.low) else row.low
    if math.isnan(row.high):
        end = ladder.scale.ticks[-1]
        ladder.band(low, max(low, end - 0.02 * (end - ladder.scale.ticks[0])), open_end=True)
    else:
        ladder.band(low, row.high)


def _bar(ladder: Ladder, row: Row, fill: str) -> None:
    if row.words or math.isnan(row.value):
        ladder.hatched("")
        return
    width = max(ladder.scale.x(row.value) - LEFT, 1.5)
    edge = "" if fill == BLUE else f' stroke="{MUTED if fill.startswith("url") else BLUE}" stroke-width="1"'
    box = f'x="{svg.at(LEFT)}" y="{svg.at(ladder.y - 6)}" width="{svg.at(width)}" height="12"'
    ladder.body.append(f'<rect {box} fill="{fill}"{edge}/>')
    if _closed(row) and row.high > row.low:
        ladder.whiskers(row.low, row.high, colour=INK, weight=1.6, reach=4.0)


def _said(ladder: Ladder, rows: Sequence[Row], left_out: int) -> str:
    """Return all rows in words, and write how many are not drawn."""
    if not rows:
        return svg.NOTHING + "."
    unit = f"In {ladder.unit}. " if ladder.unit else ""
    said = unit + " ".join(f"{row.label}: {row.told}." for row in rows)
    if left_out:
        told = f"{left_out:,} more {'row is' if left_out == 1 else 'rows are'} not drawn."
        ladder.notes([told])
        said += f" {told}"
    return said
