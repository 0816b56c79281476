"""`cluster-engine clusters`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.options import (
    Output,
    models_option,
    output_options,
    pack_option,
    region_option,
)
from cluster_engine.cli.output import emit, make_note, show_progress


@click.command()
@region_option
@click.option("--nation", is_flag=True, help="The clusters of the nation, by the region's LQ.")
@click.option("--cluster", metavar="NAME", help="Only one niche cluster, or part of its name.")
@click.option("--top", type=click.IntRange(1, 100_000), help="Rows; all without it.")
@pack_option
@models_option
@output_options
def clusters(
    region: str | None,
    nation: bool,
    cluster: str | None,
    top: int | None,
    pack: str | None,
    models: Path | None,
    out: Output,
) -> None:
    """List a region's niche clusters: what it is truly strong in, and few others are.

    \b
    Examples:
      cluster-engine clusters
      cluster-engine clusters --region cumbria
      cluster-engine clusters --nation --format csv --output clusters.csv
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.layouts import CLUSTERS, NICHES, report_table
    from cluster_engine.workflows.clusters import list_clusters

    with show_progress(out.quiet) as progress:
        found = list_clusters(
            open_store(models),
            region=region,
            pack=pack,
            of_nation=nation,
            cluster=cluster,
            on_note=make_note(out.quiet),
            on_progress=progress,
        )
    rows = found.rows.head(top or len(found.rows))
    model = found.model
    kind = "clusters of the nation" if nation else "niche clusters"
    title = (
        f"{model.region.name}: {len(rows)} {kind} (jobs of {model.facts['year']}, "
        f"model {model.facts['version']}, stability {model.facts['stability']:.2f})"
    )
    facts = {
        "region": model.region.slug,
        "year": model.facts["year"],
        "model": model.facts["version"],
        "stability": model.facts["stability"],
    }
    report = report_table(title, rows, CLUSTERS if nation else NICHES, facts)
    emit(report, out)
