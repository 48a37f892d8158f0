"""Everything one map, table or briefing is made from, gathered once from one set of options."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geo
from geo.counts import as_known, frequency, select_counts
from geo.definitions import own_places, read_definitions
from geo.errors import NotCoveredError
from geo.stats import analyse, from_frame, monthly_values, stats_records, to_frame
from layers.holdings import Holdings
from layers.holdings import Options as Options

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from geopandas import GeoDataFrame

    from geo.stats import Stat


class Dossier(Holdings):
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
    def headline(self) -> pd.DataFrame:
        """Headline statistics, one row each; ``attrs["notes"]`` says which corridors have none, and why."""
        return geo.corridor_stats(self.counts, self.definitions, vintages=self.history, **self.question())

    @cached_property
    def stats(self) -> pd.DataFrame:
        """Statistics of all kinds that were asked for, the headline ones by default; notes as above.

        Those that a briefing adds on its own are among them once it has.
        """
        tables = [self.headline if kind == "headline" else self.kinds[kind] for kind in self.about]
        tables += [table for kind, table in self.findings.items() if kind not in self.about]
        return to_frame(
            [record for table in tables for record in from_frame(table)],
            notes=[note for table in tables for note in table.attrs["notes"]],
        )

    @property
    def about(self) -> tuple[str, ...]:
        """The kinds of statistics that were asked for, each once."""
        return tuple(dict.fromkeys(self.options.about)) or ("headline",)

    @cached_property
    def kinds(self) -> dict[str, pd.DataFrame]:
        """Statistics by kind, but for the headline ones: those of :func:`geo.stats.analyse`."""
        return {kind: self.kind(kind) for kind in self.about if kind != "headline"}

    @cached_property
    def findings(self) -> dict[str, pd.DataFrame]:
        """Statistics of a briefing by kind, kept here by :func:`layers.findings.finding_tables`."""
        return {}

    def kind(self, kind: str, **changed: Any) -> pd.DataFrame:  # noqa: ANN401 - the fields of geo.stats.Asked
        """Return the statistics of one kind, some options changed.

        Parameters
        ----------
        kind : str
            One of :data:`geo.stats.KINDS`.
        **changed
            Attributes of :class:`geo.stats.Asked`.
        """
        asked = self.question((*_QUESTION, *_DEEPER))
        asked["waves"] = geo.read_waves(list(self.options.waves)) if self.options.waves else None
        return analyse(self.counts, self.definitions, about=kind, **{**asked, **changed})

    @cached_property
    def records(self) -> list[Stat]:
        """Headline statistics, one record each."""
        return from_frame(self.headline)

    @property
    def last_year(self) -> int | None:
        """The last calendar year that is over in the headline series of every corridor; None without any."""
        ends = [one.period_end for one in self.records if one.statistic == "total" and one.period_end]
        years = [end.year if (end.month, end.day) == (12, 31) else end.year - 1 for end in ends]
        return min(years, default=None)

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
        tables = [self.headline, *self.kinds.values()] if "headline" in self.about else self.kinds.values()
        return [dict(note) for table in tables for note in table.attrs["notes"]]

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


_DATES = ("as_of", "known_on")
_DEEPER = ("denominator", "each", "steps", "divide_by", "calm_m")
_QUESTION = (*_DATES, "period", "since", "against", "threshold", "source", "measure", "basis", "place")
