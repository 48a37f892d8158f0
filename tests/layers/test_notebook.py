import base64
import html
import re
import zlib

import pytest

import geo
import layers
from layers.notebook import frame_html
from layers.page import page_html

MOST_BYTES = 300_000
MOST_PICTURE = 40_000


def _packed(output):
    inner = html.unescape(re.search(r'srcdoc="([^"]*)"', output)[1])
    return inner, zlib.decompress(base64.b64decode(re.search(r'id="packed">([^<]*)<', inner)[1])).decode()


def test_the_page_is_packed_without_loss_and_keeps_its_policy(sheet):
    page = page_html(sheet)
    inner, unpacked = _packed(frame_html(page, title="Map"))
    assert unpacked == page
    own = re.search(r"script-src ([^;]*);", page)[1].split()
    framed = re.search(r"script-src ([^;]*);", inner)[1].split()
    assert framed[:-1] == own
    assert framed[-1].startswith("'sha256-")
    assert "default-src 'none'" in inner


def test_a_picture_lies_below_the_frame_with_the_summary_as_its_text(sheet):
    output = sheet._repr_html_()
    assert output.index("<img ") < output.index("<iframe ")
    assert 'src="data:image/svg+xml,' in output
    assert re.search(r'<img [^>]*alt="[^"]*4 legs, 4 places\."', output)
    assert output.count("height:640px") == 2
    assert "allow-same-origin" not in output


def test_the_map_stands_above_the_words_in_a_notebook(sheet):
    _, page = _packed(sheet._repr_html_())
    assert page.index("<h1>") < page.index('class="folium-map"') < page.index('class="rw-asof"')
    assert page_html(sheet).index('class="rw-asof"') < page_html(sheet).index('folium-map"')


def test_the_three_corridors_are_an_output_of_less_than_300_kb():
    counts = geo.read_counts()
    corridors = geo.build_corridors(geo.read_routes(), width_km=40)
    sheet = layers.build_map(corridors, geo.corridor_stats(counts, corridors), counts)
    output = sheet._repr_html_()
    assert len(output.encode()) < MOST_BYTES
    assert len(re.search(r'src="(data:image[^"]*)"', output)[1]) < MOST_PICTURE
    assert output == sheet._repr_html_()


def test_titles_and_summaries_are_text(make):
    for payload in make.payloads:
        shown = frame_html(
            "<p>x</p>", title=payload, summary=payload, height=payload, picture=f"<svg>{payload}</svg>"
        )
        for mark in ("{{", "{%", "{#", "${", "<img src=x", "<script", "<svg"):
            assert mark not in shown.split("srcdoc=")[0]
            assert mark not in shown.split("</iframe>")[1]


@pytest.mark.browser
def test_the_picture_shows_until_a_script_runs_and_where_none_does(sheet, visit):
    output = sheet._repr_html_()
    page = f"<!doctype html><title>n</title>{output.replace('allow-scripts ', '')}"
    seen = visit(page, ready="img", width=1000, height=700)
    shown = seen.page.screenshot()
    assert seen.page.evaluate("document.querySelector('img').naturalWidth") == 960
    seen.page.evaluate("document.querySelector('img').style.visibility = 'hidden'")
    assert len(shown) > 2 * len(seen.page.screenshot())


@pytest.mark.browser
def test_the_frame_unpacks_and_runs_under_both_policies(sheet, visit):
    seen = visit(f"<!doctype html><title>n</title>{sheet._repr_html_()}", ready="iframe")
    frame = seen.page.frame_locator("iframe")
    frame.locator("path.rw-leg").first.wait_for(state="attached")
    inner = seen.page.frames[1]
    assert inner.evaluate("window.origin") == "null"
    assert (
        inner.evaluate("(() => { try { return Boolean(parent.document) } catch { return false } })()")
        is False
    )
    inner.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title = 1\">')"
    )
    inner.wait_for_timeout(100)
    assert inner.title() != "1"
