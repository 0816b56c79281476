"""Model versions: what is saved is loaded, and what is damaged is refused."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock

from cluster_engine.errors import BusyError, ModelError
from cluster_engine.registry import durable, lock, versions
from cluster_engine.registry import files as registry_files
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.promote import promote
from cluster_engine.registry.versions import (
    find_version,
    load_champion,
    load_version,
    make_version,
    save_version,
)
from cluster_engine.results import Model

KEY = "toyshire"
VERSION_FILES = (
    "card.md", "clusters.parquet", "manifest.json", "niches.parquet", "sectors.parquet",
)  # fmt: skip

Maker = Callable[..., Model]


def _same(first: Model, second: Model) -> None:
    for table in ("sectors", "niches", "clusters"):
        pd.testing.assert_frame_equal(getattr(first, table), getattr(second, table))
    assert first.region == second.region
    assert first.reference == second.reference
    assert first.facts == second.facts


def _overwrite(path: Path, raw: bytes) -> None:
    """Write to a file of a version, which is read-only."""
    path.chmod(0o644)
    path.write_bytes(raw)


def _flip(path: Path, place: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[place] ^= 0x01
    _overwrite(path, bytes(raw))


def _crown(store: ModelStore, model: Model) -> Path:
    folder = save_version(store, KEY, model, "# Card\n")
    promote(store, KEY, folder)
    return folder


def _edit_manifest(folder: Path, **changes: object) -> None:
    """Change a manifest and sign it anew, as another version of the engine would."""
    body = json.loads((folder / "manifest.json").read_text("utf-8")) | changes
    body.pop("self_sha256")
    body["self_sha256"] = registry_files.hash_body(body)
    registry_files.write_json(folder / "manifest.json", body)


@pytest.fixture
def saved(store: ModelStore, make_model: Maker) -> Path:
    return _crown(store, make_model())


def test_what_is_saved_is_loaded(store: ModelStore, make_model: Maker, saved: Path) -> None:
    champion = load_champion(store, KEY, Model)
    assert champion is not None
    _same(champion, make_model())


def test_a_version_has_these_files_and_no_others(saved: Path) -> None:
    assert sorted(path.name for path in saved.iterdir()) == list(VERSION_FILES)


def test_the_same_model_gives_the_same_bytes(
    tmp_path: Path, make_model: Maker, saved: Path
) -> None:
    other = ModelStore(tmp_path / "other", tmp_path / "shipped")
    again = save_version(other, KEY, make_model(), "# Card\n")
    for name in VERSION_FILES:
        assert (again / name).read_bytes() == (saved / name).read_bytes()


def test_the_same_inputs_give_the_same_version_name() -> None:
    inputs = {"seed": 0, "tables": {"areas": "ab", "firms": "cd"}}
    shuffled = {"tables": {"firms": "cd", "areas": "ab"}, "seed": 0}
    assert make_version(inputs, 2024) == make_version(shuffled, 2024)
    assert make_version(inputs, 2024).startswith("2024-")


@pytest.mark.parametrize("inputs", [{"seed": 1}, {"seed": "0"}, {"seed": 0, "more": None}])
def test_other_inputs_give_another_version_name(inputs: dict[str, object]) -> None:
    assert make_version(inputs, 2024) != make_version({"seed": 0}, 2024)


def test_a_region_without_a_model_has_no_champion(store: ModelStore) -> None:
    assert load_champion(store, KEY, Model) is None


def test_the_latest_version_saved_is_champion_and_the_old_one_stays(
    store: ModelStore, make_model: Maker, saved: Path
) -> None:
    _crown(store, make_model("2024-00000002", 1.0))
    champion = load_champion(store, KEY, Model)
    assert champion is not None
    assert champion.facts["version"] == "2024-00000002"
    _same(load_version(saved, Model), make_model())
    aliases = json.loads((saved.parent / "aliases.json").read_text("utf-8"))
    assert aliases == {
        "champion": "2024-00000002", "challenger": None, "previous": saved.name, "revision": 4,
    }  # fmt: skip


def test_saving_a_version_again_changes_nothing(
    store: ModelStore, make_model: Maker, saved: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in saved.parent.rglob("*.json")}
    save_version(store, KEY, make_model(), "# Another card\n")
    assert {path: path.stat().st_mtime_ns for path in saved.parent.rglob("*.json")} == before
    assert (saved / "card.md").read_text("utf-8") == "# Card\n"


@pytest.mark.parametrize("where", ["first", "middle", "last"])
@pytest.mark.parametrize("name", VERSION_FILES)
def test_a_flipped_bit_is_found_and_its_file_is_named(
    store: ModelStore, saved: Path, name: str, where: str
) -> None:
    size = (saved / name).stat().st_size
    # The last byte of a text is its line end, which JSON does not mind: take the one before.
    _flip(saved / name, {"first": 0, "middle": size // 2, "last": size - 2}[where])
    with pytest.raises(ModelError, match=name) as caught:
        load_champion(store, KEY, Model)
    assert caught.value.exit_code == 4
    assert "train" in caught.value.hint


@pytest.mark.parametrize("name", VERSION_FILES)
def test_a_truncated_file_is_found(store: ModelStore, saved: Path, name: str) -> None:
    _overwrite(saved / name, (saved / name).read_bytes()[:-5])
    with pytest.raises(ModelError, match=name):
        load_champion(store, KEY, Model)


@pytest.mark.parametrize("name", [name for name in VERSION_FILES if name != "manifest.json"])
def test_a_missing_file_is_named(store: ModelStore, saved: Path, name: str) -> None:
    (saved / name).unlink()
    with pytest.raises(ModelError, match=name):
        load_champion(store, KEY, Model)


def test_a_version_without_a_manifest_is_none(store: ModelStore, saved: Path) -> None:
    (saved / "manifest.json").unlink()
    with pytest.raises(ModelError, match="no model version"):
        load_champion(store, KEY, Model)
    assert find_version(store, KEY, saved.name) is None


@pytest.mark.parametrize("field", ["facts", "reference", "files", "region"])
def test_a_changed_or_missing_field_of_the_manifest_is_found(saved: Path, field: str) -> None:
    path = saved / "manifest.json"
    body = json.loads(path.read_text("utf-8"))
    for changed in ({**body, field: {}}, {key: body[key] for key in body if key != field}):
        registry_files.write_json(path, changed)
        with pytest.raises(ModelError, match=r"manifest\.json"):
            load_version(saved, Model)


@pytest.mark.parametrize("protocol", [0, 1, 2, 4, None, "3", True, 3.0], ids=str)
def test_another_protocol_is_refused(saved: Path, protocol: object) -> None:
    _edit_manifest(saved, protocol=protocol)
    with pytest.raises(ModelError, match="protocol"):
        load_version(saved, Model)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"champion"', "\x00"])
@pytest.mark.parametrize("name", ["aliases.json", "manifest.json"])
def test_broken_json_is_refused(store: ModelStore, saved: Path, name: str, text: str) -> None:
    path = saved / name if name == "manifest.json" else saved.parent / name
    _overwrite(path, text.encode())
    with pytest.raises(ModelError, match=name):
        load_champion(store, KEY, Model)


def test_json_that_is_not_utf8_is_refused(store: ModelStore, saved: Path) -> None:
    (saved.parent / "aliases.json").write_bytes(b'{"champion": "\xff"}')
    with pytest.raises(ModelError, match=r"aliases\.json"):
        load_champion(store, KEY, Model)


@pytest.mark.parametrize("champion", ["2024-gone", "", 7, "../toyshire", "con", "a" * 64])
def test_an_alias_that_points_nowhere_is_refused(
    store: ModelStore, saved: Path, champion: str | None
) -> None:
    body = {"champion": champion, "revision": 5}
    registry_files.write_json(saved.parent / "aliases.json", body)
    with pytest.raises(ModelError, match=r"no model version|must name a version") as caught:
        load_champion(store, KEY, Model)
    assert "verify --repair" in caught.value.hint


def test_an_alias_to_a_deleted_version_is_refused(store: ModelStore, saved: Path) -> None:
    shutil.rmtree(saved)
    with pytest.raises(ModelError, match=saved.name):
        load_champion(store, KEY, Model)


@pytest.mark.parametrize("name", VERSION_FILES)
def test_saving_again_mends_a_damaged_version(
    store: ModelStore, make_model: Maker, saved: Path, name: str
) -> None:
    _flip(saved / name, 3)
    assert find_version(store, KEY, saved.name) is None
    save_version(store, KEY, make_model(), "# Card\n")
    champion = load_champion(store, KEY, Model)
    assert champion is not None
    _same(champion, make_model())


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"revision": "x"}'])
def test_saving_again_mends_broken_aliases(
    store: ModelStore, make_model: Maker, saved: Path, text: str
) -> None:
    (saved.parent / "aliases.json").write_text(text, "utf-8")
    _crown(store, make_model())
    assert load_champion(store, KEY, Model) is not None


@pytest.mark.parametrize("broken", ["tables", "sync", "manifest", "rename"])
def test_a_killed_write_leaves_no_version_and_the_old_champion(
    store: ModelStore,
    make_model: Maker,
    saved: Path,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    target = {
        "tables": (versions, "write_table"),
        "sync": (durable, "sync_folder"),
        "manifest": (versions, "write_json"),
        "rename": (Path, "replace"),
    }[broken]
    with monkeypatch.context() as patch:
        patch.setattr(*target, fail)
        with pytest.raises(ModelError, match="No space left"):
            save_version(store, KEY, make_model("2024-00000002", 1.0), "# Card\n")
    assert sorted(path.name for path in saved.parent.iterdir() if path.is_dir()) == [saved.name]
    champion = load_champion(store, KEY, Model)
    assert champion is not None
    _same(champion, make_model())


def test_an_interrupted_write_leaves_no_version(
    store: ModelStore, make_model: Maker, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(versions, "write_table", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save_version(store, KEY, make_model("2024-00000002"), "# Card\n")
    assert sorted(path.name for path in saved.parent.iterdir() if path.is_dir()) == [saved.name]


def test_a_failed_change_of_champion_keeps_the_old_one(
    store: ModelStore, make_model: Maker, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    folder = shutil.copytree(saved, saved.parent / "2024-00000002")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(ModelError, match="Input/output error"):
            promote(store, KEY, folder)
    champion = load_champion(store, KEY, Model)
    assert champion is not None
    assert not list(saved.parent.glob(".tmp-*"))


def test_a_held_lock_is_an_error_of_its_own(
    store: ModelStore, make_model: Maker, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.05)
    with FileLock(saved.parent / ".lock"), pytest.raises(BusyError, match="lock") as caught:
        save_version(store, KEY, make_model("2024-00000002"), "# Card\n")
    assert caught.value.exit_code == 6
    assert caught.value.hint


def test_reading_needs_no_lock(store: ModelStore, saved: Path) -> None:
    with FileLock(saved.parent / ".lock"):
        assert load_champion(store, KEY, Model) is not None


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(
    tmp_path: Path, make_model: Maker
) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    store = ModelStore(tmp_path / "file", tmp_path / "shipped")
    with pytest.raises(ModelError, match="cannot be written") as caught:
        save_version(store, KEY, make_model(), "# Card\n")
    assert "--models" in caught.value.hint


def test_a_shipped_champion_is_used_until_there_is_an_own_one(
    store: ModelStore, make_model: Maker
) -> None:
    _crown(ModelStore(store.shipped, store.shipped), make_model())
    champion = load_champion(store, KEY, Model)
    assert champion is not None
    assert champion.facts["version"] == "2024-00000001"
    save_version(store, KEY, make_model("2024-00000002"), "# Card\n")
    champion = load_champion(store, KEY, Model)
    assert champion is not None
    assert champion.facts["version"] == "2024-00000001"
    promote(store, KEY, store.home / KEY / "2024-00000002")
    champion = load_champion(store, KEY, Model)
    assert champion is not None
    assert champion.facts["version"] == "2024-00000002"


def test_promoting_a_shipped_champion_writes_nothing(store: ModelStore, make_model: Maker) -> None:
    shipped = ModelStore(store.shipped, store.shipped)
    promote(store, KEY, _crown(shipped, make_model()))
    assert not store.home.exists()


def test_promoting_a_shipped_version_that_an_own_one_hides_brings_it_back(
    store: ModelStore, make_model: Maker
) -> None:
    shipped = ModelStore(store.shipped, store.shipped)
    folder = _crown(shipped, make_model())
    _crown(store, make_model("2024-00000002"))
    promote(store, KEY, folder)
    champion = load_champion(store, KEY, Model)
    assert champion is not None
    _same(champion, make_model())


def test_a_version_is_found_by_its_name(store: ModelStore, saved: Path) -> None:
    assert find_version(store, KEY, saved.name) == saved
    assert find_version(store, KEY, "2024-ffffffff") is None
