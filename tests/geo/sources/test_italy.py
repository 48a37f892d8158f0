"""Italian Ministry of the Interior, in ondata's two forms, on made-up numbers."""

import pytest

from geo.errors import InvalidInputError
from geo.sources import read_source

NATIONALITY = """Data_Report,Nazione,ISO_3166-1,Valore
2031-01-15,Siria,SY,40
2031-01-31,Siria,SY,90
2031-01-31,Costa d’Avorio,CI,10
2031-01-31,altre*,,5
2031-02-28,Siria,SY,100
2031-02-28,Costa D'Avorio,CI,30
2031-04-30,Siria,SY,200
2032-01-31,Siria,SY,7
"""
TAIL = "note,fonte"
DAILY = "Data,Valore,Note,Fonte,Data_Report\n" + "".join(
    f"2031-02-{day:02d},{0 if day > 15 else 10 * day},{TAIL},2031-02-15\n" for day in range(1, 32)
)
LATER = "".join(f"2031-02-{day:02d},{10 * day},{TAIL},2031-02-28\n" for day in range(1, 29))


def _read(write, text, **options):
    return read_source(write("ondata.csv", text), **options)


def test_running_totals_stand_as_they_are_published(write):
    table = _read(write, NATIONALITY, source="italy_ministry_nationality")
    assert set(table["flag"]) == {"cumulative"}
    assert (table["period_start"].dt.strftime("%m-%d") == "01-01").all()
    assert (table["known_on"] == table["period_end"]).all()
    last = table[table["period_end"] == "2031-02-28"].set_index("nationality")["value"]
    assert last.to_dict() == {"CIV": 30, "SYR": 100}


def test_months_are_differences_that_add_up_to_their_year(write):
    months = _read(write, NATIONALITY, source="italy_ministry").set_index("period_end")
    assert months["value"].tolist() == [105, 25, 70, 7]
    assert months["period_start"].dt.strftime("%Y-%m-%d").tolist() == [
        "2031-01-01",
        "2031-02-01",
        "2031-03-01",
        "2032-01-01",
    ]
    assert set(months["scope"]) == {"Italy"}


def test_a_day_counts_as_its_newest_report_says(write):
    table = _read(write, DAILY + LATER)
    assert len(table) == 28
    assert table.set_index("period_start")["value"].loc["2031-02-10"] == 100
    assert table["known_on"].dt.day.eq(28).all()
    told = {entry["reason"]: (entry["rows"], entry["value"]) for entry in table.attrs["ledger"]}
    assert told["told again by a later report"] == (15, 1200)


def test_days_after_the_report_and_days_of_no_calendar_are_no_zeros(write):
    table = _read(write, DAILY)
    assert table["period_start"].max().day == 15
    told = {entry["reason"]: entry["rows"] for entry in table.attrs["ledger"]}
    assert told["placeholders for days after the report"] == 13
    assert told["no day of the calendar (the report's form has 31 days in every month)"] == 3


def test_the_day_of_the_report_is_partial(write):
    table = _read(write, DAILY)
    assert table.loc[table["flag"] == "partial", "period_start"].dt.day.tolist() == [15]


def test_rows_said_twice_count_once(write):
    table = _read(write, NATIONALITY + "2032-01-31,Siria,SY,7\n", source="italy_ministry")
    assert table["value"].tolist()[-1] == 7


SPOILED = {
    "a fall of a running total": (NATIONALITY + "2031-05-31,Siria,SY,150\n", "running totals do not fall"),
    "a contradiction": (
        NATIONALITY + "2032-01-31,Siria,SY,8\n",
        "row 10, column 'Valore': 8 contradicts 7 in row 9",
    ),
    "a name": (NATIONALITY + "2032-01-31,Atlantide,,8\n", "'Atlantide' is no nationality that is known"),
    "a code of another name": (NATIONALITY + "2032-01-31,Iraq,IR,8\n", "'IR' is not the code of 'Iraq'"),
    "a number": (NATIONALITY + "2032-01-31,Iraq,IQ,8x\n", "row 10, column 'Valore': '8x' is no count"),
    "a date": (
        NATIONALITY + "31/01/2032,Iraq,IQ,8\n",
        "row 10, column 'Data_Report': '31/01/2032' is no day",
    ),
    "the year 2000": (NATIONALITY + "2000-08-30,Iraq,IQ,8\n", "lies before the series"),
    "the year 9999": (NATIONALITY + "9999-12-31,Iraq,IQ,8\n", "lies outside 1990 to 2100"),
    "cells too few": (NATIONALITY + "2032-01-31,Iraq,8\n", "has 3 cells, the header 4"),
    "a column": (NATIONALITY.replace("Valore", "Numero"), "column 'Valore' is missing"),
    "days: people after the report": (
        DAILY + f"2031-03-20,5,{TAIL},2031-03-10\n",
        "people on a day after the report",
    ),
    "days: a contradiction": (DAILY + f"2031-02-03,5,{TAIL},2031-02-15\n", "5 contradicts 30 in row 4"),
    "days: another month": (DAILY + f"2031-01-03,5,{TAIL},2031-02-15\n", "is not in the month of its report"),
    "days: a date": (DAILY + f"2031-02-32,5,{TAIL},2031-02-15\n", "column 'Data': '2031-02-32' is no day"),
    "days: a report": (DAILY + f"2031-02-03,5,{TAIL},1900-01-15\n", "column 'Data_Report'"),
    "days: a number": (DAILY + f"2031-02-03,five,{TAIL},2031-02-28\n", "'five' is no count"),
    "days: nothing": ("Data,Valore,Note,Fonte,Data_Report\n", "holds no row that can be read"),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_spoiled_table_is_refused_with_its_place(write, case):
    text, message = SPOILED[case]
    with pytest.raises(InvalidInputError, match=message):
        _read(write, text)


def test_another_encoding_is_refused(write):
    with pytest.raises(InvalidInputError, match=r"not in UTF-8 .* line 4"):
        _read(write, NATIONALITY.replace("’", "é").encode("latin-1"))
