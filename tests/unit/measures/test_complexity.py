"""ECI and PCI, fitness, reflections: published case, and everything that leaves them undefined."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.complexity import calc_complexity
from cluster_engine.measures.presence import EMPTY_REGION, EMPTY_SECTOR
from cluster_engine.measures.reflections import calc_fitness, calc_reflections
from cluster_engine.measures.spectral import IN_PARTS, NO_SECOND, NO_SIGN, NOT_SINGLE

# Hidalgo & Hausmann's four countries and four products.
M = np.array([[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]], dtype=float)
ECI = [-0.07535309, -1.60291607, 0.74778820, 0.93048095]
PRINTED = 5e-9
"""Half of the last digit given."""


def _in_parts() -> np.ndarray:
    blocks = np.zeros((8, 9))
    blocks[:4, :4] = M
    blocks[4:, 4:8] = M[::-1]
    blocks[4:, 8] = [0, 1, 0, 1]
    return blocks


def test_eci_of_four_countries() -> None:
    result = calc_complexity(M)
    np.testing.assert_allclose(result.eci, ECI, atol=PRINTED)
    np.testing.assert_allclose(result.eigenvalues, [[1, 0.54213371, 0.19015430]], atol=PRINTED)
    np.testing.assert_allclose((M @ result.pci) / M.sum(axis=1), result.eci, atol=1e-12)
    assert set(result.region_reasons) | set(result.sector_reasons) == {""}


def test_a_wide_table_is_solved_on_its_shorter_side_alike() -> None:
    wide = np.hstack([M, M[:, [0]]])
    tall = np.vstack([wide, M[[2]] @ np.eye(4, 5), wide[[0]]])
    for table in (wide, tall):
        result = calc_complexity(table)
        np.testing.assert_allclose((table @ result.pci) / table.sum(axis=1), result.eci, atol=1e-12)


def test_units_without_presence_are_alone_undefined() -> None:
    padded = np.pad(M, ((0, 1), (1, 0)))
    result = calc_complexity(padded)
    np.testing.assert_allclose(result.eci[:4], ECI, atol=PRINTED)
    assert np.isnan(result.eci[4])
    assert np.isnan(result.pci[0])
    assert result.region_reasons.tolist() == ["", "", "", "", EMPTY_REGION]
    assert result.sector_reasons.tolist() == [EMPTY_SECTOR, "", "", "", ""]
    assert result.region_parts.tolist() == [0, 0, 0, 0, -1]


def test_presences_in_parts_have_no_common_index() -> None:
    result = calc_complexity(_in_parts())
    assert np.isnan(result.eci).all()
    assert set(result.region_reasons) | set(result.sector_reasons) == {IN_PARTS}
    assert result.region_parts.tolist() == [0, 0, 0, 0, 1, 1, 1, 1]
    assert result.sector_parts.tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 1]


def test_parts_can_be_worked_out_one_by_one() -> None:
    whole = _in_parts()
    result = calc_complexity(whole, parts="split")
    np.testing.assert_allclose(result.eci[:4], ECI, atol=PRINTED)
    np.testing.assert_allclose(result.eci[4:], calc_complexity(whole[4:, 4:]).eci, atol=1e-12)
    assert result.eigenvalues.shape == (2, 3)
    assert set(result.region_reasons) == {""}


def test_a_part_too_small_for_an_index_says_so_and_spares_the_rest() -> None:
    whole = np.zeros((5, 5))
    whole[:4, :4], whole[4, 4] = M, 1
    result = calc_complexity(whole, parts="split")
    np.testing.assert_allclose(result.eci[:4], ECI, atol=PRINTED)
    assert result.region_reasons.tolist() == ["", "", "", "", NO_SECOND]


@pytest.mark.parametrize("table", [np.ones((3, 4)), np.ones((1, 3)), np.ones((3, 1)), [[1]]])
def test_regions_that_hold_the_same_have_no_index(table: np.ndarray) -> None:
    result = calc_complexity(table)
    assert set(result.region_reasons) | set(result.sector_reasons) == {NO_SECOND}
    assert np.isnan(result.eci).all()
    assert np.isnan(result.pci).all()


def test_a_repeated_second_eigenvalue_has_no_index() -> None:
    result = calc_complexity(1 - np.eye(4))
    assert set(result.region_reasons) == {NOT_SINGLE}


def test_equal_diversity_leaves_the_sign_open() -> None:
    result = calc_complexity([[1, 1, 0], [0, 1, 1]])
    assert set(result.region_reasons) == {NO_SIGN}


def test_single_precision_stays_single() -> None:
    single = M.astype(np.float32)
    assert calc_complexity(single).eci.dtype == np.float32
    np.testing.assert_allclose(calc_complexity(single).eci, ECI, atol=1e-6)
    assert calc_fitness(single).fitness.dtype == np.float32
    assert calc_reflections(single, 2).regions.dtype == np.float32


@pytest.mark.parametrize("option", [{"ddof": 2}, {"pci_scale": "none"}, {"parts": "ignore"}])
def test_an_unknown_option_is_refused(option: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(option))):
        calc_complexity(M, **option)  # type: ignore[arg-type]


def test_a_table_without_any_presence_is_refused() -> None:
    nothing = np.zeros((2, 2))
    for calculate in (calc_complexity, calc_fitness, lambda table: calc_reflections(table, 1)):
        with pytest.raises(ValueError, match="at least one presence"):
            calculate(nothing)


def test_reflections_of_four_countries() -> None:
    assert calc_reflections(M, 0).regions.tolist() == [4, 1, 2, 1]
    np.testing.assert_allclose(calc_reflections(M, 1).regions, [2, 2, 2.5, 3])
    expected = [2.958333, 2.5, 2.666667, 2.333333]
    np.testing.assert_allclose(calc_reflections(M, 2).regions, expected, atol=5e-7)


def test_reflections_of_a_high_order_are_the_eci_but_for_the_sign() -> None:
    # Here they settle on the opposite sign: nothing in their rule ties it to diversity.
    scores = calc_reflections(M, 60).region_scores
    np.testing.assert_allclose(-scores, calc_complexity(M).eci, atol=1e-8)


def test_reflections_of_equal_regions_have_no_scores() -> None:
    assert np.isnan(calc_reflections(np.ones((3, 4)), 2).region_scores).all()


def test_reflections_and_fitness_leave_out_units_without_presence() -> None:
    padded = np.pad(M, ((0, 1), (0, 0)))
    for result, values in (
        (calc_fitness(padded), calc_fitness(padded).fitness),
        (calc_reflections(padded, 2), calc_reflections(padded, 2).regions),
    ):
        assert np.isnan(values[4])
        assert np.isfinite(values[:4]).all()
        assert result.region_reasons.tolist() == ["", "", "", "", EMPTY_REGION]


def test_fitness_says_whether_it_converged() -> None:
    assert calc_fitness(np.ones((3, 2))).fitness.tolist() == [1, 1, 1]
    early = calc_fitness(M, max_iterations=2)
    assert not early.converged
    assert early.iterations == 2


@pytest.mark.parametrize("option", [{"tolerance": -1.0}, {"max_iterations": 0}])
def test_fitness_limits_are_checked(option: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(option))):
        calc_fitness(M, **option)  # type: ignore[arg-type]


def test_reflection_options_are_checked() -> None:
    with pytest.raises(ValueError, match="order"):
        calc_reflections(M, -1)
