"""`cluster-engine clusters`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cluster_engine.cli.options import (
    Output,
    models_option,
    output_options,
    pack_option,
    region_option,
)
from cluster_engine.cli.output import deliver_bytes, emit, make_note, show_progress

if TYPE_CHECKING:
    import pandas as pd

    from cluster_engine.results import Model

GRAPH_FORMATS = {".graphml": "graphml", ".json": "json"}


@click.command()
@region_option
@click.option("--nation", is_flag=True, help="The clusters of the nation, by the region's LQ.")
@click.option("--cluster", metavar="NAME", help="Only this cluster, or part of its name.")
@click.option("--detail", metavar="NAME", help="All that is known about one cluster.")
@click.option("--members", is_flag=True, help="One row per sector, with how firmly it belongs.")
@click.option("--links", is_flag=True, help="How the clusters of the nation hang together.")
@click.option("--validate", is_flag=True, help="Every score of the clusters, also where they lose.")
@click.option(
    "--graph", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write the sector graph to FILE.graphml or FILE.json.",
)  # fmt: skip
@click.option("--top", type=click.IntRange(1, 100_000), help="Rows; all without it.")
@pack_option
@models_option
@output_options
def clusters(
    region: str | None,
    nation: bool,
    cluster: str | None,
    detail: str | None,
    members: bool,
    links: bool,
    validate: bool,
    graph: Path | None,
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
      cluster-engine clusters --detail household-ceramics
      cluster-engine clusters --members --cluster motor
      cluster-engine clusters --nation --format csv --output clusters.csv
      cluster-engine clusters --validate
      cluster-engine clusters --graph sectors.graphml
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.workflows.clusters import ClusterRequest, list_clusters

    views = {"members": members, "links": links, "scores": validate, "detail": detail is not None}
    chosen = [view for view, is_wanted in views.items() if is_wanted]
    if len(chosen) > 1 or (graph is not None and chosen):
        raise click.UsageError("Choose one of --members, --links, --validate, --detail, --graph.")
    if graph is not None:
        _write_graph(graph, region, pack, models, out)
        return
    view = chosen[0] if chosen else "nation" if nation else "niches"
    request = ClusterRequest(region, pack, view, detail or cluster, of_nation=nation)  # type: ignore[arg-type]
    with show_progress(out.quiet) as progress:
        found = list_clusters(
            request, open_store(models), on_note=make_note(out.quiet), on_progress=progress
        )
    _emit_rows(found.rows.head(top or len(found.rows)), found.model, view, out)


def _emit_rows(rows: pd.DataFrame, model: Model, view: str, out: Output) -> None:
    from cluster_engine.reports.layouts import CLUSTER_VIEWS, report_table

    layout = CLUSTER_VIEWS[view]
    title = (
        f"{model.region.name}: {len(rows)} {layout.noun} (jobs of {model.facts['year']}, "
        f"model {model.facts['version']}, stability {model.facts['stability']:.2f})"
    )
    facts = {
        "region": model.region.slug,
        "year": model.facts["year"],
        "model": model.facts["version"],
        "stability": model.facts["stability"],
    }
    emit(report_table(title, rows, layout.shown, facts), out)


def _write_graph(
    path: Path, region: str | None, pack: str | None, models: Path | None, out: Output
) -> None:
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.write import refuse_path
    from cluster_engine.workflows.sector_graph import draw_sector_graph

    kind = GRAPH_FORMATS.get(path.suffix.lower())
    if kind is None:
        raise click.UsageError(f"The graph file must end in .graphml or .json. Got '{path.name}'.")
    refuse_path(path, force=out.force)
    with show_progress(out.quiet) as progress:
        raw = draw_sector_graph(
            open_store(models), kind, region=region, pack=pack,  # type: ignore[arg-type]
            on_note=make_note(out.quiet), on_progress=progress,
        )  # fmt: skip
    deliver_bytes(raw, path, {"graph": kind}, force=out.force)
    if not out.quiet:
        click.echo(f"Wrote the sector graph to {path}.", err=True)
