"""Build the yearly exchange rates by which money of firm lists is brought to euro."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.errors import ClusterEngineError
from cluster_engine.files import replace_file
from cluster_engine.sources.ecb_rates import read_yearly_rates

OUT = Path(__file__).resolve().parents[1] / "data/curated/exchange_rates.csv"
CURRENCIES = (
    "AUD BRL CAD CHF CNY CZK DKK GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD PLN RON SEK SGD"
    " THB TRY USD ZAR"
).split()


@click.command()
@click.argument("rates", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--since", default=2005, show_default=True, help="First year.")
def main(rates: Path, since: int) -> None:
    """Write data/curated/exchange_rates.csv from the ECB's archive RATES (eurofxref-hist.zip)."""
    try:
        table = read_yearly_rates(rates, CURRENCIES, since=since)
    except ClusterEngineError as fault:
        click.echo(f"Error: {fault}\n{fault.hint}", err=True)
        raise SystemExit(fault.exit_code) from fault
    replace_file(OUT, table.to_csv(index=False, lineterminator="\n").encode())
    years = table.groupby("currency")["year"].agg(["min", "max", "size"])
    for currency, first, last, number in years.itertuples():
        click.echo(f"{currency}  {first} to {last}, {number} years")


if __name__ == "__main__":
    main()
