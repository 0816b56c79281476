"""`retrain --scheduler` and draws on Dask's workers: the same bytes as on one machine."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed")

from cluster_engine.engines import joblib_backend
from cluster_engine.engines.joblib_backend import open_workers, spread
from cluster_engine.engines.workers import Workers
from cluster_engine.errors import NetworkError, SettingsError
from cluster_engine.registry.locate import ModelStore
from cluster_engine.results import Model, Ranking
from cluster_engine.targeting.rank import RankPlan, rank_firms
from cluster_engine.workflows.retrain import RetrainReport, RetrainRequest, retrain

sys.path.insert(0, str(Path(__file__).parent))
from model_files import read_versions

REGIONS = ("south", "elm")

# Warnings of the packages of Dask are not ours.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Two workers, threads of this process: they speak to each other without a network."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None,
            silence_logs=50,
        ) as cluster,
        Client(cluster) as found,
    ):  # fmt: skip
        yield found


@pytest.fixture
def models(tmp_path: Path, toy_models: Path) -> Path:
    """Models in which the clusters of the nation are there already."""
    return Path(shutil.copytree(toy_models, tmp_path / "models"))


def train(
    models: Path, pack: Path, workers: Workers | None, regions: Sequence[str] = REGIONS
) -> RetrainReport:
    request = RetrainRequest(str(pack), tuple(regions), jobs=1, workers=workers)
    return retrain(request, ModelStore(models, models))


@pytest.fixture(scope="module")
def trained_here(
    tmp_path_factory: pytest.TempPathFactory, toy_pack: Path, toy_models: Path
) -> Path:
    models = tmp_path_factory.mktemp("here") / "models"
    shutil.copytree(toy_models, models)
    train(models, toy_pack, None)
    return models


@pytest.mark.slow
def test_workers_train_the_same_bytes(
    client: Any, trained_here: Path, toy_pack: Path, models: Path
) -> None:
    report = train(models, toy_pack, Workers(client=client))
    assert [one.outcome for one in report.outcomes] == ["promoted"] * len(REGIONS)
    found, expected = read_versions(models), read_versions(trained_here)
    assert {f"toyland.{region}" for region in REGIONS} <= {name.split("/")[0] for name in found}
    assert found == expected


def test_a_region_that_fails_does_not_stop_the_others(
    client: Any, toy_pack: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cluster_engine.errors import DataError, Problem
    from cluster_engine.workflows import retrain_run

    fit = retrain_run.fit_region

    def fail(training: Any, nation: Any) -> Model:
        if training.region.slug == "elm":
            raise DataError([Problem("jobs.csv", 3, "jobs", "x", "Must be a number.")])
        return fit(training, nation)

    monkeypatch.setattr(retrain_run, "fit_region", fail)
    report = train(models, toy_pack, Workers(client=client))
    by_region = {one.region: one for one in report.outcomes}
    assert (by_region["elm"].outcome, by_region["elm"].exit_code) == ("failed", 3)
    assert "jobs.csv, row 3" in by_region["elm"].reason
    assert by_region["south"].outcome == "promoted"
    assert report.exit_code == 3
    assert not list(models.glob("toyland.elm/2021-*"))


def test_a_model_made_with_other_packages_is_not_saved(
    client: Any, toy_pack: Path, models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cluster_engine.workflows import retrain_run

    monkeypatch.setattr(retrain_run, "list_packages", lambda: {"numpy": "0.1"})
    report = train(models, toy_pack, Workers(client=client), ("elm",))
    assert (report.outcomes[0].outcome, report.exit_code) == ("failed", 4)
    assert "other packages" in report.outcomes[0].reason
    assert not list(models.glob("toyland.elm/2021-*"))


def test_a_worker_of_another_version_is_refused(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cluster_engine.engines import workers

    monkeypatch.setattr(workers, "__version__", "0.0.1")
    with (
        pytest.raises(SettingsError, match=r"this machine 0\.0\.1"),
        open_workers(Workers(client=client)),
    ):
        pass


def test_no_scheduler_is_told_before_anything_is_made(
    run: Callable[..., Any], toy_pack: Path, tmp_path: Path
) -> None:
    ran = run(
        "retrain", "--pack", toy_pack, "--models", tmp_path / "models", "--regions", "north",
        "--scheduler", "tcp//typo",
    )  # fmt: skip
    assert ran.code == 8, ran.err
    assert "does not answer" in ran.err
    assert not list((tmp_path / "models").glob("toyland*"))


def test_draws_on_workers_give_the_same_ranking(
    client: Any, toy_pack: Path, toy_models: Path
) -> None:
    from cluster_engine.workflows.rank_request import RankRequest
    from cluster_engine.workflows.rank_stage import set_scene

    asked = RankRequest("german-speaking", "north", str(toy_pack), draws=40)
    scene = set_scene(asked, ModelStore(toy_models, toy_models))
    blocks: list[int] = []

    def send(function: Any, shared: Any, parts: Any) -> Any:
        blocks.append(len(parts))
        return spread(client, function, shared, parts)

    def rank(plan: RankPlan) -> Ranking:
        return rank_firms(scene.model, scene.market, scene.chosen.tables, plan)

    expected = rank(scene.plan)
    found = rank(replace(scene.plan, spread=send))
    assert blocks
    assert found.rows.equals(expected.rows)


def _die_once(folder: Path, part: int) -> int:
    if part == 1 and not (folder / "died").exists():
        (folder / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return part


def _die(shared: int, part: int) -> int:
    if part == shared:
        os.kill(os.getpid(), signal.SIGKILL)
    return part


@pytest.mark.slow
def test_a_lost_worker_changes_nothing_and_a_part_that_kills_them_all_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_workers(Workers("local", 2)) as client:
        assert list(spread(client, _die_once, tmp_path, range(4))) == [0, 1, 2, 3]
        assert (tmp_path / "died").exists()
        # joblib's own backend would wait here for ever.
        monkeypatch.setattr(joblib_backend, "TRIES", 0)
        with pytest.raises(NetworkError, match="again"):
            list(spread(client, _die, 1, range(4)))
