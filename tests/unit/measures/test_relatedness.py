"""Co-location, shared classification, and averages of ranks."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.relatedness import (
    average_ranks,
    calc_colocation,
    calc_profile_correlation,
    calc_shared_digits,
    lift_similarity,
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


def test_a_pair_unknown_in_one_matrix_has_the_mean_of_the_others() -> None:
    # By hand: ranks 1, 2 of two known pairs, and 3, 2, 1 of three with twice the weight.
    first, second = _symmetric(0.1, np.nan, 0.9), _symmetric(9, 5, 2)
    mean = average_ranks([first, second], [1.0, 2.0])
    expected = [(1 / 2 + 2 * 3 / 3) / 3, 2 / 3, (2 / 2 + 2 * 1 / 3) / 3]
    np.testing.assert_allclose(mean[np.triu_indices(3, 1)], expected, rtol=FLOAT)
    np.testing.assert_array_equal(mean, mean.T)


def test_a_pair_unknown_in_every_matrix_has_similarity_0() -> None:
    first, second = _symmetric(0.1, np.nan, 0.9), _symmetric(np.nan, np.nan, 2)
    mean = average_ranks([first, second], [1.0, 1.0])
    assert mean[np.triu_indices(3, 1)].tolist() == [0.5, 0.0, 1.0]
    unknown = average_ranks([_symmetric(np.nan, np.nan, np.nan)], [1.0])
    assert unknown.tolist() == np.eye(3).tolist()


def test_a_matrix_of_weight_0_does_not_tell_what_others_do_not_know() -> None:
    first, second = _symmetric(0.1, np.nan, 0.9), _symmetric(9, 5, 2)
    mean = average_ranks([first, second], [1.0, 0.0])
    assert mean[0, 2] == 0.0


def test_profile_correlation_is_that_of_columns() -> None:
    profiles = np.array([[0.5, 0.1, 0.2], [0.3, 0.2, 0.2], [0.1, 0.3, 0.1], [0.1, 0.4, 0.5]])
    expected = np.corrcoef(profiles, rowvar=False)
    np.testing.assert_allclose(calc_profile_correlation(profiles), expected, rtol=0, atol=FLOAT)
    # By hand: the columns (1, 2, 3), (3, 2, 1) and (1, 3, 2) have correlations -1, 1/2, -1/2.
    by_hand = calc_profile_correlation([[1, 3, 1], [2, 2, 3], [3, 1, 2]])
    np.testing.assert_allclose(by_hand, _symmetric(-1.0, 0.5, -0.5), rtol=0, atol=FLOAT)


@pytest.mark.parametrize("profile", [[0.1, 0.1, 0.1], [7e8, 7e8, 7e8], [0, 0, 0], [1, np.nan, 2]])
def test_a_profile_that_is_constant_or_unknown_correlates_with_none(profile: list[float]) -> None:
    correlation = calc_profile_correlation(np.array([[1, 2, 4], profile, [3, 5, 4]]).T)
    assert np.isnan(correlation[1, [0, 2]]).all()
    assert np.isnan(correlation[[0, 2], 1]).all()
    assert correlation[0, 2] == pytest.approx(np.corrcoef([1, 2, 4], [3, 5, 4])[0, 1])
    assert correlation[0, 0] == correlation[2, 2] == 1.0


def test_the_unit_of_a_profile_does_not_change_its_correlation() -> None:
    profiles = np.random.default_rng(0).uniform(0.0, 1.0, (6, 4))
    scaled = calc_profile_correlation(profiles * [1.0, 1e-9, 1e9, 5.0] + [0.0, 0.0, 0.0, 3.0])
    np.testing.assert_allclose(scaled, calc_profile_correlation(profiles), rtol=0, atol=FLOAT)


@pytest.mark.parametrize("profiles", [[[1, 2], [3, 4]], [1, 2, 3]])
def test_profiles_need_three_features(profiles: list[object]) -> None:
    with pytest.raises(ValueError, match="at least three features"):
        calc_profile_correlation(profiles)


def test_lifted_similarity_is_the_weighted_mean_over_industries() -> None:
    industries = _symmetric(0.2, 0.4, 0.6)
    shares = [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 1.0]]
    lifted = lift_similarity(industries, shares)
    # By hand: 1/2 1 + 1/2 0.2; 0.4; 1/2 0.4 + 1/2 0.6; 1/4 (1 + 0.2 + 0.2 + 1).
    expected = [[1.0, 0.6, 0.4], [0.6, 0.6, 0.5], [0.4, 0.5, 1.0]]
    np.testing.assert_allclose(lifted, expected, rtol=FLOAT)


def test_lifting_one_to_one_changes_nothing_and_one_to_many_repeats() -> None:
    industries = _symmetric(0.2, np.nan, 0.6)
    np.testing.assert_array_equal(lift_similarity(industries, np.eye(3)), industries)
    shares = np.eye(3)[[0, 0, 2]]
    expected = industries[np.ix_([0, 0, 2], [0, 0, 2])]
    np.testing.assert_array_equal(lift_similarity(industries, shares), expected)


def test_lifting_takes_the_mean_over_the_pairs_that_are_known() -> None:
    industries = _symmetric(0.2, np.nan, 0.6)
    lifted = lift_similarity(industries, [[0.5, 0.5, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    assert lifted[0, 1] == pytest.approx(0.6)  # 0.6 is known, its other half is not
    assert np.isnan(lifted[1, 2])
    # A sector in no industry is like none.
    assert np.isnan(lift_similarity(industries, [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])[0]).all()
