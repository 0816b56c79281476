"""Input-output analysis: coefficients, inverses, linkages, regional coefficients.

The letters are those of Miller & Blair (2009), Input-Output Analysis, 2nd ed.: Z flows, x output,
A technical and B allocation coefficients, L Leontief and G Ghosh inverse. Rows sell to columns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def calc_A(Z: ArrayLike, x: ArrayLike) -> Floats:  # noqa: N802
    """Technical coefficients a_ij = z_ij / x_j (Miller & Blair 2.4).

    Parameters
    ----------
    Z : array_like, shape (n_sectors, n_sectors)
        Intermediate flows, £m, from row to column.
    x : array_like, shape (n_sectors,)
        Output, £m. A column without output has coefficients 0.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        £ of input i per £ of output j.

    Examples
    --------
    >>> calc_A([[150, 500], [200, 100]], [1000, 2000]).tolist()
    [[0.15, 0.25], [0.2, 0.05]]
    """
    Z_, x_ = _check_table(Z, x)
    return Z_ * _inverse_or_zero(x_)[None, :]


def calc_B(Z: ArrayLike, x: ArrayLike) -> Floats:  # noqa: N802
    """Allocation coefficients b_ij = z_ij / x_i (Miller & Blair 12.1).

    Parameters
    ----------
    Z : array_like, shape (n_sectors, n_sectors)
        Intermediate flows, £m, from row to column.
    x : array_like, shape (n_sectors,)
        Output, £m.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Share of i's output sold to j.
    """
    Z_, x_ = _check_table(Z, x)
    return Z_ * _inverse_or_zero(x_)[:, None]


def calc_L(A: ArrayLike) -> Floats:  # noqa: N802
    """Leontief inverse L = (I - A)^-1 (Miller & Blair 2.11).

    Parameters
    ----------
    A : array_like, shape (n_sectors, n_sectors)
        Technical coefficients.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Output of i needed, directly and indirectly, per unit of final demand for j.

    Raises
    ------
    ValueError
        I - A is singular, or an entry of the inverse is negative: the economy needs more than a
        unit of inputs per unit of output.
    """
    A_ = np.asarray(A, dtype=np.float64)
    try:
        L: Floats = np.asarray(np.linalg.inv(np.eye(len(A_)) - A_), dtype=np.float64)
    except np.linalg.LinAlgError as fault:
        raise ValueError("The matrix I - A must be invertible. Got a singular matrix.") from fault
    if (A_ >= 0).all() and L.min() < -1e-9:
        raise ValueError("The spectral radius of A must be below 1: an industry eats its output.")
    return L


def calc_G(B: ArrayLike) -> Floats:  # noqa: N802
    """Ghosh inverse G = (I - B)^-1 (Miller & Blair 12.5).

    Parameters
    ----------
    B : array_like, shape (n_sectors, n_sectors)
        Allocation coefficients.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Output of j per unit of primary input of i; G = diag(1/x) L diag(x).
    """
    return calc_L(B)


def calc_io_similarity(Z: ArrayLike) -> Floats:
    """Input-output link of two sectors: the largest of the four purchase and sale shares.

    max(z_ij / z_.j, z_ji / z_.i, z_ij / z_i., z_ji / z_j.), the shares over intermediate flows.

    Parameters
    ----------
    Z : array_like, shape (n_sectors, n_sectors)
        Intermediate flows, £m.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Shares between 0 and 1, symmetric; 0 where a sector trades with nobody.

    Notes
    -----
    Source: Ellison, Glaeser & Kerr (2010); Delgado, Porter & Stern (2016).
    """
    Z_ = np.asarray(Z, dtype=np.float64)
    bought = Z_ * _inverse_or_zero(Z_.sum(axis=0))[None, :]
    sold = Z_ * _inverse_or_zero(Z_.sum(axis=1))[:, None]
    largest: Floats = np.maximum.reduce([bought, bought.T, sold, sold.T])
    return largest


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
    Source: Flegg & Webber (1997), Regional Studies 31(8). Public code with one lambda per row, or
    with 1 on the diagonal, computes something else.
    """
    if not 0 < region_share <= 1:
        raise ValueError(f"The 'region_share' must be in (0, 1]. Got {region_share}.")
    if not 0 <= delta < 1:
        raise ValueError(f"The 'delta' must be in [0, 1). Got {delta}.")
    slq = np.asarray(lq, dtype=np.float64)
    scale = np.log2(1.0 + region_share) ** delta
    with np.errstate(divide="ignore", invalid="ignore"):
        cilq = slq[:, None] / slq[None, :]
    cilq[slq == 0, :] = 0.0
    np.fill_diagonal(cilq, slq)
    flq: Floats = cilq * scale
    return flq


def calc_regional_A(A: ArrayLike, flq: ArrayLike) -> Floats:  # noqa: N802
    """Regional input coefficients a^r_ij = min(1, FLQ_ij) a_ij.

    Parameters
    ----------
    A : array_like, shape (n_sectors, n_sectors)
        National domestic coefficients.
    flq : array_like, shape (n_sectors, n_sectors)
        From :func:`calc_flq`.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        £ of input i bought inside the region per £ of output j.

    Notes
    -----
    Source: Flegg & Webber (1997).
    """
    regional: Floats = np.minimum(1.0, np.asarray(flq)) * np.asarray(A)
    return regional


def _check_table(Z: ArrayLike, x: ArrayLike) -> tuple[Floats, Floats]:
    Z_ = np.asarray(Z, dtype=np.float64)
    x_ = np.asarray(x, dtype=np.float64)
    if Z_.ndim != 2 or Z_.shape != (len(x_), len(x_)):
        raise ValueError(
            f"The 'Z' must be square with one row per output: {len(x_)}. Got shape {Z_.shape}."
        )
    if (x_ < 0).any():
        raise ValueError("The 'x' must be at least 0 everywhere.")
    return Z_, x_


def _inverse_or_zero(x: Floats) -> Floats:
    return np.divide(1.0, x, out=np.zeros_like(x), where=x != 0)
