"""The ways to cluster as scikit-learn estimators, for any rows or any similarity.

They validate, call the functions of `methods` and `consensus`, and store. Nothing of the engine
imports this module: scikit-learn takes its time to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from cluster_engine.clustering.communities import Algorithm, find_communities, link_neighbours
from cluster_engine.clustering.consensus import build_consensus, calc_memberships, draw_clusters
from cluster_engine.clustering.estimator_base import (
    Floats,
    Labels,
    Metric,
    RandomState,
    SimilarityClusterer,
    check_at_least_1,
    check_choice,
    check_number,
    draw_seed,
)
from cluster_engine.clustering.evidence import Evidence, Relation
from cluster_engine.clustering.methods import (
    METHODS,
    RESTART_STEP,
    Linkage,
    cut_trees,
    group_rows,
    order_labels,
    split_spectrum,
)
from cluster_engine.measures.validation import calc_modularity
from cluster_engine.settings import read_settings

RowMethod = Literal["k-means", "spectral"]

ROW_STARTS = 10
"""Starts of k-means: one is enough for a vote among many, not for an answer of its own."""


class SimilarityTree(SimilarityClusterer):
    """Cut of a hierarchical tree; the order of rows decides only between equal similarities.

    Parameters
    ----------
    n_clusters : int, default 2
    linkage : {"average", "ward"}, default "average"
        Ward joins rows of the similarity matrix; see `methods.cut_trees`.
    metric : {"cosine", "precomputed"}, default "cosine"
        See `fit`.

    Attributes
    ----------
    labels_ : ndarray of int, shape (n_samples,)
        0 is the largest cluster; equal sizes by their first row.
    """

    labels_: Labels

    def __init__(
        self, n_clusters: int = 2, *, linkage: Linkage = "average", metric: Metric = "cosine"
    ) -> None:
        self.n_clusters = n_clusters
        self.linkage = linkage
        self.metric = metric

    def _cluster(self, similarity: Floats) -> None:
        check_choice("linkage", self.linkage, ("average", "ward"))
        number = check_number(self.n_clusters, len(similarity))
        self.labels_ = order_labels(cut_trees(similarity, [number], self.linkage)[0])


class SimilarityRows(SimilarityClusterer):
    """k-means on the rows of the similarity, or on the leading eigenvectors of its graph.

    Parameters
    ----------
    n_clusters : int, default 2
    method : {"k-means", "spectral"}, default "k-means"
    n_neighbours : int, default 10
        Strongest links kept per row; spectral only.
    metric : {"cosine", "precomputed"}, default "cosine"
        See `fit`.
    random_state : int, RandomState or None

    Attributes
    ----------
    labels_ : ndarray of int, shape (n_samples,)
        0 is the largest cluster; equal sizes by their first row. Fewer than n_clusters if there
        are fewer different rows.
    """

    labels_: Labels

    def __init__(
        self,
        n_clusters: int = 2,
        *,
        method: RowMethod = "k-means",
        n_neighbours: int = 10,
        metric: Metric = "cosine",
        random_state: RandomState = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.method = method
        self.n_neighbours = n_neighbours
        self.metric = metric
        self.random_state = random_state

    def _cluster(self, similarity: Floats) -> None:
        check_choice("method", self.method, ("k-means", "spectral"))
        check_at_least_1("n_neighbours", self.n_neighbours)
        numbers = [check_number(self.n_clusters, len(similarity))]
        seed = draw_seed(self.random_state)
        if self.method == "spectral":
            linked = link_neighbours(similarity, self.n_neighbours)
            found = split_spectrum(linked, numbers, random_state=seed)
        else:
            found = group_rows(similarity, numbers, random_state=seed, n_init=ROW_STARTS)
        self.labels_ = order_labels(found[0])


class SimilarityCommunities(SimilarityClusterer):
    """Communities of the graph of strongest links: the best modularity of several starts.

    Parameters
    ----------
    algorithm : {"leiden", "louvain"}, default "leiden"
    resolution : float, default 1.0
        Above 1 for smaller communities.
    n_neighbours : int, default 10
        Strongest links kept per row.
    n_restarts : int, default 10
        Starts; of equal modularity the first is kept.
    metric : {"cosine", "precomputed"}, default "cosine"
        See `fit`.
    random_state : int, RandomState or None

    Attributes
    ----------
    labels_ : ndarray of int, shape (n_samples,)
        0 is the largest community; equal sizes by their first row. A row without a link is alone.
    modularity_ : float
        At the resolution asked for; NaN without any link. A graph without structure has a high
        one too: compare it with `nulls.compare_communities`.
    """

    labels_: Labels
    modularity_: float

    def __init__(
        self,
        *,
        algorithm: Algorithm = "leiden",
        resolution: float = 1.0,
        n_neighbours: int = 10,
        n_restarts: int = 10,
        metric: Metric = "cosine",
        random_state: RandomState = None,
    ) -> None:
        self.algorithm = algorithm
        self.resolution = resolution
        self.n_neighbours = n_neighbours
        self.n_restarts = n_restarts
        self.metric = metric
        self.random_state = random_state

    def _cluster(self, similarity: Floats) -> None:
        check_choice("algorithm", self.algorithm, ("leiden", "louvain"))
        check_at_least_1("n_neighbours", self.n_neighbours)
        check_at_least_1("n_restarts", self.n_restarts)
        if not self.resolution > 0:
            raise ValueError(f"The 'resolution' must be above 0. Got {self.resolution!r}.")
        linked = link_neighbours(similarity, self.n_neighbours)
        seed = draw_seed(self.random_state)
        starts = [
            find_communities(
                linked, self.algorithm, self.resolution, random_state=seed + RESTART_STEP * start
            )
            for start in range(self.n_restarts)
        ]
        marks = [calc_modularity(linked, labels, resolution=self.resolution) for labels in starts]
        # Rounding first: the same communities under other names differ in the last bit.
        best = int(np.argmax(np.round(marks, 12)))
        self.labels_, self.modularity_ = order_labels(starts[best]), marks[best]


class ConsensusClusters(SimilarityClusterer):
    """Consensus of several methods over samples of the rows.

    Similarities count by their ranks, as everywhere in the engine.

    Parameters
    ----------
    n_clusters : int, default 2
    n_resamples : int, default 10
        Samples of the rows that vote besides the whole.
    subsample : float, default 0.8
        Share of the rows in a sample, above 0, at most 1.
    methods : sequence of str or None
        Keys of `methods.METHODS`; None: average linkage, k-means and spectral, which keep to the
        number of clusters asked for.
    metric : {"cosine", "precomputed"}, default "cosine"
        See `fit`.
    random_state : int, RandomState or None

    Attributes
    ----------
    labels_ : ndarray of int, shape (n_samples,)
        0 is the largest cluster; equal sizes by their first row.
    co_membership_ : ndarray of float, shape (n_samples, n_samples)
        Share of runs in which two rows meet, 0 to 1.
    membership_ : ndarray of float, shape (n_samples, n_clusters)
        Mean co-membership of each row with the others of each cluster, 0 to 1.
    """

    labels_: Labels
    co_membership_: Floats
    membership_: Floats

    def __init__(
        self,
        n_clusters: int = 2,
        *,
        n_resamples: int = 10,
        subsample: float = 0.8,
        methods: Sequence[str] | None = None,
        metric: Metric = "cosine",
        random_state: RandomState = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_resamples = n_resamples
        self.subsample = subsample
        self.methods = methods
        self.metric = metric
        self.random_state = random_state

    def _cluster(self, similarity: Floats) -> None:
        number = check_number(self.n_clusters, len(similarity))
        if self.n_resamples < 0 or not 0 < self.subsample <= 1:
            raise ValueError(
                "The 'n_resamples' must be at least 0 and 'subsample' above 0, at most 1. "
                f"Got {self.n_resamples!r} and {self.subsample!r}."
            )
        methods = tuple(self.methods or ("average linkage", "k-means", "spectral"))
        for method in methods:
            check_choice("methods", method, tuple(METHODS))
        settings = replace(
            read_settings().clusters,
            methods=methods, numbers=(number,), resamples=self.n_resamples,
            subsample=self.subsample,
        )  # fmt: skip
        codes = tuple(str(place) for place in range(len(similarity)))
        consensus = build_consensus(
            Evidence(codes, (Relation("similarity", similarity),)),
            settings,
            random_state=draw_seed(self.random_state),
        )
        self.co_membership_ = consensus.votes
        self.labels_ = draw_clusters(consensus.votes, consensus.similarity, number, 1)
        self.membership_ = calc_memberships(consensus.votes, self.labels_)
