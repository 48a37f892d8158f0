"""What withholding small cells has in common, in tidy tables and in cross-tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from geo import terms
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEAST: Final = 5
"""Smallest number that is shown where people are divided."""
RECORD: Final = "disclosure"
"""Where a table carries the record of what was withheld: ``attrs["disclosure"]``."""
DIVIDING: Final = (terms.PLACE, terms.NATIONALITY, terms.SEX, terms.AGE_GROUP)
SUPPRESSED: Final = "suppressed"


def check_least(least: int) -> None:
    if isinstance(least, bool) or not isinstance(least, int) or least < 3:
        raise InvalidInputError(
            f"Invalid least '{least}'. It must be a whole number from 3: below that, a cell that is withheld "
            "is known to be 1."
        )


def record_of(
    least: int, small: NDArray[np.bool_], hidden: NDArray[np.bool_], blind: NDArray[np.bool_], *, joint: bool
) -> dict[str, Any]:
    """Say what was withheld, by which rule and how it was checked."""
    return {
        "rule": f"cells of 1 to {least - 1} withheld where people or places are divided, with companions",
        "least": least,
        "small": int(small.sum()),
        "companions": int((hidden & ~small).sum()),
        "blind": int(blind.sum()),
        "solved": "to the least loss, all small cells of a table at once"
        if joint
        else "one cell after another",
        "checked": "another table of whole numbers agrees with all that is published, in every withheld cell",
    }
