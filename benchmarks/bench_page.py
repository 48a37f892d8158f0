"""Pages side by side with stock folium, in one run: size, requests, time to the drawn page, time of a step.

    python benchmarks/bench_page.py --assets FOLDER [--rounds 5] [--json FILE]

FOLDER holds ``node_modules`` with the files that stock folium fetches (`npm install leaflet@1.9.3
bootstrap@5.2.2 jquery@3.7.1 @fortawesome/fontawesome-free@6.2.0 leaflet.awesome-markers`). What it lacks is
served empty, which favours stock folium. Everything is served from this machine. Chromium is found as in the
tests. A page counts as drawn two frames after its load event. Sizes of stock folium are told without its
libraries, ours with all of them.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, box

import geo
import layers
from layers.page import page_html
from layers.sheet import RouteMap

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 20240521
MARKERS = "/node_modules/leaflet.awesome-markers/dist/"
LOCAL = {
    r"https://cdn\.jsdelivr\.net/npm/(@fortawesome/[^@]+|[^@/]+)@[^/]+/": r"/node_modules/\1/",
    r"https://code\.jquery\.com/jquery-[^/]+": "/node_modules/jquery/dist/jquery.min.js",
    r"https://cdnjs\.cloudflare\.com/ajax/libs/Leaflet\.awesome-markers/[^/]+/": MARKERS,
    r"https://netdna\.bootstrapcdn\.com/": "/absent/",
}
DRAWN = """
window.addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => {
  window.drawnAfter = performance.now();
})));
"""
STEP = """
() => {
  const slider = document.querySelector(".rw-slider"), keys = ["Home"].concat(Array(60).fill("ArrowRight"));
  return keys.map(key => {
    const before = performance.now();
    slider.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    return performance.now() - before;
  }).slice(1);
}
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; what is not there is empty."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send_head(self) -> Any:  # noqa: ANN401 - the form of the class above
        """Answer with the file, or with nothing."""
        if not Path(self.translate_path(self.path)).is_file():
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        return super().send_head()


def local(page: str) -> str:
    """Return a stock page whose links lead to this machine."""
    for pattern, target in LOCAL.items():
        page = re.sub(pattern, target, page)
    return page


def stock_empty() -> str:
    """Return an empty map of stock folium."""
    return folium.Map(tiles=None).get_root().render()


def many_lines(count: int = 10_000, vertices: int = 20) -> gpd.GeoDataFrame:
    """Return wandering lines over Europe, with a name and a figure each."""
    random = np.random.default_rng(SEED)
    starts = random.uniform([-8, 35], [30, 60], (count, 1, 2))
    steps = random.normal(0, 0.03, (count, vertices - 1, 2)) + random.normal(0, 0.02, (count, 1, 2))
    points = np.concatenate([starts, starts + np.cumsum(steps, axis=1)], axis=1)
    return gpd.GeoDataFrame(
        {"name": [f"Line {at}" for at in range(count)], "count": random.integers(1, 5_000, count)},
        geometry=[LineString(line) for line in points],
        crs="EPSG:4326",
    )


def stock_lines(frame: gpd.GeoDataFrame) -> str:
    """Return the lines as stock folium draws them: one path each."""
    sheet = folium.Map(location=(48, 10), zoom_start=5, tiles=None)
    folium.GeoJson(frame, style_function=lambda _: {"color": "#0072B2", "weight": 2}).add_to(sheet)
    return sheet.get_root().render()


def own_lines(frame: gpd.GeoDataFrame) -> str:
    """Return the lines packed, with a popup for each."""
    sheet = RouteMap("Lines")
    layers.add_lines(sheet, frame, title="name")
    return page_html(sheet)


def three_corridors() -> str:
    """Return the map of the embedded corridors with all their months."""
    counts, routes = geo.read_counts(), geo.read_routes()
    corridors = geo.build_corridors(routes, width_km=40)
    stats = geo.corridor_stats(counts, corridors, as_of="2024-12-12")
    return page_html(layers.build_map(corridors, stats, counts))


def legs_by_month(legs: int = 300, months: int = 200) -> str:
    """Return a page of as many legs, each with figures of its own in each month, some missing."""
    random = np.random.default_rng(SEED)
    starts = random.uniform([12, 35], [28, 46], (legs, 1, 2))
    lines = np.concatenate([starts, starts + np.cumsum(random.normal(0, 0.1, (legs, 19, 2)), axis=1)], axis=1)
    ids = [f"leg_{at}" for at in range(legs)]
    routes = gpd.GeoDataFrame(
        {
            "corridor": "a",
            "title": [f"Place {at} to place {at + 1}" for at in range(legs)],
            "mode": np.where(np.arange(legs) % 2, "sea", "land"),
            "length_km": 100.0,
        },
        geometry=[LineString(line) for line in lines],
        index=ids,
        crs="EPSG:4326",
    )
    values = random.integers(0, 20_000, (months, legs)).astype(float)
    values[random.random((months, legs)) < 0.1] = np.nan
    index = pd.period_range("2008-01", periods=months, freq="M")
    table = pd.DataFrame(values, index=index, columns=ids)
    corridors = gpd.GeoDataFrame(
        {"title": ["A corridor"]}, geometry=[box(12, 35, 28, 46)], index=["a"], crs="EPSG:4326"
    )
    return page_html(layers.build_map(corridors, None, None, routes=routes, months=table))


class Bench:
    """Opens pages, and keeps how long they took."""

    def __init__(self, browser: Any, address: str, folder: Path) -> None:  # noqa: ANN401 - Playwright
        self.browser, self.address, self.folder = browser, address, folder

    def drawn(self, name: str) -> tuple[float, list[str]]:
        """Return milliseconds until two frames after load, and the addresses asked for beside the page."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        page, asked = context.new_page(), []
        page.on("request", lambda request: asked.append(request.url))
        page.add_init_script(DRAWN)
        page.goto(f"{self.address}/{name}.html")
        value = 0.0
        while not value:
            time.sleep(0.01)
            value = page.evaluate("window.drawnAfter || 0")
        if name.startswith("own") and not page.locator("html[data-ready]").count():
            raise RuntimeError(f"{name} is not ready")
        context.close()
        return float(value), [url for url in asked if not url.endswith((f"{name}.html", "favicon.ico"))]

    def steps(self, name: str) -> list[float]:
        """Return milliseconds of script for each of sixty steps."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(f"{self.address}/{name}.html")
        page.wait_for_selector("html[data-ready]", state="attached")
        taken = page.evaluate(STEP)
        context.close()
        return list(taken)


def timed(make: Callable[[], str], rounds: int) -> tuple[str, float]:
    """Return a page and the median seconds of making it."""
    taken, page = [], ""
    for _ in range(rounds):
        before = time.perf_counter()
        page = make()
        taken.append(time.perf_counter() - before)
    return page, statistics.median(taken)


def run(folder: Path, rounds: int) -> dict[str, float | int | str]:
    """Make all pages, open them in turns, and return what was measured."""
    from playwright.sync_api import sync_playwright

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    frame = many_lines()
    pages: dict[str, tuple[str, float]] = {
        "stock-empty": timed(stock_empty, rounds),
        "own-corridors": timed(three_corridors, 1),
        "stock-lines": timed(lambda: stock_lines(frame), rounds),
        "own-lines": timed(lambda: own_lines(frame), rounds),
        "own-steps": timed(legs_by_month, 1),
    }
    for name, (page, _) in pages.items():
        text = local(page) if name.startswith("stock") else page
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    times: dict[str, list[float]] = {name: [] for name in pages}
    asked: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        bench = Bench(browser, f"http://127.0.0.1:{server.server_port}", folder)
        bench.drawn("stock-empty")
        for _ in range(rounds):
            for name in pages:
                took, outside = bench.drawn(name)
                times[name].append(took)
                asked += outside if name.startswith("own") else []
        steps = [took for _ in range(rounds) for took in bench.steps("own-steps")]
        browser.close()
    server.shutdown()
    load = {name: statistics.median(taken) for name, taken in times.items()}
    size = {name: len(page.encode()) for name, (page, _) in pages.items()}
    build = {name: seconds for name, (_, seconds) in pages.items()}
    return {
        "rounds": rounds,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "three corridors: bytes": size["own-corridors"],
        "three corridors: requests": len(asked),
        "three corridors: drawn after, ms": round(load["own-corridors"]),
        "empty stock page: drawn after, ms": round(load["stock-empty"]),
        "ratio to the empty stock page": round(load["own-corridors"] / load["stock-empty"], 2),
        "step at 300 legs x 200 months: median, ms": round(statistics.median(steps), 1),
        "step at 300 legs x 200 months: 95th percentile, ms": round(float(np.percentile(steps, 95)), 1),
        "10,000 lines, stock: built in, s": round(build["stock-lines"], 2),
        "10,000 lines, own: built in, s": round(build["own-lines"], 3),
        "build ratio": round(build["stock-lines"] / build["own-lines"], 1),
        "10,000 lines, stock: drawn after, ms": round(load["stock-lines"]),
        "10,000 lines, own: drawn after, ms": round(load["own-lines"]),
        "load and draw ratio": round(load["stock-lines"] / load["own-lines"], 2),
        "10,000 lines, stock: bytes, libraries not counted": size["stock-lines"],
        "10,000 lines, own: bytes, libraries counted": size["own-lines"],
        "size ratio": round(size["stock-lines"] / size["own-lines"], 2),
    }


def main() -> None:
    """Print a table, and write it as JSON where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assets", type=Path, required=True, help="folder that holds node_modules")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="where to write the figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "node_modules").symlink_to((options.assets / "node_modules").resolve())
        found = run(folder, options.rounds)
    rows = [
        f"| {key} | {value if isinstance(value, str) else format(value, ',')} |"
        for key, value in found.items()
    ]
    sys.stdout.write("\n".join(["| what | value |", "|---|---:|", *rows]) + "\n")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
