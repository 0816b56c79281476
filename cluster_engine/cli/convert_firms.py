"""`cluster-engine data convert`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.engine_options import resource_options
from cluster_engine.cli.options import LIST, pack_option, quiet_option
from cluster_engine.cli.output import make_note, show_progress


@click.command("convert")
@click.argument(
    "lists", nargs=-1, required=True, type=click.Path(path_type=Path),
    metavar="LIST...",
)  # fmt: skip
@click.option(
    "--to", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help="Folder for the converted list; rank it with --firms FOLDER.",
)  # fmt: skip
@click.option(
    "--facts", type=LIST, metavar="FILE",
    help="CSV with firm_id, in_host, rival_sites, recent_projects, parent: what you know.",
)  # fmt: skip
@click.option("--mapping", type=LIST, help="Which column of a list holds what (TOML).")
@click.option("--corrections", type=LIST, help="Industries of the lists that you set right.")
@resource_options
@click.option("--force", is_flag=True, help="Replace what is there.")
@pack_option
@quiet_option
def convert(
    lists: tuple[Path, ...],
    to: Path,
    facts: Path | None,
    mapping: Path | None,
    corrections: Path | None,
    memory_limit: str | None,
    threads: int | None,
    spill: Path | None,
    force: bool,
    pack: str | None,
    quiet: bool,
) -> None:
    """Convert lists of firms for ranking out of core: Parquet parted by country.

    LIST is the folder of an imported list, or a list that is imported on the way.

    \b
    Examples:
      cluster-engine data convert my_firms/ --to big_list
      cluster-engine data convert my_orbis.xlsx crm.csv --to big_list --memory-limit 1GB
    """
    from cluster_engine.engines.resources import find_resources, show_size
    from cluster_engine.workflows.convert_firms import ConvertRequest, convert_firms

    request = ConvertRequest(lists, to, pack, mapping, corrections, facts, force)
    resources = find_resources(memory_limit, threads, spill)
    with show_progress(quiet) as progress:
        done = convert_firms(request, resources, on_progress=progress)
    size = show_size(sum(file.bytes for file in done.files))
    make_note(quiet)(
        f"Converted {done.n_firms:,} firms to {to}: {len(done.files):,} "
        f"file{'s' if len(done.files) != 1 else ''}, {size}. "
        f"Next: cluster-engine rank --market NAME --firms {to}"
    )
