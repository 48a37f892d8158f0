"""Frontex: every layout of the monthly workbook, on made-up numbers."""

import datetime as dt

import pytest

from geo.errors import InvalidInputError
from geo.sources import read_source

SHEET = "Detections_of_IBC"


def _whole(table, corridor):
    rows = table[(table["corridor"] == corridor) & (table["nationality"] == "")]
    return rows.sort_values("period_start")["value"].tolist()


def _layout(office, which):
    rows = office.frontex()
    if which == "A: header in row 1, Notes sheet":
        return {SHEET: rows, "Notes": [["Definition"], ["Source: FRAN data as of 04AUG31"]]}
    if which == "B: blank row above, footer":
        rows = [[row[0], row[1], row[2], *row[3:]] for row in rows]
        return {SHEET: [["", office.FORMULA], *rows, ["Source: FRAN data as of 04AUG31"]]}
    if which == "C: other names, date cells":
        months = [dt.date(2031, month, 1) for month in (1, 2, 3, 4)]
        rows = office.frontex("BorderType", "NationalityLong", months)
        return {SHEET: rows, "Notes": [["Source: FRAN data as of 4 August 2031"]]}
    if which == "D: serial dates":
        months = [(dt.date(2031, month, 1) - dt.date(1899, 12, 30)).days for month in (1, 2, 3, 4)]
        return {SHEET: office.frontex("BorderLocation", "NationalityLong", months)}
    months = ["1/2031", "2/2031", "03/2031", "4/2031"]
    return {"Monthly_detections_of_IBC": office.frontex("BorderType", "Nationality", months)}


LAYOUTS = [
    "A: header in row 1, Notes sheet",
    "B: blank row above, footer",
    "C: other names, date cells",
    "D: serial dates",
    "E: month/year",
]


@pytest.mark.parametrize("which", LAYOUTS)
def test_every_layout_gives_the_same_numbers(office, write, which):
    name = "Monthly_detections_of_IBC_2031_08_04.xlsx"
    table = read_source(write(name, office.xlsx(_layout(office, which))))
    assert _whole(table, "central_med") == [7, 13, 19, 25]
    assert _whole(table, "western_balkans") == [35, 41, 47, 53]
    assert _whole(table, "all_routes") == [77, 92, 107, 122]
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == ("2031-08-04", False)
    assert set(table["unit"]) == {"detections"}
    assert set(table["licence"]) == {"Frontex (not open; cited totals)"}


def test_nationalities_add_up_to_their_route(office, write):
    table = read_source(write("x.xlsx", office.xlsx({SHEET: office.frontex()})))
    for corridor in ("central_med", "western_balkans"):
        rows = table[(table["corridor"] == corridor) & (table["nationality"] != "")]
        assert rows.groupby("period_start")["value"].sum().tolist() == _whole(table, corridor)
    assert set(table.loc[table["corridor"] == "western_balkans", "nationality"]) == {"", "SYR", "XKX"}
    assert set(table.loc[table["corridor"] == "all_routes", "nationality"]) == {""}


def test_inland_rows_are_left_out_and_counted(office, write):
    ledger = read_source(write("x.xlsx", office.xlsx({SHEET: office.frontex()}))).attrs["ledger"]
    assert {"reason": "border type 'Inland' is neither land nor sea", "rows": 1, "value": 130.0} in ledger


def test_blanks_are_read_as_zero_and_counted(office, write):
    rows = office.frontex()
    rows[1][3] = ""
    table = read_source(write("x.xlsx", office.xlsx({SHEET: rows})))
    assert _whole(table, "central_med")[0] == 7 - 0
    assert [entry["rows"] for entry in table.attrs["ledger"] if "blank cells" in entry["reason"]] == [1]


def test_the_newest_two_months_are_preliminary(office, write):
    table = read_source(write("x.xlsx", office.xlsx({SHEET: office.frontex()})))
    fresh = table[table["flag"].str.contains("preliminary")]
    assert sorted(set(fresh["period_start"].dt.month)) == [3, 4]


def test_without_a_date_the_publication_is_inferred(office, write):
    table = read_source(write("x.xlsx", office.xlsx({SHEET: office.frontex()})))
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == ("2031-05-01", True)


SPOILED = {
    "a route": ((1, 0, "Northern Route"), "row 2, column 'Route': 'Northern Route' is no route"),
    "a border": ((1, 1, "Space"), "'Space' is no border type"),
    "a nationality": ((1, 2, "Atlantis"), "column 'Nationality': 'Atlantis' is no nationality"),
    "text in a number": ((1, 4, "n/a"), "row 2, column 'FEB2031': 'n/a' is no count"),
    "a fraction": ((1, 4, 0.5), "is no whole number"),
    "a month twice": ((0, 4, "JAN2031"), "the month 2031-01 stands twice"),
    "a month left out": ((0, 6, "MAY2031"), "no month stands between 2031-03 and 2031-05"),
    "the year 1900": ((0, 3, dt.date(1900, 1, 1)), "is no month such as JAN2009"),
    "the year 9999": ((0, 6, "APR9999"), "is no month such as JAN2009"),
    "a column without a name": ((0, 4, ""), "column 5 has no header, and holds values"),
    "a renamed column": ((0, 2, "Citizens"), "'Nationality' is missing"),
    "a row twice": ((2, 2, "Syria"), "says again what"),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_spoiled_workbook_is_refused_with_its_place(office, write, case):
    (row, column, cell), message = SPOILED[case]
    rows = office.frontex()
    rows[row][column] = cell
    with pytest.raises(InvalidInputError, match=message):
        read_source(write("x.xlsx", office.xlsx({SHEET: rows})))


@pytest.mark.parametrize(
    ("mark", "why"), [("ERROR", "an error value"), ("FORMULA", "a formula without a result")]
)
def test_cells_that_look_blank_and_are_not_are_refused(office, write, mark, why):
    rows = office.frontex()
    rows[1][4] = getattr(office, mark)
    with pytest.raises(InvalidInputError, match=f"row 2, column 'FEB2031': holds {why}"):
        read_source(write("x.xlsx", office.xlsx({SHEET: rows})))


def test_merged_cells_are_refused(office, write):
    rows = office.frontex()
    rows[1][4] = ""
    with pytest.raises(InvalidInputError, match="row 2, column 'FEB2031': holds a part of a merged cell"):
        read_source(write("x.xlsx", office.xlsx({SHEET: rows}, {SHEET: ["D2:E2"]})))


def test_a_workbook_is_known_by_its_header_too(office, write):
    table = read_source(write("x.xlsx", office.xlsx({"Sheet1": office.frontex()})))
    assert table.attrs["source"] == "frontex"


def test_the_publishers_own_workbook_equals_the_embedded_routes(raw, embedded):
    table = read_source(raw / "frontex_monthly_detections_2025-06.xlsx")
    assert (table.attrs["known_on"], table.attrs["known_on_inferred"]) == ("2025-06-03", False)
    overlap = embedded(table)
    for corridor in ("central_med", "western_balkans"):
        rows = overlap[overlap["corridor"] == corridor]
        assert len(rows) == 196
        assert (rows["value"] == rows["value_embedded"]).all()
    everything = overlap[overlap["corridor"] == "all_routes"]
    assert (everything["value"] != everything["value_embedded"]).sum() == 14
    april = everything[everything["period_start"] == "2025-04-01"]
    assert april[["value", "value_embedded"]].to_numpy().tolist() == [[15133, 12745]]
