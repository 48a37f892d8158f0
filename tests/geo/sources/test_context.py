"""Context of the corridors: what is said of the statistics of Eurostat and UNHCR."""

import json

import pytest

from geo import counts, stats
from geo.sources import list_sources, read_source

YEARS = range(2015, 2025)


def _dataset(code, times, values):
    index = {time: place for place, time in enumerate(times)}
    dimension = {"geo": {"category": {"index": {"IT": 0}}}, "time": {"category": {"index": index}}}
    told = {"id": ["geo", "time"], "size": [1, len(times)], "value": values, "dimension": dimension}
    return json.dumps(told | {"extension": {"id": code}, "updated": "2025-05-20T23:00:00+0200"})


def _items(**columns):
    place = {"coo_iso": "-", "coo_name": "-", "coa_iso": "ITA", "coa_name": "Italy"}
    items = [
        {"year": year, **place, **{name: base + year for name, base in columns.items()}} for year in YEARS
    ]
    return json.dumps({"maxPages": 1, "items": items})


MONTHS = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
CASES = [
    (
        ("eurostat_asylum", "asylum_application"),
        _dataset("migr_asyappctzm", MONTHS, [5 * (20 + place) for place in range(24)]),
        "Italy: in December 2024, 215 applications for asylum were lodged, 38.7 % more than in "
        "December 2023 (155). Context. Source: Eurostat, on figures published 20 May 2025.",
    ),
    (
        ("eurostat_returns", "return"),
        _dataset("migr_eirtn", [str(year) for year in YEARS], [*range(1000, 1500, 50)]),
        "Italy: in 2024, 1,450 people were returned after an order to leave, 3.6 % more than in 2023 "
        "(1,400). Context. Source: Eurostat, on figures published 20 May 2025.",
    ),
    (
        ("unhcr_refugee_statistics", "asylum_application"),
        _items(applied=1000),
        "Italy: in 2024, 3,024 applications for asylum were lodged, about as many as in 2023 (3,023). "
        "Context. Source: UNHCR.",
    ),
    (
        ("unhcr_refugee_statistics", "refugee_stock"),
        _items(refugees=100_000, asylum_seekers=0),
        "Italy: on Tuesday 31 December 2024, 102,024 people were counted as refugees, about as many as on "
        "Sunday 31 December 2023 (102,023). Context. Source: UNHCR.",
    ),
    (
        ("unhcr_refugee_statistics", "asylum_seeker_stock"),
        _items(refugees=100_000, asylum_seekers=0),
        "Italy: on Tuesday 31 December 2024, 2,024 people had a claim for asylum that was not decided, "
        "about as many as on Sunday 31 December 2023 (2,023). Context. Source: UNHCR.",
    ),
]


@pytest.mark.parametrize(("series", "text", "sentence"), CASES)
def test_a_sentence_uses_the_words_of_the_series(write, series, text, sentence):
    source, measure = series
    table = read_source(write("answer.json", text))
    told = {"source": source, "measure": measure, "place": "IT", "statistics": ["total_change"]}
    (record,) = stats.stats_records(table, "context", **told)
    assert f"{record.detail['text']} {record.detail['caption']}" == sentence


def test_stocks_of_several_years_are_never_added(write):
    table = read_source(write("answer.json", _items(refugees=100_000)))
    told = {"source": "unhcr_refugee_statistics", "measure": "refugee_stock", "place": "IT"}
    records = stats.stats_records(table, "context", statistics=["all_time", "last_12_months"], **told)
    assert [("unavailable" in record.flags) for record in records] == [True, True]


def test_every_source_that_is_read_has_its_series_in_the_catalogue():
    assert set(list_sources().index) <= set(counts.catalogued_sources())
    for source, measure in {case[0] for case in CASES}:
        info = counts.series_info(source, measure)
        assert info["catalogued"]
        assert "not arrivals" in counts.series_info(source)["caveat"] or source == "eurostat_returns"
        assert ("Rounded to 5" in info["caveat"]) is source.startswith("eurostat")
