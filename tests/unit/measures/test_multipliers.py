"""Multipliers, linkages and extraction: by hand, by laws, and where they are not defined."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_engine.measures.extraction import calc_extraction
from cluster_engine.measures.input_output import calc_A, calc_L
from cluster_engine.measures.linkage_indices import ONE_SECTOR, calc_linkages
from cluster_engine.measures.multipliers import (
    NO_DIRECT,
    TINY_DIRECT,
    Households,
    calc_multipliers,
    close_households,
)

FLOAT = 1e-12
"""Relative rounding of a short chain of double-precision sums."""
SOLVED = 1e-9
"""Relative rounding of a solved system, generously conditioned."""
PRINTED_8 = 5e-9
"""Half a unit of the last digit of figures printed with eight decimals."""

A = np.array(
    [
        [0.10, 0.20, 0.05, 0.02],
        [0.15, 0.10, 0.10, 0.05],
        [0.05, 0.10, 0.15, 0.10],
        [0.02, 0.05, 0.05, 0.10],
    ]
)
X = np.array([400.0, 300, 200, 100])


@st.composite
def economies(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients whose columns add up to less than 1, and an output."""
    n_sectors = draw(st.integers(1, 7))
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    table = random.random((n_sectors, n_sectors)) * (random.random((n_sectors, n_sectors)) > 0.3)
    table *= draw(st.floats(0.0, 0.9)) / np.maximum(table.sum(axis=0), 1e-9)
    output = np.linalg.solve(np.eye(n_sectors) - table, random.random(n_sectors) + 0.1)
    return table, output


def test_output_multipliers_of_the_worked_nation() -> None:
    expected = [1.51136466, 1.69736613, 1.54806466, 1.41100230]
    got = calc_multipliers(A, np.ones(4)).effects[0]
    np.testing.assert_allclose(got, expected, rtol=0, atol=PRINTED_8)


def test_type_2_multipliers_are_those_of_the_table_with_households_in_it() -> None:
    households = Households(np.array([0.1, 0.3, 0.2, 0.1]), np.array([0.3, 0.2, 0.4, 0.5]))
    closed = np.zeros((5, 5))
    closed[:4, :4], closed[:4, 4], closed[4, :4] = A, households.spending, households.income
    inverse = np.linalg.inv(np.eye(5) - closed)
    jobs = np.array([5.0, 9.0, 2.0, 7.0])
    direct = np.array([np.ones(4), jobs])
    cut = calc_multipliers(A, direct, households=households).effects
    whole = calc_multipliers(A, direct, households=households, household_direct=[1, 0]).effects
    np.testing.assert_allclose(cut[0], inverse[:4, :4].sum(axis=0), rtol=FLOAT)
    np.testing.assert_allclose(cut[1], jobs @ inverse[:4, :4], rtol=FLOAT)
    np.testing.assert_allclose(whole[0], inverse[:, :4].sum(axis=0), rtol=FLOAT)
    np.testing.assert_allclose(whole[1], cut[1], rtol=FLOAT)


def test_type_2_income_multipliers_are_the_same_ratio_above_type_1_in_every_sector() -> None:
    # Miller & Blair (2009), section 6.3.1.
    income = np.array([0.3, 0.2, 0.4, 0.5])
    households = Households(np.full(4, 0.2), income)
    first = calc_multipliers(A, income).effects[0]
    second = calc_multipliers(A, income, households=households).effects[0]
    np.testing.assert_allclose(second / first, (second / first)[0], rtol=FLOAT)


def test_a_larger_income_makes_households_spend_less_of_it_at_home() -> None:
    parts = ([10.0, 20.0], [30.0, 20.0], [100.0, 0.0])
    assert close_households(*parts).spending.tolist() == [0.2, 0.4]
    assert close_households(*parts, total_income=100.0).spending.tolist() == [0.1, 0.2]
    assert close_households(*parts).income.tolist() == [0.3, 0.0]


def test_households_that_spend_more_than_they_earn_are_refused() -> None:
    with pytest.raises(ValueError, match="spend less"):
        calc_multipliers(A, np.ones(4), households=Households(np.full(4, 2.0), np.full(4, 0.5)))


def test_a_ratio_to_no_or_to_hardly_any_direct_effect_is_not_defined() -> None:
    got = calc_multipliers(A, [0.0, 1e-5, 0.5, 1.0], smallest_direct=1e-4)
    assert got.reasons[0].tolist() == [NO_DIRECT, TINY_DIRECT, "", ""]
    assert np.isnan(got.ratios[0, :2]).all()
    assert (got.ratios[0, 2:] > 0).all()
    assert (got.effects > 0).all()


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ([[0.9, 0.9], [0.9, 0.9]], "spectral radius"),
        ([[1.0, 0.0], [0.0, 0.0]], "singular"),
        ([[np.nan, 0.0], [0.0, 0.0]], "finite"),
        ([[0.1, 0.1]], "one figure per sector"),
    ],
)
def test_tables_without_multipliers_are_refused(table: list, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        calc_multipliers(table, [1.0, 1.0])


def test_a_table_given_in_either_memory_order_is_left_as_it_was() -> None:
    for order in ("C", "F"):
        given_table = np.array(A, order=order)
        calc_multipliers(given_table, np.ones(4))
        calc_L(given_table)
        np.testing.assert_array_equal(given_table, A)


def test_single_precision_coefficients_stay_single_and_inverses_become_double() -> None:
    single = calc_A(np.float32([[1, 2], [3, 1]]), np.float32([10, 20]))
    assert single.dtype == np.float32
    assert calc_L(single).dtype == np.float64


@given(economies())
def test_multipliers_are_column_sums_of_the_inverse(economy: tuple) -> None:
    table, _ = economy
    L = calc_L(table)
    np.testing.assert_allclose((np.eye(len(L)) - table) @ L, np.eye(len(L)), atol=SOLVED)
    got = calc_multipliers(table, np.ones(len(L))).effects[0]
    np.testing.assert_allclose(got, L.sum(axis=0), rtol=SOLVED)


@given(economies())
def test_losses_are_those_of_extracting_one_sector_after_another(economy: tuple) -> None:
    table, x = economy
    f = x - table @ x
    lost = calc_extraction(table, x)
    for sector in range(len(x)):
        cut, no_purchases = table.copy(), table.copy()
        cut[sector], cut[:, sector], no_purchases[:, sector] = 0, 0, 0
        without = np.where(np.arange(len(x)) == sector, 0.0, f)
        identity = np.eye(len(x))
        gone = np.linalg.solve(identity - cut, without).sum()
        kept = np.linalg.solve(identity - cut, f).sum()
        alone = np.linalg.solve(identity - no_purchases, f).sum()
        got = (lost.complete, lost.complete_final_demand_kept, lost.backward)
        for loss, left in zip(got, (gone, kept, alone), strict=True):
            assert loss[sector] == pytest.approx(x.sum() - left, rel=SOLVED, abs=SOLVED * x.sum())


@given(economies())
def test_linkage_indices_average_1(economy: tuple) -> None:
    table, x = economy
    got = calc_linkages(table * x, x)
    for index in (got.power_of_dispersion, got.sensitivity_of_dispersion, got.ghosh_forward_index):
        assert index.mean() == pytest.approx(1.0, rel=SOLVED)
    assert (got.backward_total >= 1.0 - SOLVED).all()


def test_one_sector_has_linkages_but_no_dispersion() -> None:
    got = calc_linkages([[50.0]], [100.0])
    assert got.cv_reason == ONE_SECTOR
    assert np.isnan(got.power_cv).all()
    assert got.backward_total.tolist() == [2.0]


def test_a_sector_without_output_loses_nothing_and_links_with_nobody() -> None:
    Z, x = [[10.0, 0.0], [0.0, 0.0]], [100.0, 0.0]
    assert calc_extraction(calc_A(Z, x), x).complete[1] == 0.0
    assert calc_linkages(Z, x).ghosh_forward_total[1] == 1.0
    assert calc_linkages([[0.0, 0.0], [0.0, 0.0]], x).cv_reason == ""
