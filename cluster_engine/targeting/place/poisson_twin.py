"""Poisson regression with an effect for every case: the twin of the conditional logit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MAX_STEPS = 200
TOLERANCE = 1e-10


def fit_poisson_twin(features: Floats, counts: Floats, *, ridge: float = 0.0) -> Floats:
    r"""Fit E[n_ij] = exp(a_i + w'x_ij) by Newton steps on all of a and w.

    Guimarães, Figueiredo & Woodward (2003) prove that w is that of the conditional logit: counts of
    projects by region give the same answer as the projects one by one, at any size of the table.

    Parameters
    ----------
    features : ndarray of float, shape (n_cases, n_alternatives, n_features)
    counts : ndarray of float, shape (n_cases, n_alternatives)
        Projects of each case in each region; every case has some.
    ridge : float
        Precision of a normal prior of w around 0, as in :func:`fit_choice`; a has none.

    Returns
    -------
    ndarray of float, shape (n_features,)
        w.

    Raises
    ------
    ValueError
        A case without projects, or no maximum.

    Notes
    -----
    Source: Guimarães, Figueiredo & Woodward (2003), Review of Economics and Statistics 85(1).
    """
    total = counts.sum(axis=1)
    if not (total > 0).all():
        raise ValueError("Every case of the 'counts' must have at least one project.")
    n_features = features.shape[2]
    w, a = np.zeros(n_features), np.log(total / counts.shape[1])
    # Uncentred features would make exp() overflow on the way.
    x = features - features.mean(axis=1, keepdims=True)
    for _ in range(MAX_STEPS):
        mean = np.exp(a[:, None] + x @ w)
        slope_a = total - mean.sum(axis=1)
        slope_w = np.einsum("ij,ijk->k", counts - mean, x) - ridge * w
        # Blocks of the information matrix; that of a is diagonal and is eliminated.
        of_a = mean.sum(axis=1)
        cross = np.einsum("ij,ijk->ik", mean, x)
        of_w = np.einsum("ij,ijk,ijl->kl", mean, x, x) + ridge * np.eye(n_features)
        schur = of_w - cross.T @ (cross / of_a[:, None])
        step_w = np.linalg.solve(schur, slope_w - cross.T @ (slope_a / of_a))
        step_a = (slope_a - cross @ step_w) / of_a
        size = max(float(np.abs(step_w).max()), float(np.abs(step_a).max()))
        # A bounded step keeps exp() tame far from the maximum; near it the step is whole.
        shrink = min(1.0, 1.0 / size) if size > 0 else 1.0
        w, a = w + shrink * step_w, a + shrink * step_a
        if size < TOLERANCE:
            return w
    raise ValueError("The likelihood has no maximum: a feature tells the choice. Use a ridge.")
