"""Two likelihoods of what happened: whether (logistic), and where (conditional logit)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]
Family = Literal["whether", "where"]


@dataclass(frozen=True, slots=True)
class Response:
    """What happened in the cells learned from.

    Attributes
    ----------
    family : {"whether", "where"}
        'whether': y is 0 or 1, and every set has a level of its own. 'where': y counts how often a
        cell was chosen among those of its set.
    values : ndarray of float, shape (n_cells,)
        y.
    sets : ndarray of int, shape (n_cells,)
        From 0: windows of years, or sets of regions to choose from.
    size : ndarray of float, shape (n_cells,)
        Size of each alternative, above 0; used by 'where' only.
    clusters : ndarray of int, shape (n_cells,)
        Cells that may share their luck: sectors.
    """

    family: Family
    values: Floats
    sets: Labels
    size: Floats
    clusters: Labels

    def take(self, rows: NDArray[np.bool_] | Labels) -> Response:
        """Some of the cells."""
        return Response(
            self.family, self.values[rows], self.sets[rows], self.size[rows], self.clusters[rows]
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fitted:
    """A likelihood at given evidence.

    Attributes
    ----------
    loss : float
        Minus the log likelihood.
    residuals : ndarray of float, shape (n_cells,)
        Its derivative with respect to the evidence.
    weights : ndarray of float, shape (n_cells,)
        Diagonal of its second derivative (of 'where', without the part that sets share).
    shares : ndarray of float, shape (n_cells,)
        Probabilities.
    """

    loss: float
    residuals: Floats
    weights: Floats
    shares: Floats


def judge_whether(evidence: Floats, response: Response) -> Fitted:
    r"""Logistic: :math:`P = 1 / (1 + \exp(-\eta))`."""
    y = response.values
    p = 1.0 / (1.0 + np.exp(-np.clip(evidence, -500.0, 500.0)))
    loss = float((np.logaddexp(0.0, evidence) - y * evidence).sum())
    return Fitted(loss, p - y, p * (1.0 - p), p)


def judge_where(evidence: Floats, response: Response) -> Fitted:
    r"""Conditional logit: :math:`P_r = s_r e^{\eta_r} / \sum_q s_q e^{\eta_q}` in every set.

    The multinomial likelihood of counts given their total is that of Poisson counts with a level
    per set, so both give the same coefficients.

    References
    ----------
    McFadden (1974), eq. (12); Guimaraes, Figueiredo & Woodward (2003), Review of Economics and
    Statistics 85(1), for the Poisson twin.
    """
    y, sets = response.values, response.sets
    n_sets = int(sets.max()) + 1
    utility = evidence + np.log(response.size)
    top = np.full(n_sets, -np.inf)
    np.maximum.at(top, sets, utility)
    raised = np.exp(utility - top[sets])
    total = np.bincount(sets, raised, n_sets)
    p = raised / total[sets]
    chosen = np.bincount(sets, y, n_sets)
    loss = float((chosen * (np.log(total) + top))[chosen > 0].sum() - (y * utility).sum())
    expected = chosen[sets] * p
    return Fitted(loss, expected - y, expected, p)


JUDGES: Mapping[Family, Callable[[Floats, Response], Fitted]] = {
    "whether": judge_whether,
    "where": judge_where,
}


def calc_curvature(X: Floats, fitted: Fitted, response: Response) -> Floats:
    """Second derivative of the loss with respect to the coefficients of the columns of X."""
    curvature: Floats = X.T @ (fitted.weights[:, None] * X)
    if response.family == "whether":
        return curvature
    n_sets = int(response.sets.max()) + 1
    chosen = np.bincount(response.sets, response.values, n_sets)
    means = np.zeros((n_sets, X.shape[1]))
    np.add.at(means, response.sets, fitted.shares[:, None] * X)
    return curvature - means.T @ (chosen[:, None] * means)
