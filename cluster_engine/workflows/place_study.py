"""Study of whether a sector enters, or grows, in an area: learned earlier, judged later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.results import Study
from cluster_engine.targeting.evaluation.guards import check_outcome, check_too_good
from cluster_engine.targeting.evaluation.intervals import beats
from cluster_engine.targeting.evaluation.metrics import (
    METRICS,
    calc_calibration,
    calc_log_loss,
    calc_top_scores,
)
from cluster_engine.targeting.place.additive import AdditiveFit
from cluster_engine.targeting.place.learning import (
    Penalty,
    choose_penalty,
    learn,
    match_rate,
    tune,
)
from cluster_engine.targeting.place.samples import Sample
from cluster_engine.targeting.place.terms import OutcomeName
from cluster_engine.workflows.place_checks import (
    compare_subsets,
    leave_groups_out,
    measure_stability,
    shuffle_outcomes,
)
from cluster_engine.workflows.place_contest import (
    CHALLENGER,
    ELEVEN,
    MODEL,
    Contest,
    gather_scores,
    hold_contest,
)
from cluster_engine.workflows.place_findings import find_sentences
from cluster_engine.workflows.place_samples import PlacePanel, Plan, sample_plan
from cluster_engine.workflows.place_tables import tabulate_terms, tabulate_tuning
from cluster_engine.workflows.progress import Progress
from cluster_engine.workflows.study_setting import StudySetting

Floats = NDArray[np.float64]

TITLES: Mapping[OutcomeName, str] = {
    "entry": "Entry of sectors into areas",
    "growth": "Growth of existing specialisations",
}
DEFINITIONS: Mapping[OutcomeName, str] = {
    "entry": "At risk: sectors of more than 200 jobs in the nation with an LQ below 0.5 in the "
    "area. Entered: LQ of 1 or more and 50 jobs or more at the end.",
    "growth": "At risk: LQ of 1 or more and 50 jobs or more. Grown: at least a tenth, and 25 jobs, "
    "more than at the pace of the sector in the nation.",
}
BEST = "Who orders best: 90 % intervals, the wider of those by sector and by area"
LISTED = (MODEL, CHALLENGER, ELEVEN, "past LQ alone", "past LQ over LQ", "LQ alone")


def study_whether(
    panel: PlacePanel,
    outcome: OutcomeName,
    plan: Plan,
    setting: StudySetting,
    *,
    on_progress: Progress,
) -> Study:
    """Learn an outcome on the plan's learning windows, judge it on the later one, tell all.

    Raises
    ------
    DataError
        Too few of a class, or a feature that holds the outcome.
    """
    learned, judged = sample_plan(panel, outcome, plan)
    _check(learned, f"{outcome}, learning")
    _check(judged, f"{outcome}, judging")
    stage = TITLES[outcome]
    on_progress(stage, 0, 4)
    tried = tune(learned, random_state=setting.seed)
    penalty = choose_penalty(tried)
    on_progress(stage, 1, 4)
    fit = learn(learned, penalty)
    scores = gather_scores(panel, learned, judged, penalty, random_state=setting.seed)
    contest = hold_contest(judged, scores, n_draws=setting.n_draws, random_state=setting.seed)
    on_progress(stage, 2, 4)
    ablation = leave_groups_out(learned, judged, penalty, contest, setting)
    on_progress(stage, 3, 4)
    probability = _calc_probability(fit, learned, judged)
    tables = (
        (BEST, contest.tabulate()),
        ("Paired gain of the additive model", contest.tabulate_gains()),
        ("The first k of all cells, exact 90 % intervals", _tabulate_tops(contest)),
        ("Calibration of the additive model, tenths of the cells", calc_calibration(
            judged.response.values, probability)),
        ("Groups of features left out: paired loss", ablation),
        ("Parts of the judged cells", compare_subsets(panel, contest, setting.region)),
        ("Curves", tabulate_terms(fit)),
        ("Penalties tried inside the learning period", tabulate_tuning(tried)),
    )  # fmt: skip
    facts = _gather_facts(learned, contest, probability, penalty)
    facts |= shuffle_outcomes(learned, judged, penalty, setting.seed)
    facts |= measure_stability(learned, contest, penalty, setting.seed)
    on_progress(stage, 4, 4)
    return Study(
        name=outcome, title=stage, question=_ask(outcome, plan, learned, judged), tables=tables,
        sentences=find_sentences(outcome, contest, ablation, facts), facts=facts,
    )  # fmt: skip


def _check(sample: Sample, where: str) -> None:
    check_outcome(sample.response.values, where=where)
    check_too_good(sample.response.values, sample.values, where=where)


def _calc_probability(fit: AdditiveFit, learned: Sample, judged: Sample) -> Floats:
    """Probability, at the level where the judged cells would on average do as the longest window.

    Only that window spans as many years as the judged one, but it knows no past: its own level
    would not be that of cells whose past is known.
    """
    rate = float(learned.response.values[learned.window == 0].mean())
    return match_rate(fit.weigh(judged.values), rate)


def _tabulate_tops(contest: Contest) -> pd.DataFrame:
    outcome = contest.judged.response.values
    return pd.concat(
        [
            calc_top_scores(outcome, contest.scores[name]).assign(score=name)
            for name in LISTED
            if name in contest.scores
        ],
        ignore_index=True,
    )[
        [
            "score",
            "k",
            "hits",
            "precision",
            "precision_low",
            "precision_high",
            "recall",
            "lift",
            "ndcg",
        ]
    ]


def _ask(outcome: OutcomeName, plan: Plan, learned: Sample, judged: Sample) -> str:
    windows = ", ".join(f"{window.start} to {window.end}" for window in plan.learned)
    return (
        f"{DEFINITIONS[outcome]} Learned on {windows} ({len(learned.areas):,} cells, "
        f"{learned.response.values.sum():,.0f} positive), judged on {plan.judged.start} to "
        f"{plan.judged.end} ({len(judged.areas):,} cells, {judged.response.values.sum():,.0f} "
        f"positive, {judged.response.values.mean():.1%}). The penalty was chosen on folds of the "
        "learning years; the judged years chose nothing."
    )


def _gather_facts(
    learned: Sample, contest: Contest, probability: Floats, penalty: Penalty
) -> dict[str, Any]:
    outcome = contest.judged.response.values
    rate = float(learned.response.values[learned.window == 0].mean())
    gains = [contest.figures[f"{CHALLENGER}|{metric}|gain"] for metric in METRICS]
    return {
        "windows": [[w.start, w.end] for w in learned.windows],
        "judged": [contest.judged.windows[0].start, contest.judged.windows[0].end],
        "n_cells": len(outcome),
        "n_positive": int(outcome.sum()),
        "metrics": {
            metric: contest.figures[f"{MODEL}|{metric}"].value for metric in METRICS
        },
        "log_loss": calc_log_loss(outcome, probability),
        "log_loss_constant": calc_log_loss(outcome, np.full(len(outcome), rate)),
        "summary": contest.summarise((ELEVEN, "LQ alone", "past LQ alone", "past LQ over LQ")),
        "ridge": penalty.ridge,
        "smooth": penalty.smooth,
        # The gains are the model's over the challenger: its own are the same with the sign turned.
        "challenger_used": all(gain.high < 0 for gain in gains),
        "beats": {
            name: all(beats(contest.figures[f"{name}|{metric}|gain"]) for metric in METRICS)
            for name in contest.scores
            if name != MODEL
        },
    }  # fmt: skip
