"""One leg, one line: the lines that are kept are those that would be built."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from geo import geodesic, legs
from geo.definitions import read_definitions
from geo.legs import build_leg, built_feature, leg_hash, read_built_legs
from geo.places import read_places

ROOT = Path(__file__).parents[2]


def leg_of(name):
    """Return the definition of an embedded leg."""
    return next(leg for found in read_definitions().values() for leg in found["legs"] if leg["id"] == name)


def test_every_hash_is_current():
    places = read_places()
    wanted = {
        leg_hash(leg, places): leg["id"]
        for definition in read_definitions().values()
        for leg in definition["legs"]
    }
    assert set(read_built_legs()) == set(wanted), "run tools/build_legs.py"


def test_the_hash_follows_what_a_line_is_made_from_and_nothing_else():
    places = read_places()
    leg = read_definitions("channel")["channel"]["legs"][0]
    moved = places.copy()
    moved.loc[leg["to"], "geometry"] = shapely.Point(1.3, 51.1)
    before = leg_hash(leg, places)
    assert leg_hash({**leg, "note": "new", "counted": False}, places) == before
    assert leg_hash(leg, moved) != before
    assert leg_hash({**leg, "via": ["zone_kent"]}, places) != before
    assert leg_hash({**leg, "mode": "land"}, places) != before


@pytest.mark.parametrize("everything", ["", pytest.param("--all", marks=pytest.mark.slow)])
def test_the_file_is_what_the_tool_writes(everything):
    """With ``--all`` every line is built anew: the same bytes."""
    kept = (ROOT / "geo" / "data" / "routes" / "built_legs.geojson").read_bytes()
    code = "import sys; sys.path.insert(0, 'tools'); import build_legs as b; print(b.build(), end='')"
    command = [sys.executable, "-X", "utf8", "-c", code, *everything.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert hashlib.sha256(done.stdout).hexdigest() == hashlib.sha256(kept).hexdigest()


def test_short_spurs_are_left_out_and_long_ones_kept():
    short = np.array([(20, 45), (20.1, 45), (20.1, 45.01), (20.1, 45), (20.2, 45)])
    points, shorter_km = legs._without_spurs(short)
    assert points.tolist() == [[20, 45], [20.1, 45], [20.2, 45]]
    assert shorter_km == pytest.approx(2 * geodesic.line_length_km([(20.1, 45), (20.1, 45.01)]))
    long = np.array([(20, 45), (20.1, 45), (20.1, 45.1), (20.1, 45), (20.2, 45)])
    assert legs._without_spurs(long)[0].tolist() == long.tolist()


def test_a_spur_of_several_edges_is_left_out_whole():
    there = [(20, 45), (20.1, 45), (20.1, 45.004), (20.101, 45.006)]
    points, _ = legs._without_spurs(np.array([*there, *there[-2:0:-1], (20.2, 45)]))
    assert points.tolist() == [[20, 45], [20.1, 45], [20.2, 45]]


def test_a_way_all_there_and_back_keeps_its_ends():
    points, _ = legs._without_spurs(np.array([(20, 45), (20.001, 45), (20, 45)]))
    assert len(points) >= 2


def test_a_kept_line_comes_back_as_it_was():
    for leg in ("ch_calais_kent", "wb_sofia_nis"):
        digest = leg_hash(leg_of(leg), read_places())
        kept = read_built_legs()[digest]
        again = legs._from_feature(built_feature(leg, digest, kept))
        assert again.line.equals(kept.line)
        assert again.road_km == pytest.approx(kept.road_km, nan_ok=True)


def test_the_note_of_a_schematic_line_names_places_as_readers_know_them():
    built = build_leg(leg_of("wb_podgorica_sarajevo"), read_places())
    assert "Šćepan Polje – Hum lies" in built.note
    assert "scepan_polje_hum" not in built.note
