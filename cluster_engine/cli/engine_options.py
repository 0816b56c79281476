"""Options about engines and what they may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """Which engine, and what it may use; named as in the workflow's options."""

    name: str
    memory: str | None
    threads: int | None
    spill: Path | None
    scheduler: str | None


def resource_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --memory-limit, --threads and --spill."""
    for option in (
        click.option(
            "--spill", type=click.Path(exists=True, file_okay=False, path_type=Path),
            metavar="FOLDER", help="Where to put what does not fit into memory.",
        ),
        click.option(
            "--threads", type=click.IntRange(1), metavar="N",
            help="Threads, or workers started here; all processors without it.",
        ),
        click.option(
            "--memory-limit", metavar="SIZE",
            help="Memory for the engine, e.g. 500MB; 2 GB, or what is free, without it.",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def engine_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options about engines; the command gets them as one ``engine``."""

    @wraps(function)
    def call(
        *arguments: Any, engine_name: str, memory_limit: str | None, threads: int | None,
        spill: Path | None, scheduler: str | None, **others: Any,
    ) -> Any:  # fmt: skip
        engine = EngineChoice(engine_name, memory_limit, threads, spill, scheduler)
        return function(*arguments, engine=engine, **others)

    command: Callable[..., Any] = resource_options(call)
    for option in (
        click.option(
            "--scheduler", metavar="tcp://HOST:PORT",
            help="Dask scheduler whose workers rank a converted list.",
        ),
        click.option(
            "--engine", "engine_name", type=click.Choice(["auto", "local", "duckdb", "dask"]),
            default="auto", show_default=True,
            help="What ranks a converted list (data convert); auto goes by its size.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command
