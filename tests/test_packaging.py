"""What a user meets before the first figure: names, versions, start-up, pages that are generated."""

import importlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAMES = {
    "build": "python-build",
    "eccodes": "python-eccodes",
    "lazy-loader": "lazy_loader",
    "playwright": "playwright-python",
    "matplotlib": "matplotlib-base",
}


def _requirements(lines):
    pairs = [
        re.fullmatch(r"([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?(?:>=([0-9.]+(?:,<[0-9.]+)?))?", line).groups()
        for line in lines
    ]
    return {name.lower(): bound for name, bound in pairs}


def _pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        lines += [line for line in extra if not line.startswith("routeways")]
    return {CONDA_NAMES.get(name, name): bound for name, bound in _requirements(lines).items()}


def test_environment_yml_is_the_twin_of_pyproject():
    conda = _requirements(yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"])
    assert conda.pop("python") == "3.11"
    assert conda == _pyproject()


def test_every_dependency_but_type_stubs_has_a_lower_bound():
    assert [
        name for name, bound in _pyproject().items() if bound is None and not name.startswith("types-")
    ] == []


def test_both_packages_ship_their_type_hints():
    assert (ROOT / "geo" / "py.typed").is_file()
    assert (ROOT / "layers" / "py.typed").is_file()


def _modules_after(code):
    script = f"import sys\n{code}\nprint('\\n'.join(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return set(done.stdout.split())


HELP = """
from click.testing import CliRunner
from layers.cli import main
for words in [[], ['brief'], ['map'], ['stats'], ['export'], ['doctor']]:
    done = CliRunner().invoke(main, [*words, '--help'])
    assert done.exit_code == 0
    assert 'Example:' in done.output.rstrip().splitlines()[-2]
"""


def test_help_ends_with_an_example_and_answers_before_geopandas_is_imported():
    assert not _modules_after(HELP) & {"geopandas", "pandas", "xarray", "folium", "numpy", "shapely"}


def test_importing_the_packages_loads_nothing_heavy():
    assert not _modules_after("import geo, layers") & {"geopandas", "pandas", "xarray", "folium", "numpy"}


@pytest.mark.parametrize("package", ["geo", "layers"])
def test_every_public_name_can_be_imported(package):
    module = importlib.import_module(package)
    assert module.__all__
    for name in module.__all__:
        assert callable(getattr(module, name)), name


def test_the_page_about_the_command_is_what_help_says():
    assert (
        subprocess.run(
            [sys.executable, "tools/build_cli_docs.py", "--check"], cwd=ROOT, env=_env()
        ).returncode
        == 0
    )


def _env():

    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_readme_names_the_two_commands_and_the_makefile_has_them():
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    for target in ("brief", "test", "check", "help"):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert "make brief" in readme
    assert "make test" in readme


def _tracked():
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listing.stdout.split("\0") if name]


CREDENTIAL = re.compile(
    r"(?i)(api[_-]?key|secret|passwd|password|token|subscription[_-]key)\s*[:=]\s*['\"][A-Za-z0-9+/_-]{12,}['\"]"
    r"|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY"
)


def test_no_credential_is_committed():
    texts = [path for path in _tracked() if path.is_file() and path.suffix not in {".png", ".gz", ".parquet"}]
    found = [path for path in texts if CREDENTIAL.search(path.read_text(encoding="utf-8", errors="ignore"))]
    assert found == []
