"""The system (I - A) of an input-output table, factored once and in place.

Equations in the transpose, (I - A)' m = e, give every multiplier without an inverse. A row-major
matrix is the transpose of a column-major one, so LAPACK can work on the only copy that is made.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

EATS_ITSELF = "The spectral radius of A must be below 1: an industry eats its output."
ROUNDING = 1e-9
"""How far below its bound a sum of the inverse may fall by rounding alone."""


@dataclass(frozen=True, slots=True)
class LeontiefFactors:
    """LU factors of (I - A)'.

    Attributes
    ----------
    lu : ndarray of float, shape (n_sectors, n_sectors)
        Column-major, as LAPACK's getrf leaves it.
    pivots : ndarray of int, shape (n_sectors,)
    """

    lu: Floats
    pivots: NDArray[np.int32]


def factor_leontief(A: ArrayLike) -> LeontiefFactors:
    """Factor (I - A)' = P L U.

    Parameters
    ----------
    A : array_like, shape (n_sectors, n_sectors)
        Technical coefficients; left as they are.

    Returns
    -------
    LeontiefFactors
        In double precision whatever came in: single precision loses about a digit for every
        digit of the condition number.

    Raises
    ------
    ValueError
        A is not square, or I - A is singular.
    """
    # SciPy is slow to import, and who only needs coefficients must not pay for it.
    from scipy.linalg.lapack import dgetrf

    A_ = np.asarray(A)
    if A_.ndim != 2 or A_.shape[0] != A_.shape[1]:
        raise ValueError(f"The 'A' must be square. Got shape {A_.shape}.")
    system = np.negative(A_, dtype=np.float64, order="C")
    system.ravel()[:: len(system) + 1] += 1.0
    if not len(system):
        return LeontiefFactors(system, np.zeros(0, dtype=np.int32))
    lu, pivots, info = dgetrf(system.T, overwrite_a=True)
    if info != 0:
        raise ValueError("The matrix I - A must be invertible. Got a singular matrix.")
    return LeontiefFactors(lu, pivots)


def solve_transposed(factors: LeontiefFactors, right: Floats) -> Floats:
    """Solve (I - A)' m = e for several e at once.

    Parameters
    ----------
    factors : LeontiefFactors
    right : ndarray of float, shape (n_equations, n_sectors)
        One e per row.

    Returns
    -------
    ndarray of float, shape (n_equations, n_sectors)
        One m per row: m = e' L.
    """
    from scipy.linalg.lapack import dgetrs

    if not right.size:
        return right.copy()
    solved, _ = dgetrs(factors.lu, factors.pivots, np.array(right, order="C").T, overwrite_b=True)
    found: Floats = solved.T
    return found


def invert_leontief(A: ArrayLike) -> Floats:
    """Return L = (I - A)^-1, row-major.

    Raises
    ------
    ValueError
        As :func:`factor_leontief`, and where the economy cannot feed itself.
    """
    from scipy.linalg.lapack import dgetri, dgetri_lwork

    factors = factor_leontief(A)
    if not factors.lu.size:
        return factors.lu
    work = int(dgetri_lwork(len(factors.lu))[0].real)
    inverse, _ = dgetri(factors.lu, factors.pivots, lwork=work, overwrite_lu=True)
    L: Floats = inverse.T
    refuse_unproductive(A, L.sum(axis=0))
    return L


def refuse_unproductive(A: ArrayLike, output_multipliers: Floats) -> None:
    """Refuse coefficients with which no output meets its own needs.

    For A >= 0 the economy is productive exactly where (I - A)' m = 1 has a solution m >= 0, so the
    output multipliers tell (Hawkins & Simon 1949), and nothing has to look at the whole inverse.

    Parameters
    ----------
    A : array_like, shape (n_sectors, n_sectors)
    output_multipliers : ndarray of float, shape (n_sectors,)
        Column sums of L.

    Raises
    ------
    ValueError
        A has an entry that is not finite, or a spectral radius of 1 or more.
    """
    if not np.isfinite(output_multipliers).all():
        raise ValueError("The 'A' must be finite everywhere, and I - A far from singular.")
    if output_multipliers.min() < 1.0 - ROUNDING and (np.asarray(A) >= 0).all():
        raise ValueError(EATS_ITSELF)
