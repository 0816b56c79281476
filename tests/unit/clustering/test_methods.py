"""Ways to cluster: planted blocks, ties, graphs in pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from cluster_engine.clustering.communities import Algorithm, find_communities, link_neighbours
from cluster_engine.clustering.methods import (
    METHODS,
    cut_trees,
    group_rows,
    limit_numbers,
    order_labels,
    run_methods,
    split_spectrum,
)
from cluster_engine.parameters import Clusters

BLOCKS = np.repeat([0, 1, 2], [8, 6, 4])


def _meet(labels: np.ndarray) -> list[list[bool]]:
    found: list[list[bool]] = (labels[:, None] == labels[None, :]).tolist()
    return found


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("order", [None, 1, 2])
def test_every_method_finds_planted_blocks_whatever_their_order(
    method: str, order: int | None, plant: Callable[..., np.ndarray], quick: Clusters
) -> None:
    blocks = BLOCKS if order is None else np.random.default_rng(order).permutation(BLOCKS)
    settings = replace(quick, methods=(method,), numbers=(3,))
    for run in run_methods(plant(blocks), settings, random_state=0)[method]:
        assert run.method == method
        assert _meet(run.labels) == _meet(blocks)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_runs_and_leaves_the_input_alone(
    method: str, plant: Callable[..., np.ndarray], quick: Clusters
) -> None:
    similarity = plant(BLOCKS, inside=0.5, outside=0.4)
    before = similarity.copy()
    settings = replace(quick, methods=(method,))
    first, second = (
        run_methods(similarity, settings, random_state=3)[method] for _ in range(2)
    )  # fmt: skip
    assert [run.labels.tolist() for run in first] == [run.labels.tolist() for run in second]
    np.testing.assert_array_equal(similarity, before)


def test_trees_are_cut_at_every_number_and_communities_run_per_resolution_and_restart(
    plant: Callable[..., np.ndarray], quick: Clusters
) -> None:
    settings = replace(quick, restarts=3, resolutions=(0.5, 2.0), numbers=(4, 2, 99))
    runs = run_methods(plant(BLOCKS), settings, random_state=0)
    assert set(runs) == set(METHODS)
    assert [run.setting for run in runs["average linkage"]] == [2, 4, 6]
    assert [len(set(run.labels)) for run in runs["ward linkage"]] == [2, 4, 6]
    assert [run.setting for run in runs["leiden"]] == [0.5, 2.0] * 3


@pytest.mark.parametrize(
    ("n_sectors", "expected"),
    [(1, (1,)), (5, (2,)), (12, (2, 4)), (26, (2, 5, 8)), (99, (2, 5, 9))],
)
def test_numbers_leave_three_sectors_to_a_cluster_on_average(
    n_sectors: int, expected: tuple[int, ...], quick: Clusters
) -> None:
    assert limit_numbers(replace(quick, numbers=(9, 2, 5)), n_sectors) == expected


@pytest.mark.parametrize("linkage", ["average", "ward"])
@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_tree_of_sectors_that_are_all_alike_is_still_cut(linkage: str, value: float) -> None:
    similarity = np.full((5, 5), value)
    np.fill_diagonal(similarity, 1.0)
    cuts = cut_trees(similarity, [1, 3, 5, 9], linkage)  # type: ignore[arg-type]
    assert [len(set(labels)) for labels in cuts] == [1, 3, 5, 5]


def test_similarities_that_differ_in_the_last_bit_tie_in_a_tree() -> None:
    third = 0.1 + 0.2
    assert third != 0.3
    similarity = np.eye(4)
    similarity[[0, 1], [1, 0]], similarity[[2, 3], [3, 2]] = 0.3, third
    first = cut_trees(similarity, [3], "average")[0]
    similarity[[0, 1], [1, 0]], similarity[[2, 3], [3, 2]] = third, 0.3
    assert first.tolist() == cut_trees(similarity, [3], "average")[0].tolist()


@pytest.mark.parametrize("linkage", ["average", "ward"])
def test_a_single_sector_is_one_cluster(linkage: str) -> None:
    assert cut_trees(np.eye(1), [1], linkage)[0].tolist() == [0]  # type: ignore[arg-type]


def test_average_linkage_joins_by_mean_similarity_not_by_the_closest_pair() -> None:
    # 0-1 and 2-3 are pairs; 4 has one strong link to 1, but is closer to 2 and 3 on average.
    similarity = np.eye(5)
    for one, other, value in [(0, 1, 0.9), (2, 3, 0.9), (4, 1, 0.6), (4, 2, 0.5), (4, 3, 0.5)]:
        similarity[one, other] = similarity[other, one] = value
    labels = cut_trees(similarity, [2], "average")[0]
    assert _meet(labels) == _meet(np.array([0, 0, 1, 1, 1]))


def test_k_means_with_fewer_different_rows_than_clusters_gives_those_there_are() -> None:
    rows = np.repeat(np.eye(2), 3, axis=0)
    labels = group_rows(rows, [4], random_state=0)[0]
    assert _meet(labels) == _meet(np.array([0, 0, 0, 1, 1, 1]))


def test_the_spectral_method_finds_the_pieces_of_a_graph() -> None:
    linked = np.kron(np.eye(3), np.ones((5, 5)) - np.eye(5))
    labels = split_spectrum(linked, [3], random_state=0)[0]
    assert _meet(labels) == _meet(np.repeat([0, 1, 2], 5))


@pytest.mark.parametrize("n_sectors", [1, 2, 3, 4, 5])
def test_the_spectral_method_takes_graphs_that_are_tiny_or_have_no_link(n_sectors: int) -> None:
    for linked in (np.zeros((n_sectors, n_sectors)), 1.0 - np.eye(n_sectors)):
        labels = split_spectrum(linked, [min(2, n_sectors)], random_state=0)[0]
        assert labels.shape == (n_sectors,)
        assert 1 <= len(set(labels)) <= 2


def test_a_link_stays_if_either_end_keeps_it() -> None:
    similarity = np.array(
        [[1.0, 0.9, 0.8, 0.7], [0.9, 1.0, 0.1, 0.1], [0.8, 0.1, 1.0, 0.1], [0.7, 0.1, 0.1, 1.0]]
    )
    expected = [[0, 0.9, 0.8, 0.7], [0.9, 0, 0, 0], [0.8, 0, 0, 0], [0.7, 0, 0, 0]]
    assert link_neighbours(similarity, 1).tolist() == expected


def test_of_equal_links_the_first_sectors_win_and_similarity_0_is_none() -> None:
    # Sector 3 is as close to 0 as to 1 and 2, and keeps one link: that to 0.
    similarity = np.full((4, 4), 0.5)
    assert link_neighbours(similarity, 1)[3].tolist() == [0.5, 0.0, 0.0, 0.0]
    assert not link_neighbours(np.eye(3), 2).any()
    assert link_neighbours(np.eye(1), 2).tolist() == [[0.0]]


@pytest.mark.parametrize("algorithm", ["louvain", "leiden"])
def test_communities_are_the_pieces_and_sectors_without_a_link_are_alone(algorithm: str) -> None:
    linked = np.zeros((7, 7))
    linked[:3, :3] = linked[3:6, 3:6] = 1.0
    np.fill_diagonal(linked, 0.0)
    labels = find_communities(linked, algorithm, 1.0, random_state=0)  # type: ignore[arg-type]
    assert _meet(labels) == _meet(np.array([0, 0, 0, 1, 1, 1, 2]))
    none = find_communities(np.zeros((3, 3)), algorithm, 1.0, random_state=0)  # type: ignore[arg-type]
    assert none.tolist() == [0, 1, 2]


@pytest.mark.parametrize("algorithm", ["louvain", "leiden"])
def test_a_higher_resolution_gives_more_communities(
    algorithm: str, plant: Callable[..., np.ndarray]
) -> None:
    # Four blocks of six, in two pairs that are close to each other.
    pairs, blocks = np.repeat([0, 1], 12), np.repeat([0, 1, 2, 3], 6)
    linked = plant(pairs, inside=0.4, outside=0.05, noise=0.02)
    linked[blocks[:, None] == blocks] += 0.4
    np.fill_diagonal(linked, 0.0)
    few, many = (
        find_communities(linked, algorithm, resolution, random_state=0)  # type: ignore[arg-type]
        for resolution in (0.7, 1.5)
    )
    assert _meet(few) == _meet(pairs)
    assert _meet(many) == _meet(blocks)


def test_labels_are_ordered_by_size_then_by_first_sector() -> None:
    labels = np.array([5, 5, 9, 9, 9, 2, 7, 7])
    assert order_labels(labels).tolist() == [1, 1, 0, 0, 0, 3, 2, 2]


@pytest.mark.parametrize("algorithm", ["louvain", "leiden"])
def test_communities_are_the_same_whatever_was_searched_before(algorithm: Algorithm) -> None:
    # Leiden of scikit-network draws from the C library, which remembers earlier draws.
    noise = np.random.default_rng(5).uniform(size=(120, 120))
    linked = link_neighbours((noise + noise.T) / 2.0, 6)
    runs = [find_communities(linked, algorithm, 2.0, random_state=3) for _ in range(4)]
    for run in runs[1:]:
        np.testing.assert_array_equal(run, runs[0])
