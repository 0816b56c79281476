"""Consensus clusters of sectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cluster_engine.clustering.partition import (
    build_graph,
    find_clusters,
    order_labels,
    partition_sectors,
)
from cluster_engine.settings import read_settings

SETTINGS = replace(
    read_settings().clusters,
    traded_gini=0.25, local_sectors=(), neighbours=4, resolutions=(1.0,), restarts=3, cuts=(3,),
    number=3, smallest=2, resamples=3,
)  # fmt: skip
BLOCKS = np.repeat([0, 1, 2], [6, 4, 3])


def _similarity_of(blocks: np.ndarray, inside: float = 0.9, outside: float = 0.1) -> np.ndarray:
    """Block similarity with small, symmetric, seeded noise."""
    noise = np.random.default_rng(7).uniform(0.0, 0.05, (len(blocks), len(blocks)))
    similarity = np.where(blocks[:, None] == blocks[None, :], inside, outside)
    similarity = similarity + (noise + noise.T) / 2.0
    np.fill_diagonal(similarity, 1.0)
    return similarity


def test_planted_blocks_are_found_largest_first() -> None:
    labels = partition_sectors(_similarity_of(BLOCKS), SETTINGS, random_state=0)
    assert labels.tolist() == BLOCKS.tolist()


def test_planted_blocks_are_found_whatever_their_order() -> None:
    shuffled = np.random.default_rng(3).permutation(BLOCKS)
    labels = partition_sectors(_similarity_of(shuffled), SETTINGS, random_state=0)
    assert labels.tolist() == shuffled.tolist()


def test_a_cluster_of_one_sector_joins_the_one_it_is_closest_to() -> None:
    blocks = np.array([0, 0, 0, 0, 1, 1, 1, 2])
    similarity = _similarity_of(blocks)
    similarity[7, 4:7] = similarity[4:7, 7] = 0.3
    labels = partition_sectors(similarity, SETTINGS, random_state=0)
    assert labels.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_no_cluster_is_smaller_than_asked_for() -> None:
    noise = np.random.default_rng(1).uniform(0.2, 0.8, (15, 15))
    similarity = (noise + noise.T) / 2.0
    np.fill_diagonal(similarity, 1.0)
    settings = replace(SETTINGS, number=8, cuts=(8,), smallest=4)
    labels = partition_sectors(similarity, settings, random_state=0)
    assert np.bincount(labels).min() >= 4


@pytest.mark.parametrize("n_sectors", [1, 2, 3, 6])
@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_sectors_that_are_all_alike_still_get_labels(n_sectors: int, value: float) -> None:
    similarity = np.full((n_sectors, n_sectors), value)
    np.fill_diagonal(similarity, 1.0)
    labels = partition_sectors(similarity, SETTINGS, random_state=0)
    assert labels.shape == (n_sectors,)
    assert labels.min() == 0


def test_the_similarity_given_is_left_alone() -> None:
    similarity = _similarity_of(BLOCKS)
    before = similarity.copy()
    partition_sectors(similarity, SETTINGS, random_state=0)
    np.testing.assert_array_equal(similarity, before)


def test_a_link_stays_if_either_end_keeps_it() -> None:
    similarity = np.array(
        [[1.0, 0.9, 0.8, 0.7], [0.9, 1.0, 0.1, 0.1], [0.8, 0.1, 1.0, 0.1], [0.7, 0.1, 0.1, 1.0]]
    )
    graph = build_graph(similarity, neighbours=1)
    assert sorted(graph.edges) == [(0, 1), (0, 2), (0, 3)]
    assert graph.edges[0, 2]["weight"] == 0.8


def test_a_similarity_of_0_is_no_link() -> None:
    graph = build_graph(np.eye(3), neighbours=2)
    assert graph.number_of_nodes() == 3
    assert graph.number_of_edges() == 0


def test_clusters_that_every_resample_finds_again_have_stability_1() -> None:
    similarity = _similarity_of(BLOCKS)
    seen = []
    partition = find_clusters(
        similarity,
        SETTINGS,
        random_state=0,
        resample=lambda _generator: similarity,
        on_progress=lambda done, total: seen.append((done, total)),
    )
    assert partition.stability == 1.0
    assert partition.labels.tolist() == BLOCKS.tolist()
    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_clusters_that_no_resample_finds_again_have_low_stability() -> None:
    def resample(generator: np.random.Generator) -> np.ndarray:
        return _similarity_of(generator.permutation(BLOCKS))

    partition = find_clusters(
        _similarity_of(BLOCKS), replace(SETTINGS, resamples=8), random_state=0, resample=resample
    )
    assert partition.stability < 0.5


def test_without_resamples_stability_is_unknown() -> None:
    partition = find_clusters(
        _similarity_of(BLOCKS),
        replace(SETTINGS, resamples=0),
        random_state=0,
        resample=lambda _generator: _similarity_of(BLOCKS),
    )
    assert np.isnan(partition.stability)


def test_membership_is_1_in_clear_clusters_and_for_a_sector_alone() -> None:
    settings = replace(SETTINGS, resamples=0, smallest=1)
    clear = find_clusters(
        _similarity_of(BLOCKS), settings, random_state=0, resample=lambda _: np.eye(1)
    )
    assert clear.membership.tolist() == [1.0] * len(BLOCKS)
    alone = find_clusters(np.eye(1), settings, random_state=0, resample=lambda _: np.eye(1))
    assert alone.membership.tolist() == [1.0]


def test_labels_are_ordered_by_size_then_by_first_sector() -> None:
    labels = np.array([5, 5, 9, 9, 9, 2, 7, 7])
    assert order_labels(labels).tolist() == [1, 1, 0, 0, 0, 3, 2, 2]
