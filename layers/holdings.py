"""What is held for one set of options: the counts as known on a day, and the vintages they rest on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geo
from geo.counts import join_counts
from geo.disclosure import RECORD, as_published, protected
from geo.stats import from_frame
from geo.vintages import EMBEDDED, VINTAGE, counts_as_known, has_store, lay_vintages

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection
    from pathlib import Path

    import pandas as pd

_SERIES = ("corridor", "source", "measure", "basis")


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
    about : tuple of str
        Kinds of statistics (:data:`geo.stats.KINDS`); empty for the default of each job.
    denominator, each, steps, divide_by, calm_m
        As for :class:`geo.stats.Asked`.
    waves : tuple of Path
        Files of wave heights.
    boundaries, boundary_policy
        As for :func:`layers.build_map`.
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
    about: tuple[str, ...] = ()
    denominator: str | None = None
    each: str | None = None
    steps: str = "month"
    divide_by: str = "nationality"
    waves: tuple[Path, ...] = ()
    calm_m: float | None = None
    boundaries: Path | None = None
    boundary_policy: str | None = None


class Holdings:
    """Counts and vintages for one set of options; a part of :class:`~layers.dossier.Dossier`.

    Parameters
    ----------
    options : Options
        What was asked for.
    """

    def __init__(self, options: Options) -> None:
        self.options = options

    if TYPE_CHECKING:

        @property
        def stats(self) -> pd.DataFrame:
            """The statistics that were asked for."""

        @property
        def definitions(self) -> pd.DataFrame:
            """Corridors without geometry."""

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
        asked = from_frame(self.stats)
        names = [(one, (one.corridor, one.source, one.measure, one.basis)) for one in asked]
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
