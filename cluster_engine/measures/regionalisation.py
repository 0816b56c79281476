"""Location quotients between sectors, and the regional input coefficients they give.

Suppliers in rows, users in columns. SLQ_i is the simple location quotient of the region in sector i
(:func:`cluster_engine.measures.concentration.calc_lq` on output, or on jobs for want of it). None
of the quotients is capped; :func:`calc_regional_A` caps, so that a region never buys more inside
than it needs. As a matrix, the SLQ itself is ``slq[:, None]``: one quotient per supplying row.

A supplier the region lacks has quotients 0. A user the region lacks has output 0 and buys nothing:
its column is infinite where the formula divides by its SLQ, which the cap makes 1, and weighs
nothing in any flow. An undefined SLQ (NaN) stays NaN; put 0 for a sector the nation lacks.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.input_output import as_floats

Floats = NDArray[np.float64]

DELTA_BAND = (0.1, 0.4)
"""Exponents of the FLQ found in calibrations; Flegg & Tohmo (2013) give 0.25 +/- 0.05 for Finland,
others more and less, so no figure is shown without what it becomes at both ends."""


def calc_cilq(slq: ArrayLike) -> Floats:
    """Cross-industry location quotients CILQ_ij = SLQ_i / SLQ_j, with CILQ_ii = SLQ_i.

    Parameters
    ----------
    slq : array_like, shape (n_sectors,)
        Simple location quotients of the region.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)

    Raises
    ------
    ValueError
        ``slq`` is not one row of quotients that are at least 0.

    Notes
    -----
    Source: Schaffer & Chu (1969); the diagonal, without which a sector of whatever weight would buy
    all its own products inside the region, Smith & Morrison (1974).
    """
    q = _check_slq(slq)
    return _divide_suppliers(q, q)


def calc_rlq(slq: ArrayLike) -> Floats:
    """Round's semi-logarithmic quotients RLQ_ij = SLQ_i / log2(1 + SLQ_j), with RLQ_ii = SLQ_i.

    Parameters
    ----------
    slq : array_like, shape (n_sectors,)
        Simple location quotients of the region.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)

    Raises
    ------
    ValueError
        ``slq`` is not one row of quotients that are at least 0.

    Notes
    -----
    Source: Round (1978).
    """
    q = _check_slq(slq)
    return _divide_suppliers(q, np.log2(1.0 + q))


def calc_lambda(region_share: float, delta: ArrayLike) -> Floats:
    """Weight of the region's size: lambda = [log2(1 + R)]^delta.

    Parameters
    ----------
    region_share : float
        R, the region's share of the nation, above 0 and at most 1.
    delta : array_like
        In [0, 1), any shape.

    Returns
    -------
    ndarray of float
        Shape of ``delta``; 1 for the whole nation, and for delta 0.

    Raises
    ------
    ValueError
        ``region_share`` or ``delta`` is out of range.

    Notes
    -----
    Source: Flegg & Webber (1997).
    """
    exponents = np.asarray(delta, dtype=np.float64)
    if not 0 < region_share <= 1:
        raise ValueError(f"The 'region_share' must be in (0, 1]. Got {region_share}.")
    if not ((exponents >= 0) & (exponents < 1)).all():
        raise ValueError(f"The 'delta' must be in [0, 1). Got {exponents}.")
    scale: Floats = np.log2(1.0 + region_share) ** exponents
    return scale


def calc_flq(lq: ArrayLike, *, region_share: float, delta: float) -> Floats:
    """Flegg location quotients FLQ_ij = CILQ_ij lambda, lambda = [log2(1 + R)]^delta.

    CILQ_ij = SLQ_i / SLQ_j, with SLQ_i on the diagonal: FLQ_ii = SLQ_i lambda. Not capped; regional
    coefficients are min(1, FLQ_ij) a_ij.

    Parameters
    ----------
    lq : array_like, shape (n_sectors,)
        Simple location quotients of the region.
    region_share : float
        R, the region's share of the nation, above 0 and at most 1.
    delta : float
        In [0, 1).

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Supplying sector in rows. A using sector with LQ 0 has no output to supply: its column is
        infinite where the supplier exists and is capped at 1 by the caller.

    Raises
    ------
    ValueError
        ``region_share`` or ``delta`` is out of range.

    Notes
    -----
    Source: Flegg & Webber (1997), Regional Studies 31(8). Public code differs on the diagonal:
    SLQ_i without lambda, lambda alone (CILQ_ii = 1), or SLQ_i lambda, which is the published
    formula. Code with SLQ_i lambda along the whole row computes no cross-industry quotient at all.
    """
    return calc_cilq(lq) * calc_lambda(region_share, delta)


def calc_sflq(slq: ArrayLike, *, region_share: float, deltas: ArrayLike) -> Floats:
    """Sector-specific FLQ: SFLQ_ij = CILQ_ij [log2(1 + R)]^delta_j.

    Parameters
    ----------
    slq : array_like, shape (n_sectors,)
        Simple location quotients of the region.
    region_share : float
        R, the region's share of the nation.
    deltas : array_like, shape (n_sectors,)
        One exponent per using sector, each in [0, 1).

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)

    Raises
    ------
    ValueError
        ``region_share`` or a delta is out of range, or there is not one delta per sector.

    Notes
    -----
    Source: Kowalewski (2015), Regional Studies 49(2).
    """
    cilq = calc_cilq(slq)
    scale = calc_lambda(region_share, deltas)
    if scale.shape != (len(cilq),):
        raise ValueError(f"There must be {len(cilq)} 'deltas'. Got shape {scale.shape}.")
    return cilq * scale


def calc_aflq(slq: ArrayLike, *, region_share: float, delta: float) -> Floats:
    """Augmented FLQ: AFLQ_ij = FLQ_ij log2(1 + SLQ_j) where SLQ_j > 1, else FLQ_ij.

    A sector in which the region is specialised draws more of its suppliers there.

    Parameters
    ----------
    slq : array_like, shape (n_sectors,)
        Simple location quotients of the region.
    region_share : float
        R, the region's share of the nation.
    delta : float
        In [0, 1).

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)

    Raises
    ------
    ValueError
        ``region_share`` or ``delta`` is out of range.

    Notes
    -----
    Source: Flegg & Webber (2000), Regional Studies 34(6).
    """
    q = _check_slq(slq)
    drawn = np.where(q > 1.0, np.log2(1.0 + q), 1.0)
    return calc_flq(q, region_share=region_share, delta=delta) * drawn


def calc_regional_A(A: ArrayLike, flq: ArrayLike) -> Floats:  # noqa: N802
    """Regional input coefficients a^r_ij = min(1, FLQ_ij) a_ij.

    Parameters
    ----------
    A : array_like, shape (n_sectors, n_sectors)
        National domestic coefficients, or domestic flows; single precision stays single.
    flq : array_like, shape (n_sectors, n_sectors) or (n_sectors, 1)
        From :func:`calc_flq`, or any other quotient of this module.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        £ of input i bought inside the region per £ of output j.

    Notes
    -----
    Source: Flegg & Webber (1997).
    """
    national = as_floats(A)
    regional: Floats = np.minimum(1.0, np.asarray(flq)).astype(national.dtype) * national
    return regional


def _check_slq(slq: ArrayLike) -> Floats:
    q = np.asarray(slq, dtype=np.float64)
    if q.ndim != 1 or (q < 0).any():
        raise ValueError("The 'slq' must be one row of quotients that are at least 0.")
    return q


def _divide_suppliers(slq: Floats, users: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        quotients = slq[:, None] / users[None, :]
    quotients[slq == 0, :] = 0.0
    np.fill_diagonal(quotients, slq)
    return quotients
