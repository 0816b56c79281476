"""Against what, and when, a region is measured: year, base and threshold as the user asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cluster_engine.errors import SettingsError
from cluster_engine.measures.sector_limits import calc_sector_limits
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import Pack
from cluster_engine.parameters import Concentration
from cluster_engine.results import Region
from cluster_engine.workflows.specialisation import measure_specialisation

Floats = NDArray[np.float64]

INTERVAL_LEVEL = 0.9
"""Confidence of every interval shown."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a region is compared with.

    Attributes
    ----------
    year : int or None
        None: the pack's default.
    base : tuple of str
        Regions that make up the base, besides the region itself; none: every area of the pack.
    threshold : float or None
        LQ for the probability of specialisation; None: that of the settings.
    """

    year: int | None = None
    base: tuple[str, ...] = ()
    threshold: float | None = None

    def apply(self, settings: Concentration) -> Concentration:
        """Settings with the threshold asked for."""
        if self.threshold is None:
            return settings
        return replace(settings, specialised_lq=self.threshold)


def choose_year(pack: Pack, years: Collection[int], asked: int | None) -> int:
    """Year asked for, or the pack's default.

    Raises
    ------
    SettingsError
        There are no figures for it.
    """
    year = asked or pack.manifest.default_year
    if year not in years:
        known = ", ".join(str(value) for value in sorted(years))
        raise SettingsError(f"There are no jobs for {year}.", hint=f"Known years: {known}.")
    return year


def choose_base(
    pack: Pack, region: Region, comparison: Comparison, areas: Collection[str]
) -> tuple[str, ...]:
    """Areas of the base; those of the region always belong to it.

    Raises
    ------
    SettingsError
        An unknown region, or a base that is no more than the region itself.
    """
    if not comparison.base:
        return tuple(sorted(areas))
    chosen = {area for name in comparison.base for area in find_region(pack, name).areas}
    chosen |= set(region.areas)
    if chosen == set(region.areas):
        raise SettingsError(
            f"The base must hold more than {region.name} itself.",
            hint="Name other regions: --base wales --base scotland.",
        )
    return tuple(sorted(chosen & set(areas)))


def measure_columns(
    jobs: Floats, base_jobs: Floats, plant_size: Floats, settings: Concentration
) -> dict[str, Any]:
    """Columns every list of sectors has: LQ, its 90 % interval, shrunk LQ and P(LQ > threshold).

    Parameters
    ----------
    jobs, base_jobs : ndarray of float, shape (n_sectors,)
        Of the region, and of the base with the region in it.
    plant_size : ndarray of float, shape (n_sectors,)
        Effective plant size, jobs; NaN where not known: the settings' default stands in.
    settings : Concentration
        Threshold, strength of the prior, default plant size.

    Returns
    -------
    dict of str to ndarray
        lq, lq_reason, lq_low, lq_high, lq_interval_reason, shrunk_lq, p_specialised.
    """
    found = measure_specialisation(jobs, base_jobs, plant_size, settings)
    size = np.where(np.isfinite(plant_size), plant_size, settings.default_plant_size)
    limits = calc_sector_limits(jobs, base_jobs, size, level=INTERVAL_LEVEL)
    return {
        "lq": found.lq.values[0],
        "lq_reason": found.lq.reasons[0],
        "lq_low": limits.low,
        "lq_high": limits.high,
        "lq_interval_reason": limits.reasons,
        "shrunk_lq": found.shrunk.mean,
        "p_specialised": found.shrunk.probability_above,
    }
