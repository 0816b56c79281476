"""Evidence learnt from firms whose code is known: neighbours, and a text classifier."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, hstack
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import Normalizer

from cluster_engine.firms.coding_evidence import FIELDS, Floats, Reference, Vectors

NEIGHBOUR_POWER = 3
"""Votes are cosines to this power: near neighbours count, the crowd does not."""

N_DIMENSIONS = 300
MIN_FIRMS = 4
"""Firms that must use a term before the classifier looks at it."""

N_FOLDS = 5
VOTE_FLOOR, PROBABILITY_FLOOR = 1e-3, 1e-4


@dataclass(frozen=True, slots=True)
class Examples:
    """Firms whose class is known.

    Attributes
    ----------
    vectors : tuple of csr_array, each of shape (n_firms, n_terms)
        By field.
    chosen : array of int, shape (n_firms,)
        Position of the class.
    terms : array of int
        Columns of the joined vectors that enough of these firms have.
    reducer : Pipeline
        Those columns in few dimensions; knows texts, no codes.
    classifier : LogisticRegression
        Division from the dimensions; fitted on all of them.
    """

    vectors: Vectors
    chosen: NDArray[np.int64]
    terms: NDArray[np.int64]
    reducer: Pipeline
    classifier: LogisticRegression

    def reduce(self, vectors: Vectors) -> NDArray[np.float64]:
        """Return texts in few dimensions, shape (n_firms, n_dimensions)."""
        return np.asarray(self.reducer.transform(_join(vectors)[:, self.terms]))


def learn_examples(
    reference: Reference, vectors: Vectors, chosen: NDArray[np.int64], *, random_state: int
) -> Examples:
    """Learn from firms whose class is known."""
    joined = _join(vectors)
    n_firms_with = np.bincount(joined.indices, minlength=joined.shape[1])
    terms = np.flatnonzero(n_firms_with >= min(MIN_FIRMS, len(chosen) - 1))
    n_dimensions = min(N_DIMENSIONS, len(chosen) - 1, len(terms) - 1)
    reducer = make_pipeline(
        TruncatedSVD(n_dimensions, n_iter=2, random_state=random_state), Normalizer()
    )
    texts = reducer.fit_transform(joined[:, terms])
    classifier = _make_classifier().fit(texts, reference.division_of[chosen])
    return Examples(vectors, chosen, terms, reducer, classifier)


def calc_example_evidence(
    reference: Reference, examples: Examples, vectors: Vectors
) -> list[Floats]:
    """Return the evidence of known firms on others, three arrays of shape (n_firms, n_classes)."""
    votes = _calc_votes(reference, examples, _calc_cosines(vectors, examples.vectors))
    learnt = examples.classifier.predict_proba(examples.reduce(vectors))
    return [*votes, _spread(reference, learnt, examples.classifier.classes_)]


def calc_own_evidence(
    reference: Reference, examples: Examples, *, random_state: int
) -> list[Floats]:
    """Return the same evidence on the known firms themselves, each without its own help."""
    cosines = _calc_cosines(examples.vectors, examples.vectors)
    np.fill_diagonal(cosines, 0)
    votes = _calc_votes(reference, examples, cosines)
    texts = examples.reduce(examples.vectors)
    division = reference.division_of[examples.chosen]
    learnt = np.zeros((len(division), len(reference.industries)), dtype=np.float32)
    folds = KFold(min(N_FOLDS, len(division)), shuffle=True, random_state=random_state)
    for train, test in folds.split(division):
        classifier = _make_classifier().fit(texts[train], division[train])
        probability = classifier.predict_proba(texts[test])
        learnt[test] = _spread(reference, probability, classifier.classes_)
    return [*votes, learnt]


def _make_classifier() -> LogisticRegression:
    return LogisticRegression(C=30.0, max_iter=100, tol=1e-3)


def _join(vectors: Vectors) -> csr_array:
    weights = {"beginning": 1.0, "continuation": 0.5, "whole": 1.0, "name": 0.7}
    scaled = [weights[field] * part for field, part in zip(FIELDS, vectors, strict=True)]
    return csr_array(hstack(scaled, format="csr"))


def _calc_cosines(one: Vectors, other: Vectors) -> Floats:
    fields = dict(zip(FIELDS, zip(one, other, strict=True), strict=True))
    total = sum((a @ b.T).toarray() for a, b in (fields["beginning"], fields["whole"]))
    return np.asarray(total, dtype=np.float32)


def _calc_votes(reference: Reference, examples: Examples, cosines: Floats) -> list[Floats]:
    weight = np.maximum(cosines, 0) ** NEIGHBOUR_POWER
    member = np.zeros((len(examples.chosen), len(reference.industries)), dtype=np.float32)
    member[np.arange(len(member)), examples.chosen] = 1
    votes = weight @ member
    division_votes = _sum_divisions(reference, votes)[:, reference.division_of]
    return [np.log(votes + VOTE_FLOOR), np.log(division_votes + VOTE_FLOOR)]


def _sum_divisions(reference: Reference, values: Floats) -> Floats:
    total = np.zeros((len(values), reference.division_of.max() + 1), dtype=np.float32)
    np.add.at(total.T, reference.division_of, values.T)
    return total


def _spread(reference: Reference, probability: Floats, divisions: NDArray[np.int64]) -> Floats:
    table = np.full(
        (len(probability), reference.division_of.max() + 1), PROBABILITY_FLOOR, dtype=np.float32
    )
    table[:, divisions] += probability.astype(np.float32)
    return np.log(table)[:, reference.division_of]
