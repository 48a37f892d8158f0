"""The options that choose kinds of statistics and what each needs, and whose borders maps show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

KINDS = ("headline", "rates", "trends", "displacement", "flows", "conditions", "composition")
DENOMINATORS = ("arrivals", "arrivals+deaths", "arrivals+interceptions", "arrivals+interceptions+deaths")

DEEPER: tuple[tuple[tuple[str, ...], dict[str, Any]], ...] = (
    (
        ("--about",),
        {
            "type": click.Choice(KINDS),
            "multiple": True,
            "help": "Kind of statistics; may be given several times. Default: headline.",
        },
    ),
    (
        ("--denominator",),
        {"type": click.Choice(DENOMINATORS), "help": "Of death rates (--about rates), which need one."},
    ),
    (
        ("--each",),
        {
            "type": click.Choice(("month", "quarter", "year")),
            "help": "Give death rates for every such part of --period.",
        },
    ),
    (
        ("--steps",),
        {
            "type": click.Choice(("month", "week")),
            "default": "month",
            "help": "Steps of trends and of sea conditions. Default: month.",
        },
    ),
    (
        ("--divide-by",),
        {
            "type": click.Choice(("nationality", "sex", "age_group")),
            "default": "nationality",
            "help": "What composition divides people by. Default: nationality.",
        },
    ),
    (
        ("--waves",),
        {
            "type": click.Path(path_type=Path),
            "metavar": "FILE",
            "multiple": True,
            "help": "Wave heights for --about conditions: NetCDF, Zarr or GRIB of ERA5 or Copernicus.",
        },
    ),
    (
        ("--calm-m",),
        {
            "type": click.FloatRange(min=0, min_open=True),
            "metavar": "M",
            "help": "Mean wave height in metres below which a day is a calmer-sea one. No default.",
        },
    ),
    (
        ("--boundaries",),
        {
            "type": click.Path(path_type=Path),
            "metavar": "FILE",
            "help": "Official country borders of your own for maps: areas, one row per country.",
        },
    ),
    (
        ("--boundary-policy",),
        {
            "type": click.Choice(("default", "own", "none")),
            "help": "Borders on maps: Natural Earth's, your own (--boundaries), or none.",
        },
    ),
)
