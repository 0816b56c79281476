"""Growth of location quotients between two years, with limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.concentration import calc_lq
from cluster_engine.measures.inference import Limits
from cluster_engine.measures.job_tables import Floats, explain
from cluster_engine.measures.sector_limits import calc_sector_limits

NO_JOBS_EITHER_YEAR = "no jobs in either year"
NO_JOBS_AT_START = "no jobs at the start: growth has no ratio"


@dataclass(frozen=True, slots=True)
class Year:
    """Jobs of one year.

    Attributes
    ----------
    jobs, base_jobs : array_like, shape (n_sectors,)
        Of the region, and of the base with the region included.
    plant_size : array_like, shape (n_sectors,)
        Effective plant size, jobs.
    """

    jobs: ArrayLike
    base_jobs: ArrayLike
    plant_size: ArrayLike


@dataclass(frozen=True, slots=True)
class Growth:
    """Ratio of the LQ at the end to that at the start.

    Attributes
    ----------
    ratio : ndarray of float, shape (n_sectors,)
        1 means no change; NaN where undefined.
    limits : Limits
        Interval of the ratio, with the reasons where there is none.
    """

    ratio: Floats
    limits: Limits


def calc_lq_growth(
    start: Year, end: Year, *, level: float = 0.9, correlation: float = 0.0
) -> Growth:
    """Growth LQ_end / LQ_start of every sector, and its interval.

    log low  = d - sqrt((e - l_e)^2 + (u_s - s)^2 - 2 c (e - l_e)(u_s - s))
    log high = d + sqrt((u_e - e)^2 + (s - l_s)^2 - 2 c (u_e - e)(s - l_s))

    with s, e the logs of the LQ at the start and end, l and u the logs of their score limits,
    d = e - s, and c the correlation of the two errors.

    Parameters
    ----------
    start, end : Year
        The two years.
    level : float
        Coverage aimed at.
    correlation : float
        c, from 0 to below 1: of the noise of the two years. Plants stay, so it is above 0; with 0
        the interval is the widest and never claims a change too early.

    Returns
    -------
    Growth
        A sector that the region lacks at the end has shrunk to 0, one it lacked at the start has no
        ratio.

    Raises
    ------
    ValueError
        As `calc_sector_limits`; the correlation is not from 0 to below 1.

    Notes
    -----
    Source: Zou & Donner (2008), Statistics in Medicine 27(10): limits of a difference from those of
    its parts.
    """
    if not 0 <= correlation < 1:
        raise ValueError(f"The 'correlation' must be from 0 to below 1. Got {correlation}.")
    quotients, intervals = [], []
    for year in (start, end):
        quotients.append(calc_lq(np.atleast_2d(year.jobs), year.base_jobs).values[0])
        interval = calc_sector_limits(year.jobs, year.base_jobs, year.plant_size, level=level)
        intervals.append(interval)
    with np.errstate(divide="ignore", invalid="ignore"):
        s, e = np.log(quotients[0]), np.log(quotients[1])
        (l_s, u_s), (l_e, u_e) = ((np.log(i.low), np.log(i.high)) for i in intervals)
        ratio = np.exp(e - s)
        low = np.exp(e - s - _join(e - l_e, u_s - s, correlation))
        high = np.exp(e - s + _join(u_e - e, s - l_s, correlation))
        # An LQ of 0 has no logarithm: the far ends of the two intervals bound the ratio.
        high = np.where(quotients[1] == 0, intervals[1].high / intervals[0].low, high)
    low = np.where(quotients[1] == 0, 0.0, low)
    rules = (
        (quotients[0] == 0, NO_JOBS_AT_START),
        ((quotients[0] == 0) & (quotients[1] == 0), NO_JOBS_EITHER_YEAR),
        *((interval.reasons == reason, reason) for interval in intervals
          for reason in np.unique(interval.reasons) if reason),
    )  # fmt: skip
    found = [explain(values, *rules) for values in (ratio, low, high)]
    return Growth(found[0].values, Limits(found[1].values, found[2].values, found[0].reasons))


def _join(first: Floats, second: Floats, correlation: float) -> Floats:
    squares = first**2 + second**2 - 2 * correlation * first * second
    joined: Floats = np.sqrt(np.maximum(squares, 0.0))
    return joined
