"""A figure of matplotlib that notebooks show as it is; imported only where something is drawn."""

from __future__ import annotations

from typing import Final

from matplotlib.figure import Figure

from layers.picture_files import small_png

NOTEBOOK_DPI: Final = 120
NOTEBOOK_BYTES: Final = 210_000


class Picture(Figure):
    """A page with a map.

    Attributes
    ----------
    names : (str, str)
        Title and line of dates, which files carry in their metadata.

    Examples
    --------
    >>> Picture(figsize=(1, 1)).names
    ('Map', '')
    """

    names: tuple[str, str] = ("Map", "")

    def _repr_png_(self) -> bytes:
        """Return what a notebook shows: few colours, so that the notebook stays small."""
        return small_png(self, most=NOTEBOOK_BYTES, dpi=NOTEBOOK_DPI)
