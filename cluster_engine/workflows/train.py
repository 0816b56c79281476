"""Train a region: analyse the pack, fit the yardstick, save a challenger, let the gates decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.parameters import Gates
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.versions import (
    find_version,
    load_version,
    prepare_folder,
    save_version,
)
from cluster_engine.results import Model
from cluster_engine.settings import read_settings
from cluster_engine.workflows.card import write_card
from cluster_engine.workflows.cluster_files import read_names, read_similarity
from cluster_engine.workflows.fit import Nation, fit_region, prepare_nation, read_checked
from cluster_engine.workflows.gates import REGION_GATES, Case
from cluster_engine.workflows.metrics import list_metrics
from cluster_engine.workflows.mover import read_movers, set_label_rate
from cluster_engine.workflows.progress import Progress, be_silent
from cluster_engine.workflows.promotion import Candidate, Decision, Policy, decide
from cluster_engine.workflows.rank_agreement import compare_ranks
from cluster_engine.workflows.training import Training


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model, whether there was anything to do, and what became of it."""

    model: Model
    is_new: bool
    decision: Decision


@dataclass(frozen=True, slots=True)
class TrainRequest:
    """What to train, as the user wrote it; None: the pack's defaults and the shipped settings."""

    region: str | None = None
    pack: str | None = None
    year: int | None = None
    settings: Path | None = None
    seed: int = 0
    similarity: Path | None = None
    names: Path | None = None
    policy: Policy = "gates"
    movers: Path | None = None
    label_rate: float | None = None


def train_region(
    request: TrainRequest, store: ModelStore, *, on_progress: Progress = be_silent
) -> Trained:
    """Train the region a user asked for; see :func:`train`."""
    pack = open_pack(request.pack)
    training = Training(
        pack=pack,
        region=find_region(pack, request.region),
        settings=set_label_rate(read_settings(request.settings), request.label_rate),
        year=request.year or pack.manifest.default_year,
        seed=request.seed,
        own=None if request.similarity is None else read_similarity(request.similarity, pack),
        names=() if request.names is None else read_names(request.names, pack),
        movers=None if request.movers is None else read_movers(request.movers),
    )
    return train(training, store, policy=request.policy, on_progress=on_progress)


def train(
    training: Training,
    store: ModelStore,
    *,
    policy: Policy = "gates",
    on_progress: Progress = be_silent,
) -> Trained:
    """Train one region, and make the result its champion if the gates let it pass.

    Parameters
    ----------
    training : Training
        What to train.
    store : ModelStore
        Where to keep it.
    policy : {"gates", "force", "never"}, optional
        Who decides whether it becomes champion.
    on_progress : callable, optional
        Called with (stage, done, total).

    Returns
    -------
    Trained
        With the same inputs as a version that is there already, that version.
    """
    there = find_version(store, training.key, training.version)
    if there is not None:
        decision = decide_region(training, store, there, policy)
        return Trained(load_version(there, Model), is_new=False, decision=decision)
    economy = read_checked(training, on_progress)
    prepare_folder(store, training.key)
    # Small matrices: a second BLAS thread costs more than it brings, and one gives the same bits.
    with threadpool_limits(limits=1):
        nation = prepare_nation(training, economy, store, policy=policy, on_progress=on_progress)
        trained = train_prepared(training, store, nation, policy)
    on_progress("Saving the model", 1, 1)
    return trained


def train_prepared(
    training: Training, store: ModelStore, nation: Nation, policy: Policy
) -> Trained:
    """Fit, save and judge one region, with what all regions share."""
    return keep_model(training, fit_region(training, nation), store, nation, policy)


def keep_model(
    training: Training, model: Model, store: ModelStore, nation: Nation, policy: Policy
) -> Trained:
    """Save and judge a model of one region that was fitted with what all regions share."""
    metrics = list_metrics(model, nation.clusters.model, nation.studies)
    folder = save_version(store, training.key, model, write_card(model), metrics)
    return Trained(model, is_new=True, decision=decide_region(training, store, folder, policy))


def decide_region(training: Training, store: ModelStore, folder: Path, policy: Policy) -> Decision:
    """Decide whether a version of a region becomes champion."""
    limits = training.settings.gates

    def compare(new: Mapping[str, Any], old: Mapping[str, Any], champion: Path) -> Case:
        return _make_case(training.pack, (folder, champion), (new, old), limits)

    return decide(store, Candidate(training.key, folder, REGION_GATES, compare), policy)


def _make_case(
    pack: Pack,
    folders: tuple[Path, Path],
    metrics: tuple[Mapping[str, Any], Mapping[str, Any]],
    limits: Gates,
) -> Case:
    new, old = (load_version(folder, Model) for folder in folders)
    return Case(*metrics, compare_ranks(pack, new, old, limits.top_firms), limits)
