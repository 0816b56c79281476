"""Options that commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

region_option: Decorator = click.option(
    "--region", metavar="NAME", help="Host region; the pack's default without it."
)
pack_option: Decorator = click.option(
    "--pack", metavar="NAME|FOLDER", help="Data to use; Great Britain without it."
)
models_option: Decorator = click.option(
    "--models",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where trained models lie; also CLUSTER_ENGINE_MODELS.",
)
quiet_option: Decorator = click.option(
    "--quiet", "-q", is_flag=True, help="No progress and no notes on standard error."
)
seed_option: Decorator = click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True,
    help="Seed of the clustering when a model is trained.",
)  # fmt: skip


def comparison_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --year, --base and --threshold."""
    for option in (
        click.option(
            "--threshold", type=click.FloatRange(0, min_open=True), metavar="LQ",
            help="LQ of the probability of specialisation; 1.25 without it.",
        ),
        click.option(
            "--base", multiple=True, metavar="REGION",
            help="Compare with these regions instead of the whole nation; may be repeated.",
        ),
        click.option("--year", type=int, help="Year of the jobs; the pack's default without it."),
    ):  # fmt: skip
        function = option(function)
    return function


def output_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --format, --output and --force."""
    for option in (
        click.option("--force", is_flag=True, help="Replace the output file if it is there."),
        click.option(
            "--output", "-o", type=click.Path(path_type=Path), metavar="FILE",
            help="Write to a file; its ending gives the format unless --format does.",
        ),
        click.option(
            "--format", "output_format", type=click.Choice(["table", "csv", "json"]),
            help="Table for the terminal, CSV with all columns, or JSON.",
        ),
    ):  # fmt: skip
        function = option(function)
    return function
