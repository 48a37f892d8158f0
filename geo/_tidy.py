"""The form of the tidy counts table: how it is read, what makes a row valid (used by :mod:`geo.counts`)."""

from __future__ import annotations

from csv import DictReader
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo import _catalogue, terms
from geo._identities import identity_faults, reads_like_person, value_faults
from geo.checks import raise_faults
from geo.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

TEXT_COLUMNS: Final = tuple(
    name for name in terms.COUNT_COLUMNS if name not in {*terms.DATE_COLUMNS, terms.VALUE}
)
NEEDED: Final = (
    terms.SOURCE,
    terms.CORRIDOR,
    terms.MEASURE,
    terms.PERIOD_START,
    terms.PERIOD_END,
    terms.VALUE,
)
KEY: Final = (
    terms.SOURCE,
    terms.CORRIDOR,
    terms.PLACE,
    terms.MEASURE,
    terms.UNIT,
    terms.BASIS,
    terms.NATIONALITY,
    terms.SEX,
    terms.AGE_GROUP,
    terms.SCOPE,
    terms.PERIOD_START,
    terms.PERIOD_END,
)
"""What one published number is about; a second row with the same key is another vintage of it."""
_NOT_TABLES: Final = ("iom_incidents.csv", "ledger.csv")


def read_embedded() -> pd.DataFrame:
    """Read every embedded table; they are checked by the tests and not again here."""
    import pyarrow as pa
    from pyarrow import csv

    types = dict.fromkeys(TEXT_COLUMNS, pa.string()) | dict.fromkeys(terms.DATE_COLUMNS, pa.timestamp("us"))
    options = csv.ConvertOptions(
        column_types=types | {terms.VALUE: pa.float64()}, strings_can_be_null=False, null_values=[""]
    )
    folder = _catalogue.DATA / "counts"
    parts = [
        csv.read_csv(pa.BufferReader(item.read_bytes()), convert_options=options)
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".csv") and item.name not in _NOT_TABLES
    ]
    table: pd.DataFrame = pa.concat_tables(parts).to_pandas()
    lines = (folder / "ledger.csv").read_text(encoding="utf-8").splitlines()
    table.attrs["ledger"] = [
        {
            "reason": f"{row['source']}: {row['reason']}",
            "rows": int(row["rows"]),
            "value": float(row["value"]),
        }
        for row in DictReader(lines)
    ]
    return table


def read_file(path: str | Path) -> pd.DataFrame:
    """Read a user's table as it is written, every cell of a CSV as text."""
    file = Path(path)
    if not file.is_file():
        raise InvalidInputError(f"Invalid counts file '{path}'. There is no such file.")
    if file.suffix.lower() == ".csv":
        try:
            return pd.read_csv(file, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
            raise InvalidInputError(
                f"Invalid counts file '{path}'. It is no CSV in UTF-8: {error}."
            ) from None
    if file.suffix.lower() == ".parquet":
        try:
            return pd.read_parquet(file)
        except (OSError, ValueError) as error:
            raise InvalidInputError(
                f"Invalid counts file '{path}'. It is no Parquet file: {error}."
            ) from None
    raise InvalidInputError(f"Invalid counts file '{path}'. Its name must end in .csv or .parquet.")


class Checking:
    """One table on its way to the normal form, with the faults and the ledger that gather."""

    def __init__(
        self, table: pd.DataFrame, *, first_line: int | None, file_rows: Sequence[int] | None = None
    ) -> None:
        self.given = table
        self.first_line = first_line
        self.file_rows = file_rows
        self.faults: list[str] = []
        self.ledger: list[dict[str, Any]] = [dict(entry) for entry in table.attrs.get("ledger", [])]

    def at(self, position: Hashable, column: str) -> str:
        """Name a cell as a reader finds it: the row or line of the file, or the position in the table."""
        if self.file_rows is not None:
            return f"row {self.file_rows[int(str(position))]}, column '{column}'"
        if self.first_line is None:
            return f"row {position}, column '{column}'"
        return f"line {int(str(position)) + self.first_line}, column '{column}'"

    def note(self, reason: str, rows: int, value: float = 0.0) -> None:
        """Write down what was dropped or filled in."""
        if rows:
            self.ledger.append({"reason": reason, "rows": rows, "value": float(value)})

    def columns(self) -> None:
        """Check the column names; leave out what the tidy form does not know."""
        names = [str(name) for name in self.given.columns]
        looked_at = None if self.first_line is not None else (terms.PLACE, terms.NATIVE_LABEL)
        self.faults += [*identity_faults(names), *value_faults(self.given, looked_at)]
        self.faults += [f"column '{name}' is missing" for name in NEEDED if name not in names]
        for name in names:
            if name not in terms.COUNT_COLUMNS and not reads_like_person(name):
                self.note(f"column '{name}' is not part of the tidy form: left out", len(self.given))
        self.faults += [
            f"column '{name}' stands twice" for name in sorted({n for n in names if names.count(n) > 1})
        ]

    def text(self, column: str) -> pd.Series[Any]:
        """Return a column as text, empty where there is nothing."""
        if column not in self.given.columns:
            return pd.Series("", index=range(len(self.given)), dtype="str")
        given = self.given[column].reset_index(drop=True)
        return given.astype("str").where(given.notna(), "").str.strip().astype("str")

    def number(self, column: str) -> pd.Series[Any]:
        """Return a column as numbers, NaN where it is empty; anything else is a fault."""
        text = self.text(column)
        numbers = pd.to_numeric(text.where(text != "", None), errors="coerce").astype("float64")
        wrong = text[(text != "") & ~numbers.abs().lt(float("inf"))]
        self.faults += [f"{self.at(i, column)}: '{value}' is not a number" for i, value in wrong.items()]
        return numbers

    def days(self, column: str) -> pd.Series[Any]:
        """Return a column as whole days; what is no day of the calendar is a fault."""
        text = self.text(column)
        short = text.str.replace(r"[T ]00:00:00(\.0+)?$", "", regex=True)
        fits = short.str.fullmatch(r"\d{4}-\d{2}-\d{2}")
        days = pd.to_datetime(short.where(fits, None), format="%Y-%m-%d", errors="coerce").astype(
            "datetime64[us]"
        )
        wrong = text[(text != "") & days.isna()]
        self.faults += [
            f"{self.at(i, column)}: '{value}' is not a day written YYYY-MM-DD" for i, value in wrong.items()
        ]
        return days

    def parse(self) -> pd.DataFrame:
        """Return the table in the columns and types of the tidy form."""
        table = pd.DataFrame(
            {
                name: self.number(name)
                if name == terms.VALUE
                else self.days(name)
                if name in terms.DATE_COLUMNS
                else self.text(name)
                for name in terms.COUNT_COLUMNS
            }
        )
        units = (
            table[terms.MEASURE].map({code: item.unit for code, item in terms.MEASURES.items()}).fillna("")
        )
        table[terms.UNIT] = table[terms.UNIT].where(table[terms.UNIT] != "", units).astype("str")
        return table

    def infer_known_on(self, table: pd.DataFrame) -> pd.DataFrame:
        """Fill publication dates that were not given: the day after the series' last data day."""
        blank = table[terms.KNOWN_ON].isna() & (self.text(terms.KNOWN_ON) == "")
        last = table.groupby(list(terms.SERIES_COLUMNS))[terms.PERIOD_END].transform("max")
        table[terms.KNOWN_ON] = table[terms.KNOWN_ON].where(~blank, last + pd.Timedelta(days=1))
        flag = (table[terms.FLAG] + " inferred_known_on").str.strip()
        table[terms.FLAG] = table[terms.FLAG].where(~blank, flag)
        self.note("known_on not given: taken as the day after the last data day", int(blank.sum()))
        return table

    def duplicates(self, table: pd.DataFrame) -> pd.DataFrame:
        """Refuse two values for one number of one date; drop rows that say the same twice."""
        key = [*KEY, terms.KNOWN_ON]
        again = table.duplicated([*key, terms.VALUE], keep="first")
        self.note("said twice, with the same value", int(again.sum()), table.loc[again, terms.VALUE].sum())
        kept = table[~again]
        clash = kept.duplicated(key, keep="first")
        if not clash.any():
            return kept
        numbers = kept.groupby(key, dropna=False, sort=False).ngroup()
        firsts = {number: i for i, number in numbers[~clash].items()}
        values = dict(kept[terms.VALUE].items())
        for i, number in numbers[clash].items():
            first = firsts[number]
            self.faults.append(
                f"{self.at(i, terms.VALUE)}: {values[i]:g} contradicts "
                f"{values[first]:g} in {self.at(first, terms.VALUE).partition(',')[0]}, "
                "the same number of the same publication date"
            )
        return kept

    def overlaps(self, table: pd.DataFrame, kinds: pd.Series[str]) -> None:
        """Refuse periods of one series and publication date that run into each other.

        A month beside its year is two published numbers; two months that share days are a mistake, and so is
        a stretch that is no calendar period and shares days with another row. Running totals overlap by
        nature, and parts of a period give way to the longer one.
        """
        words = table[terms.FLAG].str.split().map(set)
        rows = table[words.map(lambda told: not told & {"cumulative", "partial"}).astype(bool)]
        same = [name for name in KEY if name not in {terms.PERIOD_START, terms.PERIOD_END}]
        rows = rows.assign(kind=kinds.reindex(rows.index)).sort_values(
            [*same, terms.KNOWN_ON, terms.PERIOD_START, terms.PERIOD_END], kind="stable"
        )
        for _, group in rows.groupby([*same, terms.KNOWN_ON], sort=False, dropna=False):
            if len(group) > 1:
                for kind in dict.fromkeys(group["kind"]):
                    self._run_into(group if kind == "span" else group[group["kind"] == kind], kind)

    def _run_into(self, rows: pd.DataFrame, kind: str) -> None:
        """Note each row of a kind that begins before an earlier row is over; of spans, beside any kind."""
        previous: tuple[Hashable, Any, str] | None = None
        for at, start, end, own in zip(
            rows.index, rows[terms.PERIOD_START], rows[terms.PERIOD_END], rows["kind"], strict=True
        ):
            if previous and start <= previous[1] and kind in {own, previous[2]}:
                days = f"{start:%Y-%m-%d} to {end:%Y-%m-%d}"
                self.faults.append(
                    f"{self.at(at, terms.PERIOD_START)}: {days} runs into the period of "
                    f"{self.at(previous[0], '').partition(',')[0]}, of the same series and publication date; "
                    "leave one out, or set them apart by scope or known_on"
                )
            if previous is None or end > previous[1]:
                previous = (at, end, own)


def _rules() -> Any:  # noqa: ANN401 - pandera has no types of its own
    """Return the pandera schema of a tidy table that is already parsed."""
    import pandera.pandas as pa

    def among(choices: Any, rule: str) -> Any:  # noqa: ANN401
        return pa.Check.isin([*choices], error=rule)

    def words(values: pd.Series[Any]) -> pd.Series[bool]:
        return values.map(lambda text: set(text.split()) <= set(terms.FLAGS))

    def told(text: str) -> list[Any]:
        return [pa.Check(lambda values: values != "", error=text)]

    nationality = rf"(?:[A-Z]{{3}}|{'|'.join(word for word in terms.NATIONALITY_WORDS if word)})?"
    return pa.DataFrameSchema(
        {
            terms.SOURCE: pa.Column(checks=told("must name who published the number")),
            terms.CORRIDOR: pa.Column(checks=told("must name a corridor")),
            terms.MEASURE: pa.Column(
                checks=[among(terms.MEASURES, f"must be one of: {', '.join(terms.MEASURES)}")]
            ),
            terms.BASIS: pa.Column(checks=[among(terms.BASES, "must be provisional, final or empty")]),
            terms.NATIONALITY: pa.Column(
                checks=[
                    pa.Check.str_matches(
                        f"^{nationality}$",
                        error="must be three capital letters (ISO 3166-1 alpha-3, XKX), stateless, other, "
                        "unknown, not_recorded or empty",
                    )
                ]
            ),
            terms.SEX: pa.Column(checks=[among(terms.SEXES, "must be female, male, unknown or empty")]),
            terms.PERIOD_START: pa.Column(nullable=False),
            terms.PERIOD_END: pa.Column(nullable=False),
            terms.KNOWN_ON: pa.Column(nullable=False),
            terms.VALUE: pa.Column(nullable=True, checks=[pa.Check.ge(0, error="must not be below 0")]),
            terms.QUALIFIER: pa.Column(
                checks=[
                    among(terms.QUALIFIERS, f"must be empty or one of: {', '.join(terms.QUALIFIERS[1:])}")
                ]
            ),
            terms.FLAG: pa.Column(
                checks=[pa.Check(words, error=f"must be empty or words among: {', '.join(terms.FLAGS)}")]
            ),
        }
    )


def _column_faults(checking: Checking, table: pd.DataFrame) -> None:
    """Hold every cell against the schema."""
    from pandera.errors import SchemaErrors

    try:
        _rules().validate(table, lazy=True)
    except SchemaErrors as errors:
        for case in errors.failure_cases.itertuples():
            rule = "is empty" if case.check == "not_nullable" else f"'{case.failure_case}' {case.check}"
            if case.check == "not_nullable" and checking.text(case.column)[case.index] != "":
                continue  # already named as unreadable
            checking.faults.append(f"{checking.at(case.index, case.column)}: {rule}")


def _row_faults(checking: Checking, table: pd.DataFrame) -> None:
    """Hold the cells of a row against each other."""
    units = table[terms.MEASURE].map({code: item.unit for code, item in terms.MEASURES.items()})
    withheld = table[terms.FLAG].str.split().map(lambda words: "suppressed" in words).astype(bool)
    rules = (
        (terms.UNIT, units.notna() & (units != table[terms.UNIT]), "is not the unit of the measure"),
        (
            terms.PERIOD_END,
            table[terms.PERIOD_END] < table[terms.PERIOD_START],
            "is before the period's start",
        ),
        (
            terms.KNOWN_ON,
            table[terms.KNOWN_ON] < table[terms.PERIOD_END],
            "is before the last day it speaks of",
        ),
        (
            terms.VALUE,
            withheld & table[terms.VALUE].notna(),
            "stands beside the flag suppressed: leave it empty",
        ),
    )
    for column, broken, rule in rules:
        for i in table.index[broken]:
            shown = table.loc[i, column]
            shown = (
                f"{shown:%Y-%m-%d}"
                if column in terms.DATE_COLUMNS
                else f"{shown:g}"
                if column == terms.VALUE
                else shown
            )
            checking.faults.append(f"{checking.at(i, column)}: '{shown}' {rule}")


def check_table(
    table: pd.DataFrame,
    *,
    name: str,
    first_line: int | None,
    kinds: Callable[[pd.DataFrame], pd.Series[str]] | None = None,
    file_rows: Sequence[int] | None = None,
) -> pd.DataFrame:
    """Return the normal form of a table, or raise one error with every fault.

    With ``kinds``, which names the calendar period of each row, overlapping periods are faults too. With
    ``file_rows``, the row of the file behind each row of the table, faults name that one.
    """
    checking = Checking(table, first_line=first_line, file_rows=file_rows)
    checking.columns()
    raise_faults(name, checking.faults)
    parsed = checking.parse()
    empty = (parsed[[*NEEDED[:3]]] == "").all(axis=1) & parsed[terms.VALUE].isna()
    empty &= parsed[[terms.PERIOD_START, terms.PERIOD_END]].isna().all(axis=1)
    checking.note("empty rows", int(empty.sum()))
    parsed = checking.infer_known_on(parsed[~empty].copy())
    _column_faults(checking, parsed)
    _row_faults(checking, parsed)
    kept = checking.duplicates(parsed)
    raise_faults(name, checking.faults)
    if kinds is not None:
        checking.overlaps(kept, kinds(kept))
        raise_faults(name, checking.faults)
    normal = kept.reset_index(drop=True)
    normal.attrs["ledger"] = checking.ledger
    return normal
