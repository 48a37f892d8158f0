"""Extract every phrase of the statistics and the verdicts into geo/data/locale/routeways.pot.

Run ``python tools/build_catalogue.py [-o OUT]`` after a change of phrases, of the words in series.yaml, or of
the titles and captions of the embedded corridors. Same sources in, same bytes out. A translator copies the
file to ``<language>/LC_MESSAGES/routeways.po`` beside it and fills it in; a .po is read as is, a .mo first.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from geo import terms  # noqa: E402 - this checkout's package, also where none is installed
from geo.counts import catalogued_sources, series_info  # noqa: E402
from geo.definitions import read_definitions  # noqa: E402

OUT = ROOT / "geo" / "data" / "locale" / "routeways.pot"
KEYWORDS = {
    "say": (1,),
    "say_plural": (1, 2),
    "say_of": ((1, "c"), 2),
    "_mark": (1,),
    "_mark_plural": (1, 2),
}
FIXED = dt.datetime(2026, 8, 22, tzinfo=dt.UTC)
"""The date in the header: no clock, so that the file changes with its messages only."""

Message = str | tuple[str, str]


def wordings() -> Iterator[tuple[str, str, dict[str, str]]]:
    for source in catalogued_sources():
        for measure in series_info(source)["measures"]:
            yield source, measure, series_info(source, measure)["wording"]
    for measure in terms.MEASURES:
        yield "a source of one's own", measure, series_info("", measure)["wording"]


def words() -> Iterator[tuple[Message, str]]:
    """Nouns and verbs of the series, then titles and captions of the corridors."""
    for source, measure, wording in wordings():
        note = f"{source}, {measure}"
        yield (wording["singular"], wording["plural"]), note
        yield (wording["past_singular"], wording["past"]), note
        yield wording["pluperfect"], note
        if source in catalogued_sources():
            yield wording["label"], f"{note}: label of the series"
    for name, definition in read_definitions().items():
        yield definition["title"], f"{name}: title"
        for text in (definition["caption"], *(entry["label"] for entry in definition["beside"])):
            if text:
                yield text, f"{name}: caption"
        for figure in definition["figures"]:
            yield figure["label"], f"{name}: label of a figure"
    for word in (*filter(None, terms.NATIONALITY_WORDS),):
        yield word.replace("_", " "), "nationality"


def build() -> bytes:
    catalogue = Catalog(
        project="routeways",
        version="1",
        header_comment="# Phrases of routeways, made by tools/build_catalogue.py: do not edit.",
        msgid_bugs_address="",
        copyright_holder="Routeways developers",
        creation_date=FIXED,
        revision_date=FIXED,
        charset="utf-8",
    )
    for path in [*sorted((ROOT / "geo" / "stats").glob("*.py")), ROOT / "geo" / "_claim_phrases.py"]:
        for _, message, comments, context in extract_from_file("python", path, keywords=KEYWORDS):
            name = path.relative_to(ROOT).as_posix()
            catalogue.add(message, locations=[(name, 1)], auto_comments=comments, context=context)
    for message, note in words():
        catalogue.add(message, auto_comments=[note])
    buffer = io.BytesIO()
    pofile.write_po(buffer, catalogue, include_lineno=False, width=110)
    lines = buffer.getvalue().splitlines(keepends=True)
    return b"".join(
        line for line in lines if not line.startswith((b'"Generated-By', b'"Last-Tr', b'"Language-T'))
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--out", type=Path, default=OUT)
    out = parser.parse_args().out
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(build())


if __name__ == "__main__":
    main()
