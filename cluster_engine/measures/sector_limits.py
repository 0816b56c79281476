"""Intervals and tests of the LQs of all sectors of a region, each with its own plant size."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.inference import NO_LOG_ERROR, Limits, calc_z
from cluster_engine.measures.job_tables import (
    NO_BASE_JOBS,
    NO_REGION_JOBS,
    NO_SECTOR_JOBS,
    Floats,
    explain,
    read_double,
)
from cluster_engine.measures.proportion_ratios import (
    IntervalMethod,
    TwoSamples,
    calc_nested_limits,
    calc_score,
)

Bools = NDArray[np.bool_]

NO_PLANT_SIZE = "plant size is not known"


def calc_sector_limits(
    jobs: ArrayLike,
    base_jobs: ArrayLike,
    plant_size: ArrayLike,
    *,
    level: float = 0.9,
    method: IntervalMethod = "score",
) -> Limits:
    """Interval of the LQ of every sector, plants being the draws.

    LQ_i = q_i / q = rho_i / (w_i rho_i + 1 - w_i), rho_i = q_i / q_-i, q = sum_j w_j q_j

    q_i is the chance that a plant of sector i stands in the region, w_i the sector's share of the
    base's jobs, q_-i the mean chance of the jobs of all other sectors. Plants of different sectors
    are placed independently, so q_i and q_-i are, and their ratio has the limits of
    `calc_nested_limits`.

    Parameters
    ----------
    jobs : array_like, shape (n_sectors,) or (n_regions, n_sectors)
        Jobs of the region, or of several, each taken alone.
    base_jobs : array_like, shape (n_sectors,)
        Jobs of the base, the region included.
    plant_size : array_like, shape (n_sectors,)
        Effective plant size sum(m^2) / sum(m), jobs; see `calc_plant_size`. NaN where not known.
    level : float
        Coverage aimed at of one interval; `multiplicity` has levels for many at once.
    method : {"score", "likelihood", "fieller", "delta"}
        See `calc_nested_limits`.

    Returns
    -------
    Limits
        In the shape of `jobs`. In a base of one sector, or in a region that is the whole base,
        every LQ is 1 and so are its limits.

    Raises
    ------
    ValueError
        Shapes do not fit; a figure is negative or not finite; the base has fewer jobs than the
        region; a plant size is not above 0; the level is not between 0 and 1.

    Notes
    -----
    A sector's jobs in the region are a sum over its plants in the base of size m times "stands
    here": mean q sum(m), variance q (1 - q) sum(m^2). That is a binomial count of
    sum(m)^2 / sum(m^2) = jobs / effective plant size trials, each worth one effective plant size:
    random count and random size are both in it. The mean chance q_-i has the variance of a binomial
    share of n_-i trials, which sum the sectors' variances; there a plant's worth at the region's
    overall share keeps a sector with no jobs here from counting as free of error. Only national
    sizes are needed. The skewness of plant sizes is not: with less than one expected plant the
    misses lie on one side. `benchmarks/coverage.py` measures the coverage. Source: dartboard of
    Ellison & Glaeser (1997); Guimaraes, Figueiredo & Woodward (2009), RSUE 39(3); score limits of
    Koopman (1984), Biometrics 40(2).
    """
    z = calc_z(level)
    x, e, size = _read_sectors(jobs, base_jobs, plant_size)
    share = np.broadcast_to(e / max(e.sum(), 1.0), x.shape)
    samples, certain = build_samples(x, e, size)
    limits = [
        np.where(certain, 1.0, limit) for limit in calc_nested_limits(samples, share, z, method)
    ]
    one_sided = (samples.x1 == 0) | (samples.x2 == 0)
    rules = (
        ((method == "delta") & one_sided & ~certain, NO_LOG_ERROR),
        (np.isnan(size), NO_PLANT_SIZE),
        (e == 0, NO_SECTOR_JOBS),
        (x.sum(axis=-1, keepdims=True) == 0, NO_REGION_JOBS),
        (e.sum() == 0, NO_BASE_JOBS),
    )
    low, high = (explain(limit, *rules) for limit in limits)
    return Limits(low.values, high.values, low.reasons)


def calc_p_not_above(
    jobs: ArrayLike, base_jobs: ArrayLike, plant_size: ArrayLike, *, threshold: float
) -> Floats:
    """Chance, for every sector, of at least the jobs seen if its LQ were the threshold.

    p = 1 - Phi(z), z the signed root of the score statistic of LQ_i = threshold.

    Parameters
    ----------
    jobs, base_jobs, plant_size : array_like
        As in `calc_sector_limits`.
    threshold : float
        LQ of the hypothesis; above 0.

    Returns
    -------
    ndarray of float
        In the shape of `jobs`; NaN where there is no LQ or the plant size is not known; 1 where
        the sector is so large a part of the base that it cannot exceed the threshold.

    Raises
    ------
    ValueError
        As in `calc_sector_limits`; the threshold is not above 0.

    Notes
    -----
    The low score limit at level L exceeds the threshold exactly where p < (1 - L) / 2. Adjust with
    `multiplicity` before reading many.
    """
    from scipy.special import ndtr

    if not threshold > 0:
        raise ValueError(f"The 'threshold' must be above 0. Got {threshold}.")
    x, e, size = _read_sectors(jobs, base_jobs, plant_size)
    share = e / max(e.sum(), 1.0)
    samples, certain = build_samples(x, e, size)
    possible = (threshold * share < 1) & ~certain
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = threshold * (1 - share) / (1 - threshold * share)
    score = calc_score(samples, np.where(possible, rho, 1.0))
    known = np.isfinite(size) & (e > 0) & (x.sum(axis=-1, keepdims=True) > 0)
    p = np.where(possible, ndtr(-score), np.where(certain & (threshold < 1), 0.0, 1.0))
    return np.where(known, p, np.nan)


def build_samples(jobs: Floats, base_jobs: Floats, plant_size: Floats) -> tuple[TwoSamples, Bools]:
    """Effective plants of every sector, and of all others together, in the region and in the base.

    Parameters
    ----------
    jobs : ndarray of float, shape (..., n_sectors)
        Jobs of the region.
    base_jobs, plant_size : ndarray of float, shape (n_sectors,)
        Jobs of the base; effective plant size.

    Returns
    -------
    samples : TwoSamples
        Arrays in the shape of `jobs`; harmless numbers where there is no LQ.
    certain : ndarray of bool
        Where every draw gives an LQ of 1.
    """
    total = max(base_jobs.sum(), 1.0)
    filled = np.where(base_jobs > 0, base_jobs, 1.0)
    # A sector has at least one plant, however large the plants of its size band are.
    n = np.maximum(filled / np.where(np.isfinite(plant_size), plant_size, filled), 1.0)
    q = jobs / filled
    overall = jobs.sum(axis=-1, keepdims=True) / total
    share = base_jobs / total
    rest = 1.0 - share
    smoothed = (q * n + overall) / (n + 1.0)
    variance = share**2 * smoothed * (1 - smoothed) / n
    divisor = np.where(rest > 0, rest, 1.0)
    v2 = np.maximum(variance.sum(axis=-1, keepdims=True) - variance, 0.0) / divisor**2
    q2 = np.clip((overall - share * q) / divisor, 0.0, 1.0)
    mean = ((share * smoothed).sum(axis=-1, keepdims=True) - share * smoothed) / divisor
    certain = (v2 <= 0) | (overall >= 1) | (rest <= 0)
    n2 = np.where(certain, 1.0, mean * (1 - mean) / np.where(certain, 1.0, v2))
    n = np.broadcast_to(n, q.shape)
    return TwoSamples(q * n, n, q2 * n2, n2), certain


def _read_sectors(
    jobs: ArrayLike, base_jobs: ArrayLike, plant_size: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    x = read_double(jobs, "jobs", max(np.ndim(jobs), 1))
    e = read_double(base_jobs, "base_jobs", 1)
    size = np.asarray(plant_size, dtype=np.float64)
    if not x.shape[-1] == len(e) == len(size):
        raise ValueError(
            "The 'jobs', 'base_jobs' and 'plant_size' must have the same sectors. "
            f"Got {x.shape[-1]}, {len(e)} and {len(size)}."
        )
    if (x > e).any():
        raise ValueError("The 'base_jobs' must include the jobs of the region.")
    if (size <= 0).any():
        raise ValueError("The 'plant_size' must be above 0.")
    return x, e, size
