"""Input-output analysis: coefficients, inverses, and how strongly two sectors trade.

The letters are those of Miller & Blair (2009), Input-Output Analysis, 2nd ed.: Z flows, x output,
A technical and B allocation coefficients, L Leontief and G Ghosh inverse. Rows sell to columns.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.leontief_system import invert_leontief
from cluster_engine.measures.relatedness import calc_profile_correlation

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
        £ of input i per £ of output j; single precision stays single.

    Raises
    ------
    ValueError
        Z is not square with one row per output, or an output is negative.

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
        Share of i's output sold to j; single precision stays single. 0 for a row without output.

    Raises
    ------
    ValueError
        Z is not square with one row per output, or an output is negative.
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
        Output of i needed, directly and indirectly, per unit of final demand for j; always double
        precision.

    Raises
    ------
    ValueError
        A is not square or not finite, I - A is singular, or the economy needs more than a unit of
        inputs per unit of output.

    Notes
    -----
    Multipliers need no inverse: see :func:`cluster_engine.measures.multipliers.calc_multipliers`.
    """
    return invert_leontief(A)


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

    Raises
    ------
    ValueError
        As :func:`calc_L`.

    Notes
    -----
    B is the matrix product diag(1/x) Z. ioanalysis 0.3.4 ``ghosh.inv(Z=, X=)`` multiplies Z with
    diag(1/x) cell by cell, which leaves a diagonal matrix and is no Ghosh inverse.
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
    Z_ = as_floats(Z)
    bought = Z_ * _inverse_or_zero(Z_.sum(axis=0))[None, :]
    sold = Z_ * _inverse_or_zero(Z_.sum(axis=1))[:, None]
    largest: Floats = np.maximum.reduce([bought, bought.T, sold, sold.T])
    return largest


def calc_profile_similarity(Z: ArrayLike) -> Floats:
    """Likeness of the trade of two sectors: the largest of four profile correlations.

    With x_ij = z_ji / z_.i (what i buys of j) and y_ij = z_ij / z_i. (what it sells to j), the
    largest of corr(x_k, x_l), corr(y_k, y_l), corr(x_k, y_l) and corr(y_k, x_l).

    Parameters
    ----------
    Z : array_like, shape (n_sectors, n_sectors)
        Intermediate flows, £m.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Between -1 and 1, symmetric, diagonal 1; NaN for a pair of which no correlation is defined
        (a sector that trades with nobody, or alike with everybody).

    Notes
    -----
    Source: Feser & Bergman (2000), Regional Studies 34(1).
    """
    Z_ = as_floats(Z)
    n_sectors = len(Z_)
    bought = (Z_ * _inverse_or_zero(Z_.sum(axis=0))[None, :]).T
    sold = Z_ * _inverse_or_zero(Z_.sum(axis=1))[:, None]
    both = calc_profile_correlation(np.vstack([bought, sold]).T)
    buy, sell, cross = (
        both[:n_sectors, :n_sectors],
        both[n_sectors:, n_sectors:],
        both[:n_sectors, n_sectors:],
    )
    largest: Floats = np.fmax.reduce([buy, sell, cross, cross.T])
    np.fill_diagonal(largest, 1.0)
    return largest


def as_floats(table: ArrayLike) -> Floats:
    """Return the table as floats: single precision stays single, all else becomes double."""
    array = np.asarray(table)
    return np.asarray(array, dtype=np.float32 if array.dtype == np.float32 else np.float64)


def _check_table(Z: ArrayLike, x: ArrayLike) -> tuple[Floats, Floats]:
    Z_ = as_floats(Z)
    x_ = np.asarray(x, dtype=Z_.dtype)
    if Z_.ndim != 2 or Z_.shape != (len(x_), len(x_)):
        raise ValueError(
            f"The 'Z' must be square with one row per output: {len(x_)}. Got shape {Z_.shape}."
        )
    if (x_ < 0).any():
        raise ValueError("The 'x' must be at least 0 everywhere.")
    return Z_, x_


def _inverse_or_zero(x: Floats) -> Floats:
    return np.divide(1.0, x, out=np.zeros_like(x), where=x != 0)
