"""Write docs/cli.md from the command's own --help. Use: python tools/build_cli_docs.py [--check]."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from layers.cli import main

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
INTRO = """# The command

This page is generated from `--help` by `tools/build_cli_docs.py`.

Data goes to stdout, talk to stderr. Exit codes: 0 done, 1 failed, 2 wrong use.
Own corridors (`--routes FILE`) have the form of the files in `geo/data/routes/`, which
`geo/data/schemas/routes.schema.json` describes. Own counts (`--counts FILE`) have the columns of the tidy
table ([data.md](data.md)). The statistics' names are explained in [method.md](method.md).
"""


def cli_page() -> str:
    """Return the page as Markdown."""
    settings = {**main.context_settings, "terminal_width": 100}
    parent = click.Context(main, info_name="routeways", **settings)
    parts = [INTRO, _part("routeways", main, parent)]
    for name, command in sorted(main.commands.items()):
        context = click.Context(command, info_name=name, parent=parent, **settings)
        parts.append(_part(f"routeways {name}", command, context))
        for below, sub in sorted(getattr(command, "commands", {}).items()):
            inner = click.Context(sub, info_name=below, parent=context, **settings)
            parts.append(_part(f"routeways {name} {below}", sub, inner))
    return "\n".join(parts)


def _part(title: str, command: click.Command, context: click.Context) -> str:
    return f"## `{title}`\n\n```text\n{command.get_help(context).rstrip()}\n```\n"


if __name__ == "__main__":
    page = cli_page()
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == page else "docs/cli.md is out of date: make data")
    PAGE.write_text(page, encoding="utf-8")
    print(f"wrote {PAGE.name}")
