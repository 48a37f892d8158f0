"""The formats of `map` and `brief` on the command line, and what is said where one cannot be had."""

import io
import os
import re
import shutil
from pathlib import Path

import pypdf
import pytest
from click.testing import CliRunner

from layers.cli import main


def run(*words, code=0):
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done


@pytest.mark.parametrize(("name", "start"), [("a.png", b"\x89PNG"), ("a.pdf", b"%PDF"), ("a.svg", b"<?xml")])
def test_a_picture_by_the_ending_of_the_output(tmp_path, name, start):
    done = run("map", "channel", "-o", tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(start)
    assert f"wrote {tmp_path / name}" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_every_leg_of_a_corridor_is_on_its_picture():
    text = run("map", "western_balkans", "--format", "svg", "-o", "-").stdout
    assert len(set(re.findall(r'id="leg-(wb_[a-z_]+|[a-z]+_[a-z_]+)"', text))) == 43
    assert "resolution 1244 (1999)" in re.sub(
        r"</text>\s*</g>\s*<g[^>]*>.*?<text[^>]*>", " ", text, flags=re.DOTALL
    )


def test_a_format_without_an_output_names_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("map", "channel", "--format", "svg")
    assert [path.name for path in tmp_path.iterdir()] == ["map.svg"]


def test_a_map_stays_a_page_without_a_format(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("map", "channel")
    assert (tmp_path / "map.html").read_text().startswith("<!DOCTYPE html>")


def test_the_data_date_is_that_of_the_page():
    words = ("--as-of", "2024-12-12", "--format", "pdf", "-o", "-")
    reader = pypdf.PdfReader(io.BytesIO(run("map", "channel", *words).stdout_bytes))
    assert "Data through 12 December 2024" in reader.pages[0].extract_text()


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["map", "channel", "-o", "a.jpg"], 1, "Its ending is none of .html, .htm, .png, .pdf, .svg"),
        (["map", "channel", "-o", "a.png", "--format", "pdf"], 1, "Its ending means png, the format is pdf"),
        (["map", "channel", "--format", "jpg"], 2, "'jpg' is not one of 'html', 'png', 'pdf', 'svg'"),
        (["map", "channel", "--exact", "--format", "svg"], 2, "A browser gives png or pdf"),
        (["map", "channel", "-o", "none/a.png"], 1, "The folder 'none' does not exist"),
        (
            ["brief", "channel", "--format", "html", "-o", "a.pdf"],
            2,
            "Its ending means pdf, the format is html",
        ),
    ],
)
def test_wrong_use_is_told_in_one_line(words, code, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert says in run(*words, code=code).stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_without_a_number(tmp_path):
    from geo.errors import InvalidInputError
    from layers import writing

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            writing, "_replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
        )
        done = run("map", "channel", "-o", tmp_path / "a.svg", code=1)
        with pytest.raises(InvalidInputError, match="permission denied"):
            writing.write_bytes(tmp_path / "b", b"")
    assert "cannot be written there: permission denied" in done.stderr
    assert "Errno" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told():
    assert (
        "no space left on device"
        in run("map", "channel", "--format", "svg", "-o", "/dev/full", code=1).stderr
    )


def test_no_browser_is_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    for words in (
        ["map", "channel", "--exact", "-o", tmp_path / "a.pdf"],
        ["brief", "channel", "-o", tmp_path / "b.pdf"],
    ):
        assert "Invalid CHROMIUM '/nowhere/chromium'" in run(*words, code=1).stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
def test_a_briefing_is_printed_with_numbered_pages_and_tags(browser, tmp_path, monkeypatch):
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        monkeypatch.setenv("CHROMIUM", found)
    run("brief", "channel", "-o", tmp_path / "brief.pdf")
    reader = pypdf.PdfReader(tmp_path / "brief.pdf")
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == "Figures for English Channel"
    pages = [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]
    assert all(f"Page {at} of {len(pages)}" in told for at, told in enumerate(pages, start=1))
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert any("Sources and licences" in told for told in pages)
    assert reader.outline


@pytest.mark.browser
def test_the_page_as_it_is(browser, tmp_path, monkeypatch):
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        monkeypatch.setenv("CHROMIUM", found)
    run("map", "channel", "--exact", "-o", tmp_path / "a.pdf")
    first = pypdf.PdfReader(tmp_path / "a.pdf").pages[0].extract_text()
    assert "English Channel" in first
    assert "UK Home Office" in first
