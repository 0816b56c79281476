"""Judge the place model that is in use: its own penalties, learned earlier, judged on later years.

The study of `evaluate` that is about this model, without what takes long there: the boosted
challenger, the groups left out, the choice of a penalty. Same cells, same measure, same intervals.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cluster_engine.errors import DataError, SettingsError
from cluster_engine.reports.evaluation_card import plain, render_card, render_json
from cluster_engine.results import Study
from cluster_engine.settings import Settings
from cluster_engine.targeting.place.learning import Penalty
from cluster_engine.workflows.place_choice_contest import (
    LOSSES,
    TITLE,
    ask,
    compare,
    find_sentences,
    gather_evidence,
    gather_facts,
    lay_out,
    shuffle_choices,
    tabulate,
)
from cluster_engine.workflows.place_samples import PlacePanel, plan_windows, sample_plan
from cluster_engine.workflows.progress import Progress

CARD_FILES = ("hit-rate.md", "hit-rate.json")
"""Where the card lies in the folder of the version it judges."""

SEED = 0
"""Of draws and shuffles: a version is judged alike wherever it is made."""

GIVEN = "The penalty is the one in use, from the settings."


def judge_place_model(
    panel: PlacePanel, settings: Settings, *, on_progress: Progress
) -> Study | str:
    """Learn the model's curves on earlier years, judge them on the latest ones.

    Parameters
    ----------
    panel : PlacePanel
        With the features of all years but the last ones; what it knows after the judged years
        begin is used to judge, never to learn.
    settings : Settings
    on_progress : callable

    Returns
    -------
    Study or str
        Why there can be none, where the years do not reach or hold too little.
    """
    stage = "Judging on later years"
    rule = settings.place
    penalty = Penalty(rule.ridge, rule.smooth)
    try:
        plan = plan_windows(panel.years)
        learned, judged = sample_plan(panel, "gain", plan)
    except (SettingsError, DataError) as fault:
        return fault.message
    if learned.response.values.sum() <= 0 or judged.response.values.sum() <= 0:
        return "No area gained jobs in the years to learn from or to judge on."
    on_progress(stage, 0, 3)
    evidence = gather_evidence(learned, judged, penalty)
    on_progress(stage, 1, 3)
    choices = {name: lay_out(judged, found) for name, found in evidence.items()}
    draws = settings.evaluation.draws
    figures = compare(choices, judged, n_draws=draws, random_state=SEED)
    facts = gather_facts(plan, judged, penalty, figures)
    on_progress(stage, 2, 3)
    facts["shuffled_gain"] = shuffle_choices(learned, judged, penalty, SEED)
    on_progress(stage, 3, 3)
    # A challenger took no part: that it was not used would say nothing.
    del facts["challenger_used"]
    return Study(
        name="gain",
        title=TITLE,
        question=ask(plan, learned, judged, GIVEN),
        tables=((LOSSES, tabulate(choices, figures)),),
        sentences=find_sentences(figures, choices, facts),
        facts=facts,
    )


def write_hit_rate(study: Study, *, version: str, pack: str, draws: int) -> dict[str, str]:
    """Write the card of a version: its files' names and texts.

    The same figures give the same text.
    """
    lead = [
        f"Of the version {version}, pack {pack}: what its settings would have foretold, had they "
        f"been learned before the judged years. {draws} bootstrap draws for each way of "
        f"clustering, seed {SEED}. Intervals hold 90 %.",
        "The gate between versions looks at the gain over the size of the area. More studies, the "
        "boosted challenger and the groups of features left out: `cluster-engine evaluate`.",
    ]
    facts = {"version": version, "pack": pack, "draws": draws, "seed": SEED}
    texts = (render_card(lead, [study]), render_json(facts, [study]))
    return dict(zip(CARD_FILES, texts, strict=True))


def list_study_facts(study: Study | str) -> Mapping[str, Any]:
    """Facts of a study under its name, rounded as on the card; nothing where there is none.

    Its summary is the terminal's table, and stands on the card.
    """
    if isinstance(study, str):
        return {}
    facts = {name: value for name, value in study.facts.items() if name != "summary"}
    return {study.name: plain(facts)}
