"""Time and memory of clustering 1,000 sectors, beside what others do with the same matrices.

Run: python benchmarks/clustering.py

The sectors are made up: six-digit codes in planted blocks, two noisy similarity matrices, no
classification, no areas. Every task runs in a process of its own; MB is the peak above what the
process held before. The exit code is 1 if the limit of time is missed.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from cluster_engine.clustering.communities import find_communities, link_neighbours
from cluster_engine.clustering.evidence import Evidence, Relation, combine
from cluster_engine.clustering.solution import find_clusters
from cluster_engine.parameters import Clusters
from cluster_engine.settings import read_settings

N_SECTORS = 1000
N_BLOCKS = 45
RESTARTS = 40
RESAMPLES = 20
MOST_SECONDS = 180.0
WIDTH = 30
"""Characters of the progress bar."""
TASKS = (
    "find_clusters, all of it",
    f"Leiden of scikit-network × {RESTARTS}, one graph",
    f"Louvain of networkx × {RESTARTS}, one graph",
    "average linkage of SciPy, one tree",
)


def make_evidence() -> Evidence:
    """Two matrices of planted blocks and noise; the seed is fixed."""
    random = np.random.default_rng(30)
    blocks = random.integers(N_BLOCKS, size=N_SECTORS)
    together = blocks[:, None] == blocks
    relations = []
    for name in ("co-location", "input-output"):
        noise = np.triu(random.normal(0.0, 0.25, together.shape), 1)
        relations.append(Relation(name, 0.5 * together + noise + noise.T))
    codes = tuple(f"{311_110 + 113 * place:06d}" for place in range(N_SECTORS))
    return Evidence(codes, tuple(relations))


def make_settings() -> Clusters:
    """Settings as shipped, but for restarts and resamples."""
    clusters = read_settings().clusters
    per_restart = len(clusters.resolutions) * 2  # Louvain and Leiden
    return replace(clusters, restarts=-(-RESTARTS // per_restart), resamples=RESAMPLES)


def show_progress(stage: str, done: int, total: int) -> None:
    """One line that fills up."""
    bar = "#" * (WIDTH * done // total)
    print(f"\r{stage:<28} [{bar:<{WIDTH}}] {done}/{total}", end="", file=sys.stderr)
    if done == total:
        print(file=sys.stderr)


def build_task(name: str) -> Callable[[], dict[str, float]]:
    """Prepare the input of a task; only the call that is returned is timed."""
    evidence, clusters = make_evidence(), make_settings()
    if name == TASKS[0]:
        return lambda: _find(evidence, clusters)
    similarity = combine(evidence.relations)
    linked = link_neighbours(similarity, clusters.neighbours)
    return {
        TASKS[1]: lambda: _run_leiden(linked, clusters.resolutions[0]),
        TASKS[2]: lambda: _run_networkx(linked, clusters.resolutions[0]),
        TASKS[3]: lambda: _link(similarity),
    }[name]


def _find(evidence: Evidence, clusters: Clusters) -> dict[str, float]:
    found = find_clusters(evidence, clusters, random_state=0, on_progress=show_progress)
    held_out = found.held_out.query("method == 'consensus' and number == @found.number")
    return {
        "clusters": float(found.labels.max() + 1),
        "largest": float(np.bincount(found.labels).max()),
        "stability": found.stability.mean,
        "held_out": float(held_out["score"].mean()),
    }


def _run_leiden(linked: np.ndarray, resolution: float) -> dict[str, float]:
    for seed in range(RESTARTS):
        labels = find_communities(linked, "leiden", resolution, random_state=seed)
    return {"clusters": float(labels.max() + 1)}


def _run_networkx(linked: np.ndarray, resolution: float) -> dict[str, float]:
    import networkx as nx

    graph = nx.from_numpy_array(linked)
    for seed in range(RESTARTS):
        found = nx.community.louvain_communities(graph, resolution=resolution, seed=seed)
    return {"clusters": float(len(found))}


def _link(similarity: np.ndarray) -> dict[str, float]:
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    tree = linkage(squareform(1.0 - similarity, checks=False), method="average")
    return {"clusters": float(fcluster(tree, N_BLOCKS, "maxclust").max())}


def measure(name: str) -> dict[str, float]:
    """Run a task once; seconds and peak memory above the start, MB."""
    task = build_task(name)
    held = _read_held_memory()
    start = time.perf_counter()
    found = task()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**found, "seconds": seconds, "megabytes": peak - held}


def _read_held_memory() -> float:
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * resource.getpagesize() / 2**20


def _run_apart(name: str) -> dict[str, float]:
    command = [sys.executable, __file__, name]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> int:
    """Print the table; 1 if the limit is missed."""
    clusters = make_settings()
    runs = clusters.restarts * len(clusters.resolutions) * 2
    print(f"{N_SECTORS:,} sectors, two matrices, {RESAMPLES} resamples, {runs} communities each\n")
    print("| task | s | × linkage | MB | clusters |")
    print("|---|---:|---:|---:|---:|")
    found = {name: _run_apart(name) for name in reversed(TASKS)}
    floor = found[TASKS[-1]]["seconds"]
    for name in TASKS:
        row = found[name]
        print(
            f"| {name} | {row['seconds']:.2f} | {row['seconds'] / floor:,.0f} "
            f"| {row['megabytes']:.0f} | {row['clusters']:.0f} |"
        )
    ours, peer = found[TASKS[0]], found[TASKS[2]]["seconds"]
    print(
        f"\nLargest cluster {ours['largest']:.0f} sectors; stability {ours['stability']:.3f}; mean "
        f"held-out score {ours['held_out']:.3f}.\nAll of it takes {ours['seconds'] / peer:.1f} "
        f"times as long as networkx for one graph; the limit is {MOST_SECONDS:.0f} s.\n"
        f"As many Louvain runs on every resample would take networkx {peer * RESAMPLES:.0f} s."
    )
    return int(ours["seconds"] > MOST_SECONDS)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
        sys.exit(0)
    sys.exit(main())
