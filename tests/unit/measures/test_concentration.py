"""Location quotients, shrinkage, locational Gini and plant size, against published figures."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.concentration import (
    NO_BASE_JOBS,
    NO_REGION_JOBS,
    NO_SECTOR_JOBS,
    calc_locational_gini,
    calc_lq,
    calc_plant_size,
    shrink_ratio,
)

PRINTED_10 = 5e-11
"""Half a unit of the last digit of figures printed with ten decimals."""
PRINTED_8 = 5e-9
"""Half a unit of the last digit of figures printed with eight decimals."""
PRINTED_6 = 5e-7
"""Half a unit of the last digit of figures printed with six decimals."""
FLOAT = 1e-12
"""Rounding of a short chain of double-precision sums."""

GOETTINGEN_TOTAL, GERMANY_TOTAL = 69403, 32164973
# Sectors A, BDE, C, F, G, H, I, J, K, M, N, O, P, Q, R; the rest is not listed.
GOETTINGEN = [45, 466, 7874, 1334, 7051, 2481, 2251, 2032, 1739, 7915, 4875, 3936, 7488, 16896, 900]
GERMANY = [
    *(248052, 538768, 6797172, 1798954, 4380223, 1713157, 1062982, 1027486, 975126, 2397099),
    *(2357313, 1762308, 1249260, 4676036, 1181037),
]
GOETTINGEN_LQ = [
    *(0.08407652, 0.40085663, 0.53687366, 0.34366928, 0.74603541, 0.67117311, 0.98141916),
    *(0.91654277, 0.82650178, 1.53027645, 0.95843423, 1.03509027, 2.77790858, 1.67459967),
    0.35317012,
]
FIVE_REGIONS = [
    [100, 0, 0, 0, 0],
    [0, 15, 5, 70, 10],
    [0, 20, 10, 20, 50],
    [0, 25, 30, 5, 40],
    [0, 40, 55, 5, 0],
]
FIVE_REGIONS_LQ = [
    [5, 0, 0, 0, 0],
    [0, 0.75, 0.25, 3.5, 0.5],
    [0, 1, 0.5, 1, 2.5],
    [0, 1.25, 1.5, 0.25, 2],
    [0, 2, 2.75, 0.25, 0],
]


def test_lq_of_the_textbook_region_is_the_printed_one() -> None:
    lq = calc_lq([[1714, 79006 - 1714]], [879213, 15593224 - 879213])
    assert lq.values[0, 0] == pytest.approx(0.3847623423, abs=PRINTED_10)


def test_lq_of_goettingen_2017_is_the_printed_table() -> None:
    region = [*GOETTINGEN, GOETTINGEN_TOTAL - sum(GOETTINGEN)]
    base = [*GERMANY, GERMANY_TOTAL - sum(GERMANY)]
    values = calc_lq([region], base).values[0]
    np.testing.assert_allclose(values[:-1], GOETTINGEN_LQ, rtol=0, atol=PRINTED_8)


def test_lq_of_five_regions_is_the_peer_table() -> None:
    lq = calc_lq(FIVE_REGIONS, np.sum(FIVE_REGIONS, axis=0))
    np.testing.assert_allclose(lq.values, FIVE_REGIONS_LQ, rtol=FLOAT)
    assert (lq.reasons == "").all()


def test_equal_shares_give_exactly_one() -> None:
    rows = np.outer([3, 7, 11, 13], [1, 3, 7, 9, 10])
    assert (calc_lq(rows, rows.sum(axis=0)).values == 1.0).all()


def test_a_sector_the_region_lacks_has_lq_zero_and_no_reason() -> None:
    lq = calc_lq([[0, 5]], [10, 10])
    assert lq.values[0, 0] == 0.0
    assert lq.reasons[0, 0] == ""


def test_lq_of_a_region_without_jobs_is_undefined_and_says_so() -> None:
    lq = calc_lq([[0, 0], [1, 2]], [3, 4])
    assert np.isnan(lq.values[0]).all()
    assert (lq.reasons[0] == NO_REGION_JOBS).all()
    assert np.isfinite(lq.values[1]).all()


def test_lq_of_a_sector_without_base_jobs_is_undefined_and_says_so() -> None:
    lq = calc_lq([[0, 2]], [0, 4])
    assert np.isnan(lq.values[0, 0])
    assert lq.reasons[0].tolist() == [NO_SECTOR_JOBS, ""]


def test_lq_against_an_empty_base_is_undefined_and_says_so() -> None:
    lq = calc_lq([[0, 0]], [0, 0])
    assert np.isnan(lq.values).all()
    assert (lq.reasons == NO_BASE_JOBS).all()


@pytest.mark.parametrize(
    ("jobs", "base", "word"),
    [
        ([[1.0, 2.0]], [1.0], "one figure per sector"),
        ([[-1.0, 2.0]], [1.0, 2.0], "at least 0"),
        ([[np.nan, 2.0]], [1.0, 2.0], "finite"),
        ([[1.0, 2.0]], [np.inf, 2.0], "finite"),
        ([1.0, 2.0], [1.0, 2.0], "dimension"),
    ],
)
def test_lq_refuses_figures_that_make_no_sense(jobs: list, base: list, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        calc_lq(jobs, base)


@pytest.mark.parametrize(
    ("strength", "observed", "expected", "mean", "probability"),
    [(5.0, 12, 5, 1.70, 0.869308), (20.0, 3, 1, 1.095238, 0.236704)],
)
def test_shrinkage_gives_the_worked_posterior(
    strength: float, observed: float, expected: float, mean: float, probability: float
) -> None:
    shrunk = shrink_ratio([observed], [expected], prior_strength=strength, threshold=1.25)
    assert shrunk.mean[0] == pytest.approx(mean, abs=PRINTED_6)
    assert shrunk.probability_above[0] == pytest.approx(probability, abs=PRINTED_6)


def test_shrinkage_of_nothing_expected_and_nothing_seen_is_the_prior() -> None:
    assert shrink_ratio([0.0], [0.0], prior_strength=2.0, threshold=1.25).mean[0] == 1.0


@pytest.mark.parametrize("strength", [0.0, -1.0, float("nan")])
def test_shrinkage_refuses_a_prior_without_strength(strength: float) -> None:
    with pytest.raises(ValueError, match="prior_strength"):
        shrink_ratio([1.0], [1.0], prior_strength=strength, threshold=1.25)


def test_locational_gini_of_a_sector_in_one_region_is_one_minus_its_share_of_jobs() -> None:
    # By hand: the Lorenz curve is flat until the last region, which has 4 / 10 of all jobs.
    gini = calc_locational_gini([[0, 6], [3, 1]])
    assert gini[0] == pytest.approx(1 - 4 / 10, abs=FLOAT)


def test_locational_gini_of_a_sector_without_jobs_is_undefined() -> None:
    gini = calc_locational_gini([[1, 0], [2, 0]])
    assert gini[0] == pytest.approx(0.0, abs=FLOAT)
    assert np.isnan(gini[1])


def test_locational_gini_without_any_jobs_is_undefined() -> None:
    assert np.isnan(calc_locational_gini(np.zeros((2, 3)))).all()


def test_a_region_without_jobs_does_not_change_the_locational_gini() -> None:
    with_it = calc_locational_gini([[1, 4], [0, 0], [5, 2]])
    np.testing.assert_allclose(with_it, calc_locational_gini([[1, 4], [5, 2]]), rtol=FLOAT)


def test_effective_plant_size_is_jobs_times_the_plant_herfindahl() -> None:
    # The ten plants of the Austrian example, H = 0.2446887755 (published).
    plants = [200, 650, 12000, 100, 50, 16000, 13000, 1500, 1500, 25000]
    size = calc_plant_size(np.ones((1, len(plants))), plants)
    assert size[0] / sum(plants) == pytest.approx(0.2446887755, abs=PRINTED_10)


def test_effective_plant_size_of_equal_plants_is_their_size() -> None:
    assert calc_plant_size([[4, 0], [0, 3]], [10, 50]).tolist() == [10, 50]


def test_effective_plant_size_without_enterprises_is_undefined() -> None:
    assert np.isnan(calc_plant_size([[0, 0]], [10, 50])[0])


def test_locational_gini_of_five_regions_is_the_peer_table() -> None:
    jobs = [
        [120, 30, 0, 45, 60, 15, 0],
        [240, 60, 0, 90, 120, 30, 0],
        [10, 200, 55, 0, 35, 80, 0],
        [0, 25, 300, 70, 5, 0, 0],
        [33, 47, 21, 18, 150, 64, 90],
    ]
    expected = [
        *(0.52236147423878776, 0.39661399796351338, 0.70069151578569089, 0.33944161158746189),
        *(0.35652045488111073, 0.43533171948472493, 0.78986587183308488),
    ]
    np.testing.assert_allclose(calc_locational_gini(jobs), expected, rtol=FLOAT)
