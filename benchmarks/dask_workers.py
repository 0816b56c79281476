"""Time the ranking of very many firms on one and on two Dask workers of this machine.

    python benchmarks/scale.py --dask [--rows 1e6] [--runs 3]

Workers are started and have imported all they need before the clock runs. Processors may be shared
with other work: the ceiling says how much faster two processes that only count are done than one
that counts for both, in the same minute.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

COUNTED = 8_000_000
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


def warm_up() -> float:
    """Import on a worker what a ranking needs; CPU seconds so far."""
    import cluster_engine.engines.distributed
    import cluster_engine.targeting.rank  # noqa: F401

    return time.process_time()


def run_rank(folder: Path, known: dict[str, Any], workers: int, draws: int) -> dict[str, float]:
    """Seconds of a ranking, and processor seconds of all its workers."""
    from distributed import Client, LocalCluster

    from cluster_engine.engines.resources import Resources
    from cluster_engine.workflows.big_firms import EngineRequest, rank_big

    plan = replace(known["plan"], uncertainty=replace(known["plan"].uncertainty, draws=draws))
    with (
        LocalCluster(
            n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
            silence_logs=50,
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        before = sum(client.run(warm_up).values())
        request = EngineRequest(
            "dask", Resources(400_000_000, workers, tempfile.gettempdir()), client=client
        )
        cpu = time.process_time()
        start = time.perf_counter()
        found = rank_big(str(folder), known["market"], known["model"], plan, request)
        took = time.perf_counter() - start
        return {
            "seconds": took,
            "workers_cpu": sum(client.run(warm_up).values()) - before,
            "caller_cpu": time.process_time() - cpu,
            "listed": float(len(found.ranking.rows)),
        }


def measure(folder: Path, known: dict[str, Any], runs: int) -> dict[str, Any]:
    """Best of so many runs each, taking turns."""
    found: dict[str, Any] = {"ceiling": [measure_ceiling()]}
    for _ in range(runs):
        for words, draws in KINDS:
            for workers in (1, 2):
                one = run_rank(folder, known, workers, draws)
                kept = found.setdefault(f"{words}, {workers}", one)
                if one["seconds"] < kept["seconds"]:
                    kept.update(one)
        found["ceiling"].append(measure_ceiling())
    return found


def show(rows: int, found: dict[str, Any]) -> str:
    """Markdown of the speed-up."""
    ceiling = ", ".join(f"{value:.2f}" for value in found["ceiling"])
    lines = [
        f"{rows:,} firms. Ceiling (counting in two processes instead of one): {ceiling}.",
        "",
        "| what | workers | s | speed-up | CPU s, workers | CPU s, caller |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for words, _ in KINDS:
        alone = found[f"{words}, 1"]["seconds"]
        for workers in (1, 2):
            one = found[f"{words}, {workers}"]
            lines.append(
                f"| {words} | {workers} | {one['seconds']:.2f} | {alone / one['seconds']:.2f} | "
                f"{one['workers_cpu']:.2f} | {one['caller_cpu']:.2f} |"
            )
    return "\n".join(lines)
