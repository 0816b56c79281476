"""Overseas firms of a pack: the R&D panel and the listed companies, each firm once, coded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cluster_engine.firm_schemas import FIRM_INDUSTRIES, FIRMS, LOW_CONFIDENCE
from cluster_engine.firms.firm_codes import CONFIDENCE_FLOOR, code_firms, keep_coded
from cluster_engine.firms.known_firms import add_known_firms
from cluster_engine.sources.firm_facts import read_known_firms
from cluster_engine.sources.rd_panel import FINANCE_DIVISIONS, HOLDING_CODES
from cluster_engine.sources.shipped_tables import AREA_COLUMNS, PARENT_COLUMNS, read_curated
from cluster_engine.workflows.described_firms import FirmSources, read_described_firms
from cluster_engine.workflows.settle_firms import settle_firms


@dataclass(frozen=True, slots=True)
class FirmTables:
    """Firms of a pack.

    Attributes
    ----------
    firms : DataFrame
        Contract `firm_schemas.FIRMS`, sorted by firm_id.
    firm_industries : DataFrame
        Contract `firm_schemas.FIRM_INDUSTRIES`, sorted by firm_id, then falling weight.
    firm_notes : DataFrame
        Contract `firm_schemas.FIRM_NOTES`.
    report : Mapping of str to int
        Rows read, merged, dropped by reason, kept.
    """

    firms: pd.DataFrame
    firm_industries: pd.DataFrame
    firm_notes: pd.DataFrame
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
        renamed_firms.csv, excluded_firms.csv, known_firms.csv, group_parents.csv and
        sensitive_areas.csv.

    Raises
    ------
    DataError
        A file cannot be read or does not hold what it must.
    """
    told = read_described_firms(FirmSources(rd_panel, listed, index, structure, curated))
    codes = code_firms(told.firms, told.classes, told.gics_table)
    kept, codes, uncoded = keep_coded(
        told.firms, codes, outside=(*sorted(FINANCE_DIVISIONS), *sorted(HOLDING_CODES))
    )
    known = read_known_firms(curated / "known_firms.csv", set(told.classes["industry"]))
    kept, codes, n_known = add_known_firms(kept, codes, known)
    settled = settle_firms(
        kept,
        _shape_industries(kept, codes),
        read_curated(curated / "group_parents.csv", PARENT_COLUMNS),
        read_curated(curated / "sensitive_areas.csv", AREA_COLUMNS),
    )
    kept = settled.firms
    codes = codes[codes["row"].isin(kept.index)]
    unsure = codes.drop_duplicates("row")["confidence"] < LOW_CONFIDENCE
    dropped = {f"dropped: {why}": n for why, n in (told.dropped + uncoded).items()}
    report = {
        **{f"listed: {why}": n for why, n in told.listed.items()},
        "panel: companies": told.n_panel,
        "panel: with a listed twin": int((told.firms["source"] == "rd-panel+listed").sum()),
        **dict(sorted({**dropped, **settled.counts}.items())),
        "kept: coded by hand": int((kept["read"] != "").sum()),
        "kept: added by hand, in no source": n_known,
        f"kept: industry {CONFIDENCE_FLOOR:.0%} to {LOW_CONFIDENCE:.0%} sure": int(unsure.sum()),
        "kept: firms": len(kept),
    }
    return FirmTables(_shape_firms(kept), _shape_industries(kept, codes), settled.notes, report)


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
