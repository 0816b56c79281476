"""The boosted challenger: trees with the same features and the same monotone directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from cluster_engine.targeting.place.samples import Sample
from cluster_engine.targeting.place.terms import list_terms

Floats = NDArray[np.float64]

SETTINGS: Mapping[str, float | int] = {
    "max_iter": 150,
    "learning_rate": 0.05,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 60,
    "l2_regularization": 10.0,
}
"""Small trees and strong regularisation, as suits a few hundred positives; not tuned further."""


def fit_challenger(sample: Sample, *, random_state: int) -> Callable[[Sample], Floats]:
    """Fit boosted trees and give the function that scores another sample.

    The span of a cell's window is one more feature while learning; scores are those of the longest.
    Of choices, trees learn the Poisson twin: choices over what size alone would give a region, each
    weighted by that.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    terms = list_terms(sample.outcome)
    directions = [term.get_direction(sample.outcome) for term in terms]
    spans = np.array([window.end - window.start for window in sample.windows], dtype=np.float64)

    def lay_out(cells: Sample, span: Floats) -> Floats:
        return np.column_stack([*(cells.values[term.name] for term in terms), span])

    how = {
        **SETTINGS, "monotonic_cst": [*directions, 0], "random_state": random_state,
        "early_stopping": False,
    }  # fmt: skip
    X, y = lay_out(sample, spans[sample.window]), sample.response.values
    if sample.response.family == "whether":
        trees = HistGradientBoostingClassifier(**how).fit(X, y)
    else:
        usual = _expect_by_size(sample)
        trees = HistGradientBoostingRegressor(loss="poisson", **how)
        trees.fit(X, y / usual, sample_weight=usual)

    def score(cells: Sample) -> Floats:
        X = lay_out(cells, np.full(len(cells.areas), spans.max()))
        if cells.response.family == "whether":
            evidence: Floats = trees.decision_function(X)
            return evidence
        log_rate: Floats = np.log(trees.predict(X))
        return log_rate

    return score


def _expect_by_size(sample: Sample) -> Floats:
    """Choices that each cell would get by its size alone."""
    response = sample.response
    n_sets = int(response.sets.max()) + 1
    chosen = np.bincount(response.sets, response.values, n_sets)
    size = np.bincount(response.sets, response.size, n_sets)
    usual: Floats = chosen[response.sets] * response.size / size[response.sets]
    return usual
