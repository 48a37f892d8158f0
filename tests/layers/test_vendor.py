import hashlib
import json
import re
from pathlib import Path

import pytest

import layers
from layers.vendor import VENDORED, AssetError, asset_text, own_asset, refuse_loads, style_block

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
            assert not re.search(r"^//[#@] sourcemappingurl", text, re.MULTILINE)


def test_style_sheets_carry_their_images():
    text = style_block("leaflet-1.9.3/leaflet.css")
    assert "url(images/" not in text
    assert text.count("data:image/png;base64,") == 3


def test_a_style_sheet_of_a_plugin_carries_its_picture():
    text = style_block("plugins/leaflet.fullscreen-3.0.0/Control.FullScreen.css")
    assert "url(data:image/svg+xml;base64," in text


@pytest.mark.parametrize(
    "name", ["leaflet.markercluster-1.1.0/MIT-LICENCE.txt", "leaflet-ant-path-1.1.2/LICENSE"]
)
def test_plugins_come_with_their_licence(name):
    assert "Permission is hereby granted" in (ASSETS / "plugins" / name).read_text(encoding="utf-8")


def test_a_missing_asset_is_named():
    with pytest.raises(AssetError, match=r"Missing asset 'nothing\.js'"):
        asset_text("nothing.js")


def test_an_asset_of_the_users_own_is_made_ready_for_a_page(tmp_path):
    file = tmp_path / "a"
    file.write_text("let a = 1;\n//# sourceMappingURL=a.map", encoding="utf-8")
    assert own_asset("https://a.org/a.js", file) == "let a = 1;\n"
    file.write_text("a { content: '</STYLE>'; background: url(data:image/png;base64,AA) }", encoding="utf-8")
    assert "</style" not in own_asset("https://a.org/a.css?v=1", file).lower()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "a { background: url('b.png') }",
            r"Invalid asset '[^']*' for 'https://a\.org/a\.css'\. It links to 'b\.png'",
        ),
        ("@import 'b.css';", r"It links to 'b\.css'"),
        (None, r"Invalid asset '[^']*'.*cannot be read"),
    ],
)
def test_an_asset_that_cannot_stand_alone_is_refused(tmp_path, text, message):
    file = tmp_path / "a.css"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(AssetError, match=message):
        own_asset("https://a.org/a.css", file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('<p title="x>y" onclick="a()">', "Invalid page 'onclick of <p>'"),
        ("<a href=' java\nscript:a()'>", "Invalid page 'href of <a>'"),
        ("<iframe srcdoc='x'>", "Invalid page 'srcdoc of <iframe>'"),
        ("<form>", "Invalid page '<form>'"),
        ("<img src=//a.org/b.png>", "Unknown asset '//a.org/b.png'"),
    ],
)
def test_markup_that_acts_or_fetches_is_refused(text, message):
    with pytest.raises(AssetError, match=message):
        refuse_loads(text)


def test_words_that_look_like_code_are_left_alone():
    refuse_loads(
        '<p aria-label="one = 2, on day = 3 &lt;img onerror=1&gt;">javascript: is a word, on x = 3</p>'
    )
