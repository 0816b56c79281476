"""`cluster-engine doctor`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.defaults import NO_PROJECT
from cluster_engine.cli.options import models_option, pack_option, quiet_option
from cluster_engine.cli.output import show_progress
from cluster_engine.cli.streams import find_console_encoding


@click.command()
@click.option("--fix", is_flag=True, help="Mend what can be mended without harm.")
@click.option("--strict", is_flag=True, help="End with exit code 5 where there are warnings.")
@click.option(
    "--format", "output_format", type=click.Choice(["table", "json"]), default="table",
    help="Lines for the terminal, or JSON.",
)  # fmt: skip
@pack_option
@models_option
@quiet_option
@click.pass_context
def doctor(
    ctx: click.Context,
    fix: bool,
    strict: bool,
    output_format: str,
    pack: str | None,
    models: Path | None,
    quiet: bool,
) -> None:
    """Check Python, packages, console, disk, packs, models and project; say what to do.

    With --quiet only what is not in order is listed. Exit codes: 0 usable, 5 warnings with
    --strict, 4 a fault in the models, 3 in a pack, 2 elsewhere, 7 no room on the disk.

    \b
    Examples:
      cluster-engine doctor
      cluster-engine doctor --fix
      cluster-engine doctor --strict --format json
    """
    from cluster_engine.reports.diagnosis import render_diagnoses, render_diagnoses_json
    from cluster_engine.workflows.doctor import DoctorRequest, examine, tell_exit_code

    named = ctx.find_root().params.get("project")
    request = DoctorRequest(
        models, pack, find_console_encoding(),
        None if named in (None, NO_PROJECT) else Path(named), named != NO_PROJECT, fix,
    )  # fmt: skip
    with show_progress(quiet) as progress:
        found = examine(request, on_progress=progress)
    is_json = output_format == "json"
    text = render_diagnoses_json(found) if is_json else render_diagnoses(found, quiet=quiet)
    click.echo(text, nl=False)
    if code := tell_exit_code(found, strict=strict):
        ctx.exit(code)
