"""Clusters of sectors from any similarity matrices: found, chosen, marked, with their stability.

`find_clusters` is the whole of the clustering, for any classification and economy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.consensus import (
    Consensus,
    Stability,
    build_consensus,
    calc_memberships,
    draw_clusters,
    measure_stability,
)
from cluster_engine.clustering.evidence import Evidence, Halves, Relation, check_evidence
from cluster_engine.clustering.marking import compare_with_chance, mark_clusters
from cluster_engine.clustering.methods import order_labels
from cluster_engine.clustering.outliers import Move, reassign_outliers
from cluster_engine.clustering.selection import choose_number, make_folds
from cluster_engine.parameters import Clusters

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
OnProgress = Callable[[str, int, int], None]

NO_CLUSTER = -1


@dataclass(frozen=True, slots=True)
class ClusterSolution:
    """Clusters of sectors and all that is known about how well they stand.

    Attributes
    ----------
    codes : tuple of str, length n_sectors
        In ascending order, which all arrays follow.
    labels : ndarray of int, shape (n_sectors,)
        Cluster of each sector; 0 is the largest cluster.
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Mean of ranks of the relations that have a weight, 0 to 1.
    memberships : ndarray of float, shape (n_sectors, n_clusters)
        Mean co-membership of each sector with the (other) members of each cluster, 0 to 1.
    stability : Stability
    moves : tuple of Move
        Sectors that changed clusters at the end (C* to C**).
    number : int
        Clusters before small ones were joined, chosen on figures left out.
    held_out : DataFrame
        Scores on figures left out, by fold, method and number; see `selection.Choice`.
    in_sample : DataFrame
        Scores of the final clusters and the official groups; see `marking.mark_clusters`.
    chance : DataFrame
        What shuffles score; see `marking.compare_with_chance`.
    """

    codes: tuple[str, ...]
    labels: Labels
    similarity: Floats
    memberships: Floats
    stability: Stability
    moves: tuple[Move, ...]
    number: int
    held_out: pd.DataFrame
    in_sample: pd.DataFrame
    chance: pd.DataFrame

    @property
    def strength(self) -> Floats:
        """Membership of every sector in its own cluster, shape (n_sectors,), 0 to 1."""
        own: Floats = self.memberships[np.arange(len(self.labels)), self.labels]
        return own

    @property
    def second(self) -> Labels:
        """The cluster each sector is next most a member of, shape (n_sectors,); -1 for none."""
        if self.memberships.shape[1] < 2:
            return np.full(len(self.labels), NO_CLUSTER, dtype=np.int64)
        others = np.round(self.memberships, 12)
        others[np.arange(len(self.labels)), self.labels] = -1.0
        nearest: Labels = others.argmax(axis=1).astype(np.int64)
        return nearest


def find_clusters(
    evidence: Evidence,
    settings: Clusters,
    *,
    random_state: int,
    on_progress: OnProgress = lambda _stage, _done, _total: None,
) -> ClusterSolution:
    """Find clusters of sectors.

    Parameters
    ----------
    evidence : Evidence
        Similarity matrices of any sectors. Sectors may come in any order: it changes nothing.
    settings : Clusters
        Methods, numbers, resamples and limits.
    random_state : int
        Seed of the methods, resamples and shuffles.
    on_progress : callable, optional
        Called with (stage, done, total).

    Returns
    -------
    ClusterSolution
        In the order of the codes.

    Raises
    ------
    ValueError
        The evidence does not hold together; see `evidence.check_evidence`.

    Notes
    -----
    Pairs unknown in every matrix have similarity 0; among equal similarities the order of codes
    decides. After Delgado, Porter & Stern (2016), with the consensus of Monti et al. (2003).
    """
    ordered = _sort_sectors(check_evidence(evidence))
    consensus = build_consensus(
        ordered,
        settings,
        random_state=random_state,
        on_progress=lambda done, total: on_progress("Clustering resamples", done, total),
    )
    folds = make_folds(ordered, n_splits=settings.split_halves, random_state=random_state)
    choice = choose_number(
        ordered,
        folds,
        lambda number: _is_small_enough(consensus, number, settings),
        settings,
        random_state=random_state,
        on_progress=lambda done, total: on_progress("Marking on figures left out", done, total),
    )
    labels, moves = _settle(consensus, choice.number, settings)
    return ClusterSolution(
        codes=ordered.codes,
        labels=labels,
        similarity=consensus.similarity,
        memberships=calc_memberships(consensus.votes, labels),
        stability=measure_stability(consensus, labels, choice.number, settings.smallest),
        moves=moves,
        number=choice.number,
        held_out=choice.scores,
        in_sample=mark_clusters(ordered, labels),
        chance=compare_with_chance(
            consensus.similarity,
            labels,
            folds,
            choice,
            settings,
            random_state=random_state,
            on_progress=lambda done, total: on_progress("Comparing with chance", done, total),
        ),
    )


def _sort_sectors(evidence: Evidence) -> Evidence:
    order = np.argsort(np.array(evidence.codes), kind="stable")
    inside = np.ix_(order, order)

    def sort(relations: tuple[Relation, ...]) -> tuple[Relation, ...]:
        return tuple(replace(r, values=np.asarray(r.values)[inside]) for r in relations)

    def sort_both(halves: Halves) -> Halves:
        return sort(halves[0]), sort(halves[1])

    resample, halve = evidence.resample, evidence.halve
    return replace(
        evidence,
        codes=tuple(evidence.codes[place] for place in order),
        relations=sort(evidence.relations),
        groups={
            name: tuple(labels[place] for place in order)
            for name, labels in evidence.groups.items()
        },
        resample=None if resample is None else lambda generator: sort(resample(generator)),
        halve=None if halve is None else lambda generator: sort_both(halve(generator)),
    )


def _largest_allowed(settings: Clusters, n_sectors: int) -> int:
    return max(int(settings.maximum_share * n_sectors), settings.smallest)


def _is_small_enough(consensus: Consensus, number: int, settings: Clusters) -> bool:
    labels = draw_clusters(consensus.votes, consensus.similarity, number, settings.smallest)
    return int(np.bincount(labels).max()) <= _largest_allowed(settings, len(labels))


def _settle(
    consensus: Consensus, number: int, settings: Clusters
) -> tuple[Labels, tuple[Move, ...]]:
    """Final clusters, outliers moved, largest first; the moves in the final labels."""
    labels, moves = reassign_outliers(
        # Both count: how related two sectors are, and how often the methods join them.
        (consensus.similarity + consensus.votes) / 2.0,
        draw_clusters(consensus.votes, consensus.similarity, number, settings.smallest),
        margin=settings.outlier_margin,
        smallest=settings.smallest,
        largest=_largest_allowed(settings, len(consensus.similarity)),
    )
    final = order_labels(labels)
    renamed = dict(zip(labels.tolist(), final.tolist(), strict=True))
    return final, tuple(
        replace(move, origin=renamed[move.origin], target=renamed[move.target]) for move in moves
    )
