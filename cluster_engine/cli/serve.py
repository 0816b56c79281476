"""`cluster-engine serve`."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.cli.options import models_option, pack_option, quiet_option
from cluster_engine.cli.output import make_note
from cluster_engine.errors import SettingsError

MOST_PORT = 65_535
EXTRA = ("starlette", "uvicorn", "python_multipart", "multipart", "anyio", "h11")


@click.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, metavar="ADDRESS",
    help="Address to listen at; beyond this machine a token is asked for.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, MOST_PORT), default=8501, show_default=True,
    help="Port; 0: any that is free.",
)  # fmt: skip
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help="Folder of shortlists, notes and uploads; the user's own without it.",
)  # fmt: skip
@click.option(
    "--allow-host", "names", multiple=True, metavar="NAME",
    help="Another name under which this machine is reached. May be repeated.",
)  # fmt: skip
@click.option("--token", "needs_token", is_flag=True, help="Ask for a token on loopback, too.")
@click.option(
    "--settings", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Limits of your own, in the section [page] of a copy of settings.toml.",
)  # fmt: skip
@click.option("--no-browser", is_flag=True, help="Do not open the page in the browser.")
@pack_option
@models_option
@quiet_option
def serve(
    host: str,
    port: int,
    data: Path | None,
    names: tuple[str, ...],
    needs_token: bool,
    settings: Path | None,
    no_browser: bool,
    pack: str | None,
    models: Path | None,
    quiet: bool,
) -> None:
    """Open a page on this machine to rank, weigh, shortlist and note firms without a terminal.

    Stop it with Ctrl-C. Only this machine can reach it unless --host says otherwise.

    \b
    Examples:
      cluster-engine serve
      cluster-engine serve --port 8600 --data team_data
      cluster-engine serve --host 0.0.0.0 --allow-host ranking.agency.example
    """
    try:
        from cluster_engine.page.app import Places
        from cluster_engine.page.server import Address, locate_data
        from cluster_engine.page.server import serve as serve_page
    except ModuleNotFoundError as fault:
        if fault.name is None or fault.name.split(".")[0] not in EXTRA:
            raise
        raise SettingsError(
            f"'serve' needs the extra 'serve': {fault.name} is not installed.",
            hint='Run: python -m pip install "cluster-engine[serve]"',
        ) from fault
    from cluster_engine.registry.locate import open_store
    from cluster_engine.settings import read_settings

    note = make_note(quiet)
    folder = locate_data(data)

    def tell(address: str) -> None:
        click.echo(address)
        note(f"Shortlists and uploads lie in {folder}. Stop with Ctrl-C.")

    serve_page(
        Address(host, port, names, needs_token),
        Places(folder, open_store(models), pack),
        read_settings(settings).page,
        on_ready=tell,
        open_browser=not no_browser,
    )
    note("Stopped.")
