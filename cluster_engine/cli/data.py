"""`cluster-engine data`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.options import output_options, pack_option, quiet_option
from cluster_engine.cli.output import emit


@click.group()
def data() -> None:
    """List packs of data, or check one."""


@data.command("list")
@output_options
@quiet_option
def list_data(output_format: str | None, output: Path | None, force: bool, quiet: bool) -> None:
    """List every pack found, its tables, and where they come from.

    \b
    Examples:
      cluster-engine data list
      cluster-engine data list --format csv --output tables.csv
    """
    from cluster_engine.reports.layouts import PACKS, report_table
    from cluster_engine.workflows.packs import list_packs

    rows = list_packs()
    title = f"{rows['pack'].nunique()} pack(s)"
    report = report_table(title, rows, PACKS, {})
    emit(report, output_format=output_format, output=output, force=force, quiet=quiet)


@data.command("check")
@pack_option
@output_options
@quiet_option
def check_data(
    pack: str | None, output_format: str | None, output: Path | None, force: bool, quiet: bool
) -> None:
    """Check every table of a pack: checksums, columns, types, keys, rules, references.

    \b
    Examples:
      cluster-engine data check
      cluster-engine data check --pack my_pack/
    """
    from cluster_engine.reports.layouts import CHECKS, report_table
    from cluster_engine.workflows.packs import check_named_pack

    rows = check_named_pack(pack)
    name, n_rows = rows["pack"].iloc[0], rows["rows"].sum()
    title = f"Pack '{name}' is sound: {len(rows)} tables, {n_rows:,} rows"
    report = report_table(title, rows, CHECKS, {})
    emit(report, output_format=output_format, output=output, force=force, quiet=quiet)
