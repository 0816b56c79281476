"""Whether sectors stand together: pairs and groups, beyond what plants do to each sector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.ellison_glaeser import split_shares
from cluster_engine.measures.job_tables import (
    NO_JOBS_IN_REGIONS,
    ONE_REGION,
    ONE_SECTOR,
    Figures,
    Floats,
    Texts,
    explain,
    read_double,
    read_jobs,
)


@dataclass(frozen=True, slots=True)
class GroupIndex:
    """Coagglomeration of a group of sectors.

    Attributes
    ----------
    value : float
        NaN where undefined.
    reason : str
        Empty where defined.
    """

    value: float
    reason: str


def calc_coagglomeration(jobs: ArrayLike, *, region_share: ArrayLike | None = None) -> Figures:
    """Pairwise coagglomeration: gamma_ij = sum_r (s_ir - x_r)(s_jr - x_r) / (1 - sum_r x_r^2).

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs; in single precision the product runs in single and so is the result.
    region_share : array_like, shape (n_regions,), optional
        x_r, the regions' shares of all activity. By default of the jobs given, as Ellison & Glaeser
        (1997) have it. Ellison, Glaeser & Kerr (2010) take the mean of the sectors' shares:
        `calc_mean_share`. The numbers differ.

    Returns
    -------
    Figures
        Shape (n_sectors, n_sectors), symmetric. The diagonal is G_i / (1 - X2), the raw
        concentration of a sector with its own plants in it, and no pair.

    Raises
    ------
    ValueError
        Shapes do not fit, or a figure is negative or not finite.

    Notes
    -----
    Plant sizes drop out: plants of two sectors are placed apart. Source: Ellison, Glaeser & Kerr
    (2010), AER 100(3); equal to the group index of Ellison & Glaeser (1997) for two sectors.
    """
    given = read_jobs(jobs, "jobs", 2)
    s, x = split_shares(given.astype(np.float64, copy=False), region_share)
    X2 = float((x**2).sum())
    s = s - x[:, None]
    deviations = s.astype(given.dtype, copy=False)
    # One symmetric product; dividing the factor spares a pass over the square.
    deviations /= np.sqrt(1 - X2 if X2 < 1 else 1.0)
    gamma = deviations.T @ deviations
    empty = given.sum(axis=0) == 0
    reasons: Texts = np.broadcast_to(np.array(""), gamma.shape)
    if X2 < 1 and not empty.any():
        return Figures(gamma, reasons)
    none = empty[:, None] | empty[None, :]
    return explain(gamma, (X2 >= 1, ONE_REGION), (none, NO_JOBS_IN_REGIONS), like=given)


def calc_mean_share(jobs: ArrayLike) -> Floats:
    """Mean over sectors of their shares in every region: x_r = mean_i s_ir.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs. Sectors without any do not count.

    Returns
    -------
    ndarray of float, shape (n_regions,)
        Shares, every sector counting the same; NaN without jobs.

    Notes
    -----
    Source: Ellison, Glaeser & Kerr (2010), AER 100(3).
    """
    e_ir = read_double(jobs, "jobs", 2)
    kept = e_ir[:, e_ir.sum(axis=0) > 0]
    if not kept.shape[1]:
        return np.full(len(e_ir), np.nan)
    mean: Floats = (kept / kept.sum(axis=0)).mean(axis=1)
    return mean


def calc_group_coagglomeration(
    jobs: ArrayLike, *, region_share: ArrayLike | None = None
) -> GroupIndex:
    """Coagglomeration of a group of sectors beyond that of each.

    gamma_c = [G / (1 - X2) - H - sum_i gamma_i w_i^2 (1 - H_i)] / (1 - sum_i w_i^2)
            = [G - sum_i w_i^2 G_i] / [(1 - X2)(1 - sum_i w_i^2)]
            = sum_{i != j} w_i w_j gamma_ij / (1 - sum_i w_i^2)

    with w_i the sector's share of the group's jobs, G of the group, H = sum_i w_i^2 H_i.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_group)
        Jobs of the sectors of the group.
    region_share : array_like, shape (n_regions,), optional
        x_r, the regions' shares of all activity; by default of the group's own jobs.

    Returns
    -------
    GroupIndex

    Raises
    ------
    ValueError
        Shapes do not fit, or a figure is negative or not finite.

    Notes
    -----
    The second line is the first with gamma_i written out: the plants' Herfindahl indices cancel, so
    none are asked for. Source: Ellison & Glaeser (1997), JPE 105(5). REAT 3.0.3 `ellison.c` is
    wrong: its x_r sum to the number of sectors and its weights are not squared.
    """
    e_ir = read_double(jobs, "jobs", 2)
    s, x = split_shares(e_ir, region_share)
    w = e_ir.sum(axis=0) / max(e_ir.sum(), 1e-300)
    X2, W2 = float((x**2).sum()), float((w**2).sum())
    if e_ir.sum() == 0:
        return GroupIndex(float("nan"), NO_JOBS_IN_REGIONS)
    if X2 >= 1:
        return GroupIndex(float("nan"), ONE_REGION)
    if (w > 0).sum() < 2:
        return GroupIndex(float("nan"), ONE_SECTOR)
    G = float(((s @ w - x) ** 2).sum())
    own = float((w**2 * ((s - x[:, None]) ** 2).sum(axis=0)).sum())
    return GroupIndex((G - own) / ((1 - X2) * (1 - W2)), "")
