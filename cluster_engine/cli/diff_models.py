"""`cluster-engine models diff`."""

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
    from cluster_engine.reports.report import Report
    from cluster_engine.workflows.model_diff import ModelDiff


@click.command("diff")
@click.argument("old", required=False)
@click.argument("new", required=False)
@region_option
@click.option("--market", metavar="NAME", help="Only this market; all that have firms without it.")
@click.option(
    "--top", type=click.IntRange(1, 10_000), default=100, show_default=True,
    help="Length of the lists compared.",
)  # fmt: skip
@click.option("--clusters", is_flag=True, help="Show the clusters in place of the firms.")
@click.option(
    "--html", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write it all as one page, too.",
)  # fmt: skip
@click.option(
    "--pack-before", metavar="FOLDER", help="Pack of the old version's time, if its firms changed."
)
@pack_option
@models_option
@output_options
def diff_command(
    old: str | None, new: str | None, region: str | None, market: str | None, top: int,
    clusters: bool, html: Path | None, pack_before: str | None, pack: str | None,
    models: Path | None, out: Output,
) -> None:  # fmt: skip
    """Say which firms entered, left and moved between two versions, and what each move comes from.

    OLD and NEW are versions, beginnings of one, or champion, previous, challenger. Without them:
    champion and challenger, or previous and champion where there is no challenger.

    \b
    Examples:
      cluster-engine models diff
      cluster-engine models diff previous champion --market germany
      cluster-engine models diff 2021-cf10 2021-377b --html diff.html --output diff.csv
    """
    from cluster_engine.registry.locate import open_store
    from cluster_engine.reports.write import refuse_path
    from cluster_engine.workflows.diff_summary import tell_diff
    from cluster_engine.workflows.model_diff import DiffRequest, diff_versions

    if html is not None:
        refuse_path(html, force=out.force)
    request = DiffRequest(old, new, region, pack, pack_before, market, top)
    with show_progress(out.quiet) as progress:
        diff = diff_versions(request, open_store(models), on_progress=progress)
    if html is not None:
        _save_page(diff, html)
    emit(_choose_table(diff, out, clusters), out)
    note = make_note(out.quiet)
    for sentence in tell_diff(diff):
        note(sentence)
    if out.is_table and not clusters and diff.firms["market"].nunique() > 1:
        note("Add --market NAME for its firms, or --output FILE.csv for all of them.")


def _choose_table(diff: ModelDiff, out: Output, clusters: bool) -> Report:
    """Firms; on the terminal the markets if there are several; clusters where asked or all."""
    from cluster_engine.reports.diff_tables import report_clusters, report_markets, report_moves
    from cluster_engine.workflows.diff_summary import describe_diff, summarise_markets

    title = f"{diff.name}: {diff.old} → {diff.new}"
    facts = describe_diff(diff)
    if clusters or diff.firms.empty:
        return report_clusters(title, diff.clusters, facts)
    if out.is_table and diff.firms["market"].nunique() > 1:
        return report_markets(title, summarise_markets(diff.firms), facts)
    # A person reads who moved; a program gets those that stayed, too, with what their score lost.
    here = f"{title}, {diff.firms['market_name'].iloc[0]}, first {diff.top}"
    return report_moves(here, diff.moved if out.is_table else diff.firms, facts)


def _save_page(diff: ModelDiff, path: Path) -> None:
    from cluster_engine.reports.diff_page import list_sections
    from cluster_engine.reports.sections import save_sections
    from cluster_engine.workflows.diff_summary import lay_out

    found = lay_out(diff)
    save_sections(found.title, list_sections(found), path)
