import geopandas as gpd
import pandas as pd

from layers.lines import MOST_LAYERS, leg_layers, monthly_series, source_lines

TALLY = {"source": "tally", "measure": "arrival", "basis": ""}


def test_each_corridor_has_a_layer_of_its_own(make):
    routes = pd.concat([make.routes(), make.routes(corridor="pass").add_prefix("x", axis=0)])
    layers = leg_layers(gpd.GeoDataFrame(routes), None, titles={"strait": "Strait", "pass": "Pass"})
    assert [(layer["name"], len(layer["features"])) for layer in layers] == [
        ("Legs: Strait", 4),
        ("Legs: Pass", 4),
    ]


def test_many_corridors_share_one_layer(make):
    titles = {f"c{at}": f"C{at}" for at in range(MOST_LAYERS + 1)}
    assert [layer["name"] for layer in leg_layers(make.routes(corridor="c3"), None, titles=titles)] == [
        "Legs"
    ]


def test_figures_come_with_dates_and_source(make):
    feature = leg_layers(make.routes(), make.figures(), titles={"strait": "Strait"})[0]["features"][0]
    assert feature["source"] == [
        "1 January 2024 to 30 November 2024; figures published 20 December 2024.",
        "Source: tally.",
    ] or feature["source"][1].startswith("Source: ")


def test_no_source_no_lines():
    assert source_lines({}) == []


def test_missing_months_stay_missing_and_zero_stays_zero(make):
    chart = monthly_series(make.counts(), "strait", TALLY)
    assert chart["values"] == [100, 0, None, 300]
    assert chart["first"] == [2024, 1]
    assert chart["unit"] == "persons"


def test_months_after_the_data_date_are_left_out(make):
    assert monthly_series(make.counts(), "strait", TALLY, as_of="2024-02-29")["values"] == [100, 0]


def test_a_row_over_two_months_belongs_to_neither(make):
    counts = make.counts((1, 2, 3, 4))
    counts.loc[1, "period_end"] = pd.Timestamp("2024-03-31")
    chart = monthly_series(counts.drop(index=2), "strait", TALLY)
    assert chart["values"] == [1, None, None, 4]


def test_days_make_a_month_only_when_all_are_there(make):
    days = pd.date_range("2024-01-01", "2024-03-15")
    row = make.counts((1,)).iloc[[0]]
    counts = pd.concat([row] * len(days), ignore_index=True).assign(
        period_start=days, period_end=days, value=1.0
    )
    assert monthly_series(counts, "strait", TALLY)["values"] == [31, 29]


def test_days_that_fill_no_month_make_no_chart(make):
    counts = make.counts((1,)).assign(period_end=pd.Timestamp("2024-01-02"))
    assert monthly_series(counts, "strait", TALLY) is None


def test_running_totals_are_not_charted(make):
    assert monthly_series(make.counts().assign(flag="cumulative"), "strait", TALLY) is None


def test_the_newest_vintage_is_charted(make):
    older = make.counts((9, 9, 9, 9)).assign(known_on=pd.Timestamp("2024-06-01"))
    both = pd.concat([make.counts(), older], ignore_index=True)
    assert monthly_series(both, "strait", TALLY)["values"] == [100, 0, None, 300]


def test_what_was_published_later_is_not_charted(make):
    assert monthly_series(make.counts(), "strait", TALLY, known_on="2024-06-01") is None


def test_another_corridor_has_no_chart(make):
    assert monthly_series(make.counts(), "elsewhere", TALLY) is None
    assert monthly_series(None, "strait", TALLY) is None
