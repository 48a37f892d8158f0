"""How figures were revised, where a user sees it: the command, the statistics, the briefing."""

import csv
import io
import json
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

import geo
from geo.errors import NotCoveredError
from layers.brief import build_brief
from layers.cli import main
from layers.desk import dossier_map
from layers.dossier import Dossier, Options
from layers.revisions import changed_periods, read_revised, revised_text
from layers.tables import cell_text, range_text

SCHEMA = Path(geo.__file__).parent / "data" / "schemas" / "stats.schema.json"
SERIES = ("frontex", "detection_entry", "western_balkans")


def run(*words, code=0):
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == code, done.output + (str(done.exception) if done.exception else "")
    return done


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "home"
    monkeypatch.setenv("ROUTEWAYS_HOME", str(folder))
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A store of 13 vintages, read only."""
    folder = tmp_path_factory.mktemp("store")
    keep(13, folder)
    return folder


@pytest.fixture
def kept(store, monkeypatch):
    monkeypatch.setenv("ROUTEWAYS_HOME", str(store))


def keep(number, folder=None):
    """Keep vintages of a year and a half before the embedded one, their newest two months still short."""
    random = np.random.default_rng(7)
    rows = geo.read_counts(source="frontex")
    rows = rows[rows["corridor"] == "western_balkans"].sort_values("period_end")
    for back in range(number, 0, -1):
        held = rows.iloc[:-back].copy()
        for place in (-1, -2):
            shorter = np.exp(-0.05 + 0.04 * random.normal())
            held.iloc[place, held.columns.get_loc("value")] = np.round(held["value"].iloc[place] * shorter)
        published = held["period_end"].iloc[-1] + pd.Timedelta(days=35)
        geo.add_snapshot(held, published=published.date(), home=folder)


def test_a_user_with_vintages_gets_ranges_with_no_further_option(kept):
    document = json.loads(run("stats", "western_balkans", "--format", "json").stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    results = {one["statistic"]: one for one in document["corridors"][0]["results"]}
    total = results["total"]
    assert total["low"] < total["high"]
    assert total["interval"] == "90 % of past revisions"
    told = f"between {total['low']:,} and {total['high']:,} (90 % of past revisions, 14 vintages)."
    assert told in total["sentence"]
    assert results["year_to_date"]["high"] - results["year_to_date"]["low"] > 0
    assert results["rank"]["low"] is None
    uses = [one["use"] for one in document["vintages"]]
    assert (uses.count("figures"), uses.count("revisions")) == (1, 13)
    assert document["vintages"][-1]["sha256"] == "embedded"
    assert len(document["vintages"][0]["sha256"]) == 64
    words = f"{total['value']:,} detections ({total['low']:,}–{total['high']:,})"
    assert words in run("stats", "western_balkans").stdout
    assert words in run("stats", "western_balkans", "--format", "markdown").stdout
    row = next(csv.DictReader(io.StringIO(run("stats", "western_balkans", "--format", "csv").stdout)))
    assert (row["low"], row["high"]) == (str(total["low"]), str(total["high"]))


def test_what_was_known_earlier_rests_on_earlier_vintages_alone(kept):
    words = ("stats", "western_balkans", "--known-on", "2026-07-10", "--format", "json")
    document = json.loads(run(*words).stdout)
    total = document["corridors"][0]["results"][0]
    assert total["detail"]["revision_range"]["vintages"] == 13
    assert max(one["known_on"] for one in document["vintages"]) <= "2026-07-10"
    earlier = json.loads(run(*words[:3], "2026-06-10", *words[4:]).stdout)
    assert earlier["corridors"][0]["results"][0]["detail"]["revision_range"]["vintages"] == 12
    few = json.loads(run(*words[:3], "2026-05-10", *words[4:]).stdout)["corridors"][0]["results"][0]
    assert few["low"] is None
    assert few["detail"]["revision_range"] == {
        "refused": "11 vintages of the series are held; a range of past revisions needs at least 12"
    }


def test_the_embedded_figures_alone_name_their_vintage(home):
    document = json.loads(run("stats", "channel", "--as-of", "2024-12-12", "--format", "json").stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    assert document["vintages"] == [
        {
            "corridor": "channel",
            "source": "home_office_daily",
            "measure": "arrival",
            "basis": "provisional",
            "vintage": "embedded",
            "known_on": "2026-08-21",
            "sha256": "embedded",
            "use": "figures",
        }
    ]


def own_counts(folder, number=14, source="tally"):
    """Write own counts of many publication dates in one file."""
    random = np.random.default_rng(3)
    true = np.round(random.uniform(200, 900, number))
    rows = []
    for last in range(number):
        for place, month in enumerate(pd.period_range("2031-01", periods=last + 1, freq="M")):
            young = place > last - 1
            value = np.round(true[place] * (0.8 + 0.1 * random.random())) if young else true[place]
            rows.append(
                {
                    "source": source,
                    "corridor": "western_balkans",
                    "measure": "arrival",
                    "period_start": month.start_time.date(),
                    "period_end": month.end_time.date(),
                    "value": value,
                    "known_on": (pd.Period("2031-01") + last).end_time.date() + pd.Timedelta(days=9),
                    "flag": "preliminary" if young else "",
                }
            )
    file = folder / "own.csv"
    pd.DataFrame(rows).to_csv(file, index=False)
    return file


@pytest.mark.parametrize("beside", [False, True])
def test_own_counts_carry_ranges_beside_the_store_and_without_it(home, tmp_path, beside):
    if beside:
        keep(2)
    words = ("stats", "western_balkans", "--counts", own_counts(tmp_path), "--source", "tally")
    document = json.loads(run(*words, "--measure", "arrival", "--format", "json").stdout)
    total = document["corridors"][0]["results"][0]
    assert total["detail"]["revision_range"]["vintages"] == 14
    assert total["value"] < total["high"]
    assert {one["vintage"].split()[0] for one in document["vintages"]} == {"own.csv"}
    assert len({one["sha256"] for one in document["vintages"]}) == 1


def test_layers_say_which_vintages_they_rest_on(kept):
    stats = json.loads(run("export", "stats", "western_balkans").stdout)
    assert {one["use"] for one in stats["vintages"]} == {"figures", "revisions"}
    total = next(one["properties"] for one in stats["features"] if one["properties"]["statistic"] == "total")
    assert total["low"] < total["high"]
    legs = json.loads(run("export", "legs", "western_balkans").stdout)
    assert {one["use"] for one in legs["vintages"]} == {"figures"}
    assert {one["corridor"] for one in legs["vintages"]} == {"western_balkans"}
    assert json.loads(run("export", "corridors", "western_balkans").stdout)["vintages"] == []


def test_the_command_lays_a_series_out_by_vintage(kept):
    table = run("sources", "triangle", *SERIES).stdout
    assert "2026-06" in table
    assert "14 vintages of the series are held" in table
    document = json.loads(run("sources", "triangle", *SERIES, "--format", "json").stdout)
    assert len(document["published"]) == 14
    assert [one["period_start"] for one in document["ranges"]] == ["2026-05-01", "2026-06-01"]
    total = json.loads(run("stats", "western_balkans", "--format", "json").stdout)["corridors"][0]["results"][
        0
    ]
    assert (document["ranges"][1]["low"], document["ranges"][1]["high"]) == (total["low"], total["high"])
    written = run("sources", "triangle", *SERIES, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(written.stdout)))
    assert len(rows) == len(document["periods"])
    assert (rows[-1]["low"], rows[-4]["low"]) != ("", rows[-1]["low"])
    assert "note: 14 vintages" in written.stderr
    marked = run("sources", "triangle", *SERIES, "--format", "markdown", "--periods", "3").stdout
    assert marked.count("\n| 2026-") == 3


def test_the_triangle_is_drawn_and_written(home, tmp_path):
    keep(3)
    assert run("sources", "triangle", *SERIES, "--format", "svg").stdout.startswith("<svg")
    target = tmp_path / "revised.svg"
    told = run("sources", "triangle", *SERIES, "--format", "svg", "-o", target)
    assert "▲" in target.read_text()
    assert "a range of past revisions needs at least 12" in told.stderr
    early = run("sources", "triangle", *SERIES, "--known-on", "2026-07-10", "--format", "json").stdout
    assert len(json.loads(early)["published"]) == 3


def test_of_one_vintage_the_command_says_so_in_one_sentence(home):
    words = ("sources", "triangle", "home_office_daily", "arrival", "channel", "--by", "month")
    told = run(*words).stdout
    assert "One vintage of the series is held, published 21 August 2026, so nothing can be said" in told
    assert json.loads(run(*words, "--format", "json").stdout)["ranges"] == []
    assert "Invalid known_on '2020-01-01'" in run(*words, "--known-on", "2020-01-01", code=1).stderr
    assert "Invalid source" in run("sources", "triangle", "nobody", *SERIES[1:], code=2).stderr


def test_the_briefing_shows_ranges_and_how_figures_were_revised(kept):
    dossier = Dossier(Options(corridors=("western_balkans",)))
    page = build_brief(dossier, dossier_map(dossier))
    assert "How figures were revised" in page
    assert 'id="western_balkans-revisions' in page or "revised periods" in page
    total = next(one for one in dossier.records if one.statistic == "total")
    assert f"{range_text(total)} (90&#160;% of past revisions)" in page
    assert page.index("Of the ") < page.index("What the numbers are, and what they are not")
    assert f"Revisions so far suggest a settled figure between {total.low:,.0f}" in page


def test_a_briefing_of_what_was_never_revised_has_no_such_section(home):
    rows = geo.read_counts(source="frontex")
    geo.add_snapshot(rows[rows["corridor"] == "western_balkans"].iloc[:-1], published="2026-07-05")
    dossier = Dossier(Options(corridors=("western_balkans", "channel")))
    assert "How figures were revised" not in build_brief(dossier, dossier_map(dossier))


def test_a_revised_series_is_cut_at_the_data_date(home):
    keep(3)
    dossier = Dossier(Options(corridors=("western_balkans",), as_of=pd.Timestamp("2026-05-10").date()))
    page = build_brief(dossier, dossier_map(dossier))
    section = page[page.index('id="revisions"') : page.index('id="reading"')]
    assert "April 2026" in section
    assert "June 2026</th>" not in section


def test_a_refused_date_names_the_first_that_is_held():
    rows = geo.read_counts(source="frontex").assign(vintage="embedded")
    with pytest.raises(NotCoveredError, match=r"Invalid known_on '2020-01-01'\. The first figures of source"):
        read_revised(*SERIES, vintages=rows, known_on=pd.Timestamp("2020-01-01").date())


def test_a_period_is_changed_where_two_vintages_differ():
    triangle = pd.DataFrame({"a": [1.0, 2.0, np.nan], "b": [1.0, 2.5, 3.0]})
    assert changed_periods(triangle).tolist() == [False, True, False]


def test_days_are_named_and_revisions_sized(home):
    days = pd.date_range("2031-01-02", periods=3)
    rows = []
    for last, known_on in ((2, "2031-01-05"), (3, "2031-01-06")):
        for place, day in enumerate(days[:last]):
            value = (0, 5, 6)[place] if last == 2 else (4, 4, 6)[place]
            told = {"source": "tally", "corridor": "north", "measure": "arrival", "known_on": known_on}
            rows.append(told | {"period_start": day, "period_end": day, "value": value})
    from layers.revisions import _row

    table = geo.counts.check_counts(pd.DataFrame(rows))
    named = ["a"] * 2 + ["b"] * 3
    revised = read_revised("tally", "arrival", "north", vintages=table.assign(vintage=named))
    first, second, third = (_row(revised, revised.triangle, day) for day in days)
    assert (first["period"], first["first"]) == ("2 January 2031", "0 (5 January 2031)")
    assert (first["change"], second["change"], third["change"]) == ("from zero", "−20.0 %", "–")
    assert revised_text(revised, "markdown").count("\n| 2031-01-") == 3


@pytest.mark.parametrize(
    ("value", "low", "high", "unit", "words"),
    [
        (1302.0, 1130.0, 1470.0, "detections", "1,302 detections (1,130–1,470)"),
        (1.5, -2.0, 4.0, "persons", "1.5 persons (−2 to 4)"),
        (2.5, 1.25, 3.0, "%", "2.5 % (1.2–3.0)"),
        (float("nan"), 0.0, 50.0, "persons", "0–50 persons"),
        (float("nan"), float("nan"), float("nan"), "", "not available"),
        (7.0, float("nan"), float("nan"), "persons", "7 persons"),
    ],
)
def test_a_range_stands_beside_its_value(value, low, high, unit, words):
    from geo.stats import Stat

    day = pd.Timestamp("2031-01-01").date()
    stat = Stat("total", "north", value, unit, "arrival", "", "tally", day, day, day, day, low=low, high=high)
    assert cell_text(stat) == words
