"""Time the draws behind rank intervals, beside a floor of bare NumPy.

    python benchmarks/uncertainty.py [FIRMS] [DRAWS]

Firms of the default pack (repeated until there are enough) are ranked for the default region. The
floor draws one normal number per firm and draw, adds it up for as many criteria, and sorts every
draw: what no method of this kind can do without.
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np
import pandas as pd

from cluster_engine.packs.pack import open_pack
from cluster_engine.parameters import Uncertainty
from cluster_engine.registry.locate import open_store
from cluster_engine.registry.versions import load_champion
from cluster_engine.results import Model
from cluster_engine.settings import read_scoring, rebuild
from cluster_engine.targeting.criteria import CRITERIA
from cluster_engine.targeting.draw_blocks import DrawPlan
from cluster_engine.targeting.features import FirmTables, build_features
from cluster_engine.targeting.intervals import summarise_draws
from cluster_engine.targeting.score import Scored, score_firms
from cluster_engine.targeting.uncertainty import draw_ranks
from cluster_engine.workflows.firm_tables import read_firm_tables

RUNS = 3


def score_many(model: Model, n_firms: int) -> Scored:
    """Score so many firms of the pack, the first ones again under other names if need be."""
    tables = read_firm_tables(open_pack())
    firms, codes = [], []
    copies = -(-n_firms // len(tables.firms))
    for copy in range(copies):
        firms.append(tables.firms.assign(firm_id=tables.firms["firm_id"] + f"-{copy}"))
        codes.append(
            tables.firm_industries.assign(firm_id=tables.firm_industries["firm_id"] + f"-{copy}")
        )
    chosen = pd.concat(firms, ignore_index=True).head(n_firms)
    features = build_features(
        FirmTables(chosen, pd.concat(codes, ignore_index=True)), model.sectors
    )
    scoring = read_scoring(model.facts["inputs"]["settings"]["scoring"])
    return score_firms(features, model.reference, scoring)


def run_engine(scored: Scored, model: Model, draws: int, top: int) -> float:
    """Seconds of draws and intervals for the first so many firms."""
    settings = model.facts["inputs"]["settings"]
    uncertainty = rebuild(Uncertainty, settings["uncertainty"] | {"draws": draws})
    plan = DrawPlan(read_scoring(settings["scoring"]), uncertainty, model.reference)
    kept = scored.order[:top]
    start = time.perf_counter()
    found = draw_ranks(scored, model.sectors, kept, plan)
    summarise_draws(
        found, np.arange(1, len(kept) + 1), top=50, level=uncertainty.level,
        tie_probability=uncertainty.tie_probability,
    )  # fmt: skip
    return time.perf_counter() - start


def run_floor(n_firms: int, draws: int) -> float:
    """Seconds of one normal number per firm and draw, a sum over criteria, and a sort."""
    generator = np.random.default_rng(0)
    start = time.perf_counter()
    for _ in range(draws):
        noise = generator.standard_normal(n_firms, np.float32)
        total = np.zeros(n_firms, np.float32)
        for _ in CRITERIA:
            total += noise
        total.sort()
    return time.perf_counter() - start


def main() -> None:
    """Print the table."""
    n_firms = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    draws = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    model = load_champion(open_store(), "west-midlands", Model)
    if model is None:
        raise SystemExit("There is no champion: cluster-engine train")
    scored = score_many(model, n_firms)
    n_firms = len(scored.features.firms)
    floor = min(run_floor(n_firms, draws) for _ in range(RUNS))
    print(f"{n_firms:,} firms x {draws:,} draws\n")
    print("| what | s | x floor |\n|---|---:|---:|")
    print(f"| floor: NumPy draws, sums, sorts | {floor:.2f} | 1.0 |")
    for label, top in (("best 50 kept", 50), ("all kept", n_firms)):
        took = min(run_engine(scored, model, draws, top) for _ in range(RUNS))
        print(f"| draws and intervals, {label} | {took:.2f} | {took / floor:.1f} |")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nPeak memory of the process: {peak:.0f} MB")


if __name__ == "__main__":
    main()
