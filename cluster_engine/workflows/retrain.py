"""Retrain many regions: plan, cluster the nation once, then train region beside region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from cluster_engine.engines.workers import Workers
from cluster_engine.errors import ModelError
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.registry.audit import read_manifest
from cluster_engine.registry.check import RETRAIN_LOCK
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.lock import hold
from cluster_engine.registry.versions import find_champion, find_version
from cluster_engine.settings import read_settings
from cluster_engine.workflows.drift_findings import summarise_drift
from cluster_engine.workflows.fit import prepare_nation, read_checked
from cluster_engine.workflows.mover import read_movers, set_label_rate
from cluster_engine.workflows.progress import Progress, be_silent
from cluster_engine.workflows.promotion import Policy, recall_refusal
from cluster_engine.workflows.retrain_plan import State, Step, Wanted, plan
from cluster_engine.workflows.retrain_run import (
    Outcome,
    Shared,
    open_client,
    run_here,
    run_on_workers,
)
from cluster_engine.workflows.training import Training

COLUMNS = ["region", "version", "outcome", "reason", "drift", "seconds"]


@dataclass(frozen=True, slots=True)
class RetrainRequest:
    """What to retrain, as the user wrote it.

    Attributes
    ----------
    pack : str or None
    regions : tuple of str
        Empty: all of the pack.
    settings : Path or None
    seed : int
    policy : {"gates", "force", "never"}
    jobs : int
        Regions that are trained at the same time.
    is_dry : bool
        Plan only.
    movers : Path or None
        A list whose events name firms, to learn the weights of the mover criteria from.
    label_rate : float or None
        Share of the movers whom its events name.
    workers : Workers or None
        Of Dask, to train regions on; None: processes of this machine.
    """

    pack: str | None = None
    regions: tuple[str, ...] = ()
    settings: Path | None = None
    seed: int = 0
    policy: Policy = "gates"
    jobs: int = 2
    is_dry: bool = False
    movers: Path | None = None
    label_rate: float | None = None
    workers: Workers | None = None


@dataclass(frozen=True, slots=True)
class RetrainReport:
    """What a retraining did, region by region.

    Attributes
    ----------
    pack : str
    steps : tuple of Step
        The plan.
    outcomes : tuple of Outcome
        In the order of the plan.
    """

    pack: str
    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def rows(self) -> pd.DataFrame:
        """One row per region: region, version, outcome, reason, seconds."""
        cells = [[getattr(one, name) for name in COLUMNS] for one in self.outcomes]
        return pd.DataFrame(cells, columns=COLUMNS)

    @property
    def drift(self) -> str:
        """How many regions drifted, and what most of all, in one line; empty where none did."""
        return summarise_drift({one.region: one.found for one in self.outcomes if one.found})

    @property
    def is_idle(self) -> bool:
        """Whether there was nothing to do."""
        return all(step.action == "nothing" for step in self.steps)

    @property
    def exit_code(self) -> int:
        """0, or the code of the first region that failed."""
        return next((one.exit_code for one in self.outcomes if one.exit_code), 0)


def retrain(
    request: RetrainRequest, store: ModelStore, *, on_progress: Progress = be_silent
) -> RetrainReport:
    """Retrain the regions asked for.

    What was finished before a stop is found by its version and not done again.

    Raises
    ------
    BusyError
        Another retraining of the same models is under way; says whose.
    DataError
        The pack is faulty.
    ModelError
        The models folder cannot be written.
    NetworkError
        Workers were asked for and cannot be reached, or were lost again and again.
    """
    pack = open_pack(request.pack)
    trainings = _list_trainings(pack, request)
    steps = _plan(trainings, store, request.policy)
    todo = [pair for pair in zip(steps, trainings, strict=True) if pair[0].action != "nothing"]
    if request.is_dry or not todo:
        return RetrainReport(pack.manifest.name, steps, tuple(map(_tell_step, steps)))
    # Workers that cannot be had are told before the clusters of the nation are found.
    with hold(store.home, name=RETRAIN_LOCK, wait=0.0), open_client(request.workers) as client:
        shared = _share(todo, store, request.policy, on_progress)
        if client is None:
            done = run_here(todo, shared, request.jobs, on_progress)
        else:
            done = run_on_workers(todo, shared, client, on_progress)
    outcomes = tuple(done.get(step.key) or _tell_step(step) for step in steps)
    return RetrainReport(pack.manifest.name, steps, outcomes)


def _list_trainings(pack: Pack, request: RetrainRequest) -> list[Training]:
    settings = set_label_rate(read_settings(request.settings), request.label_rate)
    movers = None if request.movers is None else read_movers(request.movers)
    names = request.regions or tuple(sorted(set(pack.read("regions")["region"])))
    regions = {region.slug: region for region in (find_region(pack, name) for name in names)}
    year = pack.manifest.default_year
    return [
        Training(pack, one, settings, year, request.seed, movers=movers) for one in regions.values()
    ]


def _plan(trainings: Sequence[Training], store: ModelStore, policy: Policy) -> tuple[Step, ...]:
    wanted = [Wanted(one.region.slug, one.key, one.version, one.list_inputs()) for one in trainings]
    states = {one.key: _find_state(one, store) for one in wanted}
    return plan(wanted, states, policy)


def _find_state(wanted: Wanted, store: ModelStore) -> State:
    try:
        champion = find_champion(store, wanted.key)
        inputs = None if champion is None else read_manifest(champion)["facts"]["inputs"]
        name = None if champion is None else champion.name
    except (ModelError, KeyError):
        inputs = name = None
    is_there = find_version(store, wanted.key, wanted.version) is not None
    refusal = recall_refusal(store, wanted.key, wanted.version) if is_there and name else None
    return State(name, inputs, is_there, refusal)


def _share(
    todo: Sequence[tuple[Step, Training]],
    store: ModelStore,
    policy: Policy,
    on_progress: Progress,
) -> Shared:
    """Read and check the pack, and find the clusters of the nation, once for all regions."""
    fresh = [training for step, training in todo if step.action == "train"]
    if not fresh:
        return Shared(store, policy, None)
    economy = read_checked(fresh[0], on_progress)
    with threadpool_limits(limits=1):
        nation = prepare_nation(fresh[0], economy, store, policy=policy, on_progress=on_progress)
    return Shared(store, policy, nation)


def _tell_step(step: Step) -> Outcome:
    told = {"train": "to train", "judge": "to judge", "nothing": "nothing to do"}
    return Outcome(step.region, step.version, told[step.action], step.why)
