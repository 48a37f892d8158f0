"""The command ``routeways sources triangle``: how a series was revised from vintage to vintage."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from layers.cli_parts import AS_PUBLISHED, Careful, Day

if TYPE_CHECKING:
    import datetime as dt

FORMATS = ("table", "csv", "json", "markdown", "svg")


@click.command(
    "triangle",
    cls=Careful,
    epilog="\b\nExample:\n  routeways sources triangle frontex detection_entry western_balkans\n"
    "  routeways sources triangle home_office_daily arrival channel --by month --format svg -o revised.svg",
)
@click.argument("source")
@click.argument("measure")
@click.argument("corridor")
@click.option("--basis", help="Provisional or final, where the series has both.")
@click.option("--place", default="", help="One place of a series that is published by place: RS, LY, …")
@click.option("--nationality", default="", help="People of one nationality: ALB, SYR, …")
@click.option("--by", type=click.Choice(["month"]), help="Add days up to months.")
@click.option("--known-on", type=Day(), help="Only vintages published by this day. Default: all.")
@click.option(
    "--periods",
    type=click.IntRange(min=1),
    default=12,
    show_default=True,
    help="How many of the newest periods a table, Markdown or chart shows; csv and json give all.",
)
@click.option(
    "--vintages",
    type=click.IntRange(min=1),
    default=6,
    show_default=True,
    help="Likewise, of the newest vintages.",
)
@click.option("--as-published", is_flag=True, help=AS_PUBLISHED)
@click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("-o", "--output", default="-", metavar="FILE|-", help="Default: stdout.")
def triangle(
    source: str,
    measure: str,
    corridor: str,
    basis: str | None,
    place: str,
    nationality: str,
    by: str | None,
    known_on: dt.date | None,
    periods: int,
    vintages: int,
    as_published: bool,
    format_: str,
    output: str,
) -> None:
    """Lay a series out by period and vintage, with the range of past revisions of its newest periods.

    SOURCE, MEASURE and CORRIDOR name the series, as in `routeways sources history` and `routeways stats`.
    """
    from layers.bundle import write_page
    from layers.revisions import read_revised, revised_text

    revised = read_revised(
        source, measure, corridor, basis=basis, place=place, nationality=nationality, by=by,
        known_on=known_on, as_published=as_published,
    )  # fmt: skip
    text = revised_text(revised, format_, periods=periods, vintages=vintages)
    if output == "-":
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    else:
        click.echo(f"wrote {write_page(text, output)}", err=True)
    if format_ in ("csv", "svg") or output != "-":
        for note in revised.notes:
            click.echo(f"note: {note}", err=True)
