"""The record of one statistic, and its table and JSON forms."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.counts import series_info
from geo.display import Displayed
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SCHEMA_VERSION: Final = 1
"""Version of the JSON form (``geo/data/schemas/stats.schema.json``)."""
DATES: Final = ("period_start", "period_end", "as_of", "known_on", "against_start", "against_end")


@dataclass(frozen=True, slots=True)
class Stat(Displayed):
    """One statistic of one series of one corridor.

    Attributes
    ----------
    statistic : str
        Its name (docs/method.md); changes end in ``_change``.
    corridor : str
        Corridor id.
    value : float
        The figure; NaN where `flags` holds ``unavailable``.
    unit : str
        Unit of `value`: that of the measure, ``%``, ``rank``, ``days``, …
    measure, basis, source : str
        The series.
    period_start, period_end : date or None
        What is described, both inclusive.
    as_of : date
        Data date.
    known_on : date or None
        Newest publication date among the values used.
    against_start, against_end : date or None
        What it is compared with.
    base_value : float
        The figure of that period; NaN where nothing is compared.
    low, high : float
        Ends of the interval of `value`, in its unit; NaN where none is given. Both may be given without a
        value: then only the range is known.
    interval : str
        What the interval is: ``95 % confidence``, ``90 % of past revisions``, ``possible range``, …; "" for
        none.
    method : str
        How value and interval were found, in a sentence; "" for plain counting.
    assumptions : tuple of str
        What has to hold for them, a sentence each.
    flags : tuple of str
        ``published_later``, ``preliminary``, ``partial``, ``revised``, ``inferred_known_on``,
        ``whole_periods``, ``not_held_yet``, ``incomplete``, ``equal``, ``not_reached``, ``sign_flips``
        (of a change: another date or base year would turn it round), ``range_only`` (no value, an interval),
        and ``unavailable`` with ``missing``, ``suppressed``, ``outside``, ``coarse``, ``small_base``,
        ``incomplete`` or ``not_applicable``.
    detail : dict
        Machine-readable extras; JSON-safe.
    sentence : str
        The same in words.
    """

    statistic: str
    corridor: str
    value: float
    unit: str
    measure: str
    basis: str
    source: str
    period_start: dt.date | None
    period_end: dt.date | None
    as_of: dt.date
    known_on: dt.date | None
    against_start: dt.date | None = None
    against_end: dt.date | None = None
    base_value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    interval: str = ""
    method: str = ""
    assumptions: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)
    sentence: str = ""


NUMBERS: Final = ("value", "base_value", "low", "high")
COLUMNS: Final = tuple(
    item.name for item in dataclasses.fields(Stat) if item.name not in {"corridor", "statistic"}
)


def to_frame(records: Sequence[Stat], *, notes: Iterable[Mapping[str, str]] = ()) -> pd.DataFrame:
    """Lay records out as a table.

    Returns
    -------
    table : DataFrame, one row per record
        Index (corridor, statistic); columns the other fields of :class:`Stat`, days as datetime64.
        ``attrs["notes"]`` holds the notes.

    Examples
    --------
    >>> to_frame([]).index.names
    FrozenList(['corridor', 'statistic'])
    """
    index = pd.MultiIndex.from_arrays(
        [[record.corridor for record in records], [record.statistic for record in records]],
        names=["corridor", "statistic"],
    )
    columns: dict[str, pd.Series[Any]] = {}
    for name in COLUMNS:
        cells = [getattr(record, name) for record in records]
        dtype = "datetime64[us]" if name in DATES else "float64" if name in NUMBERS else "object"
        columns[name] = pd.Series(cells, index=index, dtype=dtype)
    table = pd.DataFrame(columns, index=index, columns=list(COLUMNS))
    table.attrs["notes"] = [dict(note) for note in notes]
    return table


def from_frame(table: pd.DataFrame) -> list[Stat]:
    """Read records back from their table.

    Raises
    ------
    InvalidInputError
        If it is not a table of statistics.

    Examples
    --------
    >>> from_frame(to_frame([]))
    []
    """
    if list(table.index.names) != ["corridor", "statistic"] or not set(COLUMNS) <= set(table.columns):
        raise InvalidInputError(
            "Invalid table of statistics. Its index is (corridor, statistic) and its columns are those of "
            "corridor_stats."
        )
    found = []
    for key, row in zip(table.index, table.to_dict("records"), strict=True):
        fields = {str(name): row[name] for name in COLUMNS}
        for name in DATES:
            fields[name] = None if pd.isna(fields[name]) else pd.Timestamp(fields[name]).date()
        found.append(Stat(corridor=str(key[0]), statistic=str(key[1]), **fields))
    return found


def to_json(
    records: Sequence[Stat] | pd.DataFrame,
    *,
    notes: Iterable[Mapping[str, str]] = (),
    command: str | None = None,
    vintages: Iterable[Mapping[str, Any]] | None = None,
) -> dict[str, Any]:
    """Lay records out as JSON (``geo/data/schemas/stats.schema.json``).

    Parameters
    ----------
    records : sequence of Stat or DataFrame
        From ``stats_records`` or ``corridor_stats``; a table brings its own notes.
    notes : iterable of dict
        Further notes: ``corridor``, ``note``.
    command : str, optional
        What was run, kept as it is.
    vintages : iterable of dict, optional
        What the figures rest on: ``corridor``, ``source``, ``measure``, ``basis``, ``vintage``, ``known_on``
        (ISO day), ``sha256`` (``embedded`` for the figures of the package) and ``use`` (``figures``, or
        ``revisions`` where only a range rests on it).

    Returns
    -------
    document : dict
        ``schema_version``; ``as_of`` and ``known_on`` (null where corridors differ); ``corridors``: per
        corridor its ``series``, ``as_of``, ``known_on``, ``data_through`` and ``results``;
        ``notes``. No NaN: null.

    Examples
    --------
    >>> to_json([])["corridors"]
    []
    """
    said = [dict(note) for note in notes]
    if isinstance(records, pd.DataFrame):
        said = [*records.attrs.get("notes", []), *said]
        records = from_frame(records)
    groups: dict[tuple[str, ...], list[Stat]] = {}
    for record in records:
        groups.setdefault((record.corridor, record.source, record.measure, record.basis), []).append(record)
    document: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "as_of": _common([record.as_of for record in records]),
        "known_on": _common([_newest(group) for group in groups.values()]),
        "corridors": [_corridor(group) for group in groups.values()],
        "notes": said,
    }
    if command is not None:
        document["command"] = command
    if vintages is not None:
        document["vintages"] = [_plain(dict(one)) for one in vintages]
    return document


def _newest(group: Sequence[Stat]) -> dt.date | None:
    return max((record.known_on for record in group if record.known_on), default=None)


def _common(days: Sequence[dt.date | None]) -> str | None:
    """Return the day that all share."""
    only = set(days)
    return _plain(only.pop()) if len(only) == 1 else None


def _corridor(group: Sequence[Stat]) -> dict[str, Any]:
    first = group[0]
    info = series_info(first.source, first.measure)
    kept = ("title", "publisher", "url", "licence", "licence_url", "attribution", "frequency", "caveat")
    return {
        "corridor": first.corridor,
        "as_of": _plain(first.as_of),
        "known_on": _plain(_newest(group)),
        "data_through": first.detail.get("data_through"),
        "series": {
            "source": first.source,
            "measure": first.measure,
            "basis": first.basis,
            "unit": info["unit"],
            "label": info["wording"]["label"],
            **{name: info[name] for name in kept},
        },
        "results": [_result(record) for record in group],
    }


def _result(record: Stat) -> dict[str, Any]:
    skipped = {"corridor", "measure", "basis", "source", "as_of"}
    fields = (item.name for item in dataclasses.fields(Stat))
    return {name: _plain(getattr(record, name)) for name in fields if name not in skipped}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a record, made JSON-safe
    """Write a value as JSON can hold it: no NaN, whole numbers as whole numbers, days as text."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
