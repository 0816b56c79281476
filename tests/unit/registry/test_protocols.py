"""Versions of older protocols stay loadable."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cluster_engine.errors import ModelError
from cluster_engine.registry.audit import PROTOCOL, READERS, read_manifest
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.versions import load_champion
from cluster_engine.results import Model, NationalModel
from cluster_engine.workflows.metrics import recall_metrics

PROTOCOLS = "tests/data/model-protocols"


@pytest.fixture(params=[number for number in READERS if number < PROTOCOL])
def old_store(request: pytest.FixtureRequest, checkout: Path, tmp_path: Path) -> ModelStore:
    folder = checkout / PROTOCOLS / str(request.param)
    assert folder.is_dir(), f"keep a small version of protocol {request.param} in {PROTOCOLS}"
    shutil.copytree(folder, tmp_path / "models")
    return ModelStore(tmp_path / "models", tmp_path / "shipped")


def test_the_latest_protocol_has_a_reader() -> None:
    assert max(READERS) == PROTOCOL


def test_old_clusters_of_the_nation_are_loaded_as_they_were(old_store: ModelStore) -> None:
    nation = load_champion(old_store, "toyland.national-clusters", NationalModel)
    assert nation is not None
    assert nation.facts["version"].startswith("2021-")
    assert len(nation.sectors) > 0


def test_an_old_region_lacks_what_a_score_needs_and_says_how_to_train(
    old_store: ModelStore,
) -> None:
    with pytest.raises(ModelError, match="lacks figures that are needed today") as refused:
        load_champion(old_store, "toyland.north", Model)
    assert "cluster-engine train" in refused.value.hint


def test_an_old_version_tells_what_metrics_it_has(old_store: ModelStore) -> None:
    (folder,) = (old_store.home / "toyland.north").glob("2021-*")
    manifest = read_manifest(folder)
    kept = {} if int(manifest["protocol"]) == 1 else manifest["metrics"]
    assert manifest["metrics"] == kept
    assert recall_metrics(manifest)["n_firms"] == 11


@pytest.mark.slow
def test_training_replaces_an_old_champion(
    old_store: ModelStore, toy_pack: Path, run: Callable[..., Any]
) -> None:
    ran = run("train", "--pack", toy_pack, "--models", old_store.home)
    assert ran.code == 0, ran.err
    model = load_champion(old_store, "toyland.north", Model)
    assert model is not None
    # 1800 of 2000 jobs where a third of all jobs are: 3 x 0.9
    cars = model.sectors.set_index("industry").loc["2910"]
    assert cars["lq"] == pytest.approx(2.7, rel=1e-9)
