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
    """Fit boosted trees ('whether' outcomes) and give the function that scores another sample.

    The window of a cell is one more feature while learning; scores are those of the longest one.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier

    terms = list_terms(sample.outcome)
    directions = [term.get_direction(sample.outcome) for term in terms]
    spans = np.array([window.end - window.start for window in sample.windows], dtype=np.float64)

    def lay_out(cells: Sample, span: Floats) -> Floats:
        return np.column_stack([*(cells.values[term.name] for term in terms), span])

    trees = HistGradientBoostingClassifier(
        **SETTINGS, monotonic_cst=[*directions, 0], random_state=random_state, early_stopping=False
    )
    trees.fit(lay_out(sample, spans[sample.window]), sample.response.values)

    def score(cells: Sample) -> Floats:
        evidence: Floats = trees.decision_function(
            lay_out(cells, np.full(len(cells.areas), spans.max()))
        )
        return evidence

    return score
