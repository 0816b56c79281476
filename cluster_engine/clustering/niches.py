"""Niche clusters of a region: tight groups of related sectors in which it is truly strong.

National clusters are coarser than niches. Each is cut into tight groups; in each group the sectors
in which the region is significantly specialised form its niche, if they hold enough jobs and few
other areas have the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.clustering.partition import order_labels
from cluster_engine.settings import Niches

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

NO_NICHE = -1


@dataclass(frozen=True, slots=True)
class NicheSearch:
    """What the search for niches needs, sector by sector.

    Attributes
    ----------
    groups : ndarray of int, shape (n_sectors,)
        Tight group of each sector.
    specialised : ndarray of bool, shape (n_sectors,)
        Whether the region is significantly specialised in it.
    makes_niche : ndarray of bool, shape (n_sectors,)
        False for sectors that belong to a niche but do not make one alone.
    region_jobs : ndarray of float, shape (n_sectors,)
        Jobs in the region.
    region_total : float
        Jobs of the region in all sectors.
    area_jobs : ndarray of float, shape (n_areas, n_sectors)
        Jobs in every base area.
    area_totals : ndarray of float, shape (n_areas,)
        Jobs of every base area in all sectors.
    own_areas : ndarray of int
        Positions of the region's own areas.
    """

    groups: Labels
    specialised: NDArray[np.bool_]
    makes_niche: NDArray[np.bool_]
    region_jobs: Floats
    region_total: float
    area_jobs: Floats
    area_totals: Floats
    own_areas: NDArray[np.int64]


def cut_tight_groups(similarity: Floats, labels: Labels, tightness: float) -> Labels:
    """Cut every cluster into groups whose mean similarity is at least ``tightness``.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Between 0 and 1, symmetric.
    labels : ndarray of int, shape (n_sectors,)
        Cluster of each sector.
    tightness : float
        Similarity at which average linkage stops joining.

    Returns
    -------
    ndarray of int, shape (n_sectors,)
        Group labels, unique over clusters.
    """
    from sklearn.cluster import AgglomerativeClustering

    groups = np.zeros(len(labels), dtype=np.int64)
    next_label = 0
    for cluster in np.unique(labels):
        members = np.flatnonzero(labels == cluster)
        if len(members) == 1:
            found = np.zeros(1, dtype=np.int64)
        else:
            model = AgglomerativeClustering(
                n_clusters=None,
                distance_threshold=1.0 - tightness,
                metric="precomputed",
                linkage="average",
            )
            found = model.fit_predict(1.0 - similarity[np.ix_(members, members)])
        groups[members] = order_labels(found.astype(np.int64)) + next_label
        next_label += int(found.max()) + 1
    return groups


def find_niches(search: NicheSearch, settings: Niches) -> Labels:
    """Find the region's niche clusters.

    Parameters
    ----------
    search : NicheSearch
        Groups, specialisation and jobs.
    settings : Niches
        Smallest share of jobs, largest share of rivals.

    Returns
    -------
    ndarray of int, shape (n_sectors,)
        Niche of each sector, the one with most jobs beyond the expected first; -1 for none.
    """
    enough = settings.minimum_jobs_share * search.region_total
    expected = search.area_jobs.sum(axis=0) * search.region_total / search.area_totals.sum()
    found: list[tuple[float, NDArray[np.int64]]] = []
    for group in np.unique(search.groups[search.specialised & search.makes_niche]):
        core = np.flatnonzero((search.groups == group) & search.specialised)
        jobs = float(search.region_jobs[core].sum())
        if jobs >= enough and calc_rivals_share(search, core) <= settings.maximum_rivals_share:
            found.append((jobs - float(expected[core].sum()), core))
    niches = np.full(len(search.groups), NO_NICHE, dtype=np.int64)
    found.sort(key=lambda niche: (-niche[0], int(niche[1][0])))
    for place, (_, core) in enumerate(found):
        niches[core] = place
    return niches


def calc_rivals_share(search: NicheSearch, core: NDArray[np.int64]) -> float:
    """Share of the other base areas whose share of jobs in these sectors is at least the region's.

    0 where the region is the whole economy.
    """
    others = np.setdiff1d(np.arange(len(search.area_totals)), search.own_areas)
    if len(others) == 0:
        return 0.0
    held = search.area_jobs[:, core].sum(axis=1)
    share = np.divide(
        held, search.area_totals, out=np.zeros_like(held), where=search.area_totals > 0
    )
    own = search.region_jobs[core].sum() / search.region_total
    return float(np.mean(share[others] >= own))
