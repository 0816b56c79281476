"""What a region, or a part of it, buys: inside, elsewhere in the nation, and from abroad."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.input_output import calc_A
from cluster_engine.measures.regionalisation import calc_flq, calc_regional_A

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RegionalTable:
    """An input-output table of a region, derived from the national one.

    Attributes
    ----------
    A : ndarray of float, shape (n_sectors, n_sectors)
        Regional input coefficients a^r_ij, £ of input i made inside per £ of output j.
    output : ndarray of float, shape (n_sectors,)
        x^r_j, £m.
    regional, interregional, imports : ndarray of float, shape (n_sectors, n_sectors)
        Purchases by origin, £m: a^r_ij x^r_j; (a_ij - a^r_ij) x^r_j; m_ij x^r_j / x_j.
    """

    A: Floats
    output: Floats
    regional: Floats
    interregional: Floats
    imports: Floats


@dataclass(frozen=True, slots=True)
class SourcedDemand:
    """Purchases by origin, £m; each array has shape (n_buyers, n_sectors), products in columns.

    Attributes
    ----------
    total : ndarray of float
        regional + interregional + imports.
    regional : ndarray of float
        Made inside the region.
    interregional : ndarray of float
        Made elsewhere in the nation.
    imports : ndarray of float
        Made abroad.
    """

    total: Floats
    regional: Floats
    interregional: Floats
    imports: Floats


def calc_regional_table(
    flows: ArrayLike,
    imports: ArrayLike,
    output: ArrayLike,
    *,
    shares: ArrayLike,
    quotients: ArrayLike,
) -> RegionalTable:
    """Regional table with the nation's technology: a^r_ij = min(1, q_ij) a_ij, x^r_j = s_j x_j.

    Parameters
    ----------
    flows, imports : array_like, shape (n_sectors, n_sectors)
        National intermediate flows from row to column, home-made and imported, £m.
    output : array_like, shape (n_sectors,)
        National output, £m.
    shares : array_like, shape (n_sectors,)
        s, the region's share of the nation's output (or jobs, for want of it) in each sector.
    quotients : array_like, shape (n_sectors, n_sectors) or (n_sectors, 1)
        From :mod:`~cluster_engine.measures.regionalisation`, not capped.

    Returns
    -------
    RegionalTable
        A row of ``interregional`` summed is the region's leakage in that product.

    Raises
    ------
    ValueError
        Shapes do not fit, or a share is outside 0 to 1.

    Notes
    -----
    Source: Flegg & Webber (1997); Miller & Blair (2009), section 8.2. Whether a region imports more
    from abroad than its industries do on average is not known to the table.
    """
    Z, M = np.asarray(flows, np.float64), np.asarray(imports, np.float64)
    s = _check_shares(shares, len(Z))
    bought = Z * s
    regional = calc_regional_A(bought, quotients)
    return RegionalTable(
        A=calc_regional_A(calc_A(Z, output), quotients),
        output=s * np.asarray(output, np.float64),
        regional=regional,
        interregional=bought - regional,
        imports=M * s,
    )


def calc_sourced_demand(
    flows: ArrayLike, imports: ArrayLike, *, shares: ArrayLike, quotients: ArrayLike
) -> SourcedDemand:
    """Demand of several buyers by origin: sum_j s_bj min(1, q_ij) z_ij is bought inside.

    A buyer is any part of the region: a niche cluster, or the whole region, whose figures are the
    row sums of :func:`calc_regional_table`.

    Parameters
    ----------
    flows, imports : array_like, shape (n_sectors, n_sectors)
        National intermediate flows, £m.
    shares : array_like, shape (n_buyers, n_sectors)
        s, share of the nation's output (or jobs) in each sector that the buyer holds.
    quotients : array_like, shape (n_sectors, n_sectors) or (n_sectors, 1)
        Of the region, not capped.

    Returns
    -------
    SourcedDemand

    Raises
    ------
    ValueError
        Shapes do not fit, or a share is outside 0 to 1.
    """
    Z, M = np.asarray(flows, np.float64), np.asarray(imports, np.float64)
    s = _check_shares(shares, len(Z))
    home, abroad = s @ Z.T, s @ M.T
    # Never a hair above what is bought: the difference is a sum of terms that are at least 0.
    regional = np.minimum(s @ calc_regional_A(Z, quotients).T, np.maximum(home, 0.0))
    return SourcedDemand(home + abroad, regional, home - regional, abroad)


def calc_leakage_band(
    flows: ArrayLike,
    *,
    shares: ArrayLike,
    lq: ArrayLike,
    region_share: float,
    deltas: ArrayLike,
) -> Floats:
    """Inter-regional purchases for several deltas of the FLQ: sum_j s_bj (1 - min(1, q_ij)) z_ij.

    Parameters
    ----------
    flows : array_like, shape (n_sectors, n_sectors)
        National domestic intermediate flows, £m.
    shares : array_like, shape (n_buyers, n_sectors)
        As in :func:`calc_sourced_demand`.
    lq : array_like, shape (n_sectors,)
        Simple location quotients of the region; 0 where undefined.
    region_share : float
        R, the region's share of the nation.
    deltas : array_like, shape (n_deltas,)
        Exponents in [0, 1).

    Returns
    -------
    ndarray of float, shape (n_deltas, n_buyers, n_sectors)
        £m, rising with delta: the smaller lambda, the less a region supplies itself.

    Raises
    ------
    ValueError
        As :func:`calc_sourced_demand` and ``calc_flq``.
    """
    Z = np.asarray(flows, np.float64)
    nothing = np.zeros_like(Z)
    leaked = [
        calc_sourced_demand(
            Z,
            nothing,
            shares=shares,
            quotients=calc_flq(lq, region_share=region_share, delta=float(delta)),
        ).interregional
        for delta in np.asarray(deltas, np.float64)
    ]
    return np.stack(leaked)


def calc_gap(leaked: ArrayLike, relatedness: ArrayLike) -> Floats:
    """Value-chain gap: demand that leaks times how related its maker is to what the region does.

    Parameters
    ----------
    leaked : array_like, shape (..., n_sectors)
        £m bought outside the region.
    relatedness : array_like, shape (n_sectors,)
        0 (nothing alike here) to 1; NaN where not known, and so is the gap then.

    Returns
    -------
    ndarray of float, shape (..., n_sectors)
        £m, weighted.

    Raises
    ------
    ValueError
        A relatedness is outside 0 to 1.

    Notes
    -----
    Source: gaps in extended product chains after Feser & Bergman (2000); the weight after Hidalgo
    et al. (2007).
    """
    weight = np.asarray(relatedness, np.float64)
    if ((weight < 0) | (weight > 1)).any():
        raise ValueError("The 'relatedness' must be between 0 and 1 everywhere.")
    gap: Floats = np.asarray(leaked, np.float64) * weight
    return gap


def _check_shares(shares: ArrayLike, n_sectors: int) -> Floats:
    s = np.asarray(shares, np.float64)
    if s.shape[-1:] != (n_sectors,):
        raise ValueError(f"The 'shares' must have {n_sectors} sectors. Got shape {s.shape}.")
    if not ((s >= 0) & (s <= 1 + 1e-9)).all():
        raise ValueError("The 'shares' must be between 0 and 1 everywhere.")
    return s
