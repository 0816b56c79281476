"""Communities of the graph of related sectors."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Algorithm = Literal["louvain", "leiden"]


def link_neighbours(similarity: Floats, neighbours: int) -> Floats:
    """Keep the strongest links of every sector; a link stays if either end keeps it.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Symmetric, not negative. Similarity 0 is no link; of equal ones the first sector wins.
    neighbours : int
        Links kept per sector.

    Returns
    -------
    ndarray of float, shape (n_sectors, n_sectors)
        0 where there is no link; diagonal 0.
    """
    strength = np.round(similarity, 12)
    np.fill_diagonal(strength, -np.inf)
    kept = min(neighbours, len(similarity) - 1)
    nearest = np.argsort(-strength, axis=1, kind="stable")[:, :kept]
    keep = np.zeros(similarity.shape, dtype=bool)
    np.put_along_axis(keep, nearest, True, axis=1)
    linked: Floats = np.where(keep | keep.T, similarity, 0.0)
    np.fill_diagonal(linked, 0.0)
    return linked


def find_communities(
    linked: Floats, algorithm: Algorithm, resolution: float, *, random_state: int
) -> Labels:
    """Communities of a graph by modularity; sectors without a link are alone.

    Parameters
    ----------
    linked : ndarray of float, shape (n_sectors, n_sectors)
        Weights of the links; 0 for none.
    algorithm : {"louvain", "leiden"}
    resolution : float
        Above 1 for smaller communities (Reichardt & Bornholdt 2006).
    random_state : int
        Decides the order in which nodes are visited.
    """
    from scipy.sparse import csr_matrix
    from sknetwork.clustering import Leiden, Louvain

    if not linked.any():
        return np.arange(len(linked), dtype=np.int64)
    if algorithm == "leiden":
        _seed_c_library(random_state)
    kind = {"louvain": Louvain, "leiden": Leiden}[algorithm]
    model = kind(resolution=resolution, shuffle_nodes=True, random_state=random_state)
    labels: Labels = model.fit_predict(csr_matrix(linked)).astype(np.int64)
    return labels


def _seed_c_library(seed: int) -> None:
    """Seed the C library's generator: Leiden refines by it, whatever its random_state.

    Other systems have another generator: Leiden gives the same communities on the same system.
    """
    import ctypes
    import sys

    library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    library.srand(ctypes.c_uint(seed & 0xFFFF_FFFF))
