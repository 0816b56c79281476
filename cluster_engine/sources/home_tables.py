"""Tables that ship with the engine and tell where firms are at home and how strong regions are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.contracts import Column, Table
from cluster_engine.packs.tables import read_delimited, read_parquet

PLACES_FILE, STRENGTHS_FILE = "places.parquet", "region_strengths.parquet"
REGIONS_FILE, RULES_FILE = "nuts_regions.csv", "geonames_regions.csv"
POSTCODES_FILE = "postcode_regions.csv"
KNOWN_FILE = "known_places.csv"

PLACES = Table(
    "places",
    "Names of places in Europe and the NUTS 2 region they lie in",
    (
        Column("country", "text", "ISO 3166-1 alpha-2 code"),
        Column("key", "text", "Name in lower case, without accents and marks"),
        Column("region", "text", "NUTS 2 code, 2013 edition"),
        Column("people", "integer", "Weight among regions with the name; 0 = only one", "persons"),
    ),
    ("country", "key", "region"),
)
STRENGTHS = Table(
    "region_strengths",
    "Location quotients of NUTS 2 regions",
    (
        Column("region", "text", "NUTS 2 code, 2013 edition"),
        Column("industry", "text", "NACE Rev. 2 division or group, digits"),
        Column("year", "integer", "Year"),
        Column("lq", "number", "Location quotient against all countries", "ratio", nullable=True),
        Column("reason", "text", "Why there is none; empty where there is"),
    ),
    ("region", "industry"),
)


@dataclass(frozen=True, slots=True)
class HomeTables:
    """What home regions are found and judged by.

    Attributes
    ----------
    places : DataFrame
        Contract `PLACES`.
    postcodes : DataFrame
        country, prefix, region.
    whole : dict of str to str
        Region of the countries that are one region.
    names : Series
        Name of each region, by code.
    strengths : DataFrame
        Contract `STRENGTHS`.
    """

    places: pd.DataFrame
    postcodes: pd.DataFrame
    whole: dict[str, str]
    names: pd.Series[str]
    strengths: pd.DataFrame


def read_home_tables(curated: Path) -> HomeTables:
    """Read all of them.

    Raises
    ------
    DataError
        A file is missing or damaged: the installation is not whole.
    """
    rules = read_delimited(curated / RULES_FILE, ("country", "region"))
    several = rules.groupby("country")["region"].nunique()
    only = rules[rules["country"].isin(several[several == 1].index)].drop_duplicates("country")
    return HomeTables(
        places=read_parquet(curated / PLACES_FILE),
        postcodes=read_delimited(curated / POSTCODES_FILE, ("country", "prefix", "region")),
        whole=dict(zip(only["country"], only["region"], strict=True)),
        names=read_region_names(curated),
        strengths=read_parquet(curated / STRENGTHS_FILE),
    )


def read_region_names(curated: Path) -> pd.Series[str]:
    """Read the names of the NUTS 2 regions, by code."""
    regions = read_delimited(curated / REGIONS_FILE, ("region", "region_name"))
    return regions.set_index("region")["region_name"]


def read_known_places(path: Path) -> pd.DataFrame:
    """Read places that GeoNames' table lacks, in its columns, with their region.

    Returns
    -------
    DataFrame
        name, ascii_name, other_names, country, admin1, admin2, admin3, people, region.
    """
    table = read_delimited(path, ("country", "name", "region"))
    divisions = dict.fromkeys(("other_names", "admin1", "admin2", "admin3"), "")
    return table.assign(ascii_name=table["name"], people=0, **divisions)
