"""Relatedness of sectors: co-location, shared classification, averages of ranks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def calc_colocation(jobs: ArrayLike) -> Floats:
    """Locational correlation of employment: two sectors that weigh much in the same regions.

    The correlation over regions of the square roots of region shares e_ir / e_r. Shares take out
    the size of the region; the root keeps one extreme region from deciding alone.

    Parameters
    ----------
    jobs : array_like, shape (n_regions, n_sectors)
        Jobs by region and sector; every region has jobs.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Between -1 and 1, diagonal 1; 0 with a sector that is spread evenly (no variation).

    Raises
    ------
    ValueError
        Fewer than three regions, or a region without jobs.

    Notes
    -----
    Source: LC-Emp of Delgado, Porter & Stern (2016), on shares instead of levels.
    """
    e_ir = np.asarray(jobs, dtype=np.float64)
    e_r = e_ir.sum(axis=1, keepdims=True)
    if len(e_ir) < 3:
        raise ValueError(f"Co-location needs at least three regions. Got {len(e_ir)}.")
    if (e_r == 0).any():
        raise ValueError("Every region of 'jobs' must have jobs.")
    centred = np.sqrt(e_ir / e_r)
    centred = centred - centred.mean(axis=0)
    norm = np.sqrt((centred**2).sum(axis=0))
    varies = norm > 1e-12
    unit = np.where(varies, centred / np.where(varies, norm, 1.0), 0.0)
    correlation: Floats = np.clip(unit.T @ unit, -1.0, 1.0)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def calc_shared_digits(codes: Sequence[str]) -> Floats:
    """Closeness in a digit classification: 2 for the same three digits, 1 for the same two.

    Parameters
    ----------
    codes : sequence of str, length n_sectors
        Codes of at least three digits.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        0, 1 or 2.
    """
    divisions = np.array([code[:2] for code in codes])
    groups = np.array([code[:3] for code in codes])
    same: Floats = (divisions[:, None] == divisions).astype(np.float64)
    shared: Floats = same + (groups[:, None] == groups)
    return shared


def average_ranks(matrices: Sequence[Floats], weights: Sequence[float]) -> Floats:
    """Weighted mean of similarity matrices, each turned into ranks of its pairs first.

    Ranks keep a matrix with a long tail from deciding alone; z-scores do not.

    Parameters
    ----------
    matrices : sequence of ndarray, each of shape (n_sectors, n_sectors)
        Symmetric similarities.
    weights : sequence of float
        One per matrix, not negative, not all 0.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Between 0 and 1, diagonal 1. Equal similarities get equal (mean) ranks.

    Raises
    ------
    ValueError
        Numbers of matrices and weights differ, or the weights add up to 0.
    """
    # SciPy is slow to import and nothing else of this module needs it.
    from scipy.stats import rankdata

    if len(matrices) != len(weights) or not sum(weights) > 0:
        raise ValueError("There must be one weight per matrix, and their sum must be above 0.")
    n_sectors = len(matrices[0])
    upper = np.triu_indices(n_sectors, 1)
    pairs = np.zeros(len(upper[0]))
    for matrix, weight in zip(matrices, weights, strict=True):
        # Rounding first: equal values that differ in the last bit must tie.
        pairs += weight * rankdata(np.round(matrix[upper], 12)) / max(len(pairs), 1)
    mean = np.eye(n_sectors)
    mean[upper] = pairs / sum(weights)
    return np.maximum(mean, mean.T)
