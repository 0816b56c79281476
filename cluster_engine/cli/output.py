"""Send results to standard output or a file, and everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from cluster_engine.cli.output_options import RUN_ENDING

if TYPE_CHECKING:
    from pathlib import Path

    from cluster_engine.cli.output_options import Output
    from cluster_engine.reports.export import Exported
    from cluster_engine.reports.report import Report
    from cluster_engine.reports.run_file import Run

Progress = Callable[[str, int, int], None]

PIPE_WIDTH = 120
"""Characters of a table that goes to a file or another program."""


def emit(report: Report, out: Output) -> None:
    """Print a report, or write it to a file, with a run file beside it, and say so."""
    if out.path is not None:
        from cluster_engine.cli.run_record import record_run
        from cluster_engine.reports.export import export_report

        run = record_run(report.facts)
        footer = f"{report.title}, run {run.id}"
        made = export_report(report, out.chosen_format, out.style, footer=footer)  # type: ignore[arg-type]
        deliver(made, run, out)
        return
    from cluster_engine.reports.write import render

    terminal = sys.stdout.isatty()
    text = render(
        report,
        out.format or "table",  # type: ignore[arg-type]
        width=None if terminal else PIPE_WIDTH,
        colour=terminal and not os.environ.get("NO_COLOR"),
        style=out.style,
    )
    click.echo(text, nl=False)


def deliver(
    made: Exported, run: Run, out: Output, *, beside: Sequence[tuple[Path, bytes]] = ()
) -> None:
    """Write an export, what belongs to it and the run file, and say what a reader should know."""
    from cluster_engine.reports.run_file import save_with_run

    if out.path is None or out.run_path is None:
        raise ValueError("The 'path' of an output that is delivered must not be None.")
    files = [(out.path, made.raw), *beside]
    save_with_run(run, made.changes, files, out.run_path, force=out.force)
    note = make_note(out.quiet)
    for text in made.notes:
        note(text)
    if not out.quiet:
        click.echo(
            f"Wrote {made.rows} rows to {out.path}. Made from: {out.run_path.name}", err=True
        )


def deliver_bytes(raw: bytes, path: Path, about: Mapping[str, Any], *, force: bool) -> None:
    """Write a file that is no table, with a run file beside it."""
    from cluster_engine.cli.run_record import record_run
    from cluster_engine.reports.run_file import save_with_run

    run_path = path.with_name(path.name + RUN_ENDING)
    save_with_run(record_run(about), {}, [(path, raw)], run_path, force=force)


def print_aside(report: Report, quiet: bool) -> None:
    """Print a table on standard error: it is not the result, but should be looked at."""
    from cluster_engine.reports.write import render

    if not quiet:
        terminal = sys.stderr.isatty()
        text = render(report, "table", width=None if terminal else PIPE_WIDTH, colour=False)
        click.echo(text, nl=False, err=True)


def make_note(quiet: bool) -> Callable[[str], None]:
    """Make the function that tells the user something on standard error."""

    def note(text: str) -> None:
        if not quiet:
            click.echo(f"Note: {text}", err=True)

    return note


@contextmanager
def show_progress(quiet: bool) -> Iterator[Progress]:
    """Show a progress bar on standard error while something long runs; none if it never starts."""
    if quiet or not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True,
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
