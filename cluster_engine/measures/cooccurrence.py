"""Relatedness of sectors by normalised co-occurrence: how often together, against how common.

C is the matrix of co-occurrences (regions that hold both sectors). Every index sets C_ij against
the size S of each sector and a total T, and two readings of S are published: *occurrences* (regions
that hold the sector; T = regions) and *co-occurrences* (sum of C_ij over j other than i; T = sum
of S).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.presence import Floats, Reals, as_presences
from cluster_engine.measures.proximity import calc_cooccurrence

Index = Literal["association", "cosine", "jaccard", "probability", "conditional"]
Size = Literal["occurrences", "co-occurrences"]


def _associate(C: Floats, S: Floats, T: float) -> Floats:
    return _divide(C * T, np.multiply.outer(S, S))


def _cosine(C: Floats, S: Floats, _T: float) -> Floats:
    return _divide(C, np.sqrt(np.multiply.outer(S, S)))


def _jaccard(C: Floats, S: Floats, _T: float) -> Floats:
    return _divide(C, np.add.outer(S, S) - C)


def _probability(C: Floats, S: Floats, T: float) -> Floats:
    # 1 / (T - S) has no value for a sector that is everywhere; the index tends to 0 there.
    rest = _divide(np.ones_like(S), T - S)
    index = _divide(2.0 * C, np.multiply.outer(S, S) * np.add.outer(rest, rest))
    everywhere = T == S
    index[everywhere, :] = 0.0
    index[:, everywhere] = 0.0
    return index


def _condition(C: Floats, S: Floats, _T: float) -> Floats:
    return _divide(C, np.broadcast_to(S, C.shape))


INDICES: Mapping[Index, tuple[Callable[[Floats, Floats, float], Floats], Size]] = {
    "association": (_associate, "co-occurrences"),
    "cosine": (_cosine, "occurrences"),
    "jaccard": (_jaccard, "occurrences"),
    "probability": (_probability, "co-occurrences"),
    "conditional": (_condition, "occurrences"),
}
"""Index, and the size of a sector in its published form."""


def calc_cooccurrence_relatedness(
    M: ArrayLike, index: Index = "association", *, size: Size | None = None
) -> Reals:
    """Relatedness of sectors by how often the same regions hold them.

    association  C_ij T / (S_i S_j)
    cosine       C_ij / sqrt(S_i S_j)
    jaccard      C_ij / (S_i + S_j - C_ij)
    probability  C_ij / [(S_i/T · S_j/(T-S_i) + S_j/T · S_i/(T-S_j)) · T/2]
    conditional  C_ij / S_j, the probability of i given j: not symmetric

    Parameters
    ----------
    M : array_like, shape (n_regions, n_sectors)
        Presences, 0 or 1.
    index : str
        Which of the five.
    size : {"occurrences", "co-occurrences"}, optional
        What S counts; by default what the source of the index counts: co-occurrences for
        association and probability, occurrences for the rest.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Ratio to what chance gives (association, probability: 1 is chance) or share 0 to 1; diagonal
        0, and 0 with a sector that no region holds or that never occurs with another. Worked out in
        float64, given in float32 for float32 presences.

    Raises
    ------
    ValueError
        ``M`` is not a matrix of 0 and 1, or an unknown ``index`` or ``size``.

    Examples
    --------
    >>> calc_cooccurrence_relatedness([[1, 1, 0], [1, 0, 1]], "jaccard").tolist()
    [[0.0, 0.5, 0.5], [0.5, 0.0, 0.0], [0.5, 0.0, 0.0]]

    Notes
    -----
    Source: van Eck & Waltman (2009), JASIST 60(8): association strength, cosine, Jaccard;
    Steijn (2021): probability index. Packages disagree on S: EconGeo counts
    co-occurrences in all indices, econcomplex occurrences. For cosine and Jaccard occurrences are
    Salton's and Jaccard's own sets; the probability index is published for co-occurrences only,
    though econcomplex cites it for its occurrence form. Both can be had with ``size``.
    """
    if index not in INDICES:
        raise ValueError(f"The 'index' must be one of {', '.join(INDICES)}. Got {index!r}.")
    calculate, published = INDICES[index]
    presences = as_presences(M)
    C: Floats = calc_cooccurrence(presences).astype(np.float64)
    S, T = _size_sectors(C, size or published, len(presences))
    np.fill_diagonal(C, 0.0)
    return calculate(C, S, T).astype(presences.dtype, copy=False)


def calc_relatedness_z(M: ArrayLike) -> Reals:
    """Standardised co-occurrence z_ij = (C_ij - mu_ij) / sigma_ij under the hypergeometric law.

    mu_ij = u_i u_j / n, sigma²_ij = mu_ij (1 - u_i/n) (n - u_j) / (n - 1), n regions.

    Parameters
    ----------
    M : array_like, shape (n_regions, n_sectors)
        Presences, 0 or 1.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Standard deviations; above 0 is more often together than by chance. Diagonal 0; NaN with a
        sector that no region or every region holds: its co-occurrences cannot vary.

    Raises
    ------
    ValueError
        ``M`` is not a matrix of 0 and 1, or has a single region.

    Notes
    -----
    Source: Teece, Rumelt, Dosi & Winter (1994), JEBO 23(1). Diagonals differ between
    packages and mean nothing.
    """
    presences = as_presences(M)
    n_regions = len(presences)
    if n_regions < 2:
        raise ValueError("Standardised co-occurrence needs at least two regions. Got 1.")
    C: Floats = calc_cooccurrence(presences).astype(np.float64)
    u = np.diag(C).copy()
    mean = np.multiply.outer(u, u) / n_regions
    free = (n_regions - u) / np.sqrt(n_regions * (n_regions - 1.0))
    variance = mean * np.multiply.outer(free, free)
    z = np.full_like(C, np.nan)
    np.divide(C - mean, np.sqrt(variance), out=z, where=variance > 0)
    np.fill_diagonal(z, 0.0)
    return z.astype(presences.dtype, copy=False)


def _size_sectors(C: Floats, size: Size, n_regions: int) -> tuple[Floats, float]:
    """Sizes S and total T; the diagonal of C still holds the ubiquity."""
    occurrences = np.diag(C).copy()
    if size == "occurrences":
        return occurrences, float(n_regions)
    if size == "co-occurrences":
        S: Floats = C.sum(axis=0) - occurrences
        return S, float(S.sum())
    raise ValueError(f"The 'size' must be 'occurrences' or 'co-occurrences'. Got {size!r}.")


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0)
