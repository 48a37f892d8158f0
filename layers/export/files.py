"""Files of one layer in the formats of the field: written whole or not at all, equal bytes for equal input.

How lists, days and missing values stand in each format:

=========  =====================  ==========================  ====================================
format     list of text           missing number or text      what the layer is and may be used for
=========  =====================  ==========================  ====================================
geojson    JSON array             null                        foreign members of the collection
geojsonl   JSON array             null                        ``FILE-metadata.json`` beside it
gpkg       JSON text              NULL                        metadata of the layer
fgb        JSON text              absent                      metadata of the layer
parquet    list of text           null                        ``routeways`` in the file's metadata
csv        JSON text              empty                       ``FILE-metadata.json`` beside it
=========  =====================  ==========================  ====================================

Days are ISO text everywhere. GeoJSON is rounded to 7 decimals and cut at the antimeridian; CSV has a ``WKT``
column with 7 decimals; the other formats hold the coordinates as they are.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from geo.checks import check_choice
from geo.errors import InvalidInputError
from layers.export.frames import json_text, list_columns
from layers.export.geojson import DECIMALS, collection_text, lines_text
from layers.writing import write_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from geopandas import GeoDataFrame

FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "geojson": (".geojson", ".json"),
    "geojsonl": (".geojsonl", ".geojsons", ".ndjson", ".jsonl"),
    "gpkg": (".gpkg",),
    "parquet": (".parquet", ".geoparquet"),
    "fgb": (".fgb",),
    "csv": (".csv",),
}
"""Each format with the endings that choose it."""

_FILE_ONLY: Final = ("gpkg",)
_BESIDE: Final = ("geojsonl", "csv")
_EPOCH: Final = "1970-01-01"


def export_layer(
    frame: GeoDataFrame,
    target: str | Path | IO[bytes],
    *,
    format: str | None = None,  # noqa: A002 - the word of the command and of geopandas
    metadata: Mapping[str, Any] | None = None,
    with_geometry: bool = True,
) -> tuple[Path, ...]:
    """Write a layer to a file or a binary stream.

    Parameters
    ----------
    frame : GeoDataFrame
        A layer of :func:`layers.export.layer_frame`.
    target : path or binary stream
        Where to write; ``-`` is standard output. A file that exists is replaced in one step.
    format : str, optional
        ``geojson``, ``geojsonl``, ``gpkg``, ``parquet``, ``fgb`` or ``csv``. Default: by the file's ending;
        GeoJSON for a stream.
    metadata : mapping, optional
        What :func:`layers.export.layer_metadata` returns.
    with_geometry : bool
        False leaves the shapes out of a CSV file.

    Returns
    -------
    written : tuple of Path
        The file, and the one with its metadata where the format has no room for them; empty for a stream.

    Raises
    ------
    InvalidInputError
        If neither format nor ending is known, they contradict each other, the format cannot go to a stream or
        leave out shapes, or the folder does not exist.
    UnknownNameError
        If there is no such format.

    Examples
    --------
    >>> import geopandas, io
    >>> frame = geopandas.GeoDataFrame({"v": [1.5]}, index=["a"], geometry=[None], crs="EPSG:4326")
    >>> stream = io.BytesIO()
    >>> export_layer(frame, stream, format="csv")
    ()
    >>> print(stream.getvalue().decode())
    id,v,WKT
    a,1.5,
    """
    stream = None
    if not isinstance(target, str | Path) or str(target) == "-":
        stream = sys.stdout.buffer if isinstance(target, str | Path) else target
    name = _format(format, None if stream else Path(str(target)))
    if stream is not None and name in _FILE_ONLY:
        raise InvalidInputError(
            f"Invalid format '{name}'. GeoPackage is a database and needs a file: give -o FILE.gpkg, "
            "or choose another format for a stream."
        )
    if not with_geometry and name != "csv":
        raise InvalidInputError(f"Invalid format '{name}'. Only csv can leave out the shapes.")
    data = encode_layer(frame, name, metadata=metadata, with_geometry=with_geometry)
    if stream is not None:
        stream.write(data)
        stream.flush()
        return ()
    path = Path(str(target))
    write_bytes(path, data)
    if name not in _BESIDE or not metadata:
        return (path,)
    beside = path.with_name(path.name + "-metadata.json")
    write_bytes(beside, (json.dumps(dict(metadata), ensure_ascii=False, indent=2) + "\n").encode())
    return (path, beside)


def encode_layer(
    frame: GeoDataFrame,
    format: str,  # noqa: A002 - as above
    *,
    metadata: Mapping[str, Any] | None = None,
    with_geometry: bool = True,
) -> bytes:
    r"""Return the bytes of a layer's file.

    Raises
    ------
    UnknownNameError
        If there is no such format.
    InvalidInputError
        If a shape cannot be written.

    Examples
    --------
    >>> import geopandas
    >>> frame = geopandas.GeoDataFrame(index=["a"], geometry=[None], crs="EPSG:4326")
    >>> encode_layer(frame, "geojsonl")
    b'{"type": "Feature", "id": "a", "properties": {}, "geometry": null}\n'
    """
    check_choice(format, FORMATS, name="format")
    known = dict(metadata or {})
    if format == "geojson":
        return collection_text(frame, known).encode()
    if format == "geojsonl":
        return lines_text(frame).encode()
    if format == "csv":
        return _csv(frame, with_geometry=with_geometry)
    if format == "parquet":
        return _parquet(frame, known)
    return _ogr(frame, "GPKG" if format == "gpkg" else "FlatGeobuf", known)


def _format(given: str | None, path: Path | None) -> str:
    ending = "" if path is None else path.suffix.lower()
    by_ending = next((name for name, endings in FORMATS.items() if ending in endings), None)
    if given is not None:
        check_choice(given, FORMATS, name="format")
        if by_ending not in (None, given):
            raise InvalidInputError(
                f"Invalid output '{path}'. Its ending means {by_ending}, the format is {given}."
            )
        return given
    if path is None:
        return "geojson"
    if by_ending is None:
        endings = ", ".join(known[0] for known in FORMATS.values())
        raise InvalidInputError(f"Invalid output '{path}'. Its ending is none of {endings}: give a format.")
    return by_ending


def _named(frame: GeoDataFrame) -> GeoDataFrame:
    """Return the layer with its ids as the first column."""
    name = frame.index.name or "id"
    flat = frame.reset_index(drop=True)
    flat.insert(0, name, list(frame.index))
    return flat


def _listless(frame: GeoDataFrame) -> GeoDataFrame:
    flat = _named(frame)
    for column in list_columns(flat):
        flat[column] = [None if value is None else json_text(value) for value in flat[column]]
    return flat


def _csv(frame: GeoDataFrame, *, with_geometry: bool) -> bytes:
    import pandas as pd

    flat = _listless(frame)
    table = pd.DataFrame(flat.drop(columns=flat.geometry.name))
    if with_geometry:
        table["WKT"] = flat.geometry.to_wkt(rounding_precision=DECIMALS)
    text: str = table.to_csv(index=False, lineterminator="\n")
    return text.encode()


def _parquet(frame: GeoDataFrame, metadata: Mapping[str, Any]) -> bytes:
    import pyarrow.parquet

    flat = _named(frame)
    for column in list_columns(flat):
        flat[column] = [None if value is None else list(value) for value in flat[column]]
    flat.attrs = {}
    first = io.BytesIO()
    flat.to_parquet(first, index=False)
    table = pyarrow.parquet.read_table(first)
    if metadata:
        table = table.replace_schema_metadata(
            {**(table.schema.metadata or {}), b"routeways": _compact(metadata)}
        )
    second = io.BytesIO()
    pyarrow.parquet.write_table(table, second)
    return second.getvalue()


def _ogr(frame: GeoDataFrame, driver: str, metadata: Mapping[str, Any]) -> bytes:
    """Return the bytes that GDAL writes, with a fixed date where the format wants one."""
    import pyogrio

    flat = _listless(frame)
    kinds = {shape.geom_type for shape in flat.geometry if shape is not None}
    options: dict[str, Any] = {"geometry_type": _kind(kinds)}
    if driver == "FlatGeobuf":
        options["SPATIAL_INDEX"] = "NO"  # the index would change the order of the rows
    stream = io.BytesIO()
    day = str(metadata.get("as_of") or _EPOCH)
    with _config(OGR_CURRENT_DATE=f"{day}T00:00:00.000Z"):
        pyogrio.write_dataframe(
            flat,
            stream,
            driver=driver,
            layer=str(frame.attrs.get("layer", "layer")),
            promote_to_multi=any(kind.startswith("Multi") for kind in kinds),
            layer_metadata={str(key): _text(value) for key, value in metadata.items()} or None,
            **options,
        )
    return stream.getvalue()


def _kind(kinds: set[str]) -> str:
    """Return the geometry type of a layer; ``Unknown`` where shapes of several families meet."""
    families = {kind.removeprefix("Multi") for kind in kinds}
    if len(families) != 1:
        return "Unknown"
    return f"Multi{families.pop()}" if any(kind.startswith("Multi") for kind in kinds) else families.pop()


def _text(value: object) -> str:
    return value if isinstance(value, str) else _compact(value).decode()


def _compact(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


@contextlib.contextmanager
def _config(**options: str) -> Iterator[None]:
    """Set options of GDAL for a while; they belong to the whole process."""
    import pyogrio

    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
