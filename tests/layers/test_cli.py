"""The command as a user meets it: figures, exit codes, streams, own corridors, equal bytes."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from layers.cli import main

ROOT = Path(__file__).resolve().parents[2]
INVENTED = ROOT / "tests" / "data" / "invented.yaml"
TALLY = ROOT / "tests" / "data" / "invented.csv"


def run(*words, code=0):
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == code, done.output + (str(done.exception) if done.exception else "")
    return done


def results(*words):
    document = json.loads(run("stats", *words, "--format", "json").stdout)
    return {
        (corridor["corridor"], result["statistic"]): result
        for corridor in document["corridors"]
        for result in corridor["results"]
    }


def test_the_channel_on_12_december_2024():
    found = results("channel", "--as-of", "2024-12-12")
    year, day = found["channel", "year_to_date_change"], found["channel", "total"]
    december = found["channel", "rank_same_month"]
    assert found["channel", "year_to_date"]["value"] == 34_582
    assert (year["value"], year["base_value"]) == (18.9, 29_090)
    assert day["value"] == 609
    assert december["value"] == 1
    assert "559" in december["sentence"]
    assert "on figures published 21 August 2026" in year["sentence"]


def test_the_same_day_ranked_among_all_days_since():
    found = results("channel", "--period", "2024-12-12", "--as-of", "2026-08-20")
    assert found["channel", "total"]["value"] == 609
    assert found["channel", "rank_same_month"]["value"] == 3


def test_a_day_that_another_source_called_a_record_gets_its_rank_here():
    found = results("channel", "--as-of", "2022-08-22")
    assert found["channel", "total"]["value"] == 1_137
    assert found["channel", "rank"]["value"] == 3
    assert not any("record" in result["sentence"].lower() for result in found.values())


def test_a_monthly_source_stops_at_its_last_complete_month_and_says_why():
    found = results("western_balkans", "--as-of", "2024-12-12")
    change = found["western_balkans", "year_to_date_change"]
    assert found["western_balkans", "year_to_date"]["value"] == 20_595
    assert (change["value"], change["base_value"]) == (-79.0, 97_940)
    assert "From January to November 2024" in change["sentence"]
    assert "The figures are monthly" in change["sentence"]
    assert "EU re-entry detections, not people" in change["sentence"]


def test_another_series_can_be_asked_for():
    found = results("central_med", "--source", "frontex", "--measure", "detection_entry", "--period", "2024")
    assert found["central_med", "total"]["value"] == 66_855


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["channel", "--as-of", "2026-08-21"], "20 August 2026"),
        (["channel", "--as-of", "2017-12-31"], "1 January 2018"),
        (["channel", "--known-on", "2024-12-13"], "2026"),
        (["central_med", "--as-of", "2026-08-20"], "2025"),
    ],
)
def test_dates_that_the_figures_do_not_cover_are_refused_with_what_they_do_cover(words, says):
    done = run("stats", *words, code=1)
    assert done.stdout == ""
    assert says in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["stats", "chanel"], "channel"),
        (["stats", "--as-of", "12/12/2024"], "YYYY-MM-DD"),
        (["stats", "channel", "--source", "nobody"], "home_office_daily"),
        (["export", "roads"], "corridors"),
        (["stats", "--format", "xml"], "json"),
        (["draw"], "draw"),
    ],
)
def test_wrong_use_ends_with_2_and_names_what_would_be_right(words, says):
    done = run(*words, code=2)
    assert says in done.stderr
    assert "Traceback" not in done.output


def test_several_corridors_answer_as_far_as_they_reach():
    done = run("stats", "channel", "central_med", "--as-of", "2026-08-20", "--format", "json")
    assert [corridor["corridor"] for corridor in json.loads(done.stdout)["corridors"]] == ["channel"]
    assert "note: central_med" in done.stderr


def test_all_four_forms_say_the_same():
    words = ["stats", "channel", "--as-of", "2024-12-12"]
    rows = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout)))
    found = results("channel", "--as-of", "2024-12-12")
    assert {row["statistic"]: row["sentence"] for row in rows} == {
        statistic: result["sentence"] for (_, statistic), result in found.items()
    }
    markdown = run(*words, "--format", "markdown").stdout
    table = run(*words, "--format", "table").stdout
    for text in (markdown, table):
        assert "34,582 persons" in text
        assert "+18.9 %" in text


def test_data_goes_to_stdout_and_talk_to_stderr(tmp_path):
    target = tmp_path / "channel.csv"
    done = run("stats", "channel", "--format", "csv", "-o", target)
    assert done.stdout == ""
    assert "wrote" in done.stderr
    assert target.read_text().startswith("corridor,statistic")


def test_export_to_stdout_is_read_by_ogrinfo():
    if shutil.which("ogrinfo") is None:
        pytest.skip("gdal-bin is not installed")
    text = run("export", "legs", "channel", "-o", "-").stdout
    done = subprocess.run(
        ["ogrinfo", "-al", "-so", "/vsistdin/"], input=text, capture_output=True, text=True, check=True
    )
    assert "Line String" in done.stdout
    assert f"Feature Count: {len(json.loads(text)['features'])}" in done.stdout


def test_a_layer_carries_its_sources_and_the_command_that_makes_it_again():
    document = json.loads(run("export", "legs", "western_balkans", "--as-of", "2024-12-12").stdout)
    assert document["command"] == "routeways export legs western_balkans --as-of 2024-12-12"
    assert "ODbL" in json.dumps(document["licences"])


def test_export_to_a_file_writes_a_style_beside_it_unless_told_not_to(tmp_path):
    run("export", "crossings", "western_balkans", "-o", tmp_path / "a.gpkg")
    run("export", "crossings", "western_balkans", "--no-style", "-o", tmp_path / "b.fgb")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.gpkg", "a.qml", "b.fgb"]


def test_a_format_that_needs_a_file_is_refused_on_stdout():
    assert "gpkg" in run("export", "legs", "channel", "--format", "gpkg", code=1).stderr


def test_a_closed_pipe_ends_without_a_traceback():
    command = f"{sys.executable} -c 'from layers.cli import main; main()' export legs | head -c 20"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert len(done.stdout) == 20
    assert done.stderr == ""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("brief") / "out"
    run("brief", "--as-of", "2024-12-12", "-o", target)
    return target


def _bytes(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_brief_is_a_whole_folder(folder):
    names = set(_bytes(folder))
    assert {"brief.html", "map.html", "stats.csv", "stats.json", "manifest.json"} <= names
    for layer in ("corridors", "legs", "segments", "places", "crossings", "stats"):
        assert f"layers/{layer}.geojson" in names


def test_a_second_run_writes_the_same_bytes(folder, tmp_path):
    command = [sys.executable, "-c", "from layers.cli import main; main()"]
    target = tmp_path / "elsewhere"
    subprocess.run(
        [*command, "brief", "--as-of", "2024-12-12", "-o", str(target)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "77"},
    )
    assert _bytes(target) == _bytes(folder)


def test_the_manifest_says_how_it_was_made_and_names_no_machine(folder):
    text = (folder / "manifest.json").read_text()
    manifest = json.loads(text)
    assert manifest["command"] == "routeways brief --as-of 2024-12-12"
    assert manifest["options"] == {"as_of": "2024-12-12", "width_km": 40.0}
    assert manifest["disclosure"]["least"] == 5
    assert {entry["path"] for entry in manifest["outputs"]} == set(_bytes(folder)) - {"manifest.json"}
    assert str(ROOT) not in text


@pytest.mark.browser
def test_the_briefing_reads_without_a_network(folder, visit):
    seen = visit(folder / "brief.html")
    assert "34,582" in seen.page.inner_text("main")
    assert seen.page.locator("h1").count() == 1
    assert seen.page.locator(".charts svg[role=img]").count() == 9
    seen.assert_quiet()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_the_briefing_never_scrolls_sideways(folder, visit, width):
    seen = visit(folder / "brief.html", width=width)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_a_corridor_of_invented_places_goes_the_whole_way(tmp_path, visit):
    target = tmp_path / "own"
    run("brief", "--routes", INVENTED, "--counts", TALLY, "-o", target)
    found = json.loads((target / "stats.json").read_text())["corridors"][0]["results"]
    by_name = {result["statistic"]: result for result in found}
    assert by_name["year_to_date_change"]["value"] == 20.0
    assert by_name["all_time"]["value"] is None
    assert "March 2030" in by_name["all_time"]["sentence"]
    for page in ("brief.html", "map.html"):
        seen = visit(target / page)
        text = seen.page.inner_text("body")
        assert "The Archipelago </script>" in text
        assert "South {{7*7}} Harbour" in seen.page.content().replace("&#123;", "{").replace("&#125;", "}")
        seen.assert_quiet()


def test_an_own_corridor_without_figures_still_gives_a_page(tmp_path):
    run("brief", "--routes", INVENTED, "-o", tmp_path / "own")
    assert "archipelago" in json.loads((tmp_path / "own" / "stats.json").read_text())["notes"][0]["corridor"]


def test_every_fault_of_an_own_file_is_told_at_once(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text(
        INVENTED.read_text().replace("mode: sea", "mode: air").replace("to: far_town", "to: nowhere")
    )
    done = run("brief", "--routes", broken, "-o", tmp_path / "own", code=1)
    assert "broken.yaml" in done.stderr
    assert "air" in done.stderr
    assert "nowhere" in done.stderr
    assert not (tmp_path / "own").exists()


def test_a_page_alone(tmp_path):
    run("brief", "channel", "-o", tmp_path / "page.html")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    assert run("map", "channel", "-o", "-").stdout.startswith("<!DOCTYPE html>")


PLACES = """source,corridor,place,measure,basis,period_start,period_end,value
tally,channel,,arrival,provisional,2031-01-01,2031-03-31,60
tally,channel,AA,arrival,provisional,2031-01-01,2031-03-31,3
tally,channel,BB,arrival,provisional,2031-01-01,2031-03-31,57
"""


def test_small_cells_of_places_are_withheld_unless_asked_for(tmp_path):
    counts = tmp_path / "places.csv"
    counts.write_text(PLACES, encoding="utf-8")
    words = ("stats", "channel", "--counts", counts, "--source", "tally", "--place", "AA", "--format", "json")
    documents = [json.loads(run(*words, *more).stdout) for more in ((), ("--as-published",))]
    totals = [
        next(one for one in document["corridors"][0]["results"] if one["statistic"] == "total")
        for document in documents
    ]
    assert [one["value"] for one in totals] == [None, 3]
    assert "suppressed" in totals[0]["flags"]
    assert "to protect small groups" in totals[0]["sentence"]
    assert [document["disclosure"]["least"] for document in documents] == [5, None]
    assert [word in documents[1]["command"] for word in ("--as-published", "True")] == [True, False]
    assert "--as-published" not in documents[0]["command"]


def test_a_table_of_single_persons_is_refused(tmp_path):
    counts = tmp_path / "people.csv"
    counts.write_text(PLACES.replace("value", "value,cognome"), encoding="utf-8")
    done = run("stats", "channel", "--counts", counts, code=1)
    assert "column 'cognome' reads like data of single persons" in done.output
