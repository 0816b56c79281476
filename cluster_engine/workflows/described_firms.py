"""The panel and the listed companies, each firm once, with their texts: what coding starts from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cluster_engine.firms.firm_codes import add_hand_codes
from cluster_engine.firms.firm_joining import drop_outsiders, join_firms
from cluster_engine.firms.former_names import key_named_firms, key_renamed_firms
from cluster_engine.firms.listed_companies import calc_companies
from cluster_engine.sources.firm_facts import (
    read_coded_firms,
    read_countries,
    read_excluded_firms,
    read_renamed_firms,
)
from cluster_engine.sources.listings import read_listings
from cluster_engine.sources.rd_panel import read_rd_panel
from cluster_engine.sources.sic_index import read_class_texts, read_gics_table


@dataclass(frozen=True, slots=True)
class FirmSources:
    """Files the firms of a pack are built from.

    Attributes
    ----------
    rd_panel : Path
        The JRC-OECD panel (CSV, may be gzipped).
    listed : Path
        The listed universe (Parquet).
    index : Path
        Workbook of the SIC 2007 index.
    structure : Path
        SIC 2007 hierarchy (CSV, Latin-1, may be gzipped).
    curated : Path
        Folder of the tables written by hand.
    """

    rd_panel: Path
    listed: Path
    index: Path
    structure: Path
    curated: Path


@dataclass(frozen=True, slots=True)
class Described:
    """Firms with their texts.

    Attributes
    ----------
    firms : DataFrame
        As `firm_joining.drop_outsiders` leaves them, with the column `read`.
    classes, gics_table : DataFrame
        As `sic_index` reads them.
    n_panel : int
        Companies of the panel.
    listed : Mapping of str to int
        What became of the listings.
    dropped : Counter
        Firms left out, by reason.
    """

    firms: pd.DataFrame
    classes: pd.DataFrame
    gics_table: pd.DataFrame
    n_panel: int
    listed: Mapping[str, int]
    dropped: Counter[str]


def read_described_firms(files: FirmSources) -> Described:
    """Read and join the sources.

    Raises
    ------
    DataError
        A file cannot be read or does not hold what it must.
    """
    curated = files.curated
    classes = read_class_texts(files.index, files.structure, curated / "activity_terms.csv")
    industries = set(classes["industry"])
    panel = read_rd_panel(files.rd_panel, industries=industries).firms
    universe = calc_companies(
        read_listings(files.listed),
        countries=read_countries(curated / "countries.csv"),
        renamed=key_renamed_firms(read_renamed_firms(curated / "renamed_firms.csv")),
        excluded=key_named_firms(read_excluded_firms(curated / "excluded_firms.csv")),
    )
    joined = add_hand_codes(
        join_firms(panel, universe.firms),
        read_coded_firms(curated / "coded_firms.csv", industries),
    )
    kept, dropped = drop_outsiders(joined)
    return Described(
        firms=kept,
        classes=classes,
        gics_table=read_gics_table(curated / "gics_sic.csv", classes["industry"].tolist()),
        n_panel=len(panel),
        listed=universe.counts,
        dropped=dropped,
    )
