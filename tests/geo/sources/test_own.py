"""Anybody's own table, through a mapping."""

import importlib.util
import io
import json
import math
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from geo import vintages
from geo.errors import InvalidInputError
from geo.sources import own, read_source
from layers.cli import main

ROOT = Path(__file__).resolve().parents[3]

MAPPING = {
    "source": "tally",
    "columns": {"period": "Month", "value": "People", "nationality": "Country"},
    "constants": {"corridor": "channel", "measure": "arrival", "basis": "provisional", "licence": "internal"},
    "missing": ["", "-"],
    "suppressed": ["<5"],
}
TEXT = "Month;Country;People;Remark\n2031-01;Siria;10;a\n2031-Q2;IRQ;-;b\n2031;Iran;<5;c\n2031-03-04;;7;d\n"


def test_a_csv_is_read_through_its_mapping(write):
    table = read_source(write("own.csv", TEXT), mapping=MAPPING)
    rows = table.set_index("nationality")
    assert rows.loc["SYR", "value"] == 10
    assert math.isnan(rows.loc["IRQ", "value"])
    assert rows.loc["IRQ", "flag"] == "inferred_known_on"
    assert rows.loc["IRN", "flag"] == "suppressed inferred_known_on"
    assert f"{rows.loc['IRQ', 'period_end']:%Y-%m-%d}" == "2031-06-30"
    assert set(table["source"]) == {"tally"}
    assert set(table["licence"]) == {"internal"}
    assert table.attrs["known_on"] == "2032-01-01"


def test_workbooks_and_parquet_read_alike(write, office, tmp_path):
    rows = [
        ["notes above"],
        ["Month", "Country", "People"],
        ["2031-01", "Siria", 10],
        ["2031-02", "Iraq", "-"],
    ]
    mapping = MAPPING | {"sheet": "Counts", "header_row": 2}
    first = read_source(write("own.xlsx", office.xlsx({"Other": [["x"]], "Counts": rows})), mapping=mapping)
    second = read_source(write("own.ods", office.ods({"Counts": rows})), mapping=mapping)
    pd.DataFrame(rows[2:], columns=rows[1]).astype({"People": str}).to_parquet(tmp_path / "own.parquet")
    third = read_source(tmp_path / "own.parquet", mapping=MAPPING)
    assert first.equals(second)
    assert first.equals(third)


def test_a_mapping_may_be_a_file(write):
    import yaml

    path = write("mapping.yaml", yaml.safe_dump(MAPPING))
    assert len(read_source(write("own.csv", TEXT), mapping=path)) == 4


def test_own_dates_of_publication_hold_row_by_row(write):
    text = "From,To,People,Known\n2031-01-01,2031-01-31,5,2031-03-01\n2031-02-01,2031-02-28,6,\n"
    columns = {"period_start": "From", "period_end": "To", "value": "People", "known_on": "Known"}
    table = read_source(write("own.csv", text), mapping=MAPPING | {"columns": columns})
    assert table["known_on"].dt.strftime("%Y-%m-%d").tolist() == ["2031-03-01", "2031-03-01"]
    assert table["flag"].tolist() == ["", "inferred_known_on"]


WRONG = {
    "an unknown key": ({"sheets": 1}, "key 'sheets' is not known"),
    "a publisher's id": ({"source": "frontex"}, "'frontex' is a publisher's"),
    "an odd id": ({"source": "My Tally"}, "must be small letters"),
    "an unknown column": ({"columns": MAPPING["columns"] | {"mood": "x"}}, "columns: 'mood' is not known"),
    "an unknown constant": (
        {"constants": MAPPING["constants"] | {"mood": "x"}},
        "constants: 'mood' is not known",
    ),
    "both": (
        {"constants": MAPPING["constants"] | {"nationality": "SYR"}},
        "stands in columns and in constants",
    ),
    "no period": ({"columns": {"value": "People"}}, "give either the column period, or both"),
    "no measure": ({"constants": {"corridor": "channel"}}, "'measure' is missing"),
    "a header row": ({"header_row": 0}, "must be a row number from 1"),
    "missing": ({"missing": "-"}, "missing: must be a list of texts"),
    "no mapping": ({"columns": 5}, "must hold names and values"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_mapping_is_refused(case):
    changes, message = WRONG[case]
    with pytest.raises(InvalidInputError, match=message):
        own.read_mapping(MAPPING | changes)


@pytest.mark.parametrize(("text", "message"), [("- 1", "must hold keys"), ("a: [", "cannot be read as YAML")])
def test_a_mapping_file_that_is_none_is_refused(write, text, message):
    with pytest.raises(InvalidInputError, match=message):
        own.read_mapping(write("m.yaml", text))


TABLES = {
    "a person's column": (TEXT.replace("Remark", "Passport"), "'Passport' reads like data of single persons"),
    "a column in another language": (
        TEXT.replace("Remark", "Cognome"),
        "'Cognome' reads like data of single",
    ),
    "an address": (TEXT + "2031-03,a.b@example.org,,\n", "holds an e-mail address; counts belong here"),
    "a lost column": (TEXT.replace("People", "Persons"), r"column 'People' \(value\) stands 0 times"),
    "text": (TEXT.replace(";10;", ";ten;"), "row 2, column 'People': 'ten' is no count"),
    "a name": (TEXT.replace("Siria", "Atlantis"), "'Atlantis' is no nationality"),
    "a period": (TEXT.replace("2031-Q2", "2031-Q9"), "row 3, column 'Month': '2031-Q9' is no day"),
    "1900": (TEXT.replace("2031-Q2", "1900"), "'1900' is no period"),
    "9999": (TEXT.replace("2031-Q2", "9999-12-31"), "lies outside 1990 to 2100"),
    "long rows": (TEXT.replace("10;a", "10;a;b"), "row 2: has 5 cells, the header 4"),
    "a contradiction": (TEXT + "2031-01;SYR;11;e\n", "contradicts"),
    "a quotation": (TEXT + '2031-02;"SYR;11;e\n', "It is no CSV"),
}


@pytest.mark.parametrize("case", TABLES)
def test_a_spoiled_table_is_refused_with_its_place(write, case):
    text, message = TABLES[case]
    with pytest.raises(InvalidInputError, match=message):
        read_source(write("own.csv", text), mapping=MAPPING)


def test_a_measure_must_be_known(write):
    mapping = MAPPING | {"constants": MAPPING["constants"] | {"measure": "happiness"}}
    with pytest.raises(InvalidInputError, match="'happiness' is none of: arrival"):
        read_source(write("own.csv", TEXT), mapping=mapping)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("own.json", b"{}", "must be CSV, XLSX, ODS or Parquet"),
        ("own.parquet", b"PAR1 and nothing else", "no Parquet file that can be read"),
        ("own.csv", b"Month;People\n", "column 'Country'"),
    ],
)
def test_other_files_are_refused(write, name, data, message):
    with pytest.raises(InvalidInputError, match=message):
        read_source(write(name, data), mapping=MAPPING)


def test_a_sheet_or_row_that_is_not_there_is_named(write, office):
    path = write("own.xlsx", office.xlsx({"Counts": [["Month"]]}))
    with pytest.raises(InvalidInputError, match="It has no sheet 'Other'; found: Counts"):
        read_source(path, mapping=MAPPING | {"sheet": "Other"})
    with pytest.raises(InvalidInputError, match="It has 1 rows, and the mapping's header_row is 9"):
        read_source(path, mapping=MAPPING | {"header_row": 9})


@pytest.mark.parametrize("form", [".csv", ".xlsx", ".parquet"])
def test_the_example_of_an_own_table_works_as_the_page_says(office, tmp_path, monkeypatch, form):
    path = ROOT / "tools" / "build_contents.py"
    spec = importlib.util.spec_from_file_location("build_contents", path)
    contents_tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(contents_tool)
    monkeypatch.setenv("ROUTEWAYS_HOME", str(tmp_path / "home"))
    table, mapping = tmp_path / f"shelter{form}", tmp_path / "shelter.yaml"
    frame = pd.read_csv(io.StringIO(contents_tool.OWN_CSV), dtype=str, keep_default_na=False)
    if form == ".csv":
        table.write_text(contents_tool.OWN_CSV, encoding="utf-8")
    elif form == ".parquet":
        frame.to_parquet(table)
    else:
        table.write_bytes(office.xlsx({"Counts": [frame.columns.tolist(), *frame.to_numpy().tolist()]}))
    mapping.write_text(contents_tool.OWN_MAPPING, encoding="utf-8")
    words = ["sources", "add", str(table), "--mapping", str(mapping), "--published", "2026-03-02"]
    added = CliRunner().invoke(main, words)
    assert added.stdout.startswith("added: night_shelter@2026-03-02"), added.output
    assert "6 rows, data through 28 February 2026" in added.stdout
    words = ["stats", "channel", "--source", "night_shelter", "--measure", "registration", "--format", "json"]
    told = json.loads(CliRunner().invoke(main, words).stdout)
    total = next(one for one in told["corridors"][0]["results"] if one["statistic"] == "total")
    assert total["value"] == 95
    held = vintages.read_vintage("night_shelter@2026-03-02")
    few = held[held["nationality"] == "AFG"]
    assert few["value"].isna().all()
    assert few["flag"].tolist() == ["suppressed", ""]


def test_first_days_of_months_are_not_guessed_to_be_days_or_months(write):
    text = "Month,People\n2031-01-01,10\n2031-02-01,20\n"
    mapping = MAPPING | {"columns": {"period": "Month", "value": "People"}}
    path = write("own.csv", text)
    with pytest.raises(InvalidInputError, match="row 1, column 'Month': holds first days of months alone"):
        read_source(path, mapping=mapping)
    days = read_source(path, mapping=mapping | {"dates_are": "day"})
    months = read_source(path, mapping=mapping | {"dates_are": "month"})
    assert days["period_end"].dt.strftime("%m-%d").tolist() == ["01-01", "02-01"]
    assert months["period_end"].dt.strftime("%m-%d").tolist() == ["01-31", "02-28"]
    with pytest.raises(InvalidInputError, match="row 3, column 'Month': '2031-02-02' is no first day"):
        read_source(
            write("odd.csv", text.replace("02-01", "02-02")), mapping=mapping | {"dates_are": "month"}
        )
    with pytest.raises(InvalidInputError, match="dates_are: 'week' must be day or month"):
        own.read_mapping(mapping | {"dates_are": "week"})


def test_faults_of_whole_rows_name_the_row_of_the_file(write):
    text = "Month,Country,People\n2031-03,SYR,1\n2031-01,IRQ,2\n2031-02,AFG,3\n2031-03,SYR,9\n"
    with pytest.raises(InvalidInputError, match="row 5, column 'value': 9 contradicts 1 in row 2"):
        read_source(write("own.csv", text), mapping=MAPPING)
    with pytest.raises(
        InvalidInputError, match="date '2031-03-01' is before the last day it speaks of, 2031-03-31"
    ):
        read_source(write("own.csv", text.rpartition("2031-03")[0]), mapping=MAPPING, published="2031-03-01")


def test_a_mapping_that_is_not_there_is_told_plainly(tmp_path):
    with pytest.raises(InvalidInputError, match="There is no such file that can be read"):
        own.read_mapping(tmp_path / "no.yaml")
