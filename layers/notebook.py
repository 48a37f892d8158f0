"""A page inside a notebook: packed into a sandboxed frame, over a picture for where scripts are off.

A notebook's output is kept in its file, so it is kept small: the page is packed losslessly, and the frame
unpacks it. Nothing asks for a kernel: no widgets.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
import zlib
from typing import Final
from urllib.parse import quote

from layers.texts import literal_html

FRAME_HEIGHT: Final = "640px"
LITERAL_CLASSES: Final = "rw-output mathjax_ignore tex2jax_ignore"
"""Of an output in a notebook: JupyterLab reads dollar signs as formulas everywhere else."""
_PLAIN_IN_ADDRESS: Final = " !$()*+,-./:;=?@_'"
_UNPACK: Final = """(function () {
  if (!window.DecompressionStream) { return; }
  var text = atob(document.getElementById("packed").textContent);
  var bytes = Uint8Array.from(text, function (one) { return one.charCodeAt(0); });
  var stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  new Response(stream).text().then(function (page) {
    document.open(); document.write(page); document.close();
  });
})();"""
"""Unpacks the page of a notebook's frame. A browser without the function keeps showing the picture."""


def frame_html(
    page: str, *, title: str, summary: str = "", height: str | None = None, picture: str = ""
) -> str:
    """Return a page inside a sandboxed frame, for notebooks, over a picture for where scripts are off.

    Parameters
    ----------
    page : str
        The whole page; it is packed, and unpacked by a script of the frame.
    title, summary : str
        Plain text: the frame's name, and the words below it.
    height : str, optional
        Height of the frame, a length of CSS.
    picture : str
        The same as an SVG. It lies below the frame: it shows until the page is drawn, and stays where a
        notebook is not trusted and its frames are taken out, or where their scripts do not run.

    Notes
    -----
    The page keeps its policy; the frame around it has the same one, with its own script added.

    Examples
    --------
    >>> frame_html("<p>x</p>", title="Map", summary="Two legs.", height="300px").count("sandbox=")
    1
    """
    tall, words = literal_html(height or FRAME_HEIGHT), literal_html(summary or title)
    place = f"grid-area:1/1;width:100%;height:{tall};min-width:0"
    still = ""
    if picture:
        # Text holds its quotes as references: those that stand bare enclose attributes, and may be single.
        source = quote(picture.replace('"', "'"), safe=_PLAIN_IN_ADDRESS)
        style = f"{place};object-fit:contain;background:#fff"
        still = f'<img src="data:image/svg+xml,{source}" alt="{words}" style="{style}">'
    return (
        f'<div class="{LITERAL_CLASSES}"><div style="display:grid;border:1px solid #c9ced2">{still}'
        f'<iframe srcdoc="{html.escape(_packed(page, title))}" title="{literal_html(title)}" '
        f'sandbox="allow-scripts allow-popups allow-downloads" style="{place};border:0"></iframe></div>'
        f"<p>{words}</p></div>"
    )


def _packed(page: str, title: str) -> str:
    """Return a page that unpacks another one and becomes it."""
    packed = base64.b64encode(zlib.compress(page.encode("utf-8"), 9)).decode("ascii")
    found = re.search(r"script-src ('sha256-[^;]*?');", page)
    hashes = f"{found[1]} " if found else ""
    digest = base64.b64encode(hashlib.sha256(_UNPACK.encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; script-src {hashes}'sha256-{digest}'; style-src 'unsafe-inline'; "
        "img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{literal_html(title)}</title></head>"
        f'<body><script type="text/plain" id="packed">{packed}</script>'
        f"<script>{_UNPACK}</script></body></html>"
    )
