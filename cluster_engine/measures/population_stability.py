"""Population stability index: how far a distribution has moved from the one it is compared with.

PSI = Σ_b (a_b − e_b) ln(a_b / e_b), with e_b and a_b the shares of the reference and of the present
cases in bin b: the symmetric divergence of Jeffreys (1946), used on scorecards by Siddiqi (2006),
Credit Risk Scorecards, Wiley. Bins hold equal counts of the reference; cases without a value have a
bin of their own. A bin that is empty on one side counts as half a case there, so that the index
stays finite; a bin that is empty on both sides says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri

Floats = NDArray[np.float64]

HALF_A_CASE = 0.5
FEWEST_BINS = 2


def find_edges(values: ArrayLike, *, bins: int, smallest_bin: int) -> Floats:
    """Upper edges of bins that hold equal counts of the values; the last bin has none.

    A value that fills a whole bin by itself gets a bin of its own, so that a constant which
    changes is seen on either side.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        The reference; those that are not finite are left out.
    bins : int
        Bins wanted.
    smallest_bin : int
        Cases that a bin should hold: with fewer cases there are fewer bins, at least two.

    Returns
    -------
    ndarray of float, shape (n_edges,)
        Rising; empty where no value is known.
    """
    known = np.asarray(values, dtype=np.float64)
    known = known[np.isfinite(known)]
    if not known.size:
        return np.zeros(0)
    wanted = int(np.clip(known.size // smallest_bin, FEWEST_BINS, max(bins, FEWEST_BINS)))
    inner = np.arange(1, wanted) / wanted
    # Values that occur, not means between them: an edge must mean the same for whole numbers.
    found = np.quantile(known, [0.0, *inner, 1.0], method="inverted_cdf")
    repeated = np.unique(found[1:][np.diff(found) == 0.0])
    edges: Floats = np.unique([*found[1:-1], *repeated, *np.nextafter(repeated, -np.inf)])
    return edges


def count_in_bins(values: ArrayLike, edges: Sequence[float] | Floats) -> Floats:
    """Count values in bins: up to each edge, above the last, and not known.

    Parameters
    ----------
    values : array_like of float, shape (n,)
    edges : array_like of float, shape (n_edges,)

    Returns
    -------
    ndarray of float, shape (n_edges + 2,)
        Cases; they add up to n.
    """
    given = np.asarray(values, dtype=np.float64)
    known = given[np.isfinite(given)]
    inside = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    return np.append(inside, given.size - known.size).astype(np.float64)


def calc_psi(reference: ArrayLike, present: ArrayLike) -> float:
    """Population stability index of two counts over the same bins.

    Parameters
    ----------
    reference, present : array_like of float, shape (n_bins,)
        Cases, or other amounts that add up, such as jobs.

    Returns
    -------
    float
        0 for the same shares; NaN where a side holds nothing.

    Raises
    ------
    ValueError
        The bins differ in number, or an amount is negative.
    """
    counts = [np.asarray(side, dtype=np.float64) for side in (reference, present)]
    if counts[0].shape != counts[1].shape or any((side < 0).any() for side in counts):
        raise ValueError("The 'reference' and 'present' must be amounts over the same bins.")
    if any(side.sum() <= 0 for side in counts):
        return float("nan")
    filled = (counts[0] > 0) | (counts[1] > 0)
    expected, actual = (np.maximum(side[filled], HALF_A_CASE) / side.sum() for side in counts)
    return float(((actual - expected) * np.log(actual / expected)).sum())


def calc_chance_psi(n_reference: float, n_present: float, n_bins: int, level: float) -> float:
    """Index that two samples of one population stay below with a given probability.

    (1/n + 1/m) χ²_{B−1}, after Yurdakul (2018), Statistical Properties of Population Stability
    Index, Western Michigan University. Where the same cases are measured twice, chance moves less.

    Parameters
    ----------
    n_reference, n_present : float
        Cases.
    n_bins : int
        Bins that are filled on either side.
    level : float
        Probability.
    """
    if n_bins < 2 or min(n_reference, n_present) <= 0:
        return 0.0
    return float((1.0 / n_reference + 1.0 / n_present) * chdtri(n_bins - 1, 1.0 - level))
