"""Co-membership, the clusters cut from it, memberships and stability."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from cluster_engine.clustering.consensus import (
    Consensus,
    build_consensus,
    calc_memberships,
    count_votes,
    draw_clusters,
    measure_stability,
)
from cluster_engine.clustering.evidence import Evidence, Relation, combine
from cluster_engine.clustering.methods import Run
from cluster_engine.parameters import Clusters

FLOAT = 1e-12
"""Rounding of a short chain of double-precision sums."""
SINGLE = 1e-6
"""Resamples are kept in single precision."""
BLOCKS = np.repeat([0, 1, 2], [7, 5, 4])
CODES = tuple(f"{place:02d}" for place in range(len(BLOCKS)))


def _evidence(similarity: np.ndarray, **more: object) -> Evidence:
    return Evidence(CODES, (Relation("links", similarity),), **more)  # type: ignore[arg-type]


def _meet(labels: list[int]) -> np.ndarray:
    given = np.array(labels)
    return (given[:, None] == given[None, :]).astype(np.float64)


def test_every_method_weighs_the_same_however_many_runs_it_has() -> None:
    runs = {
        "louvain": [
            Run("louvain", 1.0, np.array([0, 0, 1])),
            Run("louvain", 1.0, np.array([0, 1, 1])),
        ],
        "k-means": [Run("k-means", 1.0, np.array([0, 0, 0]))],
    }
    # By hand: (1/2 + 1) / 2, (0 + 1) / 2, (1/2 + 1) / 2.
    expected = [[1.0, 0.75, 0.5], [0.75, 1.0, 0.75], [0.5, 0.75, 1.0]]
    np.testing.assert_allclose(count_votes(runs), expected, rtol=FLOAT)


def test_a_cluster_that_is_too_small_joins_the_one_it_is_closest_to() -> None:
    votes = _meet([0, 0, 0, 0, 1, 1, 1, 2])
    similarity = _meet([0, 0, 0, 0, 1, 1, 1, 2]) * 0.5
    similarity[7, 4:7] = similarity[4:7, 7] = 0.2
    assert draw_clusters(votes, similarity, 3, 2).tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    similarity[7, :4] = similarity[:4, 7] = 0.3
    assert draw_clusters(votes, similarity, 3, 2).tolist() == [0, 0, 0, 0, 1, 1, 1, 0]
    assert draw_clusters(votes, similarity, 3, 1).tolist() == [0, 0, 0, 0, 1, 1, 1, 2]


def test_more_clusters_than_sectors_gives_a_cluster_per_sector() -> None:
    assert draw_clusters(np.eye(3), np.eye(3), 9, 1).tolist() == [0, 1, 2]
    assert draw_clusters(np.eye(3), np.eye(3), 9, 2).max() == 0


def test_membership_is_the_mean_co_membership_with_the_others_of_a_cluster() -> None:
    votes = np.array([[1.0, 0.8, 0.6, 0.1], [0.8, 1, 0.4, 0.3], [0.6, 0.4, 1, 0], [0.1, 0.3, 0, 1]])
    memberships = calc_memberships(votes, np.array([0, 0, 0, 1]))
    # By hand; the last sector is alone in its cluster.
    expected = [[0.7, 0.1], [0.6, 0.3], [0.5, 0.0], [0.4 / 3, 1.0]]
    np.testing.assert_allclose(memberships, expected, rtol=FLOAT)


def test_clear_blocks_are_found_in_every_resample(
    plant: Callable[..., np.ndarray], quick: Clusters
) -> None:
    seen = []
    consensus = build_consensus(
        _evidence(plant(BLOCKS)),
        quick,
        random_state=0,
        on_progress=lambda done, total: seen.append((done, total)),
    )
    labels = draw_clusters(consensus.votes, consensus.similarity, 3, 2)
    stability = measure_stability(consensus, labels, 3, 2)
    assert labels.tolist() == BLOCKS.tolist()
    assert stability.mean == 1.0
    assert stability.overlap.tolist() == [1.0, 1.0, 1.0]
    assert seen == [(done, 4) for done in (1, 2, 3, 4)]


def test_clusters_that_no_resample_finds_again_have_low_stability(
    plant: Callable[..., np.ndarray], quick: Clusters
) -> None:
    def resample(generator: np.random.Generator) -> tuple[Relation, ...]:
        return (Relation("links", plant(generator.permutation(BLOCKS))),)

    consensus = build_consensus(
        _evidence(plant(BLOCKS), resample=resample), replace(quick, resamples=8), random_state=0
    )
    labels = draw_clusters(consensus.votes, consensus.similarity, 3, 2)
    stability = measure_stability(consensus, labels, 3, 2)
    assert stability.mean < 0.3
    assert stability.by_resample.shape == (8,)
    assert stability.overlap.max() < 0.8


def test_the_mean_votes_are_those_of_the_figures_and_of_all_resamples(
    plant: Callable[..., np.ndarray], quick: Clusters
) -> None:
    consensus = build_consensus(_evidence(plant(BLOCKS, noise=0.4)), quick, random_state=0)
    np.testing.assert_array_equal(consensus.counts, consensus.counts.T)
    drawn = np.array(consensus.resampled, dtype=np.float64)
    there = ~np.isnan(drawn)
    np.testing.assert_array_equal(consensus.counts, 1.0 + there.sum(axis=0))
    alone = build_consensus(
        _evidence(plant(BLOCKS, noise=0.4)), replace(quick, resamples=0), random_state=0
    )
    expected = (alone.votes + np.where(there, drawn, 0.0).sum(axis=0)) / consensus.counts
    np.testing.assert_allclose(consensus.votes, expected, rtol=0, atol=SINGLE)
    # Four fifths of the sectors are drawn each time.
    assert there.diagonal(axis1=1, axis2=2).sum(axis=1).tolist() == [13, 13, 13, 13]


def test_a_sector_that_half_of_the_resamples_put_elsewhere_is_half_a_member_of_both(
    plant: Callable[..., np.ndarray], quick: Clusters
) -> None:
    first, second = np.repeat([0, 1], 8), np.repeat([0, 1], 8)
    second[0] = 1
    turns = iter(range(100))

    def resample(_generator: np.random.Generator) -> tuple[Relation, ...]:
        return (Relation("links", plant(second if next(turns) % 2 == 0 else first)),)

    settings = replace(quick, numbers=(2,), resamples=9)
    consensus = build_consensus(
        _evidence(plant(first), resample=resample), settings, random_state=0
    )
    labels = draw_clusters(consensus.votes, consensus.similarity, 2, 2)
    memberships = calc_memberships(consensus.votes, labels)
    # The figures and four resamples against five: 1 / 2 each.
    np.testing.assert_allclose(memberships[0], [0.5, 0.5], atol=SINGLE)
    np.testing.assert_allclose(memberships[15], [0.5 / 8, 1.0], atol=0.1)


def _hand_made(*resampled: np.ndarray, clearness: float = 1.0) -> Consensus:
    """Figures that say {0,1,2} and {3,4,5}, more or less clearly, and resamples."""
    votes = 0.5 + clearness * (_meet([0, 0, 0, 1, 1, 1]) - 0.5)
    np.fill_diagonal(votes, 1.0)
    drawn = np.array([votes, *resampled])
    counts = (~np.isnan(drawn)).sum(axis=0).astype(np.float64)
    return Consensus(
        votes, np.nansum(drawn, axis=0) / counts, counts,
        tuple(matrix.astype(np.float32) for matrix in resampled),
    )  # fmt: skip


def test_overlap_is_the_mean_over_resamples_of_the_largest_jaccard_index_of_each_cluster() -> None:
    same, other = _meet([0, 0, 0, 1, 1, 1]), _meet([0, 0, 0, 0, 1, 1])
    stability = measure_stability(_hand_made(same, same, other), np.repeat([0, 1], 3), 2, 1)
    # By hand: {0,1,2} in {0,1,2,3} is 3/4, {3,4,5} with {4,5} is 2/3; the other two agree.
    np.testing.assert_allclose(stability.overlap, [(2 + 3 / 4) / 3, (2 + 2 / 3) / 3], rtol=FLOAT)
    assert stability.by_resample[:2].tolist() == [1.0, 1.0]
    # Adjusted Rand index by hand: 4 pairs agree, expected 6 * 7 / 15, at most 6.5.
    assert stability.by_resample[2] == pytest.approx((4 - 2.8) / (6.5 - 2.8))
    assert stability.mean == pytest.approx(stability.by_resample.mean())


def test_a_resample_is_judged_on_the_sectors_it_drew() -> None:
    drawn = _meet([0, 0, 0, 1, 1, 1])
    drawn[5, :] = drawn[:, 5] = np.nan
    stability = measure_stability(_hand_made(drawn), np.repeat([0, 1], 3), 2, 1)
    assert stability.mean == 1.0
    assert stability.overlap.tolist() == [1.0, 1.0]


def test_a_resample_has_no_part_in_what_it_is_compared_with() -> None:
    # Were the only resample averaged in, it would outvote the figures and agree with itself.
    other = _meet([0, 1, 0, 1, 0, 1])
    unclear = _hand_made(other, clearness=0.2)
    stability = measure_stability(unclear, np.repeat([0, 1], 3), 2, 1)
    # Adjusted Rand index by hand: 2 pairs agree, expected 6 * 6 / 15, at most 6.
    assert stability.mean == pytest.approx((2 - 2.4) / (6 - 2.4))


def test_without_resamples_stability_is_unknown(
    plant: Callable[..., np.ndarray], quick: Clusters
) -> None:
    consensus = build_consensus(
        _evidence(plant(BLOCKS)), replace(quick, resamples=0), random_state=0
    )
    stability = measure_stability(consensus, BLOCKS, 3, 2)
    assert np.isnan(stability.mean)
    assert np.isnan(stability.overlap).tolist() == [True] * 3
    np.testing.assert_array_equal(consensus.similarity, combine([Relation("", plant(BLOCKS))]))
