"""What past revisions say of a preliminary figure: where it is likely to settle, or why that is not said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo import _ranges, terms
from geo.stats import settling_phrases as words
from geo.stats.choice import series_rows

if TYPE_CHECKING:
    import datetime as dt

    from geo.stats.question import Question
    from geo.stats.series import CountSeries, Span


@dataclass(frozen=True, eq=False)
class History:
    """All vintages of one series, up to a publication date.

    Attributes
    ----------
    vintages : DataFrame
        A tidy table of one or many vintages.
    series : CountSeries
        The series.
    known_on : date or None
        Nothing that was published later is looked at; None for no limit.
    """

    vintages: pd.DataFrame
    series: CountSeries
    known_on: dt.date | None

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows of the series, each in its vintage."""
        one = self.series
        rows = series_rows(
            self.vintages, one.corridor, one.source, one.measure, one.basis, one.place, one.nationality
        )
        return rows if self.known_on is None else rows[rows[terms.KNOWN_ON] <= pd.Timestamp(self.known_on)]

    @cached_property
    def triangle(self) -> pd.DataFrame:
        """Values by period and publication date."""
        return _ranges.lay_out(self.rows)

    @cached_property
    def preliminary(self) -> int:
        """How many of the newest periods are revised: as catalogued, else the most that a vintage flags."""
        return _ranges.young_periods(self.rows)


def settled_range(q: Question, span: Span, *, parts: int = 1) -> dict[str, Any]:
    """Return what a record of a sum says of its revisions: fields of :meth:`Question.answer`.

    Parameters
    ----------
    q : Question
        What is asked.
    span : Span
        The sum; nothing is said unless it is flagged preliminary.
    parts : int
        What the sum is divided by, for a mean.

    Returns
    -------
    fields : dict
        ``low``, ``high``, ``interval``, ``method``, ``assumptions``, ``said`` (a sentence) and ``told``
        (``revision_range``, for the detail); only ``told``, with the reason, where no range is given.

    Notes
    -----
    What has settled stands; the young periods of the sum are revised together (:func:`geo._ranges.settle`).
    """
    if "preliminary" not in span.flags:
        return {}
    found, why = _settling(q, span)
    if found is None or why:
        return {"told": {"revision_range": {"refused": why}}}
    rest = span.value - found.value
    low, high = ((rest + end) / parts for end in (found.low, found.high))
    places = 0 if parts == 1 and float(span.value).is_integer() else 1
    low, high = _outwards(low, high, places)
    voice = q.voice
    said = words.suggests(
        voice, voice.number(low, places=places), voice.number(high, places=places), found.vintages
    )
    return {
        "low": low,
        "high": high,
        "interval": words.interval(voice),
        "method": words.method(voice, found.method, found.cases, found.vintages),
        "assumptions": words.assumptions(voice, q.history.preliminary if q.history else 1),
        "said": (said,),
        "told": {
            "revision_range": {
                "sentence": said,
                "vintages": found.vintages,
                "cases": found.cases,
                "method": found.method,
                "preliminary_value": found.value,
                "preliminary_periods": [f"{start:%Y-%m-%d}" for start in found.starts],
            }
        },
    }


def _settling(q: Question, span: Span) -> tuple[_ranges.Settling | None, str]:
    """Return what past revisions say of a sum, and why nothing can be said."""
    series, voice = q.series, q.voice
    if "partial" in span.flags:
        return None, words.refused(voice, "partial")
    if q.history is None or series.overlapping or not series.regular:
        return None, words.refused(voice, "irregular")
    first, last = pd.Timestamp(span.period.start), pd.Timestamp(span.period.end)
    found = _ranges.settle(q.history.triangle, first, last, preliminary=max(1, q.history.preliminary))
    if found.refused == "vintages":
        return found, words.few_vintages(voice, found.vintages, _ranges.LEAST_VINTAGES)
    if found.refused == "cases":
        return found, words.few_cases(voice, found.cases, _ranges.LEAST_CASES)
    if found.refused:
        return found, words.refused(voice, found.refused)
    young = np.isin(series.start, [start.toordinal() for start in found.starts])
    if not math.isclose(float(series.value[young].sum()), found.value):
        return found, words.refused(voice, "differs")
    return found, ""


def _outwards(low: float, high: float, places: int) -> tuple[float, float]:
    """Round the ends of a range away from each other; what is whole but for the last bits stays."""
    unit = 10.0**places
    ends = math.floor(round(low * unit, 6)), math.ceil(round(high * unit, 6))
    return ends[0] / unit, ends[1] / unit
