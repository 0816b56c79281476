"""What a retraining changed: every new version beside the champion that was in use before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from cluster_engine.errors import ClusterEngineError, ModelError
from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import open_pack
from cluster_engine.registry.locate import ModelStore, make_key
from cluster_engine.registry.versions import find_champion, find_version, load_version
from cluster_engine.reports.diff_page import Compared
from cluster_engine.results import Model
from cluster_engine.settings import read_settings
from cluster_engine.workflows.cluster_moves import COLUMNS as CLUSTER_COLUMNS
from cluster_engine.workflows.diff_summary import lay_out
from cluster_engine.workflows.firm_moves import COLUMNS as FIRM_COLUMNS
from cluster_engine.workflows.model_diff import DiffRequest, compare_models, set_scene
from cluster_engine.workflows.progress import Progress, be_silent
from cluster_engine.workflows.retrain import RetrainReport, RetrainRequest, retrain
from cluster_engine.workflows.retrain_run import Outcome

DONE = ("promoted", "kept")
"""Outcomes of regions that were trained or judged."""

HEAD = ["region", "old_version", "new_version", "outcome"]


@dataclass(frozen=True, slots=True)
class RegionChange:
    """What became of one region.

    Attributes
    ----------
    outcome : Outcome
    sentence : str
        What became of it and why, or why it could not be compared.
    found : Compared or None
        Beside the champion before; None: there was none, or it cannot be compared.
    """

    outcome: Outcome
    sentence: str
    found: Compared | None


@dataclass(frozen=True, slots=True)
class RetrainChanges:
    """What a retraining changed.

    Attributes
    ----------
    pack : str
    regions : tuple of RegionChange
        Those that were trained, judged or failed.
    top : int
        Length of the lists compared.
    """

    pack: str
    regions: tuple[RegionChange, ...]
    top: int

    @property
    def firms(self) -> pd.DataFrame:
        """One row per region, market and firm that did not stay."""
        return self._join(lambda found: found.moved, FIRM_COLUMNS)

    @property
    def clusters(self) -> pd.DataFrame:
        """One row per region and pair of clusters, those that are as they were left out."""
        table = self._join(lambda found: found.clusters, CLUSTER_COLUMNS)
        return table[table["event"] != "kept"].reset_index(drop=True)

    def _join(
        self, take: Callable[[Compared], pd.DataFrame], columns: tuple[str, ...]
    ) -> pd.DataFrame:
        tables = [
            take(one.found).assign(
                region=one.outcome.region, old_version=one.found.old,
                new_version=one.found.new, outcome=one.outcome.outcome,
            )
            for one in self.regions if one.found is not None and len(take(one.found))
        ]  # fmt: skip
        order = [*HEAD, *columns]
        if not tables:
            return pd.DataFrame(columns=order)
        return pd.concat(tables, ignore_index=True)[order]


def retrain_and_compare(
    request: RetrainRequest,
    store: ModelStore,
    *,
    pack_before: str | None = None,
    on_progress: Progress = be_silent,
) -> tuple[RetrainReport, RetrainChanges | None]:
    """Retrain, then say what changed; see :func:`cluster_engine.workflows.retrain.retrain`.

    Parameters
    ----------
    request : RetrainRequest
    store : ModelStore
    pack_before : str, optional
        Pack of the champions' time, where its firms are no longer those of the pack.
    on_progress : callable, optional

    Returns
    -------
    RetrainReport
    RetrainChanges or None
        None: nothing was done.
    """
    before = _find_champions(request, store)
    report = retrain(request, store, on_progress=on_progress)
    done = [one for one in report.outcomes if one.outcome in (*DONE, "failed")]
    if request.is_dry or not done:
        return report, None
    task = _Task(
        request, store, before, pack_before, read_settings(request.settings).gates.top_firms
    )
    return report, RetrainChanges(report.pack, _compare_all(task, done, on_progress), task.top)


@dataclass(frozen=True, slots=True)
class _Task:
    """What every region is compared with."""

    request: RetrainRequest
    store: ModelStore
    before: Mapping[str, str]
    pack_before: str | None
    top: int


def _find_champions(request: RetrainRequest, store: ModelStore) -> dict[str, str]:
    """Region to the champion in use; none for a region whose aliases are damaged."""
    pack = open_pack(request.pack)
    names = request.regions or tuple(sorted(set(pack.read("regions")["region"])))
    champions = {}
    for region in {find_region(pack, name).slug for name in names}:
        try:
            folder = find_champion(store, make_key(pack.manifest.name, region))
        except ModelError:
            continue
        if folder is not None:
            champions[region] = folder.name
    return champions


def _compare_all(
    task: _Task, done: list[Outcome], on_progress: Progress
) -> tuple[RegionChange, ...]:
    from joblib import Parallel, delayed, parallel_config

    stage = "Comparing with what was in use"
    on_progress(stage, 0, len(done))
    found = []
    jobs = min(task.request.jobs, len(done))
    with parallel_config("loky" if jobs > 1 else "sequential", n_jobs=jobs):
        work = Parallel(return_as="generator", max_nbytes=None)(
            delayed(_compare_one)(task, outcome) for outcome in done
        )
        for change in work:
            found.append(change)
            on_progress(stage, len(found), len(done))
    return tuple(found)


def _compare_one(task: _Task, outcome: Outcome) -> RegionChange:
    told = f"{outcome.outcome.capitalize()}: {outcome.reason.rstrip('.')}."
    old = task.before.get(outcome.region)
    if outcome.outcome not in DONE:
        return RegionChange(outcome, told, None)
    if old is None:
        return RegionChange(outcome, f"{told} There was no champion to compare with.", None)
    try:
        return RegionChange(outcome, told, _compare(task, outcome, old))
    except ClusterEngineError as fault:
        # The models are trained and judged: what cannot be compared must not undo that.
        return RegionChange(outcome, f"{told} Not compared with {old}: {fault.message}", None)


def _compare(task: _Task, outcome: Outcome, old: str) -> Compared:
    request = DiffRequest(pack=task.request.pack, pack_before=task.pack_before, top=task.top)
    scene = set_scene(request)
    key = make_key(scene.packs[-1].manifest.name, outcome.region)
    models = []
    for version in (old, outcome.version):
        folder = find_version(task.store, key, version)
        if folder is None:
            raise ModelError(f"There is no sound version {version} of {key}.")
        models.append(load_version(folder, Model))
    return lay_out(compare_models(key, models[0], models[1], scene))
