"""Where sectors add jobs: learned once for the nation; what it says of a region's sectors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cluster_engine import __version__
from cluster_engine.packs.pack import Pack
from cluster_engine.registry.audit import PROTOCOL
from cluster_engine.registry.locate import PLACE_KEY, ModelStore, make_key
from cluster_engine.registry.promote import promote
from cluster_engine.registry.versions import (
    find_version,
    load_version,
    make_version,
    prepare_folder,
    save_version,
)
from cluster_engine.results import PlaceModel, Region
from cluster_engine.settings import Settings
from cluster_engine.targeting.place.learning import Penalty
from cluster_engine.targeting.place.model import calc_place_terms
from cluster_engine.targeting.place.terms import OutcomeName
from cluster_engine.workflows.inputs import hash_tables
from cluster_engine.workflows.place_model import (
    calc_region_features,
    learn_place_model,
    plan_all_windows,
    read_place_panel,
)
from cluster_engine.workflows.place_samples import read_panel, read_years
from cluster_engine.workflows.progress import Progress, be_silent
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
            "settings": {name: values[name] for name in ("place", "concentration")},
        }

    def can_learn(self) -> bool:
        """Whether there are areas to choose from, and later years to learn from."""
        areas = self.pack.read("areas", columns=("area",))["area"].nunique()
        years = [year for year in read_years(self.pack) if year <= self.year]
        return areas >= self.settings.place.minimum_areas and bool(plan_all_windows(years))


def learn_national_place(
    task: PlaceTask, store: ModelStore, *, on_progress: Progress = be_silent
) -> PlaceModel | None:
    """Load the curves learned from the same inputs before, or learn and save them.

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
    there = find_version(store, key, name)
    if there is not None:
        return load_version(there, PlaceModel)
    prepare_folder(store, key)
    panel = read_place_panel(task.pack, task.settings, until=task.year, on_progress=on_progress)
    on_progress("Learning where sectors grow", 0, 1)
    rule = task.settings.place
    learned = learn_place_model(panel, OUTCOME, penalty=Penalty(rule.ridge, rule.smooth))
    model = replace(learned, facts={**learned.facts, "version": name, "inputs": inputs})
    metrics = {"cells": model.facts["n_cells"], "plants": model.facts["happened"]}
    folder = save_version(store, key, model, write_place_card(model), metrics)
    # Regions name the version they were made with: the alias only tells the latest.
    promote(store, key, folder, "learned")
    on_progress("Learning where sectors grow", 1, 1)
    return model


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


def write_place_card(model: PlaceModel) -> str:
    """Say in Markdown what was learned."""
    facts = model.facts
    windows = ", ".join(f"{start} to {end}" for start, end in facts["windows"])
    lines = [
        f"# Where sectors add jobs: {facts['version']}",
        "",
        f"Conditional logit over areas, additive curves. Learned from {facts['n_cells']:,} cells "
        f"of {windows}: {facts['happened']:,.0f} plants' worth of jobs. How well such curves "
        "foretold later years: docs/hit-rate.md.",
        "",
        "| group | term | held | reach |",
        "|---|---|---|---:|",
    ]
    held = {1: "rising", -1: "falling", 0: ""}
    lines += [
        f"| {row['group']} | {row['words']} | {held[int(row['direction'])]} | {row['reach']:.3f} |"
        for row in model.terms.to_dict("records")
    ]
    return "\n".join([*lines, ""])
