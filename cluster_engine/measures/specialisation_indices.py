"""How specialised every region is: Herfindahl, Krugman, Hachman, entropy."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.job_tables import (
    NO_REGION_JOBS,
    ONE_REGION,
    ONE_SECTOR,
    Figures,
    Floats,
    explain,
    read_jobs,
)

KrugmanReference = Literal["nation", "rest", "mean_of_others"]


def calc_herfindahl(jobs: ArrayLike, *, normalised: bool = False) -> Figures:
    """Herfindahl index of every region: H = sum_i s_ri^2, s_ri = e_ri / e_r.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs; in single precision, so is the result.
    normalised : bool
        (H - 1 / n) / (1 - 1 / n) instead: 0 for equal shares, whatever the number of sectors.

    Returns
    -------
    Figures
        Shape (n_regions,), ratio: 1 / n_sectors to 1, or 0 to 1.

    Notes
    -----
    Source: Hirschman (1945), Herfindahl (1950). EconGeo and REAT return the raw index by default,
    econcomplex 1.0.1 the normalised one.
    """
    shares, empty, given = _read_shares(jobs)
    H = (shares**2).sum(axis=1)
    if not normalised:
        return explain(H, (empty, NO_REGION_JOBS), like=given)
    n = shares.shape[1]
    scaled = (H - 1 / max(n, 1)) / (1 - 1 / n) if n > 1 else H
    return explain(scaled, (n == 1, ONE_SECTOR), (empty, NO_REGION_JOBS), like=given)


def calc_krugman(jobs: ArrayLike, *, reference: KrugmanReference) -> Figures:
    """Krugman's index of every region: K = sum_i |s_ri - s_i|.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs of regions that make up the nation; in single precision, so is the result.
    reference : {"nation", "rest", "mean_of_others"}
        s_i: shares of the nation, the region included; of all other regions pooled; or the mean of
        the other regions' shares, each counting the same. Regions without jobs do not count.

    Returns
    -------
    Figures
        Shape (n_regions,): 0 (like the reference) to 2 (nothing in common).

    Raises
    ------
    ValueError
        Unknown reference.

    Notes
    -----
    Source: Krugman (1991), Geography and Trade, for two regions. The references are all published
    and give different numbers: EconGeo and econcomplex take the nation, REAT the mean of the others
    (Farhauer & Kroell 2013), Midelfart-Knarvik et al. (2000) the rest, to be preferred where the
    region is a large part of the nation. Swap the axes for the index of a sector over regions.
    """
    shares, empty, given = _read_shares(jobs)
    e_ri = np.asarray(given, dtype=np.float64)
    e_i = e_ri.sum(axis=0)
    n_others = int((~empty).sum()) - 1
    if reference == "nation":
        against = e_i / max(float(e_i.sum()), 1e-300)
    elif reference == "rest":
        rest = e_i - e_ri
        against = rest / np.maximum(rest.sum(axis=1, keepdims=True), 1e-300)
    elif reference == "mean_of_others":
        against = (shares.sum(axis=0) - shares) / max(n_others, 1)
    else:
        raise ValueError(
            f"The 'reference' must be nation, rest or mean_of_others. Got {reference}."
        )
    K = np.abs(shares - against).sum(axis=1)
    alone = n_others < 1 and reference != "nation"
    return explain(K, (alone, ONE_REGION), (empty, NO_REGION_JOBS), like=given)


def calc_specialisation_coefficient(jobs: ArrayLike) -> Figures:
    """Coefficient of specialisation of every region: 1/2 sum_i |s_ri - s_i|, half of Krugman's.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs of regions that make up the nation.

    Returns
    -------
    Figures
        Shape (n_regions,): the share of jobs that would have to change sector to look like the
        nation, the region included.

    Notes
    -----
    Source: Hoover & Giarratani (1985).
    """
    K = calc_krugman(jobs, reference="nation")
    return Figures(K.values / 2, K.reasons)


def calc_hachman(jobs: ArrayLike) -> Figures:
    """Hachman index of every region: 1 / sum_i s_ri LQ_ri = 1 / sum_i s_ri^2 / s_i.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs of regions that make up the nation; in single precision, so is the result.

    Returns
    -------
    Figures
        Shape (n_regions,): towards 0 (specialised) to 1 (like the nation). Sectors without jobs
        anywhere do not count.

    Notes
    -----
    Source: Hachman (1995), Bureau of Economic and Business Research, University of Utah.
    """
    shares, empty, given = _read_shares(jobs)
    e_i = np.asarray(given, dtype=np.float64).sum(axis=0)
    nation = e_i / max(e_i.sum(), 1e-300)
    mean_lq = (shares * (shares / np.where(nation > 0, nation, 1.0))).sum(axis=1)
    return explain(1 / np.where(empty, 1.0, mean_lq), (empty, NO_REGION_JOBS), like=given)


def calc_entropy(jobs: ArrayLike) -> Figures:
    """Shannon entropy of every region: -sum_i s_ri log2 s_ri, with 0 log 0 = 0.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs; in single precision, so is the result.

    Returns
    -------
    Figures
        Shape (n_regions,), bits: 0 (one sector) to log2 n_sectors (equal shares).

    Notes
    -----
    Source: Shannon (1948). EconGeo 1.3 adds 1e-9 to every share and rounds to three decimals.
    """
    shares, empty, given = _read_shares(jobs)
    logs = np.log2(np.where(shares > 0, shares, 1.0))
    return explain(0.0 - (shares * logs).sum(axis=1), (empty, NO_REGION_JOBS), like=given)


def calc_theil(jobs: ArrayLike) -> Figures:
    """Theil's index of every region against the nation: sum_i s_ri ln(s_ri / s_i).

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs of regions that make up the nation; in single precision, so is the result.

    Returns
    -------
    Figures
        Shape (n_regions,), nats: 0 (like the nation) to -ln min s_i.

    Notes
    -----
    Source: Theil (1967), Economics and Information Theory. The mean over regions, weighted by their
    jobs, is the mean over sectors of the same index of the transposed table.
    """
    shares, empty, given = _read_shares(jobs)
    e_i = np.asarray(given, dtype=np.float64).sum(axis=0)
    nation = e_i / max(e_i.sum(), 1e-300)
    present = shares > 0
    ratio = np.where(present, shares, 1.0) / np.where(present, nation, 1.0)
    return explain((shares * np.log(ratio)).sum(axis=1), (empty, NO_REGION_JOBS), like=given)


def _read_shares(jobs: ArrayLike) -> tuple[Floats, NDArray[np.bool_], Floats]:
    # Shares and sums in double precision: no index is worth the digits single precision loses.
    given = read_jobs(jobs, "jobs", 2)
    e_r = given.sum(axis=1, dtype=np.float64)
    empty = e_r == 0
    return given / np.where(empty, 1.0, e_r)[:, None], empty, given
