"""`cluster-engine report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cluster_engine.cli.options import (
    FirmChoice,
    Judgement,
    firm_options,
    judgement_options,
    models_option,
    pack_option,
    quiet_option,
    region_option,
)
from cluster_engine.cli.output import deliver_bytes, make_note, show_progress

if TYPE_CHECKING:
    from cluster_engine.registry.locate import ModelStore
    from cluster_engine.reports.market_facts import MarketFacts
    from cluster_engine.workflows.progress import Progress
    from cluster_engine.workflows.rank_request import RankRequest

MOST_FIRMS = 5000
"""More lines than this are no page to read, and slow to open."""


@click.command()
@click.option("--market", required=True, metavar="NAME", help="Overseas market, e.g. germany.")
@region_option
@click.option(
    "--top", type=click.IntRange(1, MOST_FIRMS), default=500, show_default=True,
    help="Firms on the page.",
)  # fmt: skip
@firm_options
@judgement_options
@pack_option
@models_option
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE",
    help="The page; report-MARKET.html without it.",
)  # fmt: skip
@click.option(
    "--with-programme", is_flag=True,
    help="Plan a programme over all markets and show it; takes about half a minute more.",
)  # fmt: skip
@click.option(
    "--programme", "config", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.toml",
    help="The same by your rules; see cluster-engine programme --example.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the output file if it is there.")
@quiet_option
def report(
    market: str,
    region: str | None,
    top: int,
    choice: FirmChoice,
    judgement: Judgement,
    pack: str | None,
    models: Path | None,
    output: Path | None,
    with_programme: bool,
    config: Path | None,
    force: bool,
    quiet: bool,
) -> None:
    """Write one page about a market: region, niche clusters, gaps, firms, sources.

    The page is a single HTML file that works without a network: charts, and a table of the firms to
    search, sort and filter. Needs the extra `report`.

    \b
    Examples:
      cluster-engine report --market germany
      cluster-engine report --market japan --region wales --top 100 --output japan.html
      cluster-engine report --market germany --firms my_orbis.xlsx --exclude crm.csv
      cluster-engine report --market germany --with-programme
    """
    from cluster_engine.packs.choices import make_slug
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.chart_script import require_charts
    from cluster_engine.reports.market_report import render_market_report
    from cluster_engine.reports.shortlist import list_facts
    from cluster_engine.reports.write import refuse_path
    from cluster_engine.workflows.rank_request import RankRequest
    from cluster_engine.workflows.report import ReportRequest, gather_report
    from cluster_engine.workflows.user_weights import UserWeights

    choice.check()
    path = output or Path(f"report-{make_slug(market)}.html")
    refuse_path(path, force=force)
    require_charts()
    lists = choice.as_lists()
    ranking = RankRequest(
        market, region, pack, top=top, lists=lists,
        weights=UserWeights(judgement.weights, judgement.weight),
        draws=judgement.draws, seed=judgement.seed,
    )  # fmt: skip
    store = open_store(models)
    note = make_note(quiet)
    with show_progress(quiet) as progress:
        facts = gather_report(ReportRequest(ranking), store, on_note=note, on_progress=progress)
        if with_programme or config is not None:
            facts = _add_programme(facts, ranking, config, store, progress)
        raw = render_market_report(facts)
    deliver_bytes(raw, path, list_facts(facts.ranking), force=force)
    note(f"Wrote {len(facts.ranking.rows)} firms of {facts.ranking.market.name} to {path}.")


def _add_programme(
    facts: MarketFacts, ranking: RankRequest, config: Path | None, store: ModelStore,
    progress: Progress,
) -> MarketFacts:  # fmt: skip
    from dataclasses import replace

    from cluster_engine.reports.programme_table import list_programme_tables
    from cluster_engine.workflows.programme import ProgrammeRequest, plan_programme
    from cluster_engine.workflows.programme_findings import describe_programme

    request = ProgrammeRequest(replace(ranking, market="", top=None), config)
    findings = describe_programme(plan_programme(request, store, on_progress=progress))
    return replace(
        facts,
        programme=list_programme_tables(findings),
        programme_says=findings.sentences,
    )
