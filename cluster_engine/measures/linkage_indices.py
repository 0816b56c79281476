"""Backward and forward linkages: how much a sector pulls its suppliers and feeds its customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.input_output import calc_A, calc_B, calc_L

Floats = NDArray[np.float64]

ONE_SECTOR = "one sector has no dispersion"


@dataclass(frozen=True, slots=True)
class Linkages:
    """Linkages of every sector; each array has shape (n_sectors,).

    Attributes
    ----------
    backward_direct, backward_total : ndarray of float
        Column sums of A and of L.
    power_of_dispersion : ndarray of float
        backward_total over its mean; above 1 = pulls more than the average sector.
    power_cv : ndarray of float
        Coefficient of variation within the column of L: low = pulls many sectors alike.
    leontief_forward_direct, leontief_forward_total : ndarray of float
        Row sums of A and of L: what the sector sells if every sector's final demand rises by 1.
    sensitivity_of_dispersion : ndarray of float
        leontief_forward_total over its mean.
    sensitivity_cv : ndarray of float
        Coefficient of variation within the row of L.
    ghosh_forward_direct, ghosh_forward_total : ndarray of float
        Row sums of B and of the Ghosh inverse G: what a £ of the sector's primary input supports.
    ghosh_forward_index : ndarray of float
        ghosh_forward_total over its mean.
    cv_reason : str
        Why the coefficients of variation are NaN; empty where they are defined.
    """

    backward_direct: Floats
    backward_total: Floats
    power_of_dispersion: Floats
    power_cv: Floats
    leontief_forward_direct: Floats
    leontief_forward_total: Floats
    sensitivity_of_dispersion: Floats
    sensitivity_cv: Floats
    ghosh_forward_direct: Floats
    ghosh_forward_total: Floats
    ghosh_forward_index: Floats
    cv_reason: str


def calc_linkages(Z: ArrayLike, x: ArrayLike) -> Linkages:
    """Linkage indices U_j = n L_.j / L_.. and U_i = n L_i. / L_.., both forward measures, and CVs.

    One inverse serves all: G = diag(1/x) L diag(x), so its row sums are (L x)_i / x_i. The CV is
    the standard deviation (n - 1 in the denominator) of a column of L over its mean, and of a row.

    Parameters
    ----------
    Z : array_like, shape (n_sectors, n_sectors)
        Intermediate flows, £m, from row to column.
    x : array_like, shape (n_sectors,)
        Output, £m. A sector without output has direct linkages 0 and total ones 1.

    Returns
    -------
    Linkages
        Double precision.

    Raises
    ------
    ValueError
        As :func:`~cluster_engine.measures.input_output.calc_A` and ``calc_L``.

    Notes
    -----
    Source: Rasmussen (1956) for power and sensitivity of dispersion and the CVs; Miller & Blair
    (2009), section 12.2, who prefer the Ghosh rows for forward linkages. Packages differ in which
    they call forward (leontiefR: rows of L; ioanalysis, mario: rows of G), and the rankings differ:
    here both have names. leontiefR 0.5 sums the squared deviations of its CVs over the wrong axis,
    6-14 % off. mario removes the diagonal by default, which is another index. ioanalysis
    ``linkages(type='direct')`` returns total linkages for a single region.
    """
    x_ = np.asarray(x, dtype=np.float64)
    Z_ = np.asarray(Z, dtype=np.float64)
    A, B = calc_A(Z_, x_), calc_B(Z_, x_)
    n_sectors = len(x_)
    L = calc_L(A)
    backward, forward = L.sum(axis=0), L.sum(axis=1)
    ghosh = np.divide(np.einsum("ij,j->i", L, x_), x_, out=np.ones(n_sectors), where=x_ != 0)
    return Linkages(
        backward_direct=A.sum(axis=0),
        backward_total=backward,
        power_of_dispersion=backward / backward.mean(),
        power_cv=_calc_cv(L, backward, 0),
        leontief_forward_direct=A.sum(axis=1),
        leontief_forward_total=forward,
        sensitivity_of_dispersion=forward / forward.mean(),
        sensitivity_cv=_calc_cv(L, forward, 1),
        ghosh_forward_direct=B.sum(axis=1),
        ghosh_forward_total=ghosh,
        ghosh_forward_index=ghosh / ghosh.mean(),
        cv_reason="" if n_sectors > 1 else ONE_SECTOR,
    )


def calc_multiplier_product(L: ArrayLike) -> Floats:
    """Multiplier product matrix m_ij = L_i. L_.j / L_..: rows and columns in order of linkage.

    Parameters
    ----------
    L : array_like, shape (n_sectors, n_sectors)
        Leontief inverse.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)

    Notes
    -----
    Source: Sonis & Hewings (1999). leontiefR 0.5 returns the transpose.
    """
    L_ = np.asarray(L, dtype=np.float64)
    rows, columns = L_.sum(axis=1), L_.sum(axis=0)
    product: Floats = np.outer(rows, columns / columns.sum())
    return product


def _calc_cv(L: Floats, sums: Floats, axis: int) -> Floats:
    n_sectors = len(L)
    if n_sectors < 2:
        return np.full(n_sectors, np.nan)
    cv: Floats = L.std(axis=axis, ddof=1) / (sums / n_sectors)
    return cv
