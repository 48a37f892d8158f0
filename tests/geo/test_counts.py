"""Counts: what is embedded, what a user's table must be, and sums that refuse to mix."""

import datetime as dt
import math
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import counts, terms
from geo.counts import (
    add_counts,
    as_known,
    check_counts,
    join_counts,
    read_counts,
    select_counts,
    series_info,
)
from geo.errors import InvalidInputError, MixedUnitsError, UnknownNameError


@pytest.fixture(scope="module")
def table():
    return read_counts()


def between(rows, first, last):
    return rows[(rows["period_start"] >= first) & (rows["period_end"] <= last)]


def total(table, first, last, **chosen):
    return add_counts(between(select_counts(table, **chosen), first, last))


def rows_of(*values, **columns):
    """Return one tidy row for each value, in months of 2031; single values hold for all rows."""
    months = [f"2031-{number:02d}" for number in range(1, len(values) + 1)]
    made = {
        "source": "tally",
        "corridor": "north",
        "measure": "arrival",
        "period_start": [f"{month}-01" for month in months],
        "period_end": [f"{pd.Period(month).days_in_month:02d}" for month in months],
        "value": list(values),
        "known_on": "2032-01-01",
    }
    made["period_end"] = [f"{month}-{day}" for month, day in zip(months, made["period_end"], strict=True)]
    return pd.DataFrame(made | columns)


# --- what is embedded ------


@pytest.mark.parametrize(
    ("first", "last", "people", "boats"),
    [
        ("2018-01-01", "2018-12-31", 299, 43),
        ("2019-01-01", "2019-12-31", 1843, 164),
        ("2020-01-01", "2020-12-31", 8462, 641),
        ("2021-01-01", "2021-12-31", 28526, 1034),
        ("2022-01-01", "2022-12-31", 45755, 1110),
        ("2023-01-01", "2023-12-31", 29437, 602),
        ("2024-01-01", "2024-12-31", 36816, 695),
        ("2025-01-01", "2025-12-31", 41472, 672),
        ("2026-01-01", "2026-08-20", 15897, 234),
    ],
)
def test_the_channel_adds_up_to_the_published_years(table, first, last, people, boats):
    assert total(table, first, last, source="home_office_daily", measure="arrival") == people
    assert total(table, first, last, source="home_office_daily", measure="boat") == boats


def test_the_year_to_date_of_december_2024_is_the_published_one(table):
    chosen = {"source": "home_office_daily", "measure": "arrival"}
    assert total(table, "2024-01-01", "2024-12-12", **chosen) == 34582
    assert total(table, "2023-01-01", "2023-12-12", **chosen) == 29090


@pytest.mark.parametrize(("year", "final"), [(2020, 8466), (2022, 45774), (2021, 28526), (2023, 29437)])
def test_the_final_basis_differs_from_the_provisional_one_in_two_years(table, year, final):
    chosen = select_counts(table, source="home_office_detailed")
    days = f"{year}-01-01", f"{year}-12-31"
    assert total(chosen, *days, nationality="") == final
    each = between(chosen[chosen["nationality"] != ""], *days)
    assert add_counts(each) == final


@pytest.mark.parametrize(
    ("first", "last", "corridor", "detections"),
    [
        ("2024-01-01", "2024-12-31", "western_balkans", 21525),
        ("2024-01-01", "2024-12-31", "central_med", 66855),
        ("2024-01-01", "2024-12-31", "all_routes", 240101),
        ("2015-01-01", "2015-12-31", "all_routes", 1822102),
        ("2024-01-01", "2024-11-30", "western_balkans", 20595),
        ("2023-01-01", "2023-11-30", "western_balkans", 97940),
        ("2026-01-01", "2026-06-30", "western_balkans", 4039),
    ],
)
def test_frontex_adds_up_to_the_cited_totals(table, first, last, corridor, detections):
    assert total(table, first, last, source="frontex", corridor=corridor) == detections


@pytest.mark.parametrize(("year", "people"), [(2017, 119310), (2024, 66317), (2025, 66296)])
def test_the_months_of_italy_add_up_to_the_year_to_date(table, year, people):
    assert total(table, f"{year}-01-01", f"{year}-12-31", source="italy_ministry") == people


def test_the_month_that_italy_did_not_publish_stands_with_the_next(table):
    rows = between(select_counts(table, source="italy_ministry"), "2017-09-01", "2017-10-31")
    assert rows[["period_start", "period_end", "value"]].to_numpy().tolist() == [
        [pd.Timestamp("2017-09-01"), pd.Timestamp("2017-10-31"), 12278.0]
    ]


@pytest.mark.parametrize(
    ("corridor", "people"), [("central_med", 1810), ("channel", 85), ("western_balkans", 42)]
)
def test_deaths_of_2024_are_those_of_the_list(table, corridor, people):
    chosen = {"source": "iom_missing_migrants", "corridor": corridor}
    assert total(table, "2024-01-01", "2024-12-31", **chosen) == people
    incidents = counts.read_incidents()
    incidents = incidents[(incidents["corridor"] == corridor) & incidents["month"].str.startswith("2024")]
    assert incidents["dead_missing"].sum() == people


def test_months_without_an_incident_are_recorded_zeros_and_the_last_is_partial(table):
    rows = select_counts(table, source="iom_missing_migrants", corridor="channel")
    assert len(rows) == 149
    assert (rows["value"] == 0).sum() == 149 - 96
    assert rows["value"].notna().all()
    last = rows.sort_values("period_start").iloc[-1]
    assert (last["flag"], last["period_end"]) == ("partial", pd.Timestamp("2026-05-03"))


def test_what_was_not_published_is_missing_and_a_published_zero_is_zero(table):
    rows = select_counts(table, measure="boat_uncontrolled")
    before = rows["period_end"] < "2023-01-01"
    assert rows.loc[before, "value"].isna().all()
    assert rows.loc[~before, "value"].notna().all()
    assert (rows.loc[~before, "value"] == 0).any()
    assert math.isnan(add_counts(rows))
    assert add_counts(rows[~before]) > 0


def test_revised_partial_and_preliminary_rows_are_flagged(table):
    daily = select_counts(table, source="home_office_daily", measure="arrival")
    assert (daily["flag"] == "revised").sum() == 9
    assert (select_counts(table, source="italy_ministry_daily")["flag"] == "partial").sum() == 76
    frontex = select_counts(table, source="frontex", corridor="central_med")
    newest = frontex.loc[frontex["flag"] == "preliminary", "period_start"]
    assert newest.dt.strftime("%Y-%m").tolist() == ["2026-05", "2026-06"]


def test_a_country_of_departure_is_a_place(table):
    rows = select_counts(table, source="italy_ministry_departures", place=["LY", "TN", "DZ"])
    assert total(rows, "2025-01-01", "2025-12-31") == 58408 + 4841 + 1812
    assert select_counts(rows, place="DZ")["period_start"].dt.year.tolist() == [2025]


def test_every_row_has_a_source_in_the_catalogue_a_licence_and_a_publication_date(table):
    fetched_only = {"eurostat_asylum", "eurostat_returns", "unhcr_refugee_statistics"}
    assert set(table["source"]) == set(counts.catalogued_sources()) - fetched_only
    assert (table["licence"] != "").all()
    assert table["known_on"].notna().all()
    assert (table["known_on"] >= table["period_end"]).all()
    assert list(table.columns) == list(terms.COUNT_COLUMNS)


def test_the_embedded_table_keeps_its_own_rules(table):
    again = check_counts(table)
    assert again.equals(table)
    assert again.attrs == table.attrs


def test_text_is_text_never_missing_and_days_are_days(table):
    for column in table.columns:
        if column in terms.DATE_COLUMNS:
            assert pd.api.types.is_datetime64_dtype(table[column])
        elif column != "value":
            assert table[column].dtype == "str"
            assert table[column].notna().all()


def test_what_the_tidy_form_leaves_out_is_in_the_ledger(table):
    reasons = {entry["reason"]: (entry["rows"], entry["value"]) for entry in table.attrs["ledger"]}
    assert reasons["unhcr: arrivals in Spain belong to other routes"] == (8, 19972.0)
    assert any("repeat the daily ones" in reason for reason in reasons)


def test_what_is_read_may_be_changed_without_changing_what_is_embedded():
    first = read_counts()
    first["value"] = -1.0
    first.attrs["ledger"].clear()
    assert (read_counts()["value"].dropna() >= 0).all()
    assert read_counts().attrs["ledger"]


def test_the_module_of_counts_does_not_load_maps_or_cubes():
    code = "import sys, geo.counts; geo.counts.read_counts(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"geopandas", "folium", "xarray", "pandera", "networkx"} & set(done.stdout.split())


def test_incidents_are_generalised_to_month_and_degree():
    incidents = counts.read_incidents()
    assert list(incidents.columns) == [
        *("event", "month", "corridor", "dead", "missing", "dead_missing", "survivors"),
        *("cause", "region", "cell_lat", "cell_lon", "source_quality"),
    ]
    assert incidents["month"].str.fullmatch(r"\d{4}-\d{2}").all()
    assert (incidents["cell_lat"].dropna() % 1 == 0).all()
    assert incidents["region"].notna().all()


# --- select, list, frequency ------


def test_selecting_by_empty_text_means_the_whole(table):
    rows = select_counts(table, source="home_office_detailed", nationality="")
    assert len(rows) == 24
    assert len(select_counts(table, source="iom_western_balkans", place="")) == 7


def test_selecting_takes_one_or_several_and_keeps_the_index(table):
    rows = select_counts(table, source=["unhcr", "slovenia_police"])
    assert set(rows["source"]) == {"unhcr", "slovenia_police"}
    assert table.loc[rows.index].equals(rows)


def test_selecting_what_does_not_meet_gives_no_rows(table):
    assert select_counts(table, corridor="channel", source="frontex").empty
    assert select_counts(table, nationality="ZZZ").empty


@pytest.mark.parametrize("column", ["corridor", "source", "measure", "basis"])
def test_selecting_an_unknown_name_is_refused(table, column):
    with pytest.raises(UnknownNameError, match=rf"Invalid {column} 'nowhere'\. It must be one of"):
        select_counts(table, **{column: "nowhere"})


def test_a_source_that_is_not_held_is_refused():
    with pytest.raises(UnknownNameError, match="Did you mean 'frontex'"):
        read_counts(source="frontx")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("home_office_daily", "day"),
        ("home_office_weekly", "week"),
        ("frontex", "month"),
        ("italy_ministry", "month"),
        ("unhcr", "month"),
        ("iom_missing_migrants", "month"),
        ("home_office_detailed", "quarter"),
        ("italy_ministry_departures", "year"),
        ("unhcr_western_balkans", "span"),
        ("italy_ministry_nationality", "cumulative"),
    ],
)
def test_the_frequency_of_a_series_is_read_off_its_periods(table, source, expected):
    assert counts.frequency(select_counts(table, source=source)) == expected
    assert series_info(source)["frequency"] == expected


def test_a_frequency_needs_rows(table):
    with pytest.raises(InvalidInputError, match=r"Invalid rows '0'\. A frequency needs at least one row"):
        counts.frequency(table.iloc[:0])


def test_seven_days_that_do_not_begin_on_monday_are_no_week():
    rows = check_counts(rows_of(1, period_start="2031-01-01", period_end="2031-01-07"))
    assert counts.frequency(rows) == "span"


def test_series_are_listed_with_their_reach(table):
    listed = counts.list_series(table)
    row = listed[(listed["source"] == "home_office_daily") & (listed["measure"] == "arrival")].iloc[0]
    assert (row["first_day"], row["last_day"]) == (pd.Timestamp("2018-01-01"), pd.Timestamp("2026-08-20"))
    assert (row["rows"], row["frequency"], row["licence"]) == (3154, "day", "OGL-3.0")
    assert listed["rows"].sum() == len(table)
    assert counts.list_series(table.iloc[:0]).empty


# --- the catalogue ------


def test_every_series_has_words_and_a_caveat(table):
    for source, measure in table[["source", "measure"]].drop_duplicates().itertuples(index=False):
        info = series_info(source, measure)
        assert info["catalogued"]
        assert info["unit"] == terms.MEASURES[measure].unit
        assert all(
            info["wording"][key] for key in ("singular", "plural", "past", "past_singular", "pluperfect")
        )
        assert info["wording"]["label"]
        assert info["caveat"].endswith(".")
        assert info["attribution"]
        assert set(select_counts(table, source=source)["licence"]) == {info["licence"]}
        assert set(select_counts(table, source=source, measure=measure)["basis"]) == {info["basis"]}


@pytest.mark.parametrize("measure", sorted(terms.MEASURES))
def test_a_series_that_is_not_catalogued_gets_generic_words(measure):
    info = series_info("a tally", measure)
    assert not info["catalogued"]
    assert info["wording"]["label"].endswith(", a tally")
    assert info["wording"]["plural"] != "counts"
    assert info["caveat"]


def test_a_catalogued_source_with_another_measure_keeps_its_publisher():
    info = series_info("frontex", "arrival")
    assert info["publisher"].startswith("Frontex")
    assert info["wording"]["plural"] == "people"
    assert not info["catalogued"]


def test_what_the_catalogue_gives_may_be_changed_without_changing_it():
    series_info("frontex")["known_faults"].clear()
    assert series_info("frontex")["known_faults"]


def test_words_are_humane():
    for source in counts.catalogued_sources():
        for measure in series_info(source)["measures"]:
            said = " ".join(series_info(source, measure)["wording"].values()).lower()
            assert not any(word in said for word in ("illegal", "flow", "wave", "flood"))


# --- sums ------


def test_no_rows_add_up_to_nothing_known_not_to_zero(table):
    assert math.isnan(add_counts(table.iloc[:0]))


def test_a_withheld_value_makes_the_sum_unknown():
    rows = check_counts(rows_of(1, None, flag=["", "suppressed"]))
    assert math.isnan(add_counts(rows))


@pytest.mark.parametrize(
    ("chosen", "why", "caveat"),
    [
        (
            {
                "source": ["home_office_daily", "home_office_detailed"],
                "measure": "arrival",
                "nationality": "",
            },
            r"Their bases differ \(final, provisional\)",
            "not corrected when the final quarterly figures",
        ),
        (
            {"measure": ["arrival", "detection_entry"], "corridor": "central_med"},
            "They count different things",
            "Detections are not persons",
        ),
        (
            {"source": "home_office_daily"},
            r"different things \(arrival, boat, boat_uncontrolled\)",
            "Boats are not people",
        ),
        (
            {"source": "iom_western_balkans", "place": ["RS", "BA"]},
            r"Values of several places \(BA, RS\) count the same person again",
            "registered again in the next one",
        ),
        (
            {"source": "iom_western_balkans"},
            "The whole corridor already holds its places",
            "Registrations repeat",
        ),
        (
            {"source": "frontex"},
            "The sum of all routes already holds each route",
            "Detections are not persons",
        ),
        (
            {"source": "home_office_detailed"},
            "The row for all nationalities already holds each",
            "advises against comparing",
        ),
        ({"source": "italy_ministry_nationality"}, "Running totals overlap", "never added"),
        (
            {"source": ["italy_ministry", "unhcr"]},
            r"different sources \(italy_ministry, unhcr\)",
            "never spliced onto it",
        ),
    ],
)
def test_a_sum_that_would_mix_is_refused_with_the_caveat(table, chosen, why, caveat):
    with pytest.raises(MixedUnitsError, match=f"Invalid sum of .*{why}.*{caveat}"):
        add_counts(select_counts(table, **chosen))


def test_overlapping_periods_are_refused_by_name():
    rows = check_counts(rows_of(1, 2, period_end=["2031-02-10", "2031-02-28"]))
    with pytest.raises(
        MixedUnitsError, match=r"overlap \(2031-01-01 to 2031-02-10 and 2031-02-01 to 2031-02-28\)"
    ):
        add_counts(rows)


def test_a_period_inside_an_earlier_long_one_is_found():
    rows = check_counts(rows_of(9, 1, 2, period_end=["2031-12-31", "2031-02-28", "2031-03-31"]))
    with pytest.raises(MixedUnitsError, match="2031-01-01 to 2031-12-31"):
        add_counts(rows.iloc[[0, 2]])


def test_two_vintages_of_one_period_are_refused():
    rows = check_counts(
        rows_of(
            1, 2, period_start="2031-01-01", period_end="2031-01-31", known_on=["2031-02-01", "2031-03-01"]
        )
    )
    with pytest.raises(MixedUnitsError, match="stands twice, in two vintages; choose one with as_known"):
        add_counts(rows)


def test_sets_of_countries_are_not_mixed():
    rows = check_counts(rows_of(1, 2, measure="registration", scope=["AL BA", "AL BA ME"]))
    with pytest.raises(MixedUnitsError, match="different sets of countries"):
        add_counts(rows)


@pytest.mark.parametrize(("column", "parts"), [("sex", ["", "female"]), ("age_group", ["", "0-17"])])
def test_a_whole_is_not_added_to_its_parts(column, parts):
    rows = check_counts(rows_of(1, 2, **{column: parts}))
    with pytest.raises(MixedUnitsError, match="already holds each of them"):
        add_counts(rows)


def test_running_totals_of_one_day_add_up_over_nationalities(table):
    rows = select_counts(table, source="italy_ministry_nationality")
    rows = rows[rows["period_end"] == "2025-12-31"]
    assert add_counts(rows) == 66296


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_sum_does_not_depend_on_the_order_of_rows(values, random):
    rows = rows_of(*values, unit="persons").assign(
        **dict.fromkeys(("basis", "place", "scope", "nationality"), "")
    )
    rows = rows.assign(sex="", age_group="", flag="")
    for column in terms.DATE_COLUMNS:
        rows[column] = pd.to_datetime(rows[column])
    order = list(range(len(rows)))
    random.shuffle(order)
    assert add_counts(rows.iloc[order]) == sum(values)


# --- what was known when ------


def test_the_newest_value_published_by_a_day_counts():
    rows = check_counts(
        rows_of(
            10,
            12,
            5,
            period_start="2031-01-01",
            period_end="2031-01-31",
            place=["a", "a", "b"],
            known_on=["2031-02-01", "2031-03-01", "2031-02-15"],
        )
    )
    assert as_known(rows, "2031-01-31").empty
    assert as_known(rows, "2031-02-01")["value"].tolist() == [10]
    assert as_known(rows, dt.date(2031, 2, 20))["value"].tolist() == [10, 5]
    assert as_known(rows, "2031-03-01")["value"].tolist() == [12, 5]


def test_a_partial_period_gives_way_to_the_whole_one():
    rows = check_counts(
        rows_of(
            3,
            10,
            period_start="2031-01-01",
            period_end=["2031-01-20", "2031-01-31"],
            flag=["partial", ""],
            known_on=["2031-01-21", "2031-02-01"],
        )
    )
    assert as_known(rows, "2031-01-25")["value"].tolist() == [3]
    assert as_known(rows, "2031-02-05")["value"].tolist() == [10]


def test_a_day_that_is_none_is_refused(table):
    with pytest.raises(InvalidInputError, match="Invalid known_on 'yesterday'"):
        as_known(table, "yesterday")


def test_the_embedded_table_is_one_vintage_and_says_nothing_before_it(table):
    daily = select_counts(table, source="home_office_daily")
    assert as_known(daily, "2026-08-20").empty
    assert as_known(daily, "2026-08-21").equals(daily)


# --- a user's table ------


def written(tmp_path, text, name="mine.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_short_table_is_completed_and_the_ledger_says_how(tmp_path):
    path = written(
        tmp_path,
        "source,corridor,measure,period_start,period_end,value,colour\n"
        "tally,north,arrival,2031-01-01,2031-01-31,12,red\n"
        "tally,north,arrival,2031-02-01,2031-02-28,,blue\n"
        ",,,,,,\n"
        "tally,north,arrival,2031-02-01,2031-02-28,,blue\n",
    )
    rows = read_counts(path)
    assert rows["unit"].tolist() == ["persons", "persons"]
    assert rows["known_on"].tolist() == [pd.Timestamp("2031-03-01")] * 2
    assert rows["flag"].tolist() == ["inferred_known_on"] * 2
    assert rows["value"].iloc[0] == 12
    assert np.isnan(rows["value"].iloc[1])
    assert {entry["reason"]: entry["rows"] for entry in rows.attrs["ledger"]} == {
        "column 'colour' is not part of the tidy form: left out": 4,
        "empty rows": 1,
        "known_on not given: taken as the day after the last data day": 3,
        "said twice, with the same value": 1,
    }


def test_parquet_reads_as_csv_does(tmp_path, table):
    rows = select_counts(table, source=["unhcr", "home_office_weekly"]).reset_index(drop=True)
    rows.to_parquet(tmp_path / "a.parquet")
    rows.to_csv(tmp_path / "a.csv", index=False)
    assert read_counts(tmp_path / "a.parquet").equals(rows)
    assert read_counts(tmp_path / "a.csv").equals(rows)


def test_every_fault_is_reported_at_once_with_its_line_and_column(tmp_path):
    path = written(
        tmp_path,
        "source,corridor,measure,period_start,period_end,value,flag,nationality,known_on,unit,basis,sex,qualifier\n"
        "a,north,arrival,2031-01-01,2031-01-31,12a,,,,,,,\n"
        "a,north,arival,2031-02-01,2031-01-31,-1,gone,Syr,2030-01-01,,guess,x,some\n"
        ",,arrival,2031-03-01,31/3/2031,,suppressed,SYR,,boats,,,\n"
        "a,north,arrival,2031-04-01,2031-04-30,5,suppressed,,,,,,\n"
        "a,north,arrival,2031-05-01,2031-05-31,5,,,,,,,\n"
        "a,north,arrival,2031-05-01,2031-05-31,6,,,,,,,\n"
        "a,north,arrival,,2031-05-31,inf,,,,,,,\n",
    )
    with pytest.raises(InvalidInputError) as caught:
        read_counts(path)
    message = str(caught.value)
    for fault in (
        "line 2, column 'value': '12a' is not a number",
        "line 3, column 'measure': 'arival' must be one of: arrival,",
        "line 3, column 'period_end': '2031-01-31' is before the period's start",
        "line 3, column 'value': '-1.0' must not be below 0",
        "line 3, column 'flag': 'gone' must be empty or words among: revised,",
        "line 3, column 'nationality': 'Syr' must be three capital letters",
        "line 3, column 'known_on': '2030-01-01' is before the last day it speaks of",
        "line 3, column 'basis': 'guess' must be provisional, final or empty",
        "line 3, column 'sex': 'x' must be female, male, unknown or empty",
        "line 3, column 'qualifier': 'some' must be empty or one of: about,",
        "line 4, column 'source': '' must name who published the number",
        "line 4, column 'corridor': '' must name a corridor",
        "line 4, column 'period_end': '31/3/2031' is not a day written YYYY-MM-DD",
        "line 4, column 'unit': 'boats' is not the unit of the measure",
        "line 5, column 'value': '5' stands beside the flag suppressed: leave it empty",
        "line 7, column 'value': 6 contradicts 5 in line 6",
        "line 8, column 'value': 'inf' is not a number",
        "line 8, column 'period_start': is empty",
    ):
        assert fault in message, fault


@pytest.mark.parametrize(
    "column",
    ["first_name", "Name", "passport", "phone", "e_mail", "date_of_birth", "dob", "birthdate", "document_no"],
)
def test_columns_about_single_persons_are_refused(column):
    with pytest.raises(InvalidInputError, match=f"column '{column}' reads like data of single persons"):
        check_counts(rows_of(1, **{column: "x"}))


def test_missing_and_doubled_columns_are_named():
    rows = rows_of(1).drop(columns="value")
    with pytest.raises(
        InvalidInputError, match=r"Invalid my figures\. 1 fault:\n  - column 'value' is missing"
    ):
        check_counts(rows, name="my figures")
    rows = rows_of(1)
    rows.insert(0, "source", "again", allow_duplicates=True)
    with pytest.raises(InvalidInputError, match="column 'source' stands twice"):
        check_counts(rows)


def test_a_table_in_memory_is_named_by_its_rows():
    with pytest.raises(InvalidInputError, match=r"row 1, column 'value': '-2.0' must not be below 0"):
        check_counts(rows_of(1, -2))


def test_a_file_that_is_not_there_or_no_table_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="There is no such file"):
        read_counts(tmp_path / "none.csv")
    with pytest.raises(InvalidInputError, match=r"Its name must end in \.csv or \.parquet"):
        read_counts(written(tmp_path, "x", name="a.xlsx"))
    with pytest.raises(InvalidInputError, match="It is no CSV in UTF-8"):
        read_counts(written(tmp_path, "", name="b.csv"))
    with pytest.raises(InvalidInputError, match="It is no Parquet file"):
        read_counts(written(tmp_path, "words", name="c.parquet"))
    (tmp_path / "d.csv").write_bytes(b"source,corridor\n\xff\xfe,x\n")
    with pytest.raises(InvalidInputError, match="It is no CSV in UTF-8"):
        read_counts(tmp_path / "d.csv")


def test_checking_does_not_change_what_was_given():
    rows = rows_of(1, 2)
    before = rows.copy(deep=True)
    check_counts(rows)
    pd.testing.assert_frame_equal(rows, before)


def test_joining_keeps_all_rows_and_both_ledgers(table):
    mine = check_counts(rows_of(1, 2, extra="x"))
    joined = join_counts(table, mine)
    assert len(joined) == len(table) + 2
    assert len(joined.attrs["ledger"]) == len(table.attrs["ledger"]) + 1
    assert joined["nationality"].dtype == "str"


def test_joining_refuses_contradictions_and_nothing():
    mine = check_counts(rows_of(1, 2))
    with pytest.raises(InvalidInputError, match=r"(?s)Invalid tables to join.*contradicts"):
        join_counts(mine, check_counts(rows_of(1, 3)))
    with pytest.raises(InvalidInputError, match="Give at least one"):
        join_counts()


@pytest.mark.parametrize("value", ["007", "1e3", " 12 "])
def test_numbers_are_read_as_written(tmp_path, value):
    path = written(
        tmp_path,
        f"source,corridor,measure,period_start,period_end,value\na,b,boat,2031-01-01,2031-01-01,{value}\n",
    )
    assert read_counts(path)["value"].tolist() == [float(value)]


def test_a_large_table_is_checked_in_time():
    days = pd.date_range("1990-01-01", periods=12_000).strftime("%Y-%m-%d")
    rows = pd.DataFrame(
        {"source": "a", "corridor": "b", "measure": "boat", "period_start": days, "period_end": days}
    )
    rows = pd.concat([rows.assign(value=1, place=f"p{number}") for number in range(10)])
    began = time.monotonic()
    assert len(check_counts(rows)) == 120_000
    assert time.monotonic() - began < 30


# --- periods that run into each other

_HEAD = "source,corridor,measure,basis,period_start,period_end,value,known_on,flag\n"


def _own(tmp_path, *rows):
    path = tmp_path / "own.csv"
    path.write_text(_HEAD + "".join(f"tally,north,arrival,final,{row}\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["2030-01-01,2030-01-31,1,,", "2030-01-01,2030-01-30,1,,"], "line 2, .*period of line 3"),
        (["2030-02-01,2030-02-28,1,,", "2030-02-15,2030-03-14,1,,"], "line 3, .*period of line 2"),
        (["2030-01-07,2030-01-13,1,,", "2030-01-08,2030-01-14,1,,"], "line 3, .*period of line 2"),
    ],
)  # fmt: skip
def test_periods_of_a_file_that_run_into_each_other_are_refused_with_their_lines(tmp_path, rows, said):
    with pytest.raises(InvalidInputError, match=said):
        counts.read_counts(_own(tmp_path, *rows))


@pytest.mark.parametrize(
    "rows",
    [
        ["2030-01-01,2030-01-31,1,,", "2030-01-01,2030-12-31,9,,"],
        ["2030-01-28,2030-02-03,1,,", "2030-01-01,2030-01-31,9,,", "2030-02-01,2030-02-28,9,,"],
        ["2030-01-01,2030-01-31,1,2030-02-01,", "2030-01-01,2030-01-30,9,2030-02-02,"],
        ["2030-01-01,2030-01-15,1,,cumulative", "2030-01-01,2030-01-31,9,,cumulative"],
        ["2030-01-01,2030-01-15,1,,partial", "2030-01-01,2030-01-31,9,,"],
    ],
)
def test_months_beside_years_vintages_running_totals_and_parts_may_share_days(tmp_path, rows):
    assert len(counts.read_counts(_own(tmp_path, *rows))) == len(rows)


def test_the_embedded_table_can_be_written_and_read_back(tmp_path, table):
    path = tmp_path / "all.csv"
    table.to_csv(path, index=False)
    assert counts.read_counts(path).equals(table)
