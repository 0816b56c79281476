"""What chance would score: validation scores of shuffled labels, modularity of shuffled links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.clustering.communities import find_communities, link_neighbours
from cluster_engine.measures.validation import calc_modularity, calc_validation

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

NOISE_DRAWS = 20
"""Shuffled networks: enough for their mean; each is searched for communities anew."""


@dataclass(frozen=True, slots=True)
class Null:
    """A score beside what chance gives.

    Attributes
    ----------
    score : float
    mean, p99 : float
        Of the draws.
    share_below : float
        Draws that scored less, 0 to 1; NaN without draws.
    n_draws : int
    """

    score: float
    mean: float
    p99: float
    share_below: float
    n_draws: int


def compare_with_shuffles(
    similarity: Floats, labels: Labels, n_draws: int, *, random_state: int
) -> Null:
    """Validation score VS of clusters beside that of the same labels dealt out at random."""
    generator = np.random.default_rng(random_state)
    return _compare(
        calc_validation(similarity, labels).score,
        lambda: calc_validation(similarity, generator.permutation(labels)).score,
        n_draws,
    )


def compare_modularity(linked: Floats, labels: Labels, n_draws: int, *, random_state: int) -> Null:
    """Modularity of clusters on a graph beside that of the same labels dealt out at random."""
    generator = np.random.default_rng(random_state)
    return _compare(
        calc_modularity(linked, labels),
        lambda: calc_modularity(linked, generator.permutation(labels)),
        n_draws,
    )


def compare_communities(similarity: Floats, neighbours: int, *, random_state: int) -> Null:
    """Best modularity that Louvain finds, beside what it finds when similarities are dealt anew.

    A network without any structure still has communities of high modularity (Guimerà, Sales-Pardo
    & Amaral 2004); the one found counts only by what it has beyond that.
    """
    generator = np.random.default_rng(random_state)
    upper = np.triu_indices(len(similarity), 1)

    def search(values: Floats) -> float:
        linked = link_neighbours(values, neighbours)
        return calc_modularity(
            linked, find_communities(linked, "louvain", 1.0, random_state=random_state)
        )

    def shuffle() -> float:
        dealt = np.zeros_like(similarity)
        dealt[upper] = generator.permutation(similarity[upper])
        return search(dealt + dealt.T)

    return _compare(search(similarity), shuffle, NOISE_DRAWS)


def _compare(score: float, draw: Callable[[], float], n_draws: int) -> Null:
    draws = np.array([draw() for _ in range(n_draws)])
    if not n_draws or np.isnan(score):
        return Null(score, np.nan, np.nan, np.nan, n_draws)
    return Null(
        score,
        float(draws.mean()),
        float(np.percentile(draws, 99.0)),
        float(np.mean(draws < score)),
        n_draws,
    )
