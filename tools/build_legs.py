"""Build the lines of all embedded legs into geo/data/routes/built_legs.geojson.

    python tools/build_legs.py [--all]

Run it after a change of a definition, of a place, of the coast or of the roads; a test holds every hash
against its inputs. Without --all, lines whose hash is current are kept. The same inputs give the same
bytes. Lines along roads are © OpenStreetMap contributors, ODbL 1.0.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

TARGET = ROOT / "geo" / "data" / "routes" / "built_legs.geojson"
CREDIT = (
    "Generalised lines between named places, never tracks. Sea legs: coast of Natural Earth (public domain). "
    "Land legs: © OpenStreetMap contributors, ODbL 1.0 (geo/data/osm/NOTICE.md)."
)


def build() -> str:
    """Return the file's text; lines whose hash is current are taken over, unless `--all` is given."""
    from geo.definitions import read_definitions
    from geo.legs import build_leg, built_feature, leg_hash, read_built_legs
    from geo.places import read_places

    places = read_places()
    kept = {} if "--all" in sys.argv else read_built_legs()
    features = []
    for definition in read_definitions().values():
        for leg in definition["legs"]:
            digest = leg_hash(leg, places)
            line = kept.get(digest) or build_leg(leg, places)
            features.append(built_feature(leg["id"], digest, line))
            print(f"{leg['id']:32} {line.certainty:12} {line.method}", file=sys.stderr)
    rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in features)
    credit = json.dumps(CREDIT, ensure_ascii=False)
    return f'{{"type":"FeatureCollection","attribution":{credit},"features":[\n{rows}\n]}}\n'


if __name__ == "__main__":
    TARGET.write_text(build(), encoding="utf-8")
