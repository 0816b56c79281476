"""What the niche clusters of a region buy and make, seen from every supplying or using industry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.input_output import calc_A
from cluster_engine.measures.regionalisation import calc_flq, calc_regional_A

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NicheLinks:
    """Links between the niche clusters of a region and all industries.

    Attributes
    ----------
    demand : ndarray of float, shape (n_niches, n_io)
        What each niche buys of each product a year, home-made and imported, £m.
    leakage : ndarray of float, shape (n_niches, n_io)
        The part of it that comes from outside the region, £m.
    supplier : ndarray of float, shape (n_io,)
        How much more of each product's total use the niches buy than the region's share of jobs
        would have it; a ratio, 1 = as expected.
    customer : ndarray of float, shape (n_io,)
        How much more of each industry's inputs per £ of output the niches make than the region's
        share of jobs would have it; £ per £, scaled by that share.
    main_input : ndarray of int, shape (n_io,)
        Product, made by the niches, that weighs most in each industry's inputs; -1 for none.
    main_input_share : ndarray of float, shape (n_io,)
        Its share in the industry's purchases of goods and services, 0 to 1.
    """

    demand: Floats
    leakage: Floats
    supplier: Floats
    customer: Floats
    main_input: NDArray[np.int64]
    main_input_share: Floats


def calc_niche_links(
    flows: ArrayLike,
    imports: ArrayLike,
    output: ArrayLike,
    *,
    niche_shares: ArrayLike,
    lq: ArrayLike,
    region_share: float,
    delta: float,
) -> NicheLinks:
    """Supply-chain links of a region's niche clusters with every industry.

    A niche is taken to have the technology of its national industry: it buys s_nj (z_ij + m_ij),
    with s_nj its share of the nation's jobs in industry j. Bought inside the region is
    s_nj min(1, FLQ_ij) z_ij; the rest leaks.

    Parameters
    ----------
    flows, imports : array_like, shape (n_io, n_io)
        Domestic and imported intermediate flows, £m.
    output : array_like, shape (n_io,)
        Output, £m.
    niche_shares : array_like, shape (n_niches, n_io)
        Share of the nation's jobs in each industry that the niche holds.
    lq : array_like, shape (n_io,)
        Location quotients of the region (jobs); 0 where undefined.
    region_share : float
        The region's share of the nation's jobs.
    delta : float
        Exponent of the FLQ.

    Returns
    -------
    NicheLinks

    Notes
    -----
    Source: leakage with FLQ coefficients, Flegg & Webber (1997); the gap as unmet input demand
    after Feser & Bergman (2000).
    """
    Z, M = np.asarray(flows, np.float64), np.asarray(imports, np.float64)
    x, s = np.asarray(output, np.float64), np.asarray(niche_shares, np.float64)
    A = calc_A(Z, x)
    local = calc_regional_A(A, calc_flq(lq, region_share=region_share, delta=delta)) * x
    demand = s @ (Z + M).T
    supply = x + M.sum(axis=1)
    made = s.sum(axis=0)
    weighed = Z * made[:, None]
    inputs = (Z + M).sum(axis=0)
    main = np.argmax(weighed, axis=0)
    columns = np.arange(len(x))
    has_main = weighed[main, columns] > 0
    return NicheLinks(
        demand=demand,
        leakage=demand - s @ np.nan_to_num(local).T,
        supplier=_ratio(demand.sum(axis=0), supply) / region_share,
        customer=_ratio(weighed.sum(axis=0), x) / region_share,
        main_input=np.where(has_main, main, -1),
        main_input_share=np.where(has_main, _ratio(Z[main, columns], inputs), 0.0),
    )


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)
