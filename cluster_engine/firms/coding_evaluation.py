"""How often the coder is right: firms with a known code, coded by a coder that never saw them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import KFold

from cluster_engine.firms.coding_text import Descriptions
from cluster_engine.firms.industry_coding import calc_division_shares, fit_coder


@dataclass(frozen=True, slots=True)
class CodingScores:
    """Shares of firms coded right.

    Attributes
    ----------
    division_first, division_top_3 : float
        The likeliest division is right; one of the likeliest three is.
    class_first, class_top_3 : float
        The same of four-digit classes.
    """

    division_first: float
    division_top_3: float
    class_first: float
    class_top_3: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Codings of known firms, each by a coder fitted without it; n firms.

    Attributes
    ----------
    industries : array of str, shape (n_classes,)
    probability : array, shape (n_firms, n_classes)
        P(class) by the coder.
    baseline : array, shape (n_firms, n_classes)
        Share of each class among the other firms with the same GICS industry.
    confidence : array, shape (n_firms,)
        Calibrated probability that the main division is right.
    """

    industries: NDArray[np.str_]
    probability: NDArray[np.float32]
    baseline: NDArray[np.float32]
    confidence: NDArray[np.float64]


def code_left_out(
    classes: pd.DataFrame,
    gics_table: pd.DataFrame,
    *,
    known: Descriptions,
    codes: NDArray[np.str_],
    others: Descriptions,
    n_folds: int,
    random_state: int = 0,
) -> LeftOut:
    """Code known firms by cross-validation; each company is in one fold alone.

    Parameters
    ----------
    classes, gics_table, known, codes, others
        As for `industry_coding.fit_coder`.
    n_folds : int
        Coders to fit.
    random_state : int
        Seed of the folds.
    """
    industries = classes["industry"].to_numpy(dtype="U4")
    probability = np.zeros((len(codes), len(industries)), dtype=np.float32)
    baseline, confidence = np.zeros_like(probability), np.zeros(len(codes))
    folds = KFold(n_folds, shuffle=True, random_state=random_state)
    for train, test in folds.split(codes):
        seen, left_out = known.take(train.tolist()), known.take(test.tolist())
        coder = fit_coder(classes, gics_table, known=seen, codes=codes[train], others=others)
        coding = coder.code(left_out)
        probability[test], confidence[test] = coding.probability, coding.confidence
        baseline[test] = calc_baseline(industries, seen, codes[train], left_out)
    return LeftOut(industries, probability, baseline, confidence)


def calc_scores(
    industries: NDArray[np.str_], probability: NDArray[np.float32], codes: NDArray[np.str_]
) -> CodingScores:
    """Score codings, shape (n_firms, n_classes), against the known codes."""
    divisions, division_of = np.unique(industries.astype("U2"), return_inverse=True)
    shares = calc_division_shares(division_of, probability)
    in_division = _rank_of(shares, np.searchsorted(divisions, codes.astype("U2")))
    in_class = _rank_of(probability, np.searchsorted(industries, codes))
    return CodingScores(
        division_first=float((in_division < 1).mean()),
        division_top_3=float((in_division < 3).mean()),
        class_first=float((in_class < 1).mean()),
        class_top_3=float((in_class < 3).mean()),
    )


def _rank_of(values: NDArray[np.floating], chosen: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the place of the chosen column in each row; 0 is the largest."""
    order = np.argsort(-values, axis=1, kind="stable")
    place: NDArray[np.intp] = np.argmax(order == chosen[:, None], axis=1)
    return place


def calc_baseline(
    industries: NDArray[np.str_],
    seen: Descriptions,
    codes: NDArray[np.str_],
    left_out: Descriptions,
) -> NDArray[np.float32]:
    """Return the share of each class among the firms seen of the same GICS industry."""
    counts = pd.crosstab(pd.Series(seen.gics, name="gics"), pd.Series(codes, name="code"))
    counts = counts.reindex(columns=industries, fill_value=0)
    overall = counts.sum(axis=0) / len(codes)
    # A GICS industry of few firms falls back on all firms for the places after them.
    table = counts.reindex(list(left_out.gics), fill_value=0).to_numpy() + 1e-3 * overall.to_numpy()
    return np.asarray(table, dtype=np.float32)
