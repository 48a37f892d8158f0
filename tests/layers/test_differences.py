import math

import pandas as pd
import pytest

from geo.errors import InvalidInputError
from layers.differences import period_changes
from layers.page import page_html
from layers.palette import LAND, LESS, MORE, SEA, contrast_ratio, line_width
from layers.sheet import build_map

QUESTION = {"period": "2024-04", "against": "2024-01"}


def counts_of(make, **legs):
    """A corridor's months, and months of single legs."""
    parts = [make.counts((20_000, 120, 110, 25_000) if legs else (100, 120, 110, 150))]
    parts += [make.counts(values).assign(place=leg) for leg, values in legs.items()]
    return pd.concat(parts, ignore_index=True)


def corridors_of(make, *legs):
    """A corridor whose definition names a published figure for each of the legs alone."""
    figures = [
        {
            "id": leg, "label": leg, "source": "tally", "measure": "arrival", "basis": "", "place": leg,
            "legs": [leg],
        }
        for leg in legs
    ]  # fmt: skip
    corridors = make.corridors()
    corridors["figures"] = [figures]
    return corridors


LEGS = {
    "leg_0": (100, 1, 1, 4100),
    "leg_1": (9000, 1, 1, 1000),
    "leg_2": (70, 1, 1, 70),
    "leg_3": (30, 10, 10, 90),
}


@pytest.fixture
def changed(make):
    return build_map(
        corridors_of(make, *LEGS),
        None,
        counts_of(make, **LEGS),
        routes=make.routes(),
        places=make.places(),
        **QUESTION,
    )


def test_a_corridor_changes_as_its_statistics_say(make):
    found = period_changes(counts_of(make), make.corridors(), make.routes(), **QUESTION)["corridors"][
        "strait"
    ]
    assert (found["kind"], found["change"]) == ("more", 50.0)
    assert found["sign"] == "+50 (+50.0\u00a0%)"
    assert "150" in found["sentence"]


def test_legs_change_by_figures_of_their_own_only(make):
    found = period_changes(counts_of(make, **LEGS), corridors_of(make, *LEGS), make.routes(), **QUESTION)[
        "legs"
    ]
    assert [found[leg]["kind"] for leg in LEGS] == ["more", "less", "same", "none"]
    assert found["leg_1"]["sign"] == "−8,000 (−88.9\u00a0%)"
    bound = period_changes(counts_of(make), make.corridors(), make.routes(), **QUESTION)["legs"]["leg_0"]
    assert bound["kind"] == "none"
    own = period_changes(counts_of(make, leg_1=(60, 1, 1, 90)), make.corridors(), make.routes(), **QUESTION)
    assert own["legs"]["leg_1"]["sign"] == "+30 (+50.0\u00a0%)"
    assert "no figure of this leg alone" in bound["sentence"]


def test_a_small_base_is_withheld(make):
    found = period_changes(counts_of(make, **LEGS), corridors_of(make, *LEGS), make.routes(), **QUESTION)[
        "legs"
    ]["leg_3"]
    assert math.isnan(found["change"])
    assert found["sign"] == "withheld"
    small = make.counts((10, 20, 30, 40))
    held = period_changes(small, make.corridors(), make.routes(), **QUESTION)["corridors"]["strait"]
    assert held["kind"] == "none"
    assert held["sign"] == "not compared"


def test_a_period_that_is_not_held_is_not_compared(make):
    found = period_changes(
        counts_of(make), make.corridors(), make.routes(), period="2024-04", against="2019-01"
    )
    assert found["corridors"]["strait"]["kind"] == "none"


def test_a_change_needs_counts_and_a_period(make):
    with pytest.raises(
        InvalidInputError, match=r"Invalid against '2023'\. A change needs counts and a period"
    ):
        build_map(make.corridors(), None, make.counts(), against="2023")


def test_colours_of_change_stand_out():
    assert all(contrast_ratio(one, other) >= 4.5 for one in (MORE, LESS) for other in (SEA, LAND))


@pytest.mark.browser
def test_changes_differ_by_line_and_sign_and_not_by_colour_alone(changed, visit):
    seen = visit(page_html(changed))
    page = seen.page
    look = page.eval_on_selector_all(
        "path.rw-leg",
        "all => all.map(p => [p.getAttribute('stroke-width'), p.getAttribute('stroke-dasharray')])",
    )
    assert look[0] == [str(line_width(4000)), None]
    assert look[1] == [str(line_width(8000)), "10 4"]
    assert look[3][1] == "5 4"
    signs = page.locator(".rw-sign").all_inner_texts()
    assert "+4,000 (+4,000.0\u00a0%)" in signs
    assert "A strait +5,000 (+25.0\u00a0%)" in signs
    assert page.locator(".rw-sign").first.is_visible()
    assert page.locator(".rw-slider").count() == 0
    assert "Change, 2024-04 against 2024-01" in page.locator(".rw-legend").inner_text()
    assert "1,000 persons after 9,000" in page.locator(".rw-legs tbody").inner_text()
    seen.assert_quiet()


@pytest.mark.browser
def test_hostile_titles_stay_what_they_are(make, visit):
    for payload in make.payloads[7:9]:
        sheet = build_map(
            make.corridors(payload),
            None,
            counts_of(make),
            routes=make.routes(),
            places=make.places(),
            **QUESTION,
        )
        seen = visit(page_html(sheet))
        told = seen.page.locator(".rw-sign").evaluate("e => e.textContent")
        assert told == f"{payload} +50 (+50.0\u00a0%)"
        assert seen.page.locator("body img").count() == 0
        seen.assert_quiet()
