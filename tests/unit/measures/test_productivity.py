from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cluster_engine.measures.productivity import (
    FEW_GROUP_JOBS,
    NO_GROUP,
    NO_GROUP_JOBS,
    NO_KNOWN_JOBS,
    NOT_PUBLISHED,
    average_value_per_job,
    calc_value_per_job,
)

# Two areas; groups: metal (sectors 0, 1), cars (2), coal (3), nothing holds sector 4.
VALUE = np.array([[30.0, 80.0, 0.0], [20.0, np.nan, 5.0]])
JOBS = np.array([[400.0, 200.0, 1000.0, 0.0, 50.0], [100.0, 300.0, 600.0, 0.0, 50.0]])
GROUPS = np.array([0, 0, 1, 2, -1])


def test_sectors_of_a_group_share_its_value_per_job() -> None:
    found = calc_value_per_job(VALUE, JOBS, GROUPS)

    # Metal: £50m over 1,000 jobs. Cars: only the first area is published, £80m over 1,000 jobs.
    np.testing.assert_allclose(found.values, [50.0, 50.0, 80.0, np.nan, np.nan])
    np.testing.assert_allclose(found.group_jobs, [1000.0, 1000.0, 1000.0, 0.0, np.nan])
    np.testing.assert_allclose(found.group_value, [50.0, 50.0, 80.0, 5.0, np.nan])
    np.testing.assert_allclose(found.covered, [1.0, 1.0, 0.625, np.nan, np.nan])
    assert found.reasons.tolist() == ["", "", "", NO_GROUP_JOBS, NO_GROUP]


def test_area_without_any_figure_says_so() -> None:
    found = calc_value_per_job(VALUE[1:], JOBS[1:], GROUPS)

    assert found.reasons.tolist() == ["", "", NOT_PUBLISHED, NO_GROUP_JOBS, NO_GROUP]
    assert np.isnan(found.values[2])
    assert np.isnan(found.group_value[2])


def test_group_of_few_jobs_has_no_figure() -> None:
    found = calc_value_per_job(VALUE, JOBS, GROUPS, smallest_jobs=1001.0)

    assert found.reasons.tolist()[:3] == [FEW_GROUP_JOBS] * 3
    assert np.isnan(found.values).all()


def test_value_added_may_be_negative() -> None:
    assert calc_value_per_job([[-3.0]], [[100.0]], [0]).values.tolist() == [-30.0]


@given(
    arrays(np.float64, (4, 3), elements=st.floats(-100, 5000)),
    arrays(np.float64, (4, 5), elements=st.integers(1, 100_000).map(float)),
)
def test_nation_is_the_mean_of_its_areas_weighted_by_jobs(
    value: np.ndarray, jobs: np.ndarray
) -> None:
    group = np.array([0, 1, 1, 2, 2])
    nation = calc_value_per_job(value, jobs, group)
    areas = [calc_value_per_job(value[[r]], jobs[[r]], group) for r in range(4)]

    weights = np.array([area.group_jobs for area in areas])
    mean = np.average([area.values for area in areas], axis=0, weights=weights)
    np.testing.assert_allclose(nation.values, mean, rtol=1e-9, atol=1e-9)


@given(arrays(np.float64, (4, 5), elements=st.integers(1, 100_000).map(float)))
def test_jobs_times_value_per_job_give_back_the_value_added(jobs: np.ndarray) -> None:
    value = np.array([[10.0, 4.0], [0.0, 7.0], [3.0, 3.0], [8.0, 900.0]])
    found = calc_value_per_job(value, jobs, [0, 0, 0, 1, 1])

    assert (found.values * jobs.sum(axis=0)).sum() / 1000 == pytest.approx(value.sum())


@pytest.mark.parametrize(
    ("value", "jobs", "group", "named"),
    [
        ([[1.0]], [[1.0], [2.0]], [0], "value_added"),
        ([[np.inf]], [[1.0]], [0], "value_added"),
        ([[1.0]], [[-1.0]], [0], "jobs"),
        ([[1.0]], [[np.nan]], [0], "jobs"),
        ([[1.0]], [[1.0]], [1], "group_of"),
        ([[1.0]], [[1.0]], [-2], "group_of"),
        ([[1.0]], [[1.0]], [0, 0], "group_of"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    value: list[list[float]], jobs: list[list[float]], group: list[int], named: str
) -> None:
    with pytest.raises(ValueError, match=f"'{named}'"):
        calc_value_per_job(value, jobs, group)


def test_set_of_sectors_has_the_mean_of_those_known() -> None:
    found = average_value_per_job(
        [50.0, 80.0, np.nan], [[300.0, 100.0, 500.0], [0.0, 0.0, 9.0], [0.0, 0.0, 0.0]]
    )

    np.testing.assert_allclose(found.values, [57.5, np.nan, np.nan])
    assert found.reasons.tolist() == ["", NO_KNOWN_JOBS, NO_KNOWN_JOBS]


def test_set_of_another_number_of_sectors_is_refused() -> None:
    with pytest.raises(ValueError, match="'values'"):
        average_value_per_job([50.0], [[1.0, 2.0]])
