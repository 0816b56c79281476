"""Location quotients on other scales: symmetric, standardised, and a bootstrap cut-off."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.job_tables import Figures, Floats, Texts, explain

NO_LQ = "there is no LQ"
NO_LOG = "LQ is 0 and has no logarithm"
NO_SPREAD = "the LQs of the sector do not differ over the regions"


def calc_symmetric_lq(lq: ArrayLike) -> Floats:
    """Symmetric LQ (LQ - 1) / (LQ + 1).

    Parameters
    ----------
    lq : array_like
        Location quotients, any shape; NaN stays NaN.

    Returns
    -------
    ndarray of float
        From -1 (absent) over 0 (as in the base) towards 1; as precise as the input.

    Notes
    -----
    Source: Dalum, Laursen & Villumsen (1998), "revealed symmetric comparative advantage".
    """
    array = np.asarray(lq)
    if array.dtype != np.float32:
        array = array.astype(np.float64, copy=False)
    symmetric: Floats = (array - 1) / (array + 1)
    return symmetric


def standardise_lq(lq: ArrayLike, *, log: bool = False) -> Figures:
    """Standardised LQ of every sector over the regions: z = (v - mean_r v) / sd_r v.

    Parameters
    ----------
    lq : array_like, shape (n_regions, n_sectors)
        Location quotients; NaN where undefined. Mean and spread are those of the defined ones.
    log : bool
        v = log LQ instead of LQ, for sectors whose LQs look normal only so.

    Returns
    -------
    Figures
        Shape (n_regions, n_sectors), standard deviations (n - 1 in the divisor).

    Raises
    ------
    ValueError
        Not two axes.

    Notes
    -----
    Source: O'Donoghue & Gleave (2004), Regional Studies 38(4); 1.96 marks a concentration if the
    values are normal, `calc_bootstrap_cutoff` does without that. Each sector is standardised over
    regions: REAT 3.0.3 `locq2(LQ.norm = "OG")` recycles the regions' means over the sectors, which
    is wrong.
    """
    quotients = np.asarray(lq, dtype=np.float64)
    if quotients.ndim != 2:
        raise ValueError(f"The 'lq' must have 2 dimension(s). Got {quotients.ndim}.")
    missing = ~np.isfinite(quotients)
    without_log = (quotients == 0) & log
    kept = ~missing & ~without_log
    values = np.where(kept, quotients, 1.0)
    if log:
        values = np.log(values)
    n = kept.sum(axis=0)
    mean = np.sum(values, axis=0, where=kept) / np.maximum(n, 1)
    deviations = np.where(kept, values - mean, 0.0)
    sd = np.sqrt((deviations**2).sum(axis=0) / np.maximum(n - 1, 1))
    # Deviations that are only rounding are no spread.
    scale = np.max(np.abs(values), axis=0, where=kept, initial=0.0)
    flat = sd <= 1e-12 * np.maximum(scale, 1.0 if log else 0.0)
    z = deviations / np.where(flat, 1.0, sd)
    return explain(
        z, (flat, NO_SPREAD), (without_log, NO_LOG), (missing, NO_LQ), like=np.asarray(lq)
    )


def calc_bootstrap_cutoff(
    standardised: ArrayLike,
    *,
    tail: float = 0.05,
    n_resamples: int = 1000,
    random_state: int = 0,
) -> tuple[Floats, Texts]:
    """Cut-off of the standardised LQ of every sector, without assuming a normal distribution.

    The mean over resamples of the regions of the (1 - tail) quantile.

    Parameters
    ----------
    standardised : array_like, shape (n_regions, n_sectors)
        Standardised LQs; NaN where undefined.
    tail : float
        Share of regions above, between 0 and 1.
    n_resamples : int
        Draws of the regions with replacement; at least 1.
    random_state : int
        Seed. Regions in another order give another draw: keep them in one order.

    Returns
    -------
    cutoffs : ndarray of float, shape (n_sectors,)
        Standard deviations; NaN where a sector has no standardised LQ.
    reasons : ndarray of str, shape (n_sectors,)
        Empty where there is a cut-off.

    Raises
    ------
    ValueError
        Not two axes; the tail is not between 0 and 1; no resample.

    Notes
    -----
    Source: after Tian (2013), Journal of Regional Analysis & Policy 43(2), who replaces the 1.96 of
    O'Donoghue & Gleave (2004) by a bootstrapped quantile.
    """
    z = np.asarray(standardised, dtype=np.float64)
    if z.ndim != 2:
        raise ValueError(f"The 'standardised' must have 2 dimension(s). Got {z.ndim}.")
    if not 0 < tail < 1:
        raise ValueError(f"The 'tail' must be between 0 and 1. Got {tail}.")
    if n_resamples < 1:
        raise ValueError(f"The 'n_resamples' must be at least 1. Got {n_resamples}.")
    cutoffs = np.full(z.shape[1], np.nan)
    for sector in range(z.shape[1]):
        known = z[np.isfinite(z[:, sector]), sector]
        if not len(known):
            continue
        # A seed of its own: a sector's cut-off does not depend on the sectors beside it.
        draws = np.random.default_rng([random_state]).integers(
            len(known), size=(n_resamples, len(known))
        )
        cutoffs[sector] = np.quantile(known[draws], 1 - tail, axis=1).mean()
    return cutoffs, np.where(np.isfinite(cutoffs), "", NO_SPREAD)
