"""``routeways sources``: what it keeps, what it says, and that statistics answer from it."""

import csv
import importlib.util
import io
import json
import os
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from geo import sources, vintages
from geo.errors import FetchError, InvalidInputError
from layers.charts import revision_triangle_chart
from layers.cli import main

ROOT = Path(__file__).resolve().parents[2]


def run(*words, code=0):
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == code, done.output + (str(done.exception) if done.exception else "")
    return done


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    monkeypatch.setenv("ROUTEWAYS_HOME", str(folder))
    return folder


@pytest.fixture
def raw():
    named = os.environ.get("ROUTEWAYS_RAW")
    above = [parent / "shared" / "raw" for parent in Path(__file__).resolve().parents]
    found = next((folder for folder in ([Path(named)] if named else above) if folder.is_dir()), None)
    if found is None:
        pytest.skip("no publishers' files here")
    return found


def italian(folder, day, *, people):
    """Write a small file in a publisher's form."""
    file = folder / f"nazionalita-{day}-{people}.csv"
    file.write_text(f"Data_Report,Nazione,ISO_3166-1,Valore\n{day},Siria,SY,{people}\n{day},altre,,5\n")
    return file


def channel(values, known_on):
    """Return days of the Channel's headline series from 1 January 2018 on."""
    days = pd.date_range("2018-01-01", periods=len(values)).strftime("%Y-%m-%d")
    return pd.DataFrame(
        {
            "source": "home_office_daily",
            "corridor": "channel",
            "measure": "arrival",
            "basis": "provisional",
            "period_start": days,
            "period_end": days,
            "value": values,
            "known_on": known_on,
        }
    )


def test_adding_a_file_says_what_was_added(home, tmp_path):
    file = italian(tmp_path, "2031-01-31", people=12)
    told = run("sources", "add", file).stdout
    assert told.startswith("added: italy_ministry")
    assert "3 rows, data through 31 January 2031, published 31 January 2031 (as stated), sha256 " in told
    assert run("sources", "add", file).stdout.startswith("held already: ")
    assert len(list((home / "vintages").glob("*.parquet"))) == 1


def test_a_publication_date_can_be_stated(home, tmp_path):
    file = italian(tmp_path, "2031-01-31", people=12)
    told = run("sources", "add", file, "--published", "2031-02-03", "--source", "italy_ministry").stdout
    assert "(italy_ministry), 1 rows" in told
    assert "published 3 February 2031 (as stated)" in told
    assert home.is_dir()


def test_an_inferred_date_is_called_so(home):
    from layers.cli_sources import added_text

    table = channel([1.0], None)
    assert "(inferred, say --published if you know it)" in added_text(vintages.add_snapshot(table))
    assert home.is_dir()


def test_a_stated_date_is_not_undone_by_adding_the_file_again(home, tmp_path):
    file = tmp_path / "list.csv"
    head = "Main ID,Incident ID,Region,Incident Date,Year,Reported Month,Number Dead,"
    row = '1,1,Mediterranean,"Fri, 01/10/2031 - 12:00",2031,January,2,1,Central Mediterranean'
    file.write_text(f"{head}Minimum Estimated Number of Missing,Migration route\n{row}\n")
    assert (
        "published 1 March 2031 (as stated)"
        in run("sources", "add", file, "--published", "2031-03-01").stdout
    )
    again = run("sources", "add", file).stdout
    assert again.startswith("held already: iom_missing_migrants@2031-03-01")
    other = run("sources", "add", file, "--published", "2031-03-02", code=1)
    assert "The same bytes are held as published on 2031-03-01" in other.stderr
    assert len(list((home / "vintages").glob("*.parquet"))) == 1


def test_of_several_files_the_good_ones_are_added(home, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n")
    done = run("sources", "add", bad, italian(tmp_path, "2031-01-31", people=3), code=1)
    assert "bad.csv: not added. Invalid file 'bad.csv'" in done.stderr
    assert "1 of 2 files were not added." in done.stderr
    assert done.stdout.startswith("added: ")
    assert "Error: Invalid file 'bad.csv'" in run("sources", "add", bad, code=1).stderr
    assert home.is_dir()


def test_history_lists_the_vintages(home, tmp_path):
    run("sources", "add", italian(tmp_path, "2031-01-31", people=12))
    rows = list(csv.DictReader(io.StringIO(run("sources", "history", "--format", "csv").stdout)))
    assert [row["vintage"].partition("@")[0] for row in rows] == ["embedded", rows[1]["sources"].split()[0]]
    assert rows[1]["data_through"] == "2031-01-31"
    assert "all embedded" in run("sources", "history").stdout
    only = json.loads(run("sources", "history", "--source", "frontex", "--format", "json").stdout)
    assert [row["vintage"] for row in only] == ["embedded"]
    assert "source" in run("sources", "history", "--source", "nobody", code=2).stderr
    assert home.is_dir()


def test_diff_prints_what_changed_in_every_form(home):
    a = vintages.add_snapshot(channel([5.0, 6.0, 7.0, 8.0], "2018-01-05"))
    b = vintages.add_snapshot(channel([5.0, 60.0, None, 8.0, 9.0], "2018-01-06"))
    done = run("sources", "diff", a.id, b.id)
    assert "1 added, 1 revised, 1 withdrawn." in done.stdout
    assert "warning: home_office_daily, arrival, channel: 1 revised and 1 withdrawn of 4" in done.stderr
    rows = list(csv.DictReader(io.StringIO(run("sources", "diff", a.id, b.id, "--format", "csv").stdout)))
    assert {row["change"]: row["period_start"] for row in rows} == {
        "added": "2018-01-05",
        "revised": "2018-01-02",
        "withdrawn": "2018-01-03",
    }
    told = json.loads(run("sources", "diff", a.id, b.id, "--format", "json").stdout)
    assert told["summary"][0]["largest_share"] == 9.0
    assert len(told["changes"]) == 3
    assert told["a"] == a.id
    calm = run("sources", "diff", a.id, a.id, "--threshold", "1")
    assert "0 added, 0 revised, 0 withdrawn." in calm.stdout
    assert calm.stderr == ""
    assert "Vintages held" in run("sources", "diff", "nothing", "embedded", code=2).stderr
    assert home.is_dir()


def test_status_says_whether_a_newer_file_is_to_be_expected(home):
    def states(today):
        rows = json.loads(run("sources", "status", "--today", today, "--format", "json").stdout)
        return {(row["source"], row["measure"]): row for row in rows}

    early, late = states("2026-08-21"), states("2026-09-20")
    daily, monthly = ("home_office_daily", "arrival"), ("frontex", "detection_entry")
    assert early[daily]["state"] == "current"
    assert late[daily]["state"] == "newer to be expected"
    assert early[monthly] == {
        "source": "frontex",
        "measure": "detection_entry",
        "held_through": "2026-06-30",
        "newest_vintage": "2026-08-04",
        "usual_lag_days": 45,
        "next_expected": "2026-09-14",
        "state": "current",
    }
    assert late[monthly]["state"] == "newer to be expected"
    assert late["slovenia_police", "illegal_entry"]["state"] == "one time"
    assert "frontex" in run("sources", "status").stdout
    assert not home.exists()


def test_the_list_says_how_files_are_got():
    assert "frontex" in run("sources", "list").stdout
    rows = json.loads(run("sources", "list", "--format", "json").stdout)
    assert {"source", "by_hand", "licence"} <= set(rows[0])


def test_update_works_through_what_it_can_and_tells_the_rest(home, monkeypatch):
    def fetch(name, *, offline, addresses):
        assert not offline
        assert addresses is None
        if name == "frontex":
            raise FetchError("Invalid answer 403.\nBy hand: open the page.")
        if name == "eurostat_returns" or name.startswith("un"):
            raise InvalidInputError("Invalid file 'x'.")
        return [name]

    def read(files):
        table = channel([1.0, 2.0], "2018-01-03").assign(source=files[0])
        table.attrs = {"sources": [files[0]], "known_on_inferred": False, "sha256": "", "file": "x.ods"}
        return table

    monkeypatch.setattr(sources, "fetch_source", fetch)
    monkeypatch.setattr(sources, "read_fetched", read)
    done = run("sources", "update", "frontex", "home_office_daily", "home_office_daily", "unhcr", code=1)
    assert done.stdout.startswith("added: home_office_daily@2018-01-03")
    assert done.stdout.count("\n") == 1
    assert "frontex: not updated. Invalid answer 403." in done.stderr
    assert done.stderr.count("By hand:") == 2
    assert "2 of 3 sources were not updated: frontex, unhcr." in done.stderr
    assert run("sources", "update", "home_office_daily").stdout.startswith("unchanged")
    assert "Did you mean" in run("sources", "update", "frontx", code=2).stderr
    assert home.is_dir()


def test_update_without_a_network_and_without_files_says_so(home):
    done = run("sources", "update", "home_office_daily", "--offline", code=1)
    assert "home_office_daily: not updated." in done.stderr
    assert "By hand:" in done.stderr
    assert home is not None


# --- statistics


def test_statistics_answer_from_what_was_published_by_then(home):
    vintages.add_snapshot(channel([5.0, 6.0, 7.0], "2018-01-04"))
    vintages.add_snapshot(channel([5.0, 6.0, 8.0, 9.0], "2018-01-05"))

    def total(*words):
        document = json.loads(run("stats", "channel", *words, "--format", "json").stdout)
        results = document["corridors"][0]["results"]
        return next(result["value"] for result in results if result["statistic"] == "total")

    assert total("--as-of", "2018-01-03", "--known-on", "2018-01-04") == 7
    assert total("--as-of", "2018-01-03", "--known-on", "2018-01-05") == 8
    assert total("--as-of", "2018-01-03") == 0
    refused = run("stats", "channel", "--as-of", "2018-01-04", "--known-on", "2018-01-04", code=1)
    assert "data through 3 January 2018, as known on 2018-01-04" in refused.stderr
    never = run("stats", "channel", "--as-of", "2018-01-03", "--known-on", "2018-01-03", code=1)
    assert "were published on 2018-01-04" in never.stderr
    assert home.is_dir()


def test_the_manifest_names_the_vintages_where_there_are_any(home, tmp_path):
    words = ["brief", "channel", "--as-of", "2018-01-03", "--known-on", "2018-01-04", "-o"]
    held = vintages.add_snapshot(channel([5.0, 6.0, 7.0], "2018-01-04"))
    run(*words, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert held.id in [one["vintage"] for one in manifest["vintages"]]
    assert str(home) not in (tmp_path / "out" / "manifest.json").read_text()


def test_an_empty_home_changes_nothing(home, monkeypatch):
    words = ("stats", "channel", "--as-of", "2024-12-12", "--format", "json")
    absent = run(*words).stdout
    (home / "vintages").mkdir(parents=True)
    assert run(*words).stdout == absent
    monkeypatch.delenv("ROUTEWAYS_HOME")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    assert run(*words).stdout == absent


def test_the_december_file_answers_to_11_december(home, raw):
    for day in ("2025-12-12", "2026-08-21"):
        run("sources", "add", raw / f"home_office_small_boats_time_series_{day}.ods")
    then = ("--known-on", "2025-12-12")
    document = json.loads(run("stats", "channel", "--as-of", "2025-12-11", *then, "--format", "json").stdout)
    assert {result["known_on"] for result in document["corridors"][0]["results"]} <= {"2025-12-12", None}
    refused = run("stats", "channel", "--as-of", "2025-12-12", *then, code=1)
    assert "data through 11 December 2025" in refused.stderr
    assert run("stats", "channel", "--as-of", "2025-12-12").exit_code == 0
    done = run("sources", "diff", "home_office_daily@2025-12-12", "home_office_daily@2026-08-21")
    assert "0 revised, 0 withdrawn." in done.stdout
    assert home.is_dir()


# --- the chart, and the page of the command


def test_the_chart_marks_what_was_revised_and_what_was_taken_back():
    months, known = pd.date_range("2031-01-01", periods=3, freq="MS"), pd.date_range("2031-04-04", periods=3)
    triangle = pd.DataFrame([[9, 9, 9], [5, 7, None], [None, 4, 3]], index=months, columns=known, dtype=float)
    triangle.attrs["unit"] = "persons"
    chart = revision_triangle_chart(triangle, title="Arrivals <north>", message="Two months moved.")
    assert 'role="img"' in chart
    assert "Arrivals &lt;north&gt;" in chart
    assert (
        "Two months moved. 2 of 3 periods shown were revised. Feb 2031: 5, then 7. Mar 2031: 4, then 3."
        in chart
    )
    assert ("7 ▲" in chart, "3 ▼" in chart, chart.count(">–<")) == (True, True, 1)
    assert "04 Apr 31" in chart
    assert chart == revision_triangle_chart(triangle, title="Arrivals <north>", message="Two months moved.")
    days = triangle.set_axis(pd.date_range("2031-01-05", periods=3), axis=0)
    assert "06 Jan 2031" in revision_triangle_chart(days, title="Days")


def test_a_chart_of_nothing_says_so_and_of_no_rows_is_refused():
    assert "No figures published" in revision_triangle_chart(pd.DataFrame(), title="Nothing")
    with pytest.raises(InvalidInputError, match="Invalid periods '0'"):
        revision_triangle_chart(pd.DataFrame(), title="Nothing", periods=0)
    with pytest.raises(InvalidInputError, match="Invalid vintages '0'"):
        revision_triangle_chart(pd.DataFrame(), title="Nothing", vintages=0)


def test_every_command_ends_its_help_with_an_example_and_the_page_has_them_all():
    path = ROOT / "tools" / "build_cli_docs.py"
    spec = importlib.util.spec_from_file_location("build_cli_docs", path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    page = tool.cli_page()
    assert page == (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    for name in main.commands["sources"].commands:
        told = run("sources", name, "--help").stdout
        assert "Example:\n    routeways sources " in told
        assert f"## `routeways sources {name}`" in page


@pytest.fixture
def shelters(home, tmp_path):
    """Two vintages of a table of one's own in which small cells of a place and a nationality were revised."""
    mapping = tmp_path / "shelter.yaml"
    mapping.write_text(
        "source: night_shelter\n"
        "columns: {period: Month, nationality: Country, place: Place, value: People}\n"
        "constants: {corridor: western_balkans, measure: registration, basis: provisional, "
        "licence: internal}\n"
    )
    names = []
    for whole, small, day in ((127, 3, "2026-03-02"), (126, 2, "2026-04-02")):
        file = tmp_path / f"shelter-{day}.csv"
        file.write_text(
            f"Month,Country,Place,People\n2026-01,,,{whole}\n2026-01,Syria,,120\n2026-01,Afghanistan,,{small}\n"
            f"2026-01,Iraq,,4\n2026-01,,RS,{small}\n2026-01,,BA,124\n"
        )
        run("sources", "add", file, "--mapping", mapping, "--published", day)
        names.append(f"night_shelter@{day}")
    return names


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_diff_withholds_small_cells_and_their_differences(shelters, form):
    closed = run("sources", "diff", *shelters, "--format", "csv").stdout
    assert [row["value_after"] for row in csv.DictReader(io.StringIO(closed))] == ["126.0"]
    told = run("sources", "diff", *shelters, "--format", form)
    assert "AFG" not in told.output
    as_published = run("sources", "diff", *shelters, "--as-published", "--format", form)
    assert "AFG" in as_published.output


def test_a_triangle_of_a_place_withholds_small_cells(shelters):
    words = "sources", "triangle", "night_shelter", "registration", "western_balkans", "--place", "RS"
    closed = run(*words, "--format", "csv").stdout
    assert closed.splitlines()[1].startswith("2026-01-01,,")
    assert "2026-01-01,3.0,2.0" in run(*words, "--as-published", "--format", "csv").stdout
