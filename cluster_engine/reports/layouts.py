"""Niche clusters, clusters and packs as reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cluster_engine.reports.report import Report, Shown

NICHES = (
    Shown("slug", "Niche cluster", min_width=18, max_width=30),
    Shown("jobs", "Jobs", "count"),
    Shown("lq", "LQ", "ratio"),
    Shown("p_specialised", "P", "ratio"),
    Shown("national_share", "Of nation", "share"),
    Shown("growth", "Growth", "signed_share"),
    Shown("stars", "Stars", "count"),
    Shown("sectors", "Sectors (LQ)", min_width=30),
)

CLUSTERS = (
    Shown("cluster", "#", "count"),
    Shown("name", "Cluster of the nation", min_width=20, max_width=36),
    Shown("n_sectors", "Sectors", "count"),
    Shown("jobs", "Jobs here", "count"),
    Shown("lq", "LQ", "ratio"),
    Shown("overlap", "Stable", "ratio"),
    Shown("sectors", "Sectors, largest first", min_width=30, max_width=80),
)

MEMBERS = (
    Shown("group", "Cluster", min_width=18, max_width=30),
    Shown("industry", "Code"),
    Shown("name", "Sector", min_width=20),
    Shown("jobs", "Jobs", "count"),
    Shown("lq", "LQ", "ratio"),
    Shown("p_specialised", "P", "ratio"),
    Shown("membership", "Membership", "ratio"),
    Shown("second", "Next cluster", max_width=26),
    Shown("second_membership", "There", "ratio"),
)

DETAIL = (
    Shown("about", "About", min_width=12, max_width=24),
    Shown("fact", "Fact", min_width=40),
)

SCORES = (
    Shown("left_out", "Figures left out", max_width=28),
    Shown("matrix", "Marked on", max_width=28),
    Shown("clusters", "Clusters", max_width=20),
    Shown("number", "Cut", "ratio"),
    Shown("vs", "VS", "ratio"),
    Shown("vs_cluster", "VS-Cl.", "ratio"),
    Shown("vs_industry", "VS-Ind.", "ratio"),
    Shown("vs_cluster_p95", "Cl. 95", "ratio"),
    Shown("vs_industry_p95", "Ind. 95", "ratio"),
    Shown("chance_p99", "Chance 99 %", "ratio"),
)

LINKS = (
    Shown("first_name", "Cluster", max_width=34),
    Shown("second_name", "And", max_width=34),
    Shown("similarity", "Related", "ratio"),
    Shown("membership", "Shared", "ratio"),
    Shown("sales", "Sells £m", "count"),
    Shown("purchases", "Buys £m", "count"),
)


@dataclass(frozen=True, slots=True)
class View:
    """How one view of the clusters reads: what its rows are called, and its columns."""

    noun: str
    shown: tuple[Shown, ...]


CLUSTER_VIEWS: Mapping[str, View] = {
    "niches": View("niche clusters", NICHES),
    "nation": View("clusters of the nation", CLUSTERS),
    "members": View("sectors of clusters", MEMBERS),
    "detail": View("facts", DETAIL),
    "scores": View("scores of the clusters of the nation", SCORES),
    "links": View("links between clusters of the nation", LINKS),
}

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

CATALOGUE = (
    Shown("source", "Source", min_width=16),
    Shown("vintage", "Vintage"),
    Shown("file", "File", min_width=20),
    Shown("licence", "Licence", min_width=12, max_width=30),
    Shown("title", "What", min_width=30),
)

PLANNED = (
    Shown("source", "Source"),
    Shown("file", "File", min_width=20),
    Shown("url", "Address", min_width=40, max_width=200),
)

FETCHED = (
    Shown("file", "File", min_width=20),
    Shown("state", "State"),
    Shown("size", "Bytes", "count"),
    Shown("sha256", "SHA-256", max_width=14),
    Shown("vintage", "Vintage"),
    Shown("licence", "Licence", max_width=30),
)


MODELS = (
    Shown("key", "Region", min_width=16, max_width=44),
    Shown("version", "Version", min_width=13),
    Shown("role", "Role", min_width=10),
    Shown("year", "Jobs of"),
    Shown("protocol", "Protocol", "count"),
    Shown("stability", "Stability", "ratio"),
    Shown("n_clusters", "Clusters", "count"),
    Shown("n_niches", "Niches", "count"),
    Shown("state", "State", max_width=30),
)

PRUNED = (Shown("key", "Region"), Shown("version", "Version"), Shown("bytes", "Bytes", "count"))

FINDINGS = (
    Shown("place", "Where", min_width=20, max_width=50),
    Shown("fault", "What is wrong", min_width=24, max_width=70),
    Shown("action", "What was done, or to do", min_width=16, max_width=40),
)

REBUILT = (
    Shown("version", "Version", min_width=13),
    Shown("file", "File", min_width=16),
    Shown("bytes", "Bytes", "count"),
    Shown("is_same", "Same"),
    Shown("difference", "Difference"),
)

RETRAINED = (
    Shown("region", "Region", min_width=16, max_width=44),
    Shown("version", "Version", min_width=13),
    Shown("outcome", "Outcome", min_width=9),
    Shown("reason", "Reason", min_width=30, max_width=90),
    Shown("drift", "Drift", max_width=40),
)

DRIFT = (
    Shown("region", "Region", min_width=12, max_width=24),
    Shown("status", "Status"),
    Shown("group", "About", min_width=8),
    Shown("what", "What", min_width=24, max_width=48),
    Shown("then", "Then"),
    Shown("now", "Now"),
    Shown("measure", "Measure"),
    Shown("value", "Value", "fine"),
    Shown("watch", "Watch", "ratio"),
    Shown("act", "Act", "ratio"),
)


ENGINE_PLAN = (Shown("what", "What", min_width=20), Shown("value", "Value", min_width=30))


def report_engine_plan(pairs: list[tuple[str, str]]) -> Report:
    """Make a report of what an engine would do."""
    import pandas as pd

    frame = pd.DataFrame(pairs, columns=["what", "value"])
    return Report("Nothing was ranked: what would be done", frame, ENGINE_PLAN)


def report_table(
    title: str, frame: pd.DataFrame, shown: tuple[Shown, ...], facts: Mapping[str, Any]
) -> Report:
    """Make a report of a frame whose terminal columns are a selection of its own."""
    return Report(title, frame, shown, None, facts)
