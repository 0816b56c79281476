"""Sum up what moved between two versions: by market, and in sentences."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cluster_engine.reports.diff_page import Compared
from cluster_engine.workflows.cluster_moves import CLUSTER, NICHE, count_events
from cluster_engine.workflows.firm_moves import (
    BY_COLUMNS,
    FROM_COLUMNS,
    PLACES_COLUMNS,
    STATUSES,
)
from cluster_engine.workflows.model_causes import CAUSES, WAYS
from cluster_engine.workflows.model_diff import ModelDiff

SHARE_COLUMNS = tuple(name.replace("places_", "share_") for name in PLACES_COLUMNS)

MARKET_COLUMNS = (
    "market", "market_name", *STATUSES, "mean_places",
    "mean_change", *SHARE_COLUMNS,
)  # fmt: skip
"""mean_places and mean_change: mean size over firms of both lists; share_: of the places moved."""


def summarise_markets(firms: pd.DataFrame) -> pd.DataFrame:
    """One row per market: ``MARKET_COLUMNS``; most places moved first."""
    rows = [
        {"market": market, "market_name": rows["market_name"].iloc[0], **_summarise(rows)}
        for market, rows in firms.groupby("market", sort=True)
    ]
    table = pd.DataFrame(rows, columns=list(MARKET_COLUMNS))
    table = table.sort_values(["mean_places", "market"], ascending=[False, True], kind="stable")
    return table.reset_index(drop=True)


def _summarise(rows: pd.DataFrame) -> dict[str, object]:
    counts = rows["status"].value_counts()
    both = rows[rows["change"].notna()]
    shares = calc_shares(both["places"], both[list(PLACES_COLUMNS)])
    return {
        **{status: int(counts.get(status, 0)) for status in STATUSES},
        "mean_places": float(both["places"].abs().mean()) if len(both) else np.nan,
        "mean_change": float(both["change"].abs().mean()) if len(both) else np.nan,
        **dict(zip(SHARE_COLUMNS, shares, strict=True)),
    }


def calc_shares(change: pd.Series, parts: pd.DataFrame) -> tuple[float, ...]:
    """Share of every part in the sum of absolute changes; the shares add up to 1.

    A part that works against a firm's change counts negative. NaN where nothing changed.
    """
    whole = change.astype("float64")
    total = float(whole.abs().sum())
    if total == 0:
        return (float("nan"),) * parts.shape[1]
    along = parts.mul(np.sign(whole), axis=0).sum() / total
    return tuple(float(share) for share in along)


def tell_diff(diff: ModelDiff) -> tuple[str, ...]:
    """Say in sentences what changed, what it did to the lists, and to the clusters."""
    return (
        _tell_changes(diff.changes),
        *(() if diff.firms.empty else _tell_firms(diff)),
        *_tell_clusters(diff.clusters),
        *diff.notes,
    )


def describe_diff(diff: ModelDiff) -> dict[str, Any]:
    """Facts around the table of firms, JSON-ready."""
    tables = {"markets": summarise_markets(diff.firms), "clusters": diff.clusters}
    return {
        "key": diff.key,
        "old": diff.old,
        "new": diff.new,
        "top": diff.top,
        "changed": dict(diff.changes),
        "sentences": list(tell_diff(diff)),
        **{name: json.loads(table.to_json(orient="records")) for name, table in tables.items()},
    }


def lay_out(diff: ModelDiff) -> Compared:
    """Make a comparison ready for a page."""
    return Compared(
        diff.name,
        diff.old,
        diff.new,
        tell_diff(diff),
        diff.moved,
        summarise_markets(diff.firms),
        diff.clusters,
    )


def _tell_changes(changes: Mapping[str, str]) -> str:
    told = "; ".join(f"{cause} ({what})" for cause, what in changes.items())
    return f"Changed inputs: {told}." if told else "No input of the two versions differs."


def _tell_firms(diff: ModelDiff) -> tuple[str, ...]:
    counts = diff.firms["status"].value_counts()
    told = ", ".join(f"{counts[status]:,} {status}" for status in STATUSES if status in counts)
    n_markets = diff.firms["market"].nunique()
    # A firm stands in the list of its country and in that of a group of countries: score it once.
    once = diff.firms[diff.firms["change"].notna()].drop_duplicates("firm_id")
    first = f"First {diff.top} firms of {n_markets} market(s): {told}."
    if not once["change"].abs().sum() > 0:
        return first, "No score changed."
    changed = once[once["change"] != 0]
    causes = _tell_shares(CAUSES, calc_shares(once["change"], once[list(FROM_COLUMNS)]))
    ways = _tell_shares(WAYS, calc_shares(once["change"], once[list(BY_COLUMNS)]))
    return (
        first,
        f"Scores of {len(changed):,} of {len(once):,} firms changed, by "
        f"{changed['change'].abs().mean():.2f} points on average: {causes}. By way of: {ways}.",
        f"Of the places moved: {_tell_shares(CAUSES, _share_places(diff.firms))}.",
    )


def _share_places(firms: pd.DataFrame) -> tuple[float, ...]:
    both = firms[firms["change"].notna()]
    return calc_shares(both["places"], both[list(PLACES_COLUMNS)])


def _tell_shares(names: Sequence[str], shares: Sequence[float]) -> str:
    known = [(name, share) for name, share in zip(names, shares, strict=True) if share == share]
    told = [f"{name} {share:.0%}" for name, share in known if abs(share) >= SMALLEST_SHARE]
    return ", ".join(told) if told else "none"


SMALLEST_SHARE = 0.005


def _tell_clusters(clusters: pd.DataFrame) -> tuple[str, ...]:
    words = {CLUSTER: "Clusters of the nation", NICHE: "Niche clusters"}
    scopes = [scope for scope in words if (clusters["scope"] == scope).any()]
    return tuple(f"{words[scope]}: {count_events(clusters, scope)}." for scope in scopes)
