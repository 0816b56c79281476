"""Stars of a cluster: large, specialised, weighty and growing beside the other regions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.parameters import Stars

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Standing:
    """Figures of one cluster in the region and in every other area.

    Attributes
    ----------
    jobs, total : float
        Of the region in the cluster, and in all sectors.
    growth : float
        Share a year; NaN where not defined.
    lq : float
    area_jobs, area_totals, area_growth : ndarray of float, shape (n_others,)
        The same of the other areas.
    """

    jobs: float
    total: float
    growth: float
    lq: float
    area_jobs: Floats
    area_totals: Floats
    area_growth: Floats


@dataclass(frozen=True, slots=True)
class StarRating:
    """Which stars a cluster has.

    Attributes
    ----------
    size : bool
        More jobs per base area of the region than most other areas have.
    specialisation : bool
        LQ at or above the threshold.
    focus : bool
        A larger share of the region's jobs than in most other areas.
    growth : bool
        Faster growth than in most other areas that have it.
    """

    size: bool
    specialisation: bool
    focus: bool
    growth: bool

    @property
    def count(self) -> int:
        """Stars, 0 to 4."""
        return sum((self.size, self.specialisation, self.focus, self.growth))


def rate(standing: Standing, n_own_areas: int, settings: Stars) -> StarRating:
    """Give stars.

    Parameters
    ----------
    standing : Standing
        Figures of the cluster.
    n_own_areas : int
        Base areas of the region: its size is compared per area, as the others are single areas.
    settings : Stars
        Threshold of the LQ, and the share of areas that must be beaten.

    Returns
    -------
    StarRating
        Without other areas, or growth unknown, only what can be told.

    Notes
    -----
    After the European Cluster Observatory: size and focus among the top 10 % of regions,
    specialisation by LQ; growth as in its later editions (European Panorama 2020).
    """
    focus = np.divide(
        standing.area_jobs,
        standing.area_totals,
        out=np.zeros_like(standing.area_jobs),
        where=standing.area_totals > 0,
    )
    growing = standing.area_growth[~np.isnan(standing.area_growth)]
    return StarRating(
        size=_beats(standing.jobs / n_own_areas, standing.area_jobs, settings.top_share),
        specialisation=bool(standing.lq >= settings.specialisation_lq),
        focus=_beats(standing.jobs / standing.total, focus, settings.top_share),
        growth=_beats(standing.growth, growing, settings.top_share),
    )


def _beats(own: float, others: Floats, top_share: float) -> bool:
    """Whether at most ``top_share`` of the others are as high, own being above nothing."""
    if np.isnan(own) or not len(others):
        return False
    return bool(own > 0 and np.mean(others >= own) <= top_share)
