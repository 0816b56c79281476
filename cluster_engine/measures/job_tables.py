"""Tables of jobs as the measures take them, and figures with the reason where there is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Single precision passes through where a function says so; types name the usual case.
Floats = NDArray[np.float64]
Texts = NDArray[np.str_]

NO_REGION_JOBS = "region has no jobs"
NO_SECTOR_JOBS = "sector has no jobs in the base"
NO_BASE_JOBS = "base has no jobs"
NO_JOBS_IN_REGIONS = "sector has no jobs in the regions"
ONE_REGION = "there is no other region with jobs"
ONE_SECTOR = "there is only one sector"


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures and, where there is none, why.

    Attributes
    ----------
    values : ndarray of float
        NaN where undefined.
    reasons : ndarray of str, same shape
        Empty where the figure is defined.
    """

    values: Floats
    reasons: Texts


def read_jobs(jobs: ArrayLike, name: str, dimensions: int) -> Floats:
    """Return jobs as an array of floats; single precision stays single, the rest becomes double.

    Parameters
    ----------
    jobs : array_like
        Jobs, any unit of count.
    name : str
        What an error calls them.
    dimensions : int
        Number of axes they must have.

    Raises
    ------
    ValueError
        Another number of axes; a figure is negative or not finite.
    """
    array = np.asarray(jobs)
    if array.dtype != np.float32:
        array = array.astype(np.float64, copy=False)
    if array.ndim != dimensions:
        raise ValueError(f"The '{name}' must have {dimensions} dimension(s). Got {array.ndim}.")
    # Two passes without a temporary array; a NaN fails both comparisons.
    if array.size and not (array.min() >= 0 and array.max() < np.inf):
        raise ValueError(f"The '{name}' must be finite and at least 0.")
    return array


def read_double(jobs: ArrayLike, name: str, dimensions: int) -> Floats:
    """Return jobs in double precision; see `read_jobs`."""
    return read_jobs(jobs, name, dimensions).astype(np.float64, copy=False)


def explain(values: ArrayLike, *rules: tuple[ArrayLike, str], like: ArrayLike = 0.0) -> Figures:
    """Put NaN and a reason where a rule says that a figure is undefined; the last rule wins.

    Parameters
    ----------
    values : array_like
        Figures, whatever they are where undefined.
    *rules : tuple of (array_like of bool, str)
        Where there is no figure, and why.
    like : array_like
        Figures come back in single precision if this is in single precision.
    """
    figures = np.array(values, dtype=np.float64)
    width = max((len(reason) for _, reason in rules), default=1)
    reasons = np.full(figures.shape, "", dtype=f"<U{width}")
    for where, reason in rules:
        undefined = np.broadcast_to(np.asarray(where, dtype=bool), figures.shape)
        reasons[undefined] = reason
        figures[undefined] = np.nan
    if np.asarray(like).dtype == np.float32:
        figures = figures.astype(np.asarray(like).dtype)
    return Figures(figures, reasons)
