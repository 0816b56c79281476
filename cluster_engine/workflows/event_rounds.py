"""Rounds of a study of projects: one split in time, rolling origin, and what must not help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cluster_engine.targeting.evaluation.guards import check_too_good
from cluster_engine.targeting.evaluation.intervals import Interval, bootstrap
from cluster_engine.targeting.place.choice_contest import calc_marks, foretell, learn_choice
from cluster_engine.targeting.place.events import (
    FEATURES,
    NEARNESS,
    PAST,
    STATISTICS,
    Choices,
    Places,
    lay_out_events,
)

Floats = NDArray[np.float64]

MODEL = "model"
NO_STATISTICS = "model without statistics"
NO_PAST = "model without past projects"
LEAN = "model, plants taken off"
UNIFORM = "every region alike"
PAST_SHARE = "past share of projects"
SECTOR_LQ = "LQ of the sector"
BASELINES = (UNIFORM, PAST_SHARE, SECTOR_LQ)
MODELS: Mapping[str, tuple[str, ...]] = {
    MODEL: FEATURES,
    NO_STATISTICS: (*PAST, *NEARNESS),
    NO_PAST: (*STATISTICS, *NEARNESS),
    UNIFORM: (),
    SECTOR_LQ: ("lq",),
}
MARKS = ("log_loss", "hit_1", "hit_3", "rank")
FIRST_ORIGIN = 40
"""Projects to learn from before the first year of the rolling origin."""


@dataclass(frozen=True, slots=True)
class Round:
    """Marks of all models on the projects judged.

    Attributes
    ----------
    figures : DataFrame
        projects (all, first, repeat), model, mark, value, low, high.
    gains : mapping of str to Interval
        'model|baseline|mark|projects': how much better the model is; paired, clustered by investor.
    n_learned, n_judged, n_first : int
    """

    figures: pd.DataFrame
    gains: Mapping[str, Interval]
    n_learned: int
    n_judged: int
    n_first: int


def judge_split(choices: Choices, lean: Choices, split: int, n_draws: int, seed: int) -> Round:
    """Learn up to a year, judge on all later projects.

    Parameters
    ----------
    choices : Choices
    lean : Choices
        The same with statistics that lack the jobs of the projects.
    split : int
        Last year to learn from.
    n_draws, seed : int

    Raises
    ------
    DataError
        A feature all but tells the choice.
    """
    check_leak(choices)
    year = choices.events["year"].to_numpy()
    learned, judged = year <= split, year > split
    shares = foretell_all(choices, learned, judged)
    shares[LEAN] = foretell(lean, learned, judged, {LEAN: FEATURES})[0][LEAN]
    late = choices.take(judged)
    return _judge(shares, late, int(learned.sum()), n_draws, seed)


def judge_rolling(choices: Choices, n_draws: int, seed: int) -> Round:
    """Foretell every year from all years before it, and pool."""
    year = choices.events["year"].to_numpy()
    pooled: dict[str, list[Floats]] = {}
    asked = [int(value) for value in np.unique(year) if (year < value).sum() >= FIRST_ORIGIN]
    for value in asked:
        shares = foretell_all(choices, year < value, year == value)
        for name, share in shares.items():
            pooled.setdefault(name, []).append(share)
    judged = np.isin(year, asked)
    late = choices.take(judged)
    together = {name: np.concatenate(parts) for name, parts in pooled.items()}
    return _judge(together, late, int((year < asked[0]).sum()), n_draws, seed)


def judge_shuffled(
    events: pd.DataFrame, weights: pd.DataFrame, places: Places, split: int, seed: int
) -> float:
    """Gain in log-loss over past shares when the areas are dealt out by lot: none is due."""
    dealt = np.random.default_rng(seed).permutation(events["area"].to_numpy())
    choices = lay_out_events(events.assign(area=dealt), weights, places)
    year = choices.events["year"].to_numpy()
    shares = foretell_all(choices, year <= split, year > split)
    late = choices.take(year > split)
    losses = {name: calc_marks(share, late)["log_loss"].mean() for name, share in shares.items()}
    return float(losses[PAST_SHARE] - losses[MODEL])


def check_leak(choices: Choices) -> None:
    """Refuse features that hold the choice itself.

    Raises
    ------
    DataError
        Names them.
    """
    n_events, n_areas, _ = choices.features.shape
    chosen = np.zeros((n_events, n_areas))
    chosen[np.arange(n_events), choices.chosen] = 1.0
    centred = choices.features - choices.features.mean(axis=1, keepdims=True)
    check_too_good(
        chosen.ravel(),
        {name: centred[:, :, n].ravel() for n, name in enumerate(choices.names)},
        where="projects",
    )


def tabulate_weights(choices: Choices, split: int) -> pd.DataFrame:
    """Weights of the model that is judged, per standard deviation between regions.

    Returns
    -------
    DataFrame
        feature, weight, error, clustered_error, spread, ridge.
    """
    model = learn_choice(choices.take(choices.events["year"].to_numpy() <= split), FEATURES)
    return pd.DataFrame(
        {
            "feature": list(model.names),
            "weight": model.fit.weights,
            "error": model.fit.errors,
            "clustered_error": model.fit.clustered_errors,
            "spread": model.spread,
            "ridge": model.ridge,
        }
    )


def foretell_all(
    choices: Choices, learned: NDArray[np.bool_], judged: NDArray[np.bool_]
) -> dict[str, Floats]:
    """Probabilities by all models and baselines, each of shape (n_judged, n_areas)."""
    shares, _ = foretell(choices, learned, judged, MODELS)
    past = choices.features[judged][:, :, choices.names.index("past_all")]
    return shares | {PAST_SHARE: np.exp(past)}


def _judge(
    shares: Mapping[str, Floats], late: Choices, n_learned: int, n_draws: int, seed: int
) -> Round:
    marks = {name: calc_marks(share, late) for name, share in shares.items()}
    rows, gains = [], {}
    parts = {
        "all": np.ones(len(late.first), dtype=bool),
        "first": late.first,
        "repeat": ~late.first,
    }
    for part, inside in parts.items():
        if not inside.any():
            continue
        values = {f"{name}|{mark}": marks[name][mark][inside] for name in marks for mark in MARKS}
        for name in marks:
            for base in BASELINES:
                for mark in MARKS if name.startswith(MODEL) else ():
                    sign = 1.0 if mark.startswith("hit") else -1.0
                    gain = sign * (marks[name][mark] - marks[base][mark])
                    values[f"{name}|{base}|{mark}"] = gain[inside]
        for key, found in draw_intervals(values, late.groups[inside], n_draws, seed).items():
            if key.count("|") == 2:
                gains[f"{key}|{part}"] = found
            else:
                name, mark = key.split("|")
                rows.append((part, name, mark, found.value, found.low, found.high))
    figures = pd.DataFrame(rows, columns=["projects", "model", "mark", "value", "low", "high"])
    return Round(figures, gains, n_learned, len(late.first), int(late.first.sum()))


def draw_intervals(
    values: Mapping[str, Floats], groups: NDArray[np.int64], n_draws: int, seed: int
) -> dict[str, Interval]:
    """Means and their intervals from draws of whole investors."""
    names, table = list(values), np.stack(list(values.values()), axis=1)

    def measure(weight: Floats) -> dict[str, float]:
        means = weight @ table / weight.sum()
        return dict(zip(names, means.tolist(), strict=True))

    return bootstrap(measure, {"investor": groups}, n_draws=n_draws, random_state=seed)
