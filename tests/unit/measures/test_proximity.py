"""Proximity, density, relatedness by co-occurrence and by job changes."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.cooccurrence import (
    Index,
    calc_cooccurrence_relatedness,
    calc_relatedness_z,
)
from cluster_engine.measures.proximity import NO_RELATED, calc_density, calc_proximity
from cluster_engine.measures.skills import NO_INFLOW, NO_OUTFLOW, calc_skill_relatedness

# Hidalgo & Hausmann's four countries and four products.
M = np.array([[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]], dtype=float)
PRINTED = 5e-7
"""Half of the last digit given."""
UPPER = np.triu_indices(4, 1)


def test_proximity_of_four_countries() -> None:
    third, two = 1 / 3, 2 / 3
    expected = [[1, 0.5, 0.5, third], [0.5, 1, 0.5, third], [0.5, 0.5, 1, two],
                [third, third, two, 1]]  # fmt: skip
    np.testing.assert_allclose(calc_proximity(M), expected)


def test_density_of_four_countries() -> None:
    phi = calc_proximity(M)
    without = [[1, 1, 1, 1], [0.375, 0, 0.3, 0.25], [0.625, 0.625, 0.4, 0.5], [0.25, 0.25, 0.4, 0]]
    own = [[1, 1, 1, 1], [0.214286, 0.428571, 0.1875, 0.142857],
           [0.357143, 0.357143, 0.625, 0.714286], [0.142857, 0.142857, 0.25, 0.428571]]  # fmt: skip
    np.testing.assert_allclose(calc_density(M, phi).values, without, atol=1e-15)
    with_own = calc_density(M, phi, include_own=True).values
    np.testing.assert_allclose(with_own, own, atol=PRINTED)


def test_nearest_density_is_a_weighted_share_not_a_count() -> None:
    phi = np.array([[1, 0.8, 0.4, 0.1], [0.8, 1, 0.3, 0.2], [0.4, 0.3, 1, 0.2], [0.1, 0.2, 0.2, 1]])
    nearest = calc_density([[0, 1, 0, 1], [1, 1, 1, 0]], phi, neighbours=2).values
    # By hand: sector 3 has two at 0.2 (sectors 1 and 2), sector 2 has 0.4 and 0.3.
    expected = [[0.8 / 1.2, 0.0, 0.3 / 0.7, 0.5], [1.0, 1.0, 1.0, 1.0]]
    np.testing.assert_allclose(nearest, expected)


def test_sectors_that_tie_at_the_last_place_all_count() -> None:
    phi = np.full((4, 4), 0.5)
    nearest = calc_density([[1, 0, 0, 0]], phi, neighbours=1).values
    np.testing.assert_allclose(nearest, [[0.0, 1 / 3, 1 / 3, 1 / 3]])


def test_a_sector_without_related_sectors_has_no_density() -> None:
    presences = [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0]]
    density = calc_density(presences, calc_proximity(presences))
    assert density.sector_reasons.tolist() == ["", "", NO_RELATED, NO_RELATED]
    assert np.isnan(density.values[:, 2:]).all()
    assert np.isfinite(density.values[:, :2]).all()


def test_single_precision_stays_single_and_arguments_stay_as_they_are() -> None:
    single = M.astype(np.float32)
    phi = calc_proximity(single)
    before = phi.copy()
    density = calc_density(single, phi).values
    assert phi.dtype == density.dtype == np.float32
    np.testing.assert_array_equal(phi, before)
    np.testing.assert_allclose(density, calc_density(M, calc_proximity(M)).values, atol=1e-6)


@pytest.mark.parametrize("phi", [np.eye(3), -np.eye(4), np.full((4, 4), np.nan)])
def test_relatedness_must_fit_and_be_finite_and_not_negative(phi: np.ndarray) -> None:
    with pytest.raises(ValueError, match="relatedness"):
        calc_density(M, phi)


@pytest.mark.parametrize("neighbours", [0, 4])
def test_neighbours_are_fewer_than_sectors(neighbours: int) -> None:
    with pytest.raises(ValueError, match="neighbours"):
        calc_density(M, calc_proximity(M), neighbours=neighbours)


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("association", (1.555556, 1.166667, 1.75)),
        ("probability", (1.222222, 0.873016, 1.25)),
        ("cosine", (1 / 3, 0.288675, 0.5)),
        ("jaccard", (0.2, 0.166667, 1 / 3)),
    ],
)
def test_relatedness_of_four_products(index: Index, expected: tuple[float, ...]) -> None:
    relatedness = calc_cooccurrence_relatedness(M, index, size="co-occurrences")
    got = relatedness[[0, 0, 2], [1, 2, 3]]
    np.testing.assert_allclose(got, expected, atol=PRINTED)
    assert np.diag(relatedness).tolist() == [0, 0, 0, 0]


def test_proximity_is_the_smaller_conditional_probability() -> None:
    given = calc_cooccurrence_relatedness(M, "conditional")
    assert given[0, 3] == pytest.approx(1 / 3)
    assert given[3, 0] == 1.0
    np.testing.assert_allclose(np.minimum(given, given.T)[UPPER], calc_proximity(M)[UPPER])


def test_an_unknown_index_or_size_is_refused() -> None:
    with pytest.raises(ValueError, match="'index'"):
        calc_cooccurrence_relatedness(M, "dice")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="'size'"):
        calc_cooccurrence_relatedness(M, size="rows")  # type: ignore[arg-type]


def test_a_sector_that_is_everywhere_or_nowhere_has_no_z() -> None:
    z = calc_relatedness_z([[1, 0, 1, 0], [1, 0, 0, 1], [1, 0, 1, 1]])
    assert np.isnan(z[0, 1:]).all()
    assert np.isnan(z[1, 2:]).all()
    # Expected 4/3 together, seen 1; variance 4/3 · (1/3) · (1/2) = 2/9.
    assert z[2, 3] == pytest.approx((1 - 4 / 3) / np.sqrt(2 / 9))
    with pytest.raises(ValueError, match="two regions"):
        calc_relatedness_z([[1, 0]])


def test_skill_relatedness_by_hand() -> None:
    result = calc_skill_relatedness([[50, 6, 2], [3, 0, 3], [1, 1, 9]])
    assert result.ratio[0].tolist() == pytest.approx([0.0, 6 * 16 / (8 * 7), 2 * 16 / (8 * 5)])
    assert result.scaled[0, 1] == pytest.approx((12 / 7 - 1) / (12 / 7 + 1))
    assert result.symmetric_scaled[0, 0] == -1.0


def test_a_sector_nobody_leaves_or_joins_says_so() -> None:
    result = calc_skill_relatedness([[0, 2, 0], [0, 0, 0], [1, 1, 0]])
    assert result.from_reasons.tolist() == ["", NO_OUTFLOW, ""]
    assert result.to_reasons.tolist() == ["", "", NO_INFLOW]
    assert np.isnan(result.ratio[1]).all()
    assert np.isnan(result.ratio[:, 2]).all()
    assert calc_skill_relatedness(np.ones((2, 2), np.float32)).scaled.dtype == np.float32


@pytest.mark.parametrize("flows", [[[0, 1]], [[0, -1], [1, 0]], [[5, 0], [0, 5]]])
def test_flows_are_square_not_negative_and_between_sectors(flows: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="flows"):
        calc_skill_relatedness(flows)
