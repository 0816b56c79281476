"""Ways to cluster sectors by their similarity; every one gives one label per sector.

Sectors must come in canonical (sorted) order: communities depend on the order of nodes even with a
fixed seed. `cluster_engine.clustering.estimators` has the same methods as scikit-learn estimators.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cluster_engine.clustering.communities import Algorithm, find_communities, link_neighbours
from cluster_engine.parameters import Clusters

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

Linkage = Literal["average", "ward"]

RESTART_STEP = 7919
"""Distance between the seeds of restarts: a prime, so that seeds of different runs do not meet."""

SECTORS_PER_CLUSTER = 3
"""Fewer sectors per cluster on average would mostly be clusters of one."""

FAINT = 1e-6
"""Weight of the links that keep a graph in one piece for the spectral method."""


@dataclass(frozen=True, slots=True)
class Run:
    """One clustering of the sectors.

    Attributes
    ----------
    method : str
        Key of `METHODS`.
    setting : float
        Number of clusters asked for, or resolution of communities.
    labels : ndarray of int, shape (n_sectors,)
    """

    method: str
    setting: float
    labels: Labels


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a method is run on.

    Attributes
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Between 0 and 1, symmetric, diagonal 1; sectors in canonical order.
    linked : ndarray of float, shape (n_sectors, n_sectors)
        Its strongest links; see :func:`link_neighbours`.
    numbers : tuple of int
        Numbers of clusters wanted, ascending; see :func:`limit_numbers`.
    settings : Clusters
        Neighbours, resolutions and restarts.
    random_state : int
        Seed.
    """

    similarity: Floats
    linked: Floats
    numbers: tuple[int, ...]
    settings: Clusters
    random_state: int


Method = Callable[[Sweep], list[Run]]


def run_methods(
    similarity: Floats, settings: Clusters, *, random_state: int
) -> dict[str, list[Run]]:
    """Run every method of the settings at every number of clusters of the settings.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Between 0 and 1, symmetric, diagonal 1; sectors in canonical order.
    settings : Clusters
        Methods, numbers, neighbours, resolutions and restarts.
    random_state : int
        Seed.

    Returns
    -------
    dict of str to list of Run
        By method. Communities have resolutions in place of numbers.
    """
    sweep = Sweep(
        similarity,
        link_neighbours(similarity, settings.neighbours),
        limit_numbers(settings, len(similarity)),
        settings,
        random_state,
    )
    return {name: METHODS[name](sweep) for name in settings.methods}


def limit_numbers(settings: Clusters, n_sectors: int) -> tuple[int, ...]:
    """Numbers of clusters of the settings, ascending, with three sectors per cluster on average.

    A number that is too large for so few sectors becomes the largest that is not.
    """
    largest = max(n_sectors // SECTORS_PER_CLUSTER, min(2, n_sectors))
    return tuple(sorted({min(number, largest) for number in settings.numbers}))


def cut_trees(similarity: Floats, numbers: Sequence[int], linkage: Linkage) -> list[Labels]:
    """Cut one hierarchical tree at several numbers of clusters.

    Average linkage joins by mean similarity; Ward joins the rows of the similarity matrix, so that
    sectors belong together when they are related to the same others.
    """
    from scipy.cluster.hierarchy import cut_tree
    from scipy.cluster.hierarchy import linkage as join
    from scipy.spatial.distance import pdist, squareform

    if len(similarity) < 2:
        return [np.zeros(len(similarity), dtype=np.int64) for _ in numbers]
    if linkage == "ward":
        distances = pdist(similarity)
    else:
        distances = squareform(np.clip(1.0 - similarity, 0.0, None), checks=False)
    # Rounding first: equal distances that differ in the last bit must tie.
    tree = join(np.round(distances, 12), method=linkage)
    most = len(similarity) - 1
    cuts = cut_tree(tree, n_clusters=[min(number, most) for number in numbers])
    # Asked for as many clusters as sectors among other numbers, SciPy 1.17 gives a single one.
    return [
        np.arange(most + 1) if number > most else cuts[:, place].astype(np.int64)
        for place, number in enumerate(numbers)
    ]


def group_rows(
    rows: Floats, numbers: Sequence[int], *, random_state: int, n_init: int = 1
) -> list[Labels]:
    """k-means on rows, once per number of clusters."""
    import warnings

    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    found = []
    for number in numbers:
        model = KMeans(number, n_init=n_init, random_state=random_state)
        # One thread: sums keep their order, and a second one that has to wait costs 30 times more.
        with warnings.catch_warnings(), threadpool_limits(limits=1):
            # Fewer different rows than clusters: the clusters that are left are the answer.
            warnings.simplefilter("ignore", ConvergenceWarning)
            found.append(model.fit_predict(rows).astype(np.int64))
    return found


def split_spectrum(linked: Floats, numbers: Sequence[int], *, random_state: int) -> list[Labels]:
    """Spectral clustering of a graph: k-means on the leading eigenvectors of its Laplacian.

    A graph in several pieces is held together by faint links, so that no piece is lost.
    """
    from sklearn.manifold import spectral_embedding
    from threadpoolctl import threadpool_limits

    n_sectors = len(linked)
    if n_sectors < 4:
        return cut_trees(linked, numbers, "average")
    joined = linked + FAINT
    np.fill_diagonal(joined, 0.0)
    largest = min(max(numbers), n_sectors - 2)
    with threadpool_limits(limits=1):
        axes = spectral_embedding(
            joined, n_components=largest, drop_first=False, random_state=random_state,
            eigen_solver="arpack",
        )  # fmt: skip
    return [
        group_rows(axes[:, : min(number, largest)], [number], random_state=random_state)[0]
        for number in numbers
    ]


def order_labels(labels: Labels) -> Labels:
    """Number clusters by size, largest first; equal sizes by their first sector."""
    names, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    rank = {int(names[position]): place for place, position in enumerate(order)}
    return np.array([rank[int(label)] for label in labels], dtype=np.int64)


def _run_tree(linkage: Linkage) -> Method:
    def run(sweep: Sweep) -> list[Run]:
        found = cut_trees(sweep.similarity, sweep.numbers, linkage)
        return _name_runs(f"{linkage} linkage", sweep.numbers, found)

    return run


def _run_rows(sweep: Sweep) -> list[Run]:
    found = group_rows(sweep.similarity, sweep.numbers, random_state=sweep.random_state)
    return _name_runs("k-means", sweep.numbers, found)


def _run_spectrum(sweep: Sweep) -> list[Run]:
    found = split_spectrum(sweep.linked, sweep.numbers, random_state=sweep.random_state)
    return _name_runs("spectral", sweep.numbers, found)


def _run_communities(algorithm: Algorithm) -> Method:
    def run(sweep: Sweep) -> list[Run]:
        return [
            Run(
                algorithm,
                resolution,
                find_communities(
                    sweep.linked, algorithm, resolution,
                    random_state=sweep.random_state + RESTART_STEP * restart,
                ),
            )
            for restart in range(sweep.settings.restarts)
            for resolution in sweep.settings.resolutions
        ]  # fmt: skip

    return run


def _name_runs(method: str, numbers: Sequence[int], found: Sequence[Labels]) -> list[Run]:
    return [Run(method, number, labels) for number, labels in zip(numbers, found, strict=True)]


METHODS: Mapping[str, Method] = {
    "average linkage": _run_tree("average"),
    "ward linkage": _run_tree("ward"),
    "k-means": _run_rows,
    "spectral": _run_spectrum,
    "louvain": _run_communities("louvain"),
    "leiden": _run_communities("leiden"),
}
"""Every method by the name that settings use."""
