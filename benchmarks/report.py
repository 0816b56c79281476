"""How long a report takes to write and to open, beside the ranking alone; prints Markdown.

Run from a checkout with the extras `report` and `test` installed: ``python benchmarks/report.py``.
The limits set are 10 s to write, 2 s to open and 6 MB, at 500 firms. The floor is `rank` of the
same firms; for opening, an empty page in the same browser.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

FLAGS = (
    "--no-sandbox --disable-background-networking --disable-component-update --disable-sync "
    "--disable-gpu --no-first-run"
).split()
CHARTS_DRAWN = (
    "document.querySelectorAll('.chart svg').length === document.querySelectorAll('.chart').length"
)


def call(*arguments: str) -> None:
    """Run a command quietly."""
    command = [sys.executable, "-m", "cluster_engine", *arguments, "--quiet", "--force"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def time_call(task: Callable[[], None], runs: int) -> str:
    """Median and range of seconds."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        task()
        seconds.append(time.perf_counter() - start)
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} - {max(seconds):.2f})"


def time_opening(page: Path, runs: int) -> dict[str, str]:
    """Seconds until an empty page, the page's table, and its charts are there."""
    from playwright.sync_api import sync_playwright

    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        return {}
    empty = page.with_name("empty.html")
    empty.write_text("<!doctype html><title>Empty</title>", encoding="utf-8")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=browser, args=FLAGS)

        def visit(path: Path, until: str = "true") -> None:
            tab = opened.new_page()
            tab.goto(path.as_uri(), wait_until="domcontentloaded")
            tab.wait_for_function(until)
            tab.close()

        visit(empty)
        return {
            "floor: an empty page": time_call(lambda: visit(empty), runs),
            "open until the table can be used": time_call(lambda: visit(page), runs),
            "open until all charts are drawn": time_call(lambda: visit(page, CHARTS_DRAWN), runs),
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--market", default="germany")
    parser.add_argument("--top", default="500")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    chosen = ("--market", asked.market, "--top", asked.top)
    with tempfile.TemporaryDirectory() as folder:
        page, table = Path(folder) / "report.html", Path(folder) / "rank.csv"
        rows = {
            "floor: rank": time_call(lambda: call("rank", *chosen, "-o", str(table)), asked.runs),
            "report": time_call(lambda: call("report", *chosen, "-o", str(page)), asked.runs),
            **time_opening(page, asked.runs),
        }
        print(f"{asked.market}, {asked.top} firms, {page.stat().st_size / 1e6:.2f} MB\n")
    print("| step | s, median (min - max) |\n|---|---:|")
    for name, told in rows.items():
        print(f"| {name} | {told} |")


if __name__ == "__main__":
    main()
