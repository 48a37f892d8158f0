"""A browser with no network, and small invented corridors, for the tests of pages."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field

import geopandas as gpd
import hypothesis
import pandas as pd
import pytest
from shapely import LineString, Point, box

# Every run draws the same examples, so that the gate does not fail by chance; HYPOTHESIS_PROFILE=search draws
# new ones.
hypothesis.settings.register_profile("gate", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))


@pytest.fixture(autouse=True, scope="session")
def no_kept_files(tmp_path_factory):
    """Keep the vintages and the terminal of whoever runs the tests out of them, in their subprocesses too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROUTEWAYS_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("COLUMNS", "120")
        yield


ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAYLOADS = (
    "{{7*7}}",
    "{% raw %}",
    "{% print 7*7 %}",
    "{# hidden",
    "${7*7}",
    "`+7*7+`",
    "\\`${alert(1)}",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "</title><script>alert(1)</script>",
    "\"'><svg onload=alert(1)>",
    "{{ cycler.__init__.__globals__.os.getpid() }}",
    "{{ 71993 * 81239 }}",
    "\u2028\u2029",
)


@dataclass
class Visit:
    """A page that was opened, and what it tried to do."""

    page: object
    requests: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    dialogs: list = field(default_factory=list)

    def assert_quiet(self):
        assert self.requests == []
        assert self.errors == []
        assert self.dialogs == []


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium. Its absence fails the tests, unless ROUTEWAYS_NO_BROWSER is set."""
    if os.environ.get("ROUTEWAYS_NO_BROWSER"):
        pytest.skip("ROUTEWAYS_NO_BROWSER is set")
    from playwright.sync_api import sync_playwright

    found = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
    )
    with sync_playwright() as play:
        try:
            started = play.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        except Exception as error:  # noqa: BLE001 - whatever stops it is told
            pytest.fail(
                f"No Chromium: set CHROMIUM, or ROUTEWAYS_NO_BROWSER to leave these tests out. {error}"
            )
        yield started
        started.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Open HTML (text or a path) in a page that reaches no network, and record what it tries."""
    contexts = []

    def open_page(html, *, width=1280, height=900, ready="[data-ready]", **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        seen = Visit(context.new_page())
        page = seen.page

        def route(call):
            if call.request.url.startswith(("http:", "https:", "ws:", "wss:")):
                seen.requests.append(call.request.url)
                call.abort()
            else:
                call.continue_()

        page.route("**/*", route)
        page.on(
            "console",
            lambda told: seen.errors.append(told.text) if told.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: seen.errors.append(str(error)))

        def refuse(dialog):
            seen.dialogs.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", refuse)
        path = html
        if isinstance(html, str):
            path = tmp_path / f"page-{len(contexts)}.html"
            path.write_text(html, encoding="utf-8")
        page.goto(path.as_uri())
        if ready:
            page.wait_for_selector(ready, timeout=15_000, state="attached")
        return seen

    yield open_page
    for context in contexts:
        context.close()


def make_routes(
    texts=("A to B", "B to C", "C to A", "A to D"), corridor="strait", names=("A", "B", "C", "D")
):
    lines = [[(0, 0), (1, 0.5), (2, 0)], [(2, 0), (2.5, 1)], [(2.5, 1), (0, 0)], [(0, 0), (-1, 1)]]
    ends = [(0, 1), (1, 2), (2, 0), (0, 3)]
    rows = [
        {
            "corridor": corridor,
            "title": text,
            "mode": "sea" if at % 2 == 0 else "land",
            "from_place": f"p{ends[at][0]}",
            "to_place": f"p{ends[at][1]}",
            "from_name": names[ends[at][0]],
            "to_name": names[ends[at][1]],
            "length_km": 100.0 + at,
            "countries": ("XX", "YY"),
            "crossings": ("p1",) if at == 1 else (),
            "counted": True,
            "method": "geodesic",
            "certainty": "approximate",
            "note": "",
        }
        for at, text in enumerate(texts)
    ]
    index = pd.Index([f"leg_{at}" for at in range(len(rows))], name="leg")
    return gpd.GeoDataFrame(
        rows, geometry=[LineString(line) for line in lines[: len(rows)]], index=index, crs="EPSG:4326"
    )


def make_places(names=("A", "B", "C", "D")):
    points = [Point(0, 0), Point(2, 0), Point(2.5, 1), Point(-1, 1)]
    kinds = ["port", "road_crossing", "city", "lighthouse"]
    rows = [
        {"name": name, "kind": kind, "country_a": "XX", "country_b": ""}
        for name, kind in zip(names, kinds, strict=True)
    ]
    return gpd.GeoDataFrame(
        rows, geometry=points, index=pd.Index(["p0", "p1", "p2", "p3"], name="place"), crs="EPSG:4326"
    )


def make_corridors(title="A strait", corridor="strait"):
    rows = [
        {
            "title": title,
            "summary": "Invented",
            "source": "tally",
            "measure": "arrival",
            "basis": "",
            "caption": "",
            "n_legs": 4,
            "length_km": 400.0,
            "width_km": 40.0,
        }
    ]
    return gpd.GeoDataFrame(
        rows,
        geometry=[box(-1.2, -0.3, 2.7, 1.3)],
        index=pd.Index([corridor], name="corridor"),
        crs="EPSG:4326",
    )


def make_figures(unit="persons", sentence=""):
    """One leg of each class: of its own, bounded, none, zero."""
    nan = float("nan")
    told = {"unit": unit, "measure": "arrival", "source": "tally", "sentence": sentence}
    dates = {"period_start": "2024-01-01", "period_end": "2024-11-30", "known_on": "2024-12-20"}
    rows = [
        {"low": 10_000.0, "high": 10_000.0, **told, **dates},
        {"low": 0.0, "high": 50_000.0, **told, **dates},
        {"low": nan, "high": nan, "unit": "", "measure": "", "source": "", "sentence": ""},
        {"low": 0.0, "high": 0.0, **told, **dates},
    ]
    return pd.DataFrame(rows, index=pd.Index([f"leg_{at}" for at in range(4)], name="leg"))


def make_stats(sentence="12,345 people arrived in 2024.", corridor="strait"):
    index = pd.MultiIndex.from_tuples([(corridor, "year_to_date")], names=["corridor", "statistic"])
    row = {
        "value": 12_345.0,
        "sentence": sentence,
        "source": "tally",
        "measure": "arrival",
        "as_of": pd.Timestamp("2024-12-12"),
        "known_on": pd.Timestamp("2024-12-20"),
    }
    return pd.DataFrame([row], index=index)


def make_counts(values=(100, 0, None, 300), corridor="strait", source="tally"):
    months = pd.period_range("2024-01", periods=len(values), freq="M")
    texts = dict.fromkeys(
        ("place", "nationality", "sex", "age_group", "qualifier", "scope", "flag", "native_label"), ""
    )
    rows = [
        {
            "source": source,
            "corridor": corridor,
            "measure": "arrival",
            "unit": "persons",
            "basis": "",
            "period_start": month.start_time.normalize(),
            "period_end": month.end_time.normalize(),
            "value": float("nan") if value is None else float(value),
            "known_on": pd.Timestamp("2024-12-20"),
            "licence": "CC0",
            **texts,
        }
        for month, value in zip(months, values, strict=True)
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def make():
    """The makers of invented corridors, legs, places, figures, statistics and counts."""
    return type(
        "Make",
        (),
        {
            "routes": staticmethod(make_routes),
            "places": staticmethod(make_places),
            "corridors": staticmethod(make_corridors),
            "figures": staticmethod(make_figures),
            "stats": staticmethod(make_stats),
            "counts": staticmethod(make_counts),
            "payloads": PAYLOADS,
        },
    )


@pytest.fixture
def sheet(make):
    """A small map with one leg of each class."""
    from layers.sheet import build_map

    return build_map(
        make.corridors(),
        make.stats(),
        make.counts(),
        routes=make.routes(),
        places=make.places(),
        figures=make.figures(),
    )
