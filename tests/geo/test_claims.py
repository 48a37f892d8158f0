"""Published sentences: what their numbers imply, what the figures say of them, and every fault of a file."""

import datetime as dt
import importlib.util
import io
import json
import math
from pathlib import Path

import jsonschema
import pytest
import yaml
from babel.messages import pofile
from hypothesis import given, settings
from hypothesis import strategies as st

from geo._claim_phrases import rounding
from geo._claim_rounding import judge, parse_printed
from geo.claims import Claim, check_claims, claims_document, read_claims
from geo.counts import check_counts, read_counts
from geo.errors import InvalidInputError, UnknownNameError
from geo.stats import parse_period, read_voice, stats_records

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def counts():
    return read_counts()


def claim(**fields):
    plain = {"id": "x", "text": "words", "source": "press", "corridor": "channel", "statistic": "total"}
    fields = {**plain, **fields}
    if isinstance(fields.get("period"), str):
        fields["period"] = parse_period(fields["period"])
    return Claim(**fields)


def verdict(counts, **fields):
    return check_claims([claim(**fields)], counts)[0]


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("34,500", 34_500, 100), ("34,582", 34_582, 1), ("34 500", 34_500, 100), ("34500", 34_500, 100),
        ("19 %", 19, 1), ("20 %", 20, 1), ("+19%", 19, 1), ("\u221226 per cent", -26, 1), ("18.9", 18.9, 0.1),
        ("18.90 %", 18.9, 0.01), ("1.8 m", 1_800_000, 100_000), ("2 million", 2_000_000, 100_000),
        ("250 thousand", 250_000, 10_000), ("1,000", 1_000, 100), ("600", 600, 10), ("609", 609, 1),
        ("50", 50, 1), ("0", 0, 1), ("178\u202f000", 178_000, 1_000),
    ],
)  # fmt: skip
def test_a_printed_number_implies_its_rounding(text, value, step):
    printed = parse_printed(text)
    assert (float(printed.value), float(printed.step)) == (value, step)


@pytest.mark.parametrize("text", ["", "about 34,500", "34,50", "1.2.3", "609 people", "NaN", "1e5", "٣"])
def test_what_is_no_printed_number_is_refused(text):
    with pytest.raises(InvalidInputError, match="Invalid value"):
        parse_printed(text)


@pytest.mark.parametrize(
    ("text", "figure", "qualifier", "holds"),
    [
        ("34,500", 34_550, "", True), ("34,500", 34_551, "", False), ("609", 609, "", True),
        ("609", 610, "", False), ("34,500", 34_582, "exactly", False), ("34,500", 34_500, "exactly", True),
        ("34,500", 34_600, "about", True), ("34,500", 34_601, "about", False),
        ("178,000", 177_900, "nearly", True), ("178,000", 178_000, "almost", False),
        ("178,000", 176_220, "almost", True), ("178,000", 176_219, "nearly", False),
        ("178,000", 178_010, "nearly", False), ("34,500", 34_500, "over", False),
        ("34,500", 34_501, "more than", True), ("34,500", 34_500, "at least", True),
        ("34,500", 34_499, "at least", False), ("34,500", 34_500, "at most", True),
        ("34,500", 34_501, "at most", False), ("34,500", 34_499, "fewer than", True),
        ("34,500", 34_500, "fewer than", False),
    ],
)  # fmt: skip
def test_qualifiers_are_judged_with_the_rounding(text, figure, qualifier, holds):
    assert judge(parse_printed(text), figure, qualifier=qualifier).holds is holds


@pytest.mark.parametrize(
    ("text", "figure", "qualifier", "holds"),
    [
        ("19 %", 18.879, "", True), ("19 %", 18.879, "exactly", True), ("31 %", 30.3, "", True),
        ("31 %", 30.3, "exactly", False), ("31 %", 29.9, "", False), ("30.5 %", 30.3, "", False),
        ("1 %", -0.0, "", False), ("-26 %", -26.4, "over", True), ("-26 %", -25.9, "over", False),
        ("-26 %", -25.9, "nearly", True), ("-26 %", 26.0, "", False),
    ],
)  # fmt: skip
def test_percentages_tolerate_one_whole_point_and_falls_speak_of_their_size(text, figure, qualifier, holds):
    assert judge(parse_printed(text), figure, qualifier=qualifier, percent=True).holds is holds


def test_what_is_true_but_not_close_or_tolerated_is_said():
    assert judge(parse_printed("30,000"), 34_582, qualifier="over").remark == "far"
    assert judge(parse_printed("34,500"), 34_582, qualifier="over").remark == ""
    assert judge(parse_printed("31 %"), 30.3, percent=True).remark == "tolerated"
    voice = read_voice()
    assert rounding(voice, parse_printed("18.9 %"), percent=True) == "to the nearest 0.1 points"
    assert rounding(voice, parse_printed("609")) == "exact"
    assert rounding(voice, parse_printed("1.8 m")) == "to the nearest 100,000"


def test_the_example_is_supported_at_its_own_dates(counts):
    found = {one.claim.id: one for one in check_claims(read_claims(), counts)}
    assert {one.verdict for one in found.values()} == {"supported"}
    assert found["year_passes_34500"].value == 34_582
    assert found["year_passes_34500"].difference == 82
    assert found["year_passes_34500"].rounding == "to the nearest 100"
    assert found["up_19_per_cent"].value == 18.9
    assert found["up_19_per_cent"].rounding == "to a whole point"
    assert found["friday_298"].value == 298
    assert all("published 21 August 2026" in one.sentence for one in found.values())


def test_the_busiest_december_day_is_contradicted_later_and_the_rest_stays(counts):
    found = {one.claim.id: one for one in check_claims(read_claims(), counts, as_of="2026-08-20")}
    day = found.pop("busiest_december_day")
    assert (day.verdict, day.value) == ("contradicted", 3)
    assert "it held up to 12 December 2024" in day.sentence
    assert {one.verdict for one in found.values()} == {"supported"}


@pytest.mark.parametrize("as_of", [None, "2026-08-20"])
@pytest.mark.parametrize(
    ("statistic", "value"), [("rank", "1"), ("record", "609"), ("record_same_month", "609")]
)
def test_rank_and_record_of_a_month_agree(counts, statistic, value, as_of):
    asked = claim(statistic=statistic, period="2024-12-12", value=value, month=12)
    found = check_claims([asked], counts, as_of=as_of)[0]
    assert found.verdict == ("contradicted" if as_of else "supported")


def test_other_bases_on_which_a_sentence_holds_are_named(counts):
    found = verdict(counts, period="2022", value="45,774")
    assert (found.verdict, found.value, found.difference) == ("contradicted", 45_755, -19)
    assert [other.text for other in found.elsewhere] == ["true on the final figures: 45,774"]
    assert "true on the final figures: 45,774" in found.sentence


def test_the_series_follows_from_basis_or_nationality(counts):
    final = verdict(counts, period="2022", value="45,774", basis="final")
    assert (final.verdict, final.source, final.basis) == ("supported", "home_office_detailed", "final")
    albania = verdict(counts, period="2022", value="12,658", nationality="ALB")
    assert (albania.verdict, albania.source) == ("supported", "home_office_detailed")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"statistic": "threshold_date", "period": "2024-12-12", "value": "34,500"}, "supported"),
        ({"statistic": "threshold_date", "period": "2024-12-10", "value": "34,500"}, "contradicted"),
        ({"statistic": "threshold_date", "period": "2024-12", "value": "34,500"}, "supported"),
        ({"statistic": "threshold_date", "period": "2024-12-20", "value": "34,500"}, "contradicted"),
        ({"statistic": "since", "period": "2024-07-05/2024-12-31", "value": "23,242"}, "supported"),
        ({"statistic": "per_boat", "period": "2024", "value": "53"}, "supported"),
        ({"statistic": "record", "period": "2022-08-22", "value": "1,137"}, "contradicted"),
        ({"statistic": "highest_since", "period": "2024-12-12",
          "value": "609", "against": "2024-10"}, "supported"),
        ({"statistic": "highest_since", "period": "2024-12-12",
          "value": "609", "against": "2024-01"}, "contradicted"),
        ({"statistic": "highest_since", "period": "2022-09-03",
          "value": "1,305", "against": "2022"}, "contradicted"),
        ({"statistic": "total_change", "period": "2024-12",
          "against": "2023-12", "value": "1 %"}, "contradicted"),
        ({"corridor": "western_balkans", "statistic": "year_to_date_change", "period": "2024-01/2024-11",
          "value": "-79 %"}, "supported"),
    ],
)  # fmt: skip
def test_further_statistics(counts, fields, expected):
    assert verdict(counts, **fields).verdict == expected


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"period": "2017", "value": "3"}, "1 January 2018"),
        ({"period": "2027", "value": "3"}, "20 August 2026"),
        ({"period": "2024-12", "value": "3", "as_of": dt.date(2024, 12, 12)}, "not over"),
        ({"period": "2024", "value": "3", "place": "LY"}, "none of that name"),
        ({"period": "2024", "value": "3", "known_on": dt.date(2024, 1, 1)}, "published on"),
        ({"statistic": "year_to_date_change", "period": "2018-12-31", "value": "3 %"}, "because"),
        ({"corridor": "western_balkans", "period": "2024-12-12", "value": "3"}, "2024-11-30"),
    ],
)  # fmt: skip
def test_what_the_figures_do_not_say_is_not_checkable_with_the_reason(counts, fields, why):
    found = verdict(counts, **fields)
    assert found.verdict == "not checkable"
    assert math.isnan(found.value)
    assert why in found.sentence


def test_a_sentence_to_date_is_not_asked_before_its_own_date(counts):
    asked = claim(statistic="year_to_date", value="34,582", as_of=dt.date(2024, 12, 12))
    assert check_claims([asked], counts)[0].verdict == "supported"
    assert check_claims([asked], counts, as_of="2026-08-20")[0].verdict == "supported"
    dated = claim(statistic="year_to_date", value="34,582", period="2024-12-12")
    assert "not over" in check_claims([dated], counts, as_of="2024-12-01")[0].sentence
    year = claim(statistic="year_to_date", value="34,582", period="2024", as_of=dt.date(2024, 12, 12))
    assert check_claims([year], counts)[0].verdict == "supported"
    assert "after the data date" in check_claims([asked], counts, as_of="2024-12-01")[0].sentence


@pytest.mark.parametrize(
    ("value", "flag", "word"), [(None, "", "not published"), (None, "suppressed", "withheld")]
)
def test_missing_and_suppressed_figures_are_not_checkable(value, flag, word):
    import pandas as pd

    rows = [("2031-01-01", "2031-01-31", 12.0, ""), ("2031-02-01", "2031-02-28", value, flag),
            ("2031-03-01", "2031-03-31", 9.0, "")]  # fmt: skip
    table = pd.DataFrame(rows, columns=["period_start", "period_end", "value", "flag"])
    table = check_counts(table.assign(source="tally", corridor="north", measure="arrival", basis="final"))
    asked = claim(corridor="north", figures="tally", measure="arrival", period="2031-02", value="1")
    found = check_claims([asked], table, "north")[0]
    assert found.verdict == "not checkable", word


def test_unknown_corridors_and_figures_are_told_together(counts):
    wrong = [claim(id="a", corridor="chanel", period="2024", value="1"),
             claim(id="b", figures="frontx", period="2024", value="1")]  # fmt: skip
    with pytest.raises(InvalidInputError, match="2 faults") as told:
        check_claims(wrong, counts)
    assert "Did you mean 'channel'" in str(told.value)
    assert "Did you mean 'frontex'" in str(told.value)
    with pytest.raises(InvalidInputError, match="Invalid as_of"):
        check_claims([], counts, as_of="soon")


STATISTICS = ("total", "year_to_date", "year_to_date_change", "last_7_days", "rank", "rank_same_month")


@settings(max_examples=40, deadline=None)
@given(
    statistic=st.sampled_from(STATISTICS),
    day=st.dates(min_value=dt.date(2020, 1, 1), max_value=dt.date(2026, 8, 20)),
    zeros=st.integers(0, 3),
)  # fmt: skip
def test_a_sentence_made_from_the_figure_at_its_own_rounding_is_supported(counts, statistic, day, zeros):
    dated = {} if statistic in {"year_to_date", "year_to_date_change", "last_7_days"} else {"period": day}
    stat = stats_records(counts, "channel", statistics=[statistic], as_of=day, **dated)[0]
    if math.isnan(stat.value):
        return
    if statistic.endswith("_change"):
        value = f"{stat.detail['exact']:.{zeros % 3}f} %"
    elif statistic.startswith("rank"):
        value = f"{stat.value:.0f}"
    else:
        keep = min(zeros, max(0, len(f"{stat.value:.0f}") - 2))
        value = f"{round(stat.value / 10**keep) * 10**keep:,.0f}"
    found = verdict(counts, statistic=statistic, period=day.isoformat(), value=value)
    assert found.verdict == "supported", found.sentence


def test_the_json_form_holds_no_nan_and_days_as_text(counts):
    verdicts = [verdict(counts, period="2017", value="3"), *check_claims(read_claims(), counts)]
    text = json.dumps(claims_document(verdicts, command="routeways check"), allow_nan=False)
    document = json.loads(text)
    assert document["counted"] == {"supported": 5, "contradicted": 0, "not checkable": 1}
    assert document["verdicts"][0]["value"] is None
    assert document["verdicts"][1]["claim"]["period"] == "2024-12-12/2024-12-12"
    assert document["command"] == "routeways check"


def verdicts_schema():
    return json.loads(
        (ROOT / "geo" / "data" / "schemas" / "verdicts.schema.json").read_text(encoding="utf-8")
    )


def test_the_json_form_is_the_one_that_its_schema_describes(counts):
    asked = [
        *read_claims(),
        claim(period="2017", value="3"),
        claim(period="2022", value="45,774"),
        claim(statistic="threshold_date", period="2024-12-20", value="34,500"),
        claim(statistic="threshold_date", period="2024-12-20", value="60,000"),
        claim(statistic="year_to_date_change", period="2024-12-12", value="31 %", against="2023"),
        claim(corridor="western_balkans", period="2023", value="100,000", figures="frontex", month=None),
    ]
    for dates in ({}, {"as_of": "2026-08-20"}, {"known_on": "2024-12-13"}):
        document = claims_document(check_claims(asked, counts, **dates), command="routeways check")
        text = json.dumps(document, allow_nan=False)
        jsonschema.Draft202012Validator(verdicts_schema()).validate(json.loads(text))
    document["verdicts"][0]["value"] = 5
    assert not jsonschema.Draft202012Validator(verdicts_schema()).is_valid(document)


def test_every_verdict_speaks_the_language_of_a_catalogue(counts, tmp_path):
    spec = importlib.util.spec_from_file_location("build_catalogue", ROOT / "tools" / "build_catalogue.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    catalogue = pofile.read_po(io.BytesIO(tool.build()), locale="fr")
    for message in catalogue:
        if not message.id:
            continue
        if message.pluralizable:
            message.string = tuple(f"«{text}»" for text in message.id)
        else:
            message.string = message.id if message.context else f"«{message.id}»"
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "routeways.po").open("wb") as file:
        pofile.write_po(file, catalogue)
    asked = [
        *read_claims(),
        claim(period="2017", value="3"),
        claim(period="2022", value="45,774"),
        claim(statistic="threshold_date", period="2024-12-20", value="60,000"),
        claim(statistic="year_to_date_change", period="2024-12-12", value="18 %"),
        claim(period="2024-12", value="3", as_of=dt.date(2024, 12, 12)),
        claim(period="2024", value="3", sex="female"),
    ]
    found = check_claims(asked, counts, as_of="2026-08-20", language="fr", catalogues=tmp_path)
    assert all(one.sentence.startswith("«") for one in found)
    assert all(one.rounding.startswith("«") for one in found)
    said = " ".join(one.sentence for one in found)
    for words in ("«Supported: ", "«Contradicted: ", "«Not checkable: ", "«rank 3»", "«it held up to 12 d",
                  "«true on the final figures: ", "«within the one point", "«not reached»", "«no figures are",
                  "«rank 3» (the sentence: "):  # fmt: skip
        assert words in said, words
    assert "«" not in check_claims(asked, counts)[0].sentence
    with pytest.raises(UnknownNameError, match="Invalid language 'xx'"):
        check_claims(asked, counts, language="xx")


def people(**columns):
    import pandas as pd

    rows = pd.DataFrame([("", "", 30.0), ("female", "", 10.0), ("female", "under 18", 4.0)])
    rows = rows.set_axis(["sex", "age_group", "value"], axis=1)
    told = {"source": "tally", "corridor": "north", "measure": "arrival", "basis": "final"}
    return check_counts(rows.assign(**told, period_start="2031-01-01", period_end="2031-01-31", **columns))


@pytest.mark.parametrize(
    ("where", "value"),
    [({}, "30"), ({"sex": "female"}, "10"), ({"sex": "female", "age_group": "under 18"}, "4")],
)
def test_a_sentence_may_be_about_one_sex_and_age_group(where, value):
    asked = claim(
        corridor="north", figures="tally", measure="arrival", period="2031-01", value=value, **where
    )
    found = check_claims([asked], people(), "north")[0]
    assert (found.verdict, found.value) == ("supported", float(value))
    other = claim(
        corridor="north", figures="tally", measure="arrival", period="2031-01", value="1", sex="male"
    )
    told = check_claims([other], people(), "north")[0]
    assert told.sentence == "Not checkable: no figures are held of sex 'male' alone."


def test_the_filters_of_people_are_read_from_both_forms(tmp_path):
    entry = {**GOOD, "where": {"sex": "female", "age_group": "18 to 24"}}
    header = "id,text,source,corridor,statistic,period,value,sex,age_group\n"
    row = "a,t,s,channel,total,2024,1,female,18 to 24\n"
    assert read_claims(written(tmp_path, document(entry))) == read_claims(
        written(tmp_path, header + row, "claims.csv")
    )
    with pytest.raises(InvalidInputError, match="Did you mean 'female'"):
        read_claims(written(tmp_path, document({**GOOD, "where": {"sex": "femal"}})))


def written(tmp_path, text, name="claims.yaml"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


GOOD = {"id": "a", "text": "t", "source": "s", "corridor": "channel", "statistic": "total", "period": "2024",
        "value": "1"}  # fmt: skip


def document(*entries):
    return yaml.safe_dump({"schema_version": 1, "claims": list(entries)})


def test_yaml_and_csv_say_the_same(tmp_path, counts):
    entry = {**GOOD, "value": "34,500", "qualifier": "over", "where": {"basis": "provisional"}}
    header = "id,text,source,corridor,statistic,period,value,qualifier,basis,nationality\n"
    row = 'a,t,s,channel,total,2024,"34,500",over,provisional,\n'
    assert read_claims(written(tmp_path, document(entry))) == read_claims(
        written(tmp_path, "\ufeff" + header + row, "claims.csv")
    )


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"statistic": "totl"}, "Did you mean 'total'"),
        ({"measure": "arival"}, "Did you mean 'arrival'"),
        ({"where": {"basis": "finale"}}, "Did you mean 'final'"),
        ({"where": {"colour": "red"}}, "colour"),
        ({"where": {"month": "13"}}, "where.month"),
        ({"where": {"month": "12"}}, "only rank and record"),
        ({"statistic": "rank", "period": "2024-11-12", "where": {"month": "12"}}, "does not lie in month 12"),
        ({"value": "many"}, "Invalid value 'many'"),
        ({"value": "19 %"}, "not in per cent"),
        ({"qualifier": "roughly"}, "'roughly' must be one of: exactly"),
        ({"period": "2024-13"}, "not in the calendar"),
        ({"period": ""}, "needs a period"),
        ({"statistic": "year_to_date", "period": ""}, "needs a period or as_of"),
        ({"against": "2023"}, "only changes"),
        ({"statistic": "total_change", "against": "then"}, "Invalid period 'then'"),
        ({"as_of": "12 December"}, "as_of"),
        ({"as_of": "2023-01-01"}, "before the period begins"),
        ({"known_on": "2024-02-30"}, "Invalid known_on"),
        ({"id": "a b"}, "field 'id'"),
        ({"colour": "red"}, "colour"),
        ({"text": ""}, "'text' is a required property"),
        ({"text": ["x"]}, "field 'text'"),
    ],
)  # fmt: skip
def test_a_fault_names_the_claim_and_the_field(tmp_path, change, says):
    with pytest.raises(InvalidInputError, match=r"claims file 'claims\.yaml'") as told:
        read_claims(written(tmp_path, document({**GOOD, **change})))
    assert says in str(told.value)
    assert "claim 1" in str(told.value)


def test_all_faults_are_told_at_once(tmp_path):
    faulty = [{**GOOD, "statistic": "x"}, {**GOOD, "value": "x"}, GOOD]
    with pytest.raises(InvalidInputError, match="3 faults") as told:
        read_claims(written(tmp_path, document(*faulty)))
    assert "id is used 3 times" in str(told.value)


@pytest.mark.parametrize(
    ("text", "name", "says"),
    [
        ("a: [", "c.yaml", "not readable YAML"),
        ("schema_version: 1\nclaims:\n- id: a\n  id: b\n", "c.yaml", "given twice"),
        ("[" * 5000, "c.yaml", "not readable YAML"),
        ("a: &x [1]\nb: *x\n", "c.yaml", "write values out"),
        (b"\xff\xfe\x00", "c.yaml", "not UTF-8"),
        ("", "c.yaml", "1 fault"),
        ("schema_version: 1\nclaims: []\n", "c.yaml", "1 fault"),
        ("schema_version: 1\nclaims: [x]\n", "c.yaml", "claim 1"),
        ("", "c.csv", "It is empty"),
        ('id,text\n"a', "c.csv", "not readable CSV"),
        ("id,txt\na,b\n", "c.csv", "row 1: Invalid column 'txt'"),
        ("id,id\na,b\n", "c.csv", "given twice"),
        ("id,value\na,34,500\n", "c.csv", "quote '34,500'"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused(tmp_path, text, name, says):
    with pytest.raises(InvalidInputError, match="Invalid claims file") as told:
        read_claims(written(tmp_path, text, name))
    assert says in str(told.value)


def test_a_missing_file_and_an_unknown_ending_are_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="cannot be read"):
        read_claims(tmp_path / "none.yaml")
    with pytest.raises(UnknownNameError, match="ending of a claims file"):
        read_claims(tmp_path / "none.txt")


def test_the_schema_is_a_schema_and_holds_the_example():
    from geo._claim_files import _schema

    jsonschema.Draft202012Validator.check_schema(_schema())
