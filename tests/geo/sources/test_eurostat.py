"""Eurostat JSON-stat: what is absent is missing, and flags stay."""

import json
import math

import pytest

from geo.errors import InvalidInputError
from geo.sources import read_source


def _stat(values, status=None, **dims):
    dims = {"citizen": ["SY", "TOTAL"], "geo": ["IT", "EL"], "time": ["2031-01", "2031-02"]} | dims
    return {
        "version": "2.0",
        "class": "dataset",
        "updated": "2031-04-10T23:00:00+0200",
        "extension": {"id": "MIGR_ASYAPPCTZM"},
        "id": list(dims),
        "size": [len(codes) for codes in dims.values()],
        "value": values,
        "status": status or {},
        "dimension": {
            name: {"category": {"index": {code: i for i, code in enumerate(codes)}}}
            for name, codes in dims.items()
        },
    }


def _read(write, told, **options):
    return read_source(write("answer.json", json.dumps(told)), **options)


def test_cells_are_read_and_an_absent_key_is_missing(write):
    table = _read(write, _stat({"0": 5, "3": 10, "7": 0}, {"3": "p"}))
    cells = table.set_index(["nationality", "place", "period_start"])["value"]
    assert len(cells) == 3
    assert cells.loc["SYR", "IT", "2031-01-01"] == 5
    assert cells.loc["SYR", "GR", "2031-02-01"] == 10
    assert cells.loc["", "GR", "2031-02-01"] == 0
    assert table.loc[table["value"] == 10, "flag"].tolist() == ["preliminary"]
    assert (table.attrs["source"], table.attrs["known_on"]) == ("eurostat_asylum", "2031-04-10")
    assert set(table["corridor"]) == {"context"}


def test_a_list_of_values_reads_like_keys(write):
    keys = _read(write, _stat({"0": 5, "3": 10}))
    listed = _read(write, _stat([5, None, None, 10, None, None, None, None]))
    assert keys.equals(listed)


def test_confidential_cells_are_suppressed_not_zero(write):
    table = _read(write, _stat({"0": 5}, {"1": "c"}))
    hidden = table[table["flag"] == "suppressed"]
    assert len(hidden) == 1
    assert math.isnan(hidden["value"].iloc[0])


def test_aggregates_of_countries_stand_without_a_place(write):
    table = _read(write, _stat({"0": 5, "1": 7}, geo=["EU27_2020"], citizen=["TOTAL"]))
    assert set(table["place"]) == {""}
    assert set(table["scope"]) == {"EU27_2020"}


def test_aggregates_of_citizens_are_left_out_and_counted(write):
    table = _read(write, _stat({"0": 5, "4": 7}, citizen=["EXT_EU27_2020", "XK"]))
    assert table["nationality"].tolist() == ["XKX"]
    assert table.attrs["ledger"][0] == {
        "reason": "citizen EXT_EU27_2020 is an aggregate or has no code",
        "rows": 1,
        "value": 5.0,
    }


def test_returns_are_yearly(write):
    told = _stat({"0": 5}, c_dest=["TOTAL"], citizen=["SY"], geo=["IT"], time=["2030"]) | {"extension": {}}
    table = _read(write, told)
    assert (table["source"].iloc[0], table["measure"].iloc[0]) == ("eurostat_returns", "return")
    assert f"{table['period_end'].iloc[0]:%Y-%m-%d}" == "2030-12-31"


def test_sex_age_and_kind_of_applicant_are_kept_apart(write):
    told = _stat(
        {str(i): i for i in range(16)},
        citizen=["SY"],
        geo=["IT"],
        time=["2031M01"],
        sex=["T", "F"],
        age=["TOTAL", "Y18-34"],
        applicant=["ASY_APP", "FRST"],
    )
    told["value"] = {str(i): i for i in range(8)}
    table = _read(write, told)
    assert set(zip(table["sex"], table["age_group"], table["scope"], strict=True)) == {
        (sex, age, kind) for sex in ("", "female") for age in ("", "Y18-34") for kind in ("", "FRST")
    }


def _with(**changes):
    return _stat({"0": 5}) | changes


SPOILED = {
    "sizes": (_with(size=[2, 2]), "'id' and 'size' differ in length"),
    "an id twice": (_with(id=["geo", "geo", "time"]), "an id stands twice"),
    "a huge size": (_with(size=[10**6, 10**6, 2]), "a product of at most"),
    "a size in words": (_with(size=["2", 2, 2]), "must hold whole numbers"),
    "an index": (_with(dimension={}), "It is no JSON-stat dataset"),
    "another size": (_with(size=[2, 3, 2]), "does not number its 3 categories"),
    "a position": (_with(value={"99": 5}), "position outside 0 to 7"),
    "a short list": (_with(value=[1]), "lists 1 cells, and its sizes make 8"),
    "a key": (_with(value={"x": 5}), "neither a list nor keyed by position"),
    "text": (_with(value={"0": "5 p"}), "'5 p' is no count"),
    "a fraction": (_with(value={"0": 5.5}), "is no whole number"),
    "a status": (_with(status={"0": "q"}), "its status 'q' is not known"),
    "1900": (_stat({"0": 5}, time=["1900-01", "2031-01"]), "'1900-01' is no month"),
    "9999": (_stat({"0": 5}, time=["9999", "2031-01"]), "'9999' is no month"),
    "month 13": (_stat({"0": 5}, time=["2031-13", "2031-01"]), "'2031-13' is no month"),
    "a sex": (_stat({"0": 5}, sex=["X"]), "'X' is no code of sex"),
    "no geo": (
        {"id": ["time"], "size": [1], "dimension": {"time": {"category": {"index": ["2031"]}}}, "value": {}},
        "lacks the dimension time or geo",
    ),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_spoiled_dataset_is_refused(write, case):
    told, message = SPOILED[case]
    with pytest.raises(InvalidInputError, match=message):
        _read(write, told, source="eurostat_asylum")


def test_another_dataset_is_refused(write):
    with pytest.raises(InvalidInputError, match="neither migr_asyappctzm nor migr_eirtn"):
        _read(write, _with(extension={"id": "nama_10_gdp"}))
