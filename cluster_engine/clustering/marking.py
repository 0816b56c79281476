"""Mark the final clusters: on the figures they were built on, on those left out, against chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.clustering.communities import link_neighbours
from cluster_engine.clustering.evidence import Evidence
from cluster_engine.clustering.nulls import (
    compare_communities,
    compare_modularity,
    compare_with_shuffles,
)
from cluster_engine.clustering.selection import Choice, Fold, fill_unknown, score_labels
from cluster_engine.parameters import Clusters

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]

IN_SAMPLE = "in sample"
SAME_FIGURES = "same figures, other formula"
CHOSEN = "chosen clusters"


def mark_clusters(evidence: Evidence, labels: Labels) -> pd.DataFrame:
    """Score the final clusters and the official groups on every matrix at hand.

    Returns
    -------
    DataFrame
        As `selection.Choice.scores`; held_out says how far the matrix had a part in the clusters:
        'in sample', or 'same figures, other formula' for a matrix without weight.
    """
    sets = {CHOSEN: labels, **{name: np.array(g) for name, g in evidence.groups.items()}}
    rows: list[dict[str, object]] = []
    for relation in evidence.relations:
        if not relation.is_mark:
            continue
        kind = IN_SAMPLE if relation.weight > 0 else SAME_FIGURES
        for name, groups in sets.items():
            rows += score_labels(groups, [relation], kind, name, 0)
    return pd.DataFrame(rows)


def compare_with_chance(
    similarity: Floats,
    labels: Labels,
    folds: Sequence[Fold],
    choice: Choice,
    settings: Clusters,
    *,
    random_state: int,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> pd.DataFrame:
    """Compare what was reached with what labels and links dealt out at random reach.

    Parameters
    ----------
    similarity : ndarray of float, shape (n_sectors, n_sectors)
        What the final clusters were built on.
    labels : ndarray of int, shape (n_sectors,)
        Final clusters.
    folds, choice
        Clusters built without a family of figures are marked on it.
    settings : Clusters
        Shuffles and neighbours.
    random_state : int
    on_progress : callable, optional
        Called with (comparisons done, comparisons in all).

    Returns
    -------
    DataFrame
        measure ('validation score' or 'modularity'), what, score, mean, p99, share_below, n_draws.
    """
    marks = [(fold, mark) for fold in folds for mark in fold.marks]
    n_draws, total = settings.permutations, len(marks) + 2
    rows = []
    for done, (fold, mark) in enumerate(marks):
        null = compare_with_shuffles(
            fill_unknown(mark.values), choice.labels[fold.name], n_draws, random_state=random_state
        )
        what = f"{mark.name}, without {fold.name}" if fold.name != mark.name else mark.name
        rows.append({"measure": "validation score", "what": what, **asdict(null)})
        on_progress(done + 1, total)
    linked = link_neighbours(similarity, settings.neighbours)
    shuffled = compare_modularity(linked, labels, n_draws, random_state=random_state)
    rows.append({"measure": "modularity", "what": CHOSEN, **asdict(shuffled)})
    on_progress(total - 1, total)
    dealt = compare_communities(similarity, settings.neighbours, random_state=random_state)
    rows.append({"measure": "modularity", "what": "best communities", **asdict(dealt)})
    on_progress(total, total)
    return pd.DataFrame(rows)
