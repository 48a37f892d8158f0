"""The notebooks run, give the outputs they are kept with, and show their maps with no network."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

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
        assert len(str(cell.get("outputs", ""))) < 500_000


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
