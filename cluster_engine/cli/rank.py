"""`cluster-engine rank`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cluster_engine.cli.engine_options import EngineChoice, engine_options
from cluster_engine.cli.options import (
    FirmChoice,
    Judgement,
    Output,
    firm_options,
    judgement_options,
    models_option,
    output_options,
    pack_option,
    region_option,
)
from cluster_engine.cli.output import deliver, emit, make_note, show_progress
from cluster_engine.cli.run_record import record_run
from cluster_engine.reports.crm_profiles import PROFILES

if TYPE_CHECKING:
    import pandas as pd

    from cluster_engine.reports.handover import Handover
    from cluster_engine.workflows.rank_request import RankRequest

    Files = list[tuple[Path, bytes]]

MAX_TOP = 1_000_000


@click.command()
@click.option("--market", required=True, metavar="NAME", help="Overseas market, e.g. germany.")
@region_option
@click.option("--cluster", metavar="NAME", help="Only firms of one niche cluster, or part of it.")
@click.option(
    "--top", type=click.IntRange(1, MAX_TOP), default=25, show_default=True, help="Firms to list."
)
@click.option(
    "--max-per-cluster", type=click.IntRange(1), metavar="N",
    help="List at most N firms of one niche cluster.",
)  # fmt: skip
@click.option(
    "--max-per-parent", type=click.IntRange(1), metavar="N", default=1, show_default=True,
    help="List at most N firms of one ultimate parent, where it is known.",
)  # fmt: skip
@click.option("--no-train", is_flag=True, help="Refuse, instead of training a region that is new.")
@firm_options
@click.option(
    "--match-report", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write what --exclude and --include matched, and how surely.",
)  # fmt: skip
@click.option(
    "--profile", type=click.Choice(list(PROFILES)),
    help="Columns as this CRM names them, for its import; see docs/exports.md.",
)  # fmt: skip
@judgement_options
@engine_options
@click.option("--dry-run", is_flag=True, help="Only say what would be done, and what it takes.")
@pack_option
@models_option
@output_options
def rank(
    market: str,
    region: str | None,
    cluster: str | None,
    top: int,
    max_per_cluster: int | None,
    max_per_parent: int,
    no_train: bool,
    choice: FirmChoice,
    match_report: Path | None,
    profile: str | None,
    judgement: Judgement,
    engine: EngineChoice,
    dry_run: bool,
    pack: str | None,
    models: Path | None,
    out: Output,
) -> None:
    """Rank the firms of an overseas market for a region.

    \b
    Examples:
      cluster-engine rank --market germany
      cluster-engine rank --market japan --top 100 --output japan.xlsx
      cluster-engine rank --market germany --profile hubspot --output for_the_crm.csv
      cluster-engine rank --market india --region greater-manchester
      cluster-engine rank --market germany --firms my_orbis.xlsx --exclude crm.csv
      cluster-engine rank --market germany --weight gap=4 --max-per-cluster 10
      cluster-engine rank --market germany --firms big_list/ --memory-limit 500MB
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.workflows.engine_options import EngineOptions
    from cluster_engine.workflows.hand_over import rank_to_hand_over
    from cluster_engine.workflows.rank_request import RankRequest
    from cluster_engine.workflows.user_weights import UserWeights

    choice.check(match_report, out.path)
    request = RankRequest(
        market, region, pack, cluster, top, not no_train,
        choice.as_lists(),
        UserWeights(judgement.weights, judgement.weight),
        max_per_cluster, max_per_parent, judgement.draws, judgement.seed,
        EngineOptions(*(getattr(engine, name) for name in EngineOptions.__dataclass_fields__)),
    )  # fmt: skip
    if dry_run:
        _show_plan(request, models, out)
        return
    matches: list[pd.DataFrame] = []
    with show_progress(out.quiet) as progress:
        handover = rank_to_hand_over(
            request, open_store(models), on_note=make_note(out.quiet), on_progress=progress,
            on_matches=matches.append,
        )  # fmt: skip
    beside = [(match_report, _encode_matches(matches[0], match_report))] if match_report else []
    if out.path is None:
        _print(handover, profile, out, beside)
    else:
        _save(handover, profile, out, beside)
    if match_report is not None:
        make_note(out.quiet)(f"Wrote {len(matches[0])} matches to {match_report}.")


def _show_plan(request: RankRequest, models: Path | None, out: Output) -> None:
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.layouts import report_engine_plan
    from cluster_engine.workflows.big_firms import plan_rank

    emit(report_engine_plan(plan_rank(request, open_store(models)).tell()), out)


def _save(handover: Handover, profile: str | None, out: Output, beside: Files) -> None:
    from cluster_engine.reports.export import export_ranking
    from cluster_engine.workflows.run_record import describe_ranking

    run = record_run(describe_ranking(handover))
    made = export_ranking(
        handover, out.chosen_format, out.style, profile=profile, run_id=run.id,  # type: ignore[arg-type]
    )  # fmt: skip
    deliver(made, run, out, beside=beside)


def _print(handover: Handover, profile: str | None, out: Output, beside: Files) -> None:
    from cluster_engine.reports.crm import make_crm_list
    from cluster_engine.reports.shortlist import report_ranking
    from cluster_engine.reports.write import save_bytes

    if profile is None:
        emit(report_ranking(handover.ranking), out)
    else:
        found = make_crm_list(handover, profile)
        emit(found.report, replace(out, format=out.format or "csv"))
        for text in found.notes:
            make_note(out.quiet)(text)
    for path, raw in beside:
        save_bytes(raw, path, force=out.force)


def _encode_matches(rows: pd.DataFrame, path: Path) -> bytes:
    from cluster_engine.cli.output_options import FORMATS
    from cluster_engine.reports.import_report import report_matches
    from cluster_engine.reports.write import encode

    chosen = FORMATS.get(path.suffix.lower(), "csv")
    return encode(report_matches(rows), chosen)  # type: ignore[arg-type]
