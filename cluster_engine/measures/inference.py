"""Intervals of location quotients, with plants instead of jobs as the draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.job_tables import Floats, Texts, explain, read_double
from cluster_engine.measures.proportion_ratios import (
    IntervalMethod,
    TwoSamples,
    calc_nested_limits,
)

NO_LOG_ERROR = "none or all of the sector is in the region: log LQ has no delta error"
NO_TABLE = "region, sector or base has no jobs"


@dataclass(frozen=True, slots=True)
class Limits:
    """Interval and, where there is none, why.

    Attributes
    ----------
    low, high : ndarray of float
        Limits; NaN where undefined.
    reasons : ndarray of str, same shape
        Empty where the interval is defined.
    """

    low: Floats
    high: Floats
    reasons: Texts


def calc_log_lq_error(
    jobs: ArrayLike,
    region_jobs: ArrayLike,
    sector_jobs: ArrayLike,
    base_jobs: ArrayLike,
    *,
    plant_size: ArrayLike = 1.0,
) -> Floats:
    """Standard error of log LQ of a region that is part of the base (delta method).

    Var(log LQ) = (x2 / (x1 x))^2 n1 p1 (1 - p1) + (1 / x^2) n2 p2 (1 - p2)

    with x1 the sector's jobs in the region and x2 elsewhere, x = x1 + x2, n1 and n2 all jobs there,
    p = x / n; every count divided by the jobs that go together as one draw.

    Parameters
    ----------
    jobs, region_jobs, sector_jobs, base_jobs : array_like
        Jobs: the cell, all of the region, all of the sector in the base, all of the base.
        Broadcast together.
    plant_size : array_like
        Effective plant size, jobs. With 1, jobs are taken as independent draws, which they are not:
        the error is then far too small.

    Returns
    -------
    ndarray of float
        NaN where the cell has no jobs or the table is empty.

    Raises
    ------
    ValueError
        The region is larger than the base, or a figure is negative or not finite.

    Notes
    -----
    Source: Moineddin, Beyene & Boyle (2003), Geographical Analysis 35(3), who take region and base
    as independent; here the region is part of the base, which the covariance of the two carries.
    """
    cell = _read_table(jobs, region_jobs, sector_jobs, base_jobs, plant_size)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p2 = cell.x1 / cell.n1, cell.x2 / cell.n2
        x = cell.x1 + cell.x2
        variance = (cell.x2 / (cell.x1 * x)) ** 2 * cell.n1 * p1 * (1 - p1)
        # A region that is the whole base has nothing outside it, and no error from there.
        variance = variance + np.where(cell.n2 > 0, cell.n2 * p2 * (1 - p2), 0.0) / x**2
    return np.where(cell.x1 > 0, np.sqrt(variance), np.nan)


def calc_lq_limits(
    jobs: ArrayLike,
    region_jobs: ArrayLike,
    sector_jobs: ArrayLike,
    base_jobs: ArrayLike,
    *,
    plant_size: ArrayLike = 1.0,
    level: float = 0.9,
    method: IntervalMethod = "score",
) -> Limits:
    """Interval of the LQ of a region that is part of the base, from its two-by-two table.

    LQ = rho / (a rho + 1 - a), rho = p1 / p2, a = n1 / n

    p1 and p2 are the sector's shares of jobs in the region and elsewhere and independent, and the
    LQ rises with their ratio: limits of rho give limits of the LQ.

    Parameters
    ----------
    jobs, region_jobs, sector_jobs, base_jobs, plant_size : array_like
        As in `calc_log_lq_error`.
    level : float
        Coverage aimed at, between 0 and 1.
    method : {"score", "likelihood", "fieller", "delta"}
        See `calc_nested_limits`. Score and likelihood hold with few plants, all agree with many.

    Returns
    -------
    Limits

    Raises
    ------
    ValueError
        As in `calc_log_lq_error`; the level is not between 0 and 1.

    Notes
    -----
    One plant size for a whole table; `calc_sector_limits` takes one for each sector. Source:
    Beyene & Moineddin (2005), BMC Medical Research Methodology 5:32; nested form derived.
    """
    z = calc_z(level)
    cell = _read_table(jobs, region_jobs, sector_jobs, base_jobs, plant_size)
    share = np.divide(cell.n1, cell.n1 + cell.n2, out=np.ones_like(cell.n1), where=cell.n1 > 0)
    empty = (cell.n1 == 0) | (cell.x1 + cell.x2 == 0)
    # Nothing outside the region: the LQ is 1 whatever the draws.
    certain = (cell.n2 == 0) & ~empty
    usable = TwoSamples(
        cell.x1, np.where(empty, 1.0, cell.n1), cell.x2, np.where(cell.n2 > 0, cell.n2, 1.0)
    )
    limits = [
        np.where(certain, 1.0, limit) for limit in calc_nested_limits(usable, share, z, method)
    ]
    one_sided = (cell.x1 == 0) | (cell.x2 == 0)
    rules = ((method == "delta") & one_sided & ~certain, NO_LOG_ERROR), (empty, NO_TABLE)
    low, high = (explain(limit, *rules) for limit in limits)
    return Limits(low.values, high.values, low.reasons)


def calc_z(level: float) -> float:
    """Normal quantile of a two-sided level.

    Raises
    ------
    ValueError
        The level is not between 0 and 1.

    Examples
    --------
    >>> round(calc_z(0.9), 4)
    1.6449
    """
    # SciPy is slow to import and only inference needs it.
    from scipy.special import ndtri

    if not 0 < level < 1:
        raise ValueError(f"The 'level' must be between 0 and 1. Got {level}.")
    return float(ndtri((1 + level) / 2))


def _read_table(
    jobs: ArrayLike,
    region_jobs: ArrayLike,
    sector_jobs: ArrayLike,
    base_jobs: ArrayLike,
    plant_size: ArrayLike,
) -> TwoSamples:
    given = (jobs, region_jobs, sector_jobs, base_jobs, plant_size)
    x1, n1, x, n, size = np.broadcast_arrays(*(np.asarray(figure, float) for figure in given))
    read_double(np.stack([x1, n1, x, n]).reshape(-1), "jobs", 1)
    if not (size > 0).all():
        raise ValueError("The 'plant_size' must be above 0.")
    x2, n2 = x - x1, n - n1
    if (x2 < 0).any() or (n2 < 0).any() or (x1 > n1).any() or (x2 > n2).any():
        raise ValueError("The base must include the region, and all jobs those of the sector.")
    return TwoSamples(x1 / size, n1 / size, x2 / size, n2 / size)
