"""UNHCR: the operational portal and the refugee statistics API, on made-up numbers."""

import json

import pytest

from geo.errors import InvalidInputError
from geo.sources import read_source


def _series(*months, **more):
    items = [{"month": m, "year": 2031, "unix_timestamp": 1, "individuals": 100 * m} for m in months]
    return json.dumps({"data": {"timeseries": items} | more})


def test_months_are_read_and_the_newest_is_preliminary(write):
    table = read_source(write("unhcr_Italy.json", _series(1, 2, 3)))
    assert table["value"].tolist() == [100, 200, 300]
    assert set(table["corridor"]) == {"central_med"}
    assert set(table["scope"]) == {"Italy"}
    assert table["flag"].tolist()[-1] == "preliminary inferred_known_on"


def test_a_month_that_was_not_over_is_partial(write):
    table = read_source(write("x.json", _series(1, 2)), scope="Italy", published="2031-02-12")
    last = table.iloc[-1]
    assert (f"{last['period_end']:%Y-%m-%d}", last["flag"]) == ("2031-02-12", "partial preliminary")
    assert table.attrs["known_on"] == "2031-02-12"


def test_without_a_country_nothing_is_guessed(write):
    with pytest.raises(InvalidInputError, match=r"does not say which country .* scope='Italy'"):
        read_source(write("x.json", _series(1)))
    with pytest.raises(
        InvalidInputError, match="scope 'Mars' is none of: Cyprus, Greece, Italy, Malta, Spain"
    ):
        read_source(write("x.json", _series(1)), scope="Mars")


def test_countries_belong_to_their_routes(write):
    assert set(read_source(write("x.json", _series(1)), scope="Spain")["corridor"]) == {"western_med"}


def test_days_and_the_csv_form_are_read(write):
    days = [{"data_date": f"2031-05-0{d}", "individuals": str(d)} for d in (1, 2)]
    table = read_source(write("x.json", json.dumps({"data": {"timeseries": days}})), scope="Italy")
    assert table["value"].tolist() == [1, 2]
    assert (table["period_start"] == table["period_end"]).all()
    text = "Sea arrivals in Italy\ndate;individuals\n2031-01;5\n2031-02;1,234\n"
    table = read_source(write("x.csv", text))
    assert table["value"].tolist() == [5, 1234]
    assert table["period_end"].dt.day.tolist() == [31, 28]
    text = "Sea arrivals in Italy\ndate;individuals\n2031-01-01;5\n2031-02-01;6\n"
    assert read_source(write("x.csv", text))["period_end"].dt.day.tolist() == [31, 28]


PLACES = {
    "data": [
        {"geomaster_name": "Italy", "date": "2031-06-20", "individuals": "50", "population_group_id": "4797"},
        {"geomaster_name": "Spain", "date": "2031-06-15", "individuals": "20", "population_group_id": "4797"},
        {"geomaster_name": "Italy", "date": "2031-06-20", "individuals": "9", "population_group_id": "4798"},
    ]
}


def test_sums_by_country_carry_their_own_last_day(write):
    table = read_source(write("x.json", json.dumps(PLACES)), since="2031-01-01")
    assert table.set_index("scope")["value"].to_dict() == {"Italy": 50, "Spain": 20}
    assert table.set_index("scope")["period_end"].dt.day.to_dict() == {"Italy": 20, "Spain": 15}
    assert set(table["flag"]) == {"cumulative inferred_known_on"}
    assert table.attrs["ledger"][0]["value"] == 9


def test_sums_need_their_first_day(write):
    with pytest.raises(InvalidInputError, match="sums since a day that it does not state; say it with since"):
        read_source(write("x.json", json.dumps(PLACES)))


def test_the_address_of_a_fetched_file_says_country_and_first_day(write):
    path = write("x.json", json.dumps(PLACES))
    from geo.sources._files import SourceFile

    told = {"url": "https://data.unhcr.org/x?fromDate=2031-01-01", "sha256": SourceFile(path).sha256}
    path.with_name("x.json.fetched.json").write_text(json.dumps(told))
    assert set(read_source(path)["period_start"].dt.strftime("%Y-%m-%d")) == {"2031-01-01"}


def _item(**cells):
    return {"month": 1, "year": 2031, "individuals": 5} | cells


SPOILED = {
    "text": (_item(individuals="many"), r"data.timeseries\[0\]: 'many' is no count"),
    "none": (_item(individuals=None), "is empty"),
    "true": (_item(individuals=True), "'True' is no whole number"),
    "a month": (_item(month=13), "'2031-13' is no month"),
    "1900": (_item(year=1900), "is no month from 2014 on"),
    "9999": (_item(year=9999), "is no month from 2014 on"),
    "no record": ("x", "is no record"),
}


@pytest.mark.parametrize("case", SPOILED)
def test_a_spoiled_record_is_refused_with_its_place(write, case):
    item, message = SPOILED[case]
    text = json.dumps({"data": {"timeseries": [item]}, "note": "individuals geomaster_name"})
    with pytest.raises(InvalidInputError, match=message):
        read_source(write("x.json", text), source="unhcr", scope="Italy")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_series(2, 1), "'2031-01-01' does not come after '2031-02-01'"),
        (_series(1, 1), "does not come after"),
        ('{"data": {"timeseries": 5}}', "holds no data.timeseries"),
        ('{"data": {"timeseries": []}}', "holds no row that can be read"),
        (
            '{"data": {"timeseries": [{"individuals": NaN, "year": 2031, "month": 1}]}}',
            "'NaN', which is no number",
        ),
        ('{"data": ', "It is no JSON"),
    ],
)
def test_a_spoiled_answer_is_refused(write, text, message):
    with pytest.raises(InvalidInputError, match=message):
        read_source(write("x.json", text), source="unhcr", scope="Italy")


def test_days_and_months_are_not_mixed(write):
    text = "Sea arrivals in Italy\ndate;individuals\n2031-01;5\n2031-02-03;6\n"
    with pytest.raises(InvalidInputError, match="mixes days and months"):
        read_source(write("x.csv", text))


# --- refugee statistics ---
def _answer(*items, **more):
    return json.dumps({"page": 1, "maxPages": 1, "total": {}, "items": list(items)} | more)


BASE = {"year": 2031, "coo_iso": "SYR", "coo_name": "Syrian Arab Rep.", "coa_iso": "ITA", "coa_name": "Italy"}


def test_applications_and_stocks_are_context(write):
    items = [BASE | {"applied": 12, "app_type": "N"}, BASE | {"applied": "-", "app_type": "R"}]
    table = read_source(write("a.json", _answer(*items)))
    assert set(table["corridor"]) == {"context"}
    assert set(table["place"]) == {"IT"}
    assert set(table["nationality"]) == {"SYR"}
    assert table.set_index("scope")["value"].isna().to_dict() == {"N": False, "R": True}
    stocks = read_source(write("b.json", _answer(BASE | {"refugees": 5, "asylum_seekers": 0, "idps": 3})))
    assert stocks.set_index("measure")["value"].to_dict() == {"asylum_seeker_stock": 0, "refugee_stock": 5}
    assert (stocks["period_start"] == stocks["period_end"]).all()


def test_a_country_without_a_code_is_left_out_and_counted(write):
    item = BASE | {"coo_iso": "TIB", "coo_name": "Made-up", "applied": 5}
    table = read_source(write("a.json", _answer(item, BASE | {"applied": 1})))
    assert table["value"].tolist() == [1]
    assert "no code of ISO 3166-1: TIB Made-up" in table.attrs["ledger"][0]["reason"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_answer(BASE | {"applied": "x"}), r"items\[0\]: 'x' is no count"),
        (_answer(BASE | {"applied": 1, "year": 1900}), "'1900' is no year"),
        (_answer(BASE), "holds neither 'applied' nor"),
        (_answer(5), "is no record"),
        (_answer(BASE | {"applied": 1}, maxPages=3), "one of 3 pages"),
        ('{"items": 5, "coo": 1}', "holds no items"),
    ],
)
def test_a_spoiled_answer_of_the_api_is_refused(write, text, message):
    with pytest.raises(InvalidInputError, match=message):
        read_source(write("a.json", text), source="unhcr_refugee_statistics")
