"""What the statistics say of the embedded figures, held against published and counted figures."""

import math

import numpy as np
import pandas as pd
import pytest

from geo.errors import NotCoveredError
from geo.stats import corridor_stats


@pytest.fixture(scope="module")
def stat(counts):
    """Return one statistic."""

    def find(corridor, name, **options):
        return corridor_stats(counts, corridor, statistics=[name], **options).loc[(corridor, name)]

    return find


@pytest.mark.parametrize(
    ("corridor", "name", "options", "value"),
    [
        ("channel", "total", {"as_of": "2024-12-12"}, 609),
        ("channel", "year_to_date", {"as_of": "2024-12-12"}, 34582),
        ("channel", "same_point", {"as_of": "2024-12-12"}, 29090),
        ("channel", "year_to_date_change", {"as_of": "2024-12-12"}, 18.9),
        ("channel", "rank_same_month", {"as_of": "2024-12-12"}, 1),
        ("channel", "rank_same_month", {"as_of": "2026-08-20", "period": "2024-12-12"}, 3),
        ("channel", "record_same_month", {"as_of": "2026-08-20", "period": "2024-12-12"}, 803),
        ("channel", "total", {"as_of": "2022-08-22"}, 1137),
        ("channel", "rank", {"as_of": "2022-08-22"}, 3),
        ("channel", "record", {}, 1305),
        ("channel", "since", {"as_of": "2024-12-31", "since": "2024-07-05"}, 23242),
        ("channel", "total", {"period": "2024-07-05/2024-12-31"}, 23242),
        ("channel", "total", {"period": "2024-01-01/2024-07-04"}, 13574),
        ("channel", "total", {"period": "2020"}, 8462),
        ("channel", "total", {"period": "2022"}, 45755),
        ("channel", "total", {"period": "2020", "source": "home_office_detailed"}, 8466),
        ("channel", "total", {"period": "2022", "basis": "final", "source": "home_office_detailed"}, 45774),
        ("channel", "rank", {"period": "2025"}, 2),
        ("channel", "current_run_without", {"as_of": "2025-12-12"}, 28),
        ("channel", "all_time", {"as_of": "2026-08-20"}, 208507),
        ("western_balkans", "year_to_date", {"as_of": "2024-12-12"}, 20595),
        ("western_balkans", "same_point", {"as_of": "2024-12-12"}, 97940),
        ("western_balkans", "year_to_date_change", {"as_of": "2024-12-12"}, -79.0),
        ("western_balkans", "total", {"period": "2025"}, 12526),
        ("central_med", "total", {"period": "2025"}, 66296),
        ("central_med", "total", {"period": "2024-01/2024-06", "source": "frontex"}, 25527),
        (
            "central_med",
            "total",
            {"period": "2025", "source": "italy_ministry_departures", "place": "DZ"},
            1812,
        ),
        (
            "central_med",
            "year_to_date",
            {"as_of": "2025-12-31", "source": "italy_ministry_nationality", "nationality": "NGA"},
            961,
        ),
        (
            "western_balkans",
            "total",
            {"source": "iom_western_balkans", "period": "2022", "place": "RS"},
            120883,
        ),
        ("western_balkans", "total", {"source": "iom_western_balkans", "period": "2024-01"}, 5359),
        ("western_balkans", "total", {"source": "slovenia_police", "place": "SI"}, 36137),
        ("channel", "total", {"measure": "dead_missing", "period": "2024"}, 85),
    ],
)
def test_figures(counts, stat, corridor, name, options, value):
    if (corridor, options.get("source")) == ("central_med", "frontex"):
        rows = counts[(counts["source"] == "frontex") & (counts["corridor"] == "central_med")]
        value = rows.loc[rows["period_start"].between("2024-01-01", "2024-06-01"), "value"].sum()
    assert stat(corridor, name, **options)["value"] == value


def test_the_day_that_was_the_highest_december_day_so_far(stat):
    found = stat("channel", "rank_same_month", as_of="2024-12-12")
    assert found["detail"]["previous_highest"]["value"] == 559
    assert found["detail"]["previous_highest"]["period"] == "2021-12-16"
    assert found["sentence"] == (
        "With 609 people, Thursday 12 December 2024 was the highest of all 198 December days up to then on "
        "these figures; the highest before was 559, on Thursday 16 December 2021. English Channel. Source: "
        "UK Home Office, on figures published 21 August 2026."
    )


def test_the_same_day_ranked_among_all_days_since(stat):
    found = stat("channel", "rank_same_month", as_of="2026-08-20", period="2024-12-12")
    assert [entry["value"] for entry in found["detail"]["above"]] == [803, 737]
    assert "third highest of all 248 December days up to 20 August 2026" in found["sentence"]
    assert "after 803 on Saturday 20 December 2025 and 737 on" in found["sentence"]
    assert "published_later" not in found["flags"]


def test_a_rank_on_a_truncated_vintage_is_never_called_a_record(counts):
    stats = corridor_stats(counts, "channel", as_of="2022-08-22")
    assert not stats["sentence"].str.contains("record", case=False).any()
    assert "published_later" in stats.loc[("channel", "rank"), "flags"]


def test_the_model_sentence(stat):
    assert stat("channel", "year_to_date_change", as_of="2024-12-12")["sentence"] == (
        "By Thursday 12 December 2024, 34,582 people had arrived by small boat in 2024, 18.9 % more than at "
        "the same point of 2023 (29,090). A week earlier the change would be +16.8 %; it would be −22.8 % "
        "against 2022: the sign flips. English Channel. Source: UK Home Office, on figures published 21 "
        "August 2026."
    )
    recent = stat("channel", "year_to_date", as_of="2026-08-20")["sentence"]
    assert recent.startswith("By Thursday 20 August 2026, 15,897 people had arrived by small boat this year.")
    assert "published" not in recent


def test_monthly_figures_stop_at_the_last_complete_month_and_say_why(stat):
    found = stat("western_balkans", "year_to_date_change", as_of="2024-12-12")
    assert {"whole_periods", "published_later"} <= set(found["flags"])
    assert found["sentence"] == (
        "From January to November 2024, 20,595 detections were recorded, 79.0 % fewer than from January to "
        "November 2023 (97,940). The figures are monthly: on 12 December 2024 the last complete month was "
        "November 2024. A month earlier the change would be −80.2 %; it would be −84.9 % against 2022. "
        "Western Balkans: EU re-entry detections, not people. Source: Frontex, European "
        "Border and Coast Guard Agency, on figures published 4 August 2026."
    )
    assert (found["period_end"], found["against_end"]) == (
        pd.Timestamp("2024-11-30"),
        pd.Timestamp("2023-11-30"),
    )


def test_a_pause_and_the_longer_one_before(stat):
    found = stat("channel", "longest_run_without", as_of="2025-12-12")
    assert (found["value"], found["detail"]["previous_longer_days"]) == (28, 48)
    assert found["detail"]["run"] == "2025-11-15/2025-12-12"
    assert found["detail"]["previous_longer"] == "2018-09-02/2018-10-19"


def test_last_year_the_figure_was_passed_on_22_september(stat):
    found = stat("channel", "threshold_date", as_of="2025-08-01", threshold=25000)
    assert found["detail"]["reached_on_before"] == "2024-09-22"
    assert "in 2024 it was reached on Sunday 22 September 2024" in found["sentence"]


def test_the_highest_since_and_its_day(stat):
    found = stat("channel", "highest_since", as_of="2024-12-12")
    assert (found["base_value"], found["against_start"]) == (647, pd.Timestamp("2024-10-18"))


def test_per_boat_is_the_sum_over_the_sum(stat, counts):
    found = stat("channel", "per_boat", period="2024")
    assert found["value"] == pytest.approx(36816 / 695)
    assert "53.0 people per boat (36,816 people, 695 boats)" in found["sentence"]
    assert stat("channel", "per_boat_change", period="2024")["value"] == 8.3


def test_months_that_stand_in_one_figure_have_none_of_their_own(stat):
    found = stat("central_med", "total", period="2017-09")
    assert math.isnan(found["value"])
    assert found["flags"] == ("unavailable", "coarse")
    assert stat("central_med", "total", period="2017-01/2017-10")["value"] > 100000
    record = stat("central_med", "record", as_of="2024-12-12")
    assert record["period_start"] == pd.Timestamp("2023-08-01"), "the two months together stay below it"
    rank = stat("central_med", "rank", as_of="2024-12-12")
    assert "only one figure was published for September to October 2017 together" in rank["sentence"]


def test_what_was_not_published_is_not_zero(stat):
    with pytest.raises(NotCoveredError, match="run from 2023-01-01"):
        stat("channel", "total", measure="boat_uncontrolled", period="2022")
    found = stat("central_med", "total", period="2017-09")
    assert math.isnan(found["value"])
    assert "unavailable" in found["flags"]


def test_deaths_are_always_at_least(stat):
    found = stat("central_med", "total", measure="dead_missing", period="2023")
    assert "at least 2,526 people died or went missing" in found["sentence"]
    zero = stat("central_med", "month_to_date", measure="dead_missing", as_of="2026-05-03")
    assert "no people are recorded who died or went missing" in zero["sentence"]


def test_a_part_of_a_series_is_named(stat):
    found = stat("channel", "total", source="home_office_detailed", nationality="ALB", period="2022")
    assert found["sentence"].startswith("Nationality Albania: in 2022, 12,658 people")
    assert found["detail"]["nationality"] == "ALB"
    place = stat("western_balkans", "total", source="iom_western_balkans", place="BA", period="2024")
    assert place["sentence"].startswith("Bosnia and Herzegovina: in 2024, about 25,200 registrations")


def test_a_series_beside_carries_its_own_caption(stat):
    found = stat("channel", "total", source="home_office_weekly", measure="prevention")
    assert "not unique people" in found["sentence"]


def test_frontex_months_that_are_not_held_yet_and_those_that_should_be(stat):
    found = stat("western_balkans", "year_to_date", as_of="2026-08-20")
    assert {"preliminary", "not_held_yet"} <= set(found["flags"])
    assert "July 2026 is not held yet. The newest 2 figures are preliminary." in found["sentence"]


def test_the_share_of_one_route(stat):
    found = stat("western_balkans", "share_year_to_date", as_of="2024-12-12")
    assert (found["value"], found["detail"]["whole"]) == (9.2, 223768)
    deaths = stat("central_med", "share", measure="dead_missing", period="2025")
    assert math.isnan(deaths["value"])
    assert "not divided into shares" in deaths["sentence"]


def test_weeks_are_monday_to_sunday(stat, counts):
    found = stat("channel", "total", period="2024-W50", as_of="2024-12-20")
    days = counts[(counts["source"] == "home_office_daily") & (counts["measure"] == "arrival")]
    assert found["value"] == days.loc[days["period_start"].between("2024-12-09", "2024-12-15"), "value"].sum()


def test_the_29th_of_february_compares_with_the_28th(stat):
    found = stat("channel", "year_to_date_change", as_of="2024-02-29")
    assert found["against_end"] == pd.Timestamp("2023-02-28")
    monthly = stat("western_balkans", "year_to_date_change", as_of="2023-02-28", against=2020)
    assert monthly["against_end"] == pd.Timestamp("2020-02-29")


def test_weekly_figures_rank_weeks_and_say_why_they_have_no_year_to_date(counts):
    stats = corridor_stats(counts, "channel", source="home_office_weekly", measure="prevention").loc[
        "channel"
    ]
    assert stats.loc["rank", "detail"]["kind"] == "week"
    assert "weeks do not end with months and years" in stats.loc["year_to_date", "sentence"]
    assert stats.loc["total", "value"] == 270


def test_every_sentence_is_a_sentence(counts):
    stats = pd.concat(
        [corridor_stats(counts, None, as_of=day) for day in ("2024-12-12", "2020-04-30", "2025-12-31")]
    )
    for text in stats["sentence"]:
        assert text[0].isupper() or text[0].isdigit()
        assert text.endswith(".")
        assert not any(fault in text for fault in ("{", "}", "  ", "..", "nan", " 1 people", " 1 boats"))
        assert "Source: " in text
    assert not stats.index.duplicated().all()


def test_any_day_of_the_figures_can_be_asked(counts):
    rng = np.random.default_rng(5)
    for offset in rng.integers(0, 3154, 12):
        day = pd.Timestamp("2018-01-01") + pd.Timedelta(days=int(offset))
        stats = corridor_stats(counts, "channel", as_of=day.date())
        assert stats.loc[("channel", "total"), "period_end"] == day
