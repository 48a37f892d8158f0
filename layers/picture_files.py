"""A picture as a file: the same bytes for the same figure, with title and language inside."""

from __future__ import annotations

import contextlib
import html
import io
import re
import warnings
from typing import TYPE_CHECKING, Any, Final

from geo.checks import check_choice
from geo.errors import InvalidInputError
from layers.picture_text import FONT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.figure import Figure

FORMATS: Final = ("png", "pdf", "svg")
PNG_DPI: Final = 200
LANGUAGE: Final = "en-GB"
_STYLE: Final[Any] = {
    "font.family": [FONT],
    "svg.fonttype": "none",
    "svg.hashsalt": "routeways",
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "text.parse_math": False,
    "text.hinting": "none",
    "path.simplify": False,
}


def picture_format(path: Path, given: str | None = None) -> str:
    """Return the format of a picture from its path and what was asked for.

    Raises
    ------
    UnknownNameError
        If ``given`` is no format of pictures.
    InvalidInputError
        If the ending of the path names none, or another one.

    Examples
    --------
    >>> from pathlib import Path
    >>> picture_format(Path("map.SVG")), picture_format(Path("map"), "pdf")
    ('svg', 'pdf')
    """
    ending = path.suffix.lower().removeprefix(".")
    if given is None:
        if ending not in FORMATS:
            raise InvalidInputError(
                f"Invalid output '{path}'. Its ending is none of .png, .pdf, .svg: give a format."
            )
        return ending
    check_choice(given, FORMATS, name="format")
    if ending in FORMATS and ending != given:
        raise InvalidInputError(f"Invalid output '{path}'. Its ending means {ending}, the format is {given}.")
    return given


@contextlib.contextmanager
def quiet_style() -> Iterator[None]:
    """Draw with matplotlib's own defaults, whatever its user has set, and say nothing of missing glyphs."""
    import matplotlib as mpl
    from matplotlib import style

    with style.context("default", after_reset=True), mpl.rc_context(_STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from", category=UserWarning)
        yield


def picture_bytes(figure: Figure, format: str, *, dpi: float = PNG_DPI) -> bytes:  # noqa: A002 - the word of savefig
    """Return a figure as the bytes of a file; equal figures give equal bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    format : {"png", "pdf", "svg"}
    dpi : float
        Dots of an inch, of PNG.

    Raises
    ------
    UnknownNameError
        If the format is none of these.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure((1, 1))
    >>> picture_bytes(figure, "svg") == picture_bytes(figure, "svg")
    True
    """
    check_choice(format, FORMATS, name="format")
    title, subject = getattr(figure, "names", ("Map", ""))
    metadata: dict[str, dict[str, Any]] = {
        "png": {"Software": "routeways", "Title": _latin(title), "Description": _latin(subject)},
        "pdf": {
            "Title": title,
            "Subject": subject,
            "Creator": "routeways",
            "Producer": None,
            "CreationDate": None,
        },
        "svg": {
            "Title": title,
            "Description": subject,
            "Creator": "routeways",
            "Date": None,
            "Language": LANGUAGE,
        },
    }
    stream = io.BytesIO()
    with quiet_style():
        figure.savefig(stream, format=format, dpi=dpi if format == "png" else 72, metadata=metadata[format])
    data = stream.getvalue()
    if format == "pdf":
        return _with_language(data)
    return _with_names(data, title, subject) if format == "svg" else data


def _latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")


def _with_language(data: bytes) -> bytes:
    """Append to a PDF a catalogue that tells its language and shows its title (an incremental update)."""
    root = re.findall(rb"/Root (\d+) 0 R", data)[-1]
    pages = re.findall(rb"/Pages (\d+) 0 R", data)[-1]
    info = re.findall(rb"/Info (\d+) 0 R", data)[-1]
    size = re.findall(rb"/Size (\d+)", data)[-1]
    before = re.findall(rb"startxref\s+(\d+)", data)[-1]
    at = len(data)
    catalogue = (
        b"%b 0 obj\n<< /Type /Catalog /Pages %b 0 R /Lang (%b) "
        b"/ViewerPreferences << /DisplayDocTitle true >> >>\nendobj\n" % (root, pages, LANGUAGE.encode())
    )
    table = b"xref\n%b 1\n%010d 00000 n \n" % (root, at)
    trailer = b"trailer\n<< /Size %b /Root %b 0 R /Info %b 0 R /Prev %b >>\n" % (size, root, info, before)
    return data + catalogue + table + trailer + b"startxref\n%d\n%%%%EOF\n" % (at + len(catalogue))


def _with_names(data: bytes, title: str, subject: str) -> bytes:
    """Say in an SVG what it is, in which language, and which fonts may stand in for its own."""
    text = data.decode("utf-8")
    name = html.escape(f"{title}. {subject}", quote=True)
    text = text.replace("<svg ", f'<svg role="img" xml:lang="{LANGUAGE}" aria-label="{name}" ', 1)
    return text.replace(f"'{FONT}'", f"'{FONT}', Verdana, Arial, sans-serif").encode()


def small_png(figure: Figure, *, most: int, dpi: float = 96.0) -> bytes:
    """Return a figure as a PNG of few colours that takes at most so many bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    most : int
        Bytes.
    dpi : float
        Dots of an inch to begin with; fewer where it would take more.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> len(small_png(Figure((4, 3)), most=5_000)) <= 5_000
    True
    """
    from PIL import Image

    data = b""
    while dpi > 8:
        with quiet_style():
            raw = io.BytesIO()
            figure.savefig(raw, format="png", dpi=dpi, metadata={"Software": None})
        raw.seek(0)
        few = Image.open(raw).convert("RGB").quantize(64, method=Image.Quantize.MAXCOVERAGE, kmeans=2)
        stream = io.BytesIO()
        few.save(stream, format="PNG", optimize=True)
        data = stream.getvalue()
        if len(data) <= most:
            break
        dpi *= 0.88
    return data
