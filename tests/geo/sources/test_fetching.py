"""From a source's name to its newest files, against a server that speaks each publisher's format."""

import json

import pytest

from geo.errors import FetchError, InvalidInputError, UnknownNameError
from geo.sources import fetch_source, read_fetched

ODS = "application/vnd.oasis.opendocument.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"


@pytest.fixture
def get(publisher, tmp_path):
    def run(source, **options):
        limits = {"pause_s": 0, "timeout_s": 5, "total_s": 10}
        return fetch_source(source, **{"home": tmp_path / "home", **limits, **options})

    return run


def _days(*rows):
    body = "".join(
        f"<tr><th>{day}</th><td>{people}</td><td>6</td><td>0</td><td> </td></tr>" for day, people in rows
    )
    head = "".join(
        f"<th>{name}</th>"
        for name in (
            "Date",
            "Migrants arrived",
            "Boats arrived",
            "Boats involved in uncontrolled landings",
            "Notes",
        )
    )
    return f"<table><tr>{head}</tr>{body}</table>"


@pytest.fixture
def gov_uk(publisher, office):
    """A Content API with the collection, its ODS and the two pages."""
    asset = publisher.serve(
        "/media/1/22_January_2018_Small_boats_-_time_series.ods",
        office.ods(office.home_office()),
        kind=ODS,
        ETag='"1"',
    )
    links = [{"url": "https://elsewhere.invalid/notes.pdf"}, {"url": asset}]
    index = {"public_updated_at": "2018-01-22T09:30:00Z", "details": {"attachments": links}}
    publisher.serve("/api/series", json.dumps(index), kind=JSON)
    page = _days(("21 January 2018", 113), ("22 January 2018", 40))
    body = {"public_updated_at": "2018-01-23T11:00:00Z", "details": {"body": page}}
    publisher.serve("/api/days", json.dumps(body), kind=JSON)
    week = (
        "<h2>Week ending 28 January 2018</h2><table><tr><th>Migrants arrived</th><th>Boats arrived</th>"
        "<th>Migrants prevented</th><th>Events prevented</th></tr><tr><td>1</td><td>1</td>"
        "<td>70</td><td>7</td>"
        "</tr></table>"
    )
    body = {"public_updated_at": "2018-02-06T11:00:00Z", "details": {"body": week}}
    publisher.serve("/api/week", json.dumps(body), kind=JSON)
    return {
        "api": publisher.base + "/api",
        "time_series": "/series",
        "last_7_days": "/days",
        "weekly": "/week",
    }


def test_the_home_office_is_read_with_its_pages_laid_over(get, gov_uk):
    files = get("home_office_daily", addresses=gov_uk)
    assert [file.path.name for file in files] == [
        "22_January_2018_Small_boats_-_time_series.ods",
        "last_7_days.json",
        "weekly.json",
    ]
    assert files[0].published == "2018-01-22"
    table = read_fetched(files)
    arrivals = table[table["measure"] == "arrival"].set_index("period_end")["value"]
    assert len(arrivals) == 22
    assert arrivals.loc["2018-01-22"] == 40
    prevented = table[table["measure"] == "prevention"].set_index("period_end")["value"]
    assert prevented.loc["2018-01-28"] == 70
    assert table.attrs["known_on"] == "2018-02-06"


def test_offline_the_same_files_are_read_without_asking(get, gov_uk, publisher):
    first = read_fetched(get("home_office_daily", addresses=gov_uk))
    asked = len(publisher.asked)
    again = read_fetched(get("home_office_daily", addresses=gov_uk, offline=True))
    assert len(publisher.asked) == asked
    assert first.equals(again)


def test_an_index_may_not_lead_elsewhere(get, gov_uk, publisher):
    links = [{"url": "https://elsewhere.invalid/x_time_series.ods"}]
    publisher.serve("/api/series", json.dumps({"details": {"attachments": links}}), kind=JSON)
    with pytest.raises(FetchError, match=r"names 1 time series, not one|By hand"):
        get("home_office_daily", addresses=gov_uk)
    assert all("elsewhere" not in path for path, _ in publisher.asked)


@pytest.mark.parametrize("index", ["{}", "[]", '{"details": {"attachments": [5]}}'])
def test_an_index_without_a_time_series_is_said(get, gov_uk, publisher, index):
    publisher.serve("/api/series", index, kind=JSON)
    with pytest.raises(FetchError, match="names 0 time series"):
        get("home_office_daily", addresses=gov_uk)


def test_the_detailed_dataset_is_found_on_its_hub(get, publisher, office):
    asset = publisher.serve(
        "/media/2/illegal-entry-routes-to-the-uk-dataset-mar-2018.xlsx",
        office.xlsx({"Data_IER_D01": office.detailed()}),
        kind=XLSX,
    )
    body = f'<a href="https://elsewhere.invalid/irregular-migration-dataset.xlsx">old</a> <a href="{asset}">'
    publisher.serve("/api/hub", json.dumps({"details": {"body": body}}), kind=JSON)
    addresses = {"api": publisher.base + "/api", "hub": "/hub"}
    table = read_fetched(get("home_office_detailed", addresses=addresses))
    assert table.attrs["source"] == "home_office_detailed"
    publisher.serve("/api/hub", "{}", kind=JSON)
    with pytest.raises(FetchError, match="names no detailed dataset"):
        get("home_office_detailed", addresses=addresses)


def test_frontex_is_found_on_its_page(get, publisher, office):
    for day in ("2031_07_04", "2031_08_04"):
        path = f"/assets/Migratory_routes/2031/Monthly_detections_of_IBC_{day}.xlsx"
        publisher.serve(path, office.xlsx({"Detections_of_IBC": office.frontex()}), kind=XLSX)
    links = "".join(
        f'<a href="/assets/Migratory_routes/2031/Monthly_detections_of_IBC_2031_0{m}_04.xlsx">'
        for m in (8, 7)
    )
    page = publisher.serve("/map/", f"<html>{links}", kind="text/html")
    files = get("frontex", addresses={"page": page})
    assert files[0].path.name == "Monthly_detections_of_IBC_2031_08_04.xlsx"
    assert read_fetched(files).attrs["known_on"] == "2031-08-04"
    publisher.serve("/map/", "<html>moved", kind="text/html")
    with pytest.raises(FetchError, match="links no monthly workbook"):
        get("frontex", addresses={"page": page})


@pytest.mark.parametrize("status", [403, 404])
def test_a_host_that_refuses_programs_is_left_alone_with_a_way_by_hand(get, publisher, status):
    script = b"<script>window.challenge()</script>" * 400
    page = publisher.serve("/map/", script, status=status, kind="text/html")
    with pytest.raises(
        FetchError, match=r"(?s)by hand.*By hand: Open the migratory map page of Frontex in a browser"
    ):
        get("frontex", addresses={"page": page})
    assert len(publisher.asked) == 1


def test_italy_is_joined_from_its_two_tables(get, publisher):
    first = publisher.serve(
        "/nazionalita.csv", "Data_Report,Nazione,ISO_3166-1,Valore\n2031-01-31,Siria,SY,12\n"
    )
    second = publisher.serve(
        "/giorni.csv", "Data,Valore,Note,Fonte,Data_Report\n2031-01-05,12,n,f,2031-01-31\n"
    )
    table = read_fetched(get("italy_ministry", addresses={"files": [first, second]}))
    assert table.attrs["sources"] == ["italy_ministry", "italy_ministry_daily", "italy_ministry_nationality"]
    assert table["value"].tolist() == [12, 12, 12]


def test_unhcr_is_asked_by_its_widget_and_dated_by_the_day_of_asking(get, publisher):
    series = {"data": {"timeseries": [{"month": 1, "year": 2020, "individuals": 9}]}}
    url = publisher.serve("/timeseries", json.dumps(series), kind=JSON)
    files = get("unhcr", addresses={"timeseries": url}, query={"country": "Spain", "fromDate": "2020-01-01"})
    assert "geo_id=729" in publisher.asked[0][0]
    table = read_fetched(files)
    assert (set(table["scope"]), set(table["corridor"])) == ({"Spain"}, {"western_med"})
    assert table.attrs["known_on"] == files[0].retrieved[:10]
    publisher.serve("/timeseries", b"<script>window.x()</script>", status=404, kind="text/html")
    with pytest.raises(FetchError, match=r"(?s)not bypassed.*widgets change each year"):
        get("unhcr", addresses={"timeseries": url})
    with pytest.raises(UnknownNameError, match="Invalid country 'Mars'"):
        get("unhcr", query={"country": "Mars"})


def test_the_refugee_statistics_are_asked_with_codes_of_iso(get, publisher):
    item = {"year": 2030, "coo_iso": "SYR", "coa_iso": "ITA", "applied": 3}
    publisher.serve("/v1/asylum-applications/", json.dumps({"maxPages": 1, "items": [item]}), kind=JSON)
    files = get("unhcr_refugee_statistics", addresses={"api": publisher.base + "/v1"}, query={"coa": "ITA"})
    assert "cf_type=ISO" in publisher.asked[0][0]
    assert "coa=ITA" in publisher.asked[0][0]
    assert read_fetched(files)["value"].tolist() == [3]


def test_iom_is_one_table(get, publisher):
    head = (
        "Main ID,Incident ID,Region,Incident Date,Year,Reported Month,Number Dead,"
        "Minimum Estimated Number of Missing,Migration route"
    )
    text = f'{head}\n1,1,Mediterranean,"Fri, 01/10/2031 - 12:00",2031,January,2,1,Central Mediterranean\n'
    url = publisher.serve("/all.csv", text)
    table = read_fetched(get("iom_missing_migrants", addresses={"all": url}))
    assert table.loc[table["corridor"] == "central_med", "value"].tolist() == [3]


@pytest.mark.parametrize("source", ["eurostat_asylum", "eurostat_returns"])
def test_eurostat_is_asked_for_a_dataset(get, publisher, source):
    dataset = {"eurostat_asylum": "migr_asyappctzm", "eurostat_returns": "migr_eirtn"}[source]
    told = {
        "id": ["geo", "time"],
        "size": [1, 1],
        "value": {"0": 5},
        "updated": "2031-02-01T23:00:00+0200",
        "dimension": {
            "geo": {"category": {"index": {"IT": 0}}},
            "time": {"category": {"index": {"2030": 0}}},
        },
    }
    publisher.serve(f"/data/{dataset}", json.dumps(told), kind=JSON)
    files = get(source, addresses={"api": publisher.base + "/data"}, query={"geo": ["IT", "HR"]})
    assert "geo=IT&geo=HR" in publisher.asked[0][0]
    assert read_fetched(files).attrs["source"] == source


def test_names_must_be_known():
    with pytest.raises(UnknownNameError, match="Invalid source 'nobody'"):
        fetch_source("nobody")
    with pytest.raises(InvalidInputError, match="Give at least one"):
        read_fetched([])


def test_an_index_that_is_no_json_is_said(get, gov_uk, publisher):
    publisher.serve("/api/series", b"{broken", kind=JSON)
    with pytest.raises(FetchError, match="It is no JSON"):
        get("home_office_daily", addresses=gov_uk)
