"""What the scikit-learn estimators share: input, tags, and checks of their parameters."""

from __future__ import annotations

from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from cluster_engine.clustering.evidence import check_relation

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

Metric = Literal["cosine", "precomputed"]
RandomState = int | np.random.RandomState | None


class SimilarityClusterer(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """What the estimators share: `fit`, which turns the input into a similarity between 0 and 1."""

    metric: Metric

    def fit(self, X: ArrayLike, y: object = None) -> Self:  # noqa: ARG002
        """Cluster the rows.

        Parameters
        ----------
        X : array_like, shape (n_samples, n_features) or (n_samples, n_samples)
            Metric "cosine": rows of features, with similarity (1 + cos) / 2. Metric "precomputed":
            the similarity, symmetric, at least 0, any unit; one with a value above 1 is divided by
            its largest. Its diagonal does not count.
        y : None
            Not used.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            A parameter is out of range, there are more clusters than rows, or a similarity is not
            square, symmetric, finite and at least 0.
        """
        check_choice("metric", self.metric, ("cosine", "precomputed"))
        rows: Floats = validate_data(self, X, dtype=np.float64, ensure_min_samples=2)
        self._cluster(_measure_similarity(rows, self.metric))
        return self

    def _cluster(self, similarity: Floats) -> None:
        """Store `labels_`, and whatever else is learned."""
        raise NotImplementedError

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.pairwise = self.metric == "precomputed"
        tags.input_tags.positive_only = self.metric == "precomputed"
        return tags


def _measure_similarity(rows: Floats, metric: Metric) -> Floats:
    if metric == "precomputed":
        similarity = check_relation("X", rows, len(rows))
        np.fill_diagonal(similarity, 0.0)
        if (similarity < 0).any():
            raise ValueError(
                "Negative values in data: a precomputed similarity must be at least 0. "
                "Turn correlations r into (1 + r) / 2."
            )
        similarity /= max(float(similarity.max()), 1.0)
    else:
        similarity = np.clip((1.0 + cosine_similarity(rows)) / 2.0, 0.0, 1.0)
        similarity = (similarity + similarity.T) / 2.0
    np.fill_diagonal(similarity, 1.0)
    return similarity


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse a value that is none of the choices."""
    if value not in choices:
        raise ValueError(f"The '{name}' must be one of {', '.join(choices)}. Got {value!r}.")


def check_at_least_1(name: str, value: int) -> None:
    """Refuse what is not a whole number of at least 1."""
    if not isinstance(value, Integral) or value < 1:
        raise ValueError(f"The '{name}' must be a whole number of at least 1. Got {value!r}.")


def check_number(n_clusters: int, n_samples: int) -> int:
    """Refuse more clusters than rows."""
    check_at_least_1("n_clusters", n_clusters)
    if n_clusters > n_samples:
        raise ValueError(
            f"There must be a row per cluster: {n_clusters}. Got n_samples={n_samples}."
        )
    return int(n_clusters)


def draw_seed(random_state: RandomState) -> int:
    """Keep a whole number as it is, so that the functions give the same; else draw one."""
    if isinstance(random_state, Integral):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))
