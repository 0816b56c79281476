"""Fit the text coder that ships, measure it, and write its card."""

from __future__ import annotations

import io
from pathlib import Path

import click
import numpy as np

from cluster_engine.files import replace_file
from cluster_engine.firms.text_coder import pack_coder
from cluster_engine.reports.coding_card import write_card
from cluster_engine.workflows.coding_card import evaluate_coding, make_coder
from cluster_engine.workflows.described_firms import FirmSources, read_described_firms

ROOT = Path(__file__).resolve().parents[1]
PLACES = {
    "rd_panel": "firms/cordip_panel_2015_2018.csv.gz",
    "listed": "firms/financedatabase_equities_dedup.parquet",
    "index": "classification/uksic2007indexeswithaddendumdecember2022.xlsx",
    "structure": "classification/sic2007_hierarchy.csv.gz",
}


@click.command()
@click.option("--raw", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--no-card", is_flag=True, help="Fit only; measuring takes about ten minutes.")
@click.option("--no-coder", is_flag=True, help="Measure only.")
def main(raw: Path, no_card: bool, no_coder: bool) -> None:
    """Write data/curated/text_coder.npz and docs/firm-coding.md."""
    curated = ROOT / "data/curated"
    files = FirmSources(curated=curated, **{name: raw / place for name, place in PLACES.items()})
    described = read_described_firms(files)
    if not no_coder:
        stream = io.BytesIO()
        np.savez_compressed(stream, **pack_coder(make_coder(described)))
        replace_file(curated / "text_coder.npz", stream.getvalue())
        click.echo(f"text_coder.npz: {len(stream.getvalue()) / 1000:,.0f} kB")
    if not no_card:
        card = evaluate_coding(described, on_progress=lambda *told: click.echo(str(told), err=True))
        write_card(card.scores, card.n_firms, card.calibration, ROOT / "docs/firm-coding.md")
        click.echo((ROOT / "docs/firm-coding.md").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
