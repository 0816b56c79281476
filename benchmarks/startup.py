"""Whole-process times of what a user waits for, beside floors measured in the same run.

Run from a checkout with the project installed: ``python benchmarks/startup.py``. Prints Markdown.
The floors are a Python that does nothing and one that only imports pandas.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

COMMANDS = {
    "floor: python, nothing": ["-c", "pass"],
    "floor: import pandas": ["-c", "import pandas"],
    "--help": ["-m", "cluster_engine", "--help"],
    "rank --market germany": ["-m", "cluster_engine", "rank", "--market", "germany", "-q"],
    "sectors": ["-m", "cluster_engine", "sectors", "-q"],
    "clusters": ["-m", "cluster_engine", "clusters", "-q"],
}
FLOOR = "floor: python, nothing"
TABLE_FLOOR = "floor: import pandas"


def time_command(arguments: list[str], runs: int) -> list[float]:
    """Seconds of each run, after one that warms the caches and writes the bytecode."""
    # A machine that keeps bytecode from being written would measure compiling, not starting.
    environment = {
        key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
    }
    seconds = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, *arguments],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        seconds.append(time.perf_counter() - start)
    return seconds[1:]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="counted runs of each command")
    runs = parser.parse_args().runs
    medians = {name: time_command(arguments, runs) for name, arguments in COMMANDS.items()}
    nothing = statistics.median(medians[FLOOR])
    pandas = statistics.median(medians[TABLE_FLOOR])
    print(f"Median of {runs} runs, whole process, Python {sys.version.split()[0]}\n")
    print("| command | s (min - max) | × nothing | × import pandas |")
    print("|---|---:|---:|---:|")
    for name, seconds in medians.items():
        median = statistics.median(seconds)
        print(
            f"| {name} | {median:.3f} ({min(seconds):.3f} - {max(seconds):.3f}) "
            f"| {median / nothing:.1f} | {median / pandas:.2f} |"
        )


if __name__ == "__main__":
    main()
