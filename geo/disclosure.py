"""Small cells are not published: which numbers are withheld, and the proof that they cannot be worked out.

Cells of 1 to 4 are withheld wherever people are divided by nationality, sex, age or by a place below the
corridor, with as many companions as it takes that no total can be subtracted. Totals of a corridor are shown,
deaths among them. Withheld, missing and zero stay three things: a withheld value is empty and flagged
``suppressed``, a companion in the same way as a small cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo._generalise import generalise_places, incident_grid
from geo._identities import check_no_identities
from geo._withhold import DIVIDING, LEAST, RECORD
from geo._withhold_cells import audit_table, is_suppressed, suppress_table
from geo._withhold_rows import as_published, protected, suppress_counts

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DIVIDING",
    "LEAST",
    "RECORD",
    "as_published",
    "audit_table",
    "check_no_identities",
    "generalise_places",
    "incident_grid",
    "is_suppressed",
    "protected",
    "suppress_counts",
    "suppress_table",
    "withhold_shares",
]


def withhold_shares(
    parts: pd.Series[float], *, total: float | None = None, digits: int = 1
) -> pd.Series[float]:
    """Return shares in per cent; those of withheld or missing parts are not given.

    Parameters
    ----------
    parts : Series
        Counts in which small cells are withheld already (NaN).
    total : float, optional
        Published total; default the sum of the parts, which is not known where a part is withheld.
    digits : int
        Decimals.

    Returns
    -------
    shares : Series of float
        NaN where a part, or what it is a share of, is not known.

    Examples
    --------
    >>> import pandas as pd
    >>> withhold_shares(pd.Series([40.0, np.nan, 17.0, np.nan]), total=60).tolist()
    [66.7, nan, 28.3, nan]
    """
    whole = float(parts.sum(skipna=False)) if total is None else float(total)
    return (100 * parts / whole).round(digits) if whole > 0 else parts * np.nan
