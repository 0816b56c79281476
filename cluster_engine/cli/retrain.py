"""`cluster-engine retrain`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cluster_engine.cli.drift import CROSSED, tell_drift
from cluster_engine.cli.options import (
    Output,
    models_option,
    mover_options,
    output_options,
    pack_option,
    promotion_options,
    seed_option,
)
from cluster_engine.cli.output import emit, make_note, show_progress

if TYPE_CHECKING:
    from cluster_engine.workflows.retrain_report import RetrainChanges


@click.command()
@click.option(
    "--regions", metavar="NAME,NAME,…", default="", help="Only these; all of the pack without it."
)
@click.option("--dry-run", is_flag=True, help="Only show what would be done, and why.")
@click.option(
    "--strict", is_flag=True, help="End with code 5 if figures drifted; see docs/drift.md."
)
@click.option(
    "--jobs", type=click.IntRange(1, 256), default=2, show_default=True,
    help="Regions that are trained at the same time.",
)  # fmt: skip
@click.option(
    "--scheduler", metavar="tcp://HOST:PORT|local",
    help="Train on the workers of this Dask scheduler, or on --jobs workers started here.",
)  # fmt: skip
@click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Thresholds, weights and gates, TOML; see cluster_engine/settings.toml.",
)  # fmt: skip
@click.option(
    "--report", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="Where the report of what changed goes; retrain-reports beside the models without it.",
)  # fmt: skip
@click.option(
    "--pack-before", metavar="FOLDER", help="Pack of the champions' time, if the firms changed."
)
@mover_options
@promotion_options
@seed_option
@pack_option
@models_option
@output_options
def retrain(
    regions: str,
    dry_run: bool,
    strict: bool,
    jobs: int,
    scheduler: str | None,
    settings_file: Path | None,
    folder: Path | None,
    pack_before: str | None,
    movers: Path | None,
    label_rate: float | None,
    policy: str,
    seed: int,
    pack: str | None,
    models: Path | None,
    out: Output,
) -> None:
    """Train all regions again for which something has changed.

    May be stopped at any moment: what is finished stays, and the next run goes on from there.

    \b
    Examples:
      cluster-engine retrain --dry-run
      cluster-engine retrain
      cluster-engine retrain --regions wales,london --report reports/
      cluster-engine retrain --scheduler tcp://10.0.0.5:8786
    """
    from cluster_engine.engines.workers import Workers
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.layouts import RETRAINED, report_table
    from cluster_engine.reports.retrain_page import name_folder, prepare_folder
    from cluster_engine.workflows.retrain import RetrainRequest
    from cluster_engine.workflows.retrain_report import retrain_and_compare

    names = tuple(name.strip() for name in regions.split(",") if name.strip())
    request = RetrainRequest(
        pack, names, settings_file, seed,
        policy, jobs, dry_run, movers, label_rate,  # type: ignore[arg-type]
        None if scheduler is None else Workers(scheduler, jobs),
    )  # fmt: skip
    store = open_store(models)
    if folder is not None and not dry_run:
        prepare_folder(folder)
    with show_progress(out.quiet) as progress:
        report, changes = retrain_and_compare(
            request, store, pack_before=pack_before, on_progress=progress
        )
    if changes is not None:
        _save_report(changes, folder or name_folder(store.home), out.quiet)
    rows = report.rows
    counts = ", ".join(f"{n} {outcome}" for outcome, n in rows["outcome"].value_counts().items())
    title = "; ".join(filter(None, [f"{report.pack}: {counts}", report.drift]))
    # A run from cron must say nothing when nothing is new, and end with what is.
    if not (out.quiet and out.is_table and report.is_idle):
        emit(report_table(title, rows, RETRAINED, {"dry_run": dry_run}), out)
        if out.quiet and out.is_table:
            click.echo(title)
    tell_drift(report.drift)
    if report.exit_code or (strict and report.drift):
        raise click.exceptions.Exit(report.exit_code or CROSSED)


def _save_report(changes: RetrainChanges, folder: Path, quiet: bool) -> None:
    """Write the report; the models are trained, so that a full disk here is told and no more."""
    from datetime import UTC, datetime

    from cluster_engine.errors import SettingsError
    from cluster_engine.reports.retrain_page import RegionPart, save_report

    parts = [
        RegionPart(one.outcome.region, one.outcome.version, one.outcome.outcome,
                   one.outcome.reason, one.sentence, one.found)
        for one in changes.regions
    ]  # fmt: skip
    tables = (changes.firms, changes.clusters)
    try:
        page = save_report(folder, changes.pack, datetime.now(UTC), parts, tables)
    except SettingsError as fault:
        click.echo(f"No report was written. {fault.message} {fault.hint}", err=True)
        return
    make_note(quiet)(f"What changed stands in {page}.")
