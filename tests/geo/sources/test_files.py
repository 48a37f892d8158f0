"""Files that nobody should trust: bombs, broken zips, other encodings, unknown formats."""

import io
import zipfile

import pytest

from geo.errors import InvalidInputError, UnknownNameError
from geo.sources import list_sources, read_source
from geo.sources._files import SourceFile
from geo.sources._frames import date_in_name, facts


def _zip(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", data)
    return out.getvalue()


@pytest.mark.parametrize("part", ["content", "xl__workbook", "anything"])
def test_100_megabytes_of_zeros_are_refused_by_their_size(write, part):
    bomb = _zip(**{part: b"\0" * 100_000_000})
    assert len(bomb) < 200_000
    with pytest.raises(InvalidInputError, match="It would unpack to 100000000 bytes"):
        read_source(write("bomb.ods", bomb))


def test_a_zip_that_lies_about_its_size_is_refused(write):
    data = bytearray(_zip(content=b"\0" * 90_000_000))
    size = (90_000_000).to_bytes(4, "little")
    for _ in range(2):
        place = data.find(size)
        data[place : place + 4] = (1000).to_bytes(4, "little")
    with pytest.raises(InvalidInputError, match="broken, encrypted or cut zip"):
        read_source(write("liar.ods", bytes(data)))


def test_too_many_parts_are_refused(write):
    with pytest.raises(InvalidInputError, match="in 5001 parts"):
        read_source(write("many.xlsx", _zip(**{f"p{i}": b"" for i in range(5001)})))


def test_xml_that_defines_entities_is_refused(write):
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    with pytest.raises(InvalidInputError, match="defines XML entities"):
        read_source(write("laughs.ods", _zip(content=laughs)))


def test_one_far_cell_does_not_make_a_huge_sheet(office, write):
    far = office.Raw(
        '<c r="XFD1048576"><v>1</v></c>',
        '<table:table-cell office:value-type="float" office:value="1" '
        'table:number-columns-repeated="16384"/>',
    )
    with pytest.raises(InvalidInputError, match="spans 17179869184 cells"):
        read_source(write("far.xlsx", office.xlsx({"Detections_of_IBC": [[far]]})))
    sheets = office.home_office()
    sheets["SB_01"] += [[far]] * 400
    with pytest.raises(InvalidInputError, match="Its sheet 'SB_01' spans"):
        read_source(write("far.ods", office.ods(sheets)))


@pytest.mark.parametrize("end", [0.2, 0.5, 0.9, 0.99])
def test_a_cut_workbook_is_refused(office, write, end):
    data = office.ods(office.home_office())
    with pytest.raises(InvalidInputError, match="broken, encrypted or cut zip"):
        read_source(write("cut.ods", data[: int(len(data) * end)]))


def test_a_zip_that_is_no_workbook_is_told_apart(write):
    with pytest.raises(InvalidInputError, match="a zip that is no workbook: unpack it first"):
        read_source(write("x.zip", _zip(data=b"1")))


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("x.xls", b"\xd0\xcf\x11\xe0" + b"1" * 600, "the old XLS form: save it as XLSX"),
        ("x.csv", b"a,b\n1,2\n", "It is a text file, and none of the formats that are known"),
        ("x.json", b'{"a": 1}', "It is JSON, and none"),
        ("x.html", b"<html><p>hello", "It is an HTML page, and none"),
        ("x.parquet", b"PAR1xxxx", "It is a Parquet file, and none"),
        ("x.pdf", b"%PDF-1.7", "none of the formats"),
        ("x.csv", b"", "It is empty"),
        ("x.csv", b"\0" * 50, "It is empty"),
    ],
)
def test_what_is_not_known_is_named(write, name, data, message):
    with pytest.raises(InvalidInputError, match=message):
        read_source(write(name, data))


def test_a_workbook_that_is_not_known_names_its_sheets(office, write):
    with pytest.raises(InvalidInputError, match="a workbook with the sheets Prices"):
        read_source(write("x.xlsx", office.xlsx({"Prices": [["a", 1]]})))


def test_a_file_must_be_there(tmp_path):
    with pytest.raises(InvalidInputError, match="There is no such file"):
        read_source(tmp_path / "nothing.csv")
    with pytest.raises(InvalidInputError, match="It is a folder"):
        read_source(tmp_path)


def test_a_file_may_not_be_huge(write, monkeypatch):
    monkeypatch.setattr("geo.sources._files.MOST_BYTES", 10)
    with pytest.raises(InvalidInputError, match="It has 11 bytes, more than 10"):
        read_source(write("x.csv", b"a" * 11))


def test_utf_16_with_its_mark_is_text_and_zero_bytes_are_not(write):
    assert SourceFile(write("x.csv", "a,é".encode("utf-16"))).text == "a,é"
    with pytest.raises(InvalidInputError, match="holds zero bytes"):
        _ = SourceFile(write("x.csv", b"a,\0b")).text


def test_a_hint_that_is_wrong_says_what_lacks(office, write):
    path = write("x.ods", office.ods(office.home_office()))
    with pytest.raises(InvalidInputError, match="No row is a header: a cell 'Route' must stand"):
        read_source(path, source="frontex")
    with pytest.raises(UnknownNameError, match=r"Invalid source 'frontx'.*Did you mean 'frontex'"):
        read_source(path, source="frontx")
    with pytest.raises(
        InvalidInputError, match=r"and no row of home_office_detailed|'Data_IER_D01': is missing"
    ):
        read_source(path, source="home_office_detailed")


def test_what_rows_are_told_apart_by_must_be_known(office, write):
    with pytest.raises(UnknownNameError, match="Invalid by 'height'"):
        read_source(write("x.ods", office.ods(office.home_office())), by=["height"])


# --- the list of sources ---
def test_every_source_says_whose_it_is_and_how_it_is_got():
    table = list_sources()
    assert {"home_office_daily", "frontex", "italy_ministry", "unhcr", "iom_missing_migrants"} <= set(
        table.index
    )
    assert (table != "").all(axis=None)
    assert table.loc["frontex", "licence"] == "Frontex (not open; cited totals)"


def test_every_source_has_a_reader_and_a_way_to_fetch_it():
    import importlib

    from geo.sources._fetching import _JOBS
    from geo.sources._registry import READERS

    known = {name for module in READERS for name in importlib.import_module(f"geo.sources.{module}").SOURCES}
    assert known == set(facts()["sources"])
    assert {entry["fetch"] for entry in facts()["sources"].values()} == set(_JOBS)
    assert set(facts()["fetch"]) == {*_JOBS, "osm"}


def test_addresses_are_safe_and_hold_no_key():
    text = repr(facts()["fetch"])
    assert "http://" not in text
    assert not any(word in text.lower() for word in ("key=", "token", "password", "secret"))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("21_August_2026_Small_boats_-_time_series.ods", "2026-08-21"),
        ("home_office_small_boats_time_series_2026-08-21.ods", "2026-08-21"),
        ("Detections_of_IBC_2018_07_06.xlsx", "2018-07-06"),
        ("Monthly_detections_of_IBC_20220204.xlsx", "2022-02-04"),
        ("irregular_2023Q3.xlsx", None),
        ("from_2024-01-01_to_2024-02-01.csv", None),
        ("31_February_2024.ods", None),
        ("12345678901234.csv", None),
    ],
)
def test_a_name_states_a_day_or_nothing(name, day):
    found = date_in_name(name)
    assert (found.isoformat() if found else None) == day
