"""Partition sectors into clusters by consensus over two methods, and measure its stability.

Louvain communities of the nearest-neighbour graph (networkx) and average-linkage trees
(scikit-learn) vote on every pair of sectors; the final clusters are an average-linkage cut of the
votes. Sectors must come in canonical (sorted) order: Louvain depends on node order even with a
fixed seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from cluster_engine.settings import Clusters

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Partition:
    """Clusters of sectors and how well they hold.

    Attributes
    ----------
    labels : ndarray of int, shape (n_sectors,)
        Cluster of each sector; 0 is the largest cluster.
    membership : ndarray of float, shape (n_sectors,)
        Mean share of votes that put the sector with the rest of its cluster, 0 to 1.
    stability : float
        Mean adjusted Rand index between the partition and those of resampled regions.
    """

    labels: Labels
    membership: Floats
    stability: float


def build_graph(similarity: Floats, neighbours: int) -> nx.Graph:
    """Build the sector graph: every sector with its strongest links.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Symmetric, not negative.
    neighbours : int
        Links kept per sector; a link stays if either end keeps it. Similarity 0 is no link.

    Returns
    -------
    Graph
        Nodes 0 … n_sectors - 1, edge attribute 'weight'.
    """
    n_sectors = len(similarity)
    strength = similarity.copy()
    np.fill_diagonal(strength, -np.inf)
    nearest = np.argsort(-strength, axis=1, kind="stable")[:, : min(neighbours, n_sectors - 1)]
    keep = np.zeros_like(similarity, dtype=bool)
    np.put_along_axis(keep, nearest, True, axis=1)
    first, second = np.nonzero(np.triu((keep | keep.T) & (similarity > 0), 1))
    graph = nx.Graph()
    graph.add_nodes_from(range(n_sectors))
    graph.add_weighted_edges_from(
        zip(first.tolist(), second.tolist(), similarity[first, second].tolist(), strict=True)
    )
    return graph


def partition_sectors(similarity: Floats, settings: Clusters, *, random_state: int) -> Labels:
    """Cluster sectors by the consensus of Louvain and average linkage.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Between 0 and 1, symmetric; sectors in canonical order.
    settings : Clusters
        Neighbours, resolutions, restarts, cuts, number and smallest cluster.
    random_state : int
        Seed of the first Louvain run.

    Returns
    -------
    ndarray of int, shape (n_sectors,)
        Labels, largest cluster first, ties by first sector.
    """
    return _cut_votes(_collect_votes(similarity, settings, random_state), similarity, settings)


def find_clusters(
    similarity: Floats,
    settings: Clusters,
    *,
    random_state: int,
    resample: Callable[[np.random.Generator], Floats],
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Partition:
    """Cluster sectors and measure how far the clusters depend on the regions at hand.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Between 0 and 1, symmetric; sectors in canonical order.
    settings : Clusters
        How to cluster, and the number of resamples.
    random_state : int
        Seed of the restarts and of the resamples.
    resample : callable
        Takes a generator, returns the similarity on regions drawn with replacement.
    on_progress : callable, optional
        Called with (resamples done, resamples in all).

    Returns
    -------
    Partition

    Notes
    -----
    Source: consensus over runs, Lancichinetti & Fortunato (2012); Hubert & Arabie (1985).
    """
    from sklearn.metrics import adjusted_rand_score

    votes = _collect_votes(similarity, settings, random_state)
    labels = _cut_votes(votes, similarity, settings)
    generator = np.random.default_rng(random_state)
    once = replace(settings, restarts=1)
    agreements = []
    for done in range(settings.resamples):
        resampled = partition_sectors(resample(generator), once, random_state=random_state)
        agreements.append(float(adjusted_rand_score(labels, resampled)))
        on_progress(done + 1, settings.resamples)
    stability = float(np.mean(agreements)) if agreements else float("nan")
    return Partition(labels, _mean_votes(votes, labels), stability)


def _collect_votes(similarity: Floats, settings: Clusters, random_state: int) -> Floats:
    """Share of runs that put two sectors together; both methods weigh the same."""
    graph = build_graph(similarity, settings.neighbours)
    louvain = [
        _louvain_labels(graph, resolution, random_state + restart)
        for resolution in settings.resolutions
        for restart in range(settings.restarts)
    ]
    cuts = sorted({min(cut, len(similarity)) for cut in settings.cuts})
    linkage = [_linkage_labels(1.0 - similarity, cut) for cut in cuts]
    votes: Floats = (_co_membership(louvain) + _co_membership(linkage)) / 2.0
    return votes


def _louvain_labels(graph: nx.Graph, resolution: float, seed: int) -> Labels:
    communities = nx.community.louvain_communities(graph, resolution=resolution, seed=seed)
    labels = np.empty(graph.number_of_nodes(), dtype=np.int64)
    for label, members in enumerate(communities):
        labels[sorted(members)] = label
    return labels


def _linkage_labels(distance: Floats, n_clusters: int) -> Labels:
    # scikit-learn takes a second to import; ranking must not pay for it.
    from sklearn.cluster import AgglomerativeClustering

    if len(distance) < 2:
        return np.zeros(len(distance), dtype=np.int64)
    model = AgglomerativeClustering(
        n_clusters=min(n_clusters, len(distance)), metric="precomputed", linkage="average"
    )
    labels: Labels = model.fit_predict(distance).astype(np.int64)
    return labels


def _co_membership(partitions: list[Labels]) -> Floats:
    together = [labels[:, None] == labels[None, :] for labels in partitions]
    share: Floats = np.mean(together, axis=0, dtype=np.float64)
    return share


def _cut_votes(votes: Floats, similarity: Floats, settings: Clusters) -> Labels:
    labels = _linkage_labels(1.0 - votes, settings.number)
    return order_labels(_join_small(labels, votes + similarity, settings.smallest))


def _join_small(labels: Labels, closeness: Floats, smallest: int) -> Labels:
    """Move clusters with too few sectors to the cluster they are closest to, smallest first."""
    labels = labels.copy()
    while True:
        names, sizes = np.unique(labels, return_counts=True)
        if len(names) < 2 or sizes.min() >= smallest:
            return labels
        small = names[np.argmin(sizes)]
        inside = labels == small
        others = [name for name in names if name != small]
        means = [closeness[np.ix_(inside, labels == other)].mean() for other in others]
        labels[inside] = others[int(np.argmax(np.round(means, 12)))]


def order_labels(labels: Labels) -> Labels:
    """Number clusters by size, largest first; equal sizes by their first sector."""
    names, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    rank = {int(names[position]): place for place, position in enumerate(order)}
    return np.array([rank[int(label)] for label in labels], dtype=np.int64)


def _mean_votes(votes: Floats, labels: Labels) -> Floats:
    """Mean vote of a sector with the other members of its cluster; 1 when it is alone."""
    together = (labels[:, None] == labels[None, :]).astype(np.float64)
    np.fill_diagonal(together, 0.0)
    others = together.sum(axis=1)
    return np.where(others > 0, (votes * together).sum(axis=1) / np.maximum(others, 1.0), 1.0)
