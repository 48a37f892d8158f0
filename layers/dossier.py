"""Everything one map, table or briefing is made from, gathered once from one set of options."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geo
from geo.counts import as_known, frequency, join_counts, select_counts
from geo.definitions import own_places, read_definitions
from geo.disclosure import RECORD, as_published, protected
from geo.errors import NotCoveredError
from geo.stats import from_frame, monthly_values, stats_records
from geo.vintages import EMBEDDED, VINTAGE, counts_as_known, has_store, lay_vintages

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from geopandas import GeoDataFrame

    from geo.stats import Stat


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for; the same words as the options of the command.

    Attributes
    ----------
    corridors : tuple of str
        Ids; empty for all.
    as_of, known_on, since : date or None
        Data date, publication date, and the first day of a count since an event.
    period : str or None
        What is described: a day, week, month, quarter, year or ``a/b``.
    against : str or None
        Year that changes are compared with; default the year before.
    threshold : float or None
        Figure whose date is wanted; default the last round one.
    source, measure, basis : str or None
        Another series than the corridor's headline one.
    place : str
        One place of a series that is published by place; "" for the whole.
    routes, counts : Path or None
        The user's own corridors, and own counts in the tidy form.
    claims : Path or None
        Published sentences that the briefing checks.
    width_km : float
        Full width of the corridor bands, in kilometres.
    as_published : bool
        Whether the publisher's own small cells are shown; default they are withheld.
    """

    corridors: tuple[str, ...] = ()
    as_of: dt.date | None = None
    known_on: dt.date | None = None
    since: dt.date | None = None
    period: str | None = None
    against: str | None = None
    threshold: float | None = None
    source: str | None = None
    measure: str | None = None
    basis: str | None = None
    place: str = ""
    routes: Path | None = None
    counts: Path | None = None
    claims: Path | None = None
    width_km: float = 40.0
    as_published: bool = False


class Dossier:
    """Counts, shapes and statistics for one set of options, each made when first asked for.

    Parameters
    ----------
    options : Options
        What was asked for.

    Examples
    --------
    >>> dossier = Dossier(Options(corridors=("channel",)))
    >>> list(dossier.definitions.index)
    ['channel']
    """

    def __init__(self, options: Options) -> None:
        self.options = options

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Counts as known on the day, from all vintages that are kept, with the user's own joined in.

        Small cells are withheld, unless the publisher's own were asked for.
        """
        held = self._held if self._own is None else join_counts(self._held, self._own)
        return as_published(held) if self.options.as_published else protected(held)

    @property
    def disclosure(self) -> dict[str, Any]:
        """What was withheld, and by which rule."""
        return dict(self.counts.attrs[RECORD])

    @cached_property
    def _held(self) -> pd.DataFrame:
        if not has_store():
            return geo.read_counts()
        return counts_as_known(self.options.known_on, keep_unreached=True, vintages=self._kept)

    @cached_property
    def _own(self) -> pd.DataFrame | None:
        return None if self.options.counts is None else geo.read_counts(self.options.counts)

    @cached_property
    def _kept(self) -> pd.DataFrame:
        if has_store():
            return geo.read_vintages()
        return geo.read_counts().assign(**{VINTAGE: EMBEDDED})

    @cached_property
    def history(self) -> pd.DataFrame:
        """All vintages of all figures, one below the other; the user's own counts by publication date."""
        import pandas as pd

        if self._own is None:
            return self._kept
        dates = self._own["known_on"].dt.strftime("%Y-%m-%d")
        own = self._own.assign(**{VINTAGE: self._own_name + " " + dates})
        return pd.concat([self._kept, own], ignore_index=True)

    @property
    def vintages(self) -> list[dict[str, Any]]:
        """The vintages that the counts were laid together from; empty where only the embedded is held."""
        return [dict(told) for told in self._held.attrs.get("vintages", ())]

    def used(self, series: Collection[tuple[str, str]] | None = None) -> list[dict[str, Any]]:
        """Return the vintages that some series rest on, default those of the statistics.

        Parameters
        ----------
        series : collection of (source, measure), optional
            Of any of the corridors; then without the vintages of ranges.

        Returns
        -------
        used : list of dict
            ``corridor``, ``source``, ``measure``, ``basis``, ``vintage``, ``known_on``, ``sha256``
            (``embedded`` for the figures of the package) and ``use``: ``figures``, or ``revisions`` where the
            range of past revisions alone rests on it.
        """
        names = [(one, (one.corridor, one.source, one.measure, one.basis)) for one in self.records]
        shown = {name for _, name in names}
        ranged = {name for one, name in names if "vintages" in one.detail.get("revision_range", ())}
        if series is not None:
            own = set(self.definitions.index)
            told = (tuple(one[key] for key in _SERIES) for one in self._used)
            shown, ranged = {name for name in told if name[0] in own and name[1:3] in series}, set()
        kept: dict[tuple[str, ...], dict[str, Any]] = {}
        for use, entries, wanted in (
            ("figures", self._used, shown),
            ("revisions", self._earlier if ranged else [], ranged),
        ):
            for one in entries:
                name = tuple(one[key] for key in _SERIES)
                if name in wanted:
                    entry = {key: one[key] for key in (*_SERIES, VINTAGE, "known_on")}
                    entry |= {"sha256": self._hash(one[VINTAGE]), "use": use}
                    kept.setdefault((*name, one[VINTAGE]), entry)
        return sorted(
            kept.values(), key=lambda one: tuple(one[key] for key in (*_SERIES, "known_on", VINTAGE))
        )

    @cached_property
    def _used(self) -> list[dict[str, Any]]:
        """What the figures of each series were laid together from."""
        told: list[dict[str, Any]] | None = self._held.attrs.get("used")
        if told is None:
            told = lay_vintages(self._kept, self.options.known_on).attrs["used"]
        if self._own is not None:
            own = lay_vintages(self._own.assign(**{VINTAGE: self._own_name}), self.options.known_on)
            told = [*told, *own.attrs["used"]]
        return told

    @cached_property
    def _earlier(self) -> list[dict[str, Any]]:
        """All vintages of each series that were published by then."""
        rows = self.history
        if self.options.known_on is not None:
            rows = rows[rows["known_on"] <= self.options.known_on.isoformat()]
        newest = rows.groupby([*_SERIES, VINTAGE], sort=False)["known_on"].max().dt.strftime("%Y-%m-%d")
        told = newest.reset_index().to_dict("records")
        return [{str(key): str(value) for key, value in one.items()} for one in told]

    @cached_property
    def _hashes(self) -> dict[str, str]:
        """The sha256 of every vintage that is no embedded one."""
        listed = geo.list_vintages() if has_store() else None
        found = {} if listed is None else dict(zip(listed[VINTAGE], listed["sha256"], strict=True))
        if self.options.counts is not None:
            found[self._own_name] = hashlib.sha256(self.options.counts.read_bytes()).hexdigest()
        return {str(name): str(sha256) for name, sha256 in found.items() if sha256}

    def _hash(self, vintage: str) -> str:
        """Return the hash of a vintage; the user's own file has one for all its publication dates."""
        own = self._own_name and vintage.startswith(self._own_name)
        return self._hashes.get(self._own_name if own else vintage, EMBEDDED)

    @property
    def _own_name(self) -> str:
        return self.options.counts.name if self.options.counts is not None else ""

    @cached_property
    def definitions(self) -> pd.DataFrame:
        """Corridors without geometry: titles, headline series, notes."""
        return geo.read_corridors(list(self.options.corridors) or None, routes=self.options.routes)

    def definition(self, corridor: str) -> dict[str, Any]:
        """Return what is known of one corridor."""
        return {str(name): value for name, value in self.definitions.loc[corridor].to_dict().items()}

    def figure(self, leg: str) -> dict[str, Any] | None:
        """Return what is published of one leg; None where nothing is."""
        if leg not in self.figures.index:
            return None
        found = {str(name): value for name, value in self.figures.loc[leg].to_dict().items()}
        return None if math.isnan(found["high"]) else found

    @cached_property
    def routes(self) -> GeoDataFrame:
        """Legs with their lines."""
        return geo.read_routes(list(self.definitions.index), routes=self.options.routes)

    @cached_property
    def corridors(self) -> GeoDataFrame:
        """Corridor bands."""
        return geo.build_corridors(self.routes, width_km=self.options.width_km)

    @cached_property
    def segments(self) -> GeoDataFrame:
        """Stretches of line with one set of legs each."""
        return geo.build_segments(self.routes)

    @cached_property
    def places(self) -> GeoDataFrame:
        """Places, the user's own among them."""
        definitions = read_definitions(list(self.definitions.index), routes=self.options.routes)
        return geo.read_places(extra=own_places(definitions) or None)

    @cached_property
    def stats(self) -> pd.DataFrame:
        """Statistics, one row each; ``attrs["notes"]`` says which corridors have none, and why."""
        return geo.corridor_stats(self.counts, self.definitions, vintages=self.history, **self.question())

    @cached_property
    def records(self) -> list[Stat]:
        """Statistics, one record each."""
        return from_frame(self.stats)

    @cached_property
    def figures(self) -> pd.DataFrame:
        """What is published of each leg: a figure, a range, or nothing."""
        return geo.leg_figures(
            self.counts,
            self.definitions,
            self.routes,
            as_of=self.options.as_of,
            known_on=self.options.known_on,
            period=self.options.period,
        )

    @property
    def notes(self) -> list[dict[str, str]]:
        """Corridors without results, and why: dicts of ``corridor`` and ``note``."""
        return [dict(note) for note in self.stats.attrs["notes"]]

    def corridor_notes(self, corridor: str) -> list[str]:
        """Return what has to be said of one corridor's figures."""
        return [note["note"] for note in self.notes if note["corridor"] == corridor]

    def monthly(self, corridor: str) -> tuple[pd.Series[float], str | None]:
        """Return the headline series by month, and the last day of a month that is not over."""
        import pandas as pd

        question = self.question((*_DATES, "source", "measure", "basis"))
        table = monthly_values(self.counts, self.definitions.loc[[corridor]], **question)
        if corridor not in table:
            return pd.Series(dtype=float), None
        partial = table.attrs["partial"].get(corridor)
        return table[corridor], partial["to"] if partial else None

    def years(self, record: Stat) -> dict[int, list[float]]:
        """Return the series of a statistic by year: days if it is daily, else months; NaN for missing."""
        import pandas as pd

        rows = select_counts(
            self.counts,
            corridor=record.corridor,
            source=record.source,
            measure=record.measure,
            basis=record.basis,
            place="",
            nationality="",
        )
        if frequency(rows) == "day":
            rows = rows if self.options.known_on is None else as_known(rows, self.options.known_on)
            values = rows.set_index("period_start")["value"].sort_index()
            values = values[: pd.Timestamp(record.as_of)]
        else:
            values = self.monthly(record.corridor)[0]
        step = "D" if frequency(rows) == "day" else "MS"
        whole = pd.date_range(f"{values.index[0].year}-01-01", values.index[-1], freq=step)
        values = values.reindex(whole)
        return {int(year): [float(value) for value in group] for year, group in values.groupby(whole.year)}

    def series_stats(self, corridor: str, series: Mapping[str, str], **question: Any) -> list[Stat]:  # noqa: ANN401 - the options of corridor_stats
        """Return statistics of another series of a corridor, up to the data date or its own last day.

        Parameters
        ----------
        corridor : str
            Its id.
        series : mapping
            With ``source``, ``measure`` and ``basis``.
        **question
            As for :func:`geo.corridor_stats`.

        Returns
        -------
        records : list of Stat
            Those with a value; none where the series does not reach.
        """
        asked = {**self.question(("as_of", "known_on")), **question}
        wanted = {name: series[name] for name in ("source", "measure", "basis") if series[name]}
        last = self._last_day(corridor, series)
        if last is None:
            return []
        if asked["as_of"] is None or asked["as_of"] > last:
            asked["as_of"] = last
        try:
            corridors = self.definitions.loc[[corridor]]
            records = stats_records(self.counts, corridors, vintages=self.history, **wanted, **asked)
        except NotCoveredError:
            return []
        return [record for record in records if "unavailable" not in record.flags]

    def printed_on(self, source: str, measure: str) -> dt.date | None:
        """Return the newest publication date of a series; None where none was printed and it is inferred."""
        rows = self.counts[(self.counts["source"] == source) & (self.counts["measure"] == measure)]
        printed = rows[~rows["flag"].str.contains("inferred_known_on")]
        return None if printed.empty else printed["known_on"].max().date()

    def _last_day(self, corridor: str, series: Mapping[str, str]) -> dt.date | None:
        rows = self.series
        found = rows[
            (rows["corridor"] == corridor)
            & (rows["source"] == series["source"])
            & (rows["measure"] == series["measure"])
            & (rows["place"] == "")
        ]
        return None if found.empty else found["last_day"].max().date()

    @cached_property
    def series(self) -> pd.DataFrame:
        """The series that are held."""
        return geo.list_series(self.counts)

    def question(self, names: Sequence[str] = ()) -> dict[str, Any]:
        """Return the options that statistics take, all or the named ones."""
        return {name: getattr(self.options, name) for name in names or _QUESTION}


_SERIES = ("corridor", "source", "measure", "basis")
_DATES = ("as_of", "known_on")
_QUESTION = (*_DATES, "period", "since", "against", "threshold", "source", "measure", "basis", "place")
