"""Traded and local sectors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cluster_engine.clustering.traded import find_traded
from cluster_engine.settings import read_settings

SETTINGS = replace(
    read_settings().clusters,
    traded_gini=0.25,
    local_sectors=("47", "862"),
    traded_sectors=("4719",),
)


def test_a_sector_in_few_regions_is_traded_and_one_spread_like_all_jobs_is_local() -> None:
    jobs = np.array([[90.0, 100.0], [10.0, 100.0], [0.0, 100.0]])
    assert find_traded(["2910", "5610"], jobs, SETTINGS).tolist() == [True, False]


def test_sectors_local_by_nature_are_local_however_concentrated() -> None:
    jobs = np.array([[90.0, 90.0, 90.0, 10.0], [0.0, 0.0, 0.0, 200.0]])
    codes = ["4711", "8621", "8610", "2910"]
    assert find_traded(codes, jobs, SETTINGS).tolist() == [False, False, True, True]


def test_a_sector_without_jobs_is_not_traded() -> None:
    jobs = np.array([[0.0, 5.0], [0.0, 1.0]])
    assert not find_traded(["2910", "2920"], jobs, SETTINGS)[0]


def test_a_gini_exactly_at_the_line_is_traded() -> None:
    # All jobs of the first sector in a region with three quarters of all jobs: Gini 0.25.
    jobs = np.array([[4.0, 2.0], [0.0, 2.0]])
    assert find_traded(["2910", "2920"], jobs, SETTINGS)[0]


def test_of_two_overrides_the_longer_wins() -> None:
    even = np.full((3, 3), 100.0)
    assert find_traded(["4711", "4719", "8622"], even, SETTINGS).tolist() == [False, True, False]


def test_an_override_does_not_make_a_sector_without_jobs_traded() -> None:
    jobs = np.array([[0.0, 5.0], [0.0, 1.0]])
    assert not find_traded(["4719", "2920"], jobs, SETTINGS)[0]
