from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cluster_engine.targeting.place.data import PlaceData
from cluster_engine.targeting.place.features import ADVANCED, LQ_FLOOR, calc_place_features
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


def test_densities_and_strengths_leave_the_sector_itself_out() -> None:
    data = make_data()
    jobs = data.jobs.copy()
    # Fewer jobs of a sector that stays far below LQ 1 change no presence and no shrunk neighbour.
    jobs[:, 2, 0] = 0.0
    before, after = (
        calc_place_features(replace(data, jobs=cube)).values["group_strength"]
        for cube in (data.jobs, jobs)
    )
    # 1011 has one other sector in its group of three digits, 1012, whose jobs did not change;
    # only the size of the area did, which moves what is expected.
    assert before.shape == after.shape
    assert after[2, 0] > before[2, 0] - 1e-9


def test_terms_of_a_choice_tell_regions_apart() -> None:
    values = calc_place_features(make_data()).values
    for term in list_terms("gain"):
        assert np.nanmax(np.ptp(values[term.name], axis=0)) > 0, term.name


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_growth_leaves_the_own_terms_free_and_the_related_ones_rising(outcome: str) -> None:
    directions = {term.name: term.get_direction(outcome) for term in list_terms(outcome)}
    assert directions["lq"] == (0 if outcome == "growth" else 1)
    assert directions["density"] == directions["customer_access"] == 1
