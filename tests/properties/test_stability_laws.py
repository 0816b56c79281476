"""Laws of the population stability index."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_engine.measures.population_stability import calc_psi, count_in_bins, find_edges

ROUNDING = 1e-12
amounts = st.lists(st.integers(0, 10_000), min_size=2, max_size=12).filter(any)
values = st.lists(
    st.floats(-1e6, 1e6) | st.just(float("nan")) | st.sampled_from([0.0, 1.0]),
    min_size=1, max_size=80,
)  # fmt: skip


@given(st.data(), amounts)
def test_the_index_is_symmetric_and_never_negative(data: st.DataObject, first: list[int]) -> None:
    n = len(first)
    second = data.draw(st.lists(st.integers(0, 10_000), min_size=n, max_size=n).filter(any))
    psi = calc_psi(first, second)
    assert psi == pytest.approx(calc_psi(second, first), rel=1e-9, abs=ROUNDING)
    assert psi >= -ROUNDING


@given(amounts)
def test_the_same_figures_give_nothing(counts: list[int]) -> None:
    assert calc_psi(counts, counts) == 0.0


@given(values, values)
def test_every_case_is_counted_once_and_order_does_not_matter(
    reference: list[float], present: list[float]
) -> None:
    edges = find_edges(reference, bins=10, smallest_bin=5)
    assert (np.diff(edges) > 0).all()
    counts = count_in_bins(present, edges)
    assert counts.sum() == len(present)
    assert counts.shape == (len(edges) + 2,)
    assert count_in_bins(present[::-1], edges).tolist() == counts.tolist()


@given(values)
def test_a_sample_has_not_moved_from_itself(reference: list[float]) -> None:
    edges = find_edges(reference, bins=10, smallest_bin=5)
    counts = count_in_bins(reference, edges)
    assert calc_psi(counts, count_in_bins(reference, edges.tolist())) == 0.0
