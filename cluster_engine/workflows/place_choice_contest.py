"""A contest of scores for where a sector's gained jobs went: losses, gains, words, and the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.targeting.evaluation.choice_metrics import (
    Choices,
    calc_share_in_first,
    lay_out_choices,
    weigh_choice_loss,
)
from cluster_engine.targeting.evaluation.intervals import Interval, beats, bootstrap
from cluster_engine.targeting.place.challenger import fit_challenger
from cluster_engine.targeting.place.learning import Penalty, learn
from cluster_engine.targeting.place.samples import Sample
from cluster_engine.targeting.place.terms import EARLIER_ELEVEN, list_terms
from cluster_engine.workflows.place_contest import CHALLENGER, ELEVEN, MODEL, lay_out_summary
from cluster_engine.workflows.place_samples import Plan

Floats = NDArray[np.float64]

TITLE = "Where the gained jobs of a sector went"
SIZE, SHARE, POWER = "size of the area", "past share of the sector", "power of the LQ"
LOSSES = (
    "Loss per plant (interval by sector), the model's gain (the wider of the intervals by "
    "sector and by area; 90 %), and the share of plants in the areas put first"
)


def gather_evidence(learned: Sample, judged: Sample, penalty: Penalty) -> dict[str, Floats]:
    """Evidence of the model and of the simple scores on the judged cells."""
    longest = learned.take(learned.window == 0)
    terms = {term.name: term for term in list_terms("gain")}
    eleven = [term for name, term in terms.items() if name in EARLIER_ELEVEN]
    power = learn(learned, penalty, terms=[terms["shrunk_lq"]], n_ramps=1)
    return {
        MODEL: learn(learned, penalty).weigh(judged.values),
        ELEVEN: learn(longest, penalty, terms=eleven).weigh(judged.values),
        POWER: power.weigh(judged.values),
        SHARE: judged.values["shrunk_lq"],
        SIZE: np.zeros(len(judged.areas)),
    }


def challenge(learned: Sample, judged: Sample, seed: int) -> Floats:
    """Evidence of the boosted challenger, which takes longer than all others together."""
    return fit_challenger(learned, random_state=seed)(judged)


def ask(plan: Plan, learned: Sample, judged: Sample, penalty: str) -> str:
    """What was learned from what, judged on what, and where the penalty comes from."""
    windows = ", ".join(f"{window.start} to {window.end}" for window in plan.learned)
    return (
        "Jobs that areas added in a sector, counted in effective plants, are choices between all "
        "areas: P = size x exp(sum of curves) over the same of all areas. Learned on "
        f"{windows} ({learned.response.values.sum():,.0f} plants), judged on "
        f"{plan.judged.start} to {plan.judged.end} ({judged.response.values.sum():,.0f} plants). "
        f"{penalty} This is the model that tells which region new activity of a sector chooses."
    )


def lay_out(judged: Sample, evidence: Floats) -> Choices:
    """Lay evidence out as choices between the areas of every sector and window."""
    told = judged.response
    return lay_out_choices(told.sets, told.values, told.size, evidence)


def compare(
    choices: Mapping[str, Choices], judged: Sample, *, n_draws: int, random_state: int
) -> dict[str, Interval]:
    """Loss of every entrant, and the model's gain over it, with intervals by sector and by area."""

    def measure(weight: Floats) -> dict[str, float]:
        losses = {name: weigh_choice_loss(laid, weight) for name, laid in choices.items()}
        gains = {f"{name}|gain": loss - losses[MODEL] for name, loss in losses.items()}
        return {f"{name}|loss": loss for name, loss in losses.items()} | gains

    clusters = {"sector": judged.sectors, "area": judged.areas}
    found = bootstrap(measure, clusters, n_draws=n_draws, random_state=random_state)
    return {
        name: _by_sector(figure) if name.endswith("|loss") else figure
        for name, figure in found.items()
    }


def _by_sector(loss: Interval) -> Interval:
    """Narrow to draws of sectors: drawing areas leaves fewer to choose from, which is easier."""
    low, high = loss.by["sector"]
    return replace(loss, low=low, high=high)


def gather_facts(
    plan: Plan, judged: Sample, penalty: Penalty, figures: Mapping[str, Interval]
) -> dict[str, Any]:
    """Figures of the contest, JSON-ready; `gate` is what a later version is held against.

    The gain over the size of the areas, not the loss itself: with more areas to choose from any
    score loses more, the model as well as the baseline.
    """
    own = figures[f"{MODEL}|loss"]
    gains = {
        name.removesuffix("|gain"): figure
        for name, figure in figures.items()
        if name.endswith("|gain") and not name.startswith(MODEL)
    }
    over_size = gains[SIZE]
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
        "challenger_used": CHALLENGER in gains and gains[CHALLENGER].high < 0,
        "beats": {name: beats(gain) for name, gain in gains.items()},
        "gate": {
            "measure": f"nats per plant gained over the {SIZE}",
            "value": over_size.value,
            "low": over_size.low,
            "high": over_size.high,
            "higher_is_better": True,
        },
    }


def tabulate(choices: Mapping[str, Choices], figures: Mapping[str, Interval]) -> pd.DataFrame:
    """One row per entrant: loss, the model's gain over it, plants in the areas put first."""
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


def shuffle_choices(learned: Sample, judged: Sample, penalty: Penalty, seed: int) -> float:
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
    own = weigh_choice_loss(lay_out(mixed[1], fit.weigh(judged.values)), every)
    return weigh_choice_loss(lay_out(mixed[1], np.zeros_like(every)), every) - own


def find_sentences(
    figures: Mapping[str, Interval], choices: Mapping[str, Choices], facts: Mapping[str, Any]
) -> tuple[str, ...]:
    """What came out, in words; the challenger only where it took part."""
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
    if CHALLENGER in choices:
        said.append(_tell_challenger(figures[f"{CHALLENGER}|gain"], facts))
    verdict = (
        "nothing is found where there is nothing"
        if facts["shuffled_gain"] <= 0
        else "something is found where there is nothing: do not trust this study"
    )
    said.append(
        f"With choices shuffled the gain over size is {facts['shuffled_gain']:+.4f}: {verdict}."
    )
    return tuple(said)


def _tell_challenger(gain: Interval, facts: Mapping[str, Any]) -> str:
    verb = "is" if facts["challenger_used"] else "is not"
    return (
        f"The boosted challenger gains {-gain.value:+.3f} ({-gain.high:+.3f} to {-gain.low:+.3f}), "
        f"so it {verb} used."
    )
