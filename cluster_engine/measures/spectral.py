"""Second eigenvectors of the presence matrix, the core of the economic complexity index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.measures.presence import Floats, Reals

Integers = NDArray[np.int64]

IN_PARTS = "presences fall into parts without a common sector"
NO_SECOND = "all regions of the part hold the same sectors"
NOT_SINGLE = "second eigenvalue is not single"
NO_SIGN = "diversity is unrelated to the index, which leaves its sign open"

SAME_EIGENVALUE = 1e-9
"""Eigenvalues closer than this have no eigenvectors of their own in double precision."""
NO_CORRELATION = 1e-9
"""Below this a correlation is rounding."""


@dataclass(frozen=True, slots=True)
class PartIndex:
    """Unstandardised indices of one part, or why there are none."""

    eci: Floats
    pci: Floats
    eigenvalues: Floats
    reason: str = ""


def leave_undefined(eigenvalues: Floats, reason: str) -> PartIndex:
    """Give the part no index, and say why."""
    return PartIndex(np.array([np.nan]), np.array([np.nan]), eigenvalues, reason)


def solve_part(M: Reals, d: Floats, u: Floats) -> PartIndex:
    """Second eigenvectors of one matrix of presences, ECI up with diversity, PCI following it."""
    by_sector = len(u) <= len(d)
    values, vector = _decompose(M, d, u) if by_sector else _decompose(M.T, u, d)
    second, third = values[1], np.nan_to_num(values[2], nan=0.0)
    # A part with one region or one sector has no second eigenvalue at all.
    if not second > SAME_EIGENVALUE:
        return leave_undefined(values, NO_SECOND)
    if second > 1.0 - SAME_EIGENVALUE:
        return leave_undefined(values, IN_PARTS)
    if second - third < SAME_EIGENVALUE:
        return leave_undefined(values, NOT_SINGLE)
    if by_sector:
        pci = vector / np.sqrt(u)
        eci = (M @ pci) / d
    else:
        eci = vector / np.sqrt(d)
        pci = (M.T @ eci) / (u * second)
    sign = _orient(d, eci)
    if sign == 0:
        return leave_undefined(values, NO_SIGN)
    return PartIndex(sign * eci, sign * pci, values)


def _decompose(M: Reals, rows: Floats, columns: Floats) -> tuple[Floats, Floats]:
    """Largest three eigenvalues and the second eigenvector of the form in the columns of M.

    C^-1/2 M' R^-1 M C^-1/2, of the order of the columns, which must be the shorter side.
    """
    # SciPy is slow to import and nothing else of this module needs it.
    from scipy.linalg import eigh

    scaled = np.divide(M, np.sqrt(rows)[:, None], dtype=np.float64)
    form = scaled.T @ scaled
    del scaled
    root = 1.0 / np.sqrt(columns)
    form *= root[:, None]
    form *= root
    size = len(columns)
    top = [max(size - 3, 0), size - 1]
    # The transpose of a symmetric matrix is itself in the order LAPACK may overwrite.
    found, vectors = eigh(form.T, subset_by_index=top, overwrite_a=True, check_finite=False)
    values = np.full(3, np.nan)
    values[: len(found)] = found[::-1]
    return values, vectors[:, max(len(found) - 2, 0)]


def _orient(diversity: Floats, eci: Floats) -> float:
    """Sign of the correlation of diversity and index; 0 where there is none."""
    x, y = diversity - diversity.mean(), eci - eci.mean()
    covariance = float(x @ y)
    noise = NO_CORRELATION * float(np.sqrt((x @ x) * (y @ y)))
    return 0.0 if abs(covariance) <= noise else float(np.sign(covariance))


def find_parts(M: Reals) -> tuple[Integers, Integers]:
    """Connected parts of the network of regions and sectors, numbered by their first region."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n_regions, n_sectors = M.shape
    region, sector = np.nonzero(M)
    nodes = n_regions + n_sectors
    links = coo_array((np.ones(len(region)), (region, n_regions + sector)), shape=(nodes, nodes))
    labels = connected_components(links, directed=False)[1].astype(np.int64)
    return labels[:n_regions], labels[n_regions:]


def solve_parts(M: Reals, region_parts: Integers, sector_parts: Integers) -> list[PartIndex]:
    """Solve every connected part on its own, in the order of their numbers."""
    solved = []
    for part in range(int(region_parts.max()) + 1):
        block = M[np.ix_(region_parts == part, sector_parts == part)]
        one = solve_part(block, block.sum(axis=1, dtype=float), block.sum(axis=0, dtype=float))
        # A block is connected: an eigenvalue of 1 to rounding is one not to be told apart.
        solved.append(
            leave_undefined(one.eigenvalues, NOT_SINGLE) if one.reason == IN_PARTS else one
        )
    return solved
