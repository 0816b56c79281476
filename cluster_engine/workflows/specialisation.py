"""How specialised a region is in every sector, with the noise of small cells taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.measures.concentration import (
    LocationQuotients,
    ShrunkenRatios,
    calc_lq,
    calc_plant_size,
    shrink_ratio,
)
from cluster_engine.packs.pack import Pack
from cluster_engine.parameters import Concentration

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Specialisation:
    """How specialised a region is in every sector.

    Attributes
    ----------
    jobs, national_jobs : ndarray of float, shape (n_sectors,)
    lq : LocationQuotients
        Shape (1, n_sectors).
    shrunk : ShrunkenRatios
        Shrunken LQ and the probability of specialisation, each of shape (n_sectors,).
    """

    jobs: Floats
    national_jobs: Floats
    lq: LocationQuotients
    shrunk: ShrunkenRatios

    @property
    def region_share(self) -> float:
        """The region's share of the nation's jobs."""
        return float(self.jobs.sum() / self.national_jobs.sum())


def measure_specialisation(
    jobs: Floats, national_jobs: Floats, plant_size: Floats, settings: Concentration
) -> Specialisation:
    """Location quotients, shrunk by the number of effective plants behind them.

    Parameters
    ----------
    jobs, national_jobs : ndarray of float, shape (n_sectors,)
        Of the region, and of the base.
    plant_size : ndarray of float, shape (n_sectors,)
        Effective plant size, jobs; NaN where not known.
    settings : Concentration
        Threshold, strength of the prior, and the plant size where none is known.
    """
    lq = calc_lq(jobs[None, :], national_jobs)
    size = np.where(np.isfinite(plant_size), plant_size, settings.default_plant_size)
    total = national_jobs.sum()
    expected = national_jobs * (jobs.sum() / total if total > 0 else 0.0)
    shrunk = shrink_ratio(
        jobs / size,
        expected / size,
        prior_strength=settings.prior_strength,
        threshold=settings.specialised_lq,
    )
    return Specialisation(jobs, national_jobs, lq, shrunk)


def read_plant_sizes(pack: Pack, codes: Sequence[str], level: int) -> Floats:
    """Effective plant size of every sector; NaN where the pack does not tell.

    Parameters
    ----------
    pack : Pack
        The pack.
    codes : sequence of str, length n_sectors
        Codes of one level.
    level : int
        Their digits.

    Returns
    -------
    ndarray of float, shape (n_sectors,)
        Jobs.
    """
    if not pack.has("enterprises"):
        return np.full(len(codes), np.nan)
    table = pack.read("enterprises")
    wide = (
        table.assign(industry=table["industry"].str[:level])
        .pivot_table(index="industry", columns="mean_size", values="enterprises", aggfunc="sum")
        .reindex(list(codes))
        .fillna(0.0)
    )
    return calc_plant_size(wide.to_numpy(), wide.columns.to_numpy(dtype=np.float64))
