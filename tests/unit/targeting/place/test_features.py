from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cluster_engine.targeting.place.data import PlaceData, lay_out_places
from cluster_engine.targeting.place.features import (
    ADVANCED,
    LQ_FLOOR,
    PRIOR_JOBS,
    calc_place_features,
    settle_features,
)
from cluster_engine.targeting.place.terms import OUTCOMES, TERMS, list_terms

CODES = ("1011", "1012", "2511", "2512", "2910", "6201")
MERGED_LOG = 1e-12


def make_data(seed: int = 0, n_years: int = 3) -> PlaceData:
    generator = np.random.default_rng(seed)
    jobs = 5 * np.round(generator.gamma(1.5, 200, (n_years, 7, 6)) / 5)
    return PlaceData(
        years=tuple(range(2016, 2016 + n_years)),
        jobs=jobs,
        codes=CODES,
        knowledge_class=("low", "low", "mid", "mid", "mid", ADVANCED[2]),
        plant_size=np.array([20.0, 20.0, 40.0, 40.0, 200.0, 30.0]),
        enterprise_size=np.array([10.0, 8.0, 20.0, 20.0, 90.0, 5.0]),
        flows=generator.uniform(0, 50, (3, 3)),
        io_shares=np.repeat(np.eye(3), 2, axis=0),
        clusters=np.array([0, 0, 1, 1, 1, -1]),
    )


def test_every_term_has_its_feature_with_one_value_per_cell() -> None:
    values = calc_place_features(make_data()).values
    assert {term.name for term in TERMS} == set(values)
    for name, array in values.items():
        assert array.shape == (7, 6), name
        assert np.isfinite(array).all(), name


def test_the_first_year_of_a_panel_knows_no_past() -> None:
    values = calc_place_features(make_data(n_years=1)).values
    unknown = {name for name, array in values.items() if np.isnan(array).all()}
    assert unknown == {
        "past_lq", "lq_growth", "sector_growth", "volatility", "sector_volatility",
    }  # fmt: skip


def test_the_lq_of_merged_areas_is_that_of_their_jobs_together() -> None:
    data = make_data()
    members = np.array([[1.0, 1.0, 0, 0, 0, 0, 0]])
    merged = calc_place_features(data, members).values
    own, all_jobs = data.jobs[-1][:2].sum(axis=0), data.jobs[-1].sum(axis=0)
    lq = (own / own.sum()) / (all_jobs / all_jobs.sum())
    assert merged["lq"][0] == pytest.approx(np.log(lq + LQ_FLOOR), abs=MERGED_LOG)
    # What describes a sector in the nation does not depend on the region.
    areas = calc_place_features(data).values
    for name in ("concentration", "ubiquity", "sector_size", "enterprise_size"):
        assert np.array_equal(merged[name][0], areas[name][0]), name


def test_a_region_of_one_area_has_that_areas_features() -> None:
    data = make_data()
    one = calc_place_features(data, np.eye(7)[[4]]).values
    areas = calc_place_features(data).values
    for name, array in one.items():
        assert array[0] == pytest.approx(areas[name][4], abs=MERGED_LOG), name


def test_a_sector_alone_in_its_group_has_nobody_to_be_strong_in() -> None:
    values = calc_place_features(make_data()).values
    # 2910 and 6201 are alone in their groups and divisions, and 6201 is in no cluster.
    for name, sectors in (("group_strength", [4, 5]), ("cluster_strength", [5])):
        assert not values[name][:, sectors].any(), name
    assert values["group_strength"][:, :2].any()


def test_group_strength_of_a_sector_is_that_of_its_only_mate() -> None:
    place = lay_out_places(make_data())
    strength = calc_place_features(make_data()).values["group_strength"]
    mate = np.log((place.recent[:, 1] + PRIOR_JOBS) / (place.expected[:, 1] + PRIOR_JOBS))
    assert strength[:, 0] == pytest.approx(mate, abs=MERGED_LOG)


def test_terms_of_a_choice_tell_regions_apart() -> None:
    values = calc_place_features(make_data()).values
    for term in list_terms("gain"):
        assert np.nanmax(np.ptp(values[term.name], axis=0)) > 0, term.name


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_growth_leaves_the_own_terms_free_and_the_related_ones_rising(outcome: str) -> None:
    directions = {term.name: term.get_direction(outcome) for term in list_terms(outcome)}
    assert directions["lq"] == (0 if outcome == "growth" else 1)
    assert directions["density"] == directions["customer_access"] == 1


def test_settled_features_know_no_change_and_the_mean_of_the_years() -> None:
    data = make_data()
    told, still = calc_place_features(data).values, settle_features(data).values
    assert set(told) == set(still)
    assert not still["lq_growth"].any()
    assert np.array_equal(still["lq"], still["past_lq"])
    mean = data.jobs.mean(axis=0)
    lq = (mean / mean.sum(axis=1, keepdims=True)) / (mean.sum(axis=0) / mean.sum())
    assert still["lq"] == pytest.approx(np.log(lq + LQ_FLOOR), abs=MERGED_LOG)
    assert np.array_equal(still["density"], told["density"])


def test_a_panel_that_never_changes_is_settled() -> None:
    data = make_data()
    same = replace(data, jobs=np.repeat(data.jobs[:1], 3, axis=0))
    told, still = calc_place_features(same).values, settle_features(same).values
    for name, array in told.items():
        assert still[name] == pytest.approx(array, abs=MERGED_LOG, nan_ok=True), name
