"""`cluster-engine programme`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.options import (
    LIST,
    FirmChoice,
    Output,
    firm_options,
    models_option,
    output_options,
    pack_option,
    region_option,
)
from cluster_engine.cli.output import deliver_bytes, emit, make_note, show_progress


@click.command()
@click.option(
    "--config", type=LIST, metavar="FILE.toml",
    help="Markets, missions, officer days, budget and rules; all markets of the pack without it.",
)  # fmt: skip
@click.option(
    "--budget", metavar="POUNDS|CHANGE",
    help="Another budget, e.g. 75000, or a change such as +10%, and what it would bring.",
)  # fmt: skip
@click.option(
    "--example", is_flag=True, help="Print a commented example of the programme's file, and stop."
)
@region_option
@firm_options
@click.option(
    "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True,
    help="Seed of the draws behind the intervals.",
)  # fmt: skip
@pack_option
@models_option
@output_options
def programme(
    config: Path | None,
    budget: str | None,
    example: bool,
    region: str | None,
    choice: FirmChoice,
    seed: int,
    pack: str | None,
    models: Path | None,
    out: Output,
) -> None:
    """Choose markets, missions and firms that bring most within budget and officer days.

    Expected value = chance of a project x its value added, less costs. The chances are priors, not
    learned from approaches. A table shows markets, firms, what was left out and why; CSV holds the
    firms; JSON holds everything.

    \b
    Examples:
      cluster-engine programme
      cluster-engine programme --example > programme.toml
      cluster-engine programme --config programme.toml --budget +10%
      cluster-engine programme --config programme.toml --output firms.csv
    """
    from cluster_engine.workflows.programme_config import read_example

    if example:
        click.echo(read_example(), nl=False)
        return
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.programme_table import render_programme, report_programme
    from cluster_engine.workflows.programme import ProgrammeRequest, plan_programme
    from cluster_engine.workflows.programme_findings import describe_programme
    from cluster_engine.workflows.rank_request import RankRequest

    choice.check()
    lists = choice.as_lists()
    request = ProgrammeRequest(
        RankRequest("", region, pack, lists=lists, seed=seed), config, budget
    )
    note = make_note(out.quiet)
    with show_progress(out.quiet) as progress:
        found = plan_programme(request, open_store(models), on_note=note, on_progress=progress)
        findings = describe_programme(found)
    if out.chosen_format != "table":
        emit(report_programme(findings), out)
    elif out.path is None:
        click.echo(render_programme(findings), nl=False)
    else:
        text = render_programme(findings).encode()
        deliver_bytes(text, out.path, findings.facts, force=out.force)
        note(f"Wrote the programme to {out.path}.")
