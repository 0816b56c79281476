"""What a place study is put through: groups left out, parts of the cells, shuffles, refits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.results import Region
from cluster_engine.targeting.evaluation.intervals import bootstrap
from cluster_engine.targeting.evaluation.metrics import (
    METRICS,
    calc_pr_auc,
    calc_roc_auc,
    put_in_order,
)
from cluster_engine.targeting.place.data import measure_lq
from cluster_engine.targeting.place.learning import Penalty, learn
from cluster_engine.targeting.place.samples import Sample
from cluster_engine.targeting.place.terms import list_terms
from cluster_engine.workflows.place_contest import ELEVEN, MODEL, Contest
from cluster_engine.workflows.place_samples import PlacePanel
from cluster_engine.workflows.study_setting import StudySetting

Floats = NDArray[np.float64]

N_REFITS = 5
STABLE_TOP = 100
ABSENT_LQ = 0.5


def leave_groups_out(
    learned: Sample, judged: Sample, penalty: Penalty, contest: Contest, setting: StudySetting
) -> pd.DataFrame:
    """One row per group of features: what is lost without it, with paired intervals."""
    terms = list_terms(learned.outcome)
    outcome = judged.response.values
    orders = {"": put_in_order(outcome, contest.scores[MODEL])}
    for group in dict.fromkeys(term.group for term in terms):
        rest = [term for term in terms if term.group != group]
        orders[group] = put_in_order(
            outcome, learn(learned, penalty, terms=rest).weigh(judged.values)
        )

    def measure(weight: Floats) -> dict[str, float]:
        figures = {}
        for metric, calculate in METRICS.items():
            whole = calculate(orders[""], weight)
            for group, ordered in orders.items():
                figures[f"{group}|{metric}"] = whole - calculate(ordered, weight)
        return figures

    clusters = {"sector": judged.sectors, "area": judged.areas}
    found = bootstrap(measure, clusters, n_draws=setting.n_draws, random_state=setting.seed)
    rows = []
    for group in list(orders)[1:]:
        row: dict[str, object] = {"without": group}
        for metric in METRICS:
            loss = found[f"{group}|{metric}"]
            row |= {
                f"{metric} lost": loss.value,
                f"{metric} low": loss.low,
                f"{metric} high": loss.high,
            }
        rows.append(row)
    return pd.DataFrame(rows)


def compare_subsets(panel: PlacePanel, contest: Contest, region: Region) -> pd.DataFrame:
    """Scores on parts of the judged cells: those absent in every year known, and the region's."""
    judged = contest.judged
    year = judged.windows[0].start
    known = [panel.at(before) for before in panel.years if before <= year]
    highest = np.max([measure_lq(jobs, jobs.sum(axis=0)) for jobs in known], axis=0)
    always_absent = highest[judged.areas, judged.sectors] < ABSENT_LQ
    own = np.isin(np.array(panel.areas)[judged.areas], region.areas)
    parts = {"all cells": np.ones(len(own), dtype=bool), f"{region.name} only": own}
    if judged.outcome == "entry":
        parts[f"LQ below 0.5 in every year from {panel.years[0]}"] = always_absent
        parts["LQ of 0.5 or more in an earlier year"] = ~always_absent
    rows = []
    for name, cells in parts.items():
        outcome = judged.response.values[cells]
        if not 0 < outcome.sum() < len(outcome):
            continue
        row: dict[str, object] = {
            "cells": name, "n": len(outcome), "positive": int(outcome.sum()),
        }  # fmt: skip
        for score in (MODEL, ELEVEN, "LQ alone"):
            row[f"ROC-AUC, {score}"] = calc_roc_auc(outcome, contest.scores[score][cells])
            row[f"PR-AUC, {score}"] = calc_pr_auc(outcome, contest.scores[score][cells])
        rows.append(row)
    return pd.DataFrame(rows)


def shuffle_outcomes(
    learned: Sample, judged: Sample, penalty: Penalty, seed: int
) -> dict[str, object]:
    """Run the whole on shuffled outcomes: nothing may be found, or the evaluation fools itself."""
    generator = np.random.default_rng(seed)
    areas = []
    for _ in range(N_REFITS):
        fit = learn(_shuffle(learned, generator), penalty)
        told = _shuffle(judged, generator).response.values
        areas.append(calc_roc_auc(told, fit.weigh(judged.values)))
    return {"shuffled_roc_auc": areas}


def _shuffle(sample: Sample, generator: np.random.Generator) -> Sample:
    """Deal the outcomes of each window to its cells at random."""
    values = sample.response.values.copy()
    for window in np.unique(sample.window):
        cells = np.flatnonzero(sample.window == window)
        values[cells] = generator.permutation(values[cells])
    return replace(sample, response=replace(sample.response, values=values))


def measure_stability(
    learned: Sample, contest: Contest, penalty: Penalty, seed: int
) -> dict[str, object]:
    """Learn again from sectors drawn with replacement: how much of the order stays."""
    from scipy.stats import spearmanr

    generator = np.random.default_rng(seed)
    whole = contest.scores[MODEL]
    k = min(STABLE_TOP, len(whole))
    best = set(np.argsort(-whole, kind="stable")[:k].tolist())
    shared, ranks = [], []
    names, place = np.unique(learned.sectors, return_inverse=True)
    by_sector = [np.flatnonzero(place == number) for number in range(len(names))]
    for _ in range(N_REFITS):
        drawn = generator.integers(0, len(names), len(names))
        cells = np.concatenate([by_sector[number] for number in drawn])
        fit = learn(learned.take(cells), penalty)
        again = fit.weigh(contest.judged.values)
        shared.append(len(best & set(np.argsort(-again, kind="stable")[:k].tolist())) / k)
        ranks.append(float(spearmanr(whole, again).statistic))
    return {
        "stable_top": k,
        "stable_share": float(np.mean(shared)),
        "stable_rank_correlation": float(np.mean(ranks)),
    }
