"""Where sectors add jobs: learned once for the nation; what it says of a region's sectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cluster_engine import __version__
from cluster_engine.packs.pack import Pack
from cluster_engine.registry.audit import PROTOCOL, read_manifest
from cluster_engine.registry.locate import PLACE_KEY, ModelStore, make_key
from cluster_engine.registry.versions import (
    find_version,
    load_version,
    make_version,
    prepare_folder,
    save_version,
)
from cluster_engine.results import PlaceModel, Region, Study
from cluster_engine.settings import Settings
from cluster_engine.targeting.place.learning import Penalty
from cluster_engine.targeting.place.model import calc_place_terms
from cluster_engine.targeting.place.terms import OutcomeName
from cluster_engine.workflows.gates import PLACE_GATES, Case
from cluster_engine.workflows.inputs import hash_tables
from cluster_engine.workflows.place_model import (
    calc_region_features,
    learn_place_model,
    plan_all_windows,
    read_place_panel,
)
from cluster_engine.workflows.place_samples import PlacePanel, read_panel, read_years
from cluster_engine.workflows.place_use_study import (
    CARD_FILES,
    judge_place_model,
    list_study_facts,
    write_hit_rate,
)
from cluster_engine.workflows.progress import Progress, be_silent
from cluster_engine.workflows.promotion import Candidate, Policy, decide, recall_refusal
from cluster_engine.workflows.rounding import DIGITS

OUTCOME: OutcomeName = "gain"
GROUPS = ("own", "related", "cluster", "trade", "skills")
"""Groups of terms that tell sectors of one region apart; its size and breadth do not."""

INPUT_TABLES = (
    "areas", "industries", "employment", "enterprises", "io_industries", "io_flows",
    "io_concordance",
)  # fmt: skip
"""Tables that the learned curves depend on."""


@dataclass(frozen=True, slots=True)
class PlaceTask:
    """What to learn from.

    Attributes
    ----------
    pack : Pack
    settings : Settings
    year : int
        Latest year of employment used.
    """

    pack: Pack
    settings: Settings
    year: int

    def list_inputs(self) -> dict[str, Any]:
        """Everything the curves depend on, JSON-ready."""
        values = self.settings.as_values()
        return {
            "engine": __version__,
            "protocol": PROTOCOL,
            "pack": self.pack.manifest.name,
            "tables": hash_tables(self.pack, INPUT_TABLES),
            "year": self.year,
            "outcome": OUTCOME,
            "settings": {name: values[name] for name in ("place", "concentration", "evaluation")},
        }

    def can_learn(self) -> bool:
        """Whether there are areas to choose from, and later years to learn from."""
        areas = self.pack.read("areas", columns=("area",))["area"].nunique()
        years = [year for year in read_years(self.pack) if year <= self.year]
        return areas >= self.settings.place.minimum_areas and bool(plan_all_windows(years))


def learn_national_place(
    task: PlaceTask,
    store: ModelStore,
    *,
    policy: Policy = "gates",
    on_progress: Progress = be_silent,
) -> PlaceModel | None:
    """Load the curves learned from the same inputs before, or learn, judge and save them.

    Returns
    -------
    PlaceModel or None
        None: too few areas or years.

    Raises
    ------
    BusyError, ModelError
        The models folder cannot be written.
    """
    if not task.can_learn():
        return None
    inputs = task.list_inputs()
    name = make_version(inputs, task.year)
    key = make_key(task.pack.manifest.name, PLACE_KEY)
    folder = find_version(store, key, name)
    if folder is not None:
        model = load_version(folder, PlaceModel)
    else:
        prepare_folder(store, key)
        panel = read_place_panel(task.pack, task.settings, until=task.year, on_progress=on_progress)
        on_progress("Learning where sectors grow", 0, 1)
        rule = task.settings.place
        learned = learn_place_model(panel, OUTCOME, penalty=Penalty(rule.ridge, rule.smooth))
        model = replace(learned, facts={**learned.facts, "version": name, "inputs": inputs})
        on_progress("Learning where sectors grow", 1, 1)
        folder = _judge_and_save(task, store, model, panel, on_progress)
    # Regions are made with it in any case, and judged by it themselves: the alias tells the best.
    if policy != "gates" or recall_refusal(store, key, name) is None:
        decide(store, Candidate(key, folder, PLACE_GATES, _make_case(task.settings)), policy)
    return model


def _judge_and_save(
    task: PlaceTask, store: ModelStore, model: PlaceModel, panel: PlacePanel, on_progress: Progress
) -> Path:
    pack, version = task.pack.manifest.name, str(model.facts["version"])
    study = judge_place_model(panel, task.settings, on_progress=on_progress)
    metrics = {
        "cells": model.facts["n_cells"],
        "plants": model.facts["happened"],
        "studies": list_study_facts(study),
    }
    draws = task.settings.evaluation.draws
    papers = (
        write_hit_rate(study, version=version, pack=pack, draws=draws)
        if isinstance(study, Study)
        else {}
    )
    card = write_place_card(model, study)
    return save_version(store, make_key(pack, PLACE_KEY), model, card, metrics, papers)


def _make_case(
    settings: Settings,
) -> Callable[[Mapping[str, Any], Mapping[str, Any], Path], Case]:
    return lambda new, old, _champion: Case(new, old, None, settings.gates)


def recall_studies(
    task: PlaceTask, store: ModelStore, model: PlaceModel | None
) -> Mapping[str, Any]:
    """Facts of the studies that a version of the curves was judged by; none of old versions."""
    key = make_key(task.pack.manifest.name, PLACE_KEY)
    folder = None if model is None else find_version(store, key, str(model.facts["version"]))
    studies = {} if folder is None else read_manifest(folder)["metrics"].get("studies", {})
    return dict(studies)


def calc_pull(task: PlaceTask, model: PlaceModel | None, region: Region) -> pd.DataFrame:
    """What the curves say of every sector of a region.

    Returns
    -------
    DataFrame
        Indexed by industry: pull (log of how often new jobs of the sector come here, for the
        region's size, against the average area and sector), pull_error (standard error), and
        pull_<group>, which add up to pull. Without a model: no rows, the same columns.
    """
    columns = ["pull", "pull_error", *(f"pull_{group}" for group in GROUPS)]
    if model is None:
        return pd.DataFrame(columns=columns, dtype="float64")
    panel = read_panel(task.pack, task.settings, (task.year,), last=task.year)
    group_of = model.terms.set_index("term")["group"]
    kept = group_of.index[group_of.isin(GROUPS)]
    features, codes = calc_region_features(panel, region), panel.data[task.year].codes
    terms = calc_place_terms(model, features, codes)[kept]
    errors = calc_place_terms(model, features, codes, column="error")[kept]
    sums = terms.T.groupby(group_of).sum().T.reindex(columns=list(GROUPS), fill_value=0.0)
    found = sums.add_prefix("pull_").assign(
        pull=sums.sum(axis=1), pull_error=np.sqrt((errors**2).sum(axis=1))
    )
    return found[columns].round(DIGITS)


def write_place_card(model: PlaceModel, study: Study | str) -> str:
    """Say in Markdown what was learned, and how well it would have foretold."""
    facts = model.facts
    judged = (
        [f"How well such curves foretold later years: {CARD_FILES[0]}.", *study.sentences]
        if isinstance(study, Study)
        else [f"Not judged on later years: {study}"]
    )
    windows = ", ".join(f"{start} to {end}" for start, end in facts["windows"])
    lines = [
        f"# Where sectors add jobs: {facts['version']}",
        "",
        f"Conditional logit over areas, additive curves. Learned from {facts['n_cells']:,} cells "
        f"of {windows}: {facts['happened']:,.0f} plants' worth of jobs.",
        "",
        judged[0],
        "",
        *(f"- {sentence}" for sentence in judged[1:]),
        *([""] if judged[1:] else []),
        "| group | term | held | reach |",
        "|---|---|---|---:|",
    ]
    held = {1: "rising", -1: "falling", 0: ""}
    lines += [
        f"| {row['group']} | {row['words']} | {held[int(row['direction'])]} | {row['reach']:.3f} |"
        for row in model.terms.to_dict("records")
    ]
    return "\n".join([*lines, ""])
