"""`cluster-engine rank`."""

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

MAX_TOP = 1_000_000


@click.command()
@click.option("--market", required=True, metavar="NAME", help="Overseas market, e.g. germany.")
@region_option
@click.option("--cluster", metavar="NAME", help="Only firms of one niche cluster, or part of it.")
@click.option(
    "--top", type=click.IntRange(1, MAX_TOP), default=25, show_default=True, help="Firms to list."
)
@click.option("--no-train", is_flag=True, help="Refuse, instead of training a region that is new.")
@pack_option
@models_option
@output_options
def rank(
    market: str,
    region: str | None,
    cluster: str | None,
    top: int,
    no_train: bool,
    pack: str | None,
    models: Path | None,
    out: Output,
) -> None:
    """Rank the firms of an overseas market for a region.

    \b
    Examples:
      cluster-engine rank --market germany
      cluster-engine rank --market japan --top 100 --output japan.csv
      cluster-engine rank --market india --region greater-manchester
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.shortlist import report_ranking
    from cluster_engine.workflows.rank import RankRequest
    from cluster_engine.workflows.rank import rank as rank_market

    request = RankRequest(market, region, pack, cluster, top, may_train=not no_train)
    note = make_note(out.quiet)
    with show_progress(out.quiet) as progress:
        ranking = rank_market(request, open_store(models), on_note=note, on_progress=progress)
    report = report_ranking(ranking)
    emit(report, out)
