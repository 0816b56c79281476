"""Balancing: what is met, and what is refused in plain words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_engine.measures.balancing import balance_gras, balance_ras

MET = 1e-12
"""Relative miss of a total after balancing to 1e-13 of the largest."""


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 10_000))
def test_ras_meets_the_totals_with_factors_of_rows_and_columns(
    n_rows: int, n_columns: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    Z, wanted = random.random((n_rows, n_columns)) + 0.05, random.random((n_rows, n_columns)) + 0.05
    got = balance_ras(Z, wanted.sum(axis=1), wanted.sum(axis=0))
    scale = max(wanted.sum(axis=1).max(), wanted.sum(axis=0).max())
    np.testing.assert_allclose(got.values.sum(axis=1), wanted.sum(axis=1), atol=MET * scale)
    np.testing.assert_allclose(got.values.sum(axis=0), wanted.sum(axis=0), atol=MET * scale)
    np.testing.assert_allclose(
        got.values, np.outer(got.row_factors, got.column_factors) * Z, rtol=MET
    )


def test_a_balanced_table_stays_as_it_is_and_the_report_says_so() -> None:
    Z = np.array([[1.0, 2.0], [3.0, 0.0]])
    got = balance_ras(Z, [3, 3], [4, 2])
    np.testing.assert_allclose(got.values, Z, rtol=MET)
    assert got.iterations == 1
    assert got.largest_error < MET


def test_a_row_that_is_to_be_empty_becomes_empty() -> None:
    got = balance_ras([[1.0, 2.0], [3.0, 4.0]], [0, 10], [4, 6])
    np.testing.assert_allclose(got.values, [[0, 0], [4, 6]], rtol=MET)


def test_gras_without_negative_cells_is_ras() -> None:
    Z, u, v = [[1.0, 2.0], [3.0, 4.0]], [5, 5], [6, 4]
    np.testing.assert_allclose(balance_gras(Z, u, v).values, balance_ras(Z, u, v).values, rtol=MET)


def test_gras_keeps_signs_and_zeros() -> None:
    Z = np.array([[5.0, -2.0, 0.0], [1.0, 4.0, 3.0], [0.0, 2.0, 6.0]])
    got = balance_gras(Z, [4, 9, 7], [7, 5, 8]).values
    np.testing.assert_array_equal(np.sign(got), np.sign(Z))
    np.testing.assert_allclose(got.sum(axis=1), [4, 9, 7], rtol=MET)
    np.testing.assert_allclose(got.sum(axis=0), [7, 5, 8], rtol=MET)


def test_totals_that_the_zeros_forbid_are_refused_with_the_rows_and_columns_at_fault() -> None:
    # Rows 0 and 1 may only use column 0, which has room for 5 of the 8 they want.
    Z = [[1, 0, 0], [1, 0, 0], [1, 1, 1]]
    with pytest.raises(ValueError, match=r"rows 0, 1 .*want 8, but column 0 .*room for 5"):
        balance_ras(Z, [4, 4, 4], [5, 4, 3])


@pytest.mark.parametrize(
    ("Z", "u", "v", "word"),
    [
        ([[1, 1], [1, 1]], [1, 1], [1, 2], "same sum"),
        ([[0, 0], [1, 1]], [1, 1], [1, 1], "row 0 .*only zeros"),
        ([[0, 1], [0, 1]], [1, 1], [1, 1], "column 0 .*only zeros"),
        ([[-1, 2], [1, 1]], [1, 1], [1, 1], "balance_gras"),
        ([[1, 1], [1, 1]], [-1, 2], [0, 1], "at least 0"),
        ([[1, 1]], [1, 1], [1, 1], "one row and column per total"),
        ([[np.nan, 1], [1, 1]], [1, 1], [1, 1], "finite"),
    ],
)
def test_what_ras_cannot_balance_is_refused(Z: list, u: list, v: list, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        balance_ras(Z, u, v)


def test_too_few_rounds_are_told_with_the_error_that_is_left() -> None:
    with pytest.raises(ValueError, match="after 2 rounds"):
        balance_ras([[1.0, 9.0], [5.0, 1.0]], [3, 7], [8, 2], max_iterations=2)


def test_gras_refuses_a_total_without_a_cell_of_its_sign() -> None:
    with pytest.raises(ValueError, match="row 0"):
        balance_gras([[-1.0, 0.0], [1.0, 1.0]], [1, 1], [1, 1])
