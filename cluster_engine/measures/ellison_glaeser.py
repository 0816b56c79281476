"""Concentration beyond the lumps that plants are: Ellison & Glaeser, Maurel & Sedillot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.job_tables import (
    NO_JOBS_IN_REGIONS,
    ONE_REGION,
    Floats,
    Texts,
    explain,
    read_double,
)

ONE_PLANT = "all jobs are in one plant"


@dataclass(frozen=True, slots=True)
class PlantSizes:
    """How lumpy every sector is.

    Attributes
    ----------
    herfindahl : ndarray of float, shape (n_sectors,)
        H = sum z_k^2, z_k a plant's share of its sector's jobs; NaN without plants.
    fourth_powers : ndarray of float, shape (n_sectors,)
        sum z_k^4; NaN without plants.
    """

    herfindahl: Floats
    fourth_powers: Floats


@dataclass(frozen=True, slots=True)
class EllisonGlaeser:
    """Ellison and Glaeser's index and its parts.

    Attributes
    ----------
    gamma : ndarray of float, shape (n_sectors,)
        0: as concentrated as randomly placed plants; above 0.05 is called high.
    G : ndarray of float, shape (n_sectors,)
        Raw concentration.
    z : ndarray of float, shape (n_sectors,)
        (G - E G) / sd G of randomly placed plants, standard deviations.
    maurel_sedillot : ndarray of float, shape (n_sectors,)
        Maurel and Sedillot's index.
    reasons : ndarray of str, shape (n_sectors,)
        Why there is no gamma; empty where there is.
    """

    gamma: Floats
    G: Floats
    z: Floats
    maurel_sedillot: Floats
    reasons: Texts


def measure_plants(plant_jobs: ArrayLike, sector: ArrayLike, n_sectors: int) -> PlantSizes:
    """Herfindahl index of the plants of every sector, and the sum of fourth powers.

    Parameters
    ----------
    plant_jobs : array_like, shape (n_plants,)
        Jobs of every plant.
    sector : array_like of int, shape (n_plants,)
        Number of its sector, from 0.
    n_sectors : int
        Number of sectors.

    Raises
    ------
    ValueError
        A figure is negative or not finite, or a sector number is out of range.
    """
    z = read_double(plant_jobs, "plant_jobs", 1)
    number = np.asarray(sector, dtype=np.int64)
    if number.shape != z.shape or (len(z) and not 0 <= number.min() <= number.max() < n_sectors):
        raise ValueError(f"Every plant must have a 'sector' from 0 to {n_sectors - 1}.")
    total = np.bincount(number, z, n_sectors)
    z = z / np.where(total > 0, total, 1.0)[number]
    powers = [np.bincount(number, z**power, n_sectors) for power in (2, 4)]
    herfindahl, fourth = (np.where(total > 0, sums, np.nan) for sums in powers)
    return PlantSizes(herfindahl, fourth)


def calc_ellison_glaeser(
    jobs: ArrayLike, plants: PlantSizes, *, region_share: ArrayLike | None = None
) -> EllisonGlaeser:
    """Ellison-Glaeser index: gamma = (G / (1 - X2) - H) / (1 - H), G = sum_r (s_ir - x_r)^2.

    z = (G - (1 - X2) H) / sqrt(V),
    V = 2 {H^2 (X2 - 2 X3 + X2^2) - sum z_k^4 (X2 - 4 X3 + 3 X2^2)}, Xp = sum_r x_r^p;
    Maurel-Sedillot: ((sum_r s_ir^2 - X2) / (1 - X2) - H) / (1 - H).

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs.
    plants : PlantSizes
        Of the same sectors; `fourth_powers` are needed for z alone.
    region_share : array_like, shape (n_regions,), optional
        x_r, the regions' shares of all activity; by default of the jobs given. Scaled to sum to 1.

    Returns
    -------
    EllisonGlaeser
        gamma and Maurel-Sedillot are NaN, and z and G where they cannot be either, for a sector
        without jobs, of one plant, or where all activity is in one region.

    Raises
    ------
    ValueError
        Shapes do not fit, or a figure is negative or not finite.

    Notes
    -----
    Source: Ellison & Glaeser (1997), JPE 105(5), eq. 5; Maurel & Sedillot (1999). PySAL inequality
    1.0.1 and REAT `ellison.a2` agree. concentrationMetrics 0.6.0 leaves out -H and confuses areas,
    REAT `ellison.a` matches regions by first appearance: both wrong.
    """
    e_ir = read_double(jobs, "jobs", 2)
    H = np.asarray(plants.herfindahl, dtype=np.float64)
    if len(H) != e_ir.shape[1]:
        raise ValueError(f"The 'plants' must have {e_ir.shape[1]} sectors. Got {len(H)}.")
    s, x = split_shares(e_ir, region_share)
    X2, X3 = (x**2).sum(), (x**3).sum()
    spread = 1 - X2 if X2 < 1 else 1.0
    G = ((s - x[:, None]) ** 2).sum(axis=0)
    variance = 2 * (H**2 * (X2 - 2 * X3 + X2**2) - plants.fourth_powers * (X2 - 4 * X3 + 3 * X2**2))
    certain = ~(variance > 0)
    z = (G - spread * H) / np.sqrt(np.where(certain, 1.0, variance))
    one_plant = ~(H < 1)
    divisor = np.where(one_plant, 1.0, 1 - H)
    empty = (e_ir.sum(axis=0) == 0, NO_JOBS_IN_REGIONS)
    one_region = (X2 >= 1, ONE_REGION)
    rules = ((one_plant, ONE_PLANT), one_region, empty)
    gamma = explain((G / spread - H) / divisor, *rules)
    ms = explain((((s**2).sum(axis=0) - X2) / spread - H) / divisor, *rules)
    return EllisonGlaeser(
        gamma.values,
        explain(G, empty).values,
        explain(z, (certain, ONE_PLANT), one_region, empty).values,
        ms.values,
        gamma.reasons,
    )


def split_shares(jobs: Floats, region_share: ArrayLike | None) -> tuple[Floats, Floats]:
    """Shares s_ir of every sector over regions and x_r of all activity.

    Parameters
    ----------
    jobs : ndarray of float, shape (n_regions, n_sectors)
        Jobs; a sector without any gets shares of 0.
    region_share : array_like, shape (n_regions,), optional
        x_r; by default of the jobs given.

    Raises
    ------
    ValueError
        One share per region is needed, and they must not sum to 0.
    """
    e_i = jobs.sum(axis=0)
    s = jobs / np.where(e_i > 0, e_i, 1.0)
    x = jobs.sum(axis=1) if region_share is None else read_double(region_share, "region_share", 1)
    if len(x) != len(jobs):
        raise ValueError(f"The 'region_share' must have {len(jobs)} figures. Got {len(x)}.")
    if region_share is not None and not x.sum() > 0:
        raise ValueError("The 'region_share' must have a figure above 0.")
    return s, x / max(x.sum(), 1e-300)
