"""Send results to standard output or a file, and everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from cluster_engine.cli.defaults import describe_defaults

if TYPE_CHECKING:
    from cluster_engine.cli.options import Output
    from cluster_engine.reports.report import Report

Progress = Callable[[str, int, int], None]

PIPE_WIDTH = 120
"""Characters of a table that goes to a file or another program."""

FORMATS = {".csv": "csv", ".json": "json", ".txt": "table"}


def emit(report: Report, out: Output) -> None:
    """Print a report, or write it to a file and say so."""
    from cluster_engine.reports.write import render, save

    if out.path is None:
        terminal = sys.stdout.isatty()
        text = render(
            report,
            out.format or "table",  # type: ignore[arg-type]
            width=None if terminal else PIPE_WIDTH,
            colour=terminal and wants_colour(),
        )
        click.echo(text, nl=False)
        return
    chosen = out.format or FORMATS.get(out.path.suffix.lower(), "csv")
    save(report, out.path, chosen, force=out.force)  # type: ignore[arg-type]
    if not out.quiet:
        click.echo(f"Wrote {len(report.frame)} rows to {out.path}.", err=True)


def print_aside(report: Report, quiet: bool) -> None:
    """Print a table on standard error: it is not the result, but should be looked at."""
    from cluster_engine.reports.write import render

    if not quiet:
        terminal = sys.stderr.isatty()
        text = render(report, "table", width=None if terminal else PIPE_WIDTH, colour=False)
        click.echo(text, nl=False, err=True)


def make_note(quiet: bool) -> Callable[[str], None]:
    """Make the function that tells the user something on standard error.

    The first thing told is what the command takes from the project file.
    """

    def note(text: str) -> None:
        if not quiet:
            click.echo(f"Note: {text}", err=True)

    if not quiet and (told := describe_defaults()):
        note(told)
    return note


def wants_colour() -> bool:
    """Whether a terminal may be sent colours: NO_COLOR, TERM=dumb and --no-color forbid it."""
    ctx = click.get_current_context(silent=True)
    is_asked_not_to = ctx is not None and ctx.color is False
    return not (os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or is_asked_not_to)


@contextmanager
def show_progress(quiet: bool) -> Iterator[Progress]:
    """Show a progress bar on standard error while something long runs; none if it never starts."""
    make_note(quiet)
    # A dumb terminal cannot draw over what it has written.
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(),
        console=Console(stderr=True, no_color=not wants_colour()), transient=True,
    )  # fmt: skip
    tasks: dict[str, object] = {}

    def update(stage: str, done: int, total: int) -> None:
        if not tasks:
            bar.start()
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=total)
        bar.update(tasks[stage], completed=done)  # type: ignore[arg-type]

    try:
        yield update
    finally:
        if tasks:
            bar.stop()
