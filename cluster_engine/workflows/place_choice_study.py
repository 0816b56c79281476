"""Study of where a sector's gained jobs went: a choice between areas, learned and judged later."""

from __future__ import annotations

import pandas as pd

from cluster_engine.results import Study
from cluster_engine.targeting.place.learning import Penalty, choose_penalty, learn, tune
from cluster_engine.targeting.place.samples import Sample
from cluster_engine.targeting.place.terms import Term, list_terms
from cluster_engine.workflows.place_choice_contest import (
    LOSSES,
    TITLE,
    ask,
    challenge,
    compare,
    find_sentences,
    gather_evidence,
    gather_facts,
    lay_out,
    shuffle_choices,
    tabulate,
)
from cluster_engine.workflows.place_contest import CHALLENGER, MODEL
from cluster_engine.workflows.place_samples import PlacePanel, Plan, sample_plan
from cluster_engine.workflows.place_tables import tabulate_terms, tabulate_tuning
from cluster_engine.workflows.progress import Progress
from cluster_engine.workflows.study_setting import StudySetting

PENALTIES = (
    Penalty(4.0, 2.0), Penalty(16.0, 4.0), Penalty(64.0, 8.0), Penalty(256.0, 16.0),
    Penalty(1024.0, 64.0),
)  # fmt: skip
"""Stronger than for entries: plants of one sector are not independent, so the likelihood is too
sure of itself."""
CHOSEN = "The penalty was chosen on folds of the learning years."


def study_where(
    panel: PlacePanel, plan: Plan, setting: StudySetting, *, on_progress: Progress
) -> Study:
    """Learn where plants' worth of jobs were gained, judge on the later window, tell all."""
    learned, judged = sample_plan(panel, "gain", plan)
    on_progress(TITLE, 0, 3)
    tried = tune(learned, PENALTIES, random_state=setting.seed)
    penalty = choose_penalty(tried)
    on_progress(TITLE, 1, 3)
    simple = gather_evidence(learned, judged, penalty)
    rival = challenge(learned, judged, setting.seed)
    evidence = {MODEL: simple[MODEL], CHALLENGER: rival, **simple}
    choices = {name: lay_out(judged, found) for name, found in evidence.items()}
    figures = compare(choices, judged, n_draws=setting.n_draws, random_state=setting.seed)
    on_progress(TITLE, 2, 3)
    ablation = _leave_groups_out(learned, judged, penalty, setting)
    facts = gather_facts(plan, judged, penalty, figures)
    facts["shuffled_gain"] = shuffle_choices(learned, judged, penalty, setting.seed)
    on_progress(TITLE, 3, 3)
    return Study(
        name="gain",
        title=TITLE,
        question=ask(plan, learned, judged, CHOSEN),
        tables=(
            (LOSSES, tabulate(choices, figures)),
            ("Groups of features left out: paired loss", ablation),
            ("Curves", tabulate_terms(learn(learned, penalty))),
            ("Penalties tried inside the learning period", tabulate_tuning(tried)),
        ),
        sentences=find_sentences(figures, choices, facts),
        facts=facts,
    )  # fmt: skip


def _leave_groups_out(
    learned: Sample, judged: Sample, penalty: Penalty, setting: StudySetting
) -> pd.DataFrame:
    terms = list_terms("gain")
    chosen: dict[str, tuple[Term, ...]] = {MODEL: terms}
    for group in dict.fromkeys(term.group for term in terms):
        chosen[group] = tuple(term for term in terms if term.group != group)
    laid = {
        name: lay_out(judged, learn(learned, penalty, terms=kept).weigh(judged.values))
        for name, kept in chosen.items()
    }
    figures = compare(laid, judged, n_draws=setting.n_draws, random_state=setting.seed)
    rows = []
    for group in list(chosen)[1:]:
        lost = figures[f"{group}|gain"]
        rows.append({"without": group, "lost": lost.value, "low": lost.low, "high": lost.high})
    return pd.DataFrame(rows)
