"""Build the default pack, Great Britain, from the publishers' files."""

from __future__ import annotations

from pathlib import Path

import click

from cluster_engine.errors import ClusterEngineError
from cluster_engine.workflows.build_pack import FirmFiles, PackInputs, build_great_britain_pack
from cluster_engine.workflows.fetched_inputs import FetchedInputs, find_fetched
from cluster_engine.workflows.great_britain import SOURCES, YEAR

ROOT = Path(__file__).resolve().parents[1]
DEFAULTS = {
    "employment": "bres/bres_employment_itl2_sic5_2015_2021.csv.gz",
    "business_counts": "bres/gb_businesscounts_sic5_sizeband_2016_2021.csv.gz",
    "sic_structure": "classification/publisheduksicsummaryofstructureworksheet.xlsx",
    "sic_hierarchy": "classification/sic2007_hierarchy.csv.gz",
    "io_industry": "input_output/nasu1719in.xlsx",
    "io_product": "input_output/nasu1719pr.xlsx",
    "io_lookup": "input_output/bres_ioat_lookup.csv",
    "value_added": "gva/ons_itl2_gva_current_price.csv.gz",
    "occupations": "gva/aps_nuts2_sic_soc_2022_23.csv.gz",
    "pay": "offer/ons_gross_median_weekly_pay.csv.gz",
    "qualifications": "offer/ons_qualifications_level_3_or_above.csv.gz",
    "productivity": "offer/ons_gross_value_added.csv.gz",
    "business_rd": "offer/ons_research_and_development_business.csv.gz",
    "public_rd": "offer/ons_research_and_development_public_funded.csv.gz",
    "exports": "offer/ons_total_value_of_uk_exports.csv.gz",
    "demography": "offer/ons_business_demography.csv.gz",
    "fdi": "markets/ons_subnational_fdi_position.csv",
    "distances": "markets/dist_cepii.csv.gz",
    "geography": "markets/geo_cepii.csv",
    "rd_panel": "firms/cordip_panel_2015_2018.csv.gz",
    "listed": "firms/financedatabase_equities_dedup.parquet",
    "sic_index": "classification/uksic2007indexeswithaddendumdecember2022.xlsx",
}
MEANINGS = {
    "employment": "Jobs by year, ITL2 area and five-digit industry (Nomis, BRES).",
    "business_counts": "Enterprises by industry and size band (Nomis, UK Business Counts).",
    "sic_structure": "SIC 2007 summary of structure (ONS workbook).",
    "sic_hierarchy": "BRES codes with their groups, divisions and sections.",
    "io_industry": "Input-output tables, industry by industry (ONS workbook).",
    "io_product": "Input-output tables, product by product (ONS workbook).",
    "io_lookup": "SIC prefix to input-output industry.",
    "value_added": "Regional gross value added by ITL2 area and industry, current prices (ONS).",
    "occupations": "Occupations by ITL2 area and section (Nomis, Annual Population Survey).",
    "pay": "Gross median weekly pay (ONS, Explore Local Statistics).",
    "qualifications": "Level 3 or above qualifications (the same).",
    "productivity": "Gross value added per hour worked (the same).",
    "business_rd": "Business expenditure on research and development (the same).",
    "public_rd": "Public-funded expenditure on research and development (the same).",
    "exports": "Value of exports (the same).",
    "demography": "Business demography (the same).",
    "fdi": "Foreign direct investment position (the same).",
    "distances": "CEPII dist_cepii.",
    "geography": "CEPII geo_cepii.",
    "rd_panel": "COR&DIP panel of the companies with the largest R&D.",
    "listed": "FinanceDatabase equities.",
    "sic_index": "SIC 2007 index of activities (ONS workbook).",
}
OFFER_FILES = (
    "pay", "qualifications", "productivity", "business_rd", "public_rd", "exports", "demography",
    "fdi",
)  # fmt: skip
FIRM_FILES = ("rd_panel", "listed", "sic_index")
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


def _file_options(command: click.Command) -> click.Command:
    for name, place in DEFAULTS.items():
        flag = "--" + name.replace("_", "-")
        text = f"{MEANINGS[name]} Default: {place} in --raw."
        command.params.append(click.Option([flag], type=FILE, help=text))
    return command


@_file_options
@click.command()
@click.option("--raw", type=FOLDER, default=Path(), help="Folder of the files, unless named.")
@click.option("--curated", type=FOLDER, default=ROOT / "data/curated", help="Tables by hand.")
@click.option("--fetched", type=FOLDER, help="Folder of `data fetch`: its files go before --raw.")
@click.option("--areas", default="", help="Geography of the jobs if newer: itl2021 or itl2025.")
@click.option("--sheet", default="Table 2c", help="Sheet of the value added, if a workbook.")
@click.option("--year", type=int, default=YEAR, help="Year of enterprises and jobs.")
@click.option("--out", type=FOLDER, default=ROOT / "data/packs/great-britain", help="The pack.")
def main(
    raw: Path,
    curated: Path,
    fetched: Path | None,
    areas: str,
    sheet: str,
    year: int,
    out: Path,
    **files: Path | None,
) -> None:
    """Build the default pack and print what is in it; takes about three minutes."""
    try:
        given = find_fetched(fetched, SOURCES) if fetched else FetchedInputs({}, SOURCES)
        places = {
            name: files[name] or given.paths.get(name) or raw / place
            for name, place in DEFAULTS.items()
        }
        firms = FirmFiles(**{name: places.pop(name) for name in FIRM_FILES})
        offer = tuple(places.pop(name) for name in OFFER_FILES)
        if not any(files[name] for name in OFFER_FILES) and not any(map(Path.exists, offer)):
            click.echo("No file of regions' offers: the pack will have no table region_offer.")
            offer = ()
        occupations = places.pop("occupations")
        inputs = PackInputs(
            offer=offer,
            occupations=occupations if files["occupations"] or occupations.exists() else None,
            curated=curated,
            firms=firms,
            area_system=areas,
            value_added_sheet=sheet if places["value_added"].suffix == ".xlsx" else "",
            year=year,
            sources=given.sources,
            **places,
        )
        manifest = build_great_britain_pack(inputs, out)
    except ClusterEngineError as fault:
        click.echo(f"Error: {fault}\n{fault.hint}", err=True)
        raise SystemExit(fault.exit_code) from fault
    for entry in manifest.tables:
        size = (out / entry.file).stat().st_size / 1000
        click.echo(f"{entry.name:<16}{entry.rows:>9,} rows{size:>9,.1f} kB  {entry.nature}")
        for remark in entry.remarks:
            click.echo(f"    {remark}")
    click.echo(f"Written to {out}. Next: cluster-engine data check")


if __name__ == "__main__":
    main()
