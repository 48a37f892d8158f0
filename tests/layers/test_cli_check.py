"""The checker of published sentences as a user meets it: exit codes, forms, and a section of the briefing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from geo import vintages
from layers.cli import main

DATA = Path(__file__).resolve().parents[1] / "data"
HOSTILE = "<script>alert(1)</script> {{7*7}} | [red]x[/red] `b` \x1b[31m"


def run(*words, code=0):
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == code, done.output + (str(done.exception) if done.exception else "")
    return done


@pytest.fixture
def sentences(tmp_path):
    plain = {"corridor": "channel", "statistic": "total", "source": "A paper"}
    claims = [
        {**plain, "id": "true", "text": "It was 609.", "period": "2024-12-12", "value": "609"},
        {**plain, "id": "final", "text": HOSTILE.replace("\x1b", "ESC"), "period": "2022", "value": "45,774"},
        {**plain, "id": "none", "text": "Before.", "period": "2017", "value": "12"},
    ]
    path = tmp_path / "sentences.yaml"
    path.write_text(yaml.safe_dump({"schema_version": 1, "claims": claims}), encoding="utf-8")
    return path


def test_the_example_is_checked_where_no_file_is_given():
    assert "5 supported, 0 contradicted, 0 not checkable" in run("check").stdout


def test_another_data_date_contradicts_the_busiest_day_and_ends_with_1():
    document = json.loads(run("check", "--as-of", "2026-08-20", "--format", "json", code=1).stdout)
    found = {entry["claim"]["id"]: entry["verdict"] for entry in document["verdicts"]}
    assert found.pop("busiest_december_day") == "contradicted"
    assert set(found.values()) == {"supported"}


def test_figures_published_later_leave_nothing_to_check():
    assert "5 not checkable" in run("check", "--known-on", "2024-12-13").stdout


@pytest.mark.parametrize("form", ["table", "json", "markdown"])
def test_every_form_says_the_same(sentences, form, tmp_path):
    target = tmp_path / "verdicts.txt"
    run("check", sentences, "--format", form, "-o", target, code=1)
    text = target.read_text(encoding="utf-8")
    for word in (
        "supported",
        "contradicted",
        "not checkable",
        "45,774",
        "45,755" if form != "json" else "45755",
    ):
        assert word in " ".join(text.split())


def test_hostile_words_stay_in_their_cell_of_markdown(sentences):
    text = run("check", sentences, "--format", "markdown", code=1).stdout
    assert "<script>" not in text
    assert all(line.count(" | ") == 4 for line in text.splitlines() if line.startswith("| "))


def test_a_faulty_file_ends_with_1_and_every_fault(tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("schema_version: 1\nclaims:\n- {id: a, statistic: totl}\n", encoding="utf-8")
    told = run("check", path, code=1).stderr
    assert "Did you mean 'total'" in told
    assert "'value' is a required property" in told


def test_wrong_use_ends_with_2(tmp_path):
    assert "YYYY-MM-DD" in run("check", "--as-of", "yesterday", code=2).stderr
    assert ".txt" in run("check", tmp_path / "x.txt", code=2).stderr


def test_the_briefing_shows_the_sentences_literally(sentences, tmp_path, visit):
    page = tmp_path / "brief.html"
    run("brief", "channel", "--as-of", "2024-12-12", "--claims", sentences, "-o", page)
    seen = visit(page)
    section = seen.page.locator("section.claims")
    assert section.locator("h2").inner_text() == "Published sentences, checked"
    assert section.locator("td strong").all_inner_texts() == ["Supported", "Contradicted", "Not checkable"]
    words = section.inner_text()
    assert "<script>alert(1)</script> {{7*7}}" in words
    assert "true on the final figures: 45,774" in words
    seen.assert_quiet()


def test_the_manifest_lists_the_file_and_a_briefing_without_has_no_section(sentences, tmp_path):
    run("brief", "channel", "--as-of", "2024-12-12", "--claims", sentences, "-o", tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert "sentences.yaml" in [entry["path"] for entry in manifest["inputs"]]
    assert "claims" not in manifest["options"]
    run("brief", "channel", "--as-of", "2024-12-12", "-o", tmp_path / "plain.html")
    assert 'id="claims"' not in (tmp_path / "plain.html").read_text(encoding="utf-8")


def test_own_corridors_and_own_counts_are_known(tmp_path):
    data = Path(__file__).resolve().parents[1] / "data"
    path = tmp_path / "own.csv"
    path.write_text(
        "id,text,source,corridor,statistic,period,value\n"
        "a,In January 120.,me,archipelago,total,2030-01,120\nb,None.,me,archipelago,total,2030-03,9\n",
        encoding="utf-8",
    )
    words = ("--routes", data / "invented.yaml", "--counts", data / "invented.csv")
    assert "1 supported, 0 contradicted, 1 not checkable" in run("check", path, *words).stdout
    assert "Invalid corridor 'archipelago'" in run("check", path, code=1).stderr


def test_a_sentence_of_a_publication_date_is_held_against_the_vintage_of_that_day(tmp_path, monkeypatch):
    monkeypatch.setenv("ROUTEWAYS_HOME", str(tmp_path / "home"))
    for values, known_on in (([5.0, 6.0, 7.0], "2018-01-04"), ([5.0, 6.0, 8.0, 9.0], "2018-01-05")):
        days = pd.date_range("2018-01-01", periods=len(values)).strftime("%Y-%m-%d")
        told = {"source": "home_office_daily", "corridor": "channel", "measure": "arrival"}
        table = pd.DataFrame({"period_start": days, "period_end": days, "value": values})
        vintages.add_snapshot(table.assign(**told, basis="provisional", known_on=known_on))
    path = tmp_path / "then.csv"
    path.write_text(
        "id,text,source,corridor,statistic,period,value,known_on\n"
        "a,Seven then.,me,channel,total,2018-01-03,7,2018-01-04\n"
        "b,Eight since.,me,channel,total,2018-01-03,8,2018-01-05\n"
        "c,Not yet.,me,channel,total,2018-01-04,9,2018-01-04\n"
        "d,None now.,me,channel,total,2018-01-03,0,\n",
        encoding="utf-8",
    )
    document = json.loads(run("check", path, "--format", "json").stdout)
    found = {entry["claim"]["id"]: (entry["verdict"], entry["known_on"]) for entry in document["verdicts"]}
    assert list(found) == ["a", "b", "c", "d"]
    assert found["a"] == ("supported", "2018-01-04")
    assert found["b"] == ("supported", "2018-01-05")
    assert found["c"][0] == "not checkable"
    assert "data through 3 January 2018" in document["verdicts"][2]["sentence"]
    assert found["d"][0] == "supported"
    page = tmp_path / "brief.html"
    run("brief", "channel", "--as-of", "2024-12-12", "--claims", path, "-o", page)
    text = page.read_text(encoding="utf-8")
    assert text.count("<strong>Supported</strong>") == 3


def test_a_file_that_replaces_an_embedded_corridor_is_noted_on_stderr(tmp_path):
    text = (Path(__file__).resolve().parents[1] / "data" / "invented.yaml").read_text(encoding="utf-8")
    path = tmp_path / "mine.yaml"
    path.write_text(text.replace("archipelago", "channel"), encoding="utf-8")
    for words in (
        ["check", "--routes", path],
        ["stats", "channel", "--as-of", "2024-12-12", "--routes", path],
    ):
        done = CliRunner().invoke(main, [str(word) for word in words])
        assert f"note: --routes {path} replaces the embedded channel." in done.stderr
        assert "note:" not in done.stdout
    assert "note:" not in run("check", "--routes", DATA / "invented.yaml").stderr
    path.write_text("corridors: 5", encoding="utf-8")
    assert "note:" not in run("check", "--routes", path, code=1).stderr


def test_the_package_can_be_run_as_a_module():
    words = [sys.executable, "-m", "layers", "check", "--format", "json"]
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(words, cwd=root, env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["counted"]["supported"] == 5
    usage = subprocess.run(
        [*words[:3], "--help"], cwd=root, env=env, capture_output=True, text=True, check=True
    )
    assert usage.stdout.startswith("Usage: routeways ")
