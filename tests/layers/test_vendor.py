import hashlib
import json
from pathlib import Path

import pytest

import layers
from layers.vendor import VENDORED, AssetError, asset_text, style_block

ASSETS = Path(layers.__file__).parent / "assets"
MANIFEST = json.loads((ASSETS / "MANIFEST.json").read_text(encoding="utf-8"))


def test_every_asset_is_in_the_manifest_with_its_hash():
    files = {path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*") if path.is_file()}
    assert files - {"MANIFEST.json", "NOTICE.md"} == set(MANIFEST["files"])
    for name, entry in MANIFEST["files"].items():
        assert hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() == entry["sha256"], name


def test_every_asset_has_a_licence_and_is_named_in_the_notice():
    notice = (ASSETS / "NOTICE.md").read_text(encoding="utf-8")
    for name, entry in MANIFEST["files"].items():
        assert entry["licence"]
        assert entry["name"] in notice, name
    assert "Copyright (c) 2010-2022" in (ASSETS / "leaflet-1.9.3" / "LICENSE").read_text(encoding="utf-8")


def test_no_asset_can_end_the_element_around_it_or_name_a_map_file():
    for names in VENDORED.values():
        for name in names:
            text = asset_text(name).lower()
            assert "</script" not in text
            assert "</style" not in text
            assert "sourcemappingurl" not in text


def test_style_sheets_carry_their_images():
    text = style_block("leaflet-1.9.3/leaflet.css")
    assert "url(images/" not in text
    assert text.count("data:image/png;base64,") == 3


def test_a_missing_asset_is_named():
    with pytest.raises(AssetError, match=r"Missing asset 'nothing\.js'"):
        asset_text("nothing.js")
