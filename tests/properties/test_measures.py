"""Laws that the measures keep on any economy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cluster_engine.measures.concentration import calc_locational_gini, calc_lq, shrink_ratio
from cluster_engine.measures.input_output import (
    calc_A,
    calc_B,
    calc_G,
    calc_io_similarity,
    calc_L,
)
from cluster_engine.measures.linkages import calc_niche_links
from cluster_engine.measures.regionalisation import calc_flq, calc_regional_A
from cluster_engine.measures.relatedness import average_ranks, calc_colocation

FLOAT = 1e-9
"""Relative: sums and inverses of at most eight sectors, well conditioned by construction."""
NOISE = 1e-12
"""Absolute: rounding around a bound."""
EXAMPLES = settings(max_examples=40)
"""Enough for tables of a few cells, in a second or less each."""

sizes = st.integers(1, 7)
jobs_tables = st.tuples(sizes, sizes).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(0, 10_000).map(float))
)
positive_tables = st.tuples(st.integers(3, 7), sizes).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.integers(1, 10_000).map(float))
)
flow_tables = sizes.flatmap(
    lambda n: arrays(np.float64, (n, n), elements=st.integers(0, 1_000).map(float))
)


def _symmetric(matrix: np.ndarray) -> np.ndarray:
    return np.triu(matrix, 1) + np.triu(matrix, 1).T


matrix_pairs = st.integers(2, 7).flatmap(
    lambda n: st.tuples(*[arrays(np.float64, (n, n), elements=st.integers(-50, 50).map(float))] * 2)
)


@EXAMPLES
@given(jobs_tables)
def test_the_mean_lq_of_a_sector_weighted_by_jobs_of_regions_is_1(jobs: np.ndarray) -> None:
    lq = calc_lq(jobs, jobs.sum(axis=0))
    weights = jobs.sum(axis=1) / max(jobs.sum(), 1.0)
    means = np.nansum(lq.values * weights[:, None], axis=0)
    held = jobs.sum(axis=0) > 0
    np.testing.assert_allclose(means[held], 1.0, rtol=FLOAT)


@EXAMPLES
@given(jobs_tables)
def test_the_mean_lq_of_a_region_weighted_by_jobs_of_sectors_is_1(jobs: np.ndarray) -> None:
    lq = calc_lq(jobs, jobs.sum(axis=0))
    shares = jobs.sum(axis=0) / max(jobs.sum(), 1.0)
    means = np.nansum(lq.values * shares, axis=1)
    held = jobs.sum(axis=1) > 0
    np.testing.assert_allclose(means[held], 1.0, rtol=FLOAT)


@EXAMPLES
@given(jobs_tables, st.sampled_from([0.001, 0.5, 3.0, 1000.0]))
def test_lq_is_unchanged_when_all_jobs_are_scaled(jobs: np.ndarray, factor: float) -> None:
    before = calc_lq(jobs, jobs.sum(axis=0))
    after = calc_lq(jobs * factor, (jobs * factor).sum(axis=0))
    np.testing.assert_allclose(after.values, before.values, rtol=FLOAT)
    np.testing.assert_array_equal(after.reasons, before.reasons)


@EXAMPLES
@given(jobs_tables)
def test_lq_is_undefined_exactly_where_it_has_a_reason(jobs: np.ndarray) -> None:
    lq = calc_lq(jobs, jobs.sum(axis=0))
    np.testing.assert_array_equal(np.isnan(lq.values), lq.reasons != "")
    empty = (jobs.sum(axis=1) == 0)[:, None] | (jobs.sum(axis=0) == 0)
    np.testing.assert_array_equal(lq.reasons != "", empty)


@EXAMPLES
@given(
    arrays(np.float64, 5, elements=st.integers(0, 5_000).map(float)),
    arrays(np.float64, 5, elements=st.floats(0.01, 5_000)),
    st.floats(0.1, 50.0),
)
def test_a_shrunken_ratio_is_between_the_observed_one_and_1(
    observed: np.ndarray, expected: np.ndarray, strength: float
) -> None:
    mean = shrink_ratio(observed, expected, prior_strength=strength, threshold=1.25).mean
    ratio = observed / expected
    slack = 1.0 + FLOAT
    assert (mean <= np.maximum(ratio, 1.0) * slack).all()
    assert (mean * slack >= np.minimum(ratio, 1.0)).all()


@EXAMPLES
@given(st.floats(0.01, 500.0), st.floats(0.1, 50.0), st.floats(0.1, 4.0))
def test_the_probability_of_specialisation_rises_with_what_is_observed(
    expected: float, strength: float, threshold: float
) -> None:
    observed = np.linspace(0.0, 1_000.0, 60)
    probability = shrink_ratio(
        observed, np.full(60, expected), prior_strength=strength, threshold=threshold
    ).probability_above
    assert (np.diff(probability) >= -NOISE).all()
    assert ((probability >= 0.0) & (probability <= 1.0)).all()


@EXAMPLES
@given(jobs_tables)
def test_the_locational_gini_is_in_0_to_1_and_undefined_only_without_jobs(
    jobs: np.ndarray,
) -> None:
    gini = calc_locational_gini(jobs)
    np.testing.assert_array_equal(np.isnan(gini), jobs.sum(axis=0) == 0)
    known = gini[~np.isnan(gini)]
    assert (known >= -NOISE).all()
    assert (known < 1.0).all()


@EXAMPLES
@given(
    arrays(np.float64, 5, elements=st.integers(1, 1_000).map(float)),
    arrays(np.float64, 4, elements=st.integers(1, 1_000).map(float)),
)
def test_the_locational_gini_is_0_where_all_sectors_are_spread_alike(
    regions: np.ndarray, sectors: np.ndarray
) -> None:
    gini = calc_locational_gini(np.outer(regions, sectors))
    np.testing.assert_allclose(gini, 0.0, rtol=0, atol=NOISE)


@EXAMPLES
@given(jobs_tables, st.randoms(use_true_random=False))
def test_the_locational_gini_does_not_depend_on_the_order_of_regions(
    jobs: np.ndarray, random: object
) -> None:
    order = list(range(len(jobs)))
    random.shuffle(order)  # type: ignore[attr-defined]
    np.testing.assert_allclose(
        calc_locational_gini(jobs[order]), calc_locational_gini(jobs), rtol=FLOAT, atol=NOISE
    )


def _output_of(flows: np.ndarray) -> np.ndarray:
    """Output above what is sold and bought, so that every industry has value added."""
    return 1.5 * np.maximum(flows.sum(axis=0), flows.sum(axis=1)) + 1.0


@EXAMPLES
@given(flow_tables)
def test_the_leontief_inverse_undoes_i_minus_a(flows: np.ndarray) -> None:
    A = calc_A(flows, _output_of(flows))
    identity = np.eye(len(A))
    np.testing.assert_allclose((identity - A) @ calc_L(A), identity, rtol=0, atol=FLOAT)


@EXAMPLES
@given(flow_tables)
def test_the_leontief_inverse_is_at_least_the_identity(flows: np.ndarray) -> None:
    L = calc_L(calc_A(flows, _output_of(flows)))
    assert (np.eye(len(L)) - NOISE <= L).all()


@EXAMPLES
@given(flow_tables)
def test_the_ghosh_inverse_is_the_leontief_inverse_rescaled_by_output(flows: np.ndarray) -> None:
    x = _output_of(flows)
    G, L = calc_G(calc_B(flows, x)), calc_L(calc_A(flows, x))
    np.testing.assert_allclose(G, L * x[None, :] / x[:, None], rtol=FLOAT, atol=NOISE)


@EXAMPLES
@given(flow_tables)
def test_io_similarity_is_symmetric_and_in_0_to_1(flows: np.ndarray) -> None:
    similarity = calc_io_similarity(flows)
    np.testing.assert_array_equal(similarity, similarity.T)
    assert ((similarity >= 0.0) & (similarity <= 1.0 + NOISE)).all()


@EXAMPLES
@given(flow_tables, st.floats(0.01, 1.0), st.floats(0.0, 0.99), st.data())
def test_regional_coefficients_are_between_0_and_the_national_ones(
    flows: np.ndarray, share: float, delta: float, data: st.DataObject
) -> None:
    A = calc_A(flows, _output_of(flows))
    lq = data.draw(arrays(np.float64, len(A), elements=st.sampled_from([0.0, 0.2, 1.0, 5.0])))
    regional = calc_regional_A(A, calc_flq(lq, region_share=share, delta=delta))
    assert ((regional >= 0.0) & (regional <= A)).all()


@EXAMPLES
@given(flow_tables, st.floats(0.01, 0.99))
def test_a_larger_delta_never_raises_a_regional_coefficient(
    flows: np.ndarray, share: float
) -> None:
    A = calc_A(flows, _output_of(flows))
    lq = np.linspace(0.0, 2.0, len(A))
    low, high = (
        calc_regional_A(A, calc_flq(lq, region_share=share, delta=delta)) for delta in (0.1, 0.4)
    )
    assert (high <= low + NOISE).all()


@EXAMPLES
@given(flow_tables, st.data())
def test_leakage_is_between_0_and_demand(flows: np.ndarray, data: st.DataObject) -> None:
    n_io = len(flows)
    shares = data.draw(arrays(np.float64, (2, n_io), elements=st.floats(0.0, 0.5)))
    lq = data.draw(arrays(np.float64, n_io, elements=st.sampled_from([0.0, 0.5, 1.0, 4.0])))
    links = calc_niche_links(
        flows, flows.T / 3.0, _output_of(flows), niche_shares=shares, lq=lq, region_share=0.1,
        delta=0.3,
    )  # fmt: skip
    assert (links.leakage >= -FLOAT * (1.0 + links.demand)).all()
    assert (links.leakage <= links.demand * (1.0 + FLOAT) + NOISE).all()
    assert ((links.main_input_share >= 0.0) & (links.main_input_share <= 1.0 + NOISE)).all()


@EXAMPLES
@given(positive_tables)
def test_colocation_is_symmetric_in_minus_1_to_1_with_diagonal_1(jobs: np.ndarray) -> None:
    colocation = calc_colocation(jobs)
    np.testing.assert_allclose(colocation, colocation.T, rtol=0, atol=NOISE)
    assert (np.abs(colocation) <= 1.0).all()
    assert (np.diag(colocation) == 1.0).all()


@EXAMPLES
@given(matrix_pairs, st.floats(0.0, 3.0), st.floats(0.1, 3.0))
def test_an_average_of_ranks_is_symmetric_in_0_to_1_with_diagonal_1(
    pair: tuple[np.ndarray, np.ndarray], first: float, second: float
) -> None:
    mean = average_ranks([_symmetric(matrix) for matrix in pair], [first, second])
    np.testing.assert_array_equal(mean, mean.T)
    assert ((mean >= 0.0) & (mean <= 1.0 + NOISE)).all()
    assert (np.diag(mean) == 1.0).all()


@pytest.mark.parametrize("transform", [np.exp, np.cbrt])
@EXAMPLES
@given(matrix_pairs)
def test_a_monotone_transform_of_one_matrix_does_not_change_the_average_of_ranks(
    transform: object, pair: tuple[np.ndarray, np.ndarray]
) -> None:
    first, second = (_symmetric(matrix) / 10.0 for matrix in pair)
    np.testing.assert_array_equal(
        average_ranks([transform(first), second], [1.0, 2.0]),  # type: ignore[operator]
        average_ranks([first, second], [1.0, 2.0]),
    )
