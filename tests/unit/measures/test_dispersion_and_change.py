"""Specialisation, dispersion, coagglomeration and shift-share: small anchors and edges."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.measures.coagglomeration import (
    calc_coagglomeration,
    calc_group_coagglomeration,
    calc_mean_share,
)
from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.dispersion import (
    calc_hoover,
    calc_krugman_gini,
    calc_lq_gini,
    calc_plain_gini,
    calc_weighted_gini,
)
from cluster_engine.measures.ellison_glaeser import (
    ONE_PLANT,
    calc_ellison_glaeser,
    measure_plants,
)
from cluster_engine.measures.job_tables import (
    NO_JOBS_IN_REGIONS,
    NO_REGION_JOBS,
    ONE_REGION,
    ONE_SECTOR,
)
from cluster_engine.measures.shift_share import (
    calc_dynamic_shift_share,
    calc_esteban_marquillas,
    calc_growth_factors,
    calc_shift_share,
)
from cluster_engine.measures.specialisation_indices import (
    calc_entropy,
    calc_hachman,
    calc_herfindahl,
    calc_krugman,
    calc_theil,
)
from cluster_engine.measures.standardised import (
    NO_LOG,
    NO_LQ,
    NO_SPREAD,
    calc_bootstrap_cutoff,
    calc_symmetric_lq,
    standardise_lq,
)

FLOAT = 1e-12
"""Rounding of a short chain of double-precision sums."""
SINGLE = 1e-6
"""Rounding of single precision."""
PRINTED_10 = 5e-11
"""Half a unit of the last digit of figures printed with ten decimals."""
PRINTED_8 = 5e-9
"""Half a unit of the last digit of figures printed with eight decimals."""

FIVE_REGIONS = [
    [100, 0, 0, 0, 0],
    [0, 15, 5, 70, 10],
    [0, 20, 10, 20, 50],
    [0, 25, 30, 5, 40],
    [0, 40, 55, 5, 0],
]
# Clothing, forestry, dyeing, textile trade.
TRADES = np.array([[8575, 645, 780], [6425, 4295, 480], [8575, 645, 210], [7765, 1245, 530]]).T
BY_REGION = (
    calc_herfindahl, calc_hachman, calc_entropy, calc_theil,
    lambda jobs: calc_krugman(jobs, reference="rest"),
)  # fmt: skip
BY_SECTOR = (
    calc_hoover, calc_weighted_gini, calc_krugman_gini, calc_lq_gini, calc_plain_gini,
)  # fmt: skip


def test_krugman_and_herfindahl_of_five_regions_are_the_peer_table() -> None:
    krugman = calc_krugman(FIVE_REGIONS, reference="nation").values
    np.testing.assert_allclose(krugman, [1.6, 1.0, 0.6, 0.7, 1.1], rtol=FLOAT)
    herfindahl = calc_herfindahl(FIVE_REGIONS).values
    np.testing.assert_allclose(herfindahl, [1, 0.525, 0.34, 0.315, 0.465], rtol=FLOAT)


@pytest.mark.parametrize("measure", BY_REGION)
def test_an_empty_region_has_no_index_and_changes_no_other(measure) -> None:
    with_it = measure([[1, 4], [0, 0], [5, 2]])
    assert with_it.reasons.tolist() == ["", NO_REGION_JOBS, ""]
    without = measure([[1, 4], [5, 2]]).values
    np.testing.assert_allclose(with_it.values[[0, 2]], without, rtol=FLOAT)


@pytest.mark.parametrize("measure", BY_SECTOR)
def test_an_empty_sector_has_no_index_and_says_so(measure) -> None:
    found = measure([[1, 0], [5, 0]])
    assert found.reasons.tolist() == ["", NO_JOBS_IN_REGIONS]
    assert np.isnan(found.values[1])


@pytest.mark.parametrize("measure", [*BY_REGION, *BY_SECTOR])
def test_single_precision_stays_single(measure) -> None:
    single = measure(np.array(FIVE_REGIONS, dtype=np.float32)).values
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, measure(FIVE_REGIONS).values, rtol=SINGLE, atol=SINGLE)


@pytest.mark.parametrize("measure", [*BY_REGION, *BY_SECTOR])
def test_no_jobs_at_all_is_undefined(measure) -> None:
    found = measure(np.zeros((2, 3)))
    assert np.isnan(found.values).all()
    assert (found.reasons != "").all()


def test_one_region_has_no_others_to_differ_from() -> None:
    for reference in ("rest", "mean_of_others"):
        found = calc_krugman([[1, 2], [0, 0]], reference=reference)
        assert found.reasons.tolist() == [ONE_REGION, NO_REGION_JOBS]
    assert calc_krugman([[1, 2]], reference="nation").values[0] == 0


def test_one_sector_has_no_normalised_herfindahl() -> None:
    assert calc_herfindahl([[3]], normalised=True).reasons[0] == ONE_SECTOR


def test_ellison_glaeser_of_the_austrian_plants_is_the_printed_one() -> None:
    vienna, linz, graz = [200, 650, 12000, 100, 50], [16000, 13000, 1500, 1500], [25000]
    jobs = [[sum(vienna)], [sum(linz)], [sum(graz)]]
    plants = measure_plants([*vienna, *linz, *graz], np.zeros(10, int), 1)
    found = calc_ellison_glaeser(jobs, plants, region_share=[500000, 400000, 100000])
    assert found.gamma[0] == pytest.approx(0.0599062841, abs=PRINTED_10)
    assert found.G[0] == pytest.approx(0.1681632653, abs=PRINTED_10)
    assert plants.herfindahl[0] == pytest.approx(0.2446887755, abs=PRINTED_10)
    assert found.z[0] == pytest.approx(0.195900197, abs=5e-10)


def test_one_plant_and_one_region_have_no_gamma() -> None:
    plants = measure_plants([5, 3, 3], [0, 1, 1], 3)
    two = calc_ellison_glaeser([[5, 3, 0], [0, 3, 0]], plants)
    assert two.reasons.tolist() == [ONE_PLANT, "", NO_JOBS_IN_REGIONS]
    one = calc_ellison_glaeser([[5, 6, 0]], plants)
    assert one.reasons.tolist() == [ONE_REGION, ONE_REGION, NO_JOBS_IN_REGIONS]
    with pytest.raises(ValueError, match="sector"):
        measure_plants([1.0], [3], 3)


@pytest.mark.parametrize(
    ("share", "pairs", "group"),
    [
        (
            [0.6, 0.18, 0.22],
            [-0.00917430, 0.21570220, 0.15049693, 0.00745730, 0.02400460, 0.18637069],
            0.0890366517,
        ),
        (
            None,
            [-0.10749033, 0.05538220, 0.01929168, -0.13384593, -0.04292080, 0.02283185],
            -0.0358273132,
        ),
    ],
)
def test_coagglomeration_of_the_textile_trades_is_the_worked_one(
    share: list | None, pairs: list, group: float
) -> None:
    found = calc_coagglomeration(TRADES, region_share=share).values
    np.testing.assert_allclose(found[np.triu_indices(4, 1)], pairs, rtol=0, atol=PRINTED_8)
    index = calc_group_coagglomeration(TRADES, region_share=share)
    assert index.value == pytest.approx(group, abs=PRINTED_10)


def test_coagglomeration_says_why_not() -> None:
    pairs = calc_coagglomeration([[1, 2, 0], [3, 1, 0]])
    assert (pairs.reasons[2] == NO_JOBS_IN_REGIONS).all()
    assert (pairs.reasons[:2, :2] == "").all()
    assert (calc_coagglomeration([[1, 2]]).reasons == ONE_REGION).all()
    assert calc_group_coagglomeration([[1, 2]]).reason == ONE_REGION
    assert calc_group_coagglomeration([[1, 0], [2, 0]]).reason == ONE_SECTOR
    assert calc_group_coagglomeration([[0, 0], [0, 0]]).reason == NO_JOBS_IN_REGIONS
    assert np.isnan(calc_mean_share(np.zeros((2, 2)))).all()
    single = calc_coagglomeration(TRADES.astype(np.float32))
    assert single.values.dtype == np.float32


def test_a_new_cell_is_wholly_regional() -> None:
    start, end, base0, base1 = [[0, 10], [5, 5]], [[4, 10], [5, 9]], [5, 15], [9, 19]
    parts = calc_shift_share(start, end, base0, base1)
    assert [part[0, 0] for part in (parts.national, parts.mix, parts.regional)] == [0, 0, 4]
    split = calc_esteban_marquillas(start, end, base0, base1)
    assert (split.competitive[0, 0], split.allocation[0, 0]) == (0, 4)


def test_a_nation_without_jobs_at_the_start_is_wholly_regional() -> None:
    parts = calc_shift_share([[0, 0]], [[1, 2]], [0, 0], [1, 2])
    assert parts.regional.tolist() == [[1, 2]]
    factors = calc_growth_factors([[0, 0]], [[1, 2]], [0, 0], [1, 2])
    assert factors.net.reasons[0] == NO_REGION_JOBS


def test_dynamic_shift_share_sums_the_years() -> None:
    jobs = np.array([[[10, 20], [30, 5]], [[12, 19], [33, 5]], [[11, 25], [40, 2]]], float)
    found = calc_dynamic_shift_share(jobs, jobs.sum(axis=1))
    years = [
        calc_shift_share(jobs[t], jobs[t + 1], jobs[t].sum(axis=0), jobs[t + 1].sum(axis=0))
        for t in (0, 1)
    ]
    np.testing.assert_allclose(found.mix, years[0].mix + years[1].mix, rtol=FLOAT)
    change = found.national + found.mix + found.regional
    np.testing.assert_allclose(change, jobs[2] - jobs[0], rtol=FLOAT, atol=FLOAT)
    with pytest.raises(ValueError, match="2 years"):
        calc_dynamic_shift_share(jobs[:1], jobs[:1].sum(axis=1))


def test_symmetric_lq_by_hand() -> None:
    assert calc_symmetric_lq([0.0, 1.0, 3.0]).tolist() == [-1.0, 0.0, 0.5]
    assert calc_symmetric_lq(np.ones(2, np.float32)).dtype == np.float32


def test_standardised_lq_by_hand_and_reasons() -> None:
    lq = [[1.0, 0.0, 2.0, np.nan], [3.0, 1.0, 2.0, 1.0], [2.0, np.e**2, 2.0, 3.0]]
    z = standardise_lq(lq)
    np.testing.assert_allclose(z.values[:, 0], [-1, 1, 0], atol=FLOAT)
    assert (z.reasons[:, 2] == NO_SPREAD).all()
    assert z.reasons[0, 3] == NO_LQ
    log = standardise_lq(lq, log=True)
    assert log.reasons[0, 1] == NO_LOG
    np.testing.assert_allclose(log.values[1:, 1], [-np.sqrt(0.5), np.sqrt(0.5)], rtol=FLOAT)


def test_bootstrap_cutoff_of_normal_lqs_is_the_normal_one_and_repeatable() -> None:
    values = np.random.default_rng(0).normal(size=(4000, 2))
    values[:, 1] = np.nan
    z = standardise_lq(values)
    cutoffs, reasons = calc_bootstrap_cutoff(z.values, tail=0.05, n_resamples=100)
    assert cutoffs[0] == pytest.approx(1.645, abs=0.06)
    assert reasons.tolist() == ["", NO_SPREAD]
    again, _ = calc_bootstrap_cutoff(z.values[:, :1], tail=0.05, n_resamples=100)
    assert again[0] == cutoffs[0]


def test_single_precision_lq_keeps_ties_and_digits() -> None:
    rows = np.outer([3, 7, 11, 13], [1, 3, 7, 9, 10]).astype(np.float32)
    assert (calc_lq(rows, rows.sum(axis=0)).values == 1).all()
    single = calc_lq(np.array(FIVE_REGIONS, np.float32), np.sum(FIVE_REGIONS, axis=0)).values
    assert single.dtype == np.float32
    double = calc_lq(FIVE_REGIONS, np.sum(FIVE_REGIONS, axis=0)).values
    np.testing.assert_allclose(single, double, rtol=SINGLE)
