"""What chance scores: random labels lie within it, planted ones above it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from cluster_engine.clustering.communities import link_neighbours
from cluster_engine.clustering.nulls import (
    compare_communities,
    compare_modularity,
    compare_with_shuffles,
)
from cluster_engine.measures.validation import calc_modularity, calc_validation

BLOCKS = np.repeat([0, 1, 2, 3], [12, 10, 10, 8])
CLOSE = 0.1
"""Fifty random labellings: their mean VS has a standard error of about 0.02."""


def _noise(n_sectors: int, seed: int = 1) -> np.ndarray:
    drawn = np.random.default_rng(seed).uniform(0.0, 1.0, (n_sectors, n_sectors))
    return np.triu(drawn, 1) + np.triu(drawn, 1).T + np.eye(n_sectors)


def test_the_score_of_random_labels_lies_within_its_null(
    plant: Callable[..., np.ndarray],
) -> None:
    generator = np.random.default_rng(5)
    nulls = [
        compare_with_shuffles(
            plant(BLOCKS), generator.permutation(BLOCKS), 99, random_state=seed
        )
        for seed in range(50)
    ]  # fmt: skip
    scores = np.array([null.score for null in nulls])
    assert np.mean(scores) == pytest.approx(np.mean([null.mean for null in nulls]), abs=CLOSE)
    assert sum(null.score > null.p99 for null in nulls) <= 3
    assert 0.25 < np.mean([null.share_below for null in nulls]) < 0.75


def test_the_score_of_planted_blocks_is_above_99_percent_of_shuffles(
    plant: Callable[..., np.ndarray],
) -> None:
    similarity = plant(BLOCKS)
    null = compare_with_shuffles(similarity, BLOCKS, 99, random_state=0)
    assert null.score == calc_validation(similarity, BLOCKS).score == 1.0
    assert null.p99 < 1.0
    assert null.share_below == 1.0
    assert null.n_draws == 99


def test_shuffles_keep_the_sizes_of_clusters_and_do_not_touch_the_labels(
    plant: Callable[..., np.ndarray],
) -> None:
    labels = BLOCKS.copy()
    compare_with_shuffles(plant(BLOCKS), labels, 5, random_state=0)
    np.testing.assert_array_equal(labels, BLOCKS)
    # All alike within and between: nothing passes, however the labels are dealt out.
    null = compare_with_shuffles(np.ones((40, 40)), BLOCKS, 20, random_state=0)
    assert (null.score, null.mean, null.share_below) == (0.0, 0.0, 0.0)


def test_modularity_of_planted_blocks_is_above_that_of_shuffled_labels(
    plant: Callable[..., np.ndarray],
) -> None:
    linked = link_neighbours(plant(BLOCKS), 5)
    null = compare_modularity(linked, BLOCKS, 99, random_state=0)
    assert null.score == calc_modularity(linked, BLOCKS)
    assert null.score > 0.5 > null.p99
    # Labels dealt out at random have no modularity but for the own links no node can have.
    assert abs(null.mean) < 0.05


@pytest.mark.slow
def test_communities_of_noise_have_modularity_but_none_beyond_that_of_noise() -> None:
    nulls = [compare_communities(_noise(40, seed), 5, random_state=0) for seed in range(5)]
    assert min(null.score for null in nulls) > 0.2
    assert sum(null.score > null.p99 for null in nulls) <= 1
    assert 0.1 < np.mean([null.share_below for null in nulls]) < 0.9


def test_communities_of_planted_blocks_have_modularity_beyond_that_of_noise(
    plant: Callable[..., np.ndarray],
) -> None:
    null = compare_communities(plant(BLOCKS), 5, random_state=0)
    assert null.score > null.p99
    assert null.share_below == 1.0


def test_a_network_without_links_has_no_modularity_and_no_null() -> None:
    null = compare_modularity(np.zeros((4, 4)), np.array([0, 0, 1, 1]), 5, random_state=0)
    assert np.isnan([null.score, null.mean, null.p99, null.share_below]).all()
    assert np.isnan(compare_communities(np.eye(4), 2, random_state=0).share_below)


def test_without_draws_chance_is_unknown(plant: Callable[..., np.ndarray]) -> None:
    null = compare_with_shuffles(plant(BLOCKS), BLOCKS, 0, random_state=0)
    assert null.score == 1.0
    assert np.isnan([null.mean, null.p99, null.share_below]).all()
    assert null.n_draws == 0


def test_the_same_seed_gives_the_same_null(plant: Callable[..., np.ndarray]) -> None:
    first, second, third = (
        compare_with_shuffles(plant(BLOCKS, inside=0.4), BLOCKS, 20, random_state=seed)
        for seed in (1, 1, 2)
    )
    assert first == second
    assert first.mean != third.mean
