"""`cluster-engine briefing`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cluster_engine.cli.options import (
    LIST,
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
    from cluster_engine.reports.briefing_facts import Briefing

FORMATS = {".md": "md", ".html": "html", ".htm": "html"}


@click.command()
@click.argument("firm")
@click.option("--market", required=True, metavar="NAME", help="Overseas market, e.g. germany.")
@region_option
@click.option(
    "--sites", type=LIST, metavar="FILE",
    help="CSV with kind, name, place, what, url, source: universities and sites to show.",
)  # fmt: skip
@firm_options
@judgement_options
@pack_option
@models_option
@click.option(
    "--format", "output_format", type=click.Choice(["md", "html"]),
    help="Markdown, or a page to print.",
)  # fmt: skip
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE",
    help="Write to a file; its ending gives the format unless --format does.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the output file if it is there.")
@quiet_option
def briefing(
    firm: str,
    market: str,
    region: str | None,
    sites: Path | None,
    choice: FirmChoice,
    judgement: Judgement,
    pack: str | None,
    models: Path | None,
    output_format: str | None,
    output: Path | None,
    force: bool,
    quiet: bool,
) -> None:
    """Write what an officer should know before a talk with FIRM (a name, part of one, or an id).

    Who they are, why here, whom they would deal with, and what the region offers them beside its
    rivals. What the data do not tell is said.

    \b
    Examples:
      cluster-engine briefing "Knorr-Bremse" --market germany
      cluster-engine briefing trumpf --market germany --output trumpf.html
      cluster-engine briefing bosch --market germany --sites our_sites.csv --format html -o b.html
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.write import refuse_path
    from cluster_engine.workflows.briefing import BriefingRequest, brief
    from cluster_engine.workflows.explain import ExplainRequest
    from cluster_engine.workflows.rank_request import RankRequest
    from cluster_engine.workflows.user_weights import UserWeights

    choice.check()
    if output is not None:
        refuse_path(output, force=force)
    ranking = RankRequest(
        market, region, pack,
        lists=choice.as_lists(),
        weights=UserWeights(judgement.weights, judgement.weight),
        draws=judgement.draws,
        seed=judgement.seed,
    )  # fmt: skip
    request = BriefingRequest(ExplainRequest(firm, ranking), sites)
    with show_progress(quiet) as progress:
        found = brief(request, open_store(models), on_note=make_note(quiet), on_progress=progress)
    by_ending = FORMATS.get(output.suffix.lower()) if output is not None else None
    _write(found, output_format or by_ending or "md", output, force=force, quiet=quiet)


def _write(found: Briefing, chosen: str, output: Path | None, *, force: bool, quiet: bool) -> None:
    from cluster_engine.reports.briefing import render_briefing
    from cluster_engine.reports.shortlist import list_facts

    text = render_briefing(found, chosen)  # type: ignore[arg-type]
    if output is None:
        click.echo(text, nl=False)
        return
    ranked = found.explanation.ranking
    about = {**list_facts(ranked), "firm": str(ranked.rows["firm_id"].iloc[0])}
    deliver_bytes(text.encode("utf-8"), output, about, force=force)
    make_note(quiet)(f"Wrote the briefing to {output}.")
