"""Train or judge the regions of a plan: in processes of this machine, or on Dask's workers.

Workers of Dask only fit. Saving, gates and drift stay with the caller: locks of a models folder
hold on one machine, and workers need not see it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from cluster_engine.engines.workers import Workers
from cluster_engine.errors import ClusterEngineError, ModelError
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.versions import find_version, prepare_folder
from cluster_engine.results import Model
from cluster_engine.workflows.drift import find_drift, load_sound_champion
from cluster_engine.workflows.drift_findings import RegionDrift
from cluster_engine.workflows.fit import Nation, fit_region
from cluster_engine.workflows.inputs import list_packages
from cluster_engine.workflows.progress import Progress
from cluster_engine.workflows.promotion import Policy
from cluster_engine.workflows.retrain_plan import Step
from cluster_engine.workflows.train import decide_region, keep_model
from cluster_engine.workflows.training import Training

STAGE = "Training regions"

Task = tuple[Step, Training]

_ONE_AT_A_TIME = threading.Lock()
"""The cap on BLAS threads is the whole process's: threads of one worker would undo each other's."""


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
class Shared:
    """What all regions need; no nation where versions are only judged."""

    store: ModelStore
    policy: Policy
    nation: Nation | None


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a worker sends back.

    Attributes
    ----------
    key : str
    model : Model or None
        None: it failed.
    seconds : float
    told : str
        Why it failed.
    exit_code : int
        Of the error, where it failed; else 0.
    """

    key: str
    model: Model | None
    seconds: float
    told: str = ""
    exit_code: int = 0


def open_client(workers: Workers | None) -> Any:
    """Context of a client of Dask's workers, or of None where regions are trained here."""
    if workers is None:
        return nullcontext(None)
    from cluster_engine.engines.joblib_backend import open_workers

    return open_workers(workers)


def run_here(
    todo: Sequence[Task], shared: Shared, jobs: int, on_progress: Progress
) -> dict[str, Outcome]:
    """Train or judge so many regions at a time; outcomes by the key of the region."""
    from joblib import Parallel, delayed, parallel_config

    # Arrays are sent, not mapped to files: a killed run must leave nothing in the shared memory.
    with parallel_config("loky" if jobs > 1 else "sequential", n_jobs=jobs):
        work = Parallel(return_as="generator_unordered", max_nbytes=None)(
            delayed(_run_one)(task, shared) for task in todo
        )
        return _collect(work, len(todo), on_progress)


def run_on_workers(
    todo: Sequence[Task], shared: Shared, client: Any, on_progress: Progress
) -> dict[str, Outcome]:
    """Fit regions on Dask's workers, then save and judge them here one by one.

    Raises
    ------
    NetworkError
        Workers were lost again and again. What was saved before stays.
    """
    return _collect(_work_off(todo, shared, client), len(todo), on_progress)


def fit_on_worker(nation: Nation, task: Task) -> Fitted:
    """Fit one region; runs on a worker and writes nothing."""
    step, training = task
    start = time.perf_counter()
    try:
        with _ONE_AT_A_TIME, threadpool_limits(limits=1):
            model = fit_region(training, nation)
    except ClusterEngineError as fault:
        seconds = time.perf_counter() - start
        return Fitted(step.key, None, seconds, _tell(fault), fault.exit_code)
    return Fitted(step.key, model, time.perf_counter() - start)


def _work_off(todo: Sequence[Task], shared: Shared, client: Any) -> Iterator[tuple[str, Outcome]]:
    from cluster_engine.engines.joblib_backend import spread

    fresh: dict[str, Task] = {}
    for step, training in todo:
        if find_version(shared.store, step.key, step.version) is None:
            fresh[step.key] = (step, training)
        else:
            yield _run_one((step, training), shared)
    if not fresh or shared.nation is None:
        # A version that went away is told as where regions are trained here.
        yield from (_run_one(task, shared) for task in fresh.values())
        return
    # One that cannot be written to is told before hours are spent.
    for step, _ in fresh.values():
        prepare_folder(shared.store, step.key)
    parts = list(fresh.values())
    for fitted in spread(client, fit_on_worker, shared.nation, parts, is_ordered=False):
        step, training = fresh[fitted.key]
        if fitted.model is None:
            yield step.key, Outcome(
                step.region, step.version, "failed", fitted.told,
                round(fitted.seconds, 2), fitted.exit_code,
            )  # fmt: skip
        else:
            yield _run_one((step, training), shared, fitted)


def _collect(
    work: Iterable[tuple[str, Outcome]], total: int, on_progress: Progress
) -> dict[str, Outcome]:
    on_progress(STAGE, 0, total)
    done: dict[str, Outcome] = {}
    for key, outcome in work:
        done[key] = outcome
        on_progress(STAGE, len(done), total)
    return done


def _run_one(task: Task, shared: Shared, fitted: Fitted | None = None) -> tuple[str, Outcome]:
    """Train or judge one region; what a worker has fitted is only saved and judged."""
    step = task[0]
    start = time.perf_counter()
    outcome, reason, code, found = "failed", "", 0, None
    try:
        with threadpool_limits(limits=1):
            outcome, reason, found = _train_or_judge(task, shared, fitted)
    except ClusterEngineError as fault:
        # One region's fault must not cost the others their models.
        reason, code = _tell(fault), fault.exit_code
    seconds = round(time.perf_counter() - start + (fitted.seconds if fitted else 0.0), 2)
    return step.key, Outcome(step.region, step.version, outcome, reason, seconds, code, found)


def _train_or_judge(
    task: Task, shared: Shared, fitted: Fitted | None
) -> tuple[str, str, RegionDrift | None]:
    step, training = task
    store = shared.store
    before = load_sound_champion(store, step.key)
    folder = find_version(store, step.key, step.version)
    if folder is not None:
        decision = decide_region(training, store, folder, shared.policy)
    else:
        nation = _need_nation(step, shared.nation)
        if fitted is None or fitted.model is None:
            prepare_folder(store, step.key)
            model = fit_region(training, nation)
        else:
            model = fitted.model
            _check_made_alike(step, model)
        decision = keep_model(training, model, store, nation, shared.policy).decision
    return decision.outcome, decision.reason, find_drift(training, store, before)


def _need_nation(step: Step, nation: Nation | None) -> Nation:
    if nation is None:
        raise ModelError(
            f"{step.region}: version {step.version} went away after the plan was made.",
            hint="Run cluster-engine retrain again.",
        )
    return nation


def _check_made_alike(step: Step, model: Model) -> None:
    """See that a worker has the data, the program and the packages of this machine."""
    facts = model.facts
    if facts["version"] != step.version or facts["packages"] != list_packages():
        raise ModelError(
            f"{step.region}: a worker has made version {facts['version']} with other data, "
            "another cluster-engine or other packages than this machine.",
            hint="Install the same versions, and put the same pack, on all machines.",
        )


def _tell(fault: ClusterEngineError) -> str:
    return f"{fault.message} {fault.hint}".strip()
