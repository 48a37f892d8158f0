"""Records as table and as JSON."""

import json
import math
from pathlib import Path

import jsonschema
import pandas as pd
import pytest

from geo.errors import InvalidInputError
from geo.stats import corridor_stats, from_frame, stats_records, to_frame, to_json

SCHEMA = Path(__file__).resolve().parents[3] / "geo" / "data" / "schemas" / "stats.schema.json"


@pytest.fixture(scope="module")
def check():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    return validator.validate


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"as_of": "2024-12-12"},
        {"as_of": "2024-12-12", "period": "2024"},
        {"measure": "dead_missing"},
        {"as_of": "2026-08-20"},
        {"as_of": "2020-01-01", "statistics": ["year_to_date_change", "rank"]},
        {"threshold": 10**6},
    ],
)
def test_json_holds_to_its_schema(counts, check, options):
    corridors = ["channel", "central_med", "western_balkans"]
    document = to_json(corridor_stats(counts, corridors, **options), command="routeways stats")
    check(document)
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["command"] == "routeways stats"


def test_json_says_what_the_series_is(counts):
    document = to_json(corridor_stats(counts, "western_balkans", as_of="2024-12-12"))
    corridor = document["corridors"][0]
    assert corridor["series"]["licence"] == "Frontex (not open; cited totals)"
    assert "detections" in corridor["series"]["caveat"].lower()
    assert (corridor["data_through"], document["as_of"]) == ("2024-11-30", "2024-12-12")
    assert document["known_on"] == "2026-08-04"


def test_json_writes_whole_numbers_as_such_and_no_nan(counts):
    document = to_json(corridor_stats(counts, "channel", as_of="2024-12-12"))
    results = {result["statistic"]: result for result in document["corridors"][0]["results"]}
    assert json.dumps(results["year_to_date"]["value"]) == "34582"
    assert results["year_to_date_change"]["value"] == 18.9
    assert results["total_change"]["value"] is None
    assert results["total_change"]["base_value"] == 0


def test_dates_that_differ_are_null_at_the_top(counts):
    document = to_json(corridor_stats(counts, ["channel", "western_balkans"]))
    assert document["as_of"] is None
    assert [corridor["as_of"] for corridor in document["corridors"]] == ["2026-08-20", "2026-06-30"]


def test_notes_travel_with_the_table(counts):
    stats = corridor_stats(counts, ["channel", "central_med"], as_of="2026-08-20")
    document = to_json(stats, notes=[{"corridor": "channel", "note": "a word"}])
    assert [note["corridor"] for note in document["notes"]] == ["central_med", "channel"]
    assert "data through 31 December 2025" in document["notes"][0]["note"]


def test_records_and_tables_hold_the_same(counts):
    records = stats_records(counts, "channel", as_of="2024-12-12")
    assert to_json(records) == to_json(corridor_stats(counts, "channel", as_of="2024-12-12"))
    again = from_frame(to_frame(records))
    for first, second in zip(records, again, strict=True):
        for name in ("statistic", "period_start", "known_on", "flags", "detail", "sentence"):
            assert getattr(first, name) == getattr(second, name)
        assert first.value == second.value or (math.isnan(first.value) and math.isnan(second.value))


def test_a_table_of_something_else_is_refused():
    with pytest.raises(InvalidInputError, match="Invalid table of statistics"):
        from_frame(pd.DataFrame({"value": [1]}))


def test_days_of_the_table_are_days(counts):
    stats = corridor_stats(counts, "channel")
    for name in ("period_start", "period_end", "as_of", "known_on", "against_start", "against_end"):
        assert pd.api.types.is_datetime64_any_dtype(stats[name])
    assert stats["value"].dtype == "float64"


def test_the_package_is_light_to_import():
    import subprocess
    import sys

    code = (
        "import sys, geo.stats, geo.stats.summary; "
        "heavy = {'geopandas', 'xarray', 'folium', 'matplotlib', 'skimage', 'networkx'} & set(sys.modules); "
        "sys.exit(', '.join(heavy) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=SCHEMA.parents[3])
    assert done.returncode == 0, done.stderr
