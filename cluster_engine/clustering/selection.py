"""Choose clusters by how they score on figures they were not built on.

A fold leaves out one family of figures (co-location, input-output …), or the co-location of half of
the areas; clusters are built on the rest and marked on what was left out. The number of clusters
with the best mean score is taken, and the same folds mark the single methods and official groups.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.consensus import count_votes, draw_clusters
from cluster_engine.clustering.evidence import Evidence, Relation, combine, exchange, tells_apart
from cluster_engine.clustering.methods import limit_numbers, run_methods
from cluster_engine.measures.validation import calc_validation
from cluster_engine.parameters import Clusters

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

CONSENSUS = "consensus"
IN_SAMPLE = "in sample"
HALF = "half of the areas"

SCORES = ("vs_cluster", "vs_industry", "vs_cluster_p95", "vs_industry_p95")


@dataclass(frozen=True, slots=True)
class Fold:
    """Figures to build on, and figures to mark on.

    Attributes
    ----------
    name : str
        What is left out.
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        Mean of ranks of what is left.
    marks : tuple of Relation
        What was left out.
    """

    name: str
    similarity: Floats
    marks: tuple[Relation, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The number of clusters chosen, and what it was chosen on.

    Attributes
    ----------
    number : int
        Before small clusters are joined.
    scores : DataFrame
        One row per fold, method, number and matrix: held_out, matrix, method, number, n_clusters,
        singletons, vs_cluster, vs_industry, vs_cluster_p95, vs_industry_p95, score. Official
        groups have number 0.
    labels : dict of str to ndarray of int
        Consensus clusters of every fold at that number.
    """

    number: int
    scores: pd.DataFrame
    labels: dict[str, Labels]


def make_folds(evidence: Evidence, *, n_splits: int, random_state: int) -> list[Fold]:
    """List the folds: every family with a mark left out, then halves of the areas.

    A family is left out only if something with a weight that tells pairs apart is left to build on.
    """
    used = [r for r in evidence.relations if r.weight > 0 and tells_apart(r.values)]
    folds = []
    for family in dict.fromkeys(r.source for r in used if r.is_mark):
        rest = [relation for relation in used if relation.source != family]
        marks = tuple(r for r in used if r.source == family and r.is_mark)
        if rest:
            folds.append(Fold(family, combine(rest), marks))
    if evidence.halve is not None:
        generator = np.random.default_rng(random_state)
        for split in range(n_splits):
            first, second = evidence.halve(generator)
            for side, build, mark in (("a", first, second), ("b", second, first)):
                folds.append(
                    Fold(
                        f"{HALF}, split {split + 1}{side}",
                        combine(exchange(used, build)),
                        tuple(relation for relation in mark if relation.is_mark),
                    )
                )
    return folds


def choose_number(
    evidence: Evidence,
    folds: Sequence[Fold],
    is_allowed: Callable[[int], bool],
    settings: Clusters,
    *,
    random_state: int,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Choice:
    """Score every method and number on every fold, and choose the number of the consensus.

    Parameters
    ----------
    evidence : Evidence
        Checked; its official groups are scored too.
    folds : sequence of Fold
    is_allowed : callable
        Whether the final clusters at a number are small enough.
    settings : Clusters
    random_state : int
    on_progress : callable, optional
        Called with (folds done, folds in all).

    Returns
    -------
    Choice
        Without any fold, the smallest allowed number.
    """
    numbers = limit_numbers(settings, len(evidence.codes))
    rows: list[dict[str, object]] = []
    found: dict[tuple[str, int], Labels] = {}
    for done, fold in enumerate(folds):
        runs = run_methods(fold.similarity, settings, random_state=random_state)
        votes = count_votes(runs)
        for number in numbers:
            labels = draw_clusters(votes, fold.similarity, number, settings.smallest)
            found[fold.name, number] = labels
            rows += score_labels(labels, fold.marks, fold.name, CONSENSUS, number)
        for of_method in runs.values():
            for run in of_method:
                rows += score_labels(run.labels, fold.marks, fold.name, run.method, run.setting)
        for level, groups in evidence.groups.items():
            rows += score_labels(np.array(groups), fold.marks, fold.name, level, 0)
        on_progress(done + 1, len(folds))
    scores = pd.DataFrame(rows)
    number = _take_best(scores, [n for n in numbers if is_allowed(n)] or list(numbers[-1:]))
    return Choice(number, scores, {fold.name: found[fold.name, number] for fold in folds})


def score_labels(
    labels: NDArray[np.generic],
    marks: Sequence[Relation],
    held_out: str,
    method: str,
    setting: float,
) -> list[dict[str, object]]:
    """Validation scores of a set of clusters on every mark; pairs unknown there rank lowest."""
    rows: list[dict[str, object]] = []
    names, counts = np.unique(labels, return_counts=True)
    for mark in marks:
        values = fill_unknown(mark.values)
        mean, p95 = (calc_validation(values, labels, benchmark=b) for b in ("mean", "p95"))
        parts = (mean.clusters.score, mean.sectors.score, p95.clusters.score, p95.sectors.score)
        rows.append(
            {
                "held_out": held_out,
                "matrix": mark.name,
                "method": method,
                "number": setting,
                "n_clusters": len(names),
                "singletons": int((counts == 1).sum()),
                **dict(zip(SCORES, parts, strict=True)),
                "score": float(np.mean(parts)),
            }
        )
    return rows


def fill_unknown(values: Floats) -> Floats:
    """Similarity with unknown pairs at the lowest known value: nothing relates them."""
    known = ~np.isnan(values)
    if known.all():
        return values
    lowest = float(np.min(values[known])) if known.any() else 0.0
    return np.where(known, values, lowest)


def average_folds(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean scores by method, number and family left out; the splits of areas are one family."""
    family = scores["held_out"].str.split(",").str[0]
    keys = ["method", "number", "held_out"]
    means = scores.assign(held_out=family).groupby(keys, sort=True)[[*SCORES, "score"]].mean()
    return means.reset_index()


def average_families(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean scores by method and number; every family of figures left out counts once."""
    by_family = average_folds(scores).groupby(["method", "number"], sort=True)
    return by_family[[*SCORES, "score"]].mean().reset_index()


def _take_best(scores: pd.DataFrame, allowed: Sequence[int]) -> int:
    """Fewest clusters that are not worse than the best by more than the error of the difference.

    The one-standard-error rule (Breiman et al. 1984), on differences family by family.
    """
    if scores.empty:
        return allowed[0]
    ours = average_folds(scores[scores["method"] == CONSENSUS])
    wide = ours.pivot_table(index="held_out", columns="number", values="score")[list(allowed)]
    best = wide.mean().round(9).idxmax()
    behind = wide.rsub(wide[best], axis=0)
    error = behind.std(ddof=1).fillna(0.0) / np.sqrt(len(wide))
    close = behind.mean().round(9) <= error.round(9)
    return int(close.index[close.to_numpy()].min())
