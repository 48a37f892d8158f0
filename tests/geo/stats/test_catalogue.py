"""The phrase catalogue: it is current, and another language can be filled in."""

import importlib.util
import re
from pathlib import Path

import pytest

from geo.errors import UnknownNameError
from geo.stats import corridor_stats, read_voice, statistic_title
from geo.stats.summary import STATISTICS

ROOT = Path(__file__).resolve().parents[3]
TOOL = ROOT / "tools" / "build_catalogue.py"
TEMPLATE = ROOT / "geo" / "data" / "locale" / "routeways.pot"

# An invented language in the clothes of Polish: its plural has three forms.
INVENTED = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2;\n"

msgid "person"
msgid_plural "people"
msgstr[0] "osoba"
msgstr[1] "osoby"
msgstr[2] "osob"

msgid "arrived by small boat"
msgid_plural "arrived by small boat"
msgstr[0] "przybyla"
msgstr[1] "przybyly"
msgstr[2] "przybylo"

msgid "on {day}"
msgstr "dnia {day}"

msgid "{when}, {count} {verb}"
msgstr "{verb} {count} {when}"

msgid "Source: {publisher}."
msgstr "Zrodlo: {publisher}."

msgctxt "date pattern"
msgid "EEEE d MMMM y"
msgstr "d.MM.y"
"""


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "pl" / "LC_MESSAGES"
    place.mkdir(parents=True)
    (place / "routeways.po").write_text(INVENTED, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("build_catalogue", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_template_is_current(tool):
    assert TEMPLATE.read_bytes() == tool.build(), "run python tools/build_catalogue.py"


def test_every_message_that_is_said_is_in_the_template():
    text = TEMPLATE.read_text(encoding="utf-8")
    for message in (
        "{number} day",
        "By {day}".lower(),
        "person",
        "detections",
        "EU re-entry detections, not people",
    ):
        assert message in text
    joined = re.sub(r'"\n"', "", text)
    for name in STATISTICS:
        assert f'msgid "{statistic_title(read_voice(), name).removesuffix(", change")}"' in joined


@pytest.mark.parametrize(
    ("day", "words"), [("2026-08-20", "przybylo no"), ("2024-12-12", "przybylo 609 osob")]
)
def test_another_language_changes_the_sentence(counts, folder, day, words):
    stats = corridor_stats(
        counts, "channel", as_of=day, statistics=["total"], language="pl", catalogues=folder
    )
    sentence = stats["sentence"].iloc[0].lower()
    assert sentence.startswith(words)
    assert f"dnia {int(day[8:])}.{day[5:7]}.{day[:4]}" in sentence
    assert "zrodlo: uk home office." in sentence or "published" in sentence


@pytest.mark.parametrize(("value", "form"), [(1, "1 osoba"), (2, "2 osoby"), (5, "5 osob"), (22, "22 osoby")])
def test_plural_forms_are_those_of_the_language(folder, value, form):
    from geo.stats.phrases import count

    assert (
        count(read_voice("pl", catalogues=folder), {"singular": "person", "plural": "people"}, value) == form
    )


def test_numbers_are_written_as_the_locale_does(folder):
    assert read_voice("pl", catalogues=folder).number(34582) == "34\xa0582"


def test_a_compiled_catalogue_is_read_first(folder):
    from babel.messages import mofile, pofile

    stem = folder / "pl" / "LC_MESSAGES" / "routeways"
    with stem.with_suffix(".po").open("rb") as file:
        changed = pofile.read_po(file, locale="pl")
    changed.get("on {day}").string = "w dniu {day}"
    with stem.with_suffix(".mo").open("wb") as file:
        mofile.write_mo(file, changed)
    from geo.stats.when import when

    assert when(read_voice("pl_PL", catalogues=str(folder)), _day()).startswith("w dniu 12.12.2024")


def _day():
    from geo.stats.periods import parse_period

    return parse_period("2024-12-12")


def test_a_language_without_a_catalogue_is_refused(folder):
    with pytest.raises(
        UnknownNameError, match=r"Invalid language 'fr'. There is no catalogue for it.*en, pl"
    ):
        read_voice("fr", catalogues=folder)
    with pytest.raises(UnknownNameError, match="It must be a locale such as en or fr"):
        read_voice("klingon")


def test_regional_english_is_the_built_in_one():
    assert read_voice("en_GB").number(1234.5, places=1) == "1,234.5"
