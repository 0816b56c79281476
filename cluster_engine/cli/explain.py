"""`cluster-engine explain`."""

from __future__ import annotations

import sys
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
    from cluster_engine.results import Explanation

PIPE_WIDTH = 80
"""Characters of a text that goes to a file or another program."""

FORMATS = {".md": "md", ".json": "json"}


@click.command()
@click.argument("firm")
@click.option("--market", required=True, metavar="NAME", help="Overseas market, e.g. germany.")
@region_option
@firm_options
@judgement_options
@click.option(
    "--project-jobs", type=click.FloatRange(0), metavar="N", help="New jobs of its project, known."
)
@click.option(
    "--project-capex", type=click.FloatRange(0), metavar="MILLIONS",
    help="Foreign equity investment of its project, £m, known.",
)  # fmt: skip
@click.option(
    "--gva-multiplier", type=click.FloatRange(0, min_open=True), metavar="NUMBER",
    help="Of the UK Data Hub rule: £ of GVA per £ of capex, or per job where capex is not given.",
)  # fmt: skip
@pack_option
@models_option
@click.option(
    "--format", "output_format", type=click.Choice(["table", "md", "json"]),
    help="Text for the terminal, Markdown, or JSON.",
)  # fmt: skip
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE",
    help="Write to a file; its ending gives the format unless --format does.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace the output file if it is there.")
@quiet_option
def explain(
    firm: str,
    market: str,
    region: str | None,
    choice: FirmChoice,
    judgement: Judgement,
    project_jobs: float | None,
    project_capex: float | None,
    gva_multiplier: float | None,
    pack: str | None,
    models: Path | None,
    output_format: str | None,
    output: Path | None,
    force: bool,
    quiet: bool,
) -> None:
    """Explain why FIRM (a name, part of one, or a firm_id) has its rank.

    The points are those of the ranking; base and points add up to the score.

    \b
    Examples:
      cluster-engine explain "Knorr-Bremse" --market germany
      cluster-engine explain trumpf --market germany --format md --output trumpf.md
      cluster-engine explain bosch --market germany --weight gap=4 --project-jobs 120
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.targeting.value import Project
    from cluster_engine.workflows.explain import ExplainRequest
    from cluster_engine.workflows.explain import explain as explain_rank
    from cluster_engine.workflows.rank_request import RankRequest
    from cluster_engine.workflows.user_weights import UserWeights

    choice.check()
    request = ExplainRequest(
        firm,
        RankRequest(
            market, region, pack,
            lists=choice.as_lists(),
            weights=UserWeights(judgement.weights, judgement.weight),
            draws=judgement.draws,
            seed=judgement.seed,
        ),
        Project(project_jobs, project_capex, gva_multiplier),
    )  # fmt: skip
    with show_progress(quiet) as progress:
        found = explain_rank(
            request, open_store(models), on_note=make_note(quiet), on_progress=progress
        )
    by_ending = FORMATS.get(output.suffix.lower()) if output is not None else None
    _write(found, output_format or by_ending or "table", output, force, quiet)


def _write(found: Explanation, chosen: str, output: Path | None, force: bool, quiet: bool) -> None:
    from cluster_engine.reports.explanation import render_explanation
    from cluster_engine.reports.shortlist import list_facts

    narrow = output is not None or not sys.stdout.isatty()
    text = render_explanation(found, chosen, width=PIPE_WIDTH if narrow else None)  # type: ignore[arg-type]
    if output is None:
        click.echo(text, nl=False)
        return
    about = {**list_facts(found.ranking), "firm": str(found.ranking.rows["firm_id"].iloc[0])}
    deliver_bytes(text.encode("utf-8"), output, about, force=force)
    make_note(quiet)(f"Wrote the explanation to {output}.")
