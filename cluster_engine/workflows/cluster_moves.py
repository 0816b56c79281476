"""What became of the clusters of the nation, and of a region's niches, between two versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cluster_engine.clustering.lineage import Descent, trace_clusters
from cluster_engine.results import LOCAL, Model, NationalModel

COLUMNS = (
    "scope", "event", "old", "old_name", "new", "new_name", "shared_sectors", "old_sectors",
    "new_sectors", "shared_jobs", "old_share", "new_share", "sectors",
)  # fmt: skip
"""jobs: national for clusters, the region's for niches; shares are of these jobs."""

CLUSTER, NICHE = "cluster", "niche"
N_NAMED = 8
"""Shared sectors that are named."""


def list_cluster_moves(old: Model, new: Model) -> pd.DataFrame:
    """One row per old and new cluster or niche that share sectors, or that have no counterpart.

    Returns
    -------
    DataFrame
        ``COLUMNS``; clusters before niches.
    """
    return pd.concat(
        [
            _trace(CLUSTER, old.sectors, new.sectors, ("cluster", "cluster_name", "national_jobs")),
            _trace(NICHE, old.sectors, new.sectors, ("niche", "niche_name", "jobs")),
        ],
        ignore_index=True,
    )


def list_national_moves(
    old: NationalModel, new: NationalModel, jobs: Mapping[str, float]
) -> pd.DataFrame:
    """As :func:`list_cluster_moves`, of the clusters of the nation alone.

    Parameters
    ----------
    old, new : NationalModel
    jobs : mapping of str to float
        Of every sector in the nation.
    """
    first, second = (_add_names(model, jobs) for model in (old, new))
    return _trace(CLUSTER, first, second, ("cluster", "cluster_name", "national_jobs"))


def _add_names(model: NationalModel, jobs: Mapping[str, float]) -> pd.DataFrame:
    names = model.clusters.set_index("cluster")["name"]
    return model.sectors.assign(
        cluster_name=model.sectors["cluster"].map(names),
        national_jobs=model.sectors["industry"].map(jobs).fillna(0.0),
    )


def _trace(
    scope: str, old: pd.DataFrame, new: pd.DataFrame, columns: tuple[str, str, str]
) -> pd.DataFrame:
    label, name, jobs = columns
    # Jobs of today; a sector that is gone weighs what it did.
    weights = {**_read(old, jobs), **_read(new, jobs)}
    inside = [table[table[label] != LOCAL] for table in (old, new)]
    titles = [table.drop_duplicates(label).set_index(label)[name] for table in inside]
    sectors = {**_read(old, "name"), **_read(new, "name")}
    first, second = (_read(table, label) for table in inside)
    rows = [
        _write(scope, found, titles, {code: str(sectors[code]) for code in found.shared})
        for found in trace_clusters(first, second, weights)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"old": "Int64", "new": "Int64"})


def _read(table: pd.DataFrame, column: str) -> dict[str, Any]:
    return dict(zip(table["industry"], table[column], strict=True))


def _write(
    scope: str, found: Descent, titles: list[pd.Series], sectors: Mapping[str, str]
) -> dict[str, object]:
    names = [
        "" if label is None else str(titles[side][label])
        for side, label in enumerate((found.old, found.new))
    ]
    event = "renamed" if found.event == "kept" and names[0] != names[1] else found.event
    rest = f" and {len(sectors) - N_NAMED} more" if len(sectors) > N_NAMED else ""
    return {
        "scope": scope, "event": event,
        "old": found.old, "old_name": names[0], "new": found.new, "new_name": names[1],
        "shared_sectors": len(found.shared), "old_sectors": found.n_old,
        "new_sectors": found.n_new, "shared_jobs": found.weight,
        "old_share": found.old_share, "new_share": found.new_share,
        "sectors": "; ".join(list(sectors.values())[:N_NAMED]) + rest,
    }  # fmt: skip


def count_events(moves: pd.DataFrame, scope: str) -> str:
    """How many clusters were kept, split off and so on, in words; 'none changed' if so."""
    events = moves[moves["scope"] == scope]["event"].value_counts()
    told = [f"{events[event]} {event}" for event in EVENTS if event in events]
    return ", ".join(told) if set(events.index) - {"kept"} else f"all {events.sum()} kept"


EVENTS = ("kept", "renamed", "changed", "succeeded", "split off", "merged", "broken up", "died",
          "born")  # fmt: skip
