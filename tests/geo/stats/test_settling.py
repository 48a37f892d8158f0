"""The range of past revisions that goes with a preliminary figure, from invented vintages."""

import numpy as np
import pandas as pd
import pytest

from geo import terms
from geo.counts import check_counts
from geo.stats import corridor_stats, to_json
from geo.vintages import read_vintages

FIRST = "2020-01"


def world(seed, *, months=40, scale=0.06, shared=0.03, source="frontex", flag="", zero=False):
    """Return vintages of monthly figures whose newest two still fall short, and what they settle at."""
    random = np.random.default_rng(seed)
    true = np.round(random.uniform(800, 5000, months))
    periods = pd.period_range(FIRST, periods=months, freq="M")
    starts, ends = periods.start_time, periods.end_time.normalize()
    tables = []
    for last in range(months - 1):
        values = true[: last + 1].copy()
        together = shared * random.normal()
        for age in range(min(2, last + 1)):
            short = -0.05 + together + scale * random.normal() / (age + 1)
            values[last - age] = np.round(true[last - age] * np.exp(short))
        if zero:
            values[-1] = 0
        told = {"period_start": starts[: last + 1], "period_end": ends[: last + 1], "value": values}
        young = np.arange(last + 1) >= last - 1
        named = {"known_on": ends[last] + pd.Timedelta(days=10), "flag": np.where(young, flag, "")}
        tables.append(pd.DataFrame(told | named))
    names = [f"v{place:02d}" for place, table in enumerate(tables) for _ in range(len(table))]
    whole = pd.concat(tables, ignore_index=True)
    whole = whole.assign(source=source, corridor="north", measure="detection_entry")
    return check_counts(whole).assign(vintage=names), true


def first(table, number):
    """Return the first vintages of a table."""
    return table[table["vintage"] < f"v{number:02d}"]


def ask(table, make_corridors, statistics=("total",), **options):
    corridors = make_corridors("north", source=table["source"].iloc[0], measure="detection_entry")
    return corridor_stats(table, corridors, statistics=statistics, **options).droplevel("corridor")


def test_a_preliminary_figure_carries_the_range_of_past_revisions(make_corridors):
    table, _ = world(1)
    found = ask(first(table, 14), make_corridors).loc["total"]
    assert found["low"] < found["high"]
    assert found["low"].is_integer()
    assert found["interval"] == "90 % of past revisions"
    between = f"between {found['low']:,.0f} and {found['high']:,.0f} (90 % of past revisions, 14 vintages)."
    assert f"Revisions so far suggest a settled figure {between}" in found["sentence"]
    assert "12 earlier cases at the same age, in 14 vintages" in found["method"]
    assert len(found["assumptions"]) == 2
    assert found["flags"] == ("preliminary",)
    told = found["detail"]["revision_range"]
    assert (told["vintages"], told["cases"], told["preliminary_periods"]) == (14, 12, ["2021-02-01"])


@pytest.mark.parametrize("shared", [0.0, 0.05])
def test_nine_of_ten_settled_figures_lie_in_the_range(make_corridors, shared):
    """Each world is asked as it was known after its 14th, 20th, … vintage; later ones say how it settled."""
    hits = {"total": [], "year_to_date": []}
    for seed in range(24):
        table, true = world(seed, months=36, shared=shared)
        for number in (14, 20, 26, 32):
            known = table[table["vintage"] == f"v{number - 1:02d}"].drop(columns="vintage")
            options = {"known_on": known["known_on"].iloc[0].date(), "vintages": table}
            found = ask(known, make_corridors, tuple(hits), **options)
            for statistic, held in hits.items():
                start = found.loc[statistic, "period_start"].to_period("M") - pd.Period(FIRST)
                settled = true[start.n : number].sum()
                held.append(found.loc[statistic, "low"] <= settled <= found.loc[statistic, "high"])
    for held in hits.values():
        assert 0.85 <= np.mean(held) <= 0.95, (shared, {name: np.mean(held) for name, held in hits.items()})


def test_with_eleven_vintages_the_range_is_refused(make_corridors):
    table, _ = world(2)
    found = ask(first(table, 11), make_corridors).loc["total"]
    assert np.isnan(found["low"])
    assert found["interval"] == ""
    assert found["flags"] == ("preliminary",)
    why = found["detail"]["revision_range"]["refused"]
    assert why == "11 vintages of the series are held; a range of past revisions needs at least 12"
    assert "Revisions so far" not in found["sentence"]
    assert ask(first(table, 12), make_corridors).loc["total", "low"] > 0


def test_the_embedded_table_is_one_vintage(counts):
    found = corridor_stats(counts, "western_balkans", statistics=["total"]).iloc[0]
    why = found["detail"]["revision_range"]["refused"]
    assert why == "1 vintage of the series is held; a range of past revisions needs at least 12"


def test_nothing_that_was_published_later_is_looked_at(make_corridors):
    table, _ = world(3)
    early = first(table, 20)
    known_on = early["known_on"].max().date()
    spoiled = table.copy()
    spoiled.loc[spoiled["vintage"] >= "v20", "value"] = 1e6
    statistics = ("total", "year_to_date", "last_12_months", "record", "rolling_mean_3_months")
    alone = to_json(ask(early, make_corridors, statistics, known_on=known_on).pipe(indexed))
    assert to_json(ask(spoiled, make_corridors, statistics, known_on=known_on).pipe(indexed)) == alone
    assert alone["corridors"][0]["results"][0]["low"] is not None


def indexed(table):
    return pd.concat({"north": table}, names=["corridor"])


def test_the_counts_and_their_vintages_may_be_given_apart(make_corridors):
    table, _ = world(4)
    early = first(table, 20)
    newest = early[early["vintage"] == "v19"].drop(columns="vintage")
    apart = ask(newest, make_corridors, vintages=early).loc["total"]
    together = ask(early, make_corridors).loc["total"]
    assert (apart["low"], apart["high"]) == (together["low"], together["high"])
    other = newest.assign(value=newest["value"] + 1)
    refused = ask(other, make_corridors, vintages=early).loc["total"]
    assert "give another figure" in refused["detail"]["revision_range"]["refused"]


def test_own_figures_of_many_publication_dates_need_no_name_for_a_vintage(make_corridors):
    table, _ = world(5)
    plain = first(table, 14).drop(columns="vintage")
    named = ask(first(table, 14), make_corridors).loc["total"]
    assert ask(plain, make_corridors).loc["total", "low"] == named["low"]


def test_own_sources_say_by_their_flags_how_many_are_preliminary(make_corridors):
    flagged, _ = world(6, source="tally", flag="preliminary")
    catalogued, _ = world(6)
    found = ask(first(flagged, 16), make_corridors).loc["total"]
    assert found["low"] == ask(first(catalogued, 16), make_corridors).loc["total", "low"]
    assert "The newest 2 figures are preliminary." in found["sentence"]
    unflagged, _ = world(6, source="tally")
    assert "revision_range" not in ask(first(unflagged, 16), make_corridors).loc["total", "detail"]


def test_what_has_settled_carries_no_range(make_corridors):
    table, _ = world(7)
    found = ask(first(table, 20), make_corridors, period="2020-06").loc["total"]
    assert np.isnan(found["low"])
    assert "revision_range" not in found["detail"]


def test_a_sum_adds_what_has_settled_to_the_range_of_its_newest_figures(make_corridors):
    table, _ = world(8)
    found = ask(first(table, 18), make_corridors, ("year_to_date", "last_12_months", "rolling_mean_3_months"))
    year, twelve, mean = (found.loc[name] for name in found.index)
    assert year["detail"]["revision_range"]["preliminary_periods"] == ["2021-05-01", "2021-06-01"]
    assert year["high"] - year["low"] == twelve["high"] - twelve["low"]
    assert abs(mean["low"] * 3 - (mean["detail"]["total"] - (year["value"] - year["low"]))) <= 3.3
    assert (mean["low"] * 10).is_integer()


def test_figures_that_were_never_revised_are_to_stand(make_corridors):
    table, _ = world(9)
    still = table.assign(value=100.0)
    found = ask(first(still, 30), make_corridors).loc["total"]
    assert (found["low"], found["high"]) == (100, 100)
    assert "suggest a settled figure of 100 (90 % of past revisions, 30 vintages)" in found["sentence"]


def test_nothing_counted_has_no_range(make_corridors):
    table, _ = world(10, zero=True)
    found = ask(first(table, 20), make_corridors).loc["total"]
    assert "nothing was counted" in found["detail"]["revision_range"]["refused"]


def test_what_was_not_seen_often_enough_has_no_range(make_corridors):
    table, _ = world(11)
    early = first(table, 9)
    again = [
        early[early["vintage"] == "v08"].assign(vintage=f"v08{place}", known_on=pd.Timestamp(2020, 10, place))
        for place in range(11, 16)
    ]
    found = ask(pd.concat([early, *again]), make_corridors).loc["total"]
    why = found["detail"]["revision_range"]["refused"]
    assert why == "7 earlier cases of the same age have settled; a range needs at least 8"


def test_a_newest_file_of_few_months_is_read_at_its_own_age(make_corridors):
    table, _ = world(12)
    early = first(table, 20)
    short = early[(early["vintage"] != "v19") | (early["period_start"] >= "2021-06-01")]
    assert ask(short, make_corridors).loc["total", "low"] == ask(early, make_corridors).loc["total", "low"]
    alone = early[(early["vintage"] != "v19") | (early["period_start"] >= "2021-08-01")]
    year = ask(alone, make_corridors, ("year_to_date",)).loc["year_to_date"]
    assert "were not published together" in year["detail"]["revision_range"]["refused"]


def test_a_month_that_was_not_complete_has_no_range(make_corridors):
    table, _ = world(13)
    early = first(table, 20).copy()
    newest = early["vintage"] == "v19"
    last = newest & (early["period_start"] == early["period_start"].max())
    early.loc[last, "flag"] = "preliminary partial"
    found = ask(early, make_corridors).loc["total"]
    assert "not complete" in found["detail"]["revision_range"]["refused"]


def test_a_part_of_a_series_has_vintages_of_its_own(make_corridors):
    table, _ = world(14)
    parts = pd.concat([first(table, 13).assign(place="RS"), first(table, 5)])
    found = ask(parts, make_corridors, place="RS").loc["total"]
    assert found["detail"]["revision_range"]["vintages"] == 13
    assert ask(parts, make_corridors).loc["total", "detail"]["revision_range"]["refused"].startswith("5 vint")


def test_vintages_without_a_store_are_the_embedded_ones(tmp_path):
    rows = read_vintages(tmp_path)
    found = corridor_stats(rows, "western_balkans", statistics=["total"])
    assert (
        found.iloc[0]["value"]
        == corridor_stats(rows.drop(columns="vintage"), "western_balkans", statistics=["total"]).iloc[0][
            "value"
        ]
    )
    assert set(rows[terms.SOURCE]) > {"frontex"}
