"""An economy made with known coefficients: the models find them again, within their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from cluster_engine.targeting.place.additive import AdditiveFit, fit_additive
from cluster_engine.targeting.place.curves import lay_ramps, place_curves
from cluster_engine.targeting.place.likelihoods import Response, judge_where
from cluster_engine.targeting.place.terms import TERMS

N_AREAS, N_SECTORS = 40, 120
TRUE = {"lq": 1.5, "density": 0.8, "customer_access": 0.5, "lq_growth": -1.0}
"""Log-odds (log intensity) per unit of each feature, which runs from -1 to 1."""

SURE = 1.645
"""Standard errors on either side of a 90 % interval."""

SEEDS = range(6)
FEWEST_INSIDE = 18
"""Of 24 intervals that hold 90 % each, fewer than 18 are inside once in 500 runs."""


def _make_features(seed: int) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    return {name: generator.uniform(-1, 1, N_AREAS * N_SECTORS) for name in TRUE}


def _calc_evidence(values: dict[str, np.ndarray]) -> np.ndarray:
    # Curves are flat beyond the first and last hundredth of the cells, so the truth is, too.
    return sum(beta * np.clip(values[name], -0.98, 0.98) for name, beta in TRUE.items())


def _fit(values: dict[str, np.ndarray], response: Response) -> AdditiveFit:
    terms = [term for term in TERMS if term.name in TRUE]
    curves = place_curves(terms, [term.direction for term in terms], values, n_ramps=1)
    return fit_additive(curves, lay_ramps(curves, values), response, ridge=1e-3, smooth=0.0)


def _make_entries(seed: int, values: dict[str, np.ndarray]) -> Response:
    generator = np.random.default_rng(seed + 100)
    chance = 1 / (1 + np.exp(2.0 - _calc_evidence(values)))
    happened = (generator.random(len(chance)) < chance).astype(float)
    sectors = np.tile(np.arange(N_SECTORS), N_AREAS)
    return Response("whether", happened, np.zeros_like(sectors), np.ones(len(chance)), sectors)


def _make_choices(seed: int, values: dict[str, np.ndarray]) -> Response:
    generator = np.random.default_rng(seed + 200)
    sectors = np.tile(np.arange(N_SECTORS), N_AREAS)
    size = np.repeat(generator.lognormal(0, 0.7, N_AREAS), N_SECTORS)
    pull = size * np.exp(_calc_evidence(values))
    chosen = np.zeros(len(pull))
    for sector in range(N_SECTORS):
        cells = sectors == sector
        chosen[cells] = generator.multinomial(20, pull[cells] / pull[cells].sum())
    return Response("where", chosen, sectors, size, sectors)


@pytest.mark.parametrize("make", [_make_entries, _make_choices])
def test_known_coefficients_lie_within_the_stated_intervals(make) -> None:
    inside, found = 0, []
    for seed in SEEDS:
        values = _make_features(seed)
        fit = _fit(values, make(seed, values))
        widths = np.array([knots[-1] - knots[0] for knots in fit.curves.knots])
        slopes = fit.heights / widths
        errors = np.sqrt(np.diag(fit.covariance)) / widths
        truth = np.array([TRUE[term.name] for term in fit.curves.terms])
        inside += int((np.abs(slopes - truth) <= SURE * errors).sum())
        found.append(slopes)
        # Intervals that hold everything because they are wide would say nothing.
        assert errors.max() < 0.15
    assert inside >= FEWEST_INSIDE
    assert np.mean(found, axis=0) == pytest.approx(truth, abs=0.1)


def test_a_shuffled_outcome_gives_no_coefficients() -> None:
    values = _make_features(0)
    response = _make_entries(0, values)
    mixed = np.random.default_rng(0).permutation(response.values)
    shuffled = Response("whether", mixed, response.sets, response.size, response.clusters)
    assert np.abs(_fit(values, shuffled).heights).max() < 0.3
    assert np.abs(_fit(values, response).heights).max() > 2.0


def test_conditional_logit_and_its_poisson_twin_give_the_same_coefficients() -> None:
    values = _make_features(3)
    response = _make_choices(3, values)
    X = np.column_stack([values[name] for name in TRUE])
    sets = np.eye(N_SECTORS)[response.sets]

    def loss_where(beta: np.ndarray) -> tuple[float, np.ndarray]:
        fitted = judge_where(X @ beta, response)
        return fitted.loss, X.T @ fitted.residuals

    def loss_poisson(theta: np.ndarray) -> tuple[float, np.ndarray]:
        design = np.column_stack([X, sets])
        log_rate = design @ theta + np.log(response.size)
        rate = np.exp(log_rate)
        loss = float((rate - response.values * log_rate).sum())
        return loss, design.T @ (rate - response.values)

    options = {"maxiter": 5000, "ftol": 1e-14, "gtol": 1e-8}
    where = minimize(loss_where, np.zeros(4), jac=True, method="L-BFGS-B", options=options)
    poisson = minimize(
        loss_poisson, np.zeros(4 + N_SECTORS), jac=True, method="L-BFGS-B", options=options
    )
    assert where.x == pytest.approx(poisson.x[:4], abs=1e-4)  # two optimisers' stopping points
    assert np.abs(where.x).max() > 1.0
