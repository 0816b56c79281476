"""Time how fast the page ranks 20,000 firms again, through the server, beside the bare work.

    python benchmarks/page.py [FIRMS]

Firms of the default pack (repeated until there are enough) become a list of a temporary data
folder, as if somebody had uploaded it; the page is started as its command starts it, and asked for
the list with other weights every time, as its script does. The floor is what no page can do
without: the points of every criterion, their sum, and a sort.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pandas as pd

from cluster_engine.firm_schemas import FIRM_HOMES, FIRM_IDENTITIES, FIRM_NOTES
from cluster_engine.packs.firm_list import FirmListTables, write_firm_list
from cluster_engine.packs.pack import open_pack
from cluster_engine.page.store import Store
from cluster_engine.targeting.criteria import CRITERIA

ASKED = 40
WARM_UP = 3
LIMIT_MS = 300.0
LIST = "benchmark0000000"
MARKET = "germany"


def make_list(n_firms: int) -> FirmListTables:
    """Make so many rankable firms of one country out of those of the pack."""
    pack = open_pack()
    firms, codes = pack.read("firms"), pack.read("firm_industries")
    firms = firms[(firms["status"] == "rankable") & firms["firm_id"].isin(codes["firm_id"])]
    parts, industries = [], []
    for copy in range(-(-n_firms // len(firms))):
        parts.append(firms.assign(firm_id=firms["firm_id"] + f"-{copy}", country="DE"))
        industries.append(codes.assign(firm_id=codes["firm_id"] + f"-{copy}"))
    chosen = pd.concat(parts, ignore_index=True).head(n_firms)
    told = pd.concat(industries, ignore_index=True)
    return FirmListTables(
        chosen.sort_values("firm_id", ignore_index=True),
        told[told["firm_id"].isin(chosen["firm_id"])].reset_index(drop=True),
        *(pd.DataFrame(columns=list(table.column_names)) for table in
          (FIRM_NOTES, FIRM_IDENTITIES, FIRM_HOMES)),
    )  # fmt: skip


def keep_list(folder: Path, tables: FirmListTables) -> None:
    """Put a list among the uploads, ready."""
    home = folder / "uploads" / LIST
    home.mkdir(parents=True)
    (home / "list.csv").write_text("")
    write_firm_list(home / "firms", tables, {"report": []})
    with Store(folder).write() as connection:
        connection.execute(
            "INSERT INTO uploads VALUES (?, 'big', 0, '', '', 'ready', '', '')", (LIST,)
        )


@contextmanager
def run_page(folder: Path) -> Iterator[str]:
    """Start the page and give its address."""
    child = subprocess.Popen(
        [sys.executable, "-m", "cluster_engine", "serve", "--port", "0", "--no-browser", "--quiet",
         "--data", str(folder)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield (child.stdout.readline() if child.stdout else "").strip()
    finally:
        child.terminate()
        child.wait(30)


def ask(client: httpx.Client, number: int, **more: str) -> float:
    """Milliseconds until the list under other weights has arrived."""
    query = {"market": MARKET, "list": LIST, "part": "list", "intervals": "0",
             "w_gap": str(number % 20 / 2), "w_capacity": str(number % 17 / 2)} | more  # fmt: skip
    start = time.perf_counter()
    answer = client.get("/", params=query)
    took = (time.perf_counter() - start) * 1000
    if answer.status_code != 200 or 'name="shown"' not in answer.text:
        raise SystemExit(f"The page answered {answer.status_code}: {answer.text[:300]}")
    return took


def time_floor(n_firms: int) -> float:
    """Milliseconds of points, sum and order in bare NumPy; best of several."""
    generator = np.random.default_rng(0)
    values = generator.standard_normal((len(CRITERIA), n_firms))
    weights = generator.uniform(0, 4, (len(CRITERIA), 1))
    took = []
    for _ in range(ASKED):
        start = time.perf_counter()
        np.argsort(-np.round(weights * values, 2).sum(axis=0), kind="stable")
        took.append((time.perf_counter() - start) * 1000)
    return min(took)


def main() -> None:
    """Print the table."""
    n_firms = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as name:
        keep_list(Path(name), make_list(n_firms))
        with run_page(Path(name)) as address, httpx.Client(base_url=address, timeout=300) as client:
            first = ask(client, 0)
            for number in range(WARM_UP):
                ask(client, number)
            took = sorted(ask(client, number) for number in range(ASKED))
            drawn = ask(client, 1, intervals="1")
            longer = sorted(ask(client, number, rows="500") for number in range(5))
    floor = time_floor(n_firms)
    median = statistics.median(took)
    print(f"{n_firms:,} firms, 50 shown, {ASKED} times other weights, one client\n")
    print("| what | ms | × floor |\n|---|---:|---:|")
    print(f"| floor: NumPy points, sum, sort | {floor:.1f} | 1.0 |")
    for label, value in (
        ("ranked again, median", median), ("ranked again, slowest", took[-1]),
        ("ranked again, 500 shown", statistics.median(longer)),
        ("opened for the first time", first), ("with rank intervals, 500 draws", drawn),
    ):  # fmt: skip
        print(f"| {label} | {value:,.0f} | {value / floor:,.0f} |")
    print(f"\nLimit {LIMIT_MS:.0f} ms: {'kept' if median < LIMIT_MS else 'MISSED'} (median).")


if __name__ == "__main__":
    main()
