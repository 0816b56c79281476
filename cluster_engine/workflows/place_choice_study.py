"""Study of where a sector's gained jobs went: a choice between areas, learned and judged later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.results import Study
from cluster_engine.targeting.evaluation.choice_metrics import (
    Choices,
    calc_share_in_first,
    lay_out_choices,
    weigh_choice_loss,
)
from cluster_engine.targeting.evaluation.intervals import Interval, beats, bootstrap
from cluster_engine.targeting.place.challenger import fit_challenger
from cluster_engine.targeting.place.learning import Penalty, choose_penalty, learn, tune
from cluster_engine.targeting.place.samples import Sample
from cluster_engine.targeting.place.terms import EARLIER_ELEVEN, Term, list_terms
from cluster_engine.workflows.place_contest import CHALLENGER, ELEVEN, MODEL, lay_out_summary
from cluster_engine.workflows.place_samples import PlacePanel, Plan, sample_plan
from cluster_engine.workflows.place_study import StudySetting
from cluster_engine.workflows.place_tables import tabulate_terms, tabulate_tuning
from cluster_engine.workflows.progress import Progress

Floats = NDArray[np.float64]

TITLE = "Where the gained jobs of a sector went"
SIZE, SHARE, POWER = "size of the area", "past share of the sector", "power of the LQ"
PENALTIES = (
    Penalty(4.0, 2.0), Penalty(16.0, 4.0), Penalty(64.0, 8.0), Penalty(256.0, 16.0),
    Penalty(1024.0, 64.0),
)  # fmt: skip
"""Stronger than for entries: plants of one sector are not independent, so the likelihood is too
sure of itself."""


def study_where(
    panel: PlacePanel, plan: Plan, setting: StudySetting, *, on_progress: Progress
) -> Study:
    """Learn where plants' worth of jobs were gained, judge on the later window, tell all."""
    learned, judged = sample_plan(panel, "gain", plan)
    on_progress(TITLE, 0, 3)
    tried = tune(learned, PENALTIES, random_state=setting.seed)
    penalty = choose_penalty(tried)
    on_progress(TITLE, 1, 3)
    evidence = _gather_evidence(learned, judged, penalty, setting.seed)
    choices = {name: _lay_out(judged, found) for name, found in evidence.items()}
    figures = _compare(choices, judged, setting)
    on_progress(TITLE, 2, 3)
    ablation = _leave_groups_out(learned, judged, penalty, setting)
    facts = _gather_facts(plan, judged, penalty, figures)
    facts["shuffled_gain"] = _shuffle(learned, judged, penalty, setting.seed)
    on_progress(TITLE, 3, 3)
    return Study(
        name="gain",
        title=TITLE,
        question=_ask(plan, learned, judged),
        tables=(
            ("Loss per plant (interval by sector), the model's gain (the wider of the intervals by "
             "sector and by area; 90 %), and the share of plants in the areas put first",
             _tabulate(choices, figures)),
            ("Groups of features left out: paired loss", ablation),
            ("Curves", tabulate_terms(learn(learned, penalty))),
            ("Penalties tried inside the learning period", tabulate_tuning(tried)),
        ),
        sentences=_find_sentences(figures, choices, facts),
        facts=facts,
    )  # fmt: skip


def _gather_facts(
    plan: Plan, judged: Sample, penalty: Penalty, figures: Mapping[str, Interval]
) -> dict[str, Any]:
    own = figures[f"{MODEL}|loss"]
    gains = {
        name.removesuffix("|gain"): figure
        for name, figure in figures.items()
        if name.endswith("|gain") and not name.startswith(MODEL)
    }
    return {
        "windows": [[window.start, window.end] for window in plan.learned],
        "judged": [plan.judged.start, plan.judged.end],
        "n_cells": len(judged.areas),
        "plants": float(judged.response.values.sum()),
        "loss": own.value,
        "summary": [
            lay_out_summary("loss per plant", own, name, gains[name])
            for name in (ELEVEN, POWER, SHARE, SIZE)
        ],
        "ridge": penalty.ridge,
        "smooth": penalty.smooth,
        "challenger_used": gains[CHALLENGER].high < 0,
        "beats": {name: beats(gain) for name, gain in gains.items()},
    }


def _ask(plan: Plan, learned: Sample, judged: Sample) -> str:
    windows = ", ".join(f"{window.start} to {window.end}" for window in plan.learned)
    return (
        "Jobs that areas added in a sector, counted in effective plants, are choices between all "
        "areas: P = size x exp(sum of curves) over the same of all areas. Learned on "
        f"{windows} ({learned.response.values.sum():,.0f} plants), judged on "
        f"{plan.judged.start} to {plan.judged.end} ({judged.response.values.sum():,.0f} plants). "
        "The penalty was chosen on folds of the learning years. This is the model that tells which "
        "region new activity of a sector chooses."
    )


def _gather_evidence(
    learned: Sample, judged: Sample, penalty: Penalty, seed: int
) -> dict[str, Floats]:
    longest = learned.take(learned.window == 0)
    terms = {term.name: term for term in list_terms("gain")}
    eleven = [term for name, term in terms.items() if name in EARLIER_ELEVEN]
    power = learn(learned, penalty, terms=[terms["shrunk_lq"]], n_ramps=1)
    return {
        MODEL: learn(learned, penalty).weigh(judged.values),
        CHALLENGER: fit_challenger(learned, random_state=seed)(judged),
        ELEVEN: learn(longest, penalty, terms=eleven).weigh(judged.values),
        POWER: power.weigh(judged.values),
        SHARE: judged.values["shrunk_lq"],
        SIZE: np.zeros(len(judged.areas)),
    }


def _lay_out(judged: Sample, evidence: Floats) -> Choices:
    told = judged.response
    return lay_out_choices(told.sets, told.values, told.size, evidence)


def _compare(
    choices: Mapping[str, Choices], judged: Sample, setting: StudySetting
) -> dict[str, Interval]:
    def measure(weight: Floats) -> dict[str, float]:
        losses = {name: weigh_choice_loss(laid, weight) for name, laid in choices.items()}
        gains = {f"{name}|gain": loss - losses[MODEL] for name, loss in losses.items()}
        return {f"{name}|loss": loss for name, loss in losses.items()} | gains

    clusters = {"sector": judged.sectors, "area": judged.areas}
    found = bootstrap(measure, clusters, n_draws=setting.n_draws, random_state=setting.seed)
    return {
        name: _by_sector(figure) if name.endswith("|loss") else figure
        for name, figure in found.items()
    }


def _by_sector(loss: Interval) -> Interval:
    """Narrow to draws of sectors: drawing areas leaves fewer to choose from, which is easier."""
    low, high = loss.by["sector"]
    return replace(loss, low=low, high=high)


def _tabulate(choices: Mapping[str, Choices], figures: Mapping[str, Interval]) -> pd.DataFrame:
    rows = []
    for name, laid in choices.items():
        loss, gain = figures[f"{name}|loss"], figures[f"{name}|gain"]
        rows.append(
            {
                "score": name, "loss": loss.value, "low": loss.low, "high": loss.high,
                "gain over it": gain.value, "gain low": gain.low, "gain high": gain.high,
                "in first 3": calc_share_in_first(laid, 3),
                "in first 10": calc_share_in_first(laid, 10),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _leave_groups_out(
    learned: Sample, judged: Sample, penalty: Penalty, setting: StudySetting
) -> pd.DataFrame:
    terms = list_terms("gain")
    chosen: dict[str, tuple[Term, ...]] = {MODEL: terms}
    for group in dict.fromkeys(term.group for term in terms):
        chosen[group] = tuple(term for term in terms if term.group != group)
    laid = {
        name: _lay_out(judged, learn(learned, penalty, terms=kept).weigh(judged.values))
        for name, kept in chosen.items()
    }
    figures = _compare(laid, judged, setting)
    rows = []
    for group in list(chosen)[1:]:
        lost = figures[f"{group}|gain"]
        rows.append({"without": group, "lost": lost.value, "low": lost.low, "high": lost.high})
    return pd.DataFrame(rows)


def _shuffle(learned: Sample, judged: Sample, penalty: Penalty, seed: int) -> float:
    """Gain over size alone when the choices of each set are dealt to its areas at random."""
    generator = np.random.default_rng(seed)
    mixed = []
    for sample in (learned, judged):
        response = sample.response
        order = np.lexsort((generator.random(len(response.sets)), response.sets))
        plain = np.argsort(response.sets, kind="stable")
        # Choices over size are shuffled, so that size itself goes on telling what it tells.
        rate = response.values / response.size
        values = np.empty_like(rate)
        values[plain] = rate[order] * response.size[plain]
        mixed.append(replace(sample, response=replace(response, values=values)))
    fit = learn(mixed[0], penalty)
    every = np.ones(len(judged.areas))
    own = weigh_choice_loss(_lay_out(mixed[1], fit.weigh(judged.values)), every)
    return weigh_choice_loss(_lay_out(mixed[1], np.zeros_like(every)), every) - own


def _find_sentences(
    figures: Mapping[str, Interval], choices: Mapping[str, Choices], facts: Mapping[str, Any]
) -> tuple[str, ...]:
    own = figures[f"{MODEL}|loss"]
    said = [
        f"The additive model loses {own.value:.3f} ({own.low:.3f} to {own.high:.3f}) nats per "
        "plant; "
        f"{calc_share_in_first(choices[MODEL], 3):.0%} of the plants went to the three areas it "
        "put first."
    ]
    for name in (SIZE, SHARE, POWER, ELEVEN):
        gain = figures[f"{name}|gain"]
        verdict = "more than" if beats(gain) else "not more than"
        said.append(
            f"Gain over '{name}': {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}); "
            f"{verdict} its interval."
        )
        if gain.value <= 0:
            said.append(f"The baseline '{name}' wins.")
    gain = figures[f"{CHALLENGER}|gain"]
    verb = "is" if facts["challenger_used"] else "is not"
    said.append(
        f"The boosted challenger gains {-gain.value:+.3f} ({-gain.high:+.3f} to {-gain.low:+.3f}), "
        f"so it {verb} used."
    )
    verdict = (
        "nothing is found where there is nothing"
        if facts["shuffled_gain"] <= 0
        else "something is found where there is nothing: do not trust this study"
    )
    said.append(
        f"With choices shuffled the gain over size is {facts['shuffled_gain']:+.4f}: {verdict}."
    )
    return tuple(said)
