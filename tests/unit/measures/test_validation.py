"""Validation scores and modularity on cases worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.validation import (
    NO_OTHER,
    SINGLETON,
    Benchmark,
    calc_modularity,
    calc_validation,
)

# Five industries in clusters {1, 2} and {3, 4, 5}.
S = np.array(
    [
        [1, 0.9, 0.2, 0.1, 0.1],
        [0.9, 1, 0.3, 0.2, 0.1],
        [0.2, 0.3, 1, 0.8, 0.4],
        [0.1, 0.2, 0.8, 1, 0.5],
        [0.1, 0.1, 0.4, 0.5, 1],
    ]
)
LABELS = ["A", "A", "B", "B", "B"]
PRINTED = 5e-7
"""Half of the last digit given."""


def test_relatedness_within_and_between_five_industries() -> None:
    result = calc_validation(S, LABELS)
    assert result.labels.tolist() == ["A", "B"]
    np.testing.assert_allclose(result.clusters.within, [0.9, 0.566667], atol=PRINTED)
    np.testing.assert_allclose(result.clusters.between, [0.166667, 0.166667], atol=PRINTED)
    np.testing.assert_allclose(result.sectors.within, [0.9, 0.9, 0.6, 0.65, 0.45])
    expected = [0.133333, 0.2, 0.25, 0.15, 0.1]
    np.testing.assert_allclose(result.sectors.between, expected, atol=PRINTED)
    assert result.score == 1.0


def test_a_cluster_of_one_fails_and_is_counted() -> None:
    result = calc_validation(S, ["A", "A", "B", "B", "C"])
    assert result.singletons == 1
    assert result.clusters.reasons.tolist() == ["", "", SINGLETON]
    assert result.clusters.passed.tolist() == [True, True, False]
    assert result.clusters.score == pytest.approx(2 / 3)
    assert result.sectors.score == pytest.approx(4 / 5)


def test_a_single_cluster_has_nothing_to_exceed() -> None:
    result = calc_validation(S, [0] * 5)
    assert result.clusters.reasons.tolist() == [NO_OTHER]
    assert result.score == 0.0


@pytest.mark.parametrize("benchmark", ["mean", "p95", "max"])
def test_a_sector_that_is_as_close_to_all_does_not_pass_by_a_rounding_error(
    benchmark: Benchmark,
) -> None:
    """As one without known pairs: its means are sums of one figure, rounded each in its way."""
    generator = np.random.default_rng(0)
    similarity = generator.random((60, 60))
    similarity += similarity.T
    # What coagglomeration gave a sector without jobs in half of the areas.
    alike = [3, 17, 40]
    similarity[alike] = similarity[:, alike] = -0.19141888183253516
    for n_clusters in range(2, 20):
        labels = generator.integers(0, n_clusters, len(similarity))
        result = calc_validation(similarity, labels, benchmark=benchmark)
        assert not result.sectors.passed[alike].any()


def test_a_difference_beyond_rounding_counts() -> None:
    similarity = np.full((4, 4), 0.1)
    similarity[:2, :2] += 1e-9
    assert calc_validation(similarity, [0, 0, 1, 1]).sectors.passed.tolist() == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_stricter_benchmark_never_passes_more() -> None:
    labels = [0, 0, 1, 1, 2]
    mean, p95, most = (
        calc_validation(S, labels, benchmark=benchmark).sectors
        for benchmark in ("mean", "p95", "max")
    )
    assert (mean.between <= p95.between).all()
    assert (p95.between <= most.between).all()


def test_modularity_of_two_pairs_is_a_half() -> None:
    pairs = np.kron(np.eye(2), 1 - np.eye(2))
    assert calc_modularity(pairs, [0, 0, 1, 1]) == pytest.approx(0.5)
    assert calc_modularity(pairs, [0, 0, 0, 0]) == pytest.approx(0.0)
    assert calc_modularity(pairs, [0, 0, 0, 0], resolution=2.0) == pytest.approx(-1.0)
    assert np.isnan(calc_modularity(np.eye(2), [0, 1]))


@pytest.mark.parametrize(
    ("similarity", "labels", "match"),
    [
        ([[1.0, 0.5]], [0, 1], "square"),
        ([[1.0, np.nan], [np.nan, 1.0]], [0, 1], "finite"),
        ([[1.0, 0.5], [0.4, 1.0]], [0, 1], "symmetric"),
        ([[1.0, 0.5], [0.5, 1.0]], [0], "labels"),
    ],
)
def test_similarity_and_labels_are_checked(
    similarity: list[list[float]], labels: list[int], match: str
) -> None:
    with pytest.raises(ValueError, match=match):
        calc_validation(similarity, labels)
    with pytest.raises(ValueError, match=match):
        calc_modularity(similarity, labels)


def test_a_network_has_no_negative_links_and_a_benchmark_has_a_name() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        calc_modularity([[0, -1], [-1, 0]], [0, 1])
    with pytest.raises(ValueError, match="benchmark"):
        calc_validation(S, LABELS, benchmark="p50")  # type: ignore[arg-type]
