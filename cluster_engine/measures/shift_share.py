"""Shift-share: what of a region's growth is the nation's, its industries', its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.job_tables import NO_REGION_JOBS, Figures, Floats, explain, read_double


@dataclass(frozen=True, slots=True)
class ShiftShare:
    """Change of jobs, split in three; the parts add up to the change.

    Attributes
    ----------
    national : ndarray of float, shape (n_regions, n_sectors)
        Jobs, had the cell grown like all jobs of the nation.
    mix : ndarray of float, same shape
        Jobs, for the sector having grown faster or slower in the nation.
    regional : ndarray of float, same shape
        Jobs, for the cell having grown faster or slower than its sector in the nation.
    """

    national: Floats
    mix: Floats
    regional: Floats


@dataclass(frozen=True, slots=True)
class EstebanMarquillas:
    """The regional part, split in two; they add up to it.

    Attributes
    ----------
    competitive : ndarray of float, shape (n_regions, n_sectors)
        Jobs, had the region the nation's industry mix.
    allocation : ndarray of float, same shape
        Jobs, for being specialised where the region grows faster. All of a cell that had no jobs
        at the start, and so no rate of growth.
    """

    competitive: Floats
    allocation: Floats


@dataclass(frozen=True, slots=True)
class GrowthFactors:
    """Gerfin's multiplicative form: net = structure x location.

    Attributes
    ----------
    structure, location, net : Figures
        Shape (n_regions,), ratios; 1 means as the nation.
    """

    structure: Figures
    location: Figures
    net: Figures


def calc_shift_share(
    start: ArrayLike, end: ArrayLike, base_start: ArrayLike, base_end: ArrayLike
) -> ShiftShare:
    """Classic shift-share: change = e g + e (g_i - g) + e (g_ri - g_i).

    Parameters
    ----------
    start, end : array_like, shape (n_regions, n_sectors)
        Jobs e at the start and at the end.
    base_start, base_end : array_like, shape (n_sectors,)
        Jobs of the nation, which give g and g_i.

    Returns
    -------
    ShiftShare
        A cell without jobs at the start is wholly regional: its parts national and mix are 0. So is
        a sector that the nation lacked.

    Raises
    ------
    ValueError
        Shapes do not fit, or a figure is negative or not finite.

    Notes
    -----
    The regional part is taken as end - e (1 + g_i), the same without dividing by e: REAT 3.0.3
    divides, and gives NaN for new cells. Source: Dunn (1960), Papers of the RSA 6(1).
    """
    e0, e1, b0, b1 = _read(start, end, base_start, base_end)
    g, g_i = _grow(b0.sum(), b1.sum()), _grow(b0, b1)
    return ShiftShare(e0 * g, e0 * (g_i - g), e1 - e0 * (1 + g_i))


def calc_dynamic_shift_share(jobs: ArrayLike, base_jobs: ArrayLike) -> ShiftShare:
    """Dynamic shift-share: the classic one from year to year, summed.

    Parameters
    ----------
    jobs : array_like, shape (n_years, n_regions, n_sectors)
        Jobs of consecutive years, at least two.
    base_jobs : array_like, shape (n_years, n_sectors)
        Jobs of the nation.

    Returns
    -------
    ShiftShare
        Jobs over the whole time, with rates and mix brought up to date every year.

    Raises
    ------
    ValueError
        Fewer than two years; shapes do not fit; a figure is negative or not finite.

    Notes
    -----
    Source: Barff & Knight (1988), Growth and Change 19(2).
    """
    e, b = read_double(jobs, "jobs", 3), read_double(base_jobs, "base_jobs", 2)
    if len(e) < 2 or len(e) != len(b):
        raise ValueError(
            f"There must be at least 2 years, the same for both. Got {len(e)} and {len(b)}."
        )
    years = [calc_shift_share(e[t], e[t + 1], b[t], b[t + 1]) for t in range(len(e) - 1)]
    return ShiftShare(
        np.sum([year.national for year in years], axis=0),
        np.sum([year.mix for year in years], axis=0),
        np.sum([year.regional for year in years], axis=0),
    )


def calc_esteban_marquillas(
    start: ArrayLike, end: ArrayLike, base_start: ArrayLike, base_end: ArrayLike
) -> EstebanMarquillas:
    """Split of the regional part: h (g_ri - g_i) + (e - h)(g_ri - g_i), h = e_r b_i / b.

    Parameters
    ----------
    start, end, base_start, base_end : array_like
        As in `calc_shift_share`.

    Returns
    -------
    EstebanMarquillas

    Raises
    ------
    ValueError
        As in `calc_shift_share`.

    Notes
    -----
    h are the homothetic jobs: the region's at the start, spread over sectors like the nation's.
    Source: Esteban-Marquillas (1972), Regional and Urban Economics 2(3).
    """
    e0, e1, b0, b1 = _read(start, end, base_start, base_end)
    regional = e1 - e0 * (1 + _grow(b0, b1))
    homothetic = e0.sum(axis=1, keepdims=True) * (b0 / max(b0.sum(), 1e-300))
    competitive = homothetic * (regional / np.where(e0 > 0, e0, 1.0))
    competitive = np.where(e0 > 0, competitive, 0.0)
    return EstebanMarquillas(competitive, regional - competitive)


def calc_growth_factors(
    start: ArrayLike, end: ArrayLike, base_start: ArrayLike, base_end: ArrayLike
) -> GrowthFactors:
    """Gerfin's shift-share: growth of a region over the nation's, as structure x location.

    net = (e1_r / e0_r) / (b1 / b0); structure = (sum_i e0_ri b1_i / b0_i / e0_r) / (b1 / b0);
    location = net / structure.

    Parameters
    ----------
    start, end, base_start, base_end : array_like
        As in `calc_shift_share`.

    Returns
    -------
    GrowthFactors
        Undefined for a region without jobs at the start; location also where the region's sectors
        have all left the nation. Without jobs in the nation at either end all are undefined.

    Raises
    ------
    ValueError
        As in `calc_shift_share`.

    Notes
    -----
    Source: Gerfin (1964); REAT `shift(shift.method = "Gerfin")` agrees.
    """
    e0, e1, b0, b1 = _read(start, end, base_start, base_end)
    nation = 1 + _grow(b0.sum(), b1.sum())
    total = e0.sum(axis=1)
    divisor = np.where(total > 0, total, 1.0) * (nation if nation > 0 else 1.0)
    net = e1.sum(axis=1) / divisor
    structure = (e0 * (1 + _grow(b0, b1))).sum(axis=1) / divisor
    empty = (total == 0) | (nation == 0)
    location = net / np.where(structure > 0, structure, 1.0)
    return GrowthFactors(
        explain(structure, (empty, NO_REGION_JOBS)),
        explain(location, (empty | (structure == 0), NO_REGION_JOBS)),
        explain(net, (empty, NO_REGION_JOBS)),
    )


def _grow(start: ArrayLike, end: ArrayLike) -> Floats:
    # What was nothing has no rate; 0 leaves all of its change to the regional part.
    b0, b1 = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    rate: Floats = np.where(b0 > 0, b1 / np.where(b0 > 0, b0, 1.0) - 1, 0.0)
    return rate


def _read(
    start: ArrayLike, end: ArrayLike, base_start: ArrayLike, base_end: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    e0, e1 = read_double(start, "start", 2), read_double(end, "end", 2)
    b0, b1 = read_double(base_start, "base_start", 1), read_double(base_end, "base_end", 1)
    if e0.shape != e1.shape or b0.shape != b1.shape or e0.shape[1] != len(b0):
        raise ValueError(
            "Both ends must have the same regions and sectors, and the nation the same sectors. "
            f"Got {e0.shape}, {e1.shape}, {b0.shape} and {b1.shape}."
        )
    return e0, e1, b0, b1
