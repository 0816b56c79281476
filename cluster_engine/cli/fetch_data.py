"""`cluster-engine data fetch`: the one command that opens a connection."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.options import quiet_option
from cluster_engine.cli.output import make_note

MEGABYTE = 1_000_000


@click.command("fetch")
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--output", "-o", "folder", type=click.Path(file_okay=False, path_type=Path),
    default=Path("fetched"), show_default=True, metavar="FOLDER", help="Where the files go.",
)  # fmt: skip
@click.option("--list", "listing", is_flag=True, help="List what can be fetched, and end.")
@click.option("--dry-run", is_flag=True, help="Only list the addresses that would be asked.")
@click.option("--vintage", metavar="V", help="A year, years (2015-2022), or the publisher's word.")
@click.option(
    "--base-url", metavar="URL",
    help="A mirror in place of the publisher's server; only here http is taken.",
)  # fmt: skip
@click.option(
    "--catalogue", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Sources of your own (TOML), over those that ship.",
)  # fmt: skip
@click.option(
    "--uid", envvar="NOMIS_UID", default="", metavar="KEY",
    help="Your key for Nomis (also NOMIS_UID): larger pages. Not needed, never noted.",
)  # fmt: skip
@click.option(
    "--timeout", type=click.FloatRange(0.1, 600), default=60, show_default=True,
    help="Seconds to wait for a server.",
)  # fmt: skip
@click.option(
    "--attempts", type=click.IntRange(1, 20), default=5, show_default=True,
    help="Tries per file or page.",
)  # fmt: skip
@click.option(
    "--max-mb", type=click.IntRange(1, 100_000), default=4_000, show_default=True,
    help="Largest file taken, in MB.",
)  # fmt: skip
@click.option(
    "--format", "output_format", type=click.Choice(["table", "csv", "json"]),
    help="Form of the list on standard output.",
)  # fmt: skip
@quiet_option
def fetch(
    sources: tuple[str, ...],
    folder: Path,
    listing: bool,
    dry_run: bool,
    vintage: str | None,
    base_url: str | None,
    catalogue: Path | None,
    uid: str,
    timeout: float,
    attempts: int,
    max_mb: int,
    output_format: str | None,
    quiet: bool,
) -> None:
    """Fetch statistics from their publishers; what has not changed is not fetched again.

    With --quiet only files that are new or changed are listed, so that a run with nothing new says
    nothing.

    \b
    Examples:
      cluster-engine data fetch --list
      cluster-engine data fetch bres business-counts --output raw
      cluster-engine data fetch bres --vintage 2015-2022 --output raw
    """
    from cluster_engine.cli.options import Output
    from cluster_engine.cli.output import emit
    from cluster_engine.reports.layouts import CATALOGUE, FETCHED, PLANNED, report_table
    from cluster_engine.sources.fetch.manners import FetchLimits
    from cluster_engine.workflows.fetch import (
        FetchChoice,
        fetch_sources,
        list_catalogue,
        list_plan,
    )

    out = Output(output_format, None, False, quiet)
    if listing:
        emit(
            report_table("Sources that can be fetched", list_catalogue(catalogue), CATALOGUE, {}),
            out,
        )
        return
    limits = FetchLimits(timeout=timeout, attempts=attempts, file_bytes=max_mb * MEGABYTE)
    choice = FetchChoice(sources, vintage, base_url, catalogue, uid, limits)
    if dry_run:
        emit(report_table("Would be asked", list_plan(choice), PLANNED, {}), out)
        return
    rows = fetch_sources(choice, folder, note=make_note(quiet))
    news = rows[rows["state"] != "same"]
    if quiet and news.empty:
        return
    title = f"{len(news)} of {len(rows)} files new or changed, in {folder}"
    emit(report_table(title, news if quiet else rows, FETCHED, {}), out)
