"""``routeways sources update`` from end to end, against a server that speaks every publisher's format."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from geo import _http, vintages
from geo.errors import InvalidInputError
from geo.sources import fetch_source, fetched_together, list_sources, read_addresses
from layers.cli import main

ROOT = Path(__file__).resolve().parents[3]
ODS = "application/vnd.oasis.opendocument.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
JSON = "application/json"
IOM = (
    "Main ID,Incident ID,Region,Incident Date,Year,Reported Month,Number Dead,"
    "Minimum Estimated Number of Missing,Migration route\n"
    '1,1,Mediterranean,"Fri, 01/10/2031 - 12:00",2031,January,{dead},1,Central Mediterranean\n'
)


def _eurostat(dataset, year):
    time, place = {"category": {"index": {year: 0}}}, {"category": {"index": {"IT": 0}}}
    told = {"id": ["geo", "time"], "size": [1, 1], "value": {"0": 5}, "updated": "2031-02-01T23:00:00+0200"}
    return json.dumps(told | {"extension": {"id": dataset}, "dimension": {"geo": place, "time": time}})


def _broken_off(body):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/csv")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: len(body) // 2].encode())

    return answer


@pytest.fixture
def world(publisher, office, tmp_path):
    """Serve every publisher's format, and write the file of addresses that leads there."""
    asset = publisher.serve(
        "/media/1/22_January_2018_Small_boats_-_time_series.ods",
        office.ods(office.home_office()),
        kind=ODS,
        ETag='"series"',
    )
    index = {"public_updated_at": "2018-01-22T09:30:00Z", "details": {"attachments": [{"url": asset}]}}
    publisher.serve("/gov/series", json.dumps(index), kind=JSON)
    head = ("Date", "Migrants arrived", "Boats arrived", "Boats involved in uncontrolled landings", "Notes")
    cells = "".join(f"<th>{name}</th>" for name in head)
    day = "<tr><th>22 January 2018</th><td>40</td><td>6</td><td>0</td><td> </td></tr>"
    page = {"body": f"<table><tr>{cells}</tr>{day}</table>"}
    page = {"public_updated_at": "2018-01-23T11:00:00Z", "details": page}
    publisher.serve("/gov/days", json.dumps(page), kind=JSON)
    week = "<h2>Week ending 28 January 2018</h2><table><tr><th>Migrants arrived</th><th>Boats arrived</th>"
    week += "<th>Migrants prevented</th><th>Events prevented</th></tr><tr><td>1</td><td>1</td><td>70</td>"
    page = {
        "public_updated_at": "2018-02-06T11:00:00Z",
        "details": {"body": f"{week}<td>7</td></tr></table>"},
    }
    publisher.serve("/gov/week", json.dumps(page), kind=JSON)
    detailed = publisher.serve(
        "/media/2/illegal-entry-routes-to-the-uk-dataset-mar-2018.xlsx",
        office.xlsx({"Data_IER_D01": office.detailed()}),
        kind=XLSX,
    )
    publisher.serve("/gov/hub", json.dumps({"details": {"body": f'<a href="{detailed}">'}}), kind=JSON)
    book = "/assets/Migratory_routes/2031/Monthly_detections_of_IBC_2031_08_04.xlsx"
    publisher.serve(book, office.xlsx({"Detections_of_IBC": office.frontex()}), kind=XLSX)
    publisher.serve("/map/", f'<html><a href="{book}">', kind="text/html")
    publisher.serve("/nazionalita.csv", "Data_Report,Nazione,ISO_3166-1,Valore\n2031-01-31,Siria,SY,12\n")
    publisher.serve("/giorni.csv", "Data,Valore,Note,Fonte,Data_Report\n2031-01-05,12,n,f,2031-01-31\n")
    series = {"data": {"timeseries": [{"month": 1, "year": 2026, "individuals": 9}]}}
    publisher.serve("/timeseries", json.dumps(series), kind=JSON)
    item = {"year": 2030, "coo_iso": "SYR", "coa_iso": "ITA", "applied": 3}
    publisher.serve("/v1/asylum-applications/", json.dumps({"maxPages": 1, "items": [item]}), kind=JSON)
    publisher.serve("/all.csv", IOM.format(dead=2))
    for dataset, year in (("migr_asyappctzm", "2030-12"), ("migr_eirtn", "2030")):
        publisher.serve(f"/eurostat/{dataset}", _eurostat(dataset, year), kind=JSON)
    base = publisher.base
    pages = {"time_series": "/series", "last_7_days": "/days", "weekly": "/week"}
    addresses = {
        "home_office": {"api": f"{base}/gov", **pages},
        "home_office_detailed": {"api": f"{base}/gov", "hub": "/hub"},
        "frontex": {"page": f"{base}/map/"},
        "italy": {"files": [f"{base}/nazionalita.csv", f"{base}/giorni.csv"]},
        "unhcr": {"timeseries": f"{base}/timeseries"},
        "unhcr_refugee_statistics": {"api": f"{base}/v1"},
        "iom": {"all": f"{base}/all.csv"},
        "eurostat": {"api": f"{base}/eurostat"},
    }
    path = tmp_path / "addresses.yaml"
    path.write_text(yaml.safe_dump(addresses), encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    monkeypatch.setenv("ROUTEWAYS_HOME", str(folder))
    return folder


@pytest.fixture
def hurried(monkeypatch):
    """Wait for nobody: the hosts are one test's own."""
    monkeypatch.setattr(_http, "_take_turn", lambda host, pause_s: None)
    monkeypatch.setattr(_http.time, "sleep", lambda seconds: None)


def update(*words, code=0):
    done = CliRunner().invoke(main, ["sources", "update", *map(str, words)])
    assert done.exit_code == code, done.output + str(done.exception or "")
    return done


def test_every_source_is_updated_and_a_second_run_says_unchanged(world, home, hurried):
    done = update("--addresses", world)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert all(line.startswith("added: ") for line in lines)
    held = {name for one in vintages.list_vintages()["sources"][1:] for name in one.split()}
    assert held == set(list_sources().index)
    again = update("--addresses", world)
    assert [line.replace("unchanged: ", "added: ") for line in again.stdout.splitlines()] == lines
    assert again.stderr == ""
    offline = update("--addresses", world, "--offline")
    assert offline.stdout == again.stdout


def test_what_fails_is_told_with_what_to_do_and_the_rest_is_kept(world, home, hurried, publisher):
    update("--addresses", world, "home_office_daily", "iom_missing_migrants")
    publisher.serve("/map/", b"Forbidden", status=403, kind="text/html")
    publisher.answers["/nazionalita.csv"] = _broken_off("Data_Report,Nazione,ISO_3166-1,Valore\n" * 40)
    publisher.serve("/all.csv", IOM.format(dead=5))
    publisher.serve("/eurostat/migr_eirtn", b"{}", status=200, kind=JSON)
    asked = len(publisher.asked)
    done = update("--addresses", world, code=1)
    told = {line.split("@")[0]: line for line in done.stdout.splitlines()}
    assert told["unchanged: home_office_daily"]
    assert told["added: iom_missing_migrants"]
    assert told["added: eurostat_asylum"]
    assert len(told) == 6
    assert "frontex: not updated. Invalid answer of" in done.stderr
    assert "(403); that is respected" in done.stderr
    assert "italy_ministry, italy_ministry_nationality, italy_ministry_daily: not updated." in done.stderr
    assert "It broke off after" in done.stderr
    assert "eurostat_returns: not updated. Invalid file 'migr_eirtn.json'" in done.stderr
    assert done.stderr.count("By hand: ") == 3
    assert done.stderr.splitlines()[-1] == (
        "Error: 5 of 12 sources were not updated: frontex, italy_ministry, italy_ministry_nationality, "
        "italy_ministry_daily, eurostat_returns. What to do is above; then: routeways sources add FILE"
    )
    paths = [path for path, _ in publisher.asked[asked:]]
    assert paths.count("/map/") == 1
    fresh = [headers for path, headers in publisher.asked[asked:] if path.endswith("time_series.ods")]
    assert [headers.get("If-None-Match") for headers in fresh] == ['"series"']
    held = {name for one in vintages.list_vintages()["sources"][1:] for name in one.split()}
    assert not held & {"frontex", "italy_ministry", "eurostat_returns"}
    assert not list(home.rglob("nazionalita.csv*"))
    assert not list(home.rglob("*.part"))


def test_an_interrupt_leaves_nothing_half_kept(world, tmp_path, publisher, home):
    begun, over = threading.Event(), threading.Event()

    def drip(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        handler.wfile.write(b"<html>half of it")
        handler.wfile.flush()
        begun.set()
        over.wait(20)

    whole = publisher.answers["/map/"]
    publisher.answers["/map/"] = drip
    command = "from layers.cli import main; main(prog_name='routeways')"
    words = ["sources", "update", "iom_missing_migrants", "frontex", "unhcr", "--addresses", str(world)]
    run = subprocess.Popen(
        [sys.executable, "-c", command, *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert begun.wait(30)
        run.send_signal(signal.SIGINT)
        stdout, stderr = run.communicate(timeout=20)
    finally:
        over.set()
        run.kill()
        run.wait()
    assert run.returncode == 130
    assert stdout.startswith("added: iom_missing_migrants@")
    assert stdout.count("\n") == 1
    assert stderr == "Interrupted. What is named above is kept whole, nothing else was; run it again.\n"
    assert not list(home.rglob("*.part"))
    assert not list(home.rglob("page.html*"))
    assert vintages.list_vintages()["sources"].tolist()[1:] == ["iom_missing_migrants"]
    publisher.answers["/map/"] = whole
    files = fetch_source("frontex", addresses=world, pause_s=0)
    assert [file.unchanged for file in files] == [False]


def test_addresses_come_from_the_environment_too(world, home, hurried, monkeypatch):
    monkeypatch.setenv("ROUTEWAYS_ADDRESSES", str(world))
    assert update("frontex").stdout.startswith("added: frontex@2031-08-04")
    assert fetch_source("frontex", offline=True)[0].path.name.endswith("2031_08_04.xlsx")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "cannot be read as YAML"),
        ("5", "must hold names and addresses"),
        ("frontx: {page: x}", "'frontx' is not known; known: home_office,"),
        ("frontex: x", "'frontex' must hold names and addresses"),
        ("frontex: {pages: x}", "frontex: 'pages' must be a name of this part"),
        ("italy: {files: x}", "italy: 'files' must be a list"),
        ("unhcr: {from_date: soon}", "unhcr: 'from_date' must be a day"),
    ],
)
def test_a_file_of_addresses_must_be_one(write, home, text, message):
    path = write("addresses.yaml", text)
    with pytest.raises(InvalidInputError, match=message):
        read_addresses(path)
    assert message in update("frontex", "--addresses", path, code=1).stderr
    assert not home.exists()


def test_sources_of_one_file_are_asked_for_once():
    assert fetched_together("italy_ministry_daily") == [
        "italy_ministry",
        "italy_ministry_nationality",
        "italy_ministry_daily",
    ]
    assert fetched_together("eurostat_returns") == ["eurostat_returns"]
