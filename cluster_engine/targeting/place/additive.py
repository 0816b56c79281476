"""Fit an additive model of monotone curves by penalised maximum likelihood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from cluster_engine.errors import DataError, Problem
from cluster_engine.targeting.place.curves import (
    Curves,
    lay_ramps,
    limit_heights,
    penalise,
)
from cluster_engine.targeting.place.likelihoods import JUDGES, Response, calc_curvature

Floats = NDArray[np.float64]

AT_BOUND = 1e-9
"""Heights below this are held at their bound and have no error of their own."""

MOST_STEPS = 2000
STOPPED_EARLY = 1
"""Status of SciPy's optimiser when it ran out of steps."""


@dataclass(frozen=True, slots=True)
class AdditiveFit:
    """A fitted model: evidence = level of the set + sum of the curves.

    Attributes
    ----------
    curves : Curves
    heights : ndarray of float, shape (n_ramps in all,)
        Rise of each ramp, log-odds or log intensity.
    levels : ndarray of float, shape (n_sets,)
        Log-odds of each window at the mean of all terms; empty for 'where'.
    covariance : ndarray of float, shape (n_ramps in all, n_ramps in all)
        Of the heights, robust to what cells of a sector share; 0 for heights at their bound.
    """

    curves: Curves
    heights: Floats
    levels: Floats
    covariance: Floats

    def weigh(self, values: Mapping[str, Floats]) -> Floats:
        """Evidence without the level, shape (n_cells,)."""
        evidence: Floats = lay_ramps(self.curves, values) @ self.heights
        return evidence


def fit_additive(
    curves: Curves, ramps: Floats, response: Response, *, ridge: float, smooth: float
) -> AdditiveFit:
    """Fit the heights of all ramps.

    Parameters
    ----------
    curves : Curves
        Knots and directions.
    ramps : ndarray of float, shape (n_cells, n_ramps in all)
        As `lay_ramps` gives them.
    response : Response
        What happened in the cells.
    ridge, smooth : float
        Weights of the two parts of the penalty, against the summed log likelihood.

    Raises
    ------
    DataError
        The fit did not converge.
    """
    X, n_levels = _add_levels(ramps, response)
    penalty = np.zeros((X.shape[1], X.shape[1]))
    penalty[n_levels:, n_levels:] = penalise(curves, ridge, smooth)
    judge = JUDGES[response.family]

    def loss(theta: Floats) -> tuple[float, Floats]:
        fitted = judge(X @ theta, response)
        pull = penalty @ theta
        return fitted.loss + 0.5 * float(theta @ pull), X.T @ fitted.residuals + pull

    start = np.zeros(X.shape[1])
    start[:n_levels] = _start_levels(response, n_levels)
    limits = [*([(None, None)] * n_levels), *limit_heights(curves)]
    options = {"maxiter": MOST_STEPS, "maxcor": 30, "ftol": 1e-10}
    found = minimize(  # type: ignore[call-overload]
        loss, start, jac=True, method="L-BFGS-B", bounds=limits, options=options
    )
    if found.status == STOPPED_EARLY or not np.isfinite(found.fun):
        rule = f"The curves must settle within {MOST_STEPS} steps."
        raise DataError(
            [Problem("place panel", None, None, str(found.message), rule)],
            hint="Are two features all but the same? A stronger penalty helps.",
        )
    covariance = _calc_covariance(X, found.x, response, penalty, n_levels)
    return AdditiveFit(curves, found.x[n_levels:], found.x[:n_levels], covariance)


def _add_levels(ramps: Floats, response: Response) -> tuple[Floats, int]:
    """Put a column before the ramps for the level of each window; a choice has none."""
    if response.family == "where":
        return np.ascontiguousarray(ramps), 0
    n_levels = int(response.sets.max()) + 1
    return np.concatenate([np.eye(n_levels)[response.sets], ramps], axis=1), n_levels


def _start_levels(response: Response, n_levels: int) -> Floats:
    total = np.bincount(response.sets, minlength=n_levels)[:n_levels]
    share = np.bincount(response.sets, response.values, n_levels)[:n_levels] / np.maximum(total, 1)
    share = np.clip(share, 1e-4, 1 - 1e-4)
    levels: Floats = np.log(share / (1 - share))
    return levels


def _calc_covariance(
    X: Floats, theta: Floats, response: Response, penalty: Floats, n_levels: int
) -> Floats:
    """Sandwich covariance of the heights that are free to move.

    H^-1 (sum_c g_c g_c') H^-1 with H the penalised curvature and g_c the gradient of a cluster.
    Source: Liang & Zeger (1986), Biometrika 73(1).
    """
    fitted = JUDGES[response.family](X @ theta, response)
    free = np.ones(len(theta), dtype=bool)
    free[n_levels:] = np.abs(theta[n_levels:]) > AT_BOUND
    inner = X[:, free]
    curvature = calc_curvature(inner, fitted, response) + penalty[np.ix_(free, free)]
    n_clusters = int(response.clusters.max()) + 1
    gradients = np.zeros((n_clusters, inner.shape[1]))
    np.add.at(gradients, response.clusters, fitted.residuals[:, None] * inner)
    bread = np.linalg.pinv(curvature, hermitian=True)
    present = len(np.unique(response.clusters))
    meat = gradients.T @ gradients * (present / max(present - 1, 1))
    found = np.zeros((len(theta), len(theta)))
    found[np.ix_(free, free)] = bread @ meat @ bread
    return found[n_levels:, n_levels:]
