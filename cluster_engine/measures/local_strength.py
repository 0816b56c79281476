"""How strong an area is in what lies next to a sector: its group, its suppliers, its customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

FLOOR = 0.1
"""Added to a ratio before its logarithm, so that an industry an area lacks counts as a tenth."""


def calc_log_ratio(jobs: ArrayLike, expected: ArrayLike, size: ArrayLike, prior: float) -> Floats:
    """Log of observed over expected effective plants, shrunk: log((e/s + a) / (E/s + a)).

    Parameters
    ----------
    jobs, expected : array_like, shape (n_regions, n_sectors)
        Jobs there, and jobs if the region were like the nation.
    size : array_like, shape (n_sectors,)
        s, jobs that go together as one plant; above 0.
    prior : float
        a, plants; above 0.

    Returns
    -------
    ndarray of float, shape (n_regions, n_sectors)
        0 where as expected.

    Raises
    ------
    ValueError
        ``prior`` or a size is not above 0.

    Examples
    --------
    >>> calc_log_ratio([[60.0]], [[20.0]], [20.0], 1.0).round(4).tolist()
    [[0.6931]]

    Notes
    -----
    The log of the posterior mean of `concentration.shrink_ratio`. Source: Clayton & Kaldor (1987).
    """
    s = np.asarray(size, dtype=np.float64)
    if not (prior > 0 and (s > 0).all()):
        raise ValueError(f"The 'prior' and every 'size' must be above 0. Got prior {prior}.")
    e, E = np.asarray(jobs, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    ratio: Floats = np.log(e / s + prior) - np.log(E / s + prior)
    return ratio


def calc_rest_of_group(
    jobs: ArrayLike, expected: ArrayLike, labels: ArrayLike, *, prior_jobs: float
) -> Floats:
    """Log ratio of the other sectors of a sector's group: log((e_g - e + a) / (E_g - E + a)).

    Parameters
    ----------
    jobs, expected : array_like, shape (n_regions, n_sectors)
        Jobs there, and jobs if the region were like the nation.
    labels : array_like, shape (n_sectors,)
        Group of each sector, anything that can be compared.
    prior_jobs : float
        a, jobs; above 0. A group without other sectors has a ratio of 1.

    Returns
    -------
    ndarray of float, shape (n_regions, n_sectors)
        Without the sector itself, so that it does not predict itself.

    Raises
    ------
    ValueError
        ``prior_jobs`` is not above 0.

    Examples
    --------
    >>> calc_rest_of_group([[5, 30, 9]], [[5, 10, 9]], [1, 1, 2], prior_jobs=10).round(4).tolist()
    [[0.6931, 0.0, 0.0]]
    """
    if not prior_jobs > 0:
        raise ValueError(f"The 'prior_jobs' must be above 0. Got {prior_jobs}.")
    groups = np.asarray(labels)
    same = (groups[:, None] == groups).astype(np.float64)
    np.fill_diagonal(same, 0.0)
    held, usual = (np.asarray(figures, dtype=np.float64) @ same for figures in (jobs, expected))
    ratio: Floats = np.log(held + prior_jobs) - np.log(usual + prior_jobs)
    return ratio


@dataclass(frozen=True, slots=True)
class MarketAccess:
    """How much of what an industry buys and sells is concentrated in the region.

    Attributes
    ----------
    supplier, customer : ndarray of float, shape (n_regions, n_io)
        Weighted mean log LQ of the industries it buys from, and of those it sells to; 0 is as in
        the nation, also for an industry that trades with no other.
    """

    supplier: Floats
    customer: Floats


def calc_market_access(lq: ArrayLike, Z: ArrayLike) -> MarketAccess:
    """Supplier access sum_k a_kj log LQ_rk and customer access sum_k b_jk log LQ_rk, k not j.

    a_kj is industry k's share in what j buys from other industries, b_jk its share in what j sells.

    Parameters
    ----------
    lq : array_like, shape (n_regions, n_io)
        Location quotients of the regions; 0 where undefined.
    Z : array_like, shape (n_io, n_io)
        Intermediate flows from row to column, £m.

    Returns
    -------
    MarketAccess

    Notes
    -----
    A tenth is added to every LQ before its logarithm. Source: the input and output strength of
    Glaeser & Kerr (2009), Journal of Economics & Management Strategy 18(3), in logs of ratios.
    """
    flows = np.array(Z, dtype=np.float64)
    np.fill_diagonal(flows, 0.0)
    bought, sold = flows.sum(axis=0), flows.sum(axis=1)
    A = np.divide(flows, bought, out=np.zeros_like(flows), where=bought > 0)
    B = np.divide(flows, sold[:, None], out=np.zeros_like(flows), where=sold[:, None] > 0)
    strength = np.log(np.asarray(lq, dtype=np.float64) + FLOOR) - np.log(1.0 + FLOOR)
    return MarketAccess(strength @ A, strength @ B.T)
