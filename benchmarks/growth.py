"""How time and memory grow with firms, draws, sectors and regions, with fitted exponents.

    python benchmarks/growth.py [--only 'draws;firms'] [--runs 1] [--json FILE] [--callgrind]

Every figure is that of a process of its own: seconds of its processors for the work (imports and
preparation apart, so that other jobs on the machine count less), and memory above what it held
before the work. Runs take turns, the best of each counts. The exponent is the slope of log seconds,
or log megabytes, against log size, by least squares; where a fixed cost is a large part it comes
out too low, which the exponent of the last two sizes shows. Instructions of the hot loop
(draws) are counted where `perf` may count them, or, with --callgrind, by valgrind (minutes).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIZES: dict[str, tuple[int, ...]] = {
    "firms": (20_000, 60_000, 180_000),
    "draws": (250, 1_000, 4_000),
    "sectors, measures": (300, 600, 1_200),
    "sectors, clusters": (100, 200, 400),
    "areas, measures": (40, 160, 640),
    "regions, training": (1, 2, 4),
}
WORDS = {
    "firms": "firms ranked in memory, no draws",
    "draws": "draws of the ranks of 5,000 firms, 50 kept",
    "sectors, measures": "LQ, proximity, density and complexity of 40 areas, by sectors",
    "sectors, clusters": "clusters of the nation from two similarity matrices, by sectors",
    "areas, measures": "LQ, proximity, density and complexity of 600 sectors, by areas",
    "regions, training": "regions of the default pack fitted one after the other",
}
N_FIRMS, N_KEPT = 5_000, 50
N_AREAS, N_SECTORS = 40, 600
LOOP_DRAWS = (50, 550)
"""The difference of two counts is that of the draws between, imports apart."""

LOOP_FIRMS = 500

Work = Callable[[], object]


def rank_in_memory(size: int) -> Work:
    """Read and rank a converted list of made-up firms."""
    from dataclasses import replace

    import scale
    import synthetic_firms

    from cluster_engine.engines.resources import find_resources
    from cluster_engine.workflows.big_firms import EngineRequest, rank_big

    folder = Path(tempfile.mkdtemp(prefix="growth-", dir=os.environ["GROWTH_FOLDER"]))
    synthetic_firms.write_firms(folder, size)
    known = scale.prepare(folder)
    plan = replace(known["plan"], uncertainty=replace(known["plan"].uncertainty, draws=0))
    request = EngineRequest("local", find_resources())
    return lambda: rank_big(str(folder), known["market"], known["model"], plan, request)


def draw(size: int, n_firms: int = N_FIRMS) -> Work:
    """Draw ranks."""
    import uncertainty

    from cluster_engine.registry.locate import open_store
    from cluster_engine.registry.versions import load_champion
    from cluster_engine.results import Model

    model = load_champion(open_store(), "west-midlands", Model)
    if model is None:
        raise SystemExit("There is no champion: cluster-engine train")
    scored = uncertainty.score_many(model, n_firms)
    return lambda: uncertainty.run_engine(scored, model, size, N_KEPT)


def measure_jobs(n_areas: int, n_sectors: int) -> Work:
    """Measures of a made-up economy."""
    import measures

    jobs = measures.make_jobs(n_areas, n_sectors)
    return lambda: measures.run_engine(jobs)


def find_clusters(size: int) -> Work:
    """Clusters of planted blocks."""
    from dataclasses import replace

    import clustering

    clustering.N_SECTORS, clustering.N_BLOCKS = size, max(size // 22, 2)
    evidence = clustering.make_evidence()
    settings = replace(clustering.make_settings(), restarts=1, resamples=4)
    from cluster_engine.clustering.solution import find_clusters as find

    return lambda: find(evidence, settings, random_state=0)


def fit(size: int) -> Work:
    """Fit regions with the clusters of the nation that are there already."""
    from cluster_engine.packs.choices import find_region
    from cluster_engine.packs.pack import open_pack
    from cluster_engine.registry.locate import open_store
    from cluster_engine.settings import read_settings
    from cluster_engine.workflows.fit import fit_region, prepare_nation, read_checked
    from cluster_engine.workflows.training import Training

    pack = open_pack()
    names = sorted(set(pack.read("regions")["region"]))[:size]
    settings, year = read_settings(None), pack.manifest.default_year
    todo = [Training(pack, find_region(pack, name), settings, year) for name in names]
    store = open_store(Path(os.environ["GROWTH_FOLDER"]) / "models")
    economy = read_checked(todo[0], lambda *_: None)
    nation = prepare_nation(todo[0], economy, store, policy="gates", on_progress=lambda *_: None)
    return lambda: [fit_region(one, nation) and None for one in todo]


WORKS: dict[str, Callable[[int], Work]] = {
    "firms": rank_in_memory,
    "draws": draw,
    "sectors, measures": lambda size: measure_jobs(N_AREAS, size),
    "sectors, clusters": find_clusters,
    "areas, measures": lambda size: measure_jobs(size, N_SECTORS),
    "regions, training": fit,
    "loop": lambda size: draw(size, LOOP_FIRMS),
}


WARM = {
    "firms": 2_000, "draws": 20, "loop": 20, "sectors, measures": 60, "sectors, clusters": 50,
    "areas, measures": 10, "regions, training": 1,
}  # fmt: skip
"""Sizes at which everything runs once before the clock does: the first call imports."""


def read_memory() -> float:
    """Megabytes that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


class PeakWatch:
    """Highest memory while it is open; the peak that the system keeps would hold preparations."""

    def __enter__(self) -> PeakWatch:
        self.before = self.peak = read_memory()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.005):
            self.peak = max(self.peak, read_memory())


def run_child(what: str, size: int) -> None:
    """Do one thing and print processor seconds and memory as JSON."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1):
        WORKS[what](WARM[what])()
        work = WORKS[what](size)
        with PeakWatch() as memory:
            cpu, clock = time.process_time(), time.perf_counter()
            work()
            cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
    more = max(memory.peak - memory.before, 0.1)
    print(json.dumps({"cpu": cpu, "seconds": clock, "mb": more, "peak_mb": memory.peak}))


def call(what: str, size: int, folder: Path, before: tuple[str, ...] = ()) -> str:
    """Last line that a child prints."""
    done = subprocess.run(
        [*before, sys.executable, __file__, "--child", what, str(size)],
        capture_output=True, text=True, check=False,
        env={**os.environ, "GROWTH_FOLDER": str(folder)},
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{what}, {size}: {done.stderr[-2000:]}")
    return done.stdout.strip().splitlines()[-1]


def measure(
    names: tuple[str, ...], runs: int, folder: Path
) -> dict[str, dict[int, dict[str, float]]]:
    """Best of so many runs of everything."""
    found: dict[str, dict[int, dict[str, float]]] = {what: {} for what in names}
    for _ in range(runs):
        for what in names:
            for size in SIZES[what]:
                one: dict[str, float] = json.loads(call(what, size, folder))
                best = found[what].setdefault(size, one)
                for name, value in one.items():
                    best[name] = min(best[name], value)
    return found


def fit_exponent(points: list[tuple[float, float]]) -> float:
    """Slope of the logarithms."""
    logs = [(math.log(a), math.log(b)) for a, b in points]
    x, y = (sum(axis) / len(logs) for axis in zip(*logs, strict=True))
    return sum((a - x) * (b - y) for a, b in logs) / sum((a - x) ** 2 for a, _ in logs)


def fit_all(found: dict[str, dict[int, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """Exponents of time and memory, over all sizes and over the last two."""
    made = {}
    for what, figures in found.items():
        made[what] = {
            f"{name}{words}": fit_exponent(
                [(size, one[name]) for size, one in list(figures.items())[first:]]
            )
            for name in ("cpu", "mb")
            for words, first in (("", 0), (", last two", -2))
        }
    return made


def count_instructions(folder: Path, *, use_valgrind: bool) -> dict[str, Any]:
    """Instructions of a draw of one firm, or why they were not counted."""
    if not use_valgrind:
        perf = shutil.which("perf")
        if perf is None:
            return {"skipped": "no perf on this machine; --callgrind takes valgrind"}
        probe = subprocess.run(
            [perf, "stat", "-x,", "-e", "instructions:u", sys.executable, "-c", ""],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if probe.returncode or not probe.stderr.split(",")[0].strip().isdigit():
            return {"skipped": "perf may not count instructions on this machine (virtual, or "
                    "perf_event_paranoid); --callgrind takes valgrind"}  # fmt: skip
    elif shutil.which("valgrind") is None:
        return {"skipped": "no valgrind on this machine"}
    counts = []
    for draws in LOOP_DRAWS:
        log = folder / f"count-{draws}"
        before = (
            ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", f"--log-file={log}")
            if use_valgrind
            else ("perf", "stat", "-x,", "-e", "instructions:u", "-o", str(log))
        )
        call("loop", draws, folder, before)
        text = log.read_text(encoding="utf-8")
        if use_valgrind:
            counts.append(int(text.split("Collected :")[1].split()[0]))
        else:
            line = next(row for row in text.splitlines() if "instructions" in row)
            counts.append(int(line.split(",")[0]))
    cells = (LOOP_DRAWS[1] - LOOP_DRAWS[0]) * LOOP_FIRMS
    return {
        "tool": "callgrind" if use_valgrind else "perf",
        "instructions": counts[1] - counts[0],
        "per_firm_and_draw": (counts[1] - counts[0]) / cells,
    }


def show(result: dict[str, Any]) -> str:
    """Markdown of all figures."""
    lines = ["| what | size | CPU s | s | MB more | peak MB |", "|---|---:|---:|---:|---:|---:|"]
    for what, figures in result["figures"].items():
        for size, one in figures.items():
            lines.append(
                f"| {WORDS[what]} | {size:,} | {one['cpu']:.3f} | {one['seconds']:.3f} | "
                f"{one['mb']:.1f} | {one['peak_mb']:.0f} |"
            )
    lines += ["", "| growth exponent | time | last two | memory | last two |",
              "|---|---:|---:|---:|---:|"]  # fmt: skip
    for what, one in result["exponents"].items():
        cells = [f"{one[name]:.2f}" for name in ("cpu", "cpu, last two", "mb", "mb, last two")]
        lines.append("| " + " | ".join([WORDS[what], *cells]) + " |")
    counted = result["instructions"]
    lines.append("")
    if "skipped" in counted:
        lines.append(f"Instructions were not counted: {counted['skipped']}.")
    else:
        lines.append(
            f"Hot loop of the draws ({counted['tool']}): {counted['per_firm_and_draw']:,.0f} "
            "instructions a firm and draw."
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    if "--child" in sys.argv:
        run_child(sys.argv[-2], int(sys.argv[-1]))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--only", default=";".join(SIZES), help="; ".join(SIZES))
    parser.add_argument("--json", type=Path)
    parser.add_argument("--callgrind", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="growth-") as place:
        figures = measure(tuple(asked.only.split(";")), asked.runs, Path(place))
        result = {
            "figures": figures,
            "exponents": fit_all(figures),
            "instructions": count_instructions(Path(place), use_valgrind=asked.callgrind),
        }
    print(show(result))
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
