"""Learn a place model: choose the penalty inside the learning period, then fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.targeting.place.additive import AdditiveFit, fit_additive
from cluster_engine.targeting.place.curves import lay_ramps, place_curves
from cluster_engine.targeting.place.likelihoods import JUDGES
from cluster_engine.targeting.place.samples import Sample
from cluster_engine.targeting.place.terms import Term, list_terms

Floats = NDArray[np.float64]

N_FOLDS = 4


@dataclass(frozen=True, slots=True)
class Penalty:
    """How strongly curves are pulled to 0 and kept straight."""

    ridge: float
    smooth: float


PENALTIES = (Penalty(0.3, 1.0), Penalty(1.0, 1.0), Penalty(4.0, 2.0), Penalty(16.0, 4.0))
"""Tried on folds of the learning period; the last ones for small or noisy panels."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Loss of one penalty on cells left out.

    Attributes
    ----------
    penalty : Penalty
    by_area, by_sector : float
        Mean loss per cell with whole areas, and whole sectors, left out.
    """

    penalty: Penalty
    by_area: float
    by_sector: float

    @property
    def loss(self) -> float:
        """Mean of both."""
        return (self.by_area + self.by_sector) / 2.0


def learn(
    sample: Sample, penalty: Penalty, *, terms: Sequence[Term] | None = None, n_ramps: int = 6
) -> AdditiveFit:
    """Fit the additive model to all cells of a sample."""
    chosen = list_terms(sample.outcome) if terms is None else tuple(terms)
    directions = [term.get_direction(sample.outcome) for term in chosen]
    curves = place_curves(chosen, directions, sample.values, n_ramps=n_ramps)
    return fit_additive(
        curves, lay_ramps(curves, sample.values), sample.response,
        ridge=penalty.ridge, smooth=penalty.smooth,
    )  # fmt: skip


def tune(
    sample: Sample, penalties: Sequence[Penalty] = PENALTIES, *, random_state: int = 0
) -> list[Tuning]:
    """Try every penalty on folds of the learning sample: whole areas and whole sectors left out.

    Returns
    -------
    list of Tuning
        In the order of ``penalties``.
    """
    found = []
    folds = [_deal(groups, N_FOLDS, random_state) for groups in (sample.areas, sample.sectors)]
    for penalty in penalties:
        by_area, by_sector = (_cross_validate(sample, penalty, fold) for fold in folds)
        found.append(Tuning(penalty, by_area, by_sector))
    return found


def choose_penalty(tried: Sequence[Tuning]) -> Penalty:
    """Return the penalty with the smallest loss; the first of equals."""
    return min(tried, key=lambda tuning: tuning.loss).penalty


def _deal(groups: NDArray[np.int64], n_folds: int, random_state: int) -> NDArray[np.int64]:
    """Fold of every cell, whole groups in one."""
    names, place = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(random_state).permutation(len(names))
    fold: NDArray[np.int64] = (order % n_folds)[place]
    return fold


def _cross_validate(sample: Sample, penalty: Penalty, folds: NDArray[np.int64]) -> float:
    total = 0.0
    for number in np.unique(folds):
        left = folds == number
        fit = learn(sample.take(~left), penalty)
        total += calc_loss(fit, sample.take(left))
    return total / len(folds)


def calc_loss(fit: AdditiveFit, sample: Sample) -> float:
    """Minus the log likelihood of a sample; each window keeps the level it was fitted with."""
    evidence = fit.weigh(sample.values)
    if len(fit.levels):
        evidence = evidence + fit.levels[sample.response.sets]
    return JUDGES[sample.response.family](evidence, sample.response).loss


def match_rate(evidence: Floats, rate: float) -> Floats:
    """Probabilities 1 / (1 + exp(-(level + evidence))) at the level that makes ``rate`` their mean.

    Parameters
    ----------
    evidence : ndarray of float, shape (n_cells,)
        Log-odds but for a constant.
    rate : float
        Between 0 and 1, both excluded.
    """
    from scipy.optimize import brentq
    from scipy.special import expit, logit

    reach = float(np.abs(evidence).max()) + 1.0
    middle = float(logit(rate))
    level = brentq(
        lambda level: float(expit(level + evidence).mean()) - rate, middle - reach, middle + reach
    )
    probability: Floats = expit(level + evidence)
    return probability
