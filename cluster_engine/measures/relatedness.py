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


def calc_profile_correlation(profiles: ArrayLike) -> Floats:
    """Correlation of the profiles of sectors, such as their shares of occupations.

    Parameters
    ----------
    profiles : array_like, shape (n_features, n_sectors)
        Any unit; one column per sector.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Between -1 and 1, diagonal 1; NaN with a sector whose profile is constant or unknown (NaN).

    Raises
    ------
    ValueError
        Fewer than three features: the correlation would always be 1 or -1.

    Notes
    -----
    Source: Occ of Delgado, Porter & Stern (2016): correlation of occupational shares.
    """
    given = np.asarray(profiles, dtype=np.float64)
    if given.ndim != 2 or len(given) < 3:
        raise ValueError(f"Profiles need at least three features. Got shape {given.shape}.")
    centred = given - given.mean(axis=0)
    norm = np.sqrt((centred**2).sum(axis=0))
    known = norm > 1e-12 * np.maximum(np.abs(given).max(axis=0, initial=0.0), 1e-300)
    unit = np.divide(centred, norm, out=np.full_like(centred, np.nan), where=known)
    correlation: Floats = np.clip(unit.T @ unit, -1.0, 1.0)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def lift_similarity(similarity: ArrayLike, shares: ArrayLike) -> Floats:
    """Bring the similarity of industries to sectors: S_ij = sum_kl w_ik w_jl s_kl.

    Parameters
    ----------
    similarity : array_like, shape (n_industries, n_industries)
        NaN where a pair is unknown.
    shares : array_like, shape (n_sectors, n_industries)
        Share of each sector in each industry, at least 0.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        The mean over the known pairs of industries; NaN where none is known.
    """
    s = np.asarray(similarity, dtype=np.float64)
    w = np.asarray(shares, dtype=np.float64)
    known = ~np.isnan(s)
    weight = w @ known.astype(np.float64) @ w.T
    total = w @ np.where(known, s, 0.0) @ w.T
    lifted: Floats = np.divide(total, weight, out=np.full_like(total, np.nan), where=weight > 1e-12)
    return lifted


def average_ranks(matrices: Sequence[Floats], weights: Sequence[float]) -> Floats:
    """Weighted mean of similarity matrices, each turned into ranks of its pairs first.

    Ranks keep a matrix with a long tail from deciding alone; z-scores do not.

    Parameters
    ----------
    matrices : sequence of ndarray, each of shape (n_sectors, n_sectors)
        Symmetric similarities; NaN where a pair is unknown.
    weights : sequence of float
        One per matrix, not negative, not all 0.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Between 0 and 1, diagonal 1. Equal similarities get equal (mean) ranks. A pair unknown in
        some matrices has the mean of the others; one unknown in all has 0: nothing relates it.

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
    told = np.zeros(len(upper[0]))
    for matrix, weight in zip(matrices, weights, strict=True):
        given = matrix[upper]
        known = ~np.isnan(given)
        # Rounding first: equal values that differ in the last bit must tie.
        ranks = rankdata(np.round(given[known], 12))
        pairs[known] += weight * ranks / max(len(ranks), 1)
        told[known] += weight
    mean = np.eye(n_sectors)
    mean[upper] = np.divide(pairs, told, out=np.zeros_like(pairs), where=told > 0)
    return np.maximum(mean, mean.T)
