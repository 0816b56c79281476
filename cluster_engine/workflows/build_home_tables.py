"""Build the tables by which the home regions of firms are found, from the publishers' files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cluster_engine.firms.places import index_places
from cluster_engine.packs.parquet import write_parquet
from cluster_engine.packs.tables import read_delimited
from cluster_engine.sources.eurostat_sbs import read_persons
from cluster_engine.sources.geonames import find_regions, read_divisions, read_places
from cluster_engine.sources.home_tables import (
    KNOWN_FILE,
    PLACES,
    PLACES_FILE,
    RULES_FILE,
    STRENGTHS,
    STRENGTHS_FILE,
    read_known_places,
    read_region_names,
)
from cluster_engine.workflows.region_strengths import calc_region_strengths

MUNICIPAL = frozenset({"DK", "NO", "SE"})
"""Countries whose divisions of the second level are municipalities."""


def build_places(geonames: Path, divisions: Path, curated: Path) -> tuple[int, int, int]:
    """Write the names of places with their regions.

    Parameters
    ----------
    geonames : Path
        GeoNames' cities500.txt.
    divisions : Path
        Names of GeoNames' divisions of the second level, JSON.
    curated : Path
        Folder of geonames_regions.csv and known_places.csv, into which places.parquet is written.

    Returns
    -------
    tuple of int
        Places read, places without a region, rows written.

    Raises
    ------
    DataError
        A file is faulty.
    """
    rules = read_delimited(curated / RULES_FILE, ("country", "level", "prefix", "region"))
    known = read_known_places(curated / KNOWN_FILE)
    places = pd.concat(
        [
            read_places(geonames, frozenset(rules["country"])),
            read_divisions(divisions, MUNICIPAL),
            known.drop(columns="region"),
        ],
        ignore_index=True,
    ).fillna({"people": 0, "other_names": ""})
    by_division = find_regions(places, rules).iloc[: -len(known)]
    regions = pd.concat([by_division, known["region"]], ignore_index=True)
    index = index_places(places, regions)
    write_parquet(index, PLACES, curated / PLACES_FILE)
    return len(places), int((regions == "").sum()), len(index)


def build_strengths(persons: Path, year: int, curated: Path) -> tuple[int, int]:
    """Write the location quotients of the regions.

    Parameters
    ----------
    persons : Path
        Eurostat's sbs_r_nuts06_r2, one year, CSV.
    year : int
    curated : Path
        Folder of nuts_regions.csv, into which region_strengths.parquet is written.

    Returns
    -------
    tuple of int
        Rows written, rows without a quotient.

    Raises
    ------
    DataError
        A file is faulty.
    """
    table = read_persons(persons, year=year)
    names = read_region_names(curated)
    regions = names.index.to_series()
    strengths = calc_region_strengths(table, regions[regions.isin(table.index)])
    shaped = strengths.assign(year=year)[list(STRENGTHS.column_names)]
    write_parquet(shaped, STRENGTHS, curated / STRENGTHS_FILE)
    return len(shaped), int(shaped["lq"].isna().sum())
