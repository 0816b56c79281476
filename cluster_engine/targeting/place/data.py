"""What the place model may know at a year: figures up to it, and nothing later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.local_strength import calc_log_ratio

Floats = NDArray[np.float64]

RECENT = 3
"""Latest years averaged: single cells of a sample survey are noisy."""

PRIOR_PLANTS = 2.0
"""Weight of the nation in a shrunk ratio, in effective plants."""


@dataclass(frozen=True, slots=True)
class PlaceData:
    """Figures of an economy as known at the end of a year.

    Attributes
    ----------
    years : tuple of int, length n_years
        The last one is the year of the features.
    jobs : ndarray of float, shape (n_years, n_areas, n_sectors)
        Jobs.
    codes : tuple of str, length n_sectors
    knowledge_class : tuple of str, length n_sectors
        Empty where the sector has none.
    plant_size, enterprise_size : ndarray of float, shape (n_sectors,)
        Effective and mean plant size of the nation, jobs.
    flows : ndarray of float, shape (n_io, n_io)
        Domestic intermediate sales, £m.
    io_shares : ndarray of float, shape (n_sectors, n_io)
        Which input-output industry a sector belongs to.
    clusters : ndarray of int, shape (n_sectors,)
        Cluster of the nation, found on figures up to the last of ``years``.
    """

    years: tuple[int, ...]
    jobs: Floats
    codes: tuple[str, ...]
    knowledge_class: tuple[str, ...]
    plant_size: Floats
    enterprise_size: Floats
    flows: Floats
    io_shares: Floats
    clusters: NDArray[np.int64]

    @property
    def year(self) -> int:
        """Year of the features."""
        return self.years[-1]


@dataclass(frozen=True, slots=True)
class Place:
    """Regions as the features see them: rows may be base areas or several of them merged.

    Attributes
    ----------
    data : PlaceData
    members : ndarray of float, shape (n_regions, n_areas)
        1 where the area belongs to the region.
    jobs : ndarray of float, shape (n_years, n_regions, n_sectors)
        Jobs of the regions.
    recent, expected, shrunk : ndarray of float, shape (n_regions, n_sectors)
        Mean jobs of the latest years, what they would be in a region like the nation, and the log
        of their shrunk ratio.
    area_recent : ndarray of float, shape (n_areas, n_sectors)
        Mean jobs of the latest years in the base areas.
    """

    data: PlaceData
    members: Floats
    jobs: Floats
    recent: Floats
    expected: Floats
    shrunk: Floats
    area_recent: Floats


def lay_out_places(data: PlaceData, members: Floats | None = None) -> Place:
    """Merge areas into regions and work out what many features share.

    Parameters
    ----------
    data : PlaceData
    members : ndarray of float, shape (n_regions, n_areas), optional
        Without it every base area is a region of its own.
    """
    merged = np.eye(data.jobs.shape[1]) if members is None else members
    jobs = np.stack([merged @ year for year in data.jobs])
    area_recent = data.jobs[-RECENT:].mean(axis=0)
    recent = merged @ area_recent
    expected = expect_jobs(recent, area_recent.sum(axis=0))
    shrunk = calc_log_ratio(recent, expected, data.plant_size, PRIOR_PLANTS)
    return Place(data, merged, jobs, recent, expected, shrunk, area_recent)


def expect_jobs(jobs: Floats, national: Floats) -> Floats:
    """Jobs of regions if each were like the nation, shape (n_regions, n_sectors)."""
    total = national.sum()
    expected: Floats = np.outer(jobs.sum(axis=1), national) / (total if total > 0 else 1.0)
    return expected


def measure_lq(jobs: Floats, national: Floats) -> Floats:
    """Location quotients with 0 where there is none: nobody works there in it."""
    return np.nan_to_num(calc_lq(jobs, national).values)
