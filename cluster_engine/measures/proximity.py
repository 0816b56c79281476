"""Proximity of sectors that the same regions hold, and how close a region is to each sector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.presence import (
    Reals,
    Texts,
    as_presences,
    as_reals,
)

NO_RELATED = "no other sector is related to the sector"

EXACT_COUNTS = 2**24
"""Integers up to here are exact in float32."""


def calc_cooccurrence(M: ArrayLike) -> Reals:
    """Co-occurrences C_ij = sum_r M_ri M_rj: regions that hold both sectors.

    Parameters
    ----------
    M : array_like, shape (n_regions, n_sectors)
        Presences, 0 or 1.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Counts, exact; the diagonal is the ubiquity u_i. float32 for float32 presences.

    Raises
    ------
    ValueError
        ``M`` is not a matrix of 0 and 1.
    """
    presences = as_presences(M)
    return _count_pairs(presences).astype(presences.dtype, copy=False)


def _count_pairs(M: Reals) -> Reals:
    # Counts are whole numbers: single precision holds them exactly at half the work.
    counts = M.astype(np.float32, copy=False) if len(M) <= EXACT_COUNTS else M
    return counts.T @ counts


def calc_proximity(M: ArrayLike) -> Reals:
    """Proximity phi_ij = min(P(i|j), P(j|i)) = C_ij / max(u_i, u_j).

    The smaller of two conditional probabilities: that a region holds i if it holds j, and j if i.

    Parameters
    ----------
    M : array_like, shape (n_regions, n_sectors)
        Presences, 0 or 1.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Symmetric, 0 to 1. Diagonal 1 (packages differ: some write 0); 0 throughout for a sector
        that no region holds. float32 for float32 presences: counts are exact, the quotient rounds.

    Raises
    ------
    ValueError
        ``M`` is not a matrix of 0 and 1.

    Examples
    --------
    >>> calc_proximity([[1, 1], [1, 0]]).tolist()
    [[1.0, 0.5], [0.5, 1.0]]

    Notes
    -----
    Source: Hidalgo, Klinger, Barabási & Hausmann (2007), Science 317, eq. 1.
    """
    presences = as_presences(M)
    u = presences.sum(axis=0, dtype=np.float64).astype(presences.dtype, copy=False)
    # A sector nowhere held has no co-occurrence either: 0 / 1 keeps it at 0.
    larger = np.maximum.outer(u, u)
    np.maximum(larger, 1.0, out=larger)
    proximity: Reals = np.divide(_count_pairs(presences), larger, out=larger)
    return proximity


@dataclass(frozen=True, slots=True)
class Density:
    """How much of what is related to a sector a region holds.

    Attributes
    ----------
    values : ndarray of float, shape (n_regions, n_sectors)
        Share, 0 to 1; NaN for a sector without related sectors.
    sector_reasons : ndarray of str, shape (n_sectors,)
        Why the sector's column is undefined; empty where it is not.
    """

    values: Reals
    sector_reasons: Texts


def calc_density(
    M: ArrayLike,
    relatedness: ArrayLike,
    *,
    include_own: bool = False,
    neighbours: int | None = None,
) -> Density:
    """Relatedness density omega_rj = sum_i M_ri phi_ij / sum_i phi_ij.

    Parameters
    ----------
    M : array_like, shape (n_regions, n_sectors)
        Presences, 0 or 1.
    relatedness : array_like, shape (n_sectors, n_sectors)
        phi, finite and not negative: a proximity or any other relatedness; row i weighs sector i
        for sector j. Its diagonal counts only with ``include_own``.
    include_own : bool, default False
        Whether the sums run over i = j as well.
    neighbours : int, optional
        Sum over the k sectors most related to j only (all that tie at the k-th place, so that the
        order of sectors does not matter); the own term, if included, comes on top.

    Returns
    -------
    Density
        float32 where both arrays are float32.

    Raises
    ------
    ValueError
        Shapes do not fit, ``M`` holds something else than 0 and 1, ``relatedness`` is negative or
        not finite, or ``neighbours`` is not between 1 and n_sectors - 1.

    Examples
    --------
    >>> calc_density([[1, 0, 1]], [[1, 0.5, 0], [0.5, 1, 0.25], [0, 0.25, 1]]).values.tolist()
    [[0.0, 1.0, 0.0]]

    Notes
    -----
    Source: Hidalgo et al. (2007), Science 317. The formula is silent on the own term;
    packages keep it (ecomplexity, economiccomplexity) or not (economic_complexity, econcomplex,
    EconGeo). Without it a region's presence in j does not predict itself, so that is the default.
    The k-nearest form is a weighted share; ecomplexity (0.5.3, issue 35) returns counts instead.
    """
    presences = as_presences(M)
    weights = _weigh_sectors(relatedness, presences.shape[1], include_own, neighbours)
    total = weights.sum(axis=0)
    defined = total > 0
    # Sharing out the small matrix first saves passes over the large one.
    weights /= np.where(defined, total, 1.0).astype(weights.dtype, copy=False)
    values = presences @ weights
    np.minimum(values, 1.0, out=values)
    if not defined.all():
        values[:, ~defined] = np.nan
    return Density(values, np.where(defined, "", NO_RELATED))


def calc_related_mean(
    values: ArrayLike, relatedness: ArrayLike, *, neighbours: int | None = None
) -> Reals:
    """Mean of a figure over related sectors: sum_i v_ri phi_ij / sum_i phi_ij, i not j.

    Parameters
    ----------
    values : array_like, shape (n_regions, n_sectors)
        v, such as shrunk log LQs; finite.
    relatedness : array_like, shape (n_sectors, n_sectors)
        phi, finite and not negative; row i weighs sector i for sector j.
    neighbours : int, optional
        As in :func:`calc_density`.

    Returns
    -------
    ndarray of float, shape (n_regions, n_sectors)
        Unit of ``values``; NaN for a sector without related sectors.

    Raises
    ------
    ValueError
        As :func:`calc_density`.

    Notes
    -----
    A density that keeps how strong a region is, where `calc_density` keeps whether it is strong.
    """
    figures = as_reals(values, "values")
    weights = _weigh_sectors(relatedness, figures.shape[1], False, neighbours)
    total = weights.sum(axis=0)
    weights /= np.where(total > 0, total, 1.0).astype(weights.dtype, copy=False)
    mean = figures @ weights
    mean[:, total == 0] = np.nan
    return mean


def _weigh_sectors(
    relatedness: ArrayLike, n_sectors: int, include_own: bool, neighbours: int | None
) -> Reals:
    """Weights phi_ij of the sums: a copy with the wanted terms, 0 elsewhere."""
    weights = as_reals(relatedness, "relatedness").copy()
    if weights.shape != (n_sectors, n_sectors):
        raise ValueError(
            f"The 'relatedness' must have shape {(n_sectors, n_sectors)}, like the sectors of 'M'. "
            f"Got {weights.shape}."
        )
    # A comparison with NaN is false, so this refuses it too.
    if not (weights.min() >= 0 and weights.max() < np.inf):
        raise ValueError("The 'relatedness' must be finite and at least 0.")
    own = np.diag(weights).copy()
    np.fill_diagonal(weights, 0.0)
    if neighbours is not None:
        if not 1 <= neighbours < n_sectors:
            raise ValueError(
                f"The 'neighbours' must be from 1 to {n_sectors - 1}, one less than the sectors. "
                f"Got {neighbours}."
            )
        place = n_sectors - neighbours
        weights[weights < np.partition(weights, place, axis=0)[place]] = 0.0
    if include_own:
        np.fill_diagonal(weights, own)
    return weights
