"""`models verify` finds what is wrong, and mends what can be mended."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from cluster_engine.errors import BusyError, ModelError
from cluster_engine.registry import lock
from cluster_engine.registry.aliases import Aliases, read_aliases, write_aliases
from cluster_engine.registry.check import check_store
from cluster_engine.registry.history import append_event, read_history
from cluster_engine.registry.listing import list_versions
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.promote import promote
from cluster_engine.registry.prune import prune
from cluster_engine.registry.versions import load_champion, load_version, save_version
from cluster_engine.results import Model

KEY = "toyshire"
NAMES = tuple(f"2024-0000000{place}" for place in range(1, 6))

Maker = Callable[..., Model]


@pytest.fixture
def home(store: ModelStore, make_model: Maker) -> Path:
    """Five versions, each champion in its turn."""
    for place, name in enumerate(NAMES):
        promote(store, KEY, save_version(store, KEY, make_model(name, float(place)), "# Card\n"))
    return store.home / KEY


def _damage(version: Path) -> None:
    path = version / "sectors.parquet"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-9])


def test_sound_models_are_counted(store: ModelStore, home: Path) -> None:
    check = check_store(store)
    assert (check.n_keys, check.n_versions, check.n_files, check.findings) == (1, 5, 25, ())
    assert check.is_sound


def test_files_of_a_version_are_read_only(home: Path) -> None:
    modes = {path.stat().st_mode & 0o777 for path in (home / NAMES[0]).iterdir()}
    assert modes == {0o444}


def test_a_damaged_champion_falls_back_to_the_previous_one(store: ModelStore, home: Path) -> None:
    _damage(home / NAMES[4])
    assert not check_store(store).is_sound
    check = check_store(store, repair=True)
    assert check.is_sound
    assert [finding.place for finding in check.findings] == [
        f"{KEY}/aliases.json", f"{KEY}/{NAMES[4]}"
    ]  # fmt: skip
    champion = load_champion(store, KEY, Model)
    assert champion is not None
    assert champion.facts["version"] == NAMES[3]
    assert check_store(store).findings == ()
    assert read_history(home)[-1].action == "repaired"


@pytest.mark.parametrize("text", ["", "{", '{"champion": "gone", "revision": 1}'])
def test_lost_aliases_are_led_back_by_the_history(store: ModelStore, home: Path, text: str) -> None:
    (home / "aliases.json").write_text(text, "utf-8")
    assert check_store(store, repair=True).is_sound
    assert read_aliases(home).champion == NAMES[4]


def test_with_no_sound_version_left_it_says_to_train(store: ModelStore, home: Path) -> None:
    for name in NAMES:
        _damage(home / name)
    check = check_store(store, repair=True)
    assert not check.is_sound
    assert "train the region again" in check.findings[0].action
    assert load_champion(store, KEY, Model) is None


@pytest.mark.parametrize("prefix", [".new-", ".old-", ".tmp-"])
def test_what_a_killed_run_left_is_swept(store: ModelStore, home: Path, prefix: str) -> None:
    shutil.copytree(home / NAMES[0], home / f"{prefix}abc")
    assert not check_store(store).is_sound
    assert check_store(store, repair=True).is_sound
    assert not (home / f"{prefix}abc").exists()


def test_a_torn_line_of_the_history_is_left_out(store: ModelStore, home: Path) -> None:
    before = read_history(home)
    with (home / "history.jsonl").open("ab") as stream:
        stream.write(b'{"action": "pro')
    append_event(home, "kept", NAMES[0], "a line after a torn one")
    assert [event.reason for event in read_history(home)][len(before) :] == [
        "a line after a torn one"
    ]
    assert not check_store(store).is_sound
    assert check_store(store, repair=True).is_sound
    assert len(read_history(home)) == len(before) + 2
    assert check_store(store).findings == ()


def test_strays_are_told_and_left_alone(store: ModelStore, home: Path) -> None:
    (home / "model.pkl").write_bytes(b"x")
    check = check_store(store, repair=True)
    assert not check.is_sound
    assert (home / "model.pkl").exists()


def test_the_note_of_a_holder_that_died_is_told(store: ModelStore, home: Path) -> None:
    (home / ".lock.holder").write_text('{"pid": 1, "host": "a", "since": "2026"}', "utf-8")
    (finding,) = check_store(store).findings
    assert "process 1 on a since 2026" in finding.fault
    assert finding.is_mended
    check_store(store, repair=True)
    assert not (home / ".lock.holder").exists()


def test_a_busy_lock_says_who_holds_it(
    store: ModelStore, home: Path, make_model: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.05)
    with lock.hold(home), pytest.raises(BusyError, match=f"process {os.getpid()} on"):
        save_version(store, KEY, make_model("2024-00000009"), "# Card\n")
    with FileLock(home / ".lock"), pytest.raises(BusyError, match="another run"):
        save_version(store, KEY, make_model("2024-00000009"), "# Card\n")


def test_aliases_changed_by_others_are_not_overwritten(home: Path) -> None:
    seen = read_aliases(home)
    write_aliases(home, Aliases(0, champion=NAMES[0]), seen=seen)
    with pytest.raises(BusyError, match="changed by another run"):
        write_aliases(home, Aliases(0, champion=NAMES[1]), seen=seen)
    assert read_aliases(home).champion == NAMES[0]


def test_old_aliases_without_a_challenger_are_read(home: Path) -> None:
    body = {"champion": NAMES[0], "previous": None, "revision": 1}
    (home / "aliases.json").write_text(json.dumps(body), "utf-8")
    assert read_aliases(home) == Aliases(1, NAMES[0])


@pytest.mark.parametrize(("newest", "gone"), [(0, NAMES[:3]), (3, NAMES[:2]), (9, ())])
def test_pruning_keeps_aliases_and_the_newest(
    store: ModelStore, home: Path, newest: int, gone: tuple[str, ...]
) -> None:
    planned = prune(store, KEY, newest=newest, dry_run=True)
    assert len(list_versions(store, KEY)) == 5
    assert prune(store, KEY, newest=newest) == planned
    assert tuple(one.version for one in planned) == gone
    assert [one.version for one in list_versions(store, KEY)] == sorted(set(NAMES) - set(gone))
    assert check_store(store).is_sound


def test_pruning_keeps_what_others_need(store: ModelStore, home: Path) -> None:
    gone = prune(store, KEY, newest=0, needed=(NAMES[0],))
    assert [one.version for one in gone] == list(NAMES[1:3])


def test_a_version_out_of_use_is_checked_too(store: ModelStore, home: Path) -> None:
    (home / NAMES[0] / "card.md").unlink()
    with pytest.raises(ModelError, match=r"card\.md"):
        load_version(home / NAMES[0], Model)
