"""Iterated complexity: fitness and complexity, and the method of reflections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.presence import Floats, Reals, Texts, trim_presences

SMALLEST_FITNESS = 1e-150
"""Fitness of a region that others leave behind falls without end; its inverse must stay finite."""
NO_SPREAD = 1e-14
"""Spread over mean below which the values of a reflection are equal to rounding."""


@dataclass(frozen=True, slots=True)
class Fitness:
    """Fitness of regions and complexity of sectors.

    Attributes
    ----------
    fitness : ndarray of float, shape (n_regions,)
        Mean 1 over regions with a presence; NaN for the rest.
    complexity : ndarray of float, shape (n_sectors,)
        Mean 1 over sectors with a presence; NaN for the rest.
    iterations : int
        Updates made.
    change : float
        Largest change of any value in the last update.
    converged : bool
        Whether ``change`` is within the tolerance. Read nothing into values that are not.
    region_reasons, sector_reasons : ndarray of str, shapes (n_regions,) and (n_sectors,)
        Why there is no value; empty where there is one.
    """

    fitness: Reals
    complexity: Reals
    iterations: int
    change: float
    converged: bool
    region_reasons: Texts
    sector_reasons: Texts


def calc_fitness(
    M: ArrayLike, *, tolerance: float = 1e-10, max_iterations: int = 10_000
) -> Fitness:
    """Fitness F_r ~ sum_i M_ri Q_i and complexity Q_i ~ 1 / sum_r M_ri / F_r, iterated.

    Both start at 1, both updates use the values of the step before, both are divided by their mean.

    Parameters
    ----------
    M : array_like, shape (n_regions, n_sectors)
        Presences, 0 or 1.
    tolerance : float, default 1e-10
        Stop when no value changes by more; the mean value is 1.
    max_iterations : int, default 10 000
        Stop here in any case.

    Returns
    -------
    Fitness
        float32 for float32 presences, though iterated in float64.

    Raises
    ------
    ValueError
        ``M`` is not a matrix of 0 and 1, no region holds any sector, or a limit out of range.

    Notes
    -----
    Source: Tacchella et al. (2012), Scientific Reports 2:723, eq. 1. The values after a fixed
    number of steps are no property of the table: econcomplex feeds the new F into Q and
    economiccomplexity makes one update less, so that their 20-step values differ by up to 17 %;
    converged values agree. Where the table is not dense around its diagonal many values converge
    to 0 (Pugliese et al. 2016): their order is settled, their size is not.
    """
    if not tolerance >= 0 or max_iterations < 1:
        raise ValueError(
            "The 'tolerance' must be at least 0 and 'max_iterations' at least 1. "
            f"Got {tolerance} and {max_iterations}."
        )
    trimmed = trim_presences(M)
    presences = np.asarray(trimmed.M, dtype=np.float64)
    if presences.size == 0:
        raise ValueError("The 'M' must hold at least one presence.")
    F, Q = (np.ones(size) for size in presences.shape)
    change, step = np.inf, 0
    while step < max_iterations and change > tolerance:
        step += 1
        new_F = presences @ Q
        new_Q = 1.0 / (presences.T @ (1.0 / np.maximum(F, SMALLEST_FITNESS)))
        new_F /= new_F.mean()
        new_Q /= new_Q.mean()
        change = max(float(np.abs(new_F - F).max()), float(np.abs(new_Q - Q).max()))
        F, Q = new_F, new_Q
    fitness, complexity = trimmed.spread(F, Q)
    region_reasons, sector_reasons = trimmed.explain()
    return Fitness(
        fitness, complexity, step, change, change <= tolerance, region_reasons, sector_reasons
    )


@dataclass(frozen=True, slots=True)
class Reflections:
    """Reflections of one order.

    Attributes
    ----------
    regions, sectors : ndarray of float, shapes (n_regions,) and (n_sectors,)
        k_r,n and k_i,n; NaN for a unit without presence.
    region_scores, sector_scores : ndarray of float, shapes (n_regions,) and (n_sectors,)
        The same standardised; NaN where all values are equal to rounding.
    region_reasons, sector_reasons : ndarray of str, shapes (n_regions,) and (n_sectors,)
        Why there is no value; empty where there is one.
    """

    regions: Reals
    sectors: Reals
    region_scores: Reals
    sector_scores: Reals
    region_reasons: Texts
    sector_reasons: Texts


def calc_reflections(M: ArrayLike, order: int, *, ddof: int = 0) -> Reflections:
    """Reflections k_r,n = (1/d_r) sum_i M_ri k_i,n-1 and k_i,n = (1/u_i) sum_r M_ri k_r,n-1.

    k_r,0 = d_r is diversity, k_i,0 = u_i ubiquity.

    Parameters
    ----------
    M : array_like, shape (n_regions, n_sectors)
        Presences, 0 or 1.
    order : int
        n, at least 0. Even orders of a region and odd orders of a sector generalise diversity (high
        is complex); the others generalise ubiquity (high is simple).
    ddof : {0, 1}, default 0
        Divisor of the standard deviation of the scores is n - ddof.

    Returns
    -------
    Reflections
        float32 for float32 presences, though iterated in float64.

    Raises
    ------
    ValueError
        ``M`` is not a matrix of 0 and 1, no region holds any sector, or an option out of range.

    Notes
    -----
    Source: Hidalgo & Hausmann (2009), PNAS 106(26). For reference: high orders tend to the
    ECI like (lambda3 / lambda2)^(n/2), stand up to 0.30 standard deviations off at order 18, and
    may settle on its opposite sign; use ``calc_complexity``. The values run into their common mean,
    which costs half the digits by then: here the distances to that mean are iterated instead, which
    keeps the digits of the scores.
    """
    if order < 0 or ddof not in (0, 1):
        raise ValueError(
            f"The 'order' must be at least 0 and 'ddof' 0 or 1. Got {order} and {ddof}."
        )
    trimmed = trim_presences(M)
    if trimmed.M.size == 0:
        raise ValueError("The 'M' must hold at least one presence.")
    presences = np.asarray(trimmed.M, dtype=np.float64)
    d, u = trimmed.diversity, trimmed.ubiquity
    # Averaging leaves these weighted means as they are: only the distances to them change.
    mean_d, mean_u = float(d @ d / d.sum()), float(u @ u / u.sum())
    regions, sectors = d - mean_d, u - mean_u
    for _ in range(order):
        regions, sectors = (presences @ sectors) / d, (presences.T @ regions) / u
    region_mean, sector_mean = (mean_d, mean_u) if order % 2 == 0 else (mean_u, mean_d)
    region_values, sector_values = trimmed.spread(region_mean + regions, sector_mean + sectors)
    region_scores, sector_scores = trimmed.spread(
        _score(regions, region_mean, ddof), _score(sectors, sector_mean, ddof)
    )
    return Reflections(
        region_values, sector_values, region_scores, sector_scores, *trimmed.explain()
    )


def _score(distances: Floats, mean: float, ddof: int) -> Floats:
    if len(distances) <= ddof or distances.std() <= NO_SPREAD * mean:
        return np.full(len(distances), np.nan)
    scores: Floats = (distances - distances.mean()) / distances.std(ddof=ddof)
    return scores
