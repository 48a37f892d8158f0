"""Incidents are shown in cells that several share, never finer, and what is left out is said."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import union_all

from geo.counts import read_incidents
from geo.errors import InvalidInputError, NotCoveredError
from layers.density import (
    CLASSES,
    FEWEST_MONTHS,
    PATTERNS,
    SOURCE,
    add_cells,
    density_layer,
    density_legend,
    incident_cells,
)
from layers.export import encode_layer, layer_frame, layer_metadata, style_text
from layers.features import decode_line


def incidents(spots, month="2031-05", corridor="sea", people=1):
    return pd.DataFrame(
        [
            {
                "corridor": corridor,
                "month": month,
                "cell_lon": float(lon),
                "cell_lat": float(lat),
                "dead": people,
                "missing": 0,
                "dead_missing": people,
            }
            for lon, lat in spots
        ]
    )


def test_each_incident_is_in_one_cell_or_counted_as_left_out():
    cells = incident_cells()
    told = cells.attrs["incident_grid"]
    held = read_incidents()
    held = held[held["month"] <= "2026-04"]
    assert int(cells["incidents"].sum()) == told["given"]
    assert told["given"] + told["left_out"] + told["without_cell"] == len(held)
    assert (cells["incidents"] >= 5).all()
    assert (cells["size_deg"] >= 1).all()


def test_cells_of_a_corridor_do_not_cover_each_other():
    cells = incident_cells()
    assert cells.geometry.is_valid.all()
    for _, own in cells.groupby("corridor"):
        assert union_all(own.geometry).area == pytest.approx(sum(shape.area for shape in own.geometry))


def test_a_wider_cell_holds_what_no_finer_one_holds():
    spots = [(12, 35)] * 6 + [(13, 35)] * 3 + [(12, 34)] * 2
    cells = incident_cells(incidents(spots))
    assert cells[["size_deg", "incidents"]].to_numpy().tolist() == [[1, 6], [2, 5]]
    assert [shape.area for shape in cells.geometry] == [1.0, 3.0]
    layer = density_layer(cells)[0]
    assert [one.get("coarse", False) for one in layer["features"]] == [True, False]
    assert "not counted here" in layer["features"][0]["caption"]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(-180, 179), st.integers(-90, 89)), min_size=1, max_size=15))
def test_edges_lie_on_whole_degrees_wherever_incidents_are(spots):
    cells = incident_cells(incidents(spots * 5))
    for shape in cells.geometry:
        west, south, east, north = shape.bounds
        assert all(float(edge).is_integer() for edge in shape.bounds)
        assert -180 <= west < east <= 180
        assert -90 <= south < north <= 90
        assert min(east - west, north - south) >= 1


def test_own_positions_are_made_coarse_and_do_not_come_out():
    table = incidents([(0, 0)] * 6).drop(columns=["cell_lon", "cell_lat"]).assign(lon=12.3456, lat=35.6543)
    cells = incident_cells(table)
    assert cells.geometry.iloc[0].bounds == (12, 35, 13, 36)
    frame = layer_frame("incidents", incidents=cells)
    text = encode_layer(frame, "geojson", metadata=layer_metadata("incidents", frame)).decode()
    assert "12.3" not in text
    assert "35.6" not in text
    assert cells["source"].tolist() == [""]


def test_only_whole_months_up_to_the_data_date_count():
    table = pd.concat([incidents([(1, 1)] * 6, month="2031-05"), incidents([(1, 1)] * 6, month="2031-06")])
    assert incident_cells(table, as_of="2031-06-29")["incidents"].tolist() == [6]
    assert incident_cells(table, as_of="2031-06-30")["incidents"].tolist() == [12]


def test_a_period_is_kept_and_told():
    cells = incident_cells(corridors=["central_med"], period="2024")
    assert cells["period_start"].iloc[0].isoformat() == "2024-01-01"
    assert "January 2024 to December 2024" in cells.attrs["incident_grid"]["sentence"]
    assert set(cells["corridor"]) == {"central_med"}


def test_what_is_left_out_is_said():
    cells = incident_cells(incidents([(1, 1)] * 6 + [(90, 50)] * 2 + [(float("nan"), 1)]))
    said = cells.attrs["incident_grid"]["sentence"]
    assert "Left out: 2 where fewer than 5 share a cell and 1 without a place." in said
    assert "at least 6 dead and missing people in 6 incidents" in said
    whole = incident_cells(incidents([(1, 1)] * 6)).attrs["incident_grid"]["sentence"]
    assert "No incident is left out." in whole
    none = incident_cells(incidents([(1, 1)] * 4))
    assert none.attrs["incident_grid"]["sentence"].startswith("No cell holds 5 incidents or more")
    assert density_layer(none) == density_layer(None) == []


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"size_deg": 0.5}, InvalidInputError, "whole number of degrees from 1"),
        ({"least": 4}, InvalidInputError, "at least 5 incidents"),
        ({"period": "2024-03"}, InvalidInputError, f"at least {FEWEST_MONTHS} whole months"),
        ({"period": "2023-01-15/2024-12-31"}, InvalidInputError, "whole months"),
        ({"period": "1999"}, NotCoveredError, "No incident of it is held"),
        ({"as_of": "2013-12-31"}, NotCoveredError, "No incident of it is held"),
        ({"known_on": "2024-01-01"}, NotCoveredError, "known on 2026-05-03"),
    ],
)
def test_finer_fewer_shorter_or_unknown_is_refused(options, error, match):
    with pytest.raises(error, match=match):
        incident_cells(**options)


@pytest.mark.parametrize(
    ("table", "match"),
    [
        (incidents([(1, 1)]).drop(columns="month"), "lack the column 'month'"),
        (incidents([(1, 1)]).drop(columns="corridor"), "lack the column 'corridor'"),
        (incidents([(1, 1)]).drop(columns="dead"), "lack the column 'dead'"),
        (incidents([(1, 1)], month="May 2031"), "must hold months"),
        (incidents([(1, 1)]).assign(passport_no="x"), "passport"),
    ],
)
def test_incidents_that_break_a_rule_are_refused(table, match):
    with pytest.raises(InvalidInputError, match=match):
        incident_cells(table)
    with pytest.raises(NotCoveredError, match="There are none"):
        incident_cells(incidents([(1, 1)]).iloc[:0])


def test_classes_are_fixed_and_each_has_a_pattern_and_words():
    people = [people for people, _ in CLASSES]
    for least, (pattern, (_, words)) in zip(people, zip(PATTERNS, CLASSES, strict=True), strict=True):
        cells = incident_cells(pd.concat([incidents([(1, 1)], people=least - 4), incidents([(1, 1)] * 4)]))
        assert density_layer(cells)[0]["features"][0]["pattern"] == pattern
        assert cells["people_class"].tolist() == [words]
    legend = density_legend(density_layer(cells))
    assert [entry["label"] for entry in legend[0]["entries"]] == [words for _, words in CLASSES]
    assert density_legend([]) == []


def test_the_layer_is_off_at_first_and_holds_text_only(make):
    cells = incident_cells(corridors=["channel"])
    for payload in make.payloads:
        layer = density_layer(cells, titles={"channel": payload})[0]
        assert layer["hidden"]
        assert ["Corridor", payload] in layer["features"][0]["facts"]
    ring = decode_line(layer["features"][-1]["shape"][0][0], decimals=3)
    assert all(lon.is_integer() and lat.is_integer() for lon, lat in ring)


def test_a_page_gets_layer_legend_credit_and_words():
    data = {"layers": [{"type": "area"}, {"type": "leg"}], "legend": {"parts": []}, "credits": []}
    told = add_cells(data, incident_cells())
    assert [layer["type"] for layer in data["layers"]] == ["area", "cell", "leg"]
    assert data["legend"]["parts"][0]["entries"][-1]["coarse"]
    assert "IOM" in data["credits"][0]
    assert len(told) == 1
    assert add_cells(data, None) == []


# --- the file ---


def test_the_file_carries_rule_licence_and_what_is_left_out():
    frame = layer_frame("incidents", incidents=incident_cells(as_of="2024-12-12"))
    metadata = layer_metadata("incidents", frame)
    assert metadata["licences"] == ["CC-BY-4.0"]
    assert metadata["incident_grid"]["rule"] == "cells of at least 1° with at least 5 incidents"
    assert metadata["known_on"] == "2026-05-03"
    assert frame["source"].unique().tolist() == [SOURCE]
    assert frame.index.name == "cell"
    assert 'value="5 to 24 people"' in style_text("incidents", frame)


def test_an_empty_grid_is_a_layer_without_rows():
    frame = layer_frame("incidents", incidents=incident_cells(corridors=["nowhere"]))
    assert len(frame) == 0
    assert b'"features": [' in encode_layer(frame, "geojson", metadata=layer_metadata("incidents", frame))


def test_single_incidents_are_never_a_layer():
    import geopandas

    cells = incident_cells(corridors=["channel"])
    few = cells.assign(incidents=1)
    few.attrs = cells.attrs
    with pytest.raises(InvalidInputError, match="at least 5 incidents"):
        layer_frame("incidents", incidents=few)
    rows = geopandas.GeoDataFrame(read_incidents(), geometry=[None] * len(read_incidents()), crs="EPSG:4326")
    with pytest.raises(InvalidInputError, match="no incidents"):
        layer_frame("incidents", incidents=rows)
