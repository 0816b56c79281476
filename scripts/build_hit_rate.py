"""Evaluate the default pack and write docs/hit-rate.md."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.files import replace_file
from cluster_engine.reports.evaluation_card import render_card
from cluster_engine.workflows.evaluate import EvaluationRequest, introduce, run_studies

ROOT = Path(__file__).resolve().parents[1]


@click.command()
def main() -> None:
    """Write the card of the default pack and region; takes about two minutes."""
    found = run_studies(
        EvaluationRequest(), on_progress=lambda *told: click.echo(str(told), err=True)
    )
    text = render_card(introduce(found), found.studies)
    replace_file(ROOT / "docs/hit-rate.md", text.encode("utf-8"))
    click.echo(text)


if __name__ == "__main__":
    main()
