"""The jobs of the command, each from one dossier: a page, a layer, or the whole folder."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import geo
from geo.counts import read_contents
from geo.errors import InvalidInputError, NotCoveredError
from geo.stats import from_frame
from layers.brief import build_brief
from layers.bundle import write_bundle
from layers.density import incident_cells
from layers.export import (
    LAYERS,
    encode_layer,
    export_layer,
    layer_frame,
    layer_metadata,
    style_text,
    write_style,
)
from layers.findings import finding_tables
from layers.page import page_html
from layers.picture import draw_map
from layers.picture_files import picture_bytes
from layers.printing import print_page
from layers.sheet import build_map
from layers.tables import stats_csv, stats_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import folium
    from geopandas import GeoDataFrame

    from layers.dossier import Dossier


def dossier_map(dossier: Dossier) -> folium.Map:
    """Return the map of a dossier."""
    return build_map(
        dossier.corridors,
        dossier.headline,
        dossier.counts,
        routes=dossier.routes,
        places=dossier.places,
        figures=dossier.figures,
        as_of=dossier.options.as_of,
        known_on=dossier.options.known_on,
        boundary_policy=dossier.options.boundary_policy,
        boundaries=dossier.options.boundaries,
    )


def map_page(dossier: Dossier) -> str:
    """Return the map of a dossier as one page of HTML."""
    return page_html(dossier_map(dossier))


def map_picture(dossier: Dossier, format_: str) -> bytes:
    """Return the map of a dossier as PNG, PDF or SVG, drawn without a browser."""
    figure = draw_map(
        dossier.corridors,
        dossier.headline,
        dossier.counts,
        routes=dossier.routes,
        places=dossier.places,
        figures=dossier.figures,
        as_of=dossier.options.as_of,
        known_on=dossier.options.known_on,
    )
    return picture_bytes(figure, format_)


def map_printed(dossier: Dossier, format_: str) -> bytes:
    """Return the page of the map as a browser shows it (PNG) or prints it (PDF, A4 landscape)."""
    sheet = dossier_map(dossier)
    title = str(getattr(sheet.get_root(), "title", ""))
    return print_page(page_html(sheet), format=format_, landscape=True, margin_mm=10, title=title)


def brief_printed(dossier: Dossier, *, command: str = "") -> bytes:
    """Return the briefing of a dossier as a browser prints it: PDF, A4, pages numbered."""
    title = "Figures for " + ", ".join(str(title) for title in dossier.definitions["title"])
    return print_page(brief_page(dossier, command=command), title=title)


def output_format(output: str, given: str | None, endings: Mapping[str, str], *, default: str) -> str:
    """Return the format of an output from its ending and what was asked for.

    Parameters
    ----------
    output : str
        A path, or ``-``.
    given : str or None
        What was asked for.
    endings : mapping of str to str
        Formats by ending.
    default : str
        For a path without an ending.

    Raises
    ------
    InvalidInputError
        If the ending means another format than what was asked for, or none.

    Examples
    --------
    >>> output_format("map.png", None, {".html": "html", ".png": "png"}, default="html")
    'png'
    """
    ending = Path(output).suffix.lower()
    by_ending = endings.get(ending)
    if by_ending is None and ending and given is None:
        known = ", ".join(endings)
        raise InvalidInputError(f"Invalid output '{output}'. Its ending is none of {known}: give a --format.")
    if given is not None and by_ending not in (None, given):
        raise InvalidInputError(
            f"Invalid output '{output}'. Its ending means {by_ending}, the format is {given}."
        )
    return given or by_ending or default


def brief_page(dossier: Dossier, *, command: str = "") -> str:
    """Return the briefing of a dossier as one page of HTML."""
    return build_brief(dossier, dossier_map(dossier), command=command)


def dossier_layer(dossier: Dossier, layer: str, *, command: str = "") -> tuple[GeoDataFrame, dict[str, Any]]:
    """Return one layer of a dossier, and what goes with it."""
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "corridors": lambda: {"corridors": dossier.corridors},
        "legs": lambda: {"routes": dossier.routes, "figures": dossier.figures},
        "segments": lambda: {"segments": dossier.segments, "routes": dossier.routes},
        "places": lambda: {
            "places": dossier.places,
            "routes": dossier.routes,
            "corridors": dossier.corridors,
        },
        "stats": lambda: {"stats": dossier.stats, "corridors": dossier.corridors},
        "incidents": lambda: {"incidents": dossier_cells(dossier)},
    }
    parts["crossings"] = parts["places"]
    frame = layer_frame(layer, **parts[layer]())
    metadata = layer_metadata(
        layer,
        frame,
        routes=dossier.routes,
        as_of=dossier.options.as_of,
        known_on=dossier.options.known_on,
        ledger=() if layer == "incidents" else dossier.counts.attrs.get("ledger", ()),
        command=command or None,
        vintages=_vintages(dossier, layer, frame),
    )
    return frame, metadata | {"disclosure": dossier.disclosure}


def dossier_cells(dossier: Dossier) -> GeoDataFrame:
    """Return the incidents on a dossier's corridors in cells, up to its data date.

    Raises
    ------
    NotCoveredError
        If none were known by its publication date, or none happened by its data date.
    """
    return incident_cells(
        corridors=[str(corridor) for corridor in dossier.corridors.index],
        as_of=dossier.options.as_of,
        known_on=dossier.options.known_on,
    )


def _vintages(dossier: Dossier, layer: str, frame: GeoDataFrame) -> list[dict[str, Any]]:
    """Return what the figures in a layer were laid together from."""
    if layer == "stats":
        return dossier.used()
    if layer != "legs" or not {"source", "measure"} <= set(frame.columns):
        return []
    told = frame[["source", "measure"]].dropna().itertuples(index=False)
    return dossier.used({(part.strip(), measure) for source, measure in told for part in source.split("+")})


def export(
    dossier: Dossier,
    layer: str,
    target: Path | IO[bytes],
    *,
    format_: str | None = None,
    style: bool = True,
    command: str = "",
) -> tuple[Path, ...]:
    """Write one layer of a dossier, with its style beside it where it is a file.

    Parameters
    ----------
    dossier : Dossier
        What was asked for.
    layer : str
        One of :data:`layers.export.LAYERS`.
    target : path or binary stream
        Where to.
    format_ : str, optional
        Of :data:`layers.export.FORMATS`; default by the file's ending.
    style : bool
        Whether a QGIS style is written beside a file.
    command : str
        The command that makes it again.

    Returns
    -------
    written : tuple of Path
        Nothing for a stream.
    """
    frame, metadata = dossier_layer(dossier, layer, command=command)
    written = export_layer(frame, target, format=format_, metadata=metadata)
    if style and isinstance(target, Path) and target.suffix != ".csv" and _drawn(frame):
        written = (*written, write_style(layer, target.with_suffix(".qml"), frame=frame))
    return written


def write_brief(
    dossier: Dossier, folder: Path, *, command: str = "", step: Callable[[str], object] = str
) -> tuple[Path, ...]:
    """Write the folder that is handed over, whole or not at all.

    Parameters
    ----------
    dossier : Dossier
        What was asked for.
    folder : Path
        Where to; replaced in one step where it holds an earlier one.
    command : str
        The command that makes it again.
    step : callable
        Told what is under way.

    Returns
    -------
    written : tuple of Path
        Every file, the manifest among them.
    """
    files: dict[str, Any] = {}
    step("Computing statistics")
    finding_tables(dossier)
    files["stats.csv"] = stats_csv(from_frame(dossier.stats)).encode()
    files["stats.json"] = stats_text(dossier, "json", command=command).encode()
    step("Drawing the map")
    sheet = dossier_map(dossier)
    files["map.html"] = page_html(sheet).encode()
    step("Setting the briefing")
    files["brief.html"] = build_brief(dossier, sheet, command=command).encode()
    for layer in LAYERS:
        step(f"Writing layer {layer}")
        try:
            frame, metadata = dossier_layer(dossier, layer, command=command)
        except NotCoveredError:
            if layer != "incidents":  # known later than asked for: there is no grid to give
                raise
            continue
        files[f"layers/{layer}.geojson"] = encode_layer(frame, "geojson", metadata=metadata)
        if _drawn(frame):
            files[f"layers/{layer}.qml"] = style_text(layer, frame).encode()
    step("Writing the folder")
    return write_bundle(folder, files, manifest=_manifest(dossier, command))


def _drawn(frame: GeoDataFrame) -> bool:
    return not frame.geometry.isna().all()


def _manifest(dossier: Dossier, command: str) -> dict[str, Any]:
    """Return what the manifest says of how the folder was made."""
    options = dossier.options
    asked = {
        name: value
        for name in options.__dataclass_fields__
        if (value := getattr(options, name)) not in (None, (), "", False)
        and name not in {"routes", "counts", "claims", "waves", "boundaries"}
        and (name, value) not in {("steps", "month"), ("divide_by", "nationality")}
    }
    inputs = [
        {"path": f"geo/data/{entry['path']}", "sha256": entry["sha256"]}
        for entry in read_contents()
        if not entry["path"].startswith(("schemas/", "locale/"))
    ]
    inputs += [
        _own_file(path)
        for path in (options.routes, options.counts, options.claims, options.boundaries, *options.waves)
        if path is not None and path.is_file()
    ]
    told = ("source", "measure", "basis", "corridor", "place", "last_day", "known_on", "licence")
    held = dossier.series[dossier.series["corridor"].isin(dossier.definitions.index)]
    series = held.loc[:, list(told)].rename(columns={"last_day": "data_through"})
    for column in ("data_through", "known_on"):
        series[column] = series[column].dt.strftime("%Y-%m-%d")
    return {
        "version": geo.__version__,
        "command": command,
        "options": asked,
        "corridors": list(dossier.definitions.index),
        "inputs": inputs,
        "series": series.to_dict("records"),
        "ledger": dossier.counts.attrs.get("ledger", []),
        "disclosure": dossier.disclosure,
        "notes": dossier.notes,
        **({"vintages": dossier.vintages} if dossier.vintages else {}),
    }


def _own_file(path: Path) -> dict[str, str]:
    """Name a user's own file by its last part and its content, never by the folder it lies in."""
    return {"path": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
