"""Time and memory of input-output measures against the bare LAPACK calls they cannot do without.

Run: python benchmarks/input_output.py

Every task runs in a process of its own, floor and measure by turns; the table holds the best of the
rounds (other work on the machine only ever adds) and the peak memory above what the process held
before the task.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROUNDS = 7
CASES = (
    # task, floor, sectors, most time allowed as a multiple of the floor
    ("leontief inverse", "one inverse", 2000, 1.3),
    ("multipliers, type I and II", "one LU", 2000, 1.3),
    ("extraction of every sector", "one inverse", 400, 1.5),
    ("linkage indices", "one inverse", 2000, None),
    ("linkage indices", "one inverse", 400, None),
)
MOST_MEMORY = 1.5


def make_table(n_sectors: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Flows, output and coefficients of a productive economy; the seed is fixed."""
    random = np.random.default_rng(20)
    A = random.random((n_sectors, n_sectors))
    A *= 0.6 / A.sum(axis=0)
    x = 100.0 + 900.0 * random.random(n_sectors)
    return A * x, x, A


def build_task(name: str, n_sectors: int) -> Callable[[], object]:
    """Prepare the input of a task; only the call that is returned is timed."""
    import scipy.linalg.lapack as lapack

    from cluster_engine.measures.extraction import calc_extraction
    from cluster_engine.measures.input_output import calc_L
    from cluster_engine.measures.linkage_indices import calc_linkages
    from cluster_engine.measures.multipliers import Households, calc_multipliers

    Z, x, A = make_table(n_sectors)
    random = np.random.default_rng(21)
    direct = random.random((4, n_sectors))
    direct[0] = 1.0
    households = Households(np.full(n_sectors, 0.5 / n_sectors), 0.4 * direct[1])
    system = np.asfortranarray(np.eye(n_sectors) - A)

    def invert() -> object:
        lu, pivots, _ = lapack.dgetrf(system)
        work = int(lapack.dgetri_lwork(n_sectors)[0])
        return lapack.dgetri(lu, pivots, lwork=work, overwrite_lu=True)

    tasks: dict[str, Callable[[], object]] = {
        "one inverse": invert,
        "one LU": lambda: lapack.dgetrf(system),
        "leontief inverse": lambda: calc_L(A),
        "multipliers, type I and II": lambda: calc_multipliers(A, direct, households=households),
        "extraction of every sector": lambda: calc_extraction(A, x),
        "linkage indices": lambda: calc_linkages(Z, x),
    }
    return tasks[name]


def measure(name: str, n_sectors: int) -> dict[str, float]:
    """Run a task a few times; seconds of the best and peak memory above the start, MB."""
    make_task = build_task(name, n_sectors)
    # Threads and small buffers of LAPACK come with its first call, not with the task.
    build_task(name, 8)()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    held = _read_held_memory()
    best = np.inf
    for _ in range(3 if n_sectors > 1000 else 30):
        start = time.perf_counter()
        make_task()
        best = min(best, time.perf_counter() - start)
    peak = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, before)
    return {"seconds": best, "megabytes": peak / 1024 - held}


def _read_held_memory() -> float:
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * resource.getpagesize() / 2**20


def _run_apart(name: str, n_sectors: int) -> dict[str, float]:
    command = [sys.executable, __file__, name, str(n_sectors)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> int:
    """Print the table; 1 if a limit is missed."""
    missed = 0
    print("| sectors | task | ms | floor | ms | ratio | limit | MB | floor MB |")
    print("|---:|---|---:|---|---:|---:|---:|---:|---:|")
    for name, floor, n_sectors, limit in CASES:
        rounds = [[_run_apart(part, n_sectors) for part in (name, floor)] for _ in range(ROUNDS)]
        ours, bare = (
            {key: min(found[key] for found in runs) for key in runs[0]}
            for runs in zip(*rounds, strict=True)
        )
        ratio = ours["seconds"] / bare["seconds"]
        too_much = n_sectors > 1000 and ours["megabytes"] > MOST_MEMORY * bare["megabytes"]
        missed += limit is not None and (ratio > limit or too_much)
        print(
            f"| {n_sectors:,} | {name} | {ours['seconds'] * 1e3:,.1f} | {floor} "
            f"| {bare['seconds'] * 1e3:,.1f} | {ratio:.2f} | {limit or '–'} "
            f"| {ours['megabytes']:.0f} | {bare['megabytes']:.0f} |",
            flush=True,
        )
    return min(missed, 1)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
        sys.exit(0)
    sys.exit(main())
