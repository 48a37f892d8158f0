"""What doctor finds, and the one sentence where another package has our name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import geo
import layers
from layers import doctor

ROOT = Path(__file__).resolve().parents[2]


def test_a_sound_installation_names_the_files_that_own_both_names():
    findings = doctor.examine()
    text = "\n".join(finding.text for finding in findings)
    assert str(ROOT / "geo" / "__init__.py") in text
    assert str(ROOT / "layers" / "__init__.py") in text
    assert not [finding for finding in findings if finding.state == "broken"]


def test_a_folder_with_its_own_geo_is_pointed_out(tmp_path):
    (tmp_path / "geo.py").write_text("")
    found = [finding for finding in doctor.examine(tmp_path) if finding.state == "attention"]
    assert any(str(tmp_path / "geo.py") in finding.text for finding in found)


def test_a_changed_data_file_is_named(monkeypatch):
    entries = [{"path": "series.yaml", "sha256": "0" * 64}, {"path": "gone.csv", "sha256": "0" * 64}]
    monkeypatch.setattr("geo.counts.read_contents", lambda: entries)
    texts = [finding.text for finding in doctor.examine() if finding.state == "broken"]
    assert any("series.yaml differs" in text for text in texts)
    assert any("gone.csv is missing" in text for text in texts)


def test_a_name_that_another_distribution_claims_is_broken(monkeypatch):
    claims = {"geo": ["routeways", "geo-other"], "layers": ["routeways"]}
    monkeypatch.setattr("importlib.metadata.packages_distributions", lambda: claims)
    assert any("geo-other" in finding.text for finding in doctor.examine() if finding.state == "broken")


def test_a_missing_package_and_a_missing_extra_are_told(monkeypatch):
    monkeypatch.setattr(doctor, "PACKAGES", ("surely-not-installed",))
    monkeypatch.setattr(doctor, "EXTRAS", {"osm": ("surely_not_installed",)})
    states = {finding.text: finding.state for finding in doctor.examine()}
    assert [s for text, s in states.items() if "surely-not-installed is not installed" in text] == ["broken"]
    assert [s for text, s in states.items() if "routeways[osm]" in text] == ["attention"]


def _foreign(tmp_path, *words):
    """Run the command where another `geo` stands before ours."""
    (tmp_path / "geo").mkdir()
    (tmp_path / "geo" / "__init__.py").write_text("value = 1\n")
    code = "import sys; sys.argv[0] = 'routeways'; from layers.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=tmp_path, env=environment
    )


@pytest.mark.parametrize("words", [("stats", "channel"), ("brief",), ("export", "legs")])
def test_a_foreign_geo_gets_one_kind_sentence(tmp_path, words):
    done = _foreign(tmp_path, *words)
    assert done.returncode == 1
    assert "Another package named 'geo'" in done.stderr
    assert str(tmp_path / "geo") in done.stderr
    assert "Traceback" not in done.stderr


def test_doctor_names_the_foreign_geo(tmp_path):
    done = _foreign(tmp_path, "doctor")
    assert done.returncode == 1
    assert f"'geo' is {tmp_path / 'geo' / '__init__.py'}, not the one of routeways" in done.stdout


def test_layers_refuses_a_foreign_geo(monkeypatch):
    monkeypatch.delattr(geo, "__routeways__")
    with pytest.raises(ImportError, match="Another package named 'geo'"):
        layers.check_names()
