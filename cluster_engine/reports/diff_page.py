"""A comparison of two model versions as sections of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from cluster_engine.reports.diff_tables import report_clusters, report_markets, report_moves
from cluster_engine.reports.sections import Section

NATION = "cluster"
"""Scope of the clusters of the nation; the others are niches of a region."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison on its way to a page.

    Attributes
    ----------
    name : str
        Of the region.
    old, new : str
        Versions.
    sentences : tuple of str
        What changed.
    moved : DataFrame
        Firms that did not stay; the columns of `workflows/firm_moves.py`.
    markets : DataFrame
        The columns of `workflows/diff_summary.py`.
    clusters : DataFrame
        The columns of `workflows/cluster_moves.py`.
    """

    name: str
    old: str
    new: str
    sentences: tuple[str, ...]
    moved: pd.DataFrame
    markets: pd.DataFrame
    clusters: pd.DataFrame

    @property
    def title(self) -> str:
        """Region and versions."""
        return f"{self.name}: {self.old} → {self.new}"


def list_sections(found: Compared) -> list[Section]:
    """Everything: sentences, clusters, markets, and the firms of every market."""
    changed = report_clusters("Clusters and niches that changed", found.clusters, {})
    markets = report_markets("Markets, most places moved first", found.markets, {})
    rows = found.moved.groupby("market_name", sort=False)
    by_market = {str(name): table.reset_index(drop=True) for name, table in rows}
    order = [name for name in found.markets["market_name"] if name in by_market]
    return [
        Section("What changed", found.sentences, (changed, markets)),
        *(
            Section(name, (), (report_moves(_count(by_market[name]), by_market[name], {}),), 3)
            for name in order
        ),
    ]


def pick_nation(clusters: pd.DataFrame) -> pd.DataFrame:
    """Rows of the clusters of the nation."""
    return clusters[clusters["scope"] == NATION].reset_index(drop=True)


def pick_largest(moved: pd.DataFrame, n: int) -> pd.DataFrame:
    """Firms that entered, left or moved furthest, each once, in the market where it moved most."""
    size = moved["places"].astype("float64").abs().fillna(0.0)
    ordered = moved.assign(size=size).sort_values(
        ["size", "market", "firm_id"], ascending=[False, True, True], kind="stable"
    )
    return ordered.drop_duplicates("firm_id").head(n).drop(columns="size").reset_index(drop=True)


def shorten(found: Compared, head: Sequence[str], told: pd.DataFrame, n_firms: int) -> Section:
    """One region among many: sentences, clusters, and the firms that moved furthest.

    Parameters
    ----------
    found : Compared
    head : sequence of str
        Sentences before the others.
    told : DataFrame
        Changes of the clusters of the nation that stand on the page already.
    n_firms : int
    """
    rows = found.clusters
    if pick_nation(rows).equals(told):
        rows = rows[rows["scope"] != NATION]
    changed = report_clusters("Clusters and niches that changed", rows, {})
    largest = pick_largest(found.moved, n_firms)
    title = f"The {len(largest)} largest moves; all of them stand in the CSV file"
    return Section(
        found.title, (*head, *found.sentences), (changed, report_moves(title, largest, {}))
    )


def _count(rows: pd.DataFrame) -> str:
    return f"{len(rows)} firms that did not stay where they were"
