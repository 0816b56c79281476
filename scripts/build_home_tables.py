"""Build the tables by which home regions of firms are found: places, and strengths of regions."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.errors import ClusterEngineError
from cluster_engine.workflows.build_home_tables import build_places, build_strengths

CURATED = Path(__file__).resolve().parents[1] / "data/curated"
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--geonames", type=FILE, help="GeoNames' cities500.txt; with --divisions; without: places stay."
)
@click.option("--divisions", type=FILE, help="admin2.json: names of GeoNames' divisions.")
@click.option("--persons", type=FILE, help="Eurostat's sbs_r_nuts06_r2; without: strengths stay.")
@click.option("--year", default=2015, show_default=True, help="Year of the persons employed.")
def main(geonames: Path | None, divisions: Path | None, persons: Path | None, year: int) -> None:
    """Write data/curated/places.parquet and data/curated/region_strengths.parquet."""
    try:
        if geonames is not None and divisions is not None:
            read, lost, rows = build_places(geonames, divisions, CURATED)
            click.echo(f"places.parquet: {rows:,} names of {read:,} places; {lost} in no region")
        if persons is not None:
            rows, unknown = build_strengths(persons, year, CURATED)
            click.echo(f"region_strengths.parquet: {rows:,} quotients, {unknown:,} unknown")
    except ClusterEngineError as fault:
        click.echo(f"Error: {fault}\n{fault.hint}", err=True)
        raise SystemExit(fault.exit_code) from fault


if __name__ == "__main__":
    main()
