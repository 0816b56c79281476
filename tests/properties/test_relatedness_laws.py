"""Laws of relatedness, complexity and validation that hold for any table."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from cluster_engine.measures.complexity import calc_complexity
from cluster_engine.measures.cooccurrence import calc_cooccurrence_relatedness
from cluster_engine.measures.presence import calc_presence
from cluster_engine.measures.proximity import calc_density, calc_proximity
from cluster_engine.measures.skills import calc_skill_relatedness
from cluster_engine.measures.transitions import calc_transitions
from cluster_engine.measures.validation import calc_modularity, calc_validation

FLOAT = 1e-9
"""Rounding of sums, and of eigenvectors whose eigenvalues are not close."""
APART = 1e-4
"""Gap between eigenvalues that leaves eigenvectors known to ``FLOAT``."""

SHAPES = array_shapes(min_dims=2, max_dims=2, min_side=2, max_side=9)
PRESENCES = arrays(np.float64, SHAPES, elements=st.sampled_from([0.0, 1.0]))


def _is_apart(result: object) -> bool:
    values = result.eigenvalues  # type: ignore[attr-defined]
    gaps = -np.diff(np.nan_to_num(values[0], nan=0.0))
    return bool(np.isfinite(result.eci).any() and gaps.min() > APART)  # type: ignore[attr-defined]


@given(PRESENCES)
def test_proximity_is_symmetric_between_0_and_1_and_conditional_at_least_it(M: np.ndarray) -> None:
    phi = calc_proximity(M)
    assert (phi == phi.T).all()
    assert ((phi >= 0) & (phi <= 1)).all()
    assert (np.diag(phi) == (M.sum(axis=0) > 0)).all()
    conditional = calc_cooccurrence_relatedness(M, "conditional")
    np.fill_diagonal(phi, 0.0)
    assert (conditional >= phi - FLOAT).all()


@given(PRESENCES, st.booleans(), st.integers(0, 8))
def test_density_is_a_share_whose_complement_is_that_of_the_absent(
    M: np.ndarray, include_own: bool, neighbours: int
) -> None:
    k = neighbours if 0 < neighbours < M.shape[1] else None
    phi = calc_proximity(M)
    held = calc_density(M, phi, include_own=include_own, neighbours=k).values
    absent = calc_density(1.0 - M, phi, include_own=include_own, neighbours=k).values
    defined = np.isfinite(held)
    assert ((held[defined] >= 0) & (held[defined] <= 1)).all()
    np.testing.assert_allclose((held + absent)[defined], 1.0, rtol=FLOAT)


@given(PRESENCES, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_does_not_matter(M: np.ndarray, random: object) -> None:
    rows, columns = list(range(M.shape[0])), list(range(M.shape[1]))
    random.shuffle(rows)  # type: ignore[attr-defined]
    random.shuffle(columns)  # type: ignore[attr-defined]
    moved = M[np.ix_(rows, columns)]
    phi, moved_phi = calc_proximity(M), calc_proximity(moved)
    np.testing.assert_array_equal(moved_phi, phi[np.ix_(columns, columns)])
    nearest = calc_density(M, phi, neighbours=1).values
    moved_nearest = calc_density(moved, moved_phi, neighbours=1).values
    np.testing.assert_allclose(moved_nearest, nearest[np.ix_(rows, columns)], atol=FLOAT)
    if M.any():
        result, moved_result = calc_complexity(M), calc_complexity(moved)
        if _is_apart(result) and _is_apart(moved_result):
            np.testing.assert_allclose(moved_result.eci, result.eci[rows], atol=FLOAT)
            np.testing.assert_allclose(moved_result.pci, result.pci[columns], atol=FLOAT)


@given(PRESENCES)
def test_eci_is_the_mean_pci_of_the_basket_and_goes_up_with_diversity(M: np.ndarray) -> None:
    if not M.any():
        return
    result = calc_complexity(M)
    assert (np.isnan(result.eci) == (result.region_reasons != "")).all()
    assert (np.isnan(result.pci) == (result.sector_reasons != "")).all()
    if not _is_apart(result):
        return
    held = np.isfinite(result.eci)
    basket = M[held] @ np.nan_to_num(result.pci) / M[held].sum(axis=1)
    np.testing.assert_allclose(basket, result.eci[held], atol=FLOAT)
    assert result.eci[held].mean() <= FLOAT
    np.testing.assert_allclose(result.eci[held].std(), 1.0, rtol=FLOAT)
    diversity = M[held].sum(axis=1)
    assert (diversity - diversity.mean()) @ result.eci[held] > 0


@given(PRESENCES, st.integers(2, 4))
def test_copies_of_every_region_leave_proximity_and_pci_as_they_are(
    M: np.ndarray, copies: int
) -> None:
    many = np.repeat(M, copies, axis=0)
    np.testing.assert_allclose(calc_proximity(many), calc_proximity(M), rtol=FLOAT)
    if M.any() and _is_apart(calc_complexity(M)):
        np.testing.assert_allclose(calc_complexity(many).pci, calc_complexity(M).pci, atol=FLOAT)


@given(arrays(np.float64, SHAPES, elements=st.floats(0.0, 8.0)), st.floats(0.5, 4.0))
def test_a_higher_threshold_never_adds_a_presence(lq: np.ndarray, threshold: float) -> None:
    low, high = calc_presence(lq, threshold=threshold), calc_presence(lq, threshold=2 * threshold)
    assert (high.M <= low.M).all()


@given(PRESENCES)
def test_swapping_the_years_swaps_entries_and_exits(M: np.ndarray) -> None:
    other = M[::-1]
    there, back = calc_transitions(M, other), calc_transitions(other, M)
    np.testing.assert_array_equal(there.entered, back.left)
    total = there.entered.astype(int) + there.left + there.stayed + there.absent
    assert (total == 1).all()


@given(st.integers(2, 7).flatmap(lambda n: arrays(np.int64, (n, n), elements=st.integers(0, 50))))
def test_expected_flows_have_skill_relatedness_1_on_average(flows: np.ndarray) -> None:
    F = flows.astype(float)
    np.fill_diagonal(F, 0.0)
    if not F.any():
        return
    result = calc_skill_relatedness(flows)
    expected = np.outer(F.sum(axis=1), F.sum(axis=0)) / F.sum()
    np.testing.assert_allclose(np.nansum(result.ratio * expected), F.sum(), rtol=FLOAT)
    defined = np.isfinite(result.scaled)
    assert ((result.scaled[defined] >= -1) & (result.scaled[defined] <= 1)).all()
    tenfold = calc_skill_relatedness(10 * flows).ratio
    np.testing.assert_allclose(tenfold, result.ratio, rtol=FLOAT)


@given(st.integers(3, 40), st.integers(0, 2**32 - 1))
def test_marks_do_not_depend_on_the_order_of_sectors(n_sectors: int, seed: int) -> None:
    """Not even where figures are equal, and only the order of their sum tells means apart."""
    rng = np.random.default_rng(seed)
    S = rng.choice([0.1, 0.3, 0.7], (n_sectors, n_sectors))
    S = np.maximum(S, S.T)
    labels = rng.integers(0, 3, n_sectors)
    mixed = rng.permutation(n_sectors)
    for benchmark in ("mean", "p95", "max"):
        first = calc_validation(S, labels, benchmark=benchmark)
        second = calc_validation(S[np.ix_(mixed, mixed)], labels[mixed], benchmark=benchmark)
        assert first.score == second.score
        assert (first.sectors.passed[mixed] == second.sectors.passed).all()


@given(st.integers(3, 9), st.integers(0, 2**32 - 1))
def test_marks_do_not_depend_on_the_names_of_clusters(n_sectors: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    S = rng.random((n_sectors, n_sectors))
    S += S.T
    labels = rng.integers(0, 3, n_sectors)
    renamed = np.array([7, 3, 5])[labels]
    for benchmark in ("mean", "p95", "max"):
        first = calc_validation(S, labels, benchmark=benchmark)
        second = calc_validation(S, renamed, benchmark=benchmark)
        assert (first.score, first.singletons) == (second.score, second.singletons)
    assert abs(calc_modularity(S, labels) - calc_modularity(S, renamed)) < FLOAT
    assert calc_modularity(S, labels) <= 1.0
