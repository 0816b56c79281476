"""Analyse a pack for one region: specialisation, clusters of the nation, niches, linkages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.clustering.niches import NicheSearch, find_niches
from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.linkages import NicheLinks, calc_niche_links
from cluster_engine.results import Region
from cluster_engine.settings import Settings
from cluster_engine.workflows.economy import Economy
from cluster_engine.workflows.national import NationalClusters
from cluster_engine.workflows.specialisation import Specialisation, measure_specialisation

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that is computed for one region before firms come in."""

    economy: Economy
    region: Region
    specialisation: Specialisation
    national: NationalClusters
    niches: NDArray[np.int64]
    affinity: Floats
    links: NicheLinks
    io_lq: Floats


def select_areas(economy: Economy, region: Region) -> NDArray[np.int64]:
    """Positions of the region's base areas among the areas of the economy."""
    return np.array([economy.areas.index(area) for area in region.areas], dtype=np.int64)


def analyse(
    economy: Economy, region: Region, national: NationalClusters, settings: Settings
) -> Analysis:
    """Run the whole analysis for one region.

    Parameters
    ----------
    economy : Economy
        The pack's figures.
    region : Region
        Host region.
    national : NationalClusters
        Clusters of the nation.
    settings : Settings
        Thresholds and weights.

    Returns
    -------
    Analysis
    """
    own = select_areas(economy, region)
    latest = economy.jobs[-1]
    specialisation = measure_specialisation(
        latest[own].sum(axis=0), latest.sum(axis=0), economy.plant_size, settings.concentration
    )
    niches = np.full(len(economy.sectors), -1, dtype=np.int64)
    niches[national.clustered] = _search_niches(economy, specialisation, national, own, settings)
    affinity = _calc_affinity(national, niches, len(economy.sectors))
    io_lq, links = _link_niches(economy, specialisation, niches, settings)
    return Analysis(economy, region, specialisation, national, niches, affinity, links, io_lq)


def _search_niches(
    economy: Economy,
    specialisation: Specialisation,
    national: NationalClusters,
    own_areas: NDArray[np.int64],
    settings: Settings,
) -> NDArray[np.int64]:
    inside = national.clustered
    likely = specialisation.shrunk.probability_above >= settings.niches.minimum_probability
    latest = economy.jobs[-1]
    codes = economy.sectors["industry"].iloc[inside]
    size = economy.plant_size[inside]
    search = NicheSearch(
        groups=national.groups,
        similarity=national.similarity,
        specialised=likely[inside] & (specialisation.jobs[inside] > 0),
        makes_niche=~codes.str.startswith(settings.niches.support_sectors).to_numpy(),
        region_jobs=specialisation.jobs[inside],
        plant_size=np.where(np.isfinite(size), size, settings.concentration.default_plant_size),
        region_total=float(specialisation.jobs.sum()),
        area_jobs=latest[:, inside],
        area_totals=latest.sum(axis=1),
        own_areas=own_areas,
        concentration=settings.concentration,
    )
    return find_niches(search, settings.niches)


def _calc_affinity(national: NationalClusters, niches: NDArray[np.int64], n_sectors: int) -> Floats:
    """Closeness of every sector to every niche, shape (n_sectors, n_niches), 0 to 1.

    1 inside the niche; elsewhere the mean rank similarity with its sectors, from 0 at the mean of
    all pairs (0.5) to 1; 0 for local sectors.
    """
    n_niches = int(niches.max()) + 1
    affinity = np.zeros((n_sectors, n_niches))
    inner = niches[national.clustered]
    for niche in range(n_niches):
        mean = national.similarity[:, inner == niche].mean(axis=1)
        affinity[national.clustered, niche] = np.clip(2.0 * mean - 1.0, 0.0, 1.0)
        affinity[niches == niche, niche] = 1.0
    return affinity


def _link_niches(
    economy: Economy,
    specialisation: Specialisation,
    niches: NDArray[np.int64],
    settings: Settings,
) -> tuple[Floats, NicheLinks]:
    region_io = specialisation.jobs @ economy.io_shares
    nation_io = specialisation.national_jobs @ economy.io_shares
    lq = np.nan_to_num(calc_lq(region_io[None, :], nation_io).values[0])
    n_niches = int(niches.max()) + 1
    held = np.array(
        [(specialisation.jobs * (niches == niche)) @ economy.io_shares for niche in range(n_niches)]
    ).reshape(n_niches, len(nation_io))
    shares = np.divide(held, nation_io, out=np.zeros_like(held), where=nation_io > 0)
    links = calc_niche_links(
        economy.io.flows,
        economy.io.imports,
        economy.io.output,
        niche_shares=shares,
        lq=lq,
        region_share=specialisation.region_share,
        delta=settings.regional.delta,
    )
    return lq, links
