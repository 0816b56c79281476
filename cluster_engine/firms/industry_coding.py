"""Industry of a firm from its description: probabilities over four-digit classes.

Three rounds. Vocabulary, official index, GICS and verbs give a first coding of all firms (a
conditional logit, fitted on firms with an official code). The firms it codes surely show how each
class is described today. With that, and with neighbours and a classifier learnt from the official
codes, a second logit codes for good; its probability for the division is then calibrated.
Used when a pack is built; no description is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from cluster_engine.firms.coding_evidence import (
    FIELDS,
    Evidence,
    Floats,
    Reference,
    Vectors,
    build_reference,
    calc_evidence,
    calc_similarities,
    calc_vectors,
)
from cluster_engine.firms.coding_examples import (
    N_FOLDS,
    Examples,
    calc_example_evidence,
    calc_own_evidence,
    learn_examples,
)
from cluster_engine.firms.coding_text import Descriptions
from cluster_engine.measures.conditional_logit import calc_probabilities, fit_weights

SURE_ENOUGH = 0.2
"""Probability from which a first coding helps to describe a class."""

CHUNK = 2000
MIN_WEIGHT = 0.15
MAX_CODES = 3


@dataclass(frozen=True, slots=True)
class Coding:
    """Codes of n firms.

    Attributes
    ----------
    probability : array, shape (n_firms, n_classes)
        P(class); rows add up to 1.
    division : array of int, shape (n_firms,)
        Position of the likeliest division.
    confidence : array, shape (n_firms,)
        Calibrated probability that this division is right.
    """

    probability: NDArray[np.float32]
    division: NDArray[np.int64]
    confidence: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class IndustryCoder:
    """A fitted coder; see `fit_coder`."""

    reference: Reference
    pictures: tuple[csr_array, ...]
    examples: Examples
    weights: NDArray[np.float64]
    calibration: LogisticRegression

    def code(self, firms: Descriptions) -> Coding:
        """Code firms."""
        probability = np.concatenate(
            [_scatter(self.reference, evidence, self.weights) for evidence in self._weigh(firms)]
        )
        return _calibrate(self.reference, probability, self.calibration)

    def _weigh(self, firms: Descriptions) -> Iterator[Evidence]:
        for part in _split(firms):
            vectors = calc_vectors(self.reference, part)
            yield calc_evidence(
                self.reference,
                part,
                vectors,
                similarities=calc_similarities(vectors, self.pictures),
                extra=calc_example_evidence(self.reference, self.examples, vectors),
            )


def fit_coder(
    classes: pd.DataFrame,
    gics_table: pd.DataFrame,
    *,
    known: Descriptions,
    codes: NDArray[np.str_],
    others: Descriptions,
    random_state: int = 0,
) -> IndustryCoder:
    """Fit a coder.

    Parameters
    ----------
    classes : DataFrame
        As `sic_index.read_class_texts` returns.
    gics_table : DataFrame
        Columns gics_industry, industry (prefix), weight.
    known : Descriptions
        Firms with an official code.
    codes : array of str
        Their four-digit codes, all of them in `classes`.
    others : Descriptions
        Firms without one.
    random_state : int
        Seed of folds and of the reduction of dimensions.
    """
    # Many small products: a second thread costs more than it saves.
    with threadpool_limits(1):
        return _fit_coder(
            build_reference(classes, gics_table, others), known, codes, others, random_state
        )


def _fit_coder(
    reference: Reference,
    known: Descriptions,
    codes: NDArray[np.str_],
    others: Descriptions,
    random_state: int,
) -> IndustryCoder:
    chosen = np.searchsorted(reference.industries, codes).astype(np.int64)
    vectors = calc_vectors(reference, known)
    first = calc_evidence(reference, known, vectors)
    pictures = _draw_pictures(reference, others, _fit(first, chosen))
    examples = learn_examples(reference, vectors, chosen, random_state=random_state)
    evidence = calc_evidence(
        reference,
        known,
        vectors,
        similarities=calc_similarities(vectors, pictures),
        extra=calc_own_evidence(reference, examples, random_state=random_state),
    )
    calibration = _fit_calibration(reference, evidence, chosen, random_state)
    return IndustryCoder(reference, pictures, examples, _fit(evidence, chosen), calibration)


class Classes(Protocol):
    """Four-digit codes, sorted, and the position of each code's division."""

    @property
    def industries(self) -> NDArray[np.str_]:
        """Codes, shape (n_classes,)."""

    @property
    def division_of(self) -> NDArray[np.int64]:
        """Position of the division, shape (n_classes,)."""


def find_codes(coding: Coding, reference: Classes) -> pd.DataFrame:
    """Return up to three codes of each firm: the best of the likeliest division, then the next.

    Returns
    -------
    DataFrame
        Columns row, industry, weight (of a firm: adds up to 1, none under 0.15, the first is the
        largest), confidence; sorted by row, then falling weight.
    """
    inside = reference.division_of[None, :] == coding.division[:, None]
    main = np.argmax(np.where(inside, coding.probability, -1.0), axis=1)
    rows = np.arange(len(main))
    share = coding.probability.astype(np.float64)
    share[rows, main] = share.max(axis=1) + 1e-9
    order = np.argsort(-share, axis=1, kind="stable")[:, :MAX_CODES]
    weight = np.take_along_axis(share, order, axis=1)
    for _ in range(MAX_CODES - 1):
        weight = weight / weight.sum(axis=1, keepdims=True)
        weight = np.where(weight >= MIN_WEIGHT, weight, 0.0)
    weight = weight / weight.sum(axis=1, keepdims=True)
    at, place = np.nonzero(weight)
    return pd.DataFrame(
        {
            "row": at,
            "industry": reference.industries[order[at, place]],
            "weight": weight[at, place],
            "confidence": coding.confidence[at],
        }
    )


def _split(firms: Descriptions) -> Iterator[Descriptions]:
    for start in range(0, len(firms.name), CHUNK):
        yield firms.take(range(start, min(start + CHUNK, len(firms.name))))


def _fit(evidence: Evidence, chosen: NDArray[np.int64]) -> NDArray[np.float64]:
    """Fit on the firms whose class is among their candidates."""
    found = evidence.candidates == chosen[:, None]
    rows = found.any(axis=1)
    return fit_weights(evidence.features[rows], found[rows].argmax(axis=1))


def _scatter(reference: Reference, evidence: Evidence, weights: NDArray[np.float64]) -> Floats:
    table = np.zeros((len(evidence.candidates), len(reference.industries)), dtype=np.float32)
    shares = calc_probabilities(evidence.features, weights).astype(np.float32)
    np.put_along_axis(table, evidence.candidates, shares, axis=1)
    return table


def _draw_pictures(
    reference: Reference, firms: Descriptions, weights: NDArray[np.float64]
) -> tuple[csr_array, ...]:
    """Return how each class is described by the firms that are likely in it, field by field."""
    n_terms = len(reference.vectorizer.vocabulary_)
    total = [csr_array((len(reference.industries), n_terms), dtype=np.float32) for _ in FIELDS]
    for part in _split(firms):
        vectors: Vectors = calc_vectors(reference, part)
        likely = _scatter(reference, calc_evidence(reference, part, vectors), weights)
        member = csr_array(np.where(likely >= SURE_ENOUGH, likely, 0).T)
        total = [sums + member @ own for sums, own in zip(total, vectors, strict=True)]
    return tuple(csr_array(normalize(sums)) for sums in total)


def calc_division_shares(
    division_of: NDArray[np.integer], probability: Floats
) -> NDArray[np.float64]:
    """Return P(division), shape (n_firms, n_divisions), from P(class)."""
    total = np.zeros((len(probability), int(division_of.max()) + 1))
    np.add.at(total.T, division_of, probability.T)
    return total


def _logit(share: NDArray[np.float64]) -> NDArray[np.float64]:
    bounded = np.clip(share, 1e-6, 1 - 1e-6)
    return np.log(bounded / (1 - bounded))[:, None]


def _fit_calibration(
    reference: Reference, evidence: Evidence, chosen: NDArray[np.int64], random_state: int
) -> LogisticRegression:
    """Fit the probability of being right on firms left out of the fit (Platt scaling)."""
    share, right = np.zeros(len(chosen)), np.zeros(len(chosen), dtype=bool)
    folds = KFold(min(N_FOLDS, len(chosen)), shuffle=True, random_state=random_state)
    for train, test in folds.split(chosen):
        weights = _fit(
            Evidence(evidence.candidates[train], evidence.features[train]), chosen[train]
        )
        left_out = Evidence(evidence.candidates[test], evidence.features[test])
        shares = calc_division_shares(reference.division_of, _scatter(reference, left_out, weights))
        share[test] = shares.max(axis=1)
        right[test] = shares.argmax(axis=1) == reference.division_of[chosen[test]]
    # One right and one wrong at even odds: where all are right, "always" is still not told.
    share, right = np.append(share, [0.5, 0.5]), np.append(right, [True, False])
    return LogisticRegression(C=1e3).fit(_logit(share), right)


def _calibrate(
    reference: Reference, probability: Floats, calibration: LogisticRegression
) -> Coding:
    shares = calc_division_shares(reference.division_of, probability)
    confidence = calibration.predict_proba(_logit(shares.max(axis=1)))[:, 1]
    return Coding(probability, shares.argmax(axis=1), confidence)
