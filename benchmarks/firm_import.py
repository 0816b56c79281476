"""Time and memory of importing a list of firms, from the file to the written folder.

Run from a checkout with the project installed: ``python benchmarks/firm_import.py``. Prints
Markdown. The names are those of `firm_matching.py`; codes are drawn from the default pack, seven
firms in ten have one, three in ten a description.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from firm_matching import make_names

from cluster_engine.workflows.import_firms import ImportRequest, import_firms, save_import

CODES = Path(__file__).resolve().parents[1] / "data/packs/great-britain/firm_industries.parquet"
CODED, DESCRIBED = 0.7, 0.3
TEXT = "Manufacture of pumps and compressors for plants"


def write_list(n_firms: int, seed: int, path: Path) -> None:
    """Write a list as CSV, with codes, employees and some descriptions."""
    names = make_names(n_firms, seed)
    random = np.random.default_rng(seed)
    codes = random.choice(pd.read_parquet(CODES)["industry"].to_numpy(), n_firms)
    pd.DataFrame(
        {
            "Company": names["name"],
            "Country code": names["country"],
            "NACE Rev. 2 code": np.where(random.random(n_firms) < CODED, codes, ""),
            "Employees": random.integers(1, 10_000, n_firms),
            "Trade description": np.where(random.random(n_firms) < DESCRIBED, TEXT, ""),
        }
    ).to_csv(path, index=False)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write_list(options.firms, options.seed, path)
        start, stages = time.perf_counter(), dict[str, float]()

        def note(stage: str, _done: int, _total: int) -> None:
            stages.setdefault(stage, time.perf_counter() - start)

        imported = import_firms(ImportRequest((path,)), on_progress=note)
        stages["Writing"] = time.perf_counter() - start
        save_import(imported, Path(folder) / "imported")
        total = time.perf_counter() - start
    print("| step | begins after s |", "|---|---:|", sep="\n")
    for stage, begin in stages.items():
        print(f"| {stage} | {begin:.0f} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\n{options.firms:,} records, {len(imported.tables.firms):,} firms: {total:.0f} s, "
          f"{peak:.2f} GB at most.")  # fmt: skip


if __name__ == "__main__":
    main()
