"""Gamma-Poisson shrinkage: limits, and the strength of the prior from the data."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.job_tables import Floats

WEAKEST, STRONGEST = 0.05, 1000.0
"""Range of the estimated prior strength, in counts. At the strong end every ratio is about 1."""


def calc_shrunk_limits(
    observed: ArrayLike, expected: ArrayLike, *, prior_strength: float, level: float = 0.9
) -> tuple[Floats, Floats]:
    """Equal-tailed posterior interval of observed / expected, shrunk towards 1.

    theta | x ~ Gamma(x + a, E + a); the limits are its (1 -+ level) / 2 quantiles.

    Parameters
    ----------
    observed, expected : array_like, same shape
        Counts x and E, in effective plants; see `shrink_ratio`.
    prior_strength : float
        a, in the unit of the counts; above 0.
    level : float
        Posterior probability between the limits.

    Returns
    -------
    low, high : ndarray of float

    Raises
    ------
    ValueError
        The strength is not above 0, or the level not between 0 and 1.

    Notes
    -----
    These cover on average over regions whose ratios spread like the prior; for one cell far from 1
    they lie too close to 1, which is what shrinking means. For an interval without a prior take
    `calc_sector_limits`. Source: Clayton & Kaldor (1987), Biometrics 43(3).
    """
    from scipy.special import gammaincinv

    if not prior_strength > 0:
        raise ValueError(f"The 'prior_strength' must be above 0. Got {prior_strength}.")
    if not 0 < level < 1:
        raise ValueError(f"The 'level' must be between 0 and 1. Got {level}.")
    shape = np.asarray(observed, dtype=np.float64) + prior_strength
    rate = np.asarray(expected, dtype=np.float64) + prior_strength
    tail = (1 - level) / 2
    low, high = (gammaincinv(shape, quantile) / rate for quantile in (tail, 1 - tail))
    return low, high


def estimate_prior_strength(observed: ArrayLike, expected: ArrayLike) -> float:
    """Prior strength a under which the counts are most likely (empirical Bayes).

    log p(x) = lgamma(x + a) - lgamma(a) + a log(a / (E + a)) + x log(E / (E + a)) + constant

    Parameters
    ----------
    observed, expected : array_like, same shape
        Counts x and E, in effective plants; cells with E = 0 or NaN are left out.

    Returns
    -------
    float
        From 0.05 to 1000. The strong end: the counts spread no more than chance spreads them.

    Raises
    ------
    ValueError
        No cell has an expected count.

    Notes
    -----
    Counts may be fractions: effective plants are jobs over plant size, the factorial is left out,
    and the likelihood is a working one with the right mean and variance. Source: Clayton & Kaldor
    (1987), Biometrics 43(3), maximum likelihood with the mean of the prior fixed at 1.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import gammaln

    x, E = (np.asarray(counts, dtype=np.float64).ravel() for counts in (observed, expected))
    kept = np.isfinite(x) & np.isfinite(E) & (E > 0)
    if not kept.any():
        raise ValueError("The 'expected' counts must have one above 0.")
    x, E = x[kept], E[kept]

    def calc_loss(log_a: float) -> float:
        a = np.exp(log_a)
        terms = gammaln(x + a) - gammaln(a) + a * np.log(a / (E + a)) + x * np.log(E / (E + a))
        return -float(terms.sum())

    limits = (np.log(WEAKEST), np.log(STRONGEST))
    found = minimize_scalar(calc_loss, bounds=limits, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))
