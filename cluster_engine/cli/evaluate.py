"""`cluster-engine evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.options import pack_option, quiet_option, region_option
from cluster_engine.cli.output import PIPE_WIDTH, make_note, show_progress


@click.command()
@region_option
@click.option(
    "--study", "studies", multiple=True, metavar="NAME",
    help="Only this study; may be repeated. All that the pack allows without it.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(20, 10_000), default=500, show_default=True,
    help="Bootstrap draws behind the intervals.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True,
    help="Seed of folds, draws and shuffles.",
)  # fmt: skip
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FOLDER",
    help="Write card.md and card.json there.",
)  # fmt: skip
@click.option(
    "--events", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Investment projects to judge on, CSV; see docs/czech.md. Those of the pack without it.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a card that is there.")
@pack_option
@quiet_option
def evaluate(
    region: str | None,
    studies: tuple[str, ...],
    draws: int,
    seed: int,
    output: Path | None,
    events: Path | None,
    force: bool,
    pack: str | None,
    quiet: bool,
) -> None:
    """Say how well the engine would have foretold what happened.

    Models are learned on earlier years and judged on later ones, beside simple scores that could
    beat them. The same data and seed give the same bytes.

    \b
    Examples:
      cluster-engine evaluate
      cluster-engine evaluate --region wales --output card
      cluster-engine evaluate --pack czech-regions
      cluster-engine evaluate --study events --events projects.csv
    """
    from cluster_engine.reports.evaluation_card import (
        refuse_to_replace,
        report_evaluation,
        save_card,
    )
    from cluster_engine.reports.write import render
    from cluster_engine.workflows.evaluate import (
        EvaluationRequest,
        describe,
        introduce,
        run_studies,
        summarise,
    )

    if output is not None:
        refuse_to_replace(output, force=force)
    request = EvaluationRequest(pack, region, draws, seed, studies, events)
    with show_progress(quiet) as progress:
        found = run_studies(request, on_note=make_note(quiet), on_progress=progress)
    report = report_evaluation(found.region.name, summarise(found), describe(found))
    click.echo(render(report, "table", width=PIPE_WIDTH, colour=False), nl=False)
    for study in found.studies:
        click.echo(f"\n{study.title}")
        for sentence in study.sentences:
            click.echo(f"  - {sentence}")
    if output is not None:
        paths = save_card(output, introduce(found), describe(found), found.studies)
        if not quiet:
            click.echo(f"Wrote {paths[0]} and {paths[1]}.", err=True)
