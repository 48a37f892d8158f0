"""Pages as Chromium prints them: a tagged PDF, or a picture of the page as it is. Needs the extra ``print``.

The browser reaches no network. A page is waited for until it says itself that it is drawn.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.checks import check_choice, import_extra
from geo.errors import MissingExtraError, RoutewaysError
from layers.texts import literal_html

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMATS: Final = ("pdf", "png")
PX_PER_MM: Final = 96 / 25.4
A4_MM: Final = (210.0, 297.0)
WINDOW_PX: Final = (1440, 900)
WAIT_MS: Final = 60_000
_READY: Final = "html[data-ready]"
_MAP: Final = "script[type='application/json']"
_SYSTEM: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_FRAMES: Final = (
    "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
)
_FILL: Final = """() => {
    const map = document.querySelector("figure.rw-map > .folium-map");
    if (!map) { return; }
    const figure = map.parentNode;
    const free = window.innerHeight - figure.getBoundingClientRect().bottom - window.scrollY - 12;
    if (free > 0) { map.style.height = (map.offsetHeight + free) + "px"; }
    window.dispatchEvent(new Event("beforeprint"));
}"""
"""Lets the map take what its page has left, and be fitted again."""
_RESIZE: Final = "() => window.dispatchEvent(new Event('resize'))"


class PrintError(RoutewaysError, RuntimeError):
    """A page could not be printed."""


def find_browser(default: str = "") -> str:
    """Return the path of a Chromium: ``CHROMIUM``, else Playwright's own, else one of the system.

    Parameters
    ----------
    default : str
        Where Playwright keeps its own.

    Raises
    ------
    MissingExtraError
        If there is none, or ``CHROMIUM`` names none; the message says how to get one.

    Examples
    --------
    >>> import sys
    >>> find_browser(sys.executable) != ""
    True
    """
    told = os.environ.get("CHROMIUM")
    if told:
        found = shutil.which(told)
        if found is None:
            raise MissingExtraError(
                f"Invalid CHROMIUM '{told}'. It has to name a Chromium or Chrome that can be run; "
                "unset it to use Playwright's own."
            )
        return found
    if default and Path(default).is_file():
        return default
    for name in _SYSTEM:
        found = shutil.which(name)
        if found:
            return found
    raise MissingExtraError(
        "Missing browser. Printing a page as it is needs Chromium: run 'playwright install chromium', or set "
        "CHROMIUM to the path of a Chromium or Chrome. A picture without --exact needs none."
    )


def print_page(
    page: str,
    *,
    format: str = "pdf",  # noqa: A002 - the word of the command
    landscape: bool = False,
    margin_mm: float = 14.0,
    scale: float = 2.0,
    title: str = "",
) -> bytes:
    """Print a page of routeways.

    Parameters
    ----------
    page : str
        HTML, of :func:`layers.page.page_html` or :func:`layers.brief.build_brief`.
    format : {"pdf", "png"}
        Tagged PDF of A4 pages with numbers, or a picture of the whole page.
    landscape : bool
        Whether A4 lies on its side, for PDF.
    margin_mm : float
        On each side, for PDF.
    scale : float
        Dots of a CSS pixel, for PNG.
    title : str
        At the foot of each PDF page, with the number.

    Returns
    -------
    data : bytes

    Raises
    ------
    UnknownNameError
        If the format is none of the two.
    MissingExtraError
        If Playwright or a browser is missing.
    PrintError
        If the browser does not start, or the page does not get ready.

    Notes
    -----
    The viewport takes the CSS pixels of the printed page before the map is fitted, so that what is printed is
    what was laid out; see ``matchMedia("print")`` in the page's script.
    """
    check_choice(format, FORMATS, name="format")
    sides = A4_MM[::-1] if landscape else A4_MM
    job = _Job(page, format == "pdf", landscape, sides, margin_mm, scale, title)
    with ThreadPoolExecutor(max_workers=1) as workers:
        return workers.submit(_print, job).result()


@dataclass(frozen=True, slots=True)
class _Job:
    page: str
    paper: bool
    landscape: bool
    sides_mm: tuple[float, ...]
    margin_mm: float
    scale: float
    title: str

    @property
    def viewport(self) -> tuple[int, int]:
        """Width and height of what is laid out, in CSS pixels."""
        if not self.paper:
            return WINDOW_PX
        width, height = (round((side - 2 * self.margin_mm) * PX_PER_MM) for side in self.sides_mm)
        return width, height


def _print(job: _Job) -> bytes:
    """Print, in a thread of its own: Playwright refuses one in which a loop runs already, as in Jupyter."""
    with _open_page(*job.viewport, 1.0 if job.paper else job.scale) as sheet:
        sheet.set_content(job.page, wait_until="load")
        if sheet.query_selector(_MAP):
            sheet.wait_for_selector(_READY, state="attached", timeout=WAIT_MS)
        if not job.paper:
            sheet.evaluate(_FRAMES)
            return bytes(sheet.screenshot(full_page=True, animations="disabled", caret="hide"))
        sheet.add_style_tag(content=_paper(job.margin_mm, landscape=job.landscape))
        sheet.emulate_media(media="print")
        sheet.evaluate(_RESIZE)
        sheet.evaluate(_FRAMES)
        if job.landscape:
            sheet.evaluate(_FILL)
            sheet.evaluate(_FRAMES)
        printed = sheet.pdf(
            prefer_css_page_size=True,
            print_background=True,
            tagged=True,
            outline=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=_footer(job.title, job.margin_mm),
        )
        return _timeless(bytes(printed))


def _paper(margin_mm: float, *, landscape: bool) -> str:
    """Return the style of the paper, after which whatever the page says of it counts no more."""
    sides = "landscape" if landscape else "portrait"
    names = ("print.css", "print_map.css") if landscape else ("print.css",)
    folder = resources.files("layers").joinpath("templates")
    rules = [folder.joinpath(name).read_text(encoding="utf-8") for name in names]
    return "\n".join([f"@page {{ size: A4 {sides}; margin: {margin_mm:g}mm; }}", *rules])


def _timeless(data: bytes) -> bytes:
    """Blank the time of printing, in as many bytes, so that equal pages give equal files."""
    return re.sub(rb"/(?:CreationDate|ModDate) \([^)]*\)", lambda found: b" " * len(found.group()), data)


def _footer(title: str, margin_mm: float) -> str:
    """Return what stands at the foot of each page; Chromium fills in the numbers."""
    return (
        f'<div style="width:100%;margin:0 {margin_mm:g}mm;font:7pt sans-serif;color:#55606a;display:flex;'
        f'justify-content:space-between"><span>{literal_html(title)}</span>'
        '<span>Page <span class="pageNumber"></span> of <span class="totalPages"></span></span></div>'
    )


@contextlib.contextmanager
def _open_page(width: int, height: int, scale: float) -> Iterator[Any]:
    """Open an empty page in a browser that reaches no network; close both at the end."""
    api = import_extra("playwright.sync_api", extra="print", purpose="printing a page as it is")
    with contextlib.ExitStack() as stack:
        play = stack.enter_context(api.sync_playwright())
        path = find_browser(play.chromium.executable_path)
        try:
            browser = play.chromium.launch(executable_path=path, args=["--disable-background-networking"])
            stack.callback(browser.close)
            context = browser.new_context(
                viewport={"width": width, "height": height},
                device_scale_factor=scale,
                offline=True,
                reduced_motion="reduce",
                locale="en-GB",
            )
            context.route("**/*", lambda route: route.abort())
            yield context.new_page()
        except api.Error as error:
            first = str(error).strip().splitlines()[0]
            raise PrintError(
                f"Invalid browser '{path}'. It could not print the page: {first}. "
                "Set CHROMIUM to another Chromium, or leave out --exact."
            ) from None
