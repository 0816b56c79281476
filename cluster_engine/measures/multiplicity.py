"""Levels and p-values for many sectors read at once."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from cluster_engine.measures.job_tables import Floats

Adjustment = Literal["none", "bonferroni", "benjamini-hochberg"]


def adjust_level(level: float, n_intervals: int) -> float:
    """Level of each of n intervals that together cover at the level: 1 - (1 - level) / n.

    Parameters
    ----------
    level : float
        Chance wanted that all of them cover, between 0 and 1.
    n_intervals : int
        Number of intervals.

    Raises
    ------
    ValueError
        The level is not between 0 and 1, or there is no interval.

    Examples
    --------
    >>> round(adjust_level(0.9, 20), 4)
    0.995

    Notes
    -----
    Source: Bonferroni. For ratios of proportions it covers as well as the joint method: Djira,
    Schaarschmidt & Fayissa (2008).
    """
    return adjust_level_for_selected(level, 1, n_intervals)


def adjust_level_for_selected(level: float, n_selected: int, n_intervals: int) -> float:
    """Level of the intervals of those selected out of n: 1 - (1 - level) R / n.

    Of the intervals shown, on average at most 1 - level miss, although only the striking ones are
    shown.

    Parameters
    ----------
    level : float
        1 - the false coverage rate wanted, between 0 and 1.
    n_selected : int
        R, number of intervals shown, chosen by Benjamini-Hochberg or as the R best.
    n_intervals : int
        Number they were chosen from.

    Raises
    ------
    ValueError
        The level is not between 0 and 1, or not 1 <= R <= n.

    Notes
    -----
    Source: Benjamini & Yekutieli (2005), JASA 100(469).
    """
    if not 0 < level < 1:
        raise ValueError(f"The 'level' must be between 0 and 1. Got {level}.")
    if not 1 <= n_selected <= n_intervals:
        raise ValueError(
            "The number selected must be from 1 to that of the intervals. "
            f"Got {n_selected} of {n_intervals}."
        )
    return 1 - (1 - level) * n_selected / n_intervals


def adjust_p_values(p_values: ArrayLike, method: Adjustment) -> Floats:
    """Adjust p-values for their number.

    Bonferroni: min(1, n p); a p below alpha has at most a chance alpha to be one of any errors.
    Benjamini-Hochberg: min over k >= rank of n p_(k) / k; of those below alpha, on average at most
    a share alpha are errors.

    Parameters
    ----------
    p_values : array_like, any shape
        NaN, where there was nothing to test, is left out of the count.
    method : {"none", "bonferroni", "benjamini-hochberg"}
        How.

    Returns
    -------
    ndarray of float, same shape

    Raises
    ------
    ValueError
        A p-value is not from 0 to 1.

    Notes
    -----
    Source: Benjamini & Hochberg (1995), JRSS B 57(1), who ask for independent tests or positive
    dependence; the LQs of one region are slightly negatively dependent through their denominator.
    """
    p = np.array(p_values, dtype=np.float64)
    known = np.isfinite(p)
    tested = p[known]
    if (tested < 0).any() or (tested > 1).any():
        raise ValueError("The 'p_values' must be from 0 to 1.")
    if method == "bonferroni":
        p[known] = np.minimum(tested * len(tested), 1.0)
    elif method == "benjamini-hochberg":
        # SciPy's statistics are slow to import.
        from scipy.stats import false_discovery_control

        p[known] = false_discovery_control(tested, method="bh")
    return p
