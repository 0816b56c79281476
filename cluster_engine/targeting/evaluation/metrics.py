"""How good an ordering or a probability is, with ties and weights handled exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from cluster_engine.targeting.evaluation.intervals import calc_exact_interval

Floats = NDArray[np.float64]

TOPS = (25, 50, 100)


@dataclass(frozen=True, slots=True)
class Ordered:
    """Outcomes in the order of a score, ready to be weighed again and again.

    Attributes
    ----------
    order : ndarray of int, shape (n_cells,)
        Positions, the highest score first.
    first : ndarray of int, shape (n_scores,)
        Where in that order each distinct score begins.
    outcome : ndarray of float, shape (n_cells,)
        0 or 1, in that order.
    """

    order: NDArray[np.int64]
    first: NDArray[np.int64]
    outcome: Floats

    def sum_ties(self, weight: Floats) -> tuple[Floats, Floats]:
        """Weights of positives and negatives by distinct score, the highest first."""
        ranked = weight[self.order]
        hits: Floats = np.add.reduceat(ranked * self.outcome, self.first)
        both: Floats = np.add.reduceat(ranked, self.first)
        return hits, both - hits


def put_in_order(outcome: ArrayLike, score: ArrayLike) -> Ordered:
    """Sort outcomes (0 or 1) by score, both of shape (n_cells,)."""
    y, s = np.asarray(outcome, dtype=np.float64), np.asarray(score, dtype=np.float64)
    order = np.argsort(-s, kind="stable")
    ranked = s[order]
    first = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    return Ordered(order, first, y[order])


def weigh_roc_auc(ordered: Ordered, weight: Floats) -> float:
    """Probability that a random positive has the higher score than a random negative; ties half.

    Parameters
    ----------
    ordered : Ordered
    weight : ndarray of float, shape (n_cells,)
        At least 0.

    Returns
    -------
    float
        NaN where one class has no weight.
    """
    hits, misses = ordered.sum_ties(weight)
    below = misses.sum() - np.cumsum(misses)
    total = hits.sum() * misses.sum()
    return float((hits * (below + misses / 2.0)).sum() / total) if total > 0 else float("nan")


def weigh_pr_auc(ordered: Ordered, weight: Floats) -> float:
    """Average precision: the mean precision at every positive, ties as one step.

    Parameters, Returns
        As :func:`weigh_roc_auc`.
    """
    hits, misses = ordered.sum_ties(weight)
    seen, found = np.cumsum(hits + misses), np.cumsum(hits)
    total = hits.sum()
    precision = np.divide(found, seen, out=np.zeros_like(found), where=seen > 0)
    return float((hits * precision).sum() / total) if total > 0 else float("nan")


METRICS: Mapping[str, Callable[[Ordered, Floats], float]] = {
    "ROC-AUC": weigh_roc_auc,
    "PR-AUC": weigh_pr_auc,
}


def calc_roc_auc(outcome: ArrayLike, score: ArrayLike) -> float:
    """ROC-AUC of unweighted cells."""
    ordered = put_in_order(outcome, score)
    return weigh_roc_auc(ordered, np.ones(len(ordered.order)))


def calc_pr_auc(outcome: ArrayLike, score: ArrayLike) -> float:
    """PR-AUC (average precision) of unweighted cells."""
    ordered = put_in_order(outcome, score)
    return weigh_pr_auc(ordered, np.ones(len(ordered.order)))


def calc_log_loss(outcome: ArrayLike, probability: ArrayLike) -> float:
    """Mean of -log of the probability given to what happened."""
    y, p = np.asarray(outcome, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    p = np.clip(p, 1e-15, 1.0 - 1e-15)
    return float(-(y * np.log(p) + (1.0 - y) * np.log1p(-p)).mean())


def calc_top_scores(
    outcome: ArrayLike, score: ArrayLike, *, tops: Sequence[int] = TOPS, level: float = 0.9
) -> pd.DataFrame:
    """Precision, recall, lift and NDCG of the first k of all candidates.

    Parameters
    ----------
    outcome : array_like, shape (n_cells,)
        0 or 1.
    score : array_like, shape (n_cells,)
        Highest first. Cells that tie share their outcomes: every order of them is as likely.
    tops : sequence of int
        k; one that is more than the candidates is left out.
    level : float
        Of the exact (Clopper-Pearson) interval of the precision.

    Returns
    -------
    DataFrame
        Columns k, hits, precision, precision_low, precision_high, recall, lift (over the share of
        positives), ndcg.

    Notes
    -----
    Source of NDCG with ties: McSherry & Najork (2008), ECIR.
    """
    y, s = np.asarray(outcome, dtype=np.float64), np.asarray(score, dtype=np.float64)
    _, place, count = np.unique(-s, return_inverse=True, return_counts=True)
    mean = np.bincount(place, y) / count
    ranked = np.repeat(mean, count)
    discount = 1.0 / np.log2(np.arange(len(y)) + 2.0)
    total, base = float(y.sum()), float(y.mean())
    rows = []
    for k in (top for top in tops if top <= len(y)):
        hits = float(ranked[:k].sum())
        low, high = calc_exact_interval(hits, k, level=level)
        best = float(discount[: min(k, round(total))].sum())
        rows.append(
            {
                "k": k,
                "hits": hits,
                "precision": hits / k,
                "precision_low": low,
                "precision_high": high,
                "recall": hits / total if total else float("nan"),
                "lift": hits / k / base if base else float("nan"),
                "ndcg": float((ranked[:k] * discount[:k]).sum()) / best if best else float("nan"),
            }
        )
    return pd.DataFrame(rows)


def calc_calibration(
    outcome: ArrayLike, probability: ArrayLike, *, n_bins: int = 10, level: float = 0.9
) -> pd.DataFrame:
    """What was said beside what happened, in bins of as many cells each.

    Returns
    -------
    DataFrame
        Columns n, said (mean probability), happened (share), low, high (exact interval).
    """
    y, p = np.asarray(outcome, dtype=np.float64), np.asarray(probability, dtype=np.float64)
    rows = []
    for cells in np.array_split(np.argsort(p, kind="stable"), min(n_bins, len(p))):
        hits = float(y[cells].sum())
        low, high = calc_exact_interval(hits, len(cells), level=level)
        rows.append(
            {
                "n": len(cells),
                "said": float(p[cells].mean()),
                "happened": hits / len(cells),
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)
