"""Pages hold to WCAG 2.2 AA and best practice (axe-core), and are used by keyboard alone."""

import json
from functools import cache
from pathlib import Path

import pytest

import layers
from layers.dossier import Dossier, Options
from layers.page import page_html

AXE = Path(__file__).parents[1] / "data" / "axe-core-4.14.1" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
pytestmark = pytest.mark.browser


@cache
def brief():
    dossier = Dossier(Options(corridors=("channel",)))
    sheet = layers.build_map(dossier.corridors, dossier.stats, dossier.counts, routes=dossier.routes)
    return layers.build_brief(dossier, sheet, command="routeways brief channel")


def faults(page):
    """Return what axe-core finds, as lines of rule and element."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
    assert len(found["passes"]) > 10
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("width", [1440, 390])
def test_the_map_page_has_no_faults(width, sheet, visit):
    seen = visit(page_html(sheet), width=width, bypass_csp=True, reduced_motion="reduce")
    page = seen.page
    assert faults(page) == []
    page.hover(".leaflet-control-layers")
    assert faults(page) == []
    for box in page.locator(".leaflet-control-layers-selector").all():
        box.uncheck()
    assert faults(page) == []
    page.locator(".rw-skip").focus()
    assert faults(page) == []
    seen.assert_quiet()


@pytest.mark.parametrize("width", [1440, 390])
def test_an_open_popup_has_no_faults(width, sheet, visit):
    page = visit(page_html(sheet), width=width, bypass_csp=True, reduced_motion="reduce").page
    for mark in ("path.rw-hit", "path.rw-area", ".rw-point"):
        page.locator(mark).first.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(".rw-card")
        assert faults(page) == []
        page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [1440, 390])
def test_the_briefing_has_no_faults(width, visit):
    page = visit(brief(), width=width, bypass_csp=True).page
    page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true; })")
    assert faults(page) == []


def test_a_map_with_folium_layers_has_no_faults(sheet, visit):
    import folium
    import folium.plugins

    folium.Marker((0.5, 0.5), popup=folium.Popup("A note", show=True), alt="A note").add_to(sheet)
    folium.plugins.Fullscreen().add_to(sheet)
    page = visit(page_html(sheet), bypass_csp=True, reduced_motion="reduce").page
    page.wait_for_selector(".leaflet-popup-content")
    page.wait_for_timeout(300)
    assert faults(page) == []


def stops(page, most=40):
    """Return what Tab stops at, from the top of the page to its end."""
    found = []
    for _ in range(most):
        page.keyboard.press("Tab")
        name = page.evaluate(
            """() => { const e = document.activeElement;
            const name = e.getAttribute("aria-label") || e.title || e.textContent.trim().slice(0, 30);
            const ring = getComputedStyle(e).outlineStyle !== "none" || e.namespaceURI.endsWith("svg");
            return e === document.body ? null : [e.tagName, name, ring]; }"""
        )
        if name is None or (found and name == found[0]):
            break
        found.append(name)
    return found


def test_tab_stops_once_for_everything_drawn_and_every_stop_has_a_name(sheet, visit):
    page = visit(page_html(sheet)).page
    found = stops(page)
    assert len(found) < 15, json.dumps(found, indent=1)
    assert all(name for _, name, _ in found)
    assert all(seen for _, _, seen in found), "a stop shows no focus"
    drawn = page.locator(".folium-map [role=button][tabindex='0']:not(a)").count()
    assert drawn == 1


def test_the_map_can_be_skipped(sheet, visit):
    page = visit(page_html(sheet)).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip the map"
    assert page.locator(".rw-skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('.folium-map').contains(document.activeElement)") is False


def test_arrows_reach_everything_and_focus_comes_back(sheet, visit):
    page = visit(page_html(sheet)).page
    page.locator("path.rw-area").focus()
    label = "document.activeElement.getAttribute('aria-label')"
    names = [page.evaluate(label)]
    for _ in range(8):
        page.keyboard.press("ArrowRight")
        names.append(page.evaluate(label))
    assert len(set(names)) == 9, names
    for close in ("Escape", "button"):
        page.keyboard.press("Enter")
        page.wait_for_selector(".rw-card")
        if close == "button":
            page.locator(".leaflet-popup-close-button").focus()
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("Escape")
        page.wait_for_selector(".rw-card", state="detached")
        assert page.evaluate(label) == names[-1]


def test_nothing_moves_for_those_who_asked_for_stillness(sheet, visit):
    page = visit(page_html(sheet), reduced_motion="reduce").page
    moving = page.evaluate(
        """() => Array.from(document.querySelectorAll("*")).filter(e => {
          const style = getComputedStyle(e);
          return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0;
        }).map(e => e.className.toString())"""
    )
    assert moving == []


def test_words_can_be_spaced_and_enlarged(sheet, visit):
    """Text spacing of WCAG 1.4.12, and a page 320 px wide, as 400 % of 1280 (1.4.10)."""
    page = visit(page_html(sheet), width=320, bypass_csp=True).page
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important; "
        "word-spacing: .16em !important }"
    )
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_paper_shows_map_legend_and_sources_and_no_buttons(sheet, visit):
    page = visit(page_html(sheet), width=1047, height=718).page
    page.emulate_media(media="print")
    page.wait_for_timeout(300)
    assert page.locator("path.rw-leg").first.is_visible()
    assert page.locator(".rw-legend li").first.is_visible()
    assert not page.locator(".leaflet-control-zoom").is_visible()
    assert not page.locator(".leaflet-control-layers").is_visible()
    assert "do not imply any opinion on the status" in page.locator("figcaption").inner_text()


def test_scripts_off_leaves_words_and_figures(sheet, visit):
    page = visit(page_html(sheet), java_script_enabled=False, ready=None).page
    words = page.locator("main").inner_text()
    assert "A to B" in words
    assert "10,000 persons" in words
