"""Conditional logit of the region that a project chose, with standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cluster_engine.measures.conditional_logit import calc_probabilities

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

MAX_STEPS = 100
TOLERANCE = 1e-10
"""Largest Newton step, in units of the coefficients, at which the fit has converged."""


@dataclass(frozen=True, slots=True)
class ChoiceFit:
    """A fitted conditional logit.

    Attributes
    ----------
    weights : ndarray of float, shape (n_features,)
        Log of the factor by which one unit of a feature raises the odds of an alternative.
    errors : ndarray of float, shape (n_features,)
        Standard errors from the curvature of the (penalised) likelihood.
    clustered_errors : ndarray of float, shape (n_features,)
        Sandwich standard errors in which the cases of one group count as one observation.
    log_likelihood : float
        Without the penalty.
    n_cases, n_groups : int
    """

    weights: Floats
    errors: Floats
    clustered_errors: Floats
    log_likelihood: float
    n_cases: int
    n_groups: int


def fit_choice(
    features: Floats,
    chosen: Labels,
    *,
    groups: Labels | None = None,
    ridge: float = 0.0,
) -> ChoiceFit:
    r"""Fit by Newton's method the model P(j | i) = exp(w'x_ij) / sum_k exp(w'x_ik).

    Parameters
    ----------
    features : ndarray of float, shape (n_cases, n_alternatives, n_features)
        x. A feature that is the same for all alternatives of every case cannot be identified.
    chosen : ndarray of int, shape (n_cases,)
        Position of the alternative chosen.
    groups : ndarray of int, shape (n_cases,), optional
        Parent firm of each case; none: every case by itself.
    ridge : float
        Precision of a normal prior of w around 0: half of it weighs the squared length of w
        against the log likelihood.

    Returns
    -------
    ChoiceFit

    Raises
    ------
    ValueError
        The shapes do not fit, the features are not finite, the likelihood has no single maximum.

    Examples
    --------
    Two regions, chosen three times to one, and a feature that only the first has: w = log 3.

    >>> x = np.tile([[[1.0], [0.0]]], (4, 1, 1))
    >>> round(float(fit_choice(x, np.array([0, 0, 0, 1])).weights[0]), 6)
    1.098612

    Notes
    -----
    Sources: McFadden (1974), eq. (12); clustered sandwich with the factor G/(G-1): Cameron & Miller
    (2015), Journal of Human Resources 50(2), eq. (11).
    """
    _check(features, chosen)
    n_cases, _, n_features = features.shape
    group = np.arange(n_cases) if groups is None else groups
    w = np.zeros(n_features)
    here = _look(features, chosen, w, ridge)
    for _ in range(MAX_STEPS):
        curvature = here.information + ridge * np.eye(n_features)
        step = _solve(curvature, here.scores.sum(axis=0) - ridge * w)
        there = _look(features, chosen, w + step, ridge)
        # Halve a step that overshoots: the likelihood is concave, so a shorter one gains.
        while there.value < here.value - 1e-9:
            step = step / 2.0
            there = _look(features, chosen, w + step, ridge)
        w, here = w + step, there
        if np.abs(step).max() < TOLERANCE:
            return _describe(here, w, group, ridge)
    raise ValueError("The likelihood has no maximum: a feature tells the choice. Use a ridge.")


def predict_choice(features: Floats, weights: Floats) -> Floats:
    """Probabilities of the alternatives, shape (n_cases, n_alternatives); rows add up to 1."""
    return calc_probabilities(features, weights)


def _check(features: Floats, chosen: Labels) -> None:
    if features.ndim != 3 or chosen.shape != features.shape[:1]:
        raise ValueError(
            "The 'features' must be (n_cases, n_alternatives, n_features) and 'chosen' (n_cases,). "
            f"Got {features.shape} and {chosen.shape}."
        )
    if not np.isfinite(features).all():
        raise ValueError("The 'features' must be finite.")


@dataclass(frozen=True, slots=True)
class _View:
    """Likelihood and its slopes at one point."""

    likelihood: float
    value: float
    scores: Floats
    information: Floats


def _look(features: Floats, chosen: Labels, w: Floats, ridge: float) -> _View:
    """Score of every case, shape (n_cases, n_features), and the information matrix."""
    share = calc_probabilities(features, w)
    rows = np.arange(len(chosen))
    likelihood = float(np.log(share[rows, chosen]).sum())
    centred = features - np.einsum("ij,ijk->ik", share, features)[:, None, :]
    flat = centred.reshape(-1, features.shape[2])
    information = (flat * share.reshape(-1, 1)).T @ flat
    value = likelihood - 0.5 * ridge * float(w @ w)
    return _View(likelihood, value, centred[rows, chosen], information)


def _solve(matrix: Floats, vector: Floats) -> Floats:
    try:
        solved: Floats = np.linalg.solve(matrix, vector).astype(np.float64)
    except np.linalg.LinAlgError as fault:
        raise ValueError(
            "The features must not be sums of each other or the same for all alternatives: leave "
            "one out, or use a ridge."
        ) from fault
    return solved


def _describe(view: _View, w: Floats, group: Labels, ridge: float) -> ChoiceFit:
    inverse = _solve(view.information + ridge * np.eye(len(w)), np.eye(len(w)))
    names, place = np.unique(group, return_inverse=True)
    sums = np.zeros((len(names), len(w)))
    np.add.at(sums, place, view.scores)
    factor = len(names) / max(len(names) - 1, 1)
    sandwich = factor * inverse @ (sums.T @ sums) @ inverse
    return ChoiceFit(
        w,
        np.sqrt(np.diag(inverse)),
        np.sqrt(np.diag(sandwich)),
        view.likelihood,
        len(view.scores),
        len(names),
    )
