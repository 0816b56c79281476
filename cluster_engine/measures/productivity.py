"""Value added per job by sector, from figures for groups of sectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.job_tables import Figures, Floats, Texts, read_jobs

Integers = NDArray[np.intp]

NO_GROUP = "no published group holds the sector"
NOT_PUBLISHED = "value added or jobs not published"
NO_GROUP_JOBS = "group has no jobs"
FEW_GROUP_JOBS = "group has too few jobs to divide by"

OUTSIDE = -1
"""Group of a sector that stands in none."""

THOUSANDS_PER_MILLION = 1000.0


@dataclass(frozen=True, slots=True)
class ValuePerJob:
    """Value added per job of each sector: that of the group it stands in.

    Attributes
    ----------
    values : ndarray of float, shape (n_sectors,)
        £ thousand per job; NaN where ``reasons`` says why.
    reasons : ndarray of str, shape (n_sectors,)
        Empty where the figure is defined.
    group_value : ndarray of float, shape (n_sectors,)
        Published value added of the group, £m; NaN without a group.
    group_jobs : ndarray of float, shape (n_sectors,)
        Jobs of the group in the areas whose value added is published; NaN without a group.
    covered : ndarray of float, shape (n_sectors,)
        Share of the group's jobs that stand in such areas; NaN without a group or jobs.
    """

    values: Floats
    reasons: Texts
    group_value: Floats
    group_jobs: Floats
    covered: Floats


def calc_value_per_job(
    value_added: ArrayLike,
    jobs: ArrayLike,
    group_of: ArrayLike,
    *,
    smallest_jobs: float = 0.0,
) -> ValuePerJob:
    """Value added per job of some areas together, by sector.

    p_i = 1000 * sum_r V_rg / sum_r E_rg,  g the group of i, r the areas where V_rg is published

    Parameters
    ----------
    value_added : array_like, shape (n_areas, n_groups)
        £m; NaN where not published. It may be negative.
    jobs : array_like, shape (n_areas, n_sectors)
        Jobs, of the same year.
    group_of : array_like of int, shape (n_sectors,)
        Position of the group of each sector; -1: none.
    smallest_jobs : float
        A group with fewer jobs has no figure: a few rounded jobs give any ratio.

    Returns
    -------
    ValuePerJob

    Raises
    ------
    ValueError
        Shapes differ, jobs are negative or not finite, value added is infinite, or a position is
        outside the groups.

    Notes
    -----
    All sectors of a group share its mean: productive sectors of a group look less so, and others
    more. Jobs and value added are those of the same areas, so that an area without a figure for
    value added weighs in neither. Source: OECD (2001), Measuring Productivity, section 3.
    """
    V, E, group = _read(value_added, jobs, group_of)
    n_groups = V.shape[1]
    within = group != OUTSIDE
    published = np.isfinite(V)
    members = np.zeros((E.shape[1], n_groups))
    members[np.flatnonzero(within), group[within]] = 1.0
    group_jobs = E @ members
    amounts = np.where(published, V, 0.0).sum(axis=0)
    counted = np.where(published, group_jobs, 0.0).sum(axis=0)
    all_jobs = group_jobs.sum(axis=0)

    reasons = np.full(n_groups, "", dtype=f"<U{_LONGEST}")
    reasons[counted < smallest_jobs] = FEW_GROUP_JOBS
    reasons[counted == 0] = NO_GROUP_JOBS
    reasons[~published.any(axis=0)] = NOT_PUBLISHED
    ratio = np.full(n_groups, np.nan)
    known = reasons == ""
    ratio[known] = THOUSANDS_PER_MILLION * amounts[known] / counted[known]
    covered = np.divide(counted, all_jobs, out=np.full(n_groups, np.nan), where=all_jobs > 0)
    return ValuePerJob(
        values=_spread(ratio, group),
        reasons=np.where(within, np.append(reasons, "")[group], NO_GROUP),
        group_value=_spread(np.where(published.any(axis=0), amounts, np.nan), group),
        group_jobs=_spread(counted, group),
        covered=_spread(covered, group),
    )


def average_value_per_job(values: ArrayLike, jobs: ArrayLike) -> Figures:
    """Value added per job of sets of sectors: the mean of their sectors, weighted by jobs.

    Parameters
    ----------
    values : array_like, shape (n_sectors,)
        £ thousand per job; NaN where not known.
    jobs : array_like, shape (n_sets, n_sectors)
        Jobs of each set in each sector; 0 outside the set.

    Returns
    -------
    Figures
        £ thousand per job, shape (n_sets,); NaN where no job of a set stands in a sector with a
        figure. Sectors without a figure do not count, neither in the sum nor in the weights.

    Raises
    ------
    ValueError
        Shapes differ, or jobs are negative or not finite.
    """
    E = read_jobs(jobs, "jobs", 2)
    p = np.asarray(values, dtype=np.float64)
    if p.shape != (E.shape[1],):
        raise ValueError(f"The 'values' must have shape ({E.shape[1]},). Got {p.shape}.")
    weight = np.where(np.isfinite(p), E, 0.0)
    total = weight.sum(axis=1)
    mean = np.divide(weight @ np.nan_to_num(p), total, out=np.full(len(E), np.nan), where=total > 0)
    return Figures(mean, np.where(total > 0, "", NO_KNOWN_JOBS))


NO_KNOWN_JOBS = "no jobs in a sector with a figure"
_LONGEST = max(map(len, (NO_GROUP, NOT_PUBLISHED, NO_GROUP_JOBS, FEW_GROUP_JOBS)))


def _read(
    value_added: ArrayLike, jobs: ArrayLike, group_of: ArrayLike
) -> tuple[Floats, Floats, Integers]:
    V = np.asarray(value_added, dtype=np.float64)
    E = read_jobs(jobs, "jobs", 2)
    group = np.asarray(group_of, dtype=np.intp)
    if V.ndim != 2 or V.shape[0] != E.shape[0]:
        raise ValueError(
            f"The 'value_added' must have {E.shape[0]} rows, as 'jobs' has. Got shape {V.shape}."
        )
    if np.isinf(V).any():
        raise ValueError("The 'value_added' must be finite, or NaN where not published.")
    if group.shape != (E.shape[1],):
        raise ValueError(f"The 'group_of' must have shape ({E.shape[1]},). Got {group.shape}.")
    if ((group < OUTSIDE) | (group >= V.shape[1])).any():
        raise ValueError(f"The 'group_of' must be from -1 to {V.shape[1] - 1}.")
    return V, E, group


def _spread(by_group: Floats, group: Integers) -> Floats:
    # Position -1 takes the element appended last.
    spread: Floats = np.append(by_group, np.nan)[group]
    return spread
