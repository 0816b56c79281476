"""How the clusters of the nation score beside single methods, official groups and chance."""

from __future__ import annotations

import pandas as pd

from cluster_engine.clustering.marking import CHOSEN, IN_SAMPLE, SAME_FIGURES
from cluster_engine.clustering.selection import CONSENSUS, SCORES, average_families, average_folds
from cluster_engine.results import NationalModel


def find_held_out(model: NationalModel) -> pd.DataFrame:
    """Scores on figures left out: the consensus, each method at its best number, official groups.

    Returns
    -------
    DataFrame
        method, number, and the means over families left out of the four scores, their mean
        `score`, and VS (the mean of the first two); the highest VS first.
    """
    means = average_families(select_held_out(model))
    own = (means["method"] == CONSENSUS) & (means["number"] == model.facts["number"])
    others = means[means["method"] != CONSENSUS]
    best = others.loc[others.groupby("method", sort=True)["score"].idxmax()]
    shown = pd.concat([means[own], best])
    shown = shown.assign(vs=(shown["vs_cluster"] + shown["vs_industry"]) / 2.0)
    ordered: pd.DataFrame = shown.sort_values(
        ["vs", "method"], ascending=[False, True], ignore_index=True
    )
    return ordered


def compare_scores(model: NationalModel) -> pd.DataFrame:
    """Every comparison of the card as one table, for `clusters --validate`.

    Returns
    -------
    DataFrame
        left_out, matrix, clusters, number, vs, the four scores, chance_p99, share_below: first
        the chosen clusters, official groups and the best number of each method on every family
        left out, then the scores in sample, then what chance gives.
    """
    folds = average_folds(select_held_out(model)).rename(columns={"held_out": "left_out"})
    kept = find_held_out(model)[["method", "number"]]
    held_out = folds.merge(kept, on=["method", "number"]).assign(matrix="all that was left out")
    known = model.scores[model.scores["held_out"].isin([IN_SAMPLE, SAME_FIGURES])]
    both = pd.concat([held_out, known.rename(columns={"held_out": "left_out"})])
    both = both.assign(
        vs=(both["vs_cluster"] + both["vs_industry"]) / 2.0, method=both["method"].map(call_method)
    )
    chance = pd.DataFrame(
        {
            "left_out": model.chance["measure"] + " against chance",
            "matrix": model.chance["what"],
            "method": CHOSEN,
            "vs": model.chance["score"],
            "chance_p99": model.chance["p99"],
            "share_below": model.chance["share_below"],
        }
    )
    rows = pd.concat(
        [both.sort_values(["left_out", "matrix", "vs"], ascending=[True, True, False]), chance],
        ignore_index=True,
    ).rename(columns={"method": "clusters"})
    columns = ["left_out", "matrix", "clusters", "number", "vs", *SCORES]
    return rows[[*columns, "chance_p99", "share_below"]]


def select_held_out(model: NationalModel) -> pd.DataFrame:
    """Scores on figures that had no part in the clusters that are marked."""
    kinds = [IN_SAMPLE, SAME_FIGURES]
    is_known = model.scores["held_out"].isin(kinds)
    held_out: pd.DataFrame = model.scores.loc[~is_known]
    return held_out


def call_method(method: str) -> str:
    """Name of a method as tables show it."""
    return "chosen (consensus)" if method == CONSENSUS else method
