"""A figure of matplotlib that notebooks show as it is; imported only where something is drawn."""

from __future__ import annotations

from matplotlib.figure import Figure

from layers.picture_files import picture_bytes

NOTEBOOK_DPI = 110


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
        """Return what a notebook shows, as :func:`layers.save_picture` would write it."""
        return picture_bytes(self, "png", dpi=NOTEBOOK_DPI)
