"""Time the ranking of very many firms, beside bare DuckDB, the reading of the columns, and pandas.

    python benchmarks/scale.py [--rows 1e6,1e7] [--large] [--dask] [--runs 3] [--folder DIR]
                               [--json FILE]

Prints Markdown; --json writes the figures. --large adds 100 million firms (2 GB of disk). Every
figure is that of a process of its own: seconds of the work (imports and model apart), peak of the
resident memory. Runs take turns, and the best of each counts. The machine may be shared: seconds of
all processors (CPU) say more then than those of the clock.

- read: DuckDB sums up the columns that the score needs, and does nothing else;
- bare: one DuckDB query that computes the same score and takes the first 500, without caps;
- engine: `rank --top 500 --max-per-cluster 50 --draws 0`, with reasons, caps and notes;
- engine, draws: the same with 500 draws among the best 20,000;
- pandas: the in-memory path, where the firms fit.

--dask times one and two Dask workers instead; see benchmarks/dask_workers.py.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import dask_workers

TOP, PER_CLUSTER = 500, 50
COLUMNS = (
    "employees", "sales", "rd", "sales_growth", "patents_abroad", "trademarks_abroad", "home_lq",
    "operating_profit", "in_host", "rival_sites", "recent_projects", "profile",
)  # fmt: skip
TEXTS = ("firm_id", "size_class", "status")
LARGEST_IN_MEMORY = 2_000_000
STARTED: dict[str, float] = {}
"""CPU seconds of what came before the work."""

MODES = ("read", "bare", "engine", "engine, draws", "pandas")
WORDS = {
    "read": "floor: DuckDB reads the columns",
    "bare": "bare DuckDB, same score, first 500",
    "engine": "engine, 500 with caps and reasons",
    "engine, draws": "engine, with 500 draws of the best 20,000",
    "pandas": "in-memory path (pandas)",
}


def prepare(folder: Path) -> dict[str, Any]:
    """What a child needs of the engine: model, plan, market of all countries."""
    from cluster_engine.packs.firm_dataset import open_firm_dataset
    from cluster_engine.registry.locate import open_store
    from cluster_engine.results import Market
    from cluster_engine.workflows.rank_request import RankRequest
    from cluster_engine.workflows.rank_stage import set_scene

    request = RankRequest("germany", top=TOP, max_per_cluster=PER_CLUSTER, draws=0)
    scene = set_scene(request, open_store())
    dataset = open_firm_dataset(str(folder))
    countries = {file.country: file.country for file in dataset.files}
    return {
        "dataset": dataset,
        "market": Market("world", "World", countries),
        "model": scene.model,
        "plan": scene.plan,
    }


def run_rank(folder: Path, name: str, draws: int) -> float:
    """Seconds of a ranking."""
    from cluster_engine.engines.resources import find_resources
    from cluster_engine.workflows.big_firms import EngineRequest, rank_big

    cpu = time.process_time()
    known = prepare(folder)
    plan = replace(known["plan"], uncertainty=replace(known["plan"].uncertainty, draws=draws))
    resources = find_resources("200MB") if name == "duckdb" else find_resources()
    # Imports and the reading of the model are no part of the work.
    STARTED["cpu"] = time.process_time() - cpu
    start = time.perf_counter()
    found = rank_big(
        str(folder), known["market"], known["model"], plan,
        EngineRequest(name, resources),  # type: ignore[arg-type]
    )  # fmt: skip
    took = time.perf_counter() - start
    if len(found.ranking.rows) != TOP:
        raise SystemExit(f"{len(found.ranking.rows)} firms are listed, not {TOP}.")
    return took


def write_bare_query(folder: Path, place: Path) -> None:
    """Write the SQL of the same score, and its profiles, for a child without the engine."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    from cluster_engine.engines.questions import ask_best
    from cluster_engine.engines.resources import find_resources
    from cluster_engine.engines.screen import FILES, LOWER
    from cluster_engine.workflows.big_firms import EngineRequest, _start
    from cluster_engine.workflows.score_screen import survey

    known = prepare(folder)
    request = EngineRequest("duckdb", find_resources())
    with _start(known["dataset"], known["market"], request, lambda *_: None) as engine:
        universe = survey(
            known["dataset"], known["market"], known["model"], known["plan"].scoring, engine
        )
    query = ask_best(universe.screen, ("firm_id",), TOP)
    pq.write_table(
        pa.Table.from_batches(query.tables["profiles"].to_batches()), place / "profiles.parquet"
    )
    files = f"read_parquet('{folder}/firms/*/*.parquet', hive_partitioning=false)"
    # The bound from below is no part of a score.
    sql = (
        query.sql.replace(f", {LOWER} FROM", " FROM", 1)
        .replace(FILES, files)
        .replace(
            "JOIN profiles USING",
            f"JOIN read_parquet('{place}/profiles.parquet') AS profiles USING",
        )
    )
    (place / "bare.sql").write_text(sql, encoding="utf-8")
    sums = ", ".join([f"sum({name})" for name in COLUMNS] + [f"max({name})" for name in TEXTS])
    (place / "read.sql").write_text(f"SELECT {sums} FROM {files}", encoding="utf-8")


def run_sql(path: Path) -> float:
    """Seconds of a query with DuckDB alone."""
    import duckdb

    connection = duckdb.connect(config={"threads": 2, "memory_limit": "200MB"})
    start = time.perf_counter()
    connection.execute(path.read_text(encoding="utf-8")).fetchall()
    return time.perf_counter() - start


def run_child(mode: str, folder: Path, place: Path) -> None:
    """Do one thing and print seconds and peak memory as JSON."""
    work: dict[str, Callable[[], float]] = {
        "read": lambda: run_sql(place / "read.sql"),
        "bare": lambda: run_sql(place / "bare.sql"),
        "engine": lambda: run_rank(folder, "duckdb", 0),
        "engine, draws": lambda: run_rank(folder, "duckdb", 500),
        "pandas": lambda: run_rank(folder, "local", 0),
        "prepare": lambda: float(write_bare_query(folder, place) is not None),
    }
    before = time.process_time()
    seconds = work[mode]()
    cpu = time.process_time() - before - STARTED.get("cpu", 0.0)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mb": peak}))


def measure(folder: Path, rows: int, runs: int) -> dict[str, dict[str, float]]:
    """Best seconds and largest peak of every mode."""
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as place:
        _call("prepare", folder, Path(place))
        for _ in range(runs):
            for mode in MODES:
                if mode == "pandas" and (rows > LARGEST_IN_MEMORY or mode in found):
                    continue
                one = _call(mode, folder, Path(place))
                best = found.setdefault(mode, one)
                best["seconds"] = min(best["seconds"], one["seconds"])
                best["cpu"] = min(best["cpu"], one["cpu"])
                best["peak_mb"] = max(best["peak_mb"], one["peak_mb"])
    return found


def _call(mode: str, folder: Path, place: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, "--child", mode, str(folder), str(place)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{mode}: {done.stderr}")
    return dict(json.loads(done.stdout))


def fit_exponent(figures: dict[int, dict[str, dict[str, float]]], mode: str, what: str) -> float:
    """Slope of log seconds, or log memory, against log firms."""
    points = [(math.log(rows), math.log(found[mode][what])) for rows, found in figures.items()
              if mode in found]  # fmt: skip
    if len(points) < 2:
        return math.nan
    x, y = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def show(figures: dict[int, dict[str, dict[str, float]]]) -> str:
    """Markdown of all figures."""
    lines = [
        "| firms | what | s | × bare | × read | CPU s | × bare | × read | peak MB |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for rows, found in figures.items():
        for mode in MODES:
            if mode not in found:
                lines.append(f"| {rows:,} | {WORDS[mode]} | too large; not run | | | | | | |")
                continue
            cells = []
            for what in ("seconds", "cpu"):
                value = found[mode][what]
                cells += [f"{value:.2f}"] + [
                    f"{value / found[other][what]:.2f}" for other in ("bare", "read")
                ]
            peak = f"{found[mode]['peak_mb']:.0f}"
            lines.append("| " + " | ".join([f"{rows:,}", WORDS[mode], *cells, peak]) + " |")
    if len(figures) > 1:
        lines += ["", "| growth exponent | CPU time | memory |", "|---|---:|---:|"]
        for mode in MODES:
            time_, memory = (fit_exponent(figures, mode, what) for what in ("cpu", "peak_mb"))
            if not math.isnan(time_):
                lines.append(f"| {WORDS[mode]} | {time_:.2f} | {memory:.2f} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    if "--child" in sys.argv:
        run_child(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", default="1e6,1e7")
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--dask", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "scale-firms")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    sizes = [int(float(text)) for text in asked.rows.split(",")]
    figures: dict[int, dict[str, Any]] = {}
    for rows in sorted({*sizes, *([100_000_000] if asked.large else [])}):
        folder = asked.folder / f"{rows}"
        if not (folder / "dataset.json").is_file():
            script = Path(__file__).with_name("synthetic_firms.py")
            subprocess.run([sys.executable, script, str(rows), folder], check=True, stdout=2)
        if asked.dask:
            figures[rows] = dask_workers.measure(prepare(folder), asked.runs)
            print(dask_workers.show(rows, figures[rows]), flush=True)
        else:
            figures[rows] = measure(folder, rows, asked.runs)
    if not asked.dask:
        print(show(figures))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
