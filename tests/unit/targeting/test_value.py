"""What a first project brings, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cluster_engine.results import ProjectValue
from cluster_engine.settings import read_settings
from cluster_engine.targeting.value import NORMAL_90, Project, estimate_value

FLOAT = 1e-9
SETTINGS = read_settings()
PRIORS = replace(
    SETTINGS.value, first_project_jobs=40.0, plant_elasticity=0.5, size_elasticity=0.25,
    smallest_jobs=5.0, largest_jobs=300.0, log_sd=0.8,
)  # fmt: skip
CARS = {
    "plant_size": 400.0, "value_per_job": 90.0, "value_basis": "region", "value_group": "Vehicles",
    "multiplier": 1.2, "multiplier_low": 1.1, "multiplier_high": 1.4,
}  # fmt: skip
SECTORS = pd.DataFrame({"plant_size": [100.0, 400.0, 50.0], "n_firms": [10.0, 4.0, 5.0]})


def _estimate(size: float = 2.0, project: Project | None = None, **sector: object) -> ProjectValue:
    return estimate_value(
        CARS | sector, SECTORS, (size, 2.0), project or Project(), PRIORS, SETTINGS.uncertainty
    )


def test_expected_jobs_follow_plants_and_employees() -> None:
    # The middle firm's sector has plants of 100: 40 x 4^0.5; a firm of 10,000 times the average.
    assert _estimate().jobs == pytest.approx(80.0, abs=FLOAT)
    assert _estimate(4.0).jobs == pytest.approx(80.0 * 100**0.25, abs=FLOAT)


def test_expected_jobs_stay_in_their_range() -> None:
    assert _estimate(9.0).jobs == 300.0
    assert _estimate(plant_size=0.01).jobs == 5.0


def test_value_added_is_jobs_times_value_per_job_times_multiplier() -> None:
    value = _estimate()
    assert value.gva_direct == pytest.approx(7.2, abs=FLOAT)
    assert value.gva == pytest.approx(8.64, abs=FLOAT)


def test_intervals_are_log_normal_and_hold_the_figure() -> None:
    value = _estimate()
    assert value.jobs_high == pytest.approx(80.0 * np.exp(NORMAL_90 * 0.8), abs=FLOAT)
    assert value.jobs_low * value.jobs_high == pytest.approx(80.0**2, abs=1e-6)
    assert value.gva_low < value.gva < value.gva_high


def test_known_jobs_take_the_place_of_expected_ones() -> None:
    value = _estimate(project=Project(jobs=200.0))
    assert (value.jobs, value.jobs_low, value.jobs_high) == (200.0, 200.0, 200.0)
    assert value.jobs_nature == "given"
    wide = _estimate()
    assert value.gva_high / value.gva_low < wide.gva_high / wide.gva_low


def test_the_data_hub_rule_is_on_capital_where_that_is_known_and_else_on_jobs() -> None:
    capital = _estimate(project=Project(200.0, 5.7, 0.17755583))
    jobs = _estimate(project=Project(100.0, None, 82314.27391))
    assert (capital.data_hub_gva, capital.data_hub_basis) == (1.012068, "capital expenditure")
    assert (jobs.data_hub_gva, jobs.data_hub_basis) == (8.231427, "jobs")
    assert np.isnan(_estimate().data_hub_gva)
    assert np.isnan(_estimate(project=Project(jobs=3.0)).data_hub_gva)


def test_an_unknown_value_per_job_stays_unknown() -> None:
    value = _estimate(value_per_job=np.nan, value_basis="")
    assert np.isnan([value.gva_direct, value.gva, value.gva_low, value.gva_high]).all()
    assert value.jobs == pytest.approx(80.0, abs=FLOAT)
