"""Files of published sentences: YAML or CSV, held to one form, every fault told at once."""

from __future__ import annotations

import csv
import functools
import io
import json
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml

from geo import terms
from geo._claim_rounding import Printed, parse_printed
from geo.checks import check_choice, check_date, raise_faults
from geo.display import Displayed
from geo.errors import InvalidInputError, UnknownNameError
from geo.stats import STATISTICS, Period, parse_period

if TYPE_CHECKING:
    import datetime as dt
    import os
    from collections.abc import Mapping

FILTERS: Final = ("nationality", "place", "sex", "age_group", "basis", "month")
"""What ``where`` may hold; in CSV columns of their own."""
TO_DATE: Final = frozenset(
    name
    for name in STATISTICS
    if "_to_date" in name
    or name.startswith(("last_", "rolling_mean_"))
    or name in {"same_point", "since", "all_time", "current_run_without", "threshold_date"}
)
"""Statistics that end on the data date: the sentence's period says which day that is."""
SHARES: Final = ("share_of_recorded", "top_five_share")
"""Statistics of composition that a sentence may be about: "Albanian (28 %)", "71 % top five"."""
NAMES: Final = (*STATISTICS, *SHARES)
_PERCENT: Final = frozenset(name for name in NAMES if name.endswith("_change") or "share" in name)
_DIGITS: Final = ("rank", "days_with", "longest_run", "current_run", "seasonal_index", "threshold_date")
_SAME_MONTH: Final = {"rank": "rank_same_month", "record": "record_same_month"}
_SINCE: Final = frozenset({"highest_since", "lowest_since"})
_Found = dict[str, Any]


class _Text(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc] # the C loader where it is built in
    """YAML whose values all stay text, as printed: 18.90, 2024, no."""


def _mapping(loader: Any, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: ANN401 - yaml's own signature
    names = [loader.construct_object(key, deep=deep) for key, _ in node.value]
    twice = [str(name) for name, count in Counter(map(str, names)).items() if count > 1]
    if twice:
        line = node.start_mark.line + 1
        raise InvalidInputError(f"line {line}: field '{twice[0]}' is given twice")
    found: dict[Any, Any] = yaml.constructor.BaseConstructor.construct_mapping(loader, node, deep=deep)
    return found


_Text.construct_mapping = _mapping


@dataclass(frozen=True, slots=True)
class Claim(Displayed):
    """One published sentence, as its file gives it.

    Attributes
    ----------
    id, text : str
        Its name and its words.
    source : str
        Who published the sentence, in words. Where the figures come from is `figures`.
    corridor, statistic : str
        What it is about; statistic is a name of ``routeways stats``.
    value : str
        The number as it is printed.
    qualifier : str
        One of ``geo._claim_rounding.QUALIFIERS``, or "".
    figures, measure, basis : str
        Series that it is held against; "" takes the corridor's headline.
    nationality, place, sex, age_group : str
        Part of the series; "" for the whole. Sex and age group as the figures name them.
    period : Period or None
        What it describes; None for a figure to date, which ends on `as_of`.
    against : str
        What a change is compared with; "" for the year before.
    month : int or None
        Month among whose periods it ranks.
    as_of, known_on : date or None
        Data date and publication date.
    """

    id: str
    text: str
    source: str
    corridor: str
    statistic: str
    value: str
    qualifier: str = ""
    figures: str = ""
    measure: str = ""
    basis: str = ""
    nationality: str = ""
    place: str = ""
    sex: str = ""
    age_group: str = ""
    period: Period | None = None
    against: str = ""
    month: int | None = None
    as_of: dt.date | None = None
    known_on: dt.date | None = None

    @property
    def printed(self) -> Printed:
        """The number with the rounding that it implies."""
        whole = self.percent or self.statistic.startswith(_DIGITS)
        return parse_printed(self.value, whole=whole)

    @property
    def percent(self) -> bool:
        """Whether the statistic is given in per cent."""
        return self.statistic in _PERCENT

    @property
    def asked(self) -> str:
        """The statistic, with `month` taken into its name."""
        return _SAME_MONTH.get(self.statistic, self.statistic) if self.month else self.statistic

    @property
    def people(self) -> tuple[tuple[str, str], ...]:
        """The part of the people that it is about, besides their nationality."""
        return ("sex", self.sex), ("age_group", self.age_group)

    @property
    def until(self) -> dt.date | None:
        """Last day of what the sentence is about, whatever data date it is held against."""
        return self.period.end if self.period else self.as_of


def read_claims(path: str | os.PathLike[str] | None = None) -> list[Claim]:
    """Read published sentences from a YAML or CSV file.

    Parameters
    ----------
    path : path, optional
        A file in the form of ``geo/data/schemas/claims.schema.json`` (``.yaml``, ``.yml``, ``.json``), or a
        ``.csv`` with the same fields as columns and ``nationality``, ``place``, ``basis`` and ``month`` in
        columns of their own. Default: the embedded example.

    Returns
    -------
    claims : list of Claim
        In the file's order.

    Raises
    ------
    InvalidInputError
        If the file cannot be read or breaks a rule: every fault is listed with its claim and field.

    Examples
    --------
    >>> [claim.value for claim in read_claims()]
    ['34,500', '19 %', '609', '1', '298']
    """
    name = f"claims file '{'channel_december_2024.yaml' if path is None else Path(path).name}'"
    if path is None:
        raw = (resources.files("geo") / "data" / "claims" / "channel_december_2024.yaml").read_bytes()
        ending = ".yaml"
    else:
        ending = Path(path).suffix.lower()
        check_choice(ending, (".csv", ".json", ".yaml", ".yml"), name="ending of a claims file")
        try:
            raw = Path(path).read_bytes()
        except OSError as error:
            raise InvalidInputError(f"Invalid {name}. It cannot be read: {error.strerror}.") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInputError(f"Invalid {name}. It is not UTF-8 text.") from None
    faults: list[str] = []
    document = _read_csv(text, name, faults) if ending == ".csv" else _read_yaml(text, name)
    places, entries = _check_form(document, faults, csv_rows=ending == ".csv")
    claims = [_check_claim(entry, where, faults) for where, entry in zip(places, entries, strict=True)]
    ids = Counter(str(entry.get("id", "")) for entry in entries)
    faults += [f"claim '{one}': its id is used {count} times" for one, count in ids.items() if count > 1]
    raise_faults(name, faults)
    return [claim for claim in claims if claim is not None]


def _read_yaml(text: str, name: str) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Text)):
            raise InvalidInputError("it uses an alias (*); write values out")  # noqa: TRY301 - told as the others
        return yaml.load(text, Loader=_Text)  # noqa: S506 - a base loader: text, lists and mappings only
    except (yaml.YAMLError, InvalidInputError, RecursionError) as error:
        told = " ".join(str(error).split())
        raise InvalidInputError(f"Invalid {name}. It is not readable YAML: {told}.") from None


def _read_csv(text: str, name: str, faults: list[str]) -> _Found:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        table = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InvalidInputError(f"Invalid {name}. It is not readable CSV: {error}.") from None
    if not table:
        raise InvalidInputError(f"Invalid {name}. It is empty.")
    header = [column.strip() for column in table[0][1]]
    known = {*Claim.__dataclass_fields__}
    for column in dict.fromkeys(header):
        try:
            check_choice(column, known, name="column")
        except UnknownNameError as error:
            faults.append(f"row 1: {error}")
        if header.count(column) > 1:
            faults.append(f"row 1: column '{column}' is given twice")
    claims = []
    for line, row in table[1:]:
        if len(row) > len(header):
            faults.append(f"row {line}: {len(row)} cells under {len(header)} columns (quote '34,500')")
        cells = dict(zip(header, (cell.strip() for cell in row), strict=False))
        entry: _Found = {key: cell for key, cell in cells.items() if cell and key in known - {*FILTERS}}
        where = {key: cells[key] for key in FILTERS if cells.get(key)}
        claims.append({**entry, **({"where": where} if where else {}), "row": line})
    return {"schema_version": 1, "claims": claims}


@functools.cache
def _schema() -> Any:  # noqa: ANN401 - a JSON document
    return json.loads((resources.files("geo") / "data" / "schemas" / "claims.schema.json").read_bytes())


def _check_form(document: Any, faults: list[str], *, csv_rows: bool) -> tuple[list[str], list[_Found]]:  # noqa: ANN401 - whatever the file held
    """Return the claims that have the form at all, each with where it stands; tell the faults of the form."""
    import jsonschema

    listed = document.get("claims") if isinstance(document, dict) else None
    raw = [entry if isinstance(entry, dict) else {} for entry in listed] if isinstance(listed, list) else []
    rows = [entry.get("row") if csv_rows else number for number, entry in enumerate(raw, 1)]
    word = "row" if csv_rows else "claim"
    places = [
        f"{word} {row}" + (f" ('{entry['id']}')" if entry.get("id") else "")
        for row, entry in zip(rows, raw, strict=True)
    ]
    kept = [{key: value for key, value in entry.items() if not csv_rows or key != "row"} for entry in raw]
    entries = [{key: value for key, value in entry.items() if value != ""} for entry in kept]
    whole = {**document, "claims": entries} if raw and len(raw) == len(listed or []) else document
    for error in sorted(
        jsonschema.Draft202012Validator(_schema()).iter_errors(whole), key=lambda e: [str(p) for p in e.path]
    ):
        path = list(error.absolute_path)
        where, fields = "", path
        if len(path) > 1 and path[0] == "claims":
            where, fields = f"{places[int(path[1])]}", path[2:]
        field = ".".join(map(str, fields))
        faults.append(", ".join(part for part in (where, f"field '{field}'" if field else "") if part)
                      + (": " if where or field else "") + _form_words(error))  # fmt: skip
    return places, entries


def _form_words(error: Any) -> str:  # noqa: ANN401 - jsonschema's error
    if error.validator == "enum" and isinstance(error.instance, str):
        return f"'{error.instance}' must be one of: {', '.join(map(str, error.validator_value))}"
    message = str(error.message)
    return message if len(message) <= 200 else f"{message[:120]} … {message[-70:]}"


def _check_claim(entry: Mapping[str, Any], where: str, faults: list[str]) -> Claim | None:
    """Return a claim, or add its faults."""
    before = len(faults)
    read: dict[str, Any] = {
        key: value for key, value in entry.items() if isinstance(value, str) and key in _PLAIN
    }
    filters = entry.get("where", {})
    read |= {key: filters[key] for key in FILTERS if isinstance(filters, dict) and key in filters}
    for field, reader in _READERS.items():
        if isinstance(read.get(field), str):
            try:
                read[field] = reader(read[field])
            except (InvalidInputError, UnknownNameError, ValueError) as error:
                faults.append(f"{where}, field '{field}': {error}")
                read[field] = None
    if not {"id", "text", "source", "corridor", "statistic", "value"} <= {key for key in read if read[key]}:
        return None
    claim = Claim(**read)
    faults += [f"{where}, field '{field}': {why}" for field, why in _senses(claim)]
    return claim if len(faults) == before else None


_PLAIN: Final = frozenset(Claim.__dataclass_fields__) - {*FILTERS}
_READERS: Final[Mapping[str, Any]] = {
    "statistic": lambda text: check_choice(text, NAMES, name="statistic"),
    "measure": lambda text: check_choice(text, terms.MEASURES, name="measure"),
    "sex": lambda text: check_choice(text, [sex for sex in terms.SEXES if sex], name="sex"),
    "basis": lambda text: check_choice(text, [basis for basis in terms.BASES if basis], name="basis"),
    "value": lambda text: parse_printed(text) and text,
    "period": parse_period,
    "against": lambda text: parse_period(text) and text,
    "month": int,
    "as_of": lambda text: check_date(text, name="as_of"),
    "known_on": lambda text: check_date(text, name="known_on"),
}


def _senses(claim: Claim) -> list[tuple[str, str]]:
    """Return what does not go together in a claim: field and rule."""
    told = []
    if claim.printed.percent and not claim.percent:
        told.append(("value", f"statistic '{claim.statistic}' is not in per cent"))
    dated = claim.statistic in TO_DATE and claim.statistic not in {"since", "threshold_date"}
    if claim.period is None and not (dated and claim.as_of):
        or_ = " or as_of" if dated else ""
        told.append(("period", f"statistic '{claim.statistic}' needs a period{or_}"))
    if claim.against and not (
        claim.statistic.endswith("_change") or claim.statistic in _SINCE | {"same_point"}
    ):
        told.append(("against", "only changes, same_point, highest_since and lowest_since have one"))
    if claim.month is not None:
        months = {claim.period.start.month, claim.period.end.month} if claim.period else set()
        if claim.asked not in _SAME_MONTH.values():
            told.append(("month", "only rank and record are among the periods of one month"))
        elif months != {claim.month}:
            told.append(("month", f"the period does not lie in month {claim.month}"))
    if claim.as_of and claim.period and claim.as_of < claim.period.start:
        told.append(("as_of", "it lies before the period begins"))
    return told
