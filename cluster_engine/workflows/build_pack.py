"""Build the default pack, Great Britain, from the publishers' files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_engine.errors import SettingsError
from cluster_engine.firms.home_regions import NO_REGIONS
from cluster_engine.packs.manifest import Manifest, Source
from cluster_engine.packs.manifest_file import write_pack
from cluster_engine.sources.area_occupations import read_area_occupations
from cluster_engine.sources.business_counts import read_enterprises
from cluster_engine.sources.code_maps import CodeMap, read_code_path
from cluster_engine.sources.curated import (
    classify,
    read_knowledge_classes,
    read_names,
    read_regions,
)
from cluster_engine.sources.firm_facts import read_firm_seats
from cluster_engine.sources.home_tables import read_home_tables
from cluster_engine.sources.local_statistics import read_region_offer
from cluster_engine.sources.markets import MarketFiles, read_markets
from cluster_engine.sources.nomis import Carry, read_employment
from cluster_engine.sources.nomis_choice import NomisChoice
from cluster_engine.sources.ons_gva import read_regional_value_added
from cluster_engine.sources.ons_io import read_input_output
from cluster_engine.sources.sic import FINEST, read_concordance, read_industries
from cluster_engine.workflows.great_britain import HOST_ISO3, SOURCES, YEAR, describe_pack

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class FirmFiles:
    """Files the firms are built from.

    Attributes
    ----------
    rd_panel : Path
        COR&DIP panel, CSV.
    listed : Path
        FinanceDatabase equities, Parquet.
    sic_index : Path
        SIC 2007 index of activities, workbook.
    """

    rd_panel: Path
    listed: Path
    sic_index: Path


@dataclass(frozen=True, slots=True)
class PackInputs:
    """Files the default pack is built from.

    Attributes
    ----------
    employment : Path
        Jobs by year, ITL2 area and five-digit industry, tidy CSV.
    business_counts : Path
        Enterprises by industry and size band, CSV.
    sic_structure, sic_hierarchy : Path
        Classification: ONS workbook, and CSV of the BRES codes.
    io_industry, io_product : Path
        Input-output workbooks, industry by industry and product by product.
    io_lookup : Path
        SIC prefix to input-output industry, CSV.
    value_added : Path
        Regional gross value added by area and industry at current prices, wide CSV.
    offer : tuple of Path
        What regions offer, CSV of Explore Local Statistics; empty: the pack has no such table.
    occupations : Path or None
        Occupations by area and section, CSV; None: the pack has no such table.
    distances, geography : Path
        CEPII dist_cepii and geo_cepii, CSV.
    curated : Path
        Folder of the tables written by hand.
    firms : FirmFiles or None
        None: the pack holds statistics only, and nothing can be ranked with it.
    area_system : str
        Geography of the employment file where it is not that of the pack, 'nuts2016': 'itl2021' or
        'itl2025'. Its figures are carried over; empty: they are the pack's.
    value_added_sheet : str
        Sheet with the value added, where that file is a workbook; empty: it is a CSV.
    year : int
        Year of the enterprises, and of the jobs unless another is asked for.
    sources : tuple of Source
        Where the figures come from.
    """

    employment: Path
    business_counts: Path
    sic_structure: Path
    sic_hierarchy: Path
    io_industry: Path
    io_product: Path
    io_lookup: Path
    value_added: Path
    distances: Path
    geography: Path
    curated: Path
    offer: tuple[Path, ...] = ()
    occupations: Path | None = None
    firms: FirmFiles | None = None
    area_system: str = ""
    value_added_sheet: str = ""
    year: int = YEAR
    sources: tuple[Source, ...] = SOURCES


AREA_SYSTEMS = ("itl2025", "itl2021", "nuts2016")
"""Geographies, newest first; the last is the pack's."""

Tables = dict[str, tuple["pd.DataFrame", tuple[str, ...]]]


def build_great_britain_pack(inputs: PackInputs, out: Path) -> Manifest:
    """Read all inputs, check them, and write the pack.

    Parameters
    ----------
    inputs : PackInputs
    out : Path
        Folder of the pack.

    Returns
    -------
    Manifest
        As written.

    Raises
    ------
    DataError
        An input is faulty, or the inputs do not fit each other.
    """
    tables = _classification(inputs)
    tables |= _economy(inputs, tables["industries"][0])
    value_added = read_regional_value_added(
        inputs.value_added, areas=tables["areas"][0], sheet=inputs.value_added_sheet
    )
    tables["value_added"] = (value_added.table, value_added.remarks)
    tables |= _offer(inputs, tables)
    markets = read_markets(
        MarketFiles(
            inputs.curated / "markets.csv",
            inputs.curated / "market_countries.csv",
            inputs.distances,
            inputs.geography,
        ),
        host=HOST_ISO3,
    )
    tables["markets"] = (markets.table, markets.remarks)
    if inputs.firms is not None:
        tables |= _firms(inputs, inputs.firms, tables["industries"][0])
    manifest = describe_pack(
        {name: remarks for name, (_, remarks) in tables.items()},
        year=inputs.year,
        sources=inputs.sources,
    )
    return write_pack(out, manifest, {name: frame for name, (frame, _) in tables.items()})


def _offer(inputs: PackInputs, tables: Tables) -> Tables:
    built: Tables = {}
    if inputs.offer:
        offer = read_region_offer(inputs.offer, regions=tables["regions"][0])
        built["region_offer"] = (offer.table, offer.remarks)
    if inputs.occupations is not None:
        found = read_area_occupations(inputs.occupations, areas=set(tables["areas"][0]["area"]))
        built["area_occupations"] = (found.table, found.remarks)
    return built


def _firms(inputs: PackInputs, files: FirmFiles, industries: pd.DataFrame) -> Tables:
    # Coding firms needs scikit-learn, which a pack of statistics can do without.
    import pandas as pd

    from cluster_engine.workflows.build_firms import build_firms
    from cluster_engine.workflows.firm_homes import find_firm_homes

    built = build_firms(
        files.rd_panel, files.listed, files.sic_index, inputs.sic_hierarchy, inputs.curated
    )
    firms, codes = built.firms, built.firm_industries
    labels = industries.set_index("industry")["name"]
    # Not into the table of firms: what its sources do not tell stays unknown there.
    seats = read_firm_seats(inputs.curated / "firm_seats.csv")
    seated = firms.assign(city=firms["city"].fillna(firms["firm_id"].map(seats)))
    homes = find_firm_homes(seated, codes, labels, tables=read_home_tables(inputs.curated))
    notes = pd.concat([built.firm_notes, homes.notes], ignore_index=True)
    counts = tuple(f"{what}: {count:,}." for what, count in built.report.items())
    unknown = ", ".join(
        f"{name} {firms[name].isna().mean():.1%}" for name in ("employees", "sales", "rd", "city")
    )
    by_status = ", ".join(f"{n:,} {name}" for name, n in firms.groupby("status").size().items())
    by_basis = ", ".join(f"{n:,} {name}" for name, n in codes.groupby("basis").size().items())
    n_coded = codes["firm_id"].nunique()
    return {
        "firms": (
            firms,
            (*counts, f"Status: {by_status}.", f"Share of firms without a figure: {unknown}."),
        ),
        "firm_industries": (codes, (f"Codes of {n_coded:,} firms: {by_basis}.",)),
        "firm_notes": (notes, (f"{len(notes):,} notes.",)),
        "firm_homes": (homes.table, _count_homes(homes.table)),
    }


def _count_homes(homes: pd.DataFrame) -> tuple[str, ...]:
    in_europe = homes["reason"].ne(NO_REGIONS)
    reasons = homes.loc[in_europe, "reason"].value_counts().sort_index()
    return (
        f"{int(homes['region'].notna().sum()):,} firms with a home region, "
        f"{int(homes['lq'].notna().sum()):,} with its quotient, of {int(in_europe.sum()):,} from "
        "countries with regions.",
        "Not known: " + ", ".join(f"{count:,} {why}" for why, count in reasons.items()) + ".",
    )


def _classification(inputs: PackInputs) -> Tables:
    industries = read_industries(inputs.sic_structure, inputs.sic_hierarchy)
    names = read_names(inputs.curated / "industry_names.csv", "industry", industries["industry"])
    classes = read_knowledge_classes(inputs.curated / "knowledge_classes.csv")
    industries = industries.assign(
        name=industries["industry"].map(names),
        knowledge_class=classify(industries["industry"], classes),
    )
    levels = industries.groupby("level").size()
    sizes = ", ".join(f"{count} of level {level}" for level, count in levels.items())
    unclassed = int(industries["knowledge_class"].isna().sum())
    remark = f"{sizes}; {unclassed} have no knowledge class (sections, and A, B, D, E, F)."
    return {"industries": (industries, (remark,))}


def _read_areas(inputs: PackInputs) -> CodeMap:
    if inputs.area_system not in AREA_SYSTEMS[:-1]:
        raise SettingsError(
            f"The geography must be one of {', '.join(AREA_SYSTEMS[:-1])}. "
            f"Got '{inputs.area_system}'."
        )
    systems = AREA_SYSTEMS[AREA_SYSTEMS.index(inputs.area_system) :]
    return read_code_path(inputs.curated / "area_codes.csv", systems)


def _economy(inputs: PackInputs, industries: pd.DataFrame) -> Tables:
    finest = set(industries.loc[industries["level"] == FINEST, "industry"])
    # An answer of the API may hold coarser levels beside the finest.
    choice = NomisChoice(level=FINEST)
    carry = Carry(_read_areas(inputs)) if inputs.area_system else None
    employment = read_employment(inputs.employment, choice=choice, industries=finest, carry=carry)
    areas = employment.areas.assign(other_code="TL" + employment.areas["area"].str[2:])
    regions = read_regions(inputs.curated / "regions.csv", set(areas["area"]))
    enterprises = read_enterprises(inputs.business_counts, year=inputs.year, industries=finest)
    io = read_input_output(inputs.io_industry, inputs.io_product)
    codes = io.industries["io_industry"]
    io_names = read_names(inputs.curated / "io_industry_names.csv", "io_industry", codes)
    io_industries = io.industries.assign(name=codes.map(io_names))
    concordance = read_concordance(inputs.io_lookup, finest, set(codes))
    unused = sorted(set(codes) - set(concordance.table["io_industry"]))
    return {
        "areas": (areas, (f"{len(areas)} areas.",)),
        "regions": (regions, (f"{regions['region'].nunique()} regions.",)),
        "employment": (employment.employment, employment.remarks),
        "enterprises": (enterprises.table, enterprises.remarks),
        "io_industries": (io_industries, (f"{len(io_industries)} industries.",)),
        "io_flows": (io.flows, (f"{len(io.flows):,} flows that are not 0.",)),
        "io_imports": (io.imports, (f"{len(io.imports):,} flows that are not 0.",)),
        "io_concordance": (
            concordance.table,
            (
                f"Without input-output industry: {', '.join(concordance.unmatched) or 'none'}.",
                f"Input-output industries without employment: {', '.join(unused) or 'none'}.",
            ),
        ),
    }
