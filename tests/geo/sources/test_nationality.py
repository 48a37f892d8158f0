"""Names of nationalities into codes."""

import pytest

from geo.counts import read_counts
from geo.sources._nationality import alpha3_by_alpha2, code_of, from_alpha2, is_code


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Syria", "SYR"),
        ("Siria", "SYR"),
        ("Syrian Arab Republic", "SYR"),
        ("Kosovo*", "XKX"),
        ("Palestine^", "PSE"),
        ("Costa D'Avorio", "CIV"),
        ("Côte d’Ivoire", "CIV"),
        ("Ivory Coast", "CIV"),
        ("Turkey", "TUR"),
        ("Türkiye", "TUR"),
        ("Turchia", "TUR"),
        ("Congo", "COG"),
        ("Congo (Democratic Republic)", "COD"),
        ("Guinea", "GIN"),
        ("Guinea-Bissau", "GNB"),
        ("Equatorial Guinea", "GNQ"),
        ("Niger", "NER"),
        ("Nigeria", "NGA"),
        ("Sudan", "SDN"),
        ("South Sudan", "SSD"),
        ("Gambia, The", "GMB"),
        ("Egitto", "EGY"),
        ("Stateless", "stateless"),
        ("Other and unknown", "unknown"),
        ("Not currently recorded", "not_recorded"),
        ("altre*", "other"),
        ("Trinidad and Tobago", "TTO"),
        ("Atlantis", None),
        ("", None),
        ("SYR", None),
    ],
)
def test_names_have_one_code_or_none(label, code):
    assert code_of(label) == code


def test_own_names_come_first():
    assert code_of("Syria", aliases={"syria*": "other"}) == "other"


def test_codes_are_those_of_iso_3166():
    codes = alpha3_by_alpha2()
    assert len(codes) > 245
    assert len(set(codes.values())) == len(codes)
    for two, three in {
        "DE": "DEU",
        "CD": "COD",
        "MM": "MMR",
        "TL": "TLS",
        "YE": "YEM",
        "FR": "FRA",
        "GR": "GRC",
    }.items():
        assert codes[two] == three
    assert (from_alpha2("EL"), from_alpha2("UK"), from_alpha2("EU")) == ("GRC", "GBR", None)
    assert is_code("XKX")
    assert not is_code("")


@pytest.mark.parametrize("source", ["home_office_detailed", "italy_ministry_nationality"])
def test_the_embedded_labels_have_the_embedded_codes(source):
    rows = read_counts(source=source)
    rows = rows[rows["nationality"] != ""]
    labels = rows.drop_duplicates(["native_label", "nationality"])
    assert len(labels) > 20
    wrong = {
        label: (code, code_of(label))
        for label, code in zip(labels["native_label"], labels["nationality"], strict=True)
        if code_of(label) != code
    }
    assert wrong == {}


def test_every_name_in_the_data_file_leads_to_a_code():
    from geo.sources._nationality import _data

    odd = {name: code for name, code in _data()["names"].items() if not is_code(code)}
    assert odd == {}
