"""A retraining is killed at many moments: no champion is ever lost or wrong."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from cluster_engine.errors import ModelError
from cluster_engine.files import hash_file
from cluster_engine.registry.check import check_store
from cluster_engine.registry.locate import ModelStore
from cluster_engine.registry.versions import find_champion, load_champion
from cluster_engine.results import Model, NationalModel

KILLS, KILLS_WITH_WORKERS = 50, 4
SEED = 20250101

REGIONS = ("ashby", "north", "south")
NATION = "toyland.national-clusters"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL"),
]


class Driver:
    """Speaks to `retrain_driver.py`."""

    def __init__(self, pack: Path, models: Path, checkout: Path, first: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(checkout / "tests/faults/retrain_driver.py"),
             str(pack), str(models), ",".join(REGIONS), str(first)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(checkout), "OMP_NUM_THREADS": "1"},
        )  # fmt: skip

    def run(self, settings: Path, seconds: float) -> tuple[float, int]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{settings} {seconds}\n")
        self.process.stdin.flush()
        elapsed, status = self.process.stdout.readline().split()
        return float(elapsed), int(status)

    def close(self) -> None:
        self.process.communicate()


def _write_settings(checkout: Path, folder: Path, place: int) -> Path:
    """Settings with another base score: other versions of all regions, the same clusters."""
    text = (checkout / "cluster_engine/settings.toml").read_text("utf-8")
    head, _, tail = text.partition("[scoring.base]\nvalue = ")
    value, _, rest = tail.partition("\n")
    path = folder / f"settings-{place}.toml"
    path.write_text(f"{head}[scoring.base]\nvalue = {float(value) + place / 100}\n{rest}", "utf-8")
    return path


class Witness:
    """Remembers the bytes of every version it has seen, and counts what it sees."""

    def __init__(self, store: ModelStore) -> None:
        self.store = store
        self.bytes: dict[tuple[str, str, str], str] = {}
        self.counts: Counter[str] = Counter()

    def look(self) -> None:
        for key in (NATION, *(f"toyland.{region}" for region in REGIONS)):
            self._load(key)
        check = check_store(self.store)
        self.counts.update(
            "leftovers" if "killed" in finding.fault else "holder notes"
            if "holder" in finding.fault else "torn lines" if "cut short" in finding.fault
            else f"unexpected: {finding}" for finding in check.findings
        )  # fmt: skip
        if random.Random(len(self.bytes)).random() < 0.5:
            assert check_store(self.store, repair=True).is_sound

    def _load(self, key: str) -> None:
        self.counts["loads"] += 1
        try:
            model = load_champion(self.store, key, NationalModel if key == NATION else Model)
        except ModelError:
            self.counts["corrupted champions"] += 1
            return
        folder = find_champion(self.store, key)
        if model is None or folder is None or model.facts["version"] != folder.name:
            self.counts["wrong loads"] += 1
            return
        for path in folder.iterdir():
            seen = self.bytes.setdefault((key, folder.name, path.name), hash_file(path))
            self.counts["wrong loads"] += seen != hash_file(path)


def test_no_moment_of_death_costs_a_champion(
    tmp_path: Path, toy_pack: Path, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = tmp_path / "models"
    store = ModelStore(models, models)
    moments = random.Random(SEED)
    first = _write_settings(checkout, tmp_path, 0)
    driver = Driver(toy_pack, models, checkout, first)
    assert driver.run(first, 0)[1] == 0
    whole, status = driver.run(_write_settings(checkout, tmp_path, 1), 0)
    assert status == 0
    witness = Witness(store)
    place, n_hits = 2, 0
    while witness.counts["killed"] < KILLS and witness.counts["finished before"] < 2 * KILLS:
        # Twice the same: the second run goes on with what the killed one before it has left.
        settings = _write_settings(checkout, tmp_path, place)
        took, status = driver.run(settings, moments.uniform(0.0, whole * 0.9))
        assert status in (0, -signal.SIGKILL), "the driver says why above"
        witness.counts["killed" if status else "finished before"] += 1
        if not status and not n_hits:
            # The machine is faster now than when the first run was timed: aim earlier.
            whole = min(whole, took)
        n_hits = n_hits + 1 if status else 0
        if n_hits in (0, 2):
            place, n_hits = place + 1, 0
        witness.look()
    last = _write_settings(checkout, tmp_path, 1000)
    for _ in range(KILLS_WITH_WORKERS):
        was_hit = _kill_command(toy_pack, models, last, moments)
        witness.counts["killed" if was_hit else "late"] += 1
        witness.look()
    assert driver.run(last, 0)[1] == 0
    driver.close()
    witness.look()
    _expect_the_same_as_unharmed(tmp_path, toy_pack, checkout, last, store)
    with capsys.disabled():
        sys.stdout.write(f"\nkilled retrainings: {dict(sorted(witness.counts.items()))}\n")
    counts = witness.counts
    assert counts["killed"] >= KILLS
    assert counts["corrupted champions"] == counts["wrong loads"] == 0
    assert not [name for name in counts if name.startswith("unexpected")]
    # Some kills must have hit the writing, or this test proves nothing.
    assert counts["holder notes"] > 0
    assert len({version for key, version, _ in witness.bytes if key != NATION}) > len(REGIONS)


def _kill_command(pack: Path, models: Path, settings: Path, moments: random.Random) -> bool:
    """Kill the command and its workers, all at once; whether it still ran."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cluster_engine", "retrain", "--jobs", "2", "--pack", str(pack),
         "--regions", ",".join(REGIONS), "--models", str(models),
         "--settings", str(settings), "-q"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    time.sleep(moments.uniform(1.0, 4.0))
    was_running = process.poll() is None
    if was_running:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return was_running


def _expect_the_same_as_unharmed(
    tmp_path: Path, pack: Path, checkout: Path, settings: Path, store: ModelStore
) -> None:
    other = ModelStore(tmp_path / "unharmed", tmp_path / "unharmed")
    driver = Driver(pack, other.home, checkout, settings)
    assert driver.run(settings, 0)[1] == 0
    driver.close()
    for region in REGIONS:
        folders = [find_champion(one, f"toyland.{region}") for one in (store, other)]
        assert folders[0] is not None
        assert folders[1] is not None
        assert folders[0].name == folders[1].name
        for path in folders[0].iterdir():
            assert path.read_bytes() == (folders[1] / path.name).read_bytes(), path
