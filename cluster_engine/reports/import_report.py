"""Mappings, quality reports of imports and matches of lists as reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cluster_engine.reports.report import Report, Shown

MAPPING = (
    Shown("file", "File", max_width=20),
    Shown("format", "Read as"),
    Shown("field", "Field"),
    Shown("column", "Column", max_width=34),
    Shown("unit", "Unit"),
    Shown("confidence", "Sure", "share"),
    Shown("reason", "Why", max_width=30),
)
ROWS = (
    Shown("section", "What"),
    Shown("item", "", min_width=30, max_width=60),
    Shown("count", "Count", "count"),
    Shown("detail", "Detail", max_width=60),
)
MATCHES = (
    Shown("list", "List"),
    Shown("row", "Row", "count"),
    Shown("entry", "Entry", max_width=30),
    Shown("action", "Action"),
    Shown("firm_name", "Firm", max_width=30),
    Shown("how", "How"),
    Shown("certainty", "Sure", "share"),
    Shown("nearest", "Nearest", max_width=30),
)


def report_mapping(rows: pd.DataFrame) -> Report:
    """Make the report of which column is taken for what."""
    return Report("Columns taken for what; correct it with --mapping", rows, MAPPING)


def report_import(rows: pd.DataFrame, provenance: Mapping[str, Any]) -> Report:
    """Make the quality report of an import.

    Parameters
    ----------
    rows : DataFrame
        section, item, count, detail.
    provenance : mapping
        Files, pack and engine.
    """
    kept = rows[(rows["section"] == "kept") & (rows["item"] == "firms")]["count"]
    number = int(kept.iloc[0]) if len(kept) else 0
    names = ", ".join(str(file["name"]) for file in provenance.get("inputs", ()))
    return Report(f"Import of {names}: {number:,} firms", rows, ROWS, None, provenance)


def report_matches(rows: pd.DataFrame) -> Report:
    """Make the report of what lists to respect matched."""
    return Report("Matches of your lists", rows, MATCHES)
