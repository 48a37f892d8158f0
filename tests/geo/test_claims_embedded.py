"""Sentences in the forms that briefings use, true and false, held against the embedded figures.

Every expected figure was recomputed from the rows with pandas sums, ranks and runs alone.
"""

import pytest
import yaml

from geo.claims import Claim, check_claims, read_claims
from geo.counts import read_counts
from geo.stats import parse_period

ITALY_BY_ORIGIN = {"corridor": "central_med", "figures": "italy_ministry_departures"}
IOM_DEATHS = {"corridor": "central_med", "figures": "iom_missing_migrants", "measure": "dead_missing"}
FRONTEX = {"corridor": "central_med", "figures": "frontex", "measure": "detection_entry"}
CROATIA = {"corridor": "western_balkans", "figures": "croatia_interior", "measure": "illegal_entry"}
IOM = {"corridor": "western_balkans", "figures": "iom_western_balkans", "measure": "registration"}
ITALY, BALKANS = {"corridor": "central_med"}, {"corridor": "western_balkans"}
LAST_YEAR = {**BALKANS, "against": "2025-01/2025-06"}
CHANGE = "year_to_date_change"
YES, NO, OPEN = "supported", "contradicted", "not checkable"


@pytest.fixture(scope="module")
def counts():
    return read_counts()


@pytest.mark.parametrize(
    ("statistic", "period", "value", "more", "verdict", "figure"),
    [
        (CHANGE, "2025-06-21", "48 %", {"against": "2024"}, NO, "+45.5 %"),
        (CHANGE, "2024", "25 %", {"against": "2023"}, YES, "+25.1 %"),
        (CHANGE, "2024", "-20 %", {"against": "2022"}, YES, "−19.5 %"),
        ("per_boat", "2024", "53", {}, YES, "52.97"),
        ("per_boat", "2023", "49", {}, YES, "48.90"),
        ("since", "2024-07-05/2024-12-31", "23,242", {"qualifier": "exactly"}, YES, "23,242"),
        ("longest_run_without", "2025", "28", {}, YES, "28"),
        ("rank", "2024", "3", {}, NO, "rank 2"),
        ("rank", "2025", "2", {}, YES, "rank 2"),
        ("record", "2022-09-03", "1,305", {}, YES, "1,305"),
        ("threshold_date", "2024-09-22", "25,000", {}, YES, "25,000"),
        ("total", "2022", "45,774", {}, NO, "45,755"),
        ("total", "2022", "45,774", {"basis": "final"}, YES, "45,774"),
        ("total", "2022", "12,658", {"nationality": "ALB"}, YES, "12,658"),
        ("total", "2024", "700", {"measure": "boat", "qualifier": "fewer than"}, YES, "695"),
        ("total", "2024", "694", {"measure": "boat", "qualifier": "at most"}, NO, "695"),
        ("total", "2022", "5", {"measure": "boat_uncontrolled"}, OPEN, ""),
        ("last_12_months", "2024-06-30", "31,493", {}, YES, "31,493"),
        ("last_12_months_change", "2024-06-30", "-29 %", {}, YES, "−29.1 %"),
        ("month_to_date", "2024-12-12", "1,000", {"qualifier": "nearly"}, NO, "1,020"),
        ("days_with_arrivals", "2024", "160", {"qualifier": "about"}, NO, "151"),
        ("same_point", "2024-07-31", "14,732", {"against": "2023"}, YES, "14,732"),
        ("highest_since", "2025-12-20", "803", {"against": "2025-10-08"}, YES, "803"),
        ("rank", "2025-12-20", "1", {"month": 12}, YES, "rank 1"),
        ("record", "2024-12", "3,254", {"month": 12}, YES, "3,254"),
        (CHANGE, "2024", "-58 %", {**ITALY, "against": "2023"}, YES, "−57.9 %"),
        ("total", "2024", "66,317", {**ITALY, "qualifier": "exactly"}, YES, "66,317"),
        ("total", "2024", "66,617", ITALY, NO, "66,317"),
        ("total", "2023", "157,000", {**ITALY, "qualifier": "over"}, YES, "157,652"),
        ("rank", "2023", "2", ITALY, NO, "rank 1"),
        ("highest_since", "2023", "157,652", {**ITALY, "against": "2017"}, NO, "157,652"),
        ("highest_since", "2023", "157,652", {**ITALY, "against": "2016"}, OPEN, ""),
        ("total", "2017-09", "6,000", ITALY, OPEN, ""),
        ("total", "2025", "66,600", {**FRONTEX, "qualifier": "almost"}, YES, "66,551"),
        ("total", "2025", "58,408", {**ITALY_BY_ORIGIN, "place": "LY"}, YES, "58,408"),
        ("total", "2024", "1,810", {**IOM_DEATHS, "qualifier": "at least"}, YES, "1,810"),
        (CHANGE, "2024", "-78 %", {**BALKANS, "against": "2023"}, YES, "−78.3 %"),
        ("total", "2024", "21,520", BALKANS, YES, "21,525"),
        ("lowest_since", "2025", "12,526", {**BALKANS, "against": "2018"}, YES, "12,526"),
        ("total", "2022-01/2022-10", "128,438", BALKANS, NO, "125,349"),
        ("record", "2015-10", "200,000", {**BALKANS, "qualifier": "over"}, YES, "205,703"),
        ("total_change", "2026-01/2026-06", "-17 %", LAST_YEAR, NO, "−22.3 %"),
        ("total", "2015", "1 million", {**BALKANS, "qualifier": "almost"}, NO, "764,033"),
        ("total", "2024-12-12", "20", BALKANS, OPEN, ""),
        ("total", "2023", "69,726", {**CROATIA, "place": "HR"}, YES, "69,726"),
        ("total", "2022", "27,400", {**IOM, "place": "BA"}, YES, "27,429"),
    ],
)  # fmt: skip
def test_a_sentence_is_judged_as_by_hand(counts, statistic, period, value, more, verdict, figure):
    plain = {"id": "x", "text": "words", "source": "press", "corridor": "channel"}
    asked = Claim(**{**plain, "statistic": statistic, "period": parse_period(period), "value": value, **more})
    found = check_claims([asked], counts)[0]
    assert (found.verdict, found.figure) == (verdict, figure), found.sentence


def test_what_another_source_says_is_named(counts):
    asked = Claim("x", "t", "press", "central_med", "total", "66,617", period=parse_period("2024"))
    text = "true on the figures of People landed in Italy by sea, by country of departure: 66,617"
    assert [other.text for other in check_claims([asked], counts)[0].elsewhere] == [text]


def test_a_month_that_was_published_with_another_says_so(counts):
    asked = Claim(
        "x", "x", "press", "central_med", "total", period=parse_period("2017-09"), value="6,282",
        figures="italy_ministry",
    )  # fmt: skip
    verdict = check_claims([asked], counts)[0]
    assert verdict.verdict == OPEN
    assert "only one figure was published for September to October 2017 together" in verdict.why


@pytest.mark.parametrize(
    ("fields", "verdict"),
    [
        ({"statistic": "share", "where": {"nationality": "ALB"}, "value": "28 %"}, "supported"),
        ({"statistic": "share_of_recorded", "where": {"nationality": "ALB"}, "value": "28 %"}, "supported"),
        (
            {"statistic": "share_of_recorded", "where": {"nationality": "AFG"}, "value": "35 %"},
            "contradicted",
        ),
        ({"statistic": "top_five_share", "value": "77 %"}, "supported"),
        (
            {"statistic": "share_of_recorded", "where": {"nationality": "FRA"}, "value": "1 %"},
            "not checkable",
        ),
        (
            {"statistic": "share", "where": {"nationality": "ALB"}, "value": "28 %", "period": "2025"},
            "not checkable",
        ),
    ],
)
def test_shares_of_nationalities_as_the_press_prints_them(tmp_path, fields, verdict):
    claim = {"id": "a", "text": "t", "source": "press", "corridor": "channel", "period": "2022", **fields}
    path = tmp_path / "claims.yaml"
    path.write_text(yaml.safe_dump({"schema_version": 1, "claims": [claim]}), encoding="utf-8")
    assert check_claims(read_claims(path), read_counts())[0].verdict == verdict
