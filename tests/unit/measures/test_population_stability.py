"""The population stability index, worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cluster_engine.measures.population_stability import (
    calc_chance_psi,
    calc_psi,
    count_in_bins,
    find_edges,
)


def test_an_index_worked_by_hand() -> None:
    # Shares 0.2, 0.3, 0.5 become 0.3, 0.3, 0.4:
    # 0.1 ln(1.5) + 0 + (-0.1) ln(0.8) = 0.0405465 + 0.0223144
    assert calc_psi([20, 30, 50], [30, 30, 40]) == pytest.approx(0.0628609, abs=1e-7)


def test_the_number_of_cases_does_not_matter_for_filled_bins() -> None:
    assert calc_psi([20, 30, 50], [3, 3, 4]) == pytest.approx(calc_psi([2, 3, 5], [300, 300, 400]))


def test_a_bin_empty_on_one_side_counts_as_half_a_case() -> None:
    # 0.005 against 0.1, and 1 against 0.9, of 100 cases each.
    expected = (0.1 - 0.005) * math.log(0.1 / 0.005) + (0.9 - 1.0) * math.log(0.9 / 1.0)
    assert calc_psi([0, 100], [10, 90]) == pytest.approx(expected)


def test_a_bin_empty_on_both_sides_says_nothing() -> None:
    assert calc_psi([20, 0, 80], [3, 0, 7]) == pytest.approx(calc_psi([20, 80], [3, 7]))


@pytest.mark.parametrize("counts", [([0, 0], [1, 2]), ([1, 2], [0, 0])])
def test_nothing_on_a_side_gives_no_figure(counts: tuple[list[int], list[int]]) -> None:
    assert math.isnan(calc_psi(*counts))


@pytest.mark.parametrize("counts", [([1, 2], [1, 2, 3]), ([1, -2], [1, 2])])
def test_other_bins_and_negative_amounts_are_refused(counts: tuple[list[int], list[int]]) -> None:
    with pytest.raises(ValueError, match="same bins"):
        calc_psi(*counts)


def test_bins_hold_equal_counts_of_the_reference() -> None:
    edges = find_edges(np.arange(100.0), bins=4, smallest_bin=20)
    assert edges.tolist() == [24.0, 49.0, 74.0]
    assert count_in_bins(np.arange(100.0), edges).tolist() == [25, 25, 25, 25, 0]


def test_few_cases_get_few_bins_and_never_less_than_two() -> None:
    assert len(find_edges(np.arange(60.0), bins=10, smallest_bin=20)) == 2
    assert len(find_edges(np.arange(5.0), bins=10, smallest_bin=20)) == 1


def test_what_is_not_known_has_a_bin_of_its_own() -> None:
    values = np.array([1.0, np.nan, 2.0, np.inf, np.nan])
    assert count_in_bins(values, [1.0]).tolist() == [1, 1, 3]
    assert find_edges([np.nan], bins=10, smallest_bin=20).size == 0


@pytest.mark.parametrize("other", [3.0, 5.0])
def test_a_constant_that_changes_is_seen_on_either_side(other: float) -> None:
    edges = find_edges(np.full(50, 4.0), bins=10, smallest_bin=5)
    before = count_in_bins(np.full(50, 4.0), edges)
    assert before.max() == 50
    assert calc_psi(before, count_in_bins(np.full(50, other), edges)) > 1.0


def test_a_planted_shift_is_found_and_another_draw_is_not() -> None:
    generator = np.random.default_rng(0)
    reference, again = generator.normal(size=(2, 2000))
    edges = find_edges(reference, bins=10, smallest_bin=20)
    before, same, moved = (
        count_in_bins(values, edges) for values in (reference, again, again + 0.5)
    )
    assert calc_psi(before, same) < calc_chance_psi(2000, 2000, 10, 0.99) < 0.1
    # Two normals half a standard deviation apart: Jeffreys' divergence is 0.25.
    assert calc_psi(before, moved) == pytest.approx(0.25, abs=0.05)


def test_chance_after_yurdakul() -> None:
    # 95 % point of chi-squared with 9 degrees of freedom: 16.919 (any table).
    assert calc_chance_psi(100, 300, 10, 0.95) == pytest.approx(16.919 * (1 / 100 + 1 / 300), 1e-4)
    assert calc_chance_psi(100, 300, 1, 0.95) == 0.0
