"""Time the ranking of very many firms on one and on two Dask workers of this machine.

    python benchmarks/scale.py --dask [--rows 1e6] [--runs 3]

Workers are started and have imported all they need before the clock runs. What they do is told
apart from what only the caller can do: working out the profiles before, scoring the firms read and
finding reasons after. Processors may be shared with other work, so there are two speed-ups:

- by the clock, beside the ceiling: how much faster two processes that only count are done than one
  that counts for both, in the same minute;
- by seconds of the processors: those of the caller (and of the scheduler, which runs in it) and of
  the busiest worker, as if one always began when the other ended.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

COUNTED = 8_000_000
WORKERS = (1, 2)
MEMORY = 400_000_000
KINDS = (("no draws", 0), ("500 draws of the best 20,000", 500))


def count(limit: int) -> int:
    """Keep one processor busy."""
    total = 0
    for number in range(limit):
        total ^= number
    return total


def measure_ceiling() -> float:
    """Seconds of two counts by one process, over those by two processes."""
    took = []
    for workers in (1, 2):
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            pool.map(count, [1] * workers, chunksize=1)
            start = time.perf_counter()
            pool.map(count, [COUNTED, COUNTED], chunksize=1)
            took.append(time.perf_counter() - start)
    return took[0] / took[1]


@dataclass
class TimedEngine:
    """An engine, and the seconds that the caller waits for its answers and its draws."""

    engine: Any
    asking: float = 0.0
    drawing: float = 0.0

    def ask(self, query: Any, *stage: str) -> Any:
        """Answer a question."""
        start = time.perf_counter()
        found = self.engine.ask(query, *stage)
        self.asking += time.perf_counter() - start
        return found

    def spread(self, *work: Any) -> Iterator[Any]:
        """Make draws."""
        start = time.perf_counter()
        for made in self.engine.spread(*work):
            self.drawing += time.perf_counter() - start
            yield made
            start = time.perf_counter()


def warm_up() -> float:
    """Import on a worker what a ranking needs; CPU seconds so far."""
    import cluster_engine.engines.worker_side
    import cluster_engine.targeting.rank  # noqa: F401

    return time.process_time()


def run_rank(known: dict[str, Any], client: Any, draws: int) -> dict[str, float]:
    """Seconds of a ranking, by the clock and of the processors of caller and workers."""
    from cluster_engine.engines.distributed import DaskEngine
    from cluster_engine.engines.resources import Resources
    from cluster_engine.workflows.rank_dataset import rank_dataset

    plan = replace(known["plan"], uncertainty=replace(known["plan"].uncertainty, draws=draws))
    dataset, market = known["dataset"], known["market"]
    files = {dataset.place(file.path): file.rows for file in dataset.of(market.countries)}
    before = client.run(warm_up)
    resources = Resources(MEMORY, len(before), f"{tempfile.gettempdir()}/scale-spill")
    cpu = time.process_time()
    start = time.perf_counter()
    with DaskEngine(files, resources, client=client) as engine:
        timed = TimedEngine(engine)
        found = rank_dataset(dataset, market, known["model"], plan, timed)
    took = time.perf_counter() - start
    caller = time.process_time() - cpu
    after = client.run(warm_up)
    used = [after[worker] - before[worker] for worker in before]
    return {
        "seconds": took,
        "asking": timed.asking,
        "drawing": timed.drawing,
        "caller": took - timed.asking - timed.drawing,
        "workers_cpu": sum(used),
        "busiest_cpu": max(used),
        "caller_cpu": caller,
        "listed": float(len(found.ranking.rows)),
    }


def measure(known: dict[str, Any], runs: int) -> dict[str, Any]:
    """Best of so many runs each, taking turns."""
    from distributed import Client, LocalCluster

    found: dict[str, Any] = {"ceiling": [measure_ceiling()]}
    with contextlib.ExitStack() as closing:
        clients = {}
        for workers in WORKERS:
            cluster = LocalCluster(
                n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
                scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                silence_logs=50,
            )  # fmt: skip
            clients[workers] = closing.enter_context(Client(closing.enter_context(cluster)))
        for _ in range(runs):
            for words, draws in KINDS:
                for workers in WORKERS:
                    one = run_rank(known, clients[workers], draws)
                    kept = found.setdefault(f"{words}, {workers}", one)
                    for what, value in one.items():
                        kept[what] = min(kept[what], value)
            found["ceiling"].append(measure_ceiling())
    return found


def show(rows: int, found: dict[str, Any]) -> str:
    """Markdown of the speed-up."""
    ceiling = ", ".join(f"{value:.2f}" for value in found["ceiling"])
    lines = [
        f"{rows:,} firms. Ceiling (counting in two processes instead of one): {ceiling}.",
        "",
        "| what | workers | s | questions | draws | caller | speed-up | of questions | "
        "CPU s, caller | all workers | busiest | speed-up by CPU |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for words, _ in KINDS:
        alone = found[f"{words}, {WORKERS[0]}"]
        for workers in WORKERS:
            one = found[f"{words}, {workers}"]
            figures = (
                one["seconds"], one["asking"], one["drawing"], one["caller"],
                alone["seconds"] / one["seconds"], alone["asking"] / one["asking"],
                one["caller_cpu"], one["workers_cpu"], one["busiest_cpu"],
                (alone["caller_cpu"] + alone["busiest_cpu"])
                / (one["caller_cpu"] + one["busiest_cpu"]),
            )  # fmt: skip
            cells = " | ".join(f"{figure:.2f}" for figure in figures)
            lines.append(f"| {words} | {workers} | {cells} |")
    return "\n".join(lines)
