"""Texts that a version may carry besides its card: named in the manifest, or refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cluster_engine.errors import ModelError
from cluster_engine.registry.check import check_store
from cluster_engine.registry.files import read_json
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.versions import load_version, save_version
from cluster_engine.results import PlaceModel

KEY = "national-place"
PAPERS = {"hit-rate.md": "# Card\n", "hit-rate.json": "{}\n"}


def _make_model(version: str = "2024-00000001") -> PlaceModel:
    table = pd.DataFrame({"term": ["lq"], "rise": [0.5]})
    return PlaceModel("gain", table, table, facts={"version": version, "year": 2024})


@pytest.fixture
def saved(store: ModelStore) -> Path:
    return save_version(store, KEY, _make_model(), "# Curves\n", papers=PAPERS)


def test_papers_stand_in_the_manifest_and_are_counted(store: ModelStore, saved: Path) -> None:
    files = read_json(saved / "manifest.json")["files"]
    assert set(files) == {"card.md", "curves.parquet", "terms.parquet", *PAPERS}
    assert files["hit-rate.md"]["bytes"] == len(PAPERS["hit-rate.md"])
    check = check_store(store)
    assert (check.n_files, check.findings) == (6, ())


def test_a_version_without_papers_is_whole(store: ModelStore) -> None:
    folder = save_version(store, KEY, _make_model(), "# Curves\n")
    assert load_version(folder, PlaceModel).outcome == "gain"
    assert check_store(store).is_sound


@pytest.mark.parametrize("name", PAPERS)
def test_a_changed_paper_is_found_by_name(store: ModelStore, saved: Path, name: str) -> None:
    (saved / name).chmod(0o644)
    (saved / name).write_text("{ }\n", "utf-8")
    with pytest.raises(ModelError, match=name):
        load_version(saved, PlaceModel)
    assert any(name in finding.fault for finding in check_store(store).findings)


@pytest.mark.parametrize("name", PAPERS)
def test_a_missing_paper_is_named(saved: Path, name: str) -> None:
    (saved / name).unlink()
    with pytest.raises(ModelError, match=f"lacks {name}"):
        load_version(saved, PlaceModel)


@pytest.mark.parametrize("name", ["hit-rate.md", "hit-rate.html", "hit-rate.md.pkl"])
def test_a_paper_that_the_manifest_does_not_name_is_refused(store: ModelStore, name: str) -> None:
    folder = save_version(store, KEY, _make_model(), "# Curves\n")
    (folder / name).write_text("anything", "utf-8")
    with pytest.raises(ModelError, match="no part of a model"):
        load_version(folder, PlaceModel)


def test_a_paper_that_its_kind_does_not_know_is_not_written(store: ModelStore) -> None:
    with pytest.raises(ValueError, match=r"carries no other\.md"):
        save_version(store, KEY, _make_model(), "# Curves\n", papers={"other.md": ""})
    assert not (store.home / KEY / "2024-00000001").exists()
