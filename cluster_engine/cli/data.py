"""`cluster-engine data`: packs, and lists of firms."""

from __future__ import annotations

import click

from cluster_engine.cli.convert_firms import convert
from cluster_engine.cli.fetch_data import fetch
from cluster_engine.cli.import_firms import import_firms
from cluster_engine.cli.options import Output, output_options, pack_option
from cluster_engine.cli.output import emit, make_note, show_progress


@click.group()
def data() -> None:
    """List packs of data, check one, fetch statistics, import or convert lists of firms."""


@data.group("import")
def import_data() -> None:
    """Bring your own data."""


import_data.add_command(import_firms)
data.add_command(fetch)
data.add_command(convert)


@data.command("list")
@output_options
def list_data(out: Output) -> None:
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
    emit(report, out)


@data.command("check")
@pack_option
@output_options
def check_data(pack: str | None, out: Output) -> None:
    """Check every table of a pack: checksums, columns, types, keys, rules, references, accounts.

    What is odd but usable (old or unpublished figures, accounts a little off) is noted.

    \b
    Examples:
      cluster-engine data check
      cluster-engine data check --pack my_pack/
    """
    from cluster_engine.reports.layouts import CHECKS, report_table
    from cluster_engine.workflows.packs import check_named_pack

    with show_progress(out.quiet) as progress:
        checked = check_named_pack(pack, on_progress=progress)
    rows = checked.rows
    name, n_rows = rows["pack"].iloc[0], rows["rows"].sum()
    title = f"Pack '{name}' is sound: {len(rows)} tables, {n_rows:,} rows"
    report = report_table(title, rows, CHECKS, {"doubts": list(checked.doubts)})
    emit(report, out)
    note = make_note(out.quiet)
    for doubt in checked.doubts:
        note(doubt)
