"""What is installed, whose names are in use, and whether the embedded data is whole."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import platform
from dataclasses import dataclass
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Literal

PACKAGES = (
    "geopandas",
    "shapely",
    "pyogrio",
    "pyproj",
    "pandas",
    "numpy",
    "xarray",
    "xvec",
    "folium",
    "branca",
    "matplotlib",
)
EXTRAS = {
    "grib": ("cfgrib",),
    "osm": ("osmnx",),
    "print": ("playwright",),
    "stats": ("statsmodels", "ruptures"),
}
NAMES = ("geo", "layers")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination.

    Attributes
    ----------
    state : {"ok", "attention", "broken"}
        ``broken`` makes the command fail.
    text : str
        What was found, and what to do about it.
    """

    state: Literal["ok", "attention", "broken"]
    text: str


def examine(folder: Path | None = None) -> list[Finding]:
    """Examine the installation.

    Parameters
    ----------
    folder : Path, optional
        Folder whose own ``geo`` or ``layers`` a notebook started there would import first. Default: the
        current one.

    Returns
    -------
    findings : list of Finding
        In the order: versions, names, data, extras.

    Examples
    --------
    >>> [finding.state for finding in examine()][0]
    'ok'
    """
    names = [finding for name in NAMES for finding in _owners(name, folder or Path.cwd())]
    hidden = any(finding.state == "broken" for finding in names)
    return [*_versions(), *names, *([] if hidden else _data()), *_extras()]


def _versions() -> list[Finding]:
    import geo

    version = getattr(geo, "__version__", "(version hidden)")
    found = [Finding("ok", f"routeways {version}, Python {platform.python_version()}")]
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(Finding("broken", f"{package} is not installed: pip install --upgrade routeways"))
    return [*found, Finding("ok", ", ".join(versions))]


def _owners(name: str, folder: Path) -> list[Finding]:
    """Say which file owns a name, and which distributions and folders claim it as well."""
    spec = importlib.util.find_spec(name)
    owner = spec.origin if spec and spec.origin else "nothing"
    ours = Path(__file__).resolve().parents[1] / name / "__init__.py"
    found = []
    if owner != "nothing" and Path(owner).resolve() == ours:
        found.append(Finding("ok", f"'{name}' is {owner}"))
    else:
        found.append(Finding("broken", f"'{name}' is {owner}, not the one of routeways ({ours})"))
    claims = sorted(set(importlib.metadata.packages_distributions().get(name, [])) - {"routeways"})
    if claims:
        others = ", ".join(claims)
        found.append(
            Finding("broken", f"'{name}' is also installed by {others}: use an environment of your own")
        )
    here = PathFinder.find_spec(name, [str(folder)])
    local = here.origin or next(iter(here.submodule_search_locations or []), None) if here else None
    if local and Path(local).resolve() not in {ours, ours.parent}:
        found.append(
            Finding(
                "attention", f"{local} would be imported as '{name}' by a notebook started in this folder"
            )
        )
    return found


def _data() -> list[Finding]:
    """Compare every embedded file with the table of contents."""
    from geo.counts import read_contents

    root = Path(str(importlib.util.find_spec("geo").submodule_search_locations[0])) / "data"  # type: ignore[union-attr,index]  # geo is imported above
    faults = []
    entries = read_contents()
    for entry in entries:
        path = root / entry["path"]
        if not path.is_file():
            faults.append(f"{entry['path']} is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            faults.append(f"{entry['path']} differs from the file that was released")
    if faults:
        return [Finding("broken", f"embedded data: {fault}: reinstall routeways") for fault in faults]
    return [Finding("ok", f"embedded data: {len(entries)} files, all as released")]


def _extras() -> list[Finding]:
    found = []
    for extra, modules in EXTRAS.items():
        missing = [module for module in modules if importlib.util.find_spec(module) is None]
        if missing:
            found.append(
                Finding("attention", f"extra [{extra}] is not installed: pip install 'routeways[{extra}]'")
            )
        else:
            found.append(Finding("ok", f"extra [{extra}] is installed"))
    return found
