"""From C* to C**: sectors that are closer to another cluster than to their own move there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Move:
    """A sector that changed clusters.

    Attributes
    ----------
    sector : int
        Position.
    origin, target : int
        Labels before and after.
    within, nearest : float
        Mean similarity with the rest of the old cluster, and with the new one.
    """

    sector: int
    origin: int
    target: int
    within: float
    nearest: float


def reassign_outliers(
    similarity: Floats, labels: Labels, *, margin: float, smallest: int, largest: int
) -> tuple[Labels, tuple[Move, ...]]:
    """Move sectors to the cluster they are most related to, the clearest case first.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Between 0 and 1, symmetric.
    labels : ndarray of int, shape (n_sectors,)
        Clusters 0 … n_clusters - 1.
    margin : float
        How much more similar the other cluster must be on average.
    smallest, largest : int
        Sectors below which no cluster may fall, and above which none may grow.

    Returns
    -------
    labels : ndarray of int, shape (n_sectors,)
    moves : tuple of Move
        In the order made. A sector moves once at most.

    Notes
    -----
    Source: step 5 of Delgado, Porter & Stern (2016), there with judgement, here by rule.
    """
    labels = labels.copy()
    member = (labels[:, None] == np.arange(labels.max() + 1)).astype(np.float64)
    outer = similarity.copy()
    np.fill_diagonal(outer, 0.0)
    sums = outer @ member
    moves: list[Move] = []
    moved = np.zeros(len(labels), dtype=bool)
    for _ in range(len(labels)):
        move = _find_clearest(sums, labels, moved, (smallest, largest))
        if move is None or move.nearest - move.within < margin:
            break
        labels[move.sector] = move.target
        moved[move.sector] = True
        sums[:, move.origin] -= outer[:, move.sector]
        sums[:, move.target] += outer[:, move.sector]
        moves.append(move)
    return labels, tuple(moves)


def _find_clearest(
    sums: Floats, labels: Labels, moved: NDArray[np.bool_], limits: tuple[int, int]
) -> Move | None:
    rows = np.arange(len(labels))
    sizes = np.bincount(labels, minlength=sums.shape[1]).astype(np.float64)
    own = np.maximum(sizes[labels] - 1.0, 0.0)
    within = np.divide(sums[rows, labels], own, out=np.ones(len(labels)), where=own > 0)
    means = np.divide(sums, sizes, out=np.full_like(sums, -np.inf), where=sizes > 0)
    means[:, sizes >= limits[1]] = -np.inf
    means[rows, labels] = -np.inf
    gain = np.round(means.max(axis=1, initial=-np.inf) - within, 12)
    gain[moved | (sizes[labels] <= limits[0])] = -np.inf
    sector = int(np.argmax(gain))
    if not np.isfinite(gain[sector]):
        return None
    target = int(np.argmax(np.round(means[sector], 12)))
    return Move(
        sector, int(labels[sector]), target, float(within[sector]), float(means[sector, target])
    )
