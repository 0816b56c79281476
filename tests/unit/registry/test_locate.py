"""Where models lie."""

from __future__ import annotations

from pathlib import Path

import pytest

from cluster_engine.errors import ModelError
from cluster_engine.packs.locate import DEFAULT_PACK
from cluster_engine.registry import locate
from cluster_engine.registry.locate import MODELS_VARIABLE, ModelStore, make_key, open_store


@pytest.mark.parametrize(
    "key",
    ["..", "../other", "a/b", "a\\b", "/etc", "", ".", ".hidden", "a..b", "A", "a b", "a\n", "é",
     "a\x00", "x" * 200],
)  # fmt: skip
def test_a_key_that_could_leave_the_folder_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="model name"):
        ModelStore(tmp_path, tmp_path / "shipped").folders(key)


def test_the_own_folder_comes_before_the_shipped_one(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "own", tmp_path / "shipped")
    assert store.folders("a-b.c") == (tmp_path / "own/a-b.c", tmp_path / "shipped/a-b.c")


def test_a_folder_that_is_both_is_looked_in_once(tmp_path: Path) -> None:
    assert ModelStore(tmp_path, tmp_path).folders("a") == (tmp_path / "a",)


def test_a_folder_given_overrides_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MODELS_VARIABLE, str(tmp_path / "environment"))
    assert open_store(tmp_path / "given").home == tmp_path / "given"
    assert open_store().home == tmp_path / "environment"


def test_a_source_tree_keeps_its_own_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(MODELS_VARIABLE, raising=False)
    monkeypatch.setattr(locate, "is_source_tree", lambda: True)
    store = open_store()
    assert store.home == store.shipped


def test_an_installed_engine_writes_to_the_user_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(MODELS_VARIABLE, raising=False)
    monkeypatch.setattr(locate, "is_source_tree", lambda: False)
    monkeypatch.setattr("platformdirs.user_data_path", lambda name: tmp_path / name)
    assert open_store().home == tmp_path / "cluster-engine" / "models"


def test_regions_of_other_packs_have_keys_of_their_own() -> None:
    assert make_key(DEFAULT_PACK, "wales") == "wales"
    assert make_key("other", "wales") == "other.wales"
