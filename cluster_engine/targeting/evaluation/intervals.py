"""Intervals: exact ones of a share, and clustered bootstraps of any metric and of differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

LEVEL = 0.9
N_DRAWS = 500


def calc_exact_interval(hits: float, tries: int, *, level: float = LEVEL) -> tuple[float, float]:
    """Clopper-Pearson interval of a share.

    Parameters
    ----------
    hits : float
        From 0 to ``tries``; a fraction where ties are shared.
    tries : int
        Above 0.
    level : float
        Coverage that it has at least.

    Raises
    ------
    ValueError
        ``hits`` is not between 0 and ``tries``, or there were no tries.

    Examples
    --------
    >>> tuple(round(limit, 4) for limit in calc_exact_interval(2, 100, level=0.95))
    (0.0024, 0.0704)

    Notes
    -----
    Source: Clopper & Pearson (1934), Biometrika 26(4).
    """
    from scipy.special import betaincinv

    if not (tries > 0 and 0 <= hits <= tries + 1e-9):
        raise ValueError(f"The 'hits' must be from 0 to {tries}, and tries above 0. Got {hits}.")
    tail = (1.0 - level) / 2.0
    low = float(betaincinv(hits, tries - hits + 1.0, tail)) if hits > 0 else 0.0
    rest = tries - hits
    high = float(betaincinv(hits + 1.0, rest, 1.0 - tail)) if rest > 1e-9 else 1.0
    return low, high


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its interval.

    Attributes
    ----------
    value : float
        On the cells as they are.
    low, high : float
        The widest over the ways of clustering.
    by : mapping of str to (float, float)
        Limits by way of clustering.
    """

    value: float
    low: float
    high: float
    by: Mapping[str, tuple[float, float]]


def bootstrap(
    measure: Callable[[Floats], Mapping[str, float]],
    clusters: Mapping[str, Labels],
    *,
    level: float = LEVEL,
    n_draws: int = N_DRAWS,
    random_state: int = 0,
) -> dict[str, Interval]:
    """Intervals of metrics from draws of whole clusters, with replacement.

    Parameters
    ----------
    measure : callable
        Takes a weight per cell, shape (n_cells,), and gives figures by name. A difference of two
        metrics, both with these weights, gets a paired interval.
    clusters : mapping of str to ndarray of int, shape (n_cells,)
        Ways of clustering ('sector', 'area', 'parent', …); each gets its draws, and the widest
        limits count.
    level : float
        Share of the draws between the limits.
    n_draws : int
        Draws for each way.
    random_state : int
        Seed.

    Raises
    ------
    ValueError
        There is no way of clustering.

    Notes
    -----
    Source: Field & Welsh (2007), JRSS B 69(3), the cluster bootstrap. Draws in which the metric is
    undefined (no positive) are left out.
    """
    if not clusters:
        raise ValueError("The 'clusters' must name at least one way of clustering.")
    n_cells = len(next(iter(clusters.values())))
    values = dict(measure(np.ones(n_cells)))
    limits: dict[str, dict[str, tuple[float, float]]] = {name: {} for name in values}
    for way in sorted(clusters):
        names, place = np.unique(clusters[way], return_inverse=True)
        generator = np.random.default_rng(random_state)
        drawn = [measure(_draw(generator, len(names))[place]) for _ in range(n_draws)]
        for name in values:
            limits[name][way] = _cut([draw[name] for draw in drawn], level)
    return {
        name: Interval(
            value,
            min(low for low, _ in limits[name].values()),
            max(high for _, high in limits[name].values()),
            limits[name],
        )
        for name, value in values.items()
    }


def beats(gain: Interval) -> bool:
    """Whether a gain is more than its interval: only then does a challenger replace the model."""
    return gain.low > 0


def _cut(drawn: Sequence[float], level: float) -> tuple[float, float]:
    known = np.array(drawn)[np.isfinite(drawn)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)


def _draw(generator: np.random.Generator, n_clusters: int) -> Floats:
    """How often each cluster is drawn."""
    picked = generator.integers(0, n_clusters, n_clusters)
    return np.bincount(picked, minlength=n_clusters).astype(np.float64)
