"""Conditional logit: choose one of a case's alternatives by weighted evidence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import logsumexp

Floats = NDArray[np.float32]


def fit_weights(
    evidence: Floats, chosen: NDArray[np.int64], *, penalty: float = 5e-4
) -> NDArray[np.float64]:
    r"""Fit the weights of the evidence by penalised maximum likelihood.

    .. math:: P(j \mid i) = \exp(w' x_{ij}) / \sum_k \exp(w' x_{ik})

    Parameters
    ----------
    evidence : array, shape (n_cases, n_alternatives, n_features)
        x.
    chosen : array of int, shape (n_cases,)
        Position of the true alternative.
    penalty : float
        Weight of the squared length of w against the mean log likelihood.

    Returns
    -------
    array, shape (n_features,)
        w.

    References
    ----------
    McFadden, D. (1974), Conditional logit analysis of qualitative choice behavior, eq. (12).
    """
    n_cases, n_alternatives, n_features = evidence.shape
    flat = np.ascontiguousarray(evidence).reshape(-1, n_features)
    cases = np.arange(n_cases)
    observed = evidence[cases, chosen].sum(axis=0, dtype=np.float64)

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        utility = (flat @ w.astype(np.float32)).reshape(n_cases, n_alternatives).astype(np.float64)
        total = logsumexp(utility, axis=1)
        share = np.exp(utility - total[:, None])
        expected = share.astype(np.float32).ravel() @ flat
        value = float((total - utility[cases, chosen]).mean() + penalty * w @ w)
        return value, (expected - observed) / n_cases + 2 * penalty * w

    found = minimize(
        loss, np.zeros(n_features), jac=True, method="L-BFGS-B", options={"maxiter": 100}
    )
    return np.asarray(found.x)


def calc_probabilities(
    evidence: NDArray[np.floating], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return P, shape (n_cases, n_alternatives); rows add up to 1.

    The product is taken in the precision of the evidence: single for the many texts of firms,
    double where standard errors follow.
    """
    utility = (evidence @ weights.astype(evidence.dtype)).astype(np.float64)
    return np.exp(utility - logsumexp(utility, axis=1, keepdims=True))
