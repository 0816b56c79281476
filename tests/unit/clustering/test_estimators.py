"""The scikit-learn estimators: scikit-learn's own checks, and what they add to the functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from cluster_engine.clustering.communities import find_communities, link_neighbours
from cluster_engine.clustering.estimators import (
    ConsensusClusters,
    SimilarityCommunities,
    SimilarityRows,
    SimilarityTree,
)
from cluster_engine.clustering.methods import RESTART_STEP, cut_trees, order_labels
from cluster_engine.measures.validation import calc_modularity

Plant = Callable[..., np.ndarray]
BLOCKS = np.repeat([0, 1, 2], [9, 7, 5])
KINDS: tuple[Any, ...] = (
    SimilarityTree,
    SimilarityRows,
    SimilarityCommunities,
    ConsensusClusters,
)
CHECKED = [
    *(
        kind(metric=metric)
        for kind in (SimilarityTree, SimilarityRows, SimilarityCommunities)
        for metric in ("cosine", "precomputed")
    ),
    SimilarityRows(method="spectral"),
    # Fewer resamples and methods than by default only because there are many checks.
    *(
        ConsensusClusters(n_resamples=2, methods=["average linkage", "k-means"], metric=metric)  # type: ignore[arg-type]
        for metric in ("cosine", "precomputed")
    ),
]
WITH_NUMBER = [
    SimilarityTree(3, metric="precomputed"),
    SimilarityTree(3, linkage="ward", metric="precomputed"),
    SimilarityRows(3, metric="precomputed", random_state=0),
    SimilarityRows(3, method="spectral", n_neighbours=4, metric="precomputed", random_state=0),
    ConsensusClusters(3, metric="precomputed", random_state=0),
]
ALL = [
    *WITH_NUMBER,
    SimilarityCommunities(n_neighbours=4, metric="precomputed", random_state=0),
    SimilarityCommunities(
        algorithm="louvain", n_neighbours=4, metric="precomputed", random_state=0
    ),
]


def _list_expected_failures(estimator: Any) -> dict[str, str]:
    if estimator.metric != "precomputed":
        return {}
    reason = "the check fits rows of two features whatever the tags; this needs a square similarity"
    return {"check_clustering": reason}


@pytest.mark.slow
@parametrize_with_checks(CHECKED, expected_failed_checks=_list_expected_failures)
def test_scikit_learns_own_checks_pass(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


@pytest.mark.parametrize("estimator", ALL, ids=repr)
@pytest.mark.parametrize("order", [None, 1])
def test_planted_blocks_are_found_largest_first(
    estimator: Any, order: int | None, plant: Plant
) -> None:
    blocks = BLOCKS if order is None else np.random.default_rng(order).permutation(BLOCKS)
    assert clone(estimator).fit(plant(blocks)).labels_.tolist() == blocks.tolist()


@pytest.mark.parametrize("estimator", [SimilarityTree(4, metric="precomputed")], ids=repr)
@pytest.mark.parametrize("linkage", ["average", "ward"])
def test_the_order_of_rows_changes_no_cluster_of_a_tree(estimator: Any, linkage: str) -> None:
    drawn = np.random.default_rng(0).uniform(0.0, 1.0, (30, 30))
    similarity, order = (drawn + drawn.T) / 2.0, np.random.default_rng(1).permutation(30)
    model = clone(estimator).set_params(linkage=linkage)
    labels = model.fit_predict(similarity)
    shuffled = model.fit_predict(similarity[np.ix_(order, order)])
    together = labels[:, None] == labels
    np.testing.assert_array_equal(shuffled[:, None] == shuffled, together[np.ix_(order, order)])
    assert sorted(np.bincount(labels)) == sorted(np.bincount(shuffled))


@pytest.mark.parametrize("estimator", ALL, ids=repr)
def test_any_unit_and_any_diagonal_of_a_similarity_will_do(estimator: Any, plant: Plant) -> None:
    similarity = plant(BLOCKS) * 250.0
    np.fill_diagonal(similarity, 7e6)
    assert clone(estimator).fit(similarity).labels_.tolist() == BLOCKS.tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_cosine_is_the_similarity_of_the_angles_of_rows(kind: Any) -> None:
    rows = np.random.default_rng(0).normal(size=(20, 5)) + 4.0 * np.eye(5)[np.arange(20) % 5]
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    model = kind() if kind is SimilarityTree else kind(random_state=0)
    by_hand = clone(model).set_params(metric="precomputed").fit((1.0 + unit @ unit.T) / 2.0)
    found = model.fit(rows * np.arange(1.0, 21.0)[:, None])
    assert found.labels_.tolist() == by_hand.labels_.tolist()
    assert found.n_features_in_ == 5


def test_labels_are_those_of_the_functions(plant: Plant) -> None:
    similarity = plant(BLOCKS, noise=0.2)
    expected = order_labels(cut_trees(similarity, [5], "ward")[0])
    model = SimilarityTree(5, linkage="ward", metric="precomputed")
    assert model.fit_predict(similarity).tolist() == expected.tolist()


@pytest.mark.parametrize("algorithm", ["leiden", "louvain"])
def test_communities_are_those_of_the_best_start(algorithm: str) -> None:
    drawn = np.random.default_rng(2).uniform(0.0, 1.0, (40, 40))
    similarity = np.triu(drawn, 1) + np.triu(drawn, 1).T
    linked = link_neighbours(similarity, 5)
    starts = [
        find_communities(linked, algorithm, 1.2, random_state=3 + RESTART_STEP * start)  # type: ignore[arg-type]
        for start in range(8)
    ]
    marks = [calc_modularity(linked, labels, resolution=1.2) for labels in starts]
    assert min(marks) < max(marks)
    model = SimilarityCommunities(
        algorithm=algorithm, resolution=1.2, n_neighbours=5, n_restarts=8,  # type: ignore[arg-type]
        metric="precomputed", random_state=3,
    ).fit(similarity)  # fmt: skip
    assert model.modularity_ == max(marks)
    assert model.labels_.tolist() == order_labels(starts[int(np.argmax(marks))]).tolist()


def test_rows_that_nothing_relates_are_communities_of_one() -> None:
    model = SimilarityCommunities(metric="precomputed").fit(np.eye(4))
    assert model.labels_.tolist() == [0, 1, 2, 3]
    assert np.isnan(model.modularity_)


@pytest.mark.slow
def test_consensus_tells_how_often_rows_meet(plant: Plant) -> None:
    clear = ConsensusClusters(3, metric="precomputed", random_state=0).fit(plant(BLOCKS))
    np.testing.assert_array_equal(
        clear.co_membership_, (BLOCKS[:, None] == BLOCKS).astype(np.float64)
    )
    np.testing.assert_array_equal(clear.membership_, np.eye(3)[BLOCKS])
    # Sector 0 is as close to the second block as to its own.
    unclear = plant(BLOCKS)
    unclear[0, 1:9] = unclear[1:9, 0] = unclear[0, 9:16] = unclear[9:16, 0] = 0.6
    model = ConsensusClusters(3, n_resamples=30, metric="precomputed", random_state=0)
    membership = model.fit(unclear).membership_
    assert 0.1 < membership[0, 0] < 0.9
    assert 0.1 < membership[0, 1] < 0.9
    assert membership[0, 2] < 0.1


def test_consensus_takes_the_methods_asked_for(plant: Plant) -> None:
    similarity = plant(BLOCKS, noise=0.2)
    model = ConsensusClusters(
        4, n_resamples=0, methods=["ward linkage"], metric="precomputed", random_state=0
    ).fit(similarity)
    assert set(np.unique(model.co_membership_)) == {0.0, 1.0}
    assert len(np.unique(model.labels_)) == 4


@pytest.mark.parametrize("kind", KINDS[1:])
def test_a_random_state_decides(kind: Any, plant: Plant) -> None:
    similarity = plant(BLOCKS, inside=0.5, outside=0.4, noise=0.3)
    models = [
        kind(metric="precomputed", random_state=state)
        for state in (5, 5, np.random.RandomState(5), np.random.RandomState(5))
    ]
    labels = [model.fit(similarity).labels_.tolist() for model in models]
    assert labels[0] == labels[1]
    assert labels[2] == labels[3]


@pytest.mark.parametrize("estimator", WITH_NUMBER, ids=repr)
@pytest.mark.parametrize(
    ("n_clusters", "message"), [(0, "at least 1"), (2.5, "whole number"), (22, "row per cluster")]
)
def test_a_number_of_clusters_that_cannot_be_is_refused(
    estimator: Any, n_clusters: float, message: str, plant: Plant
) -> None:
    with pytest.raises(ValueError, match=message):
        clone(estimator).set_params(n_clusters=n_clusters).fit(plant(BLOCKS))


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (SimilarityTree(metric="euclidean"), "'metric' must be one of cosine, precomputed"),  # type: ignore[arg-type]
        (SimilarityTree(linkage="single"), "'linkage' must be one of average, ward"),  # type: ignore[arg-type]
        (SimilarityRows(method="dbscan"), "'method' must be one of k-means, spectral"),  # type: ignore[arg-type]
        (SimilarityRows(n_neighbours=0), "'n_neighbours' must be a whole number"),
        (SimilarityCommunities(algorithm="x"), "'algorithm' must be one of leiden, louvain"),  # type: ignore[arg-type]
        (SimilarityCommunities(resolution=0.0), "'resolution' must be above 0"),
        (SimilarityCommunities(n_restarts=0), "'n_restarts' must be a whole number"),
        (ConsensusClusters(subsample=1.5), "'subsample' above 0, at most 1. Got 10 and 1.5"),
        (ConsensusClusters(n_resamples=-1), "'n_resamples' must be at least 0"),
        (ConsensusClusters(methods=["magic"]), "'methods' must be one of average linkage"),
    ],
    ids=repr,
)
def test_a_parameter_that_is_none_is_refused_on_fitting(estimator: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        estimator.fit(np.random.default_rng(0).normal(size=(8, 3)))


@pytest.mark.parametrize(
    ("similarity", "message"),
    [
        (np.array([[1.0, 0.4], [0.5, 1.0]]), "must be symmetric. Got 0.4 at row 1, column 2"),
        (np.array([[1.0, -0.4], [-0.4, 1.0]]), r"correlations r into \(1 \+ r\) / 2"),
        (np.array([[1.0, np.nan], [np.nan, 1.0]]), "contains NaN"),
        (np.array([[1.0, np.inf], [np.inf, 1.0]]), "contains infinity"),
        (np.ones((3, 2)), r"one row and column per sector: 3. Got shape \(3, 2\)"),
    ],
)
def test_what_is_no_similarity_is_refused(similarity: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SimilarityTree(metric="precomputed").fit(similarity)
