"""The search for niche clusters, on eight sectors and five areas worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cluster_engine.clustering.niches import (
    NicheSearch,
    calc_rivals_share,
    cut_tight_groups,
    find_niches,
)
from cluster_engine.settings import read_settings

SETTINGS = replace(
    read_settings().niches,
    tightness=0.8,
    minimum_probability=0.8,
    minimum_jobs_share=0.02,
    maximum_rivals_share=0.25,
    support_sectors=("46",),
)
# Sectors 0-1 one group, 2-3 another, 4 a third; area 0 is the region, of 1,000 jobs like all.
GROUPS = np.array([0, 0, 1, 1, 2])
AREA_JOBS = np.array(
    [
        [60.0, 40.0, 30.0, 5.0, 15.0],
        [10.0, 10.0, 10.0, 5.0, 5.0],
        [10.0, 10.0, 10.0, 5.0, 5.0],
        [10.0, 10.0, 10.0, 5.0, 5.0],
        [10.0, 10.0, 10.0, 5.0, 5.0],
    ]
)
TOTALS = np.full(5, 1000.0)
OWN = np.array([0])
SEARCH = NicheSearch(
    groups=GROUPS,
    similarity=np.where(GROUPS[:, None] == GROUPS, 0.9, 0.1),
    specialised=np.array([True, True, True, False, True]),
    makes_niche=np.ones(5, dtype=bool),
    region_jobs=AREA_JOBS[0],
    plant_size=np.ones(5),
    region_total=1000.0,
    area_jobs=AREA_JOBS,
    area_totals=TOTALS,
    own_areas=OWN,
    concentration=read_settings().concentration,
)


def test_specialised_sectors_of_a_tight_group_make_a_niche_the_largest_excess_first() -> None:
    assert find_niches(SEARCH, SETTINGS).tolist() == [0, 0, 1, -1, -1]


def test_a_group_with_too_few_jobs_makes_no_niche() -> None:
    # Sector 4 has 15 jobs of 1,000.
    assert find_niches(SEARCH, replace(SETTINGS, minimum_jobs_share=0.016))[4] == -1


def test_a_group_with_exactly_enough_jobs_makes_a_niche() -> None:
    assert find_niches(SEARCH, replace(SETTINGS, minimum_jobs_share=0.015))[4] == 2


def test_a_group_that_many_areas_have_makes_no_niche() -> None:
    area_jobs = AREA_JOBS.copy()
    area_jobs[1:3, 0] = 95.0
    found = find_niches(replace(SEARCH, area_jobs=area_jobs), SETTINGS)
    assert found.tolist() == [-1, -1, 0, -1, -1]


def test_a_rival_is_an_area_with_at_least_the_same_share() -> None:
    area_jobs = AREA_JOBS.copy()
    area_jobs[1, 0] = 90.0
    assert calc_rivals_share(area_jobs, TOTALS, OWN, np.array([0, 1])) == 0.25


def test_support_sectors_alone_make_no_niche() -> None:
    makes_niche = np.array([False, False, True, True, True])
    found = find_niches(replace(SEARCH, makes_niche=makes_niche), SETTINGS)
    assert found.tolist() == [-1, -1, 0, -1, -1]


def test_a_support_sector_belongs_to_the_niche_that_others_make() -> None:
    makes_niche = np.array([True, False, True, True, True])
    found = find_niches(replace(SEARCH, makes_niche=makes_niche), SETTINGS)
    assert found.tolist() == [0, 0, 1, -1, -1]


def test_a_region_specialised_in_nothing_has_no_niches() -> None:
    search = replace(SEARCH, specialised=np.zeros(5, dtype=bool))
    assert find_niches(search, SETTINGS).tolist() == [-1] * 5


def test_a_region_that_is_the_whole_economy_has_no_rivals() -> None:
    assert calc_rivals_share(AREA_JOBS, TOTALS, np.arange(5), np.array([0])) == 0.0


def test_an_area_without_jobs_is_no_rival() -> None:
    totals = np.array([1000.0, 0.0, 1000.0, 1000.0, 1000.0])
    area_jobs = AREA_JOBS * (totals > 0)[:, None]
    assert calc_rivals_share(area_jobs, totals, OWN, np.array([0, 1])) == 0.0


def test_niches_of_equal_excess_come_in_order_of_their_sectors() -> None:
    area_jobs = np.tile([10.0, 10.0, 10.0, 10.0, 10.0], (5, 1))
    area_jobs[0] = 50.0
    search = replace(
        SEARCH, area_jobs=area_jobs, region_jobs=area_jobs[0], specialised=np.ones(5, dtype=bool)
    )
    assert find_niches(search, SETTINGS).tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(("tightness", "groups"), [(0.8, [0, 0, 1, 2]), (0.4, [0, 0, 0, 1])])
def test_clusters_are_cut_where_similarity_falls_below_tightness(
    tightness: float, groups: list[int]
) -> None:
    similarity = np.full((4, 4), 0.5)
    similarity[0, 1] = similarity[1, 0] = 0.9
    np.fill_diagonal(similarity, 1.0)
    labels = np.array([0, 0, 0, 1])
    assert cut_tight_groups(similarity, labels, tightness).tolist() == groups


def test_sectors_of_different_clusters_never_share_a_group() -> None:
    groups = cut_tight_groups(np.ones((4, 4)), np.array([0, 1, 0, 1]), 0.5)
    assert groups.tolist() == [0, 1, 0, 1]


# --- cut further where the region tells branches apart

# Four sectors in one tight group: 0-1 closest, 2-3 closest. In plants of one job.
FOUR = np.array(
    [
        [1.0, 0.95, 0.85, 0.85],
        [0.95, 1.0, 0.85, 0.85],
        [0.85, 0.85, 1.0, 0.95],
        [0.85, 0.85, 0.95, 1.0],
    ]
)


def _search_four(own: list[float], **changes: object) -> NicheSearch:
    area_jobs = np.vstack([own, np.full((4, 4), 10.0)])
    return replace(
        SEARCH,
        groups=np.zeros(4, dtype=np.int64),
        similarity=FOUR,
        specialised=np.ones(4, dtype=bool),
        makes_niche=np.ones(4, dtype=bool),
        region_jobs=area_jobs[0],
        plant_size=np.ones(4),
        area_jobs=area_jobs,
        **changes,
    )


def test_branches_in_which_the_region_is_specialised_alike_stay_one_niche() -> None:
    assert find_niches(_search_four([60.0, 60.0, 62.0, 60.0]), SETTINGS).tolist() == [0, 0, 0, 0]


def test_branches_in_which_the_region_is_not_specialised_alike_become_two_niches() -> None:
    search = _search_four([200.0, 180.0, 40.0, 40.0])
    assert find_niches(search, SETTINGS).tolist() == [0, 0, 1, 1]


def test_large_plants_make_the_same_difference_chance() -> None:
    search = replace(_search_four([200.0, 180.0, 40.0, 40.0]), plant_size=np.full(4, 60.0))
    assert find_niches(search, SETTINGS).tolist() == [0, 0, 0, 0]


def test_a_branch_with_too_few_jobs_stays_with_the_branch_it_is_most_related_to() -> None:
    # The weak branch has 16 of 1,000 jobs, fewer than the 2 % a niche needs.
    area_jobs = np.vstack([[200.0, 180.0, 8.0, 8.0], np.full((4, 4), 1.0)])
    search = replace(_search_four([200.0, 180.0, 8.0, 8.0]), area_jobs=area_jobs)
    assert find_niches(search, SETTINGS).tolist() == [0, 0, 0, 0]


def test_a_branch_without_any_specialised_sector_is_passed_by() -> None:
    search = replace(
        _search_four([400.0, 60.0, 40.0, 40.0]), specialised=np.array([True, True, False, False])
    )
    assert find_niches(search, SETTINGS).tolist() == [0, 1, -1, -1]
