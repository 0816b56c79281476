"""Limits of an LQ from two independent proportions: score, likelihood, Fieller, delta."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cluster_engine.measures.job_tables import Floats

IntervalMethod = Literal["score", "likelihood", "fieller", "delta"]

SMALLEST, LARGEST = 1e-12, 1e12
"""Ratios between which limits are sought."""
HALVINGS = 48
"""Brings the logarithm of that range down to 2e-13."""


@dataclass(frozen=True, slots=True)
class TwoSamples:
    """Two independent binomial samples; counts may be fractions.

    Attributes
    ----------
    x1, n1 : ndarray of float
        Successes and trials of the first sample; n1 > 0.
    x2, n2 : ndarray of float, same shape
        Successes and trials of the second.
    """

    x1: Floats
    n1: Floats
    x2: Floats
    n2: Floats


def calc_nested_limits(
    samples: TwoSamples, share: Floats, z: float, method: IntervalMethod
) -> tuple[Floats, Floats]:
    """Low and high limit of LQ = rho / (share rho + 1 - share), rho = p1 / p2.

    ========== =================================================================================
    method     the limits are those of the rho at which
    ========== =================================================================================
    score      (x1 - n1 p1)^2 / (n1 p1 (1 - p1)) + (x2 - n2 p2)^2 / (n2 p2 (1 - p2)) = z^2
    likelihood 2 (log likelihood at its best - at p1, p2) = z^2
    fieller    (p1^ - rho p2^)^2 = z^2 (p1^ (1 - p1^) / n1 + rho^2 p2^ (1 - p2^) / n2)
    delta      log LQ^ -+ z (dlog LQ / dlog rho) sqrt((1 - p1^) / x1 + (1 - p2^) / x2)
    ========== =================================================================================

    p1 = rho p2 and p2 are the most likely proportions given rho, p^ those observed. The LQ rises
    with rho, so that limits of rho give limits of the LQ; Fieller's are the same on either.

    Parameters
    ----------
    samples : TwoSamples
        The part, and the rest of the whole.
    share : ndarray of float, same shape
        Share of the part in the whole, ratio.
    z : float
        Normal quantile of the level; above 0.
    method : {"score", "likelihood", "fieller", "delta"}
        Which limits.

    Returns
    -------
    low, high : ndarray of float
        Without successes in the first sample the low limit is 0. Fieller's interval is the whole
        range, 0 to 1 / share, where the second proportion does not differ from 0 at the level;
        delta's is NaN where all successes are in one sample.

    Notes
    -----
    Source: Koopman (1984), Biometrics 40(2), score; Fieller (1954); Katz et al. (1978), delta. The
    four for location quotients: Beyene & Moineddin (2005), BMC Med. Res. Methodol. 5:32.
    """
    if method == "delta":
        return _calc_delta(samples, share, z)
    if method == "fieller":
        low, high = _calc_fieller(samples, z)
    else:
        statistic = calc_score if method == "score" else _calc_root_deviance
        low = _solve(lambda rho: statistic(samples, rho) > z, samples)
        high = _solve(lambda rho: statistic(samples, rho) > -z, samples)
    low = np.where(samples.x1 > 0, low, 0.0)
    return calc_nested_lq(low, share), calc_nested_lq(high, share)


def calc_nested_lq(rho: Floats, share: Floats) -> Floats:
    """LQ = rho / (share rho + 1 - share), of a part with that share of the whole.

    Parameters
    ----------
    rho : ndarray of float
        Ratio of the part's proportion to the rest's; infinity allowed.
    share : ndarray of float, same shape
        Share of the part in the whole, ratio.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        lq = rho / (share * rho + 1 - share)
        return np.where(np.isinf(rho), 1 / share, lq)


def calc_score(samples: TwoSamples, rho: Floats) -> Floats:
    """Signed root of the score statistic of the hypothesis p1 = rho p2; above 0 if p1^ is larger.

    Parameters
    ----------
    samples : TwoSamples
        The samples.
    rho : ndarray of float
        Ratio of the hypothesis; above 0.
    """
    p1, p2 = _fit(samples, rho)
    with np.errstate(divide="ignore", invalid="ignore"):
        first = (samples.x1 - samples.n1 * p1) ** 2 / (samples.n1 * p1 * (1 - p1))
        second = (samples.x2 - samples.n2 * p2) ** 2 / (samples.n2 * p2 * (1 - p2))
    # 0 / 0: a sample all of whose trials succeed, or none, and whose fit says the same.
    statistic: Floats = np.nan_to_num(first, nan=0.0, posinf=LARGEST)
    statistic = statistic + np.nan_to_num(second, nan=0.0, posinf=LARGEST)
    return _sign(samples, rho) * np.sqrt(statistic)


def _fit(samples: TwoSamples, rho: Floats) -> tuple[Floats, Floats]:
    # The most likely p2 given p1 = rho p2: the smaller root of
    # (n1 + n2) rho p2^2 - ((n1 + x2) rho + x1 + n2) p2 + x1 + x2 = 0, in the stable form.
    x1, n1, x2, n2 = samples.x1, samples.n1, samples.x2, samples.n2
    b = (n1 + x2) * rho + x1 + n2
    root = np.sqrt(np.maximum(b * b - 4 * (n1 + n2) * rho * (x1 + x2), 0.0))
    p2 = np.clip(2 * (x1 + x2) / (b + root), 0.0, 1.0)
    return np.minimum(rho * p2, 1.0), p2


def _calc_root_deviance(samples: TwoSamples, rho: Floats) -> Floats:
    # SciPy is slow to import; xlogy makes 0 log 0 = 0.
    from scipy.special import xlogy

    p1, p2 = _fit(samples, rho)
    deviance = np.zeros(np.broadcast(p1, samples.x1).shape)
    for x, n, p in ((samples.x1, samples.n1, p1), (samples.x2, samples.n2, p2)):
        deviance += xlogy(x, x / n) + xlogy(n - x, 1 - x / n) - xlogy(x, p) - xlogy(n - x, 1 - p)
    root: Floats = _sign(samples, rho) * np.sqrt(2 * np.maximum(deviance, 0.0))
    return root


def _sign(samples: TwoSamples, rho: Floats) -> Floats:
    # Not from the fit: it meets the first sample to the last digit where all its trials succeed.
    sign: Floats = np.sign(samples.x1 * samples.n2 - rho * samples.x2 * samples.n1)
    return sign


def _solve(is_below: Callable[[Floats], NDArray[np.bool_]], samples: TwoSamples) -> Floats:
    # The statistic falls as rho rises, so that halving on a log scale cannot fail.
    low = np.full(samples.x1.shape, np.log(SMALLEST))
    high = np.full(samples.x1.shape, np.log(LARGEST))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = is_below(np.exp(middle))
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    limit: Floats = np.exp((low + high) / 2)
    return limit


def _calc_delta(samples: TwoSamples, share: Floats, z: float) -> tuple[Floats, Floats]:
    x1, n1, x2, n2 = samples.x1, samples.n1, samples.x2, samples.n2
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = (x1 / n1) / (x2 / n2)
        slope = (1 - share) / (share * rho + 1 - share)
        centre = np.log(rho / (share * rho + 1 - share))
        error = slope * np.sqrt((1 - x1 / n1) / x1 + (1 - x2 / n2) / x2)
        low, high = np.exp(centre - z * error), np.exp(centre + z * error)
    known = (x1 > 0) & (x2 > 0)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _calc_fieller(samples: TwoSamples, z: float) -> tuple[Floats, Floats]:
    p1, p2 = samples.x1 / samples.n1, samples.x2 / samples.n2
    # a rho^2 - 2 b rho + c <= 0
    a = p2**2 - z**2 * p2 * (1 - p2) / samples.n2
    b = p1 * p2
    c = p1**2 - z**2 * p1 * (1 - p1) / samples.n1
    bounded = a > 0
    divisor = np.where(bounded, a, 1.0)
    root = np.sqrt(np.maximum(b**2 - a * c, 0.0))
    low = np.where(bounded, np.maximum((b - root) / divisor, 0.0), 0.0)
    return low, np.where(bounded, (b + root) / divisor, np.inf)
