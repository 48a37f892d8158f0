"""Write layers/assets/MANIFEST.json: name, version, licence and sha256 of every vendored file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "layers" / "assets"
OWN = {"name": "routeways", "version": "with the package", "licence": "MIT"}
ENTRIES = {
    "leaflet-1.9.3/": {"name": "Leaflet", "version": "1.9.3", "licence": "BSD-2-Clause"},
    "plugins/leaflet.markercluster-1.1.0/": {
        "name": "Leaflet.markercluster", "version": "1.1.0", "licence": "MIT",
    },
    "plugins/leaflet.fullscreen-3.0.0/": {"name": "leaflet.fullscreen", "version": "3.0.0", "licence": "MIT"},
    "plugins/leaflet-polylineoffset-1.1.1/": {
        "name": "Leaflet.PolylineOffset", "version": "1.1.1", "licence": "MIT",
    },
    "plugins/leaflet-textpath-1.2.3/": {"name": "Leaflet.TextPath", "version": "1.2.3", "licence": "MIT"},
    "plugins/leaflet-ant-path-1.1.2/": {"name": "leaflet-ant-path", "version": "1.1.2", "licence": "MIT"},
    "plugins/leaflet.featuregroup.subgroup-1.0.2/": {
        "name": "Leaflet.FeatureGroup.SubGroup", "version": "1.0.2", "licence": "BSD-2-Clause",
    },
    "backdrop.json": {"name": "Natural Earth", "version": "1:10m countries", "licence": "public domain"},
}  # fmt: skip


def main() -> None:
    files = {}
    for path in sorted(ASSETS.rglob("*")):
        name = path.relative_to(ASSETS).as_posix()
        if path.is_file() and name not in ("MANIFEST.json", "NOTICE.md"):
            entry = next((entry for start, entry in ENTRIES.items() if name.startswith(start)), OWN)
            files[name] = {**entry, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    text = json.dumps({"files": files}, indent=2, ensure_ascii=False)
    (ASSETS / "MANIFEST.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
