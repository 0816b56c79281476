"""Consensus of many clusterings: how often two sectors meet, and the clusters that follow.

Every resample of the figures is clustered by every method at several numbers of clusters. The share
of runs in which two sectors meet is their co-membership; the final clusters are an average-linkage
cut of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.clustering.evidence import Evidence, combine, exchange
from cluster_engine.clustering.methods import Run, cut_trees, order_labels, run_methods
from cluster_engine.parameters import Clusters

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

OnResample = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Consensus:
    """Co-membership over resamples.

    Attributes
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Of the figures as they are.
    votes : ndarray of float, shape (n_sectors, n_sectors)
        Co-membership: share of runs in which two sectors meet, over the figures as they are and
        all resamples; every method weighs the same.
    counts : ndarray of float, shape (n_sectors, n_sectors)
        Sets of figures behind every co-membership: 1 and the resamples that drew both sectors.
    resampled : tuple of ndarray of float32, each of shape (n_sectors, n_sectors)
        Co-membership of every resample alone; NaN for a pair that was not drawn together.
    """

    similarity: Floats
    votes: Floats
    counts: Floats
    resampled: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, slots=True)
class Stability:
    """How far clusters depend on the figures at hand.

    Attributes
    ----------
    mean : float
        Mean adjusted Rand index between the clusters of one resample and the consensus of all
        others; NaN without resamples.
    by_resample : ndarray of float, shape (n_resamples,)
    overlap : ndarray of float, shape (n_clusters,)
        Mean over resamples of the largest Jaccard overlap of a cluster with one of theirs.
    """

    mean: float
    by_resample: Floats
    overlap: Floats


def build_consensus(
    evidence: Evidence,
    settings: Clusters,
    *,
    random_state: int,
    on_progress: OnResample = lambda _done, _total: None,
) -> Consensus:
    """Cluster the figures and every resample of them.

    Parameters
    ----------
    evidence : Evidence
        Checked, sectors in canonical order.
    settings : Clusters
        Methods, numbers and resamples.
    random_state : int
        Seed of the resamples and of every method.
    on_progress : callable, optional
        Called with (resamples done, resamples in all).

    Notes
    -----
    Source: Monti et al. (2003), Machine Learning 52; Lancichinetti & Fortunato (2012).
    """
    generator = np.random.default_rng(random_state)
    similarity = combine(evidence.relations)
    total = vote(similarity, settings, random_state=random_state)
    counts = np.ones_like(total)
    resampled = []
    for done in range(settings.resamples):
        seed = random_state + 104_729 * (done + 1)
        if evidence.resample is not None:
            drawn = combine(exchange(evidence.relations, evidence.resample(generator)))
            votes = vote(drawn, settings, random_state=seed)
        else:
            votes = _vote_on_subsample(similarity, settings, generator, seed)
        there = ~np.isnan(votes)
        total[there] += votes[there]
        counts += there
        resampled.append(votes.astype(np.float32))
        on_progress(done + 1, settings.resamples)
    return Consensus(similarity, total / counts, counts, tuple(resampled))


def vote(similarity: Floats, settings: Clusters, *, random_state: int) -> Floats:
    """Share of runs that put two sectors together; every method weighs the same."""
    return count_votes(run_methods(similarity, settings, random_state=random_state))


def count_votes(runs: dict[str, list[Run]]) -> Floats:
    """Co-membership of runs, the mean over methods of the mean over their runs."""
    shares = []
    for of_method in runs.values():
        # One matrix at a time: forty of a thousand sectors together would take 300 MB.
        together = np.zeros((len(of_method[0].labels),) * 2)
        for run in of_method:
            together += _meet(run.labels)
        shares.append(together / len(of_method))
    mean: Floats = np.mean(shares, axis=0)
    return mean


def draw_clusters(votes: Floats, similarity: Floats, number: int, smallest: int) -> Labels:
    """Cut co-membership into clusters; those with too few sectors join the closest, smallest first.

    Parameters
    ----------
    votes, similarity : ndarray of float, shape (n_sectors, n_sectors)
        Both between 0 and 1; their sum decides where a small cluster goes.
    number : int
        Clusters before small ones are joined.
    smallest : int
        Sectors.

    Returns
    -------
    ndarray of int, shape (n_sectors,)
        Labels, largest cluster first, ties by first sector.
    """
    labels = cut_trees(votes, [min(number, len(votes))], "average")[0]
    closeness = votes + similarity
    while True:
        names, sizes = np.unique(labels, return_counts=True)
        if len(names) < 2 or sizes.min() >= smallest:
            return order_labels(labels)
        small = names[np.argmin(sizes)]
        inside = labels == small
        others = [name for name in names if name != small]
        means = [closeness[np.ix_(inside, labels == other)].mean() for other in others]
        labels[inside] = others[int(np.argmax(np.round(means, 12)))]


def measure_stability(
    consensus: Consensus, labels: Labels, number: int, smallest: int
) -> Stability:
    """Compare clusters with those of resamples that had no part in them.

    Parameters
    ----------
    consensus : Consensus
        Resamples.
    labels : ndarray of int, shape (n_sectors,)
        Final clusters, 0 … n_clusters - 1.
    number, smallest : int
        As in :func:`draw_clusters`.

    Returns
    -------
    Stability

    Notes
    -----
    The resample that is compared is taken out of the consensus first. Sources: Hubert & Arabie
    (1985); Hennig (2007), Computational Statistics & Data Analysis 52(1).
    """
    from sklearn.metrics import adjusted_rand_score

    agreements, overlaps = [], []
    for votes in consensus.resampled:
        there = np.flatnonzero(~np.isnan(votes.diagonal()))
        inside = np.ix_(there, there)
        alone = votes[inside].astype(np.float64)
        counts = consensus.counts[inside]
        rest = np.clip((consensus.votes[inside] * counts - alone) / (counts - 1.0), 0.0, 1.0)
        similarity = consensus.similarity[inside]
        own = draw_clusters(alone, similarity, number, smallest)
        others = draw_clusters(rest, similarity, number, smallest)
        agreements.append(float(adjusted_rand_score(others, own)))
        overlaps.append(_best_overlaps(labels[there], own, int(labels.max()) + 1))
    if not agreements:
        return Stability(float("nan"), np.zeros(0), np.full(int(labels.max()) + 1, np.nan))
    return Stability(
        float(np.mean(agreements)), np.array(agreements), np.nanmean(np.array(overlaps), axis=0)
    )


def calc_memberships(votes: Floats, labels: Labels) -> Floats:
    """Membership of every sector in every cluster: its mean co-membership with the others there.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_clusters)
        0 to 1; 1 for a sector alone in its own cluster.
    """
    member = (labels[:, None] == np.arange(labels.max() + 1)).astype(np.float64)
    sizes = member.sum(axis=0) - member
    together = votes.copy()
    np.fill_diagonal(together, 0.0)
    held: Floats = np.divide(together @ member, sizes, out=np.ones_like(member), where=sizes > 0)
    return held


def _vote_on_subsample(
    similarity: Floats, settings: Clusters, generator: np.random.Generator, seed: int
) -> Floats:
    """Votes on sectors drawn without replacement; NaN for pairs not drawn."""
    n_sectors = len(similarity)
    size = max(min(n_sectors, 2), round(settings.subsample * n_sectors))
    drawn = np.sort(generator.choice(n_sectors, size=size, replace=False))
    votes = np.full_like(similarity, np.nan)
    inside = np.ix_(drawn, drawn)
    votes[inside] = vote(similarity[inside], settings, random_state=seed)
    return votes


def _meet(labels: Labels) -> NDArray[np.float32]:
    together: NDArray[np.float32] = (labels[:, None] == labels[None, :]).astype(np.float32)
    return together


def _best_overlaps(labels: Labels, others: Labels, n_clusters: int) -> Floats:
    """Largest Jaccard overlap of every cluster with one of the others; NaN if nothing was drawn."""
    counts = np.zeros((n_clusters, int(others.max()) + 1))
    np.add.at(counts, (labels, others), 1.0)
    union = counts.sum(axis=1, keepdims=True) + counts.sum(axis=0, keepdims=True) - counts
    best: Floats = np.max(counts / np.maximum(union, 1.0), axis=1)
    best[counts.sum(axis=1) == 0] = np.nan
    return best
