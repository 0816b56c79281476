"""Rank intervals, chances of a place on the list, and bands of firms that cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.targeting.draw_blocks import RankDraws

ROUNDING = 1e-9
"""Takes the noise of binary fractions out of a number of draws."""

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RankIntervals:
    """How sure the ranks of a list are; arrays of shape (n_kept,).

    Attributes
    ----------
    low, high : ndarray of int
        Limits of the interval; they hold the rank printed.
    p_top : ndarray of float
        Share of draws in which the firm is among the first so many.
    band : ndarray of int
        Firms of one band cannot be told apart; 1 is the best.
    """

    low: Integers
    high: Integers
    p_top: Floats
    band: Integers


def summarise_draws(
    draws: RankDraws, ranks: Integers, *, top: int, level: float, tie_probability: float
) -> RankIntervals:
    """Turn draws into intervals.

    Parameters
    ----------
    draws : RankDraws
        In the order of the list, best firm first.
    ranks : ndarray of int, shape (n_kept,)
        As printed.
    top : int
        Length of the list that ``p_top`` is about.
    level : float
        Probability between the limits.
    tie_probability : float
        Probability with which a firm must be better than another to be told apart from it.
    """
    n_draws = draws.best.shape[1]
    tail = (1.0 - level) / 2.0
    # The same number of draws is cut off on each side; 0.1 x 10 must be 1 and not a hair less.
    first = int(tail * n_draws + ROUNDING)
    last = n_draws - 1 - first
    low = np.partition(draws.best, first, axis=1)[:, first].astype(np.int64)
    high = np.partition(draws.worst, last, axis=1)[:, last].astype(np.int64)
    # Equal scores share their places: half of them count where the line goes through.
    inside = (draws.best <= top).mean(axis=1) + (draws.worst <= top).mean(axis=1)
    return RankIntervals(
        low=np.minimum(low, ranks),
        high=np.maximum(high, ranks),
        p_top=inside / 2.0,
        band=_find_bands(draws, tie_probability),
    )


def _find_bands(draws: RankDraws, tie_probability: float) -> Integers:
    """Go down the list; a band ends where its first firm is surely better than the next one."""
    bands = np.ones(len(draws.scores), np.int64)
    head = 0
    for place in range(1, len(bands)):
        better = float((draws.scores[head] > draws.scores[place]).mean())
        bands[place] = bands[place - 1]
        if better >= tie_probability:
            bands[place] += 1
            head = place
    return bands
