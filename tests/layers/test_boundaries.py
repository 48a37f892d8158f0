"""Whose borders a page shows: the policy, the footnote, and borders that a maker hands in."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, box

from geo.errors import InvalidInputError, UnknownNameError
from layers.areas import basemap_features
from layers.boundaries import (
    Borders,
    apply_borders,
    border_policy,
    borders_of,
    bounds_of,
    draw_borders,
    kosovo_in_view,
    read_boundaries,
)
from layers.features import decode_line

BALKANS = (19.0, 41.0, 23.0, 44.0)
CHANNEL = (-1.0, 50.0, 3.0, 51.5)


@pytest.fixture
def own():
    frame = gpd.GeoDataFrame(
        {"NAME": ["West", "East"], "ISO_A3": ["AAA", "XKX"]},
        geometry=[box(19, 41, 21, 44), box(21, 41, 23, 44)],
        crs="EPSG:4326",
    )
    frame.attrs["source"] = "an official survey"
    return frame


@pytest.mark.parametrize(
    ("bounds", "seen"),
    [
        (BALKANS, True),
        ((20.9, 42.5, 21.0, 42.6), True),
        (CHANNEL, False),
        ((20.0, 39.0, 20.5, 40.0), False),
        (None, False),
    ],
)
def test_kosovo_is_in_view_where_the_view_touches_it(bounds, seen):
    assert kosovo_in_view(bounds) is seen
    assert any("1244" in note for note in border_policy(bounds=bounds).notes) is seen


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"countries": [("RS", "XK")]}),
        pd.DataFrame({"country_a": ["RS"], "country_b": ["XKX"]}),
        pd.DataFrame({"nationality": ["SYR", "XKX"]}),
        pd.DataFrame({"value": [1]}, index=pd.Index(["XKX"], name="nationality")),
    ],
)
def test_kosovo_in_the_data_makes_the_footnote_due(frame):
    assert border_policy(bounds=CHANNEL, frames=[None, frame]).kosovo
    assert border_policy("none", frames=[frame]).kosovo


def test_other_data_makes_no_footnote():
    assert not border_policy(bounds=CHANNEL, frames=[pd.DataFrame({"nationality": ["ALB"]})]).kosovo


@pytest.mark.parametrize("policy", ["default", "none"])
def test_every_page_carries_a_disclaimer(policy):
    assert any("do not imply any opinion" in note for note in border_policy(policy).notes)


def test_the_policy_is_told_and_recorded(own):
    assert (
        border_policy().notes[0] == "Country borders are those of Natural Earth at 1:10,000,000, generalised."
    )
    mine = border_policy(boundaries=own, bounds=BALKANS)
    assert mine == Borders("own", "an official survey", True)
    assert mine.notes[0] == "Country borders are those of an official survey, generalised."
    assert mine.record == {"policy": "own", "source": "an official survey", "notes": list(mine.notes)}
    assert border_policy(boundaries=own, source="Somebody").source == "Somebody"
    assert border_policy(boundaries="/a/b/official.gpkg").source == "official.gpkg"
    own.attrs.clear()
    assert border_policy(boundaries=own).source == "the maker of this page"


def test_policies_that_do_not_fit_are_refused(own):
    with pytest.raises(InvalidInputError, match=r"Invalid boundary policy 'own'\. Hand in your own borders"):
        border_policy("own")
    with pytest.raises(InvalidInputError, match=r"Invalid boundary policy 'none'\. It takes no boundaries"):
        border_policy("none", boundaries=own)
    with pytest.raises(UnknownNameError, match="boundary policy 'theirs'"):
        border_policy("theirs")


def test_no_borders_leave_the_coast():
    base = basemap_features(BALKANS)
    bare = apply_borders(base, BALKANS, border_policy("none", bounds=BALKANS))
    assert base["borders"]
    assert bare["borders"] == []
    assert bare["labels"] == []
    assert bare["land"] == base["land"]
    assert apply_borders(base, BALKANS, border_policy()) == base


def test_own_borders_replace_the_embedded_ones(own):
    base = apply_borders(basemap_features(BALKANS), BALKANS, border_policy(boundaries=own), own)
    assert base["kosovo"]
    assert [label["text"] for label in base["labels"]] == ["West", "East*"]
    assert len(base["land"]) == 2
    shared = [decode_line(line, decimals=3) for line in base["borders"]]
    assert {lon for line in shared for lon, _ in line} == {21.0}
    assert base["boxes"] == [[7.0, 33.0, 35.0, 52.0]]
    assert set(base) == set(basemap_features(BALKANS))


def test_a_map_that_draws_kosovo_at_its_edge_carries_the_footnote():
    albania = (19.4, 40.0, 20.0, 40.5)
    assert not border_policy(bounds=albania).kosovo
    base, borders = draw_borders(basemap_features(albania), albania)
    assert base["kosovo"]
    assert borders.kosovo


def test_own_borders_are_read_from_a_file_in_any_crs(own, tmp_path):
    path = tmp_path / "official.gpkg"
    own.to_crs("EPSG:3857").to_file(path)
    read = read_boundaries(path)
    assert read["name"].tolist() == ["West", "East"]
    assert read["code"].tolist() == ["AAA", "XKX"]
    assert read.crs == "EPSG:4326"
    assert read.geometry.iloc[0].bounds == pytest.approx((19, 41, 21, 44))
    base = apply_borders(basemap_features(BALKANS), BALKANS, border_policy(boundaries=path), path)
    assert len(base["land"]) == 2


def test_own_borders_that_overlap_are_drawn_all_the_same(own):
    own.loc[2] = ["Over", "BBB", box(20.5, 42, 21.5, 43)]
    base = apply_borders(basemap_features(BALKANS), BALKANS, border_policy(boundaries=own), own)
    assert len(base["land"]) == 3


def test_boundaries_that_cannot_be_used_are_refused(own, tmp_path):
    with pytest.raises(InvalidInputError, match=r"Invalid boundaries\. They have no CRS"):
        read_boundaries(own.set_crs(None, allow_override=True))
    with pytest.raises(InvalidInputError, match=r"Invalid boundaries 'LineString'\. They are areas"):
        read_boundaries(own.set_geometry([LineString([(0, 0), (1, 1)])] * 2))
    with pytest.raises(InvalidInputError, match=r"Invalid boundaries 'no rows'"):
        read_boundaries(own.iloc[:0])
    with pytest.raises(InvalidInputError, match=r"Invalid boundaries 'DataFrame'\. Hand in a GeoDataFrame"):
        read_boundaries(pd.DataFrame())
    with pytest.raises(
        InvalidInputError, match=r"Invalid boundaries 'https://a\.org/b\.zip'\. Nothing is fetched"
    ):
        read_boundaries("https://a.org/b.zip")
    with pytest.raises(
        InvalidInputError, match=r"Invalid boundaries '[^']*none\.gpkg'\. The file cannot be read"
    ):
        read_boundaries(tmp_path / "none.gpkg")


def test_what_is_handed_in_is_not_changed(own):
    before = own.copy()
    apply_borders(basemap_features(BALKANS), BALKANS, border_policy(boundaries=own), own)
    assert own.equals(before)


def test_exports_say_what_has_to_be_said_of_borders():
    from layers.export import layer_frame, layer_metadata

    for code, line, due in (
        ("RS", [(20.9, 42.5), (21.0, 42.6)], True),
        ("XK", [(0, 50), (1, 51)], True),
        ("FR", [(0, 50), (1, 51)], False),
        ("FJ", [(178, -17), (-179, -16)], False),
    ):
        routes = gpd.GeoDataFrame(
            {"corridor": ["a"], "title": ["A"], "mode": ["sea"], "countries": [(code,)]},
            geometry=[LineString(line)],
            index=pd.Index(["a_b"], name="leg"),
            crs="EPSG:4326",
        )
        said = layer_metadata("legs", layer_frame("legs", routes=routes))["boundaries"]
        assert "do not imply any opinion" in said[0]
        assert any("1244" in note for note in said) is due


def test_a_briefing_says_it_of_its_corridors():
    import layers
    from layers.dossier import Dossier, Options

    for corridor, due in (("channel", False), ("western_balkans", True)):
        dossier = Dossier(Options(corridors=(corridor,)))
        sheet = layers.build_map(dossier.corridors, None, None, routes=dossier.routes)
        page = layers.build_brief(dossier, sheet)
        note = page.rpartition("Country borders are those of Natural Earth")[2]
        assert ("resolution 1244" in note) is due
        assert "do not imply any opinion" in note


def test_bounds_are_those_of_the_shapes_alone():
    empty = gpd.GeoDataFrame({"a": [1]}, geometry=[None], crs="EPSG:4326")
    line = gpd.GeoDataFrame(geometry=[LineString([(0, 0), (2, 1)])], crs="EPSG:4326")
    assert bounds_of(empty, pd.DataFrame({"a": [1]}), None) is None
    assert bounds_of(empty, line) == (0.0, 0.0, 2.0, 1.0)


def test_what_a_map_says_of_its_borders_goes_before():
    said = Borders("none", "", False)
    sheet = type("Sheet", (), {"borders": said})()
    assert borders_of(sheet) is said
    line = gpd.GeoDataFrame(geometry=[LineString([(20.9, 42.5), (21.0, 42.6)])], crs="EPSG:4326")
    assert borders_of(None, line).kosovo


def test_a_map_is_drawn_with_the_makers_own_borders(own, make):
    from layers.page import page_html
    from layers.sheet import build_map

    given = {"routes": make.routes(), "places": make.places()}
    own = own.set_geometry([box(-3, -3, 1, 3), box(1, -3, 5, 3)])
    own["ISO_A3"] = ["AAA", "BBB"]
    sheet = build_map(make.corridors(), None, None, boundaries=own, **given)
    page = page_html(sheet)
    assert "Country borders are those of an official survey, generalised." in page
    assert "1244" not in page
    assert sheet.borders.policy == "own"
    none = page_html(build_map(make.corridors(), None, None, boundary_policy="none", **given))
    assert "No country borders are drawn." in none
