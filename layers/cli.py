"""The command ``routeways``: parse, call, print. Data goes to stdout, talk to stderr.

Exit codes: 0 done, 1 failed, 2 wrong use. Everything heavy is imported inside the commands, so that
``--help`` answers at once.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from layers.cli_check import add_check
from layers.cli_deeper import DEEPER
from layers.cli_parts import AS_PUBLISHED, Careful, Day, Stretch, note_redefined
from layers.cli_sources import sources

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.dossier import Dossier

STATS_FORMATS = ("table", "csv", "json", "markdown")
LAYERS = ("corridors", "legs", "segments", "places", "crossings", "stats", "incidents")
BRIEF_FORMATS = ("folder", "html", "pdf")
MAP_FORMATS = ("html", "png", "pdf", "svg")
_ENDINGS = {".html": "html", ".htm": "html", ".png": "png", ".pdf": "pdf", ".svg": "svg"}
EXPORT_FORMATS = ("geojson", "geojsonl", "gpkg", "parquet", "fgb", "csv")


_OPTIONS: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (
        ("--as-of",),
        {
            "type": Day(),
            "help": "Data date: only what ends on or before it counts. Default: the last day held.",
        },
    ),
    (
        ("--known-on",),
        {
            "type": Day(),
            "help": "Publication date: use the newest figures published by then. Default: newest.",
        },
    ),
    (
        ("--period",),
        {
            "type": Stretch(),
            "metavar": "P",
            "help": "What is described: 2024-12-12, 2024-W50, 2024-12, 2024-Q4, 2024, or a/b, both ends in.",
        },
    ),
    (("--since",), {"type": Day(), "help": "Also count from this day on, inclusive."}),
    (
        ("--against",),
        {
            "metavar": "YEAR|P",
            "help": "Year (or period, for totals) that changes are compared with. Default: the year before.",
        },
    ),
    (
        ("--threshold",),
        {
            "type": click.FloatRange(min=0, min_open=True),
            "metavar": "N",
            "help": "Also give the day on which the year passed N.",
        },
    ),
    (("--source",), {"help": "Another source than the corridor's headline one."}),
    (("--measure",), {"help": "Another measure: arrival, detection_entry, boat, dead_missing, …"}),
    (("--basis",), {"help": "Another basis: provisional or final."}),
    (("--place",), {"default": "", "help": "One place of a series that is published by place: RS, LY, …"}),
    (
        ("--routes",),
        {
            "type": click.Path(path_type=Path),
            "metavar": "FILE",
            "callback": note_redefined,
            "help": "Your own corridors (YAML or JSON).",
        },
    ),
    (
        ("--counts",),
        {
            "type": click.Path(path_type=Path),
            "metavar": "FILE",
            "help": "Your own counts (tidy CSV or Parquet).",
        },
    ),
    (
        ("--as-published",),
        {
            "is_flag": True,
            "help": AS_PUBLISHED,
        },
    ),
)


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options and the argument that every command but ``doctor`` takes."""
    for flags, settings in reversed((*_OPTIONS, *DEEPER)):
        command = click.option(*flags, **settings)(command)
    return click.argument("corridors", nargs=-1, metavar="[CORRIDOR…]")(command)


def _dossier(corridors: tuple[str, ...], options: dict[str, Any]) -> Dossier:
    from layers.dossier import Dossier, Options

    return Dossier(Options(corridors=corridors, **options))


def command_line(ctx: click.Context) -> str:
    """Return the command that was given, without where its output went, so that it can be given again."""
    arguments, options = [], []
    for parameter in ctx.command.params:
        value = ctx.params.get(parameter.name or "")
        if parameter.name == "output" or value in (None, (), "") or value == parameter.default:
            continue
        if isinstance(value, bool):
            options += (parameter.opts if value else parameter.secondary_opts)[:1]
            continue
        values = value if isinstance(value, tuple) else (value,)
        if isinstance(parameter, click.Argument):
            arguments += [str(item) for item in values]
        else:
            options += [word for item in values for word in (parameter.opts[0], _told(item))]
    return shlex.join(["routeways", str(ctx.info_name), *arguments, *options])


def _told(value: object) -> str:
    """Return an option's value as it may be repeated anywhere: of a path its last part."""
    return value.name if isinstance(value, Path) else str(value)


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001 - click's own signature
    if value:
        import geo

        click.echo(f"routeways {getattr(geo, '__version__', '(hidden by another package named geo)')}")
        ctx.exit()


def _say(text: str) -> None:
    click.echo(text, err=True)


def _notes(dossier: Dossier) -> None:
    for note in dossier.notes:
        _say(f"note: {note['corridor']}: {note['note']}")


def _hand_over(content: str | bytes, output: str) -> None:
    """Print a text, or write it to a file, whole or not at all."""
    data = content.encode() if isinstance(content, str) else content
    if output == "-":
        stream = sys.stdout.buffer
        stream.write(data)
        stream.flush()
        return
    from layers.writing import write_bytes

    write_bytes(output, data)
    _say(f"wrote {output}")


@click.group(
    epilog="\b\nExample:\n  routeways stats channel --as-of 2024-12-12",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Routes, crossings and published counts on the way to Europe.

    Data goes to stdout, talk to stderr. Exit codes: 0 done, 1 failed, 2 wrong use.
    """


@main.command(
    cls=Careful,
    epilog="\b\nExample:\n  routeways brief channel western_balkans --as-of 2024-12-12 -o out/",
)
@common
@click.option(
    "--format",
    "format_",
    type=click.Choice(BRIEF_FORMATS),
    help="html: the page alone; pdf: printed, pages numbered (extra print). Default: by the output's ending.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER|FILE.html|FILE.pdf|-",
    help="Default: the folder out, or brief.FORMAT; - for stdout.",
)
@click.option(
    "--claims",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Published sentences (YAML or CSV) to be checked in a section of their own, at their own dates.",
)
@click.pass_context
def brief(
    ctx: click.Context,
    /,
    corridors: tuple[str, ...],
    format_: str | None,
    output: Path | None,
    **options: Any,  # noqa: ANN401 - click's keywords
) -> None:
    """Write a folder that can be handed over: briefing, map, layers, statistics, manifest.

    An output that ends in .html or .pdf, or --format html or pdf, gets the briefing alone.
    """
    from layers import desk

    dossier = _dossier(corridors, options)
    output = output or Path(f"brief.{format_}" if format_ in ("html", "pdf") else "out")
    told = {".html": "html", ".pdf": "pdf"}.get(output.suffix, "")
    if told and format_ not in (None, told):
        raise click.UsageError(
            f"Invalid output '{output}'. Its ending means {told}, the format is {format_}.", ctx
        )
    if "pdf" in (format_, told):
        _hand_over(desk.brief_printed(dossier, command=command_line(ctx)), str(output))
    elif format_ == "html" or told or str(output) == "-":
        _hand_over(desk.brief_page(dossier, command=command_line(ctx)), str(output))
    else:
        with _progress("Reading figures") as step:
            written = desk.write_brief(dossier, output, command=command_line(ctx), step=step)
        for path in written:
            _say(f"wrote {path}")
    _notes(dossier)


@main.command(
    "map",
    cls=Careful,
    epilog="\b\nExample:\n  routeways map central_med --as-of 2024-12-31 -o central.pdf",
)
@common
@click.option(
    "--format",
    "format_",
    type=click.Choice(MAP_FORMATS),
    help="html: a page; png, pdf, svg: a picture, A4 landscape. Default: by the output's ending.",
)
@click.option(
    "--exact",
    is_flag=True,
    help="PNG or PDF of the page as a browser shows it, not of the picture (extra print).",
)
@click.option("-o", "--output", metavar="FILE|-", help="Default: map.html, or map.FORMAT; - for stdout.")
@click.pass_context
def map_(
    ctx: click.Context,
    /,
    corridors: tuple[str, ...],
    format_: str | None,
    exact: bool,
    output: str | None,
    **options: Any,  # noqa: ANN401 - click's keywords
) -> None:
    """Write the map as one HTML file that asks nothing of a network, or as a picture."""
    from layers import desk

    output = output or f"map.{format_ or ('pdf' if exact else 'html')}"
    kind = desk.output_format(output, format_, _ENDINGS, default="pdf" if exact else "html")
    if exact and kind not in ("png", "pdf"):
        raise click.UsageError(f"Invalid format '{kind}' with --exact. A browser gives png or pdf.", ctx)
    dossier = _dossier(corridors, options)
    if kind == "html":
        _hand_over(desk.map_page(dossier), output)
    else:
        _hand_over((desk.map_printed if exact else desk.map_picture)(dossier, kind), output)
    _notes(dossier)


@main.command(cls=Careful, epilog="\b\nExample:\n  routeways stats channel --as-of 2024-12-12 --format json")
@common
@click.option("--format", "format_", type=click.Choice(STATS_FORMATS), default="table", show_default=True)
@click.option("-o", "--output", default="-", metavar="FILE|-", help="Default: stdout.")
@click.pass_context
def stats(
    ctx: click.Context,
    /,
    corridors: tuple[str, ...],
    format_: str,
    output: str,
    **options: Any,  # noqa: ANN401 - click's keywords
) -> None:
    """Print the statistics of each corridor, each with its sentence."""
    from layers.tables import stats_text

    dossier = _dossier(corridors, options)
    _hand_over(stats_text(dossier, format_, command=command_line(ctx)), output)
    _notes(dossier)
    if dossier.stats.empty:
        raise click.ClickException("No statistic could be computed; the notes above say why.")


@main.command(
    cls=Careful,
    epilog="\b\nExample:\n  routeways export legs western_balkans -o - | ogrinfo -al -so /vsistdin/",
)
@click.argument("layer", type=click.Choice(LAYERS))
@common
@click.option(
    "--format",
    "format_",
    type=click.Choice(EXPORT_FORMATS),
    help="Default: by the file's ending; GeoJSON on stdout.",
)
@click.option("-o", "--output", default="-", metavar="FILE|-", help="Default: stdout.")
@click.option("--style/--no-style", default=True, help="Write a QGIS style (.qml) beside the file.")
@click.pass_context
def export(
    ctx: click.Context,
    /,
    layer: str,
    corridors: tuple[str, ...],
    format_: str | None,
    output: str,
    style: bool,
    **options: Any,  # noqa: ANN401 - click's keywords
) -> None:
    """Write one layer for GIS: corridors, legs, segments, places, crossings or stats."""
    from layers import desk

    dossier = _dossier(corridors, options)
    target = sys.stdout.buffer if output == "-" else Path(output)
    written = desk.export(dossier, layer, target, format_=format_, style=style, command=command_line(ctx))
    for path in written:
        _say(f"wrote {path}")
    if layer == "stats":
        _notes(dossier)


@main.command(epilog="\b\nExample:\n  routeways doctor")
def doctor() -> None:
    """Say what is installed, whose names `geo` and `layers` are, and whether the data is whole."""
    from layers.doctor import examine

    findings = examine()
    for finding in findings:
        click.echo(f"{finding.state:<9} {finding.text}")
    if any(finding.state == "broken" for finding in findings):
        raise click.exceptions.Exit(1)


add_check(main, Careful, Day(), command_line, _hand_over)
main.add_command(sources)


class _progress:  # noqa: N801 - used as a function
    """A spinner on stderr that names the step under way; silent where stderr is no terminal."""

    def __init__(self, title: str) -> None:
        from rich.console import Console

        self._status = Console(stderr=True).status(title)

    def __enter__(self) -> Callable[[str], None]:
        self._status.__enter__()
        return self._status.update

    def __exit__(self, *exit_info: Any) -> None:  # noqa: ANN401 - the protocol's signature
        self._status.__exit__(*exit_info)
