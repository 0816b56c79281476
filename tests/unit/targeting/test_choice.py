"""The conditional logit and its Poisson twin: one answer, found where it was hidden."""

from __future__ import annotations

import numpy as np
import pytest

from cluster_engine.targeting.place.choice import fit_choice, predict_choice
from cluster_engine.targeting.place.poisson_twin import fit_poisson_twin

TRUE = np.array([1.0, -0.5, 0.3, 0.0])
TWIN_TOLERANCE = 1e-6
"""Both are maxima of one function; their Newton steps end below 1e-10."""

SLOPE = 1e-6
"""Step of the difference quotients."""


def draw(n_cases: int = 400, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n_cases, 8, 4))
    share = predict_choice(x, TRUE)
    return x, np.array([generator.choice(8, p=p) for p in share])


def count(chosen: np.ndarray) -> np.ndarray:
    counts = np.zeros((len(chosen), 8))
    counts[np.arange(len(chosen)), chosen] = 1.0
    return counts


@pytest.mark.parametrize("ridge", [0.0, 5.0])
def test_choice_and_poisson_twin_give_the_same_weights(ridge: float) -> None:
    x, chosen = draw()
    logit = fit_choice(x, chosen, ridge=ridge).weights
    assert np.abs(logit - fit_poisson_twin(x, count(chosen), ridge=ridge)).max() < TWIN_TOLERANCE


def test_the_twin_takes_counts_of_several_projects_with_the_same_features() -> None:
    x, chosen = draw()
    both = np.concatenate([chosen, np.roll(chosen, 1)])
    logit = fit_choice(np.concatenate([x, x]), both).weights
    counts = count(chosen) + count(np.roll(chosen, 1))
    assert np.abs(logit - fit_poisson_twin(x, counts)).max() < TWIN_TOLERANCE


def test_at_the_maximum_no_small_step_gains() -> None:
    x, chosen = draw()
    fit = fit_choice(x, chosen)

    def likelihood(w: np.ndarray) -> float:
        utility = x @ w
        top = np.log(np.exp(utility).sum(axis=1))
        return float((utility[np.arange(len(chosen)), chosen] - top).sum())

    assert likelihood(fit.weights) == pytest.approx(fit.log_likelihood)
    for unit in np.eye(4):
        slope = likelihood(fit.weights + SLOPE * unit) - likelihood(fit.weights - SLOPE * unit)
        assert abs(slope / (2 * SLOPE)) < 1e-3


def test_standard_errors_are_those_of_the_curvature_by_difference() -> None:
    x, chosen = draw(150)
    fit = fit_choice(x, chosen)
    counts = count(chosen)

    def slope(w: np.ndarray) -> np.ndarray:
        return np.einsum("ij,ijk->k", counts - predict_choice(x, w), x)

    step = 1e-5
    curvature = np.array(
        [
            (slope(fit.weights - step * e) - slope(fit.weights + step * e)) / (2 * step)
            for e in np.eye(4)
        ]
    )
    assert fit.errors == pytest.approx(np.sqrt(np.diag(np.linalg.inv(curvature))), rel=1e-6)


def test_hidden_weights_lie_within_the_stated_intervals() -> None:
    hits = []
    for seed in range(40):
        x, chosen = draw(200, seed)
        fit = fit_choice(x, chosen)
        hits.append(np.abs(fit.weights - TRUE) < 1.645 * fit.errors)
    # 160 intervals at 90 %: fewer than 80 % or more than 98 % has a chance of 1 in 1,000.
    assert 0.80 < np.mean(hits) < 0.98


def test_cases_told_thrice_by_one_firm_do_not_narrow_the_clustered_errors() -> None:
    x, chosen = draw()
    once = fit_choice(x, chosen, groups=np.arange(400))
    thrice = fit_choice(
        np.tile(x, (3, 1, 1)), np.tile(chosen, 3), groups=np.tile(np.arange(400), 3)
    )
    assert thrice.clustered_errors == pytest.approx(once.clustered_errors, rel=1e-9)
    assert thrice.errors == pytest.approx(once.errors / np.sqrt(3), rel=1e-6)


def test_a_feature_that_tells_the_choice_has_no_maximum_without_a_ridge() -> None:
    x, chosen = draw(60)
    told = np.concatenate([x, count(chosen)[:, :, None]], axis=2)
    with pytest.raises(ValueError, match=r"ridge|other"):
        fit_choice(told, chosen)
    assert fit_choice(told, chosen, ridge=1.0).weights[-1] > 2.0


def test_shapes_and_gaps_are_refused() -> None:
    x, chosen = draw(20)
    with pytest.raises(ValueError, match="must be"):
        fit_choice(x, chosen[:5])
    x[0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="finite"):
        fit_choice(x, chosen)
    with pytest.raises(ValueError, match="at least one project"):
        fit_poisson_twin(np.ones((2, 2, 1)), np.array([[1.0, 0.0], [0.0, 0.0]]))
