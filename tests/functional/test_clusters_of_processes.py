"""Dask as it is used: workers and schedulers that are processes, and some that are killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed")

from cluster_engine.engines.distributed import DaskEngine
from cluster_engine.engines.resources import Resources, find_resources
from cluster_engine.engines.screen import FILES, Query
from cluster_engine.errors import NetworkError
from cluster_engine.workflows.convert_firms import ConvertRequest, convert_firms

sys.path.insert(0, str(Path(__file__).parent))
from made_lists import make_tables, write_list
from model_files import read_versions

CHECKOUT = Path(__file__).resolve().parents[2]
LONGEST = 120.0
MESSAGE_SECONDS = 0.3
"""After which a scheduler has read what a worker sent before it was stopped."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="needs SIGSTOP and SIGKILL"),
    pytest.mark.filterwarnings("default"),  # those of the packages of Dask are not ours
]


def wait_for(find: Callable[[], Any]) -> Any:
    """Look again and again until something is found."""
    end = time.monotonic() + LONGEST
    while time.monotonic() < end:
        if found := find():
            return found
        time.sleep(0.02)
    raise TimeoutError


class Killer(threading.Thread):
    """Kills a worker in the middle of a task, found through the client's scheduler."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.lost: list[str] = []

    def run(self) -> None:
        from distributed import get_client

        def find() -> str:
            try:
                client = get_client()
            except ValueError:
                return ""
            pids = client.run(os.getpid)
            busy = [worker for worker, keys in client.processing().items() if keys]
            for worker in busy:
                # Stopped, it cannot end its task: what it was at when it is killed is certain.
                os.kill(pids[worker], signal.SIGSTOP)
                time.sleep(MESSAGE_SECONDS)
                self.lost = [str(key) for key in client.processing().get(worker, ())]
                os.kill(pids[worker], signal.SIGKILL if self.lost else signal.SIGCONT)
                if self.lost:
                    return worker
            return ""

        wait_for(find)


@pytest.fixture(scope="module")
def train(
    tmp_path_factory: pytest.TempPathFactory, run: Callable[..., Any], toy_pack: Path,
    toy_models: Path,
) -> Callable[..., dict[str, bytes]]:  # fmt: skip
    """Retrain all regions of the toy pack in a new folder, with options; files of all versions."""

    def train(*options: str) -> dict[str, bytes]:
        models = tmp_path_factory.mktemp("models") / "models"
        shutil.copytree(toy_models, models)
        ran = run("retrain", "--pack", toy_pack, "--models", models, "--quiet", *options)
        assert ran.code == 0, ran.err
        return read_versions(models)

    return train


@pytest.fixture(scope="module")
def trained_here(train: Callable[..., dict[str, bytes]]) -> dict[str, bytes]:
    return train("--jobs", "2")


def test_a_worker_killed_while_it_trains_changes_no_byte(
    train: Callable[..., dict[str, bytes]], trained_here: dict[str, bytes]
) -> None:
    killer = Killer()
    killer.start()
    found = train("--scheduler", "local", "--jobs", "2")
    killer.join()
    assert killer.lost
    assert len({name.split("/")[0] for name in found}) > 6
    assert found == trained_here


class Cluster:
    """A scheduler and two workers, started from the command line."""

    def __init__(self, closing: ExitStack, folder: Path) -> None:
        self._closing, self._folder = closing, folder
        told = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
            "--scheduler-file", str(told),
        )  # fmt: skip
        wait_for(told.exists)
        self.address = wait_for(lambda: json.loads(told.read_text() or "{}").get("address"))
        for _ in range(2):
            self._start(
                "worker", self.address, "--host", "127.0.0.1", "--nthreads", "1", "--no-dashboard",
                "--local-directory", str(folder),
            )  # fmt: skip

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._closing.callback(process.wait)
        self._closing.callback(process.terminate)
        return process


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with ExitStack() as closing:
        yield Cluster(closing, tmp_path_factory.mktemp("cluster"))


@pytest.fixture(scope="module")
def rank(
    tmp_path_factory: pytest.TempPathFactory, run: Callable[..., Any], toy_pack: Path,
    toy_models: Path,
) -> Callable[..., Any]:  # fmt: skip
    """Rank a list in many files, with options."""
    folder = tmp_path_factory.mktemp("lists")
    imported = write_list(folder / "imported", make_tables(400, 3))
    convert_firms(
        ConvertRequest((imported,), folder / "converted", rows_per_file=20), find_resources()
    )
    return lambda *options: run(
        "rank", "--market", "german-speaking", "--pack", toy_pack, "--models", toy_models,
        "--region", "north", "--firms", folder / "converted", "--top", "40", "--max-per-cluster",
        "4", "--draws", "20", "--quiet", "--format", "csv", *options,
    )  # fmt: skip


def test_a_real_scheduler_ranks_the_same_list(cluster: Cluster, rank: Callable[..., Any]) -> None:
    expected = rank("--engine", "duckdb")
    found = rank("--scheduler", cluster.address)
    assert (found.code, found.out) == (0, expected.out), found.err
    assert expected.out.count("\n") > 10


def test_a_real_scheduler_trains_the_same_bytes(
    cluster: Cluster, train: Callable[..., dict[str, bytes]], trained_here: dict[str, bytes]
) -> None:
    assert train("--scheduler", cluster.address) == trained_here


def test_a_scheduler_that_is_killed_is_told(tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet as pq

    files = {str(tmp_path / f"{number}.parquet"): 1 for number in range(9)}
    for file in files:
        pq.write_table(pa.table({"n": [1]}), file)
    query = Query(f"SELECT n FROM {FILES}", {})
    with ExitStack() as closing:
        cluster = Cluster(closing, tmp_path)

        def kill(stage: str, done: int, total: int) -> None:
            cluster.scheduler.kill()

        engine = closing.enter_context(
            DaskEngine(
                files, Resources(100_000_000, 1, str(tmp_path / "spill")),
                scheduler=cluster.address, on_progress=kill,
            )
        )  # fmt: skip
        # What was answered before the scheduler ended may do for the first question.
        with pytest.raises(NetworkError):
            assert [engine.ask(query) for _ in range(2)]


def test_workers_started_here_leave_nothing_in_the_spill_folder(
    rank: Callable[..., Any], tmp_path: Path
) -> None:
    expected = rank("--engine", "duckdb")
    found = rank("--engine", "dask", "--threads", "2", "--spill", tmp_path)
    assert (found.code, found.out) == (0, expected.out), found.err
    assert list(tmp_path.iterdir()) == []
