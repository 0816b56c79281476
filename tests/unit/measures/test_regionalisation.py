"""Quotients between sectors and regional tables: worked figures, traps, laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_engine.measures.regional_table import (
    calc_gap,
    calc_leakage_band,
    calc_regional_table,
    calc_sourced_demand,
)
from cluster_engine.measures.regionalisation import (
    calc_aflq,
    calc_cilq,
    calc_flq,
    calc_lambda,
    calc_regional_A,
    calc_rlq,
    calc_sflq,
)

FLOAT = 1e-12
"""Rounding of a short chain of double-precision sums."""
PRINTED_8 = 5e-9
"""Half a unit of the last digit of figures printed with eight decimals."""

SLQ = np.array([1.5, 0.5, 1.0, 0.5])
SHARE = 0.1
FLOWS = np.array([[40.0, 60, 10, 2], [60, 30, 20, 5], [20, 30, 30, 10], [8, 15, 10, 10]])
IMPORTS = np.array([[5.0, 6, 1, 0], [0, 3, 2, 1], [2, 0, 3, 1], [1, 1, 1, 0]])
OUTPUT = np.array([400.0, 300, 200, 100])
SHARES = np.array([0.15, 0.05, 0.10, 0.05])

quotients = st.lists(st.floats(0.0, 9.0), min_size=4, max_size=4).map(np.array)


def test_aflq_of_the_worked_region() -> None:
    got = calc_aflq(SLQ, region_share=SHARE, delta=0.3)[0]
    expected = [1.09343568, 1.65430432, 0.82715216, 1.65430432]
    np.testing.assert_allclose(got, expected, rtol=0, atol=PRINTED_8)


def test_aflq_is_flq_but_for_users_the_region_is_specialised_in() -> None:
    flq = calc_flq(SLQ, region_share=SHARE, delta=0.3)
    aflq = calc_aflq(SLQ, region_share=SHARE, delta=0.3)
    np.testing.assert_allclose(aflq[:, 1:], flq[:, 1:], rtol=FLOAT)
    np.testing.assert_allclose(aflq[:, 0], flq[:, 0] * np.log2(2.5), rtol=FLOAT)


def test_the_diagonal_is_slq_times_lambda_and_neither_lambda_nor_slq() -> None:
    diagonal = np.diag(calc_flq(SLQ, region_share=SHARE, delta=0.3))
    scale = float(calc_lambda(SHARE, 0.3))
    np.testing.assert_allclose(diagonal, SLQ * scale, rtol=FLOAT)
    assert diagonal[0] != pytest.approx(scale)
    assert diagonal[0] != pytest.approx(SLQ[0])


def test_a_row_of_flq_differs_by_user() -> None:
    # The trap is SLQ_i lambda along the whole row.
    row = calc_flq(SLQ, region_share=SHARE, delta=0.3)[0]
    assert len(set(row.tolist())) > 1


def test_sflq_with_one_delta_for_all_is_flq() -> None:
    same = calc_sflq(SLQ, region_share=SHARE, deltas=np.full(4, 0.3))
    np.testing.assert_array_equal(same, calc_flq(SLQ, region_share=SHARE, delta=0.3))
    with pytest.raises(ValueError, match="deltas"):
        calc_sflq(SLQ, region_share=SHARE, deltas=[0.3, 0.3])


def test_absent_suppliers_supply_nothing_and_absent_users_weigh_nothing() -> None:
    slq = [0.0, 1.0, 0.0]
    for matrix in (calc_cilq(slq), calc_rlq(slq)):
        assert (matrix[[0, 2]] == 0).all()
        assert np.isinf(matrix[1, [0, 2]]).all()
        assert (calc_regional_A(np.full((3, 3), 0.1), matrix)[1] == 0.1).all()


@pytest.mark.parametrize("slq", [[-0.1, 1.0], [[1.0]]])
def test_quotients_that_cannot_be_are_refused(slq: list) -> None:
    with pytest.raises(ValueError, match="slq"):
        calc_cilq(slq)


def test_single_precision_coefficients_stay_single() -> None:
    assert calc_regional_A(np.float32([[0.1]]), [[0.5]]).dtype == np.float32


def test_the_table_of_a_region_adds_up_to_what_it_buys() -> None:
    flq = calc_flq(SLQ, region_share=SHARE, delta=0.3)
    table = calc_regional_table(FLOWS, IMPORTS, OUTPUT, shares=SHARES, quotients=flq)
    total = table.regional + table.interregional + table.imports
    np.testing.assert_allclose(total, (FLOWS + IMPORTS) * SHARES, rtol=FLOAT)
    np.testing.assert_allclose(table.A * table.output, table.regional, rtol=FLOAT)
    demand = calc_sourced_demand(FLOWS, IMPORTS, shares=SHARES[None], quotients=flq)
    for part in ("regional", "interregional", "imports"):
        np.testing.assert_allclose(
            getattr(demand, part)[0], getattr(table, part).sum(axis=1), rtol=FLOAT, atol=FLOAT
        )


@given(quotients, st.floats(0.01, 1.0))
def test_leakage_rises_with_delta_and_never_exceeds_demand(slq: np.ndarray, share: float) -> None:
    band = calc_leakage_band(
        FLOWS, shares=SHARES[None], lq=slq, region_share=share, deltas=[0.1, 0.3, 0.4]
    )
    assert (np.diff(band, axis=0) >= -FLOAT).all()
    assert (band >= 0).all()
    assert (band <= (FLOWS @ SHARES) * (1 + FLOAT)).all()


@given(quotients, st.floats(0.01, 1.0), st.floats(0.0, 0.9))
def test_origins_add_up_to_demand(slq: np.ndarray, share: float, delta: float) -> None:
    flq = calc_flq(slq, region_share=share, delta=delta)
    got = calc_sourced_demand(FLOWS, IMPORTS, shares=np.diag(SHARES), quotients=flq)
    parts = got.regional + got.interregional + got.imports
    np.testing.assert_allclose(parts, got.total, rtol=FLOAT, atol=FLOAT)


def test_a_nation_that_is_its_own_region_leaks_nothing_but_imports() -> None:
    ones = np.ones(4)
    flq = calc_flq(ones, region_share=1.0, delta=0.3)
    got = calc_sourced_demand(FLOWS, IMPORTS, shares=ones[None], quotients=flq)
    assert (got.interregional == 0).all()
    np.testing.assert_allclose(got.imports[0], IMPORTS.sum(axis=1))


def test_a_gap_of_unknown_relatedness_is_unknown() -> None:
    got = calc_gap([100.0, 50.0, 10.0], [0.5, np.nan, 0.0])
    assert got[0] == 50.0
    assert np.isnan(got[1])
    assert got[2] == 0.0
    with pytest.raises(ValueError, match="relatedness"):
        calc_gap([1.0], [1.1])


@pytest.mark.parametrize("shares", [[0.1, 0.2], [0.1, 0.2, 0.3, 1.5], [0.1, 0.2, 0.3, np.nan]])
def test_shares_that_cannot_be_are_refused(shares: list) -> None:
    with pytest.raises(ValueError, match="shares"):
        calc_sourced_demand(FLOWS, IMPORTS, shares=[shares], quotients=np.ones((4, 4)))
