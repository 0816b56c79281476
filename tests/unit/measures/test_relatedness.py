"""Co-location, shared classification, and averages of ranks."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.relatedness import (
    average_ranks,
    calc_colocation,
    calc_shared_digits,
)

FLOAT = 1e-12
"""Rounding of a short chain of double-precision sums."""


def _symmetric(ab: float, ac: float, bc: float) -> np.ndarray:
    return np.array([[1, ab, ac], [ab, 1, bc], [ac, bc, 1]], dtype=float)


def test_colocation_is_the_correlation_of_roots_of_shares() -> None:
    jobs = np.array([[10, 20, 70], [40, 30, 30], [5, 15, 80], [60, 20, 20]], dtype=float)
    expected = np.corrcoef(np.sqrt(jobs / jobs.sum(axis=1, keepdims=True)), rowvar=False)
    np.testing.assert_allclose(calc_colocation(jobs), expected, rtol=0, atol=FLOAT)


def test_the_size_of_a_region_does_not_change_colocation() -> None:
    jobs = np.array([[10, 20, 70], [40, 30, 30], [5, 15, 80]], dtype=float)
    sized = jobs * np.array([[1.0], [7.0], [100.0]])
    np.testing.assert_allclose(calc_colocation(sized), calc_colocation(jobs), rtol=0, atol=FLOAT)


def test_a_sector_spread_evenly_is_colocated_with_none() -> None:
    colocation = calc_colocation([[50, 10, 40], [50, 20, 30], [50, 30, 20]])
    assert colocation[0].tolist() == [1.0, 0.0, 0.0]


def test_colocation_needs_three_regions() -> None:
    with pytest.raises(ValueError, match="three regions"):
        calc_colocation([[1, 2], [3, 4]])


def test_colocation_refuses_a_region_without_jobs() -> None:
    with pytest.raises(ValueError, match="must have jobs"):
        calc_colocation([[1, 2], [0, 0], [3, 4]])


def test_shared_digits_count_division_and_group() -> None:
    expected = [[2, 2, 1, 0], [2, 2, 1, 0], [1, 1, 2, 0], [0, 0, 0, 2]]
    assert calc_shared_digits(["2561", "2562", "2573", "2910"]).tolist() == expected


def test_average_of_ranks_is_the_weighted_mean_of_rank_shares() -> None:
    # By hand: ranks 1, 2, 3 and 3, 2, 1 of three pairs, the first weighing three times as much.
    first, second = _symmetric(0.1, 0.2, 0.9), _symmetric(9, 5, 2)
    mean = average_ranks([first, second], [3.0, 1.0])
    expected = [(3 * 1 + 3) / 12, (3 * 2 + 2) / 12, (3 * 3 + 1) / 12]
    np.testing.assert_allclose(mean[np.triu_indices(3, 1)], expected, rtol=FLOAT)
    assert np.diag(mean).tolist() == [1.0, 1.0, 1.0]


def test_equal_similarities_share_their_mean_rank() -> None:
    mean = average_ranks([_symmetric(0.5, 0.5, 0.9)], [1.0])
    np.testing.assert_allclose(mean[np.triu_indices(3, 1)], [0.5, 0.5, 1.0], rtol=FLOAT)


def test_values_that_differ_in_the_last_bit_tie() -> None:
    third = 0.1 + 0.2
    assert third != 0.3
    mean = average_ranks([_symmetric(third, 0.3, 0.9)], [1.0])
    assert mean[0, 1] == mean[0, 2]


def test_a_matrix_of_weight_0_has_no_say() -> None:
    first, second = _symmetric(0.1, 0.2, 0.9), _symmetric(9, 5, 2)
    np.testing.assert_array_equal(
        average_ranks([first, second], [1.0, 0.0]), average_ranks([first], [1.0])
    )


def test_a_single_sector_is_like_itself() -> None:
    assert average_ranks([np.eye(1)], [1.0]).tolist() == [[1.0]]


@pytest.mark.parametrize("weights", [[1.0], [0.0, 0.0], [1.0, 1.0, 1.0]])
def test_average_of_ranks_needs_a_weight_per_matrix(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="one weight per matrix"):
        average_ranks([np.eye(2), np.eye(2)], weights)
