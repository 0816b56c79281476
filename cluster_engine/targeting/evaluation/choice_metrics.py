"""How well probabilities of a choice foretell where things went: loss, and share in the first k."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Choices:
    """Alternatives, how attractive a score makes them, and how often each was chosen.

    Attributes
    ----------
    sets : ndarray of int, shape (n_cells,)
        Which alternatives compete.
    chosen : ndarray of float, shape (n_cells,)
        How often each was chosen.
    pull : ndarray of float, shape (n_cells,)
        Log of size times attraction, at most 0 in every set.
    """

    sets: Labels
    chosen: Floats
    pull: Floats


def lay_out_choices(
    sets: ArrayLike, chosen: ArrayLike, size: ArrayLike, evidence: ArrayLike
) -> Choices:
    """Prepare alternatives for being weighed again and again; all of shape (n_cells,)."""
    numbers = np.unique(np.asarray(sets), return_inverse=True)[1].astype(np.int64)
    pull = np.log(np.asarray(size, dtype=np.float64)) + np.asarray(evidence, dtype=np.float64)
    top = np.full(int(numbers.max()) + 1, -np.inf)
    np.maximum.at(top, numbers, pull)
    return Choices(numbers, np.asarray(chosen, dtype=np.float64), pull - top[numbers])


def weigh_choice_loss(choices: Choices, weight: Floats) -> float:
    """Mean of -log of the probability of the alternatives chosen.

    Parameters
    ----------
    choices : Choices
    weight : ndarray of float, shape (n_cells,)
        How often each alternative counts: 0 takes it out, 2 doubles its size and its choices. The
        same weight throughout a set repeats the set.

    Returns
    -------
    float
        NaN where nothing was chosen.
    """
    n_sets = int(choices.sets.max()) + 1
    often = choices.chosen * weight
    total = np.bincount(choices.sets, np.exp(choices.pull) * weight, n_sets)
    made = np.bincount(choices.sets, often, n_sets)
    some = made > 0
    pull = choices.pull + np.log(np.where(weight > 0, weight, 1.0))
    loss = float((made[some] * np.log(total[some])).sum() - (often * pull).sum())
    return loss / float(made.sum()) if made.sum() > 0 else float("nan")


def calc_share_in_first(choices: Choices, k: int) -> float:
    """Share of all choices that fell on the k alternatives with the largest probability.

    Alternatives that tie at the k-th place share it.
    """
    order = np.lexsort((-choices.pull, choices.sets))
    sets, pull, chosen = choices.sets[order], choices.pull[order], choices.chosen[order]
    begin = np.searchsorted(sets, sets, side="left")
    place = np.arange(len(sets)) - begin
    new = np.concatenate([[True], (sets[1:] != sets[:-1]) | (pull[1:] != pull[:-1])])
    tie = np.cumsum(new) - 1
    first = place[new][tie]
    count = np.bincount(tie)[tie]
    inside = np.clip((k - first) / count, 0.0, 1.0)
    return float((inside * chosen).sum() / chosen.sum())
