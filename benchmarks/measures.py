"""LQ, proximity, density and ECI/PCI together: time and memory beside NumPy floors and packages.

Run from a checkout with the project installed: ``python benchmarks/measures.py``. Prints Markdown,
then JSON. Every job runs in processes of its own, in turns with the others, on the same seeded
table. The floors do the same products and the same eigen-decomposition without any check: *by
hand* with the arithmetic around them, *calls only* without. Other packages are run by the
interpreter given with ``--peer-python`` and skipped where it does not have them.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Matrix = np.ndarray[Any, np.dtype[np.floating[Any]]]

ENGINE = "cluster_engine"
BY_HAND = "floor: NumPy by hand"
CALLS_ONLY = "floor: calls only"
PEERS = ("econcomplex", "economic_complexity", "ecomplexity")
SEED = 1


def make_jobs(n_regions: int, n_sectors: int) -> Matrix:
    """Jobs with large and small regions and sectors, nested like real ones; 40 % of cells empty."""
    rng = np.random.default_rng(SEED)
    reach, hard = rng.random((n_regions, 1)), rng.random((1, n_sectors))
    size = 2.0 + 2.0 * reach + rng.normal(size=(n_regions, 1)) - hard
    jobs = np.floor(np.exp(size + 1.5 * rng.normal(size=(n_regions, n_sectors))))
    jobs[rng.random(jobs.shape) < 0.7 * hard + 0.3 * (1.0 - reach)] = 0.0
    jobs[:, 0] += 1.0
    jobs[0, :] += 1.0
    return jobs


def run_engine(jobs: Matrix) -> Matrix:
    """All measures by this project; ECI."""
    from cluster_engine.measures.complexity import calc_complexity
    from cluster_engine.measures.concentration import calc_lq
    from cluster_engine.measures.presence import calc_presence
    from cluster_engine.measures.proximity import calc_density, calc_proximity

    lq = calc_lq(jobs, jobs.sum(axis=0))
    M = calc_presence(lq.values).M
    proximity = calc_proximity(M)
    kept = (lq, proximity, calc_density(M, proximity), calc_complexity(M))
    return kept[-1].eci


def run_by_hand(jobs: Matrix) -> Matrix:
    """The same numbers in the fewest lines of NumPy, in place where that saves memory; ECI."""
    from scipy.linalg import eigh

    sectors = jobs.sum(axis=0)
    lq = jobs / jobs.sum(axis=1, keepdims=True)
    lq /= sectors / sectors.sum()
    M = (lq >= 1.0).astype(jobs.dtype)
    d, u = M.sum(axis=1), M.sum(axis=0)
    proximity = M.T @ M
    proximity /= np.maximum.outer(u, u)
    np.fill_diagonal(proximity, 0.0)
    density = M @ proximity
    density /= proximity.sum(axis=0)
    scaled = M / np.sqrt(d)[:, None]
    scaled /= np.sqrt(u)
    form = scaled.T @ scaled
    top = [len(u) - 2, len(u) - 1]
    pci = eigh(form.T, subset_by_index=top, overwrite_a=True)[1][:, 0] / np.sqrt(u)
    eci = (M @ pci) / d
    eci *= np.sign(np.corrcoef(d, eci)[0, 1])
    kept = (lq, proximity, density, (eci - eci.mean()) / eci.std())
    return kept[-1]


def run_calls_only(jobs: Matrix) -> Matrix:
    """Three products and one decomposition of matrices of the same shapes, nothing else."""
    from scipy.linalg import eigh

    proximity = jobs.T @ jobs
    density = jobs @ proximity
    form = jobs.T @ jobs
    top = [len(form) - 2, len(form) - 1]
    kept = (density, eigh(form.T, subset_by_index=top, overwrite_a=True)[1])
    return kept[-1]


def run_econcomplex(jobs: Matrix) -> Matrix:
    """All measures by econcomplex; ECI."""
    import econcomplex
    import pandas as pd

    table = pd.DataFrame(jobs)
    kept = (
        econcomplex.rca(table),
        econcomplex.proximity(table)["product"],
        econcomplex.relatedness_density(table),
        econcomplex.eci_pci(table),
    )
    return np.asarray(kept[-1][0], dtype=float)


def run_economic_complexity(jobs: Matrix) -> Matrix:
    """All measures by economic-complexity, whose ECI is 20 reflections; ECI with its ddof 1."""
    import economic_complexity
    import pandas as pd

    rca = economic_complexity.rca(pd.DataFrame(jobs))
    kept = (
        economic_complexity.proximity(rca),
        economic_complexity.relatedness(rca),
        economic_complexity.complexity(rca),
    )
    return np.asarray(kept[-1][0], dtype=float)


def run_ecomplexity(jobs: Matrix) -> Matrix:
    """All measures by ecomplexity, which takes a long table; ECI."""
    import pandas as pd
    from ecomplexity import ecomplexity

    region, sector = np.indices(jobs.shape)
    columns = {"region": region, "sector": sector, "jobs": jobs}
    long = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
    long["year"] = 2023
    names = {"time": "year", "loc": "region", "prod": "sector", "val": "jobs"}
    done = ecomplexity(long, names, check_logsupermodularity=False, verbose=False)
    return done.groupby("region")["eci"].first().to_numpy(float)


JOBS: dict[str, Callable[[Matrix], Matrix]] = {
    ENGINE: run_engine,
    BY_HAND: run_by_hand,
    CALLS_ONLY: run_calls_only,
    "econcomplex": run_econcomplex,
    "economic_complexity": run_economic_complexity,
    "ecomplexity": run_ecomplexity,
}


def run_child(job: str, table: Path, repeats: int) -> None:
    """Time one job in this process and print what it took, as JSON."""
    jobs, warm = np.load(table), make_jobs(60, 40)
    seconds = []
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Imports and the threads of BLAS are not what is measured.
        JOBS[job](warm.astype(jobs.dtype))
        for _ in range(repeats):
            start = time.perf_counter()
            eci = JOBS[job](jobs)
            seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(json.dumps({"seconds": seconds, "peak_mib": peak, "eci": eci.ravel().tolist()}))


def start_child(python: str, job: str, table: Path, repeats: int) -> dict[str, Any] | str:
    """Result of a child process, or the last line of its complaint."""
    variables = dict(os.environ)
    paths = [str(Path(__file__).resolve().parents[1]), variables.get("PYTHONPATH", "")]
    variables["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    done = subprocess.run(
        [python, __file__, "--child", job, "--table", str(table), "--repeats", str(repeats)],
        check=False,
        env=variables,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or ["no message"])[-1]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def measure(options: argparse.Namespace, shape: tuple[int, int]) -> dict[str, Any]:
    """All jobs on one table, in turns; what each took, and what was skipped."""
    runs: dict[str, list[dict[str, Any]]] = {}
    skipped: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "jobs.npy"
        np.save(table, make_jobs(*shape).astype(options.dtype))
        for turn in range(options.turns):
            # To and fro, so that no job always follows the same one.
            for job in list(JOBS)[:: 1 if turn % 2 == 0 else -1]:
                peer = job in PEERS
                if job in skipped or (peer and turn >= options.peer_turns):
                    continue
                python = options.peer_python if peer else sys.executable
                result = start_child(python, job, table, 1 if peer else options.repeats)
                if isinstance(result, str):
                    skipped[job] = result
                else:
                    runs.setdefault(job, []).append(result)
    return {"shape": shape, "dtype": options.dtype, "skipped": skipped, **summarise(runs)}


def summarise(runs: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Medians and ranges per job, and how far each ECI is from the engine's."""
    engine = np.array(runs[ENGINE][0]["eci"])
    jobs = {}
    for job, results in runs.items():
        seconds = [second for result in results for second in result["seconds"]]
        eci = np.array(results[0]["eci"])
        same = eci.shape == engine.shape and job != CALLS_ONLY
        jobs[job] = {
            "seconds": statistics.median(seconds),
            "least": min(seconds),
            "most": max(seconds),
            "runs": len(seconds),
            "peak_mib": statistics.median(result["peak_mib"] for result in results),
            "eci_difference": float(np.abs(eci - engine).max()) if same else None,
        }
    return {"jobs": jobs}


def print_table(result: dict[str, Any]) -> None:
    """Print one table, ratios to the floor by hand."""
    floor = result["jobs"][BY_HAND]
    n_regions, n_sectors = result["shape"]
    print(f"\n{n_regions:,} regions × {n_sectors:,} sectors, {result['dtype']}\n")
    print("| | s, median (min - max) | runs | × by hand | peak MiB | × by hand | max ECI gap |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for job in filter(result["jobs"].get, JOBS):
        row = result["jobs"][job]
        gap = "" if row["eci_difference"] is None else f"{row['eci_difference']:.0e}"
        print(
            f"| {job} | {row['seconds']:.3f} ({row['least']:.3f} - {row['most']:.3f}) "
            f"| {row['runs']} | {row['seconds'] / floor['seconds']:.2f} | {row['peak_mib']:.0f} "
            f"| {row['peak_mib'] / floor['peak_mib']:.2f} | {gap} |"
        )
    for job, reason in result["skipped"].items():
        print(f"\nSkipped {job}: {reason}")


def main() -> None:
    """Measure and print, or be the child that is measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", nargs=2, type=int, action="append", metavar=("R", "S"))
    parser.add_argument("--dtype", choices=["float64", "float32"], default="float64")
    parser.add_argument("--turns", type=int, default=5, help="processes per job")
    parser.add_argument("--repeats", type=int, default=3, help="timed runs per process")
    parser.add_argument("--peer-turns", type=int, default=1, help="processes per package")
    parser.add_argument("--peer-python", default=sys.executable, help="interpreter with packages")
    parser.add_argument("--child", choices=list(JOBS), help=argparse.SUPPRESS)
    parser.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        run_child(options.child, options.table, options.repeats)
        return
    results = [measure(options, tuple(shape)) for shape in options.shape or [(3000, 1000)]]
    print(f"Python {sys.version.split()[0]}, NumPy {np.__version__}, {os.cpu_count()} cores")
    for result in results:
        print_table(result)
    print("\n```json")
    print(json.dumps(results))
    print("```")


if __name__ == "__main__":
    main()
