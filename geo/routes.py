"""Routes: the legs of each corridor as lines, with how each was made and how sure it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.definitions import read_definitions

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    import pandas as pd

__all__ = ["read_corridors", "read_definitions"]

_CORRIDOR_COLUMNS = (
    "title",
    "summary",
    "source",
    "measure",
    "basis",
    "caption",
    "beside",
    "figures",
    "notes",
    "routes_file",
)


def read_corridors(
    corridors: str | Iterable[str] | None = None, *, routes: str | os.PathLike[str] | None = None
) -> pd.DataFrame:
    """Read what is known of corridors, without geometry.

    Parameters
    ----------
    corridors : str or iterable of str, optional
        One id or several; default all.
    routes : path, optional
        A definition file of one's own (:func:`read_definitions`).

    Returns
    -------
    table : DataFrame, one row per corridor
        Index ``corridor``; columns ``title``, ``summary``; ``source``, ``measure``, ``basis`` of the headline
        series ("" where there is none) and its ``caption``; ``beside`` (list of dicts: series beside it,
        never joined), ``figures`` (list of dicts: published numbers that cover sets of legs), ``notes`` (list
        of sentences) and ``routes_file`` (path, "" if embedded).

    Raises
    ------
    UnknownNameError
        If a corridor is not known.
    InvalidInputError
        If the file is not sound.

    Examples
    --------
    >>> table = read_corridors(["western_balkans"])
    >>> table.loc["western_balkans", ["source", "measure", "caption"]].tolist()
    ['frontex', 'detection_entry', 'EU re-entry detections, not people']
    """
    import pandas as pd

    definitions = read_definitions(corridors, routes=routes)
    rows = []
    for definition in definitions.values():
        headline = definition["headline"] or {"source": "", "measure": "", "basis": ""}
        known = {**definition, **headline, "routes_file": definition["file"] or ""}
        rows.append([known[column] for column in _CORRIDOR_COLUMNS])
    index = pd.Index(list(definitions), name="corridor", dtype=object)
    return pd.DataFrame(rows, index=index, columns=list(_CORRIDOR_COLUMNS))
