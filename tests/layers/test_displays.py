import dataclasses
import datetime as dt
import math
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

import geo
import layers
from geo.claims import Verdict
from geo.errors import InvalidInputError
from geo.stats import FlowAssumptions, Stat, parse_period, to_frame
from layers.displays import Shown, show
from layers.dossier import Dossier, Options

DAY = dt.date(2024, 12, 12)


def _stat(**changes):
    fields = {
        "statistic": "year_to_date", "corridor": "strait", "value": 12_345.0, "unit": "persons",
        "measure": "arrival", "basis": "", "source": "tally", "period_start": dt.date(2024, 1, 1),
        "period_end": DAY, "as_of": DAY, "known_on": dt.date(2024, 12, 20), "sentence": "12,345 arrived.",
    }  # fmt: skip
    return Stat(**fields | changes)


def _verdict(text="19 % more."):
    claim = dataclasses.replace(geo.read_claims()[0], text=text)
    return Verdict(claim, "supported", value=19.0, unit="%", figure="+19 %", why="It holds.")


def _tree(shown):
    return ET.fromstring(shown._repr_html_())


def _scopes(shown):
    return {head.get("scope") for head in _tree(shown).iter("th")}


def test_statistics_show_sentence_value_and_period():
    shown = show(to_frame([_stat()], notes=[{"corridor": "strait", "note": "Counted by hand."}]))
    (table,) = shown.tables
    series, *dates = table.caption.split("; ")
    assert series == "strait: People who reached the territory or were brought ashore, tally"
    assert dates == ["data through 12 December 2024", "published by 20 December 2024"]
    assert table.head == ("Statistic", "Value", "Period", "In words")
    assert table.rows == (
        ("Year to date", "12,345 persons", "1 January 2024 to 12 December 2024", "12,345 arrived."),
    )
    assert shown.notes == ("strait: Counted by hand.",)
    assert _scopes(shown) == {"col", "row"}
    assert "12,345 persons" in repr(shown)


def test_intervals_are_named_where_there_are_any():
    shown = show([_stat(low=12_000.0, high=13_000.0, interval="95 % confidence"), _stat()])
    assert shown.tables[0].head[2] == "Interval"
    assert shown.tables[0].rows[0][1:3] == ("12,345 persons (12,000–13,000)", "95 % confidence")
    assert shown.tables[0].rows[1][2] == ""


def test_what_is_not_available_is_no_zero():
    shown = show(_stat(value=math.nan, flags=("unavailable",), known_on=None, statistic="own_measure"))
    assert shown.tables[0].rows[0][:2] == ("own_measure", "not available")
    assert "published" not in shown.tables[0].caption
    assert show(_stat(measure="own")).tables[0].caption.startswith("strait: tally own; ")


def test_verdicts_show_both_figures_and_are_counted():
    shown = show([_verdict(), _verdict()])
    assert [row[3] for row in shown.tables[0].rows] == ["Supported", "Supported"]
    assert shown.notes == ("2 supported, 0 contradicted, 0 not checkable.",)
    assert show(_verdict()).tables[0].head[0] == "Sentence"


def test_ranges_tell_open_ends_and_missing_ones(make):
    ranges = make.figures(sentence="So it is.").assign(label="x", n_legs_sharing=1)
    ranges.loc["leg_1", "high"] = math.inf
    ranges.loc["leg_3", ["low", "high"]] = [1_000.0, 2_000.0]
    told = [row[1] for row in show(ranges).tables[0].rows]
    assert told == ["10,000 persons", "0 or more persons", "not bounded", "1,000–2,000 persons"]


def test_what_changed_comes_with_its_summary(make):
    before, after = make.counts(values=(1, 2)), make.counts(values=(1, 3, 4))
    rows = pd.DataFrame(
        {"change": ["revised"], "value_before": [2.0], "value_after": [3.0], "difference": [1.0]}
    )
    rows.attrs = {
        "summary": [{"source": "tally", "compared": len(before), "added": len(after) - 2}],
        "warnings": ["!"],
    }
    shown = show(rows)
    assert [table.caption for table in shown.tables] == [
        "What changed, by series: 1 row",
        "Changed figures: 1 row",
    ]
    assert shown.tables[0].rows == (("tally", "2", "1"),)
    assert shown.notes == ("!",)


def test_a_dossier_shows_its_corridors_by_title_and_its_claims(tmp_path):
    claims = tmp_path / "claims.yaml"
    claims.write_text(
        "schema_version: 1\nclaims:\n- {id: a, text: '34,582 by 12 December', source: press, "
        "corridor: channel, statistic: year_to_date, value: 34582, as_of: 2024-12-12}\n"
    )
    shown = show(Dossier(Options(corridors=("channel",), as_of=DAY, claims=claims)), most=2)
    assert shown.tables[0].caption.startswith("English Channel: Small-boat arrivals")
    assert shown.tables[-1].rows[0][3] == "Supported"
    assert len(shown.tables[0].rows) == 2
    assert any("more rows are not shown" in note for note in shown.notes)
    plain = show(Dossier(Options(corridors=("channel",), as_of=DAY)))
    assert len(plain.tables) == 1


def test_other_tables_show_without_their_shapes():
    frame = gpd.GeoDataFrame({"n_beds": [4]}, geometry=[Point(0, 0)], index=pd.Index(["a"], name="camp"))
    (table,) = show(frame).tables
    assert (table.caption, table.head, table.rows) == ("Table: 1 row", ("camp", "n beds"), (("a", "4"),))
    assert table.numbers == {1}
    assert show(pd.DataFrame({"a": ["x"]})).tables[0].head == ("a",)
    assert show(pd.DataFrame({"a": range(50)})).notes == ("10 more rows are not shown.",)


def test_records_show_their_fields():
    assert show(parse_period("2024")).tables[0].caption == "Period"
    assert ("leak share", "0.5") in show(FlowAssumptions()).tables[0].rows
    assert [table.caption for table in show([parse_period("2024"), FlowAssumptions()]).tables] == [
        "Period",
        "FlowAssumptions",
    ]
    shown = show(parse_period("2024"))
    assert show(shown) is shown


@pytest.mark.parametrize("wrong", [3, [], "channel", [1, 2], None])
def test_what_is_no_result_is_refused_by_kind(wrong):
    with pytest.raises(InvalidInputError, match=rf"Invalid result '{type(wrong).__name__}'. Show takes"):
        show(wrong)


def test_hostile_text_stays_text_in_every_form(make):
    for payload in (*make.payloads, "$x$ | *y* [z](http://a)", "\x1b[31mred"):
        results = [
            to_frame(
                [_stat(sentence=payload, corridor=payload, unit=payload, interval=payload, low=1.0, high=2.0)]
            ),
            [_verdict(payload)],
            pd.DataFrame({payload: [payload]}, index=pd.Index([payload], name=payload)),
            make.figures(unit=payload, sentence=payload).assign(label=payload, n_legs_sharing=1),
            FlowAssumptions(sources={"leak_share": payload}),
        ]
        for shown in map(show, results):
            html, markdown, text = shown._repr_html_(), shown._repr_markdown_(), repr(shown)
            ET.fromstring(html)
            for mark in ("{{", "{%", "{#", "${", "`", "<img", "<script", "<svg", "$x", "\x1b"):
                assert mark not in html
            assert "mathjax_ignore" in html
            assert "<img" not in markdown
            assert "<script" not in markdown
            assert "[z](" not in markdown
            assert "\x1b" not in text


def test_both_are_public():
    assert layers.show is show
    assert isinstance(layers.show(parse_period("2024")), Shown)


def test_every_row_of_markdown_has_as_many_cells_as_its_head():
    text = show([_stat(sentence="a | b"), _stat()])._repr_markdown_()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in rows}) == 1
    assert show(parse_period("2024"))._repr_markdown_().count("| start |") == 1
