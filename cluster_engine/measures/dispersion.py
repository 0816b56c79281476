"""How unevenly every sector is spread over regions: Hoover, and the several Ginis in use."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.concentration import calc_locational_gini, calc_lq
from cluster_engine.measures.job_tables import (
    NO_JOBS_IN_REGIONS,
    Figures,
    Floats,
    explain,
    read_jobs,
)


def calc_hoover(jobs: ArrayLike) -> Figures:
    """Hoover's concentration of every sector: 1/2 sum_r |s_ir - x_r|, s_ir = e_ir / e_i.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs; in single precision, so is the result. x_r is the region's share of all of them.

    Returns
    -------
    Figures
        Shape (n_sectors,): the share of the sector's jobs that would have to move to be spread like
        all jobs. EconGeo and econcomplex print percent.

    Notes
    -----
    Source: Hoover (1936), Review of Economics and Statistics 18(4).
    """
    given = read_jobs(jobs, "jobs", 2)
    e_i, e_r = given.sum(axis=0, dtype=np.float64), given.sum(axis=1, dtype=np.float64)
    s = given / np.where(e_i > 0, e_i, 1.0)
    x = e_r / max(e_r.sum(), 1e-300)
    hoover = np.abs(s - x[:, None]).sum(axis=0) / 2
    return explain(hoover, (e_i == 0, NO_JOBS_IN_REGIONS), like=given)


def calc_weighted_gini(jobs: ArrayLike) -> Figures:
    """Lorenz-weighted locational Gini of every sector, with reasons: see `calc_locational_gini`.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs; in single precision, so is the result.

    Returns
    -------
    Figures
        Shape (n_sectors,): 0 (spread like all jobs) to almost 1.

    Notes
    -----
    Source: Kim (1995), QJE 110(4). Regions count by their size, which makes this the one to prefer
    where regions differ much.
    """
    given = read_jobs(jobs, "jobs", 2)
    return explain(
        calc_locational_gini(given), (given.sum(axis=0) == 0, NO_JOBS_IN_REGIONS), like=given
    )


def calc_krugman_gini(jobs: ArrayLike) -> Figures:
    """Krugman's locational Gini of every sector: half of the Lorenz-weighted one.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs; in single precision, so is the result.

    Returns
    -------
    Figures
        Shape (n_sectors,): 0 to almost 0.5, the area itself between diagonal and Lorenz curve.

    Notes
    -----
    Source: Krugman (1991), Geography and Trade; EconGeo and econcomplex `locational_gini`.
    """
    gini = calc_weighted_gini(jobs)
    return Figures(gini.values / 2, gini.reasons)


def calc_lq_gini(jobs: ArrayLike) -> Figures:
    """Unweighted Gini of the LQs of every sector over the regions that have jobs.

    G = sum_k (2 k - n - 1) v_(k) / (n sum_k v_k), v the LQs in ascending order

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs; in single precision, so is the result.

    Returns
    -------
    Figures
        Shape (n_sectors,): 0 (all LQs equal) to (n - 1) / n.

    Notes
    -----
    Source: Farhauer & Kroell (2013); REAT `gini.conc`. The smallest region counts like the largest.
    """
    given = read_jobs(jobs, "jobs", 2)
    e_i = given.sum(axis=0, dtype=np.float64)
    populated = given[given.sum(axis=1) > 0].astype(np.float64)
    lq = np.nan_to_num(calc_lq(populated, e_i).values)
    return explain(_calc_gini(lq), (e_i == 0, NO_JOBS_IN_REGIONS), like=given)


def calc_plain_gini(jobs: ArrayLike) -> Figures:
    """Gini of the jobs of every sector over all regions, whatever the regions' size.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs; in single precision, so is the result.

    Returns
    -------
    Figures
        Shape (n_sectors,): 0 (as many in every region) to (n - 1) / n. REAT also prints it times
        n / (n - 1).

    Notes
    -----
    Source: Gini (1912). inequality 1.0.1 `gini_gi` gives one number for every column, which is
    wrong; 1.1.2 agrees with this.
    """
    given = read_jobs(jobs, "jobs", 2)
    none = given.sum(axis=0) == 0
    return explain(_calc_gini(given.astype(np.float64)), (none, NO_JOBS_IN_REGIONS), like=given)


def _calc_gini(values: Floats) -> Floats:
    n = len(values)
    total = values.sum(axis=0)
    weights = 2 * np.arange(1, n + 1) - n - 1
    gini: Floats = weights @ np.sort(values, axis=0) / np.where(total > 0, n * total, 1.0)
    return gini
