"""Niche clusters of a region: tight groups of related sectors in which it is truly strong.

National clusters are coarser than niches. Each is cut into tight groups; in each group the sectors
in which the region is significantly specialised form its niche, if they hold enough jobs and few
other areas have the same. A group is cut further down its tree where the region itself tells two
branches apart: both could stand alone, and its location quotients in them differ significantly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.clustering.methods import cut_trees, order_labels
from cluster_engine.measures.concentration import shrink_ratio
from cluster_engine.parameters import Concentration, Niches

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Positions = NDArray[np.int64]

NO_NICHE = -1


@dataclass(frozen=True, slots=True)
class NicheSearch:
    """What the search for niches needs, sector by sector.

    Attributes
    ----------
    groups : ndarray of int, shape (n_sectors,)
        Tight group of each sector.
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Between 0 and 1, symmetric.
    specialised : ndarray of bool, shape (n_sectors,)
        Whether the region is significantly specialised in it.
    makes_niche : ndarray of bool, shape (n_sectors,)
        False for sectors that belong to a niche but do not make one alone.
    region_jobs : ndarray of float, shape (n_sectors,)
        Jobs in the region.
    plant_size : ndarray of float, shape (n_sectors,)
        Effective plant size, jobs.
    region_total : float
        Jobs of the region in all sectors.
    area_jobs : ndarray of float, shape (n_areas, n_sectors)
        Jobs in every base area.
    area_totals : ndarray of float, shape (n_areas,)
        Jobs of every base area in all sectors.
    own_areas : ndarray of int
        Positions of the region's own areas.
    concentration : Concentration
        When a region is specialised.
    """

    groups: Labels
    similarity: Floats
    specialised: NDArray[np.bool_]
    makes_niche: NDArray[np.bool_]
    region_jobs: Floats
    plant_size: Floats
    region_total: float
    area_jobs: Floats
    area_totals: Floats
    own_areas: NDArray[np.int64]
    concentration: Concentration

    @property
    def expected_jobs(self) -> Floats:
        """Jobs if the region were like the base, shape (n_sectors,)."""
        share = self.region_total / self.area_totals.sum()
        expected: Floats = self.area_jobs.sum(axis=0) * share
        return expected


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
    expected = search.expected_jobs
    found: list[tuple[float, Positions]] = []
    for group in np.unique(search.groups[search.specialised & search.makes_niche]):
        members = np.flatnonzero(search.groups == group)
        core = members[search.specialised[members]]
        if not stands_alone(search, core, settings):
            continue
        found += [
            (float((search.region_jobs[piece] - expected[piece]).sum()), piece)
            for piece in _split(search, members, settings)
        ]
    niches = np.full(len(search.groups), NO_NICHE, dtype=np.int64)
    found.sort(key=lambda niche: (-niche[0], int(niche[1][0])))
    for place, (_, piece) in enumerate(found):
        niches[piece] = place
    return niches


def stands_alone(search: NicheSearch, core: Positions, settings: Niches) -> bool:
    """Whether sectors make a niche: not only support, enough jobs, few rivals."""
    if not search.makes_niche[core].any():
        return False
    enough = settings.minimum_jobs_share * search.region_total
    rivals = calc_rivals_share(search.area_jobs, search.area_totals, search.own_areas, core)
    jobs = float(search.region_jobs[core].sum())
    return jobs >= enough and rivals <= settings.maximum_rivals_share


def _split(search: NicheSearch, members: Positions, settings: Niches) -> list[Positions]:
    """Cut the specialised sectors of a group along its tree where the region tells them apart."""
    core = members[search.specialised[members]]
    if len(core) < 2:
        return [core]
    branches = cut_trees(search.similarity[np.ix_(members, members)], [2], "average")[0]
    sides = [members[branches == side] for side in (0, 1)]
    cores = [side[search.specialised[side]] for side in sides]
    if not len(cores[0]) or not len(cores[1]):
        return _split(search, sides[0] if len(cores[0]) else sides[1], settings)
    stand = [stands_alone(search, part, settings) for part in cores]
    if all(stand):
        return (
            _split(search, sides[0], settings) + _split(search, sides[1], settings)
            if _differ(search, cores[0], cores[1], settings)
            else [core]
        )
    if not any(stand):
        return [core]
    strong, weak = (0, 1) if stand[0] else (1, 0)
    pieces = _split(search, sides[strong], settings)
    # What cannot stand alone goes with the piece it is most related to.
    closeness = [search.similarity[np.ix_(cores[weak], piece)].mean() for piece in pieces]
    nearest = int(np.argmax(np.round(closeness, 12)))
    pieces[nearest] = np.sort(np.concatenate([pieces[nearest], cores[weak]]))
    return pieces


def _differ(search: NicheSearch, first: Positions, second: Positions, settings: Niches) -> bool:
    """Whether both sets of sectors are surely specialised, and not to the same degree.

    Likelihood-ratio test that the region has one location quotient in both. Plants, not jobs, are
    the draws: Poisson counts of effective plants around their expected number. After the
    tree-based scan statistic of Kulldorff, Fang & Walsh (2003).
    """
    from scipy.stats import chi2

    plants = search.region_jobs / search.plant_size
    expected = search.expected_jobs / search.plant_size
    x = np.array([plants[part].sum() for part in (first, second)])
    e = np.array([expected[part].sum() for part in (first, second)])
    sure = shrink_ratio(
        x,
        e,
        prior_strength=search.concentration.prior_strength,
        threshold=search.concentration.specialised_lq,
    ).probability_above
    if sure.min() < settings.split_probability:
        return False
    joint = x.sum() * np.log(x.sum() / e.sum())
    statistic = 2.0 * (float((x * np.log(x / e)).sum()) - joint)
    return bool(statistic > chi2.isf(settings.split_level, df=1))


def calc_rivals_share(
    area_jobs: Floats, area_totals: Floats, own_areas: NDArray[np.int64], core: NDArray[np.int64]
) -> float:
    """Share of the other base areas whose share of jobs in these sectors is at least the region's.

    Parameters
    ----------
    area_jobs : ndarray of float, shape (n_areas, n_sectors)
        Jobs in every base area.
    area_totals : ndarray of float, shape (n_areas,)
        Jobs in all sectors.
    own_areas : ndarray of int
        Positions of the region's own areas.
    core : ndarray of int
        Positions of the sectors.

    Returns
    -------
    float
        0 where the region is the whole economy.
    """
    others = np.setdiff1d(np.arange(len(area_totals)), own_areas)
    if len(others) == 0:
        return 0.0
    held = area_jobs[:, core].sum(axis=1)
    share = np.divide(held, area_totals, out=np.zeros_like(held), where=area_totals > 0)
    own = held[own_areas].sum() / area_totals[own_areas].sum()
    return float(np.mean(share[others] >= own))
