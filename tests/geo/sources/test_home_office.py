"""UK Home Office: the time series and the detailed dataset."""

import datetime as dt

import numpy as np
import pytest

from geo import terms
from geo.errors import InvalidInputError
from geo.sources import read_source

NAME = "26_January_2018_Small_boats_-_time_series.ods"


def _of(table, source, measure):
    rows = table[(table["source"] == source) & (table["measure"] == measure)]
    return rows.set_index("period_end")["value"]


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
def test_the_time_series_gives_days_and_preventions(office, write, kind):
    table = read_source(write(NAME[:-3] + kind, getattr(office, kind)(office.home_office())))
    assert tuple(table.columns) == terms.COUNT_COLUMNS
    arrivals = _of(table, "home_office_daily", "arrival")
    assert len(arrivals) == 21
    assert arrivals.loc["2018-01-02"] == 37
    assert arrivals.loc["2018-01-01"] == 0
    prevented = table[table["measure"] == "prevention"]
    assert prevented["period_start"].dt.strftime("%a").eq("Mon").all()
    assert prevented["value"].tolist() == [101, 102]
    assert table.attrs["sources"] == ["home_office_daily", "home_office_weekly"]
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == ("2018-01-26", False)


def test_not_published_is_neither_zero_nor_left_out(office, write):
    table = read_source(write(NAME, office.ods(office.home_office(uncontrolled=False))))
    landed = _of(table, "home_office_daily", "boat_uncontrolled")
    assert len(landed) == 21
    assert landed.isna().all()


def test_revised_days_are_flagged(office, write):
    table = read_source(write(NAME, office.ods(office.home_office())))
    flagged = table[table["flag"] == "revised"]
    assert set(flagged["period_end"]) == {np.datetime64("2018-01-05")}


def test_without_a_date_in_the_name_the_publication_is_inferred(office, write):
    table = read_source(write("small boats.ods", office.ods(office.home_office())))
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == ("2018-01-22", True)
    assert table["flag"].str.contains("inferred_known_on").all()


def test_the_caller_knows_better_when_it_was_published(office, write):
    table = read_source(write(NAME, office.ods(office.home_office())), published="2018-02-02")
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == ("2018-02-02", False)


def test_a_publication_before_the_data_is_refused(office, write):
    with pytest.raises(InvalidInputError, match="is before the last day it speaks of"):
        read_source(write(NAME, office.ods(office.home_office())), published="2018-01-02")


def test_what_is_left_out_is_counted(office, write):
    ledger = read_source(write(NAME, office.ods(office.home_office()))).attrs["ledger"]
    told = {entry["reason"]: entry["rows"] for entry in ledger}
    assert told["weeks before the series of preventions starts: not published"] == 1
    assert told["weekly arrivals repeat the daily ones (Monday to Sunday)"] == 2


def test_a_hint_returns_the_rows_of_one_source(office, write):
    table = read_source(write(NAME, office.ods(office.home_office())), source="home_office_weekly")
    assert set(table["source"]) == {"home_office_weekly"}
    assert table.attrs["source"] == "home_office_weekly"


def _spoil(sheets, sheet, row, column, cell):
    sheets[sheet][row][column] = cell
    return sheets


TIME_SERIES = {
    "text in a number": (
        ("SB_01", 3, 1, "about 40"),
        r"sheet 'SB_01', row 4, column 'Migrants arrived': 'about 40'",
    ),
    "a fraction": (("SB_01", 3, 1, 40.5), "row 4, column 'Migrants arrived': '40.5' is no whole number"),
    "below zero": (("SB_01", 3, 2, -1), "'-1.*' is no whole number of at least 0"),
    "too many": (("SB_01", 3, 1, 9e9), "which no such count reaches"),
    "true": (("SB_01", 3, 1, True), "'True' is no whole number"),
    "text for a date": (("SB_01", 3, 0, "soon"), "row 4, column 'Date': 'soon' is no day"),
    "the year 1900": (
        ("SB_01", 3, 0, dt.date(1900, 1, 3)),
        "row 4, column 'Date': '1900-01-0.' lies outside",
    ),
    "the year 9999": (("SB_01", 3, 0, dt.date(9999, 12, 31)), "row 4, column 'Date'"),
    "a day twice": (
        ("SB_01", 3, 0, dt.date(2018, 1, 2)),
        "'2018-01-02' does not follow '2018-01-02' by 1 day",
    ),
    "a day left out": (("SB_01", 3, 0, dt.date(2018, 1, 9)), "'2018-01-09' does not follow '2018-01-02'"),
    "a week that is no Sunday": (
        ("SB_02", 2, 0, dt.date(2018, 1, 13)),
        "does not follow '2018-01-07' by 7 days",
    ),
    "another note": (("SB_01", 3, 4, "Estimate"), "column 'Notes': 'Estimate' is a note that is not known"),
    "a number that its week contradicts": (
        ("SB_01", 3, 1, 999),
        "the week ending 2018-01-07 holds .* add up to",
    ),
    "another start": (("SB_01", 1, 0, dt.date(2017, 12, 31)), "is not where the series starts"),
    "a renamed column": (
        ("SB_01", 0, 1, "Arrivals"),
        "column 'Migrants arrived' is missing; found: 'Date', 'Arr",
    ),
    "a column twice": (("SB_01", 0, 2, "Migrants arrived"), "column 'Migrants arrived' stands 2 times"),
    "no header": (("SB_01", 0, 0, "When"), "No row of the first 20 rows is a header|No row is a header"),
}


@pytest.mark.parametrize("case", TIME_SERIES)
def test_a_spoiled_time_series_is_refused_with_its_place(office, write, case):
    (sheet, row, column, cell), message = TIME_SERIES[case]
    path = write(NAME, office.ods(_spoil(office.home_office(), sheet, row, column, cell)))
    with pytest.raises(InvalidInputError, match=message):
        read_source(path)


@pytest.mark.parametrize("kind", ["ods", "xlsx"])
@pytest.mark.parametrize(
    ("mark", "why"), [("ERROR", "an error value"), ("FORMULA", "a formula without a result")]
)
def test_cells_that_look_blank_and_are_not_are_refused(office, write, kind, mark, why):
    sheets = _spoil(office.home_office(), "SB_01", 3, 1, getattr(office, mark))
    path = write(f"x.{kind}", getattr(office, kind)(sheets))
    with pytest.raises(InvalidInputError, match=f"row 4, column 'Migrants arrived': holds {why}"):
        read_source(path)


def test_merged_cells_are_refused(office, write):
    sheets = _spoil(_spoil(office.home_office(), "SB_01", 3, 1, office.MERGED), "SB_01", 3, 2, office.COVERED)
    with pytest.raises(
        InvalidInputError, match="row 4, column 'Migrants arrived': holds a part of a merged cell"
    ):
        read_source(write("x.ods", office.ods(sheets)))
    with pytest.raises(
        InvalidInputError, match="row 4, column 'Boats arrived': holds a part of a merged cell"
    ):
        read_source(write("x.xlsx", office.xlsx(office.home_office(), {"SB_01": ["C4:D5"]})))


def test_a_missing_sheet_is_named(office, write):
    sheets = office.home_office()
    del sheets["SB_02"]
    with pytest.raises(InvalidInputError, match="sheet 'SB_02': is missing; found: Cover_sheet, SB_01"):
        read_source(write("x.ods", office.ods(sheets)))


def test_columns_may_stand_in_any_order(office, write):
    sheets = office.home_office()
    before = read_source(write(NAME, office.ods(sheets)))
    turned = {name: [row[::-1] for row in rows] for name, rows in sheets.items()}
    after = read_source(write(NAME, office.ods(turned)))
    assert before.equals(after)


# --- detailed dataset ---
@pytest.mark.parametrize("sheet", ["Data - Irr_D01", "Data_Irr_D01", "Data_IER_D01"])
def test_the_detailed_dataset_gives_quarters_by_nationality_and_their_sum(office, write, sheet):
    cover = [["Irregular"], ["Published: 23 August 2018"]]
    table = read_source(write("d.xlsx", office.xlsx({"Cover_sheet": cover, sheet: office.detailed()})))
    first = table[table["period_start"] == "2018-01-01"].set_index("nationality")["value"]
    assert first.to_dict() == {"": 2 + 3 + 4 + 5 + 6 + 7, "SYR": 5, "GMB": 9, "not_recorded": 13}
    assert set(table["basis"]) == {"final"}
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == ("2018-08-23", False)
    assert table.attrs["ledger"] == [
        {"reason": "not by small boat: Recorded detections in the UK", "rows": 2, "value": 100.0}
    ]


def test_sex_and_age_are_told_apart_where_asked(office, write):
    path = write("d.xlsx", office.xlsx({"Data_Irr_D01": office.detailed()}))
    table = read_source(path, by=["sex", "age_group"])
    first = table[(table["period_start"] == "2018-01-01") & (table["sex"] != "")]
    assert first.set_index("sex")["value"].to_dict() == {"female": 12, "male": 15}
    assert set(first["age_group"]) == {"18 to 24"}
    assert set(first["nationality"]) == {""}
    whole = read_source(path, by=[])
    assert len(whole) == 2
    assert whole["value"].sum() == table.loc[table["sex"] == "", "value"].sum()


DETAILED = {
    "a nationality nobody knows": ((2, 3, "Atlantis"), "column 'Nationality': 'Atlantis' is no nationality"),
    "a quarter": ((2, 1, "2018 Q5"), "'2018 Q5' is no quarter"),
    "a year of another quarter": ((2, 0, 2019), "'2019' is not the year of quarter"),
    "a method": ((2, 2, "By balloon"), "'By balloon' is no method of entry"),
    "a sex": ((2, 5, "f"), "'f' is none of Female"),
    "an age": ((2, 6, "young"), "'young' is no age group"),
    "text in a number": ((2, 7, "ten"), "row 3, column 'Number of detections': 'ten' is no count"),
    "a blank number": ((2, 7, ""), "column 'Number of detections': is empty"),
    "a row twice": ((3, 5, "Female"), "says again what"),
}


@pytest.mark.parametrize("case", DETAILED)
def test_a_spoiled_detailed_dataset_is_refused_with_its_place(office, write, case):
    (row, column, cell), message = DETAILED[case]
    rows = office.detailed()
    rows[row][column] = cell
    with pytest.raises(InvalidInputError, match=message):
        read_source(write("d.xlsx", office.xlsx({"Data_IER_D01": rows})))


def test_a_name_that_is_not_known_may_be_given(office, write):
    rows = office.detailed()
    for row in (2, 3):
        rows[row][3] = "Atlantis"
    path = write("d.xlsx", office.xlsx({"Data_IER_D01": rows}))
    table = read_source(path, aliases={"Atlantis": "other"})
    assert "other" in set(table["nationality"])


# --- the publisher's own files ---
@pytest.mark.parametrize(
    ("name", "known_on", "year_2020"),
    [
        ("home_office_small_boats_time_series_2025-12-12.ods", "2025-12-12", 8462),
        ("home_office_small_boats_time_series_2026-08-21.ods", "2026-08-21", 8462),
        ("home_office_irregular_migration_dataset_2023Q3.xlsx", "2023-11-23", 8466),
    ],
)
def test_the_publishers_own_files_equal_the_embedded_tables(raw, embedded, name, known_on, year_2020):
    table = read_source(raw / name)
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == (known_on, False)
    whole = table[(table["measure"] == "arrival") & (table["nationality"] == "")]
    assert whole.loc[whole["period_start"].dt.year == 2020, "value"].sum() == year_2020
    overlap = embedded(table)
    assert len(overlap) == len(table)
    assert overlap["value"].equals(overlap["value_embedded"])
    assert (overlap["licence"] == overlap["licence_embedded"]).all()
    assert (overlap["native_label"] == overlap["native_label_embedded"]).all()
