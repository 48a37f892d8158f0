"""The commands ``routeways sources …``: fetch, keep and compare published files.

Data goes to stdout, talk to stderr. Everything heavy is imported inside the commands.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from layers.cli_parts import AS_PUBLISHED, Careful, Day
from layers.cli_triangle import triangle

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd

    from geo.vintages import Snapshot

FORMATS = ("table", "csv", "json")
_format = click.option("--format", "format_", type=click.Choice(FORMATS), default="table", show_default=True)


def _echo(table: pd.DataFrame, format_: str) -> None:
    from layers.tables import frame_text

    click.echo(frame_text(table, format_), nl=False)


@click.group(epilog="\b\nExample:\n  routeways sources add 21_August_2026_Small_boats_-_time_series.ods")
def sources() -> None:
    """Fetch, keep and compare published files: what was known, and when.

    Files are kept in the folder that ROUTEWAYS_HOME names, else in the user's cache folder. Statistics read
    them: --known-on D answers from what was published by then.
    """


sources.add_command(triangle)


@sources.command("list", cls=Careful, epilog="\b\nExample:\n  routeways sources list --format csv")
@_format
def list_(format_: str) -> None:
    """List the sources that can be read, and how their files are got."""
    from geo.sources import list_sources

    table = list_sources().reset_index()
    shown = table if format_ != "table" else table[["source", "title", "fetched", "url"]]
    _echo(shown, format_)


@sources.command(cls=Careful, epilog="\b\nExample:\n  routeways sources update home_office_daily frontex")
@click.argument("names", nargs=-1, metavar="[SOURCE…]")
@click.option("--offline", is_flag=True, help="Add the files that were fetched before; ask no network.")
@click.option(
    "--addresses",
    type=click.Path(path_type=Path),
    envvar="ROUTEWAYS_ADDRESSES",
    metavar="FILE",
    help="Addresses that changed (YAML, as the part fetch of geo/data/sources.yaml). Default: the file that "
    "ROUTEWAYS_ADDRESSES names.",
)
@click.pass_context
def update(ctx: click.Context, /, names: tuple[str, ...], offline: bool, addresses: Path | None) -> None:
    """Fetch the newest files and keep them; what cannot be fetched is told with what to do next.

    Works through all sources and never stops at the first failure. What was kept, or is unchanged, goes to
    stdout, the rest to stderr. Exit code 0 if all are up to date, 1 if one failed, 130 if it was interrupted:
    what is named as added by then is kept whole, and nothing of the rest.
    """
    from geo.checks import check_choice
    from geo.sources import list_sources, read_addresses

    known = list(list_sources().index)
    asked = [check_choice(name, known, name="source") for name in names] or known
    if addresses is not None:
        read_addresses(addresses)  # a fault is told before anybody is asked
    try:
        failed = _update(asked, offline=offline, addresses=addresses)
    except KeyboardInterrupt:
        click.echo(
            "Interrupted. What is named above is kept whole, nothing else was; run it again.", err=True
        )
        ctx.exit(130)
    if failed:
        told = len(dict.fromkeys(asked))
        raise click.ClickException(
            f"{len(failed)} of {told} sources {'was' if len(failed) == 1 else 'were'} not updated: "
            f"{', '.join(failed)}. What to do is above; then: routeways sources add FILE"
        )


def _update(names: Sequence[str], *, offline: bool, addresses: Path | None = None) -> list[str]:
    """Fetch and keep each source; return those that failed. Sources of one file are asked for once."""
    from geo.errors import RoutewaysError
    from geo.sources import fetch_source, fetched_together, list_sources, read_fetched
    from geo.vintages import add_snapshot

    by_hand = list_sources()["by_hand"]
    failed: list[str] = []
    done: set[str] = set()
    for name in dict.fromkeys(names):
        if name in done:
            continue
        together = [other for other in fetched_together(name) if other in names]
        done |= set(together)
        try:
            files = fetch_source(name, offline=offline, addresses=addresses)
            held = add_snapshot(read_fetched(files))
            done |= set(held.sources)
            click.echo(added_text(held, again="unchanged"))
        except (RoutewaysError, OSError, ValueError) as error:
            failed += together
            text = str(error)
            click.echo(f"{', '.join(together)}: not updated. {text}", err=True)
            if "By hand:" not in text:
                click.echo(f"By hand: {' '.join(by_hand[name].split())}", err=True)
    return failed


@sources.command(
    cls=Careful,
    epilog="\b\nExample:\n  routeways sources add monthly_detections.xlsx --published 2026-08-04",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option(
    "--published", type=Day(), help="Publication date, instead of the one the file or its name states."
)
@click.option("--source", metavar="SOURCE", help="Whose file it is. Default: recognised by its content.")
@click.option("--scope", default="", help="Country of a file that does not say it (UNHCR), such as Italy.")
@click.option("--since", type=Day(), help="First day of running totals in a file that does not say it.")
@click.option(
    "--mapping",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="For a table of your own: which column is what (YAML).",
)
def add(files: tuple[Path, ...], **options: Any) -> None:  # noqa: ANN401 - click's keywords
    """Read downloaded files and keep each as a vintage; nothing that is kept is ever changed."""
    from geo.errors import RoutewaysError
    from geo.vintages import add_snapshot

    failed = 0
    for path in files:
        try:
            click.echo(added_text(add_snapshot(path, **options)))
        except (RoutewaysError, OSError) as error:
            if len(files) == 1:
                raise
            failed += 1
            click.echo(f"{path.name}: not added. {error}", err=True)
    if failed:
        raise click.ClickException(f"{failed} of {len(files)} files were not added.")


@sources.command(cls=Careful, epilog="\b\nExample:\n  routeways sources history --source frontex")
@click.option("--source", metavar="SOURCE", help="Only vintages that hold this source.")
@_format
def history(source: str | None, format_: str) -> None:
    """List the vintages that are held, in the order of publication."""
    from geo.checks import check_choice
    from geo.vintages import list_vintages

    table = list_vintages()
    if source is not None:
        names = table["sources"].str.split()
        check_choice(source, sorted({name for row in names for name in row}), name="source")
        table = table[names.map(lambda row: source in row)]
    table = table.drop(columns="path")
    if format_ == "table":
        table = table.drop(columns="sha256")
        table["sources"] = table["sources"].where(table["vintage"] != "embedded", "all embedded")
    _echo(table, format_)


@sources.command(
    cls=Careful,
    epilog="\b\nExample:\n  routeways sources diff home_office_daily@2025-12-12 home_office_daily@2026-08-21",
)
@click.argument("a")
@click.argument("b")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="Warn where a larger share of the values compared was revised or withdrawn.",
)
@click.option("--as-published", is_flag=True, help=AS_PUBLISHED)
@_format
def diff(a: str, b: str, threshold: float, as_published: bool, format_: str) -> None:
    """Say what vintage B added, revised and withdrew against the earlier vintage A.

    A and B are names from `routeways sources history` (or their beginnings), hashes, or "embedded". The table
    gives a line per series and the largest changes; csv and json give every change.
    """
    from geo.vintages import diff_vintages, find_vintage, list_vintages
    from layers.tables import frame_text

    a, b = find_vintage(a), find_vintage(b)
    changes = diff_vintages(a, b, threshold=threshold, as_published=as_published)
    published = list_vintages().set_index("vintage")["known_on"]
    if published[a] > published[b]:
        click.echo(
            f"note: '{a}' was published on {published[a]:%Y-%m-%d}, after '{b}' ({published[b]:%Y-%m-%d}): "
            "what is called withdrawn here may only be newer.",
            err=True,
        )
    if format_ == "csv":
        _echo(changes, "csv")
    elif format_ == "json":
        told = {
            "a": a,
            "b": b,
            "summary": changes.attrs["summary"],
            "warnings": changes.attrs["warnings"],
            "changes": json.loads(frame_text(changes, "json")),
        }
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        click.echo(diff_text(changes), nl=False)
    for warning in changes.attrs["warnings"]:
        click.echo(f"warning: {warning}", err=True)


@sources.command(cls=Careful, epilog="\b\nExample:\n  routeways sources status")
@click.option("--today", type=Day(), help="The day on which it is asked. Default: today.")
@_format
def status(today: dt.date | None, format_: str) -> None:
    """Say how far each source is held, and whether a newer file is to be expected."""
    import datetime as dt

    _echo(status_table(today or dt.datetime.now(dt.UTC).date()), format_)


def status_table(today: dt.date) -> pd.DataFrame:
    """Return one row per series: held through, newest vintage, usual lag, and whether a newer one is due.

    Parameters
    ----------
    today : date
        The day on which it is asked.

    Returns
    -------
    table : DataFrame
        Columns source, measure, held_through, newest_vintage (its publication date), usual_lag_days,
        next_expected (the day by which the next period is usually published; "" for figures of one time) and
        state (``current`` or ``newer to be expected``).
    """
    import pandas as pd

    from geo.counts import frequency, series_info
    from geo.stats.periods import KINDS, following, last_complete
    from geo.vintages import counts_as_known

    rows = []
    for (source, measure), part in counts_as_known().groupby(["source", "measure"], sort=True):
        kind, last = frequency(part), part["period_end"].max().date()
        lag = int(series_info(str(source), str(measure))["lag_days"])
        due = None
        if kind in KINDS:
            due = following(kind, last_complete(kind, last).end).end + pd.Timedelta(days=lag).to_pytimedelta()
        rows.append(
            {
                "source": source,
                "measure": measure,
                "held_through": last.isoformat(),
                "newest_vintage": f"{part['known_on'].max():%Y-%m-%d}",
                "usual_lag_days": lag,
                "next_expected": due.isoformat() if due else "",
                "state": "newer to be expected" if due and due < today else "current" if due else "one time",
            }
        )
    return pd.DataFrame(rows)


def added_text(held: Snapshot, *, again: str = "held already") -> str:
    """Return what was added, in one line; ``again`` is said where nothing was."""
    dated = "inferred, say --published if you know it" if held.inferred else "as stated"
    return (
        f"{'added' if held.new else again}: {held.id} ({', '.join(held.sources)}), "
        f"{held.rows:,} rows, data through {_day(held.data_through)}, "
        f"published {_day(held.known_on)} ({dated}), sha256 {held.sha256}"
    )


def diff_text(changes: pd.DataFrame) -> str:
    """Return a comparison as a table of its series, and the largest changes below."""
    import pandas as pd

    from layers.tables import frame_text

    summary = pd.DataFrame(changes.attrs["summary"])
    summary = summary[(summary["compared"] > 0) | (summary["added"] > 0)]
    for name in ("revised_share", "largest_share"):
        summary[name] = summary[name].map(lambda share: f"{share:.1%}".replace("%", " %"))
    parts = [frame_text(summary.drop(columns=["basis", "unchanged"]), "table")]
    moved = changes[changes["change"] != "added"]
    if len(moved):
        size = moved["difference"].abs().fillna(moved["value_before"])
        largest = moved.loc[size.sort_values(ascending=False, kind="stable").index[:20]]
        divided = [
            name for name in ("place", "nationality", "sex", "age_group") if (largest[name] != "").any()
        ]
        shown = ["change", "source", "measure", "corridor", *divided, "period_start", "period_end"]
        parts.append(frame_text(largest[[*shown, "value_before", "value_after", "difference"]], "table"))
    total = changes["change"].value_counts()
    words = [f"{int(total.get(name, 0)):,} {name}" for name in ("added", "revised", "withdrawn")]
    hidden = int(changes["withheld"].sum())
    told = f" {hidden:,} of them small cells and their companions, without value." if hidden else ""
    return "".join([*parts, f"{', '.join(words)}.{told}\n"])


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
