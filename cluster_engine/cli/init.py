"""`cluster-engine init`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.options import pack_option, quiet_option, region_option


@click.command()
@click.argument(
    "folder", type=click.Path(file_okay=True, path_type=Path), default=Path(), metavar="[DIR]"
)
@region_option
@pack_option
@click.option("--force", is_flag=True, help="Replace files that are there with fresh ones.")
@quiet_option
def init(folder: Path, region: str | None, pack: str | None, force: bool, quiet: bool) -> None:
    """Make a project folder in DIR, or here: a project file and folders for your own data.

    Commands that are run in the folder or below take their defaults from its cluster-engine.toml.
    Nothing that is there is replaced without --force.

    \b
    Examples:
      cluster-engine init my_project
      cluster-engine init wales_project --region wales
    """
    from cluster_engine.workflows.init_project import start_project

    started = start_project(folder, region=region, pack=pack, force=force)
    if quiet:
        return
    for what, names in (("made", started.made), ("replaced", started.replaced),
                        ("as it was", started.kept)):  # fmt: skip
        for name in names:
            click.echo(f"{what:<9}  {folder / name}")
    where = "" if folder == Path() else f"cd {_quote(folder)}, then "
    click.echo(f"Next: {where}cluster-engine doctor")


def _quote(folder: Path) -> str:
    text = str(folder)
    return f'"{text}"' if " " in text else text
