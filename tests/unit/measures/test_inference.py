"""Intervals of location quotients: published figures, edges, and what they must agree on."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.inference import NO_LOG_ERROR, calc_log_lq_error, calc_lq_limits
from cluster_engine.measures.job_tables import NO_REGION_JOBS, NO_SECTOR_JOBS
from cluster_engine.measures.lq_growth import (
    NO_JOBS_AT_START,
    NO_JOBS_EITHER_YEAR,
    Year,
    calc_lq_growth,
)
from cluster_engine.measures.multiplicity import (
    adjust_level,
    adjust_level_for_selected,
    adjust_p_values,
)
from cluster_engine.measures.sector_limits import (
    NO_PLANT_SIZE,
    calc_p_not_above,
    calc_sector_limits,
)
from cluster_engine.measures.shrinkage import calc_shrunk_limits, estimate_prior_strength

PRINTED_7 = 5e-8
"""Half a unit of the last digit of figures printed with seven decimals."""
PRINTED_6 = 5e-7
"""Half a unit of the last digit of figures printed with six decimals."""
ROUNDED_QUANTILE = 2e-8
"""The figure was worked out with 1.959964 for the normal quantile 1.95996398: 4.10081550."""
FLOAT = 1e-12
"""Rounding of a short chain of double-precision sums."""
SEARCH = 1e-9
"""Relative: limits are searched for on a log scale to 2e-13, then transformed."""
METHODS = ("score", "likelihood", "fieller", "delta")

TEXTBOOK = (1714, 79006, 879213, 15593224)
SMALL = (12, 200, 250, 10000)


def test_delta_error_of_the_textbook_region_is_the_worked_one() -> None:
    assert calc_log_lq_error(*TEXTBOOK) == pytest.approx(0.0238667, abs=PRINTED_7)
    limits = calc_lq_limits(*TEXTBOOK, level=0.95, method="delta")
    assert limits.low == pytest.approx(0.367178, abs=PRINTED_6)
    assert limits.high == pytest.approx(0.403188, abs=PRINTED_6)


def test_delta_error_of_the_small_region_is_the_worked_one() -> None:
    assert calc_log_lq_error(*SMALL) == pytest.approx(0.273330, abs=PRINTED_6)
    limits = calc_lq_limits(*SMALL, level=0.95, method="delta")
    assert limits.low == pytest.approx(1.404599, abs=PRINTED_6)
    assert limits.high == pytest.approx(4.100816, abs=PRINTED_6 + ROUNDED_QUANTILE)


def test_plants_widen_the_error_by_the_root_of_their_size() -> None:
    with_plants = calc_log_lq_error(*TEXTBOOK, plant_size=25.0)
    assert with_plants == pytest.approx(5 * calc_log_lq_error(*TEXTBOOK), rel=FLOAT)


@pytest.mark.parametrize("method", METHODS)
def test_with_many_plants_all_methods_agree(method: str) -> None:
    score = calc_lq_limits(*TEXTBOOK)
    other = calc_lq_limits(*TEXTBOOK, method=method)
    assert other.low == pytest.approx(score.low, rel=1e-3)
    assert other.high == pytest.approx(score.high, rel=1e-3)


@pytest.mark.parametrize("method", ["score", "likelihood"])
def test_a_sector_absent_or_wholly_in_the_region_still_has_limits(method: str) -> None:
    limits = calc_lq_limits([0, 10], [50, 50], [10, 10], [200, 200], method=method)
    assert limits.low[0] == 0
    assert 0 < limits.high[0] < 1
    assert 1 < limits.low[1] < 4
    assert limits.high[1] == pytest.approx(4, rel=SEARCH)


def test_delta_says_why_it_has_no_error() -> None:
    limits = calc_lq_limits([0, 10], [50, 50], [10, 10], [200, 200], method="delta")
    assert (limits.reasons == NO_LOG_ERROR).all()
    assert np.isnan(limits.low).all()


def test_a_region_that_is_the_base_has_lq_one_for_certain() -> None:
    limits = calc_lq_limits(10, 200, 10, 200)
    assert limits.low == limits.high == 1
    sectors = calc_sector_limits([3, 4], [3, 4], [1, 1])
    assert (sectors.low == 1).all()
    assert (sectors.high == 1).all()


def test_an_economy_of_one_sector_has_lq_one_for_certain() -> None:
    limits = calc_sector_limits([3], [10], [2])
    assert limits.low[0] == limits.high[0] == 1


@pytest.mark.parametrize(
    "arguments", [(5, 4, 10, 20), (5, 8, 4, 20), (5, 8, 10, 9), (-1, 8, 10, 9)]
)
def test_a_table_that_cannot_be_is_refused(arguments: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"include the region|at least 0"):
        calc_lq_limits(*arguments)


@pytest.mark.parametrize("level", [0.0, 1.0, float("nan")])
def test_a_level_outside_0_and_1_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="level"):
        calc_lq_limits(*SMALL, level=level)


def test_sectors_without_limits_say_why() -> None:
    base = [100, 0, 50, 60]
    limits = calc_sector_limits([[5, 0, 3, 2], [0, 0, 0, 0]], base, [10, 10, np.nan, 10])
    assert limits.reasons[0].tolist() == ["", NO_SECTOR_JOBS, NO_PLANT_SIZE, ""]
    assert (limits.reasons[1] == NO_REGION_JOBS).all()
    np.testing.assert_array_equal(np.isnan(limits.low), limits.reasons != "")
    np.testing.assert_array_equal(np.isnan(limits.high), limits.reasons != "")


@pytest.mark.parametrize(
    ("jobs", "base", "size", "word"),
    [
        ([5, 1], [4, 9], [1, 1], "include the jobs"),
        ([5, 1], [9, 9, 9], [1, 1], "same sectors"),
        ([5, 1], [9, 9], [0, 1], "plant_size"),
        ([np.nan, 1], [9, 9], [1, 1], "finite"),
    ],
)
def test_sectors_that_cannot_be_are_refused(jobs: list, base: list, size: list, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        calc_sector_limits(jobs, base, size)


def test_one_plant_is_never_fewer_than_one() -> None:
    # The plants of a band may on paper be larger than the whole sector.
    limits = calc_sector_limits([10, 90], [10, 990], [500, 10])
    assert 0 < limits.low[0] < calc_lq([[10, 90]], [10, 990]).values[0, 0]


def test_the_p_value_and_the_low_limit_tell_the_same() -> None:
    rng = np.random.default_rng(3)
    base = rng.lognormal(8, 1, 60)
    jobs = base * rng.beta(2, 20, 60)
    size = rng.lognormal(4, 1, 60)
    p = calc_p_not_above(jobs, base, size, threshold=1.25)
    low = calc_sector_limits(jobs, base, size, level=0.9).low
    np.testing.assert_array_equal(p < 0.05, low > 1.25)
    assert 0 < (p < 0.05).sum() < 60


def test_ninety_of_a_hundred_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(11)
    plants = [np.clip(rng.lognormal(2, 1.2, 400).round(), 1, 2000) for _ in range(40)]
    base = np.array([sizes.sum() for sizes in plants])
    size = np.array([(sizes**2).sum() for sizes in plants]) / base
    chance = 0.09 * rng.gamma(4, 0.25, 40)
    truth = chance / (base @ chance / base.sum())
    jobs = np.array(
        [
            [sizes @ (rng.random(400) < q) for sizes, q in zip(plants, chance, strict=True)]
            for _ in range(60)
        ]
    )
    limits = calc_sector_limits(jobs, base, size, level=0.9)
    assert 0.88 < ((limits.low <= truth) & (truth <= limits.high)).mean() < 0.92
    naive = calc_sector_limits(jobs, base, np.ones(40), level=0.9)
    assert ((naive.low <= truth) & (truth <= naive.high)).mean() < 0.5


@pytest.mark.parametrize(
    ("strength", "observed", "expected", "low", "high"),
    [(5.0, 12, 5, 0.990313, 2.598300), (20.0, 3, 1, 0.694287, 1.586108)],
)
def test_shrunk_limits_are_the_worked_ones(
    strength: float, observed: float, expected: float, low: float, high: float
) -> None:
    found = calc_shrunk_limits(observed, expected, prior_strength=strength, level=0.95)
    assert found[0] == pytest.approx(low, abs=PRINTED_6)
    assert found[1] == pytest.approx(high, abs=PRINTED_6)


def test_prior_strength_is_found_again() -> None:
    rng = np.random.default_rng(5)
    expected = rng.lognormal(2, 1, 4000)
    for strength in (1.0, 6.0):
        observed = rng.poisson(expected * rng.gamma(strength, 1 / strength, 4000))
        assert estimate_prior_strength(observed, expected) == pytest.approx(strength, rel=0.1)
    assert estimate_prior_strength(expected, expected) > 500
    with pytest.raises(ValueError, match="expected"):
        estimate_prior_strength([1.0], [0.0])


def test_bonferroni_and_benjamini_hochberg_by_hand() -> None:
    p = [0.01, np.nan, 0.04, 0.03, 0.5]
    bonferroni = adjust_p_values(p, "bonferroni")
    np.testing.assert_allclose(bonferroni, [0.04, np.nan, 0.16, 0.12, 1.0], rtol=FLOAT)
    hochberg = adjust_p_values(p, "benjamini-hochberg")
    np.testing.assert_allclose(hochberg, [0.04, np.nan, 0.16 / 3, 0.16 / 3, 0.5], rtol=FLOAT)
    np.testing.assert_array_equal(adjust_p_values(p, "none"), p)
    assert np.isnan(adjust_p_values([np.nan], "benjamini-hochberg")).all()
    with pytest.raises(ValueError, match="from 0 to 1"):
        adjust_p_values([1.2], "bonferroni")


def test_levels_for_many_intervals() -> None:
    assert adjust_level(0.9, 10) == pytest.approx(0.99, rel=FLOAT)
    assert adjust_level_for_selected(0.9, 5, 10) == pytest.approx(0.95, rel=FLOAT)
    assert adjust_level_for_selected(0.9, 10, 10) == pytest.approx(0.9, rel=FLOAT)
    for arguments in ((0.9, 0, 10), (0.9, 11, 10), (1.0, 1, 1)):
        with pytest.raises(ValueError, match=r"selected|level"):
            adjust_level_for_selected(*arguments)


def test_growth_holds_its_ratio_and_correlation_narrows_it() -> None:
    start = Year([40, 60, 100], [400, 1000, 2000], [5, 5, 5])
    end = Year([80, 60, 100], [400, 1000, 2000], [5, 5, 5])
    free = calc_lq_growth(start, end)
    tied = calc_lq_growth(start, end, correlation=0.8)
    assert (free.limits.low < free.ratio).all()
    assert (free.ratio < free.limits.high).all()
    assert (tied.limits.low > free.limits.low).all()
    assert (tied.limits.high < free.limits.high).all()
    with pytest.raises(ValueError, match="correlation"):
        calc_lq_growth(start, end, correlation=1.0)


def test_growth_from_or_to_nothing_is_told() -> None:
    start = Year([0, 0, 30, 50], [100, 100, 100, 100], [5, 5, 5, 5])
    end = Year([0, 30, 0, 50], [100, 100, 100, 100], [5, 5, 5, 5])
    growth = calc_lq_growth(start, end)
    assert growth.limits.reasons.tolist() == [NO_JOBS_EITHER_YEAR, NO_JOBS_AT_START, "", ""]
    assert growth.ratio[2] == growth.limits.low[2] == 0
    assert 0 < growth.limits.high[2] < np.inf
    assert np.isfinite(growth.limits.high[3])
