"""Presence of sectors in regions: what a region is specialised in, and what changed.

M is the matrix of presences: 1 where a region holds a sector, 0 elsewhere. d is the diversity of a
region (its row sum), u the ubiquity of a sector (its column sum).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Reals = NDArray[np.floating]
Flags = NDArray[np.bool_]
Texts = NDArray[np.str_]

NO_REGION_LQ = "region has no location quotients"
NO_SECTOR_LQ = "sector has no location quotients"
EMPTY_REGION = "region holds no sector"
EMPTY_SECTOR = "no region holds the sector"


@dataclass(frozen=True, slots=True)
class Presence:
    """Which regions hold which sectors.

    Attributes
    ----------
    M : ndarray of float, shape (n_regions, n_sectors)
        1 where held, else 0.
    diversity : ndarray of float, shape (n_regions,)
        Sectors held by each region.
    ubiquity : ndarray of float, shape (n_sectors,)
        Regions that hold each sector.
    region_reasons, sector_reasons : ndarray of str, shapes (n_regions,) and (n_sectors,)
        Why a region or sector has no presence at all; empty where it has one.
    """

    M: Reals
    diversity: Floats
    ubiquity: Floats
    region_reasons: Texts
    sector_reasons: Texts


def calc_presence(lq: ArrayLike, *, threshold: float = 1.0) -> Presence:
    """Presence M_ri = 1 if LQ_ri >= threshold, else 0; 0 where the LQ is undefined.

    Parameters
    ----------
    lq : array_like, shape (n_regions, n_sectors)
        Location quotients, ratio; NaN where undefined.
    threshold : float, default 1
        Smallest ratio that counts; ties count.

    Returns
    -------
    Presence
        M in float32 for float32 ratios, else float64.

    Raises
    ------
    ValueError
        ``lq`` is not a matrix, or the threshold is not above 0.

    Notes
    -----
    Source: Balassa (1965); Hidalgo & Hausmann (2009), PNAS 106(26). Ties at exactly 1 come out
    right when the ratio was divided as (e_ir / e_r) / (e_i / e) in double precision: equal
    fractions round to equal doubles. A ratio that went through a square root or a product does not
    have that property, and ratios kept in float32 make a tie of everything within 6e-8 of the
    threshold. An empty region holds nothing; one package lets it hold every sector.
    """
    values = as_reals(lq, "lq")
    if not threshold > 0:
        raise ValueError(f"The 'threshold' must be above 0. Got {threshold}.")
    # A NaN is not at or above anything, so an undefined ratio gives 0.
    M = (values >= threshold).astype(values.dtype)
    d, u = count_presences(M)
    return Presence(
        M=M,
        diversity=d,
        ubiquity=u,
        region_reasons=_explain(values, d, (EMPTY_REGION, NO_REGION_LQ)),
        sector_reasons=_explain(values.T, u, (EMPTY_SECTOR, NO_SECTOR_LQ)),
    )


def _explain(values: Reals, counts: Floats, reasons: tuple[str, str]) -> Texts:
    empty, undefined = reasons
    texts = np.where(counts == 0, empty, "").astype(f"<U{max(map(len, reasons))}")
    for unit in np.flatnonzero(counts == 0):
        if np.isnan(values[unit]).all():
            texts[unit] = undefined
    return texts


def as_reals(values: ArrayLike, name: str, dimensions: int = 2) -> Reals:
    """View anything NumPy can read as float32 (if it is that) or float64; copy only if needed.

    Raises
    ------
    ValueError
        The number of dimensions differs, or there is no value.
    """
    array = np.asarray(values)
    if array.dtype != np.float32:
        array = array.astype(np.float64, copy=False)
    if array.ndim != dimensions or array.size == 0:
        raise ValueError(
            f"The '{name}' must have {dimensions} dimension(s), none of them empty. "
            f"Got shape {array.shape}."
        )
    return array


def as_presences(M: ArrayLike) -> Reals:
    """View a presence matrix as floats, making sure that it holds only 0 and 1.

    Raises
    ------
    ValueError
        Not a matrix, or another value than 0 and 1.
    """
    given = np.asarray(M)
    array = as_reals(given, "M")
    # Two counts are far cheaper than a set of values, and NaN is in neither.
    if given.dtype != np.bool_ and (
        np.count_nonzero(array == 0) + np.count_nonzero(array == 1) != array.size
    ):
        raise ValueError("The 'M' must hold only 0 and 1. Make it of ratios with calc_presence.")
    return array


def count_presences(M: Reals) -> tuple[Floats, Floats]:
    """Diversity of regions and ubiquity of sectors, in float64 whatever M is."""
    return M.sum(axis=1, dtype=np.float64), M.sum(axis=0, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Trimmed:
    """Presence matrix without the units that hold or are held by nothing.

    Attributes
    ----------
    M : ndarray of float, shape (kept regions, kept sectors)
        The given matrix itself where nothing was dropped.
    diversity, ubiquity : ndarray of float
        Row and column sums of M; all above 0.
    regions, sectors : ndarray of bool, shapes (n_regions,) and (n_sectors,)
        Units kept.
    """

    M: Reals
    diversity: Floats
    ubiquity: Floats
    regions: Flags
    sectors: Flags

    def explain(self) -> tuple[Texts, Texts]:
        """Reasons of the units dropped, empty for the rest: regions, sectors."""
        return np.where(self.regions, "", EMPTY_REGION), np.where(self.sectors, "", EMPTY_SECTOR)

    def spread(self, regions: ArrayLike, sectors: ArrayLike) -> tuple[Reals, Reals]:
        """Put values of kept units back in their places, NaN in the others; dtype of M."""
        return (
            _spread(np.asarray(regions, self.M.dtype), self.regions),
            _spread(np.asarray(sectors, self.M.dtype), self.sectors),
        )


def _spread(values: Reals, kept: Flags) -> Reals:
    whole = np.full(kept.shape, np.nan, dtype=values.dtype)
    whole[kept] = values
    return whole


def trim_presences(M: ArrayLike) -> Trimmed:
    """Drop regions that hold nothing and sectors held by none: they have no index, the rest has.

    Dropping them changes no other row or column, so once is enough.

    Raises
    ------
    ValueError
        ``M`` is not a matrix of 0 and 1.
    """
    array = as_presences(M)
    d, u = count_presences(array)
    regions, sectors = d > 0, u > 0
    if not (regions.all() and sectors.all()):
        array = array[np.ix_(regions, sectors)]
    return Trimmed(array, d[regions], u[sectors], regions, sectors)
