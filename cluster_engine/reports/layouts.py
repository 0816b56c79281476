"""Niche clusters, clusters and packs as reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cluster_engine.reports.report import Report, Shown

NICHES = (
    Shown("slug", "Niche cluster", min_width=18, max_width=30),
    Shown("jobs", "Jobs", "count"),
    Shown("lq", "LQ", "ratio"),
    Shown("national_share", "Of nation", "share"),
    Shown("growth", "Growth", "signed_share"),
    Shown("areas_with_it", "Areas too", "count"),
    Shown("sectors", "Sectors (LQ)", min_width=30),
)

CLUSTERS = (
    Shown("cluster", "#", "count"),
    Shown("name", "Cluster of the nation", min_width=20, max_width=36),
    Shown("n_sectors", "Sectors", "count"),
    Shown("jobs", "Jobs here", "count"),
    Shown("lq", "LQ", "ratio"),
    Shown("membership", "Holds", "ratio"),
    Shown("sectors", "Sectors, largest first", min_width=30, max_width=80),
)

PACKS = (
    Shown("pack", "Pack", min_width=13),
    Shown("table", "Table", min_width=15),
    Shown("rows", "Rows", "count"),
    Shown("nature", "Nature", min_width=9),
    Shown("vintage", "Vintage", min_width=20, max_width=60),
)


CHECKS = (
    Shown("table", "Table"),
    Shown("rows", "Rows", "count"),
    Shown("nature", "Nature"),
)


def report_table(
    title: str, frame: pd.DataFrame, shown: tuple[Shown, ...], facts: Mapping[str, Any]
) -> Report:
    """Make a report of a frame whose terminal columns are a selection of its own."""
    return Report(title, frame, shown, None, facts)
