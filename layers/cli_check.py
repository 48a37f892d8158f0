"""The command ``routeways check``: published sentences held against the figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from layers.cli_parts import note_redefined

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

CHECK_FORMATS = ("table", "json", "markdown")


def add_check(
    group: click.Group,
    careful: type[click.Command],
    day: click.ParamType[Any],
    command_line: Callable[[click.Context], str],
    hand_over: Callable[[str, str], None],
) -> None:
    """Add the command to its group.

    Parameters
    ----------
    group : click.Group
        The command ``routeways``.
    careful : type
        Class of commands that tell errors in one line.
    day : click.ParamType
        Type of a date option.
    command_line, hand_over : callable
        Give the command as it can be repeated; write a text to a file or to stdout.
    """

    @group.command(
        cls=careful,
        epilog="\b\nExample:\n  routeways check claims.yaml --format markdown\n"
        "  routeways check --as-of 2026-08-20      # the embedded example, asked again",
    )
    @click.argument("file", type=click.Path(path_type=Path), required=False)
    @click.option("--as-of", type=day, help="Hold every sentence against this data date instead of its own.")
    @click.option("--known-on", type=day, help="Use figures published by this day for every sentence.")
    @click.option(
        "--routes",
        type=click.Path(path_type=Path),
        callback=note_redefined,
        metavar="FILE",
        help="Your own corridors.",
    )
    @click.option("--counts", type=click.Path(path_type=Path), metavar="FILE", help="Your own counts.")
    @click.option("--format", "format_", type=click.Choice(CHECK_FORMATS), default="table", show_default=True)
    @click.option("-o", "--output", default="-", metavar="FILE|-", help="Default: stdout.")
    @click.pass_context
    def check(
        ctx: click.Context,
        /,
        file: Path | None,
        as_of: dt.date | None,
        known_on: dt.date | None,
        routes: Path | None,
        counts: Path | None,
        format_: str,
        output: str,
    ) -> None:
        """Hold published sentences against the figures: supported, contradicted, or not checkable.

        FILE is YAML or CSV (docs/method.md, "Checking a published sentence"); without it the embedded
        example is checked. Ends with 1 where a sentence is contradicted.
        """
        from layers.dossier import Dossier, Options
        from layers.verdicts import counts_known, file_verdicts, verdicts_text

        held = Dossier(Options(counts=counts)).counts
        verdicts = file_verdicts(
            file, held, routes=routes, as_of=as_of, known_on=known_on, as_known=counts_known(counts)
        )
        hand_over(verdicts_text(verdicts, format_, command=command_line(ctx)), output)
        if any(verdict.verdict == "contradicted" for verdict in verdicts):
            ctx.exit(1)
