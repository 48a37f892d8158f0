"""Printed pages: what goes wrong without a browser, then tagged PDF and pictures from a real one."""

import io
import os
import re
import shutil
import socket
import sys

import pypdf
import pytest

from geo.errors import MissingExtraError, UnknownNameError
from layers import printing
from layers.page import page_html, render_page
from layers.printing import PrintError, find_browser, print_page
from layers.sheet import build_map

FLAT = render_page("Flat", "<h1>Flat</h1><p>Hello</p>")


@pytest.fixture
def chromium(browser, monkeypatch):
    """The browser of the tests, for the package to find."""
    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
    )
    if found:
        monkeypatch.setenv("CHROMIUM", found)


@pytest.fixture
def page(make):
    given = {"routes": make.routes(), "places": make.places(), "figures": make.figures()}
    return page_html(build_map(make.corridors(), make.stats(), make.counts(), **given))


def read(data):
    return pypdf.PdfReader(io.BytesIO(data))


def text_of_page(page):
    return re.sub(r"\s+", " ", page.extract_text())


# --- without a browser -----------------------------------------------------------------------------
def test_the_browser_is_the_one_that_was_named(monkeypatch):
    monkeypatch.setenv("CHROMIUM", sys.executable)
    assert find_browser("/nowhere") == sys.executable


def test_a_browser_that_was_named_and_is_none_fails(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(MissingExtraError, match=r"Invalid CHROMIUM '/nowhere/chromium'\. It has to name"):
        find_browser(sys.executable)


def test_playwrights_own_comes_before_one_of_the_system(monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert find_browser(sys.executable) == sys.executable
    own = tmp_path / "chromium"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser("/nowhere") == str(own)


def test_no_browser_at_all_says_how_to_get_one(monkeypatch, tmp_path):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingExtraError, match="run 'playwright install chromium', or set CHROMIUM"):
        find_browser("/nowhere")


def test_a_missing_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "playwright.sync_api", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'routeways\[print\]'"):
        print_page(FLAT)


def test_formats_fail():
    with pytest.raises(UnknownNameError, match="Invalid format 'svg'"):
        print_page(FLAT, format="svg")


def test_a_browser_that_does_not_start_fails_in_one_line(monkeypatch, tmp_path):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(broken))
    with pytest.raises(PrintError, match=r"Invalid browser '.*'\. It could not print the page: ") as caught:
        print_page(FLAT)
    assert "\n" not in str(caught.value)


# --- with one --------------------------------------------------------------------------------------
@pytest.mark.browser
def test_a_map_is_a_tagged_pdf_with_legend_and_sources_on_its_first_page(chromium, page):
    data = print_page(page, landscape=True, margin_mm=10, title="A <strait>")
    reader = read(data)
    first = reader.pages[0]
    assert [round(float(side)) for side in first.mediabox[2:]] == [842, 595]
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "en"
    assert reader.metadata.title == "Routes and crossings: A strait"
    told = text_of_page(first)
    for words in (
        "Routes and crossings: A strait",
        "No published figure",
        "100,000 and more",
        "Natural Earth",
        "A <strait>",
        f"Page 1 of {len(reader.pages)}",
    ):
        assert words in told, words
    assert any("All legs and their figures" in text_of_page(later) for later in reader.pages[1:])


@pytest.mark.browser
def test_equal_pages_are_printed_as_equal_bytes(chromium, page):
    first = print_page(page, landscape=True, margin_mm=10)
    assert b"CreationDate" not in first
    assert print_page(page, landscape=True, margin_mm=10) == first


@pytest.mark.browser
def test_the_whole_page_is_pictured_at_twice_its_size(chromium, page):
    from PIL import Image

    picture = Image.open(io.BytesIO(print_page(page, format="png")))
    assert picture.size[0] == 2880
    assert picture.size[1] >= 1800
    assert len(picture.convert("RGB").resize((60, 60)).getcolors(4000)) > 20


@pytest.mark.browser
def test_a_page_that_never_gets_ready_fails(chromium, monkeypatch):
    monkeypatch.setattr(printing, "WAIT_MS", 300)
    never = FLAT.replace("<h1>", '<script type="application/json">1</script><h1>')
    with pytest.raises(PrintError, match="Timeout 300ms exceeded"):
        print_page(never)


@pytest.mark.browser
def test_the_browser_reaches_no_network(chromium):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        image = f'<img src="http://127.0.0.1:{server.getsockname()[1]}/x.png" alt="not fetched">'
        leaking = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", FLAT)
        leaking = leaking.replace("<p>Hello</p>", f"{image}<p>Hello</p>")
        assert "Hello" in text_of_page(read(print_page(leaking)).pages[0])
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.browser
def test_tables_repeat_their_head_and_pages_are_numbered(chromium):
    rows = "".join(f"<tr><th>{at}</th><td>value</td></tr>" for at in range(150))
    table = (
        f"<h1>Long</h1><table><thead><tr><th>Day</th><th>Told</th></tr></thead><tbody>{rows}</tbody></table>"
    )
    reader = read(print_page(render_page("Long", table), title="Long"))
    assert len(reader.pages) > 2
    for at, one in enumerate(reader.pages, start=1):
        told = text_of_page(one)
        assert "Day" in told
        assert f"Page {at} of {len(reader.pages)}" in told
