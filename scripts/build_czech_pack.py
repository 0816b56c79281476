"""Build data/packs/czech-regions from the publishers' files."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.errors import ClusterEngineError
from cluster_engine.workflows.czech_pack import CzechInputs, build_czech_pack

ROOT = Path(__file__).resolve().parents[1]
EMPLOYMENT = "eurostat/sbs_r_nuts06_r2_2015.csv.gz"
INVESTMENTS = "investments/czechinvest_incentives_1998_2007.csv"
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--raw", type=FOLDER, default=Path(), help="Folder of the files, unless named.")
@click.option("--employment", type=FILE, help=f"Eurostat SBS. Default: {EMPLOYMENT} in --raw.")
@click.option("--investments", type=FILE, help=f"Decisions. Default: {INVESTMENTS} in --raw.")
@click.option("--curated", type=FOLDER, default=ROOT / "data/curated", help="Tables by hand.")
@click.option("--out", type=FOLDER, default=ROOT / "data/packs/czech-regions", help="The pack.")
def main(
    raw: Path, employment: Path | None, investments: Path | None, curated: Path, out: Path
) -> None:
    """Build the pack of Czech regions and print what is in it."""
    inputs = CzechInputs(employment or raw / EMPLOYMENT, investments or raw / INVESTMENTS, curated)
    try:
        manifest = build_czech_pack(inputs, out)
    except ClusterEngineError as fault:
        click.echo(f"Error: {fault}\n{fault.hint}", err=True)
        raise SystemExit(fault.exit_code) from fault
    for entry in manifest.tables:
        click.echo(f"{entry.name:<24}{entry.rows:>9,} rows  {entry.nature}")
        for remark in entry.remarks:
            click.echo(f"    {remark}")
    click.echo(f"Written to {out}. Next: cluster-engine data check --pack czech-regions")


if __name__ == "__main__":
    main()
