"""Overseas firms of a pack: the R&D panel and the listed companies, each firm once, coded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cluster_engine.firms.firm_codes import add_hand_codes, code_firms, keep_coded
from cluster_engine.firms.firm_joining import drop_outsiders, join_firms
from cluster_engine.firms.former_names import key_named_firms, key_renamed_firms
from cluster_engine.firms.listed_companies import calc_companies
from cluster_engine.schemas import FIRM_INDUSTRIES, FIRMS
from cluster_engine.sources.firm_facts import (
    read_coded_firms,
    read_countries,
    read_excluded_firms,
    read_renamed_firms,
)
from cluster_engine.sources.listings import read_listings
from cluster_engine.sources.rd_panel import FINANCE_DIVISIONS, HOLDING_CODES, read_rd_panel
from cluster_engine.sources.sic_index import read_class_texts, read_gics_table


@dataclass(frozen=True, slots=True)
class FirmTables:
    """Firms of a pack.

    Attributes
    ----------
    firms : DataFrame
        Contract `schemas.FIRMS`, sorted by firm_id.
    firm_industries : DataFrame
        Contract `schemas.FIRM_INDUSTRIES`, sorted by firm_id, then falling weight.
    report : Mapping of str to int
        Rows read, merged, dropped by reason, kept.
    """

    firms: pd.DataFrame
    firm_industries: pd.DataFrame
    report: Mapping[str, int]


def build_firms(
    rd_panel: Path, listed: Path, index: Path, structure: Path, curated: Path
) -> FirmTables:
    """Build the firms of a pack.

    Parameters
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
        Folder with countries.csv, gics_sic.csv, activity_terms.csv, coded_firms.csv,
        renamed_firms.csv and excluded_firms.csv.

    Raises
    ------
    DataError
        A file cannot be read or does not hold what it must.
    """
    classes = read_class_texts(index, structure, curated / "activity_terms.csv")
    industries = set(classes["industry"])
    panel = read_rd_panel(rd_panel, industries=industries).firms
    universe = calc_companies(
        read_listings(listed),
        countries=read_countries(curated / "countries.csv"),
        renamed=key_renamed_firms(read_renamed_firms(curated / "renamed_firms.csv")),
        excluded=key_named_firms(read_excluded_firms(curated / "excluded_firms.csv")),
    )
    joined, dropped = drop_outsiders(join_firms(panel, universe.firms))
    joined = add_hand_codes(joined, read_coded_firms(curated / "coded_firms.csv", industries))
    gics_table = read_gics_table(curated / "gics_sic.csv", classes["industry"].tolist())
    codes = code_firms(joined, classes, gics_table)
    kept, codes, uncoded = keep_coded(
        joined, codes, outside=(*sorted(FINANCE_DIVISIONS), *sorted(HOLDING_CODES))
    )
    report = {
        **{f"listed: {why}": n for why, n in universe.counts.items()},
        "panel: companies": len(panel),
        "panel: with a listed twin": int((joined["source"] == "rd-panel+listed").sum()),
        **{f"dropped: {why}": n for why, n in sorted((dropped + uncoded).items())},
        "kept: coded by hand": int((kept["read"] != "").sum()),
        "kept: firms": len(kept),
    }
    return FirmTables(_shape_firms(kept), _shape_industries(kept, codes), report)


def _shape_firms(firms: pd.DataFrame) -> pd.DataFrame:
    table = firms.assign(
        year=firms["year"].astype("Int64"),
        **{name: firms[name].replace("", None) for name in ("city", "website", "size_class")},
    )
    return table[list(FIRMS.column_names)].sort_values("firm_id", ignore_index=True)


def _shape_industries(firms: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    official = firms[firms["industry"] != ""]
    told = pd.DataFrame(
        {
            "firm_id": official["firm_id"],
            "industry": official["industry"],
            "weight": 1.0,
            "basis": "official code",
            "confidence": np.nan,
        }
    )
    read = codes.assign(
        firm_id=firms["firm_id"].reindex(codes["row"]).to_numpy(),
        basis=np.where(firms["read"].reindex(codes["row"]) == "", "activity text", "coded by hand"),
    )
    both = pd.concat([told, read[list(FIRM_INDUSTRIES.column_names)]])
    return both.sort_values(
        ["firm_id", "weight", "industry"], ascending=[True, False, True], ignore_index=True
    )
