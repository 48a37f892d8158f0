"""Everything one map, table or briefing is made from, gathered once from one set of options."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from geo.counts import join_counts

import geo
from geo import stats as geo_stats

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from geopandas import GeoDataFrame


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
    source, measure, basis : str or None
        Another series than the corridor's headline one.
    routes, counts : Path or None
        The user's own corridors, and own counts in the tidy form.
    width_km : float
        Full width of the corridor bands, in kilometres.
    """

    corridors: tuple[str, ...] = ()
    as_of: dt.date | None = None
    known_on: dt.date | None = None
    since: dt.date | None = None
    period: str | None = None
    against: tuple[str, ...] = ()
    threshold: float | None = None
    source: str | None = None
    measure: str | None = None
    basis: str | None = None
    routes: Path | None = None
    counts: Path | None = None
    width_km: float = 40.0


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
        """Embedded counts, with the user's own joined in."""
        embedded = geo.read_counts()
        if self.options.counts is None:
            return embedded
        return join_counts(embedded, geo.read_counts(self.options.counts))

    @cached_property
    def definitions(self) -> pd.DataFrame:
        """Corridors without geometry: titles, headline series, notes."""
        return geo.read_corridors(list(self.options.corridors) or None, routes=self.options.routes)

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
        return self.routes_places()

    def routes_places(self) -> GeoDataFrame:
        """Read the places, the ones of the user's own routes file among them."""
        return geo.read_places(extra=self.options.routes)

    @cached_property
    def records(self) -> list[geo_stats.Stat]:
        """Statistics, one record each."""
        return geo_stats.stats_records(self.counts, self.definitions, **self.question())

    @cached_property
    def stats(self) -> pd.DataFrame:
        """Statistics as a table with one row each."""
        return geo.corridor_stats(self.counts, self.definitions, **self.question())

    def question(self, names: Sequence[str] = ()) -> dict[str, Any]:
        """Return the options that statistics take, all or the named ones."""
        every = ("as_of", "known_on", "period", "since", "against", "threshold", "source", "measure", "basis")
        return {name: getattr(self.options, name) or None for name in names or every}
