"""When a page warns of old figures, and when not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cluster_engine.packs.pack import Pack, open_pack
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.versions import load_champion
from cluster_engine.results import Model
from cluster_engine.workflows.freshness import tell_freshness


@pytest.fixture(scope="module")
def trained(toy_pack: Path, toy_models: Path) -> tuple[Pack, Model, ModelStore]:
    pack, store = open_pack(str(toy_pack)), ModelStore(toy_models, toy_models)
    (key,) = [name for name in store.list_keys() if name.endswith(".north")]
    model = load_champion(store, key, Model)
    assert model is not None
    return pack, model, store


@pytest.mark.parametrize(("year", "warns"), [(2024, False), (2025, True)])
def test_figures_are_old_after_so_many_years_and_not_before(
    year: int, warns: bool, trained: tuple[Pack, Model, ModelStore]
) -> None:
    pack, model, store = trained
    found = tell_freshness(pack, model, store, today=date(year, 6, 1), old_years=3)
    assert found.year == 2021
    assert any("4 years ago" in text for text in found.warnings) is warns


def test_a_model_trained_here_says_when(trained: tuple[Pack, Model, ModelStore]) -> None:
    pack, model, store = trained
    found = tell_freshness(pack, model, store, today=date(2022, 1, 1), old_years=3)
    assert date.fromisoformat(found.trained)
    assert found.version == model.facts["version"]


def test_figures_that_changed_since_the_training_are_told(
    trained: tuple[Pack, Model, ModelStore],
) -> None:
    pack, model, store = trained
    tables = tuple(
        replace(one, sha256="0" * 64) if one.name == "employment" else one
        for one in pack.manifest.tables
    )
    changed = replace(pack, manifest=replace(pack.manifest, tables=tables))
    found = tell_freshness(changed, model, store, today=date(2022, 1, 1), old_years=3)
    assert any("other figures" in text and "employment" in text for text in found.warnings)
