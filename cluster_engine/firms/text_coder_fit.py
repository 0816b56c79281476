"""Fit the small text coder on coded firms and on the official index of activities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import KFold
from threadpoolctl import threadpool_limits

from cluster_engine.firms.coding_text import find_terms
from cluster_engine.firms.industry_coding import calc_division_shares
from cluster_engine.firms.text_coder import TextCoder, calc_class_shares

N_TERMS = 8000
LEAST_TEXTS = 12
"""Texts that must use a term: keeps names of firms and products out."""

PENALTY = 3e-6
ROUNDS = 8
SMALLEST = 0.01
"""Share of the largest weight below which a weight is left out: it takes room and moves little."""

KNOWN_WEIGHT, INDEX_WEIGHT = 3.0, 0.3
"""A known code against a code by the larger coder (its confidence), and a line of the index
(judgements, not tuned)."""

N_FOLDS = 3


@dataclass(frozen=True, slots=True)
class Lessons:
    """Texts with their codes.

    Attributes
    ----------
    texts : tuple of str
    codes : array of str, shape (n,)
    weights : array, shape (n,)
    known : array of bool, shape (n,)
        Whether the code is known, not modelled: the calibration looks at these alone.
    """

    texts: tuple[str, ...]
    codes: NDArray[np.str_]
    weights: NDArray[np.float64]
    known: NDArray[np.bool_]

    def take(self, rows: NDArray[np.int64]) -> Lessons:
        """Return some of them."""
        texts = tuple(self.texts[row] for row in rows)
        return Lessons(texts, self.codes[rows], self.weights[rows], self.known[rows])


def make_lessons(
    known: Sequence[str],
    codes: NDArray[np.str_],
    others: Sequence[str],
    coded: pd.DataFrame,
    classes: pd.DataFrame,
) -> Lessons:
    """Put together what the coder learns from.

    Parameters
    ----------
    known, codes : sequences of str
        Texts of firms with a known code.
    others : sequence of str
        Texts of the others.
    coded : DataFrame
        row (place in `others`), industry, confidence: their main codes by the larger coder.
    classes : DataFrame
        As `sic_index.read_class_texts` returns.
    """
    index = [
        (text.replace("(manufacture)", "manufacture"), code)
        for code, label, told, terms in classes[
            ["industry", "label", "index_text", "terms"]
        ].itertuples(index=False)
        for text in (label, *told.split("; "), *terms.split("; "))
        if text
    ]
    texts = [*known, *(others[row] for row in coded["row"]), *(text for text, _ in index)]
    every = [codes, coded["industry"].to_numpy("U4"), np.array([code for _, code in index], "U4")]
    weights = [
        np.full(len(codes), KNOWN_WEIGHT),
        coded["confidence"].to_numpy(np.float64),
        np.full(len(index), INDEX_WEIGHT),
    ]
    is_known = np.arange(len(texts)) < len(codes)
    return Lessons(tuple(texts), np.concatenate(every), np.concatenate(weights), is_known)


def fit_text_coder(lessons: Lessons, *, random_state: int = 0) -> TextCoder:
    """Fit the coder, and its calibration on known firms left out of a fit.

    Parameters
    ----------
    lessons : Lessons
    random_state : int
        Seed of the descent and of the folds.
    """
    with threadpool_limits(1):
        at = np.flatnonzero(lessons.known)
        share, right = np.zeros(len(at)), np.zeros(len(at), dtype=bool)
        folds = KFold(N_FOLDS, shuffle=True, random_state=random_state)
        for _, test in folds.split(at):
            rest = np.setdiff1d(np.arange(len(lessons.texts)), at[test])
            coder = _fit(lessons.take(rest), random_state)
            left = lessons.take(at[test])
            found, _ = calc_class_shares(coder, left.texts)
            divisions = calc_division_shares(coder.division_of, found)
            names = np.unique(coder.industries.astype("U2"))
            share[test] = divisions.max(axis=1)
            right[test] = names[divisions.argmax(axis=1)] == left.codes.astype("U2")
        best = np.clip(share, 1e-6, 1 - 1e-6)
        odds = np.log(best / (1 - best))[:, None]
        fitted = LogisticRegression(C=1e3).fit(np.append(odds, [[0.0], [0.0]], axis=0),
                                               np.append(right, [True, False]))  # fmt: skip
        return _fit(lessons, random_state,
                    (float(fitted.coef_[0, 0]), float(fitted.intercept_[0])))  # fmt: skip


def _fit(
    lessons: Lessons, random_state: int, calibration: tuple[float, float] = (1.0, 0.0)
) -> TextCoder:
    vectorizer = TfidfVectorizer(
        analyzer=find_terms, sublinear_tf=True, dtype=np.float32, min_df=LEAST_TEXTS,
        max_features=N_TERMS,
    )  # fmt: skip
    vectors = vectorizer.fit_transform(lessons.texts)
    model = SGDClassifier(
        loss="log_loss", alpha=PENALTY, max_iter=ROUNDS, tol=None, average=True,
        random_state=random_state,
    )  # fmt: skip
    model.fit(vectors, lessons.codes, sample_weight=lessons.weights)
    weights = model.coef_.T
    weights = np.where(np.abs(weights) >= SMALLEST * np.abs(weights).max(), weights, 0.0)
    industries = model.classes_.astype("U4")
    terms = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.get)
    return TextCoder(
        {term: place for place, term in enumerate(terms)},
        vectorizer.idf_.astype(np.float32),
        csr_array(weights.astype(np.float32)),
        model.intercept_.astype(np.float32),
        industries,
        np.unique(industries.astype("U2"), return_inverse=True)[1].astype(np.int64),
        *calibration,
    )
