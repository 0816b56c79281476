"""Input-output measures, against Miller & Blair and a worked regional table."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.input_output import (
    calc_A,
    calc_B,
    calc_G,
    calc_io_similarity,
    calc_L,
    calc_profile_similarity,
)
from cluster_engine.measures.regionalisation import calc_flq, calc_regional_A

PRINTED_8 = 5e-9
"""Half a unit of the last digit of figures printed with eight decimals."""
PRINTED_12 = 5e-13
"""Half a unit of the last digit of figures printed with twelve decimals."""
PRINTED_6 = 5e-7
"""Half a unit of the last digit of figures printed with six decimals."""
FLOAT = 1e-12
"""Rounding of a short chain of double-precision sums."""

MILLER_BLAIR_Z, MILLER_BLAIR_X = [[150, 500], [200, 100]], [1000, 2000]
NATION, REGION = np.array([400.0, 300, 200, 100]), np.array([60.0, 15, 20, 5])
R = REGION.sum() / NATION.sum()
A = np.array(
    [
        [0.10, 0.20, 0.05, 0.02],
        [0.15, 0.10, 0.10, 0.05],
        [0.05, 0.10, 0.15, 0.10],
        [0.02, 0.05, 0.05, 0.10],
    ]
)
SLQ = [1.5, 0.5, 1.0, 0.5]
CILQ = [
    [1.5, 3, 1.5, 3],
    [0.333333, 0.5, 0.5, 1],
    [0.666667, 2, 1, 2],
    [0.333333, 1, 0.5, 0.5],
]
LAMBDA = {0.1: 0.820033100157, 0.2: 0.672454285353, 0.25: 0.608945544156, 0.3: 0.551434772332}
LAMBDA_8_PERCENT = {0.1: 0.802684, 0.2: 0.644301, 0.25: 0.577247, 0.3: 0.517170, 0.4: 0.415124}
MULTIPLIERS = {
    0.1: [1.22643628, 1.48931046, 1.30946280, 1.26855193],
    0.2: [1.20302082, 1.45697409, 1.25675870, 1.24043034],
    0.25: [1.18172474, 1.44046030, 1.22875621, 1.22774985],
    0.3: [1.16202103, 1.42562083, 1.20369943, 1.21645704],
}


def _multipliers(coefficients: np.ndarray) -> np.ndarray:
    return calc_L(coefficients).sum(axis=0)


def test_technical_coefficients_are_those_of_miller_and_blair() -> None:
    assert calc_A(MILLER_BLAIR_Z, MILLER_BLAIR_X).tolist() == [[0.15, 0.25], [0.20, 0.05]]


def test_leontief_inverse_is_that_of_miller_and_blair() -> None:
    L = calc_L(calc_A(MILLER_BLAIR_Z, MILLER_BLAIR_X))
    expected = [[1.25412541, 0.33003300], [0.26402640, 1.12211221]]
    np.testing.assert_allclose(L, expected, rtol=0, atol=PRINTED_8)


def test_leontief_inverse_gives_output_from_final_demand() -> None:
    x = np.array(MILLER_BLAIR_X, float)
    final = x - np.sum(MILLER_BLAIR_Z, axis=1)
    L = calc_L(calc_A(MILLER_BLAIR_Z, MILLER_BLAIR_X))
    np.testing.assert_allclose(L @ final, x, rtol=FLOAT)


def test_allocation_coefficients_divide_rows_by_output() -> None:
    assert calc_B(MILLER_BLAIR_Z, MILLER_BLAIR_X).tolist() == [[0.15, 0.5], [0.1, 0.05]]


def test_ghosh_inverse_gives_output_from_value_added() -> None:
    x = np.array(MILLER_BLAIR_X, float)
    added = x - np.sum(MILLER_BLAIR_Z, axis=0)
    G = calc_G(calc_B(MILLER_BLAIR_Z, MILLER_BLAIR_X))
    np.testing.assert_allclose(added @ G, x, rtol=FLOAT)


def test_a_sector_without_output_has_coefficients_zero() -> None:
    Z, x = [[1.0, 0.0], [2.0, 0.0]], [10.0, 0.0]
    assert calc_A(Z, x)[:, 1].tolist() == [0.0, 0.0]
    assert calc_B(Z, x)[1].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("Z", "x"), [([[1, 2], [3, 4]], [1, 2, 3]), ([1, 2], [1, 2]), ([[1, 2]], [1])]
)
def test_tables_of_the_wrong_shape_are_refused(Z: list, x: list) -> None:
    with pytest.raises(ValueError, match="square"):
        calc_A(Z, x)


def test_negative_output_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        calc_A([[1.0]], [-1.0])


def test_a_singular_economy_has_no_leontief_inverse() -> None:
    with pytest.raises(ValueError, match="singular"):
        calc_L([[1.0]])


def test_an_economy_that_eats_more_than_it_makes_has_no_leontief_inverse() -> None:
    with pytest.raises(ValueError, match="spectral radius"):
        calc_L([[0.9, 0.9], [0.9, 0.9]])


def test_national_multipliers_are_the_worked_ones() -> None:
    expected = [1.51136466, 1.69736613, 1.54806466, 1.41100230]
    np.testing.assert_allclose(_multipliers(A), expected, rtol=0, atol=PRINTED_8)


def test_slq_of_the_worked_region_is_the_lq_of_its_output() -> None:
    np.testing.assert_allclose(calc_lq([REGION], NATION).values[0], SLQ, rtol=FLOAT)


def test_multipliers_with_slq_are_the_worked_ones() -> None:
    # SLQ is one quotient per supplying row.
    regional = calc_regional_A(A, np.tile(np.array(SLQ)[:, None], 4))
    expected = [1.32777860, 1.51080508, 1.38067189, 1.26567672]
    np.testing.assert_allclose(_multipliers(regional), expected, rtol=0, atol=PRINTED_8)


def test_with_delta_0_flq_is_cilq_with_slq_on_the_diagonal() -> None:
    flq = calc_flq(SLQ, region_share=R, delta=0.0)
    np.testing.assert_allclose(flq, CILQ, rtol=0, atol=PRINTED_6)
    expected = [1.25690360, 1.53105902, 1.37884534, 1.30481638]
    got = _multipliers(calc_regional_A(A, flq))
    np.testing.assert_allclose(got, expected, rtol=0, atol=PRINTED_8)


@pytest.mark.parametrize("delta", sorted(LAMBDA))
def test_flq_is_cilq_times_the_worked_lambda(delta: float) -> None:
    flq = calc_flq(SLQ, region_share=R, delta=delta)
    # Row 3 has SLQ 1, so its diagonal is lambda itself.
    assert flq[2, 2] == pytest.approx(LAMBDA[delta], abs=PRINTED_12)
    np.testing.assert_allclose(
        flq, calc_flq(SLQ, region_share=R, delta=0.0) * LAMBDA[delta], rtol=FLOAT
    )


@pytest.mark.parametrize("delta", sorted(LAMBDA_8_PERCENT))
def test_lambda_of_a_region_with_8_percent_of_the_nation_is_the_worked_one(delta: float) -> None:
    flq = calc_flq([1.0], region_share=0.08, delta=delta)
    assert flq[0, 0] == pytest.approx(LAMBDA_8_PERCENT[delta], abs=PRINTED_6)


@pytest.mark.parametrize("delta", sorted(MULTIPLIERS))
def test_multipliers_with_flq_are_the_worked_ones(delta: float) -> None:
    regional = calc_regional_A(A, calc_flq(SLQ, region_share=R, delta=delta))
    np.testing.assert_allclose(_multipliers(regional), MULTIPLIERS[delta], rtol=0, atol=PRINTED_8)


def test_regional_coefficients_are_never_above_the_national_ones() -> None:
    flq = calc_flq([9.0, 0.1, 0.0, 1.0], region_share=R, delta=0.1)
    regional = calc_regional_A(A, flq)
    assert (regional <= A).all()
    assert (regional >= 0).all()


def test_a_supplier_the_region_lacks_supplies_nothing() -> None:
    flq = calc_flq([0.0, 1.0, 0.0], region_share=0.1, delta=0.3)
    assert (flq[[0, 2]] == 0).all()
    assert np.isinf(flq[1, 0])
    assert not np.isnan(flq).any()


def test_the_whole_nation_has_lambda_1() -> None:
    assert calc_flq([1.0], region_share=1.0, delta=0.3)[0, 0] == 1.0


@pytest.mark.parametrize(
    ("share", "delta", "word"),
    [
        (0.0, 0.3, "region_share"),
        (1.1, 0.3, "region_share"),
        (float("nan"), 0.3, "region_share"),
        (0.1, 1.0, "delta"),
        (0.1, -0.1, "delta"),
    ],
)
def test_flq_refuses_parameters_out_of_range(share: float, delta: float, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        calc_flq([1.0], region_share=share, delta=delta)


def test_io_similarity_is_the_largest_of_four_shares() -> None:
    # By hand, pair (1, 2): 500/600 bought, 200/350 bought, 500/650 sold, 200/300 sold.
    similarity = calc_io_similarity(MILLER_BLAIR_Z)
    assert similarity[0, 1] == pytest.approx(500 / 600, abs=FLOAT)
    assert similarity[1, 0] == similarity[0, 1]


def test_a_sector_that_trades_with_nobody_has_io_similarity_zero() -> None:
    assert calc_io_similarity([[0, 0], [0, 5]])[0].tolist() == [0.0, 0.0]


FLOWS = np.array([[10.0, 40, 5, 20], [30, 0, 25, 10], [5, 60, 20, 40], [15, 10, 30, 5]])


def _correlate(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def test_profile_similarity_is_the_largest_of_four_correlations_of_feser_and_bergman() -> None:
    bought = [FLOWS[:, i] / FLOWS[:, i].sum() for i in range(4)]
    sold = [FLOWS[i] / FLOWS[i].sum() for i in range(4)]
    similarity = calc_profile_similarity(FLOWS)
    kinds = set()
    for k in range(4):
        for m in range(4):
            four = [
                _correlate(bought[k], bought[m]), _correlate(sold[k], sold[m]),
                _correlate(bought[k], sold[m]), _correlate(sold[k], bought[m]),
            ]  # fmt: skip
            expected = 1.0 if k == m else max(four)
            assert similarity[k, m] == pytest.approx(expected, abs=FLOAT)
            kinds |= {int(np.argmax(four))} if k != m else set()
    assert len(kinds) > 2  # the case is one in which it matters which of the four is largest
    np.testing.assert_array_equal(similarity, similarity.T)


def test_profiles_of_three_sectors_by_hand() -> None:
    # Sectors 0 and 1 sell to the same customers in the same shares; their purchases differ.
    similarity = calc_profile_similarity([[1, 2, 3], [2, 4, 6], [5, 1, 3]])
    assert similarity[0, 1] == pytest.approx(1.0)
    assert np.diag(similarity).tolist() == [1.0, 1.0, 1.0]


def test_the_unit_of_flows_does_not_change_profiles() -> None:
    np.testing.assert_allclose(
        calc_profile_similarity(FLOWS * 1e6), calc_profile_similarity(FLOWS), rtol=0, atol=FLOAT
    )


def test_a_sector_that_trades_with_nobody_is_like_none() -> None:
    flows = np.zeros((5, 5))
    flows[:4, :4] = FLOWS
    similarity = calc_profile_similarity(flows)
    assert np.isnan(similarity[4, :4]).all()
    assert np.isnan(similarity[:4, 4]).all()
    assert np.isfinite(similarity[:4, :4]).all()
    assert similarity[4, 4] == 1.0


def test_a_sector_that_only_buys_is_compared_by_what_it_buys() -> None:
    flows = FLOWS.copy()
    flows[3] = 0.0
    similarity = calc_profile_similarity(flows)
    bought = [flows[:, i] / flows[:, i].sum() for i in range(4)]
    sold = [flows[i] / flows[i].sum() for i in range(3)]
    expected = max(_correlate(bought[3], bought[0]), _correlate(bought[3], sold[0]))
    assert similarity[3, 0] == pytest.approx(expected, abs=FLOAT)
