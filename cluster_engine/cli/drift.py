"""`cluster-engine models drift`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.options import Output, models_option, output_options, pack_option
from cluster_engine.cli.output import emit, make_note, show_progress

CROSSED = 5
"""Exit code of warnings under --strict."""


@click.command()
@click.option(
    "--region", metavar="NAME", help="Only this region; all that have a champion without it."
)
@click.option(
    "--against", default="champion", show_default=True, metavar="VERSION",
    help="Version whose figures the pack is held against.",
)  # fmt: skip
@click.option("--strict", is_flag=True, help="End with code 5 if a threshold is reached.")
@click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Thresholds, TOML; see [drift] in cluster_engine/settings.toml.",
)  # fmt: skip
@pack_option
@models_option
@output_options
def drift(
    region: str | None,
    against: str,
    strict: bool,
    settings_file: Path | None,
    pack: str | None,
    models: Path | None,
    out: Output,
) -> None:
    """Hold the pack's figures of now against those a version was made from.

    Population stability of the sectors' and the firms' features, coverage, codes that are not
    known, cells not published. Nothing is trained. One line on standard error names what drifted
    most. Of several regions the table on the terminal shows what reached a threshold.

    \b
    Examples:
      cluster-engine models drift
      cluster-engine models drift --region wales --format csv
      cluster-engine models drift --strict --quiet
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.layouts import DRIFT, report_table
    from cluster_engine.workflows.drift import DriftRequest, watch_drift

    request = DriftRequest(region, against, pack, settings_file)
    with show_progress(out.quiet) as progress:
        report = watch_drift(
            request, open_store(models), on_note=make_note(out.quiet), on_progress=progress
        )
    rows = report.rows
    said = report.sentence
    title = f"{report.pack}: {said or f'no drift in {len(report.found)} region(s)'}"
    if out.is_table and (out.quiet or len(report.found) > 1):
        rows = rows[rows["status"] != ""]
    # A run from cron must say nothing when nothing has moved.
    if not (out.quiet and out.is_table and not said):
        facts = {one.region: one.against for one in report.found}
        emit(report_table(title, rows, DRIFT, {"against": facts}), out)
    tell_drift(said)
    if said and strict:
        raise click.exceptions.Exit(CROSSED)


def tell_drift(sentence: str) -> None:
    """Say on standard error what drifted most, also in quiet runs: that is what they are for."""
    if sentence:
        click.echo(f"{sentence[0].upper()}{sentence[1:]}.", err=True)
