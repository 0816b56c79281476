"""Learn the place models that a region's score can build on, from all years of a pack."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cluster_engine.packs.pack import Pack
from cluster_engine.results import PlaceModel, Region
from cluster_engine.settings import Settings
from cluster_engine.targeting.evaluation.guards import check_outcome
from cluster_engine.targeting.place.features import (
    PlaceFeatures,
    calc_place_features,
    settle_features,
)
from cluster_engine.targeting.place.learning import Penalty, choose_penalty, learn, tune
from cluster_engine.targeting.place.model import calc_place_terms, make_place_model
from cluster_engine.targeting.place.samples import Window, join_samples
from cluster_engine.targeting.place.terms import OutcomeName
from cluster_engine.workflows.place_choice_study import PENALTIES as CHOICE_PENALTIES
from cluster_engine.workflows.place_samples import (
    HORIZON,
    PlacePanel,
    read_panel,
    read_years,
    sample_window,
)
from cluster_engine.workflows.progress import Progress, be_silent


def plan_all_windows(years: Sequence[int], *, horizon: int = HORIZON) -> tuple[Window, ...]:
    """Every window of up to ``horizon`` years that ends in the last year, or that much earlier.

    Outcomes of the two ends do not overlap.
    """
    last = years[-1]
    ends = [end for end in (last - horizon, last) if end in years and end > years[0]]
    return tuple(
        Window(start, end)
        for end in ends
        for start in range(max(end - horizon, years[0]), end)
        if start in years
    )


def read_place_panel(
    pack: Pack,
    settings: Settings,
    *,
    until: int | None = None,
    on_progress: Progress = be_silent,
) -> PlacePanel:
    """Read a pack's panel with the features of every year that a model learns from or is for.

    Parameters
    ----------
    pack : Pack
    settings : Settings
    until : int, optional
        Last year used; None: that of the pack.
    on_progress : callable, optional
    """
    years = tuple(year for year in read_years(pack) if until is None or year <= until)
    starts = {window.start for window in plan_all_windows(years)} | {years[-1]}
    return read_panel(pack, settings, tuple(sorted(starts)), last=until, on_progress=on_progress)


def learn_place_model(
    panel: PlacePanel, outcome: OutcomeName, *, penalty: Penalty | None = None, seed: int = 0
) -> PlaceModel:
    """Learn the model of an outcome from all years, for use in the last one.

    Parameters
    ----------
    panel : PlacePanel
        With features of the starts of all windows and of the last year.
    outcome : {"entry", "growth", "gain"}
    penalty : Penalty, optional
        Without it, chosen on folds of areas and sectors.
    seed : int
        Of the folds.

    Raises
    ------
    DataError
        Too few outcomes to learn from.
    """
    windows = plan_all_windows(panel.years)
    sample = join_samples([sample_window(panel, outcome, window) for window in windows])
    is_choice = sample.response.family == "where"
    if not is_choice:
        check_outcome(sample.response.values, where=f"{outcome}, all years")
    if penalty is None:
        tried = (
            tune(sample, CHOICE_PENALTIES, random_state=seed)
            if is_choice
            else tune(sample, random_state=seed)
        )
        penalty = choose_penalty(tried)
    fit = learn(sample, penalty)
    last = panel.years[-1]
    facts = {
        "family": sample.response.family,
        "year": last,
        "windows": [[window.start, window.end] for window in windows],
        "levels": [round(float(level), 9) for level in fit.levels],
        "n_cells": len(sample.areas),
        "happened": round(float(sample.response.values.sum()), 6),
        "ridge": penalty.ridge,
        "smooth": penalty.smooth,
    }
    return make_place_model(outcome, fit, panel.features[last], facts)


def calc_region_features(
    panel: PlacePanel, region: Region, *, settled: bool = True
) -> PlaceFeatures:
    """Features of a region in the last year; several areas are merged into one first.

    Parameters
    ----------
    panel : PlacePanel
    region : Region
    settled : bool
        With the reversion of the survey's noise taken out; see `settle_features`.
    """
    members = np.isin(np.array(panel.areas), region.areas).astype(np.float64)[None, :]
    calculate = settle_features if settled else calc_place_features
    return calculate(panel.data[panel.years[-1]], members)


def calc_region_terms(
    panel: PlacePanel, model: PlaceModel, region: Region, *, settled: bool = True
) -> pd.DataFrame:
    """What each term of a model gives a region in every sector; see `calc_place_terms`."""
    codes = panel.data[panel.years[-1]].codes
    features = calc_region_features(panel, region, settled=settled)
    return calc_place_terms(model, features, codes)
