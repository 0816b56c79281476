"""`cluster-engine models`: look after the versions that were trained."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.diff_models import diff_command
from cluster_engine.cli.drift import drift
from cluster_engine.cli.options import (
    Output,
    models_option,
    output_options,
    pack_option,
    quiet_option,
    region_option,
)
from cluster_engine.cli.output import emit, make_note, show_progress
from cluster_engine.errors import ModelError

any_region = click.option(
    # A name of its own: the region of a project is no filter.
    "--region",
    "only_region",
    metavar="NAME",
    help="Only this region, or national-clusters; all without it.",
)
reason_option = click.option("--reason", default="by hand", help="Why; kept in the history.")


@click.group()
def models() -> None:
    """List, compare, check, promote, roll back, prune or rebuild trained models."""


models.add_command(diff_command)


models.add_command(drift)


@models.command("list")
@any_region
@pack_option
@models_option
@output_options
def list_command(
    only_region: str | None, pack: str | None, models: Path | None, out: Output
) -> None:
    """List every version, and which is champion, challenger, previous.

    \b
    Examples:
      cluster-engine models list
      cluster-engine models list --region west-midlands --format csv
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.layouts import MODELS, report_table
    from cluster_engine.workflows.models import find_key, list_models

    store = open_store(models)
    rows = list_models(store, None if only_region is None else find_key(store, only_region, pack))
    emit(report_table(f"{len(rows)} version(s) in {store.home}", rows, MODELS, {}), out)


@models.command("show")
@click.argument("version", required=False)
@region_option
@pack_option
@models_option
@output_options
def show_command(
    version: str | None, region: str | None, pack: str | None, models: Path | None, out: Output
) -> None:
    """Show all that is known about a version: inputs, metrics, checksums, history.

    \b
    Examples:
      cluster-engine models show
      cluster-engine models show 2023-0a1b2c3d --region wales --format json
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.layouts import DETAIL, report_table
    from cluster_engine.workflows.models import find_key, show_model

    store = open_store(models)
    key = find_key(store, region, pack)
    rows = show_model(store, key, version)
    emit(report_table(f"{key}: {rows['fact'].iloc[0]}", rows, DETAIL, {"key": key}), out)


@models.command("promote")
@click.argument("version")
@region_option
@reason_option
@pack_option
@models_option
@quiet_option
def promote_command(
    version: str, region: str | None, reason: str, pack: str | None, models: Path | None,
    quiet: bool,
) -> None:  # fmt: skip
    """Make a version the champion, whatever the gates said.

    \b
    Examples:
      cluster-engine models promote 2023-0a1b2c3d --region wales --reason "checked by hand"
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.workflows.models import find_key, promote_version

    store = open_store(models)
    key = find_key(store, region, pack)
    before = promote_version(store, key, version, reason)
    if not quiet:
        click.echo(f"{key}: champion is {version}; before it was {before or 'none'}.")


@models.command("rollback")
@region_option
@reason_option
@pack_option
@models_option
@quiet_option
def rollback_command(
    region: str | None, reason: str, pack: str | None, models: Path | None, quiet: bool
) -> None:
    """Make the champion before this one champion again.

    \b
    Examples:
      cluster-engine models rollback --region wales
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.workflows.models import find_key, roll_back

    store = open_store(models)
    key = find_key(store, region, pack)
    version, before = roll_back(store, key, reason)
    if not quiet:
        click.echo(f"{key}: champion is {version} again; {before} is kept as the previous one.")


@models.command("prune")
@click.option(
    "--keep", type=click.IntRange(0, 10_000), default=3, show_default=True,
    help="Newest versions to keep, besides champion, previous and challenger.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only list what would go.")
@any_region
@pack_option
@models_option
@output_options
def prune_command(
    keep: int, dry_run: bool, only_region: str | None, pack: str | None, models: Path | None,
    out: Output,
) -> None:  # fmt: skip
    """Remove old versions; champion, previous, challenger and what they need stay.

    \b
    Examples:
      cluster-engine models prune --dry-run
      cluster-engine models prune --keep 5
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.layouts import PRUNED, report_table
    from cluster_engine.workflows.models import find_key, prune_models

    store = open_store(models)
    key = None if only_region is None else find_key(store, only_region, pack)
    rows = prune_models(store, key, newest=keep, is_dry=dry_run)
    what = "would go" if dry_run else "removed"
    title = f"{len(rows)} version(s) {what}, {rows['bytes'].sum():,} bytes"
    emit(report_table(title, rows, PRUNED, {"dry_run": dry_run}), out)


@models.command("verify")
@click.option("--repair", is_flag=True, help="Mend what can be mended without harm.")
@models_option
@output_options
def verify_command(repair: bool, models: Path | None, out: Output) -> None:
    """Check every file of every version, the aliases, the history and the locks.

    \b
    Examples:
      cluster-engine models verify
      cluster-engine models verify --repair
    """
    import pandas as pd

    from cluster_engine.registry.check import check_store
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.layouts import FINDINGS, report_table

    with show_progress(out.quiet) as progress:
        check = check_store(open_store(models), repair=repair, on_progress=progress)
    counts = (
        f"{check.n_keys} region(s), {check.n_versions} version(s), {check.n_files} file(s), "
        f"{check.n_bytes:,} bytes checked"
    )
    mended = sum(finding.is_mended for finding in check.findings)
    title = f"{counts}: {len(check.findings)} finding(s), {mended} mended or harmless"
    cells = [(one.place, one.fault, one.action, one.is_mended) for one in check.findings]
    rows = pd.DataFrame(cells, columns=["place", "fault", "action", "is_mended"])
    emit(report_table(title, rows, FINDINGS, {"is_sound": check.is_sound}), out)
    if not check.is_sound:
        hint = "Do what the table says." if repair else "Run: cluster-engine models verify --repair"
        raise ModelError("The models are not sound.", hint=hint)


@models.command("rebuild")
@click.argument("version", required=False)
@region_option
@click.option("--market", metavar="NAME", help="Compare the shortlist of this market as well.")
@click.option(
    "--similarity", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="The matrix of your own that the version was made with, if it was.",
)  # fmt: skip
@click.option(
    "--movers", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="The list that the version has learned from, if it has.",
)  # fmt: skip
@pack_option
@models_option
@output_options
def rebuild_command(
    version: str | None, region: str | None, market: str | None, similarity: Path | None,
    movers: Path | None,
    pack: str | None, models: Path | None, out: Output,
) -> None:  # fmt: skip
    """Train a version again from its manifest, aside, and compare every byte.

    Where bytes differ, 'difference' says why: 'packages', the manifest names
    others; 'encoding', the same cells, stored otherwise; 'content'; 'missing'.
    Only the last two are errors.

    \b
    Examples:
      cluster-engine models rebuild
      cluster-engine models rebuild --region west-midlands --market germany
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.layouts import REBUILT, report_table
    from cluster_engine.workflows.rebuild import RebuildRequest, rebuild_version

    request = RebuildRequest(region, version, pack, market, similarity, movers)
    with show_progress(out.quiet) as progress:
        rebuilt = rebuild_version(
            request, open_store(models), on_note=make_note(out.quiet), on_progress=progress
        )
    same = int(rebuilt.rows["is_same"].sum())
    title = f"{rebuilt.region} {rebuilt.version}: {same} of {len(rebuilt.rows)} files the same"
    if rebuilt.is_equal and not rebuilt.is_same:
        title += ", the others in all that they say"
    facts = {"is_same": rebuilt.is_same, "is_equal": rebuilt.is_equal}
    emit(report_table(title, rebuilt.rows, REBUILT, facts), out)
    if not rebuilt.is_equal:
        hint = (
            f"Install the packages of then: here is {', '.join(rebuilt.packages)}."
            if rebuilt.packages
            else "The packages are those of then; the program, the pack's manifest or the kind of "
            "processor may be another one."
        )
        raise ModelError(f"Version {rebuilt.version} could not be made again.", hint=hint)
