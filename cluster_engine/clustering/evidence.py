"""What sectors are clustered on: named similarity matrices, and how they are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.relatedness import average_ranks

Floats = NDArray[np.float64]

SYMMETRY = 1e-9
"""How far two halves of a matrix may differ, relative to its largest value."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One way in which sectors are related.

    Attributes
    ----------
    name : str
        As shown in tables.
    values : ndarray of float, shape (n_sectors, n_sectors)
        Symmetric similarity, any unit; NaN where a pair is unknown; the diagonal does not count.
    weight : float
        Weight in the mean of ranks. 0: not used to build clusters, only to mark them.
    family : str
        Figures it comes from. Matrices of one family are left out together when clusters are
        marked on figures they were not built on; empty: its own.
    is_mark : bool
        Whether clusters are marked on it; a classification marks nothing but itself.
    """

    name: str
    values: Floats
    weight: float = 1.0
    family: str = ""
    is_mark: bool = True

    @property
    def source(self) -> str:
        """Family, or the name of a relation that has none."""
        return self.family or self.name


Halves = tuple[tuple[Relation, ...], tuple[Relation, ...]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known about how sectors are related.

    Attributes
    ----------
    codes : tuple of str, length n_sectors
        Different codes, in any classification.
    relations : tuple of Relation
        At least one with a weight.
    groups : mapping of str to tuple of str
        Official groups of the sectors by name of the level, one label per sector: what to beat.
    resample : callable or None
        Takes a generator, returns the relations that change when figures are drawn anew (areas
        with replacement, years); None: sectors are drawn instead.
    halve : callable or None
        Takes a generator, returns the relations that depend on areas on one half of them, and on
        the other.
    """

    codes: tuple[str, ...]
    relations: tuple[Relation, ...]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    resample: Callable[[np.random.Generator], tuple[Relation, ...]] | None = None
    halve: Callable[[np.random.Generator], Halves] | None = None


def check_relation(name: str, values: ArrayLike, n_sectors: int) -> Floats:
    """Check a similarity matrix.

    Parameters
    ----------
    name : str
        For the message.
    values : array_like, shape (n_sectors, n_sectors)
    n_sectors : int

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        Exactly symmetric, diagonal as given.

    Raises
    ------
    ValueError
        Another shape, a figure that is infinite, not symmetric (NaN must be so too).
    """
    matrix = np.array(values, dtype=np.float64)
    if matrix.shape != (n_sectors, n_sectors):
        raise ValueError(
            f"The matrix '{name}' must have one row and column per sector: {n_sectors}. "
            f"Got shape {matrix.shape}."
        )
    if np.isinf(matrix).any():
        raise ValueError(f"The matrix '{name}' must be finite, or NaN where a pair is unknown.")
    largest = float(np.nanmax(np.abs(matrix), initial=0.0))
    unequal = ~np.isclose(matrix, matrix.T, rtol=0.0, atol=SYMMETRY * largest, equal_nan=True)
    if unequal.any():
        row, column = np.argwhere(unequal)[0]
        raise ValueError(
            f"The matrix '{name}' must be symmetric. Got {matrix[row, column]:g} at row "
            f"{row + 1}, column {column + 1}, and {matrix[column, row]:g} the other way."
        )
    return (matrix + matrix.T) / 2.0


def check_evidence(evidence: Evidence) -> Evidence:
    """Check evidence and put its sectors in the order of their codes.

    Raises
    ------
    ValueError
        There is no sector, codes are repeated, a matrix does not fit, none has a weight, or all
        that have one are the same for every pair: then nothing tells sectors apart.
    """
    n_sectors = len(evidence.codes)
    if n_sectors == 0:
        raise ValueError("There must be at least one sector. Got none.")
    if len(set(evidence.codes)) != n_sectors:
        repeated = sorted({code for code in evidence.codes if evidence.codes.count(code) > 1})
        raise ValueError(f"The codes must differ. Got {', '.join(repeated[:5])} more than once.")
    for name, labels in evidence.groups.items():
        if len(labels) != n_sectors:
            raise ValueError(f"The groups '{name}' must be one label per sector: {n_sectors}.")
    relations = tuple(
        replace(relation, values=check_relation(relation.name, relation.values, n_sectors))
        for relation in evidence.relations
    )
    if n_sectors > 1 and not any(r.weight > 0 and tells_apart(r.values) for r in relations):
        raise ValueError(
            "At least one matrix with a weight must tell pairs of sectors apart. "
            "Got only constant or unknown ones."
        )
    return replace(evidence, relations=relations)


def exchange(relations: Sequence[Relation], changed: Sequence[Relation]) -> tuple[Relation, ...]:
    """Put relations in the place of those of the same name."""
    new = {relation.name: relation for relation in changed}
    return tuple(new.get(relation.name, relation) for relation in relations)


def combine(relations: Sequence[Relation]) -> Floats:
    """Mean of ranks of the relations that have a weight; see `average_ranks`.

    One that is the same for every pair is left out: it would only dilute the others.
    """
    used = [relation for relation in relations if relation.weight > 0]
    used = [relation for relation in used if tells_apart(relation.values)] or used
    return average_ranks(
        [relation.values for relation in used], [relation.weight for relation in used]
    )


def tells_apart(values: Floats) -> bool:
    """Whether a similarity is not the same, or unknown, for every pair of sectors."""
    pairs = values[np.triu_indices(len(values), 1)]
    known = pairs[~np.isnan(pairs)]
    return bool(len(known) and np.ptp(known) > 0) or bool(0 < len(known) < len(pairs))
