"""Simple scores that a model must beat, of regions and sectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.measures.cooccurrence import calc_cooccurrence_relatedness
from cluster_engine.measures.presence import calc_presence
from cluster_engine.measures.proximity import calc_related_mean

Floats = NDArray[np.float64]

CLEARLY_SPECIALISED = 1.25


@dataclass(frozen=True, slots=True)
class Panel:
    """Figures of the year in which a baseline must decide.

    Attributes
    ----------
    jobs, lq : ndarray of float, shape (n_areas, n_sectors)
    random_state : int
        Seed of the random order.
    """

    jobs: Floats
    lq: Floats
    random_state: int


def _by_chance(panel: Panel) -> Floats:
    return np.random.default_rng(panel.random_state).random(panel.jobs.shape)


def _by_size(panel: Panel) -> Floats:
    return np.broadcast_to(panel.jobs.sum(axis=1)[:, None], panel.jobs.shape)


def _by_same_sector(panel: Panel) -> Floats:
    return (panel.lq > CLEARLY_SPECIALISED).astype(np.float64)


def _by_lq(panel: Panel) -> Floats:
    return panel.lq


def _by_low_lq(panel: Panel) -> Floats:
    return -panel.lq


def _by_cosine(panel: Panel) -> Floats:
    held = calc_presence(panel.lq).M
    alike = calc_cooccurrence_relatedness(held, "cosine").astype(np.float64)
    return np.nan_to_num(calc_related_mean(held, alike).astype(np.float64))


def _by_popularity(panel: Panel) -> Floats:
    return np.broadcast_to(calc_presence(panel.lq).ubiquity, panel.jobs.shape)


BASELINES: Mapping[str, Callable[[Panel], Floats]] = {
    "random order": _by_chance,
    "size of the area": _by_size,
    "same sector with LQ > 1.25": _by_same_sector,
    "LQ alone": _by_lq,
    "lowest LQ first": _by_low_lq,
    "cosine of sector vectors": _by_cosine,
    "popularity of the sector": _by_popularity,
}
"""Name to scores, shape (n_areas, n_sectors)."""
