"""Hypothetical extraction: what the economy loses without one sector, for all from one inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.input_output import calc_L

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Extraction:
    """Output lost, £m, when each sector in turn is extracted; each array has shape (n_sectors,).

    Losses are positive. Definitions differ in what is taken away; each has its name.

    Attributes
    ----------
    complete : ndarray of float
        The sector goes with its final demand: s_j x_j / L_jj, its own output x_j included.
    complete_others : ndarray of float
        The same loss in the other sectors: s_j x_j / L_jj - x_j.
    complete_final_demand_kept : ndarray of float
        Its row and column of A are 0, its final demand stays: s_j x_j / L_jj - f_j.
    links_own_kept : ndarray of float
        Row and column are 0 but for its own cell, final demand stays:
        s_j x_j / L_jj - f_j / (1 - a_jj).
    backward : ndarray of float
        It buys nothing, column j of A is 0: (s_j - 1) x_j / L_jj.
    backward_own_kept : ndarray of float
        It buys only from itself: ((1 - a_jj) s_j - 1) x_j / ((1 - a_jj) L_jj).
    forward : ndarray of float
        It sells nothing, row j of B is 0 with primary inputs as they were (Ghosh):
        ((L x)_j - x_j) / L_jj.
    """

    complete: Floats
    complete_others: Floats
    complete_final_demand_kept: Floats
    links_own_kept: Floats
    backward: Floats
    backward_own_kept: Floats
    forward: Floats


def calc_extraction(A: ArrayLike, x: ArrayLike) -> Extraction:
    """Extract every sector in turn, by six definitions, from one inverse.

    Taking away a row, a column or both changes I - A by rank one or two, so the Sherman-Morrison
    formula gives every new output from the old inverse: with s_j the column sum of L, the complete
    extraction loses s_j x_j / L_jj. No system is solved per sector.

    Parameters
    ----------
    A : array_like, shape (n_sectors, n_sectors)
        Technical coefficients.
    x : array_like, shape (n_sectors,)
        Output, £m; final demand is f = x - A x.

    Returns
    -------
    Extraction
        £m. A sector without output loses nothing: all are 0.

    Raises
    ------
    ValueError
        Shapes do not fit, or as :func:`~cluster_engine.measures.input_output.calc_L`.

    Notes
    -----
    Source: Miller & Blair (2009), section 12.2.6; Dietzenbacher & van der Linden (1997) for the
    backward and forward forms. ioanalysis 'backward' is :attr:`Extraction.backward`, 'forward' is
    :attr:`Extraction.forward`, 'backward.total' is :attr:`Extraction.links_own_kept`; fio reports
    the backward form as new less old, so its losses are negative.
    """
    A_ = np.asarray(A, dtype=np.float64)
    x_ = np.asarray(x, dtype=np.float64)
    if x_.ndim != 1 or A_.shape != (len(x_), len(x_)):
        raise ValueError(
            f"The 'A' must be square with one row per output: {len(x_)}. Got shape {A_.shape}."
        )
    L = calc_L(A_)
    # A product with one vector is no work for BLAS, whose idle threads would slow the rest.
    f = x_ - np.einsum("ij,j->i", A_, x_)
    per_unit = x_ / L.diagonal()
    s = L.sum(axis=0)
    kept = 1.0 - A_.diagonal()
    complete = s * per_unit
    lost = {
        "complete": complete,
        "complete_others": complete - x_,
        "complete_final_demand_kept": complete - f,
        "links_own_kept": complete - f / kept,
        "backward": (s - 1.0) * per_unit,
        "backward_own_kept": (kept * s - 1.0) * per_unit / kept,
        "forward": (np.einsum("ij,j->i", L, x_) - x_) / L.diagonal(),
    }
    return Extraction(**{name: np.where(x_ == 0, 0.0, loss) for name, loss in lost.items()})
