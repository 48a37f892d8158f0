"""Whole numbers as short text, and a page's data without its repetitions: the form in which both are shipped.

The script of the page reads it back (``unpack`` and ``expand`` in ``routeways.js``); :func:`unpack_block`
does the same here.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

ALPHABET: Final = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "\"\\<>&'`{}$")
"""84 characters that mean nothing to HTML, JSON, templates or scripts, so that none is ever escaped."""
LAST: Final = 60
"""The first 60 end a number, the other 24 say that it goes on: differences up to 29 take one character."""
_MORE: Final = len(ALPHABET) - LAST
_LIMIT: Final = 2**52
_CODES: Final = np.frombuffer(ALPHABET.encode("ascii"), dtype=np.uint8)

_GEOMETRY: Final = frozenset({"line", "at", "shape", "land", "borders", "backdrop"})
_TEXTS: Final = frozenset(
    {"title", "figure", "source", "facts", "sentences", "summary", "caption", "countries", "unit", "aria"}
)
_UNUSED: Final = {"leg": ("id", "short", "aria"), "point": ("id",)}


def pack_numbers(numbers: ArrayLike) -> str:
    """Return whole numbers as text: zigzag varints in 84 characters that need no escaping anywhere.

    Parameters
    ----------
    numbers : array-like of int, shape (n,)
        Each between -2**52 and 2**52.

    Returns
    -------
    text : str
        One character for numbers from -30 to 29, two up to 749, and so on.

    Raises
    ------
    InvalidInputError
        If a number is not whole, or too large.

    Notes
    -----
    A number n becomes u = 2n, or -2n - 1 where it is negative. While u is 60 or more, a character for
    (u - 60) mod 24 is written and u becomes (u - 60) div 24; a character for the rest ends the number.

    Examples
    --------
    >>> pack_numbers([0, -1, 1, 29, 30]), unpack_numbers(pack_numbers([0, -1, 1, 29, 30]))
    ('!#%ce!', [0, -1, 1, 29, 30])
    """
    given = np.asarray(numbers)
    if given.size == 0:
        return ""
    if given.dtype.kind not in "iu" or (np.abs(given) > _LIMIT).any():
        raise InvalidInputError(f"Invalid numbers '{given.dtype}'. Whole numbers of up to 2**52 are packed.")
    rest = given.astype(np.int64).ravel()
    rest = np.where(rest < 0, -2 * rest - 1, 2 * rest)
    columns, lengths = [], np.ones(len(rest), dtype=np.int64)
    going = rest >= LAST
    while going.any():
        columns.append(np.where(going, LAST + (rest - LAST) % _MORE, rest))
        rest = np.where(going, (rest - LAST) // _MORE, -1)
        lengths += going & (rest >= 0)
        going = rest >= LAST
    columns.append(rest)
    return _CODES[_joined(columns, lengths)].tobytes().decode("ascii")


def _joined(columns: Sequence[NDArray[np.int64]], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Lay the digits of all numbers one after another."""
    table = np.stack(columns, axis=1)
    return table[np.arange(table.shape[1]) < lengths[:, None]]


def unpack_numbers(text: str) -> list[int]:
    """Return the whole numbers of :func:`pack_numbers`.

    Raises
    ------
    InvalidInputError
        If the text holds another character, or stops within a number.

    Examples
    --------
    >>> unpack_numbers("e")
    Traceback (most recent call last):
    geo.errors.InvalidInputError: Invalid packed numbers 'e'. The text stops within a number.
    """
    numbers, value, scale = [], 0, 1
    for character in text:
        digit = ALPHABET.find(character)
        if digit < 0:
            raise InvalidInputError(
                f"Invalid packed numbers '{text[:20]}'. '{character}' is none of its letters."
            )
        value += digit * scale
        if digit < LAST:
            numbers.append(-(value + 1) // 2 if value % 2 else value // 2)
            value, scale = 0, 1
        else:
            scale *= _MORE
    if scale > 1:
        raise InvalidInputError(f"Invalid packed numbers '{text[:20]}'. The text stops within a number.")
    return numbers


def pack_block(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a page as they are shipped: numbers packed, keys and repeated texts told once.

    Parameters
    ----------
    data : mapping
        What the script draws: ``base`` and ``layers`` hold geometry as lists of whole numbers, ``layers``
        hold features.

    Returns
    -------
    block : dict
        The same with packed geometry, with ``texts`` (the texts that occur more than once) and with features
        as ``keys`` and ``rows``. In the fields that hold text, a number is the place of a text in ``texts``.

    Notes
    -----
    What the page does not read is left out: ids, and the lines for screen readers that it puts together
    itself.

    Examples
    --------
    >>> block = pack_block({"layers": [{"type": "leg", "features": [{"title": "A to B", "line": [5, 5]}]}]})
    >>> block["layers"][0]["keys"], block["layers"][0]["rows"]
    (['title', 'line'], [['A to B', '//']])
    """
    layers = [
        {
            **layer,
            "features": [_without(one, _UNUSED.get(layer["type"], ())) for one in layer["features"]],
        }
        for layer in data.get("layers", ())
    ]
    counted: Counter[str] = Counter()
    for layer in layers:
        for feature in layer["features"]:
            for key, value in feature.items():
                counted.update(_leaves(value) if key in _TEXTS else ())
    texts = [text for text, times in counted.items() if times > 1 and len(text) > 3]
    places = {text: at for at, text in enumerate(texts)}
    block = {key: value for key, value in data.items() if key != "layers"}
    if "base" in block:
        block["base"] = {key: _packed(key, value) for key, value in block["base"].items()}
    if "labels" in block:
        block["labels"] = [{**label, "at": _numbers(label["at"])} for label in block["labels"]]
    return block | {"texts": texts, "layers": [_as_rows(layer, places) for layer in layers]}


def _without(feature: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {key: value for key, value in feature.items() if key not in names}


def _as_rows(layer: Mapping[str, Any], places: Mapping[str, int]) -> dict[str, Any]:
    keys = list(dict.fromkeys(key for feature in layer["features"] for key in feature))
    rows = [
        [_told(feature.get(key), places) if key in _TEXTS else _packed(key, feature.get(key)) for key in keys]
        for feature in layer["features"]
    ]
    return {**{key: value for key, value in layer.items() if key != "features"}, "keys": keys, "rows": rows}


def _leaves(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [leaf for one in value for leaf in _leaves(one)] if isinstance(value, (list, tuple)) else []


def _told(value: Any, places: Mapping[str, int]) -> Any:  # noqa: ANN401 - text, or lists of it
    if isinstance(value, str):
        return places.get(value, value)
    return [_told(one, places) for one in value] if isinstance(value, (list, tuple)) else value


def _packed(key: str, value: Any) -> Any:  # noqa: ANN401 - whatever a feature holds
    return _numbers(value) if key in _GEOMETRY else value


def _numbers(value: Any) -> Any:  # noqa: ANN401 - a list of whole numbers, or lists of such lists
    if not isinstance(value, (list, tuple)) or not value:
        return value
    if isinstance(value[0], (list, tuple, str)):
        return [_numbers(one) for one in value]
    return pack_numbers(np.asarray(value, dtype=np.int64))


def unpack_block(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of :func:`pack_block`, without what it left out.

    Examples
    --------
    >>> data = {"layers": [{"type": "leg", "features": [{"title": "A to B", "line": [5, 5]}]}]}
    >>> unpack_block(pack_block(data))["layers"] == data["layers"]
    True
    """
    texts = block["texts"]
    data = {key: value for key, value in block.items() if key not in ("texts", "layers")}
    if "base" in data:
        data["base"] = {
            key: _opened(value) if key in _GEOMETRY else value for key, value in data["base"].items()
        }
    if "labels" in data:
        data["labels"] = [{**label, "at": _opened(label["at"])} for label in data["labels"]]
    data["layers"] = [
        {
            **{key: value for key, value in layer.items() if key not in ("keys", "rows")},
            "features": [
                {key: _restored(key, value, texts) for key, value in zip(layer["keys"], row, strict=True)}
                for row in layer["rows"]
            ],
        }
        for layer in block["layers"]
    ]
    return data


def _restored(key: str, value: Any, texts: Sequence[str]) -> Any:  # noqa: ANN401 - whatever a feature holds
    if key in _GEOMETRY:
        return _opened(value)
    if key not in _TEXTS:
        return value
    if isinstance(value, list):
        return [_restored(key, one, texts) for one in value]
    return texts[value] if isinstance(value, int) else value


def _opened(value: Any) -> Any:  # noqa: ANN401 - packed text, or lists of it
    return unpack_numbers(value) if isinstance(value, str) else [_opened(one) for one in value or ()]
