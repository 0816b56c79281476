"""What an approach to each firm is expected to bring: chance of a project x its value added.

chance = success rate x lift ^ ((score - success score) / 10), at most the highest rate. Rate and
lift are priors: nothing here was learned from approaches, and ``p_top`` of a ranking is no chance
of success. Value added is that of :mod:`cluster_engine.targeting.value`, for all firms at once.
Drawn are the score (as behind rank intervals), rate and lift (common to all firms), value added per
job (common to a sector) and the multiplier (common to all).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.parameters import Programme, Value
from cluster_engine.results import Model
from cluster_engine.targeting.rank import RankPlan, find_sectors
from cluster_engine.targeting.score import Scored
from cluster_engine.targeting.uncertainty import draw_ranks
from cluster_engine.targeting.value import NORMAL_90, expect_jobs, typical_plant

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.intp]

STEP = 10.0
"""Points of score that the lift is about."""

STREAM = 8
"""Keeps these draws apart from those of ranks, which have the same seed."""


@dataclass(frozen=True, slots=True)
class Prospects:
    """Expected value of an approach to firms, and how unsure it is.

    Attributes
    ----------
    chance : ndarray of float, shape (n_firms,)
        Projects per approach, mean over the draws; a prior.
    jobs, gva : ndarray of float, shape (n_firms,)
        Of a first project if it comes; £ thousand of value added a year.
    is_typical : ndarray of bool, shape (n_firms,)
        Whether value added per job is not known for the sector and the median stands in.
    chance_draws, draws : ndarray of float32, shape (n_firms, n_draws)
        Projects per approach; expected value, £ thousand.
    """

    chance: Floats
    jobs: Floats
    gva: Floats
    is_typical: NDArray[np.bool_]
    chance_draws: Singles
    draws: Singles

    @property
    def expected(self) -> Floats:
        """Expected value of an approach, £ thousand: the mean of the draws, shape (n_firms,)."""
        found: Floats = self.draws.mean(axis=1, dtype=np.float64)
        return found


def assess_prospects(
    scored: Scored,
    kept: Integers,
    model: Model,
    plan: RankPlan,
    settings: tuple[Programme, Value],
) -> Prospects:
    """Work out what approaches to some of the firms scored would bring.

    Parameters
    ----------
    scored : Scored
    kept : ndarray of int, shape (n_firms,)
        Positions of the firms wanted.
    model : Model
    plan : RankPlan
        Its draws, seed and weights.
    settings : Programme and Value
    """
    programme, value = settings
    sectors = find_sectors(scored, model).iloc[kept]
    log_size = scored.filled["employees"][kept] - float(
        model.reference["parts"]["employees"]["mean"]
    )
    plants = sectors["plant_size"].to_numpy(dtype=np.float64) / typical_plant(model.sectors)
    jobs = expect_jobs(plants, log_size, value)
    per_job = sectors["value_per_job"].to_numpy(dtype=np.float64)
    typical = float(model.sectors["value_per_job"].median())
    is_typical = np.isnan(per_job)
    gva = jobs * np.where(is_typical, typical, per_job) * _column(sectors, "multiplier", 1.0)
    drawn = draw_ranks(scored, model.sectors, kept, plan.plan_draws(model)).scores
    generator = np.random.default_rng([plan.seed, STREAM])
    n_draws = drawn.shape[1]
    chance = _draw_chances(plan.scoring.base + drawn, programme, generator)
    spread: Floats = np.log(
        _column(sectors, "multiplier_high", 1.0) / _column(sectors, "multiplier_low", 1.0)
    )
    place = np.unique(sectors.index.to_numpy(dtype=str), return_inverse=True)[1]
    sd = plan.uncertainty.productivity_sd * np.log(2.0)
    shocks = generator.standard_normal((int(place.max(initial=-1)) + 1, n_draws)) * sd - sd**2 / 2.0
    slope: Floats = spread[:, None] / (2.0 * NORMAL_90)
    common = generator.standard_normal((1, n_draws))
    noise = np.exp(shocks[place] + common * slope - slope**2 / 2.0)
    draws = (chance * gva[:, None] * noise * programme.years_counted).astype(np.float32)
    return Prospects(chance.mean(axis=1), jobs, gva, is_typical, chance.astype(np.float32), draws)


def _draw_chances(scores: Singles, programme: Programme, generator: np.random.Generator) -> Floats:
    """Chances of success, shape (n_firms, n_draws)."""
    n_draws = scores.shape[1]
    sd, lift_sd = programme.success_rate_sd, programme.success_lift_sd
    rate = programme.success_rate * np.exp(generator.standard_normal(n_draws) * sd - sd**2 / 2.0)
    lift = programme.success_lift * np.exp(generator.standard_normal(n_draws) * lift_sd)
    steps = (scores.astype(np.float64) - programme.success_score) / STEP
    found: Floats = np.minimum(rate * lift**steps, programme.highest_success_rate)
    return found


def _column(sectors: pd.DataFrame, name: str, otherwise: float) -> Floats:
    values: Floats = np.nan_to_num(sectors[name].to_numpy(dtype=np.float64), nan=otherwise)
    return values
