"""Stars, on ten other areas worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cluster_engine.clustering.stars import Standing, StarRating, rate
from cluster_engine.parameters import Stars

SETTINGS = Stars(specialisation_lq=2.0, top_share=0.1)
STANDING = Standing(
    jobs=300.0,
    total=1000.0,
    growth=0.05,
    lq=2.0,
    area_jobs=np.array([100.0] * 9 + [400.0]),
    area_totals=np.full(10, 2000.0),
    area_growth=np.array([0.01] * 9 + [0.2]),
)


def test_one_of_ten_may_be_as_high() -> None:
    rating = rate(STANDING, 1, SETTINGS)
    assert rating == StarRating(size=True, specialisation=True, focus=True, growth=True)
    assert rating.count == 4


def test_two_of_ten_may_not() -> None:
    two = np.array([100.0] * 8 + [400.0, 300.0])
    assert not rate(replace(STANDING, area_jobs=two), 1, SETTINGS).size


def test_a_region_of_several_areas_is_compared_per_area() -> None:
    assert not rate(STANDING, 3, SETTINGS).size
    assert rate(STANDING, 3, SETTINGS).focus


def test_unknown_growth_and_a_quotient_below_the_line_have_no_star() -> None:
    rating = rate(replace(STANDING, growth=float("nan"), lq=1.99), 1, SETTINGS)
    assert (rating.growth, rating.specialisation) == (False, False)


def test_without_other_areas_only_the_quotient_can_be_told() -> None:
    none = np.zeros(0)
    alone = replace(STANDING, area_jobs=none, area_totals=none, area_growth=none)
    assert rate(alone, 1, SETTINGS) == StarRating(
        size=False, specialisation=True, focus=False, growth=False
    )
