"""Cluster the nation's traded sectors, once, whatever the region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.niches import cut_tight_groups
from cluster_engine.clustering.partition import Partition, find_clusters
from cluster_engine.clustering.traded import find_traded
from cluster_engine.measures.input_output import calc_io_similarity
from cluster_engine.measures.relatedness import (
    average_ranks,
    calc_colocation,
    calc_shared_digits,
)
from cluster_engine.settings import Settings
from cluster_engine.workflows.economy import Economy
from cluster_engine.workflows.progress import Progress

Floats = NDArray[np.float64]

LOCAL = -1
"""Cluster of a sector that is local, or has no jobs."""


@dataclass(frozen=True, slots=True)
class NationalClusters:
    """Clusters of the nation's traded sectors.

    Attributes
    ----------
    clustered : ndarray of int, shape (n_clustered,)
        Positions of the sectors that were clustered on their own figures.
    similarity : ndarray of float, shape (n_clustered, n_clustered)
    partition : Partition
    labels : ndarray of int, shape (n_sectors,)
        Cluster of every sector; -1 for local ones.
    groups : ndarray of int, shape (n_clustered,)
        Tight group inside the cluster.
    """

    clustered: NDArray[np.int64]
    similarity: Floats
    partition: Partition
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]


def cluster_nation(
    economy: Economy, settings: Settings, *, random_state: int, on_progress: Progress
) -> NationalClusters:
    """Cluster the nation's traded sectors; the region plays no part."""
    codes = tuple(economy.sectors["industry"])
    recent = economy.jobs[-settings.relatedness.years :].mean(axis=0)
    traded = find_traded(codes, recent, settings.clusters)
    large = recent.sum(axis=0) >= settings.relatedness.minimum_jobs
    clustered = np.flatnonzero(traded & large & (economy.io_shares.sum(axis=1) > 0))
    shares = economy.io_shares[clustered]
    fixed = (
        shares @ calc_io_similarity(economy.io.flows + economy.io.imports) @ shares.T,
        calc_shared_digits([codes[position] for position in clustered]),
    )
    weights = (
        settings.relatedness.weight_colocation,
        settings.relatedness.weight_input_output,
        settings.relatedness.weight_classification,
    )

    def relate(jobs: Floats) -> Floats:
        # Area totals are those of all sectors, local ones too.
        rest = jobs.sum(axis=1, keepdims=True) - jobs[:, clustered].sum(axis=1, keepdims=True)
        colocation = calc_colocation(np.hstack([jobs[:, clustered], rest]))[:-1, :-1]
        return average_ranks((colocation, *fixed), weights)

    def resample(generator: np.random.Generator) -> Floats:
        drawn = generator.integers(0, len(recent), size=len(recent))
        return relate(recent[np.sort(drawn)])

    similarity = relate(recent)
    partition = find_clusters(
        similarity,
        settings.clusters,
        random_state=random_state,
        resample=resample,
        on_progress=lambda done, total: on_progress("Clustering sectors", done, total),
    )
    groups = cut_tight_groups(similarity, partition.labels, settings.niches.tightness)
    labels = np.full(len(codes), LOCAL, dtype=np.int64)
    labels[clustered] = partition.labels
    _place_small_sectors(labels, codes, traded & ~large)
    return NationalClusters(clustered, similarity, partition, labels, groups)


def _place_small_sectors(
    labels: NDArray[np.int64], codes: tuple[str, ...], small: NDArray[np.bool_]
) -> None:
    """Give sectors too small to cluster the commonest cluster of their group, or division."""
    known = pd.Series(labels, index=list(codes))
    known = known[known != LOCAL]
    for position in np.flatnonzero(small):
        for digits in (3, 2):
            near = known[known.index.str.startswith(codes[position][:digits])]
            if len(near):
                labels[position] = int(near.mode().iloc[0])
                break
