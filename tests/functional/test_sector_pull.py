"""The learned criterion: from the panel of a pack into the sector table and the score."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cluster_engine.packs.choices import find_region
from cluster_engine.packs.pack import open_pack
from cluster_engine.registry.locate import ModelStore, open_store
from cluster_engine.results import PlaceModel
from cluster_engine.settings import read_settings
from cluster_engine.workflows.national_place import (
    GROUPS,
    PlaceTask,
    calc_pull,
    learn_national_place,
)

COLUMNS = ["pull", "pull_error", *(f"pull_{group}" for group in GROUPS)]


def test_a_pack_of_few_areas_learns_nothing(toy_pack: Path, tmp_path: Path) -> None:
    pack = open_pack(str(toy_pack))
    task = PlaceTask(pack, read_settings(), pack.manifest.default_year)
    assert learn_national_place(task, ModelStore(tmp_path / "own", tmp_path / "shipped")) is None
    pull = calc_pull(task, None, find_region(pack, None))
    assert list(pull.columns) == COLUMNS
    assert pull.empty


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> tuple[PlaceTask, PlaceModel, ModelStore]:
    pack = open_pack(None)
    task = PlaceTask(pack, read_settings(), pack.manifest.default_year)
    folder = tmp_path_factory.mktemp("models")
    store = ModelStore(folder / "own", folder / "shipped")
    model = learn_national_place(task, store)
    assert model is not None
    return task, model, store


@pytest.mark.slow
def test_groups_add_up_and_strong_sectors_draw_more(
    learned: tuple[PlaceTask, PlaceModel, ModelStore],
) -> None:
    task, model, _ = learned
    pull = calc_pull(task, model, find_region(task.pack, "west-midlands"))
    groups = pull[[f"pull_{group}" for group in GROUPS]].sum(axis=1)
    np.testing.assert_allclose(groups, pull["pull"], atol=1e-5)
    assert (pull["pull_error"] > 0).all()
    # Car parts and locks, in which the region leads; sea fishing and reinsurance, which it lacks.
    assert pull.loc[["2932", "2572"], "pull"].min() > 1.0
    assert pull.loc[["0311", "6520"], "pull"].max() < 0.0


@pytest.mark.slow
def test_what_was_learned_once_is_loaded_again(
    learned: tuple[PlaceTask, PlaceModel, ModelStore],
) -> None:
    task, model, store = learned
    again = learn_national_place(task, store)
    assert again is not None
    pd.testing.assert_frame_equal(again.curves, model.curves)
    assert again.facts == model.facts


@pytest.mark.slow
def test_the_shipped_curves_are_those_learned_anew(
    learned: tuple[PlaceTask, PlaceModel, ModelStore], tmp_path: Path
) -> None:
    task, model, _ = learned
    shipped = learn_national_place(task, open_store(tmp_path))
    assert shipped is not None
    pd.testing.assert_frame_equal(shipped.curves, model.curves, atol=1e-6, rtol=0)
