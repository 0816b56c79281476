"""`cluster-engine sectors`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.options import (
    Output,
    comparison_options,
    models_option,
    output_options,
    pack_option,
    region_option,
)
from cluster_engine.cli.output import emit, make_note, show_progress

TABLE_TOP = 25
TABLE_MIN_JOBS = 500.0
"""A table for reading leaves out sectors too small to talk about; files hold all."""


@click.command()
@region_option
@click.option(
    "--level", type=click.Choice(["2", "3", "4", "5"]), default="5", show_default=True,
    help="Digits of the industry code.",
)  # fmt: skip
@comparison_options
@click.option("--trend", is_flag=True, help="Show the LQ of every year instead of intervals.")
@click.option("--cluster", metavar="NAME", help="Only sectors of one niche cluster of the region.")
@click.option("--top", type=click.IntRange(1, 100_000), help="Rows; 25 in a table, else all.")
@click.option(
    "--min-jobs", type=click.FloatRange(0), help="Fewest jobs to list; 500 in a table, else 0."
)
@pack_option
@models_option
@output_options
def sectors(
    region: str | None,
    level: str,
    year: int | None,
    base: tuple[str, ...],
    threshold: float | None,
    trend: bool,
    cluster: str | None,
    top: int | None,
    min_jobs: float | None,
    pack: str | None,
    models: Path | None,
    out: Output,
) -> None:
    """List a region's sectors by location quotient.

    \b
    Examples:
      cluster-engine sectors
      cluster-engine sectors --region london --level 2 --trend
      cluster-engine sectors --base east-midlands --threshold 1.5
      cluster-engine sectors --format csv --output sectors.csv
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.sector_table import report_sectors
    from cluster_engine.workflows.comparison import Comparison
    from cluster_engine.workflows.sectors import SectorRequest, list_sectors

    request = SectorRequest(
        region=region,
        pack=pack,
        level=int(level),
        comparison=Comparison(year, base, threshold),
        min_jobs=min_jobs if min_jobs is not None else (TABLE_MIN_JOBS if out.is_table else 0.0),
        cluster=cluster,
    )
    with show_progress(out.quiet) as progress:
        found = list_sectors(
            request, open_store(models), on_note=make_note(out.quiet), on_progress=progress
        )
    rows = found.rows.head(top or (TABLE_TOP if out.is_table else len(found.rows)))
    title = (
        f"{found.region.name}, {found.year}: {len(rows)} of {len(found.rows)} sectors "
        f"with at least {request.min_jobs:,.0f} jobs; {found.jobs:,.0f} jobs in all"
    )
    facts = {
        "region": found.region.slug,
        "year": found.year,
        "base": list(base) or "all areas of the pack",
        "threshold": found.threshold,
        "growth_from": found.years[0],
        "jobs": found.jobs,
        "base_jobs": found.base_jobs,
    }
    years = found.years if trend else ()
    report = report_sectors(title, rows, facts, threshold=found.threshold, trend=years)
    emit(report, out)
