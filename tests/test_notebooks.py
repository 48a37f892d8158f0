"""The notebooks run, give the outputs they are kept with, and show them in JupyterLab with no network."""

import contextlib
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from nbformat.sign import NotebookNotary

import layers

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
_NUMBER = re.compile(r"\d[\d,.-]*\d|\d")


def _execute(path):
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    return notebook


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.name)
def both(request):
    """A notebook as it is kept, and as it comes out now."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = str(ROOT)
    try:
        yield nbformat.read(request.param, as_version=4), _execute(request.param)
    finally:
        os.environ.pop("PYTHONPATH") if before is None else os.environ.update(PYTHONPATH=before)


def _outputs(notebook, kind):
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [[out.get("data", {}).get(kind, "") for out in cell.outputs] for cell in cells]


def _numbers(texts):
    """The figures that a cell shows; how a library lays them out may change from version to version."""
    return [_NUMBER.findall(text) for text in texts if "xarray" not in text and " at 0x" not in text]


@pytest.mark.notebook
def test_a_notebook_gives_the_figures_it_is_kept_with(both):
    kept, fresh = (_outputs(notebook, "text/plain") for notebook in both)
    assert [_numbers(cell) for cell in fresh] == [_numbers(cell) for cell in kept]
    assert any(_numbers(cell) != [[]] and _numbers(cell) for cell in kept)


@pytest.mark.notebook
def test_a_notebook_is_kept_small_and_says_nothing_on_stderr(both):
    _, fresh = both
    assert not [out for cell in fresh.cells for out in cell.get("outputs", []) if out.get("name") == "stderr"]
    for cell in fresh.cells:
        assert len(json.dumps(cell.get("outputs", ""), ensure_ascii=False).encode()) < 300_000


@pytest.mark.notebook
@pytest.mark.browser
def test_a_notebooks_map_shows_with_no_network(both, visit):
    _, fresh = both
    maps = [html for cell in _outputs(fresh, "text/html") for html in cell if "<iframe" in html]
    assert maps or not any("build_map" in cell.source for cell in fresh.cells)
    for html in maps:
        seen = visit(f"<!doctype html><title>cell</title>{html}", ready=None)
        frame = seen.page.frame_locator("iframe")
        frame.locator("[data-ready]").first.wait_for(state="attached", timeout=15_000)
        assert frame.locator("path").count() > 5
        seen.assert_quiet()


@dataclass
class Lab:
    """A JupyterLab on this machine alone, and the folder it serves."""

    url: str
    root: Path
    data: Path

    def put(self, notebook, *, trusted):
        """Write a notebook into the folder, signed or not, and return its name."""
        name = f"{len(list(self.root.iterdir()))}-{'trusted' if trusted else 'untrusted'}.ipynb"
        # The signature is of the content: a copy is trusted too, unless it differs.
        notebook = nbformat.from_dict(notebook | {"metadata": notebook.metadata | {"name": name}})
        nbformat.write(notebook, self.root / name)
        if trusted:
            notary = NotebookNotary(data_dir=str(self.data))
            notary.sign(nbformat.read(self.root / name, as_version=4))
            notary.store.close()
        return name


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on a free port of this machine, with a home of its own; stopped whatever happens."""
    if importlib.util.find_spec("jupyterlab") is None:
        pytest.skip("jupyterlab is not installed")
    home = tmp_path_factory.mktemp("lab")
    folders = {name: home / name for name in ("root", "data", "config", "runtime", "ipython", "app")}
    for folder in folders.values():
        folder.mkdir()
    settings = {
        "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
        "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    }
    (folders["app"] / "overrides.json").write_text(json.dumps(settings))
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=0", "--IdentityProvider.token=", "--ServerApp.password=",
        f"--ServerApp.root_dir={folders['root']}", f"--LabServerApp.app_settings_dir={folders['app']}",
        "--LabApp.news_url=None", "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    ]  # fmt: skip
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(folders["config"]), "JUPYTER_DATA_DIR": str(folders["data"]),
        "JUPYTER_RUNTIME_DIR": str(folders["runtime"]), "IPYTHONDIR": str(folders["ipython"]),
         "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield Lab(_address(server, folders["runtime"], home / "log"), folders["root"], folders["data"])
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _address(server, runtime, log):
    """Wait until the server has written where it listens."""
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(ValueError, KeyError):
                return json.loads(path.read_text())["url"]
        time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start: {log.read_text()[-2000:]}")


@dataclass
class Opened:
    """A notebook in JupyterLab, and what its page tried to do."""

    page: object
    away: list = field(default_factory=list)
    errors: list = field(default_factory=list)
    dialogs: list = field(default_factory=list)

    def assert_quiet(self):
        assert self.away == []
        assert self.errors == []
        assert self.dialogs == []


@pytest.fixture
def open_lab(lab, browser):
    """Open a notebook in JupyterLab in a browser that reaches this machine alone."""
    contexts = []

    def open_notebook(notebook, *, trusted):
        name = lab.put(notebook, trusted=trusted)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        contexts.append(context)
        seen = Opened(context.new_page())

        def route(call):
            if call.request.url.startswith((lab.url, "data:", "blob:")):
                call.continue_()
            else:
                seen.away.append(call.request.url)
                call.abort()

        def refuse(dialog):
            seen.dialogs.append(dialog.message)
            dialog.dismiss()

        def told(message):
            if message.type == "error":
                seen.errors.append(f"{message.text} {message.location}")

        context.route("**/*", route)
        seen.page.on("console", told)
        seen.page.on("pageerror", lambda error: seen.errors.append(str(error)))
        seen.page.on("dialog", refuse)
        seen.page.goto(f"{lab.url}lab/tree/{name}?reset")
        seen.page.wait_for_selector(".jp-OutputArea-output", timeout=30_000, state="attached")
        return seen

    yield open_notebook
    for context in contexts:
        context.close()


@pytest.mark.notebook
@pytest.mark.browser
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
def test_a_notebook_shows_in_jupyterlab_with_no_network(both, open_lab, trusted):
    _, fresh = both
    maps = sum("<iframe" in html for cell in _outputs(fresh, "text/html") for html in cell)
    seen = open_lab(fresh, trusted=trusted)
    shown = seen.page.locator(".jp-OutputArea-output .rw-output")
    if maps:
        shown.nth(maps - 1).wait_for()
    assert seen.page.locator(".jp-OutputArea-output iframe").count() == (maps if trusted else 0)
    for at in range(maps):
        if trusted:
            frame = shown.nth(at).frame_locator("iframe")
            frame.locator("[data-ready]").first.wait_for(state="attached", timeout=15_000)
            assert frame.locator("path").count() > 5
        else:
            picture = shown.nth(at).locator("img")
            picture.scroll_into_view_if_needed()
            assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 960
            assert picture.bounding_box()["height"] > 300
            assert len(picture.get_attribute("alt")) > 40
    seen.assert_quiet()


@pytest.mark.notebook
@pytest.mark.browser
@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
def test_hostile_displays_stay_text_in_jupyterlab(make, open_lab, trusted):
    payloads = [*make.payloads, "$x^2$ and \\(y\\)", "[a](javascript:alert(1))"]
    payloads = [text for text in payloads if text.isprintable()]
    table = layers.show(pd.DataFrame({"text": payloads}))
    corridors, stats = make.corridors(payloads[7]), make.stats(payloads[8])
    told = {"routes": make.routes(), "places": make.places(), "figures": make.figures()}
    sheet = layers.build_map(corridors, stats, None, title=payloads[7], **told)
    outputs = [
        nbformat.v4.new_output("display_data", {"text/html": shown._repr_html_(), "text/plain": "shown"})
        for shown in (table, sheet)
    ]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("shown", execution_count=1, outputs=outputs)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    seen = open_lab(notebook, trusted=trusted)
    rows = seen.page.locator(".jp-OutputArea-output tbody tr th")
    rows.first.wait_for()
    assert rows.all_text_contents() == payloads
    assert seen.page.locator(".jp-OutputArea-output mjx-container").count() == 0
    if trusted:
        frame = seen.page.frame_locator(".rw-output iframe")
        frame.locator("[data-ready]").first.wait_for(state="attached", timeout=15_000)
        assert frame.locator("h1").text_content() == payloads[7]
    else:
        assert payloads[7] in seen.page.locator(".rw-output img").get_attribute("alt")
    seen.assert_quiet()
