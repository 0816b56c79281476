"""What became of a sector in an area: it entered, it grew, it gained plants."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cluster_engine.measures.concentration import calc_lq

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LocalOutcome:
    """Which cells were at risk, and what happened in them.

    Attributes
    ----------
    at_risk : ndarray of bool, shape (n_areas, n_sectors)
        Cells in which the outcome could happen; known at the start.
    values : ndarray of float, shape (n_areas, n_sectors)
        1 where it happened, 0 where not; for gains, effective plants. 0 where not at risk.
    """

    at_risk: Flags
    values: Floats


def calc_entry(
    start: ArrayLike,
    end: ArrayLike,
    *,
    absent_lq: float = 0.5,
    national_jobs: float = 200.0,
    present_lq: float = 1.0,
    minimum_jobs: float = 50.0,
) -> LocalOutcome:
    """Entry: a sector an area hardly had becomes one in which it is specialised.

    Parameters
    ----------
    start, end : array_like, shape (n_areas, n_sectors)
        Jobs at the start and at the end.
    absent_lq : float
        At risk are cells with an LQ below this at the start,
    national_jobs : float
        of sectors with more jobs than this in the nation.
    present_lq, minimum_jobs : float
        Entered are those that have both at the end.

    Returns
    -------
    LocalOutcome

    Notes
    -----
    Source: entry as the passing of LQ = 1 after Hidalgo et al. (2007) and Neffke, Henning & Boschma
    (2011), Economic Geography 87(3); the lower bar at the start keeps noise around 1 out.
    """
    first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    before, after = calc_lq(first, first.sum(axis=0)), calc_lq(last, last.sum(axis=0))
    at_risk = (before.values < absent_lq) & (first.sum(axis=0) > national_jobs)
    entered = at_risk & (after.values >= present_lq) & (last >= minimum_jobs)
    return LocalOutcome(at_risk, entered.astype(np.float64))


def calc_excess_growth(start: ArrayLike, end: ArrayLike) -> Floats:
    """Jobs gained beyond the nation's growth of the sector: e_1 - e_0 (E_1 / E_0).

    Parameters
    ----------
    start, end : array_like, shape (n_areas, n_sectors)
        Jobs at the start and at the end.

    Returns
    -------
    ndarray of float, shape (n_areas, n_sectors)
        Jobs; the competitive effect of shift-share analysis. All of e_1 where the nation had none.
    """
    first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    before, after = first.sum(axis=0), last.sum(axis=0)
    pace = np.divide(after, before, out=np.zeros_like(after), where=before > 0)
    excess: Floats = last - first * pace
    return excess


def calc_specialised_growth(
    start: ArrayLike,
    end: ArrayLike,
    *,
    specialised_lq: float = 1.0,
    minimum_jobs: float = 50.0,
    minimum_share: float = 0.1,
    minimum_gain: float = 25.0,
) -> LocalOutcome:
    """Growth: an existing specialisation grows clearly more than its sector in the nation.

    Parameters
    ----------
    start, end : array_like, shape (n_areas, n_sectors)
        Jobs at the start and at the end.
    specialised_lq, minimum_jobs : float
        At risk are cells that have both at the start.
    minimum_share, minimum_gain : float
        Grown are those whose excess growth is at least this share of the jobs at the start, and
        this many jobs: less is within the noise of a sample survey rounded to five.

    Returns
    -------
    LocalOutcome

    Notes
    -----
    Source: growth of region-industries against the nation as in Delgado, Porter & Stern (2014),
    Research Policy 43(10), cut at a size that sampling does not reach by itself in large cells.
    """
    first = np.asarray(start, dtype=np.float64)
    lq = calc_lq(first, first.sum(axis=0)).values
    at_risk = (lq >= specialised_lq) & (first >= minimum_jobs)
    bar = np.maximum(minimum_gain, minimum_share * first)
    grown = at_risk & (calc_excess_growth(first, end) >= bar)
    return LocalOutcome(at_risk, grown.astype(np.float64))


def calc_plant_gains(start: ArrayLike, end: ArrayLike, plant_size: ArrayLike) -> LocalOutcome:
    """Gains: effective plants' worth of jobs that each area added in a sector.

    max(e_1 - e_0, 0) / s

    Parameters
    ----------
    start, end : array_like, shape (n_areas, n_sectors)
        Jobs at the start and at the end.
    plant_size : array_like, shape (n_sectors,)
        s, jobs that go together as one plant; above 0. Jobs are no independent choices: a plant
        chose once.

    Returns
    -------
    LocalOutcome
        At risk is every area that has jobs, in a sector that gained somewhere.
    """
    first, last = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    gained = np.maximum(last - first, 0.0) / np.asarray(plant_size, dtype=np.float64)
    has_area = (first.sum(axis=1) > 0)[:, None]
    at_risk = has_area & (gained.sum(axis=0) > 0)[None, :]
    return LocalOutcome(at_risk, np.where(at_risk, gained, 0.0))
