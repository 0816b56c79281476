"""Retrain many regions: plan, cluster the nation once, then train region beside region."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from cluster_engine.errors import ClusterEngineError, ModelError
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.registry.audit import read_manifest
from cluster_engine.registry.check import RETRAIN_LOCK
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.lock import hold
from cluster_engine.registry.versions import find_champion, find_version, prepare_folder
from cluster_engine.settings import read_settings
from cluster_engine.workflows.drift import find_drift, load_sound_champion
from cluster_engine.workflows.drift_findings import RegionDrift, summarise_drift
from cluster_engine.workflows.fit import Nation, prepare_nation, read_checked
from cluster_engine.workflows.mover import read_movers, set_label_rate
from cluster_engine.workflows.progress import Progress, be_silent
from cluster_engine.workflows.promotion import Policy, recall_refusal
from cluster_engine.workflows.retrain_plan import State, Step, Wanted, plan
from cluster_engine.workflows.train import decide_region, train_prepared
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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one region.

    Attributes
    ----------
    region, version : str
    outcome : str
        'promoted', 'kept', 'unchanged', 'failed', 'nothing to do'; in a dry run 'to train' and
        'to judge'.
    reason : str
    seconds : float
    exit_code : int
        Of the error, where it failed; else 0.
    found : RegionDrift or None
        What moved since the champion before; None where nothing was compared.
    """

    region: str
    version: str
    outcome: str
    reason: str
    seconds: float = 0.0
    exit_code: int = 0
    found: RegionDrift | None = None

    @property
    def drift(self) -> str:
        """What drifted most, in one line."""
        return "" if self.found is None else self.found.sentence


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


@dataclass(frozen=True, slots=True)
class _Shared:
    """What all regions need, or nothing where versions are only judged."""

    store: ModelStore
    policy: Policy
    nation: Nation | None


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
    """
    pack = open_pack(request.pack)
    trainings = _list_trainings(pack, request)
    steps = _plan(trainings, store, request.policy)
    todo = [pair for pair in zip(steps, trainings, strict=True) if pair[0].action != "nothing"]
    if request.is_dry or not todo:
        return RetrainReport(pack.manifest.name, steps, tuple(map(_tell_step, steps)))
    with hold(store.home, name=RETRAIN_LOCK, wait=0.0):
        shared = _share(todo, store, request.policy, on_progress)
        done = _run(todo, shared, request.jobs, on_progress)
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
) -> _Shared:
    """Read and check the pack, and find the clusters of the nation, once for all regions."""
    fresh = [training for step, training in todo if step.action == "train"]
    if not fresh:
        return _Shared(store, policy, None)
    economy = read_checked(fresh[0], on_progress)
    with threadpool_limits(limits=1):
        nation = prepare_nation(fresh[0], economy, store, policy=policy, on_progress=on_progress)
    return _Shared(store, policy, nation)


def _run(
    todo: Sequence[tuple[Step, Training]], shared: _Shared, jobs: int, on_progress: Progress
) -> dict[str, Outcome]:
    from joblib import Parallel, delayed, parallel_config

    stage = "Training regions"
    on_progress(stage, 0, len(todo))
    done: dict[str, Outcome] = {}
    # Arrays are sent, not mapped to files: a killed run must leave nothing in the shared memory.
    with parallel_config("loky" if jobs > 1 else "sequential", n_jobs=jobs):
        work = Parallel(return_as="generator_unordered", max_nbytes=None)(
            delayed(_run_one)(step, training, shared) for step, training in todo
        )
        for key, outcome in work:
            done[key] = outcome
            on_progress(stage, len(done), len(todo))
    return done


def _run_one(step: Step, training: Training, shared: _Shared) -> tuple[str, Outcome]:
    start = time.perf_counter()
    try:
        with threadpool_limits(limits=1):
            outcome, reason, found = _train_or_judge(step, training, shared)
    except ClusterEngineError as fault:
        # One region's fault must not cost the others their models.
        told = f"{fault.message} {fault.hint}".strip()
        outcome, reason, code, found = "failed", told, fault.exit_code, None
    else:
        code = 0
    seconds = round(time.perf_counter() - start, 2)
    return step.key, Outcome(step.region, step.version, outcome, reason, seconds, code, found)


def _train_or_judge(
    step: Step, training: Training, shared: _Shared
) -> tuple[str, str, RegionDrift | None]:
    store = shared.store
    before = load_sound_champion(store, step.key)
    folder = find_version(store, step.key, step.version)
    if folder is not None:
        decision = decide_region(training, store, folder, shared.policy)
    else:
        if shared.nation is None:
            raise ModelError(
                f"{step.region}: version {step.version} went away after the plan was made.",
                hint="Run cluster-engine retrain again.",
            )
        prepare_folder(store, step.key)
        decision = train_prepared(training, store, shared.nation, shared.policy).decision
    return decision.outcome, decision.reason, find_drift(training, store, before)


def _tell_step(step: Step) -> Outcome:
    told = {"train": "to train", "judge": "to judge", "nothing": "nothing to do"}
    return Outcome(step.region, step.version, told[step.action], step.why)
