"""Laws that location quotients, their intervals, coagglomeration and shift-share must obey."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cluster_engine.measures.coagglomeration import (
    calc_coagglomeration,
    calc_group_coagglomeration,
)
from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.sector_limits import calc_sector_limits
from cluster_engine.measures.shift_share import calc_esteban_marquillas, calc_shift_share
from cluster_engine.measures.specialisation_indices import calc_theil

FLOAT = 1e-9
"""Relative: sums of up to 6 x 5 cells of very different size."""

JOBS = arrays(np.float64, (4, 5), elements=st.integers(0, 5000).map(float))
FULL = arrays(np.float64, (4, 5), elements=st.integers(1, 5000).map(float))
SIZES = arrays(np.float64, 5, elements=st.floats(1, 500))


@given(FULL)
def test_the_mean_lq_weighted_by_jobs_is_one(jobs: np.ndarray) -> None:
    lq = calc_lq(jobs, jobs.sum(axis=0)).values
    by_region = jobs.sum(axis=1) / jobs.sum()
    by_sector = jobs.sum(axis=0) / jobs.sum()
    np.testing.assert_allclose(by_region @ lq, 1, rtol=FLOAT)
    np.testing.assert_allclose(lq @ by_sector, 1, rtol=FLOAT)


@given(FULL, st.sampled_from([2.0, 1024.0, 0.25]))
def test_scaling_all_jobs_changes_no_lq(jobs: np.ndarray, factor: float) -> None:
    lq = calc_lq(jobs, jobs.sum(axis=0)).values
    np.testing.assert_array_equal(calc_lq(jobs * factor, jobs.sum(axis=0) * factor).values, lq)


@pytest.mark.slow
@given(JOBS, SIZES)
def test_limits_hold_the_lq_and_a_higher_level_holds_the_lower(
    jobs: np.ndarray, sizes: np.ndarray
) -> None:
    base = jobs.sum(axis=0)
    lq = calc_lq(jobs, base)
    narrow = calc_sector_limits(jobs, base, sizes, level=0.5)
    wide = calc_sector_limits(jobs, base, sizes, level=0.95)
    known = lq.reasons == ""
    np.testing.assert_array_equal(narrow.reasons == "", known)
    slack = FLOAT * (1 + lq.values[known])
    assert (wide.low[known] <= narrow.low[known] + slack).all()
    assert (narrow.low[known] <= lq.values[known] + slack).all()
    assert (lq.values[known] <= narrow.high[known] + slack).all()
    assert (narrow.high[known] <= wide.high[known] + slack).all()


@pytest.mark.slow
@given(FULL, SIZES, st.permutations(range(5)))
def test_the_order_of_sectors_changes_no_limit(
    jobs: np.ndarray, sizes: np.ndarray, order: list[int]
) -> None:
    limits = calc_sector_limits(jobs, jobs.sum(axis=0), sizes)
    shuffled = jobs[:, order]
    again = calc_sector_limits(shuffled, shuffled.sum(axis=0), sizes[order])
    np.testing.assert_allclose(again.low, limits.low[:, order], rtol=1e-7, atol=FLOAT)
    np.testing.assert_allclose(again.high, limits.high[:, order], rtol=1e-7, atol=FLOAT)


@given(FULL, arrays(np.float64, 4, elements=st.floats(0.05, 1)))
def test_the_group_index_is_the_weighted_mean_of_its_pairs(
    jobs: np.ndarray, share: np.ndarray
) -> None:
    pairs = calc_coagglomeration(jobs, region_share=share).values
    w = jobs.sum(axis=0) / jobs.sum()
    weights = np.outer(w, w)
    np.fill_diagonal(weights, 0)
    assume(1 - (w**2).sum() > 1e-3)
    expected = (weights * pairs).sum() / (1 - (w**2).sum())
    found = calc_group_coagglomeration(jobs, region_share=share).value
    assert found == pytest.approx(expected, rel=1e-7, abs=FLOAT)


@given(JOBS, JOBS)
def test_the_parts_of_shift_share_add_up(start: np.ndarray, end: np.ndarray) -> None:
    tables = start, end, start.sum(axis=0), end.sum(axis=0)
    parts = calc_shift_share(*tables)
    total = parts.national + parts.mix + parts.regional
    np.testing.assert_allclose(total, end - start, rtol=FLOAT, atol=1e-6)
    split = calc_esteban_marquillas(*tables)
    np.testing.assert_allclose(split.competitive + split.allocation, parts.regional, atol=1e-6)
    assert abs(parts.mix.sum()) < 1e-3 or (start.sum(axis=0) == 0).any()


@given(FULL)
def test_theil_of_regions_and_of_sectors_has_one_mean(jobs: np.ndarray) -> None:
    by_region = jobs.sum(axis=1) @ calc_theil(jobs).values
    by_sector = jobs.sum(axis=0) @ calc_theil(jobs.T).values
    assert by_region == pytest.approx(by_sector, rel=FLOAT, abs=FLOAT * jobs.sum())
