"""Turn the clusters of the nation into the plain tables that the registry keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.solution import ClusterSolution
from cluster_engine.parameters import Clusters
from cluster_engine.results import LOCAL
from cluster_engine.workflows.economy import Economy

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

CLUSTERED, PLACED = "clustered", "placed with its group: too few jobs"
LOCAL_SECTOR, NO_JOBS = "local", "no jobs"
OUTSIDE, ALONE = "not in the input-output table", "too few jobs, and no group to join"

FAINTEST = 0.05
"""Memberships below this are left out of the table."""

N_SHOWN = 3
"""Largest sectors and most specialised areas that a description names."""

MINIMUM_SHARE = 0.002
"""Share of an area's jobs from which a cluster is said to be typical of it (DTI 2001)."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where every sector of the economy belongs.

    Attributes
    ----------
    clustered : ndarray of int, shape (n_clustered,)
        Positions of the sectors that were clustered.
    labels : ndarray of int, shape (n_sectors,)
        Cluster of every sector; -1 for none.
    basis : ndarray of str, shape (n_sectors,)
        Why it is there.
    """

    clustered: Labels
    labels: Labels
    basis: NDArray[np.str_]


def build_national_sectors(
    economy: Economy, placement: Placement, solution: ClusterSolution, settings: Clusters
) -> pd.DataFrame:
    """One row per sector: where it belongs, how firmly, and where else it has a part."""
    table = economy.sectors[["industry", "name"]].assign(
        basis=placement.basis,
        cluster=placement.labels,
        membership=np.nan,
        second_cluster=LOCAL,
        second_membership=np.nan,
        bridges=False,
    )
    names = placement.labels[placement.clustered]
    number = dict(zip(solution.labels.tolist(), names.tolist(), strict=True))
    rows = table.index[placement.clustered]
    second = solution.second
    has_second = second >= 0
    held = np.where(
        has_second, solution.memberships[np.arange(len(second)), np.maximum(second, 0)], np.nan
    )
    table.loc[rows, "membership"] = solution.strength
    table.loc[rows, "second_membership"] = held
    table.loc[rows, "second_cluster"] = [number[int(s)] if s >= 0 else LOCAL for s in second]
    table.loc[rows, "bridges"] = np.nan_to_num(held) >= settings.bridging_share * solution.strength
    return table


def build_memberships(placement: Placement, solution: ClusterSolution) -> pd.DataFrame:
    """Long table of memberships: industry, cluster, membership, from the strongest."""
    names = placement.labels[placement.clustered]
    number = dict(zip(solution.labels.tolist(), names.tolist(), strict=True))
    sector, label = np.nonzero(solution.memberships >= FAINTEST)
    table = pd.DataFrame(
        {
            "industry": np.array(solution.codes)[sector],
            "cluster": [number[int(value)] for value in label],
            "membership": solution.memberships[sector, label],
        }
    )
    return table.sort_values(
        ["industry", "membership", "cluster"], ascending=[True, False, True], ignore_index=True
    )


def build_national_clusters(
    economy: Economy,
    placement: Placement,
    solution: ClusterSolution,
    names: Mapping[int, str],
    settings: Clusters,
    area_names: Mapping[str, str],
) -> pd.DataFrame:
    """One row per cluster: name, description, size, how firmly it stands."""
    jobs = economy.jobs[-1]
    inner = placement.labels[placement.clustered]
    rows = []
    for label in sorted(int(value) for value in np.unique(inner)):
        members = np.flatnonzero(placement.labels == label)
        core = np.flatnonzero(inner == label)
        solved = int(solution.labels[core[0]])
        within, between = _relate(solution.similarity, core)
        overlap = float(solution.stability.overlap[solved])
        areas = [area_names[economy.areas[a]] for a in find_typical_areas(jobs, members)]
        rows.append(
            {
                "cluster": label,
                "name": names[label],
                "description": _describe(economy, members, areas),
                "n_sectors": len(members),
                "national_jobs": float(jobs[:, members].sum()),
                "membership": float(solution.strength[core].mean()),
                "overlap": overlap,
                "is_stable": bool(overlap >= settings.stable_overlap),
                "within": within,
                "between": between,
                "bridges": _count_bridges(solution, core, settings),
            }
        )
    return pd.DataFrame(rows)


def build_links(economy: Economy, placement: Placement, solution: ClusterSolution) -> pd.DataFrame:
    """One row per pair of clusters: first, second, similarity, shared membership, trade in £m.

    The trade of an input-output industry is split between clusters by national jobs (modelled).
    """
    inner = placement.labels[placement.clustered]
    clusters = np.unique(inner)
    member = (inner[:, None] == clusters).astype(np.float64)
    sizes = member.sum(axis=0)
    similar = (member.T @ solution.similarity @ member) / np.multiply.outer(sizes, sizes)
    order = [int(solution.labels[np.flatnonzero(inner == label)[0]]) for label in clusters]
    shared = (member.T @ solution.memberships[:, order]) / sizes[:, None]
    held = economy.jobs[-1].sum(axis=0)[:, None] * economy.io_shares
    total = held.sum(axis=0)
    in_cluster = (placement.labels[:, None] == clusters).astype(np.float64).T @ held
    shares = np.divide(in_cluster, total, out=np.zeros_like(in_cluster), where=total > 0)
    trade = shares @ economy.io.flows @ shares.T
    first, second = np.triu_indices(len(clusters), 1)
    return pd.DataFrame(
        {
            "first": clusters[first],
            "second": clusters[second],
            "similarity": similar[first, second],
            "membership": (shared[first, second] + shared[second, first]) / 2.0,
            "sales": trade[first, second],
            "purchases": trade[second, first],
        }
    )


def build_moves(economy: Economy, placement: Placement, solution: ClusterSolution) -> pd.DataFrame:
    """One row per sector that a rule moved: industry, rule, origin, target, within, nearest."""
    names = placement.labels[placement.clustered]
    number = dict(zip(solution.labels.tolist(), names.tolist(), strict=True))
    rows: list[dict[str, object]] = [
        {
            "industry": solution.codes[move.sector],
            "rule": "outlier: closer to another cluster than to its own",
            "origin": number[move.origin],
            "target": number[move.target],
            "within": move.within,
            "nearest": move.nearest,
        }
        for move in solution.moves
    ]
    rows += [
        {
            "industry": economy.sectors["industry"].iloc[place],
            "rule": PLACED,
            "origin": LOCAL,
            "target": int(placement.labels[place]),
            "within": np.nan,
            "nearest": np.nan,
        }
        for place in np.flatnonzero(placement.basis == PLACED)
    ]
    columns = ["industry", "rule", "origin", "target", "within", "nearest"]
    return pd.DataFrame(rows, columns=columns)


def find_typical_areas(jobs: Floats, members: NDArray[np.int64]) -> list[int]:
    """Positions of the areas with the largest LQ in these sectors, where they hold enough jobs."""
    held = jobs[:, members].sum(axis=1)
    total = jobs.sum(axis=1)
    share = np.divide(held, total, out=np.zeros_like(held), where=total > 0)
    enough = np.flatnonzero((share >= MINIMUM_SHARE) & (share > held.sum() / total.sum()))
    order = enough[np.argsort(-share[enough], kind="stable")]
    return [int(place) for place in order[:N_SHOWN]]


def _describe(economy: Economy, members: NDArray[np.int64], areas: list[str]) -> str:
    jobs = economy.jobs[-1][:, members].sum(axis=0)
    order = np.argsort(-jobs, kind="stable")[:N_SHOWN]
    names = economy.sectors["name"].iloc[members].to_numpy()
    largest = "; ".join(f"{names[place]} ({jobs[place] / jobs.sum():.0%})" for place in order)
    text = f"{len(members)} sectors, {jobs.sum():,.0f} jobs in the nation, most in {largest}"
    return f"{text}. Typical of {'; '.join(areas)}." if areas else f"{text}."


def _relate(similarity: Floats, core: NDArray[np.int64]) -> tuple[float, float]:
    """Mean similarity of the pairs inside, and of members with all others."""
    inside = similarity[np.ix_(core, core)]
    pairs = len(core) * (len(core) - 1)
    within = (inside.sum() - np.trace(inside)) / pairs if pairs else float("nan")
    others = np.setdiff1d(np.arange(len(similarity)), core)
    between = float(similarity[np.ix_(core, others)].mean()) if len(others) else float("nan")
    return float(within), between


def _count_bridges(solution: ClusterSolution, core: NDArray[np.int64], settings: Clusters) -> int:
    second = solution.second[core]
    held = solution.memberships[core, np.maximum(second, 0)]
    is_bridge = (second >= 0) & (held >= settings.bridging_share * solution.strength[core])
    return int(is_bridge.sum())
