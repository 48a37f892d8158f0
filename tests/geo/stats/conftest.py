"""Small hand-made tables: one corridor, one source, values from a day on."""

import datetime as dt

import pandas as pd
import pytest

from geo.counts import check_counts, read_counts
from geo.stats.periods import period_at


@pytest.fixture(scope="session")
def counts():
    """The embedded figures."""
    return read_counts()


@pytest.fixture(scope="session")
def make_table():
    """Build a tidy table of consecutive periods; None in the values leaves a period out."""

    def build(values, *, first="2030-01-01", kind="day", corridor="north", measure="arrival", **columns):
        period = period_at(kind, dt.date.fromisoformat(first))
        rows = []
        for value in values:
            if value is not None:
                rows.append({"period_start": period.start, "period_end": period.end, "value": value})
            period = period_at(kind, period.end + dt.timedelta(days=1))
        table = pd.DataFrame(rows).assign(source="tally", corridor=corridor, measure=measure, **columns)
        for name in ("period_start", "period_end"):
            table[name] = pd.to_datetime(table[name])
        return check_counts(table)

    return build


@pytest.fixture(scope="session")
def make_corridors():
    """Build a table of corridors in the form of read_corridors."""

    def build(*names, source="tally", measure="arrival", caption="", figures=()):
        columns = {
            "title": [name.title() for name in names],
            "source": source,
            "measure": measure,
            "basis": "",
            "caption": caption,
            "figures": [list(figures)] * len(names),
        }
        return pd.DataFrame(columns, index=pd.Index(names, name="corridor"))

    return build
