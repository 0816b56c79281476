"""Concentration of sectors in regions: location quotient, shrinkage, locational Gini."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.job_tables import (
    NO_BASE_JOBS,
    NO_REGION_JOBS,
    NO_SECTOR_JOBS,
    Floats,
    Texts,
    read_double,
    read_jobs,
)

__all__ = [
    "NO_BASE_JOBS",
    "NO_REGION_JOBS",
    "NO_SECTOR_JOBS",
    "LocationQuotients",
    "ShrunkenRatios",
    "calc_locational_gini",
    "calc_lq",
    "calc_plant_size",
    "shrink_ratio",
]


@dataclass(frozen=True, slots=True)
class LocationQuotients:
    """Location quotients and, where there is none, why.

    Attributes
    ----------
    values : ndarray of float, shape (n_regions, n_sectors)
        Ratio; NaN where undefined.
    region_reasons : ndarray of str, shape (n_regions,)
        Why a whole region has no ratios; empty where it has.
    sector_reasons : ndarray of str, shape (n_sectors,)
        Why a whole sector has no ratios; empty where it has.
    """

    values: Floats
    region_reasons: Texts
    sector_reasons: Texts

    @property
    def reasons(self) -> Texts:
        """Shape (n_regions, n_sectors): empty where the ratio is defined."""
        # Built on demand: as a whole matrix the texts weigh fourteen times the figures.
        regions = self.region_reasons[:, None]
        return np.where(regions != "", regions, self.sector_reasons[None, :])


def calc_lq(jobs: ArrayLike, base_jobs: ArrayLike) -> LocationQuotients:
    """Location quotient LQ_ir = (e_ir / e_r) / (e_i / e).

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs by region and sector.
    base_jobs : array_like, shape (n_sectors,)
        Jobs of the base economy by sector, the regions included.

    Returns
    -------
    LocationQuotients
        Divided in the order written, so that equal shares give exactly 1. Single precision in
        gives single precision out; equal shares still give exactly 1, and shares that differ by
        less than one part in ten million may.

    Raises
    ------
    ValueError
        Shapes do not fit, or a figure is negative or not finite.

    Examples
    --------
    >>> calc_lq([[60.0, 40.0]], [300.0, 700.0]).values.round(4).tolist()
    [[2.0, 0.5714]]

    Notes
    -----
    Source: Florence (1939); Isard (1960), ch. 5. As "revealed comparative advantage": Balassa
    (1965). A region is specialised, M = 1, where LQ >= 1. Packages differ: fermi_cref 0.2.0 scales
    by square roots and takes 13 of 20 exact ties for less than 1; economiccomplexityR 2.0.0 sets
    M = 1 in every sector of an empty region. Here a tie is exactly 1 and an empty region undefined,
    hence M = 0.
    """
    e_ir = read_jobs(jobs, "jobs", 2)
    e_i = read_double(base_jobs, "base_jobs", 1)
    if e_ir.shape[1] != len(e_i):
        raise ValueError(
            f"The 'base_jobs' must have one figure per sector: {e_ir.shape[1]}. Got {len(e_i)}."
        )
    # Sums and shares in double precision even of single: 30 million jobs are no exact single.
    e_r = e_ir.sum(axis=1, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.divide(e_ir, e_r[:, None], out=np.empty_like(e_ir), casting="same_kind")
        values /= (e_i / e_i.sum()).astype(values.dtype)
    base_is_empty = e_i.sum() == 0
    no_region = NO_BASE_JOBS if base_is_empty else NO_REGION_JOBS
    region_reasons = np.where((e_r == 0) | base_is_empty, no_region, "")
    sector_reasons = np.where(e_i == 0, NO_SECTOR_JOBS, "")
    values[:, e_i == 0] = np.nan
    return LocationQuotients(values, region_reasons, sector_reasons)


@dataclass(frozen=True, slots=True)
class ShrunkenRatios:
    """Posterior of a ratio of observed to expected counts.

    Attributes
    ----------
    mean : ndarray of float
        Posterior mean.
    probability_above : ndarray of float
        Probability that the ratio exceeds the threshold.
    """

    mean: Floats
    probability_above: Floats


def shrink_ratio(
    observed: ArrayLike, expected: ArrayLike, *, prior_strength: float, threshold: float
) -> ShrunkenRatios:
    """Gamma-Poisson shrinkage of observed / expected towards 1.

    With x ~ Poisson(E theta) and theta ~ Gamma(a, a) the posterior is Gamma(x + a, E + a).

    Parameters
    ----------
    observed : array_like
        Counts x, any shape. Jobs must first be turned into effective plants: one plant is many
        jobs, and jobs taken as independent draws make every interval far too narrow.
    expected : array_like
        Counts E if the region were like the base; same shape.
    prior_strength : float
        a, in the unit of the counts; above 0.
    threshold : float
        Ratio for ``probability_above``.

    Returns
    -------
    ShrunkenRatios

    Raises
    ------
    ValueError
        ``prior_strength`` is not above 0.

    Notes
    -----
    Source: Clayton & Kaldor (1987), Biometrics 43(3), the Poisson-gamma model.
    """
    # SciPy is slow to import and nothing else of this module needs it.
    from scipy.special import gammaincc

    if not prior_strength > 0:
        raise ValueError(f"The 'prior_strength' must be above 0. Got {prior_strength}.")
    shape = np.asarray(observed, dtype=np.float64) + prior_strength
    rate = np.asarray(expected, dtype=np.float64) + prior_strength
    return ShrunkenRatios(shape / rate, gammaincc(shape, rate * threshold))


def calc_locational_gini(jobs: ArrayLike) -> Floats:
    """Locational Gini of every sector: how unlike all jobs its jobs are spread.

    The area between the diagonal and the Lorenz curve of sector shares over total shares, regions
    ordered by LQ, twice.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs by region and sector.

    Returns
    -------
    ndarray of float, shape (n_sectors,)
        0 (spread like all jobs) to almost 1; NaN for a sector without jobs.

    Notes
    -----
    Source: Kim (1995), QJE 110(4); the Lorenz-weighted form, as EconGeo and econcomplex have it.
    Krugman (1991) halves it, REAT takes the unweighted Gini of the LQs: all three are published,
    see `dispersion`.
    """
    given = read_jobs(jobs, "jobs", 2)
    e_ir = given.astype(np.float64, copy=False)
    e_r, e_i = e_ir.sum(axis=1), e_ir.sum(axis=0)
    kept = e_r > 0
    if not kept.any():
        return np.full(len(e_i), np.nan, dtype=given.dtype)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = e_ir[kept] / e_i
    x = e_r[kept] / e_r.sum()
    order = np.argsort(s / x[:, None], axis=0, kind="stable")
    s_sorted = np.take_along_axis(s, order, axis=0)
    lorenz = np.cumsum(s_sorted, axis=0)
    gini: Floats = 1.0 - (x[order] * (2.0 * lorenz - s_sorted)).sum(axis=0)
    return gini.astype(given.dtype, copy=False)


def calc_plant_size(enterprises: ArrayLike, mean_size: ArrayLike) -> Floats:
    """Effective plant size: jobs that go together as one draw, sum(n m^2) / sum(n m).

    It is the mean plant size seen by a random job, and 1 / (H e) for a sector with Herfindahl index
    H of its plants and e jobs.

    Parameters
    ----------
    enterprises : array_like, shape (n_sectors, n_bands)
        Enterprises by size band.
    mean_size : array_like, shape (n_bands,)
        Jobs of a typical enterprise of the band.

    Returns
    -------
    ndarray of float, shape (n_sectors,)
        Jobs; NaN for a sector without enterprises.

    Notes
    -----
    Source: Ellison & Glaeser (1997), the plant Herfindahl; Guimaraes, Figueiredo & Woodward (2009).
    """
    n = np.asarray(enterprises, dtype=np.float64)
    m = np.asarray(mean_size, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        size: Floats = (n @ m**2) / (n @ m)
    return size
