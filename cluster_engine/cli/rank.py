"""`cluster-engine rank`."""

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
from cluster_engine.cli.output import emit, make_note, show_progress

if TYPE_CHECKING:
    import pandas as pd

MAX_TOP = 1_000_000
LIST = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--market", required=True, metavar="NAME", help="Overseas market, e.g. germany.")
@region_option
@click.option("--cluster", metavar="NAME", help="Only firms of one niche cluster, or part of it.")
@click.option(
    "--top", type=click.IntRange(1, MAX_TOP), default=25, show_default=True, help="Firms to list."
)
@click.option("--no-train", is_flag=True, help="Refuse, instead of training a region that is new.")
@click.option(
    "--firms", multiple=True, type=click.Path(path_type=Path), metavar="FILE|FOLDER",
    help="Rank your firms in place of the pack's: a list, or an imported one. May be repeated.",
)  # fmt: skip
@click.option("--with-pack", is_flag=True, help="Rank the pack's firms together with --firms.")
@click.option(
    "--exclude", multiple=True, type=LIST, metavar="FILE",
    help="Leave out the firms of this list (clients, do-not-contact). May be repeated.",
)  # fmt: skip
@click.option(
    "--include", multiple=True, type=LIST, metavar="FILE",
    help="Rank only the firms of this list. May be repeated.",
)  # fmt: skip
@click.option(
    "--match-report", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
    help="Write what --exclude and --include matched, and how surely.",
)  # fmt: skip
@click.option("--mapping", type=LIST, help="Which column of --firms holds what (TOML).")
@click.option("--corrections", type=LIST, help="Industries of --firms that you set right.")
@pack_option
@models_option
@output_options
def rank(
    market: str,
    region: str | None,
    cluster: str | None,
    top: int,
    no_train: bool,
    firms: tuple[Path, ...],
    with_pack: bool,
    exclude: tuple[Path, ...],
    include: tuple[Path, ...],
    match_report: Path | None,
    mapping: Path | None,
    corrections: Path | None,
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
      cluster-engine rank --market germany --firms my_orbis.xlsx --exclude crm.csv
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.shortlist import report_ranking
    from cluster_engine.workflows.rank import RankRequest, UserLists
    from cluster_engine.workflows.rank import rank as rank_market

    _check_lists(firms, with_pack, exclude + include, match_report, mapping or corrections)
    lists = UserLists(firms, with_pack, exclude, include, mapping, corrections)
    request = RankRequest(market, region, pack, cluster, top, not no_train, lists)
    note = make_note(out.quiet)
    matches: list[pd.DataFrame] = []
    with show_progress(out.quiet) as progress:
        ranking = rank_market(
            request,
            open_store(models),
            on_note=note,
            on_progress=progress,
            on_matches=matches.append,
        )
    report = report_ranking(ranking)
    emit(report, out)
    if match_report is not None:
        _write_matches(matches[0], match_report, out)


def _check_lists(
    firms: tuple[Path, ...],
    with_pack: bool,
    respected: tuple[Path, ...],
    match_report: Path | None,
    for_firms: Path | None,
) -> None:
    if (with_pack or for_firms) and not firms:
        raise click.UsageError("--with-pack, --mapping and --corrections need --firms.")
    if match_report is not None and not respected:
        raise click.UsageError("--match-report needs --exclude or --include.")


def _write_matches(rows: pd.DataFrame, path: Path, out: Output) -> None:
    from cluster_engine.cli.output import FORMATS
    from cluster_engine.reports.import_report import report_matches
    from cluster_engine.reports.write import save

    chosen = FORMATS.get(path.suffix.lower(), "csv")
    save(report_matches(rows), path, chosen, force=out.force)  # type: ignore[arg-type]
    make_note(out.quiet)(f"Wrote {len(rows)} matches to {path}.")
