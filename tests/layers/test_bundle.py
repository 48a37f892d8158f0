"""A bundle is written whole or not at all, keeps what is not its own, and survives its process."""

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from geo.errors import InvalidInputError
from layers.bundle import MANIFEST, describe_file, read_manifest, write_bundle, write_page

FILES = {"brief.html": "<p>brief</p>", "layers/legs.geojson": b"{}", "stats.csv": "a,b\n"}
FACTS = {
    "command": "routeways brief",
    "as_of": dt.date(2024, 12, 12),
    "inputs": [{"path": "x.csv", "known_on": dt.date(2026, 8, 21)}],
}


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def beside(folder):
    return [path.name for path in folder.parent.iterdir() if path != folder]


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def test_the_bundle_holds_its_files_and_a_manifest_of_them(out):
    written = write_bundle(out, FILES, manifest=FACTS)
    assert [path.relative_to(out).as_posix() for path in written] == [
        "brief.html",
        "layers/legs.geojson",
        "manifest.json",
        "stats.csv",
    ]
    assert all(path.is_file() for path in written)
    known = json.loads((out / MANIFEST).read_text())
    assert known["schema_version"] == 1
    assert known["generator"].startswith("routeways ")
    assert known["as_of"] == "2024-12-12"
    assert known["inputs"] == [{"path": "x.csv", "known_on": "2026-08-21"}]
    assert known["outputs"] == [
        {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in sorted(contents(out).items())
        if name != MANIFEST
    ]
    assert beside(out) == []


def test_a_second_run_writes_the_same_bytes(out):
    write_bundle(out, FILES, manifest=FACTS)
    first = contents(out)
    write_bundle(out, dict(reversed(FILES.items())), manifest=dict(reversed(FACTS.items())))
    assert contents(out) == first
    assert beside(out) == []


def test_a_callable_writes_its_file_and_may_write_others_beside_it(out):
    def draw(path):
        path.write_text("shape")
        path.with_suffix(".qml").write_text("style")

    write_bundle(out, {"layers/legs.geojson": draw}, manifest={})
    assert {"layers/legs.geojson", "layers/legs.qml"} <= set(contents(out))
    assert [entry["path"] for entry in read_manifest(out)["outputs"]] == [
        "layers/legs.geojson",
        "layers/legs.qml",
    ]


def test_files_of_an_earlier_bundle_go_and_files_of_the_user_stay(out):
    write_bundle(out, FILES, manifest=FACTS)
    (out / "layers" / "mine.qgz").write_text("mine")
    (out / "notes").mkdir()
    (out / "notes" / "deep.txt").write_text("deep")
    (out / "link").symlink_to("notes")
    inode = (out / "layers" / "mine.qgz").stat().st_ino
    (out / "brief.html").write_text("edited by hand")
    write_bundle(out, {"brief.html": "second"}, manifest=FACTS)
    after = contents(out)
    assert after["brief.html"] == b"second"
    assert after["layers/mine.qgz"] == b"mine"
    assert after["notes/deep.txt"] == b"deep"
    assert (out / "link").is_symlink()
    assert (out / "layers" / "mine.qgz").stat().st_ino == inode
    assert "stats.csv" not in after
    assert "layers/legs.geojson" not in after
    assert {entry["path"] for entry in read_manifest(out)["outputs"]} == {"brief.html"}
    assert beside(out) == []


def test_files_of_the_user_are_copied_where_the_disk_has_no_second_names(out, monkeypatch):
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    monkeypatch.setattr(os, "link", lambda *args, **options: (_ for _ in ()).throw(OSError("no links")))
    write_bundle(out, FILES, manifest={})
    assert contents(out)["mine.txt"] == b"mine"


def test_an_empty_folder_and_one_with_other_files_are_taken_over(out):
    (out / "empty").mkdir(parents=True)
    (out / "mine.txt").write_text("mine")
    write_bundle(out, FILES, manifest={})
    assert contents(out)["mine.txt"] == b"mine"
    assert (out / "empty").is_dir()
    write_bundle(out, FILES, manifest={})
    assert contents(out)["mine.txt"] == b"mine"


@pytest.mark.parametrize("name", ["brief.html", MANIFEST, "layers", "stats.csv/part.txt"])
def test_a_file_of_the_user_is_never_replaced(out, name):
    (out / name).parent.mkdir(parents=True)
    (out / name).write_text("mine")
    with pytest.raises(
        InvalidInputError, match=f"Invalid folder 'out'. 1 fault:\n.*'{name}' is not listed in its man"
    ):
        write_bundle(out, FILES, manifest={})
    assert contents(out) == {name: b"mine"}
    assert beside(out) == []


def test_a_file_that_a_callable_writes_beside_its_own_is_not_put_over_the_users_either(out):
    out.mkdir()
    (out / "a.qml").write_text("mine")

    def draw(path):
        path.write_text("shape")
        path.with_suffix(".qml").write_text("style")

    with pytest.raises(InvalidInputError, match=r"'a.qml' is not listed"):
        write_bundle(out, {"a.geojson": draw}, manifest={})
    assert contents(out) == {"a.qml": b"mine"}


@pytest.mark.parametrize(
    "text", ["{}", "no json", '{"generator": "other", "outputs": []}', '{"generator": "routeways 1"}', "[]"]
)
def test_a_manifest_of_somebody_else_is_not_ours(out, text):
    out.mkdir()
    (out / MANIFEST).write_text(text)
    assert read_manifest(out) is None
    with pytest.raises(InvalidInputError, match=r"'manifest.json' is not listed"):
        write_bundle(out, FILES, manifest={})
    assert (out / MANIFEST).read_text() == text


def test_a_manifest_that_names_files_elsewhere_removes_none_of_them(out, tmp_path):
    write_bundle(out, FILES, manifest={})
    (tmp_path / "precious.txt").write_text("mine")
    known = read_manifest(out)
    known["outputs"].append({"path": "../precious.txt"})
    (out / MANIFEST).write_text(json.dumps(known))
    write_bundle(out, FILES, manifest={})
    assert (tmp_path / "precious.txt").read_text() == "mine"


def test_an_error_midway_leaves_everything_as_it_was(out):
    write_bundle(out, FILES, manifest=FACTS)
    before = contents(out)

    def fail(path):
        path.write_text("half")
        raise RuntimeError("the map could not be drawn")

    with pytest.raises(RuntimeError, match="the map could not be drawn"):
        write_bundle(out, {"a.html": "new", "map.html": fail}, manifest=FACTS)
    assert contents(out) == before
    assert beside(out) == []


def test_a_rename_that_fails_puts_the_old_folder_back(out, monkeypatch):
    write_bundle(out, FILES, manifest=FACTS)
    before = contents(out)
    rename = Path.rename

    def refuse(self, target):
        if self.name.endswith("-new"):
            raise OSError("busy")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="busy"):
        write_bundle(out, {"brief.html": "second"}, manifest=FACTS)
    assert contents(out) == before
    assert beside(out) == []


def test_a_folder_moved_aside_by_an_ended_run_is_put_back(out):
    write_bundle(out, FILES, manifest=FACTS)
    (out / "mine.txt").write_text("mine")
    out.rename(out.with_name(".out.routeways-old"))
    with pytest.raises(InvalidInputError, match="It cannot be written as JSON"):
        write_bundle(out, FILES, manifest={"bad": object()})
    assert contents(out)["mine.txt"] == b"mine"
    assert contents(out)["brief.html"] == b"<p>brief</p>"


def test_a_folder_made_by_hand_after_an_ended_run_is_not_taken_for_the_new_one(out):
    write_bundle(out, FILES, manifest=FACTS)
    old = out.with_name(".out.routeways-old")
    out.rename(old)
    out.mkdir()
    with pytest.raises(InvalidInputError, match=r"the earlier files are in '.out.routeways-old' beside it"):
        write_bundle(out, FILES, manifest=FACTS)
    assert contents(old)["brief.html"] == b"<p>brief</p>"


def test_what_came_into_the_folder_while_it_was_replaced_is_kept(out, monkeypatch):
    import layers.bundle

    write_bundle(out, FILES, manifest=FACTS)
    swap = layers.bundle._swap

    def late(target, new, old):
        (target / "late.txt").write_text("late")
        swap(target, new, old)

    monkeypatch.setattr(layers.bundle, "_swap", late)
    write_bundle(out, FILES, manifest=FACTS)
    assert contents(out)["late.txt"] == b"late"


KILL = """
import os, signal, sys
from pathlib import Path
from layers.bundle import write_bundle, read_manifest

here = Path(sys.argv[1])
first = {"brief.html": "first", "layers/legs.geojson": "{1}", "gone.csv": "x"}
second = {"brief.html": "second", "layers/legs.geojson": "{2}"}

def whole(folder, files):
    found = {name: (folder / name).read_text() if (folder / name).is_file() else None for name in files}
    return read_manifest(folder) is not None and found == files

moments, survived = 0, 0
for moment in range(1, 500):
    out = here / str(moment) / "out"
    out.parent.mkdir()
    write_bundle(out, first, manifest={})
    (out / "mine.txt").write_text("mine")
    old = out.with_name(".out.routeways-old")
    child = os.fork()
    if child == 0:
        seen = 0
        def watch(event, arguments):
            global seen
            if event == "open" or event.startswith(("os.", "shutil.")):
                seen += 1
                if seen == moment:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(watch)
        write_bundle(out, second, manifest={})
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    standing = [f for f in (out, old) if whole(f, first) or (f == out and whole(f, second))]
    assert standing, moment
    assert (standing[0] / "mine.txt").read_text() == "mine", moment
    write_bundle(out, second, manifest={})
    assert whole(out, second), moment
    assert (out / "mine.txt").read_text() == "mine", moment
    assert not (out / "gone.csv").exists(), moment
    assert [p.name for p in out.parent.iterdir()] == ["out"], moment
    if status == 0:
        break
    assert os.WTERMSIG(status) == signal.SIGKILL
    moments += 1
print(moments)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_ended_at_any_moment_a_whole_bundle_is_left_and_the_next_run_tidies_up(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILL, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20


# --- what is refused ---


@pytest.mark.parametrize("name", ["../x.html", "/x.html", "a/../x", "./x", "a//b", "", "a\\b", "."])
def test_paths_stay_inside(out, name):
    with pytest.raises(InvalidInputError, match="is no plain path inside the folder"):
        write_bundle(out, {name: ""}, manifest={})
    assert not out.exists()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({MANIFEST: ""}, "'manifest.json' is written by the bundle itself"),
        ({"a": "", "a/b": ""}, "'a' is a file and a folder"),
        ({"a": lambda path: None}, "Invalid content of 'a'. It was called to write that file, and did not"),
    ],
)
def test_write_bundle_fails(out, files, message):
    with pytest.raises(InvalidInputError, match=message):
        write_bundle(out, files, manifest={})
    assert not out.exists()
    assert beside(out) == []


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"outputs": []}, "Invalid manifest 'outputs'. The bundle writes these itself"),
        ({"value": float("nan")}, "Invalid manifest. It cannot be written as JSON: .*float"),
        ({"value": {1, 2}}, "It cannot be written as JSON: set has no form in JSON"),
    ],
)
def test_a_manifest_that_cannot_be_written_is_refused(out, manifest, message):
    with pytest.raises(InvalidInputError, match=message):
        write_bundle(out, FILES, manifest=manifest)
    assert not out.exists()


def test_targets_that_are_no_folder_of_their_own_are_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InvalidInputError, match=r"file'. It is a file"):
        write_bundle(tmp_path / "file", FILES, manifest={})
    with pytest.raises(InvalidInputError, match="The folder above it does not exist"):
        write_bundle(tmp_path / "a" / "b", FILES, manifest={})
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    for folder in (".", "..", "/"):
        with pytest.raises(InvalidInputError, match="Name one of its own inside the current folder"):
            write_bundle(folder, FILES, manifest={})


def test_a_link_to_a_folder_stays_a_link(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    written = write_bundle(tmp_path / "link", FILES, manifest={})
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "brief.html").is_file()
    assert written[0] == tmp_path / "link" / "brief.html"


def test_files_are_described_without_the_folders_of_this_machine(tmp_path):
    (tmp_path / "a").mkdir()
    path = write_page("abc", tmp_path / "a" / "x.txt")
    assert describe_file(path)["path"] == "x.txt"
    assert describe_file(path, root=tmp_path)["path"] == "a/x.txt"


def test_write_page_fails(tmp_path):
    with pytest.raises(InvalidInputError, match="does not exist"):
        write_page("", tmp_path / "none" / "x.html")
