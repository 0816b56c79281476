"""Time and memory of importing a list of firms, from the file to the written folder.

Run from a checkout with the project installed: ``python benchmarks/firm_import.py``. Prints
Markdown. The names are those of `firm_matching.py`; codes are drawn from the default pack, seven
firms in ten have one, three in ten a description, which are words of the official index thrown
together, so that hardly two are alike. Memory is the sum over all processes, shared pages counted
once (proportional set size, read from /proc: Linux only).
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
import threading
import time
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing import Process
from pathlib import Path

import numpy as np
import pandas as pd
from firm_matching import make_names

from cluster_engine.workflows.import_firms import ImportRequest, import_firms, save_import

PACK = Path(__file__).resolve().parents[1] / "data/packs/great-britain"
CODED, DESCRIBED = 0.7, 0.3
WORDS_OF_A_TEXT = (8, 30)
INTERVAL = 0.25


def write_list(n_firms: int, seed: int, path: Path) -> None:
    """Write a list as CSV, with codes, employees and some descriptions."""
    names = make_names(n_firms, seed)
    random = np.random.default_rng(seed)
    codes = random.choice(pd.read_parquet(PACK / "firm_industries.parquet")["industry"], n_firms)
    labels = pd.read_parquet(PACK / "industries.parquet")["label"]
    words = labels.str.lower().str.findall(r"[a-z]{4,}").explode().dropna().to_numpy()
    told = random.random(n_firms) < DESCRIBED
    texts = [
        " ".join(random.choice(words, random.integers(*WORDS_OF_A_TEXT))) if tell else ""
        for tell in told
    ]
    pd.DataFrame(
        {
            "Company": names["name"],
            "Country code": names["country"],
            "NACE Rev. 2 code": np.where(random.random(n_firms) < CODED, codes, ""),
            "Employees": random.integers(1, 10_000, n_firms),
            "Trade description": texts,
        }
    ).to_csv(path, index=False)


@dataclass
class Watch:
    """Peak memory of this process and its helpers, step by step."""

    stage: str = "Starting"
    peaks: dict[str, tuple[float, float]] = field(default_factory=dict)
    starts: dict[str, tuple[float, float]] = field(default_factory=dict)

    def enter(self, stage: str) -> None:
        """Begin a step."""
        self.stage = stage
        self.starts.setdefault(stage, (time.perf_counter(), _read_cpu()))

    def run(self) -> None:
        """Look again and again, until the process ends."""
        while True:
            own = _read_memory(os.getpid())
            helpers = sum(_read_memory(child) for child in _find_children(os.getpid()))
            before = self.peaks.get(self.stage, (0.0, 0.0))
            if own + helpers > sum(before):
                self.peaks[self.stage] = (own, helpers)
            time.sleep(INTERVAL)


def _read_cpu() -> float:
    uses = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(use.ru_utime + use.ru_stime for use in uses)


def _read_memory(process: int) -> float:
    """Return GB."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1e6


def _find_children(process: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text(encoding="ascii").split()]
        except OSError:
            continue
    return found + [below for child in found for below in _find_children(child)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        # In a process of its own: what making the list leaves behind is not the import's.
        maker = Process(target=write_list, args=(options.firms, options.seed, path))
        maker.start()
        maker.join()
        watch = Watch()
        watch.enter("Starting")
        threading.Thread(target=watch.run, daemon=True).start()
        imported = import_firms(
            ImportRequest((path,)), on_progress=lambda stage, _done, _total: watch.enter(stage)
        )
        watch.enter("Writing")
        save_import(imported, Path(folder) / "imported")
        watch.enter("End")
    steps = list(watch.starts)
    print("| step | s | CPU s, ended helpers included | GB, this process | GB, helpers |",
          "|---|---:|---:|---:|---:|", sep="\n")  # fmt: skip
    for step, following in pairwise(steps):
        (start, cpu), (end, cpu_then) = watch.starts[step], watch.starts[following]
        own, helpers = watch.peaks.get(step, (0.0, 0.0))
        print(f"| {step} | {end - start:.0f} | {cpu_then - cpu:.0f} | {own:.2f} | {helpers:.2f} |")
    total = watch.starts["End"][0] - watch.starts["Starting"][0]
    most = max(own + helpers for own, helpers in watch.peaks.values())
    print(f"\n{options.firms:,} records, {len(imported.tables.firms):,} firms: {total:.0f} s, "
          f"{most:.2f} GB at most over all processes.")  # fmt: skip


if __name__ == "__main__":
    main()
