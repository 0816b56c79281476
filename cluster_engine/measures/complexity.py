"""Economic complexity: ECI of regions and PCI of sectors from the presence matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.presence import Floats, Reals, Texts, Trimmed, trim_presences
from cluster_engine.measures.spectral import (
    IN_PARTS,
    NOT_SINGLE,
    Integers,
    PartIndex,
    find_parts,
    leave_undefined,
    solve_part,
    solve_parts,
)

Scale = Literal["eci", "own"]
Parts = Literal["undefined", "split"]


@dataclass(frozen=True, slots=True)
class Complexity:
    """Complexity of regions and sectors, and where it is undefined, why.

    Attributes
    ----------
    eci : ndarray of float, shape (n_regions,)
        Standard deviations from the mean region of the part.
    pci : ndarray of float, shape (n_sectors,)
        On the scale of ``eci`` (each region's ECI is the mean PCI of its sectors) or on its own.
    region_reasons, sector_reasons : ndarray of str, shapes (n_regions,) and (n_sectors,)
        Why there is no index; empty where there is one.
    region_parts, sector_parts : ndarray of int, shapes (n_regions,) and (n_sectors,)
        Connected part of each unit, from 0; -1 for a unit without any presence. Indices compare
        within a part only.
    eigenvalues : ndarray of float, shape (n_parts, 3)
        The largest three of each part worked out, 1 first; NaN where there are fewer. The nearer
        the third is to the second, the less the index means.
    """

    eci: Reals
    pci: Reals
    region_reasons: Texts
    sector_reasons: Texts
    region_parts: Integers
    sector_parts: Integers
    eigenvalues: Floats


def calc_complexity(
    M: ArrayLike, *, ddof: int = 0, pci_scale: Scale = "eci", parts: Parts = "undefined"
) -> Complexity:
    """Economic complexity index of regions and product complexity index of sectors.

    ECI is the second eigenvector of D^-1 M U^-1 M', D and U the diagonal matrices of diversity and
    ubiquity, standardised; ECI_r is proportional to (1/d_r) sum_i M_ri PCI_i.

    Parameters
    ----------
    M : array_like, shape (n_regions, n_sectors)
        Presences, 0 or 1.
    ddof : {0, 1}, default 0
        Divisor of the standard deviation is n - ddof.
    pci_scale : {"eci", "own"}, default "eci"
        Standardise PCI by mean and deviation of the ECI or by its own.
    parts : {"undefined", "split"}, default "undefined"
        What to do with presences that fall into parts without a common sector (second eigenvalue
        1): give no index and the reason, or an index within every part.

    Returns
    -------
    Complexity
        float32 for float32 presences, though worked out in float64: single precision cannot tell
        close eigenvalues apart.

    Raises
    ------
    ValueError
        ``M`` is not a matrix of 0 and 1, no region holds any sector, or an unknown option.

    Examples
    --------
    >>> M = [[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]
    >>> calc_complexity(M).eci.round(4).tolist()
    [-0.0754, -1.6029, 0.7478, 0.9305]

    Notes
    -----
    Source: Hidalgo & Hausmann (2009), PNAS 106(26); Hausmann et al. (2014), The Atlas of Economic
    Complexity, technical box 2.2. Solved in the symmetric form D^-1/2 M U^-1 M' D^-1/2, whose
    eigenvalues are real and come in order (one package takes the second of an unsorted list).

    Sign: ECI goes up with diversity, and PCI follows ECI. Fixing PCI by ubiquity on its own, as
    econcomplex, EconGeo and fermi do, reverses it on some tables. Scale: ddof 0 in ecomplexity and
    econcomplex, 1 in economic_complexity and economiccomplexity. A unit without presence is left
    out and alone undefined (ecomplexity makes everything NaN). Presences in parts: every package
    returns some vector of the repeated eigenvalue 1 without a word.
    """
    _check_options(ddof, pci_scale, parts)
    trimmed = trim_presences(M)
    if trimmed.M.size == 0:
        raise ValueError("The 'M' must hold at least one presence.")
    region_parts = np.zeros(len(trimmed.diversity), dtype=np.int64)
    sector_parts = np.zeros(len(trimmed.ubiquity), dtype=np.int64)
    solved = [solve_part(trimmed.M, trimmed.diversity, trimmed.ubiquity)]
    if solved[0].reason == IN_PARTS:
        region_parts, sector_parts = find_parts(trimmed.M)
        # A single part after all means two eigenvalues of 1 to rounding: not to be told apart.
        if region_parts.max() == 0:
            solved = [leave_undefined(solved[0].eigenvalues, NOT_SINGLE)]
        elif parts == "split":
            solved = solve_parts(trimmed.M, region_parts, sector_parts)
    indices = [_standardise(part, ddof, pci_scale) for part in solved]
    return _assemble(trimmed, solved, indices, (region_parts, sector_parts))


def _standardise(part: PartIndex, ddof: int, pci_scale: Scale) -> tuple[Floats, Floats]:
    if part.reason:
        return part.eci, part.pci
    base = part.eci if pci_scale == "eci" else part.pci
    eci = (part.eci - part.eci.mean()) / part.eci.std(ddof=ddof)
    return eci, (part.pci - base.mean()) / base.std(ddof=ddof)


def _assemble(
    trimmed: Trimmed,
    solved: list[PartIndex],
    indices: list[tuple[Floats, Floats]],
    parts: tuple[Integers, Integers],
) -> Complexity:
    """Put the indices of the parts, their reasons and numbers in the places of the units."""
    reasons = [part.reason for part in solved]
    texts = np.array(reasons, dtype="<U80")
    values, notes, places = [], [], []
    kept_sides = (trimmed.regions, trimmed.sectors)
    for side, (kept, empty) in enumerate(zip(kept_sides, trimmed.explain(), strict=True)):
        # Undefined parts share one solution when they were not split.
        solution = parts[side] if len(solved) > 1 else np.zeros_like(parts[side])
        index = np.empty(len(solution))
        for part, pair in enumerate(indices):
            index[solution == part] = pair[side]
        values.append(index)
        note = empty.astype("<U80")
        note[kept] = texts[solution]
        notes.append(note)
        place = np.full(len(kept), -1, dtype=np.int64)
        place[kept] = parts[side]
        places.append(place)
    eci, pci = trimmed.spread(*values)
    eigenvalues = np.array([part.eigenvalues for part in solved])
    return Complexity(eci, pci, notes[0], notes[1], places[0], places[1], eigenvalues)


def _check_options(ddof: int, pci_scale: str, parts: str) -> None:
    if ddof not in (0, 1):
        raise ValueError(f"The 'ddof' must be 0 or 1. Got {ddof}.")
    if pci_scale not in ("eci", "own"):
        raise ValueError(f"The 'pci_scale' must be 'eci' or 'own'. Got {pci_scale!r}.")
    if parts not in ("undefined", "split"):
        raise ValueError(f"The 'parts' must be 'undefined' or 'split'. Got {parts!r}.")
