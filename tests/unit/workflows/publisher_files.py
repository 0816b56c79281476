"""Where the publishers' files of the default pack lie."""

from __future__ import annotations

from pathlib import Path

from cluster_engine.workflows.build_pack import PackInputs


def list_publisher_files(shared_data: Path, checkout: Path) -> PackInputs:
    """Inputs of the default pack, without firms."""
    raw = shared_data / "data"
    return PackInputs(
        employment=raw / "bres/bres_employment_itl2_sic5_2015_2021.csv.gz",
        business_counts=raw / "bres/gb_businesscounts_sic5_sizeband_2016_2021.csv.gz",
        sic_structure=raw / "classification/publisheduksicsummaryofstructureworksheet.xlsx",
        sic_hierarchy=raw / "classification/sic2007_hierarchy.csv.gz",
        io_industry=raw / "input_output/nasu1719in.xlsx",
        io_product=raw / "input_output/nasu1719pr.xlsx",
        io_lookup=raw / "input_output/bres_ioat_lookup.csv",
        value_added=raw / "gva/ons_itl2_gva_current_price.csv.gz",
        offer=(
            *sorted((raw / "offer").glob("*.csv.gz")),
            raw / "markets/ons_subnational_fdi_position.csv",
        ),
        occupations=raw / "gva/aps_nuts2_sic_soc_2022_23.csv.gz",
        distances=raw / "markets/dist_cepii.csv.gz",
        geography=raw / "markets/geo_cepii.csv",
        curated=checkout / "data/curated",
    )
