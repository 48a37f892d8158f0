"""What the commands are made of: days as options, errors as one line and an exit code."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

AS_PUBLISHED = "Show the publisher's own small cells of places and nationalities. Default: withheld."
"""Help of the option `--as-published`."""


class Day(click.ParamType):  # type: ignore[type-arg]  # generic from click 8.5 on only
    """A day of the calendar, as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's own signature
        """Return the date, or end with exit code 2 and the rule."""
        from geo.checks import check_date
        from geo.errors import InvalidInputError

        try:
            return check_date(value, name=param.name if param and param.name else "date")
        except InvalidInputError as error:
            self.fail(str(error), param, ctx)


class Stretch(click.ParamType):  # type: ignore[type-arg]  # as above
    """A period, in the forms that :func:`geo.stats.parse_period` reads."""

    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - click's own signature
        """Return the text, or end with exit code 2 and the rule."""
        from geo.errors import InvalidInputError
        from geo.stats import parse_period

        try:
            parse_period(value)
        except InvalidInputError as error:
            self.fail(str(error), param, ctx)
        return value


def note_redefined(ctx: click.Context, param: click.Parameter, value: Any) -> Any:  # noqa: ANN401, ARG001 - a callback of click
    """Say on stderr which embedded corridors a file of one's own replaces; its faults are told later."""
    if value is not None:
        from geo.definitions import read_definitions
        from geo.errors import RoutewaysError

        try:
            own = read_definitions(routes=value)
        except (RoutewaysError, OSError):
            return value
        again = [name for name in own if name in read_definitions()]
        if again:
            click.echo(f"note: --routes {value} replaces the embedded {', '.join(again)}.", err=True)
    return value


class Careful(click.Command):
    """A command that turns the package's errors into one line on stderr and an exit code."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, but first make sure that ``geo`` is the package this command was released with."""
        from layers import check_names

        try:
            check_names()
        except ImportError as error:
            raise click.ClickException(str(error)) from None
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run; a known error or a closed pipe ends the command without a traceback."""
        from geo.errors import RoutewaysError, UnknownNameError

        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _close_stdout()
            return ctx.exit(0)
        except UnknownNameError as error:
            raise click.UsageError(str(error), ctx) from None
        except (RoutewaysError, OSError) as error:
            raise click.ClickException(str(error)) from None


def _close_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush finds no closed pipe."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
