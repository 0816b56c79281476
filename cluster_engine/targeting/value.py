"""What a first project of a firm is expected to bring: jobs, value added, and how unsure that is.

expected jobs = typical jobs of a first project x (plant size of the sector / typical plant size) ^
plant elasticity x (employees / typical employees) ^ size elasticity; a documented prior. Value
added = jobs x value added per job of the sector x type I multiplier of the region.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.measures.project_gva import calc_project_gva
from cluster_engine.parameters import Uncertainty, Value
from cluster_engine.results import ProjectValue

Floats = NDArray[np.float64]

NORMAL_90 = 1.6448536269514722
"""Standard deviations from the middle to the ends of a 90 % interval."""


@dataclass(frozen=True, slots=True)
class Project:
    """What is known of a project.

    Attributes
    ----------
    jobs : float or None
        New jobs.
    capex : float or None
        Foreign equity investment, £m.
    gva_multiplier : float or None
        Of the Data Hub rule: £ per £ where capex is known, else £ per job.
    """

    jobs: float | None = None
    capex: float | None = None
    gva_multiplier: float | None = None


def estimate_value(
    sector: Mapping[str, Any],
    sectors: pd.DataFrame,
    log_employees: tuple[float, float],
    project: Project,
    value: Value,
    uncertainty: Uncertainty,
) -> ProjectValue:
    """Estimate what a first project would bring.

    Parameters
    ----------
    sector : mapping
        Row of the model's sector table for the firm's main industry.
    sectors : DataFrame
        The whole table, for the typical plant size.
    log_employees : tuple of float
        log10 of the firm's employees, or of what stands in for them, and of the average firm's.
    project : Project
        What is known; jobs take the place of the expected ones.
    value, uncertainty : Value, Uncertainty
        Priors.
    """
    expected = _expect_jobs(sector, sectors, log_employees, value)
    jobs = expected if project.jobs is None else project.jobs
    spread_jobs = 0.0 if project.jobs is not None else value.log_sd
    factor = float(np.exp(NORMAL_90 * spread_jobs))
    total_sd = float(np.hypot(spread_jobs, uncertainty.productivity_sd * np.log(2.0)))
    wide = float(np.exp(NORMAL_90 * total_sd))
    direct = jobs * float(sector["value_per_job"]) / 1000.0
    return ProjectValue(
        jobs=jobs,
        jobs_low=jobs / factor,
        jobs_high=jobs * factor,
        jobs_nature="prior" if project.jobs is None else "given",
        value_per_job=float(sector["value_per_job"]),
        value_basis=str(sector["value_basis"]),
        value_group=str(sector["value_group"]),
        multiplier=float(sector["multiplier"]),
        gva_direct=direct,
        gva=direct * float(sector["multiplier"]),
        gva_low=direct / wide * float(sector["multiplier_low"]),
        gva_high=direct * wide * float(sector["multiplier_high"]),
        data_hub_gva=_apply_rule(project),
        data_hub_basis=_name_basis(project),
    )


def _expect_jobs(
    sector: Mapping[str, Any],
    sectors: pd.DataFrame,
    log_employees: tuple[float, float],
    value: Value,
) -> float:
    plants = float(sector["plant_size"]) / typical_plant(sectors)
    return float(
        expect_jobs(np.array(plants), np.array(log_employees[0] - log_employees[1]), value)
    )


def expect_jobs(plants: Floats, log_size: Floats, value: Value) -> Floats:
    """Jobs of first projects.

    Parameters
    ----------
    plants : ndarray of float
        Plant size of the sector, times the typical one.
    log_size : ndarray of float
        log10 of the firm's employees, times the average firm's.
    value : Value
    """
    size = (10.0**log_size) ** value.size_elasticity
    jobs = value.first_project_jobs * plants**value.plant_elasticity * size
    found: Floats = np.clip(jobs, value.smallest_jobs, value.largest_jobs)
    return found


def typical_plant(sectors: pd.DataFrame) -> float:
    """Plant size of the sector in which the middle firm of the pack is."""
    ordered = sectors.sort_values("plant_size", kind="stable")
    firms = ordered["n_firms"].cumsum().to_numpy(dtype=np.float64)
    if firms[-1] <= 0:
        return float(ordered["plant_size"].median())
    place = int(np.searchsorted(firms, firms[-1] / 2.0))
    return float(ordered["plant_size"].iloc[place])


def _apply_rule(project: Project) -> float:
    """£m by the Data Hub rule; NaN where the project or the multiplier is not known."""
    if project.gva_multiplier is None:
        return float("nan")
    amount = project.jobs if project.capex is None else project.capex * 1e6
    if amount is None:
        return float("nan")
    return calc_project_gva(amount, project.gva_multiplier) / 1e6


def _name_basis(project: Project) -> str:
    if project.gva_multiplier is None or (project.capex is None and project.jobs is None):
        return ""
    return "capital expenditure" if project.capex is not None else "jobs"
