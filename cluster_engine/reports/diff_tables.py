"""Comparisons of model versions as tables: firms, markets, clusters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cluster_engine.reports.report import Report, Shown

CAUSES = (
    ("from_data", "Data"),
    ("from_code", "Code"),
    ("from_settings", "Settings"),
    ("from_firm_list", "Firm list"),
    ("from_not_separable", "Not sep."),
)
"""Parts of a change of score, as headed."""

FIRMS = (
    Shown("old_rank", "Was", "count"),
    Shown("new_rank", "Is", "count"),
    Shown("firm_name", "Firm", min_width=16, max_width=30),
    Shown("status", "What", min_width=7),
    Shown("new_score", "Score", "score"),
    Shown("change", "Change", "signed"),
)
LARGEST = Shown("largest", "Largest part", min_width=18, max_width=30)

MARKETS = (
    Shown("market_name", "Market", min_width=14, max_width=28),
    Shown("entered", "Entered", "count"),
    Shown("left", "Left", "count"),
    Shown("moved", "Moved", "count"),
    Shown("stayed", "Stayed", "count"),
    Shown("new", "New", "count"),
    Shown("gone", "Gone", "count"),
    Shown("mean_places", "Places", "score"),
    Shown("mean_change", "Points", "ratio"),
)

CLUSTERS = (
    Shown("scope", "What"),
    Shown("event", "Event", min_width=8),
    Shown("old_name", "Was", min_width=18, max_width=36),
    Shown("new_name", "Is", min_width=18, max_width=36),
    Shown("shared_sectors", "Shared", "count"),
    Shown("old_sectors", "of", "count"),
    Shown("new_sectors", "now of", "count"),
    Shown("shared_jobs", "Jobs shared", "count"),
    Shown("old_share", "of old", "share"),
    Shown("new_share", "of new", "share"),
)


def report_moves(title: str, rows: pd.DataFrame, facts: Mapping[str, Any]) -> Report:
    """Make the report of firms; causes that play no part are not shown.

    Parameters
    ----------
    title : str
    rows : DataFrame
        The columns of `workflows/firm_moves.py`.
    facts : mapping
        What the table is about.
    """
    causes = [Shown(*pair, "signed") for pair in CAUSES if rows[pair[0]].abs().sum() > 0]
    several = rows["market"].nunique() > 1
    market = (Shown("market_name", "Market", max_width=20),) if several else ()
    return Report(title, rows, (*market, *FIRMS, *causes, LARGEST), None, facts)


def report_markets(title: str, rows: pd.DataFrame, facts: Mapping[str, Any]) -> Report:
    """Make the report of markets, with the causes of the places moved."""
    shares = [
        Shown(name, head, "share")
        for column, head in CAUSES
        if rows[name := column.replace("from_", "share_")].abs().sum() > 0
    ]
    return Report(title, rows, (*MARKETS, *shares), None, facts)


def report_clusters(title: str, rows: pd.DataFrame, facts: Mapping[str, Any]) -> Report:
    """Make the report of what became of clusters; those that are as they were are left out."""
    changed = rows[rows["event"] != "kept"].reset_index(drop=True)
    return Report(title, changed, CLUSTERS, None, facts)
