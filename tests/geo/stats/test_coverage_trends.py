"""A small run of the simulations behind the stated coverage, power and false alarms."""

import importlib.util
import sys
from pathlib import Path

import pytest

PATH = Path(__file__).resolve().parents[3] / "benchmarks" / "coverage_trends.py"


@pytest.fixture(scope="module")
def bench():
    spec = importlib.util.spec_from_file_location("coverage_trends", PATH)
    module = importlib.util.module_from_spec(spec)
    before = list(sys.path)
    spec.loader.exec_module(module)
    sys.path[:] = before
    return module


@pytest.fixture
def light(bench, monkeypatch):
    monkeypatch.setattr(bench, "NOISES", bench.NOISES[:1])
    return bench


def test_slopes_are_covered(light):
    for row in light.slopes(20, 2):
        assert row["coverage, ar1"] >= 85
        assert row["false positives, ar1"] <= 20
        assert row["power, ar1"] >= 90


def test_seasons_are_told_from_chance(light):
    (row,) = light.seasons(3, 2)
    assert row["coverage, inner months"] >= 85
    assert row["season found where there is one"] == 100
    assert row["season found where there is none"] <= 34


def test_changes_are_found_and_not_invented(light):
    row = light.changes(4, 2)[1]
    assert row["false alarms"] <= 10
    assert row["found within six months"] >= 90
    assert row["dates covered (90 %)"] >= 50


def test_charts_run_long_without_a_change(light):
    for row in light.charts(2, 2):
        assert row["mean run to a false signal"] >= 40
        assert row["doubling found within a year"] >= 80


def test_tables_are_markdown_and_repeat(light):
    first, again = (light.table(light.slopes(3, 5)) for _ in range(2))
    assert first == again
    assert first.splitlines()[1].startswith("|---|")
