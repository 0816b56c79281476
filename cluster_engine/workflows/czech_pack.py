"""Build the pack `czech-regions`: one year of European jobs, and investments that chose a place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.firm_schemas import INVESTMENTS
from cluster_engine.firms.names import calc_match_key
from cluster_engine.packs.manifest import Manifest
from cluster_engine.packs.manifest_file import write_pack
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.curated import classify, read_knowledge_classes
from cluster_engine.sources.czech_investments import read_czech_investments, read_czech_words
from cluster_engine.sources.places import read_distances
from cluster_engine.sources.regional_jobs import REST, read_regional_jobs
from cluster_engine.workflows.czech_sources import describe_pack

HOST = "CZ"
SECTIONS = "ABCDEFGHIJKLMNOPQRSTU"
SECTION_STARTS = (
    1, 5, 10, 35, 36, 41, 45, 49, 55, 58, 64, 68, 69, 77, 84, 85, 86, 90, 94, 97, 99
)  # fmt: skip
"""First division of each section of NACE Rev. 2."""

EUROSTAT_COUNTRIES = {"EL": "Greece", "UK": "United Kingdom"}
"""Countries whose code at Eurostat is not that of ISO 3166."""


@dataclass(frozen=True, slots=True)
class CzechInputs:
    """Files the pack is built from.

    Attributes
    ----------
    employment : Path
        Eurostat sbs_r_nuts06_r2, persons employed, ';' between columns.
    investments : Path
        CzechInvest's list of decisions.
    curated : Path
        Folder of the tables written by hand.
    """

    employment: Path
    investments: Path
    curated: Path


def build_czech_pack(inputs: CzechInputs, out: Path) -> Manifest:
    """Read all inputs, check them, and write the pack.

    Raises
    ------
    DataError
        An input is faulty.
    """
    jobs = read_regional_jobs(inputs.employment)
    areas, regions = _describe_areas(jobs.employment["area"].unique().tolist(), inputs.curated)
    found = read_czech_investments(inputs.investments, read_czech_words(inputs.curated))
    events = found.events.assign(firm_group=found.events["firm_name"].map(name_group))
    distances = read_distances(
        inputs.curated / "czech_areas.csv", inputs.curated / "czech_origin_places.csv"
    )
    tables: dict[str, tuple[pd.DataFrame, tuple[str, ...]]] = {
        "areas": (areas, (f"{len(areas)} areas, 8 of them Czech.",)),
        "regions": (regions, (f"{regions['region'].nunique()} regions.",)),
        "industries": (_describe_industries(jobs.employment, inputs.curated), ()),
        "employment": (jobs.employment, jobs.remarks),
        "investments": (
            events[list(INVESTMENTS.column_names)],
            (*found.remarks, f"{events['firm_group'].nunique()} groups of investors."),
        ),
        "investment_industries": (found.industries, ()),
        "distances": (distances, ()),
    }
    manifest = describe_pack({name: remarks for name, (_, remarks) in tables.items()})
    return write_pack(out, manifest, {name: frame for name, (frame, _) in tables.items()})


def name_group(name: str) -> str:
    """First distinctive word of a firm's name: subsidiaries of one group mostly share it.

    Examples
    --------
    >>> name_group("Celestica Kladno, s.r.o.") == name_group("Celestica Ráječko, s.r.o.")
    True
    """
    return calc_match_key(name).split(" ")[0]


def _describe_areas(codes: list[str], curated: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    known = read_delimited(curated / "czech_areas.csv", ("area", "area_name", "region"))
    known = known.drop_duplicates("area").set_index("area")
    listed = read_delimited(curated / "countries.csv", ("name", "iso2"))
    names = dict(zip(listed["iso2"], listed["name"], strict=True)) | EUROSTAT_COUNTRIES
    areas = pd.DataFrame({"area": sorted(codes)})
    own = areas["area"].map(known["area_name"])
    country = areas["area"].str[:2].map(names)
    part = areas["area"].where(~areas["area"].str.endswith(REST), "areas not published")
    areas = areas.assign(area_name=own.fillna(country + ", " + part), other_code=areas["area"])
    single = areas[own.notna()].assign(
        region=areas["area"].map(known["region"]), region_name=own, kind="area"
    )
    whole = areas.assign(
        region=country.str.lower().str.replace(r"[^a-z]+", "-", regex=True),
        region_name=country,
        kind="country",
    )
    regions = pd.concat([single, whole])[["region", "region_name", "kind", "area"]]
    return areas, regions.sort_values(["region", "area"], ignore_index=True)


def _describe_industries(employment: pd.DataFrame, curated: Path) -> pd.DataFrame:
    finest = set(employment["industry"])
    divisions = {code[:2] for code in finest}
    codes = sorted(
        finest | divisions | {find_section(code) for code in divisions},
        key=lambda code: (len(code), code),
    )
    listed = read_delimited(curated / "industry_names.csv", ("industry", "name"))
    names = dict(zip(listed["industry"], listed["name"], strict=True))
    table = pd.DataFrame({"industry": codes})
    whole = table["industry"].str[:2].map(names) + ", group not published"
    label = table["industry"].map(names).fillna(whole)
    classes = read_knowledge_classes(curated / "knowledge_classes.csv")
    return table.assign(
        level=table["industry"].str.len(),
        parent=table["industry"].map(_find_parent),
        label=label,
        name=label,
        knowledge_class=classify(table["industry"], classes),
    )


def find_section(division: str) -> str:
    """Letter of the section of NACE Rev. 2 that a division belongs to."""
    number = int(division)
    return SECTIONS[sum(start <= number for start in SECTION_STARTS) - 1]


def _find_parent(code: str) -> str | None:
    if len(code) == 1:
        return None
    return find_section(code) if len(code) == 2 else code[:-1]
