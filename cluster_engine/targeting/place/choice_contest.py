"""How well models of the region chosen foretell later projects, beside simple shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.targeting.place.choice import ChoiceFit, fit_choice, predict_choice
from cluster_engine.targeting.place.events import Choices

Floats = NDArray[np.float64]

RIDGES = (1.0, 4.0, 16.0, 64.0)
"""Precisions tried, for features in standard deviations."""

N_FOLDS = 5


@dataclass(frozen=True, slots=True)
class ChoiceModel:
    """A conditional logit on standardised features.

    Attributes
    ----------
    names : tuple of str, length n_features
    spread : ndarray of float, shape (n_features,)
        Standard deviation, over regions within cases, that the weights are per unit of.
    fit : ChoiceFit
    ridge : float
        Chosen by folds of whole investors.
    """

    names: tuple[str, ...]
    spread: Floats
    fit: ChoiceFit
    ridge: float

    def predict(self, choices: Choices) -> Floats:
        """Probabilities, shape (n_events, n_areas)."""
        columns = [choices.names.index(name) for name in self.names]
        return predict_choice(choices.features[:, :, columns] / self.spread, self.fit.weights)


def learn_choice(
    choices: Choices, names: Sequence[str], *, ridges: Sequence[float] = RIDGES
) -> ChoiceModel:
    """Fit the named features, with the ridge that foretells left-out investors best.

    Parameters
    ----------
    choices : Choices
        To learn from.
    names : sequence of str
        Features; those that never differ between regions are left out.
    """
    kept = tuple(name for name in names if name in choices.names and _differs(choices, name))
    columns = [choices.names.index(name) for name in kept]
    x = choices.features[:, :, columns]
    spread = np.sqrt(((x - x.mean(axis=1, keepdims=True)) ** 2).mean(axis=(0, 1)))
    x = x / spread
    losses = [_cross_validate(x, choices, ridge) for ridge in ridges]
    ridge = ridges[int(np.argmin(losses))]
    fit = fit_choice(x, choices.chosen, groups=choices.groups, ridge=ridge)
    return ChoiceModel(kept, spread, fit, ridge)


def _differs(choices: Choices, name: str) -> bool:
    values = choices.features[:, :, choices.names.index(name)]
    return bool((np.ptp(values, axis=1) > 0).any())


def _cross_validate(x: Floats, choices: Choices, ridge: float) -> float:
    fold = choices.groups % N_FOLDS
    loss = 0.0
    for number in range(N_FOLDS):
        out = fold == number
        if not out.any() or out.all():
            continue
        fit = fit_choice(x[~out], choices.chosen[~out], ridge=ridge)
        share = predict_choice(x[out], fit.weights)
        loss -= float(np.log(share[np.arange(int(out.sum())), choices.chosen[out]]).sum())
    return loss


def calc_marks(share: Floats, choices: Choices) -> dict[str, Floats]:
    """Marks of every project, each of shape (n_events,).

    Parameters
    ----------
    share : ndarray of float, shape (n_events, n_areas)
        Probabilities foretold.
    choices : Choices
        What was chosen.

    Returns
    -------
    dict
        ``log_loss``; ``hit_1`` and ``hit_3`` (a tie at the last place is shared); ``rank`` of the
        region chosen (the mean of tied ranks).
    """
    rows = np.arange(len(share))
    own = share[rows, choices.chosen][:, None]
    above = (share > own * (1 + 1e-12)).sum(axis=1).astype(np.float64)
    tied = (np.abs(share - own) <= own * 1e-12).sum(axis=1).astype(np.float64)
    return {
        "log_loss": -np.log(own[:, 0]),
        "hit_1": np.clip((1 - above) / tied, 0.0, 1.0),
        "hit_3": np.clip((3 - above) / tied, 0.0, 1.0),
        "rank": above + (tied + 1.0) / 2.0,
    }


def foretell(
    choices: Choices,
    learned: NDArray[np.bool_],
    judged: NDArray[np.bool_],
    models: Mapping[str, Sequence[str]],
) -> tuple[dict[str, Floats], dict[str, ChoiceModel]]:
    """Learn every model on some projects and foretell the others.

    Parameters
    ----------
    choices : Choices
        All projects.
    learned, judged : ndarray of bool, shape (n_events,)
        Which to learn from, and which to judge on: all later ones.
    models : mapping of str to sequence of str
        Name of a model to its features. An empty sequence: every region alike.

    Returns
    -------
    dict, dict
        Probabilities, shape (n_judged, n_areas), and the models.
    """  # fmt: skip
    early, late = choices.take(learned), choices.take(judged)
    shares: dict[str, Floats] = {}
    fitted: dict[str, ChoiceModel] = {}
    for name, features in models.items():
        if not features:
            n_areas = late.features.shape[1]
            shares[name] = np.full((len(late.chosen), n_areas), 1.0 / n_areas)
            continue
        fitted[name] = learn_choice(early, features)
        shares[name] = fitted[name].predict(late)
    return shares, fitted
