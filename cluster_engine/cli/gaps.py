"""`cluster-engine gaps`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

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


@click.command()
@region_option
@click.option(
    "--cluster", metavar="NAME", help="What one niche cluster buys; without it, the whole region."
)
@click.option(
    "--delta", type=click.FloatRange(0, 1, max_open=True),
    help="Exponent of the FLQ, more = less bought inside; the model's (0.3) without it. "
    "Low and high figures are those of 0.1 and 0.4.",
)  # fmt: skip
@click.option(
    "--level", type=click.Choice(["industry", "sector"]), default="industry", show_default=True,
    help="Makers: the industries of the table, or their four-digit sectors by jobs.",
)  # fmt: skip
@comparison_options
@click.option("--top", type=click.IntRange(1, 100_000), help="Rows; 25 in a table, else all.")
@pack_option
@models_option
@output_options
def gaps(
    region: str | None,
    cluster: str | None,
    delta: float | None,
    level: Literal["industry", "sector"],
    year: int | None,
    base: tuple[str, ...],
    threshold: float | None,
    top: int | None,
    pack: str | None,
    models: Path | None,
    out: Output,
) -> None:
    """List the inputs a region buys elsewhere, and how close it is to making them.

    Gap = what is bought outside the region, in £m a year, times the relatedness (0 to 1) of its
    makers to the region's niche clusters.

    \b
    Examples:
      cluster-engine gaps
      cluster-engine gaps --cluster motor-vehicles --delta 0.2 --level sector
      cluster-engine gaps --region wales --format csv --output gaps.csv
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.gap_table import report_gaps
    from cluster_engine.workflows.comparison import Comparison
    from cluster_engine.workflows.gaps import GapRequest, list_gaps

    request = GapRequest(region, pack, cluster, delta, level, Comparison(year, base, threshold))
    with show_progress(out.quiet) as progress:
        found = list_gaps(
            request, open_store(models), on_note=make_note(out.quiet), on_progress=progress
        )
    rows = found.rows.head(top or (TABLE_TOP if out.is_table else len(found.rows)))
    model, (low, high) = found.model, found.band
    title = (
        f"{model.region.name}: inputs bought elsewhere, £m a year; buyer: {found.buyer} "
        f"({len(rows)} of {len(found.rows)} inputs; jobs of {found.year}, "
        f"model {model.facts['version']}, δ = {found.delta:g}, low to high: "
        f"δ = {low:g} to {high:g})"
    )
    facts = {
        "region": model.region.slug,
        "buyer": found.buyer,
        "year": found.year,
        "base": list(base) or "all areas of the pack",
        "threshold": found.threshold,
        "model": model.facts["version"],
        "delta": found.delta,
        "delta_low": low,
        "delta_high": high,
    }
    report = report_gaps(title, rows, facts, threshold=found.threshold)
    emit(report, out)
